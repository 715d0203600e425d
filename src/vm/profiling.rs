//! What a profile is told of: calls, their ends, and lines.

use std::rc::Rc;

use crate::context::Context;
use crate::names::Workspace;
use crate::names::scope::Scope;
use crate::names::user::UserFunction;
use crate::observe::profile::{Known, Timer};

/// A profile begins; the functions that are running are known to it, without having been called.
pub fn begin_profile(context: &Context, workspace: &Workspace, timer: Timer) {
    // The code of bodies is made anew, with instructions where lines begin.
    workspace.renew();
    context.profiler.start(timer, 0, context.memory().made());
    for (at, scope) in workspace.stack().iter().rev().enumerate() {
        enter(context, &scope.function, at + 1, 0);
    }
}

/// A function has begun that runs in a scope.
#[cold]
pub fn begun(context: &Context, scope: &Scope) {
    enter(context, &scope.function, scope.function.space.workspace.depth(), 1);
}

/// A function is tried for all cells of a frame at once; gives what [`cells_ended`] needs.
#[cold]
pub fn cells_begun(context: &Context, function: &UserFunction) -> usize {
    let mark = context.profiler.tries();
    enter(context, function, function.space.workspace.depth() + 1, 0);
    mark
}

/// A statement of it begins, for so many cells.
#[cold]
pub fn cells_line(context: &Context, function: &UserFunction, statement: usize, cells: usize) {
    let line = function.definition.line_of(statement);
    context.profiler.line(line, statement as u32, context.memory().made(), cells as u64);
}

/// It has ended, and has run for so many cells, or come to nothing.
#[cold]
pub fn cells_ended(context: &Context, function: &UserFunction, mark: usize, cells: Option<usize>) {
    context.profiler.tried(mark, cells.map(|cells| cells as u64));
    ended(context, function.space.workspace.depth() + 1);
}

fn enter(context: &Context, function: &UserFunction, running: usize, count: u64) {
    let definition = &function.definition;
    let key = Rc::as_ptr(definition) as usize;
    context.profiler.enter(key, running, context.memory().made(), count, || {
        let name = format!("{}.{}", function.space.path(), definition.called()).into();
        // Line 0 of a traditional function is its header.
        let first = definition.program.is_none().then(|| definition.line_of(0));
        (Known { name, text: definition.text(), first }, definition.clone())
    });
}

/// The function has ended that was called last, with which so many were running.
#[cold]
pub fn ended(context: &Context, running: usize) {
    context.profiler.leave(running, context.memory().made());
}

/// A line begins.
#[cold]
pub fn line(context: &Context, line: u32, step: u32) {
    context.profiler.line(line, step, context.memory().made(), 1);
}
