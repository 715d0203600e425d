//! Find: where an array lies within another one.

use crate::array::view::{self, Elements, View};
use crate::array::{Arr, Shape, Value, compare, shape};
use crate::context::{CHUNK, Context};
use crate::error::Result;

use super::tolerance;

/// `X⍷Y`: ones where `X` begins within `Y`, in an array of `Y`'s shape. `X` of a lower rank is led by axes of length
/// one; of a higher rank it is nowhere. Follows Dyalog's "Find".
pub fn find(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (left, right) = (view::settled(memory, &left)?, view::settled(memory, &right)?);
    let (x, y) = (View::of(&left), View::of(&right));
    let mut mask = memory.filled(shape::count(y.shape)?, false)?;
    if let Some(window) = Window::new(x.shape, y.shape) {
        mark(context, x.elements, y.elements, &window, &mut mask)?;
    }
    Ok(Arr::new(memory, y.shape, mask)?.into())
}

/// The places where something of one shape fits into another.
struct Window {
    /// How many places there are along each axis of the whole.
    places: Shape,
    /// The lengths of the part's axes, as many as the whole has.
    part: Shape,
    /// Steps in the whole's ravel.
    steps: Shape,
}

impl Window {
    fn new(part: &[usize], whole: &[usize]) -> Option<Window> {
        let lead = whole.len().checked_sub(part.len())?;
        let mut extended: Shape = std::iter::repeat_n(1, lead).collect();
        extended.extend_from_slice(part);
        // An empty part fits wherever the whole has an element.
        let places = whole.iter().zip(&extended).map(|(&n, &part)| Some((n + 1).checked_sub(part)?.min(n)));
        let places = places.collect::<Option<Shape>>()?;
        Some(Window { places, part: extended, steps: shape::strides(whole) })
    }

    /// Calls `visit` with the position of the first place in every row of places.
    fn rows(&self, visit: impl FnMut(usize) -> Result<()>) -> Result<()> {
        let outer = self.places.len().saturating_sub(1);
        each_index(&self.places[..outer], &self.steps[..outer], visit)
    }

    /// How far every element of the part is from its first one, in the whole.
    fn offsets(&self) -> Result<Vec<usize>> {
        let mut offsets = Vec::with_capacity(shape::product(&self.part));
        each_index(&self.part, &self.steps, |at| {
            offsets.push(at);
            Ok(())
        })?;
        Ok(offsets)
    }
}

/// Calls `visit` with `Σ index × step` for every index of a shape.
fn each_index(lengths: &[usize], steps: &[usize], mut visit: impl FnMut(usize) -> Result<()>) -> Result<()> {
    if lengths.contains(&0) {
        return Ok(());
    }
    let mut index: Shape = lengths.iter().map(|_| 0).collect();
    loop {
        visit(index.iter().zip(steps).map(|(&i, &step)| i * step).sum())?;
        let mut axis = lengths.len();
        loop {
            if axis == 0 {
                return Ok(());
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < lengths[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

fn mark(context: &Context, x: Elements, y: Elements, window: &Window, mask: &mut [bool]) -> Result<()> {
    let ct = context.ct();
    match (x, y) {
        (Elements::Bool(a), Elements::Bool(b)) => mark_exact(context, a, b, window, mask),
        (Elements::Int(a), Elements::Int(b)) => mark_exact(context, a, b, window, mask),
        (Elements::Char(a), Elements::Char(b)) => mark_exact(context, a, b, window, mask),
        (
            Elements::Bool(_) | Elements::Int(_) | Elements::Float(_),
            Elements::Bool(_) | Elements::Int(_) | Elements::Float(_),
        ) => {
            let (a, b) = (tolerance::floats(context, x)?, tolerance::floats(context, y)?);
            mark_by(context, |i, j| compare::near(a[i], b[j], ct), window, mask)
        }
        _ => {
            let same = |i: usize, j: usize| compare::elements_match(x.slice(i..i + 1), y.slice(j..j + 1), ct);
            mark_by(context, same, window, mask)
        }
    }
}

/// Elements whose equality is transitive.
fn mark_exact<T: PartialEq>(
    context: &Context,
    part: &[T],
    whole: &[T],
    window: &Window,
    mask: &mut [bool],
) -> Result<()> {
    let row = window.part.last().copied().unwrap_or(1);
    if part.len() != row || row < 8 {
        return mark_by(context, |i, j| part[i] == whole[j], window, mask);
    }
    // One row: Knuth, Morris and Pratt, which takes linear time also for repetitive patterns.
    let mut back = context.memory().filled(row, 0_usize)?;
    let mut matched = 0;
    for at in 1..row {
        while matched > 0 && part[at] != part[matched] {
            matched = back[matched - 1];
        }
        matched += usize::from(part[at] == part[matched]);
        back[at] = matched;
    }
    let length = window.places.last().copied().unwrap_or(1) + row - 1;
    window.rows(|start| {
        let mut matched = 0;
        context.chunks(length, |range| {
            for at in range {
                let element = &whole[start + at];
                while matched > 0 && (matched == row || *element != part[matched]) {
                    matched = back[matched - 1];
                }
                matched += usize::from(*element == part[matched]);
                if matched == row {
                    mask[start + at + 1 - row] = true;
                }
            }
            Ok(())
        })
    })
}

/// Place by place; `same(i, j)` compares element `i` of the part with element `j` of the whole.
fn mark_by(context: &Context, same: impl Fn(usize, usize) -> bool, window: &Window, mask: &mut [bool]) -> Result<()> {
    let offsets = window.offsets()?;
    let row = window.places.last().copied().unwrap_or(1);
    let mut work = 0;
    window.rows(|start| {
        for (place, found) in mask.iter_mut().enumerate().skip(start).take(row) {
            let matched = offsets.iter().enumerate().take_while(|&(i, &offset)| same(i, place + offset)).count();
            *found = matched == offsets.len();
            work += 1 + matched;
            if work >= CHUNK / 8 {
                work = 0;
                context.poll()?;
            }
        }
        Ok(())
    })
}
