//! The two networks of the examples, compared with native Rust and with finite differences, and the output of the example
//! programs.

mod common;
mod native;

use common::Typed;
use native::digits::{self, Parameters};
use native::unet::{self, Unet};
use ndarray::{Array1, Array2, Array3, Array4, ArrayD, IxDyn};
use zilde::Session;

fn example(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    std::fs::read_to_string(path).expect("an example")
}

/// Where the demonstrations begin, behind the definitions.
const UNET: &str = "⍝ ---- A small network";
const DIGITS: &str = "⍝ ---- Images of 28 by 28";

/// The definitions of an example: all that stands before this heading.
fn definitions(name: &str, heading: &str) -> String {
    let text = example(name);
    let (definitions, _) = text.split_once(heading).expect("the heading of the demonstration");
    definitions.to_string()
}

/// A session with the definitions of an example.
fn defined(name: &str, heading: &str) -> Session {
    let mut session = Session::new();
    run(&mut session, &definitions(name, heading));
    session
}

/// Numbers between -1 and 1 that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    }

    fn array(&mut self, shape: &[usize], width: f64) -> ArrayD<f64> {
        ArrayD::from_shape_simple_fn(IxDyn(shape), || width * self.unit())
    }
}

fn set(session: &mut Session, name: &str, array: &ArrayD<f64>) {
    session.set(name, array.clone()).expect("a name");
}

/// Sets `name` to a vector of arrays.
fn set_all(session: &mut Session, name: &str, arrays: &[ArrayD<f64>]) {
    run(session, &format!("{name}←⍬"));
    for array in arrays {
        set(session, "item", array);
        run(session, &format!("{name},←⊂item"));
    }
}

fn run(session: &mut Session, line: &str) {
    let outcome = session.run(line);
    assert_eq!(outcome.errors, 0, "{line}: {:?}", outcome.last_error);
}

fn get(session: &mut Session, expression: &str) -> ArrayD<f64> {
    let value = session.eval(expression).unwrap_or_else(|fault| panic!("{expression}: {fault}"));
    value.try_into().expect("numbers")
}

fn number(session: &mut Session, expression: &str) -> f64 {
    get(session, expression).into_iter().next().expect("a number")
}

/// Equal to 10 digits of the largest element.
fn assert_close(got: &ArrayD<f64>, wanted: &ArrayD<f64>, what: &str) {
    assert_eq!(got.shape(), wanted.shape(), "{what}");
    let largest = wanted.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for (a, b) in got.iter().zip(wanted) {
        assert!((a - b).abs() <= 1e-10 * largest, "{what}: {a} against {b}");
    }
}

#[test]
fn layers_of_the_u_net() {
    let (mut session, mut numbers) = (defined("unet.apl", UNET), Numbers(1));
    for (h, w, ic, oc) in [(3, 3, 1, 1), (4, 7, 2, 3), (9, 6, 3, 2), (5, 5, 1, 4), (8, 10, 5, 5)] {
        let x = numbers.array(&[h, w, ic], 1.0);
        set(&mut session, "x", &x);
        let x: Array3<f64> = x.into_dimensionality().expect("rank 3");
        let k = numbers.array(&[3, 3, ic, oc], 1.0);
        set(&mut session, "k", &k);
        // The definition of a convolution, cell by cell.
        let wanted = Array3::from_shape_fn((h - 2, w - 2, oc), |(i, j, o)| {
            let mut sum = 0.0;
            for a in 0..3 {
                for b in 0..3 {
                    sum += (0..ic).map(|c| x[[i + a, j + b, c]] * k[[a, b, c, o]]).sum::<f64>();
                }
            }
            sum
        });
        assert_close(&get(&mut session, "k CONV x"), &wanted.clone().into_dyn(), "CONV");
        assert_close(&unet::conv(&k, &x).into_dyn(), &wanted.into_dyn(), "the native convolution");

        let k = numbers.array(&[ic, 2, 2, oc], 1.0);
        set(&mut session, "k", &k);
        let wanted = Array3::from_shape_fn((2 * h, 2 * w, oc), |(i, j, o)| {
            (0..ic).map(|c| x[[i / 2, j / 2, c]] * k[[c, i % 2, j % 2, o]]).sum::<f64>()
        });
        assert_close(&get(&mut session, "k UP x"), &wanted.into_dyn(), "UP");

        assert_eq!(get(&mut session, "POOL x"), unet::pool(&x).into_dyn());
        set(&mut session, "y", &x.slice(ndarray::s![1..h - 1, 1..w - 1, ..]).to_owned().into_dyn());
        let y: Array3<f64> = get(&mut session, "y").into_dimensionality().expect("rank 3");
        assert_eq!(get(&mut session, "x JOIN y"), unet::join(&x, &y).into_dyn());
        let mut soft = x.clone();
        unet::softmax(&mut soft);
        assert_close(&get(&mut session, "SOFTMAX x"), &soft.into_dyn(), "SOFTMAX");
    }
}

