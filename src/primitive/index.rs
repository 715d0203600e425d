//! Choosing items by position: pick, squad, brackets, choose and reach.
//!
//! Simple indexing turns every index array into positions along its axis, then copies rows.

use crate::array::{Array, Framed, Shape, Type, Typed, Value, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result, shape_text};
use crate::function::Cells;

use super::axes;

/// `⌷Y`: Y.
pub fn materialise(_context: &Context, right: Value) -> Result<Value> {
    Ok(right)
}

/// `X⊃Y`: the item that the path X leads to.
pub fn pick(context: &Context, left: Value, right: Value) -> Result<Value> {
    pick_path(context, &left, &right)
}

/// `⊃/⍬`: DOMAIN ERROR, as there is no identity item.
pub fn pick_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::domain().because("No identity element"))
}

/// `X⌷Y`: `Y[I;J;…]` for the items of X; the axes behind them are taken whole.
///
/// RANK ERROR where X is a matrix, LENGTH ERROR where it has more items than Y has axes (RANK ERROR for a scalar Y), and
/// all errors of indexing.
pub fn squad(context: &Context, left: Value, right: Value) -> Result<Value> {
    if left.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("left is {}", shape_text(left.shape()))));
    }
    if left.count() > right.rank() {
        let fault = if right.rank() == 0 { Fault::rank() } else { Fault::length() };
        return Err(fault.with_detail(format!("{} indices for rank {}", left.count(), right.rank())));
    }
    let mut indices: Vec<Option<Value>> = vec![None; right.rank()];
    for (k, index) in indices.iter_mut().enumerate().take(left.count()) {
        *index = Some(left.item(context.memory(), k)?);
    }
    by_axes(context, &right, &indices)
}

/// `X⌷[k]Y`: the items of X along the axes `k`, the other axes whole.
pub fn squad_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let list = axes::axes(context, axis, right.rank())?;
    if left.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("left is {}", shape_text(left.shape()))));
    }
    if left.count() != list.len() {
        return Err(Fault::length().with_detail(format!("{} indices for {} axes", left.count(), list.len())));
    }
    let mut indices: Vec<Option<Value>> = vec![None; right.rank()];
    for (k, &axis) in list.iter().enumerate() {
        indices[axis] = Some(left.item(context.memory(), k)?);
    }
    by_axes(context, &right, &indices)
}

/// `X⌷` on all cells, for one X.
pub fn squad_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    if !left.present.is_empty() || left.value.rank() > 1 || left.value.count() > right.cell_rank() {
        return Ok(None);
    }
    let kept = right.present.len();
    let mut indices: Vec<Option<Value>> = vec![None; right.value.rank()];
    for (k, index) in indices[kept..].iter_mut().enumerate().take(left.value.count()) {
        *index = Some(left.value.item(context.memory(), k)?);
    }
    Ok(Some(Cells { value: by_axes(context, &right.value, &indices)?, present: right.present }))
}

/// `X⊃` on all cells, for one number X and vectors as cells.
pub fn pick_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    let one = left.present.is_empty() && left.value.count() == 1 && left.value.is_simple_scalar();
    if !one || right.cell_rank() != 1 {
        return Ok(None);
    }
    let mut indices: Vec<Option<Value>> = vec![None; right.value.rank()];
    indices[right.present.len()] = Some(left.value.clone());
    let value = match by_axes(context, &right.value, &indices)? {
        Value::Framed(framed) => framed.flat().clone(),
        nested if nested.kind() == Type::Nested => return Ok(None),
        simple => simple,
    };
    Ok(Some(Cells { value, present: right.present }))
}

/// `array[…]`: one index array an axis (`None` where it is elided), or one for choose and reach indexing.
///
/// The shape of the result is that of the index arrays one after the other. RANK ERROR unless there is an index array
/// for every axis, INDEX ERROR for a position that does not exist, DOMAIN ERROR for anything but whole numbers.
pub fn index_brackets(context: &Context, array: &Value, indices: &[Option<Value>]) -> Result<Value> {
    if let Value::Array(array) = array
        && let Some(at) = one_position(array.shape(), indices.iter().map(Option::as_ref), context.io())
    {
        return array.item(at).enclose(context.memory());
    }
    if let [Some(index)] = indices
        && (array.rank() != 1 || index.kind() == Type::Nested)
    {
        return chosen(context, array, index);
    }
    if indices.len() != array.rank() {
        return Err(too_few(indices.len(), array.rank()));
    }
    by_axes(context, array, indices)
}

