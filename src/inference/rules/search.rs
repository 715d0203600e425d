//! Rules of functions that look for elements, compare and order them, and of those of sets.

use std::rc::Rc;

use super::{BOOLEAN, WHOLE};
use crate::inference::{Abstract, Call, Dim, Kind, Outcome};

/// `≡Y`
pub fn whole_number(_: &Call) -> Outcome {
    Ok(whole_number_value())
}

/// `X≡Y`, `X≢Y`
pub fn truth(_: &Call) -> Outcome {
    Ok(Abstract::scalar(BOOLEAN))
}

/// `⍳Y`
pub fn index_generator(call: &Call) -> Outcome {
    let right = call.right;
    match (right.shape.as_deref(), &right.numbers) {
        (Some([]), _) | (Some([Dim::Known(1)]), _) => {
            let length = right.number().filter(|dim| dim.known().is_none_or(|n| n >= 0)).unwrap_or(Dim::Unknown);
            Ok(Abstract::vector(length, WHOLE))
        }
        (Some([Dim::Known(rank @ 2..=15)]), numbers) => {
            let shape = numbers.clone().unwrap_or_else(|| vec![Dim::Unknown; *rank as usize]);
            let item = Abstract::vector(Dim::Known(*rank), WHOLE);
            Ok(Abstract { item: Some(Rc::new(item)), ..Abstract::array(Some(shape), Kind::NESTED) })
        }
        _ => Ok(Abstract::array(None, Kind { nested: true, ..WHOLE })),
    }
}

/// `X⍳Y`
pub fn index_of(call: &Call) -> Outcome {
    let shape = match (call.left().rank(), &call.right.shape) {
        (Some(1), shape) => shape.clone(),
        (Some(rank @ 2..), Some(shape)) if shape.len() >= rank - 1 => Some(shape[..shape.len() + 1 - rank].to_vec()),
        _ => None,
    };
    Ok(Abstract::array(shape, WHOLE))
}

/// `⍸Y`
pub fn where_true(call: &Call) -> Outcome {
    Ok(match call.right.rank() {
        Some(1) => Abstract::vector(Dim::Unknown, WHOLE),
        Some(rank) => {
            let item = Abstract::vector(Dim::Known(rank as i64), WHOLE);
            Abstract { item: Some(Rc::new(item)), ..Abstract::vector(Dim::Unknown, Kind::NESTED) }
        }
        None => Abstract::vector(Dim::Unknown, Kind { nested: true, ..WHOLE }),
    })
}

/// `X∊Y`: of the left argument's shape.
pub fn membership(call: &Call) -> Outcome {
    Ok(Abstract::array(call.left().shape, BOOLEAN))
}

/// `X⍷Y`
pub fn find(call: &Call) -> Outcome {
    Ok(Abstract::array(call.right.shape.clone(), BOOLEAN))
}

/// `∪Y`
pub fn unique(call: &Call) -> Outcome {
    let shape = call.right.shape.as_ref().map(|shape| match &shape[..] {
        [] => vec![Dim::Known(1)],
        [_, rest @ ..] => [&[Dim::Unknown], rest].concat(),
    });
    Ok(call.right.shaped(shape))
}

/// `X∪Y`
pub fn union(call: &Call) -> Outcome {
    let elements = call.left().loose().join(&call.right.loose());
    Ok(elements.shaped(vectors(call).then(|| vec![Dim::Unknown])))
}

/// `X∩Y`, `X~Y`: some of the left argument's elements.
pub fn some_of_left(call: &Call) -> Outcome {
    Ok(call.left().shaped(vectors(call).then(|| vec![Dim::Unknown])))
}

fn vectors(call: &Call) -> bool {
    [&call.left(), call.right].iter().all(|argument| argument.rank().is_some_and(|rank| rank <= 1))
}

/// `⍋Y`, `⍒Y`, `X⍋Y`, `X⍒Y`
pub fn grade(call: &Call) -> Outcome {
    let length = call.right.shape.as_ref().and_then(|shape| shape.first()).cloned().unwrap_or(Dim::Unknown);
    Ok(Abstract::vector(length, WHOLE))
}

/// `≠Y`
pub fn unique_mask(call: &Call) -> Outcome {
    let length = match call.right.shape.as_deref() {
        Some([]) => Dim::Known(1),
        Some([first, ..]) => first.clone(),
        None => Dim::Unknown,
    };
    Ok(Abstract::vector(length, BOOLEAN))
}

/// A whole number.
pub fn whole_number_value() -> Abstract {
    Abstract::scalar(WHOLE)
}
