//! Scalar functions of numbers that lie on the stack, in names or in the code: calculated without any array being made.

use std::mem::forget;

use super::frame::Frame;
use super::machine::{Machine, alpha};
use super::storage::{change, copy, look};
use super::turns::{Slot, Turns};
use crate::array::Value;
use crate::code::instruction::{Change, Code, Op, Source, Storage, TargetId};
use crate::code::node::{Node, NodeId};
use crate::error::{Fault, Result};
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::primitive::Primitive;
use crate::primitive::scalar::{self, ScalarDyad};

impl Machine<'_> {
    /// The result of a scalar function of any arguments.
    #[inline(never)]
    pub fn scalar(&mut self, frame: &Frame, code: &Code, here: usize) -> Result<()> {
        let (Op::Scalar { row, left, right, .. } | Op::Compare { row, left, right, .. }) = &code.ops[here] else {
            return Err(Fault::internal("no function"));
        };
        let frame = frame.of(code, here);
        let node = code.nodes[here];
        let (of_left, of_right) = match frame.bound.node(node) {
            Node::Dyad { left, right, .. } => (*left, *right),
            _ => (node, node),
        };
        // What is on the stack stays there until the other argument is known.
        let (left, right) = match (*left, *right) {
            (Source::Stack, Source::Stack) => (self.pop()?, self.pop()?),
            (Source::Stack, right) => {
                let right = self.argument(&frame, code, of_right, right)?;
                (self.pop()?, right)
            }
            (left, Source::Stack) => {
                let left = self.argument(&frame, code, of_left, left)?;
                (left, self.pop()?)
            }
            (left, right) => {
                let right = self.argument(&frame, code, of_right, right)?;
                (self.argument(&frame, code, of_left, left)?, right)
            }
        };
        self.values.push(frame.located(node, row.dyadic(self.context, left, right))?);
        Ok(())
    }

    /// An argument, which is this node.
    pub fn argument(&mut self, frame: &Frame, code: &Code, node: NodeId, source: Source) -> Result<Value> {
        match source {
            Source::Stack => self.pop(),
            Source::Whole(n) => Ok(whole_number(n)),
            Source::Constant(at) => {
                code.constants.get(at as usize).cloned().ok_or_else(|| Fault::internal("no literal"))
            }
            Source::Omega => frame.omega(node),
            Source::Alpha => frame.alpha(node),
            Source::Name(_) => frame.leaf(node),
        }
    }

    /// A scalar function of two whole numbers, those of them on the stack replaced by the result. False, with nothing done, for
    /// other arguments, and for names that are not local.
    #[inline(always)]
    pub fn calculated_whole(&mut self, scope: Option<&Scope>, op: ScalarDyad, left: &Source, right: &Source) -> bool {
        match (left, right) {
            (Source::Stack, Source::Stack) => match &mut self.values[..] {
                [.., below, Value::Int(a)] => {
                    let done = replace(below, |b| scalar::whole(op, *a, b));
                    if done {
                        forget(self.values.pop());
                    }
                    done
                }
                _ => false,
            },
            (Source::Whole(a), Source::Stack) => self.replace_top(|b| scalar::whole(op, *a, b)),
            (Source::Stack, Source::Whole(b)) => self.replace_top(|a| scalar::whole(op, a, *b)),
            (Source::Name(_) | Source::Alpha | Source::Omega, Source::Stack) => {
                let a = known(scope, left);
                self.replace_top(|b| scalar::whole(op, a?, b))
            }
            (Source::Omega, Source::Whole(b)) => {
                self.push_some(known(scope, &Source::Omega).and_then(|a| scalar::whole(op, a, *b)))
            }
            (_, Source::Whole(b)) => self.push_some(known(scope, left).and_then(|a| scalar::whole(op, a, *b))),
            (Source::Whole(a), _) => self.push_some(known(scope, right).and_then(|b| scalar::whole(op, *a, b))),
            (_, _) => {
                let pair = known(scope, left).zip(known(scope, right));
                self.push_some(pair.and_then(|(a, b)| scalar::whole(op, a, b)))
            }
        }
    }

    /// Whether a comparison of two whole numbers holds, those of them on the stack dropped. `None`, with nothing done, as above.
    #[inline(always)]
    pub fn compared_whole(
        &mut self,
        scope: Option<&Scope>,
        op: ScalarDyad,
        left: &Source,
        right: &Source,
    ) -> Option<bool> {
        let holds = |a, b| match scalar::whole(op, a, b) {
            Some(Value::Bool(holds)) => Some(holds),
            _ => None,
        };
        let top = |values: &[Value]| whole_of(values.last()?);
        match (left, right) {
            (Source::Whole(a), Source::Stack) => {
                let found = holds(*a, top(&self.values)?)?;
                forget(self.values.pop());
                Some(found)
            }
            (Source::Stack, Source::Whole(b)) => {
                let found = holds(top(&self.values)?, *b)?;
                forget(self.values.pop());
                Some(found)
            }
            (Source::Omega, Source::Whole(b)) => holds(known(scope, &Source::Omega)?, *b),
            (_, Source::Whole(b)) => holds(known(scope, left)?, *b),
            (Source::Whole(a), _) => holds(*a, known(scope, right)?),
            (_, _) => holds(known(scope, left)?, known(scope, right)?),
        }
    }

    /// The whole number that an argument is, wherever it comes from.
    #[inline(always)]
    pub fn whole(&self, frame: &Frame, scope: Option<&Scope>, source: &Source) -> Option<i32> {
        let found = match source {
            Source::Stack => whole_of(self.values.last()?),
            Source::Whole(n) => Some(*n),
            source => known(scope, source),
        };
        found.or_else(|| self.whole_otherwise(frame, scope, source))
    }

    #[inline(never)]
    fn whole_otherwise(&self, frame: &Frame, scope: Option<&Scope>, source: &Source) -> Option<i32> {
        self.int(frame, scope, *source, true).map(|(n, _)| n)
    }

    #[inline(always)]
    fn push_some(&mut self, value: Option<Value>) -> bool {
        match value {
            Some(value) => {
                self.values.push(value);
                true
            }
            None => false,
        }
    }

    #[inline(always)]
    fn replace_top(&mut self, new: impl FnOnce(i32) -> Option<Value>) -> bool {
        self.values.last_mut().is_some_and(|top| replace(top, new))
    }

    /// `name f←value` where it lies, for a scalar function of whole numbers and a local name. False, with nothing done, for
    /// anything else.
    #[inline(always)]
    pub fn update_whole(&self, scope: Option<&Scope>, name: Storage, op: ScalarDyad, value: &Source) -> bool {
        let number = match value {
            Source::Whole(n) => Some(*n),
            value => known(scope, value),
        };
        let (Some(scope), Some(b)) = (scope, number) else { return false };
        let update = |old: &mut Value| replace(old, |a| scalar::whole(op, a, b));
        let done = match name {
            Storage::Slot(slot) => scope.change_slot(slot as usize, update),
            Storage::Own(symbol) => scope.function.space.change(symbol, update),
            _ => None,
        };
        done == Some(true)
    }

    /// The whole number that an argument of a scalar function is, and whether it is stored as one that is 0 or 1; `top`: of
    /// the arguments on the stack, the topmost one.
    #[inline(always)]
    pub fn int(&self, frame: &Frame, scope: Option<&Scope>, source: Source, top: bool) -> Option<(i32, bool)> {
        match source {
            Source::Whole(n) => Some((n, matches!(n, 0 | 1))),
            Source::Constant(_) => None,
            Source::Omega => int_of(&scope?.right.borrow()),
            Source::Alpha => alpha(scope, int_of)?,
            Source::Stack if top => int_of(self.values.last()?),
            Source::Stack => int_of(self.values.get(self.values.len().checked_sub(2)?)?),
            Source::Name(Storage::Elsewhere(symbol) | Storage::Global(symbol)) => int_elsewhere(frame, symbol),
            Source::Name(Storage::Outer { depth, slot, symbol }) => {
                scope?.look_out(depth, slot, symbol, int_of).unwrap_or_else(|| int_elsewhere(frame, symbol))
            }
            Source::Name(storage) => look(frame, scope, storage, int_of)?,
        }
    }

    /// The number that it is.
    pub fn plain(&self, frame: &Frame, scope: Option<&Scope>, code: &Code, source: Source, top: bool) -> Plain {
        let value = match source {
            Source::Whole(n) => Some(Plain::of(&whole_number(n))),
            Source::Constant(at) => code.constants.get(at as usize).map(Plain::of),
            Source::Omega => scope.map(|scope| Plain::of(&scope.right.borrow())),
            Source::Alpha => alpha(scope, Plain::of),
            Source::Stack => {
                let at = self.values.len().checked_sub(if top { 1 } else { 2 });
                at.and_then(|at| self.values.get(at)).map(Plain::of)
            }
            Source::Name(storage) => look(frame, scope, storage, Plain::of),
        };
        value.unwrap_or(Plain::Other)
    }

    /// The result of a scalar function of two numbers; `None` for other arguments.
    #[inline(always)]
    fn quick(
        &self,
        frame: &Frame,
        scope: Option<&Scope>,
        code: &Code,
        op: ScalarDyad,
        (left, right): (Source, Source),
    ) -> Option<Value> {
        let above = !matches!(left, Source::Stack);
        match (self.int(frame, scope, left, true), self.int(frame, scope, right, above)) {
            (Some((a, false)), Some((b, _))) | (Some((a, true)), Some((b, false))) => scalar::whole(op, a, b),
            _ => self.real(frame, scope, code, op, (left, right)),
        }
    }

    /// The same where they are not both whole numbers.
    #[inline(never)]
    fn real(
        &self,
        frame: &Frame,
        scope: Option<&Scope>,
        code: &Code,
        op: ScalarDyad,
        (left, right): (Source, Source),
    ) -> Option<Value> {
        let above = !matches!(left, Source::Stack);
        let (left, right) = (self.plain(frame, scope, code, left, true), self.plain(frame, scope, code, right, above));
        result(op, left, right)
    }

    /// A scalar function of two numbers, which are replaced by its result. False, with nothing done, for other arguments.
    #[inline(never)]
    pub fn calculated(&mut self, frame: &Frame, code: &Code, op: ScalarDyad, sources: (Source, Source)) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let Some(value) = self.quick(frame, scope, code, op, sources) else { return false };
        if matches!(sources, (Source::Stack, Source::Stack)) {
            forget(self.values.pop());
        }
        match self.values.last_mut() {
            Some(place) if sources.0.is_stack() || sources.1.is_stack() => forget(std::mem::replace(place, value)),
            _ => self.values.push(value),
        }
        true
    }

    /// Whether a comparison holds, or another condition that a scalar function gives; its arguments are dropped.
    #[inline(never)]
    pub fn compared(
        &mut self,
        frame: &Frame,
        code: &Code,
        here: usize,
        op: ScalarDyad,
        sources: (Source, Source),
    ) -> Result<bool> {
        let scope = frame.scope.map(|scope| &**scope);
        if let Some(Value::Bool(holds)) = self.quick(frame, scope, code, op, sources) {
            for source in [sources.0, sources.1] {
                if source.is_stack() {
                    forget(self.values.pop());
                }
            }
            return Ok(holds);
        }
        self.scalar(frame, code, here)?;
        let holds = self.condition(frame, code, here)?;
        self.values.pop();
        Ok(holds)
    }

    /// `name f←value` where it lies, for a scalar function of two numbers. False, with nothing done, for anything else.
    #[inline(never)]
    pub fn update(&self, frame: &Frame, code: &Code, id: &TargetId, value: &Source) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let (Some(storage), 0) = (id.storage, id.indices) else { return false };
        let op = match id.change {
            Change::Scalar(op, _) => op,
            Change::Primitive(row) => return self.extended(frame, code, storage, row, *value),
            Change::Value | Change::Function => return false,
        };
        if let Some((b, _)) = self.int(frame, scope, *value, true) {
            let update = |old: &mut Value| match old {
                Value::Int(a) => scalar::whole(op, *a, b).is_some_and(|new| {
                    forget(std::mem::replace(old, new));
                    true
                }),
                _ => false,
            };
            if change(frame, scope, storage, update) == Some(true) {
                return true;
            }
        }
        let value = self.plain(frame, scope, code, *value, true);
        let update = |old: &mut Value| match result(op, Plain::of(old), value) {
            Some(new) => {
                *old = new;
                true
            }
            None => false,
        };
        change(frame, scope, storage, update) == Some(true)
    }

    /// `name f←value` where it lies, for another primitive that does that. False, with nothing done, for any other, and where
    /// it fails.
    #[inline(never)]
    fn extended(&self, frame: &Frame, code: &Code, storage: Storage, row: &Primitive, value: Source) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let copied = match value {
            Source::Whole(n) => Some(whole_number(n)),
            Source::Name(storage) => look(frame, scope, storage, copy),
            Source::Omega => scope.map(|scope| copy(&scope.right.borrow())),
            Source::Alpha => alpha(scope, copy),
            Source::Stack | Source::Constant(_) => None,
        };
        let value = match value {
            Source::Stack => self.values.last(),
            Source::Constant(at) => code.constants.get(at as usize),
            _ => copied.as_ref(),
        };
        let Some(value) = value.filter(|value| !matches!(value, Value::Pending(_))) else { return false };
        let update = |old: &mut Value| row.update(self.context, old, value).unwrap_or(false);
        change(frame, scope, storage, update) == Some(true)
    }

    /// The next value of a loop over whole numbers is given a name that is local. False, with nothing done, for anything else.
    #[inline(never)]
    pub fn counted_into(&mut self, scope: Option<&Scope>, slot: usize, storage: Storage) -> bool {
        let (Some(Slot::Turns(Turns::Count { next, end, .. })), Storage::Own(symbol), Some(scope)) =
            (self.slots.get_mut(slot), storage, scope)
        else {
            return false;
        };
        let Ok(number) = i32::try_from(*next) else { return false };
        let set = |bindings: &mut [Binding]| match bindings.get_mut(symbol as usize) {
            Some(Binding::Array(place @ Value::Int(_))) => {
                forget(std::mem::replace(place, Value::Int(number)));
                true
            }
            _ => false,
        };
        let done = *next < *end && scope.function.space.with_bindings(set) == Some(true);
        *next += i64::from(done);
        done
    }

    /// `name f←value` where it lies if it can be done there, otherwise with a new array.
    #[inline(never)]
    pub fn update_or_store(
        &mut self,
        frame: &Frame,
        code: &Code,
        here: usize,
        target: u32,
        value: &Source,
    ) -> Result<()> {
        let target = code.changes[target as usize];
        if self.update(frame, code, &target, value) {
            return Ok(());
        }
        let frame = frame.of(code, here);
        let value = self.argument(&frame, code, frame.assigned_value(code.nodes[here]), *value)?;
        self.values.push(value);
        self.other(&frame, code, here, &Op::Store(target))
    }

    /// The same with the topmost value, which is dropped then.
    pub fn update_by_top(&mut self, frame: &Frame, code: &Code, id: &TargetId) -> bool {
        let done = self.update(frame, code, id, &Source::Stack);
        if done {
            drop(self.values.pop());
        }
        done
    }
}

