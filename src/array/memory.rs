//! The workspace budget: memory for arrays is charged to it before it is allocated.
//!
//! The allocator alone cannot limit memory, because Linux grants more than it has. So bytes are counted before they are
//! allocated, and returned to the budget when the last array that uses them is dropped.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::arr::Element;
use super::discards::{Discards, Draft};
use crate::allocation;
use crate::bounds::{Bounds, CHUNK};
use crate::error::{Fault, Result};

/// Arrays of up to this many bytes are not charged when they are created. Instead, an array of boxes is charged more for
/// each item (see [`super::arr::Element::COST`]).
pub const FREE_BYTES: usize = 128;

/// Requests for room of up to this many bytes, which charge nothing, are granted in a full workspace, too.
const SCRAP: usize = 4096;

/// What calls may take beyond the limit while they run, so that a full workspace can still be looked at and emptied.
const RESERVE: usize = 2 << 20;

/// Native stack that one level of a recursion over values never exceeds.
const RED_ZONE: usize = 128 * 1024;

/// By how much the native stack grows.
const STACK_PIECE: usize = 1 << 20;

/// A workspace budget, shared by all arrays of a session.
#[derive(Clone, Debug)]
pub struct Memory(Arc<Account>, Option<Arc<Bounds>>);

/// The limit, and how much of it is in use.
#[derive(Debug)]
pub struct Account {
    limit: usize,
    used: AtomicUsize,
    /// The bytes of all arrays that were ever made.
    made: AtomicU64,
    /// What is to be freed, and is charged until then.
    discards: Arc<Discards>,
    /// How many more requests are judged before one is refused, for tests; 0 for no such request.
    refuse: AtomicU64,
}

/// Bytes taken from a budget, given back on drop.
#[derive(Debug)]
pub struct Taken<A: Deref<Target = Account>> {
    bytes: usize,
    account: A,
}

/// Bytes taken for any length of time.
pub type Lease = Taken<Arc<Account>>;

/// Bytes taken for no longer than a reference to the budget lives.
pub type Loan<'a> = Taken<&'a Account>;

