//! Comparing arrays: tolerant equality, match, the total order, hashing for searches.

use super::value::Value;
use crate::error::{Fault, Result};

/// Whether two numbers are equal within the comparison tolerance `ct`: their distance is at most `ct` times the
/// larger magnitude, and they do not differ in sign.
pub fn near(a: f64, b: f64, ct: f64) -> bool {
    a == b || (a - b).abs() <= ct * a.abs().max(b.abs()) && (a > 0.0) == (b > 0.0)
}

/// Whether two arrays match: same structure and shape, elements equal within `ct`, empties with equal prototypes.
pub fn matches(_left: &Value, _right: &Value, _ct: f64) -> Result<bool> {
    Err(Fault::nonce("match"))
}
