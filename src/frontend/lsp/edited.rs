//! What is known of a text while it is typed: what the last check of the whole has told, moved to where it stands now, and
//! a check of the lines that have changed.

use std::ops::Range;
use std::sync::Arc;

use super::analysis::{Fix, Inferred, Told};
use super::documents::Document;
use crate::check::{Form, Project};
use crate::syntax::lines;
use crate::syntax::span::Span;

/// More than this is not checked while it is typed, in bytes.
const MOST: usize = 20_000;

/// The last check of a text.
pub struct Earlier {
    project: Project,
    /// The text, as it is now.
    pub text: Arc<str>,
    /// Where its logical lines begin, and its end.
    begins: Vec<usize>,
    /// What is told of it.
    pub told: Told,
}

impl Earlier {
    /// A check that is done.
    pub fn new(project: Project, document: &Document, told: Told) -> Earlier {
        let text = document.text.text.clone();
        Earlier { project, begins: begins(&text, 0), text, told }
    }

    /// The text has become another one.
    pub fn changed(&mut self, document: &Document) {
        let new = document.text.text.clone();
        let (start, old_end, new_end) = difference(&self.text, &new);
        // The logical lines that have changed.
        let first = self.begins.partition_point(|begin| *begin <= start).saturating_sub(1);
        let mut last = self.begins.partition_point(|begin| *begin < old_end).max(first + 1).min(self.begins.len() - 1);
        let moved = |at: usize| at + new_end - old_end;
        // What is open now takes in the lines behind it.
        let mut more = 1;
        while last + 1 < self.begins.len() && lines::needs_more(&new[self.begins[first]..moved(self.begins[last])]) {
            last = (last + more).min(self.begins.len() - 1);
            more *= 2;
        }
        let old = self.begins[first]..self.begins[last];
        let lines = old.start..moved(old.end);
        let mut told = self.moved(&old, &lines, document.version);
        let inside = begins(&new[lines.clone()], lines.start);
        let small = document.form == Form::Script && lines.len() <= MOST;
        if small {
            let again = Told::new(document, &self.project.again(&new, lines));
            told.add(again);
        }
        let behind: Vec<usize> = self.begins[last..].iter().map(|begin| moved(*begin)).collect();
        self.begins.truncate(first);
        self.begins.extend(inside.split_last().map_or(&[][..], |(_, before)| before));
        self.begins.extend(behind);
        (self.text, self.told) = (new, told);
    }

    /// What was told of the text around some lines, where they have become others.
    fn moved(&self, old: &Range<usize>, new: &Range<usize>, version: i32) -> Told {
        let moved = |span: Span| match () {
            () if span.end as usize <= old.start => Some(span),
            () if span.start as usize >= old.end => {
                let by = |at: u32| (at as usize + new.end - old.end) as u32;
                Some(Span { start: by(span.start), end: by(span.end) })
            }
            () => None,
        };
        let inferred = |all: &[Inferred]| -> Vec<Inferred> {
            all.iter().filter_map(|one| Some(Inferred { span: moved(one.span)?, ..one.clone() })).collect()
        };
        let mut known = super::analysis::Known {
            version,
            statements: inferred(&self.told.known.statements),
            parts: inferred(&self.told.known.parts),
            results: inferred(&self.told.known.results),
            classes: self.told.known.classes.clone(),
            fixes: Vec::new(),
        };
        let findings = self.told.findings.iter().filter_map(|finding| {
            let span = moved(finding.span)?;
            let mut finding = finding.clone();
            if let Some(fix) = &mut finding.fix {
                fix.at = moved(Span { start: fix.at, end: fix.at })?.start;
            }
            finding.span = span;
            Some(finding)
        });
        let findings: Vec<_> = findings.collect();
        known.fixes = findings.iter().filter_map(Fix::of).collect();
        Told { findings, known: Arc::new(known) }
    }
}

