//! Assignments to the local names of dfns, over tags.

use std::collections::HashMap;

use super::tags::number;
use super::{Origins, unfollowed};
use crate::array::{Array, Value, convert};
use crate::code::node::{Bound, NameRef, NodeId, Target};
use crate::error::{Fault, Result};
use crate::names::binding::Binding;
use crate::primitive;
use crate::vm::frame::Indices;

impl Origins<'_> {
    /// `target←value`, `target f←value`. NONCE ERROR for a target that is not local to the dfn.
    pub(super) fn assign(
        &mut self,
        bound: &Bound,
        id: NodeId,
        target: &Target,
        function: Option<NodeId>,
        value: &Value,
    ) -> Result<()> {
        match target {
            Target::Name(name) => {
                let new = match function {
                    Some(_) => {
                        let old = self.own(bound, id, name)?;
                        self.modified(bound, function, old, value.clone())?
                    }
                    None => value.clone(),
                };
                self.set(name, new)
            }
            Target::Strand(targets) => self.distribute(bound, id, targets, function, value),
            Target::Indexed { name, indices } => {
                let old = self.own(bound, id, name)?;
                let list = self.indices(bound, indices)?;
                let chosen = primitive::index_brackets(self.around.context, &numbered(self, &old)?, &list)?;
                let places = convert::int_vec(self.around.context.memory(), &chosen)?;
                let places: Vec<usize> = places.into_iter().map(|place| place as usize).collect();
                let new = match function {
                    Some(_) => {
                        let before = primitive::index_brackets(self.around.context, &old, &list)?;
                        self.modified(bound, function, before, value.clone())?
                    }
                    None => value.clone(),
                };
                let new = self.replaced(&old, &places, &new)?;
                self.set(name, new)
            }
            Target::Selective { name, selection, variable, space: None } => {
                let old = self.own(bound, id, name)?;
                let memory = self.around.context.memory();
                // Each element stands for its place while the selection is made.
                let places = self.tags.named(self.around.context, &name.name, &self.values(&old)?)?;
                let mut place_of = HashMap::new();
                for at in 0..places.count() {
                    let tag = places.item(memory, at)?;
                    if !tag.is_simple_scalar() {
                        return Err(unfollowed(self.around, bound, id));
                    }
                    place_of.insert(number(&tag), at);
                }
                let before = self.standing.replace((*variable, places));
                let chosen = self.array(bound, *selection);
                self.standing = before;
                let chosen = chosen?;
                let mut at = Vec::new();
                for item in 0..chosen.count() {
                    let tag = chosen.item(memory, item)?;
                    let place = place_of.get(&number(&tag)).filter(|_| tag.is_simple_scalar());
                    at.push(*place.ok_or_else(|| unfollowed(self.around, bound, id))?);
                }
                let new = match function {
                    Some(_) => {
                        let items = at.iter().map(|&at| old.item(memory, at)).collect::<Result<Vec<Value>>>()?;
                        let selected = Array::from_items(memory, chosen.shape(), items, || Value::Int(0))?;
                        self.modified(bound, function, selected.into(), value.clone())?
                    }
                    None => value.clone(),
                };
                let new = self.replaced(&old, &at, &new)?;
                self.set(name, new)
            }
            _ => Err(unfollowed(self.around, bound, id)),
        }
    }

    /// `(a b)←value`.
    fn distribute(
        &mut self,
        bound: &Bound,
        id: NodeId,
        targets: &[Target],
        function: Option<NodeId>,
        value: &Value,
    ) -> Result<()> {
        let single = value.count() == 1;
        if !single && value.count() != targets.len() {
            return Err(Fault::length());
        }
        for (at, target) in targets.iter().enumerate().rev() {
            let item = value.item(self.around.context.memory(), if single { 0 } else { at })?;
            self.assign(bound, id, target, function, &item)?;
        }
        Ok(())
    }

    /// The tags of a name that is local to this dfn.
    fn own(&self, bound: &Bound, id: NodeId, name: &NameRef) -> Result<Value> {
        self.tags.known(self.place(), name.symbol).ok_or_else(|| unfollowed(self.around, bound, id))
    }

    fn set(&mut self, name: &NameRef, tags: Value) -> Result<()> {
        let tags = tags.settled(self.around.context.memory())?;
        if let Some(scope) = self.around.scope {
            scope.set_local(name.symbol, Binding::Array(self.values(&tags)?));
        }
        self.know(name.symbol, tags);
        Ok(())
    }

    /// `old f new`.
    fn modified(&mut self, bound: &Bound, function: Option<NodeId>, old: Value, new: Value) -> Result<Value> {
        let Some(function) = function else { return Ok(new) };
        let function = self.function(bound, function)?;
        function.call(self.around.context, Some(old), new)?.settled(self.around.context.memory())
    }

    /// An array with new items at some places; a single one goes to all of them.
    fn replaced(&self, old: &Value, places: &[usize], new: &Value) -> Result<Value> {
        let memory = self.around.context.memory();
        let single = new.count() == 1;
        if !single && new.count() != places.len() {
            return Err(Fault::length());
        }
        let mut items = (0..old.count()).map(|at| old.item(memory, at)).collect::<Result<Vec<Value>>>()?;
        for (at, &place) in places.iter().enumerate() {
            if let Some(item) = items.get_mut(place) {
                *item = new.item(memory, if single { 0 } else { at })?;
            }
        }
        Ok(Array::from_items(memory, old.shape(), items, || Value::Int(0))?.into())
    }

    /// The values of indices in brackets.
    pub(super) fn indices(&mut self, bound: &Bound, indices: &[Option<NodeId>]) -> Result<Indices> {
        let mut list = Indices::new();
        for index in indices.iter().rev() {
            list.push(match index {
                Some(index) => {
                    let tags = self.array(bound, *index)?;
                    Some(self.values(&tags)?)
                }
                None => None,
            });
        }
        list.reverse();
        Ok(list)
    }
}

/// An array of the same shape whose elements are their positions in the ravel.
fn numbered(origins: &Origins, of: &Value) -> Result<Value> {
    let memory = origins.around.context.memory();
    let items = (0..of.count()).map(|at| Value::Int(at as i32)).collect();
    Ok(Array::from_items(memory, of.shape(), items, || Value::Int(0))?.into())
}
