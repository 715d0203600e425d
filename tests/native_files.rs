//! Native files, folders and file names.

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use common::{Folder, Typed};
use zilde::{Rights, Session};

/// Each line shows 1; one that ends in an assignment shows nothing.
#[track_caller]
fn all_true(typed: &mut Typed, lines: &[&str]) {
    let mut wrong = String::new();
    for line in lines {
        let shown = typed.shows(line);
        let last = line.rsplit('⋄').next().unwrap_or_default();
        let assigns = last.trim().split_once('←').is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric));
        if shown.trim() != if assigns { "" } else { "1" } {
            wrong += &format!("{line}\n{shown}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_types_come_back() {
    let mut typed = Typed::in_folder();
    typed.shows("go←{from←⎕NSIZE t ⋄ size←(⍺ ⎕NAPPEND t ⍵)-from ⋄ (⊂⎕NREAD t ⍵ ¯1 from),size}");
    all_true(
        &mut typed,
        &[
            "t←(f,'types')⎕NCREATE 0",
            "t=¯1",
            "(1 0 1 1 0 0 0 1)1≡1 0 1 1 0 0 0 1 go 11",
            // Bits that do not fill a byte are followed by zeros.
            "(1 1 1 0 0 0 0 0)1≡1 1 1 go 11",
            "(¯128 0 127)3≡¯128 0 127 go 83",
            "(¯32768 5 32767)6≡¯32768 5 32767 go 163",
            "(¯2147483648 2147483647)8≡¯2147483648 2147483647 go 323",
            "(0.1 ¯3E200 7)24≡0.1 ¯3E200 7 go 645",
            "(3J4 ¯0.5J1)32≡3J4 ¯0.5J1 go 1289",
            "'pl\u{e4}tz'5≡'pl\u{e4}tz'go 80",
            "'ταβ'6≡'ταβ'go 160",
            "('\u{1f600}x')8≡'\u{1f600}x'go 320",
            "'⍺∊⍵'3≡'⍺∊⍵'go 82",
            // A matrix is written in the order of its ravel, and low bytes come first.
            "(⍳6)6≡(2 3⍴⍳6)go 83",
            "1 2 0 0≡4↑⎕NREAD t 83 4 from⊣513 ⎕NAPPEND t 323⊣from←⎕NSIZE t",
            // Without a code the narrowest type that holds all.
            "(1 1 2 4 8 4)≡{from←⎕NSIZE t ⋄ (⍵ ⎕NAPPEND t)-from}¨1 100 300 70000 0.5 'text'",
            "0=≢⎕NREAD t 80 5(⎕NSIZE t)",
            "(,t)≡⎕NUNTIE t",
        ],
    );
    for (line, report) in [
        ("⎕NREAD ¯1 80 1", "FILE TIE ERROR"),
        ("t←(f,'types')⎕NTIE 0 ⋄ 128 ⎕NAPPEND t 83", "DOMAIN ERROR"),
        ("1.5 ⎕NAPPEND t 323", "DOMAIN ERROR"),
        ("'abc'⎕NAPPEND t 83", "DOMAIN ERROR"),
        ("1 2 3 ⎕NAPPEND t 80", "DOMAIN ERROR"),
        ("'☃'⎕NAPPEND t", "DOMAIN ERROR"),
        ("'\u{1f600}'⎕NAPPEND t 160", "DOMAIN ERROR"),
        ("'☃'⎕NAPPEND t 82", "DOMAIN ERROR"),
        ("(1 'a')⎕NAPPEND t", "DOMAIN ERROR"),
        ("('ab' 'cd')⎕NAPPEND t", "DOMAIN ERROR"),
        ("⎕NREAD t 84 1", "DOMAIN ERROR"),
        ("⎕NREAD t 326 1", "DOMAIN ERROR"),
        ("⎕NREAD t 80", "LENGTH ERROR"),
        ("⎕NREAD t 80 ¯2", "DOMAIN ERROR"),
        ("⎕NREAD t 80 1E15 1E300", "DOMAIN ERROR"),
        ("⎕NSIZE 1", "FILE TIE ERROR"),
    ] {
        typed.fails(line, report);
    }
}

/// The example of the documentation of ⎕NAPPEND and ⎕NREPLACE, with other words.
#[test]
fn reading_and_writing_move_the_position() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "n←(f,'words')⎕NCREATE 0",
            "3='xyz'⎕NAPPEND n",
            "15='ουζερί'⎕NAPPEND n 160",
            "'xyz'≡⎕NREAD n 80 3 0",
            "3=8 ⎕NINFO n",
            "'ουζερί'≡⎕NREAD n 160 6",
            "''≡⎕NREAD n 160 6",
            "23='εστιατόριο'⎕NREPLACE n 3 160",
            "'εστιατόριο'≡⎕NREAD n 160 10 3",
            "2='X'⎕NREPLACE n 1",
            "3='Z'⎕NREPLACE n ¯1",
            "'xXZ'≡⎕NREAD n 80 3 0",
            "''≡⎕NREAD n 82 0 0",
            "'xX'≡⎕NREAD n 80 2",
            "5 ⎕NRESIZE n ⋄ 5=⎕NSIZE n",
            // What is no whole element at the end is left out.
            "1 2≡{≢⎕NREAD n ⍵ ¯1 0}¨323 163",
            "8 ⎕NRESIZE n ⋄ 0 0 0≡⎕NREAD n 83 ¯1 5",
        ],
    );
}

