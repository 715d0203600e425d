//! Every step of a program may fail: a request for memory may be refused, a poll may interrupt, the console may not take
//! what is written. Whichever it is, the names stand for what they did before, and the session goes on.

mod common;

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use common::Folder;
use zilde::context::{Asked, Console, Silent};
use zilde::error::ErrorKind;
use zilde::{Rights, Session};

#[global_allocator]
static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;

/// What is there when a line of [`WHOLE`] or [`PARTS`] runs.
const BEFORE: &str = "\
x←⍳12
m←3 4⍴⍳12
t←'some text'
v←(⍳3)(4 5)'text'
d←⊂⍣20⊢1 2
n←⎕NS⍬
n.a←5
n.w←'in n'
f←{⍺←1 ⋄ ⍺+⍵}
g←+/÷≢
e←{0::'caught' ⋄ ⍎⍵}
op←{⍺⍺ ⍵}
⎕FX'r←l trad w;k' 'r←0' ':For k :In w' 'r←r+k×l' ':EndFor'
";

/// Lines that do all or nothing. `FOLDER` is one for files.
const WHOLE: &[&str] = &[
    // Arrays and primitives.
    "y←⍳100",
    "y←(⍳3)(4 5)'text'",
    "y←x+m[;1]⍳x",
    "y←+/∘.×⍨⍳60",
    "y←m+.×⍉m",
    "y←(⍳200)⍳⌽⍳200",
    "y←∪⍳¨20⍴3",
    "y←⍋?50 3⍴9",
    "y←⍒v",
    "y←⌹3 3⍴2 1 0 1 3 1 0 1 4",
    "y←⍸3 3⍴1 0",
    "y←1 0 1⊂3 4 5",
    "y←1 1 2 2⊆3 4 5 6",
    "y←(8⍴2)⊤200",
    "y←2⊥1 0 1",
    "y←'te'⍷t",
    "y←⍉↑v",
    "y←↓m",
    "y←¯5↑x",
    "y←2 2↓m",
    "y←2⌽m",
    "y←⌽d",
    "y←≡d",
    "y←∊v",
    "y←v≡⌽v",
    "y←d≡⊂⍣20⊢1 2",
    "y←m,⍳3",
    "y←(3 4⍴1 0)/⍥,m",
    "y←0 1 1\\1 2",
    "y←!⌊x÷2",
    "y←1J2×x",
    "y←0.5+x",
    "y←2*100+x",
    "y←⍕?10 10⍴0",
    "y←8 2⍕m",
    "y←⍎'(1 2)(3 4)',20⍴' 5'",
    "y←~⍨¨v",
    "y←v∩⌽v",
    "y←20?20",
    "y←2 3⌷m",
    "y←2 1⊃v",
    "y←m[2 3;1 4]",
    // Operators.
    "y←{⍵≤1:⍵ ⋄ (∇⍵-1)+∇⍵-2}7",
    "y←f¨⍳20",
    "y←1 f¨⍳20",
    "y←≢¨v",
    "y←(⊂⍤1)m",
    "y←{⌽⍵}⍤1⊢m",
    "y←x∘.f⍳3",
    "y←f/x",
    "y←f\\x",
    "y←(f⍣7)0",
    "y←(1∘+⍣¯1)x",
    "y←⊃,/{⍳⍵}¨⍳12",
    "y←{+/,⍵}⌺3 3⊢?8 8⍴9",
    "y←{≢⍵}⌸20⍴'abc'",
    "y←{⍺,⊂⍵}⌸t",
    "y←(0@2 3)x",
    "y←-@(>∘3)x",
    "y←(+⍥≢)⍨v",
    "y←f op m",
    "y←2 trad x",
    "y←e'1÷0'",
    "y←n.(a+a)",
    "y←n.{⍵,w}t",
    // Assignments.
    "x[2]←7",
    "x[1 3]←⊂9 9",
    "m[2;]←0",
    "m[1;2]+←100",
    "x,←5",
    "m⍪←99",
    "x+←1",
    "(y z)←(1 2)(3 4)",
    "(2⊃v)←'new'",
    "(2⌷m)←0",
    "(2↑x)←8 9",
    "(⌽m)←⍳3 4",
    "(∊v)←0",
    "(1⊃¨v)←5",
    "(1 1⍉m)+←1",
    "((x>3)/x)×←2",
    "(⊃d)←'gone'",
    "n.a←6",
    "n.(a w)←1 2",
    "n.a,←7",
    "v[3]←⊂d",
    // Names and definitions.
    "f←{⍵}",
    "f←+/÷≢",
    "g←f∘g",
    "y←⎕FX'r←h a' 'r←a+1'",
    "y←⎕FX('r←trad a')(500⍴'a+')",
    "y←⎕CR'trad'",
    "y←⎕NR'f'",
    "y←⎕VR'trad'",
    "y←⎕AT'f' 'trad'",
    "y←⎕SIZE'x' 'v'",
    "y←⎕NC'x' 'f' 'none'",
    "y←⎕NL 2 3",
    "y←⎕EX't'",
    "y←⎕NS'f' 'trad'",
    "y←⎕NS¨3⍴⊂⍬",
    "y←(a:1 ⋄ b:'two')",
    "y←⎕OR'f'",
    "⎕IO←0",
    "⎕PP←5",
    // Text and formats.
    "y←⎕JSON'{\"a\":[1,2,{\"b\":null}]}'",
    "y←(⎕JSON⍠'Dialect' 'JSON5')'{a:[1,.5,],/* c */b:''x''}'",
    "y←1 ⎕JSON v",
    "y←⎕JSON n",
    "y←⎕XML'<a b=\"c\">d</a>'",
    "y←⎕XML⎕XML'<a><b>1</b></a>'",
    "y←'(.)b'⎕R'\\1c'⊢'abxb'",
    "y←'\\w+'⎕R{⌽⍵.Match}⊢t",
    "y←'a' 'b'⎕S 0 1⊢'cabba'",
    "y←⎕CSV('a,1',(⎕UCS 10),'b,2')'S'",
    "y←m ⎕CSV''",
    "y←'I5,F8.2'⎕FMT(⍳5)(0.5×⍳5)",
    "y←⎕FMT v",
    "y←⎕VFI'1 2 x 4'",
    "y←1 ⎕DT⊂2024 1 2",
    "y←'%ISO%'(1200⌶)1 ⎕DT⊂2024 1 2 3 4 5",
    "y←1 ⎕C t",
    "y←'UTF-8'⎕UCS t",
    "y←⎕UCS x",
    "y←80 ⎕DR t",
    // Output.
    "x",
    "v",
    "d",
    "f",
    "⎕←t,⎕UCS 10",
    "⍞←t",
    "1÷0",
    ")vars",
    ")fns",
    "]display v",
    "]box on -trains=tree",
    ")help ⍋",
];

