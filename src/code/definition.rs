//! The definition of a user function or operator: its text, its statements with their bound forms, its local names. Calls
//! are in `vm/`.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use super::controls::Controls;
use super::instruction::Code;
use super::node::{Bound, Class};
use super::program::Program;
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Place, Result};
use crate::names::space::Space;
use crate::names::user::Latest;
use crate::syntax::GoOn;
use crate::syntax::fault::{SyntaxError, SyntaxErrorKind};
use crate::syntax::span::Span;
use crate::syntax::tree::{Body, Item, ItemKind, Phrase, Statement};
use crate::syntax::{grammar, normal};

/// A file that source was read from.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its encoding.
    pub encoding: String,
    /// The code points of its first line end.
    pub line_end: Vec<i32>,
    /// What was in it.
    pub bytes: Vec<u8>,
}

/// Where a text stands in a longer one: a script, or a file.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file, if it is one.
    pub file: Option<Rc<File>>,
    /// The number of lines before the text.
    pub before: usize,
}

/// A text that is evaluated: a line of the session, a script, a text given to `⍎`.
#[derive(Debug)]
pub struct Source {
    /// The text.
    pub text: Rc<str>,
    /// Whether it was given to `⍎`.
    pub executed: bool,
    /// The script or file that it is a part of.
    pub origin: Option<Origin>,
    /// Where the lines end, once someone has asked for it.
    line_ends: OnceCell<Vec<u32>>,
}

/// Reads a text that may be long, and polls on the way.
pub fn reading<T>(context: &Context, read: impl FnOnce(GoOn) -> T) -> Result<T> {
    let stopped = Cell::new(None);
    let go_on = || match context.poll() {
        Ok(()) => true,
        Err(fault) => {
            stopped.set(Some(fault));
            false
        }
    };
    let read = read(&go_on);
    stopped.take().map_or(Ok(read), Err)
}

impl Source {
    /// A text that was typed.
    pub fn new(text: impl Into<Rc<str>>) -> Source {
        Source { text: text.into(), executed: false, origin: None, line_ends: OnceCell::new() }
    }

    /// A text that was given to `⍎`.
    pub fn executed(text: impl Into<Rc<str>>) -> Source {
        Source { executed: true, ..Source::new(text) }
    }

    /// A script, or a file.
    pub fn script(text: impl Into<Rc<str>>, file: Option<Rc<File>>) -> Source {
        Source { origin: Some(Origin { file, before: 0 }), ..Source::new(text) }
    }

    /// The same as a part of a script or file.
    pub fn within(self, origin: Option<Origin>) -> Source {
        Source { origin, ..self }
    }

    /// A part of it as a text of its own, without blanks at its end.
    pub fn part(&self, span: Span) -> Source {
        let origin = self
            .origin
            .as_ref()
            .map(|origin| Origin { file: origin.file.clone(), before: origin.before + self.lines_before(span.start) });
        Source { origin, ..Source::new(span.of(&self.text).trim_end()) }
    }

    /// Where a part of it stands in the script or file that it belongs to.
    pub fn extent(&self, span: Span) -> Extent {
        let Some(origin) = &self.origin else { return Extent::default() };
        let lines = span.of(&self.text).trim_end().matches('\n').count() + 1;
        Extent { before: origin.before + self.lines_before(span.start), lines }
    }

    /// The number of line ends before a byte offset.
    fn lines_before(&self, offset: u32) -> usize {
        let ends = || self.text.match_indices('\n').map(|(at, _)| at as u32).collect();
        self.line_ends.get_or_init(ends).partition_point(|end| *end < offset)
    }

    /// Where a line is in the file that the text stands in, `FILE:LINE`: the one that is `lines` below that of a byte
    /// offset. `None` if the text stands in no file.
    pub fn in_file(&self, offset: u32, lines: usize) -> Option<String> {
        let origin = self.origin.as_ref()?;
        let file = origin.file.as_ref()?;
        Some(format!("{}:{}", file.name, 1 + origin.before + self.lines_before(offset) + lines))
    }

