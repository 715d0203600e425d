//! Pending products: a scalar dyadic function of two broadcast operands that has not been written yet.
//!
//! The operands stay as they are; the result is described by loop dimensions, each with a step in either operand's
//! ravel (0 where that operand is broadcast). Permuting and merging axes only rearranges the description. Writing it
//! down costs one pass over the result, in its final axis order; a sum over it never writes it at all.

use smallvec::SmallVec;

use super::arr::Arr;
use super::memory::Memory;
use super::shape::{self, Shape};
use crate::error::{Fault, Result};

/// A list with an entry a loop dimension.
pub type Dims = SmallVec<[usize; 8]>;

/// The scalar function of a pending product, given by the family of scalar functions.
pub trait PairKernel: Sync + Send + std::fmt::Debug {
    /// Writes `function(left, right)` for every index of `dims`, in order; `steps` are positions in the operands'
    /// ravels. DOMAIN ERROR where a result is not finite, and whatever the function itself raises.
    fn write(
        &self,
        dims: &[usize],
        left: (&[f64], &[usize]),
        right: (&[f64], &[usize]),
        out: &mut Vec<f64>,
    ) -> Result<()>;

    /// Whether the function is `×`, so that a sum over it is a matrix product.
    fn is_times(&self) -> bool {
        false
    }
}

/// One operand: its ravel and the step in it along every loop dimension.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The elements.
    pub data: Arr<f64>,
    /// Positions to move in the ravel for one step along each dimension; 0 where broadcast.
    pub steps: Dims,
}

/// See the module's header.
#[derive(Clone, Debug)]
pub struct Pending {
    kernel: &'static dyn PairKernel,
    left: Operand,
    right: Operand,
    /// Lengths of the loop dimensions, outermost first.
    dims: Dims,
    /// How many consecutive dimensions make up each axis.
    groups: SmallVec<[u8; 8]>,
    shape: Shape,
}

impl Pending {
    /// A pending result with one axis a dimension. LIMIT ERROR and WS FULL as for any array.
    pub fn new(
        memory: &Memory,
        kernel: &'static dyn PairKernel,
        dims: &[usize],
        left: Operand,
        right: Operand,
    ) -> Result<Pending> {
        shape::count(dims)?;
        let _ = memory;
        if left.steps.len() != dims.len() || right.steps.len() != dims.len() {
            return Err(Fault::internal("a pending product's operands and dimensions differ"));
        }
        Ok(Pending {
            kernel,
            left,
            right,
            dims: Dims::from_slice(dims),
            groups: SmallVec::from_elem(1, dims.len()),
            shape: Shape::from_slice(dims),
        })
    }

    /// The axis lengths.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The scalar function.
    pub fn kernel(&self) -> &'static dyn PairKernel {
        self.kernel
    }

    /// The left operand.
    pub fn left(&self) -> &Operand {
        &self.left
    }

    /// The right operand.
    pub fn right(&self) -> &Operand {
        &self.right
    }

    /// The lengths of the loop dimensions.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The loop dimensions that make up an axis.
    pub fn axis_dims(&self, axis: usize) -> std::ops::Range<usize> {
        let start: usize = self.groups[..axis].iter().map(|&n| usize::from(n)).sum();
        start..start + usize::from(self.groups[axis])
    }

    /// The axes in another order: axis `k` of the result is axis `order[k]` of this.
    pub fn transpose(&self, order: &[usize]) -> Pending {
        let dims: SmallVec<[usize; 8]> = order.iter().flat_map(|&axis| self.axis_dims(axis)).collect();
        let pick = |from: &Dims| dims.iter().map(|&d| from[d]).collect::<Dims>();
        Pending {
            kernel: self.kernel,
            left: Operand { data: self.left.data.clone(), steps: pick(&self.left.steps) },
            right: Operand { data: self.right.data.clone(), steps: pick(&self.right.steps) },
            dims: pick(&self.dims),
            groups: order.iter().map(|&axis| self.groups[axis]).collect(),
            shape: order.iter().map(|&axis| self.shape[axis]).collect(),
        }
    }

    /// The same with axis `axis` and the one behind it made one.
    pub fn merge(mut self, axis: usize) -> Pending {
        let behind = self.groups.remove(axis + 1);
        self.groups[axis] += behind;
        let length = self.shape.remove(axis + 1);
        self.shape[axis] *= length;
        self
    }

    /// The result, written.
    pub fn force(&self, memory: &Memory) -> Result<Arr<f64>> {
        let mut out = memory.vec(shape::count(&self.shape)?)?;
        self.kernel.write(
            &self.dims,
            (self.left.data.as_slice(), &self.left.steps),
            (self.right.data.as_slice(), &self.right.steps),
            &mut out,
        )?;
        Arr::new(memory, &self.shape, out)
    }
}
