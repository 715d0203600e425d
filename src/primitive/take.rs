//! Take and drop.

use crate::array::rearrange::Window;
use crate::array::{Arr, Array, Framed, Shape, Type, Typed, Value};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::axes::{self, Counts};
use super::crop::{Crop, Cut};

/// `X↑Y`: `|X[k]` elements from the beginning (`X[k]` negative: the end) of axis `k`, with fills where there are fewer;
/// the axes that X does not reach are taken whole. A scalar Y has as many axes of length 1 as X has numbers.
///
/// LENGTH ERROR where X is longer than Y has axes.
pub fn take(context: &Context, left: Value, right: Value) -> Result<Value> {
    let counts = axes::counts(context, &left)?;
    let right = with_axes(context, right, 0, counts.len())?;
    let numbers = whole_axes(&counts, right.rank());
    cut(context, right, &numbers, Cut::Take)
}

/// `X↓Y`: without `|X[k]` elements at the beginning (`X[k]` negative: the end) of axis `k`.
///
/// LENGTH ERROR where X is longer than Y has axes.
pub fn drop(context: &Context, left: Value, right: Value) -> Result<Value> {
    let counts = axes::counts(context, &left)?;
    let right = with_axes(context, right, 0, counts.len())?;
    let numbers = whole_axes(&counts, right.rank());
    cut(context, right, &numbers, Cut::Drop)
}

/// `X↑[k]Y`: along the axes `k` only.
pub fn take_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let numbers = along(context, &left, &right, axis)?;
    cut(context, right, &numbers, Cut::Take)
}

/// `X↓[k]Y`: along the axes `k` only.
pub fn drop_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let numbers = along(context, &left, &right, axis)?;
    cut(context, right, &numbers, Cut::Drop)
}

/// `X↑` on all cells.
pub fn take_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    cut_cells(context, frame, left, right, Cut::Take)
}

/// `X↓` on all cells.
pub fn drop_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    cut_cells(context, frame, left, right, Cut::Drop)
}

/// `↓/⍬`: DOMAIN ERROR, as there is no identity item.
pub fn drop_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::domain().because("No identity element"))
}

/// A number for every axis; `None` where it is left whole.
type Numbers = smallvec::SmallVec<[Option<i64>; 8]>;

fn whole_axes(counts: &Counts, rank: usize) -> Numbers {
    (0..rank).map(|axis| counts.get(axis).copied()).collect()
}

fn along(context: &Context, left: &Value, right: &Value, axis: &Value) -> Result<Numbers> {
    let counts = axes::counts(context, left)?;
    let list = axes::axes(context, axis, right.rank())?;
    if counts.len() != list.len() {
        return Err(Fault::length().with_detail(format!("{} numbers for {} axes", counts.len(), list.len())));
    }
    let mut numbers: Numbers = smallvec::smallvec![None; right.rank()];
    for (&axis, &n) in list.iter().zip(&counts) {
        numbers[axis] = Some(n);
    }
    Ok(numbers)
}

/// The value with at least `count` axes behind the first `kept`: only scalars (scalar cells) are given more.
fn with_axes(context: &Context, value: Value, kept: usize, count: usize) -> Result<Value> {
    let rank = value.rank() - kept;
    if count <= rank {
        return Ok(value);
    }
    if rank > 0 {
        return Err(Fault::length().with_detail(format!("{count} numbers for the axes of rank {rank}")));
    }
    let (array, cell) = Framed::open(value, context.memory())?;
    let mut to = Shape::from_slice(array.shape());
    to.insert_many(kept, std::iter::repeat_n(1, count));
    Framed::close(array.reshape(&to)?, cell)
}

fn cut_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells, how: Cut) -> Result<Option<Cells>> {
    if !left.present.is_empty() {
        // One shape may come of it all the same.
        let crop = Crop::new(right.clone()).map(|crop| crop.cut(context, frame, left, how)).transpose()?.flatten();
        return crop.map_or(Ok(None), |crop| crop.settled(context, frame));
    }
    let kept = right.present.len();
    let counts = axes::counts(context, &left.value)?;
    let value = with_axes(context, right.value.clone(), kept, counts.len())?;
    let numbers: Numbers = (0..value.rank()).map(|axis| counts.get(axis.wrapping_sub(kept)).copied()).collect();
    // The fill of boxes is that of each cell's first box.
    let overtaken =
        || (0..value.rank()).any(|k| numbers[k].is_some_and(|n| n.unsigned_abs() as usize > value.shape()[k]));
    if how == Cut::Take && value.kind() == Type::Nested && overtaken() {
        return Ok(None);
    }
    let boxes = value.kind() == Type::Nested && value.count() > 0;
    let value = cut(context, value, &numbers, how)?;
    // Nor can one array remember the first boxes of cells that are left empty.
    if boxes && value.count() == 0 {
        return Ok(None);
    }
    Ok(Some(Cells { value, present: right.present }))
}

