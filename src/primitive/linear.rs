//! Matrix inverse and division: elimination for square matrices, least squares for tall ones.
//!
//! Written once for real and complex numbers, over rows for elimination and over columns for Householder's method.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::array::{Arr, Array, Complex, Element, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result, shape_text};

/// `⌹Y`: the inverse of a matrix; the left inverse of one with more rows than columns. A scalar is a matrix of one
/// number, a vector a single column. RANK ERROR beyond matrices, LENGTH ERROR for more columns than rows, DOMAIN ERROR
/// for a singular one. Follows Dyalog's "Matrix Inverse".
pub fn inverse(context: &Context, right: Value) -> Result<Value> {
    let shape: crate::array::Shape = right.shape().iter().rev().copied().collect();
    let system = System::new(&right)?;
    let array = numeric(context.memory(), right)?;
    if let Array::Complex(a) = &array {
        return solved(context, &shape, system.inverse(context, a.as_slice())?);
    }
    solved(context, &shape, system.inverse(context, &convert::floats(context.memory(), &array)?)?)
}

/// `X⌹Y`: the solution `R` of `X≡Y+.×R`, or the one of least squares where `Y` has more rows than columns. RANK ERROR
/// beyond matrices, LENGTH ERROR for different numbers of rows or more columns than rows, DOMAIN ERROR for a singular
/// `Y`. Follows Dyalog's "Matrix Divide".
pub fn divide(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    if left.rank() > 2 {
        return Err(Fault::rank().with_detail(format!("the left argument has rank {}", left.rank())));
    }
    let system = System::new(&right)?;
    let rows = left.shape().first().copied().unwrap_or(1);
    if rows != system.rows {
        return Err(Fault::length().with_detail(format!(
            "left is {}, right is {}: the numbers of rows differ",
            shape_text(left.shape()),
            shape_text(right.shape())
        )));
    }
    let shape = crate::array::shape::join(right.shape().get(1..).unwrap_or(&[]), left.shape().get(1..).unwrap_or(&[]));
    let columns = left.shape().get(1).copied().unwrap_or(1);
    let (x, y) = (numeric(memory, left)?, numeric(memory, right)?);
    if matches!(x, Array::Complex(_)) || matches!(y, Array::Complex(_)) {
        let (a, b) = (complexes(context, &y)?, complexes(context, &x)?);
        return solved(context, &shape, system.solve(context, &a, &b, columns)?);
    }
    solved(
        context,
        &shape,
        system.solve(context, &convert::floats(memory, &y)?, &convert::floats(memory, &x)?, columns)?,
    )
}

/// `⌹⍣¯1`: the inverse once more, for a square matrix. DOMAIN ERROR for others and with a left argument.
pub fn undo(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let square = match right.shape() {
        [] => true,
        [rows, columns] => rows == columns,
        _ => false,
    };
    if left.is_some() || !square {
        return Err(Fault::domain().because("No inverse"));
    }
    inverse(context, right)
}

/// A simple numeric array; an empty one of any kind has no element that could be wrong.
fn numeric(memory: &Memory, value: Value) -> Result<Array> {
    let array = value.into_array(memory)?;
    if array.kind().is_numeric() {
        return convert::narrowed(memory, array);
    }
    if array.is_empty() {
        return Ok(Arr::<i32>::new(memory, array.shape(), Vec::new())?.into());
    }
    Err(Fault::domain().with_detail("a matrix to divide by is of numbers"))
}

fn complexes(context: &Context, array: &Array) -> Result<Vec<Complex>> {
    if let Array::Complex(a) = array {
        let a = a.as_slice();
        return context.collect(a.len(), |at| a[at]);
    }
    let a = convert::floats(context.memory(), array)?;
    context.collect(a.len(), |at| Complex::new(a[at], 0.0))
}

/// The solution as an array, checked to be finite.
fn solved<T: Field>(context: &Context, shape: &[usize], data: Vec<T>) -> Result<Value>
where
    Value: From<Arr<T>>,
{
    if !data.iter().all(|x| x.size().is_finite()) {
        return Err(Fault::domain().with_detail("the result is too large for a number"));
    }
    Ok(Arr::new(context.memory(), shape, data)?.into())
}

/// What the methods need of numbers.
trait Field:
    Element
    + Default
    + Copy
    + PartialEq
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    fn of(x: f64) -> Self;
    fn conjugate(self) -> Self;
    /// The distance from zero.
    fn size(self) -> f64;
}

impl Field for f64 {
    fn of(x: f64) -> f64 {
        x
    }

    fn conjugate(self) -> f64 {
        self
    }

    fn size(self) -> f64 {
        self.abs()
    }
}

impl Field for Complex {
    fn of(x: f64) -> Complex {
        Complex::new(x, 0.0)
    }

    fn conjugate(self) -> Complex {
        self.conj()
    }

    fn size(self) -> f64 {
        self.norm()
    }
}

