//! Enclose, first, mix, split, nest and enlist.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn enclose(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("enclose"))
}

pub fn enclose_axis(_context: &Context, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("enclose_axis"))
}

pub fn enclose_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn enlist(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("enlist"))
}

pub fn first(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("first"))
}

pub fn first_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn mix(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("mix"))
}

pub fn mix_axis(_context: &Context, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("mix_axis"))
}

pub fn nest(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("nest"))
}

pub fn split(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("split"))
}

pub fn split_axis(_context: &Context, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("split_axis"))
}

pub fn undo_enclose(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_enclose"))
}

pub fn undo_first(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_first"))
}

pub fn undo_mix(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_mix"))
}

pub fn undo_nest(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_nest"))
}

pub fn undo_split(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_split"))
}
