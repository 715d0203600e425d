//! What structural functions need of an element type: its fill, its position in the order of types, and how the result of
//! a selection gets its type and prototype from the array that was selected from.

use super::arr::Complex;
use super::arr::{Arr, Element};
use super::memory::Memory;
use super::prototype;
use super::reference::Reference;
use super::value::{Array, Type, Value};
use crate::error::Result;

/// An element type as structural functions see it.
pub trait Typed: Element {
    /// The type's name.
    const KIND: Type;

    /// The array's elements, if they are of this type.
    fn arr(array: &Array) -> Option<&Arr<Self>>;

    /// The array's elements, if they are of this type; moved out.
    fn into_arr(array: Array) -> Option<Arr<Self>>;

    /// A scalar as an element of this type, if it is of this type or a narrower one. Boxes take everything.
    fn of(value: &Value) -> Option<Self>;

    /// The fill element of an array.
    fn fill(_memory: &Memory, _like: &Arr<Self>) -> Result<Self> {
        Ok(Self::blank())
    }

    /// An array of elements that were selected from `like` (fills among them): narrowed where boxes have turned out
    /// to be scalars of one type, with the prototype of `like` where it is empty.
    fn pack(memory: &Memory, shape: &[usize], data: Vec<Self>, like: &Arr<Self>) -> Result<Array>;
}

impl Typed for bool {
    const KIND: Type = Type::Bool;

    fn arr(array: &Array) -> Option<&Arr<bool>> {
        if let Array::Bool(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<bool>> {
        if let Array::Bool(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<bool> {
        if let Value::Bool(b) = value { Some(*b) } else { None }
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<bool>, _like: &Arr<bool>) -> Result<Array> {
        Ok(Array::Bool(Arr::new(memory, shape, data)?))
    }
}

impl Typed for i32 {
    const KIND: Type = Type::Int;

    fn arr(array: &Array) -> Option<&Arr<i32>> {
        if let Array::Int(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<i32>> {
        if let Array::Int(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<i32> {
        match value {
            Value::Bool(b) => Some(i32::from(*b)),
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<i32>, _like: &Arr<i32>) -> Result<Array> {
        Ok(Array::Int(Arr::new(memory, shape, data)?))
    }
}

impl Typed for f64 {
    const KIND: Type = Type::Float;

    fn arr(array: &Array) -> Option<&Arr<f64>> {
        if let Array::Float(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<f64>> {
        if let Array::Float(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<f64> {
        if let Value::Float(x) = value { Some(*x) } else { i32::of(value).map(f64::from) }
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<f64>, _like: &Arr<f64>) -> Result<Array> {
        Ok(Array::Float(Arr::new(memory, shape, data)?))
    }
}

impl Typed for Complex {
    const KIND: Type = Type::Complex;

    fn arr(array: &Array) -> Option<&Arr<Complex>> {
        if let Array::Complex(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<Complex>> {
        if let Array::Complex(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<Complex> {
        match value {
            Value::Array(Array::Complex(arr)) if arr.rank() == 0 => arr.as_slice().first().copied(),
            other => f64::of(other).map(Complex::from),
        }
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<Complex>, _like: &Arr<Complex>) -> Result<Array> {
        Ok(Array::Complex(Arr::new(memory, shape, data)?))
    }
}

impl Typed for char {
    const KIND: Type = Type::Char;

    fn arr(array: &Array) -> Option<&Arr<char>> {
        if let Array::Char(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<char>> {
        if let Array::Char(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<char> {
        if let Value::Char(c) = value { Some(*c) } else { None }
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<char>, _like: &Arr<char>) -> Result<Array> {
        Ok(Array::Char(Arr::new(memory, shape, data)?))
    }
}

impl Typed for Reference {
    const KIND: Type = Type::Ref;

    fn arr(array: &Array) -> Option<&Arr<Reference>> {
        if let Array::Ref(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<Reference>> {
        if let Array::Ref(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<Reference> {
        value.reference().cloned()
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<Reference>, _like: &Arr<Reference>) -> Result<Array> {
        Ok(Array::Ref(Arr::new(memory, shape, data)?))
    }
}

impl Typed for Value {
    const KIND: Type = Type::Nested;

    fn arr(array: &Array) -> Option<&Arr<Value>> {
        if let Array::Nested(arr) = array { Some(arr) } else { None }
    }

    fn into_arr(array: Array) -> Option<Arr<Value>> {
        if let Array::Nested(arr) = array { Some(arr) } else { None }
    }

    fn of(value: &Value) -> Option<Value> {
        Some(value.clone())
    }

    fn fill(memory: &Memory, like: &Arr<Value>) -> Result<Value> {
        like.prototype().map_or(Ok(Value::Int(0)), |item| prototype::prototype(memory, item))
    }

    fn pack(memory: &Memory, shape: &[usize], data: Vec<Value>, like: &Arr<Value>) -> Result<Array> {
        if data.is_empty() {
            return super::squeeze::empty_like(memory, shape, Value::fill(memory, like)?);
        }
        Array::from_items(memory, shape, data, || Value::Int(0))
    }
}

/// The type that holds elements of both: the wider of two numeric types, boxes for anything else that differs.
pub fn common(a: Type, b: Type) -> Type {
    match (a, b) {
        _ if a == b => a,
        _ if a.is_numeric() && b.is_numeric() => a.max(b),
        _ => Type::Nested,
    }
}

/// The array with its elements as those of a wider type; as it is where `kind` is not wider.
pub fn widen(memory: &Memory, array: Array, kind: Type) -> Result<Array> {
    if array.kind() >= kind {
        return Ok(array);
    }
    match kind {
        Type::Bool => Ok(array),
        Type::Int => recast::<i32>(memory, array),
        Type::Float => recast::<f64>(memory, array),
        Type::Complex => recast::<Complex>(memory, array),
        Type::Char | Type::Ref => Ok(array),
        Type::Nested => recast::<Value>(memory, array),
    }
}

fn recast<T: Typed>(memory: &Memory, array: Array) -> Result<Array>
where
    Array: From<Arr<T>>,
{
    let mut data: Vec<T> = memory.vec(array.len())?;
    match &array {
        Array::Bool(arr) => data.extend(arr.as_slice().iter().filter_map(|&b| T::of(&Value::Bool(b)))),
        Array::Int(arr) => data.extend(arr.as_slice().iter().filter_map(|&n| T::of(&Value::Int(n)))),
        Array::Float(arr) => data.extend(arr.as_slice().iter().filter_map(|&x| T::of(&Value::Float(x)))),
        other => data.extend(other.items().filter_map(|item| T::of(&item))),
    }
    if data.is_empty() {
        // Only an array of boxes stores a prototype.
        if T::KIND == Type::Nested {
            let item = prototype::fill_item(memory, &array)?;
            if let Some(item) = T::of(&item) {
                return Ok(Arr::empty_of(memory, array.shape(), item)?.into());
            }
        }
    }
    Ok(Arr::new(memory, array.shape(), data)?.into())
}
