//! Commute, constant, bind, beside, over, behind.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn commute(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("commute"))
}

pub fn beside(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("beside"))
}

pub fn over(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("over"))
}

pub fn behind(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("behind"))
}
