//! Dyadic scalar functions on arrays of all kinds: checks that shapes conform, handles characters, nested and empty arrays.
//! Numeric arrays are passed on to [`super::dyad`].

use super::dyad::{self, Operand};
use super::{ScalarDyad, pair};
use crate::array::{Arr, Array, Shape, Type, Value, prototype};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::kernel::{Side, lanes};

/// `left op right` (Dyalog "Scalar functions").
pub fn dyadic(context: &Context, op: ScalarDyad, left: Value, right: Value) -> Result<Value> {
    if let Some(result) = pair::scalars(context, op, &left, &right) {
        return result;
    }
    let memory = context.memory();
    let (left, right) = (left.into_array(memory)?, right.into_array(memory)?);
    let (shape, left_one, right_one) = conform(left.shape(), right.shape())?;
    arrays(context, op, Operand { array: left, one: left_one }, Operand { array: right, one: right_one }, &shape)
}

/// The result's shape, and which arguments' single element goes with all of the other's. An array of one element
/// is extended like a scalar; if both have one element, the result has the higher rank. RANK ERROR and LENGTH ERROR
/// otherwise.
fn conform(left: &[usize], right: &[usize]) -> Result<(Shape, bool, bool)> {
    let single = |shape: &[usize]| shape.iter().all(|&n| n == 1);
    if left == right {
        return Ok((Shape::from_slice(left), false, false));
    }
    Ok(match (single(left), single(right)) {
        (true, true) => (Shape::from_slice(if left.len() > right.len() { left } else { right }), true, true),
        (true, false) => (Shape::from_slice(right), true, false),
        (false, true) => (Shape::from_slice(left), false, true),
        (false, false) => return Err(Fault::mismatch(left, right)),
    })
}

/// Arguments that conform.
pub fn arrays(context: &Context, op: ScalarDyad, left: Operand, right: Operand, shape: &[usize]) -> Result<Value> {
    let (kl, kr) = (left.array.kind(), right.array.kind());
    if shape.contains(&0) {
        return empty(context, op, &left.array, &right.array, shape);
    }
    if kl.is_numeric() && kr.is_numeric() {
        return dyad::numeric(context, op, left, right, shape);
    }
    if kl == Type::Nested || kr == Type::Nested {
        return nested(context, op, left, right, shape);
    }
    characters(context, op, &left, &right, shape)
}

/// At least one argument is of characters or references, which can only be compared.
fn characters(context: &Context, op: ScalarDyad, left: &Operand, right: &Operand, shape: &[usize]) -> Result<Value> {
    let same = match op {
        ScalarDyad::Equal => true,
        ScalarDyad::NotEqual => false,
        _ => {
            let chars = if left.array.kind() == Type::Char { &left.array } else { &right.array };
            return Err(match chars.item(0) {
                Value::Char(c) => pair::character(op, c),
                _ => Fault::domain(),
            });
        }
    };
    let memory = context.memory();
    match (&left.array, &right.array) {
        (Array::Char(l), Array::Char(r)) => {
            let count = crate::array::shape::count(shape)?;
            let mut out: Vec<bool> = memory.vec(count)?;
            context.chunks(count, |range| {
                let (l, r) = (chars(l, left.one, range.clone()), chars(r, right.one, range));
                lanes::zip(l, r, &mut out, |a, b| (a == b) == same);
                Ok(())
            })?;
            Ok(Arr::new(memory, shape, out)?.into())
        }
        (Array::Ref(l), Array::Ref(r)) => {
            compared(context, (l.as_slice(), left.one), (r.as_slice(), right.one), same, shape)
        }
        // A character is no number.
        _ => {
            let count = crate::array::shape::count(shape)?;
            Ok(Arr::new(memory, shape, memory.filled(count, !same)?)?.into())
        }
    }
}

/// Characters at a range, or the first one for all.
fn chars(arr: &Arr<char>, one: bool, range: std::ops::Range<usize>) -> Side<'_, char> {
    match arr.as_slice() {
        [first, ..] if one => Side::One(*first),
        all => Side::Each(&all[range]),
    }
}

/// Whether elements are the same (or not); one element of a side is compared with all of the other.
fn compared<T: PartialEq>(
    context: &Context,
    (l, left_one): (&[T], bool),
    (r, right_one): (&[T], bool),
    same: bool,
    shape: &[usize],
) -> Result<Value> {
    let memory = context.memory();
    let count = crate::array::shape::count(shape)?;
    let mut out: Vec<bool> = memory.vec(count)?;
    context.chunks(count, |range| {
        match (l.first(), r.first()) {
            (Some(a), Some(b)) if left_one && right_one => out.extend(range.map(|_| (a == b) == same)),
            (Some(a), _) if left_one => out.extend(r[range].iter().map(|b| (a == b) == same)),
            (_, Some(b)) if right_one => out.extend(l[range].iter().map(|a| (a == b) == same)),
            _ => out.extend(l[range.clone()].iter().zip(&r[range]).map(|(a, b)| (a == b) == same)),
        }
        Ok(())
    })?;
    Ok(Arr::new(memory, shape, out)?.into())
}

/// The items of an argument, given away where nobody else holds them, so that each can be overwritten in its turn.
enum Items {
    Owned(std::vec::IntoIter<Value>),
    Shared(Array),
    One(Value),
}

impl Items {
    fn of(operand: Operand) -> Items {
        if operand.one {
            return Items::One(operand.array.item(0));
        }
        match operand.array {
            Array::Nested(arr) => match arr.try_into_vec() {
                Ok(items) => Items::Owned(items.into_iter()),
                Err(arr) => Items::Shared(Array::Nested(arr)),
            },
            other => Items::Shared(other),
        }
    }

    fn next(&mut self, at: usize) -> Value {
        match self {
            Items::Owned(items) => items.next().unwrap_or(Value::Int(0)),
            Items::Shared(array) => array.item(at),
            Items::One(item) => item.clone(),
        }
    }
}

fn nested(context: &Context, op: ScalarDyad, left: Operand, right: Operand, shape: &[usize]) -> Result<Value> {
    let count = crate::array::shape::count(shape)?;
    let memory = context.memory();
    let mut results = memory.draft(count)?;
    let (mut lefts, mut rights) = (Items::of(left), Items::of(right));
    for at in 0..count {
        context.poll()?;
        let (l, r) = (lefts.next(at), rights.next(at));
        let result = match pair::scalars(context, op, &l, &r) {
            Some(result) => result,
            None => memory.deeper(|| dyadic(context, op, l, r)),
        };
        results.push(result?.settled(memory)?);
    }
    Ok(Array::from_items(memory, shape, results.finish(), || Value::Int(0))?.into())
}

/// A result without elements: of truth values or numbers, or of boxes with the structure that the function would give
/// to the prototypes.
fn empty(context: &Context, op: ScalarDyad, left: &Array, right: &Array, shape: &[usize]) -> Result<Value> {
    let memory = context.memory();
    if left.kind() == Type::Nested || right.kind() == Type::Nested {
        let number = |array: &Array| {
            let item = prototype::fill_item(memory, array)?;
            super::filled_like(context, &item, 0.0)
        };
        let (l, r) = (number(left)?, number(right)?);
        let item = memory.deeper(|| dyadic(context, ScalarDyad::Plus, l, r))?;
        if !item.is_simple_scalar() {
            return Ok(Arr::empty_of(memory, shape, item)?.into());
        }
    }
    if op.is_predicate() {
        return Ok(Arr::<bool>::new(memory, shape, Vec::new())?.into());
    }
    Ok(Arr::<i32>::new(memory, shape, Vec::new())?.into())
}
