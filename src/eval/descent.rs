//! Selections that lead one way: `(2⊃Z)←`, `(3↑Z)←`, `(1⊃,2⊃Z)←`.
//!
//! Picking goes into one box; reshaping, taking, reversing, indexing and the like rearrange the items of the array that
//! has been reached, whatever is in them. So only the items of that one array are ever numbered, none where picking is
//! all there is, and what is written is written in place. Selections that look into several boxes (`f¨`, `∊`, mix)
//! are not for this file.

use super::expression::Frame;
use super::node::{Node, NodeId};
use super::selective::{Spread, put, spread};
use crate::array::{Array, Memory, Type, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Description;
use crate::primitive;

/// What a step of a selection does, from the variable outwards.
#[derive(Clone, Copy)]
enum Step {
    /// `path⊃`.
    Pick(NodeId),
    /// `⊃`.
    First,
    /// A function that only rearranges items, or brackets.
    Rearrange(NodeId),
}

/// Where a selection leads.
pub struct Place {
    /// Ravel positions of the boxes on the way, outermost first; the last one is selected itself where `chosen` is
    /// `None`.
    path: Vec<usize>,
    /// The selected items of the array there, numbered from 1; 0 is a fill, and nobody's.
    chosen: Option<Value>,
    /// What the selection selects now, if that was asked for.
    pub selected: Option<Value>,
}

/// Where a selection of `old` leads; `None` where it leads to several places. `look`: its value is wanted too.
pub fn find(frame: &Frame, selection: NodeId, variable: NodeId, mut old: Value, look: bool) -> Result<Option<Place>> {
    let context = frame.context;
    let memory = context.memory();
    let Some(steps) = steps(frame, selection, variable) else { return Ok(None) };
    let mut path = Vec::new();
    let mut chosen: Option<Value> = None;
    let mut selected = old.clone();
    for &(id, step) in steps.iter().rev() {
        match step {
            Step::Rearrange(id) => {
                let numbers = match chosen.take() {
                    Some(numbers) => numbers,
                    None => numbers(context, &old)?,
                };
                let Some((now, then)) = rearrange(frame, id, numbers, look.then_some(selected))? else {
                    return Ok(None);
                };
                chosen = Some(now);
                selected = then.unwrap_or(Value::Bool(false));
            }
            Step::First | Step::Pick(_) => {
                let whole;
                let steps = match step {
                    Step::Pick(left) => {
                        whole = frame.array(left)?.settled(memory)?;
                        if whole.rank() > 1 {
                            return Err(frame.blame(id, Fault::rank()));
                        }
                        whole.count()
                    }
                    _ => {
                        whole = Value::Bool(false);
                        1
                    }
                };
                for k in 0..steps {
                    context.poll()?;
                    let shape = chosen.as_ref().map_or(old.shape(), |numbers| numbers.shape());
                    let at = match step {
                        Step::First if shape::product(shape) == 0 => {
                            let nothing = Fault::domain().because("Nothing selected");
                            return Err(frame.blame(id, nothing));
                        }
                        Step::First => 0,
                        _ => frame.located(id, primitive::pick_step(context, &whole.item(memory, k)?, shape, k))?,
                    };
                    let at = match chosen.take() {
                        None => Some(at),
                        Some(numbers) => number(&numbers.item(memory, at)?),
                    };
                    // A fill is nobody's: there is nothing to go into.
                    let Some(at) = at else { return Err(frame.blame(id, Fault::index())) };
                    path.push(at);
                    old = old.item(memory, at)?;
                }
                selected = old.clone();
            }
        }
    }
    Ok(Some(Place { path, chosen, selected: look.then_some(selected) }))
}

impl Place {
    /// Puts new elements there.
    pub fn put(self, context: &Context, old: &mut Value, new: Value) -> Result<()> {
        let memory = context.memory();
        let (last, way) = match (&self.chosen, self.path.split_last()) {
            (None, Some((&last, way))) => (Some(last), way),
            (None, None) => {
                *old = new;
                return Ok(());
            }
            _ => (None, &self.path[..]),
        };
        let mut here = old;
        for &at in way {
            if here.kind() != Type::Nested {
                // A step into a number or character stays where it is.
                return put(context, here, &[at], &Spread::One(new));
            }
            here = inside(memory, here, at)?;
        }
        match self.chosen {
            None => put(context, here, &[last.unwrap_or(0)], &Spread::One(new)),
            Some(chosen) => put_all(context, here, &chosen, &new),
        }
    }
}

/// The item at a position of an array of boxes, for writing.
fn inside<'a>(memory: &Memory, value: &'a mut Value, at: usize) -> Result<&'a mut Value> {
    if !matches!(value, Value::Array(Array::Nested(_))) {
        *value = Value::Array(value.array(memory)?);
    }
    match value {
        Value::Array(Array::Nested(arr)) => arr.make_mut(memory)?.get_mut(at).ok_or_else(Fault::index),
        _ => Err(Fault::internal("boxes that are none")),
    }
}