impl Told {
    /// Adds what is told of lines of which nothing is told yet.
    fn add(&mut self, lines: Told) {
        let known = Arc::make_mut(&mut self.known);
        let join = |into: &mut Vec<Inferred>, more: &[Inferred]| {
            into.extend_from_slice(more);
            into.sort_by_key(|one| (one.span.start, one.span.end));
        };
        join(&mut known.statements, &lines.known.statements);
        join(&mut known.parts, &lines.known.parts);
        join(&mut known.results, &lines.known.results);
        known.fixes.extend(lines.known.fixes.iter().cloned());
        self.findings.extend(lines.findings);
        self.findings.sort_by_key(|finding| finding.span.start);
    }
}

/// Where the logical lines of a text begin, and its end.
fn begins(text: &str, start: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        found.push(start + text.len() - rest.len());
        rest = lines::logical_line(rest).1;
    }
    found.push(start + text.len());
    found
}

/// Where two texts begin to differ, and where they end to in the one and in the other.
fn difference(old: &str, new: &str) -> (usize, usize, usize) {
    let same = |a: &[u8], b: &[u8]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let mut start = same(old.as_bytes(), new.as_bytes());
    while !old.is_char_boundary(start) {
        start -= 1;
    }
    let (a, b) = (&old.as_bytes()[start..], &new.as_bytes()[start..]);
    let mut end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - end) {
        end -= 1;
    }
    (start, old.len() - end, new.len() - end)
}

#[cfg(test)]
mod tests {
    use super::{Document, Earlier, Told, begins, difference};
    use crate::check::{Form, Input, Project};

    fn document(text: &str, version: i32) -> Document {
        Document::new("file:///text.apl".parse().unwrap(), version, text)
    }

    fn earlier(text: &str) -> Earlier {
        let input = Input { name: "text".to_owned(), form: Form::Script, text: text.into() };
        let project = Project::new(vec![input]).detailed();
        let told = Told::new(&document(text, 0), &project.check());
        Earlier::new(project, &document(text, 0), told)
    }

    #[test]
    fn lines_are_kept_apart_through_edits() {
        let texts = [
            "a←1\nb←2\nc←3\n",
            "a←1\nb←2 3\nc←3\n",
            "a←1\nf←{\nb←2 3\nc←3\n",
            "a←1\nf←{\n⍵}\nb←2 3\nc←3\n",
            "a←1\nf←{⍵}\nb←2 3\nc←3\n",
            "∇ r←g x\nf←{⍵}\nb←2 3\nc←3\n",
            "∇ r←g x\nr←x\n∇\nb←2 3\nc←3",
            "c←3",
            "",
            "x\n",
        ];
        let mut before = earlier(texts[0]);
        for (version, text) in texts.iter().enumerate().skip(1) {
            before.changed(&document(text, version as i32));
            assert_eq!(before.begins, begins(text, 0), "{text}");
        }
    }

    #[test]
    fn findings_move_and_changed_lines_are_checked() {
        let mut before = earlier("x←1 2\ny←x+1 2 3\nz←x+4 5 6\n");
        let found = |earlier: &Earlier| -> Vec<String> {
            earlier.told.findings.iter().map(|one| one.span.of(&earlier.text).to_owned()).collect()
        };
        assert_eq!(found(&before), ["+1 2 3", "+4 5 6"]);
        before.changed(&document("x←1 2\ny←x+1 2\nz←x+4 5 6\n", 1));
        assert_eq!(found(&before), ["+4 5 6"]);
        before.changed(&document("x←1 2\n⍝ a\ny←x+⍳9\nz←x+4 5 6\n", 2));
        assert_eq!(found(&before), ["+⍳9", "+4 5 6"]);
        before.changed(&document("x←1 2\ny←(\nz←x+4 5 6\n", 3));
        assert_eq!(before.told.findings.len(), 1);
    }

    #[test]
    fn differences_are_between_characters() {
        assert_eq!(difference("a←1", "a←12"), (5, 5, 6));
        assert_eq!(difference("a⍳b", "a⍴b"), (1, 4, 4));
        assert_eq!(difference("aa", "aaa"), (2, 2, 3));
        assert_eq!(difference("", "x"), (0, 0, 1));
        assert_eq!(difference("xyz", "xz"), (1, 2, 1));
    }

    #[test]
    fn lines_that_are_open_go_on() {
        assert_eq!(begins("a\nf←{\n⍵}\nb", 10), [10, 12, 23, 24]);
        assert_eq!(begins("", 3), [3]);
    }
}
