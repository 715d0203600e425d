//! Grading: the permutation that sorts, by the total array order or a collating sequence.
//!
//! Computes the keys by which `sorting` sorts.

use std::cmp::Ordering;

use crate::array::view::{self, Elements, View};
use crate::array::{Arr, Array, Shape, Value, convert, order, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::sorting;

/// Characters of a text that a key may hold.
const MOST_HEAD: usize = 9;

/// The elements of the longest vectors that are put in order together; longer ones each by itself.
const LONGEST: usize = 1 << 12;

/// `⍋Y`: the permutation that puts the major cells in ascending order, stably. Exact, by the total order of arrays.
/// RANK ERROR for a scalar. Follows Dyalog's "Grade Up (Monadic)".
pub fn up(context: &Context, right: Value) -> Result<Value> {
    monadic(context, &right, false)
}

/// `⍒Y`: the permutation that puts the major cells in descending order; equal ones stay as they are.
pub fn down(context: &Context, right: Value) -> Result<Value> {
    monadic(context, &right, true)
}

fn monadic(context: &Context, right: &Value, down: bool) -> Result<Value> {
    if right.rank() == 0 {
        return Err(Fault::rank().with_detail("a scalar has no major cells to put in order"));
    }
    let right = view::settled(context.memory(), right)?;
    let order = grade(context, View::of(&right), down)?;
    indices(context, order)
}

/// `⍋` on all cells that are simple vectors.
pub fn up_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    vectors(context, right, false)
}

/// `⍒` on all cells that are simple vectors.
pub fn down_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    vectors(context, right, true)
}

fn vectors(context: &Context, right: &Cells, down: bool) -> Result<Option<Cells>> {
    let [length] = *right.cell_shape() else { return Ok(None) };
    let array = right.value.array(context.memory())?;
    if array.is_empty() || length > LONGEST {
        return Ok(None);
    }
    let whole = Shape::from_slice(array.shape());
    let order = match &array {
        Array::Bool(arr) => sorting::grade_vectors(context, arr.as_slice(), length, u64::from, down)?,
        Array::Int(arr) => sorting::grade_vectors(context, arr.as_slice(), length, int_key, down)?,
        Array::Char(arr) => sorting::grade_vectors(context, arr.as_slice(), length, |c| u64::from(u32::from(c)), down)?,
        Array::Float(arr) => sorting::grade_long_vectors(context, arr.as_slice(), length, sorting::ordered_bits, down)?,
        _ => return Ok(None),
    };
    Ok(Some(Cells { value: Arr::new(context.memory(), &whole, order)?.into(), present: right.present }))
}

/// The positions of the major cells of a settled array that is not a scalar, sorted.
pub fn grade(context: &Context, array: View, down: bool) -> Result<Vec<u32>> {
    let count = array.shape[0];
    let size = shape::product(&array.shape[1..]);
    if size == 0 {
        return context.collect(count, |at| at as u32);
    }
    let elements = match array.elements {
        // Boxes of one shape compare as their elements do.
        Elements::Framed(boxes) => {
            let flat = View { shape: array.shape, elements: boxes.elements(), prototype: None };
            return grade_cells(context, flat, count, size * shape::product(boxes.cell()), down);
        }
        elements => elements,
    };
    if size > 1 {
        return grade_cells(context, array, count, size, down);
    }
    let none = None::<fn(u32, u32) -> Ordering>;
    match elements {
        Elements::Bool(a) => sorting::grade(context, count, |at| u64::from(a[at]), down, none),
        Elements::Int(a) => sorting::grade(context, count, |at| int_key(a[at]), down, none),
        Elements::Char(a) => sorting::grade(context, count, |at| u64::from(u32::from(a[at])), down, none),
        Elements::Float(a) => sorting::grade_floats(context, a, down),
        Elements::Complex(a) => {
            let tie = |x: u32, y: u32| order::complex(a[x as usize], a[y as usize]);
            sorting::grade(context, count, |at| sorting::ordered_bits(a[at].re), down, Some(tie))
        }
        Elements::Ref(_) | Elements::Boxes(_) | Elements::Framed(_) => grade_cells(context, array, count, size, down),
    }
}

fn int_key(n: i32) -> u64 {
    u64::from(n as u32 ^ 1 << 31)
}

