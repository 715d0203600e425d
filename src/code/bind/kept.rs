//! Caches the bound form of each phrase, for as long as the classes of its names do not change.

use std::rc::Rc;

use super::{Failure, Surroundings, bind, class_now, members};
use crate::code::definition::CachedPhrase;
use crate::code::node::{Bound, Class, NameRef};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::names::record;
use crate::names::scope::{self, Scope};
use crate::names::space::Space;

/// A binding failure as a fault with its place.
pub fn placed(around: Surroundings, (mut fault, caret): Failure) -> Fault {
    around.source.locate(&mut fault, scope::place(around.scope, around.source, caret));
    fault
}

/// A phrase's bound form, kept as long as the classes of its names stay the same.
#[inline]
pub fn bound(around: Surroundings, cached: &CachedPhrase) -> Result<Rc<Bound>> {
    around.space.workspace.recorder.note(around.source, cached, record::RUN);
    around.begins(&cached.phrase);
    if let Some(bound) = &*cached.bound.borrow()
        && bound.generation == around.space.workspace.generation()
        && still_bound(around, bound)
    {
        return Ok(bound.clone());
    }
    bound_anew(around, cached)
}

/// Whether a phrase is still as it was bound, if the workspace's generation is still the same.
#[inline]
pub fn still_bound(around: Surroundings, bound: &Bound) -> bool {
    match (bound.steady, bound.only_left, around.scope) {
        (true, ..) => true,
        (_, Some(class), Some(scope)) => scope.left_class() == class,
        _ => as_before(around, bound),
    }
}

/// Whether the names that a bound form depends on have the classes that they were bound with.
fn as_before(around: Surroundings, bound: &Bound) -> bool {
    let same = |(name, class): &(NameRef, Class)| class_now(around.space, around.scope, name) == *class;
    let own = |&(symbol, class): &(u32, Class)| {
        around.scope.and_then(|scope| scope.own_class(symbol)).unwrap_or(Class::Array) == class
    };
    bound.signature.iter().all(same)
        && bound.targets.iter().all(own)
        && (bound.members.is_empty() || members::as_bound(around, bound))
}

#[cold]
fn bound_anew(around: Surroundings, cached: &CachedPhrase) -> Result<Rc<Bound>> {
    let bound = Rc::new(bind(around, &cached.phrase).map_err(|failure| placed(around, failure))?);
    *cached.bound.borrow_mut() = Some(bound.clone());
    Ok(bound)
}

/// See [`bound`]; for a phrase of the body that runs in a scope.
pub fn bound_in_body(
    context: &Context,
    space: &Rc<Space>,
    scope: &Rc<Scope>,
    cached: &CachedPhrase,
) -> Result<Rc<Bound>> {
    bound(Surroundings::in_body(context, space, scope), cached)
}
