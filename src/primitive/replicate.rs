//! Replicate and expand.

use std::borrow::Cow;

use crate::array::{Arr, Array, Framed, Memory, Shape, Type, Typed, Value, convert, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{ErrorKind, Fault, Result, shape_text};
use crate::function::Cells;
use crate::kernel::lanes;

use super::{axes, catenate};

/// `X/Y`: along the last axis, each place as often as X says; as many fills for a negative number.
///
/// RANK ERROR for a matrix X, LENGTH ERROR unless X or the axis is as long as the other or has length 1, DOMAIN ERROR
/// for anything but whole numbers.
pub fn replicate_last(context: &Context, left: Value, right: Value) -> Result<Value> {
    let right = vector(context, right)?;
    let last = right.rank() - 1;
    replicate(context, left, right, last)
}

/// `X⌿Y`: along the first axis.
pub fn replicate_first(context: &Context, left: Value, right: Value) -> Result<Value> {
    let right = vector(context, right)?;
    replicate(context, left, right, 0)
}

/// `X/[k]Y`: along axis `k`.
pub fn replicate_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    replicate(context, left, right, axis)
}

/// `X\Y`: along the last axis, the next place as often as each positive number says; as many fills for a negative
/// one, and one for 0.
///
/// LENGTH ERROR unless X has as many positive numbers as the axis is long, or the axis has length 1.
pub fn expand_last(context: &Context, left: Value, right: Value) -> Result<Value> {
    let right = vector(context, right)?;
    let last = right.rank() - 1;
    expand(context, left, right, last)
}

/// `X⍀Y`: along the first axis.
pub fn expand_first(context: &Context, left: Value, right: Value) -> Result<Value> {
    let right = vector(context, right)?;
    expand(context, left, right, 0)
}

/// `X\[k]Y`: along axis `k`.
pub fn expand_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let axis = axes::axis(context, axis, right.rank())?;
    expand(context, left, right, axis)
}

/// `X/` on all cells, for one X.
pub fn replicate_last_cells(context: &Context, _: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    replicate_cells(context, left, right, right.value.rank().saturating_sub(1))
}

/// `X⌿` on all cells, for one X.
pub fn replicate_first_cells(context: &Context, _: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    replicate_cells(context, left, right, right.present.len())
}

/// `,/⍬`, `0/Y`: the prototype with its last axis empty.
pub fn identity_last(context: &Context, prototype: &Value) -> Result<Value> {
    replicate_last(context, Value::Bool(false), prototype.clone())
}

/// `⍪/⍬`, `0⌿Y`: the prototype with its first axis empty.
pub fn identity_first(context: &Context, prototype: &Value) -> Result<Value> {
    replicate_first(context, Value::Bool(false), prototype.clone())
}

fn replicate_cells(context: &Context, left: &Cells, right: &Cells, axis: usize) -> Result<Option<Cells>> {
    // The fill of boxes is that of each cell's first box.
    if !left.present.is_empty() || right.cell_rank() == 0 || right.value.kind() == Type::Nested {
        return Ok(None);
    }
    let value = replicate(context, left.value.clone(), right.value.clone(), axis)?;
    Ok(Some(Cells { value, present: right.present }))
}

fn vector(context: &Context, right: Value) -> Result<Value> {
    if right.rank() == 0 { catenate::ravel(context, right) } else { Ok(right) }
}

/// The left argument as an array, once its rank is known to be good.
fn left_array(context: &Context, left: &Value) -> Result<Array> {
    if left.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("left is {}", shape_text(left.shape()))));
    }
    left.array(context.memory())
}

fn misfit(left: usize, length: usize) -> Fault {
    Fault::length().with_detail(format!("{left} numbers on the left for {length} places along the axis"))
}

fn replicate(context: &Context, left: Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let left = left_array(context, &left)?;
    let length = right.shape()[axis];
    if left.len() != length && left.len() != 1 && length != 1 {
        return Err(misfit(left.len(), length));
    }
    let (array, cell) = Framed::open(right, memory)?;
    let mut to = Shape::from_slice(array.shape());
    let (before, _, behind) = shape::around(&to, axis);
    if left.len() == length
        && length > 1
        && let Some(mask) = truths(memory, &left)?
    {
        let ones = lanes::count(&mask);
        if ones == length {
            return Framed::close(array, cell);
        }
        to[axis] = ones;
        let result = each_type!(&array, arr => {
            let mut out = memory.vec(shape::count(&to)?)?;
            let data = arr.as_slice();
            for plane in 0..if shape::product(&to) == 0 { 0 } else { before } {
                let from = plane * length * behind;
                compress(context, &mask, behind, &data[from..from + length * behind], &mut out)?;
            }
            Typed::pack(memory, &to, out, arr)?
        });
        return Framed::close(result, cell);
    }
    let mut counts = memory.vec(left.len().max(1))?;
    axes::whole_numbers(memory, &left, |n| {
        counts.push(n);
        Ok(())
    })?;
    // A side of length 1 is extended to the length of the other.
    let places = if left.len() == 1 { length } else { left.len() };
    let total = if let [n] = counts[..] {
        n.unsigned_abs().checked_mul(places as u64)
    } else {
        counts.iter().try_fold(0_u64, |sum, n| sum.checked_add(n.unsigned_abs()))
    };
    to[axis] = total.and_then(|n| usize::try_from(n).ok()).ok_or_else(Fault::ws_full)?;
    let segments = (0..places).map(|place| {
        let count = if counts.len() == 1 { counts[0] } else { counts[place] };
        Segment {
            source: (count > 0).then_some(if length == 1 { 0 } else { place }),
            count: count.unsigned_abs() as usize,
        }
    });
    Framed::close(segmented(context, &array, axis, behind, &to, segments)?, cell)
}

