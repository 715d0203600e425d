//! Help by what is wanted: `sort` finds `⍋` and `⍒`.
//!
//! Titles, names and a list of wishes are looked at first, the text of the pages only where these say nothing.

use super::{COMMANDS, WIDEST, topics};
use crate::{glyphs, system};

/// Words that people ask with, and what serves them.
const WISHES: &[(&str, &str)] = &[
    ("sort order ascending descending arrange grade", "⍋ ⍒"),
    ("reverse flip mirror backwards", "⌽ ⊖"),
    ("rotate shift cycle roll", "⌽ ⊖"),
    ("transpose axes swap", "⍉"),
    ("unique distinct duplicates deduplicate set", "∪ ≠"),
    ("sum total add accumulate", "+ /"),
    ("product multiply", "× /"),
    ("average mean", "/ ≢ trains"),
    ("fold reduce aggregate", "/ ⌿"),
    ("cumulative running prefix scan", "\\ ⍀"),
    ("length count size number items elements how many", "≢ ⍴"),
    ("shape dimensions reshape rank", "⍴ ≢"),
    ("find search position index locate where", "⍳ ⍸ ⍷ ∊"),
    ("filter select compress keep mask", "/ ⌿ ⍸"),
    ("replicate repeat copies", "/ ⍴"),
    ("join concatenate append catenate combine", ", ⍪"),
    ("split cut partition chunk tokenise tokenize", "⊆ ⊂ ⎕S"),
    ("group histogram frequency key occurrences", "⌸"),
    ("loop iterate while until for repeat", ":For ¨ ⍣ ∇"),
    ("map apply foreach each", "¨ ⍤"),
    ("outer table product cross", "."),
    ("inner matrix product dot", ". ⌹"),
    ("inverse undo solve equations linear", "⌹ ⍣"),
    ("window sliding convolution neighbours neighbors stencil", "⌺ /"),
    ("compose composition pipe", "∘ ⍤ ⍥ trains"),
    ("random shuffle dice deal", "? ⎕RL"),
    ("print output show write display", "⎕ ⍞ ]display"),
    ("input read ask stdin", "⍞ ⎕"),
    ("function define lambda procedure", "dfns tradfns trains"),
    ("argument parameter", "⍵ ⍺ dfns"),
    ("if condition conditional branch else switch case", "dfns :If →"),
    ("recursion recursive self", "∇"),
    ("return result", "dfns tradfns"),
    ("exception try catch trap handle throw raise", "errors ⎕TRAP ⎕SIGNAL"),
    ("string convert number text parse", "⍕ ⍎ ⎕VFI arrays"),
    ("eval evaluate execute", "⍎"),
    ("format decimals digits precision", "⍕ ⎕FMT ⎕PP"),
    ("regex regular expression replace match", "⎕R ⎕S"),
    ("uppercase lowercase upper lower case", "⎕C"),
    ("date time clock timestamp now", "⎕TS ⎕DT ⎕AI"),
    ("wait sleep delay pause", "⎕DL"),
    ("comment", "⍝"),
    ("negative sign", "¯ × -"),
    ("assign variable set store", "←"),
    ("json csv xml data", "⎕JSON ⎕CSV ⎕XML"),
    ("unicode code character ascii", "⎕UCS ⎕AV"),
    ("flatten ravel vector", ", ∊"),
    ("nested box enclose wrap", "⊂ ⊆ ⊃"),
    ("first last head tail take drop", "⊃ ↑ ↓"),
    ("pick element item get", "⊃ ⌷ ["),
    ("change update replace modify amend", "@ ←"),
    ("member contains membership in", "∊"),
    ("intersection difference union without", "∩ ~ ∪"),
    ("logical boolean and or not", "∧ ∨ ~"),
    ("equal same compare equality", "= ≡"),
    ("maximum minimum max min largest smallest", "⌈ ⌊"),
    ("round floor ceiling", "⌊ ⌈"),
    ("modulo remainder divisible mod absolute", "|"),
    ("divide division fraction", "÷"),
    ("power exponent square root sqrt log logarithm exp", "* ⍟"),
    ("factorial combinations binomial", "!"),
    ("trigonometry sine cosine sin cos tan pi", "○"),
    ("gcd lcm divisor multiple", "∨ ∧"),
    ("base binary hexadecimal digits encode decode polynomial", "⊥ ⊤"),
    ("range sequence numbers from", "⍳"),
    ("exit quit leave end bye", ")off ⎕OFF"),
    ("width wide lines fold long wrap", "⎕PW ]rows ]lines"),
    ("delete remove erase forget clear", ")erase ⎕EX )clear"),
    ("list variables names workspace", ")vars )fns ⎕NL"),
    ("keyboard type typing symbols layout", "keys"),
    ("axis rows columns cells rank", "[ ⍤"),
    ("file script run command arguments", "scripts ⎕ARG"),
    ("object record dictionary struct module", "namespaces"),
    ("space namespace", "namespaces ⎕NS"),
    ("empty null nothing zero", "⍬ ⎕NULL"),
    ("explain parse precedence", "]explain trains"),
    ("version", "]version"),
    ("box boxes", "boxes ]box"),
    ("memory", "⎕WA ⎕SIZE"),
];

/// As many as fit on a screen.
const MOST: usize = 14;

