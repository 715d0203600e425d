//! One file's session: a clear workspace with everything fixed that could make two runs differ.
//!
//! Runs an input and gives back what was displayed. Knows nothing of files or expectations.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::directive::Directives;
use crate::bounds::TIME_LIMIT;
use crate::context::{Asked, Console, Context, Layout};
use crate::error::{ErrorKind, Fault};
use crate::host::{Rights, TemporaryFolder};
use crate::random::Random;
use crate::session::Session;

/// The seed of every file that asks for no other.
const SEED: u64 = 42;

/// Columns of a page.
const PAGE: usize = 80;

/// Bytes of output that an input may display.
const ENOUGH: usize = 16 << 20;

/// What one input may take.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The workspace budget in bytes, if not the default.
    pub memory: Option<usize>,
    /// The time of one input.
    pub time: Option<Duration>,
    /// What the programs may do outside of their sessions; besides, each has a folder for temporary files.
    pub rights: Rights,
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
    _folder: Option<TemporaryFolder>,
}

impl Player {
    /// A clear workspace, set as the file's own directives ask.
    pub fn new(limits: &Limits, file: &Directives, answers: Answers) -> Player {
        let captured = Rc::new(RefCell::new(Captured::default()));
        let mut builder = Session::builder()
            .console(Box::new(Capture { captured: captured.clone(), answers }))
            .seed(Some(file.seed.unwrap_or(SEED)))
            .page_width(PAGE);
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
        builder = builder.rights(rights);
        let session = builder.build();
        set(session.context(), file);
        Player { session, captured, time: limits.time, _folder: folder }
    }

    /// Runs an input as the directives ask; what they set is set back afterwards.
    pub fn play(&mut self, input: &str, directives: &Directives) -> Played {
        *self.captured.borrow_mut() =
            Captured { input: directives.stdin.iter().cloned().collect(), ..Captured::default() };
        let before = self.set_for_now(directives);
        self.session.context().set_deadline(self.time.map(|time| Instant::now() + time));
        let outcome = self.session.run(input);
        // Writing fails only if the output is too long; that is checked below.
        let _ = self.session.end_line();
        self.session.context().set_deadline(None);
        self.set_back(before, directives);
        let captured = std::mem::take(&mut *self.captured.borrow_mut());
        let timed_out = |fault: &Fault| fault.kind() == ErrorKind::Interrupt && fault.message() == Some(TIME_LIMIT);
        let trouble = if captured.overfull {
            Some(Trouble::TooMuch)
        } else if outcome.off.is_some() {
            Some(Trouble::Left)
        } else {
            match &outcome.last_error {
                Some(fault) if fault.kind() == ErrorKind::Internal => Some(Trouble::Defect),
                Some(fault) if timed_out(fault) => Some(Trouble::TimedOut),
                _ => None,
            }
        };
        Played { lines: lines(&captured.text), fault: outcome.last_error, trouble }
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

fn lines(text: &str) -> Vec<String> {
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
