//! Coverage for people: the files with what was not run.

use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anstyle::Style;

use super::{Count, Coverage, Covered, Phrase};
use crate::tester::report::Marks;

/// How a line of the listing is marked.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// There is nothing to run.
    Nothing,
    /// All of it was run.
    Run,
    /// A condition went to one side only.
    Half,
    /// Something was not run.
    Missed,
}

/// A line for each file, the lines of those files where something was not run, and the numbers for all.
pub fn listing(coverage: &Coverage, marks: Marks) -> String {
    let mut out = String::new();
    for (path, file) in &coverage.files {
        let count = file.count();
        let style = marks.of(count.run == count.phrases && count.taken == count.sides);
        // A String takes whatever is written.
        let _ = writeln!(out, "{style}{}{style:#}: {}", from_here(path).display(), counted(&count));
        if count.run < count.phrases || count.taken < count.sides {
            lines(&mut out, file, marks);
        }
    }
    let count = coverage.count();
    let _ = writeln!(out, "coverage: {}", counted(&count));
    out
}

fn counted(count: &Count) -> String {
    let Count { run, phrases, taken, sides } = count;
    format!("{run} of {phrases} phrases run, {taken} of {sides} sides taken, {:.1} %", count.percent())
}

fn lines(out: &mut String, file: &Covered, marks: Marks) {
    for (number, (begin, line, phrases)) in file.lines().into_iter().enumerate() {
        let state = state(&phrases);
        let (sign, style) = match state {
            State::Nothing => (' ', Style::new()),
            State::Run => ('+', marks.of(true)),
            State::Half => ('~', marks.half()),
            State::Missed => ('-', marks.of(false)),
        };
        let _ = write!(out, "{style}{sign}{style:#} {:4}  {}", number + 1, coloured(line, begin, file, marks));
        let notes = notes(&file.text, &phrases, begin..begin + line.len());
        if !notes.is_empty() {
            let _ = write!(out, "   {style}⍝ {}{style:#}", notes.join(" · "));
        }
        out.push('\n');
    }
}

fn state(phrases: &[(Range<usize>, Phrase)]) -> State {
    if phrases.is_empty() {
        State::Nothing
    } else if phrases.iter().any(|(_, phrase)| !phrase.ran()) {
        State::Missed
    } else if phrases.iter().any(|(_, phrase)| !phrase.missing().is_empty()) {
        State::Half
    } else {
        State::Run
    }
}

/// What is missing of the phrases of a line. Of a phrase that was not run, what is within it is not told.
fn notes(text: &str, phrases: &[(Range<usize>, Phrase)], line: Range<usize>) -> Vec<String> {
    let mut notes = Vec::new();
    let mut told = 0;
    for (range, phrase) in phrases {
        let end = range.end.min(line.end);
        let shown = text.get(range.start..end).unwrap_or_default().trim_end();
        if !phrase.ran() {
            if range.start >= told {
                notes.push(format!("never run: {shown}"));
            }
            told = told.max(range.end);
        }
        notes.extend(phrase.missing().into_iter().map(|side| format!("never {side}: {shown}")));
    }
    notes
}

/// A line with its phrases in the colours of what happened to them: the innermost phrase counts.
fn coloured(line: &str, begin: usize, file: &Covered, marks: Marks) -> String {
    let style = |at: usize| {
        file.around(at).map_or(Style::new(), |phrase| match (phrase.ran(), phrase.missing().is_empty()) {
            (false, _) => marks.of(false),
            (true, false) => marks.half(),
            (true, true) => marks.of(true),
        })
    };
    let mut out = String::new();
    let mut now = Style::new();
    for (at, c) in line.char_indices() {
        let next = style(begin + at);
        if next != now {
            let _ = write!(out, "{now:#}{next}");
            now = next;
        }
        out.push(c);
    }
    let _ = write!(out, "{now:#}");
    out
}

/// A path as it is written from the present folder, where it is in it.
pub fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(here).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}
