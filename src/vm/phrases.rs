//! The statements of a dfn that are run one by one, not as the code of the body: guards, conditions, results, and phrases
//! that have to be bound again.

use std::rc::Rc;

use super::activation::{Activation, Next};
use super::frame::Frame;
use super::machine::{Ending, Machine};
use super::profiling;
use super::rebinding::Progress;
use super::statement;
use super::tracing;
use crate::array::{Value, convert};
use crate::code::bind::{self, Surroundings};
use crate::code::definition::CachedStatement;
use crate::code::instruction::{Code, Role};
use crate::code::node::{Bound, Form};
use crate::error::{Fault, Result};

impl<'c> Machine<'c> {
    /// A phrase of the code is to be bound again: it is evaluated by itself from now on.
    #[cold]
    pub fn out_of_code(&mut self, current: &mut Box<Activation<'c>>, code: &Code, fault: Fault) -> Fault {
        let at = current.at - 1;
        let Some((portion, bound)) = code.portion.get(at).and_then(|&portion| {
            let portion = code.portions.get(portion as usize)?;
            Some((portion, portion.bound.clone()?))
        }) else {
            return Fault::internal("no phrase in the code");
        };
        (current.statement, current.role) = (portion.statement + 1, portion.role);
        let scope = current.scope.clone();
        let frame = Frame::in_body(self.context, &scope.function.space, &scope, &bound);
        let heights = (current.values as usize, current.components as usize);
        let fault = self.kept(&frame, code, portion.start as usize..at, heights, fault);
        current.bound = Some(bound.clone());
        fault
    }

    /// The rest of the phrase is bound again, and goes on.
    #[cold]
    pub fn rebound(&mut self, current: &mut Box<Activation<'c>>) -> Result<Option<Next>> {
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
    pub fn evaluated(&mut self, current: &mut Box<Activation<'c>>) -> Result<Option<Next>> {
        if self.context.tracer.is_on() {
            self.traced(current);
        }
        if current.scope.function.definition.controls.is_on() {
            self.trace(current)?;
        }
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
                if let Some(condition) = current.phrase(&current.scope) {
                    let function = &current.scope.function;
                    function.space.workspace.recorder.side(&function.definition.source, condition, holds);
                }
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
        current.go_on();
        Ok(None)
    }

    /// The value of the phrase. VALUE ERROR where its outermost function has given none.
    fn needed_value(&mut self, current: &Activation<'c>) -> Result<Value> {
        match self.ending {
            Ending::Nothing => current.frame(self.context, |frame, _| frame.located_at_root(Err(Fault::no_result()))),
            _ => self.pop(),
        }
    }

    /// The next statement begins; or the body has come to its end.
    pub fn statement(&mut self, current: &mut Box<Activation<'c>>) -> Result<Option<Next>> {
        if current.scope.function.definition.controls.is_on() {
            self.stop(current)?;
        }
        let role = match current.scope.function.definition.statements.get(current.statement as usize) {
            Some(CachedStatement::Expression(_)) => Role::Expression,
            Some(CachedStatement::Guard(..)) => Role::Condition,
            Some(CachedStatement::ErrorGuard(..)) => Role::Codes,
            None => {
                // A dfn whose brace stands on a line of its own has no result where it comes to its end.
                let below = current.scope.function.definition.ends_below;
                let last = current.last.take().filter(|_| !below);
                self.ending = Ending::new(last.as_ref(), true);
                if self.context.tracer.is_on() {
                    tracing::returned(self.context, &current.scope, last.as_ref());
                }
                self.values.extend(last);
                return Ok(Some(Next::Return));
            }
        };
        current.scope.line.set(current.statement);
        if self.context.profiler.is_on() {
            let line = current.scope.function.definition.line_of(current.statement as usize);
            profiling::line(self.context, line, current.statement);
        }
        current.statement += 1;
        self.begin_phrase(current, role)
    }

    /// A phrase of the statement begins.
    pub fn begin_phrase(&mut self, current: &mut Box<Activation<'c>>, role: Role) -> Result<Option<Next>> {
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
    fn evaluate(&mut self, current: &mut Box<Activation<'c>>, bound: Rc<Bound>) -> Result<Option<Next>> {
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
    fn other_form(&mut self, current: &mut Box<Activation<'c>>, form: Form) -> Result<Option<Next>> {
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
        current.go_on();
        if role == Role::Expression {
            return Ok(None);
        }
        self.ending = Ending::Nothing;
        Ok(Some(Next::Return))
    }
}
