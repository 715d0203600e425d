//! Single numbers: the results of scalar functions, and arithmetic of reals with the tolerance `⎕CT` and with `⎕DIV`.
//!
//! Results are finite, and zero has no sign.

use crate::array::{Complex, Value, compare, convert};
use crate::error::{Fault, Result};

/// The system variables that scalar functions depend on.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// `⎕CT`.
    pub ct: f64,
    /// `⎕DIV`.
    pub div: bool,
}

/// A finite number. Made by [`real`] and [`complex`], which see to that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A real one.
    Real(f64),
    /// One whose imaginary part is not zero.
    Complex(Complex),
}

impl Number {
    /// As a scalar, in the type it has.
    pub fn value(self) -> Value {
        match self {
            Number::Real(x) => Value::Float(x),
            Number::Complex(z) => Value::complex(z),
        }
    }

    /// As a scalar, whole numbers narrowed.
    pub fn narrow(self) -> Value {
        match self {
            Number::Real(x) => convert::scalar(x),
            Number::Complex(z) => Value::complex(z),
        }
    }

    /// As a complex number.
    pub fn wide(self) -> Complex {
        match self {
            Number::Real(x) => Complex::new(x, 0.0),
            Number::Complex(z) => z,
        }
    }

    /// The number that a simple scalar is; `None` for characters and everything else.
    pub fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Bool(b) => Some(Number::Real(f64::from(u8::from(*b)))),
            Value::Int(n) => Some(Number::Real(f64::from(*n))),
            Value::Float(x) => Some(Number::Real(*x)),
            Value::Array(crate::array::Array::Complex(arr)) if arr.rank() == 0 => {
                arr.as_slice().first().map(|&z| Number::Complex(z))
            }
            _ => None,
        }
    }
}

/// A result, or DOMAIN ERROR where it is no finite number.
#[inline]
pub fn real(x: f64) -> Result<Number> {
    if x.abs() <= f64::MAX { Ok(Number::Real(x + 0.0)) } else { Err(Fault::overflow()) }
}

/// A result, real where its imaginary part is zero; DOMAIN ERROR where it is no finite number.
pub fn complex(z: Complex) -> Result<Number> {
    if !z.re.is_finite() || !z.im.is_finite() {
        return Err(Fault::overflow());
    }
    Ok(if z.im == 0.0 { Number::Real(z.re + 0.0) } else { Number::Complex(Complex::new(z.re + 0.0, z.im)) })
}

/// DOMAIN ERROR for a division by zero.
pub fn by_zero() -> Fault {
    Fault::domain().because("Divide by zero")
}

/// DOMAIN ERROR for a value that should have been 0 or 1.
pub fn not_boolean(x: f64) -> Fault {
    Fault::domain().with_detail(format!("{} is neither 0 nor 1", apl(x)))
}

/// A number for a message, with APL's minus.
pub fn apl(x: f64) -> String {
    x.to_string().replace('-', "¯")
}

/// The truth value that a number is.
pub fn truth(x: f64) -> Result<bool> {
    match convert::whole(x) {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        _ => Err(not_boolean(x)),
    }
}

/// Whether two numbers are equal within tolerance, complex ones by the distance between them.
pub fn near(a: Complex, b: Complex, ct: f64) -> bool {
    if a.im == 0.0 && b.im == 0.0 {
        return compare::near(a.re, b.re, ct);
    }
    a == b || (a - b).norm() <= ct * a.norm().max(b.norm())
}

/// How far below a whole number `x` may be and still count as that number, as fuzzy floor has it (Hagerty 1978; ISO
/// 13751). Kept under a half, so that large numbers with fractions are never rounded the wrong way.
#[inline]
fn margin(x: f64, ct: f64) -> f64 {
    (ct * x.abs().max(1.0)).min(0.49)
}

/// The greatest whole number not above `x`, tolerantly.
#[inline]
pub fn floor(x: f64, ct: f64) -> f64 {
    let near = x.round();
    if near - x > margin(x, ct) { near - 1.0 } else { near + 0.0 }
}

/// The least whole number not below `x`, tolerantly.
#[inline]
pub fn ceiling(x: f64, ct: f64) -> f64 {
    0.0 - floor(-x, ct)
}

/// Whether a float is whole.
#[inline]
pub fn is_whole(x: f64) -> bool {
    x.trunc() == x
}

/// Below this, all whole numbers are floats: 2*53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `modulus | x`: exact for whole numbers; otherwise 0 where the quotient is whole within tolerance. Has the sign of
/// the modulus; `0 | x` is `x`.
#[inline]
pub fn residue(modulus: f64, x: f64, ct: f64) -> f64 {
    if modulus == 0.0 {
        return x;
    }
    let whole = is_whole(x) && is_whole(modulus);
    // Whole numbers that floats hold exactly divide several times faster as such.
    let rest = match whole && x.abs() < EXACT && modulus.abs() < EXACT {
        true => (x as i64 % modulus as i64) as f64,
        false => x % modulus,
    };
    if rest == 0.0 {
        return 0.0;
    }
    let rest = if (rest < 0.0) != (modulus < 0.0) { rest + modulus } else { rest };
    if whole {
        return rest;
    }
    let part = rest / modulus;
    let margin = ct * (x / modulus).abs().max(1.0);
    if margin < 0.5 && (part <= margin || 1.0 - part <= margin) { 0.0 } else { rest }
}

