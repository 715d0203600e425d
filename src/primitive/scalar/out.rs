//! A list of results under construction: elements of the narrowest type so far, widened when one does not fit.

use super::sink::Block;
use crate::array::{Arr, Complex, Element, Memory, Value};
use crate::error::Result;
use crate::kernel::number::Number;
use crate::kernel::{Side, Width, lanes};

/// Elements in ravel order.
#[derive(Debug)]
pub enum Out {
    /// Truth values.
    Bool(Vec<bool>),
    /// 32-bit numbers.
    Int(Vec<i32>),
    /// Numbers.
    Float(Vec<f64>),
    /// Complex numbers.
    Complex(Vec<Complex>),
}

impl Out {
    /// Nothing yet, with room for `room` elements.
    pub fn new(memory: &Memory, width: Width, room: usize) -> Result<Out> {
        Ok(match width {
            Width::Bool => Out::Bool(memory.vec(room)?),
            Width::Int => Out::Int(memory.vec(room)?),
            Width::Float => Out::Float(memory.vec(room)?),
            Width::Complex => Out::Complex(memory.vec(room)?),
        })
    }

    /// Numbers in the type `width`, where they are of that type; otherwise in the next wider one that holds them.
    pub fn narrowest(memory: &Memory, data: Vec<f64>, width: Width) -> Result<Out> {
        if width == Width::Bool && data.iter().all(|&x| x == 0.0 || x == 1.0) {
            let mut truths = memory.vec(data.len())?;
            truths.extend(data.iter().map(|&x| x != 0.0));
            return Ok(Out::Bool(truths));
        }
        if width <= Width::Int {
            let mut whole = memory.vec(data.len())?;
            if lanes::narrow(&data, &mut whole) {
                return Ok(Out::Int(whole));
            }
        }
        Ok(Out::Float(data))
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Out::Bool(data) => data.len(),
            Out::Int(data) => data.len(),
            Out::Float(data) => data.len(),
            Out::Complex(data) => data.len(),
        }
    }

    /// The type of the elements.
    pub fn width(&self) -> Width {
        match self {
            Out::Bool(_) => Width::Bool,
            Out::Int(_) => Width::Int,
            Out::Float(_) => Width::Float,
            Out::Complex(_) => Width::Complex,
        }
    }

    /// The same elements as numbers of at least this type, with room for `room` in all.
    pub fn widen(&mut self, memory: &Memory, width: Width, room: usize) -> Result<()> {
        if self.width() >= width {
            return Ok(());
        }
        let mut wide = Out::new(memory, width, room.max(self.len()))?;
        match (&mut wide, &*self) {
            (Out::Int(wide), Out::Bool(data)) => wide.extend(data.iter().map(|&b| i32::from(b))),
            (Out::Float(wide), Out::Bool(data)) => wide.extend(data.iter().map(|&b| f64::from(u8::from(b)))),
            (Out::Float(wide), Out::Int(data)) => wide.extend(data.iter().map(|&n| f64::from(n))),
            (Out::Complex(wide), Out::Bool(data)) => {
                wide.extend(data.iter().map(|&b| Complex::from(f64::from(u8::from(b)))));
            }
            (Out::Complex(wide), Out::Int(data)) => wide.extend(data.iter().map(|&n| Complex::from(f64::from(n)))),
            (Out::Complex(wide), Out::Float(data)) => wide.extend(data.iter().map(|&x| Complex::from(x))),
            // The others are not wider.
            _ => {}
        }
        *self = wide;
        Ok(())
    }

    /// Appends a number, widening to hold it; `room` is the number of elements there will be.
    #[inline]
    pub fn push(&mut self, memory: &Memory, number: Number, room: usize) -> Result<()> {
        match (&mut *self, number) {
            (Out::Float(data), Number::Real(x)) => data.push(x),
            (Out::Int(data), Number::Real(x)) if f64::from(x as i32) == x => data.push(x as i32),
            (Out::Bool(data), Number::Real(x)) if x == 0.0 || x == 1.0 => data.push(x == 1.0),
            (Out::Complex(data), number) => data.push(number.wide()),
            (_, Number::Real(x)) => {
                let width = if f64::from(x as i32) == x { Width::Int } else { Width::Float };
                self.widen(memory, width, room)?;
                return self.push(memory, number, room);
            }
            (_, Number::Complex(_)) => {
                self.widen(memory, Width::Complex, room)?;
                return self.push(memory, number, room);
            }
        }
        Ok(())
    }

    /// Appends all elements of another list.
    pub fn append(&mut self, memory: &Memory, mut other: Out, room: usize) -> Result<()> {
        self.widen(memory, other.width(), room)?;
        other.widen(memory, self.width(), 0)?;
        match (self, &mut other) {
            (Out::Bool(data), Out::Bool(more)) => data.append(more),
            (Out::Int(data), Out::Int(more)) => data.append(more),
            (Out::Float(data), Out::Float(more)) => data.append(more),
            (Out::Complex(data), Out::Complex(more)) => data.append(more),
            // Both are of one width now.
            _ => {}
        }
        Ok(())
    }

    /// The elements as an array of this shape; complex ones without imaginary parts as reals.
    pub fn finish(self, memory: &Memory, shape: &[usize]) -> Result<Value> {
        Ok(match self {
            Out::Bool(data) => Arr::new(memory, shape, data)?.into(),
            Out::Int(data) => Arr::new(memory, shape, data)?.into(),
            Out::Float(data) => Arr::new(memory, shape, data)?.into(),
            Out::Complex(data) if data.iter().all(|z| z.im == 0.0) => {
                let mut real = memory.vec(data.len())?;
                real.extend(data.iter().map(|z| z.re));
                Arr::<f64>::new(memory, shape, real)?.into()
            }
            Out::Complex(data) => Arr::new(memory, shape, data)?.into(),
        })
    }
}

/// Element types that results can be written over.
pub trait Place: Element + Copy {
    /// The elements as a list of results.
    fn list(data: Vec<Self>) -> Out;

    /// The list's elements, if they are of this type.
    fn results(out: &mut Out) -> Option<&mut Vec<Self>>;

    /// Elements as an operand.
    fn block(data: &[Self]) -> Block<'_>;
}

macro_rules! place {
    ($kind:ident $element:ty) => {
        impl Place for $element {
            fn list(data: Vec<$element>) -> Out {
                Out::$kind(data)
            }

            fn results(out: &mut Out) -> Option<&mut Vec<$element>> {
                if let Out::$kind(data) = out { Some(data) } else { None }
            }

            fn block(data: &[$element]) -> Block<'_> {
                Block::$kind(Side::Each(data))
            }
        }
    };
}
place!(Bool bool);
place!(Int i32);
place!(Float f64);
place!(Complex Complex);
