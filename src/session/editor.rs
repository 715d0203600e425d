//! `∇`: functions defined, changed and listed line by line.
//!
//! `∇header` begins a function, `∇name` one that is there already; lines follow, and `∇` ends it. A line may begin with
//! a directive: `[n]` goes to line n, which may lie between two others (`[2.1]`); `[∆n]` and `[n∆m]` take lines out;
//! `[⎕]`, `[⎕n]` and `[n⎕]` show some. `∇name[⎕]∇` only shows.

use std::rc::Rc;

use crate::code::definition::Definition;
use crate::code::definition::Origin;
use crate::code::definition::Source;
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::names::{self, Binding, Operator, Space, UserFunction, path};
use crate::syntax::lines::closing;
use crate::syntax::normal;
use crate::syntax::scan::{begins_name, continues_name};
use crate::vm::traditional;

/// Does what a definition says, from its first `∇` to its last; gives the text that it shows.
pub fn edit(context: &Context, space: &Rc<Space>, source: &Source) -> Result<String> {
    let mut lines: Vec<&str> = source.text.lines().collect();
    let closed = match lines.last().copied().and_then(|last| closing(last.trim_start().trim_start_matches('∇'))) {
        Some(rest) if lines.len() == 1 => {
            lines.clear();
            lines.push(rest);
            true
        }
        _ => match lines.last().copied().filter(|_| lines.len() > 1).and_then(closing) {
            Some(rest) => {
                lines.pop();
                if !rest.trim().is_empty() {
                    lines.push(rest);
                }
                true
            }
            None => false,
        },
    };
    let Some((first, rest)) = lines.split_first() else { return Err(refused("nothing to define")) };
    let head = first.trim_start().trim_start_matches('∇').trim();
    let mut editor = Editor { lines: Vec::new(), at: 0, step: ONE, shown: String::new(), changed: false };
    let (path, behind) = named(head);
    // A name alone, or with a directive, is that of a function that is there already.
    let opens = behind.is_empty() || behind.starts_with('[');
    let place = path::locate(space, None, path).filter(|place| opens && place.name.starts_with(begins_name));
    let known = match &place {
        Some(place) => definition(&place.space, &place.name)?,
        None => None,
    };
    let home = place.filter(|_| known.is_some()).map_or_else(|| space.clone(), |place| place.space);
    let known_lines = known.as_ref().map_or(0, |known| known.source.text.lines().count());
    match &known {
        Some(known) => {
            editor.lines =
                known.source.text.lines().enumerate().map(|(at, line)| (at as u32 * ONE, line.to_string())).collect();
            editor.at = editor.lines.len() as u32 * ONE;
            if behind.is_empty() {
                editor.show(|_| true);
            } else {
                editor.line(behind)?;
            }
        }
        _ if head.is_empty() => return Err(refused("nothing to define")),
        _ => {
            editor.lines.push((0, head.to_string()));
            editor.at = ONE;
            editor.changed = true;
        }
    }
    for line in rest {
        editor.line(line)?;
    }
    // Its lines are those of the text, unless directives have changed their order.
    let in_order = known_lines == 0 && editor.lines.len() == rest.len() + 1;
    if !closed {
        return Err(refused("the definition does not end with ∇"));
    }
    if editor.changed {
        let name = editor.define(context, &home, source.origin.clone().filter(|_| in_order))?;
        if let (Some(old), Some(new)) = (known, definition(&home, &name)?) {
            new.follow(&old);
        }
    }
    Ok(editor.shown)
}

