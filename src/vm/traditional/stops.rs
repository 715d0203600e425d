//! Where a traditional function is suspended, and how it goes on: at a line, with the definition that its name has then.

use super::run::Runner;
use super::watched::Watch;
use crate::code::program::{Place, Step};
use crate::error::{Fault, Result};
use crate::suspension::Resumption;
use crate::vm::suspended;

impl<'a> Runner<'a> {
    /// Whether the function has controls.
    pub(super) fn is_watched(&self) -> bool {
        self.scope.function.definition.controls.is_on()
    }

    fn watch(&mut self) -> &mut Watch<'a> {
        self.watch.get_or_insert_with(|| Watch::new(self.context, self.scope))
    }

    /// Does a step of a function with controls; gives the next one.
    #[cold]
    pub(super) fn watched(&mut self, at: Place, step: &Step) -> Result<Place> {
        let begins = self.program.entry(step.line.into()) == Some(at);
        let resumed = self.resumed.take() == Some(at);
        if begins && !resumed && self.scope.function.definition.controls.stops_at(step.line) {
            let stop = suspended::by_stop(self.context, &self.space.workspace, &self.scope.position())?;
            if let Some(resumption) = stop {
                return self.goes_on(resumption);
            }
        }
        self.watch().enters(step.line, begins);
        let next = self.step(at, step);
        self.watch().leaves();
        next
    }

    /// A function with controls has come to its end: the step at which it goes on all the same, after a stop there.
    #[cold]
    pub(super) fn finished(&mut self) -> Result<Option<Place>> {
        let end = self.program.steps.len();
        self.scope.line.set(0);
        if self.resumed.take() != Some(end) && self.scope.function.definition.controls.stops_at(0) {
            let stop = suspended::by_stop(self.context, &self.space.workspace, &self.scope.position())?;
            if let Some(resumption) = stop {
                return self.goes_on(resumption).map(Some);
            }
        }
        let program = self.program;
        self.watch().ends(program).map(|()| None)
    }

    /// The step at which it goes on after it was suspended.
    pub(super) fn goes_on(&mut self, resumption: Resumption) -> Result<Place> {
        let Resumption::Line(line) = resumption else { return Err(Fault::abort()) };
        let end = self.program.steps.len();
        self.space = self.scope.here();
        if let Some(new) = suspended::replacement(&self.scope.function) {
            self.replaced = Some((new, line));
            return Ok(end);
        }
        let place = self.line(line);
        self.resumed = Some(place);
        Ok(place)
    }
}
