//! Reduce: `f/`, `f⌿`, `f/[k]`, and n-wise.
//!
//! Chooses the method for a reduction: the kernel of a scalar function, a sum over a pending product, catenation as a
//! permutation of axes, all cells at once, or item by item. See Dyalog's pages "Reduce" and "Reduce N-wise".

use std::rc::Rc;

use super::cells;
use super::contract;
use super::derived::Derivation;
use super::folding::{self, Window};
use super::join::{self, Join};
use super::synonym::{self, Applied};
use crate::array::{Array, Framed, Type, Value, convert, prototype, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand};
use crate::primitive::scalar::ScalarDyad;
use crate::primitive::scalar::fold::{self as kernels, Order};
use crate::primitive::scalar::windows;

/// `f/` or `f/[k]`.
pub fn reduce_last(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    let made = Derivation::of(context, "/", [&operand])?;
    Ok(made.function(Reduce { operand: operand.function()?, axis: Axis::new(axis, Axis::Last), glyph: "/" }))
}

/// `f⌿` or `f⌿[k]`.
pub fn reduce_first(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    let made = Derivation::of(context, "⌿", [&operand])?;
    Ok(made.function(Reduce { operand: operand.function()?, axis: Axis::new(axis, Axis::First), glyph: "⌿" }))
}

/// The axis that a reduction or a scan goes along.
#[derive(Clone)]
pub(super) enum Axis {
    /// The first one.
    First,
    /// The last one.
    Last,
    /// One in brackets, in `⎕IO`.
    Given(Value),
}

impl Axis {
    pub(super) fn new(given: Option<Value>, default: Axis) -> Axis {
        given.map_or(default, Axis::Given)
    }

    /// The axis of an array of this rank, which is not 0.
    pub(super) fn of(&self, context: &Context, rank: usize) -> Result<usize> {
        match self {
            Axis::First => Ok(0),
            Axis::Last => Ok(rank - 1),
            Axis::Given(value) => convert::axis(context.memory(), value, context.io(), rank)
                .map_err(|fault| fault.with_detail(format!("the right argument has rank {rank}"))),
        }
    }

    /// The axis for a function that has no axis yet.
    pub(super) fn replaced(&self, axis: &Value) -> Option<Axis> {
        (!matches!(self, Axis::Given(_))).then(|| Axis::Given(axis.clone()))
    }

    pub(super) fn describe(&self, operator: &str, operand: Description) -> Description {
        let axis = match self {
            Axis::Given(value) => Some(value.clone()),
            _ => None,
        };
        Description::Derived { operator: operator.into(), left: Box::new(operand), right: None, axis }
    }
}

struct Reduce {
    operand: Fun,
    axis: Axis,
    glyph: &'static str,
}

impl Reduce {
    /// `⌿` always goes from the right.
    fn order(&self) -> Order {
        if self.glyph == "⌿" { Order::FromRight } else { Order::InParts }
    }
}

impl Function for Reduce {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        if let Some(left) = left {
            let width = width(context, &left)?;
            let right = if right.rank() == 0 { vector(context, right)? } else { right };
            let axis = self.axis.of(context, right.rank())?;
            return applied(context, &self.operand, right, axis, |f, right| sliding(context, f, right, axis, width));
        }
        if right.rank() == 0 {
            // Scalars have no axis, but one in brackets must still be a number.
            return Ok(right);
        }
        let axis = self.axis.of(context, right.rank())?;
        let order = self.order();
        applied(context, &self.operand, right, axis, |f, right| reduce(context, f, right, axis, order))
    }

    fn call_cells(
        &self,
        context: &Context,
        _frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        if right.cell_rank() == 0 {
            return Ok(left.is_none().then(|| right.clone()));
        }
        if right.value.shape().contains(&0) {
            return Ok(None);
        }
        let own = right.present.len();
        let axis = own + self.axis.of(context, right.cell_rank())?;
        let length = right.value.shape()[axis];
        let window = match left {
            None => Window::Whole(length),
            Some(left) if left.present.is_empty() => match window(width(context, &left.value)?, length)? {
                Some(window) => window,
                None => return Ok(None),
            },
            Some(_) => return Ok(None),
        };
        let f = self.operand.synonym(context, true);
        let f = match &f {
            Some(function) => Applied { function, stands_in: true },
            None => Applied::itself(&self.operand),
        };
        let value = at_once(context, f, &right.value, axis, window, self.order())?;
        Ok(value.map(|value| Cells { value, present: right.present }))
    }

    fn along(&self, axis: &Value) -> Option<Fun> {
        let axis = self.axis.replaced(axis)?;
        Some(Rc::new(Reduce { operand: self.operand.clone(), axis, glyph: self.glyph }))
    }

    fn describe(&self) -> Description {
        self.axis.describe(self.glyph, self.operand.described(1))
    }
}

