//! Indexed and selective assignment: which elements an expression selects, and putting others in their place.
//!
//! A selection that does not lead one way (`descent.rs`) is found by running it on an array of the same structure whose
//! leaves are numbered from 1: the numbers that come back say where the new elements go. Zeros are fills, and nobody's.

use std::collections::{HashMap, HashSet};

use super::binding::Binding;
use super::expression::Frame;
use super::node::{NameRef, Node, NodeId};
use super::scope;
use crate::array::shape::{self, Shape};
use crate::array::{Arr, Array, Element, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun};

/// Changes a variable in place: it is taken out, so that nobody else holds its elements, and put back whatever
/// happens.
pub fn update(frame: &Frame, name: &NameRef, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
    match scope::lookup(frame.space, frame.scope, name) {
        Binding::Array(_) => {}
        _ => return Err(Fault::value().because(format!("Undefined name: {}", name.name))),
    }
    let home = scope::home(frame.scope, name.symbol);
    let Some(Binding::Array(mut value)) = scope::take(frame.space, home, name.symbol) else {
        return Err(Fault::value());
    };
    let changed = change(&mut value);
    match home {
        Some(scope) => scope.set_local(name.symbol, Binding::Array(value)),
        None => drop(frame.space.set(name.symbol, Binding::Array(value))),
    }
    changed
}

/// `old[indices]←new`. Nothing is changed unless everything fits.
pub fn set_indexed(context: &Context, old: &mut Value, indices: &[Option<Value>], new: &Value) -> Result<()> {
    let memory = context.memory();
    if let [Some(index)] = indices
        && index.kind() == crate::array::Type::Nested
    {
        return set_paths(context, old, index, new);
    }
    let (positions, shape) = positions(context, old.shape(), indices)?;
    let new = spread(memory, new, &shape)?;
    put(context, old, &positions, &new)
}

/// The new elements for a selection of a shape: one for all, or one for each, axes of length one aside.
pub enum Spread {
    /// This one everywhere.
    One(Value),
    /// One for each.
    Each(Array),
}

