//! Axis permutations and strided copies, and windows with padding: merges axes where possible, copies rows, blocks for
//! the cache. Works on positions in a ravel, for elements of any type; callers decide what the axes mean.
//!
//! Results are written in stretches of a few thousand elements: a stretch is first appended as blanks, which are still in
//! the cache when they are overwritten.

use super::arr::Element;
use super::memory::Memory;
use super::shape::{self, Shape};
use crate::error::Result;

/// Elements written between two calls of a poll.
const PACE: usize = 1 << 16;
/// Elements of a stretch that is blank before it is written.
const STRETCH: usize = 1 << 12;
/// Rows of this length or shorter are copied by loops of fixed length.
const SHORT: usize = 8;

/// The elements of `data` (of shape `shape`) with the axes in another order: axis `k` of the result is axis
/// `order[k]` of the argument.
pub fn transpose<T: Element>(memory: &Memory, data: &[T], shape: &[usize], order: &[usize]) -> Result<Vec<T>> {
    let steps = shape::strides(shape);
    let dims: Shape = order.iter().map(|&axis| shape[axis]).collect();
    let from: Vec<isize> = order.iter().map(|&axis| steps[axis] as isize).collect();
    gather(memory, data, 0, &dims, &from)
}

/// The elements at `start + Σ index × step` for every index of `dims`, in order. Steps may be negative or zero.
pub fn gather<T: Element>(
    memory: &Memory,
    data: &[T],
    start: usize,
    dims: &[usize],
    steps: &[isize],
) -> Result<Vec<T>> {
    gather_polled(memory, data, start, dims, steps, &|| Ok(()))
}

/// The same, calling `poll` on the way; what it raises ends the work.
pub fn gather_polled<T: Element>(
    memory: &Memory,
    data: &[T],
    start: usize,
    dims: &[usize],
    steps: &[isize],
    poll: &dyn Fn() -> Result<()>,
) -> Result<Vec<T>> {
    let mut out = memory.vec(shape::count(dims)?)?;
    scan(data, start, dims, steps, &mut out, poll)?;
    Ok(out)
}

/// Appends to `out` what [`gather`] gives; the caller has made room for it.
pub fn append<T: Element>(data: &[T], start: usize, dims: &[usize], steps: &[isize], out: &mut Vec<T>) {
    // Only a poll could fail, and this one does not.
    let _ = scan(data, start, dims, steps, out, &|| Ok(()));
}

fn scan<T: Element>(
    data: &[T],
    start: usize,
    dims: &[usize],
    steps: &[isize],
    out: &mut Vec<T>,
    poll: &dyn Fn() -> Result<()>,
) -> Result<()> {
    if dims.contains(&0) {
        return Ok(());
    }
    let loops = Loops::coalesced(dims, steps);
    let Some((inner, step)) = loops.0.last().copied() else {
        out.extend(data.get(start).cloned());
        return Ok(());
    };
    let mut done = 0;
    let mut pace = |count: usize| {
        done += count;
        if done < PACE {
            return Ok(());
        }
        done = 0;
        poll()
    };
    let rank = loops.0.len();
    match loops.across() {
        // Rows of neighbours: copied, short ones a plane of them at a time.
        _ if step == 1 && inner <= SHORT && rank > 1 => {
            let (rows, between) = loops.0[rank - 2];
            each_offset(start as isize, &loops.0[..rank - 2], |at| {
                short_rows(data, at, (rows, between), inner, out, &mut pace)
            })?;
        }
        _ if step == 1 => each_offset(start as isize, &loops.0[..rank - 1], |at| {
            let at = at as usize;
            for from in (at..at + inner).step_by(PACE) {
                let to = (from + PACE).min(at + inner);
                out.extend_from_slice(data.get(from..to).unwrap_or(&[]));
                pace(to - from)?;
            }
            Ok(())
        })?,
        // Neighbours of the source lie along another axis than neighbours of the result.
        Some(across) if loops.0[across].0 <= 4 && across + 2 == rank && step == loops.0[across].0 as isize => {
            let parts = loops.0[across].0;
            each_offset(start as isize, &loops.0[..across], |at| {
                let cells = data.get(at as usize..at as usize + parts * inner).unwrap_or(&[]);
                for part in 0..parts {
                    for piece in cells.chunks(PACE / 4 * parts) {
                        match parts {
                            2 => every_nth::<2, T>(piece, part, out),
                            3 => every_nth::<3, T>(piece, part, out),
                            _ => every_nth::<4, T>(piece, part, out),
                        }
                        pace(piece.len() / parts)?;
                    }
                }
                Ok(())
            })?;
        }
        Some(across) => {
            each_offset(start as isize, &loops.0[..across], |at| banded(data, at, &loops.0[across..], out, &mut pace))?;
        }
        None => each_offset(start as isize, &loops.0[..rank - 1], |at| {
            let mut from = at;
            for done in (0..inner).step_by(PACE) {
                let count = PACE.min(inner - done);
                out.extend((0..count).map(|_| {
                    let element = data[from as usize].clone();
                    from += step;
                    element
                }));
                pace(count)?;
            }
            Ok(())
        })?,
    }
    Ok(())
}

