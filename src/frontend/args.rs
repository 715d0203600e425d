//! The command line as clap parses it. Usage errors end the process with exit code 2.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::host::Rights;
use crate::tester::units::{duration, size};

use clap::{Parser, Subcommand};

/// An APL for the command line, for tests and for Rust.
///
/// Without arguments, zilde starts a session. If standard input is a pipe or file, the session runs the lines that it
/// reads; an error does not end it.
#[derive(Clone, Debug, Parser)]
#[command(name = "zilde", version, max_term_width = 100)]
pub struct Args {
    /// Load a source file or a folder first, without showing results; may be repeated
    #[arg(short = 'l', long = "load", value_name = "FILE|FOLDER")]
    pub load: Vec<OsString>,

    /// Evaluate the expression EXPR; may be repeated
    #[arg(short = 'e', long = "eval", value_name = "EXPR", allow_hyphen_values = true)]
    pub eval: Vec<String>,

    /// With -e: show also the results of assignments
    #[arg(short = 'p', long, requires = "eval")]
    pub print: bool,

    /// Start a session after the expressions or the script
    #[arg(short = 'i', long)]
    pub interactive: bool,

    /// Options for sessions and scripts
    #[command(flatten)]
    pub options: Options,

    /// Run the script FILE (`-`: standard input); the arguments that follow are the script's
    #[arg(value_name = "FILE [ARGS]", trailing_var_arg = true)]
    pub script: Vec<OsString>,

    /// The subcommand
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options for sessions and scripts. They may also stand before the name of a subcommand.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Show only output of ⎕← and ⍞←, not the results of statements
    #[arg(short, long)]
    pub quiet: bool,

    /// Limit of the memory for arrays, such as 512M or 2G [default: half of the machine's memory]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_ws: Option<usize>,

    /// Seed of the random numbers of ? [default: a random seed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Interrupt each line that still runs after this long, such as 500ms, 10 (seconds) or 2m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,

    /// Grant the program nothing outside of it: no files, no environment, no programs. Each of the options below grants that alone
    #[arg(long)]
    pub sandbox: bool,

    /// What is granted
    #[command(flatten)]
    pub grants: Grants,

    /// Whether standard output was closed when the process began.
    #[arg(skip)]
    pub closed: bool,
}

