//! Inverses of functions with an axis: another function with an axis.
//!
//! Inverses of functions without an axis are in the files of the functions.

use std::rc::Rc;

use super::scalar::{self, ScalarDyad, ScalarMonad};
use super::{Primitive, lookup};
use crate::array::{Arr, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Structure};

fn none() -> Fault {
    Fault::domain().because("No inverse")
}

/// The inverse of a primitive with an axis; `forward` is that function.
pub fn with_axis(row: &'static Primitive, axis: Value, forward: Fun) -> Fun {
    Rc::new(WithAxis { row, axis, forward })
}

struct WithAxis {
    row: &'static Primitive,
    axis: Value,
    forward: Fun,
}

impl Function for WithAxis {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        match (self.row.glyph, left) {
            ('⌽' | '⊖', None) => self.row.call_axis(context, None, right, &self.axis),
            ('⌽' | '⊖', Some(left)) => {
                let back = scalar::monadic(context, ScalarMonad::Negate, left)?;
                self.row.call_axis(context, Some(back), right, &self.axis)
            }
            // Splitting an axis off and mixing it in again.
            ('↓' | '⊂', None) => apply(context, '↑', None, right, &self.moved(context, -0.5)?),
            ('↑', None) => apply(context, '↓', None, right, &self.moved(context, 0.5)?),
            (_, Some(left)) => match self.row.scalar_dyad() {
                Some(ScalarDyad::Plus) => apply(context, '-', Some(right), left, &self.axis),
                Some(ScalarDyad::Minus) => apply(context, '-', Some(left), right, &self.axis),
                Some(ScalarDyad::Times) => apply(context, '÷', Some(right), left, &self.axis),
                Some(ScalarDyad::Divide) => apply(context, '÷', Some(left), right, &self.axis),
                Some(ScalarDyad::Power) => apply(context, '⍟', Some(left), right, &self.axis),
                Some(ScalarDyad::Logarithm) => apply(context, '*', Some(left), right, &self.axis),
                _ => Err(none()),
            },
            _ => Err(none()),
        }
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        Ok(self.forward.clone())
    }

    fn structure(&self) -> Structure {
        self.forward.structure()
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "⍣".into(),
            left: Box::new(self.forward.described(1)),
            right: Some(Box::new(Description::Array(Value::Int(-1)))),
            axis: None,
        }
    }
}

impl WithAxis {
    /// The axis `by` further on: whole axes name those that are there, halves those between. DOMAIN ERROR for several.
    fn moved(&self, context: &Context, by: f64) -> Result<Value> {
        if self.axis.count() != 1 {
            return Err(none());
        }
        let axis = convert::float(&self.axis.item(context.memory(), 0)?)?;
        let whole = axis.fract() == 0.0;
        // Mixing puts its axis behind the fraction; splitting names a whole one.
        let moved = if by > 0.0 { axis.ceil() } else { axis + by };
        if whole != (by < 0.0) {
            return Err(none());
        }
        Ok(match moved.fract() {
            0.0 => convert::scalar(moved),
            _ => Arr::new(context.memory(), &[1], vec![moved])?.into(),
        })
    }
}

fn apply(context: &Context, glyph: char, left: Option<Value>, right: Value, axis: &Value) -> Result<Value> {
    let row = lookup(glyph).ok_or_else(|| Fault::internal("a glyph without a row"))?;
    row.call_axis(context, left, right, axis)
}
