//! What arrays mean as pictures: which numbers are points, series, cells or samples.

use super::options::Options;
use super::{Chart, Grid, Kind, Plot, Samples, Series};
use crate::array::{Array, Type, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// The series that a picture may have.
const SERIES: usize = 100;

/// The picture of a value.
pub fn plot(context: &Context, value: &Value, options: &Options) -> Result<Plot> {
    let memory = context.memory();
    let value = value.clone().settled(memory)?;
    let array = value.array(memory)?;
    let nested = matches!(array, Array::Nested(_));
    let kind = match (options.kind, array.shape()) {
        (Some(kind), _) => kind,
        (None, [_, _, 1..=4]) if !nested => Kind::Image,
        (None, [_, _]) if !nested => Kind::Heat,
        _ if labels(context, &array)?.is_some() => Kind::Bars,
        _ => Kind::Lines,
    };
    match kind {
        Kind::Image => samples(context, &array).map(Plot::Image),
        Kind::Heat => grid(context, &array).map(Plot::Heat),
        _ => chart(context, &array, kind, options).map(Plot::Chart),
    }
}

/// The texts that a vector of vectors begins with: what the bars are called.
fn labels(context: &Context, array: &Array) -> Result<Option<Vec<String>>> {
    if array.rank() != 1 || array.len() < 2 || !matches!(array, Array::Nested(_)) {
        return Ok(None);
    }
    let first = array.item(0);
    if first.rank() != 1 || first.kind() == Type::Char || first.count() == 0 {
        return Ok(None);
    }
    let first = first.array(context.memory())?;
    let mut texts = Vec::new();
    for item in first.items() {
        context.poll()?;
        if item.rank() > 1 || item.kind() != Type::Char {
            return Ok(None);
        }
        texts.push(convert::text(context.memory(), &item)?);
    }
    Ok(Some(texts))
}

fn chart(context: &Context, array: &Array, kind: Kind, options: &Options) -> Result<Chart> {
    let labels = labels(context, array)?;
    let mut series = Vec::new();
    match (array, array.shape()) {
        (Array::Nested(_), [] | [_]) => {
            for item in array.items().skip(usize::from(labels.is_some())) {
                series.push(item_points(context, &item)?);
                few(series.len())?;
            }
        }
        (_, [] | [_]) => series.push(numbered(context, &floats(context, array)?)?),
        (_, [_, 2]) if kind == Kind::Scatter => series.push(pairs(context, &floats(context, array)?)?),
        (_, &[rows, columns]) => {
            few(rows)?;
            let numbers = floats(context, array)?;
            for row in 0..rows {
                series.push(numbered(context, &numbers[row * columns..(row + 1) * columns])?);
            }
        }
        (_, shape) => return Err(Fault::misshapen("a vector, a matrix, or a vector of vectors", shape)),
    }
    let named = |(at, points): (usize, Vec<(f64, f64)>)| Series {
        name: options.names.get(at).cloned().unwrap_or_default(),
        points,
    };
    let series = series.into_iter().enumerate().map(named).collect();
    Ok(Chart { kind, series, labels: labels.unwrap_or_default(), origin: context.io() as f64 })
}

fn few(series: usize) -> Result<()> {
    if series > SERIES {
        return Err(Fault::limit().with_detail(format!("a picture has at most {SERIES} series")));
    }
    Ok(())
}

/// The points of a series: numbers, a matrix with a row for each point, or two vectors, the places and the numbers.
fn item_points(context: &Context, item: &Value) -> Result<Vec<(f64, f64)>> {
    let array = item.array(context.memory())?;
    match (&array, array.shape()) {
        (Array::Nested(_), [2]) => {
            let side = |at: usize| floats(context, &array.item(at).array(context.memory())?);
            let (x, y) = (side(0)?, side(1)?);
            if x.len() != y.len() {
                return Err(Fault::length().with_detail(format!("{} places for {} numbers", x.len(), y.len())));
            }
            let mut points = context.memory().vec(x.len())?;
            points.extend(x.into_iter().zip(y));
            Ok(points)
        }
        (_, [_, 2]) => pairs(context, &floats(context, &array)?),
        (_, [] | [_]) => numbered(context, &floats(context, &array)?),
        (_, shape) => Err(Fault::misshapen("numbers, a matrix with two columns, or two vectors", shape)),
    }
}

/// Numbers at the places of their indices.
fn numbered(context: &Context, numbers: &[f64]) -> Result<Vec<(f64, f64)>> {
    let mut points = context.memory().vec(numbers.len())?;
    let origin = context.io() as f64;
    points.extend(numbers.iter().enumerate().map(|(at, &y)| (at as f64 + origin, y)));
    Ok(points)
}

fn pairs(context: &Context, numbers: &[f64]) -> Result<Vec<(f64, f64)>> {
    let mut points = context.memory().vec(numbers.len() / 2)?;
    points.extend(numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])));
    Ok(points)
}

/// The numbers of an array.
fn floats(context: &Context, array: &Array) -> Result<Vec<f64>> {
    if array.is_empty() {
        return Ok(Vec::new());
    }
    match array {
        Array::Char(_) => Err(Fault::domain().with_detail("text has no picture")),
        _ => Ok(convert::floats(context.memory(), array)?.into_owned()),
    }
}

fn grid(context: &Context, array: &Array) -> Result<Grid> {
    let origin = context.io() as f64;
    match *array.shape() {
        [rows, columns] => Ok(Grid { rows, columns, values: floats(context, array)?, origin }),
        [columns] => Ok(Grid { rows: 1, columns, values: floats(context, array)?, origin }),
        [] => Ok(Grid { rows: 1, columns: 1, values: floats(context, array)?, origin }),
        ref shape => Err(Fault::misshapen("a matrix", shape)),
    }
}

/// The samples of an image as red, green and blue. Samples are from 0 to 255; where none is greater than 1 and some is
/// between 0 and 1, from 0 to 1.
fn samples(context: &Context, array: &Array) -> Result<Samples> {
    let (height, width, channels) = match *array.shape() {
        [height, width] => (height, width, 1),
        [height, width, channels @ 1..=4] => (height, width, channels),
        [_, _, _] => return Err(Fault::length().with_detail("the last axis of an image has its 1 to 4 channels")),
        ref shape => return Err(Fault::misshapen("height, width and channels", shape)),
    };
    if height == 0 || width == 0 {
        return Err(Fault::length().with_detail("a picture has no side of 0"));
    }
    let numbers = floats(context, array)?;
    let (mut most, mut whole) = (0.0_f64, true);
    for &number in &numbers {
        most = most.max(number);
        whole &= number.fract() == 0.0;
    }
    let unit = if most <= 1.0 && !whole { 255.0 } else { 1.0 };
    let byte = |sample: f64| (sample * unit).clamp(0.0, 255.0).round() as u8;
    let mut rgb: Vec<u8> = context.memory().vec(height.saturating_mul(width).saturating_mul(3))?;
    let mut pace = context.pace();
    for point in numbers.chunks_exact(channels) {
        pace.step(1)?;
        let opacity = if channels.is_multiple_of(2) { f64::from(byte(point[channels - 1])) / 255.0 } else { 1.0 };
        for channel in 0..3 {
            let sample = f64::from(byte(point[if channels < 3 { 0 } else { channel }]));
            rgb.push((sample * opacity + 255.0 * (1.0 - opacity)).round() as u8);
        }
    }
    Ok(Samples { height, width, rgb })
}
