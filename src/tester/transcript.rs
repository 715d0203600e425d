//! Transcripts: lines that begin with six blanks are input, what follows each is its output, as APL documents have
//! looked for sixty years. Whole `.aplt` files, and the blocks of Markdown that are marked as `apl` (`markdown.rs`).
//!
//! Output may itself begin with six blanks, so an input is run before it is decided where its output ends.

use std::ops::Range;

use super::case::{Case, Verdict};
use super::compare;
use super::directive::{self, Directives, MARK};
use super::markdown::{self, Block};
use super::play::{Input, Play, Played, Ran};
use super::player::{self, Answers, Limits};
use super::text::{self, Malformed};

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

/// Plays the transcripts of a text.
pub fn play(text: &str, kind: Kind, limits: &Limits) -> Result<Played, Malformed> {
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
    let parts = blocks.iter().map(|block| block.lines.clone());
    let mut transcript = Transcript { play: Play::new(&lines, parts, is_input, limits, Answers::Typed)? };
    let mut done = 0;
    for block in &blocks {
        transcript.play.out.copy(&lines[done..block.lines.start]);
        done = block.lines.end;
        let begun = transcript.play.out.len();
        transcript.block(&block.lines)?;
        if let Some(fence) = &block.fence {
            let closing = &lines[done..lines.len().min(done + 1)];
            fence.put_around(&mut transcript.play.out, begun, closing);
            done += closing.len();
        }
    }
    transcript.play.out.copy(&lines[done..]);
    Ok(transcript.play.finish())
}

fn is_input(line: &str) -> bool {
    line.starts_with(PROMPT) && !line.trim().is_empty()
}

fn is_prose(line: &str) -> bool {
    line.starts_with('⍝')
}

struct Transcript<'t> {
    play: Play<'t>,
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

