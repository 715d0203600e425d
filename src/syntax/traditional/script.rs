//! Scripts: namespaces written down as text, with functions between `∇` and `∇`, expressions, and namespaces in them.

use std::rc::Rc;

use super::word::Word;
use crate::syntax::GoOn;
use crate::syntax::fault::SyntaxError;
use crate::syntax::grammar::MAX_NESTING;
use crate::syntax::scan::{Class, first_line, words_of};
use crate::syntax::span::Span;

/// A script, or the part of one between `:Namespace` and `:EndNamespace`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// The namespace's name, if it has one.
    pub name: Option<Rc<str>>,
    /// What is in it, in order.
    pub members: Vec<Member>,
    /// All of it.
    pub span: Span,
}

/// What is in a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// The lines of a function or operator, the header first, without `∇`.
    Function(Span),
    /// A line of code, with those behind it as long as a bracket is open.
    Code(Span),
    /// A namespace.
    Space(Script),
    /// What stands behind `:Require`.
    Require(Span),
}

/// Reads a script: what stands outside of all namespaces, which may be nothing but one of them.
pub fn script(text: &str, go_on: GoOn) -> Result<Script, SyntaxError> {
    let mut open = vec![Script { span: Span::new(0, text.len()), ..Script::default() }];
    let mut at = 0;
    while at < text.len() && go_on() {
        let start = at;
        let (line, length) = first_line(&text[at..]);
        at += length;
        let span = Span::new(start, start + line.len());
        if let Some(rest) = line.trim_start().strip_prefix('∇') {
            let first = start + line.len() - rest.len();
            let (function, after) = function(text, first, at, span, go_on)?;
            at = after;
            push(&mut open, Member::Function(function));
            continue;
        }
        match word(line) {
            None => {
                at = logical(text, start, go_on);
                let code = Span::new(start, at);
                if !code.of(text).trim().is_empty() {
                    push(&mut open, Member::Code(code));
                }
            }
            Some((Word::Namespace, name)) => {
                if open.len() > MAX_NESTING {
                    return Err(SyntaxError::limit("Nesting too deep", span));
                }
                let name = (!name.is_empty()).then(|| name.into());
                open.push(Script { name, members: Vec::new(), span });
            }
            Some((Word::EndNamespace, _)) => match (open.pop(), open.last_mut()) {
                (Some(mut script), Some(outer)) => {
                    script.span.end = span.end;
                    outer.members.push(Member::Space(script));
                }
                _ => return Err(SyntaxError::syntax("Misplaced control word", span)),
            },
            Some((Word::Require, _)) => {
                let behind = line.to_lowercase().find("require").map_or(0, |at| at + "require".len());
                push(&mut open, Member::Require(Span::new(start + behind, span.end as usize)));
            }
            Some((Word::Section | Word::EndSection | Word::Declaration, _)) => {}
            Some((word, _)) => {
                return Err(match word.missing() {
                    Some(what) => SyntaxError::nonce(what, span),
                    None => SyntaxError::syntax("Misplaced control word", span),
                });
            }
        }
    }
    match (open.pop(), open.pop()) {
        (Some(script), None) => Ok(script),
        (Some(script), _) => Err(SyntaxError::syntax("Namespace without end", script.span)),
        (None, _) => Ok(Script::default()),
    }
}

fn push(open: &mut [Script], member: Member) {
    if let Some(script) = open.last_mut() {
        script.members.push(member);
    }
}

/// The control word that begins a line, and the name behind it.
fn word(line: &str) -> Option<(Word, &str)> {
    let line = line.trim_start();
    let mut parts = words_of(line);
    let colon = parts.next().filter(|word| word.class == Class::Glyph(':'))?;
    let name = parts.next().filter(|word| word.class == Class::Name && word.range.start == colon.range.end)?;
    let word = Word::of(&line[name.range])?;
    let behind = parts.find(|word| word.class != Class::Blank);
    Some((word, behind.filter(|word| word.class == Class::Name).map_or("", |word| &line[word.range])))
}

