//! A check of texts: files, an expression, the inputs of a transcript.

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use super::engine::Engine;
use super::facts;
use super::findings::{Finding, Label, Notes};
use super::names::{Env, Home, Thing};
use super::nodes::Evaluated;
use super::traditional::{lines_of, syntax_failure};
use crate::code::definition::{CachedPhrase, Source};
use crate::code::node::Class;
use crate::error::ErrorKind;
use crate::inference::{Abstract, Failure};
use crate::session::lines;
use crate::syntax::fault::SyntaxError;
use crate::syntax::scan::first_line;
use crate::syntax::span::Span;
use crate::syntax::token::tokens_at;
use crate::syntax::traditional::{self, Member, Script};
use crate::syntax::tree::Statement;
use crate::syntax::{TO_THE_END, grammar};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines that are run one after the other: `.apl`, `.apls`, an expression.
    Script,
    /// A function or operator: `.aplf`, `.aplo`.
    Function,
    /// A namespace or several: `.apln`, `.dyalog`.
    Space,
    /// An array in array notation: `.apla`.
    Array,
    /// Lines of input at six blanks, and their output: `.aplt`.
    Transcript,
}

impl Form {
    /// By the extension of a file.
    pub fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()? {
            "apl" | "apls" => Some(Form::Script),
            "aplf" | "aplo" => Some(Form::Function),
            "apln" | "dyalog" => Some(Form::Space),
            "apla" => Some(Form::Array),
            "aplt" => Some(Form::Transcript),
            _ => None,
        }
    }
}

/// A text that is checked.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name, without folder and extension: what a file defines.
    pub name: String,
    /// What it is.
    pub form: Form,
    /// The text.
    pub text: Rc<str>,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Errors and warnings, by file and place.
    pub findings: Vec<Finding>,
    /// What was inferred of phrases.
    pub notes: Notes,
    /// What was inferred of names and applications, where that was wanted.
    pub parts: Notes,
    /// What functions give, by the places of the functions.
    pub results: Notes,
    /// The classes of the names outside of functions and namespaces.
    pub classes: Vec<(Rc<str>, Class)>,
}

/// Texts that belong together: what one defines the others may use.
pub struct Project {
    engine: Engine,
    sources: Vec<Rc<Source>>,
    inputs: Vec<Input>,
}

