//! Changes elements of a variable: at positions, at the ends of paths, and with a function of old and new elements.
//!
//! Everything is computed before anything is stored. How the positions were selected is not known here.

use std::collections::HashMap;

use super::assign::Modifier;
use super::frame::Frame;
use crate::array::scatter::fits;
use crate::array::shape::{self, Shape};
use crate::array::{Arr, Array, Element, Memory, Type, Value, convert};
use crate::code::node::NameRef;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::names::binding::Binding;
use crate::names::scope;
use crate::primitive;

/// The position of a fill in a selection: nothing is stored there.
pub const NOWHERE: usize = usize::MAX;

/// Changes a variable in place. `change` must not look at names.
pub fn update(frame: &Frame, name: &NameRef, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
    let changed = scope::change(frame.space, frame.scope, name.symbol, change);
    changed.unwrap_or_else(|| Err(Fault::value().because(format!("Undefined name: {}", name.name))))
}

/// `name f←value` in place. `false`, with nothing done, if the new value has to be computed as a new array.
pub fn update_whole(frame: &Frame, name: &NameRef, function: &Modifier, value: &Value) -> Result<bool> {
    let Some(row) = function.row() else { return Ok(false) };
    let update = |old: &mut Value| match row.scalar_dyad() {
        Some(_) if old.is_simple_scalar() && value.is_simple_scalar() => {
            *old = row.dyadic(frame.context, old.clone(), value.clone())?;
            Ok(true)
        }
        _ => row.update(frame.context, old, value),
    };
    scope::change(frame.space, frame.scope, name.symbol, update).unwrap_or(Ok(false))
}

/// `name[indices]←value` and `name[indices]f←value` in place, if the indices are integers, so that they select one element,
/// and `f` is a scalar primitive. `false`, with nothing done, for anything else.
fn set_one(
    frame: &Frame,
    name: &NameRef,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: &Value,
) -> Result<bool> {
    let context = frame.context;
    let row = match function.map(Modifier::row) {
        None => None,
        Some(Some(row)) if row.scalar_dyad().is_some() => Some(row),
        Some(_) => return Ok(false),
    };
    if value.rank() > 0 {
        return Ok(false);
    }
    let change = |old: &mut Value| {
        let Some(at) = primitive::one_position(old.shape(), indices.iter().map(Option::as_ref), context.io()) else {
            return Ok(false);
        };
        let value = value.item(context.memory(), 0)?;
        let new = match row {
            None => value,
            Some(row) => {
                let before = old.item(context.memory(), at)?;
                if !before.is_simple_scalar() || !value.is_simple_scalar() {
                    return Ok(false);
                }
                row.dyadic(context, before, value)?
            }
        };
        old.replace(context.memory(), at, &new)
    };
    scope::change(frame.space, frame.scope, name.symbol, change).unwrap_or(Ok(false))
}

/// `name[indices]←value` and `name[indices]f←value`.
pub fn set(
    frame: &Frame,
    name: &NameRef,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: Value,
) -> Result<()> {
    let context = frame.context;
    if set_one(frame, name, indices, function, &value)? {
        return Ok(());
    }
    if let [Some(index)] = indices
        && index.kind() == Type::Nested
    {
        let new = set_paths(context, current(frame, name)?, index, function, &value)?;
        return scope::update(frame.space, frame.scope, name.symbol, Binding::Array(new));
    }
    let old = current(frame, name)?;
    let (positions, shape) = positions(context, old.shape(), indices)?;
    let new = replacements(context, &old, &positions, &shape, function, value)?;
    // Only an array that is not shared can be changed in place.
    drop(old);
    update(frame, name, |old| put(context, old, &positions, &new))
}

/// An array with the elements at indices replaced.
pub fn changed(
    context: &Context,
    old: Value,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: Value,
) -> Result<Value> {
    if let [Some(index)] = indices
        && index.kind() == Type::Nested
    {
        return set_paths(context, old, index, function, &value);
    }
    let (positions, shape) = positions(context, old.shape(), indices)?;
    let new = replacements(context, &old, &positions, &shape, function, value)?;
    let mut changed = old;
    put(context, &mut changed, &positions, &new)?;
    Ok(changed)
}

