//! Loops over slices, and the functions of single numbers that they must agree with.
//!
//! A loop gets elements and appends results. It knows no shapes and no session, and it does not poll: its caller gives it a
//! stretch of elements at a time, polls between stretches, and widens operands of different types to one type. A loop
//! computes what has a result of its type; where a value has none (an overflow, a division by zero, a root of a negative
//! number) it says so, and the caller tries the next wider type. Only what no loop can do, which mostly is an error, is
//! computed number by number.
//!
//! [`lanes`] holds the shapes of loops, with the choice of the processor's vector instructions; [`dyads`] and [`monads`] say
//! which loops a function has. [`pair`] and [`single`] define the functions on numbers, with [`number`], [`complex`],
//! [`circular`], [`sine`] and [`gamma`].

pub mod circular;
pub mod complex;
pub mod dyads;
pub mod function;
pub mod gamma;
pub mod lanes;
pub mod monads;
pub mod number;
pub mod pair;
pub mod residue;
pub mod sine;
pub mod single;
#[cfg(test)]
mod tests;

pub use function::{ScalarDyad, ScalarMonad};
pub use lanes::{STRETCH, Side};

use crate::array::Complex;
use crate::error::Result;
use number::{Env, Number};

/// The types of numbers, from the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// Truth values.
    Bool,
    /// 32-bit numbers.
    Int,
    /// Numbers.
    Float,
    /// Complex numbers.
    Complex,
}

/// Appends the results for a stretch, whose operands have been widened to one type. `false` where a value has no result of
/// type `R`: what was appended is then to be dropped.
pub type Loop<T, R> = fn(&Env, Side<'_, T>, Side<'_, T>, &mut Vec<R>) -> bool;

/// A scalar function as a family of loops, by the type that its operands have been widened to and by the type of the results.
/// A monadic function does not look at its left argument.
pub trait Family: Copy {
    /// The type to try for results.
    fn width(self, left: Width, right: Width) -> Width;

    /// The definition.
    fn number(self, env: &Env, left: Number, right: Number) -> Result<Number>;

    /// Truth values from truth values.
    fn bool_bool(self) -> Option<Loop<bool, bool>>;

    /// Truth values from 32-bit numbers.
    fn int_bool(self) -> Option<Loop<i32, bool>>;

    /// 32-bit numbers.
    fn int_int(self) -> Option<Loop<i32, i32>>;

    /// Truth values from numbers.
    fn float_bool(self) -> Option<Loop<f64, bool>>;

    /// 32-bit numbers from numbers.
    fn float_int(self) -> Option<Loop<f64, i32>>;

    /// Numbers.
    fn float_float(self) -> Option<Loop<f64, f64>>;

    /// Truth values from complex numbers.
    fn complex_bool(self) -> Option<Loop<Complex, bool>>;

    /// Numbers from complex numbers.
    fn complex_float(self) -> Option<Loop<Complex, f64>>;

    /// Complex numbers.
    fn complex_complex(self) -> Option<Loop<Complex, Complex>>;
}

/// A real result for a loop over floats: NaN for an error and for a result that is not real.
#[inline(always)]
fn real_or_nan(result: Result<Number>) -> f64 {
    match result {
        Ok(Number::Real(x)) => x,
        _ => f64::NAN,
    }
}

/// A result for a loop over complex numbers: NaN for an error.
#[inline(always)]
fn complex_or_nan(result: Result<Number>) -> Complex {
    result.map_or(Complex::new(f64::NAN, 0.0), Number::wide)
}
