//! Component files.

mod common;

use std::fs;

use common::{Kept, Typed};
use zilde::{Rights, Session};

#[test]
fn components_of_all_kinds_come_back() {
    let mut typed = Typed::in_folder();
    let values = [
        "5",
        "¯0.25",
        "1J2",
        "'x'",
        "''",
        "⍬",
        "1 0 1",
        "300+⍳10",
        "1E100×⍳3",
        "1J1×⍳3",
        "'⍺∊😀'",
        "2 3⍴⎕A",
        "0 3⍴' '",
        "⊂1 2",
        "0⍴⊂'ab'(1 2)",
        "'a'(1 2)('b'(3 'c'))",
        "{⍵ ⍵}⍣60⊢1 2",
        "{⊂⍵}⍣5000⊢'deep'",
        "⎕NULL",
        "100000⍴0.5 1",
    ];
    typed.shows("t←(f,'all')⎕FCREATE 0");
    for (at, value) in values.iter().enumerate() {
        typed.all_true(&[&format!("{}=⊃({value})⎕FAPPEND t", at + 1)]);
    }
    typed.shows("⎕FUNTIE t ⋄ t←(f,'all')⎕FTIE 3");
    for (at, value) in values.iter().enumerate() {
        typed.all_true(&[&format!("({value})≡⎕FREAD t {}", at + 1), &format!("(⊃0⍴{value})≡⊃0⍴⎕FREAD t {}", at + 1)]);
    }
    typed.all_true(&[
        "(¯0.25 'x')≡⎕FREAD t(2 4)",
        "(,⊂,⊂1 2)≡,⊂,⎕FREAD t 14",
        "t≡3",
        "3≡⊃⎕FNUMS",
        "(1 4⍴'.dcf')≡¯1 ¯4↑⎕FNAMES",
    ]);
    typed.fails("(⎕NS⍬)⎕FAPPEND t", "DOMAIN ERROR");
}

#[test]
fn components_are_replaced_and_dropped() {
    let mut typed = Typed::in_folder();
    typed.shows("t←(f,'x.dat')⎕FCREATE 7 ⋄ n←(⍳6)⎕FAPPEND¨t");
    typed.all_true(&[
        "n≡⍳6",
        "1 7≡2↑⎕FSIZE t",
        "1 2≡⎕FDROP t 2",
        "3 7≡2↑⎕FSIZE t",
        "(,6)≡⎕FDROP t ¯1",
        "3 6≡2↑⎕FSIZE t",
        "6=⊃'again'⎕FAPPEND t",
        "4=⊃'four'⎕FREPLACE t 4",
        "(3 'four' 5 'again')≡⎕FREAD t(3 4 5 6)",
        "⍬≡⎕FDROP t 0",
        "big←⎕FSIZE t ⋄ _←(1000⍴1.5)⎕FREPLACE t 3 ⋄ _←3 ⎕FREPLACE t 3 ⋄ 8000<-/(⎕FSIZE t)[3],big[3]",
        "_←⎕FRESIZE t ⋄ big[3]≥(⎕FSIZE t)[3]",
        "(3 'four' 5 'again')≡⎕FREAD t(3 4 5 6)",
        "3 7≡2↑⎕FSIZE t",
        "c←(f,'copy')⎕FCOPY t ⋄ (⎕FRDCI t 4)≡⎕FRDCI c 4",
        "(⎕FREAD t(3 4 5 6))≡⎕FREAD c(3 4 5 6)",
        "64 0 1 1 1 0≡'SEUJCZ'⎕FPROPS c",
        "1≡('J' 0)⎕FPROPS c",
        "1 0≡('U' 0)('J' 1)⎕FPROPS c",
        "0 1≡'UJ'⎕FPROPS c",
        "0 3≡⍴⎕FRDAC t",
        "_←(2 3⍴⍳6)⎕FSTAC t ⋄ (2 3⍴⍳6)≡⎕FRDAC t",
        "5 2≡⍴⎕FHIST t",
        "(,c)≡⎕FUNTIE c",
        "⍬≡⎕FCHK f,'copy'",
        "(,⎕FLIB f)≡f,'copy.dcf'",
        "_←(f,'y.dat')⎕FRENAME t ⋄ (⎕NEXISTS f,'y.dat')∧~⎕NEXISTS f,'x.dat'",
        "_←(f,'y.dat')⎕FERASE t ⋄ ~⎕NEXISTS f,'y.dat'",
        "⍬≡⎕FNUMS",
        "p←(f,'p')(⎕FCREATE⍠3)0 ⋄ 3 1≡'JC'⎕FPROPS p",
        "⎕FAVAIL",
    ]);
}

