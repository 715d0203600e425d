//! Implements rustyline's traits for editing a line by calling completion and highlighting.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Result};

use super::keys::Armed;
use super::{complete, highlight};
use crate::session::lines::needs_more;
use crate::workspace::Class;

/// Shown in place of the prompt's last blank while a backtick waits for its key.
const ARMED: &str = "`";

/// The names of the workspace, and what is being read.
#[derive(Default)]
pub struct Helper {
    /// Whether a backtick waits for its key.
    pub armed: Armed,
    names: Vec<(Rc<str>, Class)>,
    /// `⍞` reads: any text will do.
    data: bool,
    /// The line is final: no bracket stands out any more.
    done: Cell<bool>,
}

impl Helper {
    /// Before APL is read, with these names in the workspace.
    pub fn prepare(&mut self, names: Vec<(Rc<str>, Class)>) {
        self.names = names;
        self.begin(false);
    }

    /// Before any text is read.
    pub fn prepare_for_data(&mut self) {
        self.begin(true);
    }

    fn begin(&mut self, data: bool) {
        self.data = data;
        self.done.set(false);
        self.armed.store(false, Ordering::Relaxed);
    }
}

impl rustyline::Helper for Helper {}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        Ok(complete::candidates(line, position, &self.names))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, position: usize) -> Cow<'l, str> {
        if self.data {
            return Cow::Borrowed(line);
        }
        let cursor = (!self.done.get()).then_some(position);
        Cow::Owned(highlight::coloured(line, cursor, &self.names))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, default: bool) -> Cow<'b, str> {
        match prompt.strip_suffix(' ') {
            Some(rest) if default && self.armed.load(Ordering::Relaxed) => Cow::Owned(rest.to_owned() + ARMED),
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
