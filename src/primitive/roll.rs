//! Random numbers: roll and deal.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn deal(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("deal"))
}

pub fn roll(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("roll"))
}
