//! How control structures nest: lines become a tree.
//!
//! A stack of what is open; nothing recurs, so that depth is bounded by `MAX_NESTING` and not by the native stack.

use std::rc::Rc;

use super::lines::{Line, Segment};
use super::word::Word;
use super::{Clause, Code, Joint, Kind, Node, NodeKind, Structure, Test, When};
use crate::syntax::fault::SyntaxError;
use crate::syntax::grammar::{self, MAX_NESTING};
use crate::syntax::span::Span;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::tree::{Phrase, Statement};

/// The tree of some lines.
pub(super) fn code(lines: Vec<Line>) -> Result<Code, SyntaxError> {
    let mut builder = Builder::default();
    for line in lines {
        builder.last = line.number + line.count - 1;
        builder.line = line.number;
        if let Some((name, span)) = line.label {
            if builder.labels.iter().any(|(other, _)| *other == name) {
                return Err(SyntaxError::syntax(format!("The label {name} is there already"), span));
            }
            builder.labels.push((name, line.number));
        }
        for segment in line.segments {
            builder.segment(segment)?;
        }
    }
    builder.done()
}

#[derive(Default)]
struct Builder {
    /// The number of the line that is being read.
    line: u32,
    last: u32,
    labels: Vec<(Rc<str>, u32)>,
    /// What stands outside of all structures.
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// What `:AndIf` and `:OrIf` would be joined to.
    joins: Joins,
    /// The structure that `:Until` has just ended: further conditions still belong to it.
    waiting: bool,
}

/// What `:AndIf` and `:OrIf` are joined to.
#[derive(Clone, Copy, Default, PartialEq)]
enum Joins {
    #[default]
    No,
    /// The tests of the clause that is open.
    Clause,
    /// The `:Until` that was last.
    Until,
}

/// A structure that has not ended.
struct Open {
    structure: Structure,
    word: Word,
    span: Span,
}

impl Builder {
    fn segment(&mut self, segment: Segment) -> Result<(), SyntaxError> {
        match segment {
            Segment::Broken(error) => self.push(NodeKind::Broken(error)),
            Segment::Plain(tokens) => match grammar::statements(&tokens) {
                Ok(body) => {
                    for statement in body.statements {
                        self.statement(statement);
                    }
                }
                Err(error) => self.push(NodeKind::Broken(error)),
            },
            Segment::Word { word, span, rest } => self.word(word, span, rest)?,
        }
        Ok(())
    }

    fn statement(&mut self, statement: Statement) {
        self.push(match statement {
            Statement::Expression(phrase) => NodeKind::Expression(phrase),
            Statement::Branch(target) if target.items.is_empty() => NodeKind::Abort,
            Statement::Branch(target) => NodeKind::Branch(target),
            // Colons outside of brackets are faults of the grammar.
            Statement::Guard { condition, .. } | Statement::ErrorGuard { codes: condition, .. } => {
                NodeKind::Broken(SyntaxError::syntax("Misplaced colon", condition.span))
            }
        });
    }

    fn push(&mut self, kind: NodeKind) {
        self.settle();
        let node = Node { line: self.line, kind };
        match self.open.last_mut().and_then(|open| open.structure.clauses.last_mut()) {
            Some(clause) => clause.body.push(node),
            None => self.nodes.push(node),
        }
        self.joins = Joins::No;
    }

    /// Puts the structure that `:Until` has ended where it belongs, now that nothing can be added to it.
    fn settle(&mut self) {
        if std::mem::take(&mut self.waiting) {
            self.close();
        }
    }

