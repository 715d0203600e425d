//! What is really allocated: a global allocator that counts, so that memory which no budget is charged for has a bound.
//!
//! Each thread counts what it has allocated and not yet freed, as it is rounded here and by the system's allocator. The allocator refuses
//! nothing and calls nothing; whoever polls compares the count with a ceiling. Large blocks that are freed are kept for
//! later requests (`kept.rs`), which no thread is charged for. A program or an embedder installs it:
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;
//! ```
//!
//! Without it every count is 0, only the workspace budget bounds a session, and nothing is kept.
//!
//! This file is an exception to two rules of the project: it has thread-local variables, because an allocator is given
//! nothing but a size, and an `unsafe impl`, because [`GlobalAlloc`] is an unsafe trait. No value of a program depends on
//! either.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use nix::libc;

use crate::kept;

/// The system's allocator, with a count of the bytes that each thread holds.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;
///
/// assert!(zilde::Session::new().eval("1").is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator;

thread_local! {
    /// Bytes that this thread holds. Neither variable has a destructor, so that both can be used at any time.
    static HELD: Cell<usize> = const { Cell::new(0) };
    /// How often this thread has asked for memory or given some back. Counted in builds with debug assertions only, for
    /// the tests that measure work by it.
    #[cfg(debug_assertions)]
    static REQUESTS: Cell<u64> = const { Cell::new(0) };
    /// Where a worker thread adds what it allocates besides; null in other threads.
    static REPORTED: Cell<*const AtomicUsize> = const { Cell::new(ptr::null()) };
}

// SAFETY: every block comes from the system's allocator, for the size that `grown` makes of the one that was asked for, and
// goes back there for the same size, since that is computed from the request alone. A block that was kept in between is
// nobody's until it is taken from the table, which hands it to one caller only. Counting neither allocates nor panics.
unsafe impl GlobalAlloc for CountingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(grown) = large(layout) else {
            taken(layout.size());
            // SAFETY: the caller keeps the conditions of `GlobalAlloc::alloc`, which are those of `System.alloc`.
            return unsafe { System.alloc(layout) };
        };
        taken(grown.size());
        fetch(grown).unwrap_or_else(|| {
            // SAFETY: as above; the size is not smaller.
            or_drained(|| unsafe { System.alloc(grown) })
        })
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(grown) = large(layout) else {
            taken(layout.size());
            // SAFETY: as for `alloc`.
            return unsafe { System.alloc_zeroed(layout) };
        };
        taken(grown.size());
        match fetch(grown) {
            Some(block) => {
                // SAFETY: the block has at least so many bytes.
                unsafe { block.write_bytes(0, layout.size()) };
                block
            }
            // SAFETY: as for `alloc`.
            None => or_drained(|| unsafe { System.alloc_zeroed(grown) }),
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match large(layout) {
            None => {
                given_back(layout.size());
                // SAFETY: the block came from `System`, because everything here does.
                unsafe { System.dealloc(block, layout) }
            }
            Some(grown) => {
                given_back(grown.size());
                keep(block, grown);
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let before = large(layout).unwrap_or(layout);
        let after = large(resized(layout, size)).map_or(size, |grown| grown.size());
        if before.size() == after {
            return block;
        }
        // SAFETY: the block came from `System` for the layout `before`.
        let moved = or_drained(|| unsafe { System.realloc(block, before, after) });
        // A block that could not be moved stays, and is given back by itself.
        if !moved.is_null() {
            taken(after);
            given_back(before.size());
        }
        moved
    }
}

/// What is asked of the system for a block that may be kept later; `None` for all other blocks.
#[inline]
fn large(layout: Layout) -> Option<Layout> {
    let room = kept::room(layout.size())?;
    (layout.align() <= ALIGN).then(|| resized(layout, room))
}

/// Blocks of the system's allocator are aligned to this; others are not kept.
const ALIGN: usize = 16;

/// A layout of the same alignment.
#[inline]
fn resized(layout: Layout, size: usize) -> Layout {
    Layout::from_size_align(size, layout.align()).unwrap_or(layout)
}

#[inline]
fn fetch(grown: Layout) -> Option<*mut u8> {
    kept::take(grown.size())
}

fn keep(block: *mut u8, grown: Layout) {
    kept::put(block, grown.size(), free);
}

/// Gives a kept block back to the system.
fn free(block: *mut u8, room: usize) {
    if let Ok(layout) = Layout::from_size_align(room, ALIGN) {
        // SAFETY: kept blocks came from `System` with this size, and for an alignment that every block of it has.
        unsafe { System.dealloc(block, layout) };
    }
}

/// Asks the system for a large block; again, after all that was kept has been given back, where it has no memory.
#[inline]
fn or_drained(ask: impl Fn() -> *mut u8) -> *mut u8 {
    set_apart();
    let block = ask();
    if !block.is_null() || kept::total() == 0 {
        return block;
    }
    release();
    ask()
}

/// Gives all large blocks that are kept for later requests back to the system.
pub(crate) fn release() {
    kept::drain(0, free);
}

/// Gives those back that are too many to be kept while nothing is evaluated.
pub(crate) fn rest() {
    kept::drain(kept::AT_REST, free);
}

/// Has the system take large blocks from pages of their own: among small ones they leave gaps, so that a process takes a
/// fifth more than it has asked for.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[inline]
fn set_apart() {
    static IS_SET: AtomicBool = AtomicBool::new(false);
    if !IS_SET.load(Ordering::Relaxed) {
        IS_SET.store(true, Ordering::Relaxed);
        // SAFETY: sets a number that the system's allocator compares sizes with, whatever it has allocated before.
        unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, kept::LEAST as libc::c_int) };
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set_apart() {}

/// Has all threads take small blocks from one part of memory, which grows by a mebibyte at a time. Otherwise each thread but
/// the first has a part of its own, which the system's allocator extends by a page at a time, with a system call for each.
/// To be called before the thread starts that evaluates.
pub(crate) fn gather() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets two numbers that the system's allocator looks at when it needs pages.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_TOP_PAD, 1 << 20);
    }
}

