//! Encode and decode: numbers and their digits, in one radix or several.
//!
//! Whole numbers are exact as far as floats are, 2*53; others follow the tolerant residue.

use crate::array::{Arr, Array, Complex, Element, Memory, Shape, Value, compare, convert, shape};
use crate::context::Context;
use crate::error::{Fault, Result, shape_text};

/// Digits that an inverse of decode may give: more than any float has in a radix of 2.
const MOST_DIGITS: usize = 1100;

/// `X⊥Y`: the vectors along the first axis of `Y`, read as digits in the radices along the last axis of `X`. A scalar
/// or an axis of length one goes with the other argument's. LENGTH ERROR where the axes differ, DOMAIN ERROR for
/// anything but numbers. Follows Dyalog's "Decode".
pub fn decode(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (x, y) = (numeric(memory, left)?, numeric(memory, right).map_err(Fault::at_right)?);
    let digits = Digits::new(x.shape(), y.shape())?;
    let shape = shape::join(&x.shape()[..x.rank().saturating_sub(1)], y.shape().get(1..).unwrap_or(&[]));
    shape::count(&shape)?;
    if is_complex(&x) || is_complex(&y) {
        let (a, b) = (complexes(context, &x)?, complexes(context, &y)?);
        let data = digits.horner(context, &a, &b)?;
        if data.iter().any(|z| !z.is_finite()) {
            return Err(Fault::domain().with_detail("the result is too large for a number"));
        }
        return complex_result(context, &shape, data);
    }
    let whole = is_narrow(&x) && is_narrow(&y);
    let (a, b) = (convert::floats(&x)?, convert::floats(&y)?);
    let data = digits.horner(context, &a, &b)?;
    real_result(context, &shape, data, whole)
}

/// How the axes of decode's arguments go together.
struct Digits {
    /// Digits in each number.
    count: usize,
    /// Radix vectors on the left, and steps between their radices.
    rows: usize,
    row: usize,
    /// Numbers on the right.
    columns: usize,
    /// Whether the right argument has a row for each digit.
    spread: bool,
}

impl Digits {
    fn new(x: &[usize], y: &[usize]) -> Result<Digits> {
        let radices = x.last().copied().unwrap_or(1);
        let places = y.first().copied().unwrap_or(1);
        if radices != places && radices != 1 && places != 1 {
            return Err(Fault::length().with_detail(format!(
                "the last axis of the left argument ({}) has length {radices}, the first axis of the right one ({}) {places}",
                shape_text(x),
                shape_text(y)
            )));
        }
        Ok(Digits {
            count: if radices == 1 { places } else { radices },
            rows: shape::product(&x[..x.len().saturating_sub(1)]),
            row: radices,
            columns: shape::product(y.get(1..).unwrap_or(&[])),
            spread: places != 1,
        })
    }

