//! Take and drop.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn drop(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("drop"))
}

pub fn drop_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("drop_axis"))
}

pub fn drop_cells(_context: &Context, _frame: &[usize], _left: &Cells, _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn drop_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("drop_identity"))
}

pub fn take(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("take"))
}

pub fn take_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("take_axis"))
}

pub fn take_cells(_context: &Context, _frame: &[usize], _left: &Cells, _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}
