//! The loops of monadic scalar functions. The left operand stands for nothing.

use std::f64::consts::PI;

use super::dyads::complex_zip;
use super::function::ScalarMonad;
use super::lanes::{self, ROUND, Side, complex_finite, each, finite_each, finite_zip, holds, zip};
use super::number::{self, Env, Number};
use super::{Family, Loop, Width, complex_or_nan, gamma, real_or_nan, single};
use crate::array::Complex;
use crate::error::Result;

impl Family for ScalarMonad {
    fn width(self, _left: Width, right: Width) -> Width {
        match self {
            ScalarMonad::Not => Width::Bool,
            ScalarMonad::Magnitude if right == Width::Complex => Width::Float,
            _ if right == Width::Complex => Width::Complex,
            ScalarMonad::Direction | ScalarMonad::Ceiling | ScalarMonad::Floor => Width::Int,
            ScalarMonad::Negate | ScalarMonad::Magnitude | ScalarMonad::Factorial if right <= Width::Int => Width::Int,
            _ => Width::Float,
        }
    }

    fn number(self, env: &Env, _left: Number, right: Number) -> Result<Number> {
        single::number(env, self, right)
    }

    fn bool_bool(self) -> Option<Loop<bool, bool>> {
        match self {
            ScalarMonad::Not => Some(|_, l, r, out| {
                zip(l, r, out, |_, b| !b);
                true
            }),
            _ => None,
        }
    }

    fn int_bool(self) -> Option<Loop<i32, bool>> {
        match self {
            ScalarMonad::Not => Some(|_, l, r, out| {
                zip(l, r, out, |_, n| n == 0);
                holds(l, r, |_, n| n & !1 == 0)
            }),
            _ => None,
        }
    }

    fn int_int(self) -> Option<Loop<i32, i32>> {
        Some(match self {
            ScalarMonad::Negate => |_, l, r, out| but_the_least(l, r, out, i32::wrapping_neg),
            ScalarMonad::Magnitude => |_, l, r, out| but_the_least(l, r, out, i32::wrapping_abs),
            ScalarMonad::Direction => |_, l, r, out| but_the_least(l, r, out, i32::signum),
            _ => return None,
        })
    }

    fn float_bool(self) -> Option<Loop<f64, bool>> {
        match self {
            ScalarMonad::Not => Some(|_, l, r, out| {
                let mut sound = true;
                let count = r.len().or(l.len()).unwrap_or(1);
                out.extend((0..count).map(|at| match number::truth(r.get(at)) {
                    Ok(truth) => !truth,
                    Err(_) => {
                        sound = false;
                        false
                    }
                }));
                sound
            }),
            _ => None,
        }
    }

    fn float_int(self) -> Option<Loop<f64, i32>> {
        Some(match self {
            ScalarMonad::Direction => |_, l, r, out| {
                zip(l, r, out, |_, x| i32::from(x > 0.0) - i32::from(x < 0.0));
                true
            },
            ScalarMonad::Floor => |env, l, r, out| floors(env.ct, 1.0, l, r, out),
            ScalarMonad::Ceiling => |env, l, r, out| floors(env.ct, -1.0, l, r, out),
            _ => return None,
        })
    }

    fn float_float(self) -> Option<Loop<f64, f64>> {
        Some(match self {
            ScalarMonad::Conjugate => |_, l, r, out| finite_zip(l, r, out, |_, x| x),
            ScalarMonad::Negate => |_, l, r, out| finite_zip(l, r, out, |_, x| 0.0 - x),
            ScalarMonad::Magnitude => |_, l, r, out| finite_zip(l, r, out, |_, x| x.abs()),
            ScalarMonad::Reciprocal => |env, l, r, out| {
                let by_zero = if env.div { 0.0 } else { f64::NAN };
                finite_zip(l, r, out, |_, x| if x == 0.0 { by_zero } else { 1.0 / x })
            },
            ScalarMonad::Exponential => |_, l, r, out| finite_each(l, r, out, |_, x| x.exp()),
            ScalarMonad::Logarithm => |_, l, r, out| finite_each(l, r, out, |_, x| x.ln() + 0.0),
            ScalarMonad::PiTimes => |_, l, r, out| finite_zip(l, r, out, |_, x| x * PI),
            ScalarMonad::Floor => |env, l, r, out| finite_each(l, r, out, |_, x| number::floor(x, env.ct)),
            ScalarMonad::Ceiling => |env, l, r, out| finite_each(l, r, out, |_, x| number::ceiling(x, env.ct)),
            ScalarMonad::Factorial => |env, l, r, out| {
                finite_each(l, r, out, |_, x| match gamma::tabled(x) {
                    Some(factorial) => factorial,
                    None => real_or_nan(single::real(env, ScalarMonad::Factorial, x)),
                })
            },
            _ => return None,
        })
    }

