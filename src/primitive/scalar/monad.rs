//! Monadic scalar functions on scalars and arrays, at any depth.

use super::sink::{self, Block, block, width};
use super::{ScalarMonad, env};
use crate::array::{Arr, Array, Framed, Value, prototype};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::kernel::number::Number;
use crate::kernel::{Width, single};

/// `op right`.
pub fn monadic(context: &Context, op: ScalarMonad, right: Value) -> Result<Value> {
    match &right {
        Value::Bool(b) => return one(context, op, f64::from(u8::from(*b)), true),
        Value::Int(n) => return one(context, op, f64::from(*n), true),
        Value::Float(x) => return one(context, op, *x, false),
        Value::Char(_) if op == ScalarMonad::Conjugate => return Ok(right),
        Value::Char(c) => return Err(character(op, *c)),
        Value::Framed(framed) => {
            let flat = monadic(context, op, framed.flat().clone())?;
            return Ok(Framed::new(flat, framed.frame_rank())?.into());
        }
        Value::Array(_) | Value::Pending(_) => {}
    }
    match right.into_array(context.memory())? {
        Array::Nested(arr) => nested(context, op, arr),
        Array::Char(arr) if op == ScalarMonad::Conjugate => Ok(arr.into()),
        Array::Char(arr) => match arr.as_slice().first() {
            Some(&c) => Err(character(op, c)),
            None => Ok(Arr::<i32>::new(context.memory(), arr.shape(), Vec::new())?.into()),
        },
        Array::Ref(arr) if op == ScalarMonad::Conjugate => Ok(arr.into()),
        Array::Ref(arr) if !arr.is_empty() => {
            Err(Fault::domain().with_detail(format!("{} takes numbers, not namespaces", op.glyph())))
        }
        Array::Ref(arr) => Ok(Arr::<i32>::new(context.memory(), arr.shape(), Vec::new())?.into()),
        numbers => numeric(context, op, numbers),
    }
}

fn character(op: ScalarMonad, c: char) -> Fault {
    Fault::domain().with_detail(format!("{} takes numbers, not the character '{c}'", op.glyph()))
}

/// An unboxed number.
fn one(context: &Context, op: ScalarMonad, x: f64, whole: bool) -> Result<Value> {
    Ok(match single::real(&env(context), op, x)? {
        Number::Real(x) if op == ScalarMonad::Not => Value::Bool(x != 0.0),
        number if whole || op.is_whole() => number.narrow(),
        number => number.value(),
    })
}

fn nested(context: &Context, op: ScalarMonad, arr: Arr<Value>) -> Result<Value> {
    let memory = context.memory();
    let shape = crate::array::Shape::from_slice(arr.shape());
    if arr.is_empty() {
        if op == ScalarMonad::Conjugate {
            return Ok(arr.into());
        }
        let item = prototype::fill_item(memory, &Array::Nested(arr))?;
        let item = super::filled_like(context, &item, 0.0)?;
        if item.is_simple_scalar() {
            return Ok(Arr::<i32>::new(memory, &shape, Vec::new())?.into());
        }
        return Ok(Arr::empty_of(memory, &shape, item)?.into());
    }
    let mut results = memory.draft(arr.len())?;
    let mut apply = |item: Value| -> Result<()> {
        context.poll()?;
        let result = memory.deeper(|| monadic(context, op, item))?;
        results.push(result.settled(memory)?);
        Ok(())
    };
    // Items that nobody else holds are given away, so that each can be overwritten in its turn.
    match arr.try_into_vec() {
        Ok(items) => items.into_iter().try_for_each(&mut apply)?,
        Err(arr) => arr.as_slice().iter().cloned().try_for_each(&mut apply)?,
    }
    Ok(Array::from_items(memory, &shape, results.finish(), || Value::Int(0))?.into())
}

/// Numbers: what stays as it is, then over the argument's own elements, then into new memory.
fn numeric(context: &Context, op: ScalarMonad, array: Array) -> Result<Value> {
    if matches!((op, &array), (_, Array::Bool(_) | Array::Int(_)) if op.keeps_whole())
        || matches!((op, &array), (ScalarMonad::Conjugate, Array::Float(_)))
        || matches!((op, &array), (ScalarMonad::Direction | ScalarMonad::Magnitude, Array::Bool(_)))
    {
        return Ok(array.into());
    }
    let shape = crate::array::Shape::from_slice(array.shape());
    let Some(own) = width(&array) else { return Err(Fault::internal("numbers expected")) };
    let widths = (Width::Bool, own);
    match sink::over(context, op, array, widths, &shape, &|sink, mine, _| sink.push(Block::NOTHING, mine))? {
        Ok(done) => Ok(done),
        Err(array) => sink::fresh(context, op, widths, &shape, |sink, range| {
            sink.push(Block::NOTHING, block(&array, false, range)?)
        }),
    }
}
