//! Columns of APL from Arrow's arrays.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array as Column, ArrayRef, RecordBatch, new_empty_array};
use arrow_schema::{DataType, Schema, TimeUnit};

use super::super::{Value, named};
use crate::array::{Arr, Array, Reference, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// The date number (`1 ⎕DT`) of the first day of 1970.
const EPOCH: i32 = 25568;
const SECONDS_PER_DAY: i64 = 86_400;

/// Names and columns of a table, whose rows come in batches.
pub fn table(context: &Context, schema: &Schema, batches: &[RecordBatch]) -> Result<Value> {
    let mut columns = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let mut parts: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(at).clone()).collect();
        if parts.is_empty() {
            parts.push(new_empty_array(field.data_type()));
        }
        let reader = Reader { context, name: field.name() };
        columns.push((field.name().as_str(), reader.column(&parts)?));
    }
    named(context, columns)
}

/// Reads a column.
struct Reader<'a> {
    context: &'a Context,
    /// Its name.
    name: &'a str,
}

/// The elements of an array by their positions. What stands at the position of a missing one is arbitrary.
enum Elements<'a> {
    Booleans(At<'a, bool>),
    Whole(At<'a, i128>),
    Real(At<'a, f64>),
    Texts(At<'a, &'a str>),
    Bytes(At<'a, &'a [u8]>),
    Lists(At<'a, ArrayRef>),
    /// All are missing.
    Nothing,
}

type At<'a, T> = Box<dyn Fn(usize) -> T + 'a>;

impl Reader<'_> {
    /// The column whose items stand in several arrays of one type, of which there is at least one.
    fn column(&self, parts: &[ArrayRef]) -> Result<Value> {
        let memory = self.context.memory();
        let elements = parts.iter().map(|part| self.elements(part)).collect::<Result<Vec<_>>>()?;
        let count = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
        if parts.iter().all(|part| part.logical_null_count() == 0)
            && let Some(array) = self.simple(parts, &elements, count)?
        {
            return Ok(array.into());
        }
        let prototype = match elements[0] {
            Elements::Texts(_) => self.context.text("")?,
            Elements::Bytes(_) | Elements::Lists(_) => Value::zilde(),
            _ => Value::Int(0),
        };
        let mut items: Vec<Value> = memory.vec(count)?;
        let mut pace = self.context.pace();
        for (part, elements) in parts.iter().zip(&elements) {
            let missing = part.logical_nulls();
            for k in 0..part.len() {
                let item = match &missing {
                    Some(missing) if missing.is_null(k) => Reference::null().into(),
                    _ => self.item(elements, k)?,
                };
                pace.step(1 + item.count())?;
                items.push(item);
            }
        }
        Ok(Array::from_items(memory, &[count], items, || prototype)?.into())
    }

    /// A simple array of numbers, if they are numbers: whole ones as 32-bit integers if they all are.
    fn simple(&self, parts: &[ArrayRef], elements: &[Elements], count: usize) -> Result<Option<Array>> {
        let memory = self.context.memory();
        let wholes = || elements.iter().map(|part| if let Elements::Whole(at) = part { Some(at) } else { None });
        if wholes().all(|part| part.is_some()) {
            let narrow = self.gathered(parts, wholes().flatten(), count, |n: i128| i32::try_from(n).ok())?;
            return Ok(Some(match narrow {
                Some(data) => Arr::new(memory, &[count], data)?.into(),
                None => {
                    let wide = self.gathered(parts, wholes().flatten(), count, |n: i128| Some(n as f64))?;
                    Arr::new(memory, &[count], wide.unwrap_or_default())?.into()
                }
            }));
        }
        let reals = || elements.iter().map(|part| if let Elements::Real(at) = part { Some(at) } else { None });
        if reals().all(|part| part.is_some()) {
            let finite = |x: f64| x.is_finite().then_some(x);
            let data = self.gathered(parts, reals().flatten(), count, finite)?.ok_or_else(|| self.infinite())?;
            return Ok(Some(Arr::new(memory, &[count], data)?.into()));
        }
        let booleans = || elements.iter().map(|part| if let Elements::Booleans(at) = part { Some(at) } else { None });
        if booleans().all(|part| part.is_some()) {
            let data = self.gathered(parts, booleans().flatten(), count, Some)?;
            return Ok(Some(Arr::new(memory, &[count], data.unwrap_or_default())?.into()));
        }
        Ok(None)
    }

    /// The elements of all parts, one after the other; `None` where `fit` does not take one.
    fn gathered<'e, S: 'e, T>(
        &self,
        parts: &[ArrayRef],
        elements: impl Iterator<Item = &'e At<'e, S>>,
        count: usize,
        fit: impl Fn(S) -> Option<T>,
    ) -> Result<Option<Vec<T>>> {
        let mut out = self.context.memory().vec(count)?;
        for (part, at) in parts.iter().zip(elements) {
            let before = out.len();
            self.context.chunks(part.len(), |range| {
                out.extend(range.map_while(|k| fit(at(k))));
                Ok(())
            })?;
            if out.len() - before < part.len() {
                return Ok(None);
            }
        }
        Ok(Some(out))
    }

    fn item(&self, elements: &Elements, k: usize) -> Result<Value> {
        let memory = self.context.memory();
        Ok(match elements {
            Elements::Booleans(at) => Value::Bool(at(k)),
            Elements::Whole(at) => whole(at(k)),
            Elements::Real(at) => {
                convert::scalar(Some(at(k)).filter(|x| x.is_finite()).ok_or_else(|| self.infinite())?)
            }
            Elements::Texts(at) => self.context.text(at(k))?,
            Elements::Bytes(at) => {
                let bytes = at(k);
                Arr::new(memory, &[bytes.len()], self.context.collect(bytes.len(), |k| i32::from(bytes[k]))?)?.into()
            }
            Elements::Lists(at) => memory.deeper(|| self.column(&[at(k)]))?,
            Elements::Nothing => Reference::null().into(),
        })
    }

    fn infinite(&self) -> Fault {
        Fault::domain().because(format!("NaN and infinities are no APL numbers: column {}", self.name))
    }

    /// How the elements of an array are found. DOMAIN ERROR for types without APL kind.
    fn elements<'e>(&self, array: &'e ArrayRef) -> Result<Elements<'e>> {
        use DataType as T;
        Ok(match array.data_type() {
            T::Null => Elements::Nothing,
            T::Boolean => {
                let values = array.as_boolean();
                Elements::Booleans(Box::new(|k| values.value(k)))
            }
            T::Int8 => wholes::<Int8Type>(array),
            T::Int16 => wholes::<Int16Type>(array),
            T::Int32 => wholes::<Int32Type>(array),
            T::Int64 => wholes::<Int64Type>(array),
            T::UInt8 => wholes::<UInt8Type>(array),
            T::UInt16 => wholes::<UInt16Type>(array),
            T::UInt32 => wholes::<UInt32Type>(array),
            T::UInt64 => wholes::<UInt64Type>(array),
            T::Float16 => reals::<Float16Type>(array),
            T::Float32 => reals::<Float32Type>(array),
            T::Float64 => reals::<Float64Type>(array),
            T::Decimal32(..) => decimals::<Decimal32Type>(array),
            T::Decimal64(..) => decimals::<Decimal64Type>(array),
            T::Decimal128(..) => decimals::<Decimal128Type>(array),
            T::Decimal256(..) => decimals::<Decimal256Type>(array),
            T::Date32 => {
                let values = array.as_primitive::<Date32Type>().values();
                Elements::Whole(Box::new(|k| i128::from(EPOCH) + i128::from(values[k])))
            }
            T::Date64 => days::<Date64Type>(array, EPOCH, TimeUnit::Millisecond),
            T::Timestamp(unit @ TimeUnit::Second, _) => days::<TimestampSecondType>(array, EPOCH, *unit),
            T::Timestamp(unit @ TimeUnit::Millisecond, _) => days::<TimestampMillisecondType>(array, EPOCH, *unit),
            T::Timestamp(unit @ TimeUnit::Microsecond, _) => days::<TimestampMicrosecondType>(array, EPOCH, *unit),
            T::Timestamp(unit @ TimeUnit::Nanosecond, _) => days::<TimestampNanosecondType>(array, EPOCH, *unit),
            T::Time32(unit @ TimeUnit::Second) => days::<Time32SecondType>(array, 0, *unit),
            T::Time32(unit) => days::<Time32MillisecondType>(array, 0, *unit),
            T::Time64(unit @ TimeUnit::Microsecond) => days::<Time64MicrosecondType>(array, 0, *unit),
            T::Time64(unit) => days::<Time64NanosecondType>(array, 0, *unit),
            T::Duration(unit @ TimeUnit::Second) => days::<DurationSecondType>(array, 0, *unit),
            T::Duration(unit @ TimeUnit::Millisecond) => days::<DurationMillisecondType>(array, 0, *unit),
            T::Duration(unit @ TimeUnit::Microsecond) => days::<DurationMicrosecondType>(array, 0, *unit),
            T::Duration(unit @ TimeUnit::Nanosecond) => days::<DurationNanosecondType>(array, 0, *unit),
            T::Utf8 => {
                let values = array.as_string::<i32>();
                Elements::Texts(Box::new(|k| values.value(k)))
            }
            T::LargeUtf8 => {
                let values = array.as_string::<i64>();
                Elements::Texts(Box::new(|k| values.value(k)))
            }
            T::Utf8View => {
                let values = array.as_string_view();
                Elements::Texts(Box::new(|k| values.value(k)))
            }
            T::Binary => {
                let values = array.as_binary::<i32>();
                Elements::Bytes(Box::new(|k| values.value(k)))
            }
            T::LargeBinary => {
                let values = array.as_binary::<i64>();
                Elements::Bytes(Box::new(|k| values.value(k)))
            }
            T::BinaryView => {
                let values = array.as_binary_view();
                Elements::Bytes(Box::new(|k| values.value(k)))
            }
            T::FixedSizeBinary(_) => {
                let values = array.as_fixed_size_binary();
                Elements::Bytes(Box::new(|k| values.value(k)))
            }
            T::List(_) => {
                let values = array.as_list::<i32>();
                Elements::Lists(Box::new(|k| values.value(k)))
            }
            T::LargeList(_) => {
                let values = array.as_list::<i64>();
                Elements::Lists(Box::new(|k| values.value(k)))
            }
            T::FixedSizeList(..) => {
                let values = array.as_fixed_size_list();
                Elements::Lists(Box::new(|k| values.value(k)))
            }
            T::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                match dictionary.values().is_empty() {
                    true => Elements::Nothing,
                    false => {
                        let keys = dictionary.normalized_keys();
                        self.elements(dictionary.values())?.through(keys)
                    }
                }
            }
            other => {
                let name = other.to_string();
                // Without what it is made of.
                let name = name.split(['(', '<']).next().unwrap_or_default();
                let why = format!("the type {name} has no APL kind: column {}", self.name);
                return Err(Fault::domain().because(why));
            }
        })
    }
}

