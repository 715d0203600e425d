//! The blanks between the words of a line.
//!
//! One on each side of `⋄`; none within brackets, around `;` and before `:`. An arrow has a blank on each side or none, as
//! most arrows of the text that stand like it. Elsewhere one blank stays where there were any.

use crate::syntax::scan::{Class, Word, words};

use super::indent::Place;

/// How the arrows of a text are written: those outside of brackets that open on their line, and those within.
pub struct Arrows {
    outside: bool,
    within: bool,
}

impl Arrows {
    /// As most of the arrows in a text are.
    pub fn of(text: &str) -> Arrows {
        let mut balance = [0_i64; 2];
        let mut depth = 0_usize;
        let all = words(text);
        for (at, word) in all.iter().enumerate() {
            match word.class {
                Class::Open => depth += 1,
                Class::Close => depth = depth.saturating_sub(1),
                Class::Blank if text[word.range.clone()].contains(['\n', '\r', '\u{85}']) => depth = 0,
                Class::Glyph('←') if is_between(&all, at, text) => {
                    let spaced = is_blank(all.get(at + 1)) && is_before(&all, at);
                    balance[usize::from(depth > 0)] += if spaced { 1 } else { -1 };
                }
                _ => {}
            }
        }
        Arrows { outside: balance[0] > 0, within: balance[1] > 0 }
    }
}

/// Whether an arrow stands between two words whose distances from it tell how arrows are written: there are words on its
/// line before and behind it, and they are none that never have a blank beside them, or always have one.
fn is_between(all: &[Word], at: usize, text: &str) -> bool {
    let counts = |word: Option<&Word>| {
        word.is_some_and(|word| match word.class {
            Class::Blank => !text[word.range.clone()].contains(['\n', '\r', '\u{85}']),
            Class::Open | Class::Close | Class::Comment | Class::Glyph('⋄' | ';' | ':') => false,
            _ => true,
        })
    };
    let beyond = |nearest: Option<usize>, next: Option<usize>| {
        let nearest = nearest.and_then(|at| all.get(at));
        let word = if is_blank(nearest) && counts(nearest) { next.and_then(|at| all.get(at)) } else { nearest };
        counts(word) && !is_blank(word)
    };
    beyond(at.checked_sub(1), at.checked_sub(2)) && beyond(at.checked_add(1), at.checked_add(2))
}

fn is_blank(word: Option<&Word>) -> bool {
    word.is_some_and(|word| word.class == Class::Blank)
}

/// Whether there is a blank before an arrow: right before it, or before the function of `x +← 1`.
fn is_before(all: &[Word], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| all.get(at));
    match before.map(|word| word.class) {
        Some(Class::Blank) => true,
        Some(class) => modifies(class),
        None => false,
    }
}

/// Whether what stands before an arrow can be the function of a modified assignment.
fn modifies(class: Class) -> bool {
    matches!(class, Class::Glyph(glyph) if !matches!(glyph, '⍺' | '⍵' | '⍞' | '#'))
}

/// The code of a line with the blanks that it is to have, without indentation and comment.
pub fn code(line: &str, all: &[Word], place: &Place, arrows: &Arrows) -> String {
    let code: Vec<&Word> = all.iter().filter(|word| !matches!(word.class, Class::Blank | Class::Comment)).collect();
    let mut text = String::with_capacity(line.len());
    let mut depth = 0_usize;
    let separated = if place.outside { control(line, &code) } else { Vec::new() };
    for (at, word) in code.iter().enumerate() {
        if at > 0 {
            let gap = code[at - 1].range.end < word.range.start;
            if separated.binary_search(&at).is_ok() || blank(&code, at, gap, depth, arrows) {
                text.push(' ');
            }
        }
        match word.class {
            Class::Open => depth += 1,
            Class::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        text += &line[word.range.clone()];
    }
    text
}

/// Whether there is to be a blank before a word, where there was one or not.
fn blank(code: &[&Word], at: usize, gap: bool, depth: usize, arrows: &Arrows) -> bool {
    let (before, here) = (code[at - 1].class, code[at].class);
    let spaced = if depth > 0 { arrows.within } else { arrows.outside };
    match (before, here) {
        (Class::Open, _) | (_, Class::Close) => false,
        (Class::Glyph('⋄'), _) | (_, Class::Glyph('⋄')) => true,
        (Class::Glyph(';'), _) | (_, Class::Glyph(';')) => false,
        // `: :` is not `::`.
        (Class::Glyph(':'), Class::Glyph(':')) => gap,
        (_, Class::Glyph(':')) => false,
        // `x +← 1`, and `x∘←1`.
        (_, Class::Glyph('←')) => spaced && !modifies(before),
        (Class::Glyph('←'), _) => spaced,
        _ => gap,
    }
}

/// The words that have a blank before them because of a control word: what follows one, and `:In`.
fn control(line: &str, code: &[&Word]) -> Vec<usize> {
    let named = |at: usize, names: &[&str]| {
        let text = code.get(at).map_or("", |word| &line[word.range.clone()]);
        names.iter().any(|name| text.eq_ignore_ascii_case(name))
    };
    // A colon and a name without a blank between them.
    let is_word = |at: usize| {
        matches!(code.get(at..at + 2), Some([colon, name]) if colon.class == Class::Glyph(':')
            && name.class == Class::Name && colon.range.end == name.range.start)
    };
    let mut separated = Vec::new();
    let mut depth = 0_usize;
    let (mut begins, mut loops) = (true, false);
    for at in 0..code.len() {
        match code[at].class {
            Class::Open => depth += 1,
            Class::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && begins && is_word(at) {
            separated.push(at + 2);
            loops = named(at + 1, &["for"]);
        } else if depth == 0 && loops && is_word(at) && named(at + 1, &["in", "ineach"]) {
            separated.extend([at, at + 2]);
            loops = false;
        }
        // Behind a label's colon a statement begins too.
        let label = at == 1 && code[0].class == Class::Name && code[1].class == Class::Glyph(':');
        if label && is_word(at + 1) {
            separated.push(at + 1);
        }
        begins = code[at].class == Class::Glyph('⋄') || label;
    }
    separated.sort_unstable();
    separated
}
