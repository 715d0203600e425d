//! Dyadic scalar functions of two numbers: the definitions with which all loops must agree.

use super::ScalarDyad;
use super::number::{self, Env, Number};
use super::{circular, complex, gamma};
use crate::array::{Complex, compare, convert};
use crate::error::{Fault, Result};

/// `a op b`.
pub fn number(env: &Env, op: ScalarDyad, a: Number, b: Number) -> Result<Number> {
    match (a, b) {
        (Number::Real(a), Number::Real(b)) => real(env, op, a, b),
        (a, b) => complex(env, op, a.wide(), b.wide()),
    }
}

/// `a op b` for reals.
pub fn real(env: &Env, op: ScalarDyad, a: f64, b: f64) -> Result<Number> {
    let x = match op {
        ScalarDyad::Plus => a + b,
        ScalarDyad::Minus => a - b,
        ScalarDyad::Times => a * b,
        ScalarDyad::Divide => {
            if b == 0.0 {
                return zero_divisor(env, a == 0.0);
            }
            a / b
        }
        ScalarDyad::Power => return power(a, b),
        ScalarDyad::Logarithm => return logarithm(env, a, b),
        ScalarDyad::Maximum => a.max(b),
        ScalarDyad::Minimum => a.min(b),
        ScalarDyad::Residue => number::residue(a, b, env.ct),
        ScalarDyad::Binomial => gamma::binomial(a, b)?,
        ScalarDyad::Circular => return circular::real(circular::choice(a)?, b),
        ScalarDyad::And => number::lcm(a, b, env.ct),
        ScalarDyad::Or => number::gcd(a, b, env.ct),
        ScalarDyad::Nand => bit(!(number::truth(a)? & number::truth(b)?)),
        ScalarDyad::Nor => bit(!(number::truth(a)? | number::truth(b)?)),
        ScalarDyad::Less => bit(a < b && !compare::near(a, b, env.ct)),
        ScalarDyad::LessEqual => bit(a <= b || compare::near(a, b, env.ct)),
        ScalarDyad::Equal => bit(compare::near(a, b, env.ct)),
        ScalarDyad::GreaterEqual => bit(a >= b || compare::near(a, b, env.ct)),
        ScalarDyad::Greater => bit(a > b && !compare::near(a, b, env.ct)),
        ScalarDyad::NotEqual => bit(!compare::near(a, b, env.ct)),
    };
    number::real(x)
}

fn bit(b: bool) -> f64 {
    f64::from(u8::from(b))
}

/// What `⎕DIV` makes of a division by zero.
fn zero_divisor(env: &Env, zero_dividend: bool) -> Result<Number> {
    match (env.div, zero_dividend) {
        (true, _) => number::real(0.0),
        (false, true) => number::real(1.0),
        (false, false) => Err(number::by_zero()),
    }
}

fn power(a: f64, b: f64) -> Result<Number> {
    if b == 0.0 {
        return number::real(1.0);
    }
    if a == 0.0 && b < 0.0 {
        return Err(number::by_zero());
    }
    if a < 0.0 && !number::is_whole(b) {
        return complex::power(a.into(), b.into());
    }
    number::real(a.powf(b))
}

fn logarithm(env: &Env, base: f64, x: f64) -> Result<Number> {
    if base > 0.0 && x > 0.0 && base != 1.0 {
        // Exact for powers of the usual bases.
        return number::real(if base == 10.0 {
            x.log10()
        } else if base == 2.0 {
            x.log2()
        } else {
            x.ln() / base.ln()
        });
    }
    complex_logarithm(env, base.into(), x.into())
}

fn complex_logarithm(env: &Env, base: Complex, z: Complex) -> Result<Number> {
    let zero = Complex::from(0.0);
    if base == zero || z == zero {
        return Err(Fault::domain().with_detail("zero has no logarithm"));
    }
    let (above, below) = (complex::ln(z), complex::ln(base));
    if below == zero {
        return zero_divisor(env, above == zero);
    }
    number::complex(complex::divide(above, below))
}

