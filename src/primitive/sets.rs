//! Arrays as sets: unique, union, intersection, without, membership.
//!
//! `lookup` compares the items; results keep the order in which items appear.

use crate::array::view::{self, View};
use crate::array::{Arr, Array, Framed, Memory, Value, prototype, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result};

use super::catenate;
use super::lookup;
use super::majors::Majors;

/// `∪Y`: the major cells without those that match an earlier one. A scalar is a vector of one. Follows Dyalog's
/// "Unique".
pub fn unique(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    let right = as_list(memory, right)?;
    let firsts = {
        let right = view::settled(memory, &right)?;
        lookup::firsts(context, Majors::new(View::of(&right), 1))?
    };
    if firsts.len() == right.tally() {
        return Ok(right);
    }
    select(context, &right, &firsts)
}

/// `≠Y`: ones at the major cells that match no earlier one. Follows Dyalog's "Unique Mask".
pub fn unique_mask(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    let right = view::settled(memory, &right)?;
    let firsts = lookup::firsts(context, Majors::new(View::of(&right), 1))?;
    let mut mask = memory.filled(right.tally(), false)?;
    for at in firsts {
        mask[at as usize] = true;
    }
    Ok(Arr::new(memory, &[right.tally()], mask)?.into())
}

/// `X∊Y`: for every item of `X` whether it matches an item of `Y`. Follows Dyalog's "Membership".
pub fn membership(context: &Context, left: Value, right: Value) -> Result<Value> {
    let mask = members(context, &left, &right)?;
    Ok(Arr::new(context.memory(), left.shape(), mask)?.into())
}

/// `X∩Y`: the items of the vector `X` that match an item of `Y`. RANK ERROR for arrays of higher rank. Follows Dyalog's
/// "Intersection".
pub fn intersection(context: &Context, left: Value, right: Value) -> Result<Value> {
    let (left, right) = (list(context, left)?, list(context, right)?);
    let mask = members(context, &left, &right)?;
    keep(context, left, &mask, true)
}

/// `X~Y`: the items of the vector `X` that match no item of `Y`, which is of any rank. RANK ERROR for an `X` of higher
/// rank. Follows Dyalog's "Excluding".
pub fn without(context: &Context, left: Value, right: Value) -> Result<Value> {
    let left = list(context, left)?;
    let mask = members(context, &left, &right)?;
    keep(context, left, &mask, false)
}

/// `X∪Y`: the vector `X`, and behind it the items of `Y` that match none of its. RANK ERROR for arrays of higher rank.
/// Follows Dyalog's "Union".
pub fn union(context: &Context, left: Value, right: Value) -> Result<Value> {
    let (left, right) = (list(context, left)?, list(context, right)?);
    let mask = members(context, &right, &left)?;
    let rest = keep(context, right, &mask, false)?;
    if rest.count() == 0 && left.count() > 0 {
        return Ok(left);
    }
    catenate::catenate_last(context, left, rest)
}

/// What a union of nothing is: `⍬`.
pub fn union_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Ok(Value::zilde())
}

/// A scalar or vector as a vector, with nothing pending.
fn list(context: &Context, value: Value) -> Result<Value> {
    if value.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("sets are vectors, this has rank {}", value.rank())));
    }
    as_list(context.memory(), value)
}

fn as_list(memory: &Memory, value: Value) -> Result<Value> {
    if value.rank() == 0 { value.reshape(memory, &[1]) } else { value.settled(memory) }
}

/// For every item of `left` whether it matches one of `right`.
fn members(context: &Context, left: &Value, right: &Value) -> Result<Vec<bool>> {
    let memory = context.memory();
    let (left, right) = (view::settled(memory, left)?, view::settled(memory, right)?);
    let (x, y) = (View::of(&left), View::of(&right));
    let hay = Majors::new(y, y.shape.len());
    lookup::positions(context, hay, Majors::new(x, x.shape.len()), |at| at < hay.count)
}

/// The items of a vector whose mask is `wanted`.
fn keep(context: &Context, list: Value, mask: &[bool], wanted: bool) -> Result<Value> {
    let count = mask.iter().filter(|&&b| b == wanted).count();
    if count == mask.len() {
        return Ok(list);
    }
    let mut places = context.memory().filled(count + 1, 0_u32)?;
    let mut next = 0;
    context.chunks(mask.len(), |range| {
        for at in range {
            places[next] = at as u32;
            next += usize::from(mask[at] == wanted);
        }
        Ok(())
    })?;
    places.truncate(count);
    select(context, &list, &places)
}

/// The major cells at some positions, which must exist. The result has the prototype of the array, also if it is empty.
pub fn select(context: &Context, array: &Value, places: &[u32]) -> Result<Value> {
    let memory = context.memory();
    if let Value::Framed(framed) = array {
        let flat = select(context, framed.flat(), places)?;
        return Ok(Framed::new(flat, framed.frame_rank())?.into());
    }
    let array = array.array(memory)?;
    let size = shape::product(array.shape().get(1..).unwrap_or(&[]));
    let mut shape = shape::Shape::from_slice(array.shape());
    if let Some(length) = shape.first_mut() {
        *length = places.len();
    }
    if let Array::Nested(items) = &array {
        let data = gather(context, items.as_slice(), places, size)?;
        let fill = if data.is_empty() { prototype::fill_item(memory, &array)? } else { Value::Int(0) };
        return Ok(Array::from_items(memory, &shape, data, || fill)?.into());
    }
    Ok(each_type!(&array, arr => Arr::new(memory, &shape, gather(context, arr.as_slice(), places, size)?)?.into()))
}

fn gather<T: Clone>(context: &Context, data: &[T], places: &[u32], size: usize) -> Result<Vec<T>> {
    let mut out = context.memory().vec(places.len().checked_mul(size).ok_or_else(Fault::ws_full)?)?;
    if size == 1 {
        context.chunks(places.len(), |range| {
            out.extend(places[range].iter().map(|&at| data[at as usize].clone()));
            Ok(())
        })?;
        return Ok(out);
    }
    for (step, &at) in places.iter().enumerate() {
        if step % 256 == 0 {
            context.poll()?;
        }
        out.extend_from_slice(&data[at as usize * size..(at as usize + 1) * size]);
    }
    Ok(out)
}
