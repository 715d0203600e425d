//! `⎕NGET` and `⎕NPUT`: text files.

use std::rc::Rc;

use super::encoding::{Asked, Encoding};
use crate::array::{Arr, Array, Value, convert};
use crate::code::definition::File;
use crate::code::definition::Source;
use crate::context::{CHUNK, Context};
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access, Host, IfExists};
use crate::system::Call;
use crate::system::growing::{Growing, Items, characters, extend};
use crate::system::unicode::ends_line;

/// The names of standard input and output, which are the session's own.
const STANDARD_INPUT: &str = "/dev/stdin";
const STANDARD_OUTPUT: &str = "/dev/stdout";

/// Bytes of the budget that a byte of a text file takes: itself and its character.
const EACH: usize = 5;

/// The options of `⎕NPUT`.
pub const PUT_OPTIONS: &[&str] = &["NEOL"];

/// A file as it was read.
pub struct TextFile {
    /// What is in it, without a byte order mark.
    pub text: String,
    /// How it is encoded.
    pub encoding: Encoding,
    /// Whether it began with a byte order mark.
    pub mark: bool,
}

impl TextFile {
    /// Takes bytes for characters, by their mark, or as asked, or as they look.
    pub fn new(context: &Context, mut bytes: Vec<u8>, asked: Option<Asked>) -> Result<TextFile> {
        let marked = Encoding::marked(&bytes);
        let mark = marked.is_some();
        if let Some(encoding) = &marked {
            bytes.drain(..encoding.mark().len());
        }
        let encoding =
            marked.or_else(|| asked.map(|asked| asked.encoding)).unwrap_or_else(|| Encoding::guessed(&bytes));
        Ok(TextFile { text: encoding.decode(context, bytes)?, encoding, mark })
    }

    /// Reads a file with this name. FILE NAME ERROR, FILE ACCESS ERROR, TRANSLATION ERROR, WS FULL.
    pub fn read(context: &Context, name: &str, asked: Option<Asked>) -> Result<TextFile> {
        TextFile::new(context, TextFile::bytes(context, &context.host, name)?, asked)
    }

    /// The bytes of a file, with the rights of a host.
    fn bytes(context: &Context, host: &Host, name: &str) -> Result<Vec<u8>> {
        if name == STANDARD_INPUT {
            return context.screen.borrow_mut().read_rest().map_err(|error| match error.kind() {
                std::io::ErrorKind::Interrupted => Fault::new(ErrorKind::Interrupt),
                _ => host::failed(name, "read file", error),
            });
        }
        let place = host.place(name, Access::Read)?;
        context.watched(|watch| host::read(&place, watch, EACH))
    }
}

/// A source file, its lines separated by LF.
pub fn source(context: &Context, host: &Host, name: &str) -> Result<Source> {
    let bytes = match host.substitute(name) {
        Some(content) => content.to_vec(),
        None => TextFile::bytes(context, host, name)?,
    };
    let read = TextFile::new(context, bytes.clone(), None)?;
    let file = File {
        name: name.to_owned(),
        encoding: read.encoding.name(read.mark),
        line_end: first_line_end(&read.text).to_vec(),
        bytes,
    };
    let text = read.text.replace("\r\n", "\n").replace('\r', "\n");
    Ok(Source::script(text, Some(Rc::new(file))))
}

/// `⎕NGET Y`, `encoding ⎕NGET Y`: content, encoding and the code points of the first line end of a text file. The content
/// is a text whose line ends are LF, or with the flag 1 its lines, with the flag 2 a matrix of them. Dyalog: Read Text File.
pub fn get(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let (name, flag) = name_and_flag(context, &right)?;
    if !(0..=2).contains(&flag) {
        return Err(Fault::domain().with_detail("the flag of ⎕NGET is 0, 1 or 2"));
    }
    let asked = left.as_ref().map(|left| Asked::new(memory, left)).transpose()?.flatten();
    let table = matches!(&asked, Some(Asked { encoding: Encoding::Table(_), .. }));
    let file = TextFile::read(context, &name, asked)?;
    let codes = first_line_end(&file.text);
    let ending =
        if codes.is_empty() { Value::zilde() } else { Arr::new(memory, &[codes.len()], codes.to_vec())?.into() };
    let encoding = match left {
        Some(left) if table && matches!(file.encoding, Encoding::Table(_)) => left,
        _ => context.text(&file.encoding.name(file.mark))?,
    };
    let content = match flag {
        0 => {
            let chars = normalised(context, &file.text)?;
            Arr::new(memory, &[chars.len()], chars)?.into()
        }
        1 => lines(context, &file.text)?,
        _ => matrix(context, &file.text)?,
    };
    Ok(Array::from_items(memory, &[3], vec![content, encoding, ending], || Value::Int(0))?.into())
}

