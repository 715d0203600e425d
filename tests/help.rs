//! The topics of the help: their examples are run and compared to the letter.

mod common;

use std::fs;
use std::path::Path;

use common::Typed;

#[test]
fn examples_of_the_topics_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/session/docs");
    let mut examples = 0;
    for entry in fs::read_dir(folder).expect("a folder of topics").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a topic");
        let mut typed = Typed::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(first) = line.strip_prefix("      ") else { continue };
            let mut input = first.to_owned();
            while typed.session.needs_more(&input) {
                let next = lines.next().expect("an end of the input");
                input = format!("{input}\n{}", next.strip_prefix("      ").expect("more input"));
            }
            examples += 1;
            let shown = typed.shows(&format!("{input}\n"));
            for expected in shown.lines().map(str::trim_end) {
                let line = lines.next_if(|_| !expected.is_empty()).unwrap_or_default().trim_end();
                assert_eq!(line, expected, "{}: {input}", entry.path().display());
            }
            let ended = lines.peek().is_none_or(|line| line.is_empty() || line.starts_with("      "));
            assert!(ended, "{}: {input} shows only\n{shown}", entry.path().display());
        }
    }
    assert!(examples > 40, "only {examples} examples found");
}
