//! Makes a failing drawing small: first its axes shorter, then its elements simpler, for as long as it still fails.

use std::cmp::Ordering;

use super::Sample;
use super::drawn::{Drawn, Item};
use super::spec::{Axis, Kind, Spec, Wanted};

/// The smallest failing drawing that is found within so many trials, and how many times it became smaller.
pub fn smallest(
    spec: &Spec,
    mut sample: Sample,
    budget: usize,
    fails: &mut dyn FnMut(&Sample) -> bool,
) -> (Sample, usize) {
    let mut left = budget;
    let mut steps = 0;
    loop {
        let before = steps;
        steps += shorter(spec, &mut sample, &mut left, fails);
        steps += simpler(spec, &mut sample, &mut left, fails);
        if steps == before || left == 0 {
            return (sample, steps);
        }
    }
}

/// Takes a smaller drawing if it fails too.
fn take(sample: &mut Sample, smaller: Sample, left: &mut usize, fails: &mut dyn FnMut(&Sample) -> bool) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    let taken = fails(&smaller);
    if taken {
        *sample = smaller;
    }
    taken
}

/// Shortens the axes as far as possible; gives how many times.
fn shorter(spec: &Spec, sample: &mut Sample, left: &mut usize, fails: &mut dyn FnMut(&Sample) -> bool) -> usize {
    let mut steps = 0;
    let mut at = 0;
    while at < spec.lengths.len() {
        let (now, low) = (sample.lengths[at], spec.lengths[at].low);
        let candidates = kept_indices(now, low);
        let found = candidates.into_iter().any(|kept| take(sample, cut(spec, sample, at, &kept), left, fails));
        if found {
            steps += 1;
            // A shorter axis may let an earlier one become shorter too.
            at = 0;
        } else {
            at += 1;
        }
    }
    steps
}

/// Which indices of an axis are kept, the fewest first: the first ones or the last ones, and at last all but one.
fn kept_indices(now: usize, low: usize) -> Vec<Vec<usize>> {
    let mut lengths: Vec<usize> = Vec::new();
    let mut length = low;
    while length + 1 < now {
        lengths.push(length);
        length = (length + now).div_ceil(2).max(length + 1);
    }
    let mut kept: Vec<Vec<usize>> = Vec::new();
    for length in lengths {
        kept.push((0..length).collect());
        if length > 0 {
            kept.push((now - length..now).collect());
        }
    }
    if now > low {
        kept.extend((0..now).rev().map(|gone| (0..now).filter(|at| *at != gone).collect()));
    }
    kept
}

/// The drawing with only some indices along the axes of a length.
fn cut(spec: &Spec, sample: &Sample, length: usize, kept: &[usize]) -> Sample {
    let mut lengths = sample.lengths.clone();
    lengths[length] = kept.len();
    let arrays = sample.arrays.iter().zip(&spec.arrays);
    let arrays = arrays.map(|(array, wanted)| {
        let along = wanted.axes.iter().enumerate().filter(|(_, axis)| **axis == Axis::Drawn(length));
        along.fold(array.clone(), |array, (axis, _)| cut_axis(&array, axis, kept))
    });
    Sample { arrays: arrays.collect(), lengths }
}

fn cut_axis(array: &Drawn, axis: usize, kept: &[usize]) -> Drawn {
    let length = array.shape[axis];
    let inner: usize = array.shape[axis + 1..].iter().product();
    let mut shape = array.shape.clone();
    shape[axis] = kept.len();
    let mut items = Vec::new();
    for block in array.items.chunks((length * inner).max(1)) {
        for at in kept {
            items.extend_from_slice(&block[at * inner..(at + 1) * inner]);
        }
    }
    Drawn { kind: array.kind, shape, items }
}

