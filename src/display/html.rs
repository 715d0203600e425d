//! Arrays as tables of HTML: a row for each row, a table in a cell for each nested array, and what is large shortened,
//! with more of it behind a line to click on.

use std::fmt::Write;

use super::layout::{is_simple, refers};
use super::{Block, format};
use crate::array::{Array, Type, Value, shape};
use crate::context::Context;
use crate::error::Result;

/// The rows and columns that are shown at once.
const SHOWN: Extent = Extent { rows: 24, columns: 16, planes: 4 };

/// Those that are shown on demand.
const MORE: Extent = Extent { rows: 500, columns: 100, planes: 20 };

/// Those of an array in an array.
const INSIDE: Extent = Extent { rows: 12, columns: 12, planes: 2 };

/// Cells of a whole display; beyond them, items are told by their shapes.
const CELLS: usize = 50_000;

/// Characters of a text that are shown.
const TEXT: usize = 2000;

/// How deep arrays are drawn in arrays.
const DEPTH: usize = 20;

/// A vector of more items is shortened too.
const VECTOR: usize = 1000;

/// How much of an array is shown.
#[derive(Clone, Copy)]
struct Extent {
    rows: usize,
    columns: usize,
    planes: usize,
}

/// A value as HTML; `None` where its text says as much: scalars, texts, short vectors, and arrays without items.
pub fn html(context: &Context, value: &Value) -> Result<Option<String>> {
    let simple = is_simple(value) && !refers(value);
    let long = value.count() > VECTOR && value.kind() != Type::Char;
    if value.is_simple_scalar() || value.count() == 0 || simple && value.rank() < 2 && !long {
        return Ok(None);
    }
    let value = value.clone().settled(context.memory())?;
    let mut page = Page { context, html: String::new(), left: CELLS };
    page.array(&value, SHOWN, 0)?;
    if SHOWN.leaves_out(value.shape()) && value.kind() != Type::Char {
        let _ = write!(page.html, "<details><summary>{}</summary>", more(value.shape()));
        page.array(&value, MORE, 0)?;
        if MORE.leaves_out(value.shape()) {
            page.html += "<p>The rest can be shown by indexing: <code>n↑x</code>, <code>x[i;j]</code>.</p>";
        }
        page.html += "</details>";
    }
    Ok(Some(page.html))
}

/// What the line to click on says.
fn more(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("shape {}: show more", lengths.join(" "))
}

impl Extent {
    /// Whether something of an array of this shape is left out.
    fn leaves_out(self, shape: &[usize]) -> bool {
        let [planes, rows, columns] = matrices(shape);
        planes > self.planes || rows > self.rows || columns > self.columns
    }
}

/// How many matrices an array consists of, and their rows and columns.
fn matrices(shape: &[usize]) -> [usize; 3] {
    match *shape {
        [] => [1, 1, 1],
        [columns] => [1, 1, columns],
        [ref planes @ .., rows, columns] => [shape::product(planes), rows, columns],
    }
}

/// What is written.
struct Page<'a> {
    context: &'a Context,
    html: String,
    /// The cells that there is room for.
    left: usize,
}

impl Page<'_> {
    fn array(&mut self, value: &Value, extent: Extent, depth: usize) -> Result<()> {
        let memory = self.context.memory();
        let array = value.array(memory)?;
        if array.is_empty() {
            return self.text(&summary(value));
        }
        if let Array::Char(characters) = &array {
            // Columns of characters are those of a text.
            let [planes, rows, columns] = matrices(value.shape());
            let plane = characters.as_slice().chunks(rows * columns).take(extent.planes);
            for plane in plane {
                let lines = plane.chunks(columns).take(MORE.rows);
                let text: Vec<String> = lines.map(|line| line.iter().take(TEXT).collect()).collect();
                self.html += "<pre style=\"margin:0;text-align:left\">";
                self.text(&text.join("\n"))?;
                self.html += "</pre>";
            }
            if planes > extent.planes || rows > MORE.rows || columns > TEXT {
                self.text(&summary(value))?;
            }
            return Ok(());
        }
        let [planes, rows, columns] = matrices(value.shape());
        for plane in 0..planes.min(extent.planes) {
            self.html += "<table style=\"border:1px solid;margin:2px\"><tbody>";
            for row in 0..rows.min(extent.rows) {
                self.html += "<tr>";
                for column in 0..columns.min(extent.columns) {
                    self.context.poll()?;
                    self.cell(&array.item((plane * rows + row) * columns + column), depth)?;
                }
                if columns > extent.columns {
                    self.html += "<td>…</td>";
                }
                self.html += "</tr>";
            }
            if rows > extent.rows {
                self.html += "<tr><td>⋮</td></tr>";
            }
            self.html += "</tbody></table>";
        }
        if planes > extent.planes {
            self.html += "<div>⋮</div>";
        }
        Ok(())
    }

    /// An item of an array in its cell.
    fn cell(&mut self, item: &Value, depth: usize) -> Result<()> {
        let align = if item.kind().is_numeric() && item.rank() == 0 { "right" } else { "left" };
        let _ = write!(self.html, "<td style=\"text-align:{align}\">");
        if self.left == 0 || depth > DEPTH {
            self.text(&summary(item))?;
        } else {
            self.left -= 1;
            let plain = item.is_simple_scalar() || item.rank() == 1 && matches!(item.kind(), Type::Char);
            match item {
                _ if item.count() == 0 => self.text(&summary(item))?,
                _ if plain => self.text(&written(self.context, item)?)?,
                _ => self.context.memory().deeper(|| self.array(item, INSIDE, depth + 1))?,
            }
        }
        self.html += "</td>";
        Ok(())
    }

    /// Text with the characters that mean something in HTML written otherwise.
    fn text(&mut self, text: &str) -> Result<()> {
        let memory = self.context.memory();
        memory.check(self.html.len() + text.len())?;
        for c in text.chars() {
            match c {
                '&' => self.html += "&amp;",
                '<' => self.html += "&lt;",
                '>' => self.html += "&gt;",
                '"' => self.html += "&quot;",
                c => self.html.push(c),
            }
        }
        Ok(())
    }
}

