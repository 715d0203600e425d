//! What can be folded: brackets over several lines, control structures, definitions, namespaces, runs of comments; and what
//! is selected around a position: a word, what stands in brackets, lines, the text.

use lsp_types::{FoldingRange, FoldingRangeKind, Position, SelectionRange};

use super::documents::Document;
use crate::session::lines;
use crate::syntax::scan::{Class, words};
use crate::syntax::span::Span;
use crate::syntax::traditional::control_words;

/// The ranges of a text.
pub fn ranges(document: &Document) -> Vec<FoldingRange> {
    let mut found = Vec::new();
    let mut brackets: Vec<usize> = Vec::new();
    let mut structures: Vec<usize> = Vec::new();
    let mut definition: Option<usize> = None;
    let mut comments: Option<usize> = None;
    let mut add = |from: usize, to: usize, kind: Option<FoldingRangeKind>| {
        if to > from {
            found.push(FoldingRange { start_line: from as u32, end_line: to as u32, kind, ..FoldingRange::default() });
        }
    };
    for at in 0..document.text.lines() {
        let line = document.text.line_text(at);
        let is_comment = line.trim_start().starts_with('⍝');
        match (is_comment, comments) {
            (true, None) => comments = Some(at),
            (false, Some(from)) => {
                add(from, at - 1, Some(FoldingRangeKind::Comment));
                comments = None;
            }
            _ => {}
        }
        let outside = brackets.is_empty();
        for word in words(line) {
            match word.class {
                Class::Open => brackets.push(at),
                Class::Close => {
                    if let Some(from) = brackets.pop() {
                        add(from, at, None);
                    }
                }
                _ => {}
            }
        }
        if !outside {
            continue;
        }
        if lines::is_definition(line) {
            match definition.take() {
                Some(from) => add(from, at, None),
                None if lines::closing(line.trim_start().trim_start_matches('∇')).is_none() => definition = Some(at),
                None => {}
            }
            brackets.clear();
        }
        match control_words(line).open {
            1.. => structures.push(at),
            ..=-1 => {
                if let Some(from) = structures.pop() {
                    add(from, at, None);
                }
            }
            0 => {}
        }
    }
    if let Some(from) = comments {
        add(from, document.text.lines() - 1, Some(FoldingRangeKind::Comment));
    }
    found.sort_by_key(|range| (range.start_line, range.end_line));
    found.dedup();
    found
}

/// What is selected around positions, each within the next.
pub fn selections(document: &Document, positions: &[Position]) -> Vec<SelectionRange> {
    let text = &document.text;
    let all = words(&text.text);
    let mut brackets = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for word in &all {
        match word.class {
            Class::Open => open.push(word.range.start),
            Class::Close => brackets.extend(open.pop().map(|start| (start, word.range.end))),
            _ => {}
        }
    }
    let around = |position: &Position| {
        let offset = text.offset(*position);
        let word = all.iter().find(|word| (word.range.start..word.range.end).contains(&offset));
        let line = text.line(offset);
        let start = text.offset(Position { line: line as u32, character: 0 });
        let code = text.line_text(line);
        let indented = start + code.len() - code.trim_start().len();
        let mut spans: Vec<(usize, usize)> = word.map(|word| (word.range.start, word.range.end)).into_iter().collect();
        for &(start, end) in brackets.iter().filter(|(start, end)| *start <= offset && offset <= *end) {
            // Brackets are one byte each.
            spans.extend([(start + 1, end - 1), (start, end)]);
        }
        spans.extend([(indented, start + code.trim_end().len()), (0, text.text.len())]);
        spans.retain(|(start, end)| *start <= offset && offset <= *end);
        spans.sort_by_key(|(start, end)| end - start);
        spans.dedup();
        spans
    };
    let nested = |position: &Position| {
        let mut whole: Option<SelectionRange> = None;
        for (start, end) in around(position).into_iter().rev() {
            let fits = whole.as_ref().is_none_or(|outer| {
                let (from, to) = (text.offset(outer.range.start), text.offset(outer.range.end));
                from <= start && end <= to
            });
            if fits {
                whole = Some(SelectionRange { range: text.range(Span::new(start, end)), parent: whole.map(Box::new) });
            }
        }
        whole.unwrap_or(SelectionRange { range: text.range(Span::default()), parent: None })
    };
    positions.iter().map(nested).collect()
}
