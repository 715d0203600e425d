//! Coverage for other programs: LCOV, and a page of HTML.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::listing::from_here;
use super::{Count, Coverage, Covered};
use crate::names::record::{FALSE, TRUE};

/// The format of LCOV's tracefiles. A line counts as run if a phrase that begins on it was; each condition is a block with
/// two branches, the true one first.
pub fn lcov(coverage: &Coverage) -> String {
    let mut out = String::new();
    for (path, file) in &coverage.files {
        // A String takes whatever is written.
        let _ = writeln!(out, "TN:\nSF:{}", from_here(path).display());
        let Count { taken, sides, .. } = file.count();
        let (mut found, mut hit) = (0, 0);
        let mut data = String::new();
        for (number, (_, _, phrases)) in file.lines().into_iter().enumerate() {
            let conditions = phrases.iter().filter(|(_, phrase)| phrase.has_sides());
            for (block, (_, phrase)) in conditions.enumerate() {
                for (branch, side) in [TRUE, FALSE].into_iter().enumerate() {
                    let taken = match (phrase.ran(), phrase.marks & side != 0) {
                        (false, _) => "-",
                        (true, taken) => ["0", "1"][usize::from(taken)],
                    };
                    let _ = writeln!(out, "BRDA:{},{block},{branch},{taken}", number + 1);
                }
            }
            if !phrases.is_empty() {
                let run = phrases.iter().any(|(_, phrase)| phrase.ran());
                found += 1;
                hit += usize::from(run);
                let _ = writeln!(data, "DA:{},{}", number + 1, u8::from(run));
            }
        }
        let _ = writeln!(out, "BRF:{sides}\nBRH:{taken}\n{data}LF:{found}\nLH:{hit}\nend_of_record");
    }
    out
}

const STYLE: &str = "body{font-family:sans-serif;margin:2em}pre{font-family:'APL385 Unicode',monospace;line-height:1.3}\
    .run{background:#dfd}.half{background:#ffc}.missed{background:#fbb}td,th{padding:.1em 1em .1em 0;text-align:left}\
    .n{color:#888}";

/// A page with a table of the files, and the text of each with what was run in colours.
pub fn html(coverage: &Coverage) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Coverage</title><style>{STYLE}</style></head>\n<body><h1>Coverage</h1>\n<table><tr><th>file<th>phrases run<th>sides taken<th>%</tr>\n"
    );
    let row = |name: &str, count: &Count| {
        let Count { run, phrases, taken, sides } = count;
        format!("<tr><td>{name}<td>{run} of {phrases}<td>{taken} of {sides}<td>{:.1}</tr>\n", count.percent())
    };
    for (number, (path, file)) in coverage.files.iter().enumerate() {
        let name = from_here(path).display().to_string();
        out += &row(&format!("<a href=\"#f{number}\">{}</a>", escape(&name)), &file.count());
    }
    out += &row("all", &coverage.count());
    out += "</table>\n";
    for (number, (path, file)) in coverage.files.iter().enumerate() {
        let name = from_here(path).display().to_string();
        let _ = write!(out, "<h2 id=\"f{number}\">{}</h2>\n<pre>", escape(&name));
        text(&mut out, file);
        out += "</pre>\n";
    }
    out + "</body></html>\n"
}

/// The lines of a file, numbered, its phrases in marked spans.
fn text(out: &mut String, file: &Covered) {
    for (number, (begin, line, _)) in file.lines().into_iter().enumerate() {
        let _ = write!(out, "<span class=\"n\">{:4}</span>  ", number + 1);
        let mut open = "";
        for (at, c) in line.char_indices() {
            let class = class(file, begin + at);
            if class != open {
                *out += if open.is_empty() { "" } else { "</span>" };
                if !class.is_empty() {
                    let _ = write!(out, "<span class=\"{class}\">");
                }
                open = class;
            }
            *out += &escape(&*c.encode_utf8(&mut [0; 4]));
        }
        *out += if open.is_empty() { "\n" } else { "</span>\n" };
    }
}

/// The class of a character: that of the innermost phrase around it.
fn class(file: &Covered, at: usize) -> &'static str {
    match file.around(at) {
        None => "",
        Some(phrase) if !phrase.ran() => "missed",
        Some(phrase) if !phrase.missing().is_empty() => "half",
        Some(_) => "run",
    }
}
