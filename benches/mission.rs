//! Times of the article's programs and of the two networks, compared with native kernels: medians of interleaved batches,
//! and their ratio.
//!
//! `cargo bench --bench mission` prints the table; `cargo bench --bench mission -- NAME` only the lines whose name
//! contains NAME.

#[path = "../tests/native/mod.rs"]
mod native;

use std::hint::black_box;
use std::time::{Duration, Instant};

use ndarray::{Array1, Array2, Array3, Array4, ArrayD, Axis, Ix2};
use zilde::Session;

const DEFINITIONS: &str = "⎕IO←0
TC ← {⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}
mcTC ← +⌿[1]TC⍤2⍤3
UP ← {((2×¯1↓⍴⍵),¯1↑⍴⍺)⍴0 2 1 3 4⍉⍵+.×⍺}
";

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let on = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    println!("{:<34}{:>12}{:>12}{:>9}", "program", "native ms", "zilde ms", "ratio");
    for size in [64, 512] {
        let name = format!("TC 2 2 on {size} {size}");
        if on(&name) {
            let (kernel, image) = (wave2((2, 2)), wave2((size, size)));
            let mut apl = Apl::new("TC", kernel.clone().into_dyn(), image.clone().into_dyn());
            row(&name, || drop(black_box(native::tc(kernel.view(), image.view()))), || apl.call());
        }
    }
    for (oc, ic, k, size) in [(3, 2, 2, 32), (16, 8, 2, 128)] {
        let name = format!("mcTC {oc} {ic} {k} {k} on {ic} {size} {size}");
        if on(&name) {
            let (kernel, image) = (wave4((oc, ic, k, k)), wave3((ic, size, size)));
            let mut apl = Apl::new("mcTC", kernel.clone().into_dyn(), image.clone().into_dyn());
            row(&name, || drop(black_box(native::mctc(kernel.view(), image.view()))), || apl.call());
        }
    }
    for (ic, oc, size) in [(3, 5, 16), (64, 32, 64), (1024, 512, 28)] {
        let name = format!("UP {ic} 2 2 {oc} on {size} {size} {ic}");
        if on(&name) {
            let (kernel, image) = (wave4((ic, 2, 2, oc)), wave3((size, size, ic)));
            let mut apl = Apl::new("UP", kernel.clone().into_dyn(), image.clone().into_dyn());
            row(&name, || drop(black_box(native::up(kernel.view(), image.view()))), || apl.call());
        }
    }
    for (depth, base, size) in [(2, 4, 92), (2, 16, 188), (4, 16, 284)] {
        let name = format!("U-Net {depth} {base} on {size} {size}");
        if on(&name) {
            unet(&name, (depth, base), size);
        }
    }
    if on("digits, one image") {
        digits("digits, one image");
    }
}

/// The definitions of an example, which end at its demonstration.
fn definitions(text: &str, heading: &str) -> String {
    text.split_once(heading).expect("the heading of the demonstration").0.to_string()
}

/// The forward and the backward pass: the gradient by every kernel.
fn unet(name: &str, (depth, base): (usize, usize), size: usize) {
    let mut session = Session::new();
    let text = definitions(include_str!("../examples/unet.apl"), "⍝ ---- A small network");
    let setup = format!(
        "{text}\nW←KERNELS {depth} {base}\nimage←17 IMAGE {size} {size}\n\
         mask←(⍴1⊃W FORWARD image)MIDDLE 29 MASK {size} {size}\n"
    );
    assert_eq!(session.run(&setup).errors, 0);
    let get = |session: &mut Session, expression: &str| -> ArrayD<f64> {
        session.eval(expression).and_then(ArrayD::try_from).expect("numbers")
    };
    let count = native::unet::shapes(depth, base).len();
    let kernels: Vec<ArrayD<f64>> = (0..count).map(|k| get(&mut session, &format!("0.0+{k}⊃W"))).collect();
    let matrix = |array: ArrayD<f64>| array.into_dimensionality::<Ix2>().expect("a matrix");
    let (image, mask) = (matrix(get(&mut session, "image")), matrix(get(&mut session, "mask")));
    let step = || {
        let mut net = native::unet::Unet::new(&kernels);
        let out = net.forward(&image);
        black_box(net.backward(&mask, &out));
    };
    row(name, step, || assert_eq!(session.run("Z out←W FORWARD image ⋄ G←W Z BACKWARD mask out").errors, 0));
}

