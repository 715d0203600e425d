//! The total order of arrays for `⍋ ⍒ ⍸`: exact, numbers before characters, shorter before longer.
//!
//! Follows the rules of Dyalog's "Grade Up". Items are compared in ravel order. An array of lower rank gets leading axes
//! of length 1, and a shorter axis is padded with items that come before all others. Empty arrays are ordered by type,
//! then by their shapes from the last axis on. Arrays that are equal in all of this are ordered by rank and shape, so that
//! only arrays that match are equal. Pairs of deep boxes that were found equal are stored, so that the time is linear also
//! for values that share parts at every level.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashSet;

use super::arr::Complex;
use super::memory::Memory;
use super::reference::Reference;
use super::shape::{self, Shape};
use super::view::{Elements, View};
use crate::error::{Fault, Result};

/// Orders two numbers, which are never NaN.
pub fn numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// Orders complex numbers by their real parts, then by their imaginary parts.
pub fn complex(a: Complex, b: Complex) -> Ordering {
    numbers(a.re, b.re).then_with(|| numbers(a.im, b.im))
}

/// Boxes nested deeper than this are remembered once they are found equal.
const SHARING_DEPTH: usize = 8;

/// Compares arrays for a session. Sorting has no place for errors, so once a comparison was stopped, by an interrupt or
/// because memory does not suffice, all that follow say that arrays are equal, until [`result`](Comparing::result) tells.
pub struct Comparing<'a> {
    memory: &'a Memory,
    /// Pairs of items since the last poll.
    steps: Cell<usize>,
    stopped: RefCell<Option<Fault>>,
}

impl<'a> Comparing<'a> {
    /// For the session that a budget belongs to.
    pub fn new(memory: &'a Memory) -> Comparing<'a> {
        Comparing { memory, steps: Cell::new(0), stopped: RefCell::new(None) }
    }

    /// Orders two lists of as many elements by the first pair that differs.
    pub fn elements(&self, left: Elements, right: Elements) -> Ordering {
        lists(left, right, &mut Known { comparing: self, depth: 0, equal: HashSet::new() })
    }

    /// What has stopped it.
    pub fn result(self) -> Result<()> {
        self.stopped.into_inner().map_or(Ok(()), Err)
    }

    /// Takes a step of a comparison of boxes; equal where it is stopped.
    fn step(&self, work: impl FnOnce() -> Ordering) -> Ordering {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > PAIRS {
            self.steps.set(0);
            if let Err(fault) = self.memory.poll() {
                self.stopped.replace(Some(fault));
            }
        }
        if self.stopped.borrow().is_some() {
            return Ordering::Equal;
        }
        self.memory.deeper(|| Ok(work())).unwrap_or_else(|fault| {
            self.stopped.replace(Some(fault));
            Ordering::Equal
        })
    }
}

/// Pairs of items that are compared between two polls.
const PAIRS: usize = 4096;

/// Lists of boxes that were found equal, and how deep the comparison is in them.
struct Known<'a> {
    comparing: &'a Comparing<'a>,
    depth: usize,
    equal: HashSet<(usize, usize, usize)>,
}

fn arrays(left: View, right: View, known: &mut Known) -> Ordering {
    match (left.elements.is_empty(), right.elements.is_empty()) {
        (true, true) => empties(left, right),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) if left.shape == right.shape => lists(left.elements, right.elements, known),
        (false, false) if left.shape.len().max(right.shape.len()) <= 1 => {
            let shared = left.elements.len().min(right.elements.len());
            lists(left.elements.slice(0..shared), right.elements.slice(0..shared), known)
                .then(left.elements.len().cmp(&right.elements.len()))
                .then(left.shape.len().cmp(&right.shape.len()))
        }
        (false, false) => shapes(left, right, known),
    }
}

fn lists(left: Elements, right: Elements, known: &mut Known) -> Ordering {
    match (left, right) {
        (Elements::Bool(a), Elements::Bool(b)) => a.cmp(b),
        (Elements::Int(a), Elements::Int(b)) => a.cmp(b),
        (Elements::Char(a), Elements::Char(b)) => a.cmp(b),
        (Elements::Float(a), Elements::Float(b)) => first_difference(a.len().min(b.len()), |at| numbers(a[at], b[at])),
        (Elements::Boxes(a), Elements::Boxes(b)) if std::ptr::eq(a, b) => Ordering::Equal,
        (Elements::Boxes(_) | Elements::Framed(_), _) | (_, Elements::Boxes(_) | Elements::Framed(_)) => {
            let count = left.len().min(right.len());
            let place = match (left, right) {
                (Elements::Boxes(a), Elements::Boxes(b)) if known.depth > SHARING_DEPTH => {
                    Some((a.as_ptr() as usize, b.as_ptr() as usize, count))
                }
                _ => None,
            };
            if place.is_some_and(|place| known.equal.contains(&place)) {
                return Ordering::Equal;
            }
            known.depth += 1;
            let order = first_difference(count, |at| items(left.item(at), right.item(at), known));
            known.depth -= 1;
            if order.is_eq() {
                known.equal.extend(place);
            }
            order
        }
        _ => first_difference(left.len().min(right.len()), |at| scalars(atom(left, at), atom(right, at))),
    }
}

