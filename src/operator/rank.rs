//! Rank and atop: `f⍤k`, `f⍤g`.
//!
//! `f⍤k` divides its arguments into cells and applies the operand to all cells at once (its cellwise form); if it has no
//! such form, the operand is called cell by cell. See Dyalog's pages "Rank" and "Atop".

use std::rc::Rc;

use super::derived::Derivation;
use super::{assemble, cells, inverse, synonym};
use crate::array::{Shape, Value, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{AxisSet, Cells, Description, Fun, Function, Operand, Results};
use crate::observe::trace::Remark;

/// `f⍤k` where the right operand is an array, `f⍤g` where it is a function.
pub fn rank_or_atop(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⍤", [&left, &right])?;
    match right {
        Operand::Function(inner) => Ok(made.function(Atop { outer: left.function()?, inner })),
        Operand::Array(ranks) => {
            let described = Description::Array(ranks.clone());
            let ranks = Ranks::new(context, &ranks)?;
            Ok(made.function(Rank { operand: left.function()?, ranks, described }))
        }
    }
}

/// The right operand of `⍤`: ranks of the cells of the argument alone, of the left and of the right one.
#[derive(Clone, Copy)]
struct Ranks {
    alone: i64,
    left: i64,
    right: i64,
}

impl Ranks {
    /// One to three whole numbers. RANK ERROR, LENGTH ERROR, DOMAIN ERROR.
    fn new(context: &Context, value: &Value) -> Result<Ranks> {
        match convert::int_vec(context.memory(), value)?[..] {
            [r] => Ok(Ranks { alone: r, left: r, right: r }),
            [q, r] => Ok(Ranks { alone: r, left: q, right: r }),
            [p, q, r] => Ok(Ranks { alone: p, left: q, right: r }),
            _ => Err(Fault::length().with_detail("⍤ takes one to three ranks")),
        }
    }
}

/// How many leading axes of `rank` are frame where the operand takes cells of rank `cell`: negative ranks count from
/// the argument's, and both are limited by it.
fn frame_rank(rank: usize, cell: i64) -> usize {
    let all = rank as i64;
    let cell = if cell < 0 { all.saturating_add(cell).max(0) } else { cell.min(all) };
    rank - usize::try_from(cell).unwrap_or(0)
}

/// `f⍤k`.
struct Rank {
    operand: Fun,
    ranks: Ranks,
    described: Description,
}

impl Function for Rank {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let Ranks { alone, left: ours, right: theirs } = self.ranks;
        let right_own = frame_rank(right.rank(), if left.is_some() { theirs } else { alone });
        let left_own = left.as_ref().map_or(0, |left| frame_rank(left.rank(), ours));
        if left_own + right_own == 0 {
            return self.operand.call(context, left, right);
        }
        let left_frame = left.as_ref().map_or(&[][..], |left| &left.shape()[..left_own]);
        let frame = cells::agree(left_frame, &right.shape()[..right_own])?;
        context.tracer.remark(|| Remark::Cells {
            operator: "⍤",
            frame: frame.clone(),
            cells: left
                .iter()
                .map(|left| &left.shape()[left_own..])
                .chain([&right.shape()[right_own..]])
                .map(Shape::from_slice)
                .collect(),
        });
        if shape::product(&frame) < 2 {
            return one_by_one(context, &*self.operand, &frame, (left, left_own), (right, right_own));
        }
        synonym::applied(context, &self.operand, left.is_some(), |f| {
            let by_frame = |value: &Value, own| Cells { value: value.clone(), present: AxisSet::range(0, own) };
            let cells = left.as_ref().map(|left| by_frame(left, left_own));
            match cells::try_various(context, &**f.function, &frame, cells.as_ref(), &by_frame(&right, right_own))? {
                Some(Results::Alike(done)) => cells::gathered(context, &frame, done),
                Some(Results::Various(results)) => assemble::mix(context, &frame, results),
                None => {
                    let (left, right) = ((left.clone(), left_own), (right.clone(), right_own));
                    one_by_one(context, &**f.function, &frame, left, right)
                }
            }
        })
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        let Ranks { alone, left: ours, right: theirs } = self.ranks;
        let right_own = frame_rank(right.cell_rank(), if left.is_some() { theirs } else { alone });
        let left_own = left.map_or(0, |left| frame_rank(left.cell_rank(), ours));
        if left_own + right_own == 0 {
            return self.operand.call_cells(context, frame, left, right);
        }
        let left_frame = left.map_or(&[][..], |left| &left.cell_shape()[..left_own]);
        let own = cells::agree(left_frame, &right.cell_shape()[..right_own])?;
        let Some(joint) = cells::joint(frame, &own) else { return Ok(None) };
        if shape::product(&joint) == 0 {
            return Ok(None);
        }
        let left = left.map(|left| cells::deepen(left, frame.len(), left_own));
        let right = cells::deepen(right, frame.len(), right_own);
        match self.operand.call_cells(context, &joint, left.as_ref(), &right)? {
            Some(done) => Ok(Some(cells::surface(context, &joint, done, frame.len())?)),
            None => Ok(None),
        }
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        Ok(Rc::new(Rank {
            operand: self.operand.inverse(context)?,
            ranks: self.ranks,
            described: self.described.clone(),
        }))
    }

    fn describe(&self) -> Description {
        derived("⍤", self.operand.described(1), Some(self.described.clone()))
    }
}

