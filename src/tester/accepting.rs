//! Whatever a file holds: once its output is accepted it passes, and accepting again changes nothing.

use proptest::prelude::*;
use proptest::sample::select;

use super::case::{Case, Verdict};
use super::inline;
use super::play::Played;
use super::player::{Limits, Trouble};
use super::text::Malformed;
use super::transcript::{self, Kind};

/// Inputs whose output could be taken for something else: for input, prose, a directive, an answer, a fence, nothing.
const INPUTS: &[&str] = &[
    "1+1",
    "a←5",
    "1 2 3+4 5",
    "2 3⍴⍳6",
    "⍳200",
    "'      looks like input'",
    "↑'      a' '' '      b'",
    "'⍝ prose'",
    "'⍝! pp 3'",
    "↑'x' '⍝! lines 1'",
    "'⍝→ 4'",
    "'⍝→' ⍝ a comment",
    "1 ⍝ a comment",
    "⍝ a comment alone",
    "''",
    "2 0⍴''",
    "0 3⍴0",
    "⍬",
    "⎕←''",
    "⍞←'no end'",
    "⍞←''",
    "⍞←⎕UCS 10",
    "⍞←'a' ⋄ 5",
    "'a',(⎕UCS 13),'b'",
    "'a',⎕UCS 13",
    "⎕UCS 13 10",
    "⎕UCS 10 10 65 10",
    "'x',⎕UCS 7 27 0 9",
    "(⎕UCS 9),'x'",
    "⎕UCS 133 8232 160",
    "(⎕UCS 65279),'x'",
    "'```'",
    "↑'~~~' '`````'",
    "'# title'",
    "{\n⍵÷0\n}1",
    "{⍵\n\n}1",
    "{",
    "(1",
    "'abc",
    "]",
    "}",
    "∇r←f x\nr←x÷0\n∇",
    "f 1",
    "g←{⍵÷0}",
    "g 1",
    "∇h\n1",
    ":If 1\n'in'\n:EndIf",
    ":If 1",
    "⎕←1 ⋄ 1÷0",
    "'      ∧'",
    "∧",
    "↑'A B' '      x' '      ∧'",
    "⍎'1÷'",
    "⍎'1+1'",
    "'low'⎕SIGNAL 500",
    "⎕SIGNAL 11",
    ")vars",
    ")nonsense",
    "]box on",
    "⎕PW←30",
    "⎕IO←0",
    "?1000",
    "⍞",
    "⎕",
    "→",
    "→0",
    ")clear",
    "(1 2)'ab'",
    "⎕FX'r←k' 'r←÷0'",
    "k",
    "undefined",
    ")off 4",
];

/// What stood below an input before.
const STALE: &[&str] = &[
    "",
    "1",
    "2",
    "foo\nbar",
    "DOMAIN ERROR: Divide by zero\n      1÷0\n       ∧",
    "k[1] r←÷0\n         ∧",
    "\n",
    "x\n\ny",
    "      ∧",
    "a  \nb\t",
];

/// What stands before an input.
const BEFORE: &[&str] = &[
    "",
    "",
    "\n",
    "⍝ prose\n",
    "\n⍝ prose\n\n",
    "⍝! pp 3\n",
    "⍝! pp 3\n\n",
    "⍝! tol 1E¯6\n",
    "⍝! lines 1\n",
    "⍝! io 0 · lines 0 · seed 1\n",
    "⍝! box on\n",
    "⍝! stdin hello\n",
    "⍝! xfail why\n",
    "⍝! skip why\n",
    "⍝! error DOMAIN\n",
    "⍝! match /.*/\n",
];

/// One input of a file: what is before it, itself, what is below it.
type Piece = (&'static str, &'static str, &'static str);

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec((select(BEFORE), select(INPUTS), select(STALE)), 1..8)
}

fn indented(input: &str) -> String {
    input.split('\n').map(|line| format!("      {line}\n")).collect()
}

fn transcript(pieces: &[Piece]) -> String {
    let below = |stale: &str| if stale.is_empty() { String::new() } else { format!("{stale}\n") };
    pieces.iter().map(|(before, input, stale)| format!("{before}{}{}", indented(input), below(stale))).collect()
}

