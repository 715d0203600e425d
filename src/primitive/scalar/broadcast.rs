//! Broadcasting: corresponding stretches of two operands that each lack some axes of the result, in one pass over the
//! result.
//!
//! The innermost axes are taken together until they make a tile that fits the first cache. Where an operand's part of a
//! tile is not a stretch of its ravel, it is spread out into scratch memory, once for all the tiles that share it: for
//! the 2-by-2 kernel of a transposed convolution that is two rows in all, for its image one row every second tile. What
//! is left is a loop over two contiguous stretches, never one of length two.
//!
//! Works with lengths and steps for elements of any type; [`Plain`] provides the functions of pending products.

use smallvec::SmallVec;

use super::ScalarDyad;
use crate::array::pending::{Dims, PairKernel};
use crate::error::{Fault, Result};
use crate::kernel::{Side, dyads, lanes};

/// The most elements in a tile.
const TILE: usize = 1536;

/// The most elements that an operand's spread-out tiles may take together.
const TABLE: usize = 16 * 1024;

/// An operand: its ravel, and the step in it along each dimension.
pub type Source<'a, T> = (&'a [T], &'a [usize]);

/// Calls `visit` with corresponding stretches of both operands, in the order of the result of shape `dims`.
pub fn stretches<A: Copy, B: Copy>(
    dims: &[usize],
    left: Source<'_, A>,
    right: Source<'_, B>,
    visit: &mut dyn FnMut(Side<'_, A>, Side<'_, B>) -> Result<()>,
) -> Result<()> {
    if dims.contains(&0) {
        return Ok(());
    }
    let (dims, left_steps, right_steps) = coalesce(dims, left.1, right.1);
    // The tile: whole dimensions as long as they fit, then as many indices of the next one as fit.
    let mut from = dims.len();
    let mut size = 1;
    while from > 0 && size * dims[from - 1] <= TILE {
        from -= 1;
        size *= dims[from];
    }
    let (length, rows) = match from {
        0 => (1, 1),
        _ => (dims[from - 1], TILE / size),
    };
    let outer = from.saturating_sub(1);
    let mut loops = Dims::from_slice(&dims[..outer]);
    loops.push(length.div_ceil(rows));
    let lane = |steps: &[usize]| -> (Dims, Dims, Dims) {
        let along = if from == 0 { 0 } else { steps[from - 1] };
        let mut tile_dims = Dims::from_slice(&[rows]);
        tile_dims.extend_from_slice(&dims[from..]);
        let mut tile_steps = Dims::from_slice(&[along]);
        tile_steps.extend_from_slice(&steps[from..]);
        let mut outer_steps = Dims::from_slice(&steps[..outer]);
        outer_steps.push(along * rows);
        (tile_dims, tile_steps, outer_steps)
    };
    let mut left = Lane::new(left.0, lane(&left_steps), &loops)?;
    let mut right = Lane::new(right.0, lane(&right_steps), &loops)?;
    let mut index: Dims = loops.iter().map(|_| 0).collect();
    let last = loops.len() - 1;
    loop {
        let here = if index[last] + 1 == loops[last] { length - index[last] * rows } else { rows };
        visit(left.side(here)?, right.side(here)?)?;
        let mut axis = loops.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < loops[axis] {
                left.advance(axis);
                right.advance(axis);
                break;
            }
            index[axis] = 0;
            left.rewind(axis, loops[axis] - 1);
            right.rewind(axis, loops[axis] - 1);
        }
    }
}

/// Dimensions of length one go; neighbours that follow each other in both operands become one.
fn coalesce(dims: &[usize], left: &[usize], right: &[usize]) -> (Dims, Dims, Dims) {
    let (mut lengths, mut lefts, mut rights) = (Dims::new(), Dims::new(), Dims::new());
    for ((&n, &l), &r) in dims.iter().zip(left).zip(right) {
        if n == 1 {
            continue;
        }
        if let (Some(length), Some(a), Some(b)) = (lengths.last_mut(), lefts.last_mut(), rights.last_mut())
            && *a == l * n
            && *b == r * n
        {
            *length *= n;
            *a = l;
            *b = r;
            continue;
        }
        lengths.push(n);
        lefts.push(l);
        rights.push(r);
    }
    (lengths, lefts, rights)
}

/// How an operand's part of a tile is had.
enum Way {
    /// One element, used for the whole tile.
    One,
    /// It is a stretch of the ravel.
    Straight,
    /// It is spread out; all tiles are kept, found by their slot.
    Table,
    /// It is spread out; only the last one is kept.
    Last,
}

/// One operand on its way through the result.
struct Lane<'a, T> {
    data: &'a [T],
    way: Way,
    dims: Dims,
    steps: Dims,
    /// Elements of a row of the tile.
    row: usize,
    /// Where the current tile starts, and how it moves along the outer loops.
    at: usize,
    outer: Dims,
    /// Which of the kept tiles is the current one, and how that changes along the outer loops.
    slot: usize,
    slots: Dims,
    scratch: Vec<T>,
    filled: SmallVec<[bool; 16]>,
    /// The start of the only tile that is kept.
    kept: Option<usize>,
}

