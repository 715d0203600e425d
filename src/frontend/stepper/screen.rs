//! What a step looks like on the screen: the line with the part that was evaluated, its value, the parts before it, and
//! the names.

use std::fmt::Write as _;
use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::super::terminal;
use super::walk::Walk;
use crate::context::{Context, Layout, RowStyle, Rows, Size};
use crate::display::{brief, show};
use crate::observe::trace::{Recorded, Step, What};
use crate::session::trace::{described, marked, named, one_line, remarks_on, shortened};

/// The keys, at the foot.
const KEYS: &str =
    "→ next  ← back  ↓ into  ↑ out  s b any step  c C change of a name  e error  g first  G last  v value  q leaves";

/// Elements of a value that is laid out in full; of larger ones the beginning is shown.
const DRAWN: usize = 10_000;

/// The steps before that are listed.
const LISTED: usize = 6;

/// Screens with fewer lines are low.
const SPACIOUS: usize = 16;

/// The other screen of the terminal, until this is dropped.
pub struct Alternate;

impl Alternate {
    /// Shows it.
    pub fn begin() -> io::Result<Alternate> {
        let mut output = io::stdout().lock();
        output.write_all(b"\x1b[?1049h\x1b[?25l")?;
        output.flush()?;
        Ok(Alternate)
    }
}

impl Drop for Alternate {
    fn drop(&mut self) {
        let mut output = io::stdout().lock();
        // If the terminal is gone, nobody looks at it.
        let _ = output.write_all(b"\x1b[?25h\x1b[?1049l").and_then(|()| output.flush());
    }
}

