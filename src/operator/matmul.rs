//! Matrix products of strided operands: the one place that calls the `gemm` crate, in panels between polls.
//!
//! A matrix is a slice with the steps to the next row and column; arrays and axes are not known here. Results do not depend
//! on the number of threads, because the division into panels depends on the lengths alone.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::array::{Complex, Element};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::primitive::scalar::fold::FEW;

/// Floating-point operations in a panel: about ten milliseconds of work.
const PANEL: usize = 1 << 28;

/// With this many operations or more, a second thread makes the product faster.
const THREADED: usize = 1 << 25;

/// With fewer multiplications, calling the kernel takes longer than the product itself.
const SMALL: usize = 1 << 12;

/// What matrix products are made of.
pub trait Number: Element + Copy + std::ops::Add<Output = Self> + std::ops::Mul<Output = Self> {
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Whether it is finite, as all numbers in APL must be.
    fn is_number(self) -> bool;
}

impl Number for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;

    fn is_number(self) -> bool {
        self.is_finite()
    }
}

impl Number for Complex {
    const ZERO: Complex = Complex::new(0.0, 0.0);
    const ONE: Complex = Complex::new(1.0, 0.0);

    fn is_number(self) -> bool {
        self.is_finite()
    }
}

/// A matrix in a slice: where it starts, and the steps to the next row and the next column.
#[derive(Clone, Copy)]
pub struct Matrix<'a, T> {
    /// Where the elements are.
    pub data: &'a [T],
    /// The position of the first element.
    pub start: usize,
    /// Positions from one row to the next.
    pub row: usize,
    /// Positions from one column to the next.
    pub column: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A matrix in ravel order.
    pub fn packed(data: &'a [T], columns: usize) -> Matrix<'a, T> {
        Matrix { data, start: 0, row: columns, column: 1 }
    }

    /// The same matrix with rows for columns.
    pub fn transposed(self) -> Matrix<'a, T> {
        Matrix { row: self.column, column: self.row, ..self }
    }

    /// The position of an element.
    pub fn at(&self, row: usize, column: usize) -> usize {
        self.start + row * self.row + column * self.column
    }

    /// Whether a matrix of these lengths lies within the slice.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        let last = |n: usize, step: usize| n.checked_sub(1).and_then(|last| last.checked_mul(step));
        match (last(rows, self.row), last(columns, self.column)) {
            (Some(down), Some(across)) => down
                .checked_add(across)
                .and_then(|far| far.checked_add(self.start))
                .is_some_and(|far| far < self.data.len()),
            _ => true,
        }
    }
}

/// Appends the product of `left` (`m`×`k`) and `right` (`k`×`n`) to `out` in ravel order. DOMAIN ERROR where an
/// element of the result is not finite; INTERRUPT.
pub fn append_product<T: Number>(
    context: &Context,
    (m, n, k): (usize, usize, usize),
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    out: &mut Vec<T>,
) -> Result<()> {
    if !left.holds(m, k) || !right.holds(k, n) {
        return Err(Fault::internal("a matrix beyond its elements"));
    }
    let count = m.checked_mul(n).ok_or_else(Fault::ws_full)?;
    if count == 0 {
        return Ok(());
    }
    out.try_reserve(count).map_err(|_| Fault::ws_full())?;
    let from = out.len();
    if k == 0 {
        out.resize(from + count, T::ZERO);
        return Ok(());
    }
    if k <= FEW && count.saturating_mul(k) < SMALL {
        small_product((m, n, k), left, right, out);
    } else if n == 1 || m == 1 {
        vector_product(context, (m, n, k), left, right, out)?;
    } else {
        panels(context, (m, n, k), left, right, out)?;
    }
    finite(&out[from..])
}

/// A small product. Its sums are added from the right, as those of `+/` are.
fn small_product<T: Number>(
    (m, n, k): (usize, usize, usize),
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    out: &mut Vec<T>,
) {
    let from = out.len();
    out.resize(from + m * n, T::ZERO);
    for depth in (0..k).rev() {
        for (row, sums) in out[from..].chunks_exact_mut(n).enumerate() {
            let scale = left.data[left.at(row, depth)];
            for (column, sum) in sums.iter_mut().enumerate() {
                *sum = scale * right.data[right.at(depth, column)] + *sum;
            }
        }
    }
}

/// DOMAIN ERROR unless all numbers are finite.
pub fn finite<T: Number>(sums: &[T]) -> Result<()> {
    if sums.iter().all(|x| x.is_number()) {
        return Ok(());
    }
    Err(Fault::overflow())
}

