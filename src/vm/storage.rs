//! The arrays that names stand for, where an instruction says in which slot or namespace they are found.

use std::mem::forget;

use super::frame::Frame;
use crate::array::Value;
use crate::code::instruction::Storage;
use crate::names::scope::{self, Scope};

/// A copy of a value, quick for what is not stored in an array.
#[inline(always)]
pub fn copy(value: &Value) -> Value {
    match value {
        Value::Int(n) => Value::Int(*n),
        Value::Bool(b) => Value::Bool(*b),
        Value::Float(x) => Value::Float(*x),
        other => other.clone(),
    }
}

/// What `look` makes of the array that a name stands for; `None` where a look is to be taken elsewhere, or it is no array.
#[inline(always)]
pub fn look<T>(frame: &Frame, scope: Option<&Scope>, storage: Storage, look: impl Fn(&Value) -> T) -> Option<T> {
    match storage {
        Storage::Slot(slot) => scope?.look(slot as usize, look),
        Storage::Outer { depth, slot, symbol } => match scope?.look_out(depth, slot, symbol, &look) {
            None => scope::look(frame.space, frame.scope, symbol, look),
            found => found,
        },
        Storage::Own(symbol) => scope?.function.space.look(symbol, look),
        Storage::Global(symbol) if scope?.sees_no_dfn(symbol) => frame.space.look(symbol, look),
        Storage::Elsewhere(symbol) | Storage::Global(symbol) => scope::look(frame.space, frame.scope, symbol, look),
    }
}

/// Has the array that a name stands for changed where it lies; `None` as for [`look`].
#[inline(always)]
pub fn change<T>(
    frame: &Frame,
    scope: Option<&Scope>,
    storage: Storage,
    change: impl FnOnce(&mut Value) -> T,
) -> Option<T> {
    match storage {
        Storage::Slot(slot) => scope?.change_slot(slot as usize, change),
        Storage::Outer { depth, slot, symbol } => scope?.change_out(depth, slot, symbol, change),
        Storage::Own(symbol) => scope?.function.space.change(symbol, change),
        Storage::Global(symbol) if scope?.sees_no_dfn(symbol) => frame.space.change(symbol, change),
        Storage::Elsewhere(symbol) | Storage::Global(symbol) => scope::change(frame.space, frame.scope, symbol, change),
    }
}

impl Storage {
    /// The number of the name that is stored there.
    pub fn symbol(self, scope: Option<&Scope>) -> Option<u32> {
        match self {
            Storage::Slot(slot) => scope?.function.definition.locals.get(slot as usize).copied(),
            Storage::Elsewhere(symbol) | Storage::Global(symbol) | Storage::Own(symbol) => Some(symbol),
            Storage::Outer { symbol, .. } => Some(symbol),
        }
    }
}

/// `name←value` for a number or character in the place of another one, of a local name. False, with nothing done, for anything
/// else.
#[inline(always)]
pub fn replaced(scope: &Scope, storage: Storage, value: &Value) -> bool {
    let replace = |place: &mut Value| match place {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Char(_) => {
            forget(std::mem::replace(place, copy(value)));
            true
        }
        _ => false,
    };
    let done = match storage {
        Storage::Slot(slot) => scope.change_slot(slot as usize, replace),
        Storage::Own(symbol) => scope.function.space.change(symbol, replace),
        _ => None,
    };
    done == Some(true)
}

/// `name←value`. The symbol and the value come back where it is not as simple as that.
#[inline(always)]
pub fn assigned(scope: Option<&Scope>, storage: Storage, value: Value) -> Option<(u32, Value)> {
    match (storage, scope) {
        (Storage::Slot(slot), Some(scope)) => {
            scope.set_slot(slot as usize, value);
            None
        }
        (Storage::Own(symbol), Some(scope)) => {
            scope.function.space.set_array(symbol, value).err().map(|value| (symbol, value))
        }
        (
            Storage::Elsewhere(symbol) | Storage::Global(symbol) | Storage::Own(symbol) | Storage::Outer { symbol, .. },
            _,
        ) => Some((symbol, value)),
        // Only dfns have slots.
        (Storage::Slot(_), None) => None,
    }
}
