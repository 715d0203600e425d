//! Scans by scalar functions along one axis.
//!
//! Each result is the fold of a prefix of the vector from the right. For associative functions that is a running fold
//! from the left. For `-` and `÷` it is a running fold with alternating operations (`-` and `+`, `÷` and `×`). For a
//! function of Booleans, each prefix is a function of the Boolean behind it, given by its two results. `None` if none of
//! these applies.

use super::fold::{block_of, sum};
use super::out::Out;
use super::{ScalarDyad, env, sink};
use crate::array::{Arr, Array, Element, Type, convert, shape};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result};
use crate::kernel::number::Number;
use crate::kernel::{Family, Width, lanes, pair};

/// Elements of each of the parts that a long running sum is taken in. Not a power of two: the parts would get into each
/// other's way in the cache.
const PART: usize = 112;

/// The parts that are summed side by side.
const PARTS: usize = 8;

/// `op\[axis] array`.
pub fn scan(context: &Context, op: ScalarDyad, array: &Array, axis: usize) -> Result<Option<Array>> {
    let (outer, length, inner) = shape::around(array.shape(), axis);
    if sink::width(array).is_none() || outer * length * inner == 0 {
        return Ok(None);
    }
    let scan = Scan { context, shape: array.shape(), length, inner };
    match (op, array) {
        (ScalarDyad::Plus, Array::Bool(arr)) => {
            let whole = context.collect(arr.len(), |at| i32::from(arr.as_slice()[at]))?;
            scan.int_sums(&whole)
        }
        (ScalarDyad::Plus, Array::Int(arr)) => scan.int_sums(arr.as_slice()),
        (ScalarDyad::Plus, Array::Float(arr)) => scan.float_sums(arr.as_slice()),
        (_, Array::Bool(arr)) if op.truth_table().is_some() => scan.truths(op, arr.as_slice()),
        (ScalarDyad::Maximum, Array::Int(arr)) => scan.running(arr.as_slice(), i32::max),
        (ScalarDyad::Minimum, Array::Int(arr)) => scan.running(arr.as_slice(), i32::min),
        (ScalarDyad::Maximum, Array::Float(arr)) => scan.running(arr.as_slice(), |a, b| if a > b { a } else { b }),
        (ScalarDyad::Minimum, Array::Float(arr)) => scan.running(arr.as_slice(), |a, b| if a < b { a } else { b }),
        (ScalarDyad::Minus, _) => scan.alternating(array, ScalarDyad::Minus, ScalarDyad::Plus),
        (ScalarDyad::Divide, _) => {
            let zero = Number::Real(0.0);
            let all = block_of(array, 0..array.len())?;
            // A zero divisor may be divided by later on, or have 0÷0 behind it.
            if (0..array.len()).any(|at| all.number(at).wide() == zero.wide()) {
                return Ok(None);
            }
            scan.alternating(array, ScalarDyad::Divide, ScalarDyad::Times)
        }
        (
            ScalarDyad::Plus
            | ScalarDyad::Times
            | ScalarDyad::Maximum
            | ScalarDyad::Minimum
            | ScalarDyad::And
            | ScalarDyad::Or,
            _,
        ) => scan.alternating(array, op, op),
        _ => Ok(None),
    }
}

struct Scan<'a> {
    context: &'a Context,
    shape: &'a [usize],
    length: usize,
    inner: usize,
}

