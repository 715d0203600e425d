//! Writers that are killed or fail at every moment leave the old content or the new.
//!
//! The system's limit of the size of files (`ulimit -f`, in blocks of 512 bytes) stops a process at a given block: the write
//! that goes beyond ends it by a signal, or fails if the signal is ignored.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use common::Folder;

/// What a session does, as lines that are piped to it.
struct Job {
    /// Makes the old content.
    old: &'static str,
    /// Makes the new content.
    new: &'static str,
    /// Shows the content.
    look: &'static str,
    /// What `look` shows of the old content and of the new; what stands between may show too.
    shows: &'static [&'static str],
}

const JOBS: &[Job] = &[
    Job {
        old: "(⊂3000⍴'a')⎕NPUT'file' 1",
        new: "(⊂4000⍴'b')⎕NPUT'file' 1",
        look: "(⍴,⊃)⊃⎕NGET'file'",
        shows: &["3001 a", "4001 b"],
    },
    Job {
        old: "(500 2⍴1)(⎕CSV⍠'Overwrite' 1)'t.csv'",
        new: "(700 2⍴22)(⎕CSV⍠'IfExists' 'Replace')'t.csv'",
        look: "+⌿⎕CSV't.csv'⍬2",
        shows: &["500 500", "15400 15400"],
    },
    Job {
        old: "(⍳500)⎕SE.file.npy'x.npy'",
        new: "(2×⍳400)⎕SE.file.npy'x.npy'",
        look: "(≢,+/)⎕SE.file.npy'x.npy'",
        shows: &["500 125250", "400 160400"],
    },
    Job {
        old: "big←17000⍴1 ⋄ text←300⍴'o'\n)save w",
        new: "big←17500⍴0 1 1 ⋄ text←400⍴'n'\n)save w -force",
        look: ")load w\n(≢big),(+/big),≢text",
        shows: &["w loaded\n17000 17000 300", "w loaded\n17500 11666 400"],
    },
    Job {
        old: "text←2000⍴'o' ⋄ ok←⎕SAVE'w'",
        new: "text←2500⍴'n' ⋄ ok←⎕SAVE'w'",
        look: ")load w\n(≢text),⊃text",
        shows: &["w loaded\n2000 o", "w loaded\n2500 n"],
    },
    Job {
        old: "f←{1⊣⍵} ⋄ v←600⍴1\n]export out",
        new: "f←{2⊣⍵} ⋄ v←800⍴2\n]export out",
        look: "]import out\n(f 0),≢v",
        shows: &["Imported: # ← out\n1 600", "Imported: # ← out\n2 600", "Imported: # ← out\n2 800"],
    },
    Job {
        old: "t←'c'⎕FCREATE 1 ⋄ n←'one'⎕FAPPEND 1",
        new: "t←'c'⎕FTIE 1 ⋄ n←(1000⍴2)⎕FREPLACE 1 1",
        look: "t←'c'⎕FTIE 1 ⋄ ≢⎕FREAD 1 1",
        shows: &["3", "1000"],
    },
    Job {
        old: "t←'c'⎕FCREATE 1 ⋄ n←(900⍴1.5)⎕FAPPEND 1",
        new: "t←'c'⎕FTIE 1 ⋄ n←(1000⍴2)⎕FAPPEND 1",
        look: "t←'c'⎕FTIE 1 ⋄ (2⊃⎕FSIZE 1),≢⎕FREAD 1 1",
        shows: &["2 900", "3 900"],
    },
    Job {
        old: "t←'c'⎕FCREATE 1 ⋄ n←(900⍴1.5)⎕FAPPEND 1 ⋄ n←(300⍴2.5)⎕FAPPEND 1 ⋄ n←'x'⎕FREPLACE 1 1",
        new: "t←'c'⎕FTIE 1 ⋄ n←⎕FRESIZE 1",
        look: "t←'c'⎕FTIE 1 ⋄ (⊃⎕FREAD 1 1),(≢⎕FREAD 1 2),5000<(⎕FSIZE 1)[3]",
        shows: &["x 300 1", "x 300 0"],
    },
];

