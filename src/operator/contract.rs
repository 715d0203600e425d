//! Sums over pending products: `+/` along an axis of a product of broadcast operands, without computing the product.
//!
//! Each dimension of the result belongs to the left operand, the right one, or both; the other dimensions are summed over.
//! So the sum is a matrix product for each index of the dimensions that belong to both (a batch). If the axes of the two
//! operands alternate in the result, it is computed in blocks small enough to be reordered while they are in cache.

use super::matmul::{Matrix, append_product, dot, finite};
use crate::array::pending::{Dims, Operand};
use crate::array::{Arr, Pending, rearrange, shape};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result};
use crate::observe::trace::Remark;
use crate::primitive::scalar::fold::FEW;

/// Elements of a block that is put in order while it is in cache.
const BLOCK: usize = 1 << 14;

/// A loop dimension: its length and the steps in both operands.
#[derive(Clone, Copy, Debug)]
struct Dim {
    n: usize,
    left: usize,
    right: usize,
}

/// The operand, or both, that a dimension of the result belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Left,
    Right,
    Both,
}

impl Dim {
    fn side(&self) -> Option<Side> {
        match (self.left > 0, self.right > 0) {
            (true, true) => Some(Side::Both),
            (true, false) => Some(Side::Left),
            (false, true) => Some(Side::Right),
            (false, false) => None,
        }
    }
}

/// `+/[axis]` of a pending product. `None` where it is not a product, or nothing is gained: callers write it out.
pub fn sum(context: &Context, pending: &Pending, axis: usize) -> Result<Option<Arr<f64>>> {
    if pending.is_placed() {
        let Some(sums) = pending.placed_sum(context.memory(), axis)? else { return Ok(None) };
        finite(&sums)?;
        return Ok(Some(Arr::new(context.memory(), &shape::without(pending.shape(), axis), sums)?));
    }
    let summed = pending.axis_dims(axis);
    let dims: Vec<(usize, Dim)> = pending
        .dims()
        .iter()
        .zip(pending.left().steps.iter().zip(&pending.right().steps))
        .map(|(&n, (&left, &right))| Dim { n, left, right })
        .enumerate()
        .filter(|(_, dim)| dim.n != 1)
        .collect();
    let kept: Vec<Dim> = dims.iter().filter(|(at, _)| !summed.contains(at)).map(|&(_, dim)| dim).collect();
    let inner: Vec<Dim> = dims.iter().filter(|(at, _)| summed.contains(at)).map(|&(_, dim)| dim).collect();
    let known = dims.iter().all(|(_, dim)| dim.n > 0) && kept.iter().all(|dim| dim.side().is_some());
    if !pending.kernel().is_times() || !known {
        return Ok(None);
    }
    let result = shape::without(pending.shape(), axis);
    let mut out = context.memory().vec(shape::count(&result)?)?;
    Contraction::new(context, pending.left(), pending.right(), kept, inner)?.append(context, &mut out)?;
    context.tracer.remark(|| Remark::Product);
    Ok(Some(Arr::new(context.memory(), &result, out)?))
}

/// Operands whose rows, columns and depth each have one step, and the result's dimensions in order.
struct Contraction {
    kept: Vec<Dim>,
    left: Operand,
    right: Operand,
    depth: Dim,
}

impl Contraction {
    fn new(
        context: &Context,
        left: &Operand,
        right: &Operand,
        mut kept: Vec<Dim>,
        inner: Vec<Dim>,
    ) -> Result<Contraction> {
        let length = inner.iter().map(|dim| dim.n).product();
        let (left, left_step) = packed(context, left, &mut kept, Side::Left, &inner)?;
        let (right, right_step) = packed(context, right, &mut kept, Side::Right, &inner)?;
        Ok(Contraction { kept, left, right, depth: Dim { n: length, left: left_step, right: right_step } })
    }

