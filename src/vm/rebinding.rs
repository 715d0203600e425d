//! Evaluation of a phrase whose names may turn out to be of another class than they were bound with.
//!
//! A phrase is bound before it is evaluated, but what a name stands for may only be known when it is reached: the part of
//! the phrase on its right may have defined it, and what stands behind a dot depends on the namespace before the dot. Then
//! the evaluation is left with a fault of its own kind. What has been computed already lies on the stacks; the phrase is
//! bound again with these values in their places, and the rest of it is evaluated. So nothing is evaluated twice.

use std::ops::Range;

use super::frame::Frame;
use super::machine::Machine;
use crate::array::Value;
use crate::code::bind::{self, Surroundings};
use crate::code::definition::CachedPhrase;
use crate::code::instruction::{Code, Component, Op};
use crate::code::node::{Bound, Known, Node, NodeId, Part, Surprise, Where};
use crate::error::{ErrorKind, Fault, Result};
use crate::function::Operand;
use crate::syntax::tree::Phrase;

/// Does something with the bound form of a phrase; again with another one where a name is of another class.
pub fn run<T>(around: Surroundings, cached: &CachedPhrase, mut work: impl FnMut(&Frame) -> Result<T>) -> Result<T> {
    let bound = bind::bound(around, cached)?;
    run_bound(around, &cached.phrase, &bound, &mut work)
}

/// The same with a bound form that is there.
pub fn run_bound<T>(
    around: Surroundings,
    phrase: &Phrase,
    bound: &Bound,
    work: &mut dyn FnMut(&Frame) -> Result<T>,
) -> Result<T> {
    match work(&Frame { around, bound }) {
        Err(fault) if fault.kind() == ErrorKind::Rebind => again(around, phrase, bound, work),
        done => done,
    }
}

/// The same with a bound form in which a name has turned out to be of another class.
#[cold]
pub fn again<T>(
    around: Surroundings,
    phrase: &Phrase,
    bound: &Bound,
    work: &mut dyn FnMut(&Frame) -> Result<T>,
) -> Result<T> {
    let mut progress = Progress::default();
    let mut bound = progress.rebind(around, phrase, bound)?;
    loop {
        match work(&Frame { around, bound: &bound }) {
            Err(fault) if fault.kind() == ErrorKind::Rebind => bound = progress.rebind(around, phrase, &bound)?,
            done => return done,
        }
    }
}

/// How far a phrase has been evaluated that is bound again and again.
#[derive(Default)]
pub struct Progress {
    known: Vec<Known>,
    places: Vec<Where>,
}

impl Progress {
    /// The bound form of the rest, after what the last one met and had computed.
    pub fn rebind(&mut self, around: Surroundings, phrase: &Phrase, bound: &Bound) -> Result<Bound> {
        let mut surprise = bound.surprise.take().unwrap_or_default();
        // What is still not what it was bound as cannot be bound at all.
        if self.places.contains(&surprise.place) {
            return Err(bind::placed(around, (Fault::syntax(), surprise.place.caret)));
        }
        self.places.push(surprise.place);
        // What is a part of something that is known now is no longer needed.
        let covers = |new: &Known, old: &Known| new.span.start <= old.span.start && old.span.end <= new.span.end;
        self.known.retain(|old| !surprise.known.iter().any(|new| covers(new, old)));
        self.known.append(&mut surprise.known);
        bind::bind_rest(around, phrase, &self.known).map_err(|failure| bind::placed(around, failure))
    }
}

