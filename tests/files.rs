//! Files: what is written is what is there, and what goes wrong is an error that says so.

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Folder, Typed};
use zilde::{Rights, Session};

/// A session whose `f` is its folder with a slash.
fn typed() -> Typed {
    let mut typed = Typed::new();
    typed.shows("f←(739⌶0),'/'");
    typed
}

/// The lines whose value is not 1, with what they show. A line that ends in an assignment shows nothing.
fn wrong(typed: &mut Typed, lines: &[&str]) -> String {
    let mut wrong = String::new();
    for line in lines {
        let shown = typed.shows(line);
        let last = line.rsplit('⋄').next().unwrap_or_default();
        let assigns = last.trim().split_once('←').is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric));
        if shown.trim() != if assigns { "" } else { "1" } {
            wrong += &format!("{line}\n{shown}");
        }
    }
    wrong
}

#[track_caller]
fn all_true(lines: &[&str]) {
    let wrong = wrong(&mut typed(), lines);
    assert!(wrong.is_empty(), "{wrong}");
}

/// The first line of the report.
#[track_caller]
fn error(typed: &mut Typed, line: &str) -> String {
    let shown = typed.shows(line);
    shown.lines().next().unwrap_or_default().to_owned()
}

/// A `zilde` that works in a folder.
fn zilde(folder: &Path, args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_zilde")).args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn text_files() {
    all_true(&[
        "26=(⊂'eine' 'kleine' 'Nachtmusik' 'KV')⎕NPUT f,'a'",
        "'eine' 'kleine' 'Nachtmusik' 'KV'≡⊃⎕NGET(f,'a')1",
        "(∊'eine' 'kleine' 'Nachtmusik' 'KV',¨⎕UCS 10)≡⊃⎕NGET f,'a'",
        "(4 10⍴'eine      kleine    NachtmusikKV        ')≡⊃⎕NGET(f,'a')2",
        "'UTF-8-NOBOM'(,10)≡1↓⎕NGET f,'a'",
        "4=(2 3⍴'x  y  ')⎕NPUT(f,'a')1",
        "(∊'x' 'y',¨⎕UCS 10)≡⊃⎕NGET f,'a'",
        "5='more'⎕NPUT(f,'a')2",
        "(,¨'x' 'y' 'more')≡⊃⎕NGET(f,'a')1",
        "0=''⎕NPUT f,'empty'",
        "('' 'UTF-8-NOBOM' ⍬)≡⎕NGET f,'empty'",
        "(0⍴⊂'')≡⊃⎕NGET(f,'empty')1",
        "0 0≡⍴⊃⎕NGET(f,'empty')2",
        // Lines that are empty have a line end of their own.
        "3=(⊂'' 'b')⎕NPUT(f,'a')1",
        "('' (,'b'))≡⊃⎕NGET(f,'a')1",
    ]);
}

#[test]
fn encodings() {
    all_true(&[
        "t←'zażółć ☃ ',⎕UCS 128640",
        "e←'UTF-8' 'UTF-8-BOM' 'UTF-16' 'UTF-16LE' 'UTF-16BE-NOBOM' 'UTF-32BE' 'UTF-32LE-NOBOM'",
        // The text takes 19 bytes in UTF-8, 22 in UTF-16 and 40 in UTF-32; marks take 3, 2 and 4.
        "19 22 24 24 22 44 40≡{(t ⍵ ⍬)⎕NPUT(f,'a')1}¨e",
        "∧/{size←(t ⍵ ⍬)⎕NPUT(f,'a')1 ⋄ t≡⊃⍵ ⎕NGET f,'a'}¨e",
        "'UTF-16BE-NOBOM'≡2⊃⎕NGET f,'a'⊣('ab' 'UTF-16BE-NOBOM')⎕NPUT(f,'a')1",
        "4=('à€' 'ANSI'(13 10))⎕NPUT(f,'a')1",
        "'Windows-1252'(13 10)≡1↓⎕NGET f,'a'",
        "('à€',⎕UCS 10)≡⊃⎕NGET f,'a'",
        // A mark counts more than what is asked for.
        "5=('a' 'UTF-8-BOM')⎕NPUT(f,'a')1",
        "'UTF-8-BOM'≡2⊃'UTF-16LE'⎕NGET f,'a'",
        "'ASCII'≡2⊃'ASCII'⎕NGET f,'b'⊣'plain'⎕NPUT f,'b'",
        "table←⌽¯1+⍳256",
        "6=('plain' table)⎕NPUT(f,'a')1",
        "('plain',⎕UCS 10)≡⊃table ⎕NGET f,'a'",
        "table≡2⊃table ⎕NGET f,'a'",
    ]);
    let mut typed = typed();
    for (line, kind) in [
        ("('é' 'ASCII')⎕NPUT f,'c'", "TRANSLATION ERROR"),
        ("('☃' 'ANSI')⎕NPUT f,'c'", "TRANSLATION ERROR"),
        ("('a' 'UTF-9' 10)⎕NPUT f,'c'", "DOMAIN ERROR"),
        ("('a'(256⍴1))⎕NPUT f,'c'", "DOMAIN ERROR"),
        ("('a' 'UTF-8' 11)⎕NPUT f,'c'", "DOMAIN ERROR"),
        ("'KOI8'⎕NGET f,'c'", "DOMAIN ERROR"),
        ("(⍳3)⎕NPUT f,'c'", "DOMAIN ERROR"),
        ("(⊂'a'(⍳3))⎕NPUT f,'c'", "DOMAIN ERROR"),
        ("'a'⎕NPUT(f,'c')3", "DOMAIN ERROR"),
        ("⎕NGET(f,'c')3", "DOMAIN ERROR"),
        ("⎕NPUT f,'c'", "SYNTAX ERROR"),
    ] {
        let report = error(&mut typed, line);
        assert!(report.starts_with(kind), "{line}: {report}");
        assert!(!typed.folder.0.join("c").exists(), "{line}");
    }
}

