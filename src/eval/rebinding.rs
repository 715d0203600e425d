//! Evaluation of a phrase whose names may turn out to be of another class than they were bound with.
//!
//! A phrase is bound before it is evaluated, but what a name stands for may only be known when it is reached: the part of
//! the phrase on its right may have defined it, and what stands behind a dot depends on the namespace before the dot. Then
//! the evaluation is left with a fault of its own kind. On its way up, every step adds the values that it has computed
//! already; the phrase is bound again with these values in their places, and the rest of it is evaluated. So nothing is
//! evaluated twice.

use super::frame::Frame;
use crate::array::Value;
use crate::bind::{self, Surroundings};
use crate::error::{ErrorKind, Fault, Result};
use crate::function::Operand;
use crate::syntax::tree::Phrase;
use crate::workspace::definition::CachedPhrase;
use crate::workspace::node::{Bound, Known, Node, NodeId, Part, Surprise, Where};

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

#[cold]
fn again<T>(
    around: Surroundings,
    phrase: &Phrase,
    bound: &Bound,
    work: &mut dyn FnMut(&Frame) -> Result<T>,
) -> Result<T> {
    let mut known = Vec::new();
    let mut places: Vec<Where> = Vec::new();
    let mut surprise = bound.surprise.take().unwrap_or_default();
    loop {
        // What is still not what it was bound as cannot be bound at all.
        if places.contains(&surprise.place) {
            return Err(bind::placed(around, (Fault::syntax(), surprise.place.caret)));
        }
        places.push(surprise.place);
        known.append(&mut surprise.known);
        let bound = bind::bind_rest(around, phrase, &known).map_err(|failure| bind::placed(around, failure))?;
        match work(&Frame { around, bound: &bound }) {
            Err(fault) if fault.kind() == ErrorKind::Rebind => surprise = bound.surprise.take().unwrap_or_default(),
            done => return done,
        }
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

    /// The same for indices in brackets.
    #[cold]
    pub fn keeping_indices(&self, fault: Fault, indices: &[Option<NodeId>], values: &[Option<Value>]) -> Fault {
        indices.iter().zip(values).fold(fault, |fault, pair| match pair {
            (Some(id), Some(value)) => self.keeping(fault, *id, value),
            _ => fault,
        })
    }

    /// The same for an array or a function.
    #[cold]
    pub fn keeping_operand(&self, fault: Fault, id: NodeId, operand: &Operand) -> Fault {
        if fault.kind() == ErrorKind::Rebind
            && let Some(surprise) = &mut *self.bound.surprise.borrow_mut()
        {
            let part = match self.bound.node(id) {
                // These can be bound again as they are.
                Node::Constant(_) | Node::Primitive(_) | Node::Ready(_) | Node::FunctionName(_) => return fault,
                Node::Strand(_) => Part::Strand,
                Node::Monad { .. }
                | Node::Dyad { .. }
                | Node::MixedDyad { .. }
                | Node::Index { .. }
                | Node::Assign { .. } => Part::Result,
                _ => Part::Item,
            };
            let span = self.bound.places[id as usize].span;
            surprise.known.push(Known { span, operand: operand.clone(), part });
        }
        fault
    }
}