/// Loop dimensions, outermost first: (length, step in the source).
struct Loops(Vec<(usize, isize)>);

impl Loops {
    /// Axes of length one go, neighbours that follow each other in memory become one.
    fn coalesced(dims: &[usize], steps: &[isize]) -> Loops {
        let mut loops: Vec<(usize, isize)> = Vec::with_capacity(dims.len());
        for (&n, &step) in dims.iter().zip(steps) {
            match loops.last_mut() {
                _ if n == 1 => {}
                Some((length, stride)) if *stride == step * n as isize => {
                    *length *= n;
                    *stride = step;
                }
                _ => loops.push((n, step)),
            }
        }
        Loops(loops)
    }

    /// The dimension, not the innermost, along which the source's neighbours lie.
    fn across(&self) -> Option<usize> {
        let last = self.0.len().checked_sub(1)?;
        if self.0[last].1.abs() <= 1 {
            return None;
        }
        self.0[..last].iter().rposition(|&(_, step)| step == 1)
    }
}

/// Calls `visit` with the position of every index of `loops`, in order.
fn each_offset(start: isize, loops: &[(usize, isize)], mut visit: impl FnMut(isize) -> Result<()>) -> Result<()> {
    let mut index: Shape = loops.iter().map(|_| 0).collect();
    let mut at = start;
    loop {
        visit(at)?;
        let mut axis = loops.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            let (length, step) = loops[axis];
            index[axis] += 1;
            at += step;
            if index[axis] < length {
                break;
            }
            at -= step * length as isize;
            index[axis] = 0;
        }
    }
}

/// Appends blanks and gives them back for writing.
fn stretch<T: Element>(out: &mut Vec<T>, count: usize) -> &mut [T] {
    let from = out.len();
    out.resize(from + count, T::blank());
    &mut out[from..]
}

/// Appends `rows` (number, step) of `length` neighbours each.
fn short_rows<T: Element>(
    data: &[T],
    at: isize,
    rows: (usize, isize),
    length: usize,
    out: &mut Vec<T>,
    pace: &mut impl FnMut(usize) -> Result<()>,
) -> Result<()> {
    let (mut left, step) = rows;
    let mut at = at;
    while left > 0 {
        let count = left.min(STRETCH / length);
        let plane = stretch(out, count * length);
        match length {
            2 => fixed_rows::<2, T>(data, at, step, plane),
            3 => fixed_rows::<3, T>(data, at, step, plane),
            4 => fixed_rows::<4, T>(data, at, step, plane),
            5 => fixed_rows::<5, T>(data, at, step, plane),
            6 => fixed_rows::<6, T>(data, at, step, plane),
            7 => fixed_rows::<7, T>(data, at, step, plane),
            _ => fixed_rows::<8, T>(data, at, step, plane),
        }
        pace(count * length)?;
        at += step * count as isize;
        left -= count;
    }
    Ok(())
}

fn fixed_rows<const N: usize, T: Element>(data: &[T], at: isize, step: isize, plane: &mut [T]) {
    let mut at = at;
    for row in plane.as_chunks_mut::<N>().0 {
        if let Some(source) = data.get(at as usize..).and_then(|rest| rest.first_chunk::<N>()) {
            row.clone_from(source);
        }
        at += step;
    }
}

/// Appends element `part` of every `N` neighbours.
fn every_nth<const N: usize, T: Element>(cells: &[T], part: usize, out: &mut Vec<T>) {
    if part < N {
        out.extend(cells.as_chunks::<N>().0.iter().map(|cell| cell[part].clone()));
    }
}

