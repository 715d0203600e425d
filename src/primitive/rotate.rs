//! Reverse and rotate.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("identity"))
}

pub fn reverse_axis(_context: &Context, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("reverse_axis"))
}

pub fn reverse_first(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("reverse_first"))
}

pub fn reverse_first_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn reverse_last(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("reverse_last"))
}

pub fn reverse_last_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn rotate_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("rotate_axis"))
}

pub fn rotate_first(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("rotate_first"))
}

pub fn rotate_last(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("rotate_last"))
}

pub fn undo_first(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_first"))
}

pub fn undo_last(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_last"))
}
