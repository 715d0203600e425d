//! Writes elements into an array at given positions: the last step of `@` and of indexed assignment. How the positions
//! were computed is not known here.

use std::mem;

use super::arr::{Arr, Element};
use super::memory::Memory;
use super::shape::Shape;
use super::value::Array;
use super::widen::{common, widen};
use crate::error::{Fault, Result, shape_text};

/// Whether values of the shape `new` fit places that make up `places`: the same lengths apart from axes of length one.
/// Otherwise LENGTH ERROR, or RANK ERROR where there are more axes than places have; one place has room for no array,
/// whatever its rank.
pub fn fits(new: &[usize], places: &[usize]) -> Result<()> {
    let long = |shape: &[usize]| shape.iter().copied().filter(|&n| n != 1).collect::<Shape>();
    let (wanted, given) = (long(places), long(new));
    if wanted == given {
        return Ok(());
    }
    let ranks = !places.is_empty() && new.len() > places.len() && given.len() > wanted.len();
    let fault = if ranks { Fault::rank() } else { Fault::length() };
    Err(fault.with_detail(format!("selected: {}, assigned: {}", shape_text(places), shape_text(new))))
}

/// `into` with its cells of `size` elements at the cell positions `at` replaced by those of `new`, in order; a single
/// element of `new` is used for all. If a position occurs several times, the last element is stored. Written in place if
/// `into` is not shared and the types allow it. INDEX ERROR for a position out of range, LENGTH ERROR if `new` does not
/// fit.
pub fn scatter(memory: &Memory, into: Array, size: usize, at: &[usize], new: Array) -> Result<Array> {
    if at.is_empty() || size == 0 {
        return Ok(into);
    }
    if new.len() != 1 && Some(new.len()) != at.len().checked_mul(size) {
        return Err(Fault::length());
    }
    let kind = common(into.kind(), new.kind());
    let new = widen(memory, new, kind)?;
    Ok(match (widen(memory, into, kind)?, new) {
        (Array::Bool(into), Array::Bool(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Int(into), Array::Int(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Float(into), Array::Float(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Complex(into), Array::Complex(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Char(into), Array::Char(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Ref(into), Array::Ref(new)) => put(memory, into, size, at, new.as_slice())?.into(),
        (Array::Nested(into), Array::Nested(new)) => {
            let done = Array::Nested(put(memory, into, size, at, new.as_slice())?);
            done.unboxed(memory)?.unwrap_or(done)
        }
        _ => return Err(Fault::internal("two arrays widened to one type have two")),
    })
}

fn put<T: Element>(memory: &Memory, mut into: Arr<T>, size: usize, at: &[usize], new: &[T]) -> Result<Arr<T>> {
    // What is replaced is freed in pieces, which matters where it is values.
    let mut replaced = memory.draft(if mem::needs_drop::<T>() { at.len().saturating_mul(size) } else { 0 })?;
    let data = into.make_mut(memory)?;
    if mem::needs_drop::<T>() {
        for (nth, &place) in at.iter().enumerate() {
            for (k, old) in cell(data, place, size)?.iter_mut().enumerate() {
                let new = new.get(if new.len() == 1 { 0 } else { nth * size + k }).ok_or_else(Fault::length)?;
                replaced.push(mem::replace(old, new.clone()));
            }
        }
    } else if let [one] = new {
        for &place in at {
            cell(data, place, size)?.fill(one.clone());
        }
    } else {
        for (&place, from) in at.iter().zip(new.chunks_exact(size)) {
            cell(data, place, size)?.clone_from_slice(from);
        }
    }
    Ok(into)
}

fn cell<T>(data: &mut [T], place: usize, size: usize) -> Result<&mut [T]> {
    let start = place.checked_mul(size).ok_or_else(Fault::index)?;
    data.get_mut(start..start.saturating_add(size)).ok_or_else(Fault::index)
}

#[cfg(test)]
mod tests {
    use super::super::value::Value;
    use super::*;

    fn ints(shape: &[usize], data: &[i32]) -> Array {
        Arr::new(&Memory::unlimited(), shape, data.to_vec()).expect("test data fits its shape").into()
    }

    #[test]
    fn cells_and_single_elements_are_replaced() {
        let memory = Memory::unlimited();
        let done = scatter(&memory, ints(&[3, 2], &[1, 2, 3, 4, 5, 6]), 2, &[2, 0], ints(&[2, 2], &[7, 8, 9, 10]));
        assert!(matches!(done, Ok(Array::Int(a)) if a.as_slice() == [9, 10, 3, 4, 7, 8]));
        let done = scatter(&memory, ints(&[3], &[1, 2, 3]), 1, &[1], Arr::new(&memory, &[], vec![0.5]).unwrap().into());
        assert!(matches!(done, Ok(Array::Float(a)) if a.as_slice() == [1.0, 0.5, 3.0]));
    }

    #[test]
    fn types_narrow_again_where_the_odd_one_goes() {
        let memory = Memory::unlimited();
        let mixed = Array::from_items(&memory, &[2], vec![Value::Int(1), Value::Char('a')], || Value::Int(0)).unwrap();
        let done = scatter(&memory, mixed, 1, &[1], ints(&[], &[2]));
        assert!(matches!(done, Ok(Array::Int(a)) if a.as_slice() == [1, 2]));
    }

    #[test]
    fn places_and_counts_are_checked() {
        let memory = Memory::unlimited();
        let index = scatter(&memory, ints(&[2], &[1, 2]), 1, &[2], ints(&[], &[0]));
        assert_eq!(index.err().map(|fault| fault.kind()), Some(crate::error::ErrorKind::Index));
        let length = scatter(&memory, ints(&[2], &[1, 2]), 1, &[0], ints(&[2], &[0, 0]));
        assert_eq!(length.err().map(|fault| fault.kind()), Some(crate::error::ErrorKind::Length));
    }
}
