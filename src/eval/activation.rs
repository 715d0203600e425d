//! Calls of dfns: the statements of their bodies with guards, tail calls, results, and what errors meet on their way out.
//!
//! Callers wait on a stack of their own, not on the native one. What they take is charged to the workspace budget.

use std::rc::Rc;

use super::frame::Frame;
use super::machine::{Call, Ending, Machine, Stop};
use super::rebinding::Progress;
use super::statement;
use super::trapping;
use crate::array::{Value, convert};
use crate::bind::{self, Surroundings};
use crate::context::{Context, Handled, Settings};
use crate::error::{ErrorKind, Fault, Result};
use crate::random::Random;
use crate::traps::Nearer;
use crate::workspace::definition::{CachedPhrase, CachedStatement};
use crate::workspace::node::{Bound, Form, NodeId};
use crate::workspace::scope::{Scope, Snapshot};
use crate::workspace::space::Entered;
use crate::workspace::user::UserFunction;

/// What a call that waits for another one takes from the workspace budget: its activation, its scope and its values.
const CALL_BYTES: usize = 768;
/// So many calls are charged at once.
const BLOCK: usize = 64;
/// So many scopes are kept for the next calls.
const IDLE: usize = 16;

/// A call of a dfn that is under way.
pub struct Activation<'c> {
    scope: Rc<Scope>,
    /// The phrase that is being evaluated.
    bound: Option<Rc<Bound>>,
    /// The next of its instructions.
    at: usize,
    /// Whether the call that it waits for is the outermost one of the phrase.
    outermost: bool,
    role: Role,
    /// The next statement.
    statement: u32,
    /// How high the stacks were at the beginning.
    values: u32,
    components: u32,
    /// The value of the last statement, if it was an assignment.
    last: Option<Value>,
    seldom: Option<Box<Seldom<'c>>>,
}

/// What few calls have.
#[derive(Default)]
struct Seldom<'c> {
    /// The error guards in force, the innermost last.
    guards: Vec<Guard<'c>>,
    /// While the handler of a guard is evaluated.
    handled: Option<Handled<'c>>,
    /// How far a phrase has come that had to be bound again.
    progress: Progress,
    /// While the namespace of the function is not the one of its caller.
    _entered: Option<Entered<'c>>,
}

/// What the phrase that is being evaluated is to its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The statement itself: the result, or an assignment.
    Expression,
    /// The condition of a guard.
    Condition,
    /// The result behind a guard that holds.
    Outcome,
    /// The error numbers of an error guard.
    Codes,
    /// The result after an error.
    Handler,
}

/// An error guard that is in force.
struct Guard<'c> {
    /// The number of the statement behind its own.
    statement: u32,
    codes: Vec<i64>,
    /// Local names and system variables as they were when it came into force.
    names: Snapshot,
    settings: Settings,
    /// `⎕RL`, where this function had changed it.
    random: Option<Random>,
    /// Whether another guard was in force.
    before: bool,
    _nearer: Nearer<'c>,
}

/// What comes next.
enum Next {
    /// A call, with its arguments on the stack.
    Call(Call),
    /// The result is on the stack, if there is one.
    Return,
}

impl<'c> Machine<'c> {
    /// Calls a dfn, whose arguments are on the stack. Its result is there then, if there is one.
    pub fn call(&mut self, call: Call) -> Result<()> {
        let waiting = self.callers.len();
        let mut current = self.begin(call)?;
        loop {
            let mut fault = match self.advance(&mut current) {
                Ok(Next::Call(call)) => match self.enter(&mut current, call) {
                    Ok(()) => continue,
                    Err(fault) => fault,
                },
                Ok(Next::Return) => {
                    ended(self.context, &current.scope);
                    if self.callers.len() == waiting {
                        return Ok(());
                    }
                    match self.resume(&mut current) {
                        Ok(()) => continue,
                        Err(fault) => fault,
                    }
                }
                Err(fault) => fault,
            };
            // Outwards, to the first that handles it.
            while let Err(unhandled) = self.rescue(&mut current, fault) {
                fault = self.abandon(&current, unhandled);
                if self.callers.len() == waiting {
                    return Err(fault);
                }
                let Some(caller) = self.callers.pop() else { return Err(fault) };
                current = caller;
                fault = current.frame(self.context, |frame, node| frame.blame(node, fault));
            }
        }
    }

