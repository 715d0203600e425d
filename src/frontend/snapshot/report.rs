//! Reports of snapshot tests: for people, with differences in colour, and as TAP.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::Summary;
use super::case::{Case, FileReport, Verdict};
use super::player::Trouble;

/// Lines of a difference that are shown; nobody reads more.
const LONGEST: usize = 100;

/// How text is marked.
#[derive(Clone, Copy)]
pub struct Marks {
    good: Style,
    bad: Style,
    faint: Style,
}

impl Marks {
    /// Colours, or none.
    pub fn new(colours: bool) -> Marks {
        let plain = Style::new();
        if !colours {
            return Marks { good: plain, bad: plain, faint: plain };
        }
        Marks { good: AnsiColor::Green.on_default(), bad: AnsiColor::Red.on_default(), faint: plain.dimmed() }
    }
}

/// What a person wants to know of a file: nothing where all is well.
pub fn pretty<'c>(path: &Path, cases: impl IntoIterator<Item = &'c Case>, marks: Marks) -> String {
    let mut out = String::new();
    for case in cases.into_iter().filter(|case| !case.verdict.is_good()) {
        let Marks { bad, faint, .. } = marks;
        let said = said(&case.verdict);
        // A String takes whatever is written.
        let _ = writeln!(out, "{bad}{}:{}{bad:#} {said}", path.display(), case.line);
        for line in case.input.lines() {
            let _ = writeln!(out, "{faint}      {line}{faint:#}");
        }
        if !matches!(case.verdict, Verdict::PassedAfterAll) {
            difference(&mut out, case, marks);
        }
    }
    out
}

fn difference(out: &mut String, case: &Case, marks: Marks) {
    let lines = |lines: &[String]| lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
    let (expected, got) = (lines(&case.expected), lines(&case.got));
    let diff = TextDiff::from_lines(&expected, &got);
    for (shown, change) in diff.iter_all_changes().enumerate() {
        if shown == LONGEST {
            let _ = writeln!(out, "{}  and more{:#}", marks.faint, marks.faint);
            return;
        }
        let (sign, style) = match change.tag() {
            ChangeTag::Delete => ('-', marks.bad),
            ChangeTag::Insert => ('+', marks.good),
            ChangeTag::Equal => (' ', Style::new()),
        };
        let _ = writeln!(out, "  {style}{sign} {}{style:#}", change.value().trim_end_matches('\n'));
    }
}

fn said(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Differs => "differs",
        Verdict::NotAsAsked => "is not what its directive asks for",
        Verdict::KnownToDiffer => "is known to differ",
        Verdict::PassedAfterAll => "passed, though xfail says it would not",
        Verdict::Skipped(why) => why,
        Verdict::Spoilt(Trouble::Defect) => "found a defect of zilde",
        Verdict::Spoilt(Trouble::TimedOut) => "ran out of time",
        Verdict::Spoilt(Trouble::TooMuch) => "displays too much",
        Verdict::Spoilt(Trouble::Left) => "left the session",
        Verdict::Spoilt(Trouble::Unsteady) => "displays something else each time it is run",
    }
}

/// The last line for a person.
pub fn summed_up(summary: &Summary, marks: Marks) -> String {
    let mut parts = vec![format!("{} passed", summary.passed)];
    let counts = [
        (summary.failed, "failed"),
        (summary.known, "known to differ"),
        (summary.skipped, "skipped"),
        (summary.accepted, "files accepted"),
        (summary.unreadable, "files unreadable"),
    ];
    parts.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let style = if summary.code() == super::super::exit::OK { marks.good } else { marks.bad };
    format!("{style}{} files: {}{style:#}\n", summary.files, parts.join(", "))
}

/// The Test Anything Protocol: a point an input.
pub fn tap(files: &[FileReport]) -> String {
    let cases = || files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case)));
    let mut out = format!("TAP version 13\n1..{}\n", cases().count());
    for (number, (file, case)) in cases().enumerate() {
        let ok = match &case.verdict {
            Verdict::Passed | Verdict::PassedAfterAll | Verdict::Skipped(_) => "ok",
            _ => "not ok",
        };
        let directive = match &case.verdict {
            Verdict::KnownToDiffer | Verdict::PassedAfterAll => " # TODO known to differ".to_owned(),
            Verdict::Skipped(why) => format!(" # SKIP {why}"),
            _ => String::new(),
        };
        // A String takes whatever is written.
        let _ = writeln!(out, "{ok} {} - {}:{}{directive}", number + 1, file.path.display(), case.line);
        if !case.verdict.is_good() {
            let mut detail = format!("{}\n", said(&case.verdict));
            difference(&mut detail, case, Marks::new(false));
            for line in detail.lines() {
                let _ = writeln!(out, "# {line}");
            }
        }
    }
    out
}
