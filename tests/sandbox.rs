//! Rights: what is not granted is refused, however it is named.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use common::Folder;
use zilde::{Rights, Session};

/// What an expression shows, on both outputs.
fn shown(folder: &Path, args: &[&str], expression: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_zilde"))
        .args(args)
        .args(["-e", expression])
        .env("USER", "alice")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with something inside and outside of what is granted.
fn folder() -> Folder {
    let folder = Folder::new();
    let root = &folder.0;
    for name in ["data", "data-2", "secret"] {
        fs::create_dir(root.join(name)).unwrap();
        fs::write(root.join(name).join("file"), name).unwrap();
    }
    fs::create_dir(root.join("data/deep")).unwrap();
    symlink("../secret", root.join("data/out")).unwrap();
    symlink("../secret/file", root.join("data/leak")).unwrap();
    symlink(root.join("secret/new"), root.join("data/dangling")).unwrap();
    symlink("deep/../file", root.join("data/within")).unwrap();
    symlink("data", root.join("alias")).unwrap();
    folder
}

const OUTSIDE: [&str; 10] = [
    "secret/file",
    "data/../secret/file",
    "data/deep/../../secret/file",
    "data/out/file",
    "data/leak",
    "data/out/../secret/file",
    "data-2/file",
    "data/dangling",
    "/etc/passwd",
    "/proc/self/environ",
];

#[test]
fn reading_is_granted_beneath_a_folder() {
    let folder = folder();
    let args = ["--sandbox", "--allow-read=data"];
    for name in ["data/file", "./data/deep/../file", "data/within", "alias/file", "secret/../data/file"] {
        assert_eq!(shown(&folder.0, &args, &format!("⊃⎕NGET'{name}'")), "data\n", "{name}");
    }
    let whole = folder.0.join("data/file");
    assert_eq!(shown(&folder.0, &args, &format!("⊃⎕NGET'{}'", whole.display())), "data\n");
    for name in OUTSIDE {
        let shown = shown(&folder.0, &args, &format!("⎕NGET'{name}'"));
        assert!(shown.starts_with("FILE ACCESS ERROR"), "{name}: {shown}");
    }
    let write = shown(&folder.0, &args, "'x'⎕NPUT'data/file' 1");
    assert!(write.starts_with("FILE ACCESS ERROR"), "{write}");
    assert_eq!(fs::read_to_string(whole).unwrap(), "data");
}

/// Links that lead out of what is granted, or nowhere, are told as links.
#[test]
fn a_folder_is_listed_with_the_links_in_it() {
    let folder = folder();
    let listed = "⎕PW←200 ⋄ ⎕←0 1(⎕NINFO⍠1)'data/*'";
    let names = "data/dangling data/deep data/file data/leak data/out data/within".replace(' ', "  ");
    let shown = shown(&folder.0, &["--sandbox", "--allow-read=data"], listed);
    assert_eq!(shown.trim(), format!("{names}   4 1 2 4 4 2"));
}

#[test]
fn writing_is_granted_beneath_a_folder() {
    let folder = folder();
    let args = ["--allow-write=data"];
    for flag in 0..3 {
        for name in OUTSIDE {
            let shown = shown(&folder.0, &args, &format!("'x'⎕NPUT'{name}' {flag}"));
            assert!(shown.starts_with("FILE ACCESS ERROR"), "{name}: {shown}");
        }
    }
    assert_eq!(fs::read_to_string(folder.0.join("secret/file")).unwrap(), "secret");
    assert!(!folder.0.join("secret/new").exists());
    assert_eq!(shown(&folder.0, &args, "(⊂,'x')⎕NPUT'data/new' ⋄ ⊢(⊂,'x')⎕NPUT'alias/within' 1"), "2\n");
    assert_eq!(fs::read_to_string(folder.0.join("data/file")).unwrap(), "x\n");
    let read = shown(&folder.0, &args, "⎕NGET'data/file'");
    assert!(read.starts_with("FILE ACCESS ERROR"), "{read}");
    // A file that does not exist yet can be granted by itself.
    assert_eq!(shown(&folder.0, &["--allow-write=report"], "⊢(⊂,'x')⎕NPUT'report'"), "2\n");
}

#[test]
fn the_environment_is_granted() {
    let folder = Folder::new();
    assert_eq!(shown(&folder.0, &[], "⎕AN"), "alice\n");
    assert_eq!(shown(&folder.0, &["--sandbox", "--allow-env"], "⎕AN"), "alice\n");
    let variables = "2 ⎕NQ'.' 'GetEnvironment'('USER' 'NO_SUCH')";
    assert_eq!(shown(&folder.0, &["--allow-env"], variables), " alice   \n");
    for args in [&["--sandbox"][..], &["--allow-read"], &["--allow-write"], &["--allow-run"]] {
        for expression in ["⎕AN", variables] {
            let refused = shown(&folder.0, args, expression);
            assert!(refused.starts_with("DOMAIN ERROR") && !refused.contains("alice"), "{refused}");
        }
    }
}

#[test]
fn refusals_name_what_would_grant() {
    let mut session = Session::new();
    for (expression, flag) in [
        ("⎕NGET'some/file'", "--allow-read=some/file"),
        ("'x'⎕NPUT'some/file'", "--allow-write=some/file"),
        ("83 ¯1 ⎕MAP'some/file'", "--allow-read=some/file"),
        ("⎕SE.file.npy'some/file'", "--allow-read=some/file"),
        ("⎕CSV'some/file'", "--allow-read=some/file"),
        ("'some/file'⎕FTIE 1", "--allow-read=some/file"),
        ("⎕SH'ls'", "--allow-run"),
        ("⎕AN", "--allow-env"),
    ] {
        let fault = session.eval(expression).unwrap_err();
        assert!(fault.detail().is_some_and(|detail| detail.contains(flag)), "{expression}: {fault:?}");
    }
}

#[test]
fn the_library_grants_what_it_is_told_to() {
    let folder = folder();
    let name = folder.0.join("data/file").display().to_string();
    let rights = Rights::none().read(folder.0.join("data"));
    let mut session = Session::builder().rights(rights).build();
    assert_eq!(session.eval(&format!("⊃⎕NGET'{name}'")).unwrap().to_string(), "data");
    assert!(session.eval("⎕AN").is_err());
    assert!(Session::new().eval(&format!("⎕NGET'{name}'")).is_err());
}

#[test]
fn tests_read_the_project_and_write_a_folder_of_their_own() {
    let folder = folder();
    let test = |name: &str, text: &str| {
        fs::write(folder.0.join("data").join(name), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_zilde"))
            .args(["test", name])
            .current_dir(folder.0.join("data"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let text = "      ⊃⎕NGET'file'\ndata\n      t←739⌶0\n      ⊢(⊂'mine')⎕NPUT t,'/x'\n5\n      (⊂'mine')≡⊂⊃⎕NGET(t,'/x')1\n0\n";
    assert_eq!(test("right.aplt", text).0, Some(0), "{}", test("right.aplt", text).1);
    let place = "      739⌶0\n?\n";
    let (code, shown) = test("place.aplt", place);
    assert_eq!(code, Some(1));
    let temporary = shown.split_whitespace().find(|word| word.contains("/zilde-")).expect("a folder");
    assert!(!Path::new(temporary.trim_start_matches(['+', '-'])).exists(), "{temporary} is left behind");
    for line in ["⎕NGET'../secret/file'", "'x'⎕NPUT'file' 1", "'x'⎕NPUT'/zilde-x' 1", "⎕AN"] {
        let (code, shown) = test("wrong.aplt", &format!("      {line}\n"));
        assert!(code == Some(1) && shown.contains("ERROR"), "{line}: {shown}");
    }
    assert_eq!(fs::read_to_string(folder.0.join("data/file")).unwrap(), "data");
}

#[test]
fn running_programs_is_granted() {
    let folder = Folder::new();
    assert_eq!(shown(&folder.0, &[], "⎕SH'echo one; echo two 2'"), " one  two 2 \n");
    assert_eq!(shown(&folder.0, &["--sandbox", "--allow-run"], "⎕CMD'printf three'"), " three \n");
    assert_eq!(shown(&folder.0, &["--allow-run"], "⎕SH'true' ⋄ ≢⎕SH'true'"), "0\n");
    for args in [&["--sandbox"][..], &["--allow-read", "--allow-write"], &["--allow-env"]] {
        let refused = shown(&folder.0, args, "⎕SH'touch made'");
        assert!(refused.starts_with("DOMAIN ERROR"), "{refused}");
    }
    assert!(!folder.0.join("made").exists());
    assert!(shown(&folder.0, &[], "⎕SH'exit 3'").starts_with("DOMAIN ERROR: The command failed with exit code 3"));
    assert!(shown(&folder.0, &[], "⎕SH'kill -9 $$'").contains("exit code 137"));
    assert!(shown(&folder.0, &[], "⎕SH''").starts_with("DOMAIN ERROR"));
    // It can be stopped, also when it has closed its output, with all that it has started, and its output is limited.
    for command in ["sleep 100", "sleep 100 & sleep 100", "exec >&-; sleep 100"] {
        let stopped = shown(&folder.0, &["--time-limit", "100ms"], &format!("⎕SH'{command}'"));
        assert!(stopped.starts_with("INTERRUPT"), "{command}: {stopped}");
    }
    assert!(shown(&folder.0, &["--max-ws", "16M"], "⎕SH'yes'").starts_with("WS FULL"));
}