/// Rights that are granted one by one.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Grants {
    /// Grant reading of PATH, a file or a folder with all that is in it; without PATH, of all files
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_read: Vec<OsString>,

    /// Grant writing of PATH, a file or a folder with all that is in it; without PATH, of all files
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub allow_write: Vec<OsString>,

    /// Grant reading of environment variables
    #[arg(long)]
    pub allow_env: bool,

    /// Grant running of programs, which are not limited then
    #[arg(long)]
    pub allow_run: bool,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run a script, also one whose name is that of a subcommand
    Run {
        /// Options for the script
        #[command(flatten)]
        options: Options,

        /// The script (`-`: standard input) and its arguments
        #[arg(value_name = "FILE [ARGS]", trailing_var_arg = true, required = true)]
        script: Vec<OsString>,
    },
    /// Run blocks of lines from standard input, for editors, notebooks and test harnesses
    ///
    /// A block ends with a line that contains only the character U+001E. Its lines are run as if they were typed. What
    /// the session displays is written to standard output, followed by a line with only U+001E. Where a program displays
    /// that character, ␞ is written in its place.
    Session {
        /// Options for the session
        #[command(flatten)]
        options: Options,
    },
    /// Serve notebooks as a Jupyter kernel, or install it
    Kernel(Box<KernelArgs>),
    /// Run tests: compare the output of APL input in files with the output written there, and test properties
    Test(Box<TestArgs>),
    /// Show the help for a glyph, system name, command or topic, or search it
    Doc {
        /// Such as ⍴, rho, ⎕IO, ]box, :If, dfns, keys, glyphs, or a word to search for, such as sort [default: the
        /// list of topics]
        what: Vec<String>,
    },
    /// Show how an expression is parsed: its functions, operators and arguments as a tree
    Explain {
        /// The expression
        expression: String,

        /// Show also what is known of the shape and type of each part before it is evaluated
        #[arg(long)]
        values: bool,
    },
    /// Show the keyboard: which glyph a backtick and a key type
    Keys {
        /// The table of glyphs as JSON: names, keys, pairs of characters, uses
        #[arg(long)]
        json: bool,

        /// A file for an editor that is made from the table
        #[arg(long, value_enum, conflicts_with = "json", value_name = "FILE")]
        editor: Option<EditorFile>,
    },
    /// Look for what must fail, without running anything: exit code 0 for nothing, 1 for something
    ///
    /// Reads and binds programs, infers ranks, shapes and types as far as they are known, and tells of errors that must
    /// arise, names that are never set or never used, and statements that are never reached.
    Check {
        /// Files and folders of .apl, .apls, .aplf, .aplo, .apln, .apla and .dyalog files, and .aplt files; `-`: standard
        /// input
        #[arg(required_unless_present = "eval", conflicts_with = "eval")]
        paths: Vec<PathBuf>,

        /// Check the expression EXPR; may be repeated
        #[arg(short = 'e', long = "eval", value_name = "EXPR", allow_hyphen_values = true)]
        eval: Vec<String>,

        /// A JSON object for each finding, one a line
        #[arg(long)]
        json: bool,
    },
    /// Serve an editor that speaks the Language Server Protocol, on standard input and output
    Lsp,
    /// Format source files: blanks, indentation, columns of comments; nothing is evaluated
    ///
    /// Lines between `⍝ fmt: off` and `⍝ fmt: on` stay as they are, and so does what is not APL.
    Fmt {
        /// Files and folders of .apl, .apls, .aplf, .aplo, .apln, .apla and .dyalog files; `-`: standard input, which is
        /// formatted to standard output
        #[arg(required = true)]
        paths: Vec<PathBuf>,

        /// List the files that are not formatted, change none, and exit with 1 if there are any
        #[arg(long)]
        check: bool,
    },
    /// Run an expression or a script, and show what each of its parts gives: at a terminal step by step, forward and back
    Trace(Box<TraceArgs>),
    /// Run an expression or a script, and show where its time goes, by function and by line
    Profile(Box<ProfileArgs>),
    /// Print the completions of the command line for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, for man(1)
    Man,
}

/// `zilde kernel`.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct KernelArgs {
    /// Options for the session
    #[command(flatten)]
    pub options: Options,

    /// The connection file, which tells the ports and the key; one that does not exist is written, for clients that join
    /// this kernel (`jupyter console --existing FILE`)
    #[arg(value_name = "CONNECTION_FILE")]
    pub file: Option<PathBuf>,

    /// What else is to be done
    #[command(subcommand)]
    pub action: Option<KernelAction>,
}

/// What `zilde kernel` does besides.
#[derive(Clone, Debug, Subcommand)]
pub enum KernelAction {
    /// Let Jupyter find this zilde, with the keys that type glyphs in JupyterLab
    ///
    /// Options for the session, such as --sandbox, are those with which notebooks will run.
    Install(KernelPlace),
}

/// Where the kernel is installed.
#[derive(Clone, Debug, clap::Args)]
pub struct KernelPlace {
    /// For this user: in Jupyter's data folder in the home folder (the default)
    #[arg(long, conflicts_with = "prefix")]
    pub user: bool,

    /// In the folder share/jupyter of P, such as a virtual environment of Python
    #[arg(long, value_name = "P")]
    pub prefix: Option<PathBuf>,

    /// Options for the sessions of notebooks
    #[command(flatten)]
    pub options: Options,
}

impl Command {
    /// Whether it runs what may need source files that are loaded first.
    pub fn runs_code(&self) -> bool {
        matches!(self, Command::Run { .. } | Command::Session { .. } | Command::Trace(_) | Command::Profile(_))
    }
}

/// `zilde trace`.
#[derive(Clone, Debug, clap::Args)]
pub struct TraceArgs {
    /// Options for what runs
    #[command(flatten)]
    pub options: Options,

    /// Write all steps as text, at a terminal too
    #[arg(long)]
    pub plain: bool,

    /// Write each step as a JSON object, one a line; what the program shows goes to standard error
    #[arg(long, conflicts_with = "plain")]
    pub json: bool,

    /// Enter the calls of functions (at a terminal, a key does)
    #[arg(long)]
    pub calls: bool,

