//! Text that comes in: whole scripts, and lines as they arrive; bounded, and checked to be UTF-8.
//!
//! Knows files and bytes. Does not know what the text means.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use crate::error::{ErrorKind, Fault};

/// Bytes asked for at a time.
const PIECE: usize = 1 << 16;

/// Why a text could not be had.
#[derive(Debug)]
pub enum InputFault {
    /// Reading failed.
    Io(io::Error),
    /// Not UTF-8, from this byte on.
    Invalid(usize),
    /// Longer than the workspace.
    TooLong,
    /// A NUL stands at this byte: no text.
    Nul(usize),
}

impl std::fmt::Display for InputFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InputFault::Io(error) => write!(f, "{error}"),
            InputFault::Invalid(offset) => write!(f, "Invalid UTF-8 at byte {offset}"),
            InputFault::TooLong => write!(f, "Too long for the workspace"),
            InputFault::Nul(offset) => write!(f, "Not a text: NUL at byte {offset}"),
        }
    }
}

impl From<io::Error> for InputFault {
    fn from(error: io::Error) -> Self {
        InputFault::Io(error)
    }
}

impl From<InputFault> for Fault {
    fn from(fault: InputFault) -> Fault {
        let kind = match fault {
            InputFault::TooLong => ErrorKind::WsFull,
            InputFault::Invalid(_) | InputFault::Nul(_) => ErrorKind::Translation,
            // FILE SYSTEM ERROR
            InputFault::Io(_) => ErrorKind::from_number(26),
        };
        Fault::new(kind).because(fault.to_string())
    }
}

/// Everything that `reader` gives, without a byte order mark. At most `limit` bytes, so an endless file is no danger.
pub fn whole(reader: impl Read, limit: usize) -> Result<String, InputFault> {
    let mut text = decoded(bytes(reader, limit, true)?)?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Everything that `reader` gives; if it is to be a text, up to the first NUL.
fn bytes(mut reader: impl Read, limit: usize, is_text: bool) -> Result<Vec<u8>, InputFault> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let before = bytes.len();
        bytes.try_reserve(PIECE).map_err(|_| InputFault::TooLong)?;
        let read = (&mut reader).take(PIECE as u64).read_to_end(&mut bytes)?;
        if let (true, Some(at)) = (is_text, bytes[before..].iter().position(|&byte| byte == 0)) {
            return Err(InputFault::Nul(before + at));
        }
        if bytes.len() > limit {
            return Err(InputFault::TooLong);
        }
        if read == 0 {
            return Ok(bytes);
        }
    }
}

/// Bytes as text, or the offset of the first that is none.
pub fn decoded(bytes: Vec<u8>) -> Result<String, InputFault> {
    String::from_utf8(bytes).map_err(|error| InputFault::Invalid(error.utf8_error().valid_up_to()))
}

/// The next line without its line end, appended to `line`; false at the end of the input.
///
/// Of a line that would make `line` longer than `limit` bytes the rest is read but not kept, and TooLong says so.
pub fn append_line(reader: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> Result<bool, InputFault> {
    let mut any = false;
    let mut too_long = false;
    loop {
        let available = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if available.is_empty() {
            break;
        }
        any = true;
        let end = available.iter().position(|&byte| byte == b'\n');
        let piece = &available[..end.unwrap_or(available.len())];
        too_long = too_long || line.len() + piece.len() > limit || line.try_reserve(piece.len()).is_err();
        if !too_long {
            line.extend_from_slice(piece);
        }
        let used = end.map_or(piece.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    match (too_long, any) {
        (true, _) => Err(InputFault::TooLong),
        (false, any) => Ok(any),
    }
}

/// The next line as text, without its line end; `None` at the end of the input.
pub fn line(reader: &mut impl BufRead, limit: usize) -> Result<Option<String>, InputFault> {
    let mut bytes = Vec::new();
    if !append_line(reader, &mut bytes, limit)? {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    decoded(bytes).map(Some)
}

/// Standard input, shared between a front end's loop and the console that `⍞` reads from.
#[derive(Clone)]
pub struct Source {
    reader: Rc<RefCell<BufReader<Box<dyn Read>>>>,
    limit: usize,
}

impl Source {
    /// Standard input; lines of at most `limit` bytes.
    pub fn stdin(limit: usize) -> Source {
        Source::of(Box::new(io::stdin()), limit)
    }

    /// Any reader.
    pub fn of(reader: Box<dyn Read>, limit: usize) -> Source {
        Source { reader: Rc::new(RefCell::new(BufReader::with_capacity(PIECE, reader))), limit }
    }

    /// The next line, without its line end; `None` at the end of the input.
    pub fn line(&self) -> Result<Option<String>, InputFault> {
        line(&mut *self.reader.borrow_mut(), self.limit)
    }

    /// The next line as bytes, appended to `bytes`; false at the end of the input.
    pub fn append_line(&self, bytes: &mut Vec<u8>) -> Result<bool, InputFault> {
        append_line(&mut *self.reader.borrow_mut(), bytes, self.limit)
    }

    /// Whether the next line may have to be waited for.
    pub fn may_wait(&self) -> bool {
        self.reader.borrow().buffer().is_empty()
    }

    /// What has not been read yet, whatever it is.
    pub fn rest_of_bytes(&self) -> Result<Vec<u8>, InputFault> {
        bytes(&mut *self.reader.borrow_mut(), self.limit, false)
    }

    /// What has not been read yet.
    pub fn rest(&self) -> Result<String, InputFault> {
        whole(&mut *self.reader.borrow_mut(), self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_bounded_text() {
        assert_eq!(whole("\u{feff}1\n2".as_bytes(), 100).unwrap(), "1\n2");
        assert!(matches!(whole(&b"ab\xff"[..], 100), Err(InputFault::Invalid(2))));
        assert!(matches!(whole(io::repeat(0), 100), Err(InputFault::Nul(0))));
        assert!(matches!(whole(io::repeat(b'a'), 1 << 20), Err(InputFault::TooLong)));
    }

    #[test]
    fn lines_come_one_by_one() {
        let mut reader = &b"one\r\ntwo\n\nlast"[..];
        let mut next = || line(&mut reader, 100).unwrap();
        assert_eq!(next().as_deref(), Some("one"));
        assert_eq!(next().as_deref(), Some("two"));
        assert_eq!(next().as_deref(), Some(""));
        assert_eq!(next().as_deref(), Some("last"));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_line_too_long_does_not_spoil_the_next() {
        let mut reader = &b"0123456789\n2\n\xff\n3"[..];
        assert!(matches!(line(&mut reader, 5), Err(InputFault::TooLong)));
        assert_eq!(line(&mut reader, 5).unwrap().as_deref(), Some("2"));
        assert!(matches!(line(&mut reader, 5), Err(InputFault::Invalid(0))));
        assert_eq!(line(&mut reader, 5).unwrap().as_deref(), Some("3"));
    }
}
