//! Folds by scalar functions along one axis, for reduce.
//!
//! For numeric arrays. Some functions may be folded in another order than from the right. Axes of length 0, characters and
//! boxes are not handled here: `None` means that the caller has to fold item by item.

use super::out::Out;
use super::sink::{self, Block, Sink};
use super::{ScalarDyad, env};
use crate::array::{Arr, Array, Element, Shape, Type, convert, shape};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result};
use crate::kernel::dyads::{larger, smaller};
use crate::kernel::number::{self, Number};
use crate::kernel::{Family, STRETCH, Width, lanes, pair};

/// Folds of up to this many numbers go from the right even where parts are allowed.
pub const FEW: usize = 128;

/// The order that numbers are folded in. It shows where results are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From the right, which is how reduction is defined.
    FromRight,
    /// The same, but for sums of more than [`FEW`] floats along a last axis, which are taken in parts: always the same
    /// ones for the same length.
    InParts,
}

/// `op/[axis] array` for an axis of length 1 or more.
pub fn reduce(context: &Context, op: ScalarDyad, array: &Array, axis: usize, order: Order) -> Result<Option<Array>> {
    let (outer, length, inner) = shape::around(array.shape(), axis);
    let result = shape::without(array.shape(), axis);
    if sink::width(array).is_none() || outer * length * inner == 0 {
        return Ok(None);
    }
    if length == 1 {
        return array.reshape(&result).map(Some);
    }
    let in_parts = order == Order::InParts && axis + 1 == array.rank() && length > FEW;
    let fold = Fold { context, op, in_parts, length, inner, result };
    let done = match array {
        Array::Bool(arr) => fold.bools(arr.as_slice())?,
        Array::Int(arr) => fold.ints(arr.as_slice())?,
        Array::Float(arr) => fold.floats(arr.as_slice())?,
        _ => None,
    };
    if done.is_some() {
        return Ok(done);
    }
    if inner >= 8 {
        return fold.by_rows(array).map(Some);
    }
    if array.kind() <= Type::Float
        && let Some(done) = fold.reals(&convert::floats(context.memory(), array)?, sink::width(array))?
    {
        return Ok(Some(done));
    }
    fold.by_numbers(array).map(Some)
}

/// A fold on its way.
struct Fold<'a> {
    context: &'a Context,
    op: ScalarDyad,
    /// Whether sums may be taken in parts.
    in_parts: bool,
    length: usize,
    inner: usize,
    result: Shape,
}

