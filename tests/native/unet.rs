//! A U-Net as a good Rust programmer would write it: windows copied into a matrix, matrix products, loops.
//!
//! Layers and the order of kernels are those of `examples/unet.apl`; nothing else is shared with it.

use ndarray::{Array2, Array3, ArrayD, Axis, Ix4, concatenate, s};

/// What the way back needs of a step.
enum Kept {
    Nothing,
    /// What a convolution was given, and what it gave before negative numbers became 0.
    Conv(Array3<f64>, Array3<f64>),
    /// What any other step was given.
    Image(Array3<f64>),
}

/// A network on its way forth and back.
pub struct Unet<'a> {
    kernels: &'a [ArrayD<f64>],
    kept: Vec<Kept>,
    gradient: Vec<ArrayD<f64>>,
}

/// 3 × 3 neighbourhoods within an image: a row for each, and 9 × channels columns.
pub fn windows(image: &Array3<f64>) -> Array2<f64> {
    let (h, w, c) = image.dim();
    let image = image.as_standard_layout();
    let pixels = image.as_slice().expect("in order");
    let (rows, columns) = (h.saturating_sub(2), w.saturating_sub(2));
    let mut out = Vec::with_capacity(rows * columns * 9 * c);
    for row in 0..rows {
        for column in 0..columns {
            for down in row..row + 3 {
                out.extend_from_slice(&pixels[(down * w + column) * c..][..3 * c]);
            }
        }
    }
    Array2::from_shape_vec((rows * columns, 9 * c), out).expect("as many as there are windows")
}

fn flat(image: &Array3<f64>) -> Array2<f64> {
    let (h, w, c) = image.dim();
    image.as_standard_layout().into_owned().into_shape_with_order((h * w, c)).expect("in order")
}

fn matrix(kernel: &ArrayD<f64>, rows: usize) -> Array2<f64> {
    let columns = kernel.len() / rows.max(1);
    kernel.as_standard_layout().into_owned().into_shape_with_order((rows, columns)).expect("in order")
}

fn image(flat: Array2<f64>, (h, w): (usize, usize)) -> Array3<f64> {
    let channels = flat.ncols();
    flat.as_standard_layout().into_owned().into_shape_with_order((h, w, channels)).expect("in order")
}

/// A convolution without padding: kernel 3 × 3 × in × out.
pub fn conv(kernel: &ArrayD<f64>, x: &Array3<f64>) -> Array3<f64> {
    let (h, w, c) = x.dim();
    image(windows(x).dot(&matrix(kernel, 9 * c)), (h - 2, w - 2))
}

/// The greatest of every four pixels; a last odd row or column is left out.
pub fn pool(x: &Array3<f64>) -> Array3<f64> {
    let (h, w, c) = x.dim();
    Array3::from_shape_fn((h / 2, w / 2, c), |(i, j, k)| {
        x[[2 * i, 2 * j, k]]
            .max(x[[2 * i + 1, 2 * j, k]])
            .max(x[[2 * i, 2 * j + 1, k]])
            .max(x[[2 * i + 1, 2 * j + 1, k]])
    })
}

/// The middle of `x`, of the size of `like`, and then `like`, channel by channel.
pub fn join(x: &Array3<f64>, like: &Array3<f64>) -> Array3<f64> {
    let (h, w, _) = like.dim();
    let (up, left) = ((x.dim().0 - h) / 2, (x.dim().1 - w) / 2);
    let middle = x.slice(s![up..up + h, left..left + w, ..]);
    concatenate(Axis(2), &[middle, like.view()]).expect("of one size")
}

fn up(kernel: &ArrayD<f64>, x: &Array3<f64>) -> Array3<f64> {
    super::up(kernel.view().into_dimensionality::<Ix4>().expect("in 2 2 out"), x.view())
}

