//! The console of every front end but the terminal: results to standard output, `⍞` and `⎕` from standard input.

use std::io::{self, Write};

use super::input::{InputFault, Source};
use super::output::Output;
use super::signals::Busy;
use crate::context::Console;
use crate::error::Fault;

/// A console without a terminal's help.
pub struct StreamConsole {
    /// Where text goes.
    pub output: Output,
    /// Where `⍞` and `⎕` read; `None` where input is for the front end alone, so that they find its end.
    pub source: Option<Source>,
    /// So that Ctrl-C ends a wait for input.
    pub busy: Busy,
    /// Whether results are shown; what `⎕←` writes always is.
    pub results: bool,
    /// Whether somebody watches, so that nothing may linger in a buffer.
    pub watched: bool,
    /// Whether reports go to standard error.
    pub errors_apart: bool,
}

impl Console for StreamConsole {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.output.write(text)?;
        self.output.flush()
    }

    fn read(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let Some(source) = &self.source else { return Ok(None) };
        if self.watched {
            self.output.write(prompt)?;
        }
        self.output.flush()?;
        self.output.take_tail();
        self.busy.wait(|| source.line()).map_err(|fault| match fault {
            InputFault::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
        })
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        if !self.results {
            return Ok(());
        }
        self.output.write(text)?;
        if self.watched { self.output.flush() } else { Ok(()) }
    }

    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        let report = fault.report() + "\n";
        if !self.errors_apart {
            return self.show_report(&report);
        }
        self.output.finish_line()?;
        self.output.flush()?;
        // Nobody can be told that the place for complaints is closed.
        let _ = io::stderr().write_all(report.as_bytes());
        Ok(())
    }
}

impl StreamConsole {
    fn show_report(&self, report: &str) -> io::Result<()> {
        self.output.finish_line()?;
        self.output.write(report)
    }
}
