//! Measures how long zilde goes on after an interrupt: `cargo run --release --example latency -- --elements 1000000`.
//!
//! Every function is applied to large arrays of every kind. An evaluation notices an interrupt when it polls, so the
//! greatest processor time between two polls is measured, whether anyone interrupts or not. What takes longer than
//! allowed is printed, the worst first. `--only ⍋` runs only the programs that contain the text.

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

#[allow(dead_code)]
#[path = "attack.rs"]
mod attack;

use attack::PRIMITIVES;
use zilde::Session;
use zilde::bounds::Gap;
use zilde::context::Silent;
use zilde::error::ErrorKind;

/// The processor time that may pass between two polls.
const NOTICE: Duration = Duration::from_millis(100);

/// How long a program may run.
const TIME: Duration = Duration::from_secs(3);

/// Arrays of `N` elements or so.
const VALUES: &[&str] = &[
    "⍳N",
    "?N⍴0",
    "⌽?N⍴N",
    "N⍴1 0 0",
    "N⍴'abc de 12'",
    "⍳¨(⌊N÷4)⍴2",
    "N⍴1 'a'",
    "N⍴1J2 3",
    "(2⍴⌊N*0.5)⍴⍳7",
    "(⌈N÷4)4⍴'abcd'",
    "4(⌈N÷4)⍴0.5",
    "((⌊2⍟N)⌊15)⍴2",
    "⊂⍤1⊢(⌈N÷4)4⍴⍳9",
    "(⌈N÷8)⍴'one' 'two' 'three' '4'",
    "↑(⌈N÷8)⍴'one' 'two' 'three' '4'",
    "⊂⍣(⌊N÷8)⊢1 2",
    "⍕¨⍳⌈N÷8",
    "(⌈N÷4)0⍴0",
    "(⌈N÷4)⍴⊂''",
    "⊂N⍴'x'",
    "(⌈N÷4)⍴#",
    "{⊂⍵}⍤1⊢(⌈N÷4)2⍴⍳9",
];

/// System functions and operators.
const SYSTEM: &[&str] = &[
    "⎕UCS",
    "⎕C",
    "⎕JSON",
    "⎕XML",
    "⎕DR",
    "⎕VFI",
    "⎕FMT",
    "⎕CSV",
    "⎕DT",
    "⎕NC",
    "⎕EX",
    "⎕FX",
    "⎕CR",
    "⎕AT",
    "⎕SIZE",
    "⎕NS",
    "⎕SS",
    "⎕MAP",
    "'a'⎕R'b'",
    "'.'⎕S'&'",
    "⎕FIX",
    "1⎕DT",
    "⎕SIGNAL",
    "{⎕←⍵}",
    "{x←⍵ ⋄ x[⊂1⍴⍨≢⍴x]←⊂'ab' ⋄ x}",
    "{(⊃⍵)⍵}",
    "{⍵≡⌽⍵}",
    "(⊂⍋)",
    "{⍵[⍋⍵]}",
    "{0::0 ⋄ ⍵ ⍵ ⍵}",
];

static FUNCTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| [PRIMITIVES, SYSTEM].concat());

/// Functions that operators make.
const DERIVED: &[&str] = &[
    "+/",
    "-/",
    "⌈/",
    "∧/",
    ",/",
    "+\\",
    "-\\",
    ",\\",
    "≠\\",
    "{⍺+⍵}/",
    "{⍵}¨",
    "≢¨",
    "⌽¨",
    "⊂¨",
    "⍳¨",
    "⍕¨",
    "{⍵ ⍵}¨",
    "{≢⍵}⌸",
    "{⍺⍵}⌸",
    "⊢⌸",
    "∘.=⍨",
    "∘.,⍨",
    "+.×⍨",
    "∨.∧⍨",
    "⌽⍤1",
    "⍋⍤1",
    "{⍵}⍤0",
    "⊂⍤1",
    "+/⍤1",
    "2+/",
    "2,/",
    "{+/,⍵}⌺3",
    "⊢⌺3",
    "{⍵+1}⍣20",
    "⌽@1",
    "0@1",
    "-⍥⍴",
    "(+/÷≢)",
    "+⍨",
    "≡⍨",
    "⍳⍨",
    "∊⍨",
    "⍋⍨",
    "∪⍨",
    "⊥⍨",
    "⍷⍨",
    ",⍨",
    "⊆⍨",
    "⊂⍨",
    "/⍨",
    "⌷⍨",
    "⍉⍨",
    "⊤⍨",
    "∩⍨",
    "~⍨",
    "≢∘∪",
    "⍎¨",
    "⎕NS¨",
    "⎕JSON¨",
    "⎕FX¨",
    "⎕VFI¨",
];

