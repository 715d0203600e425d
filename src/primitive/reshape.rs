//! Shape, reshape, tally, and the functions that give back an argument.

use crate::array::{Array, Framed, Shape, Typed, Value, shape};
use crate::context::{CHUNK, Context};
use crate::each_type;
use crate::error::{Fault, Result};
use crate::function::Cells;

use super::axes;

/// `X⊣Y`: X.
pub fn left(_context: &Context, left: Value, _right: Value) -> Result<Value> {
    Ok(left)
}

/// `⊣` on all cells: the left ones.
pub fn left_cells(_context: &Context, _frame: &[usize], left: &Cells, _right: &Cells) -> Result<Option<Cells>> {
    Ok(Some(left.clone()))
}

/// `X⊢Y`: Y.
pub fn right(_context: &Context, _left: Value, right: Value) -> Result<Value> {
    Ok(right)
}

/// `⊢` on all cells: the right ones.
pub fn right_cells(_context: &Context, _frame: &[usize], _left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    Ok(Some(right.clone()))
}

/// `⊢Y` and `⊣Y`: Y.
pub fn same(_context: &Context, right: Value) -> Result<Value> {
    Ok(right)
}

/// `⊢` and `⊣` on all cells.
pub fn same_cells(_context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    Ok(Some(right.clone()))
}

/// `⊢⍣¯1`: Y in both valences. `X⊣Y` does not depend on Y, so it has no dyadic inverse.
pub fn undo_tack(_context: &Context, _left: Option<Value>, right: Value) -> Result<Value> {
    Ok(right)
}

/// `⊣⍣¯1`: Y. DOMAIN ERROR with a left argument, of which nothing is left in the result.
pub fn undo_left(_context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        None => Ok(right),
        Some(_) => Err(Fault::domain().because("No inverse")),
    }
}

/// `⍴Y`: the axis lengths, an empty vector for a scalar.
pub fn shape(context: &Context, right: Value) -> Result<Value> {
    Value::counts(context.memory(), right.shape())
}

/// `≢Y`: the number of major cells, 1 for a scalar.
pub fn tally(_context: &Context, right: Value) -> Result<Value> {
    Ok(Value::from(right.tally()))
}

/// `⍴` on all cells: the same for each.
pub fn shape_cells(context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    Ok(Some(Cells::constant(Value::counts(context.memory(), right.cell_shape())?)))
}

/// `≢` on all cells: the same for each.
pub fn tally_cells(_context: &Context, _frame: &[usize], right: &Cells) -> Result<Option<Cells>> {
    Ok(Some(Cells::constant(Value::from(right.cell_shape().first().copied().unwrap_or(1)))))
}

/// `X⍴` on all cells, for one X and as many elements as the cells have.
pub fn reshape_cells(context: &Context, _frame: &[usize], left: &Cells, right: &Cells) -> Result<Option<Cells>> {
    if !left.present.is_empty() {
        return Ok(None);
    }
    let mut to = right.frame();
    for n in axes::counts(context, &left.value)? {
        to.push(axes::length(n)?);
    }
    if shape::count(&to)? != right.value.count() {
        return Ok(None);
    }
    let (array, cell) = Framed::open(right.value.clone(), context.memory())?;
    to.extend_from_slice(&array.shape()[array.rank() - cell..]);
    Ok(Some(Cells { value: Framed::close(array.reshape(&to)?, cell)?, present: right.present }))
}

/// `X⍴Y`: the elements of Y in ravel order, repeated as often as needed, under shape X; fills where Y is empty.
///
/// DOMAIN ERROR for lengths that are negative or not whole, LIMIT ERROR beyond rank 15, WS FULL beyond the workspace.
pub fn reshape(context: &Context, left: Value, right: Value) -> Result<Value> {
    if left.rank() <= 1 && left.count() > shape::MAX_RANK {
        shape::count(&Shape::from_elem(1, shape::MAX_RANK + 1))?;
    }
    let mut to = Shape::new();
    for n in axes::counts(context, &left)? {
        to.push(axes::length(n)?);
    }
    let wanted = shape::count(&to)?;
    if to[..] == *right.shape() {
        return Ok(right);
    }
    // More boxes than there are share their content; fewer stay in one flat array, where it has room for the axes.
    let flat = |framed: &Framed| {
        wanted <= shape::product(framed.shape()) && to.len() + framed.cell_shape().len() <= shape::MAX_RANK
    };
    if matches!(&right, Value::Framed(framed) if flat(framed)) {
        let (flat, cell) = Framed::open(right, context.memory())?;
        let full = shape::join(&to, &flat.shape()[flat.rank() - cell..]);
        return Framed::close(cycle(context, flat, &full)?, cell);
    }
    Ok(cycle(context, right.into_array(context.memory())?, &to)?.into())
}

