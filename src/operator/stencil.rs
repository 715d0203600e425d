//! Stencil: `f⌺w`. Dyalog's page: Stencil.
//!
//! Computes the positions of the windows and how much of each is padding. All windows together are a strided view of a
//! padded copy of the argument.

use super::assemble::{catenate, mix, mix_none};
use super::cells::{gathered, strided, try_cells};
use super::derived::Derivation;
use crate::array::{Arr, Array, Complex, Element, Memory, Pending, Reference, Shape, Value, convert, prototype, shape};
use crate::context::{CHUNK, Context};
use crate::error::{ErrorKind, Fault, Result};
use crate::function::{AxisSet, Cells, Description, Fun, Function, Operand};

/// Elements of windows that are handed to the cellwise form at a time: enough to pay for the call, and no more than
/// the processor's cache holds.
const BLOCK: usize = 1 << 18;

/// `(f⌺w) Y`: `padding f window` for every window of `Y`, the results mixed.
///
/// `w` is a vector of window lengths for the leading axes of `Y`, or a matrix with their movements as second row.
/// Windows are centred on every element that a movement leads to, and filled up from `Y`'s prototype; `padding` says
/// how much, an axis a number, negative where it lies behind. DOMAIN ERROR for a length or movement that is not a
/// positive whole number, and for windows longer than the axis by more than one, RANK ERROR for more lengths than `Y` has axes, LENGTH ERROR for a matrix without two rows.
pub fn stencil(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⌺", [&left, &right])?;
    let f = left.function().map_err(|fault| fault.because("⌺ needs a function as its left operand"))?;
    match right {
        Operand::Array(windows) => Ok(made.function(Stencil { f, windows })),
        Operand::Function(_) => Err(Fault::syntax().because("⌺ needs an array as its right operand")),
    }
}

struct Stencil {
    f: Fun,
    windows: Value,
}

/// The windows along one axis.
struct Axis {
    /// Their length.
    size: usize,
    /// How far one starts behind the other.
    movement: usize,
    /// Fills before the first.
    before: usize,
    /// The length of the argument.
    length: usize,
    /// How many there are.
    count: usize,
}

impl Axis {
    /// DOMAIN ERROR for windows longer than the axis by more than one.
    fn new(size: usize, movement: usize, length: usize) -> Result<Axis> {
        if size.checked_sub(1).is_some_and(|most| most > length) {
            let detail = format!("windows of {size} along an axis of length {length}: one more than that is the most");
            return Err(Fault::domain().with_detail(detail));
        }
        let before = (size - 1) / 2;
        let room = length.checked_add(2 * before).ok_or_else(Fault::limit)?;
        let count = room.checked_sub(size).map_or(0, |rest| 1 + rest / movement);
        Ok(Axis { size, movement, before, length, count })
    }

    /// The length of the padded argument.
    fn padded(&self) -> usize {
        // No more than `room` in `new`, as long as there are windows.
        self.count.saturating_sub(1) * self.movement + self.size
    }

    /// The left argument of the function: the number of fills in a window along each axis.
    fn padding(&self, at: usize) -> Result<i32> {
        let start = at * self.movement;
        let fills = match self.before.checked_sub(start) {
            Some(before) if before > 0 => i64::try_from(before),
            _ => i64::try_from((start - self.before + self.size).saturating_sub(self.length)).map(|n| -n),
        };
        fills.ok().and_then(|n| i32::try_from(n).ok()).ok_or_else(Fault::limit)
    }
}

/// The padded argument and the way to its windows.
struct Plan {
    axes: Vec<Axis>,
    array: Array,
    /// The shape of a window: lengths along the windowed axes, then the trailing axes.
    window: Shape,
    /// The shape of the frame.
    frame: Shape,
    /// Steps in the padded argument from one element to the next, along each axis.
    strides: Shape,
    /// Padding by axis and window.
    padding: Vec<Vec<i32>>,
}

