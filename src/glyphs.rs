//! The catalogue of glyphs: the names of each, how it is typed, and its page.
//!
//! Functions and operators come from their own tables; this file adds the glyphs that are neither, and the pairs of
//! characters that compose a glyph. Help, completion, prefix keys and `docs/glyphs.md` are made from it.

use crate::operator;
use crate::primitive;

/// A glyph that is no function and no operator.
struct Mark {
    glyph: char,
    names: &'static [&'static str],
    key: Option<char>,
    title: &'static str,
    doc: &'static str,
}

/// What one table or another says about a glyph. A glyph that is both function and operator has two entries.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The glyph.
    pub glyph: char,
    /// ASCII names, the glyph's own first: `rho`.
    pub names: &'static [&'static str],
    /// The key that types it behind a backtick.
    pub key: Option<char>,
    /// What its uses are called, the monadic one first: `Reverse`, `Rotate`.
    pub titles: [Option<&'static str>; 2],
    /// Its page, in Markdown; empty where there is none.
    pub doc: &'static str,
}

const fn mark(glyph: char, name: &'static [&'static str], key: char, title: &'static str, doc: &'static str) -> Mark {
    Mark { glyph, names: name, key: Some(key), title, doc }
}

static MARKS: &[Mark] = &[
    mark('←', &["leftarrow"], '[', "Assignment", include_str!("primitive/docs/leftarrow.md")),
    mark('→', &["rightarrow"], ']', "Branch", include_str!("primitive/docs/rightarrow.md")),
    mark('⍺', &["alpha"], 'a', "Left argument", include_str!("primitive/docs/alpha.md")),
    mark('⍵', &["omega"], 'w', "Right argument", include_str!("primitive/docs/omega.md")),
    mark('∇', &["del"], 'g', "Recursion", include_str!("primitive/docs/del.md")),
    mark('⋄', &["diamond"], '`', "Statement separator", include_str!("primitive/docs/diamond.md")),
    mark('⍝', &["lamp"], ',', "Comment", include_str!("primitive/docs/comment.md")),
    mark('¯', &["highminus"], '2', "Negative number", include_str!("primitive/docs/highminus.md")),
    mark('⍬', &["zilde"], '}', "Empty numeric vector", include_str!("primitive/docs/zilde.md")),
    mark('⎕', &["quad"], 'l', "Evaluated input and output", include_str!("primitive/docs/quad.md")),
    mark('⍞', &["quotequad"], '{', "Character input and output", include_str!("primitive/docs/quotequad.md")),
    mark('⌶', &["ibeam"], '!', "I-beam", include_str!("operator/docs/ibeam.md")),
    Mark { glyph: '&', names: &["spawn"], key: None, title: "Spawn", doc: include_str!("operator/docs/spawn.md") },
    Mark { glyph: '[', names: &["axis"], key: None, title: "Axis", doc: include_str!("operator/docs/axis.md") },
    mark('∆', &["delta"], 'h', "Letter of names", include_str!("primitive/docs/delta.md")),
    mark('⍙', &["deltaunderbar"], '>', "Letter of names", include_str!("primitive/docs/deltaunderbar.md")),
];

