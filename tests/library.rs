//! The library as a Rust programmer uses it: conversions, function handles, closures, threads.

use std::time::Duration;

use ndarray::{Array, Array1, Array2, ArrayD, Ix2, IxDyn, array};
use num_complex::Complex;
use proptest::prelude::*;
use zilde::{ErrorKind, Fault, Interrupt, Session, Value};

fn eval(text: &str) -> Value {
    Session::new().eval(text).unwrap()
}

/// What goes into APL comes out the same, and APL sees the same array.
fn goes_round<T>(array: ArrayD<T>)
where
    T: zilde::Item + PartialEq + std::fmt::Debug,
{
    let value = Value::try_from(array.clone()).unwrap();
    assert_eq!(value.shape(), array.shape());
    assert_eq!(ArrayD::<T>::try_from(&value).unwrap(), array);
    assert_eq!(ArrayD::<T>::try_from(value).unwrap(), array);
}

fn shaped<T: Clone>(items: &[T], rows: usize) -> ArrayD<T> {
    let columns = items.len() / rows;
    let used = items[..rows * columns].to_vec();
    ArrayD::from_shape_vec(IxDyn(&[rows, columns]), used).unwrap()
}

proptest! {
    #[test]
    fn every_type_goes_round(items in prop::collection::vec(any::<i64>(), 0..12), rows in 1..4usize) {
        goes_round(shaped(&items.iter().map(|n| *n as u8).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as i8).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as u16).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as i32).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as u32).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n >> 11).collect::<Vec<i64>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as f32).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n as f64 / 3.0).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| *n % 2 == 0).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| Complex::new(*n as f64, 1.5)).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| char::from_u32(*n as u32 % 0xD800).unwrap()).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| n.to_string()).collect::<Vec<_>>(), rows));
        goes_round(shaped(&items.iter().map(|n| vec![*n as f64, 0.5]).collect::<Vec<_>>(), rows));
    }
}

#[test]
fn what_is_not_exact_is_an_error() {
    let domain = |result: Result<Value, Fault>| assert_eq!(result.unwrap_err().kind(), ErrorKind::Domain);
    domain(Value::try_from(f64::NAN));
    domain(Value::try_from(array![1.0, f64::INFINITY]));
    domain(Value::try_from(array![f32::NEG_INFINITY]));
    domain(Value::try_from(array![Complex::new(0.0, f64::NAN)]));
    domain(Value::try_from((1_i64 << 53) + 1));
    domain(Value::try_from(array![u64::MAX]));
    domain(Value::try_from(array![i64::MAX]));
    assert_eq!(u64::try_from(Value::try_from(1_u64 << 63).unwrap()).unwrap(), 1 << 63);
    assert_eq!(Value::try_from(ArrayD::<bool>::default(IxDyn(&[1; 16]))).unwrap_err().kind(), ErrorKind::Limit);

    assert!(u8::try_from(eval("256")).is_err() && u8::try_from(eval("¯1")).is_err());
    assert!(i32::try_from(eval("1.5")).is_err() && i32::try_from(eval("1+1E¯15")).is_err());
    assert!(f32::try_from(eval("0.1")).is_err() && f32::try_from(eval("0.5")).is_ok());
    assert!(i64::try_from(eval("2*63")).is_err() && u64::try_from(eval("2*64")).is_err());
    assert!(bool::try_from(eval("2")).is_err());
    assert!(f64::try_from(eval("1J1")).is_err() && f64::try_from(eval("'a'")).is_err());
    assert!(Array1::<f64>::try_from(eval("2 2⍴1")).is_err());
    assert!(Vec::<i32>::try_from(eval("2 2⍴1")).is_err());
}

#[test]
fn empty_arrays_keep_their_shapes() {
    assert_eq!(Array2::<f64>::try_from(eval("0 3⍴0")).unwrap().dim(), (0, 3));
    assert_eq!(Array2::<u8>::try_from(eval("3 0⍴''")).unwrap().dim(), (3, 0));
    assert_eq!(String::try_from(eval("''")).unwrap(), "");
}

#[test]
fn values_are_equal_however_they_are_stored() {
    assert_eq!(eval("1 0 1"), eval("2.0 1.0 2.0-1"));
    assert_ne!(eval("1 2"), eval("1 2 3"));
    assert_ne!(eval("1"), eval(",1"));
    assert_ne!(eval("÷3"), eval("1E¯16+÷3"));
    assert!(eval("÷3").matches(&eval("1E¯16+÷3")) && !eval("÷3").matches(&eval("0.333")));
    assert_eq!(eval("'ab' (1 2)"), eval("('ab')(1.0 2)"));
}

