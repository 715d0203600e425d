//! Whether two values are the same array, independent of their storage.

use zilde::Value;
use zilde::array::{Array, Memory, prototype};

/// Whether two values are the same array, storage apart; sums may differ by rounding.
pub fn same(left: &Value, right: &Value) -> bool {
    let memory = Memory::unlimited();
    if left.shape() != right.shape() {
        return false;
    }
    let (Ok(a), Ok(b)) = (left.array(&memory), right.array(&memory)) else { return false };
    if a.is_empty() {
        let fill = |array: &Array| prototype::fill_item(&memory, array);
        return match (fill(&a), fill(&b)) {
            (Ok(a), Ok(b)) => same(&a, &b),
            _ => false,
        };
    }
    a.items().zip(b.items()).all(|(x, y)| match (x.is_simple_scalar(), y.is_simple_scalar()) {
        (true, true) => same_scalar(&x, &y),
        (false, false) => same(&x, &y),
        _ => false,
    })
}

fn same_scalar(x: &Value, y: &Value) -> bool {
    match (x, y) {
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Char(_), _) | (_, Value::Char(_)) => false,
        (Value::Array(Array::Ref(_)), _) | (_, Value::Array(Array::Ref(_))) => x.reference() == y.reference(),
        _ => {
            let number = |value: &Value| match value {
                Value::Bool(b) => (f64::from(u8::from(*b)), 0.0),
                Value::Int(n) => (f64::from(*n), 0.0),
                Value::Float(x) => (*x, 0.0),
                Value::Array(Array::Complex(a)) => (a.as_slice()[0].re, a.as_slice()[0].im),
                other => panic!("a simple scalar {other:?}"),
            };
            let ((a, b), (c, d)) = (number(x), number(y));
            let near = |p: f64, q: f64| (p - q).abs() <= 1e-12 * (1.0 + p.abs().max(q.abs()));
            near(a, c) && near(b, d)
        }
    }
}
