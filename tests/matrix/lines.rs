//! What is not a function of a table: indices, assignments, guards, system names, in lines of APL.

use zilde::Value;
use zilde::error::ErrorKind;

use super::cases::{Cases, sampled};
use super::functions::alternative;

/// Lines about `X`, on every value.
pub const ALONE: &[&str] = &[
    "X[⊂⍬]",
    "X[]",
    "X[⍋X]",
    "(⊃X)←'new' ⋄ X",
    "(∊X)←0 ⋄ X",
    "(,X)←1 ⋄ X",
    "(↑X)←1 ⋄ X",
    "(1 1⍉X)←1 ⋄ X",
    "(⌽X)←⍳≢X ⋄ X",
    "(⊃¨X)←'a' ⋄ X",
    "((≢X)⍴X)←2 ⋄ X",
    "X[1]←⊂'new' ⋄ X",
    "X[1;]←0 ⋄ X",
    "X[]←5 ⋄ X",
    "X+←1 ⋄ X",
    "X,←X ⋄ X",
    "A B←X ⋄ A B",
    "(A B C)←X ⋄ A B C",
    "(A(B C))←X ⋄ A B C",
    "{X:1 ⋄ 0}0",
    "{X::1 ⋄ ÷0}0",
    "{⍺←X ⋄ ⍺ ⍵}0",
    "{⍵⊣X}⍣2⊢X",
    "⍎X",
    "⍎⍕X",
    "⎕UCS X",
    "'UTF-8'⎕UCS X",
    "'UTF-16'⎕UCS X",
    "X ⎕UCS'abc'",
    "⎕C X",
    "1 ⎕C X",
    "X ⎕C'abc'",
    "X ⎕UCS X",
    "⎕FMT X",
    "⎕NC X",
    "⎕EX X",
    "⎕EM X",
    "{⎕SIGNAL X}0",
    "{⎕SIGNAL⊂X}0",
    "{⎕SIGNAL⊂('EN' 11)('EM' X)}0",
    "{'text'⎕SIGNAL X}0",
    "{0::⎕DM ⋄ X{⍺ ⎕SIGNAL 11}⍵}0",
    "⎕IO←X ⋄ ⎕IO",
    "⎕ML←X ⋄ ⎕ML",
    "⎕CT←X ⋄ ⎕CT",
    "⎕DCT←X ⋄ ⎕DCT",
    "⎕DIV←X ⋄ ⎕DIV",
    "⎕PP←X ⋄ ⍕○1",
    "⎕PW←X ⋄ ⍕○⍳50",
    "⎕FR←X ⋄ ⎕FR",
    "⎕RL←X ⋄ ≢⎕RL",
    "{⎕IO←X ⋄ ⍳3}0",
    "⎕DM⊣⍎'0⍴⎕EN'",
];

/// Lines about `X` and `Y`, on pairs.
pub const PAIRS: &[&str] = &[
    "X[Y]",
    "X[Y;]",
    "X[;Y]",
    "X[Y;Y]",
    "X[Y;;Y]",
    "X[1]←Y ⋄ X",
    "X[Y]←0 ⋄ X",
    "X[Y]←Y ⋄ X",
    "X[Y]+←1 ⋄ X",
    "X[Y;]←'a' ⋄ X",
    "(Y⊃X)←'new' ⋄ X",
    "(Y↑X)←0 ⋄ X",
    "(Y↓X)←0 ⋄ X",
    "(Y/X)←0 ⋄ X",
    "(Y⌷X)←0 ⋄ X",
    "(Y⍉X)←0 ⋄ X",
    "(Y⌽X)←Y ⋄ X",
    "(Y⍴X)←0 ⋄ X",
    "(∊X)←Y ⋄ X",
    "(⊃X)←Y ⋄ X",
    "(2↑¨X)←Y ⋄ X",
    "(Y⊃¨X)←0 ⋄ X",
    "X+←Y ⋄ X",
    "(X⍪Y)",
    "X Y≡(X Y)",
    "{X::⍵ ⋄ Y}0",
    "(⊂X)⌷¨⊂Y",
    "X{(⊂⍺)⌷⍵}Y",
    "X∘.{⍺ ⍵}Y",
    "X{⍺⍵}⌸Y",
    "{⍺ ⍵}@X⊢Y",
];

