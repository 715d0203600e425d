//! The rules of the primitive operators: what their functions give, from what the operands give.

use std::any::Any;
use std::rc::Rc;

use super::scalar::broadcast;
use super::value::Numbers;
use super::{Abstract, Dim, Failure, Kind, Outcome};
use crate::error::ErrorKind;

/// A function as whoever applies it knows it.
pub type Function = Rc<dyn Any>;

/// What an operator is applied to.
#[derive(Clone)]
pub enum Operand {
    /// An array.
    Array(Abstract),
    /// A function.
    Function(Function),
}

/// What applies operands.
pub trait Driver {
    /// `left f right`, once.
    fn apply(&self, function: &Function, left: Option<&Abstract>, right: &Abstract) -> Outcome;

    /// The same for many calls: what lengths are called in one of them means nothing in another one.
    fn apply_many(&self, function: &Function, left: Option<&Abstract>, right: &Abstract) -> Outcome;

    /// Elements side by side.
    fn strand(&self, elements: Vec<Abstract>) -> Abstract;

    /// What a reduction of nothing may give: `None` where it fails, or where that is not known.
    fn identity(&self, function: &Function) -> Option<Kind>;
}

/// A call of a function that an operator makes.
pub struct Derived<'a> {
    /// Applies the operands.
    pub driver: &'a dyn Driver,
    /// The left operand.
    pub alpha: &'a Operand,
    /// The right operand.
    pub omega: Option<&'a Operand>,
    /// What stands in brackets behind the operator.
    pub axis: Option<&'a Abstract>,
    /// `⎕IO`, where it is known.
    pub origin: Option<i64>,
    /// The left argument.
    pub left: Option<&'a Abstract>,
    /// The right argument.
    pub right: &'a Abstract,
}

/// How the results of an operator's functions are inferred.
#[derive(Clone, Copy)]
pub struct Rule {
    /// From what is known of the arguments and the operands.
    pub infer: fn(&Derived) -> Outcome,
    /// Whether a call ends soon where those of the operands do.
    pub ends: bool,
    /// Whether the shapes of the arguments alone decide the shape of the result, where they do for the operands.
    pub by_shape: ByShape,
}

/// Where the shapes of the arguments alone decide the shape of a derived function's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByShape {
    /// Nowhere.
    Never,
    /// With one argument: the left one would count for its value.
    Monadic,
    /// Everywhere.
    Always,
    /// Everywhere; the operand is called with as many arguments as the derived function.
    Alike,
}

impl Rule {
    /// A rule of an operator that applies its operands so often as the shapes of the arguments say.
    pub const fn shapes(infer: fn(&Derived) -> Outcome, by_shape: ByShape) -> Rule {
        Rule { infer, ends: true, by_shape }
    }

    /// A rule of one whose results have shapes that the values of the arguments decide.
    pub const fn values(infer: fn(&Derived) -> Outcome) -> Rule {
        Rule { infer, ends: true, by_shape: ByShape::Never }
    }

    /// A rule of one that may apply its operand without end.
    pub const fn endless(infer: fn(&Derived) -> Outcome) -> Rule {
        Rule { infer, ends: false, by_shape: ByShape::Never }
    }
}

/// The rule of `∘.f`.
pub const OUTER: Rule = Rule::shapes(outer, ByShape::Always);

impl Derived<'_> {
    /// An operand as a function: an array gives itself.
    fn run(&self, operand: &Operand, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        match operand {
            Operand::Array(array) => Ok(array.clone()),
            Operand::Function(function) => self.driver.apply(function, left, right),
        }
    }

    /// The same for many calls, where an error in one need not be one in all: nothing is known then.
    fn run_many(&self, operand: &Operand, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        match operand {
            Operand::Array(array) => Ok(array.loose()),
            Operand::Function(function) => self.driver.apply_many(function, left, right).map(|result| result.loose()),
        }
    }

    fn omega(&self) -> Operand {
        self.omega.cloned().unwrap_or_else(|| Operand::Array(Abstract::unknown()))
    }
}

/// Nothing is known of the result.
pub fn unknown(_: &Derived) -> Outcome {
    Ok(Abstract::unknown())
}

