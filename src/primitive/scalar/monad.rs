//! Monadic scalar functions: on single numbers, on stretches of elements, at any depth.

use super::kernel::{self, Block, STRETCH, Side};
use super::number::{self, Env, Number};
use super::out::{Out, Place, Width};
use super::{ScalarMonad, circular, complex, dyad::stretches, dyad::width, gamma, pair};
use crate::array::{Arr, Array, Complex, Framed, Value, convert, prototype};
use crate::context::Context;
use crate::error::{Fault, Result};

/// `op right`.
pub fn monadic(context: &Context, op: ScalarMonad, right: Value) -> Result<Value> {
    match &right {
        Value::Bool(b) => return one(context, op, f64::from(u8::from(*b)), true),
        Value::Int(n) => return one(context, op, f64::from(*n), true),
        Value::Float(x) => return one(context, op, *x, false),
        Value::Char(_) if op == ScalarMonad::Conjugate => return Ok(right),
        Value::Char(c) => return Err(character(op, *c)),
        Value::Framed(framed) => {
            let flat = monadic(context, op, framed.flat().clone())?;
            return Ok(Framed::new(flat, framed.frame_rank())?.into());
        }
        Value::Array(_) | Value::Pending(_) => {}
    }
    match right.into_array(context.memory())? {
        Array::Nested(arr) => nested(context, op, arr),
        Array::Char(arr) if op == ScalarMonad::Conjugate => Ok(arr.into()),
        Array::Char(arr) => match arr.as_slice().first() {
            Some(&c) => Err(character(op, c)),
            None => Ok(Arr::<i32>::new(context.memory(), arr.shape(), Vec::new())?.into()),
        },
        Array::Ref(arr) if op == ScalarMonad::Conjugate => Ok(arr.into()),
        Array::Ref(arr) if !arr.is_empty() => {
            Err(Fault::domain().with_detail(format!("{} takes numbers, not namespaces", op.glyph())))
        }
        Array::Ref(arr) => Ok(Arr::<i32>::new(context.memory(), arr.shape(), Vec::new())?.into()),
        numbers => numeric(context, op, numbers),
    }
}

fn character(op: ScalarMonad, c: char) -> Fault {
    Fault::domain().with_detail(format!("{} takes numbers, not the character '{c}'", op.glyph()))
}

/// An unboxed number.
fn one(context: &Context, op: ScalarMonad, x: f64, whole: bool) -> Result<Value> {
    Ok(match real(&Env::of(context), op, x)? {
        Number::Real(x) if op == ScalarMonad::Not => Value::Bool(x != 0.0),
        number if whole || op.is_whole() => number.narrow(),
        number => number.value(),
    })
}

/// `op x` for a real number.
pub fn real(env: &Env, op: ScalarMonad, x: f64) -> Result<Number> {
    let y = match op {
        ScalarMonad::Conjugate => x,
        ScalarMonad::Negate => 0.0 - x,
        ScalarMonad::Direction => f64::from(u8::from(x > 0.0)) - f64::from(u8::from(x < 0.0)),
        ScalarMonad::Reciprocal => return pair::real(env, super::ScalarDyad::Divide, 1.0, x),
        ScalarMonad::Exponential => x.exp(),
        ScalarMonad::Logarithm if x > 0.0 => x.ln(),
        ScalarMonad::Logarithm => return complex(env, op, x.into()),
        ScalarMonad::Ceiling => number::ceiling(x, env.ct),
        ScalarMonad::Floor => number::floor(x, env.ct),
        ScalarMonad::Magnitude => x.abs(),
        ScalarMonad::Factorial => gamma::factorial(x)?,
        ScalarMonad::PiTimes => x * std::f64::consts::PI,
        ScalarMonad::Not => f64::from(u8::from(!number::truth(x)?)),
    };
    number::real(y)
}

