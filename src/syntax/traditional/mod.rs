//! Traditional functions and operators, and control structures: from lines of text to a tree.
//!
//! Parses headers, labels and control words, and the nesting of control structures; phrases are parsed by `grammar`. A line
//! that is not valid APL is part of the tree and fails when it is reached, as in Dyalog, and so does a control structure
//! whose words do not belong together. A function with a wrong header, or with a label that is given twice, is not
//! defined.

mod header;
mod lines;
mod script;
mod structure;
mod word;

use std::rc::Rc;

use super::GoOn;
use super::fault::SyntaxError;
use super::scan::first_line;
use super::span::Span;
use super::token::tokens_at;
use super::tree::Phrase;

pub use header::{header, header_of};
pub use script::{Member, Script, script};
pub use word::{ControlWords, control_words};

/// A function or operator: its header and its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The first line.
    pub header: Header,
    /// The others.
    pub code: Code,
}

/// The header of a function or operator, with the names that are local to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// What it is called.
    pub name: Rc<str>,
    /// Where its name stands.
    pub span: Span,
    /// `Z←` or `(A B)←`.
    pub result: Option<Names>,
    /// `{Z}←`: the session does not show the result.
    pub shy: bool,
    /// The left argument.
    pub left: Option<Rc<str>>,
    /// `{X}`: the left argument may be missing.
    pub ambivalent: bool,
    /// The left operand: what makes it an operator.
    pub left_operand: Option<Rc<str>>,
    /// The right operand.
    pub right_operand: Option<Rc<str>>,
    /// The right argument; a function without one is niladic.
    pub right: Option<Names>,
    /// `;A;B` in the header and on the lines right below it.
    pub locals: Vec<Rc<str>>,
    /// `;⎕IO`: names in capitals, without the `⎕`.
    pub system_locals: Vec<Rc<str>>,
}

/// One name for a value, or names for its items.
#[derive(Clone, Debug, PartialEq)]
pub enum Names {
    /// `Y`
    One(Rc<str>),
    /// `(A B C)`
    Each(Vec<Rc<str>>),
}

impl Names {
    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<str>> {
        match self {
            Names::One(name) => std::slice::from_ref(name).iter(),
            Names::Each(names) => names.iter(),
        }
    }
}

/// Lines of code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    /// What they do, in order.
    pub nodes: Vec<Node>,
    /// Labels and the numbers of their lines.
    pub labels: Vec<(Rc<str>, u32)>,
    /// The number of the last line.
    pub last: u32,
}

/// A statement or a control structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The line it begins on, counted from the header.
    pub line: u32,
    /// What it does.
    pub kind: NodeKind,
}

/// What a node does.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// An expression.
    Expression(Phrase),
    /// `→target` and `:GoTo target`.
    Branch(Phrase),
    /// `→`: everything that is running ends.
    Abort,
    /// `:Return`
    Return,
    /// `:Leave`: the innermost loop ends. The position is for the error if there is no loop.
    Leave(Span),
    /// `:Continue`: the next turn of the innermost loop begins. The position is for the error if there is no loop.
    Continue(Span),
    /// A control structure.
    Structure(Box<Structure>),
    /// What is no APL: fails when it is reached.
    Broken(SyntaxError),
}

/// A control structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// Which.
    pub kind: Kind,
    /// Its parts; the first is what its own word begins, which `:If` and `:While` have tests for.
    pub clauses: Vec<Clause>,
    /// `:Until` with what follows it.
    pub until: Vec<Test>,
    /// The line of its end.
    pub end: u32,
    /// Where its own word stands.
    pub span: Span,
}

/// The kinds of control structures.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `:If`
    If,
    /// `:While`
    While,
    /// `:Repeat`
    Repeat,
    /// `:For targets :In values`
    For {
        /// What is assigned at every turn.
        targets: Phrase,
        /// `:InEach`: an array of values for each target.
        each: bool,
        /// The values.
        values: Phrase,
    },
    /// `:Select value`
    Select(Phrase),
    /// `:Trap codes`
    Trap(Phrase),
    /// `:With space`
    With(Phrase),
    /// `:Hold tokens`
    Hold(Phrase),
    /// `:Disposable array`
    Disposable(Phrase),
    /// `:Section`: nothing but what is in it.
    Section,
}

/// A part of a control structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The line of the word that begins it.
    pub line: u32,
    /// When it is run.
    pub when: When,
    /// What it does.
    pub body: Vec<Node>,
}

/// When a clause is run.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// First, or as the loop has it.
    First,
    /// Where these tests say so: `:If`, `:ElseIf`, `:While`.
    Tests(Vec<Test>),
    /// Where the value is this one: `:Case`; or why it is no expression.
    Case(Result<Phrase, SyntaxError>),
    /// Where the value is one of these: `:CaseList`; or why it is no expression.
    CaseList(Result<Phrase, SyntaxError>),
    /// Where nothing else was: `:Else`.
    Else,
}

/// A condition and how it is joined to those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The line it stands on.
    pub line: u32,
    /// `:AndIf` or `:OrIf`; the first of a block may be either.
    pub joint: Joint,
    /// The statements between the condition before and this one; they run where this one is looked at.
    pub before: Vec<Node>,
    /// The condition, or why it is no expression.
    pub condition: Result<Phrase, SyntaxError>,
}

/// How a condition is joined to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// All must hold.
    And,
    /// One must hold.
    Or,
}

/// Reads a function or operator: a header and lines, separated by line ends, without `∇`.
pub fn definition(text: &str, go_on: GoOn) -> Result<Definition, SyntaxError> {
    let (first, _) = first_line(text);
    let mut header = header(&tokens_at(first, 0, go_on)?, Span::new(0, first.len()))?;
    let mut lines = lines::lines(text, first.len(), go_on);
    lines::local_lines(&mut lines, &mut header)?;
    let (code, _) = structure::code(lines, go_on)?;
    Ok(Definition { header, code })
}

/// Reads lines of code without a header, the first being line 0: control structures typed in a session. Those that do
/// not end are refused.
pub fn code(text: &str, go_on: GoOn) -> Result<Code, SyntaxError> {
    match structure::code(lines::lines(text, 0, go_on), go_on)? {
        (code, None) => Ok(code),
        (_, Some(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests;