/// New elements for a selection of this shape. RANK ERROR or LENGTH ERROR.
pub fn spread(memory: &Memory, new: &Value, shape: &[usize]) -> Result<Spread> {
    if new.count() == 1 && (new.rank() == 0 || shape::product(shape) != 1) {
        return Ok(Spread::One(new.item(memory, 0)?));
    }
    let squeezed = |shape: &[usize]| shape.iter().copied().filter(|&n| n != 1).collect::<Shape>();
    if squeezed(new.shape()) != squeezed(shape) {
        return Err(match new.rank() == shape.len() || squeezed(new.shape()).len() == squeezed(shape).len() {
            true => Fault::length(),
            false => Fault::rank(),
        }
        .with_detail(format!(
            "selected: {}, assigned: {}",
            crate::error::shape_text(shape),
            crate::error::shape_text(new.shape())
        )));
    }
    Ok(Spread::Each(new.array(memory)?))
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
    for ((index, &length), &step) in indices.iter().zip(old).zip(&steps) {
        let along: Vec<usize> = match index {
            None => {
                shape.push(length);
                context.collect(length, |k| k)?
            }
            Some(index) => {
                shape.extend_from_slice(index.shape());
                let wanted = match index {
                    Value::Int(n) => vec![i64::from(*n)],
                    _ => convert::ints(&index.array(memory)?)?,
                };
                let inside = |n: i64| usize::try_from(n - origin).ok().filter(|&k| k < length);
                let found: Option<Vec<usize>> = wanted.into_iter().map(inside).collect();
                found.ok_or_else(Fault::index)?
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
/// is not there.
pub fn put(context: &Context, old: &mut Value, positions: &[usize], new: &Spread) -> Result<()> {
    let memory = context.memory();
    let kind = match new {
        Spread::One(value) if value.is_simple_scalar() => value.kind(),
        Spread::One(_) => crate::array::Type::Nested,
        Spread::Each(array) => array.kind(),
    };
    if positions.is_empty() {
        return Ok(());
    }
    let count = old.count();
    if positions.iter().any(|&at| at >= count) {
        return Err(Fault::index());
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
            for &at in positions {
                data[at] = element.clone();
            }
        }
        Spread::Each(array) => {
            for (&at, value) in positions.iter().zip(array.items()) {
                data[at] = get(&value);
            }
        }
    }
    Ok(())
}

/// The array in a type that holds its own elements and others of `kind`.
fn widened(memory: &Memory, array: &Array, kind: crate::array::Type) -> Result<Array> {
    use crate::array::Type;
    let own = array.kind();
    let wide = if own.is_numeric() && kind.is_numeric() { own.max(kind) } else { Type::Nested };
    if wide == own {
        return Ok(array.clone());
    }
    let shape = array.shape();
    Ok(match wide {
        Type::Int => {
            let data = convert::ints(array)?;
            Arr::new(memory, shape, data.into_iter().map(|n| n as i32).collect::<Vec<_>>())?.into()
        }
        Type::Float => Array::Float(convert::float_arr(memory, array)?),
        Type::Complex => {
            let data = convert::floats(array)?;
            Arr::new(memory, shape, data.iter().map(|&x| x.into()).collect::<Vec<crate::array::Complex>>())?.into()
        }
        _ => {
            memory.check(array.len() * Value::COST)?;
            Arr::new(memory, shape, array.items().collect::<Vec<Value>>())?.into()
        }
    })
}

/// Choose and reach: every item of `index` is the path to one element.
fn set_paths(context: &Context, old: &mut Value, index: &Value, new: &Value) -> Result<()> {
    let memory = context.memory();
    let shape = index.shape_vec();
    let new = spread(memory, new, &shape)?;
    let mut result = old.clone();
    for at in 0..index.count() {
        context.poll()?;
        let path = index.item(memory, at)?;
        let item = match &new {
            Spread::One(value) => value.clone(),
            Spread::Each(array) => array.item(at),
        };
        // A simple path with an index for every axis is one step; any other has an item for each level.
        let one_step = path.kind() != crate::array::Type::Nested && path.count() == old.rank();
        let steps: Vec<Value> = if one_step { vec![path] } else { path.array(memory)?.items().collect() };
        result = with_path(context, &result, &steps, item)?;
    }
    *old = result;
    Ok(())
}

/// The array with the element at the end of a path replaced.
fn with_path(context: &Context, array: &Value, steps: &[Value], item: Value) -> Result<Value> {
    let memory = context.memory();
    let Some((step, rest)) = steps.split_first() else { return Ok(item) };
    let wanted = convert::int_vec(memory, step)?;
    let indices: Vec<Option<Value>> = wanted.iter().map(|&n| Some(convert::scalar(n as f64))).collect();
    let (positions, _) = positions(context, array.shape(), &indices)?;
    let at = positions.first().copied().ok_or_else(Fault::index)?;
    let inner = match rest {
        [] => item,
        _ => {
            let below = array.item(memory, at)?;
            stacker::maybe_grow(64 * 1024, 1 << 20, || with_path(context, &below, rest, item))?
        }
    };
    let mut changed = array.clone();
    put(context, &mut changed, &[at], &Spread::One(inner))?;
    Ok(changed)
}

/// `(selection)←value` and `(selection)f←value`: the variable's new value.
pub fn select(
    frame: &Frame,
    selection: NodeId,
    variable: NodeId,
    old: &Value,
    function: Option<&Fun>,
    value: Value,
) -> Result<Value> {
    let context = frame.context;
    let value = match function {
        Some(function) => {
            let selected = evaluate(frame, selection, variable, old.clone())?;
            function.call(context, Some(selected), value)?.settled(context.memory())?
        }
        None => value,
    };
    let mut numbering = Numbering::default();
    let numbers = numbering.number(context, old)?;
    let chosen = evaluate(frame, selection, variable, numbers)?;
    let mut changes = Changes { context, numbering: &numbering, leaves: HashMap::new(), boxes: HashMap::new() };
    match outermost(frame, selection) {
        Outermost::Pick => changes.replace(&chosen, value)?,
        Outermost::Each => changes.spread(&chosen, &value, true)?,
        Outermost::Other => changes.spread(&chosen, &value, false)?,
    }
    changes.apply(old, &mut 0)
}

/// The selection with the variable standing for `stand_in`.
fn evaluate(frame: &Frame, selection: NodeId, variable: NodeId, stand_in: Value) -> Result<Value> {
    let mut bound = frame.bound.clone();
    bound.nodes[variable as usize] = Node::Constant(stand_in);
    Frame { bound: &bound, ..*frame }.array(selection)
}

enum Outermost {
    /// `⊃`: what it gives is replaced as a whole.
    Pick,
    /// `f¨`: the selection goes on within the items.
    Each,
    /// Anything else selects items.
    Other,
}

fn outermost(frame: &Frame, selection: NodeId) -> Outermost {
    if let Node::Index { array, .. } = frame.bound.node(selection) {
        // What is indexed is not picked as a whole, but items that were looked into still are.
        return match outermost(frame, *array) {
            Outermost::Each => Outermost::Each,
            _ => Outermost::Other,
        };
    }
    let (Node::Monad { function, .. } | Node::Dyad { function, .. }) = frame.bound.node(selection) else {
        return Outermost::Other;
    };
    match frame.bound.node(*function) {
        Node::Primitive(row) if row.glyph == '⊃' => Outermost::Pick,
        // Enlisting goes down to the leaves, mixing too.
        Node::Primitive(row) if matches!(row.glyph, '∊' | '↑') => Outermost::Other,
        Node::Ready(function) => match function.describe() {
            Description::Derived { operator, .. } if &*operator == "¨" => Outermost::Each,
            _ => Outermost::Other,
        },
        Node::Derived { operator, .. } if operator.glyph == '¨' => Outermost::Each,
        _ => Outermost::Other,
    }
}

/// Numbers for the leaves of an array; boxes are known by their first leaf and their depth.
#[derive(Default)]
struct Numbering {
    count: usize,
    boxes: HashSet<(usize, usize)>,
}

impl Numbering {
    /// An array of the same structure, with numbers from 1 for its leaves.
    fn number(&mut self, context: &Context, value: &Value) -> Result<Value> {
        let memory = context.memory();
        let array = value.array(memory)?;
        if let Array::Nested(arr) = &array {
            let mut items = memory.vec(arr.len())?;
            for item in arr.as_slice() {
                if item.is_simple_scalar() {
                    self.count += 1;
                    items.push(Value::from(self.count));
                } else {
                    let first = self.count + 1;
                    let numbered = stacker::maybe_grow(64 * 1024, 1 << 20, || self.number(context, item))?;
                    self.boxes.insert((first, depth(&numbered)));
                    items.push(numbered);
                }
            }
            return Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into());
        }
        let first = self.count;
        self.count += array.len();
        let numbers: Vec<usize> = context.collect(array.len(), |k| first + k + 1)?;
        convert::counts(memory, array.shape(), &numbers)
    }
}

/// The greatest number of boxes around a leaf.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(Array::Nested(arr)) => {
            let deepest = |item: &Value| stacker::maybe_grow(64 * 1024, 1 << 20, || depth(item));
            1 + arr.as_slice().iter().map(deepest).max().unwrap_or(0)
        }
        Value::Framed(_) => 2,
        other => usize::from(other.rank() > 0),
    }
}

