//! Loops over stretches of elements, for the functions and pairs of element types for which a loop of their own is worth
//! while.
//!
//! A kernel computes the ordinary cases of a stretch that fits the first-level cache. If it finds another case (an
//! overflow, a division by zero, a result that is not real) it reports that by `false` or by a result that is not finite,
//! and the caller computes the stretch again number by number. Shapes are not known here.

use super::ScalarDyad;
use super::number;
use crate::array::Complex;

/// Elements that a kernel gets at once.
pub const STRETCH: usize = 2048;

/// A stretch of an operand: its elements, or one element that is used with all elements of the other.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a, T> {
    /// The same element throughout.
    One(T),
    /// An element each.
    Each(&'a [T]),
}

/// A stretch of a numeric operand.
#[derive(Clone, Copy, Debug)]
pub enum Block<'a> {
    /// Truth values.
    Bool(Side<'a, bool>),
    /// 32-bit numbers.
    Int(Side<'a, i32>),
    /// Numbers.
    Float(Side<'a, f64>),
    /// Complex numbers.
    Complex(Side<'a, Complex>),
}

impl<T: Copy> Side<'_, T> {
    /// The elements, if there are any of its own.
    pub fn len(&self) -> Option<usize> {
        match self {
            Side::One(_) => None,
            Side::Each(data) => Some(data.len()),
        }
    }

    /// The element at a position that the caller has checked; the first where there is none.
    #[inline]
    pub fn get(&self, at: usize) -> T {
        match self {
            Side::One(x) => *x,
            Side::Each(data) => data[at],
        }
    }
}

/// Appends `f(left, right)` for a stretch.
pub type Kernel<A, B, R> = fn(Side<'_, A>, Side<'_, B>, &mut Vec<R>);

/// The same; `false` where a result does not fit, and what was appended is then to be dropped.
pub type Trial<A, B, R> = fn(Side<'_, A>, Side<'_, B>, &mut Vec<R>) -> bool;

/// The same under a comparison tolerance.
pub type Comparison<A, B> = fn(f64, Side<'_, A>, Side<'_, B>, &mut Vec<bool>);

/// Appends `f(left, right)` for a stretch. The three loops have no branch inside, so that they become vector code.
#[inline(always)]
pub fn zip<A: Copy, B: Copy, R>(left: Side<'_, A>, right: Side<'_, B>, out: &mut Vec<R>, f: impl Fn(A, B) -> R) {
    match (left, right) {
        (Side::Each(a), Side::Each(b)) => out.extend(a.iter().zip(b).map(|(&a, &b)| f(a, b))),
        (Side::Each(a), Side::One(b)) => out.extend(a.iter().map(|&a| f(a, b))),
        (Side::One(a), Side::Each(b)) => out.extend(b.iter().map(|&b| f(a, b))),
        (Side::One(a), Side::One(b)) => out.push(f(a, b)),
    }
}

/// Whether `f(left, right)` holds throughout a stretch.
#[inline(always)]
fn holds<A: Copy, B: Copy>(left: Side<'_, A>, right: Side<'_, B>, f: impl Fn(A, B) -> bool) -> bool {
    // No early out: that would cost more than it saves.
    match (left, right) {
        (Side::Each(a), Side::Each(b)) => a.iter().zip(b).fold(true, |all, (&a, &b)| all & f(a, b)),
        (Side::Each(a), Side::One(b)) => a.iter().fold(true, |all, &a| all & f(a, b)),
        (Side::One(a), Side::Each(b)) => b.iter().fold(true, |all, &b| all & f(a, b)),
        (Side::One(a), Side::One(b)) => f(a, b),
    }
}

/// Whether all numbers are finite: zero times any other is NaN, which stays in a sum.
pub fn finite(data: &[f64]) -> bool {
    in_lanes(data, 0.0, |sum, x| sum + x * 0.0) == 0.0
}

/// The largest magnitude.
pub fn largest(data: &[f64]) -> f64 {
    in_lanes(data, 0.0, |max, x| {
        let x = x.abs();
        if max > x { max } else { x }
    })
}

/// Folds sixteen interleaved parts, then the parts: for functions whose order does not matter.
#[inline(always)]
pub fn in_lanes(data: &[f64], neutral: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [neutral; 16];
    let (chunks, rest) = data.as_chunks::<16>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = f(*lane, x);
        }
    }
    let rest = rest.iter().fold(neutral, |total, &x| f(total, x));
    lanes.iter().fold(rest, |total, &x| f(total, x))
}

