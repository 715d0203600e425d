//! `Arr<T>`: elements of one type and a shape, reference-counted, always in ravel order.
//!
//! An array is one block with its shape, and a vector of elements; ndarray's arrays become such arrays, and these become
//! ndarray's, without a copy. Elements are copied on write, if they are shared; reshaping never copies.

use std::mem;
use std::sync::Arc;

use ndarray::{ArrayD, IxDyn};

use super::discards::Discards;
use super::memory::{FREE_BYTES, Lease, Memory};
use super::shape::{self, Shape};
use crate::error::{Fault, Result};

/// A complex number of two 64-bit floats.
pub type Complex = num_complex::Complex<f64>;

/// What an array can hold.
pub trait Element: Clone + Send + Sync + Sized + 'static {
    /// Bytes counted for each element, including what a boxed item holds outside the array.
    const COST: usize = mem::size_of::<Self>();

    /// An element that is cheap to make, for space that will be overwritten; also the fill of simple types.
    fn blank() -> Self;

    /// Prepares elements for storage: computes pending values, which boxes never hold.
    fn settle(_memory: &Memory, _elements: &mut [Self]) -> Result<()> {
        Ok(())
    }

    /// Drops elements without recursion, so that deep nesting cannot overflow the native stack; many of them in pieces.
    fn dismantle(_elements: Vec<Self>, _discards: Option<&Discards>) {}
}

impl Element for bool {
    fn blank() -> bool {
        false
    }
}

impl Element for i32 {
    fn blank() -> i32 {
        0
    }
}

impl Element for f64 {
    fn blank() -> f64 {
        0.0
    }
}

impl Element for char {
    fn blank() -> char {
        ' '
    }
}

impl Element for Complex {
    fn blank() -> Complex {
        Complex::new(0.0, 0.0)
    }
}

/// An array of elements of one type. Cloning shares the elements.
#[derive(Debug)]
pub struct Arr<T: Element>(Arc<Block<T>>);

#[derive(Debug)]
struct Block<T: Element> {
    shape: Shape,
    elements: Elements<T>,
    /// The prototype of an empty array of boxes.
    prototype: Option<T>,
}

#[derive(Debug)]
enum Elements<T: Element> {
    /// The array's own, with what they take from the workspace budget.
    Own(Vec<T>, Option<Lease>),
    /// All those of another array of another shape, which are its own.
    Of(Arr<T>),
}

impl<T: Element> Drop for Block<T> {
    fn drop(&mut self) {
        if mem::needs_drop::<T>() {
            if let Elements::Own(own, lease) = &mut self.elements {
                T::dismantle(mem::take(own), lease.as_ref().map(|lease| lease.discards()));
            }
            if let Some(item) = self.prototype.take() {
                T::dismantle(vec![item], None);
            }
        }
    }
}

impl<T: Element> Clone for Arr<T> {
    fn clone(&self) -> Self {
        Arr(self.0.clone())
    }
}

impl<T: Element> Arr<T> {
    /// An array of `data` in ravel order, with all checks: LIMIT ERROR beyond rank 15, WS FULL beyond the budget.
    pub fn new(memory: &Memory, shape: &[usize], mut data: Vec<T>) -> Result<Arr<T>> {
        T::settle(memory, &mut data)?;
        let count = shape::count(shape)?;
        let bytes = count.checked_mul(T::COST).ok_or_else(Fault::ws_full)?;
        let lease = match bytes {
            0..=FREE_BYTES => None,
            _ => Some(memory.lease(bytes)?),
        };
        if data.len() != count {
            return Err(Fault::internal("an array whose elements do not fill its shape"));
        }
        Ok(Arr::of(Shape::from_slice(shape), Elements::Own(data, lease)))
    }

    fn of(shape: Shape, elements: Elements<T>) -> Arr<T> {
        Arr(Arc::new(Block { shape, elements, prototype: None }))
    }

    /// An empty array of boxes with a prototype.
    pub fn empty_of(memory: &Memory, shape: &[usize], prototype: T) -> Result<Arr<T>> {
        let mut arr = Arr::new(memory, shape, Vec::new())?;
        if let Some(block) = Arc::get_mut(&mut arr.0) {
            block.prototype = Some(prototype);
        }
        Ok(arr)
    }

    /// Takes a whole ndarray array, without copying where its elements are in ravel order.
    pub fn from_ndarray(memory: &Memory, array: ArrayD<T>) -> Result<Arr<T>> {
        let shape = Shape::from_slice(array.shape());
        let data = if array.is_standard_layout() {
            let (vec, offset) = array.into_raw_vec_and_offset();
            match offset {
                None | Some(0) if vec.len() == shape::product(&shape) => vec,
                _ => {
                    let start = offset.unwrap_or(0);
                    vec[start..start + shape::product(&shape)].to_vec()
                }
            }
        } else {
            array.iter().cloned().collect()
        };
        Arr::new(memory, &shape, data)
    }

    /// The array as ndarray holds it, without copying if the elements are not shared.
    #[expect(clippy::expect_used, reason = "`Arr::new` has checked that the elements fill the shape")]
    pub fn into_ndarray(self) -> ArrayD<T> {
        let shape = Shape::from_slice(self.shape());
        let elements = self.try_into_vec().unwrap_or_else(|arr| arr.as_slice().to_vec());
        ArrayD::from_shape_vec(IxDyn(&shape), elements).expect("the elements of an array fill its shape")
    }

