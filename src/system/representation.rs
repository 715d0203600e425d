//! `⎕DR`: the type of an array, reinterpretation of its bits as another type, and conversion between types.
//!
//! The type is the narrowest that can hold the values. zilde may store them in a wider one.

use super::Call;
use crate::array::{Arr, Array, Complex, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// Dyalog's types that zilde has, by their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Booleans, eight in a byte.
    Bit,
    /// Characters of one byte.
    Char8,
    /// Whole numbers of one byte.
    Int8,
    /// Characters of two bytes.
    Char16,
    /// Whole numbers of two bytes.
    Int16,
    /// Characters of four bytes.
    Char32,
    /// Whole numbers of four bytes.
    Int32,
    /// Boxes.
    Pointer,
    /// 64-bit floats.
    Float,
    /// Pairs of 64-bit floats.
    Complex,
}

const CODES: &[(i64, Kind, usize)] = &[
    (11, Kind::Bit, 1),
    (80, Kind::Char8, 8),
    (83, Kind::Int8, 8),
    (160, Kind::Char16, 16),
    (163, Kind::Int16, 16),
    (320, Kind::Char32, 32),
    (323, Kind::Int32, 32),
    (326, Kind::Pointer, 64),
    (645, Kind::Float, 64),
    (1289, Kind::Complex, 128),
];

impl Kind {
    fn code(self) -> i32 {
        CODES.iter().find(|row| row.1 == self).map_or(0, |row| row.0 as i32)
    }

    /// How many bits an element takes.
    pub fn bits(self) -> usize {
        CODES.iter().find(|row| row.1 == self).map_or(8, |row| row.2)
    }

    /// The type with a code. DOMAIN ERROR.
    pub fn of_code(code: i64) -> Result<Kind> {
        let row = CODES.iter().find(|row| row.0 == code);
        row.map(|row| row.1).ok_or_else(|| Fault::domain().with_detail(format!("{code} is not a data type")))
    }

    /// Whether its elements are characters.
    pub fn is_character(self) -> bool {
        matches!(self, Kind::Char8 | Kind::Char16 | Kind::Char32)
    }
}

/// `⎕DR Y`: the code of the narrowest type that holds `Y`. `X ⎕DR Y`: with one type, the bits of `Y` as an array of
/// it; with two, `Y` (its bits taken for the first, unless that is 0) converted to the second, and where that is
/// possible. Dyalog: Data Representation.
pub fn representation(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let array = right.array(memory)?;
    let Some(left) = left else { return Ok(Value::Int(kind(context, &array)?.code())) };
    match convert::int_vec(memory, &left)?[..] {
        [to] => Ok(reinterpreted(context, &array, Kind::of_code(to)?)?.into()),
        [0, to] => converted(context, array, Kind::of_code(to)?),
        [from, to] => {
            let to = Kind::of_code(to)?;
            let array = reinterpreted(context, &array, Kind::of_code(from)?)?;
            converted(context, array, to)
        }
        _ => Err(Fault::length().with_detail("the left argument is a code, or two")),
    }
}

/// The narrowest type that holds an array.
pub fn kind(context: &Context, array: &Array) -> Result<Kind> {
    let whole = |low: i64, high: i64| match () {
        _ if low >= 0 && high <= 1 => Kind::Bit,
        _ if low >= -128 && high < 128 => Kind::Int8,
        _ if low >= -32768 && high < 32768 => Kind::Int16,
        _ => Kind::Int32,
    };
    let (mut low, mut high) = (0i64, 0i64);
    let mut include = |n: i64| (low, high) = (low.min(n), high.max(n));
    let mut fits = |x: f64| {
        include(x as i32 as i64);
        f64::from(x as i32) == x
    };
    match array {
        Array::Nested(_) | Array::Ref(_) => return Ok(Kind::Pointer),
        Array::Char(chars) => {
            let mut last = 0;
            context.chunks(chars.len(), |range| {
                last = chars.as_slice()[range].iter().fold(last, |last, &c| last.max(c as u32));
                Ok(())
            })?;
            return Ok(match last {
                0..256 => Kind::Char8,
                256..65536 => Kind::Char16,
                _ => Kind::Char32,
            });
        }
        // An empty numeric vector has the type of a small number.
        _ if array.is_empty() => return Ok(Kind::Int8),
        Array::Bool(_) => return Ok(Kind::Bit),
        Array::Int(numbers) => context.chunks(numbers.len(), |range| {
            numbers.as_slice()[range].iter().for_each(|&n| _ = fits(f64::from(n)));
            Ok(())
        })?,
        Array::Float(numbers) => {
            let fit = |range: std::ops::Range<usize>| numbers.as_slice()[range].iter().all(|&x| fits(x));
            if !every(context, numbers.len(), fit)? {
                return Ok(Kind::Float);
            }
        }
        Array::Complex(numbers) => {
            let real = |range: std::ops::Range<usize>| numbers.as_slice()[range].iter().all(|z| z.im == 0.0);
            if !every(context, numbers.len(), real)? {
                return Ok(Kind::Complex);
            }
            let fit = |range: std::ops::Range<usize>| numbers.as_slice()[range].iter().all(|z| fits(z.re));
            if !every(context, numbers.len(), fit)? {
                return Ok(Kind::Float);
            }
        }
    }
    Ok(whole(low, high))
}

