//! Scalar functions of numbers, and elements of arrays that integers are the indices of: read, calculated and changed where
//! they lie, without any array being made.

use std::mem::forget;

use super::frame::Frame;
use super::machine::Machine;
use super::storage::{change, copy, look};
use super::turns::{Slot, Turns};
use crate::array::{Array, Value};
use crate::code::instruction::{Change, Code, Op, Source, Storage, TargetId};
use crate::code::node::NodeId;
use crate::error::{Fault, Result};
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::primitive::scalar::{self, ScalarDyad};
use crate::primitive::{self, Primitive};

impl Machine<'_> {
    /// The result of a scalar function of any arguments.
    #[inline(never)]
    pub fn scalar(&mut self, frame: &Frame, code: &Code, here: usize) -> Result<()> {
        let (Op::Scalar { row, left, right, .. } | Op::Compare { row, left, right, .. }) = &code.ops[here] else {
            return Err(Fault::internal("no function"));
        };
        let frame = frame.of(code, here);
        let node = code.nodes[here];
        // What is on the stack stays there until the other argument is known.
        let (left, right) = match (*left, *right) {
            (Source::Stack, Source::Stack) => (self.pop()?, self.pop()?),
            (Source::Stack, right) => {
                let right = self.argument(&frame, code, node, right)?;
                (self.pop()?, right)
            }
            (left, Source::Stack) => {
                let left = self.argument(&frame, code, node, left)?;
                (left, self.pop()?)
            }
            (left, right) => {
                let right = self.argument(&frame, code, node, right)?;
                (self.argument(&frame, code, node, left)?, right)
            }
        };
        self.values.push(frame.located(node, row.dyadic(self.context, left, right))?);
        Ok(())
    }

    /// An argument of a scalar function.
    pub fn argument(&mut self, frame: &Frame, code: &Code, node: NodeId, source: Source) -> Result<Value> {
        match source {
            Source::Stack => self.pop(),
            Source::Whole(n) => Ok(whole_number(n)),
            Source::Constant(at) => {
                code.constants.get(at as usize).cloned().ok_or_else(|| Fault::internal("no literal"))
            }
            Source::Omega => frame.omega(node),
            Source::Name(_, node) => frame.leaf(node),
        }
    }

    /// The whole number that an argument of a scalar function is, and whether it is stored as one that is 0 or 1; `top`: of
    /// the arguments on the stack, the topmost one.
    #[inline(always)]
    fn int(&self, frame: &Frame, scope: Option<&Scope>, source: Source, top: bool) -> Option<(i32, bool)> {
        match source {
            Source::Whole(n) => Some((n, matches!(n, 0 | 1))),
            Source::Constant(_) => None,
            Source::Omega => int_of(&scope?.right.borrow()),
            Source::Stack if top => int_of(self.values.last()?),
            Source::Stack => int_of(self.values.get(self.values.len().checked_sub(2)?)?),
            Source::Name(Storage::Elsewhere(symbol) | Storage::Global(symbol), _) => int_elsewhere(frame, symbol),
            Source::Name(Storage::Outer { depth, slot, symbol }, _) => {
                scope?.look_out(depth, slot, symbol, int_of).unwrap_or_else(|| int_elsewhere(frame, symbol))
            }
            Source::Name(storage, _) => look(frame, scope, storage, int_of)?,
        }
    }

    /// The number that it is.
    fn plain(&self, frame: &Frame, scope: Option<&Scope>, code: &Code, source: Source, top: bool) -> Plain {
        let value = match source {
            Source::Whole(n) => Some(Plain::of(&whole_number(n))),
            Source::Constant(at) => code.constants.get(at as usize).map(Plain::of),
            Source::Omega => scope.map(|scope| Plain::of(&scope.right.borrow())),
            Source::Stack => {
                let at = self.values.len().checked_sub(if top { 1 } else { 2 });
                at.and_then(|at| self.values.get(at)).map(Plain::of)
            }
            Source::Name(storage, _) => look(frame, scope, storage, Plain::of),
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
        // A literal and a local name, the most frequent ones.
        let whole = match (sources, scope) {
            ((Source::Whole(a), Source::Name(Storage::Own(symbol), _)), Some(scope)) => {
                scope.function.space.look(symbol, |value| whole_of(value).and_then(|b| scalar::whole(op, a, b)))
            }
            ((Source::Name(Storage::Own(symbol), _), Source::Whole(b)), Some(scope)) => {
                scope.function.space.look(symbol, |value| whole_of(value).and_then(|a| scalar::whole(op, a, b)))
            }
            _ => None,
        };
        if let Some(Some(value)) = whole {
            self.values.push(value);
            return true;
        }
        let Some(value) = self.quick(frame, scope, code, op, sources) else { return false };
        if matches!(sources, (Source::Stack, Source::Stack)) {
            forget(self.values.pop());
        }
        match self.values.last_mut() {
            Some(place) if matches!(sources.0, Source::Stack) || matches!(sources.1, Source::Stack) => {
                forget(std::mem::replace(place, value));
            }
            _ => self.values.push(value),
        }
        true
    }

    /// Whether a comparison of two numbers holds, which are dropped; `None`, with nothing done, for anything else.
    #[inline(never)]
    pub fn compared(&mut self, frame: &Frame, code: &Code, op: ScalarDyad, sources: (Source, Source)) -> Option<bool> {
        let scope = frame.scope.map(|scope| &**scope);
        let Some(Value::Bool(holds)) = self.quick(frame, scope, code, op, sources) else { return None };
        for source in [sources.0, sources.1] {
            if let Source::Stack = source {
                forget(self.values.pop());
            }
        }
        Some(holds)
    }

    /// The element of a name's array that the topmost values are the indices of, if these are integers; `None` for
    /// anything else, errors and boxes.
    #[inline(never)]
    pub fn element(&self, frame: &Frame, array: Storage, count: usize) -> Option<Value> {
        let scope = frame.scope.map(|scope| &**scope);
        let indices = self.values.get(self.values.len().checked_sub(count)?..)?;
        let element = |value: &Value| {
            let Value::Array(stored) = value else { return None };
            let at = primitive::one_position(stored.shape(), of_axes(indices), self.context.io())?;
            match stored {
                Array::Bool(arr) => arr.as_slice().get(at).map(|&b| Value::Bool(b)),
                Array::Int(arr) => arr.as_slice().get(at).map(|&n| Value::Int(n)),
                Array::Float(arr) => arr.as_slice().get(at).map(|&x| Value::Float(x)),
                Array::Char(arr) => arr.as_slice().get(at).map(|&c| Value::Char(c)),
                _ => Some(stored.item(at)).filter(Value::is_simple_scalar),
            }
        };
        look(frame, scope, array, element)?
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
        if let Some(scope) = scope
            && updated_in(scope, storage, op, *value)
        {
            return true;
        }
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
            Source::Name(storage, _) => look(frame, scope, storage, copy),
            Source::Omega => scope.map(|scope| copy(&scope.right.borrow())),
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

    /// The same with the topmost value, which is dropped then.
    pub fn update_by_top(&mut self, frame: &Frame, code: &Code, id: &TargetId) -> bool {
        let done = self.update(frame, code, id, &Source::Stack);
        if done {
            drop(self.values.pop());
        }
        done
    }

    /// `name[indices]←value` and `name[indices]f←value` where it lies, for integers as indices and a simple scalar; `f` is a
    /// scalar function. False, with nothing done, for anything else.
    #[inline(never)]
    pub fn put(&mut self, frame: &Frame, id: &TargetId) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let (Some(storage), count @ 1..) = (id.storage, usize::from(id.indices)) else { return false };
        let Some(first) = self.values.len().checked_sub(count) else { return false };
        let (values, indices) = self.values.split_at(first);
        let Some(value) = values.last().filter(|value| value.is_simple_scalar()) else { return false };
        let (io, memory) = (self.context.io(), self.context.memory());
        let put = |old: &mut Value| {
            let at = primitive::one_position(old.shape(), of_axes(indices), io)?;
            match id.change {
                Change::Value => old.replace(memory, at, value).ok(),
                Change::Scalar(op, _) => {
                    let Value::Array(stored) = &*old else { return None };
                    let before = stored.item(at);
                    let new = result(op, Plain::of(&before), Plain::of(value))?;
                    old.replace(memory, at, &new).ok()
                }
                _ => None,
            }
        };
        if change(frame, scope, storage, put).flatten() != Some(true) {
            return false;
        }
        self.values.truncate(first - 1);
        true
    }
}

