//! Playing the cases of a text: what transcripts and programs have in common.

use std::ops::Range;

use super::case::{Case, Verdict};
use super::claim;
use super::coverage::Recorded;
use super::directive::{self, Directives, MARK};
use super::player::{self, Answers, Limits, Player};
use super::text::{Line, Malformed, Written};

/// A text that is being played, from its first line to its last.
pub struct Play<'t> {
    /// The session.
    pub player: Player,
    /// The lines of the text.
    pub lines: &'t [Line<'t>],
    /// The line after the directives for the whole file.
    pub heads: usize,
    /// The cases so far.
    pub cases: Vec<Case>,
    /// The text so far, with the present output.
    pub out: Written<'t>,
    /// The directives for the whole file.
    file: Directives,
    /// The comment right above the next input, and its line.
    prose: Option<(usize, String)>,
}

/// A text that has been played.
#[derive(Debug)]
pub struct Played {
    /// What became of its cases.
    pub cases: Vec<Case>,
    /// The text with present output where it differs.
    pub text: String,
    /// What was recorded besides.
    pub recorded: Recorded,
}

/// An input and what stands around it.
pub struct Input<'d> {
    /// The input.
    pub text: String,
    /// Its lines, and those that its output takes as the file stands.
    pub lines: Range<usize>,
    /// The directives right before it.
    pub next: &'d Directives,
    /// The first line that they stand on.
    pub directed: Option<usize>,
    /// The output that the file expects.
    pub expected: Vec<String>,
    /// Whether anything is expected.
    pub asks: bool,
}

/// An input that was run, to be compared with what is expected.
pub struct Ran {
    /// What the case is called.
    pub name: Option<String>,
    /// Whether it is one of those that are wanted.
    pub wanted: bool,
    /// What it displayed.
    pub played: player::Played,
    /// The file's directives and its own.
    pub directives: Directives,
}

impl<'t> Play<'t> {
    /// A text before its first case. The directives for the whole file stand in `parts` of it, before the first line that
    /// is input, and not right before that one.
    pub fn new(
        lines: &'t [Line<'t>],
        parts: impl IntoIterator<Item = Range<usize>>,
        is_input: fn(&str) -> bool,
        limits: &Limits,
        answers: Answers,
    ) -> Result<Play<'t>, Malformed> {
        let (mut file, heads) = head(lines, parts, is_input)?;
        file.tolerance = file.tolerance.or(limits.tolerance);
        let player = Player::new(limits, &file, answers).map_err(|why| (heads.max(1), why))?;
        Ok(Play { player, lines, heads, cases: Vec::new(), out: Written::new(lines), file, prose: None })
    }

    /// After the last case.
    pub fn finish(self) -> Played {
        Played { cases: self.cases, text: self.out.finish(), recorded: self.player.recorded() }
    }

    /// A line that is no input, nor the output of one: a comment right above an input is its name.
    pub fn between(&mut self, at: usize) {
        let line = self.lines[at].text.trim_start();
        if line.is_empty() {
            self.prose = None;
        } else if line.starts_with('⍝') && !line.starts_with(MARK) {
            self.prose = Some((at, line.trim_start_matches('⍝').trim().to_owned()));
        }
        self.out.copy(&self.lines[at..=at]);
    }

    /// The file's directives and those right before an input.
    pub fn directives(&self, next: &Directives) -> Directives {
        directive::merged(&self.file, next)
    }

    /// Runs an input. `None` if the case is over: it was not run, or tested by drawings; its lines are copied then.
    pub fn run(&mut self, input: &Input) -> Result<Option<Ran>, Malformed> {
        let Range { start, end } = input.lines;
        let directives = self.directives(input.next);
        if let Some(why) = directives.contradiction() {
            return Err((start + 1, why.to_owned()));
        }
        let prose = self.prose.take();
        let from = prose.iter().map(|(line, _)| *line).chain(input.directed).min().unwrap_or(start);
        let name = directives.name.clone().or(prose.map(|(_, text)| text)).filter(|name| !name.is_empty());
        let limits = self.player.limits();
        let wanted = limits.wanted.has(name.as_deref(), &input.text, from + 1..end + 1, directives.only.is_some());
        let unrun = match &directives.skip {
            _ if !wanted && (limits.lists || limits.is_stopped() || directives.is_claim()) => Some(Verdict::Unselected),
            Some(why) => Some(Verdict::Skipped(why.clone())),
            None if limits.lists => Some(if input.asks { Verdict::Passed } else { Verdict::Unselected }),
            None if limits.is_stopped() => Some(Verdict::Unselected),
            None => None,
        };
        if let Some(verdict) = unrun {
            self.over(input, name, verdict);
            return Ok(None);
        }
        self.player.load(input.next).map_err(|why| (start + 1, why))?;
        if directives.is_claim() {
            if input.expected.is_empty() && !directives.expects() {
                let why = "forall: the file does not say what the input gives for every drawing";
                return Err((start + 1, why.to_owned()));
            }
            let claimed = claim::test(&mut self.player, &input.text, &directives, &input.expected);
            self.out.copy(&self.lines[start..end]);
            self.push(Case {
                expected: input.expected.clone(),
                got: claimed.played.lines,
                counterexample: claimed.counterexample,
                detail: claimed.detail,
                time: claimed.played.time,
                is_claim: true,
                ..Case::unrun(start + 1, name, input.text.clone(), claimed.verdict)
            });
            return Ok(None);
        }
        let played = self.player.play(&input.text, &directives);
        Ok(Some(Ran { name, wanted, played, directives }))
    }

    /// An input has nothing to be compared with: its lines stay as they are.
    pub fn over(&mut self, input: &Input, name: Option<String>, verdict: Verdict) {
        self.out.copy(&self.lines[input.lines.clone()]);
        self.push(Case::unrun(input.lines.start + 1, name, input.text.clone(), verdict));
    }

    /// Notes what became of a case.
    pub fn push(&mut self, case: Case) {
        if !case.verdict.is_good() {
            self.player.limits().failed();
        }
        let ran = self.player.ran();
        self.cases.push(Case { ran, ..case });
    }
}

/// The directives for the whole file, and the line after them.
fn head(
    lines: &[Line<'_>],
    parts: impl IntoIterator<Item = Range<usize>>,
    is_input: fn(&str) -> bool,
) -> Result<(Directives, usize), Malformed> {
    let mut file = Directives::default();
    let mut heads = 0;
    for part in parts {
        let mut waiting = Vec::new();
        for at in part {
            let line = lines[at].text;
            if is_input(line) {
                return Ok((file, heads));
            }
            if line.trim_start().starts_with(MARK) {
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
