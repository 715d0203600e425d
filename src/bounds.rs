//! What stops an evaluation: an interrupt, the end of its time, memory beyond all bounds. Whatever loops polls them.
//!
//! [`Bounds`] belong to a session. Worker threads may poll them too.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
#[cfg(not(target_os = "linux"))]
use std::time::Instant;

use crate::allocation::{self, Workers};
use crate::array::discards::Discards;
use crate::error::{ErrorKind, Fault, Result};
use crate::interrupt::Interrupt;

/// Elements that are processed between two polls: well under a millisecond of work.
pub const CHUNK: usize = 1 << 16;

/// The message of the INTERRUPT that comes when the time is up.
pub const TIME_LIMIT: &str = "time limit";

/// What may be allocated beyond the workspace limit, for what the budget is not charged for.
pub const SLACK: usize = 16 << 20;

/// Where that much is taken already when a line begins, the line may still take a little: it may free the rest.
const LEEWAY: usize = 256 << 10;

/// No deadline, no ceiling, no poll.
const NEVER: u64 = u64::MAX;

/// What a poll looks at.
#[derive(Debug)]
pub struct Bounds {
    interrupt: Interrupt,
    /// Whether the evaluation was stopped.
    stopped: AtomicBool,
    /// On [`clock`], in nanoseconds.
    deadline: AtomicU64,
    /// What the thread that evaluates may hold, with its workers.
    ceiling: AtomicUsize,
    workers: Workers,
    discards: Arc<Discards>,
    polls: AtomicU64,
    /// Whether polls have to look at what is rarely there: the deadline, the number of the poll that interrupts, and the
    /// measure of what is done between polls.
    attentive: AtomicBool,
    /// The number of the poll that interrupts, for tests.
    stop_at: AtomicU64,
    gauge: Gauge,
}

/// The most that was done between two polls, or before the first or after the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// How often memory was asked for or given back; counted in builds with debug assertions only.
    pub requests: u64,
    /// The processor time of the thread.
    pub time: Duration,
}

/// Measures what is done between polls, for tests. All numbers belong to the thread that evaluates: no other polls.
#[derive(Debug, Default)]
struct Gauge {
    on: AtomicBool,
    /// Requests and nanoseconds at the last poll.
    last: [AtomicU64; 2],
    /// The greatest differences.
    most: [AtomicU64; 2],
}

impl Gauge {
    fn now() -> [u64; 2] {
        [allocation::requests(), processor_time().as_nanos() as u64]
    }

    fn begin(&self) {
        for (last, now) in self.last.iter().zip(Gauge::now()) {
            last.store(now, Ordering::Relaxed);
        }
        self.most.iter().for_each(|most| most.store(0, Ordering::Relaxed));
        self.on.store(true, Ordering::Relaxed);
    }

    fn note(&self) {
        for ((last, most), now) in self.last.iter().zip(&self.most).zip(Gauge::now()) {
            let before = last.swap(now, Ordering::Relaxed);
            most.fetch_max(now.saturating_sub(before), Ordering::Relaxed);
        }
    }
}

