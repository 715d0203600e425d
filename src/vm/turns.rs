//! What control structures remember while they run: the values of a loop that are still to come, and the value that cases
//! are compared with.

use crate::array::{Array, Memory, Value, convert};
use crate::error::{Fault, Result};

/// The state of a control structure while it runs.
#[derive(Default)]
pub enum Slot {
    /// It does not.
    #[default]
    Empty,
    /// The value of a `:Select`.
    Selected(Value),
    /// A loop.
    Turns(Turns),
}

impl Slot {
    /// How many turns of a loop are done, of how many.
    pub fn progress(&self) -> Option<(u64, u64)> {
        match self {
            Slot::Turns(Turns::Count { first, next, end }) => {
                Some((u64::try_from(next - first).ok()?, u64::try_from(end - first).ok()?))
            }
            Slot::Turns(Turns::Items { at, count, .. }) => Some((*at as u64, *count as u64)),
            _ => None,
        }
    }
}

/// The values of a loop that are still to come.
pub enum Turns {
    /// Whole numbers in a row, which need not be there all at once.
    Count {
        /// The first one.
        first: i64,
        /// The next one.
        next: i64,
        /// The one behind the last.
        end: i64,
    },
    /// Elements in ravel order; of several arrays at once where there are several targets.
    Items {
        /// The arrays.
        arrays: Vec<Array>,
        /// The next position.
        at: usize,
        /// How many there are.
        count: usize,
    },
}

impl Turns {
    /// The elements of a value; `each`: of each of its items at once. LENGTH ERROR where these are of different lengths.
    pub fn of(memory: &Memory, value: Value, each: bool) -> Result<Turns> {
        let array = value.settled(memory)?.into_array(memory)?;
        if !each {
            let count = array.len();
            return Ok(Turns::Items { arrays: vec![array], at: 0, count });
        }
        let arrays = array.items().map(|item| item.into_array(memory)).collect::<Result<Vec<Array>>>()?;
        let mut lengths = arrays.iter().filter(|array| array.rank() > 0).map(Array::len);
        let count = lengths.next().unwrap_or(usize::from(!arrays.is_empty()));
        if lengths.any(|length| length != count) {
            return Err(Fault::length());
        }
        Ok(Turns::Items { arrays, at: 0, count })
    }

    /// The next value, if there is one.
    #[inline]
    pub fn next(&mut self, memory: &Memory) -> Result<Option<Value>> {
        match self {
            Turns::Count { next, end, .. } if *next < *end => {
                *next += 1;
                Ok(Some(i32::try_from(*next - 1).map_or_else(|_| convert::scalar((*next - 1) as f64), Value::Int)))
            }
            Turns::Items { arrays, at, count } if *at < *count => {
                *at += 1;
                items(memory, arrays, *at - 1).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn items(memory: &Memory, arrays: &[Array], at: usize) -> Result<Value> {
    if let [array] = arrays {
        return Ok(array.item(at));
    }
    let item = |array: &Array| array.item(if array.rank() == 0 { 0 } else { at });
    let items = arrays.iter().map(item).collect();
    Ok(Array::from_items(memory, &[arrays.len()], items, || Value::Int(0))?.into())
}
