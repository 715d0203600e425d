//! Enclose, first, split, nest and enlist; their inverses. Mix has a file of its own.
//!
//! Boxes of one shape and one simple type are represented as a framed array, whose frame gets more or fewer axes.

use std::sync::Arc;

use crate::array::typed::common;
use crate::array::{Arr, Array, Complex, Element, Framed, Reference, Shape, Type, Typed, Value, prototype, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::{axes, catenate, mix, transpose};

/// `⊂Y`: a scalar that holds Y; a simple scalar is its own.
pub fn enclose(context: &Context, right: Value) -> Result<Value> {
    match right {
        Value::Pending(_) if right.rank() > 0 => Ok(Framed::new(right, 0)?.into()),
        other => other.settled(context.memory())?.enclose(context.memory()),
    }
}

/// `⊂[k]Y`: the axes `k` go into boxes, in that order; the others remain.
pub fn enclose_axis(context: &Context, right: Value, axis: &Value) -> Result<Value> {
    let list = axes::axes(context, axis, right.rank())?;
    let order: Shape = (0..right.rank()).filter(|axis| !list.contains(axis)).chain(list.iter().copied()).collect();
    let frame_rank = right.rank() - list.len();
    boxes(context, transpose::permute(context, right, &order)?, frame_rank)
}

/// `⊂` on all cells: of simple cells, only the cut moves.
pub fn enclose_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let value = boxes(context, right.value.clone(), right.present.len())?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `↓Y`: the last axis goes into boxes; a scalar is enclosed, which leaves a simple one as it is.
pub fn split(context: &Context, right: Value) -> Result<Value> {
    match right.rank() {
        0 | 1 => enclose(context, right),
        rank => boxes(context, right, rank - 1),
    }
}

/// `↓[k]Y`: axis `k` goes into boxes.
pub fn split_axis(context: &Context, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    let order: Shape = (0..right.rank()).filter(|&k| k != axis).chain([axis]).collect();
    split(context, transpose::permute(context, right, &order)?)
}

/// An array of boxes of the axes behind the first `frame_rank`. Simple scalars are their own boxes.
pub fn boxes(context: &Context, value: Value, frame_rank: usize) -> Result<Value> {
    let memory = context.memory();
    let cell_rank = value.rank() - frame_rank;
    if matches!(value, Value::Pending(_)) && cell_rank > 0 {
        return Ok(Framed::new(value, frame_rank)?.into());
    }
    if cell_rank == 0 && !matches!(value, Value::Framed(_)) && value.kind() != Type::Nested {
        return Ok(value);
    }
    let arr = match value.into_array(memory)? {
        Array::Nested(arr) => arr,
        simple => return Ok(Framed::new(Value::Array(simple), frame_rank)?.into()),
    };
    let (frame, cell) = arr.shape().split_at(frame_rank);
    let count = shape::count(frame)?;
    let size = shape::product(cell);
    let packed = |items: Vec<Value>| -> Result<Value> {
        match cell {
            [] => items.into_iter().next().unwrap_or(Value::Int(0)).enclose(memory),
            _ => Ok(Value::pack(memory, cell, items, &arr)?.into()),
        }
    };
    if count == 0 || size == 0 && cell_rank > 0 {
        let fill = Value::fill(memory, &arr)?;
        let item = match cell {
            [] => fill.enclose(memory)?,
            _ => packed(vec![fill; size])?,
        };
        if count == 0 {
            return Ok(Arr::empty_of(memory, frame, item)?.into());
        }
        return Ok(Arr::new(memory, frame, memory.filled(count, item)?)?.into());
    }
    let mut items = memory.vec(count)?;
    let mut pace = context.pace();
    for cell in arr.as_slice().chunks_exact(size) {
        items.push(packed(cell.to_vec())?);
        pace.step(size + 16)?;
    }
    Ok(Array::from_items(memory, frame, items, || Value::Int(0))?.into())
}

/// `⊃Y`: the first item, the prototype where there is none. Under `⎕ML` 2 and 3: mix.
pub fn first(context: &Context, right: Value) -> Result<Value> {
    if context.ml() < 2 { disclose(context, right) } else { mix::mixed(context, right) }
}

/// `↑Y`: mix. Under `⎕ML` 2 and 3: the first item.
pub fn mix(context: &Context, right: Value) -> Result<Value> {
    if context.ml() < 2 { mix::mixed(context, right) } else { disclose(context, right) }
}

/// The first item, or the prototype.
pub fn disclose(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    match right {
        Value::Framed(framed) if framed.frame_rank() == 0 => Ok(match Arc::try_unwrap(framed) {
            Ok(framed) => framed.into_flat(),
            Err(shared) => shared.flat().clone(),
        }),
        Value::Framed(framed) if shape::product(framed.shape()) == 0 => {
            let fill = if framed.flat().kind() == Type::Char { Type::Char } else { Type::Int };
            prototype::filled(memory, fill, framed.cell_shape())
        }
        Value::Framed(framed) => framed.item(memory, 0),
        Value::Array(array) if array.is_empty() => prototype::fill_item(memory, &array),
        Value::Array(array) => Ok(array.item(0)),
        Value::Pending(_) => {
            let array = right.array(memory)?;
            if array.is_empty() { prototype::fill_item(memory, &array) } else { Ok(array.item(0)) }
        }
        scalar => Ok(scalar),
    }
}

/// `↓` on all cells.
pub fn split_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let axis = right.cell_rank().min(1);
    let value = boxes(context, right.value.clone(), right.value.rank() - axis)?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `⊆` on all cells.
pub fn nest_cells(context: &Context, frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    match &right.value {
        Value::Framed(_) => Ok(Some(right.clone())),
        value if value.kind() == Type::Nested => Ok(None),
        _ => enclose_cells(context, frame, right),
    }
}

/// `∊` on all cells.
pub fn enlist_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let (value, kept) = (&right.value, right.present.len());
    let flat = match value {
        _ if context.ml() == 0 => return Ok(None),
        Value::Framed(framed) => framed.flat(),
        value if value.kind() == Type::Nested => return Ok(None),
        simple => simple,
    };
    let value = catenate::merge_axes(context, flat.clone(), kept, flat.rank() - kept)?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `⊃` on all cells. Under `⎕ML` 2 and 3: mix.
pub fn first_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    if context.ml() < 2 { disclose_cells(context, right) } else { Ok(mixed_cells(right)) }
}

