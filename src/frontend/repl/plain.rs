//! A terminal that obeys no escape codes, as `TERM=dumb`: whole lines are read, nothing but text is written.

use super::marks::marks;
use super::{Typed, keys};
use crate::context::Interrupt;
use crate::frontend::complete::PREFIX;
use crate::frontend::input::{InputFault, Source};
use crate::frontend::output::Output;
use crate::session::lines::needs_more;

/// Reads whole lines.
pub struct Plain {
    source: Source,
    output: Output,
    /// Ctrl-C while a line is waited for.
    interrupt: Interrupt,
}

impl Plain {
    /// Reads from `source`, with prompts on `output`.
    pub fn new(source: Source, output: Output, interrupt: Interrupt) -> Plain {
        Plain { source, output, interrupt }
    }

    /// Reads lines until no bracket, structure or definition is open. `counts` gives the number of lines of a function.
    pub fn block(&self, first: &str, counts: impl Fn(&str) -> Option<u32>) -> Typed {
        self.interrupt.clear();
        let mut text = String::new();
        let mut prompt = first.to_owned();
        loop {
            match self.line(&prompt) {
                Typed::Text(line) => {
                    if std::mem::take(&mut prompt) != first && self.interrupt.is_raised() {
                        // Ctrl-C has discarded the lines before.
                        text.clear();
                        self.interrupt.clear();
                    }
                    text += &line;
                }
                other => return other,
            }
            if !needs_more(&text) {
                return Typed::Text(text);
            }
            prompt = marks(&text, &counts).pop().unwrap_or_default();
            text.push('\n');
        }
    }

    /// One line, in which backticks type glyphs.
    pub fn line(&self, prompt: &str) -> Typed {
        loop {
            // A failure shows at the next result.
            let _ = self.output.write(prompt).and_then(|()| self.output.flush());
            let line = match self.source.line() {
                Ok(Some(line)) => line,
                Ok(None) => return Typed::End,
                Err(InputFault::Io(error)) => return Typed::Failed(error.to_string()),
                Err(fault) => {
                    let _ = self.output.write(&format!("{fault}\n"));
                    continue;
                }
            };
            match keys::translated(&line) {
                Ok(text) => return Typed::Text(text),
                Err(key) => {
                    let key = key.filter(|key| !key.is_control()).map_or(String::new(), String::from);
                    let prefix = PREFIX;
                    let why = format!("{prefix}{key} types no glyph, so the line did nothing; ]keys shows what does\n");
                    let _ = self.output.write(&why);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PROMPT;
    use super::*;
    use crate::frontend::output::tests::Page;

    fn typed(input: &'static str) -> (Vec<String>, String) {
        let page = Page::default();
        let output = Output::to(Box::new(page.clone()));
        let plain = Plain::new(Source::of(Box::new(input.as_bytes()), 1 << 16), output.clone(), Interrupt::default());
        let mut blocks = Vec::new();
        while let Typed::Text(block) = plain.block(PROMPT, |_| None) {
            blocks.push(block);
        }
        output.flush().unwrap();
        (blocks, page.text())
    }

    #[test]
    fn blocks_are_read_with_marks_and_glyphs() {
        let (blocks, shown) = typed("`i3\nf`[{\n`w\n}\n`gr`[g x\nr`[x\n`g\n");
        assert_eq!(blocks, ["⍳3", "f←{\n⍵\n}", "∇r←g x\nr←x\n∇"]);
        assert_eq!(shown, "            ·     ·           [1]   [2]         ");
    }

    #[test]
    fn a_wrong_key_shows_that_it_did_nothing() {
        let (blocks, shown) = typed("1+`é\n2`\n3\n");
        assert_eq!(blocks, ["3"]);
        assert!(shown.starts_with("      `é types no glyph") && shown.matches("did nothing").count() == 2, "{shown}");
    }
}
