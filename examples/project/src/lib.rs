//! The kernels of the APL programs, written by hand: plain loops over indices.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayView4};

/// A transposed convolution whose stride is the size of the kernel: every pixel times the kernel.
pub fn tc(kernel: ArrayView2<f64>, image: ArrayView2<f64>) -> Array2<f64> {
    let ((p, q), (h, w)) = (kernel.dim(), image.dim());
    Array2::from_shape_fn((h * p, w * q), |(y, x)| kernel[[y % p, x % q]] * image[[y / p, x / q]])
}

/// Several channels: the kernel is out × in × rows × columns, the image in × rows × columns.
pub fn mctc(kernel: ArrayView4<f64>, image: ArrayView3<f64>) -> Array3<f64> {
    let ((oc, ic, p, q), (_, h, w)) = (kernel.dim(), image.dim());
    Array3::from_shape_fn((oc, h * p, w * q), |(o, y, x)| {
        (0..ic).map(|c| kernel[[o, c, y % p, x % q]] * image[[c, y / p, x / q]]).sum()
    })
}

/// The up-sampling step of a U-Net: the kernel is in × 2 × 2 × out, the image width × height × in.
pub fn up(kernel: ArrayView4<f64>, image: ArrayView3<f64>) -> Array3<f64> {
    let ((ic, _, _, oc), (w, h, _)) = (kernel.dim(), image.dim());
    Array3::from_shape_fn((2 * w, 2 * h, oc), |(x, y, o)| {
        (0..ic).map(|c| image[[x / 2, y / 2, c]] * kernel[[c, x % 2, y % 2, o]]).sum()
    })
}
