//! Primitive functions: the table of their glyphs and one file a family.
//!
//! A primitive is a row of `table.rs`, a function in the file of its family, and a page of documentation. Primitive
//! functions never call user-defined functions, and names are not known here.

mod axes;
mod catenate;
mod crop;
mod enclose;
mod find;
mod format;
mod grade;
mod index;
mod linear;
pub mod lookup;
pub mod majors;
mod mix;
mod packing;
mod partition;
mod radix;
mod replicate;
mod reshape;
mod roll;
mod rotate;
pub mod scalar;
mod search;
mod sets;
pub mod sorting;
mod table;
mod tables;
mod take;
#[cfg(test)]
mod testing;
mod tolerance;
mod transpose;
pub mod undo;
pub mod written;

use std::any::Any;
use std::rc::Rc;

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Structure};
use crate::inference::{self, Call, Depends, Outcome, Rule};
pub use crop::{Crop, Cut};
pub use index::{at_positions, index_brackets, index_cells, one_position, outside, pick_path, pick_step};
use scalar::{ScalarDyad, ScalarMonad};
pub use table::{TABLE, lookup};

/// A row of the table.
pub struct Primitive {
    /// The glyph.
    pub glyph: char,
    /// ASCII names, the glyph's own first: `rho`.
    pub names: &'static [&'static str],
    /// The key that types it behind a backtick.
    pub key: Option<char>,
    /// `f Y`.
    pub monad: Option<Monad>,
    /// `X f Y`.
    pub dyad: Option<Dyad>,
    /// The inverse, where there is one.
    pub inverse: Option<Inverse>,
    /// What the binder, the machine and operators have to know of it.
    pub facts: Facts,
    /// The documentation page, in Markdown; its examples are run by the tests.
    pub doc: &'static str,
}

/// What is true of a primitive function beyond what it computes.
#[derive(Clone, Copy)]
pub struct Facts {
    /// Whether it may select in an assignment. Dyalog's page: Assignment (Selective).
    pub selects: bool,
    /// Whether its result is probably an array like its right argument.
    pub like_right: bool,
    /// Whether it may give different results for the same arguments.
    pub random: bool,
    /// What it is to rules that are about one function.
    pub role: Role,
    /// Which elements its results consist of.
    pub moves: Moves,
}

/// Whether the elements of results are elements of arguments, in another arrangement, with fill elements beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// They are not.
    Nothing,
    /// `f Y`: those of `Y`.
    Monad,
    /// `X f Y`: those of `Y`. `f Y` depends on the shape of `Y` alone.
    Dyad,
    /// They are not, and `f Y` depends on the structure of `Y` alone.
    Structure,
    /// `f Y` and `X f Y`: those of `Y`.
    Alike,
    /// `f Y`: those of `Y`. `X f Y`: those of both.
    Joins,
    /// `f Y`: those of `Y`. `X f Y`: those of `X`.
    Left,
    /// `f Y`: the first ones of `Y` that are different. `X f Y`: those of `X`, and those of `Y` that are not in `X`.
    Union,
    /// `X f Y`: those of `X` that are in `Y`.
    Common,
    /// `X f Y`: those of `X` that are not in `Y`.
    Without,
}

/// What a primitive function is to rules that are about one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// No rule is about it.
    Other,
    /// `⍳`: `:For` takes its numbers one after the other.
    Count,
    /// `↑`: cells may be cut to one shape again.
    Take,
    /// `↓`: cells may be cut to different shapes.
    Drop,
    /// `,`: joins along the last axis.
    JoinLast,
    /// `⍪`: joins along the first axis.
    JoinFirst,
    /// `⊃`, which may pick a namespace.
    Pick,
    /// `⌷`, which may pick a namespace.
    Index,
    /// `⊢`, which may give a namespace.
    Same,
}

impl Facts {
    /// Nothing is known of it.
    const NONE: Facts =
        Facts { selects: false, like_right: false, random: false, role: Role::Other, moves: Moves::Nothing };
    /// Its results are random.
    const RANDOM: Facts = Facts { random: true, ..Facts::NONE };
    /// It selects.
    const SELECTS: Facts = Facts { selects: true, ..Facts::NONE };
    /// It selects, and rules are about it.
    const fn selects(role: Role) -> Facts {
        Facts { role, ..Facts::SELECTS }
    }