/// A random network and what it is to learn, in a session and natively.
fn network(session: &mut Session, seed: u64, (depth, base): (usize, usize), (h, w): (usize, usize)) -> Case {
    let mut numbers = Numbers(seed);
    let shapes = unet::shapes(depth, base);
    let fan = |shape: &[usize]| if shape.len() == 4 && shape[0] == 3 { 9 * shape[2] } else { shape[0] };
    let kernels: Vec<ArrayD<f64>> =
        shapes.iter().map(|shape| numbers.array(shape, (6.0 / fan(shape).max(1) as f64).sqrt())).collect();
    let image = numbers.array(&[h, w], 1.0);
    set_all(session, "W", &kernels);
    set(session, "image", &image);
    run(session, "Z out←W FORWARD image");
    run(session, "mask←(⍴out)MIDDLE 5 MASK⍴image");
    let mask = get(session, "mask").into_dimensionality().expect("rank 2");
    Case { kernels, image: image.into_dimensionality().expect("rank 2"), mask }
}

struct Case {
    kernels: Vec<ArrayD<f64>>,
    image: Array2<f64>,
    mask: Array2<f64>,
}

impl Case {
    fn loss(&self) -> f64 {
        unet::loss(&self.mask, &Unet::new(&self.kernels).forward(&self.image))
    }
}

#[test]
fn the_u_net_forth_and_back() {
    let mut session = defined("unet.apl", UNET);
    for (seed, size, image) in [(1, (1, 2), (20, 23)), (2, (1, 3), (22, 20)), (3, (2, 2), (46, 44))] {
        let mut case = network(&mut session, seed, size, image);
        assert_eq!(session.eval("⍴¨W").expect("shapes").to_string(), shapes_as_text(&case.kernels));
        let mut native = Unet::new(&case.kernels);
        let out = native.forward(&case.image);
        assert_close(&get(&mut session, "out"), &out.clone().into_dyn(), "forward");
        let loss = unet::loss(&case.mask, &out);
        assert!((number(&mut session, "mask LOSS out") - loss).abs() < 1e-10 * loss);
        run(&mut session, "G←W Z BACKWARD mask out");
        let gradient = native.backward(&case.mask, &out);
        for (k, wanted) in gradient.iter().enumerate().filter(|(_, array)| !array.is_empty()) {
            assert_close(&get(&mut session, &format!("{k}⊃G")), wanted, &format!("kernel {k} of {size:?}"));
        }
        // And the native one is a gradient: the loss falls and rises as it says.
        for (k, wanted) in gradient.iter().enumerate().filter(|(_, array)| !array.is_empty()) {
            let at = k * 7 % wanted.len();
            let h = 1e-5;
            let mut moved = |by: f64| {
                let element = case.kernels[k].as_slice_mut().expect("in order").get_mut(at).expect("an element");
                let old = std::mem::replace(element, *element + by);
                let loss = case.loss();
                case.kernels[k].as_slice_mut().expect("in order")[at] = old;
                loss
            };
            let slope = (moved(h) - moved(-h)) / (2.0 * h);
            let derived = wanted.as_slice().expect("in order")[at];
            let largest = wanted.iter().fold(0.0f64, |most, x| most.max(x.abs()));
            assert!((slope - derived).abs() <= 1e-5 * largest, "kernel {k}: {slope} against {derived}");
        }
    }
}

fn shapes_as_text(kernels: &[ArrayD<f64>]) -> String {
    let mut session = Session::new();
    let shapes: Vec<String> = kernels
        .iter()
        .map(|kernel| {
            let numbers: Vec<String> = kernel.shape().iter().map(usize::to_string).collect();
            format!("(,{})", numbers.join(" "))
        })
        .collect();
    session.eval(&shapes.join(" ")).expect("shapes").to_string()
}