/// A session in a folder, under a limit of blocks, which kills or fails.
fn session(folder: &Folder, limit: Option<(u32, bool)>, lines: &str, args: &[&str]) -> Output {
    let prefix = match limit {
        Some((blocks, kills)) => {
            format!("{}ulimit -f {blocks}; ", if kills { "ulimit -c 0; " } else { "trap '' XFSZ; " })
        }
        None => String::new(),
    };
    let mut child = Command::new("sh")
        .args(["-c", &format!("{prefix}exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_zilde")])
        .args(args)
        .env_remove("CI")
        .current_dir(&folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A process that is killed does not read all.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(folder: &Folder, lines: &str) -> String {
    String::from_utf8(session(folder, None, lines, &[]).stdout).unwrap().trim_end().to_owned()
}

fn leftovers(folder: &Folder) -> usize {
    let entries = |folder: &std::path::Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let is_left = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".zilde-");
    entries(&folder.0).chain(entries(&folder.0.join("out"))).filter(is_left).count()
}

/// Stops a job at its first block, at its second, and so on until it is done.
fn stopped_everywhere(job: &Job, kills: bool) {
    let [first, .., last] = job.shows else { panic!() };
    let folder = Folder::new();
    shown(&folder, job.old);
    assert_eq!(shown(&folder, job.look), *first, "{}", job.old);
    for blocks in 0.. {
        assert!(blocks < 200, "{} is never done", job.new);
        let output = session(&folder, Some((blocks, kills)), job.new, &[]);
        let now = shown(&folder, job.look);
        assert!(job.shows.contains(&now.as_str()), "{} stopped at block {blocks}: {now}", job.new);
        let failed = String::from_utf8_lossy(&output.stdout).contains("FILE SYSTEM NO SPACE");
        assert_eq!(output.status.code().is_none(), kills && now != *last, "{} at block {blocks}", job.new);
        assert_eq!(failed, !kills && now != *last, "{} at block {blocks}", job.new);
        if !kills {
            assert_eq!(leftovers(&folder), 0, "{} at block {blocks}", job.new);
        }
        if now == *last {
            break;
        }
    }
    // What killed processes have left is removed by the next one.
    shown(&folder, job.new);
    assert_eq!(leftovers(&folder), 0, "{}", job.new);
}

#[test]
fn a_write_that_fails_leaves_the_old_content() {
    JOBS.iter().for_each(|job| stopped_everywhere(job, false));
}

#[test]
fn a_process_that_is_killed_leaves_the_old_content() {
    JOBS.iter().for_each(|job| stopped_everywhere(job, true));
}

#[test]
fn an_accepted_test_is_old_or_new() {
    for kills in [false, true] {
        let folder = Folder::new();
        let old: String = (0..80).map(|k| format!("⍝ a test\n      {k}+1\n0\n")).collect();
        let new: String = (0..80).map(|k| format!("⍝ a test\n      {k}+1\n{}\n", k + 1)).collect();
        let file = folder.0.join("a.aplt");
        fs::write(&file, &old).unwrap();
        for blocks in 0.. {
            assert!(blocks < 50);
            session(&folder, Some((blocks, kills)), "", &["test", "--accept", "a.aplt"]);
            let now = fs::read_to_string(&file).unwrap();
            if now == new {
                assert!(blocks > 2);
                break;
            }
            assert_eq!(now, old);
            assert!(kills || leftovers(&folder) == 0);
        }
        session(&folder, None, "", &["test", "--accept", "a.aplt"]);
        assert_eq!(fs::read_to_string(&file).unwrap(), new);
    }
}

/// A program that writes without end is killed behind its first result, its second, and so on.
#[test]
fn writers_killed_at_any_moment_leave_old_or_new() {
    let jobs = [
        ("{⎕←(⊂(2000×⍵)⍴⍕⍵)⎕NPUT'f' 1}", "{(≢⍵)=2000×⍎⊃⍵}⊃⊃⎕NGET'f' 1", "1"),
        ("{big∘←(17000+⍵)⍴⍵ ⋄ ⎕←⎕SAVE'f'}", ")load f\n(≢big)=17000+⊃big", "f loaded\n1"),
        ("{⎕←(⍵⍴⍵)⎕SE.file.npy'f'}", "{(≢⍵)=⊃⍵}⎕SE.file.npy'f'", "1"),
    ];
    for (write, look, shows) in jobs {
        let folder = Folder::new();
        shown(&folder, &format!("big←0 ⋄ w←{write}\nw 1"));
        for round in 0..20 {
            let program = format!("big←0 ⋄ w←{write} ⋄ {{∇ 3-⍵⊣w ⍵}}1");
            let mut child = Command::new(env!("CARGO_BIN_EXE_zilde"))
                .args(["-e", &program])
                .current_dir(&folder.0)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            for _ in 0..round % 7 {
                lines.next().unwrap().unwrap();
            }
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(shown(&folder, look), shows, "{write}, round {round}");
        }
    }
}
