//! The code of bodies: the phrases of a dfn, or the steps of a traditional function, one behind the other with jumps in
//! between, so that running them needs no look at statements.
//!
//! A phrase is in the code if it has been bound before, that is, run before. At any other, the code is left, and the
//! phrase is run by itself; the next time the code is made anew with it.

use std::collections::HashSet;
use std::rc::Rc;

use crate::code::definition::{CachedPhrase, CachedStatement, Definition};
use crate::code::instruction::{Code, Op, Portion, Role};
use crate::code::lower::{Locals, Wanted, lower_onto};
use crate::code::node::{Bound, Form, Node, NodeId, Target};
use crate::code::program::{Action, Place, Program, Step};
use crate::code::trim;
use crate::names::scope::Scope;

/// The code of the body of a dfn that lies in another one, or in none, for the workspace's generation. `marked`: with an
/// instruction where a line begins.
pub fn of_dfn(definition: &Definition, parent: Option<&Scope>, generation: u32, marked: bool) -> Code {
    let mut assembly = Assembly::new(Locals::Slots(&definition.locals, parent), generation);
    let count = definition.statements.len();
    let mut marks = marked.then(|| definition.line_of(0));
    for (number, statement) in definition.statements.iter().enumerate() {
        assembly.code.starts.push(assembly.next());
        if let Some(before) = &mut marks {
            let line = definition.line_of(number);
            if std::mem::replace(before, line) != line {
                assembly.emit(Op::Mark { line, step: number as u32 }, 0);
            }
        }
        let last = number + 1 == count;
        let statement_of = |role| (number as u32, number as u32, role);
        match statement {
            CachedStatement::Expression(phrase) => {
                let bound = usable(phrase, Role::Expression, generation);
                let Some(bound) = assembly.phrase(statement_of(Role::Expression), bound) else { continue };
                let root = bound.root().unwrap_or_default();
                match bound.form {
                    Form::Naming => assembly.emit(Op::Effect, root),
                    Form::Assignment => {
                        if last && !definition.ends_below {
                            assembly.lower(&bound, root, Wanted::Array);
                            assembly.emit(Op::Return { shy: true }, root);
                        } else {
                            assembly.lower(&bound, root, Wanted::Made);
                        }
                    }
                    _ => {
                        assembly.lower(&bound, root, Wanted::Array);
                        assembly.emit(Op::Return { shy: false }, root);
                    }
                }
            }
            CachedStatement::Guard(condition, result) => {
                let condition = usable(condition, Role::Condition, generation);
                let Some(bound) = assembly.phrase(statement_of(Role::Condition), condition) else { continue };
                let root = bound.root().unwrap_or_default();
                assembly.lower(&bound, root, Wanted::Array);
                assembly.test(true, number as u32 + 1, root);
                let result = usable(result, Role::Outcome, generation);
                let Some(bound) = assembly.phrase(statement_of(Role::Outcome), result) else { continue };
                let root = bound.root().unwrap_or_default();
                assembly.lower(&bound, root, Wanted::Array);
                assembly.emit(Op::Return { shy: bound.form == Form::Assignment }, root);
            }
            CachedStatement::ErrorGuard(codes, _) => {
                let codes = usable(codes, Role::Codes, generation);
                let Some(bound) = assembly.phrase(statement_of(Role::Codes), codes) else { continue };
                let root = bound.root().unwrap_or_default();
                assembly.lower(&bound, root, Wanted::Array);
                assembly.emit(Op::ErrorGuard, root);
            }
        }
    }
    assembly.code.starts.push(assembly.next());
    assembly.emit(Op::End, 0);
    assembly.done()
}

/// Whether a phrase has been bound in the workspace's generation.
pub fn is_bound(phrase: &CachedPhrase, generation: u32) -> bool {
    phrase.bound.borrow().as_ref().is_some_and(|bound| bound.generation == generation)
}

/// The bound form of a phrase of a dfn, if it can be a part of the code.
pub fn usable(phrase: &CachedPhrase, role: Role, generation: u32) -> Option<Rc<Bound>> {
    let bound = phrase.bound.borrow().clone().filter(|bound| bound.generation == generation)?;
    match (role, bound.form) {
        (_, Form::Value | Form::Assignment) | (Role::Expression, Form::Naming) => Some(bound),
        _ => None,
    }
}

/// The code of a traditional function's steps, for the workspace's generation. `marked`: with an instruction where a line
/// begins.
pub fn of_program(program: &Program, generation: u32, marked: bool) -> Code {
    let mut assembly = Assembly::new(Locals::Own(&program.locals), generation);
    let entered = entered(program);
    let mut marked = marked.then_some(u32::MAX);
    for (at, step) in program.steps.iter().enumerate() {
        assembly.code.starts.push(assembly.next());
        if let Some(before) = &mut marked
            && (std::mem::replace(before, step.line) != step.line || entered.contains(&at))
            && !matches!(step.action, Action::Jump(_))
        {
            assembly.emit(Op::Mark { line: step.line, step: at as u32 }, 0);
        }
        if let Action::Jump(to) = step.action
            && stays(program, at, to)
        {
            assembly.emit(Op::Jump(to as u32), 0);
            continue;
        }
        let bound = usable_step(program, at, generation);
        let of = (at as u32, step.line, Role::Expression);
        let Some(bound) = assembly.portion(of, bound, Op::Step) else { continue };
        let root = bound.root().unwrap_or_default();
        match &step.action {
            Action::Show(_) if bound.form == Form::Naming => assembly.emit(Op::Effect, root),
            Action::Next { slot, done, .. } => {
                let (slot, done) = (*slot as u32, *done as u32);
                let begin = assembly.next() as usize;
                assembly.emit(Op::Next { slot, done }, root);
                assembly.lower(&bound, root, Wanted::Stored);
                if let [_, Op::Assign(storage)] = assembly.code.ops[begin..] {
                    assembly.shorten(begin + 1);
                    assembly.code.ops[begin] = Op::NextInto { slot, done, storage };
                }
            }
            Action::Test { wanted, otherwise, .. } => {
                assembly.lower(&bound, root, Wanted::Array);
                assembly.test(*wanted, *otherwise as u32, root);
            }
            _ if bound.form == Form::Assignment => assembly.lower(&bound, root, Wanted::Made),
            action => {
                assembly.lower(&bound, root, Wanted::Array);
                assembly.emit(if let Action::Show(_) = action { Op::Show } else { Op::Drop }, root);
            }
        }
    }
    assembly.code.starts.push(assembly.next());
    assembly.done()
}

