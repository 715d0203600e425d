//! Cutting a vector or an axis into boxes.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn partition(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("partition"))
}

pub fn partition_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("partition_axis"))
}

pub fn partitioned_enclose(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("partitioned_enclose"))
}

pub fn partitioned_enclose_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("partitioned_enclose_axis"))
}
