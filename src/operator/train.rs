//! Trains: atops and forks of any length, evaluated tine by tine from the right.
//!
//! A train is stored as a flat list, so that a long one needs no deep recursion. See Dyalog's page "Function
//! trains".

use std::rc::Rc;

use super::derived::Derivation;
use super::synonym::written;
use super::{affine, inverse};
use crate::array::Value;
use crate::context::Context;
use crate::display::brief;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand};
use crate::observe::trace::Remark;

/// The train of two or more tines; arrays stand only where a fork's left tine does.
pub fn train(context: &Context, tines: Vec<Operand>) -> Result<Fun> {
    let count = tines.len();
    let misplaced = tines.iter().enumerate().any(|(at, tine)| {
        let left_tine = at + 1 < count && (count - 1 - at).is_multiple_of(2);
        matches!(tine, Operand::Array(_)) && !left_tine
    });
    if count < 2 || misplaced {
        return Err(Fault::syntax().because("Missing right argument"));
    }
    Ok(Derivation::of(context, "", &tines)?.function(Train { tines }))
}

/// An even number of tines is an atop over a fork: `f (g h j)`.
#[derive(Clone)]
struct Train {
    tines: Vec<Operand>,
}

impl Train {
    /// The last tine, the pairs (left tine, middle function) from the right, and the function atop.
    fn parts(&self) -> Result<(&Fun, std::slice::RChunksExact<'_, Operand>, Option<&Fun>)> {
        let Some((Operand::Function(last), front)) = self.tines.split_last() else { return Err(Fault::syntax()) };
        let pairs = front.rchunks_exact(2);
        let atop = match pairs.remainder() {
            [Operand::Function(atop)] => Some(atop),
            _ => None,
        };
        Ok((last, pairs, atop))
    }
}

/// A left tine and the function right of it.
fn pair(pair: &[Operand]) -> Result<(&Operand, &Fun)> {
    match pair {
        [left, Operand::Function(middle)] => Ok((left, middle)),
        _ => Err(Fault::syntax()),
    }
}

/// Tells a trace what a function of a train has given.
fn gives(context: &Context, function: &Fun, value: &Value) {
    const WIDTH: usize = 24;
    context.tracer.remark(|| {
        let value = match value.clone().settled(context.memory()) {
            Ok(value) => brief(context, &value, WIDTH),
            Err(_) => "…".to_owned(),
        };
        Remark::Tine(written(context, function), value.into())
    });
}

impl Train {
    /// Everything but the function atop.
    fn fork(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let (last, pairs, atop) = self.parts()?;
        let mut result;
        if pairs.len() == 0 {
            result = last.call(context, left, right)?;
            gives(context, last, &result);
        } else {
            result = last.call(context, left.clone(), right.clone())?;
            gives(context, last, &result);
            let leftmost = pairs.len() - 1;
            // Whoever uses the arguments last may write in them.
            let mut arguments = Some((left, right));
            for (at, tines) in pairs.enumerate() {
                let (tine, middle) = pair(tines)?;
                let value = match tine {
                    Operand::Array(value) => value.clone(),
                    Operand::Function(tine) => {
                        let given = if at == leftmost { arguments.take() } else { arguments.clone() };
                        let Some((left, right)) = given else { return Err(Fault::internal("a train's arguments")) };
                        let value = tine.call(context, left, right)?;
                        gives(context, tine, &value);
                        value
                    }
                };
                result = middle.call(context, Some(value), result)?;
                // That of the last one is the value of the whole.
                if at < leftmost || atop.is_some() {
                    gives(context, middle, &result);
                }
            }
        }
        Ok(result)
    }
}

