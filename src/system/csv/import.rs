//! Reading comma separated values.

use super::{Options, is_text};
use crate::array::{Arr, Array, Element, Value, convert};
use crate::context::{Context, Pace};
use crate::error::{Fault, Result};
use crate::system::files::encoding::{Asked, Encoding};
use crate::system::files::text::{TextFile, normalised};
use crate::system::unicode::ends_line;

/// What the right argument says.
struct Request {
    source: Source,
    /// Types of the columns: one for all, or one each.
    types: Vec<i64>,
    header: bool,
}

/// Where the text comes from.
enum Source {
    Text(Vec<char>),
    /// A tied file, from its present position on.
    Tied(i64, Option<Asked>),
}

/// `⎕CSV Y`.
pub fn import(context: &Context, options: &Options, value: &Value) -> Result<Value> {
    let mut request = request(context, value)?;
    let table = match std::mem::replace(&mut request.source, Source::Text(Vec::new())) {
        Source::Text(text) => Reader::new(context, options, &text).read(&request, usize::MAX)?.0,
        Source::Tied(number, asked) => tied(context, options, &request, number, asked)?,
    };
    values(context, options, &request, table)
}

/// Reads from a tied file, if `Records` says so only some records; then the position is behind them.
fn tied(context: &Context, options: &Options, request: &Request, number: i64, asked: Option<Asked>) -> Result<Table> {
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(number)?;
    let start = tie.position();
    let most = match options.records {
        0 => usize::MAX,
        records => records.saturating_add(usize::from(request.header)),
    };
    let mut size = if options.records == 0 { None } else { Some(1 << 20) };
    loop {
        let mut bytes = context.watched(|watch| tie.read(size, Some(start), watch, 9))?;
        let whole = size.is_none_or(|size| bytes.len() < size);
        let mark = if start == 0 { Encoding::marked(&bytes) } else { None };
        let skipped = mark.as_ref().map_or(0, |encoding| encoding.mark().len());
        bytes.drain(..skipped);
        let encoding = mark.unwrap_or_else(|| asked.clone().unwrap_or(Asked::DEFAULT).encoding);
        if !whole {
            encoding.cut(&mut bytes);
        }
        let text: Vec<char> = encoding.decode(context, bytes)?.chars().collect();
        let read = Reader::new(context, options, &text).read(request, most);
        match read {
            // Of a piece the last record may be incomplete.
            Ok((table, used)) if whole || used < text.len() => {
                let used: String = text[..used].iter().collect();
                let length = encoding.encode(context, &used)?.len() + skipped;
                tie.move_to(start + length as u64)?;
                return Ok(table);
            }
            Err(fault) if whole || fault.kind().is_circumstance() => return Err(fault),
            _ => size = size.map(|size: usize| size.saturating_mul(4)),
        }
    }
}

/// The table, or the columns, that the fields stand for.
fn values(context: &Context, options: &Options, request: &Request, table: Table) -> Result<Value> {
    let memory = context.memory();
    let columns = table.columns;
    let records = table.ends.len().checked_div(columns).unwrap_or(0);
    let types: Vec<i64> = match request.types[..] {
        [one] => vec![one; columns],
        _ if request.types.len() == columns || records == 0 => request.types.clone(),
        _ => {
            return Err(
                Fault::length().with_detail(format!("{} column types for {columns} columns", request.types.len()))
            );
        }
    };
    if options.invert == 1 && types.contains(&4) {
        return Err(Fault::domain().with_detail("column type 4 goes with Invert 0 and 2 only"));
    }
    let mut cells = table.fields();
    let mut header = Vec::new();
    if request.header {
        for field in cells.by_ref().take(columns) {
            header.push(field_text(context, field)?);
        }
    }
    let kept: Vec<usize> = (0..columns).filter(|&column| types.get(column) != Some(&0)).collect();
    let records = records.saturating_sub(usize::from(request.header));
    let count = records.checked_mul(kept.len()).ok_or_else(Fault::ws_full)?;
    memory.check(count.saturating_mul(Value::COST))?;
    let mut values: Vec<Value> = memory.vec(count)?;
    let mut pace = context.pace();
    for (at, field) in cells.enumerate() {
        pace.step(field.len() + 8)?;
        let kind = types.get(at % columns).copied().unwrap_or(1);
        if kind != 0 {
            let value = converted(context, options, kind, field)?;
            values.push(value.ok_or_else(|| {
                let text: String = field.iter().collect();
                let (record, column) = (at / columns + 1, at % columns + 1);
                Fault::domain().with_detail(format!("{text:?} is not a number: record {record}, column {column}"))
            })?);
        }
    }
    let data = match options.invert {
        0 => Array::from_items(memory, &[records, kept.len()], values, || empty(context))?.into(),
        _ => inverted(context, options, &types, &kept, &values)?,
    };
    if !request.header {
        return Ok(data);
    }
    let header = Array::from_items(memory, &[header.len()], header, || empty(context))?;
    Ok(Array::from_items(memory, &[2], vec![data, header.into()], || Value::Int(0))?.into())
}

