//! Scalar functions on all cells at once, on framed boxes and along named axes: operands that lack some axes of the
//! result.
//!
//! Handles frames, cells and axes; the loops are in [`super::broadcast`] and [`super::dyad`].

use smallvec::{SmallVec, smallvec};

use super::ScalarDyad;
use super::broadcast::{self, Plain};
use super::dyad::Operand;
use super::pervade;
use super::sink::{self, Block, Sink};
use crate::array::pending::{self, Dims, Groups};
use crate::array::{Arr, Array, Framed, Memory, Pending, Shape, Type, Value, convert, rearrange, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells};

/// Fewer results than this are written at once rather than left pending.
const FEW: usize = 256;

/// An operand of a broadcast result: its elements, and which of its axes each axis of the result is, if any.
struct Spread {
    flat: Value,
    axes: Axes,
}

type Axes = SmallVec<[Option<usize>; 8]>;

impl Spread {
    /// The step in the operand's ravel along every axis of the result.
    fn steps(&self) -> Dims {
        let strides = shape::strides(self.flat.shape());
        self.axes.iter().map(|axis| axis.map_or(0, |axis| strides[axis])).collect()
    }

    /// Whether the operand has all axes of the result, in order.
    fn is_whole(&self) -> bool {
        self.flat.rank() == self.axes.len() && self.axes.iter().enumerate().all(|(k, &axis)| axis == Some(k))
    }

    /// The operand's steps along the dimensions of every axis; those of a view may be several.
    fn dimensions(&self, dims: &[usize]) -> Vec<SmallVec<[(usize, usize); 2]>> {
        let view = match &self.flat {
            Value::Pending(pending) if pending.is_view() => Some(pending),
            _ => None,
        };
        let steps = self.steps();
        let along = |k: usize| match (view, self.axes[k]) {
            (Some(view), Some(axis)) => view.axis_steps(axis).collect(),
            _ => smallvec![(dims[k], steps[k])],
        };
        (0..dims.len()).map(along).collect()
    }
}

/// The cellwise form (see [`super::dyadic_cells`]).
pub fn dyadic_cells(
    context: &Context,
    op: ScalarDyad,
    frame: &[usize],
    left: &Cells,
    right: &Cells,
) -> Result<Option<Cells>> {
    let present = left.present.union(right.present);
    let (l, r) = (Parts::of(left), Parts::of(right));
    // Cells of one shape, or scalars against any; the same for what the boxes hold.
    let (Some(cell), Some(content)) = (common(&l.cell, &r.cell), common(&l.content, &r.content)) else {
        return Ok(None);
    };
    let framed = l.boxed || r.boxed;
    if framed && (l.boxed && r.boxed && l.content != r.content || l.is_nested() || r.is_nested()) {
        // Boxes that are made may hold anything: they have no flat array to go with the other's contents.
        return Ok(None);
    }
    let mut dims: Dims = present.iter().filter_map(|axis| frame.get(axis).copied()).collect();
    if dims.len() != present.len() {
        return Err(Fault::internal("cells along an axis that the frame does not have"));
    }
    let rank = dims.len() + cell.len();
    dims.extend_from_slice(&cell);
    dims.extend_from_slice(&content);
    let (l, r) = (l.spread(present, &cell, &content), r.spread(present, &cell, &content));
    let Some(value) = spread_out(context, op, &dims, l, r)? else { return Ok(None) };
    let value = if framed { Framed::new(value, rank)?.into() } else { value };
    Ok(Some(Cells { value, present }))
}

/// Cells taken apart: axes of the frame, of each cell, and of each cell's boxes where they are kept flat.
struct Parts {
    flat: Value,
    present: AxisSet,
    cell: Shape,
    content: Shape,
    boxed: bool,
}

impl Parts {
    fn of(cells: &Cells) -> Parts {
        let (flat, content, boxed) = match &cells.value {
            Value::Framed(framed) => (framed.flat().clone(), Shape::from_slice(framed.cell_shape()), true),
            other => (other.clone(), Shape::new(), false),
        };
        Parts { flat, present: cells.present, cell: Shape::from_slice(cells.cell_shape()), content, boxed }
    }

    fn is_nested(&self) -> bool {
        self.flat.kind() == Type::Nested
    }

