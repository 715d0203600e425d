//! A recording: the parts of the phrases that were run, with their values, and the calls between them.
//!
//! While it is on, phrases are lowered with an instruction behind each part that hands its value on to here
//! (`code/lower.rs`). Values are shared, not copied: so a change of a recorded array copies it first. The recording is
//! bounded by bytes and by steps; the oldest steps are dropped, and counted.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use crate::array::{Memory, Shape, Type, Value, address, bytes};
use crate::syntax::span::Span;

/// Elements of a part that is not computed by itself; larger ones are recorded without their elements.
const DEFERRED: usize = 1 << 16;

/// How much is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of the steps and of the arrays that they hold.
    pub bytes: usize,
    /// The number of steps.
    pub steps: usize,
    /// Calls that are nested deeper are not entered.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 64 << 20, steps: 1_000_000, depth: u32::MAX }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Step {
    /// How many calls it lies in.
    pub depth: u32,
    /// The text that it stands in.
    pub text: Rc<str>,
    /// Where it stands there.
    pub span: Span,
    /// What it was.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A phrase begins: its place in a function, as `f[2]`.
    Phrase(Rc<str>),
    /// A part has been evaluated.
    Part {
        /// Its value.
        value: Recorded,
        /// How it was evaluated.
        remarks: Vec<Remark>,
    },
    /// A name stands for something else than before.
    Change {
        /// The name.
        name: Rc<str>,
        /// Its value; `None` for a function or operator.
        value: Option<Recorded>,
    },
    /// A function is called.
    Call {
        /// Its name, or its text.
        name: Rc<str>,
        /// Its left argument.
        left: Option<Recorded>,
        /// Its right argument.
        right: Recorded,
        /// Whether it takes the place of the function that calls it.
        tail: bool,
    },
    /// The function that was called last and has not ended yet has ended.
    Return(Option<Recorded>),
    /// An error arose.
    Error(Rc<str>),
}

/// A value as it was.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its shape. Where a function runs for all cells of a frame at once: that of each cell.
    pub shape: Shape,
    /// The type of its elements.
    pub kind: Type,
    /// How it was there.
    pub form: Form,
    /// The frame of the cells that it consists of.
    pub frame: Option<Shape>,
    /// The value, or the array of all cells; `None` where it is never computed by itself and too large for that.
    pub value: Option<Value>,
}

/// How a value was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Its elements were stored.
    Stored,
    /// Another arrangement of the elements of one array.
    View,
    /// It is computed together with what takes it.
    Deferred,
    /// Items of one shape, stored as one array.
    Flat,
}

/// How a part was evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// An operator applied a function to so many cells or items of the arguments.
    Cells {
        /// The operator.
        operator: &'static str,
        /// The frame.
        frame: Shape,
        /// The shapes of the cells of the left argument, where there is one, and of the right one.
        cells: Vec<Shape>,
    },
    /// It was applied to all of them at once.
    AtOnce,
    /// A function was applied as another one, which it is a synonym of.
    Synonym(Rc<str>),
    /// A sum over a product that was deferred was a matrix product.
    Product,
    /// What a function of a train gave, both as text.
    Tine(Rc<str>, Rc<str>),
}

/// Remarks on one part that are kept; of operators within operators there may be any number.
const REMARKS: usize = 12;

/// Records nothing until it is begun.
#[derive(Default)]
pub struct Tracer {
    on: Cell<bool>,
    /// Bodies that run for all cells at once, one in the other, which are no calls of their own.
    bodies: Cell<u32>,
    /// How many functions are running, as far as it was told.
    running: Cell<usize>,
    recording: RefCell<Recording>,
}

/// What was recorded.
#[derive(Default)]
pub struct Recording {
    steps: VecDeque<Step>,
    limits: Limits,
    /// How many steps were dropped.
    dropped: u64,
    bytes: usize,
    /// The arrays that the steps hold: by their addresses, how often, and their bytes.
    held: HashMap<usize, (usize, usize)>,
    /// What has been remarked on parts that are still being evaluated, with the depth.
    remarks: Vec<(u32, Remark)>,
    /// The depth of the function that was called last.
    open: u32,
    /// The number of functions that were running at the beginning.
    base: usize,
    /// The last error in a call that is not entered: it is kept where it leaves the outermost one.
    hidden: Option<Step>,
}

