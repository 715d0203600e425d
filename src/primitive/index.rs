//! Choosing items by position: pick, squad, brackets, choose and reach.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn materialise(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("materialise"))
}

pub fn pick(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("pick"))
}

pub fn pick_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("pick_identity"))
}

pub fn squad(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("squad"))
}

pub fn squad_axis(_context: &Context, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("squad_axis"))
}

/// `array[…]`: one index array an axis (`None` where it is elided), or one for choose and reach indexing.
pub fn index_brackets(_context: &Context, _array: &Value, _indices: &[Option<Value>]) -> Result<Value> {
    Err(Fault::nonce("indexing"))
}

/// `path⊃array`.
pub fn pick_path(_context: &Context, _path: &Value, _array: &Value) -> Result<Value> {
    Err(Fault::nonce("pick"))
}
