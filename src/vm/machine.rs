//! The machine: carries out the instructions of bound expressions, one value at a time.
//!
//! A call of a dfn leaves the loop of instructions: whoever runs it makes the call (`activation.rs`), so that calls take
//! no native stack. What an instruction does with its values is in the files of its family.

use std::mem::forget;
use std::rc::Rc;

use smallvec::SmallVec;

use super::activation::Activation;
use super::frame::Frame;
use super::profiling;
use super::statement;
use super::storage::{assigned, copy, look, replaced};
use super::turns::Slot;
use crate::array::{Array, Reference, Value};
use crate::code::bind;
use crate::code::instruction::{Code, Component, Op, Portion, Source, Storage};
use crate::code::node::{Node, NodeId};
use crate::context::{Context, Descent};
use crate::error::{Fault, Result};
use crate::function::{Fun, Function, Operand};
use crate::names::binding::{Binding, Operator};
use crate::names::scope::{self, Scope};
use crate::names::user::UserFunction;
use crate::names::{Stacks, Workspace};

/// The stacks of an evaluation.
pub struct Machine<'c> {
    pub context: &'c Context,
    workspace: &'c Workspace,
    pub values: Vec<Value>,
    pub components: Vec<Component>,
    /// The calls that wait for the one that is running to return, the innermost last.
    #[expect(clippy::vec_box, reason = "a call goes from one of these places to another without being copied")]
    pub callers: Vec<Box<Activation<'c>>>,
    /// What the calls take from the workspace budget, by blocks.
    pub charged: Vec<Descent<'c>>,
    /// Calls that are over, for those that come. Most machines make one call after the other.
    pub idle: SmallVec<[Box<Activation<'c>>; 1]>,
    /// A scope of a call of another evaluation that is over, for one that comes.
    pub scopes: Vec<Rc<Scope>>,
    /// How the outermost call of the expression has ended.
    pub ending: Ending,
    /// The control structures of the traditional function that is running.
    pub slots: Vec<Slot>,
    /// How many calls and turns of loops there are to the next poll, with the one that polls.
    unpolled: u32,
}

/// There is a poll for so many calls of dfns and turns of loops, whose parts poll for themselves where they take long.
const TURNS: u32 = 16;

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
    /// The body of a dfn has come to its end.
    Return,
    /// The phrase or step that has begun cannot be run as it was bound.
    Left,
    /// The topmost value is the error numbers of a guard.
    Guard,
    /// The topmost value is to be shown, if the call before has a result.
    Show,
}

/// A call of a dfn, whose arguments are on the stack of values, the left one on top.
pub struct Call {
    pub function: UserFunction,
    /// Whether there is a left argument.
    pub dyadic: bool,
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        if !self.slots.is_empty() {
            self.context.progress.over(self.slots.as_ptr() as usize);
        }
        self.values.clear();
        self.components.clear();
        let mut scopes = std::mem::take(&mut self.scopes);
        if scopes.is_empty() {
            scopes.extend(self.idle.pop().map(|idle| idle.scope));
        }
        self.workspace.unpolled.set(self.unpolled);
        let stacks = (std::mem::take(&mut self.values), std::mem::take(&mut self.components), scopes);
        self.workspace.spare.set(Some(stacks));
    }
}

