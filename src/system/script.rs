//! `⎕FIX ⎕SRC`: namespaces from scripts and back.

use std::rc::Rc;

use super::{Call, files, monadic};
use crate::array::{Array, Value, convert};
use crate::code::definition::Source;
use crate::code::definition::reading;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::host::Host;
use crate::names::{Space, path};
use crate::syntax::grammar;
use crate::syntax::scan::first_line;
use crate::syntax::span::Span;
use crate::syntax::traditional::{Member, Script, header_of};
use crate::syntax::tree::{Item, ItemKind, Statement};
use crate::vm::script::{self, Fixing, Manner};

/// The options of `⎕FIX`.
pub const FIX_OPTIONS: &[&str] = &["Quiet", "FixWithErrors", "AllowLateBinding", "InjectReferences"];

/// What the options say. There is no window for errors to be shown in, and there are no classes, so that two of them have
/// no effect.
fn manner(call: &Call) -> Result<Manner> {
    files::flag(call, "Quiet")?;
    files::flag(call, "AllowLateBinding")?;
    let with_errors = match call.options.get("FixWithErrors").map(convert::int).transpose()? {
        None | Some(0) => false,
        Some(1) => true,
        Some(2) => return Err(Fault::nonce("⎕FIX that asks about errors")),
        Some(_) => return Err(Fault::domain().with_detail("the option FixWithErrors is 0, 1 or 2")),
    };
    let inject = call.options.get("InjectReferences").map(|value| convert::text(call.context.memory(), value));
    let with_references = match inject.transpose()?.as_deref() {
        None | Some("None" | "InClasses") => false,
        Some("All") => true,
        Some(_) => return Err(Fault::domain().with_detail("the option InjectReferences is All, InClasses or None")),
    };
    Ok(Manner { with_errors, with_references, replaces: false })
}

/// `⎕FIX lines`: makes the namespace that a script is and gives it its name; `0 ⎕FIX lines` leaves it without. Gives a
/// reference, shy. `2 ⎕FIX lines`: any functions and namespaces; gives their names, shy. DOMAIN ERROR where the script
/// does not run. Dyalog: Fix Script.
pub fn fix(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let mut requiring = Requiring::new(&context.host).made(manner(call)?);
    let kind = match left {
        None => 1,
        Some(left) if left.count() == 1 => convert::int(&left)?,
        Some(_) => return Err(Fault::length().with_detail("⎕FIX takes 0, 1 or 2")),
    };
    let source = source_of(context, &right)?;
    if kind == 2 {
        let fixed = requiring.objects(context, call.space, &source);
        return names(context, &fixed.map_err(|fault| unfit(&fault, &source))?);
    }
    let read = readable(context, &source).map_err(|fault| unfit(&fault, &source))?;
    let result = match (kind, only_space(&source.text, &read)) {
        (0 | 1, Some(inner)) => {
            let fixing = Fixing { context, source: &source, manner: requiring.manner };
            let fixed = requiring
                .all(context, call.space, &source, &read)
                .and_then(|()| fixing.only(call.space, inner, kind == 1));
            fixed.map(Value::from).map_err(|fault| unfit(&fault, &source))?
        }
        (0 | 1, None) => return Err(Fault::domain().because("The script is not one namespace")),
        _ => return Err(Fault::domain().with_detail("⎕FIX takes 0, 1 or 2")),
    };
    context.shy.set(true);
    Ok(result)
}

/// The namespace that is all there is in a script, but for comments and what it requires.
fn only_space<'a>(text: &str, script: &'a Script) -> Option<&'a Script> {
    let mut only = None;
    for member in &script.members {
        match member {
            Member::Require(_) => {}
            Member::Code(span) if script::is_comment(span.of(text)) => {}
            Member::Space(inner) if only.is_none() => only = Some(inner),
            _ => return None,
        }
    }
    only
}

/// Source files that require others by `:Require`, each of which is read once.
pub struct Requiring<'a> {
    host: &'a Host,
    /// The files that have been read, and for which namespaces.
    files: Vec<(String, u64)>,
    /// How their functions and namespaces are made.
    manner: Manner,
}

