//! Inverses of outer products: the inverse function applied to the items of a row, a column or the diagonal of the table.
//!
//! Not every table is an outer product, so the result is accepted only if its outer product is the whole table again.

use super::each::each;
use super::inverse::{none, undoing, undoing_left};
use crate::array::{Array, Value, compare};
use crate::context::Context;
use crate::error::Result;
use crate::function::{Fun, Operand};

/// `X ∘.f⍣¯1 R`: the items of the table's first row, undone with the first item of `X`.
pub fn inverse(context: &Context, f: &Fun, outer: Fun) -> Result<Fun> {
    let undo = each(context, Operand::Function(f.inverse(context)?), None)?;
    Ok(undoing(outer.clone(), move |context, left, result| {
        let left = left.ok_or_else(none)?;
        let memory = context.memory();
        let rest = result.shape().strip_prefix(left.shape()).ok_or_else(none)?;
        let row = part(context, &result, 0, 1, rest)?;
        let found = undo.call(context, Some(first(context, &left)?), row)?.settled(memory)?;
        makes(context, &outer, left, found.clone(), &result)?;
        Ok(found)
    }))
}

/// `(∘.f∘Y)⍣¯1`: the items of the table's first column, undone with the first item of `Y`.
pub fn inverse_left(context: &Context, f: &Fun, outer: Fun) -> Result<Fun> {
    let undo = each(context, Operand::Function(f.inverse_left(context)?), None)?;
    Ok(undoing_left(outer.clone(), move |context, result, right| {
        let memory = context.memory();
        let rest = result.shape().strip_suffix(right.shape()).ok_or_else(none)?;
        let column = part(context, &result, 0, right.count().max(1), rest)?;
        let found = undo.call(context, Some(column), first(context, &right)?)?.settled(memory)?;
        makes(context, &outer, found.clone(), right, &result)?;
        Ok(found)
    }))
}

/// `∘.f⍨⍣¯1`: the items of the table's diagonal, each undone as `f⍨`.
pub fn inverse_both(context: &Context, f: &Fun, outer: Fun) -> Result<Fun> {
    let undo = each(context, Operand::Function(f.inverse_both(context)?), None)?;
    Ok(undoing(outer.clone(), move |context, _, result| {
        let memory = context.memory();
        let (half, other) = result.shape().split_at(result.rank() / 2);
        if half != other {
            return Err(none());
        }
        let length: usize = half.iter().product();
        let diagonal = part(context, &result, 0, length.saturating_add(1), half)?;
        let found = undo.call(context, None, diagonal)?.settled(memory)?;
        makes(context, &outer, found.clone(), found.clone(), &result)?;
        Ok(found)
    }))
}

/// Every `step`th item from one on, in a shape.
fn part(context: &Context, table: &Value, from: usize, step: usize, shape: &[usize]) -> Result<Value> {
    let memory = context.memory();
    let count: usize = shape.iter().product();
    if table.count() == 0 {
        return Err(none());
    }
    let mut items = memory.vec(count)?;
    for at in 0..count {
        items.push(table.item(memory, from + at * step)?);
    }
    Ok(Array::from_items(memory, shape, items, || Value::Int(0))?.into())
}

/// The first item, as a scalar.
fn first(context: &Context, value: &Value) -> Result<Value> {
    part(context, value, 0, 1, &[])
}

/// DOMAIN ERROR unless the function makes this table of these arguments.
fn makes(context: &Context, outer: &Fun, left: Value, right: Value, table: &Value) -> Result<()> {
    let again = outer.call(context, Some(left), right)?.settled(context.memory())?;
    match compare::matches(context.memory(), &again, table, context.ct())? {
        true => Ok(()),
        false => Err(none()),
    }
}