/// `↑` on all cells: mix. Under `⎕ML` 2 and 3: the first item.
pub fn mix_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    if context.ml() < 2 { Ok(mixed_cells(right)) } else { disclose_cells(context, right) }
}

/// Boxes are opened by taking the cut away, simple cells stay as they are.
fn mixed_cells(right: &Cells) -> Option<Cells> {
    match &right.value {
        Value::Framed(framed) => Some(Cells { value: framed.flat().clone(), present: right.present }),
        value if value.kind() == Type::Nested => None,
        _ => Some(right.clone()),
    }
}

/// `⊃` on all cells: boxed cells are opened by taking the cut away, simple ones give their first elements.
fn disclose_cells(context: &Context, right: &Cells) -> Result<Option<Cells>> {
    let with = |value: Value| Ok(Some(Cells { value, present: right.present }));
    let kept = right.present.len();
    match (&right.value, right.cell_rank()) {
        (Value::Framed(framed), 0) => return with(framed.flat().clone()),
        (Value::Framed(_), _) => return Ok(None),
        (value, _) if value.kind() == Type::Nested => return Ok(None),
        (_, 0) => return Ok(Some(right.clone())),
        _ => {}
    }
    let size = shape::product(right.cell_shape());
    if size == 0 {
        return Ok(None);
    }
    let array = right.value.array(context.memory())?;
    let frame = Shape::from_slice(&array.shape()[..kept]);
    with(each_type!(&array, arr => {
        Arr::new(context.memory(), &frame, every(context, arr.as_slice(), size, shape::product(&frame))?)?.into()
    }))
}

/// The first `count` of the elements `step` apart.
fn every<T: Element>(context: &Context, data: &[T], step: usize, count: usize) -> Result<Vec<T>> {
    context.collect(count, |at| data[at * step].clone())
}

