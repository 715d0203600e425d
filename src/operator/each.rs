//! Each: `f¨`.
//!
//! Items are cells: scalars of a simple array, boxes of a framed one. Where the operand has a cellwise form the
//! results stay one flat array, cut into the argument's shape and boxes. See Dyalog's page "Each".

use std::rc::Rc;

use super::cells::{self, Items};
use super::derived::Derivation;
use super::rank::derived;
use super::synonym;
use crate::array::{Array, Framed, Shape, Type, Value, prototype, shape};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::{AxisSet, Cells, Description, Fun, Function, Operand, Results};
use crate::observe::trace::Remark;

/// `f¨`. SYNTAX ERROR for an array operand or an axis.
pub fn each(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    if axis.is_some() {
        return Err(Fault::syntax().with_detail("the operator does not take an axis"));
    }
    let made = Derivation::of(context, "¨", [&operand])?;
    Ok(made.function(Each(operand.function()?)))
}

struct Each(Fun);

impl Function for Each {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.invoke(context, left, right)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let (shape, pairing) = match &left {
            None => (right.shape_vec(), Pairing::Both),
            Some(left) => Pairing::of(left.shape(), right.shape())?,
        };
        context.tracer.remark(|| Remark::Cells { operator: "¨", frame: shape.clone(), cells: Vec::new() });
        if shape::count(&shape)? < 2 {
            return one_by_one(context, &*self.0, &shape, pairing, left, right);
        }
        synonym::applied(context, &self.0, left.is_some(), |f| {
            match at_once(context, &**f.function, &shape, pairing, left.as_ref(), &right)? {
                Some(done) => {
                    context.shy.set(false);
                    Ok(Some(done))
                }
                None => one_by_one(context, &**f.function, &shape, pairing, left.clone(), right.clone()),
            }
        })
    }

    fn may_be_shy(&self) -> bool {
        self.0.may_be_shy()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        let own = match left {
            None => Shape::from_slice(right.cell_shape()),
            Some(left) => cells::agree(left.cell_shape(), right.cell_shape())?,
        };
        let Some(joint) = cells::joint(frame, &own) else { return Ok(None) };
        if shape::product(&joint) == 0 {
            return Ok(None);
        }
        let left = left.map(|left| disclosed(left, frame.len()));
        let (Some(right), false) = (disclosed(right, frame.len()), matches!(left, Some(None))) else {
            return Ok(None);
        };
        let Some(done) = self.0.call_cells(context, &joint, left.flatten().as_ref(), &right)? else {
            return Ok(None);
        };
        let done = cells::surface(context, &joint, done, frame.len())?;
        let Some(value) = enclosed(done.value, done.present.len() + own.len())? else { return Ok(None) };
        Ok(Some(Cells { value, present: done.present }))
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        Ok(Rc::new(Each(self.0.inverse(context)?)))
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        Ok(Rc::new(Each(self.0.inverse_left(context)?)))
    }

    fn inverse_both(&self, context: &Context) -> Result<Fun> {
        Ok(Rc::new(Each(self.0.inverse_both(context)?)))
    }

    fn describe(&self) -> Description {
        derived("¨", self.0.described(1), None)
    }
}

/// Which arguments have an item for every index of the result; the other has one for all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pairing {
    Both,
    OneLeft,
    OneRight,
}

impl Pairing {
    /// The shape of the result and the pairing: equal shapes, or a scalar or one-element array with anything.
    fn of(left: &[usize], right: &[usize]) -> Result<(Shape, Pairing)> {
        let single = |shape: &[usize]| shape.iter().all(|&n| n == 1);
        if left == right {
            Ok((Shape::from_slice(right), Pairing::Both))
        } else if single(left) && !(single(right) && left.len() > right.len()) {
            Ok((Shape::from_slice(right), Pairing::OneLeft))
        } else if single(right) {
            Ok((Shape::from_slice(left), Pairing::OneRight))
        } else {
            Err(Fault::mismatch(left, right).bare())
        }
    }
}

/// The function applied to all items at once, where that is possible and the items of its results go into one array.
fn at_once(
    context: &Context,
    function: &dyn Function,
    shape: &[usize],
    pairing: Pairing,
    left: Option<&Value>,
    right: &Value,
) -> Result<Option<Value>> {
    let Some(right) = argument(context, right, pairing == Pairing::OneRight)? else { return Ok(None) };
    let left = match left {
        None => None,
        Some(left) => match argument(context, left, pairing == Pairing::OneLeft)? {
            None => return Ok(None),
            some => some,
        },
    };
    match cells::try_various(context, function, shape, left.as_ref(), &right)? {
        Some(Results::Various(items)) => {
            Ok(Some(Array::from_items(context.memory(), shape, items, || Value::Int(0))?.into()))
        }
        // Items that would not go into one flat array may still be items.
        Some(Results::Alike(done)) => match cells::gathered(context, shape, done) {
            Ok(flat) => enclosed(flat, shape.len()),
            Err(fault) if fault.kind() == ErrorKind::Limit => Ok(None),
            Err(fault) => Err(fault),
        },
        None => Ok(None),
    }
}

