//! What clients ask about code: whether it is complete, how it goes on, what its parts mean, and what was run before.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Kernel;
use super::message::Message;
use crate::frontend::complete::{Known, candidates};
use crate::session::help;
use crate::session::lines::{depth, is_command, logical_line, needs_more};
use crate::syntax::scan::continues_name;

/// Cells that the history holds.
const CELLS: usize = 10_000;

/// Columns that an open bracket or control structure moves the next line to the right.
const INDENT: usize = 2;

/// Columns of help.
const WIDTH: usize = 80;

/// Lines of a value that are shown.
const LINES: usize = 20;

/// Whether a cell may be run, or something is open.
pub fn is_complete(code: &str) -> Value {
    let mut rest = code;
    loop {
        let (line, after) = logical_line(rest);
        if after.is_empty() {
            let open = needs_more(line);
            return match open {
                true => json!({ "status": "incomplete", "indent": " ".repeat(INDENT * depth(line).min(10)) }),
                false => json!({ "status": "complete" }),
            };
        }
        rest = after;
    }
}

/// The byte at which a client's cursor stands, which counts characters.
fn byte_of(code: &str, cursor: &Value) -> usize {
    let cursor = cursor.as_u64().and_then(|cursor| usize::try_from(cursor).ok()).unwrap_or(usize::MAX);
    code.char_indices().nth(cursor).map_or(code.len(), |(at, _)| at)
}

/// Characters up to a byte.
fn characters(code: &str, byte: usize) -> usize {
    code.get(..byte).map_or(0, |before| before.chars().count())
}

impl Kernel {
    /// How the line goes on at the cursor.
    pub(super) fn complete(&self, request: &Message) -> Value {
        let code = request.text("code");
        let cursor = byte_of(code, &request.content["cursor_pos"]);
        let begin = code[..cursor].rfind('\n').map_or(0, |at| at + 1);
        let names = self.runner.session.names();
        let members = self.runner.session.members();
        let known = Known { names: &names, members: &members };
        let (start, found) = candidates(&code[begin..cursor], cursor - begin, &known);
        let (start, end) = (characters(code, begin + start), characters(code, cursor));
        let matches: Vec<&str> = found.iter().map(|found| found.replacement.as_str()).collect();
        let types: Vec<Value> = found
            .iter()
            .map(|found| json!({ "start": start, "end": end, "text": found.replacement, "type": found.about }))
            .collect();
        json!({
            "status": "ok",
            "matches": matches,
            "cursor_start": start,
            "cursor_end": end,
            "metadata": { "_jupyter_types_experimental": types },
        })
    }

    /// What stands at the cursor: the page of a glyph, a system name, a command, or what a name stands for.
    pub(super) fn inspect(&mut self, request: &Message) -> Value {
        let code = request.text("code");
        let cursor = byte_of(code, &request.content["cursor_pos"]);
        let about = words_at(code, cursor).into_iter().find_map(|word| self.about(&word));
        let data = about.as_ref().map_or_else(|| json!({}), |text| json!({ "text/plain": text.trim_end() }));
        json!({ "status": "ok", "found": about.is_some(), "data": data, "metadata": {} })
    }

    /// What is known of a word. What a program has defined comes before the names of glyphs.
    fn about(&mut self, word: &str) -> Option<String> {
        let session = &mut self.runner.session;
        if let Some(text) = session.written(word) {
            let what = session.what_is(word).unwrap_or("a function without arguments");
            let mut lines = text.lines();
            let mut shown: String = lines.by_ref().take(LINES).map(|line| format!("{line}\n")).collect();
            let more = lines.count();
            if more > 0 {
                shown += &format!("··· {more} more lines\n");
            }
            return Some(format!("{word} is {what}\n\n{shown}"));
        }
        help::page(word, WIDTH)
    }
}

/// The words that may be meant at a byte: the command that the line is, what stands behind the cursor, what stands before
/// it.
fn words_at(code: &str, cursor: usize) -> Vec<String> {
    let begin = code[..cursor].rfind('\n').map_or(0, |at| at + 1);
    let line = code[begin..].lines().next().unwrap_or_default();
    let mut words = Vec::new();
    if is_command(line) {
        words.extend(line.split_whitespace().next().map(str::to_lowercase));
    }
    let at = cursor - begin;
    let before = line[..at].chars().next_back();
    // What stands before the cursor was typed last.
    for start in [before.map(|c| at - c.len_utf8()), Some(at)].into_iter().flatten() {
        words.extend(word_around(line, start));
    }
    words
}

/// The name or glyph that a byte of a line belongs to.
fn word_around(line: &str, at: usize) -> Option<String> {
    let behind = line[at..].find(|c| !continues_name(c)).map_or(line.len(), |length| at + length);
    if at < behind {
        let before = line[..at].char_indices().rev().take_while(|&(_, c)| continues_name(c)).last();
        let start = before.map_or(at, |(at, _)| at);
        let sign = line[..start].chars().next_back().filter(|sign| matches!(sign, '⎕' | ':'));
        return Some(sign.into_iter().collect::<String>() + &line[start..behind]);
    }
    let glyph = line[at..].chars().next().filter(|c| !c.is_whitespace())?;
    let name = &line[at + glyph.len_utf8()..];
    let end = name.find(|c| !continues_name(c)).unwrap_or(name.len());
    let named = matches!(glyph, '⎕' | ':') && end > 0;
    Some(if named { format!("{glyph}{}", &name[..end]) } else { glyph.to_string() })
}

