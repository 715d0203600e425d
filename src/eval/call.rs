//! Calls of user functions.

use std::any::Any;
use std::rc::Rc;

use super::cells;
use super::statement::{self, Step};
use super::synonym;
use super::traditional;
use super::trapping;
use crate::array::Value;
use crate::context::{Context, Saved};
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Results};
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

    fn describe(&self) -> Description {
        let text = self.definition.written();
        match &self.operands {
            (None, _) => match self.definition.lines(0) {
                Some(lines) => Description::Named { name: text, lines: lines.into() },
                None => Description::Text(text),
            },
            (Some(left), right) => Description::Derived {
                operator: text,
                left: Box::new(left.describe()),
                right: right.as_ref().map(|right| Box::new(right.describe())),
                axis: None,
            },
        }
    }
}

/// Runs the function. Tail calls are made in this loop, so that they use no stack.
fn run(function: &UserFunction, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
    let _descent = context.descend(FRAME_BYTES)?;
    let _entered = function.space.enter(context);
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
        let mut scope = Scope::of(function, left, right);
        loop {
            context.poll()?;
            let step = {
                let function = &scope.function;
                let _running = function.space.workspace.running(&scope);
                let mut step = match &function.definition.program {
                    None => statement::body(context, &function.space, &scope),
                    Some(program) => traditional::call(context, program, &scope),
                };
                if let Err(fault) = &mut step
                    && let Some(after) = trapping::own(context, &scope, fault)
                {
                    *fault = after;
                }
                step
            };
            let settings = scope.settings.take();
            scope.clear();
            match step {
                Ok(Step::Done { value, shy }) => {
                    restore(context, settings);
                    context.shy.set(shy);
                    return Ok(value);
                }
                Ok(Step::TailCall { function: None, left, right }) => scope = scope.again(left, right),
                // A tail call of another function.
                Ok(Step::TailCall { function: Some(next), left, right }) => scope = Scope::of(&next, left, right),
                Err(mut fault) => {
                    restore(context, settings);
                    // Lines belong to traditional functions.
                    if fault.branch().is_some() {
                        return Err(Fault::syntax());
                    }
                    fault.leave(Rc::as_ptr(&scope) as usize);
                    return Err(fault);
                }
            }
            // A function that is tail-called sees the system variables as this one has set them.
            if settings.is_some() {
                *scope.settings.borrow_mut() = settings;
            }
        }
    })
}

/// Restores the system variables that the function changed.
fn restore(context: &Context, settings: Option<Box<Saved>>) {
    if let Some(settings) = settings {
        settings.restore(context);
    }
}
