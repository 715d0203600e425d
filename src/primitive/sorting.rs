//! The permutation that sorts: radix passes over keys of 32 bits, a stable merge where keys alone do not decide.
//!
//! Keys are unsigned numbers in the wanted order. All loops can be interrupted. Arrays are not known here.

use std::cmp::Ordering;

use crate::context::Context;
use crate::error::{Fault, Result};

/// Digits of radix passes are at most this wide: their counters stay in the first-level cache.
const DIGIT_BITS: u32 = 11;

/// Ranges up to this are sorted by one pass of counting.
const COUNTING_SPAN: u64 = 1 << 12;

/// A number's place in the order of all floats, as an unsigned number; both zeros have the same.
pub fn ordered_bits(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The stable permutation that sorts floats.
pub fn grade_floats(context: &Context, numbers: &[f64], down: bool) -> Result<Vec<u32>> {
    grade(context, numbers.len(), |at| ordered_bits(numbers[at]), down, None::<fn(u32, u32) -> Ordering>)
}

/// The permutations, in `⎕IO`, that put vectors in order that lie one behind the other; for keys of 32 bits.
pub fn grade_vectors<T: Copy>(
    context: &Context,
    data: &[T],
    length: usize,
    key: impl Fn(T) -> u64,
    down: bool,
) -> Result<Vec<i32>> {
    let origin = context.io() as i32;
    let mut out = context.memory().vec(data.len())?;
    // The key with the position behind it: a plain sort keeps equal elements in their order.
    let mut packed: Vec<u64> = context.memory().vec(length)?;
    let turn = if down { u64::from(u32::MAX) } else { 0 };
    let mut pace = context.pace();
    for vector in data.chunks_exact(length.max(1)) {
        packed.clear();
        packed.extend(vector.iter().enumerate().map(|(at, &x)| (key(x) ^ turn) << 32 | at as u64));
        packed.sort_unstable();
        out.extend(packed.iter().map(|&word| word as u32 as i32 + origin));
        pace.step(length)?;
    }
    Ok(out)
}

/// The same for keys of 64 bits.
pub fn grade_long_vectors<T: Copy>(
    context: &Context,
    data: &[T],
    length: usize,
    key: impl Fn(T) -> u64,
    down: bool,
) -> Result<Vec<i32>> {
    let origin = context.io() as i32;
    let mut out = context.memory().vec(data.len())?;
    let mut packed: Vec<u128> = context.memory().vec(length)?;
    let turn = if down { u64::MAX } else { 0 };
    let mut pace = context.pace();
    for vector in data.chunks_exact(length.max(1)) {
        packed.clear();
        packed.extend(vector.iter().enumerate().map(|(at, &x)| u128::from(key(x) ^ turn) << 64 | at as u128));
        packed.sort_unstable();
        out.extend(packed.iter().map(|&word| word as u32 as i32 + origin));
        pace.step(length)?;
    }
    Ok(out)
}

/// The stable permutation of `0..count` that puts `key` in order: ascending, or descending for `down`. Positions with
/// equal keys are ordered by `tie`, which is a total order; it sees two positions and is not reversed by the caller.
pub fn grade(
    context: &Context,
    count: usize,
    key: impl Fn(usize) -> u64,
    down: bool,
    tie: Option<impl Fn(u32, u32) -> Ordering>,
) -> Result<Vec<u32>> {
    if count > u32::MAX as usize {
        return Err(Fault::limit().with_detail(format!("a grade of {count} cells")));
    }
    let (mut low, mut high, mut sorted) = (u64::MAX, 0, true);
    let mut last = if down { u64::MAX } else { 0 };
    context.chunks(count, |range| {
        for at in range {
            let key = key(at);
            sorted &= if down { key <= last } else { key >= last };
            last = key;
            low = low.min(key);
            high = high.max(key);
        }
        Ok(())
    })?;
    if sorted && tie.is_none() {
        return context.collect(count, |at| at as u32);
    }
    let span = high.saturating_sub(low);
    let place = |at: usize| if down { high - key(at) } else { key(at) - low };
    let bits = 64 - span.leading_zeros();
    if span < COUNTING_SPAN && tie.is_none() {
        return counted(context, count, |at| place(at) as usize, span as usize + 1);
    }
    let coarse = bits.saturating_sub(32);
    let mut order = if span == 0 {
        context.collect(count, |at| at as u64)?
    } else {
        let packed = context.collect(count, |at| (place(at) >> coarse) << 32 | at as u64)?;
        radix(context, packed, bits - coarse)?
    };
    if coarse > 0 || tie.is_some() {
        let compare = |a: u32, b: u32| {
            let keys = place(a as usize).cmp(&place(b as usize));
            match &tie {
                Some(tie) => keys.then_with(|| if down { tie(b, a) } else { tie(a, b) }),
                None => keys,
            }
        };
        settle_runs(context, &mut order, compare)?;
    }
    context.collect(count, |at| order[at] as u32)
}

/// One pass of counting, for keys below `span`.
fn counted(context: &Context, count: usize, place: impl Fn(usize) -> usize, span: usize) -> Result<Vec<u32>> {
    let mut starts = context.memory().filled(span + 1, 0_u32)?;
    context.chunks(count, |range| {
        range.for_each(|at| starts[place(at) + 1] += 1);
        Ok(())
    })?;
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    let mut order = context.memory().filled(count, 0_u32)?;
    context.chunks(count, |range| {
        for at in range {
            let start = &mut starts[place(at)];
            order[*start as usize] = at as u32;
            *start += 1;
        }
        Ok(())
    })?;
    Ok(order)
}

/// Sorts words by the lowest `bits` of their high halves, stably.
fn radix(context: &Context, mut words: Vec<u64>, bits: u32) -> Result<Vec<u64>> {
    let passes = bits.div_ceil(DIGIT_BITS).max(1);
    let width = bits.div_ceil(passes);
    let mask = (1_usize << width) - 1;
    let digit = |word: u64, pass: u32| (word >> (32 + pass * width)) as usize & mask;
    let mut counts = vec![vec![0_u32; mask + 1]; passes as usize];
    context.chunks(words.len(), |range| {
        for &word in &words[range] {
            for (pass, counts) in counts.iter_mut().enumerate() {
                counts[digit(word, pass as u32)] += 1;
            }
        }
        Ok(())
    })?;
    let mut other = context.memory().filled(words.len(), 0_u64)?;
    for (pass, starts) in counts.iter_mut().enumerate() {
        let pass = pass as u32;
        if starts.iter().any(|&n| n as usize == words.len()) {
            continue;
        }
        let mut total = 0;
        for start in starts.iter_mut() {
            let n = *start;
            *start = total;
            total += n;
        }
        context.chunks(words.len(), |range| {
            for &word in &words[range] {
                let start = &mut starts[digit(word, pass)];
                other[*start as usize] = word;
                *start += 1;
            }
            Ok(())
        })?;
        std::mem::swap(&mut words, &mut other);
    }
    Ok(words)
}

/// Orders every run of words with equal high halves by comparing what their low halves stand for.
fn settle_runs(context: &Context, words: &mut [u64], compare: impl Fn(u32, u32) -> Ordering) -> Result<()> {
    let mut start = 0;
    let mut polled = 0;
    while start < words.len() {
        let head = words[start] >> 32;
        let run = words[start..].iter().take_while(|&&word| word >> 32 == head).count();
        if run > 1 {
            merge_sort(context, &mut words[start..start + run], |a, b| compare(a as u32, b as u32))?;
        }
        start += run;
        if start - polled >= crate::context::CHUNK {
            polled = start;
            context.poll()?;
        }
    }
    Ok(())
}

/// A stable merge sort that can be interrupted. `compare` is a total order.
fn merge_sort(context: &Context, items: &mut [u64], compare: impl Fn(u64, u64) -> Ordering) -> Result<()> {
    const RUN: usize = 16;
    for run in items.chunks_mut(RUN) {
        context.poll()?;
        for end in 1..run.len() {
            let mut at = end;
            while at > 0 && compare(run[at - 1], run[at]).is_gt() {
                run.swap(at - 1, at);
                at -= 1;
            }
        }
    }
    if items.len() <= RUN {
        return Ok(());
    }
    let mut spare = context.memory().filled(items.len(), 0_u64)?;
    let mut width = RUN;
    let mut steps = 0_u32;
    while width < items.len() {
        for (pair, out) in items.chunks_mut(2 * width).zip(spare.chunks_mut(2 * width)) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            if right.is_empty() || compare(left[left.len() - 1], right[0]).is_le() {
                out.copy_from_slice(pair);
                continue;
            }
            let (mut a, mut b) = (0, 0);
            for slot in out.iter_mut() {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(64) {
                    context.poll()?;
                }
                let from_left = match (left.get(a), right.get(b)) {
                    (Some(&x), Some(&y)) => compare(x, y).is_le(),
                    (left, _) => left.is_some(),
                };
                *slot = if from_left { left[a] } else { right[b] };
                if from_left { a += 1 } else { b += 1 }
            }
        }
        items.copy_from_slice(&spare);
        width *= 2;
    }
    Ok(())
}