    /// The innermost structure ends and becomes a node of the one around it.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let line = open.structure.clauses.first().map_or(self.line, |clause| clause.line);
        let node = Node { line, kind: NodeKind::Structure(Box::new(open.structure)) };
        match self.open.last_mut().and_then(|open| open.structure.clauses.last_mut()) {
            Some(clause) => clause.body.push(node),
            None => self.nodes.push(node),
        }
    }

    fn begin(&mut self, word: Word, span: Span, kind: Kind, when: When) -> Result<(), SyntaxError> {
        if self.open.len() == MAX_NESTING {
            return Err(SyntaxError::limit("Nesting too deep", span));
        }
        let first = Clause { line: self.line, when, body: Vec::new() };
        let structure = Structure { kind, clauses: vec![first], until: Vec::new(), end: self.line };
        self.open.push(Open { structure, word, span });
        Ok(())
    }

    /// A further clause of the innermost structure, which must be one of these.
    fn clause(&mut self, span: Span, of: &[Word], when: When) -> Result<(), SyntaxError> {
        let line = self.line;
        match self.open.last_mut() {
            Some(open) if of.contains(&open.word) && !has_else(&open.structure) => {
                open.structure.clauses.push(Clause { line, when, body: Vec::new() });
                Ok(())
            }
            _ => Err(misplaced(span)),
        }
    }

    fn word(&mut self, word: Word, span: Span, rest: Vec<Token>) -> Result<(), SyntaxError> {
        if !matches!(word, Word::AndIf | Word::OrIf) {
            self.settle();
            self.joins = Joins::No;
        }
        match word {
            Word::If | Word::While => {
                let test = self.test(Joint::And, span, rest)?;
                let kind = if word == Word::If { Kind::If } else { Kind::While };
                self.begin(word, span, kind, When::Tests(vec![test]))?;
                self.joins = Joins::Clause;
            }
            Word::ElseIf => {
                let test = self.test(Joint::And, span, rest)?;
                self.clause(span, &[Word::If], When::Tests(vec![test]))?;
                self.joins = Joins::Clause;
            }
            Word::AndIf | Word::OrIf => self.join(word, span, rest)?,
            Word::Else => {
                nothing(&rest)?;
                self.clause(span, &[Word::If, Word::Select, Word::Trap, Word::Hold], When::Else)?;
            }
            Word::Repeat => {
                nothing(&rest)?;
                self.begin(word, span, Kind::Repeat, When::First)?;
            }
            Word::For => {
                let kind = for_loop(span, rest)?;
                self.begin(word, span, kind, When::First)?;
            }
            Word::Select => self.begin(word, span, Kind::Select(phrase(span, rest)?), When::First)?,
            Word::Trap => self.begin(word, span, Kind::Trap(phrase(span, rest)?), When::First)?,
            Word::With => self.begin(word, span, Kind::With(phrase(span, rest)?), When::First)?,
            Word::Hold => self.begin(word, span, Kind::Hold(phrase(span, rest)?), When::First)?,
            Word::Disposable => self.begin(word, span, Kind::Disposable(phrase(span, rest)?), When::First)?,
            // What is said about a section is for the reader.
            Word::Section => self.begin(word, span, Kind::Section, When::First)?,
            Word::Case => self.clause(span, &[Word::Select, Word::Trap], When::Case(phrase(span, rest)?))?,
            Word::CaseList => self.clause(span, &[Word::Select, Word::Trap], When::CaseList(phrase(span, rest)?))?,
            Word::Until => {
                let test = self.test(Joint::And, span, rest)?;
                let line = self.line;
                match self.open.last_mut() {
                    Some(open) if matches!(open.word, Word::Repeat | Word::While) => {
                        open.structure.until.push(test);
                        open.structure.end = line;
                    }
                    _ => return Err(misplaced(span)),
                }
                self.waiting = true;
                self.joins = Joins::Until;
            }
            Word::GoTo => {
                let target = phrase(span, rest)?;
                self.push(NodeKind::Branch(target));
            }
            Word::Return => {
                nothing(&rest)?;
                self.push(NodeKind::Return);
            }
            Word::Leave | Word::Continue => {
                nothing(&rest)?;
                if !self.open.iter().any(|open| matches!(open.word, Word::For | Word::While | Word::Repeat)) {
                    return Err(SyntaxError::syntax("Not in a loop", span));
                }
                self.push(if word == Word::Leave { NodeKind::Leave } else { NodeKind::Continue });
            }
            Word::In | Word::InEach => return Err(misplaced(span)),
            Word::Declaration => {}
            Word::Implements => {
                let error = SyntaxError::syntax("Triggers and classes are not there yet", span);
                self.push(NodeKind::Broken(error));
            }
            Word::Namespace | Word::EndNamespace | Word::Class | Word::EndClass => return Err(misplaced(span)),
            end => self.end(end, span, &rest)?,
        }
        Ok(())
    }

    fn end(&mut self, word: Word, span: Span, rest: &[Token]) -> Result<(), SyntaxError> {
        let opened = match word {
            Word::End => None,
            Word::EndIf => Some(Word::If),
            Word::EndWhile => Some(Word::While),
            Word::EndRepeat => Some(Word::Repeat),
            Word::EndFor => Some(Word::For),
            Word::EndSelect => Some(Word::Select),
            Word::EndTrap => Some(Word::Trap),
            Word::EndWith => Some(Word::With),
            Word::EndHold => Some(Word::Hold),
            Word::EndDisposable => Some(Word::Disposable),
            _ => Some(Word::Section),
        };
        let line = self.line;
        match self.open.last_mut() {
            Some(open) if opened.is_none_or(|word| word == open.word) => {
                if open.word != Word::Section {
                    nothing(rest)?;
                }
                open.structure.end = line;
                self.close();
                Ok(())
            }
            _ => Err(misplaced(span)),
        }
    }

    fn test(&self, joint: Joint, span: Span, rest: Vec<Token>) -> Result<Test, SyntaxError> {
        Ok(Test { line: self.line, joint, condition: phrase(span, rest)? })
    }

    /// `:AndIf` and `:OrIf` follow a condition or each other, and do not mix.
    fn join(&mut self, word: Word, span: Span, rest: Vec<Token>) -> Result<(), SyntaxError> {
        let joint = if word == Word::AndIf { Joint::And } else { Joint::Or };
        let test = self.test(joint, span, rest)?;
        let joins = self.joins;
        let tests = match (joins, self.open.last_mut()) {
            (Joins::Until, Some(open)) => &mut open.structure.until,
            (Joins::Clause, Some(open)) => match open.structure.clauses.last_mut().map(|clause| &mut clause.when) {
                Some(When::Tests(tests)) => tests,
                _ => return Err(misplaced(span)),
            },
            _ => return Err(misplaced(span)),
        };
        if tests.len() > 1 && tests.last().is_some_and(|last| last.joint != joint) {
            return Err(SyntaxError::syntax(":AndIf and :OrIf don't mix", span));
        }
        tests.push(test);
        Ok(())
    }

    fn done(mut self) -> Result<Code, SyntaxError> {
        self.settle();
        match self.open.pop() {
            Some(open) => Err(SyntaxError::syntax("Control structure without end", open.span)),
            None => Ok(Code { nodes: self.nodes, labels: self.labels, last: self.last }),
        }
    }
}