fn expand(context: &Context, left: Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let left = left_array(context, &left)?;
    let length = right.shape()[axis];
    let mut counts = memory.vec(left.len())?;
    let mut positive = 0;
    let mut total = 0_u64;
    axes::whole_numbers(memory, &left, |n| {
        positive += usize::from(n > 0);
        total = total.checked_add(n.unsigned_abs().max(1)).ok_or_else(Fault::ws_full)?;
        counts.push(n);
        Ok(())
    })?;
    if positive != length && length != 1 {
        return Err(Fault::length().with_detail(format!("{positive} positive numbers for {length} places")));
    }
    let (array, cell) = Framed::open(right, memory)?;
    let mut to = Shape::from_slice(array.shape());
    let (_, _, behind) = shape::around(&to, axis);
    to[axis] = usize::try_from(total).map_err(|_| Fault::ws_full())?;
    let mut next = 0;
    let segments = counts.iter().map(|&n| Segment {
        source: (n > 0).then(|| {
            next += 1;
            if length == 1 { 0 } else { next - 1 }
        }),
        count: n.unsigned_abs().max(1) as usize,
    });
    let segments: Vec<Segment> = segments.collect();
    Framed::close(segmented(context, &array, axis, behind, &to, segments.iter().copied())?, cell)
}

/// A place of the source, or fills, so many times.
#[derive(Clone, Copy)]
struct Segment {
    source: Option<usize>,
    count: usize,
}

fn segmented(
    context: &Context,
    array: &Array,
    axis: usize,
    behind: usize,
    to: &[usize],
    segments: impl Iterator<Item = Segment> + Clone,
) -> Result<Array> {
    let loops = (shape::product(&array.shape()[..axis]), array.shape()[axis], behind);
    each_type!(array, arr => Typed::pack(context.memory(), to, laid_out(context, arr, loops, to, segments)?, arr))
}

/// The segments of every line along the axis, one after the other.
fn laid_out<T: Typed>(
    context: &Context,
    arr: &Arr<T>,
    (before, length, behind): (usize, usize, usize),
    to: &[usize],
    segments: impl Iterator<Item = Segment> + Clone,
) -> Result<Vec<T>> {
    let count = shape::count(to)?;
    let mut out = context.memory().vec(count)?;
    if count == 0 {
        return Ok(out);
    }
    let mut pace = context.pace();
    let filled = segments.clone().any(|segment| segment.source.is_none() && segment.count > 0);
    let fill = if filled { T::fill(context.memory(), arr)? } else { T::blank() };
    for plane in 0..before {
        for segment in segments.clone() {
            pace.step(1)?;
            let Some(place) = segment.source else {
                pace.repeat(&mut out, segment.count * behind, &fill)?;
                continue;
            };
            let from = (plane * length + place) * behind;
            match &arr.as_slice()[from..from + behind] {
                [element] if segment.count == 1 => out.push(element.clone()),
                [element] => pace.repeat(&mut out, segment.count, element)?,
                row => (0..segment.count).try_for_each(|_| pace.copy(&mut out, row))?,
            }
        }
    }
    Ok(out)
}

/// Appends the rows of `data`, of `behind` elements each, where `mask` is 1.
fn compress<T: Typed>(context: &Context, mask: &[bool], behind: usize, data: &[T], out: &mut Vec<T>) -> Result<()> {
    if behind == 1 {
        for (mask, data) in mask.chunks(CHUNK).zip(data.chunks(CHUNK)) {
            context.poll()?;
            pick(mask, data, out);
        }
        return Ok(());
    }
    let mut pace = context.pace();
    let mut place = 0;
    while let Some(skip) = mask[place..].iter().position(|&keep| keep) {
        let from = place + skip;
        let to = mask[from..].iter().position(|&keep| !keep).map_or(mask.len(), |run| from + run);
        pace.copy(out, &data[from * behind..to * behind])?;
        place = to;
    }
    Ok(())
}