/// Functions of floats. Results that are not finite are for the caller to find.
pub fn floats(op: ScalarDyad) -> Option<Kernel<f64, f64, f64>> {
    let kernel: Kernel<f64, f64, f64> = match op {
        ScalarDyad::Plus => |l, r, out| zip(l, r, out, |a, b| a + b),
        ScalarDyad::Minus => |l, r, out| zip(l, r, out, |a, b| a - b),
        // Adding zero takes the sign from a zero.
        ScalarDyad::Times => |l, r, out| zip(l, r, out, |a, b| a * b + 0.0),
        ScalarDyad::Divide => |l, r, out| zip(l, r, out, |a, b| a / b + 0.0),
        ScalarDyad::Maximum => |l, r, out| zip(l, r, out, |a, b| if a > b { a } else { b }),
        ScalarDyad::Minimum => |l, r, out| zip(l, r, out, |a, b| if a < b { a } else { b }),
        ScalarDyad::Power => powers,
        ScalarDyad::Residue => whole_residues,
        ScalarDyad::And => |l, r, out| truths(l, r, out, |a, b| a * b),
        ScalarDyad::Or => |l, r, out| truths(l, r, out, |a, b| a + b - a * b),
        _ => return None,
    };
    Some(kernel)
}

/// A truth function of zeros and ones; NaN, which does not pass as finite, for any other numbers.
#[inline(always)]
fn truths(left: Side<'_, f64>, right: Side<'_, f64>, out: &mut Vec<f64>, f: impl Fn(f64, f64) -> f64) {
    let truth = |x: f64| (x == 0.0) | (x == 1.0);
    zip(left, right, out, |a, b| if truth(a) & truth(b) { f(a, b) } else { f64::NAN });
}

/// A negative base gives NaN where the result is complex, zero to a negative power infinity: neither passes as finite.
fn powers(left: Side<'_, f64>, right: Side<'_, f64>, out: &mut Vec<f64>) {
    match right {
        Side::One(2.0) => zip(left, right, out, |a, _| a * a),
        Side::One(0.5) => zip(left, right, out, |a, _| a.sqrt()),
        _ => zip(left, right, out, |a, b| a.powf(b) + 0.0),
    }
}

/// Whole floats by one whole modulus; NaN, which does not pass as finite, for any others.
fn whole_residues(left: Side<'_, f64>, right: Side<'_, f64>, out: &mut Vec<f64>) {
    // Below this, quotients, products and remainders are exact.
    const LIMIT: f64 = 1_125_899_906_842_624.0;
    match left {
        Side::One(modulus) if modulus != 0.0 && number::is_whole(modulus) && modulus.abs() < LIMIT => {
            let inverse = 1.0 / modulus;
            zip(left, right, out, |modulus, x| {
                let whole = (x.abs() < LIMIT) & ((x + ROUND) - ROUND == x);
                let rest = x - ((x * inverse + ROUND) - ROUND) * modulus;
                let rest = if rest * inverse < 0.0 { rest + modulus } else { rest };
                if whole { rest } else { f64::NAN }
            });
        }
        _ => out.push(f64::NAN),
    }
}

