//! Selective assignment: the selected items change, and all others do not, nor do other variables that share the array.

mod common;

use common::Typed;

/// Runs the lines and checks that the last one is 1.
fn holds(lines: &str) {
    let mut typed = Typed::new();
    let shown = typed.shows(lines);
    assert_eq!(shown.lines().last(), Some("1"), "{lines}\n{shown}");
}

fn fails(lines: &str, message: &str) {
    let shown = Typed::new().shows(lines);
    assert!(shown.starts_with(message), "{lines}\n{shown}");
}

#[test]
fn picked_items_are_replaced_as_a_whole() {
    holds("z←(1 2)(3 4) ⋄ (2⊃z)←'abc' ⋄ z≡(1 2)'abc'");
    holds("z←1 2 3 ⋄ (2⊃z)←'abc' ⋄ z≡1 'abc' 3");
    holds("z←3⍴⊂⍬ ⋄ (2⊃z)←5 6 ⋄ z≡⍬(5 6)⍬");
    holds("z←⍬⍬ ⋄ (⊃z)←⍬ 1 ⋄ z≡(⍬ 1)⍬");
    holds("z←(1(2 3))4 ⋄ ((1 2)⊃z)←5 ⋄ z≡(1 5)4");
    holds("z←(1(2 3))4 ⋄ ((1 2 1)⊃z)←9 ⋄ z≡(1(9 3))4");
    holds("z←2 3⍴⍳6 ⋄ ((⊂2 1)⊃z)←'xy' ⋄ z≡2 3⍴1 2 3 'xy' 5 6");
    holds("z←⊂1 2 3 ⋄ (⊃z)←7 ⋄ z≡7");
    holds("z←5 ⋄ (⊃z)←7 8 ⋄ z≡⊂7 8");
    holds("⎕ML←3 ⋄ z←(1 2)3 ⋄ (↑z)←0 ⋄ z≡0 3");
    holds("z←(1 2)(3 4) ⋄ r←(1⊃z)←8 9 ⋄ r≡8 9");
}

#[test]
fn parts_of_what_was_picked() {
    holds("z←(1 2 3)(4 5 6) ⋄ (2↑2⊃z)←0 ⋄ z≡(1 2 3)(0 0 6)");
    holds("z←'one' 'two' ⋄ (1↓2⊃z)←'ab' ⋄ z≡'one' 'tab'");
    holds("z←(2 3⍴⍳6)0 ⋄ (4⊃,1⊃z)←0 ⋄ z≡(2 3⍴1 2 3 0 5 6)0");
    holds("z←(2 2⍴⍳4)0 ⋄ (,⍉1⊃z)←10×⍳4 ⋄ z≡(2 2⍴10 30 20 40)0");
    holds("z←(1 2)(3 4)(5 6) ⋄ (⊃1↓z)←'x' ⋄ z≡(1 2)'x'(5 6)");
    holds("z←(1 2)(3 4)(5 6) ⋄ (1⊃⌽z)←'x' ⋄ z≡(1 2)(3 4)'x'");
    holds("z←(1 2 3)4 ⋄ ((1⊃z)[3 1])←'ab' ⋄ z≡('b' 2 'a')4");
}

#[test]
fn items_are_rearranged_and_not_looked_into() {
    holds("z←(1 2)(3 4)(5 6) ⋄ (2↑z)←⊂0 0 0 ⋄ z≡(0 0 0)(0 0 0)(5 6)");
    holds("z←(1 2)(3 4)(5 6) ⋄ (¯1↓z)←'ab' 'cd' ⋄ z≡'ab' 'cd' (5 6)");
    holds("z←⍳5 ⋄ (1 0 1 0 1/z)←'abc' ⋄ z≡'a' 2 'b' 4 'c'");
    holds("z←3 4⍴⍳12 ⋄ (1 1⍉z)←0 ⋄ z≡3 4⍴0 2 3 4 5 0 7 8 9 10 0 12");
    holds("z←2 3⍴⍳6 ⋄ (2⌷z)←0 ⋄ z≡2 3⍴1 2 3 0 0 0");
    holds("z←2 3⍴⍳6 ⋄ (⌽[1]z)←2 3⍴10×⍳6 ⋄ z≡2 3⍴40 50 60 10 20 30");
    holds("z←⍳4 ⋄ (6↑z)←10×⍳6 ⋄ z≡10 20 30 40");
    holds("z←⍳4 ⋄ (¯6↑z)←10×⍳6 ⋄ z≡30 40 50 60");
    holds("z←⍳3 ⋄ (2 2⍴z)←2 2⍴10×⍳4 ⋄ z≡40 20 30");
    holds("z←⍳4 ⋄ (⍬⍴z)←9 ⋄ z≡9 2 3 4");
}

