//! Key: `f⌸`. Dyalog's page: Key.
//!
//! Groups the major cells whose keys match. All groups of the same size are passed to the cellwise form of the function
//! together, so that counting or summing by key is one pass for each size that occurs.

use super::assemble::{catenate, mix, mix_none};
use super::cells::{Cut, gathered, try_cells};
use super::choose::major_cells;
use super::derived::Derivation;
use super::synonym;
use crate::array::view::{self, View};
use crate::array::{Arr, Memory, Value};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells, Description, Fun, Function, Operand};
use crate::primitive::lookup::classify;
use crate::primitive::majors::Majors;

/// `X f⌸Y`: `key f items` for every unique major cell of `X`, in order of appearance, `items` being the major cells of
/// `Y` at its places; `f⌸Y` is `Y f⌸⍳≢Y`. The results are mixed. LENGTH ERROR where `X` and `Y` have different tallies.
pub fn key(context: &Context, operand: Operand, axis: Option<Value>) -> Result<Fun> {
    if axis.is_some() {
        return Err(Fault::syntax().with_detail("the operator does not take an axis"));
    }
    let made = Derivation::of(context, "⌸", [&operand])?;
    let f = operand.function().map_err(|fault| fault.because("⌸ needs a function operand"))?;
    Ok(made.function(Key(f)))
}

struct Key(Fun);

/// Places by group.
struct Groups {
    /// The places, group after group, ascending within each.
    order: Vec<u32>,
    /// Where each group starts in `order`, and where the last ends.
    starts: Vec<usize>,
}

impl Groups {
    /// Places `0..tally`, the place's group, below `count`, given by `of`.
    fn new(context: &Context, tally: usize, of: impl Fn(usize) -> usize, count: usize) -> Result<Groups> {
        let memory = context.memory();
        let mut starts = memory.filled(count + 1, 0usize)?;
        context.chunks(tally, |range| {
            range.for_each(|place| starts[of(place) + 1] += 1);
            Ok(())
        })?;
        let mut next = memory.vec(count)?;
        context.chunks(count, |range| {
            for group in range {
                next.push(starts[group]);
                starts[group + 1] += starts[group];
            }
            Ok(())
        })?;
        let mut order = memory.filled(tally, 0u32)?;
        context.chunks(tally, |range| {
            for place in range {
                let group = of(place);
                order[next[group]] = place as u32;
                next[group] += 1;
            }
            Ok(())
        })?;
        Ok(Groups { order, starts })
    }

    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    fn places(&self, group: usize) -> &[u32] {
        &self.order[self.starts[group]..self.starts[group + 1]]
    }
}

impl Function for Key {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        let (keys, items) = match left {
            None => (listed(memory, right)?, None),
            Some(keys) => (listed(memory, keys)?, Some(listed(memory, right)?)),
        };
        if let Some(items) = &items
            && items.tally() != keys.tally()
        {
            return Err(Fault::length().with_detail(format!("{} keys for {} items", keys.tally(), items.tally())));
        }
        let groups = group(context, &keys)?;
        let work = Work { context, keys, items, groups };
        if work.groups.count() == 0 {
            return work.on_prototype(&*self.0);
        }
        synonym::applied(context, &self.0, true, |f| match work.by_size(&**f.function)? {
            Some(done) => Ok(done),
            None => work.one_by_one(&**f.function),
        })
    }

    fn describe(&self) -> Description {
        Description::Derived { operator: "⌸".into(), left: Box::new(self.0.described(1)), right: None, axis: None }
    }
}

/// An array of rank 1 or more: a scalar is a list of one.
fn listed(memory: &Memory, value: Value) -> Result<Value> {
    let value = view::settled(memory, &value)?.into_owned();
    if value.rank() == 0 { value.reshape(memory, &[1]) } else { Ok(value) }
}

/// One application of a key function.
struct Work<'a> {
    context: &'a Context,
    keys: Value,
    /// The array whose major cells are grouped; without it, their positions are.
    items: Option<Value>,
    groups: Groups,
}

