//! The shapes of loops: two operands, of which one may be a single element; folds in interleaved parts.
//!
//! Each shape is compiled twice, for the instructions that every processor of a kind has and for wider vectors (AVX2 on
//! x86-64), and chosen when it runs. All functions that a loop is made of must be inlined into it. What is computed for an
//! element does not depend on the choice.

use std::cell::Cell;
use std::mem::MaybeUninit;

use pulp::{Arch, Simd, WithSimd};

use crate::array::Complex;

/// Elements that a loop gets at once, so that they stay in the first-level cache.
pub const STRETCH: usize = 2048;

/// For fewer elements the choice of instructions costs more than it saves.
const FEW: usize = 32;

/// A stretch of an operand: its elements, or one element that is used with all elements of the other.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a, T> {
    /// The same element throughout.
    One(T),
    /// An element each.
    Each(&'a [T]),
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

/// Does work with the widest vector instructions that there are; `count` is the number of elements. The work must be inlined
/// into what calls it.
#[inline(always)]
pub fn vectorised<W: WithSimd>(count: usize, work: W) -> W::Output {
    let arch = if count < FEW { Arch::Scalar } else { Arch::new() };
    arch.dispatch(work)
}

/// The same for a closure that is a loop.
#[inline(always)]
pub fn in_vectors<R>(count: usize, work: impl FnOnce() -> R) -> R {
    struct Work<F>(F);

    impl<R, F: FnOnce() -> R> WithSimd for Work<F> {
        type Output = R;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> R {
            (self.0)()
        }
    }

    vectorised(count, Work(work))
}

/// Room for a result for each element of a stretch, behind the results so far.
#[inline(always)]
pub fn room<'o, A: Copy, B: Copy, R: Copy + Default>(
    left: &Side<'_, A>,
    right: &Side<'_, B>,
    out: &'o mut Vec<R>,
) -> &'o mut [R] {
    let from = out.len();
    let count = left.len().or(right.len()).unwrap_or(1);
    if count < FEW {
        out.resize(from + count, R::default());
        return &mut out[from..];
    }
    // Copies of a block: `resize` writes one element at a time.
    let block = [R::default(); 256];
    for start in (0..count).step_by(block.len()) {
        out.extend_from_slice(&block[..block.len().min(count - start)]);
    }
    &mut out[from..]
}

/// Writes `f(left, right)`. The three loops have no branch inside, so that they become vector code where they are inlined
/// into a function with the instructions for it. (They must be loops here: what `extend` calls is not inlined.)
#[inline(always)]
pub fn fill<A: Copy, B: Copy, R>(left: Side<'_, A>, right: Side<'_, B>, out: &mut [R], f: impl Fn(A, B) -> R) {
    match (left, right) {
        (Side::Each(a), Side::Each(b)) => {
            for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
                *out = f(a, b);
            }
        }
        (Side::Each(a), Side::One(b)) => {
            for (out, &a) in out.iter_mut().zip(a) {
                *out = f(a, b);
            }
        }
        (Side::One(a), Side::Each(b)) => {
            for (out, &b) in out.iter_mut().zip(b) {
                *out = f(a, b);
            }
        }
        (Side::One(a), Side::One(b)) => {
            for out in out {
                *out = f(a, b);
            }
        }
    }
}

/// Appends `f(left, right)` for a stretch.
#[inline(always)]
pub fn zip<A: Copy, B: Copy, R: Copy + Default>(
    left: Side<'_, A>,
    right: Side<'_, B>,
    out: &mut Vec<R>,
    f: impl Fn(A, B) -> R,
) {
    struct Zip<'a, A, B, R, F>(Side<'a, A>, Side<'a, B>, &'a mut [MaybeUninit<R>], F);

    impl<A: Copy, B: Copy, R, F: Fn(A, B) -> R> WithSimd for Zip<'_, A, B, R, F> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            let Zip(left, right, out, f) = self;
            fill(left, right, out, |a, b| MaybeUninit::new(f(a, b)));
        }
    }

    appended(&left, &right, out, |out| vectorised(out.len(), Zip(left, right, out, f)));
}