/// `array[…]` on all cells. Either all indices are the same for every cell, or the array is and has one axis, or all have
/// the same axes of the frame: then for one or two indices.
pub fn index_cells(context: &Context, array: &Cells, indices: &[Option<Cells>]) -> Result<Option<Cells>> {
    let memory = context.memory();
    let nested = |index: &Option<Cells>| index.as_ref().is_some_and(|cells| cells.value.kind() == Type::Nested);
    if indices.len() != array.cell_rank() || indices.iter().any(nested) {
        return Ok(None);
    }
    let own = array.present.len();
    if indices.iter().flatten().all(|index| index.present.is_empty()) {
        let mut list: Vec<Option<Value>> = vec![None; own];
        list.extend(indices.iter().map(|index| index.as_ref().map(|cells| cells.value.clone())));
        return Ok(Some(Cells { value: by_axes(context, &array.value, &list)?, present: array.present }));
    }
    if let ([Some(index)], 0) = (indices, own) {
        let value = by_axes(context, &array.value, &[Some(index.value.clone())])?;
        return Ok(Some(Cells { value, present: index.present }));
    }
    let all = array.present;
    if indices.len() > 2
        || matches!(array.value, Value::Framed(_))
        || indices.iter().flatten().any(|index| index.present != all)
    {
        return Ok(None);
    }
    let lengths = Shape::from_slice(array.cell_shape());
    let mut to = array.frame();
    let cells = shape::product(&to);
    // For each axis the positions in all cells one after the other, and how many there are in a cell.
    let mut axes: Vec<(Vec<usize>, usize)> = Vec::new();
    for (axis, index) in indices.iter().enumerate() {
        let length = lengths[axis];
        axes.push(match index {
            None => {
                to.push(length);
                (context.collect(cells * length, |at| at % length.max(1))?, length)
            }
            Some(index) => {
                to.extend_from_slice(index.cell_shape());
                let count = shape::product(index.cell_shape());
                (positions(context, &index.value, length, axis, 1)?, count)
            }
        });
    }
    let count = shape::count(&to)?;
    let array = array.value.array(memory)?;
    let (inner, width) = axes.pop().unwrap_or_default();
    let (outer, height) = axes.pop().unwrap_or((vec![0; cells], 1));
    let (length, size) = (lengths.last().copied().unwrap_or(1), shape::product(&lengths));
    let value = each_type!(&array, arr => {
        let data = arr.as_slice();
        let mut out = memory.vec(count)?;
        let mut pace = context.pace();
        for cell in 0..cells {
            let data = &data[cell * size..(cell + 1) * size];
            for &row in &outer[cell * height..(cell + 1) * height] {
                let data = &data[row * length..(row + 1) * length];
                out.extend(inner[cell * width..(cell + 1) * width].iter().map(|&at| data[at].clone()));
                pace.step(width)?;
            }
        }
        Typed::pack(memory, &to, out, arr)?
    });
    Ok(Some(Cells { value: value.into(), present: all }))
}

/// The position in the ravel of the one element that a whole number for every axis names, as in loops; `None` for
/// any other indices and where an index is outside.
#[inline]
pub fn one_position<'a>(
    shape: &[usize],
    indices: impl ExactSizeIterator<Item = Option<&'a Value>>,
    io: i64,
) -> Option<usize> {
    if shape.len() != indices.len() {
        return None;
    }
    indices.zip(shape).try_fold(0, |at, (index, &length)| {
        let n = match index {
            Some(Value::Int(n)) => i64::from(*n),
            Some(Value::Bool(b)) => i64::from(*b),
            _ => return None,
        };
        Some(at * length + usize::try_from(n - io).ok().filter(|&k| k < length)?)
    })
}

fn too_few(indices: usize, rank: usize) -> Fault {
    Fault::rank().with_detail(format!("{indices} index array(s) for an array of rank {rank}"))
}

