//! A bound expression with all that its evaluation needs, and the positions of its errors in the text.
//!
//! The methods that evaluate are in the other files of this folder, one file for each family of nodes.

use std::ops::Deref;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::array::Value;
use crate::code::bind::Surroundings;
use crate::code::instruction::Code;
use crate::code::node::{Bound, Node, NodeId};
use crate::context::{Context, Layout};
use crate::error::{ErrorKind, Fault, Result};
use crate::names::scope::{self, Scope};
use crate::names::space::Space;

/// An index for each axis, `None` where it is elided. One or two need no allocation.
pub type Indices = SmallVec<[Option<Value>; 2]>;

/// A bound expression and all that its evaluation looks at.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The same that the binder may look at.
    pub around: Surroundings<'a>,
    /// The expression.
    pub bound: &'a Bound,
}

impl<'a> Deref for Frame<'a> {
    type Target = Surroundings<'a>;

    fn deref(&self) -> &Surroundings<'a> {
        &self.around
    }
}

impl<'a> Frame<'a> {
    /// An expression of the body that runs in a scope.
    pub fn in_body(context: &'a Context, space: &'a Rc<Space>, scope: &'a Rc<Scope>, bound: &'a Bound) -> Frame<'a> {
        Frame { around: Surroundings::in_body(context, space, scope), bound }
    }

    /// The code of the body that runs in a scope, before the first of its phrases.
    pub fn before_phrase(context: &'a Context, scope: &'a Rc<Scope>) -> Frame<'a> {
        let space = &scope.function.space;
        Frame::in_body(context, space, scope, &space.workspace.none)
    }

    /// The expression in another namespace, where names are seen from another scope.
    pub fn moved_to<'b>(&'b self, space: &'b Rc<Space>, scope: Option<&'b Rc<Scope>>, bound: &'b Bound) -> Frame<'b> {
        Frame { around: Surroundings { space, scope, ..self.around }, bound }
    }

    /// The frame of the phrase that an instruction of a body belongs to, to whose line the scope has come; of an expression,
    /// this one.
    #[inline]
    pub fn of<'b>(&'b self, code: &'b Code, at: usize) -> Frame<'b> {
        let Some(portion) = code.portion_of(at) else { return *self };
        if let Some(scope) = self.scope {
            scope.line.set(portion.line);
        }
        match &portion.bound {
            Some(bound) => Frame { around: self.around, bound },
            None => *self,
        }
    }

    /// The node of the value of an assignment.
    pub fn assigned_value(&self, node: NodeId) -> NodeId {
        match self.bound.node(node) {
            Node::Assign { value, .. } => *value,
            _ => node,
        }
    }

    /// The fault, placed at a node unless it has a place already.
    pub fn blame(&self, node: NodeId, mut fault: Fault) -> Fault {
        if fault.wants_place(self.source.executed) {
            let at = &self.bound.places[node as usize];
            let caret = match self.bound.node(node) {
                // The variable to be changed is not there.
                Node::Assign { target, .. } if target.is_indexed() && fault.kind() == ErrorKind::Value => at.span.start,
                _ => at.caret,
            };
            self.source.locate(&mut fault, scope::place(self.scope, self.source, caret));
            if self.context.tracer.is_on() && fault.kind().is_error() {
                self.failed_at(caret, &fault);
            }
            fault.count_axes_from(self.context.io());
        } else if fault.wants_heading() && !self.source.executed {
            let caret = self.bound.places[node as usize].caret;
            fault.set_heading(scope::place(self.scope, self.source, caret));
        }
        fault
    }

    /// A result, its fault placed at a node.
    pub fn located<T>(&self, node: NodeId, result: Result<T>) -> Result<T> {
        result.map_err(|fault| self.blame(node, fault))
    }

    /// A result, its fault placed at the whole expression.
    pub fn located_at_root<T>(&self, result: Result<T>) -> Result<T> {
        self.located(self.bound.root().unwrap_or_default(), result)
    }

    /// What an assignment has come to; what cannot be assigned is placed where its target begins.
    pub fn assigned<T>(&self, node: NodeId, result: Result<T>) -> Result<T> {
        result.map_err(|mut fault| {
            if fault.kind() == ErrorKind::Syntax && fault.wants_place(self.source.executed) {
                let caret = self.bound.places[node as usize].span.start;
                self.source.locate(&mut fault, scope::place(self.scope, self.source, caret));
            }
            self.blame(node, fault)
        })
    }

    /// How `⎕←` shows.
    pub fn layout(&self) -> Layout {
        crate::display::layout(self.context, self.scope.is_some())
    }

    /// VALUE ERROR for a name that stands for nothing.
    pub fn undefined(&self, name: &str) -> Fault {
        let fault = Fault::value().because(format!("Undefined name: {name}"));
        match self.space.nearest(name) {
            Some(near) => fault.with_detail(format!("did you mean {near}?")),
            None => fault,
        }
    }
}