/// The numbers of the lines that follow the first line of a definition, each as a prompt shows it before the line is
/// typed. `lines` is how many lines a function has that is there already.
pub fn numbers(text: &str, lines: impl Fn(&str) -> Option<u32>) -> Vec<String> {
    let mut typed = text.lines();
    let head = typed.next().unwrap_or_default().trim_start().trim_start_matches('∇').trim();
    let (name, behind) = named(head);
    let known = lines(name).filter(|_| behind.is_empty() || behind.starts_with('['));
    let mut at = known.unwrap_or(1).saturating_mul(ONE);
    let (mut step, mut last) = (ONE, at - ONE.min(at));
    let mut follow = |line: &str| {
        match directive(line) {
            Some((Directive::Go { at: place, step: new }, rest)) => {
                (at, step) = (place, new);
                if !rest.trim().is_empty() {
                    last = last.max(at);
                    at = at.saturating_add(step);
                }
            }
            Some((Directive::ShowAll { .. }, _)) => at = last / ONE * ONE + ONE,
            Some((Directive::Show { at: place }, _)) => at = place,
            Some((Directive::Delete { .. }, _)) => {}
            None => {
                last = last.max(at);
                at = at.saturating_add(step);
            }
        }
        format!("[{}]", decimal(at))
    };
    let mut numbers = vec![if known.is_some() && !behind.is_empty() {
        follow(behind)
    } else {
        format!("[{}]", decimal(known.unwrap_or(1).saturating_mul(ONE)))
    }];
    numbers.extend(typed.map(follow));
    numbers
}

/// How many lines a traditional function has, with its header; its name may have dots.
pub fn line_count(space: &Rc<Space>, path: &str) -> Option<u32> {
    let place = path::locate(space, None, path)?;
    let known = definition(&place.space, &place.name).ok().flatten()?;
    u32::try_from(known.source.text.lines().count()).ok()
}

/// The name at the beginning of a first line, which may have dots, and what follows it.
fn named(head: &str) -> (&str, &str) {
    let in_path = |c| continues_name(c) || matches!(c, '.' | '#' | '⎕');
    let (path, behind) = head.split_at(head.find(|c| !in_path(c)).unwrap_or(head.len()));
    (path, behind.trim())
}

/// Line numbers are in thousandths.
const ONE: u32 = 1000;

struct Editor {
    /// Lines by number.
    lines: Vec<(u32, String)>,
    /// The number of the line that comes next, and how far the one after it is from it.
    at: u32,
    step: u32,
    shown: String,
    changed: bool,
}

impl Editor {
    /// A line of the function, or what a directive says.
    fn line(&mut self, line: &str) -> Result<()> {
        let Some((directive, rest)) = directive(line) else {
            self.put(line);
            return Ok(());
        };
        match directive {
            Directive::Go { at, step } => {
                (self.at, self.step) = (at, step);
                if !rest.trim().is_empty() {
                    self.put(rest);
                }
            }
            Directive::Delete { from, count } => {
                let to = from.saturating_add(count.saturating_mul(ONE));
                self.lines.retain(|(number, _)| !(from..to).contains(number) || *number == 0);
                self.changed = true;
            }
            Directive::ShowAll { from } => {
                self.show(|number| number >= from);
                self.at = self.lines.last().map_or(0, |(number, _)| number / ONE * ONE) + ONE;
            }
            Directive::Show { at } => {
                self.show(|number| number == at);
                self.at = at;
            }
        }
        Ok(())
    }

    fn put(&mut self, line: &str) {
        let at = self.at;
        match self.lines.binary_search_by_key(&at, |(number, _)| *number) {
            Ok(found) => self.lines[found].1 = line.to_string(),
            Err(before) => self.lines.insert(before, (at, line.to_string())),
        }
        self.at = at.saturating_add(self.step);
        self.changed = true;
    }

    fn show(&mut self, wanted: impl Fn(u32) -> bool) {
        let all = self.lines.iter().all(|(number, _)| wanted(*number));
        let text: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        let written = normal::lines(&text.join("\n"), normal::Kind::Traditional, 0);
        for ((number, _), line) in self.lines.iter().zip(written).filter(|((number, _), _)| wanted(*number)) {
            match number {
                0 if all => self.shown += &format!("     ∇{line}\n"),
                _ => self.shown += &format!("{:<6}{line}\n", format!("[{}]", decimal(*number))),
            }
        }
        if all {
            self.shown += "     ∇\n";
        }
    }

