//! XML text to a matrix.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{
    CHILD, COMMENT, ELEMENT, ESCAPE, INSTRUCTION, MARKUP, Options, TEXT, Whitespace, is_name, spaced, xml_space,
};
use crate::array::{Array, Element, Value};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::growing::{Growing, Items, characters};

/// The matrix of a text. DOMAIN ERROR where it is no XML.
pub fn import(context: &Context, options: &Options, text: &str) -> Result<Value> {
    let mut uniform = Growing::new(context);
    for (k, part) in text.split('\r').enumerate() {
        if k > 0 && !part.starts_with('\n') {
            uniform.push("\n")?;
        }
        uniform.push(part)?;
    }
    let text = uniform.text;
    let empty = context.text("")?;
    let none: Value = Array::from_items(context.memory(), &[0, 2], Vec::new(), || empty.clone())?.into();
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut builder =
        Builder { context, options, rows: Vec::new(), open: Vec::new(), data: Growing::new(context), empty, none };
    loop {
        context.poll()?;
        let begin = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| wrong(error.to_string()))?;
        let end = reader.buffer_position() as usize;
        match event {
            Event::Start(tag) => builder.begin(&tag)?,
            Event::End(_) => builder.end()?,
            Event::Text(data) => builder.data.push(&data)?,
            Event::CData(data) => builder.data.push(&data)?,
            Event::GeneralRef(reference) => builder.reference(&reference)?,
            Event::Comment(_) => builder.markup(COMMENT, text.get(begin..end))?,
            Event::Decl(_) | Event::PI(_) => builder.markup(INSTRUCTION, text.get(begin..end))?,
            Event::DocType(_) => builder.markup(MARKUP, text.get(begin..end))?,
            Event::Empty(_) => return Err(Fault::internal("an empty element that was not expanded")),
            Event::Eof => break,
        }
    }
    builder.text()?;
    if !builder.open.is_empty() {
        return Err(wrong("an element does not end"));
    }
    builder.into_value()
}

fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::domain().because(format!("XML: {what}"))
}

struct Row {
    level: usize,
    name: Value,
    text: Value,
    attributes: Value,
    kind: i32,
}

/// An element that is open.
struct Open {
    row: usize,
    /// What it contains so far.
    contains: i32,
    children: usize,
    preserve: bool,
}

struct Builder<'a> {
    context: &'a Context,
    options: &'a Options,
    rows: Vec<Row>,
    open: Vec<Open>,
    /// Character data since the last tag.
    data: Growing<'a>,
    empty: Value,
    none: Value,
}