/// Two characters, in either order, that compose a glyph.
const PAIRS: &[(&str, char)] = &[
    ("<-", '←'),
    ("->", '→'),
    ("xx", '×'),
    ("-:", '÷'),
    ("*O", '⍟'),
    ("[-", '⌹'),
    ("-]", '⌹'),
    ("OO", '○'),
    ("77", '⌈'),
    ("FF", '⌈'),
    ("ll", '⌊'),
    ("LL", '⌊'),
    ("|_", '⊥'),
    ("TT", '⊤'),
    ("-|", '⊣'),
    ("|-", '⊢'),
    ("=/", '≠'),
    ("<=", '≤'),
    (">=", '≥'),
    ("==", '≡'),
    ("7=", '≢'),
    ("vv", '∨'),
    ("^^", '∧'),
    ("^~", '⍲'),
    ("v~", '⍱'),
    ("^|", '↑'),
    ("v|", '↓'),
    ("((", '⊂'),
    ("cc", '⊂'),
    ("(_", '⊆'),
    ("c_", '⊆'),
    ("))", '⊃'),
    ("[|", '⌷'),
    ("|]", '⌷'),
    ("A|", '⍋'),
    ("V|", '⍒'),
    ("ii", '⍳'),
    ("i_", '⍸'),
    ("ee", '∊'),
    ("e_", '⍷'),
    ("uu", '∪'),
    ("UU", '∪'),
    ("nn", '∩'),
    ("/-", '⌿'),
    ("\\-", '⍀'),
    (",-", '⍪'),
    ("rr", '⍴'),
    ("pp", '⍴'),
    ("O|", '⌽'),
    ("O-", '⊖'),
    ("O\\", '⍉'),
    ("::", '¨'),
    ("~:", '⍨'),
    ("*:", '⍣'),
    ("oo", '∘'),
    ("o:", '⍤'),
    ("O:", '⍥'),
    ("[]", '⎕'),
    ("['", '⍞'),
    ("']", '⍞'),
    ("[:", '⍠'),
    ("[=", '⌸'),
    ("[<", '⌺'),
    ("o_", '⍛'),
    ("eo", '⍎'),
    ("T_", '⌶'),
    ("<>", '⋄'),
    ("^v", '⋄'),
    ("on", '⍝'),
    ("aa", '⍺'),
    ("ww", '⍵'),
    ("VV", '∇'),
    ("--", '¯'),
    ("0~", '⍬'),
    ("AA", '∆'),
    ("^-", '∆'),
    ("A_", '⍙'),
];

/// All entries: functions, operators, then the rest.
pub fn entries() -> impl Iterator<Item = Entry> {
    let functions = primitive::TABLE.iter().map(|row| Entry {
        glyph: row.glyph,
        names: row.names,
        key: row.key,
        titles: [row.monad.as_ref().map(|monad| monad.title), row.dyad.as_ref().map(|dyad| dyad.title)],
        doc: row.doc,
    });
    let operators = operator::TABLE.iter().map(|row| Entry {
        glyph: row.glyph,
        names: row.names,
        key: row.key,
        titles: [Some(row.title), None],
        doc: row.doc,
    });
    let marks = MARKS.iter().map(|row| Entry {
        glyph: row.glyph,
        names: row.names,
        key: row.key,
        titles: [Some(row.title), None],
        doc: row.doc,
    });
    functions.chain(operators).chain(marks)
}

/// The glyph that `key` types behind a backtick.
pub fn by_key(key: char) -> Option<char> {
    entries().find(|entry| entry.key == Some(key)).map(|entry| entry.glyph)
}

/// The glyph that two characters compose, in either order: `<-` is `←`.
pub fn composed(first: char, second: char) -> Option<char> {
    let find = |a, b| PAIRS.iter().find(|(pair, _)| pair.chars().eq([a, b])).map(|&(_, glyph)| glyph);
    find(first, second).or_else(|| find(second, first))
}

/// The pairs of characters that compose a glyph.
pub fn pairs(glyph: char) -> impl Iterator<Item = &'static str> {
    PAIRS.iter().filter(move |(_, composed)| *composed == glyph).map(|(pair, _)| *pair)
}

/// Glyphs with a name that begins with `prefix`, each with that name; a use's title of one word counts as a name
/// (`reverse` for `⌽`). A glyph whose name is the whole of `prefix` stands alone.
pub fn named(prefix: &str) -> Vec<(char, String)> {
    let mut found: Vec<(char, String)> = Vec::new();
    for entry in entries() {
        let titles = entry.titles.iter().flatten().flat_map(|title| title.split(" / ")).map(str::to_lowercase);
        let names = entry.names.iter().map(|name| (*name).to_owned()).chain(titles);
        for name in names.filter(|name| name.starts_with(prefix) && !name.contains(' ')) {
            if name == prefix {
                return vec![(entry.glyph, name)];
            }
            if found.iter().all(|&(glyph, _)| glyph != entry.glyph) {
                found.push((entry.glyph, name));
            }
        }
    }
    found
}

