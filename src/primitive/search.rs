//! Search functions: index generator, index of, where, interval index; also match and depth.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::array::view::{self, Elements, View};
use crate::array::{Arr, Array, Element, Framed, Shape, Value, compare, convert, order, prototype, shape};
use crate::context::{Context, Pace};
use crate::error::{Fault, Result, shape_text};

pub use super::find::find;
use super::lookup;
use super::majors::Majors;
use super::tolerance;

/// `X≡Y`: whether two arrays are the same, within ⎕CT. Follows Dyalog's "Match".
pub fn matches(context: &Context, left: Value, right: Value) -> Result<Value> {
    let (left, right) = (left.settled(context.memory())?, right.settled(context.memory())?);
    Ok(Value::Bool(compare::matches(context.memory(), &left, &right, context.ct())?))
}

/// `X≢Y`: whether they are not.
pub fn not_matches(context: &Context, left: Value, right: Value) -> Result<Value> {
    let (left, right) = (left.settled(context.memory())?, right.settled(context.memory())?);
    Ok(Value::Bool(!compare::matches(context.memory(), &left, &right, context.ct())?))
}

/// `≡Y`: levels of nesting; below ⎕ML 2 negative where they differ from item to item. Follows Dyalog's "Depth".
pub fn depth(context: &Context, right: Value) -> Result<Value> {
    let right = view::settled(context.memory(), &right)?;
    let mut known = Depths { context, pace: context.pace(), level: 0, found: HashMap::new() };
    let (depth, uniform) = depth_of(View::of(&right), &mut known)?;
    let depth = i32::try_from(depth).map_err(|_| Fault::limit())?;
    Ok(Value::Int(if uniform || context.ml() >= 2 { depth } else { -depth }))
}

/// The depth, and whether it is the same everywhere.
fn depth_of(array: View, known: &mut Depths) -> Result<(usize, bool)> {
    if array.is_simple_scalar() {
        let is_code = matches!(array.elements, Elements::Ref([reference]) if reference.code().is_some());
        return Ok((usize::from(is_code), true));
    }
    match array.elements {
        Elements::Boxes(items) => {
            let place =
                (known.level > SHARING_DEPTH && !items.is_empty()).then_some((items.as_ptr() as usize, items.len()));
            if let Some(&depth) = place.and_then(|place| known.found.get(&place)) {
                return Ok(depth);
            }
            known.level += 1;
            let depth = known.context.memory().deeper(|| {
                let mut deepest: Option<usize> = None;
                let mut uniform = true;
                for item in items.iter().chain(if items.is_empty() { array.prototype } else { None }) {
                    known.pace.step(16)?;
                    let (depth, same) = depth_of(View::of(item), known)?;
                    uniform &= same && deepest.is_none_or(|deepest| deepest == depth);
                    deepest = deepest.max(Some(depth));
                }
                // An array of scalars of several types is simple.
                Ok((deepest.unwrap_or(0) + 1, uniform))
            })?;
            known.level -= 1;
            known.found.extend(place.map(|place| (place, depth)));
            Ok(depth)
        }
        Elements::Framed(_) => Ok((2, true)),
        _ => Ok((1, true)),
    }
}

/// Boxes nested deeper than this are remembered with their depth.
const SHARING_DEPTH: usize = 8;

/// The depths of lists of boxes by their addresses: values may share parts of themselves at every level.
struct Depths<'a> {
    context: &'a Context,
    pace: Pace<'a>,
    level: usize,
    found: HashMap<(usize, usize), (usize, bool)>,
}

/// `⍳Y`: the indices of an array of shape `Y`; whole numbers for one axis, index vectors for others. RANK ERROR for a
/// matrix, DOMAIN ERROR for negatives. Follows Dyalog's "Index Generator".
pub fn iota(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    if right.rank() > 1 {
        return Err(Fault::rank().with_detail(format!("a shape is a vector, this has rank {}", right.rank())));
    }
    let lengths = convert::int_vec(memory, &right)?;
    if let Some(&negative) = lengths.iter().find(|&&n| n < 0) {
        return Err(Fault::domain().with_detail(format!("a length cannot be ¯{}", negative.unsigned_abs())));
    }
    let lengths = convert::shape_of(&lengths)?;
    let count = shape::count(&lengths)?;
    let io = context.io();
    if let [length] = lengths[..] {
        if i64::try_from(length).is_ok_and(|n| n + io <= i64::from(i32::MAX)) {
            let origin = io as i32;
            return Ok(Arr::new(memory, &[length], context.collect(length, |at| at as i32 + origin)?)?.into());
        }
        let data = context.collect(length, |at| at as f64 + io as f64)?;
        return Ok(Arr::new(memory, &[length], data)?.into());
    }
    let width = lengths.len();
    memory.check(count.saturating_mul(width).saturating_mul(4))?;
    if lengths.iter().all(|&n| n < i32::MAX as usize) {
        let origin = io as i32;
        return indices_of(context, &lengths, count, |at| at as i32 + origin);
    }
    indices_of(context, &lengths, count, |at| at as f64 + io as f64)
}