    const fn moving(self, moves: Moves) -> Facts {
        Facts { moves, ..self }
    }

    const fn like_right(self) -> Facts {
        Facts { like_right: true, ..self }
    }
}

/// `f⍣¯1`: given the left argument, if any, and the result, the right argument.
pub type Inverse = fn(&Context, Option<Value>, Value) -> Result<Value>;

/// The monadic valence of a primitive.
pub struct Monad {
    /// What the documentation calls it: `Reverse`.
    pub title: &'static str,
    /// How it is computed.
    pub call: MonadCall,
    /// `f[axis] Y`, as (right, axis).
    pub axis: Option<fn(&Context, Value, &Value) -> Result<Value>>,
    /// Applied to all cells at once, where that differs from one cell at a time; not needed for scalar functions.
    pub cells: Option<fn(&Context, &[usize], &Cells) -> Result<Option<Cells>>>,
    /// What is known of the result before it is computed; scalar functions have rules in common.
    pub rule: Option<Rule>,
}

/// How a monadic primitive is computed.
pub enum MonadCall {
    /// Element by element, at any depth.
    Scalar(ScalarMonad),
    /// On the whole argument.
    Whole(fn(&Context, Value) -> Result<Value>),
}

/// The dyadic valence of a primitive.
pub struct Dyad {
    /// What the documentation calls it: `Rotate`.
    pub title: &'static str,
    /// How it is computed.
    pub call: DyadCall,
    /// `X f[axis] Y`, as (left, right, axis).
    pub axis: Option<fn(&Context, Value, Value, &Value) -> Result<Value>>,
    /// Applied to all cells at once, as (frame, left, right); not needed for scalar functions.
    pub cells: Option<fn(&Context, &[usize], &Cells, &Cells) -> Result<Option<Cells>>>,
    /// `X f← Y`: changes the left argument where it lies. `false`, with nothing done, where it has to be computed anew.
    pub update: Option<Update>,
    /// What a reduction of nothing gives.
    pub identity: Identity,
    /// What is known of the result before it is computed; scalar functions have rules in common.
    pub rule: Option<Rule>,
}

/// A change of the left argument in place by the right one.
pub type Update = fn(&Context, &mut Value, &Value) -> Result<bool>;

/// How a dyadic primitive is computed.
pub enum DyadCall {
    /// Element by element, at any depth.
    Scalar(ScalarDyad),
    /// On the whole arguments.
    Whole(fn(&Context, Value, Value) -> Result<Value>),
}

/// The identity item of a dyadic primitive, from "Identity elements" in the documentation of Reduce.
pub enum Identity {
    /// None: DOMAIN ERROR.
    None,
    /// A number, in every place of the prototype.
    Number(f64),
    /// Computed from the prototype, as for `,` and `⌽`.
    Of(fn(&Context, &Value) -> Result<Value>),
}

impl Monad {
    const fn scalar(title: &'static str, op: ScalarMonad) -> Option<Monad> {
        Some(Monad { title, call: MonadCall::Scalar(op), axis: None, cells: None, rule: None })
    }

    const fn whole(title: &'static str, call: fn(&Context, Value) -> Result<Value>, rule: Rule) -> Monad {
        Monad { title, call: MonadCall::Whole(call), axis: None, cells: None, rule: Some(rule) }
    }

    const fn with_axis(self, axis: fn(&Context, Value, &Value) -> Result<Value>) -> Monad {
        Monad { axis: Some(axis), ..self }
    }

    const fn with_cells(self, cells: fn(&Context, &[usize], &Cells) -> Result<Option<Cells>>) -> Monad {
        Monad { cells: Some(cells), ..self }
    }
}

impl Dyad {
    const fn scalar(title: &'static str, op: ScalarDyad, identity: Identity) -> Option<Dyad> {
        Some(Dyad { title, call: DyadCall::Scalar(op), axis: None, cells: None, update: None, identity, rule: None })
    }