    /// A dfn begins.
    fn begin(&mut self, call: Call) -> Result<Activation<'c>> {
        self.context.poll()?;
        if self.callers.len() > self.charged.len() * BLOCK {
            self.charged.push(self.context.descend(CALL_BYTES * BLOCK)?);
        }
        let (left, right) = self.arguments(call.dyadic)?;
        let entered = call.function.space.enter(self.context);
        let seldom = entered.map(|entered| Box::new(Seldom { _entered: Some(entered), ..Seldom::default() }));
        let scope = self.scope(&call.function, left, right);
        call.function.space.workspace.begun(&scope);
        Ok(Activation {
            scope,
            bound: None,
            at: 0,
            outermost: false,
            role: Role::Expression,
            statement: 0,
            values: self.values.len() as u32,
            components: self.components.len() as u32,
            last: None,
            seldom,
        })
    }

    /// The scope of a call: one that is no longer used, or a new one.
    fn scope(&mut self, function: &UserFunction, left: Option<Value>, right: Value) -> Rc<Scope> {
        match self.idle.pop() {
            Some(mut scope) => {
                Scope::again(&mut scope, function, left, right);
                scope
            }
            None => Scope::new(function, left, right),
        }
    }

    /// The current call makes another one. As the last thing that it does, the other one takes its place.
    fn enter(&mut self, current: &mut Activation<'c>, call: Call) -> Result<()> {
        if !current.outermost || !current.may_be_replaced(&call) {
            let callee = self.begin(call);
            let callee = callee.map_err(|fault| current.frame(self.context, |frame, node| frame.blame(node, fault)))?;
            self.callers.push(std::mem::replace(current, callee));
            return Ok(());
        }
        self.context.poll()?;
        let memory = self.context.memory();
        let (left, right) = self.arguments(call.dyadic)?;
        let left = left.map(|left| left.settled(memory)).transpose()?;
        let right = right.settled(memory)?;
        if let Some(seldom) = &mut current.seldom {
            seldom.handled = None;
        }
        // A function that is tail-called sees the system variables as this one has set them.
        let settings = current.scope.settings.take();
        current.scope.clear();
        let workspace = &call.function.space.workspace;
        workspace.ended();
        Scope::again(&mut current.scope, &call.function, left, right);
        workspace.begun(&current.scope);
        if settings.is_some() {
            *current.scope.settings.borrow_mut() = settings;
        }
        (current.bound, current.statement, current.last) = (None, 0, None);
        Ok(())
    }

    /// The caller of a call that has returned goes on.
    fn resume(&mut self, current: &mut Activation<'c>) -> Result<()> {
        let Some(caller) = self.callers.pop() else { return Err(Fault::internal("no caller")) };
        let Activation { mut scope, .. } = std::mem::replace(current, caller);
        if self.idle.len() < IDLE && Scope::rest(&mut scope) {
            self.idle.push(scope);
        }
        if current.outermost {
            return Ok(());
        }
        match std::mem::take(&mut self.ending) {
            Ending::Nothing => Err(current.frame(self.context, |frame, node| frame.blame(node, Fault::no_result()))),
            _ => Ok(()),
        }
    }

    /// An error leaves the current call.
    fn abandon(&mut self, current: &Activation<'c>, fault: Fault) -> Fault {
        self.unwind(current);
        failed(self.context, &current.scope, fault)
    }

    /// Drops what the current phrase has left on the stacks.
    fn unwind(&mut self, current: &Activation<'c>) {
        self.values.truncate(current.values as usize);
        self.components.truncate(current.components as usize);
    }

    /// Evaluates until a call is to be made, or the result is there.
    fn advance(&mut self, current: &mut Activation<'c>) -> Result<Next> {
        loop {
            let mut done = match &mut *current {
                Activation { scope, bound: Some(bound), at, outermost, values, components, .. } => {
                    let frame = Frame::in_body(self.context, &scope.function.space, scope, bound);
                    let code = frame.code();
                    match self.execute(&frame, code, at) {
                        Ok(Stop::Call(call)) => {
                            *outermost = *at == code.ops.len();
                            return Ok(Next::Call(call));
                        }
                        Ok(Stop::Done) => self.evaluated(current),
                        Err(fault) => {
                            Err(self.kept(&frame, code, *at - 1, (*values as usize, *components as usize), fault))
                        }
                    }
                }
                Activation { bound: None, .. } => self.statement(current),
            };
            // What is bound again may meet the next name of another class at once.
            while matches!(&done, Err(fault) if fault.kind() == ErrorKind::Rebind) {
                done = self.rebound(current);
            }
            if let Some(next) = done? {
                return Ok(next);
            }
        }
    }

    /// The rest of the phrase is bound again, and goes on.
    #[cold]
    fn rebound(&mut self, current: &mut Activation<'c>) -> Result<Option<Next>> {
        self.unwind(current);
        let scope = current.scope.clone();
        let (Some(bound), Some(phrase)) = (current.bound.take(), current.phrase(&scope)) else {
            return Err(Fault::internal("no phrase to bind again"));
        };
        let around = Surroundings::in_body(self.context, &scope.function.space, &scope);
        let progress = &mut current.seldom.get_or_insert_default().progress;
        let bound = Rc::new(progress.rebind(around, &phrase.phrase, &bound)?);
        self.evaluate(current, bound)
    }

    /// The phrase is evaluated: does what its statement does with it.
    fn evaluated(&mut self, current: &mut Activation<'c>) -> Result<Option<Next>> {
        match current.role {
            Role::Expression if current.assigns() => current.last = self.values.pop(),
            Role::Expression | Role::Outcome | Role::Handler => {
                if current.assigns() {
                    self.ending = Ending::Shy;
                }
                return Ok(Some(Next::Return));
            }
            Role::Condition => {
                let holds = match self.needed_value(current)? {
                    Value::Bool(holds) => holds,
                    value => {
                        let holds = statement::truth(self.context, &value);
                        current.frame(self.context, |frame, _| frame.located_at_root(holds))?
                    }
                };
                if holds {
                    return self.begin_phrase(current, Role::Outcome);
                }
                current.last = None;
            }
            Role::Codes => {
                let value = self.needed_value(current)?;
                let codes = convert::int_vec(self.context.memory(), &value);
                let codes = current.frame(self.context, |frame, _| frame.located_at_root(codes))?;
                self.guard(current, codes);
            }
        }
        current.bound = None;
        Ok(None)
    }

    /// The value of the phrase. VALUE ERROR where its outermost function has given none.
    fn needed_value(&mut self, current: &Activation<'c>) -> Result<Value> {
        match self.ending {
            Ending::Nothing => current.frame(self.context, |frame, _| frame.located_at_root(Err(Fault::no_result()))),
            _ => self.pop(),
        }
    }

    /// An error guard comes into force.
    fn guard(&mut self, current: &mut Activation<'c>, codes: Vec<i64>) {
        let scope = &current.scope;
        // `⎕RL` is restored too, if this function has changed it, to the value at the guard.
        let local = scope.settings.borrow().as_ref().is_some_and(|saved| saved.random().is_some());
        let guard = Guard {
            statement: current.statement,
            names: scope.snapshot(),
            settings: self.context.settings(),
            random: local.then(|| self.context.random.borrow().clone()),
            before: scope.guarded.replace(true),
            _nearer: Nearer::new(&self.context.traps, &codes),
            codes,
        };
        current.seldom.get_or_insert_default().guards.push(guard);
    }

    /// The next statement begins; or the body has come to its end.
    fn statement(&mut self, current: &mut Activation<'c>) -> Result<Option<Next>> {
        let role = match current.scope.function.definition.statements.get(current.statement as usize) {
            Some(CachedStatement::Expression(_)) => Role::Expression,
            Some(CachedStatement::Guard(..)) => Role::Condition,
            Some(CachedStatement::ErrorGuard(..)) => Role::Codes,
            None => {
                // A dfn whose brace stands on a line of its own has no result where it comes to its end.
                let below = current.scope.function.definition.ends_below;
                let last = current.last.take().filter(|_| !below);
                self.ending = Ending::new(last.as_ref(), true);
                self.values.extend(last);
                return Ok(Some(Next::Return));
            }
        };
        current.scope.line.set(current.statement);
        current.statement += 1;
        self.begin_phrase(current, role)
    }

    /// A phrase of the statement begins.
    fn begin_phrase(&mut self, current: &mut Activation<'c>, role: Role) -> Result<Option<Next>> {
        current.role = role;
        if let Some(seldom) = &mut current.seldom {
            seldom.progress = Progress::default();
        }
        let scope = &current.scope;
        let Some(phrase) = current.phrase(scope) else { return Err(Fault::internal("no phrase")) };
        let bound = bind::bound_in_body(self.context, &scope.function.space, scope, phrase)?;
        self.evaluate(current, bound)
    }

    /// The bound form of a phrase is to be evaluated.
    fn evaluate(&mut self, current: &mut Activation<'c>, bound: Rc<Bound>) -> Result<Option<Next>> {
        self.ending = Ending::Value;
        if current.role == Role::Expression {
            // The value of the assignment before is dropped, so that its array is not shared and can be changed in place.
            current.last = None;
        }
        current.at = 0;
        let form = bound.form;
        current.bound = Some(bound);
        match form {
            Form::Value | Form::Assignment => Ok(None),
            form => self.other_form(current, form),
        }
    }

    /// A phrase that is no array expression, or an empty one.
    #[cold]
    fn other_form(&mut self, current: &mut Activation<'c>, form: Form) -> Result<Option<Next>> {
        let role = current.role;
        current.last = current.frame(self.context, |frame, _| {
            let root = frame.bound.root().unwrap_or_default();
            match (role, form) {
                (Role::Expression | Role::Outcome | Role::Handler, Form::Empty) => Ok(None),
                (Role::Expression, Form::Naming) => frame.effect(root).map(|_| None),
                (Role::Condition | Role::Codes, Form::Empty) => Err(Fault::syntax()),
                (Role::Condition | Role::Codes, _) => Err(frame.blame(root, Fault::syntax())),
                _ => Err(frame.blame(root, Fault::syntax().because("A dfn's result is an array"))),
            }
        })?;
        current.bound = None;
        if role == Role::Expression {
            return Ok(None);
        }
        self.ending = Ending::Nothing;
        Ok(Some(Next::Return))
    }

    /// Looks for an error guard of the current call that catches a fault, and begins with its handler.
    fn rescue(&mut self, current: &mut Activation<'c>, mut fault: Fault) -> Result<()> {
        loop {
            let Some(seldom) = &mut current.seldom else { return Err(fault) };
            // An error of a handler goes to the guards around it.
            seldom.handled = None;
            let Some(guard) = seldom.guards.pop() else { return Err(fault) };
            let Guard { statement, codes, names, settings, random, before, _nearer: nearer } = guard;
            drop(nearer);
            current.scope.guarded.set(before);
            if !statement::catches(self.context, &codes, &fault) {
                continue;
            }
            seldom.handled = Some(self.context.handle(fault));
            self.unwind(current);
            // Changes of local names by the statements behind the guard are undone before the handler runs.
            let scope = &current.scope;
            scope.unwind(names);
            self.context.set_settings(settings);
            let changed = || scope.settings.borrow().as_ref().and_then(|saved| saved.random().cloned());
            if let Some(random) = random.or_else(changed) {
                *self.context.random.borrow_mut() = random;
            }
            (current.bound, current.last, current.statement) = (None, None, statement);
            match self.begin_phrase(current, Role::Handler) {
                Ok(None) => return Ok(()),
                // An empty handler: the body has come to its end.
                Ok(Some(_)) => {
                    current.statement = u32::MAX;
                    return Ok(());
                }
                Err(other) => fault = other,
            }
        }
    }
}

