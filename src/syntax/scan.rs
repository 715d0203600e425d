//! Splits any text into words, also if it is not valid APL: for colours, completion and finding comments.
//!
//! Unlike the tokens of the grammar these cover every character, comments and blanks included, and never fail.

use std::ops::Range;

use super::number;

/// What a stretch of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Blanks and line ends.
    Blank,
    /// From `⍝` to the end of the line.
    Comment,
    /// A closed character literal, or one that its line leaves open.
    Text {
        /// Whether the closing quote is there.
        closed: bool,
    },
    /// A numeric literal.
    Number,
    /// A name.
    Name,
    /// A name that begins with `⎕`, or `⎕` itself.
    Quad,
    /// `( [ {`
    Open,
    /// `) ] }`
    Close,
    /// Any other single character.
    Glyph(char),
}

/// A stretch of text and its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it looks like.
    pub class: Class,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// Whether a name can begin with this character.
pub fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '∆' | '⍙' | 'Δ' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Ⓐ'..='Ⓩ')
}

/// Whether a name can go on with this character.
pub fn continues_name(c: char) -> bool {
    begins_name(c) || c.is_ascii_digit()
}

/// The words of `text`, one after another without gaps.
pub fn words(text: &str) -> Vec<Word> {
    words_of(text).collect()
}

/// The same one by one, for texts that may be long.
pub fn words_of(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?;
        let (class, length) = word(rest, rest.chars().next()?);
        start += length;
        Some(Word { class, range: start - length..start })
    })
}

fn word(rest: &str, first: char) -> (Class, usize) {
    let run = |belongs: &dyn Fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let after_first = first.len_utf8();
    match first {
        _ if first.is_whitespace() => (Class::Blank, run(&char::is_whitespace)),
        '⍝' => (Class::Comment, run(&|c| !is_line_end(c))),
        '\'' | '"' => literal(rest, first),
        '(' | '[' | '{' => (Class::Open, after_first),
        ')' | ']' | '}' => (Class::Close, after_first),
        '⎕' => {
            let name = &rest[after_first..];
            let length = name.find(|c| !continues_name(c)).unwrap_or(name.len());
            (Class::Quad, after_first + length)
        }
        _ if begins_name(first) => (Class::Name, run(&continues_name)),
        _ if first.is_ascii_digit() || first == '¯' || begins_fraction(rest) => {
            // At least the first character, so that the scan goes on.
            (Class::Number, number::leading(rest).len.max(after_first))
        }
        _ => (Class::Glyph(first), after_first),
    }
}

fn begins_fraction(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b'.') && bytes.next().is_some_and(|b| b.is_ascii_digit())
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}')
}

fn literal(rest: &str, quote: char) -> (Class, usize) {
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote {
            return (Class::Text { closed: true }, at + quote.len_utf8());
        }
        if is_line_end(c) {
            return (Class::Text { closed: false }, at);
        }
    }
    (Class::Text { closed: false }, rest.len())
}

/// The first line of a text, and where the next one begins.
pub fn first_line(text: &str) -> (&str, usize) {
    let end = text.find(['\n', '\r', '\u{85}']).unwrap_or(text.len());
    let length = match text[end..].chars().next() {
        Some('\r') if text[end + 1..].starts_with('\n') => 2,
        Some(c) => c.len_utf8(),
        None => 0,
    };
    (&text[..end], end + length)
}

/// Where the comment of a line begins, in bytes.
pub fn comment(line: &str) -> Option<usize> {
    words_of(line).find(|word| word.class == Class::Comment).map(|word| word.range.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(text: &str) -> Vec<(Class, &str)> {
        words(text).into_iter().map(|word| (word.class, &text[word.range])).collect()
    }

    #[test]
    fn every_character_has_a_word() {
        for text in ["", "f←{⍵+¯1.5E3 .5}⍝ no", "'it''s' \"\n'open", "¯¯1", "⎕io⎕", "a.b.5", "\u{0}é😀", "1E", "⍝\r\n2"]
        {
            let mut end = 0;
            for word in words(text) {
                assert_eq!(word.range.start, end);
                assert!(word.range.end > end);
                end = word.range.end;
            }
            assert_eq!(end, text.len());
        }
    }

    #[test]
    fn words_have_classes() {
        assert_eq!(
            classes("Δx←⎕io+.5 'a⍝'⍝b"),
            [
                (Class::Name, "Δx"),
                (Class::Glyph('←'), "←"),
                (Class::Quad, "⎕io"),
                (Class::Glyph('+'), "+"),
                (Class::Number, ".5"),
                (Class::Blank, " "),
                (Class::Text { closed: true }, "'a⍝'"),
                (Class::Comment, "⍝b"),
            ]
        );
        assert_eq!(classes("{'a")[1], (Class::Text { closed: false }, "'a"));
    }

    #[test]
    fn comments_are_not_in_literals() {
        assert_eq!(comment("'⍝' ⍝→ x"), Some(6));
        assert_eq!(comment("'⍝'"), None);
    }
}