    /// Along the axes of the result, which are those of `present`, of the cells, and of the boxes.
    fn spread(self, present: AxisSet, cell: &[usize], content: &[usize]) -> Spread {
        let mut own = 0..self.flat.rank();
        let mut axes = Axes::new();
        for axis in present.iter() {
            axes.push(if self.present.has(axis) { own.next() } else { None });
        }
        for (mine, theirs) in [(&self.cell, cell), (&self.content, content)] {
            if mine.is_empty() {
                axes.extend(theirs.iter().map(|_| None));
            } else {
                axes.extend(own.by_ref().take(mine.len()).map(Some));
            }
        }
        Spread { flat: self.flat, axes }
    }
}

/// The shape that two cells have together, if they are of one shape or one is a scalar.
fn common(left: &Shape, right: &Shape) -> Option<Shape> {
    if left == right || right.is_empty() {
        Some(left.clone())
    } else if left.is_empty() {
        Some(right.clone())
    } else {
        None
    }
}

/// A scalar function of framed boxes: all of their elements at once, or box by box.
pub fn dyadic(context: &Context, op: ScalarDyad, left: Value, right: Value) -> Result<Value> {
    match framed(context, op, &left, &right)? {
        Some(result) => Ok(result),
        None => pervade::dyadic(context, op, left, right),
    }
}

/// A scalar function of framed boxes and something that goes with their flat array; `None` where nothing does.
fn framed(context: &Context, op: ScalarDyad, left: &Value, right: &Value) -> Result<Option<Value>> {
    let (frame, content) = match (left, right) {
        (Value::Framed(framed), _) | (_, Value::Framed(framed)) => {
            (Shape::from_slice(framed.shape()), Shape::from_slice(framed.cell_shape()))
        }
        _ => return Ok(None),
    };
    let dims = Dims::from_slice(&shape::join(&frame, &content));
    let (Some(l), Some(r)) = (beside(left, &frame, &content), beside(right, &frame, &content)) else {
        return Ok(None);
    };
    match spread_out(context, op, &dims, l, r)? {
        Some(value) => Ok(Some(Framed::new(value, frame.len())?.into())),
        None => Ok(None),
    }
}

/// An argument beside framed boxes: framed the same, a simple scalar, simple elements one a box, or one box for all.
fn beside(value: &Value, frame: &[usize], content: &[usize]) -> Option<Spread> {
    let none = |n: usize| std::iter::repeat_n(None, n);
    match value {
        Value::Framed(framed) => (framed.shape() == frame && framed.cell_shape() == content)
            .then(|| Spread { flat: framed.flat().clone(), axes: (0..framed.flat().rank()).map(Some).collect() }),
        Value::Array(Array::Nested(arr)) => match arr.as_slice() {
            [item] if arr.rank() == 0 && item.shape() == content && item.kind() != Type::Nested => {
                let axes = none(frame.len()).chain((0..content.len()).map(Some)).collect();
                Some(Spread { flat: item.clone(), axes })
            }
            _ => None,
        },
        other if other.rank() == 0 => {
            Some(Spread { flat: other.clone(), axes: none(frame.len() + content.len()).collect() })
        }
        other if other.shape() == frame => {
            let axes = (0..frame.len()).map(Some).chain(none(content.len())).collect();
            Some(Spread { flat: other.clone(), axes })
        }
        _ => None,
    }
}

/// `left f[axis] right` (Dyalog "Axis with scalar dyadic functions"): the argument of lower rank, the left one of two
/// of equal rank, has the named axes of the other, in the order in which they are named.
pub fn dyadic_axis(context: &Context, op: ScalarDyad, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let memory = context.memory();
    let left_is_low = left.rank() <= right.rank();
    let (low, high) = if left_is_low { (&left, &right) } else { (&right, &left) };
    let axes = convert::int_vec(memory, axis)?;
    if low.rank() == 0 {
        // A scalar is extended to any shape; the axes must exist all the same.
        named(&axes, context.io(), high.rank())?;
        return pervade::dyadic(context, op, left, right);
    }
    if axes.len() != low.rank() {
        return Err(Fault::rank().with_detail(format!(
            "{} axes are named for an argument of rank {}",
            axes.len(),
            low.rank()
        )));
    }
    let axes = named(&axes, context.io(), high.rank())?;
    let dims = Dims::from_slice(high.shape());
    for (k, &axis) in axes.iter().enumerate() {
        if low.shape()[k] != dims[axis] {
            let (low, high) = (low.shape(), high.shape());
            let shapes = if left_is_low { (low, high) } else { (high, low) };
            let position = axis as i64 + context.io();
            return Err(Fault::length().because("Mismatched left and right argument shapes").with_detail(format!(
                "left is {}, right is {}: lengths {} and {} along axis {position}",
                crate::error::shape_text(shapes.0),
                crate::error::shape_text(shapes.1),
                low[k],
                dims[axis]
            )));
        }
    }
    let strides = shape::strides(low.shape());
    let mut steps: Dims = dims.iter().map(|_| 0).collect();
    for (&axis, &stride) in axes.iter().zip(&strides) {
        steps[axis] = stride;
    }
    let high_steps = Dims::from_slice(&shape::strides(high.shape()));
    let (left_steps, right_steps) = if left_is_low { (steps, high_steps) } else { (high_steps, steps) };
    let (left, right) = (left.array(memory)?, right.array(memory)?);
    spread_now(context, op, &dims, (&left, &left_steps), (&right, &right_steps))
}

