//! Traditional functions and operators: control structures as steps with jumps, local names, and calls.
//!
//! The tree of control structures is compiled into steps once, when the function is defined, so that a branch to a line
//! finds its first step. Local names shadow those of the function's namespace while it runs.

mod call;
mod run;
mod shadow;
mod stops;
mod watched;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub use call::call;

use crate::array::Value;
use crate::code::controls::Controls;
use crate::code::definition::{self, Definition, Source};
use crate::code::node::Class;
use crate::code::program::Program;
use crate::context::Context;
use crate::error::{Fault, Place};
use crate::function::Function;
use crate::names::binding::Binding;
use crate::names::space::{self, Space, at_home};
use crate::names::user::{Latest, UserFunction};
use crate::syntax::GoOn;
use crate::syntax::fault::SyntaxError;
use crate::syntax::grammar;
use crate::syntax::scan::first_line;
use crate::syntax::span::Span;
use crate::syntax::traditional;
use crate::syntax::tree::{Item, ItemKind, Statement};

/// Why a function is not defined.
pub enum Undefined {
    /// Its text is no definition.
    Malformed(Malformed),
    /// Reading was stopped.
    Stopped(Fault),
}

impl From<Fault> for Undefined {
    fn from(fault: Fault) -> Undefined {
        Undefined::Stopped(fault)
    }
}

impl Undefined {
    /// The fault that is reported, made of what is wrong.
    pub fn fault(self, of: impl FnOnce(Malformed) -> Fault) -> Fault {
        match self {
            Undefined::Malformed(malformed) => of(malformed),
            Undefined::Stopped(fault) => fault,
        }
    }
}

/// What is wrong with a definition.
pub struct Malformed {
    /// What is wrong.
    pub why: String,
    /// Where.
    pub place: Place,
    /// The number of the line, from 0.
    pub line: usize,
}

/// Defines a function or operator in a namespace, from its lines, the header first; returns its name. Calls
/// that are running continue with the previous definition.
pub fn define(context: &Context, space: &Rc<Space>, source: Source) -> Result<Rc<str>, Undefined> {
    let source = Rc::new(source);
    let text = &*source.text;
    let refused = |error: SyntaxError, name: Option<&str>| {
        let start = (error.span.start as usize).min(text.len());
        Undefined::Malformed(Malformed {
            why: error.message.unwrap_or_else(|| error.kind.to_string()),
            place: source.place(error.span.start, name.map(|name| (name, 0))),
            line: text[..start].matches('\n').count(),
        })
    };
    let read = definition::reading(context, |go_on| {
        definition(space, &source, go_on).or_else(|error| dfn(space, &source, go_on).ok_or(error))
    })?;
    let definition = match read {
        Ok(definition) => Rc::new(definition),
        Err(error) => {
            let header = traditional::header_of(first_line(text).0);
            return Err(refused(error, header.as_ref().map(|header| &*header.name)));
        }
    };
    let name = definition.name.borrow().clone().unwrap_or_default();
    let symbol = space.symbol(&name);
    let old = space.get(symbol);
    if matches!(old, Binding::Array(_) | Binding::Label(_)) {
        let error = SyntaxError::syntax(format!("{name} is a variable"), Span::default());
        return Err(refused(error, None));
    }
    let new = at_home(definition, space.clone());
    if let Some((old, _)) = space::definition(&old)
        && old.program.is_some()
    {
        space.workspace.redefine(&old, &new);
    }
    drop(space.set(symbol, new));
    Ok(name)
}

/// Runs control structures that stand by themselves, in a session or a script.
pub fn immediate(context: &Context, space: &Rc<Space>, source: Rc<Source>) -> crate::error::Result<()> {
    let read = definition::reading(context, |go_on| traditional::code(&source.text, go_on))?;
    let code = read.map_err(|error| source.refused(&error))?;
    let definition = Rc::new(Definition {
        span: Span::new(0, source.text.len()),
        source,
        statements: Vec::new(),
        program: Some(Program::of_code(space, &code)),
        class: Class::Function,
        ends_below: false,
        locals: Vec::new(),
        name: None.into(),
        extent: Cell::default(),
        code: RefCell::default(),
        latest: Latest::default(),
        controls: Controls::default(),
    });
    let function = UserFunction::outermost(definition, space.clone());
    function.invoke(context, None, Value::Bool(false)).map(drop)
}

/// A dfn from its assignment to a name, and nothing else.
fn dfn(space: &Space, source: &Rc<Source>, go_on: GoOn) -> Option<Definition> {
    let body = grammar::parse_while(&source.text, go_on).ok()?;
    let [Statement::Expression(phrase)] = &body.statements[..] else { return None };
    match &phrase.items[..] {
        [
            Item { kind: ItemKind::Name(name), .. },
            Item { kind: ItemKind::Glyph('←'), .. },
            Item { kind: ItemKind::Dfn(body), .. },
        ] => {
            let definition = Definition::new(space, source.clone(), body.clone());
            *definition.name.borrow_mut() = Some(name.clone());
            Some(definition)
        }
        _ => None,
    }
}

/// A function or operator from its lines, the header first, separated by line ends.
fn definition(space: &Space, source: &Rc<Source>, go_on: GoOn) -> Result<Definition, SyntaxError> {
    let text = &*source.text;
    let read = traditional::definition(text, go_on)?;
    let program = Program::new(space, &read.header, &read.code);
    space.workspace.recorder.program(source, &program);
    let class = program.class();
    Ok(Definition {
        source: source.clone(),
        span: Span::new(0, text.len()),
        statements: Vec::new(),
        program: Some(program),
        class,
        ends_below: false,
        locals: Vec::new(),
        name: Some(read.header.name).into(),
        extent: Cell::default(),
        code: RefCell::default(),
        latest: Latest::default(),
        controls: Controls::default(),
    })
}
