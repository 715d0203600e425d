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

/// The end of a test suite.
const END: &str = "    <system-out/>\n    <system-err/>\n  </testsuite>\n";

/// JUnit's XML: a test suite for each file, a test case for each input. A file that cannot be played is an error. What is
/// written is valid by the schema of Ant's reports, which asks for the most, and by that of Jenkins.
pub fn junit(tested: &Tested) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let errors = tested.complaints.len();
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let count = |cases: &[&Case], wanted: &str| cases.iter().filter(|case| word(&case.verdict) == wanted).count();
    let begin = |number: usize| {
        format!("  <testsuite id=\"{number}\" package=\"zilde\" hostname=\"localhost\" timestamp=\"{now}\"")
    };
    for (number, file) in tested.files.iter().enumerate() {
        let cases: Vec<&Case> = file.cases.iter().collect();
        let name = xml(&file.path.display().to_string());
        let time: std::time::Duration = cases.iter().map(|case| case.time).sum();
        // A String takes whatever is written.
        let _ = writeln!(
            out,
            "{} name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\">\n    <properties/>",
            begin(number),
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
        out += END;
    }
    if errors > 0 {
        let _ = writeln!(
            out,
            "{} name=\"files\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\" skipped=\"0\" time=\"0.000\">\n    <properties/>",
            begin(tested.files.len()),
        );
        for complaint in &tested.complaints {
            let message = xml(complaint);
            let _ = writeln!(
                out,
                "    <testcase name=\"{message}\" classname=\"files\" time=\"0.000\"><error message=\"{message}\" type=\"error\"/></testcase>"
            );
        }
        out += END;
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

#[cfg(test)]
mod tests {
    use quick_xml::events::{BytesStart, Event};

    use super::*;

    /// What a schema says of an element: the elements it may stand in, the attributes that it must have, those that it may
    /// have, and what of its children comes after what, each with how many there may be.
    struct Element {
        name: &'static str,
        within: &'static str,
        must: &'static [&'static str],
        may: &'static [&'static str],
        children: &'static [(&'static str, usize, usize)],
    }

    const MANY: usize = usize::MAX;

    /// The schema of Ant's reports (JUnit.xsd, by Windy Road), which is stricter than that of Jenkins (junit-10.xsd): of
    /// a test case's children there is one at most.
    const SCHEMA: &[Element] = &[
        Element { name: "testsuites", within: "", must: &[], may: &[], children: &[("testsuite", 0, MANY)] },
        Element {
            name: "testsuite",
            within: "testsuites",
            must: &["id", "package", "hostname", "timestamp", "name", "tests", "failures", "errors", "time"],
            may: &["skipped"],
            children: &[("properties", 1, 1), ("testcase", 0, MANY), ("system-out", 1, 1), ("system-err", 1, 1)],
        },
        Element { name: "properties", within: "testsuite", must: &[], may: &[], children: &[] },
        Element {
            name: "testcase",
            within: "testsuite",
            must: &["name", "classname", "time"],
            may: &[],
            children: &[("skipped", 0, 1), ("error", 0, 1), ("failure", 0, 1)],
        },
        Element { name: "skipped", within: "testcase", must: &[], may: &["type", "message"], children: &[] },
        Element { name: "error", within: "testcase", must: &["type"], may: &["message"], children: &[] },
        Element { name: "failure", within: "testcase", must: &["type"], may: &["message"], children: &[] },
        Element { name: "system-out", within: "testsuite", must: &[], may: &[], children: &[] },
        Element { name: "system-err", within: "testsuite", must: &[], may: &[], children: &[] },
    ];

    fn element(name: &str) -> &'static Element {
        SCHEMA.iter().find(|element| element.name == name).unwrap_or_else(|| panic!("no element {name}"))
    }

    /// Checks the attributes of an element; gives its name.
    fn begun(start: &BytesStart, outer: &str) -> String {
        let name = String::from_utf8_lossy(start.name().as_ref().as_ref()).into_owned();
        let Element { within, must, may, .. } = element(&name);
        assert_eq!(*within, outer, "{name}");
        let attribute = |(key, value): (String, String)| {
            let number = match key.as_str() {
                "tests" | "failures" | "errors" | "skipped" | "id" => value.parse::<u32>().is_ok(),
                "time" => value.parse::<f64>().is_ok_and(|time| time >= 0.0),
                "timestamp" => value.len() == 19 && value.as_bytes()[10] == b'T',
                _ => !value.is_empty(),
            };
            assert!(number, "{name} {key}={value}");
            key
        };
        let pair = |attribute: quick_xml::events::attributes::Attribute| {
            let key = String::from_utf8_lossy(attribute.key.as_ref().as_ref()).into_owned();
            (key, String::from_utf8_lossy(attribute.value.as_ref().as_ref()).into_owned())
        };
        let keys: Vec<String> = start.attributes().map(|found| attribute(pair(found.expect("an attribute")))).collect();
        assert!(must.iter().all(|key| keys.iter().any(|found| found == key)), "{name}: {keys:?}");
        assert!(keys.iter().all(|key| must.contains(&&**key) || may.contains(&&**key)), "{name}: {keys:?}");
        name
    }

    /// Checks the children of an element: their order, and how many there are.
    fn ended(name: &str, children: &[String]) {
        let wanted = element(name).children;
        let place =
            |child: &String| wanted.iter().position(|(name, ..)| name == child).expect("a child that is allowed");
        assert!(children.is_sorted_by_key(place), "{name}: {children:?}");
        for (child, least, most) in wanted {
            let count = children.iter().filter(|found| found == child).count();
            assert!((*least..=*most).contains(&count), "{name}: {count} {child}");
        }
        assert!(name != "testcase" || children.len() <= 1, "{children:?}");
    }

    #[test]
    fn junit_is_valid_by_its_schema() {
        let case = |verdict| Case::unrun(3, Some("<&>\"\u{1b}".into()), "1+1".into(), verdict);
        let verdicts = [
            Verdict::Passed,
            Verdict::Differs,
            Verdict::Skipped("why".into()),
            Verdict::KnownToDiffer,
            Verdict::Spoilt(crate::tester::Trouble::TimedOut),
            Verdict::Falsified("does not hold".into()),
        ];
        let file = |name: &str| FileReport {
            path: name.into(),
            cases: verdicts.clone().map(case).into(),
            text: String::new(),
            proposed: None,
            recorded: Default::default(),
        };
        let files = vec![file("a.aplt"), file("b<c.aplt")];
        let complaints = vec!["x.aplt: cannot be read".to_owned()];
        for tested in [Tested { files, complaints, ..Tested::default() }, Tested::default()] {
            let text = junit(&tested);
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut open: Vec<(String, Vec<String>)> = Vec::new();
            loop {
                let outer = open.last().map_or("", |(name, _)| name).to_owned();
                match reader.read_event().expect("well-formed XML") {
                    Event::Eof => break,
                    Event::Start(start) => {
                        let name = begun(&start, &outer);
                        open.iter_mut().last().into_iter().for_each(|(_, children)| children.push(name.clone()));
                        open.push((name, Vec::new()));
                    }
                    Event::Empty(start) => {
                        let name = begun(&start, &outer);
                        ended(&name, &[]);
                        open.iter_mut().last().into_iter().for_each(|(_, children)| children.push(name.clone()));
                    }
                    Event::End(_) => {
                        let (name, children) = open.pop().expect("an open element");
                        ended(&name, &children);
                    }
                    Event::Text(text) => assert!(!text.contains('\u{1b}')),
                    _ => {}
                }
            }
            assert!(open.is_empty());
        }
    }
}
