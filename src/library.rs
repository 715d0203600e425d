//! Conversions of values from and to Rust: numbers, text, ndarray arrays; how a value is printed.

use std::fmt;

use ndarray::ArrayD;

use crate::array::{Arr, Array, Complex, Memory, Value, convert};
use crate::context::{Context, Layout};
use crate::error::{Fault, Result};

impl fmt::Display for Value {
    /// As a session with default settings shows it, without the final line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = Context::silent(Memory::unlimited());
        match crate::display::show(&context, self, Layout::default()) {
            Ok(text) => f.write_str(text.strip_suffix('\n').unwrap_or(&text)),
            Err(fault) => write!(f, "{fault}"),
        }
    }
}

impl From<f64> for Value {
    /// A number. APL has no NaN and no infinity: they become 0 and the largest finite number.
    fn from(x: f64) -> Value {
        match x {
            _ if x.is_nan() => Value::Float(0.0),
            _ => Value::Float(x.clamp(f64::MIN, f64::MAX)),
        }
    }
}

impl From<&str> for Value {
    /// A character vector.
    fn from(text: &str) -> Value {
        Value::text(&Memory::unlimited(), text).unwrap_or_else(|_| Value::zilde())
    }
}

macro_rules! from_ndarray {
    ($($element:ty),*) => {
        $(impl From<ArrayD<$element>> for Value {
            /// Without copying where the elements are in ravel order. Rank above 15 gives an empty vector.
            fn from(array: ArrayD<$element>) -> Value {
                Arr::from_ndarray(&Memory::unlimited(), array).map_or_else(|_| Value::zilde(), Value::from)
            }
        })*
    };
}
from_ndarray!(i32, bool, char, Complex);

impl From<ArrayD<f64>> for Value {
    /// Without copying where the elements are in ravel order. NaN becomes 0, infinities the largest finite numbers;
    /// rank above 15 gives an empty vector.
    fn from(mut array: ArrayD<f64>) -> Value {
        if array.iter().any(|x| !x.is_finite()) {
            array.mapv_inplace(|x| if x.is_nan() { 0.0 } else { x.clamp(f64::MIN, f64::MAX) });
        }
        Arr::from_ndarray(&Memory::unlimited(), array).map_or_else(|_| Value::zilde(), Value::from)
    }
}

impl TryFrom<Value> for ArrayD<f64> {
    type Error = Fault;

    /// Real numbers of any type. DOMAIN ERROR for characters, boxes and complex numbers.
    fn try_from(value: Value) -> Result<ArrayD<f64>> {
        let memory = Memory::unlimited();
        let array = value.into_array(&memory)?;
        match array {
            Array::Float(arr) => Ok(arr.into_ndarray()),
            other => Ok(convert::float_arr(&memory, &other)?.into_ndarray()),
        }
    }
}

impl TryFrom<Value> for ArrayD<i32> {
    type Error = Fault;

    /// Whole numbers of 32 bits. DOMAIN ERROR for anything else.
    fn try_from(value: Value) -> Result<ArrayD<i32>> {
        let memory = Memory::unlimited();
        match value.into_array(&memory)? {
            Array::Int(arr) => Ok(arr.into_ndarray()),
            other => {
                let narrow = |n: i64| i32::try_from(n).map_err(|_| Fault::domain());
                let data = convert::ints(&memory, &other)?.into_iter().map(narrow).collect::<Result<Vec<_>>>()?;
                Ok(Arr::new(&memory, other.shape(), data)?.into_ndarray())
            }
        }
    }
}

impl TryFrom<Value> for ArrayD<bool> {
    type Error = Fault;

    /// Zeros and ones. DOMAIN ERROR for anything else.
    fn try_from(value: Value) -> Result<ArrayD<bool>> {
        let memory = Memory::unlimited();
        match value.into_array(&memory)? {
            Array::Bool(arr) => Ok(arr.into_ndarray()),
            other => {
                Ok(Arr::new(&memory, other.shape(), convert::bools(&memory, &other)?.into_owned())?.into_ndarray())
            }
        }
    }
}

impl TryFrom<&Value> for f64 {
    type Error = Fault;

    /// A scalar or one-element array. RANK, LENGTH or DOMAIN ERROR for anything else.
    fn try_from(value: &Value) -> Result<f64> {
        convert::float(value)
    }
}

impl TryFrom<&Value> for String {
    type Error = Fault;

    /// A character scalar or vector. RANK or DOMAIN ERROR for anything else.
    fn try_from(value: &Value) -> Result<String> {
        convert::text(&Memory::unlimited(), value)
    }
}
