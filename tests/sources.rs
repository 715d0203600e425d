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

#[track_caller]
fn fails(folder: &Path, args: &[&str], code: i32, told: &[&str]) {
    let output = zilde(folder, args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {errors}");
    for line in told {
        assert!(lines.contains(line), "{args:?}: no {line} in\n{errors}");
    }
}

#[test]
fn errors_in_files_tell_file_and_line() {
    let folder = Folder::new();
    let root = &folder.0;
    fs::create_dir(root.join("lib")).unwrap();
    for (name, text) in [
        ("lib/ratio.aplf", "ratio←{\n    total←+/⍵\n    invert total\n}\n"),
        ("lib/invert.aplf", " r←invert y\n r←1\n r←r÷y\n"),
        (
            "lib/kit.apln",
            ":Namespace kit\n    ∇ r←third y\n      r←3⊃y\n    ∇\n    fourth←{\n        4⊃⍵\n    }\n:EndNamespace\n",
        ),
        ("tools.apl", "x←1\nfirst←{\n  ⍵[1]÷0\n}\n∇r←second y\n r←first y\n∇\n"),
        ("main.apl", "1\n\n:If 1\n    second 4 5\n:EndIf\n"),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    let lib = ["-l", "lib", "-e"];
    let called = ["at lib/invert.aplf:3", "called from ratio[2] at lib/ratio.aplf:3"];
    fails(root, &[&lib[..], &["ratio 0 0"]].concat(), 1, &called);
    fails(root, &[&lib[..], &["kit.third 1 2"]].concat(), 1, &["at lib/kit.apln:3"]);
    fails(root, &[&lib[..], &["kit.fourth 1 2"]].concat(), 1, &["at lib/kit.apln:6"]);
    fails(root, &[&lib[..], &["ratio←{⍎'invert ⍵'} ⋄ ratio 0"]].concat(), 1, &["at lib/invert.aplf:3"]);
    fails(root, &["-e", "2 ⎕FIX 'file://lib/invert.aplf'", "-e", "invert 0"], 1, &["at lib/invert.aplf:3"]);
    let script = ["at tools.apl:3", "called from second[1] at tools.apl:6", "called from {…} at main.apl:4"];
    fails(root, &["-l", "tools.apl", "main.apl"], 1, &script);
}

#[test]
fn a_script_that_cannot_be_fixed_says_which_line_and_why() {
    let folder = Folder::new();
    let root = &folder.0;
    fs::write(root.join("half.apln"), ":Namespace half\n\n    x←2÷0\n:EndNamespace\n").unwrap();
    fs::write(root.join("open.aplf"), "open←{\n    (⍵\n}\n").unwrap();
    fails(root, &["-e", "⎕FIX 'file://half.apln'"], 1, &["half.apln:3: DOMAIN ERROR: Divide by zero: x←2÷0"]);
    fails(root, &["-l", "half.apln", "-e", "1"], 1, &["zilde: half.apln:3: DOMAIN ERROR: Divide by zero"]);
    let lines = "⎕FIX ':Namespace a' 'y←1' 'z←nosuch' ':EndNamespace'";
    fails(root, &["-e", lines], 1, &["line 3: VALUE ERROR: Undefined name: nosuch: z←nosuch"]);
    let output = zilde(root, &["-l", "open.aplf", "-e", "1"]);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("zilde: open.aplf:"), "{output:?}");
}

#[test]
fn scripts_require_other_files() {
    let folder = Folder::new();
    let root = &folder.0;
    fs::create_dir_all(root.join("app/deep")).unwrap();
    for (name, text) in [
        (
            "app/main.apln",
            ":Require file://base.apln\n:Require file://deep/more.apln\n:Namespace main\n    sum←##.base.one+##.more.two\n:EndNamespace\n",
        ),
        // Each requires the other one.
        (
            "app/base.apln",
            "⍝ the base\n:Require file://main.apln\n:Namespace base\n    one←1\n    count←(0⊣⎕←'base')\n:EndNamespace\n",
        ),
        ("app/deep/more.apln", ":Require file://../base.apln\n:Namespace more\n    two←##.base.one×2\n:EndNamespace\n"),
        ("run.apl", ":Require file://app/main.apln\nmain.sum\n"),
        ("wrong.apl", "1\n:Require base.apln\n"),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    shows(root, &["-e", "⊢⎕FIX 'file://app/main.apln'", "-e", "main.sum"], "base\n#.main\n3\n");
    shows(root, &["-l", "app/main.apln", "-e", "main.sum"], "base\n3\n");
    shows(root, &["run.apl"], "base\n3\n");
    fails(root, &["wrong.apl"], 1, &["at wrong.apl:2"]);
    fs::remove_file(root.join("app/deep/more.apln")).unwrap();
    fails(root, &["run.apl"], 1, &["at app/main.apln:2"]);
    // What is required needs the right to read it, too.
    let output = zilde(root, &["--sandbox", "-l", "app/main.apln", "-e", "main.sum"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-read=app/base.apln"), "{output:?}");
}

#[test]
fn attributes_tell_the_file() {
    let mut typed = Typed::new();
    let root = typed.folder.0.clone();
    let text = "⍝ tools\r\n:Namespace kit\r\n    inc←{\r\n        ⍵+1\r\n    }\r\n    ∇ r←dec y\r\n      r←y-1\r\n    ∇\r\n:EndNamespace\r\n";
    fs::write(root.join("kit.apln"), text).unwrap();
    let path = root.join("kit.apln").display().to_string();
    assert_eq!(typed.shows(&format!("⎕FIX 'file://{path}'")), "");
    assert_eq!(typed.shows("54 55⎕ATX'kit'"), "1 8\n");
    assert_eq!(typed.shows("54 55⎕ATX'kit.inc'"), "2 3\n");
    assert_eq!(typed.shows("54 55⎕ATX'kit.dec'"), "5 3\n");
    assert_eq!(typed.shows("50⎕ATX'kit.inc'"), format!("{path}\n"));
    assert_eq!(typed.shows("51 53⎕ATX'kit'"), " UTF-8-NOBOM  13 10 \n");
    assert_eq!(typed.shows("50 53⎕ATX'nosuch'"), typed.shows("'' ⍬"));
    assert_eq!(typed.shows("2↑⎕SRC kit"), " :Namespace kit      inc←{ \n");
}

#[test]
fn a_source_file_runs_or_says_what_it_is() {
    let folder = Folder::new();
    let root = &folder.0;
    for (name, text) in [
        ("hello.aplf", " hello\n ⎕←'hello'\n"),
        ("double.aplf", "double←{2×⍵}\n"),
        ("twice.aplo", "twice←{⍺⍺ ⍺⍺ ⍵}\n"),
        ("kit.apln", ":Namespace kit\n:EndNamespace\n"),
        ("bare.apl", " r←bare y\n r←y\n"),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    shows(root, &["hello.aplf"], "hello\n");
    for (name, what) in [
        ("double.aplf", "double, a function with arguments"),
        ("twice.aplo", "twice, an operator"),
        ("kit.apln", "kit, a namespace"),
    ] {
        fails(root, &[name], 2, &[&format!("zilde: {name} defines {what}; to use it: zilde -l {name} -e EXPRESSION")]);
    }
    fails(
        root,
        &["bare.apl"],
        1,
        &["at bare.apl:1", "if bare.apl is the function bare: zilde -l bare.apl -e EXPRESSION"],
    );
}

/// Every file below a folder with its content, in the order of their names.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut work = vec![folder.to_owned()];
    while let Some(at) = work.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => work.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                    found.push((name, fs::read(&path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

#[test]
fn namespaces_are_exported_as_they_were_imported() {
    let folder = project();
    let root = &folder.0;
    fs::remove_file(root.join("lib/notes.txt")).unwrap();
    fs::remove_file(root.join("lib/.hidden.aplf")).unwrap();
    fs::write(root.join("lib/wide.aplf"), "  wide  ←  {   ⍵  ×2 }  ⍝ as typed\r\n").unwrap();
    fs::write(root.join("lib/few.apla"), "(  1\r\n   2 )\r\n").unwrap();
    shows(root, &["-l", "lib", "-e", "]export out"], "Exported: # → out, 10 files\n");
    assert_eq!(contents(&root.join("out")), contents(&root.join("lib")));
    // What was changed is written anew, and the rest stays as it was.
    let changes = ["-l", "lib", "-e", "few←1 3", "-e", "wide←{⍵×3}", "-e", "extra←'new'", "-e", "]link.export out2"];
    shows(root, &changes, "Exported: # → out2, 11 files\n");
    let read = |name: &str| fs::read_to_string(root.join("out2").join(name)).unwrap();
    assert_eq!(
        (read("few.apla"), read("wide.aplf"), read("extra.apla")),
        ("1 3\n".into(), "wide←{⍵×3}\n".into(), "'new'\n".into())
    );
    assert_eq!(read("mean.aplf").into_bytes(), fs::read(root.join("lib/mean.aplf")).unwrap());
    // What is exported can be imported.
    shows(root, &["-l", "out2", "main.apl"], SHOWN);
    shows(
        root,
        &["-l", "lib", "-e", "]export stats out3", "-e", "]export stats out3"],
        "Exported: #.stats → out3, 2 files\nExported: #.stats → out3, 2 files\n",
    );
    // Derived functions and operators are assignments, whose files stay as they were until they change.
    fs::create_dir(root.join("derived")).unwrap();
    fs::write(root.join("derived/sum.aplf"), "  sum ← +/   ⍝ of all\r\n").unwrap();
    fs::write(root.join("derived/add.aplf"), "add←{⍺+⍵}\n").unwrap();
    let made = ["-l", "derived", "-e", "∇r←half x\nr←x÷2\n∇", "-e", "rows←half⍤1 ⋄ twice←⍣2 ⋄ few←(1 2∘+)⌿"];
    let made: Vec<&str> = made.into_iter().chain(["-e", "]export out4"]).collect();
    shows(root, &made, "Exported: # → out4, 6 files\n");
    let read = |name: &str| fs::read_to_string(root.join("out4").join(name)).unwrap();
    assert_eq!(read("sum.aplf"), "  sum ← +/   ⍝ of all\r\n");
    assert_eq!((read("rows.aplf"), read("twice.aplo")), ("rows←half⍤1\n".into(), "twice←⍣ 2\n".into()));
    shows(root, &["-l", "out4", "-e", "sum rows(half twice)8 16", "-e", "⎕NC'few'"], "3\n3\n");
    // A file for a function that gives an array changes nothing.
    fs::write(root.join("derived/add.aplf"), "add←5\n").unwrap();
    fails(
        root,
        &["-e", "]import derived", "-e", "add"],
        1,
        &["derived/add.aplf: DOMAIN ERROR: The file has no function"],
    );
    // What is imported takes the names of what was there.
    let replaced = ["-e", "mean←2 ⋄ stats←3 ⋄ few←{⍵}", "-e", "]import lib", "-e", "⎕NC↑'mean' 'stats' 'few'"];
    shows(root, &replaced, "Imported: # ← lib\n3 9 2\n");
    // A name that has no file is told; a folder that may not be written is refused.
    let nameless = ["-e", "'disp'⎕CY'dfns' ⋄ n←5", "-e", "]export out6"];
    shows(root, &nameless, "disp: DOMAIN ERROR: a function of zilde has no file\nExported: # → out6, 1 file\n");
    let output = zilde(root, &["--sandbox", "-l", "lib", "-e", "]export out5"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("FILE ACCESS ERROR"), "{output:?}");
    assert!(!root.join("out5").exists());
    fails(root, &["-e", "n←5", "-e", "]export main.apl"], 1, &[]);
}
