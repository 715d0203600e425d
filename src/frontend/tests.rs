//! `zilde test`: the command line of the tests (`tester/`), and where their reports go.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::args::{Format, Options, TestArgs};
use super::output::Output;
use super::{exit, review, terminal, watch};
use crate::tester::coverage::{Coverage, html, lcov, listing};
use crate::tester::mutation;
use crate::tester::{self, Limits, Marks, Mode, Plan, Project, Selection, Tested};

/// The time of an input where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whether this runs where programs are built and tested without anybody who looks on.
fn is_unattended() -> bool {
    let value = std::env::var_os("CI").unwrap_or_default();
    !["", "0", "false"].iter().any(|off| value.eq_ignore_ascii_case(off))
}

/// `zilde test`. Returns the exit code.
pub fn main(args: &TestArgs, options: &Options) -> u8 {
    if args.accept && is_unattended() {
        exit::complain("--accept is refused under CI (the environment variable CI is set): accept where you can look");
        return exit::USAGE;
    }
    let plan = match plan(args, options) {
        Ok(plan) => plan,
        Err(why) => {
            exit::complain(why);
            return exit::USAGE;
        }
    };
    let output = Output::stdout(options.closed);
    if args.list {
        return listed(&plan, &output);
    }
    if args.review && !is_unattended() && terminal::is_conversation() {
        return exit::finished(&output, review::review(&plan, &output));
    }
    if args.mutate {
        return mutated(&plan, args, &output);
    }
    if args.watch {
        return watch::watch(&plan, &output, |tested| told(&output, tested, &plan, args));
    }
    let tested = tester::test(&plan);
    remember(&plan.project, &tested);
    told(&output, &tested, &plan, args);
    let code = match (tested.summary.code(), coverage(&tested, &plan.project, args, &output)) {
        (exit::OK, code) => code,
        (code, _) => code,
    };
    exit::finished(&output, code)
}

/// Whether what the project says is tested, and no path in its place: its root stands for all of it.
fn is_all(args: &TestArgs, project: &Project) -> bool {
    let is_root = |path: &Path| path.canonicalize().is_ok_and(|whole| whole == project.root);
    match &args.paths[..] {
        [] => true,
        [path] => is_root(path),
        _ => false,
    }
}

/// The coverage that is needed, in percent. What the project asks for cannot be had of a part of its tests.
fn least_coverage(args: &TestArgs, project: &Project) -> Option<f64> {
    let TestArgs { filter, pattern, shard, failed, list, .. } = args;
    let is_part = filter.is_some() || pattern.is_some() || shard.is_some() || *failed || *list;
    args.coverage_min.or(project.coverage_min.filter(|_| is_all(args, project) && !is_part))
}

/// `--coverage`: shows and writes it. Gives an exit code.
fn coverage(tested: &Tested, project: &Project, args: &TestArgs, output: &Output) -> u8 {
    let least = least_coverage(args, project);
    if !args.wants_coverage() && least.is_none() {
        return exit::OK;
    }
    let coverage = Coverage::of(&tested.files);
    let mut code = exit::OK;
    let files = [(&args.coverage_lcov, lcov as fn(&Coverage) -> String), (&args.coverage_html, html)];
    for (file, form) in files {
        if let Some(file) = file
            && let Err(error) = std::fs::write(file, form(&coverage))
        {
            exit::complain(format_args!("{}: {error}", file.display()));
            code = exit::USAGE;
        }
    }
    if args.coverage && args.format == Format::Pretty {
        // A failure shows at the end.
        let _ = output.write(&listing(&coverage, Marks::new(terminal::has_colours())));
    }
    let percent = coverage.count().percent();
    match least {
        Some(least) if percent < least => {
            exit::complain(format_args!("the coverage is {percent:.1} %, less than {least} %"));
            exit::ERROR.max(code)
        }
        _ => code,
    }
}

/// `--mutate`: the mutants that no test notices. Gives the exit code.
fn mutated(plan: &Plan, args: &TestArgs, output: &Output) -> u8 {
    let mutation = match mutation::mutate(plan, args.budget) {
        Ok(mutation) => mutation,
        Err(tested) => {
            exit::complain("the tests fail as the code is: no mutants are tried");
            told(output, &tested, plan, args);
            return exit::finished(output, tested.summary.code());
        }
    };
    let report = match args.format {
        Format::Json => mutation.json_lines(),
        _ => mutation.report(),
    };
    // A failure shows at the end.
    let _ = output.write(&report);
    exit::finished(output, exit::OK)
}

