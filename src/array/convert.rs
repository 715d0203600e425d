//! Conversions of values to what kernels need: whole numbers (from anything that is one within tolerance), floats,
//! booleans, text.

use std::borrow::Cow;

use super::arr::{Arr, Complex};
use super::memory::Memory;
use super::shape;
use super::value::{Array, Value};
use crate::error::{Fault, Result};

/// Elements converted between two checks of the interrupt flag.
const PIECE: usize = 1 << 16;

/// A number that differs from a whole number by less than this, relatively, is accepted as that whole number.
const WHOLE_TOLERANCE: f64 = 1e-10;

/// An imaginary part smaller than this, relative to the real part, is ignored where a real number is needed.
const REAL_TOLERANCE: f64 = 1e-13;

/// The real number that `z` is, within tolerance.
pub fn real(z: Complex) -> Option<f64> {
    (z.im.abs() <= REAL_TOLERANCE * z.re.abs().max(1.0)).then_some(z.re)
}

/// The whole number that `x` is, within tolerance; `None` if it isn't one or is beyond 2*62.
pub fn whole(x: f64) -> Option<i64> {
    let near = x.round();
    if (x - near).abs() > WHOLE_TOLERANCE * near.abs().max(1.0) || near.abs() > 4.7e18 {
        return None;
    }
    Some(near as i64)
}

/// The whole number that `x` is, within tolerance, brought into ±2*62: for counts and indices, where anything so
/// large fails or saturates alike. `None` if it isn't one.
pub fn clamped(x: f64) -> Option<i64> {
    const LIMIT: i64 = 1 << 62;
    match whole(x) {
        None if x.abs() > 4.7e18 => Some(if x < 0.0 { -LIMIT } else { LIMIT }),
        near => near.map(|n| n.clamp(-LIMIT, LIMIT)),
    }
}

/// A number as the narrowest scalar that holds it exactly.
pub fn scalar(x: f64) -> Value {
    let near = x as i32;
    if f64::from(near) == x { Value::Int(near) } else { Value::Float(x) }
}

/// Counts or indices as an array: 32-bit numbers where they fit.
pub fn counts(memory: &Memory, shape: &[usize], counts: &[usize]) -> Result<Value> {
    if counts.iter().all(|&n| n <= i32::MAX as usize) {
        let mut data = memory.vec(counts.len())?;
        data.extend(counts.iter().map(|&n| n as i32));
        return Ok(Arr::new(memory, shape, data)?.into());
    }
    let mut data = memory.vec(counts.len())?;
    data.extend(counts.iter().map(|&n| n as f64));
    Ok(Arr::new(memory, shape, data)?.into())
}

/// Each element converted by a function; checks the budget and interrupts.
pub fn mapped<S, T>(memory: &Memory, data: &[S], each: impl Fn(&S) -> T) -> Result<Vec<T>> {
    let mut out = memory.vec(data.len())?;
    for piece in data.chunks(PIECE) {
        memory.poll()?;
        out.extend(piece.iter().map(&each));
    }
    Ok(out)
}

/// As [`mapped`], for a conversion that may fail.
fn tried<S, T>(memory: &Memory, data: &[S], each: impl Fn(&S) -> Result<T>) -> Result<Vec<T>> {
    let mut out = memory.vec(data.len())?;
    for piece in data.chunks(PIECE) {
        memory.poll()?;
        for element in piece {
            out.push(each(element)?);
        }
    }
    Ok(out)
}

/// The elements of a simple real array as floats. DOMAIN ERROR for characters, boxes and complex numbers.
pub fn floats<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [f64]>> {
    Ok(match array {
        Array::Float(a) => Cow::Borrowed(a.as_slice()),
        Array::Bool(a) => Cow::Owned(mapped(memory, a.as_slice(), |&b| f64::from(u8::from(b)))?),
        Array::Int(a) => Cow::Owned(mapped(memory, a.as_slice(), |&n| f64::from(n))?),
        Array::Complex(a) => Cow::Owned(tried(memory, a.as_slice(), |&z| real(z).ok_or_else(Fault::domain))?),
        // An empty array has no element that could be wrong.
        other if other.is_empty() => Cow::Owned(Vec::new()),
        Array::Nested(a) if a.as_slice().iter().all(Value::is_simple_scalar) => {
            Cow::Owned(tried(memory, a.as_slice(), float)?)
        }
        Array::Char(_) | Array::Ref(_) | Array::Nested(_) => return Err(Fault::domain()),
    })
}

/// The elements as an array of floats of the same shape, shared where they are floats already.
pub fn float_arr(memory: &Memory, array: &Array) -> Result<Arr<f64>> {
    if let Array::Float(arr) = array {
        return Ok(arr.clone());
    }
    Arr::new(memory, array.shape(), floats(memory, array)?.into_owned())
}

/// Complex numbers as floats where all are real; anything else as it is. For functions that are not the same on the
/// two in every last digit.
pub fn narrowed(memory: &Memory, array: Array) -> Result<Array> {
    match &array {
        Array::Complex(a) if a.as_slice().iter().all(|z| z.im == 0.0) => {
            Ok(Arr::new(memory, a.shape(), mapped(memory, a.as_slice(), |z| z.re)?)?.into())
        }
        _ => Ok(array),
    }
}

