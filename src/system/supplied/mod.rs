//! `⎕CY`: names from saved workspaces, and reimplementations of functions that are often copied from the workspaces that
//! come with Dyalog APL.

use std::rc::Rc;

use super::{Call, names, saved};
use crate::array::{Array, Value, convert};
use crate::code::definition::Source;
use crate::context::{BoxStyle, Context};
use crate::display::{self, Block, Place};
use crate::error::{Fault, Result};
use crate::function::{Description, Function};
use crate::names::{Binding, Space};
use crate::vm::traditional;

/// What a name is made of.
#[derive(Clone, Copy)]
enum Code {
    /// A drawing of the right argument as the left one wants it.
    Drawing(fn(&Context, Option<Value>, &Value) -> Result<Block>),
    /// A definition in APL.
    Text(&'static str),
}

/// A name of a workspace, and what it is.
type Supplied = (&'static str, &'static str, Code);

const SUPPLIED: &[Supplied] = &[
    ("display", "DISP", Code::Drawing(disp)),
    ("display", "DISPLAY", Code::Drawing(display)),
    ("dfns", "disp", Code::Drawing(disp)),
    ("dfns", "display", Code::Drawing(display)),
    ("dfns", "assign", Code::Text(include_str!("assign.apl"))),
    ("dfns", "bsearch", Code::Text(include_str!("bsearch.apl"))),
    ("dfns", "box", Code::Text(include_str!("box.apl"))),
    ("dfns", "cmat", Code::Text(include_str!("cmat.apl"))),
    ("dfns", "cmpx", Code::Text(include_str!("cmpx.apl"))),
    ("dfns", "dec", Code::Text(include_str!("dec.apl"))),
    ("dfns", "dist", Code::Text(include_str!("dist.apl"))),
    ("dfns", "factors", Code::Text(include_str!("factors.apl"))),
    ("dfns", "foldl", Code::Text(include_str!("foldl.apl"))),
    ("dfns", "hex", Code::Text(include_str!("hex.apl"))),
    ("dfns", "htx", Code::Text(include_str!("htx.apl"))),
    ("dfns", "iotag", Code::Text(include_str!("iotag.apl"))),
    ("dfns", "kball", Code::Text(include_str!("kball.apl"))),
    ("dfns", "lcase", Code::Text(include_str!("lcase.apl"))),
    ("dfns", "limit", Code::Text(include_str!("limit.apl"))),
    ("dfns", "mean", Code::Text(include_str!("mean.apl"))),
    ("dfns", "nats", Code::Text(include_str!("nats.apl"))),
    ("dfns", "nfactors", Code::Text(include_str!("nfactors.apl"))),
    ("dfns", "path", Code::Text(include_str!("path.apl"))),
    ("dfns", "pco", Code::Text(include_str!("pco.apl"))),
    ("dfns", "pmat", Code::Text(include_str!("pmat.apl"))),
    ("dfns", "pow", Code::Text(include_str!("pow.apl"))),
    ("dfns", "scc", Code::Text(include_str!("scc.apl"))),
    ("dfns", "segs", Code::Text(include_str!("segs.apl"))),
    ("dfns", "span", Code::Text(include_str!("span.apl"))),
    ("dfns", "squeeze", Code::Text(include_str!("squeeze.apl"))),
    ("dfns", "stpath", Code::Text(include_str!("stpath.apl"))),
    ("dfns", "to", Code::Text(include_str!("to.apl"))),
    ("dfns", "trav", Code::Text(include_str!("trav.apl"))),
    ("dfns", "ucase", Code::Text(include_str!("ucase.apl"))),
    ("dfns", "until", Code::Text(include_str!("until.apl"))),
    ("dfns", "vtrim", Code::Text(include_str!("vtrim.apl"))),
    ("dfns", "wcost", Code::Text(include_str!("wcost.apl"))),
    ("dfns", "while", Code::Text(include_str!("while.apl"))),
    ("dfns", "wpath", Code::Text(include_str!("wpath.apl"))),
];

/// `X ⎕CY Y`: the names `X`, or all that there are, from the workspace `Y`; a shy empty list. DOMAIN ERROR for a name or
/// a workspace that is not there. Dyalog: Copy Workspace.
pub fn copy(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let path = convert::text(memory, &right)?;
    let there = workspace(&path);
    if there.is_empty() {
        let names = left.as_ref().map(|left| names::listed(memory, left)).transpose()?;
        if saved::exists(context, &path)? {
            return saved::copy_function(call, names.as_ref().map(|(names, _)| &names[..]), &path);
        }
        return Err(Fault::domain().with_detail(format!("there is no saved workspace {path}")));
    }
    let wanted: Vec<Supplied> = match left {
        None => there,
        Some(left) => {
            let row = |name: &String| {
                let missing = || Fault::domain().with_detail(format!("{name} is not in zilde's {path}"));
                there.iter().find(|(_, known, _)| known == name).copied().ok_or_else(missing)
            };
            names::listed(memory, &left)?.0.iter().map(row).collect::<Result<_>>()?
        }
    };
    wanted.into_iter().try_for_each(|supplied| bring(call.context, call.space, supplied))?;
    context.shy.set(true);
    let empty = context.text("")?;
    Ok(Array::from_items(memory, &[0], Vec::new(), || empty)?.into())
}

/// `)copy workspace names`: brings the names that are there, or all; gives those that are not. `None` where there is no
/// such workspace.
pub fn copy_names<'a>(
    context: &Context,
    space: &Rc<Space>,
    path: &str,
    wanted: &[&'a str],
) -> Result<Option<Vec<&'a str>>> {
    let there = workspace(path);
    if there.is_empty() {
        return Ok(None);
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    there.iter().filter(|(_, name, _)| is_wanted(name)).try_for_each(|&supplied| bring(context, space, supplied))?;
    let missing = |name: &&&str| there.iter().all(|(_, known, _)| known != *name);
    Ok(Some(wanted.iter().filter(missing).copied().collect()))
}

/// A workspace that has a name.
pub fn workspace_of(name: &str) -> Option<&'static str> {
    SUPPLIED.iter().find(|(_, known, _)| *known == name).map(|(home, ..)| *home)
}

