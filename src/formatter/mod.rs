//! The formatter, `zilde fmt`: blanks between words, indentation, and the columns of comments. Nothing is evaluated.
//!
//! A text is taken logical line by logical line. What is written has the same tokens, and its comments and character
//! literals are unchanged; a logical line for which that would not be so, or that is not complete APL, stays as it was.
//! Formatting twice is the same as formatting once.

mod align;
mod indent;
mod spacing;
#[cfg(test)]
mod tests;

use crate::syntax::lines;
use crate::syntax::scan::{Class, first_line, words};
use crate::syntax::span::Span;
use crate::syntax::token::{Token, TokenKind, tokens};
use crate::syntax::traditional;
use indent::Indenter;
use spacing::Arrows;

/// What a text is, which its file's extension tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines of code, definitions between `∇`, namespaces: `.apl`, `.apls`, `.apln`, `.dyalog`, `.apla`.
    Script,
    /// A function or operator without `∇`: `.aplf`, `.aplo`.
    Function,
}

impl Kind {
    /// By an extension; `None` for a file that is no source.
    pub fn of(extension: &str) -> Option<Kind> {
        match extension {
            "apl" | "apls" | "apln" | "apla" | "dyalog" => Some(Kind::Script),
            "aplf" | "aplo" => Some(Kind::Function),
            _ => None,
        }
    }
}

/// A line that is to be written: its code, and the comment behind it.
struct Line {
    /// Indentation and code, or the whole line where it stays as it was.
    code: String,
    /// The comment, where there is one behind code.
    comment: Option<String>,
    /// Whether it stays as it was, so that its comment is not moved.
    fixed: bool,
    /// What ends it.
    end: String,
}

/// The text as it is to be written.
pub fn format(text: &str, kind: Kind) -> String {
    let arrows = Arrows::of(text);
    let mut lines: Vec<Line> = Vec::new();
    let mut rest = text;
    // A function's lines belong together.
    let traditional = kind == Kind::Function && is_traditional(text);
    let mut off = false;
    while !rest.is_empty() {
        let after = if traditional { "" } else { lines::logical_line(rest).1 };
        let unit = &rest[..rest.len() - after.len()];
        let before = off;
        match self::unit(unit, traditional, &arrows, &mut off, text.len() - rest.len()) {
            Some(formatted) => lines.extend(formatted),
            None => {
                off = before;
                lines.extend(unchanged(unit, &mut off));
            }
        }
        rest = after;
    }
    let line_end = lines.iter().find(|line| !line.end.is_empty()).map_or("\n".to_owned(), |line| line.end.clone());
    if let Some(last) = lines.last_mut()
        && !last.fixed
        && last.end.is_empty()
        && !(last.code.is_empty() && last.comment.is_none())
    {
        last.end = line_end;
    }
    align::comments(&lines)
}

/// Whether the text of a file is a traditional function: its first line of code is a header.
fn is_traditional(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}');
    while !rest.is_empty() {
        let (line, length) = first_line(rest);
        let code = line.trim_start();
        if !code.is_empty() && !code.starts_with('⍝') {
            return tokens(line).is_ok_and(|tokens| {
                !tokens.iter().any(|token| {
                    matches!(token.kind, TokenKind::Open(crate::syntax::token::Bracket::Curly)) && !is_shy(&tokens)
                }) && traditional::header(&tokens, Span::new(0, line.len())).is_ok()
            });
        }
        rest = &rest[length..];
    }
    false
}

/// Whether braces can be those of a shy result or of an optional left argument: they hold one name.
fn is_shy(tokens: &[Token]) -> bool {
    use crate::syntax::token::Bracket::Curly;
    tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Open(Curly)).all(|(at, _)| {
        matches!(
            tokens.get(at + 1..at + 3),
            Some([Token { kind: TokenKind::Name(_), .. }, Token { kind: TokenKind::Close(Curly), .. }])
        )
    })
}

/// The lines of a logical line as they are to be written; `None` where they are to stay as they are.
fn unit(text: &str, traditional: bool, arrows: &Arrows, off: &mut bool, start: usize) -> Option<Vec<Line>> {
    let first = first_line(text).0;
    let is_fixed = lines::is_command(first) || start == 0 && first.starts_with("#!");
    if is_fixed {
        return None;
    }
    let mut written = Vec::new();
    let mut indenter = Indenter::new(traditional);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, length) = first_line(rest);
        let end = rest[line.len()..length].to_owned();
        rest = &rest[length..];
        let switched = switch(line);
        *off = switched.unwrap_or(*off);
        let all = words(line);
        let place = indenter.line(line, &all);
        if *off || switched == Some(false) && line.trim() != line || is_left(line) {
            written.push(Line { code: line.to_owned(), comment: None, fixed: true, end });
            continue;
        }
        written.push(self::line(line, &all, place, arrows, end));
    }
    (indenter.is_complete() && same_words(text, &written)).then_some(written)
}

/// A line that is written anew.
fn line(line: &str, all: &[crate::syntax::scan::Word], place: indent::Place, arrows: &Arrows, end: String) -> Line {
    let comment = all.iter().find(|word| word.class == Class::Comment).map(|word| &line[word.range.clone()]);
    let code = spacing::code(line, all, &place, arrows);
    let blanks = " ".repeat(place.level * indent::STEP);
    match (code.is_empty(), comment) {
        (true, None) => Line { code, comment: None, fixed: false, end },
        (true, Some(comment)) => Line { code: blanks + comment, comment: None, fixed: false, end },
        (false, comment) => Line { code: blanks + &code, comment: comment.map(str::to_owned), fixed: false, end },
    }
}

/// Lines as they are.
fn unchanged(text: &str, off: &mut bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, length) = first_line(rest);
        *off = switch(line).unwrap_or(*off);
        lines.push(Line {
            code: line.to_owned(),
            comment: None,
            fixed: true,
            end: rest[line.len()..length].to_owned(),
        });
        rest = &rest[length..];
    }
    lines
}

/// `⍝ fmt: off` and `⍝ fmt: on`: whether the lines that follow are left alone.
fn switch(line: &str) -> Option<bool> {
    match line.trim().strip_prefix('⍝')?.trim() {
        "fmt: off" => Some(true),
        "fmt: on" => Some(false),
        _ => None,
    }
}

/// Whether a line is left alone because what stands in it is no APL: `:Require file://…`.
fn is_left(line: &str) -> bool {
    line.trim_start().get(..8).is_some_and(|word| word.eq_ignore_ascii_case(":require"))
}

/// Whether the tokens and the comments are those of the text.
fn same_words(text: &str, lines: &[Line]) -> bool {
    let mut written = String::with_capacity(text.len());
    for line in lines {
        written += &line.code;
        if let Some(comment) = &line.comment {
            written.push(' ');
            written += comment;
        }
        written += &line.end;
    }
    let kinds = |text: &str| {
        let mut all: Vec<TokenKind> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (line, length) = first_line(rest);
            all.extend(tokens(line).ok()?.into_iter().map(|token| token.kind));
            all.push(TokenKind::LineEnd);
            rest = &rest[length..];
        }
        Some(all)
    };
    // What stands in a line that no words can be made of is not known to be the same.
    let (before, after) = (kinds(text), kinds(&written));
    before.is_some() && before == after && comments(text).eq(comments(&written))
}

fn comments(text: &str) -> impl Iterator<Item = &str> {
    words(text).into_iter().filter(|word| word.class == Class::Comment).map(|word| &text[word.range])
}
