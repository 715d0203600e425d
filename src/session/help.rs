//! The commands of the session in a table, and the pages of everything that has one: glyphs, system names, commands.
//!
//! What the commands do stands in `commands.rs`; help and completion read this table.

use crate::{glyphs, system};

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
    command(&["]help", ")help"], "]help ⍴", "the page of a glyph or a name: ]help rho, ]help ⎕IO, ]help )ns"),
    command(
        &["]box", "]boxing"],
        "]box on|off",
        "arrays in boxes; -style=min|mid|max -trains=box|tree|parens|def -fns=on|off",
    ),
    command(&["]rows"], "]rows on|off", "what is wider than ⎕PW; -style=long|cut|wrap -fold=0…9|off"),
    command(&["]display"], "]display X", "an array with its structure"),
    command(&["]disp"], "]disp X", "the same, tighter"),
    command(&["]explain"], "]explain X", "how an expression is read, part by part"),
    command(&[")vars"], ")vars A", "variables, from the name A on if it is given"),
    command(&[")fns"], ")fns A", "functions"),
    command(&[")ops"], ")ops A", "operators"),
    command(&[")obs", ")objects"], ")obs A", "namespaces"),
    command(&[")ns"], ")ns A.B", "a new namespace; without a name, which one the session is in"),
    command(&[")cs"], ")cs A.B", "into a namespace; without a name, back to #"),
    command(&[")copy"], ")copy WS A B", "names of a workspace that comes with Dyalog APL: ]help ⎕CY"),
    command(&[")erase"], ")erase A B", "forgets names"),
    command(&[")clear"], ")clear", "forgets everything"),
    command(&[")wsid"], ")wsid NAME", "the name of the workspace, or a new one"),
    command(&[")si", ")sinl", ")tid", ")holds"], ")si", "what is suspended: nothing, as an error ends all that runs"),
    command(&[")reset", ")sic"], ")reset", "forgets the last error"),
    command(&["]dinput"], "]dinput", "nothing: open brackets go on on the next line without being asked"),
    command(&["]version"], "]version", "which zilde this is"),
    command(&[")off"], ")off", "leaves"),
];

/// One line for each command, and how glyphs are typed.
pub fn overview() -> String {
    let mut text: String = COMMANDS.iter().map(Command::line).collect();
    text += "`r types ⍴ in the REPL, rho and Tab too\n";
    text
}

/// The page of a glyph, given as itself or by a name, of a system name, with its `⎕` or without, or of a command.
pub fn help(what: &str) -> Option<String> {
    let lower = what.to_lowercase();
    if let Some(command) = COMMANDS.iter().find(|command| command.names.contains(&lower.as_str())) {
        return Some(command.line());
    }
    let glyph = || {
        let pages = glyphs::pages(what);
        (!pages.is_empty()).then(|| pages.concat())
    };
    let name = || system::page(what).map(str::to_string);
    if what.starts_with('⎕') { name().or_else(glyph) } else { glyph().or_else(name) }
}

impl Command {
    fn line(&self) -> String {
        format!("{:<14}{}\n", self.usage, self.does)
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
            let outcome = session.run(&format!("{name} ⍴"));
            let text = format!("{name}: {outcome:?}");
            assert_eq!(outcome.off.is_some(), *name == ")off", "{text}");
            // `⍴` alone is no expression, so those that evaluate one complain of it, and not that there is no command.
            let evaluates = ["]display", "]disp"].contains(name);
            assert_eq!(outcome.errors > 0, evaluates, "{text}");
        }
    }

    #[test]
    fn pages_are_found_by_every_name() {
        for what in ["⍴", "rho", "⎕IO", "⎕io", "io", "⎕", ")NS", "]box"] {
            assert!(help(what).is_some_and(|page| page.ends_with('\n')), "{what}");
        }
        assert_eq!(help("⎕io"), help("IO"));
        for what in ["nosuch", "⎕nosuch", "", ")nosuch"] {
            assert_eq!(help(what), None, "{what}");
        }
    }
}