/// The cells that were run.
#[derive(Default)]
pub struct History(VecDeque<(u64, String)>);

impl History {
    /// Adds a cell.
    pub fn add(&mut self, number: u64, code: &str) {
        self.0.push_back((number, code.to_owned()));
        if self.0.len() > CELLS {
            self.0.pop_front();
        }
    }

    /// The cells that a client asks for: the last ones, a range, or those that a pattern with `*` and `?` fits.
    pub fn reply(&self, asked: &Value) -> Value {
        let number = |name: &str| asked[name].as_u64().and_then(|n| usize::try_from(n).ok());
        let cells = self.0.iter();
        let mut found: Vec<&(u64, String)> = match asked["hist_access_type"].as_str() {
            Some("range") => {
                let range = asked["start"].as_u64().unwrap_or(0)..asked["stop"].as_u64().unwrap_or(u64::MAX);
                // Only this session is known, which is number 0.
                let here = asked["session"].as_i64().unwrap_or(0) == 0;
                cells.filter(|(number, _)| here && range.contains(number)).collect()
            }
            Some("search") => {
                let pattern = asked["pattern"].as_str().unwrap_or("*");
                cells.filter(|(_, code)| fits(pattern, code)).collect()
            }
            _ => cells.collect(),
        };
        if asked["unique"].as_bool() == Some(true) {
            let mut seen = std::collections::HashSet::new();
            found = found.into_iter().rev().filter(|(_, code)| seen.insert(code)).collect();
            found.reverse();
        }
        if let Some(most) = number("n").filter(|_| asked["hist_access_type"] != "range") {
            found.drain(..found.len().saturating_sub(most));
        }
        let with_output = asked["output"].as_bool().unwrap_or(false);
        let entry = |(number, code): &(u64, String)| match with_output {
            // Output is not kept.
            true => json!([0, number, [code, null]]),
            false => json!([0, number, code]),
        };
        let history: Vec<Value> = found.into_iter().map(entry).collect();
        json!({ "status": "ok", "history": history })
    }
}

/// Whether a text is as a pattern says, in which `*` stands for any characters and `?` for one.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last `*` does not fit.
    let mut again = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                again = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match again {
                Some((star, begin)) => {
                    again = Some((star, begin + 1));
                    (p, t) = (star, begin + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_goes_on() {
        let status = |code: &str| is_complete(code)["status"].as_str().unwrap_or_default().to_owned();
        for code in ["1+1", "f←{⍵}\nf 3", "∇r←f x\nr←x\n∇", "", "]box on", ":If 1\n2\n:EndIf", "1)"] {
            assert_eq!(status(code), "complete", "{code}");
        }
        for code in ["f←{", "1+1\nf←{\n⍵", "∇r←f x\nr←x", ":For i :In 3", "(1 2"] {
            assert_eq!(status(code), "incomplete", "{code}");
        }
        assert_eq!(is_complete("f←{\n:If ⍵")["indent"], "    ");
    }

    #[test]
    fn cursors_count_characters() {
        assert_eq!(byte_of("⍴⍴x", &json!(2)), 6);
        assert_eq!(byte_of("⍴⍴x", &json!(99)), 7);
        assert_eq!(byte_of("⍴⍴x", &json!(-1)), 7);
        assert_eq!(characters("⍴⍴x", 6), 2);
    }

    #[test]
    fn words_are_found_at_the_cursor() {
        let first = |code: &str| {
            let cursor = code.find('|').expect("a cursor");
            words_at(&code.replacen('|', "", 1), cursor).into_iter().next().unwrap_or_default()
        };
        assert_eq!(first("2 3⍴|x"), "⍴");
        assert_eq!(first("|⍴x"), "⍴");
        assert_eq!(first("1+me|an 3"), "mean");
        assert_eq!(first("1+mean| 3"), "mean");
        assert_eq!(first("⎕I|O"), "⎕IO");
        assert_eq!(first("x\n|⎕CSV y"), "⎕CSV");
        assert_eq!(first(":I|f 1"), ":If");
        assert_eq!(first(")va|rs a"), ")vars");
        assert_eq!(first("|"), "");
    }

    #[test]
    fn patterns_fit() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("*b*", "abc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_history_is_asked() {
        let mut history = History::default();
        for (number, code) in [(1, "x←1"), (2, "x"), (3, "x←1")] {
            history.add(number, code);
        }
        let lines = |asked: Value| history.reply(&asked)["history"].to_string();
        assert_eq!(lines(json!({ "hist_access_type": "tail", "n": 2 })), r#"[[0,2,"x"],[0,3,"x←1"]]"#);
        assert_eq!(lines(json!({ "hist_access_type": "range", "start": 1, "stop": 2 })), r#"[[0,1,"x←1"]]"#);
        let search = json!({ "hist_access_type": "search", "pattern": "x←*", "unique": true });
        assert_eq!(lines(search), r#"[[0,3,"x←1"]]"#);
        let output = json!({ "hist_access_type": "tail", "n": 1, "output": true });
        assert_eq!(lines(output), r#"[[0,3,["x←1",null]]]"#);
    }
}