impl Fold<'_> {
    /// One result a vector of a last axis.
    fn vectors<T, R>(&self, data: &[T], mut fold: impl FnMut(&[T]) -> Result<R>) -> Result<Vec<R>> {
        let mut out = self.context.memory().vec(data.len() / self.length)?;
        let mut since = CHUNK;
        for vector in data.chunks_exact(self.length) {
            if since >= CHUNK {
                self.context.poll()?;
                since = 0;
            }
            since += self.length;
            out.push(fold(vector)?);
        }
        Ok(out)
    }

    /// One result a vector of a last axis, each folded from the right. Four at a time: a fold waits for each of its
    /// steps, four of them wait together.
    fn vectors_from_right(&self, data: &[f64], f: impl Fn(f64, f64) -> f64 + Copy) -> Result<Vec<f64>> {
        let mut out = self.context.memory().vec(data.len() / self.length)?;
        let mut since = CHUNK;
        for vectors in data.chunks(4 * self.length) {
            if since >= CHUNK {
                self.context.poll()?;
                since = 0;
            }
            since += vectors.len();
            if self.length > CHUNK || vectors.len() < 4 * self.length {
                for vector in vectors.chunks_exact(self.length) {
                    out.push(self.vector_from_right(vector, f)?);
                }
                continue;
            }
            let (ab, cd) = vectors.split_at(2 * self.length);
            let ((a, b), (c, d)) = (ab.split_at(self.length), cd.split_at(self.length));
            let mut items = a.iter().zip(b).zip(c.iter().zip(d)).rev();
            let Some(((&a, &b), (&c, &d))) = items.next() else { break };
            let folded = items.fold([a, b, c, d], |rest, ((&a, &b), (&c, &d))| {
                [f(a, rest[0]), f(b, rest[1]), f(c, rest[2]), f(d, rest[3])]
            });
            out.extend_from_slice(&folded);
        }
        Ok(out)
    }

    fn vector_from_right(&self, vector: &[f64], f: impl Fn(f64, f64) -> f64) -> Result<f64> {
        let Some((&last, before)) = vector.split_last() else { return Ok(0.0) };
        let mut rest = last;
        for piece in before.rchunks(CHUNK) {
            if piece.len() == CHUNK {
                self.context.poll()?;
            }
            rest = piece.iter().rev().fold(rest, |rest, &x| f(x, rest));
        }
        Ok(rest)
    }

    /// Items of a leading axis, from the last to the first, taken into rows of results that start as `first` makes
    /// them. `step` gets up to four items at once, the last one first in the fold being the last of them.
    fn rows<T: Copy, R: Clone>(
        &self,
        data: &[T],
        first: impl Fn(T) -> R,
        mut step: impl FnMut(&mut [R], [&[T]; 4], usize),
    ) -> Result<Vec<R>> {
        let (length, inner) = (self.length, self.inner);
        let mut out: Vec<R> = self.context.memory().vec(data.len() / length)?;
        for block in data.chunks_exact(length * inner) {
            for from in (0..inner).step_by(STRETCH) {
                let to = (from + STRETCH).min(inner);
                let row = |k: usize| &block[k * inner + from..k * inner + to];
                let base = out.len();
                out.extend(row(length - 1).iter().map(|&x| first(x)));
                let mut left = length - 1;
                let mut since = 0;
                while left > 0 {
                    let count = if left >= 4 { 4 } else { 1 };
                    let rows = match count {
                        4 => [row(left - 4), row(left - 3), row(left - 2), row(left - 1)],
                        _ => [row(left - 1); 4],
                    };
                    lanes::in_vectors(to - from, || step(&mut out[base..], rows, count));
                    left -= count;
                    since += count * (to - from);
                    if since >= CHUNK {
                        self.context.poll()?;
                        since = 0;
                    }
                }
            }
            self.context.poll()?;
        }
        Ok(out)
    }

    /// The same for functions that go from `T` to `T`.
    fn row_fold<T: Copy>(&self, data: &[T], f: impl Fn(T, T) -> T) -> Result<Vec<T>> {
        self.rows(
            data,
            |x| x,
            |out, [a, b, c, d], count| {
                if count == 4 {
                    let items = a.iter().zip(b).zip(c.iter().zip(d));
                    for (out, ((&a, &b), (&c, &d))) in out.iter_mut().zip(items) {
                        *out = f(a, f(b, f(c, f(d, *out))));
                    }
                } else {
                    for (out, &a) in out.iter_mut().zip(a) {
                        *out = f(a, *out);
                    }
                }
            },
        )
    }

    fn finish<T: Element>(&self, data: Vec<T>) -> Result<Option<Array>>
    where
        Array: From<Arr<T>>,
    {
        Ok(Some(Arr::new(self.context.memory(), &self.result, data)?.into()))
    }

    /// Whole results, in 32 bits where they all fit.
    fn finish_whole(&self, sums: Vec<i64>) -> Result<Option<Array>> {
        let memory = self.context.memory();
        if sums.iter().all(|&n| i32::try_from(n).is_ok()) {
            let mut data = memory.vec(sums.len())?;
            data.extend(sums.iter().map(|&n| n as i32));
            return self.finish::<i32>(data);
        }
        let mut data = memory.vec(sums.len())?;
        data.extend(sums.iter().map(|&n| n as f64));
        self.finish::<f64>(data)
    }

    fn bools(&self, data: &[bool]) -> Result<Option<Array>> {
        let last = self.inner == 1;
        match self.op {
            ScalarDyad::Plus if last => {
                let counts = self.vectors(data, |v| Ok(lanes::count(v) as i64))?;
                self.finish_whole(counts)
            }
            ScalarDyad::Plus => self.finish_whole(self.counts(data)?),
            _ if !last => Ok(None),
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => {
                self.finish(self.vectors(data, |v| Ok(!v.contains(&false)))?)
            }
            ScalarDyad::Or | ScalarDyad::Maximum => self.finish(self.vectors(data, |v| Ok(v.contains(&true)))?),
            ScalarDyad::NotEqual => self.finish(self.vectors(data, |v| Ok(lanes::count(v) % 2 == 1))?),
            ScalarDyad::Equal => {
                self.finish(self.vectors(data, |v| Ok((v.len() - lanes::count(v)).is_multiple_of(2)))?)
            }
            _ => match self.op.truth_table() {
                Some(truth) => self.finish(self.vectors(data, |v| Ok(fold_truth(&truth, v)))?),
                None => Ok(None),
            },
        }
    }

    /// How many are true along a leading axis: in rows of bytes, which are emptied before they overflow.
    fn counts(&self, data: &[bool]) -> Result<Vec<i64>> {
        let (length, inner) = (self.length, self.inner);
        let mut out: Vec<i64> = self.context.memory().vec(data.len() / length)?;
        let mut pace = self.context.pace();
        let mut bytes = [0_u8; STRETCH];
        for block in data.chunks_exact(length * inner) {
            for from in (0..inner).step_by(STRETCH) {
                let to = (from + STRETCH).min(inner);
                let base = out.len();
                out.resize(base + to - from, 0);
                for rows in block.chunks(255 * inner) {
                    let bytes = &mut bytes[..to - from];
                    bytes.fill(0);
                    for row in rows.chunks_exact(inner) {
                        let row = &row[from..to];
                        lanes::in_vectors(row.len(), || {
                            bytes.iter_mut().zip(row).for_each(|(sum, &b)| *sum += u8::from(b));
                        });
                        pace.step(row.len())?;
                    }
                    out[base..].iter_mut().zip(bytes.iter()).for_each(|(sum, &count)| *sum += i64::from(count));
                }
            }
        }
        Ok(out)
    }

    fn ints(&self, data: &[i32]) -> Result<Option<Array>> {
        let last = self.inner == 1;
        match self.op {
            // 64 bits hold more sums of 32-bit numbers than there is memory for.
            ScalarDyad::Plus if last => {
                let sum = |v: &[i32]| lanes::in_vectors(v.len(), || v.iter().map(|&n| i64::from(n)).sum());
                let sums = self.vectors(data, |v| Ok(sum(v)))?;
                self.finish_whole(sums)
            }
            ScalarDyad::Plus => {
                let sums = self.rows(data, i64::from, |out, rows, count| {
                    for row in &rows[..count] {
                        out.iter_mut().zip(*row).for_each(|(sum, &n)| *sum += i64::from(n));
                    }
                })?;
                self.finish_whole(sums)
            }
            ScalarDyad::Minus if last => {
                let sums = self.vectors(data, |v| Ok(v.iter().rev().fold(0, |rest, &n| i64::from(n) - rest)))?;
                self.finish_whole(sums)
            }
            ScalarDyad::Maximum if last => {
                self.finish(self.vectors(data, |v| {
                    Ok(lanes::in_vectors(v.len(), || v.iter().fold(i32::MIN, |max, &n| max.max(n))))
                })?)
            }
            ScalarDyad::Minimum if last => {
                self.finish(self.vectors(data, |v| {
                    Ok(lanes::in_vectors(v.len(), || v.iter().fold(i32::MAX, |min, &n| min.min(n))))
                })?)
            }
            ScalarDyad::Maximum => self.finish(self.row_fold(data, i32::max)?),
            ScalarDyad::Minimum => self.finish(self.row_fold(data, i32::min)?),
            _ => Ok(None),
        }
    }

    fn floats(&self, data: &[f64]) -> Result<Option<Array>> {
        let out = match (self.op, self.inner) {
            (ScalarDyad::Plus, 1) if self.in_parts => self.vectors(data, |v| Ok(sum(v)))?,
            (ScalarDyad::Plus, 1) => self.vectors_from_right(data, |x, rest| x + rest)?,
            (ScalarDyad::Minus, 1) => self.vectors_from_right(data, |x, rest| x - rest)?,
            (ScalarDyad::Times, 1) => self.vectors_from_right(data, |x, rest| x * rest + 0.0)?,
            (ScalarDyad::Maximum, 1) => self.vectors(data, |v| Ok(lanes::in_lanes(v, f64::NEG_INFINITY, larger)))?,
            (ScalarDyad::Minimum, 1) => self.vectors(data, |v| Ok(lanes::in_lanes(v, f64::INFINITY, smaller)))?,
            (ScalarDyad::Plus, _) => self.row_fold(data, |a, b| a + b)?,
            (ScalarDyad::Minus, _) => self.row_fold(data, |a, b| a - b)?,
            (ScalarDyad::Times, _) => self.row_fold(data, |a, b| a * b + 0.0)?,
            (ScalarDyad::Maximum, _) => self.row_fold(data, larger)?,
            (ScalarDyad::Minimum, _) => self.row_fold(data, smaller)?,
            _ => return Ok(None),
        };
        if !lanes::finite(&out) {
            return Err(Fault::overflow());
        }
        self.finish(out)
    }

    /// Any function of real numbers, whose results are real; `None` for an error and for other results.
    fn reals(&self, data: &[f64], width: Option<Width>) -> Result<Option<Array>> {
        let (op, env) = (self.op, env(self.context));
        let (by_zero, of_zeros) = if env.div { (0.0, 0.0) } else { (f64::NAN, 1.0) };
        let out = match op {
            ScalarDyad::Times => self.columns_from_right(data, |x, rest| x * rest + 0.0)?,
            ScalarDyad::Divide => self.columns_from_right(data, |x, rest| match rest == 0.0 {
                true if x == 0.0 => of_zeros,
                true => by_zero,
                false => x / rest + 0.0,
            })?,
            ScalarDyad::Or => self.columns_from_right(data, |x, rest| number::gcd(x, rest, env.ct) + 0.0)?,
            ScalarDyad::And => self.columns_from_right(data, |x, rest| number::lcm(x, rest, env.ct) + 0.0)?,
            _ => self.columns_from_right(data, |x, rest| match pair::real(&env, op, x, rest) {
                Ok(Number::Real(x)) => x,
                _ => f64::NAN,
            })?,
        };
        if !lanes::finite(&out) {
            return Ok(None);
        }
        let width = width.unwrap_or(Width::Float);
        Out::narrowest(self.context.memory(), out, op.width(width, width))?
            .finish(self.context.memory(), &self.result)?
            .into_array(self.context.memory())
            .map(Some)
    }

    /// One result for each position of the axes before and behind, folded from the right. NaN stays NaN.
    fn columns_from_right(&self, data: &[f64], f: impl Fn(f64, f64) -> f64) -> Result<Vec<f64>> {
        // What is not a number must not become one again, as the root of it to the power of zero would.
        let step = |x: f64, rest: f64| if rest.is_finite() { f(x, rest) } else { f64::NAN };
        let (length, inner) = (self.length, self.inner);
        let mut out = self.context.memory().vec(data.len() / length)?;
        let mut pace = self.context.pace();
        for block in data.chunks_exact(length * inner) {
            for column in 0..inner {
                let mut rest = block[(length - 1) * inner + column];
                for piece in block[..(length - 1) * inner].rchunks(CHUNK / inner * inner) {
                    rest = piece[column..].iter().step_by(inner).rev().fold(rest, |rest, &x| step(x, rest));
                    pace.step(piece.len() / inner + 1)?;
                }
                out.push(rest);
            }
        }
        Ok(out)
    }

    /// Any function on long enough rows, a kernel's stretch at a time.
    fn by_rows(&self, array: &Array) -> Result<Array> {
        let (context, length, inner) = (self.context, self.length, self.inner);
        let memory = context.memory();
        let count = array.len() / length;
        let mut out: Option<Out> = None;
        for block in 0..array.len() / (length * inner) {
            for from in (0..inner).step_by(STRETCH) {
                let to = (from + STRETCH).min(inner);
                let row = |k: usize| {
                    let base = (block * length + k) * inner;
                    block_of(array, base + from..base + to)
                };
                let results = fold_blocks(context, self.op, length, row)?;
                match &mut out {
                    None => out = Some(grown(context, results, count)?),
                    Some(out) => out.append(memory, results, count)?,
                }
            }
        }
        let out = out.ok_or_else(|| Fault::internal("a fold without results"))?;
        out.finish(memory, &self.result)?.into_array(memory)
    }

    /// Any function, number by number.
    fn by_numbers(&self, array: &Array) -> Result<Array> {
        let (context, length, inner) = (self.context, self.length, self.inner);
        let memory = context.memory();
        let env = env(context);
        let count = array.len() / length;
        let all = block_of(array, 0..array.len())?;
        let mut out = Out::new(memory, self.op.width(all.width(), all.width()), count)?;
        let mut since = CHUNK;
        for at in 0..count {
            let start = at / inner * inner * length + at % inner;
            let mut rest = all.number(start + (length - 1) * inner);
            for k in (0..length - 1).rev() {
                if since >= CHUNK {
                    context.poll()?;
                    since = 0;
                }
                since += 1;
                rest = pair::number(&env, self.op, all.number(start + k * inner), rest)?;
            }
            out.push(memory, rest, count)?;
        }
        context.tally.singly(array.len());
        out.finish(memory, &self.result)?.into_array(memory)
    }
}