/// Appends a block whose first dimension runs along the source's neighbours and whose last does not: bands of rows
/// are read where they lie side by side and written where they lie one below the other.
fn banded<T: Element>(
    data: &[T],
    at: isize,
    loops: &[(usize, isize)],
    out: &mut Vec<T>,
    pace: &mut impl FnMut(usize) -> Result<()>,
) -> Result<()> {
    const BAND: usize = 32;
    let ([(rows, _), middle @ ..], Some(&(columns, step))) = (loops, loops.last()) else {
        return Ok(());
    };
    let middle = &middle[..middle.len() - 1];
    let width: usize = columns * middle.iter().map(|&(n, _)| n).product::<usize>();
    let band = if width <= SHORT { STRETCH / width } else { BAND };
    for top in (0..*rows).step_by(band) {
        let count = band.min(rows - top);
        let plane = stretch(out, count * width);
        let mut column = 0;
        each_offset(at + top as isize, middle, |from| {
            let mut left = columns;
            let mut from = from;
            while left > 0 {
                let place = Place { width, column, rows: count };
                let taken = match left {
                    8.. => interleave::<8, T>(data, from, step, plane, place),
                    4..=7 => interleave::<4, T>(data, from, step, plane, place),
                    3 => interleave::<3, T>(data, from, step, plane, place),
                    2 => interleave::<2, T>(data, from, step, plane, place),
                    _ => interleave::<1, T>(data, from, step, plane, place),
                };
                column += taken;
                left -= taken;
                from += step * taken as isize;
            }
            pace(columns * count)
        })?;
    }
    Ok(())
}

/// Where columns go: rows of `width`, from `column` on, in the first `rows` of them.
#[derive(Clone, Copy)]
struct Place {
    width: usize,
    column: usize,
    rows: usize,
}

/// Writes `N` runs of the source as columns beside each other.
fn interleave<const N: usize, T: Element>(data: &[T], at: isize, step: isize, plane: &mut [T], to: Place) -> usize {
    let runs: [&[T]; N] = std::array::from_fn(|k| {
        let from = (at + step * k as isize) as usize;
        data.get(from..from + to.rows).unwrap_or(&[])
    });
    if runs.iter().any(|run| run.len() != to.rows) {
        return N;
    }
    let runs = runs.map(|run| &run[..to.rows]);
    if to.width == N {
        for (row, cells) in plane.as_chunks_mut::<N>().0.iter_mut().enumerate().take(to.rows) {
            for (cell, run) in cells.iter_mut().zip(&runs) {
                *cell = run[row].clone();
            }
        }
        return N;
    }
    for (row, line) in plane.chunks_exact_mut(to.width).enumerate().take(to.rows) {
        if let Some(cells) = line.get_mut(to.column..).and_then(|rest| rest.first_chunk_mut::<N>()) {
            for (cell, run) in cells.iter_mut().zip(&runs) {
                *cell = run[row].clone();
            }
        }
    }
    N
}

/// A window on an array: along every axis, `lengths` elements from `offsets` on; positions outside are fills.
pub struct Window<'a> {
    /// The axis lengths of the array that is looked at.
    pub shape: &'a [usize],
    /// Where the window begins; may be negative.
    pub offsets: &'a [isize],
    /// The axis lengths of the result.
    pub lengths: &'a [usize],
}

impl Window<'_> {
    /// Whether the window lies within the array, so that no fill is needed.
    pub fn is_inside(&self) -> bool {
        (0..self.shape.len()).all(|axis| {
            let (from, to) = self.overlap(axis);
            from == 0 && to == self.lengths[axis]
        })
    }

    /// The indices of the result along an axis that come from the array.
    fn overlap(&self, axis: usize) -> (usize, usize) {
        let (offset, length) = (self.offsets[axis], self.lengths[axis] as isize);
        let to = (self.shape[axis] as isize).saturating_sub(offset).clamp(0, length);
        let from = offset.saturating_neg().clamp(0, to);
        (from as usize, to as usize)
    }

    /// The elements in the window.
    pub fn view<T: Element>(
        &self,
        memory: &Memory,
        data: &[T],
        fill: &T,
        poll: &dyn Fn() -> Result<()>,
    ) -> Result<Vec<T>> {
        let mut out = memory.vec(shape::count(self.lengths)?)?;
        if self.lengths.contains(&0) {
            return Ok(out);
        }
        // Whole trailing axes are part of each row.
        let whole = |axis: &usize| self.offsets[*axis] == 0 && self.lengths[*axis] == self.shape[*axis];
        let last = (0..self.shape.len()).rev().find(|axis| !whole(axis));
        let mut writer = Writer { fill, poll, done: 0 };
        match last {
            None => writer.copy(&mut out, data)?,
            Some(last) => {
                let strides = shape::strides(self.shape);
                self.axis(0, last, 0, &strides, data, &mut out, &mut writer)?;
            }
        }
        Ok(out)
    }

    #[allow(clippy::too_many_arguments)] // one recursion over at most fifteen axes
    fn axis<T: Element>(
        &self,
        axis: usize,
        last: usize,
        at: usize,
        strides: &[usize],
        data: &[T],
        out: &mut Vec<T>,
        writer: &mut Writer<'_, T>,
    ) -> Result<()> {
        let (from, to) = self.overlap(axis);
        let cell = shape::product(&self.lengths[axis + 1..]);
        writer.blank(out, from * cell)?;
        if to > from {
            let first = at + (self.offsets[axis] + from as isize) as usize * strides[axis];
            if axis == last {
                writer.copy(out, data.get(first..first + (to - from) * strides[axis]).unwrap_or(&[]))?;
            } else {
                for k in 0..to - from {
                    self.axis(axis + 1, last, first + k * strides[axis], strides, data, out, writer)?;
                }
            }
        }
        writer.blank(out, (self.lengths[axis] - to) * cell)
    }
}

