//! What a name can stand for, and its class.

use std::rc::Rc;

use super::space::Space;
use super::user::{UserFunction, UserOperator};
use crate::array::Value;
use crate::code::node::Class;
use crate::context::Context;
use crate::error::Result;
use crate::function::{Description, Fun, Operand};
use crate::operator::{Derive, PrimitiveOperator};

/// What a name stands for.
#[derive(Clone, Default)]
pub enum Binding {
    /// Nothing yet.
    #[default]
    Unset,
    /// An array.
    Array(Value),
    /// A line of the function that is running.
    Label(u32),
    /// A function without arguments: the name stands for what it gives.
    Niladic(Rc<UserFunction>),
    /// A function.
    Function(Fun),
    /// An operator.
    Operator(Operator),
}

/// A system operator, `⎕R`.
pub struct SystemOperator {
    /// How it is written.
    pub text: &'static str,
    /// Whether it takes one operand or two.
    pub class: Class,
    /// The function that it makes of its operands, in the namespace where it stands.
    pub derive: fn(&Context, &Rc<Space>, Operand, Option<Operand>) -> Result<Fun>,
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
    /// How it is written.
    pub fn describe(&self) -> Description {
        match self {
            Operator::Primitive(row) => Description::Text(row.glyph.to_string().into()),
            Operator::System(row) => Description::Text(row.text.into()),
            Operator::User(user) => Description::Text(user.definition.written()),
            Operator::Hybrid(hybrid) => hybrid.function.describe(),
            Operator::Curried(parts) => {
                let (operator, right) = &**parts;
                Description::Curried { operator: Box::new(operator.describe()), right: Box::new(right.described(1)) }
            }
        }
    }

    /// Whether it takes one operand or two.
    pub fn class(&self) -> Class {
        match self {
            Operator::Primitive(row) => derived_class(&row.derive),
            Operator::System(row) => row.class,
            Operator::User(user) => user.definition.class,
            Operator::Curried(_) => Class::Monadic,
            Operator::Hybrid(_) => Class::Hybrid,
        }
    }
}

impl Binding {
    /// The array that the name stands for without anything being called.
    pub fn value(&self) -> Option<Value> {
        match self {
            Binding::Array(value) => Some(value.clone()),
            Binding::Label(line) => Some(Value::from(*line as usize)),
            _ => None,
        }
    }

    /// Whether an assignment may make it an array, or else a function or operator.
    pub fn may_become(&self, array: bool) -> bool {
        match self {
            Binding::Unset => true,
            Binding::Array(_) => array,
            Binding::Niladic(_) | Binding::Function(_) | Binding::Operator(_) => !array,
            Binding::Label(_) => false,
        }
    }

    /// The class; `None` where there is nothing.
    pub fn class(&self) -> Option<Class> {
        match self {
            Binding::Unset => None,
            Binding::Array(_) | Binding::Label(_) | Binding::Niladic(_) => Some(Class::Array),
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
