//! `⎕PROFILE`: begins and ends a profile, and gives what was measured. Dyalog: Profile Application.

use super::Call;
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::observe::profile::{Cost, Entry, Profile, Timer};
use crate::vm;

/// The columns of the data, without the depth.
const COLUMNS: usize = 7;

/// `⎕PROFILE 'start'`, `⎕PROFILE 'start' 'elapsed'`, `2 4 ⎕PROFILE 'data'`.
pub fn profile(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let words = words(context, &right)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let profiler = &context.profiler;
    if left.is_some() && !matches!(words[..], ["data" | "tree"]) {
        return Err(Fault::domain().with_detail("only 'data' and 'tree' take columns"));
    }
    match words[..] {
        ["start"] => start(call, profiler.selected().unwrap_or(Timer::Cpu)),
        ["start", "cpu"] => start(call, Timer::Cpu),
        ["start", "elapsed"] => start(call, Timer::Elapsed),
        ["start", "none"] => start(call, Timer::None),
        ["start", "coverage"] => start(call, Timer::Coverage),
        ["stop"] => {
            profiler.stop(context.memory().made());
            call.space.workspace.renew();
        }
        ["clear"] => {
            profiler.clear();
            call.space.workspace.renew();
        }
        ["reset"] => profiler.reset(),
        ["calibrate"] => {
            let timer = profiler
                .selected()
                .ok_or_else(|| Fault::domain().with_detail("a timer is selected by ⎕PROFILE 'start' first"))?;
            profiler.select(timer, true);
        }
        ["state"] => return state(context),
        ["data"] => return profiler.with(|profile| table(context, left, &data(profile), false)),
        ["tree"] => return profiler.with(|profile| table(context, left, &tree(profile), true)),
        _ => {
            let known = "'start' 'stop' 'clear' 'reset' 'calibrate' 'state' 'data' 'tree'";
            return Err(Fault::domain().with_detail(format!("the actions are {known}")));
        }
    }
    let state = state(context);
    context.shy.set(true);
    state
}

/// The action and what follows it, in lower case.
fn words(context: &Context, value: &Value) -> Result<Vec<String>> {
    let memory = context.memory();
    let word = |value: &Value| Ok::<String, Fault>(convert::text(memory, value)?.to_lowercase());
    match value.kind() {
        crate::array::Type::Nested => (0..value.count()).map(|at| word(&value.item(memory, at)?)).collect(),
        _ => Ok(vec![word(value)?]),
    }
}

fn start(call: &Call, timer: Timer) {
    let context = call.context;
    context.profiler.select(timer, false);
    if !context.profiler.is_on() {
        vm::begin_profile(context, &call.space.workspace, timer);
    }
}

/// `'active' 'CPU' bias granularity`.
fn state(context: &Context) -> Result<Value> {
    let profiler = &context.profiler;
    let timer = profiler.selected().map_or("", Timer::name);
    let (bias, granularity) = profiler.calibrated();
    let items = vec![
        context.text(if profiler.is_on() { "active" } else { "inactive" })?,
        context.text(timer)?,
        convert::scalar(bias),
        convert::scalar(granularity),
    ];
    Ok(Array::from_items(context.memory(), &[items.len()], items, || Value::Int(0))?.into())
}

/// A row: the depth, the function, the line or none for all of it.
struct Row<'a> {
    depth: usize,
    name: &'a str,
    line: Option<usize>,
    entry: Entry,
}

fn data(profile: &Profile) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (known, entry, lines) in profile.functions() {
        rows.push(Row { depth: 0, name: &known.name, line: None, entry });
        let lines = lines.into_iter().enumerate().filter(|(_, line)| is_run(line));
        rows.extend(lines.map(|(at, entry)| Row { depth: 1, name: &known.name, line: Some(at), entry }));
    }
    rows
}

fn is_run(line: &Entry) -> bool {
    line.count > 0 || line.own != Cost::default()
}

fn tree(profile: &Profile) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    // What is still to be listed, the next last: a node with its depth, or a line of it.
    let mut work: Vec<(usize, usize, Option<usize>)> = Vec::new();
    let nodes = &profile.nodes();
    let children = |at: usize, line: Option<usize>| {
        let of_line = move |child: &&usize| line.is_none() || nodes[**child].line.map(|line| line as usize) == line;
        nodes.get(at).into_iter().flat_map(|node| &node.children).filter(of_line).rev()
    };
    work.extend(children(0, None).map(|&child| (child, 0, None)));
    while let Some((at, depth, line)) = work.pop() {
        let node = &nodes[at];
        let Some(known) = profile.function(node.function) else { continue };
        match line {
            None => {
                rows.push(Row { depth, name: &known.name, line: None, entry: node.entry });
                let lines = node.lines.iter().enumerate().filter(|(_, line)| is_run(line));
                work.extend(lines.rev().map(|(line, _)| (at, depth + 1, Some(line))));
            }
            Some(line) => {
                rows.push(Row { depth, name: &known.name, line: Some(line), entry: node.lines[line] });
                work.extend(children(at, Some(line)).map(|&child| (child, depth + 1, None)));
            }
        }
    }
    rows
}

/// The rows as a matrix; with columns chosen, as a vector of them.
fn table(context: &Context, chosen: Option<Value>, rows: &[Row], with_depth: bool) -> Result<Value> {
    let memory = context.memory();
    let extra = usize::from(with_depth);
    let columns = COLUMNS + extra;
    let cell = |row: &Row, column: usize, whole: &Value| -> Result<Value> {
        let milliseconds = |cost: Cost| convert::scalar(cost.time as f64 / 1e6);
        Ok(match (column + 1).checked_sub(extra) {
            Some(0) | None => Value::from(row.depth),
            Some(1) => context.text(row.name)?,
            Some(2) => row.line.map_or_else(|| whole.clone(), Value::from),
            Some(3) => convert::scalar(row.entry.count as f64),
            Some(4) => milliseconds(row.entry.own),
            Some(5) => milliseconds(row.entry.total),
            Some(6) => convert::scalar(row.entry.own.reads as f64),
            Some(_) => convert::scalar(row.entry.total.reads as f64),
        })
    };
    let Some(chosen) = chosen else {
        let whole = Value::zilde();
        let mut items = memory.vec(rows.len() * columns)?;
        for row in rows {
            context.poll()?;
            for column in 0..columns {
                items.push(cell(row, column, &whole)?);
            }
        }
        return Ok(Array::from_items(memory, &[rows.len(), columns], items, || Value::Int(0))?.into());
    };
    if chosen.rank() > 1 {
        return Err(Fault::misshapen("columns", chosen.shape()));
    }
    let mut list = Vec::new();
    for column in convert::int_vec(memory, &chosen)? {
        let at = usize::try_from(column - context.io()).ok().filter(|at| *at < columns).ok_or_else(Fault::index)?;
        let mut items = memory.vec(rows.len())?;
        for row in rows {
            items.push(cell(row, at, &Value::Int(-1))?);
        }
        list.push(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into());
    }
    let shape = chosen.shape_vec();
    Ok(Array::from_items(memory, &shape, list, || Value::Int(0))?.into())
}
