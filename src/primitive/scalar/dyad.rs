//! Dyadic scalar functions on numeric arrays of one shape, or with one element for all of the other's.
//!
//! Characters and boxes are handled by [`super::pervade`], operands that lack axes by [`super::broadcast`].

use super::ScalarDyad;
use super::sink::{self, block, width};
use crate::array::{Array, Value, squeeze};
use crate::context::Context;
use crate::error::{Fault, Result};

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
    let widths = (wl, wr);
    let (mut l, mut r) = (left.array, right.array);
    if !left.one {
        l = match sink::over(context, op, l, widths, shape, &|sink, mine, range| {
            sink.push(mine, block(&r, right.one, range)?)
        })? {
            Ok(done) => return Ok(done),
            Err(array) => array,
        };
    }
    if !right.one {
        r = match sink::over(context, op, r, widths, shape, &|sink, mine, range| {
            sink.push(block(&l, left.one, range)?, mine)
        })? {
            Ok(done) => return Ok(done),
            Err(array) => array,
        };
    }
    sink::fresh(context, op, widths, shape, |sink, range| {
        sink.push(block(&l, left.one, range.clone())?, block(&r, right.one, range)?)
    })
}