fn first_difference(count: usize, mut pair: impl FnMut(usize) -> Ordering) -> Ordering {
    (0..count).map(&mut pair).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Orders two items of boxed arrays; one of them may hold the other's depth many times over.
fn items(left: View, right: View, known: &mut Known) -> Ordering {
    match (left.is_simple_scalar(), right.is_simple_scalar()) {
        (true, true) => scalars(atom(left.elements, 0), atom(right.elements, 0)),
        _ => known.comparing.step(|| arrays(left, right, known)),
    }
}

/// A simple scalar.
#[derive(Clone, Copy)]
enum Atom {
    Number(Complex),
    Char(char),
    /// `⎕NULL` comes before everything else. Namespaces have no order: callers check for them and raise an error.
    Ref(usize),
}

/// The element of a simple list at a position within it.
fn atom(elements: Elements, at: usize) -> Atom {
    let number = |x: f64| Atom::Number(Complex::new(x, 0.0));
    match elements {
        Elements::Bool(a) => number(f64::from(u8::from(a.get(at).copied().unwrap_or_default()))),
        Elements::Int(a) => number(f64::from(a.get(at).copied().unwrap_or_default())),
        Elements::Float(a) => number(a.get(at).copied().unwrap_or_default()),
        Elements::Complex(a) => Atom::Number(a.get(at).copied().unwrap_or_default()),
        Elements::Char(a) => Atom::Char(a.get(at).copied().unwrap_or(' ')),
        Elements::Ref(a) => Atom::Ref(a.get(at).map_or(0, Reference::address)),
        Elements::Boxes(_) | Elements::Framed(_) => number(0.0),
    }
}

fn scalars(left: Atom, right: Atom) -> Ordering {
    match (left, right) {
        (Atom::Number(a), Atom::Number(b)) => complex(a, b),
        (Atom::Char(a), Atom::Char(b)) => a.cmp(&b),
        (Atom::Ref(a), Atom::Ref(b)) => a.cmp(&b),
        (Atom::Ref(_), _) | (Atom::Number(_), Atom::Char(_)) => Ordering::Less,
        (_, Atom::Ref(_)) | (Atom::Char(_), Atom::Number(_)) => Ordering::Greater,
    }
}

/// Empties: numbers before characters, then by shape from the last axis back, then by the structure of their items.
fn empties(left: View, right: View) -> Ordering {
    let (a, b) = (left.fill(), right.fill());
    let shapes = || left.shape.iter().rev().cmp(right.shape.iter().rev());
    a.is_text().cmp(&b.is_text()).then_with(shapes).then_with(|| a.order(&b))
}

/// Arrays of different shapes with elements in both.
fn shapes(left: View, right: View, known: &mut Known) -> Ordering {
    let rank = left.shape.len().max(right.shape.len());
    let extend = |short: &[usize]| -> Shape {
        let mut shape: Shape = std::iter::repeat_n(1, rank - short.len()).collect();
        shape.extend_from_slice(short);
        shape
    };
    let (a, b) = (extend(left.shape), extend(right.shape));
    // In ravel order, each row of one stands against a row of the other until one of them runs out: along the last
    // axis at the end of the row, along another one where its first missing cell would be.
    let shared: Shape = a.iter().zip(&b).map(|(&a, &b)| a.min(b)).collect();
    let (steps_a, steps_b) = (shape::strides(&a), shape::strides(&b));
    let row = shared.last().copied().unwrap_or(1);
    let mut index: Shape = shared.iter().map(|_| 0).collect();
    loop {
        let at = |steps: &Shape| -> usize { index.iter().zip(steps).map(|(&i, &step)| i * step).sum() };
        let (x, y) = (at(&steps_a), at(&steps_b));
        let order = lists(left.elements.slice(x..x + row), right.elements.slice(y..y + row), known);
        if order.is_ne() {
            return order;
        }
        // The next row, and whatever runs out on the way to it.
        let mut axis = rank;
        loop {
            if axis == 0 {
                return left.shape.len().cmp(&right.shape.len());
            }
            axis -= 1;
            if axis + 1 < rank {
                index[axis] += 1;
                if index[axis] < shared[axis] {
                    break;
                }
                index[axis] = 0;
            }
            if a[axis] != b[axis] {
                return a[axis].cmp(&b[axis]);
            }
        }
    }
}