/// Whether something holds for all chunks.
fn every(context: &Context, count: usize, mut holds: impl FnMut(std::ops::Range<usize>) -> bool) -> Result<bool> {
    let mut all = true;
    context.chunks(count, |range| {
        all = all && holds(range);
        Ok(())
    })?;
    Ok(all)
}

/// The elements' bytes in order, low bytes first; of booleans eight in a byte, the first one highest.
pub fn bytes(context: &Context, array: &Array, kind: Kind) -> Result<Vec<u8>> {
    let memory = context.memory();
    let count = array.len().checked_mul(kind.bits()).ok_or_else(Fault::ws_full)?.div_ceil(8);
    let mut out: Vec<u8> = memory.vec(count)?;
    let mut pace = context.pace();
    match array {
        Array::Char(chars) => {
            for &c in chars.as_slice() {
                pace.step(1)?;
                out.extend_from_slice(&(c as u32).to_le_bytes()[..kind.bits() / 8]);
            }
        }
        Array::Nested(_) | Array::Ref(_) => return Err(Fault::domain()),
        Array::Complex(numbers) if kind == Kind::Complex => {
            for z in numbers.as_slice() {
                pace.step(1)?;
                out.extend_from_slice(&z.re.to_le_bytes());
                out.extend_from_slice(&z.im.to_le_bytes());
            }
        }
        _ if kind == Kind::Float => {
            memory.check(array.len() * 8)?;
            for x in convert::floats(memory, array)?.iter() {
                pace.step(1)?;
                out.extend_from_slice(&x.to_le_bytes());
            }
        }
        _ => {
            memory.check(array.len() * 8)?;
            let numbers = convert::ints(memory, array)?;
            if kind == Kind::Bit {
                for eight in numbers.chunks(8) {
                    pace.step(8)?;
                    out.push(eight.iter().enumerate().fold(0, |byte, (k, &bit)| byte | (bit as u8) << (7 - k)));
                }
            } else {
                for n in numbers {
                    pace.step(1)?;
                    out.extend_from_slice(&n.to_le_bytes()[..kind.bits() / 8]);
                }
            }
        }
    }
    Ok(out)
}

/// The bits of an array as elements of another type, more or fewer of them along the last axis. LENGTH ERROR where a
/// row's bits don't divide, DOMAIN ERROR for boxes and for bits that stand for nothing.
fn reinterpreted(context: &Context, array: &Array, to: Kind) -> Result<Array> {
    let from = kind(context, array)?;
    if from == Kind::Pointer || to == Kind::Pointer {
        return Err(Fault::domain().with_detail("boxes have no bits"));
    }
    let mut shape = array.shape().to_vec();
    if shape.is_empty() {
        shape.push(1);
    }
    if let Some(last) = shape.last_mut() {
        let bits = last.checked_mul(from.bits()).ok_or_else(Fault::ws_full)?;
        if !bits.is_multiple_of(to.bits()) {
            return Err(Fault::length().with_detail(format!("{bits} bits are no elements of {} bits", to.bits())));
        }
        *last = bits / to.bits();
    }
    elements(context, &bytes(context, array, from)?, to, &shape)
}

