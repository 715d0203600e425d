use super::transcript::Kind;
use super::*;

/// The verdicts of a transcript and the text that would be accepted.
fn transcribed(text: &str) -> (Vec<Verdict>, String) {
    played(transcript::play(text, Kind::Whole, &limits()))
}

fn inlined(text: &str) -> (Vec<Verdict>, String) {
    played(inline::play(text, &limits()))
}

fn played(played: Result<Played, text::Malformed>) -> (Vec<Verdict>, String) {
    let Played { cases, text: new, .. } = played.unwrap();
    (cases.into_iter().map(|case| case.verdict).collect(), new)
}

fn plan(paths: &[PathBuf], mode: Mode) -> Plan {
    Plan { paths: paths.to_vec(), mode, limits: limits(), jobs: Some(1), ..Plan::default() }
}

fn limits() -> Limits {
    Limits { memory: Some(1 << 28), ..Limits::default() }
}

/// A transcript that is right as it stands.
fn passes(text: &str) {
    let (verdicts, new) = transcribed(text);
    assert!(verdicts.iter().all(Verdict::is_good) && !verdicts.is_empty(), "{text}\n{verdicts:?}\n{new}");
    assert_eq!(new, text);
}

/// A transcript that differs in its first input, what it becomes, and that this then passes.
fn becomes(text: &str, accepted: &str) {
    let (verdicts, new) = transcribed(text);
    assert_eq!(verdicts.first(), Some(&Verdict::Differs), "{text}");
    assert_eq!(new, accepted);
    passes(&new);
}

#[test]
fn what_follows_input_is_its_output() {
    passes("⍝ Sums\n\n      1+1\n2\n\n      2+2\n4\n⍝ the end\n");
    passes("      a←5\n      a\n5\n");
    passes("      {\n      ⍵+1\n      }2\n3\n");
    passes("      1÷0\nDOMAIN ERROR: Divide by zero\n      1÷0\n       ∧\n      1\n1\n");
}

#[test]
fn output_may_look_like_input() {
    passes("      '      1+1'\n      1+1\n      2\n2\n");
    passes("      '⍝ no prose'\n⍝ no prose\n      2\n2\n");
    passes("      ''\n\n\n      2\n2\n");
}

#[test]
fn differences_are_accepted_in_their_place() {
    becomes("      1+1\n3\n\n      2\n2\n", "      1+1\n2\n\n      2\n2\n");
    becomes("      1+1\n      2\n2\n", "      1+1\n2\n      2\n2\n");
    becomes("      a←1\n1\n", "      a←1\n");
    becomes("      1\n1\n2\n", "      1\n1\n");
    becomes("      1", "      1\n1");
    becomes("      1\r\n2\r\n", "      1\r\n1\r\n");
}

#[test]
fn output_that_would_read_as_input_is_counted() {
    becomes("      '      2'\n2\n", "⍝! lines 1\n      '      2'\n      2\n");
    becomes("⍝! lines 3\n      '⍝'\n1\n2\n3\n      2\n2\n", "⍝! lines 1\n      '⍝'\n⍝\n      2\n2\n");
}

#[test]
fn directives_hold_for_one_input_or_the_file() {
    passes("⍝! pp 3\n      1÷3\n0.333\n      1÷3\n0.3333333333\n");
    passes("⍝! pp 3\n\n      1÷3\n0.333\n      1÷3\n0.333\n");
    passes("⍝! tol 1E¯6\n      1÷3\n0.33333339\n");
    passes("⍝! io 0\n      ⎕IO\n0\n      ⎕IO\n1\n");
    passes("⍝! error DOMAIN\n      1÷0\n      2\n2\n");
    passes("⍝! match /[0-9]+/\n      17\n");
    passes("⍝! stdin hello\n      ⍞\nhello\n");
    assert_eq!(transcribed("⍝! skip why\n      1\n2\n").0, [Verdict::Skipped("why".to_owned())]);
    assert_eq!(transcribed("⍝! xfail\n      1\n2\n").0, [Verdict::KnownToDiffer]);
    assert_eq!(transcribed("⍝! xfail\n      1\n1\n").0, [Verdict::PassedAfterAll]);
    assert_eq!(transcribed("⍝! error LENGTH\n      1÷0\n").0, [Verdict::NotAsAsked]);
    assert_eq!(transcribed("⍝! error DOMAIN · match /x/\n      1÷0\n").0, [Verdict::NotAsAsked]);
}

