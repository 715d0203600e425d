//! Error guards of dfns: `codes:: handler`. They come into force as the body reaches them, and an error looks for the innermost
//! one that catches it.

use std::rc::Rc;

use super::activation::{Activation, Next};
use super::machine::Machine;
use super::statement;
use crate::array::convert;
use crate::code::instruction::{Code, Role};
use crate::context::Settings;
use crate::error::{Fault, Result};
use crate::names::scope::Snapshot;
use crate::random::Random;
use crate::traps::Nearer;

/// An error guard that is in force.
pub struct Guard<'c> {
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

impl<'c> Machine<'c> {
    /// An error guard comes into force.
    pub fn guard(&mut self, current: &mut Box<Activation<'c>>, codes: Vec<i64>) {
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

    /// The topmost value is the error numbers of a guard in the code.
    pub fn guarded(&mut self, current: &mut Box<Activation<'c>>) -> Result<Option<Next>> {
        let value = self.pop()?;
        let codes =
            value.settled(self.context.memory()).and_then(|value| convert::int_vec(self.context.memory(), &value));
        let codes = current.frame(self.context, |frame, _| frame.located_at_root(codes))?;
        let of = |code: &Rc<Code>| Some(code.portions.get(*code.portion.get(current.at - 1)? as usize)?.statement);
        current.statement = current.code.as_ref().and_then(of).map_or(0, |statement| statement + 1);
        self.guard(current, codes);
        Ok(None)
    }

    /// Looks for an error guard of the current call that catches a fault, and begins with its handler.
    pub fn rescue(&mut self, current: &mut Box<Activation<'c>>, mut fault: Fault) -> Result<()> {
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
            (current.code, current.bound, current.last, current.statement) = (None, None, None, statement);
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