/// A file name, or a file name and a flag.
fn name_and_flag(context: &Context, value: &Value) -> Result<(String, i64)> {
    let memory = context.memory();
    if let Array::Nested(items) = value.array(memory)?
        && items.rank() == 1
        && items.len() == 2
    {
        let flag = value.item(memory, 1)?;
        if flag.rank() > 0 || !flag.kind().is_numeric() {
            return Err(Fault::domain().with_detail("behind a file name stands a flag"));
        }
        return Ok((convert::text(memory, &value.item(memory, 0)?)?, convert::int(&flag)?));
    }
    Ok((convert::text(memory, value)?, 0))
}

/// A text up to its first line end, and what follows that.
fn split(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Line ends begin with few bytes: controls, and the first bytes of NEL, LS and PS.
    while let Some(next) = bytes[at..].iter().position(|byte| matches!(byte, 0xa..=0xd | 0xc2 | 0xe2)) {
        at += next;
        match text[at..].chars().next() {
            Some('\r') if bytes.get(at + 1) == Some(&b'\n') => return (&text[..at], Some(&text[at + 2..])),
            Some(c) if ends_line(c) => return (&text[..at], Some(&text[at + c.len_utf8()..])),
            Some(c) => at += c.len_utf8(),
            None => break,
        }
    }
    (text, None)
}

/// Each line, and whether it ends.
fn each_line(context: &Context, text: &str, mut each: impl FnMut(&str, bool) -> Result<()>) -> Result<()> {
    let mut pace = context.pace();
    let mut rest = Some(text);
    while let Some(text) = rest.filter(|rest| !rest.is_empty()) {
        let (line, after) = split(text);
        pace.step(line.len() + 1)?;
        each(line, after.is_some())?;
        rest = after;
    }
    Ok(())
}

/// The lines; none behind the last line end.
pub fn lines(context: &Context, text: &str) -> Result<Value> {
    let mut lines = Items::new(context);
    each_line(context, text, |line, _| lines.push(characters(context, line)?))?;
    lines.into_value(context.text("")?)
}

/// The lines as rows, filled up with blanks.
fn matrix(context: &Context, text: &str) -> Result<Value> {
    let memory = context.memory();
    let (mut rows, mut columns) = (0usize, 0);
    each_line(context, text, |line, _| {
        rows += 1;
        columns = columns.max(line.chars().count());
        Ok(())
    })?;
    let mut table = memory.vec(rows.checked_mul(columns).ok_or_else(Fault::ws_full)?)?;
    let mut pace = context.pace();
    each_line(context, text, |line, _| {
        let end = table.len() + columns;
        extend(&mut table, line);
        let missing = end - table.len();
        pace.repeat(&mut table, missing, &' ')
    })?;
    Ok(Arr::new(memory, &[rows, columns], table)?.into())
}

/// The characters with LF for every line end.
pub fn normalised(context: &Context, text: &str) -> Result<Vec<char>> {
    let mut chars = context.memory().vec(text.chars().count())?;
    let odd = |piece: &[u8]| piece.iter().fold(false, |odd, &byte| odd | (byte >= 0x80) | (byte.wrapping_sub(0xb) < 3));
    let mut rest = text;
    while !rest.is_empty() {
        context.poll()?;
        let Some(piece) = rest.get(..CHUNK.min(rest.len())).filter(|piece| !odd(piece.as_bytes())) else { break };
        chars.extend(piece.bytes().map(char::from));
        rest = &rest[piece.len()..];
    }
    each_line(context, rest, |line, ends| {
        extend(&mut chars, line);
        if ends {
            chars.push('\n');
        }
        Ok(())
    })?;
    Ok(chars)
}