/// The threads for so many floating-point operations.
pub fn threads(operations: usize) -> usize {
    match operations {
        0..THREADED => 1,
        _ => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// Writes the product of `left` (`m`×`k`) and `right` (`k`×`n`) to the beginning of `out` in ravel order, or adds it to
/// what is there. `false`, and nothing is done, where an operand does not hold its matrix or `out` has no room.
pub fn product_into(
    (m, n, k): (usize, usize, usize),
    left: Matrix<'_, f64>,
    right: Matrix<'_, f64>,
    out: &mut [f64],
    add: bool,
) -> bool {
    let room = m.checked_mul(n).is_some_and(|count| count <= out.len());
    if !room || !left.holds(m, k) || !right.holds(k, n) {
        return false;
    }
    if m * n > 0 {
        // SAFETY: just checked.
        unsafe { panel(Target(out.as_mut_ptr()), n, (0, m), (0, n), (0, k), left, right, !add) };
    }
    true
}

/// A matrix and a vector: a dot product a row, or rows added up where that reads memory in order.
fn vector_product<T: Number>(
    context: &Context,
    (m, n, k): (usize, usize, usize),
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    out: &mut Vec<T>,
) -> Result<()> {
    if m == 1 && n > 1 {
        // The same with everything transposed: a row times a matrix is a matrix times a column.
        return vector_product(context, (n, 1, k), right.transposed(), left.transposed(), out);
    }
    let vector: std::borrow::Cow<'_, [T]> = if right.row == 1 {
        right.data[right.start..right.start + k].into()
    } else {
        let mut column = context.memory().vec(k)?;
        column.extend((0..k).map(|at| right.data[right.at(at, 0)]));
        column.into()
    };
    let rows_between_polls = (crate::context::CHUNK / k.max(1)).max(1);
    if left.column == 1 || left.row != 1 {
        for row in 0..m {
            if row % rows_between_polls == 0 {
                context.poll()?;
            }
            let start = left.at(row, 0);
            out.push(if left.column == 1 {
                dot(&left.data[start..start + k], &vector)
            } else {
                (0..k).fold(T::ZERO, |sum, at| sum + left.data[start + at * left.column] * vector[at])
            });
        }
        return Ok(());
    }
    let from = out.len();
    out.resize(from + m, T::ZERO);
    // Bands of the result that stay in cache while the columns pass.
    for (band, sums) in out[from..].chunks_mut(4096).enumerate() {
        for (at, &scale) in vector.iter().enumerate() {
            if at % 64 == 0 {
                context.poll()?;
            }
            let start = left.at(band * 4096, at);
            for (sum, &x) in sums.iter_mut().zip(&left.data[start..]) {
                *sum = *sum + x * scale;
            }
        }
    }
    Ok(())
}

/// `+/left×right`, with as many sums under way as the processor can add at once.
pub fn dot<T: Number>(left: &[T], right: &[T]) -> T {
    const LANES: usize = 16;
    let mut sums = [T::ZERO; LANES];
    let (left_chunks, right_chunks) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest = left_chunks.remainder().iter().zip(right_chunks.remainder()).fold(T::ZERO, |sum, (&x, &y)| sum + x * y);
    for (xs, ys) in left_chunks.zip(right_chunks) {
        for lane in 0..LANES {
            sums[lane] = sums[lane] + xs[lane] * ys[lane];
        }
    }
    sums.into_iter().fold(T::ZERO, |sum, x| sum + x) + rest
}

/// How a product is cut so that each piece is short work and pieces are shaped for the kernel.
#[derive(Clone, Copy)]
struct Plan {
    rows: usize,
    columns: usize,
    depth: usize,
}

impl Plan {
    fn new(m: usize, n: usize, k: usize) -> Plan {
        let work = 2 * m.saturating_mul(n).saturating_mul(k);
        let limit = (work / 8).clamp(THREADED / 2, PANEL);
        let depth = k.min(limit / (2 * 64 * 64)).max(1);
        let fit = |other: usize| (limit / (2 * depth * other)).max(64);
        if m >= n {
            let columns = n.min(fit(64));
            Plan { rows: even(m, fit(columns)), columns: even(n, columns), depth }
        } else {
            let rows = m.min(fit(64));
            Plan { rows: even(m, rows), columns: even(n, fit(rows)), depth }
        }
    }
}

/// The length of pieces of at most about `most` that `total` is cut into evenly, a multiple of what kernels take.
fn even(total: usize, most: usize) -> usize {
    let pieces = total.div_ceil(most).max(1);
    total.div_ceil(pieces).next_multiple_of(16)
}

/// Where panels write. Each panel writes its own elements, so threads may share the address.
#[derive(Clone, Copy)]
struct Target<T>(*mut T);

// SAFETY: the address is only used by `panel`, and no two panels of a product write the same element.
unsafe impl<T: Send> Send for Target<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Target<T> {}

fn panels<T: Number>(
    context: &Context,
    (m, n, k): (usize, usize, usize),
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    out: &mut Vec<T>,
) -> Result<()> {
    let plan = Plan::new(m, n, k);
    let across = n.div_ceil(plan.columns);
    let count = m.div_ceil(plan.rows) * across;
    let from = out.len();
    let target = Target(out.spare_capacity_mut().as_mut_ptr().cast::<T>());
    let one = |at: usize, depth: usize| {
        let (row, column) = (at / across * plan.rows, at % across * plan.columns);
        let (rows, columns) = (plan.rows.min(m - row), plan.columns.min(n - column));
        let (deep, first) = (plan.depth.min(k - depth), depth == 0);
        // SAFETY: `append_product` checked that both operands hold their matrices and reserved m×n elements behind
        // `out`'s length; the panel's rows and columns are within m and n.
        unsafe { panel(target, n, (row, rows), (column, columns), (depth, deep), left, right, first) }
    };
    let depths = || (0..k).step_by(plan.depth);
    let work = 2 * m.saturating_mul(n).saturating_mul(k);
    let threads = threads(work).min(count);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let worker = || {
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            depths().for_each(|depth| one(at, depth));
        }
    };
    std::thread::scope(|scope| {
        // If a thread cannot be started, the others do its work.
        for _ in 1..threads {
            let _ = std::thread::Builder::new().spawn_scoped(scope, worker);
        }
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(());
            }
            for depth in depths() {
                if let Err(fault) = context.poll() {
                    stop.store(true, Ordering::Relaxed);
                    return Err(fault);
                }
                one(at, depth);
            }
        }
    })?;
    // SAFETY: every panel was computed (the threads have ended), and the panels cover all m×n elements.
    unsafe { out.set_len(from + m * n) };
    Ok(())
}

