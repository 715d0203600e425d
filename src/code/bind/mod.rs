//! Binding: groups the flat items of a phrase into nodes, according to the classes of its names.
//!
//! The published table of binding strengths (Dyalog, "Binding strength") read as a procedure: brackets bind to what is
//! on their left, neighbouring arrays become a strand, an operator takes one function or strand on its right and all of
//! what was made on its left; functions then take their arguments from the right. It evaluates nothing but operators
//! whose operands are known already.

mod atoms;
mod explain;
mod kept;
mod known;
mod members;
mod targets;
mod units;

use std::rc::Rc;

pub use explain::explain;
pub use kept::still_bound;
pub use kept::{bound, bound_in_body, placed};

use crate::code::definition::Source;
use crate::code::instruction::Op;
use crate::code::node::{Bound, Class, Known, NameRef, Node, NodeId, Where};
use crate::context::Context;
use crate::error::Fault;
use crate::function::Operand;
use crate::names::scope::{self, Scope};
use crate::names::space::Space;
use crate::observe::trace::What;
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind, Phrase};
use targets::is_output;

/// The symbols of `⍺`, `⍺⍺` and `⍵⍵` in a signature.
pub const ALPHA: u32 = u32::MAX;
/// See [`ALPHA`].
pub const ALPHA_ALPHA: u32 = u32::MAX - 1;
/// See [`ALPHA`].
pub const OMEGA_OMEGA: u32 = u32::MAX - 2;

/// What the binder may look at.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub context: &'a Context,
    pub space: &'a Rc<Space>,
    pub scope: Option<&'a Rc<Scope>>,
    pub source: &'a Rc<Source>,
}

impl<'a> Surroundings<'a> {
    /// What there is around a phrase of the body that runs in a scope.
    pub fn in_body(context: &'a Context, space: &'a Rc<Space>, scope: &'a Rc<Scope>) -> Surroundings<'a> {
        Surroundings { context, space, scope: Some(scope), source: &scope.function.definition.source }
    }

    /// A phrase begins that stands there, if a trace is recorded.
    #[inline]
    pub fn begins(&self, phrase: &Phrase) {
        if self.context.tracer.is_on() {
            self.begun(phrase);
        }
    }

    #[cold]
    fn begun(&self, phrase: &Phrase) {
        let place = scope::place(self.scope, self.source, phrase.span.start);
        let what = What::Phrase(place.heading.trim().into());
        self.context.tracer.note(self.space.workspace.depth(), &self.source.text, phrase.span, what);
    }
}

/// A binding failure: the fault, and the byte offset that its caret belongs under.
pub type Failure = (Fault, u32);

/// Binds a phrase.
pub fn bind(around: Surroundings, phrase: &Phrase) -> std::result::Result<Bound, Failure> {
    bind_rest(around, phrase, &[])
}

/// Binds a phrase of which parts have been evaluated already.
pub fn bind_rest(around: Surroundings, phrase: &Phrase, known: &[Known]) -> std::result::Result<Bound, Failure> {
    let mut bound = Bound { pure: true, ..Bound::default() };
    // There are about as many nodes as items. Where those are many, the table must not grow by copies of itself.
    let count = phrase.items.len();
    let room = count.saturating_mul(size_of::<Node>() + size_of::<Where>() + size_of::<Op>());
    around.context.memory().check(room).map_err(|fault| (fault, phrase.span.start))?;
    bound.nodes.reserve(count);
    bound.places.reserve(count);
    let mut binder = Binder {
        around,
        bound,
        assigned: Vec::new(),
        arrows: Vec::new(),
        derived: Vec::new(),
        early: Vec::new(),
        known,
        revealed: Vec::new(),
    };
    binder.find_arrows(&phrase.items);
    let unit = binder.phrase(&phrase.items)?;
    binder.bound.class = unit.as_ref().map(|unit| unit.class);
    if let Some(unit) = unit {
        // The whole is the last node: repeat it at the end if something else came after it.
        if Some(unit.node) != binder.bound.root() {
            let again = binder.bound.nodes[unit.node as usize].clone();
            let place = binder.bound.places[unit.node as usize];
            binder.bound.nodes.push(again);
            binder.bound.places.push(place);
        }
    }
    let Binder { mut bound, .. } = binder;
    bound.signature.retain(|(name, _)| around.space.workspace.was_function(name.symbol));
    bound.targets.retain(|&(symbol, _)| around.space.workspace.was_function(symbol));
    members::forget_late(&mut bound);
    bound.generation = around.space.workspace.generation();
    bound.form = bound.form();
    bound.only_left = match &bound.signature[..] {
        [(name, class)] if name.symbol == ALPHA && bound.targets.is_empty() && bound.members.is_empty() => Some(*class),
        _ => None,
    };
    bound.steady = bound.signature.is_empty() && bound.targets.is_empty() && bound.members.is_empty();
    Ok(bound)
}

/// The class that a name of a signature has now.
pub fn class_now(space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &NameRef) -> Class {
    let operand = |operand: Option<&Operand>| match operand {
        Some(Operand::Function(_)) => Class::Function,
        _ => Class::Array,
    };
    match name.symbol {
        ALPHA => scope.map_or(Class::Array, |scope| scope.left_class()),
        ALPHA_ALPHA => operand(scope.and_then(|scope| scope.function.operands.0.as_ref())),
        OMEGA_OMEGA => operand(scope.and_then(|scope| scope.function.operands.1.as_ref())),
        symbol => scope::class_of(space, scope, symbol).unwrap_or(Class::Array),
    }
}

/// A node that is being combined with its neighbours.
#[derive(Clone)]
struct Unit {
    node: NodeId,
    class: Class,
    /// Position of its first item in the phrase.
    first: usize,
    /// Whether it is a strand that a further array may join.
    open: bool,
    /// Whether it is an expression in parentheses.
    parens: bool,
    span: Span,
}

type Bind<T> = std::result::Result<T, Failure>;

struct Binder<'a> {
    around: Surroundings<'a>,
    bound: Bound,
    /// Classes of names that this very phrase assigns, and the byte offset from which each holds leftwards.
    assigned: Vec<(Rc<str>, Class, u32)>,
    /// The byte offsets of all `←` in the phrase, those in parentheses and brackets too.
    arrows: Vec<u32>,
    /// The functions that operators make of functions, not of arrays as in `220⌶`, in ascending order.
    derived: Vec<NodeId>,
    /// Parentheses and brackets that were bound ahead of what stands on their left, by their byte offset.
    early: Vec<(u32, Option<Unit>)>,
    /// What has been evaluated already.
    known: &'a [Known],
    /// The namespaces of targets before others, as in `(f x).g y←`, that only evaluation will tell.
    revealed: Vec<NodeId>,
}

