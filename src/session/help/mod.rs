//! The commands of the session in a table, and the pages of everything that has one: glyphs, system names, commands.
//!
//! What the commands do stands in `commands.rs`; help and completion read this table.

mod search;
mod topics;

use std::borrow::Cow;

use crate::{glyphs, system};

/// The widest cell of a table that sets its column's width.
const MOST_OF_A_CELL: usize = 24;

/// Pages are no wider than this, however wide the terminal is.
const WIDEST: usize = 80;

/// A command: its names, the first one shown, how it is typed, and what it does.
pub struct Command {
    /// In lower case, with the sign before them.
    pub names: &'static [&'static str],
    usage: &'static str,
    does: &'static str,
}

const fn command(names: &'static [&'static str], usage: &'static str, does: &'static str) -> Command {
    Command { names, usage, does }
}

/// All commands, in the order of the help.
pub static COMMANDS: &[Command] = &[
    command(&["]help", ")help"], "]help ⍴", "the page of ⍴, ⎕IO, ]box, :If or dfns; ]help sort searches"),
    command(&["]keys"], "]keys", "the keyboard: which glyph a backtick and a key type"),
    command(&["]box", "]boxing"], "]box on|off", "whether nested arrays are shown in boxes; ]box -?: options"),
    command(&["]rows"], "]rows on|off", "how wide and long results are shown; ]rows -?: options"),
    command(&["]lines"], "]lines 500|off", "the most lines of a result that a terminal shows; off: all"),
    command(&["]display"], "]display X", "an array in boxes that show the shape and type of each part"),
    command(&["]disp"], "]disp X", "an array in boxes with a common frame, which take less room"),
    command(&["]plot"], "]plot X", "a picture of an array: ]help pictures"),
    command(&["]view"], "]view X", "an array on a screen of its own: arrow keys scroll, q leaves"),
    command(&["]explain"], "]explain X", "how an expression is parsed; -steps: the order of its parts"),
    command(&["]trace"], "]trace X", "what each part of an expression gives; alone: the last input"),
    command(&["]why"], "]why R[2;3]", "which elements an element of a result came from"),
    command(&["]runtime"], "]runtime -c X", "how long expressions take; -c: compared, -repeat=9: so often"),
    command(&["]profile"], "]profile X", "where the time of an expression goes, by function and line"),
    command(&["]map"], "]map A", "the namespaces with their names, as a tree"),
    command(&["]size"], "]size A B", "the bytes that names take; without names, all"),
    command(&["]import", "]link.import", "]get"], "]import PATH", "functions, arrays, namespaces of a file or folder"),
    command(&["]export", "]link.export"], "]export PATH", "the namespace as source files in a folder"),
    command(&["]record"], "]record FILE", "writes what is typed and shown as a test; off: ends it"),
    command(&[")vars"], ")vars A", "the variables; with A, those from the name A on"),
    command(&[")fns"], ")fns A", "the functions"),
    command(&[")ops"], ")ops A", "the operators"),
    command(&[")obs", ")objects"], ")obs A", "the namespaces"),
    command(&[")ns"], ")ns A.B", "makes a namespace; without a name, shows the current one"),
    command(&[")cs"], ")cs A.B", "makes a namespace current; without a name, the root #"),
    command(&[")save"], ")save NAME", "saves the workspace in NAME.zws, which is text: ]help ⎕SAVE"),
    command(&[")load"], ")load NAME", "replaces the workspace by a saved one and runs its ⎕LX"),
    command(&[")xload"], ")xload NAME", "the same without running ⎕LX"),
    command(&[")copy"], ")copy WS A B", "copies names of a saved workspace, or Dyalog's: ]help ⎕CY"),
    command(&[")pcopy"], ")pcopy WS A B", "the same, but leaves names as they are that are in use"),
    command(&[")lib"], ")lib FOLDER", "the saved workspaces of a folder"),
    command(&[")drop"], ")drop NAME", "removes a saved workspace"),
    command(&[")ed", ")edit"], ")ed NAME", "edits a function or array with the program that EDITOR names"),
    command(&[")sh", ")cmd"], ")sh COMMAND", "runs a command of the shell"),
    command(&[")erase"], ")erase A B", "removes names"),
    command(&[")clear"], ")clear", "removes all names and restores all settings"),
    command(&[")wsid"], ")wsid NAME", "shows the name of the workspace, or sets it"),
    command(&[")si"], ")si", "the functions that are running; * marks suspended ones"),
    command(&[")sinl"], ")sinl", "the same with their local names"),
    command(&[")reset", ")sic"], ")reset", "ends all suspended functions; )reset 1: the last"),
    command(&["]suspend"], "]suspend on|off", "whether errors suspend functions: ]help suspension"),
    command(&[")tid", ")holds"], ")tid", "shows nothing, as there are no threads"),
    command(&["]dinput"], "]dinput", "has no effect: an open bracket always continues the input"),
    command(&["]version"], "]version", "the version of zilde"),
    command(&[")off"], ")off 3", "leaves the session, with exit code 3; without a number, 0"),
];

