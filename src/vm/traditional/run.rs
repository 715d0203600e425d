//! Running a program: one step after the other, with jumps.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use super::watched::Watch;
use crate::array::{Value, compare, convert};
use crate::code::bind::Surroundings;
use crate::code::body;
use crate::code::definition::{self, CachedPhrase};
use crate::code::instruction::Code;
use crate::code::node::{Bound, Node, NodeId};
use crate::code::program::{Action, Handler, Place, Program, Step};
use crate::context::{Context, Handled};
use crate::error::{ErrorKind, Fault, Result};
use crate::names::path;
use crate::names::scope::{self, Scope};
use crate::names::space::Space;
use crate::names::user::UserFunction;
use crate::primitive::Role;
use crate::traps::Nearer;
use crate::vm::frame::Frame;
use crate::vm::machine::{Ending, Machine, Stop};
use crate::vm::profiling;
use crate::vm::rebinding;
use crate::vm::statement::{self, Shown};
use crate::vm::suspended;
use crate::vm::trapping;
use crate::vm::turns::{Slot, Turns};

/// How a program has been left.
pub enum Ended {
    /// It has come to its end.
    Done,
    /// The function was suspended, and goes on with another definition, at a line of that.
    Replaced(UserFunction, i64),
}

/// Runs a program from a step on to its end.
pub fn run(context: &Context, program: &Program, scope: &Rc<Scope>, from: Place) -> Result<Ended> {
    let space = scope.here();
    let mut machine = Machine::new(context, &scope.function.space.workspace);
    machine.slots.resize_with(program.slots, Slot::default);
    let machine = RefCell::new(machine);
    let (ranges, handled, surprised) = (Vec::new(), None, Cell::default());
    let (watch, resumed, replaced) = (None, None, None);
    Runner { space, context, program, scope, machine, ranges, handled, surprised, watch, resumed, replaced }.go(from)
}

pub(super) struct Runner<'a> {
    pub(super) context: &'a Context,
    pub(super) program: &'a Program,
    pub(super) scope: &'a Rc<Scope>,
    /// The namespace whose names are seen.
    pub(super) space: Rc<Space>,
    /// For the code, and for the statements that are run by themselves, one after the other.
    machine: RefCell<Machine<'a>>,
    /// The traps and namespaces that are in force, the innermost last.
    ranges: Vec<Active<'a>>,
    /// The error that a trap has handled last.
    handled: Option<Handled<'a>>,
    /// The phrase of the step, where it has to be bound again after a part of it was run in the code.
    surprised: Cell<Option<Rc<Bound>>>,
    /// Once the function has controls.
    pub(super) watch: Option<Watch<'a>>,
    /// The step at which it goes on after it was suspended: it does not stop there again.
    pub(super) resumed: Option<Place>,
    /// Its new definition, with which it goes on at a line.
    pub(super) replaced: Option<(UserFunction, i64)>,
}

/// Something that is in force from one step to another.
struct Active<'a> {
    range: Range<Place>,
    what: InForce<'a>,
}

enum InForce<'a> {
    /// Errors with these numbers are handled as the trap at this place says.
    Trap { codes: Vec<i64>, at: Place, _nearer: Nearer<'a> },
    /// The namespace was another one before.
    With { before: Rc<Space> },
}

