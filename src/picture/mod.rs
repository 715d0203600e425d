//! Pictures of arrays: lines, points, bars, histograms, heat maps and images, as SVG, as PNG, and as text.
//!
//! `data.rs` says what an array means as a picture, `scale.rs` how far the axes go and which points can be told apart;
//! `chart.rs` draws with the crate plotters, on SVG or on points (`pixels.rs`), and `text.rs` draws with characters.
//! Knows nothing of notebooks and terminals: a console chooses among the forms.

mod chart;
mod data;
mod options;
mod pixels;
mod scale;
mod text;

pub use options::{Options, parse};

use base64::Engine;

use crate::array::Value;
use crate::console::Forms;
use crate::context::Context;
use crate::error::{Fault, Result};
use pixels::Pixels;

/// The kinds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Points with lines between them.
    Lines,
    /// Points.
    Scatter,
    /// Bars from zero.
    Bars,
    /// How many numbers there are in each part of their range.
    Histogram,
    /// A matrix, a colour for each number.
    Heat,
    /// Height, width and channels.
    Image,
}

impl Kind {
    /// The names of the kinds.
    const NAMES: [(&'static str, Kind); 6] = [
        ("lines", Kind::Lines),
        ("scatter", Kind::Scatter),
        ("bars", Kind::Bars),
        ("histogram", Kind::Histogram),
        ("heat", Kind::Heat),
        ("image", Kind::Image),
    ];

    fn named(name: &str) -> Option<Kind> {
        Kind::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// What is drawn.
enum Plot {
    Chart(Chart),
    Heat(Grid),
    Image(Samples),
}

/// Series of points.
struct Chart {
    kind: Kind,
    series: Vec<Series>,
    /// What the bars are called.
    labels: Vec<String>,
    /// The index of the first number.
    origin: f64,
}

/// Points that belong together.
struct Series {
    name: String,
    points: Vec<(f64, f64)>,
}

/// A matrix of numbers.
struct Grid {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
    /// The index of the first row and column.
    origin: f64,
}

/// An image: red, green and blue of each point.
struct Samples {
    height: usize,
    width: usize,
    rgb: Vec<u8>,
}

/// The size of a picture in points.
const SIZE: (u32, u32) = (640, 400);

/// The lines of a picture in characters.
const LINES: usize = 20;

/// The columns that a picture in characters has at most.
const COLUMNS: usize = 80;

/// A picture.
pub struct Picture {
    plot: Plot,
    options: Options,
}

impl Picture {
    /// The picture of a value.
    pub fn new(context: &Context, value: &Value, options: &Options) -> Result<Picture> {
        let mut plot = data::plot(context, value, options)?;
        if let Plot::Chart(chart) = &mut plot
            && chart.kind == Kind::Histogram
        {
            scale::count(context, chart, options)?;
        }
        Ok(Picture { plot, options: options.clone() })
    }

    /// In all forms that the session's console takes.
    pub fn forms(&self, context: &Context) -> Result<Forms> {
        let takes = context.screen.borrow().takes();
        let mut forms = Forms::of_text(self.text(context, takes.colours)?);
        if takes.svg && !self.is_heavy() {
            forms.svg = Some(self.svg(context)?);
        }
        // JupyterLab shows no SVG that somebody else has made, so that a notebook holds both.
        if takes.png {
            forms.png = Some(self.png(context)?);
        }
        Ok(forms)
    }

    /// As SVG. What would have too many parts is one image in it.
    pub fn svg(&self, context: &Context) -> Result<String> {
        if self.is_heavy() {
            let pixels = self.pixels(context)?;
            let (width, height) = pixels.size();
            let data = base64::engine::general_purpose::STANDARD.encode(pixels.png()?);
            return Ok(format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
                 {height}\">\n<image width=\"{width}\" height=\"{height}\" href=\"data:image/png;base64,{data}\"/>\n</svg>\n"
            ));
        }
        let mut svg = String::new();
        let (width, height) = self.size();
        chart::draw(context, plotters::prelude::SVGBackend::with_string(&mut svg, (width, height)), self)?;
        Ok(svg)
    }

    /// As the bytes of a PNG file.
    pub fn png(&self, context: &Context) -> Result<Vec<u8>> {
        self.pixels(context)?.png()
    }

    /// With characters, as wide as the page.
    pub fn text(&self, context: &Context, colours: bool) -> Result<String> {
        text::draw(context, self, (context.pw().min(COLUMNS), LINES), colours)
    }

    fn pixels(&self, context: &Context) -> Result<Pixels> {
        if let Plot::Image(samples) = &self.plot {
            return Pixels::image(context, samples, &self.options);
        }
        let mut pixels = Pixels::blank(context, self.size())?;
        chart::draw(context, &mut pixels, self)?;
        Ok(pixels)
    }

    fn size(&self) -> (u32, u32) {
        self.options.size.unwrap_or(SIZE)
    }

    /// Whether it is better drawn on points than out of parts.
    fn is_heavy(&self) -> bool {
        match &self.plot {
            Plot::Image(_) => true,
            Plot::Heat(grid) => grid.values.len() > scale::PARTS / 4,
            Plot::Chart(chart) => scale::parts(chart) > scale::PARTS,
        }
    }
}

/// Why nothing could be drawn.
fn undrawn(why: impl std::fmt::Display) -> Fault {
    Fault::limit().with_detail(format!("the picture cannot be drawn: {why}"))
}

#[cfg(test)]
mod tests;