/// The shape of the matrix to divide by.
struct System {
    rows: usize,
    columns: usize,
}

fn singular() -> Fault {
    Fault::domain().with_detail("the matrix is singular: its columns are not independent")
}

impl System {
    fn new(matrix: &Value) -> Result<System> {
        let (rows, columns) = match *matrix.shape() {
            [] => (1, 1),
            [rows] => (rows, 1),
            [rows, columns] => (rows, columns),
            _ => {
                let detail = format!("a matrix is needed, this has rank {}", matrix.rank());
                return Err(Fault::rank().with_detail(detail));
            }
        };
        if rows < columns {
            return Err(Fault::length().with_detail(format!(
                "{rows} rows do not determine {columns} columns: there must be at least as many"
            )));
        }
        Ok(System { rows, columns })
    }

    /// The solution for the identity matrix.
    fn inverse<T: Field>(&self, context: &Context, a: &[T]) -> Result<Vec<T>> {
        if self.columns == 0 {
            return Ok(Vec::new());
        }
        if self.rows > self.columns {
            return self.fit_inverse(context, a);
        }
        let total = self.rows.checked_mul(self.rows).ok_or_else(Fault::ws_full)?;
        let mut identity = context.memory().filled(total, T::default())?;
        identity.iter_mut().step_by(self.rows + 1).for_each(|one| *one = T::of(1.0));
        self.solve(context, a, &identity, self.rows)
    }

    /// `columns of a` × `width` numbers that solve the system for a right side of `width` columns.
    fn solve<T: Field>(&self, context: &Context, a: &[T], b: &[T], width: usize) -> Result<Vec<T>> {
        if self.columns == 0 {
            return Ok(Vec::new());
        }
        if self.rows == self.columns { self.eliminate(context, a, b, width) } else { self.fit(context, a, b, width) }
    }

    /// Gaussian elimination with exchange of rows.
    fn eliminate<T: Field>(&self, context: &Context, a: &[T], b: &[T], width: usize) -> Result<Vec<T>> {
        let n = self.rows;
        let memory = context.memory();
        let stride = n.checked_add(width).ok_or_else(Fault::ws_full)?;
        let mut rows = memory.vec(n.checked_mul(stride).ok_or_else(Fault::ws_full)?)?;
        for row in 0..n {
            rows.extend_from_slice(&a[row * n..(row + 1) * n]);
            rows.extend_from_slice(&b[row * width..(row + 1) * width]);
        }
        // A pivot counts as zero next to the size of its row and of its column.
        let mut scales = memory.vec(n)?;
        scales.extend(a.chunks_exact(n).map(|row| row.iter().map(|x| x.size()).fold(0.0, f64::max)));
        let mut heights = memory.filled(n, 0.0_f64)?;
        for (row, &scale) in a.chunks_exact(n).zip(&scales) {
            if scale == 0.0 {
                return Err(singular());
            }
            heights.iter_mut().zip(row).for_each(|(height, x)| *height = height.max(x.size() / scale));
        }
        for k in 0..n {
            context.poll()?;
            let weight = |row: usize| rows[row * stride + k].size() / scales[row];
            let pivot = (k + 1..n).fold(k, |best, row| if weight(row) > weight(best) { row } else { best });
            if weight(pivot) <= heights[k] * f64::EPSILON * n as f64 {
                return Err(singular());
            }
            if pivot != k {
                scales.swap(pivot, k);
                let (upper, lower) = rows.split_at_mut(pivot * stride);
                upper[k * stride..(k + 1) * stride].swap_with_slice(&mut lower[..stride]);
            }
            let (upper, lower) = rows.split_at_mut((k + 1) * stride);
            let head = &upper[k * stride + k..];
            for (step, row) in lower.chunks_exact_mut(stride).enumerate() {
                if step % 64 == 0 {
                    context.poll()?;
                }
                let factor = row[k] / head[0];
                if factor != T::default() {
                    subtract(&mut row[k..], head, factor);
                }
            }
        }
        // From the last unknown back.
        for k in (0..n).rev() {
            context.poll()?;
            let (upper, lower) = rows.split_at_mut(k * stride);
            let known = &mut lower[..stride];
            let pivot = known[k];
            known[n..].iter_mut().for_each(|x| *x = *x / pivot);
            for row in upper.chunks_exact_mut(stride) {
                let factor = row[k];
                if factor != T::default() {
                    subtract(&mut row[n..], &known[n..], factor);
                }
            }
        }
        let mut out = memory.vec(n.checked_mul(width).ok_or_else(Fault::ws_full)?)?;
        rows.chunks_exact(stride).for_each(|row| out.extend_from_slice(&row[n..]));
        Ok(out)
    }

