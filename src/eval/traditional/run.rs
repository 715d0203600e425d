//! Running a program: one step after the other, with jumps.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::array::{Array, Value, compare, convert};
use crate::bind::Surroundings;
use crate::context::{Context, Handled};
use crate::error::{Fault, Result};
use crate::eval::frame::Frame;
use crate::eval::machine::Machine;
use crate::eval::rebinding;
use crate::eval::statement;
use crate::eval::trapping;
use crate::traps::Nearer;
use crate::workspace::definition::{self, CachedPhrase};
use crate::workspace::node::{Bound, Node, NodeId};
use crate::workspace::path;
use crate::workspace::program::{Action, Handler, Place, Program, Step};
use crate::workspace::scope::{self, Scope};
use crate::workspace::space::Space;

/// Runs a program to its end.
pub fn run(context: &Context, program: &Program, scope: &Rc<Scope>) -> Result<()> {
    let slots = (0..program.slots).map(|_| Slot::Empty).collect();
    let space = scope.here();
    let machine = RefCell::new(Machine::new(context, &scope.function.space.workspace));
    Runner { space, context, program, scope, slots, machine, ranges: Vec::new(), handled: None }.go()
}

struct Runner<'a> {
    context: &'a Context,
    program: &'a Program,
    scope: &'a Rc<Scope>,
    /// The namespace whose names are seen.
    space: Rc<Space>,
    slots: Vec<Slot>,
    /// For the statements, one after the other.
    machine: RefCell<Machine<'a>>,
    /// The traps and namespaces that are in force, the innermost last.
    ranges: Vec<Active<'a>>,
    /// The error that a trap has handled last.
    handled: Option<Handled<'a>>,
}

/// The state of a control structure while it runs.
enum Slot {
    Empty,
    Selected(Value),
    Turns(Turns),
}

