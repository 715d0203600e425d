//! Tables from keys to numbers of 32 bits: direct, open addressing, under tolerance, of whole cells.
//!
//! Every table is made for a number of keys that it is told beforehand and never grows.

use crate::array::view::Elements;
use crate::array::{Memory, compare, hash};
use crate::error::Result;

use super::lookup::slot;

/// No number.
pub const NONE: u32 = u32::MAX;

/// A table. Numbers are stored in ascending order.
pub trait Index {
    /// What is looked up.
    type Key: Copy;

    /// The lowest number stored for a key equal to this one; [`NONE`] without one.
    fn find(&self, key: Self::Key) -> u32;

    /// Stores a number for a key, unless one is there for the very same key.
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

/// The bits of the length of a table for `count` keys: at most half of it gets filled.
fn table_bits(count: usize) -> u32 {
    (count.max(8) * 2).next_power_of_two().trailing_zeros()
}

/// Whole numbers of 32 bits, open addressing; key and number in one word.
pub struct IntIndex {
    shift: u32,
    table: Vec<u64>,
}

const EMPTY: u64 = u64::MAX;

impl IntIndex {
    /// A table for `count` keys.
    pub fn new(memory: &Memory, count: usize) -> Result<IntIndex> {
        let bits = table_bits(count);
        Ok(IntIndex { shift: 64 - bits, table: memory.filled(1 << bits, EMPTY)? })
    }

    /// The place of the key, or the empty one where it would go.
    fn place(&self, key: i32) -> usize {
        let mask = self.table.len() - 1;
        let mut at = slot(u64::from(key as u32), self.shift);
        loop {
            let entry = self.table[at & mask];
            if (entry >> 32) as i32 == key && entry != EMPTY || entry == EMPTY {
                return at & mask;
            }
            at += 1;
        }
    }
}

impl Index for IntIndex {
    type Key = i64;

    fn find(&self, key: i64) -> u32 {
        // An empty entry's low half is NONE.
        if i64::from(key as i32) == key { self.table[self.place(key as i32)] as u32 } else { NONE }
    }

    fn store(&mut self, key: i64, number: u32) {
        self.find_or_store(key, number);
    }

    fn find_or_store(&mut self, key: i64, number: u32) -> u32 {
        if i64::from(key as i32) != key {
            return NONE;
        }
        let at = self.place(key as i32);
        if self.table[at] == EMPTY {
            self.table[at] = u64::from(key as u32) << 32 | u64::from(number);
            return number;
        }
        self.table[at] as u32
    }
}

/// Floats under tolerance, open addressing by buckets so wide that equal numbers are in the same or in neighbouring
/// ones.
pub struct FloatIndex {
    ct: f64,
    coarse: u32,
    shift: u32,
    table: Vec<(f64, u32)>,
}

impl FloatIndex {
    /// A table for `count` keys, equal within `ct`.
    pub fn new(memory: &Memory, count: usize, ct: f64) -> Result<FloatIndex> {
        let bits = table_bits(count);
        // A bucket of 2*coarse steps of the last place is at least 2*(coarse-53) of its numbers wide.
        let coarse = if ct > 0.0 { (53.0 + (2.1 * ct).log2()).ceil().clamp(0.0, 52.0) as u32 } else { 0 };
        Ok(FloatIndex { ct, coarse, shift: 64 - bits, table: memory.filled(1 << bits, (0.0, NONE))? })
    }

    fn bucket(&self, x: f64) -> u64 {
        hash::bits(x) >> self.coarse
    }

    /// The lowest number of a key equal to `x` on the way from a bucket's place to an empty one.
    fn walk(&self, bucket: u64, x: f64) -> u32 {
        let mask = self.table.len() - 1;
        let mut at = slot(bucket, self.shift);
        let mut lowest = NONE;
        loop {
            let (key, number) = self.table[at & mask];
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

    fn find(&self, x: f64) -> u32 {
        let reach = x * (self.ct * 1.01);
        let (near, far) = (self.bucket(x - reach), self.bucket((x + reach).clamp(f64::MIN, f64::MAX)));
        let found = self.walk(near, x);
        if near == far { found } else { found.min(self.walk(far, x)) }
    }

    fn store(&mut self, x: f64, number: u32) {
        let mask = self.table.len() - 1;
        let mut at = slot(self.bucket(x), self.shift);
        loop {
            let (key, there) = self.table[at & mask];
            if there == NONE {
                self.table[at & mask] = (x, number);
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
    shift: u32,
    /// The high half of the hash and a place among the cells.
    table: Vec<(u32, u32)>,
    cells: Vec<(Elements<'a>, u32)>,
}

impl CellIndex<'_> {
    /// A table for `count` cells, which match within `ct`.
    pub fn new(memory: &Memory, count: usize, ct: f64) -> Result<Self> {
        let bits = table_bits(count);
        Ok(CellIndex { ct, shift: 64 - bits, table: memory.filled(1 << bits, (0, NONE))?, cells: memory.vec(count)? })
    }

    /// The place of the first cell on the way that is equal within `ct`, or of the empty entry behind.
    fn walk(&self, (hash, cell): (u64, Elements), ct: f64) -> usize {
        let mask = self.table.len() - 1;
        let mut at = slot(hash, self.shift) & mask;
        loop {
            let (high, place) = self.table[at];
            if place == NONE {
                return at;
            }
            if high == hash as u32
                && let Some((other, _)) = self.cells.get(place as usize)
                && compare::elements_match(*other, cell, ct)
            {
                return at;
            }
            at = (at + 1) & mask;
        }
    }
}

impl<'a> Index for CellIndex<'a> {
    type Key = (u64, Elements<'a>);

    fn find(&self, key: (u64, Elements<'a>)) -> u32 {
        // Cells with one hash lie in the order in which they were stored.
        let place = self.table[self.walk(key, self.ct)].1;
        self.cells.get(place as usize).map_or(NONE, |cell| cell.1)
    }

    fn store(&mut self, key: (u64, Elements<'a>), number: u32) {
        let at = self.walk(key, 0.0);
        if self.table[at].1 == NONE {
            self.table[at] = (key.0 as u32, self.cells.len() as u32);
            self.cells.push((key.1, number));
        }
    }
}
