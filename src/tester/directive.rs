//! Directives: lines that begin with `⍝!` and say how the next input, or a whole file, is run and compared.

use std::ops::Range;
use std::time::Duration;

use super::compare::{Rules, Tolerance};
use super::property::{self, Spec};
use super::units;
use crate::context::{BoxStyle, Layout};
use crate::error::ErrorKind;
use crate::syntax::scan;

/// What begins a directive.
pub const MARK: &str = "⍝!";

const NAMES: &str = "tol, seed, pp, io, box, skip, xfail, only, name, error, match, mask, lines, stdin, time, load, same, \
                     forall, where and cases";

/// Between two directives of a line.
const BETWEEN: &str = " · ";

/// What is asked for; the default asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    /// `tol 1E¯9`: floats may differ by so much, relative to the larger where that is above 1; `tol 1E¯9 abs`, `tol 1E¯9
    /// rel`: by so much in any case, or relative to the larger in any case.
    pub tolerance: Option<Tolerance>,
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
    /// `name TEXT`: what the case is called.
    pub name: Option<String>,
    /// `only`: the other cases of the file are not judged.
    pub only: Option<()>,
    /// `mask /re/`: what matches is not compared.
    pub masks: Vec<regex_lite::Regex>,
    /// `time 5s`: the longest time that the input, or each input of the file, may take.
    pub time: Option<Duration>,
    /// `load ../src`: source files and folders, relative to the file's own folder.
    pub load: Vec<String>,
    /// `same`: all expressions of the input give the same array.
    pub same: Option<()>,
    /// `forall k←float n n · x←float m m`: the input gives its output for every drawing.
    pub forall: Option<Spec>,
    /// `where EXPR`: drawings for which it is not 1 are left out.
    pub condition: Option<String>,
    /// `cases 100`: how many drawings there are.
    pub cases: Option<u32>,
}

impl Directives {
    /// Reads a line that begins with [`MARK`], adding to what earlier lines asked.
    pub fn read(&mut self, line: &str) -> Result<(), String> {
        let directives = split(line);
        if directives.is_empty() {
            return Err(format!("expected a directive: {NAMES}"));
        }
        let mut drawing = false;
        for directive in directives {
            let directive = &line[directive];
            let told = |wrong: String| format!("{directive}: {wrong}");
            if let Some(spec) = self.forall.as_mut().filter(|_| drawing && property::continues(directive)) {
                spec.add(directive).map_err(told)?;
                continue;
            }
            let (name, rest) = parted(directive);
            drawing = name == "forall";
            self.one(name, rest).map_err(told)?;
        }
        Ok(())
    }

