//! Matrix products of views: windows on an image, transposed arrays, and what else has not been copied yet.
//!
//! An operand whose rows and depth each have one constant stride is read in place. Otherwise a few rows (or a few layers
//! of the depth) at a time are copied to a buffer that stays in the cache until they have been multiplied, so that the
//! view is never copied as a whole.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::matmul::{self, Matrix, append_product, product_into};
use crate::array::{Arr, Array, Pending, Shape, Value, convert, rearrange, shape};
use crate::context::Context;
use crate::error::{Fault, Result};

/// Elements that are copied at a time: about the size of the second-level cache.
const BLOCK: usize = 1 << 17;
/// The least number of rows that are multiplied at a time, so that packing the other operand is worth while.
const ROWS: usize = 256;

/// Loop dimensions, outermost first: (length, step).
type Steps = Vec<(usize, usize)>;

/// An operand: where its elements are, and how to go through its free axes and through those that are summed over.
struct Side<'a> {
    data: &'a [f64],
    free: Steps,
    depth: Steps,
}

/// `left+.×right` where one of them is a view and the other real numbers; `None` for anything else. The common axis has
/// the same length in both.
pub fn product(context: &Context, left: &Value, right: &Value) -> Result<Option<Value>> {
    let view = |value: &Value| matches!(value, Value::Pending(pending) if pending.is_view());
    if !view(left) && !view(right) || left.rank() == 0 || right.rank() == 0 {
        return Ok(None);
    }
    let memory = context.memory();
    let (rows, columns) = (&left.shape()[..left.rank() - 1], &right.shape()[1..]);
    let result = shape::join(rows, columns);
    let count = shape::count(&result)?;
    if count == 0 || right.shape()[0] == 0 {
        return Ok(None);
    }
    let (Some(x), Some(mut y)) = (Operand::new(context, left)?, Operand::new(context, right)?) else {
        return Ok(None);
    };
    let (last, left_rank) = (left.rank() - 1, left.rank());
    if x.side(0..last, last..left_rank).packed().is_none() && y.side(1..right.rank(), 0..1).packed().is_none() {
        // Only one of them is copied in pieces.
        y = Operand::Plain(convert::float_arr(memory, &right.array(memory)?)?);
    }
    let x = x.side(0..last, last..left_rank);
    let y = y.side(1..right.rank(), 0..1);
    let lengths = (shape::product(rows), shape::product(columns), right.shape()[0]);
    let mut out = memory.vec(count)?;
    match (x.packed(), y.packed().map(Matrix::transposed)) {
        (Some(x), Some(y)) => append_product(context, lengths, x, y, &mut out)?,
        (None, Some(y)) if lengths.0 >= lengths.2 => rows_at_a_time(context, lengths, &x, y, &mut out)?,
        (None, Some(y)) => layers_at_a_time(context, lengths, Half::Left(&x, y), &mut out)?,
        (Some(x), _) => layers_at_a_time(context, lengths, Half::Right(x, &y), &mut out)?,
        (None, None) => return Ok(None),
    }
    matmul::finite(&out)?;
    Ok(Some(Arr::new(memory, &result, out)?.into()))
}

/// An operand's elements, at hand.
enum Operand<'a> {
    View(&'a Pending),
    Plain(Arr<f64>),
}

impl<'a> Operand<'a> {
    fn new(context: &Context, value: &'a Value) -> Result<Option<Operand<'a>>> {
        Ok(match value {
            Value::Pending(pending) if pending.is_view() => Some(Operand::View(pending)),
            Value::Array(array @ (Array::Bool(_) | Array::Int(_) | Array::Float(_))) => {
                Some(Operand::Plain(convert::float_arr(context.memory(), array)?))
            }
            _ => None,
        })
    }

    fn side(&self, free: std::ops::Range<usize>, depth: std::ops::Range<usize>) -> Side<'_> {
        match self {
            Operand::View(view) => Side {
                data: view.left().elements(),
                free: coalesced(free.flat_map(|axis| view.axis_steps(axis))),
                depth: coalesced(depth.flat_map(|axis| view.axis_steps(axis))),
            },
            Operand::Plain(arr) => {
                let strides = shape::strides(arr.shape());
                let steps =
                    |axes: std::ops::Range<usize>| coalesced(axes.map(|axis| (arr.shape()[axis], strides[axis])));
                Side { data: arr.as_slice(), free: steps(free), depth: steps(depth) }
            }
        }
    }
}

