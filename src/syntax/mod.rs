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
