use std::fs;

use super::table::{FORGOTTEN, PAIRS};
use super::*;
use crate::host::TemporaryFolder;
use crate::tester::coverage;
use crate::tester::report::Marks as Colours;

/// A project in a folder of its own: a source file and a test file.
struct Project(TemporaryFolder);

impl Project {
    fn new(source: &str, name: &str, tests: &str) -> Project {
        let folder = TemporaryFolder::new().expect("a folder");
        fs::write(folder.path().join(name), source).expect("written");
        fs::write(folder.path().join("t.aplt"), format!("⍝! load {name}\n\n{tests}")).expect("written");
        Project(folder)
    }

    fn plan(&self) -> Plan {
        Plan { paths: vec![self.0.path().join("t.aplt")], jobs: Some(2), ..Plan::default() }
    }

    /// What becomes of each mutant: the changed text's part and its fate.
    fn fates(&self) -> Vec<(String, String, Fate)> {
        // No mutant is left out for lack of time.
        let mutation = mutate(&self.plan(), Some(Duration::from_secs(3600))).expect("tests that pass");
        let fate = |mutant: &Mutant| (mutant.text[mutant.range.clone()].to_owned(), mutant.with.clone(), mutant.fate);
        mutation.mutants.iter().map(fate).collect()
    }

    fn coverage(&self) -> Coverage {
        let plan = self.plan();
        let plan = Plan { limits: Limits { records: true, ..plan.limits.clone() }, ..plan };
        let tested = crate::tester::test(&plan);
        assert_eq!(tested.summary.code(), 0, "{}", tested.report());
        Coverage::of(&tested.files)
    }
}

