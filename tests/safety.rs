//! What no program can do to a session: take more memory than it may, go on after an interrupt, leave a state behind that
//! is neither the one before nor the one after.
//!
//! Latency is tested by the number of polls, not by the clock.

use std::time::Duration;

use zilde::Session;
use zilde::context::{CHUNK, Silent};
use zilde::error::ErrorKind;

#[global_allocator]
static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;

const MIB: usize = 1 << 20;

fn lives(session: &mut Session, after: &str) {
    match session.eval("2+2") {
        Ok(four) => assert_eq!(four.to_string(), "4", "after {after}"),
        Err(fault) => panic!("2+2 is {fault} after {after}"),
    }
}

/// How the last line of a program ends; the lines before must not fail.
fn last(session: &mut Session, program: &str) -> Result<(), zilde::Fault> {
    let (before, last) = program.rsplit_once('\n').unwrap_or(("", program));
    let outcome = session.run(before);
    assert_eq!(outcome.errors, 0, "{:?} in {before}", outcome.last_error);
    session.eval(last).map(drop)
}

/// Large blocks that were freed are handed out again: what is to be zero is, and what grows keeps what was in it.
#[test]
fn memory_that_is_used_again_is_as_good_as_new() {
    for size in [100_000, 200_000, 1_000_000, 9_999_999] {
        for _ in 0..4 {
            drop(vec![7u8; size]);
            assert!(vec![0u8; size].iter().all(|&byte| byte == 0), "{size} bytes");
            let mut grown = vec![1u8; size];
            grown.extend_from_slice(&vec![2u8; size / 9]);
            grown.shrink_to_fit();
            assert_eq!(grown.iter().map(|&byte| usize::from(byte)).sum::<usize>(), size + size / 9 * 2);
        }
    }
}

/// What is kept for later takes nothing from a workspace.
#[test]
fn kept_memory_is_given_back_for_what_needs_it() {
    let mut session = Session::builder().memory_limit(24 * MIB).build();
    for _ in 0..3 {
        assert_eq!(session.run("x←2e6⍴0.5\nx←0\ny←5e6⍴1\ny←0\n").errors, 0);
    }
    assert_eq!(session.eval("+/2.5e6⍴0.5").unwrap().to_string(), "1250000");
}

#[test]
fn whatever_takes_memory_ends_in_ws_full() {
    let programs = [
        // Values too small to be charged when they are made.
        "{(1+?3)⍴⍵}¨⍳2e5",
        "⍕¨⍳2e5",
        "{(1+?2 2)⍴⍵}¨⍳2e5",
        "(4e5⍴1 0 1)⊂4e5⍴'ab'",
        "{0::⎕DM ⋄ ⍳'a'}¨⍳4e5",
        "⊃{⍺⍵}/⍳2e6",
        // Text that is read.
        "≢⍎4e6⍴'7 '",
        "≢⍎(6e5⍴'(3 4)')",
        "⍎(4e6⍴'2×'),'1'",
        "a←5\n⍎(4e6⍴'a←'),'1'",
        "≢⍎'{',(1e6⍴'2⋄'),'0}'",
        // Names and definitions.
        "{⍎((3e4⍴'n'),⍕⍵),'←1'}¨⍳5000",
        "{⎕FX('g',⍕⍵)(2e4⍴'1-'),'1'}¨⍳1e4",
        "{n←⎕NS⍬ ⋄ n.back←n ⋄ 0}¨⍳1e6",
        // Formats.
        "≢⎕JSON'[',(6e5⍴'[],'),'1]'",
        "≢⎕JSON(∊4e4⍴⊂'{\"b\":'),'2',4e4⍴'}'",
        "≢⎕XML∊(2e5⍴⊂'<b>'),2e5⍴⊂'</b>'",
        "≢('..'⎕S'&')4e6⍴'xy'",
        "≢('x'⎕R(5000⍴'y'))2e5⍴'x'",
    ];
    for program in programs {
        let mut session = Session::builder().memory_limit(16 * MIB).build();
        let ended = last(&mut session, program);
        assert_eq!(ended.map_err(|fault| fault.kind()), Err(ErrorKind::WsFull), "{program}");
        lives(&mut session, program);
    }
}

/// What is defined goes with `)clear`: the names, too.
#[test]
fn a_clear_workspace_holds_nothing() {
    let mut session = Session::builder().memory_limit(16 * MIB).console(Box::new(Silent)).build();
    for round in 0..12 {
        let program = format!("{{⍎((1e4⍴'n{round}x'),⍕⍵),'←1'}}¨⍳400");
        assert_eq!(last(&mut session, &program), Ok(()), "{round}");
        assert_eq!(session.run(")clear").errors, 0);
    }
}

