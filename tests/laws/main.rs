//! Laws: two ways to write the same computation give the same value or the same kind of error, on random arrays, some of
//! them empty.
//!
//! Each pair takes different paths through the interpreter: all cells at once against one cell at a time, one flat
//! array against boxes, pending products against written ones, narrow storage against wide, operators against their
//! definitions. `PROPTEST_CASES` sets how many arrays each law is tried on. Errors of the same kind on both sides prove
//! little, so most comparisons of each law must be of values.

#[path = "../common/mod.rs"]
mod common;
mod draw;

use std::cell::Cell;
use std::fmt::Debug;

use common::same::same;
use draw::{
    any_array, body, condition, dyadic_body, list, numeric, numeric_of, pair, paired_body, rank, shapeless, steps,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use zilde::array::Type;
use zilde::error::{ErrorKind, Fault};
use zilde::testing::Outcome;
use zilde::{Session, Value};

/// A function that gives its argument in boxes made one by one, where it may have been one flat array.
const BOXED: &str = "BOXED←{0∊⍴⍵:⍵ ⋄ (⍴⍵)⍴¯1↓(,⍵),⊂'xx'1}";

/// A function that stores whole numbers as floats.
const WIDE: &str = "WIDE←{(⍴⍵)⍴¯1↓(,⍵),0.5}";

/// The least share of a law's comparisons that are of values, in percent.
const VALUES: usize = 70;

/// A law under test: how often two ways were compared, and how often both had a value.
#[derive(Default)]
struct Law {
    compared: Cell<usize>,
    values: Cell<usize>,
}

/// Tries a law on what a strategy draws.
fn law<S: Strategy>(drawn: S, holds: impl Fn(&Law, S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Debug,
{
    let law = Law::default();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if let Err(broken) = TestRunner::new(config).run(&drawn, |case| holds(&law, case)) {
        panic!("{broken}");
    }
    let (values, compared) = (law.values.get(), law.compared.get());
    assert!(values * 100 >= compared * VALUES, "only {values} of {compared} comparisons are of values");
}

impl Law {
    /// Evaluates two expressions after `setup` and asks that they give the same array or fail with the same kind of
    /// error. What is not there yet, or too large, proves nothing.
    fn agree(&self, setup: &[&str], left: &str, right: &str) -> Result<(), TestCaseError> {
        self.compared.set(self.compared.get() + 1);
        let mut session = Session::builder().memory_limit(1 << 26).seed(Some(1)).build();
        for line in setup {
            if let Some(fault) = session.run(line).last_error {
                return if fault.kind() == ErrorKind::Nonce {
                    Ok(())
                } else {
                    Err(TestCaseError::fail(fault.report()))
                };
            }
        }
        let (a, b) = (session.eval(left), session.eval(right));
        // A function of the wrong valence says so; a SYNTAX ERROR without words is a mistake in a law.
        let internal = |result: &Result<Value, Fault>| {
            let mistaken = |fault: &Fault| fault.kind() == ErrorKind::Syntax && fault.message().is_none();
            result.as_ref().is_err_and(|fault| fault.kind() == ErrorKind::Internal || mistaken(fault))
        };
        let absent = |result: &Result<Value, Fault>| {
            result.as_ref().is_err_and(|fault| matches!(fault.kind(), ErrorKind::Nonce | ErrorKind::WsFull))
        };
        let agreed = match (&a, &b) {
            _ if absent(&a) || absent(&b) => true,
            _ if internal(&a) || internal(&b) => false,
            (Ok(a), Ok(b)) => {
                self.values.set(self.values.get() + 1);
                same(a, b)
            }
            (Err(a), Err(b)) => a.kind() == b.kind(),
            _ => false,
        };
        let show = |result: Result<Value, Fault>| match result {
            Ok(value) => {
                let text: String = value.to_string().chars().take(1000).collect();
                format!("shape {:?}, {:?}\n{text}", value.shape(), value.kind())
            }
            Err(fault) => fault.report(),
        };
        prop_assert!(agreed, "after {setup:#?}\n      {left}\n{}\nis not\n      {right}\n{}", show(a), show(b));
        Ok(())
    }

    /// A body of a function of one argument, under an operator, all at once and one by one.
    fn one_by_one(&self, setup: &[&str], body: &str, applied: impl Fn(&str) -> String) -> Result<(), TestCaseError> {
        self.agree(setup, &applied(&format!("{{{body}}}")), &applied(&format!("{{999::0 ⋄ {body}}}")))
    }
}

#[test]
fn all_cells_at_once_are_one_by_one() {
    law((any_array(), body(), rank()), |law, (a, body, k)| {
        law.one_by_one(&[&format!("A←{a}")], &body, |f| format!("{f}⍤{k}⊢A"))
    });
}

#[test]
fn all_pairs_of_cells_at_once_are_one_by_one() {
    law((pair(), paired_body(), dyadic_body(), rank(), rank()), |law, ((a, b), paired, any, k, l)| {
        let setup = [format!("A←{a}"), format!("B←{b}")];
        let setup = [&setup[0][..], &setup[1]];
        law.one_by_one(&setup, &paired, |f| format!("A{f}⍤{k}⊢B"))?;
        law.one_by_one(&setup, &any, |f| format!("A{f}⍤99 {l}⊢B"))?;
        law.one_by_one(&setup, &any, |f| format!("A{f}⍤{k} 99⊢B"))?;
        law.one_by_one(&setup, &any, |f| format!("(⊂A){f}⍤{l}⊢B"))
    });
}

#[test]
fn each_item_at_once_is_one_by_one() {
    let drawn = (any_array(), pair(), body(), dyadic_body(), paired_body(), rank());
    law(drawn, |law, (any, (a, b), body, two, paired, k)| {
        let setup = [format!("A←{a}"), format!("B←{b}"), format!("C←{any}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        law.one_by_one(&setup, &body, |f| format!("{f}¨C"))?;
        law.one_by_one(&setup, &body, |f| format!("{f}¨⊂⍤{k}⊢C"))?;
        law.one_by_one(&setup, &two, |f| format!("A∘.{f}B"))?;
        law.one_by_one(&setup, &paired, |f| format!("A{f}¨B"))?;
        law.one_by_one(&setup, &paired, |f| format!("(⊂⍤{k}⊢A){f}¨⊂⍤{k}⊢B"))
    });
}

#[test]
fn parts_of_their_own_for_every_cell_are_cut_one_by_one() {
    let drawn = (
        prop_oneof![
            numeric_of(prop::collection::vec(1..5usize, 2..4)).prop_map(|(shape, text)| (shape.len(), text)),
            Just((2, "(20 21⍴0.5×⍳420)".to_owned())),
            Just((3, "(9 8 7⍴0.25×⍳504)".to_owned())),
        ],
        prop_oneof![
            prop::collection::vec(1..6usize, 1..3).prop_map(|n| format!("(⍳{})", list(&n))),
            Just("(2-⍳3 3)".to_owned()),
            Just("((⍳4)-2)".to_owned()),
            Just("((2 0)(¯1 1)(0 ¯3))".to_owned()),
        ],
        prop::sample::select(vec!["2", "1 2", "¯2 3", "2 2", "⍬", "0 1", "7 8", "12 13"]),
        prop::collection::vec(
            prop::sample::select(vec![
                "⍵↓",
                "⍵↑",
                "(-⍵)↓",
                "(-⍵)↑",
                "(1+⍵)↑",
                "(⍵+(≢⍵)↑T)↑",
                "(-⍵+(≢⍵)↑⍴A)↑",
                "T↑",
                "T↓",
                "(-T)↑",
            ]),
            1..4,
        ),
        prop::bool::ANY,
    );
    law(drawn, |law, ((rank, a), places, to, cuts, more)| {
        let setup = [format!("A←{a}"), format!("P←{places}"), format!("T←{to}"), format!("W←{rank}↑T,2 2 2")];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3]];
        // The last cut makes them alike again, or does not.
        let cuts = cuts.concat();
        let body = format!("{}{cuts}A", if more { "T↑" } else { "" });
        law.one_by_one(&setup, &body, |f| format!("{f}¨P"))?;
        law.one_by_one(&setup, &body, |f| format!("{f}⍤1⊢↑P"))?;
        let body = format!("W↑{cuts}⍺×A");
        law.one_by_one(&setup, &body, |f| format!("+/,((⍴P)⍴0.5×⍳×/⍴P){f}¨P"))
    });
}

#[test]
fn bodies_with_names_and_guards_at_once_are_one_by_one() {
    law((any_array(), numeric(), body(), body(), rank()), |law, (a, b, body, other, k)| {
        let setup = [format!("A←{a}"), format!("B←{b}"), format!("F←{{{body}}}"), "C←≢B".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3]];
        let bodies = [
            format!("1<≢⍵:{body} ⋄ {other}"),
            format!("N←⍴⍵ ⋄ 2=≢N:F ⍵ ⋄ 0=≢N:{{N,⍵}}⍵ ⋄ {other}"),
            "X Y←2↑(⍴⍵),1 1 ⋄ (X⌊Y)↑,⍵".to_owned(),
            "N←≢⍵ ⋄ M←N+1 ⋄ {M⌊N+≢⍵}⍵".to_owned(),
            format!("F←⍵ ⋄ {{F}}{body}"),
            "N←≢⍵ ⋄ C←C ⋄ {N↑⍵↓B}¨⍳≢⍵".to_owned(),
            "S←1↑(⍴⍵),1 ⋄ +/{S↑(⍵-1)↓,B}¨⍳S".to_owned(),
        ];
        for body in &bodies {
            law.one_by_one(&setup, body, |f| format!("{f}⍤{k}⊢A"))?;
            law.one_by_one(&setup, body, |f| format!("{f}¨⊂⍤{k}⊢A"))?;
        }
        Ok(())
    });
}

#[test]
fn guards_that_divide_the_cells_are_met_one_by_one() {
    let drawn = (any_array(), pair(), [condition(), condition()], body(), shapeless(), steps(2), rank(), 0..6usize);
    law(drawn, |law, (a, (b, c), [first, second], one, two, three, k, which)| {
        let setup = [format!("A←{a}"), format!("B←{b}"), format!("C←{c}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        let bodies = [
            format!("{first}⍵:{one} ⋄ {two}⍵"),
            format!("{first}⍵:{two}⍵ ⋄ {second}⍵:{one} ⋄ {three}⍵"),
            format!("X←{two}⍵ ⋄ {first}X:X ⋄ Y←{three}X ⋄ {second}⍵:Y ⋄ X,Y"),
            format!("{first}⍵:{{{second}⍵:{two}⍵ ⋄ {one}}}⍵ ⋄ {three}⍵"),
            format!("X←{two}⍵ ⋄ {first}⍵:⍵ ⍵ ⋄ X+←{two}⍵ ⋄ {second}X:X ⋄ 0"),
            format!("{first}⍵:⍵ ⋄ {{{second}⍵:{two}⍵ ⋄ {three}⍵}}¨⍵"),
        ];
        let body = &bodies[which];
        law.one_by_one(&setup, body, |f| format!("{f}⍤{k}⊢A"))?;
        law.one_by_one(&setup, body, |f| format!("{f}¨A"))?;
        law.one_by_one(&setup, body, |f| format!("{f}¨⊂⍤{k}⊢A"))?;
        let pairs =
            [format!("{first}⍺:⍵ ⋄ {second}⍵:⍺ ⋄ ⍺×⍵"), format!("X←⍺-⍵ ⋄ {first}X:{two}X ⋄ {second}⍵:X,⍺ ⋄ {three}⍵")];
        let body = &pairs[which % 2];
        law.one_by_one(&setup, body, |f| format!("B∘.{f}C"))?;
        law.one_by_one(&setup, body, |f| format!("B{f}¨C"))?;
        law.one_by_one(&setup, body, |f| format!("B{f}⍤{k}⊢C"))
    });
}

#[test]
fn indices_for_all_cells_are_taken_one_by_one() {
    let index = prop::sample::select(vec![
        "⍵[⍋⍵]",
        "⍵[⍒⍵]",
        "⍵[≢⍵]",
        "⍵[1]",
        "⍵[⌽⍳≢⍵]",
        "⍵[1+⍵=1]",
        "L[1+⍵=1]",
        "M[1+⍵=1;2]",
        "M[1;1+⍵=1]",
        "M[1+⍵=1;1+⍵=2]",
        "M[;1+⍵=1]",
        "⍋⍵",
        "⍒⍵",
        "⍵[1;]",
        "⍵[;1]",
        "⍵[≢⍵;1]",
        "(⍋⍵)[⍋⍵]",
        "⍵[1 2⍴1]",
    ]);
    law((any_array(), index, rank()), |law, (a, body, k)| {
        let setup = [format!("A←3/{a}"), "L←'xyz' ⋄ M←2 3⍴⍳6".to_owned()];
        let setup = [&setup[0][..], &setup[1]];
        // The cells that have the rank for it are few.
        let body = format!(
            "(≢⍴⍵)={}:{body} ⋄ ⍵",
            if body.contains("⍵[1;]") || body.contains(";1]") && !body.contains('M') { 2 } else { 1 }
        );
        law.one_by_one(&setup, &body, |f| format!("{f}⍤{k}⊢A"))?;
        law.one_by_one(&setup, &body, |f| format!("{f}¨⊂⍤{k}⊢A"))
    });
}

/// Whether a function is applied to all cells at once, or why not, is counted.
#[test]
fn what_runs_at_once_does() {
    let cases = [
        ("{⍵>5:⍵ ⋄ -⍵}¨⍳9", Outcome::Done),
        ("{⍵>5:⍵÷2 ⋄ ⍵<3:0 ⋄ -⍵}¨⍳9", Outcome::Done),
        ("{x←2×⍵ ⋄ x>5:x ⋄ x+←1 ⋄ x}⍤0⍳9", Outcome::Done),
        ("(⍳3)∘.{⍺>⍵:⍺-⍵ ⋄ ⍺=⍵:0 ⋄ ⍵}⍳4", Outcome::Done),
        ("{lim←⍵ ⋄ {⍵>lim:⍵ ⋄ 0}¨⍳9}5", Outcome::Done),
        ("{⍵[⍋⍵]}⍤1⊢2 3⍴3 1 2 9 8 7", Outcome::Done),
        ("{⍵ 7}¨⍳3", Outcome::Done),
        ("{⍵>5:⍳3 ⋄ ⍵}¨⍳9", Outcome::Various),
        ("{⍵>5:'big' ⋄ 'small'}¨⍳9", Outcome::Various),
        ("{0::0 ⋄ ⍵}¨⍳9", Outcome::ErrorGuard),
        ("{?⍵}¨⍳9", Outcome::Effects),
        ("{⍵>5:?⍵ ⋄ ⍵}¨⍳9", Outcome::Effects),
        ("{⎕TS≡⍵:0 ⋄ ⍵}¨⍳9", Outcome::Expression),
        ("{⍵>5:÷6-⍵ ⋄ ⍵}¨0 9", Outcome::Done),
        ("{⍵>5:÷6-⍵ ⋄ ⍵}¨⍳9", Outcome::Error),
    ];
    for (line, expected) in cases {
        let mut session = Session::new();
        let _ = session.eval(line);
        let tally = &session.context().tally;
        assert!(tally.of(expected) > 0, "{line}: {tally:?} has no {expected:?}");
        assert!(expected != Outcome::Done || tally.of(Outcome::Various) == 0, "{line}: {tally:?}");
    }
}

#[test]
fn dfns_that_apply_one_function_are_called_one_by_one() {
    let two = prop::sample::select(vec![
        "⍺+⍵",
        "⍵+⍺",
        "⍺-⍵",
        "⍵-⍺",
        "⍺×⍵",
        "⍺⌈⍵",
        "⍵⌊⍺",
        "⍺=⍵",
        "⍺≠⍵",
        "⍺,⍵",
        "⍵,⍺",
        "⍺⍪⍵",
        "⍺∧⍵",
        "⍺<⍵",
        "⍺",
        "⍵",
        "⍺ P ⍵",
        "⍵ M ⍺",
    ]);
    let one = prop::sample::select(vec![
        "⌽⍵", "-⍵", "⍵+⍵", "⍵-⍵", "2+⍵", "⍵÷2", "N-⍵", "⍵,⍵", "+/⍵", "+\\⍵", "⊂⍵", "≢⍵", "⍉⍵", "⍵", "2↑⍵", "R ⍵", "∪⍵",
    ]);
    let setup = ["P←+ ⋄ M←{⍵-⍺} ⋄ R←⌽ ⋄ N←3"];
    let drawn = (any_array(), pair(), two.clone(), two, one, rank(), 0..5usize);
    law(drawn, |law, (any, (a, b), two, fold, one, k, which)| {
        let setup = [setup[0], &format!("A←{a}"), &format!("B←{b}"), &format!("C←{any}")];
        let forms = [
            ("F¨C", one),
            ("F¨⊂⍤K⊢C", one),
            ("F⍤K⊢C", one),
            ("F/A", two),
            ("F⌿A", two),
            ("2F/3,A", two),
            ("¯3F⌿1⍪2⍪3⍪A", two),
            ("F/⍤1⊢A", two),
            ("F\\A", two),
            ("F⍀A", two),
            ("F\\⍤1⊢A", two),
            ("A F¨B", two),
            ("A∘.F B", two),
            ("A G.F⍉B", two),
        ];
        // Some of them each time.
        for (form, body) in forms.into_iter().skip(which).step_by(5) {
            let form = form.replace('K', k).replace('G', &format!("{{{fold}}}"));
            law.one_by_one(&setup, body, |f| form.replace('F', f))?;
        }
        Ok(())
    });
}

#[test]
fn sums_of_floats_are_taken_in_the_order_of_the_dfn() {
    let body = prop::sample::select(vec!["⍺+⍵", "⍺×⍵", "⍵-⍺", "⍵+⍺", "⍺÷⍵"]);
    law((1..60usize, 1..50u32, body), |law, (count, step, body)| {
        let setup = ["⎕CT←0".to_string(), format!("A←0.8+0.4×(⍳{count})÷{count}+{step} ⋄ B←2 {count}⍴A,÷A")];
        let setup = [&setup[0][..], &setup[1]];
        for form in
            ["F/A", "F/B", "F⌿B", "F\\A", "F⍀B", "3 F/0 0,A", "20 F/(20⍴0.1),A", "B F.{⍺×⍵}⍉B", "A F.× A", "F/A×⌽A"]
        {
            let (at_once, loops) =
                (form.replace('F', &format!("{{{body}}}")), form.replace('F', &format!("{{999::0 ⋄ {body}}}")));
            law.agree(&setup, &format!("({at_once})≡{loops}"), "1")?;
        }
        Ok(())
    });
}

#[test]
fn every_group_at_once_is_one_by_one() {
    let drawn = (any_array(), numeric(), body(), dyadic_body(), paired_body());
    law(drawn, |law, (any, a, body, two, paired)| {
        let setup = [format!("C←{any}"), format!("A←{a}"), "B←(≢A)⍴1 2 3 1 2".to_owned(), "D←(≢C)⍴3 1 1".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3]];
        law.one_by_one(&setup, &body, |f| format!("D{f}⌸C"))?;
        law.one_by_one(&setup, &body, |f| format!("{f}⌸,C"))?;
        law.one_by_one(&setup, &two, |f| format!("D{f}⌸C"))?;
        law.one_by_one(&setup, &paired, |f| format!("B{f}⌸A"))
    });
}

#[test]
fn every_window_at_once_is_one_by_one() {
    law((draw::windows(), body(), dyadic_body()), |law, ((a, w, s), body, two)| {
        let setup = [format!("A←{a}"), format!("W←{}", list(&w)), format!("M←↑W ({})", list(&s))];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        for windows in ["W", "M"] {
            law.one_by_one(&setup, &body, |f| format!("{f}⌺{windows}⊢A"))?;
            law.one_by_one(&setup, &two, |f| format!("{f}⌺{windows}⊢A"))?;
        }
        Ok(())
    });
}

#[test]
fn one_flat_array_is_boxes() {
    law((any_array(), rank(), body()), |law, (a, k, body)| {
        let setup = [format!("F←⊂⍤{k}⊢{a}"), BOXED.to_owned(), "B←BOXED F".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        law.agree(&setup, "F", "B")?;
        law.agree(&setup, "F≡B", "1")?;
        law.agree(&setup, &format!("{{{body}}}F"), &format!("{{{body}}}B"))?;
        for f in [
            "↑⍵",
            "⍪⌿⍵",
            ",/⍵",
            "+/⍵",
            "+⌿⍵",
            ",⍵",
            "⌽⍵",
            "1↓⍵",
            "⍉⍵",
            "⊃⍵",
            "⍵,⍵",
            "⍵×2",
            "⍵∘.,⍵",
            "≢¨⍵",
            "∪,⍵",
            "(,⍵)⍳⍵",
            "⍋,⍵",
            "∊⍵",
            "≡⍵",
        ] {
            law.agree(&setup, &format!("{{{f}}}F"), &format!("{{{f}}}B"))?;
        }
        Ok(())
    });
}

#[test]
fn a_pending_product_is_the_written_one() {
    law((numeric(), numeric(), steps(3)), |law, (a, b, steps)| {
        let setup = [format!("A←{a}"), format!("B←{b}"), "C←A∘.×B".to_owned(), "D←A×⍤99 0⊢B".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3]];
        law.agree(&setup, &format!("{steps}A∘.×B"), &format!("{steps}C"))?;
        law.agree(&setup, &format!("{steps}A×⍤99 0⊢B"), &format!("{steps}D"))?;
        for f in ["+/", "+⌿", "⍉", ",", "⌽", "⊂", "⊃,/⍪⌿⊂⍤2⊢", "+⌿⍉", "+/,", "(⍴⍴)⍴"] {
            law.agree(&setup, &format!("{f}A∘.×B"), &format!("{f}C"))?;
        }
        Ok(())
    });
}

#[test]
fn narrow_numbers_are_wide_ones() {
    law((pair(), body(), paired_body()), |law, ((a, b), body, two)| {
        let setup = [WIDE.to_owned(), format!("A←{a}"), format!("B←{b}"), "C←WIDE A".to_owned(), "D←WIDE B".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3], &setup[4]];
        law.agree(&setup, &format!("{{{body}}}A"), &format!("{{{body}}}C"))?;
        law.agree(&setup, &format!("A{{{two}}}B"), &format!("C{{{two}}}D"))?;
        law.agree(&setup, &format!("A{{{two}}}B"), &format!("A{{{two}}}D"))
    });
}

#[test]
fn functions_glued_together_are_their_definitions() {
    let drawn = (any_array(), any_array(), body(), body(), dyadic_body());
    law(drawn, |law, (a, b, f, g, h)| {
        let setup =
            [format!("A←{a}"), format!("B←{b}"), format!("F←{{{f}}}"), format!("G←{{{g}}}"), format!("H←{{{h}}}")];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3], &setup[4]];
        for (glued, definition) in [
            ("F∘G A", "F G A"),
            ("A H∘G B", "A H G B"),
            ("F⍥G A", "F G A"),
            ("A H⍥G B", "(G A)H G B"),
            ("A G⍛H B", "(G A)H B"),
            ("F⍤G A", "F G A"),
            ("A F⍤H B", "F A H B"),
            ("H⍨A", "A H A"),
            ("A H⍨B", "B H A"),
            ("A∘H B", "A H B"),
            ("(H∘A)B", "B H A"),
            ("A⍨B", "A"),
            ("(F⍣2)A", "F F A"),
            ("A(H⍣2)B", "A H A H B"),
            ("(F H G)A", "(F A)H G A"),
        ] {
            law.agree(&setup, glued, definition)?;
        }
        Ok(())
    });
}

