//! The loop over messages, and what each request is answered with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::{
    ClientCapabilities, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, CodeLensOptions, CodeLensParams, CompletionOptions, CompletionParams,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentFormattingParams,
    DocumentHighlightParams, DocumentRangeFormattingParams, DocumentSymbolParams, ExecuteCommandOptions,
    ExecuteCommandParams, FoldingRangeParams, FoldingRangeProviderCapability, GotoDefinitionParams, HoverParams,
    HoverProviderCapability, InitializeParams, InlayHintParams, OneOf, Position, PrepareRenameResponse, Range,
    ReferenceParams, RenameOptions, RenameParams, ResourceOperationKind, SelectionRangeParams,
    SelectionRangeProviderCapability, SemanticTokensFullOptions, SemanticTokensOptions, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensServerCapabilities, ServerCapabilities, TextDocumentPositionParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextEdit, Uri, WorkspaceEdit, WorkspaceSymbolParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::analysis::{self, Analysis, Job};
use super::documents::{Document, path_of};
use super::transport::GARBAGE;
use super::{completion, folding, hover, symbols, tokens};
use crate::check::Form;
use crate::formatter;

/// Where inferred shapes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hints {
    /// Nowhere.
    Off,
    /// Where the pointer is.
    Hover,
    /// Behind the names that are given values.
    #[default]
    On,
}

/// The state of a server.
pub struct Server {
    /// Open texts by their URIs.
    pub documents: BTreeMap<String, Document>,
    /// What the client has opened.
    pub folders: Vec<PathBuf>,
    /// What checks texts.
    pub analysis: Analysis,
    /// Where inferred shapes are shown.
    pub hints: Hints,
    /// What the client can do.
    pub client: Client,
    sender: Sender,
}

/// What a client can do.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Give files other names.
    pub renames_files: bool,
    /// Ask for hints again when a check is done.
    pub refreshes_hints: bool,
    /// Ask for colours again when a check is done.
    pub refreshes_colours: bool,
}

impl Client {
    fn new(capabilities: &ClientCapabilities) -> Client {
        let workspace = capabilities.workspace.as_ref();
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let operations = edits.filter(|edits| edits.document_changes == Some(true));
        let operations = operations.and_then(|edits| edits.resource_operations.as_ref());
        let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref());
        let colours = workspace.and_then(|workspace| workspace.semantic_tokens.as_ref());
        Client {
            renames_files: operations.is_some_and(|all| all.contains(&ResourceOperationKind::Rename)),
            refreshes_hints: hints.and_then(|hints| hints.refresh_support) == Some(true),
            refreshes_colours: colours.and_then(|colours| colours.refresh_support) == Some(true),
        }
    }
}

/// What goes to the client.
type Sender = Arc<dyn Fn(Message) + Send + Sync>;

type Answer = Result<Value, (ErrorCode, String)>;

/// Serves a client.
pub fn serve(connection: &Connection) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let (id, params) = match connection.initialize_start() {
        Ok(started) => started,
        // The client went away before it began.
        Err(_) => return Ok(()),
    };
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let answer = json!({
        "capabilities": capabilities(),
        "serverInfo": { "name": "zilde", "version": env!("CARGO_PKG_VERSION") },
    });
    if connection.sender.send(Message::Response(Response::new_ok(id, answer))).is_err() {
        return Ok(());
    }
    let sender = connection.sender.clone();
    let sender: Sender = Arc::new(move |message: Message| {
        // A client that is gone reads nothing.
        let _ = sender.send(message);
    });
    let (publish, client) = (sender.clone(), Client::new(&params.capabilities));
    let done = move |message| {
        publish(message);
        // Hints and colours know more than before.
        for (wanted, method) in [
            (client.refreshes_hints, "workspace/inlayHint/refresh"),
            (client.refreshes_colours, "workspace/semanticTokens/refresh"),
        ] {
            if wanted {
                publish(Message::Request(Request::new(method.to_owned().into(), method.to_owned(), Value::Null)));
            }
        }
    };
    let analysis = Analysis::new(done).map_err(|error| told(&error))?;
    let mut server = Server {
        documents: BTreeMap::new(),
        folders: folders(&params),
        analysis,
        hints: hints(params.initialization_options.as_ref()),
        client,
        sender,
    };
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if matches!(connection.handle_shutdown(&request), Ok(true)) {
                    break;
                }
                let response = server.request(request);
                if connection.sender.send(Message::Response(response)).is_err() {
                    break;
                }
            }
            Message::Notification(notification) => {
                if notification.method == "exit" {
                    break;
                }
                server.notification(notification);
            }
            Message::Response(_) => {}
        }
    }
    Ok(())
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["`", "⎕", "."].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: Default::default(),
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![RUN.to_owned(), ACCEPT.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: tokens::legend(),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                range: Some(true),
                ..SemanticTokensOptions::default()
            },
        )),
        ..ServerCapabilities::default()
    }
}

