//! Shape, reshape, tally, and the functions that give back an argument.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn left(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("left"))
}

pub fn left_cells(_context: &Context, _frame: &[usize], _left: &Cells, _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn reshape(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("reshape"))
}

pub fn reshape_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("reshape_identity"))
}

pub fn right(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("right"))
}

pub fn right_cells(_context: &Context, _frame: &[usize], _left: &Cells, _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn same(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("same"))
}

pub fn same_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn shape(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("shape"))
}

pub fn tally(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("tally"))
}

pub fn undo_tack(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_tack"))
}
