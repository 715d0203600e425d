//! `⎕FIX ⎕SRC`: namespaces from scripts and back.

use std::rc::Rc;

use super::{Call, files, monadic};
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::eval::script;
use crate::syntax::grammar;
use crate::syntax::scan::first_line;
use crate::syntax::span::Span;
use crate::syntax::token::tokens;
use crate::syntax::traditional::{Member, Script, header};
use crate::syntax::tree::{Item, ItemKind, Statement};
use crate::workspace::{Space, path};

/// `⎕FIX lines`: makes the namespace that a script is and gives it its name; `0 ⎕FIX lines` leaves it without. Gives a
/// reference, shy. `2 ⎕FIX lines`: any functions and namespaces; gives their names, shy. DOMAIN ERROR where the script
/// does not run. Dyalog: Fix Script.
pub fn fix(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let kind = left.map_or(Ok(1), |left| convert::int(&left))?;
    let text = text(context, &right)?;
    if kind == 2 {
        let fixed = objects(context, call.space, &text);
        return names(context, &fixed.map_err(|fault| unfit(context, &fault))?);
    }
    let read = readable(&text).map_err(|fault| unfit(context, &fault))?;
    let result = match (kind, &read.members[..]) {
        (0 | 1, [Member::Space(inner)]) => {
            let fixed = script::fix_space(context, call.space, &text, inner, kind == 1);
            fixed.map(Value::from).map_err(|fault| unfit(context, &fault))?
        }
        (0 | 1, _) => return Err(Fault::domain().because("The script is not one namespace")),
        _ => return Err(Fault::domain()),
    };
    context.shy.set(true);
    Ok(result)
}

/// Makes the functions, operators and namespaces of a text in a namespace; gives their names.
pub fn objects(context: &Context, space: &Rc<Space>, text: &str) -> Result<Vec<Rc<str>>> {
    if begins_function(text) {
        return Ok(vec![script::function(space, text, Span::new(0, text.len()))?]);
    }
    script::fix_objects(context, space, text, &readable(text)?)
}

/// The parts of a script, if it is one that Dyalog accepts.
fn readable(text: &str) -> Result<Script> {
    let read = script::parts(text)?;
    match hides_dfn(text, &read) {
        true => Err(Fault::domain().with_detail("a dfn of several lines stands behind ⋄")),
        false => Ok(read),
    }
}

/// Whether a text begins with the header of a traditional function or operator: one alone needs no `∇`.
fn begins_function(text: &str) -> bool {
    tokens(first_line(text).0).is_ok_and(|tokens| header(&tokens, Span::default()).is_ok())
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
fn hides_dfn(text: &str, script: &Script) -> bool {
    let mut scripts = vec![script];
    while let Some(script) = scripts.pop() {
        for member in &script.members {
            match member {
                Member::Function(_) => {}
                Member::Space(inner) => scripts.push(inner),
                Member::Code(span) => {
                    let code = span.of(text);
                    let Ok(body) = grammar::parse(code) else { continue };
                    let hidden = |item: &Item| match &item.kind {
                        ItemKind::Dfn(body) => body.span.of(code).contains('\n'),
                        _ => false,
                    };
                    let hides = |statement: &Statement| match statement {
                        Statement::Expression(phrase) => phrase.items.iter().any(hidden),
                        _ => false,
                    };
                    if body.statements.iter().skip(1).any(hides) {
                        return true;
                    }
                }
            }
        }
    }
    false
}

/// The error of `⎕FIX` for an error in a script. Interrupts are not changed.
fn unfit(_context: &Context, fault: &Fault) -> Fault {
    if fault.kind().is_interrupt() || !fault.kind().is_error() {
        return fault.clone();
    }
    Fault::domain().because("There were errors processing the script").with_detail(fault.lines().join("; "))
}

fn text(context: &Context, value: &Value) -> Result<String> {
    let memory = context.memory();
    match value.array(memory)? {
        Array::Nested(arr) if arr.rank() < 2 => {
            let lines = arr.as_slice().iter().map(|item| convert::text(memory, item)).collect::<Result<Vec<_>>>()?;
            Ok(lines.join("\n"))
        }
        Array::Char(arr) if arr.rank() < 2 => {
            let text: String = arr.as_slice().iter().collect();
            if let Some(name) = text.strip_prefix("file://") {
                return files::text::lines_of(context, &context.host, name);
            }
            Err(Fault::domain().with_detail("a script is a vector of lines"))
        }
        _ => Err(Fault::domain()),
    }
}

/// `⎕SRC space`: the lines of the script from which a namespace was created. DOMAIN ERROR for others. Dyalog: Source.
pub fn source(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let space = path::given(call.context, call.space, call.scope, &right)?;
    let text = space.script().ok_or_else(|| Fault::domain().because("Not made by a script"))?;
    let items = text.lines().map(|line| call.context.text(line)).collect::<Result<Vec<Value>>>()?;
    let empty = call.context.text("")?;
    Ok(Array::from_items(call.context.memory(), &[items.len()], items, || empty)?.into())
}
