//! What belongs together in a line: strands and brackets, targets of assignments, statements within `⍎`.
//!
//! Each case is a block of lines and what it shows; the rules are those of Dyalog's pages "Binding strength",
//! "Indexing", "Assignment" and "Execute".

mod common;

use common::Typed;

fn check(cases: &[(&str, &str)]) {
    for (block, wanted) in cases {
        let shown = Typed::new().shows(&format!("{block}\n"));
        let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let wanted: Vec<&str> = wanted.lines().map(str::trim_end).collect();
        assert_eq!(shown, wanted, "{block}");
    }
}

#[test]
fn brackets_belong_to_the_whole_strand() {
    check(&[
        ("'red' 'green' 'blue'[3 1]", " blue  red"),
        ("x←7 8 9\n5 6 x[3]", " 7 8 9"),
        // What was picked goes on as the first item of a further strand.
        ("x←7 8 9\n5 6 x[2] 'y'[2]", "y"),
        ("(7 8 9)5[2]", "5"),
        ("x y←(7 8)(1 2)\nx[2]+y[1]", "9"),
        ("x y←(7 8)(1 2)\nx[2],y[1]", "8 1"),
        // Behind a dyadic operator too.
        ("x←3 4\n(1∘+⍣x[2])0", "4"),
        // A function's brackets are its axis.
        ("⌽[1]2 2⍴⍳4", "3 4\n1 2"),
    ]);
}

#[test]
fn selections_can_be_indexed_and_assigned() {
    check(&[
        ("m←2 2⍴'north' 'south' 'east' 'west'\n(2↑¨m)[1;]←'-'\nm", " --rth  --uth\n east   west"),
        ("m←'north' 'south'\n(∊m)[1 10]←'xy'\nm", " xorth  souty"),
        ("v←(1 2 3)(4 5 6)\n(2⊃v)[3 1]←0\nv", " 1 2 3  0 5 0"),
        ("m←3 3⍴⍳9\n(1 1⍉m)[2 3]←0\nm", "1 2 3\n4 0 6\n7 8 0"),
        ("m←3 3⍴⍳9\n(⍉m)[1;]×←10\nm", "10 2 3\n40 5 6\n70 8 9"),
        // What computes does not select.
        ("v←1 2 3\n(1+v)←0", "SYNTAX ERROR\n      (1+v)←0\n      ∧"),
        ("v←1 2 3\n(⍋v)[1]←0", "SYNTAX ERROR\n      (⍋v)[1]←0\n       ∧"),
    ]);
}

#[test]
fn execute_shows_what_its_statements_show() {
    check(&[
        ("⍎'1+1 ⋄ 2+2'", "2\n4"),
        ("a←⍎'1+1 ⋄ b←5 ⋄ 2+2'\na b", "2\n4 5"),
        ("4=⍎'1+1 ⋄ 2+2'", "2\n1"),
        ("a←⍎''", "VALUE ERROR: No result was provided when the context expected one\n      a←⍎''\n        ∧"),
    ]);
}
