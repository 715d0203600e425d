//! Changes of arrays in place: one element is replaced, or major cells are appended.
//!
//! Both give `false`, with nothing done, if the type or shape of the array does not allow the change: callers then make a
//! new array. Shared elements are copied first.

use std::sync::Arc;

use super::arr::{Arr, Element};
use super::memory::Memory;
use super::shape;
use super::squeeze;
use super::value::{Array, Value};
use crate::error::Result;

#[doc(hidden)]
impl Value {
    /// Replaces the element at a position of the ravel, which is there, by a simple scalar or the content of a box.
    pub fn replace(&mut self, memory: &Memory, at: usize, item: &Value) -> Result<bool> {
        let Value::Array(array) = self else { return Ok(false) };
        match array {
            Array::Bool(arr) => replace(memory, arr, at, boolean(item)),
            Array::Int(arr) => replace(memory, arr, at, whole(item)),
            Array::Float(arr) => replace(memory, arr, at, number(item)),
            Array::Char(arr) => replace(memory, arr, at, character(item)),
            Array::Nested(arr) => {
                // What held items of several kinds still does if a number takes the place of a number.
                let other_kind = arr.as_slice().get(at).is_some_and(|old| squeeze::differ(old, item));
                let done = replace(memory, arr, at, Some(item.clone()))?;
                if other_kind && item.is_simple_scalar() {
                    self.unbox(memory);
                }
                Ok(done)
            }
            Array::Complex(_) | Array::Ref(_) => Ok(false),
        }
    }

    /// Gives an array whose boxes hold simple scalars of one kind by now the type of those, as every other array of them has.
    pub fn unbox(&mut self, memory: &Memory) {
        // Without memory for it, the boxes stay, which hold the same.
        if let Value::Array(array) = self
            && let Ok(Some(simple)) = array.unboxed(memory)
        {
            *self = simple.into();
        }
    }

    /// Puts an array behind the last major cell, as `X⍪Y` does: a cell of the same shape, or several.
    pub fn append(&mut self, memory: &Memory, more: &Value) -> Result<bool> {
        // The most frequent case.
        if let (Value::Array(Array::Int(arr)), Value::Int(n)) = (&mut *self, more)
            && arr.rank() == 1
            && !arr.is_empty()
        {
            return append(memory, arr, &[*n]);
        }
        if !fits(self.shape(), more.shape()) {
            return Ok(false);
        }
        match (self, more) {
            (Value::Array(array), more) => append_to(memory, array, more),
            // Boxes of one shape: their flat array grows.
            (Value::Framed(framed), Value::Framed(more)) if !framed.is_pending() && !more.is_pending() => {
                match Arc::get_mut(framed) {
                    Some(framed) if fits(framed.flat.shape(), more.flat.shape()) => {
                        framed.flat.append(memory, &more.flat)
                    }
                    _ => Ok(false),
                }
            }
            _ => Ok(false),
        }
    }
}

/// Whether an array of one shape can go behind one of another as a major cell, or as several.
fn fits(whole: &[usize], more: &[usize]) -> bool {
    let Some((_, cell)) = whole.split_first() else { return false };
    let several = more.split_first().is_some_and(|(_, of_more)| of_more == cell);
    (more == cell || several) && shape::product(cell) > 0
}

fn append_to(memory: &Memory, array: &mut Array, more: &Value) -> Result<bool> {
    match (array, more) {
        // What an empty array's fill comes from is not said by its type alone.
        (Array::Nested(arr), _) if arr.is_empty() => Ok(false),
        (Array::Nested(arr), Value::Array(Array::Nested(more))) => append(memory, arr, more.as_slice()),
        (Array::Nested(arr), more) if more.is_simple_scalar() => append(memory, arr, std::slice::from_ref(more)),
        (Array::Nested(arr), more) => {
            let items: Vec<Value> = more.array(memory)?.items().collect();
            append(memory, arr, &items)
        }
        (Array::Bool(arr), Value::Bool(more)) => append(memory, arr, &[*more]),
        (Array::Char(arr), Value::Char(more)) => append(memory, arr, &[*more]),
        (Array::Int(arr), more) if more.rank() == 0 => append_scalar(memory, arr, whole(more)),
        (Array::Float(arr), more) if more.rank() == 0 => append_scalar(memory, arr, number(more)),
        (Array::Bool(arr), Value::Array(Array::Bool(more))) => append(memory, arr, more.as_slice()),
        (Array::Int(arr), Value::Array(Array::Int(more))) => append(memory, arr, more.as_slice()),
        (Array::Float(arr), Value::Array(Array::Float(more))) => append(memory, arr, more.as_slice()),
        (Array::Char(arr), Value::Array(Array::Char(more))) => append(memory, arr, more.as_slice()),
        (Array::Complex(arr), Value::Array(Array::Complex(more))) => append(memory, arr, more.as_slice()),
        (Array::Int(arr), Value::Array(Array::Bool(more))) => {
            let more: Vec<i32> = more.as_slice().iter().map(|&b| i32::from(b)).collect();
            append(memory, arr, &more)
        }
        (Array::Float(arr), Value::Array(Array::Int(more))) => {
            let more: Vec<f64> = more.as_slice().iter().map(|&n| f64::from(n)).collect();
            append(memory, arr, &more)
        }
        _ => Ok(false),
    }
}

fn replace<T: Element>(memory: &Memory, arr: &mut Arr<T>, at: usize, element: Option<T>) -> Result<bool> {
    let Some(element) = element else { return Ok(false) };
    match arr.make_mut(memory)?.get_mut(at) {
        Some(place) => {
            *place = element;
            Ok(true)
        }
        None => Ok(false),
    }
}

fn append<T: Element>(memory: &Memory, arr: &mut Arr<T>, more: &[T]) -> Result<bool> {
    arr.append(memory, more).map(|()| true)
}

fn append_scalar<T: Element>(memory: &Memory, arr: &mut Arr<T>, element: Option<T>) -> Result<bool> {
    match element {
        Some(element) => append(memory, arr, std::slice::from_ref(&element)),
        None => Ok(false),
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i32> {
    match value {
        Value::Bool(b) => Some(i32::from(*b)),
        Value::Int(n) => Some(*n),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(x) => Some(*x),
        value => whole(value).map(f64::from),
    }
}

fn character(value: &Value) -> Option<char> {
    match value {
        Value::Char(c) => Some(*c),
        _ => None,
    }
}