    /// Horner's rule for all numbers at once, digit by digit.
    fn horner<T>(&self, context: &Context, x: &[T], y: &[T]) -> Result<Vec<T>>
    where
        T: Copy + Default + std::ops::Mul<Output = T> + std::ops::Add<Output = T>,
    {
        let total = self.rows.checked_mul(self.columns).ok_or_else(Fault::ws_full)?;
        let mut out = context.memory().filled(total, T::default())?;
        if self.columns == 0 {
            return Ok(out);
        }
        for (row, numbers) in out.chunks_exact_mut(self.columns).enumerate() {
            if self.columns == 1 {
                let mut number = T::default();
                for at in 0..self.count {
                    if at % 4096 == 0 {
                        context.poll()?;
                    }
                    let digit = y[if self.spread { at } else { 0 }];
                    number = if at == 0 { digit } else { number * self.radix(x, row, at) + digit };
                }
                numbers[0] = number;
                continue;
            }
            for at in 0..self.count {
                let start = if self.spread { at * self.columns } else { 0 };
                let digits = &y[start..start + self.columns];
                let radix = self.radix(x, row, at);
                context.chunks(self.columns, |range| {
                    let (numbers, digits) = (&mut numbers[range.clone()], &digits[range]);
                    if at == 0 {
                        numbers.copy_from_slice(digits);
                    } else {
                        numbers.iter_mut().zip(digits).for_each(|(n, &digit)| *n = *n * radix + digit);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(out)
    }

    fn radix<T: Copy>(&self, x: &[T], row: usize, at: usize) -> T {
        x[row * self.row + if self.row == 1 { 0 } else { at }]
    }
}

/// `X⊤Y`: every number of `Y` in the radices along the first axis of `X`; a radix of 0 takes all that is left. DOMAIN
/// ERROR for anything but numbers. Follows Dyalog's "Encode".
pub fn encode(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (x, y) = (numeric(memory, left)?, numeric(memory, right).map_err(Fault::at_right)?);
    let shape = shape::join(x.shape(), y.shape());
    let total = shape::count(&shape)?;
    let layout = Layout {
        count: x.shape().first().copied().unwrap_or(1),
        columns: shape::product(x.shape().get(1..).unwrap_or(&[])),
        numbers: y.len(),
    };
    if total == 0 {
        return Ok(Arr::<i32>::new(memory, &shape, Vec::new())?.into());
    }
    if is_complex(&x) || is_complex(&y) {
        let (a, b) = (complexes(context, &x)?, complexes(context, &y)?);
        let ct = context.ct();
        let data = layout.digits(context, &a, &b, |&radix, number| split_complex(radix, number, ct))?;
        return complex_result(context, &shape, data);
    }
    if is_narrow(&x) && is_narrow(&y) {
        let (a, b) = (convert::ints(&x)?, convert::ints(&y)?);
        if a.iter().all(|&radix| radix == 2) {
            let bit = |number: &mut i64| -> bool {
                let bit = *number & 1 == 1;
                *number >>= 1;
                bit
            };
            let data = layout.digits(context, &a, &b, |_, number| bit(number))?;
            return Ok(Arr::new(memory, &shape, data)?.into());
        }
        // The digits are smaller than the radix, or than the number for a radix of 0.
        let data = layout.digits(context, &a, &b, |&radix, number| split_whole(radix, number) as i32)?;
        return Ok(Arr::new(memory, &shape, data)?.into());
    }
    let ct = context.ct();
    let (a, b) = (convert::floats(&x)?, convert::floats(&y)?);
    let data = layout.digits(context, &a, &b, |&radix, number| split(radix, number, ct))?;
    real_result(context, &shape, data, false)
}

/// The axes of encode's result.
struct Layout {
    /// Digits of each number.
    count: usize,
    /// Radix vectors on the left, side by side.
    columns: usize,
    /// Numbers on the right.
    numbers: usize,
}

impl Layout {
    /// All digits; `digit` takes the last one off a number.
    fn digits<T: Copy, D: Element + Default>(
        &self,
        context: &Context,
        radices: &[T],
        numbers: &[T],
        digit: impl Fn(&T, &mut T) -> D,
    ) -> Result<Vec<D>> {
        let memory = context.memory();
        let total = self.count.checked_mul(self.columns).and_then(|n| n.checked_mul(self.numbers));
        let mut out = memory.filled(total.ok_or_else(Fault::ws_full)?, D::default())?;
        let mut rest = memory.vec(self.numbers)?;
        for column in 0..self.columns {
            rest.clear();
            rest.extend_from_slice(numbers);
            for place in (0..self.count).rev() {
                let at = place * self.columns + column;
                let radix = &radices[at];
                let row = &mut out[at * self.numbers..(at + 1) * self.numbers];
                context.chunks(self.numbers, |range| {
                    let rest = &mut rest[range.clone()];
                    row[range].iter_mut().zip(rest).for_each(|(out, number)| *out = digit(radix, number));
                    Ok(())
                })?;
            }
        }
        Ok(out)
    }
}

/// Takes the last digit off a whole number; it has the sign of the radix.
fn split_whole(radix: i64, number: &mut i64) -> i64 {
    match radix {
        0 => std::mem::take(number),
        radix if radix > 0 && radix & (radix - 1) == 0 => {
            let digit = *number & (radix - 1);
            *number >>= radix.trailing_zeros();
            digit
        }
        radix => {
            let mut digit = *number % radix;
            if digit != 0 && (digit < 0) != (radix < 0) {
                digit += radix;
            }
            *number = (*number - digit) / radix;
            digit
        }
    }
}

/// Takes the last digit off a number, tolerantly: what is nearly a multiple of the radix leaves no digit.
fn split(radix: f64, number: &mut f64, ct: f64) -> f64 {
    if radix == 0.0 {
        return std::mem::take(number);
    }
    let quotient = *number / radix;
    let near = quotient.round();
    let whole = number.fract() == 0.0 && radix.fract() == 0.0;
    if !whole && compare::near(quotient, near, ct) || !quotient.is_finite() {
        *number = if quotient.is_finite() { near } else { 0.0 };
        return 0.0;
    }
    let mut digit = *number % radix;
    if digit != 0.0 && (digit < 0.0) != (radix < 0.0) {
        digit += radix;
    }
    *number = ((*number - digit) / radix).round();
    digit
}

fn split_complex(radix: Complex, number: &mut Complex, ct: f64) -> Complex {
    if radix == Complex::default() {
        return std::mem::take(number);
    }
    let quotient = *number / radix;
    let near = Complex::new(quotient.re.round(), quotient.im.round());
    if compare::near_complex(quotient, near, ct) {
        *number = near;
        return Complex::default();
    }
    let floor = complex_floor(quotient);
    let digit = *number - radix * floor;
    *number = floor;
    digit
}

/// McDonnell's complex floor: the corner of the unit square, or one further where the fractions add up to one.
fn complex_floor(z: Complex) -> Complex {
    let corner = Complex::new(z.re.floor(), z.im.floor());
    let (re, im) = (z.re - corner.re, z.im - corner.im);
    match re + im >= 1.0 {
        false => corner,
        true if re >= im => corner + 1.0,
        true => corner + Complex::i(),
    }
}

/// `X⊥⍣¯1`: digits that decode to `Y`. For a scalar radix as many as the largest number needs; for a vector, the first
/// digit takes all that is left. DOMAIN ERROR where there are none.
pub fn undo_decode(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = context.memory();
    let Some(left) = left else {
        return Err(Fault::domain().because("No inverse"));
    };
    let (x, y) = (numeric(memory, left)?, numeric(memory, right).map_err(Fault::at_right)?);
    if x.rank() > 1 {
        return Err(Fault::rank().because("No inverse").with_detail("the radix is a matrix"));
    }
    if is_complex(&x) || is_complex(&y) {
        return Err(Fault::nonce("inverse of decode of complex numbers"));
    }
    let mut radices = convert::floats(&x)?.into_owned();
    if x.len() == 1 && (x.rank() == 0 || radices[0] != 0.0) {
        let count = digits_needed(context, radices[0], &convert::floats(&y)?)?;
        radices = vec![radices[0]; count];
        if radices[0] > 0.0 && convert::floats(&y)?.iter().any(|&n| n < 0.0) {
            radices[0] = 0.0;
        }
    } else if let Some(first) = radices.first_mut() {
        *first = 0.0;
    }
    let narrow = is_narrow(&x);
    let radices = real_result(context, &[radices.len()], radices, narrow)?;
    encode(context, radices, y.into())
}

/// How many digits the largest of some numbers has.
fn digits_needed(context: &Context, radix: f64, numbers: &[f64]) -> Result<usize> {
    let mut rest: Vec<f64> = context.collect(numbers.len(), |at| numbers[at])?;
    for count in 1..MOST_DIGITS {
        context.poll()?;
        for number in &mut rest {
            split(radix, number, 0.0);
        }
        // Negative numbers in a positive radix end in a digit of ¯1.
        if rest.iter().all(|&n| n == 0.0) {
            return Ok(count);
        }
        if radix > 0.0 && rest.iter().all(|&n| n == 0.0 || n == -1.0) {
            return Ok(count + 1);
        }
    }
    Err(Fault::domain().because("No inverse").with_detail(format!("no digits in radix {radix} stand for it")))
}

/// `X⊤⍣¯1`: the numbers with these digits, `X⊥Y`.
pub fn undo_encode(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    match left {
        Some(left) => decode(context, left, right),
        None => Err(Fault::domain().because("No inverse")),
    }
}

/// A simple numeric array; an empty one of any kind has no element that could be wrong.
fn numeric(memory: &Memory, value: Value) -> Result<Array> {
    let array = value.into_array(memory)?;
    if array.kind().is_numeric() {
        return Ok(array);
    }
    if array.is_empty() {
        return Ok(Arr::<i32>::new(memory, array.shape(), Vec::new())?.into());
    }
    Err(Fault::domain().with_detail("digits and radices are numbers"))
}

fn is_complex(array: &Array) -> bool {
    matches!(array, Array::Complex(_))
}

/// Whether all numbers are whole ones of 32 bits by their type.
fn is_narrow(array: &Array) -> bool {
    matches!(array, Array::Bool(_) | Array::Int(_))
}

fn complexes(context: &Context, array: &Array) -> Result<Vec<Complex>> {
    if let Array::Complex(a) = array {
        let a = a.as_slice();
        return context.collect(a.len(), |at| a[at]);
    }
    let a = convert::floats(array)?;
    context.collect(a.len(), |at| Complex::new(a[at], 0.0))
}

/// Floats as an array, of 32-bit numbers where `whole` says that they may fit. DOMAIN ERROR for what is not finite.
fn real_result(context: &Context, shape: &[usize], data: Vec<f64>, whole: bool) -> Result<Value> {
    let memory = context.memory();
    if whole && data.iter().all(|&x| f64::from(x as i32) == x) {
        return Ok(Arr::new(memory, shape, context.collect(data.len(), |at| data[at] as i32)?)?.into());
    }
    if !data.iter().all(|x| x.is_finite()) {
        return Err(Fault::domain().with_detail("the result is too large for a number"));
    }
    Ok(Arr::new(memory, shape, data)?.into())
}

/// Complex numbers as an array, real where all are.
fn complex_result(context: &Context, shape: &[usize], data: Vec<Complex>) -> Result<Value> {
    if data.iter().all(|z| z.im == 0.0) {
        let data = context.collect(data.len(), |at| data[at].re)?;
        return real_result(context, &Shape::from_slice(shape), data, false);
    }
    Ok(Arr::new(context.memory(), shape, data)?.into())
}
