//! The article's three definitions, as written, against native kernels on random shapes.

mod native;

use ndarray::{Array2, Array3, Array4, ArrayD, Dimension, Ix2, Ix3, Ix4};
use zilde::Session;

const DEFINITIONS: &str = "⎕IO←0
TC ← {⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}
mcTC ← +⌿[1]TC⍤2⍤3
UP ← {((2×¯1↓⍴⍵),¯1↑⍴⍺)⍴0 2 1 3 4⍉⍵+.×⍺}
";

/// A small generator, so that every run sees the same shapes and numbers (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn between(&mut self, low: u64, high: u64) -> usize {
        (low + self.next() % (high - low + 1)) as usize
    }

    fn unit(&mut self) -> f64 {
        self.next() as f64 / f64::from(1u32 << 30) - 1.0
    }
}

fn session() -> Session {
    let mut session = Session::new();
    let outcome = session.run(DEFINITIONS);
    assert_eq!(outcome.errors, 0, "{:?}", outcome.last_error);
    session
}

fn apply<D: Dimension>(
    session: &mut Session,
    name: &str,
    kernel: ArrayD<f64>,
    image: ArrayD<f64>,
) -> ndarray::Array<f64, D> {
    session.set("k", kernel).expect("a name");
    session.set("x", image).expect("a name");
    let value = session.eval(&format!("k {name} x")).unwrap_or_else(|fault| panic!("{fault}"));
    let array: ArrayD<f64> = value.try_into().expect("numbers");
    array.into_dimensionality().expect("the native kernel's rank")
}

fn assert_close<D: Dimension>(got: &ndarray::Array<f64, D>, wanted: &ndarray::Array<f64, D>) {
    assert_eq!(got.shape(), wanted.shape());
    let largest = wanted.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for (a, b) in got.iter().zip(wanted) {
        assert!((a - b).abs() <= 1e-12 * largest, "{a} against {b}");
    }
}

/// A whole-array check that needs no memory layout: the definition of a transposed convolution, cell by cell.
fn transposed_convolution(kernel: &Array4<f64>, image: &Array3<f64>) -> Array3<f64> {
    let ((oc, ic, p, q), (_, h, w)) = (kernel.dim(), image.dim());
    Array3::from_shape_fn((oc, h * p, w * q), |(o, y, x)| {
        (0..ic).map(|c| kernel[[o, c, y % p, x % q]] * image[[c, y / p, x / q]]).sum()
    })
}

#[test]
fn one_channel_is_bit_exact() {
    let (mut session, mut numbers) = (session(), Numbers(1));
    for round in 0..200 {
        let (p, q) = (numbers.between(1, 5), numbers.between(1, 5));
        let (h, w) = if round == 0 { (1, 1) } else { (numbers.between(1, 40), numbers.between(1, 40)) };
        let kernel = Array2::from_shape_simple_fn((p, q), || numbers.unit());
        let image = Array2::from_shape_simple_fn((h, w), || numbers.unit());
        let wanted = native::tc(kernel.view(), image.view());
        let got = apply::<Ix2>(&mut session, "TC", kernel.into_dyn(), image.into_dyn());
        assert_eq!(got, wanted, "kernel {p} {q}, image {h} {w}");
    }
}

#[test]
fn many_channels_agree() {
    let (mut session, mut numbers) = (session(), Numbers(2));
    for round in 0..200 {
        let (oc, ic) = (numbers.between(1, 7), numbers.between(1, 7));
        let (p, q) = (numbers.between(1, 5), numbers.between(1, 5));
        let (h, w) = if round == 0 { (1, 1) } else { (numbers.between(1, 17), numbers.between(1, 17)) };
        let kernel = Array4::from_shape_simple_fn((oc, ic, p, q), || numbers.unit());
        let image = Array3::from_shape_simple_fn((ic, h, w), || numbers.unit());
        let wanted = native::mctc(kernel.view(), image.view());
        assert_close(&wanted, &transposed_convolution(&kernel, &image));
        let got = apply::<Ix3>(&mut session, "mcTC", kernel.into_dyn(), image.into_dyn());
        assert_close(&got, &wanted);
    }
}

#[test]
fn up_sampling_agrees() {
    let (mut session, mut numbers) = (session(), Numbers(3));
    for round in 0..200 {
        let (oc, ic) = (numbers.between(1, 7), numbers.between(1, 7));
        let (w, h) = if round == 0 { (1, 1) } else { (numbers.between(1, 17), numbers.between(1, 17)) };
        let kernel = Array4::from_shape_simple_fn((ic, 2, 2, oc), || numbers.unit());
        let image = Array3::from_shape_simple_fn((w, h, ic), || numbers.unit());
        let wanted = native::up(kernel.view(), image.view());
        let got = apply::<Ix3>(&mut session, "UP", kernel.into_dyn(), image.into_dyn());
        assert_close(&got, &wanted);
    }
}

#[test]
fn empty_images_give_empty_results() {
    let mut session = session();
    for (h, w) in [(0, 3), (3, 0), (0, 0)] {
        let kernel = Array2::from_elem((2, 2), 1.5);
        let image = Array2::zeros((h, w));
        let got = apply::<Ix2>(&mut session, "TC", kernel.clone().into_dyn(), image.clone().into_dyn());
        // Without columns there is no box left to show how high the joined ones would have been.
        let wanted = if w == 0 { (2, 0) } else { native::tc(kernel.view(), image.view()).dim() };
        assert_eq!(got.dim(), wanted, "TC on {h} {w}");
    }
    for (w, h) in [(0, 3), (3, 0), (0, 0)] {
        let kernel = Array4::from_elem((3, 2, 2, 5), 1.5);
        let image = Array3::zeros((w, h, 3));
        let got = apply::<Ix3>(&mut session, "UP", kernel.clone().into_dyn(), image.clone().into_dyn());
        assert_eq!(got.dim(), native::up(kernel.view(), image.view()).dim(), "UP on {w} {h}");
    }
    let kernel = Array4::from_elem((3, 2, 2, 2), 1.5);
    let image = Array3::zeros((2, 0, 4));
    let got = apply::<ndarray::IxDyn>(&mut session, "mcTC", kernel.into_dyn(), image.into_dyn());
    assert_eq!(got.len(), 0, "mcTC on an image without rows");
}

#[test]
fn native_kernels_agree_with_each_other() {
    let mut numbers = Numbers(4);
    let kernel = Array4::from_shape_simple_fn((1, 1, 3, 2), || numbers.unit());
    let image = Array3::from_shape_simple_fn((1, 4, 5), || numbers.unit());
    let one = native::tc(
        kernel.view().into_shape_with_order((3, 2)).expect("one kernel"),
        image.view().into_shape_with_order((4, 5)).expect("one channel"),
    );
    assert_eq!(native::mctc(kernel.view(), image.view()).index_axis_move(ndarray::Axis(0), 0), one);
    let _: Ix4 = kernel.raw_dim();
}
