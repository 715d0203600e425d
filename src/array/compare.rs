//! Comparing arrays: tolerant equality of numbers, match.
//!
//! Nested arrays are compared with a worklist instead of recursion; addresses are compared first, so that shared parts
//! need no comparison. The total order of arrays is in `order`.

use std::collections::HashSet;

use super::arr::Complex;
use super::memory::Memory;
use super::value::Value;
use super::view::{self, Elements, View};
use crate::bounds::CHUNK;
use crate::error::Result;

/// Boxes nested deeper than this are remembered once they are found equal.
const SHARING_DEPTH: usize = 8;

/// Whether two numbers are equal within the comparison tolerance `ct`: their distance is at most `ct` times the
/// larger magnitude, and they do not differ in sign.
pub fn near(a: f64, b: f64, ct: f64) -> bool {
    a == b || (a - b).abs() <= ct * a.abs().max(b.abs()) && (a > 0.0) == (b > 0.0)
}

/// Whether two complex numbers are equal within `ct`: the length of their difference is at most `ct` times the larger
/// length.
pub fn near_complex(a: Complex, b: Complex, ct: f64) -> bool {
    if a == b {
        return true;
    }
    if a.im == 0.0 && b.im == 0.0 {
        return near(a.re, b.re, ct);
    }
    (a - b).norm() <= ct * a.norm().max(b.norm())
}

/// Whether two arrays match: same structure and shape, elements equal within `ct`, empties with equal prototypes.
///
/// `X≡Y`. How an array is stored makes no difference: narrow or wide, framed or boxed. Follows Dyalog's "Match".
pub fn matches(memory: &Memory, left: &Value, right: &Value, ct: f64) -> Result<bool> {
    let (left, right) = (view::settled(memory, left)?, view::settled(memory, right)?);
    let (left, right) = (View::of(&left), View::of(&right));
    if left.shape != right.shape {
        return Ok(false);
    }
    if left.elements.is_empty() || right.elements.is_empty() {
        return Ok(left.fill().same(&right.fill()));
    }
    compared(left.elements, right.elements, ct, || memory.poll())
}

/// Whether two lists of as many elements match one by one: for lists so short that there is no need to poll.
pub fn elements_match(left: Elements, right: Elements, ct: f64) -> bool {
    compared(left, right, ct, || Ok(())).unwrap_or(false)
}

/// Whether two lists of as many elements match one by one. Calls `poll` every [`CHUNK`] elements.
fn compared(left: Elements, right: Elements, ct: f64, poll: impl Fn() -> Result<()>) -> Result<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    // Lists of boxes under way, each with the position of its next item.
    let mut work: Vec<(Elements, Elements, usize)> = Vec::new();
    // Deep boxes found equal: without this, values that share parts at every level take exponential time.
    let mut equal: HashSet<(usize, usize)> = HashSet::new();
    let mut next = Some((left, right));
    let mut done = 0;
    loop {
        if done >= CHUNK {
            poll()?;
            done = 0;
        }
        if let Some((left, right)) = next.take() {
            if work.len() > SHARING_DEPTH && addresses(left, right).is_some_and(|pair| equal.contains(&pair)) {
                continue;
            }
            match simple_match(left, right, ct, &mut done, &poll)? {
                Some(false) => return Ok(false),
                Some(true) => {}
                None if left.len() == 1 => match items(left.item(0), right.item(0)) {
                    Err(false) => return Ok(false),
                    Err(true) => {}
                    Ok(pair) => {
                        next = Some(pair);
                        continue;
                    }
                },
                None => work.push((left, right, 0)),
            }
        }
        let Some((left, right, at)) = work.last_mut() else {
            return Ok(true);
        };
        if *at >= left.len() {
            let pair = addresses(*left, *right);
            work.pop();
            if work.len() > SHARING_DEPTH {
                equal.extend(pair);
            }
            continue;
        }
        let pair = items(left.item(*at), right.item(*at));
        *at += 1;
        match pair {
            Err(false) => return Ok(false),
            Err(true) => {}
            Ok(pair) => next = Some(pair),
        }
    }
}