/// The value of a variable that is to be changed.
pub fn current(frame: &Frame, name: &NameRef) -> Result<Value> {
    if let Some(value) = scope::array(frame.space, frame.scope, name.symbol) {
        return Ok(value);
    }
    match scope::lookup(frame.space, frame.scope, name) {
        Binding::Array(value) => Ok(value),
        Binding::Unset => Err(Fault::value().because(format!("Undefined name: {}", name.name))),
        _ => Err(Fault::syntax()),
    }
}

/// What goes to positions that make up a shape: one element for all, or one for each, axes of length one aside.
pub enum Spread {
    One(Value),
    Each(Array),
}

impl Spread {
    pub fn item(&self, at: usize) -> Value {
        match self {
            Spread::One(value) => value.clone(),
            Spread::Each(array) => array.item(at),
        }
    }
}

/// INDEX ERROR where a path leads nowhere.
pub fn no_item() -> Fault {
    Fault::index().with_detail("there is no item to go into")
}

pub fn spread(memory: &Memory, new: &Value, shape: &[usize]) -> Result<Spread> {
    if new.count() == 1 && (new.rank() == 0 || shape::product(shape) != 1) {
        return Ok(Spread::One(new.item(memory, 0)?));
    }
    fits(new.shape(), shape)?;
    Ok(Spread::Each(new.array(memory)?))
}

/// What goes to positions of `old`: the elements of `value`, or what a function makes of the old elements and those.
///
/// The function is applied to one element after the other, in order, so that it is applied again where a position
/// occurs again. A scalar function gives the same all at once where none does.
pub fn replacements(
    context: &Context,
    old: &Value,
    positions: &[usize],
    shape: &[usize],
    function: Option<&Modifier>,
    value: Value,
) -> Result<Spread> {
    let memory = context.memory();
    let new = spread(memory, &value, shape)?;
    let Some(function) = function else { return Ok(new) };
    let once = occur_once(context, positions)?;
    let scalar = function.row().is_some_and(|row| row.scalar_dyad().is_some());
    if scalar && once && !positions.contains(&NOWHERE) {
        let part = primitive::at_positions(context, &old.array(memory)?, positions)?.into();
        let right = match &new {
            Spread::One(item) => item.clone().enclose(memory)?,
            Spread::Each(array) => array.reshape(&[positions.len()])?.into(),
        };
        let made = function.call(context, Some(part), right)?.settled(memory)?;
        return Ok(Spread::Each(made.array(memory)?));
    }
    let mut items: Vec<Value> = memory.vec(positions.len())?;
    let mut latest: HashMap<usize, usize> = HashMap::new();
    for (k, &at) in positions.iter().enumerate() {
        context.poll()?;
        if at == NOWHERE {
            items.push(Value::Int(0));
            continue;
        }
        let before = match latest.get(&at) {
            Some(&earlier) => items[earlier].clone(),
            None => old.item(memory, at)?,
        };
        items.push(function.call(context, Some(before), new.item(k))?.settled(memory)?);
        if !once {
            memory.check((latest.len() + 1) * 4 * size_of::<usize>())?;
            latest.insert(at, k);
        }
    }
    Ok(Spread::Each(Array::from_items(memory, &[positions.len()], items, || Value::Int(0))?))
}

/// Whether no position occurs twice.
fn occur_once(context: &Context, positions: &[usize]) -> Result<bool> {
    if positions.windows(2).all(|pair| pair[0] < pair[1]) {
        return Ok(true);
    }
    let mut sorted: Vec<usize> = context.memory().vec(positions.len())?;
    sorted.extend(positions.iter().copied().filter(|&at| at != NOWHERE));
    sorted.sort_unstable();
    Ok(sorted.windows(2).all(|pair| pair[0] < pair[1]))
}

