//! Rules of functions that change the structure of arrays: shapes, axes, nesting.

use std::rc::Rc;

use super::{Shape, WHOLE};
use crate::error::ErrorKind;
use crate::inference::{Abstract, Call, Dim, Failure, Kind, Outcome};

/// Nothing is known of the result.
pub fn unknown(_: &Call) -> Outcome {
    Ok(Abstract::unknown())
}

/// `⊢ ⌷`: the argument itself.
pub fn same(call: &Call) -> Outcome {
    Ok(call.right.clone())
}

/// `⊣`
pub fn left(call: &Call) -> Outcome {
    Ok(call.left())
}

/// `⍴Y`
pub fn shape(call: &Call) -> Outcome {
    Ok(match &call.right.shape {
        Some(shape) => Abstract::counts(shape.clone()),
        None => Abstract::vector(Dim::Unknown, WHOLE),
    })
}

/// `≢Y`
pub fn tally(call: &Call) -> Outcome {
    Ok(Abstract::count(match call.right.shape.as_deref() {
        Some([]) => Dim::Known(1),
        Some([first, ..]) => first.clone(),
        None => Dim::Unknown,
    }))
}

/// `X⍴Y`
pub fn reshape(call: &Call) -> Outcome {
    let left = call.left();
    let lengths = match (left.rank(), &left.numbers) {
        (Some(0 | 1), Some(numbers)) => Some(numbers.clone()),
        (Some(0), None) => Some(vec![Dim::Unknown]),
        (Some(1), None) => {
            left.size().known().and_then(|n| (0..=15).contains(&n).then(|| vec![Dim::Unknown; n as usize]))
        }
        _ => None,
    };
    let whole = lengths.filter(|lengths| lengths.iter().all(|dim| dim.known().is_none_or(|n| n >= 0)));
    Ok(call.right.filled().shaped(whole))
}

/// `,Y`
pub fn ravel(call: &Call) -> Outcome {
    if call.axis.is_some() {
        return Ok(call.right.shaped(None));
    }
    let right = call.right;
    let mut ravelled = right.shaped(Some(vec![right.size()]));
    ravelled.numbers = right.numbers.clone();
    ravelled.items = right.items.clone();
    Ok(ravelled)
}

/// `⍪Y`
pub fn table(call: &Call) -> Outcome {
    let rows = |shape: &Vec<Dim>| match &shape[..] {
        [] => vec![Dim::Known(1); 2],
        [first, rest @ ..] => vec![first.clone(), rest.iter().fold(Dim::Known(1), |size, dim| size.times(dim))],
    };
    Ok(call.right.shaped(Some(call.right.shape.as_ref().map_or_else(|| vec![Dim::Unknown; 2], rows))))
}

/// `X,Y`
pub fn catenate_last(call: &Call) -> Outcome {
    catenate(call, |rank| rank - 1)
}

/// `X⍪Y`
pub fn catenate_first(call: &Call) -> Outcome {
    catenate(call, |_| 0)
}

fn catenate(call: &Call, axis: fn(usize) -> usize) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let shape = match (&left.shape, &right.shape, call.axis) {
        (Some(a), Some(b), None) => Some(joined(a, b, axis)?),
        _ => None,
    };
    let one_by_one = |a: &Abstract| a.rank().is_some_and(|rank| rank <= 1);
    let numbers = match (&left.numbers, &right.numbers) {
        (Some(a), Some(b)) if one_by_one(&left) && one_by_one(right) => Some([&a[..], &b[..]].concat()),
        _ => None,
    };
    let elements = left.loose().join(&right.loose());
    let whole =
        Abstract { numbers: numbers.filter(|all| all.len() <= crate::inference::value::MOST_NUMBERS), ..elements };
    Ok(Abstract { shape, items: None, value: None, ..whole })
}

fn joined(a: &[Dim], b: &[Dim], axis: fn(usize) -> usize) -> Result<Vec<Dim>, Failure> {
    let rank = a.len().max(b.len()).max(1);
    if !a.is_empty() && !b.is_empty() && a.len().abs_diff(b.len()) > 1 {
        let text = format!("ranks are {} and {}", a.len(), b.len());
        return Err(Failure::new(ErrorKind::Rank, text));
    }
    let same_rank = a.len() == b.len();
    let at = axis(rank);
    let one = Dim::Known(1);
    // An argument of lower rank is one cell; a scalar is broadcast along the other axes.
    let along = |shape: &[Dim]| if shape.len() == rank { shape[at].clone() } else { one.clone() };
    let others = |shape: &[Dim]| -> Option<Vec<Dim>> {
        let mut rest = shape.to_vec();
        if shape.len() == rank {
            rest.remove(at);
        }
        (!shape.is_empty()).then_some(rest)
    };
    let mut whole = match (others(a), others(b)) {
        (Some(a), Some(b)) => {
            let differ = |(a, b): (&Dim, &Dim)| matches!((a, b), (Dim::Known(a), Dim::Known(b)) if a != b);
            if same_rank && a.iter().zip(&b).any(differ) {
                let text = |dims: &[Dim]| dims.iter().map(Dim::to_string).collect::<Vec<_>>().join(" ");
                let why = format!("lengths besides the joined axis are {} and {}", text(&a), text(&b));
                return Err(Failure::new(ErrorKind::Length, why));
            }
            a.iter().zip(&b).map(|(a, b)| a.meet(b)).collect()
        }
        (a, b) => a.or(b).unwrap_or_default(),
    };
    whole.insert(at.min(whole.len()), along(a).plus(&along(b)));
    Ok(whole)
}