impl<A: Deref<Target = Account>> Drop for Taken<A> {
    fn drop(&mut self) {
        self.account.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl<A: Deref<Target = Account>> Taken<A> {
    /// Where what they were taken for goes when it is dropped.
    pub fn discards(&self) -> &Discards {
        &self.account.discards
    }

    /// How many they are.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Account {
    /// The bytes that are left.
    #[inline]
    fn left(&self) -> usize {
        self.limit.saturating_sub(self.used.load(Ordering::Relaxed))
    }

    /// Takes bytes, if they are left, or if no more than `reserve` bytes are missing.
    #[inline]
    fn take(&self, bytes: usize, reserve: usize) -> bool {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        let are_left = bytes <= self.limit.saturating_add(reserve).saturating_sub(used);
        if !are_left {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
        are_left
    }

    /// WS FULL for the request that a test wants to be refused.
    #[inline]
    fn judge(&self) -> Result<()> {
        match self.refuse.load(Ordering::Relaxed) {
            0 => Ok(()),
            left => {
                self.refuse.store(left - 1, Ordering::Relaxed);
                if left == 1 { Err(Fault::ws_full()) } else { Ok(()) }
            }
        }
    }
}

impl Account {
    /// Blocks that the allocator keeps for later requests are given back where they and `bytes` more do not fit together.
    #[inline]
    fn press(&self, bytes: usize) {
        let spare = allocation::spare();
        if spare > 0 && bytes.saturating_add(spare) > self.limit.saturating_sub(self.used.load(Ordering::Relaxed)) {
            allocation::release();
        }
    }
}

impl Memory {
    /// A budget of `limit` bytes.
    pub fn new(limit: usize) -> Memory {
        Memory(
            Arc::new(Account {
                limit,
                used: AtomicUsize::new(0),
                made: AtomicU64::new(0),
                discards: Arc::default(),
                refuse: AtomicU64::new(0),
            }),
            None,
        )
    }

    /// The same budget, which is polled with the bounds of a session, so that whatever allocates can be stopped.
    pub fn watching(self, bounds: Arc<Bounds>) -> Memory {
        self.0.discards.begin();
        Memory(self.0, Some(bounds))
    }

    /// What waits to be freed, of all that is charged here.
    pub fn discards(&self) -> &Arc<Discards> {
        &self.0.discards
    }

    /// A budget without a limit, for values made outside a session.
    pub fn unlimited() -> Memory {
        Memory::new(usize::MAX / 2)
    }

    /// The same as [`Bounds::poll`], where the budget is a session's.
    pub fn poll(&self) -> Result<()> {
        self.1.as_ref().map_or(Ok(()), |bounds| bounds.poll())
    }

    /// The whole budget.
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// The bytes that are left, `⎕WA`.
    pub fn available(&self) -> usize {
        self.0.discards.free_all();
        self.0.left()
    }

    /// Frees a piece of what waits for that. WS FULL where nothing does.
    #[cold]
    fn reclaim(&self) -> Result<()> {
        if !self.0.discards.free_piece() {
            return Err(Fault::ws_full());
        }
        self.poll()
    }

    /// The bytes that arrays hold now.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// WS FULL unless `bytes` more would fit, or are few; takes nothing.
    pub fn check(&self, bytes: usize) -> Result<()> {
        self.0.judge()?;
        self.0.press(bytes);
        while bytes > self.0.left().max(SCRAP) {
            self.reclaim()?;
        }
        Ok(())
    }

    /// The bytes of all arrays that were ever made, as far as they are charged.
    pub fn made(&self) -> u64 {
        self.0.made.load(Ordering::Relaxed)
    }

    /// Takes `bytes` from the budget until the lease is dropped; WS FULL where they are not left.
    pub fn lease(&self, bytes: usize) -> Result<Lease> {
        self.take(bytes, 0)?;
        // Where several threads make arrays at the same time, some may be missed: it is for profiles only.
        self.0.made.store(self.made() + bytes as u64, Ordering::Relaxed);
        Ok(Taken { bytes, account: self.0.clone() })
    }

    /// A lease that does not outlive this: for what a call takes while it runs. It may use a reserve.
    pub fn loan(&self, bytes: usize) -> Result<Loan<'_>> {
        self.take(bytes, RESERVE)?;
        Ok(Taken { bytes, account: &self.0 })
    }

    /// The `count`-th request from now is refused, as if there were no memory left; none, with 0. For tests.
    pub fn refuse_at(&self, count: u64) {
        self.0.refuse.store(count, Ordering::Relaxed);
    }

    /// How many requests are still to come before the one that is refused, with it.
    pub fn refuses_in(&self) -> u64 {
        self.0.refuse.load(Ordering::Relaxed)
    }

    /// Does work that recurses over nested values, however deep: where little is left of the native stack, it goes on
    /// in another piece, which is charged while it is there.
    #[inline]
    pub fn deeper<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.grown(work)?
    }

    /// The same for work that fails in its own way.
    #[inline]
    pub fn grown<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        if stacker::remaining_stack().is_some_and(|left| left >= RED_ZONE) {
            return Ok(work());
        }
        self.on_stack(STACK_PIECE, work)
    }

    /// Does work on another piece of native stack, which is charged while it is there.
    pub fn on_stack<T>(&self, bytes: usize, work: impl FnOnce() -> T) -> Result<T> {
        self.poll()?;
        let bytes = bytes.max(STACK_PIECE);
        let _loan = self.loan(bytes)?;
        Ok(stacker::grow(bytes, work))
    }

    fn take(&self, bytes: usize, reserve: usize) -> Result<()> {
        self.0.judge()?;
        while !self.0.take(bytes, reserve) {
            self.reclaim()?;
        }
        Ok(())
    }

    /// An empty vector with room for `count` elements, or WS FULL: for results under way and for scratch space.
    pub fn vec<T>(&self, count: usize) -> Result<Vec<T>> {
        self.poll()?;
        let bytes = count.checked_mul(std::mem::size_of::<T>()).ok_or_else(Fault::ws_full)?;
        self.check(bytes)?;
        let mut vec = Vec::new();
        vec.try_reserve_exact(count).map_err(|_| Fault::ws_full())?;
        Ok(vec)
    }

    /// The same for a result of many values, which are freed in pieces where the result comes to nothing.
    pub fn draft<T: Element>(&self, count: usize) -> Result<Draft<'_, T>> {
        Ok(Draft::new(self.vec(count)?, &self.0.discards))
    }

    /// `count` copies of one element, or WS FULL.
    pub fn filled<T: Clone>(&self, count: usize, element: T) -> Result<Vec<T>> {
        let mut vec = self.vec(count)?;
        while vec.len() < count {
            self.poll()?;
            vec.resize(count.min(vec.len() + (CHUNK << 4)), element.clone());
        }
        Ok(vec)
    }
}