/// The code points of the first line end.
fn first_line_end(text: &str) -> &'static [i32] {
    match text.find(['\n', '\r', '\u{85}']).map(|at| &text[at..]) {
        None => &[],
        Some(end) if end.starts_with("\r\n") => &[13, 10],
        Some(end) if end.starts_with('\r') => &[13],
        Some(end) if end.starts_with('\n') => &[10],
        Some(_) => &[133],
    }
}

/// `X ⎕NPUT Y`: writes a text file: a new one, with the flag 1 also in place of another, with the flag 2 behind what is
/// there. Shy: the number of bytes. Dyalog: Write Text File.
pub fn put(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let left = left.ok_or_else(Fault::syntax)?;
    let (name, flag) = name_and_flag(context, &right)?;
    let parts = Parts::new(context, &left)?;
    let rule = match call.options.get("NEOL").map(convert::int).transpose()? {
        None | Some(1) => EmbeddedEnds::Feeds,
        Some(2) => EmbeddedEnds::All,
        Some(0) => EmbeddedEnds::Kept { last: true },
        Some(-1) => EmbeddedEnds::Kept { last: false },
        Some(_) => return Err(Fault::domain().with_detail("NEOL is ¯1, 0, 1 or 2")),
    };
    let text = parts.text(context, rule)?;
    let Asked { encoding, mark } = &parts.asked;
    let mark = if *mark { encoding.mark() } else { b"" };
    let bytes = encoding.encode(context, &text)?;
    let count = match flag {
        0 | 1 => {
            let exists = if flag == 0 { IfExists::Error } else { IfExists::Replace };
            write_file(context, &name, [mark, &bytes].concat(), exists)?
        }
        // Behind what there is in the output of the session.
        2 if name == STANDARD_OUTPUT => write_file(context, &name, bytes, IfExists::Replace)?,
        2 => {
            let place = context.host.place(&name, Access::Write)?;
            context.watched(|watch| {
                let whole = |length| Ok(if length == 0 { [mark, &bytes].concat() } else { bytes });
                host::append(&place, watch, whole)
            })? as usize
        }
        _ => return Err(Fault::domain().with_detail("the flag of ⎕NPUT is 0, 1 or 2")),
    };
    context.shy.set(true);
    Ok(Value::from(count))
}

/// Writes a whole file. Standard output is that of the session, so that it stays in order. Tells how many bytes it was.
pub fn write_file(context: &Context, name: &str, bytes: Vec<u8>, exists: IfExists) -> Result<usize> {
    if name == STANDARD_OUTPUT
        && exists == IfExists::Replace
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        let written = context.screen.borrow_mut().write_bare(text);
        return written.map(|()| bytes.len()).map_err(|error| host::failed(name, "write file", error));
    }
    let place = context.host.place(name, Access::Write)?;
    context.watched(|watch| host::replace(&place, &bytes, exists, watch))?;
    Ok(bytes.len())
}

/// What the left argument of `⎕NPUT` says.
struct Parts {
    content: Value,
    asked: Asked,
    /// The line end.
    ending: String,
}

/// What becomes of line ends within lines.
#[derive(Clone, Copy, PartialEq)]
enum EmbeddedEnds {
    /// LF is replaced by the line end.
    Feeds,
    /// All are.
    All,
    /// None is; the last line gets a line end if it has none, or not.
    Kept { last: bool },
}