/// A word, what it is mistaken for, a function with it, and a case that tells the two apart.
const SEEDED: &[(&str, &str, &str, &str, &str)] = &[
    ("⌈", "⌊", "{⍺⌈⍵}", "2 f 5", "5"),
    ("⌊", "⌈", "{⌊⍵}", "f 2.5", "2"),
    ("<", "≤", "{⍺<⍵}", "1 2 3 f 2", "1 0 0"),
    ("≤", "<", "{⍺≤⍵}", "1 2 3 f 2", "1 1 0"),
    (">", "≥", "{⍺>⍵}", "1 2 3 f 2", "0 0 1"),
    ("≥", ">", "{⍺≥⍵}", "1 2 3 f 2", "0 1 1"),
    ("<", ">", "{⍺<⍵}", "1 2 3 f 2", "1 0 0"),
    (">", "<", "{⍺>⍵}", "1 2 3 f 2", "0 0 1"),
    ("=", "≠", "{⍺=⍵}", "1 2 f 2", "0 1"),
    ("≠", "=", "{⍺≠⍵}", "1 2 f 2", "1 0"),
    ("≡", "≢", "{⍺≡⍵}", "1 f 1", "1"),
    ("≢", "≡", "{≢⍵}", "f 4 5 6", "3"),
    ("∧", "∨", "{⍺∧⍵}", "0 1 f 1", "0 1"),
    ("∨", "∧", "{⍺∨⍵}", "0 1 f 0", "0 1"),
    ("⍲", "⍱", "{⍺⍲⍵}", "0 1 f 1", "1 0"),
    ("⍱", "⍲", "{⍺⍱⍵}", "0 1 f 0", "1 0"),
    ("+", "-", "{⍺+⍵}", "7 f 2", "9"),
    ("-", "+", "{⍺-⍵}", "7 f 2", "5"),
    ("×", "÷", "{⍺×⍵}", "6 f 2", "12"),
    ("÷", "×", "{⍺÷⍵}", "6 f 2", "3"),
    ("×", "*", "{⍺×⍵}", "3 f 3", "9"),
    ("*", "×", "{⍺*⍵}", "2 f 3", "8"),
    ("↑", "↓", "{2↑⍵}", "f 7 8 9", "7 8"),
    ("↓", "↑", "{1↓⍵}", "f 7 8 9", "8 9"),
    ("⍺", "⍵", "{⍺÷⍵}", "6 f 2", "3"),
    ("⍵", "⍺", "{⍺÷⍵}", "6 f 2", "3"),
    ("⍺⍺", "⍵⍵", "{(⍺⍺ ⍵)⍵⍵ ⍵}", "-f× 3", "¯9"),
    ("⍵⍵", "⍺⍺", "{(⍺⍺ ⍵)⍵⍵ ⍵}", "-f× 3", "¯9"),
    ("/", "⌿", "{+/⍵}", "f 2 3⍴⍳6", "6 15"),
    ("⌿", "/", "{+⌿⍵}", "f 2 3⍴⍳6", "5 7 9"),
    ("\\", "⍀", "{,+\\⍵}", "f 2 2⍴1", "1 2 1 2"),
    ("⍀", "\\", "{,+⍀⍵}", "f 2 2⍴1", "1 1 2 2"),
    ("⌽", "⊖", "{,⌽⍵}", "f 2 2⍴⍳4", "2 1 4 3"),
    ("⊖", "⌽", "{,⊖⍵}", "f 2 2⍴⍳4", "3 4 1 2"),
    (",", "⍪", "{⍴⍺,⍵}", "(2 2⍴0) f 2 2⍴1", "2 4"),
    ("⍪", ",", "{⍴⍺⍪⍵}", "(2 2⍴0) f 2 2⍴1", "4 2"),
    ("⍋", "⍒", "{⍋⍵}", "f 30 10 20", "2 3 1"),
    ("⍒", "⍋", "{⍒⍵}", "f 30 10 20", "1 3 2"),
    ("∪", "∩", "{⍺∪⍵}", "1 2 f 2 3", "1 2 3"),
    ("∩", "∪", "{⍺∩⍵}", "1 2 f 2 3", "2"),
    ("⊣", "⊢", "{⍺⊣⍵}", "1 f 2", "1"),
    ("⊢", "⊣", "{⍺⊢⍵}", "1 f 2", "2"),
    ("⊤", "⊥", "{2 2 2⊤⍵}", "f 5", "1 0 1"),
    ("⊥", "⊤", "{2⊥⍵}", "f 1 0 1", "5"),
    ("⍳", "⍸", "{⍳⍵}", "f 3", "1 2 3"),
    ("⍸", "⍳", "{⍸⍵}", "f 0 1 1", "2 3"),
    ("∊", "⍷", "{⍺∊⍵}", "1 2 f 2 3", "0 1"),
    ("⍷", "∊", "{⍺⍷⍵}", "2 3 f 1 2 3", "0 1 0"),
    ("⊂", "⊆", "{≡⊂⊂⍵}", "f 1 2", "3"),
    ("⊆", "⊂", "{≡⊆⍵}", "f (1 2)3", "¯2"),
    ("⊃", "≢", "{⊃⍵}", "f 7 8", "7"),
    ("≢", "⊃", "{≢⍵}", "f 7 8", "2"),
    ("⌷", "⊃", "{⍴1⌷⍵}", "f 2 3⍴0", "3"),
    ("⊃", "⌷", "{1⊃⍵}", "f (1 2)3", "1 2"),
    ("⍤", "⍥", "{⍺+⍤×⍵}", "2 f 3", "6"),
    ("⍥", "⍤", "{⍺+⍥-⍵}", "2 f 3", "¯5"),
    ("~", "", "{~⍵}", "f 0 1", "1 0"),
    ("⍨", "", "{⍺-⍨⍵}", "2 f 5", "3"),
    ("¨", "", "{⌽¨⍵}", "f 'ab' 'cd'", " ba  dc "),
    ("⌽", "", "{⌽⍵}", "f 1 2", "2 1"),
    ("|", "", "{|⍵}", "f ¯3", "3"),
    ("3", "4", "{⍵×3}", "f 2", "6"),
    ("3", "2", "{⍵×3}", "f 2", "6"),
    ("2", "3", "{⍴,⍤2⊢⍵}", "f 2 2 2⍴1", "2 4"),
    ("2", "1", "{⍴,⍤2⊢⍵}", "f 2 2 2⍴1", "2 4"),
    ("⍵<0", "~(⍵<0)", "{⍵<0:'neg' ⋄ 'pos'}", "f 3", "pos"),
];

