//! Cutting an axis into pieces: partitioned enclose and partition.
//!
//! Both divide an axis into ranges. Simple pieces of one length are stored in one flat array.

use std::ops::Range;

use crate::array::{Arr, Array, Framed, Shape, Type, Typed, Value, prototype, rearrange, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result, shape_text};

use super::{axes, catenate};

/// `X⊂Y`: the last axis cut before each place that X gives a positive number, as often as the number says.
/// Under `⎕ML` 3: partition.
///
/// LENGTH ERROR where X is longer than the axis and one, DOMAIN ERROR for negatives and fractions.
pub fn partitioned_enclose(context: &Context, left: Value, right: Value) -> Result<Value> {
    if context.ml() >= 3 {
        return partition(context, left, right);
    }
    let right = if right.rank() == 0 { catenate::ravel(context, right)? } else { right };
    let last = right.rank() - 1;
    enclosed_pieces(context, &left, right, last)
}

/// `X⊂[k]Y`: along axis `k`.
pub fn partitioned_enclose_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    if context.ml() >= 3 {
        return partition_axis(context, left, right, axis);
    }
    let axis = axes::axis(context, axis, right.rank())?;
    enclosed_pieces(context, &left, right, axis)
}

/// `X⊆Y`: the last axis cut where X rises, without the places where X is 0.
///
/// RANK ERROR for a scalar Y, LENGTH ERROR unless X is as long as the axis, DOMAIN ERROR for negatives and fractions.
pub fn partition(context: &Context, left: Value, right: Value) -> Result<Value> {
    match right.rank() {
        0 => Err(Fault::rank().with_detail("a scalar has no axis to partition")),
        rank => lines(context, &left, right, rank - 1),
    }
}

/// `X⊆[k]Y`: along axis `k`.
pub fn partition_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    lines(context, &left, right, axis)
}

/// The numbers of a left argument, one a place.
fn numbers(context: &Context, left: &Value) -> Result<Vec<usize>> {
    if left.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("left is {}", shape_text(left.shape()))));
    }
    let array = left.array(context.memory())?;
    let mut list = context.memory().vec(array.len())?;
    axes::whole_numbers(context.memory(), &array, |n| {
        list.push(axes::length(n)?);
        Ok(())
    })?;
    Ok(list)
}

fn enclosed_pieces(context: &Context, left: &Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let length = right.shape()[axis];
    let mut dividers = numbers(context, left)?;
    if left.rank() == 0 {
        let all = dividers.first().copied().unwrap_or(0);
        dividers = memory.filled(length, all)?;
    }
    if dividers.len() > length.saturating_add(1) {
        return Err(Fault::length().with_detail(format!("{} numbers for {length} places and the end", dividers.len())));
    }
    let count = dividers.iter().try_fold(0_usize, |sum, &n| sum.checked_add(n)).ok_or_else(Fault::ws_full)?;
    let mut starts: Vec<usize> = memory.vec(count)?;
    let mut pace = context.pace();
    for (place, &n) in dividers.iter().enumerate() {
        pace.repeat(&mut starts, n, &place)?;
        pace.step(1)?;
    }
    let ends = starts.iter().skip(1).copied().chain([length]);
    let mut pieces: Vec<Range<usize>> = memory.vec(count)?;
    for (&from, to) in starts.iter().zip(ends) {
        pieces.push(from..to);
        pace.step(1)?;
    }
    let array = right.into_array(memory)?;
    let mut shape = Shape::from_slice(array.shape());
    if pieces.is_empty() {
        shape[axis] = 0;
        let item: Array = each_type!(&array, arr => Typed::pack(memory, &shape, Vec::new(), arr)?);
        return Ok(Arr::empty_of(memory, &[0], Value::from(item))?.into());
    }
    let (before, _, behind) = shape::around(&shape, axis);
    if let Some(each) = even(&pieces)
        && array.kind() != Type::Nested
        && shape.len() < shape::MAX_RANK
    {
        shape[axis] = each;
        let to = shape::join(&[pieces.len()], &shape);
        let first = pieces[0].start * behind;
        let (line, piece) = (length * behind, each * behind);
        let dims = [pieces.len(), before, piece];
        let steps = [piece as isize, line as isize, 1];
        let poll = || context.poll();
        let flat: Array = each_type!(&array, arr => {
            Arr::new(memory, &to, rearrange::gather_polled(memory, arr.as_slice(), first, &dims, &steps, &poll)?)?.into()
        });
        return Framed::close(flat, shape.len());
    }
    let mut items = memory.draft(pieces.len())?;
    each_type!(&array, arr => {
        for piece in &pieces {
            shape[axis] = piece.len();
            let mut data = memory.vec(before * piece.len() * behind)?;
            for line in 0..before {
                let from = (line * length + piece.start) * behind;
                pace.copy(&mut data, &arr.as_slice()[from..from + piece.len() * behind])?;
            }
            pace.step(16)?;
            items.push(Typed::pack(memory, &shape, data, arr)?.into());
        }
    });
    Ok(Arr::<Value>::new(memory, &[items.len()], items.finish())?.into())
}

/// The length of all pieces if it is the same and they follow each other.
fn even(pieces: &[Range<usize>]) -> Option<usize> {
    let each = pieces.first()?.len();
    let follows = pieces.windows(2).all(|pair| pair[0].end == pair[1].start);
    (follows && pieces.iter().all(|piece| piece.len() == each)).then_some(each)
}

