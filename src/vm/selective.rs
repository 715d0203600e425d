//! Selective assignment: which elements of a variable an expression selects.
//!
//! The expression is evaluated, beginning at the variable, on positions instead of elements, as long as its functions only
//! rearrange items or pick one of them. Functions that work inside several items at once (`¨`, `∊` and others) are
//! evaluated on an array of the same structure whose leaves are numbers; the numbers in the result are the positions of
//! the new elements.

use std::collections::HashMap;

use super::assign::Modifier;
use super::frame::Frame;
use super::indexed::{self, NOWHERE, spread};
use crate::array::{Array, Type, Value, convert};
use crate::code::node::{NameRef, Node, NodeId};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Description;
use crate::primitive;

/// `(selection)←value` and `(selection)f←value`; the variable is one that `owner` sees.
pub fn assign(
    frame: &Frame,
    owner: &Frame,
    name: &NameRef,
    selection: NodeId,
    variable: NodeId,
    function: Option<&Modifier>,
    value: Value,
) -> Result<()> {
    let context = frame.context;
    let mut selected = Selected { here: indexed::current(owner, name)?, path: Vec::new(), part: Part::Whole };
    for &step in steps(frame, selection, variable)?.iter().rev() {
        context.poll()?;
        selected.step(frame, step)?;
    }
    let Selected { here, path, part } = selected;
    // Everything is computed before the variable is touched.
    match part {
        Part::Whole => {
            let new = modified(context, function, || Ok(here.clone()), value)?;
            drop(here);
            indexed::update(owner, name, |old| {
                indexed::change_at(context, old, &path, |slot| {
                    *slot = new;
                    Ok(())
                })
            })
        }
        Part::Items(numbers) => {
            let positions = positions(context, &numbers)?;
            let new = indexed::replacements(context, &here, &positions, numbers.shape(), function, value)?;
            drop((here, numbers));
            indexed::update(owner, name, |old| {
                indexed::change_at(context, old, &path, |slot| indexed::put(context, slot, &positions, &new))
            })
        }
        Part::Within { numbering, chosen, level } => {
            let mut changes = Changes::new(context, &numbering, function);
            changes.select(&chosen, &level, value)?;
            let (new, _) = changes.apply(&here, &mut Passed::default())?;
            drop(here);
            indexed::update(owner, name, |old| {
                indexed::change_at(context, old, &path, |slot| {
                    *slot = new;
                    Ok(())
                })
            })
        }
    }
}

fn modified(
    context: &Context,
    function: Option<&Modifier>,
    old: impl FnOnce() -> Result<Value>,
    value: Value,
) -> Result<Value> {
    match function {
        Some(function) => function.call(context, Some(old()?), value)?.settled(context.memory()),
        None => Ok(value),
    }
}

/// The calls and subscripts between the whole selection and the variable, outermost first.
fn steps(frame: &Frame, selection: NodeId, variable: NodeId) -> Result<Vec<NodeId>> {
    let mut steps = Vec::new();
    let mut at = selection;
    while at != variable {
        steps.push(at);
        at = match frame.bound.node(at) {
            Node::Monad { right, .. } | Node::Dyad { right, .. } => *right,
            Node::Index { array, .. } => *array,
            _ => return Err(frame.blame(at, not_selecting())),
        };
    }
    Ok(steps)
}

fn not_selecting() -> Fault {
    Fault::syntax().because("Not a selection")
}

/// What has been selected so far.
struct Selected {
    /// The array at the end of the path.
    here: Value,
    /// Where it is in the variable: a position of the ravel for each level.
    path: Vec<usize>,
    part: Part,
}

/// How much of that array.
enum Part {
    /// All of it, to be replaced as a whole.
    Whole,
    /// Items, by position in the ravel from 1; 0 is a fill.
    Items(Value),
    /// Whatever the numbers stand for.
    Within { numbering: Numbering, chosen: Value, level: Level },
}

