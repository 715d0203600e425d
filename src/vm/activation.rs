//! Calls of dfns: tail calls, results, and what errors meet on their way out. Their statements are in `phrases.rs`.
//!
//! Callers wait on a stack of their own, not on the native one. What they take is charged to the workspace budget.

use std::rc::Rc;

use super::frame::Frame;
use super::guards::Guard;
use super::machine::{Call, Ending, Machine, Stop};
use super::profiling;
use super::rebinding::Progress;
use super::tracing;
use super::trapping;
use crate::array::Value;
use crate::code::body;
use crate::code::definition::{CachedPhrase, CachedStatement};
use crate::code::instruction::{Code, Portion, Role};
use crate::code::node::{Bound, Form, NodeId};
use crate::context::{Context, Handled};
use crate::error::{ErrorKind, Fault, Result};
use crate::names::scope::Scope;
use crate::names::space::Entered;
use crate::names::user::UserFunction;

/// What a call that waits for another one takes from the workspace budget: its activation, its scope and its values.
const CALL_BYTES: usize = 768;
/// So many calls are charged at once.
const BLOCK: usize = 64;
/// So many scopes are kept for the next calls.
const IDLE: usize = 16;

/// A call of a dfn that is under way.
pub struct Activation<'c> {
    pub scope: Rc<Scope>,
    /// The code of the body, which is run while there is no phrase.
    pub code: Option<Rc<Code>>,
    /// The phrase that is being evaluated by itself.
    pub bound: Option<Rc<Bound>>,
    /// The next instruction of the phrase, or of the code.
    pub at: usize,
    /// Whether the call that it waits for is the outermost one of the phrase.
    outermost: bool,
    /// Of the phrase that is evaluated by itself.
    pub role: Role,
    /// The statement behind the one of the phrase, or behind the last one of the code that was left.
    pub statement: u32,
    /// How high the stacks were at the beginning.
    pub values: u32,
    pub components: u32,
    /// The value of the last statement, if it was an assignment.
    pub last: Option<Value>,
    /// While the namespace of the function is not the one of its caller.
    entered: Option<Entered<'c>>,
    pub seldom: Option<Box<Seldom<'c>>>,
}

/// What few calls have.
#[derive(Default)]
pub struct Seldom<'c> {
    /// The error guards in force, the innermost last.
    pub guards: Vec<Guard<'c>>,
    /// While the handler of a guard is evaluated.
    pub handled: Option<Handled<'c>>,
    /// How far a phrase has come that had to be bound again.
    pub progress: Progress,
}

