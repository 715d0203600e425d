//! The workspace budget: memory for arrays is charged to it before it is allocated.
//!
//! The allocator alone cannot limit memory, because Linux grants more than it has. So bytes are counted before they are
//! allocated, and returned to the budget when the last array that uses them is dropped.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::allocation;
use crate::bounds::{Bounds, CHUNK};
use crate::error::{Fault, Result};

/// Arrays of up to this many bytes are not charged when they are created. Instead, an array of boxes is charged more for
/// each item (see [`super::arr::Element::COST`]).
pub const FREE_BYTES: usize = 128;

/// A workspace budget, shared by all arrays of a session.
#[derive(Clone, Debug)]
pub struct Memory(Arc<Account>, Option<Arc<Bounds>>);

/// The limit, and how much of it is in use.
#[derive(Debug)]
pub struct Account {
    limit: usize,
    used: AtomicUsize,
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
    /// How many they are.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Account {
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
        Memory(Arc::new(Account { limit, used: AtomicUsize::new(0), refuse: AtomicU64::new(0) }), None)
    }

    /// The same budget, which is polled with the bounds of a session, so that whatever allocates can be stopped.
    pub fn watching(self, bounds: Arc<Bounds>) -> Memory {
        Memory(self.0, Some(bounds))
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
        self.0.limit.saturating_sub(self.0.used.load(Ordering::Relaxed))
    }

    /// The bytes that arrays hold now.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// WS FULL unless `bytes` more would fit; takes nothing.
    pub fn check(&self, bytes: usize) -> Result<()> {
        self.0.judge()?;
        self.0.press(bytes);
        if bytes > self.available() {
            return Err(Fault::ws_full());
        }
        Ok(())
    }

    /// Takes `bytes` from the budget until the lease is dropped; WS FULL where they are not left.
    pub fn lease(&self, bytes: usize) -> Result<Lease> {
        self.take(bytes)?;
        Ok(Taken { bytes, account: self.0.clone() })
    }

    /// A lease that does not outlive this: for what a call takes while it runs.
    pub fn loan(&self, bytes: usize) -> Result<Loan<'_>> {
        self.take(bytes)?;
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

    fn take(&self, bytes: usize) -> Result<()> {
        self.0.judge()?;
        let used = self.0.used.fetch_add(bytes, Ordering::Relaxed);
        if bytes > self.0.limit.saturating_sub(used) {
            self.0.used.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Fault::ws_full());
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
