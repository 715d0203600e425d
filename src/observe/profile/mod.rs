//! A profile: how often functions and their lines were run, and what time and memory they took.
//!
//! The machine tells when a call begins and ends (`vm/profiling.rs`), and when a line begins (an instruction that is part
//! of the code of bodies only while a profile is made). What was spent since the last of these events belongs to the line
//! that was running.

mod timer;
mod tree;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

pub use timer::Timer;
use timer::{Clock, calibrate};
pub use tree::{Cost, Entry, Known, Node, Profile};

use crate::bounds::processor_time;

/// A call under way.
#[derive(Clone, Copy)]
struct Frame {
    node: usize,
    line: Option<u32>,
    /// The step that began last.
    step: Option<u32>,
}

/// What is being measured.
#[derive(Default)]
struct Measuring {
    profile: Profile,
    stack: Vec<Frame>,
    /// What had been spent when something was told last.
    last: Cost,
    clock: Option<Clock>,
    began: Option<Instant>,
    reads: u64,
    /// How many functions were running when it began; `None` where that is to be found at the next call.
    base: Option<usize>,
}

/// Makes a profile while it is on.
#[derive(Default)]
pub struct Profiler {
    on: Cell<bool>,
    measuring: RefCell<Measuring>,
    /// The timer that `⎕PROFILE` uses, with what reading it takes and how finely it tells time.
    selected: Cell<Option<Timer>>,
    calibrated: Cell<(f64, f64)>,
}

impl Profiler {
    /// Whether a profile is being made.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Begins, or goes on with what was measured before with the same timer. `running`: how many functions are running.
    pub fn start(&self, timer: Timer, running: usize, bytes: u64) {
        let measuring = &mut *self.measuring.borrow_mut();
        measuring.clock = if timer == Timer::Sampled { Clock::new() } else { None };
        measuring.began = Some(measuring.began.unwrap_or_else(Instant::now));
        measuring.base = Some(running);
        measuring.profile.timer = timer;
        measuring.stack.clear();
        if measuring.profile.is_new() {
            measuring.profile = Profile::new(timer);
        }
        measuring.last = measuring.now(bytes);
        self.on.set(true);
    }

    /// Ends.
    pub fn stop(&self, bytes: u64) {
        if self.on.replace(false) {
            let measuring = &mut *self.measuring.borrow_mut();
            measuring.spend(bytes);
            measuring.stack.clear();
            measuring.clock = None;
        }
    }

    /// Forgets what was measured.
    pub fn reset(&self) {
        let measuring = &mut *self.measuring.borrow_mut();
        measuring.profile = Profile::new(measuring.profile.timer);
        measuring.stack.clear();
        measuring.base = None;
    }

    /// Gives what was measured, and forgets it.
    pub fn take(&self) -> Profile {
        std::mem::take(&mut self.measuring.borrow_mut().profile)
    }

    /// The timer that `⎕PROFILE` uses.
    pub fn selected(&self) -> Option<Timer> {
        self.selected.get()
    }

    /// How long reading it takes, and how finely it tells time, in milliseconds.
    pub fn calibrated(&self) -> (f64, f64) {
        self.calibrated.get()
    }

    /// Selects a timer; `again`: and calibrates it once more, of which the smaller values are kept.
    pub fn select(&self, timer: Timer, again: bool) {
        if self.selected() == Some(timer) && !again {
            return;
        }
        let (bias, granularity) = calibrate(timer);
        let before = if again { self.calibrated() } else { (f64::INFINITY, f64::INFINITY) };
        self.selected.set(Some(timer));
        self.calibrated.set((bias.min(before.0), granularity.min(before.1)));
    }

    /// Ends, and forgets what was measured and which timer was selected.
    pub fn clear(&self) {
        self.stop(0);
        self.reset();
        self.selected.set(None);
        self.calibrated.set((0.0, 0.0));
    }

    /// Looks at what was measured.
    pub fn with<T>(&self, work: impl FnOnce(&Profile) -> T) -> T {
        work(&self.measuring.borrow().profile)
    }

    /// A function has begun, with which so many are running. It is known by `key`; `known` names it, and keeps what the
    /// key is the address of. It has been called `count` times, in a place that is one call.
    #[inline]
    pub fn enter(
        &self,
        key: usize,
        running: usize,
        bytes: u64,
        count: u64,
        known: impl FnOnce() -> (Known, Rc<dyn Any>),
    ) {
        let measuring = &mut *self.measuring.borrow_mut();
        measuring.spend(bytes);
        measuring.leave_all_but(running.saturating_sub(1));
        let (parent, line) = measuring.stack.last().map_or((0, None), |frame| (frame.node, frame.line));
        let (node, first) = measuring.profile.child(parent, line, key, known);
        measuring.stack.push(Frame { node, line: first, step: None });
        measuring.profile.count(node, None, count);
    }

    /// A function has ended, with which so many were running.
    #[inline]
    pub fn leave(&self, running: usize, bytes: u64) {
        let measuring = &mut *self.measuring.borrow_mut();
        measuring.spend(bytes);
        measuring.leave_all_but(running.saturating_sub(1));
    }

