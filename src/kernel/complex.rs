//! Complex arithmetic beyond `+ - ×`: division, powers and logarithms on the principal branch, McDonnell's floor and
//! what follows from it.
//!
//! Functions of single numbers. A real argument has an imaginary part of +0, which decides its side of a branch cut.

use std::f64::consts::{FRAC_PI_2, PI};

use super::number::{self, Number};
use crate::array::Complex;
use crate::error::Result;

/// The imaginary unit.
pub const I: Complex = Complex::new(0.0, 1.0);

/// `a ÷ b` for a divisor that is not zero, scaled so that nothing overflows on the way (Smith 1962).
pub fn divide(a: Complex, b: Complex) -> Complex {
    if b.im == 0.0 {
        return a / b.re;
    }
    if b.re == 0.0 {
        return Complex::new(a.im / b.im, -a.re / b.im);
    }
    if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let scale = b.re + b.im * ratio;
        Complex::new((a.re + a.im * ratio) / scale, (a.im - a.re * ratio) / scale)
    } else {
        let ratio = b.re / b.im;
        let scale = b.re * ratio + b.im;
        Complex::new((a.re * ratio + a.im) / scale, (a.im * ratio - a.re) / scale)
    }
}

/// `*0J1×angle`, exact where the angle is the nearest number to a multiple of a right angle: `*○0J1` is ¯1.
pub fn cis(angle: f64) -> Complex {
    // Below this the quotient is off by less than a half.
    const MOST: f64 = (1_u64 << 50) as f64;
    let turns = (angle / FRAC_PI_2).round();
    if turns.abs() < MOST && turns * FRAC_PI_2 == angle {
        return quarter(turns as i64);
    }
    Complex::new(angle.cos(), angle.sin())
}

/// `*0J1×○halves`, exact at multiples of a half.
fn cis_pi(halves: f64) -> Complex {
    let quarters = (halves % 2.0) * 2.0;
    if number::is_whole(quarters) {
        return quarter(quarters as i64);
    }
    let angle = PI * (halves % 2.0);
    Complex::new(angle.cos(), angle.sin())
}

fn quarter(turns: i64) -> Complex {
    match turns.rem_euclid(4) {
        0 => Complex::new(1.0, 0.0),
        1 => I,
        2 => Complex::new(-1.0, 0.0),
        _ => -I,
    }
}

/// `*z`.
pub fn exp(z: Complex) -> Complex {
    cis(z.im) * z.re.exp()
}

/// `⍟z` for `z` not zero.
pub fn ln(z: Complex) -> Complex {
    Complex::new(z.norm().ln(), (z.im + 0.0).atan2(z.re))
}

/// `z*0.5`, exact for squares.
pub fn sqrt(z: Complex) -> Complex {
    if z.im == 0.0 {
        let root = z.re.abs().sqrt();
        return if z.re < 0.0 { Complex::new(0.0, root) } else { Complex::new(root, 0.0) };
    }
    // The larger part first, from a sum without cancellation; the other from their product.
    let large = (0.5 * (z.norm() + z.re.abs())).sqrt();
    let small = 0.5 * z.im.abs() / large;
    let (re, im) = if z.re >= 0.0 { (large, small) } else { (small, large) };
    Complex::new(re, im.copysign(z.im))
}

/// `base * exponent`. DOMAIN ERROR for 0 to a power that is not positive.
pub fn power(base: Complex, exponent: Complex) -> Result<Number> {
    if exponent == Complex::new(0.0, 0.0) {
        return number::real(1.0);
    }
    if base == Complex::new(0.0, 0.0) {
        return if exponent.re > 0.0 { number::real(0.0) } else { Err(number::by_zero()) };
    }
    if exponent.im == 0.0 {
        let x = exponent.re;
        if number::is_whole(x) && x.abs() <= 1024.0 {
            let power = whole_power(base, x.abs() as u32);
            return number::complex(if x < 0.0 { divide(Complex::new(1.0, 0.0), power) } else { power });
        }
        if x == 0.5 {
            return number::complex(sqrt(base));
        }
        let size = base.norm().powf(x);
        let direction = if base.im == 0.0 {
            if base.re < 0.0 { cis_pi(x) } else { Complex::new(1.0, 0.0) }
        } else {
            cis(base.im.atan2(base.re) * x)
        };
        return number::complex(direction * size);
    }
    number::complex(exp(ln(base) * exponent))
}