/// The values of a loop that are still to come.
enum Turns {
    /// Whole numbers in a row, which need not be there all at once.
    Count { next: i64, end: i64 },
    /// Elements in ravel order; of several arrays at once where there are several targets.
    Items { arrays: Vec<Array>, at: usize, count: usize },
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
    fn go(&mut self) -> Result<()> {
        let mut at = 0;
        while let Some(step) = self.program.steps.get(at) {
            self.scope.line.set(step.line);
            self.space = self.scope.here();
            let next = match self.step(at, step) {
                Ok(next) => next,
                Err(fault) => self.rescued(fault)?,
            };
            if next != at + 1 {
                self.jump(next);
            }
            at = next;
        }
        Ok(())
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
    fn step(&mut self, at: Place, step: &Step) -> Result<Place> {
        self.context.poll()?;
        let next = at + 1;
        Ok(match &step.action {
            Action::Show(phrase) => {
                let shown = rebinding::run(self.around(), phrase, |frame| {
                    statement::shown_on(&mut self.machine.borrow_mut(), frame)
                })?;
                statement::show(self.context, Some(self.scope), shown)?;
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
                line.map_or(next, |line| self.line(line))
            }
            Action::Abort => return Err(Fault::abort()),
            Action::Jump(to) => *to,
            Action::Test { condition, wanted, otherwise } => {
                let truth = self.value(condition, |frame, root, value| {
                    frame.located(root, statement::truth(frame.context, &value))
                })?;
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
                let value = self.value(value, |_, _, value| Ok(value))?;
                if self.selects(*slot, &value, *list)? { next } else { *otherwise }
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

    fn around(&self) -> Surroundings<'_> {
        Surroundings::in_body(self.context, &self.space, self.scope)
    }

    /// What an expression's value is used for, with the node to blame.
    fn value<T>(&self, phrase: &CachedPhrase, mut then: impl FnMut(&Frame, NodeId, Value) -> Result<T>) -> Result<T> {
        rebinding::run(self.around(), phrase, |frame| {
            let (root, value) = statement::value(frame)?;
            then(frame, root, value.settled(self.context.memory())?)
        })
    }

    /// The step at which a line begins; behind the last one where there is no such line.
    fn line(&self, line: i64) -> Place {
        self.program.entry(line).unwrap_or(self.program.steps.len())
    }

    fn remember(&mut self, slot: usize, what: Slot) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = what;
        }
    }

    /// The values of a loop. Those of `⍳n` are counted and never made.
    fn turns(&self, values: &CachedPhrase, each: bool) -> Result<Turns> {
        rebinding::run(self.around(), values, |frame| {
            let Some((root, right)) = iota(frame.bound) else {
                return self.items(statement::value(frame)?.1, each);
            };
            let count = frame.array(right)?.settled(self.context.memory())?;
            if count.rank() == 0
                && let Ok(count @ 0..) = convert::int(&count)
            {
                let io = self.context.io();
                return Ok(Turns::Count { next: io, end: io.saturating_add(count) });
            }
            let made = match frame.bound.node(root) {
                Node::Monad { function, .. } => frame.function(*function)?.call(self.context, None, count),
                _ => Err(Fault::internal("no application")),
            };
            self.items(frame.located(root, made)?, each)
        })
    }

    fn items(&self, value: Value, each: bool) -> Result<Turns> {
        let memory = self.context.memory();
        let array = value.settled(memory)?.into_array(memory)?;
        if !each {
            let count = array.len();
            return Ok(Turns::Items { arrays: vec![array], at: 0, count });
        }
        let arrays = array.items().map(|item| item.into_array(memory)).collect::<Result<Vec<Array>>>()?;
        let mut lengths = arrays.iter().filter(|array| array.rank() > 0).map(Array::len);
        let count = lengths.next().unwrap_or(usize::from(!arrays.is_empty()));
        if lengths.any(|length| length != count) {
            return Err(Fault::length());
        }
        Ok(Turns::Items { arrays, at: 0, count })
    }

    /// Assigns the next values of a loop; false where there are none.
    fn turn(&mut self, slot: usize, assignment: &CachedPhrase) -> Result<bool> {
        let memory = self.context.memory();
        let Some(Slot::Turns(turns)) = self.slots.get_mut(slot) else { return Ok(false) };
        let value = match turns {
            Turns::Count { next, end } if *next < *end => {
                *next += 1;
                convert::scalar((*next - 1) as f64)
            }
            Turns::Items { arrays, at, count } if *at < *count => {
                *at += 1;
                match &arrays[..] {
                    [array] => array.item(*at - 1),
                    arrays => {
                        let item = |array: &Array| array.item(if array.rank() == 0 { 0 } else { *at - 1 });
                        let items = arrays.iter().map(item).collect();
                        Array::from_items(memory, &[arrays.len()], items, || Value::Int(0))?.into()
                    }
                }
            }
            _ => return Ok(false),
        };
        rebinding::run(self.around(), assignment, |frame| match frame.bound.root().map(|root| frame.bound.node(root)) {
            Some(Node::Assign { .. }) => frame.store_on(&mut self.machine.borrow_mut(), value.clone()).map(|()| true),
            _ => Err(Fault::syntax()),
        })
    }

    /// Whether the remembered value is a case's.
    fn selects(&self, slot: usize, case: &Value, list: bool) -> Result<bool> {
        let Some(Slot::Selected(value)) = self.slots.get(slot) else { return Ok(false) };
        let ct = self.context.ct();
        if !list {
            return compare::matches(self.context.memory(), value, case, ct);
        }
        for item in case.array(self.context.memory())?.items() {
            if compare::matches(self.context.memory(), value, &item, ct)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn codes(&self, phrase: &CachedPhrase) -> Result<Vec<i64>> {
        self.value(phrase, |frame, root, value| frame.located(root, convert::int_vec(frame.context.memory(), &value)))
    }

    /// Where to continue after a fault: at the line of a branch, in the innermost `:Trap` for the error, or where
    /// `⎕TRAP` says.
    fn rescued(&mut self, fault: Fault) -> Result<Place> {
        if let Some(line) = fault.branch() {
            return Ok(self.line(line));
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
            Node::Primitive(row) if row.glyph == '⍳' => Some((root, *right)),
            _ => None,
        },
        _ => None,
    }
}
