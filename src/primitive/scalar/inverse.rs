//! Inverses of scalar functions, for `⍣¯1`: another scalar function where there is one, a search for `!`.

use super::{ScalarDyad, ScalarMonad, dyadic, monadic};
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};
use crate::kernel::{gamma, number};

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

/// `X op X` is `result`: `X`.
pub fn inverse_both(context: &Context, op: ScalarDyad, result: Value) -> Result<Value> {
    match op {
        ScalarDyad::Plus => dyadic(context, ScalarDyad::Divide, result, Value::Int(2)),
        ScalarDyad::Times => dyadic(context, ScalarDyad::Power, result, Value::Float(0.5)),
        ScalarDyad::Maximum | ScalarDyad::Minimum => monadic(context, ScalarMonad::Conjugate, result),
        // Where X×⍟X is ⍟R.
        ScalarDyad::Power => {
            let log = monadic(context, ScalarMonad::Logarithm, result)?;
            monadic(context, ScalarMonad::Exponential, product_exponential(context, log)?)
        }
        _ => Err(none()),
    }
}

/// The `X` at or above ¯1 where `X×*X` is `result`: the main branch of Lambert's W. DOMAIN ERROR below `-*¯1`.
pub fn product_exponential(context: &Context, result: Value) -> Result<Value> {
    each_number(context, result, &lambert)
}

/// The `w` at or above ¯1 where `w×*w` is `x`.
fn lambert(x: f64) -> Result<f64> {
    let least = -(-1.0_f64).exp();
    // As near to the least value as its own rounding.
    if x < least - 4.0 * f64::EPSILON {
        return Err(none().with_detail("no real number times its exponential is less than -*¯1"));
    }
    let above = (x - least).max(0.0) * std::f64::consts::E;
    // A series at the branch point, logarithms far from it; Halley's steps do the rest.
    let root = (2.0 * above).sqrt();
    let mut w = match x {
        _ if above < 0.5 => -1.0 + root - root * root / 3.0 + 11.0 * root * root * root / 72.0,
        _ if x < 3.0 => x.ln_1p(),
        _ => x.ln() - x.ln().ln(),
    };
    for _ in 0..64 {
        let power = w.exp();
        let off = w * power - x;
        let slope = power * (w + 1.0) - off * (w + 2.0) / (2.0 * w + 2.0);
        let step = off / slope;
        if !step.is_finite() || step.abs() <= f64::EPSILON * w.abs() {
            break;
        }
        w -= step;
    }
    Ok(w)
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
        ScalarDyad::Equal | ScalarDyad::NotEqual if booleans(context, &left)? && booleans(context, &result)? => {
            dyadic(context, op, left, result)
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

/// Whether all numbers at any depth are 0 or 1.
fn booleans(context: &Context, value: &Value) -> Result<bool> {
    let array = value.array(context.memory())?;
    match &array {
        Array::Bool(_) => Ok(true),
        Array::Int(arr) => Ok(arr.as_slice().iter().all(|n| (0..=1).contains(n))),
        Array::Float(arr) => Ok(arr.as_slice().iter().all(|&x| x == 0.0 || x == 1.0)),
        Array::Nested(arr) => {
            for item in arr.as_slice() {
                context.poll()?;
                if !context.memory().deeper(|| booleans(context, item))? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => Ok(false),
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
            items.push(memory.deeper(|| each_number(context, item.clone(), f))?);
        }
        return Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into());
    }
    let mut out = memory.vec(array.len())?;
    for x in convert::floats(memory, &array)?.iter() {
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
            ScalarDyad::Equal | ScalarDyad::NotEqual => undo_right(context, self.0, right, result),
            _ => Err(none()),
        }
    }

    fn describe(&self) -> Description {
        Description::Text(format!("{}⍣¯1", self.0.glyph()).into())
    }
}