fn program(pieces: &[Piece], columns: &[usize]) -> String {
    let mut text = String::new();
    for ((before, input, stale), column) in pieces.iter().zip(columns.iter().cycle()) {
        let stale: Vec<&str> = if stale.is_empty() { Vec::new() } else { stale.split('\n').collect() };
        let behind = match column {
            0 => String::new(),
            _ => format!("{:column$}⍝→ {}", "", stale.first().unwrap_or(&"")).trim_end().to_owned(),
        };
        let below: String = stale.iter().skip((*column).min(1)).map(|line| format!("⍝→ {line}\n")).collect();
        text += &format!("{before}{input}{behind}\n{below}");
    }
    text
}

/// Whether accepting cannot make it pass: it is somebody's decision, or there is nothing to accept.
fn is_lasting(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::NotAsAsked | Verdict::PassedAfterAll | Verdict::Spoilt(Trouble::Left))
}

/// Accepts what a text displays, if it can be played at all; tells whether it could.
fn accepted(text: &str, play: impl Fn(&str) -> Result<Played, Malformed>) -> bool {
    let Ok(Played { cases: before, text: new, .. }) = play(text) else { return false };
    let Played { cases: after, text: newer, .. } = match play(&new) {
        Ok(played) => played,
        Err((line, why)) => panic!("line {line}: {why}\nbefore\n{text}\nafter\n{new}"),
    };
    let inputs = |cases: &[Case]| cases.iter().map(|case| case.input.clone()).collect::<Vec<_>>();
    assert_eq!(inputs(&before), inputs(&after), "before\n{text}\nafter\n{new}");
    for case in &after {
        let good = case.verdict.is_good() || is_lasting(&case.verdict);
        assert!(good, "line {}: {:?}\nbefore\n{text}\nafter\n{new}", case.line, case.verdict);
    }
    assert_eq!(newer, new, "before\n{text}");
    true
}

/// The variants of a text that an editor could make of it.
fn edited(text: &str, variant: u8) -> String {
    let text = if variant & 1 == 0 { text.to_owned() } else { text.replace('\n', "\r\n") };
    if variant & 2 == 0 { text } else { text.trim_end_matches(['\r', '\n']).to_owned() }
}

fn limits() -> Limits {
    Limits { memory: Some(1 << 28), ..Limits::default() }
}

/// Plays so many random files. Others are drawn in place of those that cannot be played; too many of them are a failure.
fn played_of(count: u32, strategy: impl Strategy<Value = String>, play: impl Fn(&str) -> bool) {
    let config = ProptestConfig { max_global_rejects: 4 * count, ..ProptestConfig::with_cases(count) };
    let outcome = proptest::test_runner::TestRunner::new(config).run(&strategy, |text| match play(&text) {
        true => Ok(()),
        false => Err(TestCaseError::reject("cannot be played")),
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn accepted_transcripts_pass() {
    let text = (pieces(), 0..4u8).prop_map(|(pieces, variant)| edited(&transcript(&pieces), variant));
    played_of(100, text, |text| accepted(text, |text| transcript::play(text, Kind::Whole, &limits())));
}

#[test]
fn accepted_documents_pass() {
    let document = |(first, second, variant): (Vec<Piece>, Vec<Piece>, u8)| {
        let (first, second) = (transcript(&first), transcript(&second));
        let indented: String = second.split_terminator('\n').map(|line| format!("  {line}\n")).collect();
        edited(&format!("# A\n\n```apl\n{first}```\n\n- b\n\n  ~~~~ apl\n{indented}  ~~~~\n"), variant & 1)
    };
    let text = (pieces(), pieces(), 0..2u8).prop_map(document);
    played_of(60, text, |text| accepted(text, |text| transcript::play(text, Kind::Fenced, &limits())));
}

#[test]
fn accepted_programs_pass() {
    let columns = prop::collection::vec(0..12usize, 1..4);
    let text =
        (pieces(), columns, 0..4u8).prop_map(|(pieces, columns, variant)| edited(&program(&pieces, &columns), variant));
    played_of(100, text, |text| accepted(text, |text| inline::play(text, &limits())));
}

/// Each input by itself, over each kind of stale answer.
#[test]
fn every_input_is_accepted() {
    for input in INPUTS {
        for stale in STALE {
            for variant in [0, 3] {
                let piece = [("", *input, *stale), ("\n", "2+2", "4")];
                let text = edited(&transcript(&piece[..1 + usize::from(variant == 0)]), variant);
                accepted(&text, |text| transcript::play(text, Kind::Whole, &limits()));
                for column in [0, 9] {
                    let text = edited(&program(&piece, &[column]), variant);
                    accepted(&text, |text| inline::play(text, &limits()));
                }
            }
        }
    }
}
