//! What a check finds: errors and warnings with their places, and what was inferred of each phrase.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::ErrorKind;
use crate::inference::Abstract;
use crate::syntax::span::Span;

/// What kind of thing is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    /// Something that must fail with this error when it is reached.
    Error(ErrorKind),
    /// A name that is set and never used.
    Unused,
    /// A statement or a side of a guard that is never reached.
    Unreachable,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Error(kind) => f.write_str(&kind.name()),
            Label::Unused => f.write_str("UNUSED"),
            Label::Unreachable => f.write_str("UNREACHABLE"),
        }
    }
}

/// Something that is found, and where.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The file, by its number among the inputs.
    pub file: usize,
    /// Where it stands.
    pub span: Span,
    /// What kind of thing it is.
    pub label: Label,
    /// What there is to say.
    pub text: String,
    /// What may have been meant.
    pub fix: Option<Fix>,
}

/// A text to be inserted, with which the inference shows no error.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Where, in bytes.
    pub at: u32,
    /// The text.
    pub text: String,
    /// What to call it.
    pub title: String,
}

/// What was inferred of something in a program.
#[derive(Clone, Debug)]
pub struct Note {
    /// From nothing but the program's text around it.
    pub general: Option<Abstract>,
    /// From the calls that were followed.
    pub called: Option<Abstract>,
}

impl Note {
    /// What is known.
    pub fn value(&self) -> Option<&Abstract> {
        self.called.as_ref().or(self.general.as_ref())
    }
}

/// What was inferred, by file and span.
pub type Notes = BTreeMap<(usize, u32, u32), Note>;
