//! Front ends: one loop each over a session. Here the command line chooses among them.

mod args;
mod check;
mod complete;
mod console;
mod describe;
mod editors;
mod exit;
mod fmt;
#[cfg(feature = "plot")]
mod graphics;
mod input;
mod lsp;
#[cfg(feature = "notebook")]
mod notebook;
mod output;
#[cfg(unix)]
mod pager;
mod pipe;
mod profile;
mod protocol;
mod record;
mod repl;
mod review;
mod runner;
mod script;
mod signals;
mod stepper;
mod terminal;
mod tests;
mod trace;
mod watch;

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::thread;

use clap::{CommandFactory, Parser};

use args::{Args, Command, Options};
use console::Reports;
use runner::{Manner, Runner};
use signals::Idle;

/// Stack of the thread that evaluates, in MiB; the first size that the system grants. Deeper recursion goes on in pieces
/// that are charged to the workspace.
const STACKS: [usize; 2] = [16, 4];

/// What `zilde` does; standard output may have been `closed` when the process began.
pub fn main(closed: bool) -> ExitCode {
    let mut args = match Args::try_parse() {
        Ok(args) => args,
        Err(message) => return ExitCode::from(answered(&message, closed)),
    };
    args.options.closed = closed;
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        // The session continues after a panic and reports it as an INTERNAL ERROR; this adds where it happened.
        std::panic::set_hook(Box::new(|defect| exit::complain(defect)));
    }
    crate::allocation::gather();
    ExitCode::from(on_large_stack(move || choose(&args)))
}

/// Shows the help, the version or what is wrong with the arguments. Returns the exit code.
fn answered(message: &clap::Error, closed: bool) -> u8 {
    if message.use_stderr() {
        // If the message cannot be written, there is no place to report that.
        let _ = message.print();
        return exit::USAGE;
    }
    let output = output::Output::stdout(closed);
    let text = message.render();
    // A failure shows at the end.
    let _ = output.write(&if terminal::has_colours() { text.ansi().to_string() } else { text.to_string() });
    exit::finished(&output, exit::OK)
}

fn on_large_stack(work: impl FnOnce() -> u8 + Send + 'static) -> u8 {
    // Taken by the thread that starts; a thread that does not start gives nothing back, hence the slot.
    let slot = std::sync::Arc::new(std::sync::Mutex::new(Some(work)));
    for mebibytes in STACKS {
        let work = slot.clone();
        let builder = thread::Builder::new().stack_size(mebibytes << 20);
        let started = builder.spawn(move || {
            let work = work.lock().ok().and_then(|mut slot| slot.take());
            work.map_or(exit::DEFECT, |work| work())
        });
        if let Ok(thread) = started {
            return thread.join().unwrap_or(exit::DEFECT);
        }
    }
    let work = slot.lock().ok().and_then(|mut slot| slot.take());
    work.map_or(exit::DEFECT, |work| work())
}

fn choose(args: &Args) -> u8 {
    let options = &args.options;
    if !args.load.is_empty() && !args.command.as_ref().is_none_or(Command::runs_code) {
        exit::complain("-l has no effect on this command");
        return exit::USAGE;
    }
    match &args.command {
        Some(Command::Session { options: own }) => {
            let options = own.clone().beside(options);
            let manner = Manner { results: true, reports: Reports::Bare, reads: false, idle: Idle::Stay };
            let (mut runner, source) = Runner::streams(&options, manner);
            let code = match load(&mut runner, &source, args) {
                Ok(()) => protocol::serve(&mut runner, &source),
                Err(code) => code,
            };
            exit::finished(&runner.output, code)
        }
        Some(Command::Run { options: own, script }) => {
            let options = own.clone().beside(options);
            run(&Args { options, ..args.clone() }, script.first().map(AsRef::as_ref))
        }
        Some(Command::Test(test)) => {
            let options =
                Options { max_ws: test.max_ws, grants: test.grants.clone(), ..Options::default() }.beside(options);
            tests::main(test, &options)
        }
        Some(Command::Doc { what }) => doc(&what.join(" "), options),
        Some(Command::Explain { expression, values }) => {
            let manner = Manner { results: true, reports: Reports::Apart, reads: false, idle: Idle::Leave };
            let (mut runner, _) = Runner::streams(options, manner);
            let expression = expression.replace(['\n', '\r'], " ");
            let ended = script::step(&mut runner, &format!("]explain {expression}"));
            if *values {
                // A failure shows at the end.
                let _ = runner.output.write(&format!("\n{}", describe::values(&expression)));
            }
            exit::finished(&runner.output, ended.map_or(exit::OK, script::Ended::code))
        }
        Some(Command::Kernel(kernel)) => kernel_command(kernel, options),
        Some(Command::Keys { json, editor }) => editors::main(*json, *editor, options),
        Some(Command::Lsp) => lsp::main(),
        Some(Command::Check { paths, eval, json }) => check::main(paths, eval, *json, options),
        Some(Command::Fmt { paths, check }) => fmt::main(paths, *check, options),
        Some(Command::Trace(own)) => trace::main(own, args),
        Some(Command::Profile(own)) => profile::main(own, args),
        Some(Command::Completions { shell }) => printed(options, |out| {
            clap_complete::generate(*shell, &mut Args::command(), "zilde", out);
            Ok(())
        }),
        Some(Command::Man) => printed(options, |out| clap_mangen::Man::new(Args::command()).render(out)),
        None => run(args, script_of(args)),
    }
}