/// Appends as many results as a stretch has elements: `write` fills the room for them by [`fill`] with the same operands. So
/// they are written once.
#[inline(always)]
#[allow(unsafe_code)]
fn appended<A: Copy, B: Copy, R: Copy, O>(
    left: &Side<'_, A>,
    right: &Side<'_, B>,
    out: &mut Vec<R>,
    write: impl FnOnce(&mut [MaybeUninit<R>]) -> O,
) -> O {
    let count = left.len().or(right.len()).unwrap_or(1);
    assert!(left.len().unwrap_or(count) == count && right.len().unwrap_or(count) == count, "operands of one length");
    out.reserve(count);
    let result = write(&mut out.spare_capacity_mut()[..count]);
    // SAFETY: The room is there, and `fill` has written each of its elements, because the operands have as many.
    unsafe { out.set_len(out.len() + count) };
    result
}

/// Appends `f(left, right)` for a stretch, where `f` is more than a few instructions: as [`zip`], but not for vectors.
#[inline(always)]
pub fn each<A: Copy, B: Copy, R>(left: Side<'_, A>, right: Side<'_, B>, out: &mut Vec<R>, f: impl Fn(A, B) -> R) {
    let count = left.len().or(right.len()).unwrap_or(1);
    out.extend((0..count).map(|at| f(left.get(at), right.get(at))));
}

/// Whether `f(left, right)` holds throughout a stretch.
#[inline(always)]
pub fn holds<A: Copy, B: Copy>(left: Side<'_, A>, right: Side<'_, B>, f: impl Fn(A, B) -> bool) -> bool {
    struct Holds<'a, A, B, F>(Side<'a, A>, Side<'a, B>, F);

    impl<A: Copy, B: Copy, F: Fn(A, B) -> bool> WithSimd for Holds<'_, A, B, F> {
        type Output = bool;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> bool {
            let Holds(left, right, f) = self;
            let mut failures = 0_u32;
            match (left, right) {
                (Side::Each(a), Side::Each(b)) => {
                    for (&a, &b) in a.iter().zip(b) {
                        failures |= u32::from(!f(a, b));
                    }
                }
                (Side::Each(a), Side::One(b)) => {
                    for &a in a {
                        failures |= u32::from(!f(a, b));
                    }
                }
                (Side::One(a), Side::Each(b)) => {
                    for &b in b {
                        failures |= u32::from(!f(a, b));
                    }
                }
                (Side::One(a), Side::One(b)) => failures = u32::from(!f(a, b)),
            }
            failures == 0
        }
    }

    vectorised(left.len().or(right.len()).unwrap_or(1), Holds(left, right, f))
}

/// Appends the first part of `f(left, right)` for a stretch; whether the second part holds throughout.
#[inline(always)]
pub fn checked_zip<A: Copy, B: Copy, R: Copy + Default>(
    left: Side<'_, A>,
    right: Side<'_, B>,
    out: &mut Vec<R>,
    f: impl Fn(A, B) -> (R, bool),
) -> bool {
    struct Checked<'a, A, B, R, F>(Side<'a, A>, Side<'a, B>, &'a mut [MaybeUninit<R>], F);

    impl<A: Copy, B: Copy, R, F: Fn(A, B) -> (R, bool)> WithSimd for Checked<'_, A, B, R, F> {
        type Output = bool;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> bool {
            let Checked(left, right, out, f) = self;
            // No early out: that would cost more than it saves. Counted in a number as wide as most elements.
            let failures = Cell::new(0_u32);
            fill(left, right, out, |a, b| {
                let (result, holds) = f(a, b);
                failures.set(failures.get() | u32::from(!holds));
                MaybeUninit::new(result)
            });
            failures.get() == 0
        }
    }

    appended(&left, &right, out, |out| vectorised(out.len(), Checked(left, right, out, f)))
}

