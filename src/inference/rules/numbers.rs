//! Rules of functions on numbers that are no scalar functions, and of `⍕`.

use super::WHOLE;
use crate::inference::value::Numbers;
use crate::inference::{Abstract, Call, Dim, Kind, Outcome};

/// `⍕Y`
pub fn format(call: &Call) -> Outcome {
    let right = call.right;
    let shape = match right.shape.as_deref() {
        Some(_) if right.kind.nested || right.kind.references => None,
        shape if right.kind.is_text() => shape.map(<[Dim]>::to_vec),
        Some([frame @ .., _]) => Some([frame, &[Dim::Unknown]].concat()),
        Some([]) if right.kind.is_numeric() => Some(vec![Dim::Unknown]),
        _ => None,
    };
    Ok(Abstract::array(shape, Kind::TEXT))
}

/// `X⍕Y`
pub fn format_by(_: &Call) -> Outcome {
    Ok(Abstract::array(None, Kind::TEXT))
}

/// `X⊥Y`
pub fn decode(call: &Call) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let shape = match (&left.shape, &right.shape) {
        (Some(a), Some(b)) => Some([&a[..a.len().saturating_sub(1)], b.get(1..).unwrap_or_default()].concat()),
        _ => None,
    };
    Ok(Abstract::array(shape, Kind::numbers(left.kind.numbers.max(right.kind.numbers).max(Numbers::Whole))))
}

/// `X⊤Y`
pub fn encode(call: &Call) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let shape = left.shape.as_ref().zip(right.shape.as_ref()).map(|(a, b)| [&a[..], &b[..]].concat());
    Ok(Abstract::array(shape, Kind::numbers(left.kind.numbers.max(right.kind.numbers).max(Numbers::Whole))))
}

/// `⌹Y`
pub fn matrix_inverse(call: &Call) -> Outcome {
    let shape = call.right.shape.as_ref().map(|shape| shape.iter().rev().cloned().collect());
    Ok(Abstract::array(shape, Kind::numbers(call.right.kind.numbers.max(Numbers::Real))))
}

/// `X⌹Y`
pub fn matrix_divide(call: &Call) -> Outcome {
    let numbers = call.left().kind.numbers.max(call.right.kind.numbers).max(Numbers::Real);
    let shape = match (&call.left().shape, &call.right.shape) {
        (Some(a), Some(b)) if a.len() <= 2 && b.len() <= 2 => {
            Some([b.get(1..).unwrap_or_default(), a.get(1..).unwrap_or_default()].concat())
        }
        _ => None,
    };
    Ok(Abstract::array(shape, Kind::numbers(numbers)))
}

/// `?Y`
pub fn roll(call: &Call) -> Outcome {
    let kind = if call.right.kind.is_simple() { Kind::numbers(Numbers::Real) } else { Kind::ANY };
    Ok(Abstract::array(call.right.shape.clone(), kind))
}

/// `X?Y`
pub fn deal(call: &Call) -> Outcome {
    let length = call.left().number().filter(|dim| dim.known().is_none_or(|n| n >= 0)).unwrap_or(Dim::Unknown);
    Ok(Abstract::vector(length, WHOLE))
}