/// A position in the recording: what comes after it can be taken back.
#[derive(Clone, Copy)]
pub struct Mark {
    steps: u64,
    remarks: usize,
}

impl Tracer {
    /// Whether anything is recorded.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Records from now on; `running`: the functions that are running.
    pub fn begin(&self, limits: Limits, running: usize) {
        *self.recording.borrow_mut() = Recording { limits, base: running, ..Recording::default() };
        self.bodies.set(0);
        self.running.set(running);
        self.on.set(true);
    }

    /// Gives what was recorded, and records no longer.
    pub fn end(&self) -> Recording {
        self.on.set(false);
        self.recording.take()
    }

    /// Does something that is not recorded.
    pub fn unrecorded<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.on.replace(false);
        let done = work();
        self.on.set(before);
        done
    }

    /// Records something, while so many functions are running.
    pub fn note(&self, running: usize, text: &Rc<str>, span: Span, what: What) {
        self.running.set(running);
        let recording = &mut *self.recording.borrow_mut();
        let depth = recording.depth(running, self.bodies.get());
        recording.add(Step { depth, text: text.clone(), span, what });
    }

    /// Records a part with what has been remarked on it.
    pub fn part(&self, running: usize, text: &Rc<str>, span: Span, value: Recorded) {
        self.running.set(running);
        let recording = &mut *self.recording.borrow_mut();
        let depth = recording.depth(running, self.bodies.get());
        let own = recording.remarks.iter().rposition(|(of, _)| *of < depth).map_or(0, |at| at + 1);
        let remarks = recording.remarks.drain(own..).map(|(_, remark)| remark).collect();
        recording.add(Step { depth, text: text.clone(), span, what: What::Part { value, remarks } });
    }

    /// Records that a function is called, which is running now.
    pub fn call(&self, running: usize, text: &Rc<str>, span: Span, call: (Rc<str>, Option<Recorded>, Recorded)) {
        self.running.set(running);
        let recording = &mut *self.recording.borrow_mut();
        let depth = recording.depth(running, self.bodies.get());
        let tail = depth <= recording.open;
        recording.open = depth;
        let (name, left, right) = call;
        let what = What::Call { name, left, right, tail };
        recording.add(Step { depth: depth.saturating_sub(1), text: text.clone(), span, what });
    }

    /// Records that the function which is running now ends.
    pub fn returns(&self, running: usize, text: &Rc<str>, span: Span, value: Option<Recorded>) {
        self.running.set(running.saturating_sub(1));
        let recording = &mut *self.recording.borrow_mut();
        let depth = recording.depth(running, self.bodies.get()).saturating_sub(1);
        recording.open = depth;
        recording.add(Step { depth, text: text.clone(), span, what: What::Return(value) });
    }

    /// An error has left the function that was running.
    pub fn left(&self, running: usize) {
        self.running.set(running.saturating_sub(1));
        let recording = &mut *self.recording.borrow_mut();
        let depth = recording.depth(running, self.bodies.get()).saturating_sub(1);
        recording.open = depth;
        if depth <= recording.limits.depth
            && let Some(step) = recording.hidden.take()
        {
            recording.add(Step { depth, ..step });
        }
    }

    /// Remarks something on the part that is being evaluated.
    pub fn remark(&self, remark: impl FnOnce() -> Remark) {
        if self.on.get() {
            let recording = &mut *self.recording.borrow_mut();
            let depth = recording.depth(self.running.get(), self.bodies.get());
            let on_this = recording.remarks.iter().rev().take(REMARKS).filter(|(of, _)| *of >= depth).count();
            if on_this < REMARKS {
                recording.remarks.push((depth, remark()));
            }
        }
    }

    /// A body begins that runs for all cells at once: gives what takes it back.
    pub fn body(&self) -> Mark {
        let recording = self.recording.borrow();
        let mark = Mark { steps: recording.dropped + recording.steps.len() as u64, remarks: recording.remarks.len() };
        self.bodies.set(self.bodies.get() + 1);
        mark
    }

    /// It ends; where it is not `kept`, what it has recorded is forgotten.
    pub fn body_ends(&self, mark: Mark, kept: bool) {
        self.bodies.set(self.bodies.get().saturating_sub(1));
        let recording = &mut *self.recording.borrow_mut();
        if !kept {
            while recording.dropped + recording.steps.len() as u64 > mark.steps
                && let Some(step) = recording.steps.pop_back()
            {
                recording.release(&step);
            }
            recording.remarks.truncate(mark.remarks);
        }
    }
}

