//! The types of elements that arrays can have in Rust.

use ndarray::ArrayD;

use crate::array::{Arr, Array, Complex, Element, Memory, Value};
use crate::error::{Fault, Result};

/// An element of an array in Rust: a number of any of Rust's types, `bool`, `char`, `Complex<f64>`; and for nested arrays
/// `String`, `Vec`, or [`Value`] for anything.
///
/// Arrays of elements become values with `Value::try_from`, and values become arrays with `Array::try_from` or
/// `try_into`. A number that cannot be represented exactly is a DOMAIN ERROR; so are NaN and infinity, which APL does not
/// have.
///
/// ```
/// fn sorted<T: zilde::Item>(items: Vec<T>) -> Result<Vec<T>, zilde::Fault> {
///     let mut session = zilde::Session::new();
///     session.set("x", zilde::Value::try_from(items)?)?;
///     session.eval("x[⍋x]")?.try_into()
/// }
/// assert_eq!(sorted(vec![3_i64, 1, 2])?, [1, 2, 3]);
/// assert_eq!(sorted(vec!['b', 'a'])?, ['a', 'b']);
/// # Ok::<(), zilde::Fault>(())
/// ```
pub trait Item: Clone + 'static {
    /// The array as a value.
    #[doc(hidden)]
    fn store(memory: &Memory, array: ArrayD<Self>) -> Result<Value>;

    /// The value as an array.
    #[doc(hidden)]
    fn fetch(value: Value) -> Result<ArrayD<Self>>;
}

fn inexact(what: impl std::fmt::Display, target: &str) -> Fault {
    Fault::domain().because(format!("{what} is not exactly a {target}"))
}

/// Why an array is none of this type.
fn wrong(target: &str) -> Fault {
    Fault::domain().because(format!("Not an array of {target}"))
}

fn plain(value: Value) -> Result<Array> {
    value.into_array(&Memory::unlimited())
}

/// The elements of an array under its shape, each converted.
fn each<S: Element, T>(arr: &Arr<S>, to: impl Fn(&S) -> Result<T>) -> Result<ArrayD<T>> {
    let data = arr.as_slice().iter().map(to).collect::<Result<Vec<T>>>()?;
    Ok(ArrayD::from_shape_vec(arr.shape(), data)?)
}

/// Stored as it is, without copying where the elements are in ravel order.
fn kept<T: Element>(memory: &Memory, array: ArrayD<T>) -> Result<Value>
where
    Value: From<Arr<T>>,
{
    Ok(Arr::from_ndarray(memory, array)?.into())
}

/// An array without elements has any type: in APL it is of numbers or of characters by its prototype.
fn empty<T>(array: &Array) -> Result<ArrayD<T>> {
    Ok(ArrayD::from_shape_vec(array.shape(), Vec::new())?)
}

impl Item for bool {
    fn store(memory: &Memory, array: ArrayD<bool>) -> Result<Value> {
        kept(memory, array)
    }

    fn fetch(value: Value) -> Result<ArrayD<bool>> {
        let bit = |n: f64| match n {
            0.0 => Ok(false),
            1.0 => Ok(true),
            n => Err(inexact(n, "bool")),
        };
        match plain(value)? {
            Array::Bool(arr) => Ok(arr.into_ndarray()),
            Array::Int(arr) => each(&arr, |n| bit(f64::from(*n))),
            Array::Float(arr) => each(&arr, |x| bit(*x)),
            Array::Complex(arr) => each(&arr, |z| bit(real(*z)?)),
            array if array.is_empty() => empty(&array),
            _ => Err(wrong("numbers")),
        }
    }
}

impl Item for char {
    fn store(memory: &Memory, array: ArrayD<char>) -> Result<Value> {
        kept(memory, array)
    }

    fn fetch(value: Value) -> Result<ArrayD<char>> {
        match plain(value)? {
            Array::Char(arr) => Ok(arr.into_ndarray()),
            array if array.is_empty() => empty(&array),
            _ => Err(wrong("characters")),
        }
    }
}

/// The real number that a complex one is.
fn real(z: Complex) -> Result<f64> {
    if z.im == 0.0 { Ok(z.re) } else { Err(inexact(z, "real number")) }
}

fn finite(x: f64) -> Result<f64> {
    if x.is_finite() { Ok(x) } else { Err(Fault::domain().because(format!("{x} is no number of APL"))) }
}

impl Item for f64 {
    fn store(memory: &Memory, array: ArrayD<f64>) -> Result<Value> {
        array.iter().try_for_each(|x| finite(*x).map(drop))?;
        kept(memory, array)
    }

    fn fetch(value: Value) -> Result<ArrayD<f64>> {
        match plain(value)? {
            Array::Bool(arr) => each(&arr, |b| Ok(f64::from(u8::from(*b)))),
            Array::Int(arr) => each(&arr, |n| Ok(f64::from(*n))),
            Array::Float(arr) => Ok(arr.into_ndarray()),
            Array::Complex(arr) => each(&arr, |z| real(*z)),
            array if array.is_empty() => empty(&array),
            _ => Err(wrong("numbers")),
        }
    }
}

impl Item for f32 {
    fn store(memory: &Memory, array: ArrayD<f32>) -> Result<Value> {
        f64::store(memory, array.mapv(f64::from))
    }

