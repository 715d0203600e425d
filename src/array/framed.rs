//! Framed arrays: nested arrays whose items all have one shape and one simple type, stored as one flat array. The first
//! axes of the flat array, the frame, are the axes of the nested array; the others, the cell, are those of each item.
//!
//! Enclosing cells of equal shape only changes how many axes are the frame; boxes are made when they are needed.

use std::sync::Arc;

use super::arr::{Arr, Element};
use super::memory::Memory;
use super::shape::{self, Shape};
use super::value::{Array, Framed, Value};
use crate::each_type;
use crate::error::{Fault, Result};

impl Framed {
    /// Boxes of the trailing axes of `flat`, a simple array (or pending product) of rank greater than `frame_rank`.
    pub fn new(flat: Value, frame_rank: usize) -> Result<Framed> {
        let simple =
            matches!(&flat, Value::Pending(_)) || matches!(&flat, Value::Array(a) if !matches!(a, Array::Nested(_)));
        if !simple || flat.rank() <= frame_rank {
            return Err(Fault::internal("framed cells must be simple and not scalars"));
        }
        Ok(Framed { flat, frame_rank })
    }

    /// The flat array: frame axes first, the boxes' axes behind them.
    pub fn flat(&self) -> &Value {
        &self.flat
    }

    /// The flat array, by itself.
    pub fn into_flat(self) -> Value {
        self.flat
    }

    /// How many leading axes of the flat array are the array's own.
    pub fn frame_rank(&self) -> usize {
        self.frame_rank
    }

    /// The array's shape.
    pub fn shape(&self) -> &[usize] {
        &self.flat.shape()[..self.frame_rank]
    }

    /// The shape of every box.
    pub fn cell_shape(&self) -> &[usize] {
        &self.flat.shape()[self.frame_rank..]
    }

    /// Whether the flat array is pending.
    pub fn is_pending(&self) -> bool {
        matches!(self.flat, Value::Pending(_))
    }

    /// WS FULL if boxes that take nothing here, because all of them are empty, would not fit otherwise.
    pub fn check(&self, memory: &Memory) -> Result<()> {
        match self.cell_shape().contains(&0) {
            true => memory.check(shape::product(self.shape()).saturating_mul(<Value as Element>::COST)),
            false => Ok(()),
        }
    }

    /// The same with the flat array computed.
    pub fn settled(&self, memory: &Memory) -> Result<Framed> {
        Framed::new(self.flat.clone().settled(memory)?, self.frame_rank)
    }

    /// A value as a plain array and the number of trailing axes that are its boxes': the flat array of a framed value,
    /// and 0 for any other. A function that works along leading axes treats both in the same way.
    pub fn open(value: Value, memory: &Memory) -> Result<(Array, usize)> {
        match value {
            Value::Framed(framed) => {
                let cell = framed.cell_shape().len();
                let flat = match Arc::try_unwrap(framed) {
                    Ok(framed) => framed.flat,
                    Err(shared) => shared.flat.clone(),
                };
                Ok((flat.into_array(memory)?, cell))
            }
            other => Ok((other.into_array(memory)?, 0)),
        }
    }

    /// The value of an array whose last `cell` axes are its boxes', as [`Framed::open`] gave it.
    pub fn close(array: Array, cell: usize) -> Result<Value> {
        if cell == 0 {
            return Ok(array.into());
        }
        let frame_rank = array.rank().saturating_sub(cell);
        Ok(Framed::new(Value::Array(array), frame_rank)?.into())
    }

    /// The content of one box.
    pub fn item(&self, memory: &Memory, at: usize) -> Result<Value> {
        let cell = self.cell_shape();
        let size = shape::product(cell);
        let flat = self.flat.array(memory)?;
        Ok(each_type!(&flat, arr => {
            let cell_data = arr.as_slice().get(at * size..(at + 1) * size).unwrap_or(&[]).to_vec();
            Arr::new(memory, cell, cell_data)?.into()
        }))
    }

    /// The boxes, made.
    pub fn boxes(&self, memory: &Memory) -> Result<Arr<Value>> {
        let frame = Shape::from_slice(self.shape());
        let cell = Shape::from_slice(self.cell_shape());
        let size = shape::product(&cell);
        let count = shape::count(&frame)?;
        let flat = self.flat.array(memory)?;
        if count == 0 {
            let item = super::prototype::filled(memory, flat.kind(), &cell)?;
            return Arr::empty_of(memory, &frame, item);
        }
        memory.check(count.saturating_mul(<Value as Element>::COST))?;
        let mut items: Vec<Value> = memory.vec(count)?;
        each_type!(&flat, arr => {
            for at in 0..count {
                if at.is_multiple_of(1024) {
                    memory.poll()?;
                }
                let cell_data = arr.as_slice()[at * size..(at + 1) * size].to_vec();
                items.push(Arr::new(memory, &cell, cell_data)?.into());
            }
        });
        Arr::new(memory, &frame, items)
    }
}
