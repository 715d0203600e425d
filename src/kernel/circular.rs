//! `○`: trigonometric, hyperbolic, pythagorean and complex-part functions, on reals and complex numbers.
//!
//! Functions of single numbers. Real arguments outside a function's real domain give complex results on the principal
//! branch.

use std::f64::consts::{FRAC_PI_2, PI};

use super::complex::{self, I};
use super::number::{self, Number};
use super::sine;
use crate::array::{Complex, convert};
use crate::error::{Fault, Result};

/// The left argument: a whole number from ¯12 to 12.
pub fn choice(x: f64) -> Result<i32> {
    match convert::whole(x) {
        Some(k @ -12..=12) => Ok(k as i32),
        _ => Err(Fault::domain()
            .with_detail(format!("the left argument of ○ is a whole number from ¯12 to 12, not {}", number::apl(x)))),
    }
}

/// `k ○ x` for a real `x` (Dyalog "Circular").
pub fn real(k: i32, x: f64) -> Result<Number> {
    let imaginary = |y: f64| number::complex(Complex::new(0.0, y));
    let pole = || Err(Fault::domain().with_detail(format!("the function has no value at {}", number::apl(x))));
    let y = match k {
        0 if x.abs() <= 1.0 => ((1.0 - x) * (1.0 + x)).sqrt(),
        0 => return imaginary((x.abs() - 1.0).sqrt() * (x.abs() + 1.0).sqrt()),
        1 => sine::sin(x),
        2 => sine::cos(x),
        3 => x.tan(),
        4 => 1f64.hypot(x),
        5 => x.sinh(),
        6 => x.cosh(),
        7 => x.tanh(),
        8 => return imaginary(1f64.hypot(x)),
        9 | -9 | -10 => x,
        10 => x.abs(),
        11 => 0.0,
        12 => {
            if x < 0.0 {
                PI
            } else {
                0.0
            }
        }
        -1 if x.abs() <= 1.0 => x.asin(),
        // Together ¯1 and ¯2 give a quarter turn, on both cuts.
        -1 => return number::complex(Complex::new(FRAC_PI_2, -x.abs().acosh()) * x.signum()),
        -2 if x.abs() <= 1.0 => x.acos(),
        -2 if x > 0.0 => return imaginary(x.acosh()),
        -2 => return number::complex(Complex::new(PI, -(-x).acosh())),
        -3 => x.atan(),
        -4 if x == -1.0 => 0.0,
        -4 if x.abs() >= 1.0 => ((x.abs() - 1.0).sqrt() * (x.abs() + 1.0).sqrt()).copysign(x),
        -4 => return imaginary(((1.0 - x) * (1.0 + x)).sqrt()),
        -5 => x.asinh(),
        -6 if x >= 1.0 => x.acosh(),
        -6 if x >= -1.0 => return imaginary(x.acos()),
        -6 => return number::complex(Complex::new((-x).acosh(), PI)),
        -7 if x.abs() == 1.0 => return pole(),
        -7 if x.abs() < 1.0 => x.atanh(),
        -7 => return number::complex(Complex::new((1.0 / x).atanh(), FRAC_PI_2)),
        -8 => return imaginary(-1f64.hypot(x)),
        -11 => return imaginary(x),
        -12 => return number::complex(complex::cis(x)),
        _ => return Err(Fault::domain()),
    };
    number::real(y)
}

/// `k ○ z` for a complex `z`. One without an imaginary part is the real number.
pub fn complex(k: i32, z: Complex) -> Result<Number> {
    if z.im == 0.0 {
        return real(k, z.re);
    }
    let one = Complex::from(1.0);
    let square = z * z;
    let w = match k {
        0 => complex::sqrt(one - square),
        1 => z.sin(),
        2 => z.cos(),
        3 => -I * tanh(I * z),
        4 => complex::sqrt(one + square),
        5 => z.sinh(),
        6 => z.cosh(),
        7 => tanh(z),
        8 => complex::sqrt(-one - square),
        9 => return number::real(z.re),
        10 => return number::real(z.norm()),
        11 => return number::real(z.im),
        12 => return number::real(z.im.atan2(z.re)),
        -1 => -I * asinh(I * z),
        -2 => Complex::from(FRAC_PI_2) + I * asinh(I * z),
        -3 => -I * atanh(I * z)?,
        -4 if z == -one => Complex::from(0.0),
        -4 => (z + 1.0) * complex::sqrt(complex::divide(z - 1.0, z + 1.0)),
        -5 => asinh(z),
        -6 => acosh(z),
        -7 => atanh(z)?,
        -8 => -complex::sqrt(-one - square),
        -9 => z,
        -10 => z.conj(),
        -11 => I * z,
        -12 => complex::exp(I * z),
        _ => return Err(Fault::domain()),
    };
    number::complex(w)
}

