//! Factorials and binomial coefficients: exact for whole numbers, by Stirling's series elsewhere.
//!
//! Functions of single numbers.

use std::f64::consts::PI;

use super::complex;
use super::number::{self, Number, is_whole};
use crate::array::Complex;
use crate::error::{Fault, Result};

/// The coefficients of Stirling's series, `B(2k) ÷ 2k×2k-1` (Abramowitz and Stegun 6.1.40).
const STIRLING: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360360.0,
    1.0 / 156.0,
    -3617.0 / 122400.0,
];

/// From here on Stirling's series gives all the digits of a float.
const FAR: f64 = 12.0;

/// The largest number that has a factorial among floats.
const LARGEST: f64 = 170.0;

/// The factorials that are floats: those of 0 to [`LARGEST`].
const FACTORIALS: [f64; 171] = {
    let mut all = [1.0; 171];
    let mut n = 2;
    while n < all.len() {
        all[n] = all[n - 1] * n as f64;
        n += 1;
    }
    all
};

/// The factorial of a whole number that is not negative, if it is a float.
#[inline]
pub fn tabled(x: f64) -> Option<f64> {
    let n = x as usize;
    if n as f64 == x { FACTORIALS.get(n).copied() } else { None }
}

fn pole() -> Fault {
    Fault::domain().with_detail("the factorial of a negative whole number has no value")
}

/// `!x`. DOMAIN ERROR for negative whole numbers and beyond the floats.
pub fn factorial(x: f64) -> Result<f64> {
    if is_whole(x) {
        if x < 0.0 {
            return Err(pole());
        }
        if x > LARGEST {
            return Err(Fault::overflow());
        }
        return Ok(FACTORIALS[x as usize]);
    }
    gamma(x + 1.0)
}

/// Gamma of a number that is not a pole.
fn gamma(x: f64) -> Result<f64> {
    if x < 0.5 {
        // Reflection. Far on the left the result vanishes.
        if x < -LARGEST {
            return Ok(0.0);
        }
        return Ok(PI / (sin_pi(x) * gamma(1.0 - x)?));
    }
    let (mut x, mut divisor) = (x, 1.0);
    while x < FAR {
        divisor *= x;
        x += 1.0;
    }
    if x > LARGEST + 2.0 {
        return Err(Fault::overflow());
    }
    // The power in two halves, since x*x overflows before gamma does.
    let half = x.powf(0.5 * (x - 0.5));
    let result = (2.0 * PI).sqrt() * half * (-x).exp() * half * series(x).exp() / divisor;
    if result.is_finite() { Ok(result) } else { Err(Fault::overflow()) }
}

fn series(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    STIRLING.iter().rev().fold(0.0, |sum, c| sum * square + c) / x
}

/// `1○○x` without loss far from zero.
fn sin_pi(x: f64) -> f64 {
    let x = x % 2.0;
    (PI * x).sin()
}

/// The logarithm of gamma for a positive argument.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut divisor) = (x, 1.0);
    while x < FAR {
        divisor *= x;
        x += 1.0;
    }
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + series(x) - f64::ln(divisor)
}

/// `!z` for complex numbers.
pub fn complex_factorial(z: Complex) -> Result<Number> {
    if z.im == 0.0 {
        return number::real(factorial(z.re)?);
    }
    number::complex(complex_gamma(z + 1.0))
}

fn complex_gamma(z: Complex) -> Complex {
    if z.re < 0.5 {
        let sine = (z * PI).sin();
        return complex::divide(Complex::from(PI), sine * complex_gamma(-z + 1.0));
    }
    complex_ln_gamma(z).exp()
}

/// The logarithm of gamma right of one half, up to a multiple of 0J1×○2.
fn complex_ln_gamma(z: Complex) -> Complex {
    let (mut z, mut divisor) = (z, Complex::from(1.0));
    while z.norm() < FAR {
        divisor *= z;
        z += 1.0;
    }
    let inverse = complex::divide(Complex::from(1.0), z);
    let square = inverse * inverse;
    let series = STIRLING.iter().rev().fold(Complex::from(0.0), |sum, &c| sum * square + c) * inverse;
    (z - 0.5) * complex::ln(z) - z + 0.5 * (2.0 * PI).ln() + series - complex::ln(divisor)
}

/// `k ! n`: selections of `k` things from `n`, extended to all numbers by way of factorials. DOMAIN ERROR where `n` is
/// a negative whole number and `k` a fraction.
pub fn binomial(k: f64, n: f64) -> Result<f64> {
    let rest = n - k;
    if is_whole(k) && is_whole(n) {
        // The seven cases of signs. In the others both factorials below the line have poles, so that the result is 0.
        return match (k < 0.0, n < 0.0, rest < 0.0) {
            (false, false, false) => choose(k.min(rest), n),
            (false, true, _) => Ok(sign(k) * choose(k, k - n - 1.0)?),
            (true, true, false) => Ok(sign(rest) * choose(rest, -k - 1.0)?),
            _ => Ok(0.0),
        };
    }
    if is_whole(n) && n < 0.0 {
        return Err(pole());
    }
    if is_whole(k) {
        // A pole below the line.
        return if k < 0.0 {
            Ok(0.0)
        } else if k <= 1024.0 {
            falling(k, n)
        } else {
            ratio(k, n)
        };
    }
    if is_whole(rest) {
        return if rest < 0.0 {
            Ok(0.0)
        } else if rest <= 1024.0 {
            falling(rest, n)
        } else {
            ratio(k, n)
        };
    }
    ratio(k, n)
}

