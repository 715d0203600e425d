//! Calls of user functions.

use std::any::Any;
use std::rc::Rc;

use super::cells;
use super::statement::{self, Step};
use super::traditional;
use super::trapping;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Function};
use crate::workspace::scope::Scope;
use crate::workspace::user::UserFunction;

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
        cells::call(context, self, frame, left, right)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn describe(&self) -> Description {
        let text = self.definition.written();
        match &self.operands {
            (None, _) => Description::Text(text),
            (Some(left), right) => Description::Derived {
                operator: text,
                left: Box::new(left.describe()),
                right: right.as_ref().map(|right| Box::new(right.describe())),
                axis: None,
            },
        }
    }
}

/// Runs the function; tail calls are made here, one after the other, so that they take no room.
fn run(function: &UserFunction, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
    let _frame = context.memory().loan(FRAME_BYTES)?;
    let _entered = function.space.enter(context);
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
        let mut scope = Scope::of(function, left, right);
        loop {
            context.poll()?;
            let step = {
                let function = &scope.function;
                let _running = function.space.workspace.running(&scope);
                match &function.definition.program {
                    None => statement::body(context, &function.space, &scope)
                        .map_err(|fault| trapping::trapped(context, &scope, fault)),
                    Some(program) => traditional::call(context, program, &scope),
                }
            };
            let settings = scope.settings.take();
            scope.clear();
            scope = match step {
                // What is called in this one's place sees system variables as it has left them.
                Ok(Step::TailCall { function: None, left, right }) => scope.again(left, right),
                // Another function takes this one's place.
                Ok(Step::TailCall { function: Some(next), left, right }) => Scope::of(&next, left, right),
                step => {
                    if let Some(settings) = settings {
                        settings.restore(context);
                    }
                    return ended(context, &scope, step);
                }
            };
            *scope.settings.borrow_mut() = settings;
        }
    })
}

/// What a call gives that has ended as `step` says, which is not with a tail call.
fn ended(context: &Context, scope: &Rc<Scope>, step: Result<Step>) -> Result<Option<Value>> {
    match step {
        Ok(Step::Done { value, shy }) => {
            context.shy.set(shy);
            Ok(value)
        }
        Ok(Step::TailCall { .. }) => Err(Fault::internal("a tail call is no end")),
        // Lines belong to traditional functions.
        Err(fault) if fault.branch().is_some() => Err(Fault::syntax()),
        Err(mut fault) => {
            fault.leave(Rc::as_ptr(scope) as usize);
            Err(fault)
        }
    }
}
