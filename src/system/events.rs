//! Errors as data: `⎕SIGNAL`, `⎕EM`, `⎕EN`, `⎕DM`, `⎕DMX`.

use std::rc::Rc;

use super::{Call, monadic};
use crate::array::{Array, Memory, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Particulars, Result};
use crate::names::{Binding, Space};

/// `⎕SIGNAL number` and `text ⎕SIGNAL number`: the error, raised where the function was called that signals it;
/// `⎕SIGNAL ⊂('EN' number)(name value)…` with fields of `⎕DMX`. Nothing for an empty right argument, and for 0 all
/// errors are forgotten. Dyalog: Signal Event.
pub fn signal(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    if right.rank() > 1 {
        return Err(Fault::rank().with_detail("an error number is a scalar or the first element of a vector"));
    }
    if right.count() == 0 {
        call.context.shy.set(true);
        return Ok(right);
    }
    let first = right.item(memory, 0)?;
    let fault = if first.is_simple_scalar() {
        let number = convert::int(&first)?;
        if number == 0 && left.is_none() {
            call.context.note_fault(None);
            call.context.shy.set(true);
            return Ok(right);
        }
        let fault = Fault::new(kind(number)?);
        match left.map(|text| convert::text(memory, &text)).transpose()? {
            Some(text) if !text.is_empty() => fault.named(text),
            _ => fault,
        }
    } else if left.is_some() {
        return Err(Fault::domain().with_detail("a specification has its text in itself"));
    } else {
        specified(memory, &first)?
    };
    Err(fault.leaving(call.scope.map_or(0, |scope| scope.capsule())))
}

/// The kind of error with a number that may be signalled. DOMAIN ERROR.
fn kind(number: i64) -> Result<ErrorKind> {
    match u16::try_from(number) {
        Ok(number @ (1..=999 | 1006)) => Ok(ErrorKind::from_number(number)),
        _ => Err(Fault::domain().with_detail(format!("{number} is not an error number from 1 to 999"))),
    }
}

/// The error that pairs of names and values describe, in a list or in the rows of a matrix. DOMAIN ERROR.
fn specified(memory: &Memory, pairs: &Value) -> Result<Fault> {
    let unexpected = || Fault::domain().because("Unexpected name in signalled ⎕DMX specification");
    let array = pairs.array(memory)?;
    let by_rows = match array.shape() {
        [_, 2] => true,
        [] | [_] => false,
        _ => return Err(Fault::domain().with_detail("a specification is a list of pairs or a matrix of two columns")),
    };
    let pair = |at: usize| {
        if by_rows {
            return Ok((array.item(2 * at), array.item(2 * at + 1)));
        }
        let pair = array.item(at);
        if pair.rank() != 1 || pair.count() != 2 {
            return Err(Fault::domain().with_detail("a specification is made of names and values"));
        }
        Ok((pair.item(memory, 0)?, pair.item(memory, 1)?))
    };
    let (mut number, mut name, mut message) = (None, None, None);
    let mut particulars = Particulars::default();
    for at in 0..array.len() >> usize::from(by_rows) {
        let (field, value) = pair(at)?;
        let text = || convert::text(memory, &value).map_err(|_| Fault::domain());
        match convert::text(memory, &field).map_err(|_| unexpected())?.as_str() {
            "EN" => number = Some(kind(convert::int(&value)?)?),
            "EM" => name = Some(text()?),
            "Message" => message = Some(text()?),
            "Category" => particulars.category = Some(text()?),
            "Vendor" => particulars.vendor = Some(text()?),
            "HelpURL" => particulars.help_url = Some(text()?),
            "ENX" => particulars.enx = i32::try_from(convert::int(&value)?).map_err(|_| Fault::domain())?,
            "OSError" => particulars.os_error = os_error(memory, &value)?,
            _ => return Err(unexpected()),
        }
    }
    let mut fault = Fault::new(number.ok_or_else(|| Fault::domain().with_detail("a specification tells EN"))?);
    if let Some(name) = name {
        fault = fault.named(name);
    }
    if let Some(message) = message.filter(|message: &String| !message.is_empty()) {
        fault = fault.because(message);
    }
    Ok(fault.with_particulars(particulars))
}

