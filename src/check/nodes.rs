//! Bound phrases on abstract values: the nodes in the order in which the machine evaluates them.

use std::rc::Rc;

use super::callable::{Callable, Made, Op, function};
use super::engine::Engine;
use super::findings::{Finding, Fix, Label};
use super::names::{Closure, Env, Found, Thing};
use super::targets::gather;
use crate::array::{Array, Value};
use crate::code::bind::{self, Surroundings};
use crate::code::definition::CachedPhrase;
use crate::code::node::{Bound, Class, Form, Node, NodeId, Target};
use crate::error::ErrorKind;
use crate::inference::operators::{self, Operand};
use crate::inference::{Abstract, Failure, Outcome, rules};
use crate::syntax::span::Span;
use crate::syntax::tree::Phrase;

/// What a phrase is, as a statement.
pub enum Evaluated {
    /// An array; whether it is only assigned.
    Array(Outcome, bool),
    /// A function or operator; whether it is only named.
    Function(bool),
    /// Nothing, or something that could not be bound.
    Nothing,
}

type Function = Rc<Callable>;

impl Engine {
    /// A phrase as a statement, or a part of one.
    pub fn phrase(&self, env: &Env, cached: &CachedPhrase) -> Evaluated {
        let phrase = &cached.phrase;
        if phrase.items.is_empty() {
            return Evaluated::Nothing;
        }
        match self.unset(env, phrase) {
            // In a function that is called, this is told where its body is looked at by itself.
            Some(Some(_)) if self.depth.get() > 0 => return Evaluated::Nothing,
            Some(Some((name, span))) => {
                let failure = Failure::new(ErrorKind::Value, format!("{name} is never set"));
                self.failed_at.set(Some((env.file, span)));
                return Evaluated::Array(Err(failure), false);
            }
            Some(None) => {
                self.assign_unclear(env, phrase);
                return Evaluated::Nothing;
            }
            None => {}
        }
        let around = Surroundings {
            context: &self.context,
            space: &env.home.space,
            scope: env.frame.as_ref().map(|frame| &frame.scope),
            source: &env.source,
        };
        let bound = match bind::bind(around, phrase) {
            Ok(bound) => bound,
            Err((fault, caret)) => {
                self.assign_unclear(env, phrase);
                let span = Span { start: caret, end: caret + 1 };
                let failure = Failure::new(fault.kind(), fault.message().unwrap_or_default());
                return match fault.kind() {
                    ErrorKind::Syntax | ErrorKind::Nonce => {
                        self.failed_at.set(Some((env.file, span)));
                        Evaluated::Array(Err(failure), false)
                    }
                    _ => Evaluated::Nothing,
                };
            }
        };
        let Some(root) = bound.root() else { return Evaluated::Nothing };
        if bound.nodes.iter().any(|node| self.is_opaque(env, &bound, node)) {
            return self.opaque(env, &bound, phrase);
        }
        match (bound.class, bound.form) {
            (Some(Class::Array), form) => {
                let value = self.array(env, &bound, root);
                if let Ok(value) = &value {
                    self.note(env, phrase.span, value);
                }
                Evaluated::Array(value, form == Form::Assignment)
            }
            (Some(Class::Function), form) => match self.function(env, &bound, root) {
                Ok(_) => Evaluated::Function(form == Form::Naming),
                Err(failure) => Evaluated::Array(Err(failure), form == Form::Naming),
            },
            (Some(_), form) => {
                let op = self.operator(env, &bound, root);
                if let Node::AssignFunction { name: Some(name), space: None, .. } = bound.node(root) {
                    env.set(name.symbol, op.map_or(Thing::Unclear, Thing::Operator));
                }
                Evaluated::Function(form == Form::Naming)
            }
            (None, _) => Evaluated::Nothing,
        }
    }