#[test]
fn malformed_files_name_the_line() {
    let line = |text| transcript::play(text, Kind::Whole, &limits()).unwrap_err().0;
    assert_eq!(line("⍝ a\nstray\n      1\n1\n"), 2);
    assert_eq!(line("⍝! frob\n      1\n1\n"), 1);
    // Directives that would hold for nothing.
    assert_eq!(line("      1\n1\n⍝! pp 3\n\n⍝ the end\n"), 3);
    assert_eq!(line("⍝! error DOMAIN\n\n      1÷0\n"), 1);
    assert_eq!(line("      1\n1\n      ⍝! pp 3\n      ÷3\n"), 3);
    assert_eq!(line("      ÷3 ⍝! pp 3\n0.333\n"), 1);
    assert_eq!(line("      {\n      ⍝! pp 3\n      ⍵}3\n"), 2);
    assert_eq!(line("      1\n1\n⍝! lines 2\n      '⍝'\n⍝\n"), 4);
    let line = |text| inline::play(text, &limits()).unwrap_err().0;
    assert_eq!(line("⍝→ 1\n"), 1);
    assert_eq!(line("1 ⍝→ 1\n\n⍝→ 1\n"), 3);
    assert_eq!(line("1 ⍝→ 1\n⍝! pp 3\n"), 2);
    assert_eq!(line("÷3 ⍝! pp 3\n"), 1);
    assert_eq!(line("⍝! lines\n÷3\n"), 1);
}

#[test]
fn a_directive_is_no_output() {
    passes("⍝! match /[0-9]+/\n      17\n⍝! pp 3\n      ÷3\n0.333\n");
    passes("⍝! match /[0-9]+/\n      17\n17\n⍝! pp 3\n      ÷3\n0.333\n");
    passes("⍝! error DOMAIN\n      1÷0\n⍝! pp 3\n      ÷3\n0.333\n");
    becomes(
        "      '⍝! pp 3'\n⍝! pp 3\n      ÷3\n0.333\n",
        "⍝! lines 1\n      '⍝! pp 3'\n⍝! pp 3\n⍝! pp 3\n      ÷3\n0.333\n",
    );
    let skipped = transcribed("⍝! skip later · lines 2\n      x\n      2+2\n⍝! no\n      1\n1\n").0;
    assert_eq!(skipped, [Verdict::Skipped("later".to_owned()), Verdict::Passed]);
}

#[test]
fn input_never_goes_on_at_the_margin() {
    becomes("      {\n      1\n1\n", "      {\n      1\nSYNTAX ERROR: Unpaired brace\n      {\n      ∧\n");
    becomes("      ∇f\n      '∇'\n∇\n", "      ∇f\n      '∇'\ndefn error: the definition does not end with ∇\n");
    passes("      {\n\n        ⍵+1\n\n      }2\n3\n");
}

#[test]
fn reports_are_whole_outputs() {
    let report = "DOMAIN ERROR: Divide by zero\nf[0] f←{⍵÷0}\n         ∧\n";
    let text = format!("      f←{{⍵÷0}}\n      f 2\n{report}      3\n3\n");
    passes(&text);
    let (verdicts, new) = transcribed(&text.replace("f 2", "7"));
    assert_eq!(verdicts, [Verdict::Passed, Verdict::Differs, Verdict::Passed]);
    assert_eq!(new, "      f←{⍵÷0}\n      7\n7\n      3\n3\n");
    // An input that displays an indented caret is none.
    becomes("      1\n2\n      '      ∧'\n      ∧\n", "      1\n1\n      '      ∧'\n      ∧\n");
}