fn lines(context: &Context, left: &Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let length = right.shape()[axis];
    let list = numbers(context, left)?;
    if left.rank() > 0 && list.len() != length {
        return Err(Fault::length().with_detail(format!("{} numbers for {length} places", list.len())));
    }
    let at = |place: usize| if left.rank() == 0 { list.first() } else { list.get(place) }.copied().unwrap_or(0);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut pace = context.pace();
    let mut last = 0;
    for place in 0..length {
        let now = at(place);
        if now > last {
            pieces.push(place..place);
        }
        if let (Some(piece), true) = (pieces.last_mut(), now > 0) {
            piece.end = place + 1;
        }
        last = now;
        pace.step(1)?;
    }
    let array = right.into_array(memory)?;
    let mut to = Shape::from_slice(array.shape());
    let (before, _, behind) = shape::around(&to, axis);
    to[axis] = pieces.len();
    let count = shape::count(&to)?;
    if count == 0 {
        let item = match &array {
            Array::Nested(arr) => Value::pack(memory, &[0], Vec::new(), arr)?.into(),
            simple => prototype::filled(memory, simple.kind(), &[0])?,
        };
        return Ok(Arr::empty_of(memory, &to, item)?.into());
    }
    let even = pieces.first().map(Range::len).filter(|&each| pieces.iter().all(|piece| piece.len() == each));
    if let (Some(each), true) = (even, array.kind() != Type::Nested && to.len() < shape::MAX_RANK) {
        let full = shape::join(&to, &[each]);
        let flat: Array = each_type!(&array, arr => {
            let mut out = memory.vec(shape::count(&full)?)?;
            each_line(&pieces, (before, length, behind), |at, by, piece| {
                if by == 1 {
                    return pace.copy(&mut out, &arr.as_slice()[at..at + piece.len()]);
                }
                out.extend(arr.as_slice()[at..].iter().step_by(by).take(piece.len()).cloned());
                pace.step(piece.len())
            })?;
            Arr::new(memory, &full, out)?.into()
        });
        return Framed::close(flat, 1);
    }
    let mut items = memory.draft(count)?;
    each_type!(&array, arr => {
        each_line(&pieces, (before, length, behind), |at, by, piece| {
            let mut data = memory.vec(piece.len())?;
            if by == 1 {
                pace.copy(&mut data, &arr.as_slice()[at..at + piece.len()])?;
            } else {
                data.extend(arr.as_slice()[at..].iter().step_by(by).take(piece.len()).cloned());
            }
            items.push(Typed::pack(memory, &[piece.len()], data, arr)?.into());
            pace.step(piece.len() + 16)
        })?;
    });
    Ok(Arr::<Value>::new(memory, &to, items.finish())?.into())
}

/// Calls `visit` with the first position, the step and the piece, for every piece of every line along the axis.
fn each_line(
    pieces: &[Range<usize>],
    (before, length, behind): (usize, usize, usize),
    mut visit: impl FnMut(usize, usize, &Range<usize>) -> Result<()>,
) -> Result<()> {
    for plane in 0..before {
        for piece in pieces {
            for line in 0..behind {
                visit((plane * length + piece.start) * behind + line, behind, piece)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn pieces() {
        let bench = Bench::new();
        let c = &bench.context;
        let cut = |x: &[i32], y: &str| partitioned_enclose(c, ints(&[x.len()], x), text(y));
        let words = |words: &[&str]| boxes(&words.iter().map(|word| text(word)).collect::<Vec<_>>());
        bench.same(cut(&[0, 0, 1, 0, 0, 1, 0], "abcdefg"), words(&["cde", "fg"]));
        bench.same(cut(&[2, 0, 1, 3, 0, 2, 0, 1], "abcdefg"), words(&["", "ab", "c", "", "", "de", "", "fg", ""]));
        bench.same(cut(&[0, 2, 0, 1], "abcdefg"), words(&["", "bc", "defg"]));
        bench.same(cut(&[1, 0, 1, 0], "abcd"), words(&["ab", "cd"]));
        bench.fails(cut(&[1, 0, 1, 1, 1], "abc"), ErrorKind::Length);
        bench.fails(cut(&[-1, 0, 0], "abc"), ErrorKind::Domain);
        let m = ints(&[3, 4], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        bench.same(
            partitioned_enclose_axis(c, ints(&[3], &[1, 0, 1]), m.clone(), &Value::Int(1)),
            boxes(&[ints(&[2, 4], &[1, 2, 3, 4, 5, 6, 7, 8]), ints(&[1, 4], &[9, 10, 11, 12])]),
        );
        bench.same(
            partitioned_enclose(c, ints(&[4], &[1, 0, 1, 0]), m),
            boxes(&[ints(&[3, 2], &[1, 2, 5, 6, 9, 10]), ints(&[3, 2], &[3, 4, 7, 8, 11, 12])]),
        );
        bench.same(partition(c, ints(&[8], &[1, 1, 1, 2, 2, 3, 3, 3]), text("NOWISTHE")), words(&["NOW", "IS", "THE"]));
        bench.same(partition(c, ints(&[6], &[1, 1, 0, 1, 1, 0]), text("ab cd ")), words(&["ab", "cd"]));
        let n = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let items = boxes(&[ints(&[1], &[1]), ints(&[1], &[3]), ints(&[1], &[4]), ints(&[1], &[6])]);
        bench.same(partition(c, ints(&[3], &[1, 0, 1]), n), items.reshape(c.memory(), &[2, 2]).unwrap());
        bench.fails(partition(c, ints(&[2], &[1, 1]), text("abc")), ErrorKind::Length);
        bench.fails(partition(c, Value::Int(1), Value::Int(5)), ErrorKind::Rank);
    }
}
