//! A text as lines that keep what surrounds them, so that all but the answers is written back as it was.

use crate::session::lines;

/// A text that cannot be played: the line, from 1, and why.
pub type Malformed = (usize, String);

/// A line of a file.
#[derive(Clone, Copy, Debug)]
pub struct Line<'t> {
    /// Blanks that belong to the block of Markdown that the line is in.
    pub margin: &'t str,
    /// What it says.
    pub text: &'t str,
    /// Its line end; empty in the last line of a file without one.
    pub end: &'t str,
}

impl Line<'_> {
    /// Whether it holds nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The lines of a text.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let line = |whole: &'_ str| {
        let body = whole.strip_suffix('\n').map_or(whole, |body| body.strip_suffix('\r').unwrap_or(body));
        body.len()
    };
    text.split_inclusive('\n')
        .map(|whole| {
            let (text, end) = whole.split_at(line(whole));
            Line { margin: "", text, end }
        })
        .collect()
}

/// How many of the lines that `line` gives by their number belong to the first logical line: one, or more if a bracket, a
/// control structure or a definition is still open at the end of it. Blank lines at its end are not counted.
pub fn logical<'t>(line: impl Fn(usize) -> Option<&'t str>) -> usize {
    let mut wanted = 1;
    let mut taken: Vec<&str> = Vec::new();
    loop {
        // Twice as many each time, so that a long input is not read once for each of its lines.
        let more: Vec<&str> = (taken.len()..wanted).map_while(&line).collect();
        taken.extend(more);
        let text = taken.join("\n");
        let (first, rest) = lines::logical_line(&text);
        if taken.len() < wanted || !rest.is_empty() || !lines::needs_more(first) {
            let count = first.matches('\n').count() + 1;
            let blank = taken[..count.min(taken.len())].iter().rev().take_while(|line| line.trim().is_empty()).count();
            return count.saturating_sub(blank).max(1);
        }
        wanted *= 2;
    }
}

/// The lines of the text that is written.
pub struct Written<'t> {
    lines: Vec<(String, &'t str)>,
    /// The line end of new lines.
    end: &'t str,
    /// Whether the text that was read ended without a line end.
    unended: bool,
}

impl<'t> Written<'t> {
    /// Nothing yet, in place of these lines.
    pub fn new(original: &[Line<'t>]) -> Written<'t> {
        let end = original.first().map(|line| line.end).filter(|end| !end.is_empty()).unwrap_or("\n");
        let unended = original.last().is_some_and(|line| line.end.is_empty());
        Written { lines: Vec::with_capacity(original.len()), end, unended }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Writes lines as they were.
    pub fn copy(&mut self, lines: &[Line<'t>]) {
        self.lines.extend(lines.iter().map(|line| (line.margin.to_owned() + line.text, line.end)));
    }

    /// Writes a new line.
    pub fn line(&mut self, text: impl Into<String>) {
        self.lines.push((text.into(), self.end));
    }

    /// A line that is written already.
    pub fn line_mut(&mut self, number: usize) -> Option<&mut String> {
        self.lines.get_mut(number).map(|(text, _)| text)
    }

    /// The whole text.
    pub fn finish(self) -> String {
        let last = self.lines.len().saturating_sub(1);
        let mut out = String::new();
        for (number, (text, end)) in self.lines.iter().enumerate() {
            out += text;
            // A blank line at the end would not be there without a line end.
            let none = number == last && self.unended && !text.is_empty();
            out += match *end {
                _ if none => "",
                "" => self.end,
                end => end,
            };
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_as_it_was() {
        for text in ["", "\n", "a", "a\n", "a\r\nb\nc", "\r\n\r\n", "a\rb\n", "a\n\n"] {
            let lines = lines(text);
            let mut out = Written::new(&lines);
            out.copy(&lines);
            assert_eq!(out.finish(), text);
        }
    }

    #[test]
    fn new_lines_end_as_the_first_one_does() {
        let lines = lines("a\r\nb");
        let mut out = Written::new(&lines);
        out.copy(&lines);
        out.line("c");
        assert_eq!(out.finish(), "a\r\nb\r\nc");
    }

    #[test]
    fn logical_lines() {
        let count = |lines: &[&'static str]| logical(|at| lines.get(at).copied());
        assert_eq!(count(&["1", "2"]), 1);
        assert_eq!(count(&["{", "⍵", "", "}2", "3"]), 4);
        assert_eq!(count(&["{", "⍵", "", ""]), 2);
        assert_eq!(count(&[":If 1", "2", ":EndIf"]), 3);
        assert_eq!(count(&["∇f", "1", "∇", "f"]), 3);
    }
}
