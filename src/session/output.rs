//! `]box` and `]rows`: how the session shows results. `]display` and `]disp`: one value with its structure.
//!
//! The replies are Dyalog's: a command that changes a setting shows the previous value. The settings are those of
//! [`Layout`]; `display/` draws accordingly.

use super::Session;
use super::commands::{Reply, refused};
use crate::array::Value;
use crate::context::{BoxStyle, LONGEST, Layout, RowStyle, Rows, TrainStyle};
use crate::display::{self, Block, Clusters};
use crate::error::Result;

/// A command that is on or off and has modifiers.
struct Command {
    name: &'static str,
    /// The modifiers, as a reply names them.
    modifiers: &'static [&'static str],
    switch: fn(&mut Layout) -> &mut bool,
    /// Gives a modifier a value; `None` where it can't have that.
    change: fn(&mut Layout, &str, &str) -> Option<()>,
    value: fn(&Layout, &str) -> String,
    reset: fn(&mut Layout),
    /// How the reply begins if only modifiers were given.
    was: &'static str,
    usage: &'static str,
}

const BOX: Command = Command {
    name: "]boxing",
    modifiers: &["style", "trains", "fns"],
    switch: |layout| &mut layout.boxed,
    change: |layout, modifier, value| {
        match (modifier, value.to_lowercase().as_str()) {
            ("style", "min") => layout.style = BoxStyle::Min,
            ("style", "mid") => layout.style = BoxStyle::Mid,
            ("style", "max") => layout.style = BoxStyle::Max,
            ("trains", "box") => layout.trains = TrainStyle::Box,
            ("trains", "tree") => layout.trains = TrainStyle::Tree,
            ("trains", "parens") => layout.trains = TrainStyle::Parens,
            ("trains", "def") => layout.trains = TrainStyle::Def,
            ("fns", value) => layout.in_functions = switch(value)?,
            _ => return None,
        }
        Some(())
    },
    value: |layout, modifier| {
        let value = match modifier {
            "style" => match layout.style {
                BoxStyle::Min => "min",
                BoxStyle::Mid => "mid",
                BoxStyle::Max => "max",
            },
            "trains" => match layout.trains {
                TrainStyle::Box => "box",
                TrainStyle::Tree => "tree",
                TrainStyle::Parens => "parens",
                TrainStyle::Def => "def",
            },
            _ => switched(layout.in_functions),
        };
        value.to_string()
    },
    reset: |layout| {
        let Layout { boxed, rows, height, longest, .. } = *layout;
        *layout = Layout { boxed, rows, height, longest, ..Layout::default() }
    },
    was: "Was",
    usage: "]box [on|off|reset|?] [-style=min|mid|max] [-trains=box|tree|parens|def] [-fns=on|off]\n",
};

const ROWS: Command = Command {
    name: "]rows",
    modifiers: &["style", "fold", "fns", "dots"],
    switch: |layout| &mut layout.rows.on,
    change: |layout, modifier, value| {
        let rows = &mut layout.rows;
        match (modifier, value.to_lowercase().as_str()) {
            ("style", "long") => rows.style = RowStyle::Long,
            ("style", "cut") => rows.style = RowStyle::Cut,
            ("style", "wrap") => rows.style = RowStyle::Wrap,
            ("fold", "off") => rows.fold = None,
            ("fold", _) => {
                rows.fold = Some(value.parse().ok().filter(|last| *last < 10)?);
                rows.on = true;
            }
            ("fns", value) => rows.in_functions = switch(value)?,
            ("dots", _) => {
                let mut dots = value.chars();
                rows.dots = dots.next().filter(|_| dots.next().is_none())?;
            }
            _ => return None,
        }
        Some(())
    },
    value: |layout, modifier| {
        let rows = &layout.rows;
        match modifier {
            "style" => match rows.style {
                RowStyle::Long => "long".to_string(),
                RowStyle::Cut => "cut".to_string(),
                RowStyle::Wrap => "wrap".to_string(),
            },
            "fold" => rows.fold.map_or("off".to_string(), |last| last.to_string()),
            "dots" => rows.dots.to_string(),
            _ => switched(rows.in_functions).to_string(),
        }
    },
    reset: |layout| layout.rows = Rows { on: layout.rows.on, ..Rows::default() },
    was: "was",
    usage: "]rows [on|off|?] [-style=long|cut|wrap] [-fold=0…9|off] [-fns=on|off] [-dots=·]\n",
};

