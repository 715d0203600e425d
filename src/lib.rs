//! zilde: an APL for the command line, for tests and for Rust.

pub mod syntax;
