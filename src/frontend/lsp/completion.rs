//! Completion: keys behind a backtick, names of glyphs, names in scope, members, system names.

use std::collections::HashMap;
use std::rc::Rc;

use lsp_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, TextEdit};

use super::documents::Document;
use super::model::Model;
use super::server::Server;
use crate::code::node::Class;
use crate::frontend::complete::{self, Candidate, Known};
use crate::syntax::span::Span;

/// What may stand at a byte offset.
pub fn complete(server: &Server, document: &Document, offset: usize) -> Vec<CompletionItem> {
    let text = &document.text;
    let line = text.line(offset);
    let start = text.offset(lsp_types::Position { line: line as u32, character: 0 });
    let before = &text.text[start..offset];
    if let Some(typed) = behind_backtick(before) {
        return prefixed(document, offset, typed);
    }
    let model = document.model();
    let known = server.analysis.of(document);
    let class = |name: &str| known.as_ref().and_then(|known| known.classes.get(name)).copied().unwrap_or(Class::Array);
    let own = model.visible(model.scope_at(offset)).into_iter().map(|name| (Rc::from(name), class(name)));
    let beside = files(server, document).into_iter().map(|name| (Rc::from(name), Class::Function));
    let names: Vec<(Rc<str>, Class)> = own.chain(beside).collect();
    let members = |space: &str| members_of(space, model);
    let (from, found) = complete::candidates(before, before.len(), &Known { names: &names, members: &members });
    let range = text.range(Span::new(start + from, offset));
    let classes: HashMap<&str, Class> = names.iter().map(|(name, class)| (&**name, *class)).collect();
    let item = |pair: Candidate| {
        let kind = match classes.get(&*pair.replacement) {
            Some(Class::Array) => CompletionItemKind::VARIABLE,
            Some(_) => CompletionItemKind::FUNCTION,
            None if pair.replacement.starts_with('⎕') => CompletionItemKind::CONSTANT,
            None => CompletionItemKind::OPERATOR,
        };
        CompletionItem {
            label: pair.shown,
            detail: (!pair.about.is_empty()).then_some(pair.about),
            kind: Some(kind),
            // What was typed counts as a part of what is chosen.
            filter_text: Some(before[from..].to_owned() + &pair.replacement),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: pair.replacement })),
            ..CompletionItem::default()
        }
    };
    found.into_iter().map(item).collect()
}

/// What is typed behind the last backtick of a line.
fn behind_backtick(before: &str) -> Option<&str> {
    let at = before.rfind(complete::PREFIX)?;
    let typed = &before[at + complete::PREFIX.len_utf8()..];
    (typed.chars().count() <= 1 || typed.chars().all(|c| c.is_ascii_alphabetic())).then_some(typed)
}

/// Glyphs by the key or the name behind a backtick.
fn prefixed(document: &Document, offset: usize, typed: &str) -> Vec<CompletionItem> {
    let range = document.text.range(Span::new(offset - typed.len() - complete::PREFIX.len_utf8(), offset));
    let item = |label: String, glyph: char, filter: String| CompletionItem {
        label,
        kind: Some(CompletionItemKind::OPERATOR),
        detail: crate::glyphs::find(&glyph.to_string()).first().and_then(|entry| entry.titles[0]).map(str::to_owned),
        filter_text: Some(filter),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: glyph.to_string() })),
        ..CompletionItem::default()
    };
    let by_key = complete::all().into_iter().filter(|(key, _)| typed.chars().all(|c| c == *key));
    let by_key = by_key.map(|(key, glyph)| {
        item(format!("{glyph} {}{key}", complete::PREFIX), glyph, format!("{}{key}", complete::PREFIX))
    });
    let by_name = crate::glyphs::named(typed).into_iter().filter(|_| typed.chars().count() > 1);
    let by_name =
        by_name.map(|(glyph, name)| item(format!("{glyph} {name}"), glyph, format!("{}{name}", complete::PREFIX)));
    by_key.chain(by_name).collect()
}

/// The names in a namespace of the text.
fn members_of(name: &str, model: &Model) -> Vec<(Rc<str>, Class)> {
    let space = model.defined.iter().find(|defined| defined.space && *defined.name == *name);
    let scope = space.and_then(|space| space.inside);
    let class = |name: &str| match scope.and_then(|scope| model.definition(name, scope)) {
        Some(defined) if defined.function => Class::Function,
        _ => Class::Array,
    };
    let own = scope.iter().flat_map(|&scope| model.scopes[scope].own.keys());
    own.map(|name| (Rc::from(&**name), class(name))).collect()
}

/// The names that the files beside a text define.
fn files(server: &Server, document: &Document) -> Vec<String> {
    let folder = document.path();
    let Some(folder) = folder.parent().filter(|_| super::analysis::is_source(&document.path())) else {
        return Vec::new();
    };
    let open = server.documents.values().filter(|other| other.path().parent() == Some(folder));
    let mut names: Vec<String> = open.map(|other| other.name.clone()).collect();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let stems = entries.filter(|path| super::analysis::is_source(path));
    names.extend(stems.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())));
    names.sort();
    names.dedup();
    names
}
