//! What all parts of a check share: settings, counts, findings.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::facts::Facts;
use super::findings::{Finding, Fix, Label, Note, Notes};
use super::names::{Closure, Env, Found, Home, Table, Thing};
use crate::array::Value;
use crate::context::{Context, Settings};
use crate::inference::{Abstract, Failure, Symbols};
use crate::session::Session;
use crate::syntax::span::Span;

/// So many nodes are followed for a statement of a script, and for the body of a function.
const STEPS: u32 = 20_000;
/// Arrays that are computed with may take this much, in bytes.
const MEMORY: usize = 16 << 20;

/// The state of a check.
pub struct Engine {
    /// Settings and memory for what is computed.
    pub context: Rc<Context>,
    /// The root namespace.
    pub root: Rc<Home>,
    /// The namespaces that the program makes, by their numbers, with what keeps them.
    pub homes: RefCell<HashMap<u64, (Rc<Home>, Value)>>,
    /// Gives names to lengths.
    pub symbols: Symbols,
    /// What the words of the program tell.
    pub facts: RefCell<Facts>,
    /// Whether `⎕IO` and the other settings are known.
    pub certain: Cell<bool>,
    /// Calls that are being followed: what fails in them is told where they are called.
    pub depth: Cell<usize>,
    /// Operators around that call a function many times, and guards that may keep a statement from being run.
    pub many: Cell<usize>,
    /// Error guards and traps around, which expect errors.
    pub guarded: Cell<usize>,
    /// Whether a function of the program may have been run that was not followed.
    pub lost: Cell<bool>,
    /// How many bodies were followed.
    pub bodies: Cell<usize>,
    /// How many nodes may still be followed.
    steps: Cell<u32>,
    /// Where the last failure arose: file, and what it covers.
    pub failed_at: Cell<Option<(usize, Span)>>,
    /// What may have been meant where the last failure arose.
    pub fix: Cell<Option<(usize, Fix)>>,
    /// What was found.
    pub findings: RefCell<Vec<Finding>>,
    /// What was inferred.
    pub notes: RefCell<Notes>,
    /// What was inferred of names and applications, where that is wanted.
    pub parts: RefCell<Notes>,
    /// What functions give where they stand, by the places of the functions.
    pub results: RefCell<Notes>,
    /// Whether it is.
    pub detailed: Cell<bool>,
    /// Functions whose bodies are still to be looked at by themselves.
    pub pending: RefCell<Vec<Rc<Closure>>>,
    /// Those that were, by file and place.
    pub seen: RefCell<HashSet<(usize, u32)>>,
    /// How often each function is being followed.
    pub active: RefCell<HashMap<(usize, u32), usize>>,
    /// Whether bodies are looked at by themselves: names from outside may have other values when they run.
    pub general: Cell<bool>,
    /// Whether nothing is to be noted.
    pub muted: Cell<bool>,
    /// The functions whose bodies were followed, by file and place, and what all their arguments lay within.
    pub followed: RefCell<HashMap<(usize, Span), [Option<Abstract>; 2]>>,
    /// Whether any of them may have been called otherwise.
    pub unfollowed: Cell<bool>,
    /// Whether the check is to be given up.
    pub stop: RefCell<Option<Box<dyn Fn() -> bool>>>,
    /// Whether it was.
    pub stopped: Cell<bool>,
    /// How many texts were checked again.
    pub texts: Cell<usize>,
    /// Keeps the namespaces.
    _session: Session,
}

/// Takes what a session would show, and gives no input.
struct Silence;

