//! Statements: the bodies of user functions with their guards, and the lines of a session.

use std::rc::Rc;

use super::frame::Frame;
use super::machine::{Ending, Machine};
use super::rebinding;
use crate::array::{Array, Value, convert};
use crate::code::bind::{self, Surroundings};
use crate::code::definition::Source;
use crate::code::node::{Bound, Class, Form, Node, NodeId};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, OUTPUT_CLOSED, Result};
use crate::function::{Description, Fun};
use crate::names::scope::Scope;
use crate::names::space::Space;
use crate::names::user;
use crate::syntax::tree::{Phrase, Statement};

/// What a statement of the session gives.
pub enum Shown {
    /// Nothing to show: an assignment, a function without a result.
    Nothing,
    /// A value.
    Value(Value),
    /// A shy value, which only some front ends show.
    Shy(Value),
    /// A function by itself, as it is written; or an operator.
    Function(Description, Option<Fun>),
}

/// Evaluates the statements of a session: lines without a scope, or with the scope that `⍎` runs in.
pub struct Evaluator<'a> {
    /// System variables, budget, console.
    pub context: &'a Context,
    /// Global names.
    pub space: &'a Rc<Space>,
    /// The function that is running, if any.
    pub scope: Option<&'a Rc<Scope>>,
    /// The text that the phrases stand in.
    pub source: Rc<Source>,
}

impl Evaluator<'_> {
    /// The bound form of an expression.
    pub fn bind(&self, phrase: &Phrase) -> Result<Bound> {
        let around = self.around();
        self.space.workspace.recorder.statement(&self.source, phrase);
        around.begins(phrase);
        bind::bind(around, phrase).map_err(|failure| bind::placed(around, failure))
    }

    /// Runs one statement.
    pub fn statement(&self, statement: &Statement) -> Result<Shown> {
        match statement {
            Statement::Expression(phrase) => self.run(phrase),
            Statement::Branch(target) if target.items.is_empty() => Err(Fault::abort()),
            Statement::Branch(target) => self.evaluated(target, |frame| {
                let (root, target) = value(frame)?;
                match frame.located(root, branch_target(self.context, &target))? {
                    Some(line) => Err(Fault::to_line(line)),
                    None => Ok(Shown::Nothing),
                }
            }),
            Statement::Guard { .. } | Statement::ErrorGuard { .. } => Err(Fault::syntax()),
        }
    }

    /// Runs one statement whose value is needed: VALUE ERROR at a function that gives none.
    pub fn wanted(&self, statement: &Statement) -> Result<Shown> {
        let Statement::Expression(phrase) = statement else { return self.statement(statement) };
        self.evaluated(phrase, |frame| match (shown(frame)?, frame.bound.root()) {
            (Shown::Nothing, Some(root)) if frame.bound.class == Some(Class::Array) => {
                Err(frame.blame(root, Fault::no_result()))
            }
            (shown, _) => Ok(shown),
        })
    }

    /// Evaluates one expression.
    pub fn run(&self, phrase: &Phrase) -> Result<Shown> {
        self.evaluated(phrase, shown)
    }

    fn evaluated(&self, phrase: &Phrase, mut work: impl FnMut(&Frame) -> Result<Shown>) -> Result<Shown> {
        let bound = self.bind(phrase)?;
        rebinding::run_bound(self.around(), phrase, &bound, &mut work)
    }

    fn around(&self) -> Surroundings<'_> {
        Surroundings { context: self.context, space: self.space, scope: self.scope, source: &self.source }
    }
}

/// The value of an expression, and its node; SYNTAX ERROR where it is no array.
pub fn value(frame: &Frame) -> Result<(NodeId, Value)> {
    match frame.bound.root() {
        Some(root) if frame.bound.class == Some(Class::Array) => Ok((root, frame.array(root)?)),
        Some(root) => Err(frame.blame(root, Fault::syntax())),
        None => Err(Fault::syntax()),
    }
}

/// What a bound expression gives as a statement of its own.
pub fn shown(frame: &Frame) -> Result<Shown> {
    frame.on_new_stacks(|machine| shown_on(machine, frame))
}

