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
pub use workspace::{Binding, Operator, SystemNames, Workspace};

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
