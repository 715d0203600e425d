//! Mutation: one word of the tested code is changed at a time, and the cases that run it should notice.

mod table;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use table::Change;

use super::coverage::listing::from_here;
use super::coverage::{Coverage, Located};
use super::{FileReport, Limits, Mode, Plan, Selection, Tested, Verdict, spread};
use crate::host::Substitute;
use crate::names::record::{Kind, Marks, RUN};
use crate::random::Random;

/// So many times the time of the tests may be taken.
const TIMES: u32 = 10;
/// At least this time is granted.
const LEAST: Duration = Duration::from_secs(2);
/// The seed of the order in which mutants are tried.
const SEED: u64 = 42;

/// What becomes of all mutants.
#[derive(Debug, Default)]
pub struct Mutation {
    /// The mutants, in the order of the files.
    pub mutants: Vec<Mutant>,
    /// The time that the mutants took.
    pub time: Duration,
}

/// A change of the tested code.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The file.
    pub file: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// What is replaced.
    pub range: Range<usize>,
    /// What it becomes.
    pub with: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// There was no time for it.
    #[default]
    Untried,
    /// It is no APL.
    Malformed,
    /// No case runs it.
    NeverRun,
    /// A case fails.
    Noticed,
    /// No case fails.
    Unnoticed,
}

/// The cases of a test file that a phrase may matter to.
struct Concerned {
    path: PathBuf,
    /// The lines that they begin on.
    lines: Vec<usize>,
    /// The longest time that one of them took.
    longest: Duration,
}

/// Tries the mutants of what the tests load; or gives what became of the tests, if they fail as they are.
pub fn mutate(plan: &Plan, budget: Option<Duration>) -> Result<Mutation, Box<Tested>> {
    let plan = Plan { mode: Mode::Check, ..plan.clone() };
    let begun = Instant::now();
    let tested = super::test(&plan);
    let suite = begun.elapsed();
    if tested.summary.code() != 0 {
        return Err(Box::new(tested));
    }
    let until = begun + budget.unwrap_or_else(|| (suite * TIMES).max(LEAST));
    let recording = Plan { limits: Limits { records: true, ..plan.limits.clone() }, ..plan.clone() };
    let recorded = super::test(&recording);
    let mut mutants = mutants(&Coverage::of(&recorded.files));
    let order = shuffled(mutants.len(), plan.limits.drawing_seed.unwrap_or(SEED));
    let fates = Mutex::new(vec![Fate::default(); mutants.len()]);
    let next = AtomicUsize::new(0);
    spread(&plan, order.len(), &|| {
        while let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            if Instant::now() >= until {
                return;
            }
            let fate = fate(&mutants[number], &recorded.files, &plan, until);
            fates.lock().unwrap_or_else(PoisonError::into_inner)[number] = fate;
        }
    });
    let fates = fates.into_inner().unwrap_or_else(PoisonError::into_inner);
    mutants.iter_mut().zip(fates).for_each(|(mutant, fate)| mutant.fate = fate);
    Ok(Mutation { mutants, time: begun.elapsed() })
}

/// All changes of the phrases of the covered files.
fn mutants(coverage: &Coverage) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (path, covered) in &coverage.files {
        let mut changes = table::of_words(&covered.text);
        changes.retain(|change| covered.around(change.range.start).is_some());
        let conditions = covered.phrases.iter().filter(|(_, phrase)| phrase.kind == Kind::Condition);
        changes.extend(conditions.filter_map(|((start, end), _)| table::negated(&covered.text, *start..*end)));
        changes.sort_by_key(|change| (change.range.start, change.range.end));
        mutants.extend(changes.into_iter().map(|Change { range, with }| Mutant {
            file: path.clone(),
            text: covered.text.clone(),
            range,
            with,
            fate: Fate::default(),
        }));
    }
    mutants
}

/// The numbers below a count in an order of their own.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::seeded(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, random.below(at as u64 + 1) as usize);
    }
    order
}

/// Runs the cases that a mutant concerns.
fn fate(mutant: &Mutant, reports: &[FileReport], plan: &Plan, until: Instant) -> Fate {
    let mut concerned: Vec<Concerned> = reports.iter().filter_map(|report| concerns(mutant, report)).collect();
    if concerned.is_empty() {
        return Fate::NeverRun;
    }
    concerned.sort_by_key(|file| file.longest);
    let changed = mutant.text[..mutant.range.start].to_owned() + &mutant.with + &mutant.text[mutant.range.end..];
    let substitute = Substitute { path: mutant.file.clone(), content: Arc::from(changed.into_bytes()) };
    for Concerned { path, lines, longest } in concerned {
        let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
        let selection =
            Selection { lines: lines.into_iter().map(|line| (whole.clone(), line)).collect(), ..Selection::default() };
        let left = until.saturating_duration_since(Instant::now());
        let limits = Limits {
            substitute: Some(substitute.clone()),
            hasty: true,
            stop: Some(Arc::new(AtomicBool::new(false))),
            // A mutant may run for ever.
            time: Some(longest * 10 + Duration::from_millis(500)),
            file_time: Some(left + Duration::from_secs(1)),
            ..plan.limits.clone()
        };
        match super::play(&path, &Plan { selection, limits, ..plan.clone() }) {
            Ok(report) if report.cases.iter().all(|case| case.verdict.is_good()) => {}
            Ok(_) => return Fate::Noticed,
            Err(why) if why.contains("SYNTAX ERROR") || why.contains("defn error") => return Fate::Malformed,
            Err(_) => return Fate::Noticed,
        }
    }
    Fate::Unnoticed
}

