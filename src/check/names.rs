//! What names stand for while a program is inferred, and where they are looked for.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::callable::{Callable, Op};
use crate::array::Value;
use crate::code::definition::{Definition, Source};
use crate::code::node::Class;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Operand as RunOperand};
use crate::inference::Abstract;
use crate::inference::operators::Operand;
use crate::names::Space;
use crate::names::binding::{Binding, Operator};
use crate::names::scope::Scope;
use crate::names::user::{Parts, UserFunction, UserOperator};

/// What a name stands for.
#[derive(Clone)]
pub enum Thing {
    /// An array.
    Array(Abstract),
    /// A function.
    Function(Rc<Callable>),
    /// An operator.
    Operator(Op),
    /// Something whose class is not known.
    Unclear,
}

/// What a name stands for, and how often it was given something.
pub struct Slot {
    pub thing: Thing,
    pub times: usize,
}

pub type Table = RefCell<HashMap<u32, Slot>>;

/// A namespace.
pub struct Home {
    pub space: Rc<Space>,
    pub names: Table,
    /// Whether its settings are known, while it is not the current one.
    pub certain: Cell<bool>,
}

/// The names that are local to a traditional function.
pub struct Locals {
    pub names: Table,
    pub declared: HashSet<u32>,
}

/// A dfn, dop or their functions, with what is around them.
pub struct Closure {
    pub definition: Rc<Definition>,
    pub parent: Option<Rc<Frame>>,
    pub locals: Option<Rc<Locals>>,
    pub home: Rc<Home>,
    pub file: usize,
    pub operands: (Option<Operand>, Option<Operand>),
}

/// A call of a dfn.
pub struct Frame {
    pub closure: Rc<Closure>,
    pub scope: Rc<Scope>,
    pub names: Table,
    pub left: RefCell<Option<Thing>>,
    pub right: Abstract,
}

/// Where a phrase stands.
#[derive(Clone)]
pub struct Env {
    pub source: Rc<Source>,
    pub file: usize,
    pub home: Rc<Home>,
    pub frame: Option<Rc<Frame>>,
    pub locals: Option<Rc<Locals>>,
}

/// What a look for a name ends in.
pub enum Found {
    /// It is set.
    Thing(Thing),
    /// It may be set, to something that is not known.
    Unclear,
    /// Nothing sets it.
    Nobody,
}

/// A function that stands for any one while phrases are bound. It is never called.
struct AnyFunction;

impl Function for AnyFunction {
    fn call(&self, _: &Context, _: Option<Value>, _: Value) -> Result<Value> {
        Err(Fault::value())
    }

    fn describe(&self) -> Description {
        Description::Text("?".into())
    }
}

fn any_function() -> Fun {
    Rc::new(AnyFunction)
}

/// An operand that stands for one of its class while phrases are bound.
pub fn any_operand(operand: &Operand) -> RunOperand {
    match operand {
        Operand::Array(_) => RunOperand::Array(Value::Bool(false)),
        Operand::Function(_) => RunOperand::Function(any_function()),
    }
}

impl Frame {
    /// A call of a dfn with these arguments.
    pub fn new(closure: &Rc<Closure>, left: Option<Thing>, right: &Abstract) -> Rc<Frame> {
        let parts = Parts {
            definition: closure.definition.clone(),
            parent: closure.parent.as_ref().map(|parent| parent.scope.clone()),
            operands: (closure.operands.0.as_ref().map(any_operand), closure.operands.1.as_ref().map(any_operand)),
            space: closure.home.space.clone(),
        };
        let given = left.as_ref().map(|_| Value::Bool(false));
        let scope = Scope::new(&UserFunction::new(parts), given, Value::Bool(false));
        Rc::new(Frame {
            closure: closure.clone(),
            scope,
            names: Table::default(),
            left: RefCell::new(left),
            right: right.clone(),
        })
    }
}

