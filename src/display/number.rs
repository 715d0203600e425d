//! Numbers as text under `⎕PP`: rounding, fixed and scaled form, the complex `J`.
//!
//! Works on bytes: `-` stands for `¯` until a number is drawn, so that each byte is one column of the text. Arrays are not
//! known here.

use std::io::Write;

use smallvec::SmallVec;

use crate::array::Complex;

/// ASCII digits; as many as a float can have need no allocation.
type Digits = SmallVec<[u8; 24]>;

/// The number of significant digits of a 64-bit float.
pub const MAX_DIGITS: usize = 17;

/// Decimal exponents below this are written in scaled form: at most five zeros follow the point.
const LEAST_FIXED: i32 = -6;

/// A magnitude rounded to some significant digits: `d.ddd` times ten to `exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The number is below zero.
    pub negative: bool,
    /// ASCII digits, the first of them not 0 unless the number is 0; no trailing zeros, but at least one digit.
    digits: Digits,
    /// The power of ten of the first digit.
    pub exponent: i32,
}

impl Decimal {
    /// `x` rounded to `places` significant digits, a tie away from zero. Zero, of either sign, is `0` with exponent 0.
    pub fn round(x: f64, places: usize) -> Decimal {
        Self::rounded(x, places, exactly_reaches)
    }

    /// The same, where `x` is what its shortest digits say: 464.45 is a tie for four digits, although the float is a
    /// little less.
    pub fn round_shortest(x: f64, places: usize) -> Decimal {
        Self::rounded(x, places, |_, _, _| true)
    }

    fn rounded(x: f64, places: usize, tie_up: fn(f64, usize, &[u8]) -> bool) -> Decimal {
        let places = places.clamp(1, MAX_DIGITS);
        let magnitude = x.abs();
        let negative = x < 0.0;
        // The shortest digits that read back as `x` decide the rounding, except where they end in a tie or where
        // more digits are wanted than every decimal survives (15).
        let (mut digits, mut exponent) = scientific(magnitude, None);
        if places > 15 {
            (digits, exponent) = scientific(magnitude, Some(places - 1));
        } else if digits.len() > places {
            let up = match digits[places..] {
                [b'5'] => tie_up(magnitude, places, &digits),
                [first, ..] => first >= b'5',
                [] => false,
            };
            digits.truncate(places);
            if up {
                increment(&mut digits, &mut exponent);
            }
        }
        while digits.len() > 1 && digits.last() == Some(&b'0') {
            digits.pop();
        }
        Decimal { negative, digits, exponent }
    }

    /// The number 0.
    pub fn zero() -> Decimal {
        Decimal { negative: false, digits: SmallVec::from_slice(b"0"), exponent: 0 }
    }

    /// A power of ten.
    pub fn power(negative: bool, exponent: i32) -> Decimal {
        Decimal { negative, digits: SmallVec::from_slice(b"1"), exponent }
    }

    /// The significant digits.
    pub fn digits(&self) -> &[u8] {
        &self.digits
    }

    /// Whether the number is 0.
    pub fn is_zero(&self) -> bool {
        self.digits.as_slice() == b"0"
    }

    /// Appends the fixed form: `-0.05`.
    fn push_fixed(&self, out: &mut Vec<u8>) {
        if self.exponent < 0 {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + (-1 - self.exponent) as usize, b'0');
            out.extend_from_slice(&self.digits);
            return;
        }
        let whole = self.exponent as usize + 1;
        let split = whole.min(self.digits.len());
        out.extend_from_slice(&self.digits[..split]);
        out.resize(out.len() + whole - split, b'0');
        if split < self.digits.len() {
            out.push(b'.');
            out.extend_from_slice(&self.digits[split..]);
        }
    }

    /// Appends the scaled form with at least `places` digits: `1.50E-7`.
    fn push_scaled(&self, out: &mut Vec<u8>, places: usize) {
        out.push(self.digits[0]);
        let places = places.max(self.digits.len());
        if places > 1 {
            out.push(b'.');
            out.extend_from_slice(&self.digits[1..]);
            out.resize(out.len() + places - self.digits.len(), b'0');
        }
        let _ = write!(out, "E{}", self.exponent);
    }
}

/// The digits of a magnitude and the power of ten of the first one, read off Rust's `1.5e-7`.
fn scientific(magnitude: f64, decimals: Option<usize>) -> (Digits, i32) {
    let mut buffer = [0; 96];
    let mut rest = &mut buffer[..];
    // No number is longer than the buffer: 61 digits at most are asked for.
    let _ = match decimals {
        None => write!(rest, "{magnitude:e}"),
        Some(places) => write!(rest, "{magnitude:.places$e}"),
    };
    let left = rest.len();
    let text = buffer.get(..buffer.len() - left).unwrap_or(&[]);
    let mark = text.iter().position(|&b| b == b'e').unwrap_or(text.len());
    let digits = text[..mark].iter().copied().filter(u8::is_ascii_digit).collect();
    let exponent = text.get(mark + 1..).and_then(|tail| std::str::from_utf8(tail).ok()?.parse().ok());
    (digits, exponent.unwrap_or(0))
}

