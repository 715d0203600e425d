//! The odd values: every type, every kind of emptiness, the edges of every number, every way of being stored.

/// Expressions with ⎕IO←1 ⎕ML←1. What is kept framed or pending is said in [`super::cases`].
pub const ODD: &[&str] = &[
    // Scalars.
    "0",
    "1",
    "5",
    "¯3",
    "0.5",
    "¯2.75",
    "'a'",
    "' '",
    "3J4",
    "0J1",
    "⎕NULL",
    // The edges of numbers.
    "2147483647",
    "¯2147483648",
    "2147483648 ¯2147483649",
    "9007199254740992 9007199254740993",
    "9223372036854775807 ¯9223372036854775808 9223372036854775808",
    "1E15 999999999999999.5 0.1",
    "1.7976931348623157E308",
    "¯1.7976931348623157E308 5E¯324 ¯5E¯324",
    "2.2250738585072014E¯308",
    "1 1.00000000000001 1.0000000000000001 1.000001",
    "1E308J1E308 1E¯308J¯1E308 0J5E¯324",
    // One element.
    ",1",
    ",'a'",
    "1 1⍴7",
    ",3J4",
    ",⊂1 2 3",
    "⊂,2",
    "1 1 1⍴⊂'abc'",
    // Vectors.
    "1 0 1",
    "65⍴1 0 0 1 0",
    "1 2 3",
    "3 1 2",
    "0 ¯1 2",
    "¯1 ¯2",
    "1.5 2.5 ¯3.5",
    "1J1 2 ¯3J0.5",
    "1 3",
    "2 2 2",
    "'abc'",
    "'mississippi'",
    "'1+1'",
    "'({[⋄'",
    "'a' 1 2.5",
    "1 'a'(⊂2 3⍴⍳6)",
    "⍳130",
    "⎕NULL ⎕NULL",
    "⎕NULL 1 'a'",
    // Matrices and beyond.
    "2 3⍴⍳6",
    "3 3⍴9 2 3 4 1 7 8 5 6",
    "3 3⍴1 0 0",
    "2 3⍴'abcdef'",
    "2 2⍴1J1 2",
    "3 1⍴2 0.5 ¯1",
    "1 3⍴1 2 3",
    "2 2⍴'a'(1 2)3 'bc'",
    "2 3 2⍴⍳12",
    "(15⍴1)⍴5",
    "(15⍴1 1 2)⍴⍳32",
    "15⍴1",
    "(14⍴1)⍴⊂1 2",
    // Empty.
    "⍬",
    "''",
    "0 0⍴0",
    "0 3⍴0",
    "3 0⍴' '",
    "2 0 3⍴0.5",
    "0⍴3J4",
    "0⍴⊂1 2 3",
    "0 2⍴⊂2 2⍴'a'",
    "0⍴⊂'ab'(1 2)",
    "0⍴⊂⍬",
    "0⍴⎕NULL",
    "(15⍴0)⍴1",
    // Nested.
    "⊂1 2 3",
    "⊂⊂'abc'",
    "⊂⍬",
    "(1 2)(3 4 5)",
    "(1 2)(2 1)",
    "'one' 'two' 'three'",
    "((1 2)'ab')(3(4 5))",
    "⍬''(0 3⍴0)(⊂⍬)",
    "(⊂⍣20)'x' 1",
    "(⊂1 2),3 4",
    // Boxes of one shape, which may be kept as one flat array.
    "⊂⍤1⊢2 3⍴⍳6",
    "⊂⍤2⊢2 2 3⍴'abcdefghijkl'",
    "⊂⍤1⊢0 3⍴0",
    "⊂⍤1⊢2 0⍴0",
    "⊂⍤1⊢2 2 2⍴1 0 0.5",
];

/// The same arrays stored otherwise: functions that give their argument.
pub const STORAGE: &[(&str, &str)] =
    &[("WIDE", "{(⍴⍵)⍴¯1↓(,⍵),0.5}"), ("COMPLEX", "{(⍴⍵)⍴¯1↓(,⍵),0J1}"), ("BOXED", "{0∊⍴⍵:⍵ ⋄ (⍴⍵)⍴¯1↓(,⍵),⊂'xx'1}")];

/// Arrays that the cases holds as views on others.
pub const VIEWS: &[&str] = &["3 4⍴0.5×⍳12", "2 2 2⍴1.5-⍳8", "1 3⍴0.25"];

/// Products that are not written yet, as pairs to be multiplied by `∘.×`.
pub const PENDING: &[(&str, &str)] =
    &[("1 2 3", "4 5 0.5"), ("2 2⍴⍳4", ",3"), ("⍬", "1 2"), ("3", "0.1 ¯7"), ("5", "0.5")];

/// Axes in brackets, right and wrong.
pub const AXES: &[&str] = &[
    "1", "2", "3", "0", "¯1", "16", "0.5", "1.5", "2.5", "⍬", "1 2", "2 1", "1 1", "'a'", "⊂1", "2 2⍴1", "1E18", "0J1",
    ",1", "''",
];

/// Arrays as operands: ranks, powers, places, windows.
pub const OPERANDS: &[&str] = &[
    "0",
    "1",
    "2",
    "¯1",
    "3",
    "99",
    "0.5",
    "'a'",
    "⍬",
    "1 2",
    "0 1 2",
    "1 1 1 1",
    "⊂1",
    "2 2⍴1 2 1 1",
    "(1 1)(2 1)",
    "1 0 1",
    "'abc'",
];
