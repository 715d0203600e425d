//! Transcripts: lines that begin with six blanks are input, what follows each is its output, as APL documents have
//! looked for sixty years. Whole `.aplt` files, and the blocks of Markdown that are marked as `apl` (`markdown.rs`).
//!
//! Output may itself begin with six blanks, so an input is run before it is decided where its output ends.

use std::ops::Range;

use super::case::{Case, Verdict};
use super::claim;
use super::compare;
use super::directive::{self, Directives, MARK};
use super::markdown::{self, Block};
use super::player::{Answers, Limits, Played, Player};
use super::text::{self, Line, Malformed, Written};

/// The blanks before input.
const PROMPT: &str = "      ";

/// Which lines of a text are transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of them.
    Whole,
    /// Those in fenced blocks marked as `apl`.
    Fenced,
}

/// Plays the transcripts of a text; gives the cases, and the text with present output where it differs.
pub fn play(text: &str, kind: Kind, limits: &Limits) -> Result<(Vec<Case>, String), Malformed> {
    let mut lines = text::lines(text);
    let blocks = match kind {
        Kind::Whole => vec![Block { lines: 0..lines.len(), fence: None }],
        Kind::Fenced => markdown::blocks(&mut lines),
    };
    for block in &blocks {
        if block.fence.is_some() && !lines[block.lines.clone()].iter().any(|line| is_input(line.text)) {
            let why = "a block marked as apl without input, which begins with six blanks; `apl skip WHY` leaves it out";
            return Err((block.lines.start, why.to_owned()));
        }
    }
    let (mut file, heads) = head(&lines, &blocks)?;
    file.tolerance = file.tolerance.or(limits.tolerance);
    let mut play = Play {
        player: Player::new(limits, &file, Answers::Typed).map_err(|why| (heads.max(1), why))?,
        prose: None,
        lines: &lines,
        heads,
        file,
        cases: Vec::new(),
        out: Written::new(&lines),
    };
    let mut done = 0;
    for block in &blocks {
        play.out.copy(&lines[done..block.lines.start]);
        done = block.lines.end;
        let begun = play.out.len();
        play.block(&block.lines)?;
        if let Some(fence) = &block.fence {
            let closing = &lines[done..lines.len().min(done + 1)];
            fence.put_around(&mut play.out, begun, closing);
            done += closing.len();
        }
    }
    play.out.copy(&lines[done..]);
    Ok((play.cases, play.out.finish()))
}

fn is_input(line: &str) -> bool {
    line.starts_with(PROMPT) && !line.trim().is_empty()
}

fn is_prose(line: &str) -> bool {
    line.starts_with('⍝')
}