    const fn whole(title: &'static str, call: fn(&Context, Value, Value) -> Result<Value>, rule: Rule) -> Dyad {
        let (call, rule) = (DyadCall::Whole(call), Some(rule));
        Dyad { title, call, axis: None, cells: None, update: None, identity: Identity::None, rule }
    }

    const fn with_axis(self, axis: fn(&Context, Value, Value, &Value) -> Result<Value>) -> Dyad {
        Dyad { axis: Some(axis), ..self }
    }

    const fn with_cells(self, cells: fn(&Context, &[usize], &Cells, &Cells) -> Result<Option<Cells>>) -> Dyad {
        Dyad { cells: Some(cells), ..self }
    }

    const fn with_update(self, update: Update) -> Dyad {
        Dyad { update: Some(update), ..self }
    }

    const fn with_identity(self, identity: Identity) -> Dyad {
        Dyad { identity, ..self }
    }
}

impl Primitive {
    /// `f right` or `left f right`. SYNTAX ERROR for a valence that the glyph does not have.
    pub fn call(&'static self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        match left {
            None => self.monadic(context, right),
            Some(left) => self.dyadic(context, left, right),
        }
    }

    /// `f right`.
    #[inline]
    pub fn monadic(&'static self, context: &Context, right: Value) -> Result<Value> {
        match &self.monad_row()?.call {
            MonadCall::Scalar(op) => scalar::monadic(context, *op, right),
            MonadCall::Whole(call) => call(context, right),
        }
    }

    /// `left f right`.
    #[inline]
    pub fn dyadic(&'static self, context: &Context, left: Value, right: Value) -> Result<Value> {
        match &self.dyad_row()?.call {
            DyadCall::Scalar(op) => scalar::dyadic(context, *op, left, right),
            DyadCall::Whole(call) => call(context, left, right),
        }
    }

    /// `f[axis] right` or `left f[axis] right`. SYNTAX ERROR for a primitive that takes no axis.
    pub fn call_axis(
        &'static self,
        context: &Context,
        left: Option<Value>,
        right: Value,
        axis: &Value,
    ) -> Result<Value> {
        let no_axis = || Fault::syntax().with_detail("the function does not take an axis");
        match left {
            None => match self.monad_row()?.axis {
                Some(call) => call(context, right, axis),
                None => Err(no_axis()),
            },
            Some(left) => {
                let row = self.dyad_row()?;
                match (&row.call, row.axis) {
                    (DyadCall::Scalar(op), _) => scalar::dyadic_axis(context, *op, left, right, axis),
                    (_, Some(call)) => call(context, left, right, axis),
                    _ => Err(no_axis()),
                }
            }
        }
    }

    /// What is known of the result for arguments of which something is known.
    pub fn infer(&self, call: &Call) -> Outcome {
        match (call.left, &self.monad, &self.dyad) {
            (None, Some(Monad { call: MonadCall::Scalar(op), .. }), _) => inference::scalar_monad(*op, call),
            (None, Some(Monad { rule: Some(rule), .. }), _) => (rule.infer)(call),
            (Some(_), _, Some(Dyad { call: DyadCall::Scalar(op), .. })) => inference::scalar_dyad(*op, call),
            (Some(_), _, Some(Dyad { rule: Some(rule), .. })) => (rule.infer)(call),
            _ => inference::rules::unknown(call),
        }
    }

    /// What the shape of the result depends on.
    pub fn depends(&self, dyadic: bool) -> Depends {
        let rule = match dyadic {
            false => self.monad.as_ref().and_then(|monad| monad.rule),
            true => self.dyad.as_ref().and_then(|dyad| dyad.rule),
        };
        rule.map_or(Depends::Shapes, |rule| rule.depends)
    }

    /// The scalar function that this is when called with two arguments.
    pub fn scalar_dyad(&self) -> Option<ScalarDyad> {
        match self.dyad.as_ref()?.call {
            DyadCall::Scalar(op) => Some(op),
            DyadCall::Whole(_) => None,
        }
    }

    /// The scalar function that this is when called with one argument.
    pub fn scalar_monad(&self) -> Option<ScalarMonad> {
        match self.monad.as_ref()?.call {
            MonadCall::Scalar(op) => Some(op),
            MonadCall::Whole(_) => None,
        }
    }

    /// `left f← right` where `left` lies. `false`, with nothing done, where it has to be computed anew.
    pub fn update(&self, context: &Context, left: &mut Value, right: &Value) -> Result<bool> {
        match self.dyad.as_ref().and_then(|dyad| dyad.update) {
            Some(update) => update(context, left, right),
            None => Ok(false),
        }
    }

    fn monad_row(&self) -> Result<&Monad> {
        self.monad.as_ref().ok_or_else(|| Fault::syntax().because("The function requires a left argument"))
    }

    fn dyad_row(&self) -> Result<&Dyad> {
        self.dyad.as_ref().ok_or_else(|| Fault::syntax().because("The function does not take a left argument"))
    }
}

