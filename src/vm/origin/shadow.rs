//! Functions over tags: for each function one that gives the tags of its results for the tags of its arguments.
//!
//! A function that moves elements moves tags in the same way. A scalar function computes its values, and notes which
//! elements each came from. Operators are applied to such functions as they are to others.

use std::collections::HashMap;
use std::rc::Rc;

use super::Origins;
use super::tags::Tags;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Operand};
use crate::names::user::UserFunction;
use crate::operator::{self, Derive};
use crate::primitive::{self, Moves, Primitive};

/// A function over tags.
pub enum Shadow {
    /// A primitive function, perhaps along an axis.
    Primitive(Rc<Tags>, &'static Primitive, Option<Value>),
    /// A function in braces.
    Dfn(Rc<Tags>, UserFunction),
    /// One that an operator made of functions over tags. `control`: its left argument is no tags but a value, as in `2+/x`.
    Derived { tags: Rc<Tags>, made: Fun, control: bool },
    /// `f⌸` of a function over tags.
    Key(Rc<Tags>, Fun),
    /// Any other, which cannot be looked through.
    Opaque(Rc<Tags>, Fun),
}

/// The function over tags for a function; what cannot be looked through must at least have no side effects.
pub fn of(context: &Context, tags: &Rc<Tags>, function: &Fun) -> Result<Fun> {
    if let Some(row) = primitive::row(&**function) {
        return Ok(Rc::new(Shadow::Primitive(tags.clone(), row, None)));
    }
    if let Some(user) = function.as_any().and_then(|any| any.downcast_ref::<UserFunction>()) {
        return Ok(Rc::new(Shadow::Dfn(tags.clone(), user.clone())));
    }
    if !function.structure().primitive {
        return Err(unclear(&function.describe()));
    }
    match described(context, tags, &function.describe())? {
        Some(Operand::Function(made)) => Ok(made),
        _ => Ok(Rc::new(Shadow::Opaque(tags.clone(), function.clone()))),
    }
}

/// What cannot be evaluated once more without doing what it does once more.
fn unclear(description: &Description) -> Fault {
    let name = match description {
        Description::Text(text) | Description::Named { name: text, .. } => text.to_string(),
        _ => "a function in it".to_owned(),
    };
    Fault::nonce(format!("{name} may do more than compute its result"))
}

/// The same for one that is known by how it is written. `None` where there is none.
fn described(context: &Context, tags: &Rc<Tags>, description: &Description) -> Result<Option<Operand>> {
    Ok(match description {
        Description::Text(text) => {
            let mut chars = text.chars();
            let row = chars.next().filter(|_| chars.next().is_none()).and_then(primitive::lookup);
            row.map(|row| Operand::Function(Rc::new(Shadow::Primitive(tags.clone(), row, None)) as Fun))
        }
        Description::Array(value) => Some(Operand::Array(value.clone())),
        Description::Train(tines) => {
            let mut all = Vec::new();
            for tine in tines {
                match described(context, tags, tine)? {
                    Some(Operand::Array(value)) => all.push(Operand::Array(tags.from_nowhere(context, &value)?)),
                    Some(function) => all.push(function),
                    None => return Ok(None),
                }
            }
            Some(Operand::Function(operator::train(context, all)?))
        }
        Description::Derived { operator, left, right: Some(right), .. } if is_outer(operator, left) => {
            let Some(right) = described(context, tags, right)? else { return Ok(None) };
            Some(Operand::Function(operator::outer_product(context, right)?))
        }
        Description::Derived { operator, left, right, axis } => {
            let Some(left) = described(context, tags, left)? else { return Ok(None) };
            let right = match right {
                Some(right) => match described(context, tags, right)? {
                    None => return Ok(None),
                    some => some,
                },
                None => None,
            };
            derived(context, tags, operator, left, right, axis.clone())?.map(Operand::Function)
        }
        Description::Named { .. } | Description::Curried { .. } => None,
    })
}

/// Whether a product is an outer one, `∘.f`.
fn is_outer(operator: &str, left: &Description) -> bool {
    operator == "." && matches!(left, Description::Text(text) if &**text == "∘")
}

/// A function over tags that an operator makes of operands: functions over tags, and arrays as they are.
pub fn derived(
    context: &Context,
    tags: &Rc<Tags>,
    operator: &str,
    left: Operand,
    right: Option<Operand>,
    axis: Option<Value>,
) -> Result<Option<Fun>> {
    let mut glyphs = operator.chars();
    let (Some(glyph), None) = (glyphs.next(), glyphs.next()) else { return Ok(None) };
    // What they do depends on values, not on positions.
    if "⍠⌶&".contains(glyph) {
        return Ok(None);
    }
    if glyph == '⌸' {
        let Operand::Function(f) = left else { return Ok(None) };
        return Ok(Some(Rc::new(Shadow::Key(tags.clone(), f))));
    }
    let Some(row) = operator::lookup(glyph) else { return Ok(None) };
    let numbers = "⍤⍣⌺@".contains(glyph);
    if numbers && matches!(right, Some(Operand::Function(_))) && glyph != '⍤' {
        return Ok(None);
    }
    // An array that is bound to a function is an argument; one that says where or how often is not.
    let tagged = |operand: Operand| match operand {
        Operand::Array(value) => Ok::<Operand, Fault>(Operand::Array(tags.from_nowhere(context, &value)?)),
        function => Ok(function),
    };
    let left = tagged(left)?;
    let right = match right {
        Some(right) if !numbers => Some(tagged(right)?),
        right => right,
    };
    let made = match (&row.derive, right) {
        (Derive::Monadic(derive), None) => derive(context, left, axis)?,
        (Derive::Dyadic(derive), Some(right)) => derive(context, left, right)?,
        _ => return Ok(None),
    };
    let control = "/⌿".contains(glyph);
    Ok(Some(Rc::new(Shadow::Derived { tags: tags.clone(), made, control })))
}

/// A primitive applied to tags.
fn primitive(
    context: &Context,
    tags: &Tags,
    row: &'static Primitive,
    axis: Option<&Value>,
    left: Option<Value>,
    right: Value,
) -> Result<Value> {
    let call = |left: Option<Value>, right: Value| match axis {
        Some(axis) => row.call_axis(context, left, right, axis),
        None => row.call(context, left, right),
    };
    let scalar = match &left {
        Some(_) => row.scalar_dyad().is_some(),
        None => row.scalar_monad().is_some(),
    };
    if row.facts.random {
        return Err(Fault::nonce(format!("{} gives another result each time", row.glyph)));
    }
    let value = |tags_of: &Value| tags.values(context, tags_of);
    let settled = |value: Value| value.settled(context.memory());
    if scalar {
        let result = settled(call(left.as_ref().map(value).transpose()?, value(&right)?)?)?;
        let Some(left) = left else { return tags.computed(context, &result, &[&right]) };
        if axis.is_some() {
            return tags.unknown(context, &result, &row.glyph.to_string(), &[&left, &right]);
        }
        // Each argument spread over the result.
        let (plus, times) = (primitive::lookup('+'), primitive::lookup('×'));
        let (Some(plus), Some(times)) = (plus, times) else { return Err(Fault::internal("no plus")) };
        let nothing = |of: &Value| times.call(context, Some(Value::Int(0)), of.clone());
        let lefts = settled(plus.call(context, Some(left.clone()), nothing(&right)?)?)?;
        let rights = settled(plus.call(context, Some(right), nothing(&left)?)?)?;
        return tags.computed(context, &result, &[&lefts, &rights]);
    }
    match (row.facts.moves, left) {
        (Moves::Monad | Moves::Alike | Moves::Joins | Moves::Left, None) => call(None, right),
        (Moves::Dyad | Moves::Structure, None) => {
            let result = settled(call(None, value(&right)?)?)?;
            tags.from_nowhere(context, &result)
        }
        (Moves::Dyad | Moves::Alike, Some(left)) => call(Some(value(&left)?), right),
        (Moves::Joins, Some(left)) => call(Some(left), right),
        (Moves::Left, Some(left)) => Ok(left),
        (Moves::Union, None) => kept(context, &right, true, &apply(context, '≠', None, value(&right)?)?),
        (Moves::Union, Some(left)) => {
            let others = kept(context, &right, false, &apply(context, '∊', Some(value(&right)?), value(&left)?)?)?;
            apply(context, ',', Some(left), others)
        }
        (Moves::Common | Moves::Without, Some(left)) => {
            let in_right = apply(context, '∊', Some(value(&left)?), value(&right)?)?;
            kept(context, &left, row.facts.moves == Moves::Common, &in_right)
        }
        (_, left) => {
            let result = settled(call(left.as_ref().map(value).transpose()?, value(&right)?)?)?;
            let arguments: Vec<&Value> = left.iter().chain([&right]).collect();
            tags.unknown(context, &result, &row.glyph.to_string(), &arguments)
        }
    }
}

/// A primitive applied to values or to tags.
fn apply(context: &Context, glyph: char, left: Option<Value>, right: Value) -> Result<Value> {
    let row = primitive::lookup(glyph).ok_or_else(|| Fault::internal("no such primitive"))?;
    row.call(context, left, right)?.settled(context.memory())
}

/// The major cells for which a mask is `wanted`.
fn kept(context: &Context, tags: &Value, wanted: bool, mask: &Value) -> Result<Value> {
    let mask = if wanted { mask.clone() } else { apply(context, '~', None, mask.clone())? };
    let cells = apply(context, ',', None, mask)?;
    let tags = if tags.rank() == 0 { apply(context, ',', None, tags.clone())? } else { tags.clone() };
    apply(context, '⌿', Some(cells), tags)
}

/// `left f⌸ right` over tags: the major cells of `left` tell by their values which of those of `right` go together.
fn grouped(context: &Context, tags: &Rc<Tags>, f: &Fun, left: Option<Value>, right: Value) -> Result<Value> {
    let io = context.io();
    let tally = right.shape().first().copied().unwrap_or(1);
    let (keys, items) = match left {
        Some(left) => (left, right),
        None => {
            let numbers = apply(context, '⍳', None, Value::from(tally))?;
            (right, tags.from_nowhere(context, &numbers)?)
        }
    };
    if keys.rank() == 0 || items.rank() == 0 || keys.shape()[0] != items.shape()[0] {
        return Err(Fault::nonce("⌸ is followed for arrays with as many major cells".to_owned()));
    }
    let values = tags.values(context, &keys)?;
    let firsts = convert::int_vec(context.memory(), &apply(context, '⍳', Some(values.clone()), values)?)?;
    let mut groups: Vec<(i64, Vec<i32>)> = Vec::new();
    let mut group_of: HashMap<i64, usize> = HashMap::new();
    for (at, first) in firsts.into_iter().enumerate() {
        context.poll()?;
        let group = *group_of.entry(first).or_insert_with(|| {
            groups.push((first, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(at as i32 + io as i32);
    }
    let mut results = context.memory().vec(groups.len())?;
    for (first, positions) in groups {
        let positions = Arr::new(context.memory(), &[positions.len()], positions)?;
        let at = Array::from_items(context.memory(), &[], vec![positions.into()], || Value::Int(0))?;
        let of_group = apply(context, '⌷', Some(at.into()), items.clone())?;
        let key = apply(context, '⌷', Some(Value::from(first as usize)), keys.clone())?;
        results.push(f.call(context, Some(key), of_group)?.settled(context.memory())?);
    }
    let list = Array::from_items(context.memory(), &[results.len()], results, || Value::Int(0))?;
    apply(context, '↑', None, list.into())
}

impl Function for Shadow {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        context.poll()?;
        let memory = context.memory();
        let left = left.map(|left| left.settled(memory)).transpose()?;
        let right = right.settled(memory)?;
        match self {
            Shadow::Primitive(tags, row, axis) => primitive(context, tags, row, axis.as_ref(), left, right),
            Shadow::Dfn(tags, function) => Origins::called(context, tags, function, left, right),
            Shadow::Derived { tags, made, control } => match left {
                Some(left) if *control => made.call(context, Some(tags.values(context, &left)?), right),
                left => made.call(context, left, right),
            },
            Shadow::Key(tags, f) => grouped(context, tags, f, left, right),
            Shadow::Opaque(tags, function) => {
                let value = |of: &Value| tags.values(context, of);
                let result = function.call(context, left.as_ref().map(value).transpose()?, value(&right)?)?;
                let arguments: Vec<&Value> = left.iter().chain([&right]).collect();
                let how = match function.describe() {
                    Description::Text(text) => text.to_string(),
                    Description::Derived { operator, .. } => operator.to_string(),
                    _ => "a function".to_owned(),
                };
                tags.unknown(context, &result.settled(memory)?, &how, &arguments)
            }
        }
    }

    fn describe(&self) -> Description {
        match self {
            Shadow::Primitive(_, row, _) => Description::Text(row.glyph.to_string().into()),
            Shadow::Dfn(_, function) => function.describe(),
            Shadow::Derived { made, .. } => made.describe(),
            Shadow::Key(_, f) => f.describe(),
            Shadow::Opaque(_, function) => function.describe(),
        }
    }
}
