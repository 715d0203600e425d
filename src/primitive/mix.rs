//! Mix: the items of an array put together as its cells, padded to one shape.

use crate::array::rearrange::Window;
use crate::array::typed::{common, widen};
use crate::array::{Arr, Array, Complex, Shape, Type, Typed, Value, prototype, shape};
use crate::context::Context;
use crate::error::{Fault, Result};

use super::axes::{self, Place};
use super::transpose;

/// `↑[k]Y`: the items' axes are put in the places `k`: one fraction or number says where the first of them goes, a
/// list gives the place of each. INDEX ERROR where there is no such place in the result.
pub fn mix_axis(context: &Context, right: Value, axis: &Value) -> Result<Value> {
    let frame_rank = right.rank();
    let mixed = mixed(context, right)?;
    let cell_rank = mixed.rank() - frame_rank;
    let places: Shape = if axis.count() == 1 {
        // A whole number may be one more than there are axes: behind them all.
        let first = match axes::place(context, axis, frame_rank + 1)? {
            Place::Axis(first) | Place::Before(first) => first,
        };
        if first > frame_rank {
            return Err(Fault::index().with_detail(format!("no place behind the {frame_rank} axes of the array")));
        }
        (first..first + cell_rank).collect()
    } else {
        let list = axes::axes(context, axis, frame_rank + cell_rank)?;
        if list.len() != cell_rank {
            return Err(Fault::length().with_detail(format!("{} places for {cell_rank} axes", list.len())));
        }
        list
    };
    let mut frame = 0..frame_rank;
    let order: Shape = (0..frame_rank + cell_rank)
        .filter_map(|place| match places.iter().position(|&p| p == place) {
            Some(k) => Some(frame_rank + k),
            None => frame.next(),
        })
        .collect();
    transpose::permute(context, mixed, &order)
}

/// The items of an array as the cells of one of a higher rank, each padded with its own fill.
pub fn mixed(context: &Context, right: Value) -> Result<Value> {
    let memory = context.memory();
    let arr = match right {
        Value::Framed(framed) => return Ok(framed.flat().clone()),
        Value::Array(Array::Nested(arr)) => arr,
        simple => return Ok(simple),
    };
    if arr.is_empty() {
        let item = Value::fill(memory, &arr)?;
        let to = shape::join(arr.shape(), item.shape());
        return Ok(empty_of(context, &to, &item)?.into());
    }
    let items = arr.as_slice();
    let mut pace = context.pace();
    let mut kind = items[0].kind();
    let mut simple = true;
    let mut rank = 0;
    for item in items {
        pace.step(1)?;
        simple &= item.is_simple_scalar();
        kind = common(kind, item.kind());
        rank = rank.max(item.rank());
    }
    if simple {
        return Ok(Array::Nested(arr).into());
    }
    let cell = longest(items, rank);
    let to = shape::join(arr.shape(), &cell);
    if shape::count(&to)? == 0 {
        return Ok(empty_of(context, &to, &prototype::prototype(memory, &items[0])?)?.into());
    }
    Ok(match kind {
        Type::Bool => assembled::<bool>(context, items, &cell, &to)?,
        Type::Int => assembled::<i32>(context, items, &cell, &to)?,
        Type::Float => assembled::<f64>(context, items, &cell, &to)?,
        Type::Complex => assembled::<Complex>(context, items, &cell, &to)?,
        Type::Char => assembled::<char>(context, items, &cell, &to)?,
        Type::Ref => assembled::<crate::array::Reference>(context, items, &cell, &to)?,
        Type::Nested => assembled::<Value>(context, items, &cell, &to)?,
    }
    .into())
}

/// The greatest length along every axis, items of lower rank having axes of length 1 in front.
fn longest(items: &[Value], rank: usize) -> Shape {
    let mut cell = Shape::from_elem(0, rank);
    for item in items {
        let lead = rank - item.rank();
        for (axis, most) in cell.iter_mut().enumerate() {
            *most = (*most).max(if axis < lead { 1 } else { item.shape()[axis - lead] });
        }
    }
    cell
}

