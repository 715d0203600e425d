//! Directives: lines that begin with `⍝!` and say how the next input, or a whole file, is run and compared.

use std::ops::Range;

use crate::context::{BoxStyle, Layout};
use crate::error::ErrorKind;
use crate::syntax::tree::Number;
use crate::syntax::{number, scan};

/// What begins a directive.
pub const MARK: &str = "⍝!";

const NAMES: &str = "tol, seed, pp, io, box, skip, xfail, error, match, lines and stdin";

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
        let directives = split(line);
        if directives.is_empty() {
            return Err(format!("expected a directive: {NAMES}"));
        }
        for directive in directives {
            let directive = &line[directive];
            let (name, rest) = parted(directive);
            self.one(name, rest).map_err(|wrong| format!("{directive}: {wrong}"))?;
        }
        Ok(())
    }

    /// Reads a line that holds for a whole file: what is about one output does not.
    pub fn read_for_file(&mut self, line: &str) -> Result<(), String> {
        self.read(line)?;
        let about_one = [
            ("error", self.error.is_some()),
            ("match", self.pattern.is_some()),
            ("lines", self.lines.is_some()),
            ("stdin", !self.stdin.is_empty()),
        ];
        match about_one.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("{name}: must stand right before an input, as it cannot hold for a file")),
            None => Ok(()),
        }
    }

    /// Whether a line says what an output must be.
    pub fn asks(mut self, line: &str) -> bool {
        self.read(line).is_ok() && self.expects()
    }

    /// Whether they say what the output must be.
    pub fn expects(&self) -> bool {
        self.error.is_some() || self.pattern.is_some()
    }

    fn one(&mut self, name: &str, rest: &str) -> Result<(), String> {
        match name {
            "tol" => put(&mut self.tolerance, tolerance(rest), "a tolerance, as 1E¯9"),
            "seed" => put(&mut self.seed, rest.parse().ok(), "a whole number"),
            "pp" => put(&mut self.pp, ranged(rest, 1, 34), "a number from 1 to 34"),
            "io" => put(&mut self.io, ranged(rest, 0, 1), "0 or 1"),
            "box" => put(&mut self.boxing, boxing(rest), "on, off, min, mid or max"),
            "skip" => put(&mut self.skip, Some(rest.to_owned()), ""),
            "xfail" => put(&mut self.xfail, Some(rest.to_owned()), ""),
            "error" => put(&mut self.error, error(rest), "the name or number of an error, as LENGTH"),
            "match" => put(&mut self.pattern, pattern(rest), "a regular expression between slashes, as /[0-9]+/"),
            "lines" => put(&mut self.lines, rest.parse().ok(), "a number of lines"),
            "stdin" => {
                self.stdin.push(rest.to_owned());
                Ok(())
            }
            _ => Err(format!("unknown; there are {NAMES}")),
        }
    }

    /// Lays out results as asked.
    pub fn lay_out(&self, layout: &mut Layout) {
        if let Some((on, style)) = self.boxing {
            layout.boxed = on;
            layout.style = style;
        }
    }
}

/// The file's directives with those of one input.
pub fn merged(file: &Directives, next: &Directives) -> Directives {
    Directives {
        tolerance: next.tolerance.or(file.tolerance),
        skip: next.skip.clone().or_else(|| file.skip.clone()),
        xfail: next.xfail.clone().or_else(|| file.xfail.clone()),
        ..next.clone()
    }
}

/// Refuses a line of input that a directive stands on, where it would be a comment.
pub fn none_behind(line: &str) -> Result<(), String> {
    match scan::comment(line) {
        Some(at) if line[at..].starts_with(MARK) => {
            Err("a directive must stand at the margin, on a line of its own before its input".to_owned())
        }
        _ => Ok(()),
    }
}

/// Gives a directive its value, once.
fn put<T>(slot: &mut Option<T>, value: Option<T>, expected: &str) -> Result<(), String> {
    let value = value.ok_or_else(|| format!("expected {expected}"))?;
    match slot.replace(value) {
        Some(_) => Err("given twice".to_owned()),
        None => Ok(()),
    }
}

/// The name of a directive and what stands behind it.
fn parted(directive: &str) -> (&str, &str) {
    let (name, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    (name, rest.trim())
}

/// Where the directives of a line stand; a pattern may hold what separates two.
fn split(line: &str) -> Vec<Range<usize>> {
    let text = line.trim_start().strip_prefix(MARK).unwrap_or(line).trim_start();
    let mut start = line.len() - text.len();
    let mut parts = Vec::new();
    while start < line.len() {
        let rest = &line[start..];
        let pattern = rest.strip_prefix("match /").and_then(|pattern| pattern.rfind('/'));
        let from = pattern.map_or(0, |close| "match /".len() + close);
        let length = rest[from..].find(BETWEEN).map_or(rest.len(), |at| from + at);
        let part = rest[..length].trim_end();
        parts.push(start..start + part.len());
        let next = &rest[(length + BETWEEN.len()).min(rest.len())..];
        start = line.len() - next.trim_start().len();
    }
    parts
}

/// The line with another number of lines in its directive `lines`; `None` if it has none.
pub fn recounted(line: &str, count: usize) -> Option<String> {
    let place = split(line).into_iter().find(|place| parted(&line[place.clone()]).0 == "lines")?;
    Some(format!("{}lines {count}{}", &line[..place.start], &line[place.end..]))
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
    .filter(|value| *value >= 0.0 && value.is_finite())
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
        return Some(number).filter(|number| *number > 0).map(ErrorKind::from_number);
    }
    let name = text.to_uppercase();
    (1..=1005).map(ErrorKind::from_number).find(|kind| {
        let full = kind.name();
        full == name.as_str() || full.strip_suffix(" ERROR") == Some(&name)
    })
}

fn pattern(text: &str) -> Option<regex_lite::Regex> {
    let inside = text.strip_prefix('/')?.strip_suffix('/')?;
    regex_lite::Regex::new(&format!(r"\A(?:{inside})\z")).ok()
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
        for wrong in [
            "⍝!",
            "⍝!  ",
            "⍝! tol",
            "⍝! tol -1",
            "⍝! tol 1E999",
            "⍝! io 2",
            "⍝! frob 1",
            "⍝! pp3",
            "⍝! match x",
            "⍝! match /(/",
            "⍝! error FROB",
            "⍝! error 0",
            "⍝! lines -1",
            "⍝! pp 3 · pp 4",
            "⍝! pp 3 ·",
            "⍝! box on off",
        ] {
            assert!(Directives::default().read(wrong).is_err(), "{wrong}");
        }
        for wrong in ["⍝! error LENGTH", "⍝! pp 3 · match /x/", "⍝! lines 2", "⍝! stdin a"] {
            assert!(Directives::default().read_for_file(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lines_are_counted_again_in_their_place() {
        let again = |line| recounted(line, 7);
        assert_eq!(again("⍝! lines 3").as_deref(), Some("⍝! lines 7"));
        assert_eq!(
            again("⍝! match /lines 1/ · lines  12 · pp 3").as_deref(),
            Some("⍝! match /lines 1/ · lines 7 · pp 3")
        );
        assert_eq!(again("⍝! skip lines 3"), None);
    }
}
