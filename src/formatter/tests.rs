use super::{Kind, format};

fn script(text: &str) -> String {
    let once = format(text, Kind::Script);
    assert_eq!(format(&once, Kind::Script), once, "a second time");
    once
}

fn function(text: &str) -> String {
    let once = format(text, Kind::Function);
    assert_eq!(format(&once, Kind::Function), once, "a second time");
    once
}

#[test]
fn blanks_between_words() {
    assert_eq!(script("x←( 1  2 3 )  +  ⍵[ 1 ;  2]⋄y←{ ⍺ : 3⋄⍵ }\n"), "x←(1 2 3) + ⍵[1;2] ⋄ y←{⍺: 3 ⋄ ⍵}\n");
    assert_eq!(script("'a  ⋄b'   'c'\n"), "'a  ⋄b' 'c'\n");
    assert_eq!(script("1 . 5 + 3 .5"), "1 . 5 + 3 .5\n");
    assert_eq!(script("+/ ÷ ≢  \n\n\n"), "+/ ÷ ≢\n\n\n");
    assert_eq!(script(""), "");
}

#[test]
fn arrows_are_written_as_most_of_the_text_writes_them() {
    assert_eq!(script("a ← 1\nb ← 2\nc←3\nd ←4"), "a←1\nb←2\nc←3\nd←4\n");
    assert_eq!(script("a ← 1\nb ← 2\nc←3\nf ← {x←⍵ ⋄ y ←x}"), "a ← 1\nb ← 2\nc ← 3\nf ← {x←⍵ ⋄ y←x}\n");
    assert_eq!(script("a ← 1\nb +← 2\nc∘←3"), "a ← 1\nb +← 2\nc∘← 3\n");
}

#[test]
fn what_is_open_is_indented() {
    assert_eq!(
        script("f←{\n⍺←1\nx←(\n1\n2\n  )\n⍵}\n"),
        "f←{\n    ⍺←1\n    x←(\n        1\n        2\n    )\n    ⍵}\n"
    );
    assert_eq!(script("f←{(\n⍵\n)}\n1"), "f←{(\n    ⍵\n)}\n1\n");
    assert_eq!(
        script(":If a\nb\n:Else\n:Repeat\nc\n:Until d\n:EndIf"),
        ":If a\n    b\n:Else\n    :Repeat\n        c\n    :Until d\n:EndIf\n"
    );
    assert_eq!(script(":For  a  b:In(⍳2)\na\n:EndFor"), ":For a b :In (⍳2)\n    a\n:EndFor\n");
    assert_eq!(
        script(":Namespace n\n∇ r←f x\nr←{\n⍵\n}x\ngo:→go\n∇\ng←{⍵}\n:EndNamespace\n"),
        ":Namespace n\n    ∇ r←f x\n        r←{\n            ⍵\n        }x\n    go:→go\n    ∇\n    g←{⍵}\n:EndNamespace\n"
    );
}

#[test]
fn functions_in_files() {
    assert_eq!(function("r←f x;y\n:If x\nr←1\n:EndIf"), "r←f x;y\n    :If x\n        r←1\n    :EndIf\n");
    assert_eq!(function("{r}←{a} f x\nr ←a,x"), "{r}←{a} f x\n    r←a,x\n");
    assert_eq!(function("f←{\n⍵\n}\n"), "f←{\n    ⍵\n}\n");
}

#[test]
fn comments_stand_below_each_other() {
    assert_eq!(script("a←1 ⍝  one \nbcd←2     ⍝two\n\ne ⍝ three\n"), "a←1   ⍝  one \nbcd←2 ⍝two\n\ne ⍝ three\n");
    assert_eq!(script("f←{\n ⍝ of ⍵\n⍵ ⍝ it\n}\n"), "f←{\n    ⍝ of ⍵\n    ⍵ ⍝ it\n}\n");
    let long = format!("x←'{}' ⍝ long\ny ⍝ short\n", "a".repeat(100));
    assert_eq!(script(&long), long);
}

#[test]
fn what_is_not_apl_stays() {
    for text in [
        "'open   ⋄\n",
        "(1 ,  2\n",
        "1 )  +2\n",
        "x ←\u{0} 1\n",
        "]box   on\n",
        "#!/usr/bin/env  zilde\n",
        ":Require   file://a  b\n",
        "f←{\n  (⍵\n  }\n",
    ] {
        assert_eq!(script(text), text);
    }
    // The lines around it are formatted.
    assert_eq!(script("a ⋄b\n'open   \nc ⋄d\n"), "a ⋄ b\n'open   \nc ⋄ d\n");
    assert_eq!(script("#!/usr/bin/env  zilde\nx  ←  1\n"), "#!/usr/bin/env  zilde\nx ← 1\n");
}

#[test]
fn regions_are_left_alone() {
    let text = "a ⋄b\n⍝ fmt: off\nx  ⋄y\n  f←{\n⍵  }\n⍝ fmt: on\nc ⋄d\n";
    assert_eq!(script(text), text.replace("a ⋄b", "a ⋄ b").replace("c ⋄d", "c ⋄ d"));
    let text = "f←{\n⍝ fmt: off\n1 0\n0 1\n⍝ fmt: on\n1 ⋄2\n}\n";
    assert_eq!(script(text), "f←{\n⍝ fmt: off\n1 0\n0 1\n    ⍝ fmt: on\n    1 ⋄ 2\n}\n");
}

#[test]
fn line_ends_stay_as_they_are() {
    assert_eq!(script("a⋄b\r\nc⋄d"), "a ⋄ b\r\nc ⋄ d\r\n");
    assert_eq!(script("a  \rb\u{85}c"), "a\rb\u{85}c\r");
    assert_eq!(script("\u{feff}a⋄b"), "\u{feff}a ⋄ b\n");
}

#[test]
fn long_texts_take_linear_time() {
    for unit in ["1 ", "⋄", "(", "x←", "{⍵}\n", "'", "a ⍝ b\n", ":If x\n", "∇f\n"] {
        let _ = format(&unit.repeat(100_000), Kind::Script);
    }
}
