//! `From` and `TryFrom` between values and scalars, text, vectors and ndarray arrays.

use ndarray::{Array, ArrayD, ArrayView, Dimension};

use super::item::Item;
use crate::array::{Complex, Memory, Value, convert};
use crate::error::{Fault, Result};

/// An array of elements as a value.
fn stored<T: Item>(array: ArrayD<T>) -> Result<Value> {
    T::store(&Memory::unlimited(), array)
}

impl<T: Item, D: Dimension> TryFrom<Array<T, D>> for Value {
    type Error = Fault;

    /// Without copying where the type is `bool`, `i32`, `f64`, `char` or `Complex<f64>` and the elements are in ravel
    /// order. DOMAIN ERROR for a number that APL cannot represent exactly, NaN and infinity; LIMIT ERROR beyond rank 15.
    ///
    /// ```
    /// use ndarray::{Array, IxDyn, array};
    /// use zilde::{ErrorKind, Value};
    ///
    /// assert_eq!(Value::try_from(array![[1.5, 2.0], [3.0, 4.0]])?.to_string(), "1.5 2\n3   4");
    /// assert_eq!(Value::try_from(array![1.0, f64::NAN]).unwrap_err().kind(), ErrorKind::Domain);
    /// let deep = Array::<i32, _>::zeros(IxDyn(&[1; 16]));
    /// assert_eq!(Value::try_from(deep).unwrap_err().kind(), ErrorKind::Limit);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn try_from(array: Array<T, D>) -> Result<Value> {
        stored(array.into_dyn())
    }
}

impl<T: Item, D: Dimension> TryFrom<&Array<T, D>> for Value {
    type Error = Fault;

    /// A copy.
    fn try_from(array: &Array<T, D>) -> Result<Value> {
        stored(array.to_owned().into_dyn())
    }
}

impl<T: Item, D: Dimension> TryFrom<ArrayView<'_, T, D>> for Value {
    type Error = Fault;

    /// A copy of what is viewed.
    fn try_from(array: ArrayView<'_, T, D>) -> Result<Value> {
        stored(array.to_owned().into_dyn())
    }
}

impl<T: Item> TryFrom<Vec<T>> for Value {
    type Error = Fault;

    /// A vector; nested where the items are arrays themselves.
    ///
    /// ```
    /// use zilde::Value;
    /// assert_eq!(Value::try_from(vec![1_u8, 2, 3])?.to_string(), "1 2 3");
    /// let words: Vec<String> = Value::try_from(vec!["to".to_owned(), "be".to_owned()])?.try_into()?;
    /// assert_eq!(words, ["to", "be"]);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn try_from(items: Vec<T>) -> Result<Value> {
        stored(Array::from_vec(items).into_dyn())
    }
}

impl<T: Item> TryFrom<&[T]> for Value {
    type Error = Fault;

    /// A vector.
    fn try_from(items: &[T]) -> Result<Value> {
        items.to_vec().try_into()
    }
}

impl<T: Item, const N: usize> TryFrom<[T; N]> for Value {
    type Error = Fault;

    /// A vector.
    fn try_from(items: [T; N]) -> Result<Value> {
        Vec::from(items).try_into()
    }
}

impl<T: Item, D: Dimension> TryFrom<Value> for Array<T, D> {
    type Error = Fault;

    /// Without copying where the elements are stored with this type and not shared. RANK ERROR for another number of axes
    /// than `D` has; DOMAIN ERROR for elements that are not exactly of this type.
    ///
    /// ```
    /// use ndarray::{Array2, array};
    /// let mut session = zilde::Session::new();
    /// let table: Array2<u8> = session.eval("2 2⍴⍳4")?.try_into()?;
    /// assert_eq!(table, array![[1, 2], [3, 4]]);
    /// assert!(Array2::<u8>::try_from(session.eval("2 2⍴300")?).is_err());
    /// assert!(Array2::<u8>::try_from(session.eval("⍳4")?).is_err());
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    fn try_from(value: Value) -> Result<Array<T, D>> {
        Ok(T::fetch(value)?.into_dimensionality()?)
    }
}

impl<T: Item, D: Dimension> TryFrom<&Value> for Array<T, D> {
    type Error = Fault;

    /// A copy.
    fn try_from(value: &Value) -> Result<Array<T, D>> {
        value.clone().try_into()
    }
}

impl<T: Item> TryFrom<Value> for Vec<T> {
    type Error = Fault;

    /// The elements of a vector. RANK ERROR for any other array.
    fn try_from(value: Value) -> Result<Vec<T>> {
        Ok(ndarray::Array1::<T>::try_from(value)?.into_raw_vec_and_offset().0)
    }
}

impl From<&str> for Value {
    /// A character vector.
    ///
    /// ```
    /// assert_eq!(zilde::Value::from("abc").shape(), [3]);
    /// ```
    fn from(text: &str) -> Value {
        // A vector has rank 1, and the budget is unlimited: this does not fail.
        Value::text(&Memory::unlimited(), text).unwrap_or_else(|_| Value::zilde())
    }
}

impl From<String> for Value {
    /// A character vector.
    fn from(text: String) -> Value {
        Value::from(&*text)
    }
}

impl From<&String> for Value {
    /// A character vector.
    fn from(text: &String) -> Value {
        Value::from(&**text)
    }
}

macro_rules! into_scalar {
    ($($small:ty),*) => { $(
        impl From<$small> for Value {
            /// A number.
            fn from(n: $small) -> Value {
                Value::Int(i32::from(n))
            }
        }
    )* };
}
into_scalar!(u8, i8, u16, i16);

macro_rules! try_into_scalar {
    ($($number:ty),*) => { $(
        impl TryFrom<$number> for Value {
            type Error = Fault;

            /// A number. DOMAIN ERROR where APL cannot represent it exactly.
            fn try_from(number: $number) -> Result<Value> {
                stored(ndarray::arr0(number).into_dyn())
            }
        }
    )* };
}
try_into_scalar!(u32, u64, i64, f32, f64, Complex);

macro_rules! from_scalar {
    ($($element:ty),*) => { $(
        impl TryFrom<&Value> for $element {
            type Error = Fault;

            /// A scalar or an array of one element. RANK, LENGTH or DOMAIN ERROR for anything else.
            fn try_from(value: &Value) -> Result<$element> {
                let array = <$element as Item>::fetch(value.clone())?;
                match array.len() {
                    1 => array.into_iter().next().ok_or_else(Fault::length),
                    _ if array.ndim() > 1 => Err(Fault::rank()),
                    _ => Err(Fault::length()),
                }
            }
        }
        impl TryFrom<Value> for $element {
            type Error = Fault;

            /// A scalar or an array of one element. RANK, LENGTH or DOMAIN ERROR for anything else.
            fn try_from(value: Value) -> Result<$element> {
                (&value).try_into()
            }
        }
    )* };
}
from_scalar!(bool, char, u8, i8, u16, i16, u32, i32, u64, i64, usize, f32, f64, Complex);

impl TryFrom<&Value> for String {
    type Error = Fault;

    /// A character scalar or vector. RANK or DOMAIN ERROR for anything else.
    fn try_from(value: &Value) -> Result<String> {
        convert::text(&Memory::unlimited(), value)
    }
}

impl TryFrom<Value> for String {
    type Error = Fault;

    /// A character scalar or vector. RANK or DOMAIN ERROR for anything else.
    fn try_from(value: Value) -> Result<String> {
        (&value).try_into()
    }
}
