//! How control structures nest: lines become a tree.
//!
//! Open structures are on an explicit stack, without recursion, so that the depth is limited by `MAX_NESTING` and not by
//! the native stack.
//!
//! Words that do not belong together never keep a function from being defined. A structure without its end, or with the
//! end of another kind, becomes a `Broken` node where it begins, and its lines follow as statements of their own, so
//! that branches still find them. A word that belongs to no structure is a `Broken` node where it stands.

use std::collections::HashSet;
use std::rc::Rc;

use super::lines::{Line, Segment};
use super::word::Word;
use super::{Clause, Code, Joint, Kind, Node, NodeKind, Structure, Test, When};
use crate::syntax::GoOn;
use crate::syntax::fault::SyntaxError;
use crate::syntax::grammar::{self, MAX_NESTING};
use crate::syntax::span::Span;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::tree::{Item, ItemKind, Phrase, Statement};

/// The tree of some lines, and the first of its control words that do not belong together.
pub(super) fn code(lines: Vec<Line>, go_on: GoOn) -> Result<(Code, Option<SyntaxError>), SyntaxError> {
    let mut builder = Builder::new(go_on);
    let mut named = HashSet::new();
    for line in lines {
        if !go_on() {
            break;
        }
        builder.last = line.number + line.count - 1;
        builder.line = line.number;
        if let Some((name, span)) = line.label {
            if !named.insert(name.clone()) {
                return Err(SyntaxError::syntax(format!("The label {name} is there already"), span));
            }
            builder.labels.push((name, line.number));
        }
        for segment in line.segments {
            builder.segment(segment)?;
        }
    }
    Ok(builder.done())
}

struct Builder<'t> {
    go_on: GoOn<'t>,
    /// The number of the line that is being read.
    line: u32,
    last: u32,
    labels: Vec<(Rc<str>, u32)>,
    /// What stands outside of all structures.
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// The first of the errors that structures are broken by.
    error: Option<SyntaxError>,
}

/// A structure that has not ended.
struct Open {
    structure: Structure,
    word: Word,
    /// Why it can never run.
    broken: Option<SyntaxError>,
}