/// Every row of the table is a fault that tests find.
#[test]
fn a_seeded_fault_of_each_row_is_noticed() {
    for (a, b) in PAIRS {
        for (word, instead) in [(a, b), (b, a)] {
            let seeded = SEEDED.iter().any(|(from, to, ..)| from == word && to == instead);
            assert!(seeded, "no fault of the row {word} {instead}");
        }
    }
    for word in FORGOTTEN {
        assert!(SEEDED.iter().any(|(from, to, ..)| from == word && to.is_empty()), "no fault of the row {word}");
    }
    for (word, instead, body, input, output) in SEEDED {
        let project = Project::new(&format!("f←{body}\n"), "f.aplf", &format!("      {input}\n{output}\n"));
        let fates = project.fates();
        let fate = fates.iter().find(|(old, new, _)| old == word && new == instead).map(|(.., fate)| *fate);
        assert_eq!(fate, Some(Fate::Noticed), "{word} {instead} in {body}");
    }
}

#[test]
fn mutants_that_no_test_notices_are_listed_and_those_that_are_never_run() {
    let source = "r←limited x\n:If x>10\n    r←10\n:Else\n    r←x\n:EndIf\n";
    let project = Project::new(source, "limited.aplf", "      limited 3\n3\n");
    let fates = project.fates();
    let of = |old: &str, new: &str| {
        fates.iter().filter(|(from, to, _)| from == old && to == new).map(|(.., fate)| *fate).collect::<Vec<_>>()
    };
    assert_eq!(of(">", "≥"), [Fate::Unnoticed]);
    assert_eq!(of(">", "<"), [Fate::Noticed]);
    assert_eq!(of("x>10", "~(x>10)"), [Fate::Noticed]);
    // In the condition, and in what is never run.
    assert_eq!(of("10", "11"), [Fate::Unnoticed, Fate::NeverRun]);
    let report = mutate(&project.plan(), Some(Duration::from_secs(3600))).expect("tests that pass").report();
    assert!(report.contains("limited.aplf:2: no test notices: ≥ for >\n      :If x>10\n           ∧\n"), "{report}");
    assert!(report.contains("limited.aplf:3: no test runs this: 9 for 10\n"), "{report}");
}

/// A value that an earlier input has left behind may be what a later case shows.
#[test]
fn what_earlier_inputs_have_left_behind_counts() {
    let project = Project::new("f←{⍵+1}\n", "f.aplf", "      y←f 3\n      y\n4\n");
    assert!(project.fates().iter().all(|(.., fate)| *fate == Fate::Noticed));
}

/// Code that runs as the file is loaded, such as a train, matters to all cases.
#[test]
fn trains_have_mutants() {
    let project = Project::new("mean←+⌿÷≢\n", "mean.apl", "      mean 2 4 9\n5\n");
    let fates = project.fates();
    assert!(fates.contains(&("+".into(), "-".into(), Fate::Noticed)), "{fates:?}");
    assert!(fates.contains(&("⌿".into(), "/".into(), Fate::Unnoticed)), "{fates:?}");
}

#[test]
fn what_takes_for_ever_is_noticed_and_what_does_not_parse_is_not_counted() {
    let source = "r←f n\nr←0\n:While r<n\n    r←r+1\n:EndWhile\n";
    let fates = Project::new(source, "f.aplf", "      f 3\n3\n").fates();
    assert!(fates.contains(&("+".into(), "-".into(), Fate::Noticed)), "{fates:?}");
    let fates = Project::new("f←⍳⍤+\n", "f.apl", "      1 f 2\n1 2 3\n").fates();
    assert!(fates.iter().all(|(.., fate)| *fate != Fate::Untried), "{fates:?}");
}

#[test]
fn tests_that_fail_have_no_mutants() {
    let project = Project::new("f←{⍵+1}\n", "f.aplf", "      f 3\n5\n");
    assert_eq!(mutate(&project.plan(), None).expect_err("a test that fails").summary.failed, 1);
}

#[test]
fn the_same_seed_gives_the_same_order() {
    assert_eq!(shuffled(100, 7), shuffled(100, 7));
    assert_ne!(shuffled(100, 7), shuffled(100, 8));
    let mut sorted = shuffled(100, 7);
    sorted.sort_unstable();
    assert!(sorted.into_iter().eq(0..100));
}

