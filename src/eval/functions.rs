//! Function and operator expressions: names, dfns, derived functions, trains, and what is assigned to function names.

use std::rc::Rc;

use super::assign;
use super::executed::Execute;
use super::frame::Frame;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Operand};
use crate::operator::{self, Derive, PrimitiveOperator};
use crate::primitive::{self, Primitive, PrimitiveFunction};
use crate::workspace::binding::{Binding, Hybrid, Operator};
use crate::workspace::node::{Class, Node, NodeId};
use crate::workspace::scope::{self, Scope};
use crate::workspace::space::Space;
use crate::workspace::user::{Parts, UserFunction, UserOperator};

/// Native stack that must be left when an expression descends, and what is added where it isn't.
const RED_ZONE: usize = 96 * 1024;
const STACK_PIECE: usize = 2 * 1024 * 1024;

impl Frame<'_> {
    /// The function that a function expression stands for.
    pub fn function(&self, id: NodeId) -> Result<Fun> {
        Ok(match self.bound.node(id) {
            Node::Ready(function) => function.clone(),
            Node::Primitive(row) => Rc::new(PrimitiveFunction(row)),
            Node::FunctionName(name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Function(function) => function,
                Binding::Operator(Operator::Hybrid(hybrid)) => hybrid.function.clone(),
                Binding::Unset => return Err(self.blame(id, self.undefined(&name.name))),
                _ => return Err(self.surprised(id)),
            },
            Node::Dfn(definition) => Rc::new(UserFunction::new(Parts {
                definition: definition.clone(),
                parent: self.scope.cloned(),
                operands: (None, None),
                space: self.space.clone(),
            })),
            Node::Del => Rc::new(self.running(id)?),
            _ => return stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.derived(id)),
        })
    }

    /// The function that is running: `∇`.
    pub fn running(&self, id: NodeId) -> Result<UserFunction> {
        match self.scope {
            Some(scope) => Ok(scope.function.clone()),
            None => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn derived(&self, id: NodeId) -> Result<Fun> {
        match self.bound.node(id) {
            Node::AlphaFunction => match self.scope.map(|scope| scope.left.borrow().clone()) {
                Some(Binding::Function(function)) => Ok(function),
                _ => Err(self.blame(id, Fault::syntax())),
            },
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => self.operand(id)?.function(),
            Node::Output(how) => Ok(Rc::new(assign::Written { how: *how, within: self.scope.is_some() })),
            Node::Execute => Ok(Rc::new(Execute { space: self.space.clone(), scope: self.scope.cloned() })),
            Node::SystemFunction(name) => self
                .space
                .workspace
                .system
                .function(self.space, self.scope, name)
                .ok_or_else(|| self.blame(id, Fault::nonce(format!("⎕{name}")))),
            Node::Axis { function, axis } => {
                let at = *axis;
                let axis = self.array(at)?;
                let function = self.function(*function).map_err(|fault| self.keeping(fault, at, &axis))?;
                match crate::primitive::row(function.as_ref()) {
                    Some(row) => Ok(Rc::new(AxisFunction { row, axis })),
                    None => {
                        let none = || Fault::syntax().with_detail("the function does not take an axis");
                        function.along(&axis.settled(self.context.memory())?).ok_or_else(|| self.blame(id, none()))
                    }
                }
            }
            Node::Derived { operator, operand, axis } => {
                let at = *axis;
                let axis = at.map(|axis| self.array(axis)).transpose()?;
                let operand = self.operand(*operand);
                let operand =
                    operand.map_err(|fault| self.keeping_indices(fault, &[at], std::slice::from_ref(&axis)))?;
                let made = match operator.derive {
                    Derive::Monadic(derive) => derive(self.context, operand, axis),
                    Derive::Dyadic(_) => Err(Fault::syntax()),
                };
                self.located(id, made)
            }
            Node::Derived2 { operator, left, right } => {
                let second = *right;
                let right = self.operand(second)?;
                let left = self.operand(*left).map_err(|fault| self.keeping_operand(fault, second, &right))?;
                let made = match operator.derive {
                    Derive::Dyadic(derive) => derive(self.context, left, right),
                    Derive::Monadic(_) => Err(Fault::syntax()),
                };
                self.located(id, made)
            }
            Node::Outer(operand) => {
                let function = self.operand(*operand)?.function();
                let function = Operand::Function(self.located(*operand, function)?);
                self.located(id, operator::outer_product(self.context, function))
            }
            Node::Train(tines) => {
                let mut operands = Vec::with_capacity(tines.len());
                for &tine in tines.iter().rev() {
                    let operand = self.operand(tine).map_err(|fault| {
                        let known = tines.iter().rev().zip(&operands);
                        known.fold(fault, |fault, (&tine, known)| self.keeping_operand(fault, tine, known))
                    })?;
                    operands.push(operand);
                }
                operands.reverse();
                self.located(id, operator::train(self.context, operands))
            }
            Node::UserDerived { operator, left, right } => {
                let second = *right;
                let right = second.map(|right| self.operand(right)).transpose()?;
                let parts = self.operator(*operator).and_then(|operator| Ok((operator, self.operand(*left)?)));
                let (operator, left) = parts.map_err(|fault| match (second, &right) {
                    (Some(second), Some(right)) => self.keeping_operand(fault, second, right),
                    _ => fault,
                })?;
                let made = derive(self.context, self.space, &operator, left, right);
                self.located(id, made)
            }
            Node::AssignFunction { .. } | Node::ShowFunction(_) => self.effect(id)?.function(),
            Node::Within { space, inner, class: Class::Function } => self.within_function(id, *space, inner),
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// The value or function of an operand.
    pub fn operand(&self, id: NodeId) -> Result<Operand> {
        let of_scope = |pick: fn(&Scope) -> &Option<Operand>| {
            self.scope.and_then(|scope| pick(scope).clone()).ok_or_else(|| self.blame(id, Fault::syntax()))
        };
        match self.bound.node(id) {
            Node::AlphaAlpha(_) => of_scope(|scope| &scope.function.operands.0),
            Node::OmegaOmega(_) => of_scope(|scope| &scope.function.operands.1),
            Node::Executed(_) => self.executed_operand(id),
            node if is_array(node) => Ok(Operand::Array(self.array(id)?.settled(self.context.memory())?)),
            _ => Ok(Operand::Function(self.function(id)?)),
        }
    }

    /// The operator that an operator expression stands for.
    pub fn operator(&self, id: NodeId) -> Result<Operator> {
        match self.bound.node(id) {
            Node::PrimitiveOperator(row) => Ok(Operator::Primitive(row)),
            Node::SystemOperator(row) => Ok(Operator::System(row)),
            Node::Within { space, inner, class: Class::Monadic | Class::Dyadic } => {
                self.within_operator(id, *space, inner)
            }
            Node::OperatorName(name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Operator(operator) => Ok(operator),
                Binding::Unset => Err(self.blame(id, self.undefined(&name.name))),
                _ => Err(self.surprised(id)),
            },
            Node::OperatorAxis { operator, axis } => {
                let axis = Some(self.array(*axis)?.settled(self.context.memory())?);
                match self.operator(*operator)? {
                    Operator::Hybrid(hybrid) if hybrid.axis.is_none() => {
                        let (function, operator) = (hybrid.function.clone(), hybrid.operator);
                        Ok(Operator::Hybrid(Rc::new(Hybrid { function, operator, axis })))
                    }
                    _ => Err(self.blame(id, Fault::syntax())),
                }
            }
            Node::Curried { operator, right } => {
                let right = self.operand(*right)?;
                Ok(Operator::Curried(Rc::new((self.operator(*operator)?, right))))
            }
            Node::AssignFunction { value, .. } | Node::ShowFunction(value) => {
                self.effect(id)?;
                self.operator(*value)
            }
            Node::Dfn(definition) => Ok(Operator::User(Rc::new(UserOperator {
                definition: definition.clone(),
                parent: self.scope.cloned(),
                space: self.space.clone(),
            }))),
            Node::DelDel => match self.scope {
                Some(scope) => Ok(Operator::User(Rc::new(UserOperator {
                    definition: scope.function.definition.clone(),
                    parent: scope.parent().cloned(),
                    space: self.space.clone(),
                }))),
                None => Err(self.blame(id, Fault::syntax())),
            },
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// How an operator by itself is written.
    pub fn operator_description(&self, id: NodeId) -> Result<Description> {
        Ok(self.operator(id)?.describe())
    }

    /// Whether a node stands for an operator that is nothing else.
    pub fn is_operator(&self, id: NodeId) -> bool {
        match self.bound.node(id) {
            Node::PrimitiveOperator(_)
            | Node::SystemOperator(_)
            | Node::OperatorName(_)
            | Node::OperatorAxis { .. }
            | Node::DelDel
            | Node::Within { class: Class::Monadic | Class::Dyadic, .. }
            | Node::Curried { .. } => true,
            Node::Dfn(definition) => definition.class > Class::Function,
            Node::AssignFunction { value, .. } | Node::ShowFunction(value) => self.is_operator(*value),
            _ => false,
        }
    }

    /// What is a function and an operator too: `/`, `/[1]`, a name for one.
    pub fn hybrid(&self, node: &Node) -> Result<Option<Rc<Hybrid>>> {
        let (row, axis) = match node {
            Node::Primitive(row) => (row, None),
            Node::Axis { function, axis } => match self.bound.node(*function) {
                Node::Primitive(row) => (row, Some(axis)),
                _ => return Ok(None),
            },
            Node::FunctionName(name) => {
                return Ok(match scope::lookup(self.space, self.scope, name) {
                    Binding::Operator(Operator::Hybrid(hybrid)) => Some(hybrid),
                    _ => None,
                });
            }
            _ => return Ok(None),
        };
        let Some(operator) = operator::lookup(row.glyph) else { return Ok(None) };
        let axis = match axis {
            Some(&axis) => Some(self.array(axis)?.settled(self.context.memory())?),
            None => None,
        };
        let function: Fun = match &axis {
            Some(axis) => Rc::new(AxisFunction { row, axis: axis.clone() }),
            None => Rc::new(PrimitiveFunction(row)),
        };
        Ok(Some(Rc::new(Hybrid { function, operator, axis })))
    }
}

/// Whether a node stands for an array.
pub fn is_array(node: &Node) -> bool {
    matches!(
        node,
        Node::Constant(_)
            | Node::Name(_)
            | Node::System(_)
            | Node::QuadInput
            | Node::QuoteQuadInput
            | Node::Alpha
            | Node::Omega
            | Node::Strand(_)
            | Node::Monad { .. }
            | Node::Dyad { .. }
            | Node::MixedDyad { .. }
            | Node::Executed(_)
            | Node::Index { .. }
            | Node::Matrix(_)
            | Node::Assign { .. }
            | Node::Root
            | Node::Parent
            | Node::Within { class: Class::Array, .. }
            | Node::Namespace(_)
    )
}

/// The function that an operator makes of operands.
fn derive(
    context: &Context,
    space: &Rc<Space>,
    operator: &Operator,
    left: Operand,
    right: Option<Operand>,
) -> Result<Fun> {
    match (operator, right) {
        (Operator::System(row), right) => (row.derive)(context, space, left, right),
        (Operator::Primitive(PrimitiveOperator { derive, .. }), right) => match (derive, right) {
            (Derive::Monadic(derive), None) => derive(context, left, None),
            (Derive::Dyadic(derive), Some(right)) => derive(context, left, right),
            _ => Err(Fault::syntax()),
        },
        (Operator::Hybrid(hybrid), None) => match hybrid.operator.derive {
            Derive::Monadic(derive) => derive(context, left, hybrid.axis.clone()),
            Derive::Dyadic(_) => Err(Fault::syntax()),
        },
        (Operator::Curried(parts), None) => self::derive(context, space, &parts.0, left, Some(parts.1.clone())),
        (Operator::Hybrid(_) | Operator::Curried(_), Some(_)) => Err(Fault::syntax()),
        (Operator::User(user), right) => Ok(Rc::new(UserFunction::new(Parts {
            definition: user.definition.clone(),
            parent: user.parent.clone(),
            operands: (Some(left), right),
            space: user.space.clone(),
        }))),
    }
}

/// `f[k]`.
struct AxisFunction {
    row: &'static Primitive,
    axis: Value,
}

impl Function for AxisFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.row.call_axis(context, left, right, &self.axis)
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        let forward = AxisFunction { row: self.row, axis: self.axis.clone() };
        Ok(primitive::undo::with_axis(self.row, self.axis.clone(), Rc::new(forward)))
    }

    /// `0/[k]` the prototype where items are joined along an axis.
    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        let replicate = primitive::lookup('/').filter(|_| ",⍪".contains(self.row.glyph))?;
        Some(replicate.call_axis(context, Some(Value::Bool(false)), prototype.clone(), &self.axis))
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "".into(),
            left: Box::new(Description::Text(self.row.glyph.to_string().into())),
            right: None,
            axis: Some(self.axis.clone()),
        }
    }
}
