//! What names stand for, seen from a scope, and where they are set.

use std::rc::Rc;

use super::Scope;
use crate::array::Value;
use crate::code::definition::Source;
use crate::code::node::{Class, NameRef};
use crate::error::{Fault, Place, Result};
use crate::names::binding::Binding;
use crate::names::space::Space;

/// What a name stands for, seen from a scope: its own locals, then those of the scopes around it, then the namespace's,
/// then functions along the search path.
pub fn lookup(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &NameRef) -> Binding {
    match visible(space, scope, name.symbol) {
        Binding::Unset => space.workspace.on_path(space, name.symbol),
        found => found,
    }
}

/// The same without the search path.
pub fn visible(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32) -> Binding {
    find(space, scope, symbol, Binding::clone, Space::get)
}

/// The array that a name stands for, seen from a scope; `None` where it is anything else.
pub fn array(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32) -> Option<Value> {
    look(space, scope, symbol, Value::clone)
}

/// What `look` makes of the array that a name stands for, seen from a scope; `None` where it is anything else.
pub fn look<T>(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32, look: impl Fn(&Value) -> T) -> Option<T> {
    let own = |binding: &Binding| match binding {
        Binding::Array(value) => Some(look(value)),
        _ => None,
    };
    find(space, scope, symbol, own, |space, symbol| space.look(symbol, &look))
}

/// The scopes whose names are seen from a scope, the innermost first: a dfn's own and those of the dfns around it; a
/// traditional function's, and those of all functions that it was called from, directly or not.
pub fn outwards(scope: Option<&Rc<Scope>>) -> impl Iterator<Item = &Rc<Scope>> {
    seen_from(scope, |_| true)
}

/// The same for one name: without callers that cannot have it, because it is local to no dfn.
fn outwards_for(scope: Option<&Rc<Scope>>, symbol: u32) -> impl Iterator<Item = &Rc<Scope>> {
    seen_from(scope, move |scope| scope.function.space.workspace.is_local(symbol))
}

fn seen_from(scope: Option<&Rc<Scope>>, in_callers: impl Fn(&Scope) -> bool) -> impl Iterator<Item = &Rc<Scope>> {
    let mut at = scope;
    let mut dynamic = false;
    std::iter::from_fn(move || {
        let scope = at?;
        if !dynamic && scope.function.definition.program.is_some() {
            if !in_callers(scope) {
                at = None;
                return Some(scope);
            }
            dynamic = true;
        }
        at = match (dynamic, &scope.function.parent) {
            (false, parent) => parent.as_ref(),
            (true, None) => scope.caller(),
            // A dfn lies within functions that are running.
            (true, parent) => scope.caller().or(parent.as_ref()),
        };
        Some(scope)
    })
}

/// The namespace that has a name, where that is plain without a search: it is seen from a traditional function and local
/// to it, or to no dfn.
fn seen_in_space<'a>(space: &'a Rc<Space>, scope: Option<&'a Rc<Scope>>, symbol: u32) -> Option<&'a Rc<Space>> {
    let Some(scope) = scope else { return Some(space) };
    let program = scope.function.definition.program.as_ref().filter(|_| !scope.only_arguments)?;
    if program.is_local(symbol) {
        return Some(&scope.function.space);
    }
    (!scope.function.space.workspace.is_local(symbol) && scope.caller().is_none()).then_some(space)
}

/// What `own` makes of a name's binding in the innermost scope that has it, or `outside` of the namespace.
fn find<T>(
    space: &Rc<Space>,
    scope: Option<&Rc<Scope>>,
    symbol: u32,
    own: impl Fn(&Binding) -> T,
    outside: impl FnOnce(&Space, u32) -> T,
) -> T {
    if let Some(space) = seen_in_space(space, scope, symbol) {
        return outside(space, symbol);
    }
    for scope in outwards_for(scope, symbol) {
        if let Some(found) = scope.own(symbol, &own) {
            return found;
        }
        if scope.shadows(symbol) {
            return outside(&scope.function.space, symbol);
        }
    }
    outside(space, symbol)
}

