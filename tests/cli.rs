//! The built command: arguments, exit codes, streams, the machine protocol and accepting snapshots.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn zilde() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zilde"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("CI");
    command.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    command
}

fn ran<S: AsRef<OsStr>>(args: &[S]) -> Output {
    zilde().args(args).output().unwrap()
}

fn fed(args: &[&str], input: &[u8]) -> Output {
    let mut child = zilde().args(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program may end before it has read everything.
    let _ = feeder.join().unwrap();
    output
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn expressions_are_evaluated_one_after_another() {
    let output = ran(&["-e", "a←2", "-e", "a+1"]);
    assert_eq!((out(&output), err(&output), output.status.code()), ("3\n", "", Some(0)));
    assert_eq!(out(&ran(&["-p", "-e", "a←2"])), "2\n");
    assert_eq!(out(&ran(&["--quiet", "-e", "1", "-e", "⎕←2"])), "2\n");
    assert_eq!(out(&ran(&["-e", "-3"])), "¯3\n");
}

#[test]
fn a_script_tells_where_its_error_is_and_who_called_whom() {
    let folder = Folder::new("places");
    let script = "#!/usr/bin/env zilde\n⍝ halves\nhalf←{⍵÷0}\nboth←{\n    (half ⍵),1\n}\n∇r←run y\nr←2×both y\n∇\n\n'begun'\nrun 4\n'never'\n";
    let path = folder.file("halves.apl", script);
    let output = ran(&[&path]);
    assert_eq!((out(&output), output.status.code()), ("begun\n", Some(1)));
    let lines: Vec<&str> = err(&output).lines().collect();
    let at = |what: &str, line: usize| format!("{what}at {}:{line}", path.display());
    let places = [at("", 3), at("called from both[1] ", 5), at("called from run[1] ", 8), at("", 12)];
    assert_eq!((lines[1].trim_start(), lines[3..].join("\n")), ("half[0] half←{⍵÷0}", places.join("\n")));
}

#[test]
fn many_callers_are_counted() {
    let output = ran(&["-e", "deep←{⍵=0:÷⍵ ⋄ 1+∇⍵-1}", "-e", "deep 30"]);
    let lines: Vec<&str> = err(&output).lines().skip(3).collect();
    // The error leaves 31 calls, of which the outermost was called from no function.
    assert_eq!(lines[..10], ["called from deep[0]"; 10]);
    assert_eq!(lines[10..], ["and 20 more calls"]);
}

#[test]
fn an_error_ends_expressions_and_scripts() {
    let output = ran(&["-e", "1", "-e", "1÷0", "-e", "2"]);
    assert_eq!((out(&output), output.status.code()), ("1\n", Some(1)));
    assert!(err(&output).starts_with("DOMAIN ERROR") && err(&output).lines().count() == 3, "{}", err(&output));

    let folder = Folder::new("error");
    let script = folder.file("a.apl", "#!/usr/bin/env zilde\n⎕←1\nf←{\n  ⍵÷0 ⍝ here\n}\nf 1\n2\n");
    let output = ran(&[script]);
    assert_eq!((out(&output), output.status.code()), ("1\n", Some(1)));
    assert!(err(&output).starts_with("DOMAIN ERROR"));
}

#[test]
fn exit_codes() {
    assert_eq!(ran(&["-e", "⎕OFF 3"]).status.code(), Some(3));
    assert_eq!(ran(&["-e", "{⎕OFF ⍵}300"]).status.code(), Some(300 & 255));
    assert_eq!(ran(&["-e", ")OFF 6", "-e", "1÷0"]).status.code(), Some(6));
    assert_eq!(fed(&[], b"1\n  )off 7\n2\n").status.code(), Some(7));
    assert_eq!(fed(&["session"], "1\n⎕OFF 8\n2\n\x1e\n3\n".as_bytes()).status.code(), Some(8));
    assert_eq!(ran(&["--no-such-option"]).status.code(), Some(2));
    assert_eq!(ran(&["session", "too", "much"]).status.code(), Some(2));
    assert_eq!(ran(&["--max-ws", "0", "-e", "1"]).status.code(), Some(2));
    assert_eq!(ran(&["--help"]).status.code(), Some(0));
    assert_eq!(ran(&["--version"]).status.code(), Some(0));
}

#[test]
fn scripts_in_three_ways() {
    let folder = Folder::new("script");
    let script = folder.file("test", "\u{feff}(1\n2)\n⎕←3\r\n");
    let script = script.to_str().unwrap();
    assert_eq!(out(&ran(&[script, "--seed", "none of ours"])), "1 2\n3\n");
    assert_eq!(out(&ran(&["run", script])), "1 2\n3\n");
    assert_eq!(out(&fed(&["-"], b"1 2\n")), "1 2\n");
    let quiet = folder.file("b.apls", "1\n⎕←2\n");
    assert_eq!(out(&ran(&[quiet])), "2\n");
}

#[test]
fn scripts_that_cannot_be_read_are_one_line() {
    let folder = Folder::new("unreadable");
    let bytes = folder.file("bytes.apl", b"1+1\n\xff\n");
    let mut cases = vec![
        (folder.0.clone(), "directory"),
        (folder.0.join("none.apl"), "none.apl"),
        (bytes, "byte 4"),
        (folder.0.join("a/".repeat(3000)), "too long"),
    ];
    if Path::new("/dev/zero").exists() {
        cases.push((PathBuf::from("/dev/zero"), "NUL at byte 0"));
    }
    for (path, said) in cases {
        let output = ran(&[&path]);
        assert_eq!(out(&output), "");
        assert!(err(&output).contains(said) && err(&output).lines().count() == 1, "{}", err(&output));
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn endless_input_is_bounded() {
    let endless = zilde()
        .args(["--max-ws", "1M", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .map(|mut child| {
            let mut stdin = child.stdin.take().unwrap();
            while stdin.write_all(&[b'1'; 4096]).is_ok() {}
            child.wait_with_output().unwrap()
        })
        .unwrap();
    assert_eq!(endless.status.code(), Some(2));
    assert_eq!(err(&endless), "zilde: -: Too long for the workspace\n");
}

#[test]
fn a_pipe_is_a_session() {
    let output = fed(&[], "1+1\n1÷0\nf←{\n⍵+1\n}\nf 2\n⍞\nread\n".as_bytes());
    let lines: Vec<&str> = out(&output).lines().collect();
    assert_eq!(lines, ["2", "DOMAIN ERROR: Divide by zero", "      1÷0", "       ∧", "3", "read"]);
    assert_eq!((err(&output), output.status.code()), ("", Some(0)));
    assert_eq!(fed(&[], b"1\n)off\n2\n").stdout, b"1\n");
}

#[test]
fn a_pipe_is_answered_before_it_asks_on() {
    let mut child = zilde().stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for n in ["1", "2", "3"] {
        writeln!(stdin, "{n}").unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), n);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_end_of_the_input_is_an_error_to_quote_quad() {
    let output = ran(&["-e", "⍞"]);
    assert!(err(&output).starts_with("EOF INTERRUPT"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn blocks_of_the_protocol() {
    let input = "a←5\na+1\n\u{1e}\n1÷0\n2\n\u{1e}\n⍞\n\u{1e}\n⍞←'x'\n\u{1e}\n(1\n\u{1e}\n2+2\n\u{1e}\n";
    let output = fed(&["session", "--max-ws", "1G"], input.as_bytes());
    let blocks: Vec<&str> = out(&output).split("\u{1e}\n").collect();
    assert_eq!(blocks[0], "6\n");
    assert!(blocks[1].starts_with("DOMAIN ERROR") && blocks[1].ends_with("\n2\n"), "{}", blocks[1]);
    assert!(blocks[2].starts_with("EOF INTERRUPT"), "{}", blocks[2]);
    assert_eq!(blocks[3], "x\n");
    assert!(blocks[4].starts_with("SYNTAX ERROR"), "{}", blocks[4]);
    assert_eq!(blocks[5..], ["4\n", ""]);
    assert_eq!((err(&output), output.status.code()), ("", Some(0)));
}

#[test]
fn a_block_that_is_no_text_is_told() {
    let output = fed(&["session"], b"1\n\xc3\x28\n\x1e\n2\n");
    let blocks: Vec<&str> = out(&output).split("\u{1e}\n").collect();
    assert!(blocks[0].contains("ERROR") && blocks[0].contains("byte 2"), "{}", blocks[0]);
    assert_eq!(blocks[1..], ["2\n", ""]);
}

#[test]
fn long_blocks_take_linear_time() {
    let many = "a←1\n".repeat(100_000) + "f←{\n" + &"⍵ ⍝ (\n".repeat(20_000) + "}\na\n";
    assert_eq!(out(&fed(&["session"], many.as_bytes())), "1\n\u{1e}\n");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = zilde().args(["-e", "⍪⍳100000"]).spawn().unwrap();
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((err(&output), output.status.code()), ("", Some(0)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_one_line() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = zilde().args(["-e", "⍳1000"]).stdout(full).output().unwrap();
    assert!(err(&output).starts_with("zilde: standard output: ") && err(&output).lines().count() == 1);
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_told_in_one_line() {
    let shell = |arguments: &str, redirection: &str| {
        let line = format!("exec \"$0\" {arguments} {redirection}");
        Command::new("sh").args(["-c", &line, env!("CARGO_BIN_EXE_zilde")]).stdin(Stdio::null()).output().unwrap()
    };
    for arguments in
        ["-e 1", "-e '⎕←1'", "-e 1 -e 1÷0", "doc ⍴", "--help", "explain 1+1", "-e ]version", "test tests/transcripts"]
    {
        let output = shell(arguments, ">&-");
        let told = err(&output).lines().filter(|line| *line == "zilde: standard output: closed").count();
        assert_eq!((told, output.status.code()), (1, Some(2)), "{arguments}: {}", err(&output));
    }
    // Nothing is lost where nothing is written, or where it is thrown away on purpose.
    for (arguments, redirection) in
        [("-e x←1", ">&-"), ("-e 1", ">/dev/null"), ("-e 1", "1<>/dev/null"), ("-e 1", "<&-")]
    {
        let output = shell(arguments, redirection);
        assert_eq!((err(&output), output.status.code()), ("", Some(0)), "{arguments} {redirection}");
    }
    assert_eq!(shell("-e ')off 3'", ">&-").status.code(), Some(3));
}

#[test]
fn a_command_that_fails_is_a_failure() {
    for (line, said) in
        [(")nosuch", "Bad command"), ("]box middling", "unknown argument"), (")copy nosuch", "ws not found")]
    {
        let output = ran(&["-e", "1", "-e", line, "-e", "2"]);
        assert_eq!((out(&output), output.status.code()), ("1\n", Some(1)), "{line}");
        assert!(err(&output).contains(said) && err(&output).lines().count() == 1, "{}", err(&output));
        // In a session it is an answer among others.
        let output = fed(&[], format!("{line}\n2\n").as_bytes());
        assert!(out(&output).contains(said) && out(&output).ends_with("\n2\n"), "{}", out(&output));
        assert_eq!((err(&output), output.status.code()), ("", Some(0)));
    }
}

/// Sends a signal to a process that waits or evaluates.
#[cfg(unix)]
fn signal(name: &str, child: &std::process::Child) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn signals_while_evaluating() {
    use std::os::unix::process::ExitStatusExt;

    for (name, code, number) in [("-INT", Some(130), None), ("-TERM", None, Some(15))] {
        let mut child = zilde().args(["-e", "⎕←1", "-e", "{∇⍵}1"]).spawn().unwrap();
        // Once it has written it is on its way to the endless loop, or in it: all the same to a signal.
        let mut first = [0; 2];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        signal(name, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.status.signal()), (code, number), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_block_leaves_the_session_alive() {
    let mut child = zilde().arg("session").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    write!(stdin, "⎕←1 ⋄ {{∇⍵}}1\n2+2\n\u{1e}\n").unwrap();
    assert_eq!(answers.next().unwrap().unwrap(), "1");
    signal("-INT", &child);
    let block: Vec<String> = answers.by_ref().map(Result::unwrap).take_while(|line| line != "\u{1e}").collect();
    assert_eq!(block.first().map(String::as_str), Some("INTERRUPT"));
    assert_eq!(block.last().map(String::as_str), Some("4"));
    // Idle now: nothing is stopped.
    signal("-INT", &child);
    write!(stdin, "3+3\n\u{1e}\n").unwrap();
    assert_eq!(answers.next().unwrap().unwrap(), "6");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_time_limit_ends_a_script() {
    let output = ran(&["--time-limit", "50ms", "-e", "{∇⍵}1"]);
    assert!(err(&output).starts_with("INTERRUPT: time limit"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn strange_surroundings_do_no_harm() {
    let output = zilde()
        .args(["-e", "1+1"])
        .env_clear()
        .envs([("LANG", "C"), ("TERM", "dumb"), ("COLUMNS", "99999999999"), ("HOME", "")])
        .output()
        .unwrap();
    assert_eq!(out(&output), "2\n");
}

#[test]
fn pages_and_readings() {
    for what in ["⍴", "rho"] {
        assert!(out(&ran(&["doc", what])).starts_with("# ⍴ Rho"));
    }
    assert_eq!(ran(&["doc", "nosuch"]).status.code(), Some(1));
    assert!(out(&ran(&["doc"])).contains("]help sort") && out(&ran(&["doc", "sort"])).contains("⍒"));
    assert!(out(&ran(&["doc", "glyphs"])).contains("⍴  `r  rho"));
    assert_eq!(out(&ran(&["doc", ":If"])), out(&ran(&["-e", "]help :If"])));
    assert!(out(&ran(&["explain", "+/÷≢"])).contains("tally"));
}

#[test]
fn snapshots_are_compared_reviewed_and_accepted() {
    let folder = Folder::new("snapshots");
    let file = folder.file("sum.aplt", "      1+1\n3\n");
    let here = folder.0.to_str().unwrap();
    let output = ran(&["test", here]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("sum.aplt:1 differs") && !out(&output).contains('\u{1b}'), "{}", out(&output));
    assert_eq!(ran(&["test", "--review", here]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.0.join("sum.aplt.new")).unwrap(), "      1+1\n2\n");
    assert_eq!(ran(&["test", "--accept", here]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(file).unwrap(), "      1+1\n2\n");
    assert_eq!(ran(&["test", "--check", here]).status.code(), Some(0));
    assert!(out(&ran(&["test", "--format", "tap", here])).contains("ok 1 - "));
    assert_eq!(ran(&["test", "--filter", "no such file", here]).status.code(), Some(2));
    assert!(out(&ran(&["test", "--format", "junit", here])).contains("tests=\"1\" failures=\"0\""));
    assert_eq!(ran(&["test", "--format", "xunit", here]).status.code(), Some(2));
    assert!(out(&ran(&["test", "--list", here])).ends_with("sum.aplt:1 1+1\n"));
}

#[test]
fn the_command_line_is_the_programs_to_read() {
    let folder = Folder::new("arguments");
    let script = folder.file("a.apl", "⎕←⊃,/' ',¨1↓⎕ARG\n");
    let script = script.to_str().unwrap();
    assert_eq!(out(&ran(&["--quiet", script, "x", "--seed", "é"])), format!(" --quiet {script} x --seed é\n"));
    assert_eq!(out(&ran(&["-e", "⊃2↓⎕ARG"])), "⊃2↓⎕ARG\n");
    // What stands behind `--` is no script, if there is an expression.
    assert_eq!(out(&ran(&["-e", "↑¯3↑⎕ARG", "--", "one", "--two"])), "--   \none  \n--two\n");
    assert_eq!(out(&ran(&["-q", "--", script, "x"])), format!(" -q -- {script} x\n"));
    // What is traced and profiled has its arguments too; an expression has none.
    assert!(
        out(&ran(&["trace", "--plain", script, "-x", "y"])).starts_with(&format!(" trace --plain {script} -x y\n"))
    );
    assert!(out(&ran(&["profile", script, "--flame"])).starts_with(&format!(" profile {script} --flame\n")));
    let refused = ran(&["trace", "--plain", "+/", "1 2"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("an expression is one argument"), "{}", err(&refused));
}

#[test]
fn accepting_is_refused_where_nobody_looks() {
    let folder = Folder::new("unattended");
    let file = folder.file("a.aplt", "      1\n2\n");
    let accept =
        |ci: &str| zilde().env("CI", ci).args([Path::new("test"), Path::new("--accept"), &file]).output().unwrap();
    for ci in ["true", "1", "yes"] {
        let output = accept(ci);
        assert!(err(&output).contains("--accept is refused under CI"), "{}", err(&output));
        assert_eq!((out(&output), output.status.code()), ("", Some(2)));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "      1\n2\n");
    for ci in ["", "false", "0"] {
        assert_eq!(accept(ci).status.code(), Some(0), "{ci}");
    }
    // Whoever only looks may.
    assert_eq!(zilde().env("CI", "true").arg("test").arg(&file).output().unwrap().status.code(), Some(0));
}

#[test]
fn accepted_files_pass() {
    let folder = Folder::new("accepted");
    let files = [
        ("a.apl", "x←1 2 3      ⍝→\n1 2 3+4 5    ⍝→\nx∘.×x        ⍝→ 1\n⍞←'no end'   ⍝→ 7"),
        ("b.aplt", "⍝ prose\r\n      ⍞←'x'\r\n      '      1'\r\n      {\r\nold\r\n"),
        ("c.md", "\u{feff}# c\n```apl\n      ↑'a' '```'\n```\n"),
    ];
    for (name, text) in files {
        folder.file(name, text);
    }
    let here = folder.0.to_str().unwrap();
    assert_eq!(ran(&["test", here]).status.code(), Some(1));
    assert_eq!(ran(&["test", "--accept", here]).status.code(), Some(0));
    let texts = || files.map(|(name, _)| fs::read_to_string(folder.0.join(name)).unwrap());
    let accepted = texts();
    assert_eq!(out(&ran(&["test", here])), "3 files: 8 passed\n");
    assert_eq!(ran(&["test", "--accept", here]).status.code(), Some(0));
    assert_eq!(texts(), accepted);
}

#[test]
fn files_of_all_sorts_do_no_harm_to_the_tester() {
    let folder = Folder::new("sorts");
    let none = |name: &str, text: &[u8], said: &str| {
        let file = folder.file(name, text);
        let output = ran(&[OsStr::new("test"), OsStr::new("--accept"), file.as_os_str()]);
        assert!(err(&output).contains(said) && err(&output).contains(name), "{said}: {}", err(&output));
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert_eq!(fs::read(file).unwrap(), text);
    };
    none("bytes.aplt", b"      1\n1\n\xff\n", "bytes.aplt:3: Invalid UTF-8 at byte 10");
    none("empty.aplt", b"", "checks nothing");
    none("prose.md", "⍝ x".as_bytes(), "checks nothing");
    none("block.md", b"\n```apl\n1+1\n```\n", "block.md:2: ");
    none("plain.apl", b"1+1\n", "checks nothing");
    none("stray.aplt", b"stray\n      1\n", "stray.aplt:1: ");
    none("typo.aplt", "      1\n1\n⍝! tolerance 1\n      2\n".as_bytes(), "typo.aplt:3: tolerance 1: unknown");
    let gone = ran(&[OsStr::new("test"), folder.0.join("gone.aplt").as_os_str()]);
    assert!(err(&gone).contains("gone.aplt: "), "{}", err(&gone));
    assert_eq!(gone.status.code(), Some(2));

    let wide = format!("      +/{}\n", "1 ".repeat(100_000));
    let file = folder.file("wide.aplt", wide.clone());
    assert_eq!(ran(&[OsStr::new("test"), OsStr::new("--accept"), file.as_os_str()]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(file).unwrap(), wide + "100000\n");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_told_and_the_others_are_tested() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("permission");
    folder.file("right.aplt", "      1\n1\n");
    let closed = folder.0.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything.
    if fs::read_dir(&closed).is_err() {
        let output = ran(&[OsStr::new("test"), folder.0.as_os_str()]);
        assert!(err(&output).contains("closed: ") && out(&output).contains("1 passed"), "{}", err(&output));
        assert_eq!(output.status.code(), Some(2));
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();

    // A device holds no snapshots.
    if Path::new("/dev/null").exists() {
        let output = ran(&["test", "--accept", "/dev/null"]);
        assert_eq!((err(&output).lines().count(), output.status.code()), (1, Some(2)), "{}", err(&output));
    }
}

#[test]
fn two_may_accept_at_once() {
    let folder = Folder::new("at-once");
    let text: String = (0..200).map(|n| format!("      {n}\n")).collect();
    let file = folder.file("a.aplt", &text);
    let spawn = || zilde().args([Path::new("test"), Path::new("--accept"), &file]).spawn().unwrap();
    for child in [spawn(), spawn(), spawn()] {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    }
    let accepted: String = (0..200).map(|n| format!("      {n}\n{n}\n")).collect();
    assert_eq!(fs::read_to_string(&file).unwrap(), accepted);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[test]
fn many_cases_take_linear_time() {
    let folder = Folder::new("many");
    let text = "      1\n1\n".repeat(20_000) + "      {\n" + &"      ⍵\n".repeat(20_000) + "      }1\n";
    let file = folder.file("a.aplt", text + &"1\n".repeat(20_000));
    assert_eq!(ran(&[OsStr::new("test"), file.as_os_str()]).status.code(), Some(1));
}

#[test]
fn a_snapshot_that_loops_is_stopped_and_not_accepted() {
    let folder = Folder::new("loop");
    let text = "      {∇⍵}1\n5\n";
    let file = folder.file("loop.aplt", text);
    let output = ran(&["test", "--accept", "--timeout", "50ms", folder.0.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}

#[test]
fn an_answer_in_a_session_includes_what_was_asked() {
    let input = "⍞←'which ' ⋄ x←⍞\nthis\n⍴x\n⍞←'a' ⋄ ⎕←1 ⋄ ⊢x←⍞\nb\n\u{1e}\n⍞←'c'\n⊢x←⍞\nd\n\u{1e}\n⊢⎕\n2×3\n\u{1e}\n";
    let output = fed(&["session"], input.as_bytes());
    let blocks: Vec<&str> = out(&output).split("\u{1e}\n").collect();
    // A line that is typed comes between as well.
    assert_eq!(blocks, ["which \n10\na\n1\nb\n", "c\nd\n", "6\n", ""]);
}

#[test]
fn an_answer_in_a_script_does_not() {
    let program = "⍞←'two',(⎕UCS 10),'n: ' ⋄ x←⍞ ⋄ ⍴x";
    assert_eq!(out(&fed(&["-e", program], b"four\n")), "two\nn: \n4\n");
    assert_eq!(out(&fed(&[], format!("{program}\nfour\n").as_bytes())), "two\nn: \n4\n");
}

#[test]
fn only_quote_quad_goes_on_in_a_line() {
    let lines = ["⍞←'a'", "⍞←'b'", "3", "⍞←'c' ⋄ ⎕←4", "⍞←'d'", ")wsid", "⍞←2 1⍴5 6", "⍞←'e' ⋄ f←{⍞←⍵ ⋄ ⍵} ⋄ f 'g'"];
    let shown = "ab\n3\nc\n4\nd\nis CLEAR WS\n5\n6\neg\ng\n";
    assert_eq!(out(&fed(&[], lines.join("\n").as_bytes())), shown);
    let output = fed(&["session"], "⍞←'a'\n1÷0\n⍞←'b'\n".as_bytes());
    assert_eq!(out(&output), "a\nDOMAIN ERROR: Divide by zero\n      1÷0\n       ∧\nb\n\u{1e}\n");
    let apart = fed(&["-e", "⍞←'a' ⋄ ÷0"], b"");
    assert_eq!(out(&apart), "a\n");
    assert!(err(&apart).starts_with("DOMAIN ERROR"), "{}", err(&apart));
}

#[test]
fn standard_input_is_read_to_its_end() {
    let sum = "lines←⊃⎕NGET '/dev/stdin' 1 ⋄ (≢lines),+/⍎¨lines";
    assert_eq!(out(&fed(&["-e", sum], b"1\n2\r\n39")), "3 42\n");
    assert_eq!(out(&fed(&["-e", "≢⊃⎕NGET '/dev/stdin' 1"], b"")), "0\n");
    // What was read before is not read again, and then there is nothing left.
    let rest = "first←⍞ ⋄ all←⎕NGET '/dev/stdin' ⋄ none←⎕NGET '/dev/stdin' 1 ⋄ ⎕←first ⋄ ⎕←¯1↓⊃all ⋄ ≢⊃none";
    assert_eq!(out(&fed(&["-e", rest], b"one\ntwo\n\nthree\n")), "one\ntwo\n\nthree\n0\n");
    assert_eq!(out(&fed(&["-e", "≢¨⊃⎕NGET '/dev/stdin' 1"], b"a\n\nbc\n\n")), "1 0 2 0\n");
    assert_eq!(out(&fed(&["-e", "3⊃⎕NGET '/dev/stdin'"], b"a\r\nb")), "13 10\n");
    assert_eq!(out(&fed(&["-e", "⊃⎕NGET '/dev/stdin'"], b"a\xff")), "a\u{ff}\n");
    let spoilt = fed(&["-e", "'UTF-8'⎕NGET '/dev/stdin'"], b"a\xff");
    assert!(err(&spoilt).starts_with("TRANSLATION ERROR"), "{}", err(&spoilt));
}

#[test]
fn coverage_below_the_least_fails_and_reports_are_written() {
    let folder = Folder::new("coverage");
    folder.file("sign.aplf", "sign←{\n    ⍵<0:¯1\n    ×⍵\n}\n");
    let tests = folder.file("sign.aplt", "⍝! load sign.aplf\n\n      sign 5\n1\n");
    let (lcov, html) = (folder.0.join("lcov.info"), folder.0.join("page.html"));
    let args = |least: &str| {
        let options = ["--coverage-min", least, "--coverage-lcov", lcov.to_str().unwrap(), "--coverage-html"];
        let args = [&["test"], &options[..], &[html.to_str().unwrap(), tests.to_str().unwrap()]].concat();
        ran(&args)
    };
    // Run are two of three phrases, taken is one of two sides.
    assert_eq!(args("60").status.code(), Some(0));
    let output = args("61");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(err(&output), "zilde: the coverage is 60.0 %, less than 61 %\n");
    assert!(fs::read_to_string(&lcov).unwrap().contains("BRDA:2,0,0,0\nBRDA:2,0,1,1\n"));
    assert!(fs::read_to_string(&html).unwrap().contains("<span class=\"half\">⍵&lt;0</span>"));
    folder.file("zilde.toml", "coverage-min = 61\n");
    // A part of the tests is not measured by what all of them have to reach.
    assert_eq!(ran(&["test", tests.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(ran(&["test", folder.0.to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn mutants_are_listed() {
    let folder = Folder::new("mutants");
    folder.file("limited.aplf", "limited←{10⌊⍵}\n");
    let tests = folder.file("limited.aplt", "⍝! load limited.aplf\n\n      limited 3\n3\n");
    let output = ran(&["test", "--mutate", "--budget", "1h", tests.to_str().unwrap()]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
    // 11 and 9 for 10 change nothing; `⌈` and a missing left argument do.
    assert!(
        out(&output).contains("limited.aplf:1: no test notices: 11 for 10\n      limited←{10⌊⍵}\n               ∧\n")
    );
    assert!(out(&output).ends_with("4 mutants: 2 noticed, 2 not noticed, 0 never run\n"), "{}", out(&output));
    let json = ran(&["test", "--mutate", "--budget", "1h", "--format", "json", tests.to_str().unwrap()]);
    assert_eq!(out(&json).lines().filter(|line| line.contains(r#""event":"mutant""#)).count(), 2);
}

/// A transcript that is out of date, and what accepting makes of it.
fn stale() -> (String, String) {
    let input = |answer: &str| format!("      300 30⍴'ab'\n{}", format!("{answer}\n").repeat(300));
    (input("stale"), input(&"ab".repeat(15)))
}

/// Whatever the moment at which the process is killed, the file is the old or the new one.
#[test]
fn a_kill_while_accepting_tears_no_file() {
    let folder = Folder::new("killed");
    let (old, new) = stale();
    for round in 0..200_u32 {
        let file = folder.file("stale.aplt", &old);
        let mut child = zilde().args(["test", "--accept", file.to_str().unwrap()]).spawn().unwrap();
        for _ in 0..round * 20_000 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = fs::read_to_string(&file).unwrap();
        assert!(now == old || now == new, "round {round}: {} bytes", now.len());
    }
    // What killed processes have left behind is removed, or does not matter.
    let file = folder.file("stale.aplt", &old);
    assert_eq!(ran(&["test", "--accept", file.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), new);
}

/// As on a disk that is full: no more than a kilobyte can be written to a file.
#[test]
fn a_file_that_cannot_be_written_stays_as_it_is() {
    let folder = Folder::new("full");
    let (old, _) = stale();
    let file = folder.file("stale.aplt", &old);
    for ignored in ["trap '' XFSZ; ", ""] {
        let line = format!("{ignored}ulimit -f 1; exec \"$0\" test --accept \"$1\"");
        let mut command = Command::new("sh");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_zilde")]).arg(&file).env_remove("CI");
        command.env("XDG_CACHE_HOME", folder.0.join("cache"));
        let output = command.output().unwrap();
        assert_ne!(output.status.code(), Some(0));
        assert_eq!(fs::read_to_string(&file).unwrap(), old);
    }
}

#[test]
fn two_runs_that_accept_at_once_leave_a_whole_file() {
    let folder = Folder::new("both");
    let (old, new) = stale();
    for _ in 0..5 {
        let file = folder.file("stale.aplt", &old);
        let start = || zilde().args(["test", "--accept", file.to_str().unwrap()]).spawn().unwrap();
        let (mut first, mut second) = (start(), start());
        let codes = [first.wait().unwrap().code(), second.wait().unwrap().code()];
        assert_eq!(fs::read_to_string(&file).unwrap(), new);
        assert!(codes.contains(&Some(0)), "{codes:?}");
    }
}

/// A session on a pipe shows what a session shows; where an error is, standard error tells.
#[test]
fn a_piped_session_tells_where_errors_are() {
    let folder = Folder::new("piped");
    let file = folder.file("inverse.aplf", "inverse←{\n    ÷⍵\n}\n");
    let file = file.to_str().unwrap();
    let output = fed(&["-l", file], "inverse 0\ninverse 4\n1 2+1 2 3\n".as_bytes());
    let report = "DOMAIN ERROR: Divide by zero\ninverse[1] ÷⍵\n           ∧\n";
    let length = "LENGTH ERROR: Mismatched left and right argument shapes\n      1 2+1 2 3\n         ∧\n";
    assert_eq!(out(&output), format!("{report}0.25\n{length}"));
    assert_eq!(err(&output), format!("at {file}:2\nleft is 2, right is 3: axis 1 is 2 against 3\n"));
    // In blocks only the session is heard.
    let output = fed(&["-l", file, "session"], "inverse 0\n\u{1e}\n".as_bytes());
    assert_eq!((out(&output), err(&output)), (&*format!("{report}\u{1e}\n"), ""));
}

#[test]
fn a_trace_is_text_or_json() {
    let text = ran(&["trace", "--plain", "+/2×⍳3"]);
    assert_eq!(text.status.code(), Some(0));
    let lines: Vec<String> =
        out(&text).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["12", "▸ +/2×⍳3", "⍳3 integer 3 1 2 3", "2×⍳3 integer 3 2 4 6", "+/2×⍳3 integer 12"]);
    let json = ran(&["trace", "--json", "--calls", "⎕←{⍵÷0}5"]);
    assert_eq!(json.status.code(), Some(1));
    let steps: Vec<serde_json::Value> = out(&json).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["phrase", "call", "phrase", "part", "error", "end"]);
    assert_eq!(steps[1]["right"]["text"], "5");
    assert_eq!((steps[3]["text"].as_str(), steps[3]["depth"].as_u64()), (Some("⍵"), Some(1)));
    assert!(steps[4]["error"].as_str().unwrap().starts_with("DOMAIN ERROR"));
    assert_eq!(steps[5]["dropped"], 0);
    // What the program shows is not among the steps.
    assert!(err(&json).contains("DOMAIN ERROR"));
}

#[test]
fn a_script_is_traced_and_profiled_with_the_rights_that_it_has() {
    let folder = Folder::new("traced");
    let script = folder.file("slow.apl", "hot←{+/⍳⍵×100}\ncold←{⍵}\n⎕←+/hot¨⍳50\ncold 1\n");
    let script = script.to_str().unwrap();
    let traced = ran(&["trace", "--plain", script]);
    assert!(out(&traced).contains("hot¨⍳50") && out(&traced).contains("¨: 50 items"), "{}", out(&traced));
    let flame = folder.0.join("flame.svg");
    let profiled = ran(&["profile", "--flame", flame.to_str().unwrap(), script]);
    assert_eq!(profiled.status.code(), Some(0), "{}", err(&profiled));
    assert!(out(&profiled).contains("51 calls of functions"), "{}", out(&profiled));
    assert!(fs::read_to_string(&flame).unwrap().contains("#.hot"));
    let writes = format!("(⊂'x')⎕NPUT '{}/made'", folder.0.display());
    let refused = ran(&["trace", "--sandbox", &writes]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!folder.0.join("made").exists() && err(&refused).contains("FILE"), "{}", err(&refused));
    let bounded = ran(&["trace", "--plain", "--calls", "--steps", "10", "{⍵=0:0 ⋄ 1+∇⍵-1}100"]);
    assert!(out(&bounded).contains("steps before these were dropped"), "{}", out(&bounded));
    let input = fed(&["trace", "--plain", "⍞"], b"typed\n");
    assert!(out(&input).contains("'typed'"), "{}", out(&input));
}
