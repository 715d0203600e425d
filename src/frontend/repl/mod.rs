//! The session at a terminal: rustyline edits, the session evaluates.
//!
//! Knows prompts, history and what Ctrl-C and Ctrl-D mean at the prompt. Colours, keys and completion have their
//! own files.

mod complete;
mod helper;
mod highlight;
mod history;
mod keys;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::rc::Rc;

use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, CompletionType, Config, Editor, KeyCode, KeyEvent, Modifiers};

use super::args::Args;
use super::exit;
use super::host::Host;
use super::input::Source;
use super::output::Output;
use super::script::Ended;
use super::signals::{Busy, Idle};
use crate::context::{Asked, Console};
use crate::error::Fault;
use helper::Helper;
use history::History;

/// The blanks before what is typed.
const PROMPT: &str = "      ";

/// Columns that a page has at least and at most, as `⎕PW` does.
const PAGE: std::ops::RangeInclusive<usize> = 42..=32767;

type Line = Rc<RefCell<Editor<Helper, FileHistory>>>;

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
    let colours = watched && !no_colour();
    let mut host = Host::new(&args.options, Idle::Stay, |output, busy| {
        Box::new(TerminalConsole { output, editor: editor.clone(), busy, results: !args.options.quiet, colours })
    });
    if watched {
        prepare(&mut host, &editor);
    }
    let source = Source::stdin(args.options.input_limit());
    let code = match super::before(&mut host, &source, args, script) {
        Ok(Ended::Left(code)) => code,
        Ok(_) => {
            if watched && !args.options.quiet && script.is_none() && args.eval.is_empty() {
                greet(&host.output);
            }
            converse(&mut host, &editor)
        }
        Err(code) => code,
    };
    exit::finished(&host.output, code)
}

/// What suits a person at a terminal: results in boxes, pages as wide as the window.
fn prepare(host: &mut Host, editor: &Line) {
    let context = host.session.context();
    context.layout.borrow_mut().boxed = true;
    let size = editor.borrow_mut().dimensions();
    let columns = size.map(|(columns, _)| usize::from(columns));
    if let Some((_, lines)) = size {
        // The line that was typed and the next prompt stay in sight.
        context.layout.borrow_mut().height = usize::from(lines).saturating_sub(2);
    }
    if let Some(columns) = columns.filter(|columns| PAGE.contains(columns)) {
        let mut settings = context.settings();
        settings.pw = columns;
        context.set_settings(settings);
    }
}

fn greet(output: &Output) {
    // A failure shows at the first result.
    let _ =
        output.write(concat!("zilde ", env!("CARGO_PKG_VERSION"), "   `r types ⍴   rho Tab types ⍴   Ctrl-D leaves\n"));
    let _ = output.flush();
}

fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

fn editor(watched: bool) -> Result<Editor<Helper, FileHistory>, ReadlineError> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .max_history_size(history::ENTRIES)?
        // With results sent elsewhere, typing still happens on the terminal.
        .behavior(if watched { Behavior::Stdio } else { Behavior::PreferTerm })
        .bell_style(rustyline::config::BellStyle::None)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_history_ignore_dups(true)?;
    let helper = Helper::default();
    let armed = helper.armed.clone();
    editor.set_helper(Some(helper));
    keys::bind(&mut editor, armed);
    let enter = KeyEvent(KeyCode::Enter, Modifiers::NONE);
    editor.bind_sequence(enter, rustyline::EventHandler::Conditional(Box::new(keys::Continue)));
    Ok(editor)
}

/// Reads and runs until the program or the person leaves.
fn converse(host: &mut Host, editor: &Line) -> u8 {
    let mut history = History::open();
    history.load(&mut editor.borrow_mut());
    loop {
        if host.session.end_line().and_then(|()| host.output.flush()).is_err() {
            return exit::OK;
        }
        let names = host.session.names();
        let typed = {
            let mut editor = editor.borrow_mut();
            if let Some(helper) = editor.helper_mut() {
                helper.prepare(names);
            }
            editor.readline(PROMPT)
        };
        let block = match typed {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return exit::OK,
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                exit::complain("what was typed is not UTF-8");
                continue;
            }
            Err(error) => {
                exit::complain(error);
                return exit::USAGE;
            }
        };
        let block = undented(&block);
        if block.trim().is_empty() {
            continue;
        }
        history.add(&mut editor.borrow_mut(), &block);
        let outcome = host.run(&block);
        if let Some(code) = outcome.off {
            return exit::of_off(code);
        }
        if outcome.output_closed {
            return exit::OK;
        }
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

/// The console of a terminal: `⍞` and `⎕` read with the line editor, and errors come with their detail.
struct TerminalConsole {
    output: Output,
    editor: Line,
    busy: Busy,
    results: bool,
    colours: bool,
}

impl Console for TerminalConsole {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.output.write(text)?;
        self.output.flush()
    }

    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>> {
        // What stands on the line is the editor's prompt, which it draws anew at every key.
        let prompt = match asked {
            Asked::Expression => {
                self.output.write("⎕:\n")?;
                PROMPT
            }
            Asked::Characters(before) => before,
        };
        self.output.flush()?;
        let mut editor = self.editor.borrow_mut();
        if let Some(helper) = editor.helper_mut() {
            helper.prepare_for_data();
        }
        match self.busy.wait(|| editor.readline(prompt)) {
            Ok(line) => Ok(Some(line)),
            Err(ReadlineError::Eof) => Ok(None),
            Err(ReadlineError::Interrupted) => Err(io::ErrorKind::Interrupted.into()),
            Err(ReadlineError::Io(error)) => Err(error),
            Err(other) => Err(io::Error::other(other.to_string())),
        }
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    fn shows_results(&self) -> bool {
        self.results
    }

    fn echoes(&self) -> bool {
        true
    }

    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        self.output.write(&(fault.report() + "\n"))?;
        if let Some(detail) = fault.detail() {
            let style = if self.colours { anstyle::Style::new().dimmed() } else { anstyle::Style::new() };
            self.output.write(&format!("{style}{detail}{style:#}\n"))?;
        }
        self.output.flush()
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
    }
}
