//! Hashing whole arrays so that arrays that match have equal hashes, under any comparison tolerance.
//!
//! Tolerance is not transitive, so numbers are not rounded: [`Canon`] knows which numbers are linked by a chain of
//! tolerant equalities and gives all of one chain the same token. The hash of an array does not depend on how it is
//! stored. Hash tables are elsewhere (`primitive/tables.rs`).
//!
//! Hashes depend on random numbers of the process, so that nobody can choose data whose hashes collide. Nothing that a
//! program can see depends on the hashes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use super::arr::Complex;
use super::view::{Elements, View};

/// The random numbers that hashes depend on.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    start: u64,
    factor: u64,
}

impl Key {
    /// The key of this process.
    pub fn of_process() -> Key {
        static KEY: OnceLock<Key> = OnceLock::new();
        *KEY.get_or_init(|| {
            let random = RandomState::new();
            // An odd factor loses no bits.
            Key { start: random.hash_one(1), factor: random.hash_one(2) | 1 }
        })
    }

    /// Spreads a token over 64 bits: the halves of its product with the factor together, so that what two tokens differ in
    /// does not tell what their hashes differ in.
    #[inline]
    pub fn mix(self, token: u64) -> u64 {
        let product = u128::from(token ^ self.start) * u128::from(self.factor);
        (product >> 64) as u64 ^ product as u64
    }
}

/// The bits of a number, the same for both zeros.
pub fn bits(x: f64) -> u64 {
    (x + 0.0).to_bits()
}

/// What stands for a number in a hash.
#[derive(Debug)]
pub struct Canon {
    key: Key,
    /// For the bits of a number that is linked with others: the bits that stand for all of them.
    links: HashMap<u64, u64>,
    /// Whether only a number's magnitude counts, because there are complex numbers to be compared with tolerance.
    magnitudes: bool,
}

impl Canon {
    /// Every number stands for itself.
    pub fn exact() -> Canon {
        Canon { key: Key::of_process(), links: HashMap::new(), magnitudes: false }
    }

    /// Numbers within `ct` of each other stand for each other. `sorted` are all numbers that will be hashed (their
    /// magnitudes, where `magnitudes` says so), ascending.
    pub fn linking(sorted: &[f64], ct: f64, magnitudes: bool) -> Canon {
        let mut links = HashMap::new();
        let mut first = 0;
        // A magnitude is rounded once more than what it is compared with.
        let ct = ct * 1.001 + 1e-15;
        for at in 1..=sorted.len() {
            if at < sorted.len() && super::compare::near(sorted[at - 1], sorted[at], ct) {
                continue;
            }
            let chain = &sorted[first..at];
            if chain.last() != chain.first() {
                links.extend(chain.iter().map(|&x| (bits(x), bits(chain[0]))));
            }
            first = at;
        }
        Canon { links, magnitudes, ..Canon::exact() }
    }

    fn real(&self, x: f64) -> u64 {
        let x = bits(if self.magnitudes { x.abs() } else { x });
        if self.links.is_empty() {
            return x;
        }
        self.links.get(&x).copied().unwrap_or(x)
    }

    fn complex(&self, z: Complex) -> u64 {
        if self.magnitudes {
            return self.real(z.norm());
        }
        if z.im == 0.0 {
            return self.real(z.re);
        }
        self.real(z.re) ^ self.key.mix(bits(z.im))
    }

    /// The hash of some elements, as of the items of an array of a known shape.
    pub fn hash(&self, elements: Elements) -> u64 {
        let mut state = Hash { key: self.key, state: 0 };
        // Lists of boxes under way, each with the position of its next item.
        let mut work: Vec<(Elements, usize)> = Vec::new();
        let mut next = Some(elements);
        loop {
            if let Some(list) = next.take()
                && !self.simple(list, &mut state)
            {
                if list.len() == 1 {
                    next = Some(enter(list.item(0), &mut state));
                    continue;
                }
                work.push((list, 0));
            }
            let Some((list, at)) = work.last_mut() else {
                return state.finish();
            };
            if *at >= list.len() {
                work.pop();
                continue;
            }
            let item = list.item(*at);
            *at += 1;
            next = Some(enter(item, &mut state));
        }
    }

    /// Hashes the elements of a simple list; false for boxes.
    fn simple(&self, list: Elements, state: &mut Hash) -> bool {
        match list {
            Elements::Bool(a) => a.iter().for_each(|&b| state.add(self.real(f64::from(u8::from(b))))),
            Elements::Int(a) => a.iter().for_each(|&n| state.add(self.real(f64::from(n)))),
            Elements::Float(a) => a.iter().for_each(|&x| state.add(self.real(x))),
            Elements::Complex(a) => a.iter().for_each(|&z| state.add(self.complex(z))),
            Elements::Char(a) => a.iter().for_each(|&c| state.add(u64::from(u32::from(c)) | 0xFFF8 << 48)),
            Elements::Ref(a) => a.iter().for_each(|r| state.add(r.address() as u64 ^ 0xFFF9 << 48)),
            Elements::Boxes(_) | Elements::Framed(_) => return false,
        }
        true
    }
}

/// The elements of an array within an array; marks its rank and shape, which a scalar leaves out.
fn enter<'a>(item: View<'a>, state: &mut Hash) -> Elements<'a> {
    if !item.is_simple_scalar() {
        state.add(0xFFFC << 48 | item.shape.len() as u64);
        item.shape.iter().for_each(|&n| state.add(n as u64));
    }
    item.elements
}

struct Hash {
    key: Key,
    state: u64,
}

impl Hash {
    #[inline]
    fn add(&mut self, token: u64) {
        // Rotated, so that the order of the tokens makes a difference.
        self.state = self.key.mix(self.state.rotate_left(23) ^ token);
    }

    fn finish(self) -> u64 {
        self.key.mix(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{Arr, Framed, Memory, Value};

    #[test]
    fn storage_leaves_no_trace() {
        let memory = Memory::unlimited();
        let flat = Arr::new(&memory, &[2, 2], vec![1, 2, 3, 4]).unwrap();
        let framed = Value::from(Framed::new(flat.into(), 1).unwrap());
        let boxed = Value::Array(framed.array(&memory).unwrap());
        let canon = Canon::exact();
        assert_eq!(canon.hash(View::of(&framed).elements), canon.hash(View::of(&boxed).elements));
        assert_eq!(canon.hash(View::of(&Value::Int(1)).elements), canon.hash(View::of(&Value::Float(1.0)).elements));
        assert_eq!(canon.hash(View::of(&Value::Int(0)).elements), canon.hash(View::of(&Value::Float(-0.0)).elements));
        assert_ne!(canon.hash(View::of(&Value::Int(65)).elements), canon.hash(View::of(&Value::Char('A')).elements));
    }

    #[test]
    fn chains_share_a_token() {
        let numbers = [1.0, 1.0 + 8e-15, 1.0 + 16e-15, 2.0];
        let canon = Canon::linking(&numbers, 1e-14, false);
        let hash = |x: f64| canon.hash(Elements::Float(&[x]));
        assert_eq!(hash(numbers[0]), hash(numbers[2]));
        assert_ne!(hash(numbers[0]), hash(numbers[3]));
    }
}