/// A scalar, or the beginning of a text.
fn written(context: &Context, item: &Value) -> Result<String> {
    let memory = context.memory();
    if let Value::Array(Array::Char(text)) = item {
        let mut shown: String = text.as_slice().iter().take(TEXT).collect();
        if text.len() > TEXT {
            shown.push('…');
        }
        return Ok(shown);
    }
    let block: Block = match format(context, item)? {
        Value::Char(c) => return Ok(c.to_string()),
        formatted => super::plain(context, &formatted)?,
    };
    memory.check(block.width())?;
    Ok(block.row(0).iter().collect::<String>().trim().to_owned())
}

/// What is told of an array that is not shown: its shape.
fn summary(value: &Value) -> String {
    match (value.shape(), value.kind()) {
        ([0], Type::Char) => "''".to_owned(),
        ([0], _) => "⍬".to_owned(),
        (shape, _) => {
            let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({}⍴…)", lengths.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    fn of(expression: &str) -> Option<String> {
        let mut session = Session::new();
        let value = session.eval(expression).unwrap();
        html(session.context(), &value).unwrap()
    }

    fn count(html: &str, part: &str) -> usize {
        html.matches(part).count()
    }

    #[test]
    fn what_text_shows_as_well_is_text() {
        for expression in ["5", "'a'", "'text'", "1 2 3", "⍬", "0 3⍴0", "(1000⍴0)"] {
            assert_eq!(of(expression), None, "{expression}");
        }
    }

    #[test]
    fn matrices_are_tables() {
        let table = of("2 3⍴¯1.5 2 3").unwrap();
        assert_eq!((count(&table, "<table"), count(&table, "<tr>"), count(&table, "<td ")), (1, 2, 6));
        assert!(table.contains("text-align:right\">¯1.5</td>"), "{table}");
        assert_eq!(count(&of("2 2 3⍴0").unwrap(), "<table"), 2);
        let characters = of("2 3⍴'a<b&c\"'").unwrap();
        assert!(characters.contains("a&lt;b\n&amp;c&quot;</pre>") && count(&characters, "<table") == 0);
    }

    #[test]
    fn nested_arrays_are_tables_in_tables() {
        let table = of("'one'(2 2⍴⍳4)(1 2 3)⍬").unwrap();
        assert_eq!((count(&table, "<table"), count(&table, "<td ")), (3, 4 + 4 + 3));
        assert!(table.contains(">one</td>") && table.contains(">⍬</td>"), "{table}");
        assert_eq!(count(&of("⊂1 2").unwrap(), "<table"), 2);
        let deep = of("{⊂⍵ 1}⍣100⊢0").unwrap();
        assert!(count(&deep, "<table") < 50, "{deep}");
    }

    #[test]
    fn large_arrays_are_shortened() {
        let table = of("100 50⍴⍳9").unwrap();
        let (first, rest) = table.split_once("<details>").unwrap();
        assert_eq!((count(first, "<td "), count(first, "…"), count(first, "⋮")), (24 * 16, 24, 1));
        assert!(rest.contains("shape 100 50: show more") && count(rest, "<td ") == 5000, "{rest}");
        let huge = of("10000 1000⍴⍳9").unwrap();
        assert!(count(&huge, "<td ") <= CELLS + 400 && huge.contains("n↑x"));
        assert!(of("2000⍴1").is_some());
        assert!(huge.len() < 4_000_000 && of("30⍴⊂1000 1000⍴5").unwrap().len() < 4_000_000);
    }
}
