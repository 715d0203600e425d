//! Pictures in `.jpeg` files, with one channel or three, of 8 bits. What is written is not exactly the array: the quality is
//! 95 of 100.

use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::picture::{Picture, array};
use super::unfit;
use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};

/// How exactly pictures are written, of 100.
const QUALITY: u8 = 95;

/// The samples of a file.
pub fn read(context: &Context, bytes: &[u8]) -> Result<Value> {
    let bad = |error: DecodeErrors| unfit("jpeg", format!("{error:?}"));
    let options = DecoderOptions::default().set_max_width(usize::MAX).set_max_height(usize::MAX).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(bad)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| unfit("jpeg", "it has no size"))?;
    let (space, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    // The samples become integers of 4 bytes; the decoder needs some itself.
    context.memory().check(width.saturating_mul(height).saturating_mul(channels * 8))?;
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let data = decoder.decode().map_err(bad)?;
    let shape = [height, width, channels];
    match data.len() == height * width * channels {
        true => array(context, shape, |k| data[k].into()),
        false => Err(unfit("jpeg", "it has another number of samples")),
    }
}

/// The file of samples.
pub fn write(context: &Context, value: &Value) -> Result<Vec<u8>> {
    let picture = Picture::new(context, value, u8::MAX.into())?;
    let colours = match picture.channels {
        1 => ColorType::Luma,
        3 => ColorType::Rgb,
        _ => return Err(Fault::length().with_detail("a JPEG picture has 1 channel or 3")),
    };
    let side = |length: u32| u16::try_from(length).map_err(|_| Fault::limit().with_detail("a side is at most 65535"));
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let bytes = picture.bytes(context)?.unwrap_or_default();
    let mut file = Vec::new();
    let encoded = Encoder::new(&mut file, QUALITY).encode(&bytes, width, height, colours);
    encoded.map_err(|error| Fault::domain().because(error.to_string()))?;
    Ok(file)
}
