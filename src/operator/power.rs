//! Power: `f⍣n`, `f⍣g`, inverses. Dyalog's page: Power Operator.
//!
//! Applies a function repeatedly; the function itself provides its inverse.

use std::rc::Rc;

use super::derived::Derivation;
use super::inverse::{none, undoing, undoing_left};
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand};

/// `f⍣n Y`: `f` applied `n` times, its inverse where `n` is negative. `f⍣g Y`: `f` applied until `new g old`.
/// A left argument is bound to `f`. DOMAIN ERROR for a fractional `n`, an `f` without inverse, a `g` whose result is
/// neither 0 nor 1; RANK ERROR and LENGTH ERROR for an `n` that is not one number.
pub fn power(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⍣", [&left, &right])?;
    let f = left.function().map_err(|fault| fault.because("⍣ needs a function as its left operand"))?;
    Ok(match right {
        Operand::Function(until) => made.function(Until { f, until }),
        Operand::Array(count) => made.function(Times { f, count }),
    })
}

/// `f⍣n`.
#[derive(Clone)]
struct Times {
    f: Fun,
    count: Value,
}

impl Times {
    fn count(&self) -> Result<i64> {
        convert::int(&self.count)
            .map_err(|fault| fault.with_detail("the right operand of ⍣ is one whole number or a function"))
    }

    /// What is applied, and how often.
    fn steps(&self, context: &Context) -> Result<(Fun, u64)> {
        let count = self.count()?;
        let step = if count < 0 { self.f.inverse(context)? } else { self.f.clone() };
        Ok((step, count.unsigned_abs()))
    }
}

impl Function for Times {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let (step, count) = self.steps(context)?;
        let mut value = right;
        for _ in 0..count {
            context.poll()?;
            value = step.call(context, left.clone(), value)?;
        }
        Ok(value)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        // Only the last application may be without a result.
        let (step, count) = self.steps(context)?;
        let Some(before) = count.checked_sub(1) else {
            context.shy.set(false);
            return Ok(Some(right));
        };
        let mut value = right;
        for _ in 0..before {
            context.poll()?;
            value = step.call(context, left.clone(), value)?;
        }
        step.invoke_last(context, left, value)
    }

    fn may_be_shy(&self) -> bool {
        self.f.may_be_shy()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        let (step, count) = self.steps(context)?;
        let mut cells = right.clone();
        for _ in 0..count {
            context.poll()?;
            match step.call_cells(context, frame, left, &cells)? {
                Some(next) => cells = next,
                None => return Ok(None),
            }
        }
        Ok(Some(cells))
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        // |n| is at most 2*62, so that it can change its sign.
        let back = Times { f: self.f.clone(), count: Value::Float(-(self.count()? as f64)) };
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| back.call(context, left, result)))
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        let f = self.f.inverse_left(context)?;
        let back = match self.count()? {
            1 => false,
            -1 => true,
            _ => return Err(none()),
        };
        Ok(undoing_left(Rc::new(self.clone()), move |context, result, right| {
            let (result, right) = if back { (right, result) } else { (result, right) };
            f.call(context, Some(result), right)
        }))
    }

    fn describe(&self) -> Description {
        derived(&self.f, Description::Array(self.count.clone()))
    }
}

/// `f⍣g`.
struct Until {
    f: Fun,
    until: Fun,
}

impl Function for Until {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let mut old = right;
        loop {
            context.poll()?;
            let new = self.f.invoke_last(context, left.clone(), old.clone())?.ok_or_else(Fault::no_result)?;
            let shy = context.shy.get();
            let done = self.until.call(context, Some(new.clone()), old)?;
            if truth(&done)? {
                context.shy.set(shy);
                return Ok(new);
            }
            old = new;
        }
    }

    fn may_be_shy(&self) -> bool {
        self.f.may_be_shy()
    }

    fn describe(&self) -> Description {
        derived(&self.f, self.until.described(2))
    }
}

/// What the right operand said: 1 to stop, 0 to go on.
fn truth(value: &Value) -> Result<bool> {
    match value {
        Value::Bool(b) => Ok(*b),
        other => match convert::int(other) {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Ok(_) => Err(Fault::domain().with_detail("the right operand of ⍣ must give 0 or 1")),
            Err(fault) => Err(fault.with_detail("the right operand of ⍣ must give one 0 or 1")),
        },
    }
}

fn derived(f: &Fun, right: Description) -> Description {
    Description::Derived {
        operator: "⍣".into(),
        left: Box::new(f.described(2)),
        right: Some(Box::new(right)),
        axis: None,
    }
}
