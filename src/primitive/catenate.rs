//! Ravel, table, catenate and laminate.

use crate::array::typed::{common, widen};
use crate::array::{Array, Framed, Shape, Type, Typed, Value, rearrange, shape};
use crate::context::{CHUNK, Context};
use crate::error::{ErrorKind, Fault, Result, shape_text};
use crate::function::{AxisSet, Cells};

use super::axes::{self, Place};

/// `,Y`: the elements in ravel order, as a vector. Framed and pending values stay so.
pub fn ravel(context: &Context, right: Value) -> Result<Value> {
    let rank = right.rank();
    if rank == 1 {
        return Ok(right);
    }
    merge_axes(context, right, 0, rank)
}

/// `,[k]Y`: axes `k` made one where they are neighbours in order; a new axis of length 1 for a fraction, or at the
/// end where there are none.
pub fn ravel_axis(context: &Context, right: Value, axis: &Value) -> Result<Value> {
    let rank = right.rank();
    if axis.count() == 0 {
        return insert_axis(context, right, rank);
    }
    if axis.count() == 1 {
        return match axes::place(context, axis, rank)? {
            Place::Axis(_) => Ok(right),
            Place::Before(at) => insert_axis(context, right, at),
        };
    }
    let list = axes::axes(context, axis, rank)?;
    if list.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        return Err(Fault::length().with_detail("the axes must be neighbours, in ascending order"));
    }
    merge_axes(context, right, list[0], list.len())
}

/// `,` on all cells.
pub fn ravel_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let value = merge_axes(context, right.value.clone(), right.present.len(), right.cell_rank())?;
    Ok(Some(Cells { value, present: right.present }))
}

/// `⍪Y`: a matrix with a row for each major cell.
pub fn table(context: &Context, right: Value) -> Result<Value> {
    match right.rank() {
        0 => insert_axis(context, insert_axis(context, right, 0)?, 0),
        1 => insert_axis(context, right, 1),
        rank => merge_axes(context, right, 1, rank - 1),
    }
}

/// `⍪` on all cells.
pub fn table_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    let kept = right.present.len();
    let value = match right.cell_rank() {
        0 => insert_axis(context, insert_axis(context, right.value.clone(), kept)?, kept)?,
        rank => merge_axes(context, right.value.clone(), kept + 1, rank - 1)?,
    };
    Ok(Some(Cells { value, present: right.present }))
}

/// `,⍣¯1`: a vector is its own ravel. DOMAIN ERROR for anything else, and with a left argument.
pub fn undo_ravel(_context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() || right.rank() != 1 {
        return Err(Fault::domain().because("No inverse"));
    }
    Ok(right)
}

/// `⍪⍣¯1`: a matrix is its own table. DOMAIN ERROR for anything else, and with a left argument.
pub fn undo_table(_context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() || right.rank() != 2 {
        return Err(Fault::domain().because("No inverse"));
    }
    Ok(right)
}

/// The value with `count` axes from `axis` on made one: a new axis of length 1 where `count` is 0.
pub fn merge_axes(context: &Context, value: Value, axis: usize, count: usize) -> Result<Value> {
    if count == 1 {
        return Ok(value);
    }
    match &value {
        Value::Pending(pending) if count > 1 => {
            let merged =
                (1..count).try_fold(pending.as_ref().clone(), |pending, _| pending.merge(axis)).map(Value::from);
            if let Some(merged) = merged {
                return Ok(merged);
            }
        }
        Value::Framed(framed) if framed.is_pending() && count > 1 => {
            let flat = merge_axes(context, framed.flat().clone(), axis, count)?;
            return Ok(Framed::new(flat, framed.frame_rank() + 1 - count)?.into());
        }
        _ => {}
    }
    reshaped(context, value, |shape| {
        let length = shape::product(&shape[axis..axis + count]);
        let mut to = Shape::from_slice(&shape[..axis]);
        to.push(length);
        to.extend_from_slice(&shape[axis + count..]);
        to
    })
}

/// The value with a new axis of length 1 before `axis`.
pub fn insert_axis(context: &Context, value: Value, axis: usize) -> Result<Value> {
    reshaped(context, value, |shape| {
        let mut to = Shape::from_slice(shape);
        to.insert(axis, 1);
        to
    })
}