/// Appends `f(left, right)`, which is not finite where there is no result; whether there is one for each.
#[inline(always)]
pub fn finite_zip(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>, f: impl Fn(f64, f64) -> f64) -> bool {
    let from = out.len();
    zip(l, r, out, f);
    finite(&out[from..])
}

/// The same for a function of more than a few instructions.
#[inline(always)]
pub fn finite_each(l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<f64>, f: impl Fn(f64, f64) -> f64) -> bool {
    let from = out.len();
    each(l, r, out, f);
    finite(&out[from..])
}

/// Whether all numbers are finite: zero times any other is NaN, which stays in a sum.
pub fn finite(data: &[f64]) -> bool {
    in_lanes(data, 0.0, |sum, x| sum + x * 0.0) == 0.0
}

/// Whether all complex numbers are finite.
pub fn complex_finite(data: &[Complex]) -> bool {
    struct Finite<'a>(&'a [Complex]);

    impl WithSimd for Finite<'_> {
        type Output = bool;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> bool {
            let mut lanes = [Complex::new(0.0, 0.0); 8];
            let (chunks, rest) = self.0.as_chunks::<8>();
            for chunk in chunks {
                for (lane, z) in lanes.iter_mut().zip(chunk) {
                    *lane = Complex::new(lane.re + z.re * 0.0, lane.im + z.im * 0.0);
                }
            }
            rest.iter().chain(&lanes).fold(0.0, |sum, z| sum + (z.re * 0.0 + z.im * 0.0)) == 0.0
        }
    }

    vectorised(data.len(), Finite(data))
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
    struct Lanes<'a, F>(&'a [f64], f64, F);

    impl<F: Fn(f64, f64) -> f64> WithSimd for Lanes<'_, F> {
        type Output = f64;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> f64 {
            let Lanes(data, neutral, f) = self;
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
    }

    vectorised(data.len(), Lanes(data, neutral, f))
}

/// How many are true: in lanes of bytes, emptied before they overflow.
pub fn count(data: &[bool]) -> usize {
    struct Count<'a>(&'a [bool]);

    impl WithSimd for Count<'_> {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            const LANES: usize = 64;
            let (blocks, rest) = self.0.as_chunks::<LANES>();
            let mut total = rest.iter().map(|&b| usize::from(b)).sum();
            for blocks in blocks.chunks(255) {
                let mut lanes = [0u8; LANES];
                for block in blocks {
                    for (lane, &b) in lanes.iter_mut().zip(block) {
                        *lane += u8::from(b);
                    }
                }
                total += lanes.iter().map(|&n| usize::from(n)).sum::<usize>();
            }
            total
        }
    }

    vectorised(data.len(), Count(data))
}

/// Adding and taking away this number rounds to the nearest whole one, for magnitudes below 2*51.
pub const ROUND: f64 = 6_755_399_441_055_744.0;

/// A whole number of 32 bits as one: adding [`ROUND`] puts it in the last bits of a float.
#[inline(always)]
pub fn low_bits(whole: f64) -> i32 {
    (whole + ROUND).to_bits() as i32
}

/// Floats as 32-bit numbers, where all of them are; whether they are.
pub fn narrow(data: &[f64], out: &mut Vec<i32>) -> bool {
    struct Narrow<'a>(&'a [f64], &'a mut [i32]);

    impl WithSimd for Narrow<'_> {
        type Output = bool;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> bool {
            // What does not fit differs from what its low bits say.
            let mut all = true;
            for (out, &x) in self.1.iter_mut().zip(self.0) {
                *out = low_bits(x);
                all &= f64::from(*out) == x;
            }
            all
        }
    }

    let out = room(&Side::Each(data), &Side::One(()), out);
    vectorised(data.len(), Narrow(data, out))
}
