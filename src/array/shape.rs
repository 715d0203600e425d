//! Shapes: axis lengths, their checked product, strides of the ravel. Independent of elements.

use smallvec::SmallVec;

use crate::error::{Fault, Result};

/// The lengths of an array's axes, outermost first. Four or fewer need no allocation.
pub type Shape = SmallVec<[usize; 4]>;

/// The greatest rank of an array, as in Dyalog.
pub const MAX_RANK: usize = 15;

/// The number of elements of a shape. LIMIT ERROR beyond rank 15 or where the count exceeds what 63 bits hold,
/// even when another axis is empty.
pub fn count(shape: &[usize]) -> Result<usize> {
    if shape.len() > MAX_RANK {
        return Err(Fault::limit().because("Rank of resultant array would exceed maximum permitted"));
    }
    let mut nonempty: u128 = 1;
    for &n in shape {
        nonempty = nonempty.saturating_mul(n.max(1) as u128);
    }
    if nonempty > i64::MAX as u128 {
        return Err(Fault::ws_full());
    }
    Ok(product(shape))
}

/// The number of elements of a shape that has been checked by [`count`].
pub fn product(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// Steps in the ravel from one index to the next, along each axis.
pub fn strides(shape: &[usize]) -> Shape {
    let mut steps: Shape = SmallVec::from_elem(1, shape.len());
    for k in (1..shape.len()).rev() {
        steps[k - 1] = steps[k] * shape[k];
    }
    steps
}

/// The shape without one axis.
pub fn without(shape: &[usize], axis: usize) -> Shape {
    let mut rest = Shape::from_slice(shape);
    rest.remove(axis);
    rest
}

/// Two shapes one after the other.
pub fn join(frame: &[usize], cell: &[usize]) -> Shape {
    let mut shape = Shape::from_slice(frame);
    shape.extend_from_slice(cell);
    shape
}

/// For an axis: the product of the lengths before it, its length, and the product of the lengths behind it. These are the
/// bounds of the three loops of a kernel that works along the axis.
pub fn around(shape: &[usize], axis: usize) -> (usize, usize, usize) {
    (product(&shape[..axis]), shape[axis], product(&shape[axis + 1..]))
}