/// Without overflow far from the imaginary axis, where it is ±1.
fn tanh(z: Complex) -> Complex {
    if z.re.abs() > 20.0 {
        return Complex::new(1f64.copysign(z.re), 0.0);
    }
    complex::divide(z.sinh(), z.cosh())
}

/// `⍟z+(1+z*2)*0.5`, by symmetry from the half-plane where nothing cancels.
fn asinh(z: Complex) -> Complex {
    if z.re < 0.0 {
        return -asinh(-z);
    }
    if z.norm() > 1e8 {
        return complex::ln(z) + std::f64::consts::LN_2;
    }
    complex::ln(z + complex::sqrt(z * z + 1.0))
}

/// Kahan's form: `2×⍟(((z+1)÷2)*0.5)+((z-1)÷2)*0.5`.
fn acosh(z: Complex) -> Complex {
    complex::ln(complex::sqrt((z + 1.0) * 0.5) + complex::sqrt((z - 1.0) * 0.5)) * 2.0
}

/// `0.5×(⍟1+z)-⍟1-z`. DOMAIN ERROR at the poles.
fn atanh(z: Complex) -> Result<Complex> {
    let (above, below) = (z + 1.0, -z + 1.0);
    if above == Complex::from(0.0) || below == Complex::from(0.0) {
        return Err(Fault::domain().with_detail("the function has a pole there"));
    }
    Ok((complex::ln(above) - complex::ln(below)) * 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: Number, re: f64, im: f64) {
        let z = got.wide();
        assert!((z - Complex::new(re, im)).norm() < 1e-9, "{z} is not {re}J{im}");
    }

    #[test]
    fn reals_that_stay_real() {
        close(real(0, 1.0).unwrap(), 0.0, 0.0);
        close(real(-1, 1.0).unwrap(), PI / 2.0, 0.0);
        close(real(2, PI / 3.0).unwrap(), 0.5, 0.0);
        close(real(-4, -1.0).unwrap(), 0.0, 0.0);
        close(real(-4, -2.0).unwrap(), -(3f64.sqrt()), 0.0);
        assert!(real(5, 1000.0).is_err());
        assert!(real(-7, 1.0).is_err());
        assert!(choice(13.0).is_err());
    }

    /// Whatever `k` undoes, the undone and done again is where it was; on the real line beyond the real domain too.
    #[test]
    fn inverses() {
        let points = [(2.0, 0.0), (-2.0, 0.0), (0.3, 0.0), (0.5, 1.5), (-0.5, 0.25), (-1.5, -2.0)];
        for k in [1, 2, 3, 5, 6, 7] {
            for (re, im) in points {
                let z = Complex::new(re, im);
                let undone = if im == 0.0 { real(-k, re) } else { complex(-k, z) }.unwrap();
                close(complex(k, undone.wide()).unwrap(), re, im);
            }
        }
        for k in [0, 4, 8] {
            for (re, im) in points {
                let z = Complex::new(re, im);
                let done = if im == 0.0 { real(k, re) } else { complex(k, z) }.unwrap().wide();
                let square = match k {
                    0 => Complex::from(1.0) - z * z,
                    4 => Complex::from(1.0) + z * z,
                    _ => Complex::from(-1.0) - z * z,
                };
                assert!((done * done - square).norm() < 1e-9);
            }
        }
    }

    /// The real formulas are the complex ones on the axis, approached from above; those of ¯1 and ¯2 are approached
    /// from below on the cut that begins at 1.
    #[test]
    fn real_is_complex_on_the_axis() {
        // The axis is a cut of the square roots, approached from the other side.
        for k in (-12..=12).filter(|k: &i32| k.abs() != 8 && *k != 0) {
            for x in [-2.5, -0.5, 0.5, 2.5] {
                let side = if (k == -1 || k == -2) && x > 1.0 { -1e-13 } else { 1e-13 };
                let z = complex(k, Complex::new(x, side)).unwrap().wide();
                close(real(k, x).unwrap(), z.re, z.im);
            }
        }
    }
}
