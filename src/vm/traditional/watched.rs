//! The steps of a function with controls: it stops before lines, shows what statements give, and measures lines.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bounds::processor_time;
use crate::code::controls::Controls;
use crate::code::program::Program;
use crate::context::Context;
use crate::error::Result;
use crate::names::scope::Scope;
use crate::vm::statement::{self, Shown};

/// The controls of a function that is running, and what is measured at present.
pub struct Watch<'a> {
    context: &'a Context,
    scope: &'a Rc<Scope>,
    controls: &'a Controls,
    /// When the function began.
    began: Moment,
    /// The line that is being measured, and since when.
    line: Option<(u32, Moment)>,
}

/// A point in time on both clocks.
#[derive(Clone, Copy)]
struct Moment {
    busy: Duration,
    passed: Instant,
}

impl Moment {
    fn now() -> Moment {
        Moment { busy: processor_time(), passed: Instant::now() }
    }
}

impl<'a> Watch<'a> {
    /// Begins where a function does.
    pub fn new(context: &'a Context, scope: &'a Rc<Scope>) -> Watch<'a> {
        let controls = &scope.function.definition.controls;
        Watch { context, scope, controls, began: Moment::now(), line: None }
    }

    /// The function has come to a step of a line, which begins the line or goes on with it.
    pub fn enters(&mut self, line: u32, begins: bool) {
        if !self.controls.measures() {
            return;
        }
        self.leaves();
        self.controls.measured(line, u64::from(begins), Duration::ZERO, Duration::ZERO);
        self.line = Some((line, Moment::now()));
    }

    /// The function has come to the end of a step, or has been left.
    pub fn leaves(&mut self) {
        if let Some((line, since)) = self.line.take() {
            self.measured(line, 0, since);
        }
    }

    fn measured(&self, line: u32, count: u64, since: Moment) {
        let now = Moment::now();
        self.controls.measured(line, count, now.busy.saturating_sub(since.busy), now.passed - since.passed);
    }

    /// `⎕TRACE`: shows what a statement of a line has given; true where it was shown.
    pub fn shows(&self, line: u32, shown: &Shown) -> Result<bool> {
        let (Shown::Value(value) | Shown::Shy(value)) = shown else { return Ok(false) };
        if !self.controls.traces_at(line) {
            return Ok(false);
        }
        statement::show_traced(self.context, self.scope, line, value.clone())?;
        Ok(true)
    }

    /// The same for a branch to another line.
    pub fn shows_branch(&self, line: u32, to: Option<i64>) -> Result<()> {
        if !self.controls.traces_at(line) {
            return Ok(());
        }
        let to = to.map_or("→".to_string(), |to| format!("→{to}"));
        statement::show_traced(self.context, self.scope, line, self.context.text(&to)?)
    }

    /// The function has come to its end: shows and measures the whole of it.
    pub fn ends(&mut self, program: &Program) -> Result<()> {
        self.leaves();
        self.measured(0, 1, self.began);
        if self.controls.traces_at(0)
            && let Some(value) =
                super::call::result(self.context, &self.scope.function.space, program.model.result.as_ref())?
        {
            statement::show_traced(self.context, self.scope, 0, value)?;
        }
        Ok(())
    }
}