    fn fetch(value: Value) -> Result<ArrayD<f32>> {
        let narrow = |x: f64| {
            let short = x as f32;
            if f64::from(short) == x { Ok(short) } else { Err(inexact(x, "f32")) }
        };
        let wide = f64::fetch(value)?;
        let shape = wide.raw_dim();
        Ok(ArrayD::from_shape_vec(shape, wide.into_iter().map(narrow).collect::<Result<Vec<_>>>()?)?)
    }
}

impl Item for Complex {
    fn store(memory: &Memory, array: ArrayD<Complex>) -> Result<Value> {
        array.iter().try_for_each(|z| finite(z.re).and(finite(z.im)).map(drop))?;
        if array.iter().all(|z| z.im == 0.0) {
            return kept(memory, array.mapv(|z| z.re));
        }
        kept(memory, array)
    }

    fn fetch(value: Value) -> Result<ArrayD<Complex>> {
        match plain(value)? {
            Array::Complex(arr) => Ok(arr.into_ndarray()),
            other => Ok(f64::fetch(other.into())?.mapv(|x| Complex::new(x, 0.0))),
        }
    }
}

macro_rules! whole_numbers {
    ($($int:ty),*) => { $(
        impl Item for $int {
            fn store(memory: &Memory, array: ArrayD<$int>) -> Result<Value> {
                let shape = array.raw_dim();
                if array.iter().all(|n| i32::try_from(*n).is_ok()) {
                    let data: Vec<i32> = array.into_iter().map(|n| n as i32).collect();
                    return kept(memory, ArrayD::from_shape_vec(shape, data)?);
                }
                let exact = |n: $int| {
                    let x = n as f64;
                    if x as i128 == n as i128 { Ok(x) } else { Err(inexact(n, "64-bit float")) }
                };
                kept(memory, ArrayD::from_shape_vec(shape, array.into_iter().map(exact).collect::<Result<Vec<_>>>()?)?)
            }

            fn fetch(value: Value) -> Result<ArrayD<$int>> {
                let from = |x: f64| {
                    let n = x as $int;
                    if n as f64 == x && n as i128 == x as i128 { Ok(n) } else { Err(inexact(x, stringify!($int))) }
                };
                match plain(value)? {
                    Array::Bool(arr) => each(&arr, |b| Ok(<$int>::from(*b))),
                    Array::Int(arr) => each(&arr, |n| <$int>::try_from(*n).map_err(|_| inexact(n, stringify!($int)))),
                    Array::Float(arr) => each(&arr, |x| from(*x)),
                    Array::Complex(arr) => each(&arr, |z| from(real(*z)?)),
                    array if array.is_empty() => empty(&array),
                    _ => Err(wrong("numbers")),
                }
            }
        }
    )* };
}
whole_numbers!(u8, i8, u16, i16, u32, u64, i64, usize, isize);

impl Item for i32 {
    fn store(memory: &Memory, array: ArrayD<i32>) -> Result<Value> {
        kept(memory, array)
    }

    fn fetch(value: Value) -> Result<ArrayD<i32>> {
        match plain(value)? {
            Array::Int(arr) => Ok(arr.into_ndarray()),
            other => i64::fetch(other.into())?.map_to(|n| i32::try_from(n).map_err(|_| inexact(n, "i32"))),
        }
    }
}

/// `mapv` for a conversion that can fail.
trait MapTo<S> {
    fn map_to<T>(self, to: impl Fn(S) -> Result<T>) -> Result<ArrayD<T>>;
}

impl<S> MapTo<S> for ArrayD<S> {
    fn map_to<T>(self, to: impl Fn(S) -> Result<T>) -> Result<ArrayD<T>> {
        let shape = self.raw_dim();
        Ok(ArrayD::from_shape_vec(shape, self.into_iter().map(to).collect::<Result<Vec<_>>>()?)?)
    }
}

/// The items of any array as values.
fn items(value: Value) -> Result<ArrayD<Value>> {
    let array = plain(value)?;
    Ok(ArrayD::from_shape_vec(array.shape(), array.items().collect())?)
}

impl Item for Value {
    fn store(memory: &Memory, array: ArrayD<Value>) -> Result<Value> {
        let shape = array.shape().to_vec();
        // Items that are all simple scalars of one type make a simple array.
        Ok(Array::from_items(memory, &shape, array.into_iter().collect(), || Value::Int(0))?.into())
    }

    fn fetch(value: Value) -> Result<ArrayD<Value>> {
        items(value)
    }
}

impl Item for String {
    fn store(memory: &Memory, array: ArrayD<String>) -> Result<Value> {
        Value::store(memory, array.map_to(|text| Value::text(memory, &text))?)
    }

    fn fetch(value: Value) -> Result<ArrayD<String>> {
        items(value)?.map_to(|item| String::try_from(&item))
    }
}

impl<T: Item> Item for Vec<T> {
    fn store(memory: &Memory, array: ArrayD<Vec<T>>) -> Result<Value> {
        let boxed = |items: Vec<T>| T::store(memory, ArrayD::from_shape_vec(vec![items.len()], items)?);
        Value::store(memory, array.map_to(boxed)?)
    }

    fn fetch(value: Value) -> Result<ArrayD<Vec<T>>> {
        items(value)?.map_to(Vec::<T>::try_from)
    }
}
