//! A matrix to XML text.

use super::{ESCAPE, Options, Whitespace, is_name, spaced, xml_space};
use crate::array::{Array, Memory, Value, convert};
use crate::context::Context;
use crate::display::number;
use crate::error::{Fault, Result};
use crate::system::growing::{Growing, characters};

struct Row {
    level: usize,
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
}

impl Row {
    /// Whether it is markup, which is written as it is.
    fn is_markup(&self) -> bool {
        self.name.starts_with(['!', '?', '&'])
    }

    fn is_element(&self) -> bool {
        !self.name.is_empty() && !self.is_markup()
    }
}

/// The XML text of a matrix with three to five columns. DOMAIN ERROR if the matrix does not represent XML.
pub fn export(context: &Context, options: &Options, value: &Value) -> Result<Value> {
    let memory = context.memory();
    let [count, columns @ 3..=5] = *value.shape() else {
        return Err(Fault::domain().because("XML: a matrix of 3, 4 or 5 columns is wanted"));
    };
    let array = value.array(memory)?;
    let mut rows: Vec<Row> = memory.vec(count)?;
    for at in 0..count {
        context.poll()?;
        let row = row(context, &array, at, columns, rows.last())?;
        rows.push(row);
    }
    let mut writer = Writer { options, out: Growing::new(context), rows: &rows, open: Vec::new() };
    for at in 0..rows.len() {
        context.poll()?;
        writer.row(at)?;
    }
    writer.close_to(0)?;
    characters(context, &writer.out.text)
}

fn row(context: &Context, array: &Array, at: usize, columns: usize, last: Option<&Row>) -> Result<Row> {
    let memory = context.memory();
    let wrong = |what: &str| {
        let number = at as i64 + context.io();
        Fault::domain().because(format!("XML: {what} in row {number}"))
    };
    let level = convert::int(&array.item(at * columns)).ok().and_then(|level| usize::try_from(level).ok());
    let level = level.ok_or_else(|| wrong("level is not a count"))?;
    if level > last.map_or(0, |last| last.level + 1) {
        return Err(wrong("level goes up by more than 1"));
    }
    let name = convert::text(memory, &array.item(at * columns + 1)).map_err(|_| wrong("name is not a text"))?;
    let text = data(memory, &array.item(at * columns + 2)).map_err(|_| wrong("data is neither text nor number"))?;
    let mut attributes = Vec::new();
    if columns > 3 {
        let pairs = array.item(at * columns + 3);
        let items: Vec<Value> = match *pairs.shape() {
            [_, 2] | [2] => pairs.array(memory)?.items().collect(),
            _ if pairs.count() == 0 => Vec::new(),
            _ => return Err(wrong("attributes are pairs of name and value")),
        };
        for pair in items.chunks(2) {
            let [name, value] = pair else { continue };
            let name = convert::text(memory, name).map_err(|_| wrong("an attribute's name is not a text"))?;
            if !is_name(&name) {
                return Err(wrong("an attribute's name is none"));
            }
            let value = data(memory, value).map_err(|_| wrong("an attribute is neither text nor number"))?;
            attributes.push((name, value));
        }
    }
    let row = Row { level, name, text, attributes };
    if row.is_element() && !is_name(&row.name) {
        return Err(wrong("an element's name is none"));
    }
    Ok(row)
}

/// A text, or a number as `⎕PP←17` shows it.
fn data(memory: &Memory, value: &Value) -> Result<String> {
    if value.kind().is_numeric() && value.rank() == 0 {
        return Ok(number::text(convert::float(value)?, 17));
    }
    convert::text(memory, value)
}

struct Writer<'a> {
    options: &'a Options,
    out: Growing<'a>,
    rows: &'a [Row],
    /// The rows of the elements that are open, and whether blanks in them stay as they are.
    open: Vec<(usize, bool)>,
}

