//! `⍕`: arrays as text. Monadic Format uses the layouts of `display/`, Format by specification is implemented here.
//!
//! `⍎` is not here, because it needs the evaluator.

use crate::array::{Array, Memory, Value, convert};
use crate::context::Context;
use crate::display::{self, Block};
use crate::error::{Fault, Result};
use crate::primitive::written::Written;
use crate::syntax::number;
use crate::syntax::tree::Number;

/// `⍕Y`: the characters that `Y` displays as. Dyalog: Format (Monadic).
pub fn format(context: &Context, right: Value) -> Result<Value> {
    display::format(context, &right)
}

/// Width and precision of a column, the width 0 where it is to be found out.
#[derive(Clone, Copy)]
struct Field {
    width: usize,
    precision: i64,
    /// Room for exponents, which are set left in it.
    exponent: usize,
}

/// What a number takes to be written, in elements that are copied.
const PER_NUMBER: usize = 64;

/// `X⍕Y`: real numbers in columns by pairs of width and decimals. Dyalog: Format (Dyadic).
///
/// A single `X` is the decimals of all columns, pairs serve one column after the other, time and again; width 0 is as
/// wide as needed and one blank; negative decimals are digits of the scaled form. Asterisks fill a column that is too
/// narrow.
pub fn format_by(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let array = right.array(memory)?;
    let numbers = reals(memory, &array)?;
    let columns = array.shape().last().copied().unwrap_or(1);
    let fields = fields(context, &left, columns)?;
    let rows = numbers.len().checked_div(columns).unwrap_or(0);

    // Each column's place, with the widths that are to be found out.
    let mut places: Vec<(usize, Field)> = memory.vec(columns)?;
    let mut total = 0usize;
    let mut pace = context.pace();
    for (column, field) in fields.iter().enumerate() {
        let mut field = *field;
        if field.width == 0 {
            let mut widest = 0;
            field.exponent = 0;
            for row in 0..rows {
                pace.step(PER_NUMBER)?;
                let written = Written::of(numbers[row * columns + column], field.precision)?;
                widest = (written.width() - written.exponent()).max(widest);
                field.exponent = written.exponent().max(field.exponent);
            }
            field.width = widest + field.exponent + 1;
        }
        places.push((total, field));
        total = total.checked_add(field.width).ok_or_else(Fault::ws_full)?;
    }
    let mut block = Block::blank(memory, rows, total)?;
    for row in 0..rows {
        for (&(from, field), &x) in places.iter().zip(&numbers[row * columns..]) {
            pace.step(PER_NUMBER + field.width)?;
            let written = Written::of(x, field.precision)?;
            let span = block.span(row, from, field.width);
            match field.width.checked_sub(written.width()) {
                Some(room) => {
                    let behind = field.exponent.saturating_sub(written.exponent());
                    written.write(span.get_mut(room.saturating_sub(behind)..).unwrap_or(&mut []));
                }
                None => span.fill('*'),
            }
        }
    }
    let mut shape = array.shape().to_vec();
    match shape.last_mut() {
        Some(last) => *last = total,
        None => shape.push(total),
    }
    block.into_value(memory, &shape)
}

/// The numbers to format. DOMAIN ERROR for characters, boxes and complex numbers.
fn reals<'a>(memory: &Memory, array: &'a Array) -> Result<std::borrow::Cow<'a, [f64]>> {
    convert::floats(memory, array).map_err(|fault| fault.with_detail("dyadic ⍕ formats simple real numbers"))
}

/// A field for every column.
fn fields(context: &Context, left: &Value, columns: usize) -> Result<Vec<Field>> {
    if left.rank() > 1 {
        return Err(Fault::misshapen("a vector of widths and decimals", left.shape()));
    }
    let numbers = convert::ints(context.memory(), &left.array(context.memory())?)?;
    let field = |width: i64, precision: i64| -> Result<Field> {
        let width = usize::try_from(width)
            .map_err(|_| Fault::domain().with_detail(format!("a column's width can't be ¯{}", width.unsigned_abs())))?;
        // Exponents have room for two digits and a sign, unless the column is too narrow for that.
        let digits = usize::try_from(precision.unsigned_abs()).unwrap_or(usize::MAX);
        let mantissa = digits.saturating_add(if digits > 1 { 2 } else { 1 });
        let exponent = match precision < 0 {
            true => width.saturating_sub(mantissa).clamp(2, 3),
            false => 0,
        };
        Ok(Field { width, precision, exponent })
    };
    let count = numbers.len();
    // Pairs serve column after column, and then again from the first on.
    let pairs = count.is_multiple_of(2) && columns.checked_mul(2).is_some_and(|wanted| wanted.is_multiple_of(count));
    if count != 1 && count != 2 && !pairs {
        return Err(Fault::length().with_detail(format!(
            "{columns} columns take 1, 2 or {} numbers on the left, not {count}",
            2 * columns as u128
        )));
    }
    let mut fields = context.memory().vec(columns)?;
    let mut pace = context.pace();
    for column in 0..columns {
        pace.step(1)?;
        fields.push(match numbers[..] {
            [precision] => field(0, precision)?,
            [width, precision] => field(width, precision)?,
            _ => field(numbers[2 * column % count], numbers[(2 * column + 1) % count])?,
        });
    }
    Ok(fields)
}