    fn append(&self, context: &Context, out: &mut Vec<f64>) -> Result<()> {
        let batches = self.kept.iter().rposition(|dim| dim.side() == Some(Side::Both)).map_or(0, |at| at + 1);
        let (outer, rest) = self.kept.split_at(batches);
        if rest.is_empty() {
            return self.elementwise(context, out);
        }
        let side = |dim: &Dim| dim.side();
        if rest.is_sorted_by_key(|dim| side(dim) == Some(Side::Right))
            || rest.is_sorted_by_key(|dim| side(dim) == Some(Side::Left))
        {
            // Rows of one operand, then columns of the other: each batch's product is in order already.
            return each_offset(outer, |left, right| self.block(context, rest, left, right, out));
        }
        // The longest run of trailing dimensions that fits a block, and part of the dimension before it.
        let mut size = 1;
        let mut cut = self.kept.len();
        while cut > batches && size * self.kept[cut - 1].n <= BLOCK {
            cut -= 1;
            size *= self.kept[cut].n;
        }
        let piece = if cut > batches { (BLOCK / size).min(self.kept[cut - 1].n) } else { 1 };
        let mut block = self.kept[cut..].to_vec();
        let mut outer = self.kept[..cut].to_vec();
        let split = (piece > 1).then(|| outer.pop()).flatten();
        if let Some(dim) = split {
            block.insert(0, Dim { n: piece, ..dim });
        }
        each_offset(&outer, |left, right| {
            let Some(dim) = split else { return self.block(context, &block, left, right, out) };
            for start in (0..dim.n).step_by(piece) {
                block[0].n = piece.min(dim.n - start);
                self.block(context, &block, left + start * dim.left, right + start * dim.right, out)?;
            }
            Ok(())
        })
    }

    /// The result over `dims`, which are the left's or the right's, for operands that start at these positions.
    fn block(&self, context: &Context, dims: &[Dim], left: usize, right: usize, out: &mut Vec<f64>) -> Result<()> {
        let lengths = |side| dims.iter().filter(move |dim| dim.side() == Some(side));
        let m: usize = lengths(Side::Left).map(|dim| dim.n).product();
        let n: usize = lengths(Side::Right).map(|dim| dim.n).product();
        let rows = lengths(Side::Left).next_back().map_or(0, |dim| dim.left);
        let columns = lengths(Side::Right).next_back().map_or(0, |dim| dim.right);
        let left = Matrix { data: self.left.elements(), start: left, row: rows, column: self.depth.left };
        let right = Matrix { data: self.right.elements(), start: right, row: self.depth.right, column: columns };
        let k = self.depth.n;
        if dims.is_sorted_by_key(|dim| dim.side() == Some(Side::Right)) {
            return append_product(context, (m, n, k), left, right, out);
        }
        if dims.is_sorted_by_key(|dim| dim.side() == Some(Side::Left)) {
            return append_product(context, (n, m, k), right.transposed(), left.transposed(), out);
        }
        let mut scratch = Vec::new();
        append_product(context, (m, n, k), left, right, &mut scratch)?;
        // Steps in the product: the left's dimensions are its rows, the right's its columns.
        let mut steps = vec![0; dims.len()];
        let (mut row, mut column) = (n, 1);
        for (step, dim) in steps.iter_mut().zip(dims).rev() {
            let next = if dim.side() == Some(Side::Left) { &mut row } else { &mut column };
            *step = *next as isize;
            *next *= dim.n;
        }
        let lengths: Vec<usize> = dims.iter().map(|dim| dim.n).collect();
        rearrange::append(&scratch, 0, &lengths, &steps, out);
        Ok(())
    }

    /// All dimensions belong to both operands, or the last of those that stay does: a dot product an element, or
    /// rows of products added up where that reads memory in order. Added from the right, but for long dot products.
    fn elementwise(&self, context: &Context, out: &mut Vec<f64>) -> Result<()> {
        let (left, right) = (self.left.elements(), self.right.elements());
        let Dim { n: k, left: left_step, right: right_step } = self.depth;
        let from = out.len();
        match self.kept.split_last() {
            Some((last, outer)) if last.left == 1 && last.right == 1 && (left_step != 1 || right_step != 1) => {
                each_offset(outer, |at_left, at_right| {
                    for start in (0..last.n).step_by(BLOCK) {
                        let length = BLOCK.min(last.n - start);
                        let row = out.len();
                        out.resize(row + length, 0.0);
                        for depth in (0..k).rev() {
                            if depth % 64 == 0 {
                                context.poll()?;
                            }
                            let xs = &left[at_left + start + depth * left_step..];
                            let ys = &right[at_right + start + depth * right_step..];
                            for ((sum, x), y) in out[row..].iter_mut().zip(xs).zip(ys) {
                                *sum += x * y;
                            }
                        }
                    }
                    Ok(())
                })?;
            }
            _ => {
                let mut due = CHUNK;
                each_offset(&self.kept, |at_left, at_right| {
                    due = due.saturating_sub(k);
                    if due == 0 {
                        context.poll()?;
                        due = CHUNK;
                    }
                    out.push(if k > FEW && left_step == 1 && right_step == 1 {
                        dot(&left[at_left..at_left + k], &right[at_right..at_right + k])
                    } else {
                        let pair = |at| left[at_left + at * left_step] * right[at_right + at * right_step];
                        (0..k).rev().map(pair).sum()
                    });
                    Ok(())
                })?;
            }
        }
        finite(&out[from..])
    }
}

