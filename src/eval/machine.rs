//! The machine: carries out the instructions of bound expressions, one value at a time.
//!
//! A call of a dfn leaves the loop of instructions: whoever runs it makes the call (`activation.rs`), so that calls take
//! no native stack. What an instruction does with its values is in the files of its family.

use std::rc::Rc;

use super::activation::Activation;
use super::assign;
use super::frame::{Frame, Indices};
use crate::array::{Array, Value};
use crate::bind::{Wanted, lower};
use crate::context::{Context, Descent};
use crate::error::{Fault, Result};
use crate::function::{Fun, Function, Operand};
use crate::primitive;
use crate::primitive::scalar::{self, ScalarDyad};
use crate::workspace::binding::Operator;
use crate::workspace::code::{Code, Component, Op, Source, TargetId};
use crate::workspace::node::{Class, Node, NodeId, Target};
use crate::workspace::scope::Scope;
use crate::workspace::user::UserFunction;
use crate::workspace::{Stacks, Workspace};

/// Native stack that must be left when an expression is evaluated, and what is added where it isn't.
const RED_ZONE: usize = 96 * 1024;
const STACK_PIECE: usize = 2 * 1024 * 1024;

/// The stacks of an evaluation.
pub struct Machine<'c> {
    pub context: &'c Context,
    workspace: &'c Workspace,
    pub values: Vec<Value>,
    pub components: Vec<Component>,
    /// The calls that wait for the one that is running to return, the innermost last.
    pub callers: Vec<Activation<'c>>,
    /// What the calls take from the workspace budget, by blocks.
    pub charged: Vec<Descent<'c>>,
    /// Scopes that are no longer used.
    pub idle: Vec<Rc<Scope>>,
    /// How the outermost call of the expression has ended.
    pub ending: Ending,
}

/// How the outermost call of an expression ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// With a value, or there was no such call.
    #[default]
    Value,
    /// With a value that the session does not show.
    Shy,
    /// Without a value.
    Nothing,
}

impl Ending {
    /// That of a call with a result, or without one.
    pub fn new(value: Option<&Value>, shy: bool) -> Ending {
        match (value, shy) {
            (None, _) => Ending::Nothing,
            (_, true) => Ending::Shy,
            _ => Ending::Value,
        }
    }
}

/// Why the loop of instructions was left.
pub enum Stop {
    /// All instructions are done.
    Done,
    /// A dfn is to be called.
    Call(Call),
}

/// A call of a dfn.
pub struct Call {
    pub function: UserFunction,
    pub left: Option<Value>,
    pub right: Value,
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        self.values.clear();
        self.components.clear();
        self.workspace.spare.set(Some((std::mem::take(&mut self.values), std::mem::take(&mut self.components))));
    }
}

