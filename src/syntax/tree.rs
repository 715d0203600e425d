//! What the grammar makes of a text: statements, and in each a flat list of items.
//!
//! The tree is context-free: it knows how brackets nest and where statements end. It does not know what a name
//! stands for, so it never decides valence, strands or operands: that is the binder's work.

use std::rc::Rc;

use super::span::Span;

/// The statements of a line, of a block of lines or of a dfn's body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// In order of execution; empty statements (`⋄⋄`) are left out.
    pub statements: Vec<Statement>,
    /// From the first token to the last (for a dfn, with its braces).
    pub span: Span,
}

/// One statement: what stands between two `⋄` or line ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// An expression: `1+⍵`.
    Expression(Phrase),
    /// A branch, outside of dfns: `→label`. Without a target, `→`, everything that is running ends.
    Branch(Phrase),
    /// A guard of a dfn: `⍵=0:⍺`. Without a result (`⍵=0:`) the dfn ends without one.
    Guard {
        /// What stands before the colon.
        condition: Phrase,
        /// What stands behind it; may be empty.
        result: Phrase,
    },
    /// An error guard of a dfn: `11::0`.
    ErrorGuard {
        /// The error numbers, before the `::`.
        codes: Phrase,
        /// What is done when one of them occurs; may be empty.
        handler: Phrase,
    },
}

/// A run of items that the binder reads from right to left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// The items, in the order of the text.
    pub items: Vec<Item>,
    /// From the first item to the last.
    pub span: Span,
}

/// One item of a phrase and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Where it stands, brackets included.
    pub span: Span,
}

/// The kinds of items.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// A numeric literal: `¯1.5E3`, `1J2`.
    Number(Number),
    /// A character literal `'it''s'` or `"it's"`, quotes undone. One character is a scalar, any other count a vector.
    Text(Rc<str>),
    /// A name: `TC`, `∆x`, `Δ_1`.
    Name(Rc<str>),
    /// A name that begins with `⎕`, in upper case, without the `⎕`: `IO` for `⎕io`. Empty for `⎕` itself.
    Quad(Rc<str>),
    /// A token that is a glyph by itself: primitive functions and operators, `⍺ ⍵ ∇ ← → ⍞ ⍬ . #`.
    Glyph(char),
    /// `⍺⍺`, the left operand.
    AlphaAlpha,
    /// `⍵⍵`, the right operand.
    OmegaOmega,
    /// `∇∇`, the operator that is being defined.
    DelDel,
    /// `∘.` of an outer product.
    OuterProduct,
    /// `( … )` around one phrase; empty for `()`.
    Parens(Phrase),
    /// `[ … ]` around phrases separated by `;`. `[]` is one empty phrase. A subscript, an axis; alone, an error.
    Brackets(Vec<Phrase>),
    /// Array notation `(a ⋄ b)`: a vector with an item a phrase; `⋄` or line ends inside the parentheses.
    VectorNotation(Vec<Phrase>),
    /// Array notation `[a ⋄ b]`: an array with a major cell a phrase.
    MatrixNotation(Vec<Phrase>),
    /// Array notation `(name: value ⋄ …)`: a namespace.
    NamespaceNotation(Vec<(Rc<str>, Phrase)>),
    /// `{ … }`.
    Dfn(Rc<Body>),
}

/// A numeric literal's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number that fits 32 bits.
    Int(i32),
    /// Any other real number.
    Float(f64),
    /// A complex number, real part first; the imaginary part is not zero.
    Complex(f64, f64),
}

impl Phrase {
    /// The same phrase in a text that has `offset` bytes more before it.
    pub fn moved(&self, offset: usize) -> Phrase {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || Phrase {
            items: self.items.iter().map(|item| item.moved(offset)).collect(),
            span: self.span.moved(offset),
        })
    }
}

impl Item {
    fn moved(&self, offset: usize) -> Item {
        let all = |phrases: &[Phrase]| phrases.iter().map(|phrase| phrase.moved(offset)).collect();
        let kind = match &self.kind {
            ItemKind::Parens(phrase) => ItemKind::Parens(phrase.moved(offset)),
            ItemKind::Brackets(phrases) => ItemKind::Brackets(all(phrases)),
            ItemKind::VectorNotation(phrases) => ItemKind::VectorNotation(all(phrases)),
            ItemKind::MatrixNotation(phrases) => ItemKind::MatrixNotation(all(phrases)),
            ItemKind::NamespaceNotation(members) => ItemKind::NamespaceNotation(
                members.iter().map(|(name, phrase)| (name.clone(), phrase.moved(offset))).collect(),
            ),
            ItemKind::Dfn(body) => ItemKind::Dfn(Rc::new(body.moved(offset))),
            other => other.clone(),
        };
        Item { kind, span: self.span.moved(offset) }
    }
}

impl Body {
    fn moved(&self, offset: usize) -> Body {
        let moved = |phrase: &Phrase| phrase.moved(offset);
        let statements = self.statements.iter().map(|statement| match statement {
            Statement::Expression(phrase) => Statement::Expression(moved(phrase)),
            Statement::Branch(phrase) => Statement::Branch(moved(phrase)),
            Statement::Guard { condition, result } => {
                Statement::Guard { condition: moved(condition), result: moved(result) }
            }
            Statement::ErrorGuard { codes, handler } => {
                Statement::ErrorGuard { codes: moved(codes), handler: moved(handler) }
            }
        });
        Body { statements: statements.collect(), span: self.span.moved(offset) }
    }
}
