//! Rules of functions that give parts of an array: take, drop, indices, partitions, replication.

use std::rc::Rc;

use super::Shape;
use crate::error::ErrorKind;
use crate::inference::{Abstract, Call, Dim, Failure, Kind, Outcome};

/// `⊃Y`
pub fn first(call: &Call) -> Outcome {
    if !call.ordinary {
        return Ok(Abstract::unknown());
    }
    let right = call.right;
    if call.axis.is_some() {
        return Ok(Abstract::unknown());
    }
    if let Some(item) = right.items.as_ref().and_then(|items| items.first()) {
        return Ok(item.clone());
    }
    let mut element = right.filled().element();
    element.numbers =
        right.numbers.as_ref().filter(|_| right.kind.is_simple()).and_then(|n| n.first().cloned()).map(|n| vec![n]);
    // What the items of an empty array are is not known for sure.
    Ok(if right.kind.nested && !right.has_elements() { Abstract::unknown() } else { element })
}

/// `X↑Y`
pub fn take(call: &Call) -> Outcome {
    part(call, |taken, _| Dim::Known(taken.abs()))
}

/// `X↓Y`
pub fn drop(call: &Call) -> Outcome {
    part(call, |dropped, length| length.known().map_or(Dim::Unknown, |n| Dim::Known((n - dropped.abs()).max(0))))
}

fn part(call: &Call, along: fn(i64, &Dim) -> Dim) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let lengths = || -> Shape {
        let shape = right.shape.as_ref()?;
        let count = match (left.rank()?, &left.numbers) {
            (_, Some(numbers)) => numbers.len(),
            (0, None) => 1,
            _ => usize::try_from(left.size().known()?).ok()?,
        };
        // A scalar gets as many axes as there are numbers.
        let rank = if shape.is_empty() { count } else { shape.len() };
        let one = Dim::Known(1);
        let length = |axis: usize| shape.get(axis).unwrap_or(&one);
        Some(
            (0..rank)
                .map(|axis| match left.numbers.as_ref().map(|numbers| numbers.get(axis)) {
                    Some(Some(Dim::Known(n))) => along(*n, length(axis)),
                    Some(None) => length(axis).clone(),
                    None if axis >= count => length(axis).clone(),
                    _ => Dim::Unknown,
                })
                .collect(),
        )
    };
    if call.axis.is_some() {
        return Ok(right.shaped(right.shape.as_ref().map(|shape| vec![Dim::Unknown; shape.len()])));
    }
    let shape = lengths();
    // Numbers of a vector: the elements that stay are known where no fill is needed.
    let taken = along(0, &Dim::Known(1)).is(0);
    let kept = match (&right.numbers, right.rank(), left.known_number()) {
        (Some(numbers), Some(1), Some(n)) => kept(numbers, n, taken),
        _ => None,
    };
    Ok(Abstract { numbers: kept, ..right.filled().shaped(shape) })
}

fn kept(numbers: &[Dim], n: i64, take: bool) -> Option<Vec<Dim>> {
    let count = usize::try_from(n.unsigned_abs()).ok()?;
    let rest = numbers.len().checked_sub(count);
    Some(match (take, n < 0) {
        (true, false) => numbers.get(..count)?.to_vec(),
        (true, true) => numbers[rest?..].to_vec(),
        (false, false) => numbers.get(count..).unwrap_or_default().to_vec(),
        (false, true) => numbers[..rest.unwrap_or(0)].to_vec(),
    })
}

/// `X⊂Y`
pub fn partitioned_enclose(call: &Call) -> Outcome {
    if !call.ordinary {
        return Ok(Abstract::unknown());
    }
    partitioned(call, |_| vec![Dim::Unknown], |shape| shape)
}

/// `X⊆Y`
pub fn partition(call: &Call) -> Outcome {
    let frame = |shape: &[Dim]| [&shape[..shape.len() - 1], &[Dim::Unknown]].concat();
    partitioned(call, frame, |_| vec![Dim::Unknown])
}

fn partitioned(call: &Call, frame: fn(&[Dim]) -> Vec<Dim>, item: fn(Vec<Dim>) -> Vec<Dim>) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let Some(shape) = right.shape.as_ref().filter(|shape| !shape.is_empty()) else { return Ok(Abstract::unknown()) };
    if call.axis.is_some() || !left.kind.is_simple() || left.rank().is_none_or(|rank| rank > 1) {
        return Ok(Abstract::unknown());
    }
    let mut cut = shape.clone();
    if let Some(last) = cut.last_mut() {
        *last = Dim::Unknown;
    }
    let item = right.shaped(Some(item(cut)));
    Ok(Abstract { item: Some(Rc::new(item)), ..Abstract::array(Some(frame(shape)), Kind::NESTED) })
}

