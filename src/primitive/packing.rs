//! Packs cells of several integers or characters into one 64-bit number each, if 64 bits are enough.

use crate::array::view::Elements;
use crate::context::Context;
use crate::error::Result;

use super::majors::{Majors, Whole, bounds};

/// What no cell of the hay is packed to.
const OUTSIDE: u64 = u64::MAX;

/// Cells as numbers.
pub struct Packed {
    /// Those of the cells to search.
    pub hay: Vec<u64>,
    /// Those of the cells to look up: greater than all others where an element is out of the hay's range.
    pub needles: Vec<u64>,
    bits: u32,
}

impl Packed {
    /// The least and the greatest number that a cell of the hay can have.
    pub fn bounds(&self) -> (i64, i64) {
        (0, (1 << self.bits) - 1)
    }
}

/// The cells as numbers, equal where the cells match; `None` where they do not fit or tolerance matters.
pub fn pack(context: &Context, hay: &Majors, needles: Option<&Majors>) -> Result<Option<Packed>> {
    let other = needles.map_or(hay.elements, |needles| needles.elements);
    match (hay.elements, other) {
        (Elements::Bool(a), Elements::Bool(_) | Elements::Int(_)) => pack_as(context, a, hay, needles),
        (Elements::Int(a), Elements::Bool(_) | Elements::Int(_)) => pack_as(context, a, hay, needles),
        (Elements::Char(a), Elements::Char(_)) => pack_as(context, a, hay, needles),
        _ => Ok(None),
    }
}

fn pack_as<H: Whole>(context: &Context, data: &[H], hay: &Majors, needles: Option<&Majors>) -> Result<Option<Packed>> {
    let (low, high) = bounds(data);
    let bits = u64::BITS - high.wrapping_sub(low).cast_unsigned().leading_zeros();
    let total = (bits.max(1) as usize).saturating_mul(hay.size);
    if total > 62 {
        return Ok(None);
    }
    let range = Range { low, bits: bits.max(1) };
    Ok(Some(Packed {
        hay: range.keys(context, data, hay)?,
        needles: match needles {
            None => Vec::new(),
            Some(needles) => match needles.elements {
                Elements::Bool(a) => range.keys(context, a, needles)?,
                Elements::Int(a) => range.keys(context, a, needles)?,
                Elements::Char(a) => range.keys(context, a, needles)?,
                _ => return Ok(None),
            },
        },
        bits: total as u32,
    }))
}

/// How an element is packed.
struct Range {
    low: i64,
    bits: u32,
}

impl Range {
    fn keys<T: Whole>(&self, context: &Context, data: &[T], cells: &Majors) -> Result<Vec<u64>> {
        context.collect(cells.count, |at| {
            let cell = &data[at * cells.size..(at + 1) * cells.size];
            let mut outside = 0;
            let mut word = 0;
            for element in cell {
                let code = element.code().wrapping_sub(self.low).cast_unsigned();
                outside |= code >> self.bits;
                word = word << self.bits | code;
            }
            if outside == 0 { word } else { OUTSIDE }
        })
    }
}