    /// A phrase of which only running tells how it is read: nothing is known of what it gives and assigns.
    fn opaque(&self, env: &Env, bound: &Bound, phrase: &Phrase) -> Evaluated {
        let guarded = super::names::Counted::new(&self.guarded);
        let muted = self.muted.replace(true);
        let root = bound.root().filter(|_| bound.class == Some(Class::Array));
        if let Some(root) = root {
            drop(self.array(env, bound, root));
        }
        self.muted.set(muted);
        drop(guarded);
        let (mut names, mut targets) = (Vec::new(), Vec::new());
        gather(&phrase.items, &mut names, &mut targets);
        for name in targets {
            env.update(env.home.space.symbol(&name), Thing::Unclear);
        }
        match bound.form {
            Form::Value => Evaluated::Array(Ok(Abstract::unknown()), false),
            // It may assign, or name a function.
            _ => Evaluated::Nothing,
        }
    }

    /// Names in a phrase that are not there: the first that nobody sets, or `None` for one of which that is not known.
    fn unset(&self, env: &Env, phrase: &Phrase) -> Option<Option<(Rc<str>, Span)>> {
        let mut names = Vec::new();
        let mut targets = Vec::new();
        gather(&phrase.items, &mut names, &mut targets);
        let mut unclear = None;
        for (name, span) in names {
            if targets.contains(&name) {
                continue;
            }
            let symbol = env.home.space.symbol(&name);
            match self.find(env, symbol, &name) {
                Found::Thing(_) => {}
                Found::Unclear => unclear = Some(None),
                Found::Nobody => return Some(Some((name, span))),
            }
        }
        // A modified assignment needs a name that is set; where it is not known whether it is, so is nothing else.
        unclear
    }

    /// The names that a phrase assigns, when it is not known what.
    fn assign_unclear(&self, env: &Env, phrase: &Phrase) {
        let (mut names, mut targets) = (Vec::new(), Vec::new());
        gather(&phrase.items, &mut names, &mut targets);
        for name in targets {
            let symbol = env.home.space.symbol(&name);
            let thing = match self.find(env, symbol, &name) {
                Found::Thing(thing) => thing.loose(),
                _ => Thing::Unclear,
            };
            env.update(symbol, thing);
        }
    }

