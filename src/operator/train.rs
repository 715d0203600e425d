//! Trains: atops and forks of any length, evaluated tine by tine from the right.

use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};

/// The train of two or more tines; arrays stand only where a fork's left tine does.
pub fn train(_context: &Context, _tines: Vec<Operand>) -> Result<Fun> {
    Err(Fault::nonce("trains"))
}
