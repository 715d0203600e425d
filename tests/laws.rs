//! Laws: two ways to write the same computation give the same value or the same kind of error, on random arrays, some of
//! them empty.
//!
//! Each pair takes different paths through the interpreter: all cells at once against one cell at a time, one flat
//! array against boxes, pending products against written ones, narrow storage against wide, operators against their
//! definitions. `PROPTEST_CASES` sets how many arrays each law is tried on.

mod common;

use common::same::same;
use proptest::prelude::*;
use zilde::array::Type;
use zilde::error::{ErrorKind, Fault};
use zilde::{Session, Value};

/// A function that gives its argument in boxes made one by one, where it may have been one flat array.
const BOXED: &str = "BOXED←{0∊⍴⍵:⍵ ⋄ (⍴⍵)⍴¯1↓(,⍵),⊂'xx'1}";

/// A function that stores whole numbers as floats.
const WIDE: &str = "WIDE←{(⍴⍵)⍴¯1↓(,⍵),0.5}";

/// Steps that may stand left of each other in a function's body.
const STEPS: &[&str] = &[
    "",
    "⌽",
    "⊖",
    "⍉",
    ",",
    "⊂",
    "⊃",
    "⍴",
    "≢",
    "≡",
    "-",
    "2×",
    "0=",
    "1+",
    "⌊0.5×",
    "+/",
    "+⌿",
    "×/",
    "⌈⌿",
    "+\\",
    "1↓",
    "2↑",
    "¯3↑",
    "1⌽",
    "⊢",
    "↑",
    "↓",
    "⍪",
    "0.5×⍨",
    "=⍨",
    ",⍨",
    "∘.×⍨",
    "⊃⍤⌽",
    "2∘⊥",
    "|",
    "⌈/,",
    "∧/",
    "~0=",
    "1 1∘⍉",
    "⊂⍤1⊢",
    "⌽⍤1⊢",
    "+/⍤1⊢",
    "⊢∘⊂⍤1⊢",
    "≢¨",
    "⌽¨",
    "(1+⊢)",
    "(+/,⊢)",
    "(⍴,≢)",
    "(⊂,⊂)",
    "⍳∘≢",
    "⍋",
    "∪",
    "+.×⍨",
];

/// Steps with a place for the left argument.
const DYADIC: &[&str] = &[
    "⍺,",
    "⍺×",
    "⍺-⍨",
    "⍺⌽",
    "⍺↑",
    "⍺↓",
    "⍺⍴",
    "⍺=",
    "⍺≡",
    "⍺∘.+",
    "⍺+.×",
    "⍺⍉",
    "⍺⊃",
    "⍺⌷",
    "⍺[1],",
    "⍺⍪",
    "(⊂⍺),",
    "⍺∊",
    "⍺⍳",
    "⍺⊣",
    "(≢⍺)+",
];

fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        1 => Just(vec![]),
        4 => prop::collection::vec(0..5usize, 1),
        4 => prop::collection::vec(prop_oneof![1 => Just(0), 6 => 1..4usize], 2),
        3 => prop::collection::vec(prop_oneof![1 => Just(0), 8 => 1..4usize], 3),
    ]
}

/// The elements of an array, as APL.
fn numbers() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        4 => prop::sample::select(vec!["0", "1"]),
        4 => prop::sample::select(vec!["2", "3", "5", "¯1", "¯4", "7"]),
        1 => prop::sample::select(vec!["0.5", "2.25", "¯1.5", "1e10", "3J2"]),
    ];
    // Of one kind, or mixed.
    prop_oneof![
        prop::collection::vec(prop::sample::select(vec!["0", "1"]), 1..7).prop_map(|list| list.join(" ")),
        prop::collection::vec(number, 1..7).prop_map(|list| list.join(" ")),
    ]
}

fn characters() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["'abc'", "'mississippi'", "' '", "'xyzzy'"]).prop_map(str::to_owned)
}

