//! Calls of user functions.

use std::any::Any;

use super::activation::{ended, failed};
use super::cells;
use super::machine::{Call, Ending, Machine};
use super::profiling;
use super::synonym;
use super::tracing;
use super::traditional;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Results, Structure};
use crate::names::scope::Scope;
use crate::names::user::UserFunction;

/// What a call that is not a tail call takes from the workspace budget until it returns: its part of the native stack.
const FRAME_BYTES: usize = 6 * 1024;
/// Native stack that must be left when a user function is called; the evaluator between two calls needs less.
const RED_ZONE: usize = 192 * 1024;
/// Native stack that is added where less is left.
const STACK_PIECE: usize = 4 * 1024 * 1024;

impl Function for UserFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        run(self, context, left, right)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        run(self, context, left, right)
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        Ok(match cells::call(context, self, frame, left, right)? {
            Some(Results::Alike(cells)) => Some(cells),
            Some(Results::Various(_)) | None => None,
        })
    }

    fn call_various(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Results>> {
        cells::call(context, self, frame, left, right)
    }

    fn synonym(&self, context: &Context, dyadic: bool) -> Option<Fun> {
        synonym::of(context, self, dyadic)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn structure(&self) -> Structure {
        UserFunction::structure(self)
    }

    fn describe(&self) -> Description {
        let text = self.definition.written();
        match &self.operands {
            (None, _) => match self.definition.lines(0) {
                Some(lines) => Description::Named { name: text, lines: lines.into() },
                None => Description::Text(text),
            },
            (Some(left), right) => Description::Derived {
                operator: text,
                left: Box::new(left.described(2)),
                right: right.as_ref().map(|right| Box::new(right.described(2))),
                axis: None,
            },
        }
    }
}

/// Runs the function for a caller that waits on the native stack.
fn run(function: &UserFunction, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
    let _descent = context.descend(FRAME_BYTES)?;
    context.suspensions.called(function.space.workspace.depth());
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, || match &function.definition.program {
        None => {
            let mut machine = Machine::new(context, &function.space.workspace);
            let call = Call { function: function.clone(), dyadic: left.is_some() };
            machine.values.push(right);
            machine.values.extend(left);
            machine.call(call)?;
            context.shy.set(machine.ending == Ending::Shy);
            Ok(machine.values.pop())
        }
        Some(program) => {
            context.poll()?;
            let _entered = function.space.enter(context);
            let scope = Scope::traditional(function, left, right);
            function.space.workspace.begun(&scope);
            if context.profiler.is_on() {
                profiling::begun(context, &scope);
            }
            if context.tracer.is_on() {
                tracing::called(context, &scope);
            }
            match traditional::call(context, program, &scope) {
                Ok(value) => {
                    if context.tracer.is_on() {
                        tracing::returned(context, &scope, value.as_ref());
                    }
                    ended(context, &scope);
                    context.shy.set(program.model.shy);
                    Ok(value)
                }
                Err(fault) => Err(failed(context, &scope, fault)),
            }
        }
    })
}
