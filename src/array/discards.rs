//! What is dropped in pieces: freeing millions of values takes longer than an interrupt may wait.
//!
//! An array with many items is not freed at once when it is dropped. It is put here, and each poll frees a piece of it;
//! so does whoever needs memory. Nothing is kept here unless a session polls.

use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arr::Element;

/// Values that are freed between two polls: a value may be several blocks of memory.
pub const PIECE: usize = 1 << 14;

/// Something that can be freed piece by piece.
pub trait Discarded: Send {
    /// Frees [`PIECE`] values or all; whether something is left.
    fn free_piece(&mut self) -> bool;
}

/// What waits to be freed.
#[derive(Default)]
pub struct Discards {
    /// Whether there is a session that polls.
    kept: AtomicBool,
    /// Whether something waits.
    waiting: AtomicBool,
    heaps: Mutex<Vec<Box<dyn Discarded>>>,
}

impl fmt::Debug for Discards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discards").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Discards {
    /// A session begins, which polls.
    pub fn begin(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    /// It has ended: everything is freed, and from now on at once.
    pub fn end(&self) {
        self.kept.store(false, Ordering::Relaxed);
        self.free_all();
    }

    /// Frees a piece at once and keeps the rest, where a session polls.
    pub fn add(&self, mut heap: impl Discarded + 'static) {
        if !heap.free_piece() {
            return;
        }
        if self.kept.load(Ordering::Relaxed)
            && let Ok(mut heaps) = self.heaps.lock()
        {
            heaps.push(Box::new(heap));
            self.waiting.store(true, Ordering::Relaxed);
            return;
        }
        while heap.free_piece() {}
    }

    /// Whether something waits.
    #[inline]
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Frees a piece of what waits; false where nothing does.
    pub fn free_piece(&self) -> bool {
        if !self.is_waiting() {
            return false;
        }
        // What is freed may add to the list, so that it must not be locked meanwhile.
        let Some(mut heap) = self.heaps.lock().ok().and_then(|mut heaps| heaps.pop()) else { return false };
        let is_left = heap.free_piece();
        if let Ok(mut heaps) = self.heaps.lock() {
            if is_left {
                heaps.push(heap);
            }
            self.waiting.store(!heaps.is_empty(), Ordering::Relaxed);
        }
        true
    }

    /// Frees all that waits.
    pub fn free_all(&self) {
        while self.free_piece() {}
    }
}

impl Drop for Discards {
    fn drop(&mut self) {
        if let Ok(heaps) = self.heaps.get_mut() {
            for mut heap in mem::take(heaps) {
                while heap.free_piece() {}
            }
        }
    }
}

/// Elements of a result under way. Where it comes to nothing, they are freed in pieces.
pub struct Draft<'a, T: Element> {
    elements: Vec<T>,
    discards: &'a Discards,
}

impl<'a, T: Element> Draft<'a, T> {
    /// A result that begins with these elements.
    pub fn new(elements: Vec<T>, discards: &'a Discards) -> Draft<'a, T> {
        Draft { elements, discards }
    }

    /// The elements of the result, which is complete.
    pub fn finish(mut self) -> Vec<T> {
        mem::take(&mut self.elements)
    }
}

impl<T: Element> Deref for Draft<'_, T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.elements
    }
}

impl<T: Element> DerefMut for Draft<'_, T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.elements
    }
}

impl<T: Element> Drop for Draft<'_, T> {
    fn drop(&mut self) {
        if mem::needs_drop::<T>() && !self.elements.is_empty() {
            T::dismantle(mem::take(&mut self.elements), Some(self.discards));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{Arr, Memory, Value};
    use crate::context::Context;
    use crate::error::ErrorKind;

    fn many(context: &Context, count: usize) -> Value {
        let memory = context.memory();
        let item = |n: usize| Value::from(Arr::new(memory, &[2], vec![n as i32, 7]).unwrap());
        Arr::new(memory, &[count], (0..count).map(item).collect()).unwrap().into()
    }

    #[test]
    fn polls_free_a_piece_each() {
        let context = Context::silent(Memory::new(1 << 30));
        drop(many(&context, PIECE / 2));
        assert!(!context.memory().discards().is_waiting());
        drop(many(&context, 4 * PIECE));
        let mut polls = 0;
        while context.memory().discards().is_waiting() {
            context.poll().unwrap();
            polls += 1;
        }
        // The first piece is freed at once.
        assert_eq!(polls, 3);
        assert_eq!(context.memory().used(), 0);
    }

    #[test]
    fn memory_that_waits_can_be_taken() {
        // The items of the second value wait within the first one.
        let context = Context::silent(Memory::new(1 << 26));
        let memory = context.memory();
        let long = |n: usize| Value::from(Arr::new(memory, &[1 << 10], vec![n as i32; 1 << 10]).unwrap());
        let items: Vec<Value> = (0..8000).map(long).collect();
        drop(Arr::new(memory, &[2], vec![many(&context, 3 * PIECE), Arr::new(memory, &[8000], items).unwrap().into()]));
        assert!(memory.discards().is_waiting());
        assert_eq!(memory.lease(1 << 27).map_err(|fault| fault.kind()).err(), Some(ErrorKind::WsFull));
        assert_eq!(memory.lease(1 << 26).map(|lease| lease.bytes()).ok(), Some(1 << 26));
    }

    #[test]
    fn results_that_come_to_nothing_are_freed_in_pieces() {
        let context = Context::silent(Memory::new(1 << 30));
        let mut draft = context.memory().draft(3 * PIECE).unwrap();
        draft.extend((0..3 * PIECE).map(|_| Value::Int(1)));
        drop(draft);
        assert!(context.memory().discards().is_waiting());
        context.memory().discards().free_all();
        assert_eq!(context.memory().draft::<Value>(3).unwrap().finish().capacity(), 3);
    }
}
