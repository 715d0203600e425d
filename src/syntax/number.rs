//! Numeric literals such as `¯1.5E¯3J2`: where one ends, and its value.

use super::tree::Number;

/// The number at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leading {
    /// How many bytes belong to it; of a fault, how many bytes are to blame.
    pub len: usize,
    /// What it is worth.
    pub value: Result<Number, NumberFault>,
}

/// Why characters that look like a number are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberFault {
    /// Not of the form of a number: `1E`, `¯¯1`, `1J`.
    Malformed,
    /// Of a magnitude beyond the floats: `1E309`.
    TooLarge,
}

/// Reads the number that `text` begins with.
///
/// A second dot begins the next number (`1.2.3` is `1.2 0.3`); any other character of numbers that is left over makes
/// the whole run malformed, for `1E2E3` is surely not meant as a number next to a name.
pub fn leading(text: &str) -> Leading {
    let bytes = text.as_bytes();
    let Some(real) = real_end(bytes, 0) else {
        return malformed(text);
    };
    let (len, imaginary) = match bytes.get(real) {
        Some(b'j' | b'J') => match real_end(bytes, real + 1) {
            Some(end) => (end, Some(real + 1)),
            None => return malformed(text),
        },
        _ => (real, None),
    };
    let runs_on = text[len..].chars().next().is_some_and(|next| next != '.' && is_number_char(next));
    if runs_on {
        return malformed(text);
    }
    let value = match imaginary {
        None => decimal(&text[..real]).map(from_real),
        Some(start) => complex(&text[..real], &text[start..len]),
    };
    Leading { len, value }
}

/// The literal form of a real number: whole if it fits 32 bits.
pub fn from_real(value: f64) -> Number {
    // The cast saturates, so what does not fit compares unequal; `¯0` compares equal to 0 and loses its sign.
    let whole = value as i32;
    if f64::from(whole) == value { Number::Int(whole) } else { Number::Float(value) }
}

fn complex(real: &str, imaginary: &str) -> Result<Number, NumberFault> {
    let (real, imaginary) = (decimal(real)?, decimal(imaginary)?);
    Ok(if imaginary == 0.0 {
        from_real(real)
    } else {
        // Adding zero takes the sign off a negative zero.
        Number::Complex(real + 0.0, imaginary)
    })
}

fn decimal(text: &str) -> Result<f64, NumberFault> {
    let value: f64 = if text.contains('¯') { text.replace('¯', "-").parse() } else { text.parse() }
        .map_err(|_| NumberFault::Malformed)?;
    if value.is_finite() { Ok(value) } else { Err(NumberFault::TooLarge) }
}

fn malformed(text: &str) -> Leading {
    Leading { len: text.find(|c| !is_number_char(c)).unwrap_or(text.len()), value: Err(NumberFault::Malformed) }
}

fn is_number_char(c: char) -> bool {
    matches!(c, '0'..='9' | '.' | '¯' | 'e' | 'E' | 'j' | 'J')
}

/// Where the real number that begins at `start` ends, or `None` if there is none.
fn real_end(bytes: &[u8], start: usize) -> Option<usize> {
    let first = after_sign(bytes, start);
    let whole = after_digits(bytes, first);
    let mantissa = if bytes.get(whole) == Some(&b'.') {
        let end = after_digits(bytes, whole + 1);
        // A lone dot is no number: digits are due on one side of it.
        (end - first > 1).then_some(end)?
    } else {
        (whole > first).then_some(whole)?
    };
    if !matches!(bytes.get(mantissa), Some(b'e' | b'E')) {
        return Some(mantissa);
    }
    let exponent = after_sign(bytes, mantissa + 1);
    let end = after_digits(bytes, exponent);
    (end > exponent).then_some(end)
}

fn after_sign(bytes: &[u8], at: usize) -> usize {
    let negative = bytes.get(at..).is_some_and(|rest| rest.starts_with("¯".as_bytes()));
    if negative { at + '¯'.len_utf8() } else { at }
}

