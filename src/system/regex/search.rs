//! Matches of several patterns in one block of text, in the order in which `⎕R` and `⎕S` see them.
//!
//! A search does not use the context, so that one that may backtrack for long can run on a thread of its own: it
//! cannot be stopped, but the wait for it can be interrupted.

use std::ops::Range;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fancy_regex::{Regex, RegexInput, RegexOptionsBuilder};

use super::translate::Translation;
use crate::context::Context;
use crate::error::{Fault, Result};

/// Up to this many bytes of text, a backtracking search runs without a thread of its own.
const SHORT: usize = 2000;
/// The maximal number of backtracking steps for one match.
const BACKTRACKS: usize = 1_000_000;
/// Bytes that a pattern may have: while it is compiled, each takes some 250 bytes.
const LONGEST: usize = 1 << 16;
/// Instructions that a pattern may take.
const PROGRAM: usize = 1 << 18;
/// Bytes that a part of a compiled pattern may take.
const COMPILED: usize = 4 << 20;

/// A compiled pattern.
pub struct Pattern {
    source: String,
    regex: Regex,
    /// The same, for matches that are not empty; made where it is wanted.
    not_empty: OnceLock<Option<Regex>>,
    /// The names of its groups, from 0 on.
    pub names: Vec<String>,
    backtracks: bool,
}

impl Pattern {
    /// DOMAIN ERROR where the engine does not take the pattern.
    pub fn new(translation: Translation) -> Result<Pattern> {
        let Translation { text, names, backtracks } = translation;
        if text.len() > LONGEST {
            return Err(Fault::domain().with_detail(format!("a pattern of {} bytes is too long", text.len())));
        }
        let regex = compiled(&text, false)
            .map_err(|error| Fault::domain().with_detail(format!("in a pattern: {}", one_line(&error.to_string()))))?;
        Ok(Pattern { source: text, regex, not_empty: OnceLock::new(), names, backtracks })
    }

    fn not_empty(&self) -> Option<&Regex> {
        self.not_empty.get_or_init(|| compiled(&self.source, true).ok()).as_ref()
    }
}

fn compiled(text: &str, not_empty: bool) -> fancy_regex::Result<Regex> {
    RegexOptionsBuilder::new()
        .backtrack_limit(BACKTRACKS)
        .max_prog_size(PROGRAM)
        .delegate_size_limit(COMPILED)
        .find_not_empty(not_empty)
        .build(text.to_string())
}

fn one_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim().to_string()
}

/// A match, in bytes of the text.
#[derive(Clone, Debug)]
pub struct Match {
    /// Which pattern it is of.
    pub pattern: usize,
    /// The match and its groups; `None` for a group that did not take part.
    pub groups: Vec<Option<Range<usize>>>,
}

impl Match {
    /// Where the match is.
    pub fn range(&self) -> Range<usize> {
        self.groups.first().cloned().flatten().unwrap_or(0..0)
    }
}

/// What there is to find.
#[derive(Clone)]
pub struct Search {
    /// The patterns, the first ones preferred where they match at the same place.
    pub patterns: Arc<[Pattern]>,
    /// The text.
    pub text: Arc<str>,
    /// Whether the next match may begin inside of this one.
    pub overlapping: bool,
}

