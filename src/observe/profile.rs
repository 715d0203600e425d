//! A profile: how often functions and their lines were run, and what time and memory they took.
//!
//! The machine tells when a call begins and ends (`vm/profiling.rs`), and when a line begins (an instruction that is part
//! of the code of bodies only while a profile is made). What was spent since the last of these events belongs to the line
//! that was running.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ops::{Add, AddAssign, Sub};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::bounds::processor_time;

/// Functions along different ways that are told apart; what is called beyond them counts for one entry a function.
const MOST_NODES: usize = 1 << 16;

/// How often the clock of samples is set.
const SAMPLE: Duration = Duration::from_micros(100);

/// What is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timer {
    /// The processor time of the thread.
    Cpu,
    /// The time of the clock.
    #[default]
    Elapsed,
    /// The same, as a clock shows it that another thread sets every now and then: reading it costs next to nothing.
    Sampled,
    /// No time, only how often lines are run.
    None,
    /// Which lines are run.
    Coverage,
}

impl Timer {
    /// As `⎕PROFILE` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Timer::Cpu => "CPU",
            Timer::Elapsed | Timer::Sampled => "elapsed",
            Timer::None => "none",
            Timer::Coverage => "coverage",
        }
    }
}

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Nanoseconds.
    pub time: u64,
    /// Bytes of the arrays that were made.
    pub bytes: u64,
    /// How often the clock was read.
    pub reads: u64,
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost { time: self.time + other.time, bytes: self.bytes + other.bytes, reads: self.reads + other.reads }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        *self = *self + other;
    }
}

impl Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost {
            time: self.time.saturating_sub(other.time),
            bytes: self.bytes.saturating_sub(other.bytes),
            reads: self.reads.saturating_sub(other.reads),
        }
    }
}

/// How often something was run, and what that took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// How often.
    pub count: u64,
    /// Without what was called.
    pub own: Cost,
    /// With what was called.
    pub total: Cost,
}

/// A function that was called.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name, with that of its namespace.
    pub name: Rc<str>,
    /// Its text.
    pub text: Rc<str>,
    /// The line that begins with each call, if it is one that counts.
    pub first: Option<u32>,
}

/// A function as it was called along one way.
#[derive(Debug, Default)]
pub struct Node {
    /// Its number.
    pub function: usize,
    /// What it was called from, 0 for the session.
    pub parent: usize,
    /// The line of the function that called it.
    pub line: Option<u32>,
    /// All its calls.
    pub entry: Entry,
    /// Its lines by their numbers.
    pub lines: Vec<Entry>,
    /// What it called.
    pub children: Vec<usize>,
}

/// A call under way.
struct Frame {
    node: usize,
    line: Option<u32>,
    /// The line that began with the call.
    first: Option<u32>,
    /// The step that began last.
    step: Option<u32>,
    /// When the call and its line began.
    begun: Cost,
    line_begun: Cost,
}

/// What was measured.
#[derive(Default)]
pub struct Profile {
    /// What is measured.
    pub timer: Timer,
    functions: Vec<(usize, Known, Rc<dyn Any>)>,
    /// The first is the session.
    nodes: Vec<Node>,
    stack: Vec<Frame>,
    last: Cost,
    /// While functions are tried for all cells at once: what was counted, so that it can be taken back.
    tried: Vec<Counted>,
    trials: u32,
}

/// Something was counted: for a node, or for a line of it.
struct Counted {
    node: usize,
    line: Option<u32>,
    count: u64,
}

/// Makes a profile while it is on.
#[derive(Default)]
pub struct Profiler {
    on: Cell<bool>,
    profile: RefCell<Profile>,
    clock: RefCell<Option<Clock>>,
    /// How many functions were running when it began.
    base: Cell<usize>,
    reads: Cell<u64>,
    began: Cell<Option<Instant>>,
    /// The timer that `⎕PROFILE` uses, with what reading it takes and how finely it tells time.
    selected: Cell<Option<Timer>>,
    calibrated: Cell<(f64, f64)>,
}

/// A clock that a thread of its own sets.
struct Clock {
    now: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Clock {
    /// `None` where no thread can be started.
    fn new() -> Option<Clock> {
        let (now, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (set, stopped) = (now.clone(), stop.clone());
        let began = Instant::now();
        let thread = std::thread::Builder::new().name("profile".into()).stack_size(64 << 10).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                set.store(began.elapsed().as_nanos() as u64, Ordering::Relaxed);
                std::thread::sleep(SAMPLE);
            }
        });
        Some(Clock { now, stop, thread: Some(thread.ok()?) })
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could fail.
            let _ = thread.join();
        }
    }
}

impl Profiler {
    /// Whether a profile is being made.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Begins, or goes on with what was measured before with the same timer. `running`: how many functions are running.
    pub fn start(&self, timer: Timer, running: usize, bytes: u64) {
        let sampled = timer == Timer::Sampled;
        *self.clock.borrow_mut() = if sampled { Clock::new() } else { None };
        self.began.set(Some(self.began.get().unwrap_or_else(Instant::now)));
        self.base.set(running);
        let now = self.now(timer, bytes);
        let profile = &mut *self.profile.borrow_mut();
        profile.timer = timer;
        profile.last = now;
        profile.stack.clear();
        if profile.nodes.is_empty() {
            profile.nodes.push(Node::default());
        }
        self.on.set(true);
    }