fn sign(k: f64) -> f64 {
    if k % 2.0 == 0.0 { 1.0 } else { -1.0 }
}

/// Whole numbers: exact as long as 128 bits hold the products, rounded after that.
fn choose(k: f64, n: f64) -> Result<f64> {
    let k = k.min(n - k);
    if k < 0.0 {
        return Ok(0.0);
    }
    let mut exact: Option<u128> = (n < 9e15).then_some(1);
    let mut result = 1.0;
    let mut i = 1.0;
    // Each factor is at least 2 while i is at most k, half of n: beyond 1100 steps the product is infinite.
    while i <= k {
        let factor = n - k + i;
        exact = exact.and_then(|r| r.checked_mul(factor as u128)).map(|r| r / i as u128);
        result = match exact {
            Some(r) => r as f64,
            None => result * factor / i,
        };
        if result == f64::INFINITY {
            return Err(Fault::overflow());
        }
        i += 1.0;
    }
    Ok(result)
}

/// `n × (n-1) × … ÷ !k` for a small whole `k` and any `n`.
fn falling(k: f64, n: f64) -> Result<f64> {
    let mut result = 1.0;
    for i in 0..k as u32 {
        result = result * (n - f64::from(i)) / f64::from(i + 1);
    }
    Ok(result)
}

/// By way of gammas, their logarithms where one of them is too large.
fn ratio(k: f64, n: f64) -> Result<f64> {
    let parts = [n + 1.0, k + 1.0, n - k + 1.0];
    if parts.iter().all(|x| x.abs() < 100.0) {
        return Ok(gamma(parts[0])? / (gamma(parts[1])? * gamma(parts[2])?));
    }
    let mut log = 0.0;
    let mut sign = 1.0;
    for (part, direction) in parts.into_iter().zip([1.0, -1.0, -1.0]) {
        if part > 0.0 {
            log += direction * ln_gamma(part);
        } else {
            let sine = sin_pi(part);
            sign *= sine.signum();
            log += direction * (PI.ln() - sine.abs().ln() - ln_gamma(1.0 - part));
        }
    }
    Ok(sign * log.exp())
}

/// `k ! n` for complex numbers.
pub fn complex_binomial(k: Complex, n: Complex) -> Result<Number> {
    if k.im == 0.0 && n.im == 0.0 {
        return number::real(binomial(k.re, n.re)?);
    }
    if k.im == 0.0 && is_whole(k.re) && k.re <= 1024.0 {
        if k.re < 0.0 {
            return number::real(0.0);
        }
        let mut result = Complex::from(1.0);
        for i in 0..k.re as u32 {
            result = result * (n - f64::from(i)) / f64::from(i + 1);
        }
        return number::complex(result);
    }
    if n.im == 0.0 && is_whole(n.re) && n.re < 0.0 {
        return Err(pole());
    }
    let below = complex_gamma(k + 1.0) * complex_gamma(n - k + 1.0);
    number::complex(complex::divide(complex_gamma(n + 1.0), below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1e-9), "{a} is not {b}");
    }

    #[test]
    fn factorials_of_the_documentation() {
        assert_eq!(factorial(5.0).unwrap(), 120.0);
        close(factorial(-1.5).unwrap(), -3.544907702);
        close(factorial(1.5).unwrap(), 1.329340388);
        close(factorial(3.3).unwrap(), 8.85534336);
        close(factorial(169.5).unwrap() / factorial(168.5).unwrap(), 169.5);
        assert!(factorial(-1.0).is_err());
        assert!(factorial(171.0).is_err());
        let Number::Complex(z) = complex_factorial(Complex::new(0.0, 1.0)).unwrap() else { panic!() };
        close(z.re, 0.4980156681);
        close(z.im, -0.1549498283);
        let Number::Complex(z) = complex_factorial(Complex::new(1.0, 2.0)).unwrap() else { panic!() };
        close(z.re, 0.1122942423);
        close(z.im, 0.3236128855);
    }

    #[test]
    fn gamma_keeps_its_digits() {
        // The square root of pi, and Γ(1/3) from tables.
        assert!((gamma(0.5).unwrap() / PI.sqrt() - 1.0).abs() < 4e-15);
        assert!((gamma(1.0 / 3.0).unwrap() / 2.678_938_534_707_747_6 - 1.0).abs() < 4e-15);
    }

    #[test]
    fn binomials() {
        for (k, n, want) in [
            (1.2, 5.0, 6.105689248),
            (1.8, 5.0, 9.227916704),
            (2.0, 5.0, 10.0),
            (0.5, 1.5, 1.5),
            (100.5, 300.25, ratio(100.5, 300.25).unwrap()),
        ] {
            close(binomial(k, n).unwrap(), want);
        }
        // Rows ¯2 and 1 of ∘.!⍨¯2+⍳7.
        let row = |k: f64| (-2..=4).map(|n| binomial(k, f64::from(n)).unwrap()).collect::<Vec<_>>();
        assert_eq!(row(-2.0), [1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(row(1.0), [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(row(2.0), [3.0, 1.0, 0.0, 0.0, 1.0, 3.0, 6.0]);
        assert_eq!(binomial(25.0, 56.0).unwrap(), 5_574_440_580_220_512.0);
        assert!(binomial(0.5, -1.0).is_err());
        assert_eq!(
            complex_binomial(2.0.into(), Complex::new(3.0, 2.0)).unwrap(),
            Number::Complex(Complex::new(1.0, 5.0))
        );
    }
}
