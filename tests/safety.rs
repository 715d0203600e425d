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

/// Where nothing is left, what is there can still be looked at and given up.
#[test]
fn a_full_workspace_can_be_emptied() {
    for fill in ["x←⎕WA⍴1", "x←(⎕WA-90)⍴0", "x←(⌊⎕WA÷4)⍴⎕UCS 9786"] {
        for give_up in ["x←1", "⎕EX'x'", ")erase x", "x←⍬", ")clear"] {
            let mut session = Session::builder().memory_limit(8 * MIB).console(Box::new(Silent)).build();
            assert_eq!(session.run(fill).errors, 0, "{fill}");
            for line in ["3+4", "⎕WA", "⍳9", "{⍵+1}3", "≢x", "⎕NC'x'", ")vars"] {
                let outcome = session.run(line);
                assert_eq!(outcome.errors, 0, "{fill}, {line}: {:?}", outcome.last_error);
            }
            assert_eq!(last(&mut session, "y←⍳1e4").map_err(|fault| fault.kind()), Err(ErrorKind::WsFull));
            assert_eq!(session.run(give_up).errors, 0, "{fill}, {give_up}");
            assert_eq!(last(&mut session, "y←⍳1e6"), Ok(()), "{fill}, {give_up}");
        }
    }
}

/// Loops that consist of conditions poll, too.
#[test]
fn every_loop_can_be_interrupted() {
    for program in [
        ":Repeat\n:Until 0",
        ":Repeat\ny←7\n:Until y=6",
        "⎕FX'g' ':Repeat' ':Until 1=2' ':OrIf 3=4'\ng",
        ":While 5=5\n:EndWhile",
        ":While 1\n:AndIf 2=2\n:If 0\n:EndIf\n:EndWhile",
        "⎕FX'g' ':Repeat' ':Until 0'\ng",
        "⎕FX'g' 'L:→L'\ng",
        "⎕FX'g' 'L:→(3=3)/L'\ng",
        "{∇⍵}2",
    ] {
        let mut session = Session::builder().console(Box::new(Silent)).build();
        session.context().bounds().stop_at(Some(300));
        let ended = session.run(program).last_error;
        assert_eq!(ended.map(|fault| fault.kind()), Some(ErrorKind::Interrupt), "{program}");
        lives(&mut session, program);
    }
}

/// What is long or deep in a way that few programs are.
#[test]
fn odd_sizes_end_well() {
    let programs = [
        ("⍎(30000⍴'g←'),'×'", None),
        ("x←⊂⍣20000⊢3 4 ⋄ (∊x)←0", None),
        ("x←⊂⍣20000⊢3 4 ⋄ (⊃¨x)←0", None),
        ("x←{,⊂⍵}⍣20000⊢3 4 ⋄ f←x∘×\nf", None),
        ("x←4 5 ⋄ ({⊂⍣20000⊢⍵}¨x)←0", None),
        ("(⍳70000)↓3", Some(ErrorKind::Limit)),
        ("(90000⍴'a|')⎕S 0⊢'x'", Some(ErrorKind::Domain)),
        ("(⎕JSON⍠'Dialect' 'JSON5')30000⍴'['", Some(ErrorKind::Limit)),
        ("(⎕JSON⍠'Dialect' 'JSON5')'2 ',30000⍴'['", Some(ErrorKind::Limit)),
        ("(⎕JSON⍠'Dialect' 'JSON5')'2 [[['", Some(ErrorKind::Domain)),
        ("⎕JSON 30000⍴'['", Some(ErrorKind::Domain)),
    ];
    for (program, kind) in programs {
        let mut session = Session::builder().memory_limit(256 * MIB).console(Box::new(Silent)).build();
        let ended = session.run(program).last_error;
        assert_eq!(ended.as_ref().map(|fault| fault.kind()), kind, "{program}: {ended:?}");
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