    /// A line begins, at a step of the function: again, where that is no later one than that before.
    #[inline]
    pub fn line(&self, line: u32, step: u32, bytes: u64, count: u64) {
        let measuring = &mut *self.measuring.borrow_mut();
        let Some(frame) = measuring.stack.last_mut() else { return };
        let again = frame.step.replace(step).is_some_and(|before| step <= before);
        if frame.line == Some(line) && !again {
            return;
        }
        let node = frame.node;
        measuring.spend(bytes);
        if let Some(frame) = measuring.stack.last_mut() {
            frame.line = Some(line);
        }
        measuring.profile.count(node, Some(line), count);
    }

    /// The step that has begun is run in another way: it does not begin again.
    pub fn goes_on(&self) {
        if let Some(frame) = self.measuring.borrow_mut().stack.last_mut() {
            frame.step = None;
        }
    }

    /// A function is tried for all cells at once, which may come to nothing: gives what takes back what is counted.
    pub fn tries(&self) -> usize {
        self.measuring.borrow_mut().profile.tries()
    }

    /// The trial is over: the function was called so many times, or what was counted since it began is taken back.
    pub fn tried(&self, mark: usize, calls: Option<u64>) {
        let measuring = &mut *self.measuring.borrow_mut();
        if let (Some(calls), Some(&Frame { node, .. })) = (calls, measuring.stack.last()) {
            measuring.profile.count(node, None, calls);
        }
        measuring.profile.tried(mark, calls.is_some());
    }
}

impl Measuring {
    fn now(&mut self, bytes: u64) -> Cost {
        let time = match self.profile.timer {
            // How often it is read is of no use.
            Timer::Sampled => {
                return Cost { time: self.clock.as_ref().map_or(0, Clock::now), bytes, reads: 0 };
            }
            Timer::Cpu => processor_time().as_nanos() as u64,
            Timer::Elapsed => self.began.map_or(0, |began| began.elapsed().as_nanos() as u64),
            Timer::None | Timer::Coverage => 0,
        };
        self.reads += 1;
        Cost { time, bytes, reads: self.reads }
    }

    /// What was spent since something was told last belongs to the line that is running.
    #[inline(always)]
    fn spend(&mut self, bytes: u64) {
        // Mostly the clock of samples has not moved, and no array was made.
        let nothing = |clock: &Clock| clock.now() == self.last.time && bytes == self.last.bytes;
        if !self.clock.as_ref().is_some_and(nothing) {
            self.spend_up_to_now(bytes);
        }
    }

    fn spend_up_to_now(&mut self, bytes: u64) {
        let now = self.now(bytes);
        let spent = now - self.last;
        self.last = now;
        let (node, line) = self.stack.last().map_or((0, None), |frame| (frame.node, frame.line));
        self.profile.spend(node, line, spent);
    }

    /// Ends calls until no more than so many functions are running.
    #[inline]
    fn leave_all_but(&mut self, running: usize) {
        // After a reset in the midst of calls.
        let base = *self.base.get_or_insert(running);
        self.stack.truncate(running.saturating_sub(base));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(profiler: &Profiler, name: &str, key: usize, running: usize) {
        profiler
            .enter(key, running, 0, 1, || (Known { name: name.into(), text: "".into(), first: Some(0) }, Rc::new(())));
    }

    #[test]
    fn calls_and_lines_are_counted_along_each_way() {
        let profiler = Profiler::default();
        profiler.start(Timer::None, 0, 0);
        enter(&profiler, "f", 1, 1);
        profiler.line(1, 1, 0, 1);
        enter(&profiler, "g", 2, 2);
        profiler.leave(2, 0);
        profiler.line(2, 2, 0, 1);
        enter(&profiler, "g", 2, 2);
        profiler.leave(2, 0);
        // The line again, as a loop comes back to it.
        profiler.line(1, 1, 0, 1);
        profiler.leave(1, 0);
        profiler.stop(0);
        let profile = profiler.take();
        let all: Vec<(String, u64, Vec<u64>)> = profile
            .functions()
            .into_iter()
            .map(|(known, entry, lines)| {
                (known.name.to_string(), entry.count, lines.iter().map(|line| line.count).collect())
            })
            .collect();
        assert_eq!(all, [("f".to_owned(), 1, vec![1, 2, 1]), ("g".to_owned(), 2, vec![2])]);
        assert_eq!(profile.nodes().len(), 4);
    }

    #[test]
    fn bytes_belong_to_the_line_that_made_them() {
        let profiler = Profiler::default();
        profiler.start(Timer::None, 0, 100);
        profiler.enter(1, 1, 110, 1, || (Known { name: "f".into(), text: "".into(), first: Some(0) }, Rc::new(())));
        profiler.line(1, 1, 140, 1);
        profiler.leave(1, 200);
        profiler.stop(300);
        let profile = profiler.take();
        let functions = profile.functions();
        let (_, entry, lines) = &functions[0];
        assert_eq!((entry.own.bytes, entry.total.bytes), (90, 90));
        assert_eq!([lines[0].own.bytes, lines[1].own.bytes, lines[1].total.bytes], [30, 60, 60]);
    }

    #[test]
    fn a_tail_call_takes_the_place_of_its_caller_and_recursion_counts_once() {
        let profiler = Profiler::default();
        profiler.start(Timer::None, 0, 0);
        enter(&profiler, "f", 1, 1);
        enter(&profiler, "f", 1, 1);
        enter(&profiler, "f", 1, 2);
        profiler.leave(2, 0);
        profiler.leave(1, 50);
        profiler.stop(50);
        let profile = profiler.take();
        let functions = profile.functions();
        assert_eq!((functions[0].1.count, functions[0].1.total.bytes), (3, 50));
    }
}
