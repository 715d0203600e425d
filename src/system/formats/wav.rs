//! Sound in `.wav` files: `samples rate`, the samples as a matrix with a row for each channel. Integer samples of B bits are
//! fractions, of 2*B-1; written are 16 bits.

use std::io::Cursor;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::unfit;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// Samples and rate of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let memory = context.memory();
    let bad = |error: hound::Error| unfit("wav", error);
    let mut reader = WavReader::new(Cursor::new(bytes)).map_err(bad)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels.max(1));
    let frames = reader.duration() as usize;
    let count = frames.checked_mul(channels).ok_or_else(Fault::ws_full)?;
    if count > bytes.len() {
        return Err(unfit("wav", "it is cut off"));
    }
    let mut samples: Vec<f64> = memory.filled(count, 0.0)?;
    let mut pace = context.pace();
    let mut put = |k: usize, sample: f64| -> Result<()> {
        pace.step(1)?;
        if !sample.is_finite() {
            return Err(Fault::domain().because("NaN and infinities are no APL numbers"));
        }
        if let Some(place) = samples.get_mut(k % channels * frames + k / channels) {
            *place = sample;
        }
        Ok(())
    };
    match spec.sample_format {
        SampleFormat::Float => {
            for (k, sample) in reader.samples::<f32>().enumerate() {
                put(k, sample.map_err(bad)?.into())?;
            }
        }
        SampleFormat::Int => {
            let one = f64::from(spec.bits_per_sample.clamp(1, 32) - 1).exp2();
            for (k, sample) in reader.samples::<i32>().enumerate() {
                put(k, f64::from(sample.map_err(bad)?) / one)?;
            }
        }
    }
    let samples = Arr::new(memory, &[channels, frames], samples)?;
    let rate = convert::scalar(f64::from(spec.sample_rate));
    Ok(Array::from_items(memory, &[2], vec![samples.into(), rate], || Value::Int(0))?.into())
}

/// The file of samples, which are a matrix or, for one channel, a vector, and a rate.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let memory = context.memory();
    if value.shape() != [2] {
        return Err(Fault::length().with_detail("samples and a rate are wanted"));
    }
    let samples = value.item(memory, 0)?.array(memory)?;
    let rate = u32::try_from(convert::int(&value.item(memory, 1)?)?).map_err(|_| Fault::domain())?;
    let (channels, frames) = match samples.shape() {
        [frames] => (1, *frames),
        [channels, frames] => (*channels, *frames),
        other => return Err(Fault::misshapen("a row of samples for each channel", other)),
    };
    let spec = WavSpec {
        channels: u16::try_from(channels).ok().filter(|&n| n > 0).ok_or_else(Fault::domain)?,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let numbers = convert::floats(memory, &samples)?;
    memory.check(numbers.len().saturating_mul(2))?;
    let bad = |error: hound::Error| Fault::domain().because(error.to_string());
    let mut out = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut out, spec).map_err(bad)?;
    let mut pace = context.pace();
    for frame in 0..frames {
        for channel in 0..channels {
            pace.step(1)?;
            let sample = numbers[channel * frames + frame] * 32768.0;
            writer.write_sample(sample.round().clamp(-32768.0, 32767.0) as i16).map_err(bad)?;
        }
    }
    writer.finalize().map_err(bad)?;
    Ok(out.into_inner())
}
