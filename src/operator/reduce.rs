//! Reduce: `f/`, `f⌿`, n-wise too.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn reduce_last(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("reduce_last"))
}

pub fn reduce_first(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("reduce_first"))
}
