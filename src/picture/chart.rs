//! Charts and heat maps with axes, on any surface that plotters can draw on.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::scale::{self, Axis};
use super::{Chart, Grid, Kind, Options, Picture, Plot, undrawn};
use crate::context::Context;
use crate::error::Result;

/// The colours of series, which can be told apart by all eyes (Okabe and Ito).
pub const COLOURS: [(u8, u8, u8); 8] = [
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (110, 110, 110),
    (160, 60, 60),
];

/// Points on the scale from dark to light of a heat map (viridis).
const HEAT: [(u8, u8, u8); 6] =
    [(68, 1, 84), (65, 68, 135), (42, 120, 142), (34, 168, 132), (122, 209, 81), (253, 231, 37)];

/// The cells of a heat map that are drawn, in each direction; of more, means are drawn.
const CELLS: usize = 400;

/// How wide the scale beside a heat map is.
const SCALE: i32 = 90;

/// Letters: their size for the title, and for all else.
const FONTS: (i32, i32) = (20, 14);

type Area<DB> = DrawingArea<DB, Shift>;

/// Draws a picture that is no image.
pub fn draw<DB: DrawingBackend>(context: &Context, surface: DB, picture: &Picture) -> Result<()> {
    let area = surface.into_drawing_area();
    area.fill(&WHITE).map_err(undrawn)?;
    match &picture.plot {
        Plot::Chart(chart) => draw_chart(context, &area, chart, &picture.options)?,
        Plot::Heat(grid) => draw_heat(context, &area, grid, &picture.options)?,
        Plot::Image(_) => {}
    }
    area.present().map_err(undrawn)
}

/// The colour of a series.
pub fn colour(series: usize) -> RGBColor {
    let (red, green, blue) = COLOURS[series % COLOURS.len()];
    RGBColor(red, green, blue)
}

/// The colour of a place on the scale of a heat map, from 0 to 1.
pub fn heat(place: f64) -> (u8, u8, u8) {
    let along = place.clamp(0.0, 1.0) * (HEAT.len() - 1) as f64;
    let at = (along as usize).min(HEAT.len() - 2);
    let part = along - at as f64;
    let mix = |from: u8, to: u8| (f64::from(from) + part * (f64::from(to) - f64::from(from))).round() as u8;
    let (from, to) = (HEAT[at], HEAT[at + 1]);
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

fn draw_chart<DB: DrawingBackend>(context: &Context, area: &Area<DB>, chart: &Chart, options: &Options) -> Result<()> {
    let axes = scale::axes(context, chart, options)?;
    let [x, y] = axes;
    let mut builder = ChartBuilder::on(area);
    builder.margin(12).x_label_area_size(45).y_label_area_size(65);
    if !options.title.is_empty() {
        builder.caption(&options.title, ("sans-serif", FONTS.0));
    }
    let mut plane = builder.build_cartesian_2d(x.low..x.high, y.low..y.high).map_err(undrawn)?;
    let bar_label = |place: &f64| bar_label(chart, x, *place);
    let number = |place: &f64| y.label(*place);
    plane
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .label_style(("sans-serif", FONTS.1))
        .axis_desc_style(("sans-serif", FONTS.1))
        .x_labels(if chart.labels.is_empty() { 10 } else { chart.labels.len().clamp(2, 40) })
        .x_label_formatter(&bar_label)
        .y_label_formatter(&number)
        .x_desc(x.title(&options.axes[0]))
        .y_desc(y.title(&options.axes[1]))
        .draw()
        .map_err(undrawn)?;
    let (columns, rows) = area.dim_in_pixel();
    for (at, series) in chart.series.iter().enumerate() {
        let points = scale::thinned(context, series, axes, chart.kind, (columns as usize, rows as usize))?;
        let ink = colour(at);
        let drawn = match chart.kind {
            Kind::Lines if points.len() == 1 => {
                plane.draw_series(points.iter().map(|&at| Circle::new(at, 3, ink.filled())))
            }
            Kind::Lines => plane.draw_series(std::iter::once(PathElement::new(points, ink.stroke_width(2)))),
            Kind::Bars | Kind::Histogram => {
                let bars = Bars::new(chart, x, at);
                plane.draw_series(points.iter().map(|&point| {
                    let [left, right] = bars.sides(point.0);
                    Rectangle::new([(left, 0.0), (right, point.1)], bars.ink(ink))
                }))
            }
            _ => {
                let radius = if points.len() > 1000 { 1 } else { 3 };
                plane.draw_series(points.iter().map(|&at| Circle::new(at, radius, ink.mix(0.8).filled())))
            }
        };
        let entry = drawn.map_err(undrawn)?;
        if !series.name.is_empty() {
            entry.label(&series.name).legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], ink.filled()));
        }
    }
    if chart.series.iter().any(|series| !series.name.is_empty()) {
        plane
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", FONTS.1))
            .draw()
            .map_err(undrawn)?;
    }
    Ok(())
}

/// What stands below the axis: the name of a bar, or a number.
fn bar_label(chart: &Chart, x: Axis, place: f64) -> String {
    if chart.labels.is_empty() {
        return x.label(place);
    }
    let at = place.round() - chart.origin;
    let name = chart.labels.get(at as usize).filter(|_| (place - place.round()).abs() < 1e-6 && at >= 0.0);
    name.cloned().unwrap_or_default()
}

/// How the bars of a series stand beside those of the others.
struct Bars {
    left: f64,
    width: f64,
    mixed: bool,
}

