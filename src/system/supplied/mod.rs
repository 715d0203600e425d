//! `⎕CY`: what textbooks copy from the workspaces that come with Dyalog APL, written anew.
//!
//! Knows which names there are and what they do. There are no other workspaces: nothing is saved.

use std::rc::Rc;

use super::{Call, names};
use crate::array::{Array, Value, convert};
use crate::context::{BoxStyle, Context};
use crate::display::{self, Block};
use crate::error::{Fault, Result};
use crate::eval::traditional;
use crate::function::{Description, Function};
use crate::workspace::{self, Binding};

/// What a name is made of.
#[derive(Clone, Copy)]
enum Code {
    /// A drawing of the right argument as the left one wants it.
    Drawing(fn(&Context, Option<Value>, &Value) -> Result<Block>),
    /// A definition in APL.
    Text(&'static str),
}

/// The workspace, the name, and what it is.
const SUPPLIED: [(&str, &str, Code); 9] = [
    ("display", "DISP", Code::Drawing(disp)),
    ("display", "DISPLAY", Code::Drawing(display)),
    ("dfns", "disp", Code::Drawing(disp)),
    ("dfns", "display", Code::Drawing(display)),
    ("dfns", "cmpx", Code::Text(include_str!("cmpx.apl"))),
    ("dfns", "factors", Code::Text(include_str!("factors.apl"))),
    ("dfns", "pco", Code::Text(include_str!("pco.apl"))),
    ("dfns", "pmat", Code::Text(include_str!("pmat.apl"))),
    ("dfns", "to", Code::Text(include_str!("to.apl"))),
];

/// `X ⎕CY Y`: the names `X`, or all that there are, from the workspace `Y`; a shy empty list. DOMAIN ERROR for a name or
/// a workspace that is not there. Dyalog: Copy Workspace.
pub fn copy(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let path = convert::text(memory, &right)?;
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let workspace = file.strip_suffix(".dws").unwrap_or(file);
    let there = || SUPPLIED.iter().filter(|(home, ..)| *home == workspace);
    if there().next().is_none() {
        return Err(Fault::domain().with_detail(format!("there is no saved workspace {path}")));
    }
    let wanted: Vec<_> = match left {
        None => there().collect(),
        Some(left) => {
            let row = |name: &String| {
                let missing = || Fault::domain().with_detail(format!("{name} is not in zilde's {workspace}"));
                there().find(|(_, known, _)| known == name).ok_or_else(missing)
            };
            names::listed(memory, &left)?.0.iter().map(row).collect::<Result<_>>()?
        }
    };
    for (_, name, code) in wanted {
        match *code {
            Code::Text(text) => {
                workspace::forget(call.space, None, name);
                traditional::define(call.space, text.trim_end())
                    .map_err(|undefined| Fault::domain().with_detail(undefined.why))?;
            }
            Code::Drawing(draw) => {
                let symbol = call.space.symbol(&Rc::from(*name));
                drop(call.space.set(symbol, Binding::Function(Rc::new(Drawing { name, draw }))));
            }
        }
    }
    context.shy.set(true);
    let empty = context.text("")?;
    Ok(Array::from_items(memory, &[0], Vec::new(), || empty)?.into())
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

/// `display Y`: every array in a box that tells its shape and type; `0 display Y` with ASCII boxes.
fn display(context: &Context, left: Option<Value>, right: &Value) -> Result<Block> {
    let smooth = left.map_or(Ok(true), |left| convert::int(&left).map(|n| n != 0))?;
    let mut block = display::display(context, right, BoxStyle::Max)?;
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

/// `disp Y`: items in joined boxes; `1 disp Y` with shapes and types. NONCE ERROR for `0 1 disp Y`, items in the middle.
fn disp(context: &Context, left: Option<Value>, right: &Value) -> Result<Block> {
    let memory = context.memory();
    let flags =
        left.map_or(Ok(Vec::new()), |left| convert::ints(memory, &left.array(memory)?).map(|all| all.to_vec()))?;
    match flags[..] {
        [] | [0] | [0, 0] => display::display(context, right, BoxStyle::Min),
        [1] | [1, 0] => display::disp(context, right),
        [0 | 1, 1] => Err(Fault::nonce("disp with centred items")),
        _ => Err(Fault::domain()),
    }
}
