//! How far to the right a line stands: one step for each line with an open bracket, for each open control structure, for
//! the lines of a definition, and for what is in a namespace.

use crate::syntax::lines;
use crate::syntax::scan::{Class, Word};
use crate::syntax::traditional::control_words;

/// The blanks of a step.
pub const STEP: usize = 4;

/// No line stands further right, in steps.
const DEEPEST: usize = 40;

/// Where a line stands and what it is a part of.
pub struct Place {
    /// Steps from the margin.
    pub level: usize,
    /// Whether the line begins outside of brackets, where labels and control words can stand.
    pub outside: bool,
}

/// Follows the brackets, control structures and definitions of a logical line.
pub struct Indenter {
    /// For each open bracket: the level of the line that it stands on.
    brackets: Vec<usize>,
    /// Open control structures, and namespaces.
    structures: usize,
    /// The structures that were open where a definition began; its lines are one step further right.
    definition: Option<usize>,
    /// The lines are those of a function without `∇`, whose first line of code is the header.
    header: bool,
    /// A bracket was closed that was not open.
    broken: bool,
}

impl Indenter {
    /// For a logical line, or for the text of a traditional function.
    pub fn new(traditional: bool) -> Indenter {
        Indenter { brackets: Vec::new(), structures: 0, definition: None, header: traditional, broken: false }
    }

    /// Where the next line stands.
    pub fn line(&mut self, line: &str, words: &[Word]) -> Place {
        let outside = self.brackets.is_empty();
        let mut parts = words.iter().filter(|word| word.class != Class::Blank);
        let first = parts.next();
        if outside && lines::is_definition(line) && first.is_some() {
            return self.del(line, words);
        }
        if self.definition.is_some() && !self.header && lines::closing(line).is_some() {
            // `1 ∇`: the definition ends behind code.
            let level = self.level(line, first, words);
            self.brackets(words, level);
            self.end();
            return Place { level, outside };
        }
        let level = self.level(line, first, words).min(DEEPEST);
        self.brackets(words, level);
        if outside && first.is_some() {
            let control = control_words(line);
            self.structures = self.structures.saturating_add_signed(control.open as isize);
        }
        if self.header && first.is_some_and(|word| word.class != Class::Comment) {
            self.header = false;
            self.definition = Some(self.structures);
        }
        Place { level, outside }
    }

    /// Whether all that was opened is closed.
    pub fn is_complete(&self) -> bool {
        let is_open = !self.brackets.is_empty() || self.definition.is_none() && self.structures > 0;
        !is_open && !self.broken
    }

    /// A line that begins with `∇`: the header of a definition, or its end.
    fn del(&mut self, line: &str, words: &[Word]) -> Place {
        if self.definition.is_some() {
            self.end();
            return Place { level: self.structures, outside: true };
        }
        let level = self.structures;
        let head = line.trim_start().trim_start_matches('∇').trim();
        let closed = head.is_empty() || lines::closing(head).is_some();
        if closed {
            self.brackets(words, level);
            self.brackets.clear();
        } else {
            self.definition = Some(self.structures);
            self.brackets(words, level);
        }
        Place { level, outside: true }
    }

    /// What a definition has left open ends with it.
    fn end(&mut self) {
        self.broken |= !self.brackets.is_empty();
        self.brackets.clear();
        self.structures = self.definition.take().unwrap_or(0);
    }

    fn level(&self, line: &str, first: Option<&Word>, words: &[Word]) -> usize {
        let base = self.structures + usize::from(self.definition.is_some());
        let Some(&innermost) = self.brackets.last() else {
            let control = control_words(line);
            let is_label = begins_with_label(words) && self.definition.is_some();
            return base.saturating_sub(usize::from(control.outdented || is_label));
        };
        // Brackets that are closed at the beginning of a line stand below the line that opened them.
        let closed = words
            .iter()
            .skip_while(|word| word.class == Class::Blank)
            .take_while(|word| word.class == Class::Close)
            .count();
        match (closed, first) {
            (1.., _) => self.brackets.iter().rev().nth(closed - 1).copied().unwrap_or(base),
            _ => innermost + 1,
        }
    }

    fn brackets(&mut self, words: &[Word], level: usize) {
        for word in words {
            match word.class {
                Class::Open => self.brackets.push(level),
                Class::Close => self.broken |= self.brackets.pop().is_none(),
                _ => {}
            }
        }
    }
}

/// Whether a line begins with a name and a colon.
pub fn begins_with_label(words: &[Word]) -> bool {
    let mut parts = words.iter().filter(|word| word.class != Class::Blank);
    let begins = [parts.next(), parts.next()].map(|word| word.map(|word| word.class));
    begins == [Some(Class::Name), Some(Class::Glyph(':'))]
        && parts.next().map(|word| word.class) != Some(Class::Glyph(':'))
}