fn has_else(structure: &Structure) -> bool {
    structure.clauses.last().is_some_and(|clause| clause.when == When::Else)
}

fn misplaced(span: Span) -> SyntaxError {
    SyntaxError::syntax("Misplaced control word", span)
}

fn nothing(rest: &[Token]) -> Result<(), SyntaxError> {
    match rest.first() {
        Some(token) => Err(SyntaxError::syntax("Nothing expected behind this word", token.span)),
        None => Ok(()),
    }
}

/// The one expression behind a control word.
fn phrase(span: Span, rest: Vec<Token>) -> Result<Phrase, SyntaxError> {
    let mut statements = grammar::statements(&rest)?.statements.into_iter();
    match (statements.next(), statements.next()) {
        (Some(Statement::Expression(phrase)), None) => Ok(phrase),
        (Some(Statement::Branch(_)), _) => Err(SyntaxError::syntax("Misplaced branch", rest[0].span)),
        _ => Err(SyntaxError::syntax("Expression expected", Span { start: span.end, end: span.end })),
    }
}

/// `targets :In values`.
fn for_loop(span: Span, rest: Vec<Token>) -> Result<Kind, SyntaxError> {
    let word_at = |at: usize| match (&rest[at].kind, rest.get(at + 1).map(|token| &token.kind)) {
        (TokenKind::Colon, Some(TokenKind::Name(name))) if rest[at].span.end == rest[at + 1].span.start => {
            Word::of(name).filter(|word| matches!(word, Word::In | Word::InEach)).map(|word| (at, word))
        }
        _ => None,
    };
    let Some((at, word)) = (0..rest.len()).find_map(word_at) else {
        return Err(SyntaxError::syntax(":In expected", Span { start: span.end, end: span.end }));
    };
    let behind = rest[at + 1].span;
    let targets = phrase(span, rest[..at].to_vec())?;
    let values = phrase(behind, rest[at + 2..].to_vec())?;
    Ok(Kind::For { targets, each: word == Word::InEach, values })
}
