//! Errors in a text and their positions. Errors of evaluation are in `crate::error`.

use std::fmt;

use super::span::Span;

/// Why a text could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyntaxError {
    /// The APL error that it is.
    pub kind: SyntaxErrorKind,
    /// What stands behind the error's name, as `Unpaired quote`.
    pub message: Option<String>,
    /// The culprit.
    pub span: Span,
}

/// The APL errors that reading a text can end in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SyntaxErrorKind {
    /// SYNTAX ERROR: the text is not APL.
    #[default]
    Syntax,
    /// LIMIT ERROR: the text is nested too deeply, or too long.
    Limit,
    /// DOMAIN ERROR: a number that no 64-bit float can hold.
    Domain,
    /// NONCE ERROR: what Dyalog has and zilde has not.
    Nonce,
}

impl SyntaxError {
    /// A SYNTAX ERROR at `span`.
    pub fn syntax(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::Syntax, message: Some(message.into()), span }
    }

    /// A LIMIT ERROR at `span`.
    pub fn limit(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::Limit, ..SyntaxError::syntax(message, span) }
    }

    /// A DOMAIN ERROR at `span`.
    pub fn domain(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::Domain, ..SyntaxError::syntax(message, span) }
    }

    /// A NONCE ERROR at `span`.
    pub fn nonce(message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::Nonce, ..SyntaxError::syntax(message, span) }
    }
}

impl fmt::Display for SyntaxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SyntaxErrorKind::Syntax => "SYNTAX ERROR",
            SyntaxErrorKind::Limit => "LIMIT ERROR",
            SyntaxErrorKind::Domain => "DOMAIN ERROR",
            SyntaxErrorKind::Nonce => "NONCE ERROR",
        })
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SyntaxError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_name_and_the_message() {
        let error = SyntaxError::limit("Nesting too deep", Span::new(1, 2));
        assert_eq!(error.to_string(), "LIMIT ERROR: Nesting too deep");
    }
}
