//! Names with dots given as text: `'a.b.c'`, `'#.x'`, `'##'`.

use std::rc::Rc;

use super::binding::Binding;
use super::scope::{self, Scope};
use super::space::Space;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

/// Where a name that may have dots in it is to be looked for.
pub struct Located<'a> {
    /// The namespace.
    pub space: Rc<Space>,
    /// The scope that sees the name; `None` for one that is a namespace's alone.
    pub scope: Option<&'a Rc<Scope>>,
    /// The name behind the last dot.
    pub name: Rc<str>,
}

/// Takes the dots out of a name: which namespace has it, and what it is called there. `None` where something before a
/// dot is no namespace.
pub fn locate<'a>(space: &Rc<Space>, scope: Option<&'a Rc<Scope>>, path: &str) -> Option<Located<'a>> {
    match path.rsplit_once('.') {
        None => Some(Located { space: space.clone(), scope, name: path.into() }),
        Some((before, name)) => Some(Located { space: named(space, scope, before)?, scope: None, name: name.into() }),
    }
}

/// The namespace that a text names, as a scope sees it.
pub fn named(space: &Rc<Space>, scope: Option<&Rc<Scope>>, path: &str) -> Option<Rc<Space>> {
    let mut parts = path.split('.');
    let first = step(space, scope, parts.next()?.trim_start())?;
    parts.try_fold(first, |at, part| step(&at, None, part.trim_end()))
}

fn step(space: &Rc<Space>, scope: Option<&Rc<Scope>>, part: &str) -> Option<Rc<Space>> {
    match part {
        "" => Some(space.clone()),
        "#" => space.workspace.root(),
        "##" => space.parent(),
        _ if part.eq_ignore_ascii_case("⎕SE") => space.workspace.session_space(),
        _ if part.eq_ignore_ascii_case("⎕THIS") => Some(space.clone()),
        _ => {
            let name: Rc<str> = part.into();
            let symbol = space.symbol(&name);
            match scope::visible(space, scope, symbol) {
                Binding::Array(value) => space.workspace.space(value.reference()?),
                _ => None,
            }
        }
    }
}

/// The namespace that an argument stands for: a reference, or the name of one. DOMAIN ERROR for anything else, VALUE
/// ERROR where nothing has that name.
pub fn given(context: &Context, space: &Rc<Space>, scope: Option<&Rc<Scope>>, value: &Value) -> Result<Rc<Space>> {
    if let Some(reference) = value.reference() {
        return space.workspace.space(reference).ok_or_else(Fault::domain);
    }
    let path = crate::array::convert::text(context.memory(), value)?;
    named(space, scope, &path).ok_or_else(|| match path.contains(' ') {
        true => Fault::domain(),
        false => Fault::value().with_detail(format!("there is no namespace {path}")),
    })
}
