//! Documents: texts of lines, given as one character vector or as a vector of lines.
//!
//! Knows the eight ways to end a line, and how an input becomes one text and an output lines again.

use std::ops::Range;

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::growing::{Growing, Items, characters};
use crate::system::unicode::ends_line;

/// A document as one text.
pub struct Document {
    /// Its lines with their endings.
    pub text: String,
    /// Whether it was a vector of lines.
    pub nested: bool,
    /// Whether it has no line at all, which only a vector can.
    pub empty: bool,
}

impl Document {
    /// Reads a document. `ending` stands between the items of a vector, and for every line ending within them if these
    /// are to be the same. DOMAIN ERROR, RANK ERROR.
    pub fn new(context: &Context, value: &Value, ending: &str, normalise: bool) -> Result<Document> {
        let memory = context.memory();
        if value.rank() > 1 {
            return Err(Fault::rank());
        }
        let wrong = || Fault::domain().with_detail("a document is a character vector or a vector of them");
        let mut text = Growing::new(context);
        let array = value.array(memory)?;
        let nested = match &array {
            Array::Char(chars) => {
                text.chars(chars.as_slice())?;
                false
            }
            Array::Nested(items) => {
                for (k, item) in items.as_slice().iter().enumerate() {
                    if k > 0 {
                        text.push(ending)?;
                    }
                    match item.array(memory)? {
                        Array::Char(chars) if chars.rank() < 2 => text.chars(chars.as_slice())?,
                        empty if empty.is_empty() && empty.rank() == 1 => {}
                        _ => return Err(wrong()),
                    }
                }
                true
            }
            other if other.is_empty() => false,
            _ => return Err(wrong()),
        };
        let mut text = text.text;
        if normalise {
            let mut uniform = Growing::new(context);
            let mut rest = 0;
            for line in lines(context, &text)? {
                uniform.push(&text[line.clone()])?;
                rest = line.end + ending_at(&text, line.end);
                if rest > line.end {
                    uniform.push(ending)?;
                }
            }
            uniform.push(&text[rest..])?;
            text = uniform.text;
        }
        Ok(Document { text, nested, empty: nested && array.is_empty() })
    }

    /// Its lines, without their endings.
    pub fn lines(&self, context: &Context) -> Result<Vec<Range<usize>>> {
        if self.empty {
            return Ok(Vec::new());
        }
        let mut lines = lines(context, &self.text)?;
        // The ending of a text's last line begins no other.
        if !self.nested && lines.len() > 1 && lines.last().is_some_and(Range::is_empty) {
            lines.pop();
        }
        Ok(lines)
    }

    /// A document as a value: a vector of its lines, or one character vector.
    pub fn into_value(self, context: &Context) -> Result<Value> {
        if !self.nested {
            return characters(context, &self.text);
        }
        let mut items = Items::new(context);
        for line in self.lines(context)? {
            items.push(characters(context, &self.text[line])?)?;
        }
        items.into_value(context.text("")?)
    }
}

/// The bytes that a line ending takes at a place; 0 where there is none.
fn ending_at(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    match rest.chars().next() {
        Some('\r') if rest[1..].starts_with('\n') => 2,
        Some(c) if ends_line(c) => c.len_utf8(),
        _ => 0,
    }
}

/// All lines, the last one being what stands behind the last ending.
fn lines(context: &Context, text: &str) -> Result<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut pace = context.pace();
    let mut start = 0;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if !ends_line(c) {
            continue;
        }
        pace.step(at - start + 1)?;
        if lines.len() == lines.capacity() {
            context.memory().check((lines.len() + 64) * 3 * size_of::<Range<usize>>())?;
        }
        lines.push(start..at);
        start = at + ending_at(text, at);
        if start > at + c.len_utf8() {
            chars.next();
        }
    }
    lines.push(start..text.len());
    Ok(lines)
}