/// Blocks of 2 × 2 pixels: a row for each, and 4 × channels columns.
fn blocks(x: &Array3<f64>) -> Array2<f64> {
    let (h, w, c) = x.dim();
    let mut out = Vec::with_capacity(x.len());
    for i in 0..h / 2 {
        for j in 0..w / 2 {
            for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                out.extend(x.slice(s![2 * i + a, 2 * j + b, ..]).iter());
            }
        }
    }
    Array2::from_shape_vec((h / 2 * (w / 2), 4 * c), out).expect("as many as there are blocks")
}

/// Probabilities out of two numbers a pixel, and a little more.
pub fn softmax(x: &mut Array3<f64>) {
    for mut pixel in x.lanes_mut(Axis(2)) {
        let most = pixel.fold(f64::NEG_INFINITY, |most, &v| most.max(v));
        pixel.mapv_inplace(|v| (v - most).exp());
        let sum = pixel.sum();
        pixel.mapv_inplace(|v| 1e-8 + v / sum);
    }
}

/// `-Σ log` of what the network gives to the right answer.
pub fn loss(mask: &Array2<f64>, out: &Array3<f64>) -> f64 {
    let (h, w) = mask.dim();
    let mut sum = 0.0;
    for i in 0..h {
        for j in 0..w {
            sum -= (mask[[i, j]] * out[[i, j, 1]] + (1.0 - mask[[i, j]]) * out[[i, j, 0]]).ln();
        }
    }
    sum
}

impl<'a> Unet<'a> {
    pub fn new(kernels: &'a [ArrayD<f64>]) -> Unet<'a> {
        let kept = kernels.iter().map(|_| Kept::Nothing).collect();
        let gradient = kernels.iter().map(|kernel| ArrayD::zeros(kernel.shape())).collect();
        Unet { kernels, kept, gradient }
    }

    /// What the network says of an image.
    pub fn forward(&mut self, image: &Array2<f64>) -> Array3<f64> {
        let x = image.clone().insert_axis(Axis(2));
        let x = self.level(3, x);
        let x = self.conv(0, x);
        let x = self.conv(1, x);
        let (h, w, c) = x.dim();
        let mut out = self::image(flat(&x).dot(&matrix(&self.kernels[2], c)), (h, w));
        self.kept[2] = Kept::Image(x);
        softmax(&mut out);
        out
    }

    fn level(&mut self, k: usize, x: Array3<f64>) -> Array3<f64> {
        if k >= self.kernels.len() {
            return x;
        }
        let x = self.conv(k, x);
        let copied = self.conv(k + 1, x);
        let below = self.level(k + 6, pool(&copied));
        let x = self.conv(k + 3, below);
        let x = self.conv(k + 4, x);
        let above = up(&self.kernels[k + 5], &x);
        self.kept[k + 5] = Kept::Image(x);
        let joined = join(&copied, &above);
        self.kept[k + 2] = Kept::Image(copied);
        joined
    }

    fn conv(&mut self, k: usize, x: Array3<f64>) -> Array3<f64> {
        let z = conv(&self.kernels[k], &x);
        let positive = z.mapv(|v| v.max(0.0));
        self.kept[k] = Kept::Conv(x, z);
        positive
    }

    /// The derivative of the loss by every kernel, after [`Unet::forward`].
    pub fn backward(&mut self, mask: &Array2<f64>, out: &Array3<f64>) -> Vec<ArrayD<f64>> {
        let (h, w, _) = out.dim();
        let wanted = |i: usize, j: usize, k: usize| if k == 1 { mask[[i, j]] } else { 1.0 - mask[[i, j]] };
        let d = Array3::from_shape_fn((h, w, 2), |(i, j, k)| out[[i, j, k]] - wanted(i, j, k));
        let x = self.image(2);
        self.gradient[2] = flat(&x).t().dot(&flat(&d)).into_dyn();
        let d = self::image(flat(&d).dot(&matrix(&self.kernels[2], x.dim().2).t()), (h, w));
        let d = self.back_conv(1, d);
        let d = self.back_conv(0, d);
        self.back_level(3, d);
        std::mem::take(&mut self.gradient)
    }

    fn back_level(&mut self, k: usize, d: Array3<f64>) -> Array3<f64> {
        if k >= self.kernels.len() {
            return d;
        }
        let (h, w, c) = d.dim();
        let (copied, above) = (d.slice(s![.., .., ..c / 2]), d.slice(s![.., .., c / 2..]).to_owned());
        let below = self.back_up(k + 5, above);
        let below = self.back_conv(k + 4, below);
        let below = self.back_conv(k + 3, below);
        let below = self.back_level(k + 6, below);
        let x = self.image(k + 2);
        let greatest = pool(&x);
        let mut sum = Array3::zeros(x.dim());
        for ((i, j, channel), &d) in below.indexed_iter() {
            for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                if x[[2 * i + a, 2 * j + b, channel]] == greatest[[i, j, channel]] {
                    sum[[2 * i + a, 2 * j + b, channel]] = d;
                }
            }
        }
        let (up, left) = ((x.dim().0 - h) / 2, (x.dim().1 - w) / 2);
        let mut middle = sum.slice_mut(s![up..up + h, left..left + w, ..]);
        middle += &copied;
        let d = self.back_conv(k + 1, sum);
        self.back_conv(k, d)
    }