/// Decides what can be decided without looking into boxes, long lists piece by piece. Counts the elements in `done`.
fn simple_match(
    left: Elements,
    right: Elements,
    ct: f64,
    done: &mut usize,
    poll: &impl Fn() -> Result<()>,
) -> Result<Option<bool>> {
    // Boxes of one shape are compared by all their elements.
    let (left, right) = match (left, right) {
        (Elements::Framed(a), Elements::Framed(b)) if a.cell() == b.cell() => match (a.elements(), b.elements()) {
            (x, y) if x.is_empty() || y.is_empty() => (left, right),
            pair => pair,
        },
        pair => pair,
    };
    *done += 1;
    let boxed = |list| matches!(list, Elements::Boxes(_) | Elements::Framed(_));
    if left.len() <= CHUNK || boxed(left) || boxed(right) {
        if !boxed(left) {
            *done += left.len();
        }
        return Ok(step(left, right, ct));
    }
    for start in (0..left.len()).step_by(CHUNK) {
        poll()?;
        let piece = start..left.len().min(start + CHUNK);
        match step(left.slice(piece.clone()), right.slice(piece), ct) {
            Some(true) => {}
            decided => return Ok(decided),
        }
    }
    Ok(Some(true))
}

/// Where two lists of boxes are.
fn addresses(left: Elements, right: Elements) -> Option<(usize, usize)> {
    match (left, right) {
        (Elements::Boxes(a), Elements::Boxes(b)) => Some((a.as_ptr() as usize, b.as_ptr() as usize)),
        _ => None,
    }
}

/// The elements of two items that remain to be compared; whether they match, where that is known.
fn items<'a>(left: View<'a>, right: View<'a>) -> std::result::Result<(Elements<'a>, Elements<'a>), bool> {
    if left.shape != right.shape {
        return Err(false);
    }
    if left.elements.is_empty() || right.elements.is_empty() {
        return Err(left.fill().same(&right.fill()));
    }
    Ok((left.elements, right.elements))
}

/// Decides what can be decided without looking into boxes.
fn step(left: Elements, right: Elements, ct: f64) -> Option<bool> {
    match (left, right) {
        (Elements::Bool(a), Elements::Bool(b)) => Some(a == b),
        (Elements::Int(a), Elements::Int(b)) => Some(a == b),
        (Elements::Char(a), Elements::Char(b)) => Some(a == b),
        (Elements::Ref(a), Elements::Ref(b)) => Some(a == b),
        (Elements::Bool(a), _) => numbers_match(a, right, ct),
        (Elements::Int(a), _) => numbers_match(a, right, ct),
        (Elements::Float(a), _) => numbers_match(a, right, ct),
        (Elements::Complex(a), _) => match right {
            Elements::Complex(b) => Some(a.iter().zip(b).all(|(&a, &b)| near_complex(a, b, ct))),
            Elements::Bool(b) => Some(complex_match(a, b, ct)),
            Elements::Int(b) => Some(complex_match(a, b, ct)),
            Elements::Float(b) => Some(complex_match(a, b, ct)),
            Elements::Char(_) | Elements::Ref(_) => Some(false),
            Elements::Boxes(_) | Elements::Framed(_) => None,
        },
        (Elements::Char(_) | Elements::Ref(_), Elements::Boxes(_)) => None,
        (Elements::Char(_) | Elements::Ref(_), _) => Some(false),
        // The same boxes in the same place.
        (Elements::Boxes(a), Elements::Boxes(b)) if std::ptr::eq(a, b) => Some(true),
        (Elements::Framed(a), Elements::Framed(b)) if a.cell() != b.cell() => Some(false),
        _ => None,
    }
}

/// A number that has a floating-point value.
trait Real: Copy {
    fn real(self) -> f64;
}