    /// A node that is an array.
    pub fn array(&self, env: &Env, bound: &Bound, id: NodeId) -> Outcome {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            if !self.step() {
                self.lose();
                return Ok(Abstract::unknown());
            }
            self.array_node(env, bound, id)
        })
    }

    fn array_node(&self, env: &Env, bound: &Bound, id: NodeId) -> Outcome {
        let array = |id: NodeId| self.array(env, bound, id);
        let span = bound.places[id as usize].span;
        let caret = Span { start: bound.places[id as usize].caret, end: span.end };
        match bound.node(id) {
            Node::Constant(value) => Ok(self.constant(value)),
            Node::Name(name) => {
                let value = match self.find(env, name.symbol, &name.name) {
                    Found::Thing(Thing::Array(value)) => value,
                    _ => Abstract::unknown(),
                };
                self.note_part(env, span, &value);
                Ok(value)
            }
            Node::System(name) => Ok(self.system_variable(env, name)),
            Node::QuadInput | Node::QuoteQuadInput => Ok(Abstract::unknown()),
            Node::Alpha => Ok(match env.left() {
                Some(Thing::Array(value)) => value,
                _ => Abstract::unknown(),
            }),
            Node::Omega => Ok(env.frame.as_ref().map_or_else(Abstract::unknown, |frame| frame.right.clone())),
            Node::Strand(items) => {
                let mut elements = Vec::with_capacity(items.len());
                for &item in items.iter().rev() {
                    elements.push(array(item)?);
                }
                elements.reverse();
                Ok(self.side_by_side(elements))
            }
            Node::Monad { function, right } => {
                let right = array(*right)?;
                let callable = self.function(env, bound, *function)?;
                let result = self.failed(env, caret, self.call(&callable, None, &right))?;
                self.note_result(env, span, bound.places[*function as usize].span, &result);
                Ok(result)
            }
            Node::Dyad { left, function, right } => {
                let right = array(*right)?;
                let callable = self.function(env, bound, *function)?;
                let left = array(*left)?;
                let function = bound.places[*function as usize].span;
                let result = self.call(&callable, Some(&left), &right);
                if let Err(failure) = &result {
                    self.suggest(env, failure, &callable, (&left, &right), function.end);
                }
                let result = self.failed(env, caret, result)?;
                self.note_result(env, span, function, &result);
                Ok(result)
            }
            Node::Executed(argument) => array(*argument).map(|_| Abstract::unknown()),
            Node::Tested { argument, .. } | Node::Revealed { argument, .. } => array(*argument),
            Node::Index { array: indexed, indices } => {
                let indices = self.indices(env, bound, indices)?;
                let indexed = array(*indexed)?;
                self.failed(env, caret, self.index(&indexed, &indices))
            }
            Node::Matrix(items) => {
                let mut cells = Vec::with_capacity(items.len());
                for &item in items.iter().rev() {
                    cells.push(array(item)?);
                }
                Ok(matrix(&cells))
            }
            Node::Root => Ok(self.constant(&self.root.space.reference().into())),
            Node::Parent => Ok(super::spaces::reference()),
            Node::Within { space, inner, .. } => {
                let result = self.failed(env, caret, self.within(env, bound, *space, inner))?;
                self.note_part(env, span, &result);
                self.note_part(env, inner.phrase.phrase.span, &result);
                Ok(result)
            }
            Node::Namespace(members) => self.namespace(env, bound, members),
            Node::Assign { target: Target::Alpha, .. } if env.left().is_some() => {
                // Nothing is evaluated where there is a left argument.
                Ok(match env.left() {
                    Some(Thing::Array(value)) => value,
                    _ => Abstract::unknown(),
                })
            }
            Node::Assign { target, function, value } => {
                let value = array(*value)?;
                let function = match function {
                    Some(function) => Some(self.function(env, bound, *function)?),
                    None => None,
                };
                let done = self.assign(env, bound, target, function.as_ref(), &value);
                self.failed(env, caret, done)?;
                if let Target::Name(name) | Target::Nearest(name) = target {
                    let target = Span { start: span.start, end: span.start + name.name.len() as u32 };
                    if let (true, Found::Thing(Thing::Array(stored))) =
                        (self.detailed.get(), self.find(env, name.symbol, &name.name))
                    {
                        self.note_part(env, target, &stored);
                    }
                    return Ok(match (self.find(env, name.symbol, &name.name), function.is_some()) {
                        (Found::Thing(Thing::Array(stored)), false) if stored.shape.is_some() => stored,
                        _ => value,
                    });
                }
                Ok(value)
            }
            _ => Ok(Abstract::unknown()),
        }
    }

    /// Where ranks or lengths do not fit: a rank by which the function fits, where the inference shows that.
    fn suggest(
        &self,
        env: &Env,
        failure: &Failure,
        callable: &Function,
        (left, right): (&Abstract, &Abstract),
        end: u32,
    ) {
        self.fix.take();
        if !self.tells() || !matches!(failure.kind, ErrorKind::Rank | ErrorKind::Length) {
            return;
        }
        for ranks in [&[1][..], &[0, 1], &[1, 0], &[1, 2], &[2, 1], &[0]] {
            let omega = Abstract::counts(ranks.iter().map(|&rank| crate::inference::Dim::Known(rank)).collect());
            let Some(row) = crate::operator::lookup('⍤') else { return };
            let alpha = Operand::Function(callable.clone());
            let made = Made { rule: row.rule, alpha, omega: Some(Operand::Array(omega)), axis: None };
            let fits = self.call(&Callable::Derived(made), Some(left), right);
            if fits.is_ok_and(|result| result.rank().is_some_and(|rank| rank > 0)) {
                let ranks = ranks.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
                self.fix.set(Some((env.file, Fix { at: end, text: format!("⍤{ranks}⊢"), title: format!("⍤{ranks}") })));
                return;
            }
        }
    }

    /// Elements side by side; of literals, the array itself.
    pub fn side_by_side(&self, elements: Vec<Abstract>) -> Abstract {
        let values: Option<Vec<Value>> = elements.iter().map(|element| element.value.clone()).collect();
        let memory = self.context.memory();
        let whole = Abstract::strand(elements);
        let made = values.and_then(|values| {
            let count = values.len();
            Array::from_items(memory, &[count], values, || Value::Bool(false)).ok()
        });
        match made {
            Some(array) => Abstract { value: Some(array.into()), ..whole },
            None => whole,
        }
    }

    pub fn indices(
        &self,
        env: &Env,
        bound: &Bound,
        indices: &[Option<NodeId>],
    ) -> Result<Vec<Option<Abstract>>, Failure> {
        let mut found = Vec::with_capacity(indices.len());
        for index in indices.iter().rev() {
            found.push(match index {
                Some(index) => Some(self.array(env, bound, *index)?),
                None => None,
            });
        }
        found.reverse();
        Ok(found)
    }

    fn index(&self, array: &Abstract, indices: &[Option<Abstract>]) -> Outcome {
        let values: Option<Vec<Option<Value>>> = indices
            .iter()
            .map(|index| match index {
                Some(index) => index.value.clone().map(Some),
                None => Some(None),
            })
            .collect();
        if let (Some(array), Some(indices), true) = (&array.value, values, self.certain.get())
            && let Ok(value) = crate::primitive::index_brackets(&self.context, array, &indices)
        {
            return Ok(self.constant(&value));
        }
        let result = rules::brackets(array, indices)?;
        self.outside(array, indices)?;
        Ok(result)
    }

    /// INDEX ERROR where an index is a number beyond the length of its axis.
    pub fn outside(&self, array: &Abstract, indices: &[Option<Abstract>]) -> Result<(), Failure> {
        let (Some(shape), Some(origin)) = (&array.shape, self.origin()) else { return Ok(()) };
        if shape.len() != indices.len() || array.kind.references {
            return Ok(());
        }
        for (length, index) in shape.iter().zip(indices) {
            let (Some(length), Some(index)) = (length.known(), index) else { continue };
            let all = index.numbers.iter().flatten().filter_map(crate::inference::Dim::known);
            if let Some(wrong) = all.into_iter().find(|n| *n < origin || *n >= origin + length)
                && indices.iter().flatten().all(Abstract::has_elements)
            {
                let wrong = crate::inference::Dim::Known(wrong);
                return Err(Failure::new(ErrorKind::Index, format!("index {wrong} of an axis of length {length}")));
            }
        }
        Ok(())
    }

    fn system_variable(&self, env: &Env, name: &str) -> Abstract {
        let constant = matches!(name, "A" | "D") || name == "IO" && self.certain.get();
        let value = match constant {
            true => env.home.space.workspace.system.get(&self.context, &env.home.space, name).ok(),
            false => None,
        };
        match (value, name) {
            (Some(value), _) => self.constant(&value),
            (None, "THIS") => self.constant(&env.home.space.reference().into()),
            (None, name) => crate::inference::system::variable(name),
        }
    }

    /// A node that is a function.
    pub fn function(&self, env: &Env, bound: &Bound, id: NodeId) -> Result<Function, Failure> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.function_node(env, bound, id))
    }

    fn function_node(&self, env: &Env, bound: &Bound, id: NodeId) -> Result<Function, Failure> {
        let operand = |id: NodeId| self.operand(env, bound, id);
        let unknown = || Rc::new(Callable::Unknown);
        Ok(match bound.node(id) {
            Node::Primitive(row) => Rc::new(Callable::Primitive(row)),
            Node::Execute => Rc::new(Callable::Execute),
            Node::Output(_) => Rc::new(Callable::Output),
            Node::Ready(made) => Callable::ready(made),
            Node::FunctionName(name) => match self.find(env, name.symbol, &name.name) {
                Found::Thing(Thing::Function(callable)) => callable,
                _ => unknown(),
            },
            Node::SystemFunction(name) => Rc::new(Callable::System(name.clone(), env.home.clone())),
            Node::AlphaFunction => match env.frame.as_ref().map(|frame| frame.left.borrow().clone()) {
                Some(Some(Thing::Function(callable))) => callable,
                _ => unknown(),
            },
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => match operand(id)? {
                Operand::Function(callable) => callable.downcast::<Callable>().unwrap_or_else(|_| unknown()),
                Operand::Array(_) => unknown(),
            },
            Node::Dfn(_) => Rc::new(Callable::User(self.closure(env, bound, id, (None, None)))),
            Node::Del => match &env.frame {
                Some(frame) => Rc::new(Callable::User(frame.closure.clone())),
                None => unknown(),
            },
            Node::Axis { function, axis } => {
                let axis = self.array(env, bound, *axis)?;
                Rc::new(Callable::Axis(self.function(env, bound, *function)?, axis))
            }
            Node::Derived { operator, operand: left, axis } => {
                let axis = match axis {
                    Some(axis) => Some(self.array(env, bound, *axis)?),
                    None => None,
                };
                Rc::new(Callable::Derived(Made { rule: operator.rule, alpha: operand(*left)?, omega: None, axis }))
            }
            Node::Derived2 { operator, left, right } => {
                let omega = Some(operand(*right)?);
                let alpha = operand(*left)?;
                Rc::new(Callable::Derived(Made { rule: operator.rule, alpha, omega, axis: None }))
            }
            Node::Outer(inner) => {
                let alpha = operand(*inner)?;
                Rc::new(Callable::Derived(Made { rule: operators::OUTER, alpha, omega: None, axis: None }))
            }
            Node::UserDerived { operator, left, right } => {
                let right = match right {
                    Some(right) => Some(operand(*right)?),
                    None => None,
                };
                let left = operand(*left)?;
                match self.operator(env, bound, *operator) {
                    Some(Op::User(closure)) => Rc::new(Callable::User(Rc::new(Closure {
                        definition: closure.definition.clone(),
                        parent: closure.parent.clone(),
                        locals: closure.locals.clone(),
                        home: closure.home.clone(),
                        file: closure.file,
                        operands: (Some(left), right),
                    }))),
                    Some(Op::Primitive(row)) => {
                        Rc::new(Callable::Derived(Made { rule: row.rule, alpha: left, omega: right, axis: None }))
                    }
                    Some(Op::System(row)) => Rc::new(Callable::SystemDerived(row.text, left, right)),
                    None => unknown(),
                }
            }
            Node::Train(tines) => {
                let mut found = Vec::with_capacity(tines.len());
                for &tine in tines.iter().rev() {
                    found.push(operand(tine)?);
                }
                found.reverse();
                if found.len() % 2 == 0 && matches!(found[0], Operand::Array(_)) {
                    self.failed_at.set(Some((env.file, bound.places[id as usize].span)));
                    return Err(Failure::new(ErrorKind::Syntax, "a function without a right argument"));
                }
                Rc::new(Callable::Train(found))
            }
            Node::AssignFunction { name, space, value, .. } => {
                let made = self.function(env, bound, *value)?;
                match (name, space, &env.frame) {
                    (Some(name), None, _) => env.set(name.symbol, Thing::Function(made.clone())),
                    (None, None, Some(frame)) if frame.left.borrow().is_none() => {
                        *frame.left.borrow_mut() = Some(Thing::Function(made.clone()));
                        *frame.scope.left.borrow_mut() = Thing::Function(made.clone()).binding(&env.home);
                    }
                    (Some(name), Some(space), _) => self.name_member(env, bound, (*space, name), &made),
                    _ => {}
                }
                made
            }
            Node::ShowFunction(inner) => self.function(env, bound, *inner)?,
            Node::Tested { argument, .. } => self.function(env, bound, *argument)?,
            Node::Within { space, inner, .. } => {
                drop(self.array(env, bound, *space)?);
                self.function_within(env, bound, *space, inner)
            }
            _ => unknown(),
        })
    }

    /// A node that is an operand: an array or a function.
    fn operand(&self, env: &Env, bound: &Bound, id: NodeId) -> Result<Operand, Failure> {
        let of_frame = |second: bool| {
            let operands = env.frame.as_ref().map(|frame| &frame.closure.operands);
            let found = operands.and_then(|operands| if second { operands.1.clone() } else { operands.0.clone() });
            found.unwrap_or_else(|| function(Callable::Unknown))
        };
        match bound.node(id) {
            Node::AlphaAlpha(_) => Ok(of_frame(false)),
            Node::OmegaOmega(_) => Ok(of_frame(true)),
            node if node.is_array() => self.array(env, bound, id).map(Operand::Array),
            _ => self.function(env, bound, id).map(|callable| Operand::Function(callable)),
        }
    }

    /// A node that is an operator.
    fn operator(&self, env: &Env, bound: &Bound, id: NodeId) -> Option<Op> {
        match bound.node(id) {
            Node::PrimitiveOperator(row) => Some(Op::Primitive(row)),
            Node::SystemOperator(row) => Some(Op::System(row)),
            Node::OperatorName(name) => match self.find(env, name.symbol, &name.name) {
                Found::Thing(Thing::Operator(op)) => Some(op),
                _ => None,
            },
            Node::Dfn(_) => Some(Op::User(self.closure(env, bound, id, (None, None)))),
            Node::DelDel => {
                let frame = env.frame.as_ref()?;
                Some(Op::User(frame.closure.clone()))
            }
            Node::AssignFunction { value, .. } => self.operator(env, bound, *value),
            _ => None,
        }
    }

    /// A dfn or dop, which is looked at by itself later.
    fn closure(
        &self,
        env: &Env,
        bound: &Bound,
        id: NodeId,
        operands: (Option<Operand>, Option<Operand>),
    ) -> Rc<Closure> {
        let Node::Dfn(definition) = bound.node(id) else {
            // Only called for dfns: this one has no statements.
            return Rc::new(self.empty_closure(env));
        };
        let closure = Rc::new(Closure {
            definition: definition.clone(),
            parent: env.frame.clone(),
            locals: env.locals.clone(),
            home: env.home.clone(),
            file: env.file,
            operands,
        });
        if self.depth.get() == 0 && self.seen.borrow_mut().insert((env.file, definition.span.start)) {
            self.pending.borrow_mut().push(closure.clone());
        }
        closure
    }

    fn empty_closure(&self, env: &Env) -> Closure {
        let body = Rc::new(crate::syntax::tree::Body::default());
        let definition = crate::code::definition::Definition::new(&env.home.space, env.source.clone(), body);
        Closure {
            definition: Rc::new(definition),
            parent: None,
            locals: None,
            home: env.home.clone(),
            file: env.file,
            operands: (None, None),
        }
    }

    /// Tells that something is never reached.
    pub fn tell_unreachable(&self, env: &Env, span: Span, text: &str) {
        if self.tells() {
            let (label, text) = (Label::Unreachable, text.to_owned());
            self.tell(Finding { file: env.file, span, label, text, fix: None });
        }
    }
}

/// `[a ⋄ b]`: the cells are filled up to the longest, and to the highest rank.
fn matrix(cells: &[Abstract]) -> Abstract {
    let Some(first) = cells.first() else { return Abstract::unknown() };
    let all = cells.iter().skip(1).fold(first.loose(), |all, cell| all.join(&cell.loose()));
    let count = crate::inference::Dim::Known(cells.len() as i64);
    let shape = all.shape.clone().map(|cell| match &cell[..] {
        // A scalar is a cell of one element.
        [] => vec![count.clone(), crate::inference::Dim::Known(1)],
        cell => [std::slice::from_ref(&count), cell].concat(),
    });
    all.shaped(shape)
}