/// The directives for the whole file, which are before its first input and not right before it, and the line after them.
fn head(lines: &[Line<'_>], blocks: &[Block]) -> Result<(Directives, usize), Malformed> {
    let mut file = Directives::default();
    let mut heads = 0;
    for block in blocks {
        let mut waiting = Vec::new();
        for at in block.lines.clone() {
            let line = lines[at].text;
            if is_input(line) {
                return Ok((file, heads));
            }
            if line.starts_with(MARK) {
                waiting.push(at);
                continue;
            }
            for at in waiting.drain(..) {
                file.read_for_file(lines[at].text).map_err(|why| (at + 1, why))?;
                heads = at + 1;
            }
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
    /// The prose right above the next input, and its line.
    prose: Option<(usize, String)>,
    cases: Vec<Case>,
    out: Written<'t>,
}

/// The directives for the next input.
#[derive(Default)]
struct Next {
    directives: Directives,
    /// The first line that they stand on.
    line: Option<usize>,
    /// Where in the new text `lines k` stands.
    counted: Option<usize>,
}

impl Play<'_> {
    fn block(&mut self, block: &Range<usize>) -> Result<(), Malformed> {
        let Range { start, end } = *block;
        let mut next = Next::default();
        let mut at = start;
        while at < end {
            let line = self.lines[at];
            if is_input(line.text) {
                at = self.case(at, end, std::mem::take(&mut next))?;
                continue;
            }
            if line.text.starts_with(MARK) && at >= self.heads {
                next.directives.read(line.text).map_err(|why| (at + 1, why))?;
                next.line.get_or_insert(at);
                if next.directives.lines.is_some() {
                    next.counted.get_or_insert(self.out.len());
                }
            } else if !line.is_blank() && !is_prose(line.text) {
                return Err((at + 1, "neither input (six blanks), nor its output, nor prose (⍝)".to_owned()));
            }
            if is_prose(line.text) && !line.text.starts_with(MARK) {
                self.prose = Some((at, line.text.trim_start_matches('⍝').trim().to_owned()));
            } else if line.is_blank() {
                self.prose = None;
            }
            self.out.copy(&self.lines[at..=at]);
            at += 1;
        }
        if let Some(at) = next.line {
            return Err((at + 1, "a directive without an input after it".to_owned()));
        }
        Ok(())
    }

    /// The line after an input that begins at a line, and the input.
    fn input(&self, start: usize, end: usize) -> Result<(usize, String), Malformed> {
        let after = start + text::logical(|number| self.candidate(start + number, end));
        for at in start..after {
            directive::none_behind(self.lines[at].text).map_err(|why| (at + 1, why))?;
        }
        let input: Vec<&str> = (start..after).filter_map(|at| self.candidate(at, end)).collect();
        Ok((after, input.join("\n")))
    }

    /// Plays the input that begins at a line; gives the line after its output.
    fn case(&mut self, start: usize, end: usize, next: Next) -> Result<usize, Malformed> {
        let directives = directive::merged(&self.file, &next.directives);
        if let Some(why) = directives.contradiction() {
            return Err((start + 1, why.to_owned()));
        }
        let (mut after, mut input) = self.input(start, end)?;
        // Expressions that have to agree may stand below each other.
        while directives.same.is_some() && after < end && is_input(self.lines[after].text) {
            let (further, more) = self.input(after, end)?;
            input = input + "\n" + &more;
            after = further;
        }
        if let Some(count) = directives.lines.filter(|count| *count > end - after) {
            return Err((start + 1, format!("lines {count}: only {} lines follow this input", end - after)));
        }
        let resumed = directives.lines.map_or_else(|| self.resume(after, end, &input), |count| after + count);
        let prose = self.prose.take();
        let from = prose.iter().map(|(line, _)| *line).chain(next.line).min().unwrap_or(start);
        let name = directives.name.clone().or(prose.map(|(_, text)| text)).filter(|name| !name.is_empty());
        let limits = self.player.limits();
        let wanted =
            limits.wanted.has(name.as_deref(), &input, from + 1..resumed.max(after) + 1, directives.only.is_some());
        let unrun = match &directives.skip {
            _ if !wanted && (limits.lists || limits.is_stopped() || directives.is_claim()) => Some(Verdict::Unselected),
            Some(why) => Some(Verdict::Skipped(why.clone())),
            None if limits.lists => Some(Verdict::Passed),
            None if limits.is_stopped() => Some(Verdict::Unselected),
            None => None,
        };
        if let Some(verdict) = unrun {
            self.out.copy(&self.lines[start..resumed]);
            self.cases.push(Case::unrun(start + 1, name, input, verdict));
            return Ok(resumed);
        }
        self.player.load(&next.directives).map_err(|why| (start + 1, why))?;
        if directives.is_claim() {
            let expected: Vec<String> = self.lines[after..resumed].iter().map(|line| line.text.to_owned()).collect();
            if expected.is_empty() && !directives.expects() {
                return Err((start + 1, "forall: what the input gives for every drawing stands below it".to_owned()));
            }
            let claimed = claim::test(&mut self.player, &input, &directives, &expected);
            self.out.copy(&self.lines[start..resumed]);
            self.push(Case {
                expected,
                got: claimed.played.lines,
                counterexample: claimed.counterexample,
                detail: claimed.detail,
                time: claimed.played.time,
                ..Case::unrun(start + 1, name, input, claimed.verdict)
            });
            return Ok(resumed);
        }
        let played = self.player.play(&input, &directives);
        let resumed = self.expected_end(after, end, &input, &played, &directives);
        if !wanted {
            self.out.copy(&self.lines[start..resumed]);
            self.cases.push(Case::unrun(start + 1, name, input, Verdict::Unselected));
            return Ok(resumed);
        }
        let expected = self.expected(after..resumed, &played);
        let verdict = Verdict::of(&played, Some(&expected), &directives);
        let acceptable = verdict == Verdict::Differs;
        if acceptable {
            self.propose(start..after, &input, &played, next.counted);
        } else {
            self.out.copy(&self.lines[start..resumed]);
        }
        let case = Case::unrun(start + 1, name, input, verdict);
        self.push(Case { expected, got: played.lines, acceptable, time: played.time, ..case });
        Ok(resumed)
    }

    fn push(&mut self, case: Case) {
        if !case.verdict.is_good() {
            self.player.limits().failed();
        }
        self.cases.push(case);
    }

    /// The text with which a line continues the input before it; `None` for a line at the margin, which never does.
    fn candidate(&self, at: usize, end: usize) -> Option<&str> {
        let line = self.lines[..end].get(at)?;
        if line.is_blank() { Some("") } else { line.text.strip_prefix(PROMPT) }
    }

    /// What the file expects of an input: the lines, and where the file ends as many blank ones as came, which editors
    /// remove.
    fn expected(&self, lines: Range<usize>, played: &Played) -> Vec<String> {
        let at_end = lines.end == self.lines.len();
        let mut expected: Vec<String> = self.lines[lines].iter().map(|line| line.text.to_owned()).collect();
        while at_end && played.lines.get(expected.len()).is_some_and(String::is_empty) {
            expected.push(String::new());
        }
        expected
    }

    /// Where what is expected of an input ends.
    fn expected_end(&self, after: usize, end: usize, input: &str, played: &Played, directives: &Directives) -> usize {
        if let Some(count) = directives.lines {
            return after + count;
        }
        // As many lines as came, if they are the same, and nothing but blank lines to the next input or prose. What
        // looks like a directive is one, as `lines` can say that it is output.
        let as_many = (after + played.lines.len()).min(self.lines.len());
        if as_many <= end {
            let same = compare::same(&self.expected(after..as_many, played), &played.lines, directives.rules());
            let directive = self.lines[after..as_many].iter().any(|line| line.text.starts_with(MARK));
            let rest = self.lines[as_many..end].iter().find(|line| !line.is_blank());
            if same && !directive && rest.is_none_or(|line| is_input(line.text) || is_prose(line.text)) {
                return as_many;
            }
        }
        self.resume(after, end, input)
    }

    /// The end of the lines up to the next input or prose, without the blank lines before it.
    fn resume(&self, after: usize, end: usize, input: &str) -> usize {
        let lines = &self.lines[after..end];
        let text = |at: usize| lines.get(at).map(|line| line.text);
        let length = (0..lines.len()).find(|&at| is_no_output(text, at, input)).unwrap_or(lines.len());
        let last = lines[..length].iter().rposition(|line| !line.is_blank());
        after + last.map_or(0, |last| last + 1)
    }

    /// Writes an input and the output that came, with their number where they would read as something else.
    fn propose(&mut self, lines: Range<usize>, input: &str, played: &Played, counted: Option<usize>) {
        let count = played.lines.len();
        let got = |at: usize| played.lines.get(at).map(String::as_str);
        let ambiguous = (0..count).any(|at| is_no_output(got, at, input));
        let margin = self.lines[lines.start].margin;
        match counted.and_then(|at| self.out.line_mut(at)) {
            Some(line) => {
                if let Some(again) = directive::recounted(line, count) {
                    *line = again;
                }
            }
            None if ambiguous => self.out.line(format!("{margin}{MARK} lines {count}")),
            None => {}
        }
        self.out.copy(&self.lines[lines]);
        for line in &played.lines {
            // A line of blanks alone would be trimmed by whoever edits the file.
            let margin = if line.is_empty() { "" } else { margin };
            self.out.line(format!("{margin}{line}"));
        }
    }
}

/// Whether a line would be read as something else than the output of this input.
fn is_no_output<'l>(line: impl Fn(usize) -> Option<&'l str>, at: usize, input: &str) -> bool {
    let Some(text) = line(at) else { return false };
    let before = || at.checked_sub(1).and_then(&line);
    let caret = text.trim() == "∧" && before().is_some_and(|before| is_input(before) || is_numbered(before));
    is_prose(text) || is_input(text) && !caret && !is_echo(line, at, input)
}

/// Whether an indented line repeats an input in an error's report: a headline is above it and a caret under it. Only an
/// input that displays an indented `∧` itself could look so; it does not stand under a headline.
fn is_echo<'l>(line: impl Fn(usize) -> Option<&'l str>, at: usize, input: &str) -> bool {
    let (Some(text), Some(above), Some(below)) = (line(at), at.checked_sub(1).and_then(&line), line(at + 1)) else {
        return false;
    };
    let headline = above.split(':').next().unwrap_or(above);
    let loud = !headline.chars().any(char::is_lowercase) && headline.chars().any(char::is_uppercase);
    let framed = !is_input(above) && !above.trim().is_empty() && below.starts_with(PROMPT) && below.trim() == "∧";
    framed && (loud || !text.contains('∧') || input.contains(text.trim()))
}

/// Whether a line of a report shows a line of a function: `mean[2] …`.
fn is_numbered(line: &str) -> bool {
    let number = line.split_once('[').and_then(|(name, rest)| Some((name, rest.split_once(']')?.0)));
    number.is_some_and(|(name, number)| !name.contains(' ') && number.parse::<usize>().is_ok())
}
