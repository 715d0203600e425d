//! Keys as they are typed, without waiting for the end of a line.

use std::cell::RefCell;
use std::io;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// An arrow.
    Right,
    /// An arrow.
    Left,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// The first of all.
    Home,
    /// The last of all.
    End,
    /// Return.
    Enter,
    /// Backspace.
    Erase,
    /// Escape by itself.
    Escape,
    /// Ctrl-C, Ctrl-D, or the end of the input.
    Quit,
    /// A character.
    Char(char),
    /// Anything else.
    Other,
}

/// The keys in a piece of input, in order.
pub fn keys(input: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = input;
    while let Some((&first, behind)) = rest.split_first() {
        let (key, length) = match first {
            3 | 4 => (Key::Quit, 1),
            b'\r' | b'\n' => (Key::Enter, 1),
            8 | 127 => (Key::Erase, 1),
            27 => escape(behind),
            0..32 => (Key::Other, 1),
            _ => {
                let length = rest.iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count() + 1;
                let c = std::str::from_utf8(&rest[..length]).ok().and_then(|text| text.chars().next());
                (c.map_or(Key::Other, Key::Char), length)
            }
        };
        keys.push(key);
        rest = rest.get(length..).unwrap_or_default();
    }
    keys
}

/// What a sequence means that begins with Escape, and its length.
fn escape(behind: &[u8]) -> (Key, usize) {
    match behind {
        [b'[' | b'O', b'A', ..] => (Key::Up, 3),
        [b'[' | b'O', b'B', ..] => (Key::Down, 3),
        [b'[' | b'O', b'C', ..] => (Key::Right, 3),
        [b'[' | b'O', b'D', ..] => (Key::Left, 3),
        [b'[' | b'O', b'H', ..] => (Key::Home, 3),
        [b'[' | b'O', b'F', ..] => (Key::End, 3),
        [b'[', rest @ ..] => {
            let parameters = rest.iter().take_while(|byte| !(0x40..0x7F).contains(*byte)).count();
            (Key::Other, 3 + parameters)
        }
        _ => (Key::Escape, 1),
    }
}

/// The terminal hands on each key at once, and shows none, until this is dropped.
#[cfg(unix)]
pub struct Raw {
    before: rustix::termios::Termios,
    waiting: RefCell<std::collections::VecDeque<Key>>,
}

#[cfg(unix)]
impl Raw {
    /// `None` where standard input is no terminal.
    pub fn begin() -> io::Result<Option<Raw>> {
        let input = rustix::stdio::stdin();
        let Ok(before) = rustix::termios::tcgetattr(input) else { return Ok(None) };
        let mut raw = before.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(input, rustix::termios::OptionalActions::Now, &raw)?;
        Ok(Some(Raw { before, waiting: RefCell::default() }))
    }

    /// The next key.
    pub fn key(&self) -> io::Result<Key> {
        loop {
            if let Some(key) = self.waiting.borrow_mut().pop_front() {
                return Ok(key);
            }
            let mut input = [0; 256];
            match rustix::io::read(rustix::stdio::stdin(), &mut input[..]) {
                Ok(0) => return Ok(Key::Quit),
                Ok(count) => self.waiting.borrow_mut().extend(keys(&input[..count])),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(unix)]
impl Drop for Raw {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = rustix::termios::tcsetattr(rustix::stdio::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

/// Other systems have no such terminal.
#[cfg(not(unix))]
pub struct Raw(RefCell<()>);

#[cfg(not(unix))]
impl Raw {
    pub fn begin() -> io::Result<Option<Raw>> {
        Ok(None)
    }

    pub fn key(&self) -> io::Result<Key> {
        Ok(Key::Quit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        assert_eq!(keys(b"\x1b[C\x1bOD"), [Key::Right, Key::Left]);
        assert_eq!(keys("x⍵\r".as_bytes()), [Key::Char('x'), Key::Char('⍵'), Key::Enter]);
        assert_eq!(keys(b"\x1b"), [Key::Escape]);
        assert_eq!(keys(b"\x1b[3~q"), [Key::Other, Key::Char('q')]);
        assert_eq!(keys(&[3]), [Key::Quit]);
        assert_eq!(keys(&[0xE2, b'a']), [Key::Other, Key::Char('a')]);
    }
}
