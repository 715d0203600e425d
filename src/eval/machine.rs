//! The machine: carries out the instructions of bound expressions, one value at a time.
//!
//! A call of a dfn leaves the loop of instructions: whoever runs it makes the call (`activation.rs`), so that calls take
//! no native stack. What an instruction does with its values is in the files of its family.

use std::rc::Rc;

use super::activation::Activation;
use super::assign::{self, Modifier};
use super::frame::{Frame, Indices};
use crate::array::{Array, Value};
use crate::context::{Context, Descent};
use crate::error::{Fault, Result};
use crate::function::{Fun, Function, Operand};
use crate::primitive;
use crate::primitive::scalar::{self, ScalarDyad};
use crate::workspace::binding::{Binding, Operator};
use crate::workspace::code::{Change, Code, Component, Op, Source, TargetId};
use crate::workspace::node::{Node, NodeId, Target};
use crate::workspace::scope::{self, Scope};
use crate::workspace::user::UserFunction;
use crate::workspace::{Stacks, Workspace};

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

/// A call of a dfn, whose arguments are on the stack of values, the left one on top.
pub struct Call {
    pub function: UserFunction,
    /// Whether there is a left argument.
    pub dyadic: bool,
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

    /// Forgets what an expression before may have left.
    pub fn begin_expression(&mut self) {
        self.values.clear();
        self.components.clear();
        self.ending = Ending::Value;
    }

    /// Runs the instructions of an expression to their end. They leave a value, a function or an operator on a stack.
    pub fn run(&mut self, frame: &Frame, code: &Code) -> Result<()> {
        let mut at = 0;
        let heights = (self.values.len(), self.components.len());
        loop {
            match self.execute(frame, code, &mut at) {
                Err(fault) => return Err(self.kept(frame, code, at - 1, heights, fault)),
                Ok(Stop::Done) => return Ok(()),
                Ok(Stop::Call(call)) => {
                    let node = code.nodes[at - 1];
                    frame.located(node, self.call(call))?;
                    if at < code.ops.len() && std::mem::take(&mut self.ending) == Ending::Nothing {
                        return Err(frame.blame(node, Fault::no_result()));
                    }
                }
            }
        }
    }

    pub fn pop(&mut self) -> Result<Value> {
        self.values.pop().ok_or_else(|| Fault::internal("no value on the stack"))
    }

    fn pop_if(&mut self, there: bool) -> Result<Option<Value>> {
        if there { self.pop().map(Some) } else { Ok(None) }
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, dyadic: bool) -> Result<(Option<Value>, Value)> {
        Ok((self.pop_if(dyadic)?, self.pop()?))
    }

    fn settled(&mut self) -> Result<Value> {
        self.pop()?.settled(self.context.memory())
    }

    fn component(&mut self) -> Result<Component> {
        self.components.pop().ok_or_else(|| Fault::internal("no component on the stack"))
    }

    /// The topmost component, if it is a function; SYNTAX ERROR.
    pub fn function(&mut self) -> Result<Fun> {
        match self.component()? {
            Component::Function(function) => Ok(function),
            _ => Err(Fault::syntax()),
        }
    }

    /// The same for an operator.
    pub fn operator(&mut self) -> Result<Operator> {
        match self.component()? {
            Component::Operator(operator) => Ok(operator),
            _ => Err(Fault::syntax()),
        }
    }

