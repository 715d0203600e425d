//! NumPy's `.npy`: one array.
//!
//! Read are booleans, integers, floats and complex numbers of all sizes, and strings. Written are booleans, 64-bit
//! integers, 64-bit floats, complex numbers of two of them, and strings: a simple character array has strings of one
//! character, an array of texts has strings as long as the longest.

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use super::unfit;
use crate::array::{Arr, Array, Complex, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::representation::{self, Kind};

/// The array of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let mut data = bytes;
    // A header of a hostile file may ask for more than there is.
    let header = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => NpyHeader::from_reader(&mut data),
        _ => return Err(unfit("npy", "it does not begin as one")),
    };
    let header = header.map_err(|error| unfit("npy", error))?;
    let DType::Plain(kind) = header.dtype() else {
        return Err(Fault::domain().because("arrays of records have no APL kind"));
    };
    let lengths = header.shape().iter().map(|&n| usize::try_from(n).map_err(|_| Fault::ws_full()));
    let lengths = lengths.collect::<Result<Vec<_>>>()?;
    let count = shape::count(&lengths)?;
    let size = usize::try_from(kind.size_field()).map_err(|_| unfit("npy", "sizes"))?;
    let width = if kind.type_char() == TypeChar::UnicodeStr { size.saturating_mul(4) } else { size };
    let needed = count.checked_mul(width).filter(|&needed| needed <= data.len());
    if needed.is_none() {
        return Err(unfit("npy", "it is cut off"));
    }
    let elements = Elements { data, width, is_big: kind.endianness() == Endianness::Big };
    let positions = match header.order() {
        Order::Fortran if lengths.len() > 1 => Some(fortran(context, &lengths, count)?),
        _ => None,
    };
    let at = |k: usize| positions.as_ref().map_or(k, |positions| positions[k]);
    let memory = context.memory();
    let floats = |number: &dyn Fn(usize) -> f64| -> Result<Value> {
        let data = context.collect(count, |k| number(at(k)))?;
        match data.iter().all(|x| x.is_finite()) {
            true => Ok(Arr::new(memory, &lengths, data)?.into()),
            false => Err(Fault::domain().because("NaN and infinities are no APL numbers")),
        }
    };
    // Integers are 32-bit ones if they all are, otherwise floats.
    let integers = |number: &dyn Fn(usize) -> i128| -> Result<Value> {
        let data = context.collect(count, |k| i32::try_from(number(at(k))))?;
        match data.into_iter().collect::<std::result::Result<Vec<i32>, _>>() {
            Ok(data) => Ok(Arr::new(memory, &lengths, data)?.into()),
            Err(_) => floats(&|k| number(k) as f64),
        }
    };
    match (kind.type_char(), size) {
        (TypeChar::Bool, 1) => {
            Ok(Arr::new(memory, &lengths, context.collect(count, |k| elements.bytes::<1>(at(k)) != [0])?)?.into())
        }
        (TypeChar::Int, 1) => integers(&|k| i8::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Int, 2) => integers(&|k| i16::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Int, 4) => integers(&|k| i32::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Int, 8) => integers(&|k| i64::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Uint, 1) => integers(&|k| u8::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Uint, 2) => integers(&|k| u16::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Uint, 4) => integers(&|k| u32::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Uint, 8) => integers(&|k| u64::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Float, 2) => floats(&|k| half::f16::from_le_bytes(elements.bytes(k)).to_f64()),
        (TypeChar::Float, 4) => floats(&|k| f32::from_le_bytes(elements.bytes(k)).into()),
        (TypeChar::Float, 8) => floats(&|k| f64::from_le_bytes(elements.bytes(k))),
        (TypeChar::Complex, 8 | 16) => {
            let parts = Elements { width: size / 2, ..elements };
            let part = |k: usize| match size {
                8 => f64::from(f32::from_le_bytes(parts.bytes(k))),
                _ => f64::from_le_bytes(parts.bytes(k)),
            };
            let data = context.collect(count, |k| Complex::new(part(2 * at(k)), part(2 * at(k) + 1)))?;
            match data.iter().all(|z| z.re.is_finite() && z.im.is_finite()) {
                true => Ok(Arr::new(memory, &lengths, data)?.into()),
                false => Err(Fault::domain().because("NaN and infinities are no APL numbers")),
            }
        }
        (TypeChar::UnicodeStr | TypeChar::ByteStr, _) => {
            let is_wide = kind.type_char() == TypeChar::UnicodeStr;
            let letters = Elements { width: if is_wide { 4 } else { 1 }, ..elements };
            let letter = |k: usize| match is_wide {
                true => char::from_u32(u32::from_le_bytes(letters.bytes(k))).unwrap_or('\u{fffd}'),
                false => char::from(letters.bytes::<1>(k)[0]),
            };
            if size == 1 {
                return Ok(Arr::new(memory, &lengths, context.collect(count, |k| letter(at(k)))?)?.into());
            }
            let mut texts = memory.vec(count)?;
            let mut pace = context.pace();
            for k in 0..count {
                pace.step(size + 1)?;
                let text: String = (0..size).map(|c| letter(at(k) * size + c)).collect();
                texts.push(context.text(text.trim_end_matches('\0'))?);
            }
            let empty = context.text("")?;
            match (&lengths[..], &texts[..]) {
                ([], [only]) => Ok(only.clone()),
                _ => Ok(Array::from_items(memory, &lengths, texts, || empty)?.into()),
            }
        }
        _ => Err(Fault::domain().because(format!("the dtype {kind} has no APL kind"))),
    }
}

