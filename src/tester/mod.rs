//! Tests of programs in APL, `zilde test`: what a file shows is compared with what its inputs display now, and what it
//! claims is tested on arrays that are drawn.
//!
//! Files run side by side, each in a session of its own. The format is described in docs/snapshots.md.

mod case;
mod claim;
mod compare;
pub mod coverage;
mod difference;
mod directive;
pub(crate) mod files;
#[cfg(feature = "cli")]
mod formats;
mod inline;
mod load;
mod markdown;
pub mod mutation;
mod play;
mod player;
mod project;
mod property;
mod report;
mod select;
mod text;
mod transcript;
pub mod units;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use case::{Case, FileReport, Verdict};
use files::{Form, Found};
#[cfg(feature = "cli")]
pub use formats::{github, json_lines, junit, tap};
use play::Played;
pub use player::{Define, Limits, Trouble};
pub use project::Project;
pub use report::{Marks, pretty, slowest, summed_up};
pub use select::Selection;
use transcript::Kind;
pub use transcript::transcribed;

/// What a run of the tests is to do.
#[derive(Clone, Default)]
pub struct Plan {
    /// Files, folders, and `FILE:LINE`.
    pub paths: Vec<PathBuf>,
    /// Only files whose path contains this.
    pub filter: Option<String>,
    /// What is done about differences.
    pub mode: Mode,
    /// How files are played.
    pub limits: Limits,
    /// Which cases are wanted.
    pub selection: Selection,
    /// How many files run at the same time; as many as there are processors where it is not said.
    pub jobs: Option<usize>,
    /// Which part of the files, from 1, of how many.
    pub shard: Option<(usize, usize)>,
    /// The project that the files belong to.
    pub project: Project,
}

/// Stack of a thread that runs a file. Deeper recursion goes on in pieces that are charged to the workspace.
const STACK: usize = 16 << 20;

/// What is done about differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They are reported.
    #[default]
    Check,
    /// The files are rewritten.
    Accept,
    /// What the files would become is written beside them.
    Review,
}

/// How many inputs and files became what.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files that were played.
    pub files: usize,
    /// Inputs as expected.
    pub passed: usize,
    /// Inputs not as expected, accepted ones left out.
    pub failed: usize,
    /// Inputs that were spoilt by a defect or ran out of time.
    pub spoilt: usize,
    /// Inputs that are known to differ.
    pub known: usize,
    /// Inputs that were not run.
    pub skipped: usize,
    /// Files that were rewritten.
    pub accepted: usize,
    /// Files that could not be read, understood or written.
    pub unreadable: usize,
}

impl Summary {
    /// The exit code of `zilde test`.
    pub fn code(&self) -> u8 {
        match self {
            Summary { spoilt: 1.., .. } => 3,
            Summary { unreadable: 1.., .. } | Summary { files: 0, .. } => 2,
            Summary { failed: 1.., .. } => 1,
            _ => 0,
        }
    }

    fn count(&mut self, case: &Case, accepted: bool) {
        match &case.verdict {
            Verdict::Passed => self.passed += 1,
            _ if accepted && case.acceptable => self.passed += 1,
            Verdict::Differs | Verdict::NotAsAsked | Verdict::PassedAfterAll | Verdict::Falsified(_) => {
                self.failed += 1
            }
            Verdict::KnownToDiffer => self.known += 1,
            Verdict::Unselected => {}
            Verdict::Skipped(_) => self.skipped += 1,
            Verdict::Spoilt(trouble) => {
                self.failed += 1;
                self.spoilt += usize::from(matches!(trouble, Trouble::Defect | Trouble::TimedOut));
            }
        }
    }
}