fn empty(context: &Context) -> Value {
    context.text("").unwrap_or(Value::Char(' '))
}

fn field_text(context: &Context, field: &[char]) -> Result<Value> {
    Ok(Arr::new(context.memory(), &[field.len()], field.to_vec())?.into())
}

/// Takes the right argument apart: a source, perhaps with description, column types and header indicator.
fn request(context: &Context, value: &Value) -> Result<Request> {
    let memory = context.memory();
    if is_text(value) || value.is_simple_scalar() {
        return Ok(Request { source: file(context, value, None)?, types: vec![1], header: false });
    }
    if value.rank() > 1 {
        return Err(Fault::rank());
    }
    // What is enclosed is the source alone, as it is in a vector of one item.
    let enclosed = value.rank() == 0;
    let items: Vec<Value> = value.array(memory)?.items().collect();
    let description = |value: &Value| -> Result<String> {
        match is_text(value) {
            true => Ok(convert::text(memory, value)?),
            false => Ok(String::new()),
        }
    };
    // A vector of lines stands for itself, unless what would be the description is one.
    let all_lines = items.iter().all(is_text);
    let described = items.len() > 1
        && description(&items[1])
            .is_ok_and(|text| ["S", "N", ""].contains(&text.as_str()) || Asked::named(&text).is_some());
    let parts: &[Value] = if !enclosed && (items.len() > 4 || all_lines && !described) { &[] } else { &items };
    let source = parts.first().cloned().unwrap_or_else(|| value.clone());
    let how = parts.get(1).map(description).transpose()?.unwrap_or_default();
    let (mut text, mut from_file): (Vec<char>, Option<Source>) = (Vec::new(), None);
    match (is_text(&source), how.as_str()) {
        (true, "S") => {
            let source = source.array(memory)?;
            if let Array::Char(chars) = source {
                memory.check(chars.len() * 4)?;
                text.extend(chars.as_slice());
            }
        }
        _ if is_text(&source) || source.is_simple_scalar() => {
            from_file = Some(file(context, &source, parts.get(1))?);
        }
        (false, "N" | "") if source.rank() == 1 && parts.get(1).is_none_or(is_text) => {
            for item in source.array(memory)?.items() {
                match item.array(memory)? {
                    Array::Char(line) if line.rank() < 2 => {
                        if text.capacity() - text.len() <= line.len() {
                            memory.check((text.len() + line.len() + 64) * 12)?;
                        }
                        text.extend(line.as_slice());
                    }
                    line if line.is_empty() && line.rank() == 1 => {}
                    _ => return Err(Fault::domain().with_detail("lines are character vectors")),
                }
                text.push('\n');
            }
        }
        _ => return Err(Fault::domain().with_detail("the source is a text or a vector of lines")),
    }
    let types = match parts.get(2) {
        None => vec![1],
        Some(types) => {
            let types = convert::int_vec(memory, types)?;
            if types.iter().any(|kind| !(0..=5).contains(kind)) {
                return Err(Fault::domain().with_detail("column types are from 0 to 5"));
            }
            if types.is_empty() { vec![1] } else { types }
        }
    };
    let header = match parts.get(3).map(convert::int).transpose()? {
        None | Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Fault::domain().with_detail("the header indicator is 0 or 1")),
    };
    Ok(Request { source: from_file.unwrap_or(Source::Text(text)), types, header })
}

