//! A program that is traced or profiled shows and leaves the same as one that just runs.

mod common;

use std::fs;
use std::path::Path;

use common::Typed;
use zilde::observe::trace::Limits;

/// The examples of the pages, a list for each page.
fn pages() -> Vec<(String, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pages = Vec::new();
    for folder in ["primitive/docs", "operator/docs", "session/docs", "system/docs"] {
        let mut paths: Vec<_> = fs::read_dir(root.join(folder)).expect("a folder of pages").flatten().collect();
        paths.sort_by_key(|entry| entry.path());
        for entry in paths {
            let name = entry.file_name().to_string_lossy().into_owned();
            // What these show depends on the memory that is left, and on what is observed.
            if ["wa.md", "profile.md"].contains(&&*name) {
                continue;
            }
            let text = fs::read_to_string(entry.path()).expect("a page");
            let inputs = text.lines().filter_map(|line| line.strip_prefix("      ")).map(str::to_owned).collect();
            pages.push((name, inputs));
        }
    }
    pages
}

/// What each input shows, and what the names stand for at the end.
fn played(inputs: &[String], begin: fn(&Typed), end: fn(&Typed)) -> Vec<String> {
    let mut typed = Typed::new();
    let mut shown = Vec::new();
    for input in inputs {
        let is_command = input.trim_start().starts_with([')', ']', '∇']);
        if !is_command {
            begin(&typed);
        }
        shown.push(typed.shows(&format!("{input}\n")));
        if !is_command {
            end(&typed);
        }
    }
    let mut names = typed.session.names();
    names.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, class) in names {
        let value = typed.session.get(&name).map_or(String::new(), |value| value.to_string());
        shown.push(format!("{name} {class:?} {value}"));
    }
    shown
}

fn the_same_as_plain(begin: fn(&Typed), end: fn(&Typed)) {
    let mut differing = Vec::new();
    let mut compared = 0;
    for (name, inputs) in pages() {
        let plain = played(&inputs, |_| {}, |_| {});
        // The time, or a random number.
        if plain != played(&inputs, |_| {}, |_| {}) {
            continue;
        }
        let observed = played(&inputs, begin, end);
        compared += inputs.len();
        for (at, (plain, observed)) in plain.iter().zip(&observed).enumerate().filter(|(_, (a, b))| a != b) {
            let input = inputs.get(at).map_or("the names", String::as_str);
            differing.push(format!("{name}: {input}\nplain\n{plain}\nobserved\n{observed}"));
        }
    }
    assert!(compared > 1000, "only {compared} inputs were compared");
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}

#[test]
fn a_trace_changes_nothing() {
    the_same_as_plain(|typed| typed.session.begin_trace(Limits::default()), |typed| drop(typed.session.end_trace()));
}

#[test]
fn a_small_trace_changes_nothing_either() {
    the_same_as_plain(
        |typed| typed.session.begin_trace(Limits { steps: 2, bytes: 1000, depth: 1 }),
        |typed| drop(typed.session.end_trace()),
    );
}

#[test]
fn a_profile_changes_nothing() {
    the_same_as_plain(|typed| _ = typed.session.begin_profile(), |typed| drop(typed.session.end_profile()));
}

/// What a profile counts: function, line (`¯1` for the whole), how often. The program has run before, so that code of its
/// bodies is there, unless it is `fresh`.
fn counts(program: &str, run: &str, fresh: bool) -> Vec<String> {
    let mut typed = Typed::new();
    typed.shows(program);
    if !fresh {
        typed.shows(&format!("{run}\n{run}\n"));
    }
    typed.shows(&format!("⎕PROFILE 'start' 'none'\n{run}\n⎕PROFILE 'stop'\n"));
    let shown = typed.shows("{⎕←(1⊃⍵),' ',⍕1↓⍵}¨↓⍉↑1 2 3⎕PROFILE 'data'\n");
    shown.lines().map(|line| line.trim_end().to_owned()).filter(|line| line.starts_with('#')).collect()
}

