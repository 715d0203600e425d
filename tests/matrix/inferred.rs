//! What is inferred of arguments that are known in part, compared with what running gives: the value must lie within
//! what was inferred, and what was inferred to fail must fail.

use std::rc::Rc;

use zilde::Value;
use zilde::check::{Form, Input, Label, Project};
use zilde::error::Result;
use zilde::inference::{Abstract, Dim, Kind, Symbols};
use zilde::operator::{self, Derive};
use zilde::primitive::TABLE;

use super::cases::{Cases, Odd, sampled};
use super::lines::{ALONE, LAWS, PAIRS};
use super::values::{AXES, OPERANDS};

/// An array as it may be known before a program runs: all of it, less and less, and nothing.
fn views(value: &Value) -> Vec<(&'static str, Abstract)> {
    let known = Abstract::of(value);
    let loose = known.loose();
    let rank = known.shape.as_ref().map_or(0, Vec::len);
    let dims = |known_from: usize| {
        let shape = known.shape.iter().flatten().enumerate();
        Some(shape.map(|(axis, dim)| if axis < known_from { Dim::Unknown } else { dim.clone() }).collect())
    };
    vec![
        ("all", known.clone()),
        ("each number and item", Abstract { value: None, ..known.clone() }),
        ("shape and kind", loose.clone()),
        ("lengths with names", Abstract { shape: dims(rank), ..loose.clone() }.named("x", &Symbols::default())),
        ("all lengths but the first", Abstract { shape: dims(1), ..loose.clone() }),
        ("rank and kind", Abstract { shape: dims(rank), ..loose.clone() }),
        ("shape", Abstract::array(known.shape.clone(), Kind::ANY)),
        ("kind", Abstract { shape: None, ..loose }),
        ("nothing", Abstract::unknown()),
    ]
}

/// What is inferred of the last statement of a line: an array that its value lies within, or the error that must arise.
fn inferred(line: &str, names: &[(&str, &Abstract)]) -> std::result::Result<Option<Abstract>, String> {
    let input = Input { name: "line".into(), form: Form::Script, text: Rc::from(line) };
    let project =
        names.iter().fold(Project::new(vec![input]), |project, (name, value)| project.given(name, (*value).clone()));
    let checked = project.check();
    let error = checked.findings.iter().find(|finding| matches!(finding.label, Label::Error(_)));
    if let Some(finding) = error {
        return Err(format!("{}: {}", finding.label, finding.text));
    }
    let last = checked.notes.iter().find(|((_, _, end), _)| *end as usize == line.trim_end().len());
    Ok(last.and_then(|(_, note)| note.value().cloned()))
}

impl Cases {
    /// A line about `X` and `Y`, as they are known in `ways` ways.
    fn lies_within(&mut self, line: &str, (x, y): (&Odd, &Odd), at: usize, ways: usize) {
        let Some(result) = self.line(line, x, y) else { return };
        let (lefts, rights) = (views(&x.value), views(&y.value));
        for way in 0..ways {
            let (left, right) = ((at + way * 4) % lefts.len(), (at / 9 + way * 2) % rights.len());
            let ((of_left, left), (of_right, right)) = (&lefts[left], &rights[right]);
            self.tried += 1;
            let told = inferred(line, &[("X", left), ("Y", right)]);
            if let Some(why) = wrong(&told, &result) {
                self.wrong(format!("X←{} ({of_left}) ⋄ Y←{} ({of_right}) ⋄ {line}\n    {why}", x.text, y.text));
            }
        }
    }
}

/// How what was inferred is wrong.
fn wrong(told: &std::result::Result<Option<Abstract>, String>, result: &Result<Value>) -> Option<String> {
    match (told, result) {
        (Err(error), Ok(value)) => Some(format!("told {error}, gives {value}")),
        (Ok(Some(known)), Ok(value)) if value.count() < 100_000 && !known.contains(value) => {
            let shown: String = value.to_string().chars().take(200).collect();
            Some(format!("inferred {known}, {:?}\n    is of shape {:?}: {shown}", known.numbers, value.shape()))
        }
        _ => None,
    }
}

/// Functions of the table, with one argument and with two.
pub fn functions(step: usize) {
    let mut cases = Cases::new();
    let count = cases.odd.len();
    for at in sampled(TABLE.len() * count * count, step, 0) {
        let glyph = TABLE[at / (count * count)].glyph;
        let (x, y) = (cases.odd[at / count % count].clone(), cases.odd[at % count].clone());
        cases.lies_within(&format!("X{glyph}Y"), (&x, &y), at, 3);
        if at % 5 == 0 {
            cases.lies_within(&format!("{glyph}Y"), (&x, &y), at, 3);
            cases.lies_within(&format!("⎕ML←{} ⋄ {glyph}Y", at % 4), (&x, &y), at, 1);
            cases.lies_within(&format!("⎕IO←0 ⋄ X{glyph}Y"), (&x, &y), at, 1);
        }
    }
    cases.done();
}