#[test]
fn mistakes_have_their_numbers() {
    let mut typed = Typed::in_folder();
    typed.shows("t←(f,'a')⎕FCREATE 1 ⋄ 'x'⎕FAPPEND t");
    typed.fails("⎕FREAD 2 1", "FILE TIE ERROR");
    typed.fails("(f,'b')⎕FCREATE 1", "FILE TIE ERROR");
    typed.fails("(f,'b')⎕FCREATE ¯1", "DOMAIN ERROR");
    typed.fails("(f,'a')⎕FCREATE 2", "FILE NAME ERROR");
    typed.fails("(f,'b')⎕FTIE 2", "FILE NAME ERROR");
    typed.fails("(f,'a')⎕FTIE 2", "FILE TIED");
    typed.fails("(f,'a')⎕FSTIE 2", "FILE TIED");
    typed.fails("⎕FREAD 1 2", "FILE INDEX ERROR");
    typed.fails("⎕FREAD 1 0", "FILE INDEX ERROR");
    typed.fails("5 ⎕FREPLACE 1 2", "FILE INDEX ERROR");
    typed.fails("⎕FDROP 1 2", "FILE INDEX ERROR");
    typed.fails("⎕FREAD 1", "LENGTH ERROR");
    typed.fails("⎕FAPPEND 1", "SYNTAX ERROR");
    typed.fails("(f,'b')⎕FERASE 1", "FILE NAME ERROR");
    typed.fails("'Q'⎕FPROPS 1", "DOMAIN ERROR");
    typed.fails("('S' 32)⎕FPROPS 1", "DOMAIN ERROR");
    typed.shows("'no components'⎕NPUT f,'c.dcf'");
    typed.fails("(f,'c')⎕FTIE 2", "FILE DAMAGED");
    typed.shows("''⎕NPUT f,'d.dcf'");
    typed.fails("(f,'d')⎕FTIE 2", "FILE DAMAGED");
    typed.fails("f ⎕FTIE 2", "FILE ACCESS ERROR");
    typed.shows("500 ⎕FRESIZE t");
    typed.fails("(⍳1000)⎕FAPPEND t", "FILE FULL");
    typed.all_true(&["'x'≡⎕FREAD t 1", "1 2 500≡(⎕FSIZE t)[1 2 4]"]);
    typed.shows("0 ⎕FRESIZE t ⋄ (⍳1000)⎕FAPPEND t");
    typed.all_true(&["(⍳1000)≡⎕FREAD t 2"]);
}

#[test]
fn two_sessions_share_a_file() {
    let mut one = Typed::in_folder();
    let kept = Kept::default();
    let folder = one.folder.0.display().to_string();
    let rights = Rights::none().read(&folder).write(&folder);
    let mut two = Session::builder().rights(rights).build_with(Box::new(kept.clone()));
    let mut other = |line: &str| {
        two.run(line);
        kept.text()
    };
    one.shows("t←(f,'s')⎕FCREATE 0 ⋄ 'first'⎕FAPPEND t");
    assert!(other(&format!("t←'{folder}/s'⎕FSTIE 0")).starts_with("FILE TIED"));
    one.shows("⎕FUNTIE t ⋄ t←(f,'s')⎕FSTIE 0");
    assert_eq!(other(&format!("t←'{folder}/s'⎕FSTIE 0 ⋄ ⎕FREAD t 1")), "first\n");
    assert!(other(&format!("'{folder}/s'⎕FTIE 5")).starts_with("FILE TIED"));
    one.shows("'second'⎕FAPPEND t");
    assert_eq!(other("⎕FREAD t 2 ⋄ 'third'⎕FAPPEND t ⋄ 'new'⎕FREPLACE t 1 ⋄ 2↑⎕FSIZE t"), "second\n1 4\n");
    one.all_true(&["'third'≡⎕FREAD t 3", "'new'≡⎕FREAD t 1", "4=⊃'x'⎕FAPPEND t"]);
    assert_eq!(other("⎕FDROP t 2 ⋄ ⎕FREAD t 4"), "x\n");
    one.fails("⎕FREAD t 1", "FILE INDEX ERROR");
    one.fails("⎕FRESIZE t", "FILE ACCESS ERROR");
    one.all_true(&["t≡⎕FHOLD t", "⍬≡⎕FHOLD ⍬"]);
    assert_eq!(other("⎕FHOLD t ⋄ ⎕FHOLD ⍬ ⋄ ⎕FUNTIE t"), "");
    // Nobody else has it now.
    one.shows("⎕FUNTIE t");
    one.all_true(&["1=⊃(f,'s')⎕FTIE 1"]);
}

