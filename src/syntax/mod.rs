//! From text to phrases: tokens, the context-free grammar and the tree it makes.

pub mod span;
pub mod tree;