/// `⌽Y`, `X⌽Y` and the like: the elements in another order, in the shape that the right argument has.
pub fn rearranged(call: &Call) -> Outcome {
    Ok(call.right.shaped(call.right.shape.clone()))
}

/// `⍉Y`
pub fn transpose(call: &Call) -> Outcome {
    Ok(call.right.shaped(call.right.shape.as_ref().map(|shape| shape.iter().rev().cloned().collect())))
}

/// `X⍉Y`
pub fn transpose_axes(call: &Call) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let moved = || -> Shape {
        let (axes, shape, origin) = (left.numbers.clone()?, right.shape.clone()?, call.origin?);
        let mut lengths: Vec<Option<Dim>> = vec![None; shape.len()];
        for (axis, length) in axes.iter().zip(&shape) {
            let to = lengths.get_mut(usize::try_from(axis.known()? - origin).ok()?)?;
            *to = Some(match to.take() {
                // The diagonal is as long as the shorter of the axes.
                Some(Dim::Known(a)) => length.known().map_or(Dim::Unknown, |b| Dim::Known(a.min(b))),
                Some(_) => Dim::Unknown,
                None => length.clone(),
            });
        }
        Some(lengths.into_iter().flatten().collect())
    };
    Ok(right.shaped(moved()))
}

/// `↑Y`
pub fn mix(call: &Call) -> Outcome {
    if !call.ordinary {
        return Ok(Abstract::unknown());
    }
    let right = call.right;
    if right.kind.is_simple() && call.axis.is_none() {
        return Ok(right.clone());
    }
    let element = right.filled().element();
    let shape = match (&right.shape, &element.shape) {
        (Some(frame), Some(cell)) if call.axis.is_none() && right.has_elements() => {
            // The items are filled up to the longest.
            Some([&frame[..], &cell[..]].concat())
        }
        _ => None,
    };
    Ok(element.shaped(shape))
}

/// `↓Y`
pub fn split(call: &Call) -> Outcome {
    let right = call.right;
    match (right.shape.as_deref(), call.axis) {
        (Some([]), _) if right.kind.is_simple() => Ok(right.clone()),
        (Some([]), _) => Ok(Abstract::array(Some(Vec::new()), right.kind.join(Kind::NESTED))),
        (Some([frame @ .., last]), None) => {
            let item = right.shaped(Some(vec![last.clone()]));
            Ok(Abstract { item: Some(Rc::new(item)), ..Abstract::array(Some(frame.to_vec()), Kind::NESTED) })
        }
        _ => Ok(Abstract::unknown()),
    }
}

/// `⊂Y`
pub fn enclose(call: &Call) -> Outcome {
    if !call.ordinary {
        return Ok(Abstract::unknown());
    }
    let right = call.right;
    match (right.rank(), call.axis) {
        (_, Some(_)) => Ok(Abstract::array(None, right.kind.join(Kind::NESTED))),
        (Some(0), None) if right.kind.is_simple() => Ok(right.clone()),
        (Some(0), None) => Ok(Abstract::array(Some(Vec::new()), right.kind.join(Kind::NESTED))),
        (Some(_), None) => Ok(Abstract {
            item: Some(Rc::new(right.loose())),
            items: Some(Rc::new(vec![right.clone()])),
            ..Abstract::array(Some(Vec::new()), Kind::NESTED)
        }),
        (None, None) => Ok(Abstract::array(Some(Vec::new()), Kind::ANY)),
    }
}

/// `⊆Y`
pub fn nest(call: &Call) -> Outcome {
    match call.right.kind {
        kind if kind.is_simple() => enclose(call),
        Kind::NESTED => Ok(call.right.clone()),
        _ => Ok(Abstract::unknown()),
    }
}

/// `∊Y`
pub fn enlist(call: &Call) -> Outcome {
    if !call.ordinary {
        return Ok(Abstract::unknown());
    }
    let right = call.right;
    if right.kind.is_simple() {
        return ravel(&Call { axis: None, ..*call });
    }
    let mut leaves = right.kind;
    let mut item = right.item.clone();
    leaves.nested = false;
    for _ in 0..8 {
        let Some(inner) = item.filter(|_| right.kind.nested) else {
            return Ok(Abstract { typed: false, ..Abstract::vector(Dim::Unknown, any_leaf()) });
        };
        leaves = leaves.join(Kind { nested: false, ..inner.kind });
        if inner.kind.is_simple() {
            return Ok(Abstract::vector(Dim::Unknown, leaves));
        }
        item = inner.item.clone();
    }
    Ok(Abstract::vector(Dim::Unknown, any_leaf()))
}

fn any_leaf() -> Kind {
    Kind { nested: false, ..Kind::ANY }
}
