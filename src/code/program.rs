//! Programs: what a traditional function does, as steps with jumps.
//!
//! A program is compiled from the tree of control structures. Steps jump to marks, whose positions among the steps are
//! filled in when all steps are known.

use std::ops::Range;
use std::rc::Rc;

use super::definition::CachedPhrase;
use super::node::Class;
use crate::names::space::Space;
use crate::syntax::fault::SyntaxError;
use crate::syntax::span::Span;
use crate::syntax::traditional::{Code, Header, Joint, Kind, Names, Node, NodeKind, Structure, Test, When};
use crate::syntax::tree::{Item, ItemKind, Phrase};

/// What a traditional function or operator is, and does.
pub struct Program {
    /// Arguments, operands and result.
    pub model: Model,
    /// All local names, labels among them, in the order of their numbers.
    pub locals: Vec<u32>,
    /// System variables that are local: capitals, without `⎕`.
    pub system_locals: Vec<Rc<str>>,
    /// Labels and their lines.
    pub labels: Vec<(u32, u32)>,
    /// What it does.
    pub steps: Vec<Step>,
    /// The steps in which something is in force that a jump out of them ends.
    pub ranges: Vec<Range<Place>>,
    /// How many structures remember something while they run.
    pub slots: usize,
    /// The number of the last line.
    pub last: u32,
}

/// The names in a header by their numbers.
#[derive(Default)]
pub struct Model {
    /// The result.
    pub result: Option<Target>,
    /// Whether the session does not show it.
    pub shy: bool,
    /// The left argument.
    pub left: Option<u32>,
    /// Whether the left argument may be missing.
    pub ambivalent: bool,
    /// The operands.
    pub operands: (Option<u32>, Option<u32>),
    /// The right argument.
    pub right: Option<Target>,
}

/// One name for a value, or names for its items.
pub enum Target {
    /// `Y`
    One(u32),
    /// `(A B)`
    Each(Vec<u32>),
}

impl Target {
    fn new(space: &Space, names: &Names) -> Target {
        match names {
            Names::One(name) => Target::One(space.symbol(name)),
            Names::Each(names) => Target::Each(names.iter().map(|name| space.symbol(name)).collect()),
        }
    }
}

/// Where a step jumps to: a mark while the program is made, then a position among the steps.
pub type Place = usize;

/// A step.
pub struct Step {
    /// The line it stands on.
    pub line: u32,
    /// What it does.
    pub action: Action,
}

/// What a step does; then the next one follows, unless it jumps.
pub enum Action {
    /// Evaluates a statement and shows its value.
    Show(CachedPhrase),
    /// Evaluates an expression and forgets its value.
    Evaluate(CachedPhrase),
    /// Jumps to the line whose number is the value of the expression; does not jump if the value is empty.
    Branch(CachedPhrase),
    /// Ends everything.
    Abort,
    /// Jumps.
    Jump(Place),
    /// Jumps if the condition is not as wanted.
    Test {
        condition: CachedPhrase,
        /// The value of the condition with which the next step follows.
        wanted: bool,
        otherwise: Place,
    },
    /// Begins a loop over values, which its slot remembers.
    For { slot: usize, values: CachedPhrase, each: bool },
    /// Assigns the next of the loop's values; jumps if there is none.
    Next { slot: usize, assignment: CachedPhrase, done: Place },
    /// Remembers the value that cases are compared with.
    Select { slot: usize, value: CachedPhrase },
    /// Jumps if the remembered value is not this one, or not one of these.
    Case { slot: usize, value: CachedPhrase, list: bool, otherwise: Place },
    /// From here to the end of the range, errors with these numbers are handled.
    Trap { codes: CachedPhrase, range: Range<Place>, handlers: Vec<Handler>, otherwise: Place },
    /// From here to the end of the range, names are those of another namespace.
    With { space: CachedPhrase, range: Range<Place> },
    /// Fails.
    Fail(SyntaxError),
}

/// `:Case` and `:CaseList` in a `:Trap`.
pub struct Handler {
    /// The line it stands on.
    pub line: u32,
    /// The errors it is for.
    pub codes: CachedPhrase,
    /// The step that follows after such an error.
    pub place: Place,
}

