//! `]view`: a text on a screen of its own, which the arrow keys scroll and `q` leaves.

use std::io::{self, Write};

use rustix::termios::{self, OptionalActions, Termios};
use unicode_width::UnicodeWidthChar;

use super::terminal;
use crate::context::Size;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    /// To the first column; once more, to the first line.
    Home,
    /// To the last column; once more, to the last line.
    End,
    Top,
    Bottom,
    Quit,
    Other,
}

/// Where the window stands on the text.
struct View<'a> {
    lines: Vec<&'a str>,
    width: usize,
    top: usize,
    left: usize,
}

/// The terminal in the state in which single keys arrive; as it was, when this is dropped.
struct Raw(Termios);

impl Raw {
    fn begin() -> io::Result<Raw> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        termios::tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        // A screen of its own, without a cursor, and lines that are not broken.
        write!(io::stdout(), "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l")?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = write!(io::stdout(), "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l").and_then(|()| io::stdout().flush());
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Shows a text until `q` is pressed.
pub fn show(text: &str) -> io::Result<()> {
    let mut view = View::of(text);
    let _raw = Raw::begin()?;
    loop {
        let size = terminal::size().unwrap_or(Size { columns: 80, lines: 24 });
        let mut out = io::stdout().lock();
        out.write_all(view.drawn(size).as_bytes())?;
        out.flush()?;
        drop(out);
        match key()? {
            Key::Quit => return Ok(()),
            key => view.press(key, size),
        }
    }
}

/// The next key. Escape sequences arrive in one piece.
fn key() -> io::Result<Key> {
    let mut bytes = [0; 32];
    let count = rustix::io::read(io::stdin(), &mut bytes)?;
    Ok(meaning(&bytes[..count]))
}

fn meaning(bytes: &[u8]) -> Key {
    match bytes {
        // The end of the input, Ctrl-C, Escape.
        [] | [3] | [0x1b] | b"q" | b"Q" => Key::Quit,
        b"\x1b[A" | b"\x1bOA" | b"k" => Key::Up,
        b"\x1b[B" | b"\x1bOB" | b"j" | b"\r" => Key::Down,
        b"\x1b[C" | b"\x1bOC" | b"l" => Key::Right,
        b"\x1b[D" | b"\x1bOD" | b"h" => Key::Left,
        b"\x1b[5~" | b"b" => Key::PageUp,
        b"\x1b[6~" | b" " | b"f" => Key::PageDown,
        b"\x1b[H" | b"\x1bOH" | b"\x1b[1~" | b"0" => Key::Home,
        b"\x1b[F" | b"\x1bOF" | b"\x1b[4~" | b"$" => Key::End,
        b"g" => Key::Top,
        b"G" => Key::Bottom,
        _ => Key::Other,
    }
}

impl View<'_> {
    fn of(text: &str) -> View<'_> {
        let lines: Vec<&str> = text.lines().collect();
        let width = lines.iter().map(|line| line.chars().map(columns).sum()).max().unwrap_or(0);
        View { lines, width, top: 0, left: 0 }
    }

    fn press(&mut self, key: Key, size: Size) {
        // The last line of the screen tells where the window stands.
        let (page, across) = (size.lines.saturating_sub(1).max(1), size.columns.max(1));
        let (bottom, end) = (self.lines.len().saturating_sub(page), self.width.saturating_sub(across));
        match key {
            Key::Up => self.top = self.top.saturating_sub(1),
            Key::Down => self.top += 1,
            Key::Left => self.left = self.left.saturating_sub(across / 4),
            Key::Right => self.left += across / 4,
            Key::PageUp => self.top = self.top.saturating_sub(page),
            Key::PageDown => self.top += page,
            Key::Home if self.left == 0 => self.top = 0,
            Key::Home => self.left = 0,
            Key::End if self.left >= end => self.top = bottom,
            Key::End => self.left = end,
            Key::Top => (self.top, self.left) = (0, 0),
            Key::Bottom => self.top = bottom,
            Key::Quit | Key::Other => {}
        }
        (self.top, self.left) = (self.top.min(bottom), self.left.min(end));
    }

    /// What draws the window.
    fn drawn(&self, size: Size) -> String {
        let page = size.lines.saturating_sub(1).max(1);
        let mut text = "\u{1b}[H".to_owned();
        for at in 0..page {
            let line = self.lines.get(self.top + at).copied().unwrap_or_default();
            text += &part(line, self.left, size.columns);
            text += "\u{1b}[K\r\n";
        }
        let last = (self.top + page).min(self.lines.len());
        let right = (self.left + size.columns).min(self.width);
        let told = format!(
            "lines {}-{last} of {}, columns {}-{right} of {}; arrows scroll, q leaves",
            (self.top + 1).min(last),
            self.lines.len(),
            (self.left + 1).min(right),
            self.width
        );
        text + &format!("\u{1b}[7m{}\u{1b}[0m\u{1b}[K", part(&told, 0, size.columns.saturating_sub(1)))
    }
}

/// The columns that a character takes.
fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The part of a line that lies in so many columns from one on.
fn part(line: &str, from: usize, width: usize) -> String {
    let mut at = 0;
    let mut text = String::new();
    for c in line.chars() {
        let next = at + columns(c);
        if at >= from && next <= from + width {
            text.push(c);
        } else if next > from + width {
            break;
        }
        at = next;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { columns: 8, lines: 4 };

    #[test]
    fn keys_scroll() {
        let text: String = (0..10).map(|line| format!("{line}{}\n", "x".repeat(19))).collect();
        let mut view = View::of(&text);
        let mut pressed = |bytes: &[u8]| {
            view.press(meaning(bytes), SIZE);
            (view.top, view.left)
        };
        assert_eq!(pressed(b"\x1b[A"), (0, 0));
        assert_eq!(pressed(b"\x1b[B"), (1, 0));
        assert_eq!(pressed(b"\x1b[C"), (1, 2));
        assert_eq!(pressed(b" "), (4, 2));
        assert_eq!(pressed(b"\x1b[F"), (4, 12));
        assert_eq!(pressed(b"\x1b[C"), (4, 12));
        assert_eq!(pressed(b"G"), (7, 12));
        assert_eq!(pressed(b"\x1b[6~"), (7, 12));
        assert_eq!(pressed(b"0"), (7, 0));
        assert_eq!(pressed(b"0"), (0, 0));
        assert_eq!((meaning(b"q"), meaning(&[3]), meaning(&[])), (Key::Quit, Key::Quit, Key::Quit));
    }

    #[test]
    fn a_window_shows_a_part() {
        let view = View { top: 1, left: 2, ..View::of("one\ntwo and more\nthree") };
        let drawn = view.drawn(Size { columns: 60, lines: 3 });
        assert!(drawn.contains("o and more\u{1b}[K\r\nree\u{1b}[K"), "{drawn:?}");
        assert!(drawn.contains("lines 2-3 of 3, columns 3-12 of 12"), "{drawn:?}");
        assert_eq!(part("a漢b", 1, 2), "漢");
        assert_eq!(part("a漢b", 2, 2), "b");
        assert_eq!(View::of("").drawn(SIZE).matches("\r\n").count(), 3);
    }
}