impl Bars {
    fn new(chart: &Chart, x: Axis, series: usize) -> Bars {
        let room = x.of(scale::width(chart));
        let count = chart.series.len().max(1) as f64;
        match chart.kind {
            Kind::Histogram => Bars { left: -room / 2.0, width: room, mixed: chart.series.len() > 1 },
            _ => {
                let width = room * 0.8 / count;
                Bars { left: room * -0.4 + width * series as f64, width, mixed: false }
            }
        }
    }

    fn sides(&self, middle: f64) -> [f64; 2] {
        [middle + self.left, middle + self.left + self.width]
    }

    fn ink(&self, ink: RGBColor) -> ShapeStyle {
        ink.mix(if self.mixed { 0.5 } else { 0.85 }).filled()
    }
}

/// A grid with few enough cells to be drawn: of groups of cells, the mean.
pub fn condensed(context: &Context, grid: &Grid, (rows, columns): (usize, usize)) -> Result<Grid> {
    let (high, wide) = (grid.rows.div_ceil(rows).max(1), grid.columns.div_ceil(columns).max(1));
    if (high, wide) == (1, 1) {
        let mut values = context.memory().vec(grid.values.len())?;
        values.extend_from_slice(&grid.values);
        return Ok(Grid { values, ..*grid });
    }
    let (rows, columns) = (grid.rows.div_ceil(high), grid.columns.div_ceil(wide));
    let mut sums = context.memory().filled(rows * columns, (0.0, 0.0))?;
    let mut pace = context.pace();
    for (row, numbers) in grid.values.chunks(grid.columns.max(1)).enumerate() {
        for (column, number) in numbers.iter().enumerate() {
            pace.step(1)?;
            if let Some((mean, count)) = sums.get_mut(row / high * columns + column / wide) {
                // The mean so far, which stays finite where the sum would not.
                *count += 1.0;
                *mean += number / *count - *mean / *count;
            }
        }
    }
    Ok(Grid { rows, columns, values: sums.into_iter().map(|(mean, _)| mean).collect(), origin: grid.origin })
}

/// The scale of a grid's numbers.
pub fn scale_of(grid: &Grid) -> Axis {
    let extremes = grid.values.iter().fold(None, |range: Option<(f64, f64)>, &number| {
        let (low, high) = range.unwrap_or((number, number));
        Some((low.min(number), high.max(number)))
    });
    let (low, high) = extremes.unwrap_or((0.0, 1.0));
    Axis::new(low, high, false)
}

fn draw_heat<DB: DrawingBackend>(context: &Context, area: &Area<DB>, grid: &Grid, options: &Options) -> Result<()> {
    let colours = scale_of(grid);
    let few = condensed(context, grid, (CELLS, CELLS))?;
    let (width, _) = area.dim_in_pixel();
    let (left, right) = area.split_horizontally((width as i32 - SCALE).max(20));
    let (rows, columns) = (grid.rows.max(1) as f64, grid.columns.max(1) as f64);
    let mut builder = ChartBuilder::on(&left);
    builder.margin(12).x_label_area_size(45).y_label_area_size(65);
    if !options.title.is_empty() {
        builder.caption(&options.title, ("sans-serif", FONTS.0));
    }
    // The first row is at the top, and each cell has its index in its middle.
    let first = grid.origin - 0.5;
    let mut plane = builder.build_cartesian_2d(first..first + columns, first + rows..first).map_err(undrawn)?;
    let whole = |place: &f64| if place.fract() == 0.0 { format!("{place}") } else { String::new() };
    plane
        .configure_mesh()
        .disable_mesh()
        .label_style(("sans-serif", FONTS.1))
        .axis_desc_style(("sans-serif", FONTS.1))
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .x_desc(&options.axes[0])
        .y_desc(&options.axes[1])
        .draw()
        .map_err(undrawn)?;
    let (high, wide) = (rows / few.rows.max(1) as f64, columns / few.columns.max(1) as f64);
    let cells = few.values.iter().enumerate().map(|(at, &number)| {
        let (row, column) = ((at / few.columns) as f64, (at % few.columns) as f64);
        let (red, green, blue) = heat(colours.place(number));
        let corner = (first + column * wide, first + row * high);
        Rectangle::new([corner, (corner.0 + wide, corner.1 + high)], RGBColor(red, green, blue).filled())
    });
    plane.draw_series(cells).map_err(undrawn)?;
    context.poll()?;
    draw_scale(&right, colours).map_err(undrawn)
}

/// The colours beside a heat map, with their numbers.
fn draw_scale<DB: DrawingBackend>(
    area: &Area<DB>,
    colours: Axis,
) -> std::result::Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    const STEPS: i32 = 50;
    let (_, height) = area.dim_in_pixel();
    let (top, bottom) = (40, (height as i32 - 60).max(60));
    let at = |step: i32| bottom - (bottom - top) * step / STEPS;
    for step in 0..STEPS {
        let (red, green, blue) = heat(f64::from(step) / f64::from(STEPS - 1));
        area.draw(&Rectangle::new([(4, at(step + 1)), (20, at(step))], RGBColor(red, green, blue).filled()))?;
    }
    let style = TextStyle::from(("sans-serif", FONTS.1)).pos(Pos::new(HPos::Left, VPos::Center));
    for (part, place) in [(0, 0.0), (STEPS / 2, 0.5), (STEPS, 1.0)] {
        let label = colours.label(colours.low + (colours.high - colours.low) * place);
        area.draw(&Text::new(label, (26, at(part)), style.clone()))?;
    }
    let power = colours.title("");
    area.draw(&Text::new(power, (4, top - 20), style))
}