impl<'a> Elements<'a> {
    /// The elements at the positions `keys`.
    fn through(self, keys: Vec<usize>) -> Elements<'a> {
        match self {
            Elements::Booleans(at) => Elements::Booleans(Box::new(move |k| at(keys[k]))),
            Elements::Whole(at) => Elements::Whole(Box::new(move |k| at(keys[k]))),
            Elements::Real(at) => Elements::Real(Box::new(move |k| at(keys[k]))),
            Elements::Texts(at) => Elements::Texts(Box::new(move |k| at(keys[k]))),
            Elements::Bytes(at) => Elements::Bytes(Box::new(move |k| at(keys[k]))),
            Elements::Lists(at) => Elements::Lists(Box::new(move |k| at(keys[k]))),
            Elements::Nothing => Elements::Nothing,
        }
    }
}

fn whole(n: i128) -> Value {
    i32::try_from(n).map_or_else(|_| convert::scalar(n as f64), Value::Int)
}

fn wholes<T: ArrowPrimitiveType<Native: Into<i128>>>(array: &ArrayRef) -> Elements<'_> {
    let values = array.as_primitive::<T>().values();
    Elements::Whole(Box::new(|k| values[k].into()))
}

fn reals<T: ArrowPrimitiveType<Native: Into<f64>>>(array: &ArrayRef) -> Elements<'_> {
    let values = array.as_primitive::<T>().values();
    Elements::Real(Box::new(|k| values[k].into()))
}

fn decimals<T: DecimalType>(array: &ArrayRef) -> Elements<'_> {
    let values = array.as_primitive::<T>();
    Elements::Real(Box::new(|k| values.value_as_string(k).parse().unwrap_or(f64::NAN)))
}

/// Numbers of units as days, from a day number on.
fn days<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef, from: i32, unit: TimeUnit) -> Elements<'_> {
    let values = array.as_primitive::<T>().values();
    let per_second = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let per_day = SECONDS_PER_DAY * per_second;
    Elements::Real(Box::new(move |k| {
        let units: i64 = values[k].into();
        let (days, rest) = (units.div_euclid(per_day), units.rem_euclid(per_day));
        (days + i64::from(from)) as f64 + rest as f64 / per_day as f64
    }))
}
