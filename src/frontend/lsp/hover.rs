//! What is shown where the pointer is, and behind names: pages of glyphs, and inferred shapes and types.

use lsp_types::{
    Hover, HoverContents, InlayHint, InlayHintKind, InlayHintLabel, InlayHintTooltip, MarkupContent, MarkupKind, Range,
};

use super::analysis::Inferred;
use super::documents::Document;
use super::server::{Hints, Server};
use crate::frontend::describe;
use crate::syntax::scan::{Class, words};
use crate::syntax::span::Span;

/// What is shown at a byte offset.
pub fn hover(server: &Server, document: &Document, offset: usize) -> Option<Hover> {
    let text = &document.text;
    let line = text.line(offset);
    let start = text.offset(lsp_types::Position { line: line as u32, character: 0 });
    let line = text.line_text(line);
    let word = words(line).into_iter().find(|word| (word.range.start..word.range.end).contains(&(offset - start)))?;
    let span = Span::new(start + word.range.start, start + word.range.end);
    let written = &line[word.range.clone()];
    let known = server.analysis.of(document);
    let inferred = |wanted: &dyn Fn(&Inferred) -> bool| {
        let parts = known.iter().flat_map(|known| known.parts.iter().chain(&known.statements));
        parts
            .filter(|part| wanted(part))
            .min_by_key(|part| part.span.end - part.span.start)
            .and_then(|part| part.text.clone())
    };
    let mut parts = Vec::new();
    match word.class {
        Class::Name => {
            let exact = inferred(&|part| part.span == span);
            let model = document.model();
            let scope = model.at(span.start as usize)?.scope;
            let home = model.home(written, scope);
            let defined = model.definition(written, home);
            let class = known.as_ref().and_then(|known| known.classes.get(written)).copied().filter(|_| home == 0);
            parts.push(describe::name(written, class, exact.as_deref()));
            if let Some(defined) = defined {
                let source =
                    text.text.get(defined.whole.start as usize..defined.whole.end.max(defined.span.end) as usize);
                parts.push(format!("```apl\n{}\n```", describe::beginning(source.unwrap_or_default())));
            }
        }
        Class::Glyph(_) | Class::Quad => {
            let results = known.iter().flat_map(|known| &known.results);
            let here = results.filter(|result| result.span.start <= span.start && span.end <= result.span.end);
            let smallest = here.min_by_key(|result| result.span.end - result.span.start);
            if let Some(result) = smallest.and_then(|result| result.text.clone()) {
                parts.push(describe::result(&result));
            }
            parts.push(describe::page(written)?);
        }
        Class::Number | Class::Text { .. } => {
            parts
                .push(describe::result(&inferred(&|part| part.span.start <= span.start && span.end <= part.span.end)?));
        }
        _ => return None,
    }
    let value = parts.join("\n\n");
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(text.range(span)) })
}

/// The shapes of what names are given, behind the names.
pub fn hints(server: &Server, document: &Document, range: Range) -> Vec<InlayHint> {
    if server.hints != Hints::On {
        return Vec::new();
    }
    let Some(known) = server.analysis.of(document) else { return Vec::new() };
    let model = document.model();
    let mut hints = Vec::new();
    for name in model.names.iter().filter(|name| name.sets) {
        let at = document.text.position(name.span.end as usize);
        if at < range.start || range.end < at {
            continue;
        }
        let part = known
            .parts
            .binary_search_by_key(&(name.span.start, name.span.end), |part| (part.span.start, part.span.end));
        let Some(part) = part.ok().map(|at| &known.parts[at]) else { continue };
        let Some(shape) = &part.shape else { continue };
        hints.push(InlayHint {
            position: at,
            label: InlayHintLabel::String(format!(": {}", if shape.is_empty() { "scalar" } else { shape })),
            kind: Some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: part.text.as_ref().map(|text| InlayHintTooltip::String(text.to_string())),
            padding_left: None,
            padding_right: Some(true),
            data: None,
        });
    }
    hints
}
