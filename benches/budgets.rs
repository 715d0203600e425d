//! What primitives cost in copies: the time of a primitive on a large array, divided by the time to copy as many bytes as
//! its largest array has, measured in turns in the same run. Beside each figure stands its budget.
//!
//! `cargo bench --bench budgets` prints the table and fails if a row is over its budget; `cargo bench --bench budgets --
//! PART` only rows whose name or expression contains PART.
//!
//! Both times depend on the machine and on what else it does, their ratio hardly: a budget is a guard against a primitive
//! that has become several times slower, not a measurement. The budgets are twice the lowest of five runs, for the
//! differences between processors.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use zilde::Session;

/// The large blocks that results are made in are those of results before, as in the program `zilde`.
#[global_allocator]
static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;

/// Elements of the arrays, a million. `b` are Booleans, `i` small whole numbers, `j` large ones, `f` floats, `c` complex
/// numbers, `t` text, `m` a matrix of floats, `p` a permutation.
const SETUP: &str = "⎕IO←0 ⋄ ⎕RL←7 1 ⋄ n←1000000
b←?n⍴2 ⋄ b←b=1 ⋄ i←?n⍴1000 ⋄ j←?n⍴1000000000 ⋄ f←?n⍴0 ⋄ c←f+0J1×⌽f ⋄ t←⎕A[26|i] ⋄ m←1000 1000⍴f ⋄ p←n?n ⋄ s←n⍴⍳1000";

/// A primitive: an expression, the bytes of its largest array, and how many copies of these it may cost.
struct Row {
    expression: &'static str,
    bytes: usize,
    budget: f64,
}

const fn row(expression: &'static str, bytes: usize, budget: f64) -> Row {
    Row { expression, bytes: bytes * 1_000_000, budget }
}

const ROWS: &[Row] = &[
    row("f+f", 8, 2.0),
    row("f×2", 8, 2.0),
    row("j+j", 4, 2.5),
    row("i×i", 4, 3.0),
    row("b∧~b", 1, 5.0),
    row("f÷f", 8, 2.0),
    row("÷1+i", 8, 5.0),
    row("c×c", 16, 2.0),
    row("f<0.5", 8, 2.0),
    row("i=7", 4, 1.5),
    row("t='E'", 4, 1.5),
    row("7|i", 4, 3.5),
    row("7.5|i", 8, 6.5),
    row("⌊f×100", 8, 3.5),
    row("i*2", 4, 7.0),
    row("1○f", 8, 6.5),
    row("*f", 8, 11.0),
    row("3!i", 8, 9.5),
    row("1+f×2+f", 8, 5.0),
    row("+/f", 8, 1.0),
    row("+/i", 4, 1.0),
    row("+/b", 1, 3.0),
    row("⌈/f", 8, 1.0),
    row("+/f×f", 8, 2.5),
    row("+\\f", 8, 4.0),
    row("⌈\\i", 4, 4.0),
    row("+/m", 8, 1.0),
    row("+⌿m", 8, 2.0),
    row("⌽f", 8, 2.5),
    row("3⌽f", 8, 2.5),
    row("⍉m", 8, 3.5),
    row("f,f", 16, 2.0),
    row("1000↓f", 8, 2.0),
    row("b/f", 8, 3.0),
    row("f[p]", 8, 8.0),
    row("⍋j", 4, 48.0),
    row("⍋f", 8, 35.0),
    row("∪i", 4, 5.0),
    row("s⍳i", 8, 6.5),
    row("i∊⍳100", 4, 9.5),
    row("⍸b", 4, 13.0),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut session = Session::new();
    assert_eq!(session.run(SETUP).errors, 0, "the variables are made");
    let mut over = 0;
    println!("{:<12}{:>10}{:>10}{:>10}", "primitive", "ms", "copies", "budget");
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|part| row.expression.contains(part))) {
        let (time, copies) = measured(&mut session, row);
        let mark = if copies > row.budget { "  over" } else { "" };
        over += usize::from(copies > row.budget);
        println!("{:<12}{:>10.3}{copies:>10.2}{:>10.1}{mark}", row.expression, time.as_secs_f64() * 1e3, row.budget);
    }
    if over > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The least time of a primitive, and how many copies that is: the least counts, because other work only adds to it.
fn measured(session: &mut Session, row: &Row) -> (Duration, f64) {
    let from = vec![1u8; row.bytes];
    let mut to = vec![0u8; row.bytes];
    let (mut primitive, mut copy) = (Duration::MAX, Duration::MAX);
    for _ in 0..15 {
        let began = Instant::now();
        black_box(session.eval(row.expression)).unwrap_or_else(|fault| panic!("{}: {fault}", row.expression));
        primitive = primitive.min(began.elapsed());
        let began = Instant::now();
        black_box(&mut to).copy_from_slice(black_box(&from));
        copy = copy.min(began.elapsed());
    }
    (primitive, primitive.as_secs_f64() / copy.as_secs_f64())
}