/// The first number in a selected part.
fn first_leaf(value: &Value) -> Option<usize> {
    match value {
        Value::Array(Array::Nested(arr)) => arr.as_slice().iter().find_map(first_leaf),
        Value::Framed(framed) => first_leaf(framed.flat()),
        Value::Array(array) if array.is_empty() => None,
        Value::Array(array) => convert::int(&array.item(0)).ok().map(|n| n as usize),
        scalar => convert::int(scalar).ok().map(|n| n as usize),
    }
}

/// New elements for leaves, by number, and for boxes.
struct Changes<'a> {
    context: &'a Context,
    numbering: &'a Numbering,
    leaves: HashMap<usize, Value>,
    boxes: HashMap<(usize, usize), Value>,
}

impl Changes<'_> {
    /// One selected part is replaced as a whole.
    fn replace(&mut self, part: &Value, value: Value) -> Result<()> {
        let Some(first) = first_leaf(part) else { return Err(Fault::domain().because("Nothing selected")) };
        let key = (first, depth(part));
        if part.is_simple_scalar() || part.rank() == 0 && key.1 == 0 {
            self.leaves.insert(first, value);
        } else if self.numbering.boxes.contains(&key) {
            self.boxes.insert(key, value);
        } else {
            return self.spread(part, &value, false);
        }
        Ok(())
    }

    /// Every element of the selection gets its own new one. `within`: boxes are looked into, not replaced.
    fn spread(&mut self, chosen: &Value, value: &Value, within: bool) -> Result<()> {
        let memory = self.context.memory();
        let new = spread(memory, value, chosen.shape())?;
        let array = chosen.array(memory)?;
        for (at, part) in array.items().enumerate() {
            let item = match &new {
                Spread::One(value) => value.clone(),
                Spread::Each(array) => array.item(at),
            };
            if part.is_simple_scalar() {
                let number = convert::int(&part)? as usize;
                if number > 0 {
                    self.leaves.insert(number, item);
                }
            } else if within {
                stacker::maybe_grow(64 * 1024, 1 << 20, || self.spread(&part, &item, false))?;
            } else {
                self.replace(&part, item)?;
            }
        }
        Ok(())
    }

    /// The array with the changes made.
    fn apply(&self, old: &Value, count: &mut usize) -> Result<Value> {
        let memory = self.context.memory();
        let array = old.array(memory)?;
        let mut items = memory.vec(array.len())?;
        for item in array.items() {
            if item.is_simple_scalar() {
                *count += 1;
                items.push(self.leaves.get(count).cloned().unwrap_or(item));
                continue;
            }
            let first = *count + 1;
            let changed = stacker::maybe_grow(64 * 1024, 1 << 20, || self.apply(&item, count))?;
            let depth = depth(&item);
            items.push(self.boxes.get(&(first, depth)).cloned().unwrap_or(changed));
        }
        if old.rank() == 0 && old.is_simple_scalar() {
            return Ok(items.pop().unwrap_or_else(|| old.clone()));
        }
        let prototype = || crate::array::prototype::fill_item(memory, &array).unwrap_or(Value::Int(0));
        Ok(Array::from_items(memory, array.shape(), items, prototype)?.into())
    }
}
