//! The options of `⎕R` and `⎕S`.

use crate::array::convert;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Setting;
use crate::system::files::encoding::Asked;

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
    /// `InEnc`.
    pub input: Asked,
    /// `OutEnc`; nothing is what the input has.
    pub output: Option<Asked>,
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
            input: Asked::DEFAULT,
            output: None,
        }
    }
}

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
                "OutEnc" if text().is_ok_and(|text| text == "Implied") => options.output = None,
                "InEnc" | "OutEnc" | "Enc" => {
                    let asked = Asked::new(context.memory(), value).ok().flatten().ok_or_else(unfit)?;
                    if name != "OutEnc" {
                        options.input = asked.clone();
                    }
                    if name != "InEnc" {
                        options.output = Some(asked);
                    }
                }
                _ => return Err(Fault::domain().with_detail(format!("no option {name}"))),
            }
        }
        Ok(options)
    }
}