impl Parts {
    fn new(context: &Context, value: &Value) -> Result<Parts> {
        let memory = context.memory();
        let whole = || Parts { content: value.clone(), asked: Asked::DEFAULT, ending: "\n".into() };
        let Array::Nested(items) = value.array(memory)? else { return Ok(whole()) };
        if items.rank() > 1 {
            return Err(Fault::rank().with_detail("a content is a text, a vector of lines or a matrix of characters"));
        }
        let items = items.as_slice();
        let encoding = match items.get(1) {
            None => None,
            // Lines by themselves, unless the second is the name of an encoding, or no line at all.
            Some(second) => match Asked::new(memory, second) {
                Ok(asked) if second.count() > 0 => Some(asked.unwrap_or(Asked::DEFAULT)),
                Ok(_) if items.len() == 3 && items[2].kind().is_numeric() => Some(Asked::DEFAULT),
                Ok(_) => None,
                Err(fault) if second.kind().is_numeric() => return Err(fault),
                Err(fault) if items.get(2).is_some_and(|third| third.kind().is_numeric()) => return Err(fault),
                Err(_) => None,
            },
        };
        match (items, encoding) {
            ([content], _) => Ok(Parts { content: content.clone(), ..whole() }),
            ([content, _], Some(asked)) => Ok(Parts { content: content.clone(), asked, ..whole() }),
            ([content, _, ending], Some(asked)) => {
                let codes = convert::int_vec(memory, ending)?;
                let ending = match codes[..] {
                    [] => "",
                    [10] => "\n",
                    [13] => "\r",
                    [13, 10] => "\r\n",
                    [133] => "\u{85}",
                    _ => return Err(Fault::domain().with_detail("a line end is 10, 13, 13 10, 133 or ⍬")),
                };
                Ok(Parts { content: content.clone(), asked, ending: ending.into() })
            }
            _ => Ok(whole()),
        }
    }

    /// The text of the file.
    fn text(&self, context: &Context, rule: EmbeddedEnds) -> Result<String> {
        let memory = context.memory();
        let mut out = Growing::new(context);
        let wrong = || Fault::domain().with_detail("a content is made of characters");
        match self.content.array(memory)? {
            Array::Char(chars) if chars.rank() > 1 => {
                let [_, columns] = chars.shape() else { return Err(Fault::rank()) };
                let columns = *columns;
                for row in 0..chars.shape()[0] {
                    let row = &chars.as_slice()[row * columns..(row + 1) * columns];
                    let kept = row.iter().rposition(|&c| c != ' ').map_or(0, |last| last + 1);
                    self.line(&row[..kept], rule, &mut out)?;
                }
            }
            Array::Char(chars) if chars.is_empty() => {}
            Array::Char(chars) => self.line(chars.as_slice(), rule, &mut out)?,
            Array::Nested(items) if items.rank() < 2 => {
                for item in items.as_slice() {
                    context.poll()?;
                    match item.array(memory)? {
                        Array::Char(chars) if chars.rank() < 2 => self.line(chars.as_slice(), rule, &mut out)?,
                        empty if empty.is_empty() && empty.rank() == 1 => self.line(&[], rule, &mut out)?,
                        _ => return Err(wrong()),
                    }
                }
            }
            empty if empty.is_empty() && empty.rank() == 1 => {}
            _ => return Err(wrong()),
        }
        Ok(out.text)
    }

    /// A line, or lines, with a line end behind it where it needs one.
    fn line(&self, chars: &[char], rule: EmbeddedEnds, out: &mut Growing) -> Result<()> {
        let mut rest = chars;
        let mut before = None;
        while let Some(at) =
            rest.iter().position(|&c| if rule == EmbeddedEnds::Feeds { c == '\n' } else { ends_line(c) })
        {
            out.chars(&rest[..at])?;
            let before_feed = if at > 0 { Some(rest[at - 1]) } else { before };
            let pair = rest[at] == '\r' && rest.get(at + 1) == Some(&'\n');
            let length = if pair { 2 } else { 1 };
            match rule {
                EmbeddedEnds::Kept { .. } => out.chars(&rest[at..at + length])?,
                // The CR of a pair is written already.
                EmbeddedEnds::Feeds if before_feed == Some('\r') && self.ending.starts_with('\r') => {
                    out.push(self.ending.strip_prefix('\r').unwrap_or_default())?;
                }
                _ => out.push(&self.ending)?,
            }
            before = Some('\n');
            rest = &rest[at + length..];
        }
        out.chars(rest)?;
        let ended = chars.last().is_some_and(|&c| ends_line(c));
        if ended || rule == (EmbeddedEnds::Kept { last: false }) { Ok(()) } else { out.push(&self.ending) }
    }
}