impl Runner<'_> {
    fn go(&mut self, from: Place) -> Result<Ended> {
        let mut at = from;
        loop {
            while at < self.program.steps.len() {
                at = match self.advance(&mut at) {
                    Ok(next) => next,
                    Err(fault) => self.rescued(fault)?,
                };
                self.jump(at);
            }
            if let Some((function, line)) = self.replaced.take() {
                return Ok(Ended::Replaced(function, line));
            }
            if !self.is_watched() {
                return Ok(Ended::Done);
            }
            at = match self.finished() {
                Ok(None) => return Ok(Ended::Done),
                Ok(Some(next)) => next,
                Err(fault) => self.rescued(fault)?,
            };
        }
    }

    /// Runs the code from a step on as far as it goes, then the step at which it is left; gives the next one.
    fn advance(&mut self, at: &mut Place) -> Result<Place> {
        let generation = self.space.workspace.generation();
        let code = self.scope.function.definition.code.borrow().clone();
        let code = code.filter(|code| code.generation == generation);
        // The code may begin with a step that relies on this.
        if !self.scope.is_moved()
            && let Some(code) = code.or_else(|| self.made(*at))
        {
            *at = self.flow(code, *at)?;
        }
        let Some(step) = self.program.steps.get(*at) else { return Ok(*at) };
        self.scope.line.set(step.line);
        if self.context.profiler.is_on() && !matches!(step.action, Action::Jump(_)) {
            profiling::line(self.context, step.line, *at as u32);
        }
        self.space = self.scope.here();
        if self.is_watched() { self.watched(*at, step) } else { self.step(*at, step) }
    }

    /// The code, if the phrase of a step can be a part of it.
    #[cold]
    fn made(&self, at: Place) -> Option<Rc<Code>> {
        if self.space.workspace.recorder.is_on() || self.is_watched() || self.context.tracer.is_on() {
            return None;
        }
        let generation = self.space.workspace.generation();
        body::usable_step(self.program, at, generation)?;
        let code = Rc::new(body::of_program(self.program, generation, self.context.profiler.is_on()));
        *self.scope.function.definition.code.borrow_mut() = Some(code.clone());
        Some(code)
    }

    /// Runs the code from a step on; gives the step at which it is left.
    fn flow(&mut self, mut code: Rc<Code>, step: Place) -> Result<Place> {
        let mut at = code.starts.get(step).copied().unwrap_or_default() as usize;
        self.space = self.scope.here();
        let context = self.context;
        let frame = Frame { around: self.around(), ..Frame::before_phrase(context, self.scope) };
        let machine = &mut *self.machine.borrow_mut();
        machine.begin_expression();
        loop {
            match machine.execute(&frame, &code, &mut at) {
                Ok(Stop::Call(call)) => {
                    let frame = frame.of(&code, at - 1);
                    let node = code.nodes[at - 1];
                    frame.located(node, machine.call(call))?;
                    if !code.ends(at) && std::mem::take(&mut machine.ending) == Ending::Nothing {
                        return Err(frame.blame(node, Fault::no_result()));
                    }
                }
                Ok(Stop::Show) => {
                    let (value, ending) = (machine.values.pop(), std::mem::take(&mut machine.ending));
                    if let (Some(value), Ending::Value) = (value, ending) {
                        statement::show(context, Some(self.scope), Shown::Value(value))?;
                    }
                }
                Ok(Stop::Left) => {
                    self.context.profiler.goes_on();
                    let (step, bound) = step_at(&code, at - 1)?;
                    let old = bound.is_none() || code.generation != self.space.workspace.generation();
                    let Some(new) = old.then(|| self.made(step)).flatten() else { return Ok(step) };
                    code = new;
                    at = code.starts.get(step).copied().unwrap_or_default() as usize;
                }
                Ok(_) => return Ok(self.program.steps.len()),
                Err(fault) if fault.kind() == ErrorKind::Rebind => {
                    self.context.profiler.goes_on();
                    let (step, bound) = step_at(&code, at - 1)?;
                    let start = code.portions[code.portion[at - 1] as usize].start as usize;
                    let frame = frame.of(&code, at - 1);
                    let fault = machine.kept(&frame, &code, start..at - 1, (0, 0), fault);
                    if fault.kind() != ErrorKind::Rebind {
                        return Err(fault);
                    }
                    self.surprised.set(bound);
                    return Ok(step);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Ends what is in force only elsewhere.
    fn jump(&mut self, to: Place) {
        while let Some(active) = self.ranges.pop_if(|active| !active.range.contains(&to)) {
            self.end(active.what);
        }
    }

    /// Something is no longer in force.
    fn end(&self, what: InForce<'_>) {
        if let InForce::With { before } = what {
            self.scope.move_to(&before);
            before.switch(self.context);
        }
    }

    /// Does what a step does; gives the next one.
    pub(super) fn step(&mut self, at: Place, step: &Step) -> Result<Place> {
        self.context.poll()?;
        let next = at + 1;
        Ok(match &step.action {
            Action::Show(phrase) => {
                let shown = self.bound(phrase, |frame| statement::shown_on(&mut self.machine.borrow_mut(), frame))?;
                match &self.watch {
                    Some(watch) if watch.shows(step.line, &shown)? => {}
                    _ => statement::show(self.context, Some(self.scope), shown)?,
                }
                next
            }
            Action::Evaluate(phrase) => {
                self.value(phrase, |_, _, value| Ok(value))?;
                next
            }
            Action::Branch(phrase) => {
                let line = self.value(phrase, |frame, root, value| {
                    frame.located(root, statement::branch_target(frame.context, &value))
                })?;
                if let Some(watch) = &self.watch {
                    watch.shows_branch(step.line, line)?;
                }
                line.map_or(next, |line| self.line(line))
            }
            Action::Abort => return Err(Fault::abort()),
            Action::Jump(to) => *to,
            Action::Test { condition, wanted, otherwise } => {
                let truth = self.value(condition, |frame, root, value| {
                    frame.located(root, statement::truth(frame.context, &value))
                })?;
                self.side(condition, truth);
                if truth == *wanted { next } else { *otherwise }
            }
            Action::For { slot, values, each } => {
                let turns = self.turns(values, *each)?;
                self.remember(*slot, Slot::Turns(turns));
                next
            }
            Action::Next { slot, assignment, done } => match self.turn(*slot, assignment)? {
                true => next,
                false => {
                    self.remember(*slot, Slot::Empty);
                    *done
                }
            },
            Action::Select { slot, value } => {
                let value = self.value(value, |_, _, value| Ok(value))?;
                self.remember(*slot, Slot::Selected(value));
                next
            }
            Action::Case { slot, value, list, otherwise } => {
                let case = self.value(value, |_, _, value| Ok(value))?;
                let selected = self.selects(*slot, &case, *list)?;
                self.side(value, selected);
                if selected { next } else { *otherwise }
            }
            Action::Trap { codes, range, .. } => {
                let codes = self.codes(codes)?;
                let what = InForce::Trap { _nearer: Nearer::new(&self.context.traps, &codes), codes, at };
                self.ranges.push(Active { range: range.clone(), what });
                next
            }
            Action::With { space, range } => {
                let (context, here, scope) = (self.context, self.space.clone(), self.scope);
                let space = self.value(space, |frame, root, value| {
                    frame.located(root, path::given(context, &here, Some(scope), &value))
                })?;
                self.scope.move_to(&space);
                space.switch(self.context);
                self.ranges.push(Active { range: range.clone(), what: InForce::With { before: here } });
                next
            }
            Action::Fail(error) => {
                let mut fault = definition::unplaced(error);
                let source = &self.scope.function.definition.source;
                fault.set_place(scope::place(Some(self.scope), source, error.span.start));
                return Err(fault);
            }
        })
    }

    /// Notes the side to which a condition has gone, in a session that records it.
    fn side(&self, condition: &CachedPhrase, holds: bool) {
        self.space.workspace.recorder.side(&self.scope.function.definition.source, condition, holds);
    }

    /// Does something with the bound form of a phrase.
    fn bound<T>(&self, phrase: &CachedPhrase, mut work: impl FnMut(&Frame) -> Result<T>) -> Result<T> {
        match self.surprised.take() {
            Some(bound) => rebinding::again(self.around(), &phrase.phrase, &bound, &mut work),
            None => rebinding::run(self.around(), phrase, work),
        }
    }

    fn around(&self) -> Surroundings<'_> {
        Surroundings::in_body(self.context, &self.space, self.scope)
    }

    /// What an expression's value is used for, with the node to blame.
    fn value<T>(&self, phrase: &CachedPhrase, mut then: impl FnMut(&Frame, NodeId, Value) -> Result<T>) -> Result<T> {
        self.bound(phrase, |frame| {
            let (root, value) = statement::value(frame)?;
            then(frame, root, value.settled(self.context.memory())?)
        })
    }

    /// The step at which a line begins; behind the last one where there is no such line.
    pub(super) fn line(&self, line: i64) -> Place {
        self.program.entry(line).unwrap_or(self.program.steps.len())
    }

    fn remember(&mut self, slot: usize, what: Slot) {
        if let Some(place) = self.machine.borrow_mut().slots.get_mut(slot) {
            *place = what;
        }
    }

    /// The values of a loop. Those of `⍳n` are counted and never made.
    fn turns(&self, values: &CachedPhrase, each: bool) -> Result<Turns> {
        self.bound(values, |frame| {
            let Some((root, right)) = iota(frame.bound) else {
                return Turns::of(self.context.memory(), statement::value(frame)?.1, each);
            };
            let count = frame.array(right)?.settled(self.context.memory())?;
            if count.rank() == 0
                && let Ok(count @ 0..) = convert::int(&count)
            {
                let io = self.context.io();
                return Ok(Turns::Count { first: io, next: io, end: io.saturating_add(count) });
            }
            let made = match frame.bound.node(root) {
                Node::Monad { function, .. } => frame.function(*function)?.call(self.context, None, count),
                _ => Err(Fault::internal("no application")),
            };
            Turns::of(self.context.memory(), frame.located(root, made)?, each)
        })
    }

    /// Assigns the next values of a loop; false where there are none.
    fn turn(&mut self, slot: usize, assignment: &CachedPhrase) -> Result<bool> {
        let next = match self.machine.borrow_mut().slots.get_mut(slot) {
            Some(Slot::Turns(turns)) => turns.next(self.context.memory())?,
            _ => None,
        };
        let Some(value) = next else { return Ok(false) };
        self.bound(assignment, |frame| match frame.bound.root().map(|root| frame.bound.node(root)) {
            Some(Node::Assign { .. }) => frame.store_on(&mut self.machine.borrow_mut(), value.clone()).map(|()| true),
            _ => Err(Fault::syntax()),
        })
    }

    /// Whether the remembered value is a case's.
    fn selects(&self, slot: usize, case: &Value, list: bool) -> Result<bool> {
        let value = match self.machine.borrow().slots.get(slot) {
            Some(Slot::Selected(value)) => value.clone(),
            _ => return Ok(false),
        };
        let ct = self.context.ct();
        if !list {
            return compare::matches(self.context.memory(), &value, case, ct);
        }
        for item in case.array(self.context.memory())?.items() {
            if compare::matches(self.context.memory(), &value, &item, ct)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn codes(&self, phrase: &CachedPhrase) -> Result<Vec<i64>> {
        self.value(phrase, |frame, root, value| frame.located(root, convert::int_vec(frame.context.memory(), &value)))
    }

    /// An error that arose between the phrases of a line, as an interrupt of a loop, with the beginning of the line as its
    /// place.
    fn placed(&self, mut fault: Fault) -> Fault {
        let source = &self.scope.function.definition.source;
        if fault.kind().is_error() && fault.wants_place(source.executed) {
            let line = self.scope.line.get() as usize;
            let before: usize = source.text.split_inclusive('\n').take(line).map(str::len).sum();
            fault.set_place(scope::place(Some(self.scope), source, before as u32));
        }
        fault
    }

    /// Where to continue after a fault: at the line of a branch, in the innermost `:Trap` for the error, or where
    /// `⎕TRAP` says.
    fn rescued(&mut self, fault: Fault) -> Result<Place> {
        if let Some(line) = fault.branch() {
            return Ok(self.line(line));
        }
        let fault = self.placed(fault);
        if let Some(resumption) = suspended::by_error(self.context, &self.space.workspace, &fault) {
            return self.goes_on(resumption);
        }
        while let Some(active) = self.ranges.pop() {
            let (codes, at) = match active.what {
                InForce::Trap { codes, at, .. } => (codes, at),
                other => {
                    self.end(other);
                    self.space = self.scope.here();
                    continue;
                }
            };
            if !statement::catches(self.context, &codes, &fault) {
                continue;
            }
            let Some(Action::Trap { handlers, otherwise, .. }) = self.program.steps.get(at).map(|step| &step.action)
            else {
                break;
            };
            let number = i64::from(fault.kind().number());
            // What was handled before is forgotten first.
            self.handled = None;
            self.handled = Some(self.context.handle(fault));
            return match self.handler(handlers, number) {
                Ok(place) => Ok(place.unwrap_or(*otherwise)),
                // A handler that fails is no longer under this trap, but under those around it.
                Err(fault) => self.rescued(fault),
            };
        }
        let fault = trapping::respond(self.context, &self.space, Some(self.scope), &fault).unwrap_or(fault);
        fault.branch().map(|line| self.line(line)).ok_or(fault)
    }

    /// The case of a trap for an error.
    fn handler(&self, handlers: &[Handler], number: i64) -> Result<Option<Place>> {
        for handler in handlers {
            self.scope.line.set(handler.line);
            let codes = self.codes(&handler.codes)?;
            if statement::covers(&codes, number) {
                return Ok(Some(handler.place));
            }
        }
        Ok(None)
    }
}

/// The application of `⍳` to something, where an expression is nothing else.
fn iota(bound: &Bound) -> Option<(NodeId, NodeId)> {
    let root = bound.root()?;
    match bound.node(root) {
        Node::Monad { function, right } => match bound.node(*function) {
            Node::Primitive(row) if row.facts.role == Role::Count => Some((root, *right)),
            _ => None,
        },
        _ => None,
    }
}

/// The step that an instruction belongs to, and the bound form of its phrase.
fn step_at(code: &Code, at: Place) -> Result<(Place, Option<Rc<Bound>>)> {
    let portion = code.portion.get(at).and_then(|&portion| code.portions.get(portion as usize));
    let portion = portion.ok_or_else(|| Fault::internal("no step in the code"))?;
    Ok((portion.statement as usize, portion.bound.clone()))
}
