//! What scalar functions do to whole arguments, as the documentation has it.

use super::*;
use crate::array::{Arr, Complex, Memory};
use crate::context::{Interrupt, Silent};

pub fn context() -> Context {
    Context::new(Memory::unlimited(), Interrupt::default(), Box::new(Silent))
}

pub fn ints(shape: &[usize], data: &[i32]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).unwrap().into()
}

pub fn floats(shape: &[usize], data: &[f64]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).unwrap().into()
}

pub fn bools(data: &[u8]) -> Value {
    Arr::new(&Memory::unlimited(), &[data.len()], data.iter().map(|&b| b == 1).collect()).unwrap().into()
}

pub fn text(text: &str) -> Value {
    Value::text(&Memory::unlimited(), text).unwrap()
}

pub fn boxes(items: &[Value]) -> Value {
    Array::from_items(&Memory::unlimited(), &[items.len()], items.to_vec(), || Value::Int(0)).unwrap().into()
}

/// Structure, types and elements, for comparing.
pub fn shown(value: &Value) -> String {
    match value.array(&Memory::unlimited()).unwrap() {
        Array::Nested(arr) => {
            let items: Vec<String> = arr.as_slice().iter().map(shown).collect();
            let prototype = if arr.is_empty() { arr.prototype().map(shown) } else { None };
            format!("{:?}({}){}", arr.shape(), items.join(" "), prototype.unwrap_or_default())
        }
        array => crate::each_type!(&array, arr => format!("{:?}{:?}", arr.shape(), arr.as_slice())),
    }
}

fn dyad(op: ScalarDyad, left: Value, right: Value) -> String {
    match dyadic(&context(), op, left, right) {
        Ok(value) => shown(&value),
        Err(fault) => fault.headline(),
    }
}

fn monad(op: ScalarMonad, right: Value) -> String {
    match monadic(&context(), op, right) {
        Ok(value) => shown(&value),
        Err(fault) => fault.headline(),
    }
}

const OVERFLOW: &str = "DOMAIN ERROR: ⎕FR=645 limits arithmetic to the range +/-1.79E308 (approx)";

#[test]
fn arguments_conform() {
    use ScalarDyad::Plus;
    assert_eq!(dyad(Plus, Value::Int(1), Value::Int(2)), "[][3]");
    assert_eq!(dyad(Plus, Value::Int(1), ints(&[2], &[2, 3])), "[2][3, 4]");
    assert_eq!(dyad(Plus, ints(&[1, 1], &[5]), ints(&[3], &[1, 2, 3])), "[3][6, 7, 8]");
    assert_eq!(dyad(Plus, ints(&[1], &[5]), ints(&[1, 1, 1], &[1])), "[1, 1, 1][6]");
    assert_eq!(dyad(Plus, ints(&[1], &[5]), Value::Int(1)), "[1][6]");
    assert_eq!(dyad(Plus, ints(&[1], &[5]), ints(&[0], &[])), "[0][]");
    assert_eq!(
        dyad(Plus, ints(&[2], &[1, 2]), ints(&[3], &[1, 2, 3])),
        "LENGTH ERROR: Mismatched left and right argument shapes"
    );
    assert_eq!(
        dyad(Plus, ints(&[2], &[1, 2]), ints(&[2, 1], &[1, 2])),
        "RANK ERROR: Mismatched left and right argument ranks"
    );
}

