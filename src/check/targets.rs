//! Assignments on abstract values, and which names a phrase mentions and gives values.

use std::rc::Rc;

use super::callable::Callable;
use super::engine::Engine;
use super::names::{Env, Found, Thing};
use crate::code::node::{Bound, NameRef, Node, NodeId, Target};
use crate::error::ErrorKind;
use crate::inference::{Abstract, Failure, Kind};
use crate::primitive::Role;
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind};

type Function = Rc<Callable>;

impl Engine {
    /// Gives a target a value.
    pub fn assign(
        &self,
        env: &Env,
        bound: &Bound,
        target: &Target,
        function: Option<&Function>,
        value: &Abstract,
    ) -> Result<(), Failure> {
        match target {
            Target::Name(name) if function.is_none() => self.set(env, name, value),
            Target::Name(name) | Target::Nearest(name) => {
                let changed = match (function, self.find(env, name.symbol, &name.name)) {
                    (Some(function), Found::Thing(Thing::Array(old))) => self.call(function, Some(&old), value)?,
                    (None, _) => value.clone(),
                    _ => Abstract::unknown(),
                };
                self.change(env, name, changed);
            }
            Target::Strand(targets) => {
                let count = targets.len() as i64;
                if function.is_none()
                    && let Some([length]) = value.shape.as_deref()
                    && let Some(length) = length.known()
                    && length != count
                    && length != 1
                {
                    return Err(Failure::new(ErrorKind::Length, format!("{count} names for {length} items")));
                }
                let items = value.each_item();
                for (at, target) in targets.iter().enumerate() {
                    let item = match (&items, value.rank()) {
                        (Some(items), Some(1)) if items.len() == targets.len() => items[at].clone(),
                        (_, Some(0)) if value.kind.is_simple() => value.clone(),
                        (_, Some(_)) => value.element(),
                        (_, None) => Abstract::unknown(),
                    };
                    let item = if function.is_some() { Abstract::unknown() } else { item };
                    self.assign(env, bound, target, None, &item)?;
                }
            }
            Target::Indexed { name, indices } => {
                let indices = self.indices(env, bound, indices)?;
                if let Found::Thing(Thing::Array(old)) = self.find(env, name.symbol, &name.name) {
                    self.outside(&old, &indices)?;
                    let added = if function.is_some() { Abstract::unknown() } else { value.clone() };
                    let elements = old.loose().join(&Abstract { shape: old.shape.clone(), ..added.loose() });
                    let same = Abstract { shape: old.shape.clone(), ..elements };
                    let deep =
                        added.kind.nested || added.rank().is_none() || indices.iter().flatten().any(|i| i.kind.nested);
                    self.change(env, name, if deep { Abstract::array(old.shape.clone(), Kind::ANY) } else { same });
                }
            }
            Target::Selective { name, selection, space, .. } => {
                if let Some(space) = space {
                    self.assign_member(env, bound, (*space, target), function, value)?;
                } else if let Found::Thing(Thing::Array(old)) = self.find(env, name.symbol, &name.name) {
                    let changed = match function {
                        None => self.picked(env, bound, *selection, &old, value)?,
                        Some(_) => None,
                    };
                    let shape = old.shape.clone().filter(|_| keeps_shape(bound, *selection));
                    self.change(env, name, changed.unwrap_or_else(|| Abstract::array(shape, Kind::ANY)));
                }
            }
            Target::Alpha => {
                if let Some(frame) = &env.frame
                    && frame.left.borrow().is_none()
                {
                    *frame.left.borrow_mut() = Some(Thing::Array(value.clone()));
                }
            }
            Target::System(name) => self.set_system(env, name, value)?,
            Target::SystemIndexed { .. } => self.certain.set(false),
            Target::Member { space, target } => {
                self.assign_member(env, bound, (*space, target), function, value)?;
            }
            Target::Quad | Target::QuoteQuad => {}
        }
        Ok(())
    }

    /// A vector with another item, after `(i⊃x)←value` with a known index.
    fn picked(
        &self,
        env: &Env,
        bound: &Bound,
        selection: NodeId,
        old: &Abstract,
        value: &Abstract,
    ) -> Result<Option<Abstract>, Failure> {
        let Node::Dyad { left, function, right } = bound.node(selection) else { return Ok(None) };
        let picks = matches!(bound.node(*function), Node::Primitive(row) if row.facts.role == Role::Pick);
        if !picks || !matches!(bound.node(*right), Node::Name(_)) {
            return Ok(None);
        }
        let index = self.array(env, bound, *left)?;
        let at = index.known_number().zip(self.origin()).and_then(|(n, origin)| usize::try_from(n - origin).ok());
        let (Some(at), Some(mut items), Some(1)) = (at, old.each_item(), old.rank()) else { return Ok(None) };
        let Some(item) = items.get_mut(at) else { return Ok(None) };
        *item = value.clone();
        Ok(Some(self.side_by_side(items)))
    }

