//! Snapshots of error reports and bound trees.

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

/// The line that a terminal shows below a report.
#[test]
fn newcomers_are_told_the_shapes() {
    let mut typed = Typed::new();
    typed.shows("m←2 3⍴⍳6\nmean←{(+/⍵)÷≢⍵}");
    let lines = [
        "m+2 2⍴0",
        "1 2 3+m",
        "m[3;1]",
        "m[1]",
        "m[1;4]←0",
        "m[1;]←1 2",
        "4⌷1 2 3",
        "1 2⊃3 4",
        "m⊃3 4",
        "m⍴3",
        "+/[3]m",
        "1 2,[4]m",
        "1 2 3,m",
        "1 0/1 2 3",
        "m+.×m",
        "1 2⊥1 2 3",
        "⍋5",
        "m⌽m",
        "1 2 3↑m",
        "+⍤(1 2 3 4)⊢m",
        "(a b c)←1 2",
        "⎕IO←1 0",
        "{⍺+⍵}1",
        "men 1 2",
        "~3",
        "{⎕IO←0 ⋄ ⍵+2 2⍴0}m",
        "{⎕IO←0 ⋄ ⍵,1 3⍴0}m⍪0",
        "{⎕IO←0 ⋄ ⍵,3 2 2⍴0}2 2⍴0",
        "{⎕IO←0 ⋄ ⍵[1;3]}m",
    ];
    let told = lines.map(|line| {
        let fault = typed.session.eval(line).expect_err(line);
        format!("      {line}\n{}\n{}\n", fault.headline(), fault.detail().unwrap_or("nothing more".into()))
    });
    assert_snapshot!("details", told.concat());
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
