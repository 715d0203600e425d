//! Arrays that were drawn: as values of the session, and as APL text that gives the same array.

use super::spec::Kind;
use crate::array::{Array, Complex, Memory, Value};
use crate::error::Result;

/// An array that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// What it was drawn as.
    pub kind: Kind,
    /// The axis lengths.
    pub shape: Vec<usize>,
    /// The elements.
    pub items: Vec<Item>,
}

/// An element.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A number.
    Number(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A character.
    Char(char),
    /// A box.
    Array(Drawn),
}

impl Drawn {
    /// The array itself.
    pub fn value(&self, memory: &Memory) -> Result<Value> {
        let items = self.items.iter().map(|item| item.value(memory, self.kind)).collect::<Result<Vec<_>>>()?;
        let prototype = || if self.kind == Kind::Char { Value::Char(' ') } else { Value::Int(0) };
        Ok(Array::from_items(memory, &self.shape, items, prototype)?.into())
    }

    /// APL that gives it.
    pub fn text(&self) -> String {
        let count = self.items.len();
        let flat = match (&self.shape[..], count) {
            ([], _) => return self.items.first().map_or_else(String::new, Item::alone),
            (_, 0) if self.kind == Kind::Char => "''".to_owned(),
            (_, 0) if self.shape.len() == 1 => "⍬".to_owned(),
            (_, 0) => "0".to_owned(),
            (_, 1) => self.items[0].alone(),
            _ if self.kind == Kind::Char => quoted(self.items.iter().filter_map(Item::char)),
            _ => self.items.iter().map(Item::beside).collect::<Vec<_>>().join(" "),
        };
        match (&self.shape[..], count) {
            ([_], 1) => format!(",{flat}"),
            ([_], _) => flat,
            (shape, _) => {
                let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
                format!("{}⍴{flat}", shape.join(" "))
            }
        }
    }
}

impl Item {
    fn value(&self, memory: &Memory, kind: Kind) -> Result<Value> {
        Ok(match self {
            Item::Number(x) if kind == Kind::Bool => Value::Bool(*x != 0.0),
            Item::Number(x) if matches!(kind, Kind::Float | Kind::Complex) => Value::Float(*x),
            Item::Number(x) if *x == f64::from(*x as i32) => Value::Int(*x as i32),
            Item::Number(x) => Value::Float(*x),
            Item::Complex(re, im) => Value::complex(Complex::new(*re, *im)),
            Item::Char(c) => Value::Char(*c),
            Item::Array(drawn) => drawn.value(memory)?,
        })
    }

    fn char(&self) -> Option<char> {
        if let Item::Char(c) = self { Some(*c) } else { None }
    }

    /// As the whole array, or behind `⍴` or `,`.
    fn alone(&self) -> String {
        match self {
            Item::Array(drawn) => format!("⊂{}", drawn.text()),
            simple => simple.beside(),
        }
    }

    /// As an item of a strand.
    fn beside(&self) -> String {
        match self {
            Item::Number(x) => number(*x),
            Item::Complex(re, im) if *im == 0.0 => number(*re),
            Item::Complex(re, im) => format!("{}J{}", number(*re), number(*im)),
            Item::Char(c) => quoted([*c]),
            Item::Array(drawn) if drawn.shape.is_empty() && !matches!(drawn.items.first(), Some(Item::Array(_))) => {
                drawn.text()
            }
            Item::Array(drawn) => format!("({})", drawn.text()),
        }
    }
}

fn quoted(chars: impl IntoIterator<Item = char>) -> String {
    let inside: String = chars.into_iter().collect();
    format!("'{}'", inside.replace('\'', "''"))
}

fn number(x: f64) -> String {
    let size = x.abs();
    let text = if size >= 1e15 || size > 0.0 && size < 1e-5 { format!("{x:E}") } else { format!("{}", x + 0.0) };
    text.replace('-', "¯")
}