/// Has a value reduced along an axis with what the operand is a synonym of, where there is anything to apply it to.
fn applied(
    context: &Context,
    operand: &Fun,
    value: Value,
    axis: usize,
    work: impl Fn(Applied, Value) -> Result<Value>,
) -> Result<Value> {
    match value.shape()[axis] > 1 && value.count() > 0 {
        true => synonym::applied(context, operand, true, |f| work(f, value.clone())),
        false => work(Applied::itself(operand), value),
    }
}

/// `f/[axis] value` for an array of any rank but 0.
pub(super) fn reduce(context: &Context, f: Applied, value: Value, axis: usize, order: Order) -> Result<Value> {
    let memory = context.memory();
    let whole = value.shape_vec();
    let result = shape::without(&whole, axis);
    match whole[axis] {
        1 => only(context, &value, axis, Window::Whole(1)),
        // `⊢/` is the last item, which does not exist, also if the result has no items.
        0 if crate::primitive::row(&**f.function).is_some_and(|row| "⊣⊢".contains(row.glyph)) => {
            Err(Fault::domain().with_detail("there is no item to take"))
        }
        _ if result.contains(&0) => {
            cells::strided(context, &value.into_array(memory)?, 0, &result, &[]).map(Into::into)
        }
        0 => identities(context, &**f.function, &value.into_array(memory)?, &result),
        length => folded(context, f, value, axis, Window::Whole(length), order),
    }
}

/// `width f/[axis] value`; negative widths reverse each window.
fn sliding(context: &Context, f: Applied, value: Value, axis: usize, width: i64) -> Result<Value> {
    let memory = context.memory();
    let whole = value.shape_vec();
    let Some(window) = window(width, whole[axis])? else {
        let mut shape = whole;
        shape[axis] = shape[axis].saturating_add(1);
        return identities(context, &**f.function, &value.into_array(memory)?, &shape);
    };
    let result = window.shape(&whole, axis);
    if result.contains(&0) {
        return cells::strided(context, &value.into_array(memory)?, 0, &result, &[]).map(Into::into);
    }
    match window.lengths() {
        (1, ..) => Ok(value),
        _ => folded(context, f, value, axis, window, Order::FromRight),
    }
}

/// The windows of a width along an axis of this length; `None` for width 0. LENGTH ERROR where they are too long.
fn window(width: i64, length: usize) -> Result<Option<Window>> {
    let items = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    match (length + 1).checked_sub(items) {
        _ if items == 0 => Ok(None),
        Some(count) => Ok(Some(Window::Sliding { width: items, count, reversed: width < 0 })),
        None => Err(Fault::length().with_detail(format!("windows of {items} along an axis of length {length}"))),
    }
}

/// The left argument of an n-wise reduction.
fn width(context: &Context, left: &Value) -> Result<i64> {
    let memory = context.memory();
    match convert::ints(memory, &left.array(memory)?)?[..] {
        [width] => Ok(width),
        _ => Err(Fault::length().with_detail("the width of windows is one number")),
    }
}

fn vector(context: &Context, scalar: Value) -> Result<Value> {
    scalar.reshape(context.memory(), &[1])
}

/// What a window of one item gives: the item.
fn only(context: &Context, value: &Value, axis: usize, window: Window) -> Result<Value> {
    let result = window.shape(value.shape(), axis);
    if *result == *value.shape() {
        return Ok(value.clone());
    }
    match value {
        Value::Framed(framed) => {
            let flat = framed.flat().reshape(context.memory(), &shape::join(&result, framed.cell_shape()))?;
            Ok(Framed::new(flat, framed.frame_rank() - 1)?.into())
        }
        other => other.reshape(context.memory(), &result),
    }
}

