//! The thread that checks texts after each change, and publishes what it finds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use lsp_server::{Message, Notification};
use lsp_types::{Diagnostic, DiagnosticSeverity, DiagnosticTag, NumberOrString, PublishDiagnosticsParams, Uri};

use super::documents::{Document, MOST_BYTES, Text};
use super::edited::Earlier;
use crate::check::{Checked, Finding, Form, Input, Label, Note, Project};
use crate::code::node::Class;
use crate::syntax::span::Span;

/// What was inferred of a part of a text.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// Where it stands.
    pub span: Span,
    /// Its shape, if all of it is known.
    pub shape: Option<Arc<str>>,
    /// Shape and type in words; `None` where nothing is known.
    pub text: Option<Arc<str>>,
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
#[derive(Clone, Debug, Default)]
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
    pub classes: Arc<HashMap<String, Class>>,
    /// What may have been meant.
    pub fixes: Vec<Fix>,
}

/// What a check has found and inferred.
pub struct Told {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was inferred.
    pub known: Arc<Known>,
}

/// What is known of all texts.
pub type Shared = Arc<Mutex<HashMap<String, Arc<Known>>>>;

/// A text to be checked, and those that belong to it.
pub struct Job {
    /// The text.
    pub document: Document,
    /// Texts that are open too.
    pub others: Vec<Document>,
    /// The folder whose files belong to it.
    pub folder: Option<PathBuf>,
    /// Whether it has changed itself, not something that it may use.
    pub typed: bool,
}

impl Job {
    /// The files of the folder that are not open, and its folders.
    fn files(&self) -> Vec<PathBuf> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let open: Vec<PathBuf> = self.others.iter().map(Document::path).chain([self.document.path()]).collect();
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let belongs = |path: &PathBuf| (is_source(path) || path.is_dir()) && !open.contains(path);
        let mut files: Vec<PathBuf> = entries.filter(belongs).collect();
        files.sort();
        files
    }
}

/// The thread.
pub struct Analysis {
    jobs: Option<Sender<Job>>,
    /// How many texts were sent.
    sent: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
    /// What it knows.
    pub known: Shared,
}

impl Analysis {
    /// Begins to check what it is sent. `publish` takes what is found.
    pub fn new(publish: impl Fn(Message) + Send + 'static) -> std::io::Result<Analysis> {
        let (jobs, received) = channel();
        let known = Shared::default();
        let (shared, sent) = (known.clone(), Arc::new(AtomicUsize::new(0)));
        let count = sent.clone();
        let builder = std::thread::Builder::new().stack_size(64 << 20);
        let thread = builder.spawn(move || work(&received, &count, &shared, &publish))?;
        Ok(Analysis { jobs: Some(jobs), sent, thread: Some(thread), known })
    }

    /// Has a text checked.
    pub fn check(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            self.sent.fetch_add(1, Ordering::Relaxed);
            // The thread ends only when this side is dropped.
            let _ = jobs.send(job);
        }
    }

    /// Drops what is known of a text that is closed.
    pub fn forget(&self, uri: &Uri) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(uri.as_str());
    }

    /// What is known of a text, if that is this version of it.
    pub fn of(&self, document: &Document) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(document.uri.as_str()).filter(|known| known.version == document.version).cloned()
    }
}