/// Removes dimensions of length 1, and merges neighbouring dimensions with one common step.
fn coalesced(dims: impl Iterator<Item = (usize, usize)>) -> Steps {
    let mut all: Steps = Vec::new();
    for (n, step) in dims.filter(|dim| dim.0 != 1) {
        match all.last_mut() {
            Some((length, stride)) if *stride == step * n => {
                *length *= n;
                *stride = step;
            }
            _ => all.push((n, step)),
        }
    }
    all
}

fn count(dims: &[(usize, usize)]) -> usize {
    dims.iter().map(|dim| dim.0).product()
}

impl<'a> Side<'a> {
    /// The operand as a matrix of free rows and deep columns, where it lies; `None` where more than one step is needed.
    fn packed(&self) -> Option<Matrix<'a, f64>> {
        let step = |dims: &[(usize, usize)]| match dims {
            [] => Some(0),
            [(_, step)] => Some(*step),
            _ => None,
        };
        Some(Matrix { data: self.data, start: 0, row: step(&self.free)?, column: step(&self.depth)? })
    }

    /// Copies part of the operand, `outer` before `inner`, to `out`.
    fn copy(&self, start: usize, outer: &[(usize, usize)], inner: &[(usize, usize)], out: &mut Vec<f64>) {
        let dims: Shape = outer.iter().chain(inner).map(|dim| dim.0).collect();
        let steps: Vec<isize> = outer.iter().chain(inner).map(|dim| dim.1 as isize).collect();
        out.clear();
        rearrange::append(self.data, start, &dims, &steps, out);
    }
}

/// Dimensions in pieces along the first of them.
struct Pieces {
    /// Indices of the first dimension in a piece.
    piece: usize,
    first: (usize, usize),
    rest: Steps,
}

impl Pieces {
    /// Pieces of about `size` indices.
    fn new(dims: &[(usize, usize)], size: usize) -> Pieces {
        let (first, rest) = dims.split_first().map_or(((1, 0), &[][..]), |(&first, rest)| (first, rest));
        let piece = (size / count(rest).max(1)).clamp(1, first.0);
        Pieces { piece: first.0.div_ceil(first.0.div_ceil(piece)), first, rest: rest.to_vec() }
    }

    fn count(&self) -> usize {
        self.first.0.div_ceil(self.piece)
    }

    /// Indices in a whole piece.
    fn size(&self) -> usize {
        self.piece * count(&self.rest)
    }

    /// Where a piece begins in the data, and its dimensions.
    fn dims(&self, at: usize) -> (usize, Steps) {
        let from = at * self.piece;
        let mut dims = vec![(self.piece.min(self.first.0 - from), self.first.1)];
        dims.extend_from_slice(&self.rest);
        (from * self.first.1, dims)
    }
}

/// Many rows: a few of them at a time are copied and multiplied.
fn rows_at_a_time(
    context: &Context,
    (m, n, k): (usize, usize, usize),
    left: &Side,
    right: Matrix<'_, f64>,
    out: &mut Vec<f64>,
) -> Result<()> {
    let pieces = Pieces::new(&left.free, (BLOCK / k.max(1)).max(ROWS));
    out.resize(m * n, 0.0);
    let parts: Vec<&mut [f64]> = out.chunks_mut(pieces.size() * n).collect();
    in_parallel(context, 2 * m * n * k, parts, &|at, part, scratch| {
        let (start, dims) = pieces.dims(at);
        left.copy(start, &dims, &left.depth, scratch);
        product_into((count(&dims), n, k), Matrix::packed(scratch, k), right, part, false)
    })
}