impl Scan<'_> {
    fn finish<T: Element>(&self, data: Vec<T>) -> Result<Option<Array>>
    where
        Array: From<Arr<T>>,
    {
        Ok(Some(Arr::new(self.context.memory(), self.shape, data)?.into()))
    }

    /// A running fold from the left, by vectors of a last axis or rows of another.
    fn running<T: Element + Copy>(&self, data: &[T], f: impl Fn(T, T) -> T) -> Result<Option<Array>>
    where
        Array: From<Arr<T>>,
    {
        let mut out = self.context.memory().vec(data.len())?;
        self.run(data, &mut out, |x| x, f)?;
        self.finish(out)
    }

    /// Appends running folds of another type.
    fn run<T: Copy, R: Copy>(
        &self,
        data: &[T],
        out: &mut Vec<R>,
        first: impl Fn(T) -> R,
        mut f: impl FnMut(R, T) -> R,
    ) -> Result<()> {
        let mut since = CHUNK;
        for block in data.chunks_exact(self.length * self.inner) {
            if self.inner == 1 {
                let mut total = first(block[0]);
                out.push(total);
                for piece in block[1..].chunks(CHUNK) {
                    if since >= CHUNK {
                        self.context.poll()?;
                        since = 0;
                    }
                    since += piece.len() + 1;
                    out.extend(piece.iter().map(|&x| {
                        total = f(total, x);
                        total
                    }));
                }
                continue;
            }
            let (top, rest) = block.split_at(self.inner);
            let mut before = out.len();
            out.extend(top.iter().map(|&x| first(x)));
            for row in rest.chunks_exact(self.inner) {
                if since >= CHUNK {
                    self.context.poll()?;
                    since = 0;
                }
                since += self.inner;
                // Appended as the row before, then taken on in place.
                out.extend_from_within(before..before + self.inner);
                before += self.inner;
                out[before..].iter_mut().zip(row).for_each(|(total, &x)| *total = f(*total, x));
            }
        }
        Ok(())
    }

    /// Running sums of whole numbers: in 32 bits where all fit.
    fn int_sums(&self, data: &[i32]) -> Result<Option<Array>> {
        let memory = self.context.memory();
        let mut sums: Vec<i32> = memory.vec(data.len())?;
        if self.append_sums(data, &mut sums)? {
            return self.finish(sums);
        }
        drop(sums);
        let mut wide: Vec<f64> = memory.vec(data.len())?;
        self.run(data, &mut wide, f64::from, |total, x| total + f64::from(x))?;
        self.finish(wide)
    }

    /// Running sums in 32 bits; whether they fit.
    fn append_sums(&self, data: &[i32], out: &mut Vec<i32>) -> Result<bool> {
        if self.inner > 1 {
            let mut fits = true;
            self.run(
                data,
                out,
                |x| x,
                |total, x| {
                    let (total, over) = total.overflowing_add(x);
                    fits &= !over;
                    total
                },
            )?;
            return Ok(fits);
        }
        for vector in data.chunks_exact(self.length) {
            let mut total = 0i64;
            for piece in vector.chunks(CHUNK) {
                self.context.poll()?;
                let mut beyond = false;
                out.extend(piece.iter().map(|&x| {
                    total += i64::from(x);
                    beyond |= total != i64::from(total as i32);
                    total as i32
                }));
                if beyond {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Running sums of floats, long vectors in parts.
    fn float_sums(&self, data: &[f64]) -> Result<Option<Array>> {
        let mut out = self.context.memory().vec(data.len())?;
        if self.inner == 1 && self.length > PART * PARTS {
            let mut finite = true;
            for vector in data.chunks_exact(self.length) {
                finite = finite && self.in_parts(vector, &mut out)?;
            }
            if finite {
                return self.finish(out);
            }
            // The parts may overflow where the beginnings do not.
            out.clear();
        }
        self.run(data, &mut out, |x| x, |total, x| total + x)?;
        if !lanes::finite(&out) {
            return Err(Fault::overflow());
        }
        self.finish(out)
    }

    /// Parts of a stretch are summed first, then run side by side: a single running sum waits for every addition.
    /// `false` where a sum is not finite.
    fn in_parts(&self, vector: &[f64], out: &mut Vec<f64>) -> Result<bool> {
        let (chunks, rest) = vector.as_chunks::<{ PART * PARTS }>();
        let mut buffer = [0.0; PART * PARTS];
        let mut carry = 0.0;
        for (at, chunk) in chunks.iter().enumerate() {
            if at % 64 == 0 {
                self.context.poll()?;
            }
            let mut totals = [0.0; PARTS];
            let mut total = carry;
            for (start, part) in totals.iter_mut().zip(chunk.chunks_exact(PART)) {
                *start = total;
                total += sum(part);
            }
            for at in 0..PART {
                for (part, total) in totals.iter_mut().enumerate() {
                    *total += chunk[part * PART + at];
                    buffer[part * PART + at] = *total;
                }
            }
            carry = totals[PARTS - 1];
            if !lanes::finite(&buffer) {
                return Ok(false);
            }
            out.extend_from_slice(&buffer);
        }
        let from = out.len();
        out.extend(rest.iter().map(|&x| {
            carry += x;
            carry
        }));
        Ok(lanes::finite(&out[from..]))
    }

    fn truths(&self, op: ScalarDyad, data: &[bool]) -> Result<Option<Array>> {
        match op {
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => return self.running(data, |a, b| a & b),
            ScalarDyad::Or | ScalarDyad::Maximum => return self.running(data, |a, b| a | b),
            ScalarDyad::NotEqual => return self.running(data, |a, b| a ^ b),
            ScalarDyad::Equal => return self.running(data, |a, b| !(a ^ b)),
            _ => {}
        }
        let Some(truth) = op.truth_table() else { return Ok(None) };
        let memory = self.context.memory();
        let mut out = memory.vec(data.len())?;
        // What the beginning makes of 0 and of 1 behind it. Nothing before the first: they stay as they are.
        let mut makes = memory.filled(self.inner, [false, true])?;
        for block in data.chunks_exact(self.length * self.inner) {
            makes.fill([false, true]);
            let mut since = 0;
            for row in block.chunks_exact(self.inner) {
                since += self.inner;
                if since >= CHUNK {
                    self.context.poll()?;
                    since = 0;
                }
                for (make, &x) in makes.iter_mut().zip(row) {
                    out.push(make[usize::from(x)]);
                    let of = |rest: usize| make[usize::from(truth[usize::from(x) * 2 + rest])];
                    *make = [of(0), of(1)];
                }
            }
            self.context.poll()?;
        }
        self.finish(out)
    }

    /// A running fold by `odd` with every other item and by `even` with the rest.
    fn alternating(&self, array: &Array, odd: ScalarDyad, even: ScalarDyad) -> Result<Option<Array>> {
        match self.reals(array, odd, even)? {
            Some(done) => Ok(Some(done)),
            None => self.by_numbers(array, odd, even),
        }
    }

    /// The same for real numbers with real results; `None` for others and for an error.
    fn reals(&self, array: &Array, odd: ScalarDyad, even: ScalarDyad) -> Result<Option<Array>> {
        if array.kind() > Type::Float {
            return Ok(None);
        }
        let (context, memory) = (self.context, self.context.memory());
        let env = env(context);
        let data = convert::floats(memory, array)?;
        let real = |op: ScalarDyad, total: f64, x: f64| match op {
            ScalarDyad::Times => total * x + 0.0,
            ScalarDyad::Plus => total + x,
            ScalarDyad::Minus => total - x,
            _ => match pair::real(&env, op, total, x) {
                Ok(Number::Real(x)) => x,
                _ => f64::NAN,
            },
        };
        let mut out: Vec<f64> = memory.vec(data.len())?;
        let mut totals = memory.filled(self.inner, 0.0)?;
        let mut pace = context.pace();
        for block in data.chunks_exact(self.length * self.inner) {
            for (k, row) in block.chunks_exact(self.inner).enumerate() {
                let op = if k % 2 == 1 { odd } else { even };
                for (total, &x) in totals.iter_mut().zip(row) {
                    *total = if k == 0 { x } else { real(op, *total, x) };
                    out.push(*total);
                }
                pace.step(row.len())?;
            }
        }
        if !lanes::finite(&out) {
            return Ok(None);
        }
        let width = sink::width(array).unwrap_or(Width::Float);
        let out = Out::narrowest(memory, out, odd.width(width, width))?;
        Ok(Some(out.finish(memory, self.shape)?.into_array(memory)?))
    }

    /// The same number by number.
    fn by_numbers(&self, array: &Array, odd: ScalarDyad, even: ScalarDyad) -> Result<Option<Array>> {
        let (context, memory) = (self.context, self.context.memory());
        context.tally.singly(array.len());
        let env = env(context);
        let all = block_of(array, 0..array.len())?;
        let mut out = Out::new(memory, odd.width(all.width(), all.width()), array.len())?;
        let mut totals = memory.filled(self.inner, Number::Real(0.0))?;
        let mut since = CHUNK;
        for at in 0..array.len() {
            if since >= CHUNK {
                context.poll()?;
                since = 0;
            }
            since += 1;
            let (k, column) = (at / self.inner % self.length, at % self.inner);
            let x = all.number(at);
            totals[column] = match k {
                0 => x,
                _ => pair::number(&env, if k % 2 == 1 { odd } else { even }, totals[column], x)?,
            };
            out.push(memory, totals[column], array.len())?;
        }
        Ok(Some(out.finish(memory, self.shape)?.into_array(memory)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::super::tests::{bools, context, floats, ints};
    use super::*;
    use crate::array::{Memory, Value, convert};

    fn plain(value: &Value) -> Array {
        value.array(&Memory::unlimited()).unwrap()
    }

    /// Each result is the fold of a beginning.
    #[test]
    fn scans_are_folds_of_beginnings() {
        let mixed: Vec<i32> = (0..24).map(|k| (k * 7919 + 13) % 11 - 4).collect();
        let halves: Vec<f64> = mixed.iter().map(|&n| f64::from(n) * 0.5 + 0.25).collect();
        let truths: Vec<u8> = mixed.iter().map(|&n| u8::from(n > 1)).collect();
        use ScalarDyad::*;
        let ops = [
            Plus,
            Minus,
            Times,
            Divide,
            Maximum,
            Minimum,
            And,
            Or,
            Nand,
            Nor,
            Less,
            LessEqual,
            Equal,
            GreaterEqual,
            Greater,
            NotEqual,
            Power,
            Residue,
        ];
        for (shape, axis) in [(&[24][..], 0), (&[6, 4], 0), (&[6, 4], 1), (&[2, 4, 3], 1)] {
            let truths: Value = plain(&bools(&truths)).reshape(shape).unwrap().into();
            for argument in [ints(shape, &mixed), floats(shape, &halves), truths] {
                let array = plain(&argument);
                let (_, length, inner) = shape::around(shape, axis);
                for op in ops {
                    let Ok(Some(done)) = scan(&context(), op, &array, axis) else { continue };
                    for at in 0..done.len() {
                        let (k, column) = (at / inner % length, at % inner);
                        let start = at / (inner * length) * inner * length + column;
                        let items = (0..=k).map(|k| array.item(start + k * inner)).collect();
                        let memory = Memory::unlimited();
                        let beginning = Array::from_items(&memory, &[k + 1], items, || Value::Int(0)).unwrap();
                        let want =
                            fold::reduce(&context(), op, &beginning, 0, fold::Order::FromRight).unwrap().unwrap();
                        let (got, want) =
                            (convert::floats(&memory, &done).unwrap()[at], convert::floats(&memory, &want).unwrap()[0]);
                        assert!((got - want).abs() <= 1e-12 * want.abs(), "{op:?} of {shape:?}: {got}, not {want}");
                    }
                }
            }
        }
    }

    #[test]
    fn long_sums_and_overflow() {
        let many: Vec<f64> = (0..5000).map(f64::from).collect();
        let done = scan(&context(), ScalarDyad::Plus, &plain(&floats(&[5000], &many)), 0).unwrap().unwrap();
        let sums = convert::floats(&Memory::unlimited(), &done).unwrap();
        assert!((0..5000).all(|k| sums[k] == (k * (k + 1) / 2) as f64));
        let done = scan(&context(), ScalarDyad::Plus, &plain(&ints(&[3], &[i32::MAX, 1, -1])), 0).unwrap().unwrap();
        assert_eq!(
            &*convert::floats(&Memory::unlimited(), &done).unwrap(),
            &[2147483647.0, 2147483648.0, 2147483647.0]
        );
        assert!(scan(&context(), ScalarDyad::Plus, &plain(&floats(&[2], &[1e308, 1e308])), 0).is_err());
    }
}
