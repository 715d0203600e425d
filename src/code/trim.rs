//! Makes the code of a body shorter where it runs most: without tests that can find nothing new, and with the test of a loop at
//! the end of its body, so that a turn has one jump less.

use super::instruction::{Change, Code, Op, Portion, TargetId};

/// The same code, whose jumps go to instructions.
pub fn trimmed(code: Code) -> Code {
    let mut code = without(&needless(&code), code);
    turn_loops(&mut code);
    code
}

/// Whether an instruction runs nothing that could give a name a function.
fn changes_no_class(op: &Op) -> bool {
    matches!(
        op,
        Op::Constant(_)
            | Op::Omega
            | Op::Alpha
            | Op::Name(_)
            | Op::Scalar { .. }
            | Op::Compare { .. }
            | Op::Test { .. }
            | Op::Monad(_)
            | Op::Dyad(_)
            | Op::Element { .. }
            | Op::Elements { .. }
            | Op::Index
            | Op::Settle
            | Op::Copy
            | Op::Drop
            | Op::Assign(_)
            | Op::Jump(_)
            | Op::Next { .. }
            | Op::NextInto { .. }
            | Op::Put { .. }
            | Op::Update { .. }
            | Op::Store(TargetId { change: Change::Scalar(..) | Change::Primitive(_), storage: Some(_), .. })
            | Op::StoreIndexed(TargetId {
                change: Change::Value | Change::Scalar(..) | Change::Primitive(_),
                storage: Some(_),
                ..
            })
            | Op::Mark { .. }
    )
}

/// Whether the next instruction may follow one, and which other one.
fn followers(at: usize, op: &Op) -> (bool, Option<usize>) {
    match op {
        Op::Return { .. } | Op::End => (false, None),
        Op::Default(skipped) => (true, Some(at + 1 + *skipped as usize)),
        _ => (!matches!(op, Op::Jump(_)), op.target().map(|to| to as usize)),
    }
}

/// The tests whether a phrase is as it was bound that would find it so, whichever way they are come to: the workspace's
/// generation decides about it, and nothing since the last such test, or since the code was entered, can have changed that.
fn needless(code: &Code) -> Vec<bool> {
    let Code { ops, portions, .. } = code;
    let portion = |op: &Op| match op {
        Op::Phrase(number) | Op::Step(number) => Some(portions.get(*number as usize).and_then(|p| p.bound.as_ref())),
        _ => None,
    };
    // Whether it is so before each instruction: until the contrary is shown.
    let mut same = vec![true; ops.len()];
    let mut again = true;
    while again {
        again = false;
        for (at, op) in ops.iter().enumerate() {
            let after = portion(op).is_some() || same[at] && changes_no_class(op);
            // The code is left where a phrase is not bound, and entered behind it.
            let leaves = matches!(portion(op), Some(None));
            if after || leaves {
                continue;
            }
            let (next, other) = followers(at, op);
            for to in next.then_some(at + 1).into_iter().chain(other) {
                if let Some(place) = same.get_mut(to) {
                    again |= std::mem::replace(place, false);
                }
            }
        }
    }
    let steady = |op: &Op| portion(op).flatten().is_some_and(|bound| bound.steady);
    ops.iter().zip(same).map(|(op, same)| same && steady(op)).collect()
}

/// The code without some of its instructions.
fn without(dropped: &[bool], code: Code) -> Code {
    // Where each instruction goes, or the next one that stays.
    let mut places = Vec::with_capacity(dropped.len() + 1);
    places.push(0);
    for &dropped in dropped {
        let next = places.last().copied().unwrap_or(0) + u32::from(!dropped);
        places.push(next);
    }
    let place = |at: u32| places.get(at as usize).copied().unwrap_or(u32::MAX);
    let Code { mut ops, mut nodes, mut portion, mut starts, mut portions, .. } = code;
    for (at, op) in (0..).zip(&mut ops) {
        if let Op::Default(skipped) = op {
            *skipped = place(at + 1 + *skipped) - place(at + 1);
        } else if let Some(to) = op.target_mut() {
            *to = place(*to);
        }
    }
    starts.iter_mut().for_each(|start| *start = place(*start));
    for Portion { begin, start, .. } in &mut portions {
        (*begin, *start) = (place(*begin), place(*start));
    }
    keep(dropped, &mut ops);
    keep(dropped, &mut nodes);
    keep(dropped, &mut portion);
    Code { ops, nodes, portion, starts, portions, ..code }
}

fn keep<T>(dropped: &[bool], items: &mut Vec<T>) {
    let mut dropped = dropped.iter();
    items.retain(|_| !dropped.next().copied().unwrap_or(false));
}

/// A jump back to the test of a loop becomes the test itself, if what follows it is the end of the loop.
fn turn_loops(code: &mut Code) {
    for at in 0..code.ops.len() {
        let Op::Jump(to) = code.ops[at] else { continue };
        let (behind, body) = (at as u32 + 1, to + 1);
        let turned = match code.ops.get(to as usize) {
            Some(&Op::NextInto { slot, done, storage }) if done == behind => Op::Again { slot, body, storage },
            Some(&Op::Compare { op, row, left, right, wanted, otherwise }) if otherwise == behind => {
                Op::Compare { op, row, left, right, wanted: !wanted, otherwise: body }
            }
            _ => continue,
        };
        let Some(tested) = code.portions.get(code.portion[to as usize] as usize) else { continue };
        // Of its phrase, nothing is done elsewhere.
        let portion = Portion { bound: tested.bound.clone(), begin: at as u32, start: at as u32, ..*tested };
        code.ops[at] = turned;
        code.nodes[at] = code.nodes[to as usize];
        code.portion[at] = code.portions.len() as u32;
        code.portions.push(portion);
    }
}
