//! A block of text as logical lines: a line, with those behind it as long as something is open: a bracket, a control
//! structure, the definition of a function between `∇` and `∇`.

use std::borrow::Cow;

use crate::syntax::grammar::{self, Openness};
use crate::syntax::scan::{begins_name, continues_name, first_line};
use crate::syntax::traditional;

/// The first logical line of a text, and what follows. Each line is looked at once.
pub fn logical_line(text: &str) -> (&str, &str) {
    let mut end = 0;
    let mut reading = Reading::default();
    loop {
        let (line, length) = first_line(&text[end..]);
        reading.line(line);
        let (line_end, after) = (end + line.len(), end + length);
        if !reading.is_open() || after >= text.len() {
            return (&text[..line_end], &text[after..]);
        }
        end = after;
    }
}

/// Whether a text is the beginning of something that goes on.
pub fn needs_more(text: &str) -> bool {
    let mut reading = Reading::default();
    let mut rest = text;
    loop {
        let (line, length) = first_line(rest);
        reading.line(line);
        rest = &rest[length..];
        if rest.is_empty() {
            break;
        }
    }
    match reading.kind {
        Kind::Command => false,
        Kind::Definition | Kind::Script => reading.is_open(),
        Kind::Code => reading.structures > 0 || grammar::open_brackets(text) == Openness::NeedsMore,
    }
}

/// How many brackets and control structures are open at the end of a text, or of the lines of a definition.
pub fn depth(text: &str) -> usize {
    let mut reading = Reading::default();
    let mut lines = text.lines().peekable();
    if lines.next_if(|line| is_definition(line)).is_some() {
        reading.begun = true;
    }
    lines.for_each(|line| reading.line(line));
    reading.depth + usize::try_from(reading.structures).unwrap_or(0)
}

/// Whether a line is a `)command` or a `]command`.
pub fn is_command(line: &str) -> bool {
    matches!(line.trim_start().chars().next(), Some(')' | ']'))
}

/// Whether a logical line is a definition with `∇`.
pub fn is_definition(line: &str) -> bool {
    line.trim_start().starts_with('∇')
}

/// The assignment of a dfn that stands between `∇` and `∇`.
pub fn defined_dfn(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix('∇')?.strip_suffix('∇')?;
    let first = first_line(inside).0.trim_start();
    let behind = first.trim_start_matches(continues_name).trim_start();
    let is_dfn = behind.strip_prefix('←')?.trim_start().starts_with('{');
    let is_header = traditional::header_of(first).is_some();
    (first.starts_with(begins_name) && is_dfn && !is_header).then_some(inside)
}

/// A logical line with blanks in the place of the label that it begins with, if it does. A label names a line of a
/// function; outside of one it means nothing.
pub fn without_label(line: &str) -> Cow<'_, str> {
    let begun = line.trim_start();
    let behind = begun.trim_start_matches(continues_name).trim_start();
    match behind.strip_prefix(':') {
        Some(rest) if begun.starts_with(begins_name) && !rest.starts_with(':') => {
            Cow::Owned(" ".repeat(line.len() - rest.len()) + rest)
        }
        _ => Cow::Borrowed(line),
    }
}

/// Whether a logical line is a script: of a namespace, or of a class; or requires one.
pub fn begins_script(line: &str) -> bool {
    script_word(line) > 0 || line.trim_start().get(..8).is_some_and(|word| word.eq_ignore_ascii_case(":require"))
}

/// 1 for a line that begins a script or one within it, ¯1 for a line that ends one, 0 for any other.
fn script_word(line: &str) -> i32 {
    let Some(word) = line.trim_start().strip_prefix(':') else { return 0 };
    let word = word[..word.find(|c| !continues_name(c)).unwrap_or(word.len())].to_ascii_lowercase();
    let is_script = |word: &str| matches!(word, "namespace" | "class" | "interface");
    i32::from(is_script(&word)) - i32::from(word.strip_prefix("end").is_some_and(is_script))
}

/// Whether a logical line holds control structures, or begins with a label: those are run like the lines of a function.
pub fn is_structured(line: &str) -> bool {
    is_labelled(line) || line.lines().any(|line| traditional::control_words(line).any)
}

fn is_labelled(line: &str) -> bool {
    let name = line.trim_start();
    let behind = name.trim_start_matches(continues_name).trim_start();
    name.starts_with(begins_name) && behind.starts_with(':') && !behind.starts_with("::")
}

/// What has been read of a logical line.
#[derive(Default)]
struct Reading {
    kind: Kind,
    begun: bool,
    /// Open brackets.
    depth: usize,
    /// Open control structures; in a script, open scripts.
    structures: i32,
    /// Whether a function of a script is open, whose lines open and close nothing.
    in_function: bool,
    /// No line can mend it: it ends here.
    broken: bool,
    /// The definition is closed.
    closed: bool,
}

/// The kinds of logical lines.
#[derive(Clone, Copy, Default, PartialEq)]
enum Kind {
    #[default]
    Code,
    Command,
    /// `:Namespace`
    Script,
    /// `∇`
    Definition,
}