/// The residue of 32-bit numbers, which always is one.
#[inline]
pub fn whole_residue(modulus: i32, x: i32) -> i32 {
    if modulus == 0 {
        return x;
    }
    let rest = x.wrapping_rem(modulus);
    if rest != 0 && (rest ^ modulus) < 0 { rest + modulus } else { rest }
}

/// The greatest common divisor, not negative: exact for whole numbers, tolerant for others.
pub fn gcd(a: f64, b: f64, ct: f64) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    if a < EXACT && b < EXACT && is_whole(a) && is_whole(b) {
        return whole_gcd(a as u64, b as u64) as f64;
    }
    let (scale, least) = (a.max(b), a.min(b));
    let (mut large, mut small) = (scale, least);
    // How often the divisor goes into the larger argument, if the remainder counts as nothing: the numerators of a
    // continued fraction. Dividing by such a whole number takes out the errors that the remainders carry.
    let (mut times, mut before) = (1.0, 0.0);
    // The larger argument is a multiple by construction; the remainder is how far the smaller one is from one, in
    // units of its own tolerance. Every other remainder is at most half of the one before, so the loop ends.
    while small > ct * least * times {
        let rest = large % small;
        (times, before) = (((large - rest) / small).round() * times + before, times);
        (large, small) = (small, rest);
    }
    if times < EXACT { scale / times } else { large }
}

/// The greatest common divisor of whole numbers.
pub fn whole_gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The same in 32 bits, where divisions are quicker.
#[inline]
pub fn small_gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least common multiple of 32-bit numbers, if it fits and is not the least number.
#[inline]
pub fn whole_lcm(a: i32, b: i32) -> Option<i32> {
    match small_gcd(a.unsigned_abs(), b.unsigned_abs()) {
        0 => Some(0),
        divisor => i32::try_from(i64::from(a) / i64::from(divisor) * i64::from(b)).ok().filter(|&n| n != i32::MIN),
    }
}

/// The least common multiple, with the sign of the product.
pub fn lcm(a: f64, b: f64, ct: f64) -> f64 {
    let divisor = gcd(a, b, ct);
    if divisor == 0.0 {
        return 0.0;
    }
    let times = a / divisor;
    // The quotient is whole but for rounding.
    let times = if times.abs() < 9e15 { times.round() } else { times };
    times * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerant_floor() {
        let ct = 1e-14;
        assert_eq!(floor(9.9999999999999, ct), 10.0);
        assert_eq!(floor(-1e-13, ct), -1.0);
        assert_eq!(floor(-2.3, ct), -3.0);
        assert_eq!(floor(0.5 + 0.4, ct), 0.0);
        assert_eq!(ceiling(-0.5, ct).to_bits(), 0);
        assert_eq!(floor(4e14 + 0.5, ct), 4e14);
        assert_eq!(floor(1e300, ct), 1e300);
        assert_eq!(floor(-1e-300, 0.0), -1.0);
    }

    #[test]
    fn residues() {
        let of = |m: f64, x: f64| residue(m, x, 1e-14);
        assert_eq!([of(3.0, -5.0), of(3.0, 5.0), of(-3.0, -4.0), of(-3.0, 4.0)], [1.0, 2.0, -1.0, -2.0]);
        assert_eq!(of(0.1, 0.3), 0.0);
        assert_eq!(of(0.5, -1.0), 0.0);
        assert_eq!(of(10.0, 1234567890123457.0), 7.0);
        assert_eq!(of(7.0, 2f64.powi(60)), 1.0);
        assert_eq!(of(0.0, 2.41), 2.41);
        assert_eq!(whole_residue(-1, i32::MIN), 0);
    }

    #[test]
    fn divisors() {
        assert_eq!(gcd(15.0, 35.0, 1e-14), 5.0);
        assert_eq!(gcd(-12.0, 18.0, 1e-14), 6.0);
        assert_eq!(gcd(1.0, 0.4321, 1e-14), 0.0001);
        assert_eq!(gcd(1.0, 1.0 / 3.0, 1e-14), 1.0 / 3.0);
        assert!((gcd(3.2, 1.9, 1e-14) - 0.1).abs() < 1e-15);
        assert_eq!(gcd(0.0, 0.5, 1e-14), 0.5);
        // A convergent of π: both arguments are whole multiples of the divisor, within tolerance.
        let divisor = gcd(std::f64::consts::PI, 1.0, 1e-14);
        assert_eq!((std::f64::consts::PI / divisor).round(), 5_419_351.0);
        assert!((1.0 / divisor - 1_725_033.0).abs() < 1e-7);
        assert_eq!(lcm(15.0, 35.0, 1e-14), 105.0);
        assert_eq!(lcm(9007199254740881.0, 2.0, 1e-14), 18014398509481762.0);
        assert_eq!(lcm(0.0, 7.0, 1e-14), 0.0);
    }
}