impl Bounds {
    /// Nothing but an interrupt, to begin with. Each poll frees a piece of what waits for that.
    pub fn new(interrupt: Interrupt, discards: Arc<Discards>) -> Bounds {
        Bounds {
            interrupt,
            stopped: AtomicBool::new(false),
            deadline: AtomicU64::new(NEVER),
            ceiling: AtomicUsize::new(usize::MAX),
            workers: Workers::default(),
            discards,
            polls: AtomicU64::new(0),
            attentive: AtomicBool::new(false),
            stop_at: AtomicU64::new(NEVER),
            gauge: Gauge::default(),
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
        if self.interrupt.is_raised() {
            return self.interrupted();
        }
        if allocation::held().saturating_add(allocation::spare()) > self.ceiling.load(Ordering::Relaxed)
            || self.attentive.load(Ordering::Relaxed)
            || self.discards.is_waiting()
            || self.workers.held() > 0
        {
            return self.judge(poll);
        }
        Ok(())
    }

    #[cold]
    fn interrupted(&self) -> Result<()> {
        self.interrupt.clear();
        self.stopped.store(true, Ordering::Relaxed);
        Err(Fault::new(ErrorKind::Interrupt))
    }

    #[cold]
    fn judge(&self, poll: u64) -> Result<()> {
        if self.gauge.on.load(Ordering::Relaxed) {
            self.gauge.note();
        }
        if poll == self.stop_at.load(Ordering::Relaxed) {
            return self.interrupted();
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != NEVER && clock() >= deadline {
            self.stopped.store(true, Ordering::Relaxed);
            return Err(Fault::new(ErrorKind::Interrupt).because(TIME_LIMIT));
        }
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        let held = || allocation::held().saturating_add(self.workers.held());
        let mut is_freed = self.discards.free_piece();
        if held().saturating_add(allocation::spare()) > ceiling {
            allocation::release();
        }
        while held() > ceiling {
            if !is_freed {
                return Err(Fault::ws_full());
            }
            is_freed = self.discards.free_piece();
            allocation::release();
        }
        Ok(())
    }

    /// Frees what waits for that, at the end of an evaluation. After an interrupt this is left to the polls of the
    /// next evaluation, so that the answer does not wait for it.
    pub fn free_waiting(&self) {
        while !self.stopped.load(Ordering::Relaxed) && !self.interrupt.is_raised() && self.discards.free_piece() {
            if self.gauge.on.load(Ordering::Relaxed) {
                self.gauge.note();
            }
        }
        self.stopped.store(false, Ordering::Relaxed);
    }

    /// How often it was polled.
    pub fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    /// The `count`-th poll from now interrupts; none, with `None`. For tests.
    pub fn stop_at(&self, count: Option<u64>) {
        self.stop_at.store(count.map_or(NEVER, |count| self.polls() + count), Ordering::Relaxed);
        self.attend();
    }

    /// Notes whether polls have to look at more than the flag and the count of the allocator.
    fn attend(&self) {
        let attentive = self.deadline.load(Ordering::Relaxed) != NEVER
            || self.stop_at.load(Ordering::Relaxed) != NEVER
            || self.gauge.on.load(Ordering::Relaxed);
        self.attentive.store(attentive, Ordering::Relaxed);
    }

    /// From now on, what is done between polls is measured. For tests.
    pub fn measure(&self) {
        self.gauge.begin();
        self.attend();
    }

    /// Ends the measurement: the most that was done between two polls.
    pub fn measured(&self) -> Gap {
        self.gauge.note();
        self.gauge.on.store(false, Ordering::Relaxed);
        self.attend();
        let [requests, time] = &self.gauge.most;
        Gap { requests: requests.load(Ordering::Relaxed), time: Duration::from_nanos(time.load(Ordering::Relaxed)) }
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
        self.attend();
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

/// The processor time of the calling thread; 0 where the system does not tell.
pub fn processor_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
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
    /// Whether much has been given up, so that the system gets its pages back.
    emptied: Cell<bool>,
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
        Held { before: allocation::held(), besides: Cell::new(0), busy: Cell::new(false), emptied: Cell::new(false) }
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

    /// The evaluation that is under way has begun a new workspace.
    pub fn empty(&self) {
        self.emptied.set(true);
    }

    /// It has ended.
    pub fn end(&self, bounds: &Bounds, allowance: &Allowance, arrays: usize) {
        self.busy.set(false);
        if self.emptied.take() {
            allocation::release();
            allocation::trim();
        }
        allocation::rest();
        bounds.ceiling.store(usize::MAX, Ordering::Relaxed);
        self.besides.set(allocation::held().saturating_sub(allowance.from).saturating_sub(arrays));
    }
}
