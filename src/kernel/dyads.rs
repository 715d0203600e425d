//! The loops of dyadic scalar functions.

use super::function::ScalarDyad;
use super::lanes::{self, Side, checked_zip, complex_finite, each, finite, finite_each, finite_zip, holds, zip};
use super::number::{self, Env, Number};
use super::{Family, Loop, Width, circular, complex_or_nan, pair, real_or_nan, residue, sine};
use crate::array::{Complex, convert};
use crate::error::Result;

impl Family for ScalarDyad {
    fn width(self, left: Width, right: Width) -> Width {
        let widest = left.max(right);
        match self {
            _ if self.is_predicate() => Width::Bool,
            // Parts of complex numbers and their sizes are real.
            ScalarDyad::Divide | ScalarDyad::Logarithm if widest < Width::Complex => Width::Float,
            ScalarDyad::Circular => Width::Float,
            _ if widest == Width::Complex => Width::Complex,
            _ if widest == Width::Bool && self.truth_table().is_some() => Width::Bool,
            _ if widest <= Width::Int => Width::Int,
            _ => Width::Float,
        }
    }

    fn number(self, env: &Env, left: Number, right: Number) -> Result<Number> {
        pair::number(env, self, left, right)
    }

    fn bool_bool(self) -> Option<Loop<bool, bool>> {
        Some(match self {
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => |_, l, r, out| all(l, r, out, |a, b| a & b),
            ScalarDyad::Or | ScalarDyad::Maximum => |_, l, r, out| all(l, r, out, |a, b| a | b),
            ScalarDyad::Nand => |_, l, r, out| all(l, r, out, |a, b| !(a & b)),
            ScalarDyad::Nor => |_, l, r, out| all(l, r, out, |a, b| !(a | b)),
            ScalarDyad::Less | ScalarDyad::Residue => |_, l, r, out| all(l, r, out, |a, b| !a & b),
            ScalarDyad::LessEqual | ScalarDyad::Binomial => |_, l, r, out| all(l, r, out, |a, b| !a | b),
            ScalarDyad::Equal => |_, l, r, out| all(l, r, out, |a, b| !(a ^ b)),
            ScalarDyad::GreaterEqual | ScalarDyad::Power => |_, l, r, out| all(l, r, out, |a, b| a | !b),
            ScalarDyad::Greater => |_, l, r, out| all(l, r, out, |a, b| a & !b),
            ScalarDyad::NotEqual => |_, l, r, out| all(l, r, out, |a, b| a ^ b),
            _ => return None,
        })
    }

    fn int_bool(self) -> Option<Loop<i32, bool>> {
        Some(match self {
            ScalarDyad::Less => |_, l, r, out| all(l, r, out, |a, b| a < b),
            ScalarDyad::LessEqual => |_, l, r, out| all(l, r, out, |a, b| a <= b),
            ScalarDyad::Equal => |_, l, r, out| all(l, r, out, |a, b| a == b),
            ScalarDyad::GreaterEqual => |_, l, r, out| all(l, r, out, |a, b| a >= b),
            ScalarDyad::Greater => |_, l, r, out| all(l, r, out, |a, b| a > b),
            ScalarDyad::NotEqual => |_, l, r, out| all(l, r, out, |a, b| a != b),
            ScalarDyad::Nand => |_, l, r, out| all(l, r, out, |a, b| a & b == 0) && holds(l, r, are_truths),
            ScalarDyad::Nor => |_, l, r, out| all(l, r, out, |a, b| a | b == 0) && holds(l, r, are_truths),
            _ => return None,
        })
    }

