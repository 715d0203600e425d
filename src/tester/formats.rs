//! Reports for other programs: TAP, JUnit, JSON lines, annotations of GitHub.

use std::fmt::Write;

use quick_xml::escape::escape;
use serde_json::json;

use super::case::{Case, FileReport, Verdict};
use super::report::{self, Marks};
use super::{Summary, Tested};

/// A description without what would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// The Test Anything Protocol: a point an input.
pub fn tap(files: &[FileReport]) -> String {
    let cases = || files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case)));
    let mut out = format!("TAP version 13\n1..{}\n", cases().count());
    for (number, (file, case)) in cases().enumerate() {
        let ok = match &case.verdict {
            Verdict::Passed | Verdict::PassedAfterAll | Verdict::Skipped(_) => "ok",
            _ => "not ok",
        };
        let directive = match &case.verdict {
            Verdict::KnownToDiffer | Verdict::PassedAfterAll => " # TODO known to differ".to_owned(),
            Verdict::Skipped(why) => format!(" # SKIP {why}"),
            _ => String::new(),
        };
        // A String takes whatever is written.
        let _ = writeln!(
            out,
            "{ok} {} - {}:{} {}{directive}",
            number + 1,
            file.path.display(),
            case.line,
            escaped(case.title())
        );
        if !case.verdict.is_good() {
            let mut detail = format!("{}\n", report::said(&case.verdict));
            report::difference(&mut detail, &file.path, case, Marks::new(false));
            for line in detail.lines() {
                let _ = writeln!(out, "# {line}");
            }
        }
    }
    out
}

/// What became of a case, in one word.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Differs | Verdict::NotAsAsked | Verdict::PassedAfterAll | Verdict::Falsified(_) => "failed",
        Verdict::KnownToDiffer => "known",
        Verdict::Skipped(_) | Verdict::Unselected => "skipped",
        Verdict::Spoilt(_) => "error",
    }
}

/// What is wrong with a case, in lines, without colours.
fn detail(file: &FileReport, case: &Case) -> String {
    let mut detail = String::new();
    report::difference(&mut detail, &file.path, case, Marks::new(false));
    detail
}

/// Text for XML: without the characters that it cannot hold.
fn xml(text: &str) -> String {
    let allowed =
        |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    escape(text.chars().filter(allowed).collect::<String>()).replace('\n', "&#10;")
}

/// JUnit's XML: a test suite for each file, a test case for each input. A file that cannot be played is an error.
pub fn junit(tested: &Tested) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let errors = tested.complaints.len();
    let count = |cases: &[&Case], wanted: &str| cases.iter().filter(|case| word(&case.verdict) == wanted).count();
    let all: Vec<&Case> = tested.files.iter().flat_map(|file| &file.cases).collect();
    // A String takes whatever is written.
    let _ = writeln!(
        out,
        "<testsuites name=\"zilde test\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">",
        all.len() + errors,
        count(&all, "failed"),
        count(&all, "error") + errors,
        tested.time().as_secs_f64(),
    );
    for file in &tested.files {
        let cases: Vec<&Case> = file.cases.iter().collect();
        let name = xml(&file.path.display().to_string());
        let time: std::time::Duration = cases.iter().map(|case| case.time).sum();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\">",
            cases.len(),
            count(&cases, "failed"),
            count(&cases, "error"),
            count(&cases, "skipped") + count(&cases, "known"),
            time.as_secs_f64(),
        );
        for case in cases {
            let title = xml(&format!("{}: {}", case.line, case.title()));
            let time = case.time.as_secs_f64();
            let _ = write!(out, "    <testcase name=\"{title}\" classname=\"{name}\" time=\"{time:.3}\"");
            let said = xml(report::said(&case.verdict));
            let _ = match word(&case.verdict) {
                "failed" => writeln!(
                    out,
                    "><failure message=\"{said}\" type=\"failure\">{}</failure></testcase>",
                    xml(&detail(file, case))
                ),
                "error" => writeln!(
                    out,
                    "><error message=\"{said}\" type=\"error\">{}</error></testcase>",
                    xml(&detail(file, case))
                ),
                "skipped" | "known" => writeln!(out, "><skipped message=\"{said}\"/></testcase>"),
                _ => writeln!(out, "/>"),
            };
        }
        out += "  </testsuite>\n";
    }
    if errors > 0 {
        let _ = writeln!(
            out,
            "  <testsuite name=\"files\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\" skipped=\"0\" time=\"0.000\">"
        );
        for complaint in &tested.complaints {
            let message = xml(complaint);
            let _ = writeln!(
                out,
                "    <testcase name=\"{message}\" classname=\"files\" time=\"0.000\"><error message=\"{message}\" type=\"error\"/></testcase>"
            );
        }
        out += "  </testsuite>\n";
    }
    out + "</testsuites>\n"
}

/// A JSON object a line: one for each case, one for each file that cannot be played, and at the end the numbers.
pub fn json_lines(tested: &Tested) -> String {
    let mut out = String::new();
    for file in &tested.files {
        for case in &file.cases {
            let drawing = case.counterexample.as_ref().map(|found| {
                json!({
                    "assignments": found.assignments, "number": found.number, "steps": found.steps, "seed": found.seed,
                })
            });
            let line = json!({
                "event": "case",
                "file": file.path.display().to_string(),
                "line": case.line,
                "name": case.name,
                "input": case.input,
                "outcome": word(&case.verdict),
                "reason": (case.verdict != Verdict::Passed).then(|| report::said(&case.verdict)),
                "seconds": case.time.as_secs_f64(),
                "expected": case.expected,
                "got": case.got,
                "differences": case.detail,
                "counterexample": drawing,
            });
            let _ = writeln!(out, "{line}");
        }
    }
    for complaint in &tested.complaints {
        let _ = writeln!(out, "{}", json!({ "event": "complaint", "message": complaint }));
    }
    let Summary { files, passed, failed, spoilt, known, skipped, accepted, unreadable } = tested.summary;
    let line = json!({
        "event": "summary",
        "files": files, "passed": passed, "failed": failed, "spoilt": spoilt, "known": known, "skipped": skipped,
        "accepted": accepted, "unreadable": unreadable, "seconds": tested.time().as_secs_f64(),
        "exit": tested.summary.code(),
    });
    let _ = writeln!(out, "{line}");
    out
}

/// Commands of GitHub's workflows: an annotation at the line of each case that fails.
pub fn github(tested: &Tested) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for file in &tested.files {
        for case in file.cases.iter().filter(|case| !case.verdict.is_good()) {
            let path = property(&file.path.display().to_string());
            let title = property(&format!("{} {}", case.title(), report::said(&case.verdict)));
            let detail = data(detail(file, case).trim_end());
            let _ = writeln!(out, "::error file={path},line={},title={title}::{detail}", case.line);
        }
    }
    for complaint in &tested.complaints {
        let _ = writeln!(out, "::error::{}", data(complaint));
    }
    out + &report::summed_up(&tested.summary, Marks::new(false))
}
