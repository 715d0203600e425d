//! A recording as text: a line for each part, from the right of a phrase to its left.

use std::fmt::Write;
use std::rc::Rc;

use crate::array::{Type, address};
use crate::context::Context;
use crate::display::brief;
use crate::observe::trace::{Form, Limits, Recorded, Recording, Remark, Step, What};
use crate::syntax::span::Span;

/// The widest text of a part that sets the width of its column.
const WIDEST: usize = 32;

/// How a recording is shown.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Whether calls are entered.
    pub calls: bool,
    /// The width of the page.
    pub width: usize,
}

impl Manner {
    /// What has to be recorded for it.
    pub fn limits(self) -> Limits {
        Limits { depth: if self.calls { u32::MAX } else { 0 }, ..Limits::default() }
    }
}

/// The whole recording as lines.
pub fn plain(context: &Context, recording: &Recording, manner: Manner) -> String {
    let mut text = String::new();
    if recording.dropped() > 0 {
        // A String takes whatever is written.
        let (count, were) =
            (recording.dropped(), if recording.dropped() == 1 { " before these was" } else { "s before these were" });
        let _ = writeln!(text, "··· {count} step{were} dropped");
    }
    let parts = || recording.steps().iter().filter(|step| matches!(step.what, What::Part { .. } | What::Change { .. }));
    let column =
        parts().map(|step| named(step).chars().count() + 2 * step.depth as usize).max().unwrap_or(0).min(WIDEST);
    let mut before: Option<&Step> = None;
    for step in recording.steps() {
        if !repeats(before, step) {
            text += &line(context, step, column, manner.width);
        }
        before = Some(step);
    }
    text
}

/// A step as a line.
fn line(context: &Context, step: &Step, column: usize, width: usize) -> String {
    let indent = "  ".repeat(step.depth.min(30) as usize);
    let rest = |used: usize| width.saturating_sub(used).max(20);
    let value = |recorded: &Recorded, used: usize| described(context, recorded, rest(used));
    match &step.what {
        What::Phrase(heading) => {
            let heading = if heading.is_empty() { "▸" } else { heading };
            format!("{indent}{heading} {}\n", one_line(step.span.of(&step.text)))
        }
        What::Part { value: recorded, remarks } => {
            let mut text = format!("{indent}{}", shortened(&named(step), WIDEST));
            pad(&mut text, column);
            let told = remarks_on(recorded, remarks);
            text += &value(recorded, text.chars().count() + if told.is_empty() { 0 } else { told.chars().count() + 4 });
            if !told.is_empty() {
                text += &format!("  ⍝ {told}");
            }
            text + "\n"
        }
        What::Change { value: recorded, .. } => {
            let mut text = format!("{indent}{}", named(step));
            pad(&mut text, column);
            match recorded {
                Some(recorded) => text += &value(recorded, text.chars().count() + 14),
                None => text += "a function or operator",
            }
            text + "  ⍝ its new value\n"
        }
        What::Call { name, left, right, tail } => {
            let mut text = format!("{indent}→ {}", shortened(&one_line(name), WIDEST));
            if *tail {
                text += " (a tail call)";
            }
            if let Some(left) = left {
                let _ = write!(text, "  ⍺: {}", value(left, width / 2));
            }
            let _ = write!(text, "  ⍵: {}", value(right, width / 2));
            text + "\n"
        }
        What::Return(Some(recorded)) => format!("{indent}← {}\n", value(recorded, indent.len() + 2)),
        What::Return(None) => format!("{indent}← no result\n"),
        What::Error(headline) => {
            let (source, column) = line_of(&step.text, step.span.start);
            let caret = " ".repeat(column);
            format!("{indent}{headline}\n{indent}      {source}\n{indent}      {caret}∧\n")
        }
    }
}

/// What a step is about.
pub fn named(step: &Step) -> String {
    match &step.what {
        What::Change { name, .. } => name.to_string(),
        _ => one_line(step.span.of(&step.text)),
    }
}

/// Whether a step only says again what the one before it has said: `x←5` has the value that `x` has then.
fn repeats(before: Option<&Step>, step: &Step) -> bool {
    let (Some(Step { what: What::Part { value: of, .. }, span, .. }), What::Change { value: Some(now), .. }) =
        (before, &step.what)
    else {
        return false;
    };
    let same = match (&of.value, &now.value) {
        (Some(before), Some(now)) => match (address(before), address(now)) {
            (None, None) => before.to_string() == now.to_string(),
            (before, now) => before == now,
        },
        _ => false,
    };
    same && *span == step.span
}

