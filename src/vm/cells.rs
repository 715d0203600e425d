//! User functions applied to all cells at once: a body without side effects or branches is run a single time, with
//! each of its steps applied to all cells.
//!
//! The same idea as `vmap` in machine-learning compilers. For a body that cannot be run in this way the result is `None`,
//! and the caller loops over the cells.

mod functions;

use std::borrow::Cow;
use std::rc::Rc;

use super::assign;
use super::frame::Frame;
use super::profiling;
use super::statement;
use super::tracing;
use crate::array::{Array, Framed, Shape, Type, Value, convert, shape};
use crate::code::bind;
use crate::code::definition::{CachedPhrase, CachedStatement};
use crate::code::node::{Bound, Class, Node, NodeId, Target};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Fun, Function, Results};
use crate::names::binding::Binding;
use crate::names::record;
use crate::names::scope::{self, Scope};
use crate::names::user::UserFunction;
use crate::operator::branches::{self, Part};
use crate::primitive::{Crop, Cut, PrimitiveFunction, Role, index_cells};
use crate::tally::Outcome;

/// What an attempt takes from the workspace budget while it lasts: its part of the native stack.
const FRAME_BYTES: usize = 8 * 1024;
/// Native stack that must be left at an attempt, and what is added where less is left.
const RED_ZONE: usize = 192 * 1024;
const STACK_PIECE: usize = 4 * 1024 * 1024;

/// Strands of more items that differ from cell to cell are left to the loop.
const LONGEST_STRAND: usize = 16;

