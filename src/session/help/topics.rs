//! Topics of the help: pages about what is no glyph, no system name and no command.

use std::fmt::Write;

use super::COMMANDS;
use crate::{glyphs, system};

/// A topic.
pub struct Topic {
    /// What it is asked for by, in lower case; the first name is the one that is shown.
    pub names: &'static [&'static str],
    /// What it is about.
    pub title: &'static str,
    page: &'static str,
    /// What follows the page and is made from a table.
    rest: fn(usize) -> String,
}

const fn topic(names: &'static [&'static str], title: &'static str, page: &'static str) -> Topic {
    Topic { names, title, page, rest: |_| String::new() }
}

/// All topics, in the order in which a newcomer may want them.
pub static TOPICS: &[Topic] = &[
    Topic {
        names: &["keys", "keyboard", "`", "typing"],
        title: "how glyphs are typed",
        page: include_str!("../docs/keys.md"),
        rest: keyboard,
    },
    topic(&["session", "repl", "history"], "the session at a terminal", include_str!("../docs/session.md")),
    Topic { names: &["glyphs"], title: "all glyphs, with their uses", page: "# Glyphs\n\n", rest: list_of_glyphs },
    Topic { names: &["commands"], title: "all commands", page: "# Commands\n\n", rest: list_of_commands },
    Topic { names: &["names", "system"], title: "all ⎕ names", page: "# System names\n\n", rest: list_of_names },
    topic(
        &["arrays", "'", "\"", "strings", "text", "numbers", "vectors"],
        "vectors, texts, nested arrays",
        include_str!("../docs/arrays.md"),
    ),
    topic(
        &["dfns", "dfn", "dop", "dops", "{", "}", "{}", "braces", ":", "::", "guards", "⍺⍺", "⍵⍵"],
        "functions in braces",
        include_str!("../docs/dfns.md"),
    ),
    topic(
        &["trains", "train", "fork", "forks", "atop", "(", ")", "()", "parentheses", "tacit"],
        "functions composed of functions, and the order of evaluation",
        include_str!("../docs/trains.md"),
    ),
    topic(
        &["tradfns", "tradfn", "tradops", "tradop", "traditional", "header", "∇∇"],
        "functions with a header and numbered lines",
        include_str!("../docs/tradfns.md"),
    ),
    topic(
        &["boxes", "box", "]box", "]boxing", "]display", "]disp"],
        "nested arrays in boxes, and ]display",
        include_str!("../docs/boxes.md"),
    ),
    topic(&["control", "structures"], ":If, :For and the others", include_str!("../docs/control.md")),
    topic(
        &["namespaces", "namespace", "#", "##", ":namespace", ":endnamespace", ":class", ":endclass"],
        "named groups of names",
        include_str!("../docs/namespaces.md"),
    ),
    topic(&["errors", "error"], "how they are reported and handled", include_str!("../docs/errors.md")),
    topic(
        &["suspension", "suspended", "suspend", "→"],
        "functions that an error or a stop has suspended",
        include_str!("../docs/suspension.md"),
    ),
    topic(
        &["debugging", "debug", "tracing", "profiling"],
        "what each part gives, where time goes",
        include_str!("../docs/debugging.md"),
    ),
    topic(
        &["scripts", "script", "zilde"],
        "programs in files, and the command line",
        include_str!("../docs/scripts.md"),
    ),
    topic(
        &["notebooks", "notebook", "jupyter", "kernel"],
        "zilde as a kernel for Jupyter",
        include_str!("../docs/notebooks.md"),
    ),
    topic(
        &["pictures", "picture", "plot", "]plot", "]view", "charts"],
        "]plot and ⎕SE.plot: charts, heat maps, images",
        include_str!("../docs/pictures.md"),
    ),
    topic(
        &["editors", "editor", "check", "fmt", "lsp"],
        "checking and formatting source, and a language server",
        include_str!("../docs/editors.md"),
    ),
    topic(
        &["rights", "right", "sandbox", "--sandbox", "files", "permissions"],
        "which files a program may read and write",
        include_str!("../docs/rights.md"),
    ),
];