impl Reading {
    fn line(&mut self, line: &str) {
        if !std::mem::replace(&mut self.begun, true) {
            self.kind = match () {
                _ if is_command(line) => Kind::Command,
                _ if is_definition(line) => Kind::Definition,
                _ if script_word(line) > 0 => Kind::Script,
                _ => Kind::Code,
            };
            if self.kind == Kind::Definition {
                let head = line.trim_start().trim_start_matches('∇').trim();
                // Alone, it opens nothing.
                self.closed = head.is_empty() || closing(head).is_some();
                return;
            }
        }
        match self.kind {
            Kind::Command => {}
            Kind::Definition => self.closed = closing(line).is_some(),
            Kind::Script if self.in_function => self.in_function = closing(line).is_none(),
            Kind::Script if is_definition(line) => {
                self.in_function = closing(line.trim_start().trim_start_matches('∇')).is_none();
            }
            Kind::Script => self.structures += script_word(line),
            Kind::Code => {
                match deeper(line, self.depth) {
                    Some(depth) => self.depth = depth,
                    None => self.broken = true,
                }
                self.structures += traditional::control_words(line).open;
            }
        }
    }

    fn is_open(&self) -> bool {
        match self.kind {
            Kind::Command => false,
            Kind::Definition => !self.closed,
            Kind::Script => self.structures > 0,
            Kind::Code => self.structures > 0 || self.depth > 0 && !self.broken,
        }
    }
}

/// What stands before the `∇` that ends a definition, if the line has one at its end.
pub fn closing(line: &str) -> Option<&str> {
    use crate::syntax::scan::{Class, words_of};
    let last = words_of(line).filter(|word| word.class != Class::Blank).last()?;
    (last.class == Class::Glyph('∇')).then(|| &line[..last.range.start])
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
    use super::{depth, logical_line, needs_more};

    #[test]
    fn lines_join_while_a_bracket_is_open() {
        assert_eq!(logical_line("1+1\n2"), ("1+1", "2"));
        assert_eq!(logical_line("f←{\n⍵\n}\n2"), ("f←{\n⍵\n}", "2"));
        assert_eq!(logical_line("f←{ ⍝ }\n⍵}\r\n2"), ("f←{ ⍝ }\n⍵}", "2"));
        assert_eq!(logical_line("]box on\n2"), ("]box on", "2"));
        assert_eq!(logical_line("'{'\n2"), ("'{'", "2"));
        assert_eq!(logical_line("(1"), ("(1", ""));
        assert_eq!(logical_line("1)\n2"), ("1)", "2"));
    }

    #[test]
    fn definitions_end_at_their_second_del() {
        assert_eq!(logical_line("∇r←f\n{∇⍵}1\n  ∇ ⍝ end\n∇\n2"), ("∇r←f\n{∇⍵}1\n  ∇ ⍝ end\n∇", "2"));
        assert_eq!(logical_line("∇r←f\n'∇'\n ⍝ ∇\n  ∇\n2"), ("∇r←f\n'∇'\n ⍝ ∇\n  ∇", "2"));
        assert_eq!(logical_line("∇f[⎕]∇\n2"), ("∇f[⎕]∇", "2"));
        assert_eq!(logical_line(" ∇f\n1 ∇\n2"), (" ∇f\n1 ∇", "2"));
        assert_eq!(logical_line("∇\n2"), ("∇", "2"));
        assert!(needs_more("∇r←f x\nr←{"));
        assert!(!needs_more("∇r←f x\nr←x\n∇"));
    }

    #[test]
    fn what_is_open_is_counted() {
        let texts =
            [("f←{", 1), ("f←{(1", 2), (":For i :In 3\n:If i", 2), ("∇r←f x", 0), ("∇r←f x\n:If x\nr←{", 2), ("1", 0)];
        for (text, expected) in texts {
            assert_eq!(depth(text), expected, "{text}");
        }
    }

    #[test]
    fn control_structures_end_with_their_end() {
        assert_eq!(logical_line(":If 1\n2\n:EndIf\n3"), (":If 1\n2\n:EndIf", "3"));
        assert_eq!(logical_line(":If 1 ⋄ 2 ⋄ :EndIf\n3"), (":If 1 ⋄ 2 ⋄ :EndIf", "3"));
        let script = ":Namespace a\n∇f\n:If 1\n:End\n∇\n:EndNamespace";
        assert_eq!(logical_line(&format!("{script}\n3")), (script, "3"));
        // What a function of a script leaves open is the function's own matter.
        let script = ":Namespace a\n∇f\n:If (1\n∇\n∇g ∇\n:namespace b ⍝ c\n:EndNamespace\n:endnamespace";
        assert_eq!(logical_line(&format!("{script}\n3")), (script, "3"));
        assert!(needs_more(":Namespace a\n∇f\n:EndNamespace"));
        assert!(needs_more(":For i :In ⍳3\ni"));
        assert!(!needs_more(":Else"));
    }
}
