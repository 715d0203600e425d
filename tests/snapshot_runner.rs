//! The helpers for Rust tests in `zilde::testing`: `run_dir` and `assert_apl_close!`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ndarray::array;
use zilde::testing::{Suite, run_dir};
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

#[test]
fn programs_are_tested_against_closures() {
    let text = "⍝! forall x←float n m · y←float m k\n      (x+.×y)≡x nativeProduct y\n1\n";
    let path = folder("native", text);
    let product = |x: ndarray::ArrayViewD<'_, f64>, y: ndarray::ArrayViewD<'_, f64>| {
        let (x, y) = (x.into_dimensionality::<ndarray::Ix2>()?, y.into_dimensionality::<ndarray::Ix2>()?);
        Ok::<_, zilde::Fault>(x.dot(&y))
    };
    Suite::new(&path).define("nativeProduct", product).cases(30).run();
    // A kernel with an error in it.
    let wrong = move |x: ndarray::ArrayViewD<'_, f64>, y: ndarray::ArrayViewD<'_, f64>| {
        let mut result = product(x, y)?;
        if let Some(corner) = result.get_mut((1, 1)) {
            *corner += 1.0;
        }
        Ok::<_, zilde::Fault>(result)
    };
    let report = Suite::new(&path).define("nativeProduct", wrong).check().unwrap_err();
    assert!(report.contains("      x←2 0⍴0\n      y←0 2⍴0\n"), "{report}");
    assert!(report.contains("1 of 4 elements differ, by at most 1.000e0"), "{report}");
    // One that panics, and none at all.
    let report = Suite::new(&path).define("nativeProduct", |_, _| -> f64 { panic!("no") }).check().unwrap_err();
    assert!(report.contains("DOMAIN ERROR: nativeProduct panicked: no"), "{report}");
    assert!(Suite::new(&path).check().is_err());
    fs::remove_dir_all(path).unwrap();
}