#[test]
fn windows_lie_where_the_formula_says() {
    law(draw::windows(), |law, (a, w, s)| {
        let setup = [
            format!("A←{a}"),
            format!("W←,{}", list(&w)),
            format!("S←,{}", list(&s)),
            "P←⌊(W-1)÷2".to_owned(),
            "N←(≢W)↑⍴A".to_owned(),
            "T←(≢W)↓⍴A".to_owned(),
            "C←0⌈1+⌊(N+(2×P)-W)÷S".to_owned(),
            "M←((W+N+P),T)↑(-(P+N),T)↑A".to_owned(),
        ];
        let setup: Vec<&str> = setup.iter().map(|line| &line[..]).collect();
        // What no window is filled with is another matter.
        let shape_of_none = "{0∊⍴⍵:⍴⍵ ⋄ ⍵}";
        let taken = format!("{shape_of_none}{{(W,T)↑(S×⍵-1)↓[⍳≢W]M}}¨⍳C");
        law.agree(&setup, &format!("{shape_of_none}{{⊂⍵}}⌺(↑W S)⊢A"), &taken)
    });
}

#[test]
fn groups_are_the_places_of_each_key() {
    law(any_array(), |law, a| {
        let setup = format!("A←,{a}");
        law.agree(&[&setup], "{⊂⍵}⌸A", "{⍸A≡¨⊂⍵}¨∪A")?;
        law.agree(&[&setup], "{⊂⍺}⌸A", "⊂¨∪A")?;
        law.agree(&[&setup], "{≢⍵}⌸A", "+/(∪A)∘.≡A")
    });
}