impl Drop for Analysis {
    fn drop(&mut self) {
        // A check that goes on is given up.
        self.sent.fetch_add(1 << 30, Ordering::Relaxed);
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Checks the last version of each text that was sent. What is known from the last check is told at once, with the lines
/// that have changed checked anew; a check of the whole is given up when there is a newer version.
fn work(jobs: &Receiver<Job>, sent: &Arc<AtomicUsize>, known: &Shared, publish: &dyn Fn(Message)) {
    let mut received = 0;
    let mut waiting: Vec<Job> = Vec::new();
    let mut earlier: HashMap<String, Earlier> = HashMap::new();
    loop {
        if waiting.is_empty() {
            let Ok(job) = jobs.recv() else { break };
            waiting.push(job);
            received += 1;
        }
        loop {
            match jobs.try_recv() {
                Ok(job) => {
                    received += 1;
                    waiting.retain(|other| other.document.uri != job.document.uri);
                    put(&mut waiting, job);
                }
                Err(TryRecvError::Empty) => break,
                // The client has gone: nobody wants to know about what is waiting.
                Err(TryRecvError::Disconnected) => return,
            }
        }
        let job = waiting.remove(0);
        let document = &job.document;
        let key = document.uri.as_str();
        let tell = |checked: &Told| {
            let mut shared = known.lock().unwrap_or_else(PoisonError::into_inner);
            shared.insert(key.to_owned(), checked.known.clone());
            drop(shared);
            publish(diagnostics(&document.uri, Some(document.version), checked.diagnostics(document)));
        };
        if let Some(last) = earlier.get_mut(key)
            && last.text != document.text.text
        {
            last.changed(document);
            tell(&last.told);
        }
        let (sent, all) = (sent.clone(), received);
        let project = project(&job).until(move || sent.load(Ordering::Relaxed) > all);
        match project.finished() {
            Some(checked) => {
                let told = Told::new(document, &checked);
                tell(&told);
                earlier.insert(key.to_owned(), Earlier::new(project, document, told));
            }
            // It goes on with the newer text, or after the text that has changed since.
            None => put(&mut waiting, job),
        }
    }
}

/// The notification of what was found in a text.
pub fn diagnostics(uri: &Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) -> Message {
    let params = PublishDiagnosticsParams { uri: uri.clone(), diagnostics, version };
    Message::Notification(Notification::new("textDocument/publishDiagnostics".to_owned(), params))
}

fn project(job: &Job) -> Project {
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
    for path in &job.files() {
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
    Project::new(inputs).knowing(&names).detailed()
}

/// So many diagnostics are told of a text.
const MOST: usize = 1_000;

/// More files of a folder are not read with a text; their names are known.
const MOST_BESIDE: usize = 64;

/// What was typed comes first.
fn put(waiting: &mut Vec<Job>, job: Job) {
    let at = if job.typed { 0 } else { waiting.len() };
    waiting.insert(at, job);
}

impl Told {
    /// Of a check, without anything that cannot be sent to another thread.
    pub fn new(document: &Document, checked: &Checked) -> Told {
        let inferred = |((file, start, end), note): (&(usize, u32, u32), &Note)| {
            let value = note.value().filter(|_| *file == 0)?;
            let known = value.rank().is_some() || value.kind != crate::inference::Kind::ANY;
            Some(Inferred {
                span: Span { start: *start, end: *end },
                shape: value.is_shaped().then(|| value.shape_text()).flatten().map(Arc::from),
                text: known.then(|| value.to_string().into()),
            })
        };
        let known = Known {
            version: document.version,
            statements: checked.notes.iter().filter_map(inferred).collect(),
            parts: checked.parts.iter().filter_map(inferred).collect(),
            results: checked.results.iter().filter_map(inferred).collect(),
            classes: Arc::new(checked.classes.iter().map(|(name, class)| (name.to_string(), *class)).collect()),
            fixes: checked.findings.iter().filter(|finding| finding.file == 0).filter_map(Fix::of).collect(),
        };
        let findings = checked.findings.iter().filter(|finding| finding.file == 0).cloned().collect();
        Told { findings, known: Arc::new(known) }
    }

    /// What was found, as the protocol has it. An error that a transcript expects is none.
    fn diagnostics(&self, document: &Document) -> Vec<Diagnostic> {
        let transcript = document.form == Form::Transcript;
        let expected = |span: Span| transcript && expects_error(&document.text, span);
        let told = self.findings.iter().filter(|finding| !expected(finding.span)).take(MOST);
        told.map(|found| diagnostic(document, found)).collect()
    }
}

impl Fix {
    /// Of something that was found.
    pub fn of(finding: &Finding) -> Option<Fix> {
        let fix = finding.fix.as_ref()?;
        Some(Fix { span: finding.span, at: fix.at as usize, text: fix.text.clone(), title: fix.title.clone() })
    }
}

/// What is told of a text that is not checked.
pub fn too_long(document: &Document) -> Diagnostic {
    let text = format!("Texts of more than {MOST_BYTES} bytes are not checked while they are open: see zilde check");
    Diagnostic {
        range: document.text.range(Span::default()),
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some("zilde".to_owned()),
        message: text,
        ..Diagnostic::default()
    }
}

fn diagnostic(document: &Document, finding: &Finding) -> Diagnostic {
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
