//! Definitions, references and renaming by scope; symbols of texts and folders; what can be run in a transcript.

use std::collections::HashMap;
use std::path::PathBuf;

use lsp_types::{
    CodeLens, Command, DocumentChangeOperation, DocumentChanges, DocumentHighlight, DocumentHighlightKind,
    DocumentSymbol, Location, OneOf, OptionalVersionedTextDocumentIdentifier, RenameFile, ResourceOp,
    SymbolInformation, SymbolKind, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::json;

use super::documents::{Document, uri_of};
use super::model::{Defined, Model};
use super::server::{ACCEPT, RUN, Server};
use crate::check::Form;

/// More files of a folder are not looked into.
const MOST_FILES: usize = 5_000;

/// Where the name at a byte offset is set.
pub fn definition(server: &Server, document: &Document, offset: usize) -> Vec<Location> {
    let all = places(server, document, offset);
    let first: Vec<Location> = all.iter().filter(|place| place.sets).map(|place| place.location.clone()).collect();
    if first.is_empty() {
        all.into_iter().filter(|place| place.defines).map(|place| place.location).collect()
    } else {
        first
    }
}

/// All places of the name at a byte offset.
pub fn references(server: &Server, document: &Document, offset: usize) -> Vec<Location> {
    places(server, document, offset).into_iter().map(|place| place.location).collect()
}

/// The places of the name at a byte offset in its own text, and whether it is set there.
pub fn highlights(document: &Document, offset: usize) -> Vec<DocumentHighlight> {
    let Some((name, home)) = meant(document, offset) else { return Vec::new() };
    let highlight = |place: Place| DocumentHighlight {
        range: place.location.range,
        kind: Some(if place.sets { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
    };
    in_text(document, document.model(), name, home).into_iter().map(highlight).collect()
}

/// Another name in all these places, and as the name of the file that is called like it. The reason where that name is
/// used there already.
pub fn rename(server: &Server, document: &Document, offset: usize, name: &str) -> Result<WorkspaceEdit, String> {
    let Some((old, home)) = meant(document, offset) else { return Err("there is no name to change".to_owned()) };
    let texts: Vec<Document> = std::iter::once(document.clone()).chain(others(server, document, home)).collect();
    let taken = |text: &Document| {
        let within = |scope: usize| text.model().home(name, scope) == home || text.model().is_inside(scope, home);
        text.model().names.iter().any(|other| *other.name == *name && !other.member && within(other.scope))
    };
    if name != old && texts.iter().any(taken) {
        return Err(format!("{name} is used there already"));
    }
    #[allow(clippy::mutable_key_type)] // The protocol's own type; nothing changes a key.
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for Location { uri, range } in references(server, document, offset) {
        changes.entry(uri).or_default().push(TextEdit { range, new_text: name.to_owned() });
    }
    let file = texts.iter().find(|text| home == 0 && text.name == old && super::analysis::is_source(&text.path()));
    match file.filter(|_| server.client.renames_files) {
        Some(file) => Ok(with_file(changes, file, name)),
        None => Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
    }
}

/// Changes of texts and of the name of a file.
#[allow(clippy::mutable_key_type)] // The protocol's own type; nothing changes a key.
fn with_file(changes: HashMap<Uri, Vec<TextEdit>>, file: &Document, name: &str) -> WorkspaceEdit {
    let edits = changes.into_iter().map(|(uri, edits)| {
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version: None };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits })
    });
    let path = file.path();
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let moved = uri_of(&path.with_file_name(format!("{name}.{extension}"))).map(|new_uri| {
        let rename = RenameFile { old_uri: file.uri.clone(), new_uri, options: None, annotation_id: None };
        DocumentChangeOperation::Op(ResourceOp::Rename(rename))
    });
    let all = edits.chain(moved).collect();
    WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(all)), ..WorkspaceEdit::default() }
}

struct Place {
    location: Location,
    sets: bool,
    /// It is the name that its file defines.
    defines: bool,
}

/// The name at a byte offset and the scope that it belongs to.
fn meant(document: &Document, offset: usize) -> Option<(&str, usize)> {
    let model = document.model();
    let name = model.at(offset).filter(|name| !name.member)?;
    Some((&name.name, model.home(&name.name, name.scope)))
}

fn places(server: &Server, document: &Document, offset: usize) -> Vec<Place> {
    let Some((name, home)) = meant(document, offset) else { return Vec::new() };
    let mut found = in_text(document, document.model(), name, home);
    for other in others(server, document, home) {
        found.extend(in_text(&other, other.model(), name, 0));
    }
    found
}

/// The other texts that have the names of a scope of this one. What a dfn, a traditional function or a namespace has for
/// itself is in no other text, nor is a script's.
fn others(server: &Server, document: &Document, home: usize) -> Vec<Document> {
    match home == 0 && super::analysis::is_source(&document.path()) {
        true => beside(server, document),
        false => Vec::new(),
    }
}

fn in_text(document: &Document, model: &Model, name: &str, home: usize) -> Vec<Place> {
    let place = |occurrence: &super::model::Occurrence| Place {
        location: Location { uri: document.uri.clone(), range: document.text.range(occurrence.span) },
        sets: occurrence.sets,
        defines: document.name == name,
    };
    model.same(name, home).map(place).collect()
}