impl Transcript<'_> {
    fn block(&mut self, block: &Range<usize>) -> Result<(), Malformed> {
        let Range { start, end } = *block;
        let mut next = Next::default();
        let mut at = start;
        while at < end {
            let line = self.play.lines[at];
            if is_input(line.text) {
                at = self.case(at, end, std::mem::take(&mut next))?;
                continue;
            }
            if line.text.starts_with(MARK) && at >= self.play.heads {
                next.directives.read(line.text).map_err(|why| (at + 1, why))?;
                next.line.get_or_insert(at);
                if next.directives.lines.is_some() {
                    next.counted.get_or_insert(self.play.out.len());
                }
            } else if !line.is_blank() && !is_prose(line.text) {
                return Err((at + 1, "neither input (six blanks), nor its output, nor prose (⍝)".to_owned()));
            }
            self.play.between(at);
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
            directive::none_behind(self.play.lines[at].text).map_err(|why| (at + 1, why))?;
        }
        let input: Vec<&str> = (start..after).filter_map(|at| self.candidate(at, end)).collect();
        Ok((after, input.join("\n")))
    }

    /// Plays the input that begins at a line; gives the line after its output.
    fn case(&mut self, start: usize, end: usize, next: Next) -> Result<usize, Malformed> {
        let lines = self.play.lines;
        let directives = self.play.directives(&next.directives);
        let (mut after, mut text) = self.input(start, end)?;
        // Expressions that have to agree may stand below each other.
        while directives.same.is_some() && after < end && is_input(lines[after].text) {
            let (further, more) = self.input(after, end)?;
            text = text + "\n" + &more;
            after = further;
        }
        if let Some(count) = directives.lines.filter(|count| *count > end - after) {
            return Err((start + 1, format!("lines {count}: only {} lines follow this input", end - after)));
        }
        let resumed = directives.lines.map_or_else(|| self.resume(after, end, &text), |count| after + count);
        let expected = lines[after..resumed].iter().map(|line| line.text.to_owned()).collect();
        let Next { directives: next, line: directed, counted } = next;
        let mut input = Input { text, lines: start..resumed, next: &next, directed, expected, asks: true };
        let Some(Ran { name, wanted, played, directives }) = self.play.run(&input)? else { return Ok(resumed) };
        let resumed = self.expected_end(after, end, &input.text, &played, &directives);
        input.lines.end = resumed;
        if !wanted {
            self.play.over(&input, name, Verdict::Unselected);
            return Ok(resumed);
        }
        let expected = self.expected(after..resumed, &played);
        let verdict = Verdict::of(&played, Some(&expected), &directives);
        let acceptable = verdict == Verdict::Differs;
        if acceptable {
            self.propose(start..after, &input.text, &played, counted);
        } else {
            self.play.out.copy(&lines[start..resumed]);
        }
        let case = Case::unrun(start + 1, name, input.text, verdict);
        self.play.push(Case { expected, got: played.lines, acceptable, time: played.time, ..case });
        Ok(resumed)
    }

    /// The text with which a line continues the input before it; `None` for a line at the margin, which never does.
    fn candidate(&self, at: usize, end: usize) -> Option<&str> {
        let line = self.play.lines[..end].get(at)?;
        if line.is_blank() { Some("") } else { line.text.strip_prefix(PROMPT) }
    }

    /// What the file expects of an input: the lines, and where the file ends as many blank ones as came, which editors
    /// remove.
    fn expected(&self, lines: Range<usize>, played: &player::Played) -> Vec<String> {
        let at_end = lines.end == self.play.lines.len();
        let mut expected: Vec<String> = self.play.lines[lines].iter().map(|line| line.text.to_owned()).collect();
        while at_end && played.lines.get(expected.len()).is_some_and(String::is_empty) {
            expected.push(String::new());
        }
        expected
    }

    /// Where what is expected of an input ends.
    fn expected_end(
        &self,
        after: usize,
        end: usize,
        input: &str,
        played: &player::Played,
        directives: &Directives,
    ) -> usize {
        if let Some(count) = directives.lines {
            return after + count;
        }
        // As many lines as came, if they are the same, and nothing but blank lines to the next input or prose. What
        // looks like a directive is one, as `lines` can say that it is output.
        let as_many = (after + played.lines.len()).min(self.play.lines.len());
        if as_many <= end {
            let same = compare::same(&self.expected(after..as_many, played), &played.lines, directives.rules());
            let directive = self.play.lines[after..as_many].iter().any(|line| line.text.starts_with(MARK));
            let rest = self.play.lines[as_many..end].iter().find(|line| !line.is_blank());
            if same && !directive && rest.is_none_or(|line| is_input(line.text) || is_prose(line.text)) {
                return as_many;
            }
        }
        self.resume(after, end, input)
    }

    /// The end of the lines up to the next input or prose, without the blank lines before it.
    fn resume(&self, after: usize, end: usize, input: &str) -> usize {
        let lines = &self.play.lines[after..end];
        let text = |at: usize| lines.get(at).map(|line| line.text);
        let length = (0..lines.len()).find(|&at| is_no_output(text, at, input)).unwrap_or(lines.len());
        let last = lines[..length].iter().rposition(|line| !line.is_blank());
        after + last.map_or(0, |last| last + 1)
    }

    /// Writes an input and the output that came, with their number where they would read as something else.
    fn propose(&mut self, lines: Range<usize>, input: &str, played: &player::Played, counted: Option<usize>) {
        let count = played.lines.len();
        let ambiguous = is_ambiguous(&played.lines, input);
        let margin = self.play.lines[lines.start].margin;
        match counted.and_then(|at| self.play.out.line_mut(at)) {
            Some(line) => {
                if let Some(again) = directive::recounted(line, count) {
                    *line = again;
                }
            }
            None if ambiguous => self.play.out.line(format!("{margin}{MARK} lines {count}")),
            None => {}
        }
        self.play.out.copy(&self.play.lines[lines]);
        for line in &played.lines {
            // A line of blanks alone would be trimmed by whoever edits the file.
            let margin = if line.is_empty() { "" } else { margin };
            self.play.out.line(format!("{margin}{line}"));
        }
    }
}

/// An input and its output as they stand in a transcript, with the lines that the input has read.
pub fn transcribed(input: &str, shown: &str, read: &[String]) -> String {
    let lines = player::lines(shown);
    let mut text: String = read.iter().map(|line| format!("{MARK} stdin {line}\n")).collect();
    if is_ambiguous(&lines, input) {
        text += &format!("{MARK} lines {}\n", lines.len());
    }
    for line in input.lines() {
        text += format!("{PROMPT}{line}").trim_end();
        text.push('\n');
    }
    text + &lines.iter().map(|line| format!("{line}\n")).collect::<String>()
}

/// Whether output would be read as something else.
fn is_ambiguous(output: &[String], input: &str) -> bool {
    let line = |at: usize| output.get(at).map(String::as_str);
    (0..output.len()).any(|at| is_no_output(line, at, input))
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
