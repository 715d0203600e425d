//! The scope of a running user function: its arguments, operands and local names, and the scopes around it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use super::binding::Binding;
use super::node::{Class, NameRef};
use super::space::Space;
use super::user::{Definition, UserFunction};
use crate::array::Value;
use crate::context::Settings;
use crate::function::Operand;

/// A running user function.
pub struct Scope {
    /// What is running.
    pub definition: Rc<Definition>,
    /// The scope the function was defined in.
    pub parent: Option<Rc<Scope>>,
    /// Local names by slot.
    slots: RefCell<SmallVec<[Binding; 4]>>,
    /// Local names that only `⍎` has made.
    extra: RefCell<Vec<(u32, Binding)>>,
    /// `⍺`: an array, or a function where a default made it one.
    pub left: RefCell<Binding>,
    /// `⍵`.
    pub right: RefCell<Value>,
    /// `⍺⍺` and `⍵⍵`.
    pub operands: (Option<Operand>, Option<Operand>),
    /// System variables as they were before this function changed one.
    pub settings: RefCell<Option<Settings>>,
    /// Whether an error guard is in force, so that calls are not tail calls.
    pub guarded: Cell<bool>,
}

/// The local names of a scope at some time.
pub struct Snapshot {
    slots: SmallVec<[Binding; 4]>,
    extra: Vec<(u32, Binding)>,
    left: Binding,
}

impl Scope {
    /// The scope of a call, with nothing local yet.
    pub fn new(function: &UserFunction, left: Option<Value>, right: Value) -> Rc<Scope> {
        let slots = smallvec![Binding::Unset; function.definition.locals.len()];
        Rc::new(Scope {
            definition: function.definition.clone(),
            parent: function.parent.clone(),
            slots: RefCell::new(slots),
            extra: RefCell::default(),
            left: RefCell::new(left.map_or(Binding::Unset, Binding::Array)),
            right: RefCell::new(right),
            operands: function.operands.clone(),
            settings: RefCell::new(None),
            guarded: Cell::new(false),
        })
    }

    /// Forgets local names, which breaks cycles of functions that are local to the scope they remember.
    pub fn clear(&self) {
        let slots = self.slots.take();
        let extra = self.extra.take();
        drop((slots, extra));
    }

    /// The local names and `⍺` as they are now, for [`Scope::unwind`].
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            slots: self.slots.borrow().clone(),
            extra: self.extra.borrow().clone(),
            left: self.left.borrow().clone(),
        }
    }

    /// Makes them what they were.
    pub fn unwind(&self, snapshot: Snapshot) {
        let now = (self.slots.replace(snapshot.slots), self.extra.replace(snapshot.extra));
        drop((now, self.left.replace(snapshot.left)));
    }

    /// A number for this call of the capsule: of the outermost function in whose text this one stands.
    pub fn capsule(&self) -> usize {
        let mut outermost = self;
        while let Some(parent) = &outermost.parent {
            outermost = parent;
        }
        std::ptr::from_ref(outermost) as usize
    }

    /// The class of `⍺`.
    pub fn left_class(&self) -> Class {
        self.left.borrow().class().unwrap_or(Class::Array)
    }

    /// The slot of a local name of this scope.
    fn slot(&self, symbol: u32) -> Option<usize> {
        self.definition.locals.iter().position(|&local| local == symbol)
    }

    fn own(&self, symbol: u32) -> Option<Binding> {
        if let Some(slot) = self.slot(symbol)
            && let Some(binding) = self.slots.borrow().get(slot)
            && !matches!(binding, Binding::Unset)
        {
            return Some(binding.clone());
        }
        self.extra.borrow().iter().find(|(other, _)| *other == symbol).map(|(_, binding)| binding.clone())
    }

    /// The local names that stand for something.
    pub fn own_names(&self) -> Vec<(u32, Binding)> {
        let slots = self.slots.borrow();
        let pairs = self.definition.locals.iter().copied().zip(slots.iter().cloned());
        let extra = self.extra.borrow();
        pairs.chain(extra.iter().cloned()).filter(|(_, binding)| !matches!(binding, Binding::Unset)).collect()
    }

    /// Makes a local name stand for something.
    pub fn set_local(&self, symbol: u32, binding: Binding) {
        if let Some(slot) = self.slot(symbol) {
            let old = self.slots.borrow_mut().get_mut(slot).map(|place| std::mem::replace(place, binding));
            drop(old);
            return;
        }
        let mut extra = self.extra.borrow_mut();
        extra.retain(|(other, _)| *other != symbol);
        extra.push((symbol, binding));
    }

    /// Takes a local value out, so that it can be changed in place; it must be set again.
    fn take_local(&self, symbol: u32) -> Option<Binding> {
        let slot = self.slot(symbol)?;
        let mut slots = self.slots.borrow_mut();
        match slots.get_mut(slot) {
            Some(Binding::Unset) | None => None,
            Some(place) => Some(std::mem::take(place)),
        }
    }
}

/// What a name stands for, seen from a scope: its own locals, then those of the scopes around it, then the namespace's.
pub fn lookup(space: &Space, scope: Option<&Rc<Scope>>, name: &NameRef) -> Binding {
    let mut at = scope;
    while let Some(scope) = at {
        if let Some(binding) = scope.own(name.symbol) {
            return binding;
        }
        at = scope.parent.as_ref();
    }
    space.get(name.symbol)
}

/// The class of what a name stands for.
pub fn class_of(space: &Space, scope: Option<&Rc<Scope>>, symbol: u32) -> Option<Class> {
    match home(scope, symbol) {
        Some(scope) => scope.own(symbol).and_then(|binding| binding.class()),
        None => space.class(symbol),
    }
}

/// The innermost scope in which a name is set; `None`: the namespace.
pub fn home(scope: Option<&Rc<Scope>>, symbol: u32) -> Option<&Rc<Scope>> {
    let mut at = scope;
    while let Some(scope) = at {
        let in_slot = scope.slot(symbol).is_some_and(|slot| {
            scope.slots.borrow().get(slot).is_some_and(|binding| !matches!(binding, Binding::Unset))
        });
        if in_slot || scope.extra.borrow().iter().any(|(other, _)| *other == symbol) {
            return Some(scope);
        }
        at = scope.parent.as_ref();
    }
    None
}

/// Changes the nearest definition of a name where it is.
pub fn update(space: &Space, scope: Option<&Rc<Scope>>, symbol: u32, binding: Binding) {
    match home(scope, symbol) {
        Some(scope) => scope.set_local(symbol, binding),
        None => drop(space.set(symbol, binding)),
    }
}

/// Takes an array out of the nearest definition of a name, so that it can be changed in place; the caller sets it
/// again whatever happens.
pub fn take(space: &Space, scope: Option<&Rc<Scope>>, symbol: u32) -> Option<Binding> {
    match home(scope, symbol) {
        Some(scope) => scope.take_local(symbol).or_else(|| scope.own(symbol)),
        None => Some(space.set(symbol, Binding::Unset)),
    }
}