/// The operand with rows (or columns) and depth of one step each: as it is, or packed in the order batch, rows, depth
/// (left) or batch, depth, columns (right). Replaces the operand's steps in `kept`, gives its step along the depth.
fn packed(
    context: &Context,
    operand: &Operand,
    kept: &mut [Dim],
    side: Side,
    inner: &[Dim],
) -> Result<(Operand, usize)> {
    let step = |dim: &Dim| if side == Side::Left { dim.left } else { dim.right };
    let depth: Vec<(usize, usize)> = inner.iter().map(|dim| (dim.n, step(dim))).collect();
    let free: Vec<(usize, usize)> =
        kept.iter().filter(|dim| dim.side() == Some(side)).map(|dim| (dim.n, step(dim))).collect();
    if one_step(&free)
        && let Some(along) = one_step(&depth).then(|| depth.last().map_or(0, |dim| dim.1))
    {
        return Ok((operand.clone(), along));
    }
    let batch: Vec<(usize, usize)> =
        kept.iter().filter(|dim| dim.side() == Some(Side::Both)).map(|dim| (dim.n, step(dim))).collect();
    let (second, third) = if side == Side::Left { (&free, &depth) } else { (&depth, &free) };
    let order: Vec<(usize, usize)> = batch.iter().chain(second).chain(third).copied().collect();
    let lengths: Vec<usize> = order.iter().map(|dim| dim.0).collect();
    let steps: Vec<isize> = order.iter().map(|dim| dim.1 as isize).collect();
    let count = lengths.iter().try_fold(1, |all: usize, &n| all.checked_mul(n)).ok_or_else(Fault::ws_full)?;
    let mut data = context.memory().vec(count)?;
    rearrange::append(operand.elements(), 0, &lengths, &steps, &mut data);
    let count_of = |dims: &[(usize, usize)]| dims.iter().map(|dim| dim.0).product::<usize>();
    let (mut batch_step, mut free_step, along) = if side == Side::Left {
        (count_of(&free) * count_of(&depth), count_of(&depth), 1)
    } else {
        (count_of(&free) * count_of(&depth), 1, count_of(&free))
    };
    for dim in kept.iter_mut().rev() {
        let next = match dim.side() {
            Some(Side::Both) => &mut batch_step,
            Some(own) if own == side => &mut free_step,
            _ => continue,
        };
        let slot = if side == Side::Left { &mut dim.left } else { &mut dim.right };
        *slot = *next;
        *next *= dim.n;
    }
    let data = Arr::new(context.memory(), &[count], data)?;
    Ok((Operand { data, start: 0, steps: Dims::new() }, along))
}

/// Whether one step leads through all indices of these dimensions, given as (length, step).
fn one_step(dims: &[(usize, usize)]) -> bool {
    dims.windows(2).all(|pair| pair[0].1 == pair[1].0 * pair[1].1)
}