/// Cells of several elements, or boxes: by what fits in 64 bits of each cell first, then by comparing cells.
fn grade_cells(context: &Context, array: View, count: usize, size: usize, down: bool) -> Result<Vec<u32>> {
    let elements = array.elements;
    if size == 0 {
        return context.collect(count, |at| at as u32);
    }
    if elements.hold_namespaces() {
        return Err(Fault::domain().because("Namespaces have no order"));
    }
    let cell = |at: u32| elements.slice(at as usize * size..(at as usize + 1) * size);
    let comparing = order::Comparing::new(context.memory());
    let tie = |a: u32, b: u32| comparing.elements(cell(a), cell(b));
    let keys = match elements {
        Elements::Bool(a) => packed(context, a, count, size, u64::from)?,
        Elements::Int(a) => packed(context, a, count, size, int_key)?,
        Elements::Char(a) => packed(context, a, count, size, |c| u64::from(u32::from(c)))?,
        Elements::Float(a) => context.collect(count, |at| sorting::ordered_bits(a[at * size]))?,
        Elements::Complex(a) => context.collect(count, |at| sorting::ordered_bits(a[at * size].re))?,
        Elements::Boxes(items) if size == 1 => words(context, items)?,
        Elements::Ref(_) | Elements::Boxes(_) | Elements::Framed(_) => context.collect(count, |_| 0)?,
    };
    let order = sorting::grade(context, count, |at| keys[at], down, Some(tie))?;
    comparing.result()?;
    Ok(order)
}

/// The first elements of every cell side by side in one word, as many as fit.
fn packed<T: Copy>(
    context: &Context,
    data: &[T],
    count: usize,
    size: usize,
    key: impl Fn(T) -> u64,
) -> Result<Vec<u64>> {
    let (mut low, mut high) = (u64::MAX, 0);
    context.chunks(data.len(), |range| {
        for &element in &data[range] {
            low = low.min(key(element));
            high = high.max(key(element));
        }
        Ok(())
    })?;
    let bits = (64 - high.saturating_sub(low).leading_zeros()).max(1);
    let head = (64 / bits as usize).min(size);
    context.collect(count, |at| {
        data[at * size..at * size + head].iter().fold(0, |word, &element| word << bits | (key(element) - low))
    })
}

/// The first characters of every item of a list of texts in one word, as many as fit; zeros where an item is something
/// else.
fn words(context: &Context, items: &[Value]) -> Result<Vec<u64>> {
    let is_text = |item: &Value| match item {
        Value::Array(Array::Char(text)) => text.rank() == 1,
        Value::Char(_) => true,
        _ => false,
    };
    if !items.iter().all(is_text) {
        return context.collect(items.len(), |_| 0);
    }
    let mut highest = 0;
    context.chunks(items.len(), |range| {
        let heads = items[range].iter().flat_map(|item| text(item).iter().take(MOST_HEAD));
        highest = heads.fold(highest, |highest, &c| highest.max(u32::from(c)));
        Ok(())
    })?;
    // What is missing comes before every character.
    let bits = u32::BITS - (highest + 1).leading_zeros();
    let head = (64 / bits as usize).min(MOST_HEAD);
    context.collect(items.len(), |at| {
        let text = text(&items[at]);
        (0..head).fold(0, |word, at| word << bits | text.get(at).map_or(0, |&c| u64::from(u32::from(c)) + 1))
    })
}

fn text(item: &Value) -> &[char] {
    match View::of(item).elements {
        Elements::Char(text) => text,
        _ => &[],
    }
}

/// Positions as indices in ⎕IO.
fn indices(context: &Context, order: Vec<u32>) -> Result<Value> {
    let (memory, io) = (context.memory(), context.io());
    let shape = [order.len()];
    if order.len() < i32::MAX as usize {
        let origin = io as i32;
        let data: Vec<i32> = order.into_iter().map(|at| at as i32 + origin).collect();
        return Ok(Arr::new(memory, &shape, data)?.into());
    }
    let data = context.collect(order.len(), |at| f64::from(order[at]) + io as f64)?;
    Ok(Arr::new(memory, &shape, data)?.into())
}

/// `X⍋Y`: as [`up`], for characters ordered by the collating sequence `X`. DOMAIN ERROR for anything but characters,
/// RANK ERROR for scalars. Follows Dyalog's "Grade Up (Dyadic)".
pub fn collate_up(context: &Context, left: Value, right: Value) -> Result<Value> {
    collate(context, &left, &right, false)
}

/// `X⍒Y`: as [`down`], for characters ordered by the collating sequence `X`.
pub fn collate_down(context: &Context, left: Value, right: Value) -> Result<Value> {
    collate(context, &left, &right, true)
}

