//! Expectations inside a program: `⍝→ text` behind an expression, or on the lines below it.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::case::{Case, Verdict};
use super::claim;
use super::directive::{self, Directives, MARK};
use super::player::{Answers, Limits, Player};
use super::text::{self, Line, Malformed, Written};
use crate::syntax::scan;

/// What begins an expectation.
pub const ARROW: &str = "⍝→";

/// Plays a program; gives the cases that expect something or fail, and the text with present output where it differs.
pub fn play(text: &str, limits: &Limits) -> Result<(Vec<Case>, String), Malformed> {
    let lines = text::lines(text);
    let (mut file, heads) = head(&lines)?;
    file.tolerance = file.tolerance.or(limits.tolerance);
    let mut play = Play {
        player: Player::new(limits, &file, Answers::Data).map_err(|why| (heads.max(1), why))?,
        prose: None,
        lines: &lines,
        heads,
        file,
        cases: Vec::new(),
        out: Written::new(&lines),
    };
    play.all()?;
    Ok((play.cases, play.out.finish()))
}

/// The directives for the whole file, those not right before the first line of program, and the line after them.
fn head(lines: &[Line<'_>]) -> Result<(Directives, usize), Malformed> {
    let mut file = Directives::default();
    let mut heads = 0;
    let mut waiting = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.text.trim_start();
        if line.starts_with(MARK) {
            waiting.push(at);
        } else if line.is_empty() || line.starts_with('⍝') || line.starts_with("#!") {
            for at in waiting.drain(..) {
                file.read_for_file(lines[at].text).map_err(|why| (at + 1, why))?;
                heads = at + 1;
            }
        } else {
            break;
        }
    }
    Ok((file, heads))
}

struct Play<'t> {
    player: Player,
    lines: &'t [Line<'t>],
    file: Directives,
    /// The line after the directives for the whole file.
    heads: usize,
    /// The comment right above the next expression, and its line.
    prose: Option<(usize, String)>,
    cases: Vec<Case>,
    out: Written<'t>,
}

impl<'t> Play<'t> {
    fn all(&mut self) -> Result<(), Malformed> {
        let mut at = 0;
        let mut next = Directives::default();
        // The first line that they stand on.
        let mut waiting = None;
        while at < self.lines.len() {
            let line = self.lines[at].text.trim_start();
            if line.starts_with(ARROW) {
                return Err((at + 1, "an answer without an expression before it".to_owned()));
            }
            let shebang = at == 0 && line.starts_with("#!");
            if !(line.is_empty() || line.starts_with('⍝') || shebang) {
                at = self.case(at, waiting.take(), &std::mem::take(&mut next))?;
                continue;
            }
            if line.is_empty() {
                self.prose = None;
            } else if !line.starts_with(MARK) && !shebang {
                self.prose = Some((at, line.trim_start_matches('⍝').trim().to_owned()));
            }
            if line.starts_with(MARK) && at >= self.heads {
                next.read(line).map_err(|why| (at + 1, why))?;
                waiting.get_or_insert(at);
            }
            self.out.copy(&self.lines[at..=at]);
            at += 1;
        }
        match waiting {
            Some(at) => Err((at + 1, "a directive without an expression after it".to_owned())),
            None => Ok(()),
        }
    }