impl Program {
    /// The program of a function or operator.
    pub fn new(space: &Space, header: &Header, code: &Code) -> Program {
        let symbol = |name: &Rc<str>| space.symbol(name);
        let model = Model {
            result: header.result.as_ref().map(|names| Target::new(space, names)),
            shy: header.shy,
            left: header.left.as_ref().map(symbol),
            ambivalent: header.ambivalent,
            operands: (header.left_operand.as_ref().map(symbol), header.right_operand.as_ref().map(symbol)),
            right: header.right.as_ref().map(|names| Target::new(space, names)),
        };
        let names = header.result.iter().chain(&header.right).flat_map(Names::iter);
        let single = [&header.left, &header.left_operand, &header.right_operand];
        let mut locals: Vec<u32> =
            names.chain(single.into_iter().flatten()).chain(&header.locals).map(symbol).collect();
        let mut program = Program::of_code(space, code);
        locals.append(&mut program.locals);
        locals.sort_unstable();
        locals.dedup();
        Program { model, locals, system_locals: header.system_locals.clone(), ..program }
    }

    /// The program of lines without a header; its only local names are its labels.
    pub fn of_code(space: &Space, code: &Code) -> Program {
        let mut compiler = Compiler::default();
        compiler.nodes(&code.nodes);
        let (slots, steps) = (compiler.slots, compiler.done());
        let ranges = steps.iter().filter_map(|step| match &step.action {
            Action::Trap { range, .. } | Action::With { range, .. } => Some(range.clone()),
            _ => None,
        });
        let mut labels: Vec<(u32, u32)> = code.labels.iter().map(|(name, line)| (space.symbol(name), *line)).collect();
        labels.sort_unstable();
        Program {
            model: Model::default(),
            locals: labels.iter().map(|&(symbol, _)| symbol).collect(),
            system_locals: Vec::new(),
            labels,
            slots,
            last: code.last,
            ranges: ranges.collect(),
            steps,
        }
    }

    /// A function, or an operator of one or two operands.
    pub fn class(&self) -> Class {
        match self.model.operands {
            (None, _) => Class::Function,
            (Some(_), None) => Class::Monadic,
            (Some(_), Some(_)) => Class::Dyadic,
        }
    }

    /// Whether it takes no arguments.
    pub fn is_niladic(&self) -> bool {
        self.model.right.is_none()
    }

    /// Whether a name is local to it.
    pub fn is_local(&self, symbol: u32) -> bool {
        self.locals.binary_search(&symbol).is_ok()
    }

    /// The first step of a line or of those behind it; `None`: there is no such line.
    pub fn entry(&self, line: i64) -> Option<Place> {
        let line = u32::try_from(line).ok().filter(|line| (1..=self.last).contains(line))?;
        Some(self.steps.partition_point(|step| step.line < line))
    }
}

#[derive(Default)]
struct Compiler {
    steps: Vec<Step>,
    /// The position of every mark, once it is known.
    marks: Vec<Place>,
    slots: usize,
    /// The loops that are open: where they go on, and where they end.
    loops: Vec<(Place, Place)>,
}

impl Compiler {
    fn mark(&mut self) -> Place {
        self.marks.push(usize::MAX);
        self.marks.len() - 1
    }

    /// Puts a mark before the next step.
    fn here(&mut self, mark: Place) {
        self.marks[mark] = self.steps.len();
    }

    fn slot(&mut self) -> usize {
        self.slots += 1;
        self.slots - 1
    }

    fn push(&mut self, line: u32, action: Action) {
        self.steps.push(Step { line, action });
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        let action = match &node.kind {
            NodeKind::Expression(phrase) => Action::Show(CachedPhrase::new(phrase)),
            NodeKind::Branch(target) => Action::Branch(CachedPhrase::new(target)),
            NodeKind::Abort => Action::Abort,
            NodeKind::Broken(error) => Action::Fail(error.clone()),
            // Behind the last step.
            NodeKind::Return => Action::Jump(usize::MAX),
            NodeKind::Leave(span) => self.in_loop(*span, |places| places.1),
            NodeKind::Continue(span) => self.in_loop(*span, |places| places.0),
            // Nesting is bounded by the grammar.
            NodeKind::Structure(structure) => return self.structure(structure),
        };
        self.push(node.line, action);
    }