fn collate(context: &Context, left: &Value, right: &Value, down: bool) -> Result<Value> {
    if left.rank() == 0 {
        return Err(Fault::rank().with_detail("a collating sequence is not a scalar"));
    }
    if right.rank() == 0 {
        return Err(Fault::rank().with_detail("a scalar has no major cells to put in order"));
    }
    let memory = context.memory();
    let sequence = characters(left.array(memory)?)?;
    let text = characters(right.array(memory)?)?;
    let count = text.shape().first().copied().unwrap_or(1);
    let size = shape::product(&text.shape()[1..]);
    let rank = sequence.rank();
    // The place of a character is its lowest along every axis; the last axis counts first.
    let places = Places::new(context, &sequence)?;
    let width = size.checked_mul(rank).ok_or_else(Fault::ws_full)?;
    let total = count.checked_mul(width).ok_or_else(Fault::ws_full)?;
    let mut keys = memory.vec(total)?;
    for row in 0..count {
        let cell = &text.as_slice()[row * size..(row + 1) * size];
        for axis in (0..rank).rev() {
            context.poll()?;
            keys.extend(cell.iter().map(|&c| places.of(c, axis)));
        }
    }
    let shape = [count, width];
    let order = grade(context, View { shape: &shape, elements: Elements::Int(&keys), prototype: None }, down)?;
    indices(context, order)
}

fn characters(array: Array) -> Result<Arr<char>> {
    match array {
        Array::Char(arr) => Ok(arr),
        other if other.is_empty() => Arr::new(&crate::array::Memory::unlimited(), other.shape(), Vec::new()),
        _ => Err(Fault::domain().with_detail("collation needs characters on both sides")),
    }
}

/// Where characters are in a collating sequence.
struct Places {
    rank: usize,
    characters: std::collections::HashMap<char, usize>,
    /// The lowest position of each character along every axis.
    lowest: Vec<i32>,
    lengths: Vec<i32>,
}

impl Places {
    fn new(context: &Context, sequence: &Arr<char>) -> Result<Places> {
        let rank = sequence.rank();
        let lengths = sequence.shape().iter().map(|&n| i32::try_from(n).map_err(|_| Fault::limit()));
        let lengths = lengths.collect::<Result<Vec<i32>>>()?;
        let mut places = Places { rank, characters: std::collections::HashMap::new(), lowest: Vec::new(), lengths };
        let mut index = vec![0_i32; rank];
        for (at, &c) in sequence.as_slice().iter().enumerate() {
            if at % 1024 == 0 {
                context.poll()?;
            }
            let known = places.characters.len();
            let number = *places.characters.entry(c).or_insert(known);
            if number == known {
                places.lowest.extend_from_slice(&places.lengths);
            }
            for (low, &at) in places.lowest[number * rank..(number + 1) * rank].iter_mut().zip(&index) {
                *low = (*low).min(at);
            }
            for axis in (0..rank).rev() {
                index[axis] += 1;
                if index[axis] < places.lengths[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Ok(places)
    }

    fn of(&self, c: char, axis: usize) -> i32 {
        self.characters.get(&c).map_or(self.lengths[axis], |&number| self.lowest[number * self.rank + axis])
    }
}

/// `⍋⍣¯1`: the permutation whose grade is the argument. DOMAIN ERROR for anything else.
pub fn undo_up(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    undo(context, left, right, false)
}

/// `⍒⍣¯1`: the permutation whose descending grade is the argument. DOMAIN ERROR for anything else.
pub fn undo_down(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    undo(context, left, right, true)
}

fn undo(context: &Context, left: Option<Value>, right: Value, down: bool) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::domain().because("No inverse"));
    }
    let no_permutation = || Fault::domain().with_detail("only a permutation is the grade of something");
    let places = convert::int_vec(context.memory(), &right)?;
    let mut result = context.memory().filled(places.len(), u32::MAX)?;
    for (rank, &place) in places.iter().enumerate() {
        let at = usize::try_from(place - context.io()).map_err(|_| no_permutation())?;
        match result.get_mut(at) {
            Some(slot) if *slot == u32::MAX => {
                *slot = if down { places.len() - 1 - rank } else { rank } as u32;
            }
            _ => return Err(no_permutation()),
        }
    }
    if right.rank() == 0 {
        return Err(Fault::rank().with_detail("a scalar has no order"));
    }
    indices(context, result)
}
