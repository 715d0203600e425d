//! `⎕JSON`: JSON text to arrays and namespaces, and back.
//!
//! serde's parsers read the text and pass on one value after the other; [`import`] builds arrays and namespaces, or the
//! rows of a matrix, from them. [`export`] writes JSON.

mod export;
mod import;
mod mangle;
mod matrix;
mod reader;

use super::Call;
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::growing::Growing;
pub use mangle::TranslateName;

/// The options, the principal one first.
pub const OPTIONS: &[&str] = &["Format", "Compact", "Null", "HighRank", "Charset", "Dialect"];

/// The options' values.
struct Options {
    /// `Format` is `M`.
    matrix: bool,
    compact: bool,
    /// The value for `null` on import.
    null: Value,
    /// `HighRank` is `Split`.
    split: bool,
    /// `Charset` is `ASCII`.
    ascii: bool,
    /// `Dialect` is `JSON5`.
    json5: bool,
}

impl Options {
    /// DOMAIN ERROR for a value that an option can't have.
    fn new(call: &Call) -> Result<Options> {
        let memory = call.context.memory();
        let one_of = |name: &str, values: [&str; 2]| -> Result<bool> {
            let Some(value) = call.options.get(name) else { return Ok(false) };
            let text = convert::text(memory, value)?;
            let position = values.iter().position(|known| *known == text);
            let position = position
                .ok_or_else(|| Fault::domain().with_detail(format!("{name} is {} or {}", values[0], values[1])))?;
            Ok(position == 1)
        };
        let compact = match call.options.get("Compact").map(convert::int).transpose()? {
            None | Some(1) => true,
            Some(0) => false,
            _ => return Err(Fault::domain().with_detail("Compact is 0 or 1")),
        };
        let default = call.context.text("null")?.enclose(memory)?;
        let null = call.options.get("Null").cloned().unwrap_or_else(|| default.clone());
        if !is_null(call.context, &null)? {
            return Err(Fault::domain().with_detail("Null is ⎕NULL or ⊂'null'"));
        }
        Ok(Options {
            matrix: one_of("Format", ["D", "M"])?,
            compact,
            null,
            split: one_of("HighRank", ["Error", "Split"])?,
            ascii: one_of("Charset", ["Unicode", "ASCII"])?,
            json5: one_of("Dialect", ["JSON", "JSON5"])?,
        })
    }
}

/// Whether a value stands for `null`.
fn is_null(context: &Context, value: &Value) -> Result<bool> {
    match value.reference() {
        Some(reference) => Ok(reference.is_null()),
        None => Ok(raw_text(context, value)?.as_deref() == Some("null")),
    }
}

/// The text of an enclosed character vector.
fn raw_text(context: &Context, value: &Value) -> Result<Option<String>> {
    if value.rank() > 0 || value.is_simple_scalar() {
        return Ok(None);
    }
    match value.item(context.memory(), 0)? {
        Value::Array(Array::Char(chars)) if chars.rank() == 1 => Ok(Some(chars.as_slice().iter().collect())),
        _ => Ok(None),
    }
}

/// `0 ⎕JSON Y`: the data of a JSON text, or its parts as the rows of a matrix. `1 ⎕JSON Y`: the JSON text of data, or
/// of such a matrix. Without a left argument text is read and anything else written. Dyalog: JSON Convert.
pub fn json(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let options = Options::new(call)?;
    let export = match left.map(|left| convert::int(&left)).transpose()? {
        Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Fault::domain().with_detail("the left argument is 0 or 1")),
        None => !matches!(right, Value::Char(_) | Value::Array(Array::Char(_))),
    };
    if export { export::export(call, &options, &right) } else { import::import(call, &options, &right) }
}

/// A character vector or the rows of a matrix as one text.
fn text_of<'a>(context: &'a Context, value: &Value) -> Result<Growing<'a>> {
    let mut text = Growing::new(context);
    match value.array(context.memory())? {
        Array::Char(chars) if chars.rank() < 2 => text.chars(chars.as_slice())?,
        Array::Char(chars) if chars.rank() == 2 => {
            for row in chars.as_slice().chunks(chars.shape()[1].max(1)) {
                text.chars(row)?;
                text.push("\n")?;
            }
        }
        Array::Char(_) => return Err(Fault::rank()),
        _ => return Err(Fault::domain()),
    }
    Ok(text)
}
