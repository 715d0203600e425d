//! `]record FILE`: what is typed and shown is written down as a transcript, which `zilde test` runs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use super::runner::Runner;
use crate::context::{BoxStyle, Context};
use crate::error::Result;
use crate::host::{Access, path_of};
use crate::session::{Outcome, lines};
use crate::tester::transcribed;

/// The name of the command.
const COMMAND: &str = "]record";
/// `⎕PW` of tests.
const PAGE: usize = 80;

/// A transcript that is being written.
pub struct Recording {
    name: String,
    file: File,
}

/// What stands behind `]record`, if a line is that command.
pub fn argument(line: &str) -> Option<&str> {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    name.eq_ignore_ascii_case(COMMAND).then(|| rest.trim())
}

impl Runner {
    /// `]record FILE` begins a transcript, `]record off` ends it, `]record` tells its name.
    pub fn record(&mut self, argument: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let done = match (argument, self.recording.take()) {
            ("", None) => Ok("nothing is recorded; ]record FILE begins a transcript\n".to_owned()),
            ("", Some(recording)) => {
                let told = format!("recorded in {}; ]record off ends it\n", recording.name);
                self.recording = Some(recording);
                Ok(told)
            }
            ("off", None) => Err("nothing is recorded".to_owned()),
            ("off", Some(recording)) => Ok(format!("recorded in {}\n", recording.name)),
            (name, Some(recording)) => {
                let told = format!("recorded in {}; ]record off ends it before {name} can begin", recording.name);
                self.recording = Some(recording);
                Err(told)
            }
            (name, None) => Recording::begin(self.session.context(), name).map(|recording| {
                let told = format!("what is typed and shown is recorded in {}\n", recording.name);
                self.recording = Some(recording);
                told
            }),
        };
        self.output.record(self.recording.is_some());
        let mut screen = self.session.context().screen.borrow_mut();
        let written = match done {
            Ok(told) => screen.show(&told),
            Err(why) => {
                outcome.refused = 1;
                screen.refuse(&format!("{why}\n"))
            }
        };
        outcome.output_closed = written.is_err();
        // The reply is not part of the transcript.
        self.output.recorded();
        outcome
    }

    /// Runs lines, and writes down each with what it shows.
    pub fn recorded(&mut self, block: &str) -> Outcome {
        let mut all = Outcome::default();
        let mut rest = block;
        while !rest.is_empty() && all.off.is_none() && !all.output_closed {
            let (line, after) = lines::logical_line(rest);
            rest = after;
            let line = line.trim_end_matches(['\n', '\r']);
            if let Some(argument) = argument(line) {
                let outcome = self.record(argument);
                all.refused += outcome.refused;
                all.output_closed = outcome.output_closed;
                continue;
            }
            // A transcript shows what a test will, which suspends nothing.
            let prompt = self.session.suspend_at(None);
            let outcome = self.evaluated(line);
            self.session.suspend_at(prompt);
            // What `⍞←` has begun ends here.
            all.output_closed = outcome.output_closed || self.session.end_line().is_err();
            all.errors += outcome.errors;
            all.refused += outcome.refused;
            all.last_error = outcome.last_error.or(all.last_error);
            all.off = outcome.off;
            let (shown, read) = self.output.recorded();
            let Some(recording) = self.recording.as_mut().filter(|_| all.off.is_none() && !line.trim().is_empty())
            else {
                continue;
            };
            if let Err(error) = recording.file.write_all(transcribed(line, &shown, &read).as_bytes()) {
                let why = format!("{}: {error}; nothing more is recorded\n", recording.name);
                self.recording = None;
                self.output.record(false);
                // If nobody reads reports, there is no place to tell that.
                let _ = self.session.context().screen.borrow_mut().refuse(&why);
            }
        }
        all
    }
}

impl Recording {
    /// A new file, which begins with what is set otherwise than in a test.
    fn begin(context: &Context, name: &str) -> std::result::Result<Recording, String> {
        let name = if name.contains('.') { name.to_owned() } else { format!("{name}.aplt") };
        let allowed: Result<_> = context.host.place(&name, Access::Write);
        allowed.map_err(|fault| fault.headline())?;
        let told = |error: io::Error| format!("{name}: {error}");
        let mut file = OpenOptions::new().write(true).create_new(true).open(path_of(&name)).map_err(told)?;
        file.write_all(heading(context).as_bytes()).map_err(told)?;
        Ok(Recording { name, file })
    }
}

/// What stands before the first input.
fn heading(context: &Context) -> String {
    let mut text = format!("⍝ Recorded with zilde {}.\n", env!("CARGO_PKG_VERSION"));
    let layout = context.layout.borrow();
    if layout.boxed {
        let style = match layout.style {
            BoxStyle::Min => "min",
            BoxStyle::Mid => "mid",
            BoxStyle::Max => "max",
        };
        text += &format!("⍝! box {style}\n");
    }
    text.push('\n');
    let settings = [("⎕IO", context.io() as usize, 1), ("⎕PP", context.pp(), 10), ("⎕PW", context.pw(), PAGE)];
    for (name, now, usual) in settings {
        if now != usual {
            text += &format!("      {name}←{now}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::args::{Grants, Options};
    use super::super::runner::tests::with;
    use crate::host::TemporaryFolder;
    use crate::tester::{self, Plan};

    #[test]
    fn what_is_typed_and_shown_is_a_test_that_passes() {
        let folder = TemporaryFolder::new().expect("a folder");
        let path = folder.path().join("session.aplt");
        let grants = Grants { allow_write: vec![folder.path().into()], ..Grants::default() };
        let (mut runner, _) = with(Options { grants, ..Options::default() });
        *runner.session.context().layout.borrow_mut() = crate::context::Layout { boxed: true, ..Default::default() };
        runner.run("before←1");
        assert_eq!(runner.run(&format!("]record {}", path.display())).refused, 0);
        for block in [
            "x←2 3⍴⍳6",
            "x",
            "x÷0",
            "(1 2)'ab'",
            "f←{\n  ⍵+1\n}\nf 3",
            "'      2+2'",
            "⎕←⍳3",
            "]box off",
            "'a'(1 2)",
            "",
        ] {
            runner.run(block);
        }
        assert_eq!(runner.run("]record").refused, 0);
        assert_eq!(runner.run("]record other").refused, 1);
        assert_eq!(runner.run("]record off").refused, 0);
        runner.run("after←1");
        let text = std::fs::read_to_string(&path).expect("a transcript");
        assert!(!text.contains("before") && !text.contains("after") && !text.contains("record "), "{text}");
        assert!(text.contains("⍝! box min\n") && text.contains("      f 3\n4\n"), "{text}");
        assert!(text.contains("      x÷0\nDOMAIN ERROR: Divide by zero\n      x÷0\n       ∧\n"), "{text}");
        let tested = tester::test(&Plan { paths: vec![path.clone()], ..Plan::default() });
        assert_eq!((tested.summary.failed, tested.summary.passed), (0, 10), "{text}\n{}", tested.report());
        // A file that is there is not overwritten.
        assert_eq!(runner.run(&format!("]record {}", path.display())).refused, 1);
        assert_eq!(runner.run("]record off").refused, 1);
        assert_eq!(runner.run("]record /elsewhere/x.aplt").refused, 1);
    }
}
