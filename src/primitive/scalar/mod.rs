//! Scalar functions: computed element by element, at any depth, on numbers of every kind.
//!
//! The functions of single numbers and the loops over slices are in `kernel/`. Here, `sink` takes numeric operands through
//! the loops, `pair` is for two scalars, `dyad` and `monad` are for arrays; `pervade` handles nested arrays; `broadcast`
//! and `cells` repeat operands along axes that they do not have; `fold`, `scan` and `windows` are for the operators.

mod broadcast;
mod cells;
mod dyad;
pub mod fold;
mod inverse;
mod monad;
mod out;
mod pair;
mod pervade;
pub mod scan;
mod sink;
#[cfg(test)]
mod tests;
pub mod windows;

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::Result;
use crate::function::Cells;
pub use crate::kernel::complex;
use crate::kernel::number::Env;
pub use crate::kernel::{ScalarDyad, ScalarMonad};
pub use inverse::{InverseLeft, inverse, inverse_both, product_exponential};
pub use pair::{plain, whole};

/// The system variables that scalar functions depend on, as they are now.
fn env(context: &Context) -> Env {
    Env { ct: context.ct(), div: context.div() }
}

/// `f right` for every element.
pub fn monadic(context: &Context, op: ScalarMonad, right: Value) -> Result<Value> {
    monad::monadic(context, op, right)
}

/// `left f right` for corresponding elements; a scalar or one-element array is used with every element of the other.
#[inline]
pub fn dyadic(context: &Context, op: ScalarDyad, left: Value, right: Value) -> Result<Value> {
    // What loops are made of, in a few nanoseconds.
    let done = match (&left, &right) {
        (Value::Int(a), Value::Int(b)) => whole(op, *a, *b),
        (Value::Float(a), Value::Float(b)) => plain(op, *a, *b),
        _ => None,
    };
    match (done, &left, &right) {
        (Some(value), ..) => Ok(value),
        (None, Value::Framed(_), _) | (None, _, Value::Framed(_)) => cells::dyadic(context, op, left, right),
        _ => pervade::dyadic(context, op, left, right),
    }
}

/// `left f[axis] right`: the argument of lower rank goes along the named axes of the other.
pub fn dyadic_axis(context: &Context, op: ScalarDyad, left: Value, right: Value, axis: &Value) -> Result<Value> {
    cells::dyadic_axis(context, op, left, right, axis)
}

/// The cellwise form: cells of one shape, or scalars against cells of any shape, broadcast over the frame.
pub fn dyadic_cells(
    context: &Context,
    op: ScalarDyad,
    frame: &[usize],
    left: &Cells,
    right: &Cells,
) -> Result<Option<Cells>> {
    cells::dyadic_cells(context, op, frame, left, right)
}

/// An array of the prototype's structure with `number` in every place: what reductions of nothing give.
pub fn filled_like(context: &Context, prototype: &Value, number: f64) -> Result<Value> {
    use crate::array::{Arr, convert};
    let memory = context.memory();
    if prototype.is_simple_scalar() {
        return Ok(convert::scalar(number));
    }
    let array = prototype.array(memory)?;
    let Array::Nested(arr) = &array else {
        return Ok(match convert::scalar(number) {
            Value::Int(n) => Arr::new(memory, array.shape(), memory.filled(array.len(), n)?)?.into(),
            _ => Arr::new(memory, array.shape(), memory.filled(array.len(), number)?)?.into(),
        });
    };
    if arr.is_empty() {
        let item = arr.prototype().cloned().unwrap_or(Value::Int(0));
        let item = memory.deeper(|| filled_like(context, &item, 0.0))?;
        return Ok(Arr::empty_of(memory, arr.shape(), item)?.into());
    }
    let mut items = memory.vec(arr.len())?;
    for item in arr.as_slice() {
        context.poll()?;
        items.push(memory.deeper(|| filled_like(context, item, number))?);
    }
    Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into())
}