/// The same elements under another shape of the same count, boxes kept in their flat array.
fn reshaped(context: &Context, value: Value, to: impl FnOnce(&[usize]) -> Shape) -> Result<Value> {
    let (array, cell) = Framed::open(value, context.memory())?;
    let to = to(array.shape());
    Framed::close(array.reshape(&to)?, cell)
}

/// `X,Y`: joined along the last axis.
pub fn catenate_last(context: &Context, left: Value, right: Value) -> Result<Value> {
    let rank = left.rank().max(right.rank()).max(1);
    join(context, left, right, rank - 1)
}

/// `X⍪Y`: joined along the first axis.
pub fn catenate_first(context: &Context, left: Value, right: Value) -> Result<Value> {
    join(context, left, right, 0)
}

/// `X,←Y`: a vector grows where it lies.
pub fn append_last(context: &Context, left: &mut Value, right: &Value) -> Result<bool> {
    match left.rank() {
        1 => left.append(context.memory(), right),
        _ => Ok(false),
    }
}

/// `X⍪←Y`: an array grows by major cells where it lies.
pub fn append_first(context: &Context, left: &mut Value, right: &Value) -> Result<bool> {
    left.append(context.memory(), right)
}

/// `X,[k]Y`: joined along axis `k`; along a new axis of length 2 for a fraction (laminate).
pub fn catenate_axis(context: &Context, left: Value, right: Value, axis: &Value) -> Result<Value> {
    let rank = left.rank().max(right.rank());
    let place = axes::place(context, axis, rank).map_err(|fault| match fault.kind() {
        ErrorKind::Index => {
            Fault::rank().because("Invalid axis").with_detail(fault.detail().unwrap_or_default().to_string())
        }
        _ => fault,
    });
    match place? {
        Place::Axis(axis) => join(context, left, right, axis),
        Place::Before(at) => {
            if left.rank() > 0 && right.rank() > 0 && left.shape() != right.shape() {
                return Err(Fault::mismatch(left.shape(), right.shape()).bare());
            }
            let widened = |value: Value| if value.rank() == 0 { Ok(value) } else { insert_axis(context, value, at) };
            join(context, widened(left)?, widened(right)?, at)
        }
    }
}

/// `,` on all cells.
pub fn catenate_last_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    let rank = left.cell_rank().max(right.cell_rank()).max(1);
    join_cells(context, frame, left, right, rank - 1)
}

/// `⍪` on all cells.
pub fn catenate_first_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    join_cells(context, frame, left, right, 0)
}

/// How two arrays are joined along an axis: the shape of the result, and the length of either along that axis.
struct Joint {
    shape: Shape,
    axis: usize,
    left: usize,
    right: usize,
}

impl Joint {
    /// RANK ERROR unless the ranks are equal, differ by one or one is a scalar; LENGTH ERROR where other axes differ.
    fn new(left: &[usize], right: &[usize], axis: usize) -> Result<Joint> {
        let like = |shape: &[usize], left: usize, right: usize| {
            let mut shape = Shape::from_slice(shape);
            shape[axis] = left.checked_add(right).ok_or_else(Fault::ws_full)?;
            Ok(Joint { shape, axis, left, right })
        };
        let fits = |whole: &[usize], part: &[usize]| shape::without(whole, axis)[..] == *part;
        match (left.len(), right.len()) {
            (0, 0) => like(&[2], 1, 1),
            (0, _) => like(right, 1, right[axis]),
            (_, 0) => like(left, left[axis], 1),
            (l, r) if l == r => match fits(left, &shape::without(right, axis)) {
                true => like(left, left[axis], right[axis]),
                false => Err(Self::misfit(left, right, axis)),
            },
            (l, r) if l + 1 == r => match fits(right, left) {
                true => like(right, 1, right[axis]),
                false => Err(Self::misfit(left, right, axis)),
            },
            (l, r) if l == r + 1 => match fits(left, right) {
                true => like(left, left[axis], 1),
                false => Err(Self::misfit(left, right, axis)),
            },
            _ => Err(Fault::mismatch(left, right).bare()),
        }
    }

    fn misfit(left: &[usize], right: &[usize], axis: usize) -> Fault {
        let detail = format!("left is {}, right is {}", shape_text(left), shape_text(right));
        Fault::length().with_detail(detail).with_axis(", joined along axis ", axis, "")
    }
}