#[test]
fn types_stay_narrow_and_widen() {
    use ScalarDyad::{And, Divide, Equal, Maximum, Minus, Plus, Power, Times};
    let big = ints(&[2], &[i32::MAX, 1]);
    assert_eq!(dyad(Plus, big.clone(), Value::Int(1)), "[2][2147483648.0, 2.0]");
    assert_eq!(dyad(Plus, big.clone(), ints(&[2], &[0, 1])), "[2][2147483647, 2]");
    assert_eq!(dyad(Times, Value::Int(65536), Value::Int(65536)), "[][4294967296.0]");
    assert_eq!(dyad(Minus, ints(&[2], &[i32::MIN, 0]), big), "[2][-4294967295.0, -1.0]");
    assert_eq!(dyad(And, bools(&[0, 1, 0, 1]), bools(&[0, 0, 1, 1])), "[4][false, false, false, true]");
    assert_eq!(dyad(Maximum, bools(&[0, 1]), bools(&[1, 0])), "[2][true, true]");
    assert_eq!(dyad(Plus, bools(&[1, 1]), bools(&[1, 0])), "[2][2, 1]");
    assert_eq!(dyad(Equal, ints(&[2], &[1, 2]), floats(&[2], &[1.0, 2.5])), "[2][true, false]");
    assert_eq!(dyad(Power, Value::Int(2), ints(&[3], &[0, 10, 40])), "[3][1.0, 1024.0, 1099511627776.0]");
    assert_eq!(dyad(Power, Value::Int(2), ints(&[2], &[0, 10])), "[2][1, 1024]");
    assert_eq!(dyad(Divide, ints(&[3], &[2, 0, 5]), ints(&[3], &[4, 0, 2])), "[3][0.5, 1.0, 2.5]");
    assert_eq!(dyad(Divide, Value::Int(1), Value::Int(0)), "DOMAIN ERROR: Divide by zero");
    assert_eq!(dyad(Divide, Value::Int(1), floats(&[2], &[1.0, 0.0])), "DOMAIN ERROR: Divide by zero");
    assert_eq!(dyad(Times, floats(&[2], &[1e200, 0.0]), floats(&[2], &[1e200, -1.0])), OVERFLOW);
    // No sign on a zero.
    assert_eq!(dyad(Times, floats(&[2], &[0.0, 0.0]), floats(&[2], &[-1.0, -2.0])), "[2][0.0, 0.0]");
}

#[test]
fn overwritten_arguments_can_be_outgrown() {
    // Long enough for several stretches; only the last results do not fit.
    let count = 3 * crate::kernel::STRETCH;
    let data: Vec<i32> = (0..count as i32).collect();
    let mut left = data.clone();
    left[count - 1] = i32::MAX;
    let shape = [count];
    let sum = dyadic(&context(), ScalarDyad::Plus, ints(&shape, &left), ints(&shape, &data)).unwrap();
    let Value::Array(Array::Float(arr)) = &sum else { panic!() };
    assert_eq!(arr.as_slice()[5], 10.0);
    assert_eq!(arr.as_slice()[count - 1], 2147483647.0 + (count - 1) as f64);
    let mut negative = vec![4.0; count];
    negative[count / 2] = -4.0;
    let root = dyadic(&context(), ScalarDyad::Power, floats(&shape, &negative), Value::Float(0.5)).unwrap();
    let Value::Array(Array::Complex(arr)) = &root else { panic!() };
    assert_eq!(arr.as_slice()[0], Complex::from(2.0));
    assert_eq!(arr.as_slice()[count / 2], Complex::new(0.0, 2.0));
    let least = monadic(&context(), ScalarMonad::Negate, ints(&[2], &[1, i32::MIN])).unwrap();
    assert_eq!(shown(&least), "[2][-1.0, 2147483648.0]");
}

#[test]
fn characters_compare_and_nothing_else() {
    use ScalarDyad::{Equal, Less, NotEqual, Plus};
    assert_eq!(dyad(Equal, text("abc"), Value::Char('b')), "[3][false, true, false]");
    assert_eq!(dyad(NotEqual, text("abc"), text("abd")), "[3][false, false, true]");
    assert_eq!(dyad(Equal, text("12"), ints(&[2], &[1, 2])), "[2][false, false]");
    assert_eq!(dyad(Less, text("ab"), Value::Int(1)), "DOMAIN ERROR");
    assert_eq!(dyad(Plus, text(""), Value::Int(1)), "[0][]");
    assert_eq!(dyad(Equal, Value::Char('a'), Value::Int(1)), "[][false]");
    assert_eq!(monad(ScalarMonad::Negate, text("")), "[0][]");
    assert_eq!(monad(ScalarMonad::Negate, text("a")), "DOMAIN ERROR");
}