    fn set(&self, env: &Env, name: &NameRef, value: &Abstract) {
        let named = value.clone().named(&name.name, &self.symbols);
        env.set(name.symbol, Thing::Array(named));
    }

    /// Changes a name where it is set. In a function that is called many times the last change counts, which is not known.
    fn change(&self, env: &Env, name: &NameRef, value: Abstract) {
        let own = env.frame.as_ref().is_some_and(|frame| frame.names.borrow().contains_key(&name.symbol));
        let value = if self.many.get() > 0 && !own { Abstract::unknown() } else { value };
        env.update(name.symbol, Thing::Array(value));
    }

    fn set_system(&self, env: &Env, name: &str, value: &Abstract) -> Result<(), Failure> {
        let settings = ["IO", "ML", "CT", "DIV", "PP", "FR", "DCT"];
        if !settings.contains(&name) {
            return Ok(());
        }
        let Some(value) = &value.value else {
            self.certain.set(false);
            return Ok(());
        };
        let set = env.home.space.workspace.system.set(&self.context, name, value);
        set.map_err(|fault| Failure::new(fault.kind(), fault.message().unwrap_or_default()))
    }
}

/// Whether what a selection selects is elements of the variable; `⊃` and `∊` may select the whole of a scalar, or with no
/// index the whole of anything.
fn keeps_shape(bound: &Bound, selection: NodeId) -> bool {
    match bound.node(selection) {
        Node::Name(_) => true,
        Node::Index { array, .. } => keeps_shape(bound, *array),
        Node::Monad { function, right } | Node::Dyad { function, right, .. } => {
            matches!(bound.node(*function), Node::Primitive(row) if "↑↓/⌿⌽⊖⍉,⍴⌷".contains(row.glyph))
                && keeps_shape(bound, *right)
        }
        _ => false,
    }
}

/// The names of a phrase with their places, and those that it gives a value. Dfns are not looked into.
pub fn gather(items: &[Item], names: &mut Vec<(Rc<str>, Span)>, targets: &mut Vec<Rc<str>>) {
    for (at, item) in items.iter().enumerate() {
        let member = at > 0 && items[at - 1].kind == ItemKind::Glyph('.');
        match &item.kind {
            // `f.g` is a product too.
            _ if member && matches!(item.kind, ItemKind::Name(_) | ItemKind::Parens(_)) => {}
            ItemKind::Name(name) => names.push((name.clone(), item.span)),
            ItemKind::Parens(phrase) => gather(&phrase.items, names, targets),
            ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                phrases.iter().for_each(|phrase| gather(&phrase.items, names, targets));
            }
            ItemKind::NamespaceNotation(members) => {
                members.iter().for_each(|(_, phrase)| gather(&phrase.items, names, targets));
            }
            ItemKind::Glyph('←') => assigned(&items[..at], targets),
            _ => {}
        }
    }
}

/// The names before an arrow that it gives a value.
fn assigned(before: &[Item], targets: &mut Vec<Rc<str>>) {
    let mut strand = false;
    for item in before.iter().rev() {
        match &item.kind {
            // `a b←`, or the function of `a f←`.
            ItemKind::Name(name) => {
                targets.push(name.clone());
                strand = true;
            }
            _ if strand => return,
            ItemKind::Parens(phrase) => {
                let (mut names, mut inner) = (Vec::new(), Vec::new());
                gather(&phrase.items, &mut names, &mut inner);
                let selects =
                    phrase.items.iter().any(|item| !matches!(item.kind, ItemKind::Name(_) | ItemKind::Parens(_)));
                // `(2↑x)←`: the last name; `(a b)←`: all.
                match selects {
                    true => targets.extend(names.pop().map(|(name, _)| name)),
                    false => targets.extend(names.into_iter().map(|(name, _)| name)),
                }
                return;
            }
            ItemKind::Brackets(_) | ItemKind::Glyph(_) | ItemKind::Dfn(_) | ItemKind::OuterProduct => {}
            _ => return,
        }
    }
}
