//! Expectations inside a program: `⍝→ text` behind an expression, or on the lines below it.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::case::{Case, Verdict};
use super::directive::{self, Directives, MARK};
use super::play::{Input, Play, Played, Ran};
use super::player::{Answers, Limits};
use super::text::{self, Malformed};
use crate::syntax::scan;

/// What begins an expectation.
pub const ARROW: &str = "⍝→";

/// Plays a program; its cases are the lines that expect something or fail.
pub fn play(text: &str, limits: &Limits) -> Result<Played, Malformed> {
    let lines = text::lines(text);
    let play = Play::new(&lines, std::iter::once(0..lines.len()), is_code, limits, Answers::Data)?;
    let mut program = Program { play };
    program.all()?;
    Ok(program.play.finish())
}

/// Whether a line is part of the program: neither blank nor a comment.
fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !(line.is_empty() || line.starts_with('⍝') || line.starts_with("#!"))
}

struct Program<'t> {
    play: Play<'t>,
}

impl<'t> Program<'t> {
    fn all(&mut self) -> Result<(), Malformed> {
        let mut at = 0;
        let mut next = Directives::default();
        // The first line that they stand on.
        let mut directed = None;
        while at < self.play.lines.len() {
            let line = self.play.lines[at].text.trim_start();
            if line.starts_with(ARROW) {
                return Err((at + 1, "an answer without an expression before it".to_owned()));
            }
            let shebang = at == 0 && line.starts_with("#!");
            if is_code(line) || line.starts_with("#!") && !shebang {
                at = self.case(at, directed.take(), &std::mem::take(&mut next))?;
                continue;
            }
            if line.starts_with(MARK) && at >= self.play.heads {
                next.read(line).map_err(|why| (at + 1, why))?;
                directed.get_or_insert(at);
            }
            self.play.between(at);
            at += 1;
        }
        match directed {
            Some(at) => Err((at + 1, "a directive without an expression after it".to_owned())),
            None => Ok(()),
        }
    }

    /// Plays the logical line that begins at a line; gives the line after it and its expectation.
    fn case(&mut self, start: usize, directed: Option<usize>, next: &Directives) -> Result<usize, Malformed> {
        let lines = self.play.lines;
        let after = start + text::logical(|number| self.candidate(start, start + number));
        for (line, at) in lines[start..after].iter().zip(start..) {
            directive::none_behind(line.text).map_err(|why| (at + 1, why))?;
        }
        let text: Vec<&str> = (start..after).filter_map(|at| self.candidate(start, at)).collect();
        let below = lines[after..].iter().take_while(|line| is_answer(line.text)).count();
        let end = after + below;
        let behind = trailing(lines[after - 1].text);
        let arrows = lines[after..end].iter().map(|line| expectation(line.text.trim_start()));
        let expected: Vec<String> =
            behind.map(|at| expectation(&lines[after - 1].text[at..])).into_iter().chain(arrows).collect();
        let asks = !expected.is_empty() || self.play.directives(next).expects();
        let input = Input { text: text.join("\n"), lines: start..end, next, directed, expected, asks };
        let Some(Ran { name, wanted, played, directives }) = self.play.run(&input)? else { return Ok(end) };
        if !wanted {
            self.play.over(&input, name, Verdict::Unselected);
            return Ok(end);
        }
        let Input { text, expected, .. } = input;
        // An arrow alone expects nothing, or an empty line.
        let nothing = expected.iter().all(String::is_empty) && expected.len() == 1 && played.lines.is_empty();
        let compared = if nothing { &[][..] } else { &expected };
        let verdict = Verdict::of(&played, (!expected.is_empty()).then_some(compared), &directives);
        let acceptable = verdict == Verdict::Differs;
        if acceptable {
            self.propose(start..after, behind, after..end, &played.lines);
        } else {
            self.play.out.copy(&lines[start..end]);
        }
        // A line without an answer is a case only where it fails.
        if asks || verdict != Verdict::Passed {
            let case = Case::unrun(start + 1, name, text, verdict);
            self.play.push(Case { expected, got: played.lines, acceptable, time: played.time, ..case });
        }
        Ok(end)
    }

    /// The text with which a line continues the input that began at `start`; `None` after an answer, which ends the input.
    fn candidate(&self, start: usize, at: usize) -> Option<&'t str> {
        let line = self.play.lines.get(at)?.text;
        let ended = at > start && (is_answer(line) || trailing(self.play.lines[at - 1].text).is_some());
        (!ended).then(|| trailing(line).map_or(line, |arrow| line[..arrow].trim_end()))
    }

    /// Writes a logical line with the output that came: behind it, in the same column, if an answer stood there, else
    /// below it.
    fn propose(&mut self, input: Range<usize>, behind: Option<usize>, below: Range<usize>, got: &[String]) {
        let first = self.play.lines[input.start].text;
        let (Some(last), lines) = (input.clone().last(), self.play.lines) else { return };
        let answer = |text: Option<&String>| match text {
            Some(text) if !text.is_empty() => format!("{ARROW} {text}"),
            _ => ARROW.to_owned(),
        };
        let indent = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
        let code = behind.map(|at| &lines[last].text[..at]);
        let lead = match (lines[below].first(), code) {
            (Some(line), _) => indent(line.text),
            (None, Some(code)) => blanks(code),
            (None, None) => indent(first),
        };
        let mut got = got.iter();
        match code {
            Some(code) => {
                self.play.out.copy(&lines[input.start..last]);
                self.play.out.line(code.to_owned() + &answer(got.next()));
            }
            None => {
                self.play.out.copy(&lines[input]);
                self.play.out.line(lead.clone() + &answer(got.next()));
            }
        }
        for text in got {
            self.play.out.line(lead.clone() + &answer(Some(text)));
        }
    }
}

/// Blanks as wide as a text.
fn blanks(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { "\t".to_owned() } else { " ".repeat(c.width().unwrap_or(0)) }).collect()
}

/// Whether a line is an answer to what is above it.
fn is_answer(line: &str) -> bool {
    line.trim_start().starts_with(ARROW)
}

/// Where the expectation behind an expression begins; a comment may be between them.
fn trailing(line: &str) -> Option<usize> {
    let comment = scan::comment(line)?;
    line[comment..].find(ARROW).map(|at| comment + at)
}

fn expectation(arrow: &str) -> String {
    let text = arrow.strip_prefix(ARROW).unwrap_or(arrow);
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
}

/// Whether a program expects anything: an answer, or what a directive asks for.
pub fn expects(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let asks = || Directives::default().asks(line);
        is_answer(line) || !line.starts_with('⍝') && trailing(line).is_some() || line.starts_with(MARK) && asks()
    })
}