/// What the elements of a selection by numbers are.
#[derive(Clone, Debug)]
enum Level {
    /// The selection itself is one element.
    One,
    /// Each is an element, box or not.
    Items,
    /// Each is a selection of its own.
    Each(Box<Level>),
}

/// What a function does in a selection.
enum Kind {
    /// Moves items around.
    Structural,
    /// Takes the first item.
    First,
    /// Takes the item at the end of a path.
    Pick,
    /// Does something to each item.
    Each(Box<Kind>),
    /// Anything else.
    Other,
}

impl Kind {
    /// SYNTAX ERROR for primitive functions that are not on Dyalog's list: what they make are other elements.
    fn of(description: &Description, dyadic: bool, level: u8) -> Result<Kind> {
        let first = if level < 2 { "⊃" } else { "↑" };
        Ok(match description {
            Description::Text(glyph) => match (&**glyph, dyadic) {
                ("⊃", true) => Kind::Pick,
                (glyph, false) if glyph == first => Kind::First,
                ("," | "⍪" | "⌽" | "⊖" | "⍉" | "⊢" | "⊣", false) => Kind::Structural,
                ("↑" | "↓" | "⌽" | "⊖" | "⍴" | "⍉" | "/" | "⌿" | "\\" | "⍀" | "⌷" | "⊢", true) => {
                    Kind::Structural
                }
                ("∊", false) if level > 0 => Kind::Other,
                (glyph, _) if glyph.parse().is_ok_and(|glyph| primitive::lookup(glyph).is_some()) => {
                    return Err(not_selecting());
                }
                _ => Kind::Other,
            },
            Description::Derived { operator, left, right: None, axis } => match (&**operator, axis) {
                ("", Some(_)) => Kind::of(left, dyadic, level)?,
                ("¨", None) => Kind::Each(Box::new(Kind::of(left, dyadic, level)?)),
                _ => Kind::Other,
            },
            // `2∘↑` is a call of `↑` with its left argument.
            Description::Derived { operator, left, right: Some(right), axis: None }
                if &**operator == "∘" && !dyadic && matches!(**left, Description::Array(_)) =>
            {
                Kind::of(right, true, level)?
            }
            _ => Kind::Other,
        })
    }
}

impl Level {
    /// The level of what a function gives for a selection of this level.
    fn behind(self, kind: &Kind) -> Level {
        match (kind, self) {
            (Kind::Structural, level) => level,
            (Kind::First | Kind::Pick, Level::Each(inner)) => *inner,
            (Kind::First | Kind::Pick, _) => Level::One,
            (Kind::Each(kind), level) => {
                let inner = match level {
                    Level::Each(inner) => *inner,
                    _ => Level::Items,
                };
                match inner.behind(kind) {
                    Level::One => Level::Items,
                    inner => Level::Each(Box::new(inner)),
                }
            }
            (Kind::Other, _) => Level::Items,
        }
    }
}

impl Selected {
    /// One call or subscript further out.
    fn step(&mut self, frame: &Frame, step: NodeId) -> Result<()> {
        let context = frame.context;
        match frame.bound.node(step) {
            Node::Index { indices, .. } => {
                let list = frame.indices(indices)?;
                // A path goes into boxes.
                let reaches = list.iter().flatten().any(|index| index.kind() == Type::Nested);
                let kind = if reaches { Kind::Other } else { Kind::Structural };
                self.apply(context, &kind, |part| frame.located(step, primitive::index_brackets(context, &part, &list)))
            }
            Node::Monad { function, .. } | Node::Dyad { function, .. } => {
                let function = frame.function(*function)?;
                let left = match frame.bound.node(step) {
                    Node::Dyad { left, .. } => Some(frame.array(*left)?.settled(context.memory())?),
                    _ => None,
                };
                let kind = frame.located(step, Kind::of(&function.describe(), left.is_some(), context.ml()))?;
                match (&kind, &left) {
                    (Kind::Pick, Some(path)) if !self.is_within() => frame.located(step, self.pick(context, path)),
                    (Kind::First, None) if !self.is_within() => frame.located(step, self.first(context)),
                    _ => self.apply(context, &kind, |part| {
                        frame.located(step, function.call(context, left, part)?.settled(context.memory()))
                    }),
                }
            }
            _ => Err(frame.blame(step, Fault::syntax())),
        }
    }

