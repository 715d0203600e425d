//! Files: text files, native files, and what the system knows of files and folders.
//!
//! These functions turn values into names, bytes and texts, and back. Files themselves are the host's.

pub mod component;
pub mod copying;
pub mod encoding;
pub mod external;
pub mod info;
pub mod map;
pub mod names;
mod progress;
pub mod shell;
pub mod text;
pub mod tied;

use super::Call;
use crate::array::convert;
use crate::error::{Fault, Result};

/// An option that is 0 or 1, 0 by default.
pub fn flag(call: &Call, name: &str) -> Result<bool> {
    match call.options.get(name).map(convert::int) {
        None => Ok(false),
        Some(Ok(n @ (0 | 1))) => Ok(n == 1),
        Some(_) => Err(Fault::domain().with_detail(format!("the option {name} is 0 or 1"))),
    }
}

/// The option `IfExists`: one of some words, the first by default.
fn if_exists(call: &Call, words: &[&'static str]) -> Result<&'static str> {
    let Some(value) = call.options.get("IfExists") else { return Ok(words[0]) };
    let text = convert::text(call.context.memory(), value).unwrap_or_default();
    let unfit = || Fault::domain().with_detail(format!("the option IfExists is one of {}", words.join(" ")));
    words.iter().find(|word| **word == text).copied().ok_or_else(unfit)
}
