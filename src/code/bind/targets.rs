//! Targets of assignment, to the left of `←`: names, strands of names, indexed, selective and modified targets.

use std::rc::Rc;

use super::{Bind, Binder, Unit, class_now, members, syntax_at};
use crate::code::node::{Class, NameRef, Node, NodeId, Output, Target};
use crate::error::Fault;
use crate::function::Operand;
use crate::operator;
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind};

/// Where the names of a target are looked up.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Where the phrase is evaluated.
    Here,
    /// In the namespace before the dot.
    There,
}

impl Binder<'_> {
    /// The assignment of `value` to what stands at the end of `items`: the unit it makes, and how many items are left
    /// before its target.
    pub(super) fn assignment(&mut self, items: &[Item], arrow: Span, value: Unit) -> Bind<(Unit, usize)> {
        if items.is_empty() {
            return Err(syntax_at(arrow));
        }
        // What can't be assigned at all is blamed on the arrow.
        let blamed = |(fault, at): (Fault, u32)| match items.last().is_some_and(|last| last.span.start == at) {
            true => (fault, arrow.start),
            false => (fault, at),
        };
        // `x∘←` is written like a modified assignment.
        let nearest = items.last().is_some_and(|last| last.kind == ItemKind::Glyph('∘'));
        let named = if nearest { &items[..items.len() - 1] } else { items };
        if named.is_empty() {
            return Err(syntax_at(arrow));
        }
        let (mut target, function, first) = self.target(named, &value).map_err(blamed)?;
        let mut value = value;
        for space in std::mem::take(&mut self.revealed) {
            let place = self.bound.places[value.node as usize];
            let argument = value.node;
            value.node = self.push(Node::Revealed { argument, space }, place.caret, place.span);
        }
        if nearest {
            target = match (target.nearest(), function) {
                (Some(target), None) => target,
                _ => return Err(syntax_at(arrow)),
            };
        }
        let span = items[first].span.to(value.span);
        let class = value.class;
        let plain = matches!(target, Target::Name(_) | Target::Strand(_));
        if !plain || nearest || function.is_some() && !matches!(target, Target::Name(_)) {
            self.bound.pure = false;
        }
        let known = if self.is_hybrid(value.node) { Class::Hybrid } else { class };
        self.note_assigned(&target, known, items[first].span.start);
        let node = match class {
            Class::Array => {
                // What `⍎` makes of a text may be a function, which only a name can be given.
                let applied = match &self.bound.nodes[value.node as usize] {
                    Node::Monad { function, .. } | Node::Dyad { function, .. } => *function,
                    _ => value.node,
                };
                let executes = matches!(self.bound.nodes[applied as usize], Node::Execute);
                let value = match (&target, function) {
                    (Target::Name(_) | Target::Nearest(_), None) if executes => {
                        self.push(Node::Executed(value.node), value.span.start, value.span)
                    }
                    _ => value.node,
                };
                Node::Assign { target, function, value }
            }
            _ if function.is_some() => return Err(syntax_at(arrow)),
            _ => match target {
                Target::Name(name) | Target::Nearest(name) => {
                    Node::AssignFunction { name: Some(name), space: None, nearest, value: value.node }
                }
                Target::Member { space, target } => match *target {
                    Target::Name(name) => {
                        Node::AssignFunction { name: Some(name), space: Some(space), nearest, value: value.node }
                    }
                    _ => return Err(syntax_at(items[first].span)),
                },
                Target::Alpha => {
                    self.assigned.push(("⍺".into(), class, items[first].span.start));
                    Node::AssignFunction { name: None, space: None, nearest, value: value.node }
                }
                Target::Quad => Node::ShowFunction(value.node),
                _ => return Err(syntax_at(items[first].span)),
            },
        };
        // Dyalog's caret for what cannot be assigned stands under the arrow, but under the bracket of an index and under
        // the name of a system variable.
        let caret = match (&node, items.last()) {
            (Node::Assign { target: Target::System(_), .. }, _) => span.start,
            (Node::Assign { target, function: None, .. }, Some(last)) if target.is_indexed() => last.span.start,
            _ => arrow.start,
        };
        let node = self.push(node, caret, span);
        Ok((Unit { node, class, first, open: false, parens: false, span }, first))
    }

    /// Notes the class that an assignment gives to names.
    fn note_assigned(&mut self, target: &Target, class: Class, start: u32) {
        match target {
            Target::Name(name) | Target::Nearest(name) => self.assigned.push((name.name.clone(), class, start)),
            Target::Strand(targets) => targets.iter().for_each(|target| self.note_assigned(target, class, start)),
            _ => {}
        }
    }

    /// Whether a function is an operator too, so that its name will be both.
    fn is_hybrid(&self, node: NodeId) -> bool {
        match self.bound.node(node) {
            Node::Primitive(row) => operator::lookup(row.glyph).is_some(),
            Node::Axis { function, .. } => {
                matches!(self.bound.node(*function), Node::Primitive(row) if operator::lookup(row.glyph).is_some())
            }
            Node::FunctionName(name) => {
                let start = self.bound.places[node as usize].span.start;
                let class = self.assigned_class(&name.name, start);
                let now = || class_now(self.around.space, self.around.scope, name);
                class.unwrap_or_else(now) == Class::Hybrid
            }
            _ => false,
        }
    }

    /// What an assignment changes, the function that modifies it, and the position of the target's first item.
    fn target(&mut self, items: &[Item], value: &Unit) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = items.len() - 1;
        let single = |target| Ok((target, None, last));
        if !matches!(items[last].kind, ItemKind::Name(_) | ItemKind::Quad(_))
            && let Some((target, first)) = self.member(items, last)?
        {
            return Ok((target, None, first));
        }
        match &items[last].kind {
            ItemKind::Glyph('⍞') => single(Target::QuoteQuad),
            ItemKind::Glyph('⍺') => single(Target::Alpha),
            ItemKind::Quad(name) if name.is_empty() => single(Target::Quad),
            ItemKind::Name(_) | ItemKind::Quad(_) => self.names(items, value),
            ItemKind::Brackets(phrases) if last > 0 => match &items[last - 1].kind {
                ItemKind::Name(name) => {
                    let (name, class) = self.name_ref(name, items[last - 1].span);
                    if class != Class::Array {
                        return self.modified(items);
                    }
                    let mut indices = Vec::with_capacity(phrases.len());
                    for phrase in phrases {
                        indices.push(self.phrase(&phrase.items)?.map(|unit| unit.node));
                    }
                    Ok((Target::Indexed { name, indices }, None, last - 1))
                }
                ItemKind::Quad(name) if self.around.space.workspace.system.class(name) == Some(Class::Array) => {
                    let mut indices = Vec::with_capacity(phrases.len());
                    for phrase in phrases {
                        indices.push(self.phrase(&phrase.items)?.map(|unit| unit.node));
                    }
                    Ok((Target::SystemIndexed { name: name.clone(), indices }, None, last - 1))
                }
                ItemKind::Parens(phrase) => match self.phrase(&phrase.items)? {
                    Some(unit) if unit.class == Class::Array => {
                        let caret = unit.span.start;
                        let indexed = self.brackets(unit, phrases, items[last].span)?;
                        let target = self.selective(&phrase.items, indexed.node);
                        target.map(|target| (target, None, last - 1)).ok_or((Fault::syntax(), caret))
                    }
                    _ => self.modified(items),
                },
                _ => self.modified(items),
            },
            ItemKind::Parens(phrase) => {
                if self.strand_targets(&phrase.items, Place::Here)?.is_some() {
                    return self.names(items, value);
                }
                match self.phrase(&phrase.items)? {
                    Some(unit) if unit.class == Class::Function => self.modified(items),
                    Some(unit) if unit.class == Class::Array => {
                        let target = self.selective(&phrase.items, unit.node);
                        target.map(|target| (target, None, last)).ok_or_else(|| syntax_at(items[last].span))
                    }
                    _ => Err(syntax_at(items[last].span)),
                }
            }
            _ => self.modified(items),
        }
    }

    /// `space.name`, `space.name[i]`, `space.(a b)`: what ends at an item and has a dot in it; and where it begins.
    fn member(&mut self, items: &[Item], last: usize) -> Bind<Option<(Target, usize)>> {
        let name_at = match &items[last].kind {
            ItemKind::Brackets(_) => last.wrapping_sub(1),
            _ => last,
        };
        if !members::is_dot(items.get(name_at.wrapping_sub(1))) {
            return Ok(None);
        }
        let inner = match items.get(name_at).map(|item| &item.kind) {
            Some(ItemKind::Name(name)) => {
                let symbol = self.around.space.symbol(name);
                Target::Name(NameRef { name: name.clone(), symbol })
            }
            Some(ItemKind::Quad(name)) if !name.is_empty() => Target::System(name.clone()),
            Some(ItemKind::Parens(phrase)) => match self.strand_targets(&phrase.items, Place::There)? {
                Some(target) => target,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let Some((space, first)) = self.owner(items, name_at)? else { return Ok(None) };
        let target = match (&items[last].kind, inner) {
            (ItemKind::Brackets(phrases), Target::Name(name)) => {
                let mut indices = Vec::with_capacity(phrases.len());
                for phrase in phrases {
                    indices.push(self.phrase(&phrase.items)?.map(|unit| unit.node));
                }
                Target::Indexed { name, indices }
            }
            (ItemKind::Brackets(_), _) => return Err(syntax_at(items[last].span)),
            (_, inner) => inner,
        };
        Ok(Some((Target::Member { space, target: Box::new(target) }, first)))
    }

    /// `a b c←`: names side by side. A function's name before them is applied to what they are given, and at the end,
    /// outside of dfns, it modifies the name before it.
    fn names(&mut self, items: &[Item], value: &Unit) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = items.len() - 1;
        if let (ItemKind::Name(name), true, false) = (&items[last].kind, last > 0, self.in_dfn())
            && value.class == Class::Array
            && self.name_ref(name, items[last].span).1 == Class::Function
            && matches!(items[last - 1].kind, ItemKind::Name(_) | ItemKind::Brackets(_) | ItemKind::Parens(_))
        {
            return self.modified(items);
        }
        let mut targets = Vec::new();
        let mut first = items.len();
        for (k, item) in items.iter().enumerate().rev() {
            if k >= first {
                continue;
            }
            if let Some((target, begin)) = self.member(items, k)? {
                // A function before the other targets is applied to what they are given.
                if let (Target::Member { space, target: inner }, true) = (&target, k < last)
                    && let Target::Name(name) = &**inner
                    && self.target_class(*space, name, &items[k]) != Class::Array
                {
                    break;
                }
                targets.push(target);
                first = begin;
                continue;
            }
            let target = match &item.kind {
                ItemKind::Name(name) => {
                    let (reference, class) = self.target_ref(name, item.span);
                    if k < last && class != Class::Array {
                        break;
                    }
                    Target::Name(reference)
                }
                ItemKind::Quad(name) if !name.is_empty() => match self.around.space.workspace.system.class(name) {
                    Some(Class::Array) => Target::System(name.clone()),
                    _ => break,
                },
                ItemKind::Parens(phrase) => match self.strand_targets(&phrase.items, Place::Here)? {
                    Some(inner) => inner,
                    None => break,
                },
                _ => break,
            };
            targets.push(target);
            first = k;
        }
        targets.reverse();
        match targets.len() {
            0 => Err(syntax_at(items[last].span)),
            1 => Ok((targets.remove(0), None, first)),
            _ => Ok((Target::Strand(targets), None, first)),
        }
    }

    /// A name that is assigned to, and its class as far as that decides how the target is read. In a dfn that is its class
    /// within the dfn: what the name stands for outside does not matter, as the assignment makes it local.
    fn target_ref(&mut self, name: &Rc<str>, span: Span) -> (NameRef, Class) {
        match self.around.scope {
            Some(scope) if scope.keeps_names() && self.assigned_class(name, span.start).is_none() => {
                let reference = NameRef { name: name.clone(), symbol: self.around.space.symbol(name) };
                let class = scope.own_class(reference.symbol).unwrap_or(Class::Array);
                self.bound.targets.push((reference.symbol, class));
                (reference, class)
            }
            _ => self.name_ref(name, span),
        }
    }

    /// The targets of `(a (b c) n.d)←`; `None` where there is anything else in the parentheses.
    fn strand_targets(&mut self, items: &[Item], place: Place) -> Bind<Option<Target>> {
        let mut targets = Vec::new();
        let mut end = items.len();
        while let Some(k) = end.checked_sub(1) {
            let item = &items[k];
            if place == Place::Here
                && let Some((target, first)) = self.member(items, k)?
            {
                if target.is_indexed() {
                    return Ok(None);
                }
                targets.push(target);
                end = first;
                continue;
            }
            let target = match (&item.kind, place) {
                // What it is in another namespace only evaluation can tell.
                (ItemKind::Name(name), Place::There) => {
                    Target::Name(NameRef { name: name.clone(), symbol: self.around.space.symbol(name) })
                }
                (ItemKind::Name(name), Place::Here) => {
                    let (reference, class) = self.target_ref(name, item.span);
                    if class != Class::Array && items.len() > 1 {
                        return Ok(None);
                    }
                    Target::Name(reference)
                }
                (ItemKind::Quad(name), _) if name.is_empty() => Target::Quad,
                (ItemKind::Quad(name), _) => match self.around.space.workspace.system.class(name) {
                    Some(Class::Array) => Target::System(name.clone()),
                    _ => return Ok(None),
                },
                (ItemKind::Parens(phrase), _) => match self.strand_targets(&phrase.items, place)? {
                    Some(target) => target,
                    None => return Ok(None),
                },
                _ => return Ok(None),
            };
            targets.push(target);
            end = k;
        }
        targets.reverse();
        // One name in parentheses is that name.
        Ok(match targets.len() {
            0 => None,
            1 => targets.pop(),
            _ => Some(Target::Strand(targets)),
        })
    }

    /// `(expression name)←`: the variable is the last name of the expression.
    fn selective(&mut self, items: &[Item], selection: NodeId) -> Option<Target> {
        let span = last_name(items)?;
        let places = self.bound.places.iter().zip(&self.bound.nodes);
        let variable = places.rev().position(|(place, node)| match node {
            Node::Name(_) => place.span == span,
            Node::Within { .. } => place.span.end == span.end,
            _ => false,
        })?;
        let variable = (self.bound.nodes.len() - 1 - variable) as NodeId;
        let (name, space) = match &self.bound.nodes[variable as usize] {
            Node::Name(name) => (name.clone(), None),
            Node::Within { space, inner, .. } => (inner.name.clone()?, Some(*space)),
            _ => return None,
        };
        self.selects(selection, variable).then_some(Target::Selective { name, selection, variable, space })
    }

    /// Whether the functions between a selection and its variable select; one that computes makes other elements.
    fn selects(&self, mut node: NodeId, variable: NodeId) -> bool {
        loop {
            let function = match self.bound.node(node) {
                Node::Monad { function, right } | Node::Dyad { function, right, .. } => {
                    node = *right;
                    self.bound.node(*function)
                }
                Node::Index { array, .. } => {
                    node = *array;
                    continue;
                }
                _ => return node == variable,
            };
            let primitive = match function {
                Node::Axis { function, .. } => self.bound.node(*function),
                other => other,
            };
            if matches!(primitive, Node::Primitive(row) if !row.facts.selects) {
                return false;
            }
        }
    }

    /// `target f←value`.
    fn modified(&mut self, items: &[Item]) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = &items[items.len() - 1];
        let units = self.units(items)?;
        let [.., target, function] = &units[..] else { return Err(syntax_at(last.span)) };
        if function.class != Class::Function || target.class != Class::Array {
            return Err(syntax_at(last.span));
        }
        let before = &items[..function.first];
        let none = Unit { class: Class::Array, open: false, parens: false, ..function.clone() };
        let function = function.node;
        if let Some(Operand::Function(ready)) = self.ready(function) {
            self.bound.nodes[function as usize] = Node::Ready(ready);
        }
        let (target, inner, first) = match before.last().map(|item| &item.kind) {
            Some(ItemKind::Quad(name)) if name.is_empty() => return Err(syntax_at(last.span)),
            Some(_) => self.target(before, &none)?,
            None => return Err(syntax_at(last.span)),
        };
        if inner.is_some() {
            return Err(syntax_at(last.span));
        }
        Ok((target, Some(function), first))
    }
}

