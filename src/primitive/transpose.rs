//! Permuting and merging axes.

use crate::array::{Array, Framed, Pending, Shape, Typed, Value, rearrange, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::axes;

/// A transposition of at least this many numbers is a pending view: the function that uses the result may not need a
/// copy, as a matrix product does not.
const LARGE: usize = 1 << 12;

/// `⍉Y`: the axes in reverse order.
pub fn transpose(context: &Context, right: Value) -> Result<Value> {
    let order: Shape = (0..right.rank()).rev().collect();
    viewed(context, right, &order)
}

/// `X⍉Y`: axis `k` of Y becomes axis `X[k]` of the result; axes sent to the same place become a diagonal.
///
/// The elements of X count, not its shape. LENGTH ERROR unless there is one for every axis of Y, RANK ERROR where X
/// names a place behind the last axis or leaves one out, DOMAIN ERROR for a place before the first.
pub fn transpose_axes(context: &Context, left: Value, right: Value) -> Result<Value> {
    let places = places(context, &left, right.rank())?;
    match order_of(&places) {
        Some(order) => viewed(context, right, &order),
        None => rearranged(context, right, 0, &places),
    }
}

/// `⍉` on all cells.
pub fn transpose_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let kept = right.present.len();
    let order: Shape = (0..kept).chain((kept..right.value.rank()).rev()).collect();
    Ok(Some(Cells { value: permute(context, right.value.clone(), &order)?, present: right.present }))
}

/// `X⍉` on all cells, for one X.
pub fn transpose_axes_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    if !left.present.is_empty() {
        return Ok(None);
    }
    let places = places(context, &left.value, right.cell_rank())?;
    let value = rearranged(context, right.value.clone(), right.present.len(), &places)?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `⍉⍣¯1`: the axes back in their places. DOMAIN ERROR for a diagonal.
pub fn undo(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let Some(left) = left else {
        return transpose(context, right);
    };
    let places = places(context, &left, right.rank())?;
    if order_of(&places).is_none() {
        return Err(Fault::domain().because("No inverse"));
    }
    // Where axis `k` was sent is where it is fetched from.
    permute(context, right, &places)
}

/// The position of each axis in the result, counted from 0; no position may be left out.
fn places(context: &Context, left: &Value, rank: usize) -> Result<Shape> {
    let list = axes::counts(context, &left.reshape(context.memory(), &[left.count()])?)?;
    if list.len() != rank {
        return Err(Fault::length().with_detail(format!("{} places for the axes of rank {rank}", list.len())));
    }
    let io = context.io();
    let mut places = Shape::new();
    for &n in &list {
        let missing = |fault: Fault| fault.with_detail(format!("{n} is not the place of an axis of rank {rank}"));
        let place = n.checked_sub(io).and_then(|k| usize::try_from(k).ok());
        let place = place.ok_or_else(|| missing(Fault::domain()))?;
        if place >= rank {
            return Err(missing(Fault::rank()));
        }
        places.push(place);
    }
    let top = places.iter().max().map_or(0, |&top| top + 1);
    if let Some(missing) = (0..top).find(|place| !places.contains(place)) {
        return Err(Fault::rank().with_detail(format!("no axis is sent to place {}", missing as i64 + io)));
    }
    Ok(places)
}

/// The axis at each position of the result; `None` if several axes have the same position.
fn order_of(places: &[usize]) -> Option<Shape> {
    (0..places.len()).map(|place| places.iter().position(|&p| p == place)).collect()
}

/// The value with its axes behind the first `kept` sent to `places` among themselves.
fn rearranged(context: &Context, value: Value, kept: usize, places: &[usize]) -> Result<Value> {
    if let Some(order) = order_of(places) {
        let order: Shape = (0..kept).chain(order.iter().map(|axis| kept + axis)).collect();
        return permute(context, value, &order);
    }
    let (array, cell) = Framed::open(value, context.memory())?;
    let own = shape::strides(array.shape());
    let top = places.iter().max().map_or(0, |&top| top + 1);
    let mut dims = Shape::from_slice(&array.shape()[..kept]);
    let mut steps: Vec<isize> = own[..kept].iter().map(|&step| step as isize).collect();
    for place in 0..top {
        let axes = || (0..places.len()).filter(|&axis| places[axis] == place).map(|axis| kept + axis);
        dims.push(axes().map(|axis| array.shape()[axis]).min().unwrap_or(1));
        steps.push(axes().map(|axis| own[axis] as isize).sum());
    }
    for axis in array.rank() - cell..array.rank() {
        dims.push(array.shape()[axis]);
        steps.push(own[axis] as isize);
    }
    let poll = || context.poll();
    let result = each_type!(&array, arr => {
        let data = rearrange::gather_polled(context.memory(), arr.as_slice(), 0, &dims, &steps, &poll)?;
        Typed::pack(context.memory(), &dims, data, arr)?
    });
    Framed::close(result, cell)
}

