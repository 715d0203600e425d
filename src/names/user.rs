//! User functions and operators as data; how they are called is in `vm/`.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::{Rc, Weak};

use super::scope::Scope;
use super::space::Space;
use crate::array::memory::Lease;
use crate::code::definition::Definition;
use crate::function::{Function, Operand, Structure};
use crate::operator::derived::{self, Derivation};

/// A dfn or traditional function, or an operator with its operands: a function, with the scope it was defined in.
/// Clones are the same function.
#[derive(Clone)]
pub struct UserFunction(Rc<Shared>);

struct Shared {
    parts: Parts,
    structure: Structure,
    /// What the function takes from the workspace budget, where it has operands.
    _lease: Option<Lease>,
}

/// The function that a definition was made outside of all scopes last, for as long as anybody holds it.
#[derive(Default)]
pub struct Latest(RefCell<Weak<Shared>>);

impl Drop for Shared {
    fn drop(&mut self) {
        derived::dropped(self.structure.depth, std::mem::take(&mut self.parts.operands));
    }
}

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
        &self.0.parts
    }
}

impl UserFunction {
    /// A function of its parts.
    pub fn new(parts: Parts) -> UserFunction {
        let operands = parts.operands.0.iter().chain(&parts.operands.1);
        // That of operands of a function that is there already.
        let around = Structure::around(operands).unwrap_or(Structure::OTHER);
        let structure = of_user(around, &parts);
        UserFunction(Rc::new(Shared { parts, structure, _lease: None }))
    }

    /// An operator with its operands.
    pub fn derived(parts: Parts, derivation: Derivation) -> UserFunction {
        let (structure, lease) = derivation.parts();
        let structure = of_user(structure, &parts);
        UserFunction(Rc::new(Shared { parts, structure, _lease: Some(lease) }))
    }

    /// What it is made of.
    pub fn structure(&self) -> Structure {
        self.0.structure
    }

    /// Whether it is the same function, and no other one of the same definition.
    pub fn is(&self, other: &UserFunction) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A definition as a function in a namespace, without operands and outside of all scopes.
    pub fn outermost(definition: Rc<Definition>, space: Rc<Space>) -> UserFunction {
        let latest = definition.latest.0.borrow().upgrade();
        if let Some(latest) = latest.filter(|latest| Rc::ptr_eq(&latest.parts.space, &space)) {
            return UserFunction(latest);
        }
        let made = UserFunction::new(Parts { definition, parent: None, operands: (None, None), space });
        *made.definition.latest.0.borrow_mut() = Rc::downgrade(&made.0);
        made
    }
}

/// What a user function is made of, from what its operands are.
fn of_user(operands: Structure, parts: &Parts) -> Structure {
    let traditional = operands.traditional || parts.definition.program.is_some();
    Structure { primitive: false, built_in: false, traditional, ..operands }
}

/// How a traditional function that is nothing else is listed, with its line numbers; `None` for any other.
pub fn listing(function: &dyn Function) -> Option<Rc<str>> {
    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
    match user.operands.0 {
        None => user.definition.listing(),
        Some(_) => None,
    }
}
