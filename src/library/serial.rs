//! Values in files and messages of any format that serde knows (feature `serde`).
//!
//! A value is written as its shape and its elements in ravel order: `{"shape":[2],"elements":{"numbers":[1.0,2.5]}}`.

use ndarray::ArrayD;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::array::{Array, Complex, Memory, Value, prototype};
use crate::error::{Fault, Result};

/// Native stack that must be left for a nested value, and what is added where less is left.
const RED_ZONE: usize = 128 * 1024;
const STACK_PIECE: usize = 4 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Parts {
    shape: Vec<usize>,
    elements: Elements,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Elements {
    Numbers(Vec<f64>),
    /// Real and imaginary parts.
    Complex(Vec<(f64, f64)>),
    Text(String),
    Items(Vec<Value>),
    /// None; the prototype.
    Empty(Box<Value>),
}

impl Serialize for Value {
    /// Its shape and its elements. A reference to a namespace cannot be written.
    ///
    /// ```
    /// # #[cfg(feature = "serde")] {
    /// let value = zilde::Session::new().eval("(1 2.5)'text'")?;
    /// let written = serde_json::to_string(&value).expect("no namespace");
    /// let read: zilde::Value = serde_json::from_str(&written).expect("a value");
    /// assert_eq!(read, value);
    /// # }
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let parts = Parts::of(self).map_err(S::Error::custom)?;
        stacker::maybe_grow(RED_ZONE, STACK_PIECE, || parts.serialize(serializer))
    }
}

impl<'de> Deserialize<'de> for Value {
    /// An error where the elements do not fill the shape, or are no APL numbers.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Value, D::Error> {
        let parts = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || Parts::deserialize(deserializer))?;
        parts.value().map_err(D::Error::custom)
    }
}

impl Parts {
    fn of(value: &Value) -> Result<Parts> {
        let memory = Memory::unlimited();
        let array = value.array(&memory)?;
        let elements = match &array {
            Array::Bool(arr) => Elements::Numbers(arr.as_slice().iter().map(|b| f64::from(u8::from(*b))).collect()),
            Array::Int(arr) => Elements::Numbers(arr.as_slice().iter().map(|n| f64::from(*n)).collect()),
            Array::Float(arr) => Elements::Numbers(arr.as_slice().to_vec()),
            Array::Complex(arr) => Elements::Complex(arr.as_slice().iter().map(|z| (z.re, z.im)).collect()),
            Array::Char(arr) => Elements::Text(arr.as_slice().iter().collect()),
            Array::Nested(arr) if array.is_empty() => {
                let prototype = arr.prototype().cloned().unwrap_or(Value::Int(0));
                Elements::Empty(Box::new(prototype::prototype(&memory, &prototype)?))
            }
            Array::Nested(arr) => Elements::Items(arr.as_slice().to_vec()),
            Array::Ref(_) => return Err(Fault::domain().because("a reference to a namespace cannot be written")),
        };
        Ok(Parts { shape: value.shape().to_vec(), elements })
    }

    fn value(self) -> Result<Value> {
        let memory = Memory::unlimited();
        let shape = self.shape;
        match self.elements {
            Elements::Numbers(numbers) => numbers_of(&shape, numbers),
            Elements::Complex(parts) => {
                let numbers = parts.into_iter().map(|(re, im)| Complex::new(re, im)).collect();
                Value::try_from(ArrayD::from_shape_vec(shape, numbers)?)
            }
            Elements::Text(text) => {
                Value::try_from(ArrayD::from_shape_vec(shape, text.chars().collect::<Vec<char>>())?)
            }
            Elements::Items(items) => {
                // What does not fill the shape is refused here.
                let items = ArrayD::from_shape_vec(shape.clone(), items)?.into_iter().collect();
                Ok(Array::from_items(&memory, &shape, items, || Value::Int(0))?.into())
            }
            Elements::Empty(prototype) => {
                ArrayD::from_shape_vec(shape.clone(), Vec::<bool>::new())?;
                Ok(Array::from_items(&memory, &shape, Vec::new(), || *prototype)?.into())
            }
        }
    }
}

/// Numbers in the narrowest type that holds them.
fn numbers_of(shape: &[usize], numbers: Vec<f64>) -> Result<Value> {
    let whole = |x: &f64| *x == f64::from(*x as i32) && !(*x == 0.0 && x.is_sign_negative());
    if numbers.iter().all(|x| whole(x) && (0.0..=1.0).contains(x)) {
        let bits = numbers.into_iter().map(|x| x == 1.0).collect::<Vec<bool>>();
        Value::try_from(ArrayD::from_shape_vec(shape, bits)?)
    } else if numbers.iter().all(whole) {
        let whole = numbers.into_iter().map(|x| x as i32).collect::<Vec<i32>>();
        Value::try_from(ArrayD::from_shape_vec(shape, whole)?)
    } else {
        Value::try_from(ArrayD::from_shape_vec(shape, numbers)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    fn written(value: &Value) -> String {
        serde_json::to_string(value).expect("written")
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let mut session = Session::new();
        for text in [
            "1",
            "2 3⍴⍳6",
            "1 0 1",
            "0.1 ¯1E300",
            "3J4 5",
            "'a'",
            "'it''s ⍴'",
            "⍬",
            "''",
            "0 3⍴''",
            "(1 2)'ab'(⊂3 'x')",
            "0⍴⊂1 2 3",
            "⊂⊂1 2",
            "2 0⍴⊂'a'0",
            "⍪'ab' 'c'",
        ] {
            let value = session.eval(text).expect(text);
            let read: Value = serde_json::from_str(&written(&value)).expect(text);
            assert_eq!((&read, read.shape()), (&value, value.shape()), "{text}");
        }
        assert_eq!(
            written(&session.eval("1 2.5").expect("numbers")),
            r#"{"shape":[2],"elements":{"numbers":[1.0,2.5]}}"#
        );
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for text in [
            r#"{"shape":[3],"elements":{"numbers":[1.0]}}"#,
            r#"{"shape":[1],"elements":{"empty":{"shape":[],"elements":{"text":"a"}}}}"#,
            r#"{"shape":[18446744073709551615,2],"elements":{"text":""}}"#,
            r#"{"shape":[2],"elements":{"items":[]}}"#,
            r#"{"shape":[],"elements":{"numbers":[1.0,2.0]}}"#,
            r#"{"shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"elements":{"numbers":[1.0]}}"#,
            r#"[1]"#,
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
        assert!(serde_json::to_string(&Session::new().eval("⎕NS''").expect("a namespace")).is_err());
    }
}
