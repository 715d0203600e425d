//! Source in several files: `-l`, `]import`, `⎕FIX` of a file, and the order of the command line.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{Folder, Typed};

fn zilde(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zilde")).args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn shows(folder: &Path, args: &[&str], wanted: &str) {
    let output = zilde(folder, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((&*String::from_utf8_lossy(&output.stdout), &*errors), (wanted, ""), "{args:?}");
    assert_eq!(output.status.code(), Some(0));
}

/// A project: functions of every kind, an operator, arrays, a namespace, and a folder that is one.
fn project() -> Folder {
    let folder = Folder::new();
    let root = &folder.0;
    fs::create_dir_all(root.join("lib/stats/deep")).unwrap();
    for (name, text) in [
        ("lib/mean.aplf", "mean←{\n    ⍝ of a vector\n    (+⌿⍵)÷≢⍵\n}\n"),
        ("lib/Sum.aplf", " r←Sum y;t\n t←+/y\n r←t\n"),
        ("lib/twice.aplo", "twice←{⍺⍺ ⍺⍺ ⍵}\n"),
        ("lib/primes.apla", "2 3 5 7 11\n"),
        ("lib/table.apla", "[\n 1 2\n 3 4\n]\n"),
        (
            "lib/text.apln",
            ":Namespace text\n    greeting←'hello'\n    total←##.Sum ##.primes\n    ∇r←up y\n    r←1⎕C y\n    ∇\n:EndNamespace\n",
        ),
        ("lib/stats/spread.aplf", "spread←{(⌈/⍵)-⌊/⍵}\n"),
        ("lib/stats/deep/one.dyalog", "one←{1}\n"),
        ("lib/notes.txt", "no source\n"),
        ("lib/.hidden.aplf", "no source either\n"),
        (
            "main.apl",
            "mean primes\nSum primes\n(2∘×)twice 3\ntable\ntext.(up greeting)\ntext.total\nstats.spread primes\nstats.deep.one 0\n",
        ),
        ("script.apl", "1+1\nstep←{⍵+1}\n"),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    folder
}

const SHOWN: &str = "5.6\n28\n12\n1 2\n3 4\nHELLO\n28\n9\n1\n";

#[test]
fn folders_are_loaded() {
    let folder = project();
    shows(&folder.0, &["-l", "lib", "main.apl"], SHOWN);
    shows(&folder.0, &["-l", "lib/", "run", "main.apl"], SHOWN);
    shows(&folder.0, &["-l", "lib/primes.apla", "-l", "lib/mean.aplf", "-e", "mean primes"], "5.6\n");
    // Loading is granted by the command line, and nothing else is.
    shows(&folder.0, &["--sandbox", "-l", "lib", "-e", "stats.spread 3 1 4"], "3\n");
    // A script is loaded without its results.
    shows(&folder.0, &["-l", "script.apl", "-e", "step 1"], "2\n");
}

#[test]
fn what_is_loaded_is_there_for_what_follows() {
    let folder = project();
    fs::write(folder.0.join("last.apl"), "x+1\n¯2↑⎕ARG\n").unwrap();
    shows(&folder.0, &["-e", "x←3", "-e", "x", "last.apl", "-e", "--load"], "3\n4\n -e  --load \n");
    let output = zilde(&folder.0, &["-l", "lib", "test"]);
    assert_eq!(output.status.code(), Some(2));
    let output = zilde(&folder.0, &["-l", "missing", "-e", "1"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}

#[test]
fn errors_of_a_file_do_not_stop_the_others() {
    let folder = project();
    fs::write(folder.0.join("lib/bad.aplf"), "bad←{\n").unwrap();
    fs::write(folder.0.join("lib/worse.apla"), "1 2\n÷0\n").unwrap();
    fs::write(folder.0.join("lib/old.aplf"), "new←{⍵}\n").unwrap();
    fs::write(folder.0.join("lib/.linkconfig"), "{}\n").unwrap();
    let output = zilde(&folder.0, &["-l", "lib", "-e", "mean primes"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{errors}");
    for part in
        ["lib/bad.aplf", "lib/worse.apla:2: DOMAIN ERROR", "lib/old.aplf: defines new, not old", "lib/.linkconfig"]
    {
        assert!(errors.contains(part), "no {part} in\n{errors}");
    }
    let mut typed = Typed::new();
    // The session may read the project, which may hold the folder of the tests, but not what is around it.
    let around = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder around the project");
    let reply = typed.shows(&format!("]import {}", around.display()));
    assert!(reply.contains("Not permitted"), "{reply}");
}

#[test]
fn the_session_imports() {
    let mut typed = Typed::new();
    let root = typed.folder.0.clone();
    fs::create_dir(root.join("lib")).unwrap();
    fs::write(root.join("lib/half.aplf"), "half←{⍵÷2}\n").unwrap();
    fs::write(root.join("lib/seven.apla"), "7\n").unwrap();
    let lib = root.join("lib").display().to_string();
    assert_eq!(typed.shows(&format!("]import {lib}\nhalf seven")), format!("Imported: # ← {lib}\n3.5\n"));
    assert_eq!(
        typed.shows(&format!("]link.import kit {lib}\nkit.(half seven)")),
        format!("Imported: #.kit ← {lib}\n3.5\n")
    );
    // A name that exists is replaced.
    fs::write(root.join("lib/seven.apla"), "'seven'\n").unwrap();
    assert_eq!(
        typed.shows(&format!("]get {lib}/seven.apla\nseven")),
        format!("Imported: # ← {lib}/seven.apla\nseven\n")
    );
}

#[test]
fn files_are_fixed() {
    let mut typed = Typed::new();
    let root = typed.folder.0.clone();
    fs::write(root.join("both.dyalog"), ":Namespace inner\nx←5\n:EndNamespace\r\nf←{⍵+1}\n").unwrap();
    fs::write(root.join("space.apln"), ":Namespace whole\ny←6\n:EndNamespace\n").unwrap();
    fs::write(root.join("fn.aplf"), "r←g y\nr←y×10\n").unwrap();
    let name = |name: &str| format!("'file://{}/{name}'", root.display());
    for (line, shown) in [
        (format!("{{⍵[⍋↑⍵]}}2 ⎕FIX {}", name("both.dyalog")), " f  inner \n"),
        ("f inner.x".into(), "6\n"),
        (format!("⎕FIX {}", name("space.apln")), ""),
        ("whole.y".into(), "6\n"),
        (format!("(0 ⎕FIX {}).y", name("space.apln")), "6\n"),
        (format!("⊢2 ⎕FIX {}", name("fn.aplf")), " g \n"),
        ("g 4".into(), "40\n"),
    ] {
        assert_eq!(typed.shows(&line), shown, "{line}");
    }
    assert!(typed.shows(&format!("2 ⎕FIX {}", name("none"))).starts_with("FILE NAME ERROR"));
    assert!(typed.shows("2 ⎕FIX 'file:///etc/passwd'").starts_with("FILE ACCESS ERROR"));
}