    /// The same for an operand.
    pub fn operand(&mut self) -> Result<Operand> {
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
                Op::Name(symbol) => match scope::array(frame.space, frame.scope, *symbol) {
                    Some(value) => self.values.push(value),
                    None => self.leaf(frame, code.nodes[here], next == code.ops.len())?,
                },
                Op::Assign(symbol) => {
                    let value = Binding::Array(self.pop()?);
                    let done = scope::assign(frame.space, frame.scope, *symbol, value);
                    frame.assigned(code.nodes[here], done)?;
                }
                Op::Scalar { op, left, right, .. } => {
                    if !self.quick(frame, code, *op, *left, *right) {
                        self.scalar(frame, code, here)?;
                    }
                }
                Op::Recall { dyadic } => {
                    let function = frame.running(code.nodes[here])?;
                    if function.definition.program.is_none() {
                        return Ok(Stop::Call(Call { function, dyadic: *dyadic }));
                    }
                    let (left, right) = self.arguments(*dyadic)?;
                    self.apply(frame, code.nodes[here], &function, left, right, next == code.ops.len())?;
                }
                Op::Call { dyadic } => {
                    let function = self.function()?;
                    if let Some(function) = dfn(&*function) {
                        return Ok(Stop::Call(Call { function: function.clone(), dyadic: *dyadic }));
                    }
                    let (left, right) = self.arguments(*dyadic)?;
                    self.apply(frame, code.nodes[here], &*function, left, right, next == code.ops.len())?;
                }
                Op::Settle if !matches!(self.values.last(), Some(Value::Framed(_) | Value::Pending(_))) => {}
                Op::Copy => {
                    let copy = self.values.last().cloned();
                    self.values.extend(copy);
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

    /// The result of a scalar function of any arguments.
    #[inline(never)]
    fn scalar(&mut self, frame: &Frame, code: &Code, here: usize) -> Result<()> {
        let Op::Scalar { row, left, right, .. } = &code.ops[here] else { return Err(Fault::internal("no function")) };
        let above = if let Source::Stack = left { Some(self.pop()?) } else { None };
        let right = self.argument(frame, code, here, *right)?;
        let left = match above {
            Some(left) => left,
            None => self.argument(frame, code, here, *left)?,
        };
        self.values.push(frame.located(code.nodes[here], row.dyadic(self.context, left, right))?);
        Ok(())
    }

    /// Replaces two numbers by the result of a scalar function. False, with nothing done, for other arguments.
    #[inline]
    fn quick(&mut self, frame: &Frame, code: &Code, op: ScalarDyad, left: Source, right: Source) -> bool {
        let other = |source: Source| match source {
            Source::Constant(at) => code.constants.get(at as usize).map_or(Plain::Other, Plain::of),
            Source::Omega => frame.scope.map_or(Plain::Other, |scope| Plain::of(&scope.right.borrow())),
            Source::Local(slot, _) => {
                frame.scope.and_then(|scope| scope.look(slot as usize, Plain::of)).unwrap_or(Plain::Other)
            }
            Source::Stack => Plain::Other,
        };
        let top = |values: &[Value]| values.last().map_or(Plain::Other, Plain::of);
        let (taken, left, right) = match (left, right) {
            (Source::Stack, Source::Stack) => match &self.values[..] {
                [.., right, left] => (2, Plain::of(left), Plain::of(right)),
                _ => return false,
            },
            (Source::Stack, right) => (1, top(&self.values), other(right)),
            (left, Source::Stack) => (1, other(left), top(&self.values)),
            (left, right) => (0, other(left), other(right)),
        };
        let value = match (left, right) {
            (Plain::Int(a), Plain::Int(b) | Plain::Bool(b)) | (Plain::Bool(a), Plain::Int(b)) => {
                scalar::whole(op, a, b)
            }
            (Plain::Float(a), Plain::Float(b)) => scalar::plain(op, a, b),
            (Plain::Float(a), Plain::Int(b)) => scalar::plain(op, a, f64::from(b)),
            (Plain::Int(a), Plain::Float(b)) => scalar::plain(op, f64::from(a), b),
            _ => None,
        };
        let Some(value) = value else { return false };
        if taken == 2 {
            self.values.pop();
        }
        match self.values.last_mut() {
            Some(place) if taken > 0 => *place = value,
            _ => self.values.push(value),
        }
        true
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
    #[inline(never)]
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
    #[inline(never)]
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
    #[inline(never)]
    fn other(&mut self, frame: &Frame, code: &Code, here: usize, op: &Op, last: bool) -> Result<()> {
        let node = code.nodes[here];
        let memory = self.context.memory();
        match op {
            Op::Monad(row) => {
                let right = self.pop()?;
                self.values.push(frame.located(node, row.monadic(self.context, right))?);
            }
            Op::Dyad(row) => {
                let (left, right) = (self.pop()?, self.pop()?);
                self.values.push(frame.located(node, row.dyadic(self.context, left, right))?);
            }
            Op::Apply { function, dyadic } => {
                let (left, right) = self.arguments(*dyadic)?;
                self.apply(frame, node, &**function, left, right, last)?;
            }
            Op::Leaf => self.leaf(frame, node, last)?,
            Op::Whole => {
                let value = frame.whole(node)?;
                self.values.push(value);
            }
            Op::Settle => {
                let value = self.settled()?;
                self.values.push(value);
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
                let value = match element(self.context, &array, &list) {
                    Some(element) => element,
                    None => frame.located(node, primitive::index_brackets(self.context, &array, &list))?,
                };
                self.values.push(value);
            }
            Op::Within => {
                let spaces = self.settled()?;
                let (value, ending) = match last {
                    true => frame.within_outermost(node, &spaces)?,
                    false => (Some(frame.within(node, &spaces)?), Ending::Value),
                };
                self.ending = ending;
                self.values.extend(value);
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
    fn modifier(&self, id: TargetId) -> Option<Modifier> {
        match (id.change, self.components.last()) {
            (Change::Primitive(row), _) => Some(Modifier::Primitive(row)),
            (Change::Function, Some(Component::Function(function))) => Some(Modifier::Function(function.clone())),
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

/// A number, if a value is one that is not stored in an array.
#[derive(Clone, Copy)]
enum Plain {
    Bool(i32),
    Int(i32),
    Float(f64),
    Other,
}

impl Plain {
    #[inline(always)]
    fn of(value: &Value) -> Plain {
        match value {
            Value::Int(n) => Plain::Int(*n),
            Value::Float(x) => Plain::Float(*x),
            Value::Bool(b) => Plain::Bool(i32::from(*b)),
            _ => Plain::Other,
        }
    }
}

/// The element that indices name if they are integers; `None` for other indices, errors and boxes.
fn element(context: &Context, array: &Value, indices: &Indices) -> Option<Value> {
    let Value::Array(stored) = array else { return None };
    let at = primitive::one_position(stored.shape(), indices, context.io())?;
    Some(stored.item(at)).filter(Value::is_simple_scalar)
}

fn target(code: &Code, id: TargetId) -> Result<&Target> {
    code.targets.get(id.at as usize).ok_or_else(|| Fault::internal("no target"))
}

/// The user function that a function is, if it is a dfn or a dop with its operands.
fn dfn(function: &dyn Function) -> Option<&UserFunction> {
    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
    user.definition.program.is_none().then_some(user)
}