/// The ravel positions that a subscript names, and the shape of what it selects.
fn positions(context: &Context, old: &[usize], indices: &[Option<Value>]) -> Result<(Vec<usize>, Shape)> {
    let memory = context.memory();
    let origin = context.io();
    if let [None] = indices {
        return Ok((context.collect(shape::product(old), |k| k)?, Shape::from_slice(old)));
    }
    if indices.len() != old.len() {
        return Err(Fault::rank().with_detail(format!("{} indices for rank {}", indices.len(), old.len())));
    }
    let steps = shape::strides(old);
    let mut shape = Shape::new();
    let mut at: Vec<usize> = vec![0];
    for (axis, ((index, &length), &step)) in indices.iter().zip(old).zip(&steps).enumerate() {
        let along: Vec<usize> = match index {
            None => {
                shape.push(length);
                context.collect(length, |k| k)?
            }
            Some(index) => {
                shape.extend_from_slice(index.shape());
                let wanted = match index {
                    Value::Int(n) => vec![i64::from(*n)],
                    _ => convert::ints(memory, &index.array(memory)?)?,
                };
                let inside = |n: i64| usize::try_from(n - origin).ok().filter(|&k| k < length);
                let found = |n: i64| inside(n).ok_or_else(|| primitive::outside(n, origin, length, axis));
                wanted.into_iter().map(found).collect::<Result<Vec<usize>>>()?
            }
        };
        let mut next = memory.vec(at.len().saturating_mul(along.len()))?;
        for base in &at {
            next.extend(along.iter().map(|k| base + k * step));
        }
        at = next;
    }
    Ok((at, shape))
}

/// Puts new elements at positions of the ravel; the array's type widens as they need. INDEX ERROR for a position that
/// is not there, as where a modifying function has made the variable shorter.
pub fn put(context: &Context, old: &mut Value, positions: &[usize], new: &Spread) -> Result<()> {
    let memory = context.memory();
    let kind = match new {
        Spread::One(value) if value.is_simple_scalar() => value.kind(),
        Spread::One(_) => Type::Nested,
        Spread::Each(array) => array.kind(),
    };
    if positions.is_empty() {
        return Ok(());
    }
    let count = old.count();
    if positions.iter().any(|&at| at >= count && at != NOWHERE) {
        return Err(Fault::index().with_detail(format!("an element beyond the {count} that there are")));
    }
    let mut array = match std::mem::replace(old, Value::Bool(false)) {
        Value::Array(array) => array,
        other => {
            let made = other.array(memory);
            *old = other;
            made?
        }
    };
    if array.kind() != kind {
        match widened(memory, &array, kind) {
            Ok(wide) => array = wide,
            Err(fault) => {
                *old = array.into();
                return Err(fault);
            }
        }
    }
    let written = match (&mut array, new) {
        (Array::Bool(arr), _) => fill(memory, arr, positions, new, |v| matches!(v, Value::Bool(true) | Value::Int(1))),
        (Array::Int(arr), _) => fill(memory, arr, positions, new, |v| convert::int(v).unwrap_or_default() as i32),
        (Array::Float(arr), _) => fill(memory, arr, positions, new, |v| convert::float(v).unwrap_or_default()),
        (Array::Char(arr), _) => fill(memory, arr, positions, new, |v| match v {
            Value::Char(c) => *c,
            _ => ' ',
        }),
        (Array::Complex(arr), _) => fill(memory, arr, positions, new, |v| match v {
            Value::Array(Array::Complex(z)) => z.as_slice().first().copied().unwrap_or_default(),
            v => convert::float(v).unwrap_or_default().into(),
        }),
        (Array::Ref(arr), _) => fill(memory, arr, positions, new, |v| v.reference().cloned().unwrap_or_default()),
        (Array::Nested(arr), _) => fill(memory, arr, positions, new, Value::clone),
    };
    *old = array.into();
    old.unbox(memory);
    written
}

fn fill<T: Element>(
    memory: &Memory,
    arr: &mut Arr<T>,
    positions: &[usize],
    new: &Spread,
    get: impl Fn(&Value) -> T,
) -> Result<()> {
    let data = arr.make_mut(memory)?;
    match new {
        Spread::One(value) => {
            let element = get(value);
            for &at in positions.iter().filter(|&&at| at != NOWHERE) {
                data[at] = element.clone();
            }
        }
        Spread::Each(array) => {
            for (&at, value) in positions.iter().zip(array.items()) {
                if at != NOWHERE {
                    data[at] = get(&value);
                }
            }
        }
    }
    Ok(())
}