/// Lines that may have done a part of what they do.
const PARTS: &[&str] = &[
    "{x∘←⍵}¨⍳5",
    "x←0 ⋄ y←1 ⋄ z←x+y",
    "n.(a←1 ⋄ w←2)",
    "⎕←¨v",
    "⎕←y←m",
    "{⎕←⍵}¨x",
    "⎕FIX':Namespace q' 'a←1' '∇r←k w' 'r←w' '∇' ':EndNamespace'",
    ")copy none",
    ")erase x y f",
    ")clear",
    "t ⎕NPUT'FOLDER/a.txt' 1",
    "y←⎕NGET'FOLDER/a.txt'",
    "y←m(⎕CSV⍠'Overwrite' 1)'FOLDER/b.csv'",
    "y←(0.5×m)⎕SE.file.npy'FOLDER/c.npy'",
    ")save FOLDER/w -force",
    ")load FOLDER/w",
    "]export FOLDER/out",
    ":For k :In x ⋄ ⎕←k ⋄ :EndFor",
    "∇r←typed w\nr←w+1\n∇",
];

/// A console whose writes fail when a count has come to its end.
#[derive(Clone, Default)]
struct Failing(Rc<Cell<u64>>);

impl Console for Failing {
    fn write(&mut self, _text: &str) -> io::Result<()> {
        match self.0.get() {
            0 => Ok(()),
            left => {
                self.0.set(left - 1);
                if left == 1 { Err(io::Error::other("full")) } else { Ok(()) }
            }
        }
    }