/// A number or character, if a value is one that is not stored in an array.
#[derive(Clone, Copy)]
pub enum Plain {
    Bool(i32),
    Int(i32),
    Float(f64),
    Char(char),
    Other,
}

impl Plain {
    #[inline(always)]
    pub fn of(value: &Value) -> Plain {
        match value {
            Value::Int(n) => Plain::Int(*n),
            Value::Float(x) => Plain::Float(*x),
            Value::Bool(b) => Plain::Bool(i32::from(*b)),
            Value::Char(c) => Plain::Char(*c),
            _ => Plain::Other,
        }
    }
}

impl Plain {
    /// The value; 0 for any other one.
    pub fn value(self) -> Value {
        match self {
            Plain::Bool(n) => Value::Bool(n == 1),
            Plain::Int(n) => Value::Int(n),
            Plain::Float(x) => Value::Float(x),
            Plain::Char(c) => Value::Char(c),
            Plain::Other => Value::Bool(false),
        }
    }
}

/// The result of a scalar function of two numbers; `None` for what takes more than a few instructions, and for errors.
#[inline(always)]
pub fn result(op: ScalarDyad, left: Plain, right: Plain) -> Option<Value> {
    match (left, right) {
        (Plain::Int(a), Plain::Int(b) | Plain::Bool(b)) | (Plain::Bool(a), Plain::Int(b)) => scalar::whole(op, a, b),
        (Plain::Float(a), Plain::Float(b)) => scalar::plain(op, a, b),
        (Plain::Float(a), Plain::Int(b)) => scalar::plain(op, a, f64::from(b)),
        (Plain::Int(a), Plain::Float(b)) => scalar::plain(op, f64::from(a), b),
        _ => None,
    }
}

