//! Counts how often user functions were applied to all cells at once, and why they were not; and the numbers that scalar
//! functions computed one by one. For tests, which see to it that a fast way is taken; no program can observe it.

use std::cell::Cell;

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The function was applied to all cells at once.
    Done,
    /// It has results of different shapes, which are values of their own.
    Various,
    /// A traditional function.
    Traditional,
    /// An error guard in the body.
    ErrorGuard,
    /// Side effects, `?`, or something that depends on where it runs.
    Effects,
    /// A result that is not there or not shown.
    Shy,
    /// An expression without a form for all cells.
    Expression,
    /// A function without a form for these cells.
    Function,
    /// An assignment to something other than local names, or of what would have to be taken apart.
    Assignment,
    /// An error: the loop raises it.
    Error,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 10] = [
        Outcome::Done,
        Outcome::Various,
        Outcome::Traditional,
        Outcome::ErrorGuard,
        Outcome::Effects,
        Outcome::Shy,
        Outcome::Expression,
        Outcome::Function,
        Outcome::Assignment,
        Outcome::Error,
    ];
}

/// How often each outcome there was, and what was computed without a loop.
#[derive(Debug, Default)]
pub struct Tally([Cell<u32>; Outcome::ALL.len()], Cell<usize>);

impl Tally {
    /// Counts one more.
    pub fn count(&self, outcome: Outcome) {
        let cell = &self.0[outcome as usize];
        cell.set(cell.get().wrapping_add(1));
    }

    /// Counts numbers of arrays that a scalar function has computed one by one, because it has no loop for them.
    pub fn singly(&self, numbers: usize) {
        self.1.set(self.1.get().wrapping_add(numbers));
    }

    /// How many numbers were computed one by one.
    pub fn numbers(&self) -> usize {
        self.1.get()
    }

    /// How many there were.
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.0[outcome as usize].get()
    }
}