    fn read(&mut self, _asked: Asked<'_>) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// What the names of a session stand for, and its system variables.
fn state(session: &mut Session) -> String {
    let mut names: Vec<String> = session.names().iter().map(|(name, _)| name.to_string()).collect();
    names.sort();
    let mut state = String::new();
    for name in ["⎕IO", "⎕ML", "⎕CT", "⎕PP", "⎕DIV"].map(String::from).into_iter().chain(names) {
        let value = session.get(&name);
        let program = match &value {
            Some(value) if value.reference().is_some() => format!("{name}.(⍎¨↓⎕NL 2)"),
            Some(_) => name.clone(),
            None if name.starts_with('⎕') => name.clone(),
            None => format!("⎕CR'{name}'"),
        };
        let shown = session.eval(&program).map_or_else(|fault| fault.to_string(), |value| value.to_string());
        state += &format!("{name}: {shown}\n");
    }
    state
}

/// How a step is made to fail.
struct Injection {
    /// The k-th step from now on is to fail; none, with 0.
    set: fn(&Session, &Failing, u64),
    /// Whether the step is still to come.
    is_to_come: fn(&Session, &Failing) -> bool,
    /// What a line ends in that does not catch it.
    kind: Option<ErrorKind>,
}

const POLLS: Injection = Injection {
    set: |session, _, k| session.context().bounds().stop_at((k > 0).then_some(k)),
    is_to_come: |session, _| session.context().bounds().is_to_stop(),
    kind: Some(ErrorKind::Interrupt),
};

const REQUESTS: Injection = Injection {
    set: |session, _, k| session.context().memory().refuse_at(k),
    is_to_come: |session, _| session.context().memory().refuses_in() > 0,
    kind: Some(ErrorKind::WsFull),
};

const WRITES: Injection =
    Injection { set: |_, console, k| console.0.set(k), is_to_come: |_, console| console.0.get() > 0, kind: None };

/// For every `k`: makes the k-th step of a line fail, and looks at what is left. How often there was an error.
fn inject(injection: &Injection, folder: &Folder, line: &str, is_whole: bool) -> usize {
    let name = folder.0.to_str().unwrap_or_default();
    let line = line.replace("FOLDER", name);
    let rights = Rights::none().read(&folder.0).write(&folder.0);
    let builder = || Session::builder().seed(Some(7)).rights(rights.clone());
    let (mut failed, console) = (0, Failing::default());
    let mut session = builder().build_with(Box::new(console.clone()));
    assert_eq!(session.run(BEFORE).errors, 0);
    let before = state(&mut session);
    for k in 1..=MOST {
        (injection.set)(&session, &console, k);
        let outcome = session.run(&line);
        let is_done = (injection.is_to_come)(&session, &console);
        (injection.set)(&session, &console, 0);
        if let Some(fault) = &outcome.last_error {
            assert_ne!(fault.kind(), ErrorKind::Internal, "{line}, {k}: {fault}");
        }
        match session.eval("2+2") {
            Ok(four) => assert_eq!(four.to_string(), "4", "{line}, {k}"),
            Err(fault) => panic!("{line}, {k}: 2+2 is {fault}"),
        }
        if is_done {
            break;
        }
        let hit = outcome.last_error.as_ref().is_some_and(|fault| Some(fault.kind()) == injection.kind);
        failed += usize::from(hit || injection.kind.is_none());
        if hit && is_whole {
            assert_eq!(state(&mut session), before, "{line}, {k}");
        } else if !hit {
            // It is done, although a step has failed, or a part of it is.
            session = builder().build_with(Box::new(console.clone()));
            assert_eq!(session.run(BEFORE).errors, 0);
        }
    }
    failed
}

/// Steps of a line that are made to fail.
const MOST: u64 = 300;

fn inject_all(injection: &Injection, least: usize) {
    let folder = Folder::new();
    let whole = WHOLE.iter().map(|line| inject(injection, &folder, line, true));
    let parts = PARTS.iter().map(|line| inject(injection, &folder, line, false));
    let failed: usize = whole.chain(parts).sum();
    assert!(failed >= least, "{failed}");
}

#[test]
fn the_workspace_is_as_it_was_whichever_poll_interrupts() {
    inject_all(&POLLS, 500);
}

#[test]
fn the_workspace_is_as_it_was_whichever_request_is_refused() {
    inject_all(&REQUESTS, 500);
}

/// What is written to files fails in `kills.rs`, at every block.
#[test]
fn the_session_goes_on_whichever_write_fails() {
    inject_all(&WRITES, 30);
}

/// What the programs are without faults: a line that is refused tests nothing.
#[test]
fn the_lines_run() {
    let folder = Folder::new();
    let name = folder.0.to_str().unwrap_or_default();
    let rights = Rights::none().read(&folder.0).write(&folder.0);
    let mut wrong = String::new();
    for line in WHOLE.iter().chain(PARTS) {
        let mut session = Session::builder().seed(Some(7)).rights(rights.clone()).console(Box::new(Silent)).build();
        session.run(BEFORE);
        let outcome = session.run(&line.replace("FOLDER", name));
        if let Some(fault) = outcome.last_error
            && !["1÷0", ")copy none"].contains(line)
        {
            wrong += &format!("{line}: {fault}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
