//! Expectations inside a program: `⍝→ text` behind an expression, or on the lines below it.

use std::ops::Range;

use super::case::{Case, Verdict};
use super::directive::{Directives, MARK};
use super::player::{Answers, Limits, Player};
use super::transcript::{Malformed, merged};
use crate::syntax::scan;

/// What begins an expectation.
pub const ARROW: &str = "⍝→";

/// Plays a program; gives the cases that expect something or fail, and the text with present output where it differs.
pub fn play(text: &str, limits: Limits) -> Result<(Vec<Case>, String), Malformed> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let (file, heads) = head(&lines)?;
    let mut play = Play {
        player: Player::new(limits, &file, Answers::Data),
        lines: &lines,
        file,
        cases: Vec::new(),
        out: Vec::new(),
    };
    play.all(&heads)?;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Ok((play.cases, play.out.join(line_end)))
}

/// The directives for the whole file: those parted from the first line of program.
fn head(lines: &[&str]) -> Result<(Directives, Vec<usize>), Malformed> {
    let mut file = Directives::default();
    let mut heads = Vec::new();
    let mut waiting = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim_start();
        if line.starts_with(MARK) {
            waiting.push(at);
        } else if line.is_empty() || line.starts_with('⍝') || line.starts_with("#!") {
            heads.append(&mut waiting);
        } else {
            break;
        }
    }
    for &at in &heads {
        file.read(lines[at]).map_err(|why| (at + 1, why))?;
    }
    Ok((file, heads))
}

struct Play<'t> {
    player: Player,
    lines: &'t [&'t str],
    file: Directives,
    cases: Vec<Case>,
    out: Vec<String>,
}

impl Play<'_> {
    fn all(&mut self, heads: &[usize]) -> Result<(), Malformed> {
        let mut at = 0;
        let mut next = Directives::default();
        while at < self.lines.len() {
            let line = self.lines[at].trim_start();
            if line.starts_with(ARROW) {
                return Err((at + 1, "an expectation without an expression before it".to_owned()));
            }
            let shebang = at == 0 && line.starts_with("#!");
            let code = !(line.is_empty() || line.starts_with('⍝') || shebang);
            if !code {
                if line.starts_with(MARK) && !heads.contains(&at) {
                    next.read(line).map_err(|why| (at + 1, why))?;
                }
                self.out.push(self.lines[at].to_owned());
                at += 1;
            } else {
                at = self.case(at, &std::mem::take(&mut next));
            }
        }
        Ok(())
    }

    /// Plays the logical line that begins at a line; gives the line after it and its expectation.
    fn case(&mut self, start: usize, next: &Directives) -> usize {
        let after = self.input(start);
        let input = self.lines[start..after].join("\n");
        let below = self.lines[after..].iter().take_while(|line| line.trim_start().starts_with(ARROW)).count();
        let whole = start..after + below;
        let behind = trailing(self.lines[after - 1]);
        let arrows = self.lines[after..whole.end].iter().map(|line| expectation(line.trim_start()));
        let expected: Vec<String> =
            behind.map(|at| expectation(&self.lines[after - 1][at..])).into_iter().chain(arrows).collect();
        let directives = merged(&self.file, next);
        if let Some(why) = &directives.skip {
            self.copy(whole.clone());
            let verdict = Verdict::Skipped(why.clone());
            self.cases.push(Case { line: start + 1, input, expected, got: Vec::new(), verdict });
            return whole.end;
        }
        let played = self.player.play(&input, &directives);
        // An arrow alone expects nothing, or an empty line.
        let nothing = expected.iter().all(String::is_empty) && expected.len() == 1 && played.lines.is_empty();
        let wanted = if nothing { &[][..] } else { &expected };
        let verdict = Verdict::of(&played, (!expected.is_empty()).then_some(wanted), &directives);
        let rewritten = verdict == Verdict::Differs && !expected.is_empty();
        if rewritten && directives.error.is_none() && directives.pattern.is_none() {
            self.propose(start..after, behind, &played.lines);
        } else {
            self.copy(whole.clone());
        }
        if !expected.is_empty() || verdict != Verdict::Passed {
            self.cases.push(Case { line: start + 1, input, expected, got: played.lines, verdict });
        }
        whole.end
    }

    /// The line after a logical line.
    fn input(&self, start: usize) -> usize {
        let mut after = start + 1;
        while after < self.lines.len() && self.player.needs_more(&self.lines[start..after].join("\n")) {
            after += 1;
        }
        after
    }

    fn copy(&mut self, lines: Range<usize>) {
        self.out.extend(self.lines[lines].iter().map(|line| (*line).to_owned()));
    }

    /// Writes a logical line with the output that came: one line behind it if it stood there, else below it.
    fn propose(&mut self, input: Range<usize>, behind: Option<usize>, got: &[String]) {
        let indent = self.lines[input.start].len() - self.lines[input.start].trim_start().len();
        let indent = self.lines[input.start][..indent].to_owned();
        self.copy(input);
        let last = self.out.last_mut();
        let code = behind.zip(last).map(|(at, line)| {
            line.truncate(at);
            line.truncate(line.trim_end().len());
            line
        });
        match (code, got) {
            (Some(code), []) => *code += &format!(" {ARROW}"),
            (Some(code), [only]) => *code += &format!(" {ARROW} {only}"),
            (None, []) => self.out.push(format!("{indent}{ARROW}")),
            (_, lines) => {
                self.out.extend(lines.iter().map(|line| format!("{indent}{ARROW} {line}").trim_end().to_owned()))
            }
        }
    }
}

/// Where the expectation behind an expression begins.
fn trailing(line: &str) -> Option<usize> {
    scan::comment(line).filter(|&at| line[at..].starts_with(ARROW))
}

fn expectation(arrow: &str) -> String {
    let text = arrow.strip_prefix(ARROW).unwrap_or(arrow);
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
}

/// Whether a program expects anything.
pub fn expects(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with(ARROW) || trailing(line).is_some())
}
