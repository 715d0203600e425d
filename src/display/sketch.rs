//! `]box on -style=min` and `-style=mid`, `]disp`: items in joined boxes, as in a table.
//!
//! The form is that of the `disp` function of Dyalog's dfns workspace. With decorations (`mid`), the shape of the
//! whole stands in the upper left corner, that of each item in its lower right, its type in its lower left one. A
//! simple array is no box by itself. Measures first and then paints on one block.

use super::block::Block;
use super::boxed::{kind, opened};
use super::layout;
use super::wide::Clusters;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

/// An item, measured.
struct Cell {
    height: usize,
    width: usize,
    /// Marks of the type, of all axes but the last, and of the last.
    marks: [char; 3],
    inside: Inside,
}

enum Inside {
    Text(Block),
    Grid(Grid),
}

/// Boxes side by side and below each other.
struct Grid {
    items: Vec<usize>,
    widths: Vec<usize>,
    heights: Vec<usize>,
    /// The rows of boxes in each plane.
    plane: usize,
    /// The top line of each plane.
    tops: Vec<usize>,
    /// Decorations of a plane: its axes.
    corner: Option<[char; 2]>,
}

/// The marks at the edges of boxes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// None: `-style=min`.
    None,
    /// Of axes and types, a plane of an array of higher rank as a matrix: `-style=mid`.
    Session,
    /// The same, a plane marked as one of several: `]disp`.
    Disp,
}

/// Where an item is in its box, if that is larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the top, on the left.
    #[default]
    Corner,
    /// In the middle.
    Middle,
}

/// A value in joined boxes; the mere text of a simple one.
pub fn draw(context: &Context, value: &Value, marks: Marks, clusters: Option<&Clusters>) -> Result<Block> {
    draw_at(context, value, marks, Place::Corner, clusters)
}

/// The same; `place` is where an item is in its box.
pub fn draw_at(
    context: &Context,
    value: &Value,
    marks: Marks,
    place: Place,
    clusters: Option<&Clusters>,
) -> Result<Block> {
    if layout::is_simple(value) {
        return layout::layout(context, value, true, clusters)?.paint(context);
    }
    let mut maker = Maker { context, clusters, marks, cells: Vec::new() };
    let root = maker.cell(value)?;
    let cells = maker.cells;
    let size = cells.get(root).map_or((0, 0), |cell| (cell.height, cell.width));
    let mut block = Block::blank(context.memory(), size.0, size.1)?;
    let mut work = vec![(root, 0, 0)];
    while let Some((at, row, column)) = work.pop() {
        context.poll()?;
        match cells.get(at).map(|cell| &cell.inside) {
            Some(Inside::Text(text)) => block.paste(row, column, text),
            Some(Inside::Grid(grid)) => grid.paint(&cells, place, &mut block, (row, column), &mut work),
            None => {}
        }
    }
    Ok(block)
}

struct Maker<'a> {
    context: &'a Context,
    clusters: Option<&'a Clusters>,
    marks: Marks,
    cells: Vec<Cell>,
}

impl Maker<'_> {
    /// Measures an array and its items; its place among the cells.
    fn cell(&mut self, value: &Value) -> Result<usize> {
        self.context.poll()?;
        let memory = self.context.memory();
        let decorated = self.marks != Marks::None;
        let shown = if decorated { opened(memory, value)? } else { value.clone() };
        let marks = if decorated { marks(self.context, value, &shown)? } else { ['─', '│', '─'] };
        let cell = if layout::is_simple(&shown) {
            let text = layout::layout(self.context, &shown, true, self.clusters)?.paint(self.context)?;
            let least = usize::from(decorated);
            let (height, width) = (text.height().max(least), text.width().max(least));
            Cell { height, width, marks, inside: Inside::Text(text) }
        } else if shown.count() == 0 {
            // Without boxes there is nothing to draw but the room that their lines would take.
            let (height, width) = match shown.shape() {
                [.., 0] => (3, 0),
                _ => (0, 3),
            };
            Cell { height, width, marks, inside: Inside::Text(Block::blank(memory, 0, 0)?) }
        } else {
            self.grid(&shown, marks)?
        };
        memory.check((self.cells.len() + 1) * size_of::<Cell>())?;
        self.cells.push(cell);
        Ok(self.cells.len() - 1)
    }

    fn grid(&mut self, shown: &Value, marks: [char; 3]) -> Result<Cell> {
        let memory = self.context.memory();
        let array = shown.array(memory)?;
        let columns = array.shape().last().copied().unwrap_or(1).max(1);
        let rows = array.len() / columns;
        let plane = match array.shape() {
            [.., rows, _] => (*rows).max(1),
            _ => 1,
        };
        let mut items: Vec<usize> = memory.vec(array.len())?;
        let mut widths = memory.filled(columns, 0)?;
        let mut heights = memory.filled(rows, 0)?;
        for (at, item) in array.items().enumerate() {
            let cell = memory.deeper(|| self.cell(&item))?;
            if let (Some(cell), Some(width), Some(height)) =
                (self.cells.get(cell), widths.get_mut(at % columns), heights.get_mut(at / columns))
            {
                *width = cell.width.max(*width);
                *height = cell.height.max(*height);
            }
            items.push(cell);
        }
        // Planes follow each other at once; blocks of planes are a line apart, and so on.
        let mut tops = memory.vec(rows / plane)?;
        let mut line = 0usize;
        for (k, rows) in heights.chunks(plane).enumerate() {
            if k > 0 {
                line += blocks_ended(array.shape(), k);
            }
            tops.push(line);
            let lines = rows.iter().try_fold(1usize, |sum, height| sum.checked_add(height + 1));
            line = lines.and_then(|lines| line.checked_add(lines)).ok_or_else(Fault::ws_full)?;
        }
        let width = widths.iter().map(|width| width + 1).sum::<usize>() + 1;
        let corner = match self.marks {
            Marks::None => None,
            // The plane of an array of higher rank is a matrix that isn't empty.
            Marks::Session if array.rank() > 2 => Some(['↓', '→']),
            _ => Some([marks[1], marks[2]]),
        };
        let grid = Grid { items, widths, heights, plane, tops, corner };
        Ok(Cell { height: line, width, marks, inside: Inside::Grid(grid) })
    }
}