    fn int_int(self) -> Option<Loop<i32, i32>> {
        Some(match self {
            ScalarDyad::Plus => |_, l, r, out| {
                checked_zip(l, r, out, |a, b| {
                    let sum = a.wrapping_add(b);
                    (sum, (a ^ sum) & (b ^ sum) >= 0)
                })
            },
            ScalarDyad::Minus => |_, l, r, out| {
                checked_zip(l, r, out, |a, b| {
                    let difference = a.wrapping_sub(b);
                    (difference, (a ^ b) & (a ^ difference) >= 0)
                })
            },
            ScalarDyad::Times => |_, l, r, out| {
                // Products of 32-bit numbers are exact enough as floats to tell whether they fit.
                checked_zip(l, r, out, |a, b| {
                    (a.wrapping_mul(b), (f64::from(a) * f64::from(b)).abs() <= f64::from(i32::MAX))
                })
            },
            ScalarDyad::Maximum => |_, l, r, out| all(l, r, out, i32::max),
            ScalarDyad::Minimum => |_, l, r, out| all(l, r, out, i32::min),
            ScalarDyad::Residue => residue::ints,
            ScalarDyad::And => |_, l, r, out| {
                if holds(l, r, are_truths) {
                    return all(l, r, out, |a, b| a & b);
                }
                let from = out.len();
                each(l, r, out, |a, b| number::whole_lcm(a, b).unwrap_or(i32::MIN));
                !out[from..].contains(&i32::MIN)
            },
            ScalarDyad::Or => |_, l, r, out| {
                if holds(l, r, are_truths) {
                    return all(l, r, out, |a, b| a | b);
                }
                each(l, r, out, |a, b| number::small_gcd(a.unsigned_abs(), b.unsigned_abs()) as i32);
                // Only the least number has a magnitude that doesn't fit.
                holds(l, r, |a, b| a != i32::MIN && b != i32::MIN)
            },
            _ => return None,
        })
    }

    fn float_bool(self) -> Option<Loop<f64, bool>> {
        Some(match self {
            ScalarDyad::Less => |env, l, r, out| tolerant(env, l, r, out, |ct, a, b| (a < b) & !near(ct, a, b)),
            ScalarDyad::LessEqual => |env, l, r, out| tolerant(env, l, r, out, |ct, a, b| (a <= b) | near(ct, a, b)),
            ScalarDyad::Equal => |env, l, r, out| tolerant(env, l, r, out, near),
            ScalarDyad::GreaterEqual => |env, l, r, out| tolerant(env, l, r, out, |ct, a, b| (a >= b) | near(ct, a, b)),
            ScalarDyad::Greater => |env, l, r, out| tolerant(env, l, r, out, |ct, a, b| (a > b) & !near(ct, a, b)),
            ScalarDyad::NotEqual => |env, l, r, out| tolerant(env, l, r, out, |ct, a, b| !near(ct, a, b)),
            ScalarDyad::Nand => |_, l, r, out| truths(l, r, out, |a, b| !(a & b)),
            ScalarDyad::Nor => |_, l, r, out| truths(l, r, out, |a, b| !(a | b)),
            _ => return None,
        })
    }

    fn float_int(self) -> Option<Loop<f64, i32>> {
        None
    }

    fn float_float(self) -> Option<Loop<f64, f64>> {
        Some(match self {
            ScalarDyad::Plus => |_, l, r, out| finite_zip(l, r, out, |a, b| a + b),
            ScalarDyad::Minus => |_, l, r, out| finite_zip(l, r, out, |a, b| a - b),
            // Adding zero takes the sign from a zero.
            ScalarDyad::Times => |_, l, r, out| finite_zip(l, r, out, |a, b| a * b + 0.0),
            ScalarDyad::Divide => quotients,
            ScalarDyad::Maximum => |_, l, r, out| all(l, r, out, larger),
            ScalarDyad::Minimum => |_, l, r, out| all(l, r, out, smaller),
            ScalarDyad::Power => powers,
            ScalarDyad::Logarithm => logarithms,
            ScalarDyad::Residue => residue::floats,
            ScalarDyad::Binomial => binomials,
            ScalarDyad::Circular => circulars,
            ScalarDyad::And => |env, l, r, out| {
                truth_products(l, r, out, |a, b| a * b)
                    || finite_each(l, r, out, |a, b| number::lcm(a, b, env.ct) + 0.0)
            },
            ScalarDyad::Or => |env, l, r, out| {
                truth_products(l, r, out, |a, b| a + b - a * b)
                    || finite_each(l, r, out, |a, b| number::gcd(a, b, env.ct) + 0.0)
            },
            _ => return None,
        })
    }

    fn complex_bool(self) -> Option<Loop<Complex, bool>> {
        Some(match self {
            ScalarDyad::Equal => |env, l, r, out| {
                let ct = env.ct;
                each(l, r, out, |a, b| number::near(a, b, ct));
                true
            },
            ScalarDyad::NotEqual => |env, l, r, out| {
                let ct = env.ct;
                each(l, r, out, |a, b| !number::near(a, b, ct));
                true
            },
            _ => return None,
        })
    }