    /// Ends.
    pub fn stop(&self, bytes: u64) {
        if self.on.replace(false) {
            let now = self.now(self.profile.borrow().timer, bytes);
            self.profile.borrow_mut().close(0, now);
            *self.clock.borrow_mut() = None;
        }
    }

    /// Forgets what was measured.
    pub fn reset(&self) {
        let timer = self.profile.borrow().timer;
        *self.profile.borrow_mut() = Profile { timer, nodes: vec![Node::default()], ..Profile::default() };
        self.base.set(usize::MAX);
    }

    /// Gives what was measured, and forgets it.
    pub fn take(&self) -> Profile {
        self.profile.take()
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
        let (bias, granularity) = Profiler::calibrate(timer);
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
        work(&self.profile.borrow())
    }

    /// A function has begun, with which so many are running. It is known by `key`; `known` names it, and keeps what the
    /// key is the address of. It has been called `count` times, in a place that is one call.
    pub fn enter(
        &self,
        key: usize,
        running: usize,
        bytes: u64,
        count: u64,
        known: impl FnOnce() -> (Known, Rc<dyn Any>),
    ) {
        let now = self.now(self.profile.borrow().timer, bytes);
        // After a reset in the midst of calls.
        if self.base.get() == usize::MAX {
            self.base.set(running.saturating_sub(1));
        }
        let profile = &mut *self.profile.borrow_mut();
        profile.spend(now);
        profile.close(running.saturating_sub(1 + self.base.get()), now);
        let node = profile.child(key, known);
        let line = profile.functions.get(profile.nodes[node].function).and_then(|(_, known, _)| known.first);
        profile.stack.push(Frame { node, line, first: line, step: None, begun: now, line_begun: now });
        profile.count(node, None, count);
        if let Some(line) = line {
            profile.count(node, Some(line), count);
        }
    }

    /// A function has ended, with which so many were running.
    pub fn leave(&self, running: usize, bytes: u64) {
        let now = self.now(self.profile.borrow().timer, bytes);
        let profile = &mut *self.profile.borrow_mut();
        profile.spend(now);
        profile.close(running.saturating_sub(1).saturating_sub(self.base.get()), now);
    }

    /// A line begins, at a step of the function: again, where that is no later one than that before.
    pub fn line(&self, line: u32, step: u32, bytes: u64, count: u64) {
        let profile = &mut *self.profile.borrow_mut();
        let Some(frame) = profile.stack.last_mut() else { return };
        let again = frame.step.replace(step).is_some_and(|before| step <= before);
        if frame.line == Some(line) && !again {
            return;
        }
        let node = frame.node;
        let now = self.now(profile.timer, bytes);
        profile.spend(now);
        profile.end_line(now);
        if let Some(frame) = profile.stack.last_mut() {
            frame.line = Some(line);
            frame.line_begun = now;
        }
        profile.count(node, Some(line), count);
    }

    /// The step that has begun is run in another way: it does not begin again.
    pub fn goes_on(&self) {
        if let Some(frame) = self.profile.borrow_mut().stack.last_mut() {
            frame.step = None;
        }
    }

    /// A function is tried for all cells at once, which may come to nothing: gives what takes back what is counted.
    pub fn tries(&self) -> usize {
        let profile = &mut *self.profile.borrow_mut();
        profile.trials += 1;
        profile.tried.len()
    }

    /// The trial is over: the function was called so many times, or what was counted since it began is taken back.
    pub fn tried(&self, mark: usize, calls: Option<u64>) {
        let profile = &mut *self.profile.borrow_mut();
        match (calls, profile.stack.last()) {
            (Some(calls), Some(&Frame { node, first, .. })) => {
                profile.count(node, None, calls);
                if first.is_some() {
                    profile.count(node, first, calls);
                }
            }
            _ => {
                for Counted { node, line, count } in profile.tried.drain(mark..) {
                    let entry = match line {
                        None => &mut profile.nodes[node].entry,
                        Some(line) => &mut profile.nodes[node].lines[line as usize],
                    };
                    entry.count -= count;
                }
            }
        }
        profile.trials = profile.trials.saturating_sub(1);
        if profile.trials == 0 {
            profile.tried.clear();
        }
    }

    fn now(&self, timer: Timer, bytes: u64) -> Cost {
        let time = match timer {
            Timer::Cpu => processor_time().as_nanos() as u64,
            Timer::Elapsed => self.began.get().map_or(0, |began| began.elapsed().as_nanos() as u64),
            Timer::Sampled => self.clock.borrow().as_ref().map_or(0, |clock| clock.now.load(Ordering::Relaxed)),
            Timer::None | Timer::Coverage => 0,
        };
        let reads = self.reads.get() + 1;
        self.reads.set(reads);
        Cost { time, bytes, reads }
    }

