//! Plausible mistakes: what a word of a program may have been meant to be.

use std::ops::Range;

use crate::syntax::TO_THE_END;
use crate::syntax::token::{self, Token, TokenKind};
use crate::syntax::tree::Number;

/// Words that are mistaken for each other, in both directions.
pub const PAIRS: &[(&str, &str)] = &[
    ("⌈", "⌊"),
    ("<", "≤"),
    (">", "≥"),
    ("<", ">"),
    ("=", "≠"),
    ("≡", "≢"),
    ("∧", "∨"),
    ("⍲", "⍱"),
    ("+", "-"),
    ("×", "÷"),
    ("×", "*"),
    ("↑", "↓"),
    ("⍺", "⍵"),
    ("⍺⍺", "⍵⍵"),
    ("/", "⌿"),
    ("\\", "⍀"),
    ("⌽", "⊖"),
    (",", "⍪"),
    ("⍋", "⍒"),
    ("∪", "∩"),
    ("⊣", "⊢"),
    ("⊤", "⊥"),
    ("⍳", "⍸"),
    ("∊", "⍷"),
    ("⊂", "⊆"),
    ("⊃", "≢"),
    ("⌷", "⊃"),
    ("⍤", "⍥"),
];

/// Words that are forgotten.
pub const FORGOTTEN: &[&str] = &["~", "⍨", "¨", "⌽", "|"];

/// A text in place of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is replaced.
    pub range: Range<usize>,
    /// What it becomes.
    pub with: String,
}

/// The mistakes that may have been made at each word of a text, but for its conditions.
pub fn of_words(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        // What is no APL, such as a header with signs of its own, has no mistakes.
        let tokens = token::tokens_at(line, begin, TO_THE_END).unwrap_or_default();
        begin += line.len();
        for (at, token) in tokens.iter().enumerate() {
            let range = token.span.start as usize..token.span.end as usize;
            let written = &text[range.clone()];
            let is_target = matches!(tokens.get(at + 1), Some(Token { kind: TokenKind::Glyph('←'), .. }));
            let instead: Vec<String> = match token.kind {
                TokenKind::Number(number) => neighbours(number),
                TokenKind::Glyph(_) | TokenKind::AlphaAlpha | TokenKind::OmegaOmega if !is_target => words(written),
                _ => Vec::new(),
            };
            changes.extend(instead.into_iter().map(|with| Change { range: range.clone(), with }));
        }
    }
    changes
}

/// A condition that is mistaken for its contrary.
pub fn negated(text: &str, range: Range<usize>) -> Option<Change> {
    let condition = text.get(range.clone())?;
    // Lines between brackets would be items.
    (!condition.contains('\n')).then(|| Change { with: format!("~({condition})"), range })
}

fn words(word: &str) -> Vec<String> {
    let other = |(a, b): &(&str, &str)| match () {
        () if *a == word => Some((*b).to_owned()),
        () if *b == word => Some((*a).to_owned()),
        () => None,
    };
    let forgotten = FORGOTTEN.contains(&word).then(String::new);
    PAIRS.iter().filter_map(other).chain(forgotten).collect()
}

/// A number that is one too large or too small.
fn neighbours(number: Number) -> Vec<String> {
    let x = match number {
        Number::Int(n) => f64::from(n),
        Number::Float(x) => x,
        Number::Complex(..) => return Vec::new(),
    };
    let written = |x: f64| format!("{x}").replace('-', "¯");
    [x + 1.0, x - 1.0].into_iter().filter(|other| *other != x).map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> Vec<String> {
        let all = of_words(text).into_iter();
        all.map(|Change { range, with }| text[..range.start].to_owned() + &with + &text[range.end..]).collect()
    }

    #[test]
    fn words_have_mistakes_and_what_is_no_code_has_none() {
        assert_eq!(changed("⌈x"), ["⌊x"]);
        assert_eq!(changed("f⍤1⊢y"), ["f⍥1⊢y", "f⍤2⊢y", "f⍤0⊢y", "f⍤1⊣y"]);
        assert_eq!(changed("¯1"), ["0", "¯2"]);
        assert_eq!(changed("0.5"), ["1.5", "¯0.5"]);
        assert_eq!(changed("⍺<⍵"), ["⍵<⍵", "⍺≤⍵", "⍺>⍵", "⍺<⍺"]);
        assert_eq!(changed("~x"), ["x"]);
        for none in ["'<1'", "⍝ 1+1", "abc", "⍺←", "x←y", "1J2", "(a b)"] {
            assert_eq!(changed(none), [""; 0], "{none}");
        }
        // An unpaired quote spoils its own line only.
        assert_eq!(changed("∇ it's\n⌊y"), ["∇ it's\n⌈y"]);
    }

    #[test]
    fn conditions_are_negated() {
        let with = |text: &str| negated(text, 0..text.len()).map(|change| change.with);
        assert_eq!(with("0=⍵").as_deref(), Some("~(0=⍵)"));
        assert_eq!(with("{\n⍵}x"), None);
    }
}