/// The function applied to one item after the other; to prototypes where there are none. `None` where it has no result.
fn one_by_one(
    context: &Context,
    function: &dyn Function,
    shape: &[usize],
    pairing: Pairing,
    left: Option<Value>,
    right: Value,
) -> Result<Option<Value>> {
    let memory = context.memory();
    let left = left.map(|left| Items::new(memory, left)).transpose()?;
    let right = Items::new(memory, right)?;
    let count = shape::count(shape)?;
    context.shy.set(false);
    if count == 0 {
        let of = |items: &Items, single: bool| {
            if single { items.item(memory, 0) } else { items.prototype(memory) }
        };
        let left = left.as_ref().map(|left| of(left, pairing == Pairing::OneLeft)).transpose()?;
        let left = left.map(|left| prototype::prototype(memory, &left)).transpose()?;
        let right = of(&right, pairing == Pairing::OneRight)?;
        let right = prototype::prototype(memory, &right)?;
        let result = cells::on_prototypes(context, function, left, right)?;
        context.shy.set(false);
        let Some(result) = result else { return Ok(None) };
        return Ok(Some(cells::none_of(memory, shape, &result)?));
    }
    let mut results = memory.draft(count)?;
    let mut shy = true;
    let turns = context.progress.begin(count);
    for at in 0..count {
        context.poll()?;
        turns.at(at);
        let left = match &left {
            Some(left) => Some(left.item(memory, if pairing == Pairing::OneLeft { 0 } else { at })?),
            None => None,
        };
        let right = right.item(memory, if pairing == Pairing::OneRight { 0 } else { at })?;
        if let Some(result) = function.invoke_last(context, left, right)? {
            results.push(result.settled(memory)?);
        }
        shy &= context.shy.get();
    }
    context.shy.set(shy);
    if results.len() < count {
        return Ok(None);
    }
    Ok(Some(Array::from_items(memory, shape, results.finish(), || Value::Int(0))?.into()))
}

/// The items of an argument as cells; `None` where they do not share a shape.
fn argument(context: &Context, value: &Value, single: bool) -> Result<Option<Cells>> {
    if single {
        return Ok(Some(Cells::constant(Items::new(context.memory(), value.clone())?.item(context.memory(), 0)?)));
    }
    Ok(disclosed(&Cells::constant(value.clone()), 0))
}

/// The cells of which every item is one: the joint frame's own axes are those of the cells' frames or of the cells.
pub(super) fn disclosed(cells: &Cells, outer: usize) -> Option<Cells> {
    let own = cells.cell_rank();
    let value = match &cells.value {
        Value::Framed(framed) => framed.flat().clone(),
        other if other.kind() == Type::Nested => return None,
        other => other.clone(),
    };
    Some(Cells { value, present: cells.present.union(AxisSet::range(outer, outer + own)) })
}

/// Results as items of an array whose axes are the first `rank`: boxes, where they are not simple scalars. `None`
/// where the results are boxed themselves.
pub(super) fn enclosed(value: Value, rank: usize) -> Result<Option<Value>> {
    if value.kind() == Type::Nested {
        return Ok(None);
    }
    if value.rank() == rank {
        return Ok(Some(value));
    }
    Ok(Some(Framed::new(value, rank)?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::testing::{array, context, function, ints, numbers, sum};

    fn call(operand: Operand, left: Option<Value>, right: Value) -> Result<Value> {
        let context = context();
        each(&context, operand, None)?.call(&context, left, right)
    }

    fn pair() -> Operand {
        function(|context, left, right| {
            let items = vec![left.unwrap_or(Value::Int(0)), right];
            Ok(Array::from_items(context.memory(), &[2], items, || Value::Int(0))?.into())
        })
    }

    #[test]
    fn simple_results_stay_simple() {
        assert_eq!(numbers(call(sum(), None, ints(&[2], &[3, 4]))), (vec![2], vec![3, 4]));
    }

    #[test]
    fn other_results_are_boxed() {
        let result = call(pair(), Some(Value::Int(9)), ints(&[2], &[3, 4])).expect("pairs");
        assert_eq!(result.shape(), [2]);
        let Array::Nested(boxes) = array(&result) else { panic!("boxes") };
        assert_eq!(numbers(Ok(boxes.as_slice()[1].clone())), (vec![2], vec![9, 4]));
    }

    #[test]
    fn one_element_goes_with_every_item_and_other_shapes_must_agree() {
        let shape = |x: &[usize], y: &[usize]| {
            let of = |shape: &[usize]| ints(shape, &vec![1; shape::product(shape)]);
            call(pair(), Some(of(x)), of(y)).map(|result| result.shape_vec().to_vec()).map_err(|fault| fault.kind())
        };
        assert_eq!(shape(&[1, 1], &[3]), Ok(vec![3]));
        assert_eq!(shape(&[2, 2], &[1]), Ok(vec![2, 2]));
        assert_eq!(shape(&[1, 1], &[]), Ok(vec![1, 1]));
        assert_eq!(shape(&[2], &[3]), Err(crate::error::ErrorKind::Length));
        assert_eq!(shape(&[2], &[2, 2]), Err(crate::error::ErrorKind::Rank));
    }

    #[test]
    fn nothing_runs_once_on_the_prototype() {
        let result = call(pair(), Some(ints(&[0], &[])), ints(&[0], &[])).expect("no pairs");
        let Array::Nested(boxes) = array(&result) else { panic!("boxes") };
        assert_eq!(boxes.prototype().map(|item| item.shape_vec().to_vec()), Some(vec![2]));
    }
}