    /// A jump to a place of the innermost loop.
    fn in_loop(&self, word: Span, place: impl Fn(&(Place, Place)) -> Place) -> Action {
        match self.loops.last() {
            Some(places) => Action::Jump(place(places)),
            None => Action::Fail(SyntaxError::syntax("Not in a loop", word)),
        }
    }

    /// An expression that a step needs; where it is none, the step that fails in its place.
    fn phrase(&mut self, line: u32, phrase: &Result<Phrase, SyntaxError>) -> Option<CachedPhrase> {
        match phrase {
            Ok(phrase) => Some(CachedPhrase::new(phrase)),
            Err(error) => {
                self.push(line, Action::Fail(error.clone()));
                None
            }
        }
    }

    fn structure(&mut self, structure: &Structure) {
        match &structure.kind {
            Kind::If => self.choices(structure),
            Kind::While | Kind::Repeat => self.conditional_loop(structure),
            Kind::For { targets, each, values } => self.for_loop(structure, targets, *each, values),
            Kind::Select(value) => self.select(structure, value),
            Kind::Trap(codes) => self.trap(structure, codes),
            Kind::With(space) => self.with(structure, space),
            // There is one thread: nobody else holds any token, and nothing needs to be disposed of.
            Kind::Hold(phrase) | Kind::Disposable(phrase) => {
                if let Some(clause) = structure.clauses.first() {
                    self.push(clause.line, Action::Evaluate(CachedPhrase::new(phrase)));
                    self.nodes(&clause.body);
                }
            }
            Kind::Section => structure.clauses.iter().for_each(|clause| self.nodes(&clause.body)),
        }
    }

    /// Conditions joined by `:AndIf` or `:OrIf`: the steps after them follow if they hold, else a jump to `otherwise`.
    fn tests(&mut self, tests: &[Test], otherwise: Place) {
        let any = tests.last().is_some_and(|test| tests.len() > 1 && test.joint == Joint::Or);
        let holds = self.mark();
        for (at, test) in tests.iter().enumerate() {
            let last = at + 1 == tests.len();
            self.nodes(&test.before);
            let Some(condition) = self.phrase(test.line, &test.condition) else { continue };
            let action = match any && !last {
                true => Action::Test { condition, wanted: false, otherwise: holds },
                false => Action::Test { condition, wanted: true, otherwise },
            };
            self.push(test.line, action);
        }
        self.here(holds);
    }

    fn choices(&mut self, structure: &Structure) {
        let end = self.mark();
        for (at, clause) in structure.clauses.iter().enumerate() {
            let next = self.mark();
            if let When::Tests(tests) = &clause.when {
                self.tests(tests, next);
            }
            self.clause(structure, at, end);
            self.here(next);
        }
        self.here(end);
    }

    /// A clause's body; behind it the structure ends.
    fn clause(&mut self, structure: &Structure, at: usize, end: Place) {
        if let Some(clause) = structure.clauses.get(at) {
            self.nodes(&clause.body);
        }
        let line = structure.clauses.get(at + 1).map_or(structure.end, |next| next.line);
        self.push(line, Action::Jump(end));
    }

    fn conditional_loop(&mut self, structure: &Structure) {
        let (again, turn, end) = (self.mark(), self.mark(), self.mark());
        let Some(clause) = structure.clauses.first() else { return };
        self.here(again);
        self.loops.push((turn, end));
        if let When::Tests(tests) = &clause.when {
            self.tests(tests, end);
        }
        self.nodes(&clause.body);
        self.here(turn);
        if structure.until.is_empty() {
            self.push(structure.end, Action::Jump(again));
        } else {
            self.tests(&structure.until, again);
        }
        self.loops.pop();
        self.here(end);
    }