    /// What is wrong with directives that stand together before an input.
    pub fn contradiction(&self) -> Option<&'static str> {
        match self {
            Directives { forall: None, condition: Some(_), .. } => Some("where: there is no forall that it belongs to"),
            _ => None,
        }
    }

    /// Whether the input is more than run once and compared with its output: it is a property, or compares expressions.
    pub fn is_claim(&self) -> bool {
        self.forall.is_some() || self.same.is_some()
    }

    /// Reads a line that holds for a whole file: what is about one output does not.
    pub fn read_for_file(&mut self, line: &str) -> Result<(), String> {
        self.read(line)?;
        let about_one = [
            ("error", self.error.is_some()),
            ("match", self.pattern.is_some()),
            ("lines", self.lines.is_some()),
            ("stdin", !self.stdin.is_empty()),
            ("name", self.name.is_some()),
            ("only", self.only.is_some()),
            ("same", self.same.is_some()),
            ("forall", self.forall.is_some()),
            ("where", self.condition.is_some()),
        ];
        match about_one.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("{name}: must stand right before an input, as it cannot hold for a file")),
            None => Ok(()),
        }
    }

    /// How the output is compared.
    pub fn rules(&self) -> Rules<'_> {
        Rules { tolerance: self.tolerance, masks: &self.masks }
    }

    /// Whether a line says what an output must be.
    pub fn asks(mut self, line: &str) -> bool {
        self.read(line).is_ok() && self.expects()
    }

    /// Whether they say what the output must be.
    pub fn expects(&self) -> bool {
        self.error.is_some() || self.pattern.is_some() || self.same.is_some()
    }

    fn one(&mut self, name: &str, rest: &str) -> Result<(), String> {
        match name {
            "tol" => put(&mut self.tolerance, Tolerance::read(rest), "a tolerance, as 1E¯9, 1E¯9 abs or 1E¯9 rel"),
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
            "name" => put(&mut self.name, Some(rest.to_owned()).filter(|name| !name.is_empty()), "a name"),
            "only" => put(&mut self.only, Some(()).filter(|()| rest.is_empty()), "nothing behind it"),
            "same" => put(&mut self.same, Some(()).filter(|()| rest.is_empty()), "nothing behind it"),
            "mask" => {
                let mask = inside(rest).and_then(|inside| regex_lite::Regex::new(inside).ok());
                self.masks.push(mask.ok_or("expected a regular expression between slashes, as /[0-9:]+/")?);
                Ok(())
            }
            "time" => put(&mut self.time, units::duration(rest).ok(), "a time, as 500ms, 10 or 2m"),
            "load" if rest.is_empty() => Err("expected a source file or a folder".to_owned()),
            "load" => {
                self.load.push(rest.to_owned());
                Ok(())
            }
            "forall" => {
                let spec = self.forall.get_or_insert_default();
                spec.add(rest)
            }
            "where" => put(&mut self.condition, Some(rest.to_owned()).filter(|text| !text.is_empty()), "an expression"),
            "cases" => put(&mut self.cases, ranged(rest, 1, 1_000_000), "a number from 1 to 1000000"),
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

/// The directives of a text that can be read, one by one.
fn all(text: &str) -> impl Iterator<Item = Directives> + '_ {
    text.lines().map(str::trim_start).filter(|line| line.starts_with(MARK)).filter_map(|line| {
        let mut directives = Directives::default();
        directives.read(line).is_ok().then_some(directives)
    })
}

/// Whether a case of a text is marked `only`.
pub fn says_only(text: &str) -> bool {
    all(text).any(|directives| directives.only.is_some())
}

/// What a text loads.
pub fn loads(text: &str) -> Vec<String> {
    all(text).flat_map(|directives| directives.load).collect()
}

/// The file's directives with those of one input.
pub fn merged(file: &Directives, next: &Directives) -> Directives {
    Directives {
        tolerance: next.tolerance.or(file.tolerance),
        skip: next.skip.clone().or_else(|| file.skip.clone()),
        xfail: next.xfail.clone().or_else(|| file.xfail.clone()),
        seed: next.seed,
        masks: file.masks.iter().chain(&next.masks).cloned().collect(),
        time: next.time.or(file.time),
        cases: next.cases.or(file.cases),
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
        let pattern = ["match /", "mask /"].iter().find_map(|name| Some((name.len(), rest.strip_prefix(name)?)));
        let from = pattern.and_then(|(before, pattern)| Some(before + pattern.rfind('/')?)).unwrap_or(0);
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

/// What stands between slashes.
fn inside(text: &str) -> Option<&str> {
    text.strip_prefix('/')?.strip_suffix('/').filter(|inside| !inside.is_empty())
}

fn pattern(text: &str) -> Option<regex_lite::Regex> {
    let inside = inside(text)?;
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
        assert_eq!(all.tolerance, Some(Tolerance::mixed(1e-9)));
        assert_eq!(all.seed, Some(42));
        assert_eq!(all.pp, Some(17));
        assert_eq!(all.boxing, Some((true, BoxStyle::Max)));
        assert_eq!(all.io, Some(0));
        assert_eq!(all.lines, Some(3));
        assert_eq!(all.skip.as_deref(), Some("not yet"));
    }

    #[test]
    fn arrays_of_a_property_stand_beside_each_other() {
        let all = read("⍝! forall k←float n n · x←int(0..255) 2..5 m · cases 7 · where 0<≢k");
        assert_eq!(all.forall.map(|spec| spec.arrays.len()), Some(2));
        assert_eq!((all.cases, all.condition.as_deref()), (Some(7), Some("0<≢k")));
        let mut all = read("⍝! forall k←float n n");
        all.read("⍝! forall x←float n").unwrap();
        assert_eq!(all.forall.map(|spec| (spec.arrays.len(), spec.lengths.len())), Some((2, 1)));
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
            "⍝! tol 1E¯9 both",
            "⍝! only this",
            "⍝! mask /(/",
            "⍝! name",
            "⍝! load",
            "⍝! time soon",
            "⍝! cases 0",
            "⍝! forall k",
            "⍝! forall k←int n · pp 3 · x←int n",
            "⍝! where",
        ] {
            assert!(Directives::default().read(wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "⍝! error LENGTH",
            "⍝! pp 3 · match /x/",
            "⍝! lines 2",
            "⍝! stdin a",
            "⍝! forall k←int",
            "⍝! only",
            "⍝! same",
        ] {
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
