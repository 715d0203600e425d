//! Evaluation: phrases bound to what their names stand for, expressions, user functions, assignment.

mod assign;
mod bind;
mod binding;
mod cells;
mod definition;
mod executed;
mod explain;
mod expression;
mod indexed;
mod members;
mod node;
pub mod path;
mod scope;
pub mod script;
mod selective;
mod space;
mod statement;
pub mod traditional;
mod user;
mod workspace;

use std::rc::Rc;

pub use binding::{Binding, Operator, SystemOperator, derived_class};
pub use definition::{Definition, Source};
pub use explain::explain;
pub use node::{Bound, Class};
pub use scope::Scope;
pub use space::{Space, at_home};
pub use statement::{Evaluator, Shown};
pub use user::UserFunction;
pub use workspace::{SystemNames, Workspace};

use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::syntax::fault::{SyntaxError, SyntaxErrorKind};

/// A text that does not parse, as a fault with its place.
pub fn syntax_fault(error: &SyntaxError, source: &Source) -> Fault {
    let mut fault = plain_fault(error);
    source.locate(&mut fault, source.place(error.span.start, None));
    fault
}

/// The same for a text that is running.
fn running_fault(error: &SyntaxError, scope: &Rc<Scope>) -> Fault {
    let mut fault = plain_fault(error);
    fault.set_place(expression::place(Some(scope), &scope.function.definition.source, error.span.start));
    fault
}

fn plain_fault(error: &SyntaxError) -> Fault {
    let fault = Fault::new(match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::Syntax,
        SyntaxErrorKind::Limit => ErrorKind::Limit,
        SyntaxErrorKind::Domain => ErrorKind::Domain,
    });
    match &error.message {
        Some(message) => fault.because(message.clone()),
        None => fault,
    }
}

/// The parts of a script. SYNTAX ERROR at what does not belong there.
pub fn script_of(text: &str) -> Result<crate::syntax::traditional::Script> {
    let source = Source { text: text.into(), executed: false };
    crate::syntax::traditional::script(text).map_err(|error| match error.message.as_deref() {
        Some("Classes are not there yet") => Fault::nonce("classes"),
        _ => syntax_fault(&error, &source),
    })
}

/// What a name, which may have dots in it, stands for where a scope sees it: `⎕NC`.
pub fn find(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str) -> Binding {
    let Some(path::Located { space, scope, name }) = path::locate(space, scope, name) else { return Binding::Unset };
    let symbol = space.symbol(&name);
    scope::lookup(&space, scope, &node::NameRef { name, symbol })
}

/// Makes a name stand for something where a scope sees it. SYNTAX ERROR for a label.
pub fn set(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str, binding: Binding) -> Result<()> {
    scope::update(space, scope, space.symbol(&name.into()), binding)
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
        None => space.workspace.set_desk(space),
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
    let mut at = scope;
    while let Some(scope) = at {
        found.extend(scope.own_names().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
        at = scope.parent();
    }
    found.extend(space.bindings().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
    found.into_iter().filter_map(|(symbol, binding)| Some((space.workspace.name(symbol)?, binding))).collect()
}