impl<'c> Machine<'c> {
    /// With empty stacks.
    pub fn new(context: &'c Context, workspace: &'c Workspace) -> Machine<'c> {
        let (values, components): Stacks = workspace.spare.take().unwrap_or_default();
        let (callers, charged, idle) = (Vec::new(), Vec::new(), Vec::new());
        Machine { context, workspace, values, components, callers, charged, idle, ending: Ending::Value }
    }

    /// Runs the instructions of an expression to their end. They leave a value, a function or an operator on a stack.
    fn run(&mut self, frame: &Frame, code: &Code) -> Result<()> {
        let mut at = 0;
        let heights = (self.values.len(), self.components.len());
        loop {
            match self.execute(frame, code, &mut at) {
                Err(fault) => return Err(self.kept(frame, code, at - 1, heights, fault)),
                Ok(Stop::Done) => return Ok(()),
                Ok(Stop::Call(call)) => {
                    let node = code.nodes[at - 1];
                    let (value, ending) = frame.located(node, self.call(call))?;
                    self.give(frame, node, value, ending, at == code.ops.len())?;
                }
            }
        }
    }

    /// What a call has returned goes to the expression that it stands in; `last`: as its outermost call. VALUE ERROR if
    /// there is nothing where a value is needed.
    pub fn give(
        &mut self,
        frame: &Frame,
        node: NodeId,
        value: Option<Value>,
        ending: Ending,
        last: bool,
    ) -> Result<()> {
        // How a call in the middle has ended does not matter for the whole.
        self.ending = if last { ending } else { Ending::Value };
        if !last && value.is_none() {
            return Err(frame.blame(node, Fault::no_result()));
        }
        self.values.extend(value);
        Ok(())
    }

    pub fn pop(&mut self) -> Result<Value> {
        self.values.pop().ok_or_else(|| Fault::internal("no value on the stack"))
    }

    fn pop_if(&mut self, there: bool) -> Result<Option<Value>> {
        if there { self.pop().map(Some) } else { Ok(None) }
    }

    fn settled(&mut self) -> Result<Value> {
        self.pop()?.settled(self.context.memory())
    }

    fn component(&mut self) -> Result<Component> {
        self.components.pop().ok_or_else(|| Fault::internal("no component on the stack"))
    }

    fn function(&mut self) -> Result<Fun> {
        match self.component()? {
            Component::Function(function) => Ok(function),
            _ => Err(Fault::syntax()),
        }
    }

    fn operator(&mut self) -> Result<Operator> {
        match self.component()? {
            Component::Operator(operator) => Ok(operator),
            _ => Err(Fault::syntax()),
        }
    }

    fn operand(&mut self) -> Result<Operand> {
        match self.component()? {
            Component::Array(value) => Ok(Operand::Array(value)),
            Component::Function(function) => Ok(Operand::Function(function)),
            Component::Operator(_) => Err(Fault::syntax()),
        }
    }

    /// Carries out instructions from `at` on, up to the end or to a call of a dfn.
    pub fn execute(&mut self, frame: &Frame, code: &Code, at: &mut usize) -> Result<Stop> {
        while let Some(op) = code.ops.get(*at) {
            let here = *at;
            let next = here + 1;
            *at = next;
            match op {
                Op::Constant(value) => self.values.push(value.clone()),
                Op::Omega => {
                    let value = frame.omega(code.nodes[here])?;
                    self.values.push(value);
                }
                Op::Alpha => {
                    let value = frame.alpha(code.nodes[here])?;
                    self.values.push(value);
                }
                Op::Local(slot) => match frame.scope.and_then(|scope| scope.array_in(*slot as usize)) {
                    Some(value) => self.values.push(value),
                    None => self.leaf(frame, code.nodes[here], next == code.ops.len())?,
                },
                Op::Scalar { op, row, left, right } => {
                    if let Some(value) = self.quick(frame, code, *op, *left, *right) {
                        self.values.push(value);
                        continue;
                    }
                    let (above, right) = match (left, right) {
                        (Source::Stack, Source::Stack) => (Some(self.pop()?), self.pop()?),
                        (Source::Stack, source) => (Some(self.pop()?), self.argument(frame, code, here, *source)?),
                        (_, source) => (None, self.argument(frame, code, here, *source)?),
                    };
                    let left = match above {
                        Some(left) => left,
                        None => self.argument(frame, code, here, *left)?,
                    };
                    let value = row.dyadic(self.context, left, right);
                    self.values.push(frame.located(code.nodes[here], value)?);
                }
                Op::Monad(row) => {
                    let right = self.pop()?;
                    self.values.push(frame.located(code.nodes[here], row.monadic(self.context, right))?);
                }
                Op::Dyad(row) => {
                    let (left, right) = (self.pop()?, self.pop()?);
                    self.values.push(frame.located(code.nodes[here], row.dyadic(self.context, left, right))?);
                }
                Op::Recall { dyadic } => {
                    let function = frame.running(code.nodes[here])?;
                    let (left, right) = (self.pop_if(*dyadic)?, self.pop()?);
                    if function.definition.program.is_none() {
                        return Ok(Stop::Call(Call { function, left, right }));
                    }
                    self.apply(frame, code.nodes[here], &function, left, right, next == code.ops.len())?;
                }
                Op::Call { dyadic } => {
                    let function = self.function()?;
                    let (left, right) = (self.pop_if(*dyadic)?, self.pop()?);
                    if let Some(function) = dfn(&*function) {
                        return Ok(Stop::Call(Call { function: function.clone(), left, right }));
                    }
                    self.apply(frame, code.nodes[here], &*function, left, right, next == code.ops.len())?;
                }
                Op::Apply { function, dyadic } => {
                    let (left, right) = (self.pop_if(*dyadic)?, self.pop()?);
                    self.apply(frame, code.nodes[here], &**function, left, right, next == code.ops.len())?;
                }
                Op::Default(skipped) => {
                    if let Some(left) = frame.left() {
                        self.values.push(left);
                        *at += *skipped as usize;
                    }
                }
                op => self.other(frame, code, here, op, next == code.ops.len())?,
            }
        }
        Ok(Stop::Done)
    }

    /// The result of a scalar function of two numbers, which then are no longer on the stack; `None` for others.
    #[inline]
    fn quick(&mut self, frame: &Frame, code: &Code, op: ScalarDyad, left: Source, right: Source) -> Option<Value> {
        let stack = &self.values[..];
        let height = stack.len();
        let taken = usize::from(matches!(left, Source::Stack)) + usize::from(matches!(right, Source::Stack));
        let number = |source: Source, at: usize| match source {
            Source::Stack => plain(stack.get(height.checked_sub(at)?)?),
            Source::Constant(at) => plain(code.constants.get(at as usize)?),
            Source::Omega => plain(&frame.scope?.right.borrow()),
            Source::Local(slot, _) => frame.scope?.look(slot as usize, plain)?,
        };
        let value = scalar::quick(op, &number(left, 1)?, &number(right, taken)?)?;
        self.values.truncate(height - taken);
        Some(value)
    }

    /// An argument of a scalar function.
    fn argument(&mut self, frame: &Frame, code: &Code, here: usize, source: Source) -> Result<Value> {
        match source {
            Source::Stack => self.pop(),
            Source::Constant(at) => {
                code.constants.get(at as usize).cloned().ok_or_else(|| Fault::internal("no literal"))
            }
            Source::Omega => frame.omega(code.nodes[here]),
            Source::Local(_, node) => frame.leaf(node),
        }
    }

    /// Calls a function that is no dfn; as the outermost one of the expression, it need not have a result.
    fn apply(
        &mut self,
        frame: &Frame,
        node: NodeId,
        function: &dyn Function,
        left: Option<Value>,
        right: Value,
        last: bool,
    ) -> Result<()> {
        if !last {
            self.values.push(frame.located(node, function.call(self.context, left, right))?);
            return Ok(());
        }
        self.context.shy.set(false);
        let value = frame.located(node, function.invoke(self.context, left, right))?;
        self.ending = Ending::new(value.as_ref(), function.may_be_shy() && self.context.shy.get());
        self.values.extend(value);
        Ok(())
    }

    /// The value of a node without parts.
    fn leaf(&mut self, frame: &Frame, node: NodeId, last: bool) -> Result<()> {
        match frame.bound.node(node) {
            Node::Name(name) if last => {
                let (value, ending) = frame.outermost_name(node, name)?;
                self.ending = ending;
                self.values.extend(value);
            }
            _ => self.values.push(frame.leaf(node)?),
        }
        Ok(())
    }

    /// The instructions that are rarer, or do more.
    fn other(&mut self, frame: &Frame, code: &Code, here: usize, op: &Op, last: bool) -> Result<()> {
        let node = code.nodes[here];
        let memory = self.context.memory();
        match op {
            Op::Leaf => self.leaf(frame, node, last)?,
            Op::Whole => {
                let value = frame.whole(node)?;
                self.values.push(value);
            }
            Op::Settle => {
                let value = self.settled()?;
                self.values.push(value);
            }
            Op::Copy => {
                let copy = self.values.last().cloned();
                self.values.extend(copy);
            }
            Op::Strand(count) => {
                let value = self.strand(frame, node, *count)?;
                self.values.push(value);
            }
            Op::Matrix(count) => {
                let vector = self.strand(frame, node, *count)?;
                self.values.push(frame.matrix(node, vector)?);
            }
            Op::Index => {
                let array = self.pop()?;
                let Node::Index { indices, .. } = frame.bound.node(node) else {
                    return Err(Fault::internal("no index"));
                };
                let list = self.indices(indices)?;
                let value = primitive::index_brackets(self.context, &array, &list);
                self.values.push(frame.located(node, value)?);
            }
            Op::Within => {
                let spaces = self.settled()?;
                let (value, ending) = match last {
                    true => frame.within_outermost(node, &spaces)?,
                    false => (Some(frame.within(node, &spaces)?), Ending::Value),
                };
                self.give(frame, node, value, ending, last)?;
            }
            Op::Split(count) => {
                let value = self.pop()?;
                let parts = frame.assigned(node, assign::split(self.context, &value, *count as usize))?;
                self.values.extend(parts);
            }
            Op::Store(id) => {
                let value = self.pop()?;
                let function = self.modifier(*id);
                frame.assigned(node, assign::store(frame, target(code, *id)?, function.as_ref(), value))?;
            }
            Op::StoreIndexed(id) => {
                let target = target(code, *id)?;
                let (Target::Indexed { indices, .. } | Target::SystemIndexed { indices, .. }) = target else {
                    return Err(Fault::internal("no index"));
                };
                let list = self.indices(indices)?;
                let value = self.pop()?;
                let function = self.modifier(*id);
                frame.assigned(node, assign::store_indexed(frame, target, &list, function.as_ref(), value))?;
            }
            Op::StoreMember(id) => {
                let Target::Member { target, .. } = target(code, *id)? else {
                    return Err(Fault::internal("no member"));
                };
                let spaces = self.settled()?;
                let list = match &**target {
                    Target::Indexed { indices, .. } => self.indices(indices)?,
                    _ => Indices::new(),
                };
                let value = self.pop()?;
                let function = self.modifier(*id);
                let stored = assign::store_member(frame, &spaces, target, &list, function.as_ref(), &value);
                frame.assigned(node, stored)?;
            }
            Op::Reveal => return Err(frame.surprised(node)),
            Op::Forget => drop(self.components.pop()),
            Op::Function => {
                let function = frame.function_leaf(node)?;
                self.components.push(Component::Function(function));
            }
            Op::Operator => {
                let operator = frame.operator_leaf(node)?;
                self.components.push(Component::Operator(operator));
            }
            Op::Operand => {
                let operand = frame.operand_leaf(node)?;
                self.components.push(operand.into());
            }
            Op::AsOperand => {
                let value = self.settled()?;
                self.components.push(Component::Array(value));
            }
            Op::Axis => {
                let (function, axis) = (self.function()?, self.pop()?);
                self.components.push(Component::Function(frame.along(node, function, axis)?));
            }
            Op::Derive => {
                let operand = self.operand()?;
                let axis = self.pop_if(matches!(frame.bound.node(node), Node::Derived { axis: Some(_), .. }))?;
                self.components.push(Component::Function(frame.derived(node, operand, axis)?));
            }
            Op::DeriveBoth => {
                let (left, right) = (self.operand()?, self.operand()?);
                self.components.push(Component::Function(frame.derived_both(node, left, right)?));
            }
            Op::Outer => {
                let Node::Outer(operand) = *frame.bound.node(node) else { return Err(Fault::internal("no operand")) };
                let function = self.operand()?.function();
                let function = Operand::Function(frame.located(operand, function)?);
                let made = crate::operator::outer_product(self.context, function);
                self.components.push(Component::Function(frame.located(node, made)?));
            }
            Op::Train(count) => {
                let tines = (0..*count).map(|_| self.operand()).collect::<Result<Vec<Operand>>>()?;
                let made = crate::operator::train(self.context, tines);
                self.components.push(Component::Function(frame.located(node, made)?));
            }
            Op::DeriveUser => {
                let (left, operator) = (self.operand()?, self.operator()?);
                let both = matches!(frame.bound.node(node), Node::UserDerived { right: Some(_), .. });
                let right = if both { Some(self.operand()?) } else { None };
                self.components.push(Component::Function(frame.derived_user(node, &operator, left, right)?));
            }
            Op::OperatorAxis => {
                let (operator, axis) = (self.operator()?, self.pop()?.settled(memory)?);
                self.components.push(Component::Operator(frame.operator_along(node, &operator, axis)?));
            }
            Op::Curry => {
                let (operator, right) = (self.operator()?, self.operand()?);
                self.components.push(Component::Operator(Operator::Curried(Rc::new((operator, right)))));
            }
            Op::FunctionWithin => {
                let spaces = self.settled()?;
                let function = frame.function_within(node, &spaces)?;
                self.components.push(Component::Function(function));
            }
            Op::OperatorWithin => {
                let spaces = self.settled()?;
                let operator = frame.operator_within(node, &spaces)?;
                self.components.push(Component::Operator(operator));
            }
            // Those of the loop.
            _ => return Err(Fault::internal("no such instruction")),
        }
        Ok(())
    }

    /// The function of a modified assignment.
    fn modifier(&self, id: TargetId) -> Option<Fun> {
        match self.components.last() {
            Some(Component::Function(function)) if id.modified => Some(function.clone()),
            _ => None,
        }
    }

    /// The indices of the axes that have one, the first of which is the topmost value.
    fn indices(&mut self, indices: &[Option<NodeId>]) -> Result<Indices> {
        indices.iter().map(|index| self.pop_if(index.is_some())).collect()
    }

    fn strand(&mut self, frame: &Frame, node: NodeId, count: u32) -> Result<Value> {
        let memory = self.context.memory();
        let mut values = frame.located(node, memory.vec(count as usize))?;
        for _ in 0..count {
            values.push(self.settled()?);
        }
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0));
        Ok(frame.located(node, array)?.into())
    }
}

