//! What is inferred without running, compared with what running gives, and how much is inferred.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use zilde::check::{Checked, Form, Input, Label, Project, inputs};
use zilde::observe::trace::{Limits, Recording, What};
use zilde::{Asked, Console, ErrorKind, Session};

fn checked(text: &str) -> Checked {
    Project::new(vec![Input { name: "text".into(), form: Form::Script, text: Rc::from(text) }]).detailed().check()
}

/// Findings as `KIND at TEXT`.
fn told(text: &str) -> Vec<String> {
    let shown = |finding: &zilde::check::Finding| format!("{} at {}", finding.label, finding.span.of(text));
    checked(text).findings.iter().map(shown).collect()
}

/// Takes output and gives no input.
struct Nothing;

impl Console for Nothing {
    fn write(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn read(&mut self, _: Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }
}

fn session() -> Session {
    let builder = Session::builder().seed(Some(42)).page_width(80).memory_limit(1 << 28);
    builder.time_limit(Some(Duration::from_secs(60))).console(Box::new(Nothing)).build()
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Counts of a comparison.
#[derive(Debug, Default)]
struct Counts {
    statements: usize,
    /// Parts of phrases that were run, those in functions each time.
    parts: usize,
    ranked: usize,
    shaped: usize,
    /// LENGTH and RANK ERRORs, and how many of them were predicted.
    errors: [usize; 2],
}

/// Runs the inputs one after the other, and compares each with what was inferred of it.
fn compare(label: &str, units: &[String], counts: &mut Counts, wrong: &mut Vec<String>) {
    let text = units.join("\n");
    let checked = checked(&text);
    let mut session = session();
    let starts: Vec<usize> =
        units.iter().scan(0, |next, unit| Some(std::mem::replace(next, *next + unit.len() + 1))).collect();
    for (at, unit) in units.iter().enumerate() {
        let (start, end) = (starts[at], starts[at] + unit.len());
        let within = |at: u32| (start..=end).contains(&(at as usize));
        let finding = checked.findings.iter().find(|f| matches!(f.label, Label::Error(_)) && within(f.span.start));
        // The last phrase of the unit that has a note: what the unit gives.
        let notes = checked
            .notes
            .iter()
            .filter(|((_, from, to), _)| within(*from) && *to as usize == unit.trim_end().len() + start);
        let note = notes.min_by_key(|((_, from, _), _)| *from).and_then(|(_, note)| note.value());
        let command = unit.trim_start().starts_with([')', ']', '∇', ':']) || unit.contains(['⋄', '\n']);
        if command {
            let failed = session.run(unit).errors > 0;
            if let Some(finding) =
                finding.filter(|_| !failed && !unit.contains('{') && !unit.contains('∇') && !unit.contains(':'))
            {
                wrong.push(format!("{label}: {unit}: told {} ({}), and runs", finding.label, finding.text));
            }
        } else {
            // The recursions of this transcript would take minutes if each part were recorded.
            let traced = !label.ends_with("bugs.aplt");
            if traced {
                session.begin_trace(Limits { steps: 2_000, ..Limits::default() });
            }
            let result = session.eval(unit);
            if traced {
                parts(label, &session.end_trace(), (&units[..=at], &starts[..=at]), &checked, counts, wrong);
            }
            match result {
                Ok(value) => {
                    if let Some(finding) = finding.filter(|_| !unit.contains('{')) {
                        wrong.push(format!("{label}: {unit}: told {} ({}), and runs", finding.label, finding.text));
                    }
                    if let Some(note) = note {
                        counts.statements += 1;
                        counts.ranked += usize::from(note.rank().is_some());
                        counts.shaped += usize::from(note.is_shaped());
                        if !note.contains(&value) {
                            wrong.push(format!("{label}: {unit}: inferred {note}, is {value}"));
                        }
                    }
                }
                Err(fault) => {
                    let shapes = matches!(fault.kind(), ErrorKind::Length | ErrorKind::Rank);
                    if shapes && is_literal(unit) {
                        counts.errors[0] += 1;
                        counts.errors[1] += usize::from(finding.is_some());
                        if finding.is_none() {
                            wrong.push(format!("{label}: {unit}: {} is not predicted", fault.kind().name()));
                        }
                    }
                }
            }
        }
    }
}

/// Compares the value of each part of each phrase that was run with what was inferred of it. The texts of the parts are
/// those of the units so far.
fn parts(
    label: &str,
    recording: &Recording,
    (units, starts): (&[String], &[usize]),
    checked: &Checked,
    counts: &mut Counts,
    wrong: &mut Vec<String>,
) {
    let mut found: HashMap<*const u8, Option<usize>> = HashMap::new();
    for step in recording.steps() {
        let What::Part { value, .. } = &step.what else { continue };
        let place = || units.iter().rposition(|unit| **unit == *step.text);
        let Some(unit) = *found.entry(step.text.as_ptr()).or_insert_with(place) else { continue };
        let place = |at: u32| at + starts[unit] as u32;
        let key = (0, place(step.span.start), place(step.span.end));
        for note in [checked.notes.get(&key), checked.parts.get(&key)].into_iter().flatten() {
            let Some(known) = note.value() else { continue };
            counts.parts += 1;
            let lies_within = match (&value.value, &value.frame) {
                (Some(value), None) => known.contains(value),
                // What is known of the cells of an array is their shape.
                _ => known.shape.as_ref().is_none_or(|shape| {
                    shape.len() == value.shape.len()
                        && shape.iter().zip(&*value.shape).all(|(dim, &length)| dim.may_be(length as i64))
                }),
            };
            if !lies_within {
                let (text, shape) = (step.span.of(&step.text), &*value.shape);
                let unit = units.last().map_or("", String::as_str);
                wrong.push(format!(
                    "{label}: {text} in {unit}: inferred {known}, is of shape {shape:?}, {:?}",
                    value.kind
                ));
            }
        }
    }
}

/// Whether an input has no names and nothing that only running tells.
fn is_literal(unit: &str) -> bool {
    let words = zilde::syntax::scan::words(unit);
    words.iter().all(|word| match word.class {
        zilde::syntax::scan::Class::Name | zilde::syntax::scan::Class::Quad => false,
        zilde::syntax::scan::Class::Open => &unit[word.range.clone()] != "{",
        zilde::syntax::scan::Class::Glyph(glyph) => !"?⍎⍞←⍣".contains(glyph),
        _ => true,
    })
}

/// The inputs of a transcript, or of a page's examples, behind the index origin that a directive sets.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = inputs(text).into_iter().map(|(_, unit)| unit.to_owned()).collect();
    if text.lines().any(|line| line.trim_start().starts_with("⍝!") && line.contains("io 0")) {
        units.insert(0, "⎕IO←0".to_owned());
    }
    units
}

fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_running_gives_lies_within_what_is_inferred() {
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    let transcripts = files("tests/transcripts", "aplt");
    let pages = files("src", "md").into_iter().chain(files("docs", "md"));
    for path in transcripts.into_iter().chain(pages) {
        // Each example of a page stands for itself; transcripts go on.
        compare(&path.display().to_string(), &units(&read(&path)), &mut counts, &mut wrong);
    }
    println!("{counts:?}");
    report(&wrong);
    assert!(counts.statements > 1200 && counts.parts > 4_000 && counts.errors[0] > 20, "{counts:?}");
}

/// The same for transcripts elsewhere: `COMPARED=FOLDER cargo test --test checking -- --ignored --nocapture`.
#[test]
#[ignore = "transcripts in the folder that the environment variable COMPARED names"]
fn other_transcripts_lie_within_what_is_inferred() {
    let folder = std::env::var("COMPARED").expect("COMPARED names a folder");
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for path in files(&folder, "aplt") {
        compare(&path.display().to_string(), &units(&read(&path)), &mut counts, &mut wrong);
    }
    println!("{counts:?}");
    report(&wrong);
}

/// The statements of a program outside of its functions: how many there are, and how many get a rank and a shape.
fn strength(text: &str) -> (usize, usize, usize) {
    let checked = checked(text);
    let outside = |at: u32| {
        let before = text[..at as usize].chars();
        before.fold(0, |depth, c| depth + i32::from(c == '{') - i32::from(c == '}')) <= 0
    };
    let statements = checked.notes.iter().filter(|((_, from, _), _)| outside(*from));
    let notes: Vec<_> = statements.filter_map(|(_, note)| note.value()).collect();
    let ranked = notes.iter().filter(|note| note.rank().is_some()).count();
    (notes.len(), ranked, notes.iter().filter(|note| note.is_shaped()).count())
}

/// The least shares of the statements of the examples, in percent, that get a rank and a shape. What reads files and
/// arguments of the command line gets none.
const LEAST: (usize, usize) = (80, 50);

#[test]
fn most_phrases_of_the_examples_get_a_rank_and_half_of_them_a_shape() {
    let mut whole = (0, 0, 0);
    for path in files("examples", "apl") {
        let (all, ranked, shaped) = strength(&read(&path));
        println!("{}: {all} phrases, {ranked} with a rank, {shaped} with a shape", path.display());
        if std::env::var("UNRANKED").is_ok() {
            let text = read(&path);
            for ((_, from, to), note) in &checked(&text).notes {
                if note.value().is_some_and(|value| value.rank().is_none()) {
                    println!("    {}", text[*from as usize..*to as usize].replace('\n', " "));
                }
            }
        }
        whole = (whole.0 + all, whole.1 + ranked, whole.2 + shaped);
    }
    println!("{whole:?}");
    assert!(whole.1 * 100 >= whole.0 * LEAST.0 && whole.2 * 100 >= whole.0 * LEAST.1, "{whole:?}");
}

#[test]
fn every_statement_of_the_article_gets_a_rank() {
    let text = read(Path::new("examples/article.apl"));
    let checked = checked(&text);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    for ((_, from, to), note) in &checked.notes {
        let value = note.value().unwrap();
        println!("{}: {value}", &text[*from as usize..*to as usize]);
        assert!(value.rank().is_some(), "{}", &text[*from as usize..*to as usize]);
    }
}

#[test]
fn errors_that_must_arise_are_told() {
    let cases: &[(&str, &[&str])] = &[
        ("(2 3⍴⍳6)+2 2⍴0", &["LENGTH ERROR at +2 2⍴0"]),
        ("x←⍳4\ny←⍳5\nx×y", &["LENGTH ERROR at ×y"]),
        ("x←⍳4\ny←⍳4\nx×y", &[]),
        ("m←3 3⍴⍳9\nv←⍳3\nm+v", &["RANK ERROR at +v"]),
        ("m←3 3⍴⍳9\nm[4;1]", &["INDEX ERROR at [4;1]"]),
        ("m←3 3⍴⍳9\nm[1]", &["RANK ERROR at [1]"]),
        ("1+'a'", &["DOMAIN ERROR at +'a'"]),
        ("x←?3⍴0\nx+'abc'", &["DOMAIN ERROR at +'abc'"]),
        ("missing+1", &["VALUE ERROR at missing"]),
        ("f←{⍵+nobody}\nf 1", &["VALUE ERROR at nobody"]),
        ("f←{⍵+g 2}\ng←{⍵×2}\nf 1", &[]),
        ("1+", &["SYNTAX ERROR at 1+"]),
        ("(1+2", &["SYNTAX ERROR at ("]),
        ("f←{⍵+1 2 3}\nf ⍳4", &["LENGTH ERROR at f ⍳4"]),
        ("f←{⍵+1 2 3}\nf ⍳3", &[]),
        ("f←{0::0 ⋄ ⍵+1 2+1 2 3}\nf 1", &[]),
        ("f←{⍵>0:⍵ ⋄ (⍳2)+⍳3}", &["LENGTH ERROR at +⍳3"]),
        ("f←{0:⍵ ⋄ -⍵}", &["UNREACHABLE at ⍵"]),
        ("f←{⍵+1 ⋄ -⍵}", &["UNREACHABLE at -⍵"]),
        ("f←{x←⍵ ⋄ y←2 ⋄ x+1}", &["UNUSED at y"]),
        ("∇r←f x\nr←x+(⍳2)+⍳3\n∇", &["LENGTH ERROR at +⍳3"]),
        (":If 1=?2\nx←1 2\n:Else\nx←1 2 3\n:EndIf\nx+1 2", &[]),
        (":For i :In ⍳3\n(⍳2)+⍳3\n:EndFor", &["LENGTH ERROR at +⍳3"]),
        ("⍎'y←1'\ny+1", &[]),
        ("⎕IO←0\n(⍳3)[3]", &["INDEX ERROR at [3]"]),
        (":Namespace n\nx←1 2 3\n:EndNamespace\nn.x+1 2", &["LENGTH ERROR at +1 2"]),
        (":Namespace n\n:Namespace m\nx←1 2 3\n:EndNamespace\n:EndNamespace\nn.m.x+1 2", &["LENGTH ERROR at +1 2"]),
        ("n←⎕NS''\nn.x←1 2\nn.x+1 2 3\nn.x←4\nn.x+1 2 3", &["LENGTH ERROR at +1 2 3"]),
        ("n←(x:1 2)\nn.y", &["VALUE ERROR at y"]),
        ("n←(x:1 2)\nm←n\nm.x←1 2 3\nn.x+1 2 3", &[]),
        ("n←(x:1 2)\nr←(n n)[?2]\nr.x←1 2 3\nn.x+1 2 3", &[]),
        (":Namespace n\n⎕IO←0\nf←{(⍳3)[⍵]}\n:EndNamespace\nn.f 0\n(⍳3)[3]", &[]),
        ("n←(x:1 2)\n:For i :In ⍳3\nn.x+1 2\nn.x←⍳i\n:EndFor", &[]),
        ("(a b)←1 2 3", &["LENGTH ERROR at ←1 2 3"]),
        ("+/[3]2 2⍴0", &["INDEX ERROR at +/[3]2 2⍴0"]),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), *expected, "{text}");
    }
}

