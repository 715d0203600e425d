//! Writing comma separated values.

use super::{Options, is_text};
use crate::array::{Array, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::host::At;
use crate::system::files::encoding::Asked;
use crate::system::files::text::write_file;
use crate::system::growing::{Growing, Items, characters};
use crate::system::unicode::ends_line;

/// `X ⎕CSV Y`.
pub fn export(context: &Context, options: &Options, data: &Value, target: &Value) -> Result<Value> {
    let memory = context.memory();
    let target = Target::new(context, target)?;
    let nested = matches!(target, Target::Lines);
    let (data, header) = parts(memory, data)?;
    let columns = columns(context, &data)?;
    let records = columns.first().map_or(0, Column::count);
    if columns.iter().any(|column| column.count() != records) {
        return Err(Fault::length().with_detail("columns differ in length"));
    }
    if !options.widths.is_empty() && options.widths.len() != columns.len() {
        return Err(Fault::length().with_detail(format!(
            "{} widths for {} columns",
            options.widths.len(),
            columns.len()
        )));
    }
    let mut lines = Items::new(context);
    let mut out = Growing::new(context);
    let mut record = |fields: &mut dyn Iterator<Item = Result<Value>>| -> Result<()> {
        context.poll()?;
        for (k, field) in fields.enumerate() {
            let width = options.widths.get(k).copied();
            if k > 0 && width.is_none() {
                out.chars(&[options.separator])?;
            }
            write(context, options, &field?, width, &mut out)?;
        }
        if nested {
            lines.push(characters(context, &std::mem::take(&mut out.text))?)
        } else {
            out.push(&options.ending)
        }
    };
    if let Some(header) = header {
        if header.len() != columns.len() {
            return Err(Fault::length().with_detail(format!("{} labels for {} columns", header.len(), columns.len())));
        }
        record(&mut header.into_iter().map(Ok))?;
    }
    for at in 0..records {
        record(&mut columns.iter().map(|column| column.item(memory, at)))?;
    }
    if nested {
        return lines.into_value(context.text("")?);
    }
    let Target::File(file, asked) = target else { return characters(context, &out.text) };
    let Asked { encoding, mark } = asked;
    let bytes = encoding.encode(context, &out.text)?;
    let mark = if mark { encoding.mark() } else { b"" };
    let count = match file {
        File::Named(name) => write_file(context, &name, [mark, &bytes].concat(), options.exists)?,
        File::Tied(number) => {
            let mut ties = context.ties.borrow_mut();
            let tie = ties.get(number)?;
            let bytes = if tie.position() == 0 { [mark, &bytes].concat() } else { bytes };
            context.watched(|watch| tie.write(&bytes, At::Here, watch))?;
            bytes.len()
        }
    };
    context.shy.set(true);
    Ok(Value::from(count))
}

/// What becomes of the text.
enum Target {
    /// It is the result.
    Text,
    /// Its lines are the result.
    Lines,
    /// It is written to a file.
    File(File, Asked),
}

/// A file that is written.
enum File {
    Named(String),
    Tied(i64),
}

impl Target {
    fn new(context: &Context, target: &Value) -> Result<Target> {
        let memory = context.memory();
        let parts: Vec<Value> = match is_text(target) {
            true => vec![target.clone()],
            false if target.is_simple_scalar() => vec![target.clone()],
            false if target.count() > 2 => return Err(Fault::length()),
            false if target.rank() < 2 => target.array(memory)?.items().collect(),
            false => return Err(Fault::rank()),
        };
        let (to, how) = match &parts[..] {
            [to] => (to, None),
            [to, how] => (to, Some(how)),
            _ => return Err(Fault::length()),
        };
        if is_text(to) && to.count() == 0 {
            return match how.map(|how| convert::text(memory, how)).transpose()?.as_deref() {
                None | Some("S" | "") => Ok(Target::Text),
                Some("N") => Ok(Target::Lines),
                Some(_) => Err(Fault::domain().with_detail("the description is 'S' or 'N'")),
            };
        }
        let asked = how.map(|how| Asked::new(memory, how)).transpose()?.flatten().unwrap_or(Asked::DEFAULT);
        let file = match to.kind().is_numeric() {
            true => File::Tied(convert::int(to)?),
            false => File::Named(convert::text(memory, to)?),
        };
        Ok(Target::File(file, asked))
    }
}

/// The data, and the labels where they are given beside it.
fn parts(memory: &Memory, value: &Value) -> Result<(Value, Option<Vec<Value>>)> {
    if value.rank() == 1 && value.count() == 2 {
        let (data, labels) = (value.item(memory, 0)?, value.item(memory, 1)?);
        let is_table = data.rank() == 2 && !matches!(data, Value::Array(Array::Char(_)));
        let columns = match data.rank() {
            1 => data.array(memory)?.items().filter(|column| column.rank() > 0 && !is_text(column)).count(),
            _ => 0,
        };
        let is_columns = data.rank() == 1 && columns == data.count() && columns > 0;
        if (is_table || is_columns) && labels.rank() == 1 {
            let labels: Vec<Value> = labels.array(memory)?.items().collect();
            if labels.iter().all(is_text) {
                return Ok((data, Some(labels)));
            }
        }
    }
    Ok((value.clone(), None))
}

/// A column of the data.
enum Column {
    /// Every so manieth item of a table from one on.
    Of(Array, usize, usize),
    /// The items of a vector.
    Items(Array),
    /// The rows of a character matrix.
    Rows(Array),
}

impl Column {
    fn count(&self) -> usize {
        match self {
            Column::Of(table, _, _) => table.tally(),
            Column::Items(items) => items.len(),
            Column::Rows(rows) => rows.tally(),
        }
    }

    fn item(&self, memory: &Memory, at: usize) -> Result<Value> {
        match self {
            Column::Of(table, column, columns) => Ok(table.item(at * columns + column)),
            Column::Items(items) => Ok(items.item(at)),
            Column::Rows(Array::Char(rows)) => {
                let width = rows.shape().last().copied().unwrap_or(0);
                let row = rows.as_slice().get(at * width..(at + 1) * width).unwrap_or(&[]);
                Ok(crate::array::Arr::new(memory, &[width], row.to_vec())?.into())
            }
            Column::Rows(_) => Err(Fault::internal("rows of something else than characters")),
        }
    }
}

fn columns(context: &Context, data: &Value) -> Result<Vec<Column>> {
    let memory = context.memory();
    let array = data.array(memory)?;
    match array.shape() {
        [_, columns] => {
            let columns = *columns;
            memory.check(columns.saturating_mul(size_of::<Column>()))?;
            Ok((0..columns).map(|column| Column::Of(array.clone(), column, columns)).collect())
        }
        [_] => {
            let one = |column: Value| match (column.array(memory)?, column.rank()) {
                (Array::Char(rows), 2) => Ok(Column::Rows(Array::Char(rows))),
                (items, 1) => Ok(Column::Items(items)),
                _ => Err(Fault::domain().with_detail("a column is a vector or a character matrix")),
            };
            array.items().map(one).collect()
        }
        _ => Err(Fault::rank()),
    }
}

/// One field, quoted or escaped where it could not be read back otherwise.
fn write(context: &Context, options: &Options, value: &Value, width: Option<usize>, out: &mut Growing) -> Result<()> {
    let memory = context.memory();
    let wrong = || Fault::domain().with_detail("a field is a text or a real number");
    let text: Vec<char> = match value {
        value if is_text(value) => match value.array(memory)? {
            Array::Char(chars) => chars.as_slice().to_vec(),
            _ => Vec::new(),
        },
        value if value.rank() == 0 => {
            let x = convert::float(value).map_err(|_| wrong())?;
            numeral(options, x, width.unwrap_or(usize::MAX))?
        }
        _ => return Err(wrong()),
    };
    let blank = |c: &char| options.trim && c.is_whitespace();
    let first = text.iter().position(|c| !blank(c)).unwrap_or(text.len());
    let last = text.iter().rposition(|c| !blank(c)).map_or(first, |last| last + 1);
    let text = &text[first..last];
    if let Some(width) = width {
        let room = width.checked_sub(text.len());
        let room =
            room.ok_or_else(|| Fault::domain().with_detail(format!("a field of more than {width} characters")))?;
        out.chars(text)?;
        for _ in 0..room {
            out.push(" ")?;
        }
        return Ok(());
    }
    let is_mark =
        |c: char| c == options.separator || ends_line(c) || Some(c) == options.quote || Some(c) == options.escape;
    if !text.iter().any(|&c| is_mark(c)) {
        return out.chars(text);
    }
    let unreadable = || Fault::domain().with_detail("a field that could not be read back; set QuoteChar or EscapeChar");
    if let Some(quote) = options.quote {
        out.chars(&[quote])?;
        for &c in text {
            match c {
                '\n' => out.push(&options.ending)?,
                c if c == quote && options.double => out.chars(&[quote, quote])?,
                c if c == quote || Some(c) == options.escape => {
                    let escape = options.escape.ok_or_else(unreadable)?;
                    out.chars(&[escape, c])?;
                }
                c => out.chars(&[c])?,
            }
        }
        return out.chars(&[quote]);
    }
    let escape = options.escape.ok_or_else(unreadable)?;
    for &c in text {
        if is_mark(c) {
            out.chars(&[escape])?;
        }
        match c {
            '\n' => out.push(&options.ending)?,
            c => out.chars(&[c])?,
        }
    }
    Ok(())
}

/// A number with the decimal mark and separator that are wanted, of as many digits as there is room for.
fn numeral(options: &Options, x: f64, width: usize) -> Result<Vec<char>> {
    let exact = if x.fract() == 0.0 && x.abs() < 1e17 { (x as i64).to_string() } else { format!("{x:?}") };
    let plain: String = match exact.len() <= width {
        true => exact,
        false => (1..17)
            .rev()
            .map(|digits| crate::display::number::text(x, digits).replace('¯', "-"))
            .find(|text| text.len() <= width)
            .ok_or_else(|| Fault::domain().with_detail(format!("{x} does not fit into {width} characters")))?,
    };
    let whole = plain.bytes().take_while(|b| !b".eE".contains(b)).count();
    let mut out = Vec::with_capacity(plain.len() + 8);
    for (k, c) in plain.chars().enumerate() {
        let digits_left = whole.saturating_sub(k);
        let inside = k > usize::from(plain.starts_with('-'));
        if let Some(separator) = options.thousands
            && inside
            && digits_left > 0
            && digits_left.is_multiple_of(3)
        {
            out.push(separator);
        }
        out.push(if c == '.' { options.decimal } else { c });
    }
    Ok(out)
}