impl Plan {
    fn new(context: &Context, axes: Vec<Axis>, argument: &Array) -> Result<Plan> {
        let memory = context.memory();
        let trailing = &argument.shape()[axes.len()..];
        let frame: Shape = axes.iter().map(|axis| axis.count).collect();
        let sizes: Shape = axes.iter().map(|axis| axis.size).collect();
        let window = shape::join(&sizes, trailing);
        shape::count(&window)?;
        shape::count(&frame)?;
        let mut padding = Vec::with_capacity(axes.len());
        for axis in &axes {
            let mut along = memory.vec(axis.count)?;
            for at in 0..axis.count {
                along.push(axis.padding(at)?);
            }
            padding.push(along);
        }
        let array = if frame.contains(&0) { argument.clone() } else { padded(context, argument, &axes)? };
        let strides = shape::strides(array.shape());
        Ok(Plan { axes, array, window, frame, strides, padding })
    }

    /// The windows from one index of the frame on, for as many along each axis, in one array: `frame`, then window.
    fn windows(&self, context: &Context, first: &[usize], frame: &[usize]) -> Result<Array> {
        let (start, steps) = self.steps(first, frame);
        let steps: Vec<isize> = steps.iter().map(|&step| step as isize).collect();
        strided(context, &self.array, start, &shape::join(frame, &self.window), &steps)
    }

    /// The same, numbers as a view that has not been copied.
    fn view(&self, context: &Context, first: &[usize], frame: &[usize]) -> Result<Option<Value>> {
        let Array::Float(data) = &self.array else { return Ok(None) };
        let (start, steps) = self.steps(first, frame);
        let dims = shape::join(frame, &self.window);
        Ok(Some(Pending::view(context.memory(), data.clone(), start, &dims, &steps)?.into()))
    }

    /// Where the first of these windows begins, and the steps along the frame and the window.
    fn steps(&self, first: &[usize], frame: &[usize]) -> (usize, Shape) {
        let mut start = 0;
        let mut steps = Shape::new();
        for (k, axis) in self.axes.iter().enumerate() {
            // Each position lies in the padded argument.
            start += first[k] * axis.movement * self.strides[k];
            if !frame.is_empty() {
                steps.push(axis.movement * self.strides[k]);
            }
        }
        steps.extend_from_slice(&self.strides);
        (start, steps)
    }

    /// The left argument for each window in a block of rows of the frame, as (rows, rest of the frame, axes).
    fn paddings(&self, memory: &Memory, first: usize, frame: &[usize]) -> Result<Value> {
        let width = self.axes.len();
        let shape = shape::join(frame, &[width]);
        let mut out = memory.vec(shape::count(&shape)?)?;
        let mut index: Shape = frame.iter().map(|_| 0).collect();
        index[0] = first;
        for _ in 0..shape::product(frame) {
            out.extend(index.iter().zip(&self.padding).map(|(&at, along)| along[at]));
            self.advance(&mut index);
        }
        Ok(Arr::new(memory, &shape, out)?.into())
    }

    /// The next index of the frame.
    fn advance(&self, index: &mut [usize]) {
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < self.frame[axis] || axis == 0 {
                return;
            }
            index[axis] = 0;
        }
    }
}

impl Function for Stencil {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        if left.is_some() {
            return Err(Fault::syntax().because("The function does not take a left argument"));
        }
        let memory = context.memory();
        let argument = right.into_array(memory)?;
        let plan = Plan::new(context, self.axes(context, argument.shape())?, &argument)?;
        if plan.frame.contains(&0) {
            return self.on_prototype(context, &plan);
        }
        if let Some(done) = self.uncopied(context, &plan)? {
            return Ok(done);
        }
        match self.in_blocks(context, &plan)? {
            Some(done) => Ok(done),
            None => self.one_by_one(context, &plan),
        }
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "⌺".into(),
            left: Box::new(self.f.described(1)),
            right: Some(Box::new(Description::Array(self.windows.clone()))),
            axis: None,
        }
    }
}

impl Stencil {
    /// The windows along each axis of an argument of this shape.
    fn axes(&self, context: &Context, shape: &[usize]) -> Result<Vec<Axis>> {
        let windows = self.windows.array(context.memory())?;
        let rows = match windows.shape() {
            [] | [_] => 1,
            [2, _] => 2,
            [_, _] => return Err(Fault::length().with_detail("a matrix right of ⌺ has two rows: sizes and movements")),
            _ => return Err(Fault::rank().with_detail("the right operand of ⌺ is a vector or a matrix of two rows")),
        };
        let count = windows.len() / rows;
        if count > shape.len() {
            return Err(
                Fault::rank().with_detail(format!("{count} window sizes for an argument of rank {}", shape.len()))
            );
        }
        let numbers = convert::ints(context.memory(), &windows)?;
        let positive = |n: i64| match usize::try_from(n) {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(Fault::domain().with_detail(format!("{n} is not a window size or movement: it must be positive"))),
        };
        let mut axes = Vec::with_capacity(count);
        for (k, &length) in shape.iter().take(count).enumerate() {
            let size = positive(numbers[k])?;
            let movement = if rows == 2 { positive(numbers[count + k])? } else { 1 };
            axes.push(Axis::new(size, movement, length)?);
        }
        Ok(axes)
    }

