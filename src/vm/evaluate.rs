//! Evaluation of an expression, or of a part of one, on stacks of its own: for statements, and for whatever needs a value
//! while another expression is evaluated.

use super::frame::Frame;
use super::machine::{Ending, Machine};
use crate::array::Value;
use crate::code::instruction::Code;
use crate::code::lower::{Locals, Wanted, lower};
use crate::code::node::{Class, Node, NodeId};
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};
use crate::names::binding::Operator;

impl Frame<'_> {
    /// The instructions of the whole expression.
    pub fn code(&self) -> &Code {
        self.bound.code.get_or_init(|| {
            let wanted = match self.bound.class {
                Some(Class::Function) => Wanted::Function,
                Some(Class::Monadic | Class::Dyadic | Class::Hybrid) => Wanted::Operator,
                Some(Class::Array) | None => Wanted::Array,
            };
            match self.bound.root() {
                Some(root) => lower(self.bound, root, wanted, self.locals(), self.context.tracer.is_on()),
                None => Code::default(),
            }
        })
    }

    /// The names that instructions reach directly where the expression stands.
    fn locals(&self) -> Locals<'_> {
        match self.scope {
            Some(scope) if scope.keeps_names() => {
                Locals::Slots(&scope.function.definition.locals, scope.function.parent.as_deref())
            }
            Some(scope) => Locals::Own(scope.local_names()),
            None => Locals::Slots(&[], None),
        }
    }

    /// Evaluates a node on stacks of its own, and hands on what it leaves there.
    fn evaluate<T>(&self, id: NodeId, wanted: Wanted, then: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        self.on_new_stacks(|machine| {
            match (wanted, Some(id) == self.bound.root() && self.bound.class == Some(Class::Array)) {
                (Wanted::Array, true) => machine.run(self, self.code())?,
                _ => {
                    let traced = self.context.tracer.is_on();
                    machine.run(self, &lower(self.bound, id, wanted, self.locals(), traced))?;
                }
            }
            then(machine)
        })
    }

    /// Does something with empty stacks, and with as much native stack as an evaluation may need.
    pub fn on_new_stacks<T>(&self, work: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        self.context.memory().deeper(|| work(&mut Machine::new(self.context, &self.space.workspace)))
    }

    /// The value of an array expression.
    pub fn array(&self, id: NodeId) -> Result<Value> {
        let value = match self.bound.node(id) {
            Node::Constant(value) => return Ok(value.clone()),
            Node::Omega => self.omega(id),
            Node::Alpha => self.alpha(id),
            Node::Name(_) => self.leaf(id),
            _ => self.evaluate(id, Wanted::Array, |machine| match machine.ending {
                Ending::Nothing => Err(self.blame(id, Fault::no_result())),
                _ => machine.pop(),
            }),
        }?;
        self.noting(id, Some(&value));
        Ok(value)
    }

    /// The value of the whole expression, an array expression, and how its outermost call has ended.
    pub fn outermost(&self) -> Result<(Option<Value>, Ending)> {
        self.on_new_stacks(|machine| self.outermost_on(machine))
    }

    /// The same on stacks that are there.
    pub fn outermost_on(&self, machine: &mut Machine) -> Result<(Option<Value>, Ending)> {
        machine.begin_expression();
        machine.run(self, self.code())?;
        let value = machine.values.pop();
        if let Some(root) = self.bound.root() {
            self.noting(root, value.as_ref());
        }
        Ok((value, machine.ending))
    }

    /// The function that a function expression stands for.
    pub fn function(&self, id: NodeId) -> Result<Fun> {
        self.evaluate(id, Wanted::Function, |machine| machine.function())
    }

    /// The value or function of an operand.
    pub fn operand(&self, id: NodeId) -> Result<Operand> {
        self.evaluate(id, Wanted::Operand, |machine| machine.operand())
    }

    /// The operator that an operator expression stands for.
    pub fn operator(&self, id: NodeId) -> Result<Operator> {
        self.evaluate(id, Wanted::Operator, |machine| machine.operator())
    }

    /// Stores a value as the assignment that the expression is stores its own.
    pub fn store_on(&self, machine: &mut Machine, value: Value) -> Result<()> {
        let Some(root) = self.bound.root() else { return Err(Fault::syntax()) };
        let code = self.bound.store.get_or_init(|| lower(self.bound, root, Wanted::Stored, self.locals(), false));
        machine.begin_expression();
        machine.values.push(value);
        machine.run(self, code)?;
        if self.context.tracer.is_on() {
            self.changed(root);
        }
        Ok(())
    }
}
