//! Scan: `f\\`, `f⍀`.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn scan_last(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("scan_last"))
}

pub fn scan_first(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("scan_first"))
}