    /// No windows: what the function gives for one of fills decides the shape and type of the result.
    fn on_prototype(&self, context: &Context, plan: &Plan) -> Result<Value> {
        let memory = context.memory();
        let fill = prototype::fill_item(memory, &plan.array)?;
        let count = shape::count(&plan.window)?;
        let window = Array::from_items(memory, &plan.window, memory.filled(count, fill.clone())?, || fill)?;
        let padding = Arr::new(memory, &[plan.axes.len()], vec![0; plan.axes.len()])?;
        let result = self.f.call(context, Some(padding.into()), window.into())?.into_array(memory)?;
        mix_none(context, &plan.frame, &result, result.shape())
    }

    /// A function that only rearranges windows, as `,` does, need not be applied to all: its result for a view on the first
    /// ones is a view again, and so is the whole result.
    fn uncopied(&self, context: &Context, plan: &Plan) -> Result<Option<Value>> {
        let apply = |frame: &[usize]| -> Result<Option<Value>> {
            let first = Shape::from_elem(0, frame.len());
            let present = AxisSet::range(0, frame.len());
            let (value, padding) = match (plan.view(context, &first, frame), plan.paddings(context.memory(), 0, frame))
            {
                (Ok(Some(value)), Ok(padding)) => (value, Cells { value: padding, present }),
                (Ok(None), _) => return Ok(None),
                // Too many axes or too large as one array.
                (Err(fault), _) | (_, Err(fault)) if too_large(&fault) => return Ok(None),
                (Err(fault), _) | (_, Err(fault)) => return Err(fault),
            };
            let cells = try_cells(context, &*self.f, frame, Some(&padding), &Cells { value, present })?;
            let whole = |cells: Cells| match cells.value {
                Value::Pending(view) if view.is_view() && cells.present == present => Some(Value::Pending(view)),
                _ => None,
            };
            Ok(cells.and_then(whole))
        };
        if plan.frame.is_empty() {
            return Ok(None);
        }
        let probe = Shape::from_elem(1, plan.frame.len());
        match apply(&probe)? {
            Some(_) => apply(&plan.frame),
            None => Ok(None),
        }
    }

    /// All windows of a few rows of the frame at a time, where the function has a form for that.
    fn in_blocks(&self, context: &Context, plan: &Plan) -> Result<Option<Value>> {
        let Some((&rows, rest)) = plan.frame.split_first() else { return Ok(None) };
        let memory = context.memory();
        let each = shape::product(rest).saturating_mul(shape::product(&plan.window)).max(1);
        if each.saturating_mul(64) > memory.available() {
            return Ok(None);
        }
        let step = (BLOCK / each).clamp(1, rows);
        let mut parts = Vec::with_capacity(rows.div_ceil(step));
        let mut first: Shape = plan.frame.iter().map(|_| 0).collect();
        while first[0] < rows {
            context.poll()?;
            let mut frame = plan.frame.clone();
            frame[0] = step.min(rows - first[0]);
            let present = AxisSet::range(0, frame.len());
            let block = match plan.windows(context, &first, &frame) {
                Ok(block) => Cells { value: block.into(), present },
                // Too many axes or too large as one array, though not one by one.
                Err(fault) if too_large(&fault) => return Ok(None),
                Err(fault) => return Err(fault),
            };
            let padding = Cells { value: plan.paddings(memory, first[0], &frame)?, present };
            match try_cells(context, &*self.f, &frame, Some(&padding), &block)? {
                Some(cells) => parts.push(gathered(context, &frame, cells)?),
                None => return Ok(None),
            }
            first[0] += frame[0];
        }
        catenate(context, parts)
    }

