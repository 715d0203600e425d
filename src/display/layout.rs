//! The layout of arrays without boxes: what `⍕` gives and the session prints.
//!
//! First every array is measured, items before the arrays that contain them, then all are drawn on one block. So the time
//! is linear in the size of the result, also for deep arrays. `⎕PW` and boxes are handled elsewhere.
//!
//! The rules are Dyalog's, see "Display of Arrays" in its documentation. Numbers of a column are aligned on their
//! points, and a column with a number is set right, any other left. A column is nested if an item in it is not a simple
//! scalar: then items and characters in it have a blank on either side, numbers one behind and, unless the column is the
//! first, one in front. Between two columns stands a further blank where one of them is not nested and has a number.

use super::block::Block;
use super::column::{Align, write};
use super::number;
use super::wide::{Clusters, is_narrow};
use crate::array::shape::{self, Shape};
use crate::array::{Array, Reference, Type, Value};
use crate::context::Context;
use crate::error::{Fault, Result};

/// An array laid out, ready to be painted.
pub struct Layout {
    plans: Vec<Plan>,
    /// Characters at which a line may be broken, where numbers must not be torn; empty where it may be anywhere.
    pub breaks: Vec<usize>,
    /// The whole array is a vector or scalar and so are all its items.
    pub is_line: bool,
}

/// One array, measured.
struct Plan {
    height: usize,
    width: usize,
    body: Body,
}

enum Body {
    /// Characters as they are; the rows' places.
    Text(Array, Vec<usize>),
    /// Numbers in a row, one blank between them.
    Line(Numerals),
    /// Columns of numbers, characters and items.
    Table(Table),
}

struct Table {
    numerals: Numerals,
    /// What stands where, in ravel order; numbers only where there are none.
    cells: Vec<Cell>,
    columns: Vec<Column>,
    /// The top line of each row.
    tops: Vec<usize>,
}

#[derive(Clone, Copy)]
enum Cell {
    Number(usize),
    Char(char),
    Item(usize),
}

#[derive(Clone, Default)]
struct Column {
    numbers: Align,
    /// It holds a number.
    numeric: bool,
    /// It holds an item that isn't a simple scalar.
    nested: bool,
    start: usize,
    /// The width of its widest item or character at first, with blanks and numbers once it has its place.
    width: usize,
}

impl Column {
    /// The column of a simple array of numbers, or one like it: a blank stands on either side.
    fn is_apart(&self) -> bool {
        self.numeric && !self.nested
    }

    /// How far from the start of the column something of a width begins.
    fn indent(&self, width: usize) -> usize {
        let behind = usize::from(self.nested);
        if self.numeric { self.width.saturating_sub(width + behind) } else { behind }
    }
}

/// Numbers that are written between two polls: each takes as long as many elements of other work.
const NUMBERS: usize = 1 << 12;

/// Texts of numbers, one behind the other.
#[derive(Default)]
struct Numerals {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Numerals {
    fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or(&[])
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Appends the `count` numbers that `push` makes of their positions.
    fn extend(&mut self, context: &Context, count: usize, mut push: impl FnMut(usize, &mut Vec<u8>)) -> Result<()> {
        context.memory().check(count.saturating_mul(12))?;
        self.ends.try_reserve(count).map_err(|_| Fault::ws_full())?;
        for start in (0..count).step_by(NUMBERS) {
            context.poll()?;
            // Buffers double as they grow.
            context.memory().check(2 * self.text.len())?;
            for at in start..count.min(start + NUMBERS) {
                push(at, &mut self.text);
                self.end();
            }
        }
        Ok(())
    }