/// The lines of a function, whose header begins at `first` and whose next line at `next`; and what follows its `∇`.
fn function(text: &str, first: usize, next: usize, opened: Span, go_on: GoOn) -> Result<(Span, usize), SyntaxError> {
    let mut at = next;
    while at < text.len() && go_on() {
        let (line, length) = first_line(&text[at..]);
        let last = words_of(line).filter(|word| !matches!(word.class, Class::Blank | Class::Comment)).last();
        if let Some(last) = last.filter(|word| word.class == Class::Glyph('∇')) {
            // The line end before it is none of the function's.
            let end = at + last.range.start;
            let lines = text[first..end].trim_end_matches([' ', '\t', '\n', '\r', '\u{85}']);
            return Ok((Span::new(first, first + lines.len()), at + length));
        }
        at += length;
    }
    Err(SyntaxError::syntax("The definition does not end with ∇", opened))
}

/// Where the logical line that begins at a byte ends.
fn logical(text: &str, start: usize, go_on: GoOn) -> usize {
    let mut at = start;
    let mut depth = 0_i32;
    loop {
        let (line, length) = first_line(&text[at..]);
        for word in words_of(line) {
            match word.class {
                Class::Open => depth += 1,
                Class::Close => depth -= 1,
                _ => {}
            }
        }
        at += length;
        if depth <= 0 || at >= text.len() || !go_on() {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::TO_THE_END;

    fn written(text: &str) -> String {
        fn members(text: &str, script: &Script) -> String {
            let shown = script.members.iter().map(|member| match member {
                Member::Function(span) => format!("∇{}∇", span.of(text).replace('\n', "|")),
                Member::Code(span) => format!("‹{}›", span.of(text).trim().replace('\n', "|")),
                Member::Require(span) => format!("→{}", span.of(text).trim()),
                Member::Space(inner) => {
                    format!("{}({})", inner.name.as_deref().unwrap_or("-"), members(text, inner))
                }
            });
            shown.collect::<Vec<_>>().join(" ")
        }
        match script(text, TO_THE_END) {
            Ok(script) => members(text, &script),
            Err(error) => format!("{error} @{}", error.span.of(text)),
        }
    }

    #[test]
    fn namespaces_hold_functions_and_code() {
        let text = ":Namespace a\n ⎕IO←0\n ∇ r←f x\n  r←x\n ∇\n g←{\n ⍵\n }\n:EndNamespace ⍝ a";
        assert_eq!(written(text), "a(‹⎕IO←0› ∇ r←f x|  r←x∇ ‹g←{| ⍵| }›)");
        assert_eq!(written(":namespace\n:Namespace b\n:endnamespace\n:EndNamespace"), "-(b())");
        assert_eq!(written("∇f\n1∇\n2"), "∇f|1∇ ‹2›");
        assert_eq!(written(":Namespace a\n:Section one\nx←1\n:EndSection\n:EndNamespace"), "a(‹x←1›)");
    }

    #[test]
    fn scripts_require_files() {
        assert_eq!(written(":Require file://a.apln\n:Namespace b\n:EndNamespace"), "→file://a.apln b()");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(written(":Namespace a"), "SYNTAX ERROR: Namespace without end @:Namespace a");
        assert_eq!(written(":EndNamespace"), "SYNTAX ERROR: Misplaced control word @:EndNamespace");
        assert_eq!(written("∇f\n1"), "SYNTAX ERROR: The definition does not end with ∇ @∇f");
        assert_eq!(written(":Class c\n:EndClass"), "NONCE ERROR: classes @:Class c");
        assert_eq!(written(":Namespace a\n:field x←1"), "NONCE ERROR: :Field belongs to classes @:field x←1");
        assert_eq!(written(":Namespace a\n:Include b"), "NONCE ERROR: :Include of a namespace @:Include b");
    }
}