#[test]
fn one_input_cannot_spoil_the_next() {
    assert_eq!(transcribed("      ⎕OFF\n      1\n1\n").0, [Verdict::Spoilt(Trouble::Left), Verdict::Passed]);
    let limits = Limits { time: Some(std::time::Duration::from_millis(20)), ..limits() };
    let Played { cases, text: new, .. } =
        transcript::play("      {∇⍵}1\n5\n      1\n1\n", Kind::Whole, &limits).unwrap();
    let verdicts: Vec<Verdict> = cases.into_iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts, [Verdict::Spoilt(Trouble::TimedOut), Verdict::Passed]);
    assert_eq!(new, "      {∇⍵}1\n5\n      1\n1\n");
}

#[test]
fn markdown_is_played_where_it_is_marked() {
    let text = "# Title\n\n      1+1\n3\n\n```apl\n      1+1\n3\n```\n\n```apl skip an idea\n1+1\n```\n\n```text\n      1+1\n3\n```\n";
    let (verdicts, new) = played(transcript::play(text, Kind::Fenced, &limits()));
    assert_eq!(verdicts, [Verdict::Differs]);
    assert_eq!(new, text.replacen("```apl\n      1+1\n3", "```apl\n      1+1\n2", 1));
}

#[test]
fn blocks_may_be_indented_and_hold_fences() {
    let accepted = |text: &str| played(transcript::play(text, Kind::Fenced, &limits())).1;
    assert_eq!(
        accepted("1. Sums\n\n   ~~~apl\n         1+1\n   3\n\n         ''\n   ~~~\n"),
        "1. Sums\n\n   ~~~apl\n         1+1\n   2\n\n         ''\n\n   ~~~\n"
    );
    assert_eq!(accepted("```apl\n      '````'\n```\n1\n"), "`````apl\n      '````'\n````\n`````\n1\n");
}

#[test]
fn a_block_without_input_is_told() {
    let line = |text| transcript::play(text, Kind::Fenced, &limits()).unwrap_err().0;
    assert_eq!(line("# Title\n\n```apl\n1+1\n2\n```\n"), 3);
    assert_eq!(line("```apl\n      1\n1\n```\n````apl\n```\n````\n"), 5);
}

#[test]
fn programs_expect_behind_and_below() {
    let right = "#!/usr/bin/env zilde\nx←2 ⍝ plain\nx+1 ⍝→ 3\n  x x\n  ⍝→ 2 2\nx x∘.+1 2\n⍝→ 3 4\n⍝→ 3 4\n'⍝→ no' ⍝→ ⍝→ no\nx←3 ⍝→\n";
    let (verdicts, new) = inlined(right);
    assert_eq!(verdicts, vec![Verdict::Passed; 5]);
    assert_eq!(new, right);
}

#[test]
fn programs_are_rewritten() {
    let becomes = |text: &str, accepted: &str| assert_eq!(inlined(text).1, accepted);
    becomes("1+1 ⍝→ 3\n", "1+1 ⍝→ 2\n");
    becomes("1+1  ⍝→\n", "1+1  ⍝→ 2\n");
    becomes("1+1 ⍝ a sum ⍝→ 3", "1+1 ⍝ a sum ⍝→ 2");
    becomes("  1+1\n  ⍝→ 3\n  ⍝→ 4\n", "  1+1\n  ⍝→ 2\n");
    becomes("x←1 ⍝→ 1\n", "x←1 ⍝→\n");
    becomes("f←{⍵\n1+1 ⍝→\r\n", "f←{⍵\n1+1 ⍝→ SYNTAX ERROR: Unpaired brace\n    ⍝→       f←{⍵\n    ⍝→         ∧\n");
}

