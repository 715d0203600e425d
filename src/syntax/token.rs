//! Tokens: the words of a text.
//!
//! Decides where names, numbers, strings and comments end. Brackets and statements are handled by `grammar`.

use std::rc::Rc;

use logos::{Lexer, Logos};

use super::fault::SyntaxError;
use super::number::{self, NumberFault};
use super::span::Span;
use super::tree::Number;
use super::{GoOn, TO_THE_END};

/// A word of the text and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// The shapes of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bracket {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
}

/// The kinds of tokens. Those that become items of a phrase carry what the item will.
#[derive(Logos, Clone, Debug, PartialEq)]
#[logos(error(SyntaxError, invalid_character))]
#[logos(skip r"[ \t\x0C]+")]
#[logos(skip r"⍝[^\n\r\u{85}]*")]
pub enum TokenKind {
    /// `¯1.5E3`
    // Only the beginning: where the number ends is for `number` to say.
    #[regex(r"[0-9¯]|\.[0-9]", number)]
    Number(Number),
    /// `'it''s'`, with the quotes undone.
    #[regex(r#"['"]"#, text)]
    Text(Rc<str>),
    /// `Δ_1`
    #[regex(
        r"[A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ][0-9A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ]*",
        |lexer| Rc::from(lexer.slice())
    )]
    Name(Rc<str>),
    /// `⎕io` as `IO`; empty for `⎕` itself.
    #[regex(
        r"⎕([A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ][0-9A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ]*)?",
        |lexer| Rc::from(lexer.slice().trim_start_matches('⎕').to_uppercase())
    )]
    Quad(Rc<str>),
    /// A glyph that is a word by itself.
    #[regex(r"[+\-×÷*⍟⌈⌊|!○~∧∨⍲⍱<≤=≥>≠?⍴,⍪⌽⊖⍉↑↓⊂⊃⊆⌷≡≢⊣⊢⍳⍸∊∪∩/⌿\\⍀⍋⍒⍎⍕⊥⊤⌹⍷¨⍨∘.⍤⍥⍣@⌸⌺⍛⍠&⌶⍬⍞⍺⍵∇←→#\^∣⋆∼]", glyph)]
    Glyph(char),
    /// `⍺⍺`; `⍶` is the same, as other APLs write it.
    #[token("⍺⍺")]
    #[token("⍶")]
    AlphaAlpha,
    /// `⍵⍵`; `⍹` is the same, as other APLs write it.
    #[token("⍵⍵")]
    #[token("⍹")]
    OmegaOmega,
    /// `∇∇`
    #[token("∇∇")]
    DelDel,
    /// `∘.`
    // Put together by `tokens`, out of its two glyphs.
    OuterProduct,
    /// An opening bracket.
    #[token("(", |_| Bracket::Round)]
    #[token("[", |_| Bracket::Square)]
    #[token("{", |_| Bracket::Curly)]
    Open(Bracket),
    /// A closing bracket.
    #[token(")", |_| Bracket::Round)]
    #[token("]", |_| Bracket::Square)]
    #[token("}", |_| Bracket::Curly)]
    Close(Bracket),
    /// `⋄`
    #[token("⋄")]
    Diamond,
    /// LF, CR LF, CR or U+0085.
    #[regex(r"\r\n|\n|\r|\u{85}")]
    LineEnd,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `:`
    #[token(":")]
    Colon,
    /// `::`
    #[token("::")]
    DoubleColon,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The tokens of a text, without its blanks and comments. The first word that is none is the error.
pub fn tokens(source: &str) -> Result<Vec<Token>, SyntaxError> {
    tokens_at(source, 0, TO_THE_END)
}

/// The tokens of a piece of a longer text, with their places in that text: the piece begins at byte `start` of it.
pub fn tokens_at(piece: &str, start: usize, go_on: GoOn) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens = lexed(piece, go_on).map_err(|error| SyntaxError { span: error.span.moved(start), ..error })?;
    if start > 0 {
        tokens.iter_mut().for_each(|token| token.span = token.span.moved(start));
    }
    Ok(tokens)
}

fn lexed(source: &str, go_on: GoOn) -> Result<Vec<Token>, SyntaxError> {
    let mut tokens: Vec<Token> = Vec::new();
    for token in tokens_of(source) {
        let Token { kind, span } = token?;
        if tokens.len().is_multiple_of(4096) && !go_on() {
            return Err(SyntaxError::syntax("Stopped", span));
        }
        match tokens.last_mut() {
            // Joined here and not by a pattern: `∘.5` is no outer product, and a pattern cannot look ahead. Blanks may
            // stand between the two, as everywhere between an operator and its operands.
            Some(last) if kind == TokenKind::Glyph('.') && last.kind == TokenKind::Glyph('∘') => {
                *last = Token { kind: TokenKind::OuterProduct, span: last.span.to(span) };
            }
            _ => tokens.push(Token { kind, span }),
        }
    }
    Ok(tokens)
}