/// A number that is not stored in an array.
#[inline]
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(b) => Some(Value::Bool(*b)),
        Value::Int(n) => Some(Value::Int(*n)),
        Value::Float(x) => Some(Value::Float(*x)),
        _ => None,
    }
}

fn target(code: &Code, id: TargetId) -> Result<&Target> {
    code.targets.get(id.at as usize).ok_or_else(|| Fault::internal("no target"))
}

/// The user function that a function is, if it is a dfn or a dop with its operands.
fn dfn(function: &dyn Function) -> Option<&UserFunction> {
    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
    user.definition.program.is_none().then_some(user)
}

impl Frame<'_> {
    /// The instructions of the whole expression.
    pub fn code(&self) -> &Code {
        self.bound.code.get_or_init(|| {
            let wanted = match self.bound.class {
                Some(Class::Function) => Wanted::Function,
                Some(Class::Monadic | Class::Dyadic | Class::Hybrid) => Wanted::Operator,
                Some(Class::Array) | None => Wanted::Array,
            };
            match self.bound.root() {
                Some(root) => lower(self.bound, root, wanted, self.slots()),
                None => Code::default(),
            }
        })
    }

    /// The names that have slots where the expression stands.
    fn slots(&self) -> &[u32] {
        match self.scope {
            Some(scope) if scope.keeps_names() => &scope.function.definition.locals,
            _ => &[],
        }
    }

    /// Evaluates a node on stacks of its own, and hands on what it leaves there.
    fn evaluate<T>(&self, id: NodeId, wanted: Wanted, then: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
            let mut machine = Machine::new(self.context, &self.space.workspace);
            match (wanted, Some(id) == self.bound.root() && self.bound.class == Some(Class::Array)) {
                (Wanted::Array, true) => machine.run(self, self.code())?,
                _ => machine.run(self, &lower(self.bound, id, wanted, self.slots()))?,
            }
            then(&mut machine)
        })
    }

    /// The value of an array expression.
    pub fn array(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Constant(value) => Ok(value.clone()),
            Node::Omega => self.omega(id),
            Node::Alpha => self.alpha(id),
            Node::Name(_) => self.leaf(id),
            _ => self.evaluate(id, Wanted::Array, |machine| match machine.ending {
                Ending::Nothing => Err(self.blame(id, Fault::no_result())),
                _ => machine.pop(),
            }),
        }
    }

    /// The value of the whole expression, an array expression, and how its outermost call has ended.
    pub fn outermost(&self) -> Result<(Option<Value>, Ending)> {
        let Some(root) = self.bound.root() else { return Ok((None, Ending::Nothing)) };
        self.evaluate(root, Wanted::Array, |machine| Ok((machine.values.pop(), machine.ending)))
    }

    /// The function that a function expression stands for.
    pub fn function(&self, id: NodeId) -> Result<Fun> {
        self.evaluate(id, Wanted::Function, |machine| machine.function())
    }

    /// The value or function of an operand.
    pub fn operand(&self, id: NodeId) -> Result<Operand> {
        self.evaluate(id, Wanted::Operand, |machine| machine.operand())
    }

    /// The operator that an operator expression stands for.
    pub fn operator(&self, id: NodeId) -> Result<Operator> {
        self.evaluate(id, Wanted::Operator, |machine| machine.operator())
    }

    /// Stores a value as the assignment that the expression is stores its own.
    pub fn store(&self, value: Value) -> Result<()> {
        let Some(root) = self.bound.root() else { return Err(Fault::syntax()) };
        let code = self.bound.store.get_or_init(|| lower(self.bound, root, Wanted::Stored, self.slots()));
        let mut machine = Machine::new(self.context, &self.space.workspace);
        machine.values.push(value);
        machine.run(self, code)
    }
}