    fn for_loop(&mut self, structure: &Structure, targets: &Phrase, each: bool, values: &Phrase) {
        let (turn, end) = (self.mark(), self.mark());
        let Some(clause) = structure.clauses.first() else { return };
        let slot = self.slot();
        // With one target, the two forms are the same.
        let each = each && targets.items.len() > 1;
        self.push(clause.line, Action::For { slot, values: CachedPhrase::new(values), each });
        self.here(turn);
        let assignment = CachedPhrase::new(&assignment(targets));
        self.push(clause.line, Action::Next { slot, assignment, done: end });
        self.loops.push((turn, end));
        self.nodes(&clause.body);
        self.loops.pop();
        self.push(structure.end, Action::Jump(turn));
        self.here(end);
    }

    fn select(&mut self, structure: &Structure, value: &Phrase) {
        let end = self.mark();
        let slot = self.slot();
        for (at, clause) in structure.clauses.iter().enumerate() {
            let next = self.mark();
            match &clause.when {
                When::First => {
                    self.push(clause.line, Action::Select { slot, value: CachedPhrase::new(value) });
                    // What stands before the first case is never reached.
                    self.push(clause.line, Action::Jump(next));
                }
                When::Case(value) | When::CaseList(value) => {
                    let list = matches!(clause.when, When::CaseList(_));
                    if let Some(value) = self.phrase(clause.line, value) {
                        self.push(clause.line, Action::Case { slot, value, list, otherwise: next });
                    }
                }
                When::Tests(_) | When::Else => {}
            }
            self.clause(structure, at, end);
            self.here(next);
        }
        self.here(end);
    }

    fn trap(&mut self, structure: &Structure, codes: &Phrase) {
        let (start, stop, end) = (self.mark(), self.mark(), self.mark());
        let Some(first) = structure.clauses.first() else { return };
        let mut handlers = Vec::new();
        let mut otherwise = end;
        let places: Vec<Place> = structure.clauses.iter().map(|_| self.mark()).collect();
        for (clause, &place) in structure.clauses.iter().zip(&places).skip(1) {
            match &clause.when {
                When::Case(Ok(codes)) | When::CaseList(Ok(codes)) => {
                    handlers.push(Handler { line: clause.line, codes: CachedPhrase::new(codes), place });
                }
                _ => otherwise = place,
            }
        }
        let codes = CachedPhrase::new(codes);
        self.push(first.line, Action::Trap { codes, range: start..stop, handlers, otherwise });
        self.here(start);
        for (at, &place) in places.iter().enumerate() {
            self.here(place);
            self.clause(structure, at, end);
            if at == 0 {
                self.here(stop);
            }
        }
        self.here(end);
    }

    fn with(&mut self, structure: &Structure, space: &Phrase) {
        let (start, stop) = (self.mark(), self.mark());
        let Some(clause) = structure.clauses.first() else { return };
        self.push(clause.line, Action::With { space: CachedPhrase::new(space), range: start..stop });
        self.here(start);
        self.nodes(&clause.body);
        // A jump out of a range ends it.
        self.push(structure.end, Action::Jump(stop));
        self.here(stop);
    }

    /// The steps, their marks made positions.
    fn done(mut self) -> Vec<Step> {
        let end = self.steps.len();
        let marks = std::mem::take(&mut self.marks);
        let settle = |place: &mut Place| *place = marks.get(*place).copied().unwrap_or(end).min(end);
        for step in &mut self.steps {
            match &mut step.action {
                Action::Jump(place)
                | Action::Test { otherwise: place, .. }
                | Action::Next { done: place, .. }
                | Action::Case { otherwise: place, .. } => settle(place),
                Action::Trap { range, handlers, otherwise, .. } => {
                    settle(&mut range.start);
                    settle(&mut range.end);
                    settle(otherwise);
                    handlers.iter_mut().for_each(|handler| settle(&mut handler.place));
                }
                Action::With { range, .. } => {
                    settle(&mut range.start);
                    settle(&mut range.end);
                }
                _ => {}
            }
        }
        self.steps
    }
}

/// `targets←⍬`: the assignment that every turn of a loop makes, with a value of its own.
fn assignment(targets: &Phrase) -> Phrase {
    let end = Span { start: targets.span.end, end: targets.span.end };
    let mut phrase = targets.clone();
    phrase.items.push(Item { kind: ItemKind::Glyph('←'), span: end });
    phrase.items.push(Item { kind: ItemKind::Glyph('⍬'), span: end });
    phrase
}