/// The text of a file, or a tied file.
fn file(context: &Context, source: &Value, description: Option<&Value>) -> Result<Source> {
    let asked = description.map(|value| Asked::new(context.memory(), value)).transpose()?.flatten();
    if source.kind().is_numeric() {
        return Ok(Source::Tied(convert::int(source)?, asked));
    }
    let name = convert::text(context.memory(), source)?;
    let text = TextFile::read(context, &name, asked)?.text;
    Ok(Source::Text(normalised(context, &text)?))
}

/// Fields of records, all with as many fields.
#[derive(Default)]
struct Table {
    columns: usize,
    /// All fields, one behind the other.
    text: Vec<char>,
    /// Where each field ends.
    ends: Vec<usize>,
}

impl Table {
    /// The fields in order.
    fn fields(&self) -> impl Iterator<Item = &[char]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| self.text.get(start..end).unwrap_or(&[]))
    }
}

struct Reader<'a> {
    context: &'a Context,
    options: &'a Options,
    rest: &'a [char],
    pace: Pace<'a>,
    table: Table,
}

impl<'a> Reader<'a> {
    fn new(context: &'a Context, options: &'a Options, text: &'a [char]) -> Reader<'a> {
        Reader { context, options, rest: text, pace: context.pace(), table: Table::default() }
    }

    /// At most so many records, and how many characters they take.
    fn read(mut self, request: &Request, most: usize) -> Result<(Table, usize)> {
        let length = self.rest.len();
        let options = self.options;
        let fixed = !options.widths.is_empty();
        if fixed {
            self.table.columns = options.widths.len();
        } else if options.ragged {
            self.table.columns = request.types.len();
        }
        if options.ragged && !fixed && request.types.len() == 1 {
            return Err(Fault::domain().with_detail("Ragged needs Widths or a type for each column"));
        }
        let known = self.table.columns > 0;
        let mut records = 0usize;
        while !self.rest.is_empty() && records < most {
            self.context.poll()?;
            let begun = self.table.ends.len();
            if fixed {
                self.fixed_record()?
            } else {
                self.record()?
            }
            let count = self.table.ends.len() - begun;
            if records == 0 && !known {
                self.table.columns = count;
            }
            if options.ragged {
                self.table.ends.truncate(begun + self.table.columns);
                let end = self.table.ends.last().copied().unwrap_or(0);
                self.table.text.truncate(end);
                while self.table.ends.len() < begun + self.table.columns {
                    self.push(&[])?;
                }
            } else if count != self.table.columns {
                return Err(Fault::domain().with_detail(format!(
                    "record {} has {count} fields, not {}",
                    records + 1,
                    self.table.columns
                )));
            }
            records += 1;
        }
        Ok((self.table, length - self.rest.len()))
    }

    fn push(&mut self, field: &[char]) -> Result<()> {
        self.pace.step(field.len() + 8)?;
        let Table { text, ends, .. } = &mut self.table;
        if ends.len() == ends.capacity() || text.capacity() - text.len() < field.len() {
            let bytes = 2 * (8 * (ends.len() + 64) + 4 * (text.len() + field.len()));
            self.context.memory().check(bytes)?;
        }
        text.extend_from_slice(field);
        ends.push(text.len());
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Takes a line ending behind its first character.
    fn after_ending(&mut self, first: char) {
        if first == '\r' && self.rest.first() == Some(&'\n') {
            self.next();
        }
    }

    fn fixed_record(&mut self) -> Result<()> {
        let end = self.rest.iter().position(|&c| ends_line(c)).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        if let Some(first) = self.next() {
            self.after_ending(first);
        }
        let total: usize = self.options.widths.iter().sum();
        if line.len() != total && !self.options.ragged {
            return Err(Fault::domain().with_detail(format!("a record of {} characters, not {total}", line.len())));
        }
        let mut from = 0;
        for &width in &self.options.widths {
            let field = line.get(from.min(line.len())..(from + width).min(line.len())).unwrap_or(&[]);
            let field = if self.options.trim { trimmed(field, 0, 0) } else { field };
            self.push(field)?;
            from += width;
        }
        Ok(())
    }

    fn record(&mut self) -> Result<()> {
        loop {
            let end = match self.plain_field()? {
                Some(end) => end,
                None => {
                    let (field, end) = self.field()?;
                    self.push(&field)?;
                    end
                }
            };
            match end {
                Some(c) if c == self.options.separator => {
                    if self.rest.is_empty() {
                        self.push(&[])?;
                        return Ok(());
                    }
                }
                Some(c) => {
                    self.after_ending(c);
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
    }

    /// A field whose characters stand for themselves, so that it is a part of the text, and what is behind it; nothing if it
    /// is another one.
    fn plain_field(&mut self) -> Result<Option<Option<char>>> {
        let options = self.options;
        if options.escape.is_some() {
            return Ok(None);
        }
        let rest = self.rest;
        let quoted = options.quote.is_some() && rest.first().copied() == options.quote;
        let (field, behind) = if quoted {
            let inside = &rest[1..];
            let special = |&c: &char| Some(c) == options.quote || c < ' ' || c > '~' && ends_line(c);
            let Some(end) = inside.iter().position(special) else { return Ok(None) };
            let behind = inside.get(end + 1).copied();
            if Some(inside[end]) != options.quote || behind.is_some_and(|c| c != options.separator && !ends_line(c)) {
                return Ok(None);
            }
            (&inside[..end], &inside[end + 1..])
        } else {
            let ends = |&c: &char| c == options.separator || !(' '..='~').contains(&c) && ends_line(c);
            let end = rest.iter().position(ends).unwrap_or(rest.len());
            let field = if options.trim { trimmed(&rest[..end], 0, 0) } else { &rest[..end] };
            if options.trim && options.quote.is_some() && field.first().copied() == options.quote {
                return Ok(None);
            }
            (field, &rest[end..])
        };
        self.push(field)?;
        self.rest = behind;
        Ok(Some(self.next()))
    }

    /// A field, and the separator or line ending behind it.
    fn field(&mut self) -> Result<(Vec<char>, Option<char>)> {
        let options = self.options;
        let blank = |c: char| c != options.separator && c.is_whitespace() && !ends_line(c);
        let mut field: Vec<char> = Vec::new();
        if options.quote.is_some() {
            let blanks = if options.trim { self.rest.iter().take_while(|c| blank(**c)).count() } else { 0 };
            if self.rest.get(blanks).copied() == options.quote {
                self.rest = &self.rest[blanks + 1..];
                return self.quoted();
            }
        }
        // How much at either end is not to be trimmed, because it was escaped.
        let (mut kept_before, mut kept_until) = (usize::MAX, 0);
        loop {
            match self.next() {
                Some(c) if Some(c) == options.escape => {
                    if let Some(c) = self.next() {
                        kept_before = kept_before.min(field.len());
                        field.push(self.literal(c));
                        kept_until = field.len();
                    }
                }
                Some(c) if c == options.separator || ends_line(c) => {
                    return Ok((self.finish(field, kept_before, kept_until), Some(c)));
                }
                Some(c) => field.push(c),
                None => return Ok((self.finish(field, kept_before, kept_until), None)),
            }
        }
    }

    fn finish(&self, field: Vec<char>, kept_before: usize, kept_until: usize) -> Vec<char> {
        match self.options.trim {
            true => trimmed(&field, kept_before.min(field.len()), kept_until).to_vec(),
            false => field,
        }
    }

    /// A line ending inside of a field is a line feed.
    fn literal(&mut self, c: char) -> char {
        if !ends_line(c) {
            return c;
        }
        self.after_ending(c);
        '\n'
    }

    /// The rest of a quoted field.
    fn quoted(&mut self) -> Result<(Vec<char>, Option<char>)> {
        let options = self.options;
        let mut field = Vec::new();
        loop {
            match self.next() {
                Some(c) if Some(c) == options.escape => {
                    if let Some(c) = self.next() {
                        field.push(self.literal(c));
                    }
                }
                Some(c) if Some(c) == options.quote => {
                    if options.double && self.rest.first().copied() == options.quote {
                        self.next();
                        field.push(c);
                        continue;
                    }
                    break;
                }
                Some(c) => field.push(self.literal(c)),
                None => return Err(Fault::domain().with_detail("a quoted field does not end")),
            }
        }
        loop {
            match self.next() {
                Some(c) if c == options.separator || ends_line(c) => return Ok((field, Some(c))),
                Some(c) if options.trim && c.is_whitespace() => {}
                Some(_) => return Err(Fault::domain().with_detail("something behind a quoted field")),
                None => return Ok((field, None)),
            }
        }
    }
}

/// A field without the blanks at its ends; what lies between the bounds stays.
fn trimmed(field: &[char], before: usize, until: usize) -> &[char] {
    let first = field.iter().position(|c| !c.is_whitespace()).unwrap_or(field.len());
    let first = if until > 0 { first.min(before) } else { first };
    let last = field.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1).max(until);
    field.get(first..last).unwrap_or(&[])
}

/// A field as its column's type wants it; `None` where it is not a number and has to be one.
fn converted(context: &Context, options: &Options, kind: i64, field: &[char]) -> Result<Option<Value>> {
    if kind == 1 {
        return Ok(Some(field_text(context, field)?));
    }
    Ok(match (number(options, field), kind) {
        (Some(x), _) => Some(convert::scalar(x)),
        (None, 3) => Some(options.fill.clone()),
        (None, 4) => Some(field_text(context, field)?),
        (None, 5) if field.iter().all(|c| c.is_whitespace()) => Some(options.fill.clone()),
        (None, _) => None,
    })
}

/// The number that a field is the numeral of.
fn number(options: &Options, field: &[char]) -> Option<f64> {
    let mut text = String::with_capacity(field.len());
    let body: &[char] = trimmed(field, 0, 0);
    for &c in body {
        match c {
            '¯' | '-' => text.push('-'),
            c if c == options.decimal => text.push('.'),
            c if Some(c) == options.thousands => {}
            '0'..='9' | 'e' | 'E' | '+' => text.push(c),
            _ => return None,
        }
    }
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

/// The columns: numbers as vectors, characters as matrices or as vectors of vectors.
fn inverted(context: &Context, options: &Options, types: &[i64], kept: &[usize], values: &[Value]) -> Result<Value> {
    let memory = context.memory();
    let mut columns = memory.vec(kept.len())?;
    for (k, &column) in kept.iter().enumerate() {
        let cells = values.iter().skip(k).step_by(kept.len());
        let count = values.len() / kept.len();
        let numeric = types.get(column).is_some_and(|&kind| kind > 1);
        if numeric || options.invert == 2 {
            let mut items: Vec<Value> = memory.vec(count)?;
            items.extend(cells.cloned());
            let prototype = || if numeric { Value::Int(0) } else { empty(context) };
            columns.push(Array::from_items(memory, &[count], items, prototype)?.into());
            continue;
        }
        let width = cells.clone().map(Value::count).max().unwrap_or(0);
        let mut chars: Vec<char> = memory.vec(count.checked_mul(width).ok_or_else(Fault::ws_full)?)?;
        for cell in cells {
            context.poll()?;
            if let Array::Char(text) = cell.array(memory)? {
                chars.extend_from_slice(text.as_slice());
            }
            chars.extend(std::iter::repeat_n(' ', width - cell.count()));
        }
        columns.push(Arr::new(memory, &[count, width], chars)?.into());
    }
    Ok(Array::from_items(memory, &[columns.len()], columns, || Value::Int(0))?.into())
}