/// The gradient for one image.
fn digits(name: &str) {
    let mut session = Session::new();
    let text = definitions(include_str!("../examples/digits.apl"), "⍝ ---- Images of 28 by 28");
    assert_eq!(session.run(&text).errors, 0);
    let (image, kernels) = (wave2((28, 28)), [wave4((6, 1, 5, 5)), wave4((12, 6, 5, 5)), wave4((10, 12, 4, 4))]);
    let kernels = kernels.map(|kernel| kernel / 64.0);
    let biases = [6, 12, 10].map(|n| wave(n).collect::<Array1<f64>>());
    session.set("image", image.clone().into_dyn()).expect("a name");
    for (k, (kernel, bias)) in kernels.iter().zip(&biases).enumerate() {
        session.set(&format!("k{k}"), kernel.clone().into_dyn()).expect("a name");
        session.set(&format!("b{k}"), bias.clone().into_dyn()).expect("a name");
    }
    assert_eq!(session.run("p←(6 5 5⍴k0)b0 k1 b1(10 12 1 4 4⍴k2)b2").errors, 0);
    let parameters = native::digits::Parameters { kernels, biases };
    let image = image.insert_axis(Axis(0));
    row(
        name,
        || drop(black_box(native::digits::gradient(&image, 3, &parameters))),
        || assert_eq!(session.run("e g←image 3 GRADIENT p").errors, 0),
    );
}

/// A session with the article's definitions and two arguments.
struct Apl {
    session: Session,
    expression: String,
}

impl Apl {
    fn new(name: &str, kernel: ArrayD<f64>, image: ArrayD<f64>) -> Apl {
        let mut session = Session::new();
        assert_eq!(session.run(DEFINITIONS).errors, 0);
        session.set("k", kernel).expect("a name");
        session.set("x", image).expect("a name");
        Apl { session, expression: format!("k {name} x") }
    }

    fn call(&mut self) {
        black_box(self.session.eval(&self.expression)).expect("a value");
    }
}

/// Runs both in turn until each has run long enough for a stable median.
fn row(name: &str, mut native: impl FnMut(), mut zilde: impl FnMut()) {
    let batch = |work: &mut dyn FnMut(), count: u32| {
        let began = Instant::now();
        (0..count).for_each(|_| work());
        began.elapsed() / count
    };
    batch(&mut native, 2);
    let once = batch(&mut zilde, 2).max(Duration::from_nanos(100));
    let count = (Duration::from_millis(5).as_nanos() / once.as_nanos()).clamp(1, 2000) as u32;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..31 {
        left.push(batch(&mut native, count));
        right.push(batch(&mut zilde, count));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let (native, zilde) = (median(&mut left), median(&mut right));
    println!("{name:<34}{native:>12.4}{zilde:>12.4}{:>9.2}", zilde / native);
}

fn wave(count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(|k| ((k * 37 + 11) % 101) as f64 / 64.0 - 0.75)
}

fn wave2(shape: (usize, usize)) -> Array2<f64> {
    Array2::from_shape_vec(shape, wave(shape.0 * shape.1).collect()).expect("as many as asked for")
}

fn wave3(shape: (usize, usize, usize)) -> Array3<f64> {
    Array3::from_shape_vec(shape, wave(shape.0 * shape.1 * shape.2).collect()).expect("as many as asked for")
}

fn wave4(shape: (usize, usize, usize, usize)) -> Array4<f64> {
    let count = shape.0 * shape.1 * shape.2 * shape.3;
    Array4::from_shape_vec(shape, wave(count).collect()).expect("as many as asked for")
}
