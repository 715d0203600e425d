//! How far axes go, and which points can be told apart.

use super::options::Options;
use super::{Chart, Kind, Series};
use crate::context::Context;
use crate::error::Result;

/// The parts that an SVG has at most.
pub const PARTS: usize = 5000;

/// An axis: the numbers are divided by a power of ten, so that they have few digits and their distances are finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Where it begins, divided.
    pub low: f64,
    /// Where it ends, divided.
    pub high: f64,
    /// The power of ten.
    pub exponent: i32,
}

impl Axis {
    /// An axis from one number to another; with some room at the ends where that is wanted.
    pub fn new(low: f64, high: f64, room: bool) -> Axis {
        let most = low.abs().max(high.abs());
        let exponent = match most {
            0.0 => 0,
            _ if (1e-4..1e6).contains(&most) => 0,
            _ => (most.log10().floor() as i32).max(-300),
        };
        let mut axis = Axis { low: 0.0, high: 0.0, exponent };
        (axis.low, axis.high) = (axis.of(low), axis.of(high));
        if axis.high - axis.low <= axis.high.abs() * 1e-12 {
            let half = if axis.high == 0.0 { 0.5 } else { axis.high.abs() / 2.0 };
            (axis.low, axis.high) = (axis.low - half, axis.high + half);
        } else if room {
            let more = (axis.high - axis.low) * 0.04;
            (axis.low, axis.high) = (axis.low - more, axis.high + more);
        }
        axis
    }

    /// A number on the axis.
    pub fn of(&self, x: f64) -> f64 {
        x / 10_f64.powi(self.exponent)
    }

    /// How far along the axis a number is, from 0 to 1; beyond where it lies outside.
    pub fn place(&self, x: f64) -> f64 {
        (self.of(x) - self.low) / (self.high - self.low)
    }

    /// A divided number as APL writes it.
    pub fn label(&self, divided: f64) -> String {
        let step = (self.high - self.low) / 10.0;
        let digits = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let mut text = format!("{divided:.digits$}");
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        if text == "-0" { "0".to_owned() } else { text.replace('-', "¯") }
    }

    /// What the axis is called, with the power of ten.
    pub fn title(&self, name: &str) -> String {
        match (self.exponent, name) {
            (0, _) => name.to_owned(),
            (exponent, "") => format!("×1E{exponent}").replace('-', "¯"),
            (exponent, _) => format!("{name} (×1E{exponent})").replace('-', "¯"),
        }
    }
}

/// Both axes of a chart.
pub fn axes(context: &Context, chart: &Chart, options: &Options) -> Result<[Axis; 2]> {
    let mut found = [None; 2];
    let mut pace = context.pace();
    for point in chart.series.iter().flat_map(|series| &series.points) {
        pace.step(1)?;
        for (range, number) in found.iter_mut().zip([point.0, point.1]) {
            let (low, high): (f64, f64) = range.unwrap_or((number, number));
            *range = Some((low.min(number), high.max(number)));
        }
    }
    let [x, y] = found;
    let (mut x, mut y) = (x.unwrap_or((0.0, 1.0)), y.unwrap_or((0.0, 1.0)));
    let bars = matches!(chart.kind, Kind::Bars | Kind::Histogram);
    if bars {
        y = (y.0.min(0.0), y.1.max(0.0));
        let half = if chart.kind == Kind::Bars { 0.5 } else { width(chart) / 2.0 };
        x = (x.0 - half, x.1 + half);
    }
    let axis = |given: Option<(f64, f64)>, (low, high): (f64, f64), room: bool| match given {
        Some((low, high)) => Axis::new(low, high, false),
        None => Axis::new(low, high, room),
    };
    let mut across = axis(options.ranges[1], y, true);
    if bars && options.ranges[1].is_none() {
        // Bars stand on the edge.
        if y.0 == 0.0 && y.1 > 0.0 {
            across.low = 0.0;
        }
        if y.1 == 0.0 && y.0 < 0.0 {
            across.high = 0.0;
        }
        // The names of the series stand above the bars.
        if chart.series.iter().any(|series| !series.name.is_empty()) {
            across.high += (across.high - across.low) * 0.15;
        }
    }
    Ok([axis(options.ranges[0], x, chart.kind == Kind::Scatter), across])
}

