//! Compositions of functions: commute, constant, bind, beside, over, behind.
//!
//! Each passes the arguments to its parts; cellwise forms and inverses are composed from those of the parts in the same
//! way. Dyalog's pages: Commute, Constant, Bind, Beside, Over, Behind.

use std::rc::Rc;

use super::derived::Derivation;
use super::inverse::{none, undoing, undoing_left};
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand};

/// `f⍨ Y` is `Y f Y`, `X f⍨ Y` is `Y f X`; `A⍨` is the function whose result is always `A`.
pub fn commute(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    if axis.is_some() {
        return Err(Fault::syntax().with_detail("the operator does not take an axis"));
    }
    let made = Derivation::of(context, "⍨", [&operand])?;
    Ok(match operand {
        Operand::Function(f) => made.function(Commute(f)),
        Operand::Array(value) => made.function(Constant(value)),
    })
}

/// `f∘g Y` is `f g Y`, `X f∘g Y` is `X f g Y`; `A∘f Y` is `A f Y`, `(f∘B) Y` is `Y f B`.
pub fn beside(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "∘", [&left, &right])?;
    match (left, right) {
        (Operand::Function(f), Operand::Function(g)) => Ok(made.function(Beside(f, g))),
        (Operand::Array(value), Operand::Function(f)) => Ok(made.function(BindLeft(value, f))),
        (Operand::Function(f), Operand::Array(value)) => Ok(made.function(BindRight(f, value))),
        (Operand::Array(_), Operand::Array(_)) => Err(Fault::syntax().because("∘ needs a function operand")),
    }
}

/// `f⍥g Y` is `f g Y`, `X f⍥g Y` is `(g X) f (g Y)`.
pub fn over(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⍥", [&left, &right])?;
    Ok(match (left, right) {
        (Operand::Function(f), Operand::Function(g)) => made.function(Over(f, g)),
        (left, right) => made.function(Refused { operator: "⍥", left, right }),
    })
}

/// `f⍛g Y` is `(f Y) g Y`, `X f⍛g Y` is `(f X) g Y`.
pub fn behind(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⍛", [&left, &right])?;
    Ok(match (left, right) {
        (Operand::Function(f), Operand::Function(g)) => made.function(Behind(f, g)),
        (left, right) => made.function(Refused { operator: "⍛", left, right }),
    })
}

/// What an operator makes of operands of which one is an array, where it takes only functions: it fails where it is
/// called.
struct Refused {
    operator: &'static str,
    left: Operand,
    right: Operand,
}

impl Function for Refused {
    fn call(&self, _context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
        Err(Fault::syntax().because(format!("{} needs function operands", self.operator)))
    }

    fn describe(&self) -> Description {
        derived(self.operator, self.left.described(2), Some(self.right.described(2)))
    }
}

/// A function applied last: with [`Function::call`] a result is wanted, with [`Function::invoke`] there may be none.
type Apply<T> = fn(&Fun, &Context, Option<Value>, Value) -> Result<T>;

fn call(f: &Fun, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    f.call(context, left, right)
}

fn invoke(f: &Fun, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
    f.invoke_last(context, left, right)
}

fn no_left() -> Fault {
    Fault::syntax().because("The function does not take a left argument")
}

fn derived(operator: &str, left: Description, right: Option<Description>) -> Description {
    Description::Derived { operator: operator.into(), left: Box::new(left), right: right.map(Box::new), axis: None }
}

/// `A⍨`.
struct Constant(Value);

impl Function for Constant {
    fn call(&self, _context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
        Ok(self.0.clone())
    }

    fn call_cells(
        &self,
        _context: &Context,
        _frame: &[usize],
        _left: Option<&Cells>,
        _right: &Cells,
    ) -> Result<Option<Cells>> {
        Ok(Some(Cells::constant(self.0.clone())))
    }

    fn describe(&self) -> Description {
        derived("⍨", Description::Array(self.0.clone()), None)
    }
}

/// `f⍨`.
#[derive(Clone)]
struct Commute(Fun);

impl Commute {
    fn apply<T>(&self, context: &Context, left: Option<Value>, right: Value, last: Apply<T>) -> Result<T> {
        let to = left.unwrap_or_else(|| right.clone());
        last(&self.0, context, Some(right), to)
    }
}

impl Function for Commute {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.apply(context, left, right, call)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.apply(context, left, right, invoke)
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
        self.0.call_cells(context, frame, Some(right), left.unwrap_or(right))
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        let forward = self.clone();
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| match left {
            None => forward.0.inverse_both(context)?.call(context, None, result),
            Some(left) => forward.0.inverse_left(context)?.call(context, Some(result), left),
        }))
    }

    fn inverse_left(&self, _context: &Context) -> Result<Fun> {
        let f = self.0.clone();
        Ok(undoing_left(Rc::new(self.clone()), move |context, result, right| {
            f.inverse(context)?.call(context, Some(right), result)
        }))
    }

    fn describe(&self) -> Description {
        derived("⍨", self.0.described(2), None)
    }
}

/// `f∘g`.
#[derive(Clone)]
struct Beside(Fun, Fun);

