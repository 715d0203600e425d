//! The workspace: names and what they stand for at the outermost level.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::node::Class;
use super::scope::Scope;
use super::user::UserOperator;
use crate::array::Value;
use crate::context::Context;
use crate::error::Result;
use crate::function::{Fun, Operand};
use crate::operator::{Derive, PrimitiveOperator};

/// What a name stands for.
#[derive(Clone, Default)]
pub enum Binding {
    /// Nothing yet.
    #[default]
    Unset,
    /// An array.
    Array(Value),
    /// A function.
    Function(Fun),
    /// An operator.
    Operator(Operator),
}

/// A system operator, `⎕R`.
pub struct SystemOperator {
    /// How it is written.
    pub text: &'static str,
    /// How it takes its operands.
    pub derive: Derive,
}

/// An operator that a name can stand for.
#[derive(Clone)]
pub enum Operator {
    /// A primitive one.
    Primitive(&'static PrimitiveOperator),
    /// A system one.
    System(&'static SystemOperator),
    /// A dop.
    User(Rc<UserOperator>),
    /// A dyadic one with its right operand: `⍣¯1`.
    Curried(Rc<(Operator, Operand)>),
    /// One that is a function too: `/`.
    Hybrid(Rc<Hybrid>),
}

/// What is an operator behind a function and a function anywhere else: `/ ⌿ \ ⍀`, perhaps with an axis.
pub struct Hybrid {
    /// As a function.
    pub function: Fun,
    /// As an operator.
    pub operator: &'static PrimitiveOperator,
    /// The axis in brackets.
    pub axis: Option<Value>,
}

impl Operator {
    /// Whether it takes one operand or two.
    pub fn class(&self) -> Class {
        match self {
            Operator::Primitive(row) => derived_class(&row.derive),
            Operator::System(row) => derived_class(&row.derive),
            Operator::User(user) => user.definition.class,
            Operator::Curried(_) => Class::Monadic,
            Operator::Hybrid(_) => Class::Hybrid,
        }
    }
}

impl Binding {
    /// The class; `None` where there is nothing.
    pub fn class(&self) -> Option<Class> {
        match self {
            Binding::Unset => None,
            Binding::Array(_) => Some(Class::Array),
            Binding::Function(_) => Some(Class::Function),
            Binding::Operator(operator) => Some(operator.class()),
        }
    }
}

/// The class of an operator that takes its operands like this.
pub fn derived_class(derive: &Derive) -> Class {
    match derive {
        Derive::Monadic(_) => Class::Monadic,
        Derive::Dyadic(_) => Class::Dyadic,
    }
}

/// System variables, functions and operators, which the floor above provides.
pub trait SystemNames {
    /// The class of `⎕name`; `None` if there is no such name.
    fn class(&self, name: &str) -> Option<Class>;

    /// The value of a system variable.
    fn get(&self, context: &Context, workspace: &Rc<Workspace>, name: &str) -> Result<Value>;

    /// `⎕name←value`.
    fn set(&self, context: &Context, name: &str, value: &Value) -> Result<()>;

    /// A system function, as seen from a scope.
    fn function(&self, workspace: &Rc<Workspace>, scope: Option<&Rc<Scope>>, name: &str) -> Option<Fun>;

    /// A system operator; `⌶` is one too.
    fn operator(&self, name: &str) -> Option<&'static SystemOperator>;
}

/// Names and their values at the outermost level, and the system names.
pub struct Workspace {
    symbols: RefCell<Symbols>,
    /// How many names have stood for a function or operator, here or in any scope.
    functions: Cell<u32>,
    /// `⎕` names.
    pub system: Box<dyn SystemNames>,
}

#[derive(Default)]
struct Symbols {
    numbers: HashMap<Rc<str>, u32>,
    names: Vec<Rc<str>>,
    bindings: Vec<Binding>,
    /// Whether each has ever stood for a function or operator, here or in any scope.
    functions: Vec<bool>,
}

impl Workspace {
    /// A clear workspace.
    pub fn new(system: Box<dyn SystemNames>) -> Rc<Workspace> {
        Rc::new(Workspace { symbols: RefCell::default(), functions: Cell::new(0), system })
    }

    /// The number of a name, given on first sight.
    pub fn symbol(&self, name: &Rc<str>) -> u32 {
        let symbols = &mut *self.symbols.borrow_mut();
        if let Some(&number) = symbols.numbers.get(name) {
            return number;
        }
        let number = symbols.names.len() as u32;
        symbols.names.push(name.clone());
        symbols.bindings.push(Binding::Unset);
        symbols.functions.push(false);
        symbols.numbers.insert(name.clone(), number);
        number
    }

    /// What a name stands for.
    pub fn get(&self, symbol: u32) -> Binding {
        self.symbols.borrow().bindings.get(symbol as usize).cloned().unwrap_or_default()
    }

    /// The class of what a name stands for.
    pub fn class(&self, symbol: u32) -> Option<Class> {
        self.symbols.borrow().bindings.get(symbol as usize)?.class()
    }

    /// Makes a name stand for something else; gives what it stood for.
    pub fn set(&self, symbol: u32, binding: Binding) -> Binding {
        if matches!(binding, Binding::Function(_) | Binding::Operator(_)) {
            self.note_function(symbol);
        }
        let symbols = &mut *self.symbols.borrow_mut();
        match symbols.bindings.get_mut(symbol as usize) {
            Some(slot) => std::mem::replace(slot, binding),
            None => Binding::Unset,
        }
    }

    /// Notes that a name is about to stand for a function or operator in some scope. Names that never did are arrays
    /// wherever they are looked at, so that nobody needs to look.
    pub fn note_function(&self, symbol: u32) {
        if let Some(flag) = self.symbols.borrow_mut().functions.get_mut(symbol as usize)
            && !std::mem::replace(flag, true)
        {
            self.functions.set(self.functions.get().wrapping_add(1));
        }
    }

    /// Whether a name has ever stood for a function or operator.
    pub fn was_function(&self, symbol: u32) -> bool {
        // Symbols beyond the table are `⍺`, `⍺⍺` and `⍵⍵`.
        self.symbols.borrow().functions.get(symbol as usize).copied().unwrap_or(true)
    }

    /// Changes whenever a name stands for a function or operator for the first time.
    pub fn generation(&self) -> u32 {
        self.functions.get()
    }

    /// All names that stand for something, with their classes, in alphabetical order.
    pub fn names(&self) -> Vec<(Rc<str>, Class)> {
        let symbols = self.symbols.borrow();
        let pairs = symbols.names.iter().zip(&symbols.bindings);
        let mut names: Vec<_> = pairs.filter_map(|(name, b)| Some((name.clone(), b.class()?))).collect();
        names.sort();
        names
    }

    /// What each name stands for, by its number.
    pub fn bindings(&self) -> Vec<(u32, Binding)> {
        let symbols = self.symbols.borrow();
        let pairs = (0..).zip(&symbols.bindings).filter(|(_, binding)| binding.class().is_some());
        pairs.map(|(symbol, binding)| (symbol, binding.clone())).collect()
    }

    /// The name with this number.
    pub fn name(&self, symbol: u32) -> Option<Rc<str>> {
        self.symbols.borrow().names.get(symbol as usize).cloned()
    }

    /// Forgets every name.
    pub fn clear(&self) {
        let bindings: Vec<Binding> = self.symbols.borrow_mut().bindings.iter_mut().map(std::mem::take).collect();
        drop(bindings);
    }

    /// The name closest to one that has no value, for the error's detail.
    pub fn nearest(&self, name: &str) -> Option<Rc<str>> {
        let symbols = self.symbols.borrow();
        let set = symbols.names.iter().zip(&symbols.bindings).filter(|(_, b)| b.class().is_some());
        let best = set.map(|(other, _)| (distance(name, other), other)).min_by_key(|(d, _)| *d)?;
        (best.0 <= 1 + name.chars().count() / 4).then(|| best.1.clone())
    }
}

/// Edits between two short names, letter case counting half an edit less than a letter.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(32).collect(), b.chars().take(32).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

impl PartialOrd for Class {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Class {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}