    fn complex_float(self) -> Option<Loop<Complex, f64>> {
        match self {
            ScalarDyad::Circular => Some(circular_parts),
            _ => None,
        }
    }

    fn complex_complex(self) -> Option<Loop<Complex, Complex>> {
        Some(match self {
            ScalarDyad::Plus => |_, l, r, out| complex_zip(l, r, out, |a, b| a + b),
            ScalarDyad::Minus => |_, l, r, out| complex_zip(l, r, out, |a, b| a - b),
            ScalarDyad::Times => |_, l, r, out| complex_zip(l, r, out, |a, b| a * b),
            ScalarDyad::Divide => complex_quotients,
            ScalarDyad::Power => |env, l, r, out| defined(env, ScalarDyad::Power, l, r, out),
            ScalarDyad::Logarithm => |env, l, r, out| defined(env, ScalarDyad::Logarithm, l, r, out),
            ScalarDyad::Residue => |env, l, r, out| defined(env, ScalarDyad::Residue, l, r, out),
            ScalarDyad::Binomial => |env, l, r, out| defined(env, ScalarDyad::Binomial, l, r, out),
            ScalarDyad::Circular => |env, l, r, out| defined(env, ScalarDyad::Circular, l, r, out),
            ScalarDyad::And => |env, l, r, out| defined(env, ScalarDyad::And, l, r, out),
            ScalarDyad::Or => |env, l, r, out| defined(env, ScalarDyad::Or, l, r, out),
            ScalarDyad::Maximum => |env, l, r, out| defined(env, ScalarDyad::Maximum, l, r, out),
            ScalarDyad::Minimum => |env, l, r, out| defined(env, ScalarDyad::Minimum, l, r, out),
            _ => return None,
        })
    }
}

/// The larger of two numbers.
#[inline(always)]
pub fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller of two numbers.
#[inline(always)]
pub fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// [`zip`] for functions that have a result for every pair.
#[inline(always)]
fn all<A: Copy, R: Copy + Default>(l: Side<'_, A>, r: Side<'_, A>, out: &mut Vec<R>, f: impl Fn(A, A) -> R) -> bool {
    zip(l, r, out, f);
    true
}

#[inline(always)]
fn are_truths(a: i32, b: i32) -> bool {
    (a | b) & !1 == 0
}

#[inline(always)]
fn is_truth(x: f64) -> bool {
    (x == 0.0) | (x == 1.0)
}

/// `array::compare::near` without branches.
#[inline(always)]
fn near(ct: f64, a: f64, b: f64) -> bool {
    (a - b).abs() <= ct * larger(a.abs(), b.abs())
}

#[inline(always)]
fn tolerant(
    env: &Env,
    l: Side<'_, f64>,
    r: Side<'_, f64>,
    out: &mut Vec<bool>,
    f: impl Fn(f64, f64, f64) -> bool,
) -> bool {
    let ct = env.ct;
    zip(l, r, out, |a, b| f(ct, a, b));
    true
}

/// A truth function of what are truth values within tolerance.
#[inline(always)]
fn truths(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<bool>, f: impl Fn(bool, bool) -> bool) -> bool {
    if holds(l, r, |a, b| is_truth(a) & is_truth(b)) {
        return all(l, r, out, |a, b| f(a != 0.0, b != 0.0));
    }
    let mut sound = true;
    let count = l.len().or(r.len()).unwrap_or(1);
    out.extend((0..count).map(|at| match (number::truth(l.get(at)), number::truth(r.get(at))) {
        (Ok(a), Ok(b)) => f(a, b),
        _ => {
            sound = false;
            false
        }
    }));
    sound
}

/// A truth function of zeros and ones; `false`, with nothing appended, for any other numbers.
#[inline(always)]
fn truth_products(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>, f: impl Fn(f64, f64) -> f64) -> bool {
    holds(l, r, |a, b| is_truth(a) & is_truth(b)) && all(l, r, out, f)
}

