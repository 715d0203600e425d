//! Every loop agrees bit for bit with the definition of its function, on pairs of odd numbers.

use super::*;

const DYADS: [ScalarDyad; 21] = [
    ScalarDyad::Plus,
    ScalarDyad::Minus,
    ScalarDyad::Times,
    ScalarDyad::Divide,
    ScalarDyad::Power,
    ScalarDyad::Logarithm,
    ScalarDyad::Maximum,
    ScalarDyad::Minimum,
    ScalarDyad::Residue,
    ScalarDyad::Binomial,
    ScalarDyad::Circular,
    ScalarDyad::And,
    ScalarDyad::Or,
    ScalarDyad::Nand,
    ScalarDyad::Nor,
    ScalarDyad::Less,
    ScalarDyad::LessEqual,
    ScalarDyad::Equal,
    ScalarDyad::GreaterEqual,
    ScalarDyad::Greater,
    ScalarDyad::NotEqual,
];

const MONADS: [ScalarMonad; 12] = [
    ScalarMonad::Conjugate,
    ScalarMonad::Negate,
    ScalarMonad::Direction,
    ScalarMonad::Reciprocal,
    ScalarMonad::Exponential,
    ScalarMonad::Logarithm,
    ScalarMonad::Ceiling,
    ScalarMonad::Floor,
    ScalarMonad::Magnitude,
    ScalarMonad::Factorial,
    ScalarMonad::PiTimes,
    ScalarMonad::Not,
];

/// An element as the number that it is, and bits to compare.
trait Item: Copy + std::fmt::Debug {
    fn number(self) -> Number;

    /// A result of the definition as an element of this type, if it is one.
    fn of(number: Number) -> Option<Self>;

    fn bits(self) -> (u64, u64);
}

impl Item for bool {
    fn number(self) -> Number {
        Number::Real(f64::from(u8::from(self)))
    }

    fn of(number: Number) -> Option<bool> {
        match number {
            Number::Real(0.0) => Some(false),
            Number::Real(1.0) => Some(true),
            _ => None,
        }
    }

    fn bits(self) -> (u64, u64) {
        (self.into(), 0)
    }
}

impl Item for i32 {
    fn number(self) -> Number {
        Number::Real(self.into())
    }

    fn of(number: Number) -> Option<i32> {
        match number {
            Number::Real(x) if f64::from(x as i32) == x => Some(x as i32),
            _ => None,
        }
    }

    fn bits(self) -> (u64, u64) {
        (self as u64, 0)
    }
}

impl Item for f64 {
    fn number(self) -> Number {
        Number::Real(self)
    }

    fn of(number: Number) -> Option<f64> {
        match number {
            Number::Real(x) => Some(x),
            Number::Complex(_) => None,
        }
    }

    fn bits(self) -> (u64, u64) {
        (self.to_bits(), 0)
    }
}

impl Item for Complex {
    fn number(self) -> Number {
        Number::Complex(self)
    }

    fn of(number: Number) -> Option<Complex> {
        Some(number.wide())
    }

    fn bits(self) -> (u64, u64) {
        (self.re.to_bits(), self.im.to_bits())
    }
}

/// A loop on every pair, each by itself. `always`: a loop must have every result that is of its type.
fn agrees<F: Family + std::fmt::Debug, T: Item, R: Item>(
    function: F,
    work: Option<Loop<T, R>>,
    (lefts, rights): (&[T], &[T]),
    always: bool,
) {
    let Some(work) = work else { return };
    for env in [Env { ct: 1e-14, div: false }, Env { ct: 1e-14, div: true }, Env { ct: 0.0, div: false }] {
        for &a in lefts {
            for &b in rights {
                let want = function.number(&env, a.number(), b.number());
                let sides = [
                    (Side::One(a), Side::Each(&[b; 3][..])),
                    (Side::Each(&[a; 3]), Side::One(b)),
                    (Side::Each(&[a; 3]), Side::Each(&[b; 3])),
                    (Side::Each(&[a; 40]), Side::Each(&[b; 40])),
                ];
                for (l, r) in sides {
                    let mut out = Vec::new();
                    let done = work(&env, l, r, &mut out);
                    let what = || format!("{a:?} {function:?} {b:?}, {env:?}: {out:?}, not {want:?}");
                    match (done, want.as_ref().ok().copied().and_then(R::of)) {
                        (true, Some(want)) => {
                            assert_eq!(Some(out.len()), l.len().max(r.len()), "{}", what());
                            assert!(out.iter().all(|x| x.bits() == want.bits()), "{}", what());
                        }
                        (true, None) => panic!("{}", what()),
                        (false, Some(_)) => assert!(!always, "{}", what()),
                        (false, None) => {}
                    }
                }
            }
        }
    }
}

