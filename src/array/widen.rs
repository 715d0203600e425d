//! The common type of two arrays, and the conversion of an array to a wider type.

use super::arr::Complex;
use super::arr::{Arr, Element};
use super::convert;
use super::memory::Memory;
use super::value::{Array, Type, Value};
use crate::error::Result;

/// The narrowest type for elements of both types: the wider of two numeric ones, boxes where they do not go together.
pub fn common(a: Type, b: Type) -> Type {
    match (a, b) {
        _ if a == b => a,
        _ if a.is_numeric() && b.is_numeric() => a.max(b),
        _ => Type::Nested,
    }
}

/// The same elements in an array of type `to`, one that [`common`] gave for this array's type and another.
pub fn widen(memory: &Memory, array: Array, to: Type) -> Result<Array> {
    if array.kind() == to {
        return Ok(array);
    }
    Ok(match to {
        Type::Int => elementwise(memory, &array, &convert::bools(memory, &array)?, |&b| i32::from(b))?,
        Type::Float => convert::float_arr(memory, &array)?.into(),
        Type::Complex => elementwise(memory, &array, &convert::floats(memory, &array)?, |&x| Complex::from(x))?,
        _ => {
            let mut items: Vec<Value> = memory.vec(array.len())?;
            items.extend(array.items());
            Array::Nested(match items.is_empty() {
                true => Arr::empty_of(memory, array.shape(), super::prototype::fill_item(memory, &array)?)?,
                false => Arr::new(memory, array.shape(), items)?,
            })
        }
    })
}

fn elementwise<T, U: Element>(memory: &Memory, like: &Array, data: &[T], convert: fn(&T) -> U) -> Result<Array>
where
    Array: From<Arr<U>>,
{
    let mut out = memory.vec(data.len())?;
    out.extend(data.iter().map(convert));
    Ok(Arr::new(memory, like.shape(), out)?.into())
}
