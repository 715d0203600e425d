//! Reverse and rotate.

use crate::array::{Array, Element, Framed, Shape, Value, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::{axes, scalar};

/// `⌽Y`: reversed along the last axis.
pub fn reverse_last(context: &Context, right: Value) -> Result<Value> {
    match right.rank() {
        0 => Ok(right),
        rank => reverse(context, right, rank - 1),
    }
}

/// `⊖Y`: reversed along the first axis.
pub fn reverse_first(context: &Context, right: Value) -> Result<Value> {
    match right.rank() {
        0 => Ok(right),
        _ => reverse(context, right, 0),
    }
}

/// `⌽[k]Y`: reversed along axis `k`.
pub fn reverse_axis(context: &Context, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    reverse(context, right, axis)
}

/// `⌽` on all cells.
pub fn reverse_last_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let last = right.value.rank();
    match right.cell_rank() {
        0 => Ok(Some(right.clone())),
        _ => Ok(Some(Cells { value: reverse(context, right.value.clone(), last - 1)?, present: right.present })),
    }
}

/// `⊖` on all cells.
pub fn reverse_first_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    match right.cell_rank() {
        0 => Ok(Some(right.clone())),
        _ => {
            let value = reverse(context, right.value.clone(), right.present.len())?;
            Ok(Some(Cells { value, present: right.present }))
        }
    }
}

/// `X⌽Y`: rotated along the last axis.
pub fn rotate_last(context: &Context, left: Value, right: Value) -> Result<Value> {
    let axis = right.rank().saturating_sub(1);
    rotate(context, left, right, axis)
}

/// `X⊖Y`: rotated along the first axis.
pub fn rotate_first(context: &Context, left: Value, right: Value) -> Result<Value> {
    rotate(context, left, right, 0)
}

/// `X⌽[k]Y`: rotated along axis `k`.
pub fn rotate_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    rotate(context, left, right, axis)
}

/// `X⌽` on all cells.
pub fn rotate_last_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    rotate_cells(context, left, right, right.value.rank().saturating_sub(1))
}

/// `X⊖` on all cells.
pub fn rotate_first_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    rotate_cells(context, left, right, right.present.len())
}

/// For one number, or a number for each of as many vectors.
fn rotate_cells(context: &Context, left: &Cells, right: &Cells, axis: usize) -> Result<Option<Cells>> {
    let one = left.present.is_empty() && left.value.count() == 1;
    let each = left.present == right.present && left.cell_rank() == 0 && right.cell_rank() == 1;
    if right.cell_rank() == 0 || !one && !each {
        return Ok(None);
    }
    let value = rotate(context, left.value.clone(), right.value.clone(), axis)?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `⌽⍣¯1`: reverse, or rotate the other way.
pub fn undo_last(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        None => reverse_last(context, right),
        Some(left) => rotate_last(context, axes::negated(context, &left)?, right),
    }
}

/// `⊖⍣¯1`: reverse, or rotate the other way.
pub fn undo_first(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        None => reverse_first(context, right),
        Some(left) => rotate_first(context, axes::negated(context, &left)?, right),
    }
}

/// `⌽/⍬`: 0, in every place of the prototype.
pub fn identity(context: &Context, prototype: &Value) -> Result<Value> {
    scalar::filled_like(context, prototype, 0.0)
}

fn reverse(context: &Context, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let (array, cell) = Framed::open(right, memory)?;
    let to = Shape::from_slice(array.shape());
    if array.len() <= 1 || to[axis] <= 1 {
        return Framed::close(array, cell);
    }
    let (before, length, behind) = shape::around(&to, axis);
    let result = each_type!(array, arr => {
        if before == 1 && behind == 1 {
            match arr.try_into_vec() {
                Ok(mut vec) => {
                    context.poll()?;
                    vec.reverse();
                    crate::array::Arr::new(memory, &to, vec)?.into()
                }
                Err(arr) => {
                    let data = arr.as_slice();
                    let mut out = memory.vec(length)?;
                    context.chunks(length, |range| {
                        out.extend(data[length - range.end..length - range.start].iter().rev().cloned());
                        Ok(())
                    })?;
                    crate::array::Arr::new(memory, &to, out)?.into()
                }
            }
        } else {
            let mut out = memory.vec(arr.len())?;
            let mut pace = context.pace();
            for plane in arr.as_slice().chunks_exact(length * behind) {
                if behind == 1 {
                    out.extend(plane.iter().rev().cloned());
                    pace.step(length)?;
                    continue;
                }
                for row in plane.chunks_exact(behind).rev() {
                    pace.copy(&mut out, row)?;
                }
            }
            crate::array::Arr::new(memory, &to, out)?.into()
        }
    });
    Framed::close(result, cell)
}

/// How far lines along an axis are rotated.
enum Turns {
    /// All alike.
    One(i64),
    /// Each by its own number: one for every index of the other axes.
    Each(Vec<i64>),
}