/// `op z` for a complex number.
pub fn complex(env: &Env, op: ScalarMonad, z: Complex) -> Result<Number> {
    let zero = Complex::from(0.0);
    number::complex(match op {
        ScalarMonad::Conjugate => z.conj(),
        ScalarMonad::Negate => -z,
        ScalarMonad::Direction if z == zero => zero,
        ScalarMonad::Direction => z / z.norm(),
        ScalarMonad::Reciprocal => return pair::complex(env, super::ScalarDyad::Divide, 1.0.into(), z),
        ScalarMonad::Exponential => complex::exp(z),
        ScalarMonad::Logarithm if z == zero => {
            return Err(Fault::domain().with_detail("zero has no logarithm"));
        }
        ScalarMonad::Logarithm => complex::ln(z),
        ScalarMonad::Ceiling => complex::ceiling(z, env.ct),
        ScalarMonad::Floor => complex::floor(z, env.ct),
        ScalarMonad::Magnitude => return circular::complex(10, z),
        ScalarMonad::Factorial => return gamma::complex_factorial(z),
        ScalarMonad::PiTimes => z * std::f64::consts::PI,
        ScalarMonad::Not => match convert::real(z) {
            Some(x) => return real(env, op, x),
            None => return Err(Fault::domain().with_detail("~ takes 0 and 1, not complex numbers")),
        },
    })
}

fn nested(context: &Context, op: ScalarMonad, arr: Arr<Value>) -> Result<Value> {
    let memory = context.memory();
    let shape = crate::array::Shape::from_slice(arr.shape());
    if arr.is_empty() {
        if op == ScalarMonad::Conjugate {
            return Ok(arr.into());
        }
        let item = prototype::fill_item(memory, &Array::Nested(arr))?;
        let item = super::filled_like(context, &item, 0.0)?;
        if item.is_simple_scalar() {
            return Ok(Arr::<i32>::new(memory, &shape, Vec::new())?.into());
        }
        return Ok(Arr::empty_of(memory, &shape, item)?.into());
    }
    let mut results = memory.vec(arr.len())?;
    let mut apply = |item: Value| -> Result<()> {
        context.poll()?;
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || monadic(context, op, item))?;
        results.push(result.settled(memory)?);
        Ok(())
    };
    // Items that nobody else holds are given away, so that each can be overwritten in its turn.
    match arr.try_into_vec() {
        Ok(items) => items.into_iter().try_for_each(&mut apply)?,
        Err(arr) => arr.as_slice().iter().cloned().try_for_each(&mut apply)?,
    }
    Ok(Array::from_items(memory, &shape, results, || Value::Int(0))?.into())
}

/// Numbers: what stays as it is, then over the argument's own elements, then into new memory.
fn numeric(context: &Context, op: ScalarMonad, array: Array) -> Result<Value> {
    if matches!((op, &array), (_, Array::Bool(_) | Array::Int(_)) if op.keeps_whole())
        || matches!((op, &array), (ScalarMonad::Conjugate, Array::Float(_)))
        || matches!((op, &array), (ScalarMonad::Direction | ScalarMonad::Magnitude, Array::Bool(_)))
    {
        return Ok(array.into());
    }
    let shape = crate::array::Shape::from_slice(array.shape());
    let Some(own) = width(&array) else { return Err(Fault::internal("numbers expected")) };
    let array = match array {
        Array::Float(arr) if op.width(own) == Width::Float => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, &shape),
            Err(arr) => Array::Float(arr),
        },
        Array::Int(arr) if op.width(own) == Width::Int => match arr.try_into_vec() {
            Ok(place) => return overwrite(context, op, place, &shape),
            Err(arr) => Array::Int(arr),
        },
        other => other,
    };
    let count = array.len();
    let out = Out::new(context.memory(), op.width(own), count)?;
    let mut sink = Sink { context, env: Env::of(context), op, room: count, out };
    stretches(context, 0, count, |range| {
        sink.push(Block::of(&array, false, range).ok_or_else(|| Fault::internal("numbers expected"))?)
    })?;
    sink.out.finish(context.memory(), &shape)
}

