//! `Value`: what an APL expression stands for. Scalars unboxed, arrays by type, framed and pending forms.
//!
//! Kernels call [`Value::array`], which returns a plain array by type. Framed and pending values are other
//! representations of the same arrays, for functions that only need to change a description (`⊂` how many axes are the
//! frame, `⍉` the order of the axes). No other function sees them.

use std::sync::Arc;

use smallvec::SmallVec;

use super::arr::{Arr, Complex, Element};
use super::discards::{Discarded, Discards, PIECE};
use super::memory::Memory;
use super::pending::Pending;
use super::reference::Reference;
use super::shape::{self, Shape};
use crate::error::Result;

/// Any APL array. How it is stored is nobody's business: it is made of Rust's arrays, numbers and text with `From` and
/// `TryFrom`, and becomes them in the same way.
///
/// ```
/// use ndarray::{Array2, array};
/// use zilde::Value;
///
/// let value = Value::try_from(array![[1, 2], [3, 4]])?;
/// assert_eq!(value.shape(), [2, 2]);
/// let back: Array2<f32> = value.try_into()?;
/// assert_eq!(back, array![[1.0, 2.0], [3.0, 4.0]]);
/// # Ok::<(), zilde::Fault>(())
/// ```
// A simple scalar that is neither complex nor a reference is always one of the unboxed forms.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// The scalar 0 or 1.
    #[doc(hidden)]
    Bool(bool),
    /// A whole number of 32 bits.
    #[doc(hidden)]
    Int(i32),
    /// A number. Never NaN or infinite.
    #[doc(hidden)]
    Float(f64),
    /// A character.
    #[doc(hidden)]
    Char(char),
    /// An array whose elements are stored.
    #[doc(hidden)]
    Array(Array),
    /// An array of boxes of one shape and type, kept as one flat array: see [`Framed`].
    #[doc(hidden)]
    Framed(Arc<Framed>),
    /// A product of broadcast operands that has not been written yet: see [`Pending`]. Never outlives a statement.
    #[doc(hidden)]
    Pending(Arc<Pending>),
}

/// A flat array whose first `frame_rank` axes are the array's own, the rest each box's. The boxes are not scalars.
#[derive(Clone, Debug)]
pub struct Framed {
    pub(super) flat: Value,
    pub(super) frame_rank: usize,
}

/// An array whose elements are stored, by type.
#[derive(Clone, Debug)]
pub enum Array {
    /// 0 and 1.
    Bool(Arr<bool>),
    /// Whole numbers of 32 bits.
    Int(Arr<i32>),
    /// Numbers.
    Float(Arr<f64>),
    /// Complex numbers.
    Complex(Arr<Complex>),
    /// Characters.
    Char(Arr<char>),
    /// References: namespaces.
    Ref(Arr<Reference>),
    /// Anything: boxes, and simple scalars of different types beside each other.
    Nested(Arr<Value>),
}

impl Element for Value {
    // Each item may be an array too small to be charged by itself: this covers its elements and the allocator's overhead.
    const COST: usize = 16 + 2 * super::memory::FREE_BYTES;

    fn blank() -> Value {
        Value::Int(0)
    }

    fn settle(memory: &Memory, items: &mut [Value]) -> Result<()> {
        for item in items {
            let pending = match item {
                Value::Pending(_) => true,
                Value::Framed(framed) => framed.is_pending(),
                _ => false,
            };
            if pending {
                *item = item.clone().settled(memory)?;
            }
        }
        Ok(())
    }

    fn dismantle(items: Vec<Value>, discards: Option<&Discards>) {
        let mut heap = Heap(SmallVec::from_buf([items]));
        match discards {
            Some(discards) => discards.add(heap),
            None => while heap.free_piece() {},
        }
    }
}

/// Values that are dropped, in lists: those of a value that nobody else holds become the next list, so that nothing is
/// dropped recursively.
struct Heap(SmallVec<[Vec<Value>; 1]>);

impl Discarded for Heap {
    fn free_piece(&mut self) -> bool {
        for _ in 0..PIECE {
            let Some(list) = self.0.last_mut() else { return false };
            let last = list.pop();
            if list.is_empty() {
                self.0.pop();
            }
            if let Some(Value::Array(Array::Nested(arr))) = last
                && let Ok(items) = arr.try_into_vec()
            {
                self.0.push(items);
            }
        }
        !self.0.is_empty()
    }
}

/// The same expression for whichever type an array has: `each_type!(array, arr => arr.len())`.
#[macro_export]
#[doc(hidden)]
macro_rules! each_type {
    ($array:expr, $arr:ident => $body:expr) => {
        match $array {
            $crate::array::Array::Bool($arr) => $body,
            $crate::array::Array::Int($arr) => $body,
            $crate::array::Array::Float($arr) => $body,
            $crate::array::Array::Complex($arr) => $body,
            $crate::array::Array::Char($arr) => $body,
            $crate::array::Array::Ref($arr) => $body,
            $crate::array::Array::Nested($arr) => $body,
        }
    };
}

