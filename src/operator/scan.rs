//! Scan: `f\`, `f⍀`, `f\[k]`: the reductions of all prefixes along an axis.
//!
//! Scalar functions have kernels; any other function is folded over each prefix. See Dyalog's page "Scan".

use std::rc::Rc;

use super::cells::Items;
use super::derived::Derivation;
use super::folding::{self, Window};
use super::reduce::Axis;
use super::synonym::{self, Applied};
use super::{assemble, inverse, join};
use crate::array::{Arr, Array, Type, Value, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand};
use crate::primitive::scalar::{ScalarDyad, scan as kernels};
use crate::primitive::{self};

/// `f\` or `f\[k]`.
pub fn scan_last(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    let made = Derivation::of(context, "\\", [&operand])?;
    Ok(made.function(Scan { operand: operand.function()?, axis: Axis::new(axis, Axis::Last), glyph: "\\" }))
}

/// `f⍀` or `f⍀[k]`.
pub fn scan_first(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    let made = Derivation::of(context, "⍀", [&operand])?;
    Ok(made.function(Scan { operand: operand.function()?, axis: Axis::new(axis, Axis::First), glyph: "⍀" }))
}

#[derive(Clone)]
struct Scan {
    operand: Fun,
    axis: Axis,
    glyph: &'static str,
}

/// The scalar function that a function is.
fn scalar(function: &Fun) -> Option<ScalarDyad> {
    crate::primitive::row(function.as_ref())?.scalar_dyad()
}

/// The kernel of a scalar function. One that stands for a user function has to be associative on these very numbers,
/// because the results of kernels are those of running folds from the left.
fn kernel(context: &Context, f: Applied, value: &Value, axis: usize) -> Result<Option<Value>> {
    match scalar(f.function) {
        Some(op) if !f.stands_in || associative(context, op, value)? => scalar_scan(context, op, value, axis),
        _ => Ok(None),
    }
}

/// Whether a function may be applied to these numbers in any order, with every result on the way being exact.
fn associative(context: &Context, op: ScalarDyad, value: &Value) -> Result<bool> {
    let Some((flat, _)) = join::flat(value) else { return Ok(false) };
    let array = flat.array(context.memory())?;
    // Up to 2*53 all whole numbers are floats.
    let exact = |largest: f64| largest <= (1u64 << 53) as f64;
    Ok(match (op, &array) {
        (ScalarDyad::Maximum | ScalarDyad::Minimum, Array::Bool(_) | Array::Int(_) | Array::Float(_)) => true,
        (ScalarDyad::And | ScalarDyad::Or | ScalarDyad::Equal | ScalarDyad::NotEqual, Array::Bool(_)) => true,
        (ScalarDyad::Plus, Array::Bool(_)) => true,
        (ScalarDyad::Plus, Array::Int(arr)) => exact(arr.as_slice().iter().map(|&n| f64::from(n.unsigned_abs())).sum()),
        (ScalarDyad::Times, Array::Bool(_)) => true,
        (ScalarDyad::Times, Array::Int(arr)) => {
            exact(arr.as_slice().iter().map(|&n| f64::from(n.unsigned_abs().max(1))).product())
        }
        _ => false,
    })
}

impl Function for Scan {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        no_left(left.as_ref())?;
        if right.rank() == 0 {
            return Ok(right);
        }
        let axis = self.axis.of(context, right.rank())?;
        if right.shape()[axis] < 2 || right.count() == 0 {
            return Ok(right);
        }
        synonym::applied(context, &self.operand, true, |f| {
            if let Some(done) = kernel(context, f, &right, axis)? {
                return Ok(done);
            }
            if let Some(done) = at_once(context, &**f.function, &right, axis)? {
                return Ok(done);
            }
            let associative = !f.stands_in
                && scalar(f.function).is_some_and(|op| {
                    matches!(op, ScalarDyad::Plus | ScalarDyad::Times | ScalarDyad::Maximum | ScalarDyad::Minimum)
                });
            one_by_one(context, &**f.function, right.clone(), axis, associative)
        })
    }

    fn call_cells(
        &self,
        context: &Context,
        _frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        if left.is_some() {
            return Ok(None);
        }
        if right.cell_rank() == 0 {
            return Ok(Some(right.clone()));
        }
        let axis = right.present.len() + self.axis.of(context, right.cell_rank())?;
        if right.value.count() == 0 {
            return Ok(None);
        }
        if right.value.shape()[axis] < 2 {
            return Ok(Some(right.clone()));
        }
        let value = match scalar(&self.operand) {
            Some(op) => scalar_scan(context, op, &right.value, axis)?,
            None => {
                let same = self.operand.synonym(context, true);
                let done = match &same {
                    Some(function) => kernel(context, Applied { function, stands_in: true }, &right.value, axis)?,
                    None => None,
                };
                match done {
                    None => at_once(context, &**same.as_ref().unwrap_or(&self.operand), &right.value, axis)?,
                    done => done,
                }
            }
        };
        Ok(value.map(|value| Cells { value, present: right.present }))
    }

    /// The inverse of a scan with `+`, `×`, `=` or `≠` combines neighbouring items; so does that of a scan with `-` or
    /// `÷`, with alternating signs.
    fn inverse(&self, _context: &Context) -> Result<Fun> {
        let undo = match scalar(&self.operand) {
            Some(ScalarDyad::Plus) => ('-', None),
            Some(ScalarDyad::Times) => ('÷', None),
            Some(ScalarDyad::Minus) => ('-', Some('×')),
            Some(ScalarDyad::Divide) => ('÷', Some('*')),
            Some(ScalarDyad::NotEqual) => ('≠', None),
            Some(ScalarDyad::Equal) => ('=', None),
            _ => return Err(inverse::none()),
        };
        let axis = self.axis.clone();
        Ok(inverse::undoing(Rc::new(self.clone()), move |context, left, result| {
            no_left(left.as_ref())?;
            undone(context, undo, &axis, result)
        }))
    }

    fn along(&self, axis: &Value) -> Option<Fun> {
        Some(Rc::new(Scan { axis: self.axis.replaced(axis)?, ..self.clone() }))
    }

    fn describe(&self) -> Description {
        self.axis.describe(self.glyph, self.operand.described(1))
    }
}

