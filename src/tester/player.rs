//! One file's session: a clear workspace with everything fixed that could make two runs differ.
//!
//! Runs an input and gives back what was displayed. Knows nothing of files or expectations.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::compare::Tolerance;
use super::coverage::{self, Recorded};
use super::directive::Directives;
use super::load;
use super::property::Sample;
use super::select::Wanted;
use crate::array::Value;
use crate::bounds::TIME_LIMIT;
use crate::context::{Asked, Console, Context, Layout};
use crate::error::{ErrorKind, Fault};
use crate::host::{Rights, Substitute, TemporaryFolder};
use crate::names::record::Marks;
use crate::random::Random;
use crate::session::Session;

/// The seed of every file that asks for no other.
const SEED: u64 = 42;

/// Columns of a page.
const PAGE: usize = 80;

/// Bytes of output that an input may display.
const ENOUGH: usize = 16 << 20;

/// Gives a session functions that are written in Rust.
pub type Define = Arc<dyn Fn(&mut Session) -> Result<(), Fault> + Send + Sync>;

/// How a file is played: what it may take, what is there before it, and which of its cases are wanted.
#[derive(Clone, Default)]
pub struct Limits {
    /// The workspace budget in bytes, if not the default.
    pub memory: Option<usize>,
    /// The time of one input.
    pub time: Option<Duration>,
    /// The time of a file.
    pub file_time: Option<Duration>,
    /// What the programs may do outside of their sessions; besides, each has a folder for temporary files.
    pub rights: Rights,
    /// The seed of files that ask for no other.
    pub seed: Option<u64>,
    /// The seed of all drawings, whatever the files ask for.
    pub drawing_seed: Option<u64>,
    /// How many drawings a property has, whatever the files ask for.
    pub cases: Option<u32>,
    /// The tolerance of files that ask for no other.
    pub tolerance: Option<Tolerance>,
    /// Functions that are written in Rust.
    pub natives: Vec<Define>,
    /// Source files, folders and scripts that are loaded first.
    pub load: Vec<PathBuf>,
    /// The folder that paths in the file are relative to.
    pub folder: PathBuf,
    /// Which cases are wanted.
    pub wanted: Wanted,
    /// Cases are found, but not run.
    pub lists: bool,
    /// Which phrases of the loaded files are run is recorded.
    pub records: bool,
    /// A failing drawing is not made smaller.
    pub hasty: bool,
    /// Set at the first failure, after which nothing is run; `None` where all is run.
    pub stop: Option<Arc<AtomicBool>>,
    /// A source file that is read as another one.
    pub substitute: Option<Substitute>,
}

impl Limits {
    /// Whether a case has failed and no more are to be run.
    pub fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Notes a failure.
    pub fn failed(&self) {
        if let Some(stop) = &self.stop {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// A path as a file writes it.
    pub fn path(&self, written: &str) -> PathBuf {
        self.folder.join(written)
    }
}

/// What an input did.
#[derive(Clone, Debug)]
pub struct Played {
    /// What it displayed, a line each, without blanks at the ends.
    pub lines: Vec<String>,
    /// The error that nothing caught, if any.
    pub fault: Option<Fault>,
    /// Why the output is none to compare with.
    pub trouble: Option<Trouble>,
    /// How long it took.
    pub time: Duration,
}

/// Why the output of an input cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A defect of zilde.
    Defect,
    /// Out of time.
    TimedOut,
    /// More output than the limit.
    TooMuch,
    /// The program left the session.
    Left,
    /// Run once more, it displayed something else.
    Unsteady,
}

/// What the lines are that `⍞` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Typed behind what `⍞` wrote, which is part of the answer: in a transcript.
    Typed,
    /// Data: in a program.
    Data,
}