impl Function for Train {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.invoke(context, left, right)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let (_, _, atop) = self.parts()?;
        let result = self.fork(context, left, right)?;
        match atop {
            Some(atop) => atop.invoke_last(context, None, result),
            None => Ok(Some(result)),
        }
    }

    fn may_be_shy(&self) -> bool {
        matches!(self.parts(), Ok((_, _, Some(atop))) if atop.may_be_shy())
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        let (last, pairs, atop) = self.parts()?;
        let Some(mut result) = last.call_cells(context, frame, left, right)? else { return Ok(None) };
        for tines in pairs {
            let (tine, middle) = pair(tines)?;
            let value = match tine {
                Operand::Array(value) => Some(Cells::constant(value.clone())),
                Operand::Function(tine) => tine.call_cells(context, frame, left, right)?,
            };
            let Some(value) = value else { return Ok(None) };
            match middle.call_cells(context, frame, Some(&value), &result)? {
                Some(next) => result = next,
                None => return Ok(None),
            }
        }
        match atop {
            Some(atop) => atop.call_cells(context, frame, None, &result),
            None => Ok(Some(result)),
        }
    }

    /// Atops, and forks whose left tines are arrays, are undone from the outside in; others made of primitives where
    /// they multiply and add.
    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (last, pairs, atop) = self.parts()?;
        let array = |tines: &[Operand]| matches!(tines, [Operand::Array(_), _]);
        if !pairs.clone().all(array) {
            if !self.tines.iter().all(|tine| tine.structure().primitive) {
                return Err(inverse::none());
            }
            let train = self.clone();
            return Ok(inverse::undoing(Rc::new(self.clone()), move |context, left, result| {
                affine::solved(context, &train, left, result)
            }));
        }
        let mut steps = Vec::with_capacity(pairs.len() + 1);
        for tines in pairs {
            let (Operand::Array(value), middle) = pair(tines)? else {
                return Err(inverse::none());
            };
            steps.push((Some(value.clone()), middle.inverse(context)?));
        }
        if let Some(atop) = atop {
            steps.push((None, atop.inverse(context)?));
        }
        steps.reverse();
        let last = last.inverse(context)?;
        Ok(inverse::undoing(Rc::new(self.clone()), move |context, left, mut result| {
            for (given, undo) in &steps {
                result = undo.call(context, given.clone(), result)?;
            }
            last.call(context, left, result)
        }))
    }

    fn describe(&self) -> Description {
        Description::Train(self.tines.iter().map(|tine| tine.described(self.tines.len())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::convert;
    use crate::operator::testing::{context, function, numbers};

    /// `-`
    fn minus() -> Operand {
        function(|_, left, right| {
            let left = left.map_or(Ok(0), |left| convert::int(&left))?;
            Ok(Value::Int((left - convert::int(&right)?) as i32))
        })
    }

    fn call(tines: Vec<Operand>, left: Option<i32>, right: i32) -> i64 {
        let context = context();
        let train = train(&context, tines).expect("a train");
        numbers(train.call(&context, left.map(Value::Int), Value::Int(right))).1[0]
    }

    #[test]
    fn atops_and_forks() {
        let number = || Operand::Array(Value::Int(10));
        assert_eq!(call(vec![minus(), minus()], Some(5), 3), -2);
        assert_eq!(call(vec![minus(), minus(), minus()], None, 3), 0);
        assert_eq!(call(vec![number(), minus(), minus()], Some(5), 3), 8);
        assert_eq!(call(vec![minus(), number(), minus(), minus()], None, 3), -13);
    }

    #[test]
    fn length_is_no_matter() {
        let tines =
            (0..100_001).map(|at| if at % 2 == 0 && at < 100_000 { Operand::Array(Value::Int(1)) } else { minus() });
        assert_eq!(call(tines.collect(), None, 3), -3);
    }

    #[test]
    fn arrays_stand_left_of_functions_only() {
        let number = || Operand::Array(Value::Int(10));
        assert!(train(&context(), vec![minus(), number()]).is_err());
        assert!(train(&context(), vec![number(), minus()]).is_err());
        assert!(train(&context(), vec![minus(), number(), minus()]).is_err());
    }
}
