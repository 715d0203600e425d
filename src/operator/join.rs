//! Catenating many items at once: `,/` and `⍪⌿` in one pass.
//!
//! Items of one shape are stored in one flat array (a framed value). Joining them moves the frame axis in front of the axis
//! at which they are joined, and merges the two. Other items are appended to one list.

use std::borrow::Cow;

use super::assemble::{Elements, characters, complexes, narrow, references};
use super::cells::strided;
use crate::array::{Arr, Array, Element, Framed, Memory, Shape, Type, Value, convert, rearrange, shape};
use crate::context::{CHUNK, Context};
use crate::error::Result;
use crate::function::Function;
use crate::primitive::Role;
use crate::{array::Complex, each_type};

/// The axis of items that a catenating function joins them at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Join {
    /// `⍪`.
    First,
    /// `,`.
    Last,
}

impl Join {
    /// How a function catenates, if it is `,` or `⍪`.
    pub fn of(function: &dyn Function) -> Option<Join> {
        match crate::primitive::row(function)?.facts.role {
            Role::JoinLast => Some(Join::Last),
            Role::JoinFirst => Some(Join::First),
            _ => None,
        }
    }

    /// The axis of the flat array that cells behind `frame_rank` axes are joined at; behind the last for scalars.
    fn position(self, rank: usize, frame_rank: usize) -> usize {
        match self {
            _ if rank == frame_rank => rank,
            Join::First => frame_rank,
            Join::Last => rank - 1,
        }
    }
}

/// The flat array of cells, and how many of its axes are the frame; `None` for boxes of different shapes.
pub fn flat(value: &Value) -> Option<(&Value, usize)> {
    match value {
        Value::Framed(framed) => Some((framed.flat(), framed.frame_rank())),
        Value::Array(Array::Nested(_)) => None,
        simple => Some((simple, simple.rank())),
    }
}

/// `,/[axis]` of two or more cells along a frame axis.
pub fn fold(context: &Context, flat: &Value, frame_rank: usize, axis: usize, join: Join) -> Result<Value> {
    let at = join.position(flat.rank(), frame_rank);
    let mut order: Vec<usize> = (0..flat.rank()).filter(|&k| k != axis).collect();
    order.insert(at - 1, axis);
    let merged = at < flat.rank();
    let rearranged = match flat {
        Value::Pending(pending) => {
            pending.transpose(&order).and_then(|pending| if merged { pending.merge(at - 1) } else { Some(pending) })
        }
        _ => None,
    };
    let flat = match rearranged {
        Some(pending) => Value::from(pending),
        None => {
            let array = transpose(context, flat.array(context.memory())?, &order)?;
            if merged { array.reshape(&merge(array.shape(), at - 1))?.into() } else { array.into() }
        }
    };
    Ok(Framed::new(flat, frame_rank - 1)?.into())
}

/// `width ,/[axis]` of the cells of a flat array: windows of `width` cells joined, `count` of them.
pub fn windows(
    context: &Context,
    flat: &Array,
    frame_rank: usize,
    axis: usize,
    join: Join,
    (width, count, reversed): (usize, usize, bool),
) -> Result<Value> {
    let at = join.position(flat.rank(), frame_rank);
    let steps = shape::strides(flat.shape());
    let mut dims = Shape::from_slice(flat.shape());
    let mut steps: Vec<isize> = steps.iter().map(|&step| step as isize).collect();
    dims[axis] = count;
    dims.insert(at, width);
    let step = steps[axis];
    steps.insert(at, if reversed { -step } else { step });
    let start = if reversed { (width - 1) * step as usize } else { 0 };
    let array = strided(context, flat, start, &dims, &steps)?;
    let array = if at < flat.rank() { array.reshape(&merge(&dims, at))? } else { array };
    Ok(Framed::new(array.into(), frame_rank)?.into())
}

/// The shape with an axis and the one behind it made one.
fn merge(shape: &[usize], axis: usize) -> Shape {
    let mut merged = Shape::from_slice(shape);
    let behind = merged.remove(axis + 1);
    merged[axis] *= behind;
    merged
}