#[test]
fn boxes_at_any_depth() {
    use ScalarDyad::{Equal, Plus};
    let nested = boxes(&[ints(&[2], &[1, 2]), boxes(&[Value::Int(3), ints(&[1], &[4])])]);
    assert_eq!(dyad(Plus, Value::Int(1), nested.clone()), "[2]([2][2, 3] [2]([][4] [1][5]))");
    assert_eq!(dyad(Plus, nested.clone(), ints(&[2], &[10, 20])), "[2]([2][11, 12] [2]([][23] [1][24]))");
    assert_eq!(
        dyad(Plus, nested.clone(), ints(&[3], &[1, 2, 3])),
        "LENGTH ERROR: Mismatched left and right argument shapes"
    );
    assert_eq!(monad(ScalarMonad::Negate, nested), "[2]([2][-1, -2] [2]([][-3] [1][-4]))");
    let mixed = boxes(&[Value::Char('a'), Value::Int(1)]);
    assert_eq!(dyad(Equal, mixed, Value::Int(1)), "[2][false, true]");
    let memory = Memory::unlimited();
    let empty: Value = Arr::empty_of(&memory, &[0], ints(&[2], &[7, 7])).unwrap().into();
    assert_eq!(dyad(Plus, empty, Value::Int(1)), "[0]()[2][0, 0]");
}

#[test]
fn depth_is_no_limit() {
    let memory = Memory::unlimited();
    let mut deep = ints(&[2], &[1, 2]);
    for _ in 0..100_000 {
        deep = deep.enclose(&memory).unwrap();
    }
    let context = context();
    let more = dyadic(&context, ScalarDyad::Plus, deep, Value::Int(1)).unwrap();
    let mut inner = monadic(&context, ScalarMonad::Negate, more).unwrap();
    while let Value::Array(Array::Nested(arr)) = &inner {
        inner = arr.as_slice()[0].clone();
    }
    assert_eq!(shown(&inner), "[2][-2, -3]");
}

#[test]
fn monads() {
    use ScalarMonad::*;
    assert_eq!(monad(Floor, floats(&[4], &[-2.3, 0.1, 100.0, 3.3])), "[4][-3, 0, 100, 3]");
    assert_eq!(monad(Ceiling, floats(&[4], &[-2.3, 0.1, 100.0, 3.3])), "[4][-2, 1, 100, 4]");
    assert_eq!(monad(Floor, floats(&[2], &[1e10, 0.5])), "[2][10000000000.0, 0.0]");
    assert_eq!(monad(Floor, floats(&[2], &[9.9999999999999, -1e-15])), "[2][10, 0]");
    assert_eq!(monad(Floor, Value::Float(2.5)), "[][2]");
    assert_eq!(monad(Direction, floats(&[3], &[-2.5, 0.0, 7.0])), "[3][-1, 0, 1]");
    assert_eq!(monad(Not, ints(&[2], &[0, 1])), "[2][true, false]");
    assert_eq!(monad(Not, floats(&[2], &[0.0, 1.0])), "[2][true, false]");
    assert_eq!(monad(Not, Value::Int(2)), "DOMAIN ERROR");
    assert_eq!(monad(Factorial, ints(&[5], &[1, 2, 3, 4, 5])), "[5][1, 2, 6, 24, 120]");
    assert_eq!(monad(Factorial, Value::Int(-1)), "DOMAIN ERROR");
    assert_eq!(monad(Reciprocal, floats(&[2], &[4.0, 0.0])), "DOMAIN ERROR: Divide by zero");
    assert_eq!(monad(Logarithm, Value::Int(0)), "DOMAIN ERROR");
    assert_eq!(monad(Magnitude, Value::complex(Complex::new(3.0, -4.0))), "[][5.0]");
    assert_eq!(monad(Exponential, Value::Int(1000)), OVERFLOW);
}

/// `0 … count-1`, as types that hold it.
fn some(shape: &[usize], kind: usize) -> Value {
    let count: usize = shape.iter().product();
    match kind {
        0 => ints(shape, &(0..count as i32).map(|n| n % 7 - 3).collect::<Vec<_>>()),
        1 => floats(shape, &(0..count).map(|n| (n % 5) as f64 * 0.5).collect::<Vec<_>>()),
        2 => {
            let bits: Vec<bool> = (0..count).map(|n| n % 3 == 0).collect();
            Arr::new(&Memory::unlimited(), shape, bits).unwrap().into()
        }
        3 => {
            let numbers: Vec<Complex> = (0..count).map(|n| Complex::new(n as f64, (n % 3) as f64)).collect();
            Arr::new(&Memory::unlimited(), shape, numbers).unwrap().into()
        }
        _ => {
            let items = (0..count).map(|n| ints(&[2], &[n as i32, 1])).collect();
            Array::from_items(&Memory::unlimited(), shape, items, || Value::Int(0)).unwrap().into()
        }
    }
}

