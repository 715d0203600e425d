//! Dyadic scalar functions on numeric arrays, in stretches of consecutive elements: which kernel computes a stretch, where
//! its results are stored, and what happens if a kernel cannot compute it (because of an overflow, for example).
//!
//! Handles element types and conforming shapes. Characters and boxes are handled by [`super::pervade`], broadcasting
//! [`super::broadcast`]'s.

use super::ScalarDyad;
use super::kernel::{self, Block, STRETCH, Side};
use super::number::{Env, Number};
use super::out::{Out, Place, Width};
use super::pair;
use crate::array::{Array, Value, squeeze};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result};

impl<'a> Block<'a> {
    /// The elements at a range of an array's ravel, or its first element for all; `None` if it isn't numeric.
    pub fn of(array: &'a Array, one: bool, range: std::ops::Range<usize>) -> Option<Block<'a>> {
        fn side<T: Copy>(data: &[T], one: bool, range: std::ops::Range<usize>) -> Option<Side<'_, T>> {
            if one { data.first().map(|&x| Side::One(x)) } else { data.get(range).map(Side::Each) }
        }
        match array {
            Array::Bool(arr) => side(arr.as_slice(), one, range).map(Block::Bool),
            Array::Int(arr) => side(arr.as_slice(), one, range).map(Block::Int),
            Array::Float(arr) => side(arr.as_slice(), one, range).map(Block::Float),
            Array::Complex(arr) => side(arr.as_slice(), one, range).map(Block::Complex),
            _ => None,
        }
    }

    /// All results so far.
    pub fn list(out: &'a Out) -> Block<'a> {
        match out {
            Out::Bool(data) => Block::Bool(Side::Each(data)),
            Out::Int(data) => Block::Int(Side::Each(data)),
            Out::Float(data) => Block::Float(Side::Each(data)),
            Out::Complex(data) => Block::Complex(Side::Each(data)),
        }
    }

    /// The type of the elements.
    pub fn width(&self) -> Width {
        match self {
            Block::Bool(_) => Width::Bool,
            Block::Int(_) => Width::Int,
            Block::Float(_) => Width::Float,
            Block::Complex(_) => Width::Complex,
        }
    }

    /// The number of elements; `None` if there is one, which is used for all.
    pub fn len(&self) -> Option<usize> {
        match self {
            Block::Bool(side) => side.len(),
            Block::Int(side) => side.len(),
            Block::Float(side) => side.len(),
            Block::Complex(side) => side.len(),
        }
    }

    /// The number at a position that is there.
    pub fn number(&self, at: usize) -> Number {
        match self {
            Block::Bool(side) => Number::Real(f64::from(u8::from(side.get(at)))),
            Block::Int(side) => Number::Real(f64::from(side.get(at))),
            Block::Float(side) => Number::Real(side.get(at)),
            Block::Complex(side) => Number::Complex(side.get(at)),
        }
    }
}

/// Computes stretch after stretch of a result.
pub struct Sink<'a> {
    context: &'a Context,
    env: Env,
    op: ScalarDyad,
    /// The results so far.
    pub out: Out,
    room: usize,
    /// Operands of a narrower type, widened a stretch at a time.
    floats: [Vec<f64>; 2],
    ints: [Vec<i32>; 2],
}