/// Two values joined along an axis of the result.
pub fn join(context: &Context, left: Value, right: Value, axis: usize) -> Result<Value> {
    let memory = context.memory();
    let joint = Joint::new(left.shape(), right.shape(), axis)?;
    let framed = match (&left, &right) {
        (Value::Framed(l), Value::Framed(r)) => {
            let kinds = (l.flat().kind(), r.flat().kind());
            l.cell_shape() == r.cell_shape() && common(kinds.0, kinds.1) != Type::Nested
        }
        _ => false,
    };
    if !framed {
        return Ok(join_arrays(context, left.into_array(memory)?, right.into_array(memory)?, &joint, &[])?.into());
    }
    let (left, cell) = Framed::open(left, memory)?;
    let (right, _) = Framed::open(right, memory)?;
    let cell_shape = Shape::from_slice(&left.shape()[left.rank() - cell..]);
    Framed::close(join_arrays(context, left, right, &joint, &cell_shape)?, cell)
}

/// The arrays joined as `joint` says; trailing axes `cell` belong to each element.
fn join_arrays(context: &Context, left: Array, right: Array, joint: &Joint, cell: &[usize]) -> Result<Array> {
    let memory = context.memory();
    let to = shape::join(&joint.shape, cell);
    let kinds = (left.kind(), right.kind());
    // Where only one has elements, the other's type does not show.
    let others = shape::count(&to)?.checked_div(joint.shape[joint.axis]).unwrap_or(0);
    let kind = match (joint.left * others > 0, joint.right * others > 0) {
        (true, true) => common(kinds.0, kinds.1),
        (true, false) => return extended(context, left, &to),
        (false, true) => return extended(context, right, &to),
        (false, false) if joint.left == 0 && joint.right > 0 => return extended(context, right, &to),
        (false, false) => return extended(context, left, &to),
    };
    let (left, right) = (widen(memory, left, kind)?, widen(memory, right, kind)?);
    let sizes = (others / shape::product(&to[..joint.axis]).max(1), shape::product(cell));
    match kind {
        Type::Bool => join_typed::<bool>(context, left, right, joint, &to, sizes),
        Type::Int => join_typed::<i32>(context, left, right, joint, &to, sizes),
        Type::Float => join_typed::<f64>(context, left, right, joint, &to, sizes),
        Type::Complex => join_typed::<crate::array::Complex>(context, left, right, joint, &to, sizes),
        Type::Char => join_typed::<char>(context, left, right, joint, &to, sizes),
        Type::Ref => join_typed::<crate::array::Reference>(context, left, right, joint, &to, sizes),
        Type::Nested => join_typed::<Value>(context, left, right, joint, &to, sizes),
    }
}

/// The only array that has elements, reshaped to the shape of the result: a scalar is repeated.
fn extended(context: &Context, array: Array, to: &[usize]) -> Result<Array> {
    let count = shape::count(to)?;
    if array.len() == count && count > 0 {
        return array.reshape(to);
    }
    crate::each_type!(&array, arr => {
        let mut out = context.memory().vec(count)?;
        let mut pace = context.pace();
        for _ in 0..count / arr.len().max(1) {
            pace.copy(&mut out, arr.as_slice())?;
        }
        Typed::pack(context.memory(), to, out, arr)
    })
}