    fn is_within(&self) -> bool {
        matches!(self.part, Part::Within { .. })
    }

    /// A function of what has been selected.
    fn apply(&mut self, context: &Context, kind: &Kind, call: impl FnOnce(Value) -> Result<Value>) -> Result<()> {
        let part = std::mem::replace(&mut self.part, Part::Whole);
        self.part = match (part, kind) {
            (Part::Within { numbering, chosen, level }, _) => {
                Part::Within { numbering, chosen: call(chosen)?, level: level.behind(kind) }
            }
            (Part::Whole, Kind::Structural) => {
                let numbers = context.collect(self.here.count(), |k| k + 1)?;
                Part::Items(call(convert::counts(context.memory(), self.here.shape(), &numbers)?)?)
            }
            (Part::Items(numbers), Kind::Structural) => Part::Items(call(numbers)?),
            (part, _) => {
                let mut numbering = Numbering::default();
                let all = numbering.number(context, &self.here)?;
                let chosen = match part {
                    Part::Items(numbers) => by_number(context, &all, &numbers)?,
                    _ => all,
                };
                let level = Level::Items.behind(kind);
                Part::Within { numbering, chosen: call(chosen)?, level }
            }
        };
        Ok(())
    }

    /// The item at the end of a path.
    fn pick(&mut self, context: &Context, path: &Value) -> Result<()> {
        let memory = context.memory();
        if path.rank() > 1 {
            return Err(Fault::misshapen("a path in a scalar or vector", path.shape()));
        }
        let steps: Vec<Value> = path.array(memory)?.items().collect();
        let Some((first, rest)) = steps.split_first() else { return Ok(()) };
        if let Part::Items(numbers) = &self.part {
            let at = primitive::pick_step(context, first, numbers.shape(), 0)?;
            let at = positions(context, numbers)?.get(at).copied().filter(|&at| at != NOWHERE);
            self.descend(context, at.ok_or_else(indexed::no_item)?)?;
        } else {
            self.descend(context, primitive::pick_step(context, first, self.here.shape(), 0)?)?;
        }
        self.here = indexed::follow(context, &self.here, rest, &mut self.path)?;
        Ok(())
    }

    /// The first item.
    fn first(&mut self, context: &Context) -> Result<()> {
        let at = match &self.part {
            Part::Items(numbers) => positions(context, numbers)?.first().copied().filter(|&at| at != NOWHERE),
            _ if self.here.count() == 0 => None,
            _ => Some(0),
        };
        self.descend(context, at.ok_or_else(|| Fault::domain().because("Nothing selected"))?)
    }

    fn descend(&mut self, context: &Context, at: usize) -> Result<()> {
        self.here = self.here.item(context.memory(), at)?;
        self.path.push(at);
        self.part = Part::Whole;
        Ok(())
    }
}

/// Numbers from 1 as positions.
fn positions(context: &Context, numbers: &Value) -> Result<Vec<usize>> {
    let array = numbers.array(context.memory())?;
    let wanted = convert::ints(context.memory(), &array)?;
    context.collect(wanted.len(), |k| wanted.get(k).map_or(NOWHERE, |&n| (n as usize).wrapping_sub(1)))
}

/// The items of a numbered array at positions from 1; fills stay 0.
fn by_number(context: &Context, all: &Value, numbers: &Value) -> Result<Value> {
    let memory = context.memory();
    let mut items = memory.vec(numbers.count())?;
    for at in positions(context, numbers)? {
        items.push(if at == NOWHERE { Value::Int(0) } else { all.item(memory, at)? });
    }
    Ok(Array::from_items(memory, numbers.shape(), items, || Value::Int(0))?.into())
}

