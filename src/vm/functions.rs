//! Function and operator expressions: names, dfns, derived functions, trains, and what is assigned to function names.

use std::rc::Rc;

use super::assign;
use super::executed::Execute;
use super::frame::Frame;
use crate::array::{Reference, Value};
use crate::code::node::{Class, Node, NodeId};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Operand, Structure};
use crate::names::binding::{Binding, Hybrid, Operator};
use crate::names::scope::{self, Scope};
use crate::names::space::Space;
use crate::names::user::{Parts, UserFunction, UserOperator};
use crate::operator::derived::Derivation;
use crate::operator::{self, Derive, PrimitiveOperator};
use crate::primitive::{self, Primitive, PrimitiveFunction, Role};

impl Frame<'_> {
    /// The function that a node without parts stands for.
    pub fn function_leaf(&self, id: NodeId) -> Result<Fun> {
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
            Node::AlphaFunction => match self.scope.map(|scope| scope.left.borrow().clone()) {
                Some(Binding::Function(function)) => function,
                _ => return Err(self.blame(id, Fault::syntax())),
            },
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => return self.operand_leaf(id)?.function(),
            Node::Output(how) => Rc::new(assign::Written { how: *how, within: self.scope.is_some() }),
            Node::Execute => Rc::new(Execute { space: self.space.clone(), scope: self.scope.cloned() }),
            Node::SystemFunction(name) => {
                let function = self.space.workspace.system.function(self.space, self.scope, name);
                return function.ok_or_else(|| self.blame(id, self.space.workspace.system.missing(name)));
            }
            Node::AssignFunction { .. } | Node::ShowFunction(_) => return self.effect(id)?.function(),
            _ => return Err(self.blame(id, Fault::syntax())),
        })
    }

    /// The function that is running: `∇`.
    pub fn running(&self, id: NodeId) -> Result<UserFunction> {
        match self.scope {
            Some(scope) => Ok(scope.function.clone()),
            None => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// `f[k]`.
    pub fn along(&self, id: NodeId, function: Fun, axis: Value) -> Result<Fun> {
        match crate::primitive::row(function.as_ref()) {
            Some(row) => Ok(Rc::new(AxisFunction { row, axis })),
            None => {
                let none = || Fault::syntax().with_detail("the function does not take an axis");
                function.along(&axis.settled(self.context.memory())?).ok_or_else(|| self.blame(id, none()))
            }
        }
    }

    /// A primitive operator with its operand, perhaps with an axis.
    pub fn derived(&self, id: NodeId, operand: Operand, axis: Option<Value>) -> Result<Fun> {
        let made = match self.bound.node(id) {
            Node::Derived { operator, .. } => match operator.derive {
                Derive::Monadic(derive) => derive(self.context, operand, axis),
                Derive::Dyadic(_) => Err(Fault::syntax()),
            },
            _ => Err(Fault::internal("no operator")),
        };
        self.located(id, made)
    }

    /// A primitive operator with its operands.
    pub fn derived_both(&self, id: NodeId, left: Operand, right: Operand) -> Result<Fun> {
        let made = match self.bound.node(id) {
            Node::Derived2 { operator, .. } => match operator.derive {
                Derive::Dyadic(derive) => derive(self.context, left, right),
                Derive::Monadic(_) => Err(Fault::syntax()),
            },
            _ => Err(Fault::internal("no operator")),
        };
        self.located(id, made)
    }

    /// Any other operator with its operands.
    pub fn derived_user(&self, id: NodeId, operator: &Operator, left: Operand, right: Option<Operand>) -> Result<Fun> {
        let made = |operand: Operand| match &operand {
            Operand::Array(value) => match value.reference().and_then(Reference::code) {
                Some(code) => self.of_code(code).map(Operand::Function),
                None => Ok(operand),
            },
            Operand::Function(_) => Ok(operand),
        };
        let made = made(left).and_then(|left| {
            let right = right.map(made).transpose()?;
            derive(self.context, self.space, operator, left, right)
        });
        self.located(id, made)
    }

    /// `⍺⍺` or `⍵⍵`, or what an application of `⍎` gives.
    pub fn operand_leaf(&self, id: NodeId) -> Result<Operand> {
        let of_scope = |pick: fn(&Scope) -> &Option<Operand>| {
            self.scope.and_then(|scope| pick(scope).clone()).ok_or_else(|| self.blame(id, Fault::syntax()))
        };
        match self.bound.node(id) {
            Node::AlphaAlpha(_) => of_scope(|scope| &scope.function.operands.0),
            Node::OmegaOmega(_) => of_scope(|scope| &scope.function.operands.1),
            Node::Executed(_) => self.executed_operand(id),
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// The operator that a node without parts stands for.
    pub fn operator_leaf(&self, id: NodeId) -> Result<Operator> {
        match self.bound.node(id) {
            Node::PrimitiveOperator(row) => Ok(Operator::Primitive(row)),
            Node::SystemOperator(row) => Ok(Operator::System(row)),
            Node::OperatorName(name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Operator(operator) => Ok(operator),
                Binding::Unset => Err(self.blame(id, self.undefined(&name.name))),
                _ => Err(self.surprised(id)),
            },
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

    /// `s[1]` after `s←/`.
    pub fn operator_along(&self, id: NodeId, operator: &Operator, axis: Value) -> Result<Operator> {
        match operator {
            Operator::Hybrid(hybrid) if hybrid.axis.is_none() => {
                let (function, operator) = (hybrid.function.clone(), hybrid.operator);
                Ok(Operator::Hybrid(Rc::new(Hybrid { function, operator, axis: Some(axis) })))
            }
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// How an operator by itself is written.
    pub fn operator_description(&self, id: NodeId) -> Result<Description> {
        Ok(self.operator(id)?.describe())
    }

    /// Whether a node stands for an operator that is nothing else.
    pub fn is_operator(&self, id: NodeId) -> bool {
        let mut id = id;
        while let Node::AssignFunction { value, .. } | Node::ShowFunction(value) = self.bound.node(id) {
            id = *value;
        }
        match self.bound.node(id) {
            Node::PrimitiveOperator(_)
            | Node::SystemOperator(_)
            | Node::OperatorName(_)
            | Node::OperatorAxis { .. }
            | Node::DelDel
            | Node::Within { class: Class::Monadic | Class::Dyadic, .. }
            | Node::Curried { .. } => true,
            Node::Dfn(definition) => definition.class > Class::Function,
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
        (Operator::User(user), right) => {
            let derivation = Derivation::of(context, "", std::iter::once(&left).chain(&right))?.not_primitive();
            let parts = Parts {
                definition: user.definition.clone(),
                parent: user.parent.clone(),
                operands: (Some(left), right),
                space: user.space.clone(),
            };
            Ok(Rc::new(UserFunction::derived(parts, derivation)))
        }
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
        let replicate =
            matches!(self.row.facts.role, Role::JoinLast | Role::JoinFirst).then(|| primitive::lookup('/'))??;
        Some(replicate.call_axis(context, Some(Value::Bool(false)), prototype.clone(), &self.axis))
    }

    fn structure(&self) -> Structure {
        Structure::PRIMITIVE
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