/// `result⍴⊂` the identity element, for the reduction of an axis of length 0. DOMAIN ERROR if the function has none.
fn identities(context: &Context, function: &dyn Function, array: &Array, result: &[usize]) -> Result<Value> {
    let memory = context.memory();
    let prototype = prototype::fill_item(memory, array)?;
    let item = match function.identity(context, &prototype) {
        Some(item) => item?,
        None => return Err(Fault::domain().with_detail("the function has no identity element")),
    };
    let items = memory.filled(shape::count(result)?, item.clone())?;
    Ok(Array::from_items(memory, result, items, || item)?.into())
}

/// A reduction of two or more items by the way that suits it.
fn folded(context: &Context, f: Applied, value: Value, axis: usize, window: Window, order: Order) -> Result<Value> {
    if let Some(done) = fast(context, f, &value, axis, window, order)? {
        return Ok(done);
    }
    folding::one_by_one(context, &**f.function, value, axis, window)
}

/// `f/[axis]`, or n-wise, of an array that is not empty, where that calls no function item by item.
pub(super) fn at_once(
    context: &Context,
    f: Applied,
    value: &Value,
    axis: usize,
    window: Window,
    order: Order,
) -> Result<Option<Value>> {
    match window.lengths() {
        (1, ..) => Ok(Some(only(context, value, axis, window)?)),
        _ if window.shape(value.shape(), axis).contains(&0) => Ok(None),
        _ => fast(context, f, value, axis, window, order),
    }
}

/// The ways that do not go item by item. The axes before `axis` may be a frame.
fn fast(
    context: &Context,
    f: Applied,
    value: &Value,
    axis: usize,
    window: Window,
    order: Order,
) -> Result<Option<Value>> {
    let memory = context.memory();
    let scalar = crate::primitive::row(&**f.function).and_then(|row| row.scalar_dyad());
    let Some((flat, frame_rank)) = join::flat(value) else { return Ok(None) };
    if let Some(op) = scalar {
        let done = scalar_fold(context, op, flat, axis, window, if f.stands_in { None } else { Some(order) })?;
        let rank = match window {
            Window::Sliding { .. } => frame_rank,
            _ => frame_rank - 1,
        };
        if let Some(done) = done {
            return super::each::enclosed(done, rank);
        }
    }
    if let Some(join) = Join::of(&**f.function) {
        return Ok(Some(match window {
            Window::Whole(_) => join::fold(context, flat, frame_rank, axis, join)?,
            _ => join::windows(context, &flat.array(memory)?, frame_rank, axis, join, window.lengths())?,
        }));
    }
    folding::at_once(context, &**f.function, &flat.array(memory)?, frame_rank, axis, window)
}