/// The bound form of a step's phrase, if the step can be a part of the code.
pub fn usable_step(program: &Program, at: Place, generation: u32) -> Option<Rc<Bound>> {
    let Step { action, .. } = program.steps.get(at)?;
    let (phrase, to) = match action {
        Action::Show(phrase) | Action::Evaluate(phrase) => (phrase, at),
        Action::Test { condition, otherwise, .. } => (condition, *otherwise),
        Action::Next { assignment, done, .. } => (assignment, *done),
        _ => return None,
    };
    if !stays(program, at, to) {
        return None;
    }
    let bound = phrase.bound.borrow().clone().filter(|bound| bound.generation == generation)?;
    let root = bound.root()?;
    let usable = match (action, bound.form) {
        (Action::Next { .. }, _) => match bound.node(root) {
            Node::Assign { target: Target::Name(_), .. } => true,
            Node::Assign { target: Target::Strand(targets), .. } => {
                targets.iter().all(|target| matches!(target, Target::Name(_)))
            }
            _ => false,
        },
        (Action::Show(_), Form::Naming) | (_, Form::Assignment) => true,
        (Action::Show(_), Form::Value) => !bound.is_execution(root),
        (_, form) => form == Form::Value,
    };
    usable.then_some(bound)
}

/// Whether a jump leaves no range in which a trap or another namespace is in force.
fn stays(program: &Program, from: Place, to: Place) -> bool {
    program.ranges.iter().all(|range| !range.contains(&from) || range.contains(&to))
}

/// The steps to which jumps within the code go.
fn entered(program: &Program) -> HashSet<Place> {
    let to = |step: &Step| match &step.action {
        Action::Jump(to) => Some(*to),
        Action::Test { otherwise, .. } => Some(*otherwise),
        Action::Next { done, .. } => Some(*done),
        // All others are run outside the code.
        _ => None,
    };
    program.steps.iter().filter_map(to).collect()
}

struct Assembly<'a> {
    code: Code,
    locals: Locals<'a>,
}

impl<'a> Assembly<'a> {
    fn new(locals: Locals<'a>, generation: u32) -> Assembly<'a> {
        Assembly { code: Code { generation, ..Code::default() }, locals }
    }

    /// The position of the next instruction.
    fn next(&self) -> u32 {
        self.code.ops.len() as u32
    }

    fn emit(&mut self, op: Op, node: NodeId) {
        self.code.ops.push(op);
        self.code.nodes.push(node);
        self.attribute();
    }

    /// The new instructions are those of the last portion.
    fn attribute(&mut self) {
        let portion = (self.code.portions.len() as u32).saturating_sub(1);
        self.code.portion.resize(self.code.ops.len(), portion);
    }

    fn lower(&mut self, bound: &Bound, node: NodeId, wanted: Wanted) {
        lower_onto(&mut self.code, bound, node, wanted, self.locals);
        self.attribute();
    }

    /// Drops the instructions from a position on.
    fn shorten(&mut self, count: usize) {
        self.code.ops.truncate(count);
        self.code.nodes.truncate(count);
        self.code.portion.truncate(count);
    }

    /// The topmost value is tested; where it is not as wanted, a statement or step follows that is not the next one.
    fn test(&mut self, wanted: bool, otherwise: u32, root: NodeId) {
        match self.code.ops.pop_if(|op| matches!(op, Op::Scalar { .. })) {
            Some(Op::Scalar { op, row, left, right }) => {
                self.shorten(self.code.ops.len());
                self.emit(Op::Compare { op, row, left, right, wanted, otherwise }, root);
            }
            _ => self.emit(Op::Test { wanted, otherwise }, root),
        }
    }

    /// The whole code: jumps go to instructions instead of statements or steps.
    fn done(self) -> Code {
        let Code { mut ops, starts, .. } = self.code;
        for to in ops.iter_mut().filter_map(Op::target_mut) {
            *to = starts.get(*to as usize).copied().unwrap_or(u32::MAX);
        }
        trim::trimmed(Code { ops, starts, ..self.code })
    }

    /// A phrase of a dfn begins: its statement, line and role.
    fn phrase(&mut self, of: (u32, u32, Role), bound: Option<Rc<Bound>>) -> Option<Rc<Bound>> {
        self.portion(of, bound, Op::Phrase)
    }

    fn portion(
        &mut self,
        (statement, line, role): (u32, u32, Role),
        bound: Option<Rc<Bound>>,
        op: impl FnOnce(u32) -> Op,
    ) -> Option<Rc<Bound>> {
        let number = self.code.portions.len() as u32;
        let begin = self.next();
        self.code.portions.push(Portion { bound: bound.clone(), begin, start: begin + 1, statement, line, role });
        self.emit(op(number), 0);
        bound
    }
}