/// `f/`
pub fn reduce_last(call: &Derived) -> Outcome {
    reduce(call, |rank| rank - 1)
}

/// `f⌿`
pub fn reduce_first(call: &Derived) -> Outcome {
    reduce(call, |_| 0)
}

fn reduce(call: &Derived, usual: fn(usize) -> usize) -> Outcome {
    let right = call.right;
    let Some(shape) = right.shape.clone() else {
        return folded(call, None, &Dim::Unknown);
    };
    if shape.is_empty() {
        return Ok(if call.left.is_none() { right.clone() } else { Abstract::unknown() });
    }
    let Some(axis) = axis(call, shape.len(), usual) else {
        let wrong = call.axis.and_then(Abstract::known_number).zip(call.origin).map(|(n, origin)| n - origin);
        return match wrong {
            Some(axis) if axis < 0 || axis >= shape.len() as i64 => {
                Err(Failure::new(ErrorKind::Index, format!("the right argument has rank {}", shape.len())))
            }
            _ => Ok(Abstract::unknown()),
        };
    };
    let along = shape[axis].clone();
    let mut result = shape;
    match call.left {
        None => drop(result.remove(axis)),
        Some(left) => {
            let width = left.known_number().filter(|n| *n > 0);
            result[axis] = match (width, along.known()) {
                (Some(width), Some(length)) if length + 1 >= width => Dim::Known(length + 1 - width),
                _ => Dim::Unknown,
            };
            // Windows of no element give identity elements.
            if width.is_none() {
                return folded(call, Some(result), &Dim::Unknown);
            }
        }
    }
    folded(call, Some(result), &along)
}

/// The axis of a reduction or scan.
fn axis(call: &Derived, rank: usize, usual: fn(usize) -> usize) -> Option<usize> {
    match call.axis {
        None => Some(usual(rank)),
        Some(axis) => usize::try_from(axis.known_number()? - call.origin?).ok().filter(|axis| *axis < rank),
    }
}

/// An array of elements that the operand folds from elements of the argument.
fn folded(call: &Derived, shape: Option<Vec<Dim>>, along: &Dim) -> Outcome {
    let element = call.right.element();
    let mut result = element.clone();
    let Operand::Function(function) = call.alpha else { return Ok(Abstract::unknown()) };
    let mut stable = false;
    for _ in 0..4 {
        // A fold of one element calls nothing, and a failure need not be one of all folds.
        let Ok(next) = call.driver.apply_many(function, Some(&element), &result) else {
            return Ok(Abstract::array(shape, Kind::ANY));
        };
        let joined = result.join(&next.loose());
        stable = same(&joined, &result);
        result = joined;
        if stable {
            break;
        }
    }
    if !stable {
        return Ok(Abstract::array(shape, Kind::ANY));
    }
    if along.known().is_none_or(|length| length <= 0) {
        match call.driver.identity(function) {
            Some(kind) if result.rank() == Some(0) => result = result.join(&Abstract::scalar(kind)),
            _ => return Ok(Abstract::array(shape, Kind::ANY)),
        }
    }
    Ok(Abstract::of_elements(shape, &result))
}

/// Whether a widening has come to its end.
fn same(a: &Abstract, b: &Abstract) -> bool {
    let dims = |a: &Vec<Dim>, b: &Vec<Dim>| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b) || matches!((a, b), (Dim::Unknown, Dim::Unknown)))
    };
    let shapes = match (&a.shape, &b.shape) {
        (None, None) => true,
        (Some(a), Some(b)) => dims(a, b),
        _ => false,
    };
    let items = match (&a.item, &b.item) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    shapes && items && a.kind == b.kind
}

/// `f\`, `f⍀`
pub fn scan(call: &Derived) -> Outcome {
    if call.left.is_some() {
        return Ok(Abstract::unknown());
    }
    folded(call, call.right.shape.clone(), &Dim::Known(1))
}

