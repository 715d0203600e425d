//! Cells.
use super::ScalarDyad;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

/// framed
pub fn framed(_context: &Context, _op: ScalarDyad, _left: &Value, _right: &Value) -> Result<Option<Value>> {
    Ok(None)
}
/// axis
pub fn dyadic_axis(_context: &Context, _op: ScalarDyad, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("axis of scalar functions"))
}
/// cells
pub fn dyadic_cells(
    _context: &Context,
    _op: ScalarDyad,
    _frame: &[usize],
    _left: &Cells,
    _right: &Cells,
) -> Result<Option<Cells>> {
    Ok(None)
}