#[test]
fn loops_and_branches_are_joined() {
    let last = |text: &str| {
        let checked = checked(text);
        let note = checked.notes.iter().max_by_key(|((_, from, _), _)| *from).unwrap().1;
        note.value().unwrap().to_string()
    };
    assert_eq!(last("x←3 4⍴0\n⍉x"), "Boolean matrix, shape 4 3");
    assert_eq!(last("x←0\n:For i :In ⍳3\nx,←i\n:EndFor\nx"), "array");
    assert_eq!(last("b←⍸?5⍴2\nc←b+1\nc×b"), "integer vector, length ≢b");
    assert_eq!(last("f←{⍵>1:⍵ ⋄ ⍵ ⍵}\nf ?2"), "real array");
    assert_eq!(last("+/¨(1 2)(3 4)"), "integer vector, length 2");
    assert_eq!(last("{⍵∘.×⍵}?4⍴0"), "real matrix, shape 4 4");
    assert_eq!(last("(+⌿÷≢)?5 3⍴0"), "real vector, length 3");
    assert_eq!(last(":Namespace n\nx←3 4⍴0\n:EndNamespace\n⍉n.x"), "Boolean matrix, shape 4 3");
    assert_eq!(last(":Namespace n\ng←{⍵ ⍵}\n:EndNamespace\nn.g 5"), "integer vector, length 2");
    assert_eq!(last("('a'⎕R'b')'cab'"), "character vector, length ?");
}