/// The other source files of a text's folder, and of the folders that the client has opened.
fn beside(server: &Server, document: &Document) -> Vec<Document> {
    let mut found: Vec<Document> = server
        .documents
        .values()
        .filter(|other| other.uri != document.uri && super::analysis::is_source(&other.path()))
        .cloned()
        .collect();
    let open: Vec<PathBuf> = server.documents.values().map(Document::path).collect();
    let mut folders: Vec<PathBuf> = server.folders.clone();
    let own = document.path().parent().map(PathBuf::from).unwrap_or_default();
    if !folders.iter().any(|folder| own.starts_with(folder)) {
        folders.push(own);
    }
    for path in files(folders, super::analysis::is_source) {
        if !open.contains(&path)
            && let Ok(text) = std::fs::read_to_string(&path)
            && let Some(uri) = uri_of(&path)
        {
            found.push(Document::new(uri, 0, &text));
        }
    }
    found
}

/// The files in folders that are wanted.
fn files(mut folders: Vec<PathBuf>, wanted: fn(&std::path::Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let link = path.symlink_metadata().is_ok_and(|about| about.is_symlink());
            if path.is_dir() && !link && !name.starts_with('.') && name != "target" && name != "node_modules" {
                folders.push(path);
            } else if wanted(&path) && found.len() < MOST_FILES {
                found.push(path);
            }
        }
    }
    found
}

fn kind(defined: &Defined) -> SymbolKind {
    match defined {
        Defined { space: true, .. } => SymbolKind::NAMESPACE,
        Defined { function: true, .. } => SymbolKind::FUNCTION,
        _ => SymbolKind::VARIABLE,
    }
}

/// What a text defines, namespaces with what is in them.
pub fn of_document(document: &Document) -> Vec<DocumentSymbol> {
    in_scope(document, document.model(), 0, 0)
}

#[allow(deprecated)] // A field of the protocol's type that has to be given.
fn in_scope(document: &Document, model: &Model, scope: usize, depth: usize) -> Vec<DocumentSymbol> {
    let symbol = |defined: &Defined| {
        let whole = if defined.whole.end >= defined.span.end { defined.whole } else { defined.span };
        let inner = defined.inside.filter(|&inner| inner != scope && depth < 50);
        let children = inner.map(|inner| in_scope(document, model, inner, depth + 1));
        DocumentSymbol {
            name: defined.name.to_string(),
            detail: None,
            kind: kind(defined),
            tags: None,
            deprecated: None,
            range: document.text.range(whole.to(defined.span)),
            selection_range: document.text.range(defined.span),
            children,
        }
    };
    model.defined.iter().filter(|defined| defined.scope == scope).map(symbol).collect()
}

/// What the texts of all folders define, by a part of the name.
#[allow(deprecated)] // A field of the protocol's type that has to be given.
pub fn of_workspace(server: &Server, query: &str) -> Vec<SymbolInformation> {
    let query = query.to_lowercase();
    let mut found = Vec::new();
    let mut add = |document: &Document| {
        let model = document.model();
        for defined in
            model.defined.iter().filter(|defined| defined.scope == 0 && defined.name.to_lowercase().contains(&query))
        {
            let location = Location { uri: document.uri.clone(), range: document.text.range(defined.span) };
            let name = defined.name.to_string();
            found.push(SymbolInformation {
                name,
                kind: kind(defined),
                tags: None,
                deprecated: None,
                location,
                container_name: None,
            });
        }
    };
    server.documents.values().for_each(&mut add);
    let open: Vec<PathBuf> = server.documents.values().map(Document::path).collect();
    for path in files(server.folders.clone(), |path| Form::of(path).is_some_and(|form| form != Form::Transcript)) {
        if !open.contains(&path)
            && let Ok(text) = std::fs::read_to_string(&path)
            && let Some(uri) = uri_of(&path)
        {
            add(&Document::new(uri, 0, &text));
        }
    }
    found
}

/// What can be run in a transcript: the whole, and each case; and accepted.
pub fn lenses(document: &Document) -> Vec<CodeLens> {
    if document.form != Form::Transcript {
        return Vec::new();
    }
    let path = document.path().display().to_string();
    let lens = |title: &str, command: &str, line: usize, place: String| {
        let at = lsp_types::Position { line: line as u32, character: 0 };
        let command =
            Command { title: title.to_owned(), command: command.to_owned(), arguments: Some(vec![json!(place)]) };
        CodeLens { range: lsp_types::Range { start: at, end: at }, command: Some(command), data: None }
    };
    let mut lenses = vec![lens("Run all", RUN, 0, path.clone()), lens("Accept all", ACCEPT, 0, path.clone())];
    for (start, _) in crate::check::inputs(&document.text.text) {
        let line = document.text.line(start);
        lenses.push(lens("Run", RUN, line, format!("{path}:{}", line + 1)));
        lenses.push(lens("Accept", ACCEPT, line, format!("{path}:{}", line + 1)));
    }
    lenses
}