#[test]
fn tie_numbers() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "a←(f,'a')⎕NCREATE ¯5",
            "b←(f,'bb')⎕NCREATE 0",
            "¯5 ¯1≡⎕NNUMS",
            "(↑(f,'a')(f,'bb'))≡⎕NNAMES",
            // Tied once more, a file gets the new number, or with 0 keeps its own.
            "¯9=(f,'a')⎕NTIE ¯9",
            "¯9=(f,'a')⎕NTIE 0 0",
            "¯9 ¯1≡⎕NNUMS",
            "¯2=(f,'c')⎕NCREATE 0",
            "¯9=(f,'d')⎕NRENAME ¯9",
            "(⎕NEXISTS f,'d')∧~⎕NEXISTS f,'a'",
            "(,¯2)≡⎕NUNTIE ¯2 ¯77",
            "¯9=(f,'d')⎕NERASE ¯9",
            "~⎕NEXISTS f,'d'",
            "(,¯1)≡⎕NNUMS",
            "⍬≡⎕NUNTIE ⍬",
            "0=¯1↑⍴⎕NNAMES⊣⎕NUNTIE ⎕NNUMS",
        ],
    );
    // What was asked for with 0 is displayed, other numbers are not.
    assert_eq!(typed.shows("(f,'c')⎕NTIE ¯3\n(f,'bb')⎕NTIE 0"), "¯1\n");
    for (line, report) in [
        ("(f,'new')⎕NCREATE ¯3", "FILE TIE ERROR"),
        ("(f,'bb')⎕NTIE ¯3", "FILE TIE ERROR"),
        ("(f,'none')⎕NTIE 0", "FILE NAME ERROR"),
        ("(f,'c')⎕NCREATE 0", "FILE NAME ERROR"),
        ("f ⎕NTIE 0", "FILE ACCESS ERROR"),
        ("(f,'c')⎕NTIE 4", "DOMAIN ERROR"),
        ("(f,'c')⎕NTIE 0 3", "DOMAIN ERROR"),
        ("(f,'other')⎕NERASE ¯3", "FILE NAME ERROR"),
        ("(f,'bb')⎕NRENAME ¯3", "FILE "),
        ("'x'⎕NAPPEND(f,'c')⎕NTIE ¯3 0", "FILE ACCESS ERROR"),
        ("⎕NREAD ¯3 80 1⊣(f,'c')⎕NTIE ¯3 1", "FILE ACCESS ERROR"),
    ] {
        typed.fails(line, report);
    }
    assert!(!typed.folder.0.join("new").exists());
}