    fn one_by_one(&self, context: &Context, plan: &Plan) -> Result<Value> {
        let memory = context.memory();
        let count = shape::product(&plan.frame);
        let mut results = memory.vec(count)?;
        let mut index: Shape = plan.frame.iter().map(|_| 0).collect();
        for _ in 0..count {
            context.poll()?;
            let padding: Vec<i32> = index.iter().zip(&plan.padding).map(|(&at, along)| along[at]).collect();
            let padding = Arr::new(memory, &[padding.len()], padding)?;
            let window = plan.windows(context, &index, &[])?;
            results.push(self.f.call(context, Some(padding.into()), window.into())?);
            plan.advance(&mut index);
        }
        mix(context, &plan.frame, results)
    }
}

/// Whether an array of all windows cannot be made, though windows may be made one by one.
fn too_large(fault: &Fault) -> bool {
    matches!(fault.kind(), ErrorKind::Limit | ErrorKind::WsFull)
}

/// The argument with fills around it, so that every window lies in it.
fn padded(context: &Context, argument: &Array, axes: &[Axis]) -> Result<Array> {
    let fill = prototype::fill_item(context.memory(), argument)?;
    Ok(match argument {
        Array::Bool(arr) => around(context, arr, axes, &false)?.into(),
        Array::Int(arr) => around(context, arr, axes, &0)?.into(),
        Array::Float(arr) => around(context, arr, axes, &0.0)?.into(),
        Array::Complex(arr) => around(context, arr, axes, &Complex::default())?.into(),
        Array::Char(arr) => around(context, arr, axes, &' ')?.into(),
        Array::Ref(arr) => around(context, arr, axes, &Reference::null())?.into(),
        Array::Nested(arr) => around(context, arr, axes, &fill)?.into(),
    })
}