    /// How long reading a clock takes, and how finely it tells time, in milliseconds.
    pub fn calibrate(timer: Timer) -> (f64, f64) {
        const READINGS: u32 = 2000;
        let began = Instant::now();
        let read = || match timer {
            Timer::Cpu => processor_time(),
            _ => began.elapsed(),
        };
        if matches!(timer, Timer::None | Timer::Coverage) {
            return (0.0, 0.0);
        }
        let (mut last, mut finest) = (read(), Duration::MAX);
        for _ in 0..READINGS {
            let now = read();
            if now > last {
                finest = finest.min(now - last);
            }
            last = now;
        }
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let bias = milliseconds(began.elapsed()) / f64::from(READINGS);
        (bias, if finest == Duration::MAX { bias } else { milliseconds(finest) })
    }
}

impl Profile {
    /// What was called, by the ways of calls: the first is the session, the others come behind what called them.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A function by its number.
    pub fn function(&self, number: usize) -> Option<&Known> {
        self.functions.get(number).map(|(_, known, _)| known)
    }

    /// The functions, in the order in which they were called first, with all their calls and lines. What a function takes
    /// that calls itself counts once.
    pub fn functions(&self) -> Vec<(&Known, Entry, Vec<Entry>)> {
        let mut all: Vec<(&Known, Entry, Vec<Entry>)> =
            self.functions.iter().map(|(_, known, _)| (known, Entry::default(), Vec::new())).collect();
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            let within = self.is_within(at, node.function);
            let Some((_, entry, lines)) = all.get_mut(node.function) else { continue };
            add(entry, &node.entry, !within);
            if lines.len() < node.lines.len() {
                lines.resize(node.lines.len(), Entry::default());
            }
            for (sum, line) in lines.iter_mut().zip(&node.lines) {
                add(sum, line, !within);
            }
        }
        all
    }

    /// Whether a node is called, directly or not, from another one of the same function.
    fn is_within(&self, at: usize, function: usize) -> bool {
        let mut at = self.nodes[at].parent;
        while at != 0 {
            if self.nodes[at].function == function {
                return true;
            }
            at = self.nodes[at].parent;
        }
        false
    }

    /// What was spent since the last event belongs to the line that is running.
    fn spend(&mut self, now: Cost) {
        let spent = now - self.last;
        self.last = now;
        let Some(Frame { node, line, .. }) = self.stack.last() else {
            if let Some(session) = self.nodes.first_mut() {
                session.entry.own += spent;
            }
            return;
        };
        let node = &mut self.nodes[*node];
        node.entry.own += spent;
        if let Some(line) = line.and_then(|line| node.lines.get_mut(line as usize)) {
            line.own += spent;
        }
    }

    /// Counts a node, or a line of it.
    fn count(&mut self, node: usize, line: Option<u32>, count: u64) {
        let of = &mut self.nodes[node];
        let entry = match line {
            None => &mut of.entry,
            Some(line) => {
                let at = line as usize;
                if of.lines.len() <= at {
                    of.lines.resize(at + 1, Entry::default());
                }
                &mut of.lines[at]
            }
        };
        let more = if self.timer == Timer::Coverage { count.min(1 - entry.count.min(1)) } else { count };
        entry.count += more;
        if self.trials > 0 && more > 0 {
            self.tried.push(Counted { node, line, count: more });
        }
    }

    fn end_line(&mut self, now: Cost) {
        let Some(Frame { node, line, line_begun, .. }) = self.stack.last() else { return };
        if let Some(line) = line.and_then(|line| self.nodes[*node].lines.get_mut(line as usize)) {
            line.total += now - *line_begun;
        }
    }

    /// Ends calls until no more than `depth` are under way.
    fn close(&mut self, depth: usize, now: Cost) {
        while self.stack.len() > depth {
            self.end_line(now);
            if let Some(Frame { node, begun, .. }) = self.stack.pop() {
                self.nodes[node].entry.total += now - begun;
            }
        }
    }

    /// The node of a function that is called from the line that is running.
    fn child(&mut self, key: usize, known: impl FnOnce() -> (Known, Rc<dyn Any>)) -> usize {
        let (parent, line) = self.stack.last().map_or((0, None), |frame| (frame.node, frame.line));
        let same = |&&child: &&usize| {
            let node = &self.nodes[child];
            node.line == line && self.functions[node.function].0 == key
        };
        if let Some(child) = self.nodes[parent].children.iter().find(same) {
            return *child;
        }
        let function = self.functions.iter().position(|(of, ..)| *of == key).unwrap_or_else(|| {
            let (known, kept) = known();
            self.functions.push((key, known, kept));
            self.functions.len() - 1
        });
        if self.nodes.len() >= MOST_NODES
            && let Some(any) = self.nodes.iter().skip(1).position(|node| node.function == function)
        {
            return any + 1;
        }
        self.nodes.push(Node { function, parent, line, ..Node::default() });
        let child = self.nodes.len() - 1;
        self.nodes[parent].children.push(child);
        child
    }
}

fn add(sum: &mut Entry, part: &Entry, whole: bool) {
    sum.count += part.count;
    sum.own += part.own;
    if whole {
        sum.total += part.total;
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
