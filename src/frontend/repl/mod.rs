//! The session at a terminal: rustyline edits, the session evaluates.
//!
//! Knows prompts, history and what Ctrl-C and Ctrl-D mean at the prompt. Colours, keys and completion have their
//! own files.

mod conversation;
mod helper;
mod highlight;
mod history;
mod keys;
mod marks;
pub mod meter;
mod plain;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::rc::Rc;

use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, ColorMode, CompletionType, Config, Editor};

use super::args::Args;
use super::exit;
use super::input::Source;
use super::output::Output;
use super::runner::Runner;
use super::script::Ended;
use super::signals::{Busy, Idle};
use super::terminal;
use crate::console::{Forms, Takes};
use crate::context::{Asked, Console, Size};
use crate::error::{ErrorKind, Fault};
use crate::session::Session;
use helper::Helper;
use keys::State;
use meter::Meter;
use plain::Plain;

/// What stands below the report of an error.
const OFFER: &str = "]trace shows step by step how it came to this";

/// The blanks before what is typed.
const PROMPT: &str = "      ";

/// What was typed.
enum Typed {
    /// A line, or lines as long as something was open.
    Text(String),
    /// Ctrl-C.
    Dropped,
    /// Ctrl-D.
    End,
    /// The terminal cannot be read.
    Failed(String),
}

/// Where lines are typed.
#[derive(Clone)]
enum Typist {
    /// An editor of lines.
    Editor(Rc<RefCell<Editor<Helper, FileHistory>>>),
    /// A terminal that knows whole lines only.
    Plain(Rc<Plain>),
}

/// A session at the terminal, after what the command line asks to run before it. Returns the exit code.
pub fn run(args: &Args, script: Option<&OsStr>) -> u8 {
    let watched = io::stdout().is_terminal();
    let editor = match editor(watched) {
        Ok(editor) => Rc::new(RefCell::new(editor)),
        Err(error) => {
            exit::complain(format_args!("the terminal cannot be used: {error}"));
            return exit::USAGE;
        }
    };
    let source = Source::stdin(args.options.input_limit());
    let mut typist = Typist::Editor(editor);
    let meter: Rc<RefCell<Meter>> = Rc::default();
    let idle = if terminal::is_dumb() { Idle::Prompt(PROMPT) } else { Idle::Stay };
    let mut runner = Runner::new(&args.options, idle, |output, busy, interrupt| {
        if terminal::is_dumb() {
            typist = Typist::Plain(Rc::new(Plain::new(source.clone(), output.clone(), interrupt)));
        }
        let results = !args.options.quiet;
        let meter = meter.clone();
        Box::new(TerminalConsole { output, typist: typist.clone(), busy, results, watched, meter })
    });
    if watched && !terminal::is_dumb() {
        let shown = Meter::new(runner.session.context().progress.clone());
        *meter.borrow_mut() = shown.clone();
        runner.meter = shown;
    }
    runner.steps = watched && !terminal::is_dumb();
    if watched {
        // What suits a person at a terminal.
        runner.session.context().layout.borrow_mut().boxed = true;
    }
    let code = match super::before(&mut runner, &source, args, script) {
        Ok(Ended::Left(code)) => code,
        Ok(_) => {
            if watched && !args.options.quiet && script.is_none() && args.eval.is_empty() {
                greet(&runner.output);
            }
            conversation::hold(&mut runner, typist)
        }
        Err(code) => code,
    };
    runner.meter.end();
    exit::finished(&runner.output, code)
}

fn greet(output: &Output) {
    // A failure shows at the first result.
    let _ = output.write(concat!("zilde ", env!("CARGO_PKG_VERSION"), "   ]help helps   `r types ⍴   )off leaves\n"));
    let _ = output.flush();
}

fn editor(watched: bool) -> Result<Editor<Helper, FileHistory>, ReadlineError> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .max_history_size(history::ENTRIES)?
        // With results sent elsewhere, typing still happens on the terminal.
        .behavior(if watched { Behavior::Stdio } else { Behavior::PreferTerm })
        .bell_style(rustyline::config::BellStyle::None)
        // Marks are shown without colours too; whether there are any is the helper's to decide.
        .color_mode(ColorMode::Forced)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_history_ignore_dups(true)?;
    let helper = Helper::new(terminal::has_colours());
    keys::bind(&mut editor, helper.prefix.clone());
    editor.set_helper(Some(helper));
    Ok(editor)
}

impl Typist {
    /// Lines to be run.
    fn block(&self, session: &Session, prompt: &str) -> Typed {
        let counts = session.line_counts();
        match self {
            Typist::Plain(plain) => plain.block(prompt, counts),
            Typist::Editor(editor) => {
                let mut editor = editor.borrow_mut();
                if let Some(helper) = editor.helper_mut() {
                    helper.prepare(session.names(), Box::new(session.members()), Box::new(counts));
                }
                edited(&mut editor, prompt)
            }
        }
    }

    /// A line of text for a program.
    fn data(&self, prompt: &str) -> Typed {
        match self {
            Typist::Plain(plain) => plain.line(prompt),
            Typist::Editor(editor) => {
                let mut editor = editor.borrow_mut();
                if let Some(helper) = editor.helper_mut() {
                    helper.prepare_for_data();
                }
                edited(&mut editor, prompt)
            }
        }
    }
}

/// A line from the editor.
fn edited(editor: &mut Editor<Helper, FileHistory>, prompt: &str) -> Typed {
    loop {
        return match editor.readline(prompt) {
            Ok(_) if editor.helper().is_some_and(|helper| helper.prefix.set(State::Idle) == State::Dropped) => {
                Typed::Dropped
            }
            Ok(text) => Typed::Text(text),
            Err(ReadlineError::Interrupted) => Typed::Dropped,
            Err(ReadlineError::Eof) => Typed::End,
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                exit::complain("what was typed is not UTF-8");
                continue;
            }
            Err(error) => Typed::Failed(error.to_string()),
        };
    }
}