impl Real for bool {
    fn real(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl Real for i32 {
    fn real(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn real(self) -> f64 {
        self
    }
}

fn numbers_match<A: Real>(left: &[A], right: Elements, ct: f64) -> Option<bool> {
    match right {
        Elements::Bool(right) => Some(all_near(left, right, ct)),
        Elements::Int(right) => Some(all_near(left, right, ct)),
        Elements::Float(right) => Some(all_near(left, right, ct)),
        Elements::Complex(right) => Some(complex_match(right, left, ct)),
        Elements::Char(_) | Elements::Ref(_) => Some(false),
        Elements::Boxes(_) | Elements::Framed(_) => None,
    }
}

fn all_near<A: Real, B: Real>(left: &[A], right: &[B], ct: f64) -> bool {
    left.iter().zip(right).all(|(a, b)| near(a.real(), b.real(), ct))
}

fn complex_match<B: Real>(left: &[Complex], right: &[B], ct: f64) -> bool {
    left.iter().zip(right).all(|(&a, b)| near_complex(a, Complex::new(b.real(), 0.0), ct))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{Arr, Framed};

    fn vector(items: Vec<Value>) -> Value {
        Arr::new(&Memory::unlimited(), &[items.len()], items).unwrap().into()
    }

    fn ints(data: &[i32]) -> Value {
        Arr::new(&Memory::unlimited(), &[data.len()], data.to_vec()).unwrap().into()
    }

    #[test]
    fn numbers_within_tolerance() {
        assert!(near(1.0, 1.0 + 1e-15, 1e-14));
        assert!(!near(1.0, 1.0 + 1e-15, 0.0));
        assert!(!near(0.0, 1e-300, 1e-14));
        assert!(near_complex(Complex::new(1.0, 1e-16), Complex::new(1.0, 0.0), 1e-14));
    }

    #[test]
    fn empties_match_by_shape_and_prototype() {
        let memory = Memory::unlimited();
        let text = Value::text(&memory, "").unwrap();
        assert!(!matches(&Memory::unlimited(), &Value::zilde(), &text, 0.0).unwrap());
        let boxed: Value = Arr::empty_of(&memory, &[0], ints(&[1, 2])).unwrap().into();
        let other: Value = Arr::empty_of(&memory, &[0], ints(&[3, 4])).unwrap().into();
        assert!(matches(&Memory::unlimited(), &boxed, &other, 0.0).unwrap());
        assert!(!matches(&Memory::unlimited(), &boxed, &Value::zilde(), 0.0).unwrap());
        let flat = Arr::<i32>::new(&memory, &[0, 2], Vec::new()).unwrap();
        let framed = Value::from(Framed::new(flat.into(), 1).unwrap());
        assert!(matches(&Memory::unlimited(), &framed, &boxed, 0.0).unwrap());
    }

    #[test]
    fn storage_makes_no_difference() {
        let memory = Memory::unlimited();
        let flat = Arr::new(&memory, &[2, 2], vec![1, 2, 3, 4]).unwrap();
        let framed = Value::from(Framed::new(flat.into(), 1).unwrap());
        let nested = vector(vec![ints(&[1, 2]), vector(vec![Value::Float(3.0), Value::Int(4)])]);
        assert!(matches(&Memory::unlimited(), &framed, &nested, 1e-14).unwrap());
        assert!(matches(&Memory::unlimited(), &nested, &framed, 1e-14).unwrap());
        assert!(!matches(&Memory::unlimited(), &nested, &vector(vec![ints(&[1, 2]), ints(&[3, 5])]), 1e-14).unwrap());
        assert!(
            matches(
                &Memory::unlimited(),
                &ints(&[0, 1]),
                &Arr::new(&memory, &[2], vec![false, true]).unwrap().into(),
                0.0
            )
            .unwrap()
        );
        assert!(!matches(&Memory::unlimited(), &Value::Int(65), &Value::Char('A'), 0.0).unwrap());
        assert!(!matches(&Memory::unlimited(), &Value::Int(1), &ints(&[1]), 0.0).unwrap());
    }

    #[test]
    fn depth_is_no_trouble() {
        let deep = |last: i32| (0..100_000).fold(ints(&[last, 2]), |item, _| vector(vec![item]));
        assert!(matches(&Memory::unlimited(), &deep(1), &deep(1), 0.0).unwrap());
        assert!(!matches(&Memory::unlimited(), &deep(1), &deep(3), 0.0).unwrap());
    }
}