/// Appends the elements where `mask` is 1. Eight at a time: each is written where it would go, as the sum of the mask before
/// it says, and is overwritten by the next one unless it stays. So there is no branch to mispredict, and no element waits
/// for the one before.
fn pick<T: Typed>(mask: &[bool], data: &[T], out: &mut Vec<T>) {
    const BLOCK: usize = 512;
    let mut block: [T; BLOCK] = std::array::from_fn(|_| T::blank());
    let mut next = 0;
    let ((masks, last_mask), (pieces, last)) = (mask.as_chunks::<8>(), data.as_chunks::<8>());
    for (mask, piece) in masks.iter().zip(pieces) {
        let bits = u64::from_le_bytes(mask.map(u8::from));
        if bits == 0 {
            continue;
        }
        // Byte k of the product is the sum of the first k+1 bytes.
        let sums = bits.wrapping_mul(0x0101_0101_0101_0101);
        let places = (sums << 8).to_le_bytes();
        for (element, place) in piece.iter().zip(places) {
            block[(next + usize::from(place)) % BLOCK] = element.clone();
        }
        next += (sums >> 56) as usize;
        if next > BLOCK - 16 {
            out.extend_from_slice(&block[..next]);
            next = 0;
        }
    }
    out.extend_from_slice(&block[..next]);
    out.extend(last_mask.iter().zip(last).filter(|(keep, _)| **keep).map(|(_, element)| element.clone()));
}

/// A left argument of nothing but 0 and 1.
fn truths<'a>(memory: &Memory, array: &'a Array) -> Result<Option<Cow<'a, [bool]>>> {
    match convert::bools(memory, array) {
        Err(fault) if fault.kind() == ErrorKind::Domain => Ok(None),
        made => made.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn replicates() {
        let bench = Bench::new();
        let c = &bench.context;
        let five = ints(&[5], &[1, 2, 3, 4, 5]);
        bench.same(
            replicate_last(c, ints(&[5], &[1, -2, 3, -4, 5]), five.clone()),
            ints(&[15], &[1, 0, 0, 3, 3, 3, 0, 0, 0, 0, 5, 5, 5, 5, 5]),
        );
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        bench.same(replicate_last(c, ints(&[3], &[2, 0, 1]), m.clone()), ints(&[2, 3], &[1, 1, 3, 4, 4, 6]));
        let mask =
            |bits: &[bool]| Value::from(crate::array::Arr::new(c.memory(), &[bits.len()], bits.to_vec()).unwrap());
        bench.same(replicate_first(c, mask(&[false, true]), m.clone()), ints(&[1, 3], &[4, 5, 6]));
        bench.same(replicate_last(c, mask(&[true, false, true]), m.clone()), ints(&[2, 2], &[1, 3, 4, 6]));
        bench.same(replicate_last(c, ints(&[3], &[1, 0, 1]), ints(&[1, 1], &[5])), ints(&[1, 2], &[5, 5]));
        bench.same(replicate_last(c, Value::zilde(), Value::Int(5)), Value::zilde());
        bench.same(replicate_last(c, Value::Int(-2), text("a")), text("  "));
        bench.fails(replicate_last(c, ints(&[2], &[1, 1]), five.clone()), ErrorKind::Length);
        bench.fails(replicate_last(c, m, five.clone()), ErrorKind::Rank);
        bench.fails(replicate_last(c, Value::Float(1e18), five), ErrorKind::WsFull);
        let long: Vec<i32> = (0..200_000).collect();
        let keep: Vec<bool> = long.iter().map(|n| n % 3 == 0).collect();
        let kept: Vec<i32> = long.iter().copied().filter(|n| n % 3 == 0).collect();
        bench.same(replicate_last(c, mask(&keep), ints(&[long.len()], &long)), ints(&[kept.len()], &kept));
    }

    #[test]
    fn expands() {
        let bench = Bench::new();
        let c = &bench.context;
        bench.same(expand_last(c, ints(&[5], &[1, -2, 3, -4, 5]), Value::Char('A')), text("A  AAA    AAAAA"));
        let m = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        bench.same(
            expand_last(c, ints(&[5], &[1, -2, 2, 0, 1]), m.clone()),
            ints(&[2, 7], &[1, 0, 0, 2, 2, 0, 3, 4, 0, 0, 5, 5, 0, 6]),
        );
        bench.same(expand_last(c, Value::Int(0), Value::zilde()), ints(&[1], &[0]));
        bench.fails(expand_last(c, Value::Int(1), Value::zilde()), ErrorKind::Length);
        bench.fails(expand_first(c, ints(&[2], &[1, 0]), m), ErrorKind::Length);
    }
}
