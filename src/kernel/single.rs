//! Monadic scalar functions of one number: the definitions with which all loops must agree.

use super::number::{self, Env, Number};
use super::{ScalarDyad, ScalarMonad, circular, complex, gamma, pair};
use crate::array::{Complex, convert};
use crate::error::{Fault, Result};

/// `op x`.
pub fn number(env: &Env, op: ScalarMonad, x: Number) -> Result<Number> {
    match x {
        Number::Real(x) => real(env, op, x),
        Number::Complex(z) if z.im == 0.0 => real(env, op, z.re),
        Number::Complex(z) => complex(env, op, z),
    }
}

/// `op x` for a real number.
pub fn real(env: &Env, op: ScalarMonad, x: f64) -> Result<Number> {
    let y = match op {
        ScalarMonad::Conjugate => x,
        ScalarMonad::Negate => 0.0 - x,
        ScalarMonad::Direction => f64::from(u8::from(x > 0.0)) - f64::from(u8::from(x < 0.0)),
        ScalarMonad::Reciprocal => return pair::real(env, ScalarDyad::Divide, 1.0, x),
        ScalarMonad::Exponential => x.exp(),
        ScalarMonad::Logarithm if x > 0.0 => x.ln(),
        ScalarMonad::Logarithm => return complex(env, op, x.into()),
        ScalarMonad::Ceiling => number::ceiling(x, env.ct),
        ScalarMonad::Floor => number::floor(x, env.ct),
        ScalarMonad::Magnitude => x.abs(),
        ScalarMonad::Factorial => gamma::factorial(x)?,
        ScalarMonad::PiTimes => x * std::f64::consts::PI,
        ScalarMonad::Not => f64::from(u8::from(!number::truth(x)?)),
    };
    number::real(y)
}

/// `op z` for a complex number.
pub fn complex(env: &Env, op: ScalarMonad, z: Complex) -> Result<Number> {
    let zero = Complex::from(0.0);
    number::complex(match op {
        ScalarMonad::Conjugate => z.conj(),
        ScalarMonad::Negate => -z,
        ScalarMonad::Direction if z == zero => zero,
        ScalarMonad::Direction => z / z.norm(),
        ScalarMonad::Reciprocal => return pair::complex(env, ScalarDyad::Divide, 1.0.into(), z),
        ScalarMonad::Exponential => complex::exp(z),
        ScalarMonad::Logarithm if z == zero => {
            return Err(Fault::domain().with_detail("zero has no logarithm"));
        }
        ScalarMonad::Logarithm => complex::ln(z),
        ScalarMonad::Ceiling => complex::ceiling(z, env.ct),
        ScalarMonad::Floor => complex::floor(z, env.ct),
        ScalarMonad::Magnitude => return circular::complex(10, z),
        ScalarMonad::Factorial => return gamma::complex_factorial(z),
        ScalarMonad::PiTimes => z * std::f64::consts::PI,
        ScalarMonad::Not => match convert::real(z) {
            Some(x) => return real(env, op, x),
            None => return Err(Fault::domain().with_detail("~ takes 0 and 1, not complex numbers")),
        },
    })
}
