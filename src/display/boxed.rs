//! `]display` and `]box on -style=max`: every array in a box of its own, marked with its axes and its type.
//!
//! The marks are those of the `display` function of Dyalog's dfns workspace: `→` and `↓` are axes, `⊖` and `⌽` empty
//! ones; `~` numbers, `─` characters, `+` both, `∊` boxes. What an empty array would be filled with is shown.
//! Measures all boxes first and then paints them on one block, as [`super::layout`] does for arrays without boxes.

use super::block::Block;
use super::layout::{self, tops};
use super::wide::Clusters;
use crate::array::shape::{self, Shape};
use crate::array::{Arr, Array, Memory, Type, Value, prototype};
use crate::context::Context;
use crate::error::{Fault, Result};

/// An array in its box, measured.
struct Frame {
    height: usize,
    width: usize,
    /// The marks of all axes but the last, and of the last.
    left: Vec<char>,
    top: char,
    kind: char,
    inside: Inside,
}

enum Inside {
    /// A simple scalar, which has no box.
    Scalar(Block),
    /// A simple array.
    Text(Block),
    /// Boxes, in rows and columns.
    Grid { items: Vec<usize>, starts: Vec<usize>, tops: Vec<usize> },
}

/// A value in boxes.
pub fn draw(context: &Context, value: &Value, clusters: Option<&Clusters>) -> Result<Block> {
    let mut maker = Maker { context, clusters, frames: Vec::new() };
    let root = maker.frame(value)?;
    let frames = maker.frames;
    let size = frames.get(root).map_or((0, 0), |frame| (frame.height, frame.width));
    let mut block = Block::blank(context.memory(), size.0, size.1)?;
    let mut work = vec![(root, 0, 0)];
    while let Some((at, row, column)) = work.pop() {
        context.poll()?;
        let Some(frame) = frames.get(at) else { continue };
        frame.paint(&mut block, row, column, &mut work);
    }
    Ok(block)
}

struct Maker<'a> {
    context: &'a Context,
    clusters: Option<&'a Clusters>,
    frames: Vec<Frame>,
}

impl Maker<'_> {
    /// Measures an array and its items; its place among the frames.
    fn frame(&mut self, value: &Value) -> Result<usize> {
        self.context.poll()?;
        let memory = self.context.memory();
        let frame = if value.is_simple_scalar() {
            let line = if matches!(value, Value::Char(_)) { '-' } else { ' ' };
            let text = layout::layout(self.context, value, true, self.clusters)?.paint(self.context)?;
            let mut block = Block::blank(memory, 3, text.width())?;
            block.paste(1, 0, &text);
            block.line(2, 0, text.width(), line);
            Frame {
                height: 3,
                width: block.width(),
                left: Vec::new(),
                top: ' ',
                kind: ' ',
                inside: Inside::Scalar(block),
            }
        } else {
            let opened = opened(memory, value)?;
            let (height, width, kind, inside) = if layout::is_simple(&opened) {
                let text = layout::layout(self.context, &opened, true, self.clusters)?.paint(self.context)?;
                // An axis is marked even where there is nothing to be seen.
                (text.height().max(1), text.width().max(1), kind(memory, &opened)?, Inside::Text(text))
            } else {
                self.grid(&opened)?
            };
            let shape = value.shape();
            let left: Vec<char> = match shape.len() {
                0 | 1 => vec!['│'],
                rank => shape[..rank - 1].iter().map(|&n| if n == 0 { '⌽' } else { '↓' }).collect(),
            };
            let top = match shape.last() {
                None => '─',
                Some(0) => '⊖',
                Some(_) => '→',
            };
            let size = height.checked_add(2).zip(width.checked_add(1 + left.len())).ok_or_else(Fault::ws_full)?;
            Frame { height: size.0, width: size.1, left, top, kind, inside }
        };
        memory.check((self.frames.len() + 1) * size_of::<Frame>())?;
        self.frames.push(frame);
        Ok(self.frames.len() - 1)
    }

    /// The boxes of an array in rows and columns, one blank between and around them.
    fn grid(&mut self, opened: &Value) -> Result<(usize, usize, char, Inside)> {
        let memory = self.context.memory();
        let array = opened.array(memory)?;
        let columns = array.shape().last().copied().unwrap_or(1).max(1);
        let rows = if array.rank() < 2 { 1 } else { array.len() / columns };
        let mut items: Vec<usize> = memory.vec(array.len())?;
        let mut widths = memory.filled(columns, 0)?;
        let mut heights = memory.filled(rows, 0)?;
        for (at, item) in array.items().enumerate() {
            let frame = memory.deeper(|| self.frame(&item))?;
            if let (Some(frame), Some(width), Some(height)) =
                (self.frames.get(frame), widths.get_mut(at % columns), heights.get_mut(at / columns))
            {
                *width = frame.width.max(*width);
                *height = frame.height.max(*height);
            }
            items.push(frame);
        }
        let (tops, height) = tops(self.context, array.shape(), true, Some(&heights))?;
        let mut end = 1;
        for width in &mut widths {
            let start = end;
            end += *width + 1;
            *width = start;
        }
        Ok((height, end, '∊', Inside::Grid { items, starts: widths, tops }))
    }
}