/// Over the argument's elements.
fn overwrite<T: Place>(context: &Context, op: ScalarMonad, mut place: Vec<T>, shape: &[usize]) -> Result<Value> {
    let (count, memory) = (place.len(), context.memory());
    let out = Out::new(memory, T::list(Vec::new()).width(), STRETCH)?;
    let mut sink = Sink { context, env: Env::of(context), op, room: STRETCH, out };
    let mut outgrown = false;
    stretches(context, 0, count, |range| {
        sink.push(T::block(&place[range.clone()]))?;
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

/// Computes stretch after stretch of a result.
struct Sink<'a> {
    context: &'a Context,
    env: Env,
    op: ScalarMonad,
    out: Out,
    room: usize,
}

impl Sink<'_> {
    fn push(&mut self, block: Block<'_>) -> Result<()> {
        let from = self.out.len();
        if self.kernel(block) {
            return Ok(());
        }
        self.out.truncate(from);
        for at in 0..block.len().unwrap_or(1) {
            let number = match block.number(at) {
                Number::Real(x) => real(&self.env, self.op, x)?,
                Number::Complex(z) if z.im == 0.0 => real(&self.env, self.op, z.re)?,
                Number::Complex(z) => complex(&self.env, self.op, z)?,
            };
            self.out.push(self.context.memory(), number, self.room)?;
        }
        Ok(())
    }

    /// Appends the results if there is a loop for the types and no value objects.
    fn kernel(&mut self, block: Block<'_>) -> bool {
        match (&mut self.out, block) {
            (Out::Bool(out), Block::Bool(Side::Each(data))) if self.op == ScalarMonad::Not => {
                out.extend(data.iter().map(|b| !b));
                true
            }
            (Out::Bool(out), Block::Int(Side::Each(data))) if self.op == ScalarMonad::Not => {
                out.extend(data.iter().map(|&n| n == 0));
                data.iter().fold(true, |all, &n| all & (n == 0 || n == 1))
            }
            (Out::Int(out), Block::Int(Side::Each(data))) => {
                match self.op {
                    ScalarMonad::Negate => out.extend(data.iter().map(|n| n.wrapping_neg())),
                    ScalarMonad::Magnitude => out.extend(data.iter().map(|n| n.wrapping_abs())),
                    ScalarMonad::Direction => out.extend(data.iter().map(|n| n.signum())),
                    _ => return false,
                }
                data.iter().fold(true, |all, &n| all & (n != i32::MIN))
            }
            (Out::Int(out), Block::Float(Side::Each(data))) => match self.op {
                ScalarMonad::Direction => {
                    out.extend(data.iter().map(|&x| i32::from(x > 0.0) - i32::from(x < 0.0)));
                    true
                }
                ScalarMonad::Floor => floors(data, 1.0, self.env.ct, out),
                ScalarMonad::Ceiling => floors(data, -1.0, self.env.ct, out),
                _ => false,
            },
            (Out::Float(out), Block::Float(Side::Each(data))) => {
                let from = out.len();
                match self.op {
                    ScalarMonad::Negate => out.extend(data.iter().map(|x| 0.0 - x)),
                    ScalarMonad::Magnitude => out.extend(data.iter().map(|x| x.abs())),
                    ScalarMonad::Reciprocal => out.extend(data.iter().map(|x| 1.0 / x)),
                    ScalarMonad::Exponential => out.extend(data.iter().map(|x| x.exp())),
                    ScalarMonad::Logarithm => out.extend(data.iter().map(|x| x.ln() + 0.0)),
                    ScalarMonad::PiTimes => out.extend(data.iter().map(|x| x * std::f64::consts::PI)),
                    _ => return false,
                }
                kernel::finite(&out[from..])
            }
            _ => false,
        }
    }
}

/// Tolerant floors, or ceilings as floors of the other sign, that fit 32 bits; `false` where one doesn't.
fn floors(data: &[f64], sign: f64, ct: f64, out: &mut Vec<i32>) -> bool {
    let limit = f64::from(i32::MAX);
    out.extend(data.iter().map(|&x| {
        let x = x * sign;
        let near = (x + kernel::ROUND) - kernel::ROUND;
        let size = x.abs();
        let margin = ct * if size > 1.0 { size } else { 1.0 };
        let floor = if near - x > margin { near - 1.0 } else { near };
        kernel::low_bits(floor * sign)
    }));
    data.iter().fold(true, |all, x| all & (x.abs() < limit))
}
