//! Evaluation of bound expressions: from the right to the left, each name read when it is reached.

use std::rc::Rc;

use super::assign;
use super::executed;
use super::frame::{Frame, Indices};
use super::statement::Shown;
use crate::array::{Array, Value};
use crate::context::{Context, Screen};
use crate::error::{Fault, Result};
use crate::function::{Function, Operand};
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
            _ => Err(self.blame(id, Fault::syntax())),
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
            Node::Monad { function, right } => {
                let right = self.array(*right)?;
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.monadic(self.context, right),
                    Node::Del => self.running(*function)?.call(self.context, None, right),
                    _ => self.function(*function)?.call(self.context, None, right),
                };
                self.located(id, value)
            }
            Node::MixedDyad { left, function, right } => self.mixed_dyad(id, *left, *function, *right),
            Node::Dyad { left, function, right } => {
                let right = self.array(*right)?;
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.dyadic(self.context, self.array(*left)?, right),
                    Node::Del => self.running(*function)?.call(self.context, Some(self.array(*left)?), right),
                    _ => {
                        let function = self.function(*function)?;
                        function.call(self.context, Some(self.array(*left)?), right)
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
                let array = self.array(*array)?;
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
            values.push(self.array(item)?.settled(memory)?);
        }
        values.reverse();
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0));
        Ok(self.located(id, array)?.into())
    }

    /// The values of indices, which are evaluated from the last to the first.
    pub fn indices(&self, indices: &[Option<NodeId>]) -> Result<Indices> {
        let values = indices.iter().rev().map(|index| index.map(|index| self.array(index)).transpose());
        let mut list = values.collect::<Result<Indices>>()?;
        list.reverse();
        Ok(list)
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
            Node::Ready(function) => function.as_any().is_none(),
            _ => false,
        };
        if never_shy {
            return Ok((Some(self.array(id)?), false));
        }
        let right = self.array(right)?;
        let callee = self.function(function)?;
        let left = left.map(|left| self.array(left)).transpose()?;
        self.context.shy.set(false);
        let value = self.located(id, callee.invoke(self.context, left, right))?;
        Ok((value, callee.as_any().is_some() && self.context.shy.get()))
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
