//! The machine protocol, `zilde session`: blocks of lines in, what the session displays out.
//!
//! A line holding only U+001E ends a block, both ways. Nothing else that is written has this character in it: what a
//! program displays shows it as ␞. Knows nothing of what the lines mean.

use super::exit;
use super::input::{InputFault, Source, decoded};
use super::runner::Runner;

/// What ends a block.
const SEPARATOR: &[u8] = b"\x1e";

/// A block as it came.
struct Block {
    bytes: Result<Vec<u8>, InputFault>,
    /// No further block follows.
    last: bool,
}

/// Serves blocks until the input ends. Returns the exit code.
pub fn serve(runner: &mut Runner, source: &Source) -> u8 {
    runner.output.frame();
    loop {
        let block = read_block(source);
        let nothing = block.bytes.as_ref().is_ok_and(Vec::is_empty);
        if block.last && nothing {
            return exit::OK;
        }
        let left = run(runner, block.bytes);
        if end_block(runner).is_err() || block.last || left.is_some() {
            return left.map_or(exit::OK, exit::of_off);
        }
    }
}

/// Runs a block; the code that it leaves with, if it does. The block is still ended as any other.
fn run(runner: &mut Runner, bytes: Result<Vec<u8>, InputFault>) -> Option<i32> {
    match bytes.and_then(decoded) {
        Ok(text) => runner.run(&text).off,
        Err(fault) => {
            // Whether it could be written shows at the end of the block.
            let _ = runner.report(&fault.into());
            None
        }
    }
}

fn end_block(runner: &Runner) -> std::io::Result<()> {
    runner.session.end_line()?;
    runner.output.mark("\u{1e}\n")?;
    runner.output.flush()
}

fn read_block(source: &Source) -> Block {
    let mut bytes = Vec::new();
    let mut fault = None;
    loop {
        let start = bytes.len();
        let last = match source.append_line(&mut bytes) {
            Ok(more) => !more,
            Err(InputFault::TooLong) => {
                fault = Some(InputFault::TooLong);
                bytes.clear();
                continue;
            }
            Err(other) => {
                fault = Some(other);
                true
            }
        };
        let line = bytes[start..].strip_suffix(b"\r").unwrap_or(&bytes[start..]);
        let separator = line == SEPARATOR;
        if separator {
            bytes.truncate(start);
        }
        if last || separator {
            return Block { bytes: fault.map_or(Ok(bytes), Err), last };
        }
        bytes.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::super::runner::tests::running;
    use super::*;

    fn served(input: &'static [u8]) -> String {
        let (mut runner, page) = running();
        let source = Source::of(Box::new(input), 1 << 20);
        serve(&mut runner, &source);
        page.text()
    }

    #[test]
    fn blocks_are_answered_one_by_one() {
        assert_eq!(served(b"2+2\n\x1e\n1+1\n3+3\n\x1e\n"), "4\n\u{1e}\n2\n6\n\u{1e}\n");
        assert_eq!(served(b"\x1e\n2+2\r\n\x1e\r\n"), "\u{1e}\n4\n\u{1e}\n");
        assert_eq!(served(b""), "");
    }

    #[test]
    fn the_last_block_needs_no_separator() {
        assert_eq!(served(b"1+1\n\x1e\n2+2"), "2\n\u{1e}\n4\n\u{1e}\n");
    }

    #[test]
    fn what_is_no_text_is_refused_and_the_session_lives() {
        let shown = served(b"1+1\n\xc3\x28\n\x1e\n2+2\n\x1e\n");
        assert_eq!(shown, "TRANSLATION ERROR: Invalid UTF-8 at byte 4\n\u{1e}\n4\n\u{1e}\n");
    }

    #[test]
    fn a_block_too_long_is_refused_and_the_session_lives() {
        let (mut runner, page) = running();
        let source = Source::of(Box::new(&b"1+1+1+1+1+1\n2\n\x1e\n2+2\n\x1e\n"[..]), 8);
        serve(&mut runner, &source);
        assert_eq!(page.text(), "WS FULL: Too long for the workspace\n\u{1e}\n4\n\u{1e}\n");
    }

    #[test]
    fn leaving_ends_the_block_and_the_session() {
        for line in ["⎕OFF 5", ")off 5"] {
            let (mut runner, page) = running();
            let blocks = format!("1+1\n{line}\n3\n\u{1e}\n4\n\u{1e}\n").leak().as_bytes();
            assert_eq!(serve(&mut runner, &Source::of(Box::new(blocks), 1 << 20)), 5);
            assert_eq!(page.text(), "2\n\u{1e}\n");
        }
    }

    #[test]
    fn no_program_ends_a_block() {
        for line in ["⎕←⎕UCS 30", "⍞←⎕UCS 30 10", "2 3⍴⎕UCS 30 10 30", "⎕UCS¨30 30", "⍎⎕UCS 30"]
        {
            let (mut runner, page) = running();
            let blocks = format!("{line}\n\u{1e}\n1+1\n\u{1e}\n").leak().as_bytes();
            serve(&mut runner, &Source::of(Box::new(blocks), 1 << 20));
            let shown = page.text();
            assert_eq!(shown.matches('\u{1e}').count(), 2, "{line}");
            assert!(shown.ends_with("\n\u{1e}\n2\n\u{1e}\n"), "{line}: {shown:?}");
        }
    }

    #[test]
    fn open_brackets_do_not_swallow_the_next_block() {
        assert!(served(b"f\xe2\x86\x90{\n\x1e\n2+2\n\x1e\n").ends_with("\u{1e}\n4\n\u{1e}\n"));
    }
}
