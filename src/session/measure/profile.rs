//! `]profile`: runs lines while a profile is made, and shows it as tables.

use std::fmt::Write;

use super::flame;
use crate::host::{Access, IfExists};
use crate::observe::profile::{Cost, Entry, Profile, Timer};
use crate::session::commands::{Refusal, Reply, refused};
use crate::session::{Outcome, Session, lines};
use crate::vm;

/// Lines that are listed, the most expensive ones.
const MOST_LINES: usize = 20;
/// Functions that are listed.
const MOST_FUNCTIONS: usize = 20;
/// Characters of a line's text.
const TEXT: usize = 40;

impl Session {
    /// A profile is made from now on. A reason where there is one already.
    #[doc(hidden)]
    pub fn begin_profile(&self) -> Result<(), String> {
        if self.context.profiler.is_on() {
            return Err("⎕PROFILE is active; ⎕PROFILE 'stop' ends it".to_owned());
        }
        self.context.profiler.reset();
        vm::begin_profile(&self.context, &self.root.workspace, Timer::Sampled);
        Ok(())
    }

    /// What was measured.
    #[doc(hidden)]
    pub fn end_profile(&self) -> Profile {
        self.context.profiler.stop(self.context.memory().made());
        self.root.workspace.renew();
        self.context.profiler.take()
    }

    /// `]profile [-flame=FILE.svg] EXPRESSION`, or the name of a script.
    pub(in crate::session) fn profile_command(&mut self, argument: &str, outcome: &mut Outcome) -> Reply {
        let (file, line) = match argument.strip_prefix("-flame=") {
            Some(rest) => match rest.split_once(char::is_whitespace) {
                Some((file, line)) => (Some(file), line.trim()),
                None => return refused("]profile takes an expression behind -flame=FILE"),
            },
            None => (None, argument),
        };
        if line.is_empty() || lines::is_command(line) || lines::is_definition(line) {
            return refused("]profile takes an expression or a script");
        }
        let place = match file.map(|file| self.context.host.place(file, Access::Write)).transpose() {
            Ok(place) => place,
            Err(fault) => return refused(fault.in_one_line()),
        };
        self.begin_profile().map_err(|why| Refusal::Said(why + "\n"))?;
        self.undisturbed(|session| {
            if let Err(fault) = session.line_or_script(line, outcome) {
                session.report(fault, outcome);
            }
        });
        let profile = self.end_profile();
        if let Some(place) = place {
            let svg = flame::svg(&profile, line).into_bytes();
            self.context.watched(|watch| crate::host::replace(&place, &svg, IfExists::Replace, watch))?;
        }
        Ok(tables(&profile))
    }
}

/// A profile as two tables: functions and lines, the most expensive first.
pub fn tables(profile: &Profile) -> String {
    let functions = profile.functions();
    let calls: u64 = functions.iter().map(|(_, entry, _)| entry.count).sum();
    let nodes = profile.nodes();
    let roots = nodes.first().map(|node| node.entry.own).unwrap_or_default();
    let whole = nodes.iter().map(|node| node.entry.own).fold(Cost::default(), |sum, own| sum + own);
    // A String takes whatever is written.
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} ms, {} of arrays, {calls} call{} of functions; outside of them {} ms",
        milliseconds(whole.time),
        bytes(whole.bytes),
        if calls == 1 { "" } else { "s" },
        milliseconds(roots.time),
    );
    if functions.is_empty() {
        return text;
    }
    let percent = |time: u64| if whole.time == 0 { 0.0 } else { time as f64 * 100.0 / whole.time as f64 };
    let row = |text: &mut String, entry: &Entry, what: &str| {
        let _ = writeln!(
            text,
            "{:>10} {:>5.1}% {:>10} {:>10} {:>9}  {what}",
            milliseconds(entry.own.time),
            percent(entry.own.time),
            milliseconds(entry.total.time),
            entry.count,
            bytes(entry.own.bytes),
        );
    };
    text += "\n   self ms            total ms      calls     bytes  function\n";
    let mut order: Vec<usize> = (0..functions.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(functions[at].1.own.time));
    for &at in order.iter().take(MOST_FUNCTIONS) {
        let (known, entry, _) = &functions[at];
        row(&mut text, entry, &known.name);
    }
    left_out(&mut text, functions.len(), MOST_FUNCTIONS, "functions");
    let mut all: Vec<(String, Entry)> = Vec::new();
    for (known, _, entries) in &functions {
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.count > 0) {
            let source = known.text.lines().nth(number).unwrap_or_default().trim();
            let short: String = source.chars().take(TEXT).collect();
            let more = if source.chars().count() > TEXT { "…" } else { "" };
            all.push((format!("{}[{number}]  {short}{more}", known.name), *entry));
        }
    }
    all.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.own.time));
    text += "\n   self ms            total ms       runs     bytes  line\n";
    for (what, entry) in all.iter().take(MOST_LINES) {
        row(&mut text, entry, what);
    }
    left_out(&mut text, all.len(), MOST_LINES, "lines");
    text
}

fn left_out(text: &mut String, count: usize, most: usize, what: &str) {
    if count > most {
        let _ = writeln!(text, "··· {} more {what}", count - most);
    }
}

fn milliseconds(nanoseconds: u64) -> String {
    format!("{:.1}", nanoseconds as f64 / 1e6)
}

fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", count / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{} GB", count / 1_000_000_000),
    }
}
