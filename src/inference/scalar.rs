//! The rules of scalar functions: how shapes broadcast, and which numbers come of which.

use std::rc::Rc;

use super::value::Numbers;
use super::{Abstract, Call, Dim, Failure, Kind, Outcome};
use crate::error::ErrorKind;
use crate::kernel::{ScalarDyad, ScalarMonad};

/// A monadic scalar function.
pub fn monad(op: ScalarMonad, call: &Call) -> Outcome {
    let right = call.right;
    if op == ScalarMonad::Conjugate {
        return Ok(Abstract { value: None, ..right.clone() });
    }
    if right.kind.is_text() && right.has_elements() {
        return Err(Failure::new(ErrorKind::Domain, "the argument is text"));
    }
    let numbers = monadic(op, right.kind.numbers);
    let numbered = match (op, right.number()) {
        (ScalarMonad::Negate, Some(Dim::Known(n))) => n.checked_neg().map(|n| vec![Dim::Known(n)]),
        _ => None,
    };
    Ok(Abstract { numbers: numbered, ..pervade(right.shape.clone(), &[right], numbers, 0) })
}

/// A dyadic scalar function.
pub fn dyad(op: ScalarDyad, call: &Call) -> Outcome {
    let (left, right) = (&call.left(), call.right);
    if call.axis.is_some() {
        let numbers = dyadic(op, left.kind.numbers, right.kind.numbers);
        return Ok(pervade(None, &[left, right], numbers, 0));
    }
    let shape = broadcast(left, right)?;
    let compares = matches!(op, ScalarDyad::Equal | ScalarDyad::NotEqual);
    let both = left.has_elements() && right.has_elements();
    let text = |one: &Abstract, other: &Abstract| one.kind.is_text() && other.kind.is_simple();
    if !compares && both && (text(left, right) || text(right, left)) {
        let which = if left.kind.is_text() { "left" } else { "right" };
        return Err(Failure::new(ErrorKind::Domain, format!("the {which} argument is text")));
    }
    let numbers = dyadic(op, left.kind.numbers, right.kind.numbers);
    let known = counted(op, left, right);
    Ok(Abstract { numbers: known, ..pervade(shape, &[left, right], numbers, 0) })
}

/// The result of a scalar function on the items of nested arguments too.
fn pervade(shape: Option<Vec<Dim>>, arguments: &[&Abstract], numbers: Numbers, depth: usize) -> Abstract {
    // Text counts for no number, but what is not nested gives a number in any case.
    let numbers = numbers.max(Numbers::Boolean);
    let typed = arguments.iter().all(|argument| argument.typed);
    let nested: Vec<&Abstract> = arguments.iter().copied().filter(|argument| argument.kind.nested).collect();
    if nested.is_empty() {
        return Abstract { typed, ..Abstract::array(shape, Kind::numbers(numbers)) };
    }
    let all_nested = arguments.iter().any(|argument| argument.kind == Kind::NESTED);
    let inner = |argument: &&Abstract| match argument.kind.nested {
        true => argument.item.as_deref().cloned().unwrap_or_else(Abstract::unknown),
        false => Abstract::scalar(argument.kind),
    };
    let items: Vec<Abstract> = arguments.iter().map(inner).collect();
    let item_shape = match &items[..] {
        [only] => only.shape.clone(),
        // A mixed argument may give a simple scalar to a nested one.
        [left, right] if arguments.iter().all(|a| a.kind == Kind::NESTED || a.kind.is_simple()) => {
            broadcast(left, right).unwrap_or(None)
        }
        _ => None,
    };
    let item = match depth > 8 || items.iter().any(|item| item.kind == Kind::ANY) {
        true => None,
        false => Some(Rc::new(pervade(item_shape, &items.iter().collect::<Vec<_>>(), Numbers::Complex, depth + 1))),
    };
    let kind = if all_nested { Kind::NESTED } else { Kind { numbers, nested: true, ..Kind::default() } };
    // Without items, the prototypes of the arguments decide what the prototype is.
    let whole = Abstract { item, ..Abstract::array(shape, kind) };
    Abstract { typed: typed && whole.has_elements(), ..whole }
}

