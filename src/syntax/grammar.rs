//! The context-free grammar: from tokens to statements, phrases and items.
//!
//! It decides how brackets nest, where statements end, and what each bracket contains. What a name stands for, which items
//! are functions and how a phrase is grouped is decided by the binder.
//!
//! Three passes, each linear. The tokens are checked for brackets that match and do not nest too deeply. Then chumsky
//! reads them by a grammar that never has to go back: whatever the brackets, they hold phrases with separators between
//! them. What these separators make of the phrases is decided, in `sequence`, only when the bracket is closed.

use std::ops::Range;
use std::rc::Rc;

use chumsky::error::{Error, LabelError};
use chumsky::extra::{self, SimpleState};
use chumsky::input::{BorrowInput, Input};
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

use super::fault::{SyntaxError, SyntaxErrorKind};
use super::sequence::{self, Separator, SeparatorKind, Sequence};
use super::span::Span;
use super::token::{Bracket, Token, TokenKind, tokens_at, tokens_of};
use super::tree::{Body, Item, ItemKind, Phrase, Statement};
use super::{GoOn, TO_THE_END};

/// How deeply brackets may nest. This bounds the recursion of everything that traverses the tree.
pub const MAX_NESTING: usize = 500;

/// Whether a text stands by itself, as far as its brackets go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Openness {
    /// All brackets are closed.
    Complete,
    /// A bracket is open that more lines may close.
    NeedsMore,
    /// No further line can mend it.
    Broken(SyntaxError),
}

/// The statements of one or more lines.
pub fn parse(source: &str) -> Result<Body, SyntaxError> {
    parse_while(source, TO_THE_END)
}

/// The same, for a text that may be long; it is stopped where `go_on` says so.
pub fn parse_while(source: &str, go_on: GoOn) -> Result<Body, SyntaxError> {
    statements_while(&tokens_at(source, 0, go_on)?, go_on)
}

/// The statements that some tokens make.
pub fn statements_while(tokens: &[Token], go_on: GoOn) -> Result<Body, SyntaxError> {
    let brackets = tokens.iter().filter_map(|token| Some(Ok((Edge::of(&token.kind)?, token.span))));
    if let Some((bracket, open)) = last_open_bracket(brackets)? {
        return Err(unpaired(bracket, open));
    }
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Ok(Body::default());
    };
    let span = first.span.to(last.span);
    let end = Span { start: span.end, end: span.end };
    let input = tokens.map(end, |token: &Token| (&token.kind, &token.span));
    let mut going = SimpleState(Going { go_on, on: true });
    let statements = statements_of_lines()
        .parse_with_state(input, &mut going)
        .into_result()
        // Inner brackets are closed, and complain, before outer ones; the reader starts on the left.
        .map_err(|errors| {
            let leftmost = errors.into_iter().min_by_key(|error| error.span.start);
            leftmost.unwrap_or_else(|| SyntaxError::syntax("Malformed statement", span))
        })?;
    Ok(Body { statements, span })
}

/// Whether the brackets of `source` are closed, so that a session knows when to ask for another line.
///
/// A quote cannot stay open over a line end, so an unpaired one is broken, as is any word that is no APL.
pub fn open_brackets(source: &str) -> Openness {
    let brackets = tokens_of(source).filter_map(|token| match token {
        Ok(token) => Some(Ok((Edge::of(&token.kind)?, token.span))),
        Err(error) => Some(Err(error)),
    });
    match last_open_bracket(brackets) {
        Ok(None) => Openness::Complete,
        Ok(Some(_)) => Openness::NeedsMore,
        Err(error) => Openness::Broken(error),
    }
}

/// A bracket that opens or closes.
enum Edge {
    Open(Bracket),
    Close(Bracket),
}

impl Edge {
    fn of(kind: &TokenKind) -> Option<Edge> {
        match kind {
            TokenKind::Open(bracket) => Some(Edge::Open(*bracket)),
            TokenKind::Close(bracket) => Some(Edge::Close(*bracket)),
            _ => None,
        }
    }
}

/// Checks that closing brackets fit and that nesting is bounded. Answers with the innermost bracket that stays open.
fn last_open_bracket(
    brackets: impl Iterator<Item = Result<(Edge, Span), SyntaxError>>,
) -> Result<Option<(Bracket, Span)>, SyntaxError> {
    let mut open: Vec<(Bracket, Span)> = Vec::new();
    let mut too_deep = None;
    for bracket in brackets {
        match bracket? {
            (Edge::Open(bracket), span) => {
                if open.len() == MAX_NESTING {
                    too_deep.get_or_insert(span);
                }
                open.push((bracket, span));
            }
            (Edge::Close(bracket), span) => match open.pop() {
                Some((opened, _)) if opened == bracket => {}
                _ => return Err(unpaired(bracket, span)),
            },
        }
    }
    match (open.last(), too_deep) {
        // A text that is not closed is unbalanced above all, however deep it is.
        (None, Some(span)) => Err(SyntaxError::limit("Nesting too deep", span)),
        (open, _) => Ok(open.copied()),
    }
}