/// Lines as they were meant: the six blanks of the prompt are not part of a line that follows, if all have them.
fn undented(block: &str) -> String {
    let mut lines = block.lines();
    let first = lines.next().unwrap_or("");
    let first = first.strip_prefix(PROMPT).unwrap_or(first);
    let rest: Vec<&str> = lines.collect();
    let prompted = rest.iter().all(|line| line.is_empty() || line.starts_with(PROMPT));
    let rest = rest.into_iter().map(|line| if prompted { line.strip_prefix(PROMPT).unwrap_or(line) } else { line });
    std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
}

/// Lines as they are edited: the later ones begin with the blanks of the prompt, which are shown as marks.
fn prompted(block: &str) -> String {
    block.replace('\n', &format!("\n{PROMPT}"))
}

/// The console of a terminal: `⍞` and `⎕` read what is typed there, and errors come with their detail.
struct TerminalConsole {
    output: Output,
    typist: Typist,
    busy: Busy,
    results: bool,
    /// Whether standard output is the terminal.
    watched: bool,
    /// What is shown while something takes long.
    meter: Rc<RefCell<Meter>>,
}

impl Console for TerminalConsole {
    fn write(&mut self, text: &str) -> io::Result<()> {
        let meter = self.meter.borrow().clone();
        let mut quiet = meter.quiet();
        self.output.write(text)?;
        quiet.iter_mut().for_each(|quiet| quiet.wrote(text));
        self.output.flush()
    }

    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>> {
        // What stands on the line is the editor's prompt, which it draws anew at every key.
        let prompt = match asked {
            Asked::Expression => {
                let meter = self.meter.borrow().clone();
                let _quiet = meter.quiet();
                self.output.mark("⎕:\n")?;
                PROMPT
            }
            Asked::Characters(before) => before,
        };
        self.output.flush()?;
        // A terminal of whole lines still shows what was written.
        let prompt = match (&self.typist, asked) {
            (Typist::Plain(_), Asked::Characters(_)) => "",
            _ => prompt,
        };
        let meter = self.meter.borrow().clone();
        match self.busy.wait(|| meter.while_waiting(|| self.typist.data(prompt))) {
            Typed::Text(line) => {
                self.output.heard(&line);
                Ok(Some(line))
            }
            Typed::End => Ok(None),
            Typed::Dropped => Err(io::ErrorKind::Interrupted.into()),
            Typed::Failed(why) => Err(io::Error::other(why)),
        }
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    fn takes(&self) -> Takes {
        Takes { png: self.draws(), colours: self.watched && terminal::has_colours(), ..Takes::default() }
    }

    fn display(&mut self, forms: &Forms) -> io::Result<()> {
        match &forms.png {
            Some(png) => self.draw(png, &forms.text),
            None => self.show(&forms.text),
        }
    }

    fn view(&mut self, text: &str) -> io::Result<()> {
        #[cfg(unix)]
        if self.watched && !terminal::is_dumb() && io::stdin().is_terminal() {
            self.output.flush()?;
            return self.busy.wait(|| super::pager::show(text));
        }
        self.write(text)
    }

    fn shows_results(&self) -> bool {
        self.results
    }

    fn echoes(&self) -> bool {
        true
    }

    fn size(&self) -> Option<Size> {
        if self.watched { terminal::size() } else { None }
    }

    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        let meter = self.meter.borrow().clone();
        let _quiet = meter.quiet();
        self.output.write(&(fault.report() + "\n"))?;
        let style = anstyle::Style::new();
        let style = if terminal::has_colours() { style.dimmed() } else { style };
        let file = fault.place().and_then(|place| place.file.as_ref()).map(|file| format!("at {file}").into());
        // What cannot be read has no parts that could be looked at.
        let looked_at = fault.kind().is_error() && fault.kind() != ErrorKind::Syntax && !terminal::is_dumb();
        let offer = (self.watched && looked_at).then(|| OFFER.into());
        for line in fault.detail().into_iter().chain(file).chain(offer) {
            self.output.mark(&format!("{style}{line}{style:#}\n"))?;
        }
        self.output.flush()
    }
}

#[cfg(feature = "plot")]
impl TerminalConsole {
    /// Whether the terminal can show pictures.
    fn draws(&self) -> bool {
        self.watched && super::graphics::Protocol::of_terminal().is_some()
    }

    /// Shows a picture as the terminal can.
    fn draw(&mut self, png: &[u8], text: &str) -> io::Result<()> {
        let sequence = super::graphics::Protocol::of_terminal().and_then(|protocol| protocol.sequence(png));
        match sequence {
            Some(sequence) => {
                self.output.mark(&sequence)?;
                self.output.flush()
            }
            None => self.show(text),
        }
    }
}

#[cfg(not(feature = "plot"))]
impl TerminalConsole {
    /// There are no pictures.
    fn draws(&self) -> bool {
        false
    }

    /// The text says it.
    fn draw(&mut self, _png: &[u8], text: &str) -> io::Result<()> {
        self.show(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_is_not_part_of_a_block() {
        assert_eq!(undented("f←{\n      ⍵\n      }"), "f←{\n⍵\n}");
        assert_eq!(undented("      f←{\n        ⍵\n      }"), "f←{\n  ⍵\n}");
        assert_eq!(undented("f←{\n          ⍵\n  }"), "f←{\n          ⍵\n  }");
        assert_eq!(undented("  1"), "  1");
        assert_eq!(undented(&prompted("f←{\n  ⍵\n}")), "f←{\n  ⍵\n}");
    }
}
