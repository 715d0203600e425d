//! What DIFFERENCES.md says is so: its rows are shown by a transcript, and what it calls missing says so.

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::Typed;

/// Rows that no transcript can show, and why.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("memory besides arrays", "only a process with the counting allocator bounds it: tests/safety.rs"),
    ("⎕AI", "depends on the clock"),
    ("⎕ARG", "depends on the command line: the_command_line_is_the_programs_to_read"),
    (")off 3", "ends the session: tests/cli.rs"),
    ("a result of more than 1,000 lines on a terminal", "needs a terminal"),
    ("suspended functions", "needs a terminal: tests/terminal.rs"),
    ("an error in a dfn of one line without a name, called from the prompt", "the tests of session/suspension.rs"),
    ("a dfn that is edited while it is suspended", "the tests of session/suspension.rs"),
    ("→line where a dfn is suspended", "the tests of session/suspension.rs"),
    ("]help, ]keys, ]lines", "are commands of zilde's own"),
    ("]plot, ]view", "are commands of zilde's own: docs/pictures.md"),
    ("a RANK, LENGTH or INDEX ERROR on a terminal", "tests/reports.rs shows the details of errors"),
    ("VALUE ERROR on a terminal", "tests/reports.rs shows the details of errors"),
    ("results narrower than their type", "has no visible effect"),
    ("+/ of more than 128 numbers along the last axis", "shows in the last digits only"),
    (
        "+.×; +/ and +⌿ of an outer product or of windows in the same expression, as in +/A∘.×B",
        "shows in the last digits only",
    ),
    ("+\\ of more than 896 numbers, N+/Y and N+⌿Y with N greater than 128", "shows in the last digits only"),
];

/// Examples of what is missing in part: what the page calls it, input, and what the report says. Names that begin with
/// `⎕`, `)` or `]` and are not here are missing as a whole: they are tried with the argument 1.
const MISSING: &[(&str, &str, &str)] = &[
    ("⎕NQ", "2 ⎕NQ'.' 'Flush'", "⎕NQ with Flush"),
    ("⎕WG", "'.'⎕WG'Caption'", "the property Caption"),
    ("⎕NXLATE", "⎕NXLATE 0", "⎕NXLATE for ⎕DR"),
    (":Implements", ":Implements Trigger x", ":Implements"),
    (":Field", ":Namespace n\n:Field Public a←1\n:EndNamespace", ":Field belongs to classes"),
    (":Include", ":Namespace n\n:Include m\n:EndNamespace", ":Include of a namespace"),
    (":Class", ":Class point\n:EndClass", "classes"),
    ("⎕CS", "'names'⎕CS'space'", "⎕CS with names to export"),
    ("&", "{⍵}&1", "the operator &"),
    ("⌶", "16⌶1", "the service 16⌶"),
    ("1200⌶", "'D'(1200⌶⍠'Dictionary'(⎕NS''))1", "dictionaries"),
    ("FixWithErrors", "(⎕FIX⍠'FixWithErrors' 2)':Namespace n' ':EndNamespace'", "⎕FIX that asks about errors"),
    ("\\X", "'\\X'⎕S'&'⊢'abc'", "\\X in a pattern"),
    ("\\C", "'\\C'⎕R'&'⊢'abc'", "\\C in a pattern"),
    ("(?|", "'(?|a|b)'⎕S'&'⊢'abc'", "(?| in a pattern"),
    ("(?(R)", "'(?(R)a|b)'⎕S'&'⊢'abc'", "a condition about recursion in a pattern"),
    ("[:graph:]", "('[[:graph:]]'⎕S'&'⍠'UCP' 1)'a'", "[:graph:] with UCP"),
    ("[:print:]", "('[[:print:]]'⎕S'&'⍠'UCP' 1)'a'", "[:print:] with UCP"),
    ("[:punct:]", "('[[:punct:]]'⎕S'&'⍠'UCP' 1)'a'", "[:punct:] with UCP"),
    ("(*COMMIT)", "'a(*COMMIT)b'⎕S'&'⊢'abc'", "(*COMMIT) in a pattern"),
    ("(*PRUNE)", "'a(*PRUNE)b'⎕S'&'⊢'abc'", "(*PRUNE) in a pattern"),
    ("(*SKIP)", "'a(*SKIP)b'⎕S'&'⊢'abc'", "(*SKIP) in a pattern"),
    ("(*THEN)", "'a(*THEN)b'⎕S'&'⊢'abc'", "(*THEN) in a pattern"),
    ("⎕DF", "⎕DF 2 3⍴'name'", "a display form of several lines"),
    ("⊥", "10 10⊥⍣¯1⊢1J2", "inverse of decode of complex numbers"),
];