#[test]
fn handles_are_bound_once() {
    let mut session = Session::new();
    session.eval("f←{⍺←10 ⋄ ⍺+⍵}").unwrap();
    let f = session.function("f").unwrap();
    assert_eq!(f.call1(array![1, 2]).unwrap(), eval("11 12"));
    assert_eq!(f.call2(&eval("1"), array![[1.0]].view()).unwrap(), eval("1 1⍴2"));
    assert_eq!(f.call2(vec![1, 2], vec![1, 2, 3]).unwrap_err().kind(), ErrorKind::Length);
    session.eval("f←{0}").unwrap();
    assert_eq!(f.call1(1).unwrap(), Value::from(11));
    assert_eq!(session.function("f").unwrap().call1(1).unwrap(), Value::from(0));
    assert_eq!(session.function("⌽").unwrap().call1("abc").unwrap(), Value::from("cba"));
    for (text, kind) in
        [("g", ErrorKind::Value), ("1+1", ErrorKind::Syntax), ("(", ErrorKind::Syntax), ("/", ErrorKind::Syntax)]
    {
        assert_eq!(session.function(text).err().map(|fault| fault.kind()), Some(kind), "{text}");
    }
    drop(session);
    // The function is gone with its workspace, or still there: no crash.
    let _ = f.call1(1);
}

#[test]
fn expressions_that_are_no_arrays() {
    let mut session = Session::new();
    assert_eq!(session.eval("f←{⍵}").unwrap().shape(), [0]);
    assert_eq!(session.eval("{⍵}").unwrap_err().kind(), ErrorKind::Syntax);
    assert_eq!(session.eval("{}0").unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(session.eval("⎕OFF").unwrap_err().kind(), ErrorKind::Interrupt);
    let outcome = session.run("x←f 5");
    assert_eq!((outcome.errors, outcome.off), (0, None));
    assert_eq!(session.get("x"), Some(Value::from(5)));
}

#[test]
fn closures_are_functions() {
    let mut session = Session::new();
    session
        .define("Outer", |x, y| {
            let (x, y) = (x.into_dimensionality::<ndarray::Ix1>()?, y.into_dimensionality::<ndarray::Ix1>()?);
            Ok::<Array2<f64>, Fault>(Array::from_shape_fn((x.len(), y.len()), |(i, j)| x[i] * y[j]))
        })
        .unwrap();
    assert_eq!(session.eval("1 2 3 Outer 4 5").unwrap(), eval("1 2 3∘.×4 5"));
    assert_eq!(session.eval("1 2 Outer⍤1⊢2 2⍴⍳4").unwrap(), eval("1 2∘.×⍤1⊢2 2⍴⍳4"));
    assert_eq!(session.eval("(2 2⍴1) Outer 4 5").unwrap_err().kind(), ErrorKind::Rank);
    assert_eq!(session.eval("'ab' Outer 4 5").unwrap_err().kind(), ErrorKind::Domain);
    assert_eq!(session.eval("Outer 4 5").unwrap_err().kind(), ErrorKind::Syntax);
    assert!(session.define("no name", |_, _| 0.0).is_err());

    session.define1("Trace", |x| x.into_dimensionality::<Ix2>().map(|x| x.diag().sum()).map_err(Fault::from)).unwrap();
    assert_eq!(session.eval("Trace 3 3⍴⍳9").unwrap(), Value::from(15));
    assert_eq!(session.eval("1 Trace 3 3⍴⍳9").unwrap_err().kind(), ErrorKind::Syntax);

    session.define1("Nothing", |_| f64::NAN).unwrap();
    assert_eq!(session.eval("Nothing 1").unwrap_err().kind(), ErrorKind::Domain);
}

#[test]
fn a_panic_in_a_closure_is_an_error() {
    let mut session = Session::new();
    session.define1("Bad", |x| x[[7]]).unwrap();
    let fault = session.eval("Bad 1 2 3").unwrap_err();
    assert_eq!(fault.kind(), ErrorKind::Domain);
    assert!(fault.message().unwrap().starts_with("Bad panicked"), "{fault}");
    assert_eq!(session.eval("11::'caught' ⋄ Bad 1").unwrap_err().kind(), ErrorKind::Syntax);
    assert_eq!(session.eval("{11::'caught' ⋄ Bad ⍵}1").unwrap(), Value::from("caught"));
}

#[test]
fn sessions_live_on_threads_of_their_own() {
    let stop = Interrupt::default();
    let thread = Session::builder()
        .interrupt(stop.clone())
        .spawn(|mut session| session.eval("{⍵>0:∇⍵ ⋄ 0}1").unwrap_err().kind())
        .unwrap();
    // Raised until it is heard: the evaluation may not have begun yet.
    while !thread.is_finished() {
        stop.raise();
        std::thread::yield_now();
    }
    assert_eq!(thread.join().unwrap(), ErrorKind::Interrupt);

    let short = Session::builder().time_limit(Some(Duration::from_millis(20)));
    let kind = short.spawn(|mut session| session.eval("{⍵>0:∇⍵ ⋄ 0}1").unwrap_err().kind()).unwrap().join().unwrap();
    assert_eq!(kind, ErrorKind::Interrupt);

    let small = Session::builder().memory_limit(1 << 20);
    let kind = small.spawn(|mut session| session.eval("⍳1E6").unwrap_err().kind()).unwrap().join().unwrap();
    assert_eq!(kind, ErrorKind::WsFull);
}