/// The tokens one by one, for texts that may be long; an outer product is two of them.
pub fn tokens_of(source: &str) -> impl Iterator<Item = Result<Token, SyntaxError>> + '_ {
    let mut lexer = TokenKind::lexer(source);
    if source.starts_with(BYTE_ORDER_MARK) {
        lexer.bump(BYTE_ORDER_MARK.len_utf8());
    }
    let mut too_long = u32::try_from(source.len()).err().map(|_| SyntaxError::limit("Text too long", Span::default()));
    std::iter::from_fn(move || {
        if let Some(error) = too_long.take() {
            return Some(Err(error));
        }
        let kind = lexer.next()?;
        Some(kind.map(|kind| Token { kind, span: place(&lexer) }))
    })
}

fn place(lexer: &Lexer<'_, TokenKind>) -> Span {
    let span = lexer.span();
    Span::new(span.start, span.end)
}

fn number(lexer: &mut Lexer<'_, TokenKind>) -> Result<Number, SyntaxError> {
    let begun = lexer.slice().len();
    let read = number::leading(rest_with_slice(lexer));
    lexer.bump(read.len.saturating_sub(begun));
    read.value.map_err(|fault| match fault {
        NumberFault::Malformed => SyntaxError::syntax("Invalid token", place(lexer)),
        NumberFault::TooLarge => SyntaxError::domain("Number out of range", place(lexer)),
    })
}

/// The token begun and all that follows.
fn rest_with_slice<'s>(lexer: &Lexer<'s, TokenKind>) -> &'s str {
    lexer.source().get(lexer.span().start..).unwrap_or("")
}

fn text(lexer: &mut Lexer<'_, TokenKind>) -> Result<Rc<str>, SyntaxError> {
    let opening = place(lexer);
    let rest = lexer.remainder();
    let quote = if lexer.slice() == "'" { '\'' } else { '"' };
    let mut doubled = false;
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        if matches!(c, '\n' | '\r' | '\u{85}') {
            break;
        }
        if c != quote {
            continue;
        }
        if chars.as_str().starts_with(quote) {
            doubled = true;
            chars.next();
            continue;
        }
        lexer.bump(at + quote.len_utf8());
        let inside = &rest[..at];
        return Ok(if doubled {
            let twice: String = [quote, quote].iter().collect();
            Rc::from(inside.replace(&twice, quote.encode_utf8(&mut [0; 4])))
        } else {
            Rc::from(inside)
        });
    }
    Err(SyntaxError::syntax("Unpaired quote", opening))
}

fn glyph(lexer: &mut Lexer<'_, TokenKind>) -> char {
    match lexer.slice().chars().next().unwrap_or(' ') {
        '^' => '∧',
        '∣' => '|',
        '⋆' => '*',
        '∼' => '~',
        other => other,
    }
}