/// The types of elements, from the narrowest number to boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// 0 and 1.
    Bool,
    /// Whole numbers of 32 bits.
    Int,
    /// Numbers.
    Float,
    /// Complex numbers.
    Complex,
    /// Characters.
    Char,
    /// References.
    Ref,
    /// Boxes, or scalars of several types.
    Nested,
}

impl Type {
    /// Whether the elements are numbers.
    pub fn is_numeric(self) -> bool {
        self <= Type::Complex
    }
}

impl Array {
    /// The axis lengths.
    pub fn shape(&self) -> &[usize] {
        each_type!(self, arr => arr.shape())
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        each_type!(self, arr => arr.len())
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the elements.
    pub fn kind(&self) -> Type {
        match self {
            Array::Bool(_) => Type::Bool,
            Array::Int(_) => Type::Int,
            Array::Float(_) => Type::Float,
            Array::Complex(_) => Type::Complex,
            Array::Char(_) => Type::Char,
            Array::Ref(_) => Type::Ref,
            Array::Nested(_) => Type::Nested,
        }
    }

    /// The number of major cells, 1 for a scalar: `≢`.
    pub fn tally(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// The same elements under another shape of the same count.
    pub fn reshape(&self, shape: &[usize]) -> Result<Array> {
        Ok(each_type!(self, arr => arr.reshape(shape)?.into()))
    }

    /// The element at a position of the ravel, as a scalar; the content of a box. Out of range: 0.
    pub fn item(&self, at: usize) -> Value {
        match self {
            Array::Bool(a) => Value::Bool(a.as_slice().get(at).copied().unwrap_or_default()),
            Array::Int(a) => Value::Int(a.as_slice().get(at).copied().unwrap_or_default()),
            Array::Float(a) => Value::Float(a.as_slice().get(at).copied().unwrap_or_default()),
            Array::Char(a) => Value::Char(a.as_slice().get(at).copied().unwrap_or(' ')),
            Array::Complex(a) => Value::complex(a.as_slice().get(at).copied().unwrap_or_default()),
            Array::Ref(a) => a.as_slice().get(at).cloned().unwrap_or_default().into(),
            Array::Nested(a) => a.as_slice().get(at).cloned().unwrap_or(Value::Int(0)),
        }
    }

    /// All elements as values, in ravel order: scalars, or the contents of boxes.
    pub fn items(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).map(|at| self.item(at))
    }
}

macro_rules! array_from {
    ($($kind:ident $element:ty),*) => {
        $(impl From<Arr<$element>> for Array {
            fn from(arr: Arr<$element>) -> Array {
                Array::$kind(arr)
            }
        }
        impl From<Arr<$element>> for Value {
            fn from(arr: Arr<$element>) -> Value {
                Value::from(Array::$kind(arr))
            }
        })*
    };
}
array_from!(Bool bool, Int i32, Float f64, Complex Complex, Char char, Ref Reference, Nested Value);

impl From<Array> for Value {
    /// Keeps the rule that simple scalars are unboxed.
    fn from(array: Array) -> Value {
        if array.rank() > 0 {
            return Value::Array(array);
        }
        match &array {
            Array::Bool(_) | Array::Int(_) | Array::Float(_) | Array::Char(_) => array.item(0),
            Array::Complex(a) if a.as_slice().first().is_some_and(|z| z.im == 0.0) => Value::Float(a.as_slice()[0].re),
            Array::Nested(a) if a.as_slice().first().is_some_and(Value::is_simple_scalar) => array.item(0),
            _ => Value::Array(array),
        }
    }
}

impl From<Reference> for Value {
    fn from(reference: Reference) -> Value {
        // One element of any type is too small to be charged.
        let arr = Arr::new(&Memory::unlimited(), &[], vec![reference]);
        arr.map_or(Value::Bool(false), |arr| Value::Array(Array::Ref(arr)))
    }
}

impl From<Framed> for Value {
    fn from(framed: Framed) -> Value {
        Value::Framed(Arc::new(framed))
    }
}

impl From<Pending> for Value {
    fn from(pending: Pending) -> Value {
        Value::Pending(Arc::new(pending))
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::Bool(b)
    }
}

impl From<i32> for Value {
    fn from(n: i32) -> Value {
        Value::Int(n)
    }
}

impl From<char> for Value {
    fn from(c: char) -> Value {
        Value::Char(c)
    }
}

impl From<usize> for Value {
    /// Counts and indices: a float beyond 32 bits.
    fn from(n: usize) -> Value {
        i32::try_from(n).map_or(Value::Float(n as f64), Value::Int)
    }
}

impl Value {
    /// The axis lengths.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("2 3⍴0")?.shape(), [2, 3]);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn shape(&self) -> &[usize] {
        match self {
            Value::Array(array) => array.shape(),
            Value::Framed(framed) => framed.shape(),
            Value::Pending(pending) => pending.shape(),
            _ => &[],
        }
    }

