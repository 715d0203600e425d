//! Scalar functions: computed element by element, at any depth, on numbers of every kind.
//!
//! `pair` and `monad` define the functions on single numbers, with `number`, `complex`, `circular` and `gamma`. `kernel`,
//! `dyad` and `monad` compute stretches of elements; `pervade` handles nested arrays; `broadcast` and `cells` repeat
//! operands along axes that they do not have; `fold`, `scan` and `windows` are for the operators.

mod broadcast;
mod cells;
mod circular;
pub mod complex;
mod dyad;
pub mod fold;
mod gamma;
mod inverse;
mod kernel;
mod monad;
mod number;
mod out;
mod pair;
mod pervade;
pub mod scan;
#[cfg(test)]
mod tests;
pub mod windows;

use out::Width;

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::Result;
use crate::function::Cells;
pub use inverse::{InverseLeft, inverse, inverse_both, product_exponential};
pub use pair::{plain, whole};

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

impl ScalarMonad {
    /// The glyph, for messages.
    fn glyph(self) -> char {
        match self {
            ScalarMonad::Conjugate => '+',
            ScalarMonad::Negate => '-',
            ScalarMonad::Direction => '×',
            ScalarMonad::Reciprocal => '÷',
            ScalarMonad::Exponential => '*',
            ScalarMonad::Logarithm => '⍟',
            ScalarMonad::Ceiling => '⌈',
            ScalarMonad::Floor => '⌊',
            ScalarMonad::Magnitude => '|',
            ScalarMonad::Factorial => '!',
            ScalarMonad::PiTimes => '○',
            ScalarMonad::Not => '~',
        }
    }

    /// Whether results for reals are whole.
    fn is_whole(self) -> bool {
        matches!(self, ScalarMonad::Direction | ScalarMonad::Ceiling | ScalarMonad::Floor | ScalarMonad::Not)
    }

    /// Whether whole numbers stay as they are.
    fn keeps_whole(self) -> bool {
        matches!(self, ScalarMonad::Conjugate | ScalarMonad::Ceiling | ScalarMonad::Floor)
    }

    /// The type to try for results.
    fn width(self, right: Width) -> Width {
        match self {
            ScalarMonad::Not => Width::Bool,
            ScalarMonad::Magnitude if right == Width::Complex => Width::Float,
            _ if right == Width::Complex => Width::Complex,
            ScalarMonad::Direction | ScalarMonad::Ceiling | ScalarMonad::Floor => Width::Int,
            ScalarMonad::Negate | ScalarMonad::Magnitude | ScalarMonad::Factorial if right <= Width::Int => Width::Int,
            _ => Width::Float,
        }
    }
}

impl ScalarDyad {
    /// The glyph, for messages.
    fn glyph(self) -> char {
        match self {
            ScalarDyad::Plus => '+',
            ScalarDyad::Minus => '-',
            ScalarDyad::Times => '×',
            ScalarDyad::Divide => '÷',
            ScalarDyad::Power => '*',
            ScalarDyad::Logarithm => '⍟',
            ScalarDyad::Maximum => '⌈',
            ScalarDyad::Minimum => '⌊',
            ScalarDyad::Residue => '|',
            ScalarDyad::Binomial => '!',
            ScalarDyad::Circular => '○',
            ScalarDyad::And => '∧',
            ScalarDyad::Or => '∨',
            ScalarDyad::Nand => '⍲',
            ScalarDyad::Nor => '⍱',
            ScalarDyad::Less => '<',
            ScalarDyad::LessEqual => '≤',
            ScalarDyad::Equal => '=',
            ScalarDyad::GreaterEqual => '≥',
            ScalarDyad::Greater => '>',
            ScalarDyad::NotEqual => '≠',
        }
    }

    /// Whether all results are truth values.
    fn is_predicate(self) -> bool {
        use ScalarDyad::{Equal, Greater, GreaterEqual, Less, LessEqual, Nand, Nor, NotEqual};
        matches!(self, Nand | Nor | Less | LessEqual | Equal | GreaterEqual | Greater | NotEqual)
    }

    /// Whether floats and whole numbers have the same loops.
    fn is_arithmetic(self) -> bool {
        matches!(self, ScalarDyad::Plus | ScalarDyad::Minus | ScalarDyad::Times)
    }