fn put_all(context: &Context, here: &mut Value, chosen: &Value, new: &Value) -> Result<()> {
    let memory = context.memory();
    let new = spread(memory, new, chosen.shape())?;
    let numbers = convert::ints(&chosen.array(memory)?)?;
    let mut positions = memory.vec(numbers.len())?;
    positions.extend(numbers.iter().filter_map(|&n| usize::try_from(n - 1).ok()));
    if positions.len() == numbers.len() {
        return put(context, here, &positions, &new);
    }
    match new {
        Spread::One(_) => put(context, here, &positions, &new),
        Spread::Each(array) => {
            let mut items = memory.vec(positions.len())?;
            items.extend(array.items().zip(&numbers).filter(|&(_, &n)| n > 0).map(|(item, _)| item));
            let items = Array::from_items(memory, &[items.len()], items, || Value::Int(0))?;
            put(context, here, &positions, &Spread::Each(items))
        }
    }
}

/// The position that a number stands for.
fn number(value: &Value) -> Option<usize> {
    convert::int(value).ok().and_then(|n| usize::try_from(n - 1).ok())
}

/// 1, 2, 3 … in the shape of an array.
fn numbers(context: &Context, value: &Value) -> Result<Value> {
    let numbers = context.collect(value.count(), |k| k + 1)?;
    convert::counts(context.memory(), value.shape(), &numbers)
}

/// The steps from the outermost to the variable; `None` where one of them is not for this file.
fn steps(frame: &Frame, selection: NodeId, variable: NodeId) -> Option<Vec<(NodeId, Step)>> {
    let mut steps = Vec::new();
    let mut at = selection;
    while at != variable {
        let (step, next) = match frame.bound.node(at) {
            Node::Monad { function, right } => {
                let step = match frame.bound.node(*function) {
                    Node::Primitive(row) if row.glyph == '⊃' && frame.context.ml() < 2 => Step::First,
                    Node::Primitive(row) if row.glyph == '↑' && frame.context.ml() >= 2 => Step::First,
                    Node::Primitive(row) if !",⍪⌽⊖⍉⊢⊣".contains(row.glyph) => return None,
                    _ if rearranges(frame, *function) => Step::Rearrange(at),
                    _ => return None,
                };
                (step, *right)
            }
            Node::Dyad { left, function, right } => {
                let step = match frame.bound.node(*function) {
                    Node::Primitive(row) if row.glyph == '⊃' => Step::Pick(*left),
                    _ if rearranges(frame, *function) => Step::Rearrange(at),
                    _ => return None,
                };
                (step, *right)
            }
            Node::Index { array, .. } => (Step::Rearrange(at), *array),
            _ => return None,
        };
        steps.push((at, step));
        at = next;
    }
    Some(steps)
}

/// Whether a function moves, repeats and leaves out items without looking into them.
fn rearranges(frame: &Frame, function: NodeId) -> bool {
    let glyph = |glyph: char| ",⍪⌽⊖⍉⍴↑↓⌷⊢⊣/⌿\\⍀".contains(glyph);
    match frame.bound.node(function) {
        Node::Primitive(row) => glyph(row.glyph),
        Node::Axis { function, .. } => {
            matches!(frame.bound.node(*function), Node::Primitive(row) if ",⍪⌽⊖/⌿\\⍀".contains(row.glyph))
        }
        Node::Ready(function) => match function.describe() {
            Description::Derived { operator, left, axis: Some(_), .. } if operator.is_empty() => {
                matches!(&*left, Description::Text(text) if text.chars().all(|c| ",⍪⌽⊖/⌿\\⍀".contains(c)))
            }
            _ => false,
        },
        _ => false,
    }
}

/// A step applied to the numbers, and to what they stand for if that is wanted: what else it needs is evaluated once.
/// `None`: an index that may reach into boxes.
fn rearrange(
    frame: &Frame,
    id: NodeId,
    numbers: Value,
    selected: Option<Value>,
) -> Result<Option<(Value, Option<Value>)>> {
    let context = frame.context;
    let both = |apply: &dyn Fn(Value) -> Result<Value>| -> Result<Option<(Value, Option<Value>)>> {
        let numbers = frame.located(id, apply(numbers.clone()))?;
        let selected = selected.clone().map(|value| frame.located(id, apply(value))).transpose()?;
        Ok(Some((numbers, selected)))
    };
    match frame.bound.node(id) {
        Node::Monad { function, .. } => {
            let function = frame.function(*function)?;
            both(&|value| function.call(context, None, value))
        }
        Node::Dyad { left, function, .. } => {
            let function = frame.function(*function)?;
            let left = frame.array(*left)?;
            both(&|value| function.call(context, Some(left.clone()), value))
        }
        Node::Index { indices, .. } => {
            let mut list = frame.indices(indices)?;
            list.reverse();
            if list.iter().flatten().any(|index| index.kind() == Type::Nested) {
                return Ok(None);
            }
            both(&|value| primitive::index_brackets(context, &value, &list))
        }
        _ => Err(Fault::internal("a step of a selection that is none")),
    }
}
