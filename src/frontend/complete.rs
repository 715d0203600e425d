//! Tab: glyphs from two characters, a name, or a backtick and a key; names of the workspace and of namespaces, system
//! names and commands.

use std::rc::Rc;

use crate::code::node::Class;
use crate::glyphs;
use crate::session::help::COMMANDS;
use crate::syntax::scan::{begins_name, continues_name};
use crate::system;

/// The key that announces a glyph.
pub const PREFIX: char = '`';

/// What Tab offers.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// How it is listed.
    pub shown: String,
    /// What is put into the line.
    pub replacement: String,
    /// What it is, in a word.
    pub about: String,
}

/// What is known of the workspace.
pub struct Known<'a> {
    /// The names in the current namespace.
    pub names: &'a [(Rc<str>, Class)],
    /// The names in a namespace, given by its name.
    pub members: &'a dyn Fn(&str) -> Vec<(Rc<str>, Class)>,
}

/// What Tab offers at a byte position of a line: where the replaced text begins, and the candidates.
pub fn candidates(line: &str, position: usize, known: &Known) -> (usize, Vec<Candidate>) {
    let before = line.get(..position).unwrap_or(line);
    let found = command(before)
        .or_else(|| key(before))
        .or_else(|| member(before, known))
        .or_else(|| system(before))
        .or_else(|| word(before, known.names))
        .or_else(|| pair(before));
    found.unwrap_or((position, Vec::new()))
}

/// All keys that a backtick may be followed by.
pub fn keys() -> Vec<Candidate> {
    all().into_iter().map(|(key, glyph)| announced(key, glyph)).collect()
}

