//! Translates PCRE patterns to the syntax of the regex engine.
//!
//! Where the two differ, the meaning is written out: classes that are ASCII unless UCP is set, eight kinds of line
//! endings, `$` before a last line ending, literal brackets and braces, names of groups. In the translation groups have
//! only numbers; their names are returned in a separate list.

use super::class::{self, ENDINGS, wrong};
use crate::error::{Fault, Result};

/// What the translation depends on besides the pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// `IC`.
    pub ignore_case: bool,
    /// `^` and `$` at each line: Mode M.
    pub multi_line: bool,
    /// `DotAll`, and the line mode, where a text has no line endings.
    pub dot_all: bool,
    /// `Greedy` being 0.
    pub lazy: bool,
    /// `UCP`.
    pub unicode: bool,
    /// The text is ASCII, where both ways to classify characters agree.
    pub ascii_text: bool,
    /// The text ends with a line ending, or has one other than CR and LF.
    pub odd_endings: bool,
}

/// A pattern for the engine.
#[derive(Debug)]
pub struct Translation {
    /// The pattern.
    pub text: String,
    /// The names of the groups, from group 0 on; empty for those that have none.
    pub names: Vec<String>,
    /// Whether the engine has to backtrack: what takes how long is then up to the text.
    pub backtracks: bool,
}

/// How deep groups may nest.
const MAX_DEPTH: usize = 200;

/// The pattern in the syntax of the engine. DOMAIN ERROR if it is not valid.
pub fn translate(pattern: &[char], dialect: Dialect) -> Result<Translation> {
    let names = group_names(pattern);
    let flags = Flags {
        ignore_case: dialect.ignore_case,
        multi_line: dialect.multi_line,
        dot_all: dialect.dot_all,
        lazy: dialect.lazy,
        extended: false,
    };
    let mut translator = Translator {
        rest: pattern,
        out: String::new(),
        dialect,
        flags,
        open: Vec::new(),
        names,
        seen: 0,
        backtracks: false,
    };
    translator.run()?;
    Ok(Translation { text: translator.out, names: translator.names, backtracks: translator.backtracks })
}

/// The names of all groups from 0 on, found beforehand because a pattern may refer to a group behind.
fn group_names(pattern: &[char]) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut at = 0;
    let mut in_class = false;
    while at < pattern.len() {
        let behind = pattern.get(at + 1..).unwrap_or(&[]);
        match pattern[at] {
            '\\' if behind.first() == Some(&'Q') => {
                let end = behind.windows(2).position(|pair| pair == ['\\', 'E']);
                at = end.map_or(pattern.len(), |end| at + 1 + end + 1);
            }
            '\\' => at += 1,
            '[' if !in_class => {
                in_class = true;
                at += usize::from(behind.first() == Some(&'^'));
                at += usize::from(pattern.get(at + 1) == Some(&']'));
            }
            '[' if behind.first() == Some(&':') => {
                at += behind.windows(2).position(|pair| pair == [':', ']']).map_or(0, |end| end + 2);
            }
            ']' => in_class = false,
            '(' if !in_class => match behind {
                ['*', ..] => {}
                ['?', '#', ..] => at += behind.iter().position(|&c| c == ')').unwrap_or(behind.len()),
                ['?', 'P', '<', rest @ ..] => names.push(rest.iter().take_while(|&&c| c != '>').collect()),
                ['?', '<', c, ..] if !matches!(c, '=' | '!') => {
                    names.push(behind[2..].iter().take_while(|&&c| c != '>').collect());
                }
                ['?', '\'', rest @ ..] => names.push(rest.iter().take_while(|&&c| c != '\'').collect()),
                ['?', '(', c, ..] if *c != '?' => at += behind.iter().position(|&c| c == ')').unwrap_or(behind.len()),
                ['?', ..] => {}
                _ => names.push(String::new()),
            },
            _ => {}
        }
        at += 1;
    }
    names
}