#[test]
fn creating() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "t←(f,'name.txt')⎕NCREATE 0",
            "'some text'⎕NAPPEND t ⋄ ⎕NUNTIE t ⋄ 9=2 ⎕NINFO f,'name.txt'",
            "t←(f,'name.txt')(⎕NCREATE⍠'IfExists' 'Replace')0 ⋄ 0=⎕NSIZE t",
            "u←(f,'name.txt')(⎕NCREATE⍠'Unique' 1)0",
            "name←⊃0 ⎕NINFO u",
            "('name'≡4↑2⊃⎕NPARTS name)∧'.txt'≡3⊃⎕NPARTS name",
            "4<≢2⊃⎕NPARTS name",
            "2=≢⊃(⎕NINFO⍠1)f,'name*.txt'",
        ],
    );
    typed.fails("(f,'x')(⎕NCREATE⍠'IfExists' 'Never')0", "DOMAIN ERROR");
    typed.fails("(f,'x')(⎕NCREATE⍠'Unique' 2)0", "DOMAIN ERROR");
}

#[test]
fn locks() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "n←(f,'locked')⎕NCREATE 0",
            "n≡2 ⎕NLOCK n",
            "n≡0 ⎕NLOCK n",
            "(n,12 1)≡1 ⎕NLOCK n,12 1",
            "(n,20)≡2 0 ⎕NLOCK n,20",
        ],
    );
    // Another session may have the same shared lock, and other bytes, but not these.
    let name = typed.folder.0.join("locked").display().to_string();
    let mut other = Session::builder().rights(Rights::all()).build();
    other.eval(&format!("n←'{name}'⎕NTIE 0")).unwrap();
    assert!(other.eval("1 0 ⎕NLOCK n 12 1").is_ok());
    assert!(other.eval("2 0 ⎕NLOCK n 13 7").is_ok());
    for region in ["2 0 ⎕NLOCK n 12 1", "2 0.01 ⎕NLOCK n 25 1", "1 0 ⎕NLOCK n"] {
        assert_eq!(other.eval(region).unwrap_err().name(), "TIMEOUT", "{region}");
    }
    typed.fails("0 ⎕NLOCK n 0 5", "DOMAIN ERROR");
    typed.fails("3 ⎕NLOCK n", "DOMAIN ERROR");
    typed.fails("1 ⎕NLOCK n,¯1", "DOMAIN ERROR");
    // A part of what is locked can be unlocked, and untying unlocks all.
    all_true(&mut typed, &["(n,25 5)≡0 ⎕NLOCK n,25 5"]);
    assert!(other.eval("2 0 ⎕NLOCK n 25 5").is_ok());
    typed.shows("⎕NUNTIE n");
    assert!(other.eval("2 0 ⎕NLOCK n").is_ok());
}

#[test]
fn translation() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "n←(f,'old')⎕NCREATE 0",
            "(¯1+⍳256)≡t[⍋t←⎕NXLATE n]",
            // By default, letters and digits are the bytes of their code points.
            "(⎕UCS'Az09 ~')≡t[⎕AV⍳'Az09 ~']",
            "t≡(⌽t)⎕NXLATE n",
            "1='A'⎕NAPPEND n 82",
            "((⌽t)[⎕AV⍳'A'])=⎕UCS⎕NREAD n 80 1 0",
            "(,'A')≡⎕NREAD n 82 1 0",
        ],
    );
    typed.fails("(⍳10)⎕NXLATE n", "DOMAIN ERROR");
    typed.fails("(256⍴256)⎕NXLATE n", "DOMAIN ERROR");
}

/// A program that reads a binary format: two 32-bit numbers with the high byte first, then bytes in rows.
#[test]
fn binary_formats() {
    let mut typed = Typed::in_folder();
    fs::write(typed.folder.0.join("images"), [&[0, 0, 0, 2, 0, 0, 1, 4][..], &[200; 2 * 260]].concat()).unwrap();
    all_true(
        &mut typed,
        &["t←(f,'images')⎕NTIE 0", "2 260≡shape←256⊥⍉2 4⍴256|⎕NREAD t 83 8 0", "(2 260⍴200)≡shape⍴256|⎕NREAD t 83 ¯1"],
    );
}

#[test]
fn names_are_taken_apart() {
    let mut typed = Typed::in_folder();
    all_true(
        &mut typed,
        &[
            "'/a/b/' 'cc' '.d'≡⎕NPARTS'/a/b/cc.d'",
            "('' 'xx' '')('y/' '' '.z')≡⎕NPARTS'xx' 'y/.z'",
            "(0⍴⊂'')≡⎕NPARTS 0⍴⊂''",
            "'/a/' 'cc' ''≡1 ⎕NPARTS'//a/./cc'",
            "'/a/c/' '' ''≡1 ⎕NPARTS'/a/c/'",
            "(⊃1 ⎕NPARTS'')≡⊃1 ⎕NPARTS'name'",
            "'/'=⊃⌽⊃1 ⎕NPARTS''",
            "(¯1↓⊃1 ⎕NPARTS'')≡⊃,/1 ⎕NPARTS(,'.')",
        ],
    );
    typed.fails("2 ⎕NPARTS'x'", "DOMAIN ERROR");
    typed.fails("⎕NPARTS 5", "DOMAIN ERROR");
}