    /// All numbers of a simple numeric array.
    fn of(context: &Context, array: &Array, digits: usize) -> Result<Numerals> {
        let mut all = Numerals::default();
        let count = array.len();
        match array {
            Array::Bool(a) => {
                let data = a.as_slice();
                all.extend(context, count, |at, out| out.push(b'0' + u8::from(data[at])))?;
            }
            Array::Int(a) => {
                let data = a.as_slice();
                all.extend(context, count, |at, out| number::push_int(out, data[at]))?;
            }
            Array::Float(a) => {
                let data = a.as_slice();
                all.extend(context, count, |at, out| number::push_real(out, data[at], digits))?;
            }
            Array::Complex(a) => {
                let data = a.as_slice();
                all.extend(context, count, |at, out| number::push_complex(out, data[at], digits))?;
            }
            Array::Char(_) | Array::Ref(_) | Array::Nested(_) => {}
        }
        Ok(all)
    }
}

/// Lays out an array; with `gaps`, blank lines separate the planes of simple arrays too, as they always do in items.
/// `clusters`, where there are any, count columns of the terminal and not characters.
pub fn layout(context: &Context, value: &Value, gaps: bool, clusters: Option<&Clusters>) -> Result<Layout> {
    let mut maker = Maker { context, clusters, digits: context.pp(), plans: Vec::new(), is_line: true };
    let root = maker.plan(value, gaps)?;
    let breaks = maker.breaks(root)?;
    Ok(Layout { plans: maker.plans, breaks, is_line: maker.is_line })
}

struct Maker<'a> {
    context: &'a Context,
    clusters: Option<&'a Clusters>,
    digits: usize,
    plans: Vec<Plan>,
    is_line: bool,
}