    fn define(&self, context: &Context, space: &Rc<Space>, origin: Option<Origin>) -> Result<Rc<str>> {
        let text: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        let source = Source::new(text.join("\n")).within(origin);
        traditional::define(context, space, source).map_err(|undefined| {
            undefined.fault(|malformed| {
                let mut fault = refused(&malformed.why);
                fault.set_place(malformed.place);
                fault
            })
        })
    }
}

/// A number of thousandths as it is written.
fn decimal(number: u32) -> String {
    match number % ONE {
        0 => (number / ONE).to_string(),
        rest => format!("{}.{}", number / ONE, format!("{rest:03}").trim_end_matches('0')),
    }
}

enum Directive {
    Go { at: u32, step: u32 },
    Delete { from: u32, count: u32 },
    ShowAll { from: u32 },
    Show { at: u32 },
}

/// A directive at the beginning of a line, and what follows it.
fn directive(line: &str) -> Option<(Directive, &str)> {
    let (inside, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
    let inside = inside.trim();
    let directive = if let Some(from) = inside.strip_prefix('⎕') {
        Directive::ShowAll { from: if from.is_empty() { 0 } else { number(from)?.0 } }
    } else if let Some(from) = inside.strip_prefix('∆') {
        Directive::Delete { from: number(from)?.0, count: 1 }
    } else if let Some((from, count)) = inside.split_once('∆') {
        Directive::Delete { from: number(from)?.0, count: count.trim().parse().ok()? }
    } else if let Some((at, _)) = inside.split_once('⎕') {
        Directive::Show { at: number(at)?.0 }
    } else {
        let (at, step) = number(inside)?;
        Directive::Go { at, step }
    };
    Some((directive, rest))
}

/// A line number in thousandths, and one in its last place.
fn number(text: &str) -> Option<(u32, u32)> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || fraction.len() > 3 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let thousandths: u32 = format!("{fraction:0<3}").parse().ok()?;
    let step = ONE / 10_u32.pow(fraction.len() as u32);
    Some((whole.parse::<u32>().ok()? * ONE + thousandths, step))
}

/// The definition of a traditional function or operator; refused for a function or operator that is no such one, as it
/// has no header that could be edited.
fn definition(space: &Rc<Space>, name: &str) -> Result<Option<Rc<Definition>>> {
    let definition = match &names::find(space, None, name) {
        Binding::Unset | Binding::Array(_) | Binding::Label(_) => return Ok(None),
        Binding::Niladic(function) => Some(function.definition.clone()),
        Binding::Function(function) => function
            .as_any()
            .and_then(|any| any.downcast_ref::<UserFunction>())
            .filter(|user| user.operands.0.is_none())
            .map(|user| user.definition.clone()),
        Binding::Operator(Operator::User(user)) => Some(user.definition.clone()),
        Binding::Operator(_) => None,
    };
    match definition.filter(|definition| definition.program.is_some()) {
        Some(definition) => Ok(Some(definition)),
        None => Err(refused(&format!("{name} has no header: assign it instead"))),
    }
}

fn refused(why: &str) -> Fault {
    Fault::new(ErrorKind::Syntax).named("defn error").because(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_is_known_before_the_line_is_typed() {
        let known = |name: &str| ["there", "#.in.it"].contains(&name).then_some(5);
        let cases = [
            ("∇r←f x", "[1]"),
            ("∇r←f x\na\nb", "[1] [2] [3]"),
            ("∇there", "[5]"),
            ("∇there\na", "[5] [6]"),
            ("∇there[2]", "[2]"),
            ("∇#.in.it", "[5]"),
            ("∇#.in.it [3]\na", "[3] [4]"),
            ("∇#.in.other", "[1]"),
            ("∇there[⎕]\n[1.1]\na\nb\n[⎕]", "[5] [1.1] [1.2] [1.3] [5]"),
            ("∇r←there x\n[3]a\n[∆1]", "[1] [4] [4]"),
        ];
        for (text, expected) in cases {
            assert_eq!(numbers(text, known).join(" "), expected, "{text}");
        }
    }
}