impl Activation<'_> {
    /// The phrase of the statement that has been begun.
    fn phrase<'s>(&self, scope: &'s Scope) -> Option<&'s CachedPhrase> {
        let statement = scope.function.definition.statements.get((self.statement as usize).checked_sub(1)?)?;
        match (statement, self.role) {
            (CachedStatement::Expression(phrase), Role::Expression)
            | (CachedStatement::Guard(phrase, _), Role::Condition)
            | (CachedStatement::Guard(_, phrase), Role::Outcome)
            | (CachedStatement::ErrorGuard(phrase, _), Role::Codes)
            | (CachedStatement::ErrorGuard(_, phrase), Role::Handler) => Some(phrase),
            _ => None,
        }
    }

    /// Whether the phrase is an assignment.
    fn assigns(&self) -> bool {
        self.bound.as_ref().is_some_and(|bound| bound.form == Form::Assignment)
    }

    /// Whether the result of a call is the result of this one, so that the call can take its place: no guard is in force,
    /// and nobody but this and the list of what is running holds the scope.
    fn may_be_replaced(&self, call: &Call) -> bool {
        let result = match self.role {
            Role::Expression | Role::Outcome | Role::Handler => !self.assigns(),
            Role::Condition | Role::Codes => false,
        };
        let function = &self.scope.function;
        let callee = &call.function;
        let free = || {
            let unshared = Rc::strong_count(&self.scope) == 2 && Rc::ptr_eq(&callee.space, &function.space);
            unshared && !sees_callers(callee)
        };
        result && !self.scope.guarded.get() && (function.is(callee) || free())
    }

    /// Does something with the phrase that is being evaluated and the node of the instruction before the next one.
    fn frame<T>(&self, context: &Context, work: impl FnOnce(&Frame, NodeId) -> T) -> T {
        let empty = Bound::default();
        let bound = self.bound.as_deref().unwrap_or(&empty);
        let frame = Frame::in_body(context, &self.scope.function.space, &self.scope, bound);
        let node = self.at.checked_sub(1).and_then(|at| frame.code().nodes.get(at).copied());
        work(&frame, node.unwrap_or_default())
    }
}

/// Whether a traditional function occurs in the operands of a function, which sees the names of its callers.
fn sees_callers(user: &UserFunction) -> bool {
    let operands = user.operands.0.iter().chain(&user.operands.1);
    operands.into_iter().any(|operand| operand.structure().traditional)
}

/// A user function has come to its end: its local names are gone, and the system variables that it has changed are as
/// they were.
pub fn ended(context: &Context, scope: &Rc<Scope>) {
    scope.function.space.workspace.ended();
    scope.unshadow();
    let settings = scope.settings.take();
    scope.clear();
    if let Some(settings) = settings {
        settings.restore(context);
    }
}

/// The same for one that an error leaves: what becomes of the error.
pub fn failed(context: &Context, scope: &Rc<Scope>, fault: Fault) -> Fault {
    let mut fault = trapping::own(context, scope, &fault).unwrap_or(fault);
    ended(context, scope);
    if let Some(caller) = scope.function.space.workspace.running_now() {
        fault.called_from(|| caller.position());
    }
    // Lines belong to traditional functions.
    if fault.branch().is_some() {
        return Fault::syntax();
    }
    fault.leave(Rc::as_ptr(scope) as usize);
    fault
}