impl Topic {
    /// The page, with what is made from a table behind it, which is fitted to a width.
    pub fn text(&self, width: usize) -> String {
        self.page.to_owned() + &(self.rest)(width)
    }
}

/// The topic with a name; a control word is found too.
pub fn find(name: &str) -> Option<&'static Topic> {
    let lower = name.to_lowercase();
    let named = |name: &str| TOPICS.iter().find(|topic| topic.names.contains(&name));
    named(&lower).or_else(|| {
        let is_word = lower.strip_prefix(':').is_some() && crate::syntax::traditional::control_words(name).any;
        is_word.then(|| named("control")).flatten()
    })
}

/// Where to begin, with the list of topics.
pub fn start() -> String {
    let mut text = include_str!("../docs/start.md").to_owned();
    for topic in TOPICS {
        // A String takes whatever is written.
        let _ = writeln!(text, "    {:<12} {}", topic.names[0], topic.title);
    }
    text + "\n]help commands lists the commands; )off leaves the session.\n"
}

/// One line for each command.
fn list_of_commands(_: usize) -> String {
    COMMANDS.iter().map(super::Command::line).collect()
}

/// One line for each system name.
fn list_of_names(_: usize) -> String {
    let note = |row: &system::SystemName| if row.is_missing() { " (not there yet)" } else { "" };
    system::TABLE.iter().map(|row| format!("    ⎕{:<12} {}{}\n", row.name, row.title, note(row))).collect()
}

/// One line for each glyph.
fn list_of_glyphs(_: usize) -> String {
    let mut text = String::new();
    for (glyph, key, name, titles) in glyphs::rows() {
        let key = key.map_or(String::new(), |key| format!("`{key}"));
        let _ = writeln!(text, "    {glyph}  {key:<3} {name:<14} {}", titles.join("; "));
    }
    text
}

/// Columns that the keyboard takes.
const KEYBOARD: usize = 72;

/// The rows of a keyboard: keys without Shift, and with it.
const ROWS: [(&str, &str); 4] = [
    ("`1234567890-=", "~!@#$%^&*()_+"),
    ("qwertyuiop[]\\", "QWERTYUIOP{}|"),
    ("asdfghjkl;'", "ASDFGHJKL:\""),
    ("zxcvbnm,./", "ZXCVBNM<>?"),
];

/// The keyboard, each key with the glyph that it types behind a backtick; where it is too wide, only a list of them.
pub fn keyboard(width: usize) -> String {
    let mut text = String::new();
    if width < KEYBOARD {
        let keys = ROWS.iter().flat_map(|(plain, shifted)| plain.chars().chain(shifted.chars()));
        let typed = keys.filter_map(|key| Some(format!("{key}\u{a0}{}", glyphs::by_key(key)?)));
        let list = typed.collect::<Vec<_>>().join("  ");
        return super::fill(&list, width, "").replace('\u{a0}', " ") + "\n";
    }
    for (indent, (plain, shifted)) in [0, 2, 3, 5].into_iter().zip(ROWS) {
        for keys in [shifted, plain] {
            let mut line = " ".repeat(2 + indent);
            for key in keys.chars() {
                let _ = write!(line, "{key} {}  ", glyphs::by_key(key).unwrap_or(' '));
            }
            text += line.trim_end();
            text.push('\n');
        }
        text.push('\n');
    }
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_shows_every_key() {
        for width in [KEYBOARD, 30] {
            let keyboard = keyboard(width);
            assert!(keyboard.lines().all(|line| line.chars().count() <= width), "{keyboard}");
            for (key, glyph) in glyphs::entries().filter_map(|entry| Some((entry.key?, entry.glyph))) {
                assert!(keyboard.contains(&format!("{key} {glyph}")), "{glyph}");
            }
        }
    }

    #[test]
    fn names_belong_to_one_topic() {
        let names: Vec<&str> = TOPICS.iter().flat_map(|topic| topic.names).copied().collect();
        let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len());
    }
}
