//! Points of red, green and blue that plotters can draw on, with letters of their own; and PNG files of them.

use std::convert::Infallible;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use plotters::prelude::DrawingBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontTransform};

use super::options::Options;
use super::{Samples, undrawn};
use crate::array::Memory;
use crate::context::Context;
use crate::error::Result;

/// Small images are enlarged to about this many points.
const ENLARGED: usize = 320;

/// Images with longer sides are reduced.
const LARGEST: usize = 2048;

/// The band above an image that its title stands in.
const TITLE: usize = 28;

/// Letters, in points.
const HEIGHT: RasterHeight = RasterHeight::Size16;

/// A picture made of points.
pub struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    /// White points.
    pub fn blank(context: &Context, (width, height): (u32, u32)) -> Result<Pixels> {
        Pixels::white(context.memory(), width as usize, height as usize)
    }

    fn white(memory: &Memory, width: usize, height: usize) -> Result<Pixels> {
        let rgb = memory.filled(width.saturating_mul(height).saturating_mul(3), 255)?;
        Ok(Pixels { width, height, rgb })
    }

    /// An image: small ones with larger points, large ones with fewer.
    pub(super) fn image(context: &Context, samples: &Samples, options: &Options) -> Result<Pixels> {
        let (height, width) = (samples.height, samples.width);
        let longer = height.max(width);
        let fitted = |size: (u32, u32)| (size.0 as usize / width).min(size.1 as usize / height);
        let times = options.size.map_or(ENLARGED / longer, fitted).max(1);
        let step = longer.div_ceil(LARGEST);
        let band = if options.title.is_empty() { 0 } else { TITLE };
        let (rows, columns) = (height.div_ceil(step) * times, width.div_ceil(step) * times);
        let mut pixels = Pixels::white(context.memory(), columns, rows + band)?;
        let mut pace = context.pace();
        for row in 0..rows {
            pace.step(columns)?;
            let from = row / times * step * width;
            let to = (row + band) * columns;
            for column in 0..columns {
                let (from, to) = (3 * (from + column / times * step), 3 * (to + column));
                if let (Some(to), Some(from)) = (pixels.rgb.get_mut(to..to + 3), samples.rgb.get(from..from + 3)) {
                    to.copy_from_slice(from);
                }
            }
        }
        let room = columns / get_raster_width(FontWeight::Regular, HEIGHT);
        let title: String = options.title.chars().take(room).collect();
        pixels.letters(&title, (0, 6), FontTransform::None, BackendColor { alpha: 1.0, rgb: (0, 0, 0) });
        Ok(pixels)
    }

    /// Width and height.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The bytes of a PNG file.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let side = |length: usize| u32::try_from(length).map_err(undrawn);
        let mut encoder = png::Encoder::new(&mut file, side(self.width)?, side(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&self.rgb)?;
            writer.finish()
        });
        written.map_err(undrawn)?;
        Ok(file)
    }

    fn paint(&mut self, (x, y): BackendCoord, colour: BackendColor) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = 3 * (y * self.width + x);
        let (red, green, blue) = colour.rgb;
        for (old, new) in self.rgb[at..at + 3].iter_mut().zip([red, green, blue]) {
            *old = (f64::from(*old) * (1.0 - colour.alpha) + f64::from(new) * colour.alpha).round() as u8;
        }
    }

    /// Letters from a corner on, along a direction.
    fn letters(&mut self, text: &str, from: BackendCoord, along: FontTransform, colour: BackendColor) {
        let mut start = 0;
        for c in text.chars() {
            let letter =
                get_raster(c, FontWeight::Regular, HEIGHT).or_else(|| get_raster('?', FontWeight::Regular, HEIGHT));
            let Some(letter) = letter else { continue };
            for (row, line) in letter.rows().enumerate() {
                for (column, &ink) in line.iter().enumerate() {
                    if ink > 0 {
                        let (x, y) = along.transform(start + column as i32, row as i32);
                        let alpha = colour.alpha * f64::from(ink) / 255.0;
                        self.paint((from.0 + x, from.1 + y), BackendColor { alpha, ..colour });
                    }
                }
            }
            start += letter.width() as i32;
        }
    }
}

/// How wide and high a text is.
fn extent(text: &str) -> (u32, u32) {
    let width = get_raster_width(FontWeight::Regular, HEIGHT) * text.chars().count();
    (width as u32, HEIGHT.val() as u32)
}

type Drawn = std::result::Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Pixels {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        self.paint(point, colour);
        Ok(())
    }

    /// Lines side by side make a thick one: plotters would make a polygon of a whole path, which takes long.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let thin = Thin(style.color());
        let mut before: Option<BackendCoord> = None;
        for point in path {
            if let Some(before) = before {
                for (dx, dy) in [(0, 0), (0, 1), (1, 0)].into_iter().take(style.stroke_width().min(3) as usize) {
                    self.draw_line((before.0 + dx, before.1 + dy), (point.0 + dx, point.1 + dy), &thin)?;
                }
            }
            before = Some(point);
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let (width, height) = extent(text);
        let dx = match style.anchor().h_pos {
            HPos::Left => 0,
            HPos::Right => -(width as i32),
            HPos::Center => -(width as i32) / 2,
        };
        let dy = match style.anchor().v_pos {
            VPos::Top => 0,
            VPos::Center => -(height as i32) / 2,
            VPos::Bottom => -(height as i32),
        };
        let (x, y) = style.transform().transform(dx, dy);
        self.letters(text, (at.0 + x, at.1 + y), style.transform(), style.color());
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _style: &S,
    ) -> std::result::Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(extent(text))
    }
}

/// A line of one point.
struct Thin(BackendColor);

impl BackendStyle for Thin {
    fn color(&self) -> BackendColor {
        self.0
    }
}
