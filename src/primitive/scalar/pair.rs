//! Dyadic scalar functions of two numbers: the definitions with which all kernels must agree.
//!
//! Kernels on slices compute the ordinary cases faster; the other cases are computed here.

use super::ScalarDyad;
use super::number::{self, Env, Number};
use super::{circular, complex, gamma};
use crate::array::{Complex, Value, compare, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

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

/// `left op right` where both are single numbers or characters; `None` where one is not.
pub fn scalars(context: &Context, op: ScalarDyad, left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(ints(context, op, *a, *b)),
        (Value::Float(a), Value::Float(b)) => Some(floats(context, op, *a, *b)),
        (Value::Int(a), Value::Float(b)) => Some(floats(context, op, f64::from(*a), *b)),
        (Value::Float(a), Value::Int(b)) => Some(floats(context, op, *a, f64::from(*b))),
        (Value::Bool(a), Value::Bool(b)) => Some(match bools(op, *a, *b) {
            Some(value) => Ok(value),
            None => ints(context, op, i32::from(*a), i32::from(*b)),
        }),
        (Value::Bool(a), Value::Int(b)) => Some(ints(context, op, i32::from(*a), *b)),
        (Value::Int(a), Value::Bool(b)) => Some(ints(context, op, *a, i32::from(*b))),
        (Value::Array(_) | Value::Framed(_) | Value::Pending(_), _)
        | (_, Value::Array(_) | Value::Framed(_) | Value::Pending(_)) => boxed(context, op, left, right),
        (Value::Char(a), Value::Char(b)) => Some(match op {
            ScalarDyad::Equal => Ok(Value::Bool(a == b)),
            ScalarDyad::NotEqual => Ok(Value::Bool(a != b)),
            _ => Err(character(op, *a)),
        }),
        (Value::Char(c), _) | (_, Value::Char(c)) => Some(match op {
            ScalarDyad::Equal => Ok(Value::Bool(false)),
            ScalarDyad::NotEqual => Ok(Value::Bool(true)),
            _ => Err(character(op, *c)),
        }),
        (Value::Bool(a), Value::Float(b)) => Some(floats(context, op, f64::from(u8::from(*a)), *b)),
        (Value::Float(a), Value::Bool(b)) => Some(floats(context, op, *a, f64::from(u8::from(*b)))),
    }
}

/// Complex scalars, the only simple ones that are not unboxed.
fn boxed(context: &Context, op: ScalarDyad, left: &Value, right: &Value) -> Option<Result<Value>> {
    let (a, b) = (Number::of(left)?, Number::of(right)?);
    Some(complex(&Env::of(context), op, a.wide(), b.wide()).map(|x| result(op, x)))
}

/// DOMAIN ERROR for a character where a number is needed.
pub fn character(op: ScalarDyad, c: char) -> Fault {
    Fault::domain().with_detail(format!("{} takes numbers, not the character '{c}'", op.glyph()))
}

/// A truth value stays one.
fn result(op: ScalarDyad, x: Number) -> Value {
    match x {
        Number::Real(x) if op.is_predicate() => Value::Bool(x != 0.0),
        x => x.value(),
    }
}

fn bools(op: ScalarDyad, a: bool, b: bool) -> Option<Value> {
    let truth = op.truth_table()?;
    Some(Value::Bool(truth[usize::from(a) * 2 + usize::from(b)]))
}

/// The functions of 32-bit numbers that are a few instructions; `None` for others and for overflow.
#[inline]
pub fn whole(op: ScalarDyad, a: i32, b: i32) -> Option<Value> {
    Some(match op {
        ScalarDyad::Plus => Value::Int(a.checked_add(b)?),
        ScalarDyad::Minus => Value::Int(a.checked_sub(b)?),
        ScalarDyad::Times => Value::Int(a.checked_mul(b)?),
        ScalarDyad::Maximum => Value::Int(a.max(b)),
        ScalarDyad::Minimum => Value::Int(a.min(b)),
        ScalarDyad::Residue => Value::Int(number::whole_residue(a, b)),
        ScalarDyad::Less => Value::Bool(a < b),
        ScalarDyad::LessEqual => Value::Bool(a <= b),
        ScalarDyad::Equal => Value::Bool(a == b),
        ScalarDyad::GreaterEqual => Value::Bool(a >= b),
        ScalarDyad::Greater => Value::Bool(a > b),
        ScalarDyad::NotEqual => Value::Bool(a != b),
        _ => return None,
    })
}

fn ints(context: &Context, op: ScalarDyad, a: i32, b: i32) -> Result<Value> {
    if let Some(value) = whole(op, a, b) {
        return Ok(value);
    }
    match real(&Env::of(context), op, f64::from(a), f64::from(b))? {
        Number::Real(x) if op.is_predicate() => Ok(Value::Bool(x != 0.0)),
        x => Ok(x.narrow()),
    }
}

/// The functions of floats that are a few instructions; `None` for others and where the result is not finite.
#[inline]
pub fn plain(op: ScalarDyad, a: f64, b: f64) -> Option<Value> {
    let x = match op {
        ScalarDyad::Plus => a + b,
        ScalarDyad::Minus => a - b,
        ScalarDyad::Times => a * b + 0.0,
        _ => return None,
    };
    (x.abs() <= f64::MAX).then_some(Value::Float(x))
}

fn floats(context: &Context, op: ScalarDyad, a: f64, b: f64) -> Result<Value> {
    if let Some(value) = plain(op, a, b) {
        return Ok(value);
    }
    real(&Env::of(context), op, a, b).map(|x| result(op, x))
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
