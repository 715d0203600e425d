//! Inverses of derived functions: what `f⍣¯1` applies where `f` is put together from invertible parts.
//!
//! An inverse as a function: how it is called and displayed. The computation is a closure that the file of the original
//! function provides.

use std::rc::Rc;

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Structure};

/// The function that solves `forward` for its right argument: `solve` is given the left argument, if any, and the
/// result. Its own inverse is `forward` again.
pub fn undoing(
    forward: Fun,
    solve: impl Fn(&Context, Option<Value>, Value) -> Result<Value> + 'static,
) -> Rc<dyn Function> {
    Rc::new(Undo { forward, solve })
}

/// The function that solves `forward` for its left argument, given the result and the right argument.
pub fn undoing_left(forward: Fun, solve: impl Fn(&Context, Value, Value) -> Result<Value> + 'static) -> Fun {
    Rc::new(UndoLeft { forward, solve })
}

/// What a function without an inverse raises.
pub fn none() -> Fault {
    Fault::domain().because("No inverse")
}

struct Undo<S> {
    forward: Fun,
    solve: S,
}

impl<S: Fn(&Context, Option<Value>, Value) -> Result<Value>> Function for Undo<S> {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        (self.solve)(context, left, right)
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        Ok(self.forward.clone())
    }

    fn structure(&self) -> Structure {
        self.forward.structure()
    }

    fn describe(&self) -> Description {
        inverted(&self.forward)
    }
}

struct UndoLeft<S> {
    forward: Fun,
    solve: S,
}

impl<S: Fn(&Context, Value, Value) -> Result<Value>> Function for UndoLeft<S> {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let result = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
        (self.solve)(context, result, right)
    }

    fn structure(&self) -> Structure {
        self.forward.structure()
    }

    fn describe(&self) -> Description {
        inverted(&self.forward)
    }
}

/// `f⍣¯1`.
fn inverted(forward: &Fun) -> Description {
    Description::Derived {
        operator: "⍣".into(),
        left: Box::new(forward.described(1)),
        right: Some(Box::new(Description::Array(Value::Int(-1)))),
        axis: None,
    }
}
