//! Dots behind arrays: the phrase to the right of a dot is bound in a namespace.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Bind, Binder, Surroundings, Unit, bound, syntax_at};
use crate::array::{Array, Value};
use crate::code::definition::CachedPhrase;
use crate::code::node::{Bound, Class, Inner, Member, NameRef, Node, NodeId};
use crate::function::Operand;
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::names::space::Space;
use crate::primitive::{self, Role};
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind, Phrase};

impl Binder<'_> {
    /// An array with the dots that stand at `next` and what is on their right.
    pub(super) fn dotted(&mut self, mut unit: Unit, items: &[Item], next: &mut usize) -> Bind<Unit> {
        while unit.class == Class::Array && is_dot(items.get(*next)) {
            let Some(item) = items.get(*next + 1) else { return Err(syntax_at(items[*next].span)) };
            let count = 1 + usize::from(is_parent(items, *next + 1));
            let span = item.span.to(items[*next + count].span);
            let phrase = Phrase { items: items[*next + 1..*next + 1 + count].to_vec(), span };
            let name = match &item.kind {
                ItemKind::Name(name) => Some(NameRef { name: name.clone(), symbol: self.around.space.symbol(name) }),
                ItemKind::Glyph('←' | '→' | '.') | ItemKind::Number(_) | ItemKind::Text(_) => {
                    return Err(syntax_at(items[*next].span));
                }
                _ => None,
            };
            *next += 1 + count;
            let inner = Rc::new(Inner { phrase: CachedPhrase::new(&phrase), name });
            unit = self.within(unit, inner, span, items.get(*next))?;
        }
        Ok(unit)
    }

    fn within(&mut self, unit: Unit, inner: Rc<Inner>, span: Span, behind: Option<&Item>) -> Bind<Unit> {
        self.bound.pure = false;
        let class = self.class_within(unit.node, &inner, behind);
        if class == Class::Hybrid {
            return Err(syntax_at(span));
        }
        let whole = unit.span.to(span);
        let node = self.push(Node::Within { space: unit.node, inner, class }, span.start, whole);
        Ok(Unit { node, class, first: unit.first, open: false, parens: false, span: whole })
    }

    /// The class of what stands on the right of a dot. Where only evaluation can tell which namespace it is, it may turn
    /// out to be another one; then the phrase is bound again.
    fn class_within(&mut self, space: NodeId, inner: &Rc<Inner>, behind: Option<&Item>) -> Class {
        // A namespace that is written out tells of its members.
        if let (Node::Namespace(members), Some(name)) = (self.bound.node(space), &inner.name) {
            let last = members.iter().rev().find(|(member, ..)| member.symbol == name.symbol);
            return last.map_or(Class::Array, |&(.., class)| class);
        }
        if inner.name.as_ref().is_some_and(|name| !self.around.space.workspace.was_function(name.symbol)) {
            return Class::Array;
        }
        let followed = behind.is_some_and(|item| self.is_argument(item));
        if !self.is_known(space) {
            return unknown_class(self.around, inner, followed);
        }
        let mut member = Member { space, inner: inner.clone(), followed, class: Class::Array };
        member.class = class_within(self.around, &self.bound, &member);
        let class = member.class;
        self.bound.members.push(member);
        class
    }

    /// Whether an item is an array, as far as is known before evaluation.
    fn is_argument(&mut self, item: &Item) -> bool {
        match &item.kind {
            ItemKind::Number(_) | ItemKind::Text(_) | ItemKind::Glyph('⍵' | '⍬' | '⍞') => true,
            ItemKind::Glyph('⍺') => self.around.scope.is_some_and(|scope| scope.left_class() == Class::Array),
            ItemKind::Name(name) => self.name_ref(name, item.span).1 == Class::Array,
            _ => false,
        }
    }

    /// The class of a name behind a dot that stands before another target of an assignment.
    pub(super) fn target_class(&mut self, space: NodeId, name: &NameRef, item: &Item) -> Class {
        let phrase = Phrase { items: vec![item.clone()], span: item.span };
        let inner = Rc::new(Inner { phrase: CachedPhrase::new(&phrase), name: Some(name.clone()) });
        let workspace = &self.around.space.workspace;
        let exact = |found: Expected| found.exact;
        if workspace.was_function(name.symbol) && !expected(self.around, &self.bound, space, DEPTH).is_some_and(exact) {
            self.revealed.push(space);
        }
        self.class_within(space, &inner, None)
    }

    /// Whether what an expression refers to is there before the phrase is evaluated: nothing in it is assigned on its
    /// right.
    fn is_known(&self, node: NodeId) -> bool {
        let start = self.bound.places[node as usize].span.start;
        !self.arrows.iter().any(|&arrow| arrow > start)
            || self.names_of(node).iter().all(|name| self.assigned_class(name, start).is_none())
    }

    /// The names that an expression before a dot consists of.
    fn names_of(&self, node: NodeId) -> Vec<Rc<str>> {
        match self.bound.node(node) {
            Node::Name(name) => vec![name.name.clone()],
            Node::Within { space, .. } => self.names_of(*space),
            Node::Index { array, indices } => {
                let indices = indices.iter().flatten().flat_map(|&index| self.names_of(index));
                indices.chain(self.names_of(*array)).collect()
            }
            Node::Executed(argument) | Node::Tested { argument, .. } | Node::Revealed { argument, .. } => {
                self.names_of(*argument)
            }
            Node::Strand(items) => items.iter().flat_map(|&item| self.names_of(item)).collect(),
            Node::Monad { right, .. } => self.names_of(*right),
            Node::Dyad { left, right, .. } => [self.names_of(*left), self.names_of(*right)].concat(),
            _ => Vec::new(),
        }
    }

    /// The namespace of a target, `a.b` in `a.b.c←`, where a dot stands before the item at `last`; and where it begins.
    pub(super) fn owner(&mut self, items: &[Item], last: usize) -> Bind<Option<(NodeId, usize)>> {
        let Some(dot) = last.checked_sub(1).filter(|&dot| dot > 0 && is_dot(items.get(dot))) else {
            return Ok(None);
        };
        let first = head(items, dot);
        match self.phrase(&items[first..dot])? {
            Some(unit) if unit.class == Class::Array => Ok(Some((unit.node, first))),
            // It is an inner product.
            _ => Ok(None),
        }
    }
}