/// Whether `magnitude`, whose shortest digits end in a 5 right behind `places` digits, is really as large as those.
fn exactly_reaches(magnitude: f64, places: usize, shortest: &[u8]) -> bool {
    let (exact, _) = scientific(magnitude, Some(60));
    exact.get(..=places).is_some_and(|head| head >= shortest)
}

/// The next digits up: `1999` becomes `2`, `999` becomes `1` with a greater exponent.
fn increment(digits: &mut Digits, exponent: &mut i32) {
    while let Some(last) = digits.last_mut() {
        if *last < b'9' {
            *last += 1;
            return;
        }
        digits.pop();
    }
    digits.push(b'1');
    *exponent += 1;
}

/// Appends a real number with at most `places` significant digits, in scaled form where its whole part has more
/// digits than that or more than five zeros would follow the point.
pub fn push_real(out: &mut Vec<u8>, x: f64, places: usize) {
    let places = places.clamp(1, MAX_DIGITS);
    let whole = x as i32;
    if f64::from(whole) == x && (whole.unsigned_abs() as u64) < 10u64.pow(places.min(10) as u32) {
        return push_int(out, whole);
    }
    let decimal = Decimal::round(x, places);
    if decimal.negative {
        out.push(b'-');
    }
    if decimal.exponent < LEAST_FIXED || decimal.exponent >= places as i32 {
        decimal.push_scaled(out, 1);
    } else {
        decimal.push_fixed(out);
    }
}

/// Appends a whole number, all its digits.
pub fn push_int(out: &mut Vec<u8>, n: i32) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{n}");
}

/// Appends a real number in scaled form with exactly `places` digits, all but the first behind the point.
pub fn push_scaled(out: &mut Vec<u8>, x: f64, places: usize) {
    let decimal = Decimal::round(x, places);
    if decimal.negative {
        out.push(b'-');
    }
    decimal.push_scaled(out, places);
}

/// How many digits the scaled form of `x` needs under `⎕PP` of `places`.
pub fn scaled_digits(x: f64, places: usize) -> usize {
    Decimal::round(x, places).digits.len()
}

/// Appends a complex number; only the real part where the imaginary one is 0.
pub fn push_complex(out: &mut Vec<u8>, z: Complex, places: usize) {
    push_real(out, z.re, places);
    if z.im != 0.0 {
        out.push(b'J');
        push_real(out, z.im, places);
    }
}

/// A column of the text for a byte of a number.
pub fn glyph(byte: u8) -> char {
    if byte == b'-' { '¯' } else { char::from(byte) }
}

/// A real number as APL writes it: `¯0.5`.
pub fn text(x: f64, places: usize) -> String {
    let mut out = Vec::new();
    push_real(&mut out, x, places);
    out.into_iter().map(glyph).collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn fixed_form_keeps_up_to_pp_digits() {
        assert_eq!(text(1.0 / 3.0, 10), "0.3333333333");
        assert_eq!(text(0.1 + 0.2, 10), "0.3");
        assert_eq!(text(-12.34, 5), "¯12.34");
        assert_eq!(text(123.456789, 5), "123.46");
        assert_eq!(text(5.00001, 5), "5");
        assert_eq!(text(-0.0, 10), "0");
        assert_eq!(text(0.1, 17), "0.10000000000000001");
        assert_eq!(text(0.1, 16), "0.1");
        assert_eq!(text(1e15, 17), "1000000000000000");
    }

    #[test]
    fn too_many_digits_or_zeros_are_scaled() {
        assert_eq!(text(1e6, 10), "1000000");
        assert_eq!(text(1e9, 10), "1000000000");
        assert_eq!(text(1e10, 10), "1E10");
        assert_eq!(text(123456789012.0, 10), "1.23456789E11");
        assert_eq!(text(9999999999.9, 10), "1E10");
        assert_eq!(text(123456.7, 5), "1.2346E5");
        assert_eq!(text(1234.0, 3), "1.23E3");
        assert_eq!(text(0.000123, 3), "0.000123");
        assert_eq!(text(0.000001, 10), "0.000001");
        assert_eq!(text(0.0000001, 10), "1E¯7");
        assert_eq!(text(-0.000000667, 5), "¯6.67E¯7");
        assert_eq!(text(f64::MAX, 10), "1.797693135E308");
    }

    #[test]
    fn ties_round_away_from_zero_only_where_they_are_ties() {
        assert_eq!(text(0.125, 2), "0.13");
        assert_eq!(text(2.5, 1), "3");
        assert_eq!(text(-2.5, 1), "¯3");
        // A float just below 1.005.
        assert_eq!(text(1.005, 3), "1");
        assert_eq!(text(9.5, 1), "1E1");
    }
}