#[test]
fn folders() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    all_true(
        &mut typed,
        &[
            "1=⎕MKDIR f,'temp'",
            "⎕NEXISTS f,'temp'",
            "1 1 0≡⎕NEXISTS f∘,¨'temp' 'temp/' 'temp2'",
            "1=2 ⎕MKDIR f,'temp/t1/t2'",
            "0=3 ⎕MKDIR f,'temp/t1/t2'",
            "1 1≡⎕MKDIR f∘,¨'u1' 'u2'",
            "(⎕NEXISTS⍠1)f,'u?'",
            "~(⎕NEXISTS⍠1)f,'v*'",
            "12='Hello World'⎕NPUT f,'temp/hw.txt'",
            "1=1 ⎕NINFO f,'temp'",
            "u←(⎕MKDIR⍠'Unique' 1)f,'u3'",
            "(f,'u3')≡(≢f,'u3')↑u",
            "1=1 ⎕NINFO u",
            "2=(⎕NDELETE⍠1)f,'u?'",
            "0=1 ⎕NDELETE f,'u1'",
            "1=2 ⎕NDELETE f,'temp'",
            "~⎕NEXISTS f,'temp'",
            "1 0≡1 ⎕NDELETE u(f,'none')",
        ],
    );
    fs::create_dir(root.join("full")).unwrap();
    fs::write(root.join("full/x"), "x").unwrap();
    for (line, report) in [
        ("⎕MKDIR f,'full'", "FILE NAME ERROR"),
        ("⎕MKDIR f,'full/x/y'", "FILE NAME ERROR"),
        ("⎕MKDIR f,'a/b/c'", "FILE NAME ERROR"),
        ("⎕NDELETE f,'none'", "FILE NAME ERROR"),
        ("⎕NDELETE f,'full'", "FILE ACCESS ERROR"),
        ("4 ⎕NDELETE f,'full'", "DOMAIN ERROR"),
        ("⎕NDELETE''", "FILE NAME ERROR"),
    ] {
        typed.fails(line, report);
    }
    // A link is removed, not what it leads to, also within a folder.
    fs::create_dir(root.join("kept")).unwrap();
    fs::write(root.join("kept/file"), "kept").unwrap();
    symlink(root.join("kept"), root.join("full/link")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    all_true(&mut typed, &["⎕NEXISTS f,'dangling'", "1=⎕NDELETE f,'dangling'", "1=2 ⎕NDELETE f,'full'"]);
    assert_eq!(fs::read_to_string(root.join("kept/file")).unwrap(), "kept");
}