    /// Least squares by Householder's reflections.
    fn fit<T: Field>(&self, context: &Context, a: &[T], b: &[T], width: usize) -> Result<Vec<T>> {
        let (m, n) = (self.rows, self.columns);
        let memory = context.memory();
        let (q, diagonal) = self.reflect(context, a)?;
        let mut right = columns(context, b, m, width)?;
        let mut out = memory.filled(n.checked_mul(width).ok_or_else(Fault::ws_full)?, T::default())?;
        for (at, side) in right.chunks_exact_mut(m).enumerate() {
            context.poll()?;
            for k in 0..n {
                mirror(&q[k * m + k..(k + 1) * m], &mut side[k..]);
            }
            for k in (0..n).rev() {
                let known = side[k] / diagonal[k];
                subtract(&mut side[..k], &q[k * m..k * m + k], known);
                out[k * width + at] = known;
            }
        }
        Ok(out)
    }

    /// The left inverse: the triangle's inverse times the conjugate of the reflections' first columns.
    fn fit_inverse<T: Field>(&self, context: &Context, a: &[T]) -> Result<Vec<T>> {
        let (m, n) = (self.rows, self.columns);
        let (q, diagonal) = self.reflect(context, a)?;
        let mut rows = context.memory().filled(n.checked_mul(m).ok_or_else(Fault::ws_full)?, T::default())?;
        for (at, row) in rows.chunks_exact_mut(m).enumerate() {
            row[at] = T::of(1.0);
            for k in (0..=at).rev() {
                context.poll()?;
                mirror(&q[k * m + k..(k + 1) * m], &mut row[k..]);
            }
            row.iter_mut().for_each(|x| *x = x.conjugate());
        }
        for k in (0..n).rev() {
            let (above, rest) = rows.split_at_mut(k * m);
            let known = &mut rest[..m];
            known.iter_mut().for_each(|x| *x = *x / diagonal[k]);
            for (row, above) in above.chunks_exact_mut(m).enumerate() {
                context.poll()?;
                subtract(above, known, q[k * m + row]);
            }
        }
        Ok(rows)
    }

    /// Householder's reflections that make the matrix a triangle. Column by column: the triangle above the diagonal,
    /// each reflection's vector of length one from the diagonal down; and the triangle's diagonal.
    fn reflect<T: Field>(&self, context: &Context, a: &[T]) -> Result<(Vec<T>, Vec<T>)> {
        let (m, n) = (self.rows, self.columns);
        let mut q = columns(context, a, m, n)?;
        let mut diagonal = context.memory().filled(n, T::default())?;
        for k in 0..n {
            context.poll()?;
            let (before, rest) = q.split_at_mut((k + 1) * m);
            let whole = length(&before[k * m..]);
            let v = &mut before[k * m + k..];
            let norm = length(v);
            if norm <= whole * f64::EPSILON * m as f64 || norm == 0.0 {
                return Err(singular());
            }
            let phase = if v[0].size() == 0.0 { T::of(1.0) } else { v[0] / T::of(v[0].size()) };
            diagonal[k] = -(phase * T::of(norm));
            v[0] = v[0] - diagonal[k];
            let scale = T::of(length(v));
            v.iter_mut().for_each(|x| *x = *x / scale);
            for (step, column) in rest.chunks_exact_mut(m).enumerate() {
                if step % 16 == 0 {
                    context.poll()?;
                }
                mirror(v, &mut column[k..]);
            }
        }
        Ok((q, diagonal))
    }
}

/// Reflects a vector in the plane that `v`, of length one, stands upright on.
fn mirror<T: Field>(v: &[T], x: &mut [T]) {
    const LANES: usize = 8;
    let mut sums = [T::default(); LANES];
    for (v, x) in v.chunks_exact(LANES).zip(x.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] = sums[lane] + v[lane].conjugate() * x[lane];
        }
    }
    let rest = v.len() - v.len() % LANES;
    let tail = v[rest..].iter().zip(&x[rest..]).map(|(&v, &x)| v.conjugate() * x);
    let share = sums.into_iter().chain(tail).fold(T::default(), |sum, x| sum + x);
    subtract(x, v, share + share);
}

/// `row ← row - factor × other`.
fn subtract<T: Field>(row: &mut [T], other: &[T], factor: T) {
    row.iter_mut().zip(other).for_each(|(x, &y)| *x = *x - factor * y);
}

/// The length of a vector, safe from overflow.
fn length<T: Field>(v: &[T]) -> f64 {
    let largest = v.iter().map(|x| x.size()).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * v.iter().map(|x| (x.size() / largest).powi(2)).sum::<f64>().sqrt()
}

/// A matrix column by column.
fn columns<T: Field>(context: &Context, data: &[T], rows: usize, width: usize) -> Result<Vec<T>> {
    let mut out = context.memory().vec(rows.checked_mul(width).ok_or_else(Fault::ws_full)?)?;
    for column in 0..width {
        context.poll()?;
        out.extend((0..rows).map(|row| data[row * width + column]));
    }
    Ok(out)
}