fn around<T: Element>(context: &Context, arr: &Arr<T>, axes: &[Axis], fill: &T) -> Result<Arr<T>> {
    let memory = context.memory();
    let mut arr = arr.clone();
    for (k, axis) in axes.iter().enumerate() {
        let (outer, length, inner) = shape::around(arr.shape(), k);
        let wanted = axis.padded();
        if wanted == length && axis.before == 0 {
            continue;
        }
        let mut shape = Shape::from_slice(arr.shape());
        shape[k] = wanted;
        let mut out = memory.vec(shape::count(&shape)?)?;
        let kept = length.min(wanted - axis.before);
        let behind = wanted - axis.before - kept;
        let mut due = 0;
        for plane in 0..outer {
            if out.len() >= due {
                context.poll()?;
                due = out.len() + CHUNK;
            }
            out.resize(out.len() + axis.before * inner, fill.clone());
            for part in arr.as_slice()[plane * length * inner..][..kept * inner].chunks(CHUNK) {
                if part.len() == CHUNK {
                    context.poll()?;
                }
                out.extend_from_slice(part);
            }
            out.resize(out.len() + behind * inner, fill.clone());
        }
        arr = Arr::new(memory, &shape, out)?;
    }
    Ok(arr)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::testing::{array, context, function, ints, numbers, sum};
    use super::*;

    fn apply(f: Operand, windows: Value, right: Value) -> Result<Value> {
        let context = context();
        stencil(&context, f, Operand::Array(windows))?.call(&context, None, right)
    }

    fn iota(shape: &[usize]) -> Value {
        let count = shape::product(shape) as i32;
        ints(shape, &(1..=count).collect::<Vec<_>>())
    }

    /// `{⍵}`.
    fn window() -> Operand {
        function(|_, _, right| Ok(right))
    }

    /// `{⍺}`.
    fn padding() -> Operand {
        function(|_, left, _| Ok(left.expect("the padding")))
    }

    #[test]
    fn sums_of_neighbourhoods() {
        let (shape, sums) = numbers(apply(sum(), ints(&[2], &[3, 3]), iota(&[3, 3])));
        assert_eq!(shape, [3, 3]);
        assert_eq!(sums, [12, 21, 16, 27, 45, 33, 24, 39, 28]);
    }

    #[test]
    fn windows_and_padding_with_movements() {
        // {⊂⍵}⌺(⍪5 2)⍳9 and {⊂⍵}⌺(⍪6 2)⍳8 in the documentation of Stencil
        let (shape, windows) = numbers(apply(window(), ints(&[2, 1], &[5, 2]), iota(&[9])));
        assert_eq!(shape, [5, 5]);
        assert_eq!(&windows[..10], [0, 0, 1, 2, 3, 1, 2, 3, 4, 5]);
        assert_eq!(&windows[20..], [7, 8, 9, 0, 0]);
        assert_eq!(numbers(apply(padding(), ints(&[2, 1], &[5, 2]), iota(&[9]))).1, [2, 0, 0, 0, -2]);
        let (shape, windows) = numbers(apply(window(), ints(&[2, 1], &[6, 2]), iota(&[8])));
        assert_eq!(shape, [4, 6]);
        assert_eq!(&windows[18..], [5, 6, 7, 8, 0, 0]);
        assert_eq!(numbers(apply(padding(), ints(&[2, 1], &[6, 2]), iota(&[8]))).1, [2, 0, 0, -2]);
    }

    #[test]
    fn an_even_window_of_two_needs_no_padding() {
        let (shape, windows) = numbers(apply(window(), Value::Int(2), iota(&[4])));
        assert_eq!(shape, [3, 2]);
        assert_eq!(windows, [1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn trailing_axes_are_whole() {
        let (shape, windows) = numbers(apply(window(), Value::Int(3), iota(&[2, 2])));
        assert_eq!(shape, [2, 3, 2]);
        assert_eq!(windows, [0, 0, 1, 2, 3, 4, 1, 2, 3, 4, 0, 0]);
    }

    #[test]
    fn a_window_may_be_one_longer_than_the_axis() {
        let (shape, windows) = numbers(apply(window(), Value::Int(3), iota(&[2])));
        assert_eq!(shape, [2, 3]);
        assert_eq!(windows, [0, 1, 2, 1, 2, 0]);
        let kind = |windows, right| apply(window(), windows, right).map_err(|fault| fault.kind()).err();
        assert_eq!(kind(Value::Int(4), iota(&[2])), Some(ErrorKind::Domain));
        assert_eq!(kind(ints(&[2], &[3, 6]), iota(&[4, 4])), Some(ErrorKind::Domain));
        assert_eq!(kind(ints(&[2, 1], &[9, 4]), iota(&[7])), Some(ErrorKind::Domain));
        assert_eq!(kind(ints(&[2, 1], &[8, 4]), iota(&[7])), None);
    }

    #[test]
    fn no_windows_take_their_shape_from_the_prototype() {
        let done = apply(window(), ints(&[2], &[1, 3]), ints(&[0, 4], &[])).expect("a result");
        assert_eq!(done.shape(), [0, 4, 1, 3]);
        let done = apply(window(), Value::Int(2), iota(&[1])).expect("a result");
        assert_eq!(done.shape(), [0, 2]);
    }

    #[test]
    fn the_cellwise_form_agrees_with_the_loop() {
        // ⊢ has a form for all windows at once, a closure has not.
        let tack = crate::primitive::lookup('-').expect("a primitive");
        let tack: Fun = Rc::new(crate::primitive::PrimitiveFunction(tack));
        let argument = iota(&[40, 30]);
        for windows in [ints(&[2, 2], &[3, 4, 2, 3]), ints(&[2], &[3, 3]), Value::Int(5)] {
            let context = context();
            let argument = array(&argument);
            let whole = Stencil { f: tack.clone(), windows: windows.clone() };
            let plan = Plan::new(&context, whole.axes(&context, argument.shape()).unwrap(), &argument).unwrap();
            let blocks = whole.in_blocks(&context, &plan).expect("no error");
            let looped = whole.one_by_one(&context, &plan);
            if let (Some(blocks), Ok(looped)) = (blocks, looped) {
                assert_eq!(numbers(Ok(blocks)), numbers(Ok(looped)));
            }
        }
    }

    #[test]
    fn errors() {
        let kind = |windows, right| apply(sum(), windows, right).map_err(|fault| fault.kind()).err();
        assert_eq!(kind(Value::Int(0), iota(&[3])), Some(ErrorKind::Domain));
        assert_eq!(kind(Value::Float(1.5), iota(&[3])), Some(ErrorKind::Domain));
        assert_eq!(kind(ints(&[2], &[3, 3]), iota(&[3])), Some(ErrorKind::Rank));
        assert_eq!(kind(ints(&[3, 1], &[3, 3, 3]), iota(&[3])), Some(ErrorKind::Length));
        assert_eq!(kind(ints(&[2, 1, 1], &[3, 3]), iota(&[3])), Some(ErrorKind::Rank));
    }
}
