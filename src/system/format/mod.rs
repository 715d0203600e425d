//! `⎕FMT`: arrays as character matrices, by a format specification or as the session would show them.
//!
//! The specification is read by [`grammar`], one number is written by [`field`]; here columns meet phrases.

mod field;
mod grammar;
mod pattern;

use super::Call;
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::display::{self, Block};
use crate::error::{ErrorKind, Fault, Result};
use field::Field;
use grammar::{Data, Edit, Phrase};

/// `⎕FMT Y`: the display of `Y` as a character matrix. `X ⎕FMT Y`: columns of numbers and characters by the
/// specification `X`. FORMAT ERROR if it is not valid, or not for the type of the data. Dyalog: Format.
pub fn format(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let Some(left) = left else { return shown(context, &right) };
    if left.rank() > 1 {
        return Err(Fault::misshapen("a specification in a vector", left.shape()));
    }
    let specification: Vec<char> = match left.array(context.memory())? {
        Array::Char(chars) => chars.as_slice().to_vec(),
        _ => return Err(Fault::domain().with_detail("a format specification is a character vector")),
    };
    let phrases = grammar::parse(context, &specification)?;
    let columns = columns(context, &right)?;
    let placed = place(context, &phrases, columns)?;
    paint(context, &placed)
}

/// The display of an array, with backspaces, line feeds and line ends of a text obeyed.
fn shown(context: &Context, value: &Value) -> Result<Value> {
    let memory = context.memory();
    if let Value::Array(Array::Char(chars)) = value
        && chars.rank() == 1
        && chars.as_slice().iter().any(|c| matches!(c, '\u{8}' | '\n' | '\r'))
    {
        return typed(context, chars.as_slice());
    }
    let block = display::plain(context, value)?;
    let shape = [block.height(), block.width()];
    block.into_value(memory, &shape)
}

/// A text as a terminal would type it: a backspace goes back, a line feed down, a line end to the next line's start.
fn typed(context: &Context, text: &[char]) -> Result<Value> {
    let walk = |put: &mut dyn FnMut(usize, usize, char)| -> Result<()> {
        let (mut row, mut column, mut last) = (0, 0usize, ' ');
        context.chunks(text.len(), |range| {
            for &c in &text[range] {
                match c {
                    '\u{8}' => column = column.saturating_sub(1),
                    '\n' if last == '\r' => {}
                    '\n' => row += 1,
                    '\r' => (row, column) = (row + 1, 0),
                    _ => {
                        put(row, column, c);
                        column += 1;
                    }
                }
                last = c;
            }
            Ok(())
        })
    };
    let (mut height, mut width) = (0, 0);
    walk(&mut |row, column, _| (height, width) = (height.max(row + 1), width.max(column + 1)))?;
    let mut block = Block::blank(context.memory(), height, width)?;
    walk(&mut |row, column, c| block.put(row, column, c))?;
    block.into_value(context.memory(), &[height, width])
}

/// A column of the data.
struct Column {
    source: usize,
    /// The column's number in its array, and how many there are.
    at: usize,
    of: usize,
}

/// The data: arrays of characters or of numbers, and all their columns from left to right.
struct Columns {
    arrays: Vec<Source>,
    columns: Vec<Column>,
    rows: usize,
}

enum Source {
    Numbers(Vec<f64>),
    Characters(Vec<char>),
}

fn columns(context: &Context, value: &Value) -> Result<Columns> {
    let memory = context.memory();
    let array = value.array(memory)?;
    let mut found = Columns { arrays: Vec::new(), columns: Vec::new(), rows: 0 };
    match &array {
        Array::Nested(items) => {
            if items.rank() > 1 {
                return Err(Fault::misshapen("a vector of arrays", items.shape()));
            }
            let mut pace = context.pace();
            for item in items.as_slice() {
                pace.step(1)?;
                found.add(context, &item.array(memory)?)?;
            }
        }
        simple => found.add(context, simple)?,
    }
    Ok(found)
}

impl Columns {
    /// A scalar is a column of one row, a vector one column.
    fn add(&mut self, context: &Context, array: &Array) -> Result<()> {
        let memory = context.memory();
        let (rows, of) = match *array.shape() {
            [] => (1, 1),
            [rows] => (rows, 1),
            [rows, of] => (rows, of),
            ref shape => return Err(Fault::misshapen("a scalar, vector or matrix", shape)),
        };
        let source = match array {
            Array::Char(chars) => {
                memory.check(chars.len() * 4)?;
                Source::Characters(chars.as_slice().to_vec())
            }
            _ => {
                memory.check(array.len() * 8)?;
                let numbers = convert::floats(memory, array).map_err(|fault| {
                    fault.with_detail("⎕FMT takes arrays that are all characters or all real numbers")
                })?;
                Source::Numbers(numbers.into_owned())
            }
        };
        memory.check(of.saturating_mul(2 * size_of::<Column>()))?;
        self.columns.extend((0..of).map(|at| Column { source: self.arrays.len(), at, of }));
        self.arrays.push(source);
        self.rows = self.rows.max(rows);
        Ok(())
    }
}