/// The array with its axes in another order; the same one where that is no change.
pub fn transpose(context: &Context, array: Array, order: &[usize]) -> Result<Array> {
    if order.is_sorted() {
        return Ok(array);
    }
    let shape: Shape = order.iter().map(|&axis| array.shape()[axis]).collect();
    Ok(each_type!(&array, arr => {
        Arr::new(
            context.memory(),
            &shape,
            rearrange::transpose(context.memory(), arr.as_slice(), arr.shape(), order)?
        )?
        .into()
    }))
}

/// Two or more items of any shapes catenated. `None` where that is not one pass: scalars and vectors are, and items of
/// one rank that differ only along the axis they are joined at.
pub fn items(context: &Context, items: &[Value], join: Join) -> Result<Option<Value>> {
    let memory = context.memory();
    let Some(first) = items.first() else { return Ok(None) };
    let rank = items.iter().map(Value::rank).max().unwrap_or(0).max(1);
    let axis = if join == Join::First { 0 } else { rank - 1 };
    let mut length: usize = 0;
    for item in items {
        let shape = item.shape();
        let fits =
            rank == 1 || shape.len() == rank && shape::without(shape, axis) == shape::without(first.shape(), axis);
        if !fits {
            return Ok(None);
        }
        length = length.saturating_add(shape.get(axis).copied().unwrap_or(1));
    }
    let mut whole = if rank == 1 { Shape::from_slice(&[0]) } else { first.shape_vec() };
    whole[axis] = length;
    if shape::count(&whole)? == 0 {
        // If all items are empty, the function itself decides which item gives the prototype.
        return Ok(None);
    }
    let mut kinds = items.iter().filter(|item| item.count() > 0).map(Value::kind);
    let first_kind = kinds.next().unwrap_or(Type::Int);
    let kind = kinds.fold(first_kind, |kind, next| match (kind, next) {
        (a, b) if a == b => a,
        (a, b) if a.is_numeric() && b.is_numeric() => a.max(b),
        _ => Type::Nested,
    });
    let outer = shape::product(&whole[..axis]);
    let pieces = Pieces { context, items, outer, whole: &whole };
    Ok(Some(match kind {
        Type::Bool => pieces.simple(convert::bools)?.into(),
        Type::Int => pieces.simple(narrow)?.into(),
        Type::Float => pieces.simple(convert::floats)?.into(),
        Type::Complex => pieces.simple::<Complex>(complexes)?.into(),
        Type::Char => pieces.simple(characters)?.into(),
        Type::Ref => pieces.simple(references)?.into(),
        Type::Nested => {
            let all = pieces.gather(|_, array| {
                let mut items = memory.vec(array.len())?;
                items.extend(array.items());
                Ok(Cow::Owned(items))
            })?;
            Array::from_items(memory, &whole, all, || Value::Int(0))?.into()
        }
    }))
}

/// Items on their way into one array: `outer` times a run of each.
struct Pieces<'a> {
    context: &'a Context,
    items: &'a [Value],
    outer: usize,
    whole: &'a [usize],
}

impl Pieces<'_> {
    fn simple<T: Element>(&self, elements: Elements<T>) -> Result<Arr<T>> {
        Arr::new(self.context.memory(), self.whole, self.gather(elements)?)
    }

    fn gather<T: Element>(
        &self,
        elements: impl for<'a> Fn(&Memory, &'a Array) -> Result<Cow<'a, [T]>>,
    ) -> Result<Vec<T>> {
        let memory = self.context.memory();
        let mut out = memory.vec(shape::count(self.whole)?)?;
        let mut due = CHUNK;
        let mut poll = |size: usize| {
            due = due.saturating_sub(size + 16);
            if due == 0 {
                due = CHUNK;
                return self.context.poll();
            }
            Ok(())
        };
        if self.outer == 1 {
            for item in self.items {
                let array = item.array(memory)?;
                poll(array.len())?;
                if !array.is_empty() {
                    out.extend_from_slice(&elements(memory, &array)?);
                }
            }
            return Ok(out);
        }
        let arrays = self.items.iter().map(|item| item.array(memory)).collect::<Result<Vec<Array>>>()?;
        let mut parts = memory.vec(arrays.len())?;
        for array in arrays.iter().filter(|array| !array.is_empty()) {
            let slice = elements(memory, array)?;
            parts.push((slice.len() / self.outer, slice));
        }
        for row in 0..self.outer {
            for (run, slice) in &parts {
                poll(*run)?;
                out.extend_from_slice(&slice[row * run..(row + 1) * run]);
            }
        }
        Ok(out)
    }
}
