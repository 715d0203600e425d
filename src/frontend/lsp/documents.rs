//! Open texts and the files beside them; positions as the protocol counts them, in UTF-16 code units.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lsp_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::model::Model;
use crate::check::Form;
use crate::syntax::span::Span;

/// A text with the beginnings of its lines.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text.
    pub text: Arc<str>,
    starts: Arc<[u32]>,
}

/// A longer text is neither checked nor searched for names while it is open, in bytes.
pub const MOST_BYTES: usize = 2 << 20;

/// An open text.
#[derive(Clone, Debug)]
pub struct Document {
    /// How the client calls it.
    pub uri: Uri,
    /// The number of its last change.
    pub version: i32,
    /// What it is.
    pub form: Form,
    /// The name of what its file defines.
    pub name: String,
    /// The text.
    pub text: Text,
    /// The names of the text, from when they are first wanted.
    model: Arc<OnceLock<Model>>,
}

impl Text {
    /// A text.
    pub fn new(text: &str) -> Text {
        let ends = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
        Text { text: text.into(), starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The number of the line that a byte offset is in, from 0.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset).max(1) - 1
    }

    /// A line without its end.
    pub fn line_text(&self, line: usize) -> &str {
        let start = self.starts.get(line).map_or(self.text.len(), |start| *start as usize);
        let end = self.starts.get(line + 1).map_or(self.text.len(), |start| *start as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// The number of lines.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// A byte offset as a position.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let start = self.starts[line] as usize;
        let units = self.text[start..offset].chars().map(char::len_utf16).sum::<usize>();
        Position { line: line as u32, character: units as u32 }
    }

    /// A position as a byte offset; one behind the end of its line is at the end.
    pub fn offset(&self, position: Position) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else { return self.text.len() };
        let line = self.line_text(position.line as usize);
        let mut units = 0;
        for (at, c) in line.char_indices() {
            if units >= position.character as usize {
                return start as usize + at;
            }
            units += c.len_utf16();
        }
        start as usize + line.len()
    }

    /// A range of bytes as one of positions.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start as usize), end: self.position(span.end as usize) }
    }

    /// The whole.
    pub fn all(&self) -> Range {
        Range { start: Position::default(), end: self.position(self.text.len()) }
    }
}

impl Document {
    /// A text that was opened.
    pub fn new(uri: Uri, version: i32, text: &str) -> Document {
        let path = path_of(&uri);
        let form = Form::of(&path).unwrap_or(Form::Script);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Document { uri, version, form, name, text: Text::new(text), model: Arc::default() }
    }

    /// Carries out changes, one after the other.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        self.version = version;
        self.model = Arc::default();
        for change in changes {
            let text = match change.range {
                None => change.text,
                Some(range) => {
                    let start = self.text.offset(range.start);
                    let end = self.text.offset(range.end).max(start);
                    let old = &self.text.text;
                    [&old[..start], &change.text, &old[end..]].concat()
                }
            };
            self.text = Text::new(&text);
        }
    }

    /// Whether the text is too long to be looked at after each key.
    pub fn is_long(&self) -> bool {
        self.text.text.len() > MOST_BYTES
    }

    /// The names of the text by scope; none of a long one.
    pub fn model(&self) -> &Model {
        let text = if self.is_long() { "" } else { &*self.text.text };
        self.model.get_or_init(|| Model::new(text, self.form))
    }

    /// Where its file is.
    pub fn path(&self) -> PathBuf {
        path_of(&self.uri)
    }
}

/// The path of a `file:` URI; the text itself of any other.
pub fn path_of(uri: &Uri) -> PathBuf {
    let text = uri.as_str();
    let encoded = text.strip_prefix("file://").unwrap_or(text);
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: Vec<u8> = rest.clone().take(2).collect();
            let code = std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
            if let Some(code) = code {
                bytes.push(code);
                rest.nth(1);
                continue;
            }
        }
        bytes.push(byte);
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// The `file:` URI of a path.
pub fn uri_of(path: &Path) -> Option<Uri> {
    use std::fmt::Write;
    let mut text = "file://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => text.push(byte as char),
            // A String takes whatever is written.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text.parse().ok()
}