/// Repeated squaring, so that powers of whole complex numbers are exact.
fn whole_power(base: Complex, mut exponent: u32) -> Complex {
    let (mut result, mut square) = (Complex::new(1.0, 0.0), base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= square;
        }
        exponent >>= 1;
        if exponent > 0 {
            square *= square;
        }
    }
    result
}

/// The complex floor: the corner of the unit square around `z` whose cell of the tiling `z` is in (McDonnell 1973;
/// Dyalog "Floor"). The centre of a square goes up the imaginary axis.
pub fn floor(z: Complex, ct: f64) -> Complex {
    corner(z, ct, I)
}

/// `⌈z`.
pub fn ceiling(z: Complex, ct: f64) -> Complex {
    -floor(-z, ct)
}

/// The whole multiple of 1 that the quotient of a division with remainder is: the floor, but for the centre of a
/// square, which goes along the real axis.
pub fn quotient(z: Complex, ct: f64) -> Complex {
    corner(z, ct, Complex::new(1.0, 0.0))
}

/// McDonnell's floor; `centre` is the step that the centre of a unit square takes.
fn corner(z: Complex, ct: f64, centre: Complex) -> Complex {
    let corner = Complex::new(number::floor(z.re, ct), number::floor(z.im, ct));
    // Tolerance may have put the corner beyond the number.
    let (x, y) = ((z.re - corner.re).max(0.0), (z.im - corner.im).max(0.0));
    if x + y < 1.0 - ct {
        corner
    } else if x == y && x + y <= 1.0 + ct {
        corner + centre
    } else if x < y {
        corner + I
    } else {
        corner + 1.0
    }
}

/// `modulus | z`: 0 where the quotient is a whole complex number within tolerance.
pub fn residue(modulus: Complex, z: Complex, ct: f64) -> Complex {
    if modulus == Complex::new(0.0, 0.0) {
        return z;
    }
    let exact = divide(z, modulus);
    let times = quotient(exact, ct);
    let rest = z - modulus * times;
    if (exact - times).norm() <= ct * exact.norm().max(1.0) { Complex::new(0.0, 0.0) } else { rest }
}

/// The greatest common divisor, turned into the first quadrant.
pub fn gcd(a: Complex, b: Complex, ct: f64) -> Complex {
    let scale = if a.norm() > b.norm() { a } else { b };
    let (mut large, mut small) = if a.norm() > b.norm() { (a, b) } else { (b, a) };
    // Remainders by the nearest multiple shrink by at least a factor of √2; the bound is for parts so far apart that
    // rounding stops them.
    for _ in 0..8192 {
        if small.norm() <= ct * scale.norm() * (scale.norm() / large.norm()) || small == Complex::new(0.0, 0.0) {
            break;
        }
        let quotient = divide(large, small);
        let rest = large - small * Complex::new(quotient.re.round(), quotient.im.round());
        (large, small) = (small, rest);
    }
    if large == Complex::new(0.0, 0.0) {
        return large;
    }
    // As for reals: the quotient is whole, so dividing by it takes rounding errors out.
    let times = divide(scale, large);
    if times.norm() < 9e15 {
        let whole = Complex::new(times.re.round(), times.im.round());
        if whole != Complex::new(0.0, 0.0) {
            large = divide(scale, whole);
        }
    }
    // A part that is no more than rounding would turn the number into the wrong quadrant.
    let noise = 4.0 * f64::EPSILON * large.norm();
    let clean = |part: f64| if part.abs() <= noise { 0.0 } else { part };
    large = Complex::new(clean(large.re), clean(large.im));
    for _ in 0..3 {
        if large.re > 0.0 && large.im >= 0.0 {
            break;
        }
        large *= I;
    }
    large
}

