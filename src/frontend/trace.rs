//! `zilde trace`, and `]trace` at a terminal: runs and records, then shows the steps.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;

use serde_json::json;

use super::args::{Args, Options, TraceArgs};
use super::console::Reports;
use super::input::Source;
use super::output::Output;
use super::repl::meter::Meter;
use super::runner::{Manner, Runner};
use super::script::{self, Ended};
use super::signals::{Busy, Idle};
use super::{exit, stepper, terminal};
use crate::context::Context;
use crate::display::brief;
use crate::observe::trace::{Form, Limits, Recorded, Recording, Remark, Step, What};
use crate::session::trace::{self, kind, remarks_on};
use crate::session::{Outcome, Session};

/// The name of the command.
const COMMAND: &str = "]trace";

/// Characters of a value in a JSON object.
const VALUE: usize = 1000;

/// What stands behind `]trace`, if a line is that command.
pub fn argument(line: &str) -> Option<&str> {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    name.eq_ignore_ascii_case(COMMAND).then(|| rest.trim())
}

/// Runs and records a line, or the last one again, and shows its steps on the screen.
pub fn on_screen(session: &mut Session, output: &Output, meter: &Meter, busy: &Busy, argument: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let line = argument.strip_prefix("-calls").map_or(argument, str::trim);
    session.interrupt_handle().clear();
    let traced = busy.evaluate(|| meter.while_evaluating(|| session.traced(line, Limits::default(), &mut outcome)));
    let shown = match traced {
        Ok(recording) => {
            session.end_line().and_then(|()| output.flush()).and_then(|()| stepper::show(session.context(), &recording))
        }
        Err(why) => {
            outcome.refused += 1;
            session.context().screen.borrow_mut().refuse(&format!("{why}\n"))
        }
    };
    outcome.output_closed |= shown.is_err();
    outcome
}

/// `zilde trace`. Returns the exit code.
pub fn main(own: &TraceArgs, args: &Args) -> u8 {
    let options = own.options.clone().beside(&args.options);
    let on_screen = !own.plain && !own.json && terminal::is_conversation() && !terminal::is_dumb();
    let output = if own.json { Output::to(Box::new(std::io::stderr())) } else { Output::stdout(options.closed) };
    let manner = Manner { results: true, reports: Reports::Apart, reads: true, idle: Idle::Leave };
    let (mut runner, source) = Runner::streams_to(&options, manner, output);
    let depth = if own.calls || on_screen { u32::MAX } else { 0 };
    let limits = Limits { bytes: own.bytes, steps: own.steps.get(), depth };
    let begin = |runner: &mut Runner| runner.session.begin_trace(limits);
    let code = match run(&mut runner, &source, args, &options, &own.what, begin) {
        Ok(ended) => ended.code(),
        Err(code) => return exit::finished(&runner.output, code),
    };
    let recording = runner.session.end_trace();
    let context = runner.session.context();
    let shown = if on_screen {
        runner.output.flush().and_then(|()| stepper::show(context, &recording))
    } else if own.json {
        let output = Output::stdout(options.closed);
        let written = objects(context, &recording, &output);
        return written.map_or(code, |()| exit::finished(&output, code));
    } else {
        let manner = trace::Manner { calls: own.calls, width: context.pw() };
        runner.output.write(&trace::plain(context, &recording, manner))
    };
    match shown {
        Ok(()) => exit::finished(&runner.output, code),
        Err(_) => exit::OK,
    }
}

/// Loads what the command line says, then runs a script, whose arguments stand behind it, or else an expression; between
/// them `begin`s.
pub fn run(
    runner: &mut Runner,
    source: &Source,
    args: &Args,
    options: &Options,
    words: &[OsString],
    begin: impl FnOnce(&mut Runner),
) -> Result<Ended, u8> {
    let Some((what, arguments)) = words.split_first() else { return Err(exit::USAGE) };
    let is_file = Path::new(what).is_file() || what == "-" && !std::io::stdin().is_terminal();
    if !is_file && !arguments.is_empty() {
        let what = what.display();
        exit::complain(format_args!("{what} is no file, and an expression is one argument: quote it"));
        return Err(exit::USAGE);
    }
    super::load(runner, source, args)?;
    begin(runner);
    if !is_file {
        return Ok(script::run(runner, &what.to_string_lossy(), None));
    }
    super::run_file(runner, source, options, what)
}

/// A JSON object for each step, one a line.
fn objects(context: &Context, recording: &Recording, output: &Output) -> std::io::Result<()> {
    let mut phrase = String::new();
    for step in recording.steps() {
        if let What::Phrase(heading) = &step.what {
            phrase = heading.to_string();
        }
        output.write(&format!("{}\n", object(context, step, &phrase)))?;
    }
    let end = json!({ "step": "end", "steps": recording.steps().len(), "dropped": recording.dropped() });
    output.write(&format!("{end}\n"))
}

fn object(context: &Context, step: &Step, heading: &str) -> serde_json::Value {
    let mut object = json!({
        "depth": step.depth,
        "text": step.span.of(&step.text),
        "from": step.span.start,
        "to": step.span.end,
    });
    let mut put = |name: &str, value: serde_json::Value| object[name] = value;
    let value = |recorded: &Recorded| value(context, recorded);
    match &step.what {
        What::Phrase(heading) => {
            put("step", json!("phrase"));
            put("at", json!(**heading));
        }
        What::Part { value: recorded, remarks } => {
            put("step", json!("part"));
            put("at", json!(heading));
            put("value", value(recorded));
            put("at_once", json!(recorded.frame.is_some() || remarks.contains(&Remark::AtOnce)));
            put("remarks", json!(remarks_on(recorded, remarks)));
        }
        What::Change { name, value: recorded } => {
            put("step", json!("change"));
            put("name", json!(**name));
            put("value", recorded.as_ref().map_or(serde_json::Value::Null, value));
        }
        What::Call { name, left, right, tail } => {
            put("step", json!("call"));
            put("function", json!(**name));
            put("left", left.as_ref().map_or(serde_json::Value::Null, value));
            put("right", value(right));
            put("tail", json!(tail));
        }
        What::Return(recorded) => {
            put("step", json!("return"));
            put("value", recorded.as_ref().map_or(serde_json::Value::Null, value));
        }
        What::Error(headline) => {
            put("step", json!("error"));
            put("error", json!(**headline));
        }
    }
    object
}

fn value(context: &Context, recorded: &Recorded) -> serde_json::Value {
    let form = match recorded.form {
        Form::Stored => "stored",
        Form::View => "view",
        Form::Deferred => "deferred",
        Form::Flat => "flat",
    };
    json!({
        "type": kind(recorded.kind),
        "shape": recorded.shape.to_vec(),
        "frame": recorded.frame.as_ref().map(|frame| frame.to_vec()),
        "form": form,
        "text": recorded.value.as_ref().map(|value| brief(context, value, VALUE)),
    })
}
