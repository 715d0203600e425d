//! Implements rustyline's traits for editing a line by calling completion and highlighting.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use anstyle::Style;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Result};

use super::keys::{Prefix, State};
use super::marks::{marked, marks};
use super::{PROMPT, highlight};
use crate::code::node::Class;
use crate::frontend::complete::{Candidate, Known, candidates, keys};
use crate::session::lines::needs_more;

/// Shown at the end of the prompt while a backtick waits for its key.
const ARMED: &str = "`";

/// Shown there after a key that types no glyph.
const WRONG: &str = "`?";

/// Tells how many lines a traditional function has, if there is one with this name.
type LineCounts = Box<dyn Fn(&str) -> Option<u32>>;

/// Gives the names in a namespace.
type Members = Box<dyn Fn(&str) -> Vec<(Rc<str>, Class)>>;

/// The names of the workspace, and what is being read.
#[derive(Default)]
pub struct Helper {
    /// Whether a backtick waits for its key.
    pub prefix: Prefix,
    /// Whether lines have colours.
    colours: bool,
    names: Vec<(Rc<str>, Class)>,
    /// The names in other namespaces.
    members: Option<Members>,
    /// How many lines a traditional function has.
    counts: Option<LineCounts>,
    /// `⍞` reads: any text will do.
    data: bool,
    /// The line is final: no bracket stands out any more.
    done: Cell<bool>,
}

impl Helper {
    /// A helper for lines with colours, or without.
    pub fn new(colours: bool) -> Helper {
        Helper { colours, ..Helper::default() }
    }

    /// Before APL is read, with these names in the workspace, those in its namespaces, and so many lines in its
    /// functions.
    pub fn prepare(&mut self, names: Vec<(Rc<str>, Class)>, members: Members, counts: LineCounts) {
        (self.names, self.members, self.counts) = (names, Some(members), Some(counts));
        self.begin(false);
    }

    /// Before any text is read.
    pub fn prepare_for_data(&mut self) {
        self.begin(true);
    }

    fn begin(&mut self, data: bool) {
        self.data = data;
        self.done.set(false);
        self.prefix.set(State::Idle);
    }
}

impl rustyline::Helper for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let pairs = |found: Vec<Candidate>| {
            found.into_iter().map(|found| Pair { display: found.shown, replacement: found.replacement }).collect()
        };
        if self.prefix.state() == State::Armed {
            return Ok((position, pairs(keys())));
        }
        let members = |path: &str| self.members.as_ref().map_or_else(Vec::new, |members| members(path));
        let (start, found) = candidates(line, position, &Known { names: &self.names, members: &members });
        Ok((start, pairs(found)))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, position: usize) -> Cow<'l, str> {
        if self.data {
            return Cow::Borrowed(line);
        }
        let cursor = (!self.done.get()).then_some(position);
        let (shown, style) = match self.colours {
            true => (highlight::coloured(line, cursor, &self.names), Style::new().dimmed()),
            false => (line.to_owned(), Style::new()),
        };
        Cow::Owned(marked(&shown, &marks(line, |name| self.counts.as_ref()?(name)), style))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, default: bool) -> Cow<'b, str> {
        let mark = match self.prefix.state() {
            State::Idle | State::Dropped => return Cow::Borrowed(prompt),
            State::Armed => ARMED,
            State::Wrong => WRONG,
        };
        match prompt.strip_suffix(&PROMPT[..mark.len()]) {
            Some(rest) if default => Cow::Owned(rest.to_owned() + mark),
            _ => Cow::Borrowed(prompt),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.done.set(kind == CmdKind::ForcedRefresh);
        // One more character may change the colour of a whole word, and the cursor marks its bracket's partner.
        true
    }
}

impl Hinter for Helper {
    type Hint = String;
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext) -> Result<ValidationResult> {
        // At a full terminal Enter has seen to it already; this serves one that cannot edit.
        if !self.data && needs_more(context.input()) {
            return Ok(ValidationResult::Incomplete);
        }
        Ok(ValidationResult::Valid(None))
    }
}
