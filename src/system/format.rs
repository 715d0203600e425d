//! `⎕FMT`: arrays as character matrices.

use super::Call;
use crate::array::Value;
use crate::error::{Fault, Result};

/// `⎕FMT Y`: the array as a character matrix, as the session would show it without folding.
pub fn format(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::nonce("dyadic ⎕FMT"));
    }
    let block = crate::display::plain(call.context, &right)?;
    let shape = [block.height(), block.width()];
    block.into_value(call.context.memory(), &shape)
}
