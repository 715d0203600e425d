//! What `--help` offers: its text, and that no option does nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const COMMANDS: [&str; 6] = ["", "run", "session", "test", "doc", "explain"];

/// What a run shows: its output, its exit code, and the files it leaves.
type Shown = (String, Option<i32>, Vec<(PathBuf, String)>);

/// A run in a folder of its own that holds a script, a slow one and two snapshots, one of them out of date.
fn shown(args: &[&str], input: &str) -> Shown {
    use std::io::Write;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("help-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in FILES {
        fs::write(folder.join(name), text).unwrap();
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_zilde"))
        .args(args)
        .current_dir(&folder)
        .env_remove("CI")
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let mut files: Vec<(PathBuf, String)> = fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|entry| (entry.file_name().into(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    fs::remove_dir_all(&folder).unwrap();
    (text, output.status.code(), files)
}

const FILES: [(&str, &str); 10] = [
    ("twice.aplf", "twice←{2×⍵}\n"),
    ("show.apl", "1+1\n⎕←2\n"),
    ("large.apl", "⍴2⌽⍳3E5\n"),
    ("roll.apl", "?1E9\n"),
    ("old.aplt", "      1+1\n3\n"),
    ("read.apl", "≢⊃⎕NGET 'show.apl'\n"),
    ("outside.aplt", "      ×≢⊃⎕NGET'/etc/passwd'\n1\n      'x'⎕NPUT'new'\n      ≡⎕AN\n1\n      ⊃⎕SH'echo 1'\n1\n"),
    ("twice.aplt", "⍝! load twice.aplf\n\n      twice 4\n8\n"),
    ("wrong.aplt", "⍝! forall x←int(0..30)\n      x≠7\n1\n"),
    ("slow.aplt", "      {⍵≤0:⍵ ⋄ ∇⍵-1}3E5\n0\n      ⍴2⌽⍳3E5\n300000\n"),
];

const SLOW: &str = "{⍵≤0:⍵ ⋄ ∇⍵-1}3E5";
const BLOCK: &str = "1+1\n⍴2⌽⍳3E5\n{⍵≤0:⍵ ⋄ ∇⍵-1}3E5\n≢⊃⎕NGET 'show.apl'\n\u{1e}\n";
const READ: &str = "≢⊃⎕NGET 'show.apl'";

/// A command, an option, and arguments that do something else with it (given where `@` stands) than without.
const USES: &[(&str, &[&str], &[&str], &str)] = &[
    ("", &["--load", "twice.aplf"], &["@", "-e", "twice 4"], ""),
    ("", &["--eval", "1"], &["@"], ""),
    ("", &["--print"], &["@", "-e", "a←2"], ""),
    ("", &["--interactive"], &["@", "-e", "1"], "2+2\n"),
    ("", &["--quiet"], &["@", "-e", "1"], ""),
    ("", &["--max-ws", "1M"], &["@", "-e", "⍴2⌽⍳3E5"], ""),
    ("", &["--seed", "7"], &["@", "-e", "?1E9"], ""),
    ("", &["--time-limit", "1ms"], &["@", "-e", SLOW], ""),
    ("", &["--sandbox"], &["@", "-e", "⎕AN"], ""),
    ("", &["--allow-read=old.aplt"], &["@", "-e", READ], ""),
    ("", &["--allow-read"], &["--sandbox", "@", "-e", READ], ""),
    ("", &["--allow-write"], &["@", "-e", READ], ""),
    ("", &["--allow-write=new"], &["--sandbox", "@", "-e", "'x'⎕NPUT'new'"], ""),
    ("", &["--allow-env"], &["--sandbox", "@", "-e", "⎕AN"], ""),
    ("", &["--allow-run"], &["--sandbox", "@", "-e", "⎕SH'echo 1'"], ""),
    ("run", &["--allow-run"], &["run", "@", "read.apl"], ""),
    ("session", &["--allow-run"], &["session", "@"], BLOCK),
    ("test", &["--allow-run"], &["test", "@", "outside.aplt"], ""),
    ("run", &["--sandbox"], &["run", "@", "read.apl"], ""),
    ("run", &["--allow-read=show.apl"], &["run", "--sandbox", "@", "read.apl"], ""),
    ("run", &["--allow-write"], &["run", "@", "read.apl"], ""),
    ("run", &["--allow-env"], &["run", "@", "read.apl"], ""),
    ("session", &["--sandbox"], &["session", "@"], BLOCK),
    ("session", &["--allow-read=old.aplt"], &["session", "@"], BLOCK),
    ("session", &["--allow-write"], &["session", "@"], BLOCK),
    ("session", &["--allow-env"], &["session", "@"], BLOCK),
    ("test", &["--allow-read"], &["test", "@", "outside.aplt"], ""),
    ("test", &["--allow-write=."], &["test", "@", "outside.aplt"], ""),
    ("test", &["--allow-env"], &["test", "@", "outside.aplt"], ""),
    ("run", &["--quiet"], &["run", "@", "show.apl"], ""),
    ("run", &["--max-ws", "1M"], &["run", "@", "large.apl"], ""),
    ("run", &["--seed", "7"], &["run", "@", "roll.apl"], ""),
    ("run", &["--time-limit", "1ms"], &["run", "@", "-"], SLOW),
    ("session", &["--quiet"], &["session", "@"], BLOCK),
    ("session", &["--max-ws", "1M"], &["session", "@"], BLOCK),
    ("session", &["--seed", "7"], &["session", "@"], "?1E9\n\u{1e}\n"),
    ("session", &["--time-limit", "1ms"], &["session", "@"], BLOCK),
    ("explain", &["--values"], &["explain", "@", "2+⍳3"], ""),
    ("test", &["--accept"], &["test", "@", "old.aplt"], ""),
    ("test", &["--review"], &["test", "@", "old.aplt"], ""),
    // It says what is done anyway, and that nothing else may be.
    ("test", &["--check"], &["test", "@", "--accept", "old.aplt"], ""),
    ("test", &["--filter", "old"], &["test", "@"], ""),
    // How many run at a time cannot be seen, only that there must be one.
    ("test", &["--jobs", "0"], &["test", "@", "old.aplt"], ""),
    ("test", &["--timeout", "1ms"], &["test", "@", "slow.aplt"], ""),
    ("test", &["--max-ws", "1M"], &["test", "@", "slow.aplt"], ""),
    ("test", &["--format", "tap"], &["test", "@", "old.aplt"], ""),
    ("test", &["--failed"], &["test", "@", "old.aplt"], ""),
    ("test", &["--fail-fast"], &["test", "--jobs", "1", "@", "old.aplt", "wrong.aplt"], ""),
    ("test", &["--shard", "1/2"], &["test", "@", "old.aplt", "wrong.aplt"], ""),
    ("test", &["--list"], &["test", "@", "old.aplt"], ""),
    // It does not end by itself, and cannot be combined with what changes files.
    ("test", &["--watch"], &["test", "@", "--accept", "old.aplt"], ""),
    ("test", &["--file-timeout", "1ms"], &["test", "@", "slow.aplt"], ""),
    ("test", &["--cases", "1"], &["test", "@", "wrong.aplt", "--seed", "1"], ""),
    ("test", &["--seed", "7"], &["test", "@", "wrong.aplt"], ""),
    ("test", &["--coverage"], &["test", "@", "twice.aplt"], ""),
    ("test", &["--coverage-lcov", "new"], &["test", "@", "twice.aplt"], ""),
    ("test", &["--coverage-html", "new"], &["test", "@", "twice.aplt"], ""),
    ("test", &["--coverage-min", "101"], &["test", "@", "twice.aplt"], ""),
    ("test", &["--mutate"], &["test", "@", "twice.aplt"], ""),
    ("test", &["--budget", "0"], &["test", "--mutate", "@", "twice.aplt"], ""),
    ("test", &["--slowest"], &["test", "@", "old.aplt"], ""),
];

#[test]
fn no_option_does_nothing() {
    for (_, option, args, input) in USES {
        let with: Vec<&str> =
            args.iter().flat_map(|arg| if *arg == "@" { option } else { std::slice::from_ref(arg) }).copied().collect();
        let without: Vec<&str> = args.iter().filter(|arg| **arg != "@").copied().collect();
        assert_ne!(shown(&with, input), shown(&without, input), "{with:?}");
    }
}

/// With a seed, random numbers are the same each time.
#[test]
fn seeds_repeat() {
    assert_eq!(shown(&["--seed", "7", "-e", "?1E9"], ""), shown(&["--seed", "7", "run", "roll.apl"], ""));
}

/// An option without its value.
fn name(option: &str) -> &str {
    option.split([',', '[', '=']).next().unwrap_or_default()
}

#[test]
fn every_option_that_is_offered_is_tried() {
    let offered: BTreeSet<(&str, String)> = COMMANDS
        .iter()
        .flat_map(|command| {
            let args: Vec<&str> = [*command, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
            let (text, ..) = shown(&args, "");
            let options: Vec<(&str, String)> = text
                .lines()
                .filter(|line| line.trim_start().starts_with('-'))
                .filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")))
                .map(|option| (*command, name(option).to_owned()))
                .collect();
            options
        })
        .filter(|(_, option)| !["--help", "--version"].contains(&&**option))
        .collect();
    let tried: BTreeSet<(&str, String)> =
        USES.iter().map(|(command, option, ..)| (*command, name(option[0]).to_owned())).collect();
    assert_eq!(offered, tried);
}

/// The text, so that a change of it is looked at.
#[test]
fn help_texts() {
    let texts = COMMANDS.map(|command| {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
        shown(&args, "").0
    });
    insta::assert_snapshot!(texts.join("\n────\n"));
}
