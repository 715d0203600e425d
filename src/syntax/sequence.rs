//! Interprets the separators between phrases: statements, guards, subscripts or array notation.
//!
//! Each kind of bracket allows certain separators. The phrases themselves are not inspected, except for the single name
//! before the colon of a namespace member. The tests are in `grammar`.
//!
//! A misplaced separator is reported and skipped, so that all faults of a text get reported.

use std::rc::Rc;

use super::fault::SyntaxError;
use super::span::Span;
use super::tree::{Item, ItemKind, Phrase, Statement};

/// Takes the faults, in any order.
pub(super) type Fault<'f> = &'f mut dyn FnMut(SyntaxError);

/// What stands between two brackets, or in a text outside of all: phrases and what separates them.
pub(super) struct Sequence {
    pub(super) first: Phrase,
    pub(super) rest: Vec<(Separator, Phrase)>,
}

/// What separates two phrases, and where.
#[derive(Clone, Copy)]
pub(super) struct Separator {
    pub(super) kind: SeparatorKind,
    pub(super) span: Span,
}

/// The kinds of separators.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SeparatorKind {
    /// `⋄` or a line end.
    End,
    Semicolon,
    Colon,
    DoubleColon,
}

/// A part of a sequence between two ends: a phrase and, behind separators that are no ends, others.
struct Segment {
    first: Phrase,
    rest: Vec<(Separator, Phrase)>,
}

impl Segment {
    fn is_empty(&self) -> bool {
        self.first.items.is_empty() && self.rest.is_empty()
    }
}

impl Sequence {
    fn has(&self, kind: SeparatorKind) -> bool {
        self.rest.iter().any(|(separator, _)| separator.kind == kind)
    }

    /// The phrases, whatever separates them. Separators other than `allowed` are faults.
    fn phrases(self, allowed: SeparatorKind, fault: Fault<'_>) -> Vec<Phrase> {
        let mut phrases = Vec::with_capacity(1 + self.rest.len());
        phrases.push(self.first);
        for (separator, phrase) in self.rest {
            if separator.kind != allowed {
                fault(misplaced(separator));
            }
            phrases.push(phrase);
        }
        phrases
    }

    /// The segments between ends, without the empty ones.
    fn segments(self) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut open = Segment { first: self.first, rest: Vec::new() };
        for (separator, phrase) in self.rest {
            if separator.kind == SeparatorKind::End {
                let next = Segment { first: phrase, rest: Vec::new() };
                segments.push(std::mem::replace(&mut open, next));
            } else {
                open.rest.push((separator, phrase));
            }
        }
        segments.push(open);
        segments.retain(|segment| !segment.is_empty());
        segments
    }
}

fn not_empty(mut phrases: Vec<Phrase>) -> Vec<Phrase> {
    phrases.retain(|phrase| !phrase.items.is_empty());
    phrases
}

/// Outside of brackets: expressions and branches.
pub(super) fn outer_statements(lines: Sequence, fault: Fault<'_>) -> Vec<Statement> {
    let phrases = not_empty(lines.phrases(SeparatorKind::End, fault));
    phrases.into_iter().map(outer_statement).collect()
}

fn outer_statement(mut phrase: Phrase) -> Statement {
    let branches = phrase.items.first().is_some_and(|item| item.kind == ItemKind::Glyph('→'));
    if !branches {
        return Statement::Expression(phrase);
    }
    let arrow = phrase.items.remove(0).span;
    // An empty target stands behind the arrow.
    phrase.span =
        phrase.items.first().map_or(Span { start: arrow.end, end: arrow.end }, |item| item.span.to(phrase.span));
    if let Some(first) = phrase.items.first() {
        phrase.span.start = first.span.start;
    }
    Statement::Branch(phrase)
}

/// In `{ }`: statements, some of them guards.
pub(super) fn dfn_statements(inside: Sequence, fault: Fault<'_>) -> Vec<Statement> {
    let segments = inside.segments().into_iter();
    segments
        .map(|segment| {
            let mut rest = segment.rest.into_iter();
            let Some((separator, behind)) = rest.next() else {
                return Statement::Expression(segment.first);
            };
            if segment.first.items.is_empty() {
                fault(misplaced(separator));
            }
            for (superfluous, _) in rest {
                fault(misplaced(superfluous));
            }
            match separator.kind {
                SeparatorKind::Colon => Statement::Guard { condition: segment.first, result: behind },
                SeparatorKind::DoubleColon => Statement::ErrorGuard { codes: segment.first, handler: behind },
                SeparatorKind::End | SeparatorKind::Semicolon => {
                    fault(misplaced(separator));
                    Statement::Expression(segment.first)
                }
            }
        })
        .collect()
}

/// In `( )`: one phrase, or array notation.
pub(super) fn in_parens(inside: Sequence, fault: Fault<'_>) -> ItemKind {
    if inside.rest.is_empty() {
        ItemKind::Parens(inside.first)
    } else if inside.has(SeparatorKind::Colon) {
        let segments = inside.segments().into_iter();
        ItemKind::NamespaceNotation(segments.filter_map(|segment| member(segment, fault)).collect())
    } else {
        ItemKind::VectorNotation(not_empty(inside.phrases(SeparatorKind::End, fault)))
    }
}

/// `name : value`, as it stands in a namespace's notation.
fn member(segment: Segment, fault: Fault<'_>) -> Option<(Rc<str>, Phrase)> {
    let mut rest = segment.rest.into_iter();
    let Some((separator, value)) = rest.next() else {
        fault(SyntaxError::syntax("Name and colon expected", segment.first.span));
        return None;
    };
    let culprit = match separator.kind {
        SeparatorKind::Colon => rest.next().map(|(superfluous, _)| superfluous),
        _ => Some(separator),
    };
    if let Some(culprit) = culprit {
        fault(misplaced(culprit));
        return None;
    }
    if value.items.is_empty() {
        fault(SyntaxError::syntax("Value expected", separator.span));
    }
    match segment.first.items.as_slice() {
        [Item { kind: ItemKind::Name(name), .. }] => Some((Rc::clone(name), value)),
        _ => {
            fault(SyntaxError::syntax("Name expected", segment.first.span));
            None
        }
    }
}

/// In `[ ]`: subscripts, or array notation.
pub(super) fn in_brackets(inside: Sequence, fault: Fault<'_>) -> ItemKind {
    let separator = inside.rest.first().map(|(separator, _)| separator.kind);
    match separator {
        Some(SeparatorKind::End) => ItemKind::MatrixNotation(not_empty(inside.phrases(SeparatorKind::End, fault))),
        _ => ItemKind::Brackets(inside.phrases(SeparatorKind::Semicolon, fault)),
    }
}

fn misplaced(separator: Separator) -> SyntaxError {
    let message = match separator.kind {
        SeparatorKind::End => "Misplaced statement end",
        SeparatorKind::Semicolon => "Misplaced semicolon",
        SeparatorKind::Colon | SeparatorKind::DoubleColon => "Misplaced colon",
    };
    SyntaxError::syntax(message, separator.span)
}
