//! System functions: each line is an expression whose value is 1 according to the documentation, or derived from it.

mod common;

use common::Typed;

/// The lines that do not show 1; of those that end in an assignment, the ones that show anything.
fn wrong(lines: &[&str]) -> Vec<String> {
    let mut typed = Typed::new();
    let mut wrong = Vec::new();
    for line in lines {
        let shown = typed.shows(line);
        if shown.trim() != if assigns(line) { "" } else { "1" } {
            wrong.push(format!("{line}\n{shown}"));
        }
    }
    wrong
}

/// Whether the value of a line's last statement is assigned to names: nothing but names, dots, indices and parentheses
/// stands before its first arrow.
fn assigns(line: &str) -> bool {
    let (mut depth, mut quoted, mut start) = (0, false, 0);
    for (at, c) in line.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            '⋄' if !quoted && depth == 0 => start = at + c.len_utf8(),
            _ => {}
        }
    }
    line[start..].trim().split_once('←').is_some_and(|(target, _)| {
        let begins = target.starts_with(|c: char| c.is_alphabetic() || "⎕(∆⍙_#".contains(c));
        begins && target.chars().all(|c| c.is_alphanumeric() || "⎕∆⍙_#. ;[]()".contains(c))
    })
}

#[test]
fn a_line_that_shows_nothing_is_wrong_unless_it_assigns() {
    assert!(wrong(&["v←1", "n←⎕NS⍬ ⋄ n.(a b)←1 2", "d←{t←⍵ ⋄ '{⋄'}", "1=v"]).is_empty());
    assert_eq!(wrong(&["0 0⍴v←1", "{}0", "{t←⍵}0", "v←2 ⋄ 0 0⍴0", "v←1 ⋄ v"]).len(), 4);
    assert_eq!(wrong(&["v←⎕←1"]), ["v←⎕←1\n1\n"]);
}

