//! What can be folded: brackets over several lines, control structures, definitions, namespaces, runs of comments.

use lsp_types::{FoldingRange, FoldingRangeKind};

use super::documents::Document;
use crate::session::lines;
use crate::syntax::scan::{Class, words};
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