/// Recursion over values takes native stack, which is charged as long as it is used.
#[test]
fn going_into_deep_values_is_charged() {
    for program in ["≡x", "⍕x", "?x", "-x", "⎕C x", "0⍴x", "x+x", "x=x"] {
        let mut ends = Vec::new();
        for limit in [40, 800] {
            let mut session = Session::builder().memory_limit(limit * MIB).console(Box::new(Silent)).build();
            let prepare = "x←⊂⍣1e5⊢1 2";
            assert_eq!(session.run(prepare).errors, 0, "{prepare}");
            ends.push(last(&mut session, program).map_err(|fault| fault.kind()));
            lives(&mut session, program);
        }
        assert_eq!(ends[0], Err(ErrorKind::WsFull), "{program}");
        assert!(matches!(ends[1], Ok(()) | Err(ErrorKind::Limit)), "{program}: {ends:?}");
    }
}

#[test]
fn boxes_without_elements_are_charged() {
    let mut session = Session::builder().memory_limit(64 * MIB).build();
    for program in ["x←2e12↑⍳⍬", "x←2e12⍴⊂''", "x←⊂⍤1⊢3e13 0⍴0", "3e13↑⊂0 3⍴0", "≡2e12↑⍳⍬", "≢¨2e12↑⊂''"]
    {
        let ended = session.eval(program).map(drop);
        assert_eq!(ended.map_err(|fault| fault.kind()), Err(ErrorKind::WsFull), "{program}");
    }
    assert_eq!(session.eval("≢3↑⍳⍬").map(|count| count.to_string()).ok().as_deref(), Some("3"));
}

/// Programs, each line of which is to do all or nothing.
const PROGRAMS: &[&str] = &[
    "x←⍳100",
    "x←(⍳3)(4 5)'text'",
    "x[2]←7",
    "x[1 3]←⊂9 9",
    "x,←5",
    "(x y)←(1 2)(3 4)",
    "(2⊃x)←'new'",
    "((⍳2)⌷x)←0",
    "x←+/∘.×⍨⍳300",
    "x←{⍵≤1:⍵ ⋄ (∇⍵-1)+∇⍵-2}9",
    "f←{⍺←1 ⋄ ⍺+⍵}",
    "f←+/÷≢",
    "x←f¨⍳20",
    "x←(⍳200)⍳⌽⍳200",
    "x←∪⍳¨20⍴3",
    "x←⍋?50 3⍴9",
    "x←⍎'(1 2)(3 4)',20⍴' 5'",
    "x←⎕FX'r←g a' 'r←a+1'",
    "x←⎕NS⍬",
    "n←⎕NS⍬ ⋄ n.a←5",
    "x←⎕JSON'{\"a\":[1,2,{\"b\":null}]}'",
    "x←⎕JSON(1 2)'three'",
    "x←⎕XML'<a b=\"c\">d</a>'",
    "x←'(.)b'⎕R'\\1c'⊢'abxb'",
    "x←'a' 'b'⎕S 0 1⊢'cabba'",
    "x←'I5,F8.2'⎕FMT(⍳5)(0.5×⍳5)",
    "x←⎕VFI'1 2 x 4'",
    "x←⍕?10 10⍴0",
    "x←⌹3 3⍴2 1 0 1 3 1 0 1 4",
    "x←{+/,⍵}⌺3 3⊢?8 8⍴9",
    "x←{≢⍵}⌸20⍴'abc'",
    "x←⊃,/{⍳⍵}¨⍳12",
    "x←⍉↑(⍳4)(⍳3)",
    "x←(+⍣5)/2 3",
    "x←({⍵+1}⍣7)0",
    "x←1 0 1⊂3 4 5 ⋄ y←x",
    "x←2⊥1 0 1 ⋄ y←(8⍴2)⊤200",
    "x←⍸3 3⍴1 0",
    "x←⎕DT⊂2024 1 2",
    "x←0::'caught' ⋄ 1÷0",
];

/// What the names of a session stand for.
fn state(session: &mut Session) -> String {
    let mut state = String::new();
    let mut names: Vec<String> = session.names().iter().map(|(name, _)| name.to_string()).collect();
    names.sort();
    for name in names {
        state += &name;
        match session.get(&name) {
            Some(value) if value.reference().is_some() => state += "namespace",
            Some(value) => state += &value.to_string(),
            None => {
                state += &session
                    .eval(&format!("⎕CR'{name}'"))
                    .map_or_else(|fault| fault.to_string(), |text| text.to_string())
            }
        }
        state.push('\n');
    }
    state
}