/// The same on stacks that are there.
pub fn shown_on(machine: &mut Machine, frame: &Frame) -> Result<Shown> {
    let bound = frame.bound;
    let Some(root) = bound.root() else { return Ok(Shown::Nothing) };
    Ok(match (bound.class, bound.node(root)) {
        (Some(Class::Array), _) if bound.is_execution(root) => {
            let shown = frame.executed(root, false)?;
            if let Shown::Value(value) | Shown::Shy(value) = &shown {
                frame.noting(root, Some(value));
            }
            shown
        }
        (Some(Class::Array), _) => match frame.outermost_on(machine)? {
            (Some(value), Ending::Value) if bound.form != Form::Assignment => Shown::Value(value),
            (Some(value), _) => Shown::Shy(value),
            (None, _) => Shown::Nothing,
        },
        (Some(_), Node::AssignFunction { .. } | Node::ShowFunction(_)) => {
            frame.effect(root)?;
            Shown::Nothing
        }
        // What needs an operand or a left argument to be anything shows nothing of use.
        (Some(Class::Function), Node::Primitive(row)) if row.monad.is_none() && "/⌿\\⍀".contains(row.glyph) => {
            return Err(frame.blame(root, Fault::syntax()));
        }
        (Some(Class::Function), _) => {
            let function = frame.function(root)?;
            let listing = user::listing(function.as_ref()).map(Description::Text);
            Shown::Function(listing.unwrap_or_else(|| function.describe()), Some(function))
        }
        (Some(_), Node::PrimitiveOperator(_) | Node::SystemOperator(_)) => {
            return Err(frame.blame(root, Fault::syntax()));
        }
        (Some(_), _) => Shown::Function(frame.operator_description(root)?, None),
        (None, _) => Shown::Nothing,
    })
}

/// Shows what a statement of a function gave, or one that `⍎` runs in a scope.
pub fn show(context: &Context, scope: Option<&Rc<Scope>>, shown: Shown) -> Result<()> {
    let layout = crate::display::layout(context, scope.is_some());
    let text = match shown {
        Shown::Shy(_) | Shown::Nothing => return Ok(()),
        Shown::Value(value) => crate::display::show(context, &value, layout)?,
        Shown::Function(description, _) => crate::display::show_function(context, &description, layout)?,
    };
    let written = context.screen.borrow_mut().show(&text);
    written.map_err(|_| Fault::new(ErrorKind::Interrupt).because(OUTPUT_CLOSED))
}

/// `⎕TRACE`: shows what a statement of a line has given, behind the name of the function and the line.
pub fn show_traced(context: &Context, scope: &Rc<Scope>, line: u32, value: Value) -> Result<()> {
    let memory = context.memory();
    let name = scope.function.definition.name.borrow().clone().unwrap_or_default();
    let items = vec![context.text(&format!("{name}[{line}]"))?, value.settled(memory)?];
    let pair = Array::from_items(memory, &[2], items, || Value::Int(0))?;
    show(context, Some(scope), Shown::Value(pair.into()))
}

/// The line that a branch goes to; `None` for an empty target. DOMAIN ERROR where the first element is no whole number.
pub fn branch_target(context: &Context, target: &Value) -> Result<Option<i64>> {
    if target.rank() > 1 {
        return Err(Fault::misshapen("a line number", target.shape()));
    }
    if target.count() == 0 {
        return Ok(None);
    }
    let first = target.item(context.memory(), 0)?;
    if !first.is_simple_scalar() {
        return Err(Fault::domain());
    }
    convert::int(&first).map(Some)
}

/// Whether a guard or trap for these numbers catches an error. Not caught are branches, an error that has yet to leave the
/// function that signalled it, and the interrupts at the end of the time limit, of the output and of the session.
pub fn catches(context: &Context, codes: &[i64], fault: &Fault) -> bool {
    may_be_caught(context, fault) && covers(codes, i64::from(fault.kind().number()))
}

/// Whether anything could catch an error.
pub fn may_be_caught(context: &Context, fault: &Fault) -> bool {
    let kind = fault.kind();
    let last = kind.is_interrupt() && (context.off.get().is_some() || fault.message().is_some());
    kind.is_error() && !fault.is_leaving() && !last
}

/// Whether these numbers cover that of an error: 0 any but interrupts, 1000 any interrupt.
pub fn covers(codes: &[i64], number: i64) -> bool {
    codes.iter().any(|&code| match code {
        0 => number < 1000,
        1000 => number >= 1000,
        _ => code == number,
    })
}

/// A condition: a scalar or one-element array of 0 or 1.
pub fn truth(context: &Context, value: &Value) -> Result<bool> {
    match value {
        Value::Bool(b) => Ok(*b),
        Value::Int(n @ (0 | 1)) => Ok(*n == 1),
        _ => {
            let array = value.array(context.memory())?;
            if array.len() != 1 {
                return Err(Fault::length().with_detail("a condition has one element"));
            }
            Ok(convert::bools(context.memory(), &array)?.first().copied().unwrap_or_default())
        }
    }
}
