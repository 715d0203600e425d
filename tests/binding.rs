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
        // Nothing binds on the right of brackets: what they pick out is an item of a further strand.
        ("x←7 8 9\n5 6 x[2] 4 3[1]", "6 4"),
        ("x y←(7 8)(1 2)\nx[2]y[1]", "8 1"),
        ("x y←(7 8)(1 2)\nx y[2]x[1]5", "  1 2   7 5"),
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

#[test]
fn operators_have_names_too() {
    check(&[
        // A glyph that is a function and an operator stays both.
        ("s←/\n+s 1 2 3\n1 0 1 s 1 2 3\n+s[1]2 2⍴⍳4", "6\n1 3\n4 6"),
        ("s←/[1]\n+s 2 2⍴⍳4\n1 0 s 2 2⍴⍳4\ns", "4 6\n1 2\n/[1]"),
        ("s←\\\nt←s\n-t 1 2 3\n1 0 1 t 4 5", "1 ¯1 2\n4 0 5"),
        ("{s←⌿ ⋄ (+s ⍵),,1 0 s ⍵}2 2⍴⍳4", "4 6 1 2"),
        // A right operand alone makes a monadic operator.
        ("undo←⍣¯1\n*undo 1\n(2∘×)undo 10\nundo", "0\n5\n⍣ ¯1"),
        ("9(@2)1 2 3", "1 9 3"),
        ("rows←⍤1\n⌽rows 2 3⍴⍳6", "3 2 1\n6 5 4"),
        ("with←{⍺⍺ ⍵⍵ ⍵}\nw←with(-)\n÷w 4", "¯0.25"),
        ("+(∘5)1", "6"),
        ("2(⍣¯1)3", "SYNTAX ERROR: ⍣ needs a function as its left operand\n      2(⍣¯1)3\n      ∧"),
    ]);
}

#[test]
fn a_name_is_what_it_becomes_on_the_right() {
    check(&[
        ("3{(f ⍺)+(f←{⍵+1})⍵}5", "10"),
        // Whatever it was before.
        ("f←×\n{f[2]+(f←⍳⍵)[3]}5", "5"),
        ("f←×\n1 0 1{f[⍋(+\\⍺)[f←⍋⍵]]}3 1 2", "2 1 3"),
        // And before that what it was.
        ("f←5\n(f←-)f 3", "¯5 ¯3"),
    ]);
}