impl<'a, T: Copy> Lane<'a, T> {
    fn new(data: &'a [T], (dims, steps, outer): (Dims, Dims, Dims), loops: &[usize]) -> Result<Lane<'a, T>> {
        let reach: usize = dims.iter().zip(&steps).map(|(n, step)| (n - 1) * step).sum();
        let row: usize = dims[1..].iter().product();
        let size = row * dims[0];
        let mut packed = 1;
        let mut straight = true;
        for (&n, &step) in dims.iter().zip(&steps).rev() {
            straight &= n == 1 || step == packed;
            packed *= n;
        }
        // Tiles that differ: one for every index of the loops that move this operand.
        let mut slots: Dims = loops.iter().map(|_| 0).collect();
        let mut distinct = 1usize;
        for axis in (0..loops.len()).rev() {
            if outer[axis] != 0 {
                slots[axis] = distinct;
                distinct = distinct.saturating_mul(loops[axis]);
            }
        }
        let way = if reach == 0 {
            Way::One
        } else if straight {
            Way::Straight
        } else if distinct.saturating_mul(size) <= TABLE {
            Way::Table
        } else {
            Way::Last
        };
        let Some(&first) = data.first() else {
            return Err(Fault::internal("an operand without elements is broadcast"));
        };
        let (room, marks) = match way {
            Way::Table => (distinct * size, distinct),
            Way::Last => (size, 0),
            _ => (0, 0),
        };
        Ok(Lane {
            data,
            way,
            dims,
            steps,
            row,
            at: 0,
            outer,
            slot: 0,
            slots,
            // No more than TABLE elements, or a tile.
            scratch: vec![first; room],
            filled: SmallVec::from_elem(false, marks),
            kept: None,
        })
    }

    fn advance(&mut self, axis: usize) {
        self.at += self.outer[axis];
        self.slot += self.slots[axis];
    }

    fn rewind(&mut self, axis: usize, steps: usize) {
        self.at -= self.outer[axis] * steps;
        self.slot -= self.slots[axis] * steps;
    }

    /// The current tile's first `rows` rows.
    fn side(&mut self, rows: usize) -> Result<Side<'_, T>> {
        let beyond = || Fault::internal("a broadcast operand is too short");
        let count = rows * self.row;
        match self.way {
            Way::One => Ok(Side::One(*self.data.get(self.at).ok_or_else(beyond)?)),
            Way::Straight => Ok(Side::Each(self.data.get(self.at..self.at + count).ok_or_else(beyond)?)),
            Way::Table => {
                let size = self.row * self.dims[0];
                let start = self.slot * size;
                if !self.filled[self.slot] {
                    self.filled[self.slot] = true;
                    self.spread(start, rows).ok_or_else(beyond)?;
                }
                Ok(Side::Each(&self.scratch[start..start + count]))
            }
            Way::Last => {
                if self.kept != Some(self.at) {
                    self.kept = Some(self.at);
                    self.spread(0, rows).ok_or_else(beyond)?;
                }
                Ok(Side::Each(&self.scratch[..count]))
            }
        }
    }

    /// Writes the current tile's first rows at `start` of the scratch memory; `None` if it reaches beyond the data.
    /// A slot always has the same number of rows, since only the last piece of a dimension is shorter.
    fn spread(&mut self, start: usize, rows: usize) -> Option<()> {
        let mut dims = self.dims.clone();
        dims[0] = rows;
        let reach: usize = dims.iter().zip(&self.steps).map(|(n, step)| (n - 1) * step).sum();
        let data = self.data.get(self.at..=self.at + reach)?;
        spread(data, &dims, &self.steps, &mut self.scratch[start..start + rows * self.row]);
        Some(())
    }
}

/// Writes the elements at all indices of `dims`, in order, to `out`, which has their number. Every index is within
/// `data`: the caller has checked the greatest.
fn spread<T: Copy>(data: &[T], dims: &[usize], steps: &[usize], out: &mut [T]) {
    let (Some((&n, rest)), Some((&step, steps))) = (dims.split_first(), steps.split_first()) else {
        out[0] = data[0];
        return;
    };
    let size = out.len() / n;
    if step == 0 {
        // The same again and again: write it once, then double.
        let (first, _) = out.split_at_mut(size);
        spread(data, rest, steps, first);
        let mut done = size;
        while done < out.len() {
            let more = done.min(out.len() - done);
            out.copy_within(..more, done);
            done += more;
        }
        return;
    }
    if steps.iter().all(|&step| step == 0) {
        // Each element a few times.
        let each = data.iter().step_by(step).take(n);
        match size {
            1 if step == 1 => out.copy_from_slice(&data[..n]),
            1 => out.iter_mut().zip(each).for_each(|(out, &x)| *out = x),
            2 => repeat::<T, 2>(data, step, out),
            3 => repeat::<T, 3>(data, step, out),
            4 => repeat::<T, 4>(data, step, out),
            _ => out.chunks_exact_mut(size).zip(each).for_each(|(out, &x)| out.fill(x)),
        }
        return;
    }
    for (k, out) in out.chunks_exact_mut(size).enumerate() {
        spread(&data[k * step..], rest, steps, out);
    }
}

