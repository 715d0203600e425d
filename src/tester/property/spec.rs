//! What is to be drawn: `k←float n n · x←int(0..255) 2..5 n`.

use crate::syntax::number;
use crate::syntax::scan::{begins_name, continues_name};
use crate::syntax::tree::Number;

/// The longest axis of a letter where there are at most three axes, and where there are more.
const LETTER: [usize; 2] = [8, 5];

/// Arrays that are drawn together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// The arrays, in order.
    pub arrays: Vec<Wanted>,
    /// The lengths that are drawn: of letters and of ranges.
    pub lengths: Vec<Length>,
}

/// One array.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The name that gets it.
    pub name: String,
    /// What its elements are.
    pub kind: Kind,
    /// The smallest and the largest number.
    pub range: Option<(f64, f64)>,
    /// Its axes.
    pub axes: Vec<Axis>,
}

/// What the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 0 and 1.
    Bool,
    /// Whole numbers, from ¯9 to 9.
    Int,
    /// Multiples of 1÷64 between ¯8 and 8.
    Float,
    /// Complex numbers of such parts.
    Complex,
    /// Characters.
    Char,
    /// Arrays, up to three levels deep.
    Nested,
}

/// The length of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Always this one.
    Fixed(usize),
    /// Drawn: the number of the length.
    Drawn(usize),
}

/// A length that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    /// The letter; `None` for a range, which no other axis shares.
    letter: Option<String>,
    /// The smallest.
    pub low: usize,
    /// The largest.
    pub high: usize,
}

/// Whether a text gives a name something: another array of a specification.
pub fn continues(text: &str) -> bool {
    text.split_once('←').is_some_and(|(name, _)| is_name(name.trim()))
}

fn is_name(text: &str) -> bool {
    text.starts_with(begins_name) && text.chars().all(continues_name)
}

impl Spec {
    /// Adds an array: `NAME←KIND[(LOW..HIGH)] SHAPE`.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let (name, rest) = text.split_once('←').ok_or("expected NAME←KIND SHAPE, as k←float n n")?;
        let (name, rest) = (name.trim(), rest.trim());
        if !is_name(name) {
            return Err(format!("{name}: not a name"));
        }
        if self.arrays.iter().any(|array| array.name == name) {
            return Err(format!("{name}: given twice"));
        }
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let kind = match &rest[..letters] {
            "bool" => Kind::Bool,
            "int" => Kind::Int,
            "float" => Kind::Float,
            "complex" => Kind::Complex,
            "char" => Kind::Char,
            "nested" => Kind::Nested,
            other => return Err(format!("{other}: expected bool, int, float, complex, char or nested")),
        };
        let (range, shape) = match rest[letters..].trim_start().strip_prefix('(') {
            None => (None, &rest[letters..]),
            Some(inside) => {
                let (range, shape) = inside.split_once(')').ok_or("expected ) after the range")?;
                (Some(numbers(range, kind)?), shape)
            }
        };
        let items: Vec<&str> = shape.split_whitespace().collect();
        let longest = LETTER[usize::from(items.len() > 3)];
        let axes = items.iter().map(|item| self.axis(item, longest)).collect::<Result<Vec<_>, _>>()?;
        if axes.len() > 15 {
            return Err("an array has at most 15 axes".to_owned());
        }
        self.arrays.push(Wanted { name: name.to_owned(), kind, range, axes });
        Ok(())
    }

    fn axis(&mut self, item: &str, longest: usize) -> Result<Axis, String> {
        let wrong = || format!("{item}: expected a length, a range of lengths as 0..5, or a letter");
        if let Ok(length) = item.parse() {
            return Ok(Axis::Fixed(length));
        }
        if let Some((low, high)) = item.split_once("..") {
            let (low, high): (usize, usize) = (low.parse().map_err(|_| wrong())?, high.parse().map_err(|_| wrong())?);
            if low > high {
                return Err(wrong());
            }
            self.lengths.push(Length { letter: None, low, high });
            return Ok(Axis::Drawn(self.lengths.len() - 1));
        }
        if !is_name(item) {
            return Err(wrong());
        }
        if let Some(at) = self.lengths.iter().position(|length| length.letter.as_deref() == Some(item)) {
            self.lengths[at].high = self.lengths[at].high.min(longest);
            return Ok(Axis::Drawn(at));
        }
        self.lengths.push(Length { letter: Some(item.to_owned()), low: 0, high: longest });
        Ok(Axis::Drawn(self.lengths.len() - 1))
    }
}

/// The range of numbers in brackets.
fn numbers(text: &str, kind: Kind) -> Result<(f64, f64), String> {
    let wrong = || format!("({text}): expected a range of numbers, as (¯5..5)");
    if !matches!(kind, Kind::Int | Kind::Float | Kind::Complex) {
        return Err("only int, float and complex have a range".to_owned());
    }
    let (low, high) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| {
        let read = number::leading(text);
        match read.value {
            Ok(Number::Int(n)) if read.len == text.len() => Ok(f64::from(n)),
            Ok(Number::Float(x)) if read.len == text.len() => Ok(x),
            _ => Err(wrong()),
        }
    };
    let (low, high) = (number(low.trim())?, number(high.trim())?);
    let whole = kind != Kind::Int || low.fract() == 0.0 && high.fract() == 0.0 && low.abs().max(high.abs()) < 9e15;
    if low <= high && whole && (high - low).is_finite() { Ok((low, high)) } else { Err(wrong()) }
}