/// The position at which the expression before a dot begins: an item with its brackets, perhaps with dots before it.
pub(super) fn head(items: &[Item], dot: usize) -> usize {
    let mut at = dot;
    loop {
        at = at.saturating_sub(1);
        while at > 0 && matches!(items[at].kind, ItemKind::Brackets(_)) {
            at -= 1;
        }
        if at > 0 && is_parent(items, at - 1) {
            at -= 1;
        }
        if at < 2 || !is_dot(items.get(at - 1)) {
            return at;
        }
        at -= 1;
    }
}

pub(super) fn is_dot(item: Option<&Item>) -> bool {
    matches!(item, Some(Item { kind: ItemKind::Glyph('.'), .. }))
}

/// Whether `##` stands at a position.
pub(super) fn is_parent(items: &[Item], at: usize) -> bool {
    match (items.get(at), items.get(at + 1)) {
        (Some(a), Some(b)) => {
            a.kind == ItemKind::Glyph('#') && b.kind == ItemKind::Glyph('#') && a.span.end == b.span.start
        }
        _ => false,
    }
}

/// How far an expression before a dot is looked into.
const DEPTH: u32 = 40;

/// What an expression before a dot stands for, as far as is known without evaluating anything that may have side effects, or
/// that may take long.
struct Expected {
    value: Value,
    /// Whether it is the value; otherwise it is probably like the value.
    exact: bool,
}

fn expected(around: Surroundings, bound: &Bound, node: NodeId, depth: u32) -> Option<Expected> {
    let depth = depth.checked_sub(1)?;
    let exactly = |value: Value| Some(Expected { value, exact: true });
    let space = |space: Option<Rc<Space>>| exactly(space?.reference().into());
    let operand = |operand: &Option<Operand>| match operand {
        Some(Operand::Array(value)) => exactly(value.clone()),
        _ => None,
    };
    match bound.node(node) {
        Node::Root => space(around.space.workspace.root()),
        Node::Parent => space(around.space.parent()),
        Node::Constant(value) => exactly(value.clone()),
        Node::Name(name) => exactly(scope::array(around.space, around.scope, name.symbol)?),
        Node::Omega => exactly(around.scope?.right.borrow().clone()),
        Node::Alpha => match &*around.scope?.left.borrow() {
            Binding::Array(value) => exactly(value.clone()),
            _ => None,
        },
        Node::AlphaAlpha(_) => operand(&around.scope?.function.operands.0),
        Node::OmegaOmega(_) => operand(&around.scope?.function.operands.1),
        Node::System(name) if matches!(&**name, "THIS" | "SE") => {
            exactly(around.space.workspace.system.get(around.context, around.space, name).ok()?)
        }
        Node::Tested { argument, .. } => expected(around, bound, *argument, depth),
        Node::Strand(items) => Some(Expected { exact: false, ..expected(around, bound, *items.first()?, depth)? }),
        Node::Index { array, indices } => {
            let array = expected(around, bound, *array, depth)?;
            let index = |index: &Option<NodeId>| match index {
                Some(index) => {
                    expected(around, bound, *index, depth).filter(|index| index.exact).map(|index| Some(index.value))
                }
                None => Some(None),
            };
            match indices.iter().map(index).collect::<Option<Vec<Option<Value>>>>().filter(|_| array.exact) {
                Some(indices) => exactly(primitive::index_brackets(around.context, &array.value, &indices).ok()?),
                None => Some(Expected { exact: false, ..array }),
            }
        }
        Node::Monad { function, right } => {
            let Node::Primitive(row) = bound.node(*function) else { return None };
            let right = expected(around, bound, *right, depth)?;
            match row.facts.role {
                Role::Pick | Role::Same if right.exact => exactly(row.monadic(around.context, right.value).ok()?),
                _ => Some(Expected { exact: false, ..right }).filter(|_| row.facts.like_right),
            }
        }
        Node::Dyad { left, function, right } => {
            let Node::Primitive(row) = bound.node(*function) else { return None };
            let right = expected(around, bound, *right, depth)?;
            let left = expected(around, bound, *left, depth).filter(|left| left.exact);
            match (row.facts.role, left) {
                (Role::Pick | Role::Index | Role::Same, Some(left)) if right.exact => {
                    exactly(row.dyadic(around.context, left.value, right.value).ok()?)
                }
                _ => Some(Expected { exact: false, ..right }).filter(|_| row.facts.like_right),
            }
        }
        Node::Within { space, inner, .. } => {
            let spaces = expected(around, bound, *space, depth)?;
            let value = first_space(around, &spaces.value)?.look(inner.name.as_ref()?.symbol, Value::clone)?;
            Some(Expected { value, exact: spaces.exact })
        }
        _ => None,
    }
}