/// The cases of a test file that a mutant may matter to: those that run the changed phrase, and, as inputs may leave
/// values behind, all inputs after the first of them that are no properties. All of them if the phrase is run before the
/// first case.
fn concerns(mutant: &Mutant, report: &FileReport) -> Option<Concerned> {
    let phrase = innermost(&report.recorded.phrases, mutant)?;
    let ran = |marks: &[Marks]| marks.get(phrase).is_some_and(|marks| marks & RUN != 0);
    let loaded = ran(&report.recorded.loaded);
    let first = report.cases.iter().position(|case| loaded || ran(&case.ran));
    let first = first.or_else(|| ran(&report.recorded.rest).then_some(0))?;
    let concerned = |case: &&super::Case| {
        let judged = matches!(case.verdict, Verdict::Passed | Verdict::KnownToDiffer);
        judged && (loaded || ran(&case.ran) || !case.is_claim)
    };
    let cases: Vec<_> = report.cases[first..].iter().filter(concerned).collect();
    let longest = cases.iter().map(|case| case.time).max()?;
    Some(Concerned { path: report.path.clone(), lines: cases.iter().map(|case| case.line).collect(), longest })
}

/// The number of the smallest phrase around a change.
fn innermost(phrases: &[Option<Located>], mutant: &Mutant) -> Option<usize> {
    let around = phrases.iter().enumerate().filter_map(|(number, located)| Some((number, located.as_ref()?)));
    let around = around.filter(|(_, located)| {
        let Range { start, end } = located.range;
        located.file == mutant.file && start <= mutant.range.start && mutant.range.end <= end
    });
    around.min_by_key(|(_, located)| located.range.len()).map(|(number, _)| number)
}

impl Mutant {
    /// The line that it stands on, from 1.
    fn line(&self) -> usize {
        self.text[..self.range.start].matches('\n').count() + 1
    }
}

impl Mutation {
    /// How many have a fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.mutants.iter().filter(|mutant| mutant.fate == fate).count()
    }

    fn listed(&self) -> impl Iterator<Item = (&Mutant, &'static str)> {
        self.mutants.iter().filter_map(|mutant| match mutant.fate {
            Fate::Unnoticed => Some((mutant, "no test notices")),
            Fate::NeverRun => Some((mutant, "no test runs this")),
            Fate::Untried | Fate::Malformed | Fate::Noticed => None,
        })
    }

    /// The mutants that no test notices, and how many became what.
    pub fn report(&self) -> String {
        let mut out = String::new();
        for (mutant, said) in self.listed() {
            let Mutant { file, text, range, with, .. } = mutant;
            let begin = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
            let end = text[range.start..].find('\n').map_or(text.len(), |at| range.start + at);
            let line = text[begin..end].trim_start();
            let before = text[begin..range.start].trim_start().chars().count();
            let old = text[range.clone()].trim_end();
            let change = match &**with {
                "" => format!("without {old}"),
                with => format!("{with} for {old}"),
            };
            let path = from_here(file);
            out += &format!("{}:{}: {said}: {change}\n", path.display(), mutant.line());
            out += &format!("      {line}\n      {}∧\n", " ".repeat(before));
        }
        let malformed = self.count(Fate::Malformed);
        let tried = self.mutants.len() - malformed - self.count(Fate::Untried);
        let counts = [(Fate::Unnoticed, "not noticed"), (Fate::NeverRun, "never run")];
        out += &format!("{tried} mutants: {} noticed", self.count(Fate::Noticed));
        for (fate, said) in counts {
            out += &format!(", {} {said}", self.count(fate));
        }
        match self.count(Fate::Untried) {
            0 => out + "\n",
            left => out + &format!("; {left} more were not tried, for lack of time (--budget)\n"),
        }
    }

    /// A JSON object for each mutant that no test notices, one a line, and the numbers.
    #[cfg(feature = "cli")]
    pub fn json_lines(&self) -> String {
        use serde_json::json;

        let mut out = String::new();
        for (mutant, said) in self.listed() {
            let Mutant { file, text, range, with, .. } = mutant;
            let line = json!({
                "event": "mutant", "file": from_here(file).display().to_string(), "line": mutant.line(),
                "old": &text[range.clone()], "new": with, "outcome": said,
            });
            out += &format!("{line}\n");
        }
        let line = json!({
            "event": "mutation", "noticed": self.count(Fate::Noticed), "unnoticed": self.count(Fate::Unnoticed),
            "never-run": self.count(Fate::NeverRun), "malformed": self.count(Fate::Malformed),
            "untried": self.count(Fate::Untried), "seconds": self.time.as_secs_f64(),
        });
        out + &format!("{line}\n")
    }
}

#[cfg(test)]
mod tests;