/// Left arguments.
const LEFT: &[&str] = &["1", "3", "¯1", "2 2", "1 0 1", "'a'", "(⌽⍳N)", "(N⍴1 0)", "(⊂1 2)", "10 3", "(N⍴1)", "'I9'"];

/// Programs beside those that are made of the lists above: what is done first, and the line that is measured.
const OTHERS: &[(&str, &str)] = &[
    ("x←N⍴1.5 ⋄ y←1×x", "x≡y"),
    ("x←⍳¨(⌊N÷4)⍴2 ⋄ y←⍳¨(⌊N÷4)⍴2", "x≡y"),
    ("x←⍳¨(⌊N÷4)⍴2 ⋄ y←⌽x", "x⍳y"),
    ("x←(⌈N÷4)4⍴⍳7 ⋄ y←0+x", "(⊂⍤1⊢x)≡⊂⍤1⊢y"),
    ("x←⍳⌊N*0.5", "∘.×⍨x"),
    ("x←⍳⌊N*0.5", "y←∘.×⍨x"),
    ("x←⍳⌊N*0.5", "x∘.,x"),
    ("x←⍳⌊N*0.5", "x∘.{⍺+⍵}x"),
    ("x←N⍴'1+'", "⍎x,'1'"),
    ("x←N⍴'1 '", "⍎x"),
    ("x←N⍴'(1 2)'", "⍎x"),
    ("x←N⍴'(('", "⍎x"),
    ("x←N⍴'{'", "⍎x"),
    ("x←N⍴'{⍵}'", "⍎x,'1'"),
    ("x←N⍴'a←'", "⍎x,'1'"),
    ("x←N⍴'1⋄'", "⍎x,'1'"),
    ("x←N⍴'''a'' '", "⍎x"),
    ("x←'''',(N⍴'a'),''''", "⍎x"),
    ("x←N⍴'+/'", "⍎x,'1'"),
    ("x←N⍴'⍨'", "⍎'1+',x,'1'"),
    ("a←⍳9 ⋄ x←'a',N⍴'[1]'", "⍎x"),
    ("x←N⍴'∘'", "⍎x"),
    ("x←'⍝',N⍴'x'", "⍎x"),
    ("x←N⍴'n'", "⍎x"),
    ("x←N⍴'n'", "⍎x,'←1'"),
    ("x←N⍴'1'", "⍎x"),
    ("f←{⍵} ⋄ x←∊(⌈N÷3)⍴⊂'f -'", "⍎x,'1'"),
    ("x←∊(⌈N÷10)⍴⊂'{\"a\":[1]},'", "⎕JSON'[',x,'1]'"),
    ("x←N⍴'[0],'", "⎕JSON'[',x,'1]'"),
    ("", "⎕JSON N⍴'['"),
    ("x←(∊(⌈N÷5)⍴⊂'{\"a\":'),'1',(⌈N÷5)⍴'}'", "⎕JSON x"),
    ("x←'[',(N⍴'1 ,'),'2]'", "⎕JSON⍠'Dialect' 'JSON5'⊢x"),
    ("x←'{',(∊{'a',(⍕⍵),':1,'}¨⍳⌈N÷10),'b:1}'", "⎕JSON⍠'Dialect' 'JSON5'⊢x"),
    ("x←'\"',(N⍴'x'),'\"'", "⎕JSON x"),
    ("x←N⍴'\\\"'", "⎕JSON'\"',x,'\"'"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", "⎕JSON x"),
    ("x←?N⍴0", "10 4⍕x"),
    ("x←?N⍴0", "'F12.3'⎕FMT x"),
    ("x←⍳N", "'I9,⊂,⊃'⎕FMT x"),
    ("x←N⍴⍳9", "'ZI2,⊂-⊃'⎕FMT ⍪x"),
    ("x←N⍴'12 '", "⎕VFI x"),
    ("x←N⍴'ab,c',⎕UCS 10", "⎕CSV x 'S'"),
    ("x←N⍴'\"ab\",c',⎕UCS 10", "⎕CSV x 'S' 4"),
    ("x←(⌈N÷4)4⍴⍳N", "⎕CSV x ''"),
    ("x←∊(⌈N÷10)⍴⊂'<a>b</a>'", "⎕XML'<r>',x,'</r>'"),
    ("x←(⌈N÷4)4⍴0 'a' '' ''", "⎕XML x"),
    ("x←N⍴'ab'", "'a'⎕R'bcd'⊢x"),
    ("x←N⍴'ab'", "'(a+)+$'⎕S'&'⊢x"),
    ("x←N⍴'a'", "'(a|aa)+b'⎕S'&'⊢x"),
    ("x←N⍴'ab'", "'a(?=b)'⎕R{⍵.Match}⊢x"),
    ("x←(⌈N÷4)⍴⊂'abc'", "'b'⎕R'x'⊢x"),
    ("x←'f' 'g',⍨(⌈N÷4)⍴⊂'x←1'", "⎕FX x"),
    ("x←(⊂'f'),(⌈N÷4)⍴⊂'x←1'", "⎕FX x"),
    ("x←(⊂'f'),(⌈N÷8)⍴':If 1' ':EndIf'", "⎕FX x"),
    ("x←(⊂'f'),((⌈N÷8)⍴⊂':If 1'),(⌈N÷8)⍴⊂':EndIf'", "⎕FX x"),
    ("x←(⊂'f'),{'l',(⍕⍵),':1'}¨⍳⌈N÷8", "⎕FX x"),
    ("x←(⊂'f;',∊{'v',(⍕⍵),';'}¨⍳⌈N÷8),⊂'1'", "⎕FX x"),
    ("x←(⊂'f'),(⌈N÷4)⍴⊂'x←1' ⋄ {}⎕FX x", "⎕NR'f'"),
    ("x←(⊂'f'),(⌈N÷4)⍴⊂'x←1' ⋄ {}⎕FX x", "⎕CR'f'"),
    ("x←(⊂'f'),(⌈N÷4)⍴⊂'x←1' ⋄ {}⎕FX x", "f"),
    ("x←(⊂':Namespace q'),((⌈N÷4)⍴⊂'x←1'),⊂':EndNamespace'", "⎕FIX x"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", "⎕NL 2"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", "⎕EX ⎕NL 2"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", ")vars"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", ")clear"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", "x←⎕NS ⎕NL 2"),
    ("{⍎'v',(⍕⍵),'←1'}¨⍳⌈N÷8", "⎕SIZE ⎕NL 2"),
    ("x←⍳¨N⍴1", "x←0"),
    ("x←⊂⍣N⊢1 2", "x←0"),
    ("x←{⍵ ⍵}¨⍳N", "⎕EX'x'"),
    ("x←{⍵ ⍵}¨⍳N", ")erase x"),
    ("x←{⍵ ⍵}¨⍳N", ")clear"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", "x←0"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", ")clear"),
    ("x←⎕NS⍬ ⋄ {y←⎕NS⍬ ⋄ y.n←x ⋄ x∘←y ⋄ 0}¨⍳⌈N÷8", "x←0"),
    ("", "{⍵ ⍵}¨⍳N"),
    ("", "⍳¨N⍴1"),
    ("", "≡⊂⍣N⊢,1"),
    ("x←⊂⍣N⊢,1 ⋄ y←⊂⍣N⊢,1", "x≡y"),
    ("x←⊂⍣N⊢,1 ⋄ y←⊂⍣N⊢,1", "x⍳⊂y"),
    ("x←⊂⍣(⌈N÷100)⊢,1", "x"),
    ("x←⊂⍣(⌈N÷100)⊢,1", "⍕x"),
    ("x←(⊂1 0)⊂¨N⍴⊂2 2⍴0", "x"),
    ("x←N⍴1 0", "x⊂⍳N"),
    ("x←N⍴1 0", "x⊆⍳N"),
    ("x←(⌊N*0.5)(⌊N*0.5)⍴⊂2 2⍴⍳4", "x"),
    ("]box on", "⍳⌊0.5*⍨⍳⌈N÷100"),
    ("]box on ⋄ x←(⌈N÷8)⍴⊂1 2", "x"),
    ("x←⍳N", "]display x"),
    ("x←(⌈N÷8)⍴⊂1 2", "]display x"),
    ("x←(?N⍴0)", "x[⍋x]"),
    ("x←(⌈N÷4)4⍴⎕A", "x[⍋x;]"),
    ("x←(⌈N÷4)⍴⊂'abc' ⋄ x[1]←⊂'zzz'", "⍋x"),
    ("x←⌽⍳N", "x⍳⌽x"),
    ("x←?N⍴1e9", "x⍳⌽x"),
    ("x←?N⍴0", "x⍳⌽x"),
    ("x←?N⍴0", "∪x"),
    ("x←?N⍴0", "≢⌸x"),
    ("x←(⌈N÷4)4⍴?N⍴0", "x⍳⊖x"),
    ("x←⍳N", "x[⌽x]"),
    ("x←⍳N", "x[⌽⍳N]←0"),
    ("x←⍳N", "((N⍴1 0)/x)←0"),
    ("x←⍳N", "(⌽x)←0"),
    ("x←⍳N", "x+←1"),
    ("x←⍳¨N⍴1", "(⊃¨x)←0"),
    ("x←⍳¨N⍴1", "(1⊃¨x)←0"),
    ("x←⍳¨N⍴1", "x[⍳N]←⊂'ab'"),
    ("x←⍳N", "(a b)←(⊂x)"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", "x.a←1"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬ ⋄ x.a←1", "x.a"),
    ("x←N⍴⎕NS⍬ ⋄ x.a←1", "x.a"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", "x≡⌽x"),
    ("x←⎕NS¨(⌈N÷8)⍴⊂⍬", "x⍳⌽x"),
    ("f←+ ⋄ {f∘←f∘f}¨⍳40", "f 1"),
    ("f←1∘+ ⋄ g←f⍤f⍤f⍤f⍤f⍤f ⋄ h←g⍤g⍤g⍤g⍤g⍤g ⋄ i←h⍤h⍤h⍤h⍤h⍤h ⋄ j←i⍤i⍤i⍤i⍤i⍤i ⋄ k←j⍤j⍤j⍤j⍤j⍤j", "k 1"),
    ("f←+/¨ ⋄ x←⍳¨N⍴2", "f x"),
    ("", "+/⍳N"),
    ("", "{⍵+1}⍣N⊢0"),
    ("", "(1∘+⍣N)0"),
    ("", "{⍵=N:0 ⋄ ∇⍵+1}0"),
    ("", "{⍵=0:0 ⋄ 1+∇⍵-1}N"),
    ("", ":For i :In ⍳N ⋄ :EndFor"),
    ("x←⍳N", ":For i :In x ⋄ :EndFor"),
    ("", "i←0 ⋄ :While i<N ⋄ i+←1 ⋄ :EndWhile"),
    ("", "N?N"),
    ("", "?N⍴6"),
    ("⎕RL←1 2", "?N⍴6"),
    ("", "N↑⍳⍬"),
    ("", "⍸N⍴1"),
    ("", "⍳(2⍴⌊N*0.5)"),
    ("x←2⊥⍣¯1⊢⍳N", "2⊥x"),
    ("", "(20⍴2)⊤⍳N"),
    ("", "2⊥⍣¯1⊢⍳N"),
    ("x←(2⍴⌊N*0.4)⍴?N⍴0", "⌹x"),
    ("x←(2⍴⌊N*0.5)⍴?N⍴0", "x+.×x"),
    ("x←(2⍴⌊N*0.4)⍴?N⍴9", "x⌊.+x"),
    ("x←(2⍴⌊N*0.5)⍴⍳9", "{+/,⍵}⌺3 3⊢x"),
    ("x←(2⍴⌊N*0.5)⍴⍳9", "{⌈/,⍵}⌺5 5⊢x"),
    ("x←(2⍴⌊N*0.4)⍴⍳9", "{⊂⍵}⌺3 3⊢x"),
    ("x←N⍴⎕A", "'BC'⍷x"),
    ("x←(2⍴⌊N*0.5)⍴⎕A", "(2 2⍴'BC')⍷x"),
    ("x←N⍴1 1 0", "(N⍴1 1 1 1 0)⍷x"),
    ("", "∧/(N⍴1)=N⍴1"),
    ("x←N⍴⊂'abc'", "↑x"),
    ("x←N⍴⊂'abc'", "∊x"),
    ("x←N⍴⊂'abc'", "⊃,/x"),
    ("x←⍳¨N⍴2", "∊x"),
    ("x←{⊂⍵}¨⍳¨N⍴2", "∊x"),
    ("x←⍳N", "⍕x"),
    ("x←N⍴⊂'abc'", "⍕x"),
    ("x←?N⍴0", "⍕⍪x"),
    ("⎕PP←17 ⋄ x←?N⍴0", "⍕x"),
    ("x←N⍴1J2", "⍕x"),
    ("x←⍕⍳N", "⍎x"),
    ("x←⍕?N⍴0", "⍎x"),
    ("x←⍳N", "x"),
    ("x←?N⍴0", "x"),
    ("x←N⍴'abc'", "x"),
    ("x←N⍴⊂'abc'", "x"),
    ("x←(N⍴'x')", "⎕SIGNAL⊂('EN' 11)('Message'x)"),
    ("x←(N⍴'x')", "x ⎕SIGNAL 11"),
    ("x←N⍴'x'", "⎕NS x"),
    ("x←N⍴'x'", "⎕C x"),
    ("x←N⍴⊂'Ab'", "1 ⎕C x"),
    ("x←N⍴'x'", "'UTF-8'⎕UCS x"),
    ("x←'UTF-8'⎕UCS N⍴'xé'", "'UTF-8'⎕UCS x"),
    ("x←⍳N", "1 ⎕DT x"),
    ("x←1 ⎕DT(⌈N÷8)⍴⊂2024 1 2", "'%ISO%'(1200⌶)x"),
    ("x←(⌈N÷8)⍴⊂2024 1 2", "1 ⎕DT x"),
    ("x←⍳N", "220⌶x"),
    ("x←1(220⌶)⍳N", "0(220⌶)x"),
    ("x←1(220⌶){⍵ ⍵}¨⍳⌈N÷2", "0(220⌶)x"),
    ("x←{⍵ ⍵}¨⍳⌈N÷2", "1(220⌶)x"),
    ("x←⍳N", "1 ⎕JSON x"),
    ("x←{⍵ ⍵}¨⍳⌈N÷2", "1 ⎕JSON x"),
    ("x←⍳N", "11 ⎕DR x"),
    ("x←⍳N", "83 ⎕DR x"),
    ("x←⍳N", "645 ⎕DR x"),
];

/// Programs: what is done first, and the line that is measured.
pub fn others() -> impl Iterator<Item = (String, String)> {
    OTHERS.iter().map(|(before, line)| (before.to_string(), line.to_string()))
}

/// Programs that apply one function.
pub fn functions() -> impl Iterator<Item = (String, String)> {
    VALUES.iter().flat_map(|value| {
        let before = format!("x←{value}");
        let alone = FUNCTIONS.iter().chain(DERIVED).map(|function| format!("{function} x"));
        let pairs = FUNCTIONS.iter().flat_map(|function| {
            let left = LEFT.iter().copied().chain(["x", "(⌽x)"]);
            left.map(move |left| format!("{left} {function} x"))
        });
        alone.chain(pairs).map(move |line| (before.clone(), line)).collect::<Vec<_>>()
    })
}

/// The greatest gap between two polls while a line runs on `elements` elements; `None` where the program has a defect.
pub fn measure(elements: usize, time: Option<Duration>, polls: Option<u64>, program: &(String, String)) -> Option<Gap> {
    let (before, line) = program;
    let mut session =
        Session::builder().memory_limit(2 << 30).seed(Some(1)).time_limit(time).console(Box::new(Silent)).build();
    session.run(&format!("N←{elements}"));
    session.run(before);
    let bounds = session.context().bounds();
    bounds.stop_at(polls);
    bounds.measure();
    let outcome = session.run(line);
    let bounds = session.context().bounds();
    bounds.stop_at(None);
    let gap = bounds.measured();
    outcome.last_error.is_none_or(|fault| fault.kind() != ErrorKind::Internal).then_some(gap)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |name: &str| words.get(words.iter().position(|word| word == name)? + 1);
    let elements = word("--elements").and_then(|word| word.parse().ok()).unwrap_or(1_000_000);
    let only = word("--only");
    let run = std::thread::Builder::new().stack_size(2 << 20).spawn({
        let only = only.cloned();
        move || {
            let mut found = Vec::new();
            for program in others().chain(functions()) {
                let (before, line) = &program;
                if only.as_ref().is_some_and(|only| !before.contains(only) && !line.contains(only)) {
                    continue;
                }
                match measure(elements, Some(TIME), None, &program) {
                    Some(gap) if gap.time <= NOTICE => {}
                    gap => {
                        let time = gap.map_or(0, |gap| gap.time.as_millis());
                        eprintln!("{time} ms  {before} ⋄ {line}");
                        found.push((time, program));
                    }
                }
            }
            found.sort_by(|a, b| b.cmp(a));
            found
        }
    });
    let Some(found) = run.ok().and_then(|run| run.join().ok()) else { return ExitCode::FAILURE };
    for (time, (before, line)) in &found {
        match time {
            0 => println!("a defect  {before} ⋄ {line}"),
            _ => println!("{time} ms  {before} ⋄ {line}"),
        }
    }
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