/// Numbers for a source file and its tests: phrases that were run, all of them, sides that were taken, all of them.
fn counted(source: &str, name: &str, tests: &str) -> [usize; 4] {
    let coverage::Count { run, phrases, taken, sides } = Project::new(source, name, tests).coverage().count();
    [run, phrases, taken, sides]
}

#[test]
fn phrases_that_ran_and_sides_that_were_taken() {
    let sign = "sign←{\n    0=⍵:'zero'\n    ⍵<0:'neg' ⋄ 'pos'\n}\n";
    assert_eq!(counted(sign, "sign.aplf", "      sign 3\npos\n"), [3, 5, 2, 4]);
    assert_eq!(counted(sign, "sign.aplf", "      sign 0\nzero\n"), [2, 5, 1, 4]);
    // Run over all cells: both sides of the second guard are taken at once.
    assert_eq!(counted(sign, "sign.aplf", "      sign¨3 ¯4\n pos  neg \n"), [4, 5, 3, 4]);
    // Taken as a primitive, a dfn counts as run.
    assert_eq!(counted("plus←{⍺+⍵}\n", "plus.aplf", "      plus/1 2 3\n6\n"), [1, 1, 0, 0]);
    // The last guard of a dfn, in a dfn within a dfn, with an error guard.
    let nested = "f←{\n    g←{⍵>3:1}\n    0::'caught'\n    ⍵≡g ⍵:'one'\n    'other'\n}\n";
    assert_eq!(counted(nested, "f.aplf", "      f 5\nother\n"), [6, 8, 2, 4]);
}

#[test]
fn control_structures_have_sides() {
    let source = "r←f x;i\n:If x>0\n:AndIf x<9\n    r←1\n:Else\n    r←2\n:EndIf\n:For i :In ⍳x\n    r←r+i\n:EndFor\n\
                  :Select x\n:Case 1\n    r←r\n:CaseList 2 3\n    r←-r\n:EndSelect\ni←0\n:Repeat\n    i←i+1\n:Until i=2\n";
    // Not run are `r←2` and `r←r`. Taken are one side of the conditions and cases, and both of `:Until`.
    assert_eq!(counted(source, "f.aplf", "      f 2\n¯4\n"), [12, 14, 6, 10]);
}

#[test]
fn functions_in_namespaces_and_scripts_count_and_executed_text_does_not() {
    let space = ":Namespace n\n    f←{⍵+1}\n    ∇ r←g x\n      r←x\n    ∇\n    :Namespace m\n        h←{⍵:1 ⋄ 0}\n    :EndNamespace\n:EndNamespace\n";
    assert_eq!(counted(space, "n.apln", "      n.f 1\n2\n      n.m.h 0\n0\n"), [5, 7, 1, 2]);
    let script = "f←{⍵+1}\n⍎'g←{⍵+2 ⋄ ⍵}'\n";
    // Two lines that run as they are loaded, and the body of `f`.
    assert_eq!(counted(script, "s.apl", "      g f 1\n4\n"), [3, 3, 0, 0]);
}

#[test]
fn reports_of_coverage() {
    let project = Project::new("sign←{\n    ⍵<0:'neg'\n    'pos' ⍝ <&\n}\n", "sign.aplf", "      sign 3\npos\n");
    let coverage = project.coverage();
    let listing = coverage::listing(&coverage, Colours::new(false));
    let lines: Vec<&str> = listing.lines().collect();
    assert!(lines[0].ends_with("sign.aplf: 2 of 3 phrases run, 1 of 2 sides taken, 60.0 %"), "{listing}");
    assert_eq!(lines[1..3], ["     1  sign←{", "-    2      ⍵<0:'neg'   ⍝ never true: ⍵<0 · never run: 'neg'"]);
    assert_eq!(lines[3], "+    3      'pos' ⍝ <&");
    let lcov = coverage::lcov(&coverage);
    assert!(
        lcov.contains("BRDA:2,0,0,0\nBRDA:2,0,1,1\nBRF:2\nBRH:1\nDA:2,1\nDA:3,1\nLF:2\nLH:2\nend_of_record\n"),
        "{lcov}"
    );
    let html = coverage::html(&coverage);
    assert!(html.contains("<span class=\"half\">⍵&lt;0</span>:<span class=\"missed\">"), "{html}");
    assert!(html.contains("⍝ &lt;&amp;\n"), "{html}");
}
