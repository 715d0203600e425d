//! `Arr<T>`: elements of one type and a shape, reference-counted, always in ravel order.
//!
//! The only file that computes with ndarray; `library.rs` and `testing.rs` use its types in conversions and tests.
//! Elements are copied on write, if they are shared; reshaping never copies.

use std::mem;
use std::sync::Arc;

use ndarray::{ArcArray, ArrayD, IxDyn};

use super::memory::{FREE_BYTES, Lease, Memory};
use super::shape;
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

    /// Drops elements without recursion, so that deep nesting cannot overflow the native stack.
    fn dismantle(_elements: Vec<Self>) {}
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
    /// `None` only while the block is being dropped.
    array: Option<ArcArray<T, IxDyn>>,
    lease: Option<Arc<Lease>>,
    /// The prototype of an empty array of boxes.
    prototype: Option<T>,
}

impl<T: Element> Drop for Block<T> {
    fn drop(&mut self) {
        if mem::needs_drop::<T>() {
            // Elements that are shared are not dropped yet.
            if let Some(Ok(owned)) = self.array.take().map(ArcArray::try_into_owned_nocopy) {
                T::dismantle(owned.into_raw_vec_and_offset().0);
            }
            if let Some(item) = self.prototype.take() {
                T::dismantle(vec![item]);
            }
        }
    }
}

impl<T: Element> Block<T> {
    fn array(&self) -> &ArcArray<T, IxDyn> {
        self.array.as_ref().expect("taken only by the owner of the whole block, who drops it at once")
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
            _ => Some(Arc::new(memory.lease(bytes)?)),
        };
        let array = ArrayD::from_shape_vec(IxDyn(shape), data)
            .map_err(|_| Fault::internal("an array whose elements do not fill its shape"))?;
        Ok(Arr(Arc::new(Block { array: Some(array.into_shared()), lease, prototype: None })))
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
        let shape = shape::Shape::from_slice(array.shape());
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
    pub fn into_ndarray(self) -> ArrayD<T> {
        let shape = shape::Shape::from_slice(self.shape());
        match self.try_into_vec() {
            Ok(vec) => ArrayD::from_shape_vec(IxDyn(&shape), vec).expect("the elements of an array fill its shape"),
            Err(arr) => arr.0.array().to_owned(),
        }
    }

    /// The axis lengths.
    pub fn shape(&self) -> &[usize] {
        self.0.array().shape()
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.array().ndim()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.0.array().len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in ravel order.
    pub fn as_slice(&self) -> &[T] {
        self.0.array().as_slice().unwrap_or(&[])
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
        let array = self
            .0
            .array()
            .clone()
            .into_shape_with_order(IxDyn(shape))
            .map_err(|_| Fault::internal("reshape of elements out of order"))?;
        Ok(Arr(Arc::new(Block {
            array: Some(array),
            lease: self.0.lease.clone(),
            prototype: self.0.prototype.clone(),
        })))
    }

    /// The elements in ravel order, moved out if they are not shared; otherwise the array itself as an `Err`.
    pub fn try_into_vec(self) -> std::result::Result<Vec<T>, Arr<T>> {
        let mut block = Arc::try_unwrap(self.0).map_err(Arr)?;
        match block.array.take().map(ArcArray::try_into_owned_nocopy) {
            Some(Ok(owned)) => Ok(owned.into_raw_vec_and_offset().0),
            Some(Err(shared)) => {
                block.array = Some(shared);
                Err(Arr(Arc::new(block)))
            }
            None => Ok(Vec::new()),
        }
    }

    /// Whether the elements are not shared, so that writing would not copy them.
    pub fn is_unique(&mut self) -> bool {
        Arc::get_mut(&mut self.0).is_some_and(|block| block.array().is_unique())
    }

    /// The elements for writing; copied first if they are shared.
    pub fn make_mut(&mut self, memory: &Memory) -> Result<&mut [T]> {
        if !self.is_unique() {
            memory.check(self.len() * T::COST)?;
            let mut fresh = Arr::new(memory, self.shape(), self.as_slice().to_vec())?;
            if let (Some(block), Some(item)) = (Arc::get_mut(&mut fresh.0), &self.0.prototype) {
                block.prototype = Some(item.clone());
            }
            *self = fresh;
        }
        Arc::get_mut(&mut self.0)
            .and_then(|block| block.array.as_mut()?.as_slice_mut())
            .ok_or_else(|| Fault::internal("elements to write are shared"))
    }

    /// Puts elements behind the last ones, as further major cells. Elements that nobody else holds stay where they are,
    /// and room is made for half as many again, so that appending one after the other takes constant time. The rank is
    /// at least 1 and `more` fills whole major cells. WS FULL leaves the array as it was.
    pub fn append(&mut self, memory: &Memory, more: &[T]) -> Result<()> {
        let mut shape = shape::Shape::from_slice(self.shape());
        shape[0] += more.len() / shape::product(&shape[1..]).max(1);
        let count = shape::count(&shape)?;
        let bytes = count.checked_mul(T::COST).ok_or_else(Fault::ws_full)?;
        if !self.is_unique() {
            let mut data = memory.vec(count)?;
            data.extend_from_slice(self.as_slice());
            data.extend_from_slice(more);
            *self = Arr::new(memory, &shape, data)?;
            return Ok(());
        }
        let unshared = || Fault::internal("elements to append to are shared");
        let block = Arc::get_mut(&mut self.0).ok_or_else(unshared)?;
        let mut leased = block.lease.as_ref().map_or(FREE_BYTES, |lease| lease.bytes());
        let mut lease = None;
        if bytes > leased {
            // The old room is still counted while the elements are moved to the new one.
            let new = memory.lease(bytes.saturating_add(bytes / 2)).or_else(|_| memory.lease(bytes))?;
            leased = new.bytes();
            lease = Some(Arc::new(new));
        }
        let owned = block.array.take().map(ArcArray::try_into_owned_nocopy).and_then(std::result::Result::ok);
        let mut data = owned.ok_or_else(unshared)?.into_raw_vec_and_offset().0;
        let before = data.len();
        let room = match count > data.capacity() {
            true => data.try_reserve_exact(count.max(leased / T::COST) - before).map_err(|_| Fault::ws_full()),
            false => Ok(()),
        };
        let done = room.and_then(|()| {
            data.extend_from_slice(more);
            T::settle(memory, &mut data[before..])
        });
        match done {
            Ok(()) => block.lease = lease.or_else(|| block.lease.take()),
            Err(_) => {
                data.truncate(before);
                shape[0] -= more.len() / shape::product(&shape[1..]).max(1);
            }
        }
        block.array = ArrayD::from_shape_vec(IxDyn(&shape), data).ok().map(ArrayD::into_shared);
        done
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
