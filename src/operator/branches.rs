//! Cells that go separate ways: selecting some cells of a frame, and putting the results of all parts together again.

use super::assemble::catenate;
pub use super::cells::spread;
use super::cells::{self, Cut};
use super::choose::{choose, major_cells};
use crate::array::{Arr, Array, Framed, Shape, Type, Typed, Value, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells, Results};

/// The cells at these positions of the frame's ravel, over a frame of one axis. What is the same for every cell stays.
pub fn select(context: &Context, frame: &[usize], cells: &Cells, at: &[u32]) -> Result<Cells> {
    if cells.present.is_empty() {
        return Ok(cells.clone());
    }
    let memory = context.memory();
    let places =
        if cells.present.len() == frame.len() { None } else { Some(places(context, frame, cells.present, at)?) };
    let at = places.as_deref().unwrap_or(at);
    let own = cells.present.len();
    let value = match cells.value.clone().settled(memory)? {
        Value::Framed(framed) => {
            let flat = framed.flat().array(memory)?;
            let chosen = choose(context, &flat, at, &flat.shape()[own..], &[at.len()])?;
            Framed::new(chosen.into(), framed.frame_rank() - own + 1)?.into()
        }
        other => {
            let array = other.into_array(memory)?;
            choose(context, &array, at, &array.shape()[own..], &[at.len()])?.into()
        }
    };
    Ok(Cells { value, present: AxisSet::range(0, 1) })
}

/// Where the cells at positions of a frame's ravel are in the ravel of those of its axes that are present.
fn places(context: &Context, frame: &[usize], present: AxisSet, at: &[u32]) -> Result<Vec<u32>> {
    let lengths: Shape = present.iter().map(|axis| frame[axis]).collect();
    let mut own = shape::strides(&lengths).into_iter();
    let whole = shape::strides(frame);
    let steps: Vec<(usize, usize, usize)> =
        present.iter().zip(&mut own).map(|(axis, step)| (whole[axis], frame[axis], step)).collect();
    context.collect(at.len(), |k| {
        let position = at[k] as usize;
        steps.iter().map(|&(step, length, own)| position / step % length * own).sum::<usize>() as u32
    })
}

/// The cells of a whole frame, side by side.
pub fn whole(context: &Context, frame: &[usize], cells: Cells) -> Result<Value> {
    cells::gathered(context, frame, cells)
}

/// For each byte of truth values, the first in the lowest bit, the places of the true ones in front.
const PLACES: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut place, mut count) = (0, 0);
        while place < 8 {
            if mask >> place & 1 == 1 {
                table[mask][count] = place as u32;
                count += 1;
            }
            place += 1;
        }
        mask += 1;
    }
    table
};

/// The positions of the true and of the false ones, in order. LIMIT ERROR for more than 32 bits can count.
pub fn divided(context: &Context, truths: &[bool]) -> Result<(Vec<u32>, Vec<u32>)> {
    let memory = context.memory();
    let count = truths.len();
    if u32::try_from(count).is_err() {
        return Err(Fault::limit());
    }
    let mut truly = 0;
    context.chunks(count, |range| {
        truly += truths[range].iter().map(|&truth| usize::from(truth)).sum::<usize>();
        Ok(())
    })?;
    // Eight positions are appended at a time, of which some stay.
    let (mut yes, mut no) = (memory.vec(truly + 8)?, memory.vec(count - truly + 8)?);
    context.chunks(count, |range| {
        let (blocks, rest) = truths[range.clone()].as_chunks::<8>();
        let mut at = range.start as u32;
        for block in blocks {
            let mask = block.iter().rev().fold(0, |mask, &truth| mask << 1 | usize::from(truth)) & 255;
            let some = mask.count_ones() as usize;
            for (list, mask, count) in [(&mut yes, mask, some), (&mut no, mask ^ 255, 8 - some)] {
                let length = list.len() + count;
                list.extend_from_slice(&PLACES[mask].map(|place| at + place));
                list.truncate(length);
            }
            at += 8;
        }
        for &truth in rest {
            if truth { &mut yes } else { &mut no }.push(at);
            at += 1;
        }
        Ok(())
    })?;
    Ok((yes, no))
}

