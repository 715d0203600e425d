//! What primitives can use of the session: system variables, the workspace budget, interrupts, random numbers.
//!
//! Each session has a [`Context`], which is passed along; nothing is global. Names and functions are not part of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use crate::array::memory::Loan;
use crate::array::{Memory, Value};
use crate::bounds::Bounds;
pub use crate::bounds::CHUNK;
pub use crate::console::{Asked, Console, Screen, Silent, Size};
use crate::error::{Fault, Result};
use crate::host::{ComponentFile, Host, Ties, Watch};
pub use crate::interrupt::Interrupt;
pub use crate::layout::{BoxStyle, LONGEST, Layout, RowStyle, Rows, TrainStyle};
use crate::observe::profile::Profiler;
use crate::observe::progress::Progress;
use crate::observe::trace::Tracer;
use crate::suspension::Suspensions;
use crate::tally::Tally;
use crate::traps::Traps;

/// Native stack that nested calls may take, however large the budget: a recursion of several hundred thousand calls is
/// most likely endless, and should not have to fill all of the memory before it is reported.
const DEEPEST: usize = 1 << 30;

/// A call is under way: its part of the native stack is taken from the budget until this is dropped.
pub struct Descent<'a> {
    context: &'a Context,
    bytes: usize,
    _loan: Loan<'a>,
}

impl Drop for Descent<'_> {
    fn drop(&mut self) {
        self.context.depth.set(self.context.depth.get().saturating_sub(self.bytes));
    }
}

/// The name of a workspace that has been given none.
pub const CLEAR: &str = "CLEAR WS";

/// The system variables that primitives read.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `⎕IO`, 0 or 1.
    pub io: i64,
    /// `⎕CT`.
    pub ct: f64,
    /// `⎕ML`, 0 to 3.
    pub ml: u8,
    /// `⎕DIV`.
    pub div: bool,
    /// `⎕PP`.
    pub pp: usize,
    /// `⎕PW`, where it has been given a value; without one it is the width of the terminal.
    pub pw: Option<usize>,
    /// `⎕FR`, 645 or 1287; has no effect.
    pub fr: u16,
    /// `⎕DCT`; has no effect.
    pub dct: f64,
    /// `⎕WX`: 0, 1 or 3; kept, as there are no windows.
    pub wx: u8,
}

/// System variables as they were before a function changed some.
pub struct Saved {
    settings: Settings,
    /// `⎕RL`, where that was changed.
    random: Option<crate::random::Random>,
    /// `⎕LX`, where that was changed.
    latent: Option<String>,
    /// `⎕USING`, where that was changed.
    using: Option<Option<Value>>,
    /// `⎕PATH`, where that was changed.
    path: Option<String>,
    /// Whether `⎕TRAP` was made local.
    traps: bool,
}

impl Saved {
    /// System variables as they are.
    pub fn new(context: &Context) -> Saved {
        Saved { settings: context.settings(), random: None, latent: None, using: None, path: None, traps: false }
    }

    /// Notes that a system variable, named without `⎕`, is about to be changed by the function that is called `owner`.
    pub fn changes(&mut self, context: &Context, name: &str, owner: usize) {
        match name {
            "RL" => drop(self.random.get_or_insert_with(|| context.random.borrow().clone())),
            "LX" => drop(self.latent.get_or_insert_with(|| context.latent.borrow().clone())),
            "USING" => drop(self.using.get_or_insert_with(|| context.using.borrow().clone())),
            "PATH" => drop(self.path.get_or_insert_with(|| context.path.borrow().clone())),
            "TRAP" if !std::mem::replace(&mut self.traps, true) => context.traps.borrow_mut().localise(owner),
            _ => {}
        }
    }

    /// Whether `⎕TRAP` was changed.
    pub fn traps(&self) -> bool {
        self.traps
    }

    /// `⎕RL` as it was, where that was changed.
    pub fn random(&self) -> Option<&crate::random::Random> {
        self.random.as_ref()
    }

