//! Inverses of scalar functions, for `⍣¯1`: another scalar function where there is one, a search for `!`.

use super::{ScalarDyad, ScalarMonad, dyadic, gamma, monadic, number};
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};

fn none() -> Fault {
    Fault::domain().because("No inverse")
}

/// The inverse of a scalar function, in the valence that `left` asks for.
pub fn inverse(
    context: &Context,
    monad: Option<ScalarMonad>,
    dyad: Option<ScalarDyad>,
    left: Option<Value>,
    right: Value,
) -> Result<Value> {
    match left {
        None => undo(context, monad.ok_or_else(none)?, right),
        Some(left) => undo_right(context, dyad.ok_or_else(none)?, left, right),
    }
}

/// `op X` is `result`: `X`.
fn undo(context: &Context, op: ScalarMonad, result: Value) -> Result<Value> {
    let back = match op {
        ScalarMonad::Conjugate => ScalarMonad::Conjugate,
        ScalarMonad::Negate => ScalarMonad::Negate,
        ScalarMonad::Reciprocal => ScalarMonad::Reciprocal,
        ScalarMonad::Exponential => ScalarMonad::Logarithm,
        ScalarMonad::Logarithm => ScalarMonad::Exponential,
        ScalarMonad::Not => ScalarMonad::Not,
        ScalarMonad::PiTimes => {
            return dyadic(context, ScalarDyad::Divide, result, Value::Float(std::f64::consts::PI));
        }
        ScalarMonad::Factorial => return each_number(context, result, &|x| solve(gamma::factorial, LEAST, 171.0, x)),
        ScalarMonad::Direction | ScalarMonad::Ceiling | ScalarMonad::Floor | ScalarMonad::Magnitude => {
            return Err(none());
        }
    };
    monadic(context, back, result)
}

/// `left op X` is `result`: `X`.
fn undo_right(context: &Context, op: ScalarDyad, left: Value, result: Value) -> Result<Value> {
    match op {
        ScalarDyad::Plus => dyadic(context, ScalarDyad::Minus, result, left),
        ScalarDyad::Minus => dyadic(context, ScalarDyad::Minus, left, result),
        ScalarDyad::Times => dyadic(context, ScalarDyad::Divide, result, left),
        ScalarDyad::Divide => dyadic(context, ScalarDyad::Divide, left, result),
        ScalarDyad::Power => dyadic(context, ScalarDyad::Logarithm, left, result),
        ScalarDyad::Logarithm => dyadic(context, ScalarDyad::Power, left, result),
        ScalarDyad::Circular => {
            let back = monadic(context, ScalarMonad::Negate, left)?;
            dyadic(context, ScalarDyad::Circular, back, result)
        }
        ScalarDyad::Binomial => {
            let k = convert::float(&left)?;
            if !number::is_whole(k) || k < 1.0 {
                return Err(none());
            }
            each_number(context, result, &|x| solve(|n| gamma::binomial(k, n), k - 1.0, f64::MAX, x))
        }
        _ => Err(none()),
    }
}

/// Where the factorial is least on the right of ¯1; right of it, it grows.
const LEAST: f64 = 0.461_632_144_968_362_3;

/// The number between `low` and `high` where a growing function is `y`, whole if there is a whole one; no value
/// counts as too much.
fn solve(f: impl Fn(f64) -> Result<f64>, mut low: f64, mut high: f64, y: f64) -> Result<f64> {
    let value = |x: f64| f(x).unwrap_or(f64::INFINITY);
    if value(low) > y {
        return Err(none());
    }
    // Find the scale first, so that halving takes no more steps than a float has digits.
    let mut step = 1.0;
    while low + step < high && value(low + step) <= y {
        low += step;
        step *= 2.0;
    }
    high = high.min(low + step);
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if value(middle) <= y {
            low = middle;
        } else {
            high = middle;
        }
    }
    let whole = low.round();
    Ok(if (value(whole) - y).abs() <= 1e-14 * y.abs() { whole } else { low })
}

/// `f` of every real number at any depth.
fn each_number(context: &Context, value: Value, f: &dyn Fn(f64) -> Result<f64>) -> Result<Value> {
    let memory = context.memory();
    if value.rank() == 0 && value.is_simple_scalar() {
        return Ok(convert::scalar(f(convert::float(&value)?)?));
    }
    let array = value.into_array(memory)?;
    if let Array::Nested(arr) = &array {
        let mut items = memory.vec(arr.len())?;
        for item in arr.as_slice() {
            context.poll()?;
            items.push(stacker::maybe_grow(64 * 1024, 1024 * 1024, || each_number(context, item.clone(), f))?);
        }
        return Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into());
    }
    let mut out = memory.vec(array.len())?;
    for x in convert::floats(&array)?.iter() {
        context.poll()?;
        out.push(f(*x)?);
    }
    Ok(Arr::<f64>::new(memory, array.shape(), out)?.into())
}

/// `R g Y` solves `R≡X f Y` for `X`.
pub struct InverseLeft(pub ScalarDyad);

impl Function for InverseLeft {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let result = left.ok_or_else(Fault::syntax)?;
        match self.0 {
            ScalarDyad::Plus => dyadic(context, ScalarDyad::Minus, result, right),
            ScalarDyad::Minus => dyadic(context, ScalarDyad::Plus, result, right),
            ScalarDyad::Times => dyadic(context, ScalarDyad::Divide, result, right),
            ScalarDyad::Divide => dyadic(context, ScalarDyad::Times, result, right),
            ScalarDyad::Power => {
                let root = monadic(context, ScalarMonad::Reciprocal, right)?;
                dyadic(context, ScalarDyad::Power, result, root)
            }
            ScalarDyad::Logarithm => {
                let root = monadic(context, ScalarMonad::Reciprocal, result)?;
                dyadic(context, ScalarDyad::Power, right, root)
            }
            _ => Err(none()),
        }
    }

    fn describe(&self) -> Description {
        Description::Text(format!("{}⍣¯1", self.0.glyph()).into())
    }
}
