//! A session and what a loop over it needs: its output, and who hears Ctrl-C.

use std::io::IsTerminal;

use super::args::Options;
use super::console::{Reports, StreamConsole};
use super::input::Source;
use super::output::Output;
use super::record::{self, Recording};
use super::repl::meter::Meter;
use super::signals::{self, Busy, Idle};
use super::trace;
use crate::context::{Console, Interrupt};
use crate::error::Fault;
use crate::session::{Outcome, Session};

/// A session with its surroundings.
pub struct Runner {
    /// The session.
    pub session: Session,
    /// Where its console writes.
    pub output: Output,
    /// The transcript that is being written.
    pub recording: Option<Recording>,
    /// Whether `]trace` shows its steps one by one on the screen of the terminal.
    pub steps: bool,
    /// What a terminal shows while something takes long.
    pub meter: Meter,
    busy: Busy,
    interrupt: Interrupt,
    idle: Idle,
}

/// How a console without a terminal behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether results are shown.
    pub results: bool,
    /// Where reports go.
    pub reports: Reports,
    /// Whether `⍞` and `⎕` read standard input.
    pub reads: bool,
    /// What Ctrl-C does while nothing is evaluated.
    pub idle: Idle,
}

impl Runner {
    /// A runner whose console is made by `console`.
    pub fn new(
        options: &Options,
        idle: Idle,
        console: impl FnOnce(Output, Busy, Interrupt) -> Box<dyn Console>,
    ) -> Runner {
        Runner::heard(options, idle, Output::stdout(options.closed), Interrupt::default(), console)
    }

    /// The same with a handle that was made beforehand.
    pub fn with_interrupt(
        options: &Options,
        idle: Idle,
        interrupt: Interrupt,
        console: impl FnOnce(Output, Busy, Interrupt) -> Box<dyn Console>,
    ) -> Runner {
        Runner::heard(options, idle, Output::stdout(options.closed), interrupt, console)
    }

    fn heard(
        options: &Options,
        idle: Idle,
        output: Output,
        interrupt: Interrupt,
        console: impl FnOnce(Output, Busy, Interrupt) -> Box<dyn Console>,
    ) -> Runner {
        let runner = Runner::unheard(options, idle, output, interrupt, console);
        signals::install(runner.busy.clone(), runner.interrupt.clone(), idle);
        runner
    }

    /// A runner over standard input and output.
    pub fn streams(options: &Options, manner: Manner) -> (Runner, Source) {
        Runner::streams_to(options, manner, Output::stdout(options.closed))
    }

    /// The same with its output elsewhere.
    pub fn streams_to(options: &Options, manner: Manner, output: Output) -> (Runner, Source) {
        let source = Source::stdin(options.input_limit());
        let reads = manner.reads.then(|| source.clone());
        let runner = Runner::heard(options, manner.idle, output, Interrupt::default(), |output, busy, _| {
            Box::new(StreamConsole {
                output,
                source: reads,
                busy,
                results: manner.results && !options.quiet,
                watched: std::io::stdout().is_terminal(),
                echoes: std::io::stdout().is_terminal() && std::io::stdin().is_terminal(),
                reports: manner.reports,
            })
        });
        (runner, source)
    }

    /// A runner that Ctrl-C does not reach.
    fn unheard(
        options: &Options,
        idle: Idle,
        output: Output,
        interrupt: Interrupt,
        console: impl FnOnce(Output, Busy, Interrupt) -> Box<dyn Console>,
    ) -> Runner {
        let busy = Busy::default();
        let mut builder = Session::builder()
            .interrupt(interrupt.clone())
            .rights(options.rights())
            .seed(options.seed)
            .time_limit(options.time_limit);
        if let Some(bytes) = options.max_ws {
            builder = builder.memory_limit(bytes);
        }
        let session = builder.build_with(console(output.clone(), busy.clone(), interrupt.clone()));
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        *session.context().arguments.borrow_mut() = words.collect();
        Runner { session, output, recording: None, steps: false, meter: Meter::default(), busy, interrupt, idle }
    }

    /// Whether something is being evaluated.
    pub fn busy(&self) -> Busy {
        self.busy.clone()
    }

    /// Runs lines as if typed. In a session that stays after Ctrl-C, a Ctrl-C that came after the previous lines had ended
    /// does not stop these lines. Scripts, which end at Ctrl-C, keep the request.
    pub fn run(&mut self, lines: &str) -> Outcome {
        if let Some(argument) = trace::argument(lines).filter(|_| self.steps) {
            return trace::on_screen(&mut self.session, &self.output, &self.meter, &self.busy, argument);
        }
        match record::argument(lines) {
            Some(argument) => self.record(argument),
            None if self.recording.is_some() => self.recorded(lines),
            None => self.evaluated(lines),
        }
    }

    /// The same without any recording.
    pub fn evaluated(&mut self, lines: &str) -> Outcome {
        if self.idle != Idle::Leave {
            self.forget_interrupt();
        }
        self.continued(lines)
    }

    /// Runs lines that belong to those that ran before: a Ctrl-C between them stops these.
    pub fn continued(&mut self, lines: &str) -> Outcome {
        let meter = self.meter.clone();
        self.busy.evaluate(|| meter.while_evaluating(|| self.session.run(lines)))
    }

    /// A Ctrl-C that came so far stops nothing.
    pub fn forget_interrupt(&self) {
        self.interrupt.clear();
    }

    /// Shows an error that arose outside the session.
    pub fn report(&self, fault: &Fault) -> std::io::Result<()> {
        self.session.context().screen.borrow_mut().report(fault)
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::output::tests::Page;
    use super::*;

    /// A runner whose output can be looked at, and that reads nothing.
    pub fn running() -> (Runner, Page) {
        with(Options::default())
    }

    /// The same with options.
    pub fn with(options: Options) -> (Runner, Page) {
        let page = Page::default();
        let output = Output::to(Box::new(page.clone()));
        let options = Options { max_ws: Some(1 << 28), ..options };
        let runner = Runner::unheard(&options, Idle::Stay, output, Interrupt::default(), |output, busy, _| {
            Box::new(StreamConsole {
                output,
                source: None,
                busy,
                results: true,
                watched: false,
                echoes: false,
                reports: Reports::Bare,
            })
        });
        (runner, page)
    }
}
