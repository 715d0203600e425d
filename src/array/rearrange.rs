//! One engine for axis permutations and strided gathers: coalesces axes, copies rows, blocks for the cache.

use super::arr::Element;
use super::memory::Memory;
use super::shape::{self, Shape};
use crate::error::Result;

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
    let mut out = memory.vec(shape::count(dims)?)?;
    append(data, start, dims, steps, &mut out);
    Ok(out)
}

/// Appends to `out` what [`gather`] gives; the caller has made room for it.
pub fn append<T: Clone>(data: &[T], start: usize, dims: &[usize], steps: &[isize], out: &mut Vec<T>) {
    if dims.contains(&0) {
        return;
    }
    // Axes of length one go, neighbours that follow each other in memory become one.
    let mut lengths: Vec<usize> = Vec::with_capacity(dims.len());
    let mut strides: Vec<isize> = Vec::with_capacity(dims.len());
    for (&n, &step) in dims.iter().zip(steps) {
        if n == 1 {
            continue;
        }
        match (lengths.last_mut(), strides.last_mut()) {
            (Some(length), Some(stride)) if *stride == step * n as isize => {
                *length *= n;
                *stride = step;
            }
            _ => {
                lengths.push(n);
                strides.push(step);
            }
        }
    }
    let (Some(inner), Some(step)) = (lengths.pop(), strides.pop()) else {
        out.extend(data.get(start).cloned());
        return;
    };
    if inner > 8
        && step != 1
        && let (Some(rows), Some(across)) = (lengths.last().copied(), strides.last().copied())
        && across == 1
        && rows > 8
    {
        // A plane whose rows lie across memory: read and write it in squares that fit the cache.
        lengths.pop();
        strides.pop();
        each_offset(start, &lengths, &strides, |at| blocked(data, at, (rows, across), (inner, step), out));
        return;
    }
    if inner <= 4
        && step > 0
        && let (Some(rows), Some(1)) = (lengths.last().copied(), strides.last().copied())
        && rows > 4
    {
        // A few rows that lie far apart, element by element in turn.
        lengths.pop();
        strides.pop();
        let row = |at: usize| &data[at..at + rows];
        let step = step as usize;
        each_offset(start, &lengths, &strides, |at| match inner {
            2 => interleave([row(at), row(at + step)], out),
            3 => interleave([row(at), row(at + step), row(at + 2 * step)], out),
            _ => interleave([row(at), row(at + step), row(at + 2 * step), row(at + 3 * step)], out),
        });
        return;
    }
    each_offset(start, &lengths, &strides, |at| {
        if step == 1 {
            out.extend_from_slice(&data[at..at + inner]);
        } else {
            let mut from = at as isize;
            for _ in 0..inner {
                out.push(data[from as usize].clone());
                from += step;
            }
        }
    });
}

/// Appends the first elements of all rows, then the second ones, and so on.
fn interleave<T: Clone, const N: usize>(rows: [&[T]; N], out: &mut Vec<T>) {
    let length = rows.iter().map(|row| row.len()).min().unwrap_or(0);
    let rows = rows.map(|row| &row[..length]);
    out.extend((0..length).flat_map(|at| std::array::from_fn::<T, N, _>(|row| rows[row][at].clone())));
}

/// Calls `visit` with the position of every index of `dims`, in order.
fn each_offset(start: usize, dims: &[usize], steps: &[isize], mut visit: impl FnMut(usize)) {
    let mut index: Shape = dims.iter().map(|_| 0).collect();
    let mut at = start as isize;
    loop {
        visit(at as usize);
        let mut axis = dims.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            at += steps[axis];
            if index[axis] < dims[axis] {
                break;
            }
            at -= steps[axis] * dims[axis] as isize;
            index[axis] = 0;
        }
    }
}

/// Appends a plane of `rows` × `columns`, each given as (length, step), in bands of rows.
fn blocked<T: Clone>(data: &[T], at: usize, rows: (usize, isize), columns: (usize, isize), out: &mut Vec<T>) {
    const BAND: usize = 16;
    let base = out.len();
    let total = rows.0 * columns.0;
    out.extend((0..total).map(|_| data[at].clone()));
    let plane = &mut out[base..];
    for band in (0..rows.0).step_by(BAND) {
        let last = (band + BAND).min(rows.0);
        for column in 0..columns.0 {
            let from = at as isize + columns.1 * column as isize;
            for row in band..last {
                plane[row * columns.0 + column] = data[(from + rows.1 * row as isize) as usize].clone();
            }
        }
    }
}