/// Named axes as positions. INDEX ERROR for one that is not there, DOMAIN ERROR for one named twice.
fn named(axes: &[i64], origin: i64, rank: usize) -> Result<Dims> {
    let mut positions = Dims::new();
    for &axis in axes {
        let position = axis.checked_sub(origin).and_then(|k| usize::try_from(k).ok()).filter(|&k| k < rank);
        let Some(position) = position else {
            return Err(Fault::index().with_detail(format!("there is no axis {axis} in an array of rank {rank}")));
        };
        if positions.contains(&position) {
            return Err(Fault::domain().with_detail(format!("axis {axis} is named twice")));
        }
        positions.push(position);
    }
    Ok(positions)
}

/// `left op right` for every index of `dims`: pending where that may pay. `None` for an empty result of boxes.
fn spread_out(context: &Context, op: ScalarDyad, dims: &[usize], left: Spread, right: Spread) -> Result<Option<Value>> {
    let memory = context.memory();
    let count = shape::count(dims)?;
    let kinds = (left.flat.kind(), right.flat.kind());
    let boxed = kinds.0 == Type::Nested || kinds.1 == Type::Nested;
    if count == 0 && boxed {
        return Ok(None);
    }
    let is_one = |spread: &Spread| spread.flat.rank() == 0 && !boxed;
    let (whole, one) = ((left.is_whole(), right.is_whole()), (is_one(&left), is_one(&right)));
    if (whole.0 || one.0) && (whole.1 || one.1) {
        return pervade::dyadic(context, op, left.flat, right.flat).map(Some);
    }
    let real = kinds.0 <= Type::Float && kinds.1 <= Type::Float;
    if count >= FEW
        && real
        && let Some(kernel) = Plain::of(op)
        && (op == ScalarDyad::Times || kinds.0 == Type::Float || kinds.1 == Type::Float)
    {
        return pending(memory, kernel, dims, left, right).map(|pending| Some(pending.into()));
    }
    let (x, y) = (left.steps(), right.steps());
    let (left, right) = (left.flat.array(memory)?, right.flat.array(memory)?);
    spread_now(context, op, dims, (&left, &x), (&right, &y)).map(Some)
}

/// `left f right` for every index of `dims`, to be written later. Views stay views where the two go together.
fn pending(
    memory: &Memory,
    kernel: &'static Plain,
    dims: &[usize],
    left: Spread,
    mut right: Spread,
) -> Result<Pending> {
    let x = left.dimensions(dims);
    let mut y = right.dimensions(dims);
    let together = |x: &[(usize, usize)], y: &[(usize, usize)]| {
        x.len() == 1 || y.len() == 1 || x.iter().map(|dim| dim.0).eq(y.iter().map(|dim| dim.0))
    };
    if !x.iter().zip(&y).all(|(x, y)| together(x, y)) {
        right.flat = right.flat.settled(memory)?;
        y = right.dimensions(dims);
    }
    let (mut all, mut groups) = (Dims::new(), Groups::new());
    let (mut left_steps, mut right_steps) = (Dims::new(), Dims::new());
    for (x, y) in x.iter().zip(&y) {
        let finer = if x.len() >= y.len() { x } else { y };
        all.extend(finer.iter().map(|dim| dim.0));
        groups.push(finer.len() as u8);
        for (dimensions, steps) in [(x, &mut left_steps), (y, &mut right_steps)] {
            if dimensions.len() == finer.len() {
                steps.extend(dimensions.iter().map(|dim| dim.1));
                continue;
            }
            // One step along the whole axis, where the other operand has several dimensions.
            let step = dimensions.first().map_or(0, |dim| dim.1);
            let behind = |k: usize| finer[k + 1..].iter().map(|dim| dim.0).product::<usize>();
            steps.extend((0..finer.len()).map(|k| step * behind(k)));
        }
    }
    let operand = |spread: Spread, steps: Dims| -> Result<pending::Operand> {
        match &spread.flat {
            Value::Pending(view) if view.is_view() => Ok(pending::Operand { steps, ..view.left().clone() }),
            other => Ok(pending::Operand { data: convert::float_arr(memory, &other.array(memory)?)?, start: 0, steps }),
        }
    };
    Pending::grouped(kernel, &all, &groups, operand(left, left_steps)?, operand(right, right_steps)?)
}