/// `X⊃Y`
pub fn pick(call: &Call) -> Outcome {
    let (left, right) = (call.left(), call.right);
    if !left.is_single() || left.kind.nested {
        return Ok(Abstract::unknown());
    }
    if let (Some(items), Some(n), Some(origin)) = (&right.items, left.known_number(), call.origin)
        && let Some(item) = usize::try_from(n - origin).ok().and_then(|at| items.get(at))
    {
        return Ok(item.clone());
    }
    if let (Some(numbers), Some(n), Some(origin), true) =
        (&right.numbers, left.known_number(), call.origin, right.kind.is_simple())
        && let Some(number) = usize::try_from(n - origin).ok().and_then(|at| numbers.get(at))
    {
        return Ok(Abstract { kind: right.kind, ..Abstract::count(number.clone()) });
    }
    Ok(if right.kind.references { Abstract::unknown() } else { right.element() })
}

/// `X⌷Y`
pub fn index(call: &Call) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let rest = || -> Shape {
        let shape = right.shape.as_ref()?;
        if call.axis.is_some() || left.kind.nested {
            return None;
        }
        let count = if left.rank()? == 0 { 1 } else { usize::try_from(left.size().known()?).ok()? };
        shape.get(count..).map(<[Dim]>::to_vec)
    };
    Ok(if right.kind.references { Abstract::unknown() } else { right.shaped(rest()) })
}

/// `X[I;J]`: the indices are `None` where they are elided.
pub fn brackets(array: &Abstract, indices: &[Option<Abstract>]) -> Outcome {
    if let Some(rank) = array.rank()
        && (rank != indices.len())
        && (indices.len() > 1 || indices.iter().flatten().any(|index| index.kind.is_numeric() && index.has_elements()))
        && !array.kind.references
    {
        return Err(Failure::new(ErrorKind::Rank, format!("the rank is {rank}, indices are {}", indices.len())));
    }
    let mut shape = Some(Vec::new());
    let mut reaches = false;
    for (axis, index) in indices.iter().enumerate() {
        let part = match index {
            Some(index) => {
                reaches |= index.kind.nested;
                index.shape.clone()
            }
            None => array.shape.as_ref().and_then(|shape| shape.get(axis)).map(|dim| vec![dim.clone()]),
        };
        shape = shape.zip(part).map(|(whole, part)| [whole, part].concat());
    }
    if reaches || array.kind.references {
        return Ok(Abstract::array(shape, Kind::ANY));
    }
    Ok(array.shaped(shape))
}

/// `X/Y`
pub fn replicate_last(call: &Call) -> Outcome {
    replicate(call, |rank| rank - 1)
}

/// `X⌿Y`
pub fn replicate_first(call: &Call) -> Outcome {
    replicate(call, |_| 0)
}

fn replicate(call: &Call, axis: fn(usize) -> usize) -> Outcome {
    let (left, right) = (call.left(), call.right);
    let Some(mut shape) = right.shape.clone() else { return Ok(right.shaped(None)) };
    if call.axis.is_some() {
        shape.iter_mut().for_each(|dim| *dim = Dim::Unknown);
        return Ok(right.shaped(Some(shape)));
    }
    if shape.is_empty() {
        shape.push(Dim::Known(1));
    }
    let at = axis(shape.len());
    let total =
        |numbers: &Vec<Dim>| numbers.iter().try_fold(0, |sum: i64, dim| sum.checked_add(dim.known()?.checked_abs()?));
    shape[at] = match (left.number(), &left.numbers) {
        (Some(Dim::Known(n)), _) if n >= 0 => Dim::Known(n).times(&shape[at]),
        (None, Some(numbers)) => total(numbers).map_or(Dim::Unknown, Dim::Known),
        _ => Dim::Unknown,
    };
    Ok(right.filled().shaped(Some(shape)))
}

/// `X\Y`
pub fn expand_last(call: &Call) -> Outcome {
    expand(call, |rank| rank - 1)
}

/// `X⍀Y`
pub fn expand_first(call: &Call) -> Outcome {
    expand(call, |_| 0)
}

fn expand(call: &Call, axis: fn(usize) -> usize) -> Outcome {
    let mut shape = call.right.shape.clone();
    if let Some(shape) = &mut shape {
        if shape.is_empty() {
            shape.push(Dim::Unknown);
        }
        let at = axis(shape.len());
        for (k, dim) in shape.iter_mut().enumerate() {
            if k == at || call.axis.is_some() {
                *dim = Dim::Unknown;
            }
        }
    }
    Ok(call.right.filled().shaped(shape))
}