    /// The axis lengths.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.shape.len()
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in ravel order.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match &self.0.elements {
            Elements::Own(own, _) => own,
            Elements::Of(whole) => match &whole.0.elements {
                Elements::Own(own, _) => own,
                // Those of another array are never those of a third one.
                Elements::Of(_) => &[],
            },
        }
    }

    /// The elements of a vector; `None` for another rank.
    #[inline]
    pub fn vector(&self) -> Option<&[T]> {
        (self.0.shape.len() == 1).then(|| self.as_slice())
    }

    /// The element at a position of the ravel for writing; `None` where it is shared, or not there.
    #[inline]
    pub fn place(&mut self, at: usize) -> Option<&mut T> {
        match &mut Arc::get_mut(&mut self.0)?.elements {
            Elements::Own(own, _) => own.get_mut(at),
            Elements::Of(_) => None,
        }
    }

    /// The prototype of an empty array of boxes.
    pub fn prototype(&self) -> Option<&T> {
        self.0.prototype.as_ref().or_else(|| self.as_slice().first())
    }

    /// The same elements under another shape of the same count; shares them.
    pub fn reshape(&self, shape: &[usize]) -> Result<Arr<T>> {
        if shape::count(shape)? != self.len() {
            return Err(Fault::internal("reshape to another count"));
        }
        let whole = match &self.0.elements {
            Elements::Own(..) => self.clone(),
            Elements::Of(whole) => whole.clone(),
        };
        let (shape, prototype) = (Shape::from_slice(shape), self.0.prototype.clone());
        Ok(Arr(Arc::new(Block { shape, elements: Elements::Of(whole), prototype })))
    }

    /// The elements in ravel order, moved out if they are not shared; otherwise the array itself as an `Err`.
    pub fn try_into_vec(self) -> std::result::Result<Vec<T>, Arr<T>> {
        let mut block = Arc::try_unwrap(self.0).map_err(Arr)?;
        match mem::replace(&mut block.elements, Elements::Own(Vec::new(), None)) {
            Elements::Own(own, _) => Ok(own),
            Elements::Of(whole) => whole.try_into_vec().map_err(|whole| {
                block.elements = Elements::Of(whole);
                Arr(Arc::new(block))
            }),
        }
    }

    /// Whether the elements are not shared, so that writing would not copy them.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // There are no weak references.
        Arc::strong_count(&self.0) == 1
            && match &self.0.elements {
                Elements::Own(..) => true,
                Elements::Of(whole) => Arc::strong_count(&whole.0) == 1,
            }
    }

    /// The elements for writing; copied first if they are shared.
    #[inline]
    pub fn make_mut(&mut self, memory: &Memory) -> Result<&mut [T]> {
        if !self.is_unique() {
            self.copy(memory)?;
        }
        let shared = || Fault::internal("elements to write are shared");
        let block = Arc::get_mut(&mut self.0).ok_or_else(shared)?;
        match &mut block.elements {
            Elements::Own(own, _) => Ok(own),
            Elements::Of(whole) => match Arc::get_mut(&mut whole.0).map(|whole| &mut whole.elements) {
                Some(Elements::Own(own, _)) => Ok(own),
                _ => Err(shared()),
            },
        }
    }

    /// Becomes the only one that holds its elements.
    #[cold]
    fn copy(&mut self, memory: &Memory) -> Result<()> {
        memory.check(self.len() * T::COST)?;
        let mut fresh = Arr::new(memory, self.shape(), self.as_slice().to_vec())?;
        if let (Some(block), Some(item)) = (Arc::get_mut(&mut fresh.0), &self.0.prototype) {
            block.prototype = Some(item.clone());
        }
        *self = fresh;
        Ok(())
    }

    /// Puts elements behind the last ones, as further major cells. Elements that nobody else holds stay where they are,
    /// and room is made for half as many again, so that appending one after the other takes constant time. The rank is
    /// at least 1 and `more` fills whole major cells. WS FULL leaves the array as it was.
    pub fn append(&mut self, memory: &Memory, more: &[T]) -> Result<()> {
        let cells = more.len() / shape::product(&self.shape()[1..]).max(1);
        let own = match Arc::get_mut(&mut self.0) {
            Some(Block { shape, elements: Elements::Own(own, lease), .. }) => Some((shape, own, lease)),
            _ => None,
        };
        let Some((shape, own, lease)) = own else {
            let mut shape = Shape::from_slice(self.shape());
            shape[0] += cells;
            let mut data = memory.vec(shape::count(&shape)?)?;
            data.extend_from_slice(self.as_slice());
            data.extend_from_slice(more);
            *self = Arr::new(memory, &shape, data)?;
            return Ok(());
        };
        let before = own.len();
        // The other axes have been checked with the shape as it is, whose elements are there.
        let count = before + more.len();
        let bytes = count.checked_mul(T::COST).ok_or_else(Fault::ws_full)?;
        let mut leased = lease.as_ref().map_or(FREE_BYTES, |lease| lease.bytes());
        let mut larger = None;
        if bytes > leased {
            // The old room is still counted while the elements are moved to the new one.
            let new = memory.lease(bytes.saturating_add(bytes / 2)).or_else(|_| memory.lease(bytes))?;
            leased = new.bytes();
            larger = Some(new);
        }
        if count > own.capacity() {
            own.try_reserve_exact(count.max(leased / T::COST) - before).map_err(|_| Fault::ws_full())?;
        }
        own.extend_from_slice(more);
        if let Err(fault) = T::settle(memory, &mut own[before..]) {
            own.truncate(before);
            return Err(fault);
        }
        if larger.is_some() {
            *lease = larger;
        }
        shape[0] += cells;
        Ok(())
    }

    /// The address of the array, which is the same for all clones of it.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// Whether two arrays share their elements, so that they match without a comparison.
    pub fn is_same(&self, other: &Arr<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