/// `a op b` where either may be complex. DOMAIN ERROR for functions that need an order.
pub fn complex(env: &Env, op: ScalarDyad, a: Complex, b: Complex) -> Result<Number> {
    if a.im == 0.0 && b.im == 0.0 {
        return real(env, op, a.re, b.re);
    }
    number::complex(match op {
        ScalarDyad::Plus => a + b,
        ScalarDyad::Minus => a - b,
        ScalarDyad::Times => a * b,
        ScalarDyad::Divide => {
            if b == Complex::from(0.0) {
                return zero_divisor(env, false);
            }
            complex::divide(a, b)
        }
        ScalarDyad::Power => return complex::power(a, b),
        ScalarDyad::Logarithm => return complex_logarithm(env, a, b),
        ScalarDyad::Residue => complex::residue(a, b, env.ct),
        ScalarDyad::Binomial => return gamma::complex_binomial(a, b),
        ScalarDyad::Circular => match convert::real(a) {
            Some(a) => return circular::complex(circular::choice(a)?, b),
            None => return Err(Fault::domain().with_detail("○ has functions for whole numbers only")),
        },
        ScalarDyad::And => complex::lcm(a, b, env.ct),
        ScalarDyad::Or => complex::gcd(a, b, env.ct),
        ScalarDyad::Equal => return number::real(bit(number::near(a, b, env.ct))),
        ScalarDyad::NotEqual => return number::real(bit(!number::near(a, b, env.ct))),
        _ => {
            if let (Some(a), Some(b)) = (convert::real(a), convert::real(b)) {
                return real(env, op, a, b);
            }
            let z = if a.im == 0.0 { b } else { a };
            let text = format!("{}J{}", number::apl(z.re), number::apl(z.im));
            return Err(Fault::domain().with_detail(format!("{} does not take complex numbers: {text}", op.glyph())));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENV: Env = Env { ct: 1e-14, div: false };

    #[test]
    fn division_by_zero() {
        assert_eq!(real(&ENV, ScalarDyad::Divide, 0.0, 0.0).unwrap(), Number::Real(1.0));
        assert_eq!(real(&ENV, ScalarDyad::Divide, 1.0, 0.0).unwrap_err().headline(), "DOMAIN ERROR: Divide by zero");
        let env = Env { div: true, ..ENV };
        assert_eq!(real(&env, ScalarDyad::Divide, 7.0, 0.0).unwrap(), Number::Real(0.0));
    }

    #[test]
    fn powers_and_logarithms_of_the_documentation() {
        let of = |op, a, b| real(&ENV, op, a, b).unwrap().wide();
        assert_eq!(of(ScalarDyad::Power, -27.0, 3.0), Complex::from(-19683.0));
        assert!((of(ScalarDyad::Power, -8.0, 1.0 / 3.0) - Complex::new(1.0, 1.732050808)).norm() < 1e-9);
        assert!((of(ScalarDyad::Power, -27.0, 1.2) - Complex::new(-42.22738244, -30.67998919)).norm() < 1e-7);
        assert_eq!(of(ScalarDyad::Power, -27.0, 0.5).re, 0.0);
        assert_eq!(of(ScalarDyad::Power, 0.0, 0.0), Complex::from(1.0));
        assert!(real(&ENV, ScalarDyad::Power, 0.0, -1.0).is_err());
        assert_eq!(of(ScalarDyad::Logarithm, 10.0, 1000.0), Complex::from(3.0));
        assert_eq!(of(ScalarDyad::Logarithm, 1.0, 1.0), Complex::from(1.0));
        assert!(real(&ENV, ScalarDyad::Logarithm, 1.0, 2.0).is_err());
        assert!((of(ScalarDyad::Logarithm, -1.0, 10.0).im + 0.7329355988).abs() < 1e-9);
    }

    #[test]
    fn order_is_for_reals() {
        let i = Complex::new(0.0, 1.0);
        assert!(complex(&ENV, ScalarDyad::Less, i, 1.0.into()).is_err());
        assert!(complex(&ENV, ScalarDyad::Maximum, i, 1.0.into()).is_err());
        assert_eq!(complex(&ENV, ScalarDyad::Equal, i, i).unwrap(), Number::Real(1.0));
    }
}
