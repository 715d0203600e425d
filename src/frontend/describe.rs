//! What hover, `zilde doc` and `zilde explain --values` say of names, glyphs and values, in the same words.

use std::rc::Rc;

use crate::check::{Form, Input, Project};
use crate::code::node::Class;
use crate::session::help;

/// A longer page is cut.
const MOST_LINES: usize = 40;

/// A name: what it stands for, as far as that is known.
pub fn name(name: &str, class: Option<Class>, value: Option<&str>) -> String {
    let what = match (class, value) {
        (_, Some(value)) => value.to_owned(),
        (Some(Class::Function), _) => "function".to_owned(),
        (Some(Class::Monadic), _) => "operator with one operand".to_owned(),
        (Some(Class::Dyadic), _) => "operator with two operands".to_owned(),
        (Some(Class::Hybrid), _) => "function or operator".to_owned(),
        (Some(Class::Array), _) => "array".to_owned(),
        (None, None) => return format!("`{name}`"),
    };
    format!("`{name}`: {what}")
}

/// What a function gives where it stands.
pub fn result(value: &str) -> String {
    format!("gives: {value}")
}

/// The page that `zilde doc` has of a glyph or a system name, its first lines.
pub fn page(written: &str) -> Option<String> {
    let page = help::page(written, usize::MAX)?;
    let mut text: String = page.lines().take(MOST_LINES).map(|line| format!("{line}\n")).collect();
    if page.lines().count() > MOST_LINES {
        text += "\n…\n";
    }
    Some(text)
}

/// What is known of the parts of an expression, a line each, in the order in which they are evaluated.
pub fn values(expression: &str) -> String {
    let input = Input { name: String::new(), form: Form::Script, text: Rc::from(expression) };
    let checked = Project::new(vec![input]).detailed().check();
    let mut parts: Vec<_> = checked.parts.iter().chain(&checked.notes).collect();
    parts.sort_by_key(|((_, start, end), _)| (std::cmp::Reverse(*start), *end));
    parts.dedup_by_key(|((_, start, end), _)| (*start, *end));
    let mut text = String::new();
    for ((_, start, end), note) in parts {
        let part = expression.get(*start as usize..*end as usize).unwrap_or_default();
        let value = note.value().map(ToString::to_string);
        text += &name(part, None, value.as_deref());
        text.push('\n');
    }
    for finding in &checked.findings {
        let part = expression.get(finding.span.start as usize..finding.span.end as usize).unwrap_or_default();
        text += &format!("`{part}`: {} {}\n", finding.label, finding.text).replace(" \n", "\n");
    }
    text
}

/// The beginning of a definition.
pub fn beginning(source: &str) -> String {
    let mut lines: Vec<&str> = source.lines().take(12).collect();
    if source.lines().count() > lines.len() {
        lines.push("…");
    }
    lines.join("\n")
}