/// A kernel for notebooks, or its installation.
#[cfg(feature = "notebook")]
fn kernel_command(kernel: &args::KernelArgs, options: &Options) -> u8 {
    let options = kernel.options.clone().beside(options);
    match (&kernel.action, &kernel.file) {
        (Some(args::KernelAction::Install(place)), _) => notebook::install::install(place, &options),
        (None, Some(path)) => notebook::serve(&options, path),
        // The command line has one of the two.
        (None, None) => exit::USAGE,
    }
}

/// Without the feature there is no kernel.
#[cfg(not(feature = "notebook"))]
fn kernel_command(_: &args::KernelArgs, _: &Options) -> u8 {
    exit::complain("this zilde was built without the feature notebook");
    exit::USAGE
}

/// The script. Behind `-e EXPR --` stand only arguments.
fn script_of(args: &Args) -> Option<&OsStr> {
    let words: Vec<_> = std::env::args_os().collect();
    let behind_dashes = words.len().checked_sub(args.script.len() + 1).is_some_and(|at| words[at] == "--");
    args.script.first().filter(|_| args.eval.is_empty() || !behind_dashes).map(AsRef::as_ref)
}

/// Expressions, a script, or a session.
fn run(args: &Args, script: Option<&OsStr>) -> u8 {
    let options = &args.options;
    let terminal = std::io::stdin().is_terminal();
    if args.eval.is_empty() && script.is_none() || args.interactive {
        return if terminal { repl::run(args, script) } else { piped(args, script) };
    }
    let quiet = script.is_some_and(script::is_quiet);
    let manner = Manner { results: !quiet, reports: Reports::Apart, reads: true, idle: Idle::Leave };
    let (mut runner, source) = Runner::streams(options, manner);
    let code = match before(&mut runner, &source, args, script) {
        Ok(ended) => ended.code(),
        Err(code) => code,
    };
    exit::finished(&runner.output, code)
}

/// A session on a pipe, after what is to run before it.
fn piped(args: &Args, script: Option<&OsStr>) -> u8 {
    let manner = Manner { results: true, reports: Reports::Explained, reads: true, idle: Idle::Leave };
    let (mut runner, source) = Runner::streams(&args.options, manner);
    let code = match before(&mut runner, &source, args, script) {
        Ok(script::Ended::Left(code)) => code,
        Ok(_) => pipe::converse(&mut runner, &source),
        Err(code) => code,
    };
    exit::finished(&runner.output, code)
}

/// Loads what the command line says, then runs its expressions and its script. What cannot be loaded or read is an exit
/// code.
fn before(
    runner: &mut Runner,
    source: &input::Source,
    args: &Args,
    script: Option<&OsStr>,
) -> Result<script::Ended, u8> {
    load(runner, source, args)?;
    if !args.eval.is_empty() {
        runner.session.show_shy(args.print);
        for expression in &args.eval {
            let ended = script::run(runner, expression, None);
            if ended != script::Ended::Finished {
                return Ok(ended);
            }
        }
        runner.session.show_shy(false);
    }
    let Some(name) = script else { return Ok(script::Ended::Finished) };
    run_file(runner, source, &args.options, name)
}

