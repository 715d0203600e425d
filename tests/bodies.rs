//! Bodies of functions run more than once. The first time each phrase is bound when it is reached and run by itself; from then on
//! the body runs as one list of instructions, which is left where the class of a name has changed. What a function does
//! must be the same each time.

mod common;

use common::Typed;

/// Runs a line several times in one session; each time it must show the same.
fn each_time(definitions: &[&str], line: &str, shown: &str) {
    let mut typed = Typed::new();
    for definition in definitions {
        assert_eq!(typed.shows(definition), "", "{definition}");
    }
    for time in 1..=5 {
        assert_eq!(typed.shows(line).trim_end(), shown, "{line}, time {time}");
    }
}

#[test]
fn guards_and_results() {
    each_time(&["f←{⍵<0:'low' ⋄ ⍵>9:'high' ⋄ x←⍵+1 ⋄ 2×x}"], "f¯3 ⋄ f 12 ⋄ f 4", "low\nhigh\n10");
    // An assignment as the last statement is a shy result.
    each_time(&["f←{⍵=0:1 ⋄ t←⍵×2}"], "f 4 ⋄ 1+f 4 ⋄ f 0", "9\n1");
    // No statement is left: there is no result.
    each_time(&["f←{⍵=0:7}", "g←{0::'none' ⋄ 1+f ⍵}"], "f 5 ⋄ f 0 ⋄ g 5 ⋄ g 0", "7\nnone\n8");
    // A condition with one element that is no scalar; one that is neither 0 nor 1.
    each_time(&["f←{,⍵:'yes' ⋄ 'no'}", "g←{11::'bad' ⋄ f ⍵}"], "f 1 ⋄ f 0 ⋄ g 2 ⋄ f 1", "yes\nno\nbad\nyes");
}

#[test]
fn names_that_change_their_class() {
    // `s` is a function in one call and an array in the next: `s -⍵` is `s(-⍵)` or `s-⍵`.
    each_time(
        &["f←{⍺:{s←⌽ ⋄ s -⍵}⍵ ⋄ {s←10 ⋄ s -⍵}⍵}"],
        "1 f 1 2 3 ⋄ 0 f 1 2 3 ⋄ 1 f 1 2 3",
        "¯3 ¯2 ¯1\n9 8 7\n¯3 ¯2 ¯1",
    );
    each_time(&["∇r←f x\n⎕EX'h'\n:If x\nh←{⍵×3}\n:Else\nh←3\n:EndIf\nr←h -5\n∇"], "f 1 ⋄ f 0 ⋄ f 1", "¯15\n¯2\n¯15");
    // Operands of both classes by turns.
    each_time(&["o←{⍵<0:0 ⋄ ⍺⍺ ⊢ ⍵}"], "(- o)4 ⋄ (9 o)4 ⋄ (× o)¯1 ⋄ (- o)3", "¯4\n4\n0\n¯3");
    // A default makes `⍺` a function, an argument an array.
    each_time(&["f←{⍺←⊢ ⋄ ⍺ ⍵}"], "f 5 ⋄ 3 f 5 ⋄ f 6", "5\n3 5\n6");
    // The part of a phrase on its right makes a name a function.
    each_time(&["f←{_←⎕EX'kk' ⋄ 1+kk 4⊣⎕FX'r←kk x' 'r←x×x'}"], "f 0", "17");
}

#[test]
fn error_guards() {
    each_time(&["f←{x←1 2 3 ⋄ 0::x ⋄ x[1]←9 ⋄ ÷⍵}"], "f 0 ⋄ f 4 ⋄ f 0", "1 2 3\n0.25\n1 2 3");
    each_time(&["f←{3::'index' ⋄ 11::'domain' ⋄ ⍵=0:÷0 ⋄ ⍵⊃4 5}"], "f 0 ⋄ f 2 ⋄ f 7", "domain\n5\nindex");
    // An empty handler ends the function without a result.
    each_time(&["f←{0:: ⋄ ÷⍵}"], "f 2 ⋄ f 0 ⋄ f 4", "0.5\n0.25");
}

#[test]
fn closures_and_outer_names() {
    each_time(&["f←{n←⍵ ⋄ s←0 ⋄ {⍵>n:s ⋄ s+←⍵ ⋄ ∇⍵+1}1}"], "f 4 ⋄ f 10", "10\n55");
    // Each call has local names of its own.
    each_time(&["f←{k←⍵ ⋄ ⍵=0:k ⋄ g←{k,⍵} ⋄ r←∇⍵-1 ⋄ g r}"], "f 3", "3 2 1 0");
    // What `⍎` makes local hides the outer name from then on.
    each_time(&["f←{x←1 ⋄ {a←x ⋄ _←⍎'x←5' ⋄ a,x}⍵}"], "f 0", "1 5");
    each_time(&["f←{x←1 ⋄ {y←x ⋄ y←y+x+←1 ⋄ x y}⍵}"], "f 0", "2 2");
    // A name of the namespace as long as it is not local.
    each_time(&["x←100", "f←{⍵:x ⋄ x←x+1 ⋄ x}"], "f 1 ⋄ f 0 ⋄ f 1 ⋄ x", "100\n101\n100\n100");
}