    /// Keep at most SIZE bytes of steps and their arrays; the oldest are dropped
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "64M")]
    pub bytes: usize,

    /// Keep at most N steps
    #[arg(long, value_name = "N", default_value = "1000000")]
    pub steps: std::num::NonZeroUsize,

    /// An expression, or a file and its arguments
    #[arg(value_name = "EXPR|FILE [ARGS]", trailing_var_arg = true, required = true, allow_hyphen_values = true)]
    pub what: Vec<OsString>,
}

/// `zilde profile`.
#[derive(Clone, Debug, clap::Args)]
pub struct ProfileArgs {
    /// Options for what runs
    #[command(flatten)]
    pub options: Options,

    /// Write a flame graph, an SVG picture
    #[arg(long, value_name = "FILE")]
    pub flame: Option<PathBuf>,

    /// An expression, or a file and its arguments
    #[arg(value_name = "EXPR|FILE [ARGS]", trailing_var_arg = true, required = true, allow_hyphen_values = true)]
    pub what: Vec<OsString>,
}

/// `zilde test`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TestArgs {
    /// Files, folders or FILE:LINE: .aplt transcripts, Markdown with ```apl blocks, .apl files with ⍝→ (default: the paths
    /// of zilde.toml, or this folder)
    pub paths: Vec<PathBuf>,

    /// Write the output of this run into the files (refused where the environment variable CI is set)
    #[arg(long, conflicts_with_all = ["check", "review"])]
    pub accept: bool,

    /// At a terminal: ask for each difference whether the new output is accepted. Elsewhere: write the new versions of
    /// files whose output differs beside them, as x.aplt.new
    #[arg(long, conflicts_with = "check")]
    pub review: bool,

    /// Only compare, and leave the files as they are (the default)
    #[arg(long)]
    pub check: bool,

    /// Only files whose path contains TEXT
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// Only cases whose name or input, or whose file's path, matches the regular expression PATTERN
    #[arg(short = 'k', value_name = "PATTERN")]
    pub pattern: Option<regex_lite::Regex>,

    /// Only the cases that failed last time
    #[arg(long)]
    pub failed: bool,

    /// Run nothing more after the first failure
    #[arg(long)]
    pub fail_fast: bool,

    /// Only a part of the files: of N parts the K-th, such as 2/5
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,

    /// List the cases and run none
    #[arg(long)]
    pub list: bool,

    /// Stay, and run again what a change of a file touches
    #[arg(long, conflicts_with_all = ["accept", "review", "list"])]
    pub watch: bool,

    /// How many files are run at the same time [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,

    /// Time limit for each input, such as 500ms, 10 (seconds) or 2m [default: 60]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,

    /// Time limit for each file [default: none]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub file_timeout: Option<Duration>,

    /// Limit of the memory for the arrays of each file, such as 512M or 2G [default: half of the machine's memory]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_ws: Option<usize>,

    /// Drawings of each property [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub cases: Option<u32>,

    /// Seed of the drawings of properties [default: the file's seed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// What is granted besides
    #[command(flatten)]
    pub grants: Grants,

    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// Tell which phrases of the loaded code were run, and which sides of conditions were taken
    #[arg(long)]
    pub coverage: bool,

    /// Write the coverage as an LCOV tracefile
    #[arg(long, value_name = "FILE")]
    pub coverage_lcov: Option<PathBuf>,

    /// Write the coverage as a page of HTML
    #[arg(long, value_name = "FILE")]
    pub coverage_html: Option<PathBuf>,

    /// Fail where fewer phrases and sides, in percent, were run and taken
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub coverage_min: Option<f64>,

    /// Change one word of the loaded code at a time, and list the changes that no test notices
    #[arg(long, conflicts_with_all = ["accept", "review", "list", "watch", "coverage", "coverage_lcov", "coverage_html", "coverage_min"])]
    pub mutate: bool,

    /// The time for --mutate, such as 2m [default: ten times that of the tests]
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "mutate")]
    pub budget: Option<Duration>,

    /// Show the N cases that took longest
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "10")]
    pub slowest: Option<usize>,
}

/// `2/5`: the second of five parts.
fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
    parts.filter(|(part, parts)| (1..=*parts).contains(part)).ok_or_else(|| "expected a part, as 2/5".to_owned())
}

