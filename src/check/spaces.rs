//! Namespaces on abstract values: which one an expression before a dot refers to, and what stands behind the dot.
//!
//! A namespace is known where the program makes it: by a script, by array notation or by `⎕NS`. An abstract value that is
//! a known reference tells which one it is. What stands behind any other reference is not known.

use std::cell::Cell;
use std::rc::Rc;

use super::callable::Callable;
use super::engine::Engine;
use super::names::{Env, Found, Home, Table, Thing};
use super::nodes::Evaluated;
use crate::array::Value;
use crate::code::node::{Bound, Class, Inner, NameRef, Node, NodeId, Target};
use crate::error::ErrorKind;
use crate::inference::{Abstract, Failure, Kind, Outcome};
use crate::names::space::Entered;
use crate::syntax::tree::{Item, ItemKind};

/// The settings of another namespace are in force until this is dropped.
pub struct Inside<'a> {
    engine: &'a Engine,
    home: Rc<Home>,
    certain: bool,
    _entered: Entered<'a>,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.home.certain.set(self.engine.certain.get());
        self.engine.certain.set(self.certain);
    }
}

/// A reference of which is not known what it refers to.
pub fn reference() -> Abstract {
    Abstract::scalar(Kind { references: true, ..Kind::default() })
}

impl Engine {
    /// A new namespace within another one, and a reference to it. It stays as long as the check.
    pub fn new_space(&self, home: &Home, name: Option<&str>) -> Option<(Rc<Home>, Abstract)> {
        let (space, reference) = home.space.child(&self.context, name).ok()?;
        let made = Home { space, names: Table::default(), certain: Cell::new(self.certain.get()) };
        let (made, value) = (Rc::new(made), Value::from(reference));
        let known = Abstract::of(&value);
        self.homes.borrow_mut().insert(made.space.number(), (made.clone(), value));
        Some((made, known))
    }

