//! The options of `⎕R` and `⎕S`.

use crate::array::convert;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Setting;

/// How a document is given to the patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Line by line.
    Line,
    /// At once.
    Document,
    /// At once, with `^` and `$` at each line.
    Mixed,
}

/// What the result of `⎕R` looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As the input.
    Implied,
    /// One character vector.
    Simple,
    /// A vector of lines.
    Nested,
}

/// All options, with Dyalog's defaults.
#[derive(Clone, Debug)]
pub struct Options {
    /// `IC`.
    pub ignore_case: bool,
    /// `Mode`.
    pub mode: Mode,
    /// `DotAll`.
    pub dot_all: bool,
    /// `EOL`.
    pub ending: &'static str,
    /// `NEOL`.
    pub normalise: bool,
    /// `ML`.
    pub limit: i64,
    /// `Greedy`.
    pub greedy: bool,
    /// `OM`.
    pub overlapping: bool,
    /// `ResultText`.
    pub shape: Shape,
    /// `UCP`.
    pub unicode: bool,
    /// `Regex`: of search and of transformation patterns.
    pub regex: (bool, bool),
}

impl Default for Options {
    fn default() -> Options {
        Options {
            ignore_case: false,
            mode: Mode::Line,
            dot_all: false,
            ending: "\r\n",
            normalise: false,
            limit: 0,
            greedy: true,
            overlapping: false,
            shape: Shape::Implied,
            unicode: false,
            regex: (true, true),
        }
    }
}

const ENCODINGS: &[&str] =
    &["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "ASCII", "Windows-1252", "ANSI"];

impl Options {
    /// These options with some changed. DOMAIN ERROR for one that there is not, here or at all, and for a value that
    /// it cannot have.
    pub fn with(&self, context: &Context, settings: &[Setting], replaces: bool) -> Result<Options> {
        let mut options = self.clone();
        for Setting { name, value } in settings {
            let name = name.as_deref().unwrap_or("IC");
            let text = || convert::text(context.memory(), value);
            let unfit = || Fault::domain().with_detail(format!("the option {name} can't have this value"));
            let flag = || match convert::int(value) {
                Ok(n @ (0 | 1)) => Ok(n == 1),
                _ => Err(unfit()),
            };
            match name {
                "IC" => options.ignore_case = flag()?,
                "Mode" => {
                    options.mode = match text()?.as_str() {
                        "L" => Mode::Line,
                        "D" => Mode::Document,
                        "M" => Mode::Mixed,
                        _ => return Err(unfit()),
                    }
                }
                "DotAll" => options.dot_all = flag()?,
                "EOL" => {
                    options.ending = match text()?.as_str() {
                        "CR" => "\r",
                        "LF" => "\n",
                        "CRLF" => "\r\n",
                        "VT" => "\u{b}",
                        "NEL" => "\u{85}",
                        "FF" => "\u{c}",
                        "LS" => "\u{2028}",
                        "PS" => "\u{2029}",
                        _ => return Err(unfit()),
                    }
                }
                "NEOL" => options.normalise = flag()?,
                "ML" => options.limit = convert::int(value)?,
                "Greedy" => options.greedy = flag()?,
                "OM" if !replaces => options.overlapping = flag()?,
                "ResultText" if replaces => {
                    options.shape = match text()?.as_str() {
                        "Implied" => Shape::Implied,
                        "Simple" => Shape::Simple,
                        "Nested" => Shape::Nested,
                        _ => return Err(unfit()),
                    }
                }
                "UCP" => options.unicode = flag()?,
                "Regex" => {
                    let values = convert::int_vec(context.memory(), value)?;
                    options.regex = match values[..] {
                        [both @ (0 | 1)] => (both == 1, both == 1),
                        [search @ (0 | 1), transformation @ (0 | 1)] => (search == 1, transformation == 1),
                        _ => return Err(unfit()),
                    }
                }
                // Without files nothing is encoded; the names are checked all the same.
                "InEnc" | "OutEnc" | "Enc" => {
                    let text = text()?;
                    let plain = text.trim_end_matches("-BOM").trim_end_matches("-NOBOM");
                    if !(ENCODINGS.contains(&plain) || name == "OutEnc" && text == "Implied") {
                        return Err(unfit());
                    }
                }
                _ => return Err(Fault::domain().with_detail(format!("no option {name}"))),
            }
        }
        Ok(options)
    }
}
