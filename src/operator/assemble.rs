//! Assembles one array from the results of applying a function to many cells: the last step of `⍤`, `⌸` and `⌺`.
//!
//! The rules are those of `↑`: results of lower rank get leading axes of length 1, and shorter axes are padded at their
//! ends with the fill of each result.

use std::borrow::Cow;

use crate::array::discards::Draft;
use crate::array::{
    Arr, Array, Complex, Element, Framed, Memory, Reference, Shape, Type, Value, convert, prototype, shape, widen,
};
use crate::context::{CHUNK, Context};
use crate::error::Result;

/// The results, one for each index of `frame` in order, as one array of shape `frame` followed by the shape that
/// holds them all. For a frame without indices see [`mix_none`]. LIMIT ERROR, WS FULL.
pub fn mix(context: &Context, frame: &[usize], results: Vec<Value>) -> Result<Value> {
    let memory = context.memory();
    let mut results = Draft::new(results, memory.discards());
    if frame.is_empty()
        && results.len() == 1
        && let Some(only) = results.pop()
    {
        return Ok(only);
    }
    if results.iter().any(|value| matches!(value, Value::Pending(_))) {
        for value in results.iter_mut() {
            *value = std::mem::replace(value, Value::Bool(false)).settled(memory)?;
        }
    }
    if results.iter().all(Value::is_simple_scalar) {
        return Ok(Array::from_items(memory, frame, results.finish(), || Value::Int(0))?.into());
    }
    if let Some(framed) = mix_framed(context, frame, &results)? {
        return Ok(framed);
    }
    let cell = common_shape(&results);
    let whole = shape::join(frame, &cell);
    if shape::count(&whole)? == 0 {
        // Nothing is kept but the type, and the first result decides that, as it does in a list of items.
        return match results.first() {
            Some(first) => mix_none(context, frame, &first.clone().into_array(memory)?, &cell),
            None => Ok(Array::from_items(memory, &whole, Vec::new(), || Value::Int(0))?.into()),
        };
    }
    Build { context, cell: Some(&cell), whole: &whole, results: &results }.value()
}

/// What the results of a frame without indices are assembled to, given what the function gave for a prototype cell:
/// an array of shape `frame` followed by `cell`, with that result's fill.
pub fn mix_none(context: &Context, frame: &[usize], result: &Array, cell: &[usize]) -> Result<Value> {
    let memory = context.memory();
    let item = prototype::fill_item(memory, result)?;
    Ok(Array::from_items(memory, &shape::join(frame, cell), Vec::new(), || item)?.into())
}

/// Parts one behind the other along their first axis, where they agree in all other axes; `None` where they don't.
pub fn catenate(context: &Context, mut parts: Vec<Value>) -> Result<Option<Value>> {
    let memory = context.memory();
    if parts.len() < 2 {
        return Ok(parts.pop());
    }
    let Some((_, cell)) = parts[0].shape().split_first() else { return Ok(None) };
    let cell = Shape::from_slice(cell);
    let mut rows = 0;
    for part in &parts {
        match part.shape().split_first() {
            Some((&n, rest)) if *rest == *cell => rows += n,
            _ => return Ok(None),
        }
    }
    if let Value::Framed(first) = &parts[0] {
        let rank = first.frame_rank();
        let mut flats = memory.vec(parts.len())?;
        for part in &parts {
            match part {
                Value::Framed(framed) if framed.flat().kind() == first.flat().kind() => {
                    flats.push(framed.flat().clone())
                }
                _ => return Ok(None),
            }
        }
        return match catenate(context, flats)? {
            Some(flat) => Ok(Some(Framed::new(flat, rank)?.into())),
            None => Ok(None),
        };
    }
    let whole = shape::join(&[rows], &cell);
    if shape::count(&whole)? == 0 {
        return Ok(None);
    }
    Build { context, cell: None, whole: &whole, results: &parts }.value().map(Some)
}

/// Boxes of one shape beside boxes of the same shape: the flat arrays side by side, and the same cut.
fn mix_framed(context: &Context, frame: &[usize], results: &[Value]) -> Result<Option<Value>> {
    let Some(Value::Framed(first)) = results.first() else { return Ok(None) };
    let mut flats = context.memory().vec(results.len())?;
    for value in results {
        match value {
            Value::Framed(framed)
                if framed.frame_rank() == first.frame_rank()
                    && framed.flat().shape() == first.flat().shape()
                    && framed.flat().kind() == first.flat().kind() =>
            {
                flats.push(framed.flat().clone());
            }
            _ => return Ok(None),
        }
    }
    let rank = frame.len() + first.flat().rank();
    if rank > shape::MAX_RANK {
        return Ok(None);
    }
    let flat = mix(context, frame, flats)?;
    Ok(Some(Framed::new(flat, frame.len() + first.frame_rank())?.into()))
}