#[test]
fn several_boxes_at_once() {
    holds("z←(1 2)(3 4) ⋄ (1↑¨z)←0 ⋄ z≡(0 2)(0 4)");
    holds("z←(1 2)(3(4 5)) ⋄ (∊z)←⍳5 ⋄ z≡(1 2)(3(4 5))");
    holds("z←(1 2)(3 4) ⋄ (2⊃¨z)←'ab' ⋄ z≡(1 'a')(3 'b')");
}

#[test]
fn modified() {
    holds("z←(1 2)(3 4) ⋄ (2⊃z)+←10 ⋄ z≡(1 2)(13 14)");
    holds("z←(1 2)(3 4) ⋄ (2⊃z),←5 ⋄ z≡(1 2)(3 4 5)");
    holds("z←(1 2)(3 4) ⋄ (2⊃z),⍥⊆←⊂5 ⋄ z≡(1 2)((3 4)5)");
    holds("z←(1 2)(3 4) ⋄ (2↑1⊃z)×←10 ⋄ z≡(10 20)(3 4)");
    holds("z←⍳5 ⋄ (2↑z)+←100 ⋄ z≡101 102 3 4 5");
    // Whatever stands beside the variable is evaluated once.
    holds("i←0 ⋄ z←⍳5 ⋄ ((i←i+1)⊃z)+←10 ⋄ (i z)≡1(11 2 3 4 5)");
    holds("i←0 ⋄ z←⍳5 ⋄ ((i←i+2)↑z)+←10 ⋄ (i z)≡2(11 12 3 4 5)");
}

#[test]
fn an_enclosing_functions_variable() {
    holds("f←{z←⍵⍴⊂⍬ ⋄ put←{(⍺⊃z)←⍵} ⋄ _←2 put 'two' ⋄ _←1 put⍳3 ⋄ z} ⋄ (f 3)≡(⍳3)'two'⍬");
    holds("f←{z←⍵⍴⊂⍬ ⋄ put←{_←⍺{(⍺⊃z)←⍵}⍵ ⋄ z} ⋄ 2 put 'two'} ⋄ (f 2)≡⍬'two'");
    // The assignment's value is what was assigned.
    holds("f←{z←2⍴⊂⍬ ⋄ 10+(1⊃z)←⍵} ⋄ (f 1 2)≡11 12");
}

#[test]
fn copies_stay_as_they_were() {
    holds("z←(1 2)(3 4) ⋄ y←z ⋄ x←2⊃z ⋄ (2⊃z)←0 ⋄ ((2 1⊃y)x)≡3(3 4)");
    holds("z←(1(2 3))4 ⋄ y←1⊃z ⋄ ((1 2 1)⊃z)←0 ⋄ y≡1(2 3)");
    holds("z←(1 2)3 ⋄ (1⊃z)←z ⋄ z≡((1 2)3)3");
    // The function of a modified assignment sees and changes the variable as it likes.
    holds("z←(1 2)3 ⋄ (1⊃z){z⊢←9 8 7 ⋄ ⍺,⍵}←5 ⋄ z≡(1 2 5)8 7");
}

#[test]
fn errors_change_nothing() {
    fails("z←1 2 3 ⋄ (4⊃z)←0", "INDEX ERROR");
    fails("z←(1 2)3 ⋄ ((1 3)⊃z)←0", "INDEX ERROR");
    fails("z←2 2⍴0 ⋄ (1⊃z)←0", "RANK ERROR");
    fails("z←⍳3 ⋄ (2↑z)←1 2 3", "LENGTH ERROR");
    fails("z←⍳3 ⋄ (⊃0⍴z)←1", "DOMAIN ERROR");
    fails("z←⍳3 ⋄ (5⊃5↑z)←1", "INDEX ERROR");
    fails("z←(1 2)3 ⋄ (2⊃z){z⊢←0 ⋄ ⍵}←5", "INDEX ERROR");
    holds("z←⍳3\n(2↑z)←1 2 3\n(9⊃z)←0\nz≡⍳3");
}
