//! At: `f@i`, `A@i`, `f@g`, `A@g`. Dyalog's page: At.
//!
//! Finds the positions that the right operand selects (major cells, choose and reach indices, a mask) and applies the
//! function to the selected cells as one array; [`scatter`] writes the new elements.

use super::choose;
use crate::array::scatter::{fits, scatter};
use crate::array::{Array, Shape, Type, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result, shape_text};
use crate::function::{Description, Fun, Function, Operand};

/// `(f@i) Y`, `X (f@i) Y`: `Y` with what `i` chooses replaced by `f` of it, or by the elements of an array `f`.
///
/// A simple `i` chooses major cells, a nested one items by choose or reach indexing, a function those whose place in
/// its result's ravel is 1. INDEX ERROR, RANK ERROR and LENGTH ERROR as for `Y[i]←`, DOMAIN ERROR for a mask that is
/// not of zeros and ones.
pub fn at(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = super::derived::Derivation::of(context, "@", [&left, &right])?;
    Ok(made.function(At { new: left, places: right }))
}

struct At {
    new: Operand,
    places: Operand,
}

/// What is chosen.
enum Places {
    /// Cells of `size` elements, in an array of this shape without the cells' own axes.
    Cells { shape: Shape, at: Vec<usize> },
    /// Items of the ravel.
    Items { shape: Shape, at: Vec<usize> },
    /// Items at any depth: for each, a choice at each level.
    Reach { shape: Shape, paths: Vec<Vec<Value>> },
}

impl Function for At {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        if left.is_some() && matches!(self.new, Operand::Array(_)) {
            return Err(Fault::syntax().because("The function does not take a left argument"));
        }
        let right = right.settled(memory)?;
        let places = match &self.places {
            Operand::Function(mask) => masked(context, &mask.call(context, None, right.clone())?, &right)?,
            Operand::Array(index) => chosen(context, index, &right)?,
        };
        let array = right.into_array(memory)?;
        let cell = match &places {
            Places::Cells { .. } => Shape::from_slice(array.shape().get(1..).unwrap_or(&[])),
            _ => Shape::new(),
        };
        let new = match &self.new {
            Operand::Array(value) => value.clone(),
            Operand::Function(f) => {
                let chosen = match &places {
                    Places::Cells { shape, at } | Places::Items { shape, at } => {
                        choose::choose(context, &array, at, &cell, shape)?.into()
                    }
                    Places::Reach { shape, paths } => reached(context, &array, paths, shape)?,
                };
                f.call(context, left, chosen)?
            }
        };
        let new = new.into_array(memory)?;
        match places {
            Places::Cells { shape, at } => {
                conform(&new, &shape::join(&shape, &cell))?;
                Ok(scatter(memory, array, shape::product(&cell), &at, new)?.into())
            }
            Places::Items { shape, at } => {
                conform(&new, &shape)?;
                Ok(scatter(memory, array, 1, &at, new)?.into())
            }
            Places::Reach { shape, paths } => {
                conform(&new, &shape)?;
                let mut value = Value::from(array);
                for (k, path) in paths.iter().enumerate() {
                    context.poll()?;
                    let item = new.item(if new.len() == 1 { 0 } else { k });
                    value = replaced(context, value, path, item)?;
                }
                Ok(value)
            }
        }
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "@".into(),
            left: Box::new(self.new.described(2)),
            right: Some(Box::new(self.places.described(2))),
            axis: None,
        }
    }
}

/// The items whose place in `mask` is 1. RANK ERROR or LENGTH ERROR where it is not shaped like the argument.
fn masked(context: &Context, mask: &Value, right: &Value) -> Result<Places> {
    let mask = mask.array(context.memory())?;
    if mask.shape() != right.shape() {
        let message = match mask.rank() == right.rank() {
            true => "Right operand and argument lengths differ",
            false => "Right operand and argument ranks differ",
        };
        return Err(Fault::mismatch(mask.shape(), right.shape()).because(message).with_detail(format!(
            "the mask is {}, the argument {}",
            shape_text(mask.shape()),
            shape_text(right.shape())
        )));
    }
    let mask = convert::bools(context.memory(), &mask)?;
    let mut at = context.memory().vec(mask.iter().filter(|&&on| on).count())?;
    at.extend(mask.iter().enumerate().filter(|(_, on)| **on).map(|(place, _)| place));
    Ok(Places::Items { shape: Shape::from_slice(&[at.len()]), at })
}

