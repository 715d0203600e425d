//! Encode and decode: numbers and their digits, in one radix or several.
//!
//! Whole numbers are exact as far as floats are, 2*53; others follow the tolerant residue.

use crate::array::{Arr, Array, Complex, Element, Memory, Shape, Value, compare, convert, shape};
use crate::context::{CHUNK, Context};
use crate::error::{Fault, Result, shape_text};
use crate::primitive::scalar;

/// Numbers that are worked on at once: they stay in the first-level cache from digit to digit.
const BLOCK: usize = 2048;

/// Digits that an inverse of decode may give: more than any float has in a radix of 2.
const MOST_DIGITS: usize = 1100;

/// `X⊥Y`: the vectors along the first axis of `Y`, read as digits in the radices along the last axis of `X`. A scalar
/// or an axis of length one goes with the other argument's. LENGTH ERROR where the axes differ, DOMAIN ERROR for
/// anything but numbers. Follows Dyalog's "Decode".
pub fn decode(context: &Context, left: Value, right: Value) -> Result<Value> {
    let memory = context.memory();
    let (x, y) = (numeric(memory, left)?, numeric(memory, right)?);
    let digits = Digits::new(x.shape(), y.shape())?;
    let shape = shape::join(&x.shape()[..x.rank().saturating_sub(1)], y.shape().get(1..).unwrap_or(&[]));
    shape::count(&shape)?;
    if is_complex(&x) || is_complex(&y) {
        let (a, b) = (complexes(context, &x)?, complexes(context, &y)?);
        let data = digits.horner(context, &a, &b, |z| z)?;
        if data.iter().any(|z| !z.is_finite()) {
            return Err(Fault::domain().with_detail("the result is too large for a number"));
        }
        return complex_result(context, &shape, data);
    }
    let whole = is_narrow(&x) && is_narrow(&y);
    let a = convert::floats(memory, &x)?;
    let data = match &y {
        Array::Bool(b) => digits.horner(context, &a, b.as_slice(), |b| f64::from(u8::from(b)))?,
        Array::Int(b) => digits.horner(context, &a, b.as_slice(), f64::from)?,
        _ => digits.horner(context, &a, &convert::floats(memory, &y)?, |x| x)?,
    };
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

    /// Horner's rule for as many numbers at once as fit the cache, digit by digit.
    fn horner<D: Copy, T>(&self, context: &Context, x: &[T], y: &[D], of: impl Fn(D) -> T) -> Result<Vec<T>>
    where
        T: Copy + Default + std::ops::Mul<Output = T> + std::ops::Add<Output = T>,
    {
        let total = self.rows.checked_mul(self.columns).ok_or_else(Fault::ws_full)?;
        let mut out = context.memory().filled(total, T::default())?;
        let mut work = 0;
        for (row, numbers) in out.chunks_exact_mut(self.columns.max(1)).enumerate() {
            for (block, numbers) in numbers.chunks_mut(BLOCK).enumerate() {
                for at in 0..self.count {
                    work += numbers.len() + 8;
                    if work > CHUNK {
                        work = 0;
                        context.poll()?;
                    }
                    let start = block * BLOCK + if self.spread { at * self.columns } else { 0 };
                    let digits = y[start..start + numbers.len()].iter();
                    if at == 0 {
                        numbers.iter_mut().zip(digits).for_each(|(n, &digit)| *n = of(digit));
                    } else {
                        let radix = self.radix(x, row, at);
                        numbers.iter_mut().zip(digits).for_each(|(n, &digit)| *n = *n * radix + of(digit));
                    }
                }
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
    let (x, y) = (numeric(memory, left)?, numeric(memory, right)?);
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
        let data = layout.digits(
            context,
            &a,
            &b,
            |z| z,
            |radix, rest, out| {
                rest.iter_mut().zip(out).for_each(|(number, digit)| *digit = split_complex(radix, number, ct));
            },
        )?;
        return complex_result(context, &shape, data);
    }
    if is_narrow(&x) && is_narrow(&y) {
        // They are whole numbers of 32 bits by their types.
        let radices: Vec<i32> = convert::ints(memory, &x)?.into_iter().map(|radix| radix as i32).collect();
        if !radices.contains(&-1) {
            return match &y {
                Array::Bool(b) => encode_whole(context, &shape, &layout, &radices, b.as_slice(), i32::from),
                Array::Int(b) => encode_whole(context, &shape, &layout, &radices, b.as_slice(), |n| n),
                _ => Err(Fault::internal("narrow numbers expected")),
            };
        }
    }
    let ct = context.ct();
    let (a, b) = (convert::floats(memory, &x)?, convert::floats(memory, &y)?);
    let data = layout.digits(
        context,
        &a,
        &b,
        |x| x,
        |radix, rest, out| {
            rest.iter_mut().zip(out).for_each(|(number, digit)| *digit = split(radix, number, ct));
        },
    )?;
    real_result(context, &shape, data, false)
}

/// Encode of numbers of 32 bits; digits are smaller than the radix, or than the number for a radix of 0.
fn encode_whole<N: Copy>(
    context: &Context,
    shape: &[usize],
    layout: &Layout,
    radices: &[i32],
    numbers: &[N],
    of: impl Fn(N) -> i32,
) -> Result<Value> {
    let memory = context.memory();
    if radices.iter().all(|&radix| radix == 2) {
        let bits = layout.digits(context, radices, numbers, of, |_, rest, out: &mut [bool]| {
            rest.iter_mut().zip(out).for_each(|(number, bit)| {
                *bit = *number & 1 == 1;
                *number >>= 1;
            });
        })?;
        return Ok(Arr::new(memory, shape, bits)?.into());
    }
    let digits = layout.digits(context, radices, numbers, of, split_row)?;
    Ok(Arr::new(memory, shape, digits)?.into())
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
    /// All digits, as many numbers at once as fit the cache; `take` takes the last digit in a radix off each of some.
    fn digits<N: Copy, T: Copy, D: Element + Default>(
        &self,
        context: &Context,
        radices: &[T],
        numbers: &[N],
        of: impl Fn(N) -> T,
        take: impl Fn(T, &mut [T], &mut [D]),
    ) -> Result<Vec<D>> {
        let memory = context.memory();
        let total = self.count.checked_mul(self.columns).and_then(|n| n.checked_mul(self.numbers));
        let mut out = memory.filled(total.ok_or_else(Fault::ws_full)?, D::default())?;
        let mut rest = Vec::with_capacity(BLOCK);
        let mut work = 0;
        for (block, numbers) in numbers.chunks(BLOCK).enumerate() {
            for column in 0..self.columns {
                rest.clear();
                rest.extend(numbers.iter().map(|&number| of(number)));
                for place in (0..self.count).rev() {
                    work += numbers.len() + 8;
                    if work > CHUNK {
                        work = 0;
                        context.poll()?;
                    }
                    let at = place * self.columns + column;
                    let start = at * self.numbers + block * BLOCK;
                    take(radices[at], &mut rest, &mut out[start..start + numbers.len()]);
                }
            }
        }
        Ok(out)
    }
}

/// Takes the last digit off each number; it has the sign of the radix, which is not ¯1.
fn split_row(radix: i32, rest: &mut [i32], out: &mut [i32]) {
    let pairs = rest.iter_mut().zip(out);
    match radix {
        0 => pairs.for_each(|(number, digit)| *digit = std::mem::take(number)),
        _ if radix > 0 && radix & (radix - 1) == 0 => {
            let (mask, shift) = (radix - 1, radix.trailing_zeros());
            pairs.for_each(|(number, digit)| {
                *digit = *number & mask;
                *number >>= shift;
            });
        }
        _ => pairs.for_each(|(number, digit)| {
            // The quotient of two numbers of 32 bits is never rounded up to a whole one.
            let quotient = (f64::from(*number) / f64::from(radix)) as i32;
            let rest = *number - quotient * radix;
            let short = i32::from(rest != 0 && (rest ^ radix) < 0);
            *digit = rest + short * radix;
            *number = quotient - short;
        }),
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

/// The same for complex numbers; real ones have the digits they have among reals.
fn split_complex(radix: Complex, number: &mut Complex, ct: f64) -> Complex {
    if radix == Complex::default() {
        return std::mem::take(number);
    }
    if radix.im == 0.0 && number.im == 0.0 {
        let digit = split(radix.re, &mut number.re, ct);
        return Complex::new(digit, 0.0);
    }
    let quotient = scalar::complex::divide(*number, radix);
    let near = Complex::new(quotient.re.round(), quotient.im.round());
    if compare::near_complex(quotient, near, ct) {
        *number = near;
        return Complex::default();
    }
    if !quotient.is_finite() {
        *number = Complex::default();
        return Complex::default();
    }
    let floor = scalar::complex::quotient(quotient, 0.0);
    let digit = *number - radix * floor;
    *number = floor;
    digit
}

/// `X⊥⍣¯1`: digits that decode to `Y`. For a scalar radix as many as the largest number needs, none where all are 0;
/// for a vector, the first digit takes all that is left. DOMAIN ERROR where there are none.
pub fn undo_decode(context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = context.memory();
    let Some(left) = left else {
        return Err(Fault::domain().because("No inverse"));
    };
    let (x, y) = (numeric(memory, left)?, numeric(memory, right)?);
    if x.rank() > 1 {
        return Err(Fault::rank().because("No inverse").with_detail("the radix is a matrix"));
    }
    if is_complex(&x) || is_complex(&y) {
        return Err(Fault::nonce("inverse of decode of complex numbers"));
    }
    let mut radices = convert::floats(memory, &x)?.into_owned();
    if x.len() == 1 && (x.rank() == 0 || radices[0] != 0.0) {
        let count = digits_needed(context, radices[0], &convert::floats(memory, &y)?)?;
        radices = memory.filled(count, radices[0])?;
        if count > 0 && radices[0] > 0.0 && convert::floats(memory, &y)?.iter().any(|&n| n < 0.0) {
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
    if rest.iter().all(|&n| n == 0.0) {
        return Ok(0);
    }
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
        return convert::narrowed(memory, array);
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
    let a = convert::floats(context.memory(), array)?;
    context.collect(a.len(), |at| Complex::new(a[at], 0.0))
}

/// Floats as an array, of 32-bit numbers where `whole` says that they may fit. DOMAIN ERROR for what is not finite.
fn real_result(context: &Context, shape: &[usize], data: Vec<f64>, whole: bool) -> Result<Value> {
    let memory = context.memory();
    if whole && data.iter().all(|&x| f64::from(x as i32) == x) {
        return Ok(Arr::new(memory, shape, context.collect(data.len(), |at| data[at] as i32)?)?.into());
    }
    let mut finite = true;
    context.chunks(data.len(), |range| {
        finite &= data[range].iter().all(|x| x.is_finite());
        Ok(())
    })?;
    if !finite {
        return Err(Fault::overflow());
    }
    Ok(Arr::new(memory, shape, data)?.into())
}

/// Complex numbers as an array, real where all are. DOMAIN ERROR for what is not finite.
fn complex_result(context: &Context, shape: &[usize], data: Vec<Complex>) -> Result<Value> {
    if data.iter().all(|z| z.im == 0.0) {
        let data = context.collect(data.len(), |at| data[at].re)?;
        return real_result(context, &Shape::from_slice(shape), data, false);
    }
    if !data.iter().all(|z| z.is_finite()) {
        return Err(Fault::overflow());
    }
    Ok(Arr::new(context.memory(), shape, data)?.into())
}