/// What comes next.
pub enum Next {
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
                        self.over(current);
                        return Ok(());
                    }
                    match self.resume(&mut current) {
                        Ok(()) => continue,
                        Err(fault) => fault,
                    }
                }
                Err(fault) => fault,
            };
            match self.suspended(&mut current, fault) {
                Ok(()) => continue,
                Err(same) => fault = same,
            }
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
    fn begin(&mut self, call: Call) -> Result<Box<Activation<'c>>> {
        self.tick()?;
        if self.callers.len() > self.charged.len() * BLOCK {
            self.charged.push(self.context.descend(CALL_BYTES * BLOCK)?);
        }
        let entered = call.function.space.enter(self.context);
        let mut activation = match self.idle.pop() {
            Some(mut idle) => {
                Scope::again(&mut idle.scope, call.function, &mut self.values, call.dyadic);
                idle
            }
            None => Activation::new(match self.scopes.pop() {
                Some(mut scope) => {
                    Scope::again(&mut scope, call.function, &mut self.values, call.dyadic);
                    scope
                }
                None => Scope::taking(&call.function, &mut self.values, call.dyadic),
            }),
        };
        if entered.is_some() {
            activation.entered = entered;
        }
        activation.scope.function.space.workspace.begun(&activation.scope);
        if self.context.profiler.is_on() {
            profiling::begun(self.context, &activation.scope);
        }
        activation.code = self.code_of(&activation.scope);
        activation.values = self.values.len() as u32;
        activation.components = self.components.len() as u32;
        Ok(activation)
    }

    /// The current call makes another one. As the last thing that it does, the other one takes its place.
    fn enter(&mut self, current: &mut Box<Activation<'c>>, call: Call) -> Result<()> {
        if !current.outermost || !current.may_be_replaced(&call) {
            let callee = self.begin(call);
            let callee = callee.map_err(|fault| current.frame(self.context, |frame, node| frame.blame(node, fault)))?;
            self.callers.push(std::mem::replace(current, callee));
            return Ok(());
        }
        self.tick()?;
        let memory = self.context.memory();
        let arguments = self.values.len().saturating_sub(1 + usize::from(call.dyadic));
        for argument in self.values.iter_mut().skip(arguments) {
            if matches!(argument, Value::Pending(_) | Value::Framed(_)) {
                *argument = argument.clone().settled(memory)?;
            }
        }
        if let Some(seldom) = &mut current.seldom {
            seldom.handled = None;
        }
        // The same function in the scope that it has, which nobody else holds but the list of what is running.
        if current.scope.function.is(&call.function)
            && Rc::strong_count(&current.scope) == 2
            && current.scope.restart(&mut self.values, call.dyadic)
        {
            if self.context.profiler.is_on() {
                profiling::begun(self.context, &current.scope);
            }
            (current.bound, current.statement, current.last, current.at) = (None, 0, None, 0);
            let generation = call.function.space.workspace.generation();
            if current.code.as_ref().is_none_or(|code| code.generation != generation) {
                current.code = self.code_of(&current.scope);
            }
            return Ok(());
        }
        // A function that is tail-called sees the system variables as this one has set them.
        let settings = current.scope.settings.take();
        current.scope.clear();
        call.function.space.workspace.ended();
        Scope::again(&mut current.scope, call.function, &mut self.values, call.dyadic);
        current.scope.function.space.workspace.begun(&current.scope);
        if self.context.profiler.is_on() {
            profiling::begun(self.context, &current.scope);
        }
        if settings.is_some() {
            *current.scope.settings.borrow_mut() = settings;
        }
        (current.bound, current.statement, current.last, current.at) = (None, 0, None, 0);
        current.code = self.code_of(&current.scope);
        Ok(())
    }

    /// The code of the function that runs in a scope, made if it is not there yet and its first phrase has been run.
    #[inline]
    fn code_of(&self, scope: &Rc<Scope>) -> Option<Rc<Code>> {
        let definition = &scope.function.definition;
        let workspace = &scope.function.space.workspace;
        let generation = workspace.generation();
        match &*definition.code.borrow() {
            Some(code) if code.generation == generation => return Some(code.clone()),
            _ => {}
        }
        if self.context.tracer.is_on() {
            tracing::called(self.context, scope);
            return None;
        }
        match definition.statements.first()? {
            CachedStatement::Expression(phrase)
            | CachedStatement::Guard(phrase, _)
            | CachedStatement::ErrorGuard(phrase, _)
                if body::is_bound(phrase, generation)
                    && !workspace.recorder.is_on()
                    && !definition.controls.is_on() =>
            {
                Some(made(self.context, &scope.function, generation))
            }
            _ => None,
        }
    }

    /// The code is left at a phrase: either it is made anew, as the phrase has been run by now, or the phrase is evaluated
    /// by itself.
    #[cold]
    fn left(&mut self, current: &mut Box<Activation<'c>>, code: &Rc<Code>) -> Result<Option<Next>> {
        let Some(portion) = current.at.checked_sub(1).and_then(|at| code.portions.get(*code.portion.get(at)? as usize))
        else {
            return Err(Fault::internal("no phrase in the code"));
        };
        if current.scope.function.definition.controls.is_on() {
            (current.code, current.statement) = (None, portion.statement);
            return self.statement(current);
        }
        (current.statement, current.role) = (portion.statement + 1, portion.role);
        let generation = current.scope.function.space.workspace.generation();
        if portion.bound.is_none() || code.generation != generation {
            let scope = current.scope.clone();
            let phrase = current.phrase(&scope);
            if phrase.is_some_and(|phrase| body::usable(phrase, portion.role, generation).is_some()) {
                let code = made(self.context, &scope.function, generation);
                let same = |new: &&Portion| new.statement == portion.statement && new.role == portion.role;
                if let Some(same) = code.portions.iter().find(same) {
                    current.at = same.begin as usize;
                    current.code = Some(code);
                    return Ok(None);
                }
            }
        }
        self.begin_phrase(current, portion.role)
    }

    /// A call is over: the next one may use what it is made of.
    #[inline]
    fn over(&mut self, mut over: Box<Activation<'c>>) {
        if self.idle.len() < IDLE && Scope::rest(&mut over.scope) {
            over.rest();
            self.idle.push(over);
        }
    }

    /// The caller of a call that has returned goes on.
    fn resume(&mut self, current: &mut Box<Activation<'c>>) -> Result<()> {
        let Some(caller) = self.callers.pop() else { return Err(Fault::internal("no caller")) };
        let over = std::mem::replace(current, caller);
        self.over(over);
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
    pub fn unwind(&mut self, current: &Activation<'c>) {
        self.values.truncate(current.values as usize);
        self.components.truncate(current.components as usize);
    }

    /// Evaluates until a call is to be made, or the result is there.
    fn advance(&mut self, current: &mut Box<Activation<'c>>) -> Result<Next> {
        loop {
            let mut done = match &mut **current {
                Activation { scope, bound: Some(bound), at, outermost, values, components, .. } => {
                    let frame = Frame::in_body(self.context, &scope.function.space, scope, bound);
                    let code = frame.code();
                    match self.execute(&frame, code, at) {
                        Ok(Stop::Call(call)) => {
                            *outermost = *at == code.ops.len();
                            return Ok(Next::Call(call));
                        }
                        Ok(_) => self.evaluated(current),
                        Err(fault) => {
                            Err(self.kept(&frame, code, 0..*at - 1, (*values as usize, *components as usize), fault))
                        }
                    }
                }
                Activation { scope, code: Some(code), at, outermost, .. } => {
                    let frame = Frame::before_phrase(self.context, scope);
                    match self.execute(&frame, code, at) {
                        Ok(Stop::Call(call)) => {
                            *outermost = code.ends(*at);
                            return Ok(Next::Call(call));
                        }
                        Ok(Stop::Left) => {
                            let code = code.clone();
                            self.left(current, &code)
                        }
                        Ok(Stop::Guard) => self.guarded(current),
                        Ok(_) => return Ok(Next::Return),
                        Err(fault) if fault.kind() == ErrorKind::Rebind => {
                            let code = code.clone();
                            Err(self.out_of_code(current, &code, fault))
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Activation { code: None, .. } => self.statement(current),
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
}

impl<'c> Activation<'c> {
    fn new(scope: Rc<Scope>) -> Box<Activation<'c>> {
        Box::new(Activation {
            scope,
            code: None,
            bound: None,
            at: 0,
            outermost: false,
            role: Role::Expression,
            statement: 0,
            values: 0,
            components: 0,
            last: None,
            entered: None,
            seldom: None,
        })
    }

    /// Is over, and may be used for another call.
    #[inline]
    fn rest(&mut self) {
        if self.bound.is_some() {
            self.bound = None;
        }
        if self.last.is_some() {
            self.last = None;
        }
        if self.entered.is_some() {
            self.entered = None;
        }
        if self.seldom.is_some() {
            self.seldom = None;
        }
        (self.at, self.outermost, self.role, self.statement) = (0, false, Role::Expression, 0);
    }

    /// The phrase of the statement that has been begun.
    pub fn phrase<'s>(&self, scope: &'s Scope) -> Option<&'s CachedPhrase> {
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

    /// The phrase has been evaluated: the code goes on with the next statement, if there is one.
    pub fn go_on(&mut self) {
        self.bound = None;
        if let Some(code) = &self.code {
            let generation = self.scope.function.space.workspace.generation();
            match code.starts.get(self.statement as usize) {
                // The value of the last statement is the result.
                Some(&start)
                    if code.generation == generation
                        && (self.last.is_none() || (self.statement as usize) + 1 < code.starts.len()) =>
                {
                    self.at = start as usize;
                    self.last = None;
                }
                _ => self.code = None,
            }
        }
    }

    /// Whether the phrase is an assignment.
    pub fn assigns(&self) -> bool {
        self.bound.as_ref().is_some_and(|bound| bound.form == Form::Assignment)
    }

    /// Whether the result of a call is the result of this one, so that the call can take its place: no guard is in force,
    /// and nobody but this and the list of what is running holds the scope.
    fn may_be_replaced(&self, call: &Call) -> bool {
        let result = match (&self.bound, self.role) {
            // It is the outermost one only where its result is returned.
            (None, _) => true,
            (_, Role::Expression | Role::Outcome | Role::Handler) => !self.assigns(),
            (_, Role::Condition | Role::Codes) => false,
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
    pub fn frame<T>(&self, context: &Context, work: impl FnOnce(&Frame, NodeId) -> T) -> T {
        let empty = Bound::default();
        let at = self.at.checked_sub(1);
        if let (None, Some(code), Some(at)) = (&self.bound, &self.code, at) {
            let bound = code.bound(at).map_or(&empty, |bound| bound);
            let frame = Frame::in_body(context, &self.scope.function.space, &self.scope, bound);
            return work(&frame, code.nodes.get(at).copied().unwrap_or_default());
        }
        let bound = self.bound.as_deref().unwrap_or(&empty);
        let frame = Frame::in_body(context, &self.scope.function.space, &self.scope, bound);
        let node = at.and_then(|at| frame.code().nodes.get(at).copied());
        work(&frame, node.unwrap_or_default())
    }
}

/// The code of a dfn, which is kept.
#[cold]
fn made(context: &Context, function: &UserFunction, generation: u32) -> Rc<Code> {
    let marked = context.profiler.is_on();
    let code = Rc::new(body::of_dfn(&function.definition, function.parent.as_deref(), generation, marked));
    *function.definition.code.borrow_mut() = Some(code.clone());
    code
}

/// Whether a traditional function occurs in the operands of a function, which sees the names of its callers.
fn sees_callers(user: &UserFunction) -> bool {
    let operands = user.operands.0.iter().chain(&user.operands.1);
    operands.into_iter().any(|operand| operand.structure().traditional)
}

/// A user function has come to its end: its local names are gone, and the system variables that it has changed are as
/// they were.
#[inline]
pub fn ended(context: &Context, scope: &Rc<Scope>) {
    if context.profiler.is_on() {
        profiling::ended(context, scope.function.space.workspace.depth());
    }
    scope.function.space.workspace.ended();
    scope.unshadow();
    let settings = if scope.settings.borrow().is_some() { scope.settings.take() } else { None };
    scope.clear();
    if let Some(settings) = settings {
        settings.restore(context);
    }
}

/// The same for one that an error leaves: what becomes of the error.
pub fn failed(context: &Context, scope: &Rc<Scope>, fault: Fault) -> Fault {
    let mut fault = trapping::own(context, scope, &fault).unwrap_or(fault);
    if context.tracer.is_on() {
        context.tracer.left(scope.function.space.workspace.depth());
    }
    ended(context, scope);
    if let Some(caller) = scope.function.space.workspace.running_now() {
        fault.called_from(|| caller.position());
    }
    // Lines belong to traditional functions.
    if fault.branch().is_some() {
        return Fault::syntax();
    }
    fault.leave(|| Rc::as_ptr(scope) as usize);
    fault
}
