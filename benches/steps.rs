//! What a step of a program costs: a call, a turn of a loop, one element changed, one item appended.
//!
//! `cargo bench --bench steps` prints nanoseconds and allocations for each kind of step; `cargo bench --bench steps --
//! NAME` only the rows whose name contains NAME. With `--instructions` it also runs itself under `valgrind` and prints
//! the processor instructions of a step, which do not depend on what else the machine is doing.
//!
//! Every figure is a difference between two numbers of steps, divided by the steps between them, so that start-up and
//! set-up do not count.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use zilde::Session;

/// A kind of step: its name, definitions, and an expression that makes steps.
struct Row {
    name: &'static str,
    setup: &'static str,
    expression: &'static str,
    /// Two values of `N`, each with the number of steps that the expression makes then.
    sizes: [(u32, u32); 2],
}

const fn row(name: &'static str, setup: &'static str, expression: &'static str, steps: u32) -> Row {
    Row { name, setup, expression, sizes: [(steps, steps), (3 * steps, 3 * steps)] }
}

const FIB: Row = Row {
    name: "call in fib",
    setup: "FIB←{⍵<2:⍵ ⋄ (∇⍵-1)+∇⍵-2}",
    expression: "FIB N",
    // FIB n makes 1-⍨2×F calls, where F is the Fibonacci number behind n.
    sizes: [(17, 5_167), (20, 21_891)],
};

const ROWS: &[Row] = &[
    FIB,
    row("tail call", "F←{⍺=0:⍵ ⋄ (⍺-1)∇⍵+1}", "N F 0", 20_000),
    row("turn of :For r+←i", "", "LOOP N", 20_000),
    row("turn of :While, two +←", "", "WHILE N", 20_000),
    row("turn of ({⍵+1}⍣n)", "", "({⍵+1}⍣N)0", 20_000),
    row("r←x[i]", "x←⍳1e5", "READ N", 20_000),
    row("x[i]←1", "x←1e5⍴0", "WRITE N", 20_000),
    row("x[i]+←1", "x←1e5⍴0", "COUNT N", 20_000),
    row("x[i]+←0.5", "x←1e5⍴0.25", "COUNTF N", 20_000),
    row("m[i;j]←1", "m←1e5 2⍴0", "WRITE2 N", 20_000),
    row("r,←i", "", "APPEND N", 20_000),
    row("r,←⊂x", "", "NESTED N", 20_000),
    row("m⍪←row", "", "ROWS N", 20_000),
    row("x[i]+←1 in a dfn", "INC←{x←10⍴0 ⋄ n←⍵ ⋄ {⍵=n:≢x ⋄ x[1+10|⍵]+←1 ⋄ ∇⍵+1}0}", "INC N", 20_000),
    row("r,←i in a dfn", "APP←{r←⍬ ⋄ n←⍵ ⋄ {⍵=n:≢r ⋄ r,←⍵ ⋄ ∇⍵+1}0}", "APP N", 20_000),
    row("item of {⍵>5:⍵ ⋄ -⍵}¨", "", "≢{⍵>5:⍵ ⋄ -⍵}¨N⍴1 9", 20_000),
    row("item of {⍵>5:⍵ ⋄ -⍵}¨ on floats", "", "≢{⍵>5:⍵ ⋄ -⍵}¨N⍴1.5 9", 20_000),
    row("item of {⍺+⍵}/", "", "{⍺+⍵}/N⍴1 9", 20_000),
    row("item of +/", "", "+/N⍴1 9", 20_000),
    row("cell of {⍵[⍋⍵]}⍤1, rows of 10", "", "≢{⍵[⍋⍵]}⍤1⊢N 10⍴3 1 4 1 5 9 2 6 5", 5_000),
    row("cell of {⍵[⍋⍵]}⍤1 on floats", "", "≢{⍵[⍋⍵]}⍤1⊢N 10⍴3 1.5 4 1 5 9 2 6 5", 5_000),
    row("word of {⌽⍵}¨", "", "≢{⌽⍵}¨N⍴'ab' 'cde' 'f'", 20_000),
    row("word of ⌽¨", "", "≢⌽¨N⍴'ab' 'cde' 'f'", 20_000),
    row("call of a namespace's function", "ns←⎕NS⍬ ⋄ ns.f←{⍵+1}", "MEMBER N", 20_000),
    row("(- o)1 and (1 o)1 by turns", "o←{⍺⍺ ⊢ ⍵}", "TURNS N", 5_000),
    row("⍎ of a text not seen before", "", "EXEC N", 5_000),
];

