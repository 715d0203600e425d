//! `8415⌶`: the singular value decomposition, by Hermitian Jacobi rotations of columns.

use crate::array::{Arr, Array, Complex, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// More rounds than any matrix needs.
const ROUNDS: usize = 60;

/// `U S V f`: a unitary matrix, a diagonal matrix with the singular values from the greatest to the least, and a unitary
/// matrix, so that the argument is `U+.×S+.×⍉+V`; and whether the algorithm has converged. RANK ERROR for other than a matrix.
pub fn decompose(context: &Context, array: &Array) -> Result<Value> {
    let memory = context.memory();
    let &[rows, columns] = array.shape() else { return Err(Fault::misshapen("a matrix", array.shape())) };
    let is_real = !matches!(array, Array::Complex(_));
    let numbers: Vec<Complex> = match array {
        Array::Complex(numbers) => numbers.as_slice().to_vec(),
        _ => convert::floats(memory, array)?.iter().map(|&x| Complex::new(x, 0.0)).collect(),
    };
    let (small, large) = (rows.min(columns), rows.max(columns));
    // Columns of the matrix, or of its conjugate transpose if that is the higher one.
    let element = |row: usize, column: usize| match rows >= columns {
        true => numbers[row * columns + column],
        false => numbers[column * columns + row].conj(),
    };
    memory.check((rows * rows + columns * columns + rows * columns).saturating_mul(2 * size_of::<Complex>()))?;
    let mut work: Vec<Vec<Complex>> = (0..small).map(|k| (0..large).map(|row| element(row, k)).collect()).collect();
    let mut turned = unit_vectors(small);
    let converged = rotate(context, &mut work, &mut turned)?;
    let mut order: Vec<(f64, usize)> = work.iter().map(|column| length(column)).zip(0..).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let greatest = order.first().map_or(0.0, |first| first.0);
    let values: Vec<f64> = order.iter().map(|&(value, _)| value).collect();
    let mut left = Vec::with_capacity(large);
    for &(value, at) in order.iter().filter(|(value, _)| *value > greatest * f64::EPSILON) {
        left.push(work[at].iter().map(|&x| x / value).collect());
    }
    complete(context, &mut left, large)?;
    let right: Vec<Vec<Complex>> = order.iter().map(|&(_, at)| turned[at].clone()).collect();
    let (u, v) = if rows >= columns { (left, right) } else { (right, left) };
    let mut diagonal = vec![0.0; rows * columns];
    values.iter().enumerate().for_each(|(k, &value)| diagonal[k * columns + k] = value);
    let matrix = |columns: Vec<Vec<Complex>>| -> Result<Value> {
        let size = columns.len();
        let elements = (0..size * size).map(|at| columns[at % size][at / size]);
        match is_real {
            true => Ok(Arr::new(memory, &[size, size], elements.map(|z| z.re).collect::<Vec<f64>>())?.into()),
            false => Ok(Arr::new(memory, &[size, size], elements.collect::<Vec<Complex>>())?.into()),
        }
    };
    let diagonal = Arr::new(memory, &[rows, columns], diagonal)?.into();
    let items = vec![matrix(u)?, diagonal, matrix(v)?, Value::Bool(converged)];
    Ok(Array::from_items(memory, &[4], items, || Value::Int(0))?.into())
}

fn unit_vectors(count: usize) -> Vec<Vec<Complex>> {
    let unit = |k: usize| (0..count).map(move |at| Complex::new(f64::from(u8::from(at == k)), 0.0)).collect();
    (0..count).map(unit).collect()
}

fn length(column: &[Complex]) -> f64 {
    let largest = column.iter().map(|x| x.norm()).fold(0.0, f64::max);
    if largest == 0.0 {
        return 0.0;
    }
    largest * column.iter().map(|x| (x / largest).norm_sqr()).sum::<f64>().sqrt()
}

/// The sum of the conjugates of one times the other.
fn product(a: &[Complex], b: &[Complex]) -> Complex {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

/// Turns pairs of columns until all are at right angles, and turns those of `turned` alike; tells whether that ends.
fn rotate(context: &Context, columns: &mut [Vec<Complex>], turned: &mut [Vec<Complex>]) -> Result<bool> {
    for _ in 0..ROUNDS {
        let mut still = true;
        for p in 0..columns.len() {
            for q in p + 1..columns.len() {
                context.poll()?;
                let (a, b) = (length(&columns[p]), length(&columns[q]));
                let share = product(&columns[p], &columns[q]);
                if share.norm() <= f64::EPSILON * a * b || !share.norm().is_normal() {
                    continue;
                }
                still = false;
                let phase = (share / share.norm()).conj();
                let slope = (b * b - a * a) / (2.0 * share.norm());
                let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                for table in [&mut *columns, &mut *turned] {
                    let (before, behind) = table.split_at_mut(q);
                    for (x, y) in before[p].iter_mut().zip(&mut behind[0]) {
                        let other = *y * phase;
                        (*x, *y) = ((*x - other * tangent) * cosine, (*x * tangent + other) * cosine);
                    }
                }
            }
        }
        if still {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds columns at right angles to the others until there are so many.
fn complete(context: &Context, columns: &mut Vec<Vec<Complex>>, count: usize) -> Result<()> {
    for mut candidate in unit_vectors(count) {
        context.poll()?;
        if columns.len() == count {
            break;
        }
        // Twice, so that rounding does no harm.
        for _ in 0..2 {
            for column in columns.iter() {
                let share = product(column, &candidate);
                candidate.iter_mut().zip(column).for_each(|(x, y)| *x -= y * share);
            }
        }
        let size = length(&candidate);
        // A column that lies nearly within the others is no good; enough of the unit vectors do not.
        if size > 0.5 / (count as f64).sqrt() {
            columns.push(candidate.into_iter().map(|x| x / size).collect());
        }
    }
    Ok(())
}
