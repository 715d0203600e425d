//! `⎕XML`: XML text to a matrix of elements and texts, and back.
//!
//! The options, and what reading and writing share. The crate quick-xml parses the text.

mod export;
mod import;

use super::Call;
use crate::array::{Array, Value, convert};
use crate::error::{Fault, Result};

/// The options, the principal one first.
pub const OPTIONS: &[&str] = &["Whitespace", "Markup", "UnknownEntity"];

/// What a row of the matrix is, the last column; an element adds what it contains.
pub const ELEMENT: i32 = 1;
/// See [`ELEMENT`].
pub const CHILD: i32 = 2;
/// See [`ELEMENT`].
pub const TEXT: i32 = 4;
/// See [`ELEMENT`].
pub const MARKUP: i32 = 8;
/// See [`ELEMENT`].
pub const COMMENT: i32 = 16;
/// See [`ELEMENT`].
pub const INSTRUCTION: i32 = 32;

/// What stands for `&` in a reference that is kept.
pub const ESCAPE: char = '\u{1b}';

/// How blanks in character data are dealt with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whitespace {
    /// One blank for several, none at the ends.
    Strip,
    /// None at the ends.
    Trim,
    /// As it is.
    Preserve,
}

/// The options' values.
pub struct Options {
    whitespace: Whitespace,
    /// Markup is kept.
    markup: bool,
    /// Unknown references are kept.
    unknown: bool,
}

impl Options {
    /// DOMAIN ERROR for an option that there is not, or a value that it can't have.
    fn new(call: &Call, left: Option<Value>) -> Result<Options> {
        let memory = call.context.memory();
        let mut options = Options { whitespace: Whitespace::Strip, markup: false, unknown: false };
        for name in OPTIONS {
            if let Some(value) = call.options.get(name) {
                options.set(name, &convert::text(memory, value)?)?;
            }
        }
        let Some(left) = left else { return Ok(options) };
        let wrong = || Fault::domain().with_detail("the left argument is pairs of option and value");
        let array = left.array(memory)?;
        let pair = |array: &Array| -> Result<Option<(String, String)>> {
            match (array, array.shape()) {
                (Array::Nested(items), [2]) => {
                    let texts = items.as_slice().iter().map(|item| convert::text(memory, item));
                    let texts: Vec<String> = match texts.collect() {
                        Ok(texts) => texts,
                        Err(_) => return Ok(None),
                    };
                    Ok(Some((texts[0].clone(), texts[1].clone())))
                }
                _ => Ok(None),
            }
        };
        let mut pairs = Vec::new();
        match pair(&array)? {
            Some(one) => pairs.push(one),
            None => {
                for item in array.items() {
                    pairs.push(pair(&item.array(memory)?)?.ok_or_else(wrong)?);
                }
            }
        }
        for (name, value) in pairs {
            let name = match name.as_str() {
                "whitespace" => "Whitespace",
                "markup" => "Markup",
                "unknown-entity" => "UnknownEntity",
                _ => return Err(Fault::domain().with_detail(format!("no option {name}"))),
            };
            let capital = value.chars().next().map_or(' ', |c| c.to_ascii_uppercase());
            if value.starts_with(|c: char| c.is_ascii_uppercase()) {
                return Err(wrong());
            }
            options.set(
                name,
                &value.chars().skip(1).fold(capital.to_string(), |text, c| text + c.encode_utf8(&mut [0; 4])),
            )?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match (name, value) {
            ("Whitespace", "Strip") => self.whitespace = Whitespace::Strip,
            ("Whitespace", "Trim") => self.whitespace = Whitespace::Trim,
            ("Whitespace", "Preserve") => self.whitespace = Whitespace::Preserve,
            ("Markup", "Strip") => self.markup = false,
            ("Markup", "Preserve") => self.markup = true,
            ("UnknownEntity", "Replace") => self.unknown = false,
            ("UnknownEntity", "Preserve") => self.unknown = true,
            _ => return Err(Fault::domain().with_detail(format!("the option {name} can't be {value}"))),
        }
        Ok(())
    }
}

/// `⎕XML Y`: a text to a matrix with a row for each element and text: level, name, text, attributes, kind. A matrix to
/// its text. Dyalog: XML Convert.
pub fn xml(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let options = Options::new(call, left)?;
    match right.rank() {
        0 | 1 => import::import(call.context, &options, &convert::text(call.context.memory(), &right)?),
        2 => export::export(call.context, &options, &right),
        _ => Err(Fault::rank()),
    }
}

/// Character data with its blanks dealt with.
pub fn spaced(text: &str, whitespace: Whitespace) -> String {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    match whitespace {
        Whitespace::Preserve => text.to_string(),
        Whitespace::Trim => text.trim_matches(blank).to_string(),
        Whitespace::Strip => {
            let mut out = String::with_capacity(text.len());
            for word in text.split(blank).filter(|word| !word.is_empty()) {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
            out
        }
    }
}

/// What `xml:space` says; `None` where it says nothing. DOMAIN ERROR for anything but `default` and `preserve`.
pub fn xml_space(attributes: &[(String, String)]) -> Result<Option<bool>> {
    match attributes.iter().find(|pair| pair.0 == "xml:space").map(|pair| pair.1.as_str()) {
        None => Ok(None),
        Some("default") => Ok(Some(false)),
        Some("preserve") => Ok(Some(true)),
        Some(other) => Err(Fault::domain().with_detail(format!("xml:space can't be {other}"))),
    }
}

/// Whether a text is a name in XML.
pub fn is_name(text: &str) -> bool {
    let begins = |c: char| {
        matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
            | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
            | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}')
    };
    let goes_on = |c: char| {
        begins(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
    };
    let mut chars = text.chars();
    chars.next().is_some_and(begins) && chars.all(goes_on)
}
