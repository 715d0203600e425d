//! The helpers for Rust tests in `zilde::testing`: `run_dir` and `assert_apl_close!`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ndarray::array;
use zilde::testing::run_dir;
use zilde::{Session, assert_apl_close};

fn folder(name: &str, text: &str) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("a.aplt"), text).unwrap();
    path
}

#[test]
fn a_folder_that_is_right() {
    let path = folder("right", "⍝ Sums\n\n      +/⍳4\n10\n");
    run_dir(&path);
    fs::remove_dir_all(path).unwrap();
}

/// The message of the panic that `work` ends in.
fn said(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("no panic");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_folder_that_is_wrong() {
    let path = folder("wrong", "      +/⍳4\n11\n");
    let said = said(|| run_dir(&path));
    assert!(said.contains("a.aplt:1 differs") && said.contains("- 11") && said.contains("+ 10"), "{said}");
    fs::remove_dir_all(path).unwrap();
}

#[test]
fn values_are_close_to_arrays() {
    let mut session = Session::new();
    let value = session.eval("(2 2⍴⍳4)÷3").unwrap();
    assert_apl_close!(value, array![[0.333333, 0.666667], [1.0, 1.333333]], 1e-6);
    let far = said(|| assert_apl_close!(value, array![[0.333333, 0.7], [1.0, 1.333333]], 1e-6));
    assert!(far.starts_with("at [0, 1]: "), "{far}");
    assert!(said(|| assert_apl_close!(value, array![1.0], 1e-6)).contains("shapes differ"));
}

#[test]
fn the_page_about_snapshots_is_right() {
    run_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/snapshots.md"));
}

#[test]
fn the_transcripts_are_right() {
    run_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts"));
}