/// A scalar function's own kernels on a simple array. Without an order, floats are folded just as they would be one
/// after the other.
fn scalar_fold(
    context: &Context,
    op: ScalarDyad,
    flat: &Value,
    axis: usize,
    window: Window,
    order: Option<Order>,
) -> Result<Option<Value>> {
    if let (Value::Pending(pending), ScalarDyad::Plus, Window::Whole(_)) = (flat, op, window)
        && order.is_some()
        && let Some(sums) = contract::sum(context, pending.as_ref(), axis)?
    {
        return Ok(Some(sums.into()));
    }
    let array = flat.array(context.memory())?;
    Ok(match window {
        Window::Whole(_) => kernels::reduce(context, op, &array, axis, order.unwrap_or(Order::FromRight))?,
        // Wide windows of floats are folded by differences of running sums.
        Window::Sliding { width, .. } if order.is_none() && width > 2 && array.kind() > Type::Int => None,
        Window::Sliding { width, reversed, .. } => windows::reduce_windows(context, op, &array, axis, width, reversed)?,
        Window::Prefix(_) => None,
    }
    .map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::testing::{array, context, function, ints, numbers};
    use crate::primitive::{PrimitiveFunction, lookup};

    /// `{⍺-⍵}` on scalars, a function that no kernel knows.
    fn minus() -> Operand {
        function(|_, left, right| {
            let left = convert::int(&left.ok_or_else(Fault::syntax)?)?;
            Ok(Value::Int((left - convert::int(&right)?) as i32))
        })
    }

    fn primitive(glyph: char) -> Operand {
        Operand::Function(Rc::new(PrimitiveFunction(lookup(glyph).expect("a glyph of the table"))))
    }

    fn along(operand: Operand, axis: Option<i32>, left: Option<i32>, right: Value) -> Result<Value> {
        let context = context();
        reduce_last(&context, operand, axis.map(Value::Int))?.call(&context, left.map(Value::Int), right)
    }

    #[test]
    fn folds_from_the_right_along_any_axis() {
        let y = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        assert_eq!(numbers(along(minus(), None, None, y.clone())), (vec![2], vec![2, 5]));
        assert_eq!(numbers(along(minus(), Some(1), None, y.clone())), (vec![3], vec![-3, -3, -3]));
        assert_eq!(along(minus(), Some(3), None, y).map_err(|fault| fault.kind()).err(), Some(Fault::index().kind()));
        assert_eq!(numbers(along(minus(), None, None, Value::Int(7))), (vec![], vec![7]));
    }

    #[test]
    fn one_item_needs_no_function_and_none_needs_an_identity() {
        assert_eq!(numbers(along(minus(), None, None, ints(&[2, 1], &[8, 9]))), (vec![2], vec![8, 9]));
        assert_eq!(numbers(along(minus(), None, None, ints(&[0, 3], &[]))), (vec![0], vec![]));
        assert!(along(minus(), None, None, ints(&[0], &[])).is_err());
    }

    #[test]
    fn windows() {
        let y = || ints(&[4], &[1, 2, 4, 8]);
        assert_eq!(numbers(along(minus(), None, Some(2), y())), (vec![3], vec![-1, -2, -4]));
        assert_eq!(numbers(along(minus(), None, Some(-2), y())), (vec![3], vec![1, 2, 4]));
        assert_eq!(numbers(along(minus(), None, Some(3), y())), (vec![2], vec![3, 6]));
        assert_eq!(numbers(along(minus(), None, Some(1), y())), (vec![4], vec![1, 2, 4, 8]));
        assert_eq!(numbers(along(minus(), None, Some(5), y())), (vec![0], vec![]));
        assert_eq!(along(minus(), None, Some(6), y()).map_err(|f| f.kind()).err(), Some(Fault::length().kind()));
    }

    #[test]
    fn catenation_moves_axes() {
        // ,/2 3⍴⍳6 is two boxes that hold the rows; ,/ of these one box.
        let rows = along(primitive(','), None, None, ints(&[2, 3], &[1, 2, 3, 4, 5, 6])).expect("rows");
        assert!(matches!(&rows, Value::Framed(framed) if framed.shape() == [2] && framed.cell_shape() == [3]));
        let all = along(primitive(','), None, None, rows).expect("a box");
        assert_eq!(all.rank(), 0);
        assert_eq!(numbers(all.item(context().memory(), 0)), (vec![6], vec![1, 2, 3, 4, 5, 6]));
        let pairs = along(primitive(','), None, Some(-2), ints(&[3], &[1, 2, 3])).expect("pairs");
        assert_eq!(numbers(pairs.item(context().memory(), 1)), (vec![2], vec![3, 2]));
    }

    #[test]
    fn matrices_in_boxes_join_at_their_first_or_last_axis() {
        // A 2-vector of 2 2 matrices.
        let flat = ints(&[2, 2, 2], &[1, 2, 3, 4, 5, 6, 7, 8]);
        let boxes = || Value::from(Framed::new(flat.clone(), 1).expect("boxes"));
        let of = |glyph, boxes: Value| {
            numbers(along(primitive(glyph), None, None, boxes).and_then(|all| all.item(context().memory(), 0)))
        };
        assert_eq!(of('⍪', boxes()), (vec![4, 2], vec![1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(of(',', boxes()), (vec![2, 4], vec![1, 2, 5, 6, 3, 4, 7, 8]));
        let nested = || Value::from(array(&boxes()));
        assert_eq!(of('⍪', nested()), (vec![4, 2], vec![1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(of(',', nested()), (vec![2, 4], vec![1, 2, 5, 6, 3, 4, 7, 8]));
    }
}
