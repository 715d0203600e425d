//! Folds of the windows along one axis, for n-wise reduce.
//!
//! For numeric arrays, like [`super::fold`]; `None` means that the caller has to fold window by window.

use super::ScalarDyad;
use super::fold::{FEW, block_of, fold_blocks, grown};
use super::out::Out;
use super::sink::{self, Sink};
use crate::array::{Array, Shape, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::kernel::{STRETCH, lanes};

/// `width op/[axis] array`, each window reversed first where `reversed`; for windows of 1 up to the axis's length.
pub fn reduce_windows(
    context: &Context,
    op: ScalarDyad,
    array: &Array,
    axis: usize,
    width: usize,
    reversed: bool,
) -> Result<Option<Array>> {
    let (outer, length, inner) = shape::around(array.shape(), axis);
    if sink::width(array).is_none() || width == 0 || width > length || outer * inner == 0 {
        return Ok(None);
    }
    if width == 1 {
        return Ok(Some(array.clone()));
    }
    let memory = context.memory();
    let mut result = Shape::from_slice(array.shape());
    result[axis] = length - width + 1;
    let count = shape::count(&result)?;
    if width > 16
        && let Some(done) = wide_windows(context, op, array, (length, inner, width), count)?
    {
        return Ok(Some(done.finish(memory, &result)?.into_array(memory)?));
    }
    let span = result[axis] * inner;
    let kind = block_of(array, 0..0)?.width();
    // Two items need no place for a fold under way.
    let mut pairs = Sink::new(context, op, kind, kind, if width == 2 { count } else { 0 })?;
    let mut out: Option<Out> = None;
    for block in 0..outer {
        let base = block * length * inner;
        for from in (0..span).step_by(STRETCH) {
            let to = (from + STRETCH).min(span);
            // The windows' items at one place, for all windows at once.
            let item = |k: usize| {
                let k = if reversed { width - 1 - k } else { k };
                block_of(array, base + k * inner + from..base + k * inner + to)
            };
            if width == 2 {
                pairs.push(item(0)?, item(1)?)?;
                continue;
            }
            let results = fold_blocks(context, op, width, item)?;
            match &mut out {
                None => out = Some(grown(context, results, count)?),
                Some(out) => out.append(memory, results, count)?,
            }
        }
        context.poll()?;
    }
    if width == 2 {
        out = Some(pairs.out);
    }
    match out {
        Some(out) => Ok(Some(out.finish(memory, &result)?.into_array(memory)?)),
        None => Ok(None),
    }
}

/// Wide windows of associative functions that also commute, in time that does not depend on the width: each window is
/// the end of one block and the beginning of the next (van Herk 1992). `None` for numbers whose rounding would show that
/// they are not folded from the right.
fn wide_windows(
    context: &Context,
    op: ScalarDyad,
    array: &Array,
    sizes: (usize, usize, usize),
    count: usize,
) -> Result<Option<Out>> {
    let memory = context.memory();
    if let Array::Bool(arr) = array {
        let f: fn(bool, bool) -> bool = match op {
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => |a, b| a & b,
            ScalarDyad::Or | ScalarDyad::Maximum => |a, b| a | b,
            ScalarDyad::NotEqual => |a, b| a ^ b,
            ScalarDyad::Equal => |a, b| !(a ^ b),
            _ => return Ok(None),
        };
        return Ok(Some(Out::Bool(van_herk(context, arr.as_slice(), sizes, count, f)?)));
    }
    if matches!(array, Array::Complex(_)) {
        return Ok(None);
    }
    let rounds = match op {
        ScalarDyad::Plus => matches!(array, Array::Float(_)),
        op => op == ScalarDyad::Times,
    };
    if rounds && sizes.2 <= FEW {
        return Ok(None);
    }
    // Whole numbers below 2*53 are exact as floats.
    let data = || crate::array::convert::float_arr(memory, array);
    let results = match op {
        ScalarDyad::Plus => van_herk(context, data()?.as_slice(), sizes, count, |a, b| a + b)?,
        ScalarDyad::Times => van_herk(context, data()?.as_slice(), sizes, count, |a, b| a * b + 0.0)?,
        ScalarDyad::Maximum => van_herk(context, data()?.as_slice(), sizes, count, |a, b| if a > b { a } else { b })?,
        ScalarDyad::Minimum => van_herk(context, data()?.as_slice(), sizes, count, |a, b| if a < b { a } else { b })?,
        _ => return Ok(None),
    };
    if !lanes::finite(&results) {
        return Err(Fault::overflow());
    }
    if matches!(array, Array::Int(_)) && results.iter().all(|x| x.abs() <= f64::from(i32::MAX)) {
        let mut whole = memory.vec(results.len())?;
        whole.extend(results.iter().map(|&x| x as i32));
        return Ok(Some(Out::Int(whole)));
    }
    Ok(Some(Out::Float(results)))
}

fn van_herk<T: Copy>(
    context: &Context,
    data: &[T],
    (length, inner, width): (usize, usize, usize),
    count: usize,
    f: impl Fn(T, T) -> T,
) -> Result<Vec<T>> {
    let memory = context.memory();
    let mut out = memory.vec(count)?;
    let (plane, piece) = (length * inner, width * inner);
    let windows = plane + inner - piece;
    // Folds of a piece's ends, and of the beginnings of the piece behind it.
    let (mut ends, mut starts): (Vec<T>, Vec<T>) = (memory.vec(piece)?, memory.vec(piece)?);
    for block in data.chunks_exact(plane) {
        for from in (0..windows).step_by(piece) {
            context.poll()?;
            let (here, behind) = block[from..].split_at(piece);
            ends.clear();
            ends.extend_from_slice(here);
            let count = piece.min(windows - from);
            starts.clear();
            if inner == 1 {
                let mut total = here[width - 1];
                for (end, &x) in ends.iter_mut().zip(here).rev().skip(1) {
                    total = f(x, total);
                    *end = total;
                }
                let mut items = behind.iter().take(count - 1);
                if let Some(&first) = items.next() {
                    total = first;
                    starts.push(total);
                    starts.extend(items.map(|&x| {
                        total = f(total, x);
                        total
                    }));
                }
            } else {
                for at in (0..piece - inner).rev() {
                    ends[at] = f(ends[at], ends[at + inner]);
                }
                starts.extend(behind.iter().take(inner.min(count - inner)));
                for at in inner..count - inner {
                    starts.push(f(starts[at - inner], behind[at]));
                }
            }
            // The first window is the piece itself.
            out.extend_from_slice(&ends[..inner]);
            out.extend(ends[inner..count].iter().zip(&starts).map(|(&a, &b)| f(a, b)));
        }
    }
    Ok(out)
}