impl<'a> Requiring<'a> {
    /// With the rights of a host.
    pub fn new(host: &'a Host) -> Requiring<'a> {
        Requiring { host, files: Vec::new(), manner: Manner::default() }
    }

    /// The same, made in another manner.
    pub fn made(self, manner: Manner) -> Requiring<'a> {
        Requiring { manner, ..self }
    }

    /// Notes that a file is read for a namespace; false if it was before.
    pub fn begin(&mut self, file: &str, space: &Space) -> bool {
        let new = !self.files.iter().any(|(known, number)| known == file && *number == space.number());
        if new {
            self.files.push((file.to_owned(), space.number()));
        }
        new
    }

    /// Makes the functions, operators and namespaces of a text in a namespace, what it requires first; gives their names.
    pub fn objects(&mut self, context: &Context, space: &Rc<Space>, source: &Source) -> Result<Vec<Rc<str>>> {
        let fixing = Fixing { context, source, manner: self.manner };
        if begins_function(&source.text) {
            return Ok(vec![fixing.function(space, Span::new(0, source.text.len()))?]);
        }
        let script = readable(context, source)?;
        self.all(context, space, source, &script)?;
        fixing.objects(space, &script)
    }

    /// Makes what a script requires, in the namespace that the script itself is for.
    pub fn all(&mut self, context: &Context, space: &Rc<Space>, source: &Source, script: &Script) -> Result<()> {
        if let Some(file) = source.origin.as_ref().and_then(|origin| origin.file.as_ref()) {
            self.begin(&file.name, space);
        }
        let mut scripts = vec![script];
        while let Some(script) = scripts.pop() {
            for member in &script.members {
                match member {
                    Member::Space(inner) => scripts.push(inner),
                    Member::Require(span) => self.file(context, space, source, *span)?,
                    Member::Function(_) | Member::Code(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Reads one file, whose name is relative to the folder of the file that requires it.
    fn file(&mut self, context: &Context, space: &Rc<Space>, source: &Source, span: Span) -> Result<()> {
        let located = |mut fault: Fault| {
            if fault.place().is_none() {
                source.locate(&mut fault, source.place(span.start, None));
            }
            fault
        };
        let text = span.of(&source.text).split('⍝').next().unwrap_or_default();
        let Some(name) = text.trim().trim_matches(['\'', '"']).strip_prefix("file://") else {
            return Err(located(Fault::domain().because(":Require takes file:// and the name of a file")));
        };
        let name = match source.origin.as_ref().and_then(|origin| origin.file.as_ref()) {
            Some(file) if !name.starts_with('/') => beside(&file.name, name),
            _ => name.to_owned(),
        };
        if self.begin(&name, space) {
            let required = files::text::source(context, self.host, &name).map_err(located)?;
            stacker::maybe_grow(64 * 1024, 1 << 20, || self.objects(context, space, &required))?;
        }
        Ok(())
    }
}

/// The name of a file that is named relative to the folder of another one.
fn beside(file: &str, name: &str) -> String {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if folder.is_empty() { Vec::new() } else { folder.split('/').collect() };
    for part in name.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "." | "..")) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    match (parts.join("/"), folder.starts_with('/')) {
        (path, true) if !path.starts_with('/') => format!("/{path}"),
        (path, _) => path,
    }
}

/// The parts of a script, if it is one that Dyalog accepts.
fn readable(context: &Context, source: &Source) -> Result<Script> {
    let read = script::parts(context, source)?;
    match hides_dfn(context, &source.text, &read)? {
        true => Err(Fault::domain().with_detail("a dfn of several lines stands behind ⋄")),
        false => Ok(read),
    }
}

/// Whether a text begins with the header of a traditional function or operator: one alone needs no `∇`.
fn begins_function(text: &str) -> bool {
    function_name(text).is_some()
}

/// The name of the traditional function or operator whose header a text begins with.
pub fn function_name(text: &str) -> Option<Rc<str>> {
    header_of(first_line(text).0).map(|header| header.name)
}

/// The names of what was made, shy.
fn names(context: &Context, names: &[Rc<str>]) -> Result<Value> {
    let items = names.iter().map(|name| context.text(name)).collect::<Result<Vec<Value>>>()?;
    let empty = context.text("")?;
    let names = Array::from_items(context.memory(), &[items.len()], items, || empty)?;
    context.shy.set(true);
    Ok(names.into())
}

/// Whether a dfn of several lines stands behind a `⋄`, where Dyalog does not accept it.
fn hides_dfn(context: &Context, text: &str, script: &Script) -> Result<bool> {
    let mut scripts = vec![script];
    while let Some(script) = scripts.pop() {
        for member in &script.members {
            match member {
                Member::Function(_) | Member::Require(_) => {}
                Member::Space(inner) => scripts.push(inner),
                Member::Code(span) => {
                    let code = span.of(text);
                    let read = reading(context, |go_on| grammar::parse_while(code, go_on))?;
                    let Ok(body) = read else { continue };
                    let hidden = |item: &Item| match &item.kind {
                        ItemKind::Dfn(body) => body.span.of(code).contains('\n'),
                        _ => false,
                    };
                    let hides = |statement: &Statement| match statement {
                        Statement::Expression(phrase) => phrase.items.iter().any(hidden),
                        _ => false,
                    };
                    if body.statements.iter().skip(1).any(hides) {
                        return Ok(true);
                    }
                }
            }
        }
    }
    Ok(false)
}

/// The error of `⎕FIX` for an error in a script; its detail says what is wrong and in which line. Interrupts are not
/// changed.
fn unfit(fault: &Fault, source: &Source) -> Fault {
    if fault.kind().is_circumstance() || !fault.kind().is_error() {
        return fault.clone();
    }
    let place = fault.place();
    let file = place.and_then(|place| place.file.clone());
    let line = || place.and_then(|place| line_number(&source.text, &place.line)).map(|line| format!("line {line}"));
    let at = file.or_else(line).map_or(String::new(), |at| format!("{at}: "));
    let text = place.map_or(String::new(), |place| format!(": {}", place.line.trim()));
    let detail = format!("{at}{}{text}", fault.headline());
    Fault::domain().because("There were errors processing the script").with_detail(detail)
}

/// The number of the first line of a text that is this one but for blanks around it.
fn line_number(text: &str, line: &str) -> Option<usize> {
    text.lines().position(|other| other.trim() == line.trim()).map(|at| at + 1)
}

/// The script that `⎕FIX` is given: lines, or the name of a file.
fn source_of(context: &Context, value: &Value) -> Result<Source> {
    let memory = context.memory();
    match value.array(memory)? {
        Array::Nested(arr) if arr.rank() < 2 => {
            let lines = arr.as_slice().iter().map(|item| convert::text(memory, item)).collect::<Result<Vec<_>>>()?;
            Ok(Source::script(lines.join("\n"), None))
        }
        Array::Char(arr) if arr.rank() < 2 => {
            let text: String = arr.as_slice().iter().collect();
            match text.strip_prefix("file://") {
                Some(name) => files::text::source(context, &context.host, name),
                None => Err(Fault::domain().with_detail("a script is a vector of lines, or file:// and a file name")),
            }
        }
        _ => Err(Fault::domain()),
    }
}

/// `⎕SRC space`: the lines of the script from which a namespace was created. DOMAIN ERROR for others. Dyalog: Source.
pub fn source(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let space = path::given(call.context, call.space, call.scope, &right)?;
    let text = space.script().ok_or_else(|| Fault::domain().because("Not made by a script"))?;
    let items = text.text.lines().map(|line| call.context.text(line)).collect::<Result<Vec<Value>>>()?;
    let empty = call.context.text("")?;
    Ok(Array::from_items(call.context.memory(), &[items.len()], items, || empty)?.into())
}