/// What holds for every value: 1, or an error where there is no such thing, as with major cells of a scalar.
pub const LAWS: &[&str] = &[
    "X≡X",
    "X≡(⍴X)⍴,X",
    "X≡⌽⌽X",
    "X≡⊖⊖X",
    "X≡⍉⍉X",
    "X≡0⌽X",
    "X≡1⌽¯1⌽X",
    "X≡(⌽⍳≢⍴X)⍉⍉X",
    "X≡⊃⊂X",
    "(,X)≡0↓,X",
    "X≡(⍴X)↑X",
    "X≡(-⍴X)↑X",
    "X≡⊢¨X",
    "X≡⊢⍤0⊢X",
    "X≡⊢⍤1⊢X",
    "X≡{⍵}⍤1⊢X",
    "X≡{⍵}¨X",
    "X≡⊣⍨X",
    "X≡{⍵}⍣3⊢X",
    "X≡⊃X,⍥⊂X",
    "X≡X⊣Y←X",
    "X≡⊃⌽0 X",
    "X≡⍬⊃X",
    "(0=≢⍴X)∨X≡⍬⌷X",
    "(0=≢⍴X)∨(2⌿X)≡X⌷⍨⊂2/⍳≢X",
    "(⌽X)≡⌽⍤1⊢X",
    "(⌽X)≡{⌽⍵}⍤1⊢X",
    "(⊂X)≡⊂⍤99⊢X",
    "(⊂¨X)≡⊂⍤0⊢X",
    "(⊂¨X)≡{⊂⍵}⍤0⊢X",
    "(∊X)≡∊⊂X",
    "(∊X)≡∊,X",
    "(∊X)≡∊∊X",
    "(⊃X)≡⊃,X",
    "(⍴X)≡(⍴⍤99)X",
    "(⍴X)≡⍴⌽X",
    "(⌽⍴X)≡⍴⍉X",
    "(×/⍴X)≡≢,X",
    "(≢X)≡⊃(⍴X),1",
    "(,X)≡,⍤99⊢X",
    "(⍪X)≡((≢X),×/1↓⍴X)⍴X",
    "(0=≢⍴X)∨X≡X⌷⍨⊂⍳≢X",
    "(0=≢⍴X)∨(⊖X)≡X⌷⍨⊂⌽⍳≢X",
    "(0=≢⍴X)∨(∪X)≡∪∪X",
    "(0=≢⍴X)∨(≢∪X)≡≢{⍺}⌸X",
    "(0=≢⍴X)∨(,≠X)≡(⍳≢X)=X⍳X",
    "(1≠≢⍴X)∨X≡X∩X",
    "(1≠≢⍴X)∨0=≢X~X",
    "(0=≢⍴X)∨(⍳≢X)≡{⍵[⍋⍵]}⍋X",
    "(0=≢⍴X)∨(⍳≢X)≡{⍵[⍋⍵]}⍒X",
    "(0=≢⍴X)∨{⍵≡⍵⌷⍨⊂⍋⍵}X⌷⍨⊂⍋X",
    "(0=≢⍴X)∨(X⌷⍨⊂⍋X)≡⊖X⌷⍨⊂⍒X",
    "∧/,X∊X",
    "(⍴X)≡⍴X∊X",
    "(0=×/⍴X)∨1∊X⍷X",
    "(⍴X)≡⍴X⍷X",
    "(⍴X=X)≡⍴X",
    "(∪,X)≡∪∪,X",
    "(+/X)≡{⍺+⍵}/X",
    "(⌈/X)≡{⍺⌈⍵}/X",
    "(+⌿X)≡{⍺+⍵}⌿X",
    "(,/X)≡{⍺,⍵}/X",
    "(X∘.=X)≡X∘.{⍺=⍵}X",
    "(X∘.,X)≡X∘.{⍺,⍵}X",
    "(≢¨X)≡{≢⍵}¨X",
    "(⍴¨X)≡{⍴⍵}¨X",
    "(⌽¨X)≡{⌽⍵}¨X",
    "(⊂⍤1⊢X)≡{⊂⍵}⍤1⊢X",
    "(0=≢⍴X)∨(↑↓X)≡X",
    "(0=≢⍴X)∨(↓X)≡⊂⍤1⊢X",
    "(0=≢⍴X)∨(⊃⍪⌿⊂X)≡X",
    "(0=≢X)∨(0=≢⍴X)∨((1↑X)⍪1↓X)≡X",
    "(0=≢X)∨(0=≢⍴X)∨((¯1↓X)⍪¯1↑X)≡X",
    "(0=≢⍴X)∨X≡((≢X)⍴1)⌿X",
    "(0=≢⍴X)∨X≡1⌿X",
    "(0=≢⍴X)∨(0⌿X)≡0↑X",
];

/// Every line on every value.
pub fn all(step: usize) {
    let mut cases = Cases::new();
    let count = cases.odd.len();
    let none = cases.odd[0].clone();
    for at in sampled(ALONE.len() * count, step, 0) {
        let line = ALONE[at / count];
        let x = cases.odd[at % count].clone();
        let one = cases.line(line, &x, &none);
        cases.told(|| format!("X←{} ⋄ {line}", x.text), &one);
        if let Some(alternative) = alternative(&cases, at % count, at) {
            let other = cases.line(line, &alternative, &none);
            cases.agree(|| format!("X←{} ⋄ {line}", alternative.text), one, other);
        }
    }
    for at in sampled(LAWS.len() * count, step, 0) {
        let law = LAWS[at / count];
        let x = cases.odd[at % count].clone();
        match cases.line(law, &x, &none) {
            Some(Ok(value)) if !matches!(value, Value::Bool(true) | Value::Int(1)) => {
                cases.wrong(format!("X←{}, and not {law}: {value}", x.text));
            }
            Some(Err(fault)) if matches!(fault.kind(), ErrorKind::Syntax | ErrorKind::Value) => {
                cases.wrong(format!("X←{} ⋄ {law}\n{fault}", x.text));
            }
            _ => {}
        }
    }
    for at in sampled(PAIRS.len() * count * count, step * 7, 0) {
        let line = PAIRS[at / (count * count)];
        let (x, y) = (cases.odd[at / count % count].clone(), cases.odd[at % count].clone());
        let one = cases.line(line, &x, &y);
        cases.told(|| format!("X←{} ⋄ Y←{} ⋄ {line}", x.text, y.text), &one);
        if let Some(alternative) = alternative(&cases, at / count % count, at) {
            let other = cases.line(line, &alternative, &y);
            cases.agree(|| format!("X←{} ⋄ Y←{} ⋄ {line}", alternative.text, y.text), one, other);
        }
    }
    cases.done();
}