/// The elements of a simple array of whole numbers. DOMAIN ERROR where one isn't whole.
pub fn ints(memory: &Memory, array: &Array) -> Result<Vec<i64>> {
    match array {
        Array::Bool(a) => mapped(memory, a.as_slice(), |&b| i64::from(b)),
        Array::Int(a) => mapped(memory, a.as_slice(), |&n| i64::from(n)),
        other => tried(memory, &floats(memory, other)?, |&x| whole(x).ok_or_else(Fault::domain)),
    }
}

/// The elements of a simple array of zeros and ones. DOMAIN ERROR where one is neither.
pub fn bools<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [bool]>> {
    Ok(match array {
        Array::Bool(a) => Cow::Borrowed(a.as_slice()),
        Array::Int(a) => {
            let all = a.as_slice();
            if !all.iter().fold(true, |truths, &n| truths & (n & !1 == 0)) {
                return Err(Fault::domain());
            }
            Cow::Owned(mapped(memory, all, |&n| n == 1)?)
        }
        other => Cow::Owned(tried(memory, &floats(memory, other)?, |&x| match whole(x) {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            _ => Err(Fault::domain()),
        })?),
    })
}

/// A scalar or one-element array as a float. RANK ERROR, LENGTH ERROR, DOMAIN ERROR.
pub fn float(value: &Value) -> Result<f64> {
    match value {
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        Value::Int(n) => Ok(f64::from(*n)),
        Value::Float(x) => Ok(*x),
        Value::Char(_) => Err(Fault::domain()),
        _ if value.rank() > 1 => Err(Fault::misshapen("one number", value.shape())),
        _ if value.count() != 1 => {
            Err(Fault::length().with_detail(format!("one number is wanted, not {}", value.count())))
        }
        Value::Framed(_) => Err(Fault::domain()),
        // One element needs no budget.
        _ => match value.array(&Memory::unlimited())? {
            Array::Nested(a) if a.as_slice().first().is_none_or(|v| !v.is_simple_scalar()) => Err(Fault::domain()),
            array => floats(&Memory::unlimited(), &array)?.first().copied().ok_or_else(Fault::length),
        },
    }
}

/// A scalar or one-element array as a whole number. RANK ERROR, LENGTH ERROR, DOMAIN ERROR.
pub fn int(value: &Value) -> Result<i64> {
    whole(float(value)?).ok_or_else(Fault::domain)
}

/// A scalar or vector of whole numbers, as axes, lengths and counts are given. RANK ERROR for a matrix.
pub fn int_vec(memory: &Memory, value: &Value) -> Result<Vec<i64>> {
    match value {
        Value::Bool(b) => return Ok(vec![i64::from(*b)]),
        Value::Int(n) => return Ok(vec![i64::from(*n)]),
        _ if value.rank() > 1 => {
            return Err(Fault::misshapen("a scalar or vector", value.shape()));
        }
        _ => {}
    }
    ints(memory, &value.array(memory)?)
}

/// A character scalar or vector as text. RANK ERROR, DOMAIN ERROR. An empty numeric vector is the empty text.
pub fn text(memory: &Memory, value: &Value) -> Result<String> {
    if value.rank() > 1 {
        return Err(Fault::misshapen("a text in a scalar or vector", value.shape()));
    }
    match value.array(memory)? {
        Array::Char(a) => Ok(a.as_slice().iter().collect()),
        other if other.is_empty() => Ok(String::new()),
        _ => Err(Fault::domain()),
    }
}

/// A whole number as a length. DOMAIN ERROR if negative.
pub fn length(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Fault::domain())
}

/// An axis in ⎕IO as a position from 0. DOMAIN ERROR for a fraction, INDEX ERROR out of range.
pub fn axis(memory: &Memory, value: &Value, origin: i64, rank: usize) -> Result<usize> {
    let list = int_vec(memory, value)?;
    let [axis] = list[..] else {
        let fault = if list.is_empty() { Fault::length() } else { Fault::rank() };
        return Err(fault.with_detail(format!("one axis is wanted, not {}", list.len())));
    };
    match usize::try_from(axis - origin) {
        Ok(k) if k < rank => Ok(k),
        _ => Err(Fault::index().with_detail(format!("no axis {axis} in an array of rank {rank}").replace('-', "¯"))),
    }
}

/// The number of elements of a shape given by untrusted whole numbers. DOMAIN ERROR for negatives.
pub fn shape_of(lengths: &[i64]) -> Result<shape::Shape> {
    let mut out = shape::Shape::new();
    if lengths.len() > shape::MAX_RANK {
        return Err(Fault::limit());
    }
    for &n in lengths {
        out.push(length(n)?);
    }
    Ok(out)
}

#[doc(hidden)]
impl Value {
    /// A numeric vector of counts or indices.
    pub fn counts(memory: &Memory, counts: &[usize]) -> Result<Value> {
        self::counts(memory, &[counts.len()], counts)
    }
}