/// The part of a value that the numbers say. What lies within a view stays one.
fn cut(context: &Context, right: Value, numbers: &Numbers, how: Cut) -> Result<Value> {
    let memory = context.memory();
    if let Value::Pending(view) = &right {
        let (offsets, lengths) = extent(view.shape(), numbers, how);
        let offsets: Option<Shape> = offsets.iter().map(|&offset| usize::try_from(offset).ok()).collect();
        if let Some(part) = offsets.and_then(|offsets| view.part(&offsets, &lengths))
            && !lengths.contains(&0)
        {
            return Ok(part.into());
        }
    }
    let (array, cell) = Framed::open(right, memory)?;
    let shape = Shape::from_slice(array.shape());
    let (offsets, lengths) = extent(&shape, numbers, how);
    if lengths == shape && offsets.iter().all(|&offset| offset == 0) {
        return Framed::close(array, cell);
    }
    let window = Window { shape: &shape, offsets: &offsets, lengths: &lengths };
    let result: Array = each_type!(array, arr => {
        // A vector that is not shared is truncated in place.
        let front = shape.len() == 1 && offsets[0] == 0 && lengths[0] < shape[0] && lengths[0] > shape[0] / 2;
        match if front { arr.try_into_vec() } else { Err(arr) } {
            Ok(mut vec) => {
                vec.truncate(lengths[0]);
                let like = Arr::new(memory, &[0], Vec::new())?;
                Typed::pack(memory, &lengths, vec, &like)?
            }
            Err(arr) => {
                let fill = if window.is_inside() { crate::array::Element::blank() } else { Typed::fill(memory, &arr)? };
                let data = window.view(memory, arr.as_slice(), &fill, &|| context.poll())?;
                Typed::pack(memory, &lengths, data, &arr)?
            }
        }
    });
    let result = Framed::close(result, cell)?;
    if let Value::Framed(framed) = &result {
        framed.check(memory)?;
    }
    Ok(result)
}

/// Where the part begins along each axis of an array of this shape, and how long it is.
fn extent(shape: &[usize], numbers: &Numbers, how: Cut) -> (Vec<isize>, Shape) {
    let mut offsets: Vec<isize> = Vec::with_capacity(shape.len());
    let mut lengths = Shape::new();
    for (axis, &n) in shape.iter().enumerate() {
        let (offset, length) = match (numbers.get(axis).copied().flatten(), how) {
            (None, _) => (0, n),
            (Some(count), Cut::Take) => {
                let length = count.unsigned_abs() as usize;
                (if count < 0 { n as isize - length as isize } else { 0 }, length)
            }
            (Some(count), Cut::Drop) => {
                let gone = (count.unsigned_abs() as usize).min(n);
                (if count > 0 { gone as isize } else { 0 }, n - gone)
            }
        };
        offsets.push(offset);
        lengths.push(length);
    }
    (offsets, lengths)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn takes_and_drops() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        bench.same(take(c, Value::Int(1), m.clone()), ints(&[1, 3], &[1, 2, 3]));
        bench.same(take(c, ints(&[2], &[-3, 2]), m.clone()), ints(&[3, 2], &[0, 0, 1, 2, 4, 5]));
        bench.same(take(c, ints(&[2], &[2, 2]), Value::Int(5)), ints(&[2, 2], &[5, 0, 0, 0]));
        bench.same(take(c, Value::Int(3), text("ab")), text("ab "));
        bench.same(take(c, Value::Int(2), boxes(&[text("ab")])), boxes(&[text("ab"), text("  ")]));
        bench.same(take_axis(c, Value::Int(2), m.clone(), &Value::Int(2)), ints(&[2, 2], &[1, 2, 4, 5]));
        bench.same(drop(c, ints(&[2], &[0, -2]), m.clone()), ints(&[2, 1], &[1, 4]));
        bench.same(drop(c, Value::Float(1e18), ints(&[3], &[1, 2, 3])), Value::zilde());
        bench.same(drop(c, Value::Int(0), Value::Int(5)), ints(&[1], &[5]));
        bench.same(take(c, Value::zilde(), Value::Int(5)), Value::Int(5));
        bench.fails(take(c, ints(&[3], &[1, 2, 3]), m.clone()), ErrorKind::Length);
        bench.fails(take_axis(c, Value::Int(2), m.clone(), &Value::Int(3)), ErrorKind::Index);
        bench.fails(take(c, Value::Char('a'), m.clone()), ErrorKind::Domain);
        bench.fails(take(c, Value::Float(-9.3e18), m), ErrorKind::WsFull);
    }
}