impl crate::console::Console for Silence {
    fn write(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn read(&mut self, _: crate::console::Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }
}

impl Engine {
    /// A check with nothing checked yet.
    pub fn new() -> Engine {
        let session =
            Session::builder().memory_limit(MEMORY).seed(Some(1)).page_width(80).console(Box::new(Silence)).build();
        let (context, space) = session.workspace();
        Engine {
            context,
            root: Rc::new(Home { space, names: Table::default(), certain: Cell::new(true) }),
            homes: RefCell::default(),
            symbols: Symbols::default(),
            facts: RefCell::default(),
            certain: Cell::new(true),
            depth: Cell::new(0),
            many: Cell::new(0),
            guarded: Cell::new(0),
            lost: Cell::new(false),
            bodies: Cell::new(0),
            steps: Cell::new(STEPS),
            failed_at: Cell::new(None),
            fix: Cell::new(None),
            findings: RefCell::default(),
            notes: RefCell::default(),
            parts: RefCell::default(),
            results: RefCell::default(),
            detailed: Cell::new(false),
            pending: RefCell::default(),
            seen: RefCell::default(),
            active: RefCell::default(),
            general: Cell::new(false),
            muted: Cell::new(false),
            followed: RefCell::default(),
            unfollowed: Cell::new(false),
            stop: RefCell::default(),
            stopped: Cell::new(false),
            texts: Cell::new(0),
            _session: session,
        }
    }

    /// Another statement or body is begun.
    pub fn begin(&self) {
        if self.stop.borrow().as_ref().is_some_and(|stop| stop()) {
            self.stopped.set(true);
        }
        self.steps.set(if self.stopped.get() { 0 } else { STEPS });
        self.failed_at.set(None);
    }

    /// Whether another node may be followed.
    pub fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// `⎕IO`, if it is known.
    pub fn origin(&self) -> Option<i64> {
        self.certain.get().then(|| self.context.io())
    }

    /// The settings, to be given back by [`Engine::set_settings`].
    pub fn settings(&self) -> (Settings, bool) {
        (self.context.settings(), self.certain.get())
    }

    /// Gives the settings back that a function has changed.
    pub fn set_settings(&self, (settings, certain): (Settings, bool)) {
        self.context.set_settings(settings);
        self.certain.set(certain);
    }

    /// Whether what is found now is to be told.
    pub fn tells(&self) -> bool {
        self.depth.get() == 0 && self.guarded.get() == 0
    }

    /// Notes where a failure arose, as the outermost expression that has no part of it.
    pub fn failed<T>(&self, env: &Env, span: Span, result: Result<T, Failure>) -> Result<T, Failure> {
        if result.is_err() {
            self.failed_at.set(Some((env.file, span)));
        }
        result
    }

    /// Tells of something that must fail.
    pub fn tell_failure(&self, env: &Env, span: Span, failure: &Failure) {
        if !self.tells() {
            return;
        }
        let (file, span) = self.failed_at.take().filter(|(file, _)| *file == env.file).unwrap_or((env.file, span));
        let fix = self.fix.take().filter(|(of, fix)| *of == file && fix.at >= span.start).map(|(_, fix)| fix);
        self.tell(Finding { file, span, label: Label::Error(failure.kind), text: failure.text.clone(), fix });
    }

    /// Tells of something, once.
    pub fn tell(&self, finding: Finding) {
        let mut findings = self.findings.borrow_mut();
        let same = |other: &Finding| {
            other.file == finding.file && other.span.start == finding.span.start && other.label == finding.label
        };
        if !findings.iter().rev().take(64).any(same) {
            findings.push(finding);
        }
    }

    /// Notes what was inferred of a part of a program.
    pub fn note(&self, env: &Env, span: Span, value: &Abstract) {
        self.note_in(&self.notes, env, span, value);
    }

    /// Notes what was inferred of a name, or of what a function is applied to.
    pub fn note_part(&self, env: &Env, span: Span, value: &Abstract) {
        if self.detailed.get() {
            self.note_in(&self.parts, env, span, value);
        }
    }

    /// Notes what a function gives: for all that it is applied to, and where it stands.
    pub fn note_result(&self, env: &Env, whole: Span, function: Span, value: &Abstract) {
        if self.detailed.get() {
            self.note_in(&self.parts, env, whole, value);
            self.note_in(&self.results, env, function, value);
        }
    }

    fn note_in(&self, notes: &RefCell<Notes>, env: &Env, span: Span, value: &Abstract) {
        if self.muted.get() {
            return;
        }
        let mut notes = notes.borrow_mut();
        let note = notes.entry((env.file, span.start, span.end)).or_insert(Note { general: None, called: None });
        let place = if self.depth.get() == 0 && self.general.get() { &mut note.general } else { &mut note.called };
        *place = Some(match place.take() {
            Some(before) => before.join(value),
            None => value.clone(),
        });
    }