    /// Places an error in this text.
    pub fn locate(&self, fault: &mut Fault, place: Place) {
        fault.set_place(place);
        if self.executed {
            fault.in_execute();
        }
    }

    /// The statements of the text, of `text` if it is read in another form. Polls on the way.
    pub fn parse(&self, context: &Context, text: &str) -> Result<Body> {
        reading(context, |go_on| grammar::parse_while(text, go_on))?.map_err(|error| self.refused(&error))
    }

    /// A text that does not parse, as a fault with its place.
    pub fn refused(&self, error: &SyntaxError) -> Fault {
        let mut fault = unplaced(error);
        self.locate(&mut fault, self.place(error.span.start, None));
        fault
    }

    /// Where a byte offset of the text is, as an error report shows it. `inside`: the named function that it belongs
    /// to and where its definition begins.
    pub fn place(&self, caret: u32, inside: Option<(&str, u32)>) -> Place {
        let caret = (caret as usize).min(self.text.len());
        let start = self.text[..caret].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let end = self.text[caret..].find(['\n', '\r']).map_or(self.text.len(), |at| caret + at);
        let line = &self.text[start..end];
        let blanks = line.len() - line.trim_start().len();
        let column = self.text[start..caret].chars().count();
        let heading = match inside {
            None => " ".repeat(6),
            Some((name, begin)) => {
                let first = (begin as usize).min(caret);
                let number = self.text[first..caret].matches('\n').count();
                format!("{name}[{number}] ")
            }
        };
        Place {
            heading,
            line: line.trim_start().into(),
            column: column.saturating_sub(blanks),
            file: self.in_file(caret as u32, 0),
        }
    }
}

/// A syntax error as a fault without a place.
pub fn unplaced(error: &SyntaxError) -> Fault {
    let fault = Fault::new(match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::Syntax,
        SyntaxErrorKind::Limit => ErrorKind::Limit,
        SyntaxErrorKind::Domain => ErrorKind::Domain,
        SyntaxErrorKind::Nonce => ErrorKind::Nonce,
    });
    match &error.message {
        Some(message) => fault.because(message.clone()),
        None => fault,
    }
}

/// A phrase and the form it was last bound to.
#[derive(Default)]
pub struct CachedPhrase {
    /// The phrase.
    pub phrase: Phrase,
    /// Its last bound form.
    pub bound: RefCell<Option<Rc<Bound>>>,
}

impl CachedPhrase {
    /// A phrase that has not been bound yet.
    pub fn new(phrase: &Phrase) -> CachedPhrase {
        CachedPhrase { phrase: phrase.clone(), bound: RefCell::default() }
    }
}

/// A statement with its phrases' bound forms.
pub enum CachedStatement {
    /// An expression.
    Expression(CachedPhrase),
    /// `condition: result`.
    Guard(CachedPhrase, CachedPhrase),
    /// `codes:: handler`.
    ErrorGuard(CachedPhrase, CachedPhrase),
}

/// Where something stands in the script or file from which it was made; 0 and 0 for what was made in another way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    /// The number of lines before it.
    pub before: usize,
    /// The number of its lines.
    pub lines: usize,
}

/// A dfn or dop, or a traditional function or operator, as it was written.
pub struct Definition {
    /// The text it stands in.
    pub source: Rc<Source>,
    /// Its place in that text, braces included.
    pub span: Span,
    /// The statements of a dfn or dop.
    pub statements: Vec<CachedStatement>,
    /// What a traditional one does instead.
    pub program: Option<Program>,
    /// Function, or operator of one or two operands.
    pub class: Class,
    /// Whether the closing brace of a dfn or dop stands on a line below its last statement.
    pub ends_below: bool,
    /// The symbols of names that a dfn or dop may make local.
    pub locals: Vec<u32>,
    /// The name it was first given.
    pub name: RefCell<Option<Rc<str>>>,
    /// Where it stands in a script.
    pub extent: Cell<Extent>,
    /// The code of its body, as far as its phrases have been run.
    pub code: RefCell<Option<Rc<Code>>>,
    /// The function that it is outside of all scopes.
    pub latest: Latest,
    /// Where it stops, shows and measures what it does.
    pub controls: Controls,
}

