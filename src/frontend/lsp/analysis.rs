//! The thread that checks texts after each change, and publishes what it finds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use lsp_server::{Message, Notification};
use lsp_types::{Diagnostic, DiagnosticSeverity, DiagnosticTag, NumberOrString, PublishDiagnosticsParams, Uri};

use super::documents::{Document, Text};
use crate::check::{Checked, Form, Input, Label, Note, Project};
use crate::code::node::Class;
use crate::syntax::span::Span;

/// What was inferred of a part of a text.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// Where it stands.
    pub span: Span,
    /// Its shape, if all of it is known.
    pub shape: Option<String>,
    /// Shape and type in words; `None` where nothing is known.
    pub text: Option<String>,
}

/// A text to be inserted with which an error goes away.
#[derive(Clone, Debug)]
pub struct Fix {
    /// The error.
    pub span: Span,
    /// Where to insert it.
    pub at: usize,
    /// What to insert.
    pub text: String,
    /// What to call it.
    pub title: String,
}

/// What is known of a version of a text.
#[derive(Debug, Default)]
pub struct Known {
    /// The version.
    pub version: i32,
    /// What is known of statements.
    pub statements: Vec<Inferred>,
    /// What is known of names and applications.
    pub parts: Vec<Inferred>,
    /// What functions give, by the places of the functions.
    pub results: Vec<Inferred>,
    /// The classes of names.
    pub classes: HashMap<String, Class>,
    /// What may have been meant.
    pub fixes: Vec<Fix>,
}

/// What is known of all texts.
pub type Shared = Arc<Mutex<HashMap<String, Arc<Known>>>>;

/// A text to be checked, and those that belong to it.
pub struct Job {
    /// The text.
    pub document: Document,
    /// Texts that are open too.
    pub others: Vec<Document>,
    /// Files of the same folder that are not open.
    pub files: Vec<PathBuf>,
}

/// The thread.
pub struct Analysis {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// What it knows.
    pub known: Shared,
}

impl Analysis {
    /// Begins to check what it is sent. `publish` takes what is found.
    pub fn new(publish: impl Fn(Message) + Send + 'static) -> std::io::Result<Analysis> {
        let (jobs, received) = channel();
        let known = Shared::default();
        let shared = known.clone();
        let builder = std::thread::Builder::new().stack_size(64 << 20);
        let thread = builder.spawn(move || work(&received, &shared, &publish))?;
        Ok(Analysis { jobs: Some(jobs), thread: Some(thread), known })
    }

    /// Has a text checked.
    pub fn check(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only when this side is dropped.
            let _ = jobs.send(job);
        }
    }

    /// What is known of a text, if that is this version of it.
    pub fn of(&self, document: &Document) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(document.uri.as_str()).filter(|known| known.version == document.version).cloned()
    }
}

impl Drop for Analysis {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Checks the last version of each text that was sent.
fn work(jobs: &Receiver<Job>, known: &Shared, publish: &dyn Fn(Message)) {
    while let Ok(first) = jobs.recv() {
        let mut waiting: Vec<Job> = vec![first];
        waiting.extend(jobs.try_iter());
        let mut last: Vec<Job> = Vec::new();
        for job in waiting {
            last.retain(|other| other.document.uri != job.document.uri);
            last.push(job);
        }
        for job in last {
            let checked = checked(&job);
            let document = &job.document;
            let mut shared = known.lock().unwrap_or_else(PoisonError::into_inner);
            shared.insert(document.uri.as_str().to_owned(), Arc::new(told(document, &checked)));
            drop(shared);
            publish(diagnostics(&document.uri, Some(document.version), found(document, &checked)));
        }
    }
}

/// The notification of what was found in a text.
pub fn diagnostics(uri: &Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) -> Message {
    let params = PublishDiagnosticsParams { uri: uri.clone(), diagnostics, version };
    Message::Notification(Notification::new("textDocument/publishDiagnostics".to_owned(), params))
}

fn checked(job: &Job) -> Checked {
    let document = &job.document;
    let input = |document: &Document| Input {
        name: document.name.clone(),
        form: document.form,
        text: Rc::from(&*document.text.text),
    };
    let mut inputs = vec![input(document)];
    let library = |form: Form| !matches!(form, Form::Script | Form::Transcript);
    let mut names = Vec::new();
    for other in &job.others {
        names.push(other.name.clone());
        if library(document.form) && library(other.form) {
            inputs.push(input(other));
        }
    }
    for path in &job.files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        names.push(name.clone());
        if library(document.form)
            && inputs.len() < MOST_BESIDE
            && let Some(form) = Form::of(path)
            && let Ok(text) = std::fs::read_to_string(path)
        {
            inputs.push(Input { name, form, text: Rc::from(text) });
        }
    }
    Project::new(inputs).knowing(&names).detailed().check()
}

