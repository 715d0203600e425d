//! What `)commands` and `]commands` do. Their names and what help says of them stand in `help.rs`.

use super::{Outcome, Session, help};
use crate::context::{BoxStyle, CLEAR};
use crate::display;
use crate::error::Result;
use crate::system::supplied;
use crate::workspace::{self, Binding, Class};

impl Session {
    /// Runs a line that begins with `)` or `]`; writes its reply.
    pub(super) fn command(&mut self, line: &str, outcome: &mut Outcome) -> Result<()> {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = words.collect();
        let tail = line[line.find(char::is_whitespace).unwrap_or(line.len())..].trim();
        let reply = match name.as_str() {
            ")off" => {
                outcome.off = Some(0);
                return Ok(());
            }
            ")clear" => {
                self.root.workspace.clear();
                *self.context.name.borrow_mut() = CLEAR.to_string();
                self.context.set_settings(crate::context::Settings::default());
                self.begin_random();
                self.context.traps.take();
                "clear ws\n".to_string()
            }
            // What is suspended is given up after every error anyway.
            ")reset" | ")sic" => {
                self.context.note_fault(None);
                String::new()
            }
            // Open brackets go on on the next line without being asked.
            "]dinput" => String::new(),
            // Nothing is ever suspended.
            ")si" | ")sinl" | ")tid" | ")holds" => String::new(),
            ")cs" => self.change_space(words.first().copied())?,
            ")ns" => self.create_space(words.first().copied())?,
            ")vars" => self.listed(words.first(), |class, space| class == Class::Array && !space),
            ")obs" | ")objects" => self.listed(words.first(), |_, space| space),
            ")fns" => self.listed(words.first(), |class, _| class == Class::Function),
            ")ops" => self.listed(words.first(), |class, _| class > Class::Function),
            ")erase" => self.erase(&words),
            ")wsid" => self.identify(tail),
            "]box" | "]boxing" => self.box_command(tail)?,
            "]rows" => self.rows_command(tail)?,
            "]display" | "]disp" | "]explain" if tail.is_empty() => help::help(&name).unwrap_or_default(),
            "]display" => {
                let value = self.eval(tail)?;
                self.drawn(display::display(&self.context, &value, BoxStyle::Max)?)?
            }
            "]disp" => {
                let value = self.eval(tail)?;
                self.drawn(display::disp(&self.context, &value)?)?
            }
            "]explain" => self.explain(tail)?,
            "]version" => format!("zilde {}\n", env!("CARGO_PKG_VERSION")),
            ")copy" => self.copy(&words)?,
            ")save" | ")load" | ")wslib" | ")lib" | ")ed" | "]runtime" | "]map" | "]cd" | "]load" | "]import" => {
                format!("NONCE ERROR: {name} is not there yet\n")
            }
            ")help" | "]help" if !tail.is_empty() => match help::help(tail) {
                Some(page) => wrapped(&page, self.context.pw()),
                None => format!("No help for {tail}\n"),
            },
            ")help" | "]help" => help::overview(),
            _ if line.starts_with(')') => format!("Bad command: {name}\n"),
            _ => format!("* Command Execution Failed: no user command {name}\n"),
        };
        self.write(&reply)
    }

    /// `)wsid`: the name of the workspace, which it may be given.
    fn identify(&self, name: &str) -> String {
        match name {
            "" => format!("is {}\n", self.context.name.borrow()),
            _ => format!("was {}\n", self.context.name.replace(name.to_string())),
        }
    }

    /// Names that stand for something of a class, of which it is known whether it is a namespace, in columns of eight
    /// as wide as the page; those that come before `first` are left out.
    fn listed(&self, first: Option<&&str>, wanted: impl Fn(Class, bool) -> bool) -> String {
        let mut names = self.names();
        names.retain(|(name, class)| {
            let space = *class == Class::Array && self.get(name).is_some_and(|value| value.reference().is_some());
            wanted(*class, space) && first.is_none_or(|first| **first <= **name)
        });
        let mut lines = String::new();
        let mut width = 0;
        for (name, _) in &names {
            let count = name.chars().count();
            if width > 0 && width + count + 8 > self.context.pw() {
                lines.push('\n');
                width = 0;
            } else if width > 0 {
                let gap = 8 - width % 8;
                lines.push_str(&" ".repeat(gap));
                width += gap;
            }
            lines.push_str(name);
            width += count;
        }
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines
    }

    /// `)copy workspace names`: what `⎕CY` copies; tells which names are not there.
    fn copy(&mut self, words: &[&str]) -> Result<String> {
        let words: Vec<&str> = words.iter().take_while(|word| !word.starts_with('⍝')).copied().collect();
        let Some((home, names)) = words.split_first() else { return Ok("ws not found\n".to_string()) };
        Ok(match supplied::copy_names(&self.desk(), home.trim_matches('"'), names)? {
            None => "ws not found\n".to_string(),
            Some(missing) if missing.is_empty() => String::new(),
            Some(missing) => format!("not found {}\n", missing.join(" ")),
        })
    }

    /// Forgets names; tells which ones were nothing.
    fn erase(&mut self, names: &[&str]) -> String {
        let mut missing = String::new();
        for name in names.iter().take_while(|name| !name.starts_with('⍝')) {
            match workspace::find(&self.desk(), None, name) {
                Binding::Unset => missing = format!("{missing} {name}"),
                _ => workspace::forget(&self.desk(), None, name),
            }
        }
        if missing.is_empty() { missing } else { format!("not found{missing}\n") }
    }
}

/// A page with its paragraphs broken between words; tables, examples and their answers stay as they are.
fn wrapped(page: &str, width: usize) -> String {
    let mut text = String::new();
    let mut answer = false;
    for line in page.lines() {
        answer = line.starts_with(' ') || answer && !line.is_empty();
        match answer || line.starts_with('|') {
            true => text.push_str(line),
            false => text.push_str(&textwrap::fill(line, width)),
        }
        text.push('\n');
    }
    text
}
