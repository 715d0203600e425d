//! Errors as data: `⎕SIGNAL`, `⎕EM`, `⎕EN`, `⎕DM`.

use super::{Call, monadic};
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};

/// `⎕SIGNAL number` and `message ⎕SIGNAL number`: the error, raised in the caller. Nothing for an empty number.
pub fn signal(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = context.memory();
    if right.kind() == crate::array::Type::Nested {
        return Err(Fault::nonce("⎕SIGNAL with a table of names and values"));
    }
    let numbers = convert::int_vec(memory, &right)?;
    let Some(&number) = numbers.first() else {
        context.shy.set(true);
        return Ok(Value::zilde());
    };
    if !(0..1000).contains(&number) || number == 0 {
        return Err(Fault::domain().with_detail(format!("{number} is not an error number from 1 to 999")));
    }
    let kind = ErrorKind::from_number(number as u16);
    let fault = Fault::new(kind).in_caller(1);
    Err(match left {
        Some(text) => fault.saying(convert::text(memory, &text)?),
        None => fault,
    })
}

/// `⎕EM numbers`: the names of errors; of a scalar its name, of a vector a vector of names.
pub fn names(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let memory = call.context.memory();
    let one = |number: i64| -> Result<Value> {
        if number < 0 {
            return Err(Fault::domain());
        }
        match u16::try_from(number).ok().and_then(|n| ErrorKind::from_number(n).own_name()) {
            Some(name) => Value::text(memory, name),
            None => Value::text(memory, &format!("ERROR {number}")),
        }
    };
    match right.rank() {
        0 => return one(convert::int(&right)?),
        1 => {}
        _ => return Err(Fault::rank()),
    }
    let numbers = convert::ints(&right.array(memory)?)?;
    let items = numbers.into_iter().map(one).collect::<Result<Vec<Value>>>()?;
    let prototype = || Value::text(memory, "").unwrap_or(Value::Char(' '));
    Ok(Array::from_items(memory, right.shape(), items, prototype)?.into())
}

/// `⎕DM`: the lines of the last report.
pub fn lines(context: &Context) -> Result<Value> {
    let memory = context.memory();
    let lines = context.last_fault.borrow().as_ref().map(Fault::lines).unwrap_or_default();
    let lines = if lines.is_empty() { vec![String::new(); 3] } else { lines };
    let items = lines.iter().map(|line| Value::text(memory, line)).collect::<Result<Vec<Value>>>()?;
    Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
}

/// `⎕EN`: the number of the last error.
pub fn number(context: &Context) -> Value {
    let fault = context.last_fault.borrow();
    Value::Int(fault.as_ref().map_or(0, |fault| i32::from(fault.kind().number())))
}