/// `f¨`
pub fn each(call: &Derived) -> Outcome {
    if let Some(results) = one_by_one(call) {
        return results;
    }
    let right = call.right.element();
    let (shape, left, filled) = match call.left {
        None => (call.right.shape.clone(), None, call.right.has_elements()),
        Some(left) => {
            let filled = left.has_elements() && call.right.has_elements();
            (broadcast(left, call.right)?, Some(left.element()), filled)
        }
    };
    match call.run_many(call.alpha, left.as_ref(), &right) {
        Ok(element) => Ok(Abstract::of_elements(shape, &element)),
        Err(failure) if filled => Err(failure),
        Err(_) => Ok(Abstract::array(shape, Kind::ANY)),
    }
}

/// `f¨` on short vectors whose items are known one by one.
fn one_by_one(call: &Derived) -> Option<Outcome> {
    let rights = call.right.each_item().filter(|_| call.right.rank() == Some(1))?;
    let lefts = match call.left {
        None => None,
        Some(left) if left.rank() == Some(0) => Some(vec![left.each_item()?.pop()?; rights.len()]),
        Some(left) => Some(left.each_item().filter(|lefts| lefts.len() == rights.len() && left.rank() == Some(1))?),
    };
    if rights.is_empty() {
        return None;
    }
    let mut results = Vec::with_capacity(rights.len());
    for (at, right) in rights.iter().enumerate() {
        match call.run(call.alpha, lefts.as_ref().map(|lefts| &lefts[at]), right) {
            Ok(result) => results.push(result),
            Err(failure) => return Some(Err(failure)),
        }
    }
    Some(Ok(call.driver.strand(results)))
}

/// `f⍨`
pub fn commute(call: &Derived) -> Outcome {
    call.run(call.alpha, Some(call.right), call.left.unwrap_or(call.right))
}

/// `f∘g`, `A∘f`, `f∘A`
pub fn beside(call: &Derived) -> Outcome {
    let omega = call.omega();
    match (call.alpha, &omega) {
        (Operand::Array(left), Operand::Function(f)) if call.left.is_none() => {
            call.driver.apply(f, Some(left), call.right)
        }
        (Operand::Function(f), Operand::Array(right)) if call.left.is_none() => {
            call.driver.apply(f, Some(call.right), right)
        }
        (Operand::Function(f), Operand::Function(g)) => {
            let right = call.driver.apply(g, None, call.right)?;
            call.driver.apply(f, call.left, &right)
        }
        _ => Ok(Abstract::unknown()),
    }
}

/// `f⍛g`
pub fn behind(call: &Derived) -> Outcome {
    match (call.alpha, &call.omega()) {
        (Operand::Function(f), Operand::Function(g)) => {
            let left = call.driver.apply(f, None, call.left.unwrap_or(call.right))?;
            call.driver.apply(g, Some(&left), call.right)
        }
        _ => Ok(Abstract::unknown()),
    }
}

/// `f⍥g`
pub fn over(call: &Derived) -> Outcome {
    match (call.alpha, &call.omega()) {
        (Operand::Function(f), Operand::Function(g)) => {
            let right = call.driver.apply(g, None, call.right)?;
            let left = call.left.map(|left| call.driver.apply(g, None, left)).transpose()?;
            call.driver.apply(f, left.as_ref(), &right)
        }
        _ => Ok(Abstract::unknown()),
    }
}

/// `f⍤g`, `f⍤k`
pub fn rank_or_atop(call: &Derived) -> Outcome {
    match (call.alpha, &call.omega()) {
        (Operand::Function(f), Operand::Function(g)) => {
            let inner = call.driver.apply(g, call.left, call.right)?;
            call.driver.apply(f, None, &inner)
        }
        (_, Operand::Array(ranks)) => rank(call, ranks),
        _ => Ok(Abstract::unknown()),
    }
}

