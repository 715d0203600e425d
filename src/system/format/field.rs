//! One field of `⎕FMT`: a number with its qualifiers and affixtures, or a character.

use super::grammar::{Data, Form};
use super::{pattern, unfit};
use crate::context::Context;
use crate::error::Result;
use crate::primitive::written::Written;

/// Columns for an exponent behind the `E`: a sign and two digits.
const EXPONENT: usize = 3;

/// What writes the numbers of a column.
pub struct Field<'a> {
    data: &'a Data,
    tolerance: f64,
    /// Room for exponents, which stand at the left of it.
    exponent: usize,
}

/// A character in its field.
pub fn character(data: &Data, c: char, span: &mut [char]) -> Result<()> {
    if !matches!(data.form, Form::Characters) {
        return Err(unfit("characters are for A phrases"));
    }
    lay(data, span, &[c]);
    Ok(())
}

impl<'a> Field<'a> {
    /// Looks at all numbers of the column, whose exponents are to stand below each other.
    pub fn new(context: &Context, data: &'a Data, numbers: impl Iterator<Item = f64>) -> Result<Field<'a>> {
        let mut field = Field { data, tolerance: context.ct(), exponent: EXPONENT };
        match data.form {
            Form::Characters => return Err(unfit("A phrases are for characters")),
            Form::Scaled(digits) => {
                let mut pace = context.pace();
                for x in numbers {
                    pace.step(8)?;
                    let written = Written::of(field.scaled(x)?, -(digits as i64))?;
                    field.exponent = field.exponent.max(written.exponent());
                }
            }
            _ => {}
        }
        Ok(field)
    }

    /// The number times the power of ten that `K` asks for. DOMAIN ERROR where there is none.
    fn scaled(&self, x: f64) -> Result<f64> {
        let scaled = match self.data.scale {
            0 => x,
            m @ 1.. => x * 10f64.powi(m),
            m => x / 10f64.powi(-m),
        };
        if scaled.is_finite() { Ok(scaled) } else { Err(crate::error::Fault::domain()) }
    }

    /// A number in a blank field.
    pub fn write(&self, x: f64, span: &mut [char]) -> Result<()> {
        let data = self.data;
        if let Some((_, text)) = data.instead.iter().find(|(value, _)| same(*value, x, self.tolerance)) {
            match text.len() > span.len() {
                true => span.fill(data.symbol('*')),
                false => lay(data, span, text),
            }
            return Ok(());
        }
        let scaled = self.scaled(x)?;
        let written = match data.form {
            Form::Scaled(digits) => Written::of(scaled, -(digits as i64))?,
            Form::Fixed(decimals) => Written::of(scaled, decimals as i64)?,
            Form::Pattern(_) => Written::of(scaled, 0)?,
            Form::Characters => return Err(unfit("A phrases are for characters")),
        };
        if data.blank && written.is_zero() {
            background(data, span);
            return Ok(());
        }
        let text = match &data.form {
            Form::Pattern(pattern) => {
                let digits: Vec<char> = written.whole_digits().map(|c| self.digit(c)).collect();
                let digits = if written.is_zero() { &[][..] } else { &digits };
                pattern::fill(data, pattern, digits).filter(|_| !written.is_negative())
            }
            Form::Scaled(_) => self.affixed(&written, (self.in_scaled_form(&written), 0), span.len()),
            _ => self.affixed(&written, self.in_fixed_form(&written), span.len()),
        };
        match text {
            Some(text) => lay(data, span, &text),
            None => span.fill(data.symbol('*')),
        }
        Ok(())
    }

    fn digit(&self, c: char) -> char {
        if c == '_' { self.data.symbol('_') } else { c }
    }

    /// The digits with point and commas, without sign; and how many columns stand before the point.
    fn in_fixed_form(&self, written: &Written) -> (Vec<char>, usize) {
        let whole: Vec<char> = written.whole_digits().map(|c| self.digit(c)).collect();
        let mut text = Vec::with_capacity(whole.len() * 2);
        for (k, &c) in whole.iter().enumerate() {
            if self.data.commas && k > 0 && (whole.len() - k).is_multiple_of(3) {
                text.push(self.data.symbol(','));
            }
            text.push(c);
        }
        let columns = text.len();
        let mut decimals = written.decimals().map(|c| self.digit(c)).peekable();
        if decimals.peek().is_some() {
            text.push(self.data.symbol('.'));
            text.extend(decimals);
        }
        (text, columns)
    }

    /// The digits, `E` and the exponent, without sign.
    fn in_scaled_form(&self, written: &Written) -> Vec<char> {
        let mut text = Vec::new();
        for (place, c) in written.significant_digits().enumerate() {
            if place == 1 {
                text.push(self.data.symbol('.'));
            }
            text.push(self.digit(c));
        }
        text.push('E');
        text.extend(written.exponent_text().chars().map(|c| if c == '¯' { self.data.symbol('¯') } else { c }));
        text
    }

    /// The number between what its sign asks for, with leading zeros if they are wanted; `None` where it does not fit.
    fn affixed(&self, written: &Written, (digits, whole): (Vec<char>, usize), width: usize) -> Option<Vec<char>> {
        let data = self.data;
        let minus = [data.symbol('¯')];
        let (before, behind) = match written.is_negative() {
            true => (data.before_negative.as_deref().unwrap_or(&minus), &data.behind_negative),
            false => (&data.before_positive[..], &data.behind_positive),
        };
        let bare = before.len() + digits.len() + behind.len();
        let room = width.checked_sub(bare)?;
        let mut text = before.to_vec();
        if data.zeros && !matches!(data.form, Form::Scaled(_)) {
            self.leading_zeros(&mut text, room, whole);
        }
        text.extend(digits);
        if let Form::Scaled(_) = data.form {
            // Exponents begin below each other as far as there is room.
            let gap = self.exponent.saturating_sub(written.exponent()).min(room);
            text.extend(std::iter::repeat_n(' ', gap));
        }
        text.extend(behind);
        Some(text)
    }

    /// Zeros in the places that are left, with commas where triads end.
    fn leading_zeros(&self, text: &mut Vec<char>, room: usize, whole: usize) {
        let data = self.data;
        // Counted from the point, every fourth column is a comma.
        for k in (1..=room).rev() {
            let comma = data.commas && (whole + k).is_multiple_of(4);
            text.push(match comma {
                true if k == room => ' ',
                true => data.symbol(','),
                false => data.symbol('0'),
            });
        }
    }
}

/// A text at the right of its field, or at the left; the background around it.
fn lay(data: &Data, span: &mut [char], text: &[char]) {
    background(data, span);
    let room = span.len().saturating_sub(text.len());
    let from = if data.left { 0 } else { room };
    for (cell, &c) in span[from..].iter_mut().zip(text) {
        *cell = c;
    }
}

fn background(data: &Data, span: &mut [char]) {
    if !data.background.is_empty() {
        for (cell, &c) in span.iter_mut().zip(data.background.iter().cycle()) {
            *cell = c;
        }
    }
}

/// Whether two numbers are equal within `⎕CT`.
fn same(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || a.signum() == b.signum() && (a - b).abs() <= tolerance * a.abs().max(b.abs())
}