fn boxes() -> impl Strategy<Value = String> {
    let item = prop_oneof![
        2 => prop::sample::select(vec!["1 2 3", "'ab'", "5", "'x'", "⍬", "''", "2 2⍴⍳4", "⊂1 2", "0 3⍴0"]),
    ];
    prop::collection::vec(item, 2..5).prop_map(|list| format!("({})", list.join(")(")))
}

fn array_of(elements: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (shape(), elements).prop_map(|(shape, elements)| {
        let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
        match shape.len() {
            0 => format!("(⍬⍴{elements})"),
            _ => format!("({}⍴{elements})", lengths.join(" ")),
        }
    })
}

fn numeric() -> impl Strategy<Value = String> {
    array_of(numbers())
}

fn any_array() -> impl Strategy<Value = String> {
    prop_oneof![6 => numeric(), 2 => array_of(characters()), 2 => array_of(boxes())]
}

fn body() -> impl Strategy<Value = String> {
    let steps = || prop::collection::vec(prop::sample::select(STEPS), 1..4).prop_map(|steps| steps.concat());
    prop_oneof![
        3 => steps().prop_map(|steps| format!("{steps}⍵")),
        1 => (steps(), steps()).prop_map(|(first, then)| format!("X←{first}⍵ ⋄ {then}X")),
        1 => (steps(), steps()).prop_map(|(first, then)| format!("({first}⍵){then}⍵")),
    ]
}

fn dyadic_body() -> impl Strategy<Value = String> {
    let step = prop::sample::select(STEPS);
    (step.clone(), prop::sample::select(DYADIC), step).prop_map(|(a, b, c)| format!("{a}{b}{c}⍵"))
}

fn rank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["0", "1", "2", "¯1", "¯2", "99"])
}

