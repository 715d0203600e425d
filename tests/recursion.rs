//! Functions that call themselves without end, through every operator and in every other way, and functions that are made
//! of functions without end: each ends in an error, with little memory, on a thread with little stack, and the session
//! goes on.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use zilde::Session;
use zilde::context::{Asked, Console, Interrupt};
use zilde::error::ErrorKind;

/// What a thread of these tests has of native stack.
const STACK: usize = 2 << 20;

/// What their sessions have of memory.
const MEMORY: usize = 16 << 20;

/// Runs `work` on a thread of little stack.
fn on_little_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Keeps what is written, and stops the session when that is `STOP`.
struct Kept {
    text: Rc<RefCell<String>>,
    interrupt: Interrupt,
}

impl Console for Kept {
    fn write(&mut self, text: &str) -> io::Result<()> {
        if text == "STOP\n" {
            self.interrupt.raise();
        }
        self.text.borrow_mut().push_str(text);
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// A session and what it has shown.
struct Shown {
    session: Session,
    text: Rc<RefCell<String>>,
}

impl Shown {
    fn new() -> Shown {
        Shown::of(MEMORY)
    }

    fn of(memory: usize) -> Shown {
        let (text, interrupt) = (Rc::default(), Interrupt::default());
        let console = Kept { text: Rc::clone(&text), interrupt: interrupt.clone() };
        let builder = Session::builder().memory_limit(memory).interrupt(interrupt);
        Shown { session: builder.build_with(Box::new(console)), text }
    }

    /// The kind of error that a line ends in.
    fn kind(&mut self, line: &str) -> Option<ErrorKind> {
        self.session.run(line).last_error.map(|fault| fault.kind())
    }

    /// What a line shows.
    fn shows(&mut self, line: &str) -> String {
        self.text.borrow_mut().clear();
        self.session.run(line);
        self.text.take()
    }
}

/// A session whose last line ends in WS FULL or LIMIT ERROR, and which then goes on.
fn ends(lines: &[&str]) {
    let mut session = Shown::new();
    let mut last = None;
    for line in lines {
        last = session.kind(line);
    }
    let ended = matches!(last, Some(ErrorKind::WsFull | ErrorKind::Limit));
    assert!(ended, "{lines:?}: {last:?}");
    assert_eq!(session.shows("f←- ⋄ 2+2"), "4\n", "after {lines:?}");
}

#[test]
fn calls_of_oneself_end() {
    on_little_stack(|| {
        let bodies = [
            "1+f ⍵",
            "f¨⍵",
            "f⍤0⊢⍵",
            "f⍤1⊢⍵",
            "f/⍵ ⍵",
            "f⌿⍵ ⍵",
            "f\\⍵ ⍵",
            "f⍀⍵ ⍵",
            "2 f/⍵ ⍵",
            "⍵∘.f⍵",
            "⍵ f.f ⍵",
            "⍵ +.f ⍵",
            "f⌸⍵",
            "f⍨⍵",
            "f∘f ⍵",
            "f⍤f ⍵",
            "f⍥f ⍵",
            "f⍛f ⍵",
            "1∘f ⍵",
            "f∘1⊢⍵",
            "(f⍣1)⍵",
            "(f⍣2)⍵",
            "(f⍣≡)⍵",
            "f@1,⍵",
            "1@f⊢⍵",
            "({f ⍵}⌺1)⍵",
            "(f f)⍵",
            "(f+f)⍵",
            "(1+f)⍵",
            "(+f)⍵",
            "{f ⍵}¨⍵",
            "{f ⍵}⍤0⊢⍵",
            "(f¨f¨)⍵",
            "(f⍤0⍤1)⍵",
            "f¨¨⍵ ⍵",
            "1+⍎'f ⍵'",
            "⍎'1+f ⍵'",
            "(⍎'f')¨⍵",
            "'a'⎕R{f ⍵}'a'",
            "⍺←f ⍵ ⋄ ⍺",
            "1:1+f ⍵",
            "f ⍵:1",
            "⍵[f ⍵]",
            "x←f ⍵ ⋄ x",
            "x←⍵ ⋄ x+←f ⍵ ⋄ x",
            "x←⍵ ⋄ x[f ⍵]←1 ⋄ x",
            "(f ⍵)⍵",
            "1+∇⍵",
            "∇¨⍵",
            "∇⍤0⊢⍵",
            "⍵{1+⍺⍺ ⍵}f ⍵",
            "1+f{⍺⍺ ⍵}⍵",
            "f{⍺⍺¨⍵}⍵",
            "(f{⍺⍺ ⍵})¨⍵",
            "∧/⍵>0:f¨⍵ ⋄ f¨-⍵",
            "+/f¨⍵",
            "f⍤0 f⍤0⊢⍵",
            "(f¨⍵),f¨⍵",
        ];
        for body in bodies {
            ends(&[&format!("f←{{{body}}}"), "f 1 2"]);
        }
    });
}

#[test]
fn calls_of_others_and_of_traditional_functions_end() {
    on_little_stack(|| {
        let functions: &[&[&str]] = &[
            &["⎕FX 'r←f x' 'r←1+f x'"],
            &["⎕FX 'r←f x' 'r←f¨x'"],
            &["⎕FX 'r←f x' 'r←1+⍎''f x'''"],
            &["⎕FX 'r←f x' ':If 1' 'r←1+f x' ':EndIf'"],
            &["⎕FX 'r←f x' ':For i :In x' 'r←f x' ':EndFor'"],
            &["⎕FX 'r←n' 'r←1+n'", "f←{n}"],
            &["f←{1+g ⍵}", "g←{1+f ⍵}"],
            &["f←{g¨⍵}", "g←{f⍤0⊢⍵}"],
            &["⎕FX 'r←g x' 'r←1+f x'", "f←{g¨⍵}"],
            &["d←{1+⍺⍺ d ⍵}", "f←{+d ⍵}"],
            &["d←{1+(⍺⍺∘-)d ⍵}", "f←{+d ⍵}"],
            &["d←{(⍺⍺ ⍵⍵)d ⍵⍵ ⍵}", "f←{+d - ⍵}"],
            &["d←{(⍺⍺ e)d ⍵}", "e←{⍺⍺ ⍵}", "f←{+d ⍵}"],
            &["ns←⎕NS⍬", "ns.f←{1+##.f ⍵}", "f←{ns.f ⍵}"],
            &["ns←⎕NS⍬", "ns.f←{##.f¨⍵}", "f←{ns.f¨⍵}"],
        ];
        for lines in functions {
            let mut lines = lines.to_vec();
            lines.push("f 1 2");
            ends(&lines);
        }
    });
}

/// Each line makes a function of one level more; the forms are called, shown, inverted and dropped.
const DEEPER: &[&str] = &[
    "f∘-",
    "-∘f",
    "f⍤-",
    "-⍤f",
    "f⍥-",
    "-⍥f",
    "f⍨",
    "f¨",
    "f⍤0",
    "f∘1",
    "1∘f",
    "f⍣1",
    "1 f+",
    "f⍛-",
    "(f-)",
    "(-f)",
    "(1+f)",
    "(f@1)",
    "f/",
    "f\\",
    "∘.f",
    "f.f",
    "f⌸",
    "f d",
    "(f d)¨",
    "'a'⎕R f",
    "(f/)[1]",
];

#[test]
fn functions_made_of_functions_are_bounded() {
    on_little_stack(|| {
        for form in DEEPER {
            let mut session = Shown::new();
            session.kind("d←{⍺⍺ ⍵} ⋄ f←-");
            let definition = format!("∇r←deep n;i\n:For i :In ⍳n\nf←{form}\n:EndFor\nr←n\n∇");
            assert_eq!(session.kind(&definition), None, "{form}");
            let ended = session.kind("deep 1000000");
            assert!(matches!(ended, Some(ErrorKind::WsFull | ErrorKind::Limit)), "{form}: {ended:?}");
            // What there is of it is not too deep for anything.
            for line in ["f", "⎕CR'f'", "(f⍣¯1)1", "f 1", "1 f 1", "f¨1 2", "g←f ⋄ f←- ⋄ g←-"] {
                assert_ne!(session.kind(line), Some(ErrorKind::Internal), "{form}: {line}");
            }
            assert_eq!(session.shows("2+2"), "4\n", "{form}");
        }
    });
}

#[test]
fn parts_that_are_shared_are_one() {
    on_little_stack(|| {
        for form in ["(f+f)", "f∘f", "f⍤f", "f⍥f", "f⍛f", "f.f", "(f f)", "(f f f)", "f⍣f", "f@f", "f d f"] {
            let mut session = Shown::new();
            session.kind("d←{⍺⍺ ⍵⍵ ⍵} ⋄ f←1∘+");
            for _ in 0..60 {
                assert_eq!(session.kind(&format!("f←{form}")), None, "{form}");
            }
            let shown = session.shows("f");
            assert!(shown.contains('…') && shown.len() < 4_000_000, "{form}: {} bytes", shown.len());
            assert_eq!(session.kind("⎕CR'f'"), Some(ErrorKind::WsFull), "{form}");
            assert_ne!(session.kind("g←f⍣¯1"), Some(ErrorKind::Internal), "{form}");
            // It would take for ever.
            for line in ["f {⎕←'STOP' ⋄ ⍵}1", "(f⍣¯1){⎕←'STOP' ⋄ ⍵}1", "f¨{⎕←'STOP' ⋄ ⍵}1 2"]
            {
                let kind = session.kind(line);
                assert!(kind.is_some_and(|kind| kind != ErrorKind::Internal), "{form}: {line}: {kind:?}");
            }
            assert_eq!(session.shows("f←- ⋄ 2+2"), "4\n", "{form}");
        }
    });
}

#[test]
fn an_operator_that_goes_on_with_a_deeper_operand_ends() {
    on_little_stack(|| {
        for function in [
            "f←{⍵=0:⍺⍺ 5 ⋄ (⍺⍺∘-)∇∇ ⍵-1}",
            "f←{⍵=0:⍺⍺ 5 ⋄ (⍺⍺⍤-)∇∇ ⍵-1}",
            "f←{⍵=0:⍺⍺ 5 ⋄ (⍺⍺-)∇∇ ⍵-1}",
            "f←{⍵=0:⍺⍺⍣¯1⊢5 ⋄ (⍺⍺∘-)∇∇ ⍵-1}",
            "f←{⍵=0:⍺⍺¨5 5 ⋄ (⍺⍺¨)∇∇ ⍵-1}",
        ] {
            ends(&[function, "-f 3000000"]);
        }
        // Not too deep.
        let mut session = Shown::of(256 << 20);
        session.kind("f←{⍵=0:⍺⍺ 5 ⋄ (⍺⍺∘-)∇∇ ⍵-1}");
        assert_eq!(session.shows("-f 10000"), "¯5\n");
        assert_eq!(session.shows("-f 10001"), "5\n");
    });
}