/// The examples of the documentation, which are for Windows: the line end is CR LF.
#[test]
fn line_ends_within_lines() {
    all_true(&[
        "LF CR←⎕UCS 10 13 ⋄ t←'adding',LF,'3',CR,'lines',CR,LF ⋄ put←{(t'UTF-8'(13 10))⍺⍺(f,'w')1} ⋄ n←0",
        "17=⎕NPUT put 0",
        "16=(⎕NPUT⍠'NEOL' 0)put 0",
        "18=(⎕NPUT⍠'NEOL' 2)put 0",
        "16=(⎕NPUT⍠'NEOL' ¯1)put 0",
        "2='a'(⎕NPUT⍠'NEOL' 0)f,'x'",
        "1='a'(⎕NPUT⍠'NEOL' ¯1)f,'y'",
    ]);
    let mut typed = typed();
    let text = "ab\nab\rab\r\nab\u{85}ab\u{b}ab\u{c}ab\u{2028}ab\u{2029}";
    fs::write(typed.folder.0.join("ends"), text).unwrap();
    assert_eq!(wrong(&mut typed, &["(8⍴⊂'ab')≡⊃⎕NGET(f,'ends')1", "(24⍴'ab',⎕UCS 10)≡⊃⎕NGET f,'ends'"]), "");
    // Also across the pieces in which a file is read.
    let long = "x".repeat((1 << 16) - 1) + "\r\n" + &"é".repeat(1 << 16) + "\r\n";
    fs::write(typed.folder.0.join("long"), &long).unwrap();
    assert_eq!(wrong(&mut typed, &["65535 65536≡≢¨⊃⎕NGET(f,'long')1", "131073=≢⊃⎕NGET f,'long'"]), "");
}

#[test]
fn what_fails_says_why() {
    let mut typed = typed();
    let folder = typed.folder.0.clone();
    fs::create_dir(folder.join("d")).unwrap();
    fs::write(folder.join("old"), "old").unwrap();
    symlink("loop", folder.join("loop")).unwrap();
    let name = |name: &str| format!("{}/{name}", folder.display());
    for (line, report) in [
        (
            "⎕NGET f,'none'",
            format!("FILE NAME ERROR: {}: Unable to open file (\"No such file or directory\")", name("none")),
        ),
        ("⎕NGET f,'old/x'", format!("FILE NAME ERROR: {}: Unable to open file (\"N", name("old/x"))),
        ("⎕NGET f,'d'", format!("FILE ACCESS ERROR: {}: Unable to read file (\"Is a directory\")", name("d"))),
        ("'x'⎕NPUT f,'old'", format!("FILE NAME ERROR: {}: Unable to create file (\"File exists\")", name("old"))),
        ("'x'⎕NPUT(f,'d')1", format!("FILE ACCESS ERROR: {}: Unable to open file (\"Is a directory\")", name("d"))),
        ("'x'⎕NPUT f,'none/x'", format!("FILE NAME ERROR: {}: Unable to ", name("none/x"))),
        ("⎕NGET''", "FILE NAME ERROR".into()),
        ("⎕NGET f,'a',⎕UCS 0", "FILE NAME ERROR".into()),
        ("⎕NGET f,300⍴'a'", "FILE ".into()),
        ("⎕NGET 1 2", "DOMAIN ERROR".into()),
        ("⎕NGET'ax' 'b'", "DOMAIN ERROR".into()),
    ] {
        let shown = error(&mut typed, line);
        assert!(shown.starts_with(&report), "{line}: {shown}");
    }
    let told = "{22::⎕DMX.OSError ⋄ ⎕NGET f,'none'}0";
    assert_eq!(wrong(&mut typed, &[&format!("(1 2 'No such file or directory')≡{told}")]), "");
    let looped = error(&mut typed, "⎕NGET f,'loop'");
    assert!(looped.starts_with("FILE "), "{looped}");
    assert_eq!(fs::read_to_string(folder.join("old")).unwrap(), "old");
}