impl Project {
    /// A check of some texts.
    pub fn new(mut inputs: Vec<Input>) -> Project {
        for input in &mut inputs {
            // A file of one function may have it between `∇` and `∇`, as scripts have.
            let first = input.text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('⍝'));
            if input.form == Form::Function && first.is_some_and(|line| line.starts_with(['∇', ':'])) {
                input.form = Form::Space;
            }
        }
        let sources = inputs.iter().map(|input| Rc::new(Source::new(input.text.clone()))).collect();
        Project { engine: Engine::new(), sources, inputs }
    }

    /// The same where something else sets these names.
    pub fn knowing(self, names: &[String]) -> Project {
        self.engine.facts.borrow_mut().set.extend(names.iter().map(|name| name.as_str().into()));
        self
    }

    /// The same where a name stands for an array, of which this is known.
    pub fn given(self, name: &str, value: Abstract) -> Project {
        let symbol = self.engine.root.space.symbol(&name.into());
        let (source, home) = (Rc::new(Source::new("")), self.engine.root.clone());
        Env { source, file: 0, home, frame: None, locals: None }.set(symbol, Thing::Array(value));
        self
    }

    /// The same, with what is inferred of names and applications.
    pub fn detailed(self) -> Project {
        self.engine.detailed.set(true);
        self
    }

    /// The same, given up when this says so. What was found until then is not to be told.
    pub fn until(self, stop: impl Fn() -> bool + 'static) -> Project {
        *self.engine.stop.borrow_mut() = Some(Box::new(stop));
        self
    }

    /// Checks all of them; `None` where the check was given up.
    pub fn finished(&self) -> Option<Checked> {
        let checked = self.check();
        (!self.engine.stopped.get()).then_some(checked)
    }

    /// Checks some lines of a script that has been checked and has become another text, after these lines have changed.
    /// Names that are set once are known as they were at the end of the check, of the others nothing is known.
    pub fn again(&self, text: &str, lines: Range<usize>) -> Checked {
        let engine = &self.engine;
        let Some(part) = text.get(lines.clone()) else { return Checked::default() };
        let file = self.inputs.len() + engine.texts.replace(engine.texts.get() + 1);
        let source = Rc::new(Source::new(text));
        let env = Env { source: source.clone(), file, home: engine.root.clone(), frame: None, locals: None };
        engine.stop.take();
        engine.stopped.set(false);
        engine.general.set(true);
        self.script_facts(part);
        self.unused(part, lines.start, file);
        let mut later = Vec::new();
        self.script(&env, part, lines.start, &mut later);
        for Later { home, offset, definition, .. } in later {
            engine.traditional(&source, file, &home, offset, &definition);
        }
        engine.pending_bodies();
        engine.general.set(false);
        let mut checked = self.found();
        checked.findings.iter_mut().for_each(|finding| finding.file = 0);
        for notes in [&mut checked.notes, &mut checked.parts, &mut checked.results] {
            let moved = std::mem::take(notes).into_iter().filter(|((of, ..), _)| *of == file);
            *notes = moved.map(|((_, start, end), note)| ((0, start, end), note)).collect();
        }
        checked
    }

    /// Checks all of them.
    pub fn check(&self) -> Checked {
        for at in 0..self.inputs.len() {
            self.facts(at);
        }
        let order = |input: &Input| match input.form {
            Form::Function => 0,
            Form::Array => 1,
            Form::Space => 2,
            Form::Script | Form::Transcript => 3,
        };
        let mut all: Vec<usize> = (0..self.inputs.len()).collect();
        all.sort_by_key(|&at| order(&self.inputs[at]));
        let mut later = Vec::new();
        for &at in &all {
            self.text(at, &mut later);
        }
        for Later { file, home, offset, definition } in later {
            self.engine.traditional(&self.sources[file], file, &home, offset, &definition);
        }
        self.engine.pending_bodies();
        self.found()
    }

    /// What was found and inferred since the last time.
    fn found(&self) -> Checked {
        let mut findings = self.engine.findings.take();
        findings.sort_by_key(|finding| (finding.file, finding.span.start));
        let table = self.engine.root.names.borrow();
        let space = &self.engine.root.space;
        let named =
            |(symbol, slot): (&u32, &super::names::Slot)| Some((space.workspace.name(*symbol)?, slot.thing.class()?));
        let classes = table.iter().filter_map(named).collect();
        Checked {
            findings,
            notes: self.engine.noted(&self.engine.notes),
            parts: self.engine.noted(&self.engine.parts),
            results: self.engine.noted(&self.engine.results),
            classes,
        }
    }

    /// What the words of a text tell.
    fn facts(&self, at: usize) {
        let (input, engine) = (&self.inputs[at], &self.engine);
        let text = &*input.text;
        match input.form {
            Form::Function if !self.is_dfn(at) => match traditional::definition(text, TO_THE_END) {
                Ok(definition) => engine.traditional_facts(text, &definition.header),
                Err(_) => lines_of(text, &mut engine.facts.borrow_mut(), None),
            },
            Form::Space => self.space_facts(text),
            Form::Transcript => {
                for (_, unit) in inputs(text) {
                    self.script_facts(unit);
                }
            }
            _ => self.script_facts(text),
        }
        let mut facts = engine.facts.borrow_mut();
        if input.form != Form::Script && input.form != Form::Transcript {
            facts.set.insert(input.name.as_str().into());
        }
        drop(facts);
        if input.form != Form::Transcript {
            self.unused(text, 0, at);
        }
    }

    /// Tells of local names of dfns that are never used. Those of a text that does not parse are not known.
    fn unused(&self, text: &str, start: usize, file: usize) {
        let Ok(tokens) = tokens_at(text, start, TO_THE_END) else { return };
        for (name, span) in facts::unused(&tokens) {
            let text = format!("{name} is set and never used");
            self.engine.tell(Finding { file, span, label: Label::Unused, text, fix: None });
        }
    }

    fn script_facts(&self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (line, after) = lines::logical_line(rest);
            self.line_facts(line);
            rest = after;
        }
    }

    fn line_facts(&self, line: &str) {
        let engine = &self.engine;
        if lines::is_command(line) {
            let first = line.split_whitespace().next().unwrap_or_default().to_lowercase();
            let sets = [")load", ")xload", ")copy", ")pcopy", ")clear", ")erase", ")cs", "]import", ")ns"];
            engine.facts.borrow_mut().dynamic |= sets.contains(&&*first);
        } else if lines::is_definition(line) && lines::defined_dfn(line).is_none() {
            let inside = function_of(line).1;
            match traditional::definition(inside, TO_THE_END) {
                Ok(definition) => engine.traditional_facts(inside, &definition.header),
                Err(_) => lines_of(inside, &mut engine.facts.borrow_mut(), None),
            }
        } else if lines::begins_script(line) {
            self.space_facts(line);
        } else {
            lines_of(line.trim_matches('∇'), &mut engine.facts.borrow_mut(), None);
        }
    }

    fn space_facts(&self, text: &str) {
        match traditional::script(text, TO_THE_END) {
            Ok(script) => self.script_members(text, &script),
            Err(_) => lines_of(text, &mut self.engine.facts.borrow_mut(), None),
        }
    }

    fn script_members(&self, text: &str, script: &Script) {
        self.engine.facts.borrow_mut().set.extend(script.name.clone());
        for member in &script.members {
            match member {
                Member::Function(span) => match traditional::definition(span.of(text), TO_THE_END) {
                    Ok(definition) => self.engine.traditional_facts(span.of(text), &definition.header),
                    Err(_) => lines_of(span.of(text), &mut self.engine.facts.borrow_mut(), None),
                },
                Member::Code(span) => lines_of(span.of(text), &mut self.engine.facts.borrow_mut(), None),
                Member::Space(inner) => self.script_members(text, inner),
                Member::Require(_) => self.engine.facts.borrow_mut().dynamic = true,
            }
        }
    }

    /// Whether a function's file is a dfn's: the name and an arrow.
    fn is_dfn(&self, at: usize) -> bool {
        let text = &*self.inputs[at].text;
        let mut rest = text;
        while !rest.is_empty() {
            let (line, length) = first_line(rest);
            let code = line.trim_start_matches('\u{feff}').trim_start();
            if !code.is_empty() && !code.starts_with('⍝') {
                return tokens_at(line, 0, TO_THE_END)
                    .map_or(true, |tokens| traditional::header(&tokens, Span::default()).is_err());
            }
            rest = &rest[length..];
        }
        true
    }

    /// Carries out a text.
    fn text(&self, at: usize, later: &mut Vec<Later>) {
        let (input, engine) = (&self.inputs[at], &self.engine);
        let env = self.env(at, &engine.root);
        match input.form {
            Form::Script => self.script(&env, &input.text, 0, later),
            Form::Transcript => {
                for (start, unit) in inputs(&input.text) {
                    self.logical(&env, unit, start, later);
                }
            }
            Form::Function if self.is_dfn(at) => self.code(&env, &input.text, 0),
            Form::Function => self.function(&env, &input.text, 0, later),
            Form::Space => self.space(&env, &input.text, 0, later),
            Form::Array => {
                engine.begin();
                let value = match self.body(&env, &input.text, 0) {
                    Some(statements) => statements.iter().fold(None, |_, statement| self.statement(&env, statement)),
                    None => None,
                };
                let symbol = env.home.space.symbol(&input.name.as_str().into());
                env.set(symbol, Thing::Array(value.unwrap_or_else(Abstract::unknown)));
            }
        }
    }

    fn env(&self, file: usize, home: &Rc<Home>) -> Env {
        Env { source: self.sources[file].clone(), file, home: home.clone(), frame: None, locals: None }
    }

    fn script(&self, env: &Env, text: &str, start: usize, later: &mut Vec<Later>) {
        let mut rest = text;
        while !rest.is_empty() && !self.engine.stopped.get() {
            let (line, after) = lines::logical_line(rest);
            let offset = start + text.len() - rest.len();
            if !(offset == 0 && line.starts_with("#!")) {
                self.logical(env, line, offset, later);
            }
            rest = after;
        }
    }

    /// A logical line of a script.
    fn logical(&self, env: &Env, line: &str, start: usize, later: &mut Vec<Later>) {
        if lines::is_command(line) {
            return;
        }
        if lines::is_definition(line) {
            if let Some(inside) = lines::defined_dfn(line) {
                let offset = start + (inside.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
                return self.code(env, inside, offset);
            }
            let (offset, inside) = function_of(line);
            return self.function(env, inside, start + offset, later);
        }
        if lines::begins_script(line) {
            return self.space(env, line, start, later);
        }
        if lines::is_structured(line) {
            self.engine.begin();
            return match traditional::code(line, TO_THE_END) {
                Ok(code) => self.engine.code(env, &code, start),
                Err(error) => self.refused(env, &error, start),
            };
        }
        self.code(env, line, start);
    }

    /// Statements.
    fn code(&self, env: &Env, text: &str, start: usize) {
        let Some(statements) = self.body(env, text, start) else { return };
        for statement in &statements {
            self.engine.begin();
            self.statement(env, statement);
        }
    }

    fn body(&self, env: &Env, text: &str, start: usize) -> Option<Vec<Statement>> {
        let body = tokens_at(text, start, TO_THE_END).and_then(|tokens| grammar::statements_while(&tokens, TO_THE_END));
        match body {
            Ok(body) => Some(body.statements),
            Err(error) => {
                self.refused(env, &error, 0);
                None
            }
        }
    }

    fn statement(&self, env: &Env, statement: &Statement) -> Option<Abstract> {
        let (Statement::Expression(phrase) | Statement::Branch(phrase)) = statement else {
            let failure = Failure::new(ErrorKind::Syntax, "a guard outside of a dfn");
            let (Statement::Guard { condition: at, .. } | Statement::ErrorGuard { codes: at, .. }) = statement else {
                return None;
            };
            self.engine.tell_failure(env, at.span, &failure);
            return None;
        };
        match self.engine.told(env, &CachedPhrase::new(phrase)) {
            Evaluated::Array(Ok(value), _) => Some(value),
            _ => None,
        }
    }

    fn refused(&self, env: &Env, error: &SyntaxError, offset: usize) {
        self.engine.tell_failure(env, error.span.moved(offset), &syntax_failure(error));
    }

    /// A traditional function; its body is looked at when all names are known.
    fn function(&self, env: &Env, text: &str, offset: usize, later: &mut Vec<Later>) {
        match traditional::definition(text, TO_THE_END) {
            Ok(definition) => {
                self.engine.define(env, &definition.header);
                later.push(Later { file: env.file, home: env.home.clone(), offset, definition });
            }
            Err(error) => self.refused(env, &error, offset),
        }
    }

    /// A script of namespaces.
    fn space(&self, env: &Env, text: &str, start: usize, later: &mut Vec<Later>) {
        match traditional::script(text, TO_THE_END) {
            Ok(script) => self.members(env, text, start, &script, later),
            Err(error) => self.refused(env, &error, start),
        }
    }

    fn members(&self, env: &Env, text: &str, start: usize, script: &Script, later: &mut Vec<Later>) {
        for member in &script.members {
            match member {
                Member::Function(span) => self.function(env, span.of(text), start + span.start as usize, later),
                Member::Code(span) => {
                    self.script(env, span.of(text), start + span.start as usize, later);
                }
                Member::Space(inner) => {
                    let Some((home, reference)) = self.engine.new_space(&env.home, inner.name.as_deref()) else {
                        continue;
                    };
                    if let Some(name) = &inner.name {
                        env.set(env.home.space.symbol(name), Thing::Array(reference));
                    }
                    let _inside = self.engine.enter(&home);
                    self.members(&env.within(&home), text, start, inner, later);
                }
                Member::Require(_) => {}
            }
        }
    }
}