/// `⊆Y`: Y enclosed if it is simple and not a scalar.
pub fn nest(context: &Context, right: Value) -> Result<Value> {
    let simple = match &right {
        Value::Framed(_) => false,
        Value::Array(Array::Nested(arr)) => match arr.as_slice() {
            [] => arr.prototype().is_none_or(Value::is_simple_scalar),
            items => items.iter().all(Value::is_simple_scalar),
        },
        _ => true,
    };
    if simple { enclose(context, right) } else { Ok(right) }
}

/// `∊Y`: all scalars at any depth, as a vector. Under `⎕ML` 0: the type, with numbers turned to 0, characters to blanks.
pub fn enlist(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    if context.ml() == 0 {
        return prototype::prototype(memory, &right);
    }
    let arr = match right {
        Value::Framed(framed) => {
            let flat = framed.flat();
            return catenate::merge_axes(context, flat.clone(), 0, flat.rank());
        }
        Value::Array(Array::Nested(arr)) => arr,
        simple => return catenate::ravel(context, simple),
    };
    // Counted first: how many, and of what type.
    let mut count = 0_usize;
    let mut kind = None;
    let mut empty = None;
    leaves(context, &arr, |leaf| {
        if leaf.count() == 0 {
            empty.get_or_insert(leaf.kind());
            return Ok(());
        }
        count += leaf.count();
        memory.check(count)?;
        kind = Some(kind.map_or(leaf.kind(), |kind| common(kind, leaf.kind())));
        Ok(())
    })?;
    Ok(match kind {
        Some(Type::Bool) => collect::<bool>(context, &arr, count)?,
        Some(Type::Int) => collect::<i32>(context, &arr, count)?,
        Some(Type::Float) => collect::<f64>(context, &arr, count)?,
        Some(Type::Complex) => collect::<Complex>(context, &arr, count)?,
        Some(Type::Char) => collect::<char>(context, &arr, count)?,
        Some(Type::Ref) => collect::<Reference>(context, &arr, count)?,
        Some(Type::Nested) => collect::<Value>(context, &arr, count)?,
        None => {
            let kind = empty.filter(|kind| matches!(kind, Type::Char | Type::Ref)).unwrap_or(Type::Int);
            prototype::filled(memory, kind, &[0])?
        }
    })
}

fn collect<T: Typed>(context: &Context, arr: &Arr<Value>, count: usize) -> Result<Value>
where
    Value: From<Arr<T>>,
{
    let memory = context.memory();
    let mut out: Vec<T> = memory.vec(count)?;
    let mut pace = context.pace();
    leaves(context, arr, |leaf| {
        if let Some(element) = T::of(leaf)
            && leaf.is_simple_scalar()
        {
            out.push(element);
            return Ok(());
        }
        let array = leaf.array(memory)?;
        match T::arr(&array) {
            Some(arr) => pace.copy(&mut out, arr.as_slice()),
            None => {
                out.extend(array.items().filter_map(|item| T::of(&item)));
                pace.step(array.len())
            }
        }
    })?;
    Ok(Arr::new(memory, &[out.len()], out)?.into())
}

/// Calls `visit` with every simple scalar and simple array in the boxes, in order, however deep.
fn leaves(context: &Context, arr: &Arr<Value>, mut visit: impl FnMut(&Value) -> Result<()>) -> Result<()> {
    let mut pace = context.pace();
    let mut work: Vec<(Arr<Value>, usize)> = vec![(arr.clone(), 0)];
    while let Some((arr, next)) = work.last_mut() {
        // The type of an empty array of boxes is that of the items it could have had.
        let remembered = if arr.is_empty() && *next == 0 { arr.prototype() } else { None };
        let item = match arr.as_slice().get(*next) {
            Some(item) => item.clone(),
            None => {
                if let Some(item) = remembered {
                    visit(&emptied(context, item)?)?;
                }
                work.pop();
                continue;
            }
        };
        *next += 1;
        pace.step(8)?;
        match &item {
            Value::Array(Array::Nested(inner)) => {
                context.memory().check((work.len() + 1) * 16)?;
                work.push((inner.clone(), 0));
            }
            Value::Framed(framed) => visit(framed.flat())?,
            leaf => visit(leaf)?,
        }
    }
    Ok(())
}