impl Thing {
    /// What the binder is to take the name for.
    pub fn binding(&self, home: &Home) -> Binding {
        match self {
            // What stands behind a dot is bound in the namespace that the name refers to.
            Thing::Array(Abstract { value: Some(value), .. }) if value.reference().is_some() => {
                Binding::Array(value.clone())
            }
            Thing::Array(_) | Thing::Unclear => Binding::Array(Value::Bool(false)),
            Thing::Function(_) => Binding::Function(any_function()),
            Thing::Operator(Op::Primitive(row)) => Binding::Operator(Operator::Primitive(row)),
            Thing::Operator(Op::System(row)) => Binding::Operator(Operator::System(row)),
            Thing::Operator(Op::User(closure)) => Binding::Operator(Operator::User(Rc::new(UserOperator {
                definition: closure.definition.clone(),
                parent: None,
                space: home.space.clone(),
            }))),
        }
    }

    /// The class.
    pub fn class(&self) -> Option<Class> {
        match self {
            Thing::Array(_) => Some(Class::Array),
            Thing::Function(_) => Some(Class::Function),
            Thing::Operator(Op::Primitive(row)) => Some(crate::names::binding::derived_class(&row.derive)),
            Thing::Operator(Op::System(row)) => Some(row.class),
            Thing::Operator(Op::User(closure)) => Some(closure.definition.class),
            Thing::Unclear => None,
        }
    }

    /// The same where nothing is known but its class.
    pub fn loose(&self) -> Thing {
        match self {
            Thing::Array(_) => Thing::Array(Abstract::unknown()),
            Thing::Function(_) => Thing::Function(Rc::new(Callable::Unknown)),
            other => other.clone(),
        }
    }
}

/// Notes what a name stands for in a table.
pub fn put(table: &Table, symbol: u32, thing: Thing) {
    let mut table = table.borrow_mut();
    let slot = table.entry(symbol).or_insert(Slot { thing: Thing::Unclear, times: 0 });
    // A name of a namespace cannot change its class: which of the assignments fails is not known here.
    let other_class = slot.times > 0 && slot.thing.class() != thing.class();
    slot.times += 1;
    slot.thing = if other_class { Thing::Unclear } else { thing };
}

impl Env {
    /// The frames around the phrase, the innermost first.
    fn frames(&self) -> impl Iterator<Item = &Rc<Frame>> {
        std::iter::successors(self.frame.as_ref(), |frame| frame.closure.parent.as_ref())
    }

    /// The left argument of the function around, if it has one.
    pub fn left(&self) -> Option<Thing> {
        self.frame.as_ref().and_then(|frame| frame.left.borrow().clone())
    }

    /// The table that has a name.
    pub fn table_of(&self, symbol: u32) -> Option<&Table> {
        let has = |table: &&Table| table.borrow().contains_key(&symbol);
        self.frames()
            .map(|frame| &frame.names)
            .chain(self.locals.iter().map(|locals| &locals.names))
            .chain(std::iter::once(&self.home.names))
            .find(has)
    }

    /// Whether a name is one that a function around makes local, at some time.
    pub fn is_declared(&self, symbol: u32) -> bool {
        self.frames().any(|frame| frame.closure.definition.locals.contains(&symbol))
            || self.locals.as_ref().is_some_and(|locals| locals.declared.contains(&symbol))
    }

    /// Gives a name something where an assignment in the phrase would.
    pub fn set(&self, symbol: u32, thing: Thing) {
        let binding = thing.binding(&self.home);
        // A label or a name of another class refuses: the binder then sees it as it was.
        match (&self.frame, &self.locals) {
            (Some(frame), _) => {
                frame.scope.set_local(symbol, binding);
                put(&frame.names, symbol, thing);
            }
            (None, Some(locals)) if locals.declared.contains(&symbol) => {
                drop(self.home.space.set(symbol, binding));
                put(&locals.names, symbol, thing);
            }
            _ => {
                drop(self.home.space.set(symbol, binding));
                put(&self.home.names, symbol, thing);
            }
        }
    }

    /// Changes what a name stands for where it is set.
    pub fn update(&self, symbol: u32, thing: Thing) {
        match self.table_of(symbol) {
            Some(table) => put(table, symbol, thing),
            None => self.set(symbol, thing),
        }
    }
}

/// A count that is taken back when it is dropped.
pub struct Counted<'a>(&'a Cell<usize>);

impl<'a> Counted<'a> {
    /// One more.
    pub fn new(count: &'a Cell<usize>) -> Counted<'a> {
        count.set(count.get() + 1);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}
