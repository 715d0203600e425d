//! `⌶`: services by number.

use super::date;
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::eval::SystemOperator;
use crate::function::{Fun, Operand};
use crate::operator::Derive;

/// `⌶` itself.
pub static OPERATOR: SystemOperator = SystemOperator { text: "⌶", derive: Derive::Monadic(service) };

/// `n⌶`: the service with this number. NONCE ERROR for those that are not there. Dyalog: I-Beam.
fn service(_context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    let (Operand::Array(number), None) = (operand, axis) else { return Err(Fault::domain()) };
    match convert::int(&number)? {
        1200 => date::date_text(),
        number => Err(Fault::nonce(format!("the service {number}⌶"))),
    }
}