impl Recording {
    /// What happened, the first first.
    pub fn steps(&self) -> &VecDeque<Step> {
        &self.steps
    }

    /// How many steps, the oldest, were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn depth(&self, running: usize, bodies: u32) -> u32 {
        (running.saturating_sub(self.base) as u32).saturating_add(bodies)
    }

    fn add(&mut self, step: Step) {
        // Of a call that is not entered nothing is kept but that the part has a value.
        let entered = step.depth + u32::from(matches!(step.what, What::Call { .. } | What::Return(_)));
        if entered > self.limits.depth {
            if matches!(step.what, What::Error(_)) {
                self.hidden = Some(step);
            }
            return;
        }
        // A phrase that was only looked at.
        if let (What::Phrase(_), Some(Step { what: What::Phrase(_), depth, .. })) = (&step.what, self.steps.back())
            && *depth == step.depth
        {
            self.steps.pop_back();
        }
        for value in step.values() {
            self.hold(value);
        }
        self.bytes += step.bytes();
        self.steps.push_back(step);
        while (self.bytes > self.limits.bytes || self.steps.len() > self.limits.steps)
            && let Some(step) = self.steps.pop_front()
        {
            self.release(&step);
            self.dropped += 1;
        }
    }

    fn hold(&mut self, value: &Value) {
        let Some(address) = address(value) else { return };
        let (count, size) =
            self.held.entry(address).or_insert_with(|| (0, bytes(&Memory::unlimited(), value).unwrap_or(0)));
        *count += 1;
        if *count == 1 {
            self.bytes = self.bytes.saturating_add(*size);
        }
    }

    fn release(&mut self, step: &Step) {
        self.bytes = self.bytes.saturating_sub(step.bytes());
        for value in step.values() {
            let Some(address) = address(value) else { continue };
            if let Some((count, size)) = self.held.get_mut(&address) {
                *count -= 1;
                if *count == 0 {
                    self.bytes = self.bytes.saturating_sub(*size);
                    self.held.remove(&address);
                }
            }
        }
    }
}

impl Step {
    /// The bytes that it takes by itself, without its arrays.
    fn bytes(&self) -> usize {
        let remarks = match &self.what {
            What::Part { remarks, .. } => size_of_val(&remarks[..]),
            _ => 0,
        };
        size_of::<Step>() + remarks
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        let recorded = match &self.what {
            What::Part { value, .. } => [Some(value), None],
            What::Change { value, .. } | What::Return(value) => [value.as_ref(), None],
            What::Call { left, right, .. } => [left.as_ref(), Some(right)],
            What::Phrase(_) | What::Error(_) => [None, None],
        };
        recorded.into_iter().flatten().filter_map(|recorded| recorded.value.as_ref())
    }
}

impl Recorded {
    /// A value as it is now.
    pub fn new(memory: &Memory, value: &Value) -> Recorded {
        let form = match value {
            Value::Pending(pending) if pending.is_view() => Form::View,
            Value::Pending(_) => Form::Deferred,
            Value::Framed(framed) if framed.is_pending() => Form::View,
            Value::Framed(_) => Form::Flat,
            _ => Form::Stored,
        };
        let is_deferred = matches!(form, Form::View | Form::Deferred);
        let elements = match value {
            Value::Framed(framed) => framed.flat().count(),
            value => value.count(),
        };
        let value = match is_deferred && elements > DEFERRED {
            true => None,
            // What cannot be computed shows where the program computes it.
            false => value.clone().settled(memory).ok(),
        }
        .map_or_else(|| (value.shape_vec(), value.kind(), None), |kept| (kept.shape_vec(), kept.kind(), Some(kept)));
        let (shape, kind, value) = value;
        Recorded { shape, kind, form, frame: None, value }
    }

