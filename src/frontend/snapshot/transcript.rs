//! Transcripts: lines that begin with six blanks are input, what follows each is its output, as APL documents have
//! looked for sixty years. Whole `.aplt` files, and the blocks of Markdown that are marked as `apl`.
//!
//! Output may itself begin with six blanks, so an input is run before it is decided where its output ends.

use super::case::{Case, Verdict};
use super::directive::{Directives, MARK};
use super::player::{Answers, Limits, Played, Player};

/// The blanks before input.
const PROMPT: &str = "      ";

/// Which lines of a text are transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All of them.
    Whole,
    /// Those in fenced blocks marked as `apl` that hold input.
    Fenced,
}

/// A text with a transcript in it that cannot be played: the line, from 1, and why.
pub type Malformed = (usize, String);

/// Plays the transcripts of a text; gives the cases, and the text with present output where it differs.
pub fn play(text: &str, kind: Kind, limits: Limits) -> Result<(Vec<Case>, String), Malformed> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let transcript = match kind {
        Kind::Whole => vec![true; lines.len()],
        Kind::Fenced => fenced(&lines),
    };
    let (file, heads) = head(&lines, &transcript)?;
    let mut play = Play {
        player: Player::new(limits, &file, Answers::Typed),
        lines: &lines,
        transcript: &transcript,
        file,
        cases: Vec::new(),
        out: Vec::new(),
    };
    play.all(&heads)?;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Ok((play.cases, play.out.join(line_end)))
}

/// The lines inside fences marked as `apl`, if there is input among them.
fn fenced(lines: &[&str]) -> Vec<bool> {
    let mut inside = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let opening = lines[at].trim_start();
        let ticks = opening.len() - opening.trim_start_matches('`').len();
        at += 1;
        if ticks < 3 {
            continue;
        }
        let fence = "`".repeat(ticks);
        let is_apl = opening[ticks..].split_whitespace().next() == Some("apl");
        let closing = |line: &&str| line.trim().starts_with(&fence) && line.trim().trim_matches('`').is_empty();
        let end = lines[at..].iter().position(closing).map_or(lines.len(), |length| at + length);
        if is_apl && lines[at..end].iter().any(|line| is_input(line)) {
            inside[at..end].fill(true);
        }
        at = end + 1;
    }
    inside
}

fn is_input(line: &str) -> bool {
    line.starts_with(PROMPT) && !line.trim().is_empty()
}

/// Whether a line repeats an input in an error's report: there is a caret under it.
fn is_echo<S: AsRef<str>>(lines: &[S], at: usize) -> bool {
    lines.get(at + 1).map(AsRef::as_ref).is_some_and(|below| below.starts_with(PROMPT) && below.trim() == "∧")
}

/// Whether a line would be read as something else than output.
fn is_no_output<S: AsRef<str>>(lines: &[S], at: usize) -> bool {
    let line = lines[at].as_ref();
    let caret = line.trim() == "∧" && at > 0 && is_input(lines[at - 1].as_ref());
    is_prose(line) || is_input(line) && !is_echo(lines, at) && !caret
}

fn is_prose(line: &str) -> bool {
    line.starts_with('⍝')
}