/// Shows a step.
pub fn draw(context: &Context, walk: &Walk) -> io::Result<()> {
    let size = terminal::size().unwrap_or(Size { columns: 80, lines: 24 });
    let mut text = String::from("\x1b[H");
    for line in page(context, walk, size) {
        text += &line;
        text += "\x1b[K\r\n";
    }
    text.truncate(text.len().saturating_sub(2));
    text += "\x1b[J";
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// The lines of the screen, as many as there are.
fn page(context: &Context, walk: &Walk, size: Size) -> Vec<String> {
    let (columns, lines) = (size.columns.max(20), size.lines.max(6));
    let step = walk.step();
    // On a low screen, what is shown is the value: without blank lines, and with the first keys only.
    let gap = || (lines >= SPACIOUS).then(String::new);
    let mut top = vec![cut(&heading(walk), columns)];
    top.extend(gap());
    top.extend(source(step, columns, (lines / 12).min(3)));
    top.extend(gap());
    let mut foot: Vec<String> = gap().into_iter().collect();
    foot.push(cut(walk.message(), columns));
    foot.extend(wrapped_keys(columns).into_iter().take(if lines >= SPACIOUS { lines } else { 1 }));
    let room = lines.saturating_sub(top.len() + foot.len());
    let mut lists: Vec<String> = Vec::new();
    if !walk.whole {
        lists = listed(context, walk, columns, room.saturating_sub(4));
    }
    let mut middle = value(context, step, columns, room.saturating_sub(lists.len()));
    middle.resize(room.saturating_sub(lists.len()), String::new());
    top.into_iter().chain(middle).chain(lists).chain(foot).take(lines).collect()
}

/// Where one is.
fn heading(walk: &Walk) -> String {
    let recording = walk.recording();
    let mut text = format!("step {} of {}", walk.at() + 1, recording.steps().len());
    if recording.dropped() > 0 {
        let _ = write!(text, " ({} before them were dropped)", recording.dropped());
    }
    let depth = walk.step().depth;
    if depth > 0 {
        let _ = write!(text, ", {depth} call{} deep", if depth == 1 { "" } else { "s" });
    }
    if let Some(Step { what: What::Phrase(heading), .. }) = walk.phrase()
        && !heading.is_empty()
    {
        let _ = write!(text, ", {heading}");
    }
    text
}

/// The line of the source, and below it what the step covers; before and behind it so many other lines of the text.
fn source(step: &Step, columns: usize, others: usize) -> Vec<String> {
    let lines: Vec<&str> = step.text.lines().collect();
    let at = step.text[..(step.span.start as usize).min(step.text.len())].matches('\n').count();
    let from = at.saturating_sub(others).min(lines.len());
    let to = (at + 1 + others).min(lines.len());
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let near = lines[from..to].iter().filter(|line| !line.trim().is_empty());
    let least = near.map(|line| indent(line)).min().unwrap_or(0);
    let margin = |line: &str| " ".repeat(6 + indent(line).saturating_sub(least));
    let dim = if terminal::has_colours() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    let other = |line: &&str| format!("{}{}{}", dim.0, cut(&(margin(line) + line.trim_start()), columns), dim.1);
    let mut all: Vec<String> = lines[from..at.min(to)].iter().map(other).collect();
    all.extend(current(step, &margin(lines.get(at).unwrap_or(&"")), columns));
    all.extend(lines.iter().take(to).skip(at + 1).map(other));
    all
}

/// The line that a step stands in, behind a margin, and the mark below it.
fn current(step: &Step, margin: &str, columns: usize) -> [String; 2] {
    let (line, covered) = marked(&step.text, step.span);
    let chars: Vec<char> = line.chars().collect();
    // Of a long line the part around what is covered.
    let room = columns.saturating_sub(margin.len() + 2);
    let from = if chars.len() <= room { 0 } else { covered.start.saturating_sub(room / 4).min(chars.len() - room) };
    let to = chars.len().min(from + room);
    let (start, end) = (covered.start.clamp(from, to), covered.end.clamp(from, to));
    let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let style = if terminal::has_colours() { ("\x1b[7m", "\x1b[0m") } else { ("", "") };
    let shown = format!("{margin}{}{}{}{}{}", part(from..start), style.0, part(start..end), style.1, part(end..to));
    let below = format!("{margin}{}{}", " ".repeat(start - from), "─".repeat((end - start).max(1)));
    [shown, below]
}

/// What the step is, and its value in so many lines.
fn value(context: &Context, step: &Step, columns: usize, lines: usize) -> Vec<String> {
    let mut shown = Vec::new();
    match &step.what {
        What::Part { value, remarks } => {
            shown.push(summary(value));
            let told = remarks_on(value, remarks);
            if !told.is_empty() {
                shown.push(told);
            }
            shown.extend(laid_out(context, value, columns, lines));
        }
        What::Change { name, value } => {
            shown.push(format!("{name} is now"));
            match value {
                Some(value) => {
                    shown.push(summary(value));
                    shown.extend(laid_out(context, value, columns, lines));
                }
                None => shown.push("a function or operator".to_owned()),
            }
        }
        What::Call { name, left, right, tail } => {
            let place = if *tail { ", in the place of the function that calls it" } else { "" };
            shown.push(format!("→ calls {}{place}", shortened(&one_line(name), columns / 2)));
            if let Some(left) = left {
                shown.push(format!("⍺: {}", described(context, left, columns.saturating_sub(4))));
            }
            shown.push(format!("⍵: {}", described(context, right, columns.saturating_sub(4))));
        }
        What::Return(value) => match value {
            Some(value) => {
                shown.push("← the result of the call".to_owned());
                shown.push(summary(value));
                shown.extend(laid_out(context, value, columns, lines));
            }
            None => shown.push("← the call has no result".to_owned()),
        },
        What::Error(headline) => shown.push(headline.to_string()),
        What::Phrase(_) => {}
    }
    shown.truncate(lines);
    shown.iter().map(|line| cut(line, columns)).collect()
}

fn summary(value: &Recorded) -> String {
    let text = described_shape(value);
    if text.is_empty() { "scalar".to_owned() } else { text }
}

fn described_shape(value: &Recorded) -> String {
    use crate::session::trace::kind;
    let axes = |shape: &[usize]| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
    let mut text = kind(value.kind).to_owned();
    if let Some(frame) = &value.frame {
        let _ = write!(text, ", for {} cells at once, each", axes(frame));
    }
    match value.shape.is_empty() {
        true => text += ", a scalar",
        false => _ = write!(text, ", shape {}", axes(&value.shape)),
    }
    text
}

/// A value as the session shows it, as far as it fits.
fn laid_out(context: &Context, value: &Recorded, columns: usize, lines: usize) -> Vec<String> {
    let Some(value) = &value.value else { return vec!["(not computed by itself)".to_owned()] };
    if value.count() > DRAWN {
        return vec![brief(context, value, columns)];
    }
    let rows = Rows { on: true, style: RowStyle::Long, ..Rows::default() };
    let layout = Layout { boxed: true, rows, longest: None, wide: true, ..Layout::default() };
    let text = show(context, value, layout).unwrap_or_default();
    text.lines().take(lines).map(str::to_owned).collect()
}

/// The steps before this one in the phrase; the arguments of the function and the names that it has changed: in so many lines.
fn listed(context: &Context, walk: &Walk, columns: usize, room: usize) -> Vec<String> {
    let style = if terminal::has_colours() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    let dim = |text: String| format!("{}{}{}", style.0, cut(&text, columns), style.1);
    let line = |what: &str, value: Option<&Recorded>| {
        let mut text = format!("  {:<24}", shortened(what, 23));
        match value {
            Some(value) => text += &described(context, value, columns.saturating_sub(30)),
            None => text += "a function or operator",
        }
        dim(text)
    };
    let mut lists = Vec::new();
    let mut before: Vec<&Step> = walk.before().take(LISTED.min((room / 2).saturating_sub(1))).collect();
    before.reverse();
    if !before.is_empty() {
        lists.push(dim("before it".to_owned()));
    }
    for step in before {
        match &step.what {
            What::Part { value, .. } => lists.push(line(&named(step), Some(value))),
            What::Change { name, value } => lists.push(line(&format!("{name} is now"), value.as_ref())),
            What::Return(Some(value)) => lists.push(line("← the call gave", Some(value))),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Some(Step { what: What::Call { left, right, .. }, .. }) = walk.call() {
        names.extend(left.iter().map(|left| line("⍺", Some(left))));
        names.push(line("⍵", Some(right)));
    }
    for (name, step) in walk.names().into_iter().take(LISTED) {
        if let What::Change { value, .. } = &step.what {
            names.push(line(name, value.as_ref()));
        }
    }
    if !names.is_empty() {
        lists.push(dim("names".to_owned()));
        lists.append(&mut names);
    }
    lists.truncate(room);
    lists
}

/// The keys in as many lines as they need.
fn wrapped_keys(columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for key in KEYS.split("  ") {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 2 + key.chars().count() > columns {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                *line += "  ";
            }
            *line += key;
        }
    }
    lines
}

/// A text in no more than so many columns.
fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    text.chars().map(|c| if c.is_control() { '·' } else { c }).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;
    use crate::observe::trace::Limits;
    use crate::session::Outcome;

    #[test]
    fn the_value_is_on_every_screen() {
        let mut session = Session::new();
        session.run("f←{\n  half←⍵÷2\n  half+1\n}");
        let recording = session.traced("f 60 80", Limits::default(), &mut Outcome::default()).unwrap();
        let mut walk = Walk::new(&recording).unwrap();
        walk.goes_to_change("half", false);
        for (columns, lines) in [(20, 6), (40, 8), (40, 11), (80, 16), (80, 24), (200, 60)] {
            let page = page(session.context(), &walk, Size { columns, lines });
            let text = page.join("\n");
            assert_eq!(page.len(), lines, "{text}");
            assert!(page.iter().all(|line| line.chars().count() <= columns), "{text}");
            assert!(text.contains("half←⍵÷2") && text.contains("half is now"), "{text}");
            assert_eq!(text.contains("30 40"), lines > 6, "{text}");
            assert_eq!(text.contains("q leaves"), lines >= SPACIOUS, "{text}");
        }
    }
}
