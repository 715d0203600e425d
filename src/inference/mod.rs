//! What is known of arrays before a program runs: abstract values, and the rules by which functions and operators make
//! one of others.
//!
//! The rules are a column of the tables of primitives and operators. A rule may know less than is true, never something
//! that is not: what running gives lies within what its rule gives. Nothing here knows of names or programs; the module
//! `check` walks through those.

pub mod operators;
pub mod rules;
mod scalar;
pub mod system;
pub mod value;

pub use scalar::{dyad as scalar_dyad, monad as scalar_monad};
pub use value::{Abstract, Dim, Kind, Symbol, Symbols};

use crate::error::ErrorKind;

/// Why something must fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The APL error.
    pub kind: ErrorKind,
    /// What there is to say, such as the shapes of the arguments.
    pub text: String,
}

impl Failure {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, text: impl Into<String>) -> Failure {
        Failure { kind, text: text.into() }
    }
}

/// What an evaluation gives, or why it must fail.
pub type Outcome = Result<Abstract, Failure>;

/// The arguments of a function, and what its result may depend on besides.
pub struct Call<'a> {
    /// The left argument.
    pub left: Option<&'a Abstract>,
    /// The right argument.
    pub right: &'a Abstract,
    /// What stands in brackets behind the function.
    pub axis: Option<&'a Abstract>,
    /// `⎕IO`, where it is known.
    pub origin: Option<i64>,
    /// Whether `⎕ML` is known to be 1, with which `↑ ⊃ ∊ ⊂` are what the rules say.
    pub ordinary: bool,
}

impl Call<'_> {
    /// The left argument; for a function that is called with one.
    pub fn left(&self) -> Abstract {
        self.left.cloned().unwrap_or_else(Abstract::unknown)
    }
}

/// How the result of a primitive is inferred.
#[derive(Clone, Copy)]
pub struct Rule {
    /// From what is known of the arguments.
    pub infer: fn(&Call) -> Outcome,
    /// What the shape of the result depends on: where that is known, the primitive itself is asked.
    pub depends: Depends,
}

/// What the shape of a result depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depends {
    /// On the shapes of the arguments only.
    Shapes,
    /// On the value of the left argument and the shape of the right one.
    Left,
    /// On the values of the arguments.
    Values,
}

impl Rule {
    /// A rule of a function whose result has a shape that only the shapes of the arguments decide.
    pub const fn shapes(infer: fn(&Call) -> Outcome) -> Rule {
        Rule { infer, depends: Depends::Shapes }
    }

    /// The same where the value of the left argument counts too.
    pub const fn left(infer: fn(&Call) -> Outcome) -> Rule {
        Rule { infer, depends: Depends::Left }
    }

    /// A rule of any other function.
    pub const fn values(infer: fn(&Call) -> Outcome) -> Rule {
        Rule { infer, depends: Depends::Values }
    }
}
