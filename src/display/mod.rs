//! Arrays and functions as text: what the session prints and `⍕` gives.
//!
//! Knows `⎕PP`, `⎕PW` and the `]box` layout of the context. Knows nothing of primitives, names or sessions; what it
//! makes is a text or a block of characters, and somebody else writes it.

mod block;
pub mod boxed;
mod column;
mod fold;
mod layout;
pub mod number;
mod sketch;
pub mod tree;

use crate::array::{Arr, Array, Value, shape};
use crate::context::{BoxStyle, Context, Layout, RowStyle, TrainStyle};
use crate::error::Result;
use crate::function::Description;
pub use block::Block;

/// What the session prints for a value, each line ended by a line end: nothing for an array without rows.
pub fn show(context: &Context, value: &Value) -> Result<String> {
    let settings = context.layout.borrow().clone();
    show_with(context, value, &settings)
}

fn show_with(context: &Context, value: &Value, settings: &Layout) -> Result<String> {
    if settings.boxed { show_boxed(context, value, settings) } else { show_plain(context, value, settings) }
}

/// What `⍞←` prints: the same without the last line end, and never folded.
pub fn show_bare(context: &Context, value: &Value) -> Result<String> {
    let settings = Layout { rows: RowStyle::Long, ..context.layout.borrow().clone() };
    let mut text = show_with(context, value, &settings)?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// `]display`: every array in a box of its own.
pub fn show_display(context: &Context, value: &Value) -> Result<String> {
    show_block(context, &display(context, value, BoxStyle::Max)?)
}

/// `]disp`: items in joined boxes, with their types and shapes.
pub fn show_disp(context: &Context, value: &Value) -> Result<String> {
    show_block(context, &display(context, value, BoxStyle::Mid)?)
}

/// What the session prints for a value without boxes.
fn show_plain(context: &Context, value: &Value, settings: &Layout) -> Result<String> {
    let width = width(context, settings);
    if let Value::Char(c) = value {
        return Ok(format!("{c}\n"));
    }
    if let Value::Array(Array::Char(chars)) = value
        && chars.rank() == 1
        && settings.rows != RowStyle::Cut
    {
        return fold::fold_text(context, chars.as_slice(), width);
    }
    let layout = layout::layout(context, value, true)?;
    let block = layout.paint(context)?;
    print_block(context, &block, &planes(context, value, block.height())?, &layout.breaks, settings)
}

/// What the session prints for a value with boxes.
fn show_boxed(context: &Context, value: &Value, settings: &Layout) -> Result<String> {
    if settings.style != BoxStyle::Max && is_simple(value) {
        return show_plain(context, value, settings);
    }
    let block = display(context, value, settings.style)?;
    print_block(context, &block, &[(0, block.height())], &[], settings)
}

/// A block as the session prints it: folded to `⎕PW`, or as `]rows` wants it.
pub fn show_block(context: &Context, block: &Block) -> Result<String> {
    let settings = context.layout.borrow().clone();
    print_block(context, block, &[(0, block.height())], &[], &settings)
}

fn print_block(
    context: &Context,
    block: &Block,
    planes: &[(usize, usize)],
    breaks: &[usize],
    settings: &Layout,
) -> Result<String> {
    if settings.rows == RowStyle::Cut && block.width() > context.pw() {
        let mut cut = Block::blank(context.memory(), block.height(), context.pw())?;
        cut.paste(0, 0, block);
        return cut.to_text(context);
    }
    fold::fold(context, block, planes, breaks, width(context, settings))
}

/// The width that lines are folded to.
fn width(context: &Context, settings: &Layout) -> usize {
    if settings.rows == RowStyle::Long { usize::MAX } else { context.pw() }
}

/// The planes of a simple array as ranges of its lines; all lines of any other.
fn planes(context: &Context, value: &Value, height: usize) -> Result<Vec<(usize, usize)>> {
    let shape = value.shape();
    if shape.len() < 3 || !is_simple(value) || height == 0 {
        return Ok(vec![(0, height)]);
    }
    let count = shape::product(&shape[..shape.len() - 2]);
    let rows = shape[shape.len() - 2];
    let mut planes = context.memory().vec(count)?;
    let mut line = 0;
    for plane in 0..count {
        if plane > 0 {
            line += 1;
            let mut size = 1;
            for &length in shape[1..shape.len() - 2].iter().rev() {
                size *= length;
                line += usize::from(plane % size == 0);
            }
        }
        planes.push((line, rows));
        line += rows;
    }
    Ok(planes)
}

/// Whether no item of the array is a box; of an empty one, whether its fill is a simple scalar.
fn is_simple(value: &Value) -> bool {
    match value {
        Value::Framed(_) => false,
        Value::Array(Array::Nested(items)) if items.is_empty() => items.prototype().is_none_or(Value::is_simple_scalar),
        Value::Array(Array::Nested(items)) => items.as_slice().iter().all(Value::is_simple_scalar),
        _ => true,
    }
}

/// A value in boxes: `]disp` is [`BoxStyle::Mid`], `]display` is [`BoxStyle::Max`].
pub fn display(context: &Context, value: &Value, style: BoxStyle) -> Result<Block> {
    match style {
        BoxStyle::Min => sketch::draw(context, value, false),
        BoxStyle::Mid => sketch::draw(context, value, true),
        BoxStyle::Max => boxed::draw(context, value),
    }
}

/// A value without boxes, as a block with blank lines between planes: `⎕FMT Y`.
pub fn plain(context: &Context, value: &Value) -> Result<Block> {
    layout::layout(context, value, true)?.paint(context)
}

/// `⍕Y`: the characters that `Y` displays as, a simple character array as it is.
///
/// Simple arrays keep their rank, scalars become vectors. Boxes give a vector where all items at any depth are
/// scalars and vectors, else a matrix. Dyalog: Format (Monadic).
pub fn format(context: &Context, value: &Value) -> Result<Value> {
    let memory = context.memory();
    if let Value::Char(_) | Value::Array(Array::Char(_)) = value {
        return Ok(value.clone());
    }
    let shape = value.shape_vec();
    let empty = shape::product(&shape) == 0;
    let simple = empty || is_simple(value);
    if empty && shape.len() > 1 {
        let mut shape = shape;
        if let Some(last) = shape.last_mut() {
            *last = 0;
        }
        return Ok(Arr::<char>::new(memory, &shape, Vec::new())?.into());
    }
    let layout = layout::layout(context, value, !simple)?;
    let block = layout.paint(context)?;
    let (height, width) = (block.height(), block.width());
    if simple && shape.len() > 1 {
        let mut shape = shape;
        if let Some(last) = shape.last_mut() {
            *last = width;
        }
        return block.into_value(memory, &shape);
    }
    if layout.is_line && height == 1 {
        block.into_value(memory, &[width])
    } else {
        block.into_value(memory, &[height, width])
    }
}

/// What the session prints for a function: its text, or its parts in boxes or as a tree.
pub fn show_function(context: &Context, description: &Description) -> Result<String> {
    let settings = context.layout.borrow().clone();
    match settings.trains {
        TrainStyle::Box | TrainStyle::Tree if settings.boxed => {
            show_block(context, &tree::draw(context, description, settings.trains)?)
        }
        style => {
            let all = settings.boxed && style == TrainStyle::Parens;
            let text: Vec<char> = tree::text(context, description, all)?.chars().collect();
            fold::fold_text(context, &text, width(context, &settings))
        }
    }
}

#[cfg(test)]
mod tests;
