//! Finding where things are: index of, interval index, where, find; match and depth.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

pub fn depth(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("depth"))
}

pub fn find(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("find"))
}

pub fn index_of(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("index_of"))
}

pub fn indices(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("indices"))
}

pub fn interval_index(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("interval_index"))
}

pub fn iota(_context: &Context, _right: Value) -> Result<Value> {
    Err(Fault::nonce("iota"))
}

pub fn matches(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("matches"))
}

pub fn not_matches(_context: &Context, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("not_matches"))
}

pub fn undo_where(_context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
    Err(Fault::nonce("undo_where"))
}
