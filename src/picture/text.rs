//! Pictures out of characters: the dots of braille for charts, blocks for heat maps and images.

use super::chart::{COLOURS, condensed, heat, scale_of};
use super::scale::{self, Axis};
use super::{Chart, Grid, Kind, Options, Picture, Plot, Samples};
use crate::context::Context;
use crate::error::Result;

/// Characters from light to dark.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Columns that the numbers beside an axis take.
const NUMBERS: usize = 10;

/// The bits of the dots of a character, by row and column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Draws a picture on so many columns and lines, with colours or without.
pub fn draw(context: &Context, picture: &Picture, size: (usize, usize), colours: bool) -> Result<String> {
    let (columns, lines) = size;
    let mut text = String::new();
    if !picture.options.title.is_empty() {
        text += &format!("{}\n", centred(&picture.options.title, columns));
    }
    text += &match &picture.plot {
        Plot::Chart(chart) => draw_chart(context, chart, &picture.options, size, colours)?,
        Plot::Heat(grid) => draw_heat(context, grid, size, colours)?,
        Plot::Image(samples) => draw_image(context, samples, (columns, lines), colours)?,
    };
    Ok(text)
}

fn centred(text: &str, columns: usize) -> String {
    let left = columns.saturating_sub(text.chars().count()) / 2;
    " ".repeat(left) + text
}

/// Dots, two columns and four rows in a character, each character in the colour of what was drawn there last.
struct Canvas {
    columns: usize,
    cells: Vec<(u32, usize)>,
}

impl Canvas {
    fn new(context: &Context, columns: usize, lines: usize) -> Result<Canvas> {
        Ok(Canvas { columns, cells: context.memory().filled(columns * lines, (0, 0))? })
    }

    fn dot(&mut self, x: i64, y: i64, series: usize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= 2 * self.columns {
            return;
        }
        if let Some(cell) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            *cell = (cell.0 | DOTS[y % 4][x % 2], series);
        }
    }

    /// A line of dots.
    fn line(&mut self, from: (i64, i64), to: (i64, i64), series: usize) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let along = |from: i64, to: i64| from + ((to - from) as f64 * step as f64 / steps as f64).round() as i64;
            self.dot(along(from.0, to.0), along(from.1, to.1), series);
        }
    }

    fn row(&self, line: usize, colours: bool) -> String {
        let cells = self.cells.get(line * self.columns..(line + 1) * self.columns).unwrap_or_default();
        let mut text = String::new();
        let mut ink = None;
        for &(dots, series) in cells {
            let wanted = (dots > 0 && colours).then_some(series);
            text += &change(ink, wanted);
            ink = wanted;
            text.push(if dots == 0 { ' ' } else { char::from_u32(0x2800 + dots).unwrap_or(' ') });
        }
        text += &change(ink, None);
        text
    }
}

/// What changes the colour of a terminal from that of one series to that of another.
fn change(before: Option<usize>, wanted: Option<usize>) -> String {
    match wanted {
        _ if before == wanted => String::new(),
        None => "\u{1b}[0m".to_owned(),
        Some(series) => {
            let (red, green, blue) = COLOURS[series % COLOURS.len()];
            format!("\u{1b}[38;2;{red};{green};{blue}m")
        }
    }
}

fn draw_chart(
    context: &Context,
    chart: &Chart,
    options: &Options,
    (columns, lines): (usize, usize),
    colours: bool,
) -> Result<String> {
    let axes = scale::axes(context, chart, options)?;
    let [x, y] = axes;
    let wide = columns.saturating_sub(NUMBERS + 1).max(10);
    let mut canvas = Canvas::new(context, wide, lines)?;
    let (right, bottom) = ((2 * wide - 1) as f64, (4 * lines - 1) as f64);
    let (low, high) = ((x.low, y.low), (x.high, y.high));
    let column = |place: f64| ((place - low.0) / (high.0 - low.0) * right).round().clamp(-2.0, right + 2.0) as i64;
    let row =
        |place: f64| (bottom - (place - low.1) / (high.1 - low.1) * bottom).round().clamp(-2.0, bottom + 2.0) as i64;
    for (at, series) in chart.series.iter().enumerate() {
        let points = scale::thinned(context, series, axes, chart.kind, (2 * wide, 4 * lines))?;
        let mut pace = context.pace();
        let mut before = None;
        for (px, py) in points {
            pace.step(1)?;
            let here = (column(px), row(py));
            match chart.kind {
                Kind::Lines => canvas.line(before.unwrap_or(here), here, at),
                Kind::Bars | Kind::Histogram => {
                    let room = x.of(scale::width(chart)) * if chart.kind == Kind::Bars { 0.8 } else { 1.0 };
                    let each = if chart.kind == Kind::Bars { room / chart.series.len().max(1) as f64 } else { room };
                    let left = px - room / 2.0 + if chart.kind == Kind::Bars { each * at as f64 } else { 0.0 };
                    let (from, to) = (column(left), column(left + each));
                    for bar in from..to.max(from + 1) {
                        canvas.line((bar, row(0.0)), (bar, here.1), at);
                    }
                }
                _ => canvas.dot(here.0, here.1, at),
            }
            before = Some(here);
        }
    }
    Ok(framed(&canvas, lines, chart, options, axes, colours))
}

