//! Inner and outer product.

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

pub fn inner_product(_context: &Context, _left: Operand, _right: Operand) -> Result<Fun> {
    Err(Fault::nonce("inner_product"))
}

/// `∘.f`.
pub fn outer_product(_context: &Context, _operand: Operand) -> Result<Fun> {
    Err(Fault::nonce("outer product"))
}