/// An empty array whose fill is the first scalar (or box) of `item`, which need not be empty.
fn empty_of(context: &Context, to: &[usize], item: &Value) -> Result<Array> {
    let memory = context.memory();
    let fill = prototype::fill_item(memory, &item.array(memory)?)?;
    Array::from_items(memory, to, Vec::new(), || fill)
}

fn assembled<T: Typed>(context: &Context, items: &[Value], cell: &[usize], to: &[usize]) -> Result<Array> {
    let memory = context.memory();
    let size = shape::product(cell);
    let mut out: Vec<T> = memory.vec(shape::count(to)?)?;
    let mut pace = context.pace();
    for item in items {
        if item.is_simple_scalar() {
            // Its fill is that of its type.
            let element = T::of(item).ok_or_else(|| Fault::internal("an item of another type"))?;
            out.push(element);
            let fill = T::of(&prototype::prototype(memory, item)?);
            pace.repeat(&mut out, size - 1, &fill.unwrap_or_else(T::blank))?;
            continue;
        }
        let array = item.array(memory)?;
        let fits = array.len() == size && array.shape() == &cell[cell.len() - array.rank()..];
        let fill = match fits {
            true => None,
            false => T::of(&prototype::fill_item(memory, &array)?),
        };
        let array = widen(memory, array, T::KIND)?;
        let arr = T::arr(&array).ok_or_else(|| Fault::internal("an item of another type"))?;
        if fits {
            pace.copy(&mut out, arr.as_slice())?;
            continue;
        }
        let mut from = Shape::from_elem(1, cell.len() - arr.rank());
        from.extend_from_slice(arr.shape());
        let offsets = vec![0; cell.len()];
        let window = Window { shape: &from, offsets: &offsets, lengths: cell };
        let padded = window.view(memory, arr.as_slice(), &fill.unwrap_or_else(T::blank), &|| context.poll())?;
        out.extend(padded);
        pace.step(size)?;
    }
    let like = Arr::new(memory, &[0], Vec::new())?;
    T::pack(memory, to, out, &like)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn pads_with_fills() {
        let bench = Bench::new();
        let c = &bench.context;
        let y = boxes(&[Value::Int(1), ints(&[2], &[3, 4]), Value::Int(5)]);
        bench.same(mixed(c, y.clone()), ints(&[3, 2], &[1, 0, 3, 4, 5, 0]));
        bench.same(mix_axis(c, y, &Value::Float(0.5)), ints(&[2, 3], &[1, 3, 5, 0, 4, 0]));
        let ranks = boxes(&[Value::Int(1), ints(&[4], &[2, 3, 4, 5]), ints(&[2, 3], &[1, 2, 3, 4, 5, 6])]);
        assert_eq!(mixed(c, ranks).unwrap().shape(), [3, 2, 4]);
        let none = crate::primitive::take::take(c, Value::Int(0), boxes(&[ints(&[3], &[1, 2, 3])])).unwrap();
        bench.same(mixed(c, none), ints(&[0, 3], &[]));
        bench.same(mixed(c, Value::zilde()), Value::zilde());
    }

    #[test]
    fn axes_of_cells_have_places() {
        let bench = Bench::new();
        let c = &bench.context;
        let item = ints(&[3, 2], &[1; 6]);
        let y = crate::primitive::reshape::reshape(c, ints(&[2], &[5, 4]), boxes(&[item])).unwrap();
        let shape = |axis: Value| mix_axis(c, y.clone(), &axis).map(|value| value.shape_vec().to_vec());
        assert_eq!(shape(Value::Int(1)).unwrap(), [3, 2, 5, 4]);
        assert_eq!(shape(Value::Int(2)).unwrap(), [5, 3, 2, 4]);
        assert_eq!(shape(Value::Int(3)).unwrap(), [5, 4, 3, 2]);
        assert_eq!(shape(Value::Float(1.5)).unwrap(), [5, 3, 2, 4]);
        assert_eq!(shape(ints(&[2], &[4, 2])).unwrap(), [5, 2, 4, 3]);
        assert_eq!(shape(Value::Int(4)).unwrap_err().kind(), ErrorKind::Index);
    }
}