/// Whether an arrow ends a function that writes its argument: `⎕∘←` and `⍞∘←`, and `⎕←` and `⍞←` under `¨`.
pub(super) fn is_output(items: &[Item], arrow: usize) -> bool {
    arrow.checked_sub(1).is_some_and(|at| output(items, at).is_some())
        || arrow.checked_sub(2).is_some_and(|at| output(items, at).is_some())
}

/// The function that writes its argument which begins at an item, and the number of its items.
pub(super) fn output(items: &[Item], at: usize) -> Option<(Output, usize)> {
    let bare = match &items.get(at)?.kind {
        ItemKind::Quad(name) if name.is_empty() => false,
        ItemKind::Glyph('⍞') => true,
        _ => return None,
    };
    let glyph = |k: usize| match items.get(at + k)?.kind {
        ItemKind::Glyph(glyph) => Some(glyph),
        _ => None,
    };
    match (glyph(1)?, glyph(2)?) {
        ('∘', '←') => Some((if bare { Output::BareLines } else { Output::Lines }, 3)),
        ('←', '¨') => Some((if bare { Output::Bare } else { Output::Lines }, 2)),
        _ => None,
    }
}

/// The last name in a phrase, looking into brackets' left and parentheses.
fn last_name(items: &[Item]) -> Option<Span> {
    items.iter().rev().find_map(|item| match &item.kind {
        ItemKind::Name(_) => Some(item.span),
        ItemKind::Parens(phrase) => last_name(&phrase.items),
        _ => None,
    })
}
