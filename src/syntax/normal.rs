//! The text of a function as the interpreter writes it: blanks that mean nothing are left out.
//!
//! A line has one leading blank unless it begins with a comment or a label. A blank stays between two words that would
//! be read as one or otherwise without it, and between names, numbers and arguments; `⋄` has one on each side, and so
//! has what follows a control word. Blanks before comments and within comments and texts stay as they are.

use super::scan::{Class, Word, words};
use super::traditional::{ControlWords, control_words};

/// What a text is the definition of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A traditional function or operator, the header first: its lines may have labels and control words.
    Traditional,
    /// A dfn or dop.
    Direct,
}

/// The lines of a definition. `step` is by how many blanks what is within a control structure or within braces stands
/// further right.
pub fn lines(text: &str, kind: Kind, step: usize) -> Vec<String> {
    let mut writer = Writer { kind, step, depth: 0, structures: 0 };
    text.split('\n').map(|line| writer.line(line.trim_end_matches('\r'))).collect()
}

/// The text of a dfn: its first line, which begins with a brace, has no leading blank.
pub fn direct(text: &str) -> String {
    let text = lines(text, Kind::Direct, 0).join("\n");
    text.strip_prefix(' ').map_or(text.clone(), str::to_string)
}

struct Writer {
    kind: Kind,
    step: usize,
    /// Open brackets.
    depth: usize,
    /// Open control structures.
    structures: usize,
}

impl Writer {
    fn line(&mut self, line: &str) -> String {
        let words: Vec<Word> = words(line).into_iter().filter(|word| word.class != Class::Blank).collect();
        let Some(first) = words.first() else { return String::new() };
        // Within brackets there are neither labels nor control words.
        let structured = self.kind == Kind::Traditional && self.depth == 0;
        let control = if structured { control_words(line) } else { ControlWords::default() };
        let is_label = structured && begins_with_label(&words);
        let outdented = usize::from(control.outdented || first.class == Class::Close);
        let level = (self.structures + self.depth).saturating_sub(outdented);
        let mut written = match first.class {
            Class::Comment => String::new(),
            _ if is_label => String::new(),
            _ => " ".repeat(1 + level * self.step),
        };
        let separated = if structured { separated(line, &words, is_label) } else { Vec::new() };
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                let before = &words[at - 1];
                let typed = &line[before.range.end..word.range.start];
                let parts = [before, word].iter().any(|word| word.class == Class::Glyph('⋄'));
                if word.class == Class::Comment {
                    written += typed;
                } else if parts || separated.contains(&at) || !typed.is_empty() && matters(line, before, word) {
                    written.push(' ');
                }
            }
            match word.class {
                Class::Open => self.depth += 1,
                Class::Close => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            written += &line[word.range.clone()];
        }
        self.structures = self.structures.saturating_add_signed(control.open as isize);
        written
    }
}

fn begins_with_label(words: &[Word]) -> bool {
    matches!(words, [Word { class: Class::Name, .. }, Word { class: Class::Glyph(':'), .. }, ..])
}

/// The words that have a blank before them because a control word stands there or right before.
fn separated(line: &str, words: &[Word], is_label: bool) -> Vec<usize> {
    let text = |word: &Word| &line[word.range.clone()];
    let mut found = Vec::new();
    let mut at = if is_label { 2 } else { 0 };
    // Whether a statement begins here, and whether it is a `:For`.
    let (mut begins, mut loops) = (true, false);
    while at < words.len() {
        if let [colon, name, ..] = &words[at..]
            && colon.class == Class::Glyph(':')
            && name.class == Class::Name
            && colon.range.end == name.range.start
            && (begins || loops && ["in", "ineach"].iter().any(|word| text(name).eq_ignore_ascii_case(word)))
        {
            if !begins {
                found.push(at);
            }
            found.push(at + 2);
            loops = begins && text(name).eq_ignore_ascii_case("for");
            begins = false;
            at += 2;
            continue;
        }
        begins = words[at].class == Class::Glyph('⋄');
        at += 1;
    }
    found
}

