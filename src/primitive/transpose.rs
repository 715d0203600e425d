//! Permuting and merging axes.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn transpose(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("transpose"))
}

pub fn transpose_axes(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("transpose_axes"))
}

pub fn transpose_axes_cells(
    _context: &Context,
    _frame: &[usize],
    _left: &Cells,
    _right: &Cells,
) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn transpose_cells(_context: &Context, _frame: &[usize], _right: &Cells) -> Result<Option<Cells>> {
    Ok(None)
}

pub fn undo(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo"))
}
