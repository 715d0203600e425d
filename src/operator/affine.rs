//! Inverses of trains that multiply their argument and add something, on both sides of a function: `⊢+2×⊢`, `3(×++)`.
//!
//! Knows values only: what the function makes of 0 and 1 says what it multiplies by and what it adds, and what it makes
//! of two other arguments whether that is all.

use super::inverse::none;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Function;
use crate::primitive;

/// The argument, with `left` on its left, of which `forward` makes `result`. DOMAIN ERROR where that does not multiply
/// and add.
pub fn solved(context: &Context, forward: &dyn Function, left: Option<Value>, result: Value) -> Result<Value> {
    solution(context, forward, left, result).map_err(|fault| if fault.kind().is_final() { fault } else { none() })
}

fn solution(context: &Context, forward: &dyn Function, left: Option<Value>, result: Value) -> Result<Value> {
    let of = |argument: &Value| forward.call(context, left.clone(), argument.clone());
    let dyad = |glyph, left: &Value, right: &Value| {
        let row = primitive::lookup(glyph).ok_or_else(|| Fault::internal("a glyph without a row"))?;
        row.call(context, Some(left.clone()), right.clone())
    };
    let same = |a: &Value, b: &Value| match dyad('≡', a, b)? {
        Value::Bool(true) => Ok(()),
        _ => Err(none()),
    };
    let result = result.settled(context.memory())?;
    let (zero, two) = (dyad('×', &Value::Int(0), &result)?, Value::Int(2));
    let added = of(&zero)?;
    let factor = dyad('-', &of(&dyad('+', &Value::Int(1), &zero)?)?, &added)?;
    // Nothing is known of an argument that is multiplied by 0.
    dyad('÷', &Value::Int(1), &factor)?;
    same(&of(&dyad('+', &two, &zero)?)?, &dyad('+', &added, &dyad('×', &two, &factor)?)?)?;
    let argument = dyad('÷', &dyad('-', &result, &added)?, &factor)?;
    // A left argument of more elements extends the result.
    same(&of(&argument)?, &dyad('+', &result, &dyad('×', &Value::Int(0), &added)?)?)?;
    Ok(argument)
}
