//! Where the packages that zilde is built of come from, and under which licences, as `cargo metadata` tells.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Licences that ask for nothing but their own text. Where a package offers several, one of them is enough.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Asks for a sentence in the documentation, which README.md has.
    "IJG",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

fn packages() -> Vec<Value> {
    // Only what is built here: other packages need not have been downloaded.
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let told = Command::new(rustc).arg("-vV").output().expect("rustc runs").stdout;
    let told = String::from_utf8_lossy(&told).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    told["packages"].as_array().expect("packages").clone()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// Whether a licence expression can be met by licences of the list.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(" WITH LLVM-exception", "");
    let expression = expression.replace(['(', ')'], "");
    // `AND` binds tighter; in parentheses an `OR` may stand within, so every alternative of it counts for its own.
    expression.split(" AND ").all(|part| part.split(" OR ").any(|name| LICENCES.contains(&name.trim())))
}

#[test]
fn licences_are_read() {
    assert!(allowed("MIT OR GPL-3.0") && allowed("MIT/Apache-2.0") && allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!allowed("GPL-3.0") && !allowed("MIT AND GPL-3.0") && !allowed(""));
}

#[test]
fn every_package_has_a_licence_that_asks_for_little() {
    let packages = packages();
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| !allowed(text(package, "license")))
        .map(|package| format!("{}: {}", text(package, "name"), text(package, "license")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_package_is_from_the_registry() {
    let packages = packages();
    let others = packages
        .iter()
        .filter(|package| !text(package, "source").starts_with("registry+https://github.com/rust-lang/"));
    let names: Vec<&str> = others.map(|package| text(package, "name")).collect();
    assert_eq!(names, ["zilde"]);
}

#[test]
fn few_packages_are_there_in_several_versions() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        versions.entry(text(&package, "name").to_owned()).or_default().insert(text(&package, "version").to_owned());
    }
    let several: Vec<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name.as_str()).collect();
    assert_eq!(several, KNOWN, "packages in several versions: may they be one?");
}

/// Packages that others want in different versions.
const KNOWN: &[&str] = &["bitflags", "cfg_aliases", "hashbrown", "miniz_oxide", "nix", "similar", "syn"];
