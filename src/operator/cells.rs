//! Frames and cells: dividing arguments into cells, finding the common frame, repeating cells along the frame axes that an
//! argument does not have.
//!
//! Frames must be equal, or one of them empty, as for `⍤`. The functions that are applied to the cells are not known here.

use crate::array::{Arr, Array, Framed, Memory, Shape, Type, Value, prototype, rearrange, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells, Function, Results};
use crate::observe::trace::Remark;

/// More frame axes than this are not kept apart; callers loop.
const MAX_FRAME: usize = 30;

/// The frame that two frames agree on: equal, or one of them empty. RANK ERROR or LENGTH ERROR.
pub fn agree(left: &[usize], right: &[usize]) -> Result<Shape> {
    match (left, right) {
        ([], frame) | (frame, []) => Ok(Shape::from_slice(frame)),
        _ if left == right => Ok(Shape::from_slice(left)),
        _ => Err(Fault::mismatch(left, right)
            .because("It must be that either the left and right frames match or one of them has length 0")),
    }
}

/// `call_cells` as operators ask for it: `None` where there is no such form or it failed, so that the caller loops
/// and the error seen is the loop's. Interrupts, WS FULL and INTERNAL ERROR are errors here too.
pub fn try_cells(
    context: &Context,
    function: &dyn Function,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Option<Cells>> {
    attempted(context, frame, || function.call_cells(context, frame, left, right))
}

/// The same for `call_various`.
pub fn try_various(
    context: &Context,
    function: &dyn Function,
    frame: &[usize],
    left: Option<&Cells>,
    right: &Cells,
) -> Result<Option<Results>> {
    attempted(context, frame, || function.call_various(context, frame, left, right))
}

fn attempted<T>(context: &Context, frame: &[usize], attempt: impl FnOnce() -> Result<Option<T>>) -> Result<Option<T>> {
    if frame.len() > MAX_FRAME {
        return Ok(None);
    }
    match attempt() {
        Err(fault) if fault.kind().is_final() => Err(fault),
        Err(_) => Ok(None),
        done => {
            if let Ok(Some(_)) = &done {
                context.tracer.remark(|| Remark::AtOnce);
            }
            done
        }
    }
}

/// The outer frame with own axes behind it; `None` where that is too many.
pub fn joint(frame: &[usize], own: &[usize]) -> Option<Shape> {
    (frame.len() + own.len() <= MAX_FRAME).then(|| shape::join(frame, own))
}

/// The same cells, cut deeper: their first `own` axes are frame axes now, behind `outer` others.
pub fn deepen(cells: &Cells, outer: usize, own: usize) -> Cells {
    Cells { value: cells.value.clone(), present: cells.present.union(AxisSet::range(outer, outer + own)) }
}

/// The cells of a result over `frame`, seen from its first `outer` axes: the rest become each cell's leading axes.
pub fn surface(context: &Context, frame: &[usize], cells: Cells, outer: usize) -> Result<Cells> {
    let cells = spread(context, frame, cells, AxisSet::range(outer, frame.len()))?;
    Ok(Cells { present: cells.present.without(AxisSet::range(outer, frame.len())), value: cells.value })
}

/// The array that cells over a whole frame make up.
pub fn gathered(context: &Context, frame: &[usize], cells: Cells) -> Result<Value> {
    Ok(spread(context, frame, cells, AxisSet::range(0, frame.len()))?.value)
}

/// The same cells with the frame axes in `wanted` present: repeated along those that were not.
pub fn spread(context: &Context, frame: &[usize], cells: Cells, wanted: AxisSet) -> Result<Cells> {
    let present = cells.present.union(wanted);
    if present == cells.present {
        return Ok(cells);
    }
    let own = cells.present.len();
    let (flat, boxes) = match &cells.value {
        // The boxes have room for axes that the flat array has not.
        Value::Framed(framed) if framed.flat().rank() + present.len() - own > shape::MAX_RANK => {
            (cells.value.clone(), None)
        }
        Value::Framed(framed) => (framed.flat().clone(), Some(framed.frame_rank())),
        other => (other.clone(), None),
    };
    let array = flat.into_array(context.memory())?;
    let strides = shape::strides(array.shape());
    let mut dims = Shape::new();
    let mut steps: Vec<isize> = Vec::with_capacity(strides.len() + present.len());
    let mut at = 0;
    for axis in present.iter() {
        dims.push(frame[axis]);
        if cells.present.has(axis) {
            steps.push(strides[at] as isize);
            at += 1;
        } else {
            steps.push(0);
        }
    }
    dims.extend_from_slice(&array.shape()[own..]);
    steps.extend(strides[own..].iter().map(|&step| step as isize));
    let flat = strided(context, &array, 0, &dims, &steps)?;
    let value = match boxes {
        Some(rank) => Framed::new(flat.into(), rank + present.len() - own)?.into(),
        None => flat.into(),
    };
    Ok(Cells { value, present })
}

/// The elements at `start + Σ index × step` as an array of shape `dims`. The type, and the prototype of an array
/// without elements, stay.
pub fn strided(context: &Context, array: &Array, start: usize, dims: &[usize], steps: &[isize]) -> Result<Array> {
    let memory = context.memory();
    if array.is_empty() || dims.contains(&0) {
        let item = prototype::fill_item(memory, array)?;
        return Array::from_items(memory, dims, Vec::new(), || item);
    }
    Ok(each_type!(array, arr => {
        Arr::new(memory, dims, rearrange::gather_polled(memory, arr.as_slice(), start, dims, steps, &|| context.poll())?)?.into()
    }))
}

/// An empty array of this shape whose fill is that of `item`.
pub fn none_of(memory: &Memory, shape: &[usize], item: &Value) -> Result<Value> {
    let fill = prototype::prototype(memory, item)?;
    Ok(Array::from_items(memory, shape, Vec::new(), || fill)?.into())
}

/// What `function` gives for prototypes, if it has a result. A number where the values of the prototypes are wrong for
/// a primitive or system function, or for a function made of nothing else: there is no index 0, but there are no items either
/// that would be taken.
pub fn on_prototypes(
    context: &Context,
    function: &dyn Function,
    left: Option<Value>,
    right: Value,
) -> Result<Option<Value>> {
    match function.invoke(context, left, right) {
        // A file with an empty name is not looked for either.
        Err(fault)
            if (fault.kind().is_about_values() || fault.kind().is_about_files()) && function.structure().built_in =>
        {
            Ok(Some(Value::Int(0)))
        }
        done => done,
    }
}

/// An argument to be cut into cells one after another.
pub struct Cut {
    array: Array,
    /// The shape of a cell; of the flat array where the argument is framed.
    cell: Shape,
    size: usize,
    /// The axes of a cell that are not inside its boxes, where the argument is framed.
    framed: Option<usize>,
    /// The only cell, where the frame is empty.
    whole: Option<Value>,
}

impl Cut {
    /// The cells of `value` behind its first `frame_rank` axes.
    pub fn new(memory: &Memory, value: Value, frame_rank: usize) -> Result<Cut> {
        let value = value.settled(memory)?;
        let whole = (frame_rank == 0).then(|| value.clone());
        let (array, framed) = match &value {
            Value::Framed(framed) => (framed.flat().array(memory)?, Some(framed.frame_rank() - frame_rank)),
            other => (other.array(memory)?, None),
        };
        let cell = Shape::from_slice(&array.shape()[frame_rank..]);
        Ok(Cut { size: shape::product(&cell), array, cell, framed, whole })
    }

    /// The cell at a position of the frame's ravel.
    pub fn cell(&self, memory: &Memory, at: usize) -> Result<Value> {
        if let Some(whole) = &self.whole {
            return Ok(whole.clone());
        }
        if self.cell.is_empty() {
            let item = self.array.item(at);
            return if matches!(self.array, Array::Nested(_)) { item.enclose(memory) } else { Ok(item) };
        }
        let range = at * self.size..(at + 1) * self.size;
        let flat: Array = match &self.array {
            Array::Nested(arr) if self.size > 0 => {
                let items = arr.as_slice().get(range).unwrap_or(&[]).to_vec();
                Array::from_items(memory, &self.cell, items, || Value::Int(0))?
            }
            Array::Nested(_) => {
                let item = prototype::fill_item(memory, &self.array)?;
                Array::from_items(memory, &self.cell, Vec::new(), || item)?
            }
            simple => each_type!(simple, arr => {
                let mut data = memory.vec(self.size)?;
                data.extend_from_slice(arr.as_slice().get(range).unwrap_or(&[]));
                Arr::new(memory, &self.cell, data)?.into()
            }),
        };
        self.wrap(flat)
    }

    /// A cell of fills, for a frame without indices.
    pub fn prototype(&self, memory: &Memory) -> Result<Value> {
        if let Some(whole) = &self.whole {
            return Ok(whole.clone());
        }
        let fill = prototype::fill_item(memory, &self.array)?;
        if self.size == 0 {
            return self.wrap(Array::from_items(memory, &self.cell, Vec::new(), || fill)?);
        }
        let items = memory.filled(self.size, fill)?;
        self.wrap(Array::from_items(memory, &self.cell, items, || Value::Int(0))?)
    }

    fn wrap(&self, flat: Array) -> Result<Value> {
        match self.framed {
            Some(rank) => Ok(Framed::new(flat.into(), rank)?.into()),
            None => Ok(flat.into()),
        }
    }
}

/// The items of an argument, one after another: scalars and the contents of boxes.
pub struct Items {
    array: Array,
    /// The shape and size of each box, where the argument is framed.
    cell: Option<(Shape, usize)>,
}

impl Items {
    /// The items of `value`.
    pub fn new(memory: &Memory, value: Value) -> Result<Items> {
        Ok(match value.settled(memory)? {
            Value::Framed(framed) => {
                let cell = Shape::from_slice(framed.cell_shape());
                let size = shape::product(&cell);
                Items { array: framed.flat().array(memory)?, cell: Some((cell, size)) }
            }
            other => Items { array: other.into_array(memory)?, cell: None },
        })
    }

    /// The item at a position of the ravel.
    pub fn item(&self, memory: &Memory, at: usize) -> Result<Value> {
        let Some((cell, size)) = &self.cell else { return Ok(self.array.item(at)) };
        Ok(each_type!(&self.array, arr => {
            let mut data = memory.vec(*size)?;
            data.extend_from_slice(arr.as_slice().get(at * size..(at + 1) * size).unwrap_or(&[]));
            Arr::new(memory, cell, data)?.into()
        }))
    }

    /// The item that fills come from.
    pub fn prototype(&self, memory: &Memory) -> Result<Value> {
        match &self.cell {
            None => prototype::fill_item(memory, &self.array),
            Some((cell, _)) => {
                let kind = if self.array.kind() == Type::Char { Type::Char } else { Type::Int };
                prototype::filled(memory, kind, cell)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::function::Description;
    use crate::operator::testing::{context, function, ints};
    use crate::primitive::{PrimitiveFunction, lookup};

    /// A function whose cellwise form fails.
    struct Failing(ErrorKind);

    impl Function for Failing {
        fn call(&self, _context: &Context, _left: Option<Value>, right: Value) -> Result<Value> {
            Ok(right)
        }

        fn call_cells(
            &self,
            _context: &Context,
            _frame: &[usize],
            _left: Option<&Cells>,
            _right: &Cells,
        ) -> Result<Option<Cells>> {
            Err(Fault::new(self.0))
        }

        fn describe(&self) -> Description {
            Description::Text("failing".into())
        }
    }

    #[test]
    fn errors_of_the_values_are_left_to_the_loop_and_others_are_not() {
        let tried = |kind| {
            let cells = Cells { value: ints(&[2], &[3, 4]), present: AxisSet::range(0, 1) };
            try_cells(&context(), &Failing(kind), &[2], None, &cells).map(|done| done.is_some())
        };
        for kind in [ErrorKind::Domain, ErrorKind::Index, ErrorKind::Value, ErrorKind::Nonce, ErrorKind::Limit] {
            assert_eq!(tried(kind), Ok(false));
        }
        for kind in [ErrorKind::WsFull, ErrorKind::Internal, ErrorKind::Interrupt] {
            assert_eq!(tried(kind).map_err(|fault| fault.kind()), Err(kind));
        }
    }

    #[test]
    fn prototypes_that_only_primitives_forgive() {
        let on = |function: &dyn Function| on_prototypes(&context(), function, None, Value::Int(0));
        let glyph = |c| PrimitiveFunction(lookup(c).expect("a glyph"));
        // Division by zero is an error of the values, a missing left argument is none.
        assert!(matches!(on(&glyph('÷')), Ok(Some(Value::Int(0)))));
        assert!(on(&glyph('⊥')).is_err());
        let users = function(|_, _, _| Err(Fault::domain())).function().expect("a function");
        assert!(on(&*users).is_err());
    }
}
