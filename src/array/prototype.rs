//! Prototypes and fills: zero for numbers, a blank for characters, the same structure for boxes.

use super::arr::Arr;
use super::memory::Memory;
use super::shape;
use super::value::{Array, Complex, Type, Value};
use crate::error::Result;

/// The item of which `value`'s fills are made, with numbers turned to 0 and characters to blanks: `⊃0⍴⊂`.
///
/// Shape and structure stay; depth is handled by recursion over owned nested values, guarded by `stacker`.
pub fn prototype(memory: &Memory, value: &Value) -> Result<Value> {
    Ok(match value {
        Value::Char(_) => Value::Char(' '),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Value::Int(0),
        Value::Pending(pending) => filled(memory, Type::Int, pending.shape())?,
        other => match other.array(memory)? {
            Array::Nested(arr) => {
                if arr.is_empty() {
                    let item = arr.prototype().map_or(Ok(Value::Int(0)), |item| zeroed(memory, item))?;
                    return Ok(Arr::empty_of(memory, arr.shape(), item)?.into());
                }
                let mut items = memory.vec(arr.len())?;
                for item in arr.as_slice() {
                    items.push(zeroed(memory, item)?);
                }
                Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into()
            }
            plain => filled(memory, plain.kind(), plain.shape())?,
        },
    })
}

fn zeroed(memory: &Memory, item: &Value) -> Result<Value> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || prototype(memory, item))
}

/// An array of fills of a simple type.
pub fn filled(memory: &Memory, kind: Type, shape: &[usize]) -> Result<Value> {
    let count = shape::count(shape)?;
    Ok(match kind {
        Type::Char => Arr::new(memory, shape, memory.filled(count, ' ')?)?.into(),
        Type::Bool => Arr::new(memory, shape, memory.filled(count, false)?)?.into(),
        Type::Float => Arr::new(memory, shape, memory.filled(count, 0.0)?)?.into(),
        Type::Complex => Arr::new(memory, shape, memory.filled(count, Complex::default())?)?.into(),
        Type::Int | Type::Nested => Arr::new(memory, shape, memory.filled(count, 0)?)?.into(),
    })
}

/// The fill item of an array, `⊃0⍴array`: the prototype of its first item, or of the item it remembers when empty.
pub fn fill_item(memory: &Memory, array: &Array) -> Result<Value> {
    match array {
        Array::Char(_) => Ok(Value::Char(' ')),
        Array::Nested(arr) => match arr.prototype() {
            Some(item) => prototype(memory, item),
            None => Ok(Value::Int(0)),
        },
        _ => Ok(Value::Int(0)),
    }
}
