//! Draws arrays. Lengths 0 and 1 come regularly, not by chance: each in 12 of 100 drawings at least.

use super::Sample;
use super::drawn::{Drawn, Item};
use super::spec::{Axis, Kind, Spec, Wanted};
use crate::random::Random;

/// Elements of an array that is drawn.
const MOST: usize = 1 << 22;

/// Steps of a unit in floats: all sums and products of a few are exact.
const STEPS: f64 = 64.0;

/// Glyphs that are drawn beside printable ASCII.
const GLYPHS: &str = "⍺⍵∊⍴⍳∇∆⎕⍞←→⌈⌊×÷≠≤≥∨∧¯°⊂⊃∩∪⍋⍒⌽⍉éπ∑中🙂";

/// The drawing with this number; `None` where it would be too large.
pub fn sample(spec: &Spec, random: &mut Random, number: usize) -> Option<Sample> {
    let mut lengths = Vec::with_capacity(spec.lengths.len());
    for (at, length) in spec.lengths.iter().enumerate() {
        // Every eighth drawing has an axis of length 0, and every eighth one of length 1; three drawings later the next
        // axis.
        let forced = match (number + 3 * at) % 8 {
            2 => Some(0),
            5 => Some(1),
            _ => None,
        };
        let any = length.low + random.below((length.high - length.low) as u64 + 1) as usize;
        lengths.push(forced.filter(|forced| (length.low..=length.high).contains(forced)).unwrap_or(any));
    }
    let arrays = spec.arrays.iter().map(|wanted| array(wanted, &lengths, random)).collect::<Option<Vec<_>>>()?;
    Some(Sample { lengths, arrays })
}

fn array(wanted: &Wanted, lengths: &[usize], random: &mut Random) -> Option<Drawn> {
    let length = |axis: &Axis| match axis {
        Axis::Fixed(length) => *length,
        Axis::Drawn(at) => lengths[*at],
    };
    let shape: Vec<usize> = wanted.axes.iter().map(length).collect();
    let count = shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length)).filter(|n| *n <= MOST)?;
    // Now and then all numbers of an array are huge; by a power of two, so that sums and products stay exact.
    let scale = match (wanted.kind, wanted.range, random.below(16)) {
        (Kind::Float, None, 0) => 2_f64.powi(40 + 20 * random.below(5) as i32),
        _ => 1.0,
    };
    let items = (0..count).map(|_| item(wanted.kind, wanted.range, scale, random)).collect();
    Some(Drawn { kind: wanted.kind, shape, items })
}

fn item(kind: Kind, range: Option<(f64, f64)>, scale: f64, random: &mut Random) -> Item {
    match kind {
        Kind::Bool => Item::Number(random.below(2) as f64),
        Kind::Int => {
            let (low, high) = range.unwrap_or((-9.0, 9.0));
            Item::Number(low + random.below((high - low) as u64 + 1) as f64)
        }
        Kind::Float => Item::Number(float(range, random) * scale),
        Kind::Complex => Item::Complex(float(range, random), float(range, random)),
        Kind::Char => Item::Char(character(random)),
        Kind::Nested => nested(2, random),
    }
}

/// A multiple of 1÷64 in the range, now and then 0.
fn float(range: Option<(f64, f64)>, random: &mut Random) -> f64 {
    let (low, high) = range.unwrap_or((-8.0, 8.0));
    if low <= 0.0 && high >= 0.0 && random.below(12) == 0 {
        return 0.0;
    }
    let steps = ((high - low) * STEPS).floor();
    if (1.0..=1e15).contains(&steps) {
        return low + random.below(steps as u64 + 1) as f64 / STEPS;
    }
    (low + (high - low) * random.unit()).clamp(low, high)
}

fn character(random: &mut Random) -> char {
    if random.below(5) > 0 {
        return char::from(b' ' + random.below(95) as u8);
    }
    let glyphs = GLYPHS.chars().count() as u64;
    GLYPHS.chars().nth(random.below(glyphs) as usize).unwrap_or(' ')
}

/// A scalar, or an array of up to this many further levels.
fn nested(levels: usize, random: &mut Random) -> Item {
    let simple = match random.below(4) {
        0 => Kind::Char,
        1 => Kind::Float,
        _ => Kind::Int,
    };
    let choice = random.below(4);
    if choice < 2 || levels == 0 {
        return item(simple, None, 1.0, random);
    }
    let (kind, inner) = if choice == 2 || levels == 1 { (simple, 0) } else { (Kind::Nested, levels - 1) };
    let shape = match random.below(5) {
        0 => vec![random.below(3) as usize, random.below(3) as usize],
        _ => vec![random.below(4) as usize],
    };
    let count = shape.iter().product();
    let one =
        |random: &mut Random| if kind == Kind::Nested { nested(inner, random) } else { item(kind, None, 1.0, random) };
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(one(random));
    }
    // A box of a simple scalar is that scalar.
    Item::Array(Drawn { kind, shape, items })
}