#[test]
fn a_callback_follows_what_is_copied() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    fs::create_dir_all(root.join("from/deep")).unwrap();
    for name in ["from/a", "from/b", "from/deep/c"] {
        fs::write(root.join(name), name).unwrap();
    }
    typed.shows("tell←{told,←⊂(1⊃⍵)(2⊃⍵)((3⊃⍵).(Progress Limit)) ⋄ 1}");
    typed.shows("names←{'Start'≡2⊃⍵:1⊣(3⊃⍵).Options.(ScanFirst Skip LastFileCount)←⍺ ⋄ told,←⊂(3⊃⍵).Last ⋄ 1}");
    typed.shows("count←{n←3⊃⍵ ⋄ n.Data←1+⊃n.Data,0 ⋄ told∘←n.Data ⋄ 1}");
    typed.shows("asc←{⍵[⍋⍵]} ⋄ stop←{'Progress'≢2⊃⍵} ⋄ odd←{'yes'}");
    all_true(
        &mut typed,
        &[
            // A folder with a folder and three files: five steps of each kind, between the first call and the last one.
            "told←⍬",
            "1=(f,'to')(⎕NCOPY⍠'ProgressCallback' 'tell')f,'from'",
            "12=≢told",
            "(2⊃¨told)≡'Start' 'Scan' 'Progress' 'Done'/⍨1 5 5 1",
            "(3⊃¨told)≡(⊂0 0),((⍳5),¨⍨0),((⍳5),¨5),⊂5 5",
            "∧/'⎕NCOPY'∘≡¨⊃¨told",
            // Not counted first, and every third time only, with all names since then.
            "told←⍬",
            "1=(f,'to2')(⎕NCOPY⍠'ProgressCallback'('names'(0 2 ¯1)))f,'from'",
            "3 2≡≢¨told",
            "(asc⊃,/told)≡asc(f,'from')∘,¨'' '/a' '/b' '/deep' '/deep/c'",
            // The namespace is the same one in all calls.
            "1=(f,'to3')(⎕NCOPY⍠'ProgressCallback' 'count')f,'from'",
            "told=12",
            // What is moved is counted by its name.
            "told←⍬",
            "1 1≡(f,'from')(⎕NMOVE⍠'ProgressCallback' 'tell')f∘,¨'to2' 'to3'",
            "(2⊃¨told)≡'Start' 'Scan' 'Progress' 'Done'/⍨1 2 2 1",
            "'⎕NMOVE'≡⊃⊃told",
            // 0 ends it, and what was copied stays.
            "'stopped'≡{1003::'stopped' ⋄ (f,'to4')(⎕NCOPY⍠'ProgressCallback'⍵)f,'from'}'stop'",
            "⎕NEXISTS f,'to4'",
        ],
    );
    typed.fails("(f,'to5')(⎕NCOPY⍠'ProgressCallback' 'none')f,'from'", "DOMAIN ERROR");
    typed.fails("(f,'to5')(⎕NCOPY⍠'ProgressCallback'('names'(2 'x' 1)))f,'from'", "DOMAIN ERROR");
    typed.fails("(f,'to5')(⎕NCOPY⍠'ProgressCallback' 'odd')f,'from'", "DOMAIN ERROR");
}

#[test]
fn copying_and_moving() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    for name in ["a.txt", "b.txt", "c.dat"] {
        fs::write(root.join(name), name).unwrap();
    }
    fs::create_dir_all(root.join("tree/deep")).unwrap();
    fs::write(root.join("tree/deep/leaf"), "leaf").unwrap();
    fs::create_dir(root.join("to")).unwrap();
    fs::set_permissions(root.join("c.dat"), fs::Permissions::from_mode(0o640)).unwrap();
    all_true(
        &mut typed,
        &[
            "1=(f,'copy')⎕NCOPY f,'a.txt'",
            "(,⊂'a.txt')≡⊃⎕NGET(f,'copy')1",
            "2 1≡(f,'to')(⎕NCOPY⍠1)f∘,¨'*.txt' 'tree'",
            "(,⊂'leaf')≡⊃⎕NGET(f,'to/tree/deep/leaf')1",
            "1=(f,'to')(⎕NCOPY⍠'IfExists' 'Skip')f,'a.txt'",
            "1=(f,'to/a.txt')(⎕NCOPY⍠'IfExists' 'Replace')f,'b.txt'",
            "(,⊂'b.txt')≡⊃⎕NGET(f,'to/a.txt')1",
            "1=(f,'c2')(⎕NCOPY⍠'PreserveAttributes' 1)f,'c.dat'",
            "(⊃3 ⎕NINFO f,'c2')≡⊃3 ⎕NINFO f,'c.dat'",
            // The copy is as new as the file, so that it is not replaced.
            "'other'⎕NPUT(f,'c2')2 ⋄ 1=(f,'c2')(⎕NCOPY⍠'IfExists' 'ReplaceIfNewer')f,'c.dat'",
            "11=2 ⎕NINFO f,'c2'",
            "1 1≡(f,'to')⎕NMOVE f∘,¨'copy' 'c2'",
            "0 0 1 1≡⎕NEXISTS f∘,¨'copy' 'c2' 'to/copy' 'to/c2'",
            "1=(f,'renamed')⎕NMOVE f,'to'",
            "(,⊂'leaf')≡⊃⎕NGET(f,'renamed/tree/deep/leaf')1",
            "1=(f,'b.txt')(⎕NMOVE⍠'IfExists' 'Skip')f,'a.txt'",
            "∧/⎕NEXISTS f∘,¨'a.txt' 'b.txt'",
        ],
    );
    for (line, report) in [
        ("(f,'b.txt')⎕NCOPY f,'a.txt'", "FILE NAME ERROR"),
        ("(f,'b.txt')⎕NMOVE f,'a.txt'", "FILE NAME ERROR"),
        ("(f,'new')⎕NCOPY f,'none'", "FILE NAME ERROR"),
        ("(f,'new')⎕NCOPY f∘,¨'a.txt' 'b.txt'", "FILE NAME ERROR"),
        ("(f,'b.txt')⎕NCOPY f,'tree'", "FILE NAME ERROR"),
        ("(f,'tree/deep/inner')⎕NCOPY f,'tree'", "FILE NAME ERROR"),
        ("(f,'renamed')⎕NCOPY f,'tree/.'", "FILE NAME ERROR"),
        ("(f,'new')(⎕NCOPY⍠'IfExists' 'Perhaps')f,'a.txt'", "DOMAIN ERROR"),
    ] {
        typed.fails(line, report);
    }
}