/// `⍕⍣¯1`: the numbers that a text consists of, separated by blanks. DOMAIN ERROR for any other text.
pub fn undo_format(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::domain().because("No inverse"));
    }
    let memory = context.memory();
    let text = convert::text(memory, &right)?;
    let mut items = Vec::new();
    for word in text.split_whitespace() {
        if items.len() % 1024 == 0 {
            context.poll()?;
            memory.check(2 * items.len() * size_of::<Value>())?;
        }
        let leading = number::leading(word);
        items.push(match leading.value {
            Ok(value) if leading.len == word.len() => match value {
                Number::Int(n) => Value::Int(n),
                Number::Float(x) => Value::Float(x),
                Number::Complex(re, im) => Value::complex(crate::array::Complex::new(re, im)),
            },
            _ => return Err(Fault::domain().with_detail(format!("{word} is not a number"))),
        });
    }
    match items.len() {
        0 => Err(Fault::domain().with_detail("there is no number in the text")),
        1 => Ok(items.remove(0)),
        count => Ok(Array::from_items(memory, &[count], items, || Value::Int(0))?.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{Arr, Memory};

    fn context() -> Context {
        Context::silent(Memory::unlimited())
    }

    fn by(left: &[i32], shape: &[usize], right: &[f64]) -> Vec<String> {
        let context = context();
        let memory = context.memory();
        let left = Arr::new(memory, &[left.len()], left.to_vec()).unwrap().into();
        let right = Arr::new(memory, shape, right.to_vec()).unwrap().into();
        let result = format_by(&context, left, right).unwrap();
        let Array::Char(chars) = result.array(memory).unwrap() else { panic!("characters expected") };
        let width = chars.shape().last().copied().unwrap().max(1);
        chars.as_slice().chunks(width).map(|row| row.iter().collect()).collect()
    }

    #[test]
    fn fixed() {
        assert_eq!(by(&[5, 0], &[2, 3], &[1., 2., 3., 4., 5., 6.]), ["    1    2    3", "    4    5    6"]);
        assert_eq!(by(&[4, 0], &[4], &[1.1, 2., -4., 2.547]), ["   1   2  ¯4   3"]);
        assert_eq!(by(&[4, 1], &[4], &[1.1, 2., -4., 2.547]), [" 1.1 2.0¯4.0 2.5"]);
        let wide = by(&[3], &[2, 3], &[10., 15.2346, -17.1, 2., 3., 4.]);
        assert_eq!(wide, [" 10.000 15.235 ¯17.100", "  2.000  3.000   4.000"]);
        assert_eq!(by(&[5], &[2], &[0.5819, 0.4181]), [" 0.58190 0.41810"]);
        assert_eq!(by(&[2], &[4], &[0.004, 0.005, -0.001, 99.999]), [" 0.00 0.01 0.00 100.00"]);
        assert_eq!(by(&[0], &[3], &[0.5, 2.5, -0.4]), [" 1 3 0"]);
        // The floats are slightly less than the decimal literals; rounding must follow the decimal digits.
        assert_eq!(by(&[1], &[3], &[8.45, 464.45, 0.0499]), [" 8.5 464.5 0.0"]);
    }

    #[test]
    fn pairs_are_used_again() {
        let row = by(&[6, 1, 4, 0], &[4], &[1.25, 2.5, 3.75, 4.5]);
        assert_eq!(row, ["   1.3   3   3.8   5"]);
    }

    #[test]
    fn too_narrow_columns_are_filled() {
        let stars = by(&[3, 0, 6, 2], &[3, 2], &[10.1, 15., 1001., 22.357, 101., 1110.1]);
        assert_eq!(stars, [" 10 15.00", "*** 22.36", "101******"]);
    }

    #[test]
    fn scaled() {
        assert_eq!(by(&[7, -3], &[4], &[5., 15., 155., 1555.]), ["5.00E0 1.50E1 1.55E2 1.56E3 "]);
        assert_eq!(by(&[6, -3], &[1], &[5.]), ["5.00E0"]);
        assert_eq!(by(&[8, -2], &[3], &[21.21, 704.5, 1e-9]), [" 2.1E1   7.0E2   1.0E¯9 "]);
        assert_eq!(by(&[8, -4], &[3], &[21.21, 464.45, 1125.14]), ["2.121E1 4.645E2 1.125E3 "]);
        assert_eq!(by(&[0, -20], &[1], &[1. / 3.]), [" 3.333333333333333____E¯1"]);
        assert_eq!(by(&[0, -1], &[1], &[50.]), [" 5E1"]);
    }

    #[test]
    fn unknown_digits() {
        let large = by(&[26], &[1], &[2f64.powi(100)]);
        assert_eq!(large, [" 1267650600228229_______________.__________________________"]);
        assert_eq!(by(&[0, 20], &[1], &[1. / 3.]), [" 0.3333333333333333____"]);
        assert_eq!(by(&[3], &[1], &[0.]), [" 0.000"]);
    }

    #[test]
    fn errors() {
        let context = context();
        let long = Arr::new(context.memory(), &[3], vec![1, 2, 3]).unwrap();
        let one = Value::Float(1.5);
        assert_eq!(
            format_by(&context, long.into(), one.clone()).unwrap_err(),
            Fault::length().with_detail("1 columns take 1, 2 or 2 numbers on the left, not 3")
        );
        assert_eq!(format_by(&context, Value::Int(2), Value::Char('a')).unwrap_err().kind(), Fault::domain().kind());
    }

    #[test]
    fn inverse() {
        let context = context();
        let text = Value::text(context.memory(), " 1 ¯2.5  3E2 ").unwrap();
        let numbers = undo_format(&context, None, text).unwrap();
        assert_eq!(
            convert::floats(context.memory(), &numbers.array(context.memory()).unwrap()).unwrap().as_ref(),
            [1., -2.5, 300.]
        );
        let text = Value::text(context.memory(), "1+1").unwrap();
        assert!(undo_format(&context, None, text).is_err());
    }
}
