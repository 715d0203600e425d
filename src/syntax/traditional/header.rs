//! The header of a function or operator.

use std::rc::Rc;

use super::{Header, Names};
use crate::syntax::fault::SyntaxError;
use crate::syntax::scan::{Class, words_of};
use crate::syntax::span::Span;
use crate::syntax::token::{Bracket, Token, TokenKind, tokens};

/// Words of a header before its local names. A function takes no more names in the place of its argument.
const MOST_WORDS: usize = 10_000;

/// Reads `{Z}←{X}(F OP G)Y;A;⎕IO`. `whole` is where the line stands, for what is missing.
pub fn header(tokens: &[Token], whole: Span) -> Result<Header, SyntaxError> {
    let semicolon = tokens.iter().position(|token| token.kind == TokenKind::Semicolon).unwrap_or(tokens.len());
    let (model, locals) = tokens.split_at(semicolon);
    let mut reader = Reader { tokens: model, at: 0, whole };
    let mut header = Header::default();
    if let Some(arrow) = model.iter().position(|token| token.kind == TokenKind::Glyph('←')) {
        (header.result, header.shy) = reader.result()?;
        if reader.at != arrow {
            return Err(reader.unexpected());
        }
        reader.at += 1;
    }
    reader.operation(&mut header)?;
    if reader.at < model.len() {
        return Err(reader.unexpected());
    }
    local_names(locals, &mut header)?;
    Ok(header)
}

/// The header that a line is, if it is one. Lines of code, which may be long, are known by their first words.
pub fn header_of(line: &str) -> Option<Header> {
    let model = words_of(line).take_while(|word| word.class != Class::Glyph(';'));
    for (count, word) in model.enumerate() {
        let fits = match word.class {
            Class::Blank | Class::Comment | Class::Name | Class::Open | Class::Close => true,
            Class::Glyph(glyph) => glyph == '←',
            _ => false,
        };
        if !fits || count == MOST_WORDS {
            return None;
        }
    }
    header(&tokens(line).ok()?, Span::default()).ok()
}

/// Reads `;A;⎕IO` into the names that are local.
pub fn local_names(tokens: &[Token], header: &mut Header) -> Result<(), SyntaxError> {
    let mut separated = false;
    for token in tokens {
        match &token.kind {
            TokenKind::Semicolon if !separated => separated = true,
            TokenKind::Name(name) if separated => {
                header.locals.push(name.clone());
                separated = false;
            }
            TokenKind::Quad(name) if separated && !name.is_empty() => {
                header.system_locals.push(name.clone());
                separated = false;
            }
            _ => return Err(SyntaxError::syntax("Name of a local expected", token.span)),
        }
    }
    // A semicolon at the end is no error in Dyalog's editor, but names nothing: `⎕FX` refuses it.
    match tokens.last() {
        Some(last) if separated => Err(SyntaxError::syntax("Name of a local expected", last.span)),
        _ => Ok(()),
    }
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    whole: Span,
}

impl Reader<'_> {
    fn kind(&self, ahead: usize) -> Option<&TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn unexpected(&self) -> SyntaxError {
        let span = self.tokens.get(self.at).map_or(Span { start: self.whole.end, ..self.whole }, |token| token.span);
        SyntaxError::syntax("Not a header", span)
    }

    fn name(&mut self) -> Result<Rc<str>, SyntaxError> {
        match self.kind(0) {
            Some(TokenKind::Name(name)) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn token(&mut self, kind: &TokenKind) -> Result<(), SyntaxError> {
        if self.kind(0) != Some(kind) {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    /// `Y`, or `(A B)`.
    fn names(&mut self) -> Result<Names, SyntaxError> {
        if self.kind(0) != Some(&TokenKind::Open(Bracket::Round)) {
            return Ok(Names::One(self.name()?));
        }
        self.at += 1;
        let mut names = vec![self.name()?];
        while self.kind(0) != Some(&TokenKind::Close(Bracket::Round)) {
            names.push(self.name()?);
        }
        self.at += 1;
        Ok(Names::Each(names))
    }

    /// `Z`, `{Z}`, `(A B)` or `{(A B)}`.
    fn result(&mut self) -> Result<(Option<Names>, bool), SyntaxError> {
        let shy = self.kind(0) == Some(&TokenKind::Open(Bracket::Curly));
        if shy {
            self.at += 1;
        }
        let names = self.names()?;
        if shy {
            self.token(&TokenKind::Close(Bracket::Curly))?;
        }
        Ok((Some(names), shy))
    }

    /// What stands behind the result: `F`, `F Y`, `X F Y`, `{X}F Y`, with `(F OP)` or `(F OP G)` in the place of `F`.
    fn operation(&mut self, header: &mut Header) -> Result<(), SyntaxError> {
        let opening = TokenKind::Open(Bracket::Round);
        match (self.kind(0), self.kind(1), self.kind(2)) {
            (Some(TokenKind::Open(Bracket::Curly)), ..) => {
                self.at += 1;
                header.left = Some(self.name()?);
                header.ambivalent = true;
                self.token(&TokenKind::Close(Bracket::Curly))?;
            }
            // `X F Y`, `X F(A B)` and `X(F OP)Y`, but not `F Y` nor `F(A B)`.
            (Some(TokenKind::Name(_)), Some(TokenKind::Name(_)), Some(_)) => header.left = Some(self.name()?),
            (Some(TokenKind::Name(_)), Some(TokenKind::Open(Bracket::Round)), _) if self.has_operands(1) => {
                header.left = Some(self.name()?);
            }
            _ => {}
        }
        let start = self.at;
        if self.kind(0) == Some(&opening) {
            self.at += 1;
            header.left_operand = Some(self.name()?);
            header.name = self.name()?;
            if self.kind(0) != Some(&TokenKind::Close(Bracket::Round)) {
                header.right_operand = Some(self.name()?);
            }
            self.token(&TokenKind::Close(Bracket::Round))?;
        } else {
            header.name = self.name()?;
        }
        let named = start + usize::from(header.left_operand.is_some()) * 2;
        header.span = self.tokens.get(named).map_or(self.whole, |token| token.span);
        if self.at < self.tokens.len() || header.left.is_some() || header.left_operand.is_some() {
            header.right = Some(self.names()?);
        }
        Ok(())
    }

    /// Whether something follows the parentheses that open at a token: then they hold operands.
    fn has_operands(&self, ahead: usize) -> bool {
        let close = |token: &Token| token.kind == TokenKind::Close(Bracket::Round);
        let opened = self.at + ahead;
        self.tokens[opened..].iter().position(close).is_some_and(|length| opened + length + 1 < self.tokens.len())
    }
}