/// An index as a position along an axis of `length`. INDEX ERROR outside.
fn position(n: i64, io: i64, length: usize, axis: usize) -> Result<usize> {
    match usize::try_from(n.wrapping_sub(io)) {
        Ok(at) if at < length => Ok(at),
        _ => Err(outside(n, io, length, axis)),
    }
}

/// INDEX ERROR for an index that an axis, counted from 0, does not have.
pub fn outside(n: i64, io: i64, length: usize, axis: usize) -> Fault {
    let n = axes::number_text(n as f64);
    Fault::index().with_detail(match length {
        0 => format!("{n} where axis {} is empty", axis as i64 + io),
        _ => format!("{n} is not among {io} to {} of axis {}", length as i64 - 1 + io, axis as i64 + io),
    })
}

/// Simple indexing with an index array (or none) for every axis.
fn by_axes(context: &Context, boxed: &Value, indices: &[Option<Value>]) -> Result<Value> {
    let memory = context.memory();
    let (array, cell) = Framed::open(boxed.clone(), memory)?;
    let own = array.rank() - cell;
    let mut to = Shape::new();
    for (axis, index) in indices.iter().enumerate() {
        match index {
            Some(index) => to.extend_from_slice(index.shape()),
            None => to.push(array.shape()[axis]),
        }
    }
    if cell > 0 && to.len() + cell > shape::MAX_RANK {
        // The boxes have room for axes that the flat array has not.
        return by_axes(context, &Value::Array(boxed.array(memory)?), indices);
    }
    to.extend_from_slice(&array.shape()[own..]);
    let count = shape::count(&to)?;
    if let ([Some(Value::Array(Array::Int(index)))], 0) = (indices, cell) {
        return Ok(each_type!(&array, arr => {
            Typed::pack(memory, &to, from_vector(context, arr.as_slice(), index.as_slice())?, arr)?
        })
        .into());
    }
    // Positions in the ravel that each index adds; trailing whole axes are part of a row.
    let strides = shape::strides(array.shape());
    let whole = indices.iter().rev().take_while(|index| index.is_none()).count();
    let row = shape::product(&array.shape()[own - whole..]);
    let mut offsets: Vec<Vec<usize>> = Vec::with_capacity(own - whole);
    for (axis, index) in indices.iter().enumerate().take(own - whole) {
        let length = array.shape()[axis];
        offsets.push(match index {
            Some(index) => positions(context, index, length, axis, strides[axis])?,
            None if count == 0 => Vec::new(),
            None => context.collect(length, |at| at * strides[axis])?,
        });
    }
    Framed::close(
        each_type!(&array, arr => {
            let mut out = memory.vec(count)?;
            if count > 0 {
                rows(context, arr.as_slice(), &offsets, row, &mut out)?;
            }
            Typed::pack(memory, &to, out, arr)?
        }),
        cell,
    )
}

/// The elements of a vector at the given indices.
fn from_vector<T: Typed>(context: &Context, data: &[T], index: &[i32]) -> Result<Vec<T>> {
    let io = context.io() as i32;
    let mut out = context.memory().vec(index.len())?;
    for piece in index.chunks(CHUNK) {
        context.poll()?;
        // Negative positions become large ones, so one comparison serves for both ends.
        let top = piece.iter().fold(0, |top, &n| top.max(n.wrapping_sub(io) as u32));
        if top as usize >= data.len() {
            let wrong = piece.iter().find(|&&n| n.wrapping_sub(io) as u32 as usize >= data.len());
            return Err(outside(wrong.map_or(0, |&n| i64::from(n)), i64::from(io), data.len(), 0));
        }
        out.extend(piece.iter().map(|&n| data[n.wrapping_sub(io) as u32 as usize].clone()));
    }
    Ok(out)
}

/// Positions along an axis, times the step in the ravel.
fn positions(context: &Context, index: &Value, length: usize, axis: usize, step: usize) -> Result<Vec<usize>> {
    let array = index.array(context.memory())?;
    if array.kind() == Type::Nested && !array.is_empty() {
        return Err(Fault::domain().with_detail("an index array must be simple"));
    }
    let io = context.io();
    let mut list = context.memory().vec(array.len())?;
    if let Array::Int(arr) = &array {
        for piece in arr.as_slice().chunks(CHUNK) {
            context.poll()?;
            let outside = |&&n: &&i32| n.wrapping_sub(io as i32) as u32 as usize >= length;
            if piece.iter().fold(false, |any, n| any | outside(&n)) {
                let wrong = piece.iter().find(outside).map_or(0, |&n| i64::from(n));
                return Err(self::outside(wrong, io, length, axis));
            }
            list.extend(piece.iter().map(|&n| n.wrapping_sub(io as i32) as u32 as usize * step));
        }
        return Ok(list);
    }
    let mut pace = context.pace();
    axes::whole_numbers(context.memory(), &array, |n| {
        list.push(position(n, io, length, axis)? * step);
        pace.step(1)
    })?;
    Ok(list)
}