impl Definition {
    /// Reads off a body's class and locals.
    pub fn new(space: &Space, source: Rc<Source>, body: Rc<Body>) -> Definition {
        space.workspace.recorder.dfn(&source, &body);
        let mut outline = Outline::default();
        for phrase in body.statements.iter().flat_map(phrases) {
            outline.phrase(phrase);
        }
        let mut locals: Vec<u32> = outline.assigned.iter().map(|name| space.symbol(name)).collect();
        locals.sort_unstable();
        locals.dedup();
        locals.iter().for_each(|&symbol| space.workspace.note_local(symbol));
        let last = body.statements.last().and_then(|statement| phrases(statement).last().map(|phrase| phrase.span.end));
        let end = Span { start: last.unwrap_or(body.span.end), end: body.span.end };
        let extent = source.extent(body.span);
        Definition {
            ends_below: end.of(&source.text).contains(['\n', '\r']),
            source,
            span: body.span,
            statements: body.statements.iter().map(cached).collect(),
            program: None,
            class: match (outline.alpha_alpha, outline.omega_omega) {
                (_, true) => Class::Dyadic,
                (true, false) => Class::Monadic,
                _ => Class::Function,
            },
            locals,
            name: RefCell::default(),
            extent: Cell::new(extent),
            code: RefCell::default(),
            latest: Latest::default(),
            controls: Controls::default(),
        }
    }

    /// The file that it was read from.
    pub fn file(&self) -> Option<&Rc<File>> {
        self.source.origin.as_ref()?.file.as_ref()
    }

    /// The line of a dfn's statement, counted from its first brace.
    pub fn line_of(&self, statement: usize) -> u32 {
        let phrase = match self.statements.get(statement) {
            Some(CachedStatement::Expression(phrase)) => phrase,
            Some(CachedStatement::Guard(condition, _)) => condition,
            Some(CachedStatement::ErrorGuard(codes, _)) => codes,
            None => return 0,
        };
        let before = Span { start: self.span.start, end: phrase.phrase.span.start };
        before.of(&self.source.text).matches('\n').count() as u32
    }

    /// Gives it the controls of the definition that it was edited from: they stay with their lines, which have moved by what
    /// was put in or taken out between the first and the last changed line.
    pub fn follow(&self, old: &Definition) {
        let (before, after) = (old.text(), self.text());
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
        let shorter = before.len().min(after.len());
        let first = same(&mut before.iter().zip(&after));
        let last = same(&mut before.iter().rev().zip(after.iter().rev())).min(shorter - first);
        self.controls.follow(&old.controls, |line| match line as usize {
            line if line < first || before.len() == after.len() => Some(line as u32),
            line if line >= before.len() - last => Some((line + after.len() - before.len()) as u32),
            _ => None,
        });
    }

    /// Whether it has more than one line.
    pub fn has_lines(&self) -> bool {
        self.span.of(&self.source.text).contains('\n')
    }

    /// Whether it is a function without arguments, whose name is an array's wherever it stands.
    pub fn is_niladic(&self) -> bool {
        self.program.as_ref().is_some_and(Program::is_niladic)
    }

    /// How it is written where it is used: a dfn's text, a traditional function's name.
    pub fn written(&self) -> Rc<str> {
        match (&self.program, &*self.name.borrow()) {
            (Some(_), Some(name)) => name.clone(),
            _ => normal::direct(&self.text()).into(),
        }
    }

