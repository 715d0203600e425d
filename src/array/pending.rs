//! Pending results: a dyadic scalar function of two broadcast operands that has not been written (computed into memory)
//! yet; or a view, that is, the elements of one array in another arrangement, for example windows, not copied yet.
//!
//! The result is described by loop dimensions, each with a step in the ravel of either operand (0 if that operand is
//! broadcast). Permuting, merging and splitting axes only changes the description. Writing the result is one pass in its
//! final order of axes; a sum over it can often be computed without writing it.

use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;

use super::arr::Arr;
use super::memory::Memory;
use super::rearrange;
use super::shape::{self, Shape};
use crate::bounds::CHUNK;
use crate::error::{Fault, Result};

/// A list with an entry for each loop dimension.
pub type Dims = SmallVec<[usize; 8]>;

/// How many consecutive dimensions make up each axis.
pub type Groups = SmallVec<[u8; 8]>;

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

    /// Whether the function only gives back its left argument.
    fn is_left(&self) -> bool {
        false
    }
}

/// The function of a view: its left argument.
#[derive(Debug)]
struct Left;

impl PairKernel for Left {
    fn write(
        &self,
        dims: &[usize],
        left: (&[f64], &[usize]),
        _right: (&[f64], &[usize]),
        out: &mut Vec<f64>,
    ) -> Result<()> {
        let steps: SmallVec<[isize; 8]> = left.1.iter().map(|&step| step as isize).collect();
        rearrange::append(left.0, 0, dims, &steps, out);
        Ok(())
    }

    fn is_left(&self) -> bool {
        true
    }
}

/// One operand: its ravel, where it begins in it and the step along every loop dimension.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The elements.
    pub data: Arr<f64>,
    /// The position of the first one.
    pub start: usize,
    /// Positions to move in the ravel for one step along each dimension; 0 where broadcast.
    pub steps: Dims,
}

impl Operand {
    /// The elements from the first one on.
    pub fn elements(&self) -> &[f64] {
        self.data.as_slice().get(self.start..).unwrap_or(&[])
    }
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
    groups: Groups,
    shape: Shape,
    /// Where each cell lies in a larger one of zeros, which `shape` then ends with.
    placement: Option<Arc<Placement>>,
    /// The result, once it has been written for several who share this.
    written: OnceLock<Arr<f64>>,
}

/// Cells in larger ones.
#[derive(Debug)]
struct Placement {
    /// The axes of a cell.
    cell: usize,
    /// For each cell, the ravel position of its first element in the larger one.
    offsets: Vec<usize>,
}

impl Pending {
    /// A pending result with one axis a dimension. LIMIT ERROR and WS FULL as for any array.
    pub fn new(kernel: &'static dyn PairKernel, dims: &[usize], left: Operand, right: Operand) -> Result<Pending> {
        shape::count(dims)?;
        Pending::grouped(kernel, dims, &Groups::from_elem(1, dims.len()), left, right)
    }

    /// A pending result whose axes are made up of `groups` consecutive dimensions each.
    pub fn grouped(
        kernel: &'static dyn PairKernel,
        dims: &[usize],
        groups: &[u8],
        left: Operand,
        right: Operand,
    ) -> Result<Pending> {
        let together = groups.iter().map(|&n| usize::from(n)).sum::<usize>();
        if left.steps.len() != dims.len() || right.steps.len() != dims.len() || together != dims.len() {
            return Err(Fault::internal("a pending result's operands and dimensions differ"));
        }
        let mut rest = dims;
        let mut shape = Shape::new();
        for &n in groups {
            let (own, others) = rest.split_at(usize::from(n));
            shape.push(shape::count(own)?);
            rest = others;
        }
        shape::count(&shape)?;
        Ok(Pending {
            kernel,
            left,
            right,
            dims: Dims::from_slice(dims),
            groups: Groups::from_slice(groups),
            shape,
            placement: None,
            written: OnceLock::new(),
        })
    }

    /// The elements of `data` at `start + Σ index × step` for every index of `dims`, one axis a dimension.
    pub fn view(memory: &Memory, data: Arr<f64>, start: usize, dims: &[usize], steps: &[usize]) -> Result<Pending> {
        let nothing =
            Operand { data: Arr::new(memory, &[], vec![0.0])?, start: 0, steps: Dims::from_elem(0, dims.len()) };
        Pending::new(&Left, dims, Operand { data, start, steps: Dims::from_slice(steps) }, nothing)
    }

    /// Whether it is a view, so that nothing has to be computed.
    pub fn is_view(&self) -> bool {
        self.kernel.is_left() && self.placement.is_none()
    }

