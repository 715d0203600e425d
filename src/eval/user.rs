//! User functions and operators, and their calls.

use std::any::Any;
use std::ops::Deref;
use std::rc::Rc;

use super::cells;
use super::definition::Definition;
use super::scope::Scope;
use super::space::Space;
use super::statement::{self, Step};
use super::traditional;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Function, Operand};

/// What a call that is not a tail call takes from the workspace budget until it returns: its part of the native stack.
const FRAME_BYTES: usize = 6 * 1024;
/// Native stack that must be left when a user function is called; the evaluator between two calls needs less.
const RED_ZONE: usize = 192 * 1024;
/// Native stack that is added where less is left.
const STACK_PIECE: usize = 4 * 1024 * 1024;

/// A dfn or traditional function, or an operator with its operands: a function, with the scope it was defined in.
/// Clones are the same function.
#[derive(Clone)]
pub struct UserFunction(Rc<Parts>);

/// What a user function is made of.
pub struct Parts {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// `⍺⍺` and `⍵⍵`.
    pub operands: (Option<Operand>, Option<Operand>),
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

/// A dop or traditional operator, with the scope it was defined in.
pub struct UserOperator {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

impl Deref for UserFunction {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl UserFunction {
    /// A function of its parts.
    pub fn new(parts: Parts) -> UserFunction {
        UserFunction(Rc::new(parts))
    }

    /// A definition as a function in a namespace, without operands and outside of all scopes.
    pub fn outermost(definition: Rc<Definition>, space: Rc<Space>) -> UserFunction {
        UserFunction::new(Parts { definition, parent: None, operands: (None, None), space })
    }

    /// Runs the function; tail calls are made here, one after the other, so that they take no room.
    fn run(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let _frame = context.memory().loan(FRAME_BYTES)?;
        let _entered = self.space.enter(context);
        stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
            let mut scope = Scope::of(self, left, right);
            loop {
                context.poll()?;
                let step = {
                    let function = &scope.function;
                    let _running = function.space.workspace.running(&scope);
                    match &function.definition.program {
                        None => statement::body(context, &function.space, &scope),
                        Some(program) => traditional::call(context, program, &scope),
                    }
                };
                if let Some(settings) = scope.settings.take() {
                    settings.restore(context);
                }
                scope.clear();
                match step {
                    Ok(Step::Done { value, shy }) => {
                        context.shy.set(shy);
                        return Ok(value);
                    }
                    Ok(Step::TailCall { function: None, left, right }) => scope = scope.again(left, right),
                    // Another function takes this one's place.
                    Ok(Step::TailCall { function: Some(next), left, right }) => scope = Scope::of(&next, left, right),
                    // Lines belong to traditional functions.
                    Err(fault) if fault.branch().is_some() => return Err(Fault::syntax()),
                    Err(mut fault) => {
                        fault.leave(Rc::as_ptr(&scope) as usize);
                        return Err(fault);
                    }
                }
            }
        })
    }
}

impl Function for UserFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.run(context, left, right)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.run(context, left, right)
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