/// The directives for the whole file, before its first input and parted from it, and the lines they stand on.
fn head(lines: &[&str], transcript: &[bool]) -> Result<(Directives, Vec<usize>), Malformed> {
    let mut file = Directives::default();
    let mut heads = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if transcript[at] && is_input(line) {
            break;
        }
        if transcript[at] && line.starts_with(MARK) {
            waiting.push(at);
        } else {
            heads.append(&mut waiting);
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
    transcript: &'t [bool],
    file: Directives,
    cases: Vec<Case>,
    out: Vec<String>,
}

impl Play<'_> {
    fn all(&mut self, heads: &[usize]) -> Result<(), Malformed> {
        let mut at = 0;
        let mut next = Directives::default();
        // Where in the new text `lines k` stands.
        let mut counted = None;
        while at < self.lines.len() {
            let line = self.lines[at];
            if !self.transcript[at] || line.is_empty() || !is_input(line) {
                if self.transcript[at] {
                    if line.starts_with(MARK) && !heads.contains(&at) {
                        next.read(line).map_err(|why| (at + 1, why))?;
                        counted = next.lines.is_some().then_some(self.out.len());
                    } else if !line.trim().is_empty() && !is_prose(line) {
                        return Err((at + 1, "neither input (six blanks), output nor prose (⍝)".to_owned()));
                    }
                }
                self.out.push(line.to_owned());
                at += 1;
            } else {
                at = self.case(at, &std::mem::take(&mut next), counted.take())?;
            }
        }
        Ok(())
    }

    /// Plays the input that begins at a line; gives the line after its output.
    fn case(&mut self, start: usize, next: &Directives, counted: Option<usize>) -> Result<usize, Malformed> {
        let end = self.end_of_block(start);
        let (input, after) = self.input(start, end);
        let directives = merged(&self.file, next);
        if let Some(why) = &directives.skip {
            let resumed = self.resume(after, end);
            self.copy(start..resumed);
            let verdict = Verdict::Skipped(why.clone());
            self.cases.push(Case { line: start + 1, input, expected: Vec::new(), got: Vec::new(), verdict });
            return Ok(resumed);
        }
        let played = self.player.play(&input, &directives);
        let resumed = self.expected_end(after, end, &played, &directives);
        let expected: Vec<String> = self.lines[after..resumed].iter().map(|line| (*line).to_owned()).collect();
        let verdict = Verdict::of(&played, Some(&expected), &directives);
        if verdict == Verdict::Differs && directives.error.is_none() && directives.pattern.is_none() {
            self.propose(start..after, &played, counted);
        } else {
            self.copy(start..resumed);
        }
        self.cases.push(Case { line: start + 1, input, expected, got: played.lines, verdict });
        Ok(resumed)
    }

    /// The input that begins at a line, its blanks removed, with as many lines as it needs; and the line after it.
    fn input(&self, start: usize, end: usize) -> (String, usize) {
        let typed = |line: &str| line.strip_prefix(PROMPT).unwrap_or(line).to_owned();
        let mut text = typed(self.lines[start]);
        let mut after = start + 1;
        while after < end && self.player.needs_more(&text) {
            text.push('\n');
            text += &typed(self.lines[after]);
            after += 1;
        }
        (text, after)
    }

    /// Where the block of transcript that a line is in ends.
    fn end_of_block(&self, start: usize) -> usize {
        self.transcript[start..].iter().position(|inside| !inside).map_or(self.lines.len(), |length| start + length)
    }

    /// Where what is expected of an input ends.
    fn expected_end(&self, after: usize, end: usize, played: &Played, directives: &Directives) -> usize {
        if let Some(count) = directives.lines {
            return end.min(after + count);
        }
        // As many lines as came, if they are the same, and nothing but blank lines to the next input.
        let as_many = after + played.lines.len();
        let verdict = |end: usize| {
            let expected: Vec<String> = self.lines[after..end].iter().map(|line| (*line).to_owned()).collect();
            Verdict::of(played, Some(&expected), &Directives { xfail: None, ..directives.clone() })
        };
        if as_many <= end && verdict(as_many) == Verdict::Passed {
            let mut rest = self.lines[as_many..end].iter().skip_while(|line| line.trim().is_empty());
            if rest.next().is_none_or(|line| is_input(line) || is_prose(line)) {
                return as_many;
            }
        }
        self.resume(after, end)
    }

    /// The end of the lines up to the next input or prose, without the blank lines before it.
    fn resume(&self, after: usize, end: usize) -> usize {
        let lines = &self.lines[after..end];
        let length = (0..lines.len()).find(|&at| is_no_output(lines, at)).unwrap_or(lines.len());
        let last = lines[..length].iter().rposition(|line| !line.trim().is_empty());
        after + last.map_or(0, |last| last + 1)
    }

    fn copy(&mut self, lines: std::ops::Range<usize>) {
        self.out.extend(self.lines[lines].iter().map(|line| (*line).to_owned()));
    }

    /// Writes an input and the output that came, with their number where they would read as something else.
    fn propose(&mut self, input: std::ops::Range<usize>, played: &Played, counted: Option<usize>) {
        let count = played.lines.len();
        let ambiguous = (0..count).any(|at| is_no_output(&played.lines, at));
        match counted.and_then(|at| self.out.get_mut(at)) {
            Some(line) => *line = recounted(line, count),
            None if ambiguous => self.out.push(format!("{MARK} lines {count}")),
            None => {}
        }
        self.copy(input);
        self.out.extend(played.lines.iter().cloned());
    }
}

/// A directive line with another number of lines.
fn recounted(line: &str, count: usize) -> String {
    let Some(at) = line.find("lines ") else { return line.to_owned() };
    let digits = at + "lines ".len();
    let rest = line[digits..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{count}{rest}", &line[..digits])
}

/// The file's directives with those of one input.
pub fn merged(file: &Directives, next: &Directives) -> Directives {
    Directives {
        tolerance: next.tolerance.or(file.tolerance),
        skip: next.skip.clone().or_else(|| file.skip.clone()),
        xfail: next.xfail.clone().or_else(|| file.xfail.clone()),
        ..next.clone()
    }
}