/// The class of what a name stands for.
pub fn class_of(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32) -> Option<Class> {
    let class = match home(space, scope, symbol) {
        Home::Scope(scope) => scope.own(symbol, Binding::class).flatten(),
        Home::Space(space) => space.class(symbol),
    };
    class.or_else(|| space.workspace.on_path(space, symbol).class())
}

/// Where a name is set.
#[derive(Clone, Copy)]
pub enum Home<'a> {
    /// In a dfn that is running.
    Scope(&'a Rc<Scope>),
    /// In a namespace, perhaps local to a traditional function that is running there.
    Space(&'a Rc<Space>),
}

/// Where a name is set, or would be: in the innermost scope that has it, otherwise in the namespace.
pub fn home<'a>(space: &'a Rc<Space>, scope: Option<&'a Rc<Scope>>, symbol: u32) -> Home<'a> {
    if let Some(space) = seen_in_space(space, scope, symbol) {
        return Home::Space(space);
    }
    for scope in outwards_for(scope, symbol) {
        let in_slot = scope.slot(symbol).is_some_and(|slot| {
            scope.slots.borrow().get(slot).is_some_and(|binding| !matches!(binding, Binding::Unset))
        });
        if in_slot || scope.extra.borrow().iter().any(|(other, _)| *other == symbol) {
            return Home::Scope(scope);
        }
        if scope.shadows(symbol) {
            return Home::Space(&scope.function.space);
        }
    }
    Home::Space(space)
}

impl Home<'_> {
    /// Assigns to the name here. SYNTAX ERROR if it is a label, or if its class cannot change to the new one.
    pub fn set(self, symbol: u32, binding: Binding) -> Result<()> {
        match self {
            Home::Scope(scope) => {
                scope.set_local(symbol, binding);
                Ok(())
            }
            Home::Space(space) => {
                let (array, forgotten) = (matches!(binding, Binding::Array(_)), matches!(binding, Binding::Unset));
                let old = space.set(symbol, binding);
                if forgotten || old.may_become(array) {
                    return Ok(());
                }
                let fault = match old {
                    Binding::Label(_) => Fault::syntax().because("A label cannot be assigned"),
                    _ => other_class(array),
                };
                space.put(symbol, old);
                Err(fault)
            }
        }
    }
}

/// A name of a namespace stays array or function for as long as it stands for anything. Dyalog's page: Assignment,
/// Re-Assignment.
fn other_class(array: bool) -> Fault {
    Fault::syntax().because(match array {
        true => "Invalid modified assignment, or an attempt was made to change nameclass on assignment",
        false => "Can't change nameclass on assignment",
    })
}

/// `name←`: local to the dfn that is running, elsewhere where the name is set.
pub fn assign(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32, binding: Binding) -> Result<()> {
    match scope {
        Some(scope) if scope.keeps_names() => {
            scope.set_local(symbol, binding);
            Ok(())
        }
        _ => home(space, scope, symbol).set(symbol, binding),
    }
}

/// Changes the nearest definition of a name where it is.
pub fn update(space: &Rc<Space>, scope: Option<&Rc<Scope>>, symbol: u32, binding: Binding) -> Result<()> {
    home(space, scope, symbol).set(symbol, binding)
}

/// Has the array that a name stands for changed where it lies; `None` where the name stands for no array. What changes
/// it must not look at names.
pub fn change<T>(
    space: &Rc<Space>,
    scope: Option<&Rc<Scope>>,
    symbol: u32,
    change: impl FnOnce(&mut Value) -> T,
) -> Option<T> {
    match home(space, scope, symbol) {
        Home::Scope(scope) => scope.change(symbol, change),
        Home::Space(space) => space.change(symbol, change),
    }
}

/// Where a byte offset of a source is, in words of the innermost named function around it.
pub fn place(scope: Option<&Rc<Scope>>, source: &Rc<Source>, caret: u32) -> Place {
    let mut at = scope;
    while let Some(scope) = at {
        let definition = &scope.function.definition;
        if !Rc::ptr_eq(&definition.source, source) {
            break;
        }
        if let Some(name) = &*definition.name.borrow() {
            return source.place(caret, Some((name, definition.span.start)));
        }
        at = scope.parent();
    }
    source.place(caret, None)
}