impl Builder<'_> {
    fn row(&mut self, name: Value, text: Value, attributes: Value, kind: i32) -> Result<()> {
        if self.rows.len() == self.rows.capacity() {
            let more = self.rows.len().max(16);
            self.context.memory().check((self.rows.len() + more) * (size_of::<Row>() + 3 * Value::COST))?;
            self.rows.try_reserve_exact(more).map_err(|_| Fault::ws_full())?;
        }
        self.rows.push(Row { level: self.open.len(), name, text, attributes, kind });
        if let Some(parent) = self.open.last_mut() {
            parent.contains |= if kind == ELEMENT { CHILD } else { kind };
            parent.children += 1;
        }
        Ok(())
    }

    /// The character data so far as a row.
    fn text(&mut self) -> Result<()> {
        let data = std::mem::take(&mut self.data.text);
        if data.is_empty() {
            return Ok(());
        }
        let preserve = self.open.last().is_some_and(|open| open.preserve);
        let text = match (preserve, self.open.is_empty()) {
            (true, _) => data,
            // Blanks around the outermost element are ignored.
            (false, true) => spaced(&data, Whitespace::Strip),
            (false, false) => spaced(&data, self.options.whitespace),
        };
        if text.is_empty() {
            return Ok(());
        }
        if self.open.is_empty() {
            return Err(wrong("text outside of elements"));
        }
        let text = characters(self.context, &text)?;
        self.row(self.empty.clone(), text, self.none.clone(), TEXT)
    }

    fn reference(&mut self, reference: &str) -> Result<()> {
        let mut data = std::mem::replace(&mut self.data, Growing::new(self.context));
        self.resolve(reference, &mut data)?;
        self.data = data;
        Ok(())
    }

    /// The character that a reference stands for, without its `&` and `;`.
    fn resolve(&self, reference: &str, out: &mut Growing) -> Result<()> {
        let c = match reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.strip_prefix('#').and_then(|code| {
                let code = match code.strip_prefix('x') {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => code.parse(),
                };
                char::from_u32(code.ok()?)
            }),
        };
        match c {
            Some(c) => out.chars(&[c]),
            None if self.options.unknown => {
                out.chars(&[ESCAPE])?;
                out.push(reference)?;
                out.push(";")
            }
            None => out.push("?"),
        }
    }

    fn begin(&mut self, tag: &BytesStart) -> Result<()> {
        self.text()?;
        let name = tag.name();
        let name: &str = name.as_ref();
        if !is_name(name) {
            return Err(wrong(format!("{name} is no name")));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(wrong)?;
            let mut value = Growing::new(self.context);
            let mut parts = attribute.value.split('&');
            value.push(parts.next().unwrap_or(""))?;
            for part in parts {
                let (reference, rest) = part.split_once(';').ok_or_else(|| wrong("an & without ;"))?;
                self.resolve(reference, &mut value)?;
                value.push(rest)?;
            }
            let key: &str = attribute.key.as_ref();
            pairs.push((key.to_string(), value.text));
        }
        let before = self.open.last().map_or(self.options.whitespace == Whitespace::Preserve, |open| open.preserve);
        let preserve = match xml_space(&pairs)? {
            None => before,
            Some(preserve) => preserve || self.options.whitespace == Whitespace::Preserve,
        };
        let attributes = match pairs.is_empty() {
            true => self.none.clone(),
            false => {
                let mut items = Items::new(self.context);
                for (name, value) in &pairs {
                    items.push(characters(self.context, name)?)?;
                    items.push(characters(self.context, value)?)?;
                }
                let shape = [pairs.len(), 2];
                Array::from_items(self.context.memory(), &shape, items.into_vec(), || Value::Int(0))?.into()
            }
        };
        let name = characters(self.context, name)?;
        self.row(name, self.empty.clone(), attributes, ELEMENT)?;
        self.context.memory().check(2 * self.open.len() * size_of::<Open>())?;
        self.open.push(Open { row: self.rows.len() - 1, contains: 0, children: 0, preserve });
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.text()?;
        let open = self.open.pop().ok_or_else(|| wrong("an end without a beginning"))?;
        // Text that is all there is stands beside its element.
        let text = match open.contains == TEXT && open.children == 1 {
            true => self.rows.pop().map(|row| row.text),
            false => None,
        };
        if let Some(row) = self.rows.get_mut(open.row) {
            row.kind |= open.contains;
            if let Some(text) = text {
                row.text = text;
            }
        }
        Ok(())
    }

    /// Markup that is not an element, with its brackets.
    fn markup(&mut self, kind: i32, raw: Option<&str>) -> Result<()> {
        if !self.options.markup {
            return Ok(());
        }
        self.text()?;
        let raw = raw.unwrap_or("").trim();
        let inside = raw.strip_prefix('<').and_then(|raw| raw.strip_suffix('>')).unwrap_or(raw);
        let inside = characters(self.context, inside)?;
        self.row(inside, self.empty.clone(), self.none.clone(), kind)
    }

    fn into_value(self) -> Result<Value> {
        let count = self.rows.len();
        let mut items = Items::new(self.context);
        for row in self.rows {
            for cell in [Value::from(row.level), row.name, row.text, row.attributes, Value::Int(row.kind)] {
                items.push(cell)?;
            }
        }
        Ok(Array::from_items(self.context.memory(), &[count, 5], items.into_vec(), || Value::Int(0))?.into())
    }
}
