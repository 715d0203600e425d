//! Elements of variables at whole numbers as indices: read and changed where they lie, without any array being made.

use std::mem::forget;

use super::frame::Frame;
use super::machine::Machine;
use super::numbers::{Plain, result};
use super::storage::{change, look};
use crate::array::{Arr, Array, Element, Memory, Value};
use crate::code::instruction::{Change, Code, Op, Source, Storage, TargetId};
use crate::code::node::{Node, NodeId, Target};
use crate::error::{Fault, Result};
use crate::names::scope::Scope;
use crate::primitive::{self, scalar};

impl Machine<'_> {
    /// The element `x[i]` of a vector that is a name's; `None` for anything else, errors and boxes.
    #[inline(never)]
    pub fn element(&self, frame: &Frame, scope: Option<&Scope>, array: &Storage, index: &Source) -> Option<Value> {
        let index = self.whole(frame, scope, index)?;
        let at = usize::try_from(i64::from(index) - self.context.io()).ok()?;
        let element = |value: &Value| match value {
            Value::Array(Array::Int(arr)) => arr.vector()?.get(at).map(|&n| Value::Int(n)),
            Value::Array(Array::Float(arr)) => arr.vector()?.get(at).map(|&x| Value::Float(x)),
            Value::Array(Array::Bool(arr)) => arr.vector()?.get(at).map(|&b| Value::Bool(b)),
            Value::Array(Array::Char(arr)) => arr.vector()?.get(at).map(|&c| Value::Char(c)),
            Value::Array(stored) => other_element(stored, at),
            _ => None,
        };
        look(frame, scope, *array, element)?
    }

    /// The same with so many indices, which are the topmost values and are replaced by the element. False, with nothing done,
    /// for anything else.
    #[inline(never)]
    pub fn elements(&mut self, frame: &Frame, array: Storage, count: usize) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let Some(first) = self.values.len().checked_sub(count) else { return false };
        let indices = &self.values[first..];
        let element = |value: &Value| {
            let Value::Array(stored) = value else { return None };
            let at = primitive::one_position(stored.shape(), of_axes(indices), self.context.io())?;
            Some(stored.item(at)).filter(Value::is_simple_scalar)
        };
        let Some(Some(value)) = look(frame, scope, array, element) else { return false };
        self.values.truncate(first);
        self.values.push(value);
        true
    }

    /// The same for any array and any indices, which are on the stack if there is more than one.
    #[inline(never)]
    pub fn element_of(&mut self, frame: &Frame, code: &Code, here: usize, node: NodeId, index: Source) -> Result<()> {
        if !index.is_stack() {
            let frame = frame.of(code, here);
            let node = match frame.bound.node(code.nodes[here]) {
                Node::Index { indices, .. } => only(indices),
                _ => None,
            };
            let index = self.argument(&frame, code, node.unwrap_or(code.nodes[here]), index)?;
            self.values.push(index);
        }
        self.leaf(frame, code, here, Some(node))?;
        self.other(frame, code, here, &Op::Index)
    }

    /// `name[index]←value` and `name[index]f←value` where it lies, for a vector, a whole number as index, and a number or
    /// character; `f` is a scalar function. False, with nothing done, for anything else.
    #[inline(never)]
    pub fn put(
        &mut self,
        frame: &Frame,
        scope: Option<&Scope>,
        code: &Code,
        target: u32,
        (index, value): (&Source, &Source),
    ) -> bool {
        let Some(TargetId { storage: Some(storage), change: how, .. }) = code.changes.get(target as usize) else {
            return false;
        };
        let Some(n) = self.whole(frame, scope, index) else { return false };
        let Ok(at) = usize::try_from(i64::from(n) - self.context.io()) else { return false };
        let new = match value {
            Source::Whole(n @ (0 | 1)) => Plain::Bool(*n),
            Source::Whole(n) => Plain::Int(*n),
            _ => self.plain(frame, scope, code, *value, !index.is_stack()),
        };
        let memory = self.context.memory();
        let put = |old: &mut Value| stored(memory, old, at, true, *how, new);
        let done = change(frame, scope, *storage, put) == Some(true);
        if done {
            for source in [index, value] {
                if source.is_stack() {
                    forget(self.values.pop());
                }
            }
        }
        done
    }

    /// The same with so many indices as the target says, which are the topmost values, with the value below them.
    #[inline(never)]
    pub fn put_by_top(&mut self, frame: &Frame, target: &TargetId) -> bool {
        let scope = frame.scope.map(|scope| &**scope);
        let (Some(storage), count @ 1..) = (target.storage, usize::from(target.indices)) else { return false };
        let Some(first) = self.values.len().checked_sub(count) else { return false };
        let (values, indices) = self.values.split_at(first);
        let Some(value) = values.last().map(Plain::of) else { return false };
        let (io, memory) = (self.context.io(), self.context.memory());
        let put = |old: &mut Value| {
            let at = primitive::one_position(old.shape(), of_axes(indices), io);
            at.is_some_and(|at| stored(memory, old, at, false, target.change, value))
        };
        if change(frame, scope, storage, put) != Some(true) {
            return false;
        }
        for _ in 0..=count {
            forget(self.values.pop());
        }
        true
    }

    /// The same as [`Machine::put`] for any array, index and value.
    #[inline(never)]
    pub fn put_value(
        &mut self,
        frame: &Frame,
        code: &Code,
        here: usize,
        target: u32,
        (index, value): (Source, Source),
    ) -> Result<()> {
        let target = code.changes[target as usize];
        let frame = frame.of(code, here);
        let node = code.nodes[here];
        if !value.is_stack() {
            let value = self.argument(&frame, code, frame.assigned_value(node), value)?;
            let above = self.values.len() - usize::from(index.is_stack());
            self.values.insert(above, value);
        }
        if !index.is_stack() {
            let node = match frame.bound.node(node) {
                Node::Assign { target: Target::Indexed { indices, .. }, .. } => only(indices).unwrap_or(node),
                _ => node,
            };
            let index = self.argument(&frame, code, node, index)?;
            self.values.push(index);
        }
        let (memory, below) = (self.context.memory(), self.values.len().wrapping_sub(2));
        let value = self.values.get_mut(below).ok_or_else(|| Fault::internal("no value to store"))?;
        if matches!(value, Value::Framed(_) | Value::Pending(_)) {
            *value = value.clone().settled(memory)?;
        }
        self.other(&frame, code, here, &Op::StoreIndexed(target))
    }
}

