//! `⎕NGET`: the text of standard input that has not been read yet.

use std::io;

use super::Call;
use super::growing::{Items, characters};
use crate::array::{Arr, Array, Value, convert};
use crate::error::{ErrorKind, Fault, Result};

/// The name of standard input, the only file that is read.
const STANDARD_INPUT: &str = "/dev/stdin";

/// What ends a line, CR LF apart. Dyalog: Read Text File.
const LINE_ENDS: [char; 7] = ['\n', '\r', '\u{85}', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];

/// `⎕NGET '/dev/stdin' flags`: content, encoding and the code points of the first line end. The content is a text whose
/// line ends are LF, or with the flag 1 its lines.
pub fn get(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let (name, flag) = match right.array(memory)? {
        Array::Nested(items) if items.rank() == 1 && items.len() == 2 => {
            let flag = right.item(memory, 1)?;
            (convert::text(memory, &right.item(memory, 0)?)?, if flag.rank() == 0 { convert::int(&flag)? } else { 2 })
        }
        _ => (convert::text(memory, &right)?, 0),
    };
    if name != STANDARD_INPUT {
        return Err(Fault::nonce("⎕NGET with files other than /dev/stdin"));
    }
    if !(0..=1).contains(&flag) {
        return Err(Fault::domain());
    }
    if let Some(encoding) = left
        && !matches!(&*convert::text(memory, &encoding)?, "UTF-8" | "UTF-8-NOBOM")
    {
        return Err(Fault::nonce("⎕NGET with encodings other than UTF-8"));
    }
    let text = context.screen.borrow_mut().read_rest().map_err(failed)?;
    let content = if flag == 1 { lines(call, &text)? } else { characters(context, &normalised(&text))? };
    let items = vec![content, characters(context, "UTF-8-NOBOM")?, first_line_end(call, &text)?];
    Ok(Array::from_items(memory, &[3], items, || Value::Int(0))?.into())
}

fn failed(error: io::Error) -> Fault {
    let kind = match error.kind() {
        io::ErrorKind::Interrupted => return Fault::new(ErrorKind::Interrupt),
        io::ErrorKind::OutOfMemory => return Fault::ws_full(),
        io::ErrorKind::InvalidData => ErrorKind::Translation,
        // FILE SYSTEM ERROR
        _ => ErrorKind::from_number(26),
    };
    Fault::new(kind).because(error.to_string())
}

/// A text up to its first line end, and what follows that.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.find(LINE_ENDS) {
        None => (text, None),
        Some(end) => {
            let rest = &text[end..];
            let length = if rest.starts_with("\r\n") { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
            (&text[..end], Some(&rest[length..]))
        }
    }
}

/// The lines; none behind the last line end.
fn lines(call: &Call, text: &str) -> Result<Value> {
    let mut lines = Items::new(call.context);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = split(rest);
        lines.push(characters(call.context, line)?)?;
        rest = after.unwrap_or_default();
    }
    lines.into_value(characters(call.context, "")?)
}

fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace(LINE_ENDS, "\n")
}

fn first_line_end(call: &Call, text: &str) -> Result<Value> {
    let codes: &[i32] = match text.find(['\n', '\r', '\u{85}']).map(|at| &text[at..]) {
        None => return Ok(Value::zilde()),
        Some(end) if end.starts_with("\r\n") => &[13, 10],
        Some(end) if end.starts_with('\r') => &[13],
        Some(end) if end.starts_with('\n') => &[10],
        Some(_) => &[133],
    };
    Ok(Arr::new(call.context.memory(), &[codes.len()], codes.to_vec())?.into())
}