#[test]
fn names_may_hold_anything() {
    let mut typed = typed();
    let lines = ["n←f,'two',(⎕UCS 10),'lines ⍵'", "2=(,'x')⎕NPUT n", "(,⊂,'x')≡⊃⎕NGET n 1"];
    assert_eq!(wrong(&mut typed, &lines), "");
    assert!(typed.folder.0.join("two\nlines ⍵").exists());
}

#[test]
fn replacing_keeps_what_a_file_is() {
    let mut typed = typed();
    let folder = typed.folder.0.clone();
    fs::write(folder.join("old"), "old").unwrap();
    fs::set_permissions(folder.join("old"), fs::Permissions::from_mode(0o751)).unwrap();
    symlink("old", folder.join("link")).unwrap();
    symlink("made", folder.join("dangling")).unwrap();
    let lines = ["4=(,⊂'new')⎕NPUT(f,'link')1", "4=(,⊂'new')⎕NPUT(f,'dangling')1"];
    assert_eq!(wrong(&mut typed, &lines), "");
    assert_eq!(fs::read_to_string(folder.join("old")).unwrap(), "new\n");
    assert_eq!(fs::metadata(folder.join("old")).unwrap().mode() & 0o7777, 0o751);
    assert!(fs::symlink_metadata(folder.join("link")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(folder.join("made")).unwrap(), "new\n");
    // No other file is left behind.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
}

/// A process that is killed while it writes leaves the old content or the new.
#[test]
fn a_file_is_old_or_new_when_the_writer_is_killed() {
    let folder = Folder::new();
    let file = folder.0.join("file");
    let whole = |text: &str| text.len() == 200_000 && text == text[..1].repeat(200_000);
    fs::write(&file, "a".repeat(200_000)).unwrap();
    for round in 0..20u64 {
        let loops = "{∇((200000⍴'bc'[?2])(⎕NPUT⍠'NEOL' ¯1)'file' 1)⊢⍵}0";
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_zilde")).args(["-e", loops]).current_dir(&folder.0).spawn().unwrap();
        // The moment of the kill differs; the writer may not even have begun.
        for _ in 0..round * 10 {
            assert!(whole(&fs::read_to_string(&file).unwrap()), "torn");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(whole(&fs::read_to_string(&file).unwrap()), "torn");
    }
}

/// Pipes and devices neither block for ever nor fill the memory.
#[test]
fn special_files() {
    let folder = Folder::new();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.0.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    for expression in ["⎕NGET'pipe'", "'x'⎕NPUT'pipe' 1", "'x'⎕NPUT'pipe' 2"] {
        let output = zilde(&folder.0, &["--time-limit", "100ms", "-e", expression]);
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(report.starts_with("INTERRUPT"), "{expression}: {report}");
    }
    let writer = Command::new(env!("CARGO_BIN_EXE_zilde"))
        .args(["-e", "(⊂'through' 'the pipe')⎕NPUT'pipe' 1"])
        .current_dir(&folder.0)
        .spawn()
        .unwrap();
    let read = zilde(&folder.0, &["-e", "↑⊃⎕NGET'pipe' 1"]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "through \nthe pipe\n");
    assert!(writer.wait_with_output().unwrap().status.success());
    let zeros = zilde(&folder.0, &["--max-ws", "64M", "-e", "⎕NGET'/dev/zero'"]);
    assert!(String::from_utf8_lossy(&zeros.stderr).starts_with("WS FULL"));
    let nothing = zilde(&folder.0, &["-e", "≢⊃⎕NGET'/dev/null' ⋄ ⊢'x'⎕NPUT'/dev/null' 1"]);
    assert_eq!(String::from_utf8_lossy(&nothing.stdout), "0\n2\n");
    let full = zilde(&folder.0, &["-e", "'x'⎕NPUT'/dev/full' 1"]);
    assert!(String::from_utf8_lossy(&full.stderr).starts_with("FILE SYSTEM NO SPACE"));
    let output = zilde(&folder.0, &["-e", "⎕←1 ⋄ (,'x')⎕NPUT'/dev/stdout' 1 ⋄ ⎕←2"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\nx\n2\n");
}

/// What is read is charged before it is read.
#[test]
fn large_files_are_within_the_budget() {
    let folder = Folder::new();
    let file = fs::File::create(folder.0.join("sparse")).unwrap();
    file.set_len(1 << 40).unwrap();
    let mut session = Session::builder()
        .memory_limit(1 << 24)
        .rights(Rights::all())
        .time_limit(Some(Duration::from_secs(60)))
        .build();
    let name = folder.0.join("sparse").display().to_string();
    for flag in 0..3 {
        let fault = session.eval(&format!("⎕NGET'{name}' {flag}")).unwrap_err();
        assert_eq!(fault.name(), "WS FULL");
    }
}
