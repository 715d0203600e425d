//! Large blocks of memory that were freed and are kept for the next request of about the same size.
//!
//! A fresh block comes from the system in pages that are not there yet: the first write to each costs more than the
//! arithmetic on its elements. A result as large as one that was just dropped takes that one's place instead.
//!
//! What is kept is bounded, and given back by [`drain`]: where a budget needs the room, where the system has no more
//! memory, when a workspace is cleared, and but for a part of it at the end of each evaluation. The allocator
//! (`allocation.rs`) is the only user. The table is shared by all threads and guarded by a flag; a thread that finds it
//! taken does without. No program can observe what is kept.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// Smaller blocks are left to the system's allocator, which has them at hand.
pub const LEAST: usize = 128 << 10;

/// What is kept takes no more than this, all together.
pub const MOST: usize = 512 << 20;

/// What is kept while nothing is evaluated takes no more than this.
pub const AT_REST: usize = 32 << 20;

/// Blocks that are kept at most.
const SLOTS: usize = 48;

/// A kept block; null where there is none.
struct Slot {
    block: AtomicPtr<u8>,
    room: AtomicUsize,
}

static TABLE: [Slot; SLOTS] =
    [const { Slot { block: AtomicPtr::new(ptr::null_mut()), room: AtomicUsize::new(0) } }; SLOTS];

/// Whether a thread is looking at the table.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The bytes of all blocks in the table.
static TOTAL: AtomicUsize = AtomicUsize::new(0);

/// The slot that is emptied next where there is no room.
static HAND: AtomicUsize = AtomicUsize::new(0);

/// What is really allocated for a large block of `size` bytes: 1/32 more at most, so that blocks of about the same
/// size can take each other's place. `None` for sizes that are not kept.
#[inline]
pub fn room(size: usize) -> Option<usize> {
    if !(LEAST..=MOST).contains(&size) {
        return None;
    }
    let step = (size.next_power_of_two() / 64).max(1);
    Some(size.next_multiple_of(step))
}

/// The bytes that are kept.
#[inline]
pub fn total() -> usize {
    TOTAL.load(Ordering::Relaxed)
}

/// The table, for one thread at a time.
struct Table;

impl Table {
    fn open() -> Option<Table> {
        TAKEN.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok().then_some(Table)
    }

    /// Empties a slot.
    fn remove(&self, slot: &Slot) -> *mut u8 {
        TOTAL.fetch_sub(slot.room.load(Ordering::Relaxed), Ordering::Relaxed);
        slot.block.swap(ptr::null_mut(), Ordering::Relaxed)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        TAKEN.store(false, Ordering::Release);
    }
}

fn is_full(slot: &Slot) -> bool {
    !slot.block.load(Ordering::Relaxed).is_null()
}

/// A kept block with exactly this room, which is the caller's from now on.
pub fn take(room: usize) -> Option<*mut u8> {
    if total() == 0 {
        return None;
    }
    let table = Table::open()?;
    let slot = TABLE.iter().find(|slot| slot.room.load(Ordering::Relaxed) == room && is_full(slot))?;
    Some(table.remove(slot))
}

/// Keeps a block of this room. Blocks that have to make place for it are handed to `free`, or the block itself where the
/// table is taken.
pub fn put(block: *mut u8, room: usize, mut free: impl FnMut(*mut u8, usize)) {
    let Some(table) = Table::open() else { return free(block, room) };
    let mut place = TABLE.iter().find(|slot| !is_full(slot));
    while place.is_none() || total() + room > MOST {
        let slot = &TABLE[HAND.fetch_add(1, Ordering::Relaxed) % SLOTS];
        if is_full(slot) {
            let room = slot.room.load(Ordering::Relaxed);
            free(table.remove(slot), room);
        }
        place = place.or(Some(slot));
    }
    if let Some(slot) = place {
        slot.room.store(room, Ordering::Relaxed);
        slot.block.store(block, Ordering::Relaxed);
        TOTAL.fetch_add(room, Ordering::Relaxed);
    }
}

/// Hands what is kept to `free`, until no more than `rest` bytes are left.
pub fn drain(rest: usize, mut free: impl FnMut(*mut u8, usize)) {
    if total() <= rest {
        return;
    }
    let Some(table) = Table::open() else { return };
    for slot in TABLE.iter().filter(|slot| is_full(slot)) {
        if total() <= rest {
            return;
        }
        let room = slot.room.load(Ordering::Relaxed);
        free(table.remove(slot), room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_a_little_larger() {
        assert_eq!(room(LEAST - 1), None);
        assert_eq!(room(MOST + 1), None);
        for size in (LEAST..MOST).step_by(98_765) {
            let room = room(size).unwrap();
            assert!(room >= size && room <= size + size / 32, "{size} in {room}");
            assert_eq!(super::room(room).filter(|_| room <= MOST), Some(room).filter(|_| room <= MOST));
        }
    }

    /// The blocks of this test are no memory: only their addresses are looked at. The test program does not install the
    /// allocator, so that nobody else uses the table.
    #[test]
    fn what_is_kept_is_bounded() {
        let block = |k: usize| ptr::without_provenance_mut::<u8>(k);
        let mut freed = Vec::new();
        for k in 1..=100 {
            put(block(k), 1 << 20, |block, _| freed.push(block as usize));
            assert!(total() <= MOST);
        }
        assert_eq!(freed.len(), 100 - SLOTS);
        assert!(take(2 << 20).is_none());
        let taken = take(1 << 20).unwrap() as usize;
        assert!(!freed.contains(&taken));
        put(block(101), MOST, |block, _| freed.push(block as usize));
        assert_eq!((total(), freed.len()), (MOST, 99));
        put(block(102), 1 << 20, |block, _| freed.push(block as usize));
        drain(AT_REST, |block, _| freed.push(block as usize));
        assert_eq!(total(), 1 << 20);
        drain(0, |block, _| freed.push(block as usize));
        freed.push(taken);
        freed.sort_unstable();
        assert_eq!(freed, (1..=102).collect::<Vec<_>>());
        assert_eq!(total(), 0);
        assert!(take(MOST).is_none());
    }
}