    /// The cells of a frame, whose own axes are behind the first `outer` ones.
    pub fn cells(memory: &Memory, value: &Value, outer: usize) -> Recorded {
        let whole = Recorded::new(memory, value);
        let (frame, cell) = whole.shape.split_at(outer.min(whole.shape.len()));
        Recorded { shape: Shape::from_slice(cell), frame: Some(Shape::from_slice(frame)), ..whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Rc<str> {
        "x".into()
    }

    fn noted(tracer: &Tracer, value: &Value) {
        let recorded = Recorded::new(&Memory::unlimited(), value);
        tracer.part(0, &text(), Span::new(0, 1), recorded);
    }

    fn numbers(count: usize) -> Value {
        Value::try_from(vec![0.5; count]).unwrap()
    }

    #[test]
    fn the_oldest_steps_are_dropped_and_counted() {
        let tracer = Tracer::default();
        tracer.begin(Limits { steps: 3, ..Limits::default() }, 0);
        (0..10).for_each(|n| noted(&tracer, &Value::Int(n)));
        let recording = tracer.end();
        assert_eq!((recording.steps().len(), recording.dropped()), (3, 7));
        assert!(
            matches!(&recording.steps()[0].what, What::Part { value, .. } if matches!(value.value, Some(Value::Int(7))))
        );
        assert_eq!(recording.bytes(), 3 * size_of::<Step>());
    }

    #[test]
    fn of_many_remarks_on_a_part_few_are_kept() {
        let tracer = Tracer::default();
        tracer.begin(Limits::default(), 0);
        (0..1000).for_each(|_| tracer.remark(|| Remark::Product));
        noted(&tracer, &Value::Int(1));
        let recording = tracer.end();
        assert!(matches!(&recording.steps()[0].what, What::Part { remarks, .. } if remarks.len() == REMARKS));
        assert!(recording.bytes() > size_of::<Step>());
    }

    #[test]
    fn an_error_in_a_call_that_is_not_entered_is_kept_where_it_leaves_the_call() {
        let tracer = Tracer::default();
        tracer.begin(Limits { depth: 0, ..Limits::default() }, 0);
        let error = |headline: &str| What::Error(headline.into());
        tracer.note(2, &text(), Span::default(), error("caught"));
        tracer.left(2);
        tracer.note(1, &text(), Span::default(), error("not caught"));
        tracer.left(1);
        tracer.left(1);
        let steps = tracer.end().steps;
        assert_eq!(steps.len(), 1);
        assert!(matches!(&steps[0], Step { depth: 0, what: What::Error(headline), .. } if &**headline == "not caught"));
    }

    #[test]
    fn an_array_is_counted_once_however_often_it_is_seen() {
        let tracer = Tracer::default();
        tracer.begin(Limits { bytes: 40_000, ..Limits::default() }, 0);
        let shared = numbers(2000);
        (0..50).for_each(|_| noted(&tracer, &shared));
        assert_eq!(tracer.recording.borrow().dropped, 0);
        // Each of these is an array of its own: two of 16,000 bytes fit.
        (0..50).for_each(|_| noted(&tracer, &numbers(2000)));
        let recording = tracer.end();
        assert!(recording.bytes() <= 40_000 && recording.steps().len() <= 2, "{}", recording.steps().len());
        assert_eq!(recording.dropped() + recording.steps().len() as u64, 100);
    }

    #[test]
    fn what_was_tried_in_vain_is_forgotten() {
        let tracer = Tracer::default();
        tracer.begin(Limits::default(), 0);
        noted(&tracer, &Value::Int(1));
        let mark = tracer.body();
        noted(&tracer, &numbers(100));
        tracer.remark(|| Remark::AtOnce);
        tracer.body_ends(mark, false);
        noted(&tracer, &Value::Int(2));
        let recording = tracer.end();
        assert_eq!(recording.steps().len(), 2);
        assert!(matches!(&recording.steps()[1].what, What::Part { remarks, .. } if remarks.is_empty()));
        assert_eq!(recording.bytes(), 2 * size_of::<Step>());
    }

    #[test]
    fn remarks_belong_to_the_part_around_them() {
        let tracer = Tracer::default();
        tracer.begin(Limits::default(), 0);
        tracer.remark(|| Remark::Product);
        tracer.running.set(1);
        tracer.remark(|| Remark::AtOnce);
        // A part of a call takes what was remarked within the call.
        tracer.part(1, &text(), Span::default(), Recorded::new(&Memory::unlimited(), &Value::Int(1)));
        tracer.part(0, &text(), Span::default(), Recorded::new(&Memory::unlimited(), &Value::Int(1)));
        let remarks: Vec<Vec<Remark>> = tracer
            .end()
            .steps
            .into_iter()
            .filter_map(|step| match step.what {
                What::Part { remarks, .. } => Some(remarks),
                _ => None,
            })
            .collect();
        assert_eq!(remarks, [vec![Remark::AtOnce], vec![Remark::Product]]);
    }
}