fn rank(call: &Derived, ranks: &Abstract) -> Outcome {
    let ranks: Option<Vec<i64>> = ranks.numbers.as_ref().and_then(|all| all.iter().map(Dim::known).collect());
    let (monadic, left, right) = match ranks.as_deref() {
        Some([only]) => (*only, *only, *only),
        Some([left, right]) => (*right, *left, *right),
        Some([monadic, left, right]) => (*monadic, *left, *right),
        _ => return Ok(Abstract::unknown()),
    };
    let Some((frame, cell)) = cells(call.right, if call.left.is_some() { right } else { monadic }) else {
        return Ok(Abstract::unknown());
    };
    let (frame, result) = match call.left {
        None => {
            let filled = is_filled(&frame);
            (frame, (call.run_many(call.alpha, None, &cell), filled))
        }
        Some(argument) => {
            let Some((left_frame, left_cell)) = cells(argument, left) else { return Ok(Abstract::unknown()) };
            let filled = is_filled(&frame) && is_filled(&left_frame);
            let joint = match (left_frame.is_empty(), frame.is_empty()) {
                (true, _) => frame,
                (_, true) => left_frame,
                _ if left_frame.len() == frame.len() => frame.iter().zip(&left_frame).map(|(a, b)| a.meet(b)).collect(),
                _ => return Ok(Abstract::unknown()),
            };
            (joint, (call.run_many(call.alpha, Some(&left_cell), &cell), filled))
        }
    };
    match result {
        (Ok(result), _) if frame.is_empty() => Ok(result),
        (Ok(result), _) => {
            let shape = result.shape.as_ref().map(|shape| [&frame[..], &shape[..]].concat());
            Ok(of_cells(shape, &result))
        }
        (Err(failure), true) => Err(failure),
        (Err(_), false) => Ok(Abstract::unknown()),
    }
}

/// An array of cells that are all within one abstract value. Where there are none, nothing is known of the prototype.
fn of_cells(shape: Option<Vec<Dim>>, cell: &Abstract) -> Abstract {
    let whole = cell.shaped(shape);
    Abstract { typed: whole.has_elements(), ..whole }
}

fn is_filled(frame: &[Dim]) -> bool {
    frame.iter().all(|dim| dim.known().is_some_and(|n| n > 0))
}

/// The frame of the cells of a rank, and what each cell lies within.
fn cells(array: &Abstract, rank: i64) -> Option<(Vec<Dim>, Abstract)> {
    let shape = array.shape.as_ref()?;
    let most = shape.len() as i64;
    let rank = if rank < 0 { (most + rank).max(0) } else { rank.min(most) };
    let frame = shape.len() - rank as usize;
    if frame == 0 {
        return Some((Vec::new(), array.clone()));
    }
    Some((shape[..frame].to_vec(), array.shaped(Some(shape[frame..].to_vec()))))
}

/// `∘.f`
pub fn outer(call: &Derived) -> Outcome {
    let Some(left) = call.left else { return Ok(Abstract::unknown()) };
    let shape = left.shape.as_ref().zip(call.right.shape.as_ref()).map(|(a, b)| [&a[..], &b[..]].concat());
    match call.run_many(call.alpha, Some(&left.element()), &call.right.element()) {
        Ok(element) => Ok(Abstract::of_elements(shape, &element)),
        Err(failure) if left.has_elements() && call.right.has_elements() => Err(failure),
        Err(_) => Ok(Abstract::array(shape, Kind::ANY)),
    }
}

/// `f.g`
pub fn inner_product(call: &Derived) -> Outcome {
    let (Some(left), right) = (call.left, call.right) else { return Ok(Abstract::unknown()) };
    let shape = left
        .shape
        .as_ref()
        .zip(right.shape.as_ref())
        .map(|(a, b)| [&a[..a.len().saturating_sub(1)], b.get(1..).unwrap_or_default()].concat());
    let (Operand::Function(_), Operand::Function(g)) = (call.alpha, &call.omega()) else {
        return Ok(Abstract::unknown());
    };
    let along = match (left.shape.as_deref(), right.shape.as_deref()) {
        (Some([.., a]), Some([b, ..])) => a.meet(b),
        (Some([]), Some([b, ..])) => b.clone(),
        (Some([.., a]), Some([])) => a.clone(),
        (Some([]), Some([])) => Dim::Known(1),
        _ => Dim::Unknown,
    };
    let Ok(products) = call.driver.apply_many(g, Some(&left.element()), &right.element()) else {
        return Ok(Abstract::array(shape, Kind::ANY));
    };
    let vector = Abstract::of_elements(Some(vec![along.clone()]), &products.loose());
    folded(&Derived { right: &vector, left: None, ..*call }, shape, &along)
}