/// Simplifies the elements as far as possible; gives how many times.
fn simpler(spec: &Spec, sample: &mut Sample, left: &mut usize, fails: &mut dyn FnMut(&Sample) -> bool) -> usize {
    let mut steps = 0;
    for (at, wanted) in spec.arrays.iter().enumerate() {
        // All elements at once first: most failures do not depend on them.
        for simplest in [0, 1] {
            let mut all = sample.clone();
            for item in &mut all.arrays[at].items {
                if let Some(first) = candidates(item, wanted).into_iter().nth(simplest) {
                    *item = first;
                }
            }
            if all != *sample && take(sample, all, left, fails) {
                steps += 1;
                break;
            }
        }
        let mut item = 0;
        while item < sample.arrays[at].items.len() && *left > 0 {
            let found = candidates(&sample.arrays[at].items[item], wanted).into_iter().any(|candidate| {
                let mut smaller = sample.clone();
                smaller.arrays[at].items[item] = candidate;
                take(sample, smaller, left, fails)
            });
            steps += usize::from(found);
            item += usize::from(!found);
        }
    }
    steps
}

/// What an element may become: the simplest first, each simpler than it is.
fn candidates(item: &Item, wanted: &Wanted) -> Vec<Item> {
    match item {
        Item::Number(x) => numbers(*x, wanted.kind, wanted.range).into_iter().map(Item::Number).collect(),
        Item::Complex(re, im) => {
            let parts = |x| numbers(x, Kind::Complex, wanted.range);
            let mut out: Vec<Item> = parts(*im).into_iter().map(|im| Item::Complex(*re, im)).collect();
            out.extend(parts(*re).into_iter().map(|re| Item::Complex(re, *im)));
            out
        }
        Item::Char(c) => {
            const SIMPLE: &str = "ab0 ";
            SIMPLE.chars().take_while(|simple| simple != c).map(Item::Char).collect()
        }
        Item::Array(drawn) => inside(drawn, wanted),
    }
}

fn numbers(x: f64, kind: Kind, range: Option<(f64, f64)>) -> Vec<f64> {
    let mut out = vec![0.0, 1.0, 2.0, x.abs(), x.trunc(), (x / 2.0).trunc(), x - x.signum()];
    if kind != Kind::Int {
        if x.abs() >= 2_f64.powi(20) {
            out.push(x / 2_f64.powi(20));
        }
        out.extend([(x * 2.0).round() / 2.0, (x * 8.0).round() / 8.0]);
    }
    out.extend(range.map(|(low, high)| if low > 0.0 { low } else { high }));
    let (low, high) = range.unwrap_or((f64::MIN, f64::MAX));
    out.retain(|y| (low..=high).contains(y) && simplicity(*y, x) == Ordering::Less);
    out
}

/// Which of two numbers is simpler: one with fewer binary digits behind the point, then the smaller one, then a positive
/// one.
fn simplicity(a: f64, b: f64) -> Ordering {
    let digits = |x: f64| (0..64).find(|k| (x * 2_f64.powi(*k)).fract() == 0.0).unwrap_or(64);
    let key = |x: f64| (digits(x), x.abs(), x < 0.0);
    key(a).partial_cmp(&key(b)).unwrap_or(Ordering::Equal)
}

/// What a box may become: 0, one of its items, the same with one item less, or with one simpler item.
fn inside(drawn: &Drawn, wanted: &Wanted) -> Vec<Item> {
    let mut out = vec![Item::Number(0.0)];
    out.extend(drawn.items.iter().cloned());
    if let [length] = drawn.shape[..] {
        for gone in (0..length).rev() {
            let kept: Vec<usize> = (0..length).filter(|at| *at != gone).collect();
            out.push(Item::Array(cut_axis(drawn, 0, &kept)));
        }
    }
    let wanted = Wanted { kind: drawn.kind, range: None, ..wanted.clone() };
    for (at, item) in drawn.items.iter().enumerate() {
        // An item of a simple array stays simple, and one of a nested array may become anything simpler.
        out.extend(candidates(item, &wanted).into_iter().map(|candidate| {
            let mut smaller = drawn.clone();
            smaller.items[at] = candidate;
            Item::Array(smaller)
        }));
    }
    out
}
