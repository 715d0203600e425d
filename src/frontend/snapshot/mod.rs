//! Snapshot tests of programs in APL, `zilde test`: what a file shows is compared with what its inputs display now.
//!
//! Files run side by side, each in a session of its own. The format is described in docs/snapshots.md.

mod case;
mod compare;
mod directive;
mod files;
mod inline;
mod markdown;
mod player;
mod report;
mod text;
mod transcript;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::args::{Format, Options, TestArgs};
use super::exit;
use super::output::Output;
use case::{Case, FileReport, Verdict};
use files::{Form, Found};
use player::{Limits, Trouble};
use transcript::Kind;

/// Stack of a thread that runs a file: address space, not memory.
const STACK: usize = 64 << 20;

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
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Summary { spoilt: 1.., .. } => exit::DEFECT,
            Summary { unreadable: 1.., .. } | Summary { files: 0, .. } => exit::USAGE,
            Summary { failed: 1.., .. } => exit::ERROR,
            _ => exit::OK,
        }
    }

    fn count(&mut self, case: &Case, accepted: bool) {
        match &case.verdict {
            Verdict::Passed => self.passed += 1,
            _ if accepted && case.acceptable => self.passed += 1,
            Verdict::Differs | Verdict::NotAsAsked | Verdict::PassedAfterAll => self.failed += 1,
            Verdict::KnownToDiffer => self.known += 1,
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
fn play(path: &Path, limits: &Limits, mode: Mode) -> Result<FileReport, String> {
    let text = files::read(path)?;
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", &*text),
    };
    let (mut cases, new) = played(path, body, limits)?;
    if cases.is_empty() {
        return Err(format!("{}: checks nothing: {}", path.display(), nothing(files::form(path))));
    }
    let differs = new != body;
    if differs && mode != Mode::Check {
        let (again, _) = played(path, &new, limits)?;
        for (case, again) in cases.iter_mut().zip(&again) {
            if (case.acceptable || case.verdict.is_good()) && !again.verdict.is_good() {
                case.verdict = Verdict::Spoilt(Trouble::Unsteady);
                case.acceptable = false;
            }
        }
    }
    let proposed = differs.then(|| mark.to_owned() + &new);
    Ok(FileReport { path: path.to_path_buf(), cases, text, proposed })
}

fn played(path: &Path, body: &str, limits: &Limits) -> Result<(Vec<Case>, String), String> {
    // The programs read what is in the present folder and in the folder of their file.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let limits = &Limits { rights: limits.rights.clone().read(".").read(folder), ..*limits };
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

/// Plays files, up to `jobs` at a time; the reports come in the files' order.
fn play_all(paths: &[PathBuf], limits: &Limits, mode: Mode, jobs: usize) -> Vec<Result<FileReport, String>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(paths.len()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(number) else { return };
            let report = play(path, limits, mode);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, report));
        }
    };
    thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..jobs.clamp(1, paths.len().max(1)) {
            started += usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).is_ok());
        }
        if started == 0 {
            work();
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, report)| report).collect()
}

/// Plays the snapshots of files and folders; gives what became of them and the messages about files that are none.
pub fn test(paths: &[PathBuf], filter: Option<&str>, mode: Mode, limits: &Limits, jobs: usize) -> Tested {
    let mut tested = Tested::default();
    let Found { files: mut found, complaints } = files::find(paths);
    tested.summary.unreadable += complaints.len();
    tested.complaints = complaints;
    found.retain(|path| filter.is_none_or(|text| path.to_string_lossy().contains(text)));
    for report in play_all(&found, limits, mode, jobs) {
        let written = report.and_then(|report| settle(&report, mode).map(|accepted| (report, accepted)));
        match written {
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
    files: Vec<FileReport>,
}

impl Tested {
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
            files::replace(&files::review_of(path), proposed).map_err(told)?;
            Ok(false)
        }
        (Mode::Accept, Some(proposed)) => {
            let now = files::read(path)?;
            if now != report.text && now != *proposed {
                return Err(format!("{}: changed while it was played; nothing is accepted", path.display()));
            }
            files::replace(path, proposed).map_err(told)?;
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

/// Whether this runs where programs are built and tested without anybody who looks on.
fn is_unattended() -> bool {
    let value = std::env::var_os("CI").unwrap_or_default();
    !["", "0", "false"].iter().any(|off| value.eq_ignore_ascii_case(off))
}

/// `zilde test`. Returns the exit code.
pub fn main(args: &TestArgs, options: &Options) -> u8 {
    let mode = match args {
        TestArgs { accept: true, .. } => Mode::Accept,
        TestArgs { review: true, .. } => Mode::Review,
        _ => Mode::Check,
    };
    if mode == Mode::Accept && is_unattended() {
        exit::complain("--accept is refused under CI (the environment variable CI is set): accept where you can look");
        return exit::USAGE;
    }
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here } else { &args.paths[..] };
    let jobs = args.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let limits = Limits { memory: options.max_ws, time: Some(args.timeout), rights: options.grants.rights() };
    let tested = test(paths, args.filter.as_deref(), mode, &limits, jobs);
    for complaint in &tested.complaints {
        exit::complain(complaint);
    }
    if tested.summary.files == 0 && tested.complaints.is_empty() {
        exit::complain("no snapshots found");
    }
    let colours = super::terminal::has_colours();
    let output = Output::stdout(options.closed);
    // A failure shows at the end.
    let _ = match args.format {
        Format::Tap => output.write(&report::tap(&tested.files)),
        _ => show(&output, &tested, mode, report::Marks::new(colours)),
    };
    exit::finished(&output, tested.summary.code())
}

fn show(output: &Output, tested: &Tested, mode: Mode, marks: report::Marks) -> std::io::Result<()> {
    for file in &tested.files {
        match (mode, &file.proposed) {
            (Mode::Accept, Some(_)) => output.write(&format!("accepted {}\n", file.path.display()))?,
            (Mode::Review, Some(_)) => output.write(&format!("review {}.new\n", file.path.display()))?,
            _ => {}
        }
        let accepted = |case: &&Case| mode == Mode::Accept && case.acceptable;
        let rest = file.cases.iter().filter(|case| !accepted(case));
        output.write(&report::pretty(&file.path, rest, marks))?;
    }
    output.write(&report::summed_up(&tested.summary, marks))
}

#[cfg(test)]
mod accepting;
#[cfg(test)]
mod tests;
