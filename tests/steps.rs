//! How many memory allocations a step of a program may make: an element that changes, an item that is appended, a call.
//!
//! `benches/steps.rs` measures the times of such steps. Allocations do not depend on the machine, so that they can be
//! limited by a test.

use zilde::Session;

/// The allocations of one more turn of a loop, from the difference between 1,000 and 3,000 turns.
fn allocations(setup: &str, step: &str) -> f64 {
    let mut session = Session::new();
    session.run(&format!("{setup}\n∇r←TURNS n;i\nr←⍬\n:For i :In ⍳n\n{step}\n:EndFor\n∇"));
    let mut count = |turns: &str| {
        let run = || drop(session.eval(&format!("≢TURNS {turns}")).unwrap_or_else(|fault| panic!("{step}: {fault}")));
        allocation_counter::measure(run).count_total as f64
    };
    count("1000");
    (count("3000") - count("1000")) / 2000.0
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
        // ndarray's own record of the elements, made again; and now and then room for more of them.
        ("", "r,←i", 1.1),
        // The strand, too.
        ("", "r,←i i", 5.1),
        ("x←0 2⍴0", "x⍪←i i", 5.1),
        ("f←{⍵+1}", "r←f i", 0.0),
    ];
    let over: Vec<String> = budgets
        .iter()
        .map(|&(setup, step, budget)| (step, budget, allocations(setup, step)))
        .filter(|&(_, budget, found)| found > budget)
        .map(|(step, budget, found)| format!("{step}: {found} allocations, {budget} allowed"))
        .collect();
    assert!(over.is_empty(), "{}", over.join("\n"));
}
