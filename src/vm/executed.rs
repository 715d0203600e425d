//! `⍎`: executes a text.
//!
//! If the text is an array expression, the result is its value; if it is a function, the result is that function:
//! `(⍎'+')/⍳3` is a sum. Only evaluation can tell. So the binder assumes that `(⍎…)` is an array, and the phrase is bound
//! again if it turns out to be a function.

use std::rc::Rc;

use super::frame::Frame;
use super::statement::{self, Evaluator, Shown};
use crate::array::reference::{Code, Represented};
use crate::array::{Value, convert};
use crate::code::definition::Source;
use crate::code::node::{Node, NodeId};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::{Description, Fun, Function, Operand, Structure};
use crate::names::path;
use crate::names::scope::Scope;
use crate::names::space::Space;

/// Native stack that must be left when a text is executed, and what is added where it isn't.
const RED_ZONE: usize = 96 * 1024;
const STACK_PIECE: usize = 2 * 1024 * 1024;

/// `⍎` in a scope.
pub struct Execute {
    /// The namespace that it runs in.
    pub space: Rc<Space>,
    /// The scope that it runs in, if any.
    pub scope: Option<Rc<Scope>>,
}

impl Execute {
    /// What a text stands for; VALUE ERROR within it where a value is wanted that its last function does not give.
    fn outcome(&self, context: &Context, left: Option<Value>, right: Value, wanted: bool) -> Result<Shown> {
        let text = convert::text(context.memory(), &right)?;
        let target = left.map(|left| path::given(context, &self.space, self.scope.as_ref(), &left)).transpose()?;
        let lent = target.as_ref().and_then(|space| Some(Scope::lend_arguments(self.scope.as_ref()?, space)));
        let (space, scope) = match &target {
            Some(space) => (space, lent.as_ref()),
            None => (&self.space, self.scope.as_ref()),
        };
        let _entered = space.enter(context);
        let _waiting = context.suspensions.waits("⍎", Some(self.space.workspace.depth()));
        let source = Rc::new(Source::executed(text));
        execute(context, space, scope, source, wanted).map_err(|mut fault| {
            // What the text signals arises where it is executed.
            fault.leave(|| self.scope.as_ref().map_or(0, |scope| scope.capsule()));
            fault
        })
    }
}

impl Function for Execute {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let shown = self.outcome(context, left, right, true)?;
        given(context, shown)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let shown = self.outcome(context, left, right, false)?;
        given(context, shown)
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn structure(&self) -> Structure {
        Structure::SYSTEM
    }

    fn describe(&self) -> Description {
        Description::Text("⍎".into())
    }
}

/// Functions that are arrays: `⎕OR`.
impl Frame<'_> {
    /// The function that an array is, in this scope. SYNTAX ERROR for an operator and for a namespace.
    pub fn of_code(&self, code: &Code) -> Result<Fun> {
        let text = match code.form {
            Represented::Traditional => &code.name,
            Represented::Direct => &code.definition,
            Represented::Space(_) => return Err(Fault::syntax()),
        };
        match execute(self.context, self.space, self.scope, Rc::new(Source::executed(text.to_string())), false)? {
            Shown::Function(_, Some(function)) => Ok(function),
            _ => Err(Fault::syntax()),
        }
    }

    /// Lets a name stand for it.
    #[cold]
    pub fn fix_code(&self, symbol: Option<u32>, code: &Code) -> Result<()> {
        let name = symbol
            .and_then(|symbol| self.space.workspace.name(symbol))
            .ok_or_else(|| Fault::internal("a name without text"))?;
        let source = Rc::new(Source::executed(format!("{name}←{}", code.definition)));
        // What is wrong is the assignment, not the text that is executed for it.
        execute(self.context, self.space, self.scope, source, false).map(drop).map_err(|fault| match fault.kind() {
            ErrorKind::Syntax => Fault::syntax().because("Can't change nameclass on assignment"),
            _ => fault,
        })
    }
}

/// The value of an executed text, if any. SYNTAX ERROR for a function.
fn given(context: &Context, shown: Shown) -> Result<Option<Value>> {
    context.shy.set(matches!(shown, Shown::Shy(_)));
    match shown {
        Shown::Value(value) | Shown::Shy(value) => Ok(Some(value)),
        Shown::Nothing => Ok(None),
        Shown::Function(..) => Err(Fault::syntax()),
    }
}

/// Evaluates a text in a scope: all its statements, the last one's value. Values of the others are shown, unless they
/// are shy. A branch leaves it for the function that is running. Where a value is `wanted`, the last statement must not
/// end in a function without a result.
pub fn execute(
    context: &Context,
    space: &Rc<Space>,
    scope: Option<&Rc<Scope>>,
    source: Rc<Source>,
    wanted: bool,
) -> Result<Shown> {
    context.poll()?;
    let _descent = context.descend(16 * 1024)?;
    let _tokens = context.memory().loan(source.text.len().saturating_mul(48))?;
    let body = source.parse(context, &source.text)?;
    let evaluator = Evaluator { context, space, scope, source };
    let mut shown = Shown::Nothing;
    for (k, statement) in body.statements.iter().enumerate() {
        statement::show(context, scope, std::mem::replace(&mut shown, Shown::Nothing))?;
        shown = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || match wanted && k + 1 == body.statements.len() {
            true => evaluator.wanted(statement),
            false => evaluator.statement(statement),
        })?;
    }
    Ok(shown)
}

impl Frame<'_> {
    /// What an application of `⍎`, in parentheses or not, stands for.
    pub fn executed(&self, id: NodeId, wanted: bool) -> Result<Shown> {
        let (left, function, right) = match *self.bound.node(id) {
            Node::Executed(inner) => {
                // Parentheses show what is shy.
                let shown = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.executed(inner, wanted))?;
                return Ok(if let Shown::Shy(value) = shown { Shown::Value(value) } else { shown });
            }
            Node::Monad { function, right } => (None, function, right),
            Node::Dyad { left, function, right } => (Some(left), function, right),
            _ => return self.array(id).map(Shown::Value),
        };
        let argument = right;
        let right = self.array(argument)?;
        let rest = self.function(function).and_then(|function| {
            let left = left.map(|left| self.array(left)).transpose()?;
            Ok((function, left))
        });
        // Where the phrase is bound again, the text is not evaluated again.
        let (function, left) = rest.map_err(|fault| self.keeping(fault, argument, &right))?;
        match function.as_any().and_then(|any| any.downcast_ref::<Execute>()) {
            Some(execute) => self.located(id, execute.outcome(self.context, left, right, wanted)),
            None => self.located(id, function.call(self.context, left, right)).map(Shown::Value),
        }
    }

    /// What an application of `⍎` stands for, as an operand.
    pub fn executed_operand(&self, id: NodeId) -> Result<Operand> {
        match self.executed(id, true)? {
            Shown::Value(value) | Shown::Shy(value) => Ok(Operand::Array(value.settled(self.context.memory())?)),
            Shown::Function(_, Some(function)) => Ok(Operand::Function(function)),
            Shown::Function(_, None) => Err(self.blame(id, Fault::syntax())),
            Shown::Nothing => Err(self.blame(id, Fault::no_result())),
        }
    }

    /// The value of an application of `⍎`. If it is a function, the phrase is bound again with the function.
    pub fn executed_array(&self, id: NodeId) -> Result<Value> {
        match self.executed_operand(id)? {
            Operand::Array(value) => Ok(value),
            function => {
                let fault = self.surprised(id);
                Err(self.keeping_operand(fault, id, &function))
            }
        }
    }
}
