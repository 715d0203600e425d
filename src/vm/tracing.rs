//! What a trace that is recorded is told of: the values of parts, changes of names, calls and their results, errors.

use super::activation::Activation;
use super::frame::Frame;
use super::machine::{Ending, Machine};
use crate::array::{Memory, Value};
use crate::code::instruction::Role;
use crate::code::node::{NameRef, Node, NodeId, Target};
use crate::context::Context;
use crate::error::Fault;
use crate::function::Cells;
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::names::user::UserFunction;
use crate::observe::trace::{Recorded, What};
use crate::syntax::span::Span;

impl Frame<'_> {
    /// The value of a node, if there is one and a trace is recorded.
    #[inline]
    pub fn noting(&self, node: NodeId, value: Option<&Value>) {
        if self.context.tracer.is_on()
            && let Some(value) = value
        {
            self.noted(node, value);
        }
    }

    /// The value of a node, and what the names stand for now that it has assigned.
    #[cold]
    pub fn noted(&self, node: NodeId, value: &Value) {
        if self.bound.node(node).is_part() {
            self.noted_as(node, Recorded::new(self.context.memory(), value));
        }
        self.changed(node);
        let name = match self.bound.node(node) {
            Node::Assign { target: Target::System(name), function: None, .. } => Some(format!("⎕{name}")),
            // As it is written: what the namespace is called here.
            Node::Assign { target: Target::Member { target, .. }, function: None, .. } => {
                let text = self.bound.places[node as usize].span.of(&self.source.text);
                let is_name = matches!(**target, Target::Name(_));
                text.split('←').next().filter(|_| is_name).map(|name| name.trim().to_owned())
            }
            _ => None,
        };
        if let Some(name) = name {
            let what = What::Change { name: name.into(), value: Some(Recorded::new(self.context.memory(), value)) };
            self.note(node, what);
        }
    }

    fn note(&self, node: NodeId, what: What) {
        let span = self.bound.places[node as usize].span;
        self.context.tracer.note(self.space.workspace.depth(), &self.source.text, span, what);
    }

    /// The values of a node for all cells of a frame.
    #[cold]
    pub fn noted_cells(&self, node: NodeId, cells: &Cells) {
        if self.bound.node(node).is_part() {
            self.noted_as(node, of_cells(self.context.memory(), cells));
        }
    }

    fn noted_as(&self, node: NodeId, value: Recorded) {
        let running = self.space.workspace.depth();
        self.context.tracer.part(running, &self.source.text, self.bound.places[node as usize].span, value);
    }

    /// What the names stand for that an assignment has changed.
    #[cold]
    pub fn changed(&self, node: NodeId) {
        match self.bound.node(node) {
            Node::Assign { target, .. } => self.changed_target(node, target),
            Node::AssignFunction { name: Some(name), space: None, .. } => self.changed_name(node, name),
            _ => {}
        }
    }

    fn changed_target(&self, node: NodeId, target: &Target) {
        match target {
            Target::Name(name)
            | Target::Nearest(name)
            | Target::Indexed { name, .. }
            | Target::Selective { name, space: None, .. } => self.changed_name(node, name),
            Target::Strand(targets) => targets.iter().rev().for_each(|target| self.changed_target(node, target)),
            _ => {}
        }
    }

    fn changed_name(&self, node: NodeId, name: &NameRef) {
        let value = match scope::lookup(self.space, self.scope, name) {
            Binding::Array(value) => Some(Recorded::new(self.context.memory(), &value)),
            _ => None,
        };
        self.note(node, What::Change { name: name.name.clone(), value });
    }

    /// An error arose at a place of the text.
    #[cold]
    pub fn failed_at(&self, caret: u32, fault: &Fault) {
        let end = self.source.text.get(caret as usize..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = Span { start: caret, end: caret + end as u32 };
        let what = What::Error(fault.headline().into());
        self.context.tracer.note(self.space.workspace.depth(), &self.source.text, span, what);
    }
}

impl Machine<'_> {
    /// The phrase of a dfn has been evaluated, with which it may end.
    #[cold]
    pub fn traced(&self, current: &Activation) {
        let value = self.values.last().filter(|_| self.ending != Ending::Nothing);
        current.frame(self.context, |frame, _| {
            if let (Some(root), Some(value)) = (frame.bound.root(), value) {
                frame.noted(root, value);
            }
        });
        let ends = match current.role {
            Role::Expression => !current.assigns(),
            Role::Outcome | Role::Handler => true,
            Role::Condition | Role::Codes => false,
        };
        if ends {
            returned(self.context, &current.scope, value);
        }
    }
}

/// A function is called, which runs in a scope now.
#[cold]
pub fn called(context: &Context, scope: &Scope) {
    let memory = context.memory();
    let left = match &*scope.left.borrow() {
        Binding::Array(left) => Some(Recorded::new(memory, left)),
        _ => None,
    };
    let right = Recorded::new(memory, &scope.right.borrow());
    called_with(context, &scope.function, left, right, scope.function.space.workspace.depth());
}

/// A function is called for all cells of a frame at once.
#[cold]
pub fn called_for_cells(context: &Context, function: &UserFunction, left: Option<&Cells>, right: &Cells) {
    let memory = context.memory();
    let left = left.map(|left| of_cells(memory, left));
    called_with(context, function, left, of_cells(memory, right), function.space.workspace.depth());
}

fn called_with(context: &Context, function: &UserFunction, left: Option<Recorded>, right: Recorded, running: usize) {
    let definition = &function.definition;
    context.tracer.call(running, &definition.source.text, definition.span, (definition.called(), left, right));
}

/// A function has ended, which ran in a scope.
#[cold]
pub fn returned(context: &Context, scope: &Scope, value: Option<&Value>) {
    let value = value.map(|value| Recorded::new(context.memory(), value));
    let definition = &scope.function.definition;
    let running = scope.function.space.workspace.depth();
    context.tracer.returns(running, &definition.source.text, definition.span, value);
}

/// It has ended.
#[cold]
pub fn returned_for_cells(context: &Context, function: &UserFunction, cells: &Cells) {
    let value = of_cells(context.memory(), cells);
    let definition = &function.definition;
    context.tracer.returns(function.space.workspace.depth(), &definition.source.text, definition.span, Some(value));
}

fn of_cells(memory: &Memory, cells: &Cells) -> Recorded {
    Recorded::cells(memory, &cells.value, cells.present.len())
}