#[test]
fn places_changed_at_once_are_assigned() {
    let drawn = (numeric_of(prop::collection::vec(5..9usize, 1)), prop::collection::vec(1..6usize, 1..4), shapeless());
    law(drawn, |law, ((_, a), at, body)| {
        let setup = [format!("A←{a}"), format!("I←,{}", list(&at)), format!("F←{{{body}⍵}}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        law.agree(&setup, "(F@I)A", "{B←A ⋄ B[I]←F A[I] ⋄ B}⍬")?;
        law.agree(&setup, "('x'@I)A", "{B←A ⋄ B[I]←'x' ⋄ B}⍬")?;
        law.agree(&setup, "(F@{(⍳≢⍵)∊I})A", "(F@(I∩⍨⍳≢A))A")
    });
}

/// Every digit: `≡` of arrays is exact where `⎕CT` is 0.
#[test]
fn folds_go_from_the_right() {
    let drawn =
        (1..=128usize, 1..12usize, 1..400usize, 1..=128usize, 0..1000u32, prop::sample::select(vec!['+', '×', '-']));
    law(drawn, |law, (length, rows, many, width, seed, f)| {
        let setup = [
            "⎕CT←0".to_owned(),
            format!("⎕RL←{}", seed + 1),
            format!("V←0.9+0.2×?{length}⍴0"),
            format!("M←0.9+0.2×?{rows} {length}⍴0"),
            format!("L←0.9+0.2×?{many} {rows}⍴0"),
            format!("N←{}", width.min(length)),
        ];
        let setup: Vec<&str> = setup.iter().map(|line| &line[..]).collect();
        let g = format!("{{⍺{f}⍵}}");
        for forms in
            ["F/V", "F/M", "F⌿M", "F⌿L", "F/[1]L", "F⌿L[;1]", "F⌿L[;,1]", "(F/⍤1)M", "F/¨↓M", "N F/V", "(-N)F/M"]
        {
            let exact = |function: &str| format!("({})", forms.replace('F', function));
            law.agree(&setup, &format!("{}≡{}", exact(&f.to_string()), exact(&g)), "1")?;
        }
        law.agree(&setup, &format!("({f}/V×⌽V)≡{g}/V×⌽V"), "1")?;
        law.agree(&setup, &format!("({f}⌿L×⌽L)≡{g}⌿L×⌽L"), "1")
    });
}

#[test]
fn types_do_not_show() {
    // What `same` compares: the test of the tests.
    let mut session = Session::new();
    let mut value = |text: &str| session.eval(text).expect("a value");
    assert!(same(&value("1 0 1"), &value("2-1 2 1")));
    assert!(!same(&value("1 0 1"), &value("1 0 2")));
    assert!(!same(&value("''"), &value("2 0⍴' '")));
    assert_eq!(value("1 0 1").kind(), Type::Bool);
}

#[test]
#[should_panic(expected = "only 0 of")]
fn a_law_of_errors_is_none() {
    law(numeric(), |law, a| law.agree(&[], &format!("1 2+1 2 3×⊂{a}"), "1 2+1 2 3"));
}
