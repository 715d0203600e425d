//! Arrays and functions as text: what the session prints and `⍕` gives.
//!
//! Knows `⎕PP`, `⎕PW` and the `]box` layout of the context. Knows nothing of primitives, names or sessions; what it
//! makes is a text or a block of characters, which its callers write.

mod block;
pub mod boxed;
mod brief;
mod column;
mod fold;
mod html;
mod layout;
pub mod notation;
pub mod number;
mod sketch;
pub mod tree;
mod wide;

use crate::array::{Arr, Array, Value, shape};
use crate::context::{BoxStyle, Context, Layout, RowStyle, Rows, TrainStyle};
use crate::error::Result;
use crate::function::Description;
pub use block::Block;
pub use brief::brief;
pub use html::html;
use sketch::Marks;
pub use sketch::Place;
pub use wide::Clusters;

/// What the session prints for a value, each line ended by a line end: nothing for an array without rows.
pub fn show(context: &Context, value: &Value, layout: Layout) -> Result<String> {
    let clusters = layout.wide.then(Clusters::default);
    let text = text(context, value, layout, clusters.as_ref())?;
    Ok(finished(text, layout, clusters.as_ref()))
}

/// What the session prints for the block that `draw` returns: it is shown like a character matrix, so possibly in a box.
pub fn show_drawn(context: &Context, layout: Layout, draw: impl FnOnce(&Clusters) -> Result<Block>) -> Result<String> {
    let clusters = Clusters::default();
    let block = draw(&clusters)?;
    let shape = [block.height(), block.width()];
    // The block is one character for each column already.
    let text = text(context, &block.into_value(context.memory(), &shape)?, layout, None)?;
    Ok(finished(text, layout, Some(&clusters)))
}

fn text(context: &Context, value: &Value, layout: Layout, clusters: Option<&Clusters>) -> Result<String> {
    match layout.boxed {
        true => show_boxed(context, value, layout, clusters),
        false => show_plain(context, value, layout, clusters),
    }
}

/// A text with its clusters, and without the lines that are left out.
fn finished(text: String, layout: Layout, clusters: Option<&Clusters>) -> String {
    let text = match clusters {
        Some(clusters) => clusters.restored(text),
        None => text,
    };
    match layout.longest {
        Some(longest) => abbreviated(text, longest),
        None => text,
    }
}

/// The first lines of a text, and how many more there are.
fn abbreviated(mut text: String, longest: usize) -> String {
    let Some((end, _)) = text.match_indices('\n').nth(longest.saturating_sub(1)) else { return text };
    let left_out = text[end + 1..].matches('\n').count();
    if left_out > 0 {
        text.truncate(end + 1);
        text += &format!("··· {left_out} more lines; ]lines off shows all\n");
    }
    text
}