/// The value with its axes in another order, large ones as a view.
fn viewed(context: &Context, value: Value, order: &[usize]) -> Result<Value> {
    let data = match &value {
        Value::Pending(view) => {
            let Some(view) = view.transpose(order) else { return permute(context, value, order) };
            return Ok(match view.whole() {
                Some(data) => data.clone().into(),
                None => view.into(),
            });
        }
        Value::Array(Array::Float(data)) if data.len() >= LARGE => data,
        _ => return permute(context, value, order),
    };
    let long = order.iter().filter(|&&axis| data.shape()[axis] != 1);
    if long.is_sorted() {
        return permute(context, value, order);
    }
    let steps = shape::strides(data.shape());
    let view = Pending::view(context.memory(), data.clone(), 0, data.shape(), &steps)?;
    view.transpose(order).map(Value::from).ok_or_else(|| Fault::internal("a view that cannot be transposed"))
}

/// The value with its axes in another order: axis `k` of the result is axis `order[k]` of the value. Framed and
/// pending values stay so.
pub fn permute(context: &Context, value: Value, order: &[usize]) -> Result<Value> {
    if order.iter().enumerate().all(|(k, &axis)| k == axis) {
        return Ok(value);
    }
    match value {
        Value::Pending(pending) => match pending.transpose(order) {
            Some(pending) => Ok(pending.into()),
            None => Ok(permute_array(context, pending.force(context.memory())?.into(), order)?.into()),
        },
        Value::Framed(framed) => {
            let rank = framed.flat().rank();
            let order: Shape = order.iter().copied().chain(framed.frame_rank()..rank).collect();
            Ok(Framed::new(permute(context, framed.flat().clone(), &order)?, framed.frame_rank())?.into())
        }
        Value::Array(array) => Ok(permute_array(context, array, order)?.into()),
        scalar => Ok(scalar),
    }
}

fn permute_array(context: &Context, array: Array, order: &[usize]) -> Result<Array> {
    let to: Shape = order.iter().map(|&axis| array.shape()[axis]).collect();
    // Moving axes of length 1 moves no element.
    let long = order.iter().filter(|&&axis| array.shape()[axis] != 1);
    if array.is_empty() || long.is_sorted() {
        return array.reshape(&to);
    }
    let own = shape::strides(array.shape());
    let steps: Vec<isize> = order.iter().map(|&axis| own[axis] as isize).collect();
    let poll = || context.poll();
    Ok(each_type!(&array, arr => {
        let data = rearrange::gather_polled(context.memory(), arr.as_slice(), 0, &to, &steps, &poll)?;
        crate::array::Arr::new(context.memory(), &to, data)?.into()
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, ints};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn places_of_axes() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        bench.same(transpose(c, m.clone()), ints(&[3, 2], &[1, 4, 2, 5, 3, 6]));
        bench.same(transpose_axes(c, ints(&[2], &[1, 1]), m.clone()), ints(&[2], &[1, 5]));
        bench.same(transpose_axes(c, Value::zilde(), Value::Int(5)), Value::Int(5));
        let a = ints(&[2, 3, 4], &(0..24).collect::<Vec<_>>());
        let sent = transpose_axes(c, ints(&[3], &[2, 3, 1]), a.clone()).unwrap();
        assert_eq!(sent.shape(), [4, 2, 3]);
        bench.same(undo(c, Some(ints(&[3], &[2, 3, 1])), sent), a);
        bench.same(transpose_axes(c, ints(&[2, 1], &[2, 1]), m.clone()), ints(&[3, 2], &[1, 4, 2, 5, 3, 6]));
        bench.fails(transpose_axes(c, ints(&[2], &[1, 3]), m.clone()), ErrorKind::Rank);
        bench.fails(transpose_axes(c, ints(&[2], &[2, 2]), m.clone()), ErrorKind::Rank);
        bench.fails(transpose_axes(c, ints(&[2], &[0, 1]), m.clone()), ErrorKind::Domain);
        bench.fails(transpose_axes(c, Value::Int(1), m.clone()), ErrorKind::Length);
        bench.fails(undo(c, Some(ints(&[2], &[1, 1])), m), ErrorKind::Domain);
    }
}
