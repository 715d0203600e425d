//! What the features of the package bring: the crates of each, as `cargo tree` tells.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates that the library is built of with some features, without itself.
fn crates(features: &str) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    command.args(["--no-default-features", "--features", features]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    text.lines().filter(|line| !line.starts_with("zilde ")).map(name).collect()
}

#[test]
fn the_library_alone_has_no_crate_of_a_terminal() {
    let alone = crates("");
    for name in ["clap", "clap_complete", "clap_mangen", "ctor", "ctrlc", "rustyline", "similar", "textwrap"] {
        assert!(!alone.contains(name), "{name}");
        assert!(crates("cli").contains(name), "{name}");
    }
    for (feature, name) in [("json", "serde_json"), ("json", "json5"), ("regex", "fancy-regex"), ("xml", "quick-xml")] {
        assert!(!alone.contains(name), "{name}");
        assert!(crates(feature).contains(name) && crates("text").contains(name), "{feature} {name}");
    }
    // Only the program compares texts by line, and only the functions for text need their crates.
    assert!(!crates("text").contains("clap") && !crates("cli").contains("fancy-regex"));
    assert!(crates("serde").contains("serde_derive") && !crates("text").contains("serde_derive"));
}

/// The table of README.md: how many crates each feature adds to the library alone.
#[test]
fn the_readme_counts_the_crates() {
    let readme = include_str!("../README.md");
    let alone = crates("");
    let features = ["", "cli", "csv", "json", "regex", "xml", "image", "npz", "sound", "notebook", "plot", "serde"];
    for feature in features.into_iter().chain(["arrow", "parquet"]) {
        let more = crates(feature).difference(&alone).count();
        let row = match feature {
            "" => format!("| none | {} |", alone.len()),
            feature => format!("| `{feature}` | {more} |"),
        };
        assert!(readme.contains(&row), "README.md has no row that begins with {row}");
    }
}
