//! `modulus | x` over stretches.

use pulp::{Simd, WithSimd};

use super::lanes::{ROUND, Side, fill, finite, finite_each, finite_zip, low_bits, room, vectorised, zip};
use super::number::{self, Env};

/// Of 32-bit numbers, which always is one.
pub fn ints(_env: &Env, left: Side<'_, i32>, right: Side<'_, i32>, out: &mut Vec<i32>) -> bool {
    match left {
        Side::One(0) => zip(left, right, out, |_, b| b),
        Side::One(modulus) if modulus > 0 && modulus & (modulus - 1) == 0 => {
            zip(left, right, out, |_, b| b & (modulus - 1));
        }
        // The quotient by way of floats is off by one at most, which the two corrections set right.
        Side::One(modulus) => {
            let (divisor, inverse) = (f64::from(modulus), 1.0 / f64::from(modulus));
            zip(left, right, out, |_, b| {
                let times = (f64::from(b) * inverse + ROUND) - ROUND;
                let rest = f64::from(b) - times * divisor;
                let rest = if rest * inverse < 0.0 { rest + divisor } else { rest };
                low_bits(rest)
            });
        }
        // A zero modulus: the quotient is not used.
        Side::Each(_) => zip(left, right, out, |a, b| {
            let (divisor, x) = (f64::from(a), f64::from(b));
            let times = (x / divisor + ROUND) - ROUND;
            let rest = x - times * divisor;
            let rest = if rest * divisor < 0.0 { rest + divisor } else { rest };
            low_bits(if a == 0 { x } else { rest })
        }),
    }
    true
}

/// Of floats.
pub fn floats(env: &Env, left: Side<'_, f64>, right: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let from = out.len();
    if let Side::One(modulus) = left
        && whole_floats(modulus, right, out)
    {
        return true;
    }
    out.truncate(from);
    let ct = env.ct;
    let place = room(&left, &right, out);
    vectorised(place.len(), Fused { ct, left, right, out: place });
    if finite(&out[from..]) {
        return true;
    }
    out.truncate(from);
    finite_each(left, right, out, |modulus, x| number::residue(modulus, x, ct) + 0.0)
}

/// Whole floats by one whole modulus; `false` for any others.
fn whole_floats(modulus: f64, right: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    // Below this, quotients, products and remainders are exact.
    const LIMIT: f64 = 1_125_899_906_842_624.0;
    if modulus == 0.0 || !number::is_whole(modulus) || modulus.abs() >= LIMIT {
        return false;
    }
    let inverse = 1.0 / modulus;
    finite_zip(Side::One(modulus), right, out, |modulus, x| {
        let whole = (x.abs() < LIMIT) & ((x + ROUND) - ROUND == x);
        let rest = x - ((x * inverse + ROUND) - ROUND) * modulus;
        let rest = if rest * inverse < 0.0 { rest + modulus } else { rest };
        if whole { rest } else { f64::NAN }
    })
}

/// [`number::residue`] without branches, by fused multiplication and addition.
struct Fused<'a> {
    ct: f64,
    left: Side<'a, f64>,
    right: Side<'a, f64>,
    out: &'a mut [f64],
}

impl WithSimd for Fused<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Fused { ct, left, right, out } = self;
        // Without instructions for it a fused multiplication and addition is a call, and slower than a division with rest.
        match S::IS_SCALAR {
            true => fill(left, right, out, |modulus, x| settled(modulus, x, x % modulus, ct)),
            false => fill(left, right, out, |modulus, x| settled(modulus, x, fused(modulus, x), ct)),
        }
    }
}

/// `x % modulus`, exact where the quotient has fractions: what is left of a division is a float.
#[inline(always)]
fn fused(modulus: f64, x: f64) -> f64 {
    let rest = (-(x / modulus).trunc()).mul_add(modulus, x);
    // The quotient may have been rounded up to a whole number.
    if rest * x < 0.0 { rest + modulus.abs().copysign(x) } else { rest }
}

/// The residue from the rest of a division without it; NaN where the quotient is too large for it to be known.
#[inline(always)]
fn settled(modulus: f64, x: f64, rest: f64, ct: f64) -> f64 {
    // From here on quotients have no fractions.
    const LIMIT: f64 = 4_503_599_627_370_496.0;
    let size = (x / modulus).abs();
    let same = if (rest < 0.0) != (modulus < 0.0) { rest + modulus } else { rest };
    let whole = (x.trunc() == x) & (modulus.trunc() == modulus);
    let part = same / modulus;
    let margin = ct * if size > 1.0 { size } else { 1.0 };
    let near = (margin < 0.5) & ((part <= margin) | (1.0 - part <= margin));
    let result = if (rest == 0.0) | (!whole & near) { 0.0 } else { same };
    let result = if size < LIMIT { result } else { f64::NAN };
    if modulus == 0.0 { x } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENV: Env = Env { ct: 1e-14, div: false };

    #[test]
    fn of_whole_numbers_they_are_exact() {
        let edges = [i32::MIN, i32::MIN + 1, -100, -7, -1, 0, 1, 6, 7, 99, 1 << 30, i32::MAX - 1, i32::MAX];
        for modulus in edges.into_iter().chain([2, 3, 10, 97, 1000, 65537, -3, -65536]) {
            let want: Vec<i32> = edges.iter().map(|&x| number::whole_residue(modulus, x)).collect();
            for left in [Side::One(modulus), Side::Each(&[modulus; 13])] {
                let mut out = Vec::new();
                ints(&ENV, left, Side::Each(&edges), &mut out);
                assert_eq!(out, want, "{modulus}|");
            }
        }
    }

    /// Numbers on both sides of whole quotients, and beyond all fractions.
    #[test]
    fn of_floats_they_are_those_of_the_definition() {
        let moduli = [1.0, -1.0, 7.5, -0.1, 0.3, 1e15, 97.0, 3.7e-5, 1e300, 0.0, 2.0, 1e-300];
        let mut data =
            vec![-1e15, -7.0, -1.0, 0.0, 1.0, 6.0, 7.0, 123_456_789_012_345.0, 0.5, 1e17, -1e17, 1e-9, 1e250];
        for k in 1..40 {
            for modulus in [7.5, 0.1, 0.3, 97.0] {
                let exact: f64 = f64::from(k) * modulus;
                data.extend([
                    exact,
                    exact.next_up(),
                    exact.next_down(),
                    -exact,
                    exact * (1.0 + 3e-14),
                    -exact.next_up(),
                ]);
            }
        }
        for modulus in moduli {
            for part in data.chunks(50) {
                let mut out = Vec::new();
                assert!(floats(&ENV, Side::One(modulus), Side::Each(part), &mut out));
                let want: Vec<f64> = part.iter().map(|&x| number::residue(modulus, x, ENV.ct) + 0.0).collect();
                assert_eq!(out, want, "{modulus}|");
            }
        }
    }
}