/// Whether a blank between two words of a line means something, or separates what is read as a list.
fn matters(line: &str, before: &Word, word: &Word) -> bool {
    let named = |word: &Word| matches!(word.class, Class::Name | Class::Number | Class::Quad | Class::Glyph('⍺' | '⍵'));
    let doubled =
        before.class == word.class && matches!(word.class, Class::Glyph('∇' | ':' | '#') | Class::Text { .. });
    let joined = format!("{}{}", &line[before.range.clone()], &line[word.range.clone()]);
    let read = words(&joined);
    named(before) && named(word) || doubled || read.len() != 2 || read[0].range.end != before.range.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traditional(text: &str) -> String {
        lines(text, Kind::Traditional, 0).join("|")
    }

    #[test]
    fn blanks_that_mean_nothing_go() {
        assert_eq!(traditional("z ← a  fn  b ; c ;  ⎕IO\n  z ←  ( a , b )[ 1 ; ]"), " z←a fn b;c;⎕IO| z←(a,b)[1;]");
        assert_eq!(traditional("f\nx ← 1  2 3 + .5 ¯4"), " f| x←1 2 3+.5 ¯4");
        assert_eq!(traditional("{ r }←{ a } ( f op )w"), " {r}←{a}(f op)w");
        assert_eq!(traditional("f\n x ← 'a  b'  \"c\"   'd'"), " f| x←'a  b' \"c\" 'd'");
        assert_eq!(traditional("f\n 2 ⎕FIX  x ⋄ y ⎕NQ 'a'"), " f| 2 ⎕FIX x ⋄ y ⎕NQ'a'");
        assert_eq!(traditional("f\n 1 . 5 + 3 .5"), " f| 1 . 5+3 .5");
    }

    #[test]
    fn diamonds_have_blanks() {
        assert_eq!(traditional("f\na⋄b   ⋄c⋄"), " f| a ⋄ b ⋄ c ⋄");
        assert_eq!(traditional("f\nL:⋄x"), " f|L: ⋄ x");
    }

    #[test]
    fn comments_and_labels_begin_their_lines() {
        assert_eq!(traditional("f  x   ⍝  one\n   ⍝ two  \n  go : x   ⍝three"), " f x   ⍝  one|⍝ two  |go:x   ⍝three");
        assert_eq!(traditional("f\n\n   \nx"), " f||| x");
    }

    #[test]
    fn control_words_stand_apart() {
        assert_eq!(traditional("f\n:If  x\n:If(x)\n :EndIf\n:end"), " f| :If x| :If (x)| :EndIf| :end");
        assert_eq!(traditional("f\n:For  a  b:In(⍳2)  ⋄ a⋄:EndFor"), " f| :For a b :In (⍳2) ⋄ a ⋄ :EndFor");
        assert_eq!(traditional("f\nL: :If ~ x"), " f|L: :If ~x");
    }

    #[test]
    fn dfns() {
        let direct = |text| super::direct(text);
        assert_eq!(direct("{ ⍺ ← 1 ⋄ ⍵ ⍵ , ⍺ ⍺⍺ ⍵ }"), "{⍺←1 ⋄ ⍵ ⍵,⍺ ⍺⍺ ⍵}");
        assert_eq!(direct("{\n  x : y\n  11 :: 0 ⍝ no\n ⍝ c\n ∇ ∇ ⍵\n}"), "{\n x:y\n 11::0 ⍝ no\n⍝ c\n ∇ ∇⍵\n }");
        assert_eq!(lines("f ← {\n⍵\n}", Kind::Direct, 0), [" f←{", " ⍵", " }"]);
    }

    #[test]
    fn structures_may_be_indented() {
        let text = "f\n:If a\nb\n:Else\n:Repeat\nc\n:Until d\n⍝ e\n:EndIf\ng←{\n⍵\n}";
        let expected = [
            " f",
            " :If a",
            "   b",
            " :Else",
            "   :Repeat",
            "     c",
            "   :Until d",
            "⍝ e",
            " :EndIf",
            " g←{",
            "   ⍵",
            " }",
        ];
        assert_eq!(lines(text, Kind::Traditional, 2), expected);
        assert_eq!(lines("f←{\n⍺ ⍵}", Kind::Direct, 4), [" f←{", "     ⍺ ⍵}"]);
    }
}