#[test]
fn a_file_that_is_cut_off_anywhere_has_all_that_was_finished() {
    let mut typed = Typed::in_folder();
    typed.shows("t←(f,'k')⎕FCREATE 0");
    let path = typed.folder.0.join("k.dcf");
    let steps =
        ["'one'⎕FAPPEND t", "(⍳20)⎕FAPPEND t", "'ONE'⎕FREPLACE t 1", "'a'(1 2)⎕FAPPEND t", "⎕FDROP t 1", "⎕FDROP t ¯1"];
    let states = ["", "'one'", "'one'(⍳20)", "'ONE'(⍳20)", "'ONE'(⍳20)('a'(1 2))", "(⍳20)('a'(1 2))", ""];
    let mut lengths = vec![fs::metadata(&path).unwrap().len()];
    for step in steps {
        typed.shows(step);
        lengths.push(fs::metadata(&path).unwrap().len());
    }
    typed.shows("⎕FUNTIE t");
    let whole = fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        fs::write(typed.folder.0.join("cut.dcf"), &whole[..length]).unwrap();
        let done = lengths.iter().filter(|&&end| end <= length as u64).count();
        if done == 0 {
            typed.fails("t←(f,'cut')⎕FTIE 9", "FILE DAMAGED");
            continue;
        }
        let state = match done {
            7 => ",⊂⍳20".to_string(),
            2 => format!(",⊂{}", states[1]),
            6 => states[5].to_string(),
            1 => "0⍴⊂⍬".to_string(),
            other => states[other - 1].to_string(),
        };
        typed.all_true(&[
            "9=⊃(f,'cut')⎕FTIE 9",
            &format!("({state})≡⎕FREAD 9(¯1+(⊃⎕FSIZE 9)+⍳-⍨/2↑⎕FSIZE 9)"),
            // It goes on.
            "n←'more'⎕FAPPEND 9 ⋄ 'more'≡⎕FREAD 9 n",
        ]);
        typed.shows("⎕FUNTIE 9");
    }
    // A byte that is changed is noticed.
    let mut wrong = 0;
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        fs::write(typed.folder.0.join("cut.dcf"), &bytes).unwrap();
        let shown = typed.shows("t←(f,'cut')⎕FTIE 9 ⋄ ⎕FREAD 9(¯1+(⊃⎕FSIZE 9)+⍳-⍨/2↑⎕FSIZE 9)");
        wrong += usize::from(shown.starts_with("FILE"));
        assert!(shown.starts_with("FILE") || shown == typed.shows("⎕FREAD 9(,2)"), "{at}: {shown}");
        typed.shows("⎕FUNTIE 9");
    }
    assert!(wrong > whole.len() / 6, "{wrong}");
}

#[test]
fn rights_are_needed() {
    let kept = Kept::default();
    let mut session = Session::builder().rights(Rights::none().read("/")).build_with(Box::new(kept.clone()));
    for line in ["'/x'⎕FCREATE 0", "'/x'⎕FTIE 0"] {
        session.run(line);
        assert!(kept.text().starts_with("FILE ACCESS ERROR"), "{line}");
    }
}

#[test]
fn functions_and_namespaces_are_components() {
    let mut typed = Typed::in_folder();
    typed.shows("cube←{⍵*3}\n⎕FX'r←next x' 'r←x+1'\nns←⎕NS⍬\nns.k←7\nns.times←{k×⍵}\nns.in←⎕NS⍬ ⋄ ns.in.up←ns");
    typed.shows("t←(f,'code')⎕FCREATE 0\n(2 3⍴⍳6)'Ann'(⎕OR'cube')⎕FAPPEND t\n(⎕OR'next')⎕FAPPEND t\n(⎕OR'ns')⎕FAPPEND t\n(0 2⍴⎕OR'cube')⎕FAPPEND t");
    typed.shows("⎕EX'cube' 'next' 'ns'\n⎕FUNTIE t ⋄ t←(f,'code')⎕FSTIE 0");
    typed.all_true(&[
        "q←3⊃⎕FREAD t 1 ⋄ 27≡q 3",
        "_←⎕FX ⎕FREAD t 2 ⋄ 9≡next 8",
        "_←'new'⎕NS ⎕FREAD t 3 ⋄ 21≡new.times 3",
        "new≡new.in.up",
        "(⎕FREAD t 3)≡⎕OR'new'",
        "0 2≡⍴⎕FREAD t 4",
    ]);
    // References are not representations.
    typed.fails("new ⎕FAPPEND t", "DOMAIN ERROR");
    typed.fails("(1 2(⎕NS⍬))⎕FAPPEND t", "DOMAIN ERROR");
}
