//! Pictures in `.png` files. Palettes and samples of fewer than 8 bits become samples of 8 bits. Written are 8 bits, or 16
//! if a sample is greater than 255.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Encoder, Limits, Transformations};

use super::picture::{Picture, array};
use super::unfit;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

/// The samples of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let memory = context.memory();
    let bad = |error: DecodingError| match error {
        DecodingError::LimitsExceeded => Fault::ws_full(),
        error => unfit("png", error),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: memory.available() });
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(bad)?;
    let size = reader.output_buffer_size().ok_or_else(Fault::ws_full)?;
    // The samples become integers of 4 bytes.
    memory.check(size.saturating_mul(5))?;
    let mut data: Vec<u8> = memory.filled(size, 0)?;
    let frame = reader.next_frame(&mut data).map_err(bad)?;
    let shape = [frame.height as usize, frame.width as usize, frame.color_type.samples()];
    match frame.bit_depth {
        BitDepth::Sixteen => array(context, shape, |k| u16::from_be_bytes([data[2 * k], data[2 * k + 1]]).into()),
        _ => array(context, shape, |k| data[k].into()),
    }
}

/// The file of samples.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let picture = Picture::new(context, value, u16::MAX)?;
    let bytes = picture.bytes(context)?;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_color(match picture.channels {
        1 => ColorType::Grayscale,
        2 => ColorType::GrayscaleAlpha,
        3 => ColorType::Rgb,
        _ => ColorType::Rgba,
    });
    let (depth, data) = match bytes {
        Some(bytes) => (BitDepth::Eight, bytes),
        None => {
            let mut bytes = context.memory().vec(2 * picture.samples.len())?;
            bytes.extend(picture.samples.iter().flat_map(|sample| sample.to_be_bytes()));
            (BitDepth::Sixteen, bytes)
        }
    };
    encoder.set_depth(depth);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&data)?;
        writer.finish()
    });
    written.map_err(|error| Fault::domain().because(error.to_string()))?;
    Ok(file)
}
