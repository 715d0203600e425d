//! The files for editors that are made from the table of glyphs are current.

#![cfg(feature = "cli")]

use std::process::{Command, Stdio};

fn printed(args: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_zilde")).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn generated_files_are_current() {
    let files: [(&str, &[&str]); 4] = [
        ("editors/vscode/keys.json", &["keys", "--json"]),
        ("editors/vscode/syntaxes/apl.tmLanguage.json", &["keys", "--editor", "textmate"]),
        ("editors/vscode/language-configuration.json", &["keys", "--editor", "language"]),
        ("editors/vim/keymap/zilde.vim", &["keys", "--editor", "vim"]),
    ];
    for (file, args) in files {
        let there = std::fs::read_to_string(file).unwrap();
        assert!(there == printed(args), "{file} is not current: run editors/generate");
    }
}

#[test]
fn the_table_of_glyphs_is_published() {
    let table: serde_json::Value = serde_json::from_str(&printed(&["keys", "--json"])).unwrap();
    let rho = table.as_array().unwrap().iter().find(|row| row["glyph"] == "⍴").unwrap();
    assert_eq!(rho["key"], "r");
    assert_eq!(rho["names"][0], "rho");
    assert_eq!(rho["uses"], serde_json::json!(["Shape", "Reshape"]));
    assert!(rho["pairs"].as_array().unwrap().contains(&"rr".into()));
    assert!(printed(&["keys"]).contains('⍴'));
}