/// Functions of 32-bit numbers that mostly have results of 32 bits.
pub fn ints(op: ScalarDyad) -> Option<Trial<i32, i32, i32>> {
    let kernel: Trial<i32, i32, i32> = match op {
        ScalarDyad::Plus => |l, r, out| {
            zip(l, r, out, i32::wrapping_add);
            holds(l, r, |a, b| (a ^ a.wrapping_add(b)) & (b ^ a.wrapping_add(b)) >= 0)
        },
        ScalarDyad::Minus => |l, r, out| {
            zip(l, r, out, i32::wrapping_sub);
            holds(l, r, |a, b| (a ^ b) & (a ^ a.wrapping_sub(b)) >= 0)
        },
        ScalarDyad::Times => |l, r, out| {
            zip(l, r, out, i32::wrapping_mul);
            // Products of 32-bit numbers are exact enough as floats to tell whether they fit.
            holds(l, r, |a, b| (f64::from(a) * f64::from(b)).abs() <= f64::from(i32::MAX))
        },
        ScalarDyad::Maximum => |l, r, out| {
            zip(l, r, out, i32::max);
            true
        },
        ScalarDyad::Minimum => |l, r, out| {
            zip(l, r, out, i32::min);
            true
        },
        ScalarDyad::Residue => residues,
        ScalarDyad::And => |l, r, out| {
            zip(l, r, out, |a, b| a & b);
            holds(l, r, |a, b| (a | b) & !1 == 0)
        },
        ScalarDyad::Or => |l, r, out| {
            if holds(l, r, |a, b| (a | b) & !1 == 0) {
                zip(l, r, out, |a, b| a | b);
                return true;
            }
            zip(l, r, out, |a, b| number::whole_gcd(a.unsigned_abs().into(), b.unsigned_abs().into()) as i32);
            // Only the least number has a magnitude that doesn't fit.
            holds(l, r, |a, b| a != i32::MIN && b != i32::MIN)
        },
        _ => return None,
    };
    Some(kernel)
}

fn residues(left: Side<'_, i32>, right: Side<'_, i32>, out: &mut Vec<i32>) -> bool {
    match left {
        Side::One(0) => zip(left, right, out, |_, b| b),
        Side::One(modulus) if modulus > 0 && modulus & (modulus - 1) == 0 => {
            zip(left, right, out, |_, b| b & (modulus - 1));
        }
        Side::One(modulus) => {
            // The quotient by way of floats is off by one at most, which the two corrections set right.
            let (divisor, inverse) = (f64::from(modulus), 1.0 / f64::from(modulus));
            zip(left, right, out, |_, b| {
                let times = (f64::from(b) * inverse + ROUND) - ROUND;
                let rest = f64::from(b) - times * divisor;
                let rest = if rest * inverse < 0.0 { rest + divisor } else { rest };
                low_bits(rest)
            });
        }
        Side::Each(_) => zip(left, right, out, number::whole_residue),
    }
    true
}

/// Adding and taking away this number rounds to the nearest whole one, for magnitudes below 2*51.
pub const ROUND: f64 = 6_755_399_441_055_744.0;

/// A whole number of 32 bits as one: adding [`ROUND`] puts it in the last bits of a float.
#[inline(always)]
pub fn low_bits(whole: f64) -> i32 {
    (whole + ROUND).to_bits() as i32
}

/// Comparisons of equal types without tolerance.
pub fn exact<T: PartialOrd + Copy>(op: ScalarDyad) -> Option<Kernel<T, T, bool>> {
    let kernel: Kernel<T, T, bool> = match op {
        ScalarDyad::Less => |l, r, out| zip(l, r, out, |a, b| a < b),
        ScalarDyad::LessEqual => |l, r, out| zip(l, r, out, |a, b| a <= b),
        ScalarDyad::Equal => |l, r, out| zip(l, r, out, |a, b| a == b),
        ScalarDyad::GreaterEqual => |l, r, out| zip(l, r, out, |a, b| a >= b),
        ScalarDyad::Greater => |l, r, out| zip(l, r, out, |a, b| a > b),
        ScalarDyad::NotEqual => |l, r, out| zip(l, r, out, |a, b| a != b),
        _ => return None,
    };
    Some(kernel)
}

/// `array::compare::near` without branches.
#[inline(always)]
fn near(ct: f64, a: f64, b: f64) -> bool {
    let (x, y) = (a.abs(), b.abs());
    (a - b).abs() <= ct * if x > y { x } else { y }
}

/// Tolerant comparisons.
pub fn tolerant(op: ScalarDyad) -> Option<Comparison<f64, f64>> {
    let kernel: Comparison<f64, f64> = match op {
        ScalarDyad::Less => |ct, l, r, out| zip(l, r, out, |a, b| (a < b) & !near(ct, a, b)),
        ScalarDyad::LessEqual => |ct, l, r, out| zip(l, r, out, |a, b| (a <= b) | near(ct, a, b)),
        ScalarDyad::Equal => |ct, l, r, out| zip(l, r, out, |a, b| near(ct, a, b)),
        ScalarDyad::GreaterEqual => |ct, l, r, out| zip(l, r, out, |a, b| (a >= b) | near(ct, a, b)),
        ScalarDyad::Greater => |ct, l, r, out| zip(l, r, out, |a, b| (a > b) & !near(ct, a, b)),
        ScalarDyad::NotEqual => |ct, l, r, out| zip(l, r, out, |a, b| !near(ct, a, b)),
        _ => return None,
    };
    Some(kernel)
}