/// Applies a user function to all cells. See [`Function::call_various`](crate::function::Function::call_various).
pub fn call(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Option<Results>> {
    context.poll()?;
    let outcome = match (context.tracer.is_on(), context.profiler.is_on()) {
        (true, _) => traced(context, function, frame, left, right),
        (_, true) => profiled(context, function, frame, left, right),
        _ => attempt(context, function, frame, left, right),
    };
    context.tally.count(match &outcome {
        Ok(Attempt::Done(Results::Alike(_))) => Outcome::Done,
        Ok(Attempt::Done(Results::Various(_))) => Outcome::Various,
        Ok(Attempt::Refused(reason)) => *reason,
        Err(_) => Outcome::Error,
    });
    outcome.map(|attempt| match attempt {
        Attempt::Done(results) => Some(results),
        Attempt::Refused(_) => None,
    })
}

/// The same, where a profile is made: cells are as many calls.
#[cold]
fn profiled(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Attempt> {
    let mark = profiling::cells_begun(context, function);
    let outcome = attempt(context, function, frame, left, right);
    let done = matches!(outcome, Ok(Attempt::Done(_)));
    profiling::cells_ended(context, function, mark, done.then(|| shape::product(frame)));
    outcome
}

/// The same, where a trace is recorded; of an attempt that comes to nothing, nothing is.
#[cold]
fn traced(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Attempt> {
    let mark = context.tracer.body();
    tracing::called_for_cells(context, function, left, right);
    let outcome = attempt(context, function, frame, left, right);
    let done = matches!(outcome, Ok(Attempt::Done(_)));
    if let Ok(Attempt::Done(Results::Alike(cells))) = &outcome {
        tracing::returned_for_cells(context, function, cells);
    }
    context.tracer.body_ends(mark, done);
    outcome
}

/// What comes of an attempt that meets no error.
enum Attempt {
    Done(Results),
    Refused(Outcome),
}

fn attempt(
    context: &Context,
    function: &UserFunction,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Attempt> {
    let simple = |statement: &CachedStatement| !matches!(statement, CachedStatement::ErrorGuard(..));
    if function.definition.program.is_some() || function.definition.controls.is_on() {
        return Ok(Attempt::Refused(Outcome::Traditional));
    }
    if frame.contains(&0) || !function.definition.statements.iter().all(simple) {
        return Ok(Attempt::Refused(Outcome::ErrorGuard));
    }
    let _descent = context.descend(FRAME_BYTES)?;
    let _entered = function.space.enter(context);
    // Names are resolved in a scope of the body; the cells that its local names stand for are stored beside the scope.
    let placeholder = left.map(|_| Value::Bool(false));
    let scope = Scope::new(function, placeholder, Value::Bool(false));
    let mut run = Run {
        context,
        function,
        scope: &scope,
        frame: Cow::Borrowed(frame),
        left: left.cloned(),
        right: right.clone(),
        locals: Vec::new(),
        refusal: Outcome::Expression,
    };
    let parts = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || run.body());
    // Functions among the local names hold the scope.
    let refusal = run.refusal;
    scope.clear();
    Ok(match parts? {
        Some(parts) => Attempt::Done(branches::merge(context, frame, parts)?),
        None => Attempt::Refused(refusal),
    })
}

/// A body that is run for all cells of a frame, or for those that have come to the same branch.
#[derive(Clone)]
struct Run<'a> {
    context: &'a Context,
    function: &'a UserFunction,
    scope: &'a Rc<Scope>,
    frame: Cow<'a, [usize]>,
    left: Option<Cells>,
    right: Cells,
    locals: Vec<(u32, Cells)>,
    /// Why there is no result, where there is none.
    refusal: Outcome,
}

/// What the cells of a frame have come to at a condition.
enum Ways {
    /// All of them to the same.
    All(bool),
    /// The positions of those for which it is true, and of the others. There are some of both.
    Both(Vec<u32>, Vec<u32>),
}

impl Run<'_> {
    fn refuse<T>(&mut self, reason: Outcome) -> Result<Option<T>> {
        self.refusal = reason;
        Ok(None)
    }

    /// The results of all cells, in parts that have taken the same branches.
    fn body(&mut self) -> Result<Option<Vec<Part>>> {
        let mut parts = Vec::new();
        // The positions of the cells that are left; `None` for all.
        let mut left: Option<Vec<u32>> = None;
        for (number, statement) in self.function.definition.statements.iter().enumerate() {
            if self.context.profiler.is_on() {
                profiling::cells_line(self.context, self.function, number, shape::product(&self.frame));
            }
            let (condition, result) = match statement {
                CachedStatement::Expression(phrase) => match self.phrase(phrase)? {
                    Some((cells, false)) => {
                        parts.push(Part { at: left, cells });
                        return Ok(Some(parts));
                    }
                    Some((_, true)) => continue,
                    None => return Ok(None),
                },
                CachedStatement::Guard(condition, result) => (condition, result),
                CachedStatement::ErrorGuard(..) => return self.refuse(Outcome::ErrorGuard),
            };
            let Some((truths, _)) = self.phrase(condition)? else { return Ok(None) };
            let ways = self.ways(&truths)?;
            self.record(condition, &ways);
            match ways {
                Ways::All(false) => {}
                Ways::All(true) => {
                    let Some(cells) = self.outcome(result)? else { return Ok(None) };
                    parts.push(Part { at: left, cells });
                    return Ok(Some(parts));
                }
                Ways::Both(yes, no) => {
                    let mut branch = self.only(&yes)?;
                    let Some(cells) = branch.outcome(result)? else { return self.refuse(branch.refusal) };
                    *self = self.only(&no)?;
                    // As positions in the whole frame.
                    let (at, rest) = match &left {
                        None => (yes, no),
                        Some(left) => {
                            let before = |at: &[u32]| self.context.collect(at.len(), |k| left[at[k] as usize]);
                            (before(&yes)?, before(&no)?)
                        }
                    };
                    parts.push(Part { at: Some(at), cells });
                    left = Some(rest);
                }
            }
        }
        self.refuse(Outcome::Shy)
    }

    /// The result of a guard.
    fn outcome(&mut self, result: &CachedPhrase) -> Result<Option<Cells>> {
        match self.phrase(result)? {
            Some((cells, false)) => Ok(Some(cells)),
            Some((_, true)) => self.refuse(Outcome::Shy),
            None => Ok(None),
        }
    }

    /// The same body for some of the cells.
    fn only(&self, at: &[u32]) -> Result<Self> {
        let select = |cells: &Cells| branches::select(self.context, &self.frame, cells, at);
        Ok(Run {
            frame: Cow::Owned(vec![at.len()]),
            left: self.left.as_ref().map(select).transpose()?,
            right: select(&self.right)?,
            locals: self.locals.iter().map(|(name, cells)| Ok((*name, select(cells)?))).collect::<Result<_>>()?,
            ..self.clone()
        })
    }

    /// Which way the cells go at a condition.
    fn ways(&self, truths: &Cells) -> Result<Ways> {
        let context = self.context;
        if truths.present.is_empty() {
            return Ok(Ways::All(statement::truth(context, &truths.value)?));
        }
        if shape::product(truths.cell_shape()) != 1 {
            return Err(Fault::length());
        }
        let array = branches::whole(context, &self.frame, truths.clone())?.into_array(context.memory())?;
        let bools = convert::bools(context.memory(), &array)?;
        let (yes, no) = branches::divided(context, &bools)?;
        Ok(match (yes.is_empty(), no.is_empty()) {
            (true, _) => Ways::All(false),
            (_, true) => Ways::All(true),
            _ => Ways::Both(yes, no),
        })
    }

    /// Notes the sides to which a condition has gone, in a session that records it.
    fn record(&self, condition: &CachedPhrase, ways: &Ways) {
        let marks = match ways {
            Ways::All(true) => record::TRUE,
            Ways::All(false) => record::FALSE,
            Ways::Both(..) => record::TRUE | record::FALSE,
        };
        self.function.space.workspace.recorder.note(&self.function.definition.source, condition, marks);
    }

    /// What a phrase gives, and whether it is an assignment.
    fn phrase(&mut self, phrase: &CachedPhrase) -> Result<Option<(Cells, bool)>> {
        let bound = bind::bound_in_body(self.context, &self.function.space, self.scope, phrase)?;
        if !bound.pure {
            return self.refuse(Outcome::Effects);
        }
        let (Some(Class::Array), Some(root)) = (bound.class, bound.root()) else {
            return self.refuse(Outcome::Shy);
        };
        self.refusal = Outcome::Expression;
        let assigns = matches!(bound.node(root), Node::Assign { .. });
        Ok(self.array(&bound, root)?.map(|cells| (cells, assigns)))
    }

    fn array(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Cells>> {
        let cells = match self.made(bound, id)? {
            Some(Made::Cells(cells)) => Some(cells),
            Some(Made::Parts(crop)) => crop.settled(self.context, &self.frame)?,
            None => None,
        };
        if self.context.tracer.is_on()
            && let Some(cells) = &cells
        {
            Frame::in_body(self.context, &self.function.space, self.scope, bound).noted_cells(id, cells);
        }
        Ok(cells)
    }

    fn made(&mut self, bound: &Bound, id: NodeId) -> Result<Option<Made>> {
        let made = match bound.node(id) {
            Node::Constant(value) => Some(Cells::constant(value.clone())),
            Node::Omega => Some(self.right.clone()),
            Node::Alpha => self.left.clone(),
            Node::Name(name) => match self.local(name.symbol) {
                Some(cells) => Some(cells.clone()),
                None => match scope::lookup(&self.function.space, self.scope.parent(), name) {
                    Binding::Array(value) => Some(Cells::constant(value)),
                    _ => None,
                },
            },
            Node::Assign { target, function: None, value } => {
                let Some(cells) = self.array(bound, *value)? else { return Ok(None) };
                match self.assign(target, &cells)? {
                    true => Some(cells),
                    false => return self.refuse(Outcome::Assignment),
                }
            }
            Node::Assign { target, function: Some(function), value } => {
                self.modify(bound, target, *function, *value)?
            }
            Node::Index { array, indices } => self.index(bound, *array, indices)?,
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
                return Ok(crop.cut(self.context, &self.frame, &numbers, how)?.map(Made::Parts));
            }
        };
        let Some(numbers) = self.array(bound, left)? else { return Ok(None) };
        Ok(crop.cut(self.context, &self.frame, &numbers, how)?.map(Made::Parts))
    }

    /// Items side by side.
    fn strand(&mut self, bound: &Bound, items: &[NodeId]) -> Result<Option<Cells>> {
        let memory = self.context.memory();
        let mut cells = memory.vec(items.len())?;
        for &item in items.iter().rev() {
            match self.array(bound, item)? {
                Some(item) => cells.push(item),
                None => return Ok(None),
            }
        }
        if cells.iter().all(|cells| cells.present.is_empty()) {
            let mut values = memory.vec(items.len())?;
            for cells in cells.into_iter().rev() {
                values.push(cells.value.settled(memory)?);
            }
            let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0))?;
            return Ok(Some(Cells::constant(array.into())));
        }
        let cell = Shape::from_slice(cells[0].cell_shape());
        let alike = |cells: &Cells| *cells.cell_shape() == *cell && cells.value.kind() != Type::Nested;
        if items.len() > LONGEST_STRAND || !cells.iter().all(alike) {
            return Ok(None);
        }
        // One more axis in front of each cell, along which they are joined.
        let join = primitive('⍪')?;
        let mut strand: Option<Cells> = None;
        for Cells { value, present } in cells {
            let mut longer = value.shape_vec();
            longer.insert(present.len(), 1);
            let item = Cells { value: value.settled(memory)?.reshape(memory, &longer)?, present };
            strand = match strand {
                None => Some(item),
                Some(rest) => join.call_cells(self.context, &self.frame, Some(&item), &rest)?,
            };
        }
        match strand {
            Some(Cells { value, present }) if !cell.is_empty() && value.kind() != Type::Nested => {
                Ok(Some(Cells { value: Framed::new(value, present.len() + 1)?.into(), present }))
            }
            Some(cells) if cell.is_empty() => Ok(Some(cells)),
            _ => self.refuse(Outcome::Function),
        }
    }

    /// `array[indices]`
    fn index(&mut self, bound: &Bound, array: NodeId, indices: &[Option<NodeId>]) -> Result<Option<Cells>> {
        let mut list = Vec::with_capacity(indices.len());
        for index in indices.iter().rev() {
            list.push(match index {
                None => None,
                Some(index) => match self.array(bound, *index)? {
                    None => return Ok(None),
                    cells => cells,
                },
            });
        }
        list.reverse();
        let Some(array) = self.array(bound, array)? else { return Ok(None) };
        // What differs from cell to cell is brought to the same axes of the frame.
        let differ = |cells: &Cells| !cells.present.is_empty();
        let indices = list.iter().flatten().filter(|index| differ(index)).count();
        let (array, list) = if indices == 0 || indices == 1 && list.len() == 1 && !differ(&array) {
            (array, list)
        } else {
            let all = list.iter().flatten().fold(array.present, |all, index| all.union(index.present));
            let spread = |cells: Cells| branches::spread(self.context, &self.frame, cells, all);
            let list = list.into_iter().map(|index| index.map(spread).transpose()).collect::<Result<_>>()?;
            (spread(array)?, list)
        };
        match index_cells(self.context, &array, &list)? {
            None => self.refuse(Outcome::Function),
            done => Ok(done),
        }
    }

    /// `name f←value` of a local name; stands for the value.
    fn modify(&mut self, bound: &Bound, target: &Target, function: NodeId, value: NodeId) -> Result<Option<Cells>> {
        let Some(value) = self.array(bound, value)? else { return Ok(None) };
        let Target::Name(name) = target else { return self.refuse(Outcome::Assignment) };
        let Some(old) = self.local(name.symbol).cloned() else { return self.refuse(Outcome::Assignment) };
        let Some(called) = self.function(bound, function)? else { return Ok(None) };
        match self.apply(&called, settled(bound, function), Some(old), value.clone())? {
            Some(new) => Ok(self.assign(target, &new)?.then_some(value)),
            None => Ok(None),
        }
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

    fn apply(&mut self, function: &Fun, settled: bool, left: Option<Cells>, right: Cells) -> Result<Option<Cells>> {
        match self.applied(function, settled, left, right)? {
            None => self.refuse(Outcome::Function),
            done => Ok(done),
        }
    }

    fn applied(&self, function: &Fun, settled: bool, left: Option<Cells>, right: Cells) -> Result<Option<Cells>> {
        let constant = right.present.is_empty() && left.as_ref().is_none_or(|left| left.present.is_empty());
        if constant {
            // The arguments are the same for every cell: one call is enough if the function always gives the same result.
            if !settled && crate::primitive::row(function.as_ref()).is_none_or(|row| row.facts.random) {
                // A function with a cellwise form has no side effects and is not random.
                return function.call_cells(self.context, &self.frame, left.as_ref(), &right);
            }
            let left = left.map(|left| left.value);
            return Ok(Some(Cells::constant(function.call(self.context, left, right.value)?)));
        }
        function.call_cells(self.context, &self.frame, left.as_ref(), &right)
    }
}

/// A primitive function of the table.
fn primitive(glyph: char) -> Result<PrimitiveFunction> {
    crate::primitive::lookup(glyph).map(PrimitiveFunction).ok_or_else(|| Fault::internal("a glyph without a row"))
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
        Node::Primitive(row) if row.facts.role == Role::Take => Some(Cut::Take),
        Node::Primitive(row) if row.facts.role == Role::Drop => Some(Cut::Drop),
        _ => None,
    }
}

/// Whether a function consists only of primitives in this phrase, which according to the binder has no side effects and
/// is not random.
fn settled(bound: &Bound, function: NodeId) -> bool {
    matches!(bound.node(function), Node::Ready(_) | Node::Primitive(_))
}
