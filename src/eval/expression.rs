//! Evaluation of bound expressions: from the right to the left, each name read when it is reached.

use std::rc::Rc;

use super::assign;
use super::executed;
use super::frame::{Frame, Indices};
use super::statement::Shown;
use crate::array::{Array, Value};
use crate::context::{Context, Screen};
use crate::error::{Fault, Result};
use crate::function::{Fun, Function, Operand};
use crate::primitive;
use crate::workspace::binding::Binding;
use crate::workspace::definition::Source;
use crate::workspace::node::{Class, NameRef, Node, NodeId};
use crate::workspace::scope;

/// Native stack that must be left when an expression descends, and what is added where it isn't.
const RED_ZONE: usize = 96 * 1024;
const STACK_PIECE: usize = 2 * 1024 * 1024;

impl Frame<'_> {
    /// The value of an array expression.
    pub fn array(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Constant(value) => Ok(value.clone()),
            Node::Omega => self.omega(id),
            Node::Name(name) => match scope::array(self.space, self.scope, name) {
                Some(value) => Ok(value),
                None => self.named(id, name),
            },
            Node::Alpha => self.alpha(id),
            _ => stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.compound(id)),
        }
    }

    /// The value of a name that is not, or was not until now, the name of an array.
    #[cold]
    fn named(&self, id: NodeId, name: &NameRef) -> Result<Value> {
        match scope::lookup(self.space, self.scope, name) {
            Binding::Array(value) => Ok(value),
            Binding::Label(line) => Ok(Value::from(line as usize)),
            Binding::Niladic(function) => self.located(id, function.call(self.context, None, Value::Bool(false))),
            Binding::Unset => Err(self.blame(id, self.undefined(&name.name))),
            // The name was bound as an array, but the part of the statement to its right has made it something else.
            _ => Err(self.surprised(id)),
        }
    }

    fn alpha(&self, id: NodeId) -> Result<Value> {
        if let Some(scope) = self.scope
            && let Binding::Array(value) = &*scope.left.borrow()
        {
            return Ok(value.clone());
        }
        Err(self.blame(id, Fault::value().with_detail("the function was called without a left argument")))
    }

    fn omega(&self, id: NodeId) -> Result<Value> {
        match self.scope {
            Some(scope) => Ok(scope.right.borrow().clone()),
            None => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn compound(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Monad { function, right: argument } => {
                let right = self.array(*argument)?;
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.monadic(self.context, right),
                    Node::Del => self.running(*function)?.call(self.context, None, right),
                    _ => {
                        let function = self.function(*function);
                        let function = function.map_err(|fault| self.keeping(fault, *argument, &right))?;
                        function.call(self.context, None, right)
                    }
                };
                self.located(id, value)
            }
            Node::MixedDyad { left, function, right } => self.mixed_dyad(id, *left, *function, *right),
            Node::Dyad { left, function, right: argument } => {
                let right = self.array(*argument)?;
                let evaluated =
                    |right: &Value| self.array(*left).map_err(|fault| self.keeping(fault, *argument, right));
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.dyadic(self.context, evaluated(&right)?, right),
                    Node::Del => self.running(*function)?.call(self.context, Some(evaluated(&right)?), right),
                    _ => {
                        let (callee, left) = self.callee(Some(*left), *function, *argument, &right)?;
                        callee.call(self.context, left, right)
                    }
                };
                self.located(id, value)
            }
            Node::Strand(items) => self.strand(id, items),
            Node::Executed(_) => self.executed_array(id),
            Node::Matrix(items) => {
                let vector = self.strand(id, items)?;
                self.located(id, matrix(self.context, vector))
            }
            Node::Index { array, indices } => {
                let list = self.indices(indices)?;
                let array = self.array(*array).map_err(|fault| self.keeping_indices(fault, indices, &list))?;
                self.located(id, primitive::index_brackets(self.context, &array, &list))
            }
            Node::Assign { target, function, value } => assign::assign(self, id, target, *function, *value),
            Node::System(name) => self.located(id, self.space.workspace.system.get(self.context, self.space, name)),
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => match self.operand(id)? {
                Operand::Array(value) => Ok(value),
                Operand::Function(_) => Err(self.blame(id, Fault::syntax())),
            },
            Node::QuadInput => {
                let text = self.read(id, Screen::read_expression)?;
                let source = Rc::new(Source { text: text.into(), executed: false });
                match self.located(id, executed::execute(self.context, self.space, self.scope, source, false))? {
                    Shown::Value(value) | Shown::Shy(value) => Ok(value),
                    _ => Err(self.blame(id, Fault::value())),
                }
            }
            Node::QuoteQuadInput => {
                let text = self.read(id, Screen::read_characters)?;
                self.located(id, self.context.text(&text))
            }
            Node::Root => {
                let root = self.space.workspace.root().ok_or_else(|| Fault::internal("no root"));
                Ok(self.located(id, root)?.reference().into())
            }
            Node::Parent => {
                let parent = self.space.parent().ok_or_else(|| Fault::internal("no root"));
                Ok(self.located(id, parent)?.reference().into())
            }
            Node::Within { space, inner, class: Class::Array } => self.within(id, *space, inner),
            Node::Namespace(members) => self.namespace(id, members),
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn read(&self, id: NodeId, how: fn(&mut Screen) -> std::io::Result<Option<String>>) -> Result<String> {
        let line = how(&mut self.context.screen.borrow_mut());
        match line {
            Ok(Some(line)) => Ok(line),
            Ok(None) => Err(self.blame(id, Fault::new(crate::error::ErrorKind::EofInterrupt))),
            Err(_) => Err(self.blame(id, Fault::new(crate::error::ErrorKind::Interrupt))),
        }
    }

    /// The items of a strand, evaluated from the right.
    fn strand(&self, id: NodeId, items: &[NodeId]) -> Result<Value> {
        let memory = self.context.memory();
        let mut values = self.located(id, memory.vec(items.len()))?;
        for (at, &item) in items.iter().enumerate().rev() {
            if let Node::Executed(_) = self.bound.node(item) {
                return self.mixed(id, &items[..=at], values, None, None);
            }
            match self.array(item) {
                Ok(value) => values.push(value.settled(memory)?),
                Err(fault) => {
                    let known = items.iter().rev().zip(&values);
                    return Err(known.fold(fault, |fault, (&item, value)| self.keeping(fault, item, value)));
                }
            }
        }
        values.reverse();
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0));
        Ok(self.located(id, array)?.into())
    }

    /// The values of indices, which are evaluated from the last to the first.
    pub fn indices(&self, indices: &[Option<NodeId>]) -> Result<Indices> {
        let mut list = Indices::new();
        for (at, index) in indices.iter().enumerate().rev() {
            match index.map(|index| self.array(index)).transpose() {
                Ok(value) => list.push(value),
                Err(fault) => {
                    list.reverse();
                    return Err(self.keeping_indices(fault, &indices[at + 1..], &list));
                }
            }
        }
        list.reverse();
        Ok(list)
    }

    /// The function of an application, and its left argument, which is evaluated behind it.
    pub fn callee(
        &self,
        left: Option<NodeId>,
        function: NodeId,
        argument: NodeId,
        right: &Value,
    ) -> Result<(Fun, Option<Value>)> {
        let callee = self.function(function).map_err(|fault| self.keeping(fault, argument, right))?;
        let left = left.map(|left| self.array(left)).transpose().map_err(|fault| {
            let fault = self.keeping_operand(fault, function, &Operand::Function(callee.clone()));
            self.keeping(fault, argument, right)
        })?;
        Ok((callee, left))
    }

    /// A value with whether it is shy; nothing where the outermost function has no result.
    pub fn outermost(&self, id: NodeId) -> Result<(Option<Value>, bool)> {
        let (left, function, right) = match *self.bound.node(id) {
            Node::Monad { function, right } => (None, function, right),
            Node::Dyad { left, function, right } => (Some(left), function, right),
            Node::Within { space, ref inner, class: Class::Array } => return self.within_outermost(id, space, inner),
            Node::Name(ref name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Niladic(function) => {
                    let value = self.located(id, function.invoke(self.context, None, Value::Bool(false)))?;
                    return Ok((value, self.context.shy.get()));
                }
                _ => return Ok((Some(self.array(id)?), false)),
            },
            _ => return Ok((Some(self.array(id)?), false)),
        };
        // Only user functions and system functions may have a shy result.
        let never_shy = match self.bound.node(function) {
            Node::Primitive(_) => true,
            Node::Ready(function) => !function.may_be_shy(),
            _ => false,
        };
        if never_shy {
            return Ok((Some(self.array(id)?), false));
        }
        let argument = right;
        let right = self.array(argument)?;
        let (callee, left) = self.callee(left, function, argument, &right)?;
        self.context.shy.set(false);
        let value = self.located(id, callee.invoke(self.context, left, right))?;
        Ok((value, callee.may_be_shy() && self.context.shy.get()))
    }
}

/// The items of a vector as major cells, each padded to the same rank: array notation in square brackets.
fn matrix(context: &Context, vector: Value) -> Result<Value> {
    let row = primitive::lookup('↑').ok_or_else(|| Fault::internal("no mix"))?;
    let memory = context.memory();
    let mut cells = Vec::new();
    for at in 0..vector.count() {
        let item = vector.item(memory, at)?;
        cells.push(if item.rank() == 0 { item.reshape(memory, &[1])? } else { item });
    }
    let items = Array::from_items(memory, &[cells.len()], cells, || Value::Int(0))?;
    row.call(context, None, items.into())
}