/// The array of a shape whose elements' bytes these are, low bytes first. DOMAIN ERROR for bits that stand for nothing.
pub fn elements(context: &Context, bytes: &[u8], to: Kind, shape: &[usize]) -> Result<Array> {
    let memory = context.memory();
    let count = crate::array::shape::count(shape)?;
    let word = |k: usize| u32::from_le_bytes(*at(bytes, k));
    let half = |k: usize| u16::from_le_bytes(*at(bytes, k));
    let float = |k: usize| f64::from_le_bytes(*at(bytes, k));
    let no_number = || Fault::domain().with_detail("bits that are no number");
    Ok(match to {
        Kind::Bit => Arr::new(memory, shape, context.collect(count, |k| bytes[k / 8] >> (7 - k % 8) & 1 == 1)?)?.into(),
        Kind::Int8 => Arr::new(memory, shape, context.collect(count, |k| i32::from(bytes[k] as i8))?)?.into(),
        Kind::Int16 => Arr::new(memory, shape, context.collect(count, |k| i32::from(half(k) as i16))?)?.into(),
        Kind::Int32 => Arr::new(memory, shape, context.collect(count, |k| word(k) as i32)?)?.into(),
        Kind::Char8 => Arr::new(memory, shape, context.collect(count, |k| char::from(bytes[k]))?)?.into(),
        Kind::Char16 | Kind::Char32 => {
            let mut data: Vec<char> = memory.vec(count)?;
            let mut pace = context.pace();
            for k in 0..count {
                pace.step(1)?;
                let c = char::from_u32(if to == Kind::Char16 { u32::from(half(k)) } else { word(k) });
                data.push(c.ok_or_else(|| Fault::domain().with_detail("bits that are no character"))?);
            }
            Arr::new(memory, shape, data)?.into()
        }
        Kind::Float => {
            let data = context.collect(count, float)?;
            if !data.iter().all(|x| x.is_finite()) {
                return Err(no_number());
            }
            Arr::new(memory, shape, data)?.into()
        }
        Kind::Complex => {
            let data = context.collect(count, |k| Complex::new(float(2 * k), float(2 * k + 1)))?;
            if !data.iter().all(|z| z.re.is_finite() && z.im.is_finite()) {
                return Err(no_number());
            }
            Arr::new(memory, shape, data)?.into()
        }
        Kind::Pointer => return Err(Fault::domain()),
    })
}

/// The `k`th piece of `N` bytes.
fn at<const N: usize>(bytes: &[u8], k: usize) -> &[u8; N] {
    bytes.as_chunks().0.get(k).unwrap_or(&[0; N])
}

/// Whether every array whose narrowest type is `narrow` is one of the type `wide`.
pub fn widens(narrow: Kind, wide: Kind) -> bool {
    let order: &[Kind] = match narrow.is_character() {
        true => &[Kind::Char8, Kind::Char16, Kind::Char32],
        false => &[Kind::Bit, Kind::Int8, Kind::Int16, Kind::Int32, Kind::Float, Kind::Complex],
    };
    let place = |kind| order.iter().position(|other| *other == kind);
    matches!((place(narrow), place(wide)), (Some(narrow), Some(wide)) if narrow <= wide)
}

/// The elements that the type can hold exactly, fills for the others; and which those are.
fn converted(context: &Context, array: Array, to: Kind) -> Result<Value> {
    let memory = context.memory();
    let shape = if array.rank() == 0 { vec![1] } else { array.shape().to_vec() };
    let mut items: Vec<Value> = memory.vec(array.len())?;
    let mut fits: Vec<bool> = memory.vec(array.len())?;
    let mut pace = context.pace();
    for item in array.items() {
        pace.step(1)?;
        let fit = holds(memory, to, &item)?;
        fits.push(fit);
        items.push(match (fit, to.is_character()) {
            (true, _) => item,
            (false, true) => Value::Char(' '),
            (false, false) => Value::Int(0),
        });
    }
    let prototype = if to.is_character() { Value::Char(' ') } else { Value::Int(0) };
    let items = Array::from_items(memory, &shape, items, || prototype)?;
    let fits = Arr::new(memory, &shape, fits)?;
    Ok(Array::from_items(memory, &[2], vec![items.into(), fits.into()], || Value::Int(0))?.into())
}

/// Whether a type has exactly this element.
fn holds(memory: &Memory, to: Kind, item: &Value) -> Result<bool> {
    if to == Kind::Pointer {
        return Ok(true);
    }
    let within = |x: f64, low: f64, high: f64| x.fract() == 0.0 && (low..=high).contains(&x);
    let real = match item {
        _ if !item.is_simple_scalar() => return Ok(false),
        Value::Char(c) => {
            let code = *c as u32;
            return Ok(match to {
                Kind::Char8 => code < 256,
                Kind::Char16 => code < 65536,
                Kind::Char32 => true,
                _ => false,
            });
        }
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Int(n) => f64::from(*n),
        Value::Float(x) => *x,
        other => return Ok(to == Kind::Complex && other.array(memory)?.kind().is_numeric()),
    };
    Ok(match to {
        Kind::Bit => real == 0.0 || real == 1.0,
        Kind::Int8 => within(real, -128.0, 127.0),
        Kind::Int16 => within(real, -32768.0, 32767.0),
        Kind::Int32 => within(real, -2147483648.0, 2147483647.0),
        Kind::Float | Kind::Complex => true,
        _ => false,
    })
}
