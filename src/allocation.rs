//! What is really allocated: a global allocator that counts, so that memory which no budget is charged for has a bound.
//!
//! Each thread counts what it has allocated and not yet freed, as the system's allocator rounds it. The allocator refuses
//! nothing and calls nothing; whoever polls compares the count with a ceiling. A program or an embedder installs it:
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;
//! ```
//!
//! Without it every count is 0, and only the workspace budget bounds a session.
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
use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// Where a worker thread adds what it allocates besides; null in other threads.
    static REPORTED: Cell<*const AtomicUsize> = const { Cell::new(ptr::null()) };
}

// SAFETY: every request goes to the system's allocator as it came, and its answer is returned as it is. Counting neither
// allocates nor panics.
unsafe impl GlobalAlloc for CountingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller keeps the conditions of `GlobalAlloc::alloc`, which are those of `System.alloc`.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: the block came from `System`, because everything here does.
        unsafe { System.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the block came from `System`, because everything here does.
        let moved = unsafe { System.realloc(block, layout, size) };
        // A block that could not be moved stays, and is given back by itself.
        if !moved.is_null() {
            taken(size);
            given_back(layout.size());
        }
        moved
    }
}

/// What a block of this size takes: blocks are multiples of 16 bytes and have a word of their own.
const fn footprint(size: usize) -> usize {
    let whole = size.saturating_add(8 + 15) & !15;
    if whole < 32 { 32 } else { whole }
}

#[inline]
fn taken(size: usize) {
    let bytes = footprint(size);
    HELD.with(|held| held.set(held.get().wrapping_add(bytes)));
    report(|total| _ = total.fetch_add(bytes, Ordering::Relaxed));
}

/// Never below 0: what another thread has allocated was not counted here.
#[inline]
fn given_back(size: usize) {
    let bytes = footprint(size);
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