/// `name f←value` for whole numbers, where the name and what the value comes from are in the same table. False, with nothing
/// done, for anything else.
#[inline(always)]
fn updated_in(scope: &Scope, storage: Storage, op: ScalarDyad, value: Source) -> bool {
    let work = |bindings: &mut [Binding], at: u32, value: Operand| {
        let b = match value {
            Operand::Whole(n) => n,
            Operand::At(at) => match bindings.get(at as usize) {
                Some(Binding::Array(Value::Int(n))) => *n,
                _ => return false,
            },
        };
        match bindings.get_mut(at as usize) {
            Some(Binding::Array(place @ Value::Int(_))) => {
                let Value::Int(a) = *place else { return false };
                let Some(new) = scalar::whole(op, a, b) else { return false };
                forget(std::mem::replace(place, new));
                true
            }
            _ => false,
        }
    };
    match (storage, value) {
        (Storage::Own(at), Source::Name(Storage::Own(other), _)) => {
            scope.function.space.with_bindings(|bindings| work(bindings, at, Operand::At(other))) == Some(true)
        }
        (Storage::Own(at), Source::Whole(n)) => {
            scope.function.space.with_bindings(|bindings| work(bindings, at, Operand::Whole(n))) == Some(true)
        }
        (Storage::Slot(at), Source::Name(Storage::Slot(other), _)) => {
            scope.with_slots(|bindings| work(bindings, at, Operand::At(other)))
        }
        (Storage::Slot(at), Source::Whole(n)) => scope.with_slots(|bindings| work(bindings, at, Operand::Whole(n))),
        (Storage::Outer { depth, slot, symbol }, Source::Whole(n)) => scope
            .outer(depth, slot, symbol)
            .is_some_and(|outer| outer.with_slots(|bindings| work(bindings, slot.into(), Operand::Whole(n)))),
        (
            Storage::Outer { depth, slot, symbol },
            Source::Name(Storage::Outer { depth: same, slot: other, symbol: other_symbol }, _),
        ) if depth == same => scope.outer(depth, slot, symbol).is_some_and(|outer| {
            outer.has(other, other_symbol)
                && outer.with_slots(|bindings| work(bindings, slot.into(), Operand::At(other.into())))
        }),
        _ => false,
    }
}

/// A whole number, or where it is found.
#[derive(Clone, Copy)]
enum Operand {
    Whole(i32),
    At(u32),
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

/// The result of a scalar function of two numbers; `None` for what takes more than a few instructions, and for errors.
#[inline(always)]
fn result(op: ScalarDyad, left: Plain, right: Plain) -> Option<Value> {
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

/// Whether a comparison of `⍵` holds, if that is a whole number.
#[inline(always)]
pub fn omega_compared(scope: Option<&Scope>, op: ScalarDyad, n: i32) -> Option<bool> {
    let Value::Int(a) = *scope?.right.borrow() else { return None };
    match scalar::whole(op, a, n) {
        Some(Value::Bool(holds)) => Some(holds),
        _ => None,
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

/// The indices of the axes from the first one on, which lies on top of the stack.
#[inline(always)]
fn of_axes(indices: &[Value]) -> impl ExactSizeIterator<Item = Option<&Value>> {
    indices.iter().rev().map(Some)
}