/// Appends the rows of `row` elements at every sum of one offset from each list, in order.
fn rows<T: Typed>(context: &Context, data: &[T], offsets: &[Vec<usize>], row: usize, out: &mut Vec<T>) -> Result<()> {
    let mut pace = context.pace();
    let Some((inner, outer)) = offsets.split_last() else {
        return pace.copy(out, data);
    };
    let mut index = vec![0; outer.len()];
    loop {
        let at: usize = outer.iter().zip(&index).map(|(list, &k)| list[k]).sum();
        if row == 1 {
            for piece in inner.chunks(CHUNK) {
                out.extend(piece.iter().map(|&offset| data[at + offset].clone()));
                pace.step(piece.len())?;
            }
        } else {
            for &offset in inner {
                pace.copy(out, &data[at + offset..at + offset + row])?;
            }
        }
        let mut axis = outer.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < outer[axis].len() {
                break;
            }
            index[axis] = 0;
        }
    }
}

/// Choose and reach indexing: every item of the index is the position of one element, or a path to one deeper.
fn chosen(context: &Context, array: &Value, index: &Value) -> Result<Value> {
    let memory = context.memory();
    let rank = array.rank();
    let io = context.io();
    if index.kind() != Type::Nested {
        let fault = too_few(1, rank);
        // For a matrix, several numbers are taken for indices of items, none of which exists: INDEX ERROR.
        let none = rank > 1 && index.rank() > 0;
        return Err(if none {
            Fault::index().with_detail(fault.detail().unwrap_or_default().to_string())
        } else {
            fault
        });
    }
    let base = array.array(memory)?;
    let steps = shape::strides(base.shape());
    let mut pace = context.pace();
    if let Value::Framed(framed) = index
        && framed.cell_shape() == [rank]
    {
        // Positions side by side, as `⍳` makes them.
        let flat = framed.flat().array(memory)?;
        let mut list: Vec<usize> = memory.vec(shape::product(framed.shape()))?;
        let (mut axis, mut at) = (0, 0);
        if rank == 0 {
            list.resize(shape::product(framed.shape()), 0);
        }
        axes::whole_numbers(memory, &flat, |n| {
            at += position(n, io, base.shape()[axis], axis)? * steps[axis];
            axis += 1;
            if axis == rank {
                list.push(at);
                (axis, at) = (0, 0);
            }
            pace.step(1)
        })?;
        return Ok(each_type!(&base, arr => {
            Typed::pack(memory, framed.shape(), elements(context, arr.as_slice(), &list)?, arr)?
        })
        .into());
    }
    let index = index.array(memory)?;
    let mut items: Vec<Value> = memory.vec(index.len())?;
    for item in index.items() {
        pace.step(16)?;
        items.push(match place(context, &item, &base, &steps)? {
            Some(at) => base.item(at),
            None => pick_path(context, &item, array)?,
        });
    }
    let fill = crate::array::prototype::fill_item(memory, &base)?;
    Ok(Array::from_items(memory, index.shape(), items, || fill)?.into())
}

/// The elements at positions that have been checked.
fn elements<T: Typed>(context: &Context, data: &[T], positions: &[usize]) -> Result<Vec<T>> {
    context.collect(positions.len(), |k| data[positions[k]].clone())
}

/// The position in the ravel that an item of a choose index names; `None` where it is a path.
fn place(context: &Context, item: &Value, base: &Array, steps: &[usize]) -> Result<Option<usize>> {
    let rank = base.rank();
    if item.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("an index of shape {}", shape_text(item.shape()))));
    }
    if item.count() != rank || item.kind() == Type::Nested {
        return Ok(None);
    }
    let mut at = 0;
    for (axis, n) in axes::counts(context, item)?.into_iter().enumerate() {
        at += position(n, context.io(), base.shape()[axis], axis)? * steps[axis];
    }
    Ok(Some(at))
}

