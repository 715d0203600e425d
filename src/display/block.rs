//! A rectangular block of characters, on which layouts are drawn.

use crate::array::{Arr, Memory, Value};
use crate::context::Context;
use crate::error::{Fault, Result};

/// Rows of characters, all of one width.
#[derive(Clone, Debug)]
pub struct Block {
    height: usize,
    width: usize,
    cells: Vec<char>,
}

impl Block {
    /// Blanks. WS FULL where they are too many.
    pub fn blank(memory: &Memory, height: usize, width: usize) -> Result<Block> {
        let count = height.checked_mul(width).ok_or_else(Fault::ws_full)?;
        Ok(Block { height, width, cells: memory.filled(count, ' ')? })
    }

    /// The lines of a text.
    pub fn of_text(memory: &Memory, text: &str) -> Result<Block> {
        let height = text.lines().count().max(1);
        let width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        let mut block = Block::blank(memory, height, width)?;
        for (row, line) in text.lines().enumerate() {
            block.write(row, 0, line.chars());
        }
        Ok(block)
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// One row; empty beyond the last.
    pub fn row(&self, row: usize) -> &[char] {
        self.cells.get(row * self.width..(row + 1) * self.width).unwrap_or(&[])
    }

    /// Places in a row to be written on; as many as there are from column `from` on.
    pub fn span(&mut self, row: usize, from: usize, width: usize) -> &mut [char] {
        let end = from.saturating_add(width).min(self.width);
        if row >= self.height || from >= end {
            return &mut [];
        }
        let start = row * self.width;
        self.cells.get_mut(start + from..start + end).unwrap_or(&mut [])
    }

    /// Writes characters from a place on; what lies beyond the edge is left out.
    pub fn write(&mut self, row: usize, from: usize, text: impl IntoIterator<Item = char>) {
        for (cell, c) in self.span(row, from, usize::MAX - from).iter_mut().zip(text) {
            *cell = c;
        }
    }

    /// Writes one character.
    pub fn put(&mut self, row: usize, column: usize, c: char) {
        self.write(row, column, [c]);
    }

    /// Writes a character all along a part of a row.
    pub fn line(&mut self, row: usize, from: usize, width: usize, c: char) {
        self.span(row, from, width).fill(c);
    }

    /// Writes a character all along a part of a column.
    pub fn column(&mut self, from: usize, height: usize, column: usize, c: char) {
        for row in from..from.saturating_add(height).min(self.height) {
            self.put(row, column, c);
        }
    }

    /// Copies another block to a place.
    pub fn paste(&mut self, row: usize, column: usize, other: &Block) {
        for k in 0..other.height {
            self.write(row + k, column, other.row(k).iter().copied());
        }
    }

    /// The rows, each ended by a line end.
    pub fn to_text(&self, context: &Context) -> Result<String> {
        let mut out = String::new();
        let bytes = self.height.checked_mul(self.width + 1).ok_or_else(Fault::ws_full)?;
        context.memory().check(bytes)?;
        out.try_reserve(bytes).map_err(|_| Fault::ws_full())?;
        for row in 0..self.height {
            if row % 1024 == 0 {
                context.poll()?;
            }
            out.extend(self.row(row));
            out.push('\n');
        }
        Ok(out)
    }

    /// The characters as an array: a vector of one row, or the matrix.
    pub fn into_value(self, memory: &Memory, shape: &[usize]) -> Result<Value> {
        Ok(Arr::new(memory, shape, self.cells)?.into())
    }
}