/// Runs a script, or a source file in its place.
fn run_file(runner: &mut Runner, source: &input::Source, options: &Options, name: &OsStr) -> Result<script::Ended, u8> {
    if is_source(std::path::Path::new(name)) {
        return run_source(runner, name);
    }
    match script::load(name, source, options.input_limit()) {
        Ok(text) => Ok(script::run(runner, &text, Some(name))),
        Err(fault) => {
            exit::complain(format_args!("{}: {fault}", name.display()));
            Err(exit::USAGE)
        }
    }
}

/// Loads source files and folders; a file that is none of those runs as a script, without showing results.
fn load(runner: &mut Runner, source: &input::Source, args: &Args) -> Result<(), u8> {
    for name in &args.load {
        let path = std::path::Path::new(name);
        if !path.is_dir() && !is_source(path) {
            let text = script::load(name, source, args.options.input_limit()).map_err(|fault| {
                exit::complain(format_args!("{}: {fault}", name.display()));
                exit::USAGE
            })?;
            runner.session.show_results(false);
            let ended = script::run(runner, &text, Some(name));
            runner.session.show_results(true);
            if ended != script::Ended::Finished {
                return Err(ended.code());
            }
            continue;
        }
        load_source(runner, path)?;
    }
    Ok(())
}

/// Runs a source file in the place of a script: a function without arguments. Of any other it says what it is.
fn run_source(runner: &mut Runner, name: &OsStr) -> Result<script::Ended, u8> {
    let known: Vec<std::rc::Rc<str>> = runner.session.names().into_iter().map(|(name, _)| name).collect();
    load_source(runner, std::path::Path::new(name))?;
    let stem = std::path::Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let new = runner.session.names().into_iter().map(|(name, _)| name).find(|name| !known.contains(name));
    let defined = new.map_or(stem, |name| name.to_string());
    let Some(what) = runner.session.what_is(&defined) else {
        return Ok(script::run(runner, &defined, None));
    };
    exit::complain(format_args!(
        "{0} defines {defined}, {what}; to use it: zilde -l {0} -e EXPRESSION",
        name.display()
    ));
    Err(exit::USAGE)
}

/// Loads a source file or a folder. What the command line names may be read.
fn load_source(runner: &mut Runner, path: &std::path::Path) -> Result<(), u8> {
    let host = runner.session.context().host.reading(path);
    let imported = runner.session.load(&host, &crate::host::name_of(path));
    for line in imported.warnings.iter().chain(&imported.errors) {
        exit::complain(line);
    }
    if imported.errors.is_empty() { Ok(()) } else { Err(exit::ERROR) }
}

/// Whether a file is a source file by its name: a function, an operator, a namespace or an array.
fn is_source(path: &std::path::Path) -> bool {
    let known = ["aplf", "aplo", "apln", "apla", "dyalog"];
    path.extension().is_some_and(|extension| known.iter().any(|known| extension == *known))
}

/// Prints what is written into a buffer.
fn printed(options: &Options, write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> u8 {
    let mut text = Vec::new();
    if let Err(error) = write(&mut text) {
        exit::complain(error);
        return exit::USAGE;
    }
    let output = output::Output::stdout(options.closed);
    // A failure shows at the end.
    let _ = output.write(&String::from_utf8_lossy(&text));
    exit::finished(&output, exit::OK)
}

/// What `]help` says of something, or of where to begin.
fn doc(what: &str, options: &Options) -> u8 {
    let output = output::Output::stdout(options.closed);
    let columns = terminal::size().map_or(usize::MAX, |size| size.columns);
    let Some(text) = crate::session::help::help(what, columns) else {
        exit::complain(format_args!("no help for {what}"));
        return exit::ERROR;
    };
    // A failure shows at the end.
    let _ = output.write(&text);
    exit::finished(&output, exit::OK)
}

impl Options {
    /// The longest text that is read, in bytes.
    fn input_limit(&self) -> usize {
        const ENOUGH: usize = 1 << 30;
        self.max_ws.unwrap_or(ENOUGH).min(ENOUGH)
    }
}
