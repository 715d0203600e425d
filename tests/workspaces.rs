//! Workspaces that are saved and loaded.

mod common;

use std::fs;

use common::{Kept, Typed};
use zilde::{Rights, Session};

/// A session whose workspaces are in its folder, which the name `f` stands for.
struct Work {
    typed: Typed,
    path: String,
}

impl Work {
    fn new() -> Work {
        let typed = Typed::new();
        let path = format!("{}/ws", typed.folder.0.display());
        Work { typed, path }
    }

    fn shows(&mut self, block: &str) -> String {
        self.typed.shows(block)
    }

    /// Saves, clears, loads; the workspace saved again is the same.
    #[track_caller]
    fn again(&mut self) {
        let path = self.path.clone();
        assert_eq!(self.shows(&format!(")save {path} -force")), format!("{path} saved\n"));
        let first = self.text();
        assert_eq!(self.shows(&format!(")clear\n)load {path}")), format!("clear ws\n{path} loaded\n"));
        assert_eq!(self.shows(&format!(")save {path}")), format!("{path} saved\n"));
        assert_eq!(self.text(), first);
    }

    fn text(&self) -> String {
        fs::read_to_string(format!("{}.zws", self.path)).unwrap()
    }

    #[track_caller]
    fn all_true(&mut self, lines: &[&str]) {
        let mut wrong = String::new();
        for line in lines {
            let shown = self.shows(line);
            if shown != "1\n" {
                wrong += &format!("{line}\n{shown}");
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}

/// Expressions of every kind of array.
const VALUES: &[&str] = &[
    "5",
    "¯2.5E¯300",
    "0.1+0.2",
    "÷3",
    "123456789012345678",
    "2*0.5",
    "1J¯2",
    "0J1E10 3",
    "'a'",
    "''''",
    "'it''s'",
    "''",
    "⍬",
    "⎕NULL",
    "⎕NULL ⎕NULL",
    ",5",
    ",'x'",
    "'two',(⎕UCS 10),'lines'",
    "⎕UCS 10",
    ",⎕UCS 0",
    "⎕UCS 13 10",
    "1 0 1 1",
    "⍳3",
    "⍳1000",
    "0.5×⍳300",
    "300⍴'the quick brown fox '",
    "(500⍴'ab',⎕UCS 10),'⍺'",
    "2 3⍴⍳6",
    "1 3⍴⍳3",
    "3 1⍴⍳3",
    "1 1⍴'a'",
    "3 2 2⍴⎕A",
    "2 3⍴'ab'(1 2)(⍳0)",
    "20 30⍴⍳600",
    "20 30⍴'⍺⍵∊'",
    "0 3⍴0",
    "3 0⍴' '",
    "2 0 2⍴⊂'ab'(1 2)",
    "0⍴⊂''",
    "0⍴⊂1 2(3 'x')",
    "⊂⊂1 2",
    "⊂'text'",
    ",⊂'text'",
    ",⊂,⊂1",
    "1 'a' 2",
    "1 2('ab'(3 4))",
    "'abc' 'd' ''",
    "(,'a')(,1)('a')",
    "↑'abc' 'de'",
    "((⍳50)(⍳60))('a',⊂⍳70)",
    "⍳3 4",
    "(⍳3)∘.=⍳3",
    "{⍵(⍵ ⍵)}⍣3⊢1 'b'",
];

#[test]
fn arrays_of_all_kinds_are_kept() {
    let mut work = Work::new();
    for (at, value) in VALUES.iter().enumerate() {
        assert_eq!(work.shows(&format!("v{at}←{value}")), "", "{value}");
    }
    work.again();
    let lines: Vec<String> = VALUES
        .iter()
        .enumerate()
        // The same prototypes, too.
        .map(|(at, value)| format!("(v{at}≡{value})∧(⊃0⍴v{at})≡⊃0⍴{value}"))
        .collect();
    work.all_true(&lines.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn large_and_deep_arrays_are_in_the_data_file() {
    let mut work = Work::new();
    work.shows("big←200 300⍴⍳60000 ⋄ floats←÷1+⍳20000 ⋄ deep←{⊂⍵}⍣500⊢1 2 ⋄ mixed←(⍳20000)'ab'(0⍴⊂1 2)(30000⍴'x⍺')");
    work.shows("share←{⍵ ⍵}⍣40⊢⍳3 ⋄ small←1 2");
    work.again();
    work.all_true(&[
        "big≡200 300⍴⍳60000",
        "floats≡÷1+⍳20000",
        "deep≡{⊂⍵}⍣500⊢1 2",
        "mixed≡(⍳20000)'ab'(0⍴⊂1 2)(30000⍴'x⍺')",
        "41=|≡share",
        "small≡1 2",
    ]);
    let data = || {
        let names = fs::read_dir(&work.typed.folder.0).unwrap().flatten().map(|entry| entry.file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".zwd")).count()
    };
    // Only the data file that belongs to the text is left.
    assert_eq!(data(), 1);
    assert!(work.text().contains(":Large big 1 ⍝ 200 300\n"), "{}", work.text());
    assert!(work.text().len() < 12_000);
    work.shows("big←floats←deep←mixed←share←0");
    let path = work.path.clone();
    work.shows(&format!(")save {path}"));
    let names = fs::read_dir(&work.typed.folder.0).unwrap().flatten().map(|entry| entry.file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".zwd")));
}

#[test]
fn functions_and_operators_of_all_kinds_are_kept() {
    let mut work = Work::new();
    work.shows("∇r←add x\n  r←x+base\n  :If x>2\n    r+←1  ⍝ a comment\n  :EndIf\n∇\n∇r←(f twice)x\n r←f f x\n∇\n∇r←seven\n r←7\n∇");
    work.shows("base←10\nfact←{⍵≤1:1\n  ⍵×∇ ⍵-1   ⍝ spaces stay\n\n}\npow←{⍺←2 ⋄ ⍺*⍵}\nunder←{⍺⍺ ⍵⍵ ⍵}");
    work.shows("mean←+⌿÷≢\nadd3←3∘+\nlast←⊃⌽\nnest←(1 2)'ab'∘,\neach←¨\nsquare←*∘2\nroot←*∘0.5\nsq←⍣2\nred←/\nplus←+");
    work.shows(
        "quad←add twice\nmixed←{⍵+1}twice\nother←add\njson←⎕JSON\nrep←'a'⎕R'b'\nsplit←','∘(≠⊆⊢)\nthird←÷∘3\nc←1J2∘×",
    );
    work.shows("'disp'⎕CY'dfns'");
    work.again();
    work.all_true(&[
        "(12 14)≡add¨2 3",
        "24=fact 4",
        "7=seven",
        "3=mean 1 2 6",
        "5=add3 2",
        "'c'=last'abc'",
        "((1 2)'ab'5)≡nest 5",
        "3 4≡≢each'abc' 'abcd'",
        "16=square 4",
        "1=+sq 1",
        "6=+red 1 2 3",
        "6=2 plus 4",
        "23=quad 2",
        "3=mixed 1",
        "12=other 2",
        "'[1,2]'≡json 1 2",
        "'xbx'≡rep'xax'",
        "((,'a')'bc')≡split'a,bc'",
        "(÷3)=third 1",
        "1J2=c 1",
        "8=pow 3",
        "¯3=-under+3",
        "3.1 3.2 3.3 4.1 3.3≡⎕NC'add' 'fact' 'mean' 'twice' 'json'",
        "'  ⍵×∇ ⍵-1   ⍝ spaces stay'≡2⊃62⎕ATX'fact'",
        "3=≢disp 1(2 3)",
    ]);
    assert!(work.text().contains("∇ r←add x\n  r←x+base\n  :If x>2\n    r+←1  ⍝ a comment\n  :EndIf\n∇\n"));
    assert!(work.text().contains("\nmean←+⌿÷≢\n"));
}

#[test]
fn namespaces_with_references_and_cycles_are_kept() {
    let mut work = Work::new();
    work.shows("a←⎕NS⍬ ⋄ 'b'⎕NS⍬ ⋄ 'b.c.d'⎕NS⍬ ⋄ b.c.d.x←1 2 3 ⋄ b.c.f←{⍵+y} ⋄ b.c.y←100 ⋄ b.me←b ⋄ b.up←#");
    work.shows("list←⎕NS¨3⍴⊂⍬ ⋄ list.k←1 2 3 ⋄ (1⊃list).next←2⊃list ⋄ (2⊃list).next←1⊃list ⋄ same←1⊃list ⋄ deepref←'x'(1 2,b.c)");
    work.shows("b.c.⎕IO←0 ⋄ b.c.⎕ML←3 ⋄ b.⎕CT←0 ⋄ b.⎕PP←17 ⋄ b.c.⎕DF'shown' ⋄ g←b.c.f ⋄ lit←(p:1 ⋄ q:(r:'two'))");
    work.shows("⎕FIX':Namespace scripted' 'v←5' '∇r←h x' 'r←x+v' '∇' ':EndNamespace'");
    work.shows("'gone'⎕NS⍬ ⋄ gone.z←3 ⋄ kept←gone ⋄ ⎕EX'gone' ⋄ 'fn'⎕NS⍬ ⋄ fn.w←9 ⋄ fn.q←{w×⍵} ⋄ q←fn.q ⋄ ⎕EX'fn'");
    work.again();
    work.all_true(&[
        "1 2 3≡b.c.d.x",
        "105=b.c.f 5",
        "105=g 5",
        "b.me≡b",
        "b.up≡#",
        "1 2 3≡list.k",
        "(1⊃list)≡(1⊃list).next.next",
        "same≡1⊃list",
        "b.c≡3⊃2⊃deepref",
        "0 3≡b.c.(⎕IO ⎕ML)",
        "1 1≡(⎕IO ⎕ML)",
        "0 17≡b.(⎕CT ⎕PP)",
        "'shown'≡⍕b.c",
        "'two'≡lit.q.r",
        "7=scripted.h 2",
        "'v←5'≡2⊃⎕SRC scripted",
        "'#.b.c.d'≡⍕b.c.d",
        "'#.gone'≡⍕kept",
        "3=kept.z",
        "18=q 2",
        "b≡b.c.##",
        "0=≢'⍙'⎕NL 2",
        "0=⎕SE.⎕NC'⍙2'",
    ]);
}

#[test]
fn functions_and_namespaces_in_arrays_are_kept() {
    let mut work = Work::new();
    work.shows("half←{⍵÷2}\n⎕FX'r←a minus b;c' 'c←a-b' 'r←c' 'note←''⋄}'''\nsum←+/\ndot←{⍺←1\n⍺+⍵}\ntwice←{⍺⍺ ⍺⍺ ⍵}");
    work.shows(
        "fs←(⎕OR'half')5(⎕OR'minus')('ab'(⎕OR'sum'))\none←⊂⎕OR'minus'\nlong←⎕OR¨'dot' 'twice'\ngrid←2 2⍴⎕OR'sum'",
    );
    work.shows(
        "shop←⎕NS⍬\nshop.⎕IO←0\nshop.vat←0.25\nshop.gross←{⍵×1+vat}\nshop.big←¯1+⍳20000 ⋄ shop.inner←⎕NS⍬\nshop.inner.x←⊂shop",
    );
    work.shows("kept←⎕OR'shop' ⋄ list←1 kept'a'\n⎕EX'minus' 'shop'");
    work.again();
    work.all_true(&[
        "f←1⊃fs ⋄ 4.5≡f 9",
        "(⎕OR'half')≡1⊃fs",
        "g←2⊃4⊃fs ⋄ 6≡g 1 2 3",
        "h←1⊃long ⋄ 7≡3 h 4",
        "0=⎕NC'minus'",
        "_←⎕FX 3⊃fs ⋄ 2≡5 minus 3",
        "(2 2⍴⎕OR'sum')≡grid",
        "_←'shop2'⎕NS kept ⋄ 100≡shop2.gross 80",
        "(⍳20000)≡1+shop2.big",
        "0≡shop2.⎕IO",
        "shop2≡⊃shop2.inner.x",
        "_←'shop3'⎕NS 2⊃list ⋄ 50≡shop3.gross 40",
        "kept≡2⊃list",
        "n←⎕NS kept ⋄ 'big' 'gross' 'inner' 'vat'≡n.⎕NL ¯2 ¯3 ¯9",
        "n.vat←1 ⋄ ~kept≡⎕OR'n'",
    ]);
    // What is not in it cannot be in its representation.
    work.typed.fails("m←⎕NS⍬ ⋄ m.other←shop2 ⋄ x←⎕OR'm'", "DOMAIN ERROR");
    work.all_true(&[
        "m.other←n ⋄ m.top←# ⋄ y←⎕NS ⎕OR'm' ⋄ (#≡y.top)∧~y.other≡n",
        "1≡y.other.vat",
        "j←⎕NS ⎕OR'jj'⊣jj←⎕JSON'{\"a\":[1,{\"b\":{\"c\":5}}]}' ⋄ 5≡(2⊃j.a).b.c",
    ]);
}

#[test]
fn system_variables_and_the_latent_expression_are_kept() {
    let mut work = Work::new();
    work.shows(
        "⎕IO←0 ⋄ ⎕CT←1E¯10 ⋄ ⎕PP←5 ⋄ ⎕DIV←1 ⋄ ⎕RL←42 ⋄ x←?⍨5 ⋄ ⎕LX←'''started'',⍕n' ⋄ n←7 ⋄ ⎕TRAP←11 'E' '''trapped'''",
    );
    work.shows("'in'⎕NS⍬\n⎕CS'in'\nhere←1");
    let path = work.path.clone();
    assert_eq!(work.shows(&format!(")save {path}")), format!("{path} saved\n"));
    let next = work.shows("?5⍴1000");
    assert_eq!(
        work.shows(&format!(")clear\n)load {path}")),
        format!("clear ws\n{path} loaded\nVALUE ERROR: Undefined name: n\n      'started',⍕n\n                 ∧\n")
    );
    assert_eq!(work.shows("⎕CS'#'\n⎕IO ⎕CT ⎕PP ⎕DIV"), "0 1E¯10 5 1\n");
    assert_eq!(work.shows("?5⍴1000"), next);
    assert_eq!(work.shows("⎕WSID"), format!("{path}\n"));
    assert_eq!(work.shows(&format!(")save {path}\n)load {path}")), format!("{path} saved\n{path} loaded\nstarted7\n"));
    assert_eq!(work.shows(&format!(")clear\n)xload {path}")), format!("clear ws\n{path} loaded\n"));
    assert_eq!(work.shows("1÷'a'"), "trapped\n");
}

#[test]
fn names_are_copied() {
    let mut work = Work::new();
    work.shows("a←1 ⋄ f←{g ⍵} ⋄ g←{⍵+a} ⋄ 's.t'⎕NS⍬ ⋄ s.v←5 ⋄ s.r←s.t ⋄ s.t.⎕IO←0 ⋄ alone←⎕NS⍬ ⋄ alone.o←s ⋄ ⎕IO←0");
    work.shows("∇r←h\n r←'h'\n∇");
    let path = work.path.clone();
    work.shows(&format!(")save {path}\n)clear"));
    assert_eq!(work.shows(&format!("a←2\n)copy {path} f g h")), format!("{path} copied\n"));
    assert_eq!(
        work.shows("f 10\nh\n⎕IO\n⎕NL ¯2 3 4 9"),
        "12\nh\n1\n f  g  h  a \n".replace(" f  g  h  a ", " a  f  g  h ")
    );
    assert_eq!(work.shows(&format!(")pcopy {path} a s nosuch")), "not found nosuch\nnot copied a\n");
    assert_eq!(work.shows("a ⋄ s.v ⋄ s.t.⎕IO ⋄ s.r≡s.t"), "2\n5\n0\n1\n");
    assert_eq!(work.shows(&format!("'a'⎕CY'{path}' ⋄ a")), "1\n");
    // Into another namespace, with the one that is needed only by a reference.
    work.shows("⎕EX'a' 's' 'f'\n)ns here\n)cs here");
    assert_eq!(work.shows(&format!(")copy {path} alone")), format!("{path} copied\n"));
    assert_eq!(work.shows("alone.o.v ⋄ ⎕NL ¯2 3 9"), "5\n alone \n");
    assert_eq!(work.shows(&format!(")copy {path}.nosuch")), "ws not found\n");
    let report = work.shows(&format!("'nosuch'⎕CY'{path}'"));
    assert!(report.starts_with("DOMAIN ERROR"), "{report}");
}

#[test]
fn the_controls_of_lines_are_kept() {
    let mut work = Work::new();
    work.shows(
        "⊢⎕FX 'r←f x' 'r←x' 'r←r+1'\ng←{\n⍵\n}\n⊢⎕FX 'r←h' 'r←5'\n0 2 ⎕STOP'f'\n1 ⎕TRACE'f'\n0 1 2 ⎕MONITOR'f'\n1 ⎕STOP'g'\n",
    );
    let path = work.path.clone();
    work.shows("'in'⎕NS''\nin.⎕FX 'r←f x' 'r←x'\nalso←f\n1 ⎕STOP'in.f'\n");
    work.again();
    work.all_true(&["0 2≡⎕STOP'f'", "(,1)≡⎕TRACE'f'", "0 1 2≡(⎕MONITOR'f')[;1]", "(,1)≡⎕STOP'g'"]);
    work.all_true(&["⍬≡⎕STOP'h'", "(,1)≡⎕STOP'in.f'", "0 2≡⎕STOP'also'"]);
    // They are copied with the function, and no others.
    work.shows(&format!(")clear\n)copy {path} g h\n"));
    work.all_true(&["(,1)≡⎕STOP'g'", "⍬≡⎕STOP'h'", "0=⎕NC'f'"]);
}

#[test]
fn a_damaged_workspace_changes_nothing() {
    let mut work = Work::new();
    work.shows("a←1 2 3 ⋄ f←{⍵\n+1} ⋄ 'n'⎕NS⍬ ⋄ n.x←'text' ⋄ big←⍳20000");
    let path = work.path.clone();
    work.shows(&format!(")save {path}"));
    let (file, whole) = (format!("{path}.zws"), work.text());
    work.shows(")clear\nkeep←5 ⋄ ⎕PP←3 ⋄ ⎕LX←'1'");
    for length in (0..whole.len() - 1).step_by(7) {
        fs::write(&file, &whole.as_bytes()[..length]).unwrap();
        let shown = work.shows(&format!(")load {path}"));
        assert!(shown.starts_with("FILE DAMAGED") || shown.starts_with("TRANSLATION"), "{length}: {shown}");
        assert_eq!(work.shows("keep ⎕PP ⋄ ⎕LX ⋄ ⎕NL ¯2 3 9"), "5 3\n1\n keep \n", "{length}");
    }
    fs::write(&file, &whole).unwrap();
    let data = fs::read_dir(&work.typed.folder.0).unwrap().flatten().map(|entry| entry.path());
    let data = data.into_iter().find(|path| path.extension().is_some_and(|end| end == "zwd")).unwrap();
    let bytes = fs::read(&data).unwrap();
    fs::write(&data, &bytes[..bytes.len() - 1]).unwrap();
    assert!(work.shows(&format!(")load {path}")).starts_with("FILE DAMAGED"));
    fs::remove_file(&data).unwrap();
    assert_eq!(work.shows(&format!(")load {path}")), "ws not found\n");
    assert_eq!(work.shows("keep"), "5\n");
    // One wrong line is told, the others are read.
    fs::write(&file, "⍝ zilde workspace 1\n:Space 1 #\na←1\nb←1+\nc←3\n:End\n").unwrap();
    assert_eq!(
        work.shows(&format!(")load {path}")),
        format!("{path} loaded\n{file}:4: SYNTAX ERROR: Missing right argument\n")
    );
    assert_eq!(work.shows("a c"), "1 3\n");
}

#[test]
fn other_workspaces_are_not_replaced() {
    let mut work = Work::new();
    let path = work.path.clone();
    let folder = work.typed.folder.0.display().to_string();
    assert_eq!(work.shows(")save"), "not saved, this ws is CLEAR WS\n");
    work.shows(&format!("a←1\n)save {path}"));
    assert_eq!(work.shows("a←2\n)save"), format!("{path} saved\n"));
    assert_eq!(work.shows(&format!(")clear\n)save {path}")), "clear ws\nnot saved, this ws is CLEAR WS\n");
    assert_eq!(work.shows(&format!(")lib {folder}")), "ws\n");
    assert_eq!(work.shows(&format!(")load {path}\na")), format!("{path} loaded\n2\n"));
    assert_eq!(
        work.shows(&format!(")drop {path}\n)lib {folder}\n)load {path}\na")),
        format!("{path} dropped\nws not found\n2\n")
    );
}

#[test]
fn functions_save_and_load() {
    let mut work = Work::new();
    let path = work.path.clone();
    work.shows(&format!("∇r←go x\n r←⎕SAVE'{path}'\n∇\nn←3\ngo 0"));
    assert_eq!(work.shows(&format!("n←4\n{{⎕LOAD ⍵ ⋄ 'not here'}}'{path}'\nn")), format!("{path} loaded\n3\n"));
    assert_eq!(work.shows(":Trap 0 1000\n⎕CLEAR\n:Else\n'caught'\n:EndTrap\n⎕NC'n'"), "0\n");
    assert!(work.shows(&format!("⎕LOAD'{path}x'")).starts_with("FILE NAME ERROR"));
}

#[test]
fn rights_are_needed() {
    let kept = Kept::default();
    let mut session = Session::builder().rights(Rights::none()).build_with(Box::new(kept.clone()));
    session.run(")save x\n)load x\n⎕SAVE'x'\n)lib\n)ed x");
    let shown = kept.text();
    assert_eq!(shown.matches("FILE ACCESS ERROR").count(), 4, "{shown}");
    assert_eq!(shown.matches("--allow-run").count(), 0, "{shown}");
    assert!(shown.contains("Programs may not be run"), "{shown}");
}
