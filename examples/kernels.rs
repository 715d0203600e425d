//! The article's functions called from Rust: arguments and results are ndarray arrays, errors are values.
//!
//! `cargo run --release --example kernels`

use ndarray::{Array, ArrayD};
use zilde::{Fault, Session};

fn main() -> Result<(), Fault> {
    print!("{}", report()?);
    Ok(())
}

/// What the program prints.
pub fn report() -> Result<String, Fault> {
    let mut report = String::new();
    let mut session = Session::builder().seed(Some(42)).build();
    session.eval("⎕IO←0")?;
    let outcome = session.run(
        "TC ← {⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}
mcTC ← +⌿[1]TC⍤2⍤3
UP ← {((2×¯1↓⍴⍵),¯1↑⍴⍺)⍴0 2 1 3 4⍉⍵+.×⍺}
",
    );
    assert_eq!(outcome.errors, 0);

    let kernel: ArrayD<f64> =
        Array::linspace(-1.0, 1.0, 24).into_shape_with_order((3, 2, 2, 2)).expect("24 numbers").into_dyn();
    let image: ArrayD<f64> =
        Array::linspace(0.0, 1.0, 40).into_shape_with_order((2, 4, 5)).expect("40 numbers").into_dyn();
    session.set("ker", kernel)?;
    session.set("inp", image)?;
    let result: ArrayD<f64> = session.eval("ker mcTC inp")?.try_into()?;
    report += &format!("mcTC: {:?}, sum {:.6}\n", result.shape(), result.sum());

    let shape = session.eval("⍴(?3 2 2 5⍴0) UP ?13 17 3⍴0")?;
    report += &format!("UP: {shape}\n");

    // An error is a value with a number, a message and a place.
    let fault = session.eval("1 2 3+4 5").expect_err("the lengths differ");
    report += &format!("{fault}\n{}\n", fault.detail().unwrap_or_default());
    Ok(report)
}