/// Gives back the pages that hold nothing, which lie between blocks. This takes a millisecond for some 50 MiB.
pub(crate) fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: blocks that are in use stay where they are.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// The bytes of the large blocks that are kept for later requests, by all threads.
#[inline]
pub(crate) fn spare() -> usize {
    kept::total()
}

/// What a block of this size takes: blocks are multiples of 16 bytes and have a word of their own.
const fn footprint(size: usize) -> usize {
    let whole = size.saturating_add(8 + 15) & !15;
    if whole < 32 { 32 } else { whole }
}

#[inline]
fn taken(size: usize) {
    let bytes = footprint(size);
    #[cfg(debug_assertions)]
    REQUESTS.with(|requests| requests.set(requests.get().wrapping_add(1)));
    HELD.with(|held| held.set(held.get().wrapping_add(bytes)));
    report(|total| _ = total.fetch_add(bytes, Ordering::Relaxed));
}

/// Never below 0: what another thread has allocated was not counted here.
#[inline]
fn given_back(size: usize) {
    let bytes = footprint(size);
    #[cfg(debug_assertions)]
    REQUESTS.with(|requests| requests.set(requests.get().wrapping_add(1)));
    HELD.with(|held| held.set(held.get().saturating_sub(bytes)));
    report(|total| {
        let less = |now: usize| Some(now.saturating_sub(bytes));
        _ = total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    });
}

#[inline]
fn report(change: impl FnOnce(&AtomicUsize)) {
    let total = REPORTED.with(Cell::get);
    if !total.is_null() {
        // SAFETY: the pointer is set by `Workers::report` and reset when its result is dropped, which keeps the number
        // alive that long and stays in its thread.
        change(unsafe { &*total });
    }
}

/// The bytes that the calling thread has allocated and not yet freed; 0 without the counting allocator.
#[inline]
pub fn held() -> usize {
    HELD.with(Cell::get)
}

/// How often the calling thread has allocated and freed: a measure of work that is the same each time. 0 without the
/// counting allocator, and in builds without debug assertions.
#[inline]
pub(crate) fn requests() -> u64 {
    #[cfg(debug_assertions)]
    return REQUESTS.with(Cell::get);
    #[cfg(not(debug_assertions))]
    0
}

/// What the worker threads of a session hold, all together.
#[derive(Clone, Debug, Default)]
pub struct Workers(Arc<AtomicUsize>);

impl Workers {
    /// The bytes that they hold.
    #[inline]
    pub fn held(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// From now on the calling thread's allocations are reported here, until the result is dropped; then what it still
    /// holds is no longer counted.
    pub fn report(&self) -> Reporting {
        let before = held();
        REPORTED.with(|total| total.set(Arc::as_ptr(&self.0)));
        Reporting { workers: self.0.clone(), before, _stays: PhantomData }
    }
}

/// A worker thread reports its allocations.
#[derive(Debug)]
pub struct Reporting {
    workers: Arc<AtomicUsize>,
    before: usize,
    /// What is thread-local must be reset in the same thread.
    _stays: PhantomData<*const ()>,
}

impl Drop for Reporting {
    fn drop(&mut self) {
        REPORTED.with(|total| total.set(ptr::null()));
        let left = held().saturating_sub(self.before);
        let less = |now: usize| Some(now.saturating_sub(left));
        _ = self.workers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}