impl<'a> Sink<'a> {
    /// For operands of these types, with room for `room` results.
    pub fn new(context: &'a Context, op: ScalarDyad, left: Width, right: Width, room: usize) -> Result<Sink<'a>> {
        let out = Out::new(context.memory(), op.width(left, right), room)?;
        Ok(Sink { context, env: Env::of(context), op, out, room, floats: Default::default(), ints: Default::default() })
    }

    /// Starts over for operands of these types; the results so far are handed out.
    pub fn restart(&mut self, left: Width, right: Width) -> Result<Out> {
        let fresh = Out::new(self.context.memory(), self.op.width(left, right), self.room)?;
        Ok(std::mem::replace(&mut self.out, fresh))
    }

    /// Appends the results of one stretch of at most [`STRETCH`] elements.
    pub fn push(&mut self, left: Block<'_>, right: Block<'_>) -> Result<()> {
        let from = self.out.len();
        if self.kernel(left, right) {
            return Ok(());
        }
        self.out.truncate(from);
        if let Some(float) = kernel::floats(self.op)
            && let Out::Int(_) = self.out
            && self.op.is_arithmetic()
        {
            // Results that are too large for 32 bits.
            self.out.widen(self.context.memory(), Width::Float, self.room)?;
            if let (Out::Float(out), [first, second]) = (&mut self.out, &mut self.floats)
                && let (Some(l), Some(r)) = (as_floats(left, first), as_floats(right, second))
            {
                float(l, r, out);
                if kernel::finite(&out[from..]) {
                    return Ok(());
                }
                out.truncate(from);
            }
        }
        let count = left.len().or(right.len()).unwrap_or(1);
        for at in 0..count {
            let number = match (left.number(at), right.number(at)) {
                (Number::Real(a), Number::Real(b)) => pair::real(&self.env, self.op, a, b)?,
                (a, b) => pair::complex(&self.env, self.op, a.wide(), b.wide())?,
            };
            self.out.push(self.context.memory(), number, self.room)?;
        }
        Ok(())
    }

    /// Appends the results if a kernel is there for the types and has no objection to the values.
    #[inline]
    fn kernel(&mut self, left: Block<'_>, right: Block<'_>) -> bool {
        let op = self.op;
        if let (Out::Bool(out), Block::Bool(l), Block::Bool(r)) = (&mut self.out, left, right)
            && let Some(kernel) = kernel::bools(op)
        {
            kernel(l, r, out);
            return true;
        }
        if left.width() <= Width::Int && right.width() <= Width::Int {
            let [first, second] = &mut self.ints;
            let (Some(l), Some(r)) = (as_ints(left, first), as_ints(right, second)) else { return false };
            match &mut self.out {
                Out::Bool(out) => {
                    let Some(kernel) = kernel::exact::<i32>(op) else { return false };
                    kernel(l, r, out);
                    return true;
                }
                Out::Int(out) => return kernel::ints(op).is_some_and(|kernel| kernel(l, r, out)),
                _ => {}
            }
        }
        let [first, second] = &mut self.floats;
        let (Some(l), Some(r)) = (as_floats(left, first), as_floats(right, second)) else { return false };
        match &mut self.out {
            Out::Bool(out) => {
                let Some(kernel) = kernel::tolerant(op) else { return false };
                kernel(self.env.ct, l, r, out);
                true
            }
            Out::Float(out) => {
                let Some(kernel) = kernel::floats(op) else { return false };
                let from = out.len();
                kernel(l, r, out);
                kernel::finite(&out[from..])
            }
            _ => false,
        }
    }
}

/// A stretch as 32-bit numbers, if it is no wider.
fn as_ints<'a>(block: Block<'a>, scratch: &'a mut Vec<i32>) -> Option<Side<'a, i32>> {
    match block {
        Block::Int(side) => Some(side),
        Block::Bool(Side::One(b)) => Some(Side::One(i32::from(b))),
        Block::Bool(Side::Each(data)) => {
            scratch.clear();
            scratch.extend(data.iter().map(|&b| i32::from(b)));
            Some(Side::Each(scratch))
        }
        _ => None,
    }
}

/// A stretch as floats, if it is real.
fn as_floats<'a>(block: Block<'a>, scratch: &'a mut Vec<f64>) -> Option<Side<'a, f64>> {
    scratch.clear();
    match block {
        Block::Float(side) => return Some(side),
        Block::Bool(Side::One(b)) => return Some(Side::One(f64::from(u8::from(b)))),
        Block::Int(Side::One(n)) => return Some(Side::One(f64::from(n))),
        Block::Bool(Side::Each(data)) => scratch.extend(data.iter().map(|&b| f64::from(u8::from(b)))),
        Block::Int(Side::Each(data)) => scratch.extend(data.iter().map(|&n| f64::from(n))),
        Block::Complex(_) => return None,
    }
    Some(Side::Each(scratch))
}

/// The width of a numeric array's elements.
pub fn width(array: &Array) -> Option<Width> {
    match array {
        Array::Bool(_) => Some(Width::Bool),
        Array::Int(_) => Some(Width::Int),
        Array::Float(_) => Some(Width::Float),
        Array::Complex(_) => Some(Width::Complex),
        _ => None,
    }
}

/// An operand, and whether it is one element that is used with all elements of the other.
pub struct Operand {
    /// The elements.
    pub array: Array,
    /// Whether only the first counts.
    pub one: bool,
}

/// `left op right` for numeric arrays that conform, as an array of `shape`; elements that nobody else holds are
/// overwritten where the types agree.
pub fn numeric(context: &Context, op: ScalarDyad, left: Operand, right: Operand, shape: &[usize]) -> Result<Value> {
    let result = widest(context, op, left, right, shape)?;
    // Large numbers that came as floats leave small remainders, and a program goes on with these.
    if let (ScalarDyad::Residue, Value::Array(Array::Float(floats))) = (op, &result)
        && let Some(whole) = squeeze::whole(context.memory(), floats)?
    {
        return Ok(whole.into());
    }
    Ok(result)
}

/// See [`numeric`]: in the type that the operands' types ask for.
fn widest(context: &Context, op: ScalarDyad, left: Operand, right: Operand, shape: &[usize]) -> Result<Value> {
    let (Some(wl), Some(wr)) = (width(&left.array), width(&right.array)) else {
        return Err(Fault::internal("numbers expected"));
    };
    let result = op.width(wl, wr);
    let (l, r) = match (left.array, right.array) {
        (Array::Float(arr), r) if result == Width::Float && !left.one => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, (&r, right.one), true, shape),
            Err(arr) => (Array::Float(arr), r),
        },
        (Array::Int(arr), r) if result == Width::Int && !left.one => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, (&r, right.one), true, shape),
            Err(arr) => (Array::Int(arr), r),
        },
        other => other,
    };
    let r = match r {
        Array::Float(arr) if result == Width::Float && !right.one => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, (&l, left.one), false, shape),
            Err(arr) => Array::Float(arr),
        },
        Array::Int(arr) if result == Width::Int && !right.one => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, (&l, left.one), false, shape),
            Err(arr) => Array::Int(arr),
        },
        other => other,
    };
    fresh(context, op, (&l, left.one), (&r, right.one), shape)
}