    /// Restores the system variables with these names, and those that were saved each by itself (`⎕RL ⎕LX ⎕USING
    /// ⎕TRAP`).
    pub fn restore_named(mut self, context: &Context, names: &[Rc<str>]) {
        let before = std::mem::replace(&mut self.settings, context.settings());
        let now = &mut self.settings;
        for name in names {
            match &**name {
                "IO" => now.io = before.io,
                "ML" => now.ml = before.ml,
                "CT" => now.ct = before.ct,
                "DCT" => now.dct = before.dct,
                "WX" => now.wx = before.wx,
                "DIV" => now.div = before.div,
                "PP" => now.pp = before.pp,
                "PW" => now.pw = before.pw,
                "FR" => now.fr = before.fr,
                _ => {}
            }
        }
        self.restore(context);
    }

    /// Restores all system variables.
    pub fn restore(self, context: &Context) {
        context.set_settings(self.settings);
        if let Some(random) = self.random {
            *context.random.borrow_mut() = random;
        }
        if let Some(latent) = self.latent {
            *context.latent.borrow_mut() = latent;
        }
        if let Some(using) = self.using {
            *context.using.borrow_mut() = using;
        }
        if let Some(path) = self.path {
            *context.path.borrow_mut() = path;
        }
        if self.traps {
            context.traps.borrow_mut().restore();
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings { io: 1, ct: 1e-14, ml: 1, div: false, pp: 10, pw: None, fr: 645, dct: 1e-28, wx: 3 }
    }
}

/// What `⎕PW` may be. Dyalog APL begins at 42, but terminals may be narrower.
pub const PAGE_WIDTHS: std::ops::RangeInclusive<usize> = 30..=32767;

/// `⎕PW` where it has been given no value and there is no terminal.
const PAGE_WIDTH: usize = 80;

/// State that primitives share within one session.
pub struct Context {
    settings: RefCell<Settings>,
    memory: Memory,
    bounds: Arc<Bounds>,
    /// Bytes of native stack that calls have taken.
    depth: Cell<usize>,
    /// Random numbers, `⎕RL`.
    pub random: RefCell<crate::random::Random>,
    /// Files and the environment, as far as the session may use them.
    pub(crate) host: Host,
    /// Native files that are tied.
    pub(crate) ties: RefCell<Ties>,
    /// Component files that are tied.
    pub(crate) components: RefCell<Vec<ComponentFile>>,
    /// Output and input.
    pub screen: RefCell<Screen>,
    /// Set by a function whose result is not to be shown.
    pub shy: Cell<bool>,
    /// The layout of results in the session, `]box` and friends.
    pub layout: RefCell<Layout>,
    faults: RefCell<Faults>,
    /// The exit code that `⎕OFF` asked for, until the session takes it.
    pub off: Cell<Option<i32>>,
    /// What `⎕LOAD` or `⎕CLEAR` asked for, until the session does it.
    pub after: RefCell<Option<After>>,
    /// The command line, `⎕ARG`.
    pub arguments: RefCell<Vec<String>>,
    /// When the session began, for `⎕AI`.
    pub began: Instant,
    /// The latent expression, `⎕LX`.
    pub latent: RefCell<String>,
    /// How many instructions the machine has carried out; not counted in optimised builds.
    instructions: Cell<u64>,
    /// The search path, `⎕PATH`, which the workspace looks at.
    pub path: Rc<RefCell<String>>,
    /// `⎕USING`, kept, as there is no .NET.
    pub using: RefCell<Option<Value>>,
    /// The workspace's name, `⎕WSID`.
    pub name: RefCell<String>,
    /// `⎕TRAP`, and the guards that go before it.
    pub traps: RefCell<Traps>,
    /// What is suspended.
    pub(crate) suspensions: Suspensions,
    /// How often user functions were applied to all cells at once.
    pub tally: Tally,
    /// What a trace records.
    pub tracer: Tracer,
    /// What `⎕PROFILE` and `]profile` measure.
    pub profiler: Profiler,
    /// How far the outermost loop is.
    pub progress: Arc<Progress>,
}

/// What the session does when all that is running has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// It loads a workspace.
    Load(String),
    /// It clears the workspace.
    Clear,
    /// It carries out a command.
    Command(String),
}

/// The last errors.
#[derive(Default)]
struct Faults {
    /// The last one, for `⎕EN` and `⎕DM`.
    last: Option<Fault>,
    /// The last one that was reported, or the one that is being handled, for `⎕DMX`.
    known: Option<Fault>,
}

/// Exists while an error is being handled; when it is dropped, `⎕DMX` is what it was before.
pub struct Handled<'a> {
    context: &'a Context,
    before: Option<Fault>,
}