/// Zero by zero is 1, or 0 under `⎕DIV`.
fn quotients(env: &Env, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let (by_zero, of_zeros) = if env.div { (0.0, 0.0) } else { (f64::NAN, 1.0) };
    finite_zip(l, r, out, |a, b| {
        let special = if a == 0.0 { of_zeros } else { by_zero };
        let quotient = a / b + 0.0;
        if b == 0.0 { special } else { quotient }
    })
}

/// A negative base gives NaN where the result is complex, zero to a negative power infinity: neither passes as finite.
fn powers(_env: &Env, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    match r {
        Side::One(2.0) => return finite_zip(l, r, out, |a, _| a * a),
        Side::One(0.5) => return finite_zip(l, r, out, |a, _| a.sqrt()),
        // Products of whole numbers are exact below this.
        Side::One(k) if (3.0..=16.0).contains(&k) && number::is_whole(k) => {
            const EXACT: f64 = 9_007_199_254_740_992.0;
            let from = out.len();
            zip(l, r, out, |a, _| if number::is_whole(a) { a * a } else { f64::NAN });
            for _ in 2..k as u32 {
                multiply(&mut out[from..], l);
            }
            if out[from..].iter().fold(true, |all, x| all & (x.abs() < EXACT)) {
                return true;
            }
            out.truncate(from);
        }
        _ => {}
    }
    finite_each(l, r, out, |a, b| a.powf(b) + 0.0)
}

/// Multiplies results by an operand.
fn multiply(results: &mut [f64], by: Side<'_, f64>) {
    match by {
        Side::One(a) => results.iter_mut().for_each(|x| *x *= a),
        Side::Each(data) => results.iter_mut().zip(data).for_each(|(x, a)| *x *= a),
    }
}

/// What is not a positive number has a complex logarithm, or none.
fn logarithms(_env: &Env, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    match l {
        // Exact for powers of the usual bases.
        Side::One(10.0) => finite_each(l, r, out, |_, x| x.log10() + 0.0),
        Side::One(2.0) => finite_each(l, r, out, |_, x| x.log2() + 0.0),
        Side::One(base) => {
            let below = if base > 0.0 && base != 1.0 { base.ln() } else { f64::NAN };
            finite_each(l, r, out, |_, x| x.ln() / below + 0.0)
        }
        Side::Each(_) => finite_each(l, r, out, |base, x| {
            if base > 0.0 && base != 1.0 {
                real_or_nan(pair::real(&Env { ct: 0.0, div: false }, ScalarDyad::Logarithm, base, x))
            } else {
                f64::NAN
            }
        }),
    }
}

/// For a small whole `k` and whole numbers by exact products and quotients, all elements a factor at a time.
fn binomials(env: &Env, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let from = out.len();
    if let (Side::One(k), Side::Each(data)) = (l, r)
        && (0.0..=24.0).contains(&k)
        && number::is_whole(k)
    {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        // Below zero, a selection with repetition, and its sign.
        let sign = if k % 2.0 == 0.0 { 1.0 } else { -1.0 };
        let top = |n: f64| if n < 0.0 { k - n - 1.0 } else { n };
        zip(l, r, out, |_, n| if number::is_whole(n) { 1.0 } else { f64::NAN });
        for i in 1..=k as u32 {
            let i = f64::from(i);
            out[from..].iter_mut().zip(data).for_each(|(x, &n)| {
                let product = *x * (top(n) - k + i);
                *x = if product.abs() < EXACT { product / i } else { f64::NAN };
            });
        }
        out[from..].iter_mut().zip(data).for_each(|(x, &n)| *x = if n < 0.0 { *x * sign } else { *x + 0.0 });
        if finite(&out[from..]) {
            return true;
        }
        out.truncate(from);
    }
    finite_each(l, r, out, |k, n| real_or_nan(pair::real(env, ScalarDyad::Binomial, k, n)))
}

/// One function of all numbers mostly.
fn circulars(env: &Env, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>) -> bool {
    let Side::One(k) = l else {
        return finite_each(l, r, out, |k, x| real_or_nan(pair::real(env, ScalarDyad::Circular, k, x)));
    };
    let Ok(k) = circular::choice(k) else { return false };
    match k {
        1 => sine::sines(l, r, out),
        2 => sine::cosines(l, r, out),
        3 => finite_each(l, r, out, |_, x| x.tan() + 0.0),
        0 => finite_zip(l, r, out, |_, x| ((1.0 - x) * (1.0 + x)).sqrt()),
        9 | -9 | -10 => all(l, r, out, |_, x| x),
        10 => all(l, r, out, |_, x| x.abs()),
        11 => all(l, r, out, |_, _| 0.0),
        _ => finite_each(l, r, out, |_, x| real_or_nan(circular::real(k, x))),
    }
}

