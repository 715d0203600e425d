//! Functions on one value and on two, in every storage; axes in brackets; indices.

use zilde::context::Settings;
use zilde::primitive::TABLE;

use super::cases::{Cases, Odd, glyph, sampled};
use super::values::AXES;

/// Every monadic function on every value, and on the same value stored otherwise.
pub fn monads(step: usize) {
    let mut cases = Cases::new();
    let ways = [(1, 1, 1e-14), (0, 1, 1e-14), (1, 0, 0.0), (1, 2, 0.0), (0, 3, 1e-14)];
    let plain = cases.context().settings();
    for (way, (io, ml, ct)) in ways.into_iter().enumerate() {
        cases.context().set_settings(Settings { io, ml, ct, ..plain.clone() });
        for at in sampled(TABLE.len() * cases.odd.len(), if way == 0 { 1 } else { step }, way) {
            let (row, odd) = (&TABLE[at / cases.odd.len()], cases.odd[at % cases.odd.len()].clone());
            let f = glyph(row.glyph);
            let name = || format!("{}{}  with ⎕IO←{io} ⎕ML←{ml} ⎕CT←{ct}", row.glyph, odd.text);
            let one = cases.case(name, |session| f.call(session.context(), None, odd.value.clone()));
            cases.told(name, &one);
            for alternative in cases.alternatives[at % cases.odd.len()].clone() {
                let named = || format!("{}{}  with ⎕IO←{io} ⎕ML←{ml} ⎕CT←{ct}", row.glyph, alternative.text);
                let other = cases.case(named, |session| f.call(session.context(), None, alternative.value.clone()));
                if row.glyph != '?' {
                    cases.agree(named, one.clone(), other);
                }
            }
        }
    }
    cases.done();
}

/// Every dyadic function on pairs of values.
pub fn dyads(step: usize) {
    let mut cases = Cases::new();
    let count = cases.odd.len();
    for at in sampled(TABLE.len() * count * count, step, 0) {
        let row = &TABLE[at / (count * count)];
        let (i, j) = (at / count % count, at % count);
        let (left, right) = (cases.odd[i].clone(), cases.odd[j].clone());
        let f = glyph(row.glyph);
        let name = || format!("{}{}{}", left.text, row.glyph, right.text);
        let one = cases.case(name, |session| f.call(session.context(), Some(left.value.clone()), right.value.clone()));
        cases.told(name, &one);
        // The same with the one or the other stored otherwise, in turn.
        let mut pairs = Vec::new();
        if !cases.alternatives[i].is_empty() {
            pairs.push((cases.alternatives[i][at % cases.alternatives[i].len()].clone(), right.clone()));
        }
        if !cases.alternatives[j].is_empty() {
            pairs.push((left.clone(), cases.alternatives[j][at % cases.alternatives[j].len()].clone()));
        }
        for (left, right) in pairs {
            let named = || format!("{}{}{}", left.text, row.glyph, right.text);
            let other =
                cases.case(named, |session| f.call(session.context(), Some(left.value.clone()), right.value.clone()));
            if row.glyph != '?' {
                cases.agree(named, one.clone(), other);
            }
        }
    }
    cases.done();
}

/// Every function with an axis in brackets, on one value and on two.
pub fn axes(step: usize) {
    let mut cases = Cases::new();
    let axes: Vec<_> = AXES.iter().map(|text| (*text, cases.value(text))).collect();
    let count = cases.odd.len();
    for at in sampled(TABLE.len() * axes.len() * count, step, 0) {
        let row = &TABLE[at / (axes.len() * count)];
        let (text, axis) = &axes[at / count % axes.len()];
        let right = cases.odd[at % count].clone();
        let name = || format!("{}[{text}]{}", row.glyph, right.text);
        let one = cases.case(name, |session| row.call_axis(session.context(), None, right.value.clone(), axis));
        cases.told(name, &one);
        if let Some(alternative) = alternative(&cases, at % count, at) {
            let named = || format!("{}[{text}]{}", row.glyph, alternative.text);
            let other =
                cases.case(named, |session| row.call_axis(session.context(), None, alternative.value.clone(), axis));
            cases.agree(named, one, other);
        }
        // Every left argument comes by in turn.
        let (i, j) = ((at * 7 + at / count) % count, at % count);
        let left = cases.odd[i].clone();
        let name = || format!("{}{}[{text}]{}", left.text, row.glyph, right.text);
        let call = |left: &Odd, right: &Odd| (Some(left.value.clone()), right.value.clone());
        let one = cases.case(name, |session| {
            let (left, right) = call(&left, &right);
            row.call_axis(session.context(), left, right, axis)
        });
        cases.told(name, &one);
        if let Some(alternative) = alternative(&cases, j, at) {
            let named = || format!("{}{}[{text}]{}", left.text, row.glyph, alternative.text);
            let other = cases.case(named, |session| {
                let (left, right) = call(&left, &alternative);
                row.call_axis(session.context(), left, right, axis)
            });
            cases.agree(named, one, other);
        }
    }
    cases.done();
}

/// A value stored otherwise, another one from time to time.
pub fn alternative(cases: &Cases, of: usize, at: usize) -> Option<Odd> {
    let alternatives = &cases.alternatives[of];
    alternatives.get(at % alternatives.len().max(1)).cloned()
}
