//! User functions applied to all cells at once: a body without side effects or branches is run a single time, with
//! each of its steps applied to all cells.
//!
//! The same idea as `vmap` in machine-learning compilers. What can't be run so gives `None`, and the caller loops.

use std::rc::Rc;

use super::assign;
use super::binding::Binding;
use super::definition::CachedStatement;
use super::node::{Bound, Class, Node, NodeId};
use super::scope::{self, Scope};
use super::statement;
use super::user::UserFunction;
use crate::array::Value;
use crate::context::Context;
use crate::error::Result;
use crate::function::{Cells, Fun, Operand};
use crate::operator::{self, Derive};
use crate::primitive::PrimitiveFunction;

/// Applies a user function to all cells. See [`Function::call_cells`].
pub fn call(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Option<Cells>> {
    context.poll()?;
    let simple = |statement: &CachedStatement| matches!(statement, CachedStatement::Expression(_));
    if function.definition.program.is_some() || frame.contains(&0) || !function.definition.statements.iter().all(simple)
    {
        return Ok(None);
    }
    // Names resolve in a scope of the body's own, whose locals never become visible: their cells are kept here.
    let placeholder = left.map(|_| Value::Bool(false));
    let scope = Scope::new(function, placeholder, Value::Bool(false));
    let mut run = Run { context, function, scope: &scope, frame, left, right, locals: Vec::new() };
    stacker::maybe_grow(192 * 1024, 2 * 1024 * 1024, || run.body())
}

struct Run<'a> {
    context: &'a Context,
    function: &'a UserFunction,
    scope: &'a Rc<Scope>,
    frame: &'a [usize],
    left: Option<&'a Cells>,
    right: &'a Cells,
    locals: Vec<(u32, Cells)>,
}

impl Run<'_> {
    fn body(&mut self) -> Result<Option<Cells>> {
        let space = &self.function.space;
        for statement in &self.function.definition.statements {
            let CachedStatement::Expression(cached) = statement else { return Ok(None) };
            let bound = statement::bound_phrase(self.context, space, self.scope, cached)?;
            let (true, Some(Class::Array), Some(root)) = (bound.pure, bound.class, bound.root()) else {
                return Ok(None);
            };
            let Some(cells) = self.array(&bound, root)? else { return Ok(None) };
            if !assign::is_local(bound.node(root)) {
                return Ok(Some(cells));
            }
        }
        Ok(None)
    }

    fn array(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Cells>> {
        Ok(match bound.node(id) {
            Node::Constant(value) => Some(Cells::constant(value.clone())),
            Node::Omega => Some(self.right.clone()),
            Node::Alpha => self.left.cloned(),
            Node::Name(name) => match self.locals.iter().rev().find(|(symbol, _)| *symbol == name.symbol) {
                Some((_, cells)) => Some(cells.clone()),
                None => match scope::lookup(&self.function.space, self.scope.parent.as_ref(), name) {
                    Binding::Array(value) => Some(Cells::constant(value)),
                    _ => None,
                },
            },
            Node::Assign { target: super::node::Target::Name(name), function: None, value } => {
                let Some(cells) = self.array(bound, *value)? else { return Ok(None) };
                self.locals.push((name.symbol, cells.clone()));
                Some(cells)
            }
            Node::Monad { function, right } => {
                let function_id = *function;
                let Some(right) = self.array(bound, *right)? else { return Ok(None) };
                let Some(function) = self.function(bound, *function)? else { return Ok(None) };
                self.apply(&function, settled(bound, function_id), None, right)?
            }
            Node::Dyad { left, function, right } => {
                let function_id = *function;
                let Some(right) = self.array(bound, *right)? else { return Ok(None) };
                let Some(function) = self.function(bound, *function)? else { return Ok(None) };
                let Some(left) = self.array(bound, *left)? else { return Ok(None) };
                self.apply(&function, settled(bound, function_id), Some(left), right)?
            }
            _ => None,
        })
    }

    fn apply(&self, function: &Fun, settled: bool, left: Option<Cells>, right: Cells) -> Result<Option<Cells>> {
        let constant = right.present.is_empty() && left.as_ref().is_none_or(|left| left.present.is_empty());
        if constant {
            // The same for every cell: once is enough, where it is known that each time would give the same.
            if !settled && crate::primitive::row(function.as_ref()).is_none_or(|row| row.glyph == '?') {
                return Ok(None);
            }
            let left = left.map(|left| left.value);
            return Ok(Some(Cells::constant(function.call(self.context, left, right.value)?)));
        }
        function.call_cells(self.context, self.frame, left.as_ref(), &right)
    }

    /// A function whose parts do not depend on the cell.
    fn function(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Fun>> {
        Ok(match bound.node(id) {
            Node::Ready(function) => Some(function.clone()),
            Node::Primitive(row) => Some(Rc::new(PrimitiveFunction(row))),
            Node::FunctionName(name) => match scope::lookup(&self.function.space, self.scope.parent.as_ref(), name) {
                Binding::Function(function) => Some(function),
                _ => None,
            },
            Node::AlphaAlpha(Class::Function) | Node::OmegaOmega(Class::Function) => match self.operand(bound, id)? {
                Some(Operand::Function(function)) => Some(function),
                _ => None,
            },
            Node::Dfn(definition) if definition.class == Class::Function && self.locals.is_empty() => {
                // An inner dfn may look at this body's names, which here are cells: only where there are none.
                Some(Rc::new(UserFunction {
                    definition: definition.clone(),
                    parent: Some(self.scope.clone()),
                    operands: (None, None),
                    space: self.function.space.clone(),
                }))
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
    fn operand(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Operand>> {
        match bound.node(id) {
            Node::AlphaAlpha(_) => return Ok(self.scope.operands.0.clone()),
            Node::OmegaOmega(_) => return Ok(self.scope.operands.1.clone()),
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

/// Whether a function is made of nothing but what stands in this phrase, which the binder has found free of side
/// effects and chance.
fn settled(bound: &Bound, function: NodeId) -> bool {
    matches!(bound.node(function), Node::Ready(_) | Node::Primitive(_))
}
