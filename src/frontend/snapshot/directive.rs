//! Directives: lines that begin with `⍝!` and say how the next input, or a whole file, is run and compared.

use crate::context::{BoxStyle, Layout};
use crate::error::ErrorKind;
use crate::syntax::number;
use crate::syntax::tree::Number;

/// What begins a directive.
pub const MARK: &str = "⍝!";

/// Between two directives of a line.
const BETWEEN: &str = " · ";

/// What is asked for; the default asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    /// `tol 1E¯9`: floats may differ by so much, relative to the larger where that is above 1.
    pub tolerance: Option<f64>,
    /// `seed 42`
    pub seed: Option<u64>,
    /// `pp 17`
    pub pp: Option<usize>,
    /// `io 0`
    pub io: Option<i64>,
    /// `box on`, `box off`, `box min`, `box mid`, `box max`
    pub boxing: Option<(bool, BoxStyle)>,
    /// `skip WHY`: not run.
    pub skip: Option<String>,
    /// `xfail WHY`: known to differ.
    pub xfail: Option<String>,
    /// `error LENGTH`: fails with this error, whatever its report.
    pub error: Option<ErrorKind>,
    /// `match /re/`: the whole output matches.
    pub pattern: Option<regex_lite::Regex>,
    /// `lines 3`: so many lines of output follow, even if they look like input.
    pub lines: Option<usize>,
    /// `stdin TEXT`: what `⍞` and `⎕` read, a line each.
    pub stdin: Vec<String>,
}

impl Directives {
    /// Reads a line that begins with [`MARK`], adding to what earlier lines asked.
    pub fn read(&mut self, line: &str) -> Result<(), String> {
        let text = line.trim_start().trim_start_matches(MARK).trim();
        for directive in split(text) {
            let (name, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
            let rest = rest.trim();
            self.one(name, rest).map_err(|expected| format!("{name} {rest}: expected {expected}"))?;
        }
        Ok(())
    }

    fn one(&mut self, name: &str, rest: &str) -> Result<(), &'static str> {
        match name {
            "tol" => self.tolerance = Some(tolerance(rest).ok_or("a tolerance, as 1E¯9")?),
            "seed" => self.seed = Some(rest.parse().map_err(|_| "a whole number")?),
            "pp" => self.pp = Some(ranged(rest, 1, 34).ok_or("a number from 1 to 34")?),
            "io" => self.io = Some(ranged(rest, 0, 1).ok_or("0 or 1")?),
            "box" => self.boxing = Some(boxing(rest).ok_or("on, off, min, mid or max")?),
            "skip" => self.skip = Some(rest.to_owned()),
            "xfail" => self.xfail = Some(rest.to_owned()),
            "error" => self.error = Some(error(rest).ok_or("the name of an error, as LENGTH")?),
            "match" => self.pattern = Some(pattern(rest)?),
            "lines" => self.lines = Some(rest.parse().map_err(|_| "a number of lines")?),
            "stdin" => self.stdin.push(rest.to_owned()),
            _ => return Err("tol, seed, pp, io, box, skip, xfail, error, match, lines or stdin"),
        }
        Ok(())
    }

    /// Lays out results as asked.
    pub fn lay_out(&self, layout: &mut Layout) {
        if let Some((on, style)) = self.boxing {
            layout.boxed = on;
            layout.style = style;
        }
    }
}

/// The directives of a line; a pattern may hold what stands between two.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.strip_prefix("match /").and_then(|pattern| pattern.rfind('/')) {
            Some(close) => {
                let from = "match /".len() + close;
                rest[from..].find(BETWEEN).map(|at| from + at)
            }
            None => rest.find(BETWEEN),
        };
        parts.push(rest[..end.unwrap_or(rest.len())].trim());
        rest = end.map_or("", |end| rest[end + BETWEEN.len()..].trim_start());
    }
    parts
}

fn tolerance(text: &str) -> Option<f64> {
    let read = number::leading(text);
    if text.is_empty() || read.len != text.len() {
        return None;
    }
    match read.value.ok()? {
        Number::Int(value) => Some(f64::from(value)),
        Number::Float(value) => Some(value),
        Number::Complex(..) => None,
    }
    .filter(|value| *value >= 0.0)
}

fn ranged<T: std::str::FromStr + PartialOrd>(text: &str, low: T, high: T) -> Option<T> {
    text.parse().ok().filter(|value| (&low..=&high).contains(&value))
}

fn boxing(text: &str) -> Option<(bool, BoxStyle)> {
    Some(match text {
        "on" | "min" => (true, BoxStyle::Min),
        "mid" => (true, BoxStyle::Mid),
        "max" => (true, BoxStyle::Max),
        "off" => (false, BoxStyle::Min),
        _ => return None,
    })
}

/// An error by name, with or without the word ERROR, or by number.
fn error(text: &str) -> Option<ErrorKind> {
    if let Ok(number) = text.parse() {
        return Some(ErrorKind::from_number(number));
    }
    let name = text.to_uppercase();
    (1..=1005).map(ErrorKind::from_number).find(|kind| {
        let full = kind.name();
        full == name.as_str() || full.strip_suffix(" ERROR") == Some(&name)
    })
}

fn pattern(text: &str) -> Result<regex_lite::Regex, &'static str> {
    let inside = text.strip_prefix('/').and_then(|text| text.strip_suffix('/')).ok_or("/pattern/")?;
    regex_lite::Regex::new(&format!(r"\A(?:{inside})\z")).map_err(|_| "a regular expression")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Directives {
        let mut directives = Directives::default();
        directives.read(line).unwrap();
        directives
    }

    #[test]
    fn several_stand_on_a_line() {
        let all = read("⍝! tol 1E¯9 · seed 42 · pp 17 · box max · io 0 · lines 3 · skip not yet");
        assert_eq!(all.tolerance, Some(1e-9));
        assert_eq!(all.seed, Some(42));
        assert_eq!(all.pp, Some(17));
        assert_eq!(all.boxing, Some((true, BoxStyle::Max)));
        assert_eq!(all.io, Some(0));
        assert_eq!(all.lines, Some(3));
        assert_eq!(all.skip.as_deref(), Some("not yet"));
    }

    #[test]
    fn errors_have_names() {
        assert_eq!(read("⍝! error LENGTH").error, Some(ErrorKind::Length));
        assert_eq!(read("⍝! error length error").error, Some(ErrorKind::Length));
        assert_eq!(read("⍝! error WS FULL").error, Some(ErrorKind::WsFull));
        assert_eq!(read("⍝! error 11").error, Some(ErrorKind::Domain));
    }

    #[test]
    fn patterns_are_whole() {
        let pattern = read("⍝! match /a · [0-9]+/ · seed 1").pattern.unwrap();
        assert!(pattern.is_match("a · 17") && !pattern.is_match("a · 17\nb"));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for wrong in ["⍝! tol", "⍝! tol -1", "⍝! io 2", "⍝! frob 1", "⍝! match x", "⍝! match /(/", "⍝! error FROB"]
        {
            assert!(Directives::default().read(wrong).is_err(), "{wrong}");
        }
    }
}