#[test]
fn information() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    fs::create_dir_all(root.join("d1/inner")).unwrap();
    fs::create_dir(root.join("d2")).unwrap();
    for name in ["find", "d1/find", "d1/nofind", "d1/inner/find", ".hidden"] {
        fs::write(root.join(name), name).unwrap();
    }
    symlink("find", root.join("link")).unwrap();
    all_true(
        &mut typed,
        &[
            "(⊂f,'find')≡⎕NINFO f,'find'",
            "2 4≡1 2 ⎕NINFO f,'find'",
            "(2 2⍴2 4 1 1)≡(2 2⍴1 2 11 12)⎕NINFO f,'find'",
            "1=1 ⎕NINFO f",
            "0 1≡6 ⎕NINFO¨f∘,¨'find' '.hidden'",
            "7=≢⊃3 ⎕NINFO f,'find'",
            "(⊃3 ⎕NINFO f,'find')≡⊃¯1 ⎕DT 13 ⎕NINFO f,'find'",
            "2=1 ⎕NINFO f,'link'",
            "4 'find'≡1 7(⎕NINFO⍠'Follow' 0)f,'link'",
            "(⊂⍬)≡99 ⎕NINFO f,'find'",
            "(⊂4 7)≡2 ⎕NINFO f∘,¨'find' 'd1/find'",
            "(⊂f∘,¨'d1' 'd2')≡(⎕NINFO⍠1)f,'d?'",
            "(⊂0⍴⊂'')≡(⎕NINFO⍠1)f,'nothing*'",
            "3=≢⊃(⎕NINFO⍠'Recurse' 1)f,'find'",
            "2=≢⊃(⎕NINFO⍠'Recurse'(1 1))f,'find'",
            "1=≢⊃(⎕NINFO⍠'Recurse'(1 0))f,'find'",
            "4=≢⊃(⎕NINFO⍠('Recurse' 1)('Wildcard' 1))f,'*find'",
            "t←(f,'find')⎕NTIE 0 ⋄ x←⎕NREAD t 80 3",
            "((f,'find')4 3)≡0 2 8 ⎕NINFO t",
        ],
    );
    typed.fails("⎕NINFO f,'none'", "FILE NAME ERROR");
    typed.fails("⎕NINFO ¯44", "FILE TIE ERROR");
    typed.fails("(⎕NINFO⍠'Recurse' 3)f", "DOMAIN ERROR");
}