fn syntax_at(span: Span) -> Failure {
    (Fault::syntax(), span.start)
}

impl Binder<'_> {
    fn push(&mut self, node: Node, caret: u32, span: Span) -> NodeId {
        self.bound.nodes.push(node);
        self.bound.places.push(Where { caret, span });
        self.bound.nodes.len() as NodeId - 1
    }

    fn unit(&mut self, node: Node, class: Class, span: Span, first: usize) -> Unit {
        let node = self.push(node, span.start, span);
        Unit { node, class, first, open: false, parens: false, span }
    }

    /// Notes where something is assigned.
    fn find_arrows(&mut self, items: &[Item]) {
        let mut left = vec![items];
        while let Some(items) = left.pop() {
            for item in items {
                match &item.kind {
                    ItemKind::Glyph('←') => self.arrows.push(item.span.start),
                    ItemKind::Parens(phrase) => left.push(&phrase.items),
                    ItemKind::Brackets(phrases)
                    | ItemKind::VectorNotation(phrases)
                    | ItemKind::MatrixNotation(phrases) => left.extend(phrases.iter().map(|phrase| &phrase.items[..])),
                    _ => {}
                }
            }
        }
        self.arrows.sort_unstable();
    }

    /// Binds the parentheses and brackets in which something is assigned, from the right: what a name becomes there is
    /// what it is for everything on their left.
    fn bind_early(&mut self, items: &[Item]) -> Bind<()> {
        if self.arrows.is_empty() {
            return Ok(());
        }
        for item in items.iter().rev() {
            let phrases = match &item.kind {
                ItemKind::Parens(phrase) => std::slice::from_ref(phrase),
                ItemKind::Brackets(phrases) => phrases,
                _ => continue,
            };
            if self.is_within_known(item.span) {
                continue;
            }
            for phrase in phrases.iter().rev() {
                let span = phrase.span;
                let next = self.arrows.partition_point(|&arrow| arrow < span.start);
                if self.arrows.get(next).is_some_and(|&arrow| arrow < span.end) {
                    let unit = self.phrase(&phrase.items)?;
                    self.early.push((span.start, unit));
                }
            }
        }
        Ok(())
    }

    /// What stands in parentheses or between semicolons.
    fn group(&mut self, phrase: &Phrase) -> Bind<Option<Unit>> {
        let start = phrase.span.start;
        match self.early.iter().position(|(at, _)| *at == start) {
            Some(at) if !phrase.items.is_empty() => Ok(self.early.swap_remove(at).1),
            _ => self.phrase(&phrase.items),
        }
    }

    /// The class that a name at a byte offset has from an assignment on its right in this phrase.
    fn assigned_class(&self, name: &str, start: u32) -> Option<Class> {
        let found = self.assigned.iter().rev().find(|(other, _, at)| &**other == name && *at > start);
        found.map(|(_, class, _)| *class)
    }

    /// A whole phrase: from the right, each `←` makes what is behind it a single unit.
    fn phrase(&mut self, items: &[Item]) -> Bind<Option<Unit>> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let mut arrows: Vec<usize> =
                (0..items.len()).filter(|&k| items[k].kind == ItemKind::Glyph('←') && !is_output(items, k)).collect();
            let (mut tail, mut end) = self.known_end(items);
            arrows.retain(|&arrow| arrow < end);
            for (nth, &arrow) in arrows.iter().enumerate().rev() {
                let value = self.segment(&items[arrow + 1..end], tail.take())?;
                let missing = || (Fault::syntax().because("Missing right argument"), items[arrow].span.start);
                let value = value.ok_or_else(missing)?;
                let start = arrows[..nth].last().map_or(0, |&before| before + 1);
                let (unit, rest) = self.assignment(&items[start..arrow], items[arrow].span, value)?;
                tail = Some(unit);
                end = start + rest;
            }
            self.segment(&items[..end], tail)
        })
    }

    /// Items without `←` at their level, followed by what an assignment behind them stands for.
    fn segment(&mut self, items: &[Item], tail: Option<Unit>) -> Bind<Option<Unit>> {
        let mut units = self.units(items)?;
        units.extend(tail.map(|unit| Unit { first: items.len(), ..unit }));
        self.combine(units)
    }

    /// Functions take their arguments, from the right; tines without an argument make a train.
    fn combine(&mut self, mut units: Vec<Unit>) -> Bind<Option<Unit>> {
        let Some(mut right) = units.pop() else { return Ok(None) };
        match right.class {
            Class::Array => {
                while let Some(function) = units.pop() {
                    right = match function.class {
                        // Arrays side by side are one unit by now, so this is `7 a←8`, which would assign to a strand.
                        // What `⍎` makes may be a function.
                        Class::Array if self.is_executed(function.node) => self.strand(function, right),
                        Class::Array => return Err((Fault::syntax(), self.bound.places[right.node as usize].caret)),
                        Class::Function => {
                            let left = units.pop_if(|unit| unit.class == Class::Array);
                            let (left, right) = self.tested(units.last(), left, right);
                            self.apply(left, function, right)
                        }
                        _ => return Err(syntax_at(function.span)),
                    };
                }
                Ok(Some(right))
            }
            Class::Function if units.is_empty() => Ok(Some(right)),
            Class::Function => {
                let first = units.first().map_or(right.first, |unit| unit.first);
                let span = units.first().map_or(right.span, |unit| unit.span.to(right.span));
                // Where tines make no train, the last one is a function without an argument.
                let caret = self.bound.places[right.node as usize].caret;
                units.push(right);
                if let Some(operator) = units.iter().find(|unit| unit.class > Class::Function) {
                    return Err(syntax_at(operator.span));
                }
                let tines = units.iter().map(|unit| unit.node).collect();
                let node = self.prepared(Node::Train(tines));
                let train = self.unit(node, Class::Function, span, first);
                self.bound.places[train.node as usize].caret = caret;
                Ok(Some(train))
            }
            _ if units.is_empty() => Ok(Some(right)),
            _ => Err(syntax_at(right.span)),
        }
    }

    /// The arguments of a function, the one that is evaluated last with a test of what stands before them, if that was
    /// bound as the function of a namespace: as an array it would be an argument, or a part of the left one.
    fn tested(&mut self, next: Option<&Unit>, left: Option<Unit>, right: Unit) -> (Option<Unit>, Unit) {
        let named =
            |next: &&Unit| matches!(self.bound.node(next.node), Node::Within { inner, .. } if inner.name.is_some());
        let Some(next) = next.filter(named) else { return (left, right) };
        match left {
            Some(left) => (Some(self.test(next, left)), right),
            None => (None, self.test(next, right)),
        }
    }

    fn test(&mut self, next: &Unit, argument: Unit) -> Unit {
        let place = self.bound.places[argument.node as usize];
        let node = self.push(Node::Tested { argument: argument.node, next: next.node }, place.caret, place.span);
        Unit { node, ..argument }
    }

    fn apply(&mut self, left: Option<Unit>, function: Unit, right: Unit) -> Unit {
        let caret = match function.parens && self.derived.binary_search(&function.node).is_err() {
            true => function.span.start,
            false => self.bound.places[function.node as usize].caret,
        };
        let mut span = function.span.to(right.span);
        let mut first = function.first;
        let node = match left {
            Some(left) => {
                span = left.span.to(span);
                first = left.first;
                Node::Dyad { left: left.node, function: function.node, right: right.node }
            }
            None => Node::Monad { function: function.node, right: right.node },
        };
        self.bound.places[function.node as usize].span = function.span;
        let node = self.push(node, caret, span);
        Unit { node, class: Class::Array, first, open: false, parens: false, span }
    }
}