/// The line of a text that a place is in, without blanks at its beginning, and the column of the place.
pub fn line_of(text: &Rc<str>, at: u32) -> (String, usize) {
    let at = (at as usize).min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let blanks = line.len() - line.trim_start().len();
    let column = text.get(start..at).unwrap_or_default().chars().count();
    (line.trim_start().to_owned(), column.saturating_sub(blanks))
}

/// The type, the shape and the beginning of a value.
pub fn described(context: &Context, recorded: &Recorded, width: usize) -> String {
    let mut text = kind(recorded.kind).to_owned();
    if let Some(frame) = &recorded.frame {
        let _ = write!(text, ", {} cells", shape(frame));
        text += if recorded.shape.is_empty() { "" } else { " of" };
    }
    if !recorded.shape.is_empty() {
        let _ = write!(text, " {}", shape(&recorded.shape));
    }
    pad(&mut text, 11);
    let left = width.saturating_sub(text.chars().count()).max(12);
    match &recorded.value {
        Some(value) => text + &brief(context, value, left),
        None => text + "(not computed by itself)",
    }
}

/// The name of a type.
pub fn kind(kind: Type) -> &'static str {
    match kind {
        Type::Bool => "boolean",
        Type::Int => "integer",
        Type::Float => "float",
        Type::Complex => "complex",
        Type::Char => "char",
        Type::Ref => "reference",
        Type::Nested => "nested",
    }
}

pub fn shape(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

/// How a part was evaluated, in words.
pub fn remarks_on(recorded: &Recorded, remarks: &[Remark]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (at, said) in remarks.iter().enumerate() {
        let is_one = matches!(said, Remark::Cells { frame, .. } if frame.iter().product::<usize>() < 2);
        told.extend(remark(said));
        if let (Remark::Cells { .. }, Some(last)) = (said, told.last_mut()) {
            match remarks.get(at + 1) {
                Some(Remark::AtOnce) => *last += ", all at once",
                Some(Remark::Synonym(_)) => {}
                _ if is_one => {}
                _ => *last += ", one after the other",
            }
        }
        if let (Remark::AtOnce, false) = (said, matches!(remarks.get(at.wrapping_sub(1)), Some(Remark::Cells { .. }))) {
            told.push("all cells at once".to_owned());
        }
    }
    told.extend(match recorded.form {
        Form::Stored => None,
        Form::View => Some("a view: nothing is copied".to_owned()),
        Form::Deferred => Some("deferred: computed with what takes it".to_owned()),
        Form::Flat => Some("items of one shape, stored as one array".to_owned()),
    });
    told.dedup();
    told.join("; ")
}

/// A remark in words; nothing where it only adds to another one.
pub fn remark(remark: &Remark) -> Option<String> {
    Some(match remark {
        Remark::Cells { operator, frame, cells } => {
            let count: usize = frame.iter().product();
            let what = if *operator == "¨" { "item" } else { "cell" };
            let plural = if count == 1 { "" } else { "s" };
            let mut text = format!("{operator}: {count} {what}{plural}");
            if frame.len() > 1 {
                let _ = write!(text, " in {}", shape(frame));
            }
            let shapes: Vec<String> =
                cells.iter().map(|cell| if cell.is_empty() { "no axes".to_owned() } else { shape(cell) }).collect();
            if !shapes.is_empty() {
                let _ = write!(text, " of shape {}", shapes.join(" and "));
            }
            text
        }
        Remark::AtOnce => return None,
        Remark::Synonym(function) => format!("applied as {function}"),
        Remark::Product => "computed as a matrix product".to_owned(),
        Remark::Tine(function, value) => format!("{function} gives {value}"),
    })
}

/// A text without line ends.
pub fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ⋄ ")
}

pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let keep: Vec<char> = text.chars().collect();
    let tail = most / 3;
    let head = most - 1 - tail;
    keep[..head].iter().chain(['…'].iter()).chain(&keep[keep.len() - tail..]).collect()
}

fn pad(text: &mut String, column: usize) {
    let used = text.chars().count();
    text.extend(std::iter::repeat_n(' ', column.saturating_sub(used) + 2));
}

/// What is shown of the source where a step stands: the line, and the columns that the step covers.
pub fn marked(text: &Rc<str>, span: Span) -> (String, std::ops::Range<usize>) {
    let (line, from) = line_of(text, span.start);
    let length = span.of(text).lines().next().unwrap_or_default().chars().count().max(1);
    let end = (from + length).min(line.chars().count().max(from + 1));
    (line, from..end)
}