/// Where an error of the operating system comes from, its number, and its text.
fn os_error(memory: &Memory, value: &Value) -> Result<(i32, i32, String)> {
    if value.rank() != 1 || value.count() != 3 {
        return Err(Fault::domain().with_detail("OSError has three elements"));
    }
    let number = |at| i32::try_from(convert::int(&value.item(memory, at)?)?).map_err(|_| Fault::domain());
    Ok((number(0)?, number(1)?, convert::text(memory, &value.item(memory, 2)?)?))
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
        _ => return Err(Fault::rank().with_detail("error numbers are a scalar or a vector")),
    }
    let numbers = convert::ints(memory, &right.array(memory)?)?;
    let items = numbers.into_iter().map(one).collect::<Result<Vec<Value>>>()?;
    let prototype = || Value::text(memory, "").unwrap_or(Value::Char(' '));
    Ok(Array::from_items(memory, right.shape(), items, prototype)?.into())
}

/// `⎕DM`: the lines of the last report; empty where there was none.
pub fn lines(context: &Context) -> Result<Value> {
    report(context.memory(), context.last_fault().as_ref())
}

fn report(memory: &Memory, fault: Option<&Fault>) -> Result<Value> {
    let Some(fault) = fault else { return Value::text(memory, "") };
    let items = fault.diagnostic().iter().map(|line| Value::text(memory, line)).collect::<Result<Vec<Value>>>()?;
    Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
}

/// `⎕EN`: the number of the last error.
pub fn number(context: &Context) -> Value {
    Value::Int(context.last_fault().map_or(0, |fault| i32::from(fault.kind().number())))
}

/// `⎕DMX`: a namespace that describes the error that is being handled, or the last one that was reported.
pub fn diagnosis(context: &Context, space: &Rc<Space>) -> Result<Value> {
    let memory = context.memory();
    let fault = context.known_fault();
    let known = fault.as_ref();
    let particulars = known.and_then(Fault::particulars).cloned().unwrap_or_default();
    let name = known.map_or("".into(), Fault::name);
    let message = known.and_then(Fault::message).unwrap_or_default();
    let text = |text: &str| Value::text(memory, text);
    let items = |items: Vec<Value>| -> Result<Value> {
        Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
    };
    let (source, code, says) = &particulars.os_error;
    let system = items(vec![Value::Int(*source), Value::Int(*code), text(says)?])?;
    let general = if known.is_some() { ("General", "zilde") } else { ("", "") };
    let fields = [
        ("Category", text(particulars.category.as_deref().unwrap_or(general.0))?),
        ("DM", report(memory, known)?),
        ("EM", text(&name)?),
        ("EN", Value::Int(known.map_or(0, |fault| i32::from(fault.kind().number())))),
        ("ENX", Value::Int(particulars.enx)),
        ("HelpURL", text(particulars.help_url.as_deref().unwrap_or_default())?),
        ("InternalLocation", items(vec![text("")?, Value::Int(0)])?),
        ("Message", text(message)?),
        ("OSError", system),
        ("Vendor", text(particulars.vendor.as_deref().unwrap_or(general.1))?),
    ];
    let (told, reference) = space.child(context, Some("⎕DMX"))?;
    for (field, value) in fields {
        drop(told.set(told.symbol(&field.into()), Binding::Array(value)));
    }
    let mut shown = String::new();
    if known.is_some() {
        shown = format!(" EM       {name} \n Message  {message} ");
    }
    if !says.is_empty() {
        shown += &format!("\n OSError  {source} {code}  {says} ");
    }
    told.show_as(shown.into());
    Ok(reference.into())
}