impl Drop for Handled<'_> {
    fn drop(&mut self) {
        let before = self.before.take();
        self.context.faults.borrow_mut().known = before;
    }
}

impl Context {
    /// A context outside of any session.
    pub fn silent(memory: Memory) -> Context {
        Context::new(memory, Interrupt::default(), Box::new(Silent))
    }

    /// A clear workspace with `memory` as its budget.
    pub fn new(memory: Memory, interrupt: Interrupt, console: Box<dyn Console>) -> Context {
        let bounds = Arc::new(Bounds::new(interrupt, memory.discards().clone()));
        Context {
            settings: RefCell::default(),
            memory: memory.watching(bounds.clone()),
            bounds,
            random: RefCell::default(),
            host: Host::default(),
            ties: RefCell::default(),
            components: RefCell::default(),
            screen: RefCell::new(Screen::new(console)),
            shy: Cell::new(false),
            layout: RefCell::new(Layout { longest: Some(LONGEST), ..Layout::default() }),
            faults: RefCell::default(),
            off: Cell::new(None),
            after: RefCell::default(),
            arguments: RefCell::default(),
            began: Instant::now(),
            depth: Cell::new(0),
            latent: RefCell::default(),
            instructions: Cell::new(0),
            path: Rc::default(),
            using: RefCell::default(),
            name: RefCell::new(CLEAR.to_string()),
            traps: RefCell::default(),
            suspensions: Suspensions::default(),
            tally: Tally::default(),
            tracer: Tracer::default(),
            profiler: Profiler::default(),
            progress: Arc::default(),
        }
    }

    /// Stores an error that nothing has handled; `None` clears all stored errors, as `⎕SIGNAL 0` does.
    pub fn note_fault(&self, fault: Option<&Fault>) {
        *self.faults.borrow_mut() = Faults { last: fault.cloned(), known: fault.cloned() };
    }