/// The command that runs a case of a transcript.
pub const RUN: &str = "zilde.run";
/// The command that writes the output of a case into its transcript.
pub const ACCEPT: &str = "zilde.accept";

#[allow(deprecated)] // Clients that know of no folders still send the root.
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    match &params.workspace_folders {
        Some(folders) => folders.iter().map(|folder| path_of(&folder.uri)).collect(),
        None => params.root_uri.iter().map(path_of).collect(),
    }
}

fn hints(options: Option<&Value>) -> Hints {
    match options.and_then(|options| options.get("inlayHints")).and_then(Value::as_str) {
        Some("off") => Hints::Off,
        Some("hover") => Hints::Hover,
        _ => Hints::On,
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

fn written(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

impl Server {
    fn request(&mut self, request: Request) -> Response {
        let Request { id, method, params, .. } = request;
        match self.answer(&method, params) {
            Ok(result) => Response::new_ok(id, result),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }
    }

    fn answer(&mut self, method: &str, params: Value) -> Answer {
        match method {
            "textDocument/hover" => {
                let HoverParams { text_document_position_params: at, .. } = read(params)?;
                written(self.at(&at).and_then(|(document, offset)| hover::hover(self, document, offset)))
            }
            "textDocument/completion" => {
                let CompletionParams { text_document_position: at, .. } = read(params)?;
                written(self.at(&at).map(|(document, offset)| completion::complete(self, document, offset)))
            }
            "textDocument/definition" => {
                let GotoDefinitionParams { text_document_position_params: at, .. } = read(params)?;
                written(self.at(&at).map(|(document, offset)| symbols::definition(self, document, offset)))
            }
            "textDocument/references" => {
                let ReferenceParams { text_document_position: at, .. } = read(params)?;
                written(self.at(&at).map(|(document, offset)| symbols::references(self, document, offset)))
            }
            "textDocument/prepareRename" => {
                let at: TextDocumentPositionParams = read(params)?;
                written(self.at(&at).and_then(|(document, offset)| {
                    let name = document.model().at(offset).filter(|name| !name.member)?;
                    Some(PrepareRenameResponse::Range(document.text.range(name.span)))
                }))
            }
            "textDocument/rename" => {
                let RenameParams { text_document_position: at, new_name, .. } = read(params)?;
                if !crate::system::is_name(&new_name) {
                    return Err((ErrorCode::InvalidParams, format!("{new_name} is no name")));
                }
                let Some((document, offset)) = self.at(&at) else { return Ok(Value::Null) };
                let edit = symbols::rename(self, document, offset, &new_name);
                written(edit.map_err(|why| (ErrorCode::RequestFailed, why))?)
            }
            "textDocument/documentSymbol" => {
                let DocumentSymbolParams { text_document, .. } = read(params)?;
                written(self.document(&text_document.uri).map(symbols::of_document))
            }
            "workspace/symbol" => {
                let WorkspaceSymbolParams { query, .. } = read(params)?;
                written(symbols::of_workspace(self, &query))
            }
            "textDocument/foldingRange" => {
                let FoldingRangeParams { text_document, .. } = read(params)?;
                written(self.document(&text_document.uri).map(folding::ranges))
            }
            "textDocument/semanticTokens/full" => {
                let SemanticTokensParams { text_document, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| tokens::of(self, document, None)))
            }
            "textDocument/semanticTokens/range" => {
                let SemanticTokensRangeParams { text_document, range, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| tokens::of(self, document, Some(range))))
            }
            "textDocument/documentHighlight" => {
                let DocumentHighlightParams { text_document_position_params: at, .. } = read(params)?;
                written(self.at(&at).map(|(document, offset)| symbols::highlights(document, offset)))
            }
            "textDocument/selectionRange" => {
                let SelectionRangeParams { text_document, positions, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| folding::selections(document, &positions)))
            }
            "textDocument/inlayHint" => {
                let InlayHintParams { text_document, range, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| hover::hints(self, document, range)))
            }
            "textDocument/formatting" => {
                let DocumentFormattingParams { text_document, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| formatted(document, None)))
            }
            "textDocument/rangeFormatting" => {
                let DocumentRangeFormattingParams { text_document, range, .. } = read(params)?;
                written(self.document(&text_document.uri).map(|document| formatted(document, Some(range))))
            }
            "textDocument/codeAction" => {
                let params: CodeActionParams = read(params)?;
                written(self.document(&params.text_document.uri).map(|document| self.actions(document, &params)))
            }
            "textDocument/codeLens" => {
                let CodeLensParams { text_document, .. } = read(params)?;
                written(self.document(&text_document.uri).map(symbols::lenses))
            }
            "workspace/executeCommand" => {
                let ExecuteCommandParams { command, arguments, .. } = read(params)?;
                self.execute(&command, &arguments)
            }
            GARBAGE => Err((ErrorCode::ParseError, "this is no message".to_owned())),
            _ => Err((ErrorCode::MethodNotFound, format!("no method {method}"))),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match &*method {
            "textDocument/didOpen" => {
                if let Ok(DidOpenTextDocumentParams { text_document: opened }) = read(params) {
                    let document = Document::new(opened.uri, opened.version, &opened.text);
                    self.documents.insert(document.uri.as_str().to_owned(), document.clone());
                    self.check(document, true);
                }
            }
            "textDocument/didChange" => {
                if let Ok(DidChangeTextDocumentParams { text_document, content_changes }) = read(params)
                    && let Some(document) = self.documents.get_mut(text_document.uri.as_str())
                {
                    document.change(text_document.version, content_changes);
                    let document = document.clone();
                    self.check(document, true);
                    self.check_beside(&text_document.uri);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                self.documents.values().for_each(|open| self.check(open.clone(), false))
            }
            "textDocument/didClose" => {
                if let Ok(DidCloseTextDocumentParams { text_document }) = read(params) {
                    self.documents.remove(text_document.uri.as_str());
                    self.analysis.forget(&text_document.uri);
                    (self.sender)(analysis::diagnostics(&text_document.uri, None, Vec::new()));
                    self.check_beside(&text_document.uri);
                }
            }
            "workspace/didChangeConfiguration" => {
                let settings = params.pointer("/settings/zilde").or_else(|| params.get("settings"));
                self.hints = hints(settings);
            }
            _ => {}
        }
    }

    /// Has a text checked, with those that belong to it.
    fn check(&self, document: Document, typed: bool) {
        if document.is_long() {
            let told = analysis::too_long(&document);
            return (self.sender)(analysis::diagnostics(&document.uri, Some(document.version), vec![told]));
        }
        let folder = document.path().parent().map(Path::to_owned).filter(|_| analysis::is_source(&document.path()));
        let here = |other: &&Document| other.uri != document.uri && other.path().parent() == folder.as_deref();
        let others = folder.iter().flat_map(|_| self.documents.values().filter(here).cloned()).collect();
        self.analysis.check(Job { document, others, folder, typed });
    }

    /// Has the open texts checked that may use what another one defines.
    fn check_beside(&self, uri: &Uri) {
        let path = path_of(uri);
        let here = |open: &&Document| open.uri != *uri && open.path().parent() == path.parent();
        if analysis::is_source(&path) {
            self.documents.values().filter(here).for_each(|open| self.check(open.clone(), false));
        }
    }

    /// An open text.
    pub fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri.as_str()).filter(|document| !document.is_long())
    }

    fn at(&self, at: &TextDocumentPositionParams) -> Option<(&Document, usize)> {
        let document = self.document(&at.text_document.uri)?;
        Some((document, document.text.offset(at.position)))
    }

    /// What may have been meant where an error is.
    fn actions(&self, document: &Document, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
        let Some(known) = self.analysis.of(document) else { return Vec::new() };
        let touched = |fix: &&analysis::Fix| {
            let range = document.text.range(fix.span);
            range.start <= params.range.end && params.range.start <= range.end
        };
        let action = |fix: &analysis::Fix| {
            let at = document.text.position(fix.at);
            let edit = TextEdit { range: lsp_types::Range { start: at, end: at }, new_text: fix.text.clone() };
            #[allow(clippy::mutable_key_type)] // The protocol's own type; nothing changes a key.
            let changes = [(document.uri.clone(), vec![edit])].into_iter().collect();
            CodeActionOrCommand::CodeAction(CodeAction {
                title: format!("Did you mean {}?", fix.title),
                kind: Some(CodeActionKind::QUICKFIX),
                edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
                ..CodeAction::default()
            })
        };
        known.fixes.iter().filter(touched).map(action).collect()
    }

    /// Runs `zilde test` on a case, as a process of its own; its report comes as a message.
    fn execute(&self, command: &str, arguments: &[Value]) -> Answer {
        let accept = match command {
            RUN => false,
            ACCEPT => true,
            _ => return Err((ErrorCode::InvalidParams, format!("no command {command}"))),
        };
        let Some(place) = arguments.first().and_then(Value::as_str).map(str::to_owned) else {
            return Err((ErrorCode::InvalidParams, "a place is wanted, FILE or FILE:LINE".to_owned()));
        };
        let sender = self.sender.clone();
        let run = move || {
            let program = std::env::current_exe().unwrap_or_else(|_| "zilde".into());
            let mut process = std::process::Command::new(program);
            process.arg("test").args(accept.then_some("--accept")).arg("--").arg(&place);
            process.stdin(std::process::Stdio::null()).env_remove("CI");
            let (kind, message) = match process.output() {
                Ok(done) => {
                    let text = String::from_utf8_lossy(&done.stdout).into_owned();
                    let text = text + &String::from_utf8_lossy(&done.stderr);
                    (if done.status.success() { 3 } else { 2 }, text)
                }
                Err(error) => (1, format!("zilde test: {error}")),
            };
            let params = json!({ "type": kind, "message": message.trim_end() });
            sender(Message::Notification(Notification { method: "window/showMessage".to_owned(), params }));
        };
        let started = std::thread::Builder::new().spawn(run);
        started.map(|_| Value::Null).map_err(|error| (ErrorCode::InternalError, error.to_string()))
    }
}

/// The text formatted, or the lines of a range: an edit for each line that changes.
fn formatted(document: &Document, range: Option<Range>) -> Vec<TextEdit> {
    let kind = match document.form {
        Form::Function => formatter::Kind::Function,
        Form::Transcript => return Vec::new(),
        _ => formatter::Kind::Script,
    };
    let text = formatter::format(&document.text.text, kind);
    let old: Vec<&str> = document.text.text.split('\n').collect();
    let new: Vec<&str> = text.split('\n').collect();
    let (first, last) = range.map_or((0, usize::MAX), |range| (range.start.line as usize, range.end.line as usize));
    if old.len() != new.len() && range.is_none() {
        return vec![TextEdit { range: document.text.all(), new_text: text }];
    }
    let changed = old.iter().zip(&new).enumerate().filter(|(at, (old, new))| (first..=last).contains(at) && old != new);
    let edit = |(at, (old, new)): (usize, (&&str, &&str))| {
        let start = Position { line: at as u32, character: 0 };
        let end = Position { character: old.encode_utf16().count() as u32, ..start };
        TextEdit { range: Range { start, end }, new_text: (*new).to_owned() }
    };
    changed.map(edit).collect()
}