/// Words of a question that say nothing about what is wanted.
const FILLERS: &[&str] = &[
    "a", "an", "and", "are", "can", "do", "does", "get", "how", "i", "in", "is", "it", "make", "me", "my", "of", "on",
    "or", "the", "there", "to", "want", "what", "where", "which", "with", "you",
];

/// What can be asked for, and what it is called.
struct Item {
    label: String,
    title: String,
    page: String,
}

/// What serves a wish, one a line; `None` where nothing does.
pub fn search(wish: &str) -> Option<String> {
    let lower = wish.to_lowercase();
    let mut words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_end_matches(['?', '!', '.', ','])).collect();
    if words.iter().any(|word| !FILLERS.contains(word)) {
        words.retain(|word| !FILLERS.contains(word));
    }
    let words: Vec<&str> = words.into_iter().map(stem).filter(|word| word.chars().count() > 1).collect();
    if words.is_empty() {
        return None;
    }
    let items = items();
    let wished: Vec<&str> = WISHES
        .iter()
        .filter(|(asked, _)| words.iter().all(|word| asked.split(' ').any(|asked| stem(asked) == *word)))
        .flat_map(|(_, serves)| serves.split(' '))
        .collect();
    let mut found: Vec<&Item> = Vec::new();
    let place = |item: &&Item| wished.iter().position(|label| item.label == *label);
    let mut first: Vec<&Item> = items.iter().filter(|item| place(item).is_some()).collect();
    first.sort_by_key(place);
    found.extend(first);
    let says = |item: &Item, text: fn(&Item) -> &str| words.iter().all(|word| mentions(text(item), word));
    let titled = |item: &&Item| says(item, |item| &item.title) || says(item, |item| &item.label);
    let new: Vec<&Item> = items.iter().filter(titled).filter(|item| place(item).is_none()).collect();
    found.extend(new);
    if found.is_empty() {
        found.extend(items.iter().filter(|item| says(item, |item| &item.page)));
    }
    let left_out = found.len().saturating_sub(MOST);
    let first = found.first()?;
    let mut text: String =
        found.iter().take(MOST).map(|item| format!("    {:<12} {}\n", item.label, item.title)).collect();
    if left_out > 0 {
        text += &format!("    and {left_out} more\n");
    }
    Some(format!("{text}\n]help {} shows the first of these pages.\n", first.label))
}

/// Everything that has a page.
fn items() -> Vec<Item> {
    let glyphs = glyphs::rows().into_iter().map(|(glyph, _, name, titles)| Item {
        label: glyph.to_string(),
        title: format!("{} ({name})", titles.join("; ")),
        page: glyphs::pages(&glyph.to_string()).concat(),
    });
    let names = system::TABLE.iter().filter(|row| !row.doc.is_empty()).map(|row| Item {
        label: format!("⎕{}", row.name),
        title: row.title.to_owned(),
        page: row.doc.to_owned(),
    });
    let commands = COMMANDS.iter().map(|command| Item {
        label: command.names[0].to_owned(),
        title: command.does.to_owned(),
        page: String::new(),
    });
    let topics = topics::TOPICS.iter().map(|topic| Item {
        label: topic.names[0].to_owned(),
        title: topic.title.to_owned(),
        page: topic.text(WIDEST),
    });
    let word = topics::find(":If").map(|topic| Item {
        label: ":If".to_owned(),
        title: "and :For :While :Select :Trap: control structures".to_owned(),
        page: topic.text(WIDEST),
    });
    let word = word.into_iter().chain(topics::find(":For").map(|topic| Item {
        label: ":For".to_owned(),
        title: "and :While :Repeat: loops".to_owned(),
        page: topic.text(WIDEST),
    }));
    glyphs.chain(word).chain(names).chain(commands).chain(topics).collect()
}

/// A word without what makes it plural, or a form of a verb.
fn stem(word: &str) -> &str {
    let endings = ["ing", "ed", "es", "s"];
    let cut = endings.iter().find_map(|ending| word.strip_suffix(ending));
    cut.filter(|rest| rest.chars().count() > 2).unwrap_or(word)
}

/// Whether a word of the text begins with the stem.
fn mentions(text: &str, stem: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_served_by_what_has_help() {
        for (asked, serves) in WISHES {
            for label in serves.split(' ') {
                assert!(items().iter().any(|item| item.label == label), "{asked}: {label}");
                assert!(super::super::page(label, WIDEST).is_some(), "{asked}: {label}");
            }
        }
    }

    #[test]
    fn what_is_wanted_is_found() {
        let wanted = [
            ("sort", &["⍋", "⍒"][..]),
            ("sorting", &["⍋"]),
            ("How do I reverse a vector?", &["⌽"]),
            ("what is the average?", &["trains"]),
            ("Matrix product", &["."]),
            ("reverse", &["⌽", "⊖"]),
            ("average", &["trains"]),
            ("dates", &["⎕DT"]),
            ("quit", &[")off"]),
            ("prototype", &["⊃"]),
        ];
        for (wish, labels) in wanted {
            let found = search(wish).unwrap_or_default();
            for label in labels {
                assert!(
                    found.lines().any(|line| line.trim_start().split(' ').next() == Some(label)),
                    "{wish}: {found}"
                );
            }
        }
        for wish in ["", "x", "xyzzy", "⍴⍴"] {
            assert_eq!(search(wish), None, "{wish}");
        }
    }
}
