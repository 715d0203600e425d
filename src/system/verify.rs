//! `⎕VFI`: finds the words of a text that are numbers, and converts them.

use super::Call;
use crate::array::{Arr, Array, Complex, Value, convert};
use crate::error::Result;
use crate::syntax::number;
use crate::syntax::tree::Number;
use crate::system::growing::Items;

/// `⎕VFI Y`: for each word of `Y` whether it is a number, and the number or 0. `X ⎕VFI Y`: the same
/// for the fields between the characters of `X`, an empty field being 0. Dyalog: Verify and Fix Input.
pub fn verify(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let text = convert::text(memory, &right)?;
    let separators = left.map(|left| convert::text(memory, &left)).transpose()?;
    let mut found = Found { valid: Vec::new(), values: Items::new(context) };
    match separators {
        Some(separators) if !separators.is_empty() => {
            if !text.is_empty() {
                for field in text.split(|c| separators.contains(c)) {
                    let field = field.trim_matches(' ');
                    found.add(if field.is_empty() { "0" } else { field })?;
                }
            }
        }
        _ => {
            for word in text.split(' ').filter(|word| !word.is_empty()) {
                found.add(word)?;
            }
        }
    }
    let count = [found.valid.len()];
    let values = found.values.into_value(Value::Int(0))?;
    let valid = Arr::new(memory, &count, found.valid)?;
    Ok(Array::from_items(memory, &[2], vec![valid.into(), values], || Value::Int(0))?.into())
}

struct Found<'a> {
    valid: Vec<bool>,
    values: Items<'a>,
}

impl Found<'_> {
    fn add(&mut self, word: &str) -> Result<()> {
        let value = numeral(word);
        self.valid.push(value.is_some());
        self.values.push(value.unwrap_or(Value::Int(0)))
    }
}

/// The number that a whole text is the numeral of.
pub fn numeral(text: &str) -> Option<Value> {
    let read = number::leading(text);
    match read.value {
        Ok(value) if read.len == text.len() => Some(match value {
            Number::Int(n) => Value::Int(n),
            Number::Float(x) => Value::Float(x),
            Number::Complex(re, im) => Value::complex(Complex::new(re, im)),
        }),
        _ => None,
    }
}
