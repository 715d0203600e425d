//! The console of every front end but the terminal: results to standard output, `⍞` and `⎕` from standard input.

use std::io::{self, Write};

use super::input::{InputFault, Source};
use super::output::Output;
use super::signals::Busy;
use super::terminal;
use crate::context::{Asked, Console, Size};
use crate::error::Fault;

/// Where error reports go, and what belongs to them but is no part of them: the detail, the file and line, the callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reports {
    /// All to standard error.
    Apart,
    /// The reports to the same place as results, the rest to standard error.
    Explained,
    /// The reports to the same place as results, the rest nowhere.
    Bare,
}

/// A console without a terminal's help.
pub struct StreamConsole {
    /// Where text goes.
    pub output: Output,
    /// Where `⍞` and `⎕` read when the block that runs has no line for them. `None` in a session over blocks: further
    /// input is for the front end, and they find the end of theirs.
    pub source: Option<Source>,
    /// Whether what is read is typed at a terminal that shows it.
    pub echoes: bool,
    /// So that Ctrl-C ends a wait for input.
    pub busy: Busy,
    /// Whether results are shown; what `⎕←` writes always is.
    pub results: bool,
    /// Whether standard output is a terminal, so that nothing may linger in a buffer.
    pub watched: bool,
    /// Where reports go.
    pub reports: Reports,
}

impl Console for StreamConsole {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.output.write(text)?;
        self.output.flush()
    }

    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>> {
        let Some(source) = &self.source else { return Ok(None) };
        if self.watched && asked == Asked::Expression {
            self.output.mark("⎕:\n      ")?;
        }
        self.output.flush()?;
        let line = self.busy.wait(|| source.line()).map_err(failed)?;
        line.iter().for_each(|line| self.output.heard(line));
        Ok(line)
    }

    fn read_rest(&mut self) -> io::Result<Vec<u8>> {
        let Some(source) = &self.source else { return Ok(Vec::new()) };
        self.output.flush()?;
        self.busy.wait(|| source.rest_of_bytes()).map_err(failed)
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        self.output.write(text)?;
        if self.watched { self.output.flush() } else { Ok(()) }
    }

    fn shows_results(&self) -> bool {
        self.results
    }

    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        let circumstances: String = fault.circumstances().into_iter().map(|line| line + "\n").collect();
        self.fail(&(fault.report() + "\n"))?;
        match self.reports {
            Reports::Apart | Reports::Explained => apart(&self.output, &circumstances),
            Reports::Bare => Ok(()),
        }
    }

    fn refuse(&mut self, text: &str) -> io::Result<()> {
        self.fail(text)
    }

    fn size(&self) -> Option<Size> {
        if self.watched { terminal::size() } else { None }
    }

    fn answers_with_line(&self) -> bool {
        self.source.is_none()
    }

    fn echoes(&self) -> bool {
        self.echoes
    }
}

impl StreamConsole {
    /// Writes a report: to standard error, or to the same place as results.
    fn fail(&self, text: &str) -> io::Result<()> {
        match self.reports {
            Reports::Apart => apart(&self.output, text),
            Reports::Explained | Reports::Bare => self.output.write(text),
        }
    }
}

/// Writes to standard error, behind what standard output has got.
fn apart(output: &Output, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let sent = output.flush();
    // If standard error is closed, there is no place to report it.
    let _ = io::stderr().write_all(text.as_bytes());
    sent
}

fn failed(fault: InputFault) -> io::Error {
    let kind = match fault {
        InputFault::Io(error) => return error,
        InputFault::TooLong => io::ErrorKind::OutOfMemory,
        InputFault::Invalid(_) | InputFault::Nul(_) => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, fault.to_string())
}
