//! Laws of the formatter: it changes nothing a second time, and what it writes has the same words and is read in the same way.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use zilde::Session;
use zilde::check::inputs;
use zilde::formatter::{Kind, format};
use zilde::syntax::scan::{Class, words};

/// The words of a text without blanks, comments among them.
fn parts(text: &str) -> Vec<&str> {
    words(text).into_iter().filter(|word| word.class != Class::Blank).map(|word| &text[word.range]).collect()
}

/// How each logical line is bound, without evaluating anything; without blanks, which a dfn is shown with.
fn bound(session: &mut Session, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = zilde::syntax::lines::logical_line(rest);
        let tree = match session.explain(line) {
            Ok(tree) => tree,
            Err(fault) => fault.headline(),
        };
        found.push(tree.replace([' ', '\n', '…'], ""));
        rest = after;
    }
    found
}

fn law(label: &str, text: &str, kind: Kind) {
    let once = format(text, kind);
    assert_eq!(format(&once, kind), once, "{label}: a second time");
    assert_eq!(parts(text), parts(&once), "{label}");
    let mut session = Session::new();
    let (before, after) = (bound(&mut session, text), bound(&mut session, &once));
    assert_eq!(before.len(), after.len(), "{label}");
    for (before, after) in before.iter().zip(&after) {
        // Long texts of dfns are cut where their blanks say.
        let same = before == after || before.chars().take(40).eq(after.chars().take(40));
        assert!(same, "{label}:\n{before}\n{after}");
    }
}

fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if extensions.contains(&&*extension) {
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

#[test]
fn programs_stay_the_same() {
    let found = files("examples", &["apl", "aplf", "apla", "apln"]);
    assert!(found.len() > 10);
    for path in found {
        let kind = Kind::of(path.extension().unwrap().to_str().unwrap()).unwrap();
        law(&path.display().to_string(), &read(&path), kind);
    }
}

#[test]
fn inputs_of_transcripts_and_pages_stay_the_same() {
    let mut count = 0;
    for path in files("tests/transcripts", &["aplt"]).into_iter().chain(files("src", &["md"])) {
        let text = read(&path);
        for (_, unit) in inputs(&text) {
            law(&format!("{}: {unit}", path.display()), unit, Kind::Script);
            law(&format!("{}: {unit}", path.display()), unit, Kind::Function);
            count += 1;
        }
    }
    assert!(count > 2000, "{count}");
}

/// Words that programs are made of, with blanks or without.
fn program() -> impl Strategy<Value = String> {
    let words = [
        "x",
        "⎕IO",
        "1",
        "¯2.5",
        ".5",
        "'a b'",
        "\"⍝\"",
        "+",
        "-",
        "/",
        "∘",
        ".",
        "←",
        "⋄",
        ";",
        ":",
        "::",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "⍺",
        "⍵",
        "∇",
        "⍝ c ",
        "\n",
        "  ",
        " ",
        ":If",
        ":For i :In ",
        ":EndIf",
        "L:",
        "∇f x",
        "∇",
        "⍝ fmt: off",
        "⍝ fmt: on",
        "'",
        "\r\n",
        ")vars",
        "#",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..30).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn generated_programs_stay_the_same(text in program()) {
        for kind in [Kind::Script, Kind::Function] {
            let once = format(&text, kind);
            prop_assert_eq!(&format(&once, kind), &once);
            prop_assert_eq!(parts(&text), parts(&once));
        }
    }
}
