//! Runs every example of every documentation page and compares its output exactly.

mod common;

use std::fs;
use std::path::Path;

use common::Typed;

#[test]
fn examples_of_the_pages_are_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut examples = 0;
    for folder in ["primitive/docs", "operator/docs", "system/docs"] {
        let mut paths: Vec<_> = fs::read_dir(root.join(folder)).expect("a folder of pages").flatten().collect();
        paths.sort_by_key(|entry| entry.path());
        for entry in paths {
            let text = fs::read_to_string(entry.path()).expect("a page");
            let mut typed = Typed::new();
            for (input, output) in parse(&text) {
                examples += 1;
                let shown = typed.shows(&format!("{input}\n"));
                if trimmed(&shown) != trimmed(&output) {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    wrong.push(format!("{name}:\n      {input}\nwanted\n{output}\ngot\n{shown}"));
                }
            }
        }
    }
    assert!(examples > 300, "only {examples} examples found");
    assert!(wrong.is_empty(), "{} of {examples} examples differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Inputs begin with six blanks; their output stands at the margin, up to the next input or blank line.
fn parse(text: &str) -> Vec<(String, String)> {
    let mut examples: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(input) = line.strip_prefix("      ") {
            examples.push((input.to_string(), String::new()));
            open = true;
        } else if line.trim().is_empty() {
            open = false;
        } else if let (true, Some((_, output))) = (open, examples.last_mut()) {
            output.push_str(line);
            output.push('\n');
        }
    }
    examples
}

fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_string()
}

#[test]
fn the_page_of_all_glyphs_has_their_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/glyphs.md");
    let page = fs::read_to_string(path).expect("docs/glyphs.md");
    let table = zilde::glyphs::table();
    assert!(page.ends_with(&table), "docs/glyphs.md should end with this table:\n{table}");
}

#[test]
fn every_use_of_a_glyph_has_its_heading() {
    let mut missing = Vec::new();
    for entry in zilde::glyphs::entries() {
        if entry.doc.is_empty() {
            missing.push(format!("{}: any use", entry.glyph));
        }
        let headings: Vec<&str> = entry.doc.lines().filter(|line| line.starts_with("## ")).collect();
        for title in entry.titles.iter().flatten().flat_map(|title| title.split(" / ")) {
            let plain = |heading: &&str| heading.to_lowercase().contains(&title.to_lowercase());
            // What is no function and no operator has a page about itself.
            let is_use =
                zilde::primitive::lookup(entry.glyph).is_some() || zilde::operator::lookup(entry.glyph).is_some();
            if is_use && !headings.iter().any(plain) {
                missing.push(format!("{}: {title}", entry.glyph));
            }
        }
    }
    assert!(missing.is_empty(), "pages without a heading for\n{}", missing.join("\n"));
}