/// An array with numbers from 1 for its leaves, and what is needed to know its boxes again: a box by its first leaf
/// and its depth, an empty one by where it is kept.
#[derive(Default)]
struct Numbering {
    count: usize,
    boxes: HashMap<(usize, usize), Value>,
    empties: HashMap<usize, usize>,
    /// The numbered empty boxes and their originals: kept, so that no other array takes their place in memory.
    kept: Vec<(Value, Value)>,
    leaves: Vec<Value>,
}

impl Numbering {
    /// An array of the same structure.
    fn number(&mut self, context: &Context, value: &Value) -> Result<Value> {
        Ok(self.measured(context, value)?.0)
    }

    /// An array of the same structure, and its depth.
    fn measured(&mut self, context: &Context, value: &Value) -> Result<(Value, usize)> {
        let memory = context.memory();
        let array = value.array(memory)?;
        memory.check((self.leaves.len() + array.len()) * size_of::<Value>())?;
        let Array::Nested(arr) = &array else {
            let first = self.count;
            self.count += array.len();
            self.leaves.extend(array.items());
            let numbers: Vec<usize> = context.collect(array.len(), |k| first + k + 1)?;
            return Ok((convert::counts(memory, array.shape(), &numbers)?, usize::from(array.rank() > 0)));
        };
        let mut items = memory.vec(arr.len())?;
        let mut deepest = 0;
        for item in arr.as_slice() {
            if item.is_simple_scalar() {
                self.count += 1;
                self.leaves.push(item.clone());
                items.push(Value::from(self.count));
                continue;
            }
            context.poll()?;
            let before = self.count;
            let (numbered, depth) = memory.deeper(|| self.measured(context, item))?;
            deepest = deepest.max(depth);
            match &numbered {
                Value::Array(array) if self.count == before => {
                    self.empties.insert(crate::each_type!(array, arr => arr.address()), self.kept.len());
                    self.kept.push((numbered.clone(), item.clone()));
                }
                _ => drop(self.boxes.insert((before + 1, depth), item.clone())),
            }
            items.push(numbered);
        }
        Ok((Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into(), 1 + deepest))
    }
}

/// Where an array without leaves is kept.
fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Array(array) => Some(crate::each_type!(array, arr => arr.address())),
        _ => None,
    }
}

/// The greatest number of boxes around a leaf.
fn depth(context: &Context, value: &Value) -> Result<usize> {
    Ok(match value {
        Value::Array(Array::Nested(arr)) => {
            let mut deepest = 0;
            for item in arr.as_slice() {
                context.poll()?;
                deepest = deepest.max(context.memory().deeper(|| depth(context, item))?);
            }
            1 + deepest
        }
        Value::Framed(_) => 2,
        other => usize::from(other.rank() > 0),
    })
}

/// The first number in a selected part.
fn first_leaf(context: &Context, value: &Value) -> Result<Option<usize>> {
    let number = |item: &Value| convert::int(item).ok().map(|n| n as usize);
    Ok(match value {
        Value::Array(Array::Nested(arr)) => {
            for item in arr.as_slice() {
                context.poll()?;
                if let Some(first) = context.memory().deeper(|| first_leaf(context, item))? {
                    return Ok(Some(first));
                }
            }
            None
        }
        Value::Framed(framed) => first_leaf(context, framed.flat())?,
        Value::Array(array) if array.is_empty() => None,
        Value::Array(array) => number(&array.item(0)),
        scalar => number(scalar),
    })
}

/// New elements for leaves, by number, and for boxes.
struct Changes<'a> {
    context: &'a Context,
    numbering: &'a Numbering,
    function: Option<&'a Modifier>,
    leaves: HashMap<usize, Value>,
    boxes: HashMap<(usize, usize), Value>,
    empties: HashMap<usize, Value>,
}

