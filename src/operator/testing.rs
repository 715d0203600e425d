//! What the operators' unit tests share: a silent context, integer arrays, functions made of closures.

use std::rc::Rc;

use crate::array::{Arr, Array, Memory, Value, convert};
use crate::context::Context;
use crate::error::Result;
use crate::function::{Description, Fun, Function, Operand};

pub fn context() -> Context {
    Context::silent(Memory::unlimited())
}

pub fn ints(shape: &[usize], data: &[i32]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).expect("test data fits its shape").into()
}

/// The shape of a result and its elements as whole numbers.
pub fn numbers(result: Result<Value>) -> (Vec<usize>, Vec<i64>) {
    let value = result.expect("a result");
    let array = value.array(&Memory::unlimited()).expect("an array");
    (value.shape().to_vec(), convert::ints(&Memory::unlimited(), &array).expect("whole numbers"))
}

pub fn array(value: &Value) -> Array {
    value.array(&Memory::unlimited()).expect("an array")
}

type Call = dyn Fn(&Context, Option<Value>, Value) -> Result<Value>;

struct Closure(Box<Call>);

impl Function for Closure {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        (self.0)(context, left, right)
    }

    fn describe(&self) -> Description {
        Description::Text("{…}".into())
    }
}

pub fn function(call: impl Fn(&Context, Option<Value>, Value) -> Result<Value> + 'static) -> Operand {
    let fun: Fun = Rc::new(Closure(Box::new(call)));
    Operand::Function(fun)
}

/// `{+/,⍵}`.
pub fn sum() -> Operand {
    function(|_, _, right| {
        Ok(Value::Int(convert::ints(&Memory::unlimited(), &array(&right))?.iter().sum::<i64>() as i32))
    })
}
