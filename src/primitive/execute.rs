//! `⍕`: arrays as text, by the layouts of the display floor.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn format(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("format"))
}

pub fn format_by(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("format_by"))
}

pub fn undo_format(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_format"))
}
