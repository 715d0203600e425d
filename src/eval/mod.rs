//! Evaluation: phrases bound to what their names stand for, expressions, user functions, assignment.

mod assign;
mod bind;
mod cells;
mod explain;
mod expression;
mod node;
mod scope;
mod selective;
mod statement;
mod user;
mod workspace;

use std::rc::Rc;

pub use explain::explain;
pub use node::{Bound, Class};
pub use scope::Scope;
pub use statement::{Evaluator, Shown};
pub use user::{Source, UserFunction};
pub use workspace::{Binding, Operator, SystemNames, SystemOperator, Workspace, derived_class};

use crate::error::{ErrorKind, Fault};
use crate::syntax::fault::{SyntaxError, SyntaxErrorKind};

/// A text that does not parse, as a fault with its place.
pub fn syntax_fault(error: &SyntaxError, source: &Source) -> Fault {
    let kind = match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::Syntax,
        SyntaxErrorKind::Limit => ErrorKind::Limit,
        SyntaxErrorKind::Domain => ErrorKind::Domain,
    };
    let mut fault = Fault::new(kind);
    if let Some(message) = &error.message {
        fault = fault.because(message.clone());
    }
    fault.set_place(source.place(error.span.start, None));
    fault
}

/// A name's class and value as a scope sees them, for system functions such as `⎕NC`.
pub fn find(workspace: &Rc<Workspace>, scope: Option<&Rc<Scope>>, name: &str) -> Binding {
    let name: Rc<str> = name.into();
    let symbol = workspace.symbol(&name);
    scope::lookup(workspace, scope, &node::NameRef { name, symbol })
}

/// Makes a name stand for nothing where a scope sees it: `⎕EX`.
pub fn forget(workspace: &Rc<Workspace>, scope: Option<&Rc<Scope>>, name: &str) {
    let symbol = workspace.symbol(&name.into());
    scope::update(workspace, scope, symbol, Binding::Unset);
}

/// All names that stand for something as a scope sees them, in no order: `⎕NL`.
pub fn visible(workspace: &Rc<Workspace>, scope: Option<&Rc<Scope>>) -> Vec<(Rc<str>, Binding)> {
    let mut found: Vec<(u32, Binding)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut at = scope;
    while let Some(scope) = at {
        found.extend(scope.own_names().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
        at = scope.parent.as_ref();
    }
    found.extend(workspace.bindings().into_iter().filter(|(symbol, _)| seen.insert(*symbol)));
    found.into_iter().filter_map(|(symbol, binding)| Some((workspace.name(symbol)?, binding))).collect()
}
