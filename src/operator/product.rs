//! Inner and outer product: `f.g`, `∘.f`.
//!
//! `+.×` is a matrix product. Scalar functions and others with a cellwise form are applied to blocks of the table of all
//! pairs, all other functions item by item. See Dyalog's pages "Inner product" and "Outer product".

use std::rc::Rc;

use super::cells::{self, Items};
use super::derived::Derivation;
use super::each::{disclosed, enclosed};
use super::folding::Window;
use super::gathered;
use super::inner;
use super::join::{self, Join};
use super::matmul::{Matrix, Number, append_product};
use super::outer;
use super::rank::derived;
use super::reduce::{self, reduce};
use super::synonym::{self, Applied};
use crate::array::{Arr, Array, Complex, Shape, Type, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells, Description, Fun, Function, Operand};
use crate::primitive::scalar::ScalarDyad;
use crate::primitive::scalar::fold::Order;

/// Elements of the table of pairs that is made at a time.
const BLOCK: usize = 1 << 16;

/// Up to here all whole numbers are floats.
const EXACT: f64 = (1u64 << 53) as f64;

/// `f.g`.
pub fn inner_product(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, ".", [&left, &right])?;
    Ok(made.function(Inner { fold: left.function()?, pair: right.function()? }))
}

/// `∘.f`.
pub fn outer_product(context: &Context, operand: Operand) -> Result<Fun> {
    let made = Derivation::of(context, ".", [&operand])?;
    Ok(made.function(Outer(operand.function()?)))
}

/// `f.g`: `f/X g¨Y` for every row of the left and every column of the right argument.
struct Inner {
    fold: Fun,
    pair: Fun,
}

/// What an inner product goes through: the shapes that stay and the common length.
struct Extent {
    rows: Shape,
    columns: Shape,
    depth: usize,
    /// Whether an argument is one element for all.
    one_left: bool,
    one_right: bool,
}

impl Extent {
    /// The last axis of the left and the first of the right argument are equally long, or one argument is a scalar or
    /// has one element. LENGTH ERROR.
    fn new(left: &[usize], right: &[usize]) -> Result<Extent> {
        let single = |shape: &[usize]| shape.iter().all(|&n| n == 1);
        let (rows, from_left) = left.split_last().map_or((left, None), |(&n, rows)| (rows, Some(n)));
        let (columns, from_right) = right.split_first().map_or((right, None), |(&n, columns)| (columns, Some(n)));
        let depth = match (from_left, from_right) {
            (None, None) => 1,
            (None, Some(n)) | (Some(n), None) => n,
            (Some(n), Some(m)) if n == m => n,
            (Some(_), Some(n)) if single(left) => n,
            (Some(n), Some(_)) if single(right) => n,
            (Some(n), Some(m)) => {
                return Err(Fault::length()
                    .because("Mismatched left and right argument shapes")
                    .with_detail(format!("the last axis of the left is {n}, the first of the right {m}")));
            }
        };
        Ok(Extent {
            rows: Shape::from_slice(rows),
            columns: Shape::from_slice(columns),
            depth,
            one_left: single(left) && depth != 1,
            one_right: single(right) && depth != 1,
        })
    }

    fn lengths(&self) -> (usize, usize, usize) {
        (shape::product(&self.rows), shape::product(&self.columns), self.depth)
    }

    fn shape(&self) -> Shape {
        shape::join(&self.rows, &self.columns)
    }
}

impl Function for Inner {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let Some(left) = left else {
            return Err(Fault::syntax().because("The function requires a left argument"));
        };
        let extent = Extent::new(left.shape(), right.shape())?;
        let (m, n, k) = extent.lengths();
        if shape::count(&extent.shape())? == 0 || m * n * k < 2 {
            let (fold, pair) = (Applied::itself(&self.fold), Applied::itself(&self.pair));
            return Work { context, extent: &extent, fold, pair }.product(left, right);
        }
        synonym::both_applied(context, [&self.fold, &self.pair], |[fold, pair]| {
            Work { context, extent: &extent, fold, pair }.product(left.clone(), right.clone())
        })
    }

    fn describe(&self) -> Description {
        derived(".", self.fold.described(2), Some(self.pair.described(2)))
    }
}

