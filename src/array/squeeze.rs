//! The array of the narrowest type for a list of items.

use super::arr::Complex;
use super::arr::{Arr, Element};
use super::memory::Memory;
use super::reference::Reference;
use super::value::{Array, Type, Value};
use crate::error::Result;

impl Array {
    /// An array of the given elements, in the narrowest type that holds them all as they are: boxes where they differ.
    /// If there are no items, `prototype` gives the prototype.
    pub fn from_items(
        memory: &Memory,
        shape: &[usize],
        items: Vec<Value>,
        prototype: impl FnOnce() -> Value,
    ) -> Result<Array> {
        if items.is_empty() {
            return empty_like(memory, shape, prototype());
        }
        match of_one_kind(memory, shape, &items)? {
            Some(array) => Ok(array),
            None => Ok(Array::Nested(Arr::new(memory, shape, items)?)),
        }
    }

    /// Boxes that hold simple scalars of one kind since an element was replaced, in the type of those. `None` for any other
    /// array. The last element is looked at first, so that an array that is filled from one end is not searched each time.
    pub fn unboxed(&self, memory: &Memory) -> Result<Option<Array>> {
        let Array::Nested(arr) = self else { return Ok(None) };
        match arr.as_slice() {
            [first, .., last] if differ(first, last) => Ok(None),
            items => of_one_kind(memory, arr.shape(), items),
        }
    }
}

/// Items in the narrowest simple type that holds them all; `None` where there is none.
fn of_one_kind(memory: &Memory, shape: &[usize], items: &[Value]) -> Result<Option<Array>> {
    let Some(first) = items.first() else { return Ok(None) };
    let mut kind = scalar_kind(first);
    for item in items {
        kind = wider(kind, scalar_kind(item));
        if kind == Type::Nested {
            break;
        }
    }
    Ok(Some(match kind {
        Type::Bool => collect(memory, shape, items, |v| matches!(v, Value::Bool(true)))?,
        Type::Int => collect(memory, shape, items, |v| match v {
            Value::Bool(b) => i32::from(*b),
            Value::Int(n) => *n,
            _ => 0,
        })?,
        Type::Float => collect(memory, shape, items, |v| number(v).re)?,
        Type::Complex => collect(memory, shape, items, number)?,
        Type::Char => collect(memory, shape, items, |v| match v {
            Value::Char(c) => *c,
            _ => ' ',
        })?,
        Type::Ref => collect(memory, shape, items, |v| v.reference().cloned().unwrap_or_default())?,
        Type::Nested => return Ok(None),
    }))
}

/// Whether no simple type holds both items.
pub(super) fn differ(a: &Value, b: &Value) -> bool {
    wider(scalar_kind(a), scalar_kind(b)) == Type::Nested
}

/// The type that holds elements of both.
fn wider(a: Type, b: Type) -> Type {
    match (a, b) {
        (a, b) if a == b => a,
        (a, b) if a.is_numeric() && b.is_numeric() => a.max(b),
        _ => Type::Nested,
    }
}

/// An empty array whose fill comes from `item`.
pub(super) fn empty_like(memory: &Memory, shape: &[usize], item: Value) -> Result<Array> {
    Ok(match scalar_kind(&item) {
        Type::Bool | Type::Int | Type::Float | Type::Complex => Arr::<i32>::new(memory, shape, Vec::new())?.into(),
        Type::Char => Arr::<char>::new(memory, shape, Vec::new())?.into(),
        Type::Ref => Arr::<Reference>::new(memory, shape, Vec::new())?.into(),
        Type::Nested => Arr::empty_of(memory, shape, item)?.into(),
    })
}

fn collect<T: Element>(memory: &Memory, shape: &[usize], items: &[Value], get: impl FnMut(&Value) -> T) -> Result<Array>
where
    Array: From<Arr<T>>,
{
    let mut data = memory.vec(items.len())?;
    data.extend(items.iter().map(get));
    Ok(Arr::new(memory, shape, data)?.into())
}

/// Floats as 32-bit numbers, where all of them are.
pub fn whole(memory: &Memory, floats: &Arr<f64>) -> Result<Option<Arr<i32>>> {
    let fits = |x: f64| f64::from(x as i32) == x;
    // Most arrays with fractions have one among their first elements.
    let (first, rest) = floats.as_slice().split_at(floats.len().min(64));
    if !first.iter().all(|&x| fits(x)) || !rest.iter().fold(true, |all, &x| all & fits(x)) {
        return Ok(None);
    }
    let mut data = memory.vec(floats.len())?;
    data.extend(floats.as_slice().iter().map(|&x| x as i32));
    Arr::new(memory, floats.shape(), data).map(Some)
}

/// The type of a simple scalar; boxes are `Nested`.
fn scalar_kind(item: &Value) -> Type {
    if item.is_simple_scalar() { item.kind() } else { Type::Nested }
}

fn number(item: &Value) -> Complex {
    match item {
        Value::Bool(b) => Complex::from(f64::from(u8::from(*b))),
        Value::Int(n) => Complex::from(f64::from(*n)),
        Value::Float(x) => Complex::from(*x),
        Value::Array(Array::Complex(a)) => a.as_slice().first().copied().unwrap_or_default(),
        _ => Complex::default(),
    }
}
