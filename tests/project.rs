//! The project in `examples/project/`: its laws hold, and its programs equal the native kernels.

#[allow(dead_code)]
#[path = "../examples/project/src/lib.rs"]
mod convolutions;

use std::path::Path;

use ndarray::{ArrayViewD, Ix2, Ix3, Ix4};
use zilde::Fault;
use zilde::testing::{Suite, run_dir};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/project").join(name)
}

/// The tests against native kernels; one of these may be wrong.
fn suite(
    tc: impl Fn(ArrayViewD<'_, f64>, ArrayViewD<'_, f64>) -> ndarray::Array2<f64> + Send + Sync + 'static,
) -> Suite {
    Suite::new(folder("tests/native"))
        .define("nativeTC", tc)
        .define("nativeMcTC", |kernel, image| {
            let (kernel, image) = (kernel.into_dimensionality::<Ix4>()?, image.into_dimensionality::<Ix3>()?);
            Ok::<_, Fault>(convolutions::mctc(kernel, image))
        })
        .define("nativeUP", |kernel, image| {
            let (kernel, image) = (kernel.into_dimensionality::<Ix4>()?, image.into_dimensionality::<Ix3>()?);
            Ok::<_, Fault>(convolutions::up(kernel, image))
        })
}

fn tc(kernel: ArrayViewD<'_, f64>, image: ArrayViewD<'_, f64>) -> ndarray::Array2<f64> {
    let of_rank_2 = "the arguments are matrices";
    convolutions::tc(
        kernel.into_dimensionality::<Ix2>().expect(of_rank_2),
        image.into_dimensionality::<Ix2>().expect(of_rank_2),
    )
}

#[test]
fn programs_equal_their_kernels() {
    suite(tc).run();
}

#[test]
fn a_wrong_kernel_is_found_and_its_example_is_small() {
    // The last column is wrong where there are at least three.
    let wrong = |kernel: ArrayViewD<'_, f64>, image: ArrayViewD<'_, f64>| {
        let mut result = tc(kernel, image);
        if result.ncols() >= 3 {
            result.column_mut(2).fill(0.0);
        }
        result
    };
    let report = suite(wrong).check().unwrap_err();
    assert!(report.contains("kernels.aplt:5 does not hold for every drawing (One channel)"), "{report}");
    // Smaller arrays have fewer than three columns.
    assert!(["1 of 3 elements differ", "1 of 4 elements differ"].iter().any(|text| report.contains(text)), "{report}");
}

#[test]
fn laws_hold() {
    run_dir(folder("tests/apl"));
}

/// Where the kernels are compared, a change of a program is noticed, but for those that make no difference.
#[test]
fn mutants_of_the_programs_are_noticed() {
    let report = suite(tc).cases(20).mutate(std::time::Duration::from_secs(3600)).expect("tests that pass");
    let unnoticed: Vec<&str> =
        report.lines().filter_map(|line| line.split_once(": no test notices: ")).map(|(_, change)| change).collect();
    // `/` and `⌿` of vectors, or along a given axis, are the same, `,` and `⍪` of vectors, `⊂` and `⊆` of what is simple, `⊣`
    // and `⊢` of one argument, and ranks beyond that of the array.
    assert_eq!(unnoticed, ["⌿ for /", "⊆ for ⊂", "3 for 2", "⊣ for ⊢", "⍪ for ,", "/ for ⌿"], "{report}");
}