impl Work<'_> {
    /// The items at these places, an axis or two of `frame` before their own.
    fn items(&self, places: &[u32], frame: &[usize]) -> Result<Value> {
        match &self.items {
            Some(items) => major_cells(self.context, items, places, frame),
            None => indices(self.context, places, frame),
        }
    }

    fn on_prototype(&self, f: &dyn Function) -> Result<Value> {
        let memory = self.context.memory();
        let key = Cut::new(memory, self.keys.clone(), 1)?.prototype(memory)?;
        let result = f.call(self.context, Some(key), self.items(&[], &[0])?)?.into_array(memory)?;
        mix_none(self.context, &[0], &result, result.shape())
    }

    fn one_by_one(&self, f: &dyn Function) -> Result<Value> {
        let memory = self.context.memory();
        let keys = Cut::new(memory, self.keys.clone(), 1)?;
        let mut results = memory.vec(self.groups.count())?;
        for group in 0..self.groups.count() {
            self.context.poll()?;
            let places = self.groups.places(group);
            let key = keys.cell(memory, places.first().map_or(0, |&place| place as usize))?;
            results.push(f.call(self.context, Some(key), self.items(places, &[places.len()])?)?);
        }
        mix(self.context, &[self.groups.count()], results)
    }

    /// All groups of a size at once, where the function has a form for that.
    fn by_size(&self, f: &dyn Function) -> Result<Option<Value>> {
        let (context, memory) = (self.context, self.context.memory());
        let count = self.groups.count();
        let length = |group: u32| self.groups.places(group as usize).len();
        let order =
            Groups::new(context, count, |group| length(group as u32) - 1, largest(context, &self.groups)?)?.order;
        let classes = || order.chunk_by(|&a, &b| length(a) == length(b));
        let sizes = classes().count();
        if sizes > 1 && sizes * 2 > count {
            return Ok(None);
        }
        let mut parts = memory.vec(sizes)?;
        for class in classes() {
            context.poll()?;
            let size = length(class[0]);
            let mut first: Vec<u32> = memory.vec(class.len())?;
            let mut places: Vec<u32> = memory.vec(class.len() * size)?;
            context.chunks(class.len(), |range| {
                for &group in &class[range] {
                    first.extend(self.groups.places(group as usize).first());
                    places.extend_from_slice(self.groups.places(group as usize));
                }
                Ok(())
            })?;
            let frame = [class.len()];
            let present = AxisSet::range(0, 1);
            let keys = Cells { value: major_cells(context, &self.keys, &first, &frame)?, present };
            let items = Cells { value: self.items(&places, &[class.len(), size])?, present };
            match try_cells(context, f, &frame, Some(&keys), &items)? {
                Some(cells) => parts.push(gathered(context, &frame, cells)?),
                None => return Ok(None),
            }
        }
        if sizes == 1 {
            return Ok(parts.pop());
        }
        let mut back = memory.filled(count, 0u32)?;
        context.chunks(count, |range| {
            range.for_each(|place| back[order[place] as usize] = place as u32);
            Ok(())
        })?;
        if let Some(rows) = catenate(context, parts.clone())? {
            return major_cells(context, &rows, &back, &[count]).map(Some);
        }
        // Results of several shapes: filled up to one as in the loop.
        let mut cells = memory.vec(count)?;
        for part in parts {
            let rows = part.tally();
            let cut = Cut::new(memory, part, 1)?;
            for row in 0..rows {
                cells.push(cut.cell(memory, row)?);
            }
        }
        let mut results = memory.vec(count)?;
        results.extend(back.iter().map(|&place| std::mem::replace(&mut cells[place as usize], Value::Bool(false))));
        mix(context, &[count], results).map(Some)
    }
}

/// Places as indices in ⎕IO.
fn indices(context: &Context, places: &[u32], frame: &[usize]) -> Result<Value> {
    let origin = context.io();
    if places.iter().all(|&place| i32::try_from(i64::from(place) + origin).is_ok()) {
        let data = context.collect(places.len(), |at| (i64::from(places[at]) + origin) as i32)?;
        return Ok(Arr::new(context.memory(), frame, data)?.into());
    }
    let data = context.collect(places.len(), |at| (i64::from(places[at]) + origin) as f64)?;
    Ok(Arr::new(context.memory(), frame, data)?.into())
}

/// The places of the major cells of an array of rank 1 or more, those of cells that match together.
fn group(context: &Context, keys: &Value) -> Result<Groups> {
    let classes = classify(context, Majors::new(View::of(keys), 1))?;
    Groups::new(context, keys.tally(), |place| classes.of[place] as usize, classes.firsts.len())
}

/// The size of the largest group.
fn largest(context: &Context, groups: &Groups) -> Result<usize> {
    let mut largest = 0;
    context.chunks(groups.count(), |range| {
        largest = range.map(|group| groups.places(group).len()).fold(largest, usize::max);
        Ok(())
    })?;
    Ok(largest)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{array, context, function, ints, numbers, sum};
    use super::*;
    use crate::error::ErrorKind;

    fn apply(f: Operand, left: Option<Value>, right: Value) -> Result<Value> {
        let context = context();
        key(&context, f, None)?.call(&context, left, right)
    }

    /// `{⍺,≢⍵}` for numeric keys.
    fn count() -> Operand {
        function(|_, left, right| {
            let key = numbers(Ok(left.expect("a key"))).1[0] as i32;
            Ok(ints(&[2], &[key, right.tally() as i32]))
        })
    }

    #[test]
    fn counts_in_order_of_appearance() {
        let (shape, counts) = numbers(apply(count(), None, ints(&[7], &[26, 1, 2, 1, 25, 26, 1])));
        assert_eq!(shape, [4, 2]);
        assert_eq!(counts, [26, 2, 1, 3, 2, 1, 25, 1]);
    }

    #[test]
    fn indices_by_key_are_filled_up() {
        let indices = function(|_, _, right| Ok(right));
        let (shape, places) = numbers(apply(indices, None, ints(&[5], &[7, 8, 7, 9, 8])));
        assert_eq!(shape, [3, 2]);
        assert_eq!(places, [1, 3, 2, 5, 4, 0]);
    }

    #[test]
    fn items_by_key() {
        let keys = ints(&[4, 1], &[1, 2, 1, 1]);
        let (shape, sums) = numbers(apply(sum(), Some(keys), ints(&[4, 2], &[1, 2, 3, 4, 5, 6, 7, 8])));
        assert_eq!(shape, [2]);
        assert_eq!(sums, [29, 7]);
        assert_eq!(
            apply(sum(), Some(Value::Int(1)), ints(&[2], &[1, 2])).map_err(|fault| fault.kind()).err(),
            Some(ErrorKind::Length)
        );
    }

    #[test]
    fn no_keys_take_their_shape_from_the_prototype() {
        let done = apply(count(), None, Value::zilde()).expect("a result");
        assert_eq!(done.shape(), [0, 2]);
        assert!(array(&done).is_empty());
    }
}