/// The elements of an array under another shape, repeated or cut off.
fn cycle(context: &Context, array: Array, to: &[usize]) -> Result<Array> {
    let memory = context.memory();
    let wanted = shape::count(to)?;
    let have = array.len();
    if have == wanted && wanted > 0 {
        return array.reshape(to);
    }
    each_type!(&array, arr => {
        let data = arr.as_slice();
        let mut out = memory.vec(wanted)?;
        let mut pace = context.pace();
        match data {
            [] => pace.repeat(&mut out, wanted, &Typed::fill(memory, arr)?)?,
            [element] => pace.repeat(&mut out, wanted, element)?,
            _ => {
                // Whole cycles are doubled until they make a stretch worth copying.
                while have < CHUNK && out.len() < wanted.min(CHUNK) {
                    match out.len() {
                        0 => out.extend_from_slice(&data[..have.min(wanted)]),
                        done => out.extend_from_within(..done.min(wanted - done)),
                    }
                }
                let cycle = out.len().max(have) / have * have;
                while out.len() < wanted {
                    let from = out.len() % cycle;
                    let count = (cycle - from).min(wanted - out.len());
                    if have < CHUNK {
                        out.extend_from_within(from..from + count);
                        pace.step(count)?;
                    } else {
                        pace.copy(&mut out, &data[from..from + count])?;
                    }
                }
            }
        }
        Typed::pack(memory, to, out, arr)
    })
}

/// `⍴/⍬`: DOMAIN ERROR, as there is no identity item.
pub fn reshape_identity(_context: &Context, _prototype: &Value) -> Result<Value> {
    Err(Fault::domain().because("No identity element"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, boxes, ints, text};
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn reshapes() {
        let bench = Bench::new();
        let c = &bench.context;
        let one_to_four = ints(&[4], &[1, 2, 3, 4]);
        bench.same(reshape(c, ints(&[2], &[2, 3]), one_to_four.clone()), ints(&[2, 3], &[1, 2, 3, 4, 1, 2]));
        bench.same(reshape(c, ints(&[2], &[2, 3]), Value::zilde()), ints(&[2, 3], &[0; 6]));
        bench.same(reshape(c, Value::zilde(), one_to_four.clone()), Value::Int(1));
        bench.same(reshape(c, Value::Int(0), text("ab")), text(""));
        bench.same(
            reshape(c, Value::Int(2), reshape(c, Value::Int(0), boxes(&[text("ab"), Value::Int(1)])).unwrap()),
            boxes(&[text("  "), text("  ")]),
        );
        let long = reshape(c, Value::Int(200_001), ints(&[7], &[0, 1, 2, 3, 4, 5, 6])).unwrap().array(c.memory());
        let Array::Int(long) = long.unwrap() else { panic!("not whole numbers") };
        assert!(long.as_slice().iter().enumerate().all(|(k, &n)| n as usize == k % 7));
        bench.fails(reshape(c, Value::Int(-1), Value::Int(1)), ErrorKind::Domain);
        bench.fails(reshape(c, Value::Float(1.5), Value::Int(1)), ErrorKind::Domain);
        bench.fails(reshape(c, ints(&[1, 1], &[1]), Value::Int(1)), ErrorKind::Rank);
        bench.fails(reshape(c, ints(&[16], &[1; 16]), Value::Int(1)), ErrorKind::Limit);
        bench.fails(reshape(c, Value::Float(9.2e18), Value::Int(1)), ErrorKind::WsFull);
    }
}
