//! Functions on one value and on two, in every storage; axes in brackets; indices.

use zilde::context::Settings;
use zilde::primitive::TABLE;

use super::desk::{Desk, Odd, glyph, sampled};
use super::values::AXES;

/// Every monadic function on every value, and on the same value stored otherwise.
pub fn monads(step: usize) {
    let mut desk = Desk::new();
    let ways = [(1, 1, 1e-14), (0, 1, 1e-14), (1, 0, 0.0), (1, 2, 0.0), (0, 3, 1e-14)];
    let plain = desk.context().settings();
    for (way, (io, ml, ct)) in ways.into_iter().enumerate() {
        desk.context().set_settings(Settings { io, ml, ct, ..plain.clone() });
        for at in sampled(TABLE.len() * desk.odd.len(), if way == 0 { 1 } else { step }, way) {
            let (row, odd) = (&TABLE[at / desk.odd.len()], desk.odd[at % desk.odd.len()].clone());
            let f = glyph(row.glyph);
            let name = || format!("{}{}  with ⎕IO←{io} ⎕ML←{ml} ⎕CT←{ct}", row.glyph, odd.text);
            let one = desk.case(name, |session| f.call(session.context(), None, odd.value.clone()));
            desk.told(name, &one);
            for twin in desk.twins[at % desk.odd.len()].clone() {
                let named = || format!("{}{}  with ⎕IO←{io} ⎕ML←{ml} ⎕CT←{ct}", row.glyph, twin.text);
                let other = desk.case(named, |session| f.call(session.context(), None, twin.value.clone()));
                if row.glyph != '?' {
                    desk.agree(named, one.clone(), other);
                }
            }
        }
    }
    desk.done();
}

/// Every dyadic function on pairs of values.
pub fn dyads(step: usize) {
    let mut desk = Desk::new();
    let count = desk.odd.len();
    for at in sampled(TABLE.len() * count * count, step, 0) {
        let row = &TABLE[at / (count * count)];
        let (i, j) = (at / count % count, at % count);
        let (left, right) = (desk.odd[i].clone(), desk.odd[j].clone());
        let f = glyph(row.glyph);
        let name = || format!("{}{}{}", left.text, row.glyph, right.text);
        let one = desk.case(name, |session| f.call(session.context(), Some(left.value.clone()), right.value.clone()));
        desk.told(name, &one);
        // The same with the one or the other stored otherwise, in turn.
        let mut pairs = Vec::new();
        if !desk.twins[i].is_empty() {
            pairs.push((desk.twins[i][at % desk.twins[i].len()].clone(), right.clone()));
        }
        if !desk.twins[j].is_empty() {
            pairs.push((left.clone(), desk.twins[j][at % desk.twins[j].len()].clone()));
        }
        for (left, right) in pairs {
            let named = || format!("{}{}{}", left.text, row.glyph, right.text);
            let other =
                desk.case(named, |session| f.call(session.context(), Some(left.value.clone()), right.value.clone()));
            if row.glyph != '?' {
                desk.agree(named, one.clone(), other);
            }
        }
    }
    desk.done();
}

/// Every function with an axis in brackets, on one value and on two.
pub fn axes(step: usize) {
    let mut desk = Desk::new();
    let axes: Vec<_> = AXES.iter().map(|text| (*text, desk.value(text))).collect();
    let count = desk.odd.len();
    for at in sampled(TABLE.len() * axes.len() * count, step, 0) {
        let row = &TABLE[at / (axes.len() * count)];
        let (text, axis) = &axes[at / count % axes.len()];
        let right = desk.odd[at % count].clone();
        let name = || format!("{}[{text}]{}", row.glyph, right.text);
        let one = desk.case(name, |session| row.call_axis(session.context(), None, right.value.clone(), axis));
        desk.told(name, &one);
        if let Some(twin) = twin(&desk, at % count, at) {
            let named = || format!("{}[{text}]{}", row.glyph, twin.text);
            let other = desk.case(named, |session| row.call_axis(session.context(), None, twin.value.clone(), axis));
            desk.agree(named, one, other);
        }
        // Every left argument comes by in turn.
        let (i, j) = ((at * 7 + at / count) % count, at % count);
        let left = desk.odd[i].clone();
        let name = || format!("{}{}[{text}]{}", left.text, row.glyph, right.text);
        let call = |left: &Odd, right: &Odd| (Some(left.value.clone()), right.value.clone());
        let one = desk.case(name, |session| {
            let (left, right) = call(&left, &right);
            row.call_axis(session.context(), left, right, axis)
        });
        desk.told(name, &one);
        if let Some(twin) = twin(&desk, j, at) {
            let named = || format!("{}{}[{text}]{}", left.text, row.glyph, twin.text);
            let other = desk.case(named, |session| {
                let (left, right) = call(&left, &twin);
                row.call_axis(session.context(), left, right, axis)
            });
            desk.agree(named, one, other);
        }
    }
    desk.done();
}

/// A value stored otherwise, another one from time to time.
pub fn twin(desk: &Desk, of: usize, at: usize) -> Option<Odd> {
    let twins = &desk.twins[of];
    twins.get(at % twins.len().max(1)).cloned()
}
