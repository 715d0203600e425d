//! Copies the cells of an array at given positions into one array.

use crate::array::{Arr, Array, Framed, Shape, Value, prototype, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result};

/// A position among cells.
pub trait Place: Copy {
    /// As an index.
    fn position(self) -> usize;
}

impl Place for usize {
    fn position(self) -> usize {
        self
    }
}

impl Place for u32 {
    fn position(self) -> usize {
        self as usize
    }
}

/// The cells of shape `cell` at the cell positions `at`, as an array of shape `frame` and then `cell`; `frame` has as
/// many indices as there are positions. INDEX ERROR for a position out of range.
pub fn choose<P: Place>(context: &Context, array: &Array, at: &[P], cell: &[usize], frame: &[usize]) -> Result<Array> {
    let memory = context.memory();
    let whole = shape::join(frame, cell);
    let count = shape::count(&whole)?;
    if count == 0 {
        let item = prototype::fill_item(memory, array)?;
        return Array::from_items(memory, &whole, Vec::new(), || item);
    }
    let size = shape::product(cell);
    let chosen: Array = each_type!(array, arr => {
        let data = arr.as_slice();
        let mut out = memory.vec(count)?;
        for run in at.chunks((CHUNK / size).max(1)) {
            context.poll()?;
            if size == 1 {
                let Some(any) = data.first() else { return Err(Fault::index()) };
                let mut within = true;
                out.extend(run.iter().map(|place| match data.get(place.position()) {
                    Some(element) => element.clone(),
                    None => {
                        within = false;
                        any.clone()
                    }
                }));
                if !within {
                    return Err(Fault::index());
                }
            } else {
                for place in run.iter().map(|place| place.position()) {
                    out.extend_from_slice(data.get(place * size..(place + 1) * size).ok_or_else(Fault::index)?);
                }
            }
        }
        Arr::new(memory, &whole, out)?.into()
    });
    match chosen {
        // A mixed array's items may be of one type.
        Array::Nested(arr) if arr.as_slice().first().is_some_and(Value::is_simple_scalar) => {
            let items = arr.try_into_vec().unwrap_or_else(|shared| shared.as_slice().to_vec());
            Array::from_items(memory, &whole, items, || Value::Int(0))
        }
        other => Ok(other),
    }
}

/// The major cells at the given places. Boxes of one shape stay in their flat array.
pub fn major_cells<P: Place>(context: &Context, value: &Value, at: &[P], frame: &[usize]) -> Result<Value> {
    if let Value::Framed(framed) = value {
        let flat = major_cells(context, framed.flat(), at, frame)?;
        return Ok(Framed::new(flat, framed.frame_rank() - 1 + frame.len())?.into());
    }
    let array = value.array(context.memory())?;
    let cell = Shape::from_slice(array.shape().get(1..).unwrap_or(&[]));
    Ok(choose(context, &array, at, &cell, frame)?.into())
}
