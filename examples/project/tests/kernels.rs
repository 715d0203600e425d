//! The APL programs equal the native kernels, on arrays that are drawn at random.

use ndarray::{Ix2, Ix3, Ix4};
use zilde::Fault;
use zilde::testing::Suite;

#[test]
fn programs_equal_their_kernels() {
    Suite::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native"))
        .define("nativeTC", |kernel, image| {
            let (kernel, image) = (kernel.into_dimensionality::<Ix2>()?, image.into_dimensionality::<Ix2>()?);
            Ok::<_, Fault>(convolutions::tc(kernel, image))
        })
        .define("nativeMcTC", |kernel, image| {
            let (kernel, image) = (kernel.into_dimensionality::<Ix4>()?, image.into_dimensionality::<Ix3>()?);
            Ok::<_, Fault>(convolutions::mctc(kernel, image))
        })
        .define("nativeUP", |kernel, image| {
            let (kernel, image) = (kernel.into_dimensionality::<Ix4>()?, image.into_dimensionality::<Ix3>()?);
            Ok::<_, Fault>(convolutions::up(kernel, image))
        })
        .run();
}

#[test]
fn laws_hold() {
    zilde::testing::run_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apl"));
}
