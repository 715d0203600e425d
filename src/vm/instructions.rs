//! The instructions that are rarer than those of the loop in `machine.rs`, or do more.

use std::rc::Rc;

use super::assign::{self, Modifier};
use super::frame::{Frame, Indices};
use super::machine::{Ending, Machine};
use crate::array::{Array, Value};
use crate::code::instruction::{Change, Code, Component, Op, TargetId};
use crate::code::node::{Node, NodeId, Target};
use crate::error::{Fault, Result};
use crate::function::Operand;
use crate::names::binding::Operator;
use crate::primitive;

impl Machine<'_> {
    /// The instructions that are rarer, or do more.
    #[inline(never)]
    pub fn other(&mut self, frame: &Frame, code: &Code, here: usize, op: &Op) -> Result<()> {
        let frame = &frame.of(code, here);
        let node = code.nodes[here];
        let last = code.ends(here + 1);
        let memory = self.context.memory();
        match op {
            Op::Monad(row) => {
                let right = self.pop()?;
                self.values.push(frame.located(node, row.monadic(self.context, right))?);
            }
            Op::Dyad(row) => {
                let (left, right) = (self.pop()?, self.pop()?);
                self.values.push(frame.located(node, row.dyadic(self.context, left, right))?);
            }
            Op::Apply { function, dyadic } => {
                let (left, right) = self.arguments(*dyadic)?;
                self.apply(frame, code, here, &**function, left, right)?;
            }
            Op::Leaf => self.leaf(frame, code, here, None)?,
            Op::Whole => {
                let value = frame.whole(node)?;
                self.values.push(value);
            }
            Op::Note => frame.noting(node, self.values.last()),
            Op::Settle => {
                let value = self.settled()?;
                self.values.push(value);
            }
            Op::Strand(count) => {
                let value = self.strand(frame, node, *count)?;
                self.values.push(value);
            }
            Op::Matrix(count) => {
                let vector = self.strand(frame, node, *count)?;
                self.values.push(frame.matrix(node, vector)?);
            }
            Op::Index => {
                let array = self.pop()?;
                let Node::Index { indices, .. } = frame.bound.node(node) else {
                    return Err(Fault::internal("no index"));
                };
                let list = self.indices(indices)?;
                let value = frame.located(node, primitive::index_brackets(self.context, &array, &list))?;
                self.values.push(value);
            }
            Op::Within => {
                let spaces = self.settled()?;
                let (value, ending) = match last {
                    true => frame.within_outermost(node, &spaces)?,
                    false => (Some(frame.within(node, &spaces)?), Ending::Value),
                };
                self.ending = ending;
                self.values.extend(value);
            }
            Op::Split(count) => {
                let value = self.pop()?;
                let parts = frame.assigned(node, assign::split(self.context, &value, *count as usize))?;
                self.values.extend(parts);
            }
            Op::Store(id) => {
                let value = self.pop()?;
                let function = self.modifier(*id);
                frame.assigned(node, assign::store(frame, target(code, *id)?, function.as_ref(), value))?;
            }
            Op::StoreIndexed(id) => {
                let target = target(code, *id)?;
                let (Target::Indexed { indices, .. } | Target::SystemIndexed { indices, .. }) = target else {
                    return Err(Fault::internal("no index"));
                };
                let list = self.indices(indices)?;
                let value = self.pop()?;
                let function = self.modifier(*id);
                frame.assigned(node, assign::store_indexed(frame, target, &list, function.as_ref(), value))?;
            }
            Op::StoreMember(id) => {
                let Target::Member { target, .. } = target(code, *id)? else {
                    return Err(Fault::internal("no member"));
                };
                let spaces = self.settled()?;
                let list = match &**target {
                    Target::Indexed { indices, .. } => self.indices(indices)?,
                    _ => Indices::new(),
                };
                let value = self.pop()?;
                let function = self.modifier(*id);
                let stored = assign::store_member(frame, &spaces, target, &list, function.as_ref(), &value);
                frame.assigned(node, stored)?;
            }
            Op::Reveal => return Err(frame.surprised(node)),
            Op::Forget => drop(self.components.pop()),
            Op::Function => {
                let function = frame.function_leaf(node)?;
                self.components.push(Component::Function(function));
            }
            Op::Operator => {
                let operator = frame.operator_leaf(node)?;
                self.components.push(Component::Operator(operator));
            }
            Op::Operand => {
                let operand = frame.operand_leaf(node)?;
                self.components.push(operand.into());
            }
            Op::AsOperand => {
                let value = self.settled()?;
                self.components.push(Component::Array(value));
            }
            Op::Axis => {
                let (function, axis) = (self.function()?, self.pop()?);
                self.components.push(Component::Function(frame.along(node, function, axis)?));
            }
            Op::Derive => {
                let operand = self.operand()?;
                let axis = self.pop_if(matches!(frame.bound.node(node), Node::Derived { axis: Some(_), .. }))?;
                self.components.push(Component::Function(frame.derived(node, operand, axis)?));
            }
            Op::DeriveBoth => {
                let (left, right) = (self.operand()?, self.operand()?);
                self.components.push(Component::Function(frame.derived_both(node, left, right)?));
            }
            Op::Outer => {
                let Node::Outer(operand) = *frame.bound.node(node) else { return Err(Fault::internal("no operand")) };
                let function = self.operand()?.function();
                let function = Operand::Function(frame.located(operand, function)?);
                let made = crate::operator::outer_product(self.context, function);
                self.components.push(Component::Function(frame.located(node, made)?));
            }
            Op::Train(count) => {
                let tines = (0..*count).map(|_| self.operand()).collect::<Result<Vec<Operand>>>()?;
                let made = crate::operator::train(self.context, tines);
                self.components.push(Component::Function(frame.located(node, made)?));
            }
            Op::DeriveUser => {
                let (left, operator) = (self.operand()?, self.operator()?);
                let both = matches!(frame.bound.node(node), Node::UserDerived { right: Some(_), .. });
                let right = if both { Some(self.operand()?) } else { None };
                self.components.push(Component::Function(frame.derived_user(node, &operator, left, right)?));
            }
            Op::OperatorAxis => {
                let (operator, axis) = (self.operator()?, self.pop()?.settled(memory)?);
                self.components.push(Component::Operator(frame.operator_along(node, &operator, axis)?));
            }
            Op::Curry => {
                let (operator, right) = (self.operator()?, self.operand()?);
                self.components.push(Component::Operator(Operator::Curried(Rc::new((operator, right)))));
            }
            Op::FunctionWithin => {
                let spaces = self.settled()?;
                let function = frame.function_within(node, &spaces)?;
                self.components.push(Component::Function(function));
            }
            Op::OperatorWithin => {
                let spaces = self.settled()?;
                let operator = frame.operator_within(node, &spaces)?;
                self.components.push(Component::Operator(operator));
            }
            Op::Effect => drop(frame.effect(node)?),
            // Those of the loop.
            _ => return Err(Fault::internal("no such instruction")),
        }
        Ok(())
    }

    /// The function of a modified assignment.
    fn modifier(&self, id: TargetId) -> Option<Modifier> {
        match (id.change, self.components.last()) {
            (Change::Scalar(_, row) | Change::Primitive(row), _) => Some(Modifier::Primitive(row)),
            (Change::Function, Some(Component::Function(function))) => Some(Modifier::Function(function.clone())),
            _ => None,
        }
    }

    /// The indices of the axes that have one, the first of which is the topmost value.
    fn indices(&mut self, indices: &[Option<NodeId>]) -> Result<Indices> {
        indices.iter().map(|index| self.pop_if(index.is_some())).collect()
    }

    fn strand(&mut self, frame: &Frame, node: NodeId, count: u32) -> Result<Value> {
        let memory = self.context.memory();
        let mut values = frame.located(node, memory.vec(count as usize))?;
        for _ in 0..count {
            values.push(self.settled()?);
        }
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0));
        Ok(frame.located(node, array)?.into())
    }
}

fn target(code: &Code, id: TargetId) -> Result<&Target> {
    code.targets.get(id.at as usize).ok_or_else(|| Fault::internal("no target"))
}
