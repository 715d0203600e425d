//! User functions and operators: dfns and dops, their definitions and their calls.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::cells;
use super::node::{Bound, Class};
use super::scope::Scope;
use super::space::Space;
use super::statement::{self, Step};
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Place, Result};
use crate::function::{Cells, Description, Function, Operand};
use crate::syntax::span::Span;
use crate::syntax::tree::{Body, Item, ItemKind, Phrase, Statement};

/// What a call that is not a tail call takes from the workspace budget until it returns: its part of the native stack.
const FRAME_BYTES: usize = 6 * 1024;
/// Native stack that must be left when a user function is called; the evaluator between two calls needs less.
const RED_ZONE: usize = 192 * 1024;
/// Native stack that is added where less is left.
const STACK_PIECE: usize = 4 * 1024 * 1024;

/// A text that is evaluated: a line of the session, a script, a text given to `⍎`.
#[derive(Debug)]
pub struct Source {
    /// The text.
    pub text: Rc<str>,
    /// Whether it was given to `⍎`.
    pub executed: bool,
}

impl Source {
    /// Places an error in this text.
    pub fn locate(&self, fault: &mut Fault, place: Place) {
        fault.set_place(place);
        if self.executed {
            fault.in_execute();
        }
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
        match inside {
            None => {
                Place { heading: " ".repeat(6), line: line.trim_start().into(), column: column.saturating_sub(blanks) }
            }
            Some((name, begin)) => {
                let first = (begin as usize).min(caret);
                let number = self.text[first..caret].matches('\n').count();
                Place {
                    heading: format!("{name}[{number}] "),
                    line: line.trim_start().into(),
                    column: column.saturating_sub(blanks),
                }
            }
        }
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
    fn new(phrase: &Phrase) -> CachedPhrase {
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

/// A dfn or dop as it was written.
pub struct Definition {
    /// The text it stands in.
    pub source: Rc<Source>,
    /// Its braces in that text.
    pub span: Span,
    /// Its statements.
    pub statements: Vec<CachedStatement>,
    /// Function, or operator of one or two operands.
    pub class: Class,
    /// The symbols of names that it may make local.
    pub locals: Vec<u32>,
    /// The name it was first given.
    pub name: RefCell<Option<Rc<str>>>,
}

impl Definition {
    /// Reads off a body's class and locals.
    pub fn new(space: &Space, source: Rc<Source>, body: Rc<Body>) -> Definition {
        let mut outline = Outline::default();
        for phrase in body.statements.iter().flat_map(phrases) {
            outline.phrase(phrase);
        }
        let mut locals: Vec<u32> = outline.assigned.iter().map(|name| space.symbol(name)).collect();
        locals.sort_unstable();
        locals.dedup();
        Definition {
            source,
            span: body.span,
            statements: body.statements.iter().map(cached).collect(),
            class: match (outline.alpha_alpha, outline.omega_omega) {
                (_, true) => Class::Dyadic,
                (true, false) => Class::Monadic,
                _ => Class::Function,
            },
            locals,
            name: RefCell::default(),
        }
    }

    /// The definition's text.
    pub fn text(&self) -> Rc<str> {
        self.span.of(&self.source.text).into()
    }
}

fn phrases(statement: &Statement) -> Vec<&Phrase> {
    match statement {
        Statement::Expression(phrase) => vec![phrase],
        Statement::Guard { condition, result } => vec![condition, result],
        Statement::ErrorGuard { codes, handler } => vec![codes, handler],
    }
}

fn cached(statement: &Statement) -> CachedStatement {
    match statement {
        Statement::Expression(phrase) => CachedStatement::Expression(CachedPhrase::new(phrase)),
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

/// A dfn, or a dop with its operands: a function, with the scope it was defined in.
#[derive(Clone)]
pub struct UserFunction {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// `⍺⍺` and `⍵⍵`.
    pub operands: (Option<Operand>, Option<Operand>),
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

/// A dop, with the scope it was defined in.
pub struct UserOperator {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

impl UserFunction {
    /// Runs the function; tail calls are made here, one after the other, so that they take no room.
    fn run(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let _frame = context.memory().lease(FRAME_BYTES)?;
        let _entered = self.space.enter(context);
        stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
            // What a tail call of another function has put in this one's place.
            let mut other: Option<UserFunction> = None;
            let (mut left, mut right) = (left, right);
            loop {
                context.poll()?;
                let function = other.as_ref().unwrap_or(self);
                let scope = Scope::new(function, left.take(), right);
                let step = statement::body(context, &function.space, &scope);
                if let Some(settings) = scope.settings.take() {
                    context.set_settings(settings);
                }
                scope.clear();
                match step {
                    Ok(Step::Done { value, shy }) => {
                        context.shy.set(shy);
                        return Ok(value);
                    }
                    Ok(Step::TailCall { function: next, left: x, right: y }) => {
                        if next.is_some() {
                            other = next;
                        }
                        (left, right) = (x, y);
                    }
                    Err(mut fault) => {
                        fault.leave(Rc::as_ptr(&scope) as usize);
                        return Err(fault);
                    }
                }
            }
        })
    }
}

impl Function for UserFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.run(context, left, right)?
            .ok_or_else(|| Fault::value().because("No result was provided when the context expected one"))
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.run(context, left, right)
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        cells::call(context, self, frame, left, right)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn describe(&self) -> Description {
        let text = self.definition.text();
        match &self.operands {
            (None, _) => Description::Text(text),
            (Some(left), right) => Description::Derived {
                operator: text,
                left: Box::new(left.describe()),
                right: right.as_ref().map(|right| Box::new(right.describe())),
                axis: None,
            },
        }
    }
}