/// All cells at once is each cell by itself.
#[test]
fn cells_at_once() {
    use crate::function::AxisSet;
    let memory = Memory::unlimited();
    let context = context();
    let set =
        |axes: &[usize]| axes.iter().fold(AxisSet::default(), |set, &axis| set.union(AxisSet::range(axis, axis + 1)));
    let frame = [3, 20, 4];
    let cases: &[(&[usize], &[usize], &[usize], &[usize])] = &[
        (&[0, 1], &[], &[2], &[]),
        (&[0], &[5], &[1, 2], &[]),
        (&[0], &[5], &[1, 2], &[5]),
        (&[], &[], &[0, 1, 2], &[2, 2]),
        (&[0, 1, 2], &[3], &[0, 1, 2], &[3]),
        (&[], &[2, 2], &[], &[]),
        (&[1], &[2, 2], &[0, 2], &[]),
    ];
    for &(left_axes, left_cell, right_axes, right_cell) in cases {
        let shape = |axes: &[usize], cell: &[usize]| {
            axes.iter().map(|&axis| frame[axis]).chain(cell.iter().copied()).collect::<Vec<_>>()
        };
        for (lk, rk) in [(0, 0), (1, 1), (0, 1), (2, 2), (2, 0), (3, 1), (4, 0), (1, 4)] {
            for op in [ScalarDyad::Times, ScalarDyad::Minus, ScalarDyad::Equal] {
                let left = Cells { value: some(&shape(left_axes, left_cell), lk), present: set(left_axes) };
                let right = Cells { value: some(&shape(right_axes, right_cell), rk), present: set(right_axes) };
                let done = dyadic_cells(&context, op, &frame, &left, &right).unwrap().unwrap();
                assert_eq!(done.present, left.present.union(right.present));
                let array = done.value.array(&memory).unwrap();
                // A cell's place in an argument, for an index of the whole frame.
                let at = |axes: &[usize], index: [usize; 3]| axes.iter().fold(0, |at, &a| at * frame[a] + index[a]);
                let cell_of = |value: &Value, cell: &[usize], at: usize| -> Value {
                    let size: usize = cell.iter().product();
                    let array = value.array(&memory).unwrap();
                    let items = (0..size).map(|k| array.item(at * size + k)).collect();
                    Array::from_items(&memory, cell, items, || Value::Int(0)).unwrap().into()
                };
                let joint: Vec<usize> = done.present.iter().collect();
                let result_cell = if left_cell.is_empty() { right_cell } else { left_cell };
                for index in (0..240).map(|k| [k / 80, k / 4 % 20, k % 4]) {
                    let l = cell_of(&left.value, left_cell, at(left_axes, index));
                    let r = cell_of(&right.value, right_cell, at(right_axes, index));
                    let want = dyadic(&context, op, l, r).unwrap();
                    let got = cell_of(&Value::from(array.clone()), result_cell, at(&joint, index));
                    let difference = dyadic(&context, ScalarDyad::NotEqual, got, want).unwrap();
                    assert!(!shown(&difference).contains("true"), "{op:?} {lk} {rk}");
                }
            }
        }
    }
}

/// Framed boxes go with scalars, with elements one a box, with one box for all, and with their like, as boxes do.
#[test]
fn framed_is_nested() {
    use crate::array::Framed;
    let memory = Memory::unlimited();
    let context = context();
    let framed: Value = Framed::new(some(&[3, 2], 0), 1).unwrap().into();
    let made: Value = framed.array(&memory).unwrap().into();
    let others = [
        Value::Int(5),
        some(&[3], 1),
        some(&[3], 4),
        ints(&[2], &[7, 8]).enclose(&memory).unwrap(),
        ints(&[3], &[7, 8, 9]).enclose(&memory).unwrap(),
        framed.clone(),
        some(&[2], 0),
    ];
    for other in others {
        for swapped in [false, true] {
            let pair = |boxes: &Value| {
                let (l, r) = (boxes.clone(), other.clone());
                let (l, r) = if swapped { (r, l) } else { (l, r) };
                dyadic(&context, ScalarDyad::Minus, l, r)
            };
            match (pair(&framed), pair(&made)) {
                (Ok(a), Ok(b)) => assert_eq!(shown(&a), shown(&b)),
                (Err(a), Err(b)) => assert_eq!(a.headline(), b.headline()),
                (a, b) => panic!("{a:?} is not {b:?}"),
            }
        }
    }
}