/// Into new memory.
fn fresh(
    context: &Context,
    op: ScalarDyad,
    (left, left_one): (&Array, bool),
    (right, right_one): (&Array, bool),
    shape: &[usize],
) -> Result<Value> {
    let (Some(wl), Some(wr)) = (width(left), width(right)) else {
        return Err(Fault::internal("numbers expected"));
    };
    let count = crate::array::shape::count(shape)?;
    let mut sink = Sink::new(context, op, wl, wr, count)?;
    stretches(context, 0, count, |range| {
        let (Some(l), Some(r)) = (Block::of(left, left_one, range.clone()), Block::of(right, right_one, range)) else {
            return Err(Fault::internal("operands do not conform"));
        };
        sink.push(l, r)
    })?;
    sink.out.finish(context.memory(), shape)
}

/// Over the elements of one operand.
fn overwrite<T: Place>(
    context: &Context,
    op: ScalarDyad,
    mut place: Vec<T>,
    (other, other_one): (&Array, bool),
    place_is_left: bool,
    shape: &[usize],
) -> Result<Value> {
    let count = place.len();
    let memory = context.memory();
    let own = T::list(Vec::new()).width();
    let other_width = width(other).unwrap_or(own);
    let mut sink = Sink::new(context, op, own, other_width, STRETCH)?;
    // Results stay in the sink from the first stretch on whose results do not fit the place.
    let mut outgrown = false;
    stretches(context, 0, count, |range| {
        let mine = T::block(&place[range.clone()]);
        let theirs = Block::of(other, other_one, range.clone()).ok_or_else(|| Fault::internal("operands differ"))?;
        if place_is_left {
            sink.push(mine, theirs)?
        } else {
            sink.push(theirs, mine)?
        };
        if outgrown {
            return Ok(());
        }
        match T::results(&mut sink.out) {
            Some(results) => {
                place[range].copy_from_slice(results);
                results.clear();
            }
            None => {
                outgrown = true;
                sink.room = count;
                let mut done = memory.vec(count)?;
                done.extend_from_slice(&place[..range.start]);
                let stretch = std::mem::replace(&mut sink.out, T::list(done));
                sink.out.append(memory, stretch, count)?;
            }
        }
        Ok(())
    })?;
    if outgrown { sink.out.finish(memory, shape) } else { T::list(place).finish(memory, shape) }
}

/// Calls `work` with ranges of at most [`STRETCH`] that cover `from..to`, polling for interrupts between them.
pub fn stretches(
    context: &Context,
    from: usize,
    to: usize,
    mut work: impl FnMut(std::ops::Range<usize>) -> Result<()>,
) -> Result<()> {
    let mut start = from;
    let mut since = CHUNK;
    while start < to {
        if since >= CHUNK {
            context.poll()?;
            since = 0;
        }
        let end = (start + STRETCH).min(to);
        work(start..end)?;
        since += end - start;
        start = end;
    }
    Ok(())
}
