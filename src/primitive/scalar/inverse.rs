//! Inverses of scalar functions, for `⍣¯1`.

use super::{ScalarDyad, ScalarMonad, dyadic, monadic};
use crate::array::Value;
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
        ScalarMonad::Factorial => return Err(Fault::nonce("inverse of !")),
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
        ScalarDyad::Binomial => Err(Fault::nonce("inverse of !")),
        _ => Err(none()),
    }
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