/// The value of a literal.
fn whole_number(n: i32) -> Value {
    match n {
        0 | 1 => Value::Bool(n == 1),
        n => Value::Int(n),
    }
}

#[inline(always)]
fn int_of(value: &Value) -> Option<(i32, bool)> {
    match value {
        Value::Int(n) => Some((*n, false)),
        Value::Bool(b) => Some((i32::from(*b), true)),
        _ => None,
    }
}

/// The whole number that an argument is which is neither on the stack nor in the code; `None` for anything else, and for a name
/// that is not local.
#[inline(always)]
fn known(scope: Option<&Scope>, source: &Source) -> Option<i32> {
    match source {
        Source::Omega => whole_of(&scope?.right.borrow()),
        Source::Alpha => alpha(scope, whole_of)?,
        Source::Name(Storage::Slot(slot)) => scope?.look(*slot as usize, whole_of)?,
        Source::Name(Storage::Own(symbol)) => scope?.function.space.look(*symbol, whole_of)?,
        _ => None,
    }
}

/// Puts another value in the place of a whole number. False, with nothing done, where there is none.
#[inline(always)]
fn replace(place: &mut Value, new: impl FnOnce(i32) -> Option<Value>) -> bool {
    let Value::Int(old) = *place else { return false };
    match new(old) {
        Some(new) => {
            forget(std::mem::replace(place, new));
            true
        }
        None => false,
    }
}

/// The number, where it is stored as a whole one.
#[inline(always)]
fn whole_of(value: &Value) -> Option<i32> {
    match value {
        Value::Int(n) => Some(*n),
        _ => None,
    }
}

#[inline(never)]
fn int_elsewhere(frame: &Frame, symbol: u32) -> Option<(i32, bool)> {
    scope::look(frame.space, frame.scope, symbol, int_of)?
}