fn turns(context: &Context, left: &Value, right: &[usize], axis: usize) -> Result<Turns> {
    if let Value::Int(n) = left {
        return Ok(Turns::One(i64::from(*n)));
    }
    let array = left.array(context.memory())?;
    let mut list = context.memory().vec(array.len())?;
    let others = if right.is_empty() { Shape::new() } else { shape::without(right, axis) };
    let single = array.len() == 1;
    if !single && *array.shape() != others[..] {
        return Err(Fault::mismatch(array.shape(), &others).with_detail(format!(
            "left is {}, but the right argument has {} without the axis it is rotated along",
            crate::error::shape_text(array.shape()),
            crate::error::shape_text(&others)
        )));
    }
    axes::whole_numbers(context.memory(), &array, |n| {
        list.push(n);
        Ok(())
    })?;
    Ok(match list[..] {
        [n] if single => Turns::One(n),
        _ => Turns::Each(list),
    })
}

/// Every `line` elements, with the first `cut` of them behind the rest.
fn turned<T: Element>(context: &Context, data: &[T], line: usize, cut: usize) -> Result<Vec<T>> {
    let mut out = context.memory().vec(data.len())?;
    let mut pace = context.pace();
    for row in data.chunks_exact(line) {
        pace.copy(&mut out, &row[cut..])?;
        pace.copy(&mut out, &row[..cut])?;
    }
    Ok(out)
}

fn rotate(context: &Context, left: Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let turns = turns(context, &left, right.shape(), axis)?;
    if right.rank() == 0 {
        return Ok(right);
    }
    let (array, cell) = Framed::open(right, memory)?;
    let to = Shape::from_slice(array.shape());
    if array.len() <= 1 || to[axis] <= 1 {
        return Framed::close(array, cell);
    }
    let (before, length, behind) = shape::around(&to, axis);
    let turn = |n: i64| n.rem_euclid(length as i64) as usize;
    let result: Array = match &turns {
        Turns::One(n) if turn(*n) == 0 => array,
        Turns::One(n) => each_type!(array, arr => {
            let cut = turn(*n) * behind;
            let line = length * behind;
            let out = match arr.try_into_vec() {
                // In place a line at a time; a single long one is copied faster than it is turned.
                Ok(mut vec) if before > 1 && line < CHUNK => {
                    let mut pace = context.pace();
                    for row in vec.chunks_exact_mut(line) {
                        row.rotate_left(cut);
                        pace.step(line)?;
                    }
                    vec
                }
                Ok(vec) => turned(context, &vec, line, cut)?,
                Err(arr) => turned(context, arr.as_slice(), line, cut)?,
            };
            crate::array::Arr::new(memory, &to, out)?.into()
        }),
        Turns::Each(list) => {
            // One number for every line; the boxes' axes go along with it.
            let size = shape::product(&to[to.len() - cell..]).max(1);
            let lines = behind / size;
            each_type!(&array, arr => {
                let mut out = memory.vec(arr.len())?;
                let mut pace = context.pace();
                for (plane, list) in arr.as_slice().chunks_exact(length * behind).zip(list.chunks_exact(lines)) {
                    if let ([n], true) = (list, behind == 1) {
                        pace.copy(&mut out, &plane[turn(*n)..])?;
                        pace.copy(&mut out, &plane[..turn(*n)])?;
                        continue;
                    }
                    let mut rows: Vec<usize> = list.iter().map(|&n| turn(n)).collect();
                    for _ in 0..length {
                        for (line, row) in rows.iter_mut().enumerate() {
                            let from = *row * behind + line * size;
                            out.extend_from_slice(&plane[from..from + size]);
                            *row = if *row + 1 == length { 0 } else { *row + 1 };
                        }
                        pace.step(behind)?;
                    }
                }
                crate::array::Arr::new(memory, &to, out)?.into()
            })
        }
    };
    Framed::close(result, cell)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, ints};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn reverses_and_rotates() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        bench.same(reverse_last(c, m.clone()), ints(&[2, 3], &[3, 2, 1, 6, 5, 4]));
        bench.same(reverse_first(c, m.clone()), ints(&[2, 3], &[4, 5, 6, 1, 2, 3]));
        bench.same(rotate_last(c, Value::Int(1), m.clone()), ints(&[2, 3], &[2, 3, 1, 5, 6, 4]));
        bench.same(rotate_last(c, ints(&[2], &[1, -1]), m.clone()), ints(&[2, 3], &[2, 3, 1, 6, 4, 5]));
        bench.same(rotate_first(c, ints(&[3], &[0, 1, 2]), m.clone()), ints(&[2, 3], &[1, 5, 3, 4, 2, 6]));
        bench.same(rotate_last(c, Value::Float(1e18), ints(&[5], &[1, 2, 3, 4, 5])), ints(&[5], &[1, 2, 3, 4, 5]));
        bench.same(rotate_last(c, Value::Int(5), Value::zilde()), Value::zilde());
        bench.fails(rotate_last(c, ints(&[3], &[1, 2, 3]), m.clone()), ErrorKind::Length);
        bench.fails(rotate_last(c, ints(&[2, 2], &[1, 2, 3, 4]), m.clone()), ErrorKind::Rank);
        bench.fails(rotate_last(c, Value::Float(1.5), m.clone()), ErrorKind::Domain);
        bench.fails(reverse_axis(c, m, &Value::Int(3)), ErrorKind::Index);
    }
}