    /// Each cell, the trailing axes, within zeros of shape `lengths`, its first element at the ravel position that
    /// `offsets` has for it.
    pub fn placed(mut self, lengths: &[usize], offsets: Vec<usize>) -> Result<Pending> {
        let frame = self.shape.len().checked_sub(lengths.len());
        let fits = frame.is_some_and(|frame| shape::product(&self.shape[..frame]) == offsets.len());
        let (Some(frame), None, true) = (frame, &self.placement, fits) else {
            return Err(Fault::internal("cells placed beside their frame"));
        };
        self.shape.truncate(frame);
        self.shape.extend_from_slice(lengths);
        shape::count(&self.shape)?;
        self.placement = Some(Arc::new(Placement { cell: lengths.len(), offsets }));
        self.written = OnceLock::new();
        Ok(self)
    }

    /// Whether cells lie within larger ones.
    pub fn is_placed(&self) -> bool {
        self.placement.is_some()
    }

    /// The sum over the last axis before the cells, where the cells are placed in larger ones: only the elements of the
    /// cells are added, not the zeros around them.
    /// `None` for any other axis, and where nothing is placed. Sums may be beyond the largest number.
    pub fn placed_sum(&self, memory: &Memory, axis: usize) -> Result<Option<Vec<f64>>> {
        let Some(placement) = &self.placement else { return Ok(None) };
        let frame = self.shape.len() - placement.cell;
        if axis + 1 != frame || self.shape[axis] == 0 {
            return Ok(None);
        }
        let size = shape::product(&self.shape[frame..]);
        let mut out = memory.filled(shape::product(&self.shape[..axis]) * size, 0.0)?;
        let (cells, rows, width) = self.cells(memory, placement)?;
        let many = self.shape[axis];
        for (at, (cell, &offset)) in
            cells.as_slice().chunks_exact((rows.len() * width).max(1)).zip(&placement.offsets).enumerate().rev()
        {
            let target = out.get_mut(at / many * size + offset..).unwrap_or_default();
            for (from, &row) in cell.chunks_exact(width).zip(&rows) {
                if let Some(to) = target.get_mut(row..row + width) {
                    to.iter_mut().zip(from).for_each(|(sum, x)| *sum += x);
                }
            }
        }
        Ok(Some(out))
    }

    /// The cells by themselves, where their rows belong behind their first element, and how long a row is. None of
    /// them is empty.
    fn cells(&self, memory: &Memory, placement: &Placement) -> Result<(Arr<f64>, Vec<usize>, usize)> {
        let mut at = 0;
        let mut own = Shape::new();
        for &n in &self.groups {
            let next = at + usize::from(n);
            own.push(shape::product(&self.dims[at..next]));
            at = next;
        }
        let frame = own.len() - placement.cell;
        let larger = shape::strides(&self.shape[self.shape.len() - placement.cell..]);
        let (width, outer) = own[frame..].split_last().map_or((1, &[][..]), |(&n, outer)| (n, outer));
        let mut rows = vec![0];
        for (&n, &step) in outer.iter().zip(&larger) {
            rows = rows.iter().flat_map(|row| (0..n).map(move |k| row + k * step)).collect();
        }
        let mut cells = memory.vec(shape::product(&self.dims))?;
        self.write(memory, &mut cells)?;
        Ok((Arr::new(memory, &[cells.len()], cells)?, rows, width))
    }

    /// Appends the elements in order.
    fn write(&self, memory: &Memory, out: &mut Vec<f64>) -> Result<()> {
        let left = (self.left.elements(), &self.left.steps[..]);
        let right = (self.right.elements(), &self.right.steps[..]);
        self.write_pieces(memory, &self.dims, left, right, out)
    }

