//! What became of the inputs of a file.

use std::path::PathBuf;
use std::time::Duration;

use super::compare;
use super::coverage::Recorded;
use super::directive::Directives;
use super::player::{Played, Trouble};
use crate::names::record::Marks;

/// One input, what was expected of it and what it did.
#[derive(Clone, Debug)]
pub struct Case {
    /// The line of the file that it begins on, from 1.
    pub line: usize,
    /// The input, as it was run.
    pub input: String,
    /// The lines that the file expects.
    pub expected: Vec<String>,
    /// The lines that came.
    pub got: Vec<String>,
    /// The judgement.
    pub verdict: Verdict,
    /// Whether the output that came may stand in the file from now on.
    pub acceptable: bool,
    /// What it is called: by a directive, or by the prose above it.
    pub name: Option<String>,
    /// The drawing for which it fails, if it is a property.
    pub counterexample: Option<Counterexample>,
    /// How the arrays differ that it compares, a line each.
    pub detail: Vec<String>,
    /// How long it took.
    pub time: Duration,
    /// Whether it is a property, or compares expressions.
    pub is_claim: bool,
    /// What happened to each phrase of the loaded files, where that is recorded.
    pub ran: Vec<Marks>,
}

impl Case {
    /// An input that has not been run.
    pub fn unrun(line: usize, name: Option<String>, input: String, verdict: Verdict) -> Case {
        Case {
            line,
            input,
            expected: Vec::new(),
            got: Vec::new(),
            verdict,
            acceptable: false,
            name,
            counterexample: None,
            detail: Vec::new(),
            time: Duration::ZERO,
            is_claim: false,
            ran: Vec::new(),
        }
    }

    /// What it is called, or else the first line of its input.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.input.lines().next().unwrap_or_default().trim())
    }
}

/// A drawing for which a property does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// Lines of APL that give its names their values.
    pub assignments: Vec<String>,
    /// The number of the first failing drawing, from 1.
    pub number: u32,
    /// How many times it was made smaller.
    pub steps: usize,
    /// The seed that gives it again.
    pub seed: u64,
}

/// The judgement on an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Other lines than the file expects.
    Differs,
    /// Not the error or the pattern that a directive asks for.
    NotAsAsked,
    /// Not as expected, as expected.
    KnownToDiffer,
    /// As expected, where it was known not to be.
    PassedAfterAll,
    /// A property that does not hold, or cannot be tested; why.
    Falsified(String),
    /// Not run.
    Skipped(String),
    /// Not one of the cases that are wanted: run, if others may need it, but not judged.
    Unselected,
    /// No output to compare with.
    Spoilt(Trouble),
}

impl Verdict {
    /// Whether nothing has to be done.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Passed | Verdict::KnownToDiffer | Verdict::Skipped(_) | Verdict::Unselected)
    }

    /// Judges by the file's expectation, as the directives ask. `expected` is `None` where the file has nothing to
    /// compare with: then only an error matters.
    pub fn of(played: &Played, expected: Option<&[String]>, directives: &Directives) -> Verdict {
        if let Some(trouble) = played.trouble {
            return Verdict::Spoilt(trouble);
        }
        let kind = played.fault.as_ref().map(|fault| fault.kind());
        let same = |expected: &[String]| compare::same(expected, &played.lines, directives.rules());
        let as_asked = directives.error.is_none_or(|wanted| kind == Some(wanted))
            && directives.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&played.lines.join("\n")));
        let as_written = match expected {
            _ if directives.pattern.is_some() => true,
            Some([]) | None if directives.error.is_some() => true,
            None => kind.is_none(),
            Some(lines) => same(lines),
        };
        let passed = as_asked && as_written;
        match (passed, directives.xfail.is_some()) {
            (true, false) => Verdict::Passed,
            (false, false) if !as_asked => Verdict::NotAsAsked,
            (false, false) => Verdict::Differs,
            (false, true) => Verdict::KnownToDiffer,
            (true, true) => Verdict::PassedAfterAll,
        }
    }
}

/// What became of a file.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Its inputs, in order.
    pub cases: Vec<Case>,
    /// Its text, as it was read.
    pub text: String,
    /// The text with the present output in place of the expected, where that differs and may be accepted.
    pub proposed: Option<String>,
    /// Which phrases of the loaded files there are, and which of them ran, where that is recorded.
    pub recorded: Recorded,
}
