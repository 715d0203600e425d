//! `⎕CSV`: comma separated values to tables and columns, and back.
//!
//! Separators, quotes and escapes can be any characters, and blanks are trimmed only if they are not quoted. No crate
//! supports this, so [`import`] has its own reader.

mod export;
mod import;

use super::Call;
use crate::array::{Array, Value, convert};
use crate::error::{Fault, Result};
use crate::host::IfExists;

/// The options, the principal one first.
pub const OPTIONS: &[&str] = &[
    "Invert",
    "Separator",
    "Widths",
    "Decimal",
    "Thousands",
    "Trim",
    "Ragged",
    "Fill",
    "Records",
    "QuoteChar",
    "EscapeChar",
    "DoubleQuote",
    "IfExists",
    "Overwrite",
    "LineEnding",
];

/// The options' values.
struct Options {
    invert: i64,
    separator: char,
    /// Widths of fixed fields; none where a separator stands between them.
    widths: Vec<usize>,
    decimal: char,
    thousands: Option<char>,
    trim: bool,
    ragged: bool,
    fill: Value,
    quote: Option<char>,
    escape: Option<char>,
    double: bool,
    ending: String,
    /// How many records are read from a tied file; 0 for all.
    records: usize,
    /// What is done if there is a file already.
    exists: IfExists,
}

impl Options {
    /// DOMAIN ERROR for a value that an option can't have.
    fn new(call: &Call) -> Result<Options> {
        let memory = call.context.memory();
        let get = |name: &str| call.options.get(name);
        let unfit = |name: &str| Fault::domain().with_detail(format!("the option {name} can't have this value"));
        let flag = |name: &str, default: bool| match get(name).map(convert::int) {
            None => Ok(default),
            Some(Ok(n @ (0 | 1))) => Ok(n == 1),
            Some(_) => Err(unfit(name)),
        };
        let character = |name: &str, default: Option<char>| -> Result<Option<char>> {
            let Some(value) = get(name) else { return Ok(default) };
            let text = convert::text(memory, value).map_err(|_| unfit(name))?;
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (only, None) => Ok(only),
                _ => Err(unfit(name)),
            }
        };
        let widths = match get("Widths") {
            None => Vec::new(),
            Some(value) => convert::int_vec(memory, value)?
                .into_iter()
                .map(|width| usize::try_from(width).ok().filter(|&width| width > 0).ok_or_else(|| unfit("Widths")))
                .collect::<Result<_>>()?,
        };
        let options = Options {
            invert: get("Invert").map(convert::int).transpose()?.unwrap_or(0),
            separator: character("Separator", Some(','))?.ok_or_else(|| unfit("Separator"))?,
            widths,
            decimal: character("Decimal", Some('.'))?.ok_or_else(|| unfit("Decimal"))?,
            thousands: character("Thousands", None)?,
            trim: flag("Trim", true)?,
            ragged: flag("Ragged", false)?,
            fill: convert::scalar(get("Fill").map(convert::float).transpose()?.unwrap_or(0.0)),
            quote: character("QuoteChar", Some('"'))?,
            escape: character("EscapeChar", None)?,
            double: flag("DoubleQuote", true)?,
            ending: match get("LineEnding").map(|value| convert::int_vec(memory, value)).transpose()?.as_deref() {
                None | Some([10]) => "\n".to_string(),
                Some([13]) => "\r".to_string(),
                Some([13, 10]) => "\r\n".to_string(),
                Some(_) => return Err(unfit("LineEnding")),
            },
            records: match get("Records").map(convert::int) {
                None => 0,
                Some(n) => usize::try_from(n?).map_err(|_| unfit("Records"))?,
            },
            exists: match get("IfExists").map(|value| convert::text(memory, value)).transpose()?.as_deref() {
                None if flag("Overwrite", false)? => IfExists::Replace,
                None | Some("Error") => IfExists::Error,
                Some("Replace") => IfExists::Replace,
                Some(_) => return Err(unfit("IfExists")),
            },
        };
        if !(0..3).contains(&options.invert) {
            return Err(unfit("Invert"));
        }
        if !".,".contains(options.decimal) {
            return Err(unfit("Decimal"));
        }
        let marks = [Some(options.separator), options.quote, options.escape];
        for (k, mark) in marks.iter().enumerate() {
            if mark.is_some() && marks[..k].contains(mark) {
                return Err(Fault::domain().with_detail("Separator, QuoteChar and EscapeChar must differ"));
            }
        }
        Ok(options)
    }
}

/// `⎕CSV Y`: the table, or the columns, that a text describes. `X ⎕CSV Y`: the text of a table or of columns.
/// Dyalog: Comma Separated Values.
pub fn csv(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let options = Options::new(call)?;
    match left {
        None => import::import(call.context, &options, &right),
        Some(left) => export::export(call.context, &options, &left, &right),
    }
}

/// Whether a value is a character vector or scalar, or an empty vector.
fn is_text(value: &Value) -> bool {
    match value {
        Value::Char(_) => true,
        Value::Array(Array::Char(chars)) => chars.rank() < 2,
        other => other.rank() == 1 && other.count() == 0,
    }
}