/// The entries of one glyph, given as itself or by a name.
pub fn find(glyph_or_name: &str) -> Vec<Entry> {
    let mut chars = glyph_or_name.chars();
    let glyph = match (chars.next(), chars.next()) {
        (Some(glyph), None) => glyph,
        _ => match named(&glyph_or_name.to_lowercase()).as_slice() {
            [(glyph, name)] if *name == glyph_or_name.to_lowercase() => *glyph,
            _ => return Vec::new(),
        },
    };
    entries().filter(|entry| entry.glyph == glyph).collect()
}

/// The pages of a glyph, given as itself or by a name; each ends in a line end.
pub fn pages(glyph_or_name: &str) -> Vec<&'static str> {
    let mut pages: Vec<_> = find(glyph_or_name).iter().map(|entry| entry.doc).filter(|page| !page.is_empty()).collect();
    pages.dedup();
    pages
}

/// All glyphs, each once: with its key, its name, and the titles of its uses.
pub fn rows() -> Vec<(char, Option<char>, &'static str, Vec<&'static str>)> {
    let mut rows: Vec<(char, Option<char>, &str, Vec<&str>)> = Vec::new();
    for entry in entries() {
        let titles = entry.titles.iter().flatten().copied();
        match rows.iter_mut().find(|row| row.0 == entry.glyph) {
            Some(row) => row.3.extend(titles),
            None => rows.push((entry.glyph, entry.key, entry.names[0], titles.collect())),
        }
    }
    rows
}

/// All glyphs in a Markdown table: what each is called, how it is typed and what its uses are.
pub fn table() -> String {
    let mut table = "| glyph | key | name | uses |\n|---|---|---|---|\n".to_owned();
    for (glyph, key, name, titles) in rows() {
        let escaped = |text: &str| text.replace('|', "\\|");
        let key = key.map_or(String::new(), |key| format!("`{key}"));
        let (glyph, key) = (escaped(&glyph.to_string()), escaped(&key));
        table += &format!("| {glyph} | {key} | {name} | {} |\n", titles.join("; "));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn keys_are_distinct() {
        let mut seen = BTreeMap::new();
        for entry in entries() {
            if let Some(key) = entry.key {
                let earlier = seen.insert(key, entry.glyph);
                assert!(
                    earlier.is_none_or(|glyph| glyph == entry.glyph),
                    "{key} types {earlier:?} and {}",
                    entry.glyph
                );
            }
        }
    }

    #[test]
    fn names_belong_to_one_glyph() {
        let mut seen = BTreeMap::new();
        for entry in entries() {
            for name in entry.names {
                let earlier = seen.insert(*name, entry.glyph);
                assert!(earlier.is_none_or(|glyph| glyph == entry.glyph), "{name}");
            }
        }
    }

    #[test]
    fn keys_names_and_pairs() {
        assert_eq!(by_key('r'), Some('⍴'));
        assert_eq!(by_key('`'), Some('⋄'));
        assert_eq!(by_key('\u{7f}'), None);
        assert_eq!(composed('<', '-'), Some('←'));
        assert_eq!(composed('-', '<'), Some('←'));
        assert_eq!(composed('-', '>'), Some('→'));
        assert_eq!(composed('q', 'j'), None);
        assert_eq!(named("rho"), [('⍴', "rho".to_owned())]);
        assert_eq!(named("reverse"), [('⌽', "reverse".to_owned())]);
        assert!(named("circ").len() >= 3);
        assert_eq!(find("/").len(), 2);
        assert_eq!(find("iota")[0].glyph, '⍳');
        assert!(find("nothing").is_empty());
    }

    #[test]
    fn the_table_has_a_row_a_glyph() {
        let table = table();
        assert!(table.contains("| ⍴ | `r | rho | Shape; Reshape |\n"), "{table}");
        assert!(table.lines().all(|line| line.replace("\\|", "").matches('|').count() == 5), "{table}");
    }

    #[test]
    fn pairs_compose_glyphs_of_the_catalogue() {
        for (pair, glyph) in PAIRS {
            assert_eq!(pair.chars().count(), 2, "{pair}");
            assert!(entries().any(|entry| entry.glyph == *glyph), "{glyph}");
            let reversed: String = pair.chars().rev().collect();
            let rivals = PAIRS.iter().filter(|(other, _)| other == pair || **other == reversed);
            assert!(rivals.clone().all(|(other, other_glyph)| other_glyph == glyph || other != pair), "{pair}");
        }
    }
}