/// All keys that type a glyph behind a backtick, with their glyphs.
pub fn all() -> Vec<(char, char)> {
    let mut keys: Vec<(char, char)> = glyphs::entries().filter_map(|entry| Some((entry.key?, entry.glyph))).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn announced(key: char, glyph: char) -> Candidate {
    let about = format!("{PREFIX}{key}");
    Candidate { shown: format!("{about} {glyph}"), replacement: glyph.to_string(), about }
}

type Found = Option<(usize, Vec<Candidate>)>;

fn found(start: usize, candidates: Vec<Candidate>) -> Found {
    (!candidates.is_empty()).then_some((start, candidates))
}

fn plain(text: String, about: &str) -> Candidate {
    Candidate { shown: text.clone(), replacement: text, about: about.to_owned() }
}

/// A name of a program.
fn own(name: &str, class: Class) -> Candidate {
    let about = match class {
        Class::Array => "array",
        Class::Function => "function",
        _ => "operator",
    };
    plain(name.to_owned(), about)
}

/// A glyph behind a backtick, where those stand in the line.
fn key(before: &str) -> Found {
    let mut last = before.char_indices().rev();
    let (at, typed) = last.next()?;
    match last.next() {
        Some((start, PREFIX)) => found(start, vec![announced(typed, glyphs::by_key(typed)?)]),
        _ if typed == PREFIX => found(at, keys()),
        _ => None,
    }
}

fn command(before: &str) -> Found {
    let typed = before.trim_start();
    if !typed.starts_with([')', ']']) {
        return None;
    }
    let lower = typed.to_lowercase();
    let names = COMMANDS.iter().flat_map(|command| command.names);
    let matching = names.filter(|name| name.starts_with(&lower));
    found(before.len() - typed.len(), matching.map(|name| plain((*name).to_owned(), "command")).collect())
}

/// The name that ends the text, if any.
fn last_name(before: &str) -> &str {
    let start = before.char_indices().rev().take_while(|&(_, c)| continues_name(c)).last();
    let run = start.map_or("", |(at, _)| &before[at..]);
    // A number may stand right before it: `3rho`.
    run.find(begins_name).map_or("", |at| &run[at..])
}

fn system(before: &str) -> Found {
    let typed = last_name(before);
    let start = before.len() - typed.len();
    let quad = before[..start].strip_suffix('⎕')?;
    let upper = typed.to_uppercase();
    let matching = system::names().filter(|name| name.starts_with(&upper));
    found(quad.len(), matching.map(|name| plain(format!("⎕{name}"), "system name")).collect())
}

/// The names in the namespace before a dot.
fn member(before: &str, known: &Known) -> Found {
    let typed = last_name(before);
    let start = before.len() - typed.len();
    let outer = before[..start].strip_suffix('.')?;
    let in_path = |&(_, c): &(usize, char)| continues_name(c) || matches!(c, '.' | '#' | '⎕');
    let begin = outer.char_indices().rev().take_while(in_path).last()?.0;
    let members = (known.members)(&outer[begin..]);
    let matching = members.iter().filter(|(name, _)| name.starts_with(typed));
    // Behind a dot stands nothing else.
    Some((start, matching.map(|(name, class)| own(name, *class)).collect()))
}

fn word(before: &str, names: &[(Rc<str>, Class)]) -> Found {
    let typed = last_name(before);
    if typed.is_empty() {
        return None;
    }
    let longer = names.iter().filter(|(name, _)| name.starts_with(typed) && **name != *typed);
    let mut pairs: Vec<Candidate> = longer.map(|(name, class)| own(name, *class)).collect();
    let named = glyphs::named(typed);
    let exact = matches!(named.as_slice(), [(_, name)] if name == typed);
    let two_letters = pairs.is_empty() && !exact;
    if let Some(composed) = two_letters.then(|| pair(typed)).flatten() {
        return Some((before.len() - typed.len() + composed.0, composed.1));
    }
    let glyphs = named.into_iter().map(|(glyph, name)| Candidate {
        shown: format!("{glyph} {name}"),
        replacement: glyph.to_string(),
        about: name,
    });
    if exact {
        // The whole name of a glyph was typed, for the glyph.
        pairs.clear();
    }
    pairs.extend(glyphs);
    found(before.len() - typed.len(), pairs)
}

fn pair(before: &str) -> Found {
    let mut last = before.char_indices().rev();
    let (_, second) = last.next()?;
    let (start, first) = last.next()?;
    // The end of a longer name is no pair.
    if continues_name(first) && continues_name(second) && last.next().is_some_and(|(_, c)| continues_name(c)) {
        return None;
    }
    found(start, vec![plain(glyphs::composed(first, second)?.to_string(), "glyph")])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after Tab where there is one candidate, all of them otherwise.
    fn tab(line: &str) -> String {
        let names = ["rhombus", "rhomb", "TC", "iis", "x"].map(|name| (Rc::from(name), Class::Array));
        let files = |path: &str| match path.to_uppercase().as_str() {
            "⎕SE.FILE" => ["npy", "npz", "wav"].map(|name| (Rc::from(name), Class::Function)).into(),
            "⎕SE" => vec![("file".into(), Class::Array)],
            _ => Vec::new(),
        };
        let (start, pairs) = candidates(line, line.len(), &Known { names: &names, members: &files });
        match pairs.as_slice() {
            [pair] => line[..start].to_owned() + &pair.replacement,
            pairs => pairs.iter().map(|pair| pair.shown.as_str()).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn two_characters_compose() {
        assert_eq!(tab("x<-"), "x←");
        assert_eq!(tab("2 3rr"), "2 3⍴");
        assert_eq!(tab("x-:"), "x÷");
        assert_eq!(tab("a∆rr"), "");
    }

    #[test]
    fn members_of_namespaces() {
        assert_eq!(tab("⎕se.fi"), "⎕se.file");
        assert_eq!(tab("other.fi"), "");
        assert_eq!(tab("x ⎕SE.file.w"), "x ⎕SE.file.wav");
        assert_eq!(tab("⎕SE.file.np"), "npy npz");
    }

    #[test]
    fn keys_behind_a_backtick() {
        assert_eq!(tab("2 3`r"), "2 3⍴");
        assert_eq!(tab("x``"), "x⋄");
        assert!(tab("x`").contains("`r ⍴"));
        assert_eq!(tab("`é"), "");
        assert!(keys().len() > 60);
    }

    #[test]
    fn names_of_glyphs() {
        assert_eq!(tab("2 3 rho"), "2 3 ⍴");
        assert_eq!(tab("reverse"), "⌽");
        assert_eq!(tab("epsil"), "∊");
        assert!(tab("circ").contains("⌽ circlestile"));
    }

    #[test]
    fn names_of_the_workspace() {
        assert_eq!(tab("1+T"), "1+TC");
        assert_eq!(tab("rhom"), "rhombus rhomb");
        assert_eq!(tab("ii"), "iis");
    }

    #[test]
    fn system_names_and_commands() {
        assert_eq!(tab("x+⎕i"), "x+⎕IO");
        assert_eq!(tab(")va"), ")vars");
        assert_eq!(tab("  ]BOXI"), "  ]boxing");
    }

    #[test]
    fn positions_are_bytes() {
        let nothing = Known { names: &[], members: &|_| Vec::new() };
        assert_eq!(candidates("⍴⍴iota", "⍴⍴iota".len(), &nothing).0, 6);
        assert_eq!(candidates("", 0, &nothing).0, 0);
        assert_eq!(candidates("é", 1, &nothing).1.len(), 0);
    }
}