/// Elements of one width, perhaps with their high bytes first.
#[derive(Clone, Copy)]
struct Elements<'a> {
    data: &'a [u8],
    width: usize,
    is_big: bool,
}

impl Elements<'_> {
    /// The bytes of an element, the low ones first.
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        if let Some(found) = self.data.get(at * self.width..at * self.width + N) {
            bytes.copy_from_slice(found);
        }
        if self.is_big {
            bytes.reverse();
        }
        bytes
    }
}

/// Where the elements of an array are that is stored with the first axis varying fastest, in ravel order.
fn fortran(context: &Context, lengths: &[usize], count: usize) -> Result<Vec<usize>> {
    let mut positions = context.memory().vec(count)?;
    let mut index = vec![0; lengths.len()];
    let strides: Vec<usize> = lengths
        .iter()
        .scan(1usize, |step, &length| {
            let stride = *step;
            *step = step.saturating_mul(length);
            Some(stride)
        })
        .collect();
    let mut pace = context.pace();
    for _ in 0..count {
        pace.step(1)?;
        positions.push(index.iter().zip(&strides).map(|(k, stride)| k * stride).sum());
        for axis in (0..lengths.len()).rev() {
            index[axis] += 1;
            if index[axis] < lengths[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    Ok(positions)
}

/// The file of an array.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let array = value.array(context.memory())?;
    if let Array::Nested(items) = &array {
        return strings(context, items);
    }
    let kind = representation::kind(context, &array)?;
    let (dtype, size) = match kind {
        Kind::Bit => ("|b1".to_string(), 1),
        Kind::Int8 | Kind::Int16 | Kind::Int32 => ("<i8".to_string(), 8),
        Kind::Float => ("<f8".to_string(), 8),
        Kind::Complex => ("<c16".to_string(), 16),
        Kind::Char8 | Kind::Char16 | Kind::Char32 => ("<U1".to_string(), 4),
        Kind::Pointer => return Err(Fault::domain().because("references have no dtype")),
    };
    let mut out = begin(context, &dtype, array.shape(), size)?;
    let mut pace = context.pace();
    match kind {
        Kind::Bit => {
            for n in convert::ints(context.memory(), &array)?.iter() {
                pace.step(1)?;
                out.push(*n as u8);
            }
        }
        Kind::Int8 | Kind::Int16 | Kind::Int32 => {
            for n in convert::ints(context.memory(), &array)?.iter() {
                pace.step(1)?;
                out.extend_from_slice(&{ *n }.to_le_bytes());
            }
        }
        Kind::Float | Kind::Complex => out.extend(representation::bytes(context, &array, kind)?),
        _ => out.extend(representation::bytes(context, &array, Kind::Char32)?),
    }
    Ok(out)
}

fn strings(context: &Context, items: &Arr<Value>) -> Result<Vec<u8>> {
    let memory = context.memory();
    let texts = items.as_slice().iter().map(|item| convert::text(memory, item)).collect::<Result<Vec<_>>>();
    let texts = texts.map_err(|_| Fault::domain().because("only texts may be nested in an array for NumPy"))?;
    // At least two, as strings of one character are read as characters.
    let size = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(2);
    let mut out = begin(context, &format!("<U{size}"), items.shape(), size.saturating_mul(4))?;
    let mut pace = context.pace();
    for text in &texts {
        pace.step(size)?;
        for c in text.chars().chain(std::iter::repeat('\0')).take(size) {
            out.extend_from_slice(&(c as u32).to_le_bytes());
        }
    }
    Ok(out)
}

/// The header of a file, with room for the elements.
fn begin(context: &Context, dtype: &str, lengths: &[usize], size: usize) -> Result<Vec<u8>> {
    let axes: Vec<String> = lengths.iter().map(usize::to_string).collect();
    let comma = if axes.len() == 1 { "," } else { "" };
    let mut text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({}{comma}), }}", axes.join(", "));
    const FIXED: usize = 10;
    while !(FIXED + text.len() + 1).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let count = shape::count(lengths)?.checked_mul(size).ok_or_else(Fault::ws_full)?;
    let mut out = context.memory().vec(count.saturating_add(FIXED + text.len()))?;
    out.extend_from_slice(b"\x93NUMPY\x01\x00");
    out.extend_from_slice(&(text.len() as u16).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
    Ok(out)
}