/// What is said of something, in lines of at most `width` characters; of nothing, where to begin.
pub fn help(what: &str, width: usize) -> Option<String> {
    let what = what.trim();
    let width = width.min(WIDEST);
    let text = if what.is_empty() { topics::start() } else { page(what, width).or_else(|| search::search(what))? };
    Some(wrapped(&text, width))
}

/// How a command is typed and what it does.
pub fn usage(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    COMMANDS.iter().find(|command| command.names.contains(&lower.as_str())).map(Command::line)
}

/// The page of a glyph, given as itself or by a name, of a system name, with its `⎕` or without, of a command, or of a
/// topic.
pub fn page(what: &str, width: usize) -> Option<String> {
    if let Some(usage) = usage(what) {
        let more = topics::find(what).map(|topic| format!("\n{}", topic.text(width)));
        return Some(usage + &more.unwrap_or_default());
    }
    if let Some(topic) = topics::find(what) {
        return Some(topic.text(width));
    }
    let glyph = || {
        let pages = glyphs::pages(what);
        (!pages.is_empty()).then(|| pages.concat())
    };
    let name = || system::page(what).map(Cow::into_owned);
    if what.starts_with('⎕') { name().or_else(glyph) } else { glyph().or_else(name) }
}

/// A page with its paragraphs broken between words; tables, examples and their answers stay as they are.
fn wrapped(page: &str, width: usize) -> String {
    let mut text = String::new();
    let mut paragraph = String::new();
    let end = |text: &mut String, paragraph: &mut String| {
        if !paragraph.is_empty() {
            let indent = if paragraph.starts_with("- ") { "  " } else { "" };
            *text += &fill(paragraph, width, indent);
            text.push('\n');
            paragraph.clear();
        }
    };
    let mut answer = false;
    let mut table = Vec::new();
    for line in page.lines() {
        answer = line.starts_with(' ') || answer && !line.is_empty();
        let begins = line.starts_with("- ") || line.starts_with('#');
        if answer || line.is_empty() || line.starts_with('|') || begins {
            end(&mut text, &mut paragraph);
        }
        if line.starts_with('|') {
            table.push(line);
            continue;
        }
        text += &listed(&std::mem::take(&mut table), width);
        if answer || line.is_empty() {
            text.push_str(line);
            text.push('\n');
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
            if line.starts_with('#') {
                end(&mut text, &mut paragraph);
            }
        }
    }
    end(&mut text, &mut paragraph);
    text + &listed(&table, width)
}

/// A text broken between words into lines of at most `width` characters; all but the first begin with `indent`.
#[cfg(feature = "cli")]
fn fill(text: &str, width: usize, indent: &str) -> String {
    textwrap::fill(text, textwrap::Options::new(width).subsequent_indent(indent))
}

/// Without a terminal, whoever shows the text breaks its lines.
#[cfg(not(feature = "cli"))]
fn fill(text: &str, _width: usize, _indent: &str) -> String {
    text.to_owned()
}

