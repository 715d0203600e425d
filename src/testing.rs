//! Helpers for Rust tests of APL programs: run the snapshot tests of a folder, compare arrays with a tolerance.

use std::path::{Path, PathBuf};

use ndarray::{Array, ArrayD, Dimension};

use crate::array::Value;
use crate::frontend::snapshot;
pub use crate::tally::Outcome;

/// Runs the snapshot tests of a folder or a file, as `zilde test` does.
///
/// # Panics
/// With the report, where anything is not as the files expect, or there is nothing to play.
#[track_caller]
pub fn run_dir(path: impl AsRef<Path>) {
    let paths = [PathBuf::from(path.as_ref())];
    let tested = snapshot::test(&paths, None, snapshot::Mode::Check, &Default::default(), 1);
    assert!(tested.summary.code() == 0, "{}", tested.report());
}

/// Checks that a value is an array of numbers of the same shape, each within `tolerance` of the expected one, relative
/// to the larger where that is above 1.
///
/// # Panics
/// Where it is not; the message names the first element that is not close.
#[track_caller]
pub fn assert_close<D: Dimension>(value: &Value, expected: &Array<f64, D>, tolerance: f64) {
    let got: ArrayD<f64> = match value.clone().try_into() {
        Ok(got) => got,
        Err(fault) => panic!("no array of real numbers: {fault}\n{value}"),
    };
    assert_eq!(got.shape(), expected.shape(), "shapes differ");
    for ((index, got), expected) in got.indexed_iter().zip(expected) {
        let close = (got - expected).abs() <= tolerance * got.abs().max(expected.abs()).max(1.0);
        assert!(close, "at {:?}: {got} is not within {tolerance} of {expected}", index.slice());
    }
}

/// Checks that a [`Value`] is close to an ndarray: `assert_apl_close!(value, array, 1e-9)`. See [`assert_close`].
#[macro_export]
macro_rules! assert_apl_close {
    ($value:expr, $expected:expr, $tolerance:expr $(,)?) => {
        $crate::testing::assert_close(&$value, &$expected, $tolerance)
    };
}