#[derive(Clone, Copy)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    lazy: bool,
    extended: bool,
}

struct Translator<'a> {
    rest: &'a [char],
    out: String,
    dialect: Dialect,
    flags: Flags,
    /// The flags outside of each open group.
    open: Vec<Flags>,
    names: Vec<String>,
    /// How many groups have begun.
    seen: usize,
    backtracks: bool,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<()> {
        self.verbs()?;
        if self.flags.ignore_case {
            self.out.push_str("(?i)");
        }
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape()?,
                '[' => {
                    let members = class::translate(&mut self.rest, self.dialect.unicode)?;
                    self.out.push_str(&members);
                }
                '(' => self.group()?,
                ')' => {
                    self.flags = self.open.pop().ok_or_else(|| wrong("a closing parenthesis too many"))?;
                    self.out.push(')');
                }
                '.' if self.flags.dot_all => self.out.push_str("(?s:.)"),
                '.' => self.out.push_str(&format!("[^{ENDINGS}]")),
                '^' => self.line_start(),
                '$' => self.line_end(self.flags.multi_line),
                '|' => self.out.push('|'),
                '*' | '+' | '?' => {
                    self.out.push(c);
                    self.greed();
                }
                '{' => match counts(self.rest) {
                    Some(len) => {
                        let (inside, rest) = self.rest.split_at(len);
                        self.out.push('{');
                        self.out.extend(inside);
                        self.rest = rest;
                        self.greed();
                    }
                    None => self.out.push_str(r"\{"),
                },
                '#' if self.flags.extended => self.skip_past('\n'),
                c if self.flags.extended && c.is_whitespace() => {}
                literal => self.literal(literal),
            }
        }
        match self.open.is_empty() {
            true => Ok(()),
            false => Err(wrong("a closing parenthesis is missing")),
        }
    }

    fn next(&mut self) -> Option<char> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn take(&mut self, text: &str) -> bool {
        let count = text.chars().count();
        let found = self.rest.iter().copied().take(count).eq(text.chars());
        if found {
            self.rest = &self.rest[count..];
        }
        found
    }

    fn skip_past(&mut self, end: char) {
        let at = self.rest.iter().position(|&c| c == end);
        self.rest = at.map_or(&[], |at| &self.rest[at + 1..]);
    }

    /// What stands before one of the ends, which is taken too.
    fn until(&mut self, end: char) -> Result<String> {
        let at = self.rest.iter().position(|&c| c == end).ok_or_else(|| wrong(format!("{end} is missing")))?;
        let text = self.rest[..at].iter().collect();
        self.rest = &self.rest[at + 1..];
        Ok(text)
    }

    fn literal(&mut self, c: char) {
        match c {
            c if r"\.+*?()|[]{}^$#&-~".contains(c) => self.out.extend(['\\', c]),
            c if c.is_control() || c.is_whitespace() => self.out.push_str(&format!(r"\x{{{:X}}}", c as u32)),
            c => self.out.push(c),
        }
    }

    /// Settings that a pattern begins with.
    fn verbs(&mut self) -> Result<()> {
        while self.rest.first() == Some(&'(') && self.rest.get(1) == Some(&'*') {
            if self.take("(*UCP)") {
                self.dialect.unicode = true;
            } else if !(self.take("(*UTF8)") || self.take("(*UTF)")) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// `?` or `+` behind a quantifier.
    fn greed(&mut self) {
        if self.take("+") {
            self.backtracks = true;
            self.out.push('+');
        } else if self.take("?") != self.flags.lazy {
            self.out.push('?');
        }
    }

    fn line_start(&mut self) {
        if !self.flags.multi_line {
            self.out.push_str(r"\A");
        } else if self.dialect.odd_endings {
            self.backtracks = true;
            self.out.push_str(&format!(r"(?:\A|(?<=[{ENDINGS}])(?!(?<=\r)\n)(?!\z))"));
        } else {
            self.out.push_str("(?mR:^)");
        }
    }

    fn line_end(&mut self, multi_line: bool) {
        if !multi_line && !self.dialect.odd_endings {
            self.out.push_str(r"\z");
        } else if !multi_line {
            self.backtracks = true;
            self.out.push_str(&format!(r"(?=(?:\r\n|[{ENDINGS}])?\z)(?!(?<=\r)\n)"));
        } else if self.dialect.odd_endings {
            self.backtracks = true;
            self.out.push_str(&format!(r"(?=[{ENDINGS}]|\z)(?!(?<=\r)\n)"));
        } else {
            self.out.push_str("(?mR:$)");
        }
    }

    fn word_boundary(&mut self, inside: bool) {
        if self.dialect.ascii_text {
            self.out.push_str(if inside { r"\B" } else { r"\b" });
            return;
        }
        self.backtracks = true;
        let w = class::word(self.dialect.unicode);
        self.out.push_str(&match inside {
            true => format!("(?:(?<=[{w}])(?=[{w}])|(?<![{w}])(?![{w}]))"),
            false => format!("(?:(?<=[{w}])(?![{w}])|(?<![{w}])(?=[{w}]))"),
        });
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<()> {
        let c = self.next().ok_or_else(|| wrong("nothing behind the last backslash"))?;
        let unicode = self.dialect.unicode;
        match c {
            'b' => self.word_boundary(false),
            'B' => self.word_boundary(true),
            'A' => self.out.push_str(r"\A"),
            'z' => self.out.push_str(r"\z"),
            'Z' => self.line_end(false),
            'G' => {
                self.backtracks = true;
                self.out.push_str(r"\G");
            }
            'K' => {
                self.backtracks = true;
                self.out.push_str(r"\K");
            }
            'Q' => {
                while !self.rest.is_empty() && !self.take(r"\E") {
                    if let Some(c) = self.next() {
                        self.literal(c);
                    }
                }
            }
            'E' => {}
            'R' => {
                self.backtracks = true;
                self.out.push_str(&format!(r"(?>\r\n|[{ENDINGS}])"));
            }
            'N' => self.out.push_str(&format!("[^{ENDINGS}]")),
            'X' | 'C' => return Err(Fault::nonce(format!(r"\{c} in a pattern"))),
            'k' => {
                let name = match self.next() {
                    Some('<') => self.until('>')?,
                    Some('{') => self.until('}')?,
                    Some('\'') => self.until('\'')?,
                    _ => return Err(wrong(r"\k without a name")),
                };
                self.refer(&name)?;
            }
            'g' => match self.next() {
                Some('{') => {
                    let name = self.until('}')?;
                    self.refer(&name)?;
                }
                Some('<') => {
                    let name = self.until('>')?;
                    self.call(&name)?;
                }
                Some('\'') => {
                    let name = self.until('\'')?;
                    self.call(&name)?;
                }
                Some(c) if c.is_ascii_digit() || c == '-' => {
                    let mut number = c.to_string();
                    while let Some(digit) = self.rest.first().filter(|c| c.is_ascii_digit()) {
                        number.push(*digit);
                        self.rest = &self.rest[1..];
                    }
                    self.refer(&number)?;
                }
                _ => return Err(wrong(r"\g without a group")),
            },
            '1'..='9' => self.digits(c)?,
            'p' | 'P' => {
                let property = class::property(&mut self.rest, c == 'P')?;
                self.out.push_str(&property);
            }
            _ => match class::kind(c, unicode) {
                Some((members, true)) => self.out.push_str(&format!("[^{members}]")),
                Some((members, false)) => self.out.push_str(&format!("[{members}]")),
                None => {
                    let c = class::character(&mut self.rest, c)?;
                    self.literal(c);
                }
            },
        }
        Ok(())
    }

    /// `\1` is a group, `\12` one if there are so many groups, otherwise a character in octal.
    fn digits(&mut self, first: char) -> Result<()> {
        let len = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let mut text = first.to_string();
        text.extend(&self.rest[..len]);
        match text.parse::<usize>() {
            Ok(number) if number < 10 || number < self.names.len() => {
                self.rest = &self.rest[len..];
                self.group_reference(number)
            }
            _ => {
                let c = class::octal(&mut self.rest, Some(first))?;
                self.literal(c);
                Ok(())
            }
        }
    }

    fn group_reference(&mut self, number: usize) -> Result<()> {
        if number == 0 || number >= self.names.len() {
            return Err(wrong(format!("there is no group {number}")));
        }
        self.backtracks = true;
        // In a group of its own, so that digits behind do not belong to the number.
        self.out.push_str(&format!(r"(?:\{number})"));
        Ok(())
    }

    /// The number of a group, given by number, relative number or name.
    fn number_of(&self, group: &str) -> Result<usize> {
        let unknown = || wrong(format!("there is no group {group}"));
        let number = if let Some(back) = group.strip_prefix('-') {
            let back: usize = back.parse().map_err(|_| unknown())?;
            (self.seen + 1).checked_sub(back).ok_or_else(unknown)?
        } else if let Some(on) = group.strip_prefix('+') {
            self.seen + on.parse::<usize>().map_err(|_| unknown())?
        } else if group.starts_with(|c: char| c.is_ascii_digit()) {
            group.parse().map_err(|_| unknown())?
        } else {
            let position = self.names.iter().position(|name| !name.is_empty() && name == group);
            position.ok_or_else(unknown)?
        };
        if number < self.names.len() { Ok(number) } else { Err(unknown()) }
    }

    fn refer(&mut self, group: &str) -> Result<()> {
        let number = self.number_of(group)?;
        self.group_reference(number)
    }

    /// A group called as a subroutine.
    fn call(&mut self, group: &str) -> Result<()> {
        let number = self.number_of(group)?;
        self.backtracks = true;
        self.out.push_str(&format!(r"\g<{number}>"));
        Ok(())
    }

    fn begin(&mut self, text: &str) -> Result<()> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::limit().with_detail("a pattern with groups nested too deep"));
        }
        self.open.push(self.flags);
        self.out.push_str(text);
        Ok(())
    }

    /// What follows an opening parenthesis.
    fn group(&mut self) -> Result<()> {
        if self.take("*") {
            return match self.until(')')?.as_str() {
                "FAIL" | "F" => {
                    self.backtracks = true;
                    self.out.push_str("(?!)");
                    Ok(())
                }
                verb => Err(Fault::nonce(format!("(*{verb}) in a pattern"))),
            };
        }
        if !self.take("?") {
            self.seen += 1;
            return self.begin("(");
        }
        for text in ["=", "!", "<=", "<!", ">"] {
            if self.take(text) {
                self.backtracks = true;
                return self.begin(&format!("(?{text}"));
            }
        }
        let end = match () {
            _ if self.take("P<") || self.take("<") => Some('>'),
            _ if self.take("'") => Some('\''),
            _ => None,
        };
        if let Some(end) = end {
            let name = self.until(end)?;
            let valid = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty();
            if !valid || name.starts_with(|c: char| c.is_numeric()) {
                return Err(wrong(format!("{name} is no name of a group")));
            }
            self.seen += 1;
            return self.begin("(");
        }
        if self.take("#") {
            self.until(')')?;
            return Ok(());
        }
        if self.take("P=") {
            let name = self.until(')')?;
            return self.refer(&name);
        }
        if self.take("P>") || self.take("&") {
            let name = self.until(')')?;
            return self.call(&name);
        }
        if self.take("(") {
            return self.condition();
        }
        if self.take("|") {
            return Err(Fault::nonce("(?| in a pattern"));
        }
        let digits = self.rest.iter().take_while(|c| c.is_ascii_digit() || "+-R".contains(**c)).count();
        if digits > 0
            && self.rest.get(digits) == Some(&')')
            && self.rest[..digits].iter().any(|c| c.is_ascii_digit() || *c == 'R')
        {
            let group = self.until(')')?;
            return self.call(if group == "R" { "0" } else { &group });
        }
        self.set_flags()
    }

    /// `(?i)`, `(?i-s:…)`.
    fn set_flags(&mut self) -> Result<()> {
        let before = self.flags;
        let mut on = true;
        loop {
            match self.next() {
                Some('-') => on = false,
                Some('i') => self.flags.ignore_case = on,
                Some('m') => self.flags.multi_line = on,
                Some('s') => self.flags.dot_all = on,
                Some('x') => self.flags.extended = on,
                Some('U') => self.flags.lazy = on,
                Some('J') => {}
                Some(end @ (':' | ')')) => {
                    let inside = self.flags;
                    let case = match (before.ignore_case, inside.ignore_case) {
                        (false, true) => "i",
                        (true, false) => "-i",
                        _ => "",
                    };
                    if end == ':' {
                        self.flags = before;
                        self.begin(&format!("(?{case}:"))?;
                        self.flags = inside;
                    } else if !case.is_empty() {
                        self.out.push_str(&format!("(?{case})"));
                    }
                    return Ok(());
                }
                _ => return Err(wrong("an unknown kind of group")),
            }
        }
    }

    /// `(?(1)yes|no)` and the other conditions; their opening has been taken.
    fn condition(&mut self) -> Result<()> {
        self.backtracks = true;
        for text in ["?=", "?!", "?<=", "?<!"] {
            if self.take(text) {
                // The condition is a group inside the group that it decides.
                self.begin("(?((")?;
                self.out.push_str(text);
                return self.assertion();
            }
        }
        let name = self.until(')')?;
        if name == "DEFINE" {
            return self.begin("(?(DEFINE)");
        }
        if name.starts_with('R') {
            return Err(Fault::nonce("a condition about recursion in a pattern"));
        }
        let name = name.trim_start_matches(['<', '\'']).trim_end_matches(['>', '\'']).to_string();
        let number = self.number_of(&name)?;
        self.begin(&format!("(?({number})"))
    }

    /// The rest of an assertion that is a condition, up to where the condition ends.
    fn assertion(&mut self) -> Result<()> {
        let mut depth = 1usize;
        let mut end = None;
        let mut at = 0;
        while let Some(&c) = self.rest.get(at) {
            match c {
                '\\' => at += 1,
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                end = Some(at);
                break;
            }
            at += 1;
        }
        let end = end.ok_or_else(|| wrong("a closing parenthesis is missing"))?;
        let (inside, rest) = self.rest.split_at(end);
        let mut inner = Translator {
            rest: inside,
            out: String::new(),
            dialect: Dialect { ignore_case: false, ..self.dialect },
            flags: Flags { ignore_case: false, ..self.flags },
            open: Vec::new(),
            names: std::mem::take(&mut self.names),
            seen: self.seen,
            backtracks: true,
        };
        // Depth is bounded, for conditions nest only inside of groups that do.
        if self.open.len() > 20 {
            return Err(Fault::limit().with_detail("a pattern with groups nested too deep"));
        }
        inner.open = Vec::new();
        let done = inner.run();
        self.names = std::mem::take(&mut inner.names);
        self.seen = inner.seen;
        done?;
        self.out.push_str(&inner.out);
        self.out.push_str("))");
        self.rest = rest.get(1..).unwrap_or(&[]);
        Ok(())
    }
}

/// The length of `n}`, `n,}` or `n,m}`, closing brace included; `None` where a brace stands for itself.
fn counts(rest: &[char]) -> Option<usize> {
    let digits = |from: usize| rest[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let first = digits(0);
    let mut at = first;
    if first == 0 {
        return None;
    }
    if rest.get(at) == Some(&',') {
        at += 1;
        at += digits(at);
    }
    (rest.get(at) == Some(&'}')).then_some(at + 1)
}