/// All index vectors of a shape, boxed.
fn indices_of<T: Element>(
    context: &Context,
    lengths: &[usize],
    count: usize,
    number: impl Fn(usize) -> T,
) -> Result<Value>
where
    Value: From<Arr<T>>,
{
    let memory = context.memory();
    let width = lengths.len();
    let total = count.checked_mul(width).ok_or_else(Fault::ws_full)?;
    let mut data = memory.vec(total)?;
    let mut index: Shape = lengths.iter().map(|_| 0).collect();
    let (outer, last) = lengths.split_at(width.saturating_sub(1));
    let last = last.first().copied().unwrap_or(0);
    let rows = if last == 0 || width == 0 { 0 } else { count / last };
    for row in 0..rows {
        if row % 256 == 0 || last > 4096 {
            context.poll()?;
        }
        for at in 0..last {
            data.extend(index[..outer.len()].iter().map(|&i| number(i)));
            data.push(number(at));
        }
        for axis in (0..outer.len()).rev() {
            index[axis] += 1;
            if index[axis] < outer[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    framed(context, lengths, width, data)
}

/// Boxes of `width` numbers each under a shape.
fn framed<T: Element>(context: &Context, outer: &[usize], width: usize, data: Vec<T>) -> Result<Value>
where
    Value: From<Arr<T>>,
{
    let memory = context.memory();
    if outer.len() < shape::MAX_RANK {
        let flat = Arr::new(memory, &shape::join(outer, &[width]), data)?;
        return Ok(Framed::new(flat.into(), outer.len())?.into());
    }
    // No room for another axis.
    let mut items: Vec<Value> = memory.vec(shape::count(outer)?)?;
    for cell in data.chunks_exact(width.max(1)) {
        items.push(Arr::new(memory, &[width], cell.to_vec())?.into());
    }
    if items.is_empty() {
        let item = prototype::filled(memory, crate::array::Type::Int, &[width])?;
        return Ok(Arr::empty_of(memory, outer, item)?.into());
    }
    Ok(Arr::new(memory, outer, items)?.into())
}

/// `X⍳Y`: for every cell of `Y` of the rank of `X`'s major cells, the index of the first of these that matches it
/// within ⎕CT; one more than the last index without one. RANK ERROR for a scalar `X` or a `Y` of too low a rank, LENGTH
/// ERROR for cells of another shape. Follows Dyalog's "Index Of".
pub fn index_of(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (left, right) = (view::settled(memory, &left)?, view::settled(memory, &right)?);
    let (hay, needles, frame) = search_cells(&left, &right)?;
    let io = context.io();
    if i64::try_from(hay.count).is_ok_and(|n| n + io <= i64::from(i32::MAX)) {
        let origin = io as i32;
        let data = lookup::positions(context, hay, needles, |at| at as i32 + origin)?;
        return Ok(Arr::new(memory, &frame, data)?.into());
    }
    let data = lookup::positions(context, hay, needles, |at| at as f64 + io as f64)?;
    Ok(Arr::new(memory, &frame, data)?.into())
}

/// The major cells of the left argument, the cells of the right one that go with them, and the frame of those.
fn search_cells<'a>(left: &'a Value, right: &'a Value) -> Result<(Majors<'a>, Majors<'a>, Shape)> {
    let (x, y) = (View::of(left), View::of(right));
    let Some(cell_rank) = x.shape.len().checked_sub(1) else {
        return Err(Fault::rank().with_detail("the left argument is a scalar, which has no major cells to search"));
    };
    let Some(frame) = y.shape.len().checked_sub(cell_rank) else {
        return Err(Fault::rank().with_detail(format!(
            "the major cells on the left have rank {cell_rank}, the right argument has rank {}",
            y.shape.len()
        )));
    };
    if x.shape[1..] != y.shape[frame..] {
        return Err(Fault::length().with_detail(format!(
            "the major cells on the left are {}, the cells on the right {}",
            shape_text(&x.shape[1..]),
            shape_text(&y.shape[frame..])
        )));
    }
    Ok((Majors::new(x, 1), Majors::new(y, frame), Shape::from_slice(&y.shape[..frame])))
}

/// `X⍸Y`: for every cell of `Y`, the index of the last major cell of `X` that is not behind it, one less than the first
/// index where all are. `X` is in ascending order, else DOMAIN ERROR. Exact, by the total order of arrays. Follows
/// Dyalog's "Interval Index".
pub fn interval_index(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (left, right) = (view::settled(memory, &left)?, view::settled(memory, &right)?);
    let (hay, needles, frame) = search_cells(&left, &right)?;
    let counts = match (hay.elements, needles.elements) {
        (Elements::Int(a), Elements::Int(b)) if hay.size == 1 => {
            intervals(context, a, b.len(), |x, at| x.cmp(&b[at]), Ord::cmp)?
        }
        (Elements::Char(a), Elements::Char(b)) if hay.size == 1 => {
            intervals(context, a, b.len(), |x, at| x.cmp(&b[at]), Ord::cmp)?
        }
        (
            Elements::Bool(_) | Elements::Int(_) | Elements::Float(_),
            Elements::Bool(_) | Elements::Int(_) | Elements::Float(_),
        ) if hay.size == 1 => {
            let (a, b) = (tolerance::floats(context, hay.elements)?, tolerance::floats(context, needles.elements)?);
            intervals(context, &a, b.len(), |&x, at| order::numbers(x, b[at]), |&x, &y| order::numbers(x, y))?
        }
        (a, b) if a.hold_namespaces() || b.hold_namespaces() => {
            return Err(Fault::domain().because("Namespaces have no order"));
        }
        _ => {
            let cells: Vec<Elements> = context.collect(hay.count, |at| hay.cell(at))?;
            let comparing = order::Comparing::new(memory);
            let against = |&x: &Elements, at| comparing.elements(x, needles.cell(at));
            let counts = intervals(context, &cells, needles.count, against, |&x, &y| comparing.elements(x, y))?;
            comparing.result()?;
            counts
        }
    };
    let before = context.io() - 1;
    if i32::try_from(hay.count).is_ok_and(|n| n < i32::MAX) {
        let data = context.collect(counts.len(), |at| (counts[at] as i64 + before) as i32)?;
        return Ok(Arr::new(memory, &frame, data)?.into());
    }
    let data = context.collect(counts.len(), |at| counts[at] as f64 + before as f64)?;
    Ok(Arr::new(memory, &frame, data)?.into())
}

/// For every needle the number of sorted elements that are not behind it.
fn intervals<T>(
    context: &Context,
    hay: &[T],
    count: usize,
    against: impl Fn(&T, usize) -> Ordering,
    order: impl Fn(&T, &T) -> Ordering,
) -> Result<Vec<usize>> {
    for (at, pair) in hay.windows(2).enumerate() {
        if at % 1024 == 0 {
            context.poll()?;
        }
        if order(&pair[0], &pair[1]).is_gt() {
            return Err(Fault::domain().with_detail(format!(
                "the left argument is not in ascending order: cell {} is behind cell {} (counting from ⎕IO)",
                at as i64 + context.io(),
                at as i64 + 1 + context.io()
            )));
        }
    }
    let mut out = context.memory().vec(count)?;
    for at in 0..count {
        if at % 1024 == 0 {
            context.poll()?;
        }
        out.push(hay.partition_point(|x| against(x, at).is_le()));
    }
    Ok(out)
}

/// `⍸Y`: the indices of the ones, each as often as the number says; index vectors where `Y` is not a vector. DOMAIN
/// ERROR for anything but whole numbers from 0. Follows Dyalog's "Where".
pub fn indices(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    let array = right.into_array(memory)?;
    let places = places(context, &array)?;
    let count = places.len();
    let io = context.io();
    let lengths = array.shape();
    let fits = lengths.iter().all(|&n| n < i32::MAX as usize);
    if lengths.len() == 1 {
        if fits {
            let origin = io as i32;
            let data: Vec<i32> = places.into_iter().map(|at| at as i32 + origin).collect();
            return Ok(Arr::new(memory, &[count], data)?.into());
        }
        let data = context.collect(count, |at| f64::from(places[at]) + io as f64)?;
        return Ok(Arr::new(memory, &[count], data)?.into());
    }
    if !fits {
        return Err(Fault::limit().with_detail("indices beyond 32 bits in several axes"));
    }
    let width = lengths.len();
    let mut data = memory.vec(count.checked_mul(width).ok_or_else(Fault::ws_full)?)?;
    let steps = shape::strides(lengths);
    context.chunks(count, |range| {
        for &place in &places[range] {
            let mut rest = place as usize;
            for &step in &steps {
                // A place exists only where no axis is empty, so no step is 0.
                data.push((rest / step) as i32 + io as i32);
                rest %= step;
            }
        }
        Ok(())
    })?;
    framed(context, &[count], width, data)
}

/// Positions in the ravel, each as often as its number says.
fn places(context: &Context, array: &Array) -> Result<Vec<u32>> {
    let memory = context.memory();
    if array.len() > u32::MAX as usize {
        return Err(Fault::limit());
    }
    if let Array::Bool(arr) = array {
        let mask = arr.as_slice();
        let count = mask.iter().filter(|&&b| b).count();
        // One more than fits, so that every element can be written without looking at it.
        let mut out = memory.filled(count + 1, 0_u32)?;
        let mut next = 0;
        context.chunks(mask.len(), |range| {
            for at in range {
                out[next] = at as u32;
                next += usize::from(mask[at]);
            }
            Ok(())
        })?;
        out.truncate(count);
        return Ok(out);
    }
    let counts = convert::ints(memory, array)?;
    let mut total = 0_usize;
    for (at, &n) in counts.iter().enumerate() {
        let n = usize::try_from(n).map_err(|_| {
            Fault::domain()
                .because("Where right argument must be non-negative")
                .with_detail(format!("item {} is negative (counting from ⎕IO)", at as i64 + context.io()))
        })?;
        total = total.checked_add(n).ok_or_else(Fault::ws_full)?;
    }
    let mut out = memory.vec(total)?;
    for (at, &n) in counts.iter().enumerate() {
        if at % 4096 == 0 || n > 4096 {
            context.poll()?;
        }
        out.extend(std::iter::repeat_n(at as u32, n as usize));
    }
    Ok(out)
}

/// `⍳⍣¯1`: the shape of an array of all its own indices, always a vector. DOMAIN ERROR for other arrays.
pub fn undo_indices(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::domain().because("No inverse"));
    }
    let shape = convert::counts(context.memory(), &[right.rank()], right.shape())?;
    match matches(context, iota(context, shape.clone())?, right)? {
        Value::Bool(true) => Ok(shape),
        _ => Err(Fault::domain().because("No inverse")),
    }
}