/// A range of a numeric array.
pub(super) fn block_of(array: &Array, range: std::ops::Range<usize>) -> Result<Block<'_>> {
    Block::of(array, false, range).ok_or_else(|| Fault::internal("numbers expected"))
}

/// Results so far, with room for all.
pub(super) fn grown(context: &Context, results: Out, room: usize) -> Result<Out> {
    let mut out = Out::new(context.memory(), results.width(), room)?;
    out.append(context.memory(), results, room)?;
    Ok(out)
}

/// `row(0) op row(1) op … row(length-1)` from the right, for two rows or more of at most [`STRETCH`] elements.
pub(super) fn fold_blocks<'a>(
    context: &Context,
    op: ScalarDyad,
    length: usize,
    row: impl Fn(usize) -> Result<Block<'a>>,
) -> Result<Out> {
    let last = row(length - 1)?;
    let count = last.len().unwrap_or(1);
    let mut sink = Sink::new(context, op, last.width(), last.width(), count)?;
    sink.push(row(length - 2)?, last)?;
    for k in (0..length - 2).rev() {
        if k % 32 == 0 {
            context.poll()?;
        }
        let next = row(k)?;
        let rest = sink.restart(next.width(), sink.out.width())?;
        sink.push(next, Block::list(&rest))?;
    }
    context.poll()?;
    Ok(sink.out)
}

