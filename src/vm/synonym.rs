//! User functions that are other names of simple functions: dfns that do nothing but apply a function to their arguments.
//!
//! The bound form of the body decides, so that names are looked up as the body would look them up.

use std::rc::Rc;

use crate::array::Value;
use crate::code::bind;
use crate::code::definition::CachedStatement;
use crate::code::node::{Bound, NameRef, Node, NodeId};
use crate::context::Context;
use crate::function::{Fun, Operand};
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::names::user::UserFunction;
use crate::operator;
use crate::primitive::{self, PrimitiveFunction};

/// Dfns that name one another are followed this far.
const FARTHEST: u8 = 8;

/// See [`Function::synonym`].
pub fn of(context: &Context, function: &UserFunction, dyadic: bool) -> Option<Fun> {
    // Its body is only looked at.
    context.tracer.unrecorded(|| follow(context, function, dyadic, FARTHEST))
}

fn follow(context: &Context, function: &UserFunction, dyadic: bool, farthest: u8) -> Option<Fun> {
    let [CachedStatement::Expression(phrase)] = &function.definition.statements[..] else { return None };
    if function.operands.0.is_some() || !function.space.is_current() {
        return None;
    }
    let scope = Scope::new(function, dyadic.then_some(Value::Bool(false)), Value::Bool(false));
    let bound = bind::bound_in_body(context, &function.space, &scope, phrase).ok()?;
    if !bound.pure {
        return None;
    }
    let body = Body { context, function, bound: &bound, farthest };
    match *bound.node(bound.root()?) {
        Node::Omega => glyph('⊢'),
        Node::Alpha if dyadic => glyph('⊣'),
        Node::Monad { function, right } => match bound.node(right) {
            Node::Omega if !dyadic => body.function(function, false),
            _ => None,
        },
        Node::Dyad { left, function, right } => {
            let f = body.function(function, true)?;
            match (bound.node(left), bound.node(right)) {
                (Node::Alpha, Node::Omega) if dyadic => Some(f),
                (Node::Omega, Node::Alpha) if dyadic => match primitive::row(&*f) {
                    Some(row) if "+×⌈⌊=≠".contains(row.glyph) => Some(f),
                    _ => operator::commute(context, Operand::Function(f), None).ok(),
                },
                (Node::Omega, Node::Omega) if !dyadic => operator::commute(context, Operand::Function(f), None).ok(),
                (Node::Omega, _) if !dyadic => {
                    operator::beside(context, Operand::Function(f), Operand::Array(body.array(right)?)).ok()
                }
                (_, Node::Omega) if !dyadic => {
                    operator::beside(context, Operand::Array(body.array(left)?), Operand::Function(f)).ok()
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The bound body of a dfn of one expression.
struct Body<'a> {
    context: &'a Context,
    function: &'a UserFunction,
    bound: &'a Bound,
    farthest: u8,
}

impl Body<'_> {
    /// A function that is the same whenever the body runs, and has no side effects.
    fn function(&self, id: NodeId, dyadic: bool) -> Option<Fun> {
        match self.bound.node(id) {
            Node::Primitive(row) => Some(Rc::new(PrimitiveFunction(row))),
            Node::Ready(function) => Some(function.clone()),
            Node::FunctionName(name) => match self.named(name) {
                Binding::Function(function) => {
                    if primitive::row(&*function).is_some_and(|row| !row.facts.random) {
                        return Some(function);
                    }
                    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
                    follow(self.context, user, dyadic, self.farthest.checked_sub(1)?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// An array that is the same whenever the body runs.
    fn array(&self, id: NodeId) -> Option<Value> {
        match self.bound.node(id) {
            Node::Constant(value) => Some(value.clone()),
            Node::Name(name) => match self.named(name) {
                Binding::Array(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    fn named(&self, name: &NameRef) -> Binding {
        scope::lookup(&self.function.space, self.function.parent.as_ref(), name)
    }
}

fn glyph(glyph: char) -> Option<Fun> {
    primitive::lookup(glyph).map(|row| Rc::new(PrimitiveFunction(row)) as Fun)
}
