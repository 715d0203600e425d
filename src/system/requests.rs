//! `⎕NQ`: requests to the interpreter by name, those that need no window.

use super::{Call, constants, date};
use crate::array::{Array, Value, convert};
use crate::error::{Fault, Result};

/// `2 ⎕NQ '.' name …`: an environment variable, the words of the command line, a date as a day number and back. NONCE
/// ERROR for other requests. Dyalog: Enqueue Event.
pub fn enqueue(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    if left.as_ref().map(convert::int).transpose()? != Some(2) {
        return Err(Fault::nonce("⎕NQ with a left argument other than 2"));
    }
    if right.rank() != 1 || right.count() < 2 {
        return Err(Fault::length().with_detail("an object and the name of a request are wanted"));
    }
    let name = convert::text(memory, &right.item(memory, 1)?)?;
    // Several items behind the name are the argument together.
    let argument = match right.count() {
        2 => None,
        3 => Some(right.item(memory, 2)?),
        count => {
            let items = (2..count).map(|at| right.item(memory, at)).collect::<Result<Vec<Value>>>()?;
            Some(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
        }
    };
    let wanted = || Fault::length().with_detail(format!("{name} takes an argument"));
    match name.to_lowercase().as_str() {
        "getenvironment" => {
            let argument = argument.ok_or_else(wanted)?;
            let value = |name: &Value| -> Result<Value> {
                let value = context.host.variable(&convert::text(memory, name)?)?;
                context.text(&value.unwrap_or_default())
            };
            match argument.array(memory)? {
                Array::Nested(names) => {
                    let values = names.as_slice().iter().map(value).collect::<Result<Vec<Value>>>()?;
                    let empty = context.text("")?;
                    Ok(Array::from_items(memory, names.shape(), values, || empty)?.into())
                }
                _ => value(&argument),
            }
        }
        "getcommandlineargs" => constants::arguments(context),
        "datetoidn" => {
            let stamp = convert::int_vec(memory, &argument.ok_or_else(wanted)?)?;
            match stamp[..] {
                [year, month, day, ..] => date::day_number(year, month, day).ok_or_else(Fault::domain),
                _ => Err(Fault::length().with_detail("year, month and day are wanted")),
            }
        }
        "idntodate" => date::of_day_number(context, convert::int(&argument.ok_or_else(wanted)?)?),
        _ => Err(Fault::nonce(format!("⎕NQ with {name}"))),
    }
}

/// `object ⎕WG 'APLVersion'`: the system, the version of the language, and what kind of program it is. NONCE ERROR for
/// other properties. Dyalog: Get Window Property.
pub fn property(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    if let Some(left) = left {
        let object = convert::text(memory, &left)?;
        if !matches!(object.as_str(), "." | "#") {
            return Err(Fault::nonce(format!("the object {object} of ⎕WG")));
        }
    }
    let name = convert::text(memory, &right)?;
    if !name.eq_ignore_ascii_case("APLVersion") {
        return Err(Fault::nonce(format!("the property {name} of ⎕WG")));
    }
    let items = ["Linux-64", "20.0.0", "P", "Development"];
    let items = items.iter().map(|text| context.text(text)).collect::<Result<Vec<Value>>>()?;
    Ok(Array::from_items(memory, &[items.len()], items, || Value::Char(' '))?.into())
}
