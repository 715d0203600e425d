//! Rank and atop: `f⍤k`, `f⍤g`.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn rank_or_atop(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("rank_or_atop"))
}