/// Traditional functions: name, first line, and the line of a loop, which is the step.
const LOOPS: &[(&str, &str, &str)] = &[
    ("LOOP", "r←0", "r+←i"),
    ("READ", "r←0", "r←x[i]"),
    ("WRITE", "r←0", "x[i]←1"),
    ("COUNT", "r←0", "x[i]+←1"),
    ("COUNTF", "r←0", "x[i]+←0.5"),
    ("WRITE2", "r←2", "m[i;r]←1"),
    ("APPEND", "r←⍬", "r,←i"),
    ("NESTED", "r←⍬", "r,←⊂i i"),
    ("ROWS", "r←0 2⍴0", "r⍪←i 1"),
    ("MEMBER", "r←0", "r←ns.f i"),
    ("TURNS", "r←0", "r←(- o)1 ⋄ r←(1 o)1"),
    ("EXEC", "r←0", "r←⍎'1+',⍕i"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, size] = &arguments[..]
        && flag == "--once"
    {
        let row = ROWS.iter().find(|row| row.name == name).expect("a row of the table");
        run(&mut session(row), row, size.parse().expect("a number"));
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let instructions = arguments.iter().any(|argument| argument == "--instructions");
    println!("{:<34}{:>10}{:>12}{:>14}", "a step is one", "ns", "allocations", "instructions");
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|part| row.name.contains(&part[..]))) {
        let mut session = session(row);
        let mut times: Vec<f64> = (0..7).map(|_| a_step(row, |size| time(&mut session, row, size))).collect();
        times.sort_by(f64::total_cmp);
        let allocations =
            a_step(row, |size| allocation_counter::measure(|| run(&mut session, row, size)).count_total as f64);
        let counted = match instructions {
            true => format!("{:.0}", a_step(row, |size| count(row, size))),
            false => "-".to_string(),
        };
        println!("{:<34}{:>10.0}{:>12.2}{:>14}", row.name, times[3], allocations, counted);
    }
}

/// What a step costs: the difference between two runs of different size over that between their steps.
fn a_step(row: &Row, mut cost: impl FnMut(u32) -> f64) -> f64 {
    let [few, many] = row.sizes;
    let (less, more) = (cost(few.0), cost(many.0));
    (more - less) / f64::from(many.1 - few.1)
}

/// A session with what a row needs.
fn session(row: &Row) -> Session {
    let mut session = Session::new();
    for (name, first, step) in LOOPS {
        session.run(&format!("∇r←{name} n;i\n{first}\n:For i :In ⍳n\n{step}\n:EndFor\n∇\n"));
    }
    session.run("∇r←WHILE n;i\ni←r←0\n:While i<n\nr+←i\ni+←1\n:EndWhile\n∇\n");
    session.run(row.setup);
    session
}

/// Makes the steps of a row.
fn run(session: &mut Session, row: &Row, size: u32) {
    let line = format!("N←{size} ⋄ {}", row.expression);
    black_box(session.eval(&line)).unwrap_or_else(|fault| panic!("{}: {fault}", row.name));
}

/// The nanoseconds that they take.
fn time(session: &mut Session, row: &Row, size: u32) -> f64 {
    let began = Instant::now();
    run(session, row, size);
    began.elapsed().as_nanos() as f64
}

/// The processor instructions of a whole process that makes them, as valgrind counts them.
fn count(row: &Row, size: u32) -> f64 {
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--once", row.name, &size.to_string()])
        .output()
        .expect("valgrind is installed");
    let report = String::from_utf8_lossy(&output.stderr);
    let total = report.lines().find_map(|line| line.split_once("Collected : "));
    total.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or_else(|| panic!("no count in: {report}"))
}