fn invalid_character(lexer: &mut Lexer<'_, TokenKind>) -> SyntaxError {
    let start = lexer.span().start;
    let culprit = rest_with_slice(lexer).chars().next().unwrap_or(' ');
    SyntaxError::syntax(
        format!("Invalid character U+{:04X} at byte {start}", u32::from(culprit)),
        Span::new(start, start + culprit.len_utf8()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::fault::SyntaxErrorKind;
    use TokenKind::*;

    fn kinds(source: &str) -> Vec<TokenKind> {
        tokens(source).unwrap().into_iter().map(|token| token.kind).collect()
    }

    fn glyphs(text: &str) -> Vec<TokenKind> {
        text.chars().map(Glyph).collect()
    }

    fn int(value: i32) -> TokenKind {
        Number(super::Number::Int(value))
    }

    fn float(value: f64) -> TokenKind {
        Number(super::Number::Float(value))
    }

    fn fault(source: &str) -> (SyntaxErrorKind, String, u32, u32) {
        let error = tokens(source).unwrap_err();
        (error.kind, error.message.unwrap(), error.span.start, error.span.end)
    }

    fn syntax(message: &str, start: u32, end: u32) -> (SyntaxErrorKind, String, u32, u32) {
        (SyntaxErrorKind::Syntax, message.into(), start, end)
    }

    #[test]
    fn numbers() {
        assert_eq!(kinds("1 ¯2"), [int(1), int(-2)]);
        assert_eq!(kinds("1.+2"), [int(1), Glyph('+'), int(2)]);
        assert_eq!(kinds("1.2.3"), [float(1.2), float(0.3)]);
        assert_eq!(kinds("+.5"), [Glyph('+'), float(0.5)]);
        assert_eq!(kinds("+.×5"), [Glyph('+'), Glyph('.'), Glyph('×'), int(5)]);
        assert_eq!(fault("2+¯¯1+3"), syntax("Invalid token", 2, 7));
        assert_eq!(fault("1e+5"), syntax("Invalid token", 0, 2));
        assert_eq!(fault(" 1E309").0, SyntaxErrorKind::Domain);
    }

    #[test]
    fn strings() {
        assert_eq!(kinds("'it''s'"), [Text("it's".into())]);
        assert_eq!(kinds(r#""it""s""#), [Text("it\"s".into())]);
        assert_eq!(kinds(r#"'"'"''""#), [Text("\"".into()), Text("''".into())]);
        assert_eq!(kinds("''''"), [Text("'".into())]);
        assert_eq!(kinds("''"), [Text("".into())]);
        assert_eq!(kinds("'⍝ −'"), [Text("⍝ −".into())]);
        assert_eq!(fault("1 'abc"), syntax("Unpaired quote", 2, 3));
        assert_eq!(fault("'abc\n'"), syntax("Unpaired quote", 0, 1));
    }

    #[test]
    fn names() {
        assert_eq!(kinds("TC ∆x1 Δ_ é"), ["TC", "∆x1", "Δ_", "é"].map(|n| Name(n.into())));
        assert_eq!(kinds("a×b"), [Name("a".into()), Glyph('×'), Name("b".into())]);
        assert_eq!(kinds("a.b"), [Name("a".into()), Glyph('.'), Name("b".into())]);
        assert_eq!(kinds("⎕io⎕"), [Quad("IO".into()), Quad("".into())]);
        assert_eq!(kinds("⎕1"), [Quad("".into()), int(1)]);
    }

    #[test]
    fn greek_and_del() {
        assert_eq!(kinds("⍺⍺⍺"), [AlphaAlpha, Glyph('⍺')]);
        assert_eq!(kinds("⍵⍵ ∇∇ ∇"), [OmegaOmega, DelDel, Glyph('∇')]);
        assert_eq!(kinds("##"), glyphs("##"));
    }

    #[test]
    fn every_primitive_is_a_glyph() {
        let all = "+-×÷*⍟⌈⌊|!○~∧∨⍲⍱<≤=≥>≠?⍴,⍪⌽⊖⍉↑↓⊂⊃⊆⌷≡≢⊣⊢⍳⍸∊∪∩/⌿\\⍀⍋⍒⍎⍕⊥⊤⌹⍷¨⍨∘⍤.⍥⍣@⌸⌺⍛⍠&⌶⍬⍞⍺⍵∇←→#";
        assert_eq!(kinds(all), glyphs(all));
        assert_eq!(kinds("^∣⋆∼"), glyphs("∧|*~"));
    }

    #[test]
    fn blanks_may_stand_within_an_outer_product() {
        assert_eq!(kinds("∘.×"), [OuterProduct, Glyph('×')]);
        assert_eq!(kinds("∘ . ×"), [OuterProduct, Glyph('×')]);
        assert_eq!(kinds("∘.5"), [Glyph('∘'), float(0.5)]);
        assert_eq!(kinds("∘ .5"), [Glyph('∘'), float(0.5)]);
        assert_eq!(kinds("∘\n.")[1..], [LineEnd, Glyph('.')]);
        assert_eq!(tokens("1∘ .+").unwrap()[1].span, Span::new(1, 6));
        assert_eq!(tokens("1∘.+").unwrap()[1].span, Span::new(1, 5));
    }

    #[test]
    fn punctuation_and_line_ends() {
        assert_eq!(kinds("⋄;:::"), [Diamond, Semicolon, DoubleColon, Colon]);
        assert_eq!(kinds("\r\n\n\r\u{85}"), [LineEnd, LineEnd, LineEnd, LineEnd]);
        assert_eq!(kinds("1⍝ − '\n\t\u{c}2"), [int(1), LineEnd, int(2)]);
    }

    #[test]
    fn spans_are_bytes() {
        let spans: Vec<Span> = tokens("⍺ 'é'").unwrap().iter().map(|token| token.span).collect();
        assert_eq!(spans, [Span::new(0, 3), Span::new(4, 8)]);
    }

    #[test]
    fn a_byte_order_mark_may_only_begin_the_text() {
        assert_eq!(tokens("\u{feff}1").unwrap()[0].span, Span::new(3, 4));
        assert_eq!(fault("1\u{feff}"), syntax("Invalid character U+FEFF at byte 1", 1, 4));
        assert_eq!(kinds("\u{feff}"), []);
    }

    #[test]
    fn other_characters_are_named() {
        assert_eq!(fault("1−2"), syntax("Invalid character U+2212 at byte 1", 1, 4));
        assert_eq!(fault("\0"), syntax("Invalid character U+0000 at byte 0", 0, 1));
        for culprit in "$`◊·“’＋\u{b}\u{1b}\u{7f}\u{a0}\u{2028}😀٣".chars() {
            let message = format!("Invalid character U+{:04X} at byte 2", u32::from(culprit));
            let end = 2 + culprit.len_utf8() as u32;
            assert_eq!(fault(&format!("a {culprit}")), syntax(&message, 2, end));
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for unit in ["1 ", "x", "'", "''", "⍝", "1.", ".1", "∘.", "⎕", "\n", "¯", "∇"] {
            // Whether it is APL does not matter, only that an answer comes.
            let _ = tokens(&unit.repeat(100_000));
        }
    }
}