/// `⍸⍣¯1`: the counts whose indices these are, in the smallest shape. DOMAIN ERROR unless they ascend.
pub fn undo_where(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::domain().because("No inverse"));
    }
    let memory = context.memory();
    if right.rank() != 1 {
        return Err(Fault::rank().with_detail("indices are given as a vector"));
    }
    let (width, numbers) = index_vectors(context, &right)?;
    let count = right.count();
    let io = context.io();
    let mut lengths: Shape = std::iter::repeat_n(0, width).collect();
    for vector in numbers.chunks_exact(width.max(1)) {
        for (length, &i) in lengths.iter_mut().zip(vector) {
            let at = usize::try_from(i - io).map_err(|_| Fault::domain().with_detail("an index before the first"))?;
            *length = (*length).max(at.checked_add(1).ok_or_else(Fault::ws_full)?);
        }
    }
    let total = shape::count(&lengths)?;
    let mut counts = memory.filled(total, 0_i32)?;
    let steps = shape::strides(&lengths);
    let mut last = 0;
    for at in 0..count {
        if at % 4096 == 0 {
            context.poll()?;
        }
        let vector = &numbers[at * width..(at + 1) * width];
        let place: usize = vector.iter().zip(&steps).map(|(&i, &step)| (i - io) as usize * step).sum();
        if place < last {
            return Err(Fault::domain().with_detail("indices that do not ascend are not the result of ⍸"));
        }
        last = place;
        if let Some(n) = counts.get_mut(place) {
            *n = n.checked_add(1).ok_or_else(Fault::limit)?;
        }
    }
    Ok(Arr::new(memory, &lengths, counts)?.into())
}

/// Index vectors one behind another, and how long each is. Scalars are vectors of one.
fn index_vectors(context: &Context, right: &Value) -> Result<(usize, Vec<i64>)> {
    let memory = context.memory();
    match right {
        Value::Framed(framed) if framed.cell_shape().len() == 1 => {
            Ok((framed.cell_shape()[0], convert::ints(memory, &framed.flat().array(memory)?)?))
        }
        other => match other.array(memory)? {
            Array::Nested(items) => {
                let mut width = items.prototype().map_or(1, Value::count);
                let mut numbers = Vec::new();
                for (at, item) in items.as_slice().iter().enumerate() {
                    let vector = convert::int_vec(memory, item)?;
                    if at == 0 {
                        width = vector.len();
                    }
                    if vector.len() != width {
                        return Err(Fault::domain().with_detail("indices of different lengths"));
                    }
                    numbers.extend(vector);
                }
                Ok((width, numbers))
            }
            simple => Ok((1, convert::ints(memory, &simple)?)),
        },
    }
}