/// The functions that give parts of complex numbers.
fn circular_parts(env: &Env, l: Side<'_, Complex>, r: Side<'_, Complex>, out: &mut Vec<f64>) -> bool {
    let choice = match l {
        Side::One(k) => convert::real(k).and_then(|k| circular::choice(k).ok()),
        Side::Each(_) => None,
    };
    match choice {
        Some(9) => zip(l, r, out, |_, z| z.re),
        Some(11) => zip(l, r, out, |_, z| z.im),
        Some(10 | 12) => {
            let from = out.len();
            each(l, r, out, |k, z| real_or_nan(pair::complex(env, ScalarDyad::Circular, k, z)));
            return finite(&out[from..]);
        }
        _ => return false,
    }
    true
}

/// Appends `f(left, right)` with zeros that have no sign; whether all results are finite.
#[inline(always)]
pub fn complex_zip(
    l: Side<'_, Complex>,
    r: Side<'_, Complex>,
    out: &mut Vec<Complex>,
    f: impl Fn(Complex, Complex) -> Complex,
) -> bool {
    let from = out.len();
    zip(l, r, out, |a, b| f(a, b) + Complex::new(0.0, 0.0));
    complex_finite(&out[from..])
}

fn complex_quotients(env: &Env, l: Side<'_, Complex>, r: Side<'_, Complex>, out: &mut Vec<Complex>) -> bool {
    match env.div {
        true => complex_zip(l, r, out, complex_quotient::<true>),
        false => complex_zip(l, r, out, complex_quotient::<false>),
    }
}

/// `complex::divide` without branches; by zero as `⎕DIV` has it, NaN for an error.
#[inline(always)]
fn complex_quotient<const DIV: bool>(a: Complex, b: Complex) -> Complex {
    let (by_zero, of_zeros) = if DIV { (0.0, 0.0) } else { (f64::NAN, 1.0) };
    // Divided by the larger part first, so that nothing overflows on the way.
    let wide = b.re.abs() >= b.im.abs();
    let (large, small) = if wide { (b.re, b.im) } else { (b.im, b.re) };
    let (first, second) = if wide { (a.re, a.im) } else { (a.im, a.re) };
    let ratio = small / large;
    let scale = large + small * ratio;
    let re = (first + second * ratio) / scale;
    let im = (second - first * ratio) / scale;
    let im = if wide { im } else { -im };
    let special = if (a.re == 0.0) & (a.im == 0.0) { of_zeros } else { by_zero };
    let zero = (b.re == 0.0) & (b.im == 0.0);
    Complex::new(if zero { special } else { re }, if zero { 0.0 } else { im })
}

/// By the definition.
#[inline(always)]
fn defined(env: &Env, op: ScalarDyad, l: Side<'_, Complex>, r: Side<'_, Complex>, out: &mut Vec<Complex>) -> bool {
    let from = out.len();
    each(l, r, out, |a, b| complex_or_nan(pair::complex(env, op, a, b)));
    complex_finite(&out[from..])
}

/// Functions of floats that have a result for every pair, if it is finite; for whoever knows that or looks himself.
pub fn plain(op: ScalarDyad) -> Option<fn(Side<'_, f64>, Side<'_, f64>, &mut Vec<f64>)> {
    Some(match op {
        ScalarDyad::Plus => |l, r, out| lanes::zip(l, r, out, |a, b| a + b),
        ScalarDyad::Minus => |l, r, out| lanes::zip(l, r, out, |a, b| a - b),
        ScalarDyad::Times => |l, r, out| lanes::zip(l, r, out, |a, b| a * b + 0.0),
        ScalarDyad::Maximum => |l, r, out| lanes::zip(l, r, out, larger),
        ScalarDyad::Minimum => |l, r, out| lanes::zip(l, r, out, smaller),
        _ => return None,
    })
}
