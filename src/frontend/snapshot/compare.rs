//! Whether output is as expected: exactly, or token by token with a tolerance for floats.
//!
//! Blanks at the end of a line never count: editors and version control remove them.

use crate::syntax::number;
use crate::syntax::scan::{begins_name, continues_name};
use crate::syntax::tree::Number;

/// Whether the lines are the same.
pub fn same<E: AsRef<str>, G: AsRef<str>>(expected: &[E], got: &[G], tolerance: Option<f64>) -> bool {
    expected.len() == got.len()
        && expected.iter().zip(got).all(|(expected, got)| same_line(expected.as_ref(), got.as_ref(), tolerance))
}

fn same_line(expected: &str, got: &str, tolerance: Option<f64>) -> bool {
    let (expected, got) = (expected.trim_end(), got.trim_end());
    if expected == got {
        return true;
    }
    let Some(tolerance) = tolerance else { return false };
    let (expected, got) = (tokens(expected), tokens(got));
    expected.len() == got.len() && expected.iter().zip(&got).all(|(expected, got)| expected.is_near(got, tolerance))
}

/// A word of output. How wide blanks and rules are depends on the numbers, so that is not part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Blanks,
    Rule(char),
    Text(&'t str),
    /// The digits, the value and whether it is written as a float.
    Number(&'t str, [f64; 2], bool),
}

impl Token<'_> {
    fn is_near(&self, other: &Token<'_>, tolerance: f64) -> bool {
        match (self, other) {
            (Token::Number(_, a, a_float), Token::Number(_, b, b_float)) if *a_float || *b_float => {
                a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0))
            }
            (Token::Number(a, ..), Token::Number(b, ..)) => a == b,
            _ => self == other,
        }
    }
}

fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first);
        // Whatever is before the first word depends on the width of the numbers too.
        if !(tokens.is_empty() && token == Token::Blanks) {
            tokens.push(token);
        }
        rest = rest.get(length..).unwrap_or("");
    }
    tokens
}

fn token(rest: &str, first: char) -> (Token<'_>, usize) {
    let run = |belongs: &dyn Fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if first.is_whitespace() {
        return (Token::Blanks, run(&char::is_whitespace));
    }
    if matches!(first, '─' | '-' | '═') {
        return (Token::Rule(first), run(&|c| c == first));
    }
    if begins_name(first) {
        let length = run(&continues_name);
        return (Token::Text(&rest[..length]), length);
    }
    if first.is_ascii_digit() || matches!(first, '¯' | '.') {
        let read = number::leading(rest);
        if let (Ok(value), Some(text)) = (read.value, rest.get(..read.len).filter(|text| !text.is_empty())) {
            let value = match value {
                Number::Int(n) => [f64::from(n), 0.0],
                Number::Float(x) => [x, 0.0],
                Number::Complex(re, im) => [re, im],
            };
            return (Token::Number(text, value, text.contains(['.', 'E', 'e'])), read.len);
        }
    }
    let length = first.len_utf8();
    (Token::Text(&rest[..length]), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(expected: &str, got: &str) -> bool {
        same(&[expected], &[got], Some(1e-6))
    }

    #[test]
    fn exact_but_for_blanks_at_the_end() {
        assert!(same(&["a  ", ""], &["a", " "], None));
        assert!(!same(&[" a"], &["a"], None));
        assert!(!same(&["a"], &["a", ""], None));
        assert!(!same(&["1.0000001"], &["1"], None));
    }

    #[test]
    fn floats_may_differ() {
        assert!(near("1.5 2.5", "1.5000001 2.4999999"));
        assert!(near("  1.5 ¯2.5", "1.50000001 ¯2.5"));
        assert!(near("│1.5│", "│1.50000001│"));
        assert!(near("┌─────┐", "┌────────┐"));
        assert!(near("1.0000001", "1"));
        assert!(near("1E10", "1.0000001E10"));
        assert!(near("1J2.5", "1J2.50000001"));
        assert!(!near("1.5", "1.51"));
        assert!(!near("1J2.5", "1J2.6"));
        assert!(!near("1E¯3", "2E¯3"));
    }

    #[test]
    fn whole_numbers_and_text_may_not() {
        assert!(!near("1000000000", "1000000001"));
        assert!(!near("x1", "x2"));
        assert!(!near("a 1.5", "b 1.5"));
        assert!(!near("1.5 2", "1.5 2 3"));
        assert!(!near("1.5", "¯1.5"));
    }
}
