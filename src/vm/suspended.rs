//! Where functions are suspended: an error that nothing handles, and stop controls.

use std::rc::Rc;

use super::activation::Activation;
use super::machine::Machine;
use super::statement;
use crate::code::instruction::Role;
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::names::{Binding, Scope, UserFunction, Workspace};
use crate::suspension::{Cause, Resumption};

/// What a suspension takes from the workspace budget while it lasts: its part of the native stack.
const FRAME_BYTES: usize = 128 * 1024;

/// Suspends the innermost function because of an error: how it goes on. `None` where the error is to go outwards: something
/// handles it there, it has not yet left the function that signalled it, or nobody can be asked.
#[cold]
pub fn by_error(context: &Context, workspace: &Workspace, fault: &Fault) -> Option<Resumption> {
    if !context.suspensions.is_on() || !statement::may_be_caught(context, fault) {
        return None;
    }
    let number = i64::from(fault.kind().number());
    if context.traps.borrow().handle(|codes| statement::covers(codes, number)) {
        return None;
    }
    if !is_of_use(context, workspace) {
        return None;
    }
    asked(context, workspace, Cause::Error(fault))
}

/// Suspends the innermost function before the line that it has come to: how it goes on. `None` where nobody can be
/// asked. The error where a trap is for stops.
pub fn by_stop(context: &Context, workspace: &Workspace, at: &str) -> Result<Option<Resumption>> {
    if context.traps.borrow().handle(|codes| statement::covers(codes, 1001)) {
        return Err(Fault::new(ErrorKind::Numbered(1001)));
    }
    Ok(asked(context, workspace, Cause::Stop(at)))
}

/// Whether somebody who looks would see anything but what they have typed: since the last prompt a function runs that has a
/// name or several lines, and it is not control structures at the prompt that fail.
fn is_of_use(context: &Context, workspace: &Workspace) -> bool {
    let before = context.suspensions.depths().last().copied().unwrap_or_default();
    let running = workspace.depth().saturating_sub(before);
    let is_named = |scope: &Rc<Scope>| scope.function.definition.name.borrow().is_some();
    let stack = workspace.stack();
    let Some(innermost) = stack.first() else { return false };
    let is_typed = innermost.function.definition.program.is_some() && !is_named(innermost);
    !is_typed
        && stack.iter().take(running).any(|scope| {
            let definition = &scope.function.definition;
            is_named(scope) || definition.program.is_none() && definition.has_lines()
        })
}

/// The function that has the name of a suspended one now, where it is another one of the same kind. One with operands, or
/// that was made in a dfn, keeps its definition.
pub fn replacement(function: &UserFunction) -> Option<UserFunction> {
    let symbol = function.space.symbol(function.definition.name.borrow().as_ref()?);
    let now = match function.space.get(symbol) {
        Binding::Function(now) => now.as_any()?.downcast_ref::<UserFunction>()?.clone(),
        Binding::Niladic(now) => (*now).clone(),
        _ => return None,
    };
    let is_traditional = |function: &UserFunction| function.definition.program.is_some();
    let plain = |function: &UserFunction| function.operands.0.is_none() && function.parent.is_none();
    let is_other = !Rc::ptr_eq(&now.definition, &function.definition);
    (is_other && is_traditional(&now) == is_traditional(function) && plain(&now) && plain(function)).then_some(now)
}

fn asked(context: &Context, workspace: &Workspace, cause: Cause) -> Option<Resumption> {
    let _descent = context.descend(FRAME_BYTES).ok()?;
    let resumption = context.suspensions.suspend(cause, workspace.depth())?;
    // Whoever looked may have changed into another namespace.
    if let Some(scope) = workspace.running_now() {
        scope.here().switch(context);
    }
    Some(resumption)
}

impl<'c> Machine<'c> {
    /// Suspends the current call of a dfn because of an error. It goes on at the beginning of its line, or the error goes
    /// outwards.
    #[cold]
    pub fn suspended(&mut self, current: &mut Box<Activation<'c>>, fault: Fault) -> Result<()> {
        let workspace = current.scope.function.space.workspace.clone();
        match by_error(self.context, &workspace, &fault) {
            None => Err(fault),
            Some(Resumption::End) => Err(Fault::abort()),
            Some(Resumption::Line(_)) => {
                self.restart(current);
                Ok(())
            }
        }
    }

    /// The current call begins its line again, with the definition that its name has now.
    fn restart(&mut self, current: &mut Box<Activation<'c>>) {
        self.unwind(current);
        let line = current.scope.line_number();
        // Guards that are in force belong to the definition that it has.
        if !current.scope.guarded.get()
            && let Some(new) = replacement(&current.scope.function)
        {
            let workspace = new.space.workspace.clone();
            workspace.ended();
            current.scope = current.scope.taken_over_by(&new);
            workspace.begun(&current.scope);
        }
        let definition = &current.scope.function.definition;
        let statements = definition.statements.len();
        let first = (0..statements).find(|&statement| definition.line_of(statement) >= line);
        (current.code, current.bound, current.last) = (None, None, None);
        current.statement = first.unwrap_or(statements) as u32;
    }

    /// Suspends a dfn with a stop control before the statement that comes next, where that begins a line.
    #[cold]
    pub fn stop(&mut self, current: &mut Box<Activation<'c>>) -> Result<()> {
        let definition = current.scope.function.definition.clone();
        let (statement, line) = (current.statement as usize, definition.line_of(current.statement as usize));
        let begins = statement == 0 || definition.line_of(statement - 1) != line;
        if !begins || line == 0 || !definition.controls.stops_at(line) {
            return Ok(());
        }
        current.scope.line.set(current.statement);
        let position = current.scope.position();
        match by_stop(self.context, &current.scope.function.space.workspace, &position)? {
            Some(Resumption::End) => Err(Fault::abort()),
            Some(Resumption::Line(_)) => {
                self.restart(current);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Shows what a statement of a dfn with a trace control has given.
    #[cold]
    pub fn trace(&mut self, current: &Activation<'c>) -> Result<()> {
        let scope = &current.scope;
        let line = scope.line_number();
        let definition = &scope.function.definition;
        let Some(value) = self.values.last().filter(|_| definition.controls.traces_at(line)) else { return Ok(()) };
        if matches!(current.role, Role::Condition | Role::Codes) {
            return Ok(());
        }
        statement::show_traced(self.context, scope, line, value.clone())
    }
}
