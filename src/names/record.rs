//! Which phrases of files have been run, and to which sides conditions have gone: for sessions that record it.
//!
//! A phrase is recorded when its bound form is fetched (`code/bind/kept.rs`), which happens each time that it is run, as bodies
//! are run phrase by phrase while a session records. Phrases are known from the definitions of functions.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use crate::code::definition::{CachedPhrase, Source};
use crate::code::program::{Action, Program};
use crate::syntax::span::Span;
use crate::syntax::tree::{Body, Item, ItemKind, Phrase, Statement};

/// What can have happened to a phrase: bits.
pub type Marks = u8;
/// It has been run.
pub const RUN: Marks = 1;
/// A condition was true.
pub const TRUE: Marks = 2;
/// A condition was false.
pub const FALSE: Marks = 4;

/// Records nothing until it is begun.
#[derive(Default)]
pub struct Recorder(OnceCell<RefCell<Record>>);

#[derive(Default)]
struct Record {
    /// The numbers of the phrases: by the address of the text, which is kept, and the place in it.
    numbers: HashMap<(usize, u32), usize>,
    phrases: Vec<Known>,
    /// What has happened to each since the marks were taken.
    marks: Vec<Marks>,
}

/// A phrase of a function that was read from a file.
#[derive(Clone)]
pub struct Known {
    /// The text that it stands in.
    pub source: Rc<Source>,
    /// Its place there.
    pub span: Span,
    /// What it is for.
    pub kind: Kind,
}

/// What a phrase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its value, or what it does.
    Plain,
    /// A decision by 0 or 1: a guard, `:If`, `:While`, `:Until`.
    Condition,
    /// A decision by what it matches: `:Case`.
    Case,
}

impl Recorder {
    /// Records from now on.
    pub fn begin(&self) {
        // Begun twice it goes on.
        let _ = self.0.set(RefCell::default());
    }

    /// Goes on with what another workspace of the session has recorded.
    pub fn take_over(&self, before: &Recorder) {
        if let Some(record) = before.0.get() {
            let _ = self.0.set(RefCell::new(record.take()));
        }
    }

    /// Whether anything is recorded.
    pub fn is_on(&self) -> bool {
        self.0.get().is_some()
    }

    /// Makes the phrases of a dfn known, and those of the dfns in it.
    pub fn dfn(&self, source: &Rc<Source>, body: &Body) {
        self.with(source, |record| record.body(source, body));
    }

    /// The same for a traditional function.
    pub fn program(&self, source: &Rc<Source>, program: &Program) {
        self.with(source, |record| record.program(source, program));
    }

    /// Makes a statement known that is run by itself, as the files are read, and notes that.
    pub fn statement(&self, source: &Rc<Source>, phrase: &Phrase) {
        self.with(source, |record| {
            record.add(source, phrase, Kind::Plain);
            if let Some(&number) = record.numbers.get(&(address(source), phrase.span.start)) {
                record.marks[number] |= RUN;
            }
        });
    }

    /// Notes what has happened to a phrase.
    pub fn note(&self, source: &Rc<Source>, phrase: &CachedPhrase, marks: Marks) {
        self.with(source, |record| {
            if let Some(&number) = record.numbers.get(&(address(source), phrase.phrase.span.start)) {
                record.marks[number] |= marks;
            }
        });
    }

    /// Notes to which side a condition has gone.
    pub fn side(&self, source: &Rc<Source>, phrase: &CachedPhrase, holds: bool) {
        self.note(source, phrase, if holds { TRUE } else { FALSE });
    }

    /// What has happened to each phrase since this was asked last, by its number.
    pub fn take(&self) -> Vec<Marks> {
        let Some(record) = self.0.get() else { return Vec::new() };
        let mut record = record.borrow_mut();
        let fresh = vec![0; record.marks.len()];
        std::mem::replace(&mut record.marks, fresh)
    }

    /// The phrases by their numbers.
    pub fn phrases(&self) -> Vec<Known> {
        self.0.get().map(|record| record.borrow().phrases.clone()).unwrap_or_default()
    }

    /// Does something with the record, if there is one and the text stands in a file.
    #[inline]
    fn with(&self, source: &Source, work: impl FnOnce(&mut Record)) {
        if let Some(record) = self.0.get()
            && source.origin.as_ref().is_some_and(|origin| origin.file.is_some())
        {
            work(&mut record.borrow_mut());
        }
    }
}

fn address(source: &Source) -> usize {
    Rc::as_ptr(&source.text).cast::<u8>() as usize
}

impl Record {
    fn add(&mut self, source: &Rc<Source>, phrase: &Phrase, kind: Kind) {
        if phrase.items.is_empty() {
            return;
        }
        let number = self.phrases.len();
        if let Entry::Vacant(entry) = self.numbers.entry((address(source), phrase.span.start)) {
            entry.insert(number);
            self.phrases.push(Known { source: source.clone(), span: phrase.span, kind });
            self.marks.push(0);
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.inside(source, &phrase.items));
    }

    fn inside(&mut self, source: &Rc<Source>, items: &[Item]) {
        for item in items {
            let mut all = |phrases: &[Phrase]| phrases.iter().for_each(|phrase| self.inside(source, &phrase.items));
            match &item.kind {
                ItemKind::Dfn(body) => self.body(source, body),
                ItemKind::Parens(phrase) => self.inside(source, &phrase.items),
                ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                    all(phrases);
                }
                ItemKind::NamespaceNotation(members) => {
                    members.iter().for_each(|(_, phrase)| self.inside(source, &phrase.items));
                }
                _ => {}
            }
        }
    }

    fn body(&mut self, source: &Rc<Source>, body: &Body) {
        for statement in &body.statements {
            match statement {
                Statement::Expression(phrase) | Statement::Branch(phrase) => self.add(source, phrase, Kind::Plain),
                Statement::Guard { condition, result } => {
                    self.add(source, condition, Kind::Condition);
                    self.add(source, result, Kind::Plain);
                }
                Statement::ErrorGuard { codes, handler } => {
                    self.add(source, codes, Kind::Plain);
                    self.add(source, handler, Kind::Plain);
                }
            }
        }
    }

    fn program(&mut self, source: &Rc<Source>, program: &Program) {
        for step in &program.steps {
            let (phrase, kind) = match &step.action {
                Action::Show(phrase) | Action::Evaluate(phrase) | Action::Branch(phrase) => (phrase, Kind::Plain),
                Action::Test { condition, .. } => (condition, Kind::Condition),
                Action::Case { value, .. } => (value, Kind::Case),
                Action::For { values, .. } => (values, Kind::Plain),
                Action::Select { value, .. } => (value, Kind::Plain),
                Action::With { space, .. } => (space, Kind::Plain),
                Action::Trap { codes, handlers, .. } => {
                    handlers.iter().for_each(|handler| self.add(source, &handler.codes.phrase, Kind::Plain));
                    (codes, Kind::Plain)
                }
                Action::Abort | Action::Jump(_) | Action::Next { .. } | Action::Fail(_) => continue,
            };
            self.add(source, &phrase.phrase, kind);
        }
    }
}