/// Every function that takes a name asks for the rights.
#[test]
fn rights_are_needed() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("in")).unwrap();
    fs::write(folder.0.join("in/file"), "inside").unwrap();
    fs::write(folder.0.join("file"), "secret").unwrap();
    symlink("..", folder.0.join("in/up")).unwrap();
    symlink("../file", folder.0.join("in/leak")).unwrap();
    let run = |args: &[&str], expression: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_zilde"))
            .args(args)
            .args(["-e", expression])
            .current_dir(&folder.0)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let both = ["--allow-read=in", "--allow-write=in"];
    for expression in [
        "⎕NEXISTS'file'",
        "⎕NEXISTS'in/up/file'",
        "(⎕NEXISTS⍠1)'*'",
        "2 ⎕NINFO'file'",
        "2 ⎕NINFO'in/leak'",
        "(⎕NINFO⍠1)'in/up/*'",
        "(⎕NINFO⍠'Recurse' 1)'file'",
        "'file'⎕NTIE 0",
        "'in/leak'⎕NTIE 0",
        "'in/up/new'⎕NCREATE 0",
        "⎕NDELETE'file'",
        "⎕NDELETE'in/up/file'",
        "2 ⎕NDELETE'in/up/in'⊣⎕NDELETE'in/up/file'",
        "⎕MKDIR'new'",
        "3 ⎕MKDIR'in/up/new/deep'",
        "'in/copy'⎕NCOPY'file'",
        "'in/copy'⎕NCOPY'in/leak'",
        "'copy'⎕NCOPY'in/file'",
        "'in/moved'⎕NMOVE'file'",
        "'moved'⎕NMOVE'in/file'",
        "'../moved'⎕NRENAME'in/file'⎕NTIE ¯1",
        "⊃1 ⎕NPARTS''",
    ] {
        let shown = run(&both, expression);
        assert!(shown.contains("FILE ACCESS ERROR"), "{expression}: {shown}");
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
    assert_eq!(fs::read_dir(folder.0.join("in")).unwrap().count(), 3);
    assert_eq!(fs::read_to_string(folder.0.join("file")).unwrap(), "secret");
    let within = "⎕NREAD('in/file'⎕NTIE 0),80 ¯1 ⋄ ⎕NEXISTS'in/leak' ⋄ ⊢⎕NDELETE'in/leak' ⋄ ⊢'in/x'⎕NMOVE'in/file'";
    assert_eq!(run(&both, within), "inside\n1\n1\n1\n");
    // To read only is enough to tie a file, which then cannot be written.
    assert_eq!(run(&["--allow-read=in"], "⎕NREAD('in/x'⎕NTIE 0),80 ¯1"), "inside\n");
    assert!(run(&["--allow-read=in"], "'y'⎕NAPPEND'in/x'⎕NTIE 0").starts_with("FILE ACCESS ERROR"));
    assert!(run(&["--allow-read=in"], "'in/x'⎕NTIE 0 66").starts_with("FILE ACCESS ERROR"));
}

#[test]
fn tables_in_files() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    fs::write(root.join("sales.csv"), "Product,Sales\r\nWidgets,1912\r\nGimlets,205\r\n\"Ding, bats\",189\r\n")
        .unwrap();
    all_true(
        &mut typed,
        &[
            "(4 2⍴'Product' 'Sales' 'Widgets' '1912' 'Gimlets' '205' 'Ding, bats' '189')≡⎕CSV f,'sales.csv'",
            "data←3 2⍴'Widgets' 1912 'Gimlets' 205 'Ding, bats' 189",
            "(data('Product' 'Sales'))≡⎕CSV(f,'sales.csv')''(1 2)1",
            "(data('Product' 'Sales'))≡⎕CSV(f,'sales.csv')'UTF-8'(1 2)1",
            "1912 205 189≡2⊃⊃(⎕CSV⍠2)(f,'sales.csv')''(1 2)1",
            "data←data⍪'Gizmos' 23",
            "66=data('Product' 'Sales')⎕CSV f,'new.csv'",
            "(data('Product' 'Sales'))≡⎕CSV(f,'new.csv')''(1 2)1",
            "52=(2↑data)(⎕CSV⍠'IfExists' 'Replace')(f,'new.csv')'UTF-16'",
            "(2↑data)≡⎕CSV(f,'new.csv')''(1 2)",
            // A table that is read in parts.
            "42=(6 2⍴12⍴'é⍵')⎕CSV f,'parts'",
            "t←(f,'parts')⎕NTIE 0",
            "part←⎕CSV⍠'Records' 2",
            "(2 2⍴,¨'é⍵')≡part t",
            "(4 2⍴,¨'é⍵')≡⎕CSV t",
            "(0 0⍴⊂'')≡part t",
        ],
    );
    typed.fails("data ⎕CSV f,'sales.csv'", "FILE NAME ERROR");
    typed.fails("⎕CSV f,'none'", "FILE NAME ERROR");
    typed.fails("⎕CSV ¯99", "FILE TIE ERROR");
    typed.fails("⎕CSV(f,'sales.csv')'UTF-99' 1", "DOMAIN ERROR");
    assert!(fs::read_to_string(root.join("sales.csv")).unwrap().starts_with("Product,Sales\r\n"));
}