/// `path⊃array`: each step of the path names an item one level deeper, by a number or a list with a number an axis.
///
/// RANK ERROR where a step has not as many numbers as there are axes, INDEX ERROR for a position that does not exist,
/// DOMAIN ERROR for anything but whole numbers.
pub fn pick_path(context: &Context, path: &Value, array: &Value) -> Result<Value> {
    let memory = context.memory();
    if path.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("a path of shape {}", shape_text(path.shape()))));
    }
    if let (Value::Int(n), Value::Array(array)) = (path, array)
        && array.rank() == 1
    {
        return Ok(array.item(position(i64::from(*n), context.io(), array.len(), 0)?));
    }
    let path = path.clone().settled(memory)?;
    let mut here = array.clone().settled(memory)?;
    for k in 0..path.count() {
        context.poll()?;
        let at = pick_step(context, &path.item(memory, k)?, here.shape(), k)?;
        here = here.item(memory, at)?;
    }
    Ok(here)
}

/// The ravel position that step `k` (from 0) of a path names in an array of this shape. Errors as for [`pick_path`].
pub fn pick_step(context: &Context, step: &Value, shape: &[usize], k: usize) -> Result<usize> {
    if step.rank() > 1 || step.count() != shape.len() {
        return Err(Fault::rank().with_detail(format!(
            "step {} of the path has {} number(s), the array there has rank {}",
            k + 1,
            step.count(),
            shape.len()
        )));
    }
    let strides = shape::strides(shape);
    let mut at = 0;
    for (axis, n) in axes::counts(context, step)?.into_iter().enumerate() {
        at += position(n, context.io(), shape[axis], axis)? * strides[axis];
    }
    Ok(at)
}

/// The elements at positions of the ravel, as a vector. INDEX ERROR for a position that does not exist.
pub fn at_positions(context: &Context, array: &Array, positions: &[usize]) -> Result<Array> {
    if positions.iter().any(|&at| at >= array.len()) {
        return Err(Fault::index());
    }
    Ok(each_type!(array, arr => {
        Typed::pack(context.memory(), &[positions.len()], elements(context, arr.as_slice(), positions)?, arr)?
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn brackets() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let at = |list: &[Option<Value>]| index_brackets(c, &m, list);
        bench.same(at(&[Some(Value::Int(2)), None]), ints(&[3], &[4, 5, 6]));
        bench.same(at(&[None, Some(ints(&[2, 1], &[3, 1]))]), ints(&[2, 2, 1], &[3, 1, 6, 4]));
        bench.same(at(&[Some(Value::Int(1)), Some(Value::Float(2.0))]), Value::Int(2));
        bench.fails(at(&[Some(Value::Int(3)), None]), ErrorKind::Index);
        bench.fails(at(&[Some(Value::Int(1))]), ErrorKind::Rank);
        bench.fails(at(&[Some(Value::Float(1.5)), None]), ErrorKind::Domain);
        // M[(2 1)(1 2)]
        let choose = boxes(&[ints(&[2], &[2, 1]), ints(&[2], &[1, 2])]);
        bench.same(at(&[Some(choose)]), ints(&[2], &[4, 2]));
    }

    #[test]
    fn reach_and_pick() {
        let bench = Bench::new();
        let c = &bench.context;
        let v = boxes(&[ints(&[3], &[1, 2, 3]), ints(&[2, 2], &[4, 5, 6, 7])]);
        let path = boxes(&[Value::Int(2), ints(&[2], &[2, 1])]);
        bench.same(pick_path(c, &path, &v), Value::Int(6));
        let reach = boxes(&[ints(&[2], &[1, 3]), path]);
        bench.same(index_brackets(c, &v, &[Some(reach)]), ints(&[2], &[3, 6]));
        bench.fails(pick_path(c, &Value::Int(3), &v), ErrorKind::Index);
        bench.fails(pick_path(c, &ints(&[2], &[1, 1]), &ints(&[3], &[1, 2, 3])), ErrorKind::Rank);
        bench.same(pick_path(c, &Value::zilde(), &Value::Int(7)), Value::Int(7));
    }
}
