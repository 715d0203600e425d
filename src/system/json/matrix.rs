//! JSON as a matrix: a row for each part, with its depth, its name in an object, its value and its type.

use super::reader::Builder;
use super::{Options, is_null, raw_text};
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::growing::Items;

/// Types of parts, as the last column has them.
pub const OBJECT: i32 = 1;
/// See [`OBJECT`].
pub const ARRAY: i32 = 2;
/// See [`OBJECT`].
pub const NUMBER: i32 = 3;
/// See [`OBJECT`].
pub const STRING: i32 = 4;
/// See [`OBJECT`].
pub const NULL: i32 = 5;
/// See [`OBJECT`].
pub const WORD: i32 = 6;
/// See [`OBJECT`].
pub const RAW: i32 = 7;

/// Format M on import.
pub struct Rows<'a> {
    context: &'a Context,
    options: &'a Options,
    cells: Items<'a>,
    depth: usize,
    name: Option<String>,
}

impl<'a> Rows<'a> {
    /// No rows yet.
    pub fn new(context: &'a Context, options: &'a Options) -> Rows<'a> {
        Rows { context, options, cells: Items::new(context), depth: 0, name: None }
    }

    fn row(&mut self, value: Value, kind: i32) -> Result<()> {
        let name = self.context.text(self.name.take().as_deref().unwrap_or(""))?;
        for cell in [Value::from(self.depth), name, value, Value::Int(kind)] {
            self.cells.push(cell)?;
        }
        Ok(())
    }

    /// The matrix.
    pub fn into_value(self) -> Result<Value> {
        let shape = [self.cells.len() / 4, 4];
        Ok(Array::from_items(self.context.memory(), &shape, self.cells.into_vec(), || Value::Int(0))?.into())
    }
}

impl Builder for Rows<'_> {
    fn begin(&mut self, object: bool) -> Result<()> {
        let empty = self.context.text("")?;
        self.row(empty, if object { OBJECT } else { ARRAY })?;
        self.depth += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn member(&mut self, name: &str) -> Result<()> {
        self.name = Some(name.to_string());
        Ok(())
    }

    fn number(&mut self, x: f64) -> Result<()> {
        self.row(convert::scalar(x), NUMBER)
    }

    fn string(&mut self, text: &str) -> Result<()> {
        let value = self.context.text(text)?;
        self.row(value, STRING)
    }

    fn null(&mut self) -> Result<()> {
        self.row(self.options.null.clone(), NULL)
    }

    fn word(&mut self, word: &str) -> Result<()> {
        let value = self.context.text(word)?.enclose(self.context.memory())?;
        self.row(value, WORD)
    }
}

/// A row of a matrix that is to be written.
pub struct Row {
    /// How deep the part lies.
    pub depth: usize,
    /// Its name in an object.
    pub name: String,
    /// What it is.
    pub part: Part,
}

/// What a row stands for.
pub enum Part {
    /// An object, whose members follow deeper.
    Object,
    /// An array, whose items follow deeper.
    Array,
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// Text that is written as it is.
    Raw(String),
}

/// The rows of a matrix. DOMAIN ERROR where a value is not of its type or depths do not make a tree.
pub fn rows(context: &Context, value: &Value) -> Result<Vec<Row>> {
    let memory = context.memory();
    let [count, 4] = *value.shape() else {
        return Err(Fault::domain().because("JSON export: the right argument is not a matrix of four columns"));
    };
    let array = value.array(memory)?;
    let mut rows: Vec<Row> = memory.vec(count)?;
    for at in 0..count {
        context.poll()?;
        let wrong = |what: &str| {
            let number = at as i64 + context.io();
            Fault::domain().because(format!("JSON export: {what} in row {number} (⎕IO={})", context.io()))
        };
        let unfit = || wrong("value does not match the specified type");
        let [depth, name, value, kind] = [0, 1, 2, 3].map(|k| array.item(4 * at + k));
        let depth = convert::int(&depth).ok().and_then(|depth| usize::try_from(depth).ok());
        let depth = depth.ok_or_else(|| wrong("depth is not a count"))?;
        let fits = match rows.last() {
            None => depth == 0,
            Some(last) => {
                let open = matches!(last.part, Part::Object | Part::Array);
                depth > 0 && depth <= last.depth + usize::from(open)
            }
        };
        if !fits {
            return Err(wrong("depth does not fit"));
        }
        let name = convert::text(memory, &name).map_err(|_| wrong("name is not a text"))?;
        let kind = convert::int(&kind).ok().and_then(|kind| i32::try_from(kind).ok()).unwrap_or(0);
        let part = match kind {
            OBJECT | ARRAY if value.count() > 0 => return Err(unfit()),
            OBJECT => Part::Object,
            ARRAY => Part::Array,
            NUMBER if value.rank() == 0 => Part::Number(convert::float(&value).map_err(|_| unfit())?),
            STRING => match &value {
                Value::Char(_) | Value::Array(Array::Char(_)) => {
                    Part::Text(convert::text(memory, &value).map_err(|_| unfit())?)
                }
                empty if empty.count() == 0 && empty.rank() == 1 => Part::Text(String::new()),
                _ => return Err(unfit()),
            },
            NULL if is_null(context, &value)? => Part::Raw("null".to_string()),
            WORD | RAW => Part::Raw(raw_text(context, &value)?.ok_or_else(unfit)?),
            NUMBER | NULL => return Err(unfit()),
            _ => return Err(wrong("type is unknown")),
        };
        rows.push(Row { depth, name, part });
    }
    Ok(rows)
}
