//! Folds with any function: along an axis, over windows, cell by cell or all cells at once.
//!
//! As `f/` requires, folds go from the right, and results are enclosed. Reductions of no item or one item, and the kernels
//! of scalar functions, are in [`super::reduce`].

use super::cells::{self, Items, strided};
use super::join::{self, Join};
use crate::array::{Array, Shape, Value, shape};
use crate::context::Context;
use crate::error::Result;
use crate::function::{AxisSet, Cells, Function};

/// What is folded together along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The whole axis, which goes.
    Whole(usize),
    /// This many items, `count` times, each one further on; the axis then has length `count`.
    Sliding {
        /// Items in a window.
        width: usize,
        /// Windows along the axis.
        count: usize,
        /// Whether each is reversed first.
        reversed: bool,
    },
    /// The first items, this many; the axis goes.
    Prefix(usize),
}

impl Window {
    /// The shape of the result.
    pub fn shape(self, shape: &[usize], axis: usize) -> Shape {
        match self {
            Window::Whole(_) | Window::Prefix(_) => shape::without(shape, axis),
            Window::Sliding { count, .. } => {
                let mut result = Shape::from_slice(shape);
                result[axis] = count;
                result
            }
        }
    }

    /// Items in a window, windows along the axis, and whether they are reversed.
    pub fn lengths(self) -> (usize, usize, bool) {
        match self {
            Window::Whole(length) | Window::Prefix(length) => (length, 1, false),
            Window::Sliding { width, count, reversed } => (width, count, reversed),
        }
    }
}

/// The function folded over all cells of a flat array at once; `None` where it has no such form, or there is only
/// one thing to fold. Boxed results are for the caller.
pub fn at_once(
    context: &Context,
    function: &dyn Function,
    flat: &Array,
    frame_rank: usize,
    axis: usize,
    window: Window,
) -> Result<Option<Value>> {
    let frame = window.shape(&flat.shape()[..frame_rank], axis);
    let (width, count, reversed) = window.lengths();
    if shape::product(&frame) < 2 || flat.is_empty() || width == 0 {
        return Ok(None);
    }
    let strides = shape::strides(flat.shape());
    let mut dims = Shape::from_slice(flat.shape());
    let mut steps: Vec<isize> = strides.iter().map(|&step| step as isize).collect();
    match window {
        Window::Sliding { .. } => dims[axis] = count,
        _ => {
            dims.remove(axis);
            steps.remove(axis);
        }
    }
    let slice = |at: usize| -> Result<Cells> {
        let at = if reversed { width - 1 - at } else { at };
        let value = strided(context, flat, at * strides[axis], &dims, &steps)?.into();
        Ok(Cells { value, present: AxisSet::range(0, frame.len()) })
    };
    let mut result = slice(width - 1)?;
    for at in (0..width - 1).rev() {
        context.poll()?;
        match cells::try_cells(context, function, &frame, Some(&slice(at)?), &result)? {
            Some(next) => result = next,
            None => return Ok(None),
        }
    }
    let value = cells::gathered(context, &frame, result)?.settled(context.memory())?;
    super::each::enclosed(value, frame.len())
}

/// `count` items along an axis, from a position on.
pub fn part(context: &Context, array: &Array, axis: usize, from: usize, count: usize) -> Result<Value> {
    let strides = shape::strides(array.shape());
    let mut dims = Shape::from_slice(array.shape());
    dims[axis] = count;
    let steps: Vec<isize> = strides.iter().map(|&step| step as isize).collect();
    Ok(strided(context, array, from * strides[axis], &dims, &steps)?.into())
}

/// The first items along an axis, which goes.
pub fn first(context: &Context, array: &Array, axis: usize) -> Result<Value> {
    let result = shape::without(array.shape(), axis);
    part(context, array, axis, 0, 1)?.reshape(context.memory(), &result)
}

/// The function folded over one window after another, item by item.
pub fn one_by_one(
    context: &Context,
    function: &dyn Function,
    value: Value,
    axis: usize,
    window: Window,
) -> Result<Value> {
    let memory = context.memory();
    let whole = value.shape_vec();
    let result = window.shape(&whole, axis);
    let (width, count, reversed) = window.lengths();
    let (outer, length, inner) = shape::around(&whole, axis);
    let joins = Join::of(function);
    let items = Items::new(memory, value)?;
    let mut results = memory.vec(shape::count(&result)?)?;
    for before in 0..outer {
        for first in 0..count {
            for behind in 0..inner {
                let item = |at: usize| {
                    let at = if reversed { width - 1 - at } else { at };
                    items.item(memory, (before * length + first + at) * inner + behind)
                };
                if let Some(join) = joins {
                    let window = (0..width).map(item).collect::<Result<Vec<Value>>>()?;
                    if let Some(joined) = join::items(context, &window, join)? {
                        results.push(joined);
                        continue;
                    }
                }
                let mut folded = item(width.saturating_sub(1))?;
                for at in (0..width.saturating_sub(1)).rev() {
                    context.poll()?;
                    folded = function.call(context, Some(item(at)?), folded)?;
                }
                results.push(folded.settled(memory)?);
            }
        }
    }
    Ok(Array::from_items(memory, &result, results, || Value::Int(0))?.into())
}