impl Writer<'_> {
    fn preserves(&self) -> bool {
        self.open.last().map_or(self.options.whitespace == Whitespace::Preserve, |open| open.1)
    }

    /// Blanks before a line at this depth.
    fn indent(&mut self, depth: usize) -> Result<()> {
        for _ in 0..depth {
            self.out.push("  ")?;
        }
        Ok(())
    }

    /// Ends elements until so many are open.
    fn close_to(&mut self, depth: usize) -> Result<()> {
        while self.open.len() > depth {
            let preserves = self.preserves();
            let Some((at, _)) = self.open.pop() else { return Ok(()) };
            if !preserves {
                self.indent(self.open.len())?;
            }
            if let Some(row) = self.rows.get(at) {
                self.out.push("</")?;
                self.out.push(&row.name)?;
                self.out.push(">")?;
            }
            if !self.preserves() {
                self.out.push("\n")?;
            }
        }
        Ok(())
    }

    fn row(&mut self, at: usize) -> Result<()> {
        let rows = self.rows;
        let Some(row) = rows.get(at) else { return Ok(()) };
        self.close_to(row.level.min(self.open.len()))?;
        let around = self.preserves();
        let has_children = rows.get(at + 1).is_some_and(|next| next.level > row.level);
        if !row.is_element() && has_children {
            return Err(Fault::domain().because("XML: something inside of what is no element"));
        }
        if row.is_markup() {
            if !around {
                self.indent(self.open.len())?;
            }
            self.out.push("<")?;
            self.out.push(&row.name)?;
            self.out.push(">")?;
        } else if row.is_element() {
            let preserve = xml_space(&row.attributes)?
                .map_or(around, |preserve| preserve || self.options.whitespace == Whitespace::Preserve);
            if !around {
                self.indent(self.open.len())?;
            }
            self.out.push("<")?;
            self.out.push(&row.name)?;
            for (name, value) in &row.attributes {
                self.out.push(" ")?;
                self.out.push(name)?;
                self.out.push("=\"")?;
                self.escaped(value, true)?;
                self.out.push("\"")?;
            }
            let text = self.spaced(&row.text, preserve);
            match (has_children, text.is_empty()) {
                (false, true) => self.out.push("/>")?,
                (false, false) => {
                    self.out.push(">")?;
                    self.escaped(&text, false)?;
                    self.out.push("</")?;
                    self.out.push(&row.name)?;
                    self.out.push(">")?;
                }
                (true, _) => {
                    self.out.push(">")?;
                    self.open.push((at, preserve));
                    if !preserve {
                        self.out.push("\n")?;
                    }
                    if !text.is_empty() {
                        if !preserve {
                            self.indent(self.open.len())?;
                        }
                        self.escaped(&text, false)?;
                        if !preserve {
                            self.out.push("\n")?;
                        }
                    }
                    return Ok(());
                }
            }
        } else {
            if !around {
                self.indent(self.open.len())?;
            }
            let text = self.spaced(&row.text, around);
            self.escaped(&text, false)?;
        }
        if around { Ok(()) } else { self.out.push("\n") }
    }

    fn spaced(&self, text: &str, preserve: bool) -> String {
        spaced(text, if preserve { Whitespace::Preserve } else { Whitespace::Strip })
    }

    /// A text with references for what would be markup.
    fn escaped(&mut self, text: &str, in_attribute: bool) -> Result<()> {
        for c in text.chars() {
            match c {
                '&' => self.out.push("&amp;")?,
                '<' => self.out.push("&lt;")?,
                '>' => self.out.push("&gt;")?,
                '"' if in_attribute => self.out.push("&quot;")?,
                '\n' | '\t' if in_attribute => self.out.push(&format!("&#{};", c as u32))?,
                '\r' => self.out.push("&#13;")?,
                ESCAPE if self.options.unknown => self.out.push("&")?,
                c => self.out.chars(&[c])?,
            }
        }
        Ok(())
    }
}
