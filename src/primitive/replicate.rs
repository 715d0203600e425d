//! Replicate and expand.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn expand_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("expand_axis"))
}

pub fn expand_first(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("expand_first"))
}

pub fn expand_last(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("expand_last"))
}

pub fn replicate_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("replicate_axis"))
}

pub fn replicate_first(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("replicate_first"))
}

pub fn replicate_last(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("replicate_last"))
}
