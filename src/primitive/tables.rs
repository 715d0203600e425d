//! Tables from keys to numbers of 32 bits: direct, open addressing, under tolerance, of whole cells.
//!
//! A table grows only when the caller reserves room in it, so that the loops that fill it cannot fail.

use crate::array::view::Elements;
use crate::array::{Memory, compare, hash};
use crate::error::Result;

/// No number.
pub const NONE: u32 = u32::MAX;

/// A table. Numbers are stored in ascending order.
pub trait Index {
    /// What is looked up.
    type Key: Copy;

    /// Makes room for `more` keys.
    fn reserve(&mut self, memory: &Memory, more: usize) -> Result<()>;

    /// How many keys are stored; 0 where it does not matter.
    fn stored(&self) -> usize;

    /// The lowest number stored for a key equal to this one; [`NONE`] without one.
    fn find(&self, key: Self::Key) -> u32;

    /// Stores a number for a key, unless one is there for the very same key. There is room for it.
    fn store(&mut self, key: Self::Key, number: u32);

    /// What is found; stores `number` where nothing is.
    fn find_or_store(&mut self, key: Self::Key, number: u32) -> u32 {
        match self.find(key) {
            NONE => {
                self.store(key, number);
                number
            }
            found => found,
        }
    }
}

/// Whole numbers of a small range: the number itself is the place.
pub struct DirectIndex {
    low: i64,
    table: Vec<u32>,
}

impl DirectIndex {
    /// A table for keys from `low`, `span` of them.
    pub fn new(memory: &Memory, low: i64, span: usize) -> Result<DirectIndex> {
        Ok(DirectIndex { low, table: memory.filled(span, NONE)? })
    }

    fn place(&self, key: i64) -> usize {
        key.wrapping_sub(self.low) as usize
    }
}

impl Index for DirectIndex {
    type Key = i64;

    fn reserve(&mut self, _memory: &Memory, _more: usize) -> Result<()> {
        Ok(())
    }

    fn stored(&self) -> usize {
        0
    }

    fn find(&self, key: i64) -> u32 {
        self.table.get(self.place(key)).copied().unwrap_or(NONE)
    }

    fn store(&mut self, key: i64, number: u32) {
        let place = self.place(key);
        if let Some(entry) = self.table.get_mut(place)
            && *entry == NONE
        {
            *entry = number;
        }
    }
}

/// Open addressing with entries of any kind, in a table whose length is a power of two and which is never more than
/// half full.
struct Slots<E> {
    key: hash::Key,
    empty: E,
    shift: u32,
    entries: Vec<E>,
    used: usize,
}

impl<E: Copy> Slots<E> {
    fn new(empty: E) -> Slots<E> {
        Slots { key: hash::Key::of_process(), empty, shift: 63, entries: vec![empty; 2], used: 0 }
    }

    /// Where the walk for a token begins.
    fn start(&self, token: u64) -> usize {
        (self.key.mix(token) >> self.shift) as usize
    }

    fn at(&self, place: usize) -> E {
        self.entries[place & (self.entries.len() - 1)]
    }

    fn put(&mut self, place: usize, entry: E) {
        let mask = self.entries.len() - 1;
        self.entries[place & mask] = entry;
        self.used += 1;
    }

    /// An empty table with room for `more` entries beside those that are here, with the full one; `None` where there
    /// is room already.
    fn grown(&mut self, memory: &Memory, more: usize) -> Result<Option<Vec<E>>> {
        let wanted = (self.used + more) * 2;
        if wanted <= self.entries.len() {
            return Ok(None);
        }
        let length = wanted.next_power_of_two();
        let fresh = memory.filled(length, self.empty)?;
        self.shift = 64 - length.trailing_zeros();
        self.used = 0;
        Ok(Some(std::mem::replace(&mut self.entries, fresh)))
    }
}

/// Whole numbers of 32 bits, with key and number in one word.
pub struct IntIndex(Slots<u64>);

const EMPTY: u64 = u64::MAX;

