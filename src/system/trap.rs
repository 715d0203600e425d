//! `⎕TRAP` as a value.

use super::variables::one_of;
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::traps::{Action, Trap};

/// The letters of the actions.
const LETTERS: &[(char, Action)] =
    &[('C', Action::CutBack), ('E', Action::Execute), ('N', Action::Next), ('S', Action::Stop)];

/// `⎕TRAP`: for every trap a vector of error numbers, a letter and, for `C` and `E`, an expression. Dyalog: Trap Event.
pub fn get(context: &Context) -> Result<Value> {
    let memory = context.memory();
    let vector = |items: Vec<Value>| -> Result<Value> {
        Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
    };
    let traps = context.traps.borrow();
    let mut items = memory.vec(traps.current().len())?;
    for trap in traps.current() {
        let letter = LETTERS.iter().find(|row| row.1 == trap.action).map_or(' ', |row| row.0);
        let codes = trap.codes.iter().map(|&code| convert::scalar(code as f64)).collect();
        let mut parts = vec![vector(codes)?, Value::Char(letter)];
        if matches!(trap.action, Action::CutBack | Action::Execute) {
            parts.push(context.text(&trap.text)?);
        }
        items.push(vector(parts)?);
    }
    let prototype = vector(vec![Value::zilde(), context.text("")?, context.text("")?])?;
    Ok(Array::from_items(memory, &[items.len()], items, || prototype)?.into())
}

/// `⎕TRAP←value`: a list of traps, or one that is not in a list. DOMAIN ERROR.
pub fn set(context: &Context, value: &Value) -> Result<()> {
    let memory = context.memory();
    if value.rank() > 1 {
        return Err(Fault::misshapen("a vector of traps", value.shape()));
    }
    let items = (0..value.count()).map(|at| value.item(memory, at)).collect::<Result<Vec<Value>>>()?;
    let alone = value.rank() == 1 && items.get(1).is_some_and(|second| matches!(second, Value::Char(_)));
    let traps = match alone {
        true => vec![trap(context, &items)?],
        false => {
            let one = |item: &Value| {
                let parts = (0..item.count()).map(|at| item.item(memory, at)).collect::<Result<Vec<Value>>>()?;
                trap(context, &parts)
            };
            items.iter().map(one).collect::<Result<Vec<Trap>>>()?
        }
    };
    context.traps.borrow_mut().set(traps);
    Ok(())
}

/// A trap from its parts.
fn trap(context: &Context, parts: &[Value]) -> Result<Trap> {
    let memory = context.memory();
    let wrong =
        || Fault::domain().with_detail("a trap is error numbers, one of the letters C E N S, and an expression");
    let (codes, letter, text) = match parts {
        [codes, letter] => (codes, letter, None),
        [codes, letter, text] => (codes, letter, Some(text)),
        _ => return Err(wrong()),
    };
    let letter = convert::text(memory, letter).map_err(|_| wrong())?;
    let row = LETTERS.iter().find(|row| letter.chars().eq([row.0])).ok_or_else(wrong)?;
    let takes_text = matches!(row.1, Action::CutBack | Action::Execute);
    let text = match (takes_text, text) {
        (true, Some(text)) => convert::text(memory, text).map_err(|_| wrong())?,
        (false, _) => String::new(),
        (true, None) => return Err(wrong()),
    };
    if codes.rank() > 1 || codes.count() == 0 {
        return Err(wrong());
    }
    let codes = (0..codes.count()).map(|at| one_of(&codes.item(memory, at)?, 0, 1008)).collect::<Result<Vec<i64>>>()?;
    Ok(Trap { codes, action: row.1, text: text.into() })
}