fn plan(args: &TestArgs, options: &Options) -> Result<Plan, String> {
    let first = args.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let project = Project::of(if first.exists() { first } else { Path::new(".") })?;
    let paths = match (is_all(args, &project), project.paths.is_empty()) {
        (true, false) => project.paths.iter().map(|path| from_here(path)).collect(),
        (true, true) if args.paths.is_empty() => vec![PathBuf::from(".")],
        _ => args.paths.clone(),
    };
    let mode = match args {
        TestArgs { accept: true, .. } => Mode::Accept,
        TestArgs { review: true, .. } => Mode::Review,
        _ => Mode::Check,
    };
    let failed = args.failed.then(|| remembered(&project)).filter(|failed| !failed.is_empty());
    if args.failed && failed.is_none() {
        exit::complain("no failures are known: all cases are run");
    }
    let limits = Limits {
        memory: options.max_ws.or(project.max_ws),
        time: Some(args.timeout.or(project.timeout).unwrap_or(TIMEOUT)),
        file_time: args.file_timeout.or(project.file_timeout),
        rights: options.grants.rights(),
        seed: project.seed,
        drawing_seed: args.seed,
        cases: args.cases.or(project.cases),
        tolerance: project.tolerance,
        lists: args.list,
        records: args.wants_coverage() || least_coverage(args, &project).is_some(),
        stop: args.fail_fast.then(|| Arc::new(AtomicBool::new(false))),
        ..Limits::default()
    };
    Ok(Plan {
        paths,
        filter: args.filter.clone(),
        mode,
        limits,
        selection: Selection { pattern: args.pattern.clone(), lines: Vec::new(), failed },
        jobs: args.jobs.map(usize::from),
        shard: args.shard,
        project,
    })
}

/// A path as it is written from the present folder, where it is in it.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(here).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

/// `--list`: the cases, one a line.
fn listed(plan: &Plan, output: &Output) -> u8 {
    let tested = tester::test(plan);
    tested.complaints.iter().for_each(exit::complain);
    for file in &tested.files {
        for case in &file.cases {
            // A failure shows at the end.
            let _ = output.write(&format!("{}:{} {}\n", file.path.display(), case.line, case.title()));
        }
    }
    exit::finished(output, if tested.complaints.is_empty() { exit::OK } else { exit::USAGE })
}

/// Reports what became of the tests.
fn told(output: &Output, tested: &Tested, plan: &Plan, args: &TestArgs) {
    tested.complaints.iter().for_each(exit::complain);
    if tested.summary.files == 0 && tested.complaints.is_empty() {
        exit::complain(if plan.selection.is_any() { "no case is selected" } else { "no tests found" });
    }
    let marks = Marks::new(terminal::has_colours());
    // A failure shows at the end.
    let _ = match args.format {
        Format::Tap => output.write(&tester::tap(&tested.files)),
        Format::Junit => output.write(&tester::junit(tested)),
        Format::Json => output.write(&tester::json_lines(tested)),
        Format::Github => output.write(&tester::github(tested)),
        Format::Pretty => shown(output, tested, plan.mode, marks, args.slowest),
    };
}

fn shown(output: &Output, tested: &Tested, mode: Mode, marks: Marks, slowest: Option<usize>) -> std::io::Result<()> {
    for file in &tested.files {
        match (mode, &file.proposed) {
            (Mode::Accept, Some(_)) => output.write(&format!("accepted {}\n", file.path.display()))?,
            (Mode::Review, Some(_)) => output.write(&format!("review {}.new\n", file.path.display()))?,
            _ => {}
        }
        let accepted = |case: &&tester::Case| mode == Mode::Accept && case.acceptable;
        let rest = file.cases.iter().filter(|case| !accepted(case));
        output.write(&tester::pretty(&file.path, rest, marks))?;
    }
    if let Some(count) = slowest {
        output.write(&tester::slowest(&tested.files, count))?;
    }
    output.write(&tester::summed_up(&tested.summary, marks))
}

/// The file that remembers the failures of a project: in the user's folder for such files, if there is one.
fn memory(project: &Project) -> Option<PathBuf> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let folder = match std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME").filter(|home| !home.is_empty())?).join(".cache"),
    };
    let mut hasher = DefaultHasher::new();
    project.root.hash(&mut hasher);
    Some(folder.join("zilde").join(format!("failed-{:016x}.json", hasher.finish())))
}

/// Remembers the cases that failed, for `--failed`. Where that is not possible there is nothing to remember.
fn remember(project: &Project, tested: &Tested) {
    let Some(memory) = memory(project) else { return };
    let failed: Vec<(PathBuf, &str)> = tested
        .files
        .iter()
        .flat_map(|file| file.cases.iter().map(move |case| (file, case)))
        .filter(|(_, case)| !case.verdict.is_good())
        .filter_map(|(file, case)| Some((file.path.canonicalize().ok()?, &*case.input)))
        .collect();
    if failed.is_empty() {
        let _ = std::fs::remove_file(&memory);
        return;
    }
    if let (Some(folder), Ok(text)) = (memory.parent(), serde_json::to_string(&failed)) {
        let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&memory, text));
    }
}

/// The cases that failed last time.
fn remembered(project: &Project) -> HashSet<(PathBuf, String)> {
    let text = memory(project).and_then(|memory| std::fs::read_to_string(memory).ok());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