impl Session {
    /// `]box` and `]boxing`.
    pub(super) fn box_command(&self, tail: &str) -> Reply {
        self.switched(&BOX, tail)
    }

    /// `]rows`.
    pub(super) fn rows_command(&self, tail: &str) -> Reply {
        self.switched(&ROWS, tail)
    }

    /// `]lines`: how many lines of a result a terminal shows at most; without an argument it only tells.
    pub(super) fn lines_command(&self, tail: &str) -> Reply {
        let said = |longest: Option<usize>| longest.map_or("off".to_string(), |lines| lines.to_string());
        let mut layout = self.context.layout.borrow_mut();
        let before = said(layout.longest);
        let most = match tail.to_lowercase().as_str() {
            "" | "?" => return Ok(format!("Is {before}\n")),
            "off" => None,
            "on" => Some(LONGEST),
            number => match number.parse() {
                Ok(lines) if lines > 0 => Some(lines),
                _ => return refused(format_args!("* Command Execution Failed: unknown argument {tail}")),
            },
        };
        layout.longest = most;
        Ok(format!("Was {before}\n"))
    }

    /// `]display` and `]disp`: a character matrix, shown as the session shows one.
    pub(super) fn drawn(&self, draw: impl FnOnce(&Clusters) -> Result<Block>) -> Result<String> {
        display::show_drawn(&self.context, display::layout(&self.context, false), draw)
    }

    /// A value as the session shows it: a text too is in a box where every array is.
    pub(crate) fn shown(&self, value: &Value) -> Result<String> {
        display::show(&self.context, value, display::layout(&self.context, false))
    }

    fn switched(&self, command: &Command, tail: &str) -> Reply {
        let before = *self.context.layout.borrow();
        let reply = match command.apply(before, tail) {
            Ok((layout, reply)) => {
                *self.context.layout.borrow_mut() = layout;
                reply
            }
            Err(reply) => return reply,
        };
        Ok(self.shown(&self.context.text(&reply)?)?)
    }
}

impl Command {
    /// The new settings, and a reply with the previous ones. `Err` with only a reply if the usage is asked for, or if the
    /// options are not valid.
    fn apply(&self, mut layout: Layout, tail: &str) -> std::result::Result<(Layout, String), Reply> {
        let before = layout;
        let mut asked = Vec::new();
        let mut main = false;
        let mut full = false;
        let tail = tail.split('⍝').next().unwrap_or_default();
        for word in tail.split_whitespace() {
            let unknown = || refused(format_args!("* Command Execution Failed: unknown argument {word}"));
            match word.strip_prefix('-').unwrap_or(word).split_once('=') {
                Some((name, value)) => {
                    let name = name.to_lowercase();
                    // A modifier is known by as much of its name as no other one shares.
                    let mut named = self.modifiers.iter().filter(|modifier| modifier.starts_with(&name));
                    let modifier = named.next().filter(|_| named.next().is_none()).ok_or_else(unknown)?;
                    (self.change)(&mut layout, modifier, value).ok_or_else(unknown)?;
                    asked.push(*modifier);
                }
                None => match word.to_lowercase().as_str() {
                    word @ ("on" | "off") => {
                        *(self.switch)(&mut layout) = word == "on";
                        main = true;
                    }
                    "reset" => {
                        (self.reset)(&mut layout);
                        full = true;
                    }
                    "?" => full = true,
                    "-?" | "-??" => return Err(Ok(self.usage.to_string())),
                    _ => return Err(unknown()),
                },
            }
        }
        let idle = asked.is_empty() && !main;
        let (said, shown) = match (full, idle) {
            (true, _) => (self.name, layout),
            (_, true) => ("Is", layout),
            _ => (if main { "Was" } else { self.was }, before),
        };
        let mut reply = said.to_string();
        if full || idle || main {
            let on = *(self.switch)(&mut { shown });
            reply += if on { " ON" } else { " OFF" };
        }
        for modifier in self.modifiers.iter().filter(|modifier| full || asked.contains(modifier)) {
            reply += &format!(" -{modifier}={}", (self.value)(&shown, modifier));
        }
        Ok((layout, reply))
    }
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn switched(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