/// A traditional function whose body is still to be looked at.
struct Later {
    file: usize,
    home: Rc<Home>,
    offset: usize,
    definition: traditional::Definition,
}

impl Engine {
    /// The bodies of functions that are still to be looked at by themselves.
    pub fn pending_bodies(&self) {
        loop {
            let Some(closure) = self.pending.borrow_mut().pop().filter(|_| !self.stopped.get()) else { break };
            self.alone(&closure);
        }
    }
}

/// The lines of a definition between `∇` and `∇`, and where they begin.
fn function_of(line: &str) -> (usize, &str) {
    let begin = line.find('∇').map_or(0, |at| at + '∇'.len_utf8());
    let inside = lines::closing(line).unwrap_or(line);
    let inside = inside.get(begin..).unwrap_or_default();
    (begin, inside.trim_end_matches(['\n', '\r', ' ', '\t']))
}

/// The inputs of a transcript with their places: lines at six blanks, joined while something is open.
pub fn inputs(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (line, length) = first_line(&text[at..]);
        if let Some(input) = line.strip_prefix("      ").filter(|input| !input.trim().is_empty()) {
            let start = at + line.len() - input.len();
            match found.last_mut() {
                Some((begin, end)) if lines::needs_more(&text[*begin..*end]) => *end = at + line.len(),
                _ => found.push((start, at + line.len())),
            }
        }
        at += length;
        // The two lines below the name of an error are its report.
        if !line.starts_with(' ') && line.split(':').next().is_some_and(|name| name.ends_with(" ERROR")) {
            at += first_line(&text[at..]).1;
            at += first_line(&text[at..]).1;
        }
    }
    found.into_iter().map(|(start, end)| (start, &text[start..end])).collect()
}

/// Lines and columns of byte offsets in a text, both from 1, columns in characters.
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Of a text.
    pub fn new(text: &'t str) -> Lines<'t> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Line and column of an offset.
    pub fn place(&self, offset: u32) -> (usize, usize) {
        let offset = (offset as usize).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        (line, self.text.get(start..offset).map_or(1, |before| before.chars().count() + 1))
    }
}
