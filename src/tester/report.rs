//! Reports for people, with differences in colour. Those for other programs are in `formats.rs`.

use std::fmt::Write;
use std::path::Path;

use super::Summary;
use super::case::{Case, Counterexample, FileReport, Verdict};
use super::player::Trouble;
use anstyle::{AnsiColor, Style};

/// Lines of a difference that are shown; nobody reads more.
const LONGEST: usize = 100;

/// How text is marked.
#[derive(Clone, Copy)]
pub struct Marks {
    good: Style,
    bad: Style,
    faint: Style,
    colours: bool,
}

impl Marks {
    /// The colour of what is as it should be, or of what is not.
    pub fn of(&self, good: bool) -> Style {
        if good { self.good } else { self.bad }
    }

    /// The colour of what is in between.
    pub fn half(&self) -> Style {
        if self.colours { AnsiColor::Yellow.on_default() } else { Style::new() }
    }

    /// Colours, or none.
    pub fn new(colours: bool) -> Marks {
        let plain = Style::new();
        if !colours {
            return Marks { good: plain, bad: plain, faint: plain, colours };
        }
        let (good, bad) = (AnsiColor::Green.on_default(), AnsiColor::Red.on_default());
        Marks { good, bad, faint: plain.dimmed(), colours }
    }
}

/// What a person wants to know of a file: nothing where all is well.
pub fn pretty<'c>(path: &Path, cases: impl IntoIterator<Item = &'c Case>, marks: Marks) -> String {
    let mut out = String::new();
    for case in cases.into_iter().filter(|case| !case.verdict.is_good()) {
        let Marks { bad, faint, .. } = marks;
        let said = said(&case.verdict);
        // A String takes whatever is written.
        let name = case.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = writeln!(out, "{bad}{}:{}{bad:#} {said}{name}", path.display(), case.line);
        for line in case.input.lines() {
            let _ = writeln!(out, "{faint}      {line}{faint:#}");
        }
        if !matches!(case.verdict, Verdict::PassedAfterAll) {
            difference(&mut out, path, case, marks);
        }
    }
    out
}

/// What a case shows, against what is expected; for a property the arrays that it fails for.
pub fn difference(out: &mut String, path: &Path, case: &Case, marks: Marks) {
    let lines = |lines: &[String]| lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
    let (expected, got) = (lines(&case.expected), lines(&case.got));
    lines_of(out, &expected, &got, marks);
    for line in &case.detail {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(found) = &case.counterexample {
        let Counterexample { number, steps, seed, assignments } = found;
        let _ = writeln!(out, "  drawing {number}, made smaller in {steps} steps; as a case of its own:");
        for line in assignments.iter().map(String::as_str).chain(case.input.lines()) {
            let _ = writeln!(out, "      {line}");
        }
        case.expected.iter().for_each(|line| {
            let _ = writeln!(out, "{line}");
        });
        let _ = writeln!(out, "  again: zilde test {}:{} --seed {seed}", path.display(), case.line);
    }
}

/// The lines of two texts, each that is in one of them only with a sign, and with what differs in it emphasised.
#[cfg(feature = "cli")]
fn lines_of(out: &mut String, expected: &str, got: &str, marks: Marks) {
    use similar::{ChangeTag, TextDiff};

    let diff = TextDiff::from_lines(expected, got);
    let mut shown = 0;
    'all: for op in diff.ops() {
        for change in diff.iter_inline_changes(op) {
            if shown == LONGEST {
                let _ = writeln!(out, "{}  and more{:#}", marks.faint, marks.faint);
                break 'all;
            }
            shown += 1;
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', marks.bad),
                ChangeTag::Insert => ('+', marks.good),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let _ = write!(out, "  {style}{sign} {style:#}");
            // Within a line that changed, what differs is emphasised.
            for (emphasised, text) in change.iter_strings_lossy() {
                let text = text.trim_end_matches('\n');
                let style = if emphasised && marks.colours { style.invert() } else { style };
                if !text.is_empty() {
                    let _ = write!(out, "{style}{text}{style:#}");
                }
            }
            out.push('\n');
        }
    }
}

/// Without the crates of the program: the lines of both texts, with signs.
#[cfg(not(feature = "cli"))]
fn lines_of(out: &mut String, expected: &str, got: &str, marks: Marks) {
    for (sign, style, text) in [('-', marks.bad, expected), ('+', marks.good, got)] {
        for line in text.lines().take(LONGEST) {
            let _ = writeln!(out, "  {style}{sign} {line}{style:#}");
        }
    }
}

/// The cases that took longest.
pub fn slowest(files: &[FileReport], count: usize) -> String {
    let mut cases: Vec<(&FileReport, &Case)> =
        files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case))).collect();
    cases.sort_by_key(|(_, case)| std::cmp::Reverse(case.time));
    let line = |(file, case): &(&FileReport, &Case)| {
        format!("{:9.3} s {}:{} {}\n", case.time.as_secs_f64(), file.path.display(), case.line, case.title())
    };
    cases.iter().take(count).map(line).collect()
}

/// A verdict in words.
pub fn said(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Differs => "differs",
        Verdict::NotAsAsked => "is not what its directive asks for",
        Verdict::KnownToDiffer => "is known to differ",
        Verdict::PassedAfterAll => "passed, though xfail says it would not",
        Verdict::Falsified(why) => why,
        Verdict::Unselected => "is not wanted",
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
    let style = if summary.code() == 0 { marks.good } else { marks.bad };
    format!("{style}{} files: {}{style:#}\n", summary.files, parts.join(", "))
}