/// Both arrays hold elements of type `T`; `sizes` are those of a cell behind the axis and of one element.
fn join_typed<T: Typed>(
    context: &Context,
    left: Array,
    right: Array,
    joint: &Joint,
    to: &[usize],
    sizes: (usize, usize),
) -> Result<Array> {
    let memory = context.memory();
    let (Some(left), Some(right)) = (T::into_arr(left), T::into_arr(right)) else {
        return Err(Fault::internal("arrays to join are of different types"));
    };
    let (behind, element) = sizes;
    let before = shape::product(&to[..joint.axis]);
    let parts = (joint.left * behind, joint.right * behind);
    let total = shape::count(to)?;
    let mut pace = context.pace();
    if before == 1 && left.len() == parts.0 && right.len() == parts.1 {
        // What nobody else holds is appended to in place.
        let like = right.clone();
        let room = memory.check(right.len().saturating_mul(size_of::<T>()));
        let mut out = match left.try_into_vec() {
            Ok(mut vec) => {
                room?;
                vec.try_reserve(like.len()).map_err(|_| Fault::ws_full())?;
                vec
            }
            Err(left) => {
                let mut vec = memory.vec(total)?;
                pace.copy(&mut vec, left.as_slice())?;
                vec
            }
        };
        pace.copy(&mut out, like.as_slice())?;
        return T::pack(memory, to, out, &like);
    }
    let mut out = memory.vec(total)?;
    let (l, r) = (left.as_slice(), right.as_slice());
    if parts == (1, 1) && l.len() == before && r.len() == before {
        // Side by side, as in `A,[1.5]B`.
        for (l, r) in l.chunks(CHUNK).zip(r.chunks(CHUNK)) {
            out.extend(l.iter().zip(r).flat_map(|(l, r)| [l.clone(), r.clone()]));
            pace.step(l.len())?;
        }
        return T::pack(memory, to, out, &left);
    }
    let mut put = |from: &[T], part: usize, row: usize, out: &mut Vec<T>| {
        if from.len() == before * part {
            return pace.copy(out, &from[row * part..(row + 1) * part]);
        }
        // A scalar, boxed or not, is repeated along the other argument.
        if let [one] = from {
            return pace.repeat(out, part, one);
        }
        (0..part / element.max(1)).try_for_each(|_| pace.copy(out, from))
    };
    for row in 0..before {
        put(l, parts.0, row, &mut out)?;
        put(r, parts.1, row, &mut out)?;
    }
    T::pack(memory, to, out, &left)
}

/// Cells joined along one of their axes: both brought to all axes of the frame that either has, then joined at once.
fn join_cells(context: &Context, frame: &[usize], left: &Cells, right: &Cells, axis: usize) -> Result<Option<Cells>> {
    if matches!(left.value, Value::Framed(_)) || matches!(right.value, Value::Framed(_)) {
        return Ok(None);
    }
    let joint = Joint::new(left.cell_shape(), right.cell_shape(), axis)?;
    let present = left.present.union(right.present);
    let l = spread(context, frame, left, present, &joint, joint.left)?;
    let r = spread(context, frame, right, present, &joint, joint.right)?;
    let value = join(context, l, r, present.len() + axis)?;
    Ok(Some(Cells { value, present }))
}