/// The row of the table that a function is, without axis or operand.
pub fn row(function: &dyn Function) -> Option<&'static Primitive> {
    function.as_any()?.downcast_ref::<PrimitiveFunction>().map(|primitive| primitive.0)
}

/// A primitive as a function.
pub struct PrimitiveFunction(pub &'static Primitive);

impl Function for PrimitiveFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.0.call(context, left, right)
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        if right.present.is_empty() && left.is_none_or(|left| left.present.is_empty()) && !self.0.facts.random {
            // The same for every cell.
            let left = left.map(|left| left.value.clone());
            return Ok(Some(Cells::constant(self.0.call(context, left, right.value.clone())?)));
        }
        match left {
            None => match &self.0.monad {
                Some(Monad { cells: Some(cells), .. }) => cells(context, frame, right),
                Some(Monad { call: MonadCall::Scalar(op), .. }) => Ok(Some(Cells {
                    value: scalar::monadic(context, *op, right.value.clone())?,
                    present: right.present,
                })),
                _ => Ok(None),
            },
            Some(left) => match &self.0.dyad {
                Some(Dyad { cells: Some(cells), .. }) => cells(context, frame, left, right),
                Some(Dyad { call: DyadCall::Scalar(op), .. }) => scalar::dyadic_cells(context, *op, frame, left, right),
                _ => Ok(None),
            },
        }
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        match self.0.inverse {
            Some(inverse) => Ok(Rc::new(InverseFunction(self.0, inverse))),
            None => Err(Fault::domain().because("No inverse")),
        }
    }

    fn inverse_left(&self, _context: &Context) -> Result<Fun> {
        match self.0.scalar_dyad() {
            Some(op) => Ok(Rc::new(scalar::InverseLeft(op))),
            None => Err(Fault::domain().because("No inverse")),
        }
    }

    fn inverse_both(&self, _context: &Context) -> Result<Fun> {
        match self.0.scalar_dyad() {
            Some(op) => Ok(Rc::new(InverseBoth(op))),
            None => Err(Fault::domain().because("No inverse")),
        }
    }

    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        match &self.0.dyad.as_ref()?.identity {
            Identity::None => None,
            Identity::Number(n) => Some(scalar::filled_like(context, prototype, *n)),
            Identity::Of(of) => Some(of(context, prototype)),
        }
    }

    fn may_be_shy(&self) -> bool {
        false
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn structure(&self) -> Structure {
        Structure::PRIMITIVE
    }

    fn describe(&self) -> Description {
        Description::Text(self.0.glyph.to_string().into())
    }
}

/// `f⍨⍣¯1` of a scalar function.
struct InverseBoth(ScalarDyad);

impl Function for InverseBoth {
    fn call(&self, context: &Context, _left: Option<Value>, right: Value) -> Result<Value> {
        scalar::inverse_both(context, self.0, right)
    }

    fn describe(&self) -> Description {
        Description::Text("⍨⍣¯1".into())
    }
}

/// A primitive's inverse as a function.
struct InverseFunction(&'static Primitive, Inverse);

impl Function for InverseFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        (self.1)(context, left, right)
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        Ok(Rc::new(PrimitiveFunction(self.0)))
    }

    fn structure(&self) -> Structure {
        Structure::PRIMITIVE
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "⍣".into(),
            left: Box::new(Description::Text(self.0.glyph.to_string().into())),
            right: Some(Box::new(Description::Array(Value::Int(-1)))),
            axis: None,
        }
    }
}
