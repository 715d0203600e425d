//! How many memory allocations a step of a program may make, and how many instructions zilde's machine may carry out for
//! it: an element that changes, an item that is appended, a call.
//!
//! `benches/steps.rs` measures the times of such steps. Allocations and these instructions do not depend on the computer,
//! so that they can be limited by a test.

use zilde::Session;

/// What one more turn of a loop costs, from the difference between 1,000 and 3,000 turns; `cost`: of an expression.
fn a_turn(setup: &str, step: &str, cost: fn(&mut Session, &str) -> f64) -> f64 {
    let mut session = Session::new();
    session.run(&format!("{setup}\n∇r←TURNS n;i\nr←⍬\n:For i :In ⍳n\n{step}\n:EndFor\n∇"));
    // The code of the body is made when it is run again.
    evaluated(&mut session, "≢TURNS 3");
    (cost(&mut session, "≢TURNS 3000") - cost(&mut session, "≢TURNS 1000")) / 2000.0
}

fn evaluated(session: &mut Session, expression: &str) {
    drop(session.eval(expression).unwrap_or_else(|fault| panic!("{expression}: {fault}")));
}

fn allocations(session: &mut Session, expression: &str) -> f64 {
    allocation_counter::measure(|| evaluated(session, expression)).count_total as f64
}

/// The instructions that the machine carries out.
fn instructions(session: &mut Session, expression: &str) -> f64 {
    let count = |session: &Session| session.context().instructions().expect("a build with debug assertions") as f64;
    let before = count(session);
    evaluated(session, expression);
    count(session) - before
}

/// What is beyond its budget: a step, or any expression, with its costs.
fn beyond<'a>(rows: impl Iterator<Item = (&'a str, f64, f64)>, unit: &str) -> String {
    let over = rows.filter(|(_, budget, found)| found > budget);
    let lines = over.map(|(what, budget, found)| format!("{what}: {found} {unit}, {budget} allowed\n"));
    lines.collect()
}

#[test]
fn a_step_stays_within_its_allocations() {
    let budgets = [
        ("", "r←i", 0.0),
        ("x←10⍴0", "x[5]←i", 0.0),
        ("x←10⍴0", "x[5]+←i", 0.0),
        ("x←10⍴0.5", "x[5]×←0.5", 0.0),
        ("m←4 5⍴0", "m[2;3]←i", 0.0),
        ("x←'abc' 1 2", "x[2]←i", 0.0),
        ("x←⍳10", "r←x[5]", 0.0),
        // Now and then room for more elements.
        ("", "r,←i", 0.1),
        // The strand: its elements, and the array of them.
        ("", "r,←i i", 4.1),
        ("x←0 2⍴0", "x⍪←i i", 4.1),
        ("f←{⍵+1}", "r←f i", 0.0),
    ];
    let rows = budgets.iter().map(|&(setup, step, budget)| (step, budget, a_turn(setup, step, allocations)));
    let beyond = beyond(rows, "allocations");
    assert!(beyond.is_empty(), "{beyond}");
}

/// A turn of a `:For` is one instruction by itself, at the end of its body: the next value is given a name. Where something was
/// called in the body, it is four: a jump goes back, the phrases of the loop and of the body are looked at again.
#[test]
fn a_step_stays_within_its_instructions() {
    if !cfg!(debug_assertions) {
        return;
    }
    let turns = [
        // The value, and its name.
        ("", "r←i", 3.0),
        ("", "r+←i", 2.0),
        ("", "r,←i", 2.0),
        // The change, with its value and its index.
        ("x←10⍴0", "x[5]←i", 2.0),
        ("x←10⍴0", "x[5]+←1", 2.0),
        // The value, two indices, the change.
        ("m←4 5⍴0", "m[2;3]←i", 5.0),
        // The element, with its index; its name.
        ("x←⍳10", "r←x[5]", 3.0),
        ("x←⍳10", "r←x[1+10|i]", 5.0),
        // The argument and the function, the call, the sum and the result; then the name.
        ("f←{⍵+1}", "r←f i", 10.0),
        ("s←⎕NS⍬ ⋄ s.f←{⍵+1}", "r←s.f i", 9.0),
    ];
    let rows = turns.iter().map(|&(setup, step, budget)| (step, budget, a_turn(setup, step, instructions)));
    let beyond_turns = beyond(rows, "instructions");
    assert!(beyond_turns.is_empty(), "{beyond_turns}");
    let mut session = Session::new();
    session.run("fib←{⍵<2:⍵ ⋄ (∇⍵-1)+∇⍵-2}\nsum←{⍺=0:⍵ ⋄ (⍺-1)∇⍵+⍺}\nitem←{⍵>5:⍵ ⋄ -⍵}");
    let mut calls = Vec::new();
    // fib 20 makes 21,891 calls, half of which end at the guard.
    for (expression, count, budget) in
        [("fib 20", 21_891.0, 5.1), ("10000 sum 0", 10_001.0, 6.1), ("item¨1000⍴1 9", 1000.0, 0.1)]
    {
        evaluated(&mut session, expression);
        calls.push((expression, budget, instructions(&mut session, expression) / count));
    }
    let beyond_calls = beyond(calls.into_iter(), "instructions a call");
    assert!(beyond_calls.is_empty(), "{beyond_calls}");
}
