//! Colours of a line while it is edited: numbers, literals, comments, primitives, names by class, brackets by depth.

use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;

use anstyle::{AnsiColor, Style};

use crate::code::node::Class as NameClass;
use crate::syntax::scan::{Class, Word, words};
use crate::{operator, primitive};

const PLAIN: Style = Style::new();
const COMMENT: Style = AnsiColor::BrightBlack.on_default().italic();
const TEXT: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Cyan.on_default();
const FUNCTION: Style = AnsiColor::Blue.on_default().bold();
const OPERATOR: Style = AnsiColor::Magenta.on_default();
const SYSTEM: Style = AnsiColor::BrightGreen.on_default();
const ARGUMENT: Style = AnsiColor::BrightYellow.on_default();
const WRONG: Style = AnsiColor::Red.on_default().underline();
const DEPTHS: [Style; 3] =
    [AnsiColor::Yellow.on_default(), AnsiColor::BrightMagenta.on_default(), AnsiColor::BrightCyan.on_default()];

/// The line with its colours as escape sequences; the bracket at the cursor (a byte offset) and its partner stand out.
pub fn coloured(line: &str, cursor: Option<usize>, names: &[(Rc<str>, NameClass)]) -> String {
    let words = words(line);
    let brackets = Brackets::of(line, &words);
    let pair = cursor.and_then(|cursor| brackets.pair_at(cursor));
    let classes: HashMap<&str, NameClass> = names.iter().map(|(name, class)| (&**name, *class)).collect();
    let mut out = String::with_capacity(line.len() * 2);
    for word in &words {
        let text = &line[word.range.clone()];
        let mut style = match word.class {
            Class::Open | Class::Close => brackets.style(word.range.start),
            class => style(class, text, &classes),
        };
        if pair.is_some_and(|(open, close)| [open, close].contains(&word.range.start)) {
            style = style.bold().underline();
        }
        // A String takes whatever is written.
        let _ = if style == PLAIN { out.write_str(text) } else { write!(out, "{style}{text}{style:#}") };
    }
    out
}

fn style(class: Class, text: &str, names: &HashMap<&str, NameClass>) -> Style {
    match class {
        Class::Blank | Class::Open | Class::Close => PLAIN,
        Class::Comment => COMMENT,
        Class::Text { closed: true } => TEXT,
        Class::Text { closed: false } => WRONG,
        Class::Number => NUMBER,
        Class::Quad => SYSTEM,
        Class::Name => match names.get(text) {
            Some(NameClass::Function) => FUNCTION,
            Some(NameClass::Monadic | NameClass::Dyadic | NameClass::Hybrid) => OPERATOR,
            Some(NameClass::Array) | None => PLAIN,
        },
        Class::Glyph('⍺' | '⍵' | '∇') => ARGUMENT,
        Class::Glyph('⍬') => NUMBER,
        Class::Glyph('⍞') => SYSTEM,
        // Before functions: a slash is an operator far more often.
        Class::Glyph(glyph) if operator::lookup(glyph).is_some() => OPERATOR,
        Class::Glyph(glyph) if primitive::lookup(glyph).is_some() => FUNCTION,
        Class::Glyph(_) => PLAIN,
    }
}

/// Each bracket's partner and depth.
struct Brackets {
    /// By the bracket's place: its partner's place, and how deep they nest.
    partners: HashMap<usize, (usize, usize)>,
}

impl Brackets {
    fn of(line: &str, words: &[Word]) -> Brackets {
        let mut open: Vec<(char, usize)> = Vec::new();
        let mut partners = HashMap::new();
        for word in words {
            let place = word.range.start;
            let bracket = line[word.range.clone()].chars().next().unwrap_or(' ');
            match word.class {
                Class::Open => open.push((bracket, place)),
                Class::Close => {
                    if let Some((_, partner)) = open.pop_if(|(inner, _)| opening(bracket) == Some(*inner)) {
                        partners.insert(place, (partner, open.len()));
                        partners.insert(partner, (place, open.len()));
                    }
                }
                _ => {}
            }
        }
        // Still open: not wrong, only not done.
        for (depth, (_, place)) in open.into_iter().enumerate() {
            partners.insert(place, (place, depth));
        }
        Brackets { partners }
    }

    fn style(&self, place: usize) -> Style {
        match self.partners.get(&place) {
            Some((_, depth)) => DEPTHS[depth % DEPTHS.len()],
            None => WRONG,
        }
    }

    /// The pair whose bracket is under the cursor or just before it.
    fn pair_at(&self, cursor: usize) -> Option<(usize, usize)> {
        let at = |place: usize| {
            let &(partner, _) = self.partners.get(&place)?;
            (partner != place).then_some((place, partner))
        };
        at(cursor).or_else(|| at(cursor.checked_sub(1)?))
    }
}

/// The bracket that `closing` closes.
fn opening(closing: char) -> Option<char> {
    match closing {
        ')' => Some('('),
        ']' => Some('['),
        '}' => Some('{'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colours as tags: number `n`, literal `t`, and so on; brackets by depth, `*` at the cursor.
    fn tagged(line: &str, cursor: Option<usize>) -> String {
        let names = [(Rc::from("f"), NameClass::Function), (Rc::from("x"), NameClass::Array)];
        let mut out = coloured(line, cursor, &names);
        let tags = [(NUMBER, "n"), (TEXT, "t"), (COMMENT, "c"), (FUNCTION, "f"), (OPERATOR, "o"), (WRONG, "w")];
        for (style, tag) in tags {
            out = out.replace(&style.render().to_string(), &format!("<{tag}:"));
        }
        for (depth, style) in DEPTHS.iter().enumerate() {
            out = out.replace(&style.bold().underline().render().to_string(), "<*:");
            out = out.replace(&style.render().to_string(), &format!("<{depth}:"));
        }
        out.replace(&PLAIN.bold().render_reset().to_string(), ">")
    }

    #[test]
    fn words_have_colours() {
        assert_eq!(tagged("x←f 1 ⍝ a", None), "x←<f:f> <n:1> <c:⍝ a>");
        assert_eq!(tagged("+/'a'", None), "<f:+><o:/><t:'a'>");
    }

    #[test]
    fn brackets_pair_up() {
        assert_eq!(tagged("([x])", None), "<0:(><1:[>x<1:]><0:)>");
        assert_eq!(tagged("([x])", Some(4)), "<*:(><1:[>x<1:]><*:)>");
        assert_eq!(tagged("([x])", Some(5)), "<*:(><1:[>x<1:]><*:)>");
        assert_eq!(tagged("(]", None), "<0:(><w:]>");
    }

    #[test]
    fn without_its_colours_the_line_is_the_same() {
        for line in ["f←{⍵+¯1.5E3}⍝ no", "'open", "⎕io ⍞ ⍬ ∇∇ (((", "", "a\n      b)"] {
            for cursor in 0..=line.len() {
                let shown = coloured(line, Some(cursor), &[]);
                let mut plain = String::new();
                let mut rest = shown.as_str();
                while let Some(at) = rest.find('\u{1b}') {
                    plain += &rest[..at];
                    let end = rest[at..].find('m').unwrap();
                    rest = &rest[at + end + 1..];
                }
                assert_eq!(plain + rest, line);
            }
        }
    }
}