/// The least common multiple.
pub fn lcm(a: Complex, b: Complex, ct: f64) -> Complex {
    let divisor = gcd(a, b, ct);
    if divisor == Complex::new(0.0, 0.0) {
        return divisor;
    }
    divide(a, divisor) * b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn c(re: f64, im: f64) -> Complex {
        Complex::new(re, im)
    }

    #[test]
    fn powers_are_exact_where_they_can_be() {
        assert_eq!(power(I, c(2.0, 0.0)).unwrap(), Number::Real(-1.0));
        assert_eq!(power(c(-1.0, 0.0), c(0.5, 0.0)).unwrap(), Number::Complex(I));
        assert_eq!(exp(c(0.0, PI)), c(-1.0, 0.0));
        assert_eq!(exp(c(0.0, PI * 1e10)), c(1.0, 0.0));
        assert_eq!(exp(c(0.0, PI * 1234567890123.5)), -I);
        assert_ne!(exp(c(0.0, 1e10)).im, 0.0);
        assert_eq!(sqrt(c(-4.0, 0.0)), c(0.0, 2.0));
        assert_eq!(sqrt(c(3.0, -4.0)), c(2.0, -1.0));
    }

    #[test]
    fn floors_and_residues() {
        assert_eq!(floor(c(1.0, 3.2), 1e-14), c(1.0, 3.0));
        assert_eq!(floor(c(3.3, 2.5), 1e-14), c(3.0, 2.0));
        assert_eq!(floor(c(-3.3, -2.5), 1e-14), c(-3.0, -3.0));
        assert_eq!(floor(c(-2.5, 4.5), 1e-14), c(-3.0, 5.0));
        assert_eq!(floor(c(0.75, 0.75), 1e-14), c(1.0, 0.0));
        assert_eq!(ceiling(c(2.5, 0.5), 1e-14), c(3.0, 0.0));
        assert_eq!(residue(c(2.0, 0.0), c(1.0, 1.0), 1e-14), c(-1.0, 1.0));
        assert_eq!(ceiling(c(1.2, 2.5), 1e-14), c(1.0, 3.0));
        assert_eq!(ceiling(c(1.2, -2.5), 1e-14), c(1.0, -2.0));
        assert_eq!(residue(c(1.0, 2.0), c(2.0, 3.0), 1e-14), c(1.0, 1.0));
        assert_eq!(residue(c(1.0, 2.0), c(3.0, 4.0), 1e-14), c(-1.0, 1.0));
        assert_eq!(residue(c(1.0, 2.0), c(5.0, 6.0), 1e-14), c(0.0, 1.0));
    }

    #[test]
    fn multiples() {
        assert_eq!(lcm(c(2.0, 2.0), c(5.0, 5.0), 1e-14), c(10.0, 10.0));
        assert_eq!(lcm(c(2.0, 4.0), c(4.0, 4.0), 1e-14), c(-4.0, 12.0));
        assert_eq!(lcm(c(2.0, 0.0), I, 1e-14), c(0.0, 2.0));
        assert_eq!(gcd(c(2.5, 5.0), c(0.0, 1.5), 1e-14), c(0.5, 0.0));
        // A divisor on the axis stays there whatever was rounded.
        assert_eq!(gcd(c(0.9, 2.7), c(0.6, 0.9), 1e-14).im, 0.0);
        assert!((gcd(c(1.3, 2.6), c(4.5, 8.9), 1e-14) - c(0.1, 0.0)).norm() < 1e-15);
    }
}
