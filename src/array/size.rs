//! How many bytes a value takes.

use std::collections::HashSet;

use super::{Array, Memory, Value};
use crate::bounds::CHUNK;
use crate::each_type;
use crate::error::Result;

/// Bytes of an array besides its elements.
const HEAD: usize = 40;

/// What a value takes; what it shares within itself once. Polls on the way.
pub fn bytes(memory: &Memory, value: &Value) -> Result<usize> {
    let mut total = 0usize;
    let mut seen = HashSet::new();
    let mut work = vec![value.clone()];
    let mut done = 0usize;
    while let Some(value) = work.pop() {
        done += 1;
        if done.is_multiple_of(CHUNK) {
            memory.poll()?;
        }
        total = total.saturating_add(size_of::<Value>());
        let Value::Array(array) = &value else {
            if let Value::Framed(framed) = &value {
                work.push(framed.flat().clone());
            }
            continue;
        };
        let address = each_type!(array, arr => arr.address());
        if array.rank() > 0 && !seen.insert(address) {
            continue;
        }
        let each = match array {
            Array::Bool(_) => 1,
            Array::Int(_) | Array::Char(_) => 4,
            Array::Float(_) | Array::Ref(_) => 8,
            Array::Complex(_) => 16,
            Array::Nested(items) => {
                memory.check(items.len().saturating_mul(2 * size_of::<Value>()))?;
                work.extend(items.as_slice().iter().filter(|item| !item.is_simple_scalar()).cloned());
                16
            }
        };
        total = total.saturating_add(HEAD + each * array.len());
    }
    Ok(total)
}

/// Where the elements of a value lie, if it has any that are stored: the same for all values that share them.
pub fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Array(array) => Some(each_type!(array, arr => arr.address())),
        Value::Framed(framed) => address(framed.flat()),
        _ => None,
    }
}