/// Runs one file. A text that is to be written is run once more, so that accepted output passes; an input whose output
/// differs between the two runs is reported.
fn play(path: &Path, plan: &Plan) -> Result<FileReport, String> {
    let text = files::read(path)?;
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", &*text),
    };
    let limits = limits_of(path, body, plan);
    let Played { mut cases, text: new, mut recorded } = played(path, body, &limits)?;
    if cases.is_empty() && !plan.limits.is_stopped() {
        return Err(format!("{}: checks nothing: {}", path.display(), nothing(files::form(path))));
    }
    let differs = new != body;
    if differs && plan.mode != Mode::Check {
        let again = played(path, &new, &limits)?.cases;
        for (case, again) in cases.iter_mut().zip(&again) {
            if (case.acceptable || case.verdict.is_good()) && !again.verdict.is_good() {
                case.verdict = Verdict::Spoilt(Trouble::Unsteady);
                case.acceptable = false;
            }
        }
    }
    for case in cases.iter().filter(|case| case.verdict == Verdict::Unselected) {
        recorded.rest.iter_mut().zip(&case.ran).for_each(|(rest, ran)| *rest |= ran);
    }
    cases.retain(|case| case.verdict != Verdict::Unselected);
    let proposed = differs.then(|| mark.to_owned() + &new);
    Ok(FileReport { path: path.to_path_buf(), cases, text, proposed, recorded })
}

/// How one file is played.
fn limits_of(path: &Path, text: &str, plan: &Plan) -> Limits {
    let folder = folder_of(path);
    // The programs read what is in the present folder and in the folder of their file.
    let rights = plan.limits.rights.clone().read(".").read(folder);
    let mut limits = Limits { rights, folder: folder.to_path_buf(), ..plan.limits.clone() };
    limits.wanted = plan.selection.of(path, directive::says_only(text));
    let given: Vec<PathBuf> = plan.project.load.iter().map(|path| limits.path(&path.to_string_lossy())).collect();
    limits.load = given.into_iter().chain(plan.project.setups(path)).collect();
    limits
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The files that what a test file shows depends on: itself, what it loads, and what is set up for it.
pub fn sources(path: &Path, plan: &Plan) -> Vec<PathBuf> {
    let text = files::read(path).unwrap_or_default();
    let limits = limits_of(path, &text, plan);
    let loaded = directive::loads(&text).into_iter().map(|written| limits.path(&written));
    [path.to_path_buf()].into_iter().chain(limits.load.clone()).chain(loaded).collect()
}

fn played(path: &Path, body: &str, limits: &Limits) -> Result<Played, String> {
    let played = match files::form(path) {
        Form::Transcript(kind) => transcript::play(body, kind, limits),
        Form::Inline => inline::play(body, limits),
    };
    played.map_err(|(line, why)| format!("{}:{line}: {why}", path.display()))
}

/// Why a file of this form checks nothing.
fn nothing(form: Form) -> &'static str {
    match form {
        Form::Transcript(Kind::Whole) => "input begins with six blanks",
        Form::Transcript(Kind::Fenced) => "no block is marked as apl",
        Form::Inline => "an answer stands behind ⍝→",
    }
}

/// Plays files, some at a time; the reports come in the files' order.
fn play_all(paths: &[PathBuf], plan: &Plan) -> Vec<Result<FileReport, String>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(paths.len()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(number).filter(|_| !plan.limits.is_stopped()) else { return };
            let report = play(path, plan);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, report));
        }
    };
    spread(plan, paths.len(), &work);
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, report)| report).collect()
}

/// Runs `work` on as many threads as the plan and the number of pieces allow, until all have returned.
fn spread(plan: &Plan, pieces: usize, work: &(impl Fn() + Sync)) {
    let jobs = plan.jobs.or(plan.project.jobs);
    let jobs = jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..jobs.clamp(1, pieces.max(1)) {
            started += usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).is_ok());
        }
        if started == 0 {
            work();
        }
    });
}

/// The files of a plan, and what is wrong with its paths.
pub fn found(plan: &mut Plan) -> (Vec<PathBuf>, Vec<String>) {
    let mut paths = Vec::new();
    for path in &plan.paths {
        let (file, line) = select::with_line(path);
        if let Some(line) = line {
            let whole = file.canonicalize().unwrap_or_else(|_| file.clone());
            plan.selection.lines.push((whole, line));
        }
        paths.push(file);
    }
    let Found { mut files, complaints } = files::find(&paths);
    let filter = plan.filter.as_deref();
    files.retain(|path| filter.is_none_or(|text| path.to_string_lossy().contains(text)));
    if let Some(failed) = &plan.selection.failed {
        let known =
            |path: &PathBuf| path.canonicalize().is_ok_and(|whole| failed.iter().any(|(file, _)| *file == whole));
        files.retain(known);
    }
    if let Some((part, parts)) = plan.shard {
        files = files.into_iter().enumerate().filter(|(at, _)| at % parts == part - 1).map(|(_, path)| path).collect();
    }
    (files, complaints)
}