/// One application of an inner product.
struct Work<'a> {
    context: &'a Context,
    extent: &'a Extent,
    fold: Applied<'a>,
    pair: Applied<'a>,
}

impl Work<'_> {
    fn product(&self, left: Value, right: Value) -> Result<Value> {
        let Work { context, extent, fold, pair } = *self;
        let memory = context.memory();
        let op = |applied: Applied| crate::primitive::row(&**applied.function).and_then(|row| row.scalar_dyad());
        let sums_products = (op(fold), op(pair)) == (Some(ScalarDyad::Plus), Some(ScalarDyad::Times));
        let in_order = fold.stands_in || pair.stands_in;
        if sums_products
            && !in_order
            && !extent.one_left
            && !extent.one_right
            && let Some(product) = gathered::product(context, &left, &right)?
        {
            return Ok(product);
        }
        let (left, right) = (left.settled(memory)?, right.settled(memory)?);
        if let (Value::Framed(_), _) | (_, Value::Framed(_)) = (&left, &right) {
            return self.one_by_one(left, right);
        }
        let (left, right) = (left.into_array(memory)?, right.into_array(memory)?);
        if sums_products
            && (!in_order || exact(&left, &right, extent.depth))
            && let Some(product) = numeric(context, extent, &left, &right)?
        {
            return Ok(product.into());
        }
        if let (Some(fold), Some(pair)) = (op(fold), op(pair))
            && extent.depth > 0
        {
            let (_, n, k) = extent.lengths();
            let steps = |one: bool, row: usize| if one { (0, 0) } else { (row, 1) };
            let (x, y) = (steps(extent.one_left, k), steps(extent.one_right, n));
            let shape = extent.shape();
            let inner =
                inner::Inner { context, fold, pair, lengths: extent.lengths(), left: x, right: y, shape: &shape };
            if let Some(product) = inner.product(&left, &right)? {
                return Ok(product.into());
            }
        }
        if left.kind() != Type::Nested
            && right.kind() != Type::Nested
            && let Some(product) = self.blocks(&left, &right)?
        {
            return Ok(product);
        }
        self.one_by_one(left.into(), right.into())
    }

    /// The table of all pairs in blocks of rows and columns; each block is computed and folded at once.
    fn blocks(&self, left: &Array, right: &Array) -> Result<Option<Value>> {
        let Work { context, extent, .. } = *self;
        let memory = context.memory();
        let (m, n, k) = extent.lengths();
        if m * n == 0 || k == 0 {
            return Ok(None);
        }
        let columns = n.min((BLOCK / k).max(16));
        let rows = (BLOCK / (columns * k)).clamp(1, m);
        let mut down = memory.vec(m.div_ceil(rows))?;
        for row in (0..m).step_by(rows) {
            let rows = rows.min(m - row);
            let mut across = memory.vec(n.div_ceil(columns))?;
            for column in (0..n).step_by(columns) {
                context.poll()?;
                let columns = columns.min(n - column);
                let frame = [rows, k, columns];
                let left = if extent.one_left {
                    Cells::constant(left.item(0))
                } else {
                    let part = cells::strided(context, left, row * k, &[rows, k], &[k as isize, 1])?;
                    Cells { value: part.into(), present: AxisSet::range(0, 2) }
                };
                let right = if extent.one_right {
                    Cells::constant(right.item(0))
                } else {
                    let part = cells::strided(context, right, column, &[k, columns], &[n as isize, 1])?;
                    Cells { value: part.into(), present: AxisSet::range(1, 3) }
                };
                let Some(pairs) = cells::try_cells(context, &**self.pair.function, &frame, Some(&left), &right)? else {
                    return Ok(None);
                };
                let pairs = cells::gathered(context, &frame, pairs)?;
                if pairs.kind() == Type::Nested || pairs.rank() != 3 {
                    return Ok(None);
                }
                match reduce::at_once(context, self.fold, &pairs, 1, Window::Whole(k), Order::FromRight)? {
                    Some(folded) if folded.kind() != Type::Nested => across.push(folded),
                    _ => return Ok(None),
                }
            }
            match side_by_side(context, across, Join::Last)? {
                Some(band) => down.push(band),
                None => return Ok(None),
            }
        }
        match side_by_side(context, down, Join::First)? {
            Some(whole) => Ok(Some(whole.reshape(memory, &extent.shape())?)),
            None => Ok(None),
        }
    }

    fn one_by_one(&self, left: Value, right: Value) -> Result<Value> {
        let Work { context, extent, .. } = *self;
        let memory = context.memory();
        let (m, n, k) = extent.lengths();
        let shape = extent.shape();
        let (left, right) = (Items::new(memory, left)?, Items::new(memory, right)?);
        if shape::count(&shape)? == 0 || k == 0 {
            let (x, y) = (left.prototype(memory)?, right.prototype(memory)?);
            let pair =
                cells::on_prototypes(context, &**self.pair.function, Some(x), y)?.ok_or_else(Fault::no_result)?;
            let pairs = match k {
                0 => cells::none_of(memory, &[0], &pair)?,
                _ => Array::from_items(memory, &[k], memory.filled(k, pair)?, || Value::Int(0))?.into(),
            };
            let item = reduce(context, self.fold, pairs, 0, Order::FromRight)?.item(memory, 0)?;
            if m * n == 0 {
                return cells::none_of(memory, &shape, &item);
            }
            return Ok(Array::from_items(memory, &shape, memory.filled(m * n, item)?, || Value::Int(0))?.into());
        }
        let mut results = memory.vec(m * n)?;
        for row in 0..m {
            for column in 0..n {
                let mut pairs = memory.vec(k)?;
                for at in 0..k {
                    context.poll()?;
                    let x = left.item(memory, if extent.one_left { 0 } else { row * k + at })?;
                    let y = right.item(memory, if extent.one_right { 0 } else { at * n + column })?;
                    pairs.push(self.pair.function.call(context, Some(x), y)?.settled(memory)?);
                }
                let pairs = Array::from_items(memory, &[k], pairs, || Value::Int(0))?;
                results.push(reduce(context, self.fold, pairs.into(), 0, Order::FromRight)?.item(memory, 0)?);
            }
        }
        Ok(Array::from_items(memory, &shape, results, || Value::Int(0))?.into())
    }
}