const BOOLS: [bool; 2] = [false, true];
const INTS: [i32; 17] = [i32::MIN, i32::MIN + 1, -46341, -100, -7, -3, -1, 0, 1, 2, 3, 7, 12, 13, 100, 46341, i32::MAX];
const FLOATS: [f64; 34] = [
    -1e300,
    -2_147_483_649.0,
    -1e17,
    -170.5,
    -12.0,
    -3.0,
    -2.5,
    -1.0 - 1e-15,
    -1.0,
    -0.75,
    -0.5,
    -1e-300,
    0.0,
    1e-300,
    1e-16,
    0.1,
    0.3,
    0.5,
    1.0 - 1e-15,
    1.0,
    1.0 + 1e-15,
    1.5,
    2.0,
    2.0 + 1e-13,
    3.0,
    7.0,
    7.5,
    10.0,
    11.0,
    100.0,
    171.0,
    1_234_567.25,
    1e17,
    1.7e308,
];

fn complexes() -> Vec<Complex> {
    let parts = [-1e200, -2.5, -1.0, 0.0, 0.5, 1.0, 3.0];
    let all = parts.iter().flat_map(|&re| parts.iter().map(move |&im| Complex::new(re, im)));
    all.chain([9.0, 10.0, 11.0, 12.0, -12.0].map(Complex::from)).collect()
}

/// A family's loops. Those of 32-bit numbers may leave what is too large on the way to the loops of floats; those of floats
/// must have every real result if `reals`.
fn family<F: Family + std::fmt::Debug>(function: F, monadic: bool, reals: bool) {
    let complexes = complexes();
    let (ints, floats) = if monadic { (&[0][..], &[0.0][..]) } else { (&INTS[..], &FLOATS[..]) };
    agrees(function, function.bool_bool(), (&BOOLS, &BOOLS), true);
    agrees(function, function.int_bool(), (ints, &INTS), true);
    agrees(function, function.int_int(), (ints, &INTS), false);
    agrees(function, function.float_bool(), (floats, &FLOATS), true);
    agrees(function, function.float_int(), (floats, &FLOATS), false);
    agrees(function, function.float_float(), (floats, &FLOATS), reals);
    let zero = [Complex::new(0.0, 0.0)];
    let lefts = if monadic { &zero[..] } else { &complexes };
    agrees(function, function.complex_bool(), (lefts, &complexes), true);
    agrees(function, function.complex_float(), (lefts, &complexes), false);
    agrees(function, function.complex_complex(), (lefts, &complexes), true);
}

#[test]
fn dyadic_loops_are_the_definitions() {
    for op in DYADS {
        // The real results of negative numbers come by way of complex ones.
        family(op, false, !matches!(op, ScalarDyad::Power | ScalarDyad::Logarithm));
    }
}

#[test]
fn monadic_loops_are_the_definitions() {
    for op in MONADS {
        family(op, true, true);
    }
}

/// Wherever two types of numbers have a result, there is a loop for them.
#[test]
fn no_pair_of_types_is_without_a_loop() {
    for op in DYADS {
        let reals = op.bool_bool().is_some()
            || op.float_float().is_some()
            || op.int_bool().is_some() && op.float_bool().is_some();
        assert!(reals, "{op:?}");
        if op.is_predicate() {
            assert!(op.float_bool().is_some() && op.int_bool().is_some(), "{op:?}");
        } else {
            assert!(op.float_float().is_some() && op.complex_complex().is_some(), "{op:?}");
        }
    }
    for op in MONADS {
        match op {
            ScalarMonad::Not => {
                assert!(op.bool_bool().is_some() && op.int_bool().is_some() && op.float_bool().is_some())
            }
            ScalarMonad::Magnitude => assert!(op.float_float().is_some() && op.complex_float().is_some()),
            ScalarMonad::Direction => assert!(op.float_int().is_some() && op.complex_complex().is_some()),
            _ => assert!(op.float_float().is_some() && op.complex_complex().is_some(), "{op:?}"),
        }
    }
}