#[test]
fn scripts_are_traced_and_profiled_in_a_session() {
    let mut typed = Typed::new();
    let path = format!("{}/steps.apl", typed.folder.0.display());
    fs::write(&path, "#!/usr/bin/env zilde\nhalf←{\n  ⍵÷2\n}\n]box on\n⎕←half 7\n(half 3)÷0\n'never'\n")
        .expect("a file");
    let traced = typed.shows(&format!("]trace -calls {path}\n"));
    let has = |wanted: &str| traced.lines().any(|line| line.trim_end() == wanted);
    assert!(has("3.5") && has("▸ ⎕←half 7") && has("→ half  ⍵: integer      7"), "{traced}");
    assert!(has("DOMAIN ERROR: Divide by zero") && !traced.contains("never"), "{traced}");
    let profile = typed.shows(&format!("]profile {path}\n"));
    assert!(profile.contains("2 calls of functions") && profile.contains("#.half[1]  ⍵÷2"), "{profile}");
    // The name of no file is an expression; a trace within a trace is refused.
    assert!(typed.shows("none.apl←5\n]profile none.apl\n").contains("VALUE ERROR"));
    fs::write(&path, "]trace 1+1\n'after'\n").expect("a file");
    assert!(!typed.shows(&format!("]trace {path}\n")).contains("after"));
    assert_eq!(typed.shows("1+1\n"), "2\n");
}

#[test]
fn a_profile_counts_calls_and_lines() {
    let program = "fib←{⍵<2:⍵ ⋄ (∇⍵-1)+∇⍵-2}\n\
                   two←{\n  a←⍵+1\n  a>5:a\n  a×2\n}\n\
                   ∇r←loop n;i\nr←0\n:For i :In ⍳n\n:If 2|i\nr+←two i\n:EndIf\n:EndFor\n∇\n\
                   tail←{⍵=0:0 ⋄ ∇⍵-1}\n\
                   fails←{0::¯1 ⋄ ÷⍵}";
    for fresh in [true, false] {
        // Calls of fib 10: 177, as fib(n) makes 2×fib(n+1) - 1.
        assert_eq!(counts(program, "fib 10", fresh), ["#.fib ¯1 177", "#.fib 0 177"]);
        // two 1 3 5 are called; only a of 6 takes the second line as the result.
        assert_eq!(
            counts(program, "loop 5", fresh),
            [
                "#.loop ¯1 1",
                "#.loop 1 1",
                "#.loop 2 6",
                "#.loop 3 5",
                "#.loop 4 3",
                "#.two ¯1 3",
                "#.two 1 3",
                "#.two 2 3",
                "#.two 3 2",
            ]
        );
        assert_eq!(counts(program, "tail 100", fresh), ["#.tail ¯1 101", "#.tail 0 101"]);
        assert_eq!(counts(program, "fails 0", fresh), ["#.fails ¯1 1", "#.fails 0 1"]);
        // Each cell is a call, whether all ran at once or not.
        assert_eq!(counts(program, "{⍵>2:⍵ ⋄ -⍵}¨⍳7", fresh), ["#.{⍵>2:⍵ ⋄ -⍵} ¯1 7", "#.{⍵>2:⍵ ⋄ -⍵} 0 7"]);
        assert_eq!(counts(program, "fib¨5 6", fresh), ["#.fib ¯1 40", "#.fib 0 40"]);
    }
}

#[test]
fn a_profile_has_the_ways_of_calls() {
    let mut typed = Typed::new();
    typed.shows("g←{⍵+1}\nf←{(g ⍵)+g ⍵}\nh←{f g ⍵}\n⎕PROFILE 'start' 'none'\nh 1\n⎕PROFILE 'stop'\n");
    let tree = typed.shows("⎕←⍕(⎕PROFILE 'tree')[;1 2 4]\n");
    let tree: Vec<String> = tree.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    // What h calls last takes its place.
    assert_eq!(tree, ["0 #.h 1", "1 #.h 1", "2 #.g 1", "3 #.g 1", "0 #.f 1", "1 #.f 1", "2 #.g 2", "3 #.g 2"]);
}

