//! A block of text as logical lines: a line, with those behind it as long as a bracket is open.

use crate::syntax::grammar::{self, Openness};

/// The first logical line of a text, and what follows. Each line is looked at once.
pub fn logical_line(text: &str) -> (&str, &str) {
    let mut end = 0;
    let mut depth = 0;
    loop {
        let line_end = text[end..].find(['\n', '\r', '\u{85}']).map_or(text.len(), |at| end + at);
        let after = match text[line_end..].chars().next() {
            Some('\r') if text[line_end + 1..].starts_with('\n') => line_end + 2,
            Some(c) => line_end + c.len_utf8(),
            None => line_end,
        };
        let line = &text[..line_end];
        let open = match (end, is_command(line)) {
            (0, true) => None,
            _ => deeper(&text[end..line_end], depth),
        };
        match open {
            Some(open) if open > 0 && after < text.len() => depth = open,
            _ => return (line, &text[after..]),
        }
        end = after;
    }
}

/// Whether a text is the beginning of something that goes on: a bracket is still open.
pub fn needs_more(text: &str) -> bool {
    !is_command(text) && grammar::open_brackets(text) == Openness::NeedsMore
}

/// Whether a line is a `)command` or a `]command`.
pub fn is_command(line: &str) -> bool {
    matches!(line.trim_start().chars().next(), Some(')' | ']'))
}

/// How many brackets are open after a line; `None` where one too many is closed. Characters alone are looked at, so
/// that a line with something wrong in it does not tear apart the definition it stands in.
fn deeper(line: &str, before: usize) -> Option<usize> {
    let mut depth = before;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '⍝') => break,
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    Some(depth)
}

#[cfg(test)]
mod tests {
    use super::logical_line;

    #[test]
    fn lines_join_while_a_bracket_is_open() {
        assert_eq!(logical_line("1+1\n2"), ("1+1", "2"));
        assert_eq!(logical_line("f←{\n⍵\n}\n2"), ("f←{\n⍵\n}", "2"));
        assert_eq!(logical_line("f←{ ⍝ }\n⍵}\r\n2"), ("f←{ ⍝ }\n⍵}", "2"));
        assert_eq!(logical_line("]box on\n2"), ("]box on", "2"));
        assert_eq!(logical_line("'{'\n2"), ("'{'", "2"));
        assert_eq!(logical_line("(1"), ("(1", ""));
    }
}