#[test]
fn the_u_net_learns() {
    let mut typed = Typed::new();
    typed.shows(&definitions("unet.apl", UNET));
    network(&mut typed.session, 7, (1, 2), (22, 24));
    let shown = typed.shows("W V←(0.002 0.9 image mask∘STEP⍣8)W(0×W)\nmask LOSS 1⊃W FORWARD image");
    let losses: Vec<f64> = shown.lines().map(last_number).collect();
    assert!(losses.len() == 9 && losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
}

/// Parameters for images of 16 by 16 pixels: 6 kernels, then 4 of 6 channels, then 10 of 4.
fn parameters(numbers: &mut Numbers) -> Parameters {
    let mut kernel = |shape: (usize, usize, usize, usize)| -> Array4<f64> {
        let width = (3.0 / (shape.1 * shape.2 * shape.3) as f64).sqrt();
        Array4::from_shape_simple_fn(shape, || width * numbers.unit())
    };
    let kernels = [kernel((6, 1, 5, 5)), kernel((4, 6, 3, 3)), kernel((10, 4, 2, 2))];
    let mut bias = |count: usize| -> Array1<f64> { Array1::from_shape_simple_fn(count, || numbers.unit()) };
    Parameters { kernels, biases: [bias(6), bias(4), bias(10)] }
}

/// The parameters as the APL program has them: an axis of length 1 for what the layer before made of the channels.
fn as_written(p: &Parameters) -> Vec<ArrayD<f64>> {
    let shaped = |array: &Array4<f64>, shape: &[usize]| -> ArrayD<f64> {
        array.clone().into_shape_with_order(IxDyn(shape)).expect("as many")
    };
    vec![
        shaped(&p.kernels[0], &[6, 5, 5]),
        p.biases[0].clone().into_dyn(),
        p.kernels[1].clone().into_dyn(),
        p.biases[1].clone().into_dyn(),
        shaped(&p.kernels[2], &[10, 4, 1, 2, 2]),
        p.biases[2].clone().into_dyn(),
    ]
}

#[test]
fn the_digit_network_forth_and_back() {
    let (mut session, mut numbers) = (defined("digits.apl", DIGITS), Numbers(11));
    for digit in [3, 8] {
        let p = parameters(&mut numbers);
        let image: Array3<f64> = numbers.array(&[1, 16, 16], 1.0).into_dimensionality().expect("rank 3");
        set(&mut session, "image", &image.index_axis(ndarray::Axis(0), 0).to_owned().into_dyn());
        set_all(&mut session, "p", &as_written(&p));
        let shown = digits::forward(&image, &p);
        run(&mut session, "c1 s1 c2 s2 out←image FORWARD p");
        let layers = [shown.c1, shown.s1, shown.c2, shown.s2, shown.out];
        for (name, wanted) in ["c1", "s1", "c2", "s2", "out"].iter().zip(layers) {
            let got = get(&mut session, name);
            let flat = got.into_shape_with_order(IxDyn(wanted.shape())).expect("as many");
            assert_close(&flat, &wanted.into_dyn(), name);
        }
        run(&mut session, &format!("e g←image {digit} GRADIENT p"));
        let (error, gradient) = digits::gradient(&image, digit, &p);
        assert!((number(&mut session, "e") - error).abs() < 1e-10 * error);
        for (k, wanted) in as_written(&gradient).iter().enumerate() {
            assert_close(&get(&mut session, &format!("{k}⊃g")), wanted, &format!("parameter {k}"));
        }
        // And the native one is a gradient.
        for (layer, kernel) in gradient.kernels.iter().enumerate() {
            let at = (layer + 2) * 5 % kernel.len();
            let moved = |by: f64| {
                let mut p = p.clone();
                p.kernels[layer].as_slice_mut().expect("in order")[at] += by;
                digits::gradient(&image, digit, &p).0
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let derived = kernel.as_slice().expect("in order")[at];
            assert!((slope - derived).abs() <= 1e-6, "layer {layer}: {slope} against {derived}");
        }
    }
}

#[test]
fn the_digit_network_learns() {
    let (mut session, mut numbers) = (defined("digits.apl", DIGITS), Numbers(5));
    set_all(&mut session, "p", &as_written(&parameters(&mut numbers)));
    set(&mut session, "images", &numbers.array(&[3, 16, 16], 1.0));
    run(&mut session, "e1 p←0.5 images(1 4 7)EPOCH p ⋄ e2 p←0.5 images(1 4 7)EPOCH p ⋄ e3 p←0.5 images(1 4 7)EPOCH p");
    let errors = get(&mut session, "e1 e2 e3");
    let errors = errors.as_slice().expect("in order");
    assert!(errors.windows(2).all(|pair| pair[1] < 0.95 * pair[0]), "{errors:?}");
}

/// What an example prints, line by line; the check of its gradient is a line with nothing but 1.
fn printed(name: &str) -> Vec<String> {
    let shown = Typed::new().shows(&example(name));
    assert!(!shown.contains("ERROR"), "{shown}");
    assert!(shown.lines().any(|line| line == "1"), "{shown}");
    shown.lines().map(str::to_string).collect()
}

fn last_number(line: &str) -> f64 {
    line.split_whitespace().next_back().and_then(|word| word.replace('¯', "-").parse().ok()).expect("a number")
}

#[test]
fn the_u_net_as_it_stands() {
    let lines = printed("unet.apl");
    assert!(lines.contains(&"4 12 2".to_string()), "{lines:?}");
    let losses: Vec<f64> = lines.iter().filter(|line| line.starts_with("loss")).map(|line| last_number(line)).collect();
    assert_eq!(losses.len(), 5);
    let after = last_number(lines.last().expect("lines"));
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]) && after < losses[4], "{losses:?} {after}");
}

#[test]
fn the_digit_network_as_it_stands() {
    let lines = printed("digits.apl");
    assert!(lines.contains(&"20 28 28".to_string()), "{lines:?}");
}
