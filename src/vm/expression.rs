//! Evaluation of bound expressions: from the right to the left, each name read when it is reached.

use std::rc::Rc;

use super::executed;
use super::frame::{Frame, Indices};
use super::machine::Ending;
use super::statement::Shown;
use crate::array::{Array, Value};
use crate::code::definition::Source;
use crate::code::node::{NameRef, Node, NodeId};
use crate::context::{Context, Screen};
use crate::error::{Fault, Result};
use crate::function::{Function, Operand};
use crate::names::binding::Binding;
use crate::names::scope;
use crate::primitive;

impl Frame<'_> {
    /// The value of a node without parts.
    pub fn leaf(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Name(name) => match scope::array(self.space, self.scope, name.symbol) {
                Some(value) => Ok(value),
                None => self.named(id, name),
            },
            Node::System(name) => self.located(id, self.space.workspace.system.get(self.context, self.space, name)),
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => match self.operand_leaf(id)? {
                Operand::Array(value) => Ok(value),
                Operand::Function(_) => Err(self.blame(id, Fault::syntax())),
            },
            Node::QuadInput => {
                let text = self.read(id, Screen::read_expression)?;
                let source = Rc::new(Source::new(text));
                let depth = self.space.workspace.depth();
                let _waiting = self.context.suspensions.waits("⎕", Some(depth));
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
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// The value of a node whose parts are evaluated with it: a namespace, or `⍎`, which may make a function.
    pub fn whole(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Executed(_) => self.executed_array(id),
            Node::Namespace(members) => self.namespace(id, members),
            _ => Err(self.blame(id, Fault::syntax())),
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

    pub fn alpha(&self, id: NodeId) -> Result<Value> {
        if let Some(scope) = self.scope
            && let Binding::Array(value) = &*scope.left.borrow()
        {
            return Ok(value.clone());
        }
        Err(self.blame(id, Fault::value().with_detail("the function was called without a left argument")))
    }

    pub fn omega(&self, id: NodeId) -> Result<Value> {
        match self.scope {
            Some(scope) => Ok(scope.right.borrow().clone()),
            None => Err(self.blame(id, Fault::syntax())),
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

    /// The values of indices, which are evaluated from the last to the first.
    pub fn indices(&self, indices: &[Option<NodeId>]) -> Result<Indices> {
        let values = indices.iter().rev().map(|index| index.map(|index| self.array(index)).transpose());
        let mut list = values.collect::<Result<Indices>>()?;
        list.reverse();
        Ok(list)
    }

    /// The value of a name as a statement of its own, which a function without arguments may give, or not.
    pub fn outermost_name(&self, id: NodeId, name: &NameRef) -> Result<(Option<Value>, Ending)> {
        match scope::lookup(self.space, self.scope, name) {
            Binding::Niladic(function) => {
                let value = self.located(id, function.invoke(self.context, None, Value::Bool(false)))?;
                let ending = Ending::new(value.as_ref(), self.context.shy.get());
                Ok((value, ending))
            }
            _ => Ok((Some(self.leaf(id)?), Ending::Value)),
        }
    }

    /// The items of a vector as major cells: array notation in square brackets.
    pub fn matrix(&self, id: NodeId, vector: Value) -> Result<Value> {
        self.located(id, matrix(self.context, vector))
    }

    /// `⍺` where there is one already, for a default that is not needed.
    pub fn left(&self) -> Option<Value> {
        match &*self.scope?.left.borrow() {
            Binding::Unset => None,
            Binding::Array(left) => Some(left.clone()),
            _ => Some(Value::zilde()),
        }
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
