//! A network for digits as a good Rust programmer would write it: plain loops over slices.
//!
//! Layers and parameters are those of `examples/digits.apl`; nothing else is shared with it.

use ndarray::{Array1, Array3, Array4};

/// Kernels (out × in × rows × columns) and biases of the three layers.
#[derive(Clone)]
pub struct Parameters {
    pub kernels: [Array4<f64>; 3],
    pub biases: [Array1<f64>; 3],
}

/// What each layer shows of an image: convolutions and averages in turn.
pub struct Shown {
    pub c1: Array3<f64>,
    pub s1: Array3<f64>,
    pub c2: Array3<f64>,
    pub s2: Array3<f64>,
    pub out: Array3<f64>,
}

/// Every kernel against the image wherever it fits, and a bias for each; then the logistic function.
pub fn layer(kernels: &Array4<f64>, biases: &Array1<f64>, image: &Array3<f64>) -> Array3<f64> {
    let (oc, ic, p, q) = kernels.dim();
    let (_, h, w) = image.dim();
    let (rows, columns) = (h + 1 - p, w + 1 - q);
    let mut out = Array3::zeros((oc, rows, columns));
    let (k, x) = (kernels.as_slice().expect("in order"), image.as_slice().expect("in order"));
    let result = out.as_slice_mut().expect("in order");
    for (at, line) in result.chunks_exact_mut(columns).enumerate() {
        let (o, row) = (at / rows, at % rows);
        line.fill(biases[o]);
        for c in 0..ic {
            for a in 0..p {
                let taps = &k[((o * ic + c) * p + a) * q..][..q];
                let pixels = &x[(c * h + row + a) * w..][..w];
                for (b, &tap) in taps.iter().enumerate() {
                    for (sum, pixel) in line.iter_mut().zip(&pixels[b..]) {
                        *sum += tap * pixel;
                    }
                }
            }
        }
    }
    out.mapv_inplace(|v| 1.0 / (1.0 + (-v).exp()));
    out
}

/// The mean of every four pixels.
pub fn average(x: &Array3<f64>) -> Array3<f64> {
    let (c, h, w) = x.dim();
    Array3::from_shape_fn((c, h / 2, w / 2), |(k, i, j)| {
        let (i, j) = (2 * i, 2 * j);
        (x[[k, i, j]] + x[[k, i, j + 1]] + x[[k, i + 1, j]] + x[[k, i + 1, j + 1]]) / 4.0
    })
}

/// All layers.
pub fn forward(image: &Array3<f64>, p: &Parameters) -> Shown {
    let c1 = layer(&p.kernels[0], &p.biases[0], image);
    let s1 = average(&c1);
    let c2 = layer(&p.kernels[1], &p.biases[1], &s1);
    let s2 = average(&c2);
    let out = layer(&p.kernels[2], &p.biases[2], &s2);
    Shown { c1, s1, c2, s2, out }
}

/// The error for a digit, and its derivative by the parameters.
pub fn gradient(image: &Array3<f64>, digit: usize, p: &Parameters) -> (f64, Parameters) {
    let shown = forward(image, p);
    let mut d = shown.out.clone();
    d[[digit, 0, 0]] -= 1.0;
    let error = d.iter().map(|v| v * v).sum::<f64>() / 2.0;
    let (d, k3, b3) = back_layer(&p.kernels[2], &shown.s2, d, &shown.out);
    let (d, k2, b2) = back_layer(&p.kernels[1], &shown.s1, back_average(&d), &shown.c2);
    let (_, k1, b1) = back_layer(&p.kernels[0], image, back_average(&d), &shown.c1);
    (error, Parameters { kernels: [k1, k2, k3], biases: [b1, b2, b3] })
}

fn back_average(d: &Array3<f64>) -> Array3<f64> {
    let (c, h, w) = d.dim();
    Array3::from_shape_fn((c, 2 * h, 2 * w), |(k, i, j)| d[[k, i / 2, j / 2]] / 4.0)
}

fn back_layer(
    kernels: &Array4<f64>,
    image: &Array3<f64>,
    mut d: Array3<f64>,
    out: &Array3<f64>,
) -> (Array3<f64>, Array4<f64>, Array1<f64>) {
    d.zip_mut_with(out, |d, &out| *d *= out * (1.0 - out));
    let (oc, ic, p, q) = kernels.dim();
    let (_, h, w) = image.dim();
    let (_, rows, columns) = d.dim();
    let mut by_image = Array3::zeros(image.dim());
    let mut by_kernels = Array4::zeros(kernels.dim());
    let by_biases = (0..oc).map(|o| d.index_axis(ndarray::Axis(0), o).sum()).collect();
    let (k, x, d) =
        (kernels.as_slice().expect("order"), image.as_slice().expect("order"), d.as_slice().expect("order"));
    let back = by_image.as_slice_mut().expect("in order");
    let grown = by_kernels.as_slice_mut().expect("in order");
    for o in 0..oc {
        for c in 0..ic {
            for a in 0..p {
                for b in 0..q {
                    let tap = ((o * ic + c) * p + a) * q + b;
                    let mut sum = 0.0;
                    for row in 0..rows {
                        let line = &d[(o * rows + row) * columns..][..columns];
                        let start = (c * h + row + a) * w + b;
                        for (v, pixel) in line.iter().zip(&x[start..][..columns]) {
                            sum += v * pixel;
                        }
                        for (v, target) in line.iter().zip(&mut back[start..][..columns]) {
                            *target += k[tap] * v;
                        }
                    }
                    grown[tap] = sum;
                }
            }
        }
    }
    (by_image, by_kernels, by_biases)
}
