//! From text to phrases: tokens, the context-free grammar and the tree it makes.

pub mod fault;
pub mod grammar;
pub mod lines;
pub mod normal;
pub mod number;
pub mod scan;
mod sequence;
pub mod span;
pub mod token;
pub mod traditional;
pub mod tree;

pub use fault::{SyntaxError, SyntaxErrorKind};

/// Says whether to go on: reading asks for each part of a long text. Where the answer is no, what is read so far, or an
/// error, is the result, and whoever said no drops it.
pub type GoOn<'a> = &'a dyn Fn() -> bool;

/// Reads to the end.
pub const TO_THE_END: GoOn<'static> = &|| true;