impl Search {
    /// Calls `found` with each match until it says that that is enough.
    pub fn each(&self, context: &Context, mut found: impl FnMut(Match) -> Result<bool>) -> Result<()> {
        if self.text.len() <= SHORT || !self.patterns.iter().any(|pattern| pattern.backtracks) {
            let mut walk = Walk::new(self);
            loop {
                context.poll()?;
                let Some(one) = walk.next()? else { return Ok(()) };
                if !found(one)? {
                    return Ok(());
                }
            }
        }
        let search = self.clone();
        let (sender, receiver) = sync_channel(256);
        let workers = context.bounds().workers().clone();
        std::thread::Builder::new()
            .name("search".to_string())
            .spawn(move || {
                let _reporting = workers.report();
                let mut walk = Walk::new(&search);
                // The receiver is dropped when the caller does not wait any longer.
                while let Some(message) = walk.next().transpose() {
                    let last = message.is_err();
                    if sender.send(message).is_err() || last {
                        break;
                    }
                }
            })
            .map_err(|_| Fault::ws_full())?;
        loop {
            context.poll()?;
            match receiver.recv_timeout(Duration::from_millis(5)) {
                Ok(one) => {
                    if !found(one?)? {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

/// The way through the text.
struct Walk<'a> {
    search: &'a Search,
    /// Where the next match may begin.
    from: usize,
    /// Whether a match that begins at `from` must not be empty, for there was one already.
    after_empty: bool,
    /// Each pattern's next match, as far as it is known.
    ahead: Vec<Ahead>,
}

#[derive(Clone)]
enum Ahead {
    Unknown,
    Never,
    Match(Match),
}

impl<'a> Walk<'a> {
    fn new(search: &'a Search) -> Walk<'a> {
        Walk { search, from: 0, after_empty: false, ahead: vec![Ahead::Unknown; search.patterns.len()] }
    }

    fn next(&mut self) -> Result<Option<Match>> {
        if self.search.overlapping {
            return self.next_overlapping();
        }
        for k in 0..self.ahead.len() {
            let stale = match &self.ahead[k] {
                Ahead::Never => false,
                Ahead::Unknown => true,
                Ahead::Match(one) => {
                    let Range { start, end } = one.range();
                    start < self.from || self.after_empty && start == self.from && end == start
                }
            };
            if stale {
                self.ahead[k] = self.find(k, self.from, self.after_empty)?;
            }
        }
        let Some(best) = self.nearest() else { return Ok(None) };
        let Ahead::Match(found) = std::mem::replace(&mut self.ahead[best], Ahead::Unknown) else { return Ok(None) };
        let Range { start, end } = found.range();
        self.after_empty = start == end;
        self.from = end;
        Ok(Some(found))
    }

    /// Each pattern's matches by where they begin; where patterns match at one place, in their order.
    fn next_overlapping(&mut self) -> Result<Option<Match>> {
        for k in 0..self.ahead.len() {
            if matches!(self.ahead[k], Ahead::Unknown) {
                self.ahead[k] = self.find(k, self.from, false)?;
            }
        }
        let Some(best) = self.nearest() else { return Ok(None) };
        let Ahead::Match(found) = self.ahead[best].clone() else { return Ok(None) };
        let on = self.character_after(found.range().start);
        self.ahead[best] = if on > self.search.text.len() { Ahead::Never } else { self.find(best, on, false)? };
        Ok(Some(found))
    }

    fn nearest(&self) -> Option<usize> {
        let starts = self.ahead.iter().enumerate().filter_map(|(k, ahead)| match ahead {
            Ahead::Match(one) => Some((one.range().start, k)),
            _ => None,
        });
        starts.min().map(|(_, k)| k)
    }

    fn character_after(&self, at: usize) -> usize {
        at + self.search.text[at..].chars().next().map_or(1, char::len_utf8)
    }

    /// A pattern's first match from a place on; one that begins there is not empty if `not_empty` says so.
    fn find(&self, k: usize, from: usize, not_empty: bool) -> Result<Ahead> {
        let Some(pattern) = self.search.patterns.get(k) else { return Ok(Ahead::Never) };
        let text: &str = &self.search.text;
        let mut from = from;
        if not_empty {
            if let Some(regex) = pattern.not_empty()
                && let Some(groups) = run(regex, text, from, true)?
            {
                return Ok(Ahead::Match(Match { pattern: k, groups }));
            }
            from = self.character_after(from);
            if from > text.len() {
                return Ok(Ahead::Never);
            }
        }
        Ok(match run(&pattern.regex, text, from, false)? {
            Some(groups) => Ahead::Match(Match { pattern: k, groups }),
            None => Ahead::Never,
        })
    }
}

/// LIMIT ERROR where the engine gives up.
fn run(regex: &Regex, text: &str, from: usize, anchored: bool) -> Result<Option<Vec<Option<Range<usize>>>>> {
    let input = RegexInput::new(text).from_pos(from).anchored(anchored);
    let gave_up = |_| Fault::limit().with_detail("a pattern that takes too many steps for its text");
    let Some(captures) = regex.captures_input(input).map_err(gave_up)? else { return Ok(None) };
    Ok(Some((0..captures.len()).map(|k| captures.get(k).map(|group| group.range())).collect()))
}