/// A scalar function's kernel on the flat array of the argument.
fn scalar_scan(context: &Context, op: ScalarDyad, value: &Value, axis: usize) -> Result<Option<Value>> {
    let Some((flat, frame_rank)) = join::flat(value) else { return Ok(None) };
    match kernels::scan(context, op, &flat.array(context.memory())?, axis)? {
        Some(array) => super::each::enclosed(array.into(), frame_rank),
        None => Ok(None),
    }
}

/// Each beginning folded over all vectors along the axis at once, where the results are simple scalars.
fn at_once(context: &Context, function: &dyn Function, value: &Value, axis: usize) -> Result<Option<Value>> {
    let Some((flat, frame_rank)) = join::flat(value) else { return Ok(None) };
    let memory = context.memory();
    let flat = flat.array(memory)?;
    let length = flat.shape()[axis];
    if frame_rank < flat.rank() || shape::product(&shape::without(flat.shape(), axis)) < 2 {
        return Ok(None);
    }
    let mut results = memory.vec(length)?;
    results.push(folding::first(context, &flat, axis)?);
    for width in 2..=length {
        match folding::at_once(context, function, &flat, frame_rank, axis, Window::Prefix(width))? {
            Some(result) if result.kind() != Type::Nested => results.push(result),
            _ => return Ok(None),
        }
    }
    // The beginnings are the leading axis now; it goes where the axis was.
    let stacked = assemble::mix(context, &[length], results)?.into_array(memory)?;
    let order: Vec<usize> = (1..=axis).chain([0]).chain(axis + 1..flat.rank()).collect();
    Ok(Some(join::transpose(context, stacked, &order)?.into()))
}

fn one_by_one(
    context: &Context,
    function: &dyn Function,
    value: Value,
    axis: usize,
    associative: bool,
) -> Result<Value> {
    let memory = context.memory();
    let whole = value.shape_vec();
    let (outer, length, inner) = shape::around(&whole, axis);
    let joins = join::Join::of(function);
    let items = Items::new(memory, value)?;
    let mut results: Vec<Value> = memory.filled(shape::count(&whole)?, Value::Bool(false))?;
    for before in 0..outer {
        for behind in 0..inner {
            let position = |at: usize| (before * length + at) * inner + behind;
            let item = |at: usize| items.item(memory, position(at));
            results[position(0)] = item(0)?;
            for end in 1..length {
                context.poll()?;
                let beginning = (0..=end).map(item);
                let joined = match joins {
                    Some(join) => join::items(context, &beginning.collect::<Result<Vec<Value>>>()?, join)?,
                    None => None,
                };
                results[position(end)] = if let Some(joined) = joined {
                    joined
                } else if associative {
                    let so_far = results[position(end - 1)].clone();
                    function.call(context, Some(so_far), item(end)?)?.settled(memory)?
                } else {
                    let mut folded = item(end)?;
                    for at in (0..end).rev() {
                        context.poll()?;
                        folded = function.call(context, Some(item(at)?), folded)?;
                    }
                    folded.settled(memory)?
                };
            }
        }
    }
    Ok(Array::from_items(memory, &whole, results, || Value::Int(0))?.into())
}

/// The first item, and the differences (by the function `undo`) between neighbouring items: the argument of `+\`, `×\`,
/// `≠\` or `=\`. For `-\` and `÷\`, the function `turn` is applied to every other difference.
fn undone(context: &Context, (undo, turn): (char, Option<char>), axis: &Axis, result: Value) -> Result<Value> {
    if result.rank() == 0 {
        return Ok(result);
    }
    let axis = axis.of(context, result.rank())?;
    let length = result.shape()[axis];
    if length < 2 {
        return Ok(result);
    }
    let function = |glyph| primitive::lookup(glyph).ok_or_else(|| Fault::internal("a glyph without a row"));
    let memory = context.memory();
    let array = result.into_array(memory)?;
    let part = |from: usize, count: usize| folding::part(context, &array, axis, from, count);
    let steps = function(undo)?.call(context, Some(part(1, length - 1)?), part(0, length - 1)?)?;
    let number = Value::from(axis + usize::from(context.io() == 1));
    let steps = match turn {
        None => steps,
        Some(turn) => {
            let signs: Vec<i32> = context.collect(length - 1, |at| if at % 2 == 0 { -1 } else { 1 })?;
            let signs = Arr::new(memory, &[length - 1], signs)?.into();
            function(turn)?.call_axis(context, Some(steps), signs, &number)?
        }
    };
    function(',')?.call_axis(context, Some(part(0, 1)?), steps, &number)
}

fn no_left(left: Option<&Value>) -> Result<()> {
    match left {
        Some(_) => Err(Fault::syntax().because("The function does not take a left argument")),
        None => Ok(()),
    }
}
