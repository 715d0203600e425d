//! Names given as text, which may contain dots: looks them up and assigns to them.

use std::rc::Rc;

use super::binding::Binding;
use super::path;
use super::scope::{self, Scope};
use super::space::Space;
use crate::context::Context;
use crate::error::{Fault, Result};

/// What a name, which may have dots in it, stands for where a scope sees it: `⎕NC`.
pub fn find(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str) -> Binding {
    let Some(path::Located { space, scope, name }) = path::locate(space, scope, name) else { return Binding::Unset };
    let symbol = space.symbol(&name);
    scope::visible(&space, scope, symbol)
}

/// Assigns to a name, which may contain dots, as a statement in the scope would. SYNTAX ERROR for a label, VALUE ERROR if
/// what stands before a dot is not a namespace.
pub fn set(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str, binding: Binding) -> Result<()> {
    let located = path::locate(space, scope, name);
    let path::Located { space, scope, name } = located.ok_or_else(|| Fault::value().with_detail(name.to_string()))?;
    scope::update(&space, scope, space.symbol(&name), binding)
}

/// The namespace that a binding is a reference to.
pub fn namespace_of(space: &Rc<Space>, binding: &Binding) -> Option<Rc<Space>> {
    match binding {
        Binding::Array(value) => space.workspace.space(value.reference()?),
        _ => None,
    }
}

/// Changes into a namespace: the traditional function that is running, otherwise the session.
pub fn change_space(context: &Context, scope: Option<&Rc<Scope>>, space: &Rc<Space>) {
    match scope {
        Some(scope) => scope.move_to(space),
        None => space.workspace.set_session_current(space),
    }
    space.switch(context);
}

/// Makes a name, which may have dots in it, stand for nothing where a scope sees it: `⎕EX`.
pub fn forget(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str) {
    let Some(path::Located { space, scope, name }) = path::locate(space, scope, name) else { return };
    let (space, symbol) = (&space, space.symbol(&name));
    // A label stays what it is.
    let _ = scope::update(space, scope, symbol, Binding::Unset);
}

/// All names that stand for something as a scope sees them, in no order: `⎕NL`.
pub fn visible(space: &Rc<Space>, scope: Option<&Rc<Scope>>) -> Vec<(Rc<str>, Binding)> {
    let mut found: Vec<(u32, Binding)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for scope in scope::outwards(scope) {
        found.extend(scope.own_names().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
    }
    found.extend(space.bindings().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
    found.into_iter().filter_map(|(symbol, binding)| Some((space.workspace.name(symbol)?, binding))).collect()
}
