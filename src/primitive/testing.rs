//! A context and short ways to write arrays, for tests of primitives.

use crate::array::{Arr, Array, Memory, Value};
use crate::context::{Context, Interrupt, Silent};
use crate::error::{ErrorKind, Result};

/// A clear workspace.
pub struct Bench {
    /// Its context.
    pub context: Context,
}

impl Bench {
    /// A clear workspace without a limit.
    pub fn new() -> Bench {
        Bench { context: Context::new(Memory::unlimited(), Interrupt::default(), Box::new(Silent)) }
    }

    /// Fails the test unless the result is exactly this array, types of empties and all.
    #[track_caller]
    pub fn same(&self, got: Result<Value>, want: Value) {
        let got = got.unwrap();
        assert_eq!(sketch(&got), sketch(&want));
    }

    /// Fails the test unless the result is an error of this kind.
    #[track_caller]
    pub fn fails(&self, got: Result<Value>, kind: ErrorKind) {
        match got {
            Ok(value) => panic!("{} and no error", sketch(&value)),
            Err(fault) => assert_eq!(fault.kind(), kind),
        }
    }
}

/// An array of whole numbers.
pub fn ints(shape: &[usize], data: &[i32]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).unwrap().into()
}

/// A character vector.
pub fn text(text: &str) -> Value {
    Value::text(&Memory::unlimited(), text).unwrap()
}

/// A vector of boxes.
pub fn boxes(items: &[Value]) -> Value {
    let memory = Memory::unlimited();
    Array::from_items(&memory, &[items.len()], items.to_vec(), || Value::Int(0)).unwrap().into()
}

/// A value written out: shape and elements, numbers whatever their type, boxes in parentheses, prototypes of empties.
pub fn sketch(value: &Value) -> String {
    let memory = Memory::unlimited();
    let array = value.array(&memory).unwrap();
    let items: Vec<String> = match &array {
        Array::Nested(arr) if arr.is_empty() => {
            vec![format!("of ({})", arr.prototype().map(sketch).unwrap_or_default())]
        }
        Array::Nested(arr) => arr.as_slice().iter().map(|item| format!("({})", sketch(item))).collect(),
        Array::Char(arr) if arr.is_empty() => vec!["''".into()],
        Array::Char(arr) => vec![format!("'{}'", arr.as_slice().iter().collect::<String>())],
        Array::Bool(arr) => arr.as_slice().iter().map(|&b| u8::from(b).to_string()).collect(),
        Array::Int(arr) => arr.as_slice().iter().map(i32::to_string).collect(),
        Array::Float(arr) => arr.as_slice().iter().map(f64::to_string).collect(),
        Array::Complex(arr) => arr.as_slice().iter().map(|z| format!("{z}")).collect(),
        Array::Ref(arr) => arr.as_slice().iter().map(|r| r.text().to_string()).collect(),
    };
    format!("{:?}⍴{}", array.shape(), items.join(" "))
}
