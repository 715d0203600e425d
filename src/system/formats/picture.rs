//! Pictures as arrays: height, width and channels, which are grey, grey and opacity, red green blue, or these and opacity.
//! Samples are whole numbers, from 0 for black.

use crate::array::{Arr, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// The array of samples in the order of a picture's file.
pub fn array(context: &Context, shape: [usize; 3], sample: impl Fn(usize) -> i32 + Sync + Send) -> Result<Value> {
    let samples = context.collect(shape.iter().product(), sample)?;
    Ok(Arr::new(context.memory(), &shape, samples)?.into())
}

/// The samples of a picture.
pub struct Picture {
    /// Its height.
    pub height: u32,
    /// Its width.
    pub width: u32,
    /// Its channels, from 1 to 4.
    pub channels: usize,
    /// They, row by row, the channels of each point one behind the other.
    pub samples: Vec<u16>,
}

impl Picture {
    /// Of an array with three axes, or of one with two, which is grey. DOMAIN ERROR for samples beyond `most`.
    pub fn new(context: &Context, value: &Value, most: u16) -> Result<Picture> {
        let memory = context.memory();
        let array = value.array(memory)?;
        let (height, width, channels) = match *array.shape() {
            [height, width] => (height, width, 1),
            [height, width, channels @ 1..=4] => (height, width, channels),
            [_, _, _] => return Err(Fault::length().with_detail("a picture has from 1 to 4 channels")),
            _ => return Err(Fault::misshapen("height, width and channels", array.shape())),
        };
        let side = |length: usize| {
            let side = u32::try_from(length).ok().filter(|&side| side > 0);
            side.ok_or_else(|| Fault::length().with_detail(format!("a picture has no side of {length}")))
        };
        let (height, width) = (side(height)?, side(width)?);
        let numbers = convert::ints(memory, &array)?;
        let mut samples = memory.vec(numbers.len())?;
        let mut pace = context.pace();
        for number in numbers {
            pace.step(1)?;
            let sample = u16::try_from(number).ok().filter(|&sample| sample <= most);
            samples.push(
                sample.ok_or_else(|| {
                    Fault::domain().with_detail(format!("samples are whole numbers from 0 to {most}"))
                })?,
            );
        }
        Ok(Picture { height, width, channels, samples })
    }

    /// The samples, if each fits into one byte.
    pub fn bytes(&self, context: &Context) -> Result<Option<Vec<u8>>> {
        let mut bytes = context.memory().vec(self.samples.len())?;
        bytes.extend(self.samples.iter().map_while(|&sample| u8::try_from(sample).ok()));
        Ok(Some(bytes).filter(|bytes: &Vec<u8>| bytes.len() == self.samples.len()))
    }
}
