//! Each: `f¨`.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn each(_context: &Context, _operand: Operand, _axis: Option<Value>) -> Result<Fun> {
    Err(Fault::nonce("each"))
}
