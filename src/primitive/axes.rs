//! Reads axes in brackets, which may be fractional, and the counts in left arguments of structural functions.

use smallvec::SmallVec;

use crate::array::convert;
use crate::array::{Arr, Array, Memory, Shape, Value};
use crate::context::Context;
use crate::error::{Fault, Result, shape_text};

/// Counts as left arguments hold them, one an axis.
pub type Counts = SmallVec<[i64; 8]>;

/// A whole or fractional axis in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An axis, from 0.
    Axis(usize),
    /// A new axis before this one.
    Before(usize),
}

/// A number as APL writes it, for the detail of an error.
pub fn number_text(x: f64) -> String {
    format!("{x}").replace('-', "¯")
}

/// An axis in brackets as a position from 0. INDEX ERROR where there is no such axis.
pub fn axis(context: &Context, value: &Value, rank: usize) -> Result<usize> {
    match place(context, value, rank)? {
        Place::Axis(axis) => Ok(axis),
        Place::Before(_) => Err(Fault::domain().with_detail("the axis must be a whole number")),
    }
}

/// A list of different axes in brackets. INDEX ERROR where one does not exist, DOMAIN ERROR where one comes twice.
pub fn axes(context: &Context, value: &Value, rank: usize) -> Result<Shape> {
    let mut list = Shape::new();
    for n in counts(context, value)? {
        let axis = n
            .checked_sub(context.io())
            .and_then(|k| usize::try_from(k).ok())
            .filter(|&k| k < rank)
            .ok_or_else(|| no_axis(n as f64, rank))?;
        if list.contains(&axis) {
            return Err(Fault::domain().with_detail(format!("axis {n} comes twice")));
        }
        list.push(axis);
    }
    Ok(list)
}

/// A single axis, whole or fractional, of an array of rank `rank`. INDEX ERROR outside.
pub fn place(context: &Context, value: &Value, rank: usize) -> Result<Place> {
    if value.rank() > 1 {
        return Err(Fault::rank().with_detail("the axis must be a scalar or a one-element vector"));
    }
    if value.count() != 1 {
        return Err(Fault::length().with_detail(format!("one axis is wanted, not {}", value.count())));
    }
    let x = convert::float(value)?;
    let io = context.io();
    if let Some(n) = convert::clamped(x) {
        return match usize::try_from(n.saturating_sub(io)) {
            Ok(axis) if axis < rank => Ok(Place::Axis(axis)),
            _ => Err(no_axis(x, rank)),
        };
    }
    let before = x.ceil() - io as f64;
    if before < 0.0 || before > rank as f64 {
        return Err(no_axis(x, rank));
    }
    Ok(Place::Before(before as usize))
}

fn no_axis(axis: f64, rank: usize) -> Fault {
    Fault::index().with_detail(format!("no axis {} in an array of rank {rank}", number_text(axis)))
}

/// A simple scalar or vector of whole numbers; numbers larger than any length are replaced by a smaller one that is still
/// too large.
/// RANK ERROR for a matrix, DOMAIN ERROR for anything that is not a whole number.
pub fn counts(context: &Context, value: &Value) -> Result<Counts> {
    match value {
        Value::Bool(b) => return Ok(Counts::from_slice(&[i64::from(*b)])),
        Value::Int(n) => return Ok(Counts::from_slice(&[i64::from(*n)])),
        _ => {}
    }
    if value.rank() > 1 {
        return Err(Fault::rank().with_detail(format!(
            "whole numbers are wanted in a scalar or vector, not in shape {}",
            shape_text(value.shape())
        )));
    }
    let mut list = Counts::new();
    whole_numbers(context.memory(), &value.array(context.memory())?, |n| {
        list.push(n);
        Ok(())
    })?;
    Ok(list)
}

/// Calls `each` with every element of a simple array of whole numbers, in order.
pub fn whole_numbers(memory: &Memory, array: &Array, mut each: impl FnMut(i64) -> Result<()>) -> Result<()> {
    match array {
        Array::Bool(arr) => arr.as_slice().iter().try_for_each(|&b| each(i64::from(b))),
        Array::Int(arr) => arr.as_slice().iter().try_for_each(|&n| each(i64::from(n))),
        other => {
            let floats =
                convert::floats(memory, other).map_err(|fault| fault.with_detail("whole numbers are wanted"))?;
            floats.iter().try_for_each(|&x| match convert::clamped(x) {
                Some(n) => each(n),
                None => Err(Fault::domain().with_detail(format!("{} is not a whole number", number_text(x)))),
            })
        }
    }
}

/// A count that must not be negative, as a length.
pub fn length(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Fault::domain().with_detail(format!("{} is negative", number_text(n as f64))))
}

/// Whole numbers with the opposite sign, in the same shape.
pub fn negated(context: &Context, value: &Value) -> Result<Value> {
    let memory = context.memory();
    let array = value.array(memory)?;
    let mut data = memory.vec(array.len())?;
    whole_numbers(memory, &array, |n| {
        data.push(-(n as f64));
        Ok(())
    })?;
    Ok(Arr::new(memory, array.shape(), data)?.into())
}
