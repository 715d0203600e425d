//! Tab: glyphs from two characters or a name, names of the workspace, system names and commands.

use std::rc::Rc;

use rustyline::completion::Pair;

use super::keys::PREFIX;
use crate::code::node::Class;
use crate::glyphs;
use crate::session::help::COMMANDS;
use crate::syntax::scan::{begins_name, continues_name};
use crate::system::{self, formats};

/// What Tab offers at a byte position of a line: where the replaced text begins, and the candidates.
pub fn candidates(line: &str, position: usize, names: &[(Rc<str>, Class)]) -> (usize, Vec<Pair>) {
    let before = line.get(..position).unwrap_or(line);
    let found = command(before)
        .or_else(|| format(before))
        .or_else(|| system(before))
        .or_else(|| word(before, names))
        .or_else(|| pair(before));
    found.unwrap_or((position, Vec::new()))
}

/// All keys that a backtick may be followed by.
pub fn keys() -> Vec<Pair> {
    let pair = |(key, glyph)| Pair { display: format!("{PREFIX}{key} {glyph}"), replacement: String::from(glyph) };
    super::keys::all().into_iter().map(pair).collect()
}

type Found = Option<(usize, Vec<Pair>)>;

fn found(start: usize, candidates: Vec<Pair>) -> Found {
    (!candidates.is_empty()).then_some((start, candidates))
}

fn plain(text: String) -> Pair {
    Pair { display: text.clone(), replacement: text }
}

fn command(before: &str) -> Found {
    let typed = before.trim_start();
    if !typed.starts_with([')', ']']) {
        return None;
    }
    let lower = typed.to_lowercase();
    let names = COMMANDS.iter().flat_map(|command| command.names);
    let matching = names.filter(|name| name.starts_with(&lower));
    found(before.len() - typed.len(), matching.map(|name| plain((*name).to_owned())).collect())
}

/// The name that ends the text, if any.
fn last_name(before: &str) -> &str {
    let start = before.char_indices().rev().take_while(|&(_, c)| continues_name(c)).last();
    let run = start.map_or("", |(at, _)| &before[at..]);
    // A number may stand right before it: `3rho`.

    (run.find(begins_name).map_or("", |at| &run[at..])) as _
}

fn system(before: &str) -> Found {
    let typed = last_name(before);
    let start = before.len() - typed.len();
    let quad = before[..start].strip_suffix('⎕')?;
    let upper = typed.to_uppercase();
    let matching = system::names().filter(|name| name.starts_with(&upper));
    found(quad.len(), matching.map(|name| plain(format!("⎕{name}"))).collect())
}

/// The functions of `⎕SE.file`.
fn format(before: &str) -> Found {
    let typed = last_name(before);
    let start = before.len() - typed.len();
    let outer = before[..start].strip_suffix('.')?;
    let is_session = |text: &str| text.to_uppercase().ends_with("⎕SE");
    let names: Vec<&str> = match outer.strip_suffix(formats::SPACE).and_then(|rest| rest.strip_suffix('.')) {
        Some(rest) if is_session(rest) => formats::FORMATS.iter().map(|format| format.name).collect(),
        _ if is_session(outer) => vec![formats::SPACE],
        _ => return None,
    };
    found(start, names.into_iter().filter(|name| name.starts_with(typed)).map(|name| plain(name.to_owned())).collect())
}

fn word(before: &str, names: &[(Rc<str>, Class)]) -> Found {
    let typed = last_name(before);
    if typed.is_empty() {
        return None;
    }
    let own = names.iter().filter(|(name, _)| name.starts_with(typed) && **name != *typed);
    let mut pairs: Vec<Pair> = own.map(|(name, _)| plain(name.to_string())).collect();
    let named = glyphs::named(typed);
    let exact = matches!(named.as_slice(), [(_, name)] if name == typed);
    let two_letters = pairs.is_empty() && !exact;
    if let Some(composed) = two_letters.then(|| pair(typed)).flatten() {
        return Some((before.len() - typed.len() + composed.0, composed.1));
    }
    let glyphs = named
        .into_iter()
        .map(|(glyph, name)| Pair { display: format!("{glyph} {name}"), replacement: glyph.to_string() });
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
    found(start, vec![plain(glyphs::composed(first, second)?.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after Tab where there is one candidate, all of them otherwise.
    fn tab(line: &str) -> String {
        let names = ["rhombus", "rhomb", "TC", "iis", "x"].map(|name| (Rc::from(name), Class::Array));
        let (start, pairs) = candidates(line, line.len(), &names);
        match pairs.as_slice() {
            [pair] => line[..start].to_owned() + &pair.replacement,
            pairs => pairs.iter().map(|pair| pair.display.as_str()).collect::<Vec<_>>().join(" "),
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
    fn functions_for_files() {
        assert_eq!(tab("⎕se.fi"), "⎕se.file");
        assert_eq!(tab("x ⎕SE.file.w"), "x ⎕SE.file.wav");
        assert_eq!(tab("⎕SE.file.np"), "npy npz");
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
        assert_eq!(candidates("⍴⍴iota", "⍴⍴iota".len(), &[]).0, 6);
        assert_eq!(candidates("", 0, &[]).0, 0);
        assert_eq!(candidates("é", 1, &[]).1.len(), 0);
    }
}
