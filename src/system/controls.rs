//! `⎕STOP ⎕TRACE ⎕MONITOR`: controls of the lines of functions and operators.

use super::Call;
use super::definitions::{Code, code};
use crate::array::{Arr, Value, convert};
use crate::code::controls::{Control, Measured};
use crate::code::definition::Definition;
use crate::error::{Fault, Result};
use std::rc::Rc;
use std::time::Duration;

/// `⎕STOP Y`: the lines of a function before which it is suspended. `X ⎕STOP Y` sets them, 0 for the end of the function;
/// the result is shy. Dyalog: Query Stop, Set Stop.
pub fn stop(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    control(call, left, &right, Control::Stop)
}

/// `⎕TRACE Y`, `X ⎕TRACE Y`: the same for the lines whose statements show what they give. Dyalog: Query Trace, Set Trace.
pub fn trace(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    control(call, left, &right, Control::Trace)
}

/// `X ⎕MONITOR Y`: the same for the lines of a traditional function that are measured, 0 for the whole of it. `⎕MONITOR
/// Y`: a row for each, how often it was run, its processor time and its elapsed time in milliseconds, and a 0. Dyalog: Query
/// Monitor, Set Monitor.
pub fn monitor(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return control(call, left, &right, Control::Monitor);
    }
    let milliseconds = |time: Duration| i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    let row = |(&line, measured): (&u32, &Measured)| {
        let count = i32::try_from(measured.count).unwrap_or(i32::MAX);
        [line as i32, count, milliseconds(measured.busy), milliseconds(measured.passed), 0]
    };
    let rows: Vec<i32> = named(call, &right)?.controls.measurements().iter().flat_map(row).collect();
    Ok(Arr::new(call.context.memory(), &[rows.len() / 5, 5], rows)?.into())
}

/// The function or operator with a name. DOMAIN ERROR for another name.
fn named(call: &Call, name: &Value) -> Result<Rc<Definition>> {
    let name = convert::text(call.context.memory(), name)?;
    match code(call, &name) {
        Some(Code::Defined(definition)) => Ok(definition),
        _ => Err(Fault::domain().with_detail(format!("{name} is no function or operator with lines"))),
    }
}

fn control(call: &Call, left: Option<Value>, right: &Value, control: Control) -> Result<Value> {
    let memory = call.context.memory();
    let definition = named(call, right)?;
    if let Some(left) = left {
        let lines = wanted(call, &left)?;
        let last = last_line(&definition, control);
        let mut lines: Vec<u32> = lines.into_iter().filter(|&line| line == 0 || line <= last.unwrap_or(0)).collect();
        if last.is_none() {
            lines.clear();
        }
        lines.sort_unstable();
        lines.dedup();
        definition.controls.set(control, lines);
        // What is running leaves its code, so that it sees them.
        *definition.code.borrow_mut() = None;
        call.space.workspace.outdate();
        call.context.shy.set(true);
    }
    let lines: Vec<i32> = definition.controls.lines(control).into_iter().map(|line| line as i32).collect();
    Ok(Arr::new(memory, &[lines.len()], lines)?.into())
}

/// The numbers of lines that are asked for. An empty vector of any type asks for none.
fn wanted(call: &Call, left: &Value) -> Result<Vec<u32>> {
    if left.rank() > 1 {
        return Err(Fault::misshapen("numbers of lines", left.shape()));
    }
    if left.count() == 0 {
        return Ok(Vec::new());
    }
    let lines = convert::int_vec(call.context.memory(), left)?;
    let line = |&line: &i64| match line {
        0.. => Ok(u32::try_from(line).unwrap_or(u32::MAX)),
        _ => Err(Fault::domain().with_detail("numbers of lines are not negative")),
    };
    lines.iter().map(line).collect()
}

/// The last line that can have a control; `None` where not even the whole of the function can.
fn last_line(definition: &Definition, control: Control) -> Option<u32> {
    match (&definition.program, control) {
        (Some(program), _) => Some(program.last),
        (None, Control::Monitor) => None,
        (None, _) => Some(definition.text().matches('\n').count() as u32),
    }
}
