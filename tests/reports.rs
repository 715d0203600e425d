//! Error reports and bound trees as snapshots, read like documents.

mod common;

use common::Typed;
use insta::assert_snapshot;

#[test]
fn carets_stand_under_the_culprit() {
    let mut typed = Typed::new();
    let text = typed.transcript(&[
        "(2 3⍴⍳6)+2 2⍴0",
        "1 2 3+4 5",
        "1÷0",
        "50⊃⍳10",
        "nosuch+1",
        "1+",
        "(1",
        "⍳¯1",
        "(16⍴1)⍴1",
        "{÷⍵}0",
        "f←{⍵÷0}",
        "f 5",
        "2 3⍴'a'⍤1",
    ]);
    assert_snapshot!("carets", text);
}

#[test]
fn phrases_are_bound_by_the_classes_of_their_names() {
    let mut typed = Typed::new();
    typed.shows("TC←{⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}\na←b←1 0 1");
    let explain = |typed: &mut Typed, phrase: &str| typed.session.explain(phrase).expect("a phrase");
    assert_snapshot!("bound_mctc", explain(&mut typed, "+⌿[1]TC⍤2⍤3"));
    assert_snapshot!("bound_replicate", explain(&mut typed, "a/b"));
    assert_snapshot!("bound_reduce", explain(&mut typed, "+/b"));
    assert_snapshot!("bound_strand_targets", explain(&mut typed, "(x y)←⊂⍤2⊢a"));
    assert_snapshot!("bound_selective", explain(&mut typed, "(2↑a)+←10"));
}
