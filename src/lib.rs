//! zilde: an APL for the command line, for tests and for Rust.
//!
//! A [`Session`] is a workspace in which APL runs. Arguments and results are ndarray arrays, vectors, numbers and text,
//! which become [`Value`]s and back; errors are [`Fault`]s.
//!
//! ```
//! use ndarray::{Array2, array};
//! use zilde::Session;
//!
//! let mut session = Session::new();
//! session.set("x", array![[1.0, 2.0], [3.0, 4.0]])?;
//! let product: Array2<f64> = session.eval("x+.×⍉x")?.try_into()?;
//! assert_eq!(product, array![[5.0, 11.0], [11.0, 25.0]]);
//!
//! // An APL function as a handle, and a Rust closure as an APL function:
//! session.eval("mean←{(+/⍵)÷≢⍵}")?;
//! let mean = session.function("mean")?;
//! assert_eq!(f64::try_from(mean.call1(vec![2.0, 4.0, 9.0])?)?, 5.0);
//! session.define("hypot", |x, y| ndarray::Zip::from(x).and(y).map_collect(|x, y| f64::hypot(*x, *y)))?;
//! assert_eq!(session.eval("3 5 hypot 4 12")?.to_string(), "5 13");
//!
//! let error = session.eval("1 2+1 2 3").unwrap_err();
//! assert_eq!(error.kind(), zilde::ErrorKind::Length);
//! # Ok::<(), zilde::Fault>(())
//! ```
//!
//! The modules that are not documented here are used by the project's own tests and benches. They are no part of the
//! interface and change without notice.

// Without some of its features, the library has parts that only those use.
#![cfg_attr(
    not(all(feature = "cli", feature = "csv", feature = "json", feature = "regex", feature = "xml")),
    allow(dead_code, unused_imports)
)]
// No panic is reachable from a program: see ARCHITECTURE.md. Tests may panic.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable))]

mod allocation;
#[doc(hidden)]
pub mod array;
#[doc(hidden)]
pub mod bounds;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod code;
mod console;
#[doc(hidden)]
pub mod context;
#[doc(hidden)]
pub mod display;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod formatter;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod frontend;
#[doc(hidden)]
pub mod function;
#[doc(hidden)]
pub mod glyphs;
mod host;
#[doc(hidden)]
pub mod inference;
mod interrupt;
mod kept;
mod kernel;
mod layout;
mod library;
mod names;
#[doc(hidden)]
pub mod observe;
#[doc(hidden)]
pub mod operator;
#[cfg(feature = "plot")]
mod picture;
#[doc(hidden)]
pub mod primitive;
mod random;
#[doc(hidden)]
pub mod session;
mod suspension;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod system;
mod tally;
mod tester;
pub mod testing;
mod traps;
#[doc(hidden)]
pub mod vm;

pub use allocation::CountingAllocator;
pub use array::Value;
pub use console::{Asked, Console, Forms, Size, Takes};
pub use error::{ErrorKind, Fault};
pub use host::Rights;
pub use interrupt::Interrupt;
pub use library::{Item, Output};
pub use session::{Function, Outcome, Session, SessionBuilder};

/// The example in README.md, as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