/// Evaluates two expressions after `setup` and asks that they give the same array or fail with the same kind of error.
/// What is not there yet, or too large, proves nothing.
fn agree(setup: &[&str], left: &str, right: &str) -> Result<(), TestCaseError> {
    let mut session = Session::builder().memory_limit(1 << 26).seed(Some(1)).build();
    for line in setup {
        if let Some(fault) = session.run(line).last_error {
            return if fault.kind() == ErrorKind::Nonce { Ok(()) } else { Err(TestCaseError::fail(fault.report())) };
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
        (Ok(a), Ok(b)) => same(a, b),
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

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn all_cells_at_once_are_one_by_one(a in any_array(), body in body(), k in rank()) {
        agree(&[&format!("A←{a}")], &format!("{{{body}}}⍤{k}⊢A"), &format!("{{999::0 ⋄ {body}}}⍤{k}⊢A"))?;
    }

    #[test]
    fn all_pairs_of_cells_at_once_are_one_by_one(
        (a, b) in (any_array(), any_array()), body in dyadic_body(), (k, l) in (rank(), rank()),
    ) {
        let setup = [format!("A←{a}"), format!("B←{b}")];
        agree(&[&setup[0], &setup[1]], &format!("A{{{body}}}⍤{k} {l}⊢B"), &format!("A{{999::0 ⋄ {body}}}⍤{k} {l}⊢B"))?;
        agree(&[&setup[0], &setup[1]], &format!("(⊂A){{{body}}}⍤{l}⊢B"), &format!("(⊂A){{999::0 ⋄ {body}}}⍤{l}⊢B"))?;
    }

    #[test]
    fn each_item_at_once_is_one_by_one(a in any_array(), b in any_array(), body in body(), two in dyadic_body(), k in rank()) {
        let setup = [format!("A←{a}"), format!("B←{b}")];
        let setup = [&setup[0][..], &setup[1]];
        agree(&setup, &format!("{{{body}}}¨A"), &format!("{{999::0 ⋄ {body}}}¨A"))?;
        agree(&setup, &format!("{{{body}}}¨⊂⍤{k}⊢A"), &format!("{{999::0 ⋄ {body}}}¨⊂⍤{k}⊢A"))?;
        agree(&setup, &format!("A∘.{{{two}}}B"), &format!("A∘.{{999::0 ⋄ {two}}}B"))?;
        agree(&setup, &format!("(⊂⍤1⊢A){{{two}}}¨⊂⍤{k}⊢B"), &format!("(⊂⍤1⊢A){{999::0 ⋄ {two}}}¨⊂⍤{k}⊢B"))?;
    }

    #[test]
    fn parts_of_their_own_for_every_cell_are_cut_one_by_one(
        a in prop_oneof![numeric(), Just("(20 21⍴0.5×⍳420)".to_owned()), Just("(9 8 7⍴0.25×⍳504)".to_owned())],
        places in prop_oneof![
            prop::collection::vec(1..6usize, 1..3).prop_map(|n| format!("(⍳{n:?})").replace(['[', ']', ','], " ")),
            Just("(2-⍳3 3)".to_owned()),
            Just("((⍳4)-2)".to_owned()),
            Just("((2 0)(¯1 1)(0 ¯3))".to_owned()),
        ],
        to in prop::sample::select(vec!["2", "1 2", "¯2 3", "2 2 2", "⍬", "0 1", "7 8", "12 13"]),
        cuts in prop::collection::vec(
            prop::sample::select(vec!["⍵↓", "⍵↑", "(-⍵)↓", "(-⍵)↑", "(1+⍵)↑", "(T+⍵)↑", "(-⍵+⍴A)↑", "T↑", "T↓", "(-T)↑"]),
            1..4,
        ),
        more in prop::bool::ANY,
    ) {
        let setup = [format!("A←{a}"), format!("P←{places}"), format!("T←{to}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        // The last cut makes them alike again, or does not.
        let body = format!("{}{}A", if more { "T↑" } else { "" }, cuts.concat());
        agree(&setup, &format!("{{{body}}}¨P"), &format!("{{999::0 ⋄ {body}}}¨P"))?;
        agree(&setup, &format!("{{{body}}}⍤1⊢↑P"), &format!("{{999::0 ⋄ {body}}}⍤1⊢↑P"))?;
        let body = body.replace('A', "⍺×A");
        let apply = |guard: &str| format!("+/,((⍴P)⍴0.5×⍳×/⍴P){{{guard}{body}}}¨P");
        agree(&setup, &apply(""), &apply("999::0 ⋄ "))?;
    }

    #[test]
    fn bodies_with_names_and_guards_at_once_are_one_by_one(
        a in any_array(), b in numeric(), body in body(), other in body(), k in rank(),
    ) {
        let setup = [format!("A←{a}"), format!("B←{b}"), format!("F←{{{body}}}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        let bodies = [
            format!("1<≢⍵:{body} ⋄ {other}"),
            format!("N←⍴⍵ ⋄ 2=≢N:F ⍵ ⋄ 0=≢N:{{N,⍵}}⍵ ⋄ {other}"),
            "X Y←2↑(⍴⍵),1 1 ⋄ (X⌊Y)↑,⍵".to_owned(),
            "N←≢⍵ ⋄ M←N+1 ⋄ {M⌊N+⍵}⍵".to_owned(),
            format!("F←⍵ ⋄ {{F}}{body}"),
            "N←≢⍵ ⋄ B←B ⋄ {N↑⍵↓B}¨⍳≢⍵".to_owned(),
            "S←2↑(⍴⍵),1 1 ⋄ +/{S↑⍵↓B}¨⍳S".to_owned(),
        ];
        for body in &bodies {
            agree(&setup, &format!("{{{body}}}⍤{k}⊢A"), &format!("{{999::0 ⋄ {body}}}⍤{k}⊢A"))?;
            agree(&setup, &format!("{{{body}}}¨⊂⍤{k}⊢A"), &format!("{{999::0 ⋄ {body}}}¨⊂⍤{k}⊢A"))?;
        }
    }

    #[test]
    fn every_group_at_once_is_one_by_one(a in any_array(), body in body(), two in dyadic_body()) {
        let setup = [format!("A←{a}"), "B←(≢A)⍴1 2 3 1 2".to_owned()];
        let setup = [&setup[0][..], &setup[1]];
        agree(&setup, &format!("B{{{body}}}⌸A"), &format!("B{{999::0 ⋄ {body}}}⌸A"))?;
        agree(&setup, &format!("{{{body}}}⌸A"), &format!("{{999::0 ⋄ {body}}}⌸A"))?;
        agree(&setup, &format!("B{{{two}}}⌸A"), &format!("B{{999::0 ⋄ {two}}}⌸A"))?;
    }

    #[test]
    fn every_window_at_once_is_one_by_one(
        a in any_array(), body in body(), two in dyadic_body(),
        w in prop::sample::select(vec!["2", "3", "4", "1", "3 3", "2 3", "2 2⍴3 2 2 1", "2 1⍴5 2", "2 2⍴2", "7 1"]),
    ) {
        let setup = format!("A←{a}");
        agree(&[&setup], &format!("{{{body}}}⌺({w})⊢A"), &format!("{{999::0 ⋄ {body}}}⌺({w})⊢A"))?;
        agree(&[&setup], &format!("{{{two}}}⌺({w})⊢A"), &format!("{{999::0 ⋄ {two}}}⌺({w})⊢A"))?;
    }

    #[test]
    fn one_flat_array_is_boxes(a in any_array(), k in rank(), body in body()) {
        let setup = [format!("F←⊂⍤{k}⊢{a}"), BOXED.to_owned(), "B←BOXED F".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        agree(&setup, "F", "B")?;
        agree(&setup, "F≡B", "1")?;
        agree(&setup, &format!("{{{body}}}F"), &format!("{{{body}}}B"))?;
        for f in ["↑⍵", "⍪⌿⍵", ",/⍵", "+/⍵", "+⌿⍵", ",⍵", "⌽⍵", "1↓⍵", "⍉⍵", "⊃⍵", "⍵,⍵", "⍵×2", "⍵∘.,⍵", "≢¨⍵", "∪⍵", "⍵⍳⍵", "⍋⍵", "∊⍵", "≡⍵"] {
            agree(&setup, &format!("{{{f}}}F"), &format!("{{{f}}}B"))?;
        }
    }

    #[test]
    fn a_pending_product_is_the_written_one(a in numeric(), b in numeric(), steps in prop::collection::vec(prop::sample::select(STEPS), 0..4)) {
        let setup = [format!("A←{a}"), format!("B←{b}"), "C←A∘.×B".to_owned(), "D←A×⍤99 0⊢B".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3]];
        let steps = steps.concat();
        agree(&setup, &format!("{steps}A∘.×B"), &format!("{steps}C"))?;
        agree(&setup, &format!("{steps}A×⍤99 0⊢B"), &format!("{steps}D"))?;
        for f in ["+/", "+⌿", "⍉", ",", "⌽", "⊂", "⊃,/⍪⌿⊂⍤2⊢", "+⌿⍉", "+/,", "(⍴⍴)⍴"] {
            agree(&setup, &format!("{f}A∘.×B"), &format!("{f}C"))?;
        }
    }

    #[test]
    fn narrow_numbers_are_wide_ones(a in numeric(), b in numeric(), body in body(), two in dyadic_body()) {
        let setup = [WIDE.to_owned(), format!("A←{a}"), format!("B←{b}"), "C←WIDE A".to_owned(), "D←WIDE B".to_owned()];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3], &setup[4]];
        agree(&setup, &format!("{{{body}}}A"), &format!("{{{body}}}C"))?;
        agree(&setup, &format!("A{{{two}}}B"), &format!("C{{{two}}}D"))?;
        agree(&setup, &format!("A{{{two}}}B"), &format!("A{{{two}}}D"))?;
    }

    #[test]
    fn functions_glued_together_are_their_definitions(a in any_array(), b in any_array(), f in body(), g in body(), h in dyadic_body()) {
        let setup = [format!("A←{a}"), format!("B←{b}"), format!("F←{{{f}}}"), format!("G←{{{g}}}"), format!("H←{{{h}}}")];
        let setup = [&setup[0][..], &setup[1], &setup[2], &setup[3], &setup[4]];
        agree(&setup, "F∘G A", "F G A")?;
        agree(&setup, "A H∘G B", "A H G B")?;
        agree(&setup, "F⍥G A", "F G A")?;
        agree(&setup, "A H⍥G B", "(G A)H G B")?;
        agree(&setup, "A G⍛H B", "(G A)H B")?;
        agree(&setup, "F⍤G A", "F G A")?;
        agree(&setup, "A F⍤H B", "F A H B")?;
        agree(&setup, "H⍨A", "A H A")?;
        agree(&setup, "A H⍨B", "B H A")?;
        agree(&setup, "A∘H B", "A H B")?;
        agree(&setup, "(H∘A)B", "B H A")?;
        agree(&setup, "A⍨B", "A")?;
        agree(&setup, "(F⍣2)A", "F F A")?;
        agree(&setup, "A(H⍣2)B", "A H A H B")?;
        agree(&setup, "(F H G)A", "(F A)H G A")?;
    }

    #[test]
    fn windows_lie_where_the_formula_says(a in any_array(), w in prop::collection::vec(1..5usize, 1..3), s in prop::collection::vec(1..4usize, 2)) {
        let text = |list: &[usize]| list.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let setup = [
            format!("A←{a}"),
            format!("W←,{}", text(&w)),
            format!("S←,{}", text(&s[..w.len()])),
            "P←⌊(W-1)÷2".to_owned(),
            "N←(≢W)↑⍴A".to_owned(),
            "T←(≢W)↓⍴A".to_owned(),
            "C←0⌈1+⌊(N+(2×P)-W)÷S".to_owned(),
            "M←((W+N+P),T)↑(-(P+N),T)↑A".to_owned(),
        ];
        let setup: Vec<&str> = setup.iter().map(|line| &line[..]).collect();
        let mut session = Session::builder().build();
        let windows = session.eval(&format!("A←{a}")).is_ok_and(|a| a.rank() >= w.len() && a.count() > 0);
        if windows {
            // What no window is filled with is another matter.
            let shape_of_none = "{0∊⍴⍵:⍴⍵ ⋄ ⍵}";
            let taken = format!("{shape_of_none}{{(W,T)↑(S×⍵-1)↓[⍳≢W]M}}¨⍳C");
            agree(&setup, &format!("{shape_of_none}{{⊂⍵}}⌺(↑W S)⊢A"), &taken)?;
        }
    }

    #[test]
    fn groups_are_the_places_of_each_key(a in any_array()) {
        let setup = format!("A←,{a}");
        agree(&[&setup], "{⊂⍵}⌸A", "{⍸A≡¨⊂⍵}¨∪A")?;
        agree(&[&setup], "{⊂⍺}⌸A", "⊂¨∪A")?;
        agree(&[&setup], "{≢⍵}⌸A", "+/(∪A)∘.≡A")?;
    }

    #[test]
    fn places_changed_at_once_are_assigned(a in any_array(), at in prop::collection::vec(1..5usize, 1..4), body in body()) {
        let list = at.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let setup = [format!("A←,{a}"), format!("I←,{list}"), format!("F←{{{body}}}")];
        let setup = [&setup[0][..], &setup[1], &setup[2]];
        agree(&setup, "(F@I)A", "{B←A ⋄ B[I]←F A[I] ⋄ B}⍬")?;
        agree(&setup, "('x'@I)A", "{B←A ⋄ B[I]←'x' ⋄ B}⍬")?;
        agree(&setup, "(F@{(⍳≢⍵)∊I})A", "(F@(I∩⍨⍳≢A))A")?;
    }
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
