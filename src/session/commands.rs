//! What `)commands` and `]commands` do. Their names and pages are in `help/`.
//!
//! A command that cannot be carried out replies with the reason. This is not an APL error: `⎕DMX` does not change. But it
//! counts as a failure of the line, so that it ends a script.

use super::{Outcome, Session, help, written};
use crate::code::node::Class;
use crate::context::{After, BoxStyle};
use crate::display;
use crate::error::{Fault, Result};
use crate::names::{self, Binding};

/// Commands of Dyalog APL that are not there yet.
const MISSING: &[&str] = &[")continue", ")classes", ")events", ")methods", ")props", "]cd", "]load"];

/// Why a command was not carried out.
pub(super) enum Refusal {
    /// The text that the command replies.
    Said(String),
    /// An APL error in what the command evaluates.
    Fault(Fault),
}

/// What a command replies.
pub(super) type Reply = std::result::Result<String, Refusal>;

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

/// A refusal in one line.
pub(super) fn refused(why: impl std::fmt::Display) -> Reply {
    Err(Refusal::Said(format!("{why}\n")))
}

impl Session {
    /// Runs a line that begins with `)` or `]`; writes its reply.
    pub(super) fn command(&mut self, line: &str, outcome: &mut Outcome) -> Result<()> {
        match self.reply(line, outcome) {
            Ok(reply) => self.write(&reply),
            Err(Refusal::Said(why)) => {
                outcome.refused += 1;
                written(self.context.screen.borrow_mut().refuse(&why))
            }
            Err(Refusal::Fault(fault)) => Err(fault),
        }
    }

    fn reply(&mut self, line: &str, outcome: &mut Outcome) -> Reply {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = words.collect();
        let tail = line[line.find(char::is_whitespace).unwrap_or(line.len())..].trim();
        Ok(match name.as_str() {
            ")off" => {
                outcome.off = Some(exit_code(words.as_slice()).ok_or_else(|| {
                    Refusal::Said(format!("{name} takes one whole number, the exit code, or nothing\n"))
                })?);
                String::new()
            }
            ")clear" | ")load" | ")xload" if self.is_suspended() => {
                self.after_all(After::Command(line.to_owned()), outcome);
                String::new()
            }
            ")save" if self.is_suspended() => {
                return refused("functions are suspended; )reset ends them, so that )save can save the workspace");
            }
            ")clear" => {
                self.clear();
                "clear ws\n".to_string()
            }
            ")save" => self.save_command(&words)?,
            ")load" | ")xload" => self.load_command(&words, name == ")load", outcome)?,
            ")lib" => self.lib_command(&words)?,
            ")drop" => self.drop_command(&words)?,
            ")ed" | ")edit" => self.edit_command(&words)?,
            ")reset" | ")sic" => self.reset_command(&words, outcome)?,
            // In Dyalog this lets input of several lines be typed, which is always possible here.
            "]dinput" => String::new(),
            ")si" | ")sinl" => self.indicator_command(&words, name == ")sinl")?,
            "]suspend" => self.suspend_command(tail)?,
            // There are no threads that could hold anything.
            ")tid" | ")holds" => String::new(),
            "]import" | "]link.import" | "]get" => self.import_command(&words)?,
            "]export" | "]link.export" => self.export_command(&words)?,
            ")cs" => self.change_space(words.first().copied())?,
            ")ns" => self.create_space(words.first().copied())?,
            ")vars" => self.listed(words.first(), |class, space| class == Class::Array && !space),
            ")obs" | ")objects" => self.listed(words.first(), |_, space| space),
            ")fns" => self.listed(words.first(), |class, _| class == Class::Function),
            ")ops" => self.listed(words.first(), |class, _| class > Class::Function),
            ")erase" => self.erase(&words)?,
            ")wsid" => self.identify(tail),
            "]box" | "]boxing" => self.box_command(tail)?,
            "]rows" => self.rows_command(tail)?,
            "]display" | "]disp" | "]explain" | "]plot" | "]view" if tail.is_empty() => {
                help::usage(&name).unwrap_or_default()
            }
            "]display" => {
                let value = self.eval(tail)?;
                self.drawn(|clusters| display::display(&self.context, &value, BoxStyle::Max, Some(clusters)))?
            }
            "]disp" => {
                let value = self.eval(tail)?;
                self.drawn(|clusters| display::disp(&self.context, &value, Some(clusters)))?
            }
            "]explain" => match tail.strip_prefix("-steps ") {
                Some(expression) => self.steps_of(expression.trim())?,
                None => self.explain(tail)?,
            },
            "]runtime" | "]profile" | "]why" if tail.is_empty() => help::usage(&name).unwrap_or_default(),
            "]runtime" => self.runtime_command(tail)?,
            "]profile" => self.profile_command(tail, outcome)?,
            "]why" => self.why_command(tail)?,
            "]map" => self.map_command(&words)?,
            "]size" => self.size_command(&words)?,
            "]trace" => self.trace_command(tail, outcome)?,
            "]plot" => self.plot_command(tail)?,
            "]view" => self.view_command(tail)?,
            "]record" => return refused("only a session of the program zilde can be recorded"),
            "]version" => format!("zilde {}\n", env!("CARGO_PKG_VERSION")),
            ")copy" => self.copy(&words, false)?,
            ")pcopy" => self.copy(&words, true)?,
            ")sh" | ")cmd" if tail.is_empty() => return refused(format_args!("{name} takes a command of the shell")),
            ")sh" | ")cmd" => self.shell(tail)?,
            missing if MISSING.contains(&missing) => {
                return refused(format_args!("NONCE ERROR: {missing} is not there yet"));
            }
            ")help" | "]help" => match help::help(tail, self.context.pw()) {
                Some(page) => page,
                None => return refused(format_args!("No help for {tail}; ]help shows what can be asked for")),
            },
            "]keys" => help::help("keys", self.context.pw()).unwrap_or_default(),
            "]lines" => self.lines_command(tail)?,
            _ if line.starts_with(')') => return refused(format_args!("Bad command: {name}")),
            _ => return refused(format_args!("* Command Execution Failed: no user command {name}")),
        })
    }