/// What an array operand chooses.
fn chosen(context: &Context, index: &Value, right: &Value) -> Result<Places> {
    let memory = context.memory();
    let index = index.array(memory)?;
    let shape = Shape::from_slice(index.shape());
    let items = match &index {
        Array::Nested(arr) => arr.as_slice(),
        simple => {
            let Some(&tally) = right.shape().first() else {
                return Err(Fault::rank().with_detail("a scalar has no major cells to choose"));
            };
            let mut at = memory.vec(simple.len())?;
            for n in convert::ints(memory, simple)? {
                at.push(place(n, context.io(), tally)?);
            }
            return Ok(Places::Cells { shape, at });
        }
    };
    // A simple item with an index for every axis is a choice in the array itself; any other has one at each level.
    let chooses = |item: &Value| item.kind() != Type::Nested && item.count() == right.rank();
    if !items.iter().all(chooses) {
        let mut paths = memory.vec(items.len())?;
        for item in items {
            paths.push(match chooses(item) {
                true => vec![item.clone()],
                false => item.array(memory)?.items().collect(),
            });
        }
        return Ok(Places::Reach { shape, paths });
    }
    let mut at = memory.vec(items.len())?;
    for item in items {
        at.push(position(context, item, right.shape())?);
    }
    Ok(Places::Items { shape, at })
}

/// A position from an index in ⎕IO. INDEX ERROR.
fn place(index: i64, origin: i64, length: usize) -> Result<usize> {
    match index.checked_sub(origin).and_then(|n| usize::try_from(n).ok()) {
        Some(at) if at < length => Ok(at),
        _ => Err(Fault::index().with_detail(format!("index {index} in an axis of length {length}"))),
    }
}

/// The position in the ravel of an index with a number for every axis. RANK ERROR, DOMAIN ERROR, INDEX ERROR.
fn position(context: &Context, index: &Value, shape: &[usize]) -> Result<usize> {
    let index = convert::int_vec(context.memory(), index)?;
    if index.len() != shape.len() {
        return Err(Fault::rank().with_detail(format!("{} indices for rank {}", index.len(), shape.len())));
    }
    let mut at = 0;
    for (&n, &length) in index.iter().zip(shape) {
        // Within the array, so that the position is less than its element count.
        at = at * length + place(n, context.io(), length)?;
    }
    Ok(at)
}

/// The items that paths lead to.
fn reached(context: &Context, array: &Array, paths: &[Vec<Value>], shape: &[usize]) -> Result<Value> {
    let memory = context.memory();
    let mut items = memory.vec(paths.len())?;
    for path in paths {
        context.poll()?;
        let mut item = Value::from(array.clone());
        for step in path {
            let at = position(context, step, item.shape())?;
            item = item.item(memory, at)?;
        }
        items.push(item);
    }
    Ok(Array::from_items(memory, shape, items, || Value::Int(0))?.into())
}

/// `value` with the item that `path` leads to replaced.
fn replaced(context: &Context, value: Value, path: &[Value], item: Value) -> Result<Value> {
    let Some((step, rest)) = path.split_first() else { return Ok(item) };
    let memory = context.memory();
    let at = position(context, step, value.shape())?;
    let item = if rest.is_empty() {
        item
    } else {
        let inner = value.item(memory, at)?;
        memory.deeper(|| replaced(context, inner, rest, item))?
    };
    let array = value.into_array(memory)?;
    Ok(scatter(memory, array, 1, &[at], item.enclose(memory)?.into_array(memory)?)?.into())
}

/// Whether `new` fits what was chosen: one element, or the same lengths apart from axes of length one.
fn conform(new: &Array, chosen: &[usize]) -> Result<()> {
    if new.len() == 1 || new.is_empty() && shape::product(chosen) == 0 {
        return Ok(());
    }
    fits(new.shape(), chosen)
}
