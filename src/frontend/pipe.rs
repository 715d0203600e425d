//! A session fed by a pipe: lines run as they arrive, results and reports are shown, without banner, prompt or echo.

use super::exit;
use super::input::{InputFault, Source};
use super::runner::Runner;
use super::script::{self, Ended};

/// Runs lines until the input ends or the program leaves.
pub fn converse(runner: &mut Runner, source: &Source) -> u8 {
    let mut gathered = String::new();
    loop {
        // The other program may wait for the results of its last line before it writes the next one.
        if source.may_wait() && runner.output.flush().is_err() {
            return exit::OK;
        }
        match source.line() {
            Ok(Some(line)) => {
                let goes_on = !gathered.is_empty();
                gathered += &line;
                if goes_on && !may_complete(&line) || runner.session.needs_more(&gathered) {
                    gathered.push('\n');
                    continue;
                }
            }
            Ok(None) => return step(runner, &gathered).map_or(exit::OK, Ended::code),
            Err(InputFault::Io(error)) => {
                exit::complain(format_args!("standard input: {error}"));
                return exit::USAGE;
            }
            Err(fault) => {
                if runner.report(&fault.into()).is_err() {
                    return exit::OK;
                }
                continue;
            }
        }
        if let Some(ended) = step(runner, &std::mem::take(&mut gathered)) {
            return ended.code();
        }
    }
}

/// Whether a line may end what earlier lines began, so that asking is worth while.
fn may_complete(line: &str) -> bool {
    line.contains([')', ']', '}', '∇', ':'])
}

/// Runs one logical line. An error does not end the session; Ctrl-C does, because there is no prompt to return to.
fn step(runner: &mut Runner, line: &str) -> Option<Ended> {
    script::step(runner, line).filter(|ended| *ended != Ended::Failed(exit::ERROR))
}

#[cfg(test)]
mod tests {
    use super::super::runner::tests::running;
    use super::*;

    fn conversed(input: &'static [u8]) -> (u8, String) {
        let (mut runner, page) = running();
        let code = converse(&mut runner, &Source::of(Box::new(input), 1 << 20));
        runner.output.flush().unwrap();
        (code, page.text())
    }

    #[test]
    fn errors_do_not_end_a_session() {
        let (code, shown) = conversed(b"1+1\n1\xc3\xb70\n\xff\n2+2\n");
        assert_eq!(code, exit::OK);
        assert!(shown.starts_with("2\nDOMAIN ERROR"), "{shown}");
        assert!(shown.ends_with("TRANSLATION ERROR: Invalid UTF-8 at byte 0\n4\n"), "{shown}");
    }

    #[test]
    fn lines_wait_for_their_brackets() {
        let (_, shown) = conversed("f←{\n⍵\n}\n1+1".as_bytes());
        assert_eq!(shown, "2\n");
    }
}