    /// `)sh command`: replies with what the command writes.
    fn shell(&self, command: &str) -> Reply {
        let ran = match self.context.watched(|watch| self.context.host.run(command, watch)) {
            Ok(ran) => ran,
            Err(fault) if fault.kind().is_interrupt() => return Err(fault.into()),
            Err(fault) => return refused(fault.detail().unwrap_or_else(|| fault.headline().into())),
        };
        let mut text = String::from_utf8_lossy(&ran.output).into_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        match ran.code {
            0 => Ok(text),
            code => refused(format_args!("{text}The command failed with exit code {code}")),
        }
    }

    /// `)wsid`: the name of the workspace, which it may be given.
    fn identify(&self, name: &str) -> String {
        match name {
            "" => format!("is {}\n", self.context.name.borrow()),
            _ => format!("was {}\n", self.context.name.replace(name.to_string())),
        }
    }

    /// The names that are `wanted` by their class and by whether they are namespaces, as lines of at most `⎕PW` characters
    /// with a column at every eighth one. Names before `first` in the alphabet are left out.
    fn listed(&self, first: Option<&&str>, wanted: impl Fn(Class, bool) -> bool) -> String {
        let mut names = self.names();
        names.retain(|(name, class)| {
            let space = *class == Class::Array && self.get(name).is_some_and(|value| value.reference().is_some());
            wanted(*class, space) && first.is_none_or(|first| **first <= **name)
        });
        let names: Vec<&str> = names.iter().map(|(name, _)| &**name).collect();
        columns(&names, self.context.pw())
    }

    /// Removes names; replies with those that had no value.
    fn erase(&mut self, names: &[&str]) -> Reply {
        let mut missing = String::new();
        for name in names.iter().take_while(|name| !name.starts_with('⍝')) {
            match names::find(&self.current_space(), None, name) {
                Binding::Unset => missing = format!("{missing} {name}"),
                _ => names::forget(&self.current_space(), None, name),
            }
        }
        if missing.is_empty() { Ok(missing) } else { refused(format_args!("not found{missing}")) }
    }
}

/// Names as lines of at most `page` characters with a column at every eighth one.
pub(super) fn columns(names: &[&str], page: usize) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for name in names {
        let count = name.chars().count();
        if width > 0 && width + count + 8 > page {
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

/// What `)off` is given: nothing, or one whole number.
fn exit_code(words: &[&str]) -> Option<i32> {
    match words {
        [] => Some(0),
        [code] => code.replace('¯', "-").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_listed() {
        let page = include_str!("../../DIFFERENCES.md");
        let names: Vec<&str> = page.split([' ', '`', '\n']).collect();
        for name in MISSING.iter().filter(|name| name.starts_with(')')) {
            assert!(names.contains(name), "DIFFERENCES.md does not list {name}");
        }
    }
}