/// The function applied to one cell after the other; to prototypes where there are none. Each argument with the number
/// of its axes that are frame.
fn one_by_one(
    context: &Context,
    function: &dyn Function,
    frame: &[usize],
    (left, left_own): (Option<Value>, usize),
    (right, right_own): (Value, usize),
) -> Result<Value> {
    let memory = context.memory();
    let left = left.map(|left| cells::Cut::new(memory, left, left_own)).transpose()?;
    let right = cells::Cut::new(memory, right, right_own)?;
    let count = shape::count(frame)?;
    if count == 0 {
        let left = left.map(|left| left.prototype(memory)).transpose()?;
        let result = function.call(context, left, right.prototype(memory)?)?.into_array(memory)?;
        return assemble::mix_none(context, frame, &result, result.shape());
    }
    let mut results = memory.vec(count)?;
    let turns = context.progress.begin(count);
    for at in 0..count {
        context.poll()?;
        turns.at(at);
        let left = left.as_ref().map(|left| left.cell(memory, at)).transpose()?;
        results.push(function.call(context, left, right.cell(memory, at)?)?.settled(memory)?);
    }
    assemble::mix(context, frame, results)
}

/// `f⍤g`: `f g Y`, `f X g Y`.
#[derive(Clone)]
struct Atop {
    outer: Fun,
    inner: Fun,
}

impl Function for Atop {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.outer.call(context, None, self.inner.call(context, left, right)?)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.outer.invoke_last(context, None, self.inner.call(context, left, right)?)
    }

    fn may_be_shy(&self) -> bool {
        self.outer.may_be_shy()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        match self.inner.call_cells(context, frame, left, right)? {
            Some(inner) => self.outer.call_cells(context, frame, None, &inner),
            None => Ok(None),
        }
    }

    /// The inverse of `X f⍤g Y` applies the inverse of the outer function first: `X g⍣¯1 f⍣¯1 R`.
    fn inverse(&self, context: &Context) -> Result<Fun> {
        let (outer, inner) = (self.outer.inverse(context)?, self.inner.inverse(context)?);
        Ok(inverse::undoing(Rc::new(self.clone()), move |context, left, result| {
            inner.call(context, left, outer.call(context, None, result)?)
        }))
    }

    fn describe(&self) -> Description {
        derived("⍤", self.outer.described(2), Some(self.inner.described(2)))
    }
}

/// A derived function as it is written.
pub(super) fn derived(operator: &str, left: Description, right: Option<Description>) -> Description {
    Description::Derived { operator: operator.into(), left: Box::new(left), right: right.map(Box::new), axis: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Value;
    use crate::operator::testing::{context, function, ints, numbers, sum};

    fn rank(operand: Operand, ranks: Value) -> Result<Fun> {
        rank_or_atop(&context(), operand, Operand::Array(ranks))
    }

    /// `{⍺ , …}` far enough: the counts of both arguments.
    fn counts() -> Operand {
        function(|context, left, right| {
            Value::counts(context.memory(), &[left.map_or(0, |left| left.count()), right.count()])
        })
    }

    #[test]
    fn cells_of_every_rank() {
        let y = ints(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let call = |k: i32| numbers(rank(sum(), Value::Int(k)).and_then(|f| f.call(&context(), None, y.clone())));
        assert_eq!(call(0), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(call(1), (vec![2], vec![6, 15]));
        assert_eq!(call(-1), (vec![2], vec![6, 15]));
        assert_eq!(call(9), (vec![], vec![21]));
        assert_eq!(call(-9), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn one_two_and_three_ranks() {
        let (x, y) = (ints(&[2], &[1, 2]), ints(&[2, 3], &[1, 2, 3, 4, 5, 6]));
        let f = rank(counts(), ints(&[2], &[0, 1])).expect("two ranks");
        assert_eq!(numbers(f.call(&context(), Some(x.clone()), y.clone())), (vec![2, 2], vec![1, 3, 1, 3]));
        assert_eq!(numbers(f.call(&context(), None, y.clone())), (vec![2, 2], vec![0, 3, 0, 3]));
        let f = rank(counts(), ints(&[3], &[2, 1, 1])).expect("three ranks");
        assert_eq!(numbers(f.call(&context(), None, y.clone())), (vec![2], vec![0, 6]));
        assert_eq!(numbers(f.call(&context(), Some(x), y)), (vec![2, 2], vec![2, 3, 2, 3]));
        assert!(rank(counts(), ints(&[4], &[1, 1, 1, 1])).is_err());
    }

    #[test]
    fn frames_agree_or_are_empty() {
        let f = rank(counts(), Value::Int(0)).expect("a rank");
        let call = |x: Value, y: Value| f.call(&context(), Some(x), y).map_err(|fault| fault.kind());
        assert_eq!(call(ints(&[2], &[1, 2]), ints(&[3], &[1, 2, 3])).err(), Some(crate::error::ErrorKind::Length));
        assert_eq!(call(ints(&[2], &[1, 2]), ints(&[1, 2], &[1, 2])).err(), Some(crate::error::ErrorKind::Rank));
        assert_eq!(call(Value::Int(1), ints(&[3], &[1, 2, 3])).map(|r| r.shape_vec().to_vec()), Ok(vec![3, 2]));
    }

    #[test]
    fn an_empty_frame_runs_once_on_the_prototype() {
        let f = rank(counts(), Value::Int(1)).expect("a rank");
        assert_eq!(numbers(f.call(&context(), None, ints(&[0, 5], &[]))), (vec![0, 2], vec![]));
    }
}