/// What has been passed of an array whose changes are being made.
#[derive(Default)]
struct Passed {
    leaves: usize,
    empties: usize,
}

impl<'a> Changes<'a> {
    fn new(context: &'a Context, numbering: &'a Numbering, function: Option<&'a Modifier>) -> Changes<'a> {
        let (leaves, boxes, empties) = (HashMap::new(), HashMap::new(), HashMap::new());
        Changes { context, numbering, function, leaves, boxes, empties }
    }

    /// New elements for a selection.
    fn select(&mut self, chosen: &Value, level: &Level, value: Value) -> Result<()> {
        let memory = self.context.memory();
        if let Level::One = level {
            return self.replace(chosen, value);
        }
        let new = spread(memory, &value, chosen.shape())?;
        let array = chosen.array(memory)?;
        for (at, part) in array.items().enumerate() {
            self.context.poll()?;
            memory.deeper(|| match level {
                Level::Each(inner) => self.select(&part, inner, new.item(at)),
                _ => self.replace(&part, new.item(at)),
            })?;
        }
        Ok(())
    }

    /// A new element for one that was selected: a leaf, a box, or something that a function made of them.
    fn replace(&mut self, part: &Value, value: Value) -> Result<()> {
        let (context, numbering, function) = (self.context, self.numbering, self.function);
        self.context.memory().check((self.leaves.len() + self.boxes.len() + 1) * 4 * size_of::<Value>())?;
        let Some(first) = first_leaf(context, part)? else {
            let empty = address(part).and_then(|address| numbering.empties.get(&address)).copied();
            if let Some(k) = empty {
                let old = || Ok(self.empties.get(&k).unwrap_or(&numbering.kept[k].1).clone());
                let new = modified(context, function, old, value)?;
                self.empties.insert(k, new);
            }
            return Ok(());
        };
        let key = (first, depth(context, part)?);
        if part.is_simple_scalar() {
            let Some(leaf) = first.checked_sub(1).and_then(|k| numbering.leaves.get(k)) else { return Ok(()) };
            let old = || Ok(self.leaves.get(&first).unwrap_or(leaf).clone());
            let new = modified(context, function, old, value)?;
            self.leaves.insert(first, new);
        } else if let Some(item) = numbering.boxes.get(&key) {
            let old = || Ok(self.boxes.get(&key).unwrap_or(item).clone());
            let new = modified(context, function, old, value)?;
            self.boxes.insert(key, new);
        } else {
            return self.select(part, &Level::Items, value);
        }
        Ok(())
    }

    /// The array with the changes made, and the depth of the old one.
    fn apply(&self, old: &Value, passed: &mut Passed) -> Result<(Value, usize)> {
        let memory = self.context.memory();
        let array = old.array(memory)?;
        let mut items = memory.vec(array.len())?;
        let mut deepest = 0;
        for item in array.items() {
            if item.is_simple_scalar() {
                passed.leaves += 1;
                items.push(self.leaves.get(&passed.leaves).cloned().unwrap_or(item));
                continue;
            }
            self.context.poll()?;
            let first = passed.leaves + 1;
            let (changed, depth) = memory.deeper(|| self.apply(&item, passed))?;
            deepest = deepest.max(depth);
            let new = match passed.leaves + 1 == first {
                true => {
                    passed.empties += 1;
                    self.empties.get(&(passed.empties - 1))
                }
                false => self.boxes.get(&(first, depth)),
            };
            items.push(new.cloned().unwrap_or(changed));
        }
        if old.rank() == 0 && old.is_simple_scalar() {
            return Ok((items.pop().unwrap_or_else(|| old.clone()), 0));
        }
        let fill = match items.is_empty() {
            true => crate::array::prototype::fill_item(memory, &array)?,
            false => Value::Int(0),
        };
        let depth = if array.kind() == Type::Nested { 1 + deepest } else { usize::from(array.rank() > 0) };
        Ok((Array::from_items(memory, array.shape(), items, || fill)?.into(), depth))
    }
}
