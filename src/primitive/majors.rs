//! Major cells as search functions see them, and integer codes for their elements.

use crate::array::shape;
use crate::array::view::{Elements, Fill, View};

/// The major cells of an array, or the cells of another one that are looked up among them: all of one shape.
#[derive(Clone, Copy)]
pub struct Majors<'a> {
    /// The elements of all cells.
    pub elements: Elements<'a>,
    /// The number of cells.
    pub count: usize,
    /// Elements in each.
    pub size: usize,
    /// What the cells would be filled with.
    pub fill: Fill<'a>,
}

impl<'a> Majors<'a> {
    /// The cells behind the first `frame` axes of a settled array.
    pub fn new(view: View<'a>, frame: usize) -> Majors<'a> {
        let frame = frame.min(view.shape.len());
        Majors {
            elements: view.elements,
            count: shape::product(&view.shape[..frame]),
            size: shape::product(&view.shape[frame..]),
            fill: view.fill(),
        }
    }

    /// The elements of one cell.
    pub fn cell(&self, at: usize) -> Elements<'a> {
        self.elements.slice(at * self.size..(at + 1) * self.size)
    }

    /// The boxes' elements for boxes of one shape in a flat array, together with their shape.
    pub(super) fn opened(&self) -> Option<(Majors<'a>, &'a [usize])> {
        let Elements::Framed(boxes) = self.elements else {
            return None;
        };
        let cell = boxes.cell();
        let flat = View { shape: cell, elements: boxes.elements(), prototype: None };
        let size = self.size * shape::product(cell);
        Some((Majors { elements: flat.elements, count: self.count, size, fill: flat.fill() }, cell))
    }
}

/// Elements with a whole number that stands for each.
pub(super) trait Whole: Copy {
    /// The number.
    fn code(self) -> i64;
}

impl Whole for bool {
    fn code(self) -> i64 {
        i64::from(self)
    }
}

impl Whole for i32 {
    fn code(self) -> i64 {
        i64::from(self)
    }
}

impl Whole for char {
    fn code(self) -> i64 {
        i64::from(u32::from(self))
    }
}

/// The least and the greatest code.
pub(super) fn bounds<H: Whole>(keys: &[H]) -> (i64, i64) {
    keys.iter().fold((i64::MAX, i64::MIN), |(low, high), key| (low.min(key.code()), high.max(key.code())))
}