/// A canvas with its axes and their numbers.
fn framed(canvas: &Canvas, lines: usize, chart: &Chart, options: &Options, axes: [Axis; 2], colours: bool) -> String {
    let [x, y] = axes;
    let mut text = String::new();
    let above = y.title(&options.axes[1]);
    if !above.is_empty() {
        text += &format!("{above:>NUMBERS$}\n");
    }
    for line in 0..lines {
        let place = |line: usize| y.high - (y.high - y.low) * line as f64 / (lines - 1).max(1) as f64;
        let marked = line.is_multiple_of(5) || line + 1 == lines;
        let number = if marked { y.label(place(line)) } else { String::new() };
        let mark = if marked { '┤' } else { '│' };
        text += format!("{number:>NUMBERS$}{mark}{}", canvas.row(line, colours)).trim_end();
        text.push('\n');
    }
    text += &format!("{:>NUMBERS$}└{}\n", "", "─".repeat(canvas.columns));
    text += &format!("{:>1$}{2}\n", "", NUMBERS + 1, below(canvas.columns, chart, x));
    let name = x.title(&options.axes[0]);
    if !name.is_empty() {
        text += &format!("{:>1$}{2}\n", "", NUMBERS + 1, centred(&name, canvas.columns));
    }
    for (at, series) in chart.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty()) {
        let ink = if colours { change(None, Some(at)) } else { String::new() };
        let end = if colours { change(Some(at), None) } else { String::new() };
        text += &format!("{:>1$}{ink}⣿{end} {2}\n", "", NUMBERS + 1, series.name);
    }
    text
}

/// The numbers or names below an axis.
fn below(columns: usize, chart: &Chart, x: Axis) -> String {
    let mut line = vec![' '; columns];
    let mut put = |middle: usize, label: &str, room: usize| {
        let label: Vec<char> = label.chars().take(room).collect();
        let from = middle.saturating_sub(label.len() / 2).min(columns.saturating_sub(label.len()));
        for (cell, c) in line.iter_mut().skip(from).zip(label) {
            *cell = c;
        }
    };
    if chart.labels.is_empty() {
        for part in 0..=4 {
            let place = f64::from(part) / 4.0;
            put((place * (columns - 1) as f64) as usize, &x.label(x.low + (x.high - x.low) * place), columns / 5);
        }
    } else {
        let room = (columns / chart.labels.len().max(1)).saturating_sub(1).max(1);
        for (at, label) in chart.labels.iter().enumerate() {
            let place = x.place(at as f64 + chart.origin).clamp(0.0, 1.0);
            put((place * (columns - 1) as f64) as usize, label, room);
        }
    }
    line.into_iter().collect::<String>().trim_end().to_owned()
}

fn draw_heat(context: &Context, grid: &Grid, (columns, lines): (usize, usize), colours: bool) -> Result<String> {
    let axis = scale_of(grid);
    let few = condensed(context, grid, (lines, columns / 2))?;
    let mut text = String::new();
    for row in few.values.chunks(few.columns.max(1)) {
        for &number in row {
            let place = axis.place(number);
            if colours {
                let (red, green, blue) = heat(place);
                text += &format!("\u{1b}[48;2;{red};{green};{blue}m  ");
            } else {
                let shade = SHADES[((place * SHADES.len() as f64) as usize).min(SHADES.len() - 1)];
                text.extend([shade, shade]);
            }
        }
        text += if colours { "\u{1b}[0m\n" } else { "\n" };
    }
    let (low, high) = (axis.label(axis.low), axis.label(axis.high));
    let power = axis.title("");
    let light = if colours { "dark" } else { "light" };
    Ok(text + &format!("{light} {low} to {high}{}{power}\n", if power.is_empty() { "" } else { " " }))
}

/// An image: with colours, two points in a character; without, its lightness.
fn draw_image(context: &Context, samples: &Samples, (columns, lines): (usize, usize), colours: bool) -> Result<String> {
    // A character is twice as high as it is wide.
    let (wide, high) = if colours { (columns, 2 * lines) } else { (columns / 2, lines) };
    let step = samples.width.div_ceil(wide).max(samples.height.div_ceil(high)).max(1);
    let (rows, across) = (samples.height.div_ceil(step), samples.width.div_ceil(step));
    let at = |row: usize, column: usize| {
        let from = 3 * (row * step * samples.width + column * step);
        samples.rgb.get(from..from + 3).map(|point| (point[0], point[1], point[2]))
    };
    let mut text = String::new();
    for row in (0..rows).step_by(if colours { 2 } else { 1 }) {
        context.poll()?;
        for column in 0..across {
            let (red, green, blue) = at(row, column).unwrap_or_default();
            if !colours {
                let light = (f64::from(red) * 0.3 + f64::from(green) * 0.59 + f64::from(blue) * 0.11) / 256.0;
                let shade = SHADES[(light * SHADES.len() as f64) as usize];
                text.extend([shade, shade]);
                continue;
            }
            text += &format!("\u{1b}[38;2;{red};{green};{blue}m");
            if let Some((red, green, blue)) = at(row + 1, column).filter(|_| row + 1 < rows) {
                text += &format!("\u{1b}[48;2;{red};{green};{blue}m");
            }
            text.push('▀');
        }
        text += if colours { "\u{1b}[0m\n" } else { "\n" };
    }
    Ok(text)
}