/// Calls `visit` with the operands' positions for every index of `dims`, in order.
fn each_offset(dims: &[Dim], mut visit: impl FnMut(usize, usize) -> Result<()>) -> Result<()> {
    let mut index = vec![0; dims.len()];
    let (mut left, mut right) = (0, 0);
    loop {
        visit(left, right)?;
        let mut axis = dims.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            let dim = dims[axis];
            index[axis] += 1;
            left += dim.left;
            right += dim.right;
            if index[axis] < dim.n {
                break;
            }
            left -= dim.left * dim.n;
            right -= dim.right * dim.n;
            index[axis] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Memory;
    use crate::array::pending::PairKernel;
    use crate::operator::testing::context;

    #[derive(Debug)]
    struct Times;

    impl PairKernel for Times {
        fn write(
            &self,
            dims: &[usize],
            left: (&[f64], &[usize]),
            right: (&[f64], &[usize]),
            out: &mut Vec<f64>,
        ) -> Result<()> {
            let pairs: Vec<Dim> = dims
                .iter()
                .zip(left.1.iter().zip(right.1))
                .map(|(&n, (&left, &right))| Dim { n, left, right })
                .collect();
            each_offset(&pairs, |x, y| {
                out.push(left.0[x] * right.0[y]);
                Ok(())
            })
        }

        fn is_times(&self) -> bool {
            true
        }
    }

    fn operand(count: usize, steps: &[usize]) -> Operand {
        let data = (0..count).map(|at| ((at * 7919 + 5) % 23) as f64 - 11.0).collect();
        let data = Arr::new(&Memory::unlimited(), &[count], data).expect("fits");
        Operand { data, start: 0, steps: steps.iter().copied().collect() }
    }

    /// Checks the sum along every axis and every pair of merged axes against that of the written product, for this order.
    fn check(dims: &[usize], left: &[usize], right: &[usize], order: &[usize]) {
        let context = context();
        let reach = |steps: &[usize]| dims.iter().zip(steps).map(|(&n, &s)| (n - 1) * s).sum::<usize>() + 1;
        let memory = context.memory();
        let pending =
            Pending::new(&Times, dims, operand(reach(left), left), operand(reach(right), right)).expect("fits");
        let pending = pending.transpose(order).expect("a product");
        let mut variants = vec![pending.clone()];
        variants.extend((0..dims.len() - 1).map(|axis| pending.clone().merge(axis).expect("a product")));
        for pending in variants {
            let written = pending.force(memory).expect("finite");
            for axis in 0..pending.shape().len() {
                let Some(sums) = sum(&context, &pending, axis).expect("finite") else { continue };
                let (outer, length, inner) = shape::around(pending.shape(), axis);
                let expected: Vec<f64> = (0..outer * inner)
                    .map(|at| {
                        let (o, i) = (at / inner, at % inner);
                        (0..length).map(|k| written.as_slice()[(o * length + k) * inner + i]).sum()
                    })
                    .collect();
                assert_eq!(sums.as_slice(), expected, "{dims:?} {order:?} axis {axis} of {:?}", pending.shape());
            }
        }
    }

    #[test]
    fn sums_over_products_agree_with_the_written_product() {
        // A kernel oc ic p q against an image ic h w, as in a transposed convolution over channels.
        check(&[3, 4, 5, 6, 2, 2], &[16, 4, 0, 0, 2, 1], &[0, 30, 6, 1, 0, 0], &[0, 1, 2, 4, 3, 5]);
        check(&[3, 4, 5, 6, 2, 2], &[16, 4, 0, 0, 2, 1], &[0, 30, 6, 1, 0, 0], &[5, 3, 1, 0, 2, 4]);
        // Matrix product, batches of it, equal shapes.
        check(&[40, 50, 60], &[50, 1, 0], &[0, 60, 1], &[0, 1, 2]);
        check(&[40, 50, 60], &[50, 1, 0], &[0, 60, 1], &[2, 1, 0]);
        check(&[3, 4, 5, 6], &[20, 5, 1, 0], &[30, 0, 6, 1], &[1, 2, 0, 3]);
        check(&[7, 300], &[300, 1], &[300, 1], &[0, 1]);
        check(&[7, 300], &[300, 1], &[300, 1], &[1, 0]);
        check(&[9], &[1], &[1], &[0]);
        check(&[1, 9, 1], &[9, 1, 1], &[0, 1, 0], &[2, 1, 0]);
    }

    #[test]
    fn large_blocks_are_cut() {
        check(&[2, 3, 300, 200, 2], &[6, 2, 0, 0, 1], &[0, 60000, 200, 1, 0], &[0, 1, 2, 4, 3]);
    }
}