/// The rows of a Markdown table as a list: their first cells side by side, the last one broken between words.
fn listed(table: &[&str], width: usize) -> String {
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("\\|", "\u{1}");
        row.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
    };
    let says_something = |row: &Vec<String>| row.iter().any(|cell| cell.contains(|c| !"-: ".contains(c)));
    let rows: Vec<Vec<String>> = table.iter().map(|row| cells(row)).filter(says_something).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1);
    let size = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.chars().count())).max().unwrap_or(0);
    let sizes: Vec<usize> = (0..columns).map(|at| size(at).min(MOST_OF_A_CELL)).collect();
    let indent = " ".repeat(2 + sizes.iter().map(|size| size + 2).sum::<usize>());
    let mut text = String::new();
    for row in rows {
        let mut line = "  ".to_owned();
        for (at, cell) in row.iter().enumerate() {
            line += cell;
            if let Some(size) = sizes.get(at) {
                line += &" ".repeat(size.saturating_sub(cell.chars().count()) + 2);
            }
        }
        text += &fill(line.trim_end(), width, &indent);
        text.push('\n');
    }
    text
}

impl Command {
    /// How it is typed and what it does, for the list of commands.
    fn line(&self) -> String {
        format!("    {:<14} {}\n", self.usage, self.does)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;

    #[test]
    fn every_command_is_known_to_the_session() {
        for name in COMMANDS.iter().flat_map(|command| command.names) {
            let mut session = Session::new();
            // Only what leaves takes no `⍴`.
            let argument = if *name == ")off" { "2" } else { "⍴" };
            let outcome = session.run(&format!("{name} {argument}"));
            let text = format!("{name}: {outcome:?}");
            assert_eq!(outcome.off, (*name == ")off").then_some(2), "{text}");
            // `⍴` alone is no expression, so those that evaluate one complain of it, and not that there is no command.
            let evaluates = ["]display", "]disp", "]plot", "]view", "]why"].contains(name);
            assert_eq!(outcome.errors > 0, evaluates, "{text}");
        }
    }

    #[test]
    fn pages_are_within_their_width() {
        let glyphs = glyphs::entries().map(|entry| entry.glyph.to_string());
        let names = system::TABLE.iter().map(|row| format!("⎕{}", row.name));
        let commands = COMMANDS.iter().map(|command| command.names[0].to_owned());
        let topics = topics::TOPICS.iter().map(|topic| topic.names[0].to_owned());
        let wishes = ["", "number", "array"].map(str::to_owned);
        let mut wide = Vec::new();
        for what in glyphs.chain(names).chain(commands).chain(topics).chain(wishes) {
            let text = help(&what, 200).unwrap_or_default();
            wide.extend(
                text.lines().filter(|line| line.chars().count() > WIDEST).map(|line| format!("{what}: {line}")),
            );
        }
        assert!(wide.is_empty(), "{} lines:\n{}", wide.len(), wide.join("\n"));
        let narrow = help("dfns", 40).unwrap_or_default();
        assert!(
            narrow.lines().filter(|line| !line.starts_with(' ')).all(|line| line.chars().count() <= 40),
            "{narrow}"
        );
    }

    #[test]
    fn pages_are_found_by_every_name() {
        for what in [
            "⍴",
            "rho",
            "⎕IO",
            "⎕io",
            "io",
            "⎕",
            ")NS",
            "]box",
            "{",
            ":If",
            ":endwhile",
            "Dfns",
            "tradfn",
            "(",
            "`",
            "#",
        ] {
            assert!(page(what, 80).is_some_and(|page| page.ends_with('\n')), "{what}");
        }
        assert_eq!(page("⎕io", 80), page("IO", 80));
        // A name that is not there yet is told apart from an unknown one, and from a word.
        assert!(page("⎕tput", 80).is_some_and(|page| page.contains("not there yet")));
        assert_eq!(page("tput", 80), None);
        for what in ["nosuch", "⎕nosuch", "", ")nosuch"] {
            assert_eq!(page(what, 80), None, "{what}");
        }
    }
}