/// The least shape that holds every result.
fn common_shape(results: &[Value]) -> Shape {
    let mut common = results.first().map(Value::shape_vec).unwrap_or_default();
    for value in results {
        let shape = value.shape();
        if *shape == *common {
            continue;
        }
        if shape.len() > common.len() {
            common.insert_many(0, std::iter::repeat_n(1, shape.len() - common.len()));
        }
        let offset = common.len() - shape.len();
        let (leading, trailing) = common.split_at_mut(offset);
        leading.iter_mut().for_each(|longest| *longest = (*longest).max(1));
        for (longest, &n) in trailing.iter_mut().zip(shape) {
            *longest = n.max(*longest);
        }
    }
    common
}

/// The narrowest type that holds the elements of all results.
fn common_kind(results: &[Value]) -> Type {
    let mut kinds = results.iter().map(Value::kind);
    let first = kinds.next().unwrap_or(Type::Int);
    kinds.fold(first, widen::common)
}

/// The pieces of a result under way.
struct Build<'a> {
    context: &'a Context,
    /// The shape to which every result is padded; `None` if the results are not padded.
    cell: Option<&'a [usize]>,
    whole: &'a [usize],
    results: &'a [Value],
}

impl Build<'_> {
    fn value(&self) -> Result<Value> {
        Ok(match common_kind(self.results) {
            Type::Bool => self.simple(false, convert::bools)?.into(),
            Type::Int => self.simple(0, narrow)?.into(),
            Type::Float => self.simple(0.0, convert::floats)?.into(),
            Type::Complex => self.simple(Complex::default(), complexes)?.into(),
            Type::Char => self.simple(' ', characters)?.into(),
            Type::Ref => self.simple(Reference::null(), references)?.into(),
            Type::Nested => self.nested()?,
        })
    }

    /// Results of simple types that go into one.
    fn simple<T: Element>(&self, fill: T, elements: Elements<T>) -> Result<Arr<T>> {
        let memory = self.context.memory();
        let mut out = memory.vec(shape::count(self.whole)?)?;
        self.each(&mut out, |memory, value, out| {
            let array = value.array(memory)?;
            append(out, &elements(memory, &array)?, array.shape(), self.cell.unwrap_or(array.shape()), &fill);
            Ok(())
        })?;
        Arr::new(memory, self.whole, out)
    }

    /// Results of types that do not go together, or boxes.
    fn nested(&self) -> Result<Value> {
        let memory = self.context.memory();
        let mut out = memory.vec(shape::count(self.whole)?)?;
        self.each(&mut out, |memory, value, out| {
            let array = value.array(memory)?;
            let fill = prototype::fill_item(memory, &array)?;
            let cell = self.cell.unwrap_or(array.shape());
            match &array {
                Array::Nested(arr) => append(out, arr.as_slice(), arr.shape(), cell, &fill),
                simple => {
                    let mut items = memory.vec(simple.len())?;
                    items.extend(simple.items());
                    append(out, &items, simple.shape(), cell, &fill);
                }
            }
            Ok(())
        })?;
        Ok(Array::from_items(memory, self.whole, out, || Value::Int(0))?.into())
    }

    fn each<T>(&self, out: &mut Vec<T>, mut one: impl FnMut(&Memory, &Value, &mut Vec<T>) -> Result<()>) -> Result<()> {
        let mut due = 0;
        for value in self.results {
            if out.len() >= due {
                self.context.poll()?;
                due = out.len() + CHUNK;
            }
            one(self.context.memory(), value, out)?;
        }
        Ok(())
    }
}

/// Appends `data` of shape `from` in a corner of shape `to`, whose rank is no less, with fills behind it.
fn append<T: Clone>(out: &mut Vec<T>, data: &[T], from: &[usize], to: &[usize], fill: &T) {
    if from == to {
        out.extend_from_slice(data);
        return;
    }
    let Some((&length, to_rest)) = to.split_first() else { return };
    let (rows, from_rest) = match from.split_first() {
        Some((&rows, rest)) if from.len() == to.len() => (rows, rest),
        _ => (1, from),
    };
    let rest = shape::product(to_rest);
    let start = out.len();
    let width = data.len().checked_div(rows).unwrap_or(0).max(1);
    for row in data.chunks_exact(width).take(rows) {
        append(out, row, from_rest, to_rest, fill);
    }
    out.resize(start + length * rest, fill.clone());
}

