//! Parts of a phrase that have been evaluated already, when the rest of it is bound again.

use super::{Binder, Unit};
use crate::code::node::{Class, Known, Node, Part};
use crate::function::Operand;
use crate::syntax::span::Span;
use crate::syntax::tree::Item;

impl Binder<'_> {
    /// The result that a phrase ends in, where that is known, and how many items stand before it.
    pub(super) fn known_end(&mut self, items: &[Item]) -> (Option<Unit>, usize) {
        let (Some(first), Some(last), false) = (items.first(), items.last(), self.known.is_empty()) else {
            return (None, items.len());
        };
        let inside = |known: &&Known| {
            known.part == Part::Result && known.span.start >= first.span.start && known.span.end == last.span.end
        };
        let Some(known) = self.known.iter().filter(inside).min_by_key(|known| known.span.start) else {
            return (None, items.len());
        };
        let end = items.partition_point(|item| item.span.start < known.span.start);
        (Some(self.known_unit(known, end)), end)
    }

    /// What is known of the part of a phrase that begins at an item, and the position behind it.
    pub(super) fn known_at(&mut self, items: &[Item], at: usize) -> Option<(Unit, usize)> {
        let span = items[at].span;
        let begins = |known: &&Known| known.span.start == span.start && known.span.end >= span.end;
        let known = self.known.iter().filter(begins).max_by_key(|known| known.span.end)?;
        let next = items.partition_point(|item| item.span.start < known.span.end);
        Some((self.known_unit(known, at), next))
    }

    /// Whether a part of the phrase has been evaluated already.
    pub(super) fn is_within_known(&self, span: Span) -> bool {
        self.known.iter().any(|known| known.span.start <= span.start && span.end <= known.span.end)
    }

    fn known_unit(&mut self, known: &Known, first: usize) -> Unit {
        let (node, class) = match &known.operand {
            Operand::Array(value) => (Node::Constant(value.clone()), Class::Array),
            Operand::Function(function) => (Node::Ready(function.clone()), Class::Function),
        };
        let unit = self.unit(node, class, known.span, first);
        Unit { open: known.part == Part::Strand, ..unit }
    }
}