/// Blocks of a matrix put together; `None` where they do not go together in one pass.
fn side_by_side(context: &Context, mut blocks: Vec<Value>, join: Join) -> Result<Option<Value>> {
    if blocks.len() == 1 {
        return Ok(blocks.pop());
    }
    join::items(context, &blocks, join)
}

/// Whether all products of these numbers and all their sums are exact, so that sums may be taken in any order.
fn exact(left: &Array, right: &Array, depth: usize) -> bool {
    let largest = |array: &Array| match array {
        Array::Bool(_) => Some(1),
        Array::Int(arr) => Some(arr.as_slice().iter().fold(0, |max, n| n.unsigned_abs().max(max))),
        _ => None,
    };
    match (largest(left), largest(right)) {
        (Some(x), Some(y)) => f64::from(x) * f64::from(y) * depth as f64 <= EXACT,
        _ => false,
    }
}

/// `+.×` of numbers; `None` for anything else.
fn numeric(context: &Context, extent: &Extent, left: &Array, right: &Array) -> Result<Option<Array>> {
    let memory = context.memory();
    if !left.kind().is_numeric() || !right.kind().is_numeric() {
        return Ok(None);
    }
    let kind = left.kind().max(right.kind());
    if kind == Type::Complex {
        let (x, y) = (super::assemble::complexes(memory, left)?, super::assemble::complexes(memory, right)?);
        let sums: Vec<Complex> = product(context, extent, &x, &y)?;
        if sums.iter().all(|z| z.im == 0.0) {
            let mut real = memory.vec(sums.len())?;
            real.extend(sums.iter().map(|z| z.re));
            return Ok(Some(Arr::new(memory, &extent.shape(), real)?.into()));
        }
        return Ok(Some(Arr::new(memory, &extent.shape(), sums)?.into()));
    }
    for array in [left, right] {
        if array.kind() < Type::Float {
            memory.check(array.len() * 8)?;
        }
    }
    let (x, y) = (convert::floats(memory, left)?, convert::floats(memory, right)?);
    let sums: Vec<f64> = product(context, extent, &x, &y)?;
    let fits = |x: &f64| x.abs() <= f64::from(i32::MAX);
    if kind < Type::Float && sums.iter().all(fits) {
        let mut whole = memory.vec(sums.len())?;
        whole.extend(sums.iter().map(|&x| x as i32));
        return Ok(Some(Arr::new(memory, &extent.shape(), whole)?.into()));
    }
    Ok(Some(Arr::new(memory, &extent.shape(), sums)?.into()))
}