/// A session that plays inputs.
pub struct Player {
    session: Session,
    captured: Rc<RefCell<Captured>>,
    time: Option<Duration>,
    /// When the time of the file is up.
    until: Option<Instant>,
    /// The file's seed.
    seed: u64,
    limits: Limits,
    /// What happened to the phrases of the loaded files while they were loaded, where that is recorded.
    loaded: Vec<Marks>,
    _folder: Option<TemporaryFolder>,
}

impl Player {
    /// A clear workspace, set as the file's own directives ask, with all that is loaded first; or what cannot be loaded
    /// and why.
    pub fn new(limits: &Limits, file: &Directives, answers: Answers) -> Result<Player, String> {
        let seed = file.seed.or(limits.seed).unwrap_or(SEED);
        let captured = Rc::new(RefCell::new(Captured::default()));
        let mut builder = Session::builder().seed(Some(seed)).page_width(PAGE);
        if let Some(bytes) = limits.memory {
            builder = builder.memory_limit(bytes);
        }
        // Without a folder, programs that write files fail.
        let folder = TemporaryFolder::new().ok();
        let mut rights = limits.rights.clone();
        if let Some(folder) = &folder {
            rights = rights.read(folder.path()).write(folder.path());
            builder = builder.temporary_folder(folder.path());
        }
        builder = builder.rights(rights).recording(limits.records).substitute(limits.substitute.clone());
        let session = builder.build_with(Box::new(Capture { captured: captured.clone(), answers }));
        let until = limits.file_time.map(|time| Instant::now() + time);
        let limits = limits.clone();
        let (time, loaded) = (limits.time, Vec::new());
        let mut player = Player { session, captured, time, until, seed, limits, loaded, _folder: folder };
        for define in player.limits.natives.clone() {
            define(&mut player.session).map_err(|fault| fault.headline())?;
        }
        if !player.limits.lists {
            for path in player.limits.load.clone() {
                player.load_path(&path)?;
            }
            player.load(file)?;
        }
        player.loaded = player.ran();
        set(player.session.context(), file);
        Ok(player)
    }

    /// Loads what directives ask for.
    pub fn load(&mut self, directives: &Directives) -> Result<(), String> {
        directives.load.iter().try_for_each(|written| self.load_path(&self.limits.path(written)))
    }

    fn load_path(&mut self, path: &Path) -> Result<(), String> {
        self.session.context().set_deadline(self.deadline(None));
        let loaded = load::load(&mut self.session, path);
        self.session.context().set_deadline(None);
        loaded
    }

    /// When an input that begins now has to end.
    fn deadline(&self, own: Option<Duration>) -> Option<Instant> {
        let end = own.or(self.time).and_then(|time| Instant::now().checked_add(time));
        end.into_iter().chain(self.until).min()
    }

    /// How files are played.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What has happened to each phrase of the loaded files since this was asked last; nothing where that is not recorded.
    pub fn ran(&self) -> Vec<Marks> {
        self.session.recorder().take()
    }

    /// What has been recorded, but for what the cases tell.
    pub fn recorded(&self) -> Recorded {
        let recorder = self.session.recorder();
        let rest = recorder.take();
        Recorded { phrases: coverage::located(&recorder.phrases()), loaded: self.loaded.clone(), rest }
    }

    /// The seed of the drawings of a property.
    pub fn drawing_seed(&self, directives: &Directives) -> u64 {
        self.limits.drawing_seed.or(directives.seed).unwrap_or(self.seed)
    }

    /// Gives the names of a property their values.
    pub fn give(&mut self, names: &[&str], sample: &Sample) -> Result<(), Fault> {
        for (name, drawn) in names.iter().zip(&sample.arrays) {
            let value = drawn.value(self.session.context().memory())?;
            self.session.set(name, value)?;
        }
        Ok(())
    }

    /// Takes the values from names.
    pub fn forget(&mut self, names: &[&str]) {
        names.iter().for_each(|name| self.session.forget(name));
    }