/// What there is in a workspace, which may be given with its folder and extension, in any case, as in `)copy DFNS`.
fn workspace(path: &str) -> Vec<Supplied> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = file.to_ascii_lowercase();
    let workspace = file.strip_suffix(".dws").unwrap_or(&file);
    SUPPLIED.iter().filter(|(home, ..)| *home == workspace).copied().collect()
}

fn bring(context: &Context, space: &Rc<Space>, (_, name, code): Supplied) -> Result<()> {
    match code {
        Code::Text(text) => {
            crate::names::forget(space, None, name);
            traditional::define(context, space, Source::new(text.trim_end()))
                .map_err(|undefined| undefined.fault(|malformed| Fault::domain().with_detail(malformed.why)))?;
        }
        Code::Drawing(draw) => {
            let symbol = space.symbol(&Rc::from(name));
            drop(space.set(symbol, Binding::Function(Rc::new(Drawing { name, draw }))));
        }
    }
    Ok(())
}

/// A function that draws.
struct Drawing {
    name: &'static str,
    draw: fn(&Context, Option<Value>, &Value) -> Result<Block>,
}

impl Function for Drawing {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let block = (self.draw)(context, left, &right.settled(context.memory())?)?;
        let shape = [block.height(), block.width()];
        block.into_value(context.memory(), &shape)
    }

    fn describe(&self) -> Description {
        Description::Text(self.name.into())
    }
}

/// `display Y`: every array in a box that shows its shape and type; `0 display Y` with ASCII boxes.
fn display(context: &Context, left: Option<Value>, right: &Value) -> Result<Block> {
    let smooth = left.map_or(Ok(true), |left| convert::int(&left).map(|n| n != 0))?;
    let mut block = display::display(context, right, BoxStyle::Max, None)?;
    if !smooth {
        for row in 0..block.height() {
            let width = block.width();
            for cell in block.span(row, 0, width) {
                *cell = match *cell {
                    '─' => '-',
                    '│' => '|',
                    '┌' | '┐' => '.',
                    '└' | '┘' => '\'',
                    other => other,
                };
            }
        }
    }
    Ok(block)
}

/// `disp Y`: items in joined boxes; `1 disp Y` with shapes and types; `0 1 disp Y` in the middle of their boxes.
fn disp(context: &Context, left: Option<Value>, right: &Value) -> Result<Block> {
    let memory = context.memory();
    let flags =
        left.map_or(Ok(Vec::new()), |left| convert::ints(memory, &left.array(memory)?).map(|all| all.to_vec()))?;
    let (decorated, centred) = match flags[..] {
        [] => (0, 0),
        [decorated] => (decorated, 0),
        [decorated, centred] => (decorated, centred),
        _ => return Err(Fault::length()),
    };
    if !(0..2).contains(&decorated) || !(0..2).contains(&centred) {
        return Err(Fault::domain());
    }
    display::joined(context, right, decorated == 1, if centred == 1 { Place::Middle } else { Place::Corner })
}
