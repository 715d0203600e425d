//! `⌶`: services by number.

use super::{date, json};
use crate::array::convert;
use crate::context::Context;
use crate::error::{Fault, Result};
use std::rc::Rc;

use crate::function::{Fun, Operand};
use crate::workspace::{Class, Space, SystemOperator};

/// `⌶` itself.
pub static OPERATOR: SystemOperator = SystemOperator { text: "⌶", class: Class::Monadic, derive: service };

/// `n⌶`: the service with this number. NONCE ERROR for those that are not there. Dyalog: I-Beam.
fn service(_context: &Context, _space: &Rc<Space>, operand: Operand, _: Option<Operand>) -> Result<Fun> {
    let Operand::Array(number) = operand else { return Err(Fault::domain()) };
    match convert::int(&number)? {
        1200 => date::date_text(),
        7162 => Ok(Rc::new(json::TranslateName)),
        number => Err(Fault::nonce(format!("the service {number}⌶"))),
    }
}