    /// Stores an error as the one being handled while the result lives, and as the last one from then on.
    pub fn handle(&self, fault: Fault) -> Handled<'_> {
        let mut faults = self.faults.borrow_mut();
        faults.last = Some(fault.clone());
        Handled { context: self, before: faults.known.replace(fault) }
    }

    /// The last error, for `⎕EN` and `⎕DM`.
    pub fn last_fault(&self) -> Option<Fault> {
        self.faults.borrow().last.clone()
    }

    /// The error that `⎕DMX` describes.
    pub fn known_fault(&self) -> Option<Fault> {
        self.faults.borrow().known.clone()
    }

    /// The workspace budget.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// `⎕IO`.
    pub fn io(&self) -> i64 {
        self.settings.borrow().io
    }

    /// `⎕CT`.
    pub fn ct(&self) -> f64 {
        self.settings.borrow().ct
    }

    /// `⎕ML`.
    pub fn ml(&self) -> u8 {
        self.settings.borrow().ml
    }

    /// `⎕DIV`.
    pub fn div(&self) -> bool {
        self.settings.borrow().div
    }

    /// `⎕PP`.
    pub fn pp(&self) -> usize {
        self.settings.borrow().pp
    }

    /// `⎕PW`: what it has been set to, or else as wide as the terminal is now.
    pub fn pw(&self) -> usize {
        let set = self.settings.borrow().pw;
        set.or_else(|| {
            let columns = self.size()?.columns;
            Some(columns.clamp(*PAGE_WIDTHS.start(), *PAGE_WIDTHS.end()))
        })
        .unwrap_or(PAGE_WIDTH)
    }

    /// The size of the terminal, where output goes to one.
    pub fn size(&self) -> Option<Size> {
        self.screen.try_borrow().ok()?.size()
    }

    /// All system variables at once.
    pub fn settings(&self) -> Settings {
        self.settings.borrow().clone()
    }

    /// Replaces all system variables; callers have checked them.
    pub fn set_settings(&self, settings: Settings) {
        *self.settings.borrow_mut() = settings;
    }

    /// The flag that stops this session.
    pub fn interrupt(&self) -> &Interrupt {
        self.bounds.interrupt()
    }

    /// What stops this session.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Sets or lifts the time at which evaluation stops by itself.
    pub fn set_deadline(&self, deadline: Option<Instant>) {
        let left = |end: Instant| end.saturating_duration_since(Instant::now());
        self.bounds.set_deadline(deadline.map(left));
    }

    /// Takes `bytes` of native stack for a call from the budget. WS FULL where they are not left, or calls are too deep.
    pub fn descend(&self, bytes: usize) -> Result<Descent<'_>> {
        let depth = self.depth.get().saturating_add(bytes);
        if depth > DEEPEST {
            return Err(Fault::ws_full());
        }
        let loan = self.memory.loan(bytes)?;
        self.depth.set(depth);
        Ok(Descent { context: self, bytes, _loan: loan })
    }

    /// The machine carries out an instruction.
    #[inline(always)]
    pub fn count_instruction(&self) {
        if cfg!(debug_assertions) {
            self.instructions.set(self.instructions.get() + 1);
        }
    }

    /// How many instructions the machine has carried out; `None` in builds without debug assertions, which don't count them.
    pub fn instructions(&self) -> Option<u64> {
        cfg!(debug_assertions).then(|| self.instructions.get())
    }

    /// INTERRUPT if a stop was asked for or the time is up, WS FULL if too much was allocated. Cheap: call it every
    /// [`CHUNK`] elements, and once a call of a function.
    #[inline]
    pub fn poll(&self) -> Result<()> {
        self.bounds.poll()
    }

    /// Calls `work` with consecutive ranges that cover `0..count`, polling for interrupts between them.
    pub fn chunks(&self, count: usize, mut work: impl FnMut(std::ops::Range<usize>) -> Result<()>) -> Result<()> {
        let mut start = 0;
        while start < count {
            self.poll()?;
            let end = (start + CHUNK).min(count);
            work(start..end)?;
            start = end;
        }
        Ok(())
    }

    /// A result vector of `count` elements made by `element(position)`, polling for interrupts on the way.
    pub fn collect<T>(&self, count: usize, mut element: impl FnMut(usize) -> T) -> Result<Vec<T>> {
        let mut out = self.memory.vec(count)?;
        self.chunks(count, |range| {
            out.extend(range.map(&mut element));
            Ok(())
        })?;
        Ok(out)
    }

    /// Counts work and polls on the way: for kernels whose steps differ in size.
    pub fn pace(&self) -> Pace<'_> {
        Pace { context: self, done: 0 }
    }

    /// Does long work with files, which polls for interrupts.
    pub(crate) fn watched<T>(&self, work: impl FnOnce(Watch) -> Result<T>) -> Result<T> {
        work(Watch { memory: &self.memory, poll: &|| self.poll() })
    }

    /// A character vector.
    pub fn text(&self, text: &str) -> Result<Value> {
        Value::text(&self.memory, text)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.memory.discards().end();
    }
}

/// Work counted between two polls, and the copying that structural kernels are made of.
pub struct Pace<'a> {
    context: &'a Context,
    done: usize,
}

impl Pace<'_> {
    /// `count` more elements are done: polls for interrupts when [`CHUNK`] have come together.
    #[inline]
    pub fn step(&mut self, count: usize) -> Result<()> {
        self.done += count;
        if self.done < CHUNK {
            return Ok(());
        }
        self.done = 0;
        self.context.poll()
    }

    /// Appends a run of elements.
    #[inline]
    pub fn copy<T: Clone>(&mut self, out: &mut Vec<T>, run: &[T]) -> Result<()> {
        if run.len() <= CHUNK {
            out.extend_from_slice(run);
            return self.step(run.len());
        }
        for piece in run.chunks(CHUNK) {
            out.extend_from_slice(piece);
            self.step(piece.len())?;
        }
        Ok(())
    }

    /// Appends `count` copies of one element.
    pub fn repeat<T: Clone>(&mut self, out: &mut Vec<T>, count: usize, element: &T) -> Result<()> {
        let mut left = count;
        while left > 0 {
            let piece = left.min(CHUNK);
            out.resize(out.len() + piece, element.clone());
            self.step(piece)?;
            left -= piece;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_too_deep_at_some_time_whatever_the_budget() {
        let context = Context::silent(Memory::unlimited());
        let deep: Vec<Descent> = std::iter::from_fn(|| context.descend(DEEPEST / 1000).ok()).collect();
        assert_eq!(deep.len(), 1000);
        assert!(context.memory().used() >= DEEPEST / 1000 * 1000);
        drop(deep);
        assert_eq!(context.memory().used(), 0);
        assert!(context.descend(DEEPEST).is_ok());
    }
}
