//! Scripts and expressions: run to the end, or to the first error that nothing catches.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::rc::Rc;

use super::exit;
use super::input::{InputFault, Source, whole};
use super::runner::Runner;
use crate::code::definition::{File as SourceFile, Origin};
use crate::error::{ErrorKind, Fault};
use crate::session::Outcome;
use crate::session::lines::logical_line;
use crate::system::script::function_name;

/// How a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// After its last line.
    Finished,
    /// At an error that nothing caught, or a command that was not carried out.
    Failed(u8),
    /// By `⎕OFF`, or because the output is closed.
    Left(u8),
}

impl Ended {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Ended::Finished => exit::OK,
            Ended::Failed(code) | Ended::Left(code) => code,
        }
    }
}

/// The text of a script, `-` being standard input.
pub fn load(name: &OsStr, source: &Source, limit: usize) -> Result<String, InputFault> {
    if name == "-" {
        return source.rest();
    }
    whole(File::open(name)?, limit)
}

/// Whether the script's name asks for silence but for `⎕←`.
pub fn is_quiet(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "apls")
}

/// Runs the lines of a script. A first line that begins with `#!` is for the system. Where an error ends it, the file, if it
/// has a `name`, and the line are told.
pub fn run(runner: &mut Runner, text: &str, name: Option<&OsStr>) -> Ended {
    let file = name.map(|name| {
        let name = name.to_string_lossy().into_owned();
        Rc::new(SourceFile { name, encoding: "UTF-8-NOBOM".into(), line_end: Vec::new(), bytes: Vec::new() })
    });
    let mut rest = text;
    if text.starts_with("#!") {
        rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let mut ended = Ended::Finished;
    let (mut counted, mut before) = (0, 0);
    while ended == Ended::Finished && !rest.is_empty() {
        let (line, after) = logical_line(rest);
        let begin = text.len() - rest.len();
        before += text[counted..begin].matches('\n').count();
        (counted, rest) = (begin, after);
        let origin = file.clone().map(|file| Origin { file: Some(file), before });
        runner.session.set_origin(origin);
        let outcome = runner.run(line);
        ended = of_outcome(runner, &outcome);
        if let (Ended::Failed(_), Some(file)) = (ended, &file) {
            let told = outcome.last_error.as_ref().and_then(|fault| fault.circumstances().pop()).unwrap_or_default();
            let is_told = |number: usize| told.ends_with(&format!("at {}:{number}", file.name));
            let mut notes = String::new();
            if !(before + 1..=before + 1 + line.matches('\n').count()).any(is_told) {
                notes += &format!("at {}:{}\n", file.name, before + 1);
            }
            if before == 0
                && let Some(function) = function_name(text)
            {
                notes += &format!("if {0} is the function {function}: zilde -l {0} -e EXPRESSION\n", file.name);
            }
            // If nobody reads reports, there is no place to tell that.
            let _ = runner.session.context().screen.borrow_mut().refuse(&notes);
        }
    }
    runner.session.set_origin(None);
    ended
}

/// Runs one logical line; tells whether the script ends there.
pub fn step(runner: &mut Runner, line: &str) -> Option<Ended> {
    let outcome = runner.run(line);
    Some(of_outcome(runner, &outcome)).filter(|ended| *ended != Ended::Finished)
}

/// Whether a script ends after a line; `Finished` if it goes on.
fn of_outcome(runner: &Runner, outcome: &Outcome) -> Ended {
    if let Some(code) = outcome.off {
        return Ended::Left(exit::of_off(code));
    }
    if outcome.output_closed || runner.output.broken().is_some() {
        return Ended::Left(exit::OK);
    }
    if let Some(fault) = &outcome.last_error {
        return Ended::Failed(of_fault(fault));
    }
    if outcome.refused > 0 { Ended::Failed(exit::ERROR) } else { Ended::Finished }
}

/// The exit code of an error that nothing caught.
fn of_fault(fault: &Fault) -> u8 {
    // A time limit interrupts too, and says so in its message.
    if fault.kind() == ErrorKind::Interrupt && fault.message().is_none() { exit::INTERRUPT } else { exit::ERROR }
}

#[cfg(test)]
mod tests {
    use super::super::runner::tests::running;
    use super::*;

    fn ran(text: &str) -> (Ended, String) {
        let (mut runner, page) = running();
        let ended = run(&mut runner, text, None);
        runner.output.flush().unwrap();
        (ended, page.text())
    }

    #[test]
    fn scripts_show_results_to_the_first_error() {
        assert_eq!(ran("#!/usr/bin/env zilde\r\n1+1\r\n2+2"), (Ended::Finished, "2\n4\n".to_owned()));
        let (ended, shown) = ran("1+1\n1÷0\n2+2\n");
        assert_eq!(ended, Ended::Failed(exit::ERROR));
        assert!(shown.starts_with("2\nDOMAIN ERROR") && !shown.contains("\n4"), "{shown}");
    }

    #[test]
    fn off_is_the_exit_code() {
        for (text, code) in [("⎕OFF 7", 7), (")off 9", 9), (")OFF", 0), ("  )Off ¯1", 255), ("]box on\n)off 300", 44)]
        {
            let (ended, _) = ran(&format!("{text}\n1÷0"));
            assert_eq!(ended, Ended::Left(code), "{text}");
        }
    }

    #[test]
    fn commands_that_fail_end_a_script() {
        let wrong = [
            ")nosuch",
            "]nosuch",
            ")copy nosuch",
            ")copy dfns nosuch",
            ")erase nosuch",
            ")load x",
            "]box sideways",
            "]rows -fold=x",
            ")cs nosuch",
            ")ns 2a",
            "]help nosuch",
            ")off soon",
            ")off 1 2",
            "]display ÷",
            "]explain (",
            "]disp 1÷0",
        ];
        for line in wrong {
            let (ended, shown) = ran(&format!("{line}\n'reached'\n"));
            assert_eq!(ended, Ended::Failed(exit::ERROR), "{line}");
            assert!(!shown.is_empty() && !shown.contains("reached"), "{line}: {shown}");
        }
        let right =
            [")vars", ")fns a", "]box on", "]box -?", "]rows", ")ns a.b", "]help ⍴", ")wsid x", ")clear", "]dinput"];
        for line in right {
            assert_eq!(ran(line).0, Ended::Finished, "{line}");
        }
    }

    #[test]
    fn quiet_scripts_have_a_name_of_their_own() {
        assert!(is_quiet(OsStr::new("a/b.apls")) && !is_quiet(OsStr::new("b.apl")) && !is_quiet(OsStr::new("-")));
    }
}
