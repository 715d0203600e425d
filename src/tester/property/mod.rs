//! Properties: an input that has to give its output for every drawing of arrays (`⍝! forall`).
//!
//! `spec.rs` reads what is to be drawn, `draw.rs` draws it, `shrink.rs` makes a failing drawing small, `drawn.rs` turns
//! drawings into values and into APL text. This file runs the drawings; it knows of the session only what [`Trial`] says.

mod draw;
mod drawn;
mod shrink;
mod spec;

pub use drawn::Drawn;
pub use spec::{Spec, continues};

use crate::random::Random;

/// Drawings where nothing else is asked for.
pub const CASES: u32 = 100;

/// Drawings that are tried to make a failing one smaller.
pub const SHRINKS: usize = 2000;

/// An array for each name of a specification, and the lengths that its axes have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    lengths: Vec<usize>,
    /// In the order of the specification.
    pub arrays: Vec<Drawn>,
}

/// What a drawing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The output was as expected.
    Held,
    /// The condition leaves it out.
    Dropped,
    /// The output was not as expected; failures with the same number are of the same kind.
    Failed(u16),
    /// Something went wrong with which the drawing has nothing to do: no more are tried.
    Spoilt,
}

/// What became of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// All drawings held.
    Held,
    /// The number of the failing drawing, from 1, the smallest failing one that was found, and in how many steps.
    Failed(u32, Sample, usize),
    /// More than half of the drawings were dropped: so many of so many.
    Scarce(u32, u32),
    /// The last drawing was spoilt.
    Spoilt,
    /// A drawing would have too many elements.
    TooLarge,
}

/// The generator of a drawing: it depends on nothing but the seed and the number.
fn generator(seed: u64, number: u32) -> Random {
    Random::seeded(seed ^ (u64::from(number) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Tries drawings until `cases` of them were not dropped, or one fails; that one is made smaller in
/// `shrinks` trials at most.
pub fn check(spec: &Spec, cases: u32, seed: u64, shrinks: usize, mut trial: impl FnMut(&Sample) -> Trial) -> Found {
    let (mut held, mut dropped) = (0, 0);
    while held < cases {
        let number = held + dropped;
        let Some(sample) = draw::sample(spec, &mut generator(seed, number), number as usize) else {
            return Found::TooLarge;
        };
        match trial(&sample) {
            Trial::Held => held += 1,
            Trial::Dropped if dropped >= cases => return Found::Scarce(dropped + 1, number + 1),
            Trial::Dropped => dropped += 1,
            Trial::Failed(kind) => {
                let mut fails = |smaller: &Sample| trial(smaller) == Trial::Failed(kind);
                let (smallest, steps) = shrink::smallest(spec, sample, shrinks, &mut fails);
                return Found::Failed(number + 1, smallest, steps);
            }
            Trial::Spoilt => return Found::Spoilt,
        }
    }
    Found::Held
}

#[cfg(test)]
mod tests;
