//! Names for functions and operators: `name←f`, `⎕←f`.

use super::assign;
use super::frame::Frame;
use crate::array::Value;
use crate::code::node::{NameRef, Node, NodeId};
use crate::error::{Fault, Result};
use crate::function::{Description, Operand};
use crate::names::binding::{Binding, Operator};
use crate::names::scope;
use crate::names::space::moved;

impl Frame<'_> {
    /// What a name is to stand for that is given the value of an expression.
    pub fn binding(&self, value: NodeId, name: Option<&NameRef>) -> Result<Binding> {
        if self.bound.node(value).is_array() {
            return Ok(Binding::Array(self.array(value)?.settled(self.context.memory())?));
        }
        let node = self.bound.node(value);
        if let (Node::Dfn(definition), Some(name)) = (node, name) {
            definition.name.borrow_mut().get_or_insert_with(|| name.name.clone());
        }
        if self.is_operator(value) {
            return Ok(Binding::Operator(self.operator(value)?));
        }
        Ok(match self.hybrid(node)? {
            Some(hybrid) => Binding::Operator(Operator::Hybrid(hybrid)),
            None => Binding::Function(self.function(value)?),
        })
    }

    /// `name←f` and `⎕←f`: done, and the function or operator passed on.
    pub fn effect(&self, id: NodeId) -> Result<Operand> {
        match self.bound.node(id) {
            Node::AssignFunction { .. } => {
                // Names one behind the other, the outermost first, stand for the same.
                let (mut names, mut inner, mut first) = (Vec::new(), id, None);
                while let Node::AssignFunction { name, value, .. } = self.bound.node(inner) {
                    names.push(inner);
                    first = name.as_ref();
                    inner = *value;
                }
                let binding = self.binding(inner, first)?;
                for &id in names.iter().rev() {
                    self.context.poll()?;
                    self.name(id, &binding)?;
                    if self.context.tracer.is_on() {
                        self.changed(id);
                    }
                }
                Ok(match binding {
                    Binding::Function(function) => Operand::Function(function),
                    Binding::Operator(Operator::Hybrid(hybrid)) => Operand::Function(hybrid.function.clone()),
                    _ => Operand::Array(Value::zilde()),
                })
            }
            Node::ShowFunction(value) => {
                let (passed, description) = match self.is_operator(*value) {
                    true => (Operand::Array(Value::zilde()), self.operator_description(*value)?),
                    false => {
                        let function = self.function(*value)?;
                        let description = match function.describe() {
                            // Dyalog shows a train behind `⎕←` as `⊢` atop the train.
                            train @ Description::Train(_) => {
                                Description::Train(vec![Description::Text("⊢".into()), train])
                            }
                            other => other,
                        };
                        (Operand::Function(function), description)
                    }
                };
                let text = crate::display::show_function(self.context, &description, self.layout())?;
                assign::write(self.context, &text)?;
                Ok(passed)
            }
            _ => self.operand(id),
        }
    }

    /// `name←`: the name stands for a function or operator from now on.
    fn name(&self, id: NodeId, binding: &Binding) -> Result<()> {
        let Node::AssignFunction { name, space, nearest, value } = self.bound.node(id) else { return Ok(()) };
        match (name, space, self.scope) {
            (Some(name), Some(space), _) => {
                let spaces = self.array(*space)?.settled(self.context.memory())?;
                let literal = matches!(self.bound.node(*value), Node::Dfn(_));
                let set = self.for_each_space(&spaces, &Value::Bool(false), &mut |target, _| {
                    // A dfn that is written out is made in the namespace.
                    let binding = if literal { moved(binding, self.space, target) } else { binding.clone() };
                    scope::Home::Space(target).set(name.symbol, binding)
                });
                self.assigned(id, set)
            }
            (Some(name), None, scope) => {
                self.space.workspace.note_function(name.symbol);
                let assign = if *nearest { scope::update } else { scope::assign };
                self.assigned(id, assign(self.space, scope, name.symbol, binding.clone()))
            }
            (None, _, Some(scope)) => {
                let mut left = scope.left.borrow_mut();
                if matches!(*left, Binding::Unset) {
                    *left = binding.clone();
                }
                Ok(())
            }
            (None, _, None) => Err(self.blame(id, Fault::syntax())),
        }
    }
}