/// The examples of "Axis with scalar dyadic functions".
#[test]
fn named_axes() {
    let context = context();
    let mat = ints(&[2, 3], &[10, 20, 30, 40, 50, 60]);
    let along = |left: &Value, right: &Value, axes: &[i32]| {
        let axis = ints(&[axes.len()], axes);
        match dyadic_axis(&context, ScalarDyad::Plus, left.clone(), right.clone(), &axis) {
            Ok(value) => shown(&value),
            Err(fault) => fault.kind().name().into_owned(),
        }
    };
    assert_eq!(along(&mat, &ints(&[2], &[1, 2]), &[1]), "[2, 3][11, 21, 31, 42, 52, 62]");
    assert_eq!(along(&ints(&[3], &[1, 2, 3]), &mat, &[2]), "[2, 3][11, 22, 33, 41, 52, 63]");
    let square = ints(&[2, 2], &[1, 2, 3, 4]);
    assert_eq!(along(&square, &square, &[2, 1]), "[2, 2][2, 5, 5, 8]");
    assert_eq!(along(&mat, &ints(&[2], &[1, 2]), &[2]), "LENGTH ERROR");
    assert_eq!(along(&mat, &ints(&[2], &[1, 2]), &[3]), "INDEX ERROR");
    assert_eq!(along(&mat, &ints(&[2], &[1, 2]), &[1, 2]), "RANK ERROR");
}

#[test]
fn inverses() {
    let context = context();
    let undo = |monad, dyad, left, right| shown(&inverse(&context, monad, dyad, left, right).unwrap());
    assert_eq!(undo(Some(ScalarMonad::Factorial), None, None, ints(&[3], &[1, 6, 120])), "[3][1.0, 3.0, 5.0]");
    assert_eq!(undo(None, Some(ScalarDyad::Binomial), Some(Value::Int(2)), Value::Int(10)), "[][5]");
    assert_eq!(undo(None, Some(ScalarDyad::Power), Some(Value::Int(2)), Value::Int(8)), "[][3]");
    assert_eq!(undo(Some(ScalarMonad::Exponential), None, None, Value::Int(1)), "[][0]");
}

/// Ordinary numbers of every type, for functions that have results for them.
fn ordinary(count: usize, kind: usize, low: i32) -> Value {
    let shape = [count];
    let whole = |n: usize| low + (n * 7919 % 11) as i32;
    match kind {
        0 => {
            let bits: Vec<bool> = (0..count).map(|n| n % 3 != 1 || low > 0).collect();
            Arr::new(&Memory::unlimited(), &shape, bits).unwrap().into()
        }
        1 => ints(&shape, &(0..count).map(whole).collect::<Vec<_>>()),
        2 => floats(&shape, &(0..count).map(|n| f64::from(whole(n)) + 0.25).collect::<Vec<_>>()),
        _ => {
            let numbers = (0..count).map(|n| Complex::new(f64::from(whole(n)), 1.0 + (n % 3) as f64)).collect();
            Arr::new(&Memory::unlimited(), &shape, numbers).unwrap().into()
        }
    }
}

