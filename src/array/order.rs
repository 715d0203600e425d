//! The total order of arrays, as `⍋ ⍒ ⍸` see it: exact, numbers before characters, shorter before longer.
//!
//! Follows the rules of Dyalog's "Grade Up": items in ravel order; a shorter axis is as if padded with items before
//! all others; a lower rank is as if led by axes of length one; empties by type, then by their shapes from the last
//! axis back. What is equal in all that is told apart by its shape and rank, so that only arrays that match are equal.

use std::cmp::Ordering;

use super::arr::Complex;
use super::reference::Reference;
use super::shape::{self, Shape};
use super::view::{Elements, View};

/// Orders two numbers, which are never NaN.
pub fn numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// Orders complex numbers by their real parts, then by their imaginary parts.
pub fn complex(a: Complex, b: Complex) -> Ordering {
    numbers(a.re, b.re).then_with(|| numbers(a.im, b.im))
}

/// Orders two settled arrays.
pub fn compare(left: View, right: View) -> Ordering {
    match (left.elements.is_empty(), right.elements.is_empty()) {
        (true, true) => empties(left, right),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) if left.shape == right.shape => elements(left.elements, right.elements),
        (false, false) if left.shape.len().max(right.shape.len()) <= 1 => {
            let shared = left.elements.len().min(right.elements.len());
            elements(left.elements.slice(0..shared), right.elements.slice(0..shared))
                .then(left.elements.len().cmp(&right.elements.len()))
                .then(left.shape.len().cmp(&right.shape.len()))
        }
        (false, false) => shapes(left, right),
    }
}

/// Orders two lists of as many elements by the first pair that differs.
pub fn elements(left: Elements, right: Elements) -> Ordering {
    match (left, right) {
        (Elements::Bool(a), Elements::Bool(b)) => a.cmp(b),
        (Elements::Int(a), Elements::Int(b)) => a.cmp(b),
        (Elements::Char(a), Elements::Char(b)) => a.cmp(b),
        (Elements::Float(a), Elements::Float(b)) => first_difference(a.len().min(b.len()), |at| numbers(a[at], b[at])),
        (Elements::Boxes(a), Elements::Boxes(b)) if std::ptr::eq(a, b) => Ordering::Equal,
        (Elements::Boxes(_) | Elements::Framed(_), _) | (_, Elements::Boxes(_) | Elements::Framed(_)) => {
            first_difference(left.len().min(right.len()), |at| items(left.item(at), right.item(at)))
        }
        _ => first_difference(left.len().min(right.len()), |at| scalars(atom(left, at), atom(right, at))),
    }
}

fn first_difference(count: usize, mut pair: impl FnMut(usize) -> Ordering) -> Ordering {
    (0..count).map(&mut pair).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Orders two items of boxed arrays; one of them may hold the other's depth many times over.
fn items(left: View, right: View) -> Ordering {
    match (left.is_simple_scalar(), right.is_simple_scalar()) {
        (true, true) => scalars(atom(left.elements, 0), atom(right.elements, 0)),
        _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, || compare(left, right)),
    }
}

/// A simple scalar.
#[derive(Clone, Copy)]
enum Atom {
    Number(Complex),
    Char(char),
    /// A reference has no place in the order; whoever sorts refuses them.
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
        (Atom::Number(_), _) | (_, Atom::Ref(_)) => Ordering::Less,
        (_, Atom::Number(_)) | (Atom::Ref(_), _) => Ordering::Greater,
    }
}

/// Empties: numbers before characters, then by shape from the last axis back.
fn empties(left: View, right: View) -> Ordering {
    let (a, b) = (left.fill(), right.fill());
    a.is_text().cmp(&b.is_text()).then_with(|| left.shape.iter().rev().cmp(right.shape.iter().rev())).then_with(|| {
        match a.same(&b) {
            true => Ordering::Equal,
            // Of the same kind and shape, but of different structure: by how the structure is written.
            false => a.structure().cmp(&b.structure()),
        }
    })
}

/// Arrays of different shapes with elements in both.
fn shapes(left: View, right: View) -> Ordering {
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
        let order = elements(left.elements.slice(x..x + row), right.elements.slice(y..y + row));
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
