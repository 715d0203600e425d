//! Inner products of two small functions, `∧.=`, `∨.∧`, `+.≠`, `⌊.+`, in one typed loop without a table of pairs.
//!
//! This is for scalar functions whose folds may be taken in any order and whose pairs need no tolerance and cannot fail;
//! for others the result is `None`, and the caller uses the kernels of scalar functions.

use super::assemble::narrow;
use super::matmul::Matrix;
use crate::array::{Arr, Array, Type, convert};
use crate::context::{CHUNK, Context};
use crate::error::Result;
use crate::primitive::scalar::ScalarDyad;

/// The functions and the lengths of an inner product.
#[derive(Clone, Copy)]
pub struct Inner<'a> {
    /// Where memory and polls come from.
    pub context: &'a Context,
    /// `f` of `f.g`.
    pub fold: ScalarDyad,
    /// `g` of `f.g`.
    pub pair: ScalarDyad,
    /// Rows of the left argument, columns of the right one, and their common length, which is not 0.
    pub lengths: (usize, usize, usize),
    /// Steps in the left argument: to the next row, to the next column.
    pub left: (usize, usize),
    /// Steps in the right argument.
    pub right: (usize, usize),
    /// The shape of the result.
    pub shape: &'a [usize],
}

impl Inner<'_> {
    /// The inner product; `None` where these functions and arguments have no loop of their own.
    pub fn product(self, left: &Array, right: &Array) -> Result<Option<Array>> {
        use ScalarDyad::{Maximum, Minimum};
        match (left, right) {
            (Array::Char(x), Array::Char(y)) if matches!(self.pair, ScalarDyad::Equal | ScalarDyad::NotEqual) => {
                self.compare(x.as_slice(), y.as_slice())
            }
            (Array::Bool(x), Array::Bool(y)) => {
                let (x, y) = (x.as_slice(), y.as_slice());
                match self.pair {
                    ScalarDyad::And => self.truths(x, y, |a, b| a & b),
                    ScalarDyad::Or => self.truths(x, y, |a, b| a | b),
                    ScalarDyad::Nand => self.truths(x, y, |a, b| !(a & b)),
                    ScalarDyad::Nor => self.truths(x, y, |a, b| !(a | b)),
                    _ if matches!(self.fold, Minimum | Maximum) => self.extreme(left, right),
                    _ => self.compare(x, y),
                }
            }
            _ if matches!(self.fold, Minimum | Maximum) => self.extreme(left, right),
            (Array::Bool(_) | Array::Int(_), Array::Bool(_) | Array::Int(_)) => {
                self.compare(&narrow(self.context.memory(), left)?, &narrow(self.context.memory(), right)?)
            }
            _ => Ok(None),
        }
    }

    /// Pairs that are compared, exactly.
    fn compare<T: Copy + PartialOrd>(self, x: &[T], y: &[T]) -> Result<Option<Array>> {
        match self.pair {
            ScalarDyad::Equal => self.truths(x, y, |a, b| a == b),
            ScalarDyad::NotEqual => self.truths(x, y, |a, b| a != b),
            ScalarDyad::Less => self.truths(x, y, |a, b| a < b),
            ScalarDyad::LessEqual => self.truths(x, y, |a, b| a <= b),
            ScalarDyad::GreaterEqual => self.truths(x, y, |a, b| a >= b),
            ScalarDyad::Greater => self.truths(x, y, |a, b| a > b),
            _ => Ok(None),
        }
    }

    /// Truth values of pairs: all of them, any, an odd number, how many.
    fn truths<T: Copy>(self, x: &[T], y: &[T], pair: impl Fn(T, T) -> bool + Copy) -> Result<Option<Array>> {
        let memory = self.context.memory();
        let all = match self.fold {
            ScalarDyad::And => self.table(x, y, pair, |a, b| a & b)?,
            ScalarDyad::Or => self.table(x, y, pair, |a, b| a | b)?,
            ScalarDyad::NotEqual => self.table(x, y, pair, |a, b| a ^ b)?,
            ScalarDyad::Plus if self.lengths.2 <= i32::MAX as usize => {
                let counts = self.table(x, y, |a, b| i32::from(pair(a, b)), |a, b| a + b)?;
                return Ok(Some(Arr::new(memory, self.shape, counts)?.into()));
            }
            _ => return Ok(None),
        };
        Ok(Some(Arr::new(memory, self.shape, all)?.into()))
    }

    /// The least or greatest of pairs of numbers, where no pair can leave the numbers.
    fn extreme(self, left: &Array, right: &Array) -> Result<Option<Array>> {
        let real = |array: &Array| array.kind() <= Type::Float;
        if !real(left) || !real(right) {
            return Ok(None);
        }
        let (x, y) = (convert::floats(self.context.memory(), left)?, convert::floats(self.context.memory(), right)?);
        let largest = |data: &[f64]| data.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let (far_left, far_right) = (largest(&x), largest(&y));
        let sums = match self.pair {
            ScalarDyad::Plus if (far_left + far_right).is_finite() => self.extremes(&x, &y, |a, b| a + b)?,
            ScalarDyad::Minus if (far_left + far_right).is_finite() => self.extremes(&x, &y, |a, b| a - b)?,
            ScalarDyad::Times if (far_left * far_right).is_finite() => self.extremes(&x, &y, |a, b| a * b)?,
            ScalarDyad::Maximum => self.extremes(&x, &y, larger)?,
            ScalarDyad::Minimum => self.extremes(&x, &y, smaller)?,
            _ => return Ok(None),
        };
        let memory = self.context.memory();
        let narrow = left.kind() <= Type::Int && right.kind() <= Type::Int;
        if narrow && sums.iter().all(|x| x.abs() <= f64::from(i32::MAX)) {
            let mut whole = memory.vec(sums.len())?;
            whole.extend(sums.iter().map(|&x| x as i32));
            return Ok(Some(Arr::new(memory, self.shape, whole)?.into()));
        }
        Ok(Some(Arr::new(memory, self.shape, sums)?.into()))
    }

    fn extremes(self, x: &[f64], y: &[f64], pair: impl Fn(f64, f64) -> f64 + Copy) -> Result<Vec<f64>> {
        match self.fold {
            ScalarDyad::Maximum => self.table(x, y, pair, larger),
            _ => self.table(x, y, pair, smaller),
        }
    }

    /// The loop: for each row of the left argument, one row of the right one after another is folded in; narrow
    /// right arguments go column by column instead. `fold` may be taken in any order.
    fn table<T: Copy, A: Copy>(
        self,
        x: &[T],
        y: &[T],
        pair: impl Fn(T, T) -> A + Copy,
        fold: impl Fn(A, A) -> A + Copy,
    ) -> Result<Vec<A>> {
        let (m, n, k) = self.lengths;
        let x = Matrix { data: x, start: 0, row: self.left.0, column: self.left.1 };
        let y = Matrix { data: y, start: 0, row: self.right.0, column: self.right.1 };
        if n < 16 {
            return self.columns(x, y, pair, fold);
        }
        let mut out: Vec<A> = self.context.memory().vec(m * n)?;
        let Some(first) = x.data.first().zip(y.data.first()).map(|(&a, &b)| pair(a, b)) else { return Ok(out) };
        out.resize(m * n, first);
        // Bands of columns whose rows stay in cache while the rows of the left argument pass.
        let band = (CHUNK / k).clamp(64, n.max(64));
        for start in (0..n).step_by(band) {
            let length = band.min(n - start);
            for (row, sums) in out.chunks_exact_mut(n).enumerate() {
                self.context.poll()?;
                let sums = &mut sums[start..start + length];
                for at in 0..k {
                    let a = x.data[x.at(row, at)];
                    let from = y.at(at, start);
                    let bs = if y.column == 0 { &y.data[from..=from] } else { &y.data[from..from + length] };
                    match (at, bs) {
                        (0, [b]) => sums.fill(pair(a, *b)),
                        (_, [b]) if length > 1 => sums.iter_mut().for_each(|sum| *sum = fold(*sum, pair(a, *b))),
                        (0, _) => sums.iter_mut().zip(bs).for_each(|(sum, &b)| *sum = pair(a, b)),
                        _ => sums.iter_mut().zip(bs).for_each(|(sum, &b)| *sum = fold(*sum, pair(a, b))),
                    }
                }
            }
        }
        Ok(out)
    }

    fn columns<T: Copy, A: Copy>(
        self,
        x: Matrix<'_, T>,
        y: Matrix<'_, T>,
        pair: impl Fn(T, T) -> A + Copy,
        fold: impl Fn(A, A) -> A + Copy,
    ) -> Result<Vec<A>> {
        let (m, n, k) = self.lengths;
        let memory = self.context.memory();
        let mut columns = memory.vec(n * k)?;
        for column in 0..n {
            columns.extend((0..k).map(|at| y.data[y.at(at, column)]));
        }
        let mut out = memory.vec(m * n)?;
        let mut line = memory.vec(k)?;
        let mut due = 0;
        for row in 0..m {
            if due <= k {
                self.context.poll()?;
                due = CHUNK;
            }
            due = due.saturating_sub(k);
            line.clear();
            line.extend((0..k).map(|at| x.data[x.at(row, at)]));
            out.extend(columns.chunks_exact(k).filter_map(|column| in_lanes(&line, column, pair, fold)));
        }
        Ok(out)
    }
}

/// `fold` of all pairs, in as many lanes as the processor can fold at once. `None` where there are none.
fn in_lanes<T: Copy, A: Copy>(
    x: &[T],
    y: &[T],
    pair: impl Fn(T, T) -> A + Copy,
    fold: impl Fn(A, A) -> A + Copy,
) -> Option<A> {
    const LANES: usize = 8;
    let mut chunks = x.chunks_exact(LANES).zip(y.chunks_exact(LANES));
    let split = x.len() - x.len() % LANES;
    let rest = x[split..].iter().zip(&y[split..]).map(|(&a, &b)| pair(a, b)).reduce(fold);
    let Some((a, b)) = chunks.next() else { return rest };
    let mut lanes: [A; LANES] = std::array::from_fn(|at| pair(a[at], b[at]));
    for (a, b) in chunks {
        for at in 0..LANES {
            lanes[at] = fold(lanes[at], pair(a[at], b[at]));
        }
    }
    lanes.into_iter().chain(rest).reduce(fold)
}

fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}
