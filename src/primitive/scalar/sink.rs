//! Numeric operands on their way through the loops of a scalar function, a stretch of consecutive elements at a time: which
//! loop computes it, where its results are stored, and what happens if no loop can.
//!
//! The same for monadic and dyadic functions: a monadic one has a left operand that stands for nothing. Knows element types
//! and conforming operands, not shapes.

use super::out::{Out, Place};
use crate::array::{Array, Complex, Memory, Value};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result};
use crate::kernel::lanes;
use crate::kernel::number::{Env, Number};
use crate::kernel::{Family, Loop, STRETCH, Side, Width};

/// A stretch of a numeric operand.
#[derive(Clone, Copy, Debug)]
pub enum Block<'a> {
    /// Truth values.
    Bool(Side<'a, bool>),
    /// 32-bit numbers.
    Int(Side<'a, i32>),
    /// Numbers.
    Float(Side<'a, f64>),
    /// Complex numbers.
    Complex(Side<'a, Complex>),
}

impl<'a> Block<'a> {
    /// The left operand of monadic functions.
    pub const NOTHING: Block<'static> = Block::Bool(Side::One(false));

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

    fn bools(self) -> Option<Side<'a, bool>> {
        if let Block::Bool(side) = self { Some(side) } else { None }
    }

    /// The stretch as 32-bit numbers, if it is no wider.
    fn ints(self, scratch: &'a mut Vec<i32>) -> Option<Side<'a, i32>> {
        match self {
            Block::Bool(side) => Some(widened(side, scratch, i32::from)),
            Block::Int(side) => Some(side),
            _ => None,
        }
    }

    /// The stretch as floats, if it is real.
    fn floats(self, scratch: &'a mut Vec<f64>) -> Option<Side<'a, f64>> {
        match self {
            Block::Bool(side) => Some(widened(side, scratch, |b| f64::from(u8::from(b)))),
            Block::Int(side) => Some(widened(side, scratch, f64::from)),
            Block::Float(side) => Some(side),
            Block::Complex(_) => None,
        }
    }

    /// The stretch as complex numbers.
    fn complexes(self, scratch: &'a mut Vec<Complex>) -> Side<'a, Complex> {
        match self {
            Block::Bool(side) => widened(side, scratch, |b| Complex::from(f64::from(u8::from(b)))),
            Block::Int(side) => widened(side, scratch, |n| Complex::from(f64::from(n))),
            Block::Float(side) => widened(side, scratch, Complex::from),
            Block::Complex(side) => side,
        }
    }
}

fn widened<'a, T: Copy, U: Copy + Default>(
    side: Side<'_, T>,
    scratch: &'a mut Vec<U>,
    f: impl Fn(T) -> U,
) -> Side<'a, U> {
    match side {
        Side::One(x) => Side::One(f(x)),
        Side::Each(_) => {
            scratch.clear();
            lanes::zip(side, Side::One(()), scratch, |x, ()| f(x));
            Side::Each(scratch)
        }
    }
}

/// Operands of a narrower type, widened a stretch at a time; and results that may turn out to be whole.
#[derive(Default)]
struct Scratch {
    ints: [Vec<i32>; 2],
    floats: [Vec<f64>; 2],
    complexes: [Vec<Complex>; 2],
    results: Vec<f64>,
}

/// Computes stretch after stretch of a result.
pub struct Sink<'a, F> {
    context: &'a Context,
    env: Env,
    function: F,
    /// The results so far.
    pub out: Out,
    room: usize,
    scratch: Scratch,
}

impl<'a, F: Family> Sink<'a, F> {
    /// For operands of these types, with room for `room` results.
    pub fn new(context: &'a Context, function: F, left: Width, right: Width, room: usize) -> Result<Sink<'a, F>> {
        let out = Out::new(context.memory(), function.width(left, right), room)?;
        Ok(Sink { context, env: super::env(context), function, out, room, scratch: Scratch::default() })
    }

    /// Starts over for operands of these types; the results so far are handed out.
    pub fn restart(&mut self, left: Width, right: Width) -> Result<Out> {
        let fresh = Out::new(self.context.memory(), self.function.width(left, right), self.room)?;
        Ok(std::mem::replace(&mut self.out, fresh))
    }

    /// Appends the results of one stretch of at most [`STRETCH`] elements: by a loop for the type of the results so far, or
    /// for a wider one where they have no such results.
    pub fn push(&mut self, left: Block<'_>, right: Block<'_>) -> Result<()> {
        loop {
            if self.by_loop(left, right)? {
                return Ok(());
            }
            let wider = match self.out.width() {
                Width::Int => Width::Float,
                Width::Float => Width::Complex,
                Width::Bool | Width::Complex => break,
            };
            self.out.widen(self.context.memory(), wider, self.room)?;
        }
        self.by_numbers(left, right)
    }

    /// Mostly to find the error.
    #[cold]
    fn by_numbers(&mut self, left: Block<'_>, right: Block<'_>) -> Result<()> {
        let count = left.len().or(right.len()).unwrap_or(1);
        for at in 0..count {
            let number = self.function.number(&self.env, left.number(at), right.number(at))?;
            self.out.push(self.context.memory(), number, self.room)?;
        }
        self.context.tally.singly(count);
        Ok(())
    }

    /// Appends the results if a loop is there for the types and has them for these values.
    fn by_loop(&mut self, left: Block<'_>, right: Block<'_>) -> Result<bool> {
        let Sink { context, env, function, out, room, scratch } = self;
        let widest = left.width().max(right.width());
        let Scratch { ints: [a, b], floats: [c, d], complexes: [e, f], results } = scratch;
        let bools = || left.bools().zip(right.bools());
        let ints = move || {
            let (a, b) = (a, b);
            left.ints(a).zip(right.ints(b))
        };
        let floats = move || {
            let (c, d) = (c, d);
            left.floats(c).zip(right.floats(d))
        };
        let complexes = move || {
            let (e, f) = (e, f);
            Some((left.complexes(e), right.complexes(f)))
        };
        Ok(match out {
            Out::Bool(out) => match widest {
                Width::Bool if function.bool_bool().is_some() => run(env, function.bool_bool(), bools, out),
                Width::Bool | Width::Int => run(env, function.int_bool(), ints, out),
                Width::Float => run(env, function.float_bool(), floats, out),
                Width::Complex => run(env, function.complex_bool(), complexes, out),
            },
            Out::Int(list) => {
                if run(env, function.int_int(), ints, list) {
                    return Ok(true);
                }
                let Some((l, r)) = floats() else { return Ok(false) };
                if run(env, function.float_int(), || Some((l, r)), list) {
                    return Ok(true);
                }
                results.clear();
                if !run(env, function.float_float(), || Some((l, r)), results) {
                    return Ok(false);
                }
                let from = list.len();
                if lanes::narrow(results, list) {
                    return Ok(true);
                }
                list.truncate(from);
                out.widen(context.memory(), Width::Float, *room)?;
                if let Out::Float(list) = out {
                    list.extend_from_slice(results);
                }
                true
            }
            Out::Float(out) => match widest {
                Width::Complex => run(env, function.complex_float(), complexes, out),
                _ => run(env, function.float_float(), floats, out),
            },
            Out::Complex(out) => run(env, function.complex_complex(), complexes, out),
        })
    }
}

/// A loop on operands; what it has appended goes if it has no result for a value.
#[inline]
fn run<'s, T, R>(
    env: &Env,
    work: Option<Loop<T, R>>,
    operands: impl FnOnce() -> Option<(Side<'s, T>, Side<'s, T>)>,
    out: &mut Vec<R>,
) -> bool
where
    T: 's,
{
    let Some(work) = work else { return false };
    let Some((left, right)) = operands() else { return false };
    let from = out.len();
    let done = work(env, left, right, out);
    if !done {
        out.truncate(from);
    }
    done
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

/// A function that gets the operands' stretches at a range.
type Push<'f, 'a, F> = &'f dyn Fn(&mut Sink<'a, F>, Block<'_>, std::ops::Range<usize>) -> Result<()>;

/// Results for the elements of an array, over these elements where nobody else holds them and they are of the results'
/// type; otherwise the array itself as an `Err`. `push` gets each stretch of the elements, and where it is.
pub fn over<'a, F: Family>(
    context: &'a Context,
    function: F,
    array: Array,
    (left, right): (Width, Width),
    shape: &[usize],
    push: Push<'_, 'a, F>,
) -> Result<std::result::Result<Value, Array>> {
    let result = function.width(left, right);
    macro_rules! take {
        ($arr:expr) => {
            match $arr.try_into_vec() {
                Ok(place) => overwrite(context, function, place, (left, right), shape, push).map(Ok),
                Err(arr) => Ok(Err(arr.into())),
            }
        };
    }
    match array {
        Array::Bool(arr) if result == Width::Bool => take!(arr),
        Array::Int(arr) if result == Width::Int => take!(arr),
        Array::Float(arr) if result == Width::Float => take!(arr),
        Array::Complex(arr) if result == Width::Complex => take!(arr),
        other => Ok(Err(other)),
    }
}

/// See [`over`].
fn overwrite<'a, T: Place, F: Family>(
    context: &'a Context,
    function: F,
    mut place: Vec<T>,
    (left, right): (Width, Width),
    shape: &[usize],
    push: Push<'_, 'a, F>,
) -> Result<Value> {
    let (count, memory) = (place.len(), context.memory());
    let mut sink = Sink::new(context, function, left, right, STRETCH.min(count))?;
    // Results stay in the sink from the first stretch on whose results do not fit the place.
    let mut outgrown = false;
    stretches(context, count, |range| {
        push(&mut sink, T::block(&place[range.clone()]), range.clone())?;
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

/// Results in new memory; `push` gets the range of each stretch.
pub fn fresh<'a, F: Family>(
    context: &'a Context,
    function: F,
    (left, right): (Width, Width),
    shape: &[usize],
    mut push: impl FnMut(&mut Sink<'a, F>, std::ops::Range<usize>) -> Result<()>,
) -> Result<Value> {
    let memory: &Memory = context.memory();
    let count = crate::array::shape::count(shape)?;
    let mut sink = Sink::new(context, function, left, right, count)?;
    stretches(context, count, |range| push(&mut sink, range))?;
    sink.out.finish(memory, shape)
}

/// The elements of an operand at a range.
pub fn block(array: &Array, one: bool, range: std::ops::Range<usize>) -> Result<Block<'_>> {
    Block::of(array, one, range).ok_or_else(|| Fault::internal("numeric operands that conform expected"))
}

/// Calls `work` with ranges of at most [`STRETCH`] that cover `0..count`, polling for interrupts between them.
fn stretches(
    context: &Context,
    count: usize,
    mut work: impl FnMut(std::ops::Range<usize>) -> Result<()>,
) -> Result<()> {
    let mut start = 0;
    let mut since = CHUNK;
    while start < count {
        if since >= CHUNK {
            context.poll()?;
            since = 0;
        }
        let end = (start + STRETCH).min(count);
        work(start..end)?;
        since += end - start;
        start = end;
    }
    Ok(())
}
