//! Operands that are other names of simple functions: `{⍺+⍵}`, which applies `+`, is applied as `+`.
//!
//! What a user function is a synonym of is known to [`Function::synonym`]; how operators use it, to this file.

use std::rc::Rc;

use crate::context::{Context, Layout, TrainStyle};
use crate::display;
use crate::error::Result;
use crate::function::Fun;
use crate::observe::trace::Remark;
use crate::primitive;

/// How a function is given to the work of an operator.
#[derive(Clone, Copy)]
pub struct Applied<'a> {
    /// What is applied: the operand, or what it is a synonym of.
    pub function: &'a Fun,
    /// Whether it stands for a user function, whose results are those of one application after the other: sums of
    /// floats may not be taken in another order.
    pub stands_in: bool,
}

impl<'a> Applied<'a> {
    /// The operand itself.
    pub fn itself(function: &'a Fun) -> Applied<'a> {
        Applied { function, stands_in: false }
    }
}

/// Has an operator do its work with the function that its operand is a synonym of. Where there is none, or the work
/// fails, it is done with the operand itself, so that an error is the one that the operand raises.
pub fn applied<T>(context: &Context, operand: &Fun, dyadic: bool, work: impl Fn(Applied) -> Result<T>) -> Result<T> {
    if let Some(function) = operand.synonym(context, dyadic) {
        match work(Applied { function: &function, stands_in: true }) {
            Err(fault) if !fault.kind().is_final() => {}
            done => {
                context.tracer.remark(|| Remark::Synonym(written(context, &function)));
                return done;
            }
        }
    }
    work(Applied::itself(operand))
}

/// How a function is written.
pub(super) fn written(context: &Context, function: &Fun) -> Rc<str> {
    let layout = Layout { trains: TrainStyle::Def, longest: None, ..Layout::default() };
    display::show_function(context, &function.describe(), layout).unwrap_or_default().trim().into()
}

/// The same for two operands that are called with two arguments. What is done again must have no side effects, so both
/// must be synonyms or primitives.
pub fn both_applied<T>(context: &Context, operands: [&Fun; 2], work: impl Fn([Applied; 2]) -> Result<T>) -> Result<T> {
    let synonyms = operands.map(|operand| operand.synonym(context, true));
    let known =
        |at: usize| synonyms[at].is_some() || primitive::row(&**operands[at]).is_some_and(|row| !row.facts.random);
    if synonyms.iter().any(Option::is_some) && known(0) && known(1) {
        let one = |at: usize| match &synonyms[at] {
            Some(function) => Applied { function, stands_in: true },
            None => Applied::itself(operands[at]),
        };
        match work([one(0), one(1)]) {
            Err(fault) if !fault.kind().is_final() => {}
            done => return done,
        }
    }
    work(operands.map(Applied::itself))
}
