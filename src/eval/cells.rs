//! User functions applied to all cells at once: a body without side effects or branches is run a single time, with
//! each of its steps applied to all cells.
//!
//! The same idea as `vmap` in machine-learning compilers. For a body that cannot be run in this way the result is `None`,
//! and the caller loops over the cells.

use std::rc::Rc;

use super::assign;
use super::statement;
use crate::array::{Array, Value};
use crate::bind;
use crate::context::Context;
use crate::error::Result;
use crate::function::{Cells, Fun, Operand};
use crate::operator::{self, Derive};
use crate::primitive::{Crop, Cut, PrimitiveFunction};
use crate::workspace::binding::Binding;
use crate::workspace::definition::{CachedPhrase, CachedStatement};
use crate::workspace::node::{Bound, Class, Node, NodeId, Target};
use crate::workspace::scope::{self, Scope};
use crate::workspace::user::{Parts, UserFunction};

/// Applies a user function to all cells. See [`Function::call_cells`].
pub fn call(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Option<Cells>> {
    context.poll()?;
    let simple = |statement: &CachedStatement| !matches!(statement, CachedStatement::ErrorGuard(..));
    if function.definition.program.is_some() || frame.contains(&0) || !function.definition.statements.iter().all(simple)
    {
        return Ok(None);
    }
    // Names are resolved in a scope of the body; the cells that its local names stand for are stored beside the scope.
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
        for statement in &self.function.definition.statements {
            match statement {
                CachedStatement::Expression(phrase) => match self.phrase(phrase)? {
                    Some((cells, false)) => return Ok(Some(cells)),
                    Some((_, true)) => {}
                    None => return Ok(None),
                },
                CachedStatement::Guard(condition, result) => match self.phrase(condition)? {
                    // The condition is the same for every cell, so all take the same branch.
                    Some((cells, _)) if cells.present.is_empty() => {
                        match statement::truth(self.context, &cells.value) {
                            // The loop tells that an assignment is shy.
                            Ok(true) => {
                                let result = self.phrase(result)?;
                                return Ok(result.filter(|(_, assigns)| !assigns).map(|(cells, _)| cells));
                            }
                            Ok(false) => {}
                            Err(_) => return Ok(None),
                        }
                    }
                    _ => return Ok(None),
                },
                CachedStatement::ErrorGuard(..) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// What a phrase gives, and whether it is an assignment.
    fn phrase(&mut self, phrase: &CachedPhrase) -> Result<Option<(Cells, bool)>> {
        let bound = bind::bound_in_body(self.context, &self.function.space, self.scope, phrase)?;
        let (true, Some(Class::Array), Some(root)) = (bound.pure, bound.class, bound.root()) else {
            return Ok(None);
        };
        let assigns = matches!(bound.node(root), Node::Assign { .. });
        Ok(self.array(&bound, root)?.map(|cells| (cells, assigns)))
    }

    fn array(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Cells>> {
        match self.made(bound, id)? {
            Some(Made::Cells(cells)) => Ok(Some(cells)),
            Some(Made::Parts(crop)) => crop.settled(self.context, self.frame),
            None => Ok(None),
        }
    }

    fn made(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Made>> {
        let made = match bound.node(id) {
            Node::Constant(value) => Some(Cells::constant(value.clone())),
            Node::Omega => Some(self.right.clone()),
            Node::Alpha => self.left.cloned(),
            Node::Name(name) => match self.local(name.symbol) {
                Some(cells) => Some(cells.clone()),
                None => match scope::lookup(&self.function.space, self.scope.parent(), name) {
                    Binding::Array(value) => Some(Cells::constant(value)),
                    _ => None,
                },
            },
            Node::Assign { target, function: None, value } => {
                let Some(cells) = self.array(bound, *value)? else { return Ok(None) };
                self.assign(target, &cells)?.then_some(cells)
            }
            Node::Strand(items) => self.strand(bound, items)?,
            Node::Monad { function, right } => {
                let function_id = *function;
                let Some(right) = self.array(bound, *right)? else { return Ok(None) };
                let Some(function) = self.function(bound, *function)? else { return Ok(None) };
                self.apply(&function, settled(bound, function_id), None, right)?
            }
            Node::Dyad { left, function, right } => match cut(bound, *function) {
                Some(how) => return self.cut(bound, how, (*left, *function, *right)),
                None => {
                    let Some(right) = self.array(bound, *right)? else { return Ok(None) };
                    self.dyad(bound, *left, *function, right)?
                }
            },
            _ => None,
        };
        Ok(made.map(Made::Cells))
    }

    fn dyad(&mut self, bound: &Bound, left: NodeId, function: NodeId, right: Cells) -> Result<Option<Cells>> {
        let Some(called) = self.function(bound, function)? else { return Ok(None) };
        let Some(left) = self.array(bound, left)? else { return Ok(None) };
        self.apply(&called, settled(bound, function), Some(left), right)
    }

    /// `left↑right` and `left↓right`: the numbers may differ from cell to cell, and so may the shapes of the results.
    fn cut(
        &mut self,
        bound: &Bound,
        how: Cut,
        (left, function, right): (NodeId, NodeId, NodeId),
    ) -> Result<Option<Made>> {
        let crop = match self.made(bound, right)? {
            None => return Ok(None),
            Some(Made::Parts(crop)) => crop,
            Some(Made::Cells(right)) => {
                let Some(numbers) = self.array(bound, left)? else { return Ok(None) };
                if numbers.present.is_empty() {
                    let Some(called) = self.function(bound, function)? else { return Ok(None) };
                    return Ok(self.apply(&called, true, Some(numbers), right)?.map(Made::Cells));
                }
                let Some(crop) = Crop::new(right) else { return Ok(None) };
                return Ok(crop.cut(self.context, self.frame, &numbers, how)?.map(Made::Parts));
            }
        };
        let Some(numbers) = self.array(bound, left)? else { return Ok(None) };
        Ok(crop.cut(self.context, self.frame, &numbers, how)?.map(Made::Parts))
    }

    /// Items side by side, where they are the same for every cell.
    fn strand(&mut self, bound: &Bound, items: &[NodeId]) -> Result<Option<Cells>> {
        let memory = self.context.memory();
        let mut values = memory.vec(items.len())?;
        for &item in items.iter().rev() {
            match self.array(bound, item)? {
                Some(cells) if cells.present.is_empty() => values.push(cells.value.settled(memory)?),
                _ => return Ok(None),
            }
        }
        values.reverse();
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0))?;
        Ok(Some(Cells::constant(array.into())))
    }

    fn local(&self, symbol: u32) -> Option<&Cells> {
        self.locals.iter().rev().find(|(own, _)| *own == symbol).map(|(_, cells)| cells)
    }

    /// Assigns cells to local names; `false` for targets that are not local names, and for cells that would have to be
    /// taken apart.
    fn assign(&mut self, target: &Target, cells: &Cells) -> Result<bool> {
        let memory = self.context.memory();
        match target {
            Target::Name(name) => {
                // Inner functions read the scope. Only values that are the same for every cell are stored there.
                let seen = match cells.present.is_empty() {
                    true => cells.value.clone().settled(memory)?,
                    false => Value::Bool(false),
                };
                self.scope.set_local(name.symbol, Binding::Array(seen));
                self.locals.push((name.symbol, cells.clone()));
                Ok(true)
            }
            Target::Strand(targets) if cells.present.is_empty() => {
                let parts = assign::split(self.context, &cells.value.clone().settled(memory)?, targets.len())?;
                for (target, part) in targets.iter().zip(parts).rev() {
                    if !self.assign(target, &Cells::constant(part))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn apply(&self, function: &Fun, settled: bool, left: Option<Cells>, right: Cells) -> Result<Option<Cells>> {
        let constant = right.present.is_empty() && left.as_ref().is_none_or(|left| left.present.is_empty());
        if constant {
            // The arguments are the same for every cell: one call is enough if the function always gives the same result.
            if !settled && crate::primitive::row(function.as_ref()).is_none_or(|row| row.glyph == '?') {
                // A function with a cellwise form has no side effects and is not random.
                return function.call_cells(self.context, self.frame, left.as_ref(), &right);
            }
            let left = left.map(|left| left.value);
            return Ok(Some(Cells::constant(function.call(self.context, left, right.value)?)));
        }
        function.call_cells(self.context, self.frame, left.as_ref(), &right)
    }

    /// Whether all local names stand for something that is the same for every cell.
    fn same_for_all(&self) -> bool {
        self.locals.iter().all(|(_, cells)| cells.present.is_empty())
    }

    /// A function whose parts do not depend on the cell.
    fn function(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Fun>> {
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
    fn operand(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Operand>> {
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

/// What an expression gives.
enum Made {
    Cells(Cells),
    /// Parts of cells, which may have different shapes until `↑` or `↓` is applied again.
    Parts(Crop),
}

/// Whether a function is `↑` or `↓`.
fn cut(bound: &Bound, function: NodeId) -> Option<Cut> {
    match bound.node(function) {
        Node::Primitive(row) if row.glyph == '↑' => Some(Cut::Take),
        Node::Primitive(row) if row.glyph == '↓' => Some(Cut::Drop),
        _ => None,
    }
}

/// Whether a function consists only of primitives in this phrase, which according to the binder has no side effects and
/// is not random.
fn settled(bound: &Bound, function: NodeId) -> bool {
    matches!(bound.node(function), Node::Ready(_) | Node::Primitive(_))
}
