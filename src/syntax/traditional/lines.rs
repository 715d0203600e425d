//! Lines of code: logical lines, each with its label and the statements between its diamonds, still as tokens.

use std::rc::Rc;

use super::word::Word;
use super::{Header, header};
use crate::syntax::GoOn;
use crate::syntax::fault::SyntaxError;
use crate::syntax::scan::{Class, first_line, words_of};
use crate::syntax::span::Span;
use crate::syntax::token::{Token, TokenKind, tokens_at};

/// A physical line with those behind it as long as a bracket is open.
pub(super) struct Line {
    /// The number of the first physical line.
    pub number: u32,
    pub label: Option<(Rc<str>, Span)>,
    pub segments: Vec<Segment>,
    /// How many physical lines it takes.
    pub count: u32,
}

/// What stands between two diamonds.
pub(super) enum Segment {
    /// A control word and what follows it.
    Word { word: Word, span: Span, rest: Vec<Token> },
    /// A statement.
    Plain(Vec<Token>),
    /// What is no APL.
    Broken(SyntaxError),
}

/// The logical lines from byte `start`, which is the end of the header's line or the beginning of the text. Lines
/// without code are left out.
pub(super) fn lines(text: &str, start: usize, go_on: GoOn) -> Vec<Line> {
    let mut lines = Vec::new();
    // Behind the header comes line 1.
    let (mut at, mut number) = if start == 0 { (0, 0) } else { (first_line(text).1, 1) };
    while at < text.len() && go_on() {
        let (line, after) = logical(text, at, number, go_on);
        number += line.count;
        at = after;
        if line.label.is_some() || !line.segments.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// The logical line that begins at a byte, and where the next one does.
fn logical(text: &str, start: usize, number: u32, go_on: GoOn) -> (Line, usize) {
    let mut tokens: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    let mut at = start;
    let mut count = 0;
    loop {
        let (line, length) = first_line(&text[at..]);
        let piece = tokens_at(line, at, go_on);
        count += 1;
        let end = at + line.len();
        at += length;
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                let label = label(first_line(&text[start..]).0, start);
                return (Line { number, label, segments: vec![Segment::Broken(error)], count }, at);
            }
        };
        for token in &piece {
            match token.kind {
                TokenKind::Open(_) => depth += 1,
                TokenKind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        tokens.extend(piece);
        if depth == 0 || at >= text.len() || !go_on() {
            break;
        }
        tokens.push(Token { kind: TokenKind::LineEnd, span: Span::new(end, at) });
    }
    (Line { number, count, ..split(tokens) }, at)
}

/// The label of a line that may have no other tokens.
fn label(line: &str, start: usize) -> Option<(Rc<str>, Span)> {
    let mut words = words_of(line).filter(|word| word.class != Class::Blank);
    let name = words.next().filter(|word| word.class == Class::Name)?.range;
    words.next().filter(|word| word.class == Class::Glyph(':'))?;
    Some((line[name.clone()].into(), Span::new(start + name.start, start + name.end)))
}

fn split(mut tokens: Vec<Token>) -> Line {
    let mut label = None;
    if let [Token { kind: TokenKind::Name(name), span }, Token { kind: TokenKind::Colon, .. }, ..] = &tokens[..] {
        label = Some((name.clone(), *span));
        tokens.drain(..2);
    }
    let mut segments = Vec::new();
    let mut depth = 0_usize;
    let mut open = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            TokenKind::Diamond if depth == 0 => {
                segments.extend(segment(std::mem::take(&mut open)));
                continue;
            }
            _ => {}
        }
        open.push(token);
    }
    segments.extend(segment(open));
    Line { number: 0, label, segments, count: 0 }
}

fn segment(mut tokens: Vec<Token>) -> Option<Segment> {
    let (kind, span) = match &tokens[..] {
        [] => return None,
        [colon, name, ..] if colon.kind == TokenKind::Colon && colon.span.end == name.span.start => {
            (name.kind.clone(), colon.span.to(name.span))
        }
        [colon, ..] if colon.kind == TokenKind::Colon => (TokenKind::Colon, colon.span),
        _ => return Some(Segment::Plain(tokens)),
    };
    let word = match &kind {
        TokenKind::Name(name) => Word::of(name),
        _ => None,
    };
    Some(match word {
        Some(word) => {
            tokens.drain(..2);
            Segment::Word { word, span, rest: tokens }
        }
        None => Segment::Broken(SyntaxError::syntax("Unknown control word", span)),
    })
}

/// Takes the lines below the header that only name locals (`;A;B`) out and adds their names to it.
pub(super) fn local_lines(lines: &mut Vec<Line>, header: &mut Header) -> Result<(), SyntaxError> {
    let declares = |line: &Line| match &line.segments[..] {
        [Segment::Plain(tokens)] => line.label.is_none() && tokens[0].kind == TokenKind::Semicolon,
        _ => false,
    };
    let count = lines.iter().take_while(|line| declares(line)).count();
    for line in lines.drain(..count) {
        for segment in &line.segments {
            if let Segment::Plain(tokens) = segment {
                header::local_names(tokens, header)?;
            }
        }
    }
    Ok(())
}