impl<'t> Builder<'t> {
    fn new(go_on: GoOn<'t>) -> Builder<'t> {
        let (labels, nodes, open) = (Vec::new(), Vec::new(), Vec::new());
        Builder { go_on, line: 0, last: 0, labels, nodes, open, error: None }
    }

    fn segment(&mut self, segment: Segment) -> Result<(), SyntaxError> {
        match segment {
            Segment::Broken(error) => self.push(NodeKind::Broken(error)),
            Segment::Plain(tokens) => match grammar::statements_while(&tokens, self.go_on) {
                Ok(body) => {
                    for statement in body.statements {
                        self.statement(statement);
                    }
                }
                Err(error) => self.push(NodeKind::Broken(error)),
            },
            Segment::Word { word, span, rest } => {
                if word.begins() && self.open.len() == MAX_NESTING {
                    return Err(SyntaxError::limit("Nesting too deep", span));
                }
                if let Err(error) = self.word(word, span, rest) {
                    self.error.get_or_insert_with(|| error.clone());
                    self.push(NodeKind::Broken(error));
                }
            }
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

    /// The statements of the innermost clause that is open.
    fn nodes(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut().and_then(|open| open.structure.clauses.last_mut()) {
            Some(clause) => &mut clause.body,
            None => &mut self.nodes,
        }
    }

    fn push(&mut self, kind: NodeKind) {
        let node = Node { line: self.line, kind };
        self.nodes().push(node);
    }

    /// The innermost structure ends and becomes a node of the one around it; a broken one leaves its statements there.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let line = open.structure.clauses.first().map_or(self.line, |clause| clause.line);
        match open.broken {
            None => self.nodes().push(Node { line, kind: NodeKind::Structure(Box::new(open.structure)) }),
            Some(error) => self.take_apart(line, open.structure, error),
        }
    }

    /// A structure that can never run: it fails where it begins, and its statements stand on their own.
    fn take_apart(&mut self, line: u32, structure: Structure, error: SyntaxError) {
        self.error.get_or_insert_with(|| error.clone());
        let nodes = self.nodes();
        nodes.push(Node { line, kind: NodeKind::Broken(SyntaxError { span: structure.span, ..error }) });
        for clause in structure.clauses {
            if let When::Tests(tests) = clause.when {
                nodes.extend(tests.into_iter().flat_map(|test| test.before));
            }
            nodes.extend(clause.body);
        }
        nodes.extend(structure.until.into_iter().flat_map(|test| test.before));
    }

    /// The innermost structure can never run, for the first reason that there is.
    fn breaks(&mut self, error: SyntaxError) {
        if let Some(open) = self.open.last_mut() {
            open.broken.get_or_insert(error);
        }
    }

    /// The innermost of the structures that a word belongs to, whose inner ones end here without an end of their own.
    fn reach(&mut self, span: Span, belongs: impl Fn(&Open) -> bool) -> Result<&mut Open, SyntaxError> {
        let at = self.open.iter().rposition(belongs).ok_or_else(|| misplaced(span))?;
        while self.open.len() > at + 1 {
            self.unfinished();
        }
        self.open.last_mut().ok_or_else(|| misplaced(span))
    }

    /// The innermost structure ends without an end.
    fn unfinished(&mut self) {
        if let Some(error) = self.open.last().map(without_end) {
            self.breaks(error);
        }
        self.close();
    }

    /// A structure begins; what is wrong with its own line is found when that is reached.
    fn begin(&mut self, word: Word, span: Span, kind: Result<Kind, SyntaxError>, when: When) {
        let first = Clause { line: self.line, when, body: Vec::new() };
        let (kind, broken) = match kind {
            Ok(kind) => (kind, None),
            Err(error) => (Kind::Section, Some(error)),
        };
        let structure = Structure { kind, clauses: vec![first], until: Vec::new(), end: self.line, span };
        self.open.push(Open { structure, word, broken });
    }

    /// A further clause of a structure, which must be one of these.
    fn clause(&mut self, span: Span, of: &[Word], when: When) -> Result<(), SyntaxError> {
        let line = self.line;
        let open = self.reach(span, |open| of.contains(&open.word))?;
        let error = match &when {
            // The numbers of a trap's errors are looked at where the error is.
            When::Case(Err(error)) | When::CaseList(Err(error)) if open.word == Word::Trap => Some(error.clone()),
            _ => has_else(&open.structure).then(|| misplaced(span)),
        };
        open.structure.clauses.push(Clause { line, when, body: Vec::new() });
        if let Some(error) = error {
            self.breaks(error);
        }
        Ok(())
    }

    fn word(&mut self, word: Word, span: Span, rest: Vec<Token>) -> Result<(), SyntaxError> {
        if let Some(what) = word.missing() {
            return Err(SyntaxError::nonce(what, span));
        }
        let alone = nothing(&rest);
        match word {
            Word::If | Word::While => {
                let test = self.test(Joint::And, span, rest);
                let kind = if word == Word::If { Kind::If } else { Kind::While };
                self.begin(word, span, Ok(kind), When::Tests(vec![test]));
            }
            Word::ElseIf => {
                let test = self.test(Joint::And, span, rest);
                self.clause(span, &[Word::If], When::Tests(vec![test]))?;
            }
            Word::AndIf | Word::OrIf => self.join(word, span, rest)?,
            Word::Else => {
                self.clause(span, &[Word::If, Word::Select, Word::Trap, Word::Hold], When::Else)?;
                alone?;
            }
            Word::Repeat => self.begin(word, span, alone.map(|()| Kind::Repeat), When::First),
            Word::For => self.begin(word, span, for_loop(span, rest, self.go_on), When::First),
            Word::Select => self.begin(word, span, phrase(span, rest, self.go_on).map(Kind::Select), When::First),
            Word::Trap => self.begin(word, span, phrase(span, rest, self.go_on).map(Kind::Trap), When::First),
            Word::With => self.begin(word, span, phrase(span, rest, self.go_on).map(Kind::With), When::First),
            Word::Hold => self.begin(word, span, phrase(span, rest, self.go_on).map(Kind::Hold), When::First),
            Word::Disposable => {
                self.begin(word, span, phrase(span, rest, self.go_on).map(Kind::Disposable), When::First)
            }
            // What is said about a section is for the reader.
            Word::Section => self.begin(word, span, Ok(Kind::Section), When::First),
            Word::Case => self.clause(span, &[Word::Select, Word::Trap], When::Case(phrase(span, rest, self.go_on)))?,
            Word::CaseList => {
                self.clause(span, &[Word::Select, Word::Trap], When::CaseList(phrase(span, rest, self.go_on)))?
            }
            Word::Until => {
                let test = self.test(Joint::And, span, rest);
                let line = self.line;
                let open = self.reach(span, |open| matches!(open.word, Word::Repeat | Word::While))?;
                open.structure.until.push(test);
                open.structure.end = line;
                self.close();
            }
            Word::GoTo => {
                let target = phrase(span, rest, self.go_on)?;
                self.push(NodeKind::Branch(target));
            }
            Word::Return => {
                alone?;
                self.push(NodeKind::Return);
            }
            Word::Leave | Word::Continue => {
                alone?;
                self.push(if word == Word::Leave { NodeKind::Leave(span) } else { NodeKind::Continue(span) });
            }
            Word::Declaration => {}
            Word::In | Word::InEach | Word::Namespace | Word::EndNamespace => return Err(misplaced(span)),
            end => self.end(end, span, alone)?,
        }
        Ok(())
    }

    fn end(&mut self, word: Word, span: Span, alone: Result<(), SyntaxError>) -> Result<(), SyntaxError> {
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
        if self.open.is_empty() {
            return Err(misplaced(span));
        }
        match self.reach(span, |open| opened.is_none_or(|word| word == open.word)) {
            Ok(open) => {
                open.structure.end = line;
                let section = open.word == Word::Section;
                if let (Err(error), false) = (alone, section) {
                    self.breaks(error);
                }
            }
            // The end of another kind is an end, too.
            Err(_) => {
                if let Some(error) = self.open.last().map(without_end) {
                    self.breaks(error);
                }
            }
        }
        self.close();
        Ok(())
    }

    fn test(&self, joint: Joint, span: Span, rest: Vec<Token>) -> Test {
        Test { line: self.line, joint, before: Vec::new(), condition: phrase(span, rest, self.go_on) }
    }

    /// `:AndIf` and `:OrIf` belong to the nearest condition before them that is of the same depth: a structure that
    /// `:Until` has ended, or the clause that is open. What stands between runs where they are looked at. They do not
    /// mix.
    fn join(&mut self, word: Word, span: Span, rest: Vec<Token>) -> Result<(), SyntaxError> {
        let joint = if word == Word::AndIf { Joint::And } else { Joint::Or };
        let mut test = self.test(joint, span, rest);
        let mixed = |tests: &[Test]| tests.len() > 1 && tests.last().is_some_and(|last| last.joint != joint);
        let error = SyntaxError::syntax(":AndIf and :OrIf don't mix", span);
        let ended = |node: &Node| matches!(&node.kind, NodeKind::Structure(structure) if !structure.until.is_empty());
        let nodes = self.nodes();
        if let Some(at) = nodes.iter().rposition(ended) {
            test.before = nodes.split_off(at + 1);
            if let Some(Node { line, kind: NodeKind::Structure(mut structure) }) = nodes.pop() {
                let mixed = mixed(&structure.until);
                structure.until.push(test);
                match mixed {
                    true => self.take_apart(line, *structure, error),
                    false => self.nodes().push(Node { line, kind: NodeKind::Structure(structure) }),
                }
            }
            return Ok(());
        }
        let clause = self.open.last_mut().and_then(|open| open.structure.clauses.last_mut());
        let Some(Clause { when: When::Tests(tests), body, .. }) = clause else { return Err(misplaced(span)) };
        test.before = std::mem::take(body);
        let mixed = mixed(tests);
        tests.push(test);
        if mixed {
            self.breaks(error);
        }
        Ok(())
    }

    fn done(mut self) -> (Code, Option<SyntaxError>) {
        while !self.open.is_empty() {
            self.unfinished();
        }
        (Code { nodes: self.nodes, labels: self.labels, last: self.last }, self.error)
    }
}

fn has_else(structure: &Structure) -> bool {
    structure.clauses.last().is_some_and(|clause| clause.when == When::Else)
}

fn without_end(open: &Open) -> SyntaxError {
    SyntaxError::syntax("Control structure without end", open.structure.span)
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
fn phrase(span: Span, rest: Vec<Token>, go_on: GoOn) -> Result<Phrase, SyntaxError> {
    let mut statements = grammar::statements_while(&rest, go_on)?.statements.into_iter();
    match (statements.next(), statements.next()) {
        (Some(Statement::Expression(phrase)), None) => Ok(phrase),
        (Some(Statement::Branch(_)), _) => Err(SyntaxError::syntax("Misplaced branch", rest[0].span)),
        _ => Err(SyntaxError::syntax("Expression expected", Span { start: span.end, end: span.end })),
    }
}

/// `targets :In values`.
fn for_loop(span: Span, rest: Vec<Token>, go_on: GoOn) -> Result<Kind, SyntaxError> {
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
    let mut targets = phrase(span, rest[..at].to_vec(), go_on)?;
    // Parentheses around all of the names say nothing.
    while let [Item { kind: ItemKind::Parens(inner), .. }] = &targets.items[..] {
        targets = inner.clone();
    }
    let values = phrase(behind, rest[at + 2..].to_vec(), go_on)?;
    Ok(Kind::For { targets, each: word == Word::InEach, values })
}