impl IntIndex {
    /// An empty table.
    pub fn new() -> IntIndex {
        IntIndex(Slots::new(EMPTY))
    }

    /// The place of the key, or the empty one where it would go.
    fn place(&self, key: i32) -> usize {
        let mut at = self.0.start(u64::from(key as u32));
        loop {
            let entry = self.0.at(at);
            // An empty entry's low half is NONE, which no key has.
            if (entry >> 32) as u32 == key as u32 || entry == EMPTY {
                return at;
            }
            at += 1;
        }
    }
}

impl Index for IntIndex {
    type Key = i64;

    fn reserve(&mut self, memory: &Memory, more: usize) -> Result<()> {
        for entry in self.0.grown(memory, more)?.into_iter().flatten().filter(|&entry| entry != EMPTY) {
            let place = self.place((entry >> 32) as i32);
            self.0.put(place, entry);
        }
        Ok(())
    }

    fn stored(&self) -> usize {
        self.0.used
    }

    fn find(&self, key: i64) -> u32 {
        if i64::from(key as i32) == key { self.0.at(self.place(key as i32)) as u32 } else { NONE }
    }

    fn store(&mut self, key: i64, number: u32) {
        self.find_or_store(key, number);
    }

    fn find_or_store(&mut self, key: i64, number: u32) -> u32 {
        if i64::from(key as i32) != key {
            return NONE;
        }
        let place = self.place(key as i32);
        match self.0.at(place) {
            EMPTY => {
                self.0.put(place, u64::from(key as u32) << 32 | u64::from(number));
                number
            }
            entry => entry as u32,
        }
    }
}

/// Keys of 64 bits.
pub struct WideIndex(Slots<(u64, u32)>);

impl WideIndex {
    /// An empty table.
    pub fn new() -> WideIndex {
        WideIndex(Slots::new((0, NONE)))
    }

    fn place(&self, key: u64) -> usize {
        let mut at = self.0.start(key);
        loop {
            let (other, number) = self.0.at(at);
            if other == key || number == NONE {
                return at;
            }
            at += 1;
        }
    }
}

impl Index for WideIndex {
    type Key = u64;

    fn reserve(&mut self, memory: &Memory, more: usize) -> Result<()> {
        for entry in self.0.grown(memory, more)?.into_iter().flatten().filter(|entry| entry.1 != NONE) {
            let place = self.place(entry.0);
            self.0.put(place, entry);
        }
        Ok(())
    }

    fn stored(&self) -> usize {
        self.0.used
    }

    fn find(&self, key: u64) -> u32 {
        let (other, number) = self.0.at(self.place(key));
        if other == key { number } else { NONE }
    }

    fn store(&mut self, key: u64, number: u32) {
        let place = self.place(key);
        if self.0.at(place).1 == NONE {
            self.0.put(place, (key, number));
        }
    }
}

/// Floats under tolerance, by buckets so wide that equal numbers are in the same or in neighbouring ones.
pub struct FloatIndex {
    ct: f64,
    coarse: u32,
    slots: Slots<(f64, u32)>,
}

impl FloatIndex {
    /// An empty table for numbers that are equal within `ct`.
    pub fn new(ct: f64) -> FloatIndex {
        // A bucket of 2*coarse steps of the last place is at least 2*(coarse-53) of its numbers wide: eight times the
        // tolerance, so that few numbers have equals in two buckets.
        let coarse = if ct > 0.0 { (55.0 + (2.1 * ct).log2()).ceil().clamp(0.0, 52.0) as u32 } else { 0 };
        FloatIndex { ct, coarse, slots: Slots::new((0.0, NONE)) }
    }

    fn bucket(&self, x: f64) -> u64 {
        hash::bits(x) >> self.coarse
    }

    /// The lowest number of a key equal to `x` on the way from a bucket's place to an empty one.
    fn walk(&self, bucket: u64, x: f64) -> u32 {
        let mut at = self.slots.start(bucket);
        let mut lowest = NONE;
        loop {
            let (key, number) = self.slots.at(at);
            if number == NONE {
                return lowest;
            }
            if compare::near(key, x, self.ct) {
                lowest = lowest.min(number);
            }
            at += 1;
        }
    }
}