/// Functions of truth values that have truth values as results.
pub fn bools(op: ScalarDyad) -> Option<Kernel<bool, bool, bool>> {
    let kernel: Kernel<bool, bool, bool> = match op {
        ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => |l, r, out| zip(l, r, out, |a, b| a & b),
        ScalarDyad::Or | ScalarDyad::Maximum => |l, r, out| zip(l, r, out, |a, b| a | b),
        ScalarDyad::Nand => |l, r, out| zip(l, r, out, |a, b| !(a & b)),
        ScalarDyad::Nor => |l, r, out| zip(l, r, out, |a, b| !(a | b)),
        ScalarDyad::Less | ScalarDyad::Residue => |l, r, out| zip(l, r, out, |a, b| !a & b),
        ScalarDyad::LessEqual | ScalarDyad::Binomial => |l, r, out| zip(l, r, out, |a, b| !a | b),
        ScalarDyad::Equal => |l, r, out| zip(l, r, out, |a, b| !(a ^ b)),
        ScalarDyad::GreaterEqual | ScalarDyad::Power => |l, r, out| zip(l, r, out, |a, b| a | !b),
        ScalarDyad::Greater => |l, r, out| zip(l, r, out, |a, b| a & !b),
        ScalarDyad::NotEqual => |l, r, out| zip(l, r, out, |a, b| a ^ b),
        _ => return None,
    };
    Some(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residues_by_multiplication_are_exact() {
        let edges = [i32::MIN, i32::MIN + 1, -100, -7, -1, 0, 1, 6, 7, 99, 1 << 30, i32::MAX - 1, i32::MAX];
        for modulus in edges.into_iter().chain([2, 3, 10, 97, 1000, 65537, -3, -65536]) {
            let mut out = Vec::new();
            residues(Side::One(modulus), Side::Each(&edges), &mut out);
            let want: Vec<i32> = edges.iter().map(|&x| number::whole_residue(modulus, x)).collect();
            assert_eq!(out, want, "{modulus}|");
        }
    }

    #[test]
    fn whole_floats_have_exact_residues() {
        let data = [-1e15, -7.0, -1.0, 0.0, 1.0, 6.0, 7.0, 123_456_789_012_345.0];
        for modulus in [1.0, -1.0, 2.0, 7.0, -10.0, 1e15, 97.0] {
            let mut out = Vec::new();
            whole_residues(Side::One(modulus), Side::Each(&data), &mut out);
            let want: Vec<f64> = data.iter().map(|&x| number::residue(modulus, x, 0.0)).collect();
            assert_eq!(out, want, "{modulus}|");
        }
        let mut out = Vec::new();
        whole_residues(Side::One(2.0), Side::Each(&[1.0, 0.5]), &mut out);
        assert!(!finite(&out));
    }

    #[test]
    fn overflow_is_noticed() {
        for op in [ScalarDyad::Plus, ScalarDyad::Minus, ScalarDyad::Times] {
            let kernel = ints(op).unwrap();
            let edges = [i32::MIN, -65536, -1, 0, 1, 65536, i32::MAX];
            for a in edges {
                for b in edges {
                    let exact = match op {
                        ScalarDyad::Plus => i64::from(a) + i64::from(b),
                        ScalarDyad::Minus => i64::from(a) - i64::from(b),
                        _ => i64::from(a) * i64::from(b),
                    };
                    let mut out = Vec::new();
                    if kernel(Side::One(a), Side::Each(&[b]), &mut out) {
                        assert_eq!(i64::from(out[0]), exact);
                    } else {
                        // The least number is given up along with what does not fit.
                        assert!(exact.abs() > i64::from(i32::MAX));
                    }
                }
            }
        }
    }
}