impl Frame {
    fn paint(&self, block: &mut Block, row: usize, column: usize, work: &mut Vec<(usize, usize, usize)>) {
        let inside = column + self.left.len();
        match &self.inside {
            Inside::Scalar(text) => return block.paste(row, column, text),
            Inside::Text(text) => block.paste(row + 1, inside, text),
            Inside::Grid { items, starts, tops } => {
                for (at, &item) in items.iter().enumerate() {
                    if let (Some(start), Some(top)) = (starts.get(at % starts.len()), tops.get(at / starts.len())) {
                        work.push((item, row + 1 + top, inside + start));
                    }
                }
            }
        }
        let (bottom, right) = (row + self.height - 1, column + self.width - 1);
        for (k, &mark) in self.left.iter().enumerate() {
            block.put(row, column + k, '┌');
            block.column(row + 1, self.height - 2, column + k, '│');
            block.put(row + 1, column + k, mark);
            block.put(bottom, column + k, '└');
        }
        let width = right - inside;
        block.line(row, inside, width, '─');
        block.put(row, inside, self.top);
        block.line(bottom, inside, width, '─');
        block.put(bottom, inside, self.kind);
        block.put(row, right, '┐');
        block.column(row + 1, self.height - 2, right, '│');
        block.put(bottom, right, '┘');
    }
}

/// An array with every empty axis made 1, so that an empty one shows what it would be filled with.
pub fn opened(memory: &Memory, value: &Value) -> Result<Value> {
    if !value.shape().contains(&0) {
        return Ok(value.clone());
    }
    let array = value.array(memory)?;
    let shape: Shape = array.shape().iter().map(|&n| n.max(1)).collect();
    let item = prototype::fill_item(memory, &array)?;
    if item.is_simple_scalar() {
        return prototype::filled(memory, array.kind(), &shape);
    }
    let items = memory.filled(shape::count(&shape)?, item)?;
    Ok(Array::Nested(Arr::new(memory, &shape, items)?).into())
}

/// The mark of the type of a simple array.
pub fn kind(memory: &Memory, value: &Value) -> Result<char> {
    let array = value.array(memory)?;
    let of_type = |kind: Type| match kind {
        Type::Char => '─',
        Type::Ref => '#',
        _ => '~',
    };
    Ok(match &array {
        Array::Nested(items) => {
            let mut kinds = items.as_slice().iter().map(|item| of_type(item.kind()));
            let first = kinds.next().unwrap_or('~');
            if kinds.all(|kind| kind == first) { first } else { '+' }
        }
        plain => of_type(plain.kind()),
    })
}
