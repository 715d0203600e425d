//! Fenced blocks of Markdown that are marked as `apl`.

use std::ops::Range;

use super::text::{Line, Written};

/// Lines that are played.
#[derive(Debug)]
pub struct Block {
    /// Which lines.
    pub lines: Range<usize>,
    /// What surrounds them, in Markdown.
    pub fence: Option<Fence>,
}

/// The line before a block, and the one after it.
#[derive(Clone, Debug)]
pub struct Fence {
    /// A backtick or a tilde.
    mark: char,
    /// How often the mark stands there.
    length: usize,
}

impl Fence {
    /// The fence that a line opens, and what stands behind it.
    fn opened(line: &str) -> Option<(Fence, &str)> {
        let text = line.trim_start();
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        (length >= 3 && !(mark == '`' && info.contains(mark))).then_some((Fence { mark, length }, info.trim()))
    }

    fn is_closed_by(&self, line: &str) -> bool {
        run(line, self.mark) >= self.length
    }

    /// Writes the closing line behind a block that begins at the line `begun`, and makes both fences longer if a line
    /// of the block would close them.
    pub fn put_around<'t>(&self, out: &mut Written<'t>, begun: usize, closing: &[Line<'t>]) {
        let longest = (begun..out.len()).filter_map(|at| out.line_mut(at).map(|line| run(line, self.mark))).max();
        let opening = begun.saturating_sub(1);
        let closed = out.len();
        out.copy(closing);
        if longest.is_some_and(|longest| longest >= self.length) {
            let more = self.mark.to_string().repeat(longest.map_or(0, |longest| longest + 1 - self.length));
            for at in [opening, closed] {
                if let Some(line) = out.line_mut(at) {
                    let marks = line.len() - line.trim_start().len();
                    line.insert_str(marks, &more);
                }
            }
        }
    }
}

/// How often a mark stands in a line that holds nothing else.
fn run(line: &str, mark: char) -> usize {
    let text = line.trim();
    if text.chars().all(|c| c == mark) { text.len() } else { 0 }
}

/// The blocks that are marked as `apl`, without those marked as `apl skip`. Their lines lose the blanks that the fence
/// has before it.
pub fn blocks(lines: &mut [Line<'_>]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let opening = lines[at].text;
        at += 1;
        let Some((fence, info)) = Fence::opened(opening) else { continue };
        let end = lines[at..].iter().position(|line| fence.is_closed_by(line.text)).map_or(lines.len(), |n| at + n);
        let mut words = info.split_whitespace();
        if words.next() == Some("apl") && words.next() != Some("skip") {
            let indent = opening.len() - opening.trim_start().len();
            for line in &mut lines[at..end] {
                let blanks = line.text.len() - line.text.trim_start_matches(' ').len();
                (line.margin, line.text) = line.text.split_at(blanks.min(indent));
            }
            blocks.push(Block { lines: at..end, fence: Some(fence) });
        }
        at = end + 1;
    }
    blocks
}