/// One panel: adds to what is there, or writes where `first`.
///
/// # Safety
/// `target` must have room for the panel in a matrix of `width` columns, and the operands must hold theirs.
#[allow(clippy::too_many_arguments)] // one call, with the lengths in pairs
unsafe fn panel<T: Number>(
    target: Target<T>,
    width: usize,
    (row, rows): (usize, usize),
    (column, columns): (usize, usize),
    (depth, deep): (usize, usize),
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    first: bool,
) {
    // SAFETY: the caller's promise; steps are within slices, whose lengths fit isize.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            deep,
            target.0.add(row * width + column),
            1,
            width as isize,
            !first,
            left.data.as_ptr().add(left.at(row, depth)),
            left.column as isize,
            left.row as isize,
            right.data.as_ptr().add(right.at(depth, column)),
            right.column as isize,
            right.row as isize,
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::testing::context;

    /// Whole numbers, so that every order of summing gives the same.
    fn numbers(count: usize, seed: usize) -> Vec<f64> {
        (0..count).map(|at| ((at * 7919 + seed) % 23) as f64 - 11.0).collect()
    }

    fn expected((m, n, k): (usize, usize, usize), left: Matrix<'_, f64>, right: Matrix<'_, f64>) -> Vec<f64> {
        let mut sums = Vec::new();
        for row in 0..m {
            for column in 0..n {
                sums.push((0..k).map(|d| left.data[left.at(row, d)] * right.data[right.at(d, column)]).sum());
            }
        }
        sums
    }

    #[test]
    fn products_of_all_forms_agree_with_the_definition() {
        for (m, n, k) in [(1, 1, 5), (3, 1, 40), (1, 7, 33), (4, 5, 6), (64, 48, 80), (400, 300, 200), (17, 1, 9000)] {
            let (x, y) = (numbers(m * k, 3), numbers(k * n, 5));
            let forms = [
                (Matrix::packed(&x, k), Matrix::packed(&y, n)),
                (Matrix { data: &x, start: 0, row: 1, column: m }, Matrix::packed(&y, n)),
                (Matrix::packed(&x, k), Matrix { data: &y, start: 0, row: 1, column: k }),
                (Matrix { data: &x, start: 1, row: 0, column: 0 }, Matrix::packed(&y, n)),
            ];
            for (left, right) in forms {
                if left.start >= x.len() {
                    continue;
                }
                let mut out = vec![9.0];
                append_product(&context(), (m, n, k), left, right, &mut out).expect("finite");
                assert_eq!(out[1..], expected((m, n, k), left, right), "{m} {n} {k}");
            }
        }
    }

    #[test]
    fn small_products_are_added_from_the_right() {
        let tenths: Vec<f64> = (0..120).map(|at| 0.1 + f64::from(at % 7) / 3.0).collect();
        let ones = [1.0; 120];
        let sum = |row: &[f64]| row.iter().rev().fold(0.0, |rest, &x| x + rest);
        let mut out = Vec::new();
        let (left, right) = (Matrix::packed(&tenths, 40), Matrix { data: &ones, start: 0, row: 0, column: 0 });
        append_product(&context(), (3, 2, 40), left, right, &mut out).expect("finite");
        let expected: Vec<f64> = tenths.chunks(40).flat_map(|row| [sum(row); 2]).collect();
        assert_eq!(out, expected);
        assert_ne!(sum(&tenths), tenths.iter().sum::<f64>(), "the order matters");
    }

    #[test]
    fn what_is_not_finite_is_an_error() {
        let big = [1e200, 1e200];
        let mut out = Vec::new();
        let product = append_product(&context(), (1, 1, 2), Matrix::packed(&big, 2), Matrix::packed(&big, 1), &mut out);
        assert_eq!(product.expect_err("overflows").kind(), crate::error::ErrorKind::Domain);
    }

    #[test]
    fn a_matrix_beyond_its_elements_is_refused() {
        let x = [1.0; 5];
        let mut out = Vec::new();
        let product = append_product(&context(), (2, 1, 3), Matrix::packed(&x, 3), Matrix::packed(&x, 1), &mut out);
        assert!(product.is_err());
    }
}