/// Cells repeated along the axes of the frame in `present` that they lack, extended to `length` along the joint's axis.
fn spread(
    context: &Context,
    frame: &[usize],
    cells: &Cells,
    present: AxisSet,
    joint: &Joint,
    length: usize,
) -> Result<Value> {
    let memory = context.memory();
    let array = cells.value.array(memory)?;
    let own = shape::strides(array.shape());
    let mut dims = Shape::new();
    let mut steps: Vec<isize> = Vec::with_capacity(frame.len() + joint.shape.len());
    let mut held = own.iter();
    for axis in present.iter() {
        dims.push(frame.get(axis).copied().ok_or_else(|| Fault::internal("a frame axis that is not there"))?);
        steps.push(if cells.present.has(axis) { held.next().map_or(0, |&step| step as isize) } else { 0 });
    }
    let cell: Shape = held.copied().collect();
    let scalar = cells.cell_rank() == 0;
    let lower = !scalar && cells.cell_rank() < joint.shape.len();
    let mut held = cell.iter();
    for (axis, &n) in joint.shape.iter().enumerate() {
        dims.push(if axis == joint.axis { length } else { n });
        let missing = scalar || lower && axis == joint.axis;
        steps.push(if missing { 0 } else { held.next().map_or(0, |&step| step as isize) });
    }
    if dims[..] == *array.shape() {
        return Ok(array.into());
    }
    Ok(crate::each_type!(&array, arr => {
        let poll = || context.poll();
        let data = rearrange::gather_polled(memory, arr.as_slice(), 0, &dims, &steps, &poll)?;
        Typed::pack(memory, &dims, data, arr)?
    })
    .into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn joins() {
        let bench = Bench::new();
        let c = &bench.context;
        let m = ints(&[2, 2], &[1, 2, 3, 4]);
        bench.same(catenate_last(c, Value::Int(1), Value::Int(2)), ints(&[2], &[1, 2]));
        bench.same(catenate_last(c, m.clone(), ints(&[2], &[5, 6])), ints(&[2, 3], &[1, 2, 5, 3, 4, 6]));
        bench.same(catenate_first(c, Value::Int(0), m.clone()), ints(&[3, 2], &[0, 0, 1, 2, 3, 4]));
        bench.same(catenate_last(c, text("ab"), Value::Int(1)), boxes(&['a'.into(), 'b'.into(), 1.into()]));
        bench.same(catenate_last(c, Value::zilde(), text("ab")), text("ab"));
        bench.same(catenate_last(c, text(""), Value::zilde()), text(""));
        bench.same(catenate_last(c, ints(&[0, 3], &[]), Value::Int(5)), ints(&[0, 4], &[]));
        let half = Value::Float(0.5);
        let pair = |a: &str, b| catenate_axis(c, text(a), b, &half);
        bench.same(pair("ab", Value::Char('-')), reshaped(c, text("ab--"), |_| Shape::from_slice(&[2, 2])).unwrap());
        bench.same(
            catenate_axis(c, m.clone(), m.clone(), &Value::Float(1.5)),
            ints(&[2, 2, 2], &[1, 2, 1, 2, 3, 4, 3, 4]),
        );
        bench.fails(catenate_axis(c, text("ab"), text("abc"), &half), ErrorKind::Length);
        bench.fails(catenate_axis(c, text("ab"), text("cd"), &Value::Int(3)), ErrorKind::Rank);
        bench.fails(catenate_last(c, m.clone(), ints(&[3, 3], &[0; 9])), ErrorKind::Length);
        bench.fails(catenate_last(c, m.clone(), ints(&[2, 2, 2, 2], &[0; 16])), ErrorKind::Rank);
    }

    #[test]
    fn ravels() {
        let bench = Bench::new();
        let c = &bench.context;
        let a = ints(&[2, 3, 4], &[0; 24]);
        let shape_of = |value: Result<Value>| value.unwrap().shape_vec();
        assert_eq!(shape_of(ravel_axis(c, a.clone(), &ints(&[2], &[1, 2])))[..], [6, 4]);
        assert_eq!(shape_of(ravel_axis(c, a.clone(), &Value::Float(1.5)))[..], [2, 1, 3, 4]);
        assert_eq!(shape_of(ravel_axis(c, a.clone(), &Value::zilde()))[..], [2, 3, 4, 1]);
        assert_eq!(shape_of(table(c, a.clone()))[..], [2, 12]);
        assert_eq!(shape_of(table(c, Value::Int(5)))[..], [1, 1]);
        bench.fails(ravel_axis(c, a, &ints(&[2], &[1, 3])), ErrorKind::Length);
    }

    #[test]
    fn framed_arrays_stay_framed() {
        let bench = Bench::new();
        let c = &bench.context;
        let rows =
            |from: i32| crate::primitive::enclose::split(c, ints(&[2, 2], &[from, from + 1, from + 2, from + 3]));
        let both = catenate_last(c, rows(1).unwrap(), rows(5).unwrap()).unwrap();
        assert!(matches!(both, Value::Framed(_)));
        bench.same(Ok(both), boxes(&[[1, 2], [3, 4], [5, 6], [7, 8]].map(|row| ints(&[2], &row))));
    }

    #[test]
    fn cells_are_joined_at_once() {
        let bench = Bench::new();
        let c = &bench.context;
        let left = Cells { value: ints(&[2, 2], &[1, 2, 3, 4]), present: AxisSet::range(0, 1) };
        let right = Cells::constant(ints(&[1], &[9]));
        let joined = catenate_last_cells(c, &[2], &left, &right).unwrap().unwrap();
        bench.same(Ok(joined.value), ints(&[2, 3], &[1, 2, 9, 3, 4, 9]));
        let right = Cells { value: ints(&[3], &[7, 8, 9]), present: AxisSet::range(1, 2) };
        let joined = catenate_last_cells(c, &[2, 3], &left, &right).unwrap().unwrap();
        bench.same(Ok(joined.value), ints(&[2, 3, 3], &[1, 2, 7, 1, 2, 8, 1, 2, 9, 3, 4, 7, 3, 4, 8, 3, 4, 9]));
    }
}
