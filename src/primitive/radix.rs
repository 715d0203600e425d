//! Encode and decode: numbers and their digits.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn decode(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("decode"))
}

pub fn encode(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("encode"))
}

pub fn undo_decode(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_decode"))
}

pub fn undo_encode(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_encode"))
}
