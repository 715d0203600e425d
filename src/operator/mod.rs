//! Primitive operators: the table of their glyphs and one file a family.
//!
//! An operator makes a derived function, a [`Function`](crate::function::Function), from its operands. Names and source
//! text are not known here.

mod affine;
mod assemble;
mod at;
pub mod branches;
mod cells;
mod choose;
mod compose;
mod contract;
pub mod derived;
mod each;
mod folding;
mod gathered;
mod inner;
mod inverse;
mod join;
mod key;
mod matmul;
mod outer;
mod power;
mod product;
mod rank;
mod reduce;
mod scan;
mod stencil;
mod synonym;
mod table;
#[cfg(test)]
mod testing;
mod train;
pub mod variant;

use crate::array::Value;
use crate::context::Context;
use crate::error::Result;
use crate::function::{Fun, Operand};
pub use compose::{beside, commute};
pub use product::outer_product;
pub use table::{TABLE, lookup};
pub use train::train;

/// A row of the table of operators.
pub struct PrimitiveOperator {
    /// The glyph.
    pub glyph: char,
    /// ASCII names, the glyph's own first: `jotdiaeresis`.
    pub names: &'static [&'static str],
    /// The key that types it behind a backtick.
    pub key: Option<char>,
    /// What the documentation calls it: `Rank`.
    pub title: &'static str,
    /// How it takes its operands.
    pub derive: Derive,
    /// What is known of a result of its functions before it is computed.
    pub rule: crate::inference::operators::Rule,
    /// The documentation page, in Markdown; its examples are run by the tests.
    pub doc: &'static str,
}

/// How an operator makes its function.
pub enum Derive {
    /// From a left operand and perhaps an axis in brackets.
    Monadic(fn(&Context, Operand, Option<Value>) -> Result<Fun>),
    /// From two operands.
    Dyadic(fn(&Context, Operand, Operand) -> Result<Fun>),
}