    /// Divides along the outermost dimensions, so that it polls between pieces.
    fn write_pieces(
        &self,
        memory: &Memory,
        dims: &[usize],
        left: (&[f64], &[usize]),
        right: (&[f64], &[usize]),
        out: &mut Vec<f64>,
    ) -> Result<()> {
        memory.poll()?;
        let (Some((&length, inner)), true) = (dims.split_first(), shape::product(dims) > CHUNK) else {
            return self.kernel.write(dims, left, right, out);
        };
        let from = |operand: (&'_ [f64], &[usize]), at: usize| at * operand.1[0];
        let size = shape::product(inner);
        let step = (CHUNK / size).max(1);
        for at in (0..length).step_by(step) {
            let (x, y) = (left.0.get(from(left, at)..), right.0.get(from(right, at)..));
            let (x, y) = (x.unwrap_or(&[]), y.unwrap_or(&[]));
            if size > CHUNK {
                self.write_pieces(memory, inner, (x, &left.1[1..]), (y, &right.1[1..]), out)?;
                continue;
            }
            memory.poll()?;
            let mut piece = Dims::from_slice(dims);
            piece[0] = step.min(length - at);
            self.kernel.write(&piece, (x, left.1), (y, right.1), out)?;
        }
        Ok(())
    }

    /// The part of a view that has `lengths` elements from `offsets` on along its axes; `None` where an axis made up of
    /// several dimensions would have to be cut, or the part does not lie within.
    pub fn part(&self, offsets: &[usize], lengths: &[usize]) -> Option<Pending> {
        if !self.is_view() {
            return None;
        }
        let mut part = Pending { written: OnceLock::new(), ..self.clone() };
        for (axis, (&offset, &length)) in offsets.iter().zip(lengths).enumerate() {
            if offset == 0 && length == self.shape[axis] {
                continue;
            }
            if self.groups[axis] != 1 || offset.checked_add(length)? > self.shape[axis] {
                return None;
            }
            let dim = self.axis_dims(axis).start;
            part.left.start += offset * self.left.steps[dim];
            part.dims[dim] = length;
            part.shape[axis] = length;
        }
        Some(part)
    }

    /// The loop dimensions of an axis, as (length, step in the left operand).
    pub fn axis_steps(&self, axis: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.axis_dims(axis).map(|dim| (self.dims[dim], self.left.steps[dim]))
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

    /// The array itself, where a view shows all its elements in their order and under its shape.
    pub fn whole(&self) -> Option<&Arr<f64>> {
        let data = &self.left.data;
        let plain = self.is_view()
            && self.left.start == 0
            && data.shape() == &self.shape[..]
            && self.left.steps[..] == shape::strides(&self.dims)[..];
        plain.then_some(data)
    }

    /// The axes in another order: axis `k` of the result is axis `order[k]` of this. `None` where cells are placed.
    pub fn transpose(&self, order: &[usize]) -> Option<Pending> {
        if self.placement.is_some() {
            return None;
        }
        let dims: SmallVec<[usize; 8]> = order.iter().flat_map(|&axis| self.axis_dims(axis)).collect();
        let pick = |from: &Dims| dims.iter().map(|&d| from[d]).collect::<Dims>();
        Some(Pending {
            kernel: self.kernel,
            left: Operand { steps: pick(&self.left.steps), ..self.left.clone() },
            right: Operand { steps: pick(&self.right.steps), ..self.right.clone() },
            dims: pick(&self.dims),
            groups: order.iter().map(|&axis| self.groups[axis]).collect(),
            shape: order.iter().map(|&axis| self.shape[axis]).collect(),
            placement: None,
            written: OnceLock::new(),
        })
    }

    /// The same with axis `axis` and the one behind it made one. `None` for axes of cells that are placed.
    pub fn merge(mut self, axis: usize) -> Option<Pending> {
        if self.placement.as_ref().is_some_and(|placement| axis + 1 + placement.cell >= self.shape.len()) {
            return None;
        }
        let behind = self.groups.remove(axis + 1);
        self.groups[axis] += behind;
        let length = self.shape.remove(axis + 1);
        self.shape[axis] *= length;
        self.written = OnceLock::new();
        Some(self)
    }

    /// The result, written and stored for later calls.
    pub fn shared(&self, memory: &Memory) -> Result<Arr<f64>> {
        if let Some(written) = self.written.get() {
            return Ok(written.clone());
        }
        let written = self.force(memory)?;
        Ok(self.written.get_or_init(|| written).clone())
    }

    /// The result, written.
    pub fn force(&self, memory: &Memory) -> Result<Arr<f64>> {
        if let Some(written) = self.written.get() {
            return Ok(written.clone());
        }
        let count = shape::count(&self.shape)?;
        let Some(placement) = &self.placement else {
            let mut out = memory.vec(count)?;
            self.write(memory, &mut out)?;
            return Arr::new(memory, &self.shape, out);
        };
        let mut out = memory.filled(count, 0.0)?;
        let (cells, rows, width) = self.cells(memory, placement)?;
        let size = shape::product(&self.shape[self.shape.len() - placement.cell..]);
        let targets = out.chunks_exact_mut(size.max(1));
        for ((cell, &offset), target) in
            cells.as_slice().chunks_exact((rows.len() * width).max(1)).zip(&placement.offsets).zip(targets)
        {
            for (from, &row) in cell.chunks_exact(width).zip(&rows) {
                if let Some(to) = target.get_mut(offset + row..offset + row + width) {
                    to.copy_from_slice(from);
                }
            }
        }
        Arr::new(memory, &self.shape, out)
    }
}