    /// The values of the expressions of an input, without what they display.
    pub fn values(&mut self, input: &str, directives: &Directives) -> Result<Vec<Value>, Fault> {
        let before = self.set_for_now(directives);
        self.session.context().set_deadline(self.deadline(directives.time));
        let values = self.session.values(input);
        self.session.context().set_deadline(None);
        self.set_back(before, directives);
        // What was displayed on the way does not count.
        let _ = self.session.end_line();
        *self.captured.borrow_mut() = Captured::default();
        values
    }

    /// Runs an input as the directives ask; what they set is set back afterwards.
    pub fn play(&mut self, input: &str, directives: &Directives) -> Played {
        *self.captured.borrow_mut() =
            Captured { input: directives.stdin.iter().cloned().collect(), ..Captured::default() };
        let before = self.set_for_now(directives);
        let begun = Instant::now();
        self.session.context().set_deadline(self.deadline(directives.time));
        let outcome = self.session.run(input);
        // Writing fails only if the output is too long; that is checked below.
        let _ = self.session.end_line();
        self.session.context().set_deadline(None);
        self.set_back(before, directives);
        let captured = std::mem::take(&mut *self.captured.borrow_mut());
        let trouble = if captured.overfull {
            Some(Trouble::TooMuch)
        } else if outcome.off.is_some() {
            Some(Trouble::Left)
        } else {
            outcome.last_error.as_ref().and_then(trouble_of)
        };
        Played { lines: lines(&captured.text), fault: outcome.last_error, trouble, time: begun.elapsed() }
    }

    /// Sets what the directives ask; gives what was set before.
    fn set_for_now(&self, directives: &Directives) -> Before {
        let context = self.session.context();
        let before = Before { pp: context.pp(), io: context.io(), layout: context.layout.borrow().clone() };
        if let Some(seed) = directives.seed {
            *context.random.borrow_mut() = Random::seeded(seed);
        }
        set(context, directives);
        before
    }

    /// Sets back what the directives had set, and nothing that the input itself has.
    fn set_back(&self, before: Before, directives: &Directives) {
        let context = self.session.context();
        let mut settings = context.settings();
        if directives.pp.is_some() {
            settings.pp = before.pp;
        }
        if directives.io.is_some() {
            settings.io = before.io;
        }
        context.set_settings(settings);
        if directives.boxing.is_some() {
            *context.layout.borrow_mut() = before.layout;
        }
    }
}

/// Why what an error ended cannot be used.
pub fn trouble_of(fault: &Fault) -> Option<Trouble> {
    match fault.kind() {
        ErrorKind::Internal => Some(Trouble::Defect),
        ErrorKind::Interrupt if fault.message() == Some(TIME_LIMIT) => Some(Trouble::TimedOut),
        _ => None,
    }
}

/// What a directive may change for one input.
struct Before {
    pp: usize,
    io: i64,
    layout: Layout,
}

fn set(context: &Context, directives: &Directives) {
    let mut settings = context.settings();
    settings.pp = directives.pp.unwrap_or(settings.pp);
    settings.io = directives.io.unwrap_or(settings.io);
    context.set_settings(settings);
    directives.lay_out(&mut context.layout.borrow_mut());
}

/// The lines of an output, without blanks at their ends.
pub fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.split('\n').map(|line| line.trim_end().to_owned()).collect()
}

#[derive(Default)]
struct Captured {
    text: String,
    overfull: bool,
    input: VecDeque<String>,
}

struct Capture {
    captured: Rc<RefCell<Captured>>,
    answers: Answers,
}

impl Console for Capture {
    fn write(&mut self, text: &str) -> io::Result<()> {
        let mut captured = self.captured.borrow_mut();
        if captured.text.len() + text.len() > ENOUGH {
            captured.overfull = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        captured.text += text;
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> io::Result<Option<String>> {
        Ok(self.captured.borrow_mut().input.pop_front())
    }

    fn answers_with_line(&self) -> bool {
        self.answers == Answers::Typed
    }
}