/// What stands in a field of the result.
enum Content<'a> {
    Text(&'a [char]),
    Column(Column, &'a Data),
}

struct Placed<'a> {
    from: usize,
    width: usize,
    content: Content<'a>,
}

struct Page<'a> {
    arrays: Vec<Source>,
    rows: usize,
    width: usize,
    placed: Vec<Placed<'a>>,
}

fn unfit(why: &'static str) -> Fault {
    Fault::new(ErrorKind::Format).with_detail(why)
}

/// Goes through the phrases, over and over, until each column has met one; then on to the end of the last round as far
/// as phrases need no data.
fn place<'a>(context: &Context, phrases: &'a [Phrase], data: Columns) -> Result<Page<'a>> {
    let Columns { arrays, columns, rows } = data;
    let mut page = Page { arrays, rows, width: 0, placed: Vec::new() };
    let mut columns = columns.into_iter().peekable();
    // Where the open groups began, and how often each is still to be done.
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut position, mut used) = (0, 0usize, false);
    let mut pace = context.pace();
    loop {
        pace.step(1)?;
        let Some(phrase) = phrases.get(at) else {
            if columns.peek().is_none() {
                return Ok(page);
            }
            if !std::mem::take(&mut used) {
                return Err(unfit("no phrase of the specification takes data"));
            }
            at = 0;
            continue;
        };
        at += 1;
        match phrase {
            Phrase::Open(count) => groups.push((at, *count)),
            Phrase::Close => {
                // The grammar pairs them. With nothing left a group is not begun again.
                if let Some((begin, left)) = groups.pop()
                    && left > 1
                    && columns.peek().is_some()
                {
                    groups.push((begin, left - 1));
                    at = begin;
                }
            }
            Phrase::Edit(edit) => {
                position = match *edit {
                    Edit::To(0) => page.width,
                    Edit::To(column) => column - 1,
                    Edit::By(distance) => {
                        let moved = i64::try_from(position).ok().and_then(|at| at.checked_add(distance));
                        moved.and_then(|at| usize::try_from(at).ok()).ok_or_else(|| unfit("left of the left margin"))?
                    }
                };
            }
            Phrase::Text(count, text) => {
                for _ in 0..*count {
                    pace.step(1)?;
                    page.put(context, &mut position, text.len(), Content::Text(text))?;
                }
            }
            Phrase::Data(count, data) => {
                used = true;
                for _ in 0..*count {
                    pace.step(1)?;
                    let Some(column) = columns.next() else { return Ok(page) };
                    page.put(context, &mut position, data.width, Content::Column(column, data))?;
                }
            }
        }
    }
}

impl<'a> Page<'a> {
    fn put(&mut self, context: &Context, position: &mut usize, width: usize, content: Content<'a>) -> Result<()> {
        let end = position.checked_add(width).ok_or_else(Fault::ws_full)?;
        if self.placed.len() == self.placed.capacity() {
            let more = self.placed.len().max(16);
            context.memory().check(more.saturating_mul(2 * size_of::<Placed>()))?;
            self.placed.try_reserve(more).map_err(|_| Fault::ws_full())?;
        }
        self.placed.push(Placed { from: *position, width, content });
        *position = end;
        self.width = self.width.max(end);
        Ok(())
    }
}

/// What comes later covers what stands there already.
fn paint(context: &Context, page: &Page) -> Result<Value> {
    let memory = context.memory();
    let mut block = Block::blank(memory, page.rows, page.width)?;
    let mut pace = context.pace();
    for Placed { from, width, content } in &page.placed {
        match content {
            Content::Text(text) => {
                for row in 0..page.rows {
                    pace.step(text.len().max(1))?;
                    block.write(row, *from, text.iter().copied());
                }
            }
            Content::Column(column, data) => match &page.arrays[column.source] {
                Source::Characters(chars) => {
                    let cells = chars.iter().skip(column.at).step_by(column.of.max(1));
                    let mut cells = cells.copied();
                    for row in 0..page.rows {
                        pace.step(*width)?;
                        let span = block.span(row, *from, *width);
                        span.fill(' ');
                        if let Some(c) = cells.next() {
                            field::character(data, c, span)?;
                        }
                    }
                }
                Source::Numbers(numbers) => {
                    memory.check(width.saturating_mul(4))?;
                    let cells = numbers.iter().skip(column.at).step_by(column.of.max(1)).copied();
                    let writer = Field::new(context, data, cells.clone())?;
                    let mut cells = cells;
                    for row in 0..page.rows {
                        pace.step(*width)?;
                        let span = block.span(row, *from, *width);
                        span.fill(' ');
                        if let Some(x) = cells.next() {
                            writer.write(x, span)?;
                        }
                    }
                }
            },
        }
    }
    block.into_value(memory, &[page.rows, page.width])
}