/// `left op right` for every index of `dims`, written.
fn spread_now(
    context: &Context,
    op: ScalarDyad,
    dims: &[usize],
    (left, left_steps): (&Array, &[usize]),
    (right, right_steps): (&Array, &[usize]),
) -> Result<Value> {
    let memory = context.memory();
    let count = shape::count(dims)?;
    let (Some(wl), Some(wr)) = (sink::width(left), sink::width(right)) else {
        return spread_boxes(context, op, dims, (left, left_steps), (right, right_steps));
    };
    let mut sink = Sink::new(context, op, wl, wr, count)?;
    let (mut done, mut polled) = (0, 0);
    let mut push = |l: Block<'_>, r: Block<'_>| -> Result<()> {
        sink.push(l, r)?;
        done += l.len().or(r.len()).unwrap_or(1);
        if done - polled >= CHUNK {
            polled = done;
            context.poll()?;
        }
        Ok(())
    };
    // One loop a pair of equal types; others are rare and made equal first.
    match (left, right) {
        (Array::Bool(l), Array::Bool(r)) => {
            broadcast::stretches(dims, (l.as_slice(), left_steps), (r.as_slice(), right_steps), &mut |l, r| {
                push(Block::Bool(l), Block::Bool(r))
            })?
        }
        (Array::Bool(_) | Array::Int(_), Array::Bool(_) | Array::Int(_)) => {
            let (l, r) = (int_arr(memory, left)?, int_arr(memory, right)?);
            broadcast::stretches(dims, (l.as_slice(), left_steps), (r.as_slice(), right_steps), &mut |l, r| {
                push(Block::Int(l), Block::Int(r))
            })?;
        }
        (Array::Complex(_), _) | (_, Array::Complex(_)) => {
            let (l, r) = (complex_arr(memory, left)?, complex_arr(memory, right)?);
            broadcast::stretches(dims, (l.as_slice(), left_steps), (r.as_slice(), right_steps), &mut |l, r| {
                push(Block::Complex(l), Block::Complex(r))
            })?;
        }
        _ => {
            let (l, r) = (convert::float_arr(memory, left)?, convert::float_arr(memory, right)?);
            broadcast::stretches(dims, (l.as_slice(), left_steps), (r.as_slice(), right_steps), &mut |l, r| {
                push(Block::Float(l), Block::Float(r))
            })?;
        }
    }
    sink.out.finish(memory, dims)
}

fn int_arr(memory: &Memory, array: &Array) -> Result<Arr<i32>> {
    match array {
        Array::Int(arr) => Ok(arr.clone()),
        Array::Bool(arr) => {
            let mut data = memory.vec(arr.len())?;
            data.extend(arr.as_slice().iter().map(|&b| i32::from(b)));
            Arr::new(memory, arr.shape(), data)
        }
        _ => Err(Fault::internal("whole numbers expected")),
    }
}

fn complex_arr(memory: &Memory, array: &Array) -> Result<Arr<crate::array::Complex>> {
    if let Array::Complex(arr) = array {
        return Ok(arr.clone());
    }
    let reals = convert::floats(memory, array)?;
    let mut data = memory.vec(reals.len())?;
    data.extend(reals.iter().map(|&x| crate::array::Complex::from(x)));
    Arr::new(memory, array.shape(), data)
}

/// Characters and boxes: both arguments repeated in full.
fn spread_boxes(
    context: &Context,
    op: ScalarDyad,
    dims: &[usize],
    left: (&Array, &[usize]),
    right: (&Array, &[usize]),
) -> Result<Value> {
    let memory = context.memory();
    let full = |(array, steps): (&Array, &[usize])| -> Result<Operand> {
        let steps: Vec<isize> = steps.iter().map(|&step| step as isize).collect();
        let array = each_type!(array, arr => {
            Arr::new(memory, dims, rearrange::gather(memory, arr.as_slice(), 0, dims, &steps)?)?.into()
        });
        Ok(Operand { array, one: false })
    };
    pervade::arrays(context, op, full(left)?, full(right)?, dims)
}