    fn complex_bool(self) -> Option<Loop<Complex, bool>> {
        None
    }

    fn complex_float(self) -> Option<Loop<Complex, f64>> {
        match self {
            ScalarMonad::Magnitude => Some(|_, l, r, out| {
                let from = out.len();
                each(l, r, out, |_, z| z.norm());
                lanes::finite(&out[from..])
            }),
            _ => None,
        }
    }

    fn complex_complex(self) -> Option<Loop<Complex, Complex>> {
        Some(match self {
            ScalarMonad::Conjugate => |_, l, r, out| complex_zip(l, r, out, |_, z| z.conj()),
            ScalarMonad::Negate => |_, l, r, out| complex_zip(l, r, out, |_, z| -z),
            ScalarMonad::PiTimes => |_, l, r, out| complex_zip(l, r, out, |_, z| z * PI),
            ScalarMonad::Direction => |env, l, r, out| defined(env, ScalarMonad::Direction, l, r, out),
            ScalarMonad::Reciprocal => |env, l, r, out| defined(env, ScalarMonad::Reciprocal, l, r, out),
            ScalarMonad::Exponential => |env, l, r, out| defined(env, ScalarMonad::Exponential, l, r, out),
            ScalarMonad::Logarithm => |env, l, r, out| defined(env, ScalarMonad::Logarithm, l, r, out),
            ScalarMonad::Ceiling => |env, l, r, out| defined(env, ScalarMonad::Ceiling, l, r, out),
            ScalarMonad::Floor => |env, l, r, out| defined(env, ScalarMonad::Floor, l, r, out),
            ScalarMonad::Factorial => |env, l, r, out| defined(env, ScalarMonad::Factorial, l, r, out),
            ScalarMonad::Magnitude | ScalarMonad::Not => return None,
        })
    }
}

/// The least 32-bit number has no negative.
#[inline(always)]
fn but_the_least(l: Side<'_, i32>, r: Side<'_, i32>, out: &mut Vec<i32>, f: impl Fn(i32) -> i32) -> bool {
    zip(l, r, out, |_, n| f(n));
    holds(l, r, |_, n| n != i32::MIN)
}

/// Tolerant floors, or ceilings as floors of the other sign, that fit 32 bits; `false` where one doesn't.
fn floors(ct: f64, sign: f64, l: Side<'_, f64>, r: Side<'_, f64>, out: &mut Vec<i32>) -> bool {
    let limit = f64::from(i32::MAX);
    zip(l, r, out, |_, x| {
        let x = x * sign;
        let near = (x + ROUND) - ROUND;
        let size = x.abs();
        let margin = ct * if size > 1.0 { size } else { 1.0 };
        let floor = if near - x > margin { near - 1.0 } else { near };
        lanes::low_bits(floor * sign)
    });
    holds(l, r, |_, x| x.abs() < limit)
}

/// By the definition.
#[inline(always)]
fn defined(env: &Env, op: ScalarMonad, l: Side<'_, Complex>, r: Side<'_, Complex>, out: &mut Vec<Complex>) -> bool {
    let from = out.len();
    each(l, r, out, |_, z| complex_or_nan(single::number(env, op, Number::Complex(z))));
    complex_finite(&out[from..])
}
