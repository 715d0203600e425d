//! Kernels as a good Rust programmer would write them by hand, for each function of the article and for the two networks.
//! Tests compare the results with them, and benches the times.

#![allow(dead_code)] // each test file uses what it needs

pub mod digits;
pub mod unet;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayView4};

/// One channel of a transposed convolution whose stride is the kernel's size: `TC`.
///
/// `kernel` is p × q, `image` h × w, the result h·p × w·q: every pixel times the kernel, side by side.
pub fn tc(kernel: ArrayView2<f64>, image: ArrayView2<f64>) -> Array2<f64> {
    let ((p, q), (h, w)) = (kernel.dim(), image.dim());
    let (kernel, image) = (kernel.as_standard_layout(), image.as_standard_layout());
    let (k, x) = (kernel.as_slice().unwrap_or(&[]), image.as_slice().unwrap_or(&[]));
    let mut out = Vec::with_capacity(h * p * w * q);
    for row in x.chunks_exact(w.max(1)).take(h) {
        for taps in k.chunks_exact(q.max(1)).take(p) {
            match taps {
                // The common kernel of two columns, without an inner loop of length two.
                &[a, b] => out.extend(row.iter().flat_map(|&pixel| [pixel * a, pixel * b])),
                _ => row.iter().for_each(|&pixel| out.extend(taps.iter().map(|&tap| pixel * tap))),
            }
        }
    }
    Array2::from_shape_vec((h * p, w * q), out).unwrap_or_else(|_| Array2::zeros((h * p, w * q)))
}

/// Several channels: `mcTC`. `kernel` is oc × ic × p × q, `image` ic × h × w, the result oc × h·p × w·q.
pub fn mctc(kernel: ArrayView4<f64>, image: ArrayView3<f64>) -> Array3<f64> {
    let ((oc, ic, p, q), (_, h, w)) = (kernel.dim(), image.dim());
    let mut out = Array3::zeros((oc, h * p, w * q));
    let (kernel, image) = (kernel.as_standard_layout(), image.as_standard_layout());
    let (Some(k), Some(x), Some(result)) = (kernel.as_slice(), image.as_slice(), out.as_slice_mut()) else {
        return out;
    };
    let width = w * q;
    if width == 0 {
        return out;
    }
    for (index, line) in result.chunks_exact_mut(width).enumerate() {
        let (o, y) = (index / (h * p), index % (h * p));
        let (row, tap) = (y / p, y % p);
        for c in 0..ic {
            let taps = &k[((o * ic + c) * p + tap) * q..][..q];
            let pixels = &x[(c * h + row) * w..][..w];
            match taps {
                &[a, b] => {
                    for (pair, &pixel) in line.chunks_exact_mut(2).zip(pixels) {
                        pair[0] += pixel * a;
                        pair[1] += pixel * b;
                    }
                }
                _ => {
                    for (group, &pixel) in line.chunks_exact_mut(q).zip(pixels) {
                        for (cell, &tap) in group.iter_mut().zip(taps) {
                            *cell += pixel * tap;
                        }
                    }
                }
            }
        }
    }
    out
}

/// The up-sampling step of a U-Net: `UP`. `kernel` is ic × 2 × 2 × oc, `image` w × h × ic, the result 2w × 2h × oc.
pub fn up(kernel: ArrayView4<f64>, image: ArrayView3<f64>) -> Array3<f64> {
    let ((ic, _, _, oc), (w, h, _)) = (kernel.dim(), image.dim());
    let (kernel, image) = (kernel.as_standard_layout(), image.as_standard_layout());
    let (rows, columns) = (w * h, 4 * oc);
    let mut product = vec![0.0; rows * columns];
    if let (Some(k), Some(x)) = (kernel.as_slice(), image.as_slice())
        && rows * columns * ic > 0
    {
        multiply(&mut product, x, k, (rows, ic, columns));
    }
    let mut out = Vec::with_capacity(rows * columns);
    for x in 0..w {
        for a in 0..2 {
            for y in 0..h {
                let start = ((x * h + y) * 2 + a) * 2 * oc;
                out.extend_from_slice(&product[start..start + 2 * oc]);
            }
        }
    }
    Array3::from_shape_vec((2 * w, 2 * h, oc), out).unwrap_or_else(|_| Array3::zeros((2 * w, 2 * h, oc)))
}

/// `out` becomes `left` (m × k) times `right` (k × n), all in row order.
fn multiply(out: &mut [f64], left: &[f64], right: &[f64], (m, k, n): (usize, usize, usize)) {
    assert!(out.len() >= m * n && left.len() >= m * k && right.len() >= k * n);
    // SAFETY: the lengths were just checked, and the strides are those of row order.
    #[allow(unsafe_code)]
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            false,
            left.as_ptr(),
            1,
            k as isize,
            right.as_ptr(),
            1,
            n as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