/// Plays the tests in files and folders; gives what became of them and the messages about files that are none.
pub fn test(plan: &Plan) -> Tested {
    let mut plan = plan.clone();
    let (found, complaints) = found(&mut plan);
    let mut tested = Tested::default();
    tested.summary.unreadable += complaints.len();
    tested.complaints = complaints;
    for report in play_all(&found, &plan) {
        let written = report.and_then(|report| settle(&report, plan.mode).map(|accepted| (report, accepted)));
        match written {
            // No case of the file is wanted.
            Ok((report, _)) if report.cases.is_empty() => {}
            Ok((report, accepted)) => {
                tested.summary.files += 1;
                tested.summary.accepted += usize::from(accepted);
                for case in &report.cases {
                    tested.summary.count(case, accepted);
                }
                tested.files.push(report);
            }
            Err(complaint) => {
                tested.complaints.push(complaint);
                tested.summary.unreadable += 1;
            }
        }
    }
    tested
}

/// What became of all files.
#[derive(Debug, Default)]
pub struct Tested {
    /// The numbers.
    pub summary: Summary,
    /// Files that could not be read, understood or written, and why.
    pub complaints: Vec<String>,
    /// The files that were played, in order.
    pub files: Vec<FileReport>,
}

impl Tested {
    /// The time of all cases.
    pub fn time(&self) -> Duration {
        self.files.iter().flat_map(|file| &file.cases).map(|case| case.time).sum()
    }

    /// What a person wants to know, without colours.
    pub fn report(&self) -> String {
        let marks = report::Marks::new(false);
        let complaints: String = self.complaints.iter().map(|complaint| format!("{complaint}\n")).collect();
        let files: String = self.files.iter().map(|file| report::pretty(&file.path, &file.cases, marks)).collect();
        complaints + &files + &report::summed_up(&self.summary, marks)
    }
}

/// Writes a file or its review as the mode requires; returns whether the file was rewritten. A review that is out of date
/// is removed.
fn settle(report: &FileReport, mode: Mode) -> Result<bool, String> {
    let path = &report.path;
    let told = |error: std::io::Error| error.to_string();
    match (mode, &report.proposed) {
        (Mode::Review, Some(proposed)) => {
            files::replace(&files::review_of(path), proposed)?;
            Ok(false)
        }
        (Mode::Accept, Some(proposed)) => {
            let now = files::read(path)?;
            if now != report.text && now != *proposed {
                return Err(format!("{}: changed while it was played; nothing is accepted", path.display()));
            }
            files::replace(path, proposed)?;
            files::remove_review(path).map_err(told)?;
            Ok(true)
        }
        (Mode::Accept | Mode::Review, None) => files::remove_review(path).map_err(told).map(|()| false),
        (Mode::Check, _) => {
            if report.cases.iter().all(|case| case.verdict.is_good()) {
                // Where nothing may be written it stays.
                let _ = files::remove_review(path);
            }
            Ok(false)
        }
    }
}

/// The case at a line of a file, if its output differs now and could be accepted.
pub fn difference_at(path: &Path, line: usize, plan: &Plan) -> Option<Case> {
    let report = play(path, &only_at(path, line, plan)).ok()?;
    report.cases.into_iter().find(|case| case.line == line && case.acceptable)
}

/// Accepts what the case at a line of a file displays now; gives by how many lines the text becomes longer.
pub fn accept_at(path: &Path, line: usize, plan: &Plan) -> Result<isize, String> {
    let report = play(path, &Plan { mode: Mode::Accept, ..only_at(path, line, plan) })?;
    let more =
        report.proposed.as_ref().map_or(0, |new| new.lines().count() as isize - report.text.lines().count() as isize);
    match settle(&report, Mode::Accept)? {
        true => Ok(more),
        false => Err(format!("{}:{line}: displays something else each time it is run", path.display())),
    }
}

/// The plan for one case.
fn only_at(path: &Path, line: usize, plan: &Plan) -> Plan {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let selection = Selection { lines: vec![(whole, line)], ..Selection::default() };
    Plan { selection, mode: Mode::Check, ..plan.clone() }
}

#[cfg(test)]
mod accepting;
#[cfg(test)]
mod tests;