    /// The number of axes.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("2 3⍴0")?.rank(), 2);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("2 3⍴0")?.count(), 6);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn count(&self) -> usize {
        shape::product(self.shape())
    }
}

#[doc(hidden)]
impl Value {
    /// A complex scalar; a real one where the imaginary part is zero.
    pub fn complex(z: Complex) -> Value {
        if z.im == 0.0 {
            return Value::Float(z.re);
        }
        let arr = Arr::new(&Memory::unlimited(), &[], vec![z]);
        arr.map_or(Value::Float(z.re), |arr| Value::Array(Array::Complex(arr)))
    }

    /// A character vector.
    pub fn text(memory: &Memory, text: &str) -> Result<Value> {
        let chars: Vec<char> = text.chars().collect();
        Ok(Arr::new(memory, &[chars.len()], chars)?.into())
    }

    /// The empty numeric vector `⍬`.
    pub fn zilde() -> Value {
        let arr = Arr::<i32>::new(&Memory::unlimited(), &[0], Vec::new());
        arr.map_or(Value::Int(0), Value::from)
    }

    /// A scalar that holds any value; a simple scalar is its own enclosure: `⊂`.
    pub fn enclose(self, memory: &Memory) -> Result<Value> {
        if self.is_simple_scalar() {
            return Ok(self);
        }
        Ok(Value::Array(Array::Nested(Arr::new(memory, &[], vec![self])?)))
    }

    /// The reference that a scalar is.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Value::Array(Array::Ref(arr)) if arr.rank() == 0 => arr.as_slice().first(),
            _ => None,
        }
    }

    /// The number of major cells, 1 for a scalar: `≢`.
    pub fn tally(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// Whether it is a single number, character or reference, not a box.
    pub fn is_simple_scalar(&self) -> bool {
        match self {
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Char(_) => true,
            Value::Array(Array::Nested(_)) | Value::Framed(_) => false,
            other => other.rank() == 0,
        }
    }

    /// The type of the elements.
    pub fn kind(&self) -> Type {
        match self {
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Float(_) | Value::Pending(_) => Type::Float,
            Value::Char(_) => Type::Char,
            Value::Array(array) => array.kind(),
            Value::Framed(_) => Type::Nested,
        }
    }

    /// The plain array: scalars in an array of rank 0, framed cells in boxes, pending products written.
    pub fn array(&self, memory: &Memory) -> Result<Array> {
        Ok(match self {
            Value::Bool(b) => Arr::new(memory, &[], vec![*b])?.into(),
            Value::Int(n) => Arr::new(memory, &[], vec![*n])?.into(),
            Value::Float(x) => Arr::new(memory, &[], vec![*x])?.into(),
            Value::Char(c) => Arr::new(memory, &[], vec![*c])?.into(),
            Value::Array(array) => array.clone(),
            Value::Framed(framed) => Array::Nested(framed.boxes(memory)?),
            Value::Pending(pending) if Arc::strong_count(pending) > 1 => Array::Float(pending.shared(memory)?),
            Value::Pending(pending) => Array::Float(pending.force(memory)?),
        })
    }

    /// The same as [`Value::array`] for an owned value: elements that are not shared can be written in place.
    pub fn into_array(self, memory: &Memory) -> Result<Array> {
        match self {
            Value::Array(array) => Ok(array),
            other => other.array(memory),
        }
    }

    /// The value with nothing pending in it, ready to be kept, shown or compared.
    #[inline]
    pub fn settled(self, memory: &Memory) -> Result<Value> {
        match self {
            Value::Pending(_) | Value::Framed(_) => self.forced(memory),
            other => Ok(other),
        }
    }

    #[cold]
    fn forced(self, memory: &Memory) -> Result<Value> {
        match self {
            Value::Framed(framed) if framed.is_pending() => Ok(framed.settled(memory)?.into()),
            Value::Pending(_) => Ok(self.array(memory)?.into()),
            Value::Framed(framed) => {
                framed.check(memory)?;
                Ok(Value::Framed(framed))
            }
            other => Ok(other),
        }
    }

    /// The same elements under another shape of the same count.
    pub fn reshape(&self, memory: &Memory, shape: &[usize]) -> Result<Value> {
        Ok(self.array(memory)?.reshape(shape)?.into())
    }

    /// The item at a position of the ravel: a scalar, or the content of a box.
    pub fn item(&self, memory: &Memory, at: usize) -> Result<Value> {
        match self {
            Value::Array(array) => Ok(array.item(at)),
            Value::Framed(framed) => framed.item(memory, at),
            Value::Pending(_) => Ok(self.array(memory)?.item(at)),
            scalar => Ok(scalar.clone()),
        }
    }

    /// The shape as a value that owns it.
    pub fn shape_vec(&self) -> Shape {
        Shape::from_slice(self.shape())
    }
}
