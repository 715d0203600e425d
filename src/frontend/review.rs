//! `zilde test --review` at a terminal: one difference after another is shown and decided upon.

use std::io::{BufRead, Write};
use std::path::Path;

use super::output::Output;
use super::{exit, terminal};
use crate::tester::{self, Marks, Plan};

/// What is to become of a difference.
enum Choice {
    Accept,
    Reject,
    Skip,
    Edit,
    Quit,
}

/// Asks for each difference. An output that is accepted is written at once, so that nothing is lost when the review is
/// left. Gives the exit code.
pub fn review(plan: &Plan, output: &Output) -> u8 {
    let marks = Marks::new(terminal::has_colours());
    let tested = tester::test(&Plan { mode: tester::Mode::Check, ..plan.clone() });
    tested.complaints.iter().for_each(exit::complain);
    let (mut accepted, mut rejected, mut skipped) = (0, 0, 0);
    'all: for file in &tested.files {
        let waiting: Vec<usize> = file.cases.iter().filter(|case| case.acceptable).map(|case| case.line).collect();
        let others = file.cases.iter().filter(|case| !case.acceptable);
        let _ = output.write(&tester::pretty(&file.path, others, marks));
        // Lines move when an output is accepted: so many below the case.
        let mut moved = 0_isize;
        for line in waiting {
            let line = line.saturating_add_signed(moved);
            while let Some(case) = tester::difference_at(&file.path, line, plan) {
                let _ = output.write(&tester::pretty(&file.path, [&case], marks));
                let _ = output.flush();
                match asked() {
                    Choice::Accept => {
                        match tester::accept_at(&file.path, line, plan) {
                            Ok(more) => {
                                accepted += 1;
                                moved += more;
                            }
                            Err(why) => exit::complain(why),
                        }
                        break;
                    }
                    Choice::Reject => {
                        rejected += 1;
                        break;
                    }
                    Choice::Skip => {
                        skipped += 1;
                        break;
                    }
                    Choice::Edit => edit(&file.path),
                    Choice::Quit => break 'all,
                }
            }
        }
    }
    let _ = output.write(&format!("{accepted} accepted, {rejected} rejected, {skipped} skipped\n"));
    tester::test(&Plan { mode: tester::Mode::Check, ..plan.clone() }).summary.code()
}

fn asked() -> Choice {
    loop {
        print!("[a]ccept, [r]eject, [s]kip, [e]dit, [q]uit? ");
        let mut line = String::new();
        let read = std::io::stdout().flush().and_then(|()| std::io::stdin().lock().read_line(&mut line));
        match (read, line.trim().to_lowercase().as_str()) {
            (Ok(0) | Err(_), _) | (_, "q" | "quit") => return Choice::Quit,
            (_, "a" | "accept") => return Choice::Accept,
            (_, "r" | "reject") => return Choice::Reject,
            (_, "s" | "skip" | "") => return Choice::Skip,
            (_, "e" | "edit") => return Choice::Edit,
            _ => {}
        }
    }
}

/// Opens a file in the user's editor.
fn edit(path: &Path) {
    let editor = ["VISUAL", "EDITOR"].iter().find_map(std::env::var_os).unwrap_or_else(|| "vi".into());
    if let Err(error) = std::process::Command::new(&editor).arg(path).status() {
        exit::complain(format_args!("{}: {error}", editor.display()));
    }
}