/// The node of the only index.
fn only(indices: &[Option<NodeId>]) -> Option<NodeId> {
    indices.first().copied().flatten()
}

/// The element of a vector of another type, unless it is a box.
#[inline(never)]
fn other_element(array: &Array, at: usize) -> Option<Value> {
    (array.rank() == 1 && at < array.len()).then(|| array.item(at)).filter(Value::is_simple_scalar)
}

/// Stores a number or character at a position of the ravel, or what a scalar function makes of it and of the element;
/// `vector`: of an array of rank 1. False, with nothing done, for other arrays and positions, and where that takes more than a
/// few instructions.
#[inline(always)]
fn stored(memory: &Memory, old: &mut Value, at: usize, vector: bool, change: Change, value: Plain) -> bool {
    match (&mut *old, value, change) {
        (Value::Array(Array::Int(arr)), Plain::Int(n) | Plain::Bool(n), Change::Value) if fits(arr, vector) => {
            if let Some(place) = arr.place(at) {
                *place = n;
                return true;
            }
        }
        (Value::Array(Array::Int(arr)), Plain::Int(n) | Plain::Bool(n), Change::Scalar(op, _)) if fits(arr, vector) => {
            if let Some(place) = arr.place(at)
                && let Some(Value::Int(new)) = scalar::whole(op, *place, n)
            {
                *place = new;
                return true;
            }
        }
        (Value::Array(Array::Bool(arr)), Plain::Bool(n), how @ (Change::Value | Change::Scalar(..)))
            if fits(arr, vector) =>
        {
            if let Some(place) = arr.place(at)
                && let Some(new) = truth(how, *place, n)
            {
                *place = new;
                return true;
            }
        }
        _ => {}
    }
    stored_otherwise(memory, old, at, vector, change, value)
}

/// What a boolean becomes, if that is a boolean.
#[inline(always)]
fn truth(change: Change, old: bool, n: i32) -> Option<bool> {
    let new = match change {
        Change::Scalar(op, _) => scalar::whole(op, i32::from(old), n)?,
        _ => Value::Int(n),
    };
    match new {
        Value::Bool(new) => Some(new),
        Value::Int(new @ (0 | 1)) => Some(new == 1),
        _ => None,
    }
}

#[inline(always)]
fn fits<T: Element>(arr: &Arr<T>, vector: bool) -> bool {
    !vector || arr.rank() == 1
}

/// The same for other types, and for elements that are shared.
#[inline(never)]
fn stored_otherwise(memory: &Memory, old: &mut Value, at: usize, vector: bool, change: Change, value: Plain) -> bool {
    let there = match old.shape() {
        [length] if vector => at < *length,
        _ => !vector,
    };
    let value = match (change, value) {
        (_, Plain::Other) => return false,
        _ if !there => return false,
        (Change::Value, value) => value.value(),
        (Change::Scalar(op, _), value) => {
            let Value::Array(array) = &*old else { return false };
            match result(op, Plain::of(&array.item(at)), value) {
                Some(value) => value,
                None => return false,
            }
        }
        _ => return false,
    };
    old.replace(memory, at, &value).unwrap_or(false)
}

/// The indices of the axes from the first one on, which lies on top of the stack.
#[inline(always)]
fn of_axes(indices: &[Value]) -> impl ExactSizeIterator<Item = Option<&Value>> {
    indices.iter().rev().map(Some)
}
