//! zilde: an APL for the command line, for tests and for Rust.

pub mod array;
pub mod context;
pub mod error;
pub mod function;
pub mod operator;
pub mod primitive;
mod random;
pub mod syntax;