struct Writer<'a, T> {
    fill: &'a T,
    poll: &'a dyn Fn() -> Result<()>,
    done: usize,
}

impl<T: Element> Writer<'_, T> {
    fn step(&mut self, count: usize) -> Result<()> {
        self.done += count + 1;
        if self.done < PACE {
            return Ok(());
        }
        self.done = 0;
        (self.poll)()
    }

    fn copy(&mut self, out: &mut Vec<T>, run: &[T]) -> Result<()> {
        for piece in run.chunks(PACE) {
            out.extend_from_slice(piece);
            self.step(piece.len())?;
        }
        Ok(())
    }

    fn blank(&mut self, out: &mut Vec<T>, count: usize) -> Result<()> {
        let mut left = count;
        while left > 0 {
            let piece = left.min(PACE);
            out.resize(out.len() + piece, self.fill.clone());
            self.step(piece)?;
            left -= piece;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(data: &[i32], start: usize, dims: &[usize], steps: &[isize]) -> Vec<i32> {
        let mut out = Vec::new();
        for k in 0..shape::product(dims) {
            let mut rest = k;
            let mut at = start as isize;
            for axis in (0..dims.len()).rev() {
                at += steps[axis] * (rest % dims[axis]) as isize;
                rest /= dims[axis];
            }
            out.push(data[at as usize]);
        }
        out
    }

    #[test]
    fn every_order_of_axes() {
        let memory = Memory::unlimited();
        for shape in [[2, 3, 4, 5], [3, 9, 2, 40], [40, 2, 3, 2], [1, 70, 1, 33], [2, 2, 2, 2], [5, 4, 17, 3]] {
            let data: Vec<i32> = (0..shape::product(&shape) as i32).collect();
            let steps = shape::strides(&shape);
            for code in 0..256 {
                let order = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3];
                if order.iter().fold(0, |seen, axis| seen | 1 << axis) != 15 {
                    continue;
                }
                let dims: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
                let by: Vec<isize> = order.iter().map(|&axis| steps[axis] as isize).collect();
                assert_eq!(transpose(&memory, &data, &shape, &order).unwrap(), plain(&data, 0, &dims, &by));
            }
        }
    }

    #[test]
    fn steps_of_any_sign() {
        let memory = Memory::unlimited();
        let data: Vec<i32> = (0..1000).collect();
        let cases: [(usize, &[usize], &[isize]); 6] = [
            (999, &[10, 100], &[-100, -1]),
            (0, &[3, 5], &[0, 1]),
            (0, &[3, 5, 7], &[1, 0, 100]),
            (900, &[10, 10], &[-100, 11]),
            (0, &[50, 10], &[2, 100]),
            (500, &[], &[]),
        ];
        for (start, dims, steps) in cases {
            assert_eq!(gather(&memory, &data, start, dims, steps).unwrap(), plain(&data, start, dims, steps));
        }
    }

    #[test]
    fn windows_reach_beyond() {
        let memory = Memory::unlimited();
        let data = [1, 2, 3, 4, 5, 6];
        let view = |offsets: &[isize], lengths: &[usize]| {
            Window { shape: &[2, 3], offsets, lengths }.view(&memory, &data, &0, &|| Ok(())).unwrap()
        };
        assert_eq!(view(&[0, 1], &[2, 2]), [2, 3, 5, 6]);
        assert_eq!(view(&[-1, 0], &[2, 3]), [0, 0, 0, 1, 2, 3]);
        assert_eq!(view(&[1, -1], &[2, 5]), [0, 4, 5, 6, 0, 0, 0, 0, 0, 0]);
        assert_eq!(view(&[7, 0], &[1, 2]), [0, 0]);
        assert_eq!(view(&[-9, 0], &[1, 2]), [0, 0]);
    }
}
