//! The one way in which operators make functions: with a bound on how deep they are, and at a price.
//!
//! A function that operators make of another one, and of that another one, and so on, is as deep as a recursion. What
//! goes through all levels (a call, an inverse, the end of the function) takes native stack that is added in pieces, and
//! looks for interrupts at every level: a function of a few levels may stand for a billion calls, because parts are
//! shared.

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;

use crate::array::Value;
use crate::array::memory::Lease;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand, Results, Setting, Structure};

/// What a derived function takes from the workspace budget as long as it is there, with what is remembered of it.
const PRICE: usize = 512;
/// What a call of a deep one takes from the budget until it returns: its part of the native stack.
const FRAME_BYTES: usize = 1024;
/// So many levels need no attention: user functions, which call themselves through them, leave that much room.
const SHALLOW: u32 = 16;
/// Native stack that must be left at a level, and what is added where less is left.
const RED_ZONE: usize = 128 * 1024;
const STACK_PIECE: usize = 1024 * 1024;

/// A function to be made of operands.
pub struct Derivation {
    symbol: &'static str,
    structure: Structure,
    lease: Lease,
}

impl Derivation {
    /// By an operator, which is called as `symbol` where it waits for a function of the user's (a train has none), from
    /// these operands. LIMIT ERROR where they are too deep, WS FULL.
    pub fn of<'a>(
        context: &Context,
        symbol: &'static str,
        operands: impl IntoIterator<Item = &'a Operand>,
    ) -> Result<Derivation> {
        Derivation::with(context, symbol, Structure::around(operands)?)
    }

    fn with(context: &Context, symbol: &'static str, structure: Structure) -> Result<Derivation> {
        Ok(Derivation { symbol, structure, lease: context.memory().lease(PRICE)? })
    }

    /// The same by an operator that is no primitive one.
    pub fn not_primitive(self) -> Derivation {
        Derivation { structure: Structure { primitive: false, built_in: false, ..self.structure }, ..self }
    }

    /// What the function is made of, and what it has taken from the budget, for functions that keep both themselves.
    pub fn parts(self) -> (Structure, Lease) {
        (self.structure, self.lease)
    }

    /// The function.
    pub fn function<F: Function + 'static>(self, function: F) -> Fun {
        Rc::new(Derived {
            symbol: self.symbol,
            structure: self.structure,
            shy: function.may_be_shy(),
            function: Some(function),
            inverse: OnceCell::new(),
            _lease: Some(self.lease),
        })
    }
}

/// What goes through a level of a function that is `depth` levels deep.
pub fn bounded<T>(context: &Context, depth: u32, work: impl FnOnce() -> Result<T>) -> Result<T> {
    context.poll()?;
    if depth <= SHALLOW {
        return work();
    }
    let _descent = context.descend(FRAME_BYTES)?;
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, work)
}

/// Drops what is part of a function that is `depth` levels deep.
pub fn dropped<T>(depth: u32, parts: T) {
    if depth <= SHALLOW {
        drop(parts);
    } else {
        stacker::maybe_grow(RED_ZONE, STACK_PIECE, || drop(parts));
    }
}

/// A function that an operator has made.
struct Derived<F> {
    /// There until it is dropped.
    function: Option<F>,
    symbol: &'static str,
    structure: Structure,
    /// Whether its result may be shy.
    shy: bool,
    /// Its inverse, once it was asked for: parts that are shared are inverted once.
    inverse: OnceCell<Fun>,
    _lease: Option<Lease>,
}

impl<F> Drop for Derived<F> {
    fn drop(&mut self) {
        dropped(self.structure.depth, (self.function.take(), self.inverse.take()));
    }
}

impl<F: Function> Derived<F> {
    fn bounded<T>(&self, context: &Context, work: impl FnOnce(&F) -> Result<T>) -> Result<T> {
        let function = self.function.as_ref().ok_or_else(|| Fault::internal("a function that is gone"))?;
        bounded(context, self.structure.depth, || work(function))
    }

    /// The same for a call, for which the operator waits: `)si` shows it where a function that it calls is suspended.
    fn called<T>(&self, context: &Context, work: impl FnOnce(&F) -> Result<T>) -> Result<T> {
        let _waiting = context.suspensions.waits(self.symbol, None);
        self.bounded(context, work)
    }

    /// The same levels turned around.
    fn turned(&self, context: &Context, made: Fun) -> Result<Fun> {
        Ok(Derivation::with(context, self.symbol, self.structure)?.function(Turned(made)))
    }
}

impl<F: Function> Function for Derived<F> {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.called(context, |f| f.call(context, left, right))
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.called(context, |f| f.invoke(context, left, right))
    }

    fn may_be_shy(&self) -> bool {
        self.shy
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        self.bounded(context, |f| f.call_cells(context, frame, left, right))
    }

    fn call_various(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Results>> {
        self.bounded(context, |f| f.call_various(context, frame, left, right))
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        if let Some(known) = self.inverse.get() {
            return Ok(known.clone());
        }
        let made = self.turned(context, self.bounded(context, |f| f.inverse(context))?)?;
        Ok(self.inverse.get_or_init(|| made).clone())
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        self.turned(context, self.bounded(context, |f| f.inverse_left(context))?)
    }

    fn inverse_both(&self, context: &Context) -> Result<Fun> {
        self.turned(context, self.bounded(context, |f| f.inverse_both(context))?)
    }

    fn variant(&self, context: &Context, settings: &[Setting]) -> Result<Fun> {
        self.turned(context, self.bounded(context, |f| f.variant(context, settings))?)
    }

    fn along(&self, axis: &Value) -> Option<Fun> {
        let function = self.function.as_ref()?.along(axis)?;
        Some(Rc::new(Derived {
            symbol: self.symbol,
            structure: self.structure,
            shy: function.may_be_shy(),
            function: Some(Turned(function)),
            inverse: OnceCell::new(),
            _lease: None,
        }))
    }

    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        self.function.as_ref()?.identity(context, prototype)
    }

    fn synonym(&self, context: &Context, dyadic: bool) -> Option<Fun> {
        self.function.as_ref()?.synonym(context, dyadic)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.function.as_ref()?.as_any()
    }

    fn structure(&self) -> Structure {
        self.structure
    }

    fn describe(&self) -> Description {
        self.function.as_ref().map_or_else(|| Description::Text("".into()), |function| function.describe())
    }
}

/// A function that was made of a derived one.
struct Turned(Fun);

impl Function for Turned {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.0.call(context, left, right)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.0.invoke(context, left, right)
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
        self.0.call_cells(context, frame, left, right)
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        self.0.inverse(context)
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        self.0.inverse_left(context)
    }

    fn inverse_both(&self, context: &Context) -> Result<Fun> {
        self.0.inverse_both(context)
    }

    fn variant(&self, context: &Context, settings: &[Setting]) -> Result<Fun> {
        self.0.variant(context, settings)
    }

    fn along(&self, axis: &Value) -> Option<Fun> {
        self.0.along(axis)
    }

    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        self.0.identity(context, prototype)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.0.as_any()
    }

    fn describe(&self) -> Description {
        self.0.describe()
    }
}
