//! Borrowed views of arrays: elements by type, items and cells as slices.
//!
//! A [`View`] sees scalars, plain arrays and framed arrays alike, so that match, order and hashing are written once.
//! It never sees a pending value: [`settled`] computes those first.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Range;

use super::arr::Complex;
use super::memory::Memory;
use super::reference::{Reference, Represented};
use super::shape;
use super::value::{Array, Value};
use crate::error::Result;

/// Elements in ravel order, by type.
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    /// 0 and 1.
    Bool(&'a [bool]),
    /// Whole numbers.
    Int(&'a [i32]),
    /// Numbers.
    Float(&'a [f64]),
    /// Complex numbers.
    Complex(&'a [Complex]),
    /// Characters.
    Char(&'a [char]),
    /// References.
    Ref(&'a [Reference]),
    /// Items of any kind.
    Boxes(&'a [Value]),
    /// Boxes of one shape and simple type, their ravels one behind another.
    Framed(Boxes<'a>),
}

/// Boxes of one shape in a flat array.
#[derive(Clone, Copy, Debug)]
pub struct Boxes<'a> {
    flat: &'a Array,
    cell: &'a [usize],
    first: usize,
    count: usize,
}

impl<'a> Boxes<'a> {
    /// The shape of every box.
    pub fn cell(&self) -> &'a [usize] {
        self.cell
    }

    /// The elements of all boxes, one box behind another.
    pub fn elements(&self) -> Elements<'a> {
        let size = shape::product(self.cell);
        Elements::of(self.flat).slice(self.first * size..(self.first + self.count) * size)
    }
}

impl<'a> Elements<'a> {
    /// The elements of a plain array.
    pub fn of(array: &'a Array) -> Elements<'a> {
        match array {
            Array::Bool(a) => Elements::Bool(a.as_slice()),
            Array::Int(a) => Elements::Int(a.as_slice()),
            Array::Float(a) => Elements::Float(a.as_slice()),
            Array::Complex(a) => Elements::Complex(a.as_slice()),
            Array::Char(a) => Elements::Char(a.as_slice()),
            Array::Ref(a) => Elements::Ref(a.as_slice()),
            Array::Nested(a) => Elements::Boxes(a.as_slice()),
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Elements::Bool(a) => a.len(),
            Elements::Int(a) => a.len(),
            Elements::Float(a) => a.len(),
            Elements::Complex(a) => a.len(),
            Elements::Char(a) => a.len(),
            Elements::Ref(a) => a.len(),
            Elements::Boxes(a) => a.len(),
            Elements::Framed(boxes) => boxes.count,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether each is a scalar in an array of a simple type.
    pub fn is_simple(&self) -> bool {
        !matches!(self, Elements::Boxes(_) | Elements::Framed(_))
    }

    /// Whether there is a reference to a namespace or an object representation among them, at any depth.
    pub fn hold_namespaces(&self) -> bool {
        self.hold_references(|reference| !reference.is_null())
    }

    /// Whether there are copies of namespaces among the elements, at any depth: results of `⎕OR`.
    pub fn hold_snapshots(&self) -> bool {
        self.hold_references(|reference| {
            reference.code().is_some_and(|code| matches!(code.form, Represented::Space(_)))
        })
    }

    fn hold_references(&self, like: impl Fn(&Reference) -> bool) -> bool {
        // The lists of boxes that were visited: values may share parts at every level.
        let mut seen = HashSet::new();
        let mut work = vec![*self];
        while let Some(list) = work.pop() {
            match list {
                Elements::Ref(a) if a.iter().any(&like) => return true,
                Elements::Boxes(items) if seen.insert((items.as_ptr() as usize, items.len())) => {
                    work.extend(items.iter().map(|item| View::of(item).elements).filter(|list| list.may_refer()));
                }
                Elements::Framed(boxes) => work.push(boxes.elements()),
                _ => {}
            }
        }
        false
    }

    /// Whether references could be found here.
    fn may_refer(&self) -> bool {
        matches!(self, Elements::Ref(_) | Elements::Boxes(_) | Elements::Framed(_))
    }

    /// Where a list of boxes is; `None` for others.
    pub fn address(&self) -> Option<usize> {
        match self {
            Elements::Boxes(items) => Some(items.as_ptr() as usize),
            _ => None,
        }
    }

    /// Consecutive elements; none where the range is out of bounds.
    pub fn slice(&self, range: Range<usize>) -> Elements<'a> {
        match *self {
            Elements::Bool(a) => Elements::Bool(a.get(range).unwrap_or(&[])),
            Elements::Int(a) => Elements::Int(a.get(range).unwrap_or(&[])),
            Elements::Float(a) => Elements::Float(a.get(range).unwrap_or(&[])),
            Elements::Complex(a) => Elements::Complex(a.get(range).unwrap_or(&[])),
            Elements::Char(a) => Elements::Char(a.get(range).unwrap_or(&[])),
            Elements::Ref(a) => Elements::Ref(a.get(range).unwrap_or(&[])),
            Elements::Boxes(a) => Elements::Boxes(a.get(range).unwrap_or(&[])),
            Elements::Framed(boxes) => {
                let end = range.end.min(boxes.count);
                let start = range.start.min(end);
                Elements::Framed(Boxes { first: boxes.first + start, count: end - start, ..boxes })
            }
        }
    }

    /// The item at a position: a scalar, or what is in a box. Out of range: an empty vector.
    pub fn item(&self, at: usize) -> View<'a> {
        match *self {
            Elements::Boxes(a) => match a.get(at) {
                Some(value) => View::of(value),
                None => View { shape: &[0], elements: Elements::Int(&[]), prototype: None },
            },
            Elements::Framed(boxes) => {
                let size = shape::product(boxes.cell);
                let start = (boxes.first + at) * size;
                View {
                    shape: boxes.cell,
                    elements: Elements::of(boxes.flat).slice(start..start + size),
                    prototype: None,
                }
            }
            simple => View { shape: &[], elements: simple.slice(at..at + 1), prototype: None },
        }
    }
}

/// An array, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The axis lengths.
    pub shape: &'a [usize],
    /// The elements.
    pub elements: Elements<'a>,
    /// The item that an empty array of boxes takes its fill from.
    pub prototype: Option<&'a Value>,
}

impl<'a> View<'a> {
    /// A view of `value`, which must be [`settled`]: the view of a pending value has no elements.
    pub fn of(value: &'a Value) -> View<'a> {
        use std::slice::from_ref;
        let scalar = |elements| View { shape: &[], elements, prototype: None };
        match value {
            Value::Bool(b) => scalar(Elements::Bool(from_ref(b))),
            Value::Int(n) => scalar(Elements::Int(from_ref(n))),
            Value::Float(x) => scalar(Elements::Float(from_ref(x))),
            Value::Char(c) => scalar(Elements::Char(from_ref(c))),
            Value::Array(array) => View::of_array(array),
            Value::Framed(framed) => {
                let elements = match framed.flat() {
                    Value::Array(flat) => Elements::Framed(Boxes {
                        flat,
                        cell: framed.cell_shape(),
                        first: 0,
                        count: shape::product(framed.shape()),
                    }),
                    _ => Elements::Float(&[]),
                };
                View { shape: framed.shape(), elements, prototype: None }
            }
            Value::Pending(pending) => View { shape: pending.shape(), elements: Elements::Float(&[]), prototype: None },
        }
    }

    /// A look at a plain array.
    pub fn of_array(array: &'a Array) -> View<'a> {
        let prototype = match array {
            Array::Nested(a) if a.is_empty() => a.prototype(),
            _ => None,
        };
        View { shape: array.shape(), elements: Elements::of(array), prototype }
    }

    /// Whether it is a single number, character or reference, not a box.
    pub fn is_simple_scalar(&self) -> bool {
        self.shape.is_empty() && self.elements.is_simple()
    }

    /// The item at a position.
    pub fn item(&self, at: usize) -> View<'a> {
        self.elements.item(at)
    }

    /// What fills of this array look like.
    pub fn fill(&self) -> Fill<'a> {
        match self.elements {
            Elements::Char(_) => Fill { shape: &[], kind: FillKind::Chars },
            Elements::Ref(_) => Fill { shape: &[], kind: FillKind::Nulls },
            Elements::Framed(boxes) => Fill {
                shape: boxes.cell,
                kind: match boxes.flat {
                    Array::Char(_) => FillKind::Chars,
                    Array::Ref(_) => FillKind::Nulls,
                    _ => FillKind::Numbers,
                },
            },
            Elements::Boxes(items) => match items.first().or(self.prototype) {
                Some(item) => View::of(item).as_fill(),
                None => Fill { shape: &[], kind: FillKind::Numbers },
            },
            _ => Fill { shape: &[], kind: FillKind::Numbers },
        }
    }

    /// The array as a pattern of fills: its structure, every number and character forgotten.
    pub fn as_fill(&self) -> Fill<'a> {
        let kind = match self.elements {
            Elements::Char(_) => FillKind::Chars,
            Elements::Ref(_) => FillKind::Nulls,
            Elements::Boxes(_) | Elements::Framed(_) => FillKind::Boxes(*self),
            _ => FillKind::Numbers,
        };
        Fill { shape: self.shape, kind }
    }
}

/// A prototype, borrowed: the structure of an array with nothing but numbers, characters and references told apart.
#[derive(Clone, Copy, Debug)]
pub struct Fill<'a> {
    shape: &'a [usize],
    kind: FillKind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum FillKind<'a> {
    Numbers,
    Chars,
    Nulls,
    Boxes(View<'a>),
}

impl FillKind<'_> {
    /// The place of what is not boxed among the others.
    fn rank(self) -> Option<u8> {
        match self {
            FillKind::Numbers => Some(0),
            FillKind::Chars => Some(1),
            FillKind::Nulls => Some(2),
            FillKind::Boxes(_) => None,
        }
    }
}

impl<'a> Fill<'a> {
    /// Whether the items are characters rather than numbers, judged by the first item: numbers sort
    /// before characters.
    pub fn is_text(&self) -> bool {
        let mut fill = *self;
        loop {
            match fill.kind {
                FillKind::Numbers | FillKind::Nulls => return false,
                FillKind::Chars => return true,
                FillKind::Boxes(view) => fill = view.fill(),
            }
        }
    }

    /// The prototypes of two arrays are the same.
    pub fn same(&self, other: &Fill) -> bool {
        self.order(other).is_eq()
    }

    /// Some total order of prototypes, for those that differ in nothing but structure; equal means the same.
    pub fn order(&self, other: &Fill) -> Ordering {
        self.order_knowing(other, &mut HashSet::new())
    }

    /// [`order`](Fill::order), with the pairs of lists of boxes already found equal: values may share parts at every
    /// level.
    fn order_knowing(&self, other: &Fill, equal: &mut HashSet<(usize, usize)>) -> Ordering {
        let shapes = self.shape.cmp(other.shape);
        if shapes.is_ne() {
            return shapes;
        }
        if let (Some(left), Some(right)) = (self.kind.rank(), other.kind.rank()) {
            return left.cmp(&right);
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let count = shape::product(self.shape);
            let place = match (self.kind, other.kind) {
                (FillKind::Boxes(left), FillKind::Boxes(right)) if count > 0 => {
                    left.elements.address().zip(right.elements.address())
                }
                _ => None,
            };
            if place.is_some_and(|place| place.0 == place.1 || equal.contains(&place)) {
                return Ordering::Equal;
            }
            let order = match count {
                0 => self.inner().order_knowing(&other.inner(), equal),
                _ => (0..count)
                    .map(|at| self.item(at).order_knowing(&other.item(at), equal))
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal),
            };
            if order.is_eq() {
                equal.extend(place);
            }
            order
        })
    }

    fn inner(&self) -> Fill<'a> {
        match self.kind {
            FillKind::Boxes(view) => view.fill(),
            kind => Fill { shape: &[], kind },
        }
    }

    fn item(&self, at: usize) -> Fill<'a> {
        match self.kind {
            FillKind::Boxes(view) => view.item(at).as_fill(),
            kind => Fill { shape: &[], kind },
        }
    }
}

/// The value with nothing pending; borrowed where nothing is. Boxes never hold anything pending.
pub fn settled<'a>(memory: &Memory, value: &'a Value) -> Result<Cow<'a, Value>> {
    match value {
        Value::Pending(_) | Value::Framed(_) => Ok(Cow::Owned(value.clone().settled(memory)?)),
        _ => Ok(Cow::Borrowed(value)),
    }
}
