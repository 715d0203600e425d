//! Laws of the formatter: it changes nothing a second time, and what it writes has the same words and is read in the same way.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use zilde::Session;
use zilde::check::inputs;
use zilde::formatter::{Kind, format};
use zilde::syntax::scan::{Class, words};
use zilde::syntax::token::tokens;
use zilde::syntax::traditional::{self, Member};
use zilde::syntax::{TO_THE_END, grammar};

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
        found.extend(tree.lines().map(|line| line.replace([' ', '…'], "")));
        rest = after;
    }
    found
}

/// How a text is read: as statements, as a traditional function, as a script and as lines with control structures, all
/// that is in braces too; without the places.
fn read_as(text: &str) -> Vec<String> {
    let shown = |tree: &dyn std::fmt::Debug| {
        let tree = format!("{tree:?}");
        let mut parts = tree.split("Span { start: ");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |shown, part| shown + part.split_once('}').map_or("", |(_, rest)| rest))
    };
    let statements = tokens(text).and_then(|tokens| grammar::statements_while(&tokens, TO_THE_END));
    let mut all = vec![
        shown(&statements.map_err(|error| error.message)),
        shown(&traditional::definition(text, TO_THE_END).map_err(|error| error.message)),
        shown(&traditional::code(text, TO_THE_END).map_err(|error| error.message)),
    ];
    let script = traditional::script(text, TO_THE_END);
    all.push(shown(&script.is_ok()));
    // The members of a script are parts of its text, which are read by themselves.
    for member in script.iter().flat_map(|script| &script.members) {
        if let Member::Function(span) = member {
            all.push(shown(&traditional::definition(span.of(text), TO_THE_END).map_err(|error| error.message)));
        }
    }
    all
}

fn law(label: &str, text: &str, kind: Kind) {
    if let Err(why) = holds(text, kind) {
        panic!("{label}: {why}");
    }
}

/// Whether a text is formatted without a change a second time, keeps its words, and is read and bound as before.
fn holds(text: &str, kind: Kind) -> Result<(), String> {
    let once = format(text, kind);
    if format(&once, kind) != once {
        return Err(format!("a second time changes\n{once}"));
    }
    if parts(text) != parts(&once) {
        return Err(format!("other words in\n{once}"));
    }
    let mut session = Session::new();
    let (before, after) = (bound(&mut session, text), bound(&mut session, &once));
    for (before, after) in before.iter().zip(&after) {
        // Long texts of dfns are cut where their blanks say.
        if !before.starts_with(after) && !after.starts_with(before) {
            return Err(format!("bound differently:\n{before}\n{after}"));
        }
    }
    let (before, after) = (read_as(text), read_as(&once));
    match before.iter().zip(&after).find(|(before, after)| before != after) {
        None if before.len() == after.len() => Ok(()),
        differing => Err(format!("read differently: {differing:?}\n{once}")),
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

/// The same for sources elsewhere: `FORMATTED=FOLDER cargo test --test formatting -- --ignored --nocapture`.
#[test]
#[ignore = "sources in the folder that the environment variable FORMATTED names"]
fn other_sources_stay_the_same() {
    let folder = std::env::var("FORMATTED").expect("FORMATTED names a folder");
    let (mut texts, mut changed, mut wrong) = (0, 0, Vec::new());
    for path in files(&folder, &["apl", "apls", "aplf", "aplo", "apla", "apln", "dyalog"]) {
        let kind = Kind::of(path.extension().unwrap().to_str().unwrap()).unwrap();
        let text = read(&path);
        texts += 1;
        changed += usize::from(format(&text, kind) != text);
        wrong.extend(holds(&text, kind).err().map(|why| format!("{}: {why}", path.display())));
    }
    println!("{texts} texts, {changed} of them changed by formatting");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
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