    /// Plays the logical line that begins at a line; gives the line after it and its expectation.
    fn case(&mut self, start: usize, waiting: Option<usize>, next: &Directives) -> Result<usize, Malformed> {
        let after = start + text::logical(|number| self.candidate(start, start + number));
        for at in start..after {
            directive::none_behind(self.lines[at].text).map_err(|why| (at + 1, why))?;
        }
        let input: Vec<&str> = (start..after).filter_map(|at| self.candidate(start, at)).collect();
        let input = input.join("\n");
        let below = self.lines[after..].iter().take_while(|line| is_answer(line.text)).count();
        let (input_lines, whole) = (start..after, start..after + below);
        let behind = trailing(self.lines[after - 1].text);
        let arrows = self.lines[after..whole.end].iter().map(|line| expectation(line.text.trim_start()));
        let expected: Vec<String> =
            behind.map(|at| expectation(&self.lines[after - 1].text[at..])).into_iter().chain(arrows).collect();
        let directives = directive::merged(&self.file, next);
        if let Some(why) = directives.contradiction() {
            return Err((start + 1, why.to_owned()));
        }
        let prose = self.prose.take();
        let from = prose.iter().map(|(line, _)| *line).chain(waiting).min().unwrap_or(start);
        let name = directives.name.clone().or(prose.map(|(_, text)| text)).filter(|name| !name.is_empty());
        let limits = self.player.limits();
        let wanted = limits.wanted.has(name.as_deref(), &input, from + 1..whole.end + 1, directives.only.is_some());
        let asks = !expected.is_empty() || directives.expects();
        let unrun = match &directives.skip {
            _ if !wanted && (limits.lists || limits.is_stopped() || directives.is_claim()) => Some(Verdict::Unselected),
            Some(why) => Some(Verdict::Skipped(why.clone())),
            None if limits.lists => Some(if asks { Verdict::Passed } else { Verdict::Unselected }),
            None if limits.is_stopped() => Some(Verdict::Unselected),
            None => None,
        };
        if let Some(verdict) = unrun {
            self.out.copy(&self.lines[whole.clone()]);
            self.cases.push(Case::unrun(start + 1, name, input, verdict));
            return Ok(whole.end);
        }
        self.player.load(next).map_err(|why| (start + 1, why))?;
        if directives.is_claim() {
            if !asks {
                return Err((start + 1, "forall: what the input gives for every drawing stands behind it".to_owned()));
            }
            let claimed = claim::test(&mut self.player, &input, &directives, &expected);
            self.out.copy(&self.lines[whole.clone()]);
            self.push(Case {
                expected,
                got: claimed.played.lines,
                counterexample: claimed.counterexample,
                detail: claimed.detail,
                time: claimed.played.time,
                ..Case::unrun(start + 1, name, input, claimed.verdict)
            });
            return Ok(whole.end);
        }
        let played = self.player.play(&input, &directives);
        if !wanted {
            self.out.copy(&self.lines[whole.clone()]);
            self.cases.push(Case::unrun(start + 1, name, input, Verdict::Unselected));
            return Ok(whole.end);
        }
        // An arrow alone expects nothing, or an empty line.
        let nothing = expected.iter().all(String::is_empty) && expected.len() == 1 && played.lines.is_empty();
        let wanted = if nothing { &[][..] } else { &expected };
        let verdict = Verdict::of(&played, (!expected.is_empty()).then_some(wanted), &directives);
        let acceptable = verdict == Verdict::Differs;
        if acceptable {
            self.propose(input_lines, behind, after..whole.end, &played.lines);
        } else {
            self.out.copy(&self.lines[whole.clone()]);
        }
        if asks || verdict != Verdict::Passed {
            let case = Case::unrun(start + 1, name, input, verdict);
            self.push(Case { expected, got: played.lines, acceptable, time: played.time, ..case });
        }
        Ok(whole.end)
    }

    fn push(&mut self, case: Case) {
        if !case.verdict.is_good() {
            self.player.limits().failed();
        }
        self.cases.push(case);
    }

    /// The text with which a line continues the input that began at `start`; `None` after an answer, which ends the input.
    fn candidate(&self, start: usize, at: usize) -> Option<&'t str> {
        let line = self.lines.get(at)?.text;
        let ended = at > start && (is_answer(line) || trailing(self.lines[at - 1].text).is_some());
        (!ended).then(|| trailing(line).map_or(line, |arrow| line[..arrow].trim_end()))
    }

    /// Writes a logical line with the output that came: behind it, in the same column, if an answer stood there, else
    /// below it.
    fn propose(&mut self, input: Range<usize>, behind: Option<usize>, below: Range<usize>, got: &[String]) {
        let first = self.lines[input.start].text;
        let (Some(last), lines) = (input.clone().last(), self.lines) else { return };
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
                self.out.copy(&lines[input.start..last]);
                self.out.line(code.to_owned() + &answer(got.next()));
            }
            None => {
                self.out.copy(&lines[input]);
                self.out.line(lead.clone() + &answer(got.next()));
            }
        }
        for text in got {
            self.out.line(lead.clone() + &answer(Some(text)));
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