fn all_true(lines: &[&str]) {
    let wrong = wrong(lines);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names() {
    all_true(&[
        "⎕io≡⎕IO",
        "⎕a≡⎕A",
        "v←1 2 3",
        "f←{⍺⍵}",
        "g←+⌿÷≢",
        "o←{⍺⍺ ⍵}",
        "each←¨",
        "2.1 3.2 3.3 4.2 4.3 0≡⎕NC'v' 'f' 'g' 'o' 'each' 'w'",
        "2 3 0 ¯1≡⎕NC 4 1⍴'vfw1'",
        "(1 1⍴'v')≡⎕NL 2",
        "(,⊂,'v')≡⎕NL¯2",
        "('f' 'g')≡⊃¨⎕NL¯3",
        "(,⊂,'f')≡⎕NL¯3.2",
        "(,⊂'each')≡'e'⎕NL¯4",
        "0≡{⎕NC'⍺'}0",
        "2≡0{⎕NC'⍺'}0",
        "({a←⍵⋄⎕NL ¯2}0)≡,¨'a' 'v'",
        "1 0 0 1≡⎕EX'v' '⎕IO' '∘' 'nothing'",
        "0≡⎕NC'v'",
    ]);
}

#[test]
fn case_and_characters() {
    all_true(&[
        "'straße' 'apl'≡⎕C'STRAßE' 'APL'",
        "'σσ'≡⎕C'Σς'",
        "(¯3⎕C'Ab')≡⎕C'Ab'",
        "(1⎕C 'a' 1(2 'b'))≡'A' 1(2 'B')",
        "(3 0⍴'')≡⎕C 3 0⍴''",
        "72 105≡⎕UCS'Hi'",
        "(2 2⍴'APL!')≡⎕UCS 2 2⍴65 80 76 33",
        "226 141 186≡'UTF-8'⎕UCS'⍺'",
        "'⍺'≡⊃'UTF-8'⎕UCS ¯30 ¯115 ¯70",
        "55357 56832≡'UTF-16'⎕UCS ⎕UCS 128512",
        "128512≡⎕UCS⊃'UTF-16'⎕UCS 55357 56832",
    ]);
}

#[test]
fn verify_and_fix() {
    all_true(&[
        "(1 1 0 1)(1 2.5 0 ¯3)≡⎕VFI' 1  2.5 x ¯3 '",
        "(1 1 1)(0 5 0)≡';'⎕VFI';5;'",
        "(1 0)(7 0)≡';,'⎕VFI'7,8 9'",
        "⍬ ⍬≡⎕VFI''",
        "(,1)(,0J1)≡⎕VFI'0J1'",
        "(,0)(,0)≡⎕VFI'1E400'",
    ]);
}

#[test]
fn data_representation() {
    all_true(&[
        "11 83 163 323 645 1289 326≡⎕DR¨1 ¯128 128 32768 0.5 0J1 (1 'a')",
        "83 645≡⎕DR¨(1↓1J1 2)(1↓1J1 2.5)",
        "80 160 320≡⎕DR¨'aé' '⍳' (⎕UCS 128512)",
        "(11⎕DR 1 256)≡0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1",
        "1 0 0 1≡83⎕DR 1 256",
        "(2 2⍴1 1 0 1)≡83⎕DR 2 1⍴257 256",
        "'AB'≡80⎕DR 16961",
        "0.5≡⊃645⎕DR 11⎕DR 0.5",
        "(1 0)(1 0)≡0 11⎕DR 1 2",
        "('a ')(1 0)≡0 80⎕DR'a⍳'",
        "11=⊃{11::11⋄83⎕DR(1 2)3}⍬",
        "5=⊃{5::5⋄163⎕DR 1 2 3}⍬",
    ]);
}

#[test]
fn dates() {
    all_true(&[
        "43509 ¯693594≡1⎕DT(2019 2 14)⍬",
        "(2000 2 29 0 0 0 0)≡⊃¯1⎕DT 1⎕DT⊂2000 2 29",
        "(⊂2001 252 1 46 40 0)≡20 ¯10⎕DT 1E9",
        "(⊂2020 53 7 0 0 0 0)≡¯1 ¯11⎕DT⊂2021 1 3",
        "(⊂20210103 235959)≡¯1 ¯20⎕DT⊂2021 1 3 23 59 59",
        "0.75≡1|1⎕DT⊂2021 1 3 18",
        "1 0 0 0 1 0≡¯1 0⎕DT(2021 1 3)(2021 1 3 24)(2021 0 1)(1 2 3 4 5 6 7 8)⍬(4000 3 1)",
        "1 0≡40 0⎕DT 61 60",
        "0=-/20⎕DT'JZ'",
        "(2 3⍴0)≡1⎕DT 2 3⍴0",
        "(⊂'07/04/76')≡'DD/MM/YY'(1200⌶)1⎕DT⊂1976 4 7",
        "'1st' '2nd' '3rd' '4th' '11th' '22nd'≡'Doo'(1200⌶)1 2 3 4 11 22",
        "(⊂'it''s Mon')≡'\"it''s\" Ddd'(1200⌶)1",
        "'12:00 AM' '12:00 PM'≡'t:mm PP'(1200⌶)1 1.5",
        "'LUNDI' 'lundi' 'Lundi'≡⊃¨('__fr__DDDD' '__fr__dddd' '__fr__Dddd')(1200⌶)¨1",
        "11=⊃{11::11⋄'Q'(1200⌶)1}⍬",
    ]);
}

#[test]
fn formats() {
    all_true(&[
        "(3 4⍴'   1  20 300')≡'I4'⎕FMT 1 20 300",
        "(1 6⍴'1.50**')≡'F4.2,I2'⎕FMT 1 2⍴1.5 100",
        "(1 9⍴'  1,234.5')≡'CF9.1'⎕FMT 1234.5",
        "(1 5⍴'00042')≡'ZI5'⎕FMT 42",
        "(2 3⍴'ab cd ')≡'A1,A1,X1,<>'⎕FMT 2 2⍴'abcd'",
        "(1 3⍴'b a')≡'T3,A1,T1,A1'⎕FMT 1 2⍴'ab'",
        "(1 8⍴'1;2;3;4;')≡'I1,<;>'⎕FMT 1 4⍴⍳4",
        "(1 6⍴'(1)(2)')≡'2(⊂(⊃,I1,⊂)⊃)'⎕FMT 1 2⍴1 2",
        "(1 7⍴'1.5----')≡'R<->LF5.1,<-->'⎕FMT 1.5",
        "7=⊃{7::7⋄'I3,Q'⎕FMT 1}⍬",
        "7=⊃{7::7⋄'A1'⎕FMT 1}⍬",
        "(0 3⍴'')≡'I3'⎕FMT⍬",
    ]);
}

#[test]
fn replacing() {
    all_true(&[
        "'a-b-c'≡'\\s+'⎕R'-'⊢'a  b c'",
        "'<a><b>'≡'.'⎕R'<&>'⊢'ab'",
        "'&%\\'≡'.'⎕R'\\&\\%\\\\'⊢'x'",
        "'--a-b-'≡'x*'⎕R'-'⊢'xab'",
        "''≡'x'⎕R'y'⊢''",
        "(,'y')≡'^'⎕R'y'⊢''",
        "('a1' 'b1')≡'$'⎕R'1'⊢,¨'ab'",
        "(1⍴⊂,'a')≡'b'⎕R''⊢,⊂'ab'",
        "(0⍴⊂'')≡'b'⎕R''⊢0⍴⊂''",
        "nl←⎕UCS 10",
        "('x',nl,'x',nl)≡'.+'⎕R'x'⊢'one',nl,'two',nl",
        "'a' 'b'≡⊃¨' '⎕R'\\n'⊢⊂'a b'",
        "'__é'≡'\\w'⎕R'_'⊢'abé'",
        "'___'≡'\\w'⎕R'_'⍠'UCP' 1⊢'abé'",
        "'[a] [é]'≡'[a-zé]+'⎕R'[&]'⊢'a é'",
        "'12'≡'.*?(\\d+).*'⎕R'\\1'⊢'abc 12 def'",
        "'2020/01'≡'(?<m>\\d\\d)/(?<y>\\d+)'⎕R'\\<y>/\\<m>'⊢'01/2020'",
        "'acb'≡'a.b'⎕R'x'⍠'Regex' 0⊢'acb'",
        "'y&s'≡'a.b'⎕R'y&s'⍠'Regex' 0⊢'a.b'",
        "11=⊃{11::11⋄'('⎕R'b'⊢⍵}'a'",
        "11=⊃{11::11⋄'.'⎕R'\\z'⊢⍵}'a'",
        "5=⊃{5::5⋄'a+' 'b+' 'c+'⎕R'x' 'yy'⊢⍵}'a'",
    ]);
}

#[test]
fn patterns_as_in_pcre() {
    all_true(
        &[
            "s←{⍺←'' ⋄ ⍺⍺ ⎕S'&'⊢⍵}",
            "'a{' 'b{,2}'≡'a{' 'b{,2}'⎕S'&'⊢'a{ b{,2}'",
            "(,⊂'x]')≡'x[]]'⎕S'&'⊢'x] xy'",
            "(,⊂'a&&b')≡'[a&b]{4}'⎕S'&'⊢'a&&b'",
            "(,⊂'[[')≡'[[]+'⎕S'&'⊢'a[['",
            "(,⊂'a-b')≡'[a-]-[\\d-b]'⎕S'&'⊢'a-b'",
            "'ab' 'cd'≡'\\p{Ll}+'⎕S'&'⊢'abXcd'",
            "(,⊂'ABC')≡'[[:upper:]]+'⎕S'&'⊢'abABCé'",
            "(,⊂'a.b')≡'\\Qa.b\\E'⎕S'&'⊢'axb a.b'",
            "'aa' 'bb'≡'(\\w)\\1'⎕S'&'⊢'aabbc'",
            "(,⊂'aa')≡'(?<c>\\w)\\k<c>'⎕S'&'⊢'aabc'",
            "(,⊂'abab')≡'(ab)\\g1'⎕S'&'⊢'ababc'",
            "(,⊂'aab')≡'a(?=a)ab'⎕S'&'⊢'aab'",
            "(,⊂'20')≡'(?<!\\d)\\d+(?!\\d|%)'⎕S'&'⊢'10% 20'",
            "(,⊂'(a(b)c)')≡'\\((?:[^()]|(?R))*\\)'⎕S'&'⊢'x(a(b)c)'",
            "(,⊂'<a>')≡'(<)?a(?(1)>|!)'⎕S'&'⊢'<a> <a'",
            "(,⊂,'b')≡'a\\Kb'⎕S'&'⊢'ab b'",
            "0=≢'a++a'⎕S'&'⊢'aaa'",
            "(,⊂'aB')≡'a(?i)b'⎕S'&'⊢'aB AB'",
            "(,⊂'ab')≡'(?x) a  b # text'⎕S'&'⊢'ab'",
            "(,⊂'ab')≡'a(?#text)b'⎕S'&'⊢'ab'",
            "(,⊂'a/b')≡'a\\/b'⎕S'&'⊢'a/b'",
            "(,⊂'∊<>')≡'\\∊\\<\\>'⎕S'&'⊢'∊<>'",
        ][..23],
    );
    all_true(
        &[
            "lf←⎕UCS 10",
            "cr←⎕UCS 13",
            "0 2≡'^.'⎕S 0⍠'Mode' 'M'⊢'a',lf,'b',lf",
            "0 3≡'^.'⎕S 0⍠'Mode' 'M'⊢'a',cr,lf,'b'",
            "1 4≡'$'⎕S 0⍠'Mode' 'M'⊢'a',cr,lf,'b'",
            "1 2≡'$'⎕S 0⍠'Mode' 'D'⊢'a',lf",
            "2 4≡'.$'⎕S 0⍠'Mode' 'M'⊢'aab',(⎕UCS 8232),'b'",
        ][..6],
    );
}

#[test]
fn searching() {
    all_true(
        &[
            "1 3≡'a'⎕S 0⊢'baba'",
            "(0 1)(0 2)≡'a+'⎕S 2 1⊢'xa,aa'",
            "(0 0 0)(1 2 1)≡'a+' 'b+'⎕S 2 0 3⊢'a' 'xxb'",
            "⍬≡'z'⎕S 0⊢'abc'",
            "(0⍴⊂'')≡'z'⎕S'&'⊢'abc'",
            "0 1≡'é'⎕S 0⊢'éé'",
            "3=⊃'⍵'⎕S 0⊢'⍺⍺⍺⍵'",
            "'aba' 'aba'≡'aba'⎕S'&'⍠'OM' 1⊢'ababa'",
            "0 1 1≡'ab' 'b+' 'c+'⎕S 3⍠'OM' 1⊢'abb'",
            "(,2)≡'a'⎕S 0⍠'ML' ¯2⊢'abac'",
            "11=⊃{11::11⋄'.'⎕S'&'⍠'DotAll' 1⊢⍵}'a'",
            "11=⊃{11::11⋄'.'⎕R'&'⍠'OM' 1⊢⍵}'a'",
            "11=⊃{11::11⋄'.'⎕S'&'⍠'Nothing' 1⊢⍵}'a'",
        ][..9],
    );
}

#[test]
fn functions_of_matches() {
    all_true(&[
        "'tac'≡'.+'⎕R{⌽⍵.Match}'cat'",
        "('aa'(,'b'))≡'a+' 'b+'⎕S{⍵.Match}'aa b'",
        "(4 3)(8 3)≡'.at'⎕S{⍵.((⊃Offsets),⊃Lengths)}'The cat sat'",
        "(0 0)(1 ¯1 1)≡'(a)|(b)'⎕S{⍵.Offsets}'ab'",
        "(''(,'n'))≡⊃'(?<n>a)'⎕S{⍵.Names}'a'",
        "0 1≡'a'⎕S{⍵.BlockNum}'xa' 'a'",
        "0 0≡'a'⎕S{⍵.BlockNum}⍠'Mode' 'D'⊢'xa' 'a'",
        "'xay' 'b|a'≡⊃'b|a'⎕S{⍵.(Block Pattern)}⍠'ML' 1⊢'xay'",
        "1 0≡('a'⎕S{⍵.ReplaceMode}'a'),⍨⍎'a'⎕R{⍕⍵.ReplaceMode}'a'",
        "'123'≡'a'⎕R{⍵.c←1+{0::0 ⋄ ⍵.c}⍵ ⋄ ⍕⍵.c}'aaa'",
        "(,'b')≡⊃'[ab]'⎕S{⍵.Match≡,'a':{}0 ⋄ ⍵.Match}'ab'",
        "11=⊃{11::11 ⋄ 'a'⎕R{1}⍵}'a'",
    ]);
}

#[test]
fn a_search_that_takes_too_long_ends() {
    let mut typed = Typed::new();
    let shown = typed.shows("'(a|aa)+\\1$'⎕S 0⊢(60⍴'a'),'b'");
    assert!(shown.starts_with("LIMIT ERROR"), "{shown}");
    let shown = typed.shows("≢'(?:.*)*$'⎕R'%%%%'⍠'Mode' 'D'⊢1000000⍴'a'");
    assert!(!shown.contains("INTERNAL"), "{shown}");
    let shown = typed.shows("≢'.'⎕R'%'⍠'Mode' 'D'⊢1000000⍴'a'");
    assert!(shown.starts_with("WS FULL"), "{shown}");
}

#[test]
fn variants() {
    all_true(&[
        "f←'A'⎕S 0⍠1",
        "0 1≡f'aA'",
        "g←f⍠0",
        "(,1)≡g'aA'",
        "(,1)≡('a'⎕S 0⍠'IC' 1⍠'IC' 0)'Aa'",
        "0 1≡('a'⎕S 0⍠('IC' 0)('IC' 1))'Aa'",
        "0 1≡('a'⎕S 0 ⎕OPT 1)'Aa'",
        "11=⊃{11::11⋄+⍠1⊢⍵}1",
    ]);
}

#[test]
fn json() {
    all_true(&[
        "(1 2.5 'three'(,4))≡0⎕JSON'[1,2.5,\"three\",[4]]'",
        "⍬≡⎕JSON'[]'",
        "''≡⎕JSON'\"\"'",
        "(,'a')≡⎕JSON'\"a\"'",
        "('ab',⎕UCS 10 34 8364 128512)≡⎕JSON'\"ab\\n\\\"\\u20AC\\uD83D\\uDE00\"'",
        "(,⊂⊂'null')≡⎕JSON'[null]'",
        "(,⎕NULL)≡(⎕JSON⍠'Null' ⎕NULL)'[null]'",
        "('true' 'false')≡⊃¨⎕JSON'[true,false]'",
        "1E300 ¯1.5E¯7≡⎕JSON'[1e300,-15E-8]'",
        "1 23≡⎕JSON 2 3⍴'[1,23]'",
        "11=⊃{11::11⋄⎕JSON ⍵}'[1,]'",
        "11=⊃{11::11⋄⎕JSON ⍵}'[1] 2'",
        "11=⊃{11::11⋄⎕JSON ⍵}'1e400'",
        "11=⊃{11::11⋄⎕JSON ⍵}''",
        "five←⎕JSON⍠'Dialect' 'JSON5'",
        "(1 ¯16(,'x')(⊂'Infinity'))≡five'[+1,-0x10,''x'',Infinity,]//'",
        "(,⊂⊂'-Infinity')≡five'[-Infinity]'",
        "11=⊃{11::11⋄five ⍵}'[1]]'",
        "'[1,-2.5,\"a\",\"bc\",[],\"\"]'≡⎕JSON 1 ¯2.5 'a' 'bc' ⍬ ''",
        "'[true,[1]]'≡⎕JSON(⊂'true')(,1)",
        "'1234567890123456'≡⎕JSON 1234567890123456",
        "'0.1'≡⎕JSON 0.1",
        "'\"\\u0001\\t\\\\\\\"\"'≡1⎕JSON(⎕UCS 1 9),'\\\"'",
        "'\"\\u00E9\\uD83D\\uDE00\"'≡1(⎕JSON⍠'Charset' 'ASCII')'é',⎕UCS 128512",
        "'\"\\xE9\"'≡1(⎕JSON⍠('Charset' 'ASCII')('Dialect' 'JSON5'))'é'",
        "'[[1,2],[3,4]]'≡1(⎕JSON⍠'HighRank' 'Split')2 2⍴⍳4",
        "'[\"ab\",\"cd\"]'≡1(⎕JSON⍠'HighRank' 'Split')2 2⍴'abcd'",
        "11=⊃{11::11⋄1⎕JSON 2 2⍴⍵}4",
        "11=⊃{11::11⋄1⎕JSON ⍵}0J1",
        "'{\"a\":{\"b c\":1},\"2a\":[2]}'≡1⎕JSON 0⎕JSON'{\"a\":{\"b c\":1},\"2a\":[2]}'",
        "'{\"a\":2}'≡1⎕JSON ⎕JSON'{\"a\":1,\"a\":2}'",
        "t←2 3⍴'what' 'price' 'n' 'ink' 7 1",
        "'[{\"what\":\"ink\",\"price\":7,\"n\":1}]'≡1⎕JSON⊂2 t",
        "'[{\"what\":\"ink\"}]'≡1⎕JSON⊂3((1↓t)(1⌷t))1 1",
        "m←(⎕JSON⍠'M')'{\"a\":[1,\"b\",true],\"c\":null}'",
        "(0 1 2 2 2 1)(1 2 3 4 6 5)≡m[;1]m[;4]",
        "'{\"a\":[1,\"b\",true],\"c\":null}'≡1(⎕JSON⍠'M')m",
        "m[3;3]←⊂'75'",
        "11=⊃{11::11⋄1(⎕JSON⍠'M')m}⍬",
        "11=⊃{11::11⋄(⎕JSON⍠'Format' 'X')'1'}⍬",
        "6=+/(⎕UCS 10)=1(⎕JSON⍠'Compact' 0⍠'Format' 'D')(1 2)⍬",
        "ns←⎕JSON'{\"a\":{\"b\":[1,2]},\"2a\":3}'",
        "1 2≡ns.a.b",
        "3=ns.⍙2a",
        "9.1=ns.⎕NC⊂,'a'",
        "ns.a.c←ns",
        "11=⊃{11::11 ⋄ 1⎕JSON ⍵}ns",
        "d←100000",
        "1≡⊃{⊃⍵}⍣d⊢⎕JSON(d⍴'['),'1',d⍴']'",
    ]);
}

#[test]
fn csv() {
    all_true(&[
        "(2 2⍴,¨'a1b2')≡⎕CSV('a,1' 'b,2')''",
        "m←⎕CSV('a,1' 'b,2')''4",
        "(2 2⍴(,'a')1(,'b')2)≡m",
        "(1 2⍴'x, y' 'he \"said\"')≡⎕CSV'\"x, y\",\"he \"\"said\"\"\"' 'S'",
        "nl←⎕UCS 10",
        "(2 1⍴('a',nl,'b')(,'c'))≡⎕CSV('\"a',(⎕UCS 13 10),'b\"',nl,'c',nl)'S'",
        "(1 3⍴'' '' '')≡⎕CSV',,' 'S'",
        "(1 2⍴(,'a')' b ')≡⎕CSV' a ,\" b \"' 'S'",
        "' a '≡⊃(⎕CSV⍠'Trim' 0)' a ,b' 'S'",
        "(1 2⍴'a,b'(,'c'))≡(⎕CSV⍠'EscapeChar' '\\')'a\\,b,c' 'S'",
        "(1 6⍴⍳6)≡⎕CSV'1,2,3,4,5,6' 'S' 2",
        "(1 4⍴¯1.5 1000 7 7)≡(⎕CSV⍠('Separator' ';')('Decimal' ',')('Thousands' '.')('Fill' 7))'-1,5;1.000;;x' 'S'(2 2 5 3)",
        "11=⊃{11::11⋄⎕CSV ⍵}'x' 'S' 2",
        "11=⊃{11::11⋄⎕CSV ⍵}('a,b' 'c')''",
        "11=⊃{11::11⋄⎕CSV ⍵}'\"a' 'S'",
        "(2 2⍴(,'a')(,'b')(,'c')'')≡(⎕CSV⍠'Ragged' 1)('a,b,x' 'c')''(1 1)",
        "(1 1⍴⊂,'b')≡⎕CSV'a,b' 'S'(0 1)",
        "((2 2⍴'abc ')(1 2))≡(⎕CSV⍠1)('ab,1' 'c,2')''(1 2)",
        "(('ab'(,'c'))(1 2))≡(⎕CSV⍠'Invert' 2)('ab,1' 'c,2')''(1 2)",
        "(1 2⍴'abc' 12)(,¨'xy')≡(⎕CSV⍠'Widths'(3 2))('x  y ' 'abc12')''(1 2)1",
        "('a,1.5',nl,'\"x,y\",-2',nl)≡(2 2⍴'a' 1.5 'x,y' ¯2)⎕CSV''",
        "(,¨'n,v' 'a,1')≡((1 2⍴'a' 1)(,¨'nv'))⎕CSV'' 'N'",
        "('a  1.3  ',nl)≡(1 2⍴'a' 1.3)(⎕CSV⍠'Widths'(3 5))''",
        "('1;234.567,5',nl)≡(1 2⍴1 234567.5)(⎕CSV⍠('Separator' ';')('Decimal' ',')('Thousands' '.'))''",
        "('\"a\"\"b\"',nl)≡(1 1⍴⊂'a\"b')⎕CSV''",
        "11=⊃{11::11⋄⍵(⎕CSV⍠'QuoteChar' '')''}1 1⍴⊂'a,b'",
        "t←3 2⍴'one' 1 'two, 2' 2.25 'thr\"ee' ¯3E20",
        "t≡⎕CSV(t ⎕CSV'')'S'(1 2)",
        "22=⊃{22::22⋄⎕CSV ⍵}(739⌶0),'/file.csv'",
    ]);
}

#[test]
fn xml() {
    all_true(&[
        "none←0 2⍴⊂''",
        "x←'<xml><document id=\"001\">An introduction</document></xml>'",
        "(2 5⍴0 'xml' ''none 3 1 'document' 'An introduction'(1 2⍴'id' '001')5)≡⎕XML x",
        "x≡(⎕XML⍠'Whitespace' 'Preserve')⎕XML x",
        "x≡(⎕XML⍠'Whitespace' 'Preserve')⎕XML ⎕XML ⎕XML x",
        "lf←⎕UCS 10",
        "y←'<a>  one ',lf,' two<b/> ',lf,'</a>'",
        "('' 'one two' '')≡,(⎕XML y)[;3]",
        "('' ('one ',lf,' two') '')≡,((⎕XML⍠'Whitespace' 'Trim')y)[;3]",
        "y≡(⎕XML⍠'Whitespace' 'Preserve')(⎕XML⍠'Whitespace' 'Preserve')y",
        "7 4 1≡(⎕XML y)[;5]",
        "(⎕XML y)≡'whitespace' 'strip'⎕XML y",
        "'<&>\"''A⍺'≡⊃(⎕XML'<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x237A;</a>')[1;3]",
        "'?'≡⊃⊃(⎕XML'<a>&who;</a>')[1;3]",
        "((⎕UCS 27),'who;')≡⊃((⎕XML⍠'UnknownEntity' 'Preserve')'<a>&who;</a>')[1;3]",
        "' <b> '≡⊃((⎕XML⍠'Whitespace' 'Preserve')'<a><![CDATA[ <b> ]]></a>')[1;3]",
        "' b '≡⊃(⎕XML'<a xml:space=\"preserve\"> b </a>')[1;3]",
        "32 8 17≡((⎕XML⍠'Markup' 'Preserve')'<?p q?><!DOCTYPE a><a><!--c--></a>')[1 2 3;5]",
        "'!--c--'≡⊃((⎕XML⍠'Markup' 'Preserve')'<a><!--c--></a>')[2;2]",
        "('<a k=\"&lt;&quot;\">1.5</a>',lf)≡⎕XML 1 4⍴0 'a' 1.5('k' '<\"')",
        "('<a>',lf,'  x',lf,'  <b/>',lf,'</a>',lf)≡⎕XML 2 3⍴0 'a' 'x' 1 'b' ''",
        "11=⊃{11::11⋄⎕XML ⍵}'<a><b></a>'",
        "11=⊃{11::11⋄⎕XML ⍵}'<a>'",
        "11=⊃{11::11⋄⎕XML ⍵}'text'",
        "11=⊃{11::11⋄⎕XML ⍵}'<a b=\"1\" b=\"2\"/>'",
        "11=⊃{11::11⋄⎕XML ⍵}2 3⍴0 'a' '' 2 'b' ''",
        "11=⊃{11::11⋄⎕XML ⍵}1 3⍴0 'a b' ''",
        "d←50000",
        "d=1+⌈/(⎕XML(∊d⍴⊂'<a>'),∊d⍴⊂'</a>')[;1]",
    ]);
}

#[test]
fn definitions() {
    all_true(&[
        "dfn←{⍺←1 ⋄ ⍺+⍵}",
        "dop←{⍺⍺ ⍵⍵ ⍵}",
        "sum←+/",
        "mean←+⌿÷≢",
        "v←1 2 3",
        "(,⊂'dfn←{⍺←1 ⋄ ⍺+⍵}')≡⎕NR'dfn'",
        "(1 15⍴'dfn←{⍺←1 ⋄ ⍺+⍵}')≡⎕CR'dfn'",
        "'+/'≡⎕CR'sum'",
        "('+⌿' '÷' '≢')≡⎕CR'mean'",
        "(0 0⍴'')≡⎕CR'v'",
        "(0⍴⊂'')≡⎕NR'nothing'",
        "''≡⎕VR'v'",
        "'inc'≡⎕FX'r←inc y' 'r←y+1'",
        "6=inc 5",
        "(' r←inc y' ' r←y+1')≡⎕NR'inc'",
        "34=≢⎕VR'inc'",
        "'inc'≡⎕FX ⎕VR'inc'",
        "'inc'≡⎕FX ⎕CR'inc'",
        "'inc'≡⎕FX'∇r←inc y' 'r←y+2' '∇'",
        "7=inc 5",
        "'dfn'≡⎕FX ⎕NR'dfn'",
        "3=2 dfn 1",
        "'two'≡⎕FX'two←{' '⍵+⍵' '}'",
        "4=two 2",
        "(' two←{' ' ⍵+⍵' ' }')≡⎕NR'two'",
        "1=⎕FX'r←bad (' 'r←1'",
        "1=⎕FX'v←{1}' ''",
        "1=⎕FX''",
        "(1 ¯2 0)(1 ¯2 2)(1 ¯2 0)(1 1 0)(0 0 0)≡⊃¨↓(⎕AT'dfn' 'dop' 'sum' 'inc' 'v')[;,1]",
        "'op'≡⎕FX'{z}←{l}(f op)r;a' 'z←f r'",
        "¯1 ¯2 1≡⊃⎕AT'op'",
        "(2 3⍴1 1 0 1 0 0)≡1⎕AT'inc' 'v'",
        "(1 3.1)≡10 42⎕ATX'inc'",
        "(2 3)≡40⎕ATX,¨'v' 'inc'",
        "0 0≡⎕SIZE'nothing' '⎕IO'",
        "x←1000⍴0.5",
        "8000≤⎕SIZE'x'",
        "1 2 3≡⎕OR,'v'",
        "''≡⎕LX",
        "⎕LX←'+'",
        "(,'+')≡⎕LX",
        "256=≢∪⎕AV",
        "⎕A≡⎕AV[65+⍳26]",
    ]);
}

#[test]
fn the_search_path_finds_functions() {
    let mut typed = Typed::new();
    typed
        .shows("'kit'⎕NS'' ⋄ kit.half←{⍵÷2} ⋄ kit.size←3 ⋄ kit.on←{⍺⍺ ⍵}\n'kit.inner'⎕NS''\n⎕FX'r←probe x' 'r←half x'");
    assert!(typed.shows("half 8").starts_with("VALUE ERROR"));
    typed.shows("⎕PATH←'nowhere  kit'");
    for (line, shown) in [
        ("half 8", "4\n"),
        ("half¨2 4", "1 2\n"),
        ("half on 8", "4\n"),
        ("probe 8", "4\n"),
        ("⎕NC'half'", "0\n"),
        ("{half←{⍵×2} ⋄ half ⍵}8", "16\n"),
        ("⎕PATH", "nowhere  kit\n"),
        (")clear\n⎕PATH", "clear ws\nnowhere  kit\n"),
    ] {
        assert_eq!(typed.shows(line), shown, "{line}");
    }
    assert!(typed.shows("⎕PATH←'a b!'").starts_with("DOMAIN ERROR"));
    // Local to a function, and back.
    typed.shows("⎕PATH←''\n'kit'⎕NS'' ⋄ kit.half←{⍵÷2}\n⎕FX'r←f x;⎕PATH' '⎕PATH←''kit''' 'r←half x'");
    assert_eq!(typed.shows("f 8"), "4\n");
    assert_eq!(typed.shows("≢⎕PATH"), "0\n");
}

#[test]
fn names_are_shadowed() {
    let mut typed = Typed::new();
    typed.shows("x←1 ⋄ y←2\n⎕FX'r←f a' '⎕SHADOW''x y''' 'x←a ⋄ y←10' 'r←g 0'\n⎕FX'r←g a' 'r←x,y'");
    assert_eq!(typed.shows("f 5 ⋄ x y"), "5 10\n1 2\n");
    // A name that is local already, names given twice, an error, and a dfn on the way.
    typed.shows("⎕FX'r←h x' '⎕SHADOW''x x y''' 'x←y←7 ⋄ r←x÷0'");
    assert!(typed.shows("h 3").starts_with("DOMAIN ERROR"));
    assert_eq!(typed.shows("x y"), "1 2\n");
    typed.shows("⎕FX'r←k a' '{⎕SHADOW ⍵}''x''' 'x←9' 'r←{x+⍵}1'");
    assert_eq!(typed.shows("k 0 ⋄ x"), "10\n1\n");
    assert_eq!(typed.shows("⊢⎕SHADOW'x y' ⋄ x"), "1 1\n1\n");
}

#[test]
fn matrices_are_decomposed() {
    let mut typed = Typed::new();
    typed.shows("near←{1E¯12>⌈/,|⍺-⍵} ⋄ unit←{(⍵+.×⍉+⍵)near∘.=⍨⍳≢⍵} ⋄ ⎕RL←7 1");
    for matrix in ["?4 4⍴0", "?5 2⍴0", "?2 5⍴0", "3 3⍴⍳9", "(?3 2⍴0)+0J1×?3 2⍴0", "2 2⍴0", "1 1⍴¯3"]
    {
        typed.shows(&format!("m←{matrix} ⋄ (u s v f)←8415⌶m"));
        let holds = typed.shows("(m near u+.×s+.×⍉+v)(unit u)(unit v)f((⍴s)≡⍴m)(∧/2≥/1 1⍉s)(∧/,0≤s)");
        assert_eq!(holds, "1 1 1 1 1 1 1\n", "{matrix}");
    }
    // The eigenvalues of the matrix times its transpose are 40 and 10.
    assert_eq!(typed.shows("⎕PP←12 ⋄ (1 1⍉2⊃8415⌶2 2⍴4 0 3 ¯5)*2"), "40 10\n");
}

#[test]
fn services_are_there_by_number() {
    let mut typed = Typed::new();
    for (line, shown) in [
        ("1(85⌶)'2+3'", "5\n"),
        ("0(85⌶)'b←6'", "6\n"),
        ("{85::'none' ⋄ 1(85⌶)⍵}'b←6'", "none\n"),
        ("{⍵(85⌶)'⍵+1'}0", "1\n"),
        ("819⌶'ABC' ⋄ 1(819⌶)'é'", "abc\nÉ\n"),
        ("(1500⌶1 2 3)⍳3", "3\n"),
        ("'-'=(120⌶0)[9 14 19 24] ⋄ (120⌶0)[15] ⋄ (120⌶7)[15]", "1 1 1 1\n4\n7\n"),
        ("(120⌶0)≡120⌶0", "0\n"),
        ("0<2000⌶0 16", "1 1\n"),
        ("f←{\n⍵\n}\n50100⌶'f' 'nosuch'", "3 0\n"),
    ] {
        assert_eq!(typed.shows(line), shown, "{line}");
    }
    assert!(typed.shows("4711⌶0").starts_with("NONCE ERROR: the service 4711⌶"));
}

/// Programs run by ⎕SHELL, as the page of the documentation says.
#[test]
fn programs_are_run_with_options() {
    let run = |line: &str| {
        let output =
            std::process::Command::new(env!("CARGO_BIN_EXE_zilde")).args(["-e", line]).output().expect("zilde");
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (line, shown) in [
        ("2↓⎕SHELL'kill -9 $$'", "¯9 1 ¯1\n"),
        ("2↓⎕SHELL'false'", "1 0 ¯1\n"),
        ("⊃⊃⎕SHELL⍠'Output'((1 'Null')(2 'Array'))⊢'echo a; echo b >&2'", " b \n"),
        ("⊃⊃⎕SHELL⍠'Output'(1('Array' 83))⊢'printf AB'", "65 66\n"),
        ("⊃⊃⎕SHELL⍠'WorkingDir' '/'⊢'pwd'", " / \n"),
        ("⊃⊃⎕SHELL⍠('InheritEnv' 0)('Env'('A' 'b c'))⊢'/usr/bin/env'", " A=b c "),
        ("⊃⊃⎕SHELL⍠'Input'(0('Array' 'tea'))⊢'cat; echo'", " tea \n"),
        ("⊃⊃⎕SHELL⍠'Shell'('/bin/sh' '-ec')⊢'false; echo on'", ""),
        // What goes on in the background is not waited for.
        ("⊃⊃⎕SHELL'echo now; sleep 30 & true'", " now \n"),
        // More than a pipe holds, in and out.
        ("≢⊃⊃⊃⎕SHELL⍠'Input'(0('Array'(200000⍴'x')))⊢'cat'", "200000\n"),
    ] {
        let (out, err) = run(line);
        assert!(out.starts_with(shown) && !err.contains("INTERNAL"), "{line}: {out}{err}");
    }
    for (line, told) in [
        ("⎕SHELL⍠'ExitCheck' 1⊢'exit 3'", "DOMAIN ERROR: The program ended with exit code 3"),
        ("⎕SHELL⊂'/no/such/program'", "FILE NAME ERROR"),
        ("⎕SHELL⊂''", "DOMAIN ERROR"),
        ("⎕SHELL⍠'Output'((1 2)(2 1))⊢'true'", "DOMAIN ERROR"),
        ("⎕SHELL⍠'Output'(3 'Array')⊢'true'", "NONCE ERROR"),
        ("⎕SHELL⍠'Output'(1('Callback' 'f'))⊢'true'", "NONCE ERROR"),
    ] {
        let (_, err) = run(line);
        assert!(err.starts_with(told), "{line}: {err}");
    }
    let sandboxed = std::process::Command::new(env!("CARGO_BIN_EXE_zilde"))
        .args(["--sandbox", "-e", "⎕SHELL'true'"])
        .output()
        .expect("zilde");
    assert!(String::from_utf8_lossy(&sandboxed.stderr).contains("--allow-run"));
}

/// Functions as arrays.
#[test]
fn functions_are_arrays_and_functions_again() {
    let mut typed = Typed::new();
    typed.shows("half←{⍵÷2} ⋄ dot←+.× ⋄ ⎕FX'r←a minus b' 'r←a-b' ⋄ hh←half∘half ⋄ twice←{⍺⍺ ⍺⍺ ⍵}");
    typed.shows("n←⎕NS⍬ ⋄ n.k←10 ⋄ n.add←{⍵+k}");
    for (line, shown) in [
        ("⍕⎕OR'half'", "{⍵÷2}\n"),
        ("⍕⎕OR'dot'", "+.×\n"),
        ("⍴⍕⎕OR'minus'", "3 18\n"),
        ("⎕OR'minus'", "     ∇ r←a minus b\n[1]    r←a-b\n     ∇\n"),
        ("(≢⍴⎕OR'half')(≡⎕OR'half')", "0 1\n"),
        ("(⎕OR'half')≡⎕OR'half'", "1\n"),
        ("(⎕OR'half')≡⎕OR'dot'", "0\n"),
        ("(⎕OR¨'half' 'dot' 'minus')⍳⊂⎕OR'dot'", "2\n"),
        ("a←⎕OR'half' ⋄ a 9", "4.5\n"),
        ("⎕NC'a' ⋄ ⎕EX'a' ⋄ a←5 ⋄ ⎕NC'a'", "3\n2\n"),
        ("inner←⎕OR'dot' ⋄ 1 2 3 inner 4 5 6", "32\n"),
        ("{g←⎕OR'hh' ⋄ g ⍵}16", "4\n"),
        ("{g←⍺⍺ ⋄ ⍕⎕OR'g'}", ""),
        ("-{g←⍺⍺ ⋄ ⍕⎕OR'g'}0", "-\n"),
        ("{{⍵×3}{g←⍺⍺ ⋄ ⎕OR'g'}⍵}0", "{⍵×3}\n"),
        ("(⎕OR'half')twice 12", "3\n"),
        ("2((⎕OR'minus'){⍺ ⍺⍺ ⍵})7", "¯5\n"),
        ("m←⎕OR'minus' ⋄ ⎕NC'm' ⋄ ⎕EX'minus' ⋄ ⊢⎕FX m ⋄ 9 minus 2", "2\nminus\n7\n"),
        ("↑⎕NR ⎕OR'half'", "half←{⍵÷2}\n"),
        ("(⎕CR ⎕OR'minus')≡⎕CR'minus'", "1\n"),
        ("t←⎕OR'twice' ⋄ half t 20", "5\n"),
        ("⎕OR'nosuch'", "VALUE ERROR: Undefined name: nosuch\n      ⎕OR'nosuch'\n      ∧\n"),
        ("⎕OR'n'", "∇n\n"),
        ("(⎕NS ⎕OR'n').k", "10\n"),
        ("1 2,⎕OR'half'", "1 2  ∇half \n"),
        ("⎕OR'n.k'", "10\n"),
    ] {
        let got: String = typed.shows(line).lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        let wanted: String = shown.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        assert!(got == wanted || shown.is_empty(), "{line}: {got}");
    }
    typed.fails("a←⎕OR'dot'", "SYNTAX ERROR: Can't change nameclass on assignment\n      a←⎕OR'dot'\n      ∧\n");
    for line in ["1+⎕OR'half'", "(⎕OR'half').x", "⎕JSON ⎕OR'half'", "⎕NS ⎕OR'half'", "⍎⎕OR'half'"] {
        let got = typed.shows(line);
        assert!(got.contains("ERROR") && !got.contains("INTERNAL"), "{line}: {got}");
    }
}

/// System functions of nothing give nothing.
#[test]
fn system_functions_of_no_items() {
    let mut typed = Typed::new();
    typed.all_true(&[
        "⍬≡⎕EX¨⍬",
        "0≡≢⎕EX¨0⍴⊂'name'",
        "0≡≢⎕NUNTIE¨0⍴⊂'x'",
        "0≡≢⎕NDELETE¨0⍴⊂'no/such/file'",
        "0 3≡⍴⎕NGET¨0 3⍴⊂''",
    ]);
}