/// More files of a folder are not read with a text; their names are known.
const MOST_BESIDE: usize = 64;

/// What is known of a text, without anything that cannot be sent to another thread.
fn told(document: &Document, checked: &Checked) -> Known {
    let inferred = |((file, start, end), note): (&(usize, u32, u32), &Note)| {
        let value = note.value().filter(|_| *file == 0)?;
        let known = value.rank().is_some() || value.kind != crate::inference::Kind::ANY;
        Some(Inferred {
            span: Span { start: *start, end: *end },
            shape: value.is_shaped().then(|| value.shape_text()).flatten(),
            text: known.then(|| value.to_string()),
        })
    };
    let fixes = checked.findings.iter().filter(|finding| finding.file == 0).filter_map(|finding| {
        let fix = finding.fix.as_ref()?;
        Some(Fix { span: finding.span, at: fix.at as usize, text: fix.text.clone(), title: fix.title.clone() })
    });
    Known {
        version: document.version,
        statements: checked.notes.iter().filter_map(inferred).collect(),
        parts: checked.parts.iter().filter_map(inferred).collect(),
        results: checked.results.iter().filter_map(inferred).collect(),
        classes: checked.classes.iter().map(|(name, class)| (name.to_string(), *class)).collect(),
        fixes: fixes.collect(),
    }
}

/// What was found in a text, as the protocol has it. An error that a transcript expects is none.
fn found(document: &Document, checked: &Checked) -> Vec<Diagnostic> {
    let transcript = document.form == Form::Transcript;
    let expected = |span: Span| transcript && expects_error(&document.text, span);
    let findings = checked.findings.iter().filter(|finding| finding.file == 0 && !expected(finding.span));
    let all = findings.map(|finding| {
        let is_error = matches!(finding.label, Label::Error(_));
        let text = match finding.text.is_empty() {
            true => finding.label.to_string(),
            false if is_error => format!("{}: {}", finding.label, finding.text),
            false => finding.text.clone(),
        };
        Diagnostic {
            range: document.text.range(finding.span),
            severity: Some(if is_error { DiagnosticSeverity::ERROR } else { DiagnosticSeverity::HINT }),
            code: Some(NumberOrString::String(finding.label.to_string())),
            source: Some("zilde".to_owned()),
            message: text,
            tags: (!is_error).then(|| vec![DiagnosticTag::UNNECESSARY]),
            ..Diagnostic::default()
        }
    });
    all.collect()
}

/// Whether the output that stands below an input of a transcript is an error report.
fn expects_error(text: &Text, span: Span) -> bool {
    let line = text.line(span.start as usize);
    (line + 1..text.lines())
        .map(|line| text.line_text(line))
        .find(|line| !line.starts_with("      ") && !line.starts_with("⍝!"))
        .is_some_and(|output| output.contains("ERROR"))
}

/// Whether a file belongs to a folder of sources.
pub fn is_source(path: &Path) -> bool {
    Form::of(path).is_some_and(|form| !matches!(form, Form::Script | Form::Transcript))
}
