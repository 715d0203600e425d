//! The functions and operands in a body that is applied to all cells at once, which must be the same for every cell.

use std::rc::Rc;

use super::Run;
use crate::code::node::{Bound, Class, Node, NodeId};
use crate::error::Result;
use crate::function::{Fun, Operand};
use crate::names::binding::Binding;
use crate::names::scope;
use crate::names::user::{Parts, UserFunction};
use crate::operator::{self, Derive};
use crate::primitive::PrimitiveFunction;

impl Run<'_> {
    /// Whether all local names stand for something that is the same for every cell.
    fn same_for_all(&self) -> bool {
        self.locals.iter().all(|(_, cells)| cells.present.is_empty())
    }

    /// A function whose parts do not depend on the cell.
    pub(super) fn function(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Fun>> {
        Ok(match bound.node(id) {
            Node::Ready(function) => Some(function.clone()),
            Node::Primitive(row) => Some(Rc::new(PrimitiveFunction(row))),
            Node::FunctionName(name) => match scope::lookup(&self.function.space, self.scope.parent(), name) {
                Binding::Function(function) => Some(function),
                _ => None,
            },
            Node::AlphaAlpha(Class::Function) | Node::OmegaOmega(Class::Function) => match self.operand(bound, id)? {
                Some(Operand::Function(function)) => Some(function),
                _ => None,
            },
            Node::Dfn(definition) if definition.class == Class::Function && self.same_for_all() => {
                // An inner dfn may read the names of this body, so it is only possible if none of them stands for cells.
                Some(Rc::new(UserFunction::new(Parts {
                    definition: definition.clone(),
                    parent: Some(self.scope.clone()),
                    operands: (None, None),
                    space: self.function.space.clone(),
                })))
            }
            Node::Derived { operator, operand, axis: None } => match (&operator.derive, self.operand(bound, *operand)?)
            {
                (Derive::Monadic(derive), Some(operand)) => Some(derive(self.context, operand, None)?),
                _ => None,
            },
            Node::Derived2 { operator, left, right } => {
                let Some(right) = self.operand(bound, *right)? else { return Ok(None) };
                let Some(left) = self.operand(bound, *left)? else { return Ok(None) };
                match operator.derive {
                    Derive::Dyadic(derive) => Some(derive(self.context, left, right)?),
                    Derive::Monadic(_) => None,
                }
            }
            Node::Outer(operand) => match self.operand(bound, *operand)? {
                Some(operand) => Some(operator::outer_product(self.context, operand)?),
                None => None,
            },
            Node::Train(tines) => {
                let mut operands = Vec::new();
                for &tine in tines.iter().rev() {
                    let Some(operand) = self.operand(bound, tine)? else { return Ok(None) };
                    operands.push(operand);
                }
                operands.reverse();
                Some(operator::train(self.context, operands)?)
            }
            _ => None,
        })
    }

    /// An operand that is the same for every cell.
    pub(super) fn operand(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Operand>> {
        match bound.node(id) {
            Node::AlphaAlpha(_) => return Ok(self.scope.function.operands.0.clone()),
            Node::OmegaOmega(_) => return Ok(self.scope.function.operands.1.clone()),
            _ => {}
        }
        if let Some(function) = self.function(bound, id)? {
            return Ok(Some(Operand::Function(function)));
        }
        match self.array(bound, id)? {
            Some(cells) if cells.present.is_empty() => Ok(Some(Operand::Array(cells.value))),
            _ => Ok(None),
        }
    }
}