    fn back_conv(&mut self, k: usize, mut d: Array3<f64>) -> Array3<f64> {
        let Kept::Conv(x, z) = std::mem::replace(&mut self.kept[k], Kept::Nothing) else { panic!("no convolution") };
        d.zip_mut_with(&z, |d, &z| *d = if z > 0.0 { *d } else { 0.0 });
        let kernel = &self.kernels[k];
        let by_kernel = windows(&x).t().dot(&flat(&d));
        self.gradient[k] = by_kernel.into_shape_with_order(kernel.raw_dim()).expect("as many");
        let (h, w, oc) = d.dim();
        let mut padded = Array3::zeros((h + 4, w + 4, oc));
        padded.slice_mut(s![2..2 + h, 2..2 + w, ..]).assign(&d);
        let turned = kernel.view().into_dimensionality::<Ix4>().expect("3 3 in out");
        let turned = turned.slice(s![..;-1, ..;-1, .., ..]).permuted_axes([0, 1, 3, 2]).to_owned().into_dyn();
        conv(&turned, &padded)
    }

    fn back_up(&mut self, k: usize, d: Array3<f64>) -> Array3<f64> {
        let x = self.image(k);
        let (h, w, c) = x.dim();
        let four = blocks(&d);
        let kernel = &self.kernels[k];
        self.gradient[k] = flat(&x).t().dot(&four).into_shape_with_order(kernel.raw_dim()).expect("as many");
        image(four.dot(&matrix(kernel, c).t()), (h, w))
    }

    fn image(&mut self, k: usize) -> Array3<f64> {
        match std::mem::replace(&mut self.kept[k], Kept::Nothing) {
            Kept::Image(x) => x,
            _ => panic!("no image"),
        }
    }
}

/// Shapes of the kernels of a network, level by level: empty where a place has none.
pub fn shapes(depth: usize, base: usize) -> Vec<Vec<usize>> {
    let mut shapes = vec![vec![3, 3, 2 * base, base], vec![3, 3, base, base], vec![base, 2]];
    for level in 0..depth {
        let c = base << level;
        let given = if level == 0 { 1 } else { c / 2 };
        let below = if level + 1 < depth { 4 * c } else { c };
        shapes.push(vec![3, 3, given, c]);
        shapes.push(vec![3, 3, c, c]);
        shapes.push(vec![0]);
        shapes.push(vec![3, 3, below, 2 * c]);
        shapes.push(vec![3, 3, 2 * c, 2 * c]);
        shapes.push(vec![2 * c, 2, 2, c]);
    }
    shapes
}