impl<'c> Machine<'c> {
    /// With empty stacks.
    pub fn new(context: &'c Context, workspace: &'c Workspace) -> Machine<'c> {
        let (values, components, scopes): Stacks = workspace.spare.take().unwrap_or_default();
        let (callers, charged, idle) = (Vec::new(), Vec::new(), SmallVec::new());
        Machine {
            context,
            workspace,
            values,
            components,
            callers,
            charged,
            idle,
            scopes,
            ending: Ending::Value,
            slots: Vec::new(),
            unpolled: workspace.unpolled.get(),
        }
    }

    /// A call or another turn of a loop: polls for interrupts now and then.
    #[inline(always)]
    pub fn tick(&mut self) -> Result<()> {
        self.unpolled -= 1;
        if self.unpolled > 0 { Ok(()) } else { self.poll() }
    }

    /// Goes on elsewhere in the code. A loop may consist of nothing but jumps. An interrupt there stops behind the instruction at
    /// `from`, in its line.
    #[inline(always)]
    fn jump(&mut self, at: &mut usize, to: u32, here: usize, from: usize) -> Result<()> {
        *at = to as usize;
        if *at <= here
            && let Err(fault) = self.tick()
        {
            *at = from + 1;
            return Err(fault);
        }
        Ok(())
    }

    #[cold]
    fn poll(&mut self) -> Result<()> {
        self.unpolled = TURNS;
        if let Some((done, total)) = self.slots.iter().find_map(Slot::progress) {
            self.context.progress.tell(self.slots.as_ptr() as usize, done, total);
        }
        self.context.poll()
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
                Err(fault) => return Err(self.kept(frame, code, 0..at - 1, heights, fault)),
                // An expression has nothing of a body.
                Ok(Stop::Done | Stop::Return | Stop::Left | Stop::Guard | Stop::Show) => return Ok(()),
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

    #[inline]
    pub fn pop(&mut self) -> Result<Value> {
        self.values.pop().ok_or_else(|| Fault::internal("no value on the stack"))
    }

    pub fn pop_if(&mut self, there: bool) -> Result<Option<Value>> {
        if there { self.pop().map(Some) } else { Ok(None) }
    }

    /// The arguments of a call.
    #[inline]
    pub fn arguments(&mut self, dyadic: bool) -> Result<(Option<Value>, Value)> {
        Ok((self.pop_if(dyadic)?, self.pop()?))
    }

    pub fn settled(&mut self) -> Result<Value> {
        self.pop()?.settled(self.context.memory())
    }

    pub fn component(&mut self) -> Result<Component> {
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

    /// Carries out instructions from `at` on, up to the end, to a call of a dfn, or to what the body that they are of has to
    /// do. `frame`: that of the expression; of a body, with any of its phrases.
    ///
    /// The scope gets to know its line where anything could ask for it: here when the instructions are left, otherwise by
    /// [`Frame::of`].
    pub fn execute(&mut self, frame: &Frame, code: &Code, at: &mut usize) -> Result<Stop> {
        // A position of its own need not be in memory.
        let mut next = *at;
        let stop = self.steps(frame, code, &mut next);
        *at = next;
        if !matches!(stop, Ok(Stop::Done | Stop::Return))
            && let (Some(scope), Some(portion)) = (frame.scope, code.portion_of(next.wrapping_sub(1)))
        {
            scope.line.set(portion.line);
        }
        stop
    }

    #[inline(always)]
    fn steps(&mut self, frame: &Frame, code: &Code, at: &mut usize) -> Result<Stop> {
        let scope = frame.scope.map(|scope| &**scope);
        let ops = &code.ops[..];
        while let Some(op) = ops.get(*at) {
            let here = *at;
            let next = here + 1;
            *at = next;
            self.context.count_instruction();
            match op {
                Op::Constant(value) => self.values.push(copy(value)),
                Op::Omega => match scope {
                    Some(scope) => self.values.push(copy(&scope.right.borrow())),
                    None => return Err(outside(frame, code, here)),
                },
                Op::Alpha => match alpha(scope, copy) {
                    Some(value) => self.values.push(value),
                    None => self.leaf(frame, code, here, None)?,
                },
                Op::Name(storage) => match look(frame, scope, *storage, copy) {
                    Some(value) => self.values.push(value),
                    None => self.leaf(frame, code, here, None)?,
                },
                Op::Assign(storage) => {
                    let value = self.pop()?;
                    self.assign(frame, scope, code, here, *storage, value)?;
                }
                Op::Scalar { op, left, right, .. } => {
                    if !self.calculated_whole(scope, *op, left, right)
                        && !self.calculated(frame, code, *op, (*left, *right))
                    {
                        self.scalar(frame, code, here)?;
                    }
                }
                Op::Phrase(portion) => {
                    if !is_current(frame, code, *portion) {
                        return Ok(Stop::Left);
                    }
                }
                Op::Step(portion) => {
                    if scope.is_none_or(Scope::is_moved) || !is_current(frame, code, *portion) {
                        return Ok(Stop::Left);
                    }
                }
                Op::Mark { line, step } => profiling::line(self.context, *line, *step),
                Op::Test { wanted, otherwise } => {
                    let holds = match self.values.last() {
                        Some(Value::Bool(holds)) => *holds,
                        _ => self.condition(frame, code, here)?,
                    };
                    self.values.pop();
                    if holds != *wanted {
                        self.jump(at, *otherwise, here, *otherwise as usize)?;
                    }
                }
                Op::Compare { op, left, right, wanted, otherwise, .. } => {
                    let holds = match self.compared_whole(scope, *op, left, right) {
                        Some(holds) => holds,
                        None => self.compared(frame, code, here, *op, (*left, *right))?,
                    };
                    if holds != *wanted {
                        self.jump(at, *otherwise, here, *otherwise as usize)?;
                    }
                }
                Op::Jump(to) => self.jump(at, *to, here, here)?,
                Op::Next { slot, done } => match self.turn(*slot as usize)? {
                    Some(value) => self.values.push(value),
                    None => *at = *done as usize,
                },
                Op::NextInto { slot, storage, .. } if self.counted_into(scope, *slot as usize, *storage) => {}
                Op::NextInto { slot, done, storage } => match self.turn(*slot as usize)? {
                    Some(value) => self.assign(frame, scope, code, here, *storage, value)?,
                    None => *at = *done as usize,
                },
                Op::Again { slot, body, storage } => {
                    let more = self.counted_into(scope, *slot as usize, *storage)
                        || match self.turn(*slot as usize)? {
                            Some(value) => {
                                self.assign(frame, scope, code, here, *storage, value)?;
                                true
                            }
                            None => false,
                        };
                    if more {
                        self.jump(at, *body, here, *body as usize)?;
                    }
                }
                Op::Drop => drop(self.values.pop()),
                Op::Return { shy } => {
                    if *shy {
                        self.ending = Ending::Shy;
                    }
                    return Ok(Stop::Return);
                }
                Op::End => {
                    self.ending = Ending::Nothing;
                    return Ok(Stop::Return);
                }
                Op::Show => return Ok(Stop::Show),
                Op::ErrorGuard => return Ok(Stop::Guard),
                Op::Recall { dyadic } => {
                    let Some(scope) = scope else { return Err(outside(frame, code, here)) };
                    let function = scope.function.clone();
                    if function.definition.program.is_none() {
                        return Ok(Stop::Call(Call { function, dyadic: *dyadic }));
                    }
                    let (left, right) = self.arguments(*dyadic)?;
                    self.apply(frame, code, here, &function, left, right)?;
                }
                Op::Call { dyadic } => {
                    let function = self.function()?;
                    if let Some(function) = dfn(&*function) {
                        return Ok(Stop::Call(Call { function: function.clone(), dyadic: *dyadic }));
                    }
                    let (left, right) = self.arguments(*dyadic)?;
                    self.apply(frame, code, here, &*function, left, right)?;
                }
                Op::CallMember { dyadic, space, member, node } => {
                    if let Some(function) = member_of(frame, scope, *space, *member) {
                        return Ok(Stop::Call(Call { function, dyadic: *dyadic }));
                    }
                    let function = self.member(frame, code, here, *node)?;
                    if let Some(function) = dfn(&*function) {
                        return Ok(Stop::Call(Call { function: function.clone(), dyadic: *dyadic }));
                    }
                    let (left, right) = self.arguments(*dyadic)?;
                    self.apply(frame, code, here, &*function, left, right)?;
                }
                Op::Element { array, node, index } => match self.element(frame, scope, array, index) {
                    Some(value) => match (index, self.values.last_mut()) {
                        // A whole number.
                        (Source::Stack, Some(place)) => forget(std::mem::replace(place, value)),
                        _ => self.values.push(value),
                    },
                    None => self.element_of(frame, code, here, *node, *index)?,
                },
                Op::Elements { array, node, count } => {
                    if !self.elements(frame, *array, usize::from(*count)) {
                        self.element_of(frame, code, here, *node, Source::Stack)?;
                    }
                }
                Op::Put { target, index, value } => {
                    if !self.put(frame, scope, code, *target, (index, value)) {
                        self.put_value(frame, code, here, *target, (*index, *value))?;
                    }
                }
                Op::Settle if !matches!(self.values.last(), Some(Value::Framed(_) | Value::Pending(_))) => {}
                Op::Copy => {
                    let top = self.values.last().map(copy);
                    self.values.extend(top);
                }
                Op::Default(skipped) => {
                    if let Some(left) = frame.left() {
                        self.values.push(left);
                        *at += *skipped as usize;
                    }
                }
                Op::Store(id) if self.update_by_top(frame, code, id) => {}
                Op::Update { op: Some(op), name, value, .. } if self.update_whole(scope, *name, *op, value) => {}
                Op::Update { target, value, .. } => self.update_or_store(frame, code, here, *target, value)?,
                Op::StoreIndexed(id) if self.put_by_top(frame, id) => {}
                op => self.other(frame, code, here, op)?,
            }
        }
        Ok(Stop::Done)
    }

    /// The next value of a loop.
    #[inline(always)]
    fn turn(&mut self, slot: usize) -> Result<Option<Value>> {
        let Some(slot) = self.slots.get_mut(slot) else { return Ok(None) };
        let Slot::Turns(turns) = slot else { return Ok(None) };
        let next = turns.next(self.context.memory())?;
        if next.is_none() {
            *slot = Slot::Empty;
        }
        Ok(next)
    }

    /// `name←value`.
    #[inline(always)]
    fn assign(
        &self,
        frame: &Frame,
        scope: Option<&Scope>,
        code: &Code,
        here: usize,
        storage: Storage,
        value: Value,
    ) -> Result<()> {
        match value {
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Char(_) => {
                if let Some(scope) = scope
                    && replaced(scope, storage, &value)
                {
                    return Ok(());
                }
            }
            Value::Array(Array::Ref(_)) | Value::Framed(_) | Value::Pending(_) => {
                return self.assign_settled(frame, code, here, storage, value);
            }
            Value::Array(_) => {}
        }
        match assigned(scope, storage, value) {
            None => Ok(()),
            Some((symbol, value)) => assign_elsewhere(frame, code, here, symbol, value),
        }
    }

    /// The same for a value that may be deferred, or an object that is code.
    #[inline(never)]
    fn assign_settled(&self, frame: &Frame, code: &Code, here: usize, storage: Storage, value: Value) -> Result<()> {
        let value = value.settled(self.context.memory())?;
        let scope = frame.scope.map(|scope| &**scope);
        if let Some(object) = value.reference().and_then(Reference::code).filter(|object| object.is_direct()) {
            let frame = frame.of(code, here);
            return frame.assigned(code.nodes[here], frame.fix_code(storage.symbol(scope), object));
        }
        match assigned(scope, storage, value) {
            None => Ok(()),
            Some((symbol, value)) => assign_elsewhere(frame, code, here, symbol, value),
        }
    }

    /// Whether the topmost value, a condition, holds.
    #[inline(never)]
    pub fn condition(&mut self, frame: &Frame, code: &Code, here: usize) -> Result<bool> {
        let value = self.values.last().cloned().ok_or_else(|| Fault::internal("no condition"))?;
        let frame = frame.of(code, here);
        frame.located_at_root(
            value.settled(self.context.memory()).and_then(|value| statement::truth(self.context, &value)),
        )
    }

    /// Calls a function that is no dfn; as the outermost one of the expression, it need not have a result.
    #[inline(never)]
    pub fn apply(
        &mut self,
        frame: &Frame,
        code: &Code,
        here: usize,
        function: &dyn Function,
        left: Option<Value>,
        right: Value,
    ) -> Result<()> {
        let node = code.nodes[here];
        let frame = &frame.of(code, here);
        let placed = |fault| frame.blame(node, fault);
        if !code.ends(here + 1) {
            self.values.push(function.call(self.context, left, right).map_err(placed)?);
            return Ok(());
        }
        self.context.shy.set(false);
        let value = function.invoke(self.context, left, right).map_err(placed)?;
        self.ending = Ending::new(value.as_ref(), function.may_be_shy() && self.context.shy.get());
        self.values.extend(value);
        Ok(())
    }

    /// The value of a node without parts: of the instruction's, or of a part of it.
    #[inline(never)]
    pub fn leaf(&mut self, frame: &Frame, code: &Code, here: usize, part: Option<NodeId>) -> Result<()> {
        let frame = frame.of(code, here);
        let node = part.unwrap_or(code.nodes[here]);
        match frame.bound.node(node) {
            Node::Name(name) if part.is_none() && code.ends(here + 1) => {
                let (value, ending) = frame.outermost_name(node, name)?;
                self.ending = ending;
                self.values.extend(value);
            }
            Node::Alpha => self.values.push(frame.alpha(node)?),
            _ => self.values.push(frame.leaf(node)?),
        }
        Ok(())
    }

    /// The function of a namespace that a node stands for, whatever function it is.
    #[inline(never)]
    fn member(&mut self, frame: &Frame, code: &Code, here: usize, node: NodeId) -> Result<Fun> {
        let Node::Within { space, .. } = frame.of(code, here).bound.node(node) else {
            return Err(Fault::internal("no dot"));
        };
        self.leaf(frame, code, here, Some(*space))?;
        let spaces = self.settled()?;
        frame.of(code, here).function_within(node, &spaces)
    }
}

/// The dfn of a name in the namespace that another name stands for; `None` for any other function, and where it is no function.
#[inline(never)]
fn member_of(frame: &Frame, scope: Option<&Scope>, space: Storage, member: u32) -> Option<UserFunction> {
    let workspace = &frame.space.workspace;
    let space = look(frame, scope, space, |value| workspace.space(value.reference()?))??;
    space.function(member).filter(|function| function.definition.program.is_none())
}

/// What `look` makes of `⍺`, if that is an array.
#[inline(always)]
pub fn alpha<T>(scope: Option<&Scope>, look: impl FnOnce(&Value) -> T) -> Option<T> {
    match &*scope?.left.borrow() {
        Binding::Array(value) => Some(look(value)),
        _ => None,
    }
}

/// SYNTAX ERROR for what only has a meaning in a function.
#[cold]
fn outside(frame: &Frame, code: &Code, here: usize) -> Fault {
    frame.of(code, here).blame(code.nodes[here], Fault::syntax())
}

/// Gives a name an array, wherever it is assigned.
#[inline(never)]
fn assign_elsewhere(frame: &Frame, code: &Code, here: usize, symbol: u32, value: Value) -> Result<()> {
    let done = scope::assign(frame.space, frame.scope, symbol, Binding::Array(value));
    match done {
        Ok(()) => Ok(()),
        done => frame.of(code, here).assigned(code.nodes[here], done),
    }
}

/// Whether a phrase of a body is as it was bound.
#[inline(never)]
fn is_current(frame: &Frame, code: &Code, portion: u32) -> bool {
    match code.portions.get(portion as usize) {
        Some(Portion { bound: Some(bound), .. }) if code.generation == frame.space.workspace.generation() => {
            bind::still_bound(frame.around, bound)
        }
        _ => false,
    }
}

/// The user function that a function is, if it is a dfn or a dop with its operands.
fn dfn(function: &dyn Function) -> Option<&UserFunction> {
    let user = function.as_any()?.downcast_ref::<UserFunction>()?;
    user.definition.program.is_none().then_some(user)
}