/// An empty simple vector of the type of the first scalar in `item`.
fn emptied(context: &Context, item: &Value) -> Result<Value> {
    let mut item = item.clone();
    let kind = loop {
        context.poll()?;
        match &item {
            Value::Array(Array::Nested(arr)) => match arr.prototype() {
                Some(inner) => item = inner.clone(),
                None => break Type::Int,
            },
            Value::Framed(framed) => break framed.flat().kind(),
            simple => break simple.kind(),
        }
    };
    prototype::filled(context.memory(), kind, &[0])
}

/// `⊂⍣¯1`: the content of a scalar. DOMAIN ERROR for anything else, and with a left argument.
pub fn undo_enclose(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() || right.rank() > 0 {
        return Err(no_inverse());
    }
    disclose(context, right)
}

/// `⊃⍣¯1`: enclose. Under `⎕ML` 2 and 3: split. DOMAIN ERROR with a left argument.
pub fn undo_first(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        Some(_) => Err(no_inverse()),
        None if context.ml() < 2 => enclose(context, right),
        None => split(context, right),
    }
}

/// `↑⍣¯1`: split. Under `⎕ML` 2 and 3: enclose. DOMAIN ERROR with a left argument.
pub fn undo_mix(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        Some(_) => Err(no_inverse()),
        None if context.ml() < 2 => split(context, right),
        None => enclose(context, right),
    }
}

/// `⊆⍣¯1`: the content of a scalar that holds a simple array; other nested arrays as they are.
pub fn undo_nest(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(no_inverse());
    }
    if right.rank() > 0 {
        return Ok(right);
    }
    let content = disclose(context, right.clone())?;
    let nested = matches!(content, Value::Framed(_)) || content.kind() == Type::Nested;
    Ok(if nested { right } else { content })
}

/// `↓⍣¯1`: mix. DOMAIN ERROR with a left argument.
pub fn undo_split(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        Some(_) => Err(no_inverse()),
        None => mix::mixed(context, right),
    }
}

fn no_inverse() -> Fault {
    Fault::domain().because("No inverse")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn boxes_and_cuts() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let rows = split(c, m.clone()).unwrap();
        assert!(matches!(rows, Value::Framed(_)));
        bench.same(Ok(rows.clone()), boxes(&[ints(&[3], &[1, 2, 3]), ints(&[3], &[4, 5, 6])]));
        bench.same(mix(c, rows), m.clone());
        bench.same(
            split_axis(c, m.clone(), &Value::Int(1)),
            boxes(&[ints(&[2], &[1, 4]), ints(&[2], &[2, 5]), ints(&[2], &[3, 6])]),
        );
        bench.same(first(c, enclose(c, m.clone()).unwrap()), m.clone());
        bench.same(enclose(c, Value::Int(1)), Value::Int(1));
        bench.same(nest(c, nest(c, text("ab")).unwrap()), nest(c, text("ab")).unwrap());
        bench.same(first(c, text("")), Value::Char(' '));
        bench.fails(split_axis(c, m.clone(), &Value::Int(3)), ErrorKind::Index);
        bench.fails(undo_enclose(c, None, m), ErrorKind::Domain);
    }

    #[test]
    fn enlists_any_depth() {
        let bench = Bench::new();
        let c = &bench.context;
        let deep = (0..100_000).fold(ints(&[1], &[7]), |value, _| enclose(c, value).unwrap());
        bench.same(enlist(c, deep), ints(&[1], &[7]));
        let mixed = boxes(&[ints(&[2], &[1, 2]), Value::Float(0.5), boxes(&[Value::Bool(true), ints(&[0], &[])])]);
        let Value::Array(Array::Float(arr)) = enlist(c, mixed).unwrap() else { panic!("not floats") };
        assert_eq!(arr.as_slice(), [1.0, 2.0, 0.5, 1.0]);
        bench.same(enlist(c, boxes(&[text(""), Value::zilde()])), text(""));
    }
}
