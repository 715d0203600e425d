//! Statements: the bodies of user functions with their guards, and the lines of a session.

use std::rc::Rc;

use super::frame::Frame;
use super::rebinding;
use crate::array::{Value, convert};
use crate::bind::{self, Surroundings};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, OUTPUT_CLOSED, Result};
use crate::function::{Description, Fun, Operand};
use crate::syntax::tree::{Phrase, Statement};
use crate::traps::Nearer;
use crate::workspace::definition::{CachedPhrase, CachedStatement, Source};
use crate::workspace::node::{Bound, Class, Node, NodeId};
use crate::workspace::scope::Scope;
use crate::workspace::space::Space;
use crate::workspace::user::{self, UserFunction};

/// How the body of a function ends.
pub enum Step {
    /// With a result, or without one.
    Done {
        /// The result.
        value: Option<Value>,
        /// Whether the session does not show the result.
        shy: bool,
    },
    /// With a call of a user function, for the caller to make.
    TailCall {
        /// The function; `None` for the one that is running.
        function: Option<UserFunction>,
        /// Its left argument.
        left: Option<Value>,
        /// Its right argument.
        right: Value,
    },
}

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
    let bound = frame.bound;
    let Some(root) = bound.root() else { return Ok(Shown::Nothing) };
    Ok(match (bound.class, bound.node(root)) {
        (Some(Class::Array), Node::Assign { .. }) => frame.assignment(root)?.map_or(Shown::Nothing, Shown::Shy),
        (Some(Class::Array), _) if frame.is_execution(root) => frame.executed(root, false)?,
        (Some(Class::Array), _) => match frame.outermost(root)? {
            (Some(value), false) => Shown::Value(value),
            (Some(value), true) => Shown::Shy(value),
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

/// Runs a function's statements in its scope.
pub fn body(context: &Context, space: &Rc<Space>, scope: &Rc<Scope>) -> Result<Step> {
    statements(context, space, scope, 0)
}

fn statements(context: &Context, space: &Rc<Space>, scope: &Rc<Scope>, from: usize) -> Result<Step> {
    let definition = &scope.function.definition;
    let around = Surroundings::in_body(context, space, scope);
    let mut last = None;
    for (at, statement) in definition.statements.iter().enumerate().skip(from) {
        scope.line.set(at as u32);
        match statement {
            CachedStatement::Expression(cached) => {
                let done = rebinding::run(around, cached, |frame| {
                    let Some(root) = frame.bound.root() else { return Ok(None) };
                    // The value of the assignment before is dropped, so that its array is not shared and can be changed in
                    // place.
                    last = None;
                    match frame.bound.node(root) {
                        Node::AssignFunction { .. } | Node::ShowFunction(_) => drop(frame.effect(root)?),
                        Node::Assign { .. } => last = frame.assignment(root)?,
                        _ => return result(frame, root).map(Some),
                    }
                    Ok(None)
                });
                if let Some(step) = done? {
                    return Ok(step);
                }
            }
            CachedStatement::Guard(condition, outcome) => {
                let holds = rebinding::run(around, condition, |frame| {
                    let (root, condition) = value(frame)?;
                    frame.located(root, truth(context, &condition))
                });
                if holds? {
                    return outcome_of(around, outcome);
                }
                last = None;
            }
            CachedStatement::ErrorGuard(codes, handler) => {
                let codes = rebinding::run(around, codes, |frame| {
                    let (root, codes) = value(frame)?;
                    let codes = || convert::ints(context.memory(), &codes.array(context.memory())?);
                    frame.located(root, codes())
                });
                return guarded(context, space, scope, at, &codes?, handler);
            }
        }
    }
    // A dfn whose brace stands on a line of its own has no result where it comes to its end.
    Ok(Step::Done { value: last.filter(|_| !definition.ends_below), shy: true })
}

/// What a guard or the handler of an error guard gives.
fn outcome_of(around: Surroundings, outcome: &CachedPhrase) -> Result<Step> {
    rebinding::run(around, outcome, |frame| match frame.bound.root() {
        Some(root) => result(frame, root),
        None => Ok(Step::Done { value: None, shy: true }),
    })
}

/// The rest of a body under an error guard, and its handler.
fn guarded(
    context: &Context,
    space: &Rc<Space>,
    scope: &Rc<Scope>,
    at: usize,
    codes: &[i64],
    handler: &CachedPhrase,
) -> Result<Step> {
    let (snapshot, settings) = (scope.snapshot(), context.settings());
    // `⎕RL` is restored too, if this function has changed it, to the value at the guard.
    let local = |scope: &Scope| scope.settings.borrow().as_ref().is_some_and(|saved| saved.random().is_some());
    let random = local(scope).then(|| context.random.borrow().clone());
    let before = scope.guarded.replace(true);
    let nearer = Nearer::new(&context.traps, codes);
    // Each guard is a level of recursion: a body with 10⁵ guards must not exhaust the stack.
    let step = stacker::maybe_grow(64 * 1024, 1024 * 1024, || statements(context, space, scope, at + 1));
    drop(nearer);
    scope.guarded.set(before);
    let fault = match step {
        Err(fault) => fault,
        done => return done,
    };
    if !catches(context, codes, &fault) {
        return Err(fault);
    }
    let _handled = context.handle(fault);
    // Changes of local names by the statements behind the guard are undone before the handler runs.
    scope.unwind(snapshot);
    context.set_settings(settings);
    let before = || scope.settings.borrow().as_ref().and_then(|saved| saved.random().cloned());
    if let Some(random) = random.or_else(before) {
        *context.random.borrow_mut() = random;
    }
    outcome_of(Surroundings::in_body(context, space, scope), handler)
}

/// Whether a guard or trap for these numbers catches an error. Not caught are branches, an error that has yet to leave the
/// function that signalled it, and the interrupts at the end of the time limit, of the output and of the session.
pub fn catches(context: &Context, codes: &[i64], fault: &Fault) -> bool {
    let kind = fault.kind();
    let last = kind.is_interrupt() && (context.off.get().is_some() || fault.message().is_some());
    kind.is_error() && !fault.is_leaving() && !last && covers(codes, i64::from(kind.number()))
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

/// Evaluates the last expression of a body: a tail call if its outermost function is user-defined.
fn result(frame: &Frame, root: NodeId) -> Result<Step> {
    let bound = frame.bound;
    if bound.class != Some(Class::Array) {
        return Err(frame.blame(root, Fault::syntax().because("A dfn's result is an array")));
    }
    let (left, function, right) = match *bound.node(root) {
        Node::Monad { function, right } => (None, function, right),
        Node::Dyad { left, function, right } => (Some(left), function, right),
        Node::Assign { .. } => return Ok(Step::Done { value: Some(frame.array(root)?), shy: true }),
        _ => return Ok(Step::Done { value: Some(frame.array(root)?), shy: false }),
    };
    let scope = frame.scope;
    let guarded = scope.is_none_or(|scope| scope.guarded.get());
    if guarded || matches!(bound.node(function), Node::Primitive(_) | Node::Ready(_) | Node::Execute) {
        let (value, shy) = frame.outermost(root)?;
        return Ok(Step::Done { value, shy });
    }
    let argument = right;
    let right = frame.array(argument)?;
    if matches!(bound.node(function), Node::Del) {
        let left = left.map(|left| frame.array(left)).transpose();
        let left = left.map_err(|fault| frame.keeping(fault, argument, &right))?;
        let (left, right) = (settle(frame, left)?, right.settled(frame.context.memory())?);
        return Ok(Step::TailCall { function: None, left, right });
    }
    let (callee, left) = frame.callee(left, function, argument, &right)?;
    if let Some(user) = callee.as_any().and_then(|any| any.downcast_ref::<UserFunction>()) {
        // What is called may need this scope still, if anything has got hold of it.
        // The caller holds it, and the list of what is running.
        let free = scope.is_some_and(|scope| Rc::strong_count(scope) == 2);
        if free && Rc::ptr_eq(&user.space, frame.space) && !sees_callers(user) {
            let (left, right) = (settle(frame, left)?, right.settled(frame.context.memory())?);
            return Ok(Step::TailCall { function: Some(user.clone()), left, right });
        }
    }
    frame.context.shy.set(false);
    let value = frame.located(root, callee.invoke(frame.context, left, right))?;
    let shy = callee.may_be_shy() && frame.context.shy.get();
    Ok(Step::Done { value, shy })
}

/// Whether a function, or one of its operands, is a traditional one, which sees the names of its callers.
fn sees_callers(user: &UserFunction) -> bool {
    let operand = |operand: &Option<Operand>| match operand {
        Some(Operand::Function(function)) => {
            let user = function.as_any().and_then(|any| any.downcast_ref::<UserFunction>());
            user.is_some_and(|user| stacker::maybe_grow(64 * 1024, 1 << 20, || sees_callers(user)))
        }
        _ => false,
    };
    user.definition.program.is_some() || operand(&user.operands.0) || operand(&user.operands.1)
}

fn settle(frame: &Frame, value: Option<Value>) -> Result<Option<Value>> {
    value.map(|value| value.settled(frame.context.memory())).transpose()
}
