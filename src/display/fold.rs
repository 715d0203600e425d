//! Lines wider than `⎕PW`: the rest is continued below with an indent of six blanks; or, with `]rows`, lines are cut and
//! rows left out.
//!
//! Works on blocks of characters and the columns at which they may be broken. Arrays are not known here.

use std::borrow::Cow;

use super::block::Block;
use super::wide::FILLER;
use crate::context::{Context, Layout};
use crate::error::{Fault, Result};

/// The indent of what is continued.
const INDENT: usize = 6;

/// How many dots end a row that is cut.
const DOTS: usize = 3;

/// The lines of a block, each ended by a line end, folded to `width`.
///
/// `planes` are runs of rows that are folded together: the first part of all their rows, then the next part of all of
/// them. Rows between planes are as they are. `breaks`, ascending, are the columns before which a row may be broken;
/// where there are none, it may be anywhere. `1 2 3…` breaks before a number, and the blank in front of it is dropped.
pub fn fold(
    context: &Context,
    block: &Block,
    planes: &[(usize, usize)],
    breaks: &[usize],
    width: usize,
) -> Result<String> {
    // Without rows a block may be wider than anything that could be cut into pieces.
    if block.width() <= width || block.height() == 0 {
        return block.to_text(context);
    }
    let torn = |column| (0..block.height()).any(|row| block.row(row).get(column) == Some(&FILLER));
    let pieces = pieces(context, block.width(), breaks, width, torn)?;
    let mut out = String::new();
    let bytes = (block.width() + pieces.len().saturating_mul(INDENT + 1)).checked_mul(block.height());
    context.memory().check(bytes.ok_or_else(Fault::ws_full)?)?;
    let mut next = 0;
    for &(start, rows) in planes {
        out.extend(std::iter::repeat_n('\n', start.saturating_sub(next)));
        next = start + rows;
        for (k, &(from, to)) in pieces.iter().enumerate() {
            for row in start..next {
                if row % 256 == 0 {
                    context.poll()?;
                }
                if k > 0 {
                    out.push_str("      ");
                }
                out.extend(block.row(row).get(from..to).unwrap_or(&[]));
                out.push('\n');
            }
        }
    }
    Ok(out)
}

/// The parts of every row, as ranges of columns. `torn` tells whether a character of two columns would be torn apart by
/// a break before a column.
fn pieces(
    context: &Context,
    total: usize,
    breaks: &[usize],
    width: usize,
    torn: impl Fn(usize) -> bool,
) -> Result<Vec<(usize, usize)>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut room = width.max(1);
    let mut next = 0;
    while total - from > room {
        if pieces.len() % 1024 == 0 {
            context.poll()?;
        }
        // The last place to break at that leaves no more than fits, or leaves one number by itself where even that
        // doesn't fit. A number's blank does not count.
        let mut at = None;
        while let Some(&place) = breaks.get(next)
            && place - from <= room + 1
        {
            at = Some(place);
            next += 1;
        }
        match at.filter(|&place| place > from + 1) {
            Some(place) => {
                pieces.push((from, place - 1));
                from = place;
            }
            None => {
                let place = (from + 1..=from + room).rev().find(|&place| !torn(place)).unwrap_or(from + room);
                pieces.push((from, place));
                from = place;
            }
        }
        room = width.saturating_sub(INDENT).max(1);
    }
    pieces.push((from, total));
    Ok(pieces)
}

/// `]rows -style=cut`: a block not wider than `⎕PW`, three dots where a row goes on.
pub fn cut<'a>(context: &Context, block: &'a Block, dots: char) -> Result<Cow<'a, Block>> {
    let width = context.pw();
    if block.width() <= width {
        return Ok(Cow::Borrowed(block));
    }
    let mut cut = Block::blank(context.memory(), block.height(), width)?;
    cut.paste(0, 0, block);
    for row in 0..cut.height() {
        cut.line(row, width.saturating_sub(DOTS), DOTS, dots);
    }
    Ok(Cow::Owned(cut))
}

/// `]rows -fold=n`: a block of as many rows as a page has, the last ones the block's last, before them a row of dots.
pub fn drop_rows<'a>(context: &Context, block: &'a Block, layout: Layout) -> Result<Cow<'a, Block>> {
    let Some(last) = layout.rows.fold else {
        return Ok(Cow::Borrowed(block));
    };
    let first = layout.height.saturating_sub(last + 1);
    let height = first + 1 + last;
    if block.height() <= height {
        return Ok(Cow::Borrowed(block));
    }
    let mut kept = Block::blank(context.memory(), height, block.width())?;
    kept.line(first, 0, block.width(), layout.rows.dots);
    let shown =
        (0..first).map(|row| (row, row)).chain((0..last).map(|row| (first + 1 + row, block.height() - last + row)));
    for (to, from) in shown {
        kept.write(to, 0, block.row(from).iter().copied());
    }
    Ok(Cow::Owned(kept))
}

/// A text of one line or more, each folded to `width` and ended by a line end.
pub fn fold_text(context: &Context, text: &[char], width: usize) -> Result<String> {
    let mut out = String::new();
    context.memory().check(text.len().saturating_mul(2))?;
    let width = width.max(1);
    let rest = width.saturating_sub(INDENT).max(1);
    let mut column = 0;
    let mut room = width;
    context.chunks(text.len(), |range| {
        for at in range {
            let c = text[at];
            if c == '\n' || c == '\r' {
                column = 0;
                room = width;
                // A carriage return ends a line too, unless a line feed follows that does.
                if c == '\n' || text.get(at + 1) != Some(&'\n') {
                    out.push('\n');
                }
                continue;
            }
            let columns = if text.get(at + 1) == Some(&FILLER) { 2 } else { 1 };
            if column + columns > room && column > 0 {
                out.push_str("\n      ");
                column = 0;
                room = rest;
            }
            out.push(c);
            column += 1;
        }
        Ok(())
    })?;
    out.push('\n');
    Ok(out)
}
