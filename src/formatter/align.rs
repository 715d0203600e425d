//! The columns of comments: those behind code on lines that follow each other stand below each other.

use super::Line;

/// Code that is wider than this does not move the comments of its neighbours.
const WIDEST: usize = 88;

/// The lines as text, with their comments in columns.
pub fn comments(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < lines.len() {
        let count = lines[at..].iter().take_while(|line| line.comment.is_some()).count();
        let run = &lines[at..at + count];
        let widths: Vec<usize> = run.iter().map(|line| line.code.chars().count()).collect();
        let column = widths.iter().copied().filter(|&width| width <= WIDEST).max().unwrap_or(0);
        for (line, width) in run.iter().zip(widths) {
            text += &line.code;
            text.extend(std::iter::repeat_n(' ', column.saturating_sub(width) + 1));
            text += line.comment.as_deref().unwrap_or_default();
            text += &line.end;
        }
        at += count;
        if let Some(line) = lines.get(at) {
            text += &line.code;
            text += &line.end;
            at += 1;
        }
    }
    text
}