/// The namespace of the first reference in an array. The class of a name to the right of a dot is looked up there.
fn first_space(around: Surroundings, value: &Value) -> Option<Rc<Space>> {
    around.space.workspace.space(first_reference(value)?.reference()?)
}

/// The first reference in an array, looking into its first items.
fn first_reference(value: &Value) -> Option<Value> {
    let mut at = value.clone();
    loop {
        if at.reference().is_some() {
            return Some(at);
        }
        at = match &at {
            Value::Array(array @ (Array::Ref(_) | Array::Nested(_))) if !array.is_empty() => array.item(0),
            _ => return None,
        };
    }
}

/// The class of what stands on the right of a dot, as far as it can be known before evaluation.
fn class_within(around: Surroundings, bound: &Bound, member: &Member) -> Class {
    let inner = &member.inner;
    let found = expected(around, bound, member.space, DEPTH);
    let Some((target, exact)) = found.and_then(|found| Some((first_space(around, &found.value)?, found.exact))) else {
        return unknown_class(around, inner, member.followed);
    };
    let class = match &inner.name {
        Some(name) => target.class(name.symbol).unwrap_or(Class::Array),
        None => {
            let lent = around.scope.map(|scope| Scope::lend_arguments(scope, &target));
            let bound = self::bound(Surroundings { space: &target, scope: lent.as_ref(), ..around }, &inner.phrase);
            bound.ok().and_then(|bound| bound.class).unwrap_or(Class::Array)
        }
    };
    // In another namespace than the expected one it may be an array: then a function on its right would have been called
    // without a left argument.
    match class {
        Class::Function if !exact && !member.followed => Class::Array,
        class => class,
    }
}

/// The class of what stands on the right of a dot in a namespace that only evaluation will tell: a function if an array
/// follows and the name has been that of a function somewhere.
fn unknown_class(around: Surroundings, inner: &Inner, followed: bool) -> Class {
    match &inner.name {
        Some(name) if followed && around.space.workspace.was_function(name.symbol) => Class::Function,
        Some(_) => Class::Array,
        // What it would be here says what it is there, as far as glyphs tell.
        None => {
            let bound = self::bound(around, &inner.phrase);
            bound.ok().and_then(|bound| bound.class).unwrap_or(Class::Array)
        }
    }
}

/// Forgets the members that need not be looked at before the phrase is evaluated: functions of arguments that are there already,
/// so that nothing has been done when they turn out to be of another class.
pub(super) fn forget_late(bound: &mut Bound) {
    if bound.members.is_empty() {
        return;
    }
    let is_leaf = |id: NodeId| matches!(bound.node(id), Node::Constant(_) | Node::Name(_) | Node::Omega | Node::Alpha);
    let late = |node: &Node| match node {
        Node::Monad { function, right } | Node::Dyad { function, right, .. } if is_leaf(*right) => {
            match bound.node(*function) {
                Node::Within { space, inner, class: Class::Function } if inner.name.is_some() => Some(*space),
                _ => None,
            }
        }
        _ => None,
    };
    let late: HashSet<NodeId> = bound.nodes.iter().filter_map(late).collect();
    bound.members.retain(|member| !late.contains(&member.space));
}

/// Whether everything on the right of a dot is still of the class that it was bound with.
pub(super) fn as_bound(around: Surroundings, bound: &Bound) -> bool {
    bound.members.iter().all(|member| class_within(around, bound, member) == member.class)
}