fn unpaired(bracket: Bracket, span: Span) -> SyntaxError {
    let message = match bracket {
        Bracket::Round => "Unpaired parenthesis",
        Bracket::Square => "Unpaired bracket",
        Bracket::Curly => "Unpaired brace",
    };
    SyntaxError::syntax(message, span)
}

/// Whether the parser goes on.
struct Going<'t> {
    go_on: GoOn<'t>,
    on: bool,
}

impl Going<'_> {
    /// Once it has stopped, it stays so, whatever the parser tries.
    fn step(&mut self) -> bool {
        self.on = self.on && (self.go_on)();
        self.on
    }
}

type Extra<'t> = extra::Full<SyntaxError, SimpleState<Going<'t>>, ()>;

fn statements_of_lines<'t, I>() -> impl Parser<'t, I, Vec<Statement>, Extra<'t>>
where
    I: BorrowInput<'t, Token = TokenKind, Span = Span>,
{
    separated(item()).validate(|lines, _, faults| sequence::outer_statements(lines, &mut |fault| faults.emit(fault)))
}

fn item<'t, I>() -> impl Parser<'t, I, Item, Extra<'t>> + Clone
where
    I: BorrowInput<'t, Token = TokenKind, Span = Span>,
{
    recursive(|item| {
        let word = select_ref! {
            TokenKind::Number(number) => ItemKind::Number(*number),
            TokenKind::Text(text) => ItemKind::Text(Rc::clone(text)),
            TokenKind::Name(name) => ItemKind::Name(Rc::clone(name)),
            TokenKind::Quad(name) => ItemKind::Quad(Rc::clone(name)),
            TokenKind::Glyph(glyph) => ItemKind::Glyph(*glyph),
            TokenKind::AlphaAlpha => ItemKind::AlphaAlpha,
            TokenKind::OmegaOmega => ItemKind::OmegaOmega,
            TokenKind::DelDel => ItemKind::DelDel,
            TokenKind::OuterProduct => ItemKind::OuterProduct,
        };
        let within = |bracket| {
            separated(item.clone()).delimited_by(just(TokenKind::Open(bracket)), just(TokenKind::Close(bracket)))
        };
        // The faults of a bracket are recorded and parsing continues: if the parser failed, chumsky would try it again.
        let round = within(Bracket::Round)
            .validate(|inside, _, faults| sequence::in_parens(inside, &mut |fault| faults.emit(fault)));
        let square = within(Bracket::Square)
            .validate(|inside, _, faults| sequence::in_brackets(inside, &mut |fault| faults.emit(fault)));
        let curly = within(Bracket::Curly).validate(|inside, extra, faults| {
            ItemKind::Dfn(Rc::new(Body {
                statements: sequence::dfn_statements(inside, &mut |fault| faults.emit(fault)),
                span: extra.span(),
            }))
        });
        choice((word, round, square, curly)).try_map_with(|kind, extra| {
            let span: Span = extra.span();
            let state: &mut SimpleState<Going> = extra.state();
            if state.step() { Ok(Item { kind, span }) } else { Err(SyntaxError::syntax("Stopped", span)) }
        })
    })
}

fn separated<'t, I>(
    item: impl Parser<'t, I, Item, Extra<'t>> + Clone,
) -> impl Parser<'t, I, Sequence, Extra<'t>> + Clone
where
    I: BorrowInput<'t, Token = TokenKind, Span = Span>,
{
    let phrase = item.repeated().collect::<Vec<Item>>().map_with(|items, extra| {
        let span: Span = extra.span();
        // Without items, chumsky reaches from the token behind to the token before.
        let start = span.start.min(span.end);
        Phrase { items, span: Span { start, ..span } }
    });
    let separator = select_ref! {
        TokenKind::Diamond => SeparatorKind::End,
        TokenKind::LineEnd => SeparatorKind::End,
        TokenKind::Semicolon => SeparatorKind::Semicolon,
        TokenKind::Colon => SeparatorKind::Colon,
        TokenKind::DoubleColon => SeparatorKind::DoubleColon,
    }
    .map_with(|kind, extra| Separator { kind, span: extra.span() });
    phrase.clone().then(separator.then(phrase).repeated().collect()).map(|(first, rest)| Sequence { first, rest })
}

