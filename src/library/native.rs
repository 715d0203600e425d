//! Rust closures as APL functions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use ndarray::{Array, ArrayViewD, Dimension};

use super::item::Item;
use crate::array::{Arr, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};

/// What a Rust closure may give to APL: an ndarray array, a number, text, a [`Value`], or a `Result` of one of these with
/// [`Fault`] as its error.
///
/// ```
/// use zilde::{Fault, Session};
///
/// let mut session = Session::new();
/// // An array, or an error.
/// session.define1("total", |x| x.sum())?;
/// session.define1("nothing", |_| Err::<f64, _>(Fault::domain()))?;
/// assert_eq!(session.eval("total 1 2 3")?.to_string(), "6");
/// assert!(session.eval("nothing 1").is_err());
/// # Ok::<(), zilde::Fault>(())
/// ```
pub trait Output {
    /// The result as a value.
    #[doc(hidden)]
    fn value(self, memory: &Memory) -> Result<Value>;
}

impl<T: Item, D: Dimension> Output for Array<T, D> {
    fn value(self, memory: &Memory) -> Result<Value> {
        T::store(memory, self.into_dyn())
    }
}

impl<T: Item> Output for Vec<T> {
    fn value(self, memory: &Memory) -> Result<Value> {
        Array::from_vec(self).value(memory)
    }
}

macro_rules! scalar_output {
    ($($element:ty),*) => { $(
        impl Output for $element {
            fn value(self, memory: &Memory) -> Result<Value> {
                ndarray::arr0(self).value(memory)
            }
        }
    )* };
}
scalar_output!(bool, char, u8, i32, i64, usize, f32, f64);

impl Output for Value {
    fn value(self, _memory: &Memory) -> Result<Value> {
        Ok(self)
    }
}

impl Output for String {
    fn value(self, memory: &Memory) -> Result<Value> {
        Value::text(memory, &self)
    }
}

impl<T: Output> Output for Result<T> {
    fn value(self, memory: &Memory) -> Result<Value> {
        self?.value(memory)
    }
}

/// The body of a native function.
type Body = dyn Fn(&Memory, Option<&Value>, &Value) -> Result<Value>;

/// A function that is written in Rust.
#[derive(Clone)]
pub struct Native {
    name: Rc<str>,
    body: Rc<Body>,
}

impl Native {
    /// A function of values; a monadic call has no left argument.
    pub fn of_values<R: Output>(name: &str, body: impl Fn(Option<&Value>, &Value) -> R + 'static) -> Native {
        let body = move |memory: &Memory, left: Option<&Value>, right: &Value| body(left, right).value(memory);
        Native { name: name.into(), body: Rc::new(body) }
    }

    /// A dyadic function of arrays of numbers.
    pub fn dyadic<R: Output>(
        name: &str,
        body: impl Fn(ArrayViewD<'_, f64>, ArrayViewD<'_, f64>) -> R + 'static,
    ) -> Native {
        let body = move |memory: &Memory, left: Option<&Value>, right: &Value| {
            let left = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
            let (left, right) = (floats(memory, left)?, floats(memory, right)?);
            body(view(&left)?, view(&right)?).value(memory)
        };
        Native { name: name.into(), body: Rc::new(body) }
    }

    /// A monadic function of an array of numbers.
    pub fn monadic<R: Output>(name: &str, body: impl Fn(ArrayViewD<'_, f64>) -> R + 'static) -> Native {
        let body = move |memory: &Memory, left: Option<&Value>, right: &Value| {
            if left.is_some() {
                return Err(Fault::syntax().because("The function does not take a left argument"));
            }
            body(view(&floats(memory, right)?)?).value(memory)
        };
        Native { name: name.into(), body: Rc::new(body) }
    }
}

fn floats(memory: &Memory, value: &Value) -> Result<Arr<f64>> {
    convert::float_arr(memory, &value.array(memory)?)
}

fn view(arr: &Arr<f64>) -> Result<ArrayViewD<'_, f64>> {
    Ok(ArrayViewD::from_shape(arr.shape(), arr.as_slice())?)
}

impl Function for Native {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        let left = left.map(|left| left.settled(memory)).transpose()?;
        let right = right.settled(memory)?;
        match catch_unwind(AssertUnwindSafe(|| (self.body)(memory, left.as_ref(), &right))) {
            Ok(result) => result?.settled(memory),
            Err(panic) => {
                let what = panic.downcast_ref::<String>().map(String::as_str);
                let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
                Err(Fault::domain().because(format!("{} panicked: {what}", self.name)))
            }
        }
    }

    fn describe(&self) -> Description {
        Description::Text(self.name.clone())
    }
}
