//! Random numbers: roll and deal. The generator and its seed are the context's.

use std::collections::HashMap;

use crate::array::{Arr, Array, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::random::Random;

use super::scalar;

/// Whole numbers up to this are exact as floats.
const MOST: i64 = 1 << 53;

/// `?Y`: for every number of `Y` a random one of `⍳Y`, for 0 one between 0 and 1. DOMAIN ERROR for fractions and
/// negatives. Reaches into boxes. Follows Dyalog's "Roll".
pub fn roll(context: &Context, right: Value) -> Result<Value> {
    match right {
        Value::Int(n) => one(context, i64::from(n)),
        Value::Bool(b) => one(context, i64::from(b)),
        Value::Float(x) => one(context, whole(x)?),
        other => roll_array(context, other.into_array(context.memory())?),
    }
}

fn one(context: &Context, bound: i64) -> Result<Value> {
    check(bound)?;
    let mut random = context.random.borrow_mut();
    Ok(match bound {
        0 => Value::Float(random.unit()),
        bound => convert::scalar((random.below(bound as u64) as i64 + context.io()) as f64),
    })
}

fn whole(x: f64) -> Result<i64> {
    convert::whole(x).ok_or_else(|| Fault::domain().with_detail("only whole numbers can be rolled"))
}

fn check(bound: i64) -> Result<()> {
    if (0..=MOST).contains(&bound) {
        return Ok(());
    }
    let what = if bound < 0 { "a negative number cannot be rolled" } else { "beyond 2*53 not every number is exact" };
    Err(Fault::domain().with_detail(what))
}

fn roll_array(context: &Context, array: Array) -> Result<Value> {
    let memory = context.memory();
    match &array {
        Array::Nested(items) => {
            if items.is_empty() {
                return scalar::filled_like(context, &array.into(), 0.0);
            }
            let mut out = memory.vec(items.len())?;
            for item in items.as_slice() {
                context.poll()?;
                out.push(memory.deeper(|| roll(context, item.clone()))?);
            }
            Ok(Array::from_items(memory, items.shape(), out, || Value::Int(0))?.into())
        }
        Array::Char(_) if !array.is_empty() => Err(Fault::domain().with_detail("characters cannot be rolled")),
        Array::Bool(a) => {
            let a = a.as_slice();
            rolled(context, array.shape(), |at| i64::from(a[at]))
        }
        Array::Int(a) => {
            let a = a.as_slice();
            rolled(context, array.shape(), |at| i64::from(a[at]))
        }
        _ => {
            let bounds = convert::ints(memory, &array)?;
            rolled(context, array.shape(), |at| bounds[at])
        }
    }
}

/// A random number for every bound.
fn rolled(context: &Context, shape: &[usize], bound: impl Fn(usize) -> i64) -> Result<Value> {
    let (memory, io, count) = (context.memory(), context.io(), shape::product(shape));
    let (mut least, mut most) = (1, 1);
    context.chunks(count, |range| {
        for at in range {
            least = least.min(bound(at));
            most = most.max(bound(at));
        }
        Ok(())
    })?;
    check(least)?;
    check(most)?;
    if least > 0 && most <= i64::from(i32::MAX) {
        // The largest number is the bound itself, so it fits as well.
        let data = draw(context, count, |random, at| (random.below(bound(at) as u64) as i64 + io) as i32)?;
        return Ok(Arr::new(memory, shape, data)?.into());
    }
    let data = draw(context, count, |random, at| match bound(at) {
        0 => random.unit(),
        bound => (random.below(bound as u64) as i64 + io) as f64,
    })?;
    Ok(Arr::new(memory, shape, data)?.into())
}

fn draw<T>(context: &Context, count: usize, mut next: impl FnMut(&mut Random, usize) -> T) -> Result<Vec<T>> {
    let mut random = context.random.borrow_mut();
    context.collect(count, |at| next(&mut random, at))
}

/// `X?Y`: `X` different numbers of `⍳Y` in random order. DOMAIN ERROR for more than there are, fractions and negatives;
/// RANK or LENGTH ERROR for more than one number on a side. Follows Dyalog's "Deal".
pub fn deal(context: &Context, left: Value, right: Value) -> Result<Value> {
    let count = convert::int(&left)?;
    let bound = convert::int(&right)?;
    check(bound)?;
    if count < 0 {
        return Err(Fault::domain().with_detail("the number of choices cannot be negative"));
    }
    if count > bound {
        return Err(Fault::domain().with_detail(format!("{count} different numbers cannot be chosen from {bound}")));
    }
    let (count, bound) = (count as usize, bound as u64);
    let chosen =
        if count as u64 <= bound / 4 { sample(context, count, bound)? } else { shuffle(context, count, bound)? };
    let (memory, io) = (context.memory(), context.io());
    if bound < i32::MAX as u64 {
        let data = context.collect(count, |at| chosen[at] as i32 + io as i32)?;
        return Ok(Arr::new(memory, &[count], data)?.into());
    }
    let data = context.collect(count, |at| chosen[at] as f64 + io as f64)?;
    Ok(Arr::new(memory, &[count], data)?.into())
}

/// The beginning of a shuffle of many, of which only what has changed places is kept.
fn sample(context: &Context, count: usize, bound: u64) -> Result<Vec<u64>> {
    let memory = context.memory();
    memory.check(count.saturating_mul(4 * size_of::<u64>()))?;
    let mut moved: HashMap<u64, u64> = HashMap::new();
    let mut random = context.random.borrow_mut();
    context.collect(count, |at| {
        let at = at as u64;
        let other = at + random.below(bound - at);
        let here = moved.remove(&at).unwrap_or(at);
        match other == at {
            true => here,
            false => moved.insert(other, here).unwrap_or(other),
        }
    })
}

/// The beginning of a shuffle of all (Fisher and Yates).
fn shuffle(context: &Context, count: usize, bound: u64) -> Result<Vec<u64>> {
    let bound = usize::try_from(bound).map_err(|_| Fault::ws_full())?;
    let mut deck = context.collect(bound, |at| at as u64)?;
    let mut random = context.random.borrow_mut();
    context.chunks(count, |range| {
        for at in range {
            // `at` is below `count`, which is not above the length.
            let other = at + random.below((bound - at) as u64) as usize;
            deck.swap(at, other);
        }
        Ok(())
    })?;
    deck.truncate(count);
    Ok(deck)
}