fn after_digits(bytes: &[u8], at: usize) -> usize {
    let digits = bytes.iter().skip(at).take_while(|byte| byte.is_ascii_digit());
    at + digits.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Number::{Complex, Float, Int};

    fn whole(text: &str) -> Number {
        let read = leading(text);
        assert_eq!(read.len, text.len(), "{text}");
        read.value.unwrap()
    }

    fn fault(text: &str) -> (usize, NumberFault) {
        let read = leading(text);
        (read.len, read.value.unwrap_err())
    }

    #[test]
    fn whole_numbers_are_ints_if_they_fit() {
        assert_eq!(whole("42"), Int(42));
        assert_eq!(whole("¯0"), Int(0));
        assert_eq!(whole("1E3"), Int(1000));
        assert_eq!(whole("2.0"), Int(2));
        assert_eq!(whole("1."), Int(1));
        assert_eq!(whole("¯2147483648"), Int(i32::MIN));
        assert_eq!(whole("2147483647"), Int(i32::MAX));
        assert_eq!(whole("2147483648"), Float(2147483648.0));
        assert_eq!(whole("¯2147483649"), Float(-2147483649.0));
    }

    #[test]
    fn other_reals_are_floats() {
        assert_eq!(whole(".5"), Float(0.5));
        assert_eq!(whole("¯.5"), Float(-0.5));
        assert_eq!(whole("¯1.5E¯3"), Float(-0.0015));
        assert_eq!(whole("1.e¯1"), Float(0.1));
        assert_eq!(whole("1.7976931348623157e308"), Float(f64::MAX));
        assert_eq!(whole("5E¯324"), Float(5e-324));
    }

    #[test]
    fn complex_numbers_keep_an_imaginary_part_that_is_not_zero() {
        assert_eq!(whole("1J2"), Complex(1.0, 2.0));
        assert_eq!(whole("1E5j¯2"), Complex(1e5, -2.0));
        assert_eq!(whole(".5J.5"), Complex(0.5, 0.5));
        assert_eq!(whole("3J0"), Int(3));
        assert_eq!(whole("3J¯0.0"), Int(3));
        match whole("¯0J1") {
            Complex(real, _) => assert!(real.is_sign_positive()),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn too_small_is_zero_and_too_large_is_a_fault() {
        assert_eq!(whole("1E¯400"), Int(0));
        assert_eq!(whole("1J1E¯400"), Int(1));
        assert_eq!(whole("0E999999999999999999999"), Int(0));
        assert_eq!(fault("1E309"), (5, NumberFault::TooLarge));
        assert_eq!(fault("1J¯1E99999999999999999999"), (26, NumberFault::TooLarge));
    }

    #[test]
    fn what_is_no_number_is_malformed_as_a_whole() {
        for text in ["1E", "1ee5", "¯¯1", "1J", "1J2J3", "1¯2", "¯", "¯.", "1E¯", "1E2E3", "1JE5"] {
            assert_eq!(fault(text), (text.len(), NumberFault::Malformed), "{text}");
        }
        assert_eq!(fault("1e+5"), (2, NumberFault::Malformed));
    }

    #[test]
    fn stops_where_the_number_does() {
        assert_eq!(leading("1.2.3"), Leading { len: 3, value: Ok(Float(1.2)) });
        assert_eq!(leading("1.+2"), Leading { len: 2, value: Ok(Int(1)) });
        assert_eq!(leading("7x"), Leading { len: 1, value: Ok(Int(7)) });
    }

    #[test]
    fn a_million_digits_are_no_trouble() {
        assert_eq!(fault(&"9".repeat(1_000_000)).1, NumberFault::TooLarge);
        assert_eq!(whole(&format!("0.{}", "0".repeat(1_000_000))), Int(0));
    }
}