/// A file is searched and changed line by line, and its line ends stay as they are.
#[test]
fn patterns_in_files() {
    let mut typed = Typed::in_folder();
    let root = typed.folder.0.clone();
    fs::write(root.join("log"), "one 1\ntwo 22\r\nthree 333\n").unwrap();
    all_true(
        &mut typed,
        &[
            "i←(f,'log')⎕NTIE 0",
            "(,¨'1' '22' '333')≡('\\d+'⎕S'&')i",
            "0=≢('\\d+'⎕S'&')i⊣⎕NREAD i 82 ¯1",
            "''≡⎕NREAD i 82 0 0",
            "'one #' 'two #' 'three #'≡('\\d+'⎕R'#')i",
            "''≡⎕NREAD i 82 0 0",
            "o←(f,'out')⎕NCREATE 0",
            "21=o('\\d+'⎕R'#')i",
            "27=o('t.'⎕S'&'⍠'EOL' 'LF')'two' 'no' 'ten'",
        ],
    );
    assert_eq!(fs::read_to_string(root.join("out")).unwrap(), "one #\ntwo #\r\nthree #\ntw\nte\n");
    all_true(
        &mut typed,
        &[
            "u←(f,'u')⎕NCREATE 0",
            "8=u('a'⎕R'b'⍠('OutEnc' 'UTF-16')('EOL' 'LF'))'aa'",
            "(⎕UCS 65279 98 98 10)≡⎕NREAD u 160 ¯1 0",
        ],
    );
    typed.fails("o('a'⎕S 0)'a'", "DOMAIN ERROR");
    typed.fails("('a'⎕R'b')¯77", "FILE TIE ERROR");
}

#[test]
fn files_are_mapped() {
    let mut typed = Typed::in_folder();
    typed.shows("t←(f,'m')⎕NCREATE 0 ⋄ (¯3 4 100 ¯128 5 6 7 8 9)⎕NAPPEND t 83 ⋄ (2.5 ¯1)⎕NAPPEND t 645 ⋄ ⎕NUNTIE t");
    typed.all_true(&[
        "(¯3 4 100 ¯128 5 6 7 8 9)≡9↑83 ¯1 ⎕MAP f,'m'",
        "25≡≢83 ¯1 ⎕MAP f,'m'",
        "¯3≡83 ⎕MAP f,'m'",
        "(2 2⍴¯3 4 100 ¯128)≡83 2 2 ⎕MAP f,'m'",
        "6 4≡⍴83 ¯1 4 ⎕MAP(f,'m')'R'",
        "9≡⊃83 ¯1 ⎕MAP(f,'m')'r' 8",
        "(1 1 1 1 1 1 0 1)≡8↑11 ¯1 ⎕MAP f,'m'",
        "(4×256)≡253-⍨163 ⎕MAP f,'m'",
        "0≡≢163 ¯1 ⎕MAP(f,'m')'R' 800",
        "200≡≢11 ¯1 ⎕MAP f,'m'",
    ]);
    for (line, report) in [
        ("83 30 ⎕MAP f,'m'", "LENGTH ERROR"),
        ("83 ¯1 ¯1 ⎕MAP f,'m'", "DOMAIN ERROR"),
        ("83 ¯2 ⎕MAP f,'m'", "DOMAIN ERROR"),
        ("84 ¯1 ⎕MAP f,'m'", "DOMAIN ERROR"),
        ("83 ¯1 ⎕MAP(f,'m')'R' 3", "DOMAIN ERROR"),
        ("83 ¯1 ⎕MAP(f,'m')'W'", "NONCE ERROR"),
        ("⎕MAP f,'m'", "NONCE ERROR"),
        ("83 ¯1 ⎕MAP f,'nosuch'", "FILE NAME ERROR"),
        ("83 ¯1 ⎕MAP'/etc/passwd'", "FILE ACCESS ERROR"),
        ("645 1000000000 1000000000 1000000000 ⎕MAP f,'m'", ""),
    ] {
        typed.fails(line, report);
    }
}