    /// The results for `0 0 1 1` and `0 1 0 1`, where they are truth values again.
    fn truth_table(self) -> Option<[bool; 4]> {
        let bits = match self {
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => 0b0001,
            ScalarDyad::Or | ScalarDyad::Maximum => 0b0111,
            ScalarDyad::Nand => 0b1110,
            ScalarDyad::Nor => 0b1000,
            ScalarDyad::Less | ScalarDyad::Residue => 0b0100,
            ScalarDyad::LessEqual | ScalarDyad::Binomial => 0b1101,
            ScalarDyad::Equal => 0b1001,
            ScalarDyad::GreaterEqual | ScalarDyad::Power => 0b1011,
            ScalarDyad::Greater => 0b0010,
            ScalarDyad::NotEqual => 0b0110,
            _ => return None,
        };
        Some([bits & 8 != 0, bits & 4 != 0, bits & 2 != 0, bits & 1 != 0])
    }

    /// The type to try for results.
    fn width(self, left: Width, right: Width) -> Width {
        let widest = left.max(right);
        match self {
            _ if self.is_predicate() => Width::Bool,
            _ if widest == Width::Complex => Width::Complex,
            _ if widest == Width::Bool && self.truth_table().is_some() => Width::Bool,
            ScalarDyad::Divide | ScalarDyad::Logarithm | ScalarDyad::Circular => Width::Float,
            _ if widest <= Width::Int => Width::Int,
            _ => Width::Float,
        }
    }
}

/// `f right` for every element.
pub fn monadic(context: &Context, op: ScalarMonad, right: Value) -> Result<Value> {
    monad::monadic(context, op, right)
}

/// `left f right` for corresponding elements; a scalar or one-element array is used with every element of the other.
#[inline]
pub fn dyadic(context: &Context, op: ScalarDyad, left: Value, right: Value) -> Result<Value> {
    // What loops are made of, in a few nanoseconds.
    let done = match (&left, &right) {
        (Value::Int(a), Value::Int(b)) => whole(op, *a, *b),
        (Value::Float(a), Value::Float(b)) => plain(op, *a, *b),
        _ => None,
    };
    match (done, &left, &right) {
        (Some(value), ..) => Ok(value),
        (None, Value::Framed(_), _) | (None, _, Value::Framed(_)) => cells::dyadic(context, op, left, right),
        _ => pervade::dyadic(context, op, left, right),
    }
}

/// `left f[axis] right`: the argument of lower rank goes along the named axes of the other.
pub fn dyadic_axis(context: &Context, op: ScalarDyad, left: Value, right: Value, axis: &Value) -> Result<Value> {
    cells::dyadic_axis(context, op, left, right, axis)
}

/// The cellwise form: cells of one shape, or scalars against cells of any shape, broadcast over the frame.
pub fn dyadic_cells(
    context: &Context,
    op: ScalarDyad,
    frame: &[usize],
    left: &Cells,
    right: &Cells,
) -> Result<Option<Cells>> {
    cells::dyadic_cells(context, op, frame, left, right)
}

/// An array of the prototype's structure with `number` in every place: what reductions of nothing give.
pub fn filled_like(context: &Context, prototype: &Value, number: f64) -> Result<Value> {
    use crate::array::{Arr, convert};
    let memory = context.memory();
    if prototype.is_simple_scalar() {
        return Ok(convert::scalar(number));
    }
    let array = prototype.array(memory)?;
    let Array::Nested(arr) = &array else {
        return Ok(match convert::scalar(number) {
            Value::Int(n) => Arr::new(memory, array.shape(), memory.filled(array.len(), n)?)?.into(),
            _ => Arr::new(memory, array.shape(), memory.filled(array.len(), number)?)?.into(),
        });
    };
    if arr.is_empty() {
        let item = arr.prototype().cloned().unwrap_or(Value::Int(0));
        let item = stacker::maybe_grow(64 * 1024, 1024 * 1024, || filled_like(context, &item, 0.0))?;
        return Ok(Arr::empty_of(memory, arr.shape(), item)?.into());
    }
    let mut items = memory.vec(arr.len())?;
    for item in arr.as_slice() {
        context.poll()?;
        items.push(stacker::maybe_grow(64 * 1024, 1024 * 1024, || filled_like(context, item, number))?);
    }
    Ok(Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into())
}
