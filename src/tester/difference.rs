//! How two arrays differ: shapes and types first, then which elements, how many, and by how much at most.

use super::compare::Tolerance;
use crate::array::{Array, Complex, Memory, Type, Value};
use crate::error::{Result, shape_text};

/// Elements that are shown.
const SHOWN: usize = 5;

/// Whether two arrays are the same: as `≡` finds, or with floats that differ by no more than the tolerance.
pub fn same(left: &Value, right: &Value, tolerance: Option<Tolerance>) -> bool {
    match tolerance {
        None => left.matches(right),
        Some(tolerance) => differences(left, right, &tolerance).is_ok_and(|found| found.is_none()),
    }
}

/// Lines that say how two arrays differ; none where they are the same.
pub fn explained(left: &Value, right: &Value, tolerance: Option<Tolerance>) -> Vec<String> {
    if same(left, right, tolerance) {
        return Vec::new();
    }
    let exact = Tolerance { absolute: 0.0, relative: 1e-14 };
    match differences(left, right, &tolerance.unwrap_or(exact)) {
        Ok(Some(lines)) => lines,
        // They match by element, but not as wholes: the prototypes of empty arrays.
        Ok(None) => vec!["the arrays are empty, with different prototypes".to_owned()],
        Err(fault) => vec![fault.to_string()],
    }
}

fn kind_name(kind: Type) -> &'static str {
    match kind {
        Type::Bool | Type::Int | Type::Float => "numbers",
        Type::Complex => "complex numbers",
        Type::Char => "characters",
        Type::Ref => "references",
        Type::Nested => "nested",
    }
}

fn shape(value: &Value) -> String {
    if value.rank() == 0 { "a scalar".to_owned() } else { format!("shape {}", shape_text(value.shape())) }
}

/// `None` where no element differs.
fn differences(left: &Value, right: &Value, tolerance: &Tolerance) -> Result<Option<Vec<String>>> {
    if left.shape() != right.shape() {
        return Ok(Some(vec![format!("the first is {}, the second {}", shape(left), shape(right))]));
    }
    let memory = Memory::unlimited();
    let (a, b) = (left.array(&memory)?, right.array(&memory)?);
    let mut out = Vec::new();
    let (first, second) = (kind_name(a.kind()), kind_name(b.kind()));
    if first != second && !a.is_empty() {
        out.push(format!("the first holds {first}, the second {second}"));
    }
    let (mut count, mut absolute, mut relative) = (0, 0.0_f64, 0.0_f64);
    for at in 0..a.len() {
        let (x, y) = (a.item(at), b.item(at));
        if same_item(&x, &y, tolerance)? {
            continue;
        }
        count += 1;
        if let (Some(x), Some(y)) = (number(&x), number(&y)) {
            let apart = (x - y).norm();
            absolute = absolute.max(apart);
            relative = relative.max(apart / x.norm().max(y.norm()));
        }
        if count <= SHOWN {
            out.push(format!("  {}{} against {}", place(a.shape(), at), brief(&x), brief(&y)));
        }
    }
    if count == 0 {
        return Ok(None);
    }
    if count > SHOWN {
        out.push(format!("  and {} more", count - SHOWN));
    }
    let differ = if a.len() == 1 { "it differs".to_owned() } else { format!("{count} of {} elements differ", a.len()) };
    let much = match absolute > 0.0 {
        true => format!(", by at most {absolute:.3e} (relative {relative:.3e})"),
        false => String::new(),
    };
    out.insert(usize::from(first != second), differ + &much);
    Ok(Some(out))
}

fn same_item(x: &Value, y: &Value, tolerance: &Tolerance) -> Result<bool> {
    if x.is_simple_scalar() != y.is_simple_scalar() {
        return Ok(false);
    }
    if !x.is_simple_scalar() {
        return Ok(differences(x, y, tolerance)?.is_none() && (x.count() > 0 || x.matches(y)));
    }
    Ok(match (number(x), number(y)) {
        (Some(x), Some(y)) => tolerance.allows(x.re, y.re) && tolerance.allows(x.im, y.im),
        _ => x == y,
    })
}

fn number(value: &Value) -> Option<Complex> {
    match value {
        Value::Array(Array::Complex(arr)) => arr.as_slice().first().copied(),
        _ if value.is_simple_scalar() => f64::try_from(value).ok().map(|x| Complex::new(x, 0.0)),
        _ => None,
    }
}

/// Where an element stands, counted from 1: `[2;3] `.
fn place(shape: &[usize], mut at: usize) -> String {
    let mut index = Vec::new();
    for length in shape.iter().rev() {
        index.push((at % length + 1).to_string());
        at /= length;
    }
    index.reverse();
    if index.is_empty() { String::new() } else { format!("[{}]: ", index.join(";")) }
}

/// An element in one line.
fn brief(value: &Value) -> String {
    let context = crate::context::Context::silent(Memory::unlimited());
    let mut settings = context.settings();
    settings.pp = 17;
    context.set_settings(settings);
    let text = crate::display::show(&context, value, Default::default()).unwrap_or_default();
    let text = match value {
        Value::Char(_) => format!("'{}'", text.trim_end_matches('\n')),
        _ => text.trim_end().replace('\n', " / "),
    };
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(left: &str, right: &str, tolerance: Option<f64>) -> Vec<String> {
        let mut session = crate::Session::new();
        let (left, right) = (session.eval(left).unwrap(), session.eval(right).unwrap());
        explained(&left, &right, tolerance.map(Tolerance::mixed))
    }

    #[test]
    fn shapes_and_types_come_first() {
        assert_eq!(told("2 3⍴0", "3 2⍴0", None), ["the first is shape 2 3, the second shape 3 2"]);
        assert_eq!(told("1", ",1", None), ["the first is a scalar, the second shape 1"]);
        let text = told("1 2", "'ab'", None);
        assert_eq!(text[0], "the first holds numbers, the second characters");
        assert_eq!(text[1], "2 of 2 elements differ");
        assert_eq!(told("⍬", "''", None), ["the arrays are empty, with different prototypes"]);
    }

    #[test]
    fn elements_are_counted_and_shown_by_their_index() {
        let text = told("2 3⍴⍳6", "2 3⍴1 2 3 4 7 6", None);
        assert_eq!(text, ["1 of 6 elements differ, by at most 2.000e0 (relative 2.857e-1)", "  [2;2]: 5 against 7"]);
        let text = told("⍳20", "⌽⍳20", None);
        assert_eq!((text.len(), text[6].as_str()), (7, "  and 15 more"));
        assert_eq!(told("'abc'", "'abd'", None)[1], "  [3]: 'c' against 'd'");
        assert_eq!(told("(1 2)'x'", "(1 3)'x'", None)[0], "1 of 2 elements differ");
    }

    #[test]
    fn to_the_tolerance() {
        assert!(told("÷3", "0.3333", Some(1e-3)).is_empty() && !told("÷3", "0.3333", None).is_empty());
        assert!(told("(÷3)(1 2)", "0.3333(1 2)", Some(1e-3)).is_empty());
        assert!(told("1 2 3", "1 2 3", Some(0.0)).is_empty());
    }
}