#[test]
fn tail_calls() {
    each_time(&["f←{⍺=0:⍵ ⋄ t←⍵+⍺ ⋄ (⍺-1)∇ t}"], "100 f 0 ⋄ 3 f 1 2", "5050\n7 8");
    // A local name of the call before is not there any more.
    each_time(&["f←{⍵=0:{0::'none' ⋄ t}0 ⋄ 6::'gone' ⋄ ⍵<3:t ⋄ t←⍵ ⋄ ∇⍵-1}"], "f 3", "gone");
    // The left argument of the call before is not there either.
    each_time(&["f←{⍵=0:{6::'none' ⋄ ⍺}0 ⋄ ⍺←'default' ⋄ ⍵=1:⍺ ⋄ ∇⍵-1}"], "'given'f 3 ⋄ f 1", "default\ndefault");
}

#[test]
fn loops_and_jumps() {
    each_time(
        &["∇r←f n;i\nr←⍬\n:For i :In ⍳n\n:If 3=i\n:Continue\n:EndIf\n:If 6=i\n:Leave\n:EndIf\nr,←i\n:EndFor\n∇"],
        "f 9 ⋄ f 2",
        "1 2 4 5\n1 2",
    );
    each_time(&["∇r←f n;i;j\nr←0\n:For i j :In (⍳n),¨10\nr+←i×j\n:EndFor\n∇"], "f 4 ⋄ f 0", "100\n0");
    each_time(&["∇r←f n;i\ni←0 ⋄ r←''\nagain:i+←1\nr,←⍕i\n→(i<n)/again\n∇"], "f 5", "12345");
    // A jump out of a trap ends the trap.
    each_time(
        &[
            "∇r←f x;i\nr←⍬\n:For i :In x\n:Trap 11\nr,←÷i\n:Continue\n:Else\nr,←¯1\n:EndTrap\n:EndFor\nr,←÷⊃x\n∇",
            "g←{11::'outside' ⋄ f ⍵}",
        ],
        "f 2 0 4 ⋄ g 0 1",
        "0.5 ¯1 0.25 0.5\noutside",
    );
    each_time(
        &["sp←⎕NS'' ⋄ sp.v←5", "∇r←f n;i\nv←1 ⋄ r←⍬\n:For i :In ⍳n\n:With sp\nr,←v+i\n:EndWith\nr,←v\n:EndFor\n∇"],
        "f 2",
        "6 1 7 1",
    );
}

#[test]
fn a_loop_of_jumps_alone_is_interrupted() {
    for word in ["", ":Continue\n"] {
        let mut typed = Typed::new();
        typed.shows(&format!("∇r←f x\nr←0\n:If x\n:Repeat\n{word}:EndRepeat\n:EndIf\n∇"));
        for time in 1..=3 {
            assert_eq!(typed.shows("f 0"), "0\n");
            typed.session.context().bounds().stop_at(Some(1_000));
            let shown = typed.shows("f 1");
            typed.session.context().bounds().stop_at(None);
            assert!(shown.starts_with("INTERRUPT"), "time {time}: {shown}");
        }
    }
}

#[test]
fn elements_of_outer_and_local_arrays() {
    each_time(
        &[
            "∇r←f n;i;x;m\nx←5⍴0 ⋄ m←2 3⍴0\n:For i :In ⍳n\nx[i]+←i ⋄ x[1]-←1\nm[1+2|i;i]←i\nm[2;1]×←2\n:EndFor\nr←x,,m\n∇",
        ],
        "f 3",
        "¯2 2 3 0 0 0 2 0 8 0 3",
    );
    // An index that is outside; one that is no number; an element of another type.
    each_time(&["f←{x←1 2 3 ⋄ 3::'index',⍕x ⋄ x[⍵]←7 ⋄ x}"], "f 2 ⋄ f 4", "1 7 3\nindex1 2 3");
    each_time(&["f←{x←1 2 3 ⋄ x[2]←⍵ ⋄ x}"], "f 0.5 ⋄ f'a' ⋄ f 1e9 ⋄ f 1", "1 0.5 3\n1 a 3\n1 1000000000 3\n1 1 3");
    // What somebody else holds does not change.
    each_time(&["f←{x←1 2 3 ⋄ y←x ⋄ x[1]←⍵ ⋄ x,y}"], "f 9", "9 2 3 1 2 3");
    // Numbers beyond 32 bits, and those that are no whole ones.
    each_time(&["f←{r←2147483647 ⋄ r+←⍵ ⋄ r}"], "⎕PP←12 ⋄ f 1 ⋄ f 0.5 ⋄ f¯1", "2147483648\n2147483647.5\n2147483646");
}

#[test]
fn what_a_step_shows() {
    each_time(
        &["∇f n;i\n:For i :In ⍳n\ni\ni+0.5\ng i\nx←i\n:EndFor\n∇", "∇g y\ny×10\n∇"],
        "f 2",
        "1\n1.5\n10\n2\n2.5\n20",
    );
}
