//! Coverage: which phrases of the loaded files were run, and which sides of conditions were taken.
//!
//! `listing.rs` shows it to people, `formats.rs` to other programs.

#[cfg(feature = "cli")]
mod formats;
pub mod listing;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "cli")]
pub use formats::{html, lcov};
pub use listing::listing;

use super::case::FileReport;
use super::{files, project};
use crate::code::definition::Source;
use crate::names::record::{FALSE, Kind, Known, Marks, RUN, TRUE};

/// What the session of a test file has recorded.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The phrases of the loaded files.
    pub phrases: Vec<Option<Located>>,
    /// What happened to each before the first case.
    pub loaded: Vec<Marks>,
    /// What happened to each behind the last case.
    pub rest: Vec<Marks>,
}

/// A phrase of a file.
#[derive(Clone, Debug)]
pub struct Located {
    /// The file.
    pub file: PathBuf,
    /// Its text, with lines that end in LF.
    pub text: Arc<str>,
    /// Where in the text it stands.
    pub range: Range<usize>,
    /// What it is for.
    pub kind: Kind,
}

/// Where the phrases of a session stand in their files; `None` for those of a file that cannot be read any more, and of
/// what sets the tests up.
pub fn located(phrases: &[Known]) -> Vec<Option<Located>> {
    let mut texts: HashMap<String, Option<(PathBuf, Arc<str>)>> = HashMap::new();
    let mut begins: HashMap<usize, Option<usize>> = HashMap::new();
    let mut located = Vec::with_capacity(phrases.len());
    for Known { source, span, kind } in phrases {
        let name = source.origin.as_ref().and_then(|origin| Some(origin.file.as_ref()?.name.clone()));
        let file = name.and_then(|name| texts.entry(name.clone()).or_insert_with(|| text(&name)).clone());
        let mut begin = |text: &str| *begins.entry(Rc::as_ptr(source) as usize).or_insert_with(|| begin(source, text));
        located.push(file.and_then(|(file, text)| {
            let begin = begin(&text)?;
            let range = begin + span.start as usize..begin + span.end as usize;
            text.get(range.clone())?;
            Some(Located { file, text, range, kind: *kind })
        }));
    }
    located
}

fn text(name: &str) -> Option<(PathBuf, Arc<str>)> {
    let path = Path::new(name).canonicalize().ok().filter(|path| !path.ends_with(project::SETUP))?;
    let text = files::read(&path).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
    Some((path, text.into()))
}

/// Where a text begins in its file.
fn begin(source: &Source, file: &str) -> Option<usize> {
    let before = source.origin.as_ref().map_or(0, |origin| origin.before);
    let line = match before {
        0 => 0,
        _ => file.match_indices('\n').nth(before - 1)?.0 + 1,
    };
    let part = source.text.trim_end();
    Some(line + file.get(line..)?.find(part)?)
}

/// What all test files have covered of the loaded ones.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The loaded files.
    pub files: BTreeMap<PathBuf, Covered>,
}

/// A loaded file.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Its text.
    pub text: Arc<str>,
    /// Its phrases, by where they begin and end.
    pub phrases: BTreeMap<(usize, usize), Phrase>,
}

/// A phrase, and what happened to it.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    /// What it is for.
    pub kind: Kind,
    /// What happened.
    pub marks: Marks,
}

/// How many there are, and how many of them were run or taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Phrases that were run.
    pub run: usize,
    /// All phrases.
    pub phrases: usize,
    /// Sides of conditions that were taken.
    pub taken: usize,
    /// All sides.
    pub sides: usize,
}

impl Count {
    /// Phrases that were run and sides that were taken, of a hundred; 100 where there are none.
    pub fn percent(&self) -> f64 {
        match self.phrases + self.sides {
            0 => 100.0,
            all => 100.0 * (self.run + self.taken) as f64 / all as f64,
        }
    }

    fn add(self, other: Count) -> Count {
        Count {
            run: self.run + other.run,
            phrases: self.phrases + other.phrases,
            taken: self.taken + other.taken,
            sides: self.sides + other.sides,
        }
    }
}

impl Phrase {
    /// Whether it decides.
    pub fn has_sides(&self) -> bool {
        self.kind != Kind::Plain
    }

    /// Whether it has been run.
    pub fn ran(&self) -> bool {
        self.marks & RUN != 0
    }

    /// The sides that were never taken of a condition that was run.
    pub fn missing(&self) -> Vec<&'static str> {
        let sides = [(TRUE, "true"), (FALSE, "false")];
        let missing = sides.into_iter().filter(|(side, _)| self.has_sides() && self.ran() && self.marks & side == 0);
        missing.map(|(_, name)| name).collect()
    }
}

impl Covered {
    /// The numbers for the file.
    pub fn count(&self) -> Count {
        let sides = |phrase: &Phrase| (phrase.marks & (TRUE | FALSE)).count_ones() as usize;
        self.phrases.values().fold(Count::default(), |count, phrase| {
            count.add(Count {
                run: usize::from(phrase.ran()),
                phrases: 1,
                taken: if phrase.has_sides() { sides(phrase) } else { 0 },
                sides: if phrase.has_sides() { 2 } else { 0 },
            })
        })
    }

    /// The innermost phrase around a place in the text.
    pub fn around(&self, at: usize) -> Option<&Phrase> {
        let around = self.phrases.range(..(at + 1, 0)).rev().find(|((_, end), _)| *end > at);
        around.map(|(_, phrase)| phrase)
    }

    /// The lines of the file, each with where it begins and the phrases that begin on it.
    pub fn lines(&self) -> Vec<(usize, &str, Vec<(Range<usize>, Phrase)>)> {
        let mut at = 0;
        let lines = self.text.split_inclusive('\n').map(|line| {
            let begin = at;
            at += line.len();
            let phrases = self.phrases.range((begin, 0)..(at, 0));
            let phrases = phrases.map(|((start, end), phrase)| (*start..*end, *phrase)).collect();
            (begin, line.trim_end_matches('\n'), phrases)
        });
        lines.collect()
    }
}

impl Coverage {
    /// What the reports of test files tell together.
    pub fn of(reports: &[FileReport]) -> Coverage {
        let mut coverage = Coverage::default();
        for FileReport { recorded, cases, .. } in reports {
            let all = [&recorded.loaded, &recorded.rest].into_iter().chain(cases.iter().map(|case| &case.ran));
            let mut marks = vec![0; recorded.phrases.len()];
            for ran in all {
                marks.iter_mut().zip(ran).for_each(|(marks, more)| *marks |= more);
            }
            for (located, marks) in recorded.phrases.iter().zip(marks) {
                let Some(Located { file, text, range, kind }) = located else { continue };
                let covered = coverage
                    .files
                    .entry(file.clone())
                    .or_insert_with(|| Covered { text: text.clone(), phrases: BTreeMap::new() });
                let phrase = Phrase { kind: *kind, marks: 0 };
                covered.phrases.entry((range.start, range.end)).or_insert(phrase).marks |= marks;
            }
        }
        coverage
    }

    /// The numbers for all files.
    pub fn count(&self) -> Count {
        self.files.values().fold(Count::default(), |count, file| count.add(file.count()))
    }
}