/// The array in a type that holds its own elements and others of `kind`.
fn widened(memory: &Memory, array: &Array, kind: Type) -> Result<Array> {
    let own = array.kind();
    let wide = if own.is_numeric() && kind.is_numeric() { own.max(kind) } else { Type::Nested };
    if wide == own {
        return Ok(array.clone());
    }
    let shape = array.shape();
    Ok(match wide {
        Type::Int => {
            let data = convert::ints(memory, array)?;
            Arr::new(memory, shape, data.into_iter().map(|n| n as i32).collect::<Vec<_>>())?.into()
        }
        Type::Float => Array::Float(convert::float_arr(memory, array)?),
        Type::Complex => {
            let data = convert::floats(memory, array)?;
            Arr::new(memory, shape, data.iter().map(|&x| x.into()).collect::<Vec<crate::array::Complex>>())?.into()
        }
        _ => {
            memory.check(array.len() * Value::COST)?;
            Arr::new(memory, shape, array.items().collect::<Vec<Value>>())?.into()
        }
    })
}

/// Choose and reach: every item of `index` is the path to one element.
fn set_paths(
    context: &Context,
    old: Value,
    index: &Value,
    function: Option<&Modifier>,
    value: &Value,
) -> Result<Value> {
    let memory = context.memory();
    let new = spread(memory, value, index.shape())?;
    let rank = old.rank();
    let mut result = old;
    for at in 0..index.count() {
        context.poll()?;
        let path = index.item(memory, at)?;
        // A simple path with an index for every axis is one step; any other has an item for each level.
        let one_step = path.kind() != Type::Nested && path.count() == rank;
        let steps: Vec<Value> = if one_step { vec![path] } else { path.array(memory)?.items().collect() };
        let mut places = memory.vec(steps.len())?;
        let here = follow(context, &result, &steps, &mut places)?;
        let item = match function {
            Some(function) => function.call(context, Some(here), new.item(at))?.settled(memory)?,
            None => {
                drop(here);
                new.item(at)
            }
        };
        change_at(context, &mut result, &places, |slot| {
            *slot = item;
            Ok(())
        })?;
    }
    Ok(result)
}

/// The item at the end of a path, and the position of each step.
pub fn follow(context: &Context, array: &Value, steps: &[Value], places: &mut Vec<usize>) -> Result<Value> {
    let memory = context.memory();
    let mut here = array.clone();
    for (k, step) in steps.iter().enumerate() {
        let at = primitive::pick_step(context, step, here.shape(), k)?;
        places.push(at);
        here = here.item(memory, at)?;
    }
    Ok(here)
}

/// Changes the item at the end of a path in place.
pub fn change_at<F>(context: &Context, array: &mut Value, path: &[usize], change: F) -> Result<()>
where
    F: FnOnce(&mut Value) -> Result<()>,
{
    let memory = context.memory();
    let Some((&at, rest)) = path.split_first() else { return change(array) };
    let mut boxes = match std::mem::replace(array, Value::Bool(false)) {
        Value::Array(Array::Nested(boxes)) => boxes,
        other if other.kind() == Type::Nested => match other.array(memory) {
            Ok(Array::Nested(boxes)) => boxes,
            made => {
                *array = other;
                return made.and(Err(Fault::internal("boxes that are none")));
            }
        },
        simple => {
            *array = simple;
            let mut item = array.item(memory, at)?;
            change_at(context, &mut item, rest, change)?;
            return put(context, array, &[at], &Spread::One(item));
        }
    };
    let changed = match boxes.make_mut(memory).map(|items| items.get_mut(at)) {
        Ok(Some(item)) => memory.deeper(|| change_at(context, item, rest, change)),
        Ok(None) => Err(no_item()),
        Err(fault) => Err(fault),
    };
    *array = Array::Nested(boxes).into();
    array.unbox(memory);
    changed
}
