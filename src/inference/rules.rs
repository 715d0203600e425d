//! The rules of the primitive functions that are no scalar functions, in the order of the table.
//!
//! They fail only where the primitive must. Where shapes are known as numbers the primitive itself is asked, so that
//! these rules are about what is known in part.

use std::rc::Rc;

use super::value::Numbers;
use super::{Abstract, Call, Dim, Failure, Kind, Outcome};
use crate::error::ErrorKind;

const WHOLE: Kind = Kind::numbers(Numbers::Whole);
const BOOLEAN: Kind = Kind::numbers(Numbers::Boolean);

type Shape = Option<Vec<Dim>>;

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
    Ok(call.right.shaped(whole))
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
    let whole = Abstract { numbers: numbers.filter(|all| all.len() <= super::value::MOST_NUMBERS), ..elements };
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
    let right = call.right;
    if right.kind.is_simple() && call.axis.is_none() {
        return Ok(right.clone());
    }
    let element = right.element();
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
        (Some([]), _) => Ok(right.clone()),
        (Some([frame @ .., last]), None) => {
            let item = right.shaped(Some(vec![last.clone()]));
            Ok(Abstract { item: Some(Rc::new(item)), ..Abstract::array(Some(frame.to_vec()), Kind::NESTED) })
        }
        _ => Ok(Abstract::unknown()),
    }
}

/// `⊂Y`
pub fn enclose(call: &Call) -> Outcome {
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

/// `⊃Y`
pub fn first(call: &Call) -> Outcome {
    let right = call.right;
    if call.axis.is_some() {
        return Ok(Abstract::unknown());
    }
    if let Some(item) = right.items.as_ref().and_then(|items| items.first()) {
        return Ok(item.clone());
    }
    let mut element = right.element();
    element.numbers =
        right.numbers.as_ref().filter(|_| right.kind.is_simple()).and_then(|n| n.first().cloned()).map(|n| vec![n]);
    // What the items of an empty array are is not known for sure.
    Ok(if right.kind.nested && !right.has_elements() { Abstract::unknown() } else { element })
}

/// `⊆Y`
pub fn nest(call: &Call) -> Outcome {
    match call.right.kind {
        kind if kind.is_simple() => enclose(call),
        Kind::NESTED => Ok(call.right.clone()),
        _ => Ok(Abstract::unknown()),
    }
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
    Ok(Abstract { numbers: kept, ..right.shaped(shape) })
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

/// `∊Y`
pub fn enlist(call: &Call) -> Outcome {
    let right = call.right;
    if right.kind.is_simple() {
        return ravel(&Call { axis: None, ..*call });
    }
    let mut leaves = right.kind;
    let mut item = right.item.clone();
    leaves.nested = false;
    for _ in 0..8 {
        let Some(inner) = item.filter(|_| right.kind.nested) else {
            return Ok(Abstract::vector(Dim::Unknown, any_leaf()));
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
    Ok(right.shaped(Some(shape)))
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
    Ok(call.right.shaped(shape))
}

/// `⍋Y`, `⍒Y`, `X⍋Y`, `X⍒Y`
pub fn grade(call: &Call) -> Outcome {
    let length = call.right.shape.as_ref().and_then(|shape| shape.first()).cloned().unwrap_or(Dim::Unknown);
    Ok(Abstract::vector(length, WHOLE))
}

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
