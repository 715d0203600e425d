//! A value in part of a line, as far as it fits: for lists of values, one beside the other.
//!
//! Rows are divided by `⋄`, items stand in parentheses, characters in quotes, as in array notation. Of a large value only
//! the first elements are looked at.

use crate::array::{Type, Value};
use crate::context::{Context, Layout};
use crate::error::Result;

/// Elements that are looked at, at most, however wide the line is.
const MOST: usize = 400;

/// A value in at most `width` characters.
pub fn brief(context: &Context, value: &Value, width: usize) -> String {
    let mut text = String::new();
    let mut line = Line { context, text: &mut text, left: width.saturating_sub(1), looked: 0 };
    match line.value(value, false) {
        Ok(true) => text,
        Ok(false) => text.trim_end().to_owned() + "…",
        Err(_) => "…".to_owned(),
    }
}

struct Line<'a> {
    context: &'a Context,
    text: &'a mut String,
    left: usize,
    looked: usize,
}

impl Line<'_> {
    /// Adds a text, or as much of it as fits; false where that is not all.
    fn add(&mut self, text: &str) -> bool {
        for c in text.chars() {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            self.text.push(if c.is_control() { '·' } else { c });
        }
        true
    }

    /// Adds a value; `inside`: as an item of another one.
    fn value(&mut self, value: &Value, inside: bool) -> Result<bool> {
        let (rank, count) = (value.rank(), value.count());
        if rank == 0 {
            return self.scalar(value);
        }
        if count == 0 {
            return Ok(self.add(match (rank, value.kind()) {
                (1, Type::Char) => "''",
                (1, _) => "⍬",
                _ => "(no elements)",
            }));
        }
        let enclosed = inside && !(rank == 1 && value.kind() == Type::Char);
        if enclosed && !self.add("(") {
            return Ok(false);
        }
        let length = value.shape().last().copied().unwrap_or(1);
        let rows = count / length.max(1);
        for row in 0..rows {
            if row > 0 && !self.add(" ⋄ ") {
                return Ok(false);
            }
            if !self.row(value, row * length, length)? {
                return Ok(false);
            }
        }
        Ok(!enclosed || self.add(")"))
    }

    /// Elements side by side.
    fn row(&mut self, value: &Value, from: usize, length: usize) -> Result<bool> {
        if value.kind() == Type::Char {
            let mut chars = "'".to_owned();
            for at in from..from + length.min(self.left + 1) {
                if let Value::Char(c) = value.item(self.context.memory(), at)? {
                    chars.push(c);
                }
            }
            return Ok(self.add(&(chars + "'")));
        }
        if value.rank() == 1 && length == 1 && value.kind() != Type::Nested && !self.add(",") {
            return Ok(false);
        }
        for at in from..from + length {
            self.looked += 1;
            if at > from && !self.add(" ") || self.looked > MOST {
                return Ok(false);
            }
            let item = value.item(self.context.memory(), at)?;
            let whole = match item.rank() {
                0 => self.scalar(&item)?,
                _ => self.context.memory().deeper(|| self.value(&item, true))?,
            };
            if !whole {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn scalar(&mut self, value: &Value) -> Result<bool> {
        if let Value::Char(c) = value {
            return Ok(self.add(&format!("'{c}'")));
        }
        if value.kind() == Type::Nested {
            let item = value.item(self.context.memory(), 0)?;
            return match item.is_simple_scalar() {
                true => self.scalar(&item),
                false => Ok(self.add("⊂") && self.context.memory().deeper(|| self.value(&item, true))?),
            };
        }
        let text = super::show(self.context, value, Layout { longest: None, ..Layout::default() })?;
        Ok(self.add(text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    fn brief_of(expression: &str, width: usize) -> String {
        let mut session = Session::new();
        let value = session.eval(expression).unwrap();
        brief(session.context(), &value, width)
    }

    #[test]
    fn values_fit_in_a_line() {
        for (expression, wanted) in [
            ("5", "5"),
            ("¯1.5", "¯1.5"),
            ("'a'", "'a'"),
            ("'abc'", "'abc'"),
            ("1 2 3", "1 2 3"),
            (",7", ",7"),
            ("⍬", "⍬"),
            ("''", "''"),
            ("2 3⍴⍳6", "1 2 3 ⋄ 4 5 6"),
            ("2 2⍴'abcd'", "'ab' ⋄ 'cd'"),
            ("(1 2)'ab' 3", "(1 2) 'ab' 3"),
            ("⊂1 2", "⊂(1 2)"),
            ("0 3⍴0", "(no elements)"),
        ] {
            assert_eq!(brief_of(expression, 40), wanted, "{expression}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        assert_eq!(brief_of("⍳100", 10), "1 2 3 4 5…");
        assert_eq!(brief_of("100⍴'a'", 6), "'aaaa…");
        assert!(brief_of("1E7⍴1.5", 30).chars().count() <= 30);
        assert!(brief_of("1E7⍴1.5", 100_000).chars().count() < 10_000);
    }
}
