//! What stands in front of a line that goes on with others: a mark, or its number in a definition with `∇`.

use super::PROMPT;
use crate::session::{editor, lines};

/// The mark of a line that continues an open bracket, structure or definition.
const MARK: &str = "·";

/// What stands in place of the prompt before each line of a text but the first, and before the line that comes next.
/// `counts` gives the number of lines of a function that exists already.
pub fn marks(text: &str, counts: impl Fn(&str) -> Option<u32>) -> Vec<String> {
    let padded = |mark: &str| format!("{mark:<width$}", width = PROMPT.len());
    if lines::is_definition(text) {
        return editor::numbers(text, counts).iter().map(|number| padded(number)).collect();
    }
    text.lines().map(|_| padded(MARK)).collect()
}

/// A text as it is shown: the prompt's blanks in front of its later lines are their marks, in this style.
pub fn marked(shown: &str, marks: &[String], style: anstyle::Style) -> String {
    let mut lines = shown.split('\n');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for (line, mark) in lines.zip(marks.iter().map(String::as_str).chain(std::iter::repeat(PROMPT))) {
        out.push('\n');
        match line.strip_prefix(PROMPT) {
            // Numbers of more digits than the prompt has blanks would move the line.
            Some(rest) if mark.chars().count() == PROMPT.len() => out += &format!("{style}{mark}{style:#}{rest}"),
            _ => out += line,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_marks_or_numbers() {
        let shown = |text: &str| marked(text, &marks(text, |name| (name == "f").then_some(4)), anstyle::Style::new());
        assert_eq!(shown("1+1"), "1+1");
        assert_eq!(shown("g←{\n        ⍵\n      }"), "g←{\n·       ⍵\n·     }");
        assert_eq!(shown("∇r←g x\n      r←x\n      "), "∇r←g x\n[1]   r←x\n[2]   ");
        assert_eq!(shown("∇f\n      r←x"), "∇f\n[4]   r←x");
        assert_eq!(shown("∇g\n      [10.25]"), "∇g\n[1]   [10.25]");
        // Pasted without the prompt's blanks.
        assert_eq!(shown("g←{\n  ⍵\n}"), "g←{\n  ⍵\n}");
    }
}