#[test]
fn the_states_of_a_profile() {
    let mut typed = Typed::new();
    assert_eq!(typed.shows("⎕PROFILE 'state'\n").split_whitespace().collect::<Vec<_>>(), ["inactive", "0", "0"]);
    typed.all_true(&[
        "'active' 'elapsed'≡2↑⎕PROFILE 'START' 'Elapsed'",
        "∧/0<2↓⎕PROFILE 'state'",
        "'inactive' 'elapsed'≡2↑⎕PROFILE 'stop'",
        "0 7≡⍴⎕PROFILE 'data'",
        "0 8≡⍴⎕PROFILE 'tree'",
        "'elapsed'≡2⊃⎕PROFILE 'calibrate'",
        "'inactive' '' 0 0≡⎕PROFILE 'clear'",
        "'active' 'CPU'≡2↑⎕PROFILE 'start'",
        "'inactive'≡⊃⎕PROFILE 'clear'",
    ]);
    for wrong in
        ["⎕PROFILE 'nosuch'", "⎕PROFILE 'start' 'moon'", "⎕PROFILE 'calibrate'", "1⎕PROFILE 'state'", "⎕PROFILE 5"]
    {
        assert!(typed.shows(&format!("{wrong}\n")).starts_with("DOMAIN ERROR"), "{wrong}");
    }
    assert!(typed.shows("9⎕PROFILE 'data'\n").starts_with("INDEX ERROR"));
    // A clear workspace has nothing of it.
    typed.shows("f←{⍵}\n⎕PROFILE 'start' 'none'\nf 1\n)clear\n");
    typed.all_true(&["'inactive'≡⊃⎕PROFILE 'state'", "0=≢⎕PROFILE 'data'"]);
}

#[test]
fn a_profile_that_begins_within_a_function_knows_what_is_running() {
    let mut typed = Typed::new();
    typed.shows("g←{⍵+1}\n∇r←f x\n⎕PROFILE 'start' 'none'\nr←g x\nr←g r\n⎕PROFILE 'stop'\n∇\nf 1\n");
    let data = typed.shows("{⎕←(1⊃⍵),' ',⍕1↓⍵}¨↓⍉↑1 2 3⎕PROFILE 'data'\n");
    let rows: Vec<&str> = data.lines().filter(|line| line.starts_with('#')).map(str::trim_end).collect();
    assert_eq!(rows, ["#.f ¯1 0", "#.f 2 1", "#.f 3 1", "#.f 4 1", "#.g ¯1 2", "#.g 0 2"]);
}

#[test]
fn a_map_shows_names_and_a_size_their_bytes() {
    let mut typed = Typed::new();
    typed.shows("v←⍳1000\nf←{⍵}\n∇r←h\nr←1\n∇\n'a.b'⎕NS''\na.x←1\na.b.g←{⍵}\na.up←#\n");
    assert_eq!(
        typed.shows("]map\n"),
        "#\n·   ∇ f h\n·   ~ v\n·   a\n·   ·   ~ x\n·   ·   b\n·   ·   ·   ∇ g\n·   ·   up → #\n"
    );
    assert_eq!(typed.shows("]map a.b\n"), "#.a.b\n·   ∇ g\n");
    let sizes = typed.shows("]size\n");
    assert!(
        sizes.starts_with("v ") && typed.shows("]size v\n").trim_end().ends_with(&typed.shows("⎕SIZE 'v'\n").trim()),
        "{sizes}"
    );
    assert!(typed.shows("]size nosuch\n").contains("nosuch has no value"));
}
