//! An evaluation of a session: its bounds in memory and time, and the wall that catches a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bounds::{Allowance, Held};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::names::Space;

/// A session evaluates, until this is dropped.
pub(super) struct Evaluation {
    context: Rc<Context>,
    held: Rc<Held>,
    allowance: Allowance,
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        self.context.bounds().free_waiting();
        self.held.end(self.context.bounds(), &self.allowance, self.context.memory().used());
    }
}

/// See [`Session::begin`]; `None` within an evaluation.
pub(super) fn begin(context: &Rc<Context>, held: &Rc<Held>, time_limit: Option<Duration>) -> Option<Evaluation> {
    let memory = context.memory();
    let allowance = held.begin(context.bounds(), memory.limit(), memory.used())?;
    if let Some(limit) = time_limit {
        context.set_deadline(Some(Instant::now() + limit));
    }
    Some(Evaluation { context: context.clone(), held: held.clone(), allowance })
}

/// See [`Session::guarded`].
pub(super) fn guard<T>(context: &Context, root: &Space, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let settings = context.settings();
    let depth = root.workspace.depth();
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(panic) => {
            context.set_settings(settings);
            root.workspace.abandon(depth);
            let what = panic.downcast_ref::<String>().map(String::as_str);
            let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            Err(Fault::internal(what.to_string()))
        }
    }
}
