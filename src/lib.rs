//! zilde: an APL for the command line, for tests and for Rust.

mod allocation;
pub mod array;
mod bind;
pub mod bounds;
mod console;
pub mod context;
pub mod display;
pub mod error;
pub mod eval;
pub mod frontend;
pub mod function;
pub mod glyphs;
mod host;
mod interrupt;
mod library;
pub mod operator;
pub mod primitive;
mod random;
pub mod session;
pub mod syntax;
pub mod system;
mod tally;
pub mod testing;
mod traps;
mod workspace;

pub use allocation::CountingAllocator;
pub use array::Value;
pub use error::Fault;
pub use host::Rights;
pub use session::Session;

/// The example in README.md, as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
