//! Transformation patterns: texts in which codes such as `&` and `\1` stand for parts of the match.

use super::search::Match;
use crate::error::{Fault, Result};
use crate::system::case;
use crate::system::growing::Growing;

/// A transformation pattern, taken apart.
pub struct Transformation(Vec<Part>);

enum Part {
    Text(String),
    /// `%`: the line or document.
    Block(Case),
    /// `&`, `\1`, `\(12)`.
    Group(usize, Case),
    /// `\<name>`.
    Named(String, Case),
}

/// A modifier: `\u`, `\l`, `\f`.
#[derive(Clone, Copy)]
enum Case {
    Own,
    Upper,
    Lower,
    Folded,
}

/// The highest number of a group.
const MAX_GROUP: usize = 63;

fn wrong(what: &str) -> Fault {
    Fault::domain().with_detail(format!("in a transformation: {what}"))
}

impl Transformation {
    /// A text that stands for itself.
    pub fn literal(text: &str) -> Transformation {
        Transformation(vec![Part::Text(text.to_string())])
    }

    /// Reads a transformation pattern. DOMAIN ERROR for an unknown escape.
    pub fn new(pattern: &str) -> Result<Transformation> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            let part = match c {
                '%' => Part::Block(Case::Own),
                '&' => Part::Group(0, Case::Own),
                '\\' => {
                    let mut next = chars.next().ok_or_else(|| wrong("nothing behind the last backslash"))?;
                    let case = match next {
                        'u' => Case::Upper,
                        'l' => Case::Lower,
                        'f' => Case::Folded,
                        _ => Case::Own,
                    };
                    let modified = !matches!(case, Case::Own);
                    if modified {
                        next = chars.next().ok_or_else(|| wrong("nothing behind a modifier"))?;
                    }
                    let until = |end: char, chars: &mut std::iter::Peekable<std::str::Chars>| -> Result<String> {
                        let mut inside = String::new();
                        loop {
                            match chars.next() {
                                Some(c) if c == end => return Ok(inside),
                                Some(c) => inside.push(c),
                                None => return Err(wrong(&format!("{end} is missing"))),
                            }
                        }
                    };
                    match next {
                        '0'..='9' => Part::Group(next as usize - '0' as usize, case),
                        '(' => {
                            let number: usize = until(')', &mut chars)?.parse().unwrap_or(usize::MAX);
                            if number > MAX_GROUP {
                                return Err(wrong("groups are from 0 to 63"));
                            }
                            Part::Group(number, case)
                        }
                        '<' => Part::Named(until('>', &mut chars)?, case),
                        '%' if modified => Part::Block(case),
                        '&' if modified => Part::Group(0, case),
                        literal @ ('%' | '&' | '\\') if !modified => {
                            text.push(literal);
                            continue;
                        }
                        'n' if !modified => {
                            text.push('\n');
                            continue;
                        }
                        'r' if !modified => {
                            text.push('\r');
                            continue;
                        }
                        'x' if !modified && chars.peek() == Some(&'{') => {
                            chars.next();
                            let code = u32::from_str_radix(&until('}', &mut chars)?, 16).unwrap_or(0);
                            let c = char::from_u32(code).filter(|_| code > 0);
                            text.push(c.ok_or_else(|| wrong("a code that is no character"))?);
                            continue;
                        }
                        other => return Err(wrong(&format!(r"\{other} has no meaning"))),
                    }
                }
                literal => {
                    text.push(literal);
                    continue;
                }
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(part);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Transformation(parts))
    }

    /// Appends what becomes of a match in a block. A group that took no part is empty.
    pub fn apply(&self, block: &str, found: &Match, names: &[String], out: &mut Growing) -> Result<()> {
        let group = |number: usize| found.groups.get(number).cloned().flatten().map_or("", |range| &block[range]);
        for part in &self.0 {
            let (text, case) = match part {
                Part::Text(text) => (text.as_str(), Case::Own),
                Part::Block(case) => (block, *case),
                Part::Group(number, case) => (group(*number), *case),
                Part::Named(name, case) => {
                    // Of several groups of this name the one that took part.
                    let numbers = || (1..names.len()).filter(|&k| names[k] == *name);
                    if numbers().next().is_none() {
                        return Err(wrong(&format!("no group is called {name}")));
                    }
                    let used = numbers().find(|&k| found.groups.get(k).is_some_and(Option::is_some));
                    (used.map_or("", group), *case)
                }
            };
            let map = match case {
                Case::Own => {
                    out.push(text)?;
                    continue;
                }
                Case::Upper => case::upper,
                Case::Lower => case::lower,
                Case::Folded => case::fold,
            };
            let mapped: Vec<char> = text.chars().map(map).collect();
            out.chars(&mapped)?;
        }
        Ok(())
    }
}