/// The elements of an array in a type that holds them.
pub(super) type Elements<T> = for<'a> fn(&Memory, &'a Array) -> Result<Cow<'a, [T]>>;

pub(super) fn narrow<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [i32]>> {
    Ok(match array {
        Array::Int(arr) => Cow::Borrowed(arr.as_slice()),
        other => Cow::Owned(convert::mapped(memory, &convert::bools(memory, other)?, |&b| i32::from(b))?),
    })
}

pub(super) fn complexes<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [Complex]>> {
    Ok(match array {
        Array::Complex(arr) => Cow::Borrowed(arr.as_slice()),
        other => Cow::Owned(convert::mapped(memory, &convert::floats(memory, other)?, |&x| Complex::from(x))?),
    })
}

pub(super) fn characters<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [char]>> {
    Ok(match array {
        Array::Char(arr) => Cow::Borrowed(arr.as_slice()),
        other => Cow::Owned(memory.filled(other.len(), ' ')?),
    })
}

pub(super) fn references<'a>(memory: &Memory, array: &'a Array) -> Result<Cow<'a, [Reference]>> {
    Ok(match array {
        Array::Ref(arr) => Cow::Borrowed(arr.as_slice()),
        other => Cow::Owned(memory.filled(other.len(), Reference::null())?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, ints};
    use super::*;

    fn assemble(frame: &[usize], results: Vec<Value>) -> (Shape, Array) {
        let value = mix(&context(), frame, results).expect("assembles");
        (value.shape_vec(), value.array(&Memory::unlimited()).expect("is an array"))
    }

    #[test]
    fn shorter_results_are_filled() {
        // ↑(1 2)(3 4 5)6
        let (shape, array) = assemble(&[3], vec![ints(&[2], &[1, 2]), ints(&[3], &[3, 4, 5]), Value::Int(6)]);
        assert_eq!(&shape[..], [3, 3]);
        assert!(matches!(array, Array::Int(a) if a.as_slice() == [1, 2, 0, 3, 4, 5, 6, 0, 0]));
    }

    #[test]
    fn lower_ranks_get_leading_axes() {
        // ↑(2 2⍴1 2 3 4)(5 6 7)
        let (shape, array) = assemble(&[2], vec![ints(&[2, 2], &[1, 2, 3, 4]), ints(&[3], &[5, 6, 7])]);
        assert_eq!(&shape[..], [2, 2, 3]);
        assert!(matches!(array, Array::Int(a) if a.as_slice() == [1, 2, 0, 3, 4, 0, 5, 6, 7, 0, 0, 0]));
    }

    #[test]
    fn an_empty_result_becomes_fills_of_its_own_type() {
        // ↑⍬'ab' has a row of zeros and a row of characters.
        let text = Value::text(&Memory::unlimited(), "ab").expect("fits");
        let (shape, array) = assemble(&[2], vec![Value::zilde(), text]);
        assert_eq!(&shape[..], [2, 2]);
        assert!(matches!(array.item(0), Value::Int(0)));
        assert!(matches!(array.item(3), Value::Char('b')));
    }

    #[test]
    fn boxes_of_one_shape_stay_framed() {
        let one = |n| Framed::new(ints(&[2], &[n, n]), 0).map(Value::from).expect("boxes a vector");
        let value = mix(&context(), &[2], vec![one(1), one(2)]).expect("assembles");
        assert!(matches!(value, Value::Framed(f) if f.shape() == [2] && f.cell_shape() == [2]));
    }

    #[test]
    fn a_scalar_beside_an_empty_vector_needs_a_column() {
        // ↑6⍬ and ↑⍬6
        assert_eq!(&assemble(&[2], vec![Value::Int(6), Value::zilde()]).0[..], [2, 1]);
        assert_eq!(&assemble(&[2], vec![Value::zilde(), Value::Int(6)]).0[..], [2, 1]);
    }

    #[test]
    fn types_widen() {
        let (_, array) = assemble(&[2], vec![Value::Bool(true), ints(&[1], &[7])]);
        assert!(matches!(array, Array::Int(a) if a.as_slice() == [1, 7]));
    }
}