/// For every `k`: makes the k-th step of each program fail, and looks at what is left.
fn inject(set: impl Fn(&Session, u64), pending: impl Fn(&Session) -> bool, kind: ErrorKind, most: u64) {
    let mut session = Session::builder().seed(Some(7)).console(Box::new(Silent)).build();
    let mut failed = 0;
    for program in PROGRAMS {
        let before = state(&mut session);
        let mut k = 1;
        loop {
            set(&session, k);
            let outcome = session.run(program);
            let unreached = pending(&session);
            set(&session, 0);
            let after = state(&mut session);
            if let Some(fault) = &outcome.last_error {
                assert_ne!(fault.kind(), ErrorKind::Internal, "{program}, {k}");
                if fault.kind() == kind {
                    failed += 1;
                    // A line of several statements may have done the first ones.
                    assert!(after == before || program.contains('⋄'), "{program}, {k}: {before} became {after}");
                }
            }
            lives(&mut session, program);
            if unreached || k > most {
                break;
            }
            if outcome.last_error.is_none() {
                // Done, although a step failed: there was another way.
                break;
            }
            k += 1;
        }
    }
    assert!(failed > PROGRAMS.len(), "{failed}");
}

#[test]
fn the_workspace_is_as_it_was_whichever_poll_interrupts() {
    let set = |session: &Session, k: u64| session.context().bounds().stop_at((k > 0).then_some(k));
    inject(set, |session| session.context().bounds().is_to_stop(), ErrorKind::Interrupt, 2000);
}

#[test]
fn the_workspace_is_as_it_was_whichever_request_is_refused() {
    let set = |session: &Session, k: u64| session.context().memory().refuse_at(k);
    inject(set, |session| session.context().memory().refuses_in() > 0, ErrorKind::WsFull, 2000);
}

#[test]
fn a_time_limit_holds_for_each_evaluation() {
    let mut session = Session::builder().time_limit(Some(Duration::ZERO)).build();
    for _ in 0..2 {
        let fault = session.eval("{∇⍵}1").map(drop).expect_err("has no end");
        assert_eq!((fault.kind(), fault.message()), (ErrorKind::Interrupt, Some("time limit")));
    }
    let mut session = Session::builder().time_limit(Some(Duration::from_secs(3600))).build();
    lives(&mut session, "nothing");
}

#[test]
fn everything_that_loops_polls() {
    // What is done to as many elements or steps as the number says.
    let programs = [
        (5e5, "x←5e5⍴1.5 ⋄ y←1×x", "x≡y"),
        (3e5, "x←⍳¨3e5⍴2 ⋄ y←⍳¨3e5⍴2", "x≡y"),
        (3e5, "x←3e5 2⍴⍳7 ⋄ y←0+x", "(⊂⍤1⊢x)≡⊂⍤1⊢y"),
        (1e6, "x←⍳1000", "∘.×⍨x"),
        (1e6, "x←⍳1000", "y←∘.×⍨x"),
        (1e6, "x←⍳1000", "⊢∘.×⍨x"),
        (3e5, "x←3e5⍴'1+'", "⍎x,'1'"),
        (3e5, "x←3e5⍴'1 '", "⍎x"),
        (3e5, "f←{⍵} ⋄ x←∊3e5⍴⊂'f -'", "⍎x,'1'"),
        (3e5, "x←3e5⍴'[0],'", "⎕JSON'[',x,'1]'"),
        (3e5, "x←⍳3e5", "⎕JSON x"),
        (3e5, "x←?3e5⍴0", "8 3⍕x"),
        (4e5, "x←4e5⍴'ab,c'", "⎕CSV x 'S'"),
        (3e5, "x←3e5 4⍴'abcd'", "⍋x"),
        (3e5, "x←⍳3e5", "x⍳⌽x"),
        (3e5, "x←3e5⍴'('", "⎕JSON 3e5⍴'['"),
        (3e5, "", "3e5↑⍳⍬"),
        (3e5, "x←?3e5⍴1e9", "x⍳⌽x"),
        (2e5, "x←⍳¨2e5⍴2", "x⍳⌽x"),
        (3e5, "x←3e5⍴1 0", "x⊂⍳3e5"),
        (3e5, "x←⍳3e5", "'I9'⎕FMT x"),
        (3e5, "x←3e5⍴'12 '", "⎕VFI x"),
        (1e5, "", "≡⊂⍣1e5⊢,1"),
        (1e5, "x←⊂⍣1e5⊢,1 ⋄ y←⊂⍣1e5⊢,1", "x≡y"),
    ];
    for (steps, before, program) in programs {
        let mut session = Session::builder().memory_limit(2048 * MIB).console(Box::new(Silent)).build();
        let set = session.run(before);
        assert_eq!(set.errors, 0, "{:?} in {before}", set.last_error);
        let polls = session.context().bounds().polls();
        // Some end in an error after the work.
        let _ = session.run(program);
        let polls = session.context().bounds().polls() - polls;
        let least = (steps / CHUNK as f64) as u64;
        assert!(polls >= least, "{program}: {polls} polls for {steps} steps");
    }
}
