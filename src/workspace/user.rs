//! User functions and operators as data; how they are called is in `eval/`.

use std::ops::Deref;
use std::rc::Rc;

use super::definition::Definition;
use super::scope::Scope;
use super::space::Space;
use crate::function::{Function, Operand};

/// A dfn or traditional function, or an operator with its operands: a function, with the scope it was defined in.
/// Clones are the same function.
#[derive(Clone)]
pub struct UserFunction(Rc<Parts>);

/// What a user function is made of.
pub struct Parts {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// `⍺⍺` and `⍵⍵`.
    pub operands: (Option<Operand>, Option<Operand>),
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

/// A dop or traditional operator, with the scope it was defined in.
pub struct UserOperator {
    /// What it does.
    pub definition: Rc<Definition>,
    /// The scope it was defined in.
    pub parent: Option<Rc<Scope>>,
    /// The namespace it runs in.
    pub space: Rc<Space>,
}

impl Deref for UserFunction {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl UserFunction {
    /// A function of its parts.
    pub fn new(parts: Parts) -> UserFunction {
        UserFunction(Rc::new(parts))
    }

    /// Whether it is the same function, and no other one of the same definition.
    pub fn is(&self, other: &UserFunction) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A definition as a function in a namespace, without operands and outside of all scopes.
    pub fn outermost(definition: Rc<Definition>, space: Rc<Space>) -> UserFunction {
        UserFunction::new(Parts { definition, parent: None, operands: (None, None), space })
    }
}

/// How a traditional function that is nothing else is listed, with its line numbers; `None` for any other.
pub fn listing(function: &dyn Function) -> Option<Rc<str>> {
    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
    match user.operands.0 {
        None => user.definition.listing(),
        Some(_) => None,
    }
}