    /// Puts the settings of a namespace in force; `None` where they are already.
    pub fn enter(&self, home: &Rc<Home>) -> Option<Inside<'_>> {
        let entered = home.space.enter(&self.context)?;
        let certain = self.certain.replace(home.certain.get());
        Some(Inside { engine: self, home: home.clone(), certain, _entered: entered })
    }

    /// The namespace that a value refers to.
    pub fn home_of(&self, value: &Abstract) -> Option<Rc<Home>> {
        let space = self.root.space.workspace.space(value.value.as_ref()?.reference()?)?;
        self.home_numbered(space.number())
    }

    fn home_numbered(&self, number: u64) -> Option<Rc<Home>> {
        match number == self.root.space.number() {
            true => Some(self.root.clone()),
            false => self.homes.borrow().get(&number).map(|(home, _)| home.clone()),
        }
    }

    /// The namespace that an expression before a dot refers to, if that is known without evaluating it.
    fn resolved(&self, env: &Env, bound: &Bound, id: NodeId) -> Option<Rc<Home>> {
        match bound.node(id) {
            Node::Root => Some(self.root.clone()),
            Node::Parent => self.home_numbered(env.home.space.parent()?.number()),
            Node::System(name) if &**name == "THIS" => Some(env.home.clone()),
            Node::Name(name) => match self.find(env, name.symbol, &name.name) {
                Found::Thing(Thing::Array(value)) => self.home_of(&value),
                _ => None,
            },
            Node::Within { space, inner, .. } => {
                let home = self.resolved(env, bound, *space)?;
                match self.member(env, &home, inner.name.as_ref()?) {
                    Found::Thing(Thing::Array(value)) => self.home_of(&value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn member(&self, env: &Env, home: &Rc<Home>, name: &NameRef) -> Found {
        self.find(&env.within(home), name.symbol, &name.name)
    }

    /// Whether only running tells what a node is to its neighbours.
    pub fn is_opaque(&self, env: &Env, bound: &Bound, node: &Node) -> bool {
        match node {
            Node::Execute | Node::Executed(_) => true,
            Node::Revealed { space, .. } => self.resolved(env, bound, *space).is_none(),
            Node::Within { space, inner, class } => match (self.resolved(env, bound, *space), &inner.name) {
                (None, _) => true,
                (Some(home), Some(name)) => match self.member(env, &home, name) {
                    Found::Thing(thing) => thing.class() != Some(*class),
                    Found::Nobody => *class != Class::Array,
                    Found::Unclear => true,
                },
                // The arguments of the function around keep their meaning there.
                (Some(_), None) => *class != Class::Array || env.frame.is_some() && mentions_arguments(inner),
            },
            Node::Assign { target, .. } => self.is_unclear(env, bound, target),
            _ => false,
        }
    }

    fn is_unclear(&self, env: &Env, bound: &Bound, target: &Target) -> bool {
        match target {
            Target::Member { space, .. } => self.resolved(env, bound, *space).is_none(),
            Target::Strand(targets) => targets.iter().any(|target| self.is_unclear(env, bound, target)),
            _ => false,
        }
    }

    /// `space.name`, `space.(…)`, where it is an array.
    pub fn within(&self, env: &Env, bound: &Bound, space: NodeId, inner: &Inner) -> Outcome {
        drop(self.array(env, bound, space)?);
        let Some(home) = self.resolved(env, bound, space) else { return Ok(Abstract::unknown()) };
        match &inner.name {
            Some(name) => match self.member(env, &home, name) {
                Found::Thing(Thing::Array(value)) => Ok(value),
                Found::Nobody => Err(Failure::new(ErrorKind::Value, format!("{} is never set there", name.name))),
                _ => Ok(Abstract::unknown()),
            },
            None => {
                let _inside = self.enter(&home);
                match self.phrase(&env.within(&home), &inner.phrase) {
                    Evaluated::Array(outcome, _) => outcome,
                    _ => Ok(Abstract::unknown()),
                }
            }
        }
    }

    /// `(name: value ⋄ …)`: a new namespace.
    pub fn namespace(&self, env: &Env, bound: &Bound, members: &[(NameRef, NodeId, Class)]) -> Outcome {
        let mut things = Vec::with_capacity(members.len());
        for (name, value, class) in members.iter().rev() {
            things.push((
                name.symbol,
                match class {
                    Class::Array => Thing::Array(self.array(env, bound, *value)?),
                    Class::Function => Thing::Function(self.function(env, bound, *value)?),
                    _ => Thing::Unclear,
                },
            ));
        }
        // Each call of an operand makes another one.
        let Some((home, known)) = self.new_space(&env.home, None).filter(|_| self.many.get() == 0) else {
            return Ok(reference());
        };
        let inside = env.within(&home);
        things.into_iter().rev().for_each(|(symbol, thing)| inside.set(symbol, thing));
        Ok(known)
    }

    /// `space.name`, where it is a function.
    pub fn function_within(&self, env: &Env, bound: &Bound, space: NodeId, inner: &Inner) -> Rc<Callable> {
        let home = self.resolved(env, bound, space);
        let found = home.zip(inner.name.as_ref()).map(|(home, name)| (self.member(env, &home, name), home));
        match found {
            Some((Found::Thing(Thing::Function(callable)), home)) => Rc::new(Callable::Within(home, callable)),
            _ => Rc::new(Callable::Unknown),
        }
    }

    /// `space.name←value`, `space.name f←value` and the like.
    pub fn assign_member(
        &self,
        env: &Env,
        bound: &Bound,
        (space, target): (NodeId, &Target),
        function: Option<&Rc<Callable>>,
        value: &Abstract,
    ) -> Result<(), Failure> {
        let Some(home) = self.resolved(env, bound, space) else {
            members(target).iter().for_each(|name| self.may_be_anything(name));
            return Ok(());
        };
        let inner = env.within(&home);
        match target {
            Target::Name(_) | Target::Nearest(_) if self.many.get() == 0 => {
                self.assign(&inner, bound, target, function, value)
            }
            // The last of many calls counts, or a part is changed.
            _ => {
                for name in members(target) {
                    inner.set(name.symbol, Thing::Array(Abstract::unknown()));
                }
                Ok(())
            }
        }
    }

    /// `space.name←f`.
    pub fn name_member(&self, env: &Env, bound: &Bound, (space, name): (NodeId, &NameRef), made: &Rc<Callable>) {
        match self.resolved(env, bound, space) {
            Some(home) => env.within(&home).set(name.symbol, Thing::Function(made.clone())),
            None => self.may_be_anything(name),
        }
    }

    /// A name that is set in a namespace, it is not known in which: nothing is known of its value anywhere.
    pub fn may_be_anything(&self, name: &NameRef) {
        let mut facts = self.facts.borrow_mut();
        facts.volatile.insert(name.name.clone());
        facts.set.insert(name.name.clone());
    }

    /// Nothing is known any more of a name in all namespaces but the root.
    pub fn forget_member(&self, symbol: u32) {
        for (home, _) in self.homes.borrow().values() {
            if let Some(slot) = home.names.borrow_mut().get_mut(&symbol) {
                slot.thing = slot.thing.loose();
                slot.times += 1;
            }
        }
    }
}

impl Env {
    /// The same place with the names of a namespace.
    pub fn within(&self, home: &Rc<Home>) -> Env {
        Env { home: home.clone(), frame: None, locals: None, ..self.clone() }
    }
}

/// The names that a target behind a dot changes.
fn members(target: &Target) -> Vec<&NameRef> {
    match target {
        Target::Name(name) | Target::Nearest(name) | Target::Indexed { name, .. } | Target::Selective { name, .. } => {
            vec![name]
        }
        Target::Strand(targets) => targets.iter().flat_map(members).collect(),
        Target::Member { target, .. } => members(target),
        _ => Vec::new(),
    }
}

/// Whether what stands behind a dot has the arguments or operands of the function around.
fn mentions_arguments(inner: &Inner) -> bool {
    fn in_items(items: &[Item]) -> bool {
        items.iter().any(|item| match &item.kind {
            ItemKind::Glyph('⍺' | '⍵' | '∇') => true,
            ItemKind::AlphaAlpha | ItemKind::OmegaOmega | ItemKind::DelDel => true,
            ItemKind::Parens(phrase) => in_items(&phrase.items),
            ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                phrases.iter().any(|phrase| in_items(&phrase.items))
            }
            ItemKind::NamespaceNotation(members) => members.iter().any(|(_, phrase)| in_items(&phrase.items)),
            _ => false,
        })
    }
    in_items(&inner.phrase.phrase.items)
}
