//! What an element of a primitive costs: every scalar function on every pair of types of numbers, with a scalar on the left,
//! on the right, or on neither side.
//!
//! `cargo bench --bench cells` prints nanoseconds an element on arrays of 100,000; `cargo bench --bench cells -- PART` only
//! rows whose expression contains PART. With `--instructions` it runs itself under `valgrind` and prints processor
//! instructions, which do not depend on what else the machine is doing.
//!
//! Instructions are the difference between two numbers of repetitions, divided by the elements between them.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use zilde::Session;

/// The variables: a letter for each type, with elements for which nearly all functions have results.
const SETUP: &str = "⎕IO←0 ⋄ ⎕RL←42 1 ⋄ n←100000
b←n⍴1 1 0 1 ⋄ i←1+n⍴⍳97 ⋄ f←0.25+i ⋄ c←i+0J1×⌽i ⋄ t←n⍴1
b1←1 ⋄ i1←3 ⋄ f1←2.5 ⋄ c1←2J1";

const DYADS: [&str; 19] =
    ["+", "-", "×", "÷", "*", "⍟", "⌈", "⌊", "|", "!", "○", "∧", "∨", "<", "≤", "=", "≥", ">", "≠"];

const MONADS: [&str; 12] = ["+", "-", "×", "÷", "*", "⍟", "⌈", "⌊", "|", "!", "○", "~"];

const TYPES: [&str; 4] = ["b", "i", "f", "c"];

/// Elements of an array.
const COUNT: f64 = 100_000.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, expression, times] = &arguments[..]
        && flag == "--once"
    {
        repeat(&mut session(), expression, times.parse().expect("a number"));
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let counted = arguments.iter().any(|argument| argument == "--instructions");
    let is_wanted = |expression: &str| wanted.is_empty() || wanted.iter().any(|part| expression.contains(&part[..]));
    let mut session = session();
    let mut cost = |expression: &str| match counted {
        true => instructions(expression),
        false => nanoseconds(&mut session, expression),
    };
    println!(
        "{} an element; the rows are functions, the columns types: Booleans, whole numbers, floats, complex",
        match counted {
            true => "instructions",
            false => "nanoseconds",
        }
    );
    println!("monadic{:>7}{:>9}{:>9}{:>9}", "b", "i", "f", "c");
    for function in MONADS {
        let cells = TYPES.map(|kind| match kind {
            // No other numbers have a negation, and no whole ones are changed by it.
            "i" | "f" | "c" if function == "~" => String::new(),
            kind => format!("{function}{kind}"),
        });
        row(function, &cells, &is_wanted, &mut cost);
    }
    for (title, left, right) in [("scalar left", "1", ""), ("scalar right", "", "1"), ("both arrays", "", "")] {
        for one in TYPES {
            println!("{title}, {} {one}", if left.is_empty() { "array on the left of type" } else { "scalar of type" });
            for function in DYADS {
                let cells = TYPES.map(|other| format!("{one}{left}{function}{other}{right}"));
                row(function, &cells, &is_wanted, &mut cost);
            }
        }
    }
}

/// Prints a row of the table; a cell without a result is left blank.
fn row(
    function: &str,
    cells: &[String],
    is_wanted: &impl Fn(&str) -> bool,
    cost: &mut impl FnMut(&str) -> Option<f64>,
) {
    if !cells.iter().any(|cell| is_wanted(cell)) {
        return;
    }
    let figures = cells.iter().map(|cell| match cost(cell).filter(|_| !cell.is_empty()) {
        Some(figure) => format!("{figure:>9.2}"),
        None => format!("{:>9}", "-"),
    });
    println!("{function:<5}{}", figures.collect::<String>());
}

fn session() -> Session {
    let mut session = Session::new();
    session.run(SETUP);
    session
}

/// Evaluates an expression; whether it has a result.
fn repeat(session: &mut Session, expression: &str, times: u32) -> bool {
    (0..times).all(|_| black_box(session.eval(expression)).is_ok())
}

fn nanoseconds(session: &mut Session, expression: &str) -> Option<f64> {
    if expression.is_empty() || !repeat(session, expression, 1) {
        return None;
    }
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let began = Instant::now();
            repeat(session, expression, 2);
            began.elapsed().as_nanos() as f64 / (2.0 * COUNT)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Some(times[2])
}

/// The processor instructions an element, as valgrind counts them.
fn instructions(expression: &str) -> Option<f64> {
    if expression.is_empty() || !repeat(&mut session(), expression, 1) {
        return None;
    }
    let count = |times: u32| -> f64 {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().expect("the path of this program"))
            .args(["--once", expression, &times.to_string()])
            .output()
            .expect("valgrind is installed");
        let report = String::from_utf8_lossy(&output.stderr);
        let total = report.lines().find_map(|line| line.split_once("Collected : "));
        total.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or_else(|| panic!("no count in: {report}"))
    };
    Some((count(3) - count(1)) / (2.0 * COUNT))
}