/// A program as it is typed: each beginning of it is checked.
#[test]
fn half_typed_programs_get_an_answer() {
    let program = ":Namespace n\n⎕IO←0\n∇ r←a f x;t\n  :If x>0\n    t←⍳x ⋄ r←t[0]\n  :Else\n    r←'it''s'\n  :EndIf\n∇\n\
                   g←{⍺←1 ⋄ 0::⍬ ⋄ ⍵≤0:⍺ ⋄ (⍺×⍵)∇⍵-1} ⍝ c\n:EndNamespace\nm←(a:1 ⋄ b:[1 2 ⋄ 3 4])\nm.(a+b)×n.g 3\n(p q)←m.b[1;]\n";
    for (at, _) in program.char_indices() {
        drop(checked(&program[..at]));
        drop(checked(&program[at..]));
    }
}

#[test]
fn bad_input_gets_an_answer() {
    let nested = "{".repeat(600);
    let long = "1 ".repeat(100_000);
    let chain = format!("x←{}1", "-".repeat(20_000));
    for text in
        ["(", "{", "'", ":If", "∇f", ":Namespace a", "\u{0}\u{1}", &nested, &long, &chain, "f←{∇⍵}\nf 1", "{∇∇}", "⍺⍺"]
    {
        drop(checked(text));
    }
}
