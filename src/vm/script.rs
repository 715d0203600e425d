//! Scripts: `:Namespace … :EndNamespace` makes a namespace, its functions first, then its code line by line.

use std::rc::Rc;

use super::statement::{self, Evaluator};
use super::traditional::define;
use crate::array::Reference;
use crate::code::definition::{self, Source};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::names;
use crate::names::binding::Binding;
use crate::names::space::{self, Space};
use crate::syntax::span::Span;
use crate::syntax::traditional::{self, Member, Script};

/// Makes the functions and namespaces of a script that has nothing else, dfns among them. Gives the names. DOMAIN ERROR
/// for other code.
pub fn fix_objects(context: &Context, space: &Rc<Space>, source: &Source, script: &Script) -> Result<Vec<Rc<str>>> {
    let mut names = Vec::new();
    for member in &script.members {
        match member {
            Member::Function(span) => names.push(function(context, space, source, *span)?),
            Member::Code(span) => {
                if !is_comment(span.of(&source.text)) {
                    names.push(function(context, space, source, *span)?);
                }
            }
            Member::Space(_) | Member::Require(_) => {}
        }
    }
    for member in &script.members {
        if let Member::Space(inner) = member {
            let name = inner.name.clone().ok_or_else(|| Fault::domain().because("A namespace without a name"))?;
            fix_space(context, space, source, inner, true)?;
            names.push(name);
        }
    }
    Ok(names)
}

/// Makes what a script says in a namespace: its functions, its code, and the namespaces in it. Gives the names.
pub fn fix(context: &Context, space: &Rc<Space>, source: &Source, script: &Script) -> Result<Vec<Rc<str>>> {
    let mut names = functions(context, space, source, script)?;
    names.extend(code(context, space, source, script)?);
    Ok(names)
}

/// Makes the namespace that a script is, within another one; named there if the script has a name and `named` says so.
/// Where anything fails, a namespace of that name stays as it was.
pub fn fix_space(
    context: &Context,
    outer: &Rc<Space>,
    source: &Source,
    script: &Script,
    named: bool,
) -> Result<Reference> {
    let (space, reference) = outer.child(context, script.name.as_deref())?;
    space.set_script(source, script.span);
    let name = script.name.as_ref().filter(|_| named);
    let before = match name {
        Some(name) => {
            let symbol = outer.symbol(name);
            if !matches!(outer.get(symbol), Binding::Unset) && names::namespace_of(outer, &outer.get(symbol)).is_none()
            {
                return Err(Fault::domain().because(format!("{name} is in use and no namespace")));
            }
            // It has its name while its code runs.
            Some((symbol, outer.set(symbol, Binding::Array(reference.clone().into()))))
        }
        None => None,
    };
    let _entered = space.enter(context);
    let fixed = stacker::maybe_grow(96 * 1024, 1 << 20, || fix(context, &space, source, script));
    match (fixed, before) {
        (Ok(_), _) => Ok(reference),
        (Err(fault), before) => {
            if let Some((symbol, old)) = before {
                drop(outer.set(symbol, old));
            }
            Err(fault)
        }
    }
}

fn functions(context: &Context, space: &Rc<Space>, source: &Source, script: &Script) -> Result<Vec<Rc<str>>> {
    let mut names = Vec::new();
    for member in &script.members {
        if let Member::Function(span) = member {
            names.push(function(context, space, source, *span)?);
        }
    }
    Ok(names)
}

/// Defines the function whose lines are a part of a script, and notes where they stand.
pub fn function(context: &Context, space: &Rc<Space>, source: &Source, span: Span) -> Result<Rc<str>> {
    let text = &*source.text;
    let name = define(context, space, source.part(span)).map_err(|undefined| {
        undefined.fault(|malformed| {
            let mut fault = Fault::new(ErrorKind::Syntax).named("defn error").because(malformed.why);
            fault.set_place(malformed.place);
            fault
        })
    })?;
    if let Some((definition, _)) = space::definition(&space.get(space.symbol(&name))) {
        // A `∇` that closes it belongs to it.
        let behind = text[span.end as usize..].trim_start();
        let end =
            if behind.starts_with('∇') { text.len() - behind.len() + '∇'.len_utf8() } else { span.end as usize };
        if definition.program.is_some() {
            definition.extent.set(source.extent(Span::new(span.start as usize, end)));
        }
    }
    Ok(name)
}

fn code(context: &Context, space: &Rc<Space>, source: &Source, script: &Script) -> Result<Vec<Rc<str>>> {
    let mut names = Vec::new();
    for member in &script.members {
        context.poll()?;
        match member {
            Member::Function(_) | Member::Require(_) => {}
            Member::Space(inner) => {
                fix_space(context, space, source, inner, true)?;
                names.extend(inner.name.clone());
            }
            Member::Code(span) => {
                let blanks = span.of(&source.text).len() - span.of(&source.text).trim_start().len();
                let source = Rc::new(source.part(Span { start: span.start + blanks as u32, end: span.end }));
                let body = source.parse(context, &source.text)?;
                let evaluator = Evaluator { context, space, scope: None, source };
                for statement in &body.statements {
                    let shown = evaluator.statement(statement)?;
                    statement::show(context, None, shown)?;
                }
            }
        }
    }
    Ok(names)
}

/// Whether a part of a script has no statements.
pub fn is_comment(text: &str) -> bool {
    let code = |line: &str| !matches!(line.trim_start_matches([' ', '\t', '⋄', '\r']).chars().next(), None | Some('⍝'));
    !text.split('\n').any(code)
}

/// The parts of a script. SYNTAX ERROR at what does not belong there.
pub fn parts(context: &Context, source: &Source) -> Result<Script> {
    let read = definition::reading(context, |go_on| traditional::script(&source.text, go_on))?;
    read.map_err(|error| source.refused(&error))
}
