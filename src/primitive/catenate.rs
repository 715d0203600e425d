//! Ravel, table, catenate and laminate.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn catenate_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("catenate_axis"))
}

pub fn catenate_first(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("catenate_first"))
}

pub fn catenate_first_cells(
    _context: &Context,
    _frame: &[usize],
    _left: &Cells,
    _right: &Cells,
) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn catenate_last(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("catenate_last"))
}

pub fn catenate_last_cells(
    _context: &Context,
    _frame: &[usize],
    _left: &Cells,
    _right: &Cells,
) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn identity_first(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("identity_first"))
}

pub fn identity_last(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("identity_last"))
}

pub fn ravel(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("ravel"))
}

pub fn ravel_axis(_context: &Context, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("ravel_axis"))
}

pub fn ravel_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn table(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("table"))
}

pub fn undo_ravel(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_ravel"))
}