fn product<T: Number>(context: &Context, extent: &Extent, left: &[T], right: &[T]) -> Result<Vec<T>> {
    let (m, n, k) = extent.lengths();
    let one = |data| Matrix { data, start: 0, row: 0, column: 0 };
    let left = if extent.one_left { one(left) } else { Matrix::packed(left, k) };
    let right = if extent.one_right { one(right) } else { Matrix::packed(right, n) };
    let mut sums = context.memory().vec(m * n)?;
    append_product(context, (m, n, k), left, right, &mut sums)?;
    Ok(sums)
}

/// `∘.f`: `f` between every item of the left and every item of the right argument.
struct Outer(Fun);

impl Function for Outer {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.invoke(context, left, right)?.ok_or_else(Fault::no_result)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let Some(left) = left else {
            return Err(Fault::syntax().because("The function requires a left argument"));
        };
        let shape = shape::join(left.shape(), right.shape());
        let count = shape::count(&shape)?;
        match count {
            0 | 1 => pair_by_pair(context, &*self.0, &shape, left, right),
            _ => synonym::applied(context, &self.0, true, |f| {
                if let (Some(left), Some(right)) = (items_of(&left, 0), items_of(&right, left.rank()))
                    && let Some(done) = cells::try_cells(context, &**f.function, &shape, Some(&left), &right)?
                    && let Some(done) = enclosed(cells::gathered(context, &shape, done)?, shape.len())?
                {
                    return Ok(Some(done));
                }
                pair_by_pair(context, &**f.function, &shape, left.clone(), right.clone())
            }),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        outer::inverse(context, &self.0, Rc::new(Outer(self.0.clone())))
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        outer::inverse_left(context, &self.0, Rc::new(Outer(self.0.clone())))
    }

    fn inverse_both(&self, context: &Context) -> Result<Fun> {
        outer::inverse_both(context, &self.0, Rc::new(Outer(self.0.clone())))
    }

    fn describe(&self) -> Description {
        derived(".", Description::Text("∘".into()), Some(self.0.described(1)))
    }
}

/// A function applied to one pair of items after the other; to prototypes where there are none. `None` where it has no
/// result.
fn pair_by_pair(
    context: &Context,
    function: &dyn Function,
    shape: &[usize],
    left: Value,
    right: Value,
) -> Result<Option<Value>> {
    let memory = context.memory();
    let count = shape::count(shape)?;
    let (m, n) = (left.count(), right.count());
    let (left, right) = (Items::new(memory, left)?, Items::new(memory, right)?);
    if count == 0 {
        let (x, y) = (left.prototype(memory)?, right.prototype(memory)?);
        let item = cells::on_prototypes(context, function, Some(x), y)?;
        return item.map(|item| cells::none_of(memory, shape, &item)).transpose();
    }
    let mut results = memory.vec(count)?;
    for row in 0..m {
        for column in 0..n {
            context.poll()?;
            let result = function.invoke(context, Some(left.item(memory, row)?), right.item(memory, column)?)?;
            if let Some(result) = result {
                results.push(result.settled(memory)?);
            }
        }
    }
    if results.len() < count {
        return Ok(None);
    }
    Ok(Some(Array::from_items(memory, shape, results, || Value::Int(0))?.into()))
}

/// Every item a cell, whose frame axes are those of the argument behind `before` others.
fn items_of(value: &Value, before: usize) -> Option<Cells> {
    disclosed(&Cells::constant(value.clone()), before)
}
