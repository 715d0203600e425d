//! Power: `f⍣n`, `f⍣g`, inverses.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn power(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("power"))
}
