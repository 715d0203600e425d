//! Scalar functions: computed element by element, at any depth, on numbers of every kind.

mod broadcast;

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Function};

/// Monadic scalar functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is named as in the table
pub enum ScalarMonad {
    Conjugate,
    Negate,
    Direction,
    Reciprocal,
    Exponential,
    Logarithm,
    Ceiling,
    Floor,
    Magnitude,
    Factorial,
    PiTimes,
    Not,
}

/// Dyadic scalar functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is named as in the table
pub enum ScalarDyad {
    Plus,
    Minus,
    Times,
    Divide,
    Power,
    Logarithm,
    Maximum,
    Minimum,
    Residue,
    Binomial,
    Circular,
    And,
    Or,
    Nand,
    Nor,
    Less,
    LessEqual,
    Equal,
    GreaterEqual,
    Greater,
    NotEqual,
}

/// `f right` for every element.
pub fn monadic(_context: &Context, _op: ScalarMonad, _right: Value) -> Result<Value> {
    Err(Fault::nonce("monadic scalar functions"))
}

/// `left f right` for corresponding elements; a scalar or one-element array goes with every element of the other.
pub fn dyadic(_context: &Context, _op: ScalarDyad, _left: Value, _right: Value) -> Result<Value> {
    Err(Fault::nonce("dyadic scalar functions"))
}

/// `left f[axis] right`: the argument of lower rank goes along the named axes of the other.
pub fn dyadic_axis(_context: &Context, _op: ScalarDyad, _left: Value, _right: Value, _axis: &Value) -> Result<Value> {
    Err(Fault::nonce("axis of scalar functions"))
}

/// The cellwise form: cells of one shape, or scalars against cells of any shape, broadcast over the frame.
pub fn dyadic_cells(
    _context: &Context,
    _op: ScalarDyad,
    _frame: &[usize],
    _left: &Cells,
    _right: &Cells,
) -> Result<Option<Cells>> {
    Ok(None)
}

/// The inverse of a scalar function, in the valence that `left` asks for.
pub fn inverse(
    _context: &Context,
    _monad: Option<ScalarMonad>,
    _dyad: Option<ScalarDyad>,
    _left: Option<Value>,
    _right: Value,
) -> Result<Value> {
    Err(Fault::nonce("inverse of scalar functions"))
}

/// An array of the prototype's structure with `number` in every place: what reductions of nothing give.
pub fn filled_like(_context: &Context, _prototype: &Value, _number: f64) -> Result<Value> {
    Err(Fault::nonce("identity elements"))
}

/// `R g Y` solves `R≡X f Y` for `X`.
pub struct InverseLeft(pub ScalarDyad);

impl Function for InverseLeft {
    fn call(&self, _context: &Context, _left: Option<Value>, _right: Value) -> Result<Value> {
        Err(Fault::nonce("inverse of scalar functions"))
    }

    fn describe(&self) -> Description {
        Description::Text("⍣¯1".into())
    }
}
