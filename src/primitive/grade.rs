//! Grading: the permutation that sorts, by the total array order or a collating sequence.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn collate_down(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("collate_down"))
}

pub fn collate_up(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("collate_up"))
}

pub fn down(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("down"))
}

pub fn undo_down(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_down"))
}

pub fn undo_up(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_up"))
}

pub fn up(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("up"))
}
