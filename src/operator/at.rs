//! At: `f@i`.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn at(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("at"))
}