/// A number of percent.
fn percent(text: &str) -> Result<f64, String> {
    let percent = text.trim_end_matches('%').parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

impl TestArgs {
    /// Whether the coverage is wanted in any form.
    pub fn wants_coverage(&self) -> bool {
        let asked = self.coverage_lcov.is_some() || self.coverage_html.is_some() || self.coverage_min.is_some();
        self.coverage || asked
    }
}

/// A file for an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum EditorFile {
    /// A TextMate grammar
    Textmate,
    /// A language configuration of VS Code
    Language,
    /// A keymap of Vim
    Vim,
}

/// How the results of tests are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Differences as text
    #[default]
    Pretty,
    /// Test Anything Protocol
    Tap,
    /// JUnit's XML
    Junit,
    /// A JSON object for each case, one a line
    Json,
    /// Annotations of GitHub's workflows
    Github,
}

impl Options {
    /// These options with those given before the subcommand, which count where these say nothing.
    pub fn beside(self, before: &Options) -> Options {
        Options {
            quiet: self.quiet || before.quiet,
            max_ws: self.max_ws.or(before.max_ws),
            seed: self.seed.or(before.seed),
            time_limit: self.time_limit.or(before.time_limit),
            sandbox: self.sandbox || before.sandbox,
            grants: self.grants.beside(&before.grants),
            closed: before.closed,
        }
    }

    /// The options as words of a command line.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = |name: &str, value: Option<String>| {
            words.push(value.map_or_else(|| format!("--{name}"), |value| format!("--{name}={value}")));
        };
        let switches = [("quiet", self.quiet), ("sandbox", self.sandbox)];
        self.max_ws.into_iter().for_each(|bytes| word("max-ws", Some(bytes.to_string())));
        self.seed.into_iter().for_each(|seed| word("seed", Some(seed.to_string())));
        self.time_limit.into_iter().for_each(|limit| word("time-limit", Some(format!("{}ms", limit.as_millis()))));
        switches.into_iter().filter(|(_, on)| *on).for_each(|(name, _)| word(name, None));
        let Grants { allow_read, allow_write, allow_env, allow_run } = &self.grants;
        for (name, paths) in [("allow-read", allow_read), ("allow-write", allow_write)] {
            for path in paths {
                word(name, Some(path.to_string_lossy().into_owned()).filter(|path| !path.is_empty()));
            }
        }
        let switches = [("allow-env", *allow_env), ("allow-run", *allow_run)];
        switches.into_iter().filter(|(_, on)| *on).for_each(|(name, _)| word(name, None));
        words
    }

    /// What the program may do outside of its process: all that the user may, unless rights are granted one by one.
    pub fn rights(&self) -> Rights {
        if self.sandbox || self.grants.any() { self.grants.rights() } else { Rights::all() }
    }
}

impl Grants {
    fn beside(mut self, before: &Grants) -> Grants {
        self.allow_read.extend_from_slice(&before.allow_read);
        self.allow_write.extend_from_slice(&before.allow_write);
        self.allow_env |= before.allow_env;
        self.allow_run |= before.allow_run;
        self
    }

    fn any(&self) -> bool {
        self.allow_env || self.allow_run || !self.allow_read.is_empty() || !self.allow_write.is_empty()
    }

