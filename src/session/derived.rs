//! Derived functions and operators in source files: one assignment, such as `sum←+/`.

use std::rc::Rc;

use super::Session;
use crate::array::Reference;
use crate::code::definition::Source;
use crate::display::notation::Notation;
use crate::display::tree;
use crate::error::{Fault, Result};
use crate::function::Description;
use crate::names::{Binding, Space};
use crate::syntax::grammar;
use crate::syntax::span::Span;
use crate::syntax::tree::{ItemKind, Statement};
use crate::system::{is_name, script};
use crate::vm::Shown;

/// An assignment that is all of a text.
pub struct Assignment {
    /// What gets a value.
    name: Rc<str>,
    /// The whole statement.
    statement: Statement,
    /// What stands on the right of the arrow.
    value: Span,
}

impl Assignment {
    /// Reads a text; nothing if it is something else, such as a dfn with its name or the lines of a traditional function.
    pub fn new(text: &str) -> Option<Assignment> {
        if script::function_name(text).is_some() {
            return None;
        }
        let body = grammar::parse_while(text, &|| true).ok()?;
        let [statement @ Statement::Expression(phrase)] = &body.statements[..] else { return None };
        let [target, arrow, rest @ ..] = &phrase.items[..] else { return None };
        let ItemKind::Name(name) = &target.kind else { return None };
        match rest {
            [] => None,
            [only] if matches!(only.kind, ItemKind::Dfn(_)) => None,
            [first, ..] if arrow.kind == ItemKind::Glyph('←') => Some(Assignment {
                name: name.clone(),
                statement: statement.clone(),
                value: Span { start: first.span.start, end: phrase.span.end },
            }),
            _ => None,
        }
    }
}

impl Session {
    /// Gives the name its function or operator. DOMAIN ERROR for an array, after which the name stands for what it did before.
    pub(super) fn assign(&self, space: &Rc<Space>, assignment: &Assignment, source: Source) -> Result<Rc<str>> {
        let source = Rc::new(source);
        let symbol = space.symbol(&assignment.name);
        let before = space.set(symbol, Binding::Unset);
        let done =
            self.evaluator(space, &source).statement(&assignment.statement).and_then(|_| match space.get(symbol) {
                Binding::Function(_) | Binding::Operator(_) => Ok(()),
                _ => Err(Fault::domain().because("The file has no function")),
            });
        match done {
            Ok(()) => {
                space.note_source(symbol, source);
                Ok(assignment.name.clone())
            }
            Err(fault) => {
                drop(space.set(symbol, before));
                Err(fault)
            }
        }
    }

    /// The extension and the bytes of a file for a derived function or operator: of the file that it was read from, if that
    /// still gives the same. DOMAIN ERROR for what is no more than a name, or cannot be written.
    pub(super) fn derived_file(
        &self,
        space: &Rc<Space>,
        name: &str,
        binding: &Binding,
    ) -> Result<(&'static str, Vec<u8>)> {
        let (description, extension) = match binding {
            Binding::Function(function) if !function.structure().is_too_large() => (function.describe(), "aplf"),
            Binding::Operator(operator) => (operator.describe(), "aplo"),
            _ => return Err(Fault::domain().because("a function that cannot be written has no file")),
        };
        let text = self.derived_text(&description)?;
        if is_name(&text) || text.contains('…') {
            return Err(Fault::domain().because("a function of zilde has no file"));
        }
        if let Some(source) = space.source_of(space.symbol(&name.into()))
            && let Some(file) = source.origin.as_ref().and_then(|origin| origin.file.as_ref())
            && let Some(assignment) = Assignment::new(&source.text)
            && self.value_text(space, source.part(assignment.value)).is_ok_and(|before| before == text)
        {
            return Ok((extension, file.bytes.clone()));
        }
        Ok((extension, format!("{name}←{text}\n").into_bytes()))
    }

    fn derived_text(&self, description: &Description) -> Result<String> {
        let reference = |_: &Reference| Err(Fault::domain().because("a function with references has no file"));
        let notation = Notation { context: &self.context, reference: &reference };
        tree::source(&self.context, description, &|value| notation.write_item(value))
    }

    /// The function that a text stands for, as it is written in files.
    fn value_text(&self, space: &Rc<Space>, source: Source) -> Result<String> {
        let source = Rc::new(source);
        let body = source.parse(&self.context, &source.text)?;
        match body
            .statements
            .first()
            .map(|statement| self.evaluator(space, &source).statement(statement))
            .transpose()?
        {
            Some(Shown::Function(description, _)) => self.derived_text(&description),
            _ => Err(Fault::domain()),
        }
    }
}