/// The nodes whose results are on the stacks of an evaluation that began at `start` before the instruction at `end`, the first
/// ones lowest. `None` for what belongs to no node.
fn stacks(
    bound: &Bound,
    code: &Code,
    Range { start, end }: Range<usize>,
) -> (Vec<Option<NodeId>>, Vec<Option<NodeId>>) {
    let (mut values, mut components): (Vec<Option<NodeId>>, Vec<Option<NodeId>>) = (Vec::new(), Vec::new());
    // The heights of the stack of values at which those lie that are being assigned.
    let mut assigned = Vec::new();
    let mut at = start;
    while at < end {
        let (op, node) = (&code.ops[at], code.nodes[at]);
        at += 1;
        let (taken, given) = match op {
            Op::Default(skipped) if at + (*skipped as usize) < end => {
                at += *skipped as usize;
                (0, 1)
            }
            Op::Copy => {
                assigned.push(values.len());
                values.push(None);
                continue;
            }
            Op::Split(count) => {
                values.pop();
                values.extend((0..*count).map(|_| None));
                continue;
            }
            op => op.values(bound.node(node), &code.targets),
        };
        values.truncate(values.len().saturating_sub(taken));
        values.extend((0..given).map(|_| Some(node)));
        let (taken, given) = op.components(bound.node(node));
        components.truncate(components.len().saturating_sub(taken));
        components.extend((0..given).map(|_| Some(node)));
        // All copies have been stored: the value is what the assignment stands for.
        if op.stores() && assigned.last() == Some(&values.len()) {
            assigned.pop();
            if let Some(value) = values.last_mut() {
                *value = Some(node);
            }
        }
    }
    (values, components)
}

impl Machine<'_> {
    /// After a fault in the last one of these instructions: where the phrase is to be bound again, what lies on the stacks
    /// from these heights on is kept.
    #[cold]
    pub fn kept(
        &mut self,
        frame: &Frame,
        code: &Code,
        done: Range<usize>,
        heights: (usize, usize),
        fault: Fault,
    ) -> Fault {
        if fault.kind() != ErrorKind::Rebind {
            return fault;
        }
        let (values, components) = stacks(frame.bound, code, done);
        let values = self.values.drain(heights.0..).zip(values);
        let mut fault = values.fold(fault, |fault, (value, node)| match node {
            Some(node) => frame.keeping(fault, node, &value),
            None => fault,
        });
        for (component, node) in self.components.drain(heights.1..).zip(components) {
            let operand = match component {
                Component::Array(value) => Operand::Array(value),
                Component::Function(function) => Operand::Function(function),
                Component::Operator(_) => continue,
            };
            if let Some(node) = node {
                fault = frame.keeping_operand(fault, node, &operand);
            }
        }
        fault
    }
}

impl Frame<'_> {
    /// Leaves the phrase because a node's class is not the one that it was bound with.
    #[cold]
    pub fn surprised(&self, id: NodeId) -> Fault {
        let surprise = Surprise { place: self.bound.places[id as usize], known: Vec::new() };
        *self.bound.surprise.borrow_mut() = Some(surprise);
        Fault::new(ErrorKind::Rebind)
    }

    /// A fault that occurred when the value of a node was known already: where the phrase is to be bound again, the value
    /// is kept.
    #[cold]
    pub fn keeping(&self, fault: Fault, id: NodeId, value: &Value) -> Fault {
        match fault.kind() {
            ErrorKind::Rebind => match value.clone().settled(self.context.memory()) {
                Ok(value) => self.keeping_operand(fault, id, &Operand::Array(value)),
                Err(fault) => self.blame(id, fault),
            },
            _ => fault,
        }
    }

    /// The same for an array or a function.
    #[cold]
    pub fn keeping_operand(&self, fault: Fault, id: NodeId, operand: &Operand) -> Fault {
        if fault.kind() == ErrorKind::Rebind
            && let Some(surprise) = &mut *self.bound.surprise.borrow_mut()
        {
            let node = match self.bound.node(id) {
                Node::Tested { argument, .. } | Node::Revealed { argument, .. } => self.bound.node(*argument),
                node => node,
            };
            let part = match node {
                // `/[1]` may become an operator.
                Node::Axis { axis, .. } if matches!(self.bound.node(*axis), Node::Constant(_)) => return fault,
                // These can be bound again as they are.
                Node::Constant(_) | Node::Primitive(_) | Node::Ready(_) | Node::FunctionName(_) => return fault,
                Node::Strand(_) => Part::Strand,
                Node::Monad { .. } | Node::Dyad { .. } | Node::Index { .. } | Node::Assign { .. } => Part::Result,
                _ => Part::Item,
            };
            let span = self.bound.places[id as usize].span;
            surprise.known.push(Known { span, operand: operand.clone(), part });
        }
        fault
    }
}
