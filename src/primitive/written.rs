//! A number with a given number of decimals or digits, as `X⍕Y` and `⎕FMT` write it.
//!
//! Does the rounding, and knows how many digits of a 64-bit float are significant. Columns and modifiers are handled by the
//! callers.

use crate::display::number::{Decimal, glyph};
use crate::error::{Fault, Result};

/// Digits that a specification gets from a number; `_` stands for those behind.
const KNOWN_DIGITS: usize = 16;

/// A number as a specification wants it, not yet written down.
pub struct Written {
    decimal: Decimal,
    form: Form,
}

enum Form {
    /// With so many decimals.
    Fixed(usize),
    /// With so many digits, and the exponent's text.
    Scaled(usize, String),
}

impl Written {
    /// `x` with so many decimals, or with so many digits where `precision` is negative. LIMIT ERROR for more digits than there is memory for.
    pub fn of(x: f64, precision: i64) -> Result<Written> {
        let digits = usize::try_from(precision.unsigned_abs()).map_err(|_| Fault::limit())?;
        if digits > u32::MAX as usize {
            return Err(Fault::limit());
        }
        if precision < 0 {
            let decimal = Decimal::round_shortest(x, digits.min(KNOWN_DIGITS));
            let exponent = decimal.exponent.to_string();
            return Ok(Written { decimal, form: Form::Scaled(digits, exponent) });
        }
        Ok(Written { decimal: round_at(x, digits), form: Form::Fixed(digits) })
    }

    /// The number of characters.
    pub fn width(&self) -> usize {
        let sign = usize::from(self.decimal.negative);
        sign + match &self.form {
            Form::Fixed(0) => self.whole(),
            Form::Fixed(decimals) => self.whole() + 1 + decimals,
            Form::Scaled(digits, exponent) => digits + usize::from(*digits > 1) + 1 + exponent.len(),
        }
    }

    /// The length of the exponent.
    pub fn exponent(&self) -> usize {
        match &self.form {
            Form::Scaled(_, exponent) => exponent.len(),
            Form::Fixed(_) => 0,
        }
    }

    /// Digits before the point.
    fn whole(&self) -> usize {
        usize::try_from(self.decimal.exponent).unwrap_or(0) + 1
    }

    /// The digit that is so many places behind the first one; zeros before that and `_` where nothing is known.
    fn digit(&self, place: i64) -> char {
        match usize::try_from(place) {
            Err(_) => '0',
            Ok(place) if place >= KNOWN_DIGITS && !self.decimal.is_zero() => '_',
            Ok(place) => self.decimal.digits().get(place).map_or('0', |&digit| char::from(digit)),
        }
    }

    /// Whether it is 0 as it is written.
    pub fn is_zero(&self) -> bool {
        self.decimal.is_zero()
    }

    /// Whether it has a minus as it is written.
    pub fn is_negative(&self) -> bool {
        self.decimal.negative
    }

    /// The digits before the point.
    pub fn whole_digits(&self) -> impl Iterator<Item = char> {
        (0..self.whole()).map(|place| if self.decimal.exponent < 0 { '0' } else { self.digit(place as i64) })
    }

    /// The digits behind the point.
    pub fn decimals(&self) -> impl Iterator<Item = char> {
        let units = i64::from(self.decimal.exponent);
        let count = if let Form::Fixed(count) = self.form { count } else { 0 };
        (1..=count as i64).map(move |place| self.digit(units + place))
    }

    /// The digits of the scaled form.
    pub fn significant_digits(&self) -> impl Iterator<Item = char> {
        let count = if let Form::Scaled(count, _) = self.form { count } else { 0 };
        (0..count as i64).map(|place| self.digit(place))
    }

    /// The exponent of the scaled form.
    pub fn exponent_text(&self) -> String {
        match &self.form {
            Form::Scaled(_, exponent) => exponent.bytes().map(glyph).collect(),
            Form::Fixed(_) => String::new(),
        }
    }

    /// Writes it from the left of a span on; what does not fit is left out.
    pub fn write(&self, span: &mut [char]) {
        let mut cells = span.iter_mut();
        let mut put = |c: char| {
            if let Some(cell) = cells.next() {
                *cell = c;
            }
        };
        if self.decimal.negative {
            put('¯');
        }
        match &self.form {
            Form::Fixed(decimals) => {
                // Places count from the number's first digit, which may stand far behind the point.
                let units = i64::from(self.decimal.exponent);
                if units < 0 {
                    put('0');
                }
                (0..=units).for_each(|place| put(self.digit(place)));
                if *decimals > 0 {
                    put('.');
                    for place in 1..=*decimals as i64 {
                        put(self.digit(units + place));
                    }
                }
            }
            Form::Scaled(digits, exponent) => {
                for place in 0..*digits as i64 {
                    if place == 1 {
                        put('.');
                    }
                    put(self.digit(place));
                }
                put('E');
                exponent.bytes().for_each(|byte| put(glyph(byte)));
            }
        }
    }
}

/// `x`, as its shortest digits have it, rounded to so many decimals, a tie away from zero; only the digits that are
/// known.
fn round_at(x: f64, decimals: usize) -> Decimal {
    let first = Decimal::round(x, 15);
    let places = i64::from(first.exponent) + 1 + decimals as i64;
    match usize::try_from(places) {
        _ if first.is_zero() => Decimal::zero(),
        Err(_) => Decimal::zero(),
        // The last decimal that is left is one before the number's first digit.
        Ok(0) if first.digits() < b"5".as_slice() => Decimal::zero(),
        Ok(0) => Decimal::power(first.negative, first.exponent + 1),
        Ok(places) => Decimal::round_shortest(x, places.min(KNOWN_DIGITS)),
    }
}