/// Two functions one after the other: what is known of the result of the first is right for the second.
pub fn pairs(step: usize) {
    let mut cases = Cases::new();
    let (count, functions) = (cases.odd.len(), TABLE.len());
    for at in sampled(functions * functions * count, step, 0) {
        let (f, g) = (TABLE[at / count / functions].glyph, TABLE[at / count % functions].glyph);
        let (x, y) = (cases.odd[(at * 7 + at / 11) % count].clone(), cases.odd[at % count].clone());
        for line in [format!("{f} {g}Y"), format!("{f}X {g} Y"), format!("X {f} {g}Y")] {
            cases.lies_within(&line, (&x, &y), at, 1);
        }
    }
    cases.done();
}

/// Functions with an axis.
pub fn axes(step: usize) {
    let mut cases = Cases::new();
    let count = cases.odd.len();
    for at in sampled(TABLE.len() * AXES.len() * count, step, 0) {
        let (glyph, axis) = (TABLE[at / (AXES.len() * count)].glyph, AXES[at / count % AXES.len()]);
        let (x, y) = (cases.odd[(at * 7 + at / count) % count].clone(), cases.odd[at % count].clone());
        for line in [format!("{glyph}[{axis}]Y"), format!("X {glyph}[{axis}]Y"), format!("+{glyph}[{axis}]Y")] {
            cases.lies_within(&line, (&x, &y), at, 2);
        }
    }
    cases.done();
}

/// Operators with functions and arrays as operands.
pub fn operators(step: usize) {
    let mut cases = Cases::new();
    let dfns = ["{⍵}", "{⍺}", "{⍺ ⍵}", "{≢⍵}", "{⍵,1}", "{⍺+⍵}", "{⊃⍵}", "{+/⍵}", "{⍵[1]}", "(+/÷≢)"];
    let glyphs = TABLE.iter().filter(|row| row.glyph != '?').map(|row| row.glyph.to_string());
    let operands: Vec<String> = glyphs
        .chain(dfns.iter().map(|&text| text.to_owned()))
        .chain(OPERANDS.iter().map(|text| format!("({text})")))
        .collect();
    let count = cases.odd.len();
    let derived = |of: &operator::PrimitiveOperator, f: &str, g: &str| match (&of.derive, of.glyph) {
        (Derive::Monadic(_), glyph) => Some(format!("({f}{glyph})")),
        // These go on until something is the same, and often nothing is.
        (Derive::Dyadic(_), '⍣') if !g.starts_with('(') => None,
        (Derive::Dyadic(_), glyph) => Some(format!("({f}{glyph}{g})")),
    };
    let (kinds, many) = (operator::TABLE.len() + 1, operands.len());
    for at in sampled(kinds * many * many, step, 0) {
        let (f, g) = (&operands[at % many], &operands[at / many % many]);
        let made = match operator::TABLE.get(at / (many * many)) {
            Some(row) => derived(row, f, g),
            None => Some(format!("(∘.{f})")),
        };
        let Some(made) = made else { continue };
        let (x, y) = (cases.odd[(at * 7 + at / 11) % count].clone(), cases.odd[(at * 13 + at / 8) % count].clone());
        for line in [format!("{made}Y"), format!("X{made}Y")] {
            cases.lies_within(&line, (&x, &y), at, 2);
        }
    }
    cases.done();
}

/// Indices, assignments, dfns, system names, and the laws.
pub fn lines(step: usize) {
    let mut cases = Cases::new();
    let count = cases.odd.len();
    let none = cases.odd[0].clone();
    let alone: Vec<&str> = ALONE.iter().chain(LAWS).copied().collect();
    for at in sampled(alone.len() * count, step, 0) {
        let x = cases.odd[at % count].clone();
        cases.lies_within(alone[at / count], (&x, &none), at, 2);
    }
    for at in sampled(PAIRS.len() * count * count, step * 7, 0) {
        let (x, y) = (cases.odd[at / count % count].clone(), cases.odd[at % count].clone());
        cases.lies_within(PAIRS[at / (count * count)], (&x, &y), at, 2);
    }
    cases.done();
}
