//! Prototypes and fills: zero for numbers, a blank for characters, `⎕NULL` for references, the same structure for
//! boxes.

use std::collections::HashMap;

use super::arr::Arr;
use super::arr::Complex;
use super::memory::Memory;
use super::reference::Reference;
use super::shape;
use super::value::{Array, Framed, Type, Value};
use crate::error::Result;

/// The item of which `value`'s fills are made, with numbers turned to 0 and characters to blanks: `⊃0⍴⊂`.
///
/// Shape and structure stay, and what is shared stays shared, so that the work is that of building the value. Depth is
/// handled by recursion over nested values, guarded by `stacker`.
pub fn prototype(memory: &Memory, value: &Value) -> Result<Value> {
    zeroed(memory, value, &mut HashMap::new())
}

/// `seen` holds the prototypes of the arrays of boxes met so far, by their addresses.
fn zeroed(memory: &Memory, value: &Value, seen: &mut HashMap<usize, Value>) -> Result<Value> {
    Ok(match value {
        Value::Char(_) => Value::Char(' '),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Value::Int(0),
        Value::Pending(pending) => filled(memory, Type::Int, pending.shape())?,
        Value::Framed(framed) => {
            let flat = filled(memory, framed.flat().kind(), framed.flat().shape())?;
            Framed::new(flat, framed.frame_rank())?.into()
        }
        Value::Array(Array::Nested(arr)) => {
            if let Some(known) = seen.get(&arr.address()) {
                return Ok(known.clone());
            }
            let made = memory.deeper(|| items_zeroed(memory, arr, seen))?;
            seen.insert(arr.address(), made.clone());
            made
        }
        Value::Array(plain) => filled(memory, plain.kind(), plain.shape())?,
    })
}

fn items_zeroed(memory: &Memory, arr: &Arr<Value>, seen: &mut HashMap<usize, Value>) -> Result<Value> {
    if arr.is_empty() {
        let item = arr.prototype().map_or(Ok(Value::Int(0)), |item| zeroed(memory, item, seen))?;
        return Ok(Arr::empty_of(memory, arr.shape(), item)?.into());
    }
    let mut items = memory.vec(arr.len())?;
    for item in arr.as_slice() {
        items.push(zeroed(memory, item, seen)?);
    }
    Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into())
}

/// An array of fills of a simple type.
pub fn filled(memory: &Memory, kind: Type, shape: &[usize]) -> Result<Value> {
    let count = shape::count(shape)?;
    Ok(match kind {
        Type::Char => Arr::new(memory, shape, memory.filled(count, ' ')?)?.into(),
        Type::Bool => Arr::new(memory, shape, memory.filled(count, false)?)?.into(),
        Type::Float => Arr::new(memory, shape, memory.filled(count, 0.0)?)?.into(),
        Type::Complex => Arr::new(memory, shape, memory.filled(count, Complex::default())?)?.into(),
        Type::Ref => Arr::new(memory, shape, memory.filled(count, Reference::null())?)?.into(),
        Type::Int | Type::Nested => Arr::new(memory, shape, memory.filled(count, 0)?)?.into(),
    })
}

/// The fill item of an array, `⊃0⍴array`: the prototype of its first item, or of the item it remembers when empty.
pub fn fill_item(memory: &Memory, array: &Array) -> Result<Value> {
    match array {
        Array::Char(_) => Ok(Value::Char(' ')),
        Array::Ref(_) => Ok(Reference::null().into()),
        Array::Nested(arr) => match arr.prototype() {
            Some(item) => prototype(memory, item),
            None => Ok(Value::Int(0)),
        },
        _ => Ok(Value::Int(0)),
    }
}
