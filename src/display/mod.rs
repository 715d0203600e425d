//! Display: arrays and functions as the session shows them.

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::Result;
use crate::function::Description;

/// What the session prints for a value, with its final line end.
pub fn show(context: &Context, value: &Value) -> Result<String> {
    Ok(show_bare(context, value)? + "\n")
}

/// What `⍞←` prints: the same without a final line end.
pub fn show_bare(context: &Context, value: &Value) -> Result<String> {
    let array = value.array(context.memory())?;
    Ok(match &array {
        Array::Char(a) => a.as_slice().iter().collect(),
        _ => format!("{array:?}").chars().take(300).collect(),
    })
}

/// What the session prints for a function by itself.
pub fn show_function(_context: &Context, description: &Description) -> Result<String> {
    Ok(format!("{description:?}\n"))
}

/// `]display`: the value with its structure.
pub fn show_display(context: &Context, value: &Value) -> Result<String> {
    show(context, value)
}

/// `]disp`: the value with its structure, tighter.
pub fn show_disp(context: &Context, value: &Value) -> Result<String> {
    show(context, value)
}