/// The shape of two arguments together: equal shapes, or one element with anything.
pub fn broadcast(left: &Abstract, right: &Abstract) -> Result<Option<Vec<Dim>>, Failure> {
    let (a, b) = match (&left.shape, &right.shape) {
        (Some(a), Some(b)) => (a, b),
        (Some(a), None) if !left.may_be_single() => return Ok(Some(a.clone())),
        (None, Some(b)) if !right.may_be_single() => return Ok(Some(b.clone())),
        _ => return Ok(None),
    };
    let mismatch = |kind, why: &str| {
        let text = |argument: &Abstract| match argument.shape_text().as_deref() {
            Some("") => "a scalar".to_owned(),
            text => text.unwrap_or("?").to_owned(),
        };
        Err(Failure::new(kind, format!("{why}: left is {}, right is {}", text(left), text(right))))
    };
    match (left.is_single(), right.is_single()) {
        (true, true) => return Ok(Some(if a.len() >= b.len() { a.clone() } else { b.clone() })),
        (true, false) if !right.may_be_single() || a.is_empty() => return Ok(Some(b.clone())),
        (false, true) if !left.may_be_single() || b.is_empty() => return Ok(Some(a.clone())),
        _ => {}
    }
    let certain = !left.may_be_single() && !right.may_be_single();
    if a.len() != b.len() {
        return match (left.may_be_single(), right.may_be_single()) {
            (false, false) => mismatch(ErrorKind::Rank, "ranks differ"),
            (true, false) => Ok(Some(b.clone())),
            (false, true) => Ok(Some(a.clone())),
            (true, true) => Ok(None),
        };
    }
    let differ = |(a, b): (&Dim, &Dim)| matches!((a, b), (Dim::Known(a), Dim::Known(b)) if a != b);
    if certain && a.iter().zip(b).any(differ) {
        return mismatch(ErrorKind::Length, "lengths differ");
    }
    let pairs = a.iter().zip(b);
    Ok(Some(match (left.may_be_single(), right.may_be_single()) {
        (false, false) => pairs.map(|(a, b)| a.meet(b)).collect(),
        (true, false) => b.clone(),
        (false, true) => a.clone(),
        (true, true) => pairs.map(|(a, b)| a.join(b)).collect(),
    }))
}

/// Up to this magnitude, floats hold every whole number.
const EXACT: u64 = 1 << 53;

/// The result as whole numbers, where those of the arguments are known.
fn counted(op: ScalarDyad, left: &Abstract, right: &Abstract) -> Option<Vec<Dim>> {
    let (a, b) = (left.numbers.as_ref()?, right.numbers.as_ref()?);
    let single = |x: &Abstract| x.shape.as_ref().is_some_and(Vec::is_empty);
    let length = match (single(left), single(right)) {
        (true, true) => 1,
        (true, false) => b.len(),
        (false, true) => a.len(),
        _ if a.len() == b.len() => a.len(),
        _ => return None,
    };
    let at = |numbers: &[Dim], k: usize| numbers[if numbers.len() == 1 { 0 } else { k }].clone();
    let one = |a: Dim, b: Dim| match (op, &a, &b) {
        (ScalarDyad::Plus, ..) => a.plus(&b),
        (ScalarDyad::Times, ..) => a.times(&b),
        (ScalarDyad::Minus, _, Dim::Known(b)) => b.checked_neg().map_or(Dim::Unknown, |b| a.plus(&Dim::Known(b))),
        (ScalarDyad::Maximum, Dim::Known(a), Dim::Known(b)) => Dim::Known(*a.max(b)),
        (ScalarDyad::Minimum, Dim::Known(a), Dim::Known(b)) => Dim::Known(*a.min(b)),
        _ => Dim::Unknown,
    };
    let exact = |number: Dim| match number {
        Dim::Known(n) if n.unsigned_abs() > EXACT => Dim::Unknown,
        number => number,
    };
    let numbers: Vec<Dim> = (0..length).map(|k| exact(one(at(a, k), at(b, k)))).collect();
    let whole = matches!(
        op,
        ScalarDyad::Plus | ScalarDyad::Times | ScalarDyad::Minus | ScalarDyad::Maximum | ScalarDyad::Minimum
    );
    whole.then_some(numbers)
}

fn monadic(op: ScalarMonad, numbers: Numbers) -> Numbers {
    use Numbers::*;
    match op {
        ScalarMonad::Conjugate => numbers,
        ScalarMonad::Negate => numbers.max(Whole),
        ScalarMonad::Direction if numbers <= Real => Whole,
        ScalarMonad::Ceiling | ScalarMonad::Floor if numbers <= Real => numbers.min(Whole),
        ScalarMonad::Reciprocal | ScalarMonad::Exponential | ScalarMonad::Factorial | ScalarMonad::PiTimes => {
            numbers.max(Real)
        }
        ScalarMonad::Magnitude => numbers.min(Real),
        ScalarMonad::Not => Boolean,
        _ => Complex,
    }
}

fn dyadic(op: ScalarDyad, left: Numbers, right: Numbers) -> Numbers {
    use Numbers::*;
    let widest = left.max(right);
    match op {
        ScalarDyad::Plus | ScalarDyad::Minus => widest.max(Whole),
        ScalarDyad::Times if widest <= Boolean => Boolean,
        ScalarDyad::Times => widest,
        ScalarDyad::Divide => widest.max(Real),
        ScalarDyad::Power if left <= Whole && right <= Boolean => Whole,
        ScalarDyad::Power if left <= Real && right <= Whole => Real,
        ScalarDyad::Maximum | ScalarDyad::Minimum => widest,
        ScalarDyad::Residue => widest.max(Whole),
        ScalarDyad::Binomial => widest.max(Real),
        ScalarDyad::And | ScalarDyad::Or if widest <= Boolean => Boolean,
        // Comparison is tolerant: the divisor of large numbers may have a fraction.
        ScalarDyad::And | ScalarDyad::Or => widest.max(Real),
        ScalarDyad::Power | ScalarDyad::Logarithm | ScalarDyad::Circular => Complex,
        _ => Boolean,
    }
}
