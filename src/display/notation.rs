//! Arrays as APL source that gives exactly the same array again: literals and array notation, whatever `⎕PP` is.
//!
//! The text does not depend on system variables if it is evaluated with the defaults. What fits is on one line; of a
//! longer array each item, or each row, has lines of its own.

use crate::array::{Array, Complex, Reference, Value, prototype};
use crate::context::Context;
use crate::error::Result;

/// Characters that a line has at most, if it can be divided.
const WIDTH: usize = 96;

/// Writes arrays.
pub struct Notation<'a> {
    /// The budget, and whether to stop.
    pub context: &'a Context,
    /// How a reference to a namespace is written.
    pub reference: &'a dyn Fn(&Reference) -> Result<String>,
}

/// The text of an array.
struct Text {
    /// What comes before the first line, the last part first: a deep array is surrounded again and again.
    before: Vec<String>,
    lines: Vec<String>,
    /// More than [`WIDTH`] for what does not fit on a line.
    width: usize,
    /// Whether it needs no parentheses to be an item of a vector.
    is_item: bool,
}

impl Text {
    fn item(text: String) -> Text {
        let width = text.chars().count();
        Text { before: Vec::new(), lines: vec![text], width, is_item: true }
    }

    fn items(text: String) -> Text {
        Text { is_item: false, ..Text::item(text) }
    }

    /// The same in parentheses, if it needs them as an item.
    fn into_item(mut self) -> Text {
        if !self.is_item {
            self.surround("(", ")");
        }
        self
    }

    fn surround(&mut self, before: &str, after: &str) {
        self.is_item = true;
        self.width += before.chars().count() + after.chars().count();
        self.before.push(before.to_string());
        if let Some(last) = self.lines.last_mut() {
            last.push_str(after);
        }
    }

    /// Several texts, each on lines of its own.
    fn block(before: &str, texts: Vec<Text>, after: &str) -> Text {
        let mut lines = vec![before.to_string()];
        lines.extend(texts.into_iter().flat_map(Text::into_lines).map(|line| format!(" {line}")));
        lines.push(after.to_string());
        Text { before: Vec::new(), lines, width: WIDTH + 1, is_item: true }
    }

    fn into_lines(mut self) -> Vec<String> {
        if let Some(first) = self.lines.first_mut()
            && !self.before.is_empty()
        {
            self.before.reverse();
            *first = self.before.concat() + first;
        }
        self.lines
    }

    /// All lines as one.
    fn joined(self) -> String {
        self.into_lines().join("\n")
    }
}

impl Notation<'_> {
    /// The text of an array; several lines if it is long. WS FULL.
    pub fn write(&self, value: &Value) -> Result<String> {
        Ok(self.text(value)?.joined())
    }

    /// The text of an array as an item of a vector or an operand.
    pub fn write_item(&self, value: &Value) -> Result<String> {
        Ok(self.text(value)?.into_item().joined())
    }

    fn text(&self, value: &Value) -> Result<Text> {
        self.context.memory().deeper(|| self.array(&value.array(self.context.memory())?))
    }

    fn array(&self, array: &Array) -> Result<Text> {
        self.context.poll()?;
        match array.shape() {
            [] => self.scalar(array),
            [count] => self.vector(array, 0..*count),
            shape => self.higher(array, shape),
        }
    }

    fn scalar(&self, array: &Array) -> Result<Text> {
        let item = array.item(0);
        match array {
            Array::Nested(_) if !item.is_simple_scalar() => {
                let mut text = self.text(&item)?;
                text.surround("(⊂", ")");
                Ok(text)
            }
            _ => Ok(Text::item(self.simple(array, 0)?)),
        }
    }

    /// A simple scalar of an array.
    fn simple(&self, array: &Array, at: usize) -> Result<String> {
        Ok(match array.item(at) {
            Value::Bool(b) => u8::from(b).to_string(),
            Value::Int(n) => number(f64::from(n)),
            Value::Float(x) => number(x),
            Value::Char(c) => match characters(&[c]) {
                text if text.starts_with('\'') => text,
                text => format!("({text})"),
            },
            Value::Array(Array::Complex(z)) => complex(z.as_slice().first().copied().unwrap_or_default()),
            other => match other.reference() {
                Some(reference) if reference.is_null() => "⎕NULL".into(),
                Some(reference) => (self.reference)(reference)?,
                None => self.text(&other)?.into_item().joined(),
            },
        })
    }

    /// Some elements of an array as a vector.
    fn vector(&self, array: &Array, range: std::ops::Range<usize>) -> Result<Text> {
        if let Array::Char(chars) = array {
            return Ok(text(chars.as_slice().get(range).unwrap_or_default()));
        }
        if range.is_empty() {
            return Ok(match array {
                Array::Nested(_) | Array::Ref(_) => Text::item(format!("(0⍴{})", self.fill(array)?)),
                _ => Text::item("⍬".into()),
            });
        }
        let is_simple = |at: usize| match array {
            Array::Nested(items) => items.as_slice().get(at).is_none_or(Value::is_simple_scalar),
            _ => true,
        };
        let mut items = self.context.memory().vec(range.len())?;
        let (mut width, mut simple) = (0usize, true);
        for at in range {
            let item = match is_simple(at) {
                true => Text::item(self.simple(array, at)?),
                false => self.text(&array.item(at))?,
            };
            simple &= is_simple(at);
            width = width.saturating_add(item.width + 2 * usize::from(!item.is_item) + 1);
            items.push(item);
            if items.len() % 1024 == 0 {
                self.context.poll()?;
                self.context.memory().check(64 * items.len())?;
            }
        }
        if items.len() == 1 {
            let mut only = items.remove(0);
            only.surround(if simple { "(," } else { "(,⊂" }, ")");
            return Ok(only);
        }
        if width <= WIDTH {
            let items: Vec<String> = items.into_iter().map(|item| item.into_item().joined()).collect();
            return Ok(Text::items(items.join(" ")));
        }
        if !simple {
            return Ok(Text::block("(", items, ")"));
        }
        let rows = filled(items.into_iter().map(Text::joined));
        Ok(Text::block("(⊃,/(", rows.into_iter().map(Text::items).collect(), "))"))
    }

    fn higher(&self, array: &Array, shape: &[usize]) -> Result<Text> {
        let counts = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        if array.is_empty() {
            return Ok(Text::item(format!("({counts}⍴{})", self.fill(array)?)));
        }
        let columns = shape.last().copied().unwrap_or(1);
        let rows = array.len() / columns;
        if rows < 2 || columns < 2 {
            let mut text = self.vector(array, 0..array.len())?;
            text.surround(&format!("({counts}⍴"), ")");
            return Ok(text);
        }
        let mut texts = self.context.memory().vec(rows)?;
        for row in 0..rows {
            texts.push(self.vector(array, row * columns..(row + 1) * columns)?);
        }
        let width: usize = texts.iter().map(|text| text.width.saturating_add(3)).fold(0, usize::saturating_add);
        let mut text = match width <= WIDTH {
            true => {
                let rows: Vec<String> = texts.into_iter().map(Text::joined).collect();
                Text::item(format!("[{}]", rows.join(" ⋄ ")))
            }
            false => Text::block("[", texts, "]"),
        };
        if shape.len() > 2 {
            text.surround(&format!("({counts}⍴"), ")");
        }
        Ok(text)
    }

    /// A scalar whose type is that of an empty array.
    fn fill(&self, array: &Array) -> Result<String> {
        let item = prototype::fill_item(self.context.memory(), array)?;
        if item.is_simple_scalar() {
            return self.simple(&item.array(self.context.memory())?, 0);
        }
        let mut text = self.text(&item)?;
        text.surround("(⊂", ")");
        Ok(text.joined())
    }
}