impl Maker<'_> {
    fn add(&mut self, plan: Plan) -> Result<usize> {
        if self.plans.len() == self.plans.capacity() {
            self.context.memory().check(2 * self.plans.len() * size_of::<Plan>())?;
        }
        self.plans.push(plan);
        Ok(self.plans.len() - 1)
    }

    /// Measures an array and its items; its place among the plans.
    fn plan(&mut self, value: &Value, gaps: bool) -> Result<usize> {
        let array = value.array(self.context.memory())?;
        self.is_line &= array.rank() < 2;
        let plan = match &array {
            Array::Char(chars) => {
                let array = match self.clusters {
                    Some(clusters) => clusters.widened(self.context.memory(), chars)?.unwrap_or(array),
                    None => array,
                };
                let (tops, height) = tops(self.context, array.shape(), gaps, None)?;
                Plan { height, width: columns(array.shape()), body: Body::Text(array, tops) }
            }
            Array::Ref(references) if array.rank() == 0 => {
                let text = references.as_slice().first().map(Reference::text).unwrap_or_default();
                if text.contains('\n') {
                    let block = Block::of_text(self.context.memory(), &text)?;
                    let shape = [block.height(), block.width()];
                    return self.plan(&block.into_value(self.context.memory(), &shape)?, gaps);
                }
                return self.plan(&self.context.text(&text)?, gaps);
            }
            Array::Ref(_) => self.mixed(&array, true)?,
            Array::Nested(_) => {
                let gaps = gaps || array.items().any(|item| !item.is_simple_scalar());
                self.mixed(&array, gaps)?
            }
            _ if array.rank() < 2 => {
                let numerals = Numerals::of(self.context, &array, self.digits)?;
                let width = numerals.text.len() + numerals.len().saturating_sub(1);
                Plan { height: 1, width, body: Body::Line(numerals) }
            }
            _ => self.numeric(&array, gaps)?,
        };
        self.add(plan)
    }

    /// A simple numeric matrix or array of higher rank.
    fn numeric(&mut self, array: &Array, gaps: bool) -> Result<Plan> {
        let context = self.context;
        let count = columns(array.shape());
        let (tops, height) = tops(context, array.shape(), gaps, None)?;
        let mut numerals = Numerals::of(context, array, self.digits)?;
        let mut columns = blank_columns(context, if tops.is_empty() { 0 } else { count })?;
        for column in &mut columns {
            column.numeric = true;
        }
        context.chunks(numerals.len(), |range| {
            for at in range {
                if let Some(column) = columns.get_mut(at % count) {
                    column.numbers.see(numerals.get(at));
                }
            }
            Ok(())
        })?;
        if columns.iter().any(|column| column.numbers.wants_scaling()) {
            numerals = self.scaled(array, &mut columns, |at| Some(at % count), &numerals)?;
        }
        let width = place(&mut columns);
        Ok(Plan { height, width, body: Body::Table(Table { numerals, cells: Vec::new(), columns, tops }) })
    }

    /// An array of boxes, or of characters beside numbers.
    fn mixed(&mut self, array: &Array, gaps: bool) -> Result<Plan> {
        let context = self.context;
        // In a vector, every item is a column.
        let count = if array.rank() == 0 { 1 } else { columns(array.shape()) };
        let rows = if array.rank() < 2 { 1 } else { rows(array.shape()) };
        let mut columns = blank_columns(context, count)?;
        let mut cells: Vec<Cell> = context.memory().vec(array.len())?;
        let mut heights = context.memory().filled(rows, 1)?;
        let mut numerals = Numerals::default();
        for (at, item) in array.items().enumerate() {
            if at.is_multiple_of(256) {
                context.poll()?;
                context.memory().check(2 * numerals.text.len())?;
            }
            let Some(column) = columns.get_mut(at % count) else { break };
            // What a reference is displayed as takes the room of a text in a box.
            if let Some(code) = item.reference().and_then(Reference::code) {
                let plan = self.plan(&context.text(&format!("∇{}", code.name))?, true)?;
                column.width = column.width.max(self.plans.get(plan).map_or(0, |plan| plan.width));
                column.nested = true;
                cells.push(Cell::Item(plan));
                continue;
            }
            if !item.is_simple_scalar() || item.kind() == Type::Ref {
                let plan = context.memory().deeper(|| self.plan(&item, true))?;
                if let (Some(height), Some(plan)) = (heights.get_mut(at / count), self.plans.get(plan)) {
                    *height = plan.height.max(*height);
                    column.width = column.width.max(plan.width);
                }
                column.nested = true;
                cells.push(Cell::Item(plan));
                continue;
            }
            match &item {
                Value::Char(c) if self.clusters.is_some() && !is_narrow(*c) => {
                    let plan = self.plan(&item, true)?;
                    let width = self.plans.get(plan).map_or(0, |plan| plan.width);
                    column.width = column.width.max(width);
                    cells.push(Cell::Item(plan));
                    continue;
                }
                Value::Char(c) => {
                    cells.push(Cell::Char(*c));
                    column.width = column.width.max(1);
                    continue;
                }
                Value::Bool(b) => numerals.text.push(b'0' + u8::from(*b)),
                Value::Int(n) => number::push_int(&mut numerals.text, *n),
                Value::Float(x) => number::push_real(&mut numerals.text, *x, self.digits),
                Value::Array(Array::Complex(z)) => {
                    number::push_complex(
                        &mut numerals.text,
                        z.as_slice().first().copied().unwrap_or_default(),
                        self.digits,
                    );
                }
                _ => {}
            }
            numerals.end();
            column.numeric = true;
            column.numbers.see(numerals.get(numerals.len() - 1));
            cells.push(Cell::Number(numerals.len() - 1));
        }
        if rows > 1 && columns.iter().any(|column| column.numbers.wants_scaling()) {
            let number = |at: usize| matches!(cells.get(at), Some(Cell::Number(_))).then_some(at % count);
            numerals = self.scaled(array, &mut columns, number, &numerals)?;
        }
        let (tops, height) = tops(context, array.shape(), gaps, Some(&heights))?;
        let width = place(&mut columns);
        Ok(Plan { height, width, body: Body::Table(Table { numerals, cells, columns, tops }) })
    }

    /// The texts of all numbers once more, scaled in the columns that want it. `number` tells the column of the
    /// number at a position, and that there is one.
    fn scaled(
        &self,
        array: &Array,
        columns: &mut [Column],
        number: impl Fn(usize) -> Option<usize>,
        plain: &Numerals,
    ) -> Result<Numerals> {
        let context = self.context;
        let real = |at: usize| match array.item(at) {
            Value::Bool(b) => f64::from(u8::from(b)),
            Value::Int(n) => f64::from(n),
            Value::Float(x) => x,
            _ => 0.0,
        };
        // The most digits that a number of the column needs; 0 where the column isn't scaled.
        let mut digits = context.memory().filled(columns.len(), 0)?;
        for (places, column) in digits.iter_mut().zip(columns.iter_mut()) {
            if column.numbers.wants_scaling() {
                *places = 1;
                column.numbers = Align::of_scaled();
            }
        }
        context.chunks(array.len(), |range| {
            for at in range {
                if let Some(places) = number(at).and_then(|column| digits.get_mut(column)).filter(|places| **places > 0)
                {
                    *places = number::scaled_digits(real(at), self.digits).max(*places);
                }
            }
            Ok(())
        })?;
        let mut all = Numerals::default();
        let mut next = 0;
        context.chunks(array.len(), |range| {
            context.memory().check(2 * all.text.len())?;
            for at in range {
                let Some(column) = number(at) else { continue };
                match digits.get(column) {
                    Some(&places) if places > 0 => {
                        number::push_scaled(&mut all.text, real(at), places);
                        all.end();
                        if let Some(column) = columns.get_mut(column) {
                            column.numbers.see_scaled(all.get(next));
                        }
                    }
                    _ => {
                        all.text.extend_from_slice(plain.get(next));
                        all.end();
                    }
                }
                next += 1;
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// Where the lines of a simple array of numbers may be broken.
    fn breaks(&self, root: usize) -> Result<Vec<usize>> {
        let memory = self.context.memory();
        match self.plans.get(root).map(|plan| &plan.body) {
            Some(Body::Line(numerals)) => {
                let mut breaks = memory.vec(numerals.len())?;
                // Number k begins behind k others and k blanks.
                breaks.extend((1..numerals.len()).map(|k| numerals.ends[k - 1] + k));
                Ok(breaks)
            }
            Some(Body::Table(table)) if !table.columns.iter().any(|column| column.nested) => {
                let mut breaks = memory.vec(table.columns.len())?;
                // Between columns of characters there is no blank to break at.
                breaks.extend(table.columns.windows(2).filter_map(|pair| match pair {
                    [before, column] if column.start > before.start + before.width => Some(column.start),
                    _ => None,
                }));
                Ok(breaks)
            }
            _ => Ok(Vec::new()),
        }
    }
}

/// Gives every column its place; the width of all.
fn place(columns: &mut [Column]) -> usize {
    let mut end = 0;
    let mut before: Option<bool> = None;
    for column in columns.iter_mut() {
        let in_front = usize::from(before.is_some());
        if before.is_some_and(|apart| apart || column.is_apart()) {
            end += 1;
        }
        before = Some(column.is_apart());
        column.start = end;
        let (around_items, around_numbers) = if column.nested { (2, 1 + in_front) } else { (0, 0) };
        let numbers = if column.numeric { column.numbers.width() + around_numbers } else { 0 };
        // Without rows, too, a column is there.
        column.width = numbers.max(column.width + around_items).max(1);
        end += column.width;
    }
    end
}

fn blank_columns(context: &Context, count: usize) -> Result<Vec<Column>> {
    context.memory().filled(count, Column::default())
}

/// The length of the last axis.
fn columns(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

/// The number of rows: of all axes but the last.
fn rows(shape: &[usize]) -> usize {
    shape::product(shape.get(..shape.len().saturating_sub(1)).unwrap_or(&[]))
}

/// The top lines of all rows, and the number of lines. With `gaps`, a blank line follows a plane, two a block of
/// planes, and so on.
pub fn tops(context: &Context, shape: &[usize], gaps: bool, heights: Option<&[usize]>) -> Result<(Vec<usize>, usize)> {
    let count = if shape.len() < 2 { 1 } else { rows(shape) };
    let mut tops = context.memory().vec(count)?;
    let mut line = 0;
    // Rows in a plane, planes' rows in a block, ...
    let mut cells: Shape = Shape::new();
    if gaps && shape.len() > 2 && count > 0 {
        let mut size = 1;
        for &length in shape[1..shape.len() - 1].iter().rev() {
            size *= length;
            cells.push(size);
        }
    }
    context.chunks(count, |range| {
        for row in range {
            if row > 0 {
                line += cells.iter().take_while(|&&size| row % size == 0).count();
            }
            tops.push(line);
            line += heights.and_then(|heights| heights.get(row)).copied().unwrap_or(1);
        }
        Ok(())
    })?;
    Ok((tops, line))
}

impl Layout {
    /// The number of lines.
    pub fn height(&self) -> usize {
        self.plans.last().map_or(0, |plan| plan.height)
    }

    /// The number of characters in a line.
    pub fn width(&self) -> usize {
        self.plans.last().map_or(0, |plan| plan.width)
    }

    /// The array as characters.
    pub fn paint(&self, context: &Context) -> Result<Block> {
        let mut block = Block::blank(context.memory(), self.height(), self.width())?;
        // What remains to be painted, and where. The array as a whole was measured last.
        let mut work = vec![(self.plans.len().wrapping_sub(1), 0, 0)];
        while let Some((at, row, column)) = work.pop() {
            let Some(plan) = self.plans.get(at) else { continue };
            context.poll()?;
            match &plan.body {
                Body::Text(array, tops) => paint_text(context, array, tops, &mut block, row, column)?,
                Body::Line(numerals) => {
                    let mut from = column;
                    context.chunks(numerals.len(), |range| {
                        for at in range {
                            let text = numerals.get(at);
                            write(block.span(row, from, text.len()), 0, text);
                            from += text.len() + 1;
                        }
                        Ok(())
                    })?;
                }
                Body::Table(table) => self.paint_table(context, table, &mut block, row, column, &mut work)?,
            }
        }
        Ok(block)
    }

    fn paint_table(
        &self,
        context: &Context,
        table: &Table,
        block: &mut Block,
        row: usize,
        column: usize,
        work: &mut Vec<(usize, usize, usize)>,
    ) -> Result<()> {
        let count = table.columns.len();
        for (r, &top) in table.tops.iter().enumerate() {
            if r % 256 == 0 {
                context.poll()?;
            }
            for (c, place) in table.columns.iter().enumerate() {
                let at = r * count + c;
                let from = column + place.start;
                let cell = if table.cells.is_empty() { Some(Cell::Number(at)) } else { table.cells.get(at).copied() };
                match cell {
                    Some(Cell::Number(at)) => {
                        let width = place.numbers.width();
                        let from = from + place.indent(width);
                        place.numbers.paint(table.numerals.get(at), block.span(row + top, from, width));
                    }
                    Some(Cell::Char(c)) => block.put(row + top, from + place.indent(1), c),
                    Some(Cell::Item(at)) => {
                        let width = self.plans.get(at).map_or(0, |plan| plan.width);
                        work.push((at, row + top, from + place.indent(width)));
                    }
                    None => {}
                }
            }
        }
        Ok(())
    }
}

fn paint_text(
    context: &Context,
    array: &Array,
    tops: &[usize],
    block: &mut Block,
    row: usize,
    column: usize,
) -> Result<()> {
    let Array::Char(chars) = array else {
        return Ok(());
    };
    let width = columns(chars.shape());
    for (r, &top) in tops.iter().enumerate() {
        if r % 256 == 0 {
            context.poll()?;
        }
        let text = chars.as_slice().get(r * width..(r + 1) * width).unwrap_or(&[]);
        block.write(row + top, column, text.iter().copied());
    }
    Ok(())
}

/// Whether no item of the array is a box; of an empty one, whether its fill is a simple scalar.
pub fn is_simple(value: &Value) -> bool {
    match value {
        Value::Framed(_) => false,
        Value::Array(Array::Nested(items)) if items.is_empty() => items.prototype().is_none_or(Value::is_simple_scalar),
        Value::Array(Array::Nested(items)) => items.as_slice().iter().all(Value::is_simple_scalar),
        _ => true,
    }
}

/// Whether an element of the array is a reference, which may be displayed on several lines.
pub fn refers(value: &Value) -> bool {
    match value {
        Value::Array(Array::Ref(_)) => true,
        Value::Array(Array::Nested(items)) => items.as_slice().iter().any(|item| item.kind() == Type::Ref),
        _ => false,
    }
}
