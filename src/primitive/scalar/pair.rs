//! Dyadic scalar functions of two scalars: whole numbers and floats in a few instructions, others by their definition.

use super::{ScalarDyad, env};
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::kernel::number::{self, Number};
use crate::kernel::pair::{complex, real};

/// `left op right` where both are single numbers or characters; `None` where one is not.
pub fn scalars(context: &Context, op: ScalarDyad, left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(ints(context, op, *a, *b)),
        (Value::Float(a), Value::Float(b)) => Some(floats(context, op, *a, *b)),
        (Value::Int(a), Value::Float(b)) => Some(floats(context, op, f64::from(*a), *b)),
        (Value::Float(a), Value::Int(b)) => Some(floats(context, op, *a, f64::from(*b))),
        (Value::Bool(a), Value::Bool(b)) => Some(match bools(op, *a, *b) {
            Some(value) => Ok(value),
            None => ints(context, op, i32::from(*a), i32::from(*b)),
        }),
        (Value::Bool(a), Value::Int(b)) => Some(ints(context, op, i32::from(*a), *b)),
        (Value::Int(a), Value::Bool(b)) => Some(ints(context, op, *a, i32::from(*b))),
        (Value::Array(_) | Value::Framed(_) | Value::Pending(_), _)
        | (_, Value::Array(_) | Value::Framed(_) | Value::Pending(_)) => boxed(context, op, left, right),
        (Value::Char(a), Value::Char(b)) => Some(match op {
            ScalarDyad::Equal => Ok(Value::Bool(a == b)),
            ScalarDyad::NotEqual => Ok(Value::Bool(a != b)),
            _ => Err(character(op, *a)),
        }),
        (Value::Char(c), _) | (_, Value::Char(c)) => Some(match op {
            ScalarDyad::Equal => Ok(Value::Bool(false)),
            ScalarDyad::NotEqual => Ok(Value::Bool(true)),
            _ => Err(character(op, *c)),
        }),
        (Value::Bool(a), Value::Float(b)) => Some(floats(context, op, f64::from(u8::from(*a)), *b)),
        (Value::Float(a), Value::Bool(b)) => Some(floats(context, op, *a, f64::from(u8::from(*b)))),
    }
}

/// Complex scalars, the only simple ones that are not unboxed.
fn boxed(context: &Context, op: ScalarDyad, left: &Value, right: &Value) -> Option<Result<Value>> {
    let (a, b) = (Number::of(left)?, Number::of(right)?);
    Some(complex(&env(context), op, a.wide(), b.wide()).map(|x| result(op, x)))
}

/// DOMAIN ERROR for a character where a number is needed.
pub fn character(op: ScalarDyad, c: char) -> Fault {
    Fault::domain().with_detail(format!("{} takes numbers, not the character '{c}'", op.glyph()))
}

/// A truth value stays one.
fn result(op: ScalarDyad, x: Number) -> Value {
    match x {
        Number::Real(x) if op.is_predicate() => Value::Bool(x != 0.0),
        x => x.value(),
    }
}

fn bools(op: ScalarDyad, a: bool, b: bool) -> Option<Value> {
    let truth = op.truth_table()?;
    Some(Value::Bool(truth[usize::from(a) * 2 + usize::from(b)]))
}

/// The functions of 32-bit numbers that are a few instructions; `None` for others and for overflow.
#[inline]
pub fn whole(op: ScalarDyad, a: i32, b: i32) -> Option<Value> {
    Some(match op {
        ScalarDyad::Plus => Value::Int(a.checked_add(b)?),
        ScalarDyad::Minus => Value::Int(a.checked_sub(b)?),
        ScalarDyad::Times => Value::Int(a.checked_mul(b)?),
        ScalarDyad::Maximum => Value::Int(a.max(b)),
        ScalarDyad::Minimum => Value::Int(a.min(b)),
        ScalarDyad::Residue => Value::Int(number::whole_residue(a, b)),
        ScalarDyad::Less => Value::Bool(a < b),
        ScalarDyad::LessEqual => Value::Bool(a <= b),
        ScalarDyad::Equal => Value::Bool(a == b),
        ScalarDyad::GreaterEqual => Value::Bool(a >= b),
        ScalarDyad::Greater => Value::Bool(a > b),
        ScalarDyad::NotEqual => Value::Bool(a != b),
        _ => return None,
    })
}

fn ints(context: &Context, op: ScalarDyad, a: i32, b: i32) -> Result<Value> {
    if let Some(value) = whole(op, a, b) {
        return Ok(value);
    }
    match real(&env(context), op, f64::from(a), f64::from(b))? {
        Number::Real(x) if op.is_predicate() => Ok(Value::Bool(x != 0.0)),
        x => Ok(x.narrow()),
    }
}

/// The functions of floats that are a few instructions; `None` for others and where the result is not finite.
#[inline]
pub fn plain(op: ScalarDyad, a: f64, b: f64) -> Option<Value> {
    let x = match op {
        ScalarDyad::Plus => a + b,
        ScalarDyad::Minus => a - b,
        ScalarDyad::Times => a * b + 0.0,
        _ => return None,
    };
    (x.abs() <= f64::MAX).then_some(Value::Float(x))
}

fn floats(context: &Context, op: ScalarDyad, a: f64, b: f64) -> Result<Value> {
    if let Some(value) = plain(op, a, b) {
        return Ok(value);
    }
    real(&env(context), op, a, b).map(|x| result(op, x))
}