    /// These rights and no others.
    pub fn rights(&self) -> Rights {
        let mut rights = Rights::none();
        for path in &self.allow_read {
            rights = if path.is_empty() { rights.read_everything() } else { rights.read(path) };
        }
        for path in &self.allow_write {
            rights = if path.is_empty() { rights.write_everything() } else { rights.write(path) };
        }
        if self.allow_env {
            rights = rights.environment();
        }
        if self.allow_run { rights.programs() } else { rights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parsed(args: &[&str]) -> Args {
        Args::try_parse_from([&["zilde"], args].concat()).unwrap()
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn options_are_written_as_they_are_read() {
        let words = ["--quiet", "--seed=7", "--max-ws=1048576", "--time-limit=1500ms", "--sandbox", "--allow-read"];
        let more = ["--allow-read=a b", "--allow-write=c", "--allow-env", "--allow-run"];
        let options = parsed(&[&words[..], &more].concat()).options;
        let written = options.words();
        let again = parsed(&written.iter().map(String::as_str).collect::<Vec<_>>()).options;
        assert_eq!(format!("{again:?}"), format!("{options:?}"));
        assert_eq!(written.len(), words.len() + more.len());
        assert!(Options::default().words().is_empty());
    }

    #[test]
    fn a_kernel_is_served_or_installed() {
        let kernel = |args: &[&str]| match parsed(&[&["kernel"], args].concat()).command {
            Some(Command::Kernel(kernel)) => *kernel,
            other => panic!("{other:?}"),
        };
        assert_eq!(kernel(&["--seed", "1", "a.json"]).file, Some("a.json".into()));
        let Some(KernelAction::Install(place)) = kernel(&["install", "--prefix", "p", "--sandbox"]).action else {
            panic!("no installation")
        };
        assert!(place.prefix == Some("p".into()) && place.options.sandbox && !place.user);
        for wrong in [&["kernel"][..], &["kernel", "install", "--user", "--prefix", "p"], &["kernel", "a", "b"]] {
            assert!(Args::try_parse_from([&["zilde"], wrong].concat()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn options_stand_before_and_behind_a_subcommand() {
        for args in [["session", "--max-ws", "1G"], ["--max-ws", "1G", "session"]] {
            let args = parsed(&args);
            let Some(Command::Session { options }) = args.command else { panic!("no session") };
            assert_eq!(options.beside(&args.options).max_ws, Some(1 << 30));
        }
        let args = parsed(&["--seed", "1", "--quiet", "run", "--seed", "2", "a.apl", "--seed", "3"]);
        let Some(Command::Run { options, .. }) = args.command else { panic!("no script") };
        let options = options.beside(&args.options);
        assert!(options.quiet && options.seed == Some(2));
    }

    /// Every option that is offered is one that the code asks for: the list is looked at when it changes.
    #[test]
    fn options_are_offered_where_they_do_something() {
        fn options(command: &clap::Command) -> Vec<&str> {
            command.get_arguments().filter(|argument| !argument.is_hide_set()).filter_map(|a| a.get_long()).collect()
        }
        let shared =
            ["quiet", "max-ws", "seed", "time-limit", "sandbox", "allow-read", "allow-write", "allow-env", "allow-run"];
        let command = Args::command();
        assert_eq!(options(&command), [&["load", "eval", "print", "interactive"], &shared[..]].concat());
        for (name, own) in [("run", &shared[..]), ("session", &shared), ("doc", &[]), ("explain", &["values"])] {
            assert_eq!(options(command.find_subcommand(name).unwrap()), own, "{name}");
        }
    }

    #[test]
    fn what_follows_a_script_is_its_own() {
        let args = parsed(&["--quiet", "life.apl", "test", "--seed", "x", "-e"]);
        assert!(args.command.is_none() && args.options.quiet && args.options.seed.is_none());
        assert_eq!(args.script, ["life.apl", "test", "--seed", "x", "-e"]);
        assert_eq!(parsed(&["-"]).script, ["-"]);
        let Some(Command::Run { script, .. }) = parsed(&["run", "test", "-x"]).command else { panic!("no run") };
        assert_eq!(script, ["test", "-x"]);
    }

    #[test]
    fn a_file_that_is_traced_or_profiled_has_its_own_arguments() {
        let Some(Command::Trace(trace)) = parsed(&["trace", "--plain", "life.apl", "-n", "--calls"]).command else {
            panic!("no trace")
        };
        assert!(trace.plain && !trace.calls && trace.what == ["life.apl", "-n", "--calls"]);
        let Some(Command::Profile(profile)) = parsed(&["profile", "--flame", "f.svg", "-3+4"]).command else {
            panic!("no profile")
        };
        assert!(profile.flame == Some("f.svg".into()) && profile.what == ["-3+4"]);
        assert!(Args::try_parse_from(["zilde", "trace"]).is_err());
    }

    #[test]
    fn expressions_may_look_like_options() {
        assert_eq!(parsed(&["-e", "-3", "-pe", "1+1"]).eval, ["-3", "1+1"]);
        assert!(Args::try_parse_from(["zilde", "--bogus"]).is_err());
        assert!(Args::try_parse_from(["zilde", "session", "more"]).is_err());
    }
}
