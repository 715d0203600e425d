//! Matrix inverse and division.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn divide(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("divide"))
}

pub fn inverse(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("inverse"))
}

pub fn undo(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo"))
}
