//! What laws are tried on: arrays, bodies of functions and left arguments, as APL text.
//!
//! Drawn so that most cases have a value: shapes conform, and steps that fail on characters or on some ranks are rare.

use proptest::prelude::*;

/// Steps that may stand left of each other in a function's body, for any array.
const ANY: &[&str] = &[
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
    "1↓",
    "2↑",
    "¯3↑",
    "1⌽",
    "⊢",
    "↑",
    "↓",
    "⍪",
    "=⍨",
    ",⍨",
    "⊃⍤⌽",
    "⊂⍤1⊢",
    "⌽⍤1⊢",
    "⊢∘⊂⍤1⊢",
    "≢¨",
    "⌽¨",
    "(⍴,≢)",
    "(⊂,⊂)",
    "⍳∘≢",
    "∪∘,",
    "⍋∘,",
    "∊",
    "(≢↑⊢)",
];

/// Steps for numbers.
const NUMBERS: &[&str] = &[
    "-",
    "2×",
    "0=",
    "1+",
    "⌊0.5×",
    "+/",
    "+⌿",
    "⌈⌿",
    "+\\",
    "0.5×⍨",
    "|",
    "⌈/,",
    "∘.×⍨",
    "+/⍤1⊢",
    "(1+⊢)",
    "(+/,⊢)",
    "~0=",
    "2∘⊥",
];

/// Steps that fail for many arrays.
const PICKY: &[&str] = &["×/", "∧/", "1 1∘⍉", "+.×⍨", "⍋", "∪"];

/// Steps that leave the shape of numbers as it is.
const SHAPELESS: &[&str] =
    &["", "⌽", "-", "2×", "0=", "1+", "⌊0.5×", "+\\", "1⌽", "⊢", "|", "=⍨", "0.5×⍨", "~0=", "⌽¨", "(1+⊢)", "⊖", "⌽⍤1⊢"];

/// Steps with a place for a left argument of any shape.
const LEFT: &[&str] = &[
    "(⊂⍺),⊂",
    "⍺≡",
    "⍺∘.=",
    "(⊂⍺),",
    "⍺∊",
    "(,⍺)⍳",
    "⍺⊣",
    "(≢⍺)+",
    "(≢⍺)⌽",
    "(≢⍺)↑",
    "(≢⍺)↓",
    "(⊂⍺)=",
    "(≢⍺)(⊢,⊂⍤⊣)",
    "(1+≢⍺)⍴",
    "⍺⍷",
    "(⍴⍺)⍴",
];

/// Steps with a place for a left argument of the same shape, or a scalar.
const PAIRED: &[&str] = &["⍺×", "⍺-⍨", "⍺=", "⍺,", "⍺⍪", "⍺∘.+", "⍺+⍣2⊢", "⍺(+,-)", "⍺⌈", "(⍺+⊢)", "⍺∘,"];

fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        1 => Just(vec![]),
        4 => prop::collection::vec(0..5usize, 1),
        4 => prop::collection::vec(prop_oneof![1 => Just(0), 6 => 1..4usize], 2),
        3 => prop::collection::vec(prop_oneof![1 => Just(0), 8 => 1..4usize], 3),
    ]
}

/// The elements of an array.
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
        4 => prop::sample::select(vec!["1 2 3", "5", "⍬", "2 2⍴⍳4", "4 5 6", "0 3⍴0"]),
        1 => prop::sample::select(vec!["'ab'", "'x'", "''", "⊂1 2"]),
    ];
    prop::collection::vec(item, 2..5).prop_map(|list| format!("({})", list.join(")(")))
}

/// Elements in a shape.
pub fn shaped(shape: &[usize], elements: &str) -> String {
    match shape {
        [] => format!("(⍬⍴{elements})"),
        _ => format!("({}⍴{elements})", list(shape)),
    }
}

/// Numbers side by side.
pub fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn array_of(elements: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (shape(), elements).prop_map(|(shape, elements)| shaped(&shape, &elements))
}

/// An array of numbers.
pub fn numeric() -> impl Strategy<Value = String> {
    array_of(numbers())
}

/// An array of this shape, of numbers.
pub fn numeric_of(shape: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = (Vec<usize>, String)> {
    (shape, numbers()).prop_map(|(shape, elements)| {
        let text = shaped(&shape, &elements);
        (shape, text)
    })
}

/// An array, mostly of numbers.
pub fn any_array() -> impl Strategy<Value = String> {
    prop_oneof![8 => numeric(), 1 => array_of(characters()), 1 => array_of(boxes())]
}

/// Two arrays of numbers that go together: of the same shape, or one of them a scalar.
pub fn pair() -> impl Strategy<Value = (String, String)> {
    (shape(), numbers(), numbers(), 0..6u8).prop_map(|(shape, a, b, how)| {
        let (left, right) = match how {
            0 => (&[][..], &shape[..]),
            1 => (&shape[..], &[][..]),
            _ => (&shape[..], &shape[..]),
        };
        (shaped(left, &a), shaped(right, &b))
    })
}

fn step() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => prop::sample::select(ANY),
        6 => prop::sample::select(NUMBERS),
        1 => prop::sample::select(PICKY),
    ]
}

/// Steps for a function's body.
pub fn steps(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(step(), 1..=most).prop_map(|steps| steps.concat())
}

/// Steps that leave the shape as it is.
pub fn shapeless() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(SHAPELESS), 1..4).prop_map(|steps| steps.concat())
}

/// A body of a function of `⍵`.
pub fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => steps(3).prop_map(|steps| format!("{steps}⍵")),
        1 => (steps(2), steps(2)).prop_map(|(first, then)| format!("X←{first}⍵ ⋄ {then}X")),
        1 => (steps(2), steps(2)).prop_map(|(first, then)| format!("(⊂{first}⍵),⊂{then}⍵")),
    ]
}

/// A body of a function of `⍵` and any `⍺`.
pub fn dyadic_body() -> impl Strategy<Value = String> {
    (step(), prop::sample::select(LEFT), step()).prop_map(|(a, b, c)| format!("{a}{b}{c}⍵"))
}

/// A body of a function of `⍵` and an `⍺` that goes with it.
pub fn paired_body() -> impl Strategy<Value = String> {
    let paired = (step(), prop::sample::select(PAIRED)).prop_map(|(a, b)| format!("{a}{b}⍵"));
    prop_oneof![2 => paired, 1 => dyadic_body()]
}

/// The left part of a condition that tells cells of numbers apart.
pub fn condition() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => prop::sample::select(vec!["3<+/,", "1=⊃,", "0=2|≢∪,", "2<⌈/0,,", "0=⊃⌽,", "1≤|⊃,", "0=≢,", "1<≢⍴"]),
        1 => prop::sample::select(vec!["2<", "0=", "(⊃0⍴⊂0)≡⊃"]),
    ]
}

/// The rank of cells.
pub fn rank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["0", "1", "2", "¯1", "¯2", "99"])
}

/// An array of numbers, and windows with movements that lie on it.
pub fn windows() -> impl Strategy<Value = (String, Vec<usize>, Vec<usize>)> {
    (prop::collection::vec(1..5usize, 1..4), numbers(), 1..3usize).prop_flat_map(|(shape, elements, axes)| {
        let axes = axes.min(shape.len());
        let sizes: Vec<_> = shape[..axes].iter().map(|&n| 1..=n + 1).collect();
        let array = shaped(&shape, &elements);
        (sizes, prop::collection::vec(1..4usize, axes)).prop_map(move |(w, s)| (array.clone(), w, s))
    })
}
