//! `zilde check`: files, folders, an expression, or standard input.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::args::Options;
use super::{exit, output};
use crate::check::{Finding, Form, Input, Lines, Project};
use crate::tester::files;

/// More files beside the ones that are checked are not read to know what they define.
const MOST_BESIDE: usize = 500;

/// A text with the name that it is told by.
struct Source {
    label: String,
    path: PathBuf,
    input: Input,
}

/// Checks, and tells what was found.
pub fn main(paths: &[PathBuf], expressions: &[String], json: bool, options: &Options) -> u8 {
    let output = output::Output::stdout(options.closed);
    let mut reader = Reader { sources: Vec::new(), failed: false };
    match paths {
        [] => reader.add("-e", Path::new("-e"), Form::Script, expressions.join("\n")),
        [path] if path.as_os_str() == "-" => reader.standard_input(),
        _ => reader.files(paths),
    }
    let Reader { sources, failed } = reader;
    let mut found = false;
    let (scripts, library): (Vec<Source>, Vec<Source>) =
        sources.into_iter().partition(|source| matches!(source.input.form, Form::Script | Form::Transcript));
    let names: Vec<String> = library.iter().map(|source| source.input.name.clone()).collect();
    found |= told(&output, &library, beside(&library), &[], json);
    for script in scripts {
        found |= told(&output, std::slice::from_ref(&script), Vec::new(), &names, json);
    }
    let code = match (failed, found) {
        (true, _) => exit::USAGE,
        (false, true) => exit::ERROR,
        (false, false) => exit::OK,
    };
    exit::finished(&output, code)
}

/// Tells what is found in texts that belong together; whether it is anything.
fn told(output: &output::Output, sources: &[Source], others: Vec<Input>, names: &[String], json: bool) -> bool {
    if sources.is_empty() {
        return false;
    }
    let inputs: Vec<Input> = sources.iter().map(|source| source.input.clone()).chain(others).collect();
    let checked = Project::new(inputs).knowing(names).check();
    let mut lines: Vec<Option<Lines>> = sources.iter().map(|_| None).collect();
    let mut found = false;
    for finding in &checked.findings {
        let Some(source) = sources.get(finding.file) else { continue };
        let lines = lines[finding.file].get_or_insert_with(|| Lines::new(&source.input.text));
        found = true;
        let text = if json { as_json(source, lines, finding) } else { as_line(source, lines, finding) };
        // A failure shows at the end.
        let _ = output.write(&(text + "\n"));
    }
    found
}

fn as_line(source: &Source, lines: &Lines, finding: &Finding) -> String {
    let (line, column) = lines.place(finding.span.start);
    let head = format!("{}:{line}:{column}: {}", source.label, finding.label);
    let text = if finding.text.is_empty() { head } else { format!("{head}: {}", finding.text) };
    match &finding.fix {
        Some(fix) => format!("{text}; did you mean {}?", fix.title),
        None => text,
    }
}

fn as_json(source: &Source, lines: &Lines, finding: &Finding) -> String {
    let (line, column) = lines.place(finding.span.start);
    let (end_line, end_column) = lines.place(finding.span.end);
    serde_json::json!({
        "file": source.label,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "kind": finding.label.to_string(),
        "text": finding.text,
    })
    .to_string()
}

/// What is read.
struct Reader {
    sources: Vec<Source>,
    failed: bool,
}

impl Reader {
    fn complain(&mut self, why: impl std::fmt::Display) {
        exit::complain(why);
        self.failed = true;
    }

    fn add(&mut self, label: &str, path: &Path, form: Form, text: String) {
        self.sources.push(Source { label: label.to_owned(), path: path.to_owned(), input: input(path, form, text) });
    }

    fn standard_input(&mut self) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string());
        match read.and_then(|_| String::from_utf8(bytes).map_err(|_| "Invalid UTF-8".to_owned())) {
            Ok(text) => self.add("-", Path::new("-"), Form::Script, text),
            Err(why) => self.complain(format_args!("standard input: {why}")),
        }
    }

    fn files(&mut self, paths: &[PathBuf]) {
        let wanted = |path: &Path| Form::of(path).is_some_and(|form| form != Form::Transcript);
        let found = files::find_all(paths, "source files", wanted);
        found.complaints.iter().for_each(|why| self.complain(why));
        for path in &found.files {
            let Some(form) = Form::of(path) else {
                self.complain(format_args!("{}: no source file by its name", path.display()));
                continue;
            };
            match files::read(path) {
                Ok(text) => self.add(&path.display().to_string(), path, form, text),
                Err(why) => self.complain(why),
            }
        }
    }
}

fn input(path: &Path, form: Form, text: String) -> Input {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Input { name, form, text: Rc::from(text) }
}

/// The functions, namespaces and arrays in the folders of those that are checked: they are loaded together.
fn beside(sources: &[Source]) -> Vec<Input> {
    let have: BTreeSet<&Path> = sources.iter().map(|source| &*source.path).collect();
    let folders: BTreeSet<&Path> = sources.iter().filter_map(|source| source.path.parent()).collect();
    let mut others = Vec::new();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut entries: Vec<PathBuf> = entries.flatten().take(MOST_BESIDE).map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            let path = path.strip_prefix("./").unwrap_or(&path);
            let form = Form::of(path).filter(|form| !matches!(form, Form::Script | Form::Transcript));
            match form {
                Some(form) if !have.contains(path) => {
                    others.extend(files::read(path).ok().map(|text| input(path, form, text)));
                }
                None if path.is_dir() => others.push(input(path, Form::Array, "⎕NS⍬".to_owned())),
                _ => {}
            }
        }
    }
    others
}
