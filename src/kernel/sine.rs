//! Sine and cosine without branches, so that loops over them become vector code.
//!
//! The polynomials and the division of π÷2 into parts are those of FDLIBM (Sun Microsystems 1993), whose results are off by
//! less than one unit in the last place. Arguments beyond [`MOST`] are left to the system's library.

use super::lanes::{ROUND, Side, finite_each, finite_zip};

/// The largest magnitude that is computed here: its quotient by a right angle has no more than 20 bits, so that products
/// with the parts of a right angle are exact.
const MOST: f64 = 1e6;

const QUOTIENT: f64 = std::f64::consts::FRAC_2_PI;

/// π÷2 in two parts of 33 bits, and what is left.
const PART_1: f64 = 1.570_796_326_734_125_6;
const PART_2: f64 = 6.077_100_506_303_966e-11;
const PART_3: f64 = 2.022_266_248_795_950_6e-21;

const SINE: [f64; 6] = [
    -0.166_666_666_666_666_32,
    0.008_333_333_333_322_49,
    -0.000_198_412_698_298_579_5,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];

const COSINE: [f64; 6] = [
    0.041_666_666_666_666_6,
    -0.001_388_888_888_887_411,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// The sine of `x` and `turns` right angles, NaN beyond [`MOST`].
#[inline(always)]
fn turned(x: f64, turns: u64) -> f64 {
    let shifted = x * QUOTIENT + ROUND;
    let times = shifted - ROUND;
    let quarter = shifted.to_bits().wrapping_add(turns);
    // What is left of the argument: `y + tail`.
    let first = x - times * PART_1;
    let product = times * PART_2;
    let second = first - product;
    let lost = times * PART_3 - ((first - second) - product);
    let y = second - lost;
    let tail = (second - y) - lost;
    let square = y * y;
    let cube = square * y;
    let [s1, s2, s3, s4, s5, s6] = SINE;
    let rest = s2 + square * (s3 + square * (s4 + square * (s5 + square * s6)));
    let sine = y - ((square * (0.5 * tail - cube * rest) - tail) - cube * s1);
    let [c1, c2, c3, c4, c5, c6] = COSINE;
    let rest = square * (c1 + square * (c2 + square * (c3 + square * (c4 + square * (c5 + square * c6)))));
    let half = 0.5 * square;
    let most = 1.0 - half;
    let cosine = most + (((1.0 - most) - half) + (square * rest - y * tail));
    let value = if quarter & 1 == 0 { sine } else { cosine };
    let value = if quarter & 2 == 0 { value } else { -value };
    if x.abs() <= MOST { value + 0.0 } else { f64::NAN }
}

#[inline(always)]
fn sine(_: f64, x: f64) -> f64 {
    turned(x, 0)
}

#[inline(always)]
fn cosine(_: f64, x: f64) -> f64 {
    turned(x, 1)
}

/// `1○x`.
pub fn sin(x: f64) -> f64 {
    if x.abs() <= MOST { turned(x, 0) } else { x.sin() }
}

/// `2○x`.
pub fn cos(x: f64) -> f64 {
    if x.abs() <= MOST { turned(x, 1) } else { x.cos() }
}

/// Sines of a stretch; the left operand stands for nothing.
pub fn sines(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let from = out.len();
    if finite_zip(l, r, out, sine) {
        return true;
    }
    out.truncate(from);
    finite_each(l, r, out, |_, x| sin(x))
}

/// Cosines of a stretch; the left operand stands for nothing.
pub fn cosines(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let from = out.len();
    if finite_zip(l, r, out, cosine) {
        return true;
    }
    out.truncate(from);
    finite_each(l, r, out, |_, x| cos(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As far from each other as their bits say.
    fn units(a: f64, b: f64) -> u64 {
        if a == b { 0 } else { (a.to_bits() as i64).abs_diff(b.to_bits() as i64) }
    }

    #[test]
    fn within_one_unit_in_the_last_place() {
        let right = std::f64::consts::FRAC_PI_2;
        let near = (0..2000).flat_map(|k| {
            let angle = f64::from(k) * right;
            [angle, angle.next_up(), angle.next_down(), angle + 1e-9, angle + 0.7]
        });
        let small = (0..300).map(|k| 2f64.powi(-k));
        let many = (0..40_000).map(|k| f64::from(k) * 24.3141 - 470_000.0);
        for x in near.chain(small).chain(many).chain([1e6, 1e6 + 1.0, 1e22, 1.5e300]) {
            for x in [x, -x] {
                assert!(units(sin(x), x.sin()) <= 1, "1○{x}: {}, {}", sin(x), x.sin());
                assert!(units(cos(x), x.cos()) <= 1, "2○{x}: {}, {}", cos(x), x.cos());
            }
        }
    }

    #[test]
    fn symmetric_and_without_a_sign_of_zero() {
        assert_eq!(sin(0.0).to_bits(), 0);
        assert_eq!(cos(0.0), 1.0);
        for k in 1..1000 {
            let x = f64::from(k) * 0.37;
            assert_eq!((sin(-x), cos(-x)), (-sin(x), cos(x)));
        }
    }
}