    /// The lines of a traditional function or operator, the header first, without blanks that mean nothing; `None` for
    /// a dfn or dop. `step`: by how many blanks what is within a control structure stands further right.
    pub fn lines(&self, step: usize) -> Option<Vec<String>> {
        self.program.as_ref()?;
        Some(normal::lines(&self.source.text, normal::Kind::Traditional, step))
    }

    /// The lines of a traditional function or operator between `∇`, with their numbers: `⎕VR`.
    pub fn listing(&self) -> Option<Rc<str>> {
        Some(numbered(&self.lines(0)?, "\n").into())
    }

    /// Its name, or the beginning of its text.
    pub fn called(&self) -> Rc<str> {
        const LONGEST: usize = 40;
        if let Some(name) = &*self.name.borrow() {
            return name.clone();
        }
        let text = self.text();
        let line = text.lines().next().unwrap_or_default();
        match line.char_indices().nth(LONGEST) {
            None if line.len() == text.len() => text,
            end => format!("{}…", &line[..end.map_or(line.len(), |(at, _)| at)]).into(),
        }
    }

    /// The definition's text.
    pub fn text(&self) -> Rc<str> {
        self.span.of(&self.source.text).into()
    }
}

/// The lines of a function between `∇`, with their numbers, as one text.
pub fn numbered(lines: &[String], line_end: &str) -> String {
    let mut listing = String::new();
    for (number, line) in lines.iter().enumerate() {
        listing += &match number {
            0 => "     ∇".to_string(),
            _ => format!("{:<6}", format!("[{number}]")),
        };
        listing += line;
        listing += line_end;
    }
    listing + "     ∇"
}

fn phrases(statement: &Statement) -> Vec<&Phrase> {
    match statement {
        Statement::Expression(phrase) | Statement::Branch(phrase) => vec![phrase],
        Statement::Guard { condition, result } => vec![condition, result],
        Statement::ErrorGuard { codes, handler } => vec![codes, handler],
    }
}

fn cached(statement: &Statement) -> CachedStatement {
    match statement {
        // Branches stand outside of dfns only: the grammar makes none of what is within braces.
        Statement::Expression(phrase) | Statement::Branch(phrase) => {
            CachedStatement::Expression(CachedPhrase::new(phrase))
        }
        Statement::Guard { condition, result } => {
            CachedStatement::Guard(CachedPhrase::new(condition), CachedPhrase::new(result))
        }
        Statement::ErrorGuard { codes, handler } => {
            CachedStatement::ErrorGuard(CachedPhrase::new(codes), CachedPhrase::new(handler))
        }
    }
}

/// What a body's items tell without binding: operands used and names assigned, not looking into inner dfns.
#[derive(Default)]
struct Outline {
    alpha_alpha: bool,
    omega_omega: bool,
    assigned: Vec<Rc<str>>,
}

impl Outline {
    fn phrase(&mut self, phrase: &Phrase) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.items(&phrase.items));
    }

    fn items(&mut self, items: &[Item]) {
        for (k, item) in items.iter().enumerate() {
            match &item.kind {
                ItemKind::AlphaAlpha => self.alpha_alpha = true,
                ItemKind::OmegaOmega => self.omega_omega = true,
                ItemKind::DelDel => self.alpha_alpha = true,
                ItemKind::Parens(phrase) => self.phrase(phrase),
                ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                    phrases.iter().for_each(|phrase| self.phrase(phrase));
                }
                ItemKind::NamespaceNotation(members) => members.iter().for_each(|(_, phrase)| self.phrase(phrase)),
                ItemKind::Glyph('←') => self.targets(&items[..k]),
                _ => {}
            }
        }
    }

    /// The names right before an arrow; more than are really assigned do no harm.
    fn targets(&mut self, before: &[Item]) {
        for item in before.iter().rev() {
            match &item.kind {
                ItemKind::Name(name) => self.assigned.push(name.clone()),
                ItemKind::Parens(phrase) => {
                    self.targets(&phrase.items);
                    return;
                }
                _ => return,
            }
        }
    }
}