/// How many blocks of planes end before plane `k`.
fn blocks_ended(shape: &[usize], k: usize) -> usize {
    let mut size = 1;
    let lengths = shape.get(1..shape.len().saturating_sub(2)).unwrap_or(&[]);
    let sizes = lengths.iter().rev().map(|&length| {
        size *= length;
        size
    });
    sizes.take_while(|&size| size > 0 && k.is_multiple_of(size)).count()
}

/// The decorations of an item: its type, then its shape.
fn marks(context: &Context, value: &Value, shown: &Value) -> Result<[char; 3]> {
    let kind = if layout::is_simple(shown) { kind(context.memory(), shown)? } else { '─' };
    let shape = value.shape();
    let Some((last, others)) = shape.split_last() else {
        return Ok([kind, '│', '─']);
    };
    let rows = match others.len() {
        0 => '│',
        1 if others[0] == 0 => '⌽',
        1 => '↓',
        _ => '⍒',
    };
    Ok([kind, rows, if *last == 0 { '⊖' } else { '→' }])
}

impl Grid {
    fn paint(
        &self,
        cells: &[Cell],
        place: Place,
        block: &mut Block,
        (row, column): (usize, usize),
        work: &mut Vec<(usize, usize, usize)>,
    ) {
        let columns = self.widths.len();
        let plane = self.plane.max(1);
        let width = self.widths.iter().map(|width| width + 1).sum::<usize>();
        for (k, (heights, &top)) in self.heights.chunks(plane).zip(&self.tops).enumerate() {
            let mut line = row + top;
            self.edge(block, line, column, ['┌', '┬', '┐']);
            for (r, &height) in heights.iter().enumerate() {
                block.column(line + 1, height, column, '│');
                let bottom = line + height + 1;
                let last = r + 1 == heights.len();
                self.edge(block, bottom, column, if last { ['└', '┴', '┘'] } else { ['├', '┼', '┤'] });
                let mut from = column + 1;
                for (c, &width) in self.widths.iter().enumerate() {
                    let Some(&item) = self.items.get((k * plane + r) * columns + c) else { continue };
                    let Some(cell) = cells.get(item) else { continue };
                    block.column(line + 1, height, from + width, '│');
                    let [kind, rows, axis] = cell.marks;
                    if height > 0 {
                        block.put(bottom - 1, from + width, rows);
                    }
                    if width > 0 {
                        block.put(bottom, from, kind);
                        block.put(bottom, from + width - 1, axis);
                    }
                    let (down, right) = match place {
                        Place::Corner => (0, 0),
                        Place::Middle => ((height - cell.height) / 2, (width - cell.width) / 2),
                    };
                    work.push((item, line + 1 + down, from + right));
                    from += width + 1;
                }
                line = bottom;
            }
            if let Some([rows, axis]) = self.corner {
                if self.heights.first().is_some_and(|&height| height > 0) {
                    block.put(row + top + 1, column, rows);
                }
                if width > 1 {
                    block.put(row + top, column + 1, axis);
                }
            }
        }
    }

    /// A horizontal line with its corners and the feet of the boxes.
    fn edge(&self, block: &mut Block, row: usize, column: usize, [left, middle, right]: [char; 3]) {
        block.put(row, column, left);
        let mut from = column + 1;
        for (c, &width) in self.widths.iter().enumerate() {
            block.line(row, from, width, '─');
            from += width;
            block.put(row, from, if c + 1 == self.widths.len() { right } else { middle });
            from += 1;
        }
    }
}