impl chumsky::span::Span for Span {
    type Context = ();
    type Offset = u32;

    fn new(_: (), range: Range<u32>) -> Span {
        Span { start: range.start, end: range.end }
    }

    fn context(&self) {}

    fn start(&self) -> u32 {
        self.start
    }

    fn end(&self) -> u32 {
        self.end
    }
}

impl<'t, I: Input<'t, Span = Span>> Error<'t, I> for SyntaxError {}

/// Called wherever an alternative fails, so it must cost nothing. No input that gets past the bracket check ends in it.
impl<'t, I: Input<'t, Span = Span>, L> LabelError<'t, I, L> for SyntaxError {
    fn expected_found<E: IntoIterator<Item = L>>(_: E, _: Option<MaybeRef<'t, I::Token>>, span: Span) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::Syntax, message: None, span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tree::Number;
    use proptest::prelude::*;

    /// The tree in a notation of its own: every phrase in `‹ ›`, its items apart by blanks.
    fn show(source: &str) -> String {
        match parse(source) {
            Ok(body) => written(&body),
            Err(error) => format!("{error} @{}", error.span.of(source)),
        }
    }

    fn written(body: &Body) -> String {
        let shown = body.statements.iter().map(|statement| match statement {
            Statement::Expression(it) => phrase(it),
            Statement::Branch(target) => format!("branch {}", phrase(target)),
            Statement::Guard { condition, result } => {
                format!("guard {} {}", phrase(condition), phrase(result))
            }
            Statement::ErrorGuard { codes, handler } => {
                format!("error {} {}", phrase(codes), phrase(handler))
            }
        });
        shown.collect::<Vec<_>>().join(" ⋄ ")
    }

    fn phrase(phrase: &Phrase) -> String {
        let items: Vec<String> = phrase.items.iter().map(item).collect();
        format!("‹{}›", items.join(" "))
    }

    fn phrases(name: &str, inside: &[Phrase]) -> String {
        format!("{name}{}", inside.iter().map(phrase).collect::<String>())
    }

    fn item(item: &Item) -> String {
        match &item.kind {
            ItemKind::Number(Number::Int(value)) => value.to_string(),
            ItemKind::Number(other) => format!("{other:?}"),
            ItemKind::Text(text) => format!("{text:?}"),
            ItemKind::Name(name) => name.to_string(),
            ItemKind::Quad(name) => format!("⎕{name}"),
            ItemKind::Glyph(glyph) => glyph.to_string(),
            ItemKind::AlphaAlpha => "⍺⍺".into(),
            ItemKind::OmegaOmega => "⍵⍵".into(),
            ItemKind::DelDel => "∇∇".into(),
            ItemKind::OuterProduct => "∘.".into(),
            ItemKind::Parens(inside) => phrases("", std::slice::from_ref(inside)),
            ItemKind::Brackets(inside) => phrases("index", inside),
            ItemKind::VectorNotation(inside) => phrases("vector", inside),
            ItemKind::MatrixNotation(inside) => phrases("matrix", inside),
            ItemKind::NamespaceNotation(members) => {
                let shown = members.iter().map(|(name, value)| format!(" {name}:{}", phrase(value)));
                format!("space{}", shown.collect::<String>())
            }
            ItemKind::Dfn(body) => format!("dfn[{}]", written(body)),
        }
    }

    #[test]
    fn phrases_are_flat() {
        assert_eq!(show("x←1 2+'ab'∘.,⍺⍺⍵⍵∇∇⎕io"), r#"‹x ← 1 2 + "ab" ∘. , ⍺⍺ ⍵⍵ ∇∇ ⎕IO›"#);
        assert_eq!(show("a.b"), "‹a . b›");
        assert_eq!(show(""), "");
        assert_eq!(show("⍝ nothing"), "");
    }

    #[test]
    fn statements_end_at_diamonds_and_lines() {
        assert_eq!(show("1⋄2\r\n3⍝⋄\n\n⋄4"), "‹1› ⋄ ‹2› ⋄ ‹3› ⋄ ‹4›");
        assert_eq!(show("⋄⋄"), "");
        assert_eq!(show("→x ⋄ →"), "branch ‹x› ⋄ branch ‹›");
        assert_eq!(show("{→x}"), "‹dfn[‹→ x›]›");
        assert_eq!(show("1:2"), "SYNTAX ERROR: Misplaced colon @:");
        assert_eq!(show("1::2"), "SYNTAX ERROR: Misplaced colon @::");
        assert_eq!(show("a;b"), "SYNTAX ERROR: Misplaced semicolon @;");
    }

    #[test]
    fn dfns() {
        assert_eq!(show("{⍺+⍵}/1"), "‹dfn[‹⍺ + ⍵›] / 1›");
        assert_eq!(show("{}"), "‹dfn[]›");
        assert_eq!(show("{\n a\n ⋄b⋄\n}"), "‹dfn[‹a› ⋄ ‹b›]›");
        assert_eq!(show("{⍵=0:⍺ ⋄ ∇⍵}"), "‹dfn[guard ‹⍵ = 0› ‹⍺› ⋄ ‹∇ ⍵›]›");
        assert_eq!(show("{⍵:}"), "‹dfn[guard ‹⍵› ‹›]›");
        assert_eq!(show("{11 4::0⋄3::}"), "‹dfn[error ‹11 4› ‹0› ⋄ error ‹3› ‹›]›");
        assert_eq!(show("{a:{b:c}}"), "‹dfn[guard ‹a› ‹dfn[guard ‹b› ‹c›]›]›");
        assert_eq!(show("{:1}"), "SYNTAX ERROR: Misplaced colon @:");
        assert_eq!(show("{1⋄::1}"), "SYNTAX ERROR: Misplaced colon @::");
        assert_eq!(show("{a:b:c}"), "SYNTAX ERROR: Misplaced colon @:");
        assert_eq!(show("{;}"), "SYNTAX ERROR: Misplaced semicolon @;");
    }

    #[test]
    fn parentheses() {
        assert_eq!(show("(1 2)(x)"), "‹‹1 2› ‹x››");
        assert_eq!(show("()"), "‹‹››");
        assert_eq!(show("(1⋄2 3)"), "‹vector‹1›‹2 3››");
        assert_eq!(show("(1 ⋄)"), "‹vector‹1››");
        assert_eq!(show("(\n 1 2 ⍝ c\n)"), "‹vector‹1 2››");
        assert_eq!(show("(⋄)"), "‹vector›");
        assert_eq!(show("({a\nb})"), "‹‹dfn[‹a› ⋄ ‹b›]››");
        assert_eq!(show("(1;2)"), "SYNTAX ERROR: Misplaced semicolon @;");
        assert_eq!(show("(1⋄2;3)"), "SYNTAX ERROR: Misplaced semicolon @;");
    }

    #[test]
    fn namespaces() {
        assert_eq!(show("(a:1)"), "‹space a:‹1››");
        assert_eq!(show("(\na: 1 2\nb:{⍵:1}⋄\n)"), "‹space a:‹1 2› b:‹dfn[guard ‹⍵› ‹1›]››");
        assert_eq!(show("(a:1⋄2)"), "SYNTAX ERROR: Name and colon expected @2");
        assert_eq!(show("(a:1⋄b c:2)"), "SYNTAX ERROR: Name expected @b c");
        assert_eq!(show("(:1)"), "SYNTAX ERROR: Name expected @");
        assert_eq!(show("(a:)"), "SYNTAX ERROR: Value expected @:");
        assert_eq!(show("(a::1)"), "SYNTAX ERROR: Misplaced colon @::");
        assert_eq!(show("(a:1:2)"), "SYNTAX ERROR: Misplaced colon @:");
        assert_eq!(show("(a:1;2)"), "SYNTAX ERROR: Misplaced semicolon @;");
    }

    #[test]
    fn brackets() {
        assert_eq!(show("a[]"), "‹a index‹››");
        assert_eq!(show("a[1;;2 3;]"), "‹a index‹1›‹›‹2 3›‹››");
        assert_eq!(show("[1 2⋄3 4\n]"), "‹matrix‹1 2›‹3 4››");
        assert_eq!(show("[1⋄2;3]"), "SYNTAX ERROR: Misplaced semicolon @;");
        assert_eq!(show("[1;2⋄3]"), "SYNTAX ERROR: Misplaced statement end @⋄");
        assert_eq!(show("[a:b]"), "SYNTAX ERROR: Misplaced colon @:");
    }

    #[test]
    fn the_leftmost_fault_is_told() {
        assert_eq!(parse("(1;{:})").unwrap_err().span, Span::new(2, 3));
        assert_eq!(parse("({:};1)").unwrap_err().span, Span::new(2, 3));
        assert_eq!(parse("1:'").unwrap_err().message.as_deref(), Some("Unpaired quote"));
    }

    #[test]
    fn unbalanced_brackets() {
        assert_eq!(show("(1"), "SYNTAX ERROR: Unpaired parenthesis @(");
        assert_eq!(show("1+)"), "SYNTAX ERROR: Unpaired parenthesis @)");
        assert_eq!(show("{(1}"), "SYNTAX ERROR: Unpaired brace @}");
        assert_eq!(show("')'"), "‹\")\"›");
    }

    #[test]
    fn openness() {
        assert_eq!(open_brackets("(1 2)"), Openness::Complete);
        assert_eq!(open_brackets("1:;"), Openness::Complete);
        assert_eq!(open_brackets("f←{"), Openness::NeedsMore);
        assert_eq!(open_brackets("{(1\n["), Openness::NeedsMore);
        assert!(matches!(open_brackets("{]"), Openness::Broken(error) if error.span == Span::new(1, 2)));
        assert!(matches!(open_brackets("{'a"), Openness::Broken(_)));
    }

    #[test]
    fn spans_cover_brackets() {
        let body = parse(" x (⍵ 1) \n").unwrap();
        assert_eq!(body.span, Span::new(1, 12));
        let Statement::Expression(outer) = &body.statements[0] else { unreachable!() };
        assert_eq!(outer.span, Span::new(1, 10));
        assert_eq!(outer.items[1].span, Span::new(3, 10));
        let ItemKind::Parens(inner) = &outer.items[1].kind else { unreachable!() };
        assert_eq!(inner.span, Span::new(4, 9));
    }

    #[test]
    fn empty_phrases_have_a_place() {
        let body = parse("x[ ; 1]").unwrap();
        let Statement::Expression(outer) = &body.statements[0] else { unreachable!() };
        let ItemKind::Brackets(phrases) = &outer.items[1].kind else { unreachable!() };
        assert_eq!(phrases[0].span, Span::new(2, 2));
        assert_eq!(outer.items[1].span, Span::new(1, 7));
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |depth: usize| {
            ["(", "[", "{"].map(|open| {
                let close = match open {
                    "(" => ")",
                    "[" => "]",
                    _ => "}",
                };
                parse(&(open.repeat(depth) + &close.repeat(depth)))
            })
        };
        // A small stack: chumsky must grow it by itself.
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let done = small.spawn(move || {
            assert!(nested(500).iter().all(Result::is_ok));
            for deep in nested(501) {
                assert_eq!(deep.unwrap_err().kind, SyntaxErrorKind::Limit);
            }
        });
        done.unwrap().join().unwrap();
        let hostile = parse(&"(".repeat(1_000_000)).unwrap_err();
        assert_eq!((hostile.kind, hostile.span), (SyntaxErrorKind::Syntax, Span::new(999_999, 1_000_000)));
    }

    #[test]
    fn long_texts_take_linear_time() {
        let long = |unit: &str| parse(&unit.repeat(100_000));
        for unit in ["1 ", "1⋄", "x\n", "(1)", "{⍵}", "a[1;2]", "∘.", "⋄", "{⍵:1⋄2}\n", "(1⋄2)", "(a:1)"]
        {
            assert!(long(unit).is_ok(), "{unit}");
        }
        for unit in [";", ":", "(;)", "{:}", "[1;2⋄3]", "(a:)", "(:::)", "}"] {
            assert!(long(unit).is_err(), "{unit}");
        }
        for inside in ["1⋄", "a:1⋄"] {
            assert!(parse(&format!("({})", inside.repeat(100_000))).is_ok());
            assert!(parse(&format!("{{{}}}", inside.repeat(100_000))).is_ok());
        }
    }

    proptest! {
        /// Whatever the text, an answer comes; a fault has a message and lies within the text.
        #[test]
        fn hostile_texts(source in r#"[1.¯EJa⎕⍺∘'"({\[\]});:⋄⍝\r\n −+]{0,40}|\PC{0,20}"#) {
            if let Err(error) = parse(&source) {
                prop_assert!(error.message.is_some());
                prop_assert!(source.get(error.span.start as usize..error.span.end as usize).is_some());
            }
            open_brackets(&source);
        }

        #[test]
        fn balanced_texts(source in balanced()) {
            if let Err(error) = parse(&source) {
                prop_assert!(error.message.is_some_and(|message| !message.starts_with("Unpaired")));
                prop_assert!(source.get(error.span.start as usize..error.span.end as usize).is_some());
            }
        }
    }

    fn balanced() -> impl Strategy<Value = String> {
        let leaf = "[1a+⋄;:\n]{0,3}";
        leaf.prop_recursive(6, 60, 5, |inner| {
            let brackets = prop::sample::select(vec![("(", ")"), ("[", "]"), ("{", "}")]);
            let inside = prop::collection::vec(inner, 0..5);
            (brackets, inside).prop_map(|((open, close), inside)| open.to_owned() + &inside.concat() + close)
        })
    }
}
