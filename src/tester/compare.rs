//! Whether output is as expected: exactly, or token by token with a tolerance for floats.
//!
//! Blanks at the end of a line never count: editors and version control remove them.

use regex_lite::Regex;

use crate::syntax::number;
use crate::syntax::scan::{begins_name, continues_name};
use crate::syntax::tree::Number;

/// Stands for what does not matter: a line that holds nothing else for any lines, within a line for any text.
const ANY: &str = "…";

/// How much floats may differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// By so much, whatever they are.
    pub absolute: f64,
    /// By so much of the larger one.
    pub relative: f64,
}

impl Tolerance {
    /// So much, relative to the larger number where that is above 1.
    pub const fn mixed(tolerance: f64) -> Tolerance {
        Tolerance { absolute: tolerance, relative: tolerance }
    }

    /// `1E¯9`, `1E¯9 abs`, `1E¯9 rel`.
    pub fn read(text: &str) -> Option<Tolerance> {
        let (digits, sort) = text.split_once(' ').unwrap_or((text, ""));
        let read = number::leading(digits);
        if digits.is_empty() || read.len != digits.len() {
            return None;
        }
        let value = match read.value.ok()? {
            Number::Int(value) => f64::from(value),
            Number::Float(value) => value,
            Number::Complex(..) => return None,
        };
        if !(value >= 0.0 && value.is_finite()) {
            return None;
        }
        match sort.trim() {
            "" => Some(Tolerance::mixed(value)),
            "abs" => Some(Tolerance { absolute: value, relative: 0.0 }),
            "rel" => Some(Tolerance { absolute: 0.0, relative: value }),
            _ => None,
        }
    }

    /// Whether two numbers differ by no more than that.
    pub fn allows(&self, a: f64, b: f64) -> bool {
        a == b || (a - b).abs() <= self.absolute.max(self.relative * a.abs().max(b.abs()))
    }
}

/// How lines are compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'r> {
    /// How much floats may differ.
    pub tolerance: Option<Tolerance>,
    /// What matches is not compared.
    pub masks: &'r [Regex],
}

/// Whether the lines are the same.
pub fn same<E: AsRef<str>, G: AsRef<str>>(expected: &[E], got: &[G], rules: Rules<'_>) -> bool {
    if expected.len() == got.len() {
        let mut pairs = expected.iter().zip(got);
        if pairs.all(|(expected, got)| same_line(expected.as_ref(), got.as_ref(), rules)) {
            return true;
        }
    }
    if !expected.iter().any(|line| line.as_ref().trim() == ANY) {
        return false;
    }
    // Whether what is expected up to here can be what came up to there, for all there: one pass for each line expected.
    let mut reach = vec![true; 1];
    reach.resize(got.len() + 1, false);
    for line in expected {
        let line = line.as_ref();
        let mut next = vec![false; got.len() + 1];
        for at in 0..=got.len() {
            next[at] = if line.trim() == ANY {
                reach[at] || at > 0 && next[at - 1]
            } else {
                at > 0 && reach[at - 1] && same_line(line, got[at - 1].as_ref(), rules)
            };
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

fn same_line(expected: &str, got: &str, rules: Rules<'_>) -> bool {
    let (expected, got) = (expected.trim_end(), got.trim_end());
    if expected == got {
        return true;
    }
    if rules.masks.is_empty() && !expected.contains(ANY) {
        return rules.tolerance.is_some_and(|tolerance| near(expected, got, tolerance));
    }
    let masked = |line: &str| {
        let mut line = line.to_owned();
        for mask in rules.masks {
            line = mask.replace_all(&line, ANY).into_owned();
        }
        line
    };
    let (expected, got) = (masked(expected), masked(got));
    let like = |a: &str, b: &str| a == b || rules.tolerance.is_some_and(|tolerance| near(a, b, tolerance));
    like(&expected, &got) || fits(&expected, &got)
}

/// Whether a line is as expected where `…` stands for any text.
fn fits(expected: &str, got: &str) -> bool {
    let mut parts = expected.split(ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn near(expected: &str, got: &str, tolerance: Tolerance) -> bool {
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
    fn is_near(&self, other: &Token<'_>, tolerance: Tolerance) -> bool {
        match (self, other) {
            (Token::Number(_, a, a_float), Token::Number(_, b, b_float)) if *a_float || *b_float => {
                a.iter().zip(b).all(|(a, b)| tolerance.allows(*a, *b))
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
        same(&[expected], &[got], Rules { tolerance: Some(Tolerance::mixed(1e-6)), masks: &[] })
    }

    #[test]
    fn exact_but_for_blanks_at_the_end() {
        assert!(same(&["a  ", ""], &["a", " "], Rules::default()));
        assert!(!same(&[" a"], &["a"], Rules::default()));
        assert!(!same(&["a"], &["a", ""], Rules::default()));
        assert!(!same(&["1.0000001"], &["1"], Rules::default()));
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
    fn absolute_and_relative() {
        let is = |text: &str, a, b| Tolerance::read(text).unwrap().allows(a, b);
        assert!(is("0.1", 1000.0, 1090.0) && is("0.1", 0.0, 0.05));
        assert!(!is("0.1 abs", 1000.0, 1001.0) && is("0.1 abs", 0.0, 0.05));
        assert!(is("0.1 rel", 1000.0, 1090.0) && !is("0.1 rel", 0.0, 0.05));
        assert!(is("0", 1.0, 1.0) && !is("0", 1.0, 1.0 + f64::EPSILON));
    }

    #[test]
    fn what_does_not_matter() {
        let plain = |expected: &[&str], got: &[&str]| same(expected, got, Rules::default());
        assert!(plain(&["a", "…", "z"], &["a", "b", "c", "z"]) && plain(&["a", "…", "z"], &["a", "z"]));
        assert!(!plain(&["a", "…", "z"], &["a", "b"]) && !plain(&["…", "z"], &["z", "a"]));
        assert!(plain(&["…"], &[]) && plain(&["…", "m", "…"], &["a", "m", "b", "m"]));
        assert!(plain(&["took … ms, … times"], &["took 17 ms, 3 times"]) && !plain(&["took … ms"], &["took 17 s"]));
        assert!(!plain(&["aa…aa"], &["aaa"]));
        let masks = [Regex::new("[0-9]+:[0-9]+").unwrap()];
        let masked = |expected: &str, got: &str| same(&[expected], &[got], Rules { tolerance: None, masks: &masks });
        assert!(
            masked("at 12:00 x", "at 7:15 x") && masked("at … x", "at 7:15 x") && !masked("at 12:00 x", "at 7:15 y")
        );
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