#[test]
fn answers_stay_in_their_column() {
    let text = "a←2 3    ⍝→\n+/a      ⍝→\na∘.×a    ⍝→ 1\n\t'宽'  ⍝→ x\n1 2+3 4 5⍝→ 1\n";
    let wanted = "\
a←2 3    ⍝→
+/a      ⍝→ 5
a∘.×a    ⍝→ 4 6
         ⍝→ 6 9
\t'宽'  ⍝→ 宽
1 2+3 4 5⍝→ LENGTH ERROR: Mismatched left and right argument shapes
         ⍝→       1 2+3 4 5
         ⍝→          ∧
";
    let (_, new) = inlined(text);
    assert_eq!(new, wanted);
    assert!(inlined(&new).0.iter().all(Verdict::is_good), "{new}");
    let (_, new) = inlined("  ↑1 2      ⍝→ 0\n      ⍝→ 0\n");
    assert_eq!(new, "  ↑1 2      ⍝→ 1 2\n");
}

#[test]
fn an_error_that_is_not_expected_fails_a_program() {
    assert_eq!(inlined("1÷0\n1 ⍝→ 1\n").0, [Verdict::Differs, Verdict::Passed]);
    assert_eq!(inlined("⍝! error DOMAIN\n1÷0\n1 ⍝→ 1\n").0, [Verdict::Passed, Verdict::Passed]);
    let report = "⍝→ DOMAIN ERROR: Divide by zero\n⍝→       1÷0\n⍝→        ∧\n";
    assert_eq!(inlined("1÷0\n1 ⍝→ 1\n").1, format!("1÷0\n{report}1 ⍝→ 1\n"));
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("zilde-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tested(folder: &Folder, mode: Mode) -> Tested {
    test(&Plan { jobs: Some(2), ..plan(std::slice::from_ref(&folder.0), mode) })
}

#[test]
fn accepting_rewrites_and_then_passes() {
    let folder = Folder::new("accept");
    let path = folder.file("a.aplt", "\u{feff}      1+1\n3\n");
    folder.file("b.apl", "1 ⍝→ 2\n");
    folder.file("c.apl", "no expectation here ÷");
    assert_eq!(tested(&folder, Mode::Check).summary.code(), 1);
    let accepted = tested(&folder, Mode::Accept);
    assert_eq!((accepted.summary.accepted, accepted.summary.code()), (2, 0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "\u{feff}      1+1\n2\n");
    let passed = tested(&folder, Mode::Check);
    assert_eq!((passed.summary.files, passed.summary.passed, passed.summary.code()), (2, 2, 0));
    let left: Vec<_> = std::fs::read_dir(&folder.0).unwrap().flatten().collect();
    assert_eq!(left.len(), 3);
}

#[test]
fn what_is_accepted_is_what_is_counted() {
    let folder = Folder::new("counted");
    folder.file("a.aplt", "      1\n2\n⍝! error LENGTH\n      1÷0\n      ⎕OFF\n⍝! xfail\n      3\n3\n");
    let accepted = tested(&folder, Mode::Accept).summary;
    assert_eq!((accepted.passed, accepted.failed, accepted.code()), (1, 3, 1));
    assert_eq!(tested(&folder, Mode::Check).summary.failed, 3);
}

#[test]
fn output_that_changes_is_told() {
    let folder = Folder::new("unsteady");
    folder.file("a.aplt", "      ⎕AI≡⎕AI\n      'time' ⋄ ⎕AI[3]+÷⎕AI[3]\n1\n");
    let accepted = tested(&folder, Mode::Accept);
    assert_eq!(accepted.summary.code(), 1);
    assert!(accepted.report().contains("a.aplt:2 displays something else each time"), "{}", accepted.report());
}

#[test]
fn files_that_check_nothing_are_told() {
    let folder = Folder::new("nothing");
    let files = [("a.aplt", "⍝ prose\n"), ("b.aplt", ""), ("c.md", "# ```apl\n"), ("d.apl", "1+1\n")];
    for (name, text) in files {
        let path = folder.file(name, text);
        let tested = test(&plan(&[path], Mode::Check));
        assert_eq!(tested.summary.code(), 2, "{name}");
        assert!(tested.complaints[0].contains(&format!("{name}: checks nothing: ")), "{:?}", tested.complaints);
    }
    // In a folder a program without answers and a document without blocks are no tests.
    assert_eq!(tested(&folder, Mode::Check).complaints.len(), 2);
}

#[test]
fn a_review_goes_when_it_is_out_of_date() {
    let folder = Folder::new("stale");
    let review = |left: bool| assert_eq!(folder.0.join("a.aplt.new").exists(), left);
    for mode in [Mode::Check, Mode::Review, Mode::Accept] {
        folder.file("a.aplt", "      1+1\n3\n");
        tested(&folder, Mode::Review);
        tested(&folder, Mode::Check);
        review(true);
        if mode != Mode::Accept {
            folder.file("a.aplt", "      1+1\n2\n");
        }
        tested(&folder, mode);
        review(false);
    }
}

#[test]
fn a_file_that_changes_meanwhile_is_left_alone() {
    let folder = Folder::new("meanwhile");
    let path = folder.file("a.aplt", "      1\n2\n");
    let report = play(&path, &plan(std::slice::from_ref(&path), Mode::Accept)).unwrap();
    folder.file("a.aplt", "      5\n6\n");
    assert!(settle(&report, Mode::Accept).unwrap_err().contains("a.aplt: changed"));
    // As another process has accepted it.
    folder.file("a.aplt", "      1\n1\n");
    assert_eq!(settle(&report, Mode::Accept), Ok(true));
    std::fs::remove_file(&path).unwrap();
    assert!(settle(&report, Mode::Accept).unwrap_err().contains("a.aplt: "));
    assert!(!path.exists());
}

#[test]
fn read_only_files_are_left_alone() {
    let folder = Folder::new("read-only");
    let path = folder.file("a.aplt", "      1\n2\n");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let tested = tested(&folder, Mode::Accept);
    assert_eq!((tested.summary.code(), tested.summary.accepted), (2, 0));
    assert!(tested.complaints[0].ends_with("a.aplt: read-only"), "{:?}", tested.complaints);
}

#[test]
fn line_ends_and_the_mark_are_kept() {
    let folder = Folder::new("line-ends");
    let path = folder.file("a.md", "\u{feff}# a\r\n```apl\r\n      2 1⍴3\r\n4\r\n```\nend");
    assert_eq!(tested(&folder, Mode::Accept).summary.code(), 0);
    let accepted = "\u{feff}# a\r\n```apl\r\n      2 1⍴3\r\n3\r\n3\r\n```\nend";
    assert_eq!(std::fs::read_to_string(path).unwrap(), accepted);
}

#[test]
fn a_file_is_played_once() {
    let folder = Folder::new("once");
    let path = folder.file("a.aplt", "      1\n1\n");
    let tested = test(&plan(&[path.clone(), folder.0.clone(), path], Mode::Check));
    assert_eq!((tested.summary.files, tested.summary.code()), (1, 0));
}

#[test]
fn a_review_stands_beside_the_file() {
    let folder = Folder::new("review");
    let path = folder.file("a.aplt", "      1+1\n3\n");
    assert_eq!(tested(&folder, Mode::Review).summary.code(), 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "      1+1\n3\n");
    assert_eq!(std::fs::read_to_string(folder.0.join("a.aplt.new")).unwrap(), "      1+1\n2\n");
}

#[test]
fn files_that_are_no_text_are_told() {
    let folder = Folder::new("bytes");
    std::fs::write(folder.0.join("a.aplt"), b"      1\n\xff").unwrap();
    let tested = tested(&folder, Mode::Check);
    assert_eq!(tested.summary.code(), 2);
    assert!(tested.complaints[0].ends_with("a.aplt:2: Invalid UTF-8 at byte 8"), "{:?}", tested.complaints);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_when_accepting() {
    let (folder, outside) = (Folder::new("link"), Folder::new("outside"));
    let target = outside.file("x.aplt", "      1\n2\n");
    std::os::unix::fs::symlink(&target, folder.0.join("a.aplt")).unwrap();
    let tested = tested(&folder, Mode::Accept);
    assert_eq!(tested.summary.code(), 2);
    assert!(tested.complaints[0].ends_with("a.aplt: a link, which is not followed"), "{:?}", tested.complaints);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "      1\n2\n");
}

#[test]
fn reports_name_line_and_difference() {
    let folder = Folder::new("report");
    folder.file("a.aplt", "      1+1\n3\n      2\n2\n");
    let tested = tested(&folder, Mode::Check);
    let report = tested.report();
    assert!(report.contains("a.aplt:1 differs\n      1+1\n  - 3\n  + 2\n"), "{report}");
    assert!(report.ends_with("1 files: 1 passed, 1 failed\n"), "{report}");
    let tap = tap(&tested.files);
    assert!(tap.starts_with("TAP version 13\n1..2\nnot ok 1 - "), "{tap}");
    assert!(tap.contains("ok 2 - "), "{tap}");
}

/// The cases of a transcript.
fn cases(text: &str) -> Vec<Case> {
    transcript::play(text, Kind::Whole, &limits()).unwrap().cases
}

#[test]
fn properties_hold_for_every_drawing() {
    passes("⍝! forall x←int n m\n      x≡⌽⌽x\n1\n");
    passes("⍝! forall x←float n · y←float n · same\n      x+.×y\n      +/x×y\n");
    passes("⍝! forall x←int n · where 0<≢x · error RANK\n      (x,1)+2 2⍴x\n");
    passes("⍝! forall x←nested n · cases 5\n      x≡⌽⌽x\n1\n      1\n1\n");
    let case = &cases("⍝! forall x←int n\n      ∧/x<9\n1\n")[0];
    assert!(matches!(case.verdict, Verdict::Falsified(_)) && !case.acceptable, "{:?}", case.verdict);
    assert_eq!(case.counterexample.as_ref().unwrap().assignments, ["x←,9"]);
    assert_eq!(cases("⍝! forall x←int n · xfail later\n      ∧/x<9\n1\n")[0].verdict, Verdict::KnownToDiffer);
    assert_eq!(cases("⍝! forall x←int n · xfail later\n      ∧/x<10\n1\n")[0].verdict, Verdict::PassedAfterAll);
}

#[test]
fn an_error_is_a_failure_of_a_property() {
    let case = &cases("⍝! forall x←int n\n      ×÷x\n1\n")[0];
    assert!(matches!(case.verdict, Verdict::Falsified(_)));
    let case = &cases("⍝! forall x←int n · error DOMAIN\n      ÷x\n")[0];
    assert_eq!(case.counterexample.as_ref().unwrap().assignments, ["x←⍬"]);
}

#[test]
fn a_property_that_drops_too_much_fails() {
    let case = &cases("⍝! forall x←int n · where 0=≢x\n      ≢x\n0\n")[0];
    let Verdict::Falsified(why) = &case.verdict else { panic!("{:?}", case.verdict) };
    assert!(why.starts_with("cannot be tested: where drops 101 of "), "{why}");
    let case = &cases("⍝! forall x←int n · where ÷0\n      ≢x\n0\n")[0];
    assert!(matches!(&case.verdict, Verdict::Falsified(why) if why.contains("DOMAIN ERROR")), "{:?}", case.verdict);
}

#[test]
fn expressions_agree_to_the_tolerance() {
    passes(
        "⍝! same\n      1 2 3\n      ⍳3\n      1+0 1 2\n      5\n5\n"
            .replace("      5\n5\n", "\n⍝ more\n      5\n5\n")
            .as_str(),
    );
    passes("⍝! same · tol 1E¯3\n      ÷3 ⋄ 0.3333\n");
    let case = &cases("⍝! same\n      ÷3 ⋄ 0.3333\n")[0];
    assert_eq!((&case.verdict, case.got[0].as_str()), (&Verdict::Differs, "expression 2 differs from the first:"));
    assert!(!case.acceptable);
    assert_eq!(cases("⍝! same\n      ÷3\n")[0].verdict, Verdict::Differs);
    let Played { cases, .. } = inline::play("⍝! same\n⌽1 2 3 ⋄ 3 2 1\n", &limits()).unwrap();
    assert_eq!(cases[0].verdict, Verdict::Passed);
}

#[test]
fn cases_have_names() {
    let names = |text: &str| cases(text).iter().map(|case| case.title().to_owned()).collect::<Vec<_>>();
    assert_eq!(names("⍝ sums\n      1+1\n2\n      2+2\n4\n"), ["sums", "2+2"]);
    assert_eq!(names("⍝ prose\n\n      1+1\n2\n⍝! name two\n      2+2\n4\n"), ["1+1", "two"]);
}

/// The lines of the cases of a file that are wanted.
fn wanted(folder: &Folder, plan: Plan) -> Vec<usize> {
    let paths = if plan.paths.is_empty() { vec![folder.0.clone()] } else { plan.paths };
    let tested = test(&Plan { paths, limits: Limits { memory: Some(1 << 28), ..plan.limits }, ..plan });
    assert!(tested.complaints.is_empty(), "{:?}", tested.complaints);
    tested.files.iter().flat_map(|file| file.cases.iter().map(|case| case.line)).collect()
}

#[test]
fn cases_are_selected() {
    let folder = Folder::new("selected");
    let text = "⍝ first\n      a←5\n      a\n5\n⍝ second\n      a+1\n6\n      a+2\n8\n";
    let path = folder.file("a.aplt", text);
    let by =
        |pattern: &str| Selection { pattern: Some(regex_lite::Regex::new(pattern).unwrap()), ..Selection::default() };
    assert_eq!(wanted(&folder, Plan { selection: by("second"), ..Plan::default() }), [6]);
    assert_eq!(wanted(&folder, Plan { selection: by("^a.[12]"), ..Plan::default() }), [6, 8]);
    let at = |line: usize| vec![PathBuf::from(format!("{}:{line}", path.display()))];
    for (line, found) in [(1, 2), (5, 6), (7, 6), (9, 8)] {
        assert_eq!(wanted(&folder, Plan { paths: at(line), ..Plan::default() }), [found], "{line}");
    }
    let failed = [(path.canonicalize().unwrap(), "a+2".to_owned())].into_iter().collect();
    let selection = Selection { failed: Some(failed), ..Selection::default() };
    assert_eq!(wanted(&folder, Plan { selection, ..Plan::default() }), [8]);
    folder.file("a.aplt", &text.replace("      a+1", "⍝! only\n      a+1"));
    assert_eq!(wanted(&folder, Plan::default()), [7]);
}

#[test]
fn nothing_runs_after_the_first_failure() {
    let folder = Folder::new("fast");
    folder.file("a.aplt", "      1\n1\n      2\n1\n      3\n3\n");
    folder.file("b.aplt", "      4\n4\n");
    let limits = Limits { stop: Some(Default::default()), ..Limits::default() };
    let plan = Plan { limits, jobs: Some(1), ..Plan::default() };
    assert_eq!(wanted(&folder, plan), [1, 3]);
}

#[test]
fn shards_share_all_files() {
    let folder = Folder::new("shards");
    for number in 0..7 {
        folder.file(&format!("{number}.aplt"), &format!("{}      1\n1\n", "\n".repeat(number)));
    }
    let mut lines: Vec<usize> =
        (1..=3).flat_map(|part| wanted(&folder, Plan { shard: Some((part, 3)), ..Plan::default() })).collect();
    lines.sort_unstable();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_project_loads_its_code_and_its_setup() {
    let folder = Folder::new("project");
    for inner in ["src", "tests", "tests/deep"] {
        std::fs::create_dir_all(folder.0.join(inner)).unwrap();
    }
    folder.file("zilde.toml", "load = [\"src\"]\ntolerance = 1e-3\nseed = 7\npaths = [\"tests\"]\n");
    folder.file("src/double.aplf", "double←{2×⍵}\n");
    folder.file("setup.apl", "a←1\nb←1\n");
    folder.file("tests/setup.apl", "b←double 5\n");
    folder.file("tests/other.aplf", "other←{⍵-1}\n");
    folder.file("tests/deep/a.aplt", "      a b\n1 10\n      ÷3\n0.3333\n⍝! load ../other.aplf\n      other 1\n0\n");
    let project = Project::of(&folder.0.join("tests/deep")).unwrap();
    assert_eq!((project.seed, project.paths.len()), (Some(7), 1));
    let limits = Limits { tolerance: project.tolerance, ..Limits::default() };
    let tested = test(&Plan { paths: project.paths.clone(), limits, project, ..Plan::default() });
    assert_eq!((tested.summary.passed, tested.summary.code()), (3, 0), "{}", tested.report());
    for wrong in ["load = 1", "frob = 1", "seed = -1", "tolerance = \"x\"", "max-ws = \"x\"", "x"] {
        folder.file("zilde.toml", wrong);
        assert!(Project::of(&folder.0).is_err(), "{wrong}");
    }
}

#[test]
fn what_cannot_be_loaded_is_told() {
    let folder = Folder::new("unloaded");
    folder.file("bad.apl", "1÷0\n");
    for load in ["none", "a.txt", "bad.apl"] {
        folder.file("a.txt", "");
        let path = folder.file("a.aplt", &format!("⍝! load {load}\n\n      1\n1\n"));
        let tested = test(&plan(&[path], Mode::Check));
        assert_eq!(tested.summary.code(), 2);
        assert!(tested.complaints[0].contains(load), "{:?}", tested.complaints);
    }
}

#[test]
fn reports_for_other_programs() {
    let folder = Folder::new("formats");
    folder.file("a.aplt", "⍝ <&>\n      '<',⎕UCS 0 27\n\n⍝! forall x←int n\n      0∊x\n1\n⍝! skip why\n      3\n");
    let tested = tested(&folder, Mode::Check);
    let junit = junit(&tested);
    assert!(junit.contains("tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"1\""), "{junit}");
    let mut reader = quick_xml::Reader::from_str(&junit);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Text(text) => assert!(!text.contains('\0') && !text.contains('\x1b')),
            _ => {}
        }
    }
    let lines: Vec<serde_json::Value> =
        json_lines(&tested).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        (&lines[1]["outcome"], &lines[1]["counterexample"]["assignments"][0]),
        (&"failed".into(), &"x←⍬".into())
    );
    assert_eq!((&lines[3]["event"], &lines[3]["failed"]), (&"summary".into(), &2.into()));
    let github = github(&tested);
    assert!(github.lines().filter(|line| line.starts_with("::error file=")).count() == 2, "{github}");
}

#[test]
fn one_case_is_accepted_by_itself() {
    let folder = Folder::new("one");
    let path = folder.file("a.aplt", "      1+1\n3\n\n      ⍪1 2\n1\n");
    let plan = plan(std::slice::from_ref(&path), Mode::Check);
    assert!(difference_at(&path, 4, &plan).is_some() && difference_at(&path, 3, &plan).is_none());
    assert_eq!(accept_at(&path, 4, &plan), Ok(1));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "      1+1\n3\n\n      ⍪1 2\n1\n2\n");
    assert_eq!(accept_at(&path, 1, &plan), Ok(0));
    assert_eq!(test(&plan).summary.code(), 0);
}