/// What the section names that is there: in the words that say what is missing about it.
const THERE: &[&str] = &[
    "⎕DR",
    "⎕FIX",
    "739⌶",
    "900⌶",
    "1200⌶",
    "7162⌶",
    ")copy",
    "⎕CY",
    "]help",
    "]help commands",
    "]help ⎕CY",
    "⎕R",
    "⎕S",
];

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("DIFFERENCES.md")).expect("the page")
}

fn section(title: &str) -> String {
    let page = page();
    let (_, rest) = page.split_once(&format!("## {title}\n")).expect("a section");
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The first column of the table, without its marks.
fn rows() -> Vec<String> {
    let section = section("On purpose");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    rows.map(|row| row.split(" | ").next().unwrap_or_default().replace('`', "")).collect()
}

#[test]
fn every_row_is_shown_in_its_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/differences.aplt");
    let text = fs::read_to_string(path).expect("the transcript");
    let shown: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("⍝ Row: ")).collect();
    let rows = rows();
    let hidden = |row: &&String| NOT_SHOWN.iter().any(|(name, _)| name == row);
    let wanted: Vec<&String> = rows.iter().filter(|row| !hidden(row)).collect();
    assert_eq!(shown, wanted, "the rows of tests/transcripts/differences.aplt and of the page");
    for (row, why) in NOT_SHOWN {
        assert!(rows.iter().any(|name| name == row), "no row {row} ({why})");
    }
}

#[test]
fn what_is_missing_says_so() {
    let section = section("Not there yet");
    // Some spans of code list several names.
    let spans = section.split('`').skip(1).step_by(2);
    let named: Vec<&str> =
        spans.flat_map(|span| if span.starts_with(['⎕', ')']) { span.split(' ') } else { span.split('\n') }).collect();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for name in named {
        let (input, says) = match MISSING.iter().find(|(missing, ..)| *missing == name) {
            Some((_, input, says)) => ((*input).to_owned(), *says),
            None if THERE.contains(&name) => continue,
            None if name.starts_with(['⎕', ')', ']']) => (format!("{name} 1"), name),
            None => {
                wrong.push(format!("no example for {name}"));
                continue;
            }
        };
        tried += 1;
        let report = Typed::new().shows(&input);
        let first = report.lines().next().unwrap_or_default();
        if !(first.starts_with("NONCE ERROR: ") && first.contains(says)) {
            wrong.push(format!("{name}: {input}\n{report}"));
        }
    }
    assert!(wrong.is_empty(), "not missing as the page says:\n{}", wrong.join("\n"));
    assert!(tried > 20, "only {tried}");
    for (name, ..) in MISSING {
        assert!(section.contains(&format!("`{name}`")), "the page does not name {name}");
    }
}

/// What the section says of names that are there.
#[test]
fn what_is_there_is_there() {
    let shows = |line: &str| Typed::new().shows(line);
    assert_eq!(shows("'D'(1200⌶)1"), " 1 \n");
    for service in ["900⌶", "7162⌶"] {
        assert!(!shows(&format!("{service}1")).contains("NONCE"), "{service}");
    }
    assert_eq!(shows("→5"), "");
    assert_eq!(shows("'to'⎕CY'dfns' ⋄ 2 to 4"), "2 3 4\n");
}

/// The half of the row about ⍞ that a transcript, which is a session, cannot show.
#[test]
fn answers_to_scripts_are_data() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zilde"))
        .args(["-e", "⍞←'Town: ' ⋄ ≢⍞"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("a pipe").write_all("Oslo\n".as_bytes()).expect("a line");
    let output = child.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Town: \n4\n");
}

/// Local time is that of TZ; UTC without the right to know it.
#[test]
fn times_are_local() {
    let difference = "hours←24×-/1 ⎕DT'J' 'Z' ⋄ (⌊0.51+hours)(0.01>|(1 ⎕DT⊂⎕TS)-⊃1 ⎕DT'J')";
    for (options, zone, wanted) in [
        (&[][..], "EST5", "¯5 1\n"),
        (&[], "IST-5:30", "6 1\n"),
        (&[], "UTC", "0 1\n"),
        (&["--sandbox"], "EST5", "0 1\n"),
        (&["--sandbox", "--allow-env"], "JST-9", "9 1\n"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_zilde"))
            .args(options)
            .args(["-e", difference])
            .env("TZ", zone)
            .output()
            .expect("the program");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(shown, wanted, "{options:?} {zone}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