/// Functions of every pair of types of numbers: the same as one by one, and by loops. Scalars on the left, on the right, and
/// on neither side; arguments that can be overwritten and such that cannot.
#[test]
fn every_pair_of_types_has_loops() {
    use ScalarDyad::*;
    let all = [
        Plus,
        Minus,
        Times,
        Divide,
        Power,
        Logarithm,
        Maximum,
        Minimum,
        Residue,
        Binomial,
        Circular,
        And,
        Or,
        Less,
        LessEqual,
        Equal,
        GreaterEqual,
        Greater,
        NotEqual,
    ];
    let memory = Memory::unlimited();
    let context = context();
    let count = 70;
    let mut errors = 0;
    for op in all {
        for (lk, rk) in (0..4).flat_map(|l| (0..4).map(move |r| (l, r))) {
            let ordered = matches!(op, Maximum | Minimum | Less | LessEqual | GreaterEqual | Greater);
            if (lk == 3 || rk == 3) && ordered || op == Circular && lk >= 2 {
                continue;
            }
            let low = if matches!(op, Logarithm | Divide) { 2 } else { 1 };
            let lk_low = if op == Logarithm && lk == 0 { continue } else { low };
            let (left, right) = (ordinary(count, lk, lk_low), ordinary(count, rk, low));
            let one = |value: &Value| value.array(&memory).unwrap().item(0);
            for (l, r) in [(left.clone(), right.clone()), (one(&left), right.clone()), (left.clone(), one(&right))] {
                let want: Result<Vec<Value>> = (0..count)
                    .map(|at| {
                        let item = |value: &Value| {
                            let array = value.array(&memory).unwrap();
                            array.item(if array.len() == 1 { 0 } else { at })
                        };
                        dyadic(&context, op, item(&l), item(&r))
                    })
                    .collect();
                let want: Value = match want {
                    Ok(want) => Array::from_items(&memory, &[count], want, || Value::Int(0)).unwrap().into(),
                    Err(fault) => {
                        let array = dyadic(&context, op, l.clone(), r.clone()).unwrap_err();
                        assert_eq!((array.headline(), array.detail()), (fault.headline(), fault.detail()), "{op:?}");
                        errors += 1;
                        continue;
                    }
                };
                let before = context.tally.numbers();
                let shared = dyadic(&context, op, l.clone(), r.clone()).unwrap();
                let owned = dyadic(&context, op, copied(&l), copied(&r)).unwrap();
                assert_eq!(context.tally.numbers(), before, "{op:?} of types {lk} and {rk} goes number by number");
                assert!(same(&shared, &want) && same(&owned, &want), "{op:?} of {lk} and {rk}: {}", shown(&shared));
            }
        }
    }
    // Large complex powers and multiples.
    assert!(errors < 20, "{errors} pairs of types have no results");
}

#[test]
fn every_type_has_loops_in_monadic_functions() {
    use ScalarMonad::*;
    let all = [
        Conjugate,
        Negate,
        Direction,
        Reciprocal,
        Exponential,
        Logarithm,
        Ceiling,
        Floor,
        Magnitude,
        Factorial,
        PiTimes,
        Not,
    ];
    let memory = Memory::unlimited();
    let context = context();
    for op in all {
        for kind in 0..4 {
            let argument = match (op, kind) {
                (Not, 3) => continue,
                (Not, _) => dyadic(&context, ScalarDyad::Greater, ordinary(70, kind, -5), Value::Int(0)).unwrap(),
                _ => ordinary(70, kind, 2),
            };
            let array = argument.array(&memory).unwrap();
            let want = array.items().map(|item| monadic(&context, op, item).unwrap()).collect();
            let want: Value = Array::from_items(&memory, &[70], want, || Value::Int(0)).unwrap().into();
            let before = context.tally.numbers();
            let shared = monadic(&context, op, argument.clone()).unwrap();
            let owned = monadic(&context, op, copied(&argument)).unwrap();
            assert_eq!(context.tally.numbers(), before, "{op:?} of type {kind} goes number by number");
            assert!(same(&shared, &want) && same(&owned, &want), "{op:?} of {kind}: {}", shown(&shared));
        }
    }
}

/// An array whose elements nobody else holds.
fn copied(value: &Value) -> Value {
    let memory = Memory::unlimited();
    let array = value.array(&memory).unwrap();
    crate::each_type!(&array, arr => Arr::new(&memory, arr.shape(), arr.as_slice().to_vec()).unwrap().into())
}

/// The same numbers to the last bit, whatever their types.
fn same(a: &Value, b: &Value) -> bool {
    use crate::kernel::number::Number;
    let memory = Memory::unlimited();
    let bits = |value: &Value| -> Vec<(u64, u64)> {
        let array = value.array(&memory).unwrap();
        let number = |item: Value| Number::of(&item).unwrap().wide();
        array.items().map(number).map(|z| (z.re.to_bits(), z.im.to_bits())).collect()
    };
    a.shape() == b.shape() && bits(a) == bits(b)
}
