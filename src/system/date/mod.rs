//! `⎕TS`, `⎕DT` and `1200⌶`: the time, its representations and its text.

mod calendar;
mod codes;
mod language;
mod pattern;

use super::Call;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use calendar::Moment;
use codes::{Code, Stamp};
pub use pattern::date_text;

/// `⎕TS`: year, month, day, hour, minute, second, millisecond, in local time.
pub fn timestamp(context: &Context) -> Result<Value> {
    stamp(context, Moment::now().unix())
}

/// A time in the form of `⎕TS`, in local time, given as nanoseconds after 1970 has begun.
pub fn stamp(context: &Context, nanos: i128) -> Result<Value> {
    written(context, Moment::from_unix(nanos + context.host.ahead_of_utc(nanos)))
}

/// The same time as a date number: days since 1899-12-31.
pub fn number(nanos: i128) -> Value {
    let days = Moment::from_unix(nanos).map_or(0.0, |moment| moment.nanos() as f64 / calendar::DAY as f64);
    convert::scalar(days)
}

/// The number of a day: 1 is 1900-01-01; nothing if there is no such day.
pub fn day_number(year: i64, month: i64, day: i64) -> Option<Value> {
    calendar::valid_day(year, month, day).map(|number| convert::scalar(number as f64))
}

/// Year, month, day and weekday, 0 for Monday, of the day with a number.
pub fn of_day_number(context: &Context, number: i64) -> Result<Value> {
    if number.abs() > 1 << 30 {
        return Err(Fault::domain());
    }
    let (year, month, day) = calendar::date_of(number);
    let parts = [year, month, day, calendar::weekday(number) - 1].map(|part| part as i32);
    Ok(Arr::new(context.memory(), &[4], parts.to_vec())?.into())
}

fn written(context: &Context, moment: Option<Moment>) -> Result<Value> {
    let stamp = moment.and_then(|moment| Stamp::Date(1000).write(moment)).unwrap_or_else(|| vec![0; 7]);
    Ok(Arr::new(context.memory(), &[7], stamp.iter().map(|&n| n as i32).collect::<Vec<_>>())?.into())
}

/// `X ⎕DT Y`: timestamps, time numbers and letters of time zones, of the kind that the first of two codes in `X` says
/// or that they look like, as the kind that the last code says. 0 in its place: whether they are valid.
/// Dyalog: Date-time.
pub fn date_time(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let left = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
    let known =
        |code: i64| codes::lookup(code).ok_or_else(|| Fault::domain().with_detail(format!("no date-time code {code}")));
    let (from, to) = match convert::int_vec(memory, &left)?[..] {
        [to] => (None, to),
        [from, to] => (Some(known(from)?), to),
        _ => return Err(Fault::length().with_detail("the left argument is a code, or two")),
    };
    let array = right.array(memory)?;
    let now = Moment::now();
    let mut items = memory.vec(array.len())?;
    let mut pace = context.pace();
    let target = if to == 0 { None } else { Some(known(to)?) };
    for item in array.items() {
        pace.step(16)?;
        let moment = read(context, from, &item, now)?;
        items.push(match target {
            None => Value::Bool(moment.is_some()),
            Some(code) => {
                let moment = moment.ok_or_else(|| Fault::domain().with_detail("not a date-time"))?;
                write(context, code, moment)?
                    .ok_or_else(|| Fault::domain().with_detail("beyond what the code is for"))?
            }
        });
    }
    Ok(Array::from_items(memory, array.shape(), items, || Value::Int(0))?.into())
}

/// The moment of an element; `None` where it is not valid.
fn read(context: &Context, from: Option<Code>, item: &Value, now: Moment) -> Result<Option<Moment>> {
    if let Value::Char(zone) = item {
        let ahead = match zone {
            'J' => Some(context.host.ahead_of_utc(now.unix())),
            _ => offset(*zone).map(|hours| i128::from(hours) * 3_600_000_000_000),
        };
        return Ok(ahead.and_then(|ahead| Moment::from_nanos(now.nanos() + ahead)));
    }
    let array = item.array(context.memory())?;
    let numeric = array.kind().is_numeric();
    Ok(match (from, array.rank()) {
        _ if !numeric => None,
        (None | Some(Code::Stamp(_)), 1) | (Some(Code::Stamp(_)), 0) if array.len() <= 7 => {
            let stamp = if let Some(Code::Stamp(stamp)) = from { stamp } else { Stamp::Date(1000) };
            convert::ints(context.memory(), &array).ok().and_then(|elements| stamp.read(&elements))
        }
        (None | Some(Code::Number { .. }), 0) => {
            let (count, negative) = match from {
                Some(Code::Number { count, negative }) => (count, negative),
                _ => (codes::Count::Days(0), true),
            };
            convert::float(item).ok().and_then(|x| codes::from_number(count, negative, x))
        }
        _ => None,
    })
}

/// A moment by a code; `None` where the code has nothing for it.
fn write(context: &Context, code: Code, moment: Moment) -> Result<Option<Value>> {
    Ok(match code {
        Code::Number { count, negative } => codes::to_number(count, negative, moment).map(convert::scalar),
        Code::Stamp(stamp) => match stamp.write(moment) {
            Some(elements) => {
                let data: Vec<f64> = elements.iter().map(|&n| n as f64).collect();
                let items: Vec<Value> = data.into_iter().map(convert::scalar).collect();
                Some(Array::from_items(context.memory(), &[items.len()], items, || Value::Int(0))?.into())
            }
            None => None,
        },
    })
}

/// Hours ahead of UTC in a military time zone.
fn offset(zone: char) -> Option<i64> {
    Some(match zone {
        'A'..='I' => zone as i64 - 'A' as i64 + 1,
        'Z' => 0,
        'K'..='M' => zone as i64 - 'K' as i64 + 10,
        'N'..='Y' => 'N' as i64 - zone as i64 - 1,
        _ => return None,
    })
}
