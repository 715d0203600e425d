//! Major cells as sets: unique, union, intersection, without, membership.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn intersection(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("intersection"))
}

pub fn membership(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("membership"))
}

pub fn union(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("union"))
}

pub fn union_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::nonce("union_identity"))
}

pub fn unique(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("unique"))
}

pub fn unique_mask(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("unique_mask"))
}

pub fn without(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("without"))
}