impl Index for FloatIndex {
    type Key = f64;

    fn reserve(&mut self, memory: &Memory, more: usize) -> Result<()> {
        for (x, number) in self.slots.grown(memory, more)?.into_iter().flatten().filter(|entry| entry.1 != NONE) {
            self.store(x, number);
        }
        Ok(())
    }

    fn stored(&self) -> usize {
        self.slots.used
    }

    fn find(&self, x: f64) -> u32 {
        let reach = x * (self.ct * 1.01);
        let (near, far) = (self.bucket(x - reach), self.bucket((x + reach).clamp(f64::MIN, f64::MAX)));
        let found = self.walk(near, x);
        if near == far { found } else { found.min(self.walk(far, x)) }
    }

    fn store(&mut self, x: f64, number: u32) {
        let mut at = self.slots.start(self.bucket(x));
        loop {
            let (key, there) = self.slots.at(at);
            if there == NONE {
                self.slots.put(at, (x, number));
                return;
            }
            if key == x {
                return;
            }
            at += 1;
        }
    }
}

/// Whole cells, by their hashes; what has the same hash is compared.
pub struct CellIndex<'a> {
    ct: f64,
    /// Some bits of the hash and a place among the cells.
    slots: Slots<(u32, u32)>,
    cells: Vec<Stored<'a>>,
}

struct Stored<'a> {
    hash: u64,
    cell: Elements<'a>,
    number: u32,
}

impl<'a> CellIndex<'a> {
    /// An empty table for cells that match within `ct`.
    pub fn new(ct: f64) -> CellIndex<'a> {
        CellIndex { ct, slots: Slots::new((0, NONE)), cells: Vec::new() }
    }

    /// The place of the first cell on the way that is equal within `ct`, or of the empty entry behind.
    fn walk(&self, (hash, cell): (u64, Elements), ct: f64) -> usize {
        let mut at = self.slots.start(hash);
        loop {
            let (high, place) = self.slots.at(at);
            if place == NONE {
                return at;
            }
            if high == hash as u32
                && let Some(stored) = self.cells.get(place as usize)
                && compare::elements_match(stored.cell, cell, ct)
            {
                return at;
            }
            at += 1;
        }
    }
}

impl<'a> Index for CellIndex<'a> {
    type Key = (u64, Elements<'a>);

    fn reserve(&mut self, memory: &Memory, more: usize) -> Result<()> {
        if self.cells.capacity() - self.cells.len() < more {
            let room = more.max(self.cells.len());
            memory.check(room.saturating_mul(std::mem::size_of::<Stored>()))?;
            self.cells.try_reserve(room).map_err(|_| crate::error::Fault::ws_full())?;
        }
        if self.slots.grown(memory, more)?.is_some() {
            // In the order in which they came, so that of equal hashes the first is met first.
            for (place, stored) in self.cells.iter().enumerate() {
                let mut at = self.slots.start(stored.hash);
                while self.slots.at(at).1 != NONE {
                    at += 1;
                }
                self.slots.put(at, (stored.hash as u32, place as u32));
            }
        }
        Ok(())
    }

    fn stored(&self) -> usize {
        self.cells.len()
    }

    fn find(&self, key: (u64, Elements<'a>)) -> u32 {
        // Cells with one hash lie in the order in which they were stored.
        let place = self.slots.at(self.walk(key, self.ct)).1;
        self.cells.get(place as usize).map_or(NONE, |stored| stored.number)
    }

    fn store(&mut self, key: (u64, Elements<'a>), number: u32) {
        let at = self.walk(key, 0.0);
        if self.slots.at(at).1 == NONE {
            self.slots.put(at, (key.0 as u32, self.cells.len() as u32));
            self.cells.push(Stored { hash: key.0, cell: key.1, number });
        }
    }
}