/// What came of some cells of a frame.
pub struct Part {
    /// Their positions in the frame's ravel; `None` for all.
    pub at: Option<Vec<u32>>,
    /// Their results, over a frame of one axis where there are positions.
    pub cells: Cells,
}

/// The results of all cells of a frame, each of which is in one of the parts.
pub fn merge(context: &Context, frame: &[usize], mut parts: Vec<Part>) -> Result<Results> {
    let memory = context.memory();
    if let [Part { at: None, .. }] = &parts[..]
        && let Some(only) = parts.pop()
    {
        return Ok(Results::Alike(only.cells));
    }
    let count = shape::count(frame)?;
    if parts.iter().map(|part| part.at.as_ref().map_or(0, Vec::len)).sum::<usize>() != count {
        return Err(Fault::internal("cells that went no way, or two"));
    }
    let mut ways = memory.vec(parts.len())?;
    let mut rows = memory.vec(parts.len())?;
    for Part { at, cells } in parts {
        let at = at.unwrap_or_default();
        rows.push(cells::gathered(context, &[at.len()], cells)?.settled(memory)?);
        ways.push(at);
    }
    if let Some(value) = scattered(context, frame, &ways, &rows)? {
        return Ok(Results::Alike(Cells { value, present: AxisSet::range(0, frame.len()) }));
    }
    let mut back = memory.filled(count, 0u32)?;
    let mut next = 0;
    for at in ways {
        context.chunks(at.len(), |range| {
            for (nth, &place) in range.clone().zip(&at[range]) {
                back[place as usize] = (next + nth) as u32;
            }
            Ok(())
        })?;
        next += at.len();
    }
    if let Some(rows) = catenate(context, rows.clone())? {
        let value = major_cells(context, &rows, &back, frame)?;
        return Ok(Results::Alike(Cells { value, present: AxisSet::range(0, frame.len()) }));
    }
    let mut cells = memory.vec(count)?;
    for part in rows {
        let length = part.tally();
        let cut = Cut::new(memory, part, 1)?;
        for row in 0..length {
            context.poll()?;
            cells.push(cut.cell(memory, row)?);
        }
    }
    let mut results = memory.vec(count)?;
    results.extend(back.iter().map(|&place| std::mem::replace(&mut cells[place as usize], Value::Bool(false))));
    Ok(Results::Various(results))
}

/// The rows of arrays of the same type at their places, where each row is one element; `None` for others.
fn scattered(context: &Context, frame: &[usize], ways: &[Vec<u32>], rows: &[Value]) -> Result<Option<Value>> {
    let kind = rows[0].kind();
    let fit = |value: &Value| matches!(value, Value::Array(array) if array.kind() == kind && array.rank() == 1);
    if !rows.iter().all(fit) || kind == Type::Nested {
        return Ok(None);
    }
    let first = rows[0].array(context.memory())?;
    Ok(each_type!(&first, like => scatter(context, frame, ways, rows, like)?).map(Value::from))
}

fn scatter<T: Typed>(
    context: &Context,
    frame: &[usize],
    ways: &[Vec<u32>],
    rows: &[Value],
    like: &Arr<T>,
) -> Result<Option<Array>> {
    let memory = context.memory();
    let Some(first) = like.as_slice().first() else { return Ok(None) };
    let mut out = memory.filled(shape::count(frame)?, first.clone())?;
    for (at, rows) in ways.iter().zip(rows) {
        let array = rows.array(memory)?;
        let Some(rows) = T::arr(&array) else { return Ok(None) };
        for (at, rows) in at.chunks(CHUNK).zip(rows.as_slice().chunks(CHUNK)) {
            context.poll()?;
            for (&place, row) in at.iter().zip(rows) {
                out[place as usize] = row.clone();
            }
        }
    }
    T::pack(memory, frame, out, like).map(Some)
}