/// What `⍞←` prints: the same, as wide as it is, without the last line end of a scalar or vector.
pub fn show_bare(context: &Context, value: &Value, layout: Layout) -> Result<String> {
    let rows = Rows { on: true, style: RowStyle::Long, fold: None, ..layout.rows };
    let mut text = show(context, value, Layout { rows, longest: None, ..layout })?;
    if value.rank() < 2 && text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// The layout of what is shown by the session itself, or by a function that runs: there, boxes and rows are only as
/// `-fns=on` asks for them.
pub fn layout(context: &Context, inside: bool) -> Layout {
    let mut layout = *context.layout.borrow();
    if let Some(size) = context.size() {
        // The line that was typed and the next prompt stay in sight.
        layout.height = size.lines.saturating_sub(2);
        layout.wide = true;
    } else {
        layout.longest = None;
    }
    if inside {
        layout.boxed &= layout.in_functions;
        layout.rows.on &= layout.rows.in_functions;
        layout.longest = None;
    }
    layout.wide |= layout.boxed;
    layout
}

/// What the session prints for a value without boxes.
fn show_plain(context: &Context, value: &Value, layout: Layout, clusters: Option<&Clusters>) -> Result<String> {
    if let Value::Char(c) = value {
        return Ok(format!("{c}\n"));
    }
    if let Value::Array(Array::Char(chars)) = value
        && chars.rank() == 1
        && !(layout.rows.on && layout.rows.style == RowStyle::Cut)
    {
        let widened = clusters.map(|clusters| clusters.widened(context.memory(), chars)).transpose()?.flatten();
        let chars = match &widened {
            Some(Array::Char(widened)) => widened,
            _ => chars,
        };
        return fold::fold_text(context, chars.as_slice(), width(context, layout));
    }
    let plan = layout::layout(context, value, true, clusters)?;
    let block = plan.paint(context)?;
    print_block(context, &block, &planes(context, value, block.height())?, &plan.breaks, layout)
}

/// What the session prints for a value with boxes.
fn show_boxed(context: &Context, value: &Value, layout: Layout, clusters: Option<&Clusters>) -> Result<String> {
    if layout.style != BoxStyle::Max && layout::is_simple(value) {
        return show_plain(context, value, layout, clusters);
    }
    let block = display(context, value, layout.style, clusters)?;
    print_block(context, &block, &[(0, block.height())], &[], layout)
}

/// A block as the session prints it: folded to `⎕PW`, or as `]rows` wants it.
fn print_block(
    context: &Context,
    block: &Block,
    planes: &[(usize, usize)],
    breaks: &[usize],
    layout: Layout,
) -> Result<String> {
    let width = context.pw();
    match layout.rows.style {
        _ if !layout.rows.on => fold::fold(context, block, planes, breaks, width),
        RowStyle::Wrap => {
            let mut rows = context.memory().vec(block.height())?;
            rows.extend((0..block.height()).map(|row| (row, 1)));
            fold::fold(context, block, &rows, &[], width)
        }
        RowStyle::Long => fold::drop_rows(context, block, layout)?.to_text(context),
        RowStyle::Cut => {
            let cut = fold::cut(context, block, layout.rows.dots)?;
            fold::drop_rows(context, &cut, layout)?.to_text(context)
        }
    }
}

/// The width that lines are folded to.
fn width(context: &Context, layout: Layout) -> usize {
    if layout.rows.on && layout.rows.style == RowStyle::Long { usize::MAX } else { context.pw() }
}

/// The planes of a simple array as ranges of its lines; all lines of any other.
fn planes(context: &Context, value: &Value, height: usize) -> Result<Vec<(usize, usize)>> {
    let shape = value.shape();
    if shape.len() < 3 || !layout::is_simple(value) || layout::refers(value) || height == 0 {
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

/// A value in boxes; `]display` is [`BoxStyle::Max`].
pub fn display(context: &Context, value: &Value, style: BoxStyle, clusters: Option<&Clusters>) -> Result<Block> {
    match style {
        BoxStyle::Min => sketch::draw(context, value, Marks::None, clusters),
        BoxStyle::Mid => sketch::draw(context, value, Marks::Session, clusters),
        BoxStyle::Max => boxed::draw(context, value, clusters),
    }
}

/// `]disp`: items in joined boxes, with their types and shapes.
pub fn disp(context: &Context, value: &Value, clusters: Option<&Clusters>) -> Result<Block> {
    sketch::draw(context, value, Marks::Disp, clusters)
}

/// Items in joined boxes, with or without their types and shapes; in the middle of their boxes or in a corner of them.
pub fn joined(context: &Context, value: &Value, decorated: bool, place: Place) -> Result<Block> {
    let marks = if decorated { Marks::Disp } else { Marks::None };
    sketch::draw_at(context, value, marks, place, None)
}

/// A value without boxes, as a block with blank lines between planes: `⎕FMT Y`.
pub fn plain(context: &Context, value: &Value) -> Result<Block> {
    layout::layout(context, value, true, None)?.paint(context)
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
    let simple = empty || layout::is_simple(value) && !layout::refers(value);
    if empty && shape.len() > 1 {
        let mut shape = shape;
        if let Some(last) = shape.last_mut() {
            *last = 0;
        }
        return Ok(Arr::<char>::new(memory, &shape, Vec::new())?.into());
    }
    let layout = layout::layout(context, value, !simple, None)?;
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
pub fn show_function(context: &Context, description: &Description, layout: Layout) -> Result<String> {
    match layout.trains {
        style @ (TrainStyle::Box | TrainStyle::Tree) if layout.boxed => {
            let clusters = Clusters::default();
            let block = tree::draw(context, description, style, Some(&clusters))?;
            Ok(clusters.restored(print_block(context, &block, &[(0, block.height())], &[], layout)?))
        }
        style => {
            let mut text = tree::text(context, description, layout.boxed && style == TrainStyle::Parens)?;
            // Parentheses are of no use around what takes several lines.
            if text.contains('\n') {
                text = tree::text(context, description, false)?;
            }
            let text: Vec<char> = text.chars().collect();
            fold::fold_text(context, &text, width(context, layout))
        }
    }
}

#[cfg(test)]
mod tests;
