//! Values and Rust: conversions in both directions (`item.rs`, `conversions.rs`), comparison, display, and Rust closures
//! as APL functions (`native.rs`).
//!
//! Conversions are exact or fail: no number is rounded, cut off or replaced on the way.

mod conversions;
mod item;
mod native;
#[cfg(feature = "serde")]
mod serial;

use std::convert::Infallible;
use std::fmt;

use crate::array::{Memory, Value, compare};
use crate::context::{Context, Layout};
use crate::error::Fault;

pub use item::Item;
pub use native::{Native, Output};

/// `⎕CT` of a clear workspace.
const TOLERANCE: f64 = 1e-14;

impl fmt::Display for Value {
    /// As a session with default settings shows it, without the final line end.
    ///
    /// ```
    /// let table = zilde::Session::new().eval("2 3⍴⍳6")?;
    /// assert_eq!(table.to_string(), "1 2 3\n4 5 6");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = Context::silent(Memory::unlimited());
        match crate::display::show(&context, self, Layout::default()) {
            Ok(text) => f.write_str(text.strip_suffix('\n').unwrap_or(&text)),
            Err(fault) => write!(f, "{fault}"),
        }
    }
}

impl PartialEq for Value {
    /// Whether two arrays have the same shape, structure and elements, exactly. How they are stored makes no difference:
    /// `1` equals `1.0`.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// assert_eq!(session.eval("2×⍳3")?, zilde::Value::try_from(vec![2.0, 4.0, 6.0])?);
    /// assert_ne!(session.eval("1+1E¯15")?, zilde::Value::from(1));
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn eq(&self, other: &Value) -> bool {
        compare::matches(&Memory::unlimited(), self, other, 0.0).unwrap_or(false)
    }
}

impl Value {
    /// Whether APL's `≡` finds the arrays the same, with the `⎕CT` of a clear workspace, 1E¯14.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// assert!(session.eval("1+1E¯15")?.matches(&zilde::Value::from(1)));
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn matches(&self, other: &Value) -> bool {
        self.matches_within(other, TOLERANCE)
    }

    /// Whether APL's `≡` finds the arrays the same with this `⎕CT`, which is at most 1E¯9.
    ///
    /// ```
    /// let value = zilde::Session::new().eval("1+1E¯10")?;
    /// assert!(value.matches_within(&zilde::Value::from(1), 1e-9) && !value.matches(&zilde::Value::from(1)));
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn matches_within(&self, other: &Value, ct: f64) -> bool {
        compare::matches(&Memory::unlimited(), self, other, ct.clamp(0.0, 1e-9)).unwrap_or(false)
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Value {
        value.clone()
    }
}

impl From<Infallible> for Fault {
    fn from(never: Infallible) -> Fault {
        match never {}
    }
}

impl From<ndarray::ShapeError> for Fault {
    /// RANK ERROR: so that a closure can use `?` on conversions of ndarray.
    fn from(error: ndarray::ShapeError) -> Fault {
        Fault::rank().with_detail(error.to_string())
    }
}