fn fold_truth(truth: &[bool; 4], vector: &[bool]) -> bool {
    match vector.split_last() {
        Some((&last, before)) => {
            before.iter().rev().fold(last, |rest, &b| truth[usize::from(b) * 2 + usize::from(rest)])
        }
        None => false,
    }
}

/// The sum in parts; from the right where the parts overflow, but the whole may not.
pub(super) fn sum(vector: &[f64]) -> f64 {
    let total = lanes::in_lanes(vector, 0.0, |a, b| a + b);
    if total.is_finite() { total } else { vector.iter().rev().fold(0.0, |rest, &x| x + rest) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bools, context, floats, ints, shown};
    use super::super::windows::reduce_windows;
    use super::*;
    use crate::array::{Memory, Value};

    const OPS: [ScalarDyad; 14] = [
        ScalarDyad::Plus,
        ScalarDyad::Minus,
        ScalarDyad::Times,
        ScalarDyad::Maximum,
        ScalarDyad::Minimum,
        ScalarDyad::And,
        ScalarDyad::Or,
        ScalarDyad::Less,
        ScalarDyad::LessEqual,
        ScalarDyad::Equal,
        ScalarDyad::GreaterEqual,
        ScalarDyad::Greater,
        ScalarDyad::NotEqual,
        ScalarDyad::Residue,
    ];

    fn plain(value: &Value) -> Array {
        value.array(&Memory::unlimited()).unwrap()
    }

    /// The fold by its definition, on one vector.
    fn slowly(op: ScalarDyad, vector: &[Value]) -> Value {
        let context = context();
        let (last, before) = vector.split_last().unwrap();
        before.iter().rev().fold(last.clone(), |rest, x| super::super::dyadic(&context, op, x.clone(), rest).unwrap())
    }

    fn number(value: &Value) -> f64 {
        crate::array::convert::float(value).unwrap()
    }

    fn arguments(shape: &[usize]) -> Vec<Value> {
        let count: usize = shape.iter().product();
        let mixed: Vec<i32> = (0..count).map(|k| ((k * 7919 + 13) % 11) as i32 - 4).collect();
        let halves: Vec<f64> = mixed.iter().map(|&n| f64::from(n) * 0.5).collect();
        let truths: Vec<u8> = mixed.iter().map(|&n| u8::from(n > 1)).collect();
        let bools = plain(&bools(&truths)).reshape(shape).unwrap();
        vec![ints(shape, &mixed), floats(shape, &halves), bools.into()]
    }

    #[test]
    fn folds_are_from_the_right() {
        for shape in [&[5][..], &[40], &[3, 4], &[2, 3, 9], &[7, 12]] {
            for argument in arguments(shape) {
                let array = plain(&argument);
                for axis in 0..shape.len() {
                    let (_, length, inner) = shape::around(shape, axis);
                    for op in OPS {
                        let Ok(Some(done)) = reduce(&context(), op, &array, axis, Order::FromRight) else {
                            continue;
                        };
                        for at in 0..done.len() {
                            let start = at / inner * inner * length + at % inner;
                            let vector: Vec<Value> = (0..length).map(|k| array.item(start + k * inner)).collect();
                            let (got, want) = (number(&done.item(at)), number(&slowly(op, &vector)));
                            assert_eq!(got, want, "{op:?} of {shape:?} along {axis}");
                        }
                    }
                }
            }
        }
    }

    /// More rows than a byte can count.
    #[test]
    fn many_truths_are_counted() {
        for (rows, columns) in [(255, 3), (256, 1), (700, 5), (511, 2100)] {
            let truths: Vec<u8> = (0..rows * columns).map(|k| u8::from(k % 7 != 0 || k % columns == 0)).collect();
            let array = plain(&bools(&truths)).reshape(&[rows, columns]).unwrap();
            let done = reduce(&context(), ScalarDyad::Plus, &array, 0, Order::FromRight).unwrap().unwrap();
            for column in 0..columns {
                let want = (0..rows).filter(|row| truths[row * columns + column] == 1).count();
                assert_eq!(number(&done.item(column)), want as f64);
            }
        }
    }

    #[test]
    fn sums_are_exact() {
        let of = |value: Value| {
            shown(&reduce(&context(), ScalarDyad::Plus, &plain(&value), 0, Order::FromRight).unwrap().unwrap().into())
        };
        assert_eq!(of(ints(&[3], &[i32::MAX, i32::MAX, 1])), "[][4294967295.0]");
        assert_eq!(of(bools(&[1, 0, 1])), "[][2]");
        assert_eq!(of(floats(&[3], &[1e308, 1e308, -1e308])), "[][1e308]");
        let many: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(of(floats(&[1000], &many)), "[][499500.0]");
        assert!(
            reduce(&context(), ScalarDyad::Plus, &plain(&floats(&[2], &[1e308, 1e308])), 0, Order::FromRight).is_err()
        );
    }

    #[test]
    fn windows_are_folds() {
        for shape in [&[60][..], &[3, 40, 2]] {
            for argument in arguments(shape) {
                let array = plain(&argument);
                let axis = usize::from(shape.len() > 1);
                let (_, length, inner) = shape::around(shape, axis);
                for (width, reversed) in [(2, false), (3, true), (18, false), (20, true), (length, false)] {
                    for op in OPS {
                        let Ok(Some(done)) = reduce_windows(&context(), op, &array, axis, width, reversed) else {
                            continue;
                        };
                        let windows = length - width + 1;
                        for at in 0..done.len() {
                            let (block, rest) = (at / (windows * inner), at % (windows * inner));
                            let start = block * length * inner + rest;
                            let mut vector: Vec<Value> = (0..width).map(|k| array.item(start + k * inner)).collect();
                            if reversed {
                                vector.reverse();
                            }
                            let (got, want) = (number(&done.item(at)), number(&slowly(op, &vector)));
                            assert_eq!(got, want, "{width} {op:?} of {shape:?}");
                        }
                    }
                }
            }
        }
    }
}
