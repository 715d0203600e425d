//! Executes the actions of `⎕TRAP`: in the traditional function that the error passes through, or in the session.
//!
//! A dfn has no lines at which it could continue, so an error that no guard catches is handled by its caller, unless
//! `⎕TRAP` is local to the dfn.

use std::rc::Rc;

use super::statement;
use crate::code::definition::Source;
use crate::context::{Context, Saved};
use crate::error::{Fault, Result};
use crate::names::scope::Scope;
use crate::names::space::Space;
use crate::traps::Action;

/// A number that no capsule has: an error that leaves it is not caught.
const NOWHERE: usize = usize::MAX;

/// Does what `⎕TRAP` says about an error in a scope, or in the session: how that ends, a branch or another fault.
/// `None` where it says nothing, or where somebody further out is to do it.
pub fn respond(context: &Context, space: &Rc<Space>, scope: Option<&Rc<Scope>>, fault: &Fault) -> Option<Fault> {
    let found = context.traps.borrow().find(|codes| statement::catches(context, codes, fault))?;
    let here = scope.map_or(0, identity);
    if found.action == Action::Stop {
        return Some(fault.clone().leaving(NOWHERE));
    }
    if found.action == Action::CutBack && found.owner != here {
        return None;
    }
    context.note_fault(Some(fault));
    let before = context.traps.borrow_mut().mask();
    let done = execute(context, space, scope, found.text);
    context.traps.borrow_mut().unmask(before);
    // What goes nowhere ends everything.
    Some(done.err().unwrap_or_else(Fault::abort))
}

/// What becomes of an error that has come to the end of a dfn, where that has a `⎕TRAP` of its own that says.
pub fn own(context: &Context, scope: &Rc<Scope>, fault: &Fault) -> Option<Fault> {
    let own = scope.settings.borrow().as_deref().is_some_and(Saved::traps);
    own.then(|| respond(context, &scope.function.space, Some(scope), fault)).flatten()
}

/// What a scope is called by where `⎕TRAP` is local to it.
pub fn identity(scope: &Rc<Scope>) -> usize {
    Rc::as_ptr(scope) as usize
}

fn execute(context: &Context, space: &Rc<Space>, scope: Option<&Rc<Scope>>, text: Rc<str>) -> Result<()> {
    let source = Rc::new(Source::executed(text));
    let shown = super::executed::execute(context, space, scope, source, false)?;
    statement::show(context, scope, shown)
}