/// `f⍣n`, `f⍣g`
pub fn power(call: &Derived) -> Outcome {
    let Operand::Function(f) = call.alpha else { return Ok(Abstract::unknown()) };
    if let Operand::Array(count) = call.omega() {
        match (count.rank(), count.known_number()) {
            (Some(0), Some(count @ 0..=8)) => {
                let mut result = call.right.clone();
                for _ in 0..count {
                    result = call.driver.apply(f, call.left, &result)?;
                }
                return Ok(result);
            }
            (Some(0), Some(0..)) => {}
            _ => return Ok(Abstract::unknown()),
        }
    }
    let mut result = call.right.loose();
    for _ in 0..4 {
        let Ok(next) = call.driver.apply_many(f, call.left, &result) else { return Ok(Abstract::unknown()) };
        let joined = result.join(&next.loose());
        if same(&joined, &result) {
            return Ok(result);
        }
        result = joined;
    }
    Ok(Abstract::unknown())
}

/// `f@i`
pub fn at(call: &Derived) -> Outcome {
    Ok(match call.alpha {
        Operand::Array(array) => {
            let elements = call.right.loose().join(&array.loose());
            Abstract { shape: call.right.shape.clone(), ..elements }
        }
        Operand::Function(_) => Abstract::array(call.right.shape.clone(), Kind::ANY),
    })
}

/// `f⌸`
pub fn key(call: &Derived) -> Outcome {
    let many = Dim::Unknown;
    let major = |array: &Abstract| {
        let cell = array.shape.as_ref().map(|shape| shape.get(1..).unwrap_or_default().to_vec());
        array.shaped(cell)
    };
    let (keys, values) = match call.left {
        None => (major(call.right), Abstract::vector(many.clone(), Kind::numbers(Numbers::Whole))),
        Some(left) => {
            let values = call.right.shape.as_ref().map(|shape| match &shape[..] {
                [] => vec![Dim::Unknown],
                [_, rest @ ..] => [&[Dim::Unknown], rest].concat(),
            });
            (major(left), call.right.shaped(values))
        }
    };
    let Ok(result) = call.run_many(call.alpha, Some(&keys), &values) else { return Ok(Abstract::unknown()) };
    let shape = result.shape.as_ref().map(|shape| [&[many], &shape[..]].concat());
    Ok(of_cells(shape, &result))
}

/// `f⌺k`
pub fn stencil(call: &Derived) -> Outcome {
    let (Operand::Array(spec), Some(shape)) = (call.omega(), call.right.shape.as_ref()) else {
        return Ok(Abstract::unknown());
    };
    let known = || -> Option<(Vec<Dim>, bool)> {
        let value = spec.value.as_ref()?;
        let numbers = crate::array::convert::ints(
            &crate::array::Memory::unlimited(),
            &value.array(&crate::array::Memory::unlimited()).ok()?,
        )
        .ok()?;
        let axes = if value.rank() == 2 { value.shape()[1] } else { numbers.len() };
        let steps = numbers.get(axes..).unwrap_or_default();
        let sizes: Vec<Dim> = numbers[..axes.min(numbers.len())].iter().map(|&n| Dim::Known(n)).collect();
        Some((sizes, steps.iter().all(|step| *step == 1)))
    };
    let Some((sizes, unit)) = known() else { return Ok(Abstract::unknown()) };
    if sizes.len() > shape.len() {
        return Ok(Abstract::unknown());
    }
    let window = [&sizes[..], &shape[sizes.len()..]].concat();
    let padding = Abstract::vector(Dim::Known(sizes.len() as i64), Kind::numbers(Numbers::Whole));
    let cell = call.right.shaped(Some(window));
    let Ok(result) = call.run_many(call.alpha, Some(&padding), &cell) else { return Ok(Abstract::unknown()) };
    let mut frame = shape[..sizes.len()].to_vec();
    // An even window has one position less.
    for (length, size) in frame.iter_mut().zip(&sizes) {
        let odd = size.known().is_some_and(|n| n % 2 == 1);
        if !unit || !odd {
            *length = Dim::Unknown;
        }
    }
    let shape = result.shape.as_ref().map(|shape| [&frame[..], &shape[..]].concat());
    Ok(of_cells(shape, &result))
}
