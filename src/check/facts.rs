//! What the words of a program tell without binding: which names may be set, and which of them by whom.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::syntax::span::Span;
use crate::syntax::token::{Bracket, Token, TokenKind};

/// System functions that give names values, or take them.
const SETTERS: &[&str] = &["FIX", "FX", "EX", "CY", "SHADOW", "LOAD", "ED", "CS", "SAVE", "TRAP", "VSET"];

/// What is known of the names of a program.
#[derive(Debug, Default)]
pub struct Facts {
    /// Names that something may give a value: all that stand left of an arrow, in headers and behind `:For`.
    pub set: HashSet<Rc<str>>,
    /// Names that are local to a traditional function: what it calls sees its value.
    pub shadowed: HashSet<Rc<str>>,
    /// Names that a traditional function changes although they are not its own: nothing is known of their values.
    pub volatile: HashSet<Rc<str>>,
    /// Names that a dfn changes although they are not its own: known as long as all calls are followed.
    pub changed: HashSet<Rc<str>>,
    /// Whether names may be set or erased in ways that only running shows, as by `⍎`.
    pub dynamic: bool,
    /// Whether arrays may turn into functions: `⎕OR`. Nothing is known of any name.
    pub opaque: bool,
}

/// A dfn: the names that it sets.
#[derive(Default)]
struct Braces {
    plain: HashSet<Rc<str>>,
    changed: HashSet<Rc<str>>,
}

impl Facts {
    /// Adds what tokens tell. `locals`: the local names of the traditional function that they are the body of.
    pub fn tokens(&mut self, tokens: &[Token], locals: Option<&HashSet<Rc<str>>>) {
        let mut open: Vec<(Bracket, usize)> = Vec::new();
        let mut braces: Vec<Braces> = Vec::new();
        // Where the statement begins that is being read, at each level of brackets.
        let mut begins = vec![0];
        for (at, token) in tokens.iter().enumerate() {
            match &token.kind {
                TokenKind::Open(bracket) => {
                    open.push((*bracket, at));
                    begins.push(at + 1);
                    if *bracket == Bracket::Curly {
                        braces.push(Braces::default());
                    }
                }
                TokenKind::Close(_) => {
                    begins.pop();
                    if begins.is_empty() {
                        begins.push(at + 1);
                    }
                    if let Some((Bracket::Curly, _)) = open.pop()
                        && let Some(done) = braces.pop()
                    {
                        self.changed.extend(done.changed.difference(&done.plain).cloned());
                    }
                }
                TokenKind::Diamond | TokenKind::LineEnd | TokenKind::Colon | TokenKind::Semicolon => {
                    if let Some(begin) = begins.last_mut() {
                        *begin = at + 1;
                    }
                }
                TokenKind::Glyph('←') => {
                    let begin = begins.last().copied().unwrap_or(0);
                    self.arrow(tokens, begin, at, &mut braces, locals);
                }
                TokenKind::Glyph('⍎') => self.dynamic |= locals.is_some() || !braces.is_empty(),
                TokenKind::Quad(name) => {
                    self.dynamic |= SETTERS.contains(&&**name) || &**name == "NS" && is_called_with_two(tokens, at);
                    self.opaque |= &**name == "OR";
                }
                _ => {}
            }
        }
    }

    fn arrow(
        &mut self,
        tokens: &[Token],
        begin: usize,
        at: usize,
        braces: &mut [Braces],
        locals: Option<&HashSet<Rc<str>>>,
    ) {
        let names = || tokens[begin..at].iter().filter_map(name);
        self.set.extend(names().cloned());
        // `a b←`
        let bare = tokens[begin..at].iter().all(|token| matches!(token.kind, TokenKind::Name(_)));
        let simple = bare
            || match tokens[begin..at].last().map(|token| &token.kind) {
                Some(TokenKind::Name(_)) => {
                    at < begin + 2 || !matches!(tokens[at - 2].kind, TokenKind::Name(_) | TokenKind::Glyph('.'))
                }
                // `(a b)←`
                Some(TokenKind::Close(Bracket::Round)) => {
                    let inside =
                        tokens[begin..at].iter().rposition(|token| token.kind == TokenKind::Open(Bracket::Round));
                    inside.is_some_and(|open| {
                        tokens[begin + open + 1..at - 1].iter().all(|token| matches!(token.kind, TokenKind::Name(_)))
                    })
                }
                _ => false,
            };
        match (braces.last_mut(), locals) {
            (Some(inner), _) if simple => {
                inner.plain.extend(tokens[begin..at].iter().rev().map_while(target));
            }
            (Some(inner), _) => inner.changed.extend(names().cloned()),
            (None, Some(locals)) => self.volatile.extend(names().filter(|name| !locals.contains(*name)).cloned()),
            (None, None) => {}
        }
    }
}

/// Whether something that may be a left argument stands before a token.
fn is_called_with_two(tokens: &[Token], at: usize) -> bool {
    use Bracket::{Curly, Round, Square};
    !matches!(
        at.checked_sub(1).map(|before| &tokens[before].kind),
        None | Some(
            TokenKind::Glyph('←')
                | TokenKind::Diamond
                | TokenKind::LineEnd
                | TokenKind::Colon
                | TokenKind::Semicolon
                | TokenKind::Open(Round | Curly | Square)
        )
    )
}

fn name(token: &Token) -> Option<&Rc<str>> {
    match &token.kind {
        TokenKind::Name(name) => Some(name),
        _ => None,
    }
}

/// A name of a target, going back from an arrow; brackets give an empty one.
fn target(token: &Token) -> Option<Rc<str>> {
    match &token.kind {
        TokenKind::Name(name) => Some(name.clone()),
        TokenKind::Open(Bracket::Round) | TokenKind::Close(Bracket::Round) => Some("".into()),
        _ => None,
    }
}

/// Names that the dfns among tokens set and never use, with the place of the first of each.
pub fn unused(tokens: &[Token]) -> Vec<(Rc<str>, Span)> {
    let mut found = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open(Bracket::Curly) => open.push(at),
            TokenKind::Close(Bracket::Curly) => {
                if let Some(begin) = open.pop() {
                    unused_in(&tokens[begin + 1..at], &mut found);
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|(_, span)| span.start);
    found.dedup();
    found
}

fn unused_in(body: &[Token], found: &mut Vec<(Rc<str>, Span)>) {
    let looks = |token: &Token| match &token.kind {
        TokenKind::Glyph('⍎') => true,
        TokenKind::Quad(name) => SETTERS.contains(&&**name) || ["NC", "NL", "CR", "OR"].contains(&&**name),
        _ => false,
    };
    if body.iter().any(looks) {
        return;
    }
    let mut names: HashMap<&Rc<str>, Option<Span>> = HashMap::new();
    let mut depth = 0_usize;
    for (at, token) in body.iter().enumerate() {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let Some(name) = name(token) else { continue };
        let begins = at == 0 || matches!(body[at - 1].kind, TokenKind::Diamond | TokenKind::LineEnd);
        let sets = begins && depth == 0 && body.get(at + 1).is_some_and(|next| next.kind == TokenKind::Glyph('←'));
        // The last statement's value is the result.
        let last = !body[at..].iter().any(|token| matches!(token.kind, TokenKind::Diamond | TokenKind::LineEnd));
        let entry = names.entry(name).or_insert(Some(token.span));
        if !sets || last {
            *entry = None;
        }
    }
    // `_←` says that the value is not used.
    names.retain(|name, _| !name.starts_with('_'));
    found.extend(names.into_iter().filter_map(|(name, span)| Some((name.clone(), span?))));
}