/// Words as lines of the usual width.
fn filled(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut width = WIDTH;
    for word in words {
        let count = word.chars().count();
        match lines.last_mut() {
            Some(line) if width + 1 + count <= WIDTH => {
                line.push(' ');
                line.push_str(&word);
                width += 1 + count;
            }
            _ => {
                lines.push(word);
                width = count;
            }
        }
    }
    lines
}

/// A number with all its digits.
fn number(x: f64) -> String {
    let text = format!("{x:?}");
    text.strip_suffix(".0").unwrap_or(&text).replace('-', "¯").replace('e', "E")
}

fn complex(z: Complex) -> String {
    format!("{}J{}", number(z.re), number(z.im))
}

/// Whether a character can stand in a line of source without harm: no line end, nothing that changes the direction.
fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// An expression for characters: quoted, or by their numbers, joined by commas. One character is a scalar.
fn characters(chars: &[char]) -> String {
    let parts = chars.chunk_by(|a, b| is_plain(*a) == is_plain(*b)).map(|run| match is_plain(run[0]) {
        true => format!("'{}'", String::from_iter(run).replace('\'', "''")),
        false => {
            let numbers: Vec<String> = run.iter().map(|&c| (c as u32).to_string()).collect();
            format!("⎕UCS {}", numbers.join(" "))
        }
    });
    let parts: Vec<String> = parts.collect();
    match &parts[..] {
        [] => "''".into(),
        [only] => only.clone(),
        _ => {
            let wrap = |part: &String| if part.starts_with('\'') { part.clone() } else { format!("({part})") };
            parts.iter().map(wrap).collect::<Vec<_>>().join(",")
        }
    }
}

/// A character vector.
fn text(chars: &[char]) -> Text {
    let wrapped = |chars: &[char]| match characters(chars) {
        text if chars.len() == 1 => format!("(,{text})"),
        text if text.starts_with('\'') && text.ends_with('\'') && chars.iter().all(|&c| is_plain(c)) => text,
        text => format!("({text})"),
    };
    let line = wrapped(chars);
    if line.chars().count() <= WIDTH {
        return Text::item(line);
    }
    // After each line end, and where a line becomes too long.
    let mut pieces = Vec::new();
    for line in chars.split_inclusive(|&c| c == '\n') {
        pieces.extend(line.chunks(WIDTH - 16).map(|piece| Text::item(wrapped(piece))));
    }
    match pieces.len() {
        0 | 1 => Text::item(line),
        _ => Text::block("(⊃,/(", pieces, "))"),
    }
}
