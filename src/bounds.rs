//! What stops an evaluation: an interrupt, the end of its time, memory beyond all bounds. Whatever loops polls them.
//!
//! [`Bounds`] belong to a session. Worker threads may poll them too.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
#[cfg(not(target_os = "linux"))]
use std::time::Instant;

use crate::allocation::{self, Workers};
use crate::error::{ErrorKind, Fault, Result};
use crate::interrupt::Interrupt;

/// Elements that are processed between two polls: well under a millisecond of work.
pub const CHUNK: usize = 1 << 16;

/// The message of the INTERRUPT that comes when the time is up.
pub const TIME_LIMIT: &str = "time limit";

/// What may be allocated beyond the workspace limit, for what the budget is not charged for.
pub const SLACK: usize = 32 << 20;

/// Where that much is taken already when a line begins, the line may still take a little: it may free the rest.
const LEEWAY: usize = 256 << 10;

/// No deadline, no ceiling, no poll.
const NEVER: u64 = u64::MAX;

/// What a poll looks at.
#[derive(Debug)]
pub struct Bounds {
    interrupt: Interrupt,
    /// On [`clock`], in nanoseconds.
    deadline: AtomicU64,
    /// What the thread that evaluates may hold, with its workers.
    ceiling: AtomicUsize,
    workers: Workers,
    polls: AtomicU64,
    /// The number of the poll that interrupts, for tests.
    stop_at: AtomicU64,
}

impl Bounds {
    /// Nothing but an interrupt, to begin with.
    pub fn new(interrupt: Interrupt) -> Bounds {
        Bounds {
            interrupt,
            deadline: AtomicU64::new(NEVER),
            ceiling: AtomicUsize::new(usize::MAX),
            workers: Workers::default(),
            polls: AtomicU64::new(0),
            stop_at: AtomicU64::new(NEVER),
        }
    }

    /// The flag.
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Where worker threads report what they allocate.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// INTERRUPT if a stop was asked for or the time is up, WS FULL if more was allocated than is allowed.
    #[inline]
    pub fn poll(&self) -> Result<()> {
        let poll = self.polls.load(Ordering::Relaxed).wrapping_add(1);
        self.polls.store(poll, Ordering::Relaxed);
        self.interrupt.check()?;
        if allocation::held().saturating_add(allocation::spare()) > self.ceiling.load(Ordering::Relaxed)
            || self.deadline.load(Ordering::Relaxed) != NEVER
            || poll == self.stop_at.load(Ordering::Relaxed)
            || self.workers.held() > 0
        {
            return self.judge(poll);
        }
        Ok(())
    }

    #[cold]
    fn judge(&self, poll: u64) -> Result<()> {
        if poll == self.stop_at.load(Ordering::Relaxed) {
            return Err(Fault::new(ErrorKind::Interrupt));
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != NEVER && clock() >= deadline {
            return Err(Fault::new(ErrorKind::Interrupt).because(TIME_LIMIT));
        }
        let held = allocation::held().saturating_add(self.workers.held());
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        if held.saturating_add(allocation::spare()) > ceiling {
            allocation::release();
        }
        if held > ceiling { Err(Fault::ws_full()) } else { Ok(()) }
    }

    /// How often it was polled.
    pub fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    /// The `count`-th poll from now interrupts; none, with `None`. For tests.
    pub fn stop_at(&self, count: Option<u64>) {
        self.stop_at.store(count.map_or(NEVER, |count| self.polls() + count), Ordering::Relaxed);
    }

    /// Whether the poll that was to interrupt is still to come.
    pub fn is_to_stop(&self) -> bool {
        let at = self.stop_at.load(Ordering::Relaxed);
        at != NEVER && at > self.polls()
    }

    /// Sets or lifts the time at which evaluation stops by itself.
    pub fn set_deadline(&self, deadline: Option<Duration>) {
        let nanoseconds = |left: Duration| u64::try_from(left.as_nanos()).unwrap_or(NEVER).saturating_add(clock());
        self.deadline.store(deadline.map_or(NEVER, nanoseconds), Ordering::Relaxed);
    }
}

/// Nanoseconds since some time, as precise as they come cheaply: it is read at every poll while there is a deadline.
#[cfg(target_os = "linux")]
fn clock() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
    (now.tv_sec as u64).saturating_mul(1_000_000_000).saturating_add(now.tv_nsec as u64)
}

/// Nanoseconds since some time.
#[cfg(not(target_os = "linux"))]
fn clock() -> u64 {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// What a session has allocated, over all its evaluations.
///
/// Between evaluations the thread may do other things, and values may be dropped that the session has made. So two counts
/// are kept, and the lower one holds: all that the thread has allocated since the session began; and all that was
/// allocated while it evaluated, with the arrays counted as the budget has them now.
#[derive(Debug)]
pub struct Held {
    /// What the thread held when the session began.
    before: usize,
    /// What the session holds beyond its arrays.
    besides: Cell<usize>,
    /// Whether it evaluates.
    busy: Cell<bool>,
}

/// An evaluation is under way.
#[derive(Debug)]
pub struct Allowance {
    /// What the thread would hold if the session held nothing.
    from: usize,
}

impl Held {
    /// Nothing so far, in a session that begins.
    pub fn at_start() -> Held {
        Held { before: allocation::held(), besides: Cell::new(0), busy: Cell::new(false) }
    }

    /// An evaluation begins, with so many bytes of arrays: sets what may be allocated during it. `None` if it is part of
    /// another one.
    pub fn begin(&self, bounds: &Bounds, limit: usize, arrays: usize) -> Option<Allowance> {
        if self.busy.replace(true) {
            return None;
        }
        let now = allocation::held();
        let from = now.saturating_sub(self.besides.get().saturating_add(arrays));
        let most = limit.saturating_add(SLACK);
        let ceiling = from.max(self.before).saturating_add(most);
        let ceiling = ceiling.max(now.saturating_add(LEEWAY).min(ceiling.saturating_add(SLACK / 2)));
        bounds.ceiling.store(ceiling, Ordering::Relaxed);
        Some(Allowance { from })
    }

    /// It has ended.
    pub fn end(&self, bounds: &Bounds, allowance: &Allowance, arrays: usize) {
        self.busy.set(false);
        allocation::rest();
        bounds.ceiling.store(usize::MAX, Ordering::Relaxed);
        self.besides.set(allocation::held().saturating_sub(allowance.from).saturating_sub(arrays));
    }
}