/// Which operand is copied in pieces.
enum Half<'a> {
    Left(&'a Side<'a>, Matrix<'a, f64>),
    Right(Matrix<'a, f64>, &'a Side<'a>),
}

/// A great depth: a few layers are copied, multiplied and added to the result, which stays small.
fn layers_at_a_time(
    context: &Context,
    (m, n, k): (usize, usize, usize),
    operands: Half<'_>,
    out: &mut Vec<f64>,
) -> Result<()> {
    out.resize(m * n, 0.0);
    match operands {
        Half::Left(left, right) => {
            // Rows go to different threads: each copies what it multiplies.
            let rows = Pieces::new(&left.free, m.div_ceil(3));
            let parts: Vec<&mut [f64]> = out.chunks_mut(rows.size() * n).collect();
            in_parallel(context, 2 * m * n * k, parts, &|at, part, scratch| {
                let (row, free) = rows.dims(at);
                let m = count(&free);
                let layers = Pieces::new(&left.depth, BLOCK / m);
                let mut depth = 0;
                for layer in 0..layers.count() {
                    let (start, dims) = layers.dims(layer);
                    let deep = count(&dims);
                    left.copy(row + start, &dims, &free, scratch);
                    let rows = Matrix::packed(scratch, m).transposed();
                    let right = Matrix { start: right.start + depth * right.row, ..right };
                    if !product_into((m, n, deep), rows, right, part, layer > 0) {
                        return false;
                    }
                    depth += deep;
                }
                true
            })
        }
        Half::Right(left, right) => {
            let layers = Pieces::new(&right.depth, BLOCK / n);
            let parts: Vec<&mut [f64]> = out.chunks_mut(m.div_ceil(2).max(16) * n).collect();
            let rows = m.div_ceil(2).max(16);
            in_parallel(context, 2 * m * n * k, parts, &|at, part, scratch| {
                let m = rows.min(m - at * rows);
                let mut depth = 0;
                for layer in 0..layers.count() {
                    let (start, dims) = layers.dims(layer);
                    let deep = count(&dims);
                    right.copy(start, &dims, &right.free, scratch);
                    let start = left.start + at * rows * left.row + depth * left.column;
                    let left = Matrix { start, ..left };
                    if !product_into((m, n, deep), left, Matrix::packed(scratch, n), part, layer > 0) {
                        return false;
                    }
                    depth += deep;
                }
                true
            })
        }
    }
}

/// Work on a part of the result: its number, the part, and scratch space. `false`: an operand that is not there.
type Work<'a> = dyn Fn(usize, &mut [f64], &mut Vec<f64>) -> bool + Sync + 'a;

/// Does the work on every part, on several threads if there is enough work; the calling thread checks for interrupts.
fn in_parallel(context: &Context, operations: usize, parts: Vec<&mut [f64]>, work: &Work) -> Result<()> {
    let threads = matmul::threads(operations).min(parts.len());
    let queue = Mutex::new(parts.into_iter().enumerate());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let (stop, broken) = (AtomicBool::new(false), AtomicBool::new(false));
    let step = |scratch: &mut Vec<f64>| match next() {
        Some((at, part)) if !stop.load(Ordering::Relaxed) => {
            broken.fetch_or(!work(at, part, scratch), Ordering::Relaxed);
            true
        }
        _ => false,
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // If a thread cannot be started, the others do its work.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || {
                let mut scratch = Vec::new();
                while step(&mut scratch) {}
            });
        }
        let mut scratch = Vec::new();
        loop {
            if let Err(fault) = context.poll() {
                stop.store(true, Ordering::Relaxed);
                return Err(fault);
            }
            if !step(&mut scratch) {
                return Ok(());
            }
        }
    })?;
    if broken.into_inner() {
        return Err(Fault::internal("a matrix beyond its elements"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Memory;
    use crate::operator::testing::context;

    /// Whole numbers, so that every order of summing gives the same.
    fn numbers(count: usize) -> Vec<f64> {
        (0..count).map(|at| ((at * 7919 + 3) % 23) as f64 - 11.0).collect()
    }

    fn arr(shape: &[usize]) -> Arr<f64> {
        Arr::new(&Memory::unlimited(), shape, numbers(shape::product(shape))).expect("fits")
    }

    /// Windows of `w` by `w` on an image, with all channels: rows, columns, then the window.
    fn windows((h, width, c): (usize, usize, usize), w: usize) -> Pending {
        let image = arr(&[h, width, c]);
        let (row, pixel) = (width * c, c);
        let dims = [h + 1 - w, width + 1 - w, w, w, c];
        Pending::view(&Memory::unlimited(), image, 0, &dims, &[row, pixel, row, pixel, 1]).expect("fits")
    }

    /// The axes of each window made one.
    fn merged(view: Pending) -> Pending {
        view.merge(2).and_then(|view| view.merge(2)).expect("a view")
    }

    /// Compares the product of the view with the product of its copy.
    fn check(left: Value, right: Value) {
        let memory = Memory::unlimited();
        let got = product(&context(), &left, &right).expect("finite").expect("a product of a view");
        let (x, y) = (left.array(&memory).expect("fits"), right.array(&memory).expect("fits"));
        let (Array::Float(x), Array::Float(y), Ok(Array::Float(got))) = (x, y, got.array(&memory)) else {
            panic!("numbers")
        };
        let k = y.shape()[0];
        let (m, n) = (x.len() / k, y.len() / k);
        assert_eq!(got.shape(), [&x.shape()[..x.rank() - 1], &y.shape()[1..]].concat());
        // All of a small result; of a large one, elements from all over it.
        let pace = ((m * n * k) >> 20) | 1;
        for row in 0..m {
            for column in (0..n).filter(|column| (row * n + column).is_multiple_of(pace)) {
                let sum: f64 = (0..k).map(|at| x.as_slice()[row * k + at] * y.as_slice()[at * n + column]).sum();
                assert_eq!(got.as_slice()[row * n + column], sum, "row {row}, column {column} of {m} {n} {k}");
            }
        }
    }

    #[test]
    fn windows_times_kernels() {
        for (image, out) in [((5, 7, 1), 1), ((4, 6, 3), 5), ((40, 30, 2), 4), ((70, 60, 8), 17), ((3, 3, 4), 2)] {
            let view = merged(windows(image, 3));
            check(view.clone().into(), Value::from(arr(&[9 * image.2, out])));
            // And part of them.
            let shape = view.shape().to_vec();
            if shape[0] > 2 && shape[1] > 2 {
                let part = view.part(&[1, 1, 0], &[shape[0] - 2, shape[1] - 2, shape[2]]).expect("a part");
                check(part.into(), Value::from(arr(&[9 * image.2, out])));
            }
        }
    }

    #[test]
    fn windows_summed_over_an_image() {
        for (image, out) in [((5, 7, 1), 2), ((40, 30, 2), 4), ((90, 80, 4), 35), ((4, 4, 3), 1)] {
            let flat = windows(image, 3)
                .merge(2)
                .and_then(|view| view.merge(2))
                .and_then(|view| view.merge(0))
                .expect("a view");
            let pixels = flat.shape()[0];
            check(flat.transpose(&[1, 0]).expect("a view").into(), Value::from(arr(&[pixels, out])));
            check(Value::from(arr(&[out, pixels])), flat.into());
            // Not merged: the axes of the window stay.
            let open = windows(image, 2).merge(0).expect("a view");
            check(Value::from(arr(&[2, open.shape()[0]])), open.into());
        }
    }

    #[test]
    fn other_axes() {
        let memory = Memory::unlimited();
        let matrix =
            |shape: &[usize]| Pending::view(&memory, arr(shape), 0, shape, &shape::strides(shape)).expect("fits");
        // Transposed on either side, and on both; vectors; three axes in any order.
        check(matrix(&[30, 20]).transpose(&[1, 0]).expect("a view").into(), Value::from(arr(&[30, 7])));
        check(Value::from(arr(&[7, 30])), matrix(&[20, 30]).transpose(&[1, 0]).expect("a view").into());
        check(
            matrix(&[30, 20]).transpose(&[1, 0]).expect("a view").into(),
            matrix(&[7, 30]).transpose(&[1, 0]).expect("a view").into(),
        );
        check(matrix(&[30, 20]).transpose(&[1, 0]).expect("a view").into(), Value::from(arr(&[30])));
        check(Value::from(arr(&[30])), matrix(&[20, 30]).transpose(&[1, 0]).expect("a view").into());
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let view = matrix(&[6, 5, 4]).transpose(&order).expect("a view");
            check(view.clone().into(), Value::from(arr(&[view.shape()[2], 3])));
            check(Value::from(arr(&[3, view.shape()[0]])), view.clone().into());
            let other = matrix(&[view.shape()[2], 2, 3]).transpose(&[0, 2, 1]).expect("a view");
            check(view.into(), other.into());
        }
        check(merged(windows((20, 20, 2), 3)).into(), windows((20, 18, 2), 3).into());
    }

    #[test]
    fn large_results_do_not_depend_on_threads() {
        let view = merged(windows((90, 90, 16), 3));
        check(view.into(), Value::from(arr(&[144, 16])));
    }
}
