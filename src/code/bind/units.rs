//! Atoms become units: neighbouring arrays a strand, operators with their operands a derived function.
//!
//! Strands of literals and derived functions of primitives are computed here, because they do not depend on evaluation.

use std::rc::Rc;

use super::{Bind, Binder, Unit, members, syntax_at};
use crate::array::{Array, Value};
use crate::code::node::{Class, Node, NodeId};
use crate::error::Result;
use crate::function::{Fun, Operand};
use crate::operator::{self, Derive};
use crate::primitive::PrimitiveFunction;
use crate::syntax::tree::{Item, ItemKind};

impl Binder<'_> {
    /// Two neighbouring arrays side by side.
    pub(super) fn strand(&mut self, left: Unit, right: Unit) -> Unit {
        let span = left.span.to(right.span);
        let mut items = match &mut self.bound.nodes[left.node as usize] {
            // The longer strand takes its items over, so that a strand of any length takes linear time.
            Node::Strand(items) if left.open => std::mem::take(items),
            Node::Constant(value) if left.open && value.rank() > 0 => {
                let all: Vec<Value> = match value.array(self.around.context.memory()) {
                    Ok(array) => array.items().collect(),
                    Err(_) => vec![value.clone()],
                };
                all.into_iter().map(|item| self.push(Node::Constant(item), left.span.start, left.span)).collect()
            }
            _ => vec![left.node],
        };
        items.push(right.node);
        let node = self.push(Node::Strand(items), span.start, span);
        Unit { node, class: Class::Array, first: left.first, open: true, parens: false, span }
    }

    /// Atoms with their brackets, operators with their operands, strands.
    ///
    /// Arrays side by side are a strand before brackets index it, so `a b[1]` is `(a b)[1]`; and as nothing binds on
    /// the right of brackets, `a[1] b[2]` is a strand of two.
    pub(super) fn units(&mut self, items: &[Item]) -> Bind<Vec<Unit>> {
        self.bind_early(items)?;
        let mut units: Vec<Unit> = Vec::new();
        // The arrays at the end, and how many of them stand before the last brackets.
        let mut arrays: Vec<Unit> = Vec::new();
        let mut indexed = 0;
        let mut at = 0;
        // What was read to see whether an operand goes on, and did not belong to it.
        let mut ahead: Option<Unit> = None;
        while at < items.len() || ahead.is_some() {
            if let (None, false, Some(Item { kind: ItemKind::Brackets(phrases), span })) =
                (&ahead, arrays.is_empty(), items.get(at))
            {
                let taken = arrays.split_off(indexed.min(arrays.len() - 1));
                if let Some(strand) = self.side_by_side(taken) {
                    self.fold_strand(&strand);
                    arrays.push(self.brackets(strand, phrases, *span)?);
                }
                indexed = arrays.len();
                at += 1;
                // What has a dot behind it may be of another class then.
                if members::is_dot(items.get(at))
                    && let Some(array) = arrays.pop()
                {
                    ahead = Some(self.dotted(array, items, &mut at)?);
                    indexed = arrays.len();
                }
                continue;
            }
            let atom = match ahead.take() {
                Some(atom) => atom,
                None => {
                    let behind = if arrays.is_empty() { units.last() } else { None };
                    let after_function = behind.is_some_and(|unit| unit.class == Class::Function);
                    let (atom, next) = self.atom(items, at, after_function)?;
                    at = next;
                    atom
                }
            };
            if atom.class == Class::Array {
                arrays.push(atom);
                continue;
            }
            units.extend(self.side_by_side(std::mem::take(&mut arrays)));
            indexed = 0;
            if atom.class == Class::Function {
                units.push(atom);
                continue;
            }
            let left = units.pop();
            if left.as_ref().is_some_and(|left| left.class > Class::Function) {
                return Err(syntax_at(atom.span));
            }
            let mut right = None;
            if atom.class == Class::Dyadic && (left.is_some() || at < items.len()) {
                let (operand, after) = self.right_operand(items, &mut at, &atom)?;
                right = Some(operand);
                ahead = after;
            }
            let unit = match (left, right) {
                (Some(left), right) => {
                    let caret = items.get(atom.first.wrapping_sub(1)).map_or(left.span.start, end);
                    self.derive(left, atom, right, caret)?
                }
                // Bound to its right operand, it is a monadic operator.
                (None, Some(right)) => {
                    let span = atom.span.to(right.span);
                    let node = Node::Curried { operator: atom.node, right: right.node };
                    self.unit(node, Class::Monadic, span, atom.first)
                }
                (None, None) if at == items.len() && !self.is_derived(&atom) => atom,
                (None, None) => return Err(syntax_at(atom.span)),
            };
            units.push(unit);
        }
        units.extend(self.side_by_side(arrays));
        units.iter().for_each(|unit| self.fold_strand(unit));
        Ok(units)
    }

    /// An operator with an axis, which is nothing without an operand.
    fn is_derived(&self, unit: &Unit) -> bool {
        matches!(self.bound.nodes[unit.node as usize], Node::Derived { .. })
    }

    /// One unit of several arrays.
    fn side_by_side(&mut self, arrays: Vec<Unit>) -> Option<Unit> {
        arrays.into_iter().reduce(|left, atom| self.join(left, atom))
    }

    /// The right operand of an operator; and the unit behind it, if it had to be read.
    fn right_operand(&mut self, items: &[Item], at: &mut usize, operator: &Unit) -> Bind<(Unit, Option<Unit>)> {
        let Some(_) = items.get(*at) else { return Err(syntax_at(operator.span)) };
        let (operand, next) = self.atom(items, *at, false)?;
        if operand.class > Class::Function {
            return Err(syntax_at(operand.span));
        }
        *at = next;
        self.operand_strand(items, at, operand)
    }

    /// The strand that a right operand begins; and the unit behind it, if it had to be read.
    fn operand_strand(&mut self, items: &[Item], at: &mut usize, first: Unit) -> Bind<(Unit, Option<Unit>)> {
        let mut operand = first;
        if operand.class == Class::Array {
            operand = self.bracketed(operand, items, at)?;
        }
        while operand.class == Class::Array {
            let may_be_array = match items.get(*at).map(|item| &item.kind) {
                Some(ItemKind::Glyph(glyph)) => matches!(glyph, '⍵' | '⍺' | '⍬' | '⍞'),
                Some(ItemKind::Dfn(_) | ItemKind::DelDel | ItemKind::OuterProduct) | None => false,
                Some(_) => true,
            };
            if !may_be_array {
                break;
            }
            let (next, after) = self.atom(items, *at, true)?;
            *at = after;
            if next.class != Class::Array {
                return Ok((operand, Some(next)));
            }
            operand = self.join(operand, next);
            operand = self.bracketed(operand, items, at)?;
        }
        self.fold_strand(&operand);
        Ok((operand, None))
    }

    /// A further array to the right of one: a longer strand.
    fn join(&mut self, left: Unit, atom: Unit) -> Unit {
        // A run of numbers is a strand by itself, so that `1 2 'abc'` has three items.
        let parts: Option<Vec<Value>> = match &self.bound.nodes[atom.node as usize] {
            Node::Constant(value) if atom.open && value.rank() == 1 => {
                value.array(self.around.context.memory()).ok().map(|array| array.items().collect())
            }
            _ => None,
        };
        let Some(parts) = parts else {
            return self.strand(left, Unit { open: false, ..atom });
        };
        let mut joined = left;
        for part in parts {
            let node = self.push(Node::Constant(part), atom.span.start, atom.span);
            joined = self.strand(joined, Unit { node, open: false, ..atom.clone() });
        }
        joined
    }

    /// A strand of literals becomes a literal.
    pub(super) fn fold_strand(&mut self, unit: &Unit) {
        let Node::Strand(items) = &self.bound.nodes[unit.node as usize] else { return };
        let constants = items.iter().map(|&item| match &self.bound.nodes[item as usize] {
            Node::Constant(value) => Some(value.clone()),
            _ => None,
        });
        if let Some(values) = constants.collect::<Option<Vec<Value>>>() {
            let memory = self.around.context.memory();
            if let Ok(array) = Array::from_items(memory, &[values.len()], values, || Value::Int(0)) {
                self.bound.nodes[unit.node as usize] = Node::Constant(array.into());
            }
        }
    }

    /// The function that an operator makes of its operands. Its caret stands under the end of its left operand, as
    /// Dyalog's does.
    fn derive(&mut self, left: Unit, operator: Unit, right: Option<Unit>, caret: u32) -> Bind<Unit> {
        self.fold_strand(&left);
        let mut span = left.span.to(operator.span);
        let right_node = right.as_ref().map(|right| {
            span = span.to(right.span);
            right.node
        });
        let node = match (&self.bound.nodes[operator.node as usize], right_node) {
            (&Node::Curried { operator, right }, _) => match &self.bound.nodes[operator as usize] {
                Node::PrimitiveOperator(row) => Node::Derived2 { operator: row, left: left.node, right },
                _ => Node::UserDerived { operator, left: left.node, right: Some(right) },
            },
            (Node::Derived { operator, axis, .. }, _) => Node::Derived { operator, operand: left.node, axis: *axis },
            (Node::PrimitiveOperator(row), Some(right)) => {
                if row.glyph == '.' && left.class == Class::Array && !self.is_executed(left.node) {
                    return Err(syntax_at(operator.span));
                }
                Node::Derived2 { operator: row, left: left.node, right }
            }
            (Node::PrimitiveOperator(row), None) => Node::Derived { operator: row, operand: left.node, axis: None },
            _ => Node::UserDerived { operator: operator.node, left: left.node, right: right_node },
        };
        let node = self.prepared(node);
        let mut unit = self.unit(node, Class::Function, span, left.first);
        self.bound.places[unit.node as usize].caret = caret;
        if left.class == Class::Function {
            self.derived.push(unit.node);
        }
        unit.first = left.first;
        Ok(unit)
    }

    /// The same node, with the function made now where nothing in it can change.
    pub(super) fn prepared(&mut self, node: Node) -> Node {
        let context = self.around.context;
        let made: Option<Result<Fun>> = match &node {
            Node::Derived { operator, operand, axis: None } => match (&operator.derive, self.ready(*operand)) {
                (Derive::Monadic(derive), Some(operand)) => Some(derive(context, operand, None)),
                _ => None,
            },
            Node::Derived2 { operator, left, right } => {
                match (&operator.derive, self.ready(*left), self.ready(*right)) {
                    (Derive::Dyadic(derive), Some(left), Some(right)) => Some(derive(context, left, right)),
                    _ => None,
                }
            }
            Node::UserDerived { operator, left, right } => self.system_derived(*operator, *left, *right),
            Node::Outer(operand) => self.ready(*operand).map(|operand| operator::outer_product(context, operand)),
            Node::Train(tines) => {
                let ready: Option<Vec<Operand>> = tines.iter().map(|&tine| self.ready(tine)).collect();
                ready.map(|tines| operator::train(context, tines))
            }
            _ => None,
        };
        match made {
            Some(Ok(function)) => Node::Ready(function),
            // What fails is made, and fails, when it is reached.
            _ => node,
        }
    }

    /// What a system operator makes of operands that are known already.
    fn system_derived(&self, operator: NodeId, left: NodeId, right: Option<NodeId>) -> Option<Result<Fun>> {
        let Node::SystemOperator(row) = &self.bound.nodes[operator as usize] else { return None };
        let left = self.ready(left)?;
        let right = match right {
            Some(right) => Some(self.ready(right)?),
            None => None,
        };
        Some((row.derive)(self.around.context, self.around.space, left, right))
    }

    pub(super) fn ready(&self, node: NodeId) -> Option<Operand> {
        match &self.bound.nodes[node as usize] {
            Node::Constant(value) => Some(Operand::Array(value.clone())),
            Node::Primitive(row) => Some(Operand::Function(Rc::new(PrimitiveFunction(row)))),
            Node::Ready(function) => Some(Operand::Function(function.clone())),
            _ => None,
        }
    }
}

/// Where the last token of an item begins.
fn end(item: &Item) -> u32 {
    match item.kind {
        ItemKind::Parens(_) | ItemKind::Brackets(_) | ItemKind::Dfn(_) => item.span.end - 1,
        _ => item.span.start,
    }
}