/// Each element `N` times, with `N` known to the compiler.
fn repeat<T: Copy, const N: usize>(data: &[T], step: usize, out: &mut [T]) {
    let (out, _) = out.as_chunks_mut::<N>();
    if step == 1 {
        out.iter_mut().zip(data).for_each(|(out, &x)| *out = [x; N]);
    } else {
        out.iter_mut().zip(data.iter().step_by(step)).for_each(|(out, &x)| *out = [x; N]);
    }
}

/// The functions of pending products.
#[derive(Debug)]
pub struct Plain(ScalarDyad);

static PLAIN: [Plain; 5] = [
    Plain(ScalarDyad::Plus),
    Plain(ScalarDyad::Minus),
    Plain(ScalarDyad::Times),
    Plain(ScalarDyad::Maximum),
    Plain(ScalarDyad::Minimum),
];

impl Plain {
    /// The kernel of a function, where its products may stay pending.
    pub fn of(op: ScalarDyad) -> Option<&'static Plain> {
        PLAIN.iter().find(|plain| plain.0 == op)
    }

    /// Whether no result can be anything but finite, given the largest magnitudes.
    fn is_safe(&self, left: &[f64], right: &[f64]) -> bool {
        let (a, b) = (lanes::largest(left), lanes::largest(right));
        match self.0 {
            ScalarDyad::Times => (a * b).is_finite(),
            _ => (a + b).is_finite(),
        }
    }
}

impl PairKernel for Plain {
    fn write(&self, dims: &[usize], left: Source<'_, f64>, right: Source<'_, f64>, out: &mut Vec<f64>) -> Result<()> {
        let kernel = dyads::plain(self.0).ok_or_else(|| Fault::internal("no kernel for a pending product"))?;
        // Looking at the operands is cheaper than looking at every result.
        let safe = self.is_safe(left.0, right.0);
        stretches(dims, left, right, &mut |l, r| {
            let from = out.len();
            kernel(l, r, out);
            if safe || lanes::finite(&out[from..]) { Ok(()) } else { Err(Fault::overflow()) }
        })
    }

    fn is_times(&self) -> bool {
        self.0 == ScalarDyad::Times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result element by element.
    fn slowly(dims: &[usize], left: Source<'_, f64>, right: Source<'_, f64>) -> Vec<f64> {
        let count: usize = dims.iter().product();
        (0..count)
            .map(|mut at| {
                let (mut a, mut b) = (0, 0);
                for axis in (0..dims.len()).rev() {
                    let index = at % dims[axis];
                    at /= dims[axis];
                    a += index * left.1[axis];
                    b += index * right.1[axis];
                }
                left.0[a] * right.0[b]
            })
            .collect()
    }

    #[test]
    fn tiles_agree_with_single_elements() {
        let data: Vec<f64> = (0..40_000).map(f64::from).collect();
        let cases: &[(&[usize], &[usize], &[usize])] = &[
            (&[], &[], &[]),
            (&[7], &[1], &[1]),
            (&[5000], &[0], &[1]),
            (&[5000], &[2], &[1]),
            (&[100, 3, 90, 3], &[0, 3, 0, 1], &[90, 0, 1, 0]),
            (&[10, 2, 2000, 2], &[0, 2, 0, 1], &[2000, 0, 1, 0]),
            (&[30, 40, 50], &[1, 30, 0], &[0, 50, 1]),
            (&[4, 1700, 5], &[5, 20, 1], &[0, 0, 1]),
            (&[3, 1, 5, 1], &[0, 9, 1, 9], &[1, 9, 0, 9]),
            (&[2, 0, 5], &[0, 1, 1], &[0, 1, 1]),
            (&[70, 70], &[1, 0], &[0, 1]),
            (&[6, 7, 8, 9], &[0, 72, 0, 1], &[9, 0, 1, 0]),
            (&[6, 4, 7, 4, 600], &[0, 4, 0, 1, 0], &[0, 0, 600, 0, 1]),
        ];
        for &(dims, left, right) in cases {
            let mut out = Vec::new();
            Plain(ScalarDyad::Times).write(dims, (&data, left), (&data, right), &mut out).unwrap();
            assert_eq!(out, slowly(dims, (&data, left), (&data, right)), "{dims:?}");
        }
    }

    #[test]
    fn results_must_be_finite() {
        let write =
            |data: &[f64]| Plain(ScalarDyad::Times).write(&[2, 2], (data, &[1, 0]), (data, &[0, 1]), &mut Vec::new());
        assert!(write(&[1e200, 1e10]).is_err());
        assert!(write(&[1e150, -1e10]).is_ok());
    }
}