/// How wide a bar of a chart may be: bars of a histogram touch each other.
pub fn width(chart: &Chart) -> f64 {
    match (chart.kind, chart.series.first().map(|series| series.points.as_slice())) {
        (Kind::Histogram, Some([first, second, ..])) => second.0 - first.0,
        _ => 1.0,
    }
}

/// Makes a histogram's numbers into points: the middle of each bin, and how many numbers it has.
pub fn count(context: &Context, chart: &mut Chart, options: &Options) -> Result<()> {
    let numbers = || chart.series.iter().flat_map(|series| &series.points).map(|point| point.1);
    let total = numbers().count();
    if total == 0 {
        return Ok(());
    }
    let given = options.ranges[0];
    let (low, high) = given.unwrap_or_else(|| {
        numbers().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    });
    let bins = options.bins.unwrap_or_else(|| ((total as f64).sqrt().ceil() as usize).clamp(1, 50));
    let axis = Axis::new(low, high, false);
    let width = (axis.high - axis.low) / bins as f64;
    let unit = 10_f64.powi(axis.exponent);
    let middle = |bin: usize| (axis.low + width * (bin as f64 + 0.5)) * unit;
    let mut pace = context.pace();
    for series in &mut chart.series {
        let mut counts = vec![0_u64; bins];
        for point in &series.points {
            pace.step(1)?;
            let place = axis.place(point.1);
            if (0.0..=1.0).contains(&place)
                && let Some(count) = counts.get_mut(((place * bins as f64) as usize).min(bins - 1))
            {
                *count += 1;
            }
        }
        series.points = counts.into_iter().enumerate().map(|(bin, count)| (middle(bin), count as f64)).collect();
    }
    Ok(())
}

/// How many parts an SVG of a chart would have.
pub fn parts(chart: &Chart) -> usize {
    match chart.kind {
        // Lines are thinned, and each is one part.
        Kind::Lines => chart.series.iter().filter(|series| !ascends(series)).map(|series| series.points.len()).sum(),
        _ => chart.series.iter().map(|series| series.points.len()).sum(),
    }
}

/// Whether the points go from left to right.
pub fn ascends(series: &Series) -> bool {
    series.points.is_sorted_by(|a, b| a.0 <= b.0)
}

/// The points of a series that can be told apart on so many columns and rows, in divided numbers.
pub fn thinned(
    context: &Context,
    series: &Series,
    axes: [Axis; 2],
    kind: Kind,
    (columns, rows): (usize, usize),
) -> Result<Vec<(f64, f64)>> {
    let [x, y] = axes;
    let divided = |point: &(f64, f64)| (x.of(point.0), y.of(point.1));
    let mut pace = context.pace();
    let mut kept: Vec<(f64, f64)> = Vec::new();
    if series.points.len() <= 4 * columns || kind == Kind::Lines && !ascends(series) {
        kept = context.memory().vec(series.points.len())?;
        for point in &series.points {
            pace.step(1)?;
            kept.push(divided(point));
        }
        return Ok(kept);
    }
    if kind == Kind::Lines {
        // Of the points in a column, the first and the last one and the extremes say all.
        let column = |point: &(f64, f64)| (x.place(point.0) * columns as f64).floor() as i64;
        for group in series.points.chunk_by(|a, b| column(a) == column(b)) {
            pace.step(group.len())?;
            let extremes = (1..group.len()).fold((0, 0), |(low, high), at| {
                (if group[at].1 < group[low].1 { at } else { low }, if group[at].1 > group[high].1 { at } else { high })
            });
            let mut places = [0, extremes.0, extremes.1, group.len() - 1];
            places.sort_unstable();
            kept.extend(places.iter().map(|&at| divided(&group[at])));
        }
        return Ok(kept);
    }
    let mut taken = context.memory().filled(columns.saturating_mul(rows), false)?;
    for point in &series.points {
        pace.step(1)?;
        let (across, up) = (x.place(point.0), y.place(point.1));
        if !(0.0..=1.0).contains(&across) || !(0.0..=1.0).contains(&up) {
            continue;
        }
        let column = ((across * columns as f64) as usize).min(columns - 1);
        let row = ((up * rows as f64) as usize).min(rows - 1);
        if let Some(taken) = taken.get_mut(row * columns + column)
            && !std::mem::replace(taken, true)
        {
            kept.push(divided(point));
        }
    }
    Ok(kept)
}
