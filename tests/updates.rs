//! Changing an array where it lies gives what computing a new one gives, and nobody else's copy changes.

mod common;

use common::Typed;
use common::same::same;
use zilde::context::Silent;
use zilde::{Session, Value};

/// What `x` and `w` begin as: every type, empty, shared by construction, boxes of equal and of different shapes.
const STARTS: &[&str] = &[
    "⍬",
    "''",
    "0⍴⊂'ab'",
    "1 0 1",
    "⍳3",
    "0.5 2",
    "1J2 3",
    "'abc'",
    "1 'a' 2",
    "(1 2)(3 4)",
    "(1 2)'abc'",
    "2 2⍴⍳4",
    "0 2⍴0",
    "2 2⍴'ab' 1",
    "2 1 2⍴0.5",
    "5",
    "'z'",
    "⊂1 2",
];

/// A change of `x` in place, and of `w` by way of a new array or of positions in vectors.
const CHANGES: &[(&str, &str)] = &[
    ("x,←1", "w←w,1"),
    ("x,←5", "w←w,5"),
    ("x,←0.25", "w←w,0.25"),
    ("x,←'q'", "w←w,'q'"),
    ("x,←1J1", "w←w,1J1"),
    ("x,←⊂1 2", "w←w,⊂1 2"),
    ("x,←⊂'long'", "w←w,⊂'long'"),
    ("x,←0 1", "w←w,0 1"),
    ("x,←3 0.5", "w←w,3 0.5"),
    ("x,←'rs'", "w←w,'rs'"),
    ("x,←(5 6)(7 8)", "w←w,(5 6)(7 8)"),
    ("x,←⍬", "w←w,⍬"),
    ("x,←x", "w←w,w"),
    ("x⍪←7", "w←w⍪7"),
    ("x⍪←8 9", "w←w⍪8 9"),
    ("x⍪←2 2⍴0 1", "w←w⍪2 2⍴0 1"),
    ("x⍪←1 2⍴3", "w←w⍪1 2⍴3"),
    ("x+←1", "w←w+1"),
    ("x×←0.5", "w←w×0.5"),
    ("x←-x", "w←-w"),
    ("x[1]←4", "w[,1]←4"),
    ("x[2]←0.125", "w[,2]←0.125"),
    ("x[2]←'c'", "w[,2]←'c'"),
    ("x[2]←⊂'box'", "w[,2]←⊂'box'"),
    ("x[1]←1", "w[,1]←1"),
    ("x[9]←1", "w[,9]←1"),
    ("x[1]+←1", "w[,1]+←1"),
    ("x[2]×←1E10", "w[,2]×←1E10"),
    ("x[2],←3", "w[,2],←3"),
    ("x[1]÷←0", "w[,1]÷←0"),
    ("x[1;2]←6", "w[,1;,2]←6"),
    ("x[2;1]-←0.5", "w[,2;,1]-←0.5"),
    ("x[2;1;2]←1", "w[,2;,1;,2]←1"),
];

fn value(session: &Session, name: &str) -> Value {
    session.get(name).unwrap_or_else(|| panic!("{name} has a value"))
}

#[test]
fn a_change_in_place_is_a_new_array() {
    let mut session = Session::new();
    let (mut done, mut failed) = (0, 0);
    for start in STARTS {
        for (first, other_first) in CHANGES {
            for (second, other_second) in CHANGES {
                session.eval(&format!("x←{start}")).expect("a value");
                session.eval(&format!("w←{start}")).expect("a value");
                for (here, there) in [(first, other_first), (second, other_second)] {
                    let (a, b) = (session.eval(here), session.eval(there));
                    match (a, b) {
                        (Ok(_), Ok(_)) => done += 1,
                        (Err(a), Err(b)) => {
                            failed += 1;
                            assert_eq!(a.kind(), b.kind(), "x←{start} ⋄ {first} ⋄ {second}: {here}");
                        }
                        (a, b) => panic!("x←{start} ⋄ {first} ⋄ {second}: {here} {a:?}, {there} {b:?}"),
                    }
                    let (x, w) = (value(&session, "x"), value(&session, "w"));
                    assert!(same(&x, &w), "x←{start} ⋄ {first} ⋄ {second}: {x} is not {w}");
                }
            }
        }
    }
    assert!(done > failed, "{done} changes were made, {failed} failed");
}

#[test]
fn who_holds_the_array_keeps_it() {
    let mut session = Typed::new().session;
    for start in STARTS {
        for (change, _) in CHANGES {
            let begin = format!("x←{start} ⋄ y←x ⋄ z←x x ⋄ k←x{{⍺⍺}}");
            // Some changes fail: then too nothing else has changed.
            session.run(&format!("{begin}\n{change}\n{change}"));
            for (name, expected) in [("y", (*start).to_string()), ("z", format!("({start})({start})"))] {
                let expected = session.eval(&expected).expect("a value");
                let kept = value(&session, name);
                assert!(same(&kept, &expected), "x←{start} ⋄ {change}: {name} is {kept}");
            }
            session.eval(&format!("x←{start}")).expect("a value");
            let restored = session.eval(&format!("{{x←{start} ⋄ 0::x ⋄ {change} ⋄ ÷0}}0")).expect("a value");
            let expected = value(&session, "x");
            assert!(same(&restored, &expected), "a guard gives {restored} after {change} of {start}");
        }
    }
}

#[test]
fn a_full_workspace_leaves_what_there_was() {
    let silent = Box::new(Silent);
    let mut session = Session::builder().memory_limit(4 << 20).build_with(silent);
    for (start, more) in [("⍬", "⍳1000"), ("''", "1000⍴'ab'"), ("⍬", "⊂⍳50"), ("0 10⍴0.5", "2 10⍴0.5")]
    {
        session.run("∇FILL y\n:Repeat\nx⍪←y\nn+←1\n:EndRepeat\n∇");
        session.run(&format!("x←{start} ⋄ n←0 ⋄ FILL {more}"));
        let whole = session.eval(&format!("n>0 ⋄ (≢x)=(≢{start})+n×{}", rows(more))).expect("a value");
        assert_eq!(whole.to_string(), "1", "{start} {more}");
        assert_eq!(session.eval("x←0 ⋄ 2+2").expect("a value").to_string(), "4");
    }
}

/// How many major cells an array adds.
fn rows(more: &str) -> &str {
    match more.chars().next() {
        Some('⊂') => "1",
        Some('2') => "2",
        _ => "1000",
    }
}