    /// A function of the program may have been called in a way that was not followed.
    pub fn lose(&self) {
        self.lost.set(true);
        self.unfollowed.set(true);
    }

    /// A function is called with these arguments, and its body is followed.
    pub fn follow(&self, key: (usize, Span), left: Option<&Abstract>, right: &Abstract) {
        let mut followed = self.followed.borrow_mut();
        let joined = |before: &Option<Abstract>, now: &Abstract| match before {
            Some(before) => before.join(now),
            None => now.clone(),
        };
        let all = followed.entry(key).or_default();
        *all = [left.map(|left| joined(&all[0], left)).or(all[0].take()), Some(joined(&all[1], right))];
    }

    /// A function is called and its body is not followed, because it has been often enough; whether its arguments may be
    /// others than before.
    pub fn cut(&self, key: (usize, Span), left: Option<&Abstract>, right: &Abstract) {
        self.lost.set(true);
        let followed = self.followed.borrow();
        let covers = |all: &Option<Abstract>, now: Option<&Abstract>| match (all, now) {
            (_, None) => true,
            (Some(all), Some(now)) => all.covers(now),
            (None, Some(_)) => false,
        };
        let covered = followed
            .get(&key)
            .is_some_and(|[all_left, all_right]| covers(all_left, left) && covers(all_right, Some(right)));
        if !covered {
            self.unfollowed.set(true);
        }
    }

    /// What was noted, without what holds only for calls that were followed where there may have been others.
    pub fn noted(&self, notes: &RefCell<Notes>) -> Notes {
        let mut notes = notes.take();
        if self.unfollowed.get() || self.facts.borrow().dynamic {
            let followed = self.followed.borrow();
            let mut spans: Vec<(usize, Span)> = followed.keys().copied().collect();
            spans.sort_by_key(|(file, span)| (*file, span.start));
            // The outermost functions do not overlap.
            let mut outermost: Vec<(usize, Span)> = Vec::new();
            for (file, span) in spans {
                if outermost.last().is_none_or(|(of, last)| *of != file || last.end <= span.start) {
                    outermost.push((file, span));
                }
            }
            for ((file, start, end), note) in notes.iter_mut() {
                let before = outermost.partition_point(|(of, span)| (*of, span.start) <= (*file, *start));
                let inside = before.checked_sub(1).map(|at| outermost[at]);
                if inside.is_some_and(|(of, span)| of == *file && *end <= span.end) {
                    note.called = None;
                }
            }
        }
        notes
    }

    /// What a name stands for.
    pub fn find(&self, env: &Env, symbol: u32, name: &str) -> Found {
        let facts = self.facts.borrow();
        if facts.opaque {
            return Found::Unclear;
        }
        let Some(table) = env.table_of(symbol) else {
            return match env.is_declared(symbol)
                || facts.dynamic
                || facts.set.contains(name)
                || facts.shadowed.contains(name)
            {
                true => Found::Unclear,
                false => Found::Nobody,
            };
        };
        let own = env.frame.as_ref().is_some_and(|frame| std::ptr::eq(&frame.names, table))
            || env.locals.as_ref().is_some_and(|locals| std::ptr::eq(&locals.names, table));
        let table = table.borrow();
        let Some(slot) = table.get(&symbol) else { return Found::Unclear };
        let loose = facts.dynamic
            || facts.volatile.contains(name)
            || facts.changed.contains(name) && (self.lost.get() || self.general.get() && !own)
            || !own && (facts.shadowed.contains(name) || self.general.get() && slot.times > 1);
        match &slot.thing {
            Thing::Unclear => Found::Unclear,
            thing if loose => Found::Thing(thing.loose()),
            thing => Found::Thing(thing.clone()),
        }
    }

    /// Something may have changed any name: nothing is known of them from now on.
    pub fn havoc(&self) {
        self.facts.borrow_mut().dynamic = true;
    }
}