impl Function for Beside {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.0.call(context, left, self.1.call(context, None, right)?)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.0.invoke_last(context, left, self.1.call(context, None, right)?)
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
        match self.1.call_cells(context, frame, None, right)? {
            Some(right) => self.0.call_cells(context, frame, left, &right),
            None => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (outer, inner) = (self.0.inverse(context)?, self.1.inverse(context)?);
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| {
            inner.call(context, None, outer.call(context, left, result)?)
        }))
    }

    /// A number times its exponential.
    fn inverse_both(&self, _context: &Context) -> Result<Fun> {
        let glyph = |f: &Fun| crate::primitive::row(f.as_ref()).map(|row| row.glyph);
        match (glyph(&self.0), glyph(&self.1)) {
            (Some('×'), Some('*')) => Ok(undoing(Rc::new(Commute(Rc::new(self.clone()))), |context, _, result| {
                crate::primitive::scalar::product_exponential(context, result)
            })),
            _ => Err(none()),
        }
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        let (outer, inner) = (self.0.inverse_left(context)?, self.1.clone());
        Ok(undoing_left(Rc::new(self.clone()), move |context, result, right| {
            outer.call(context, Some(result), inner.call(context, None, right)?)
        }))
    }

    fn describe(&self) -> Description {
        derived("∘", self.0.described(2), Some(self.1.described(2)))
    }
}

/// `A∘f`.
#[derive(Clone)]
struct BindLeft(Value, Fun);

impl BindLeft {
    fn apply<T>(&self, context: &Context, left: Option<Value>, right: Value, last: Apply<T>) -> Result<T> {
        match left {
            None => last(&self.1, context, Some(self.0.clone()), right),
            Some(_) => Err(no_left()),
        }
    }
}

impl Function for BindLeft {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.apply(context, left, right, call)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.apply(context, left, right, invoke)
    }

    fn may_be_shy(&self) -> bool {
        self.1.may_be_shy()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        match left {
            None => self.1.call_cells(context, frame, Some(&Cells::constant(self.0.clone())), right),
            Some(_) => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (bound, f) = (self.0.clone(), self.1.inverse(context)?);
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| match left {
            None => f.call(context, Some(bound.clone()), result),
            Some(_) => Err(no_left()),
        }))
    }

    fn describe(&self) -> Description {
        derived("∘", Description::Array(self.0.clone()), Some(self.1.described(2)))
    }
}

/// `f∘B`.
#[derive(Clone)]
struct BindRight(Fun, Value);

impl BindRight {
    fn apply<T>(&self, context: &Context, left: Option<Value>, right: Value, last: Apply<T>) -> Result<T> {
        match left {
            None => last(&self.0, context, Some(right), self.1.clone()),
            Some(_) => Err(no_left()),
        }
    }
}

impl Function for BindRight {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.apply(context, left, right, call)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.apply(context, left, right, invoke)
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
        match left {
            None => self.0.call_cells(context, frame, Some(right), &Cells::constant(self.1.clone())),
            Some(_) => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (f, bound) = (self.0.inverse_left(context)?, self.1.clone());
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| match left {
            None => f.call(context, Some(result), bound.clone()),
            Some(_) => Err(no_left()),
        }))
    }

    fn describe(&self) -> Description {
        derived("∘", self.0.described(2), Some(Description::Array(self.1.clone())))
    }
}

/// `f⍥g`.
#[derive(Clone)]
struct Over(Fun, Fun);

impl Over {
    fn apply<T>(&self, context: &Context, left: Option<Value>, right: Value, last: Apply<T>) -> Result<T> {
        // Right before left, as if the arguments were written out.
        let right = self.1.call(context, None, right)?;
        let left = left.map(|left| self.1.call(context, None, left)).transpose()?;
        last(&self.0, context, left, right)
    }
}

impl Function for Over {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.apply(context, left, right, call)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.apply(context, left, right, invoke)
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
        let Some(right) = self.1.call_cells(context, frame, None, right)? else { return Ok(None) };
        let Some(left) = left else { return self.0.call_cells(context, frame, None, &right) };
        match self.1.call_cells(context, frame, None, left)? {
            Some(left) => self.0.call_cells(context, frame, Some(&left), &right),
            None => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (outer, inner, onto) = (self.0.inverse(context)?, self.1.inverse(context)?, self.1.clone());
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| {
            let left = left.map(|left| onto.call(context, None, left)).transpose()?;
            inner.call(context, None, outer.call(context, left, result)?)
        }))
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        let (outer, inner, onto) = (self.0.inverse_left(context)?, self.1.inverse(context)?, self.1.clone());
        Ok(undoing_left(Rc::new(self.clone()), move |context, result, right| {
            let right = onto.call(context, None, right)?;
            inner.call(context, None, outer.call(context, Some(result), right)?)
        }))
    }

    fn describe(&self) -> Description {
        derived("⍥", self.0.described(2), Some(self.1.described(2)))
    }
}

/// `f⍛g`.
#[derive(Clone)]
struct Behind(Fun, Fun);

impl Behind {
    fn apply<T>(&self, context: &Context, left: Option<Value>, right: Value, last: Apply<T>) -> Result<T> {
        let left = self.0.call(context, None, left.unwrap_or_else(|| right.clone()))?;
        last(&self.1, context, Some(left), right)
    }
}

impl Function for Behind {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.apply(context, left, right, call)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.apply(context, left, right, invoke)
    }

    fn may_be_shy(&self) -> bool {
        self.1.may_be_shy()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        match self.0.call_cells(context, frame, None, left.unwrap_or(right))? {
            Some(left) => self.1.call_cells(context, frame, Some(&left), right),
            None => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (before, undo) = (self.0.clone(), self.1.inverse(context)?);
        Ok(undoing(Rc::new(self.clone()), move |context, left, result| {
            // Without a left argument it comes from what is looked for.
            let left = before.call(context, None, left.ok_or_else(none)?)?;
            undo.call(context, Some(left), result)
        }))
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        let (undo, after) = (self.0.inverse(context)?, self.1.inverse_left(context)?);
        Ok(undoing_left(Rc::new(self.clone()), move |context, result, right| {
            undo.call(context, None, after.call(context, Some(result), right)?)
        }))
    }

    fn describe(&self) -> Description {
        derived("⍛", self.0.described(2), Some(self.1.described(2)))
    }
}
