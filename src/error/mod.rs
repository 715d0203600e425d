//! APL errors: the fault a kernel returns, and the place the evaluator adds to it.
//!
//! Knows nothing of arrays, syntax or sessions. A kernel makes a [`Fault`] without a place; the innermost evaluator
//! that sees it adds the [`Place`]; a front end prints the three lines of [`Fault::report`] and composes no message itself.

mod kind;

use std::borrow::Cow;
use std::fmt;

pub use kind::ErrorKind;

/// What every fallible step of the interpreter returns. A branch out of an expression is returned as an error, too.
pub type Result<T> = std::result::Result<T, Fault>;

/// Where an error arose: the second and third line of its report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Place {
    /// `name[line] ` inside a function, six blanks outside.
    pub heading: String,
    /// The source line.
    pub line: String,
    /// The caret's column in `line`, in characters.
    pub column: usize,
    /// The file that the line is in, and its number there, `FILE:LINE`; `None` for what was typed.
    pub file: Option<String>,
}

/// An APL error.
///
/// ```
/// let error = zilde::Session::new().eval("÷0").unwrap_err();
/// assert_eq!(error.report(), "DOMAIN ERROR: Divide by zero\n      ÷0\n      ∧");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault(Box<Body>);

#[derive(Clone, Debug, PartialEq)]
struct Body {
    kind: ErrorKind,
    name: Option<String>,
    message: Option<Cow<'static, str>>,
    detail: Option<String>,
    axis: Option<Axis>,
    particulars: Option<Box<Particulars>>,
    place: Option<Place>,
    leaves: Option<usize>,
    executed: Executed,
    /// Where a branch goes.
    line: i64,
    calls: Calls,
}

/// The functions that an error has left: where each was called from, the innermost first.
#[derive(Clone, Debug, Default, PartialEq)]
struct Calls {
    /// The first ones.
    told: Vec<String>,
    /// How many more there are.
    more: usize,
}

/// So many calls are told of.
const TOLD: usize = 10;

/// What `⎕SIGNAL` may tell about an error besides its number and text: fields of `⎕DMX`.
#[derive(Clone, Debug, Default, PartialEq)]
#[doc(hidden)]
pub struct Particulars {
    /// `Category`.
    pub category: Option<String>,
    /// `Vendor`.
    pub vendor: Option<String>,
    /// `HelpURL`.
    pub help_url: Option<String>,
    /// `ENX`: which of the errors with this number it is.
    pub enx: i32,
    /// `OSError`: where an error of the operating system comes from, its number and what it says.
    pub os_error: (i32, i32, String),
}

/// An axis that a detail ends with.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    before: &'static str,
    /// Its number, in the index origin of where the error arose.
    number: i64,
    after: String,
}

/// Whether an error arose in a text given to `⍎`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Executed {
    /// It did not.
    #[default]
    No,
    /// It did, and the function that `⍎` stands in is still to be named.
    Unnamed,
    /// It did.
    Yes,
}

impl Fault {
    /// An error of this kind without a message of its own.
    ///
    /// ```
    /// use zilde::{ErrorKind, Fault};
    /// assert_eq!(Fault::new(ErrorKind::Index).because("No such row").to_string(), "INDEX ERROR: No such row");
    /// ```
    pub fn new(kind: ErrorKind) -> Fault {
        Fault(Box::new(Body {
            kind,
            name: None,
            message: None,
            detail: None,
            axis: None,
            particulars: None,
            place: None,
            leaves: None,
            executed: Executed::No,
            line: 0,
            calls: Calls::default(),
        }))
    }

    /// 11: a value that the function is not defined for.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::domain().kind(), zilde::ErrorKind::Domain);
    /// ```
    pub fn domain() -> Fault {
        Fault::new(ErrorKind::Domain)
    }

    /// 11: a result beyond the largest number.
    #[doc(hidden)]
    pub fn overflow() -> Fault {
        Fault::domain().because("⎕FR=645 limits arithmetic to the range +/-1.79E308 (approx)")
    }

    /// 4: ranks that do not go together.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::rank().kind(), zilde::ErrorKind::Rank);
    /// ```
    pub fn rank() -> Fault {
        Fault::new(ErrorKind::Rank)
    }

    /// 4: an argument of this shape where `wanted` was.
    #[doc(hidden)]
    pub fn misshapen(wanted: &str, shape: &[usize]) -> Fault {
        Fault::rank().with_detail(format!("{wanted} is wanted, not shape {}", shape_text(shape)))
    }

    /// 5: lengths that do not go together.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::length().kind(), zilde::ErrorKind::Length);
    /// ```
    pub fn length() -> Fault {
        Fault::new(ErrorKind::Length)
    }

    /// 3: an index or an axis that does not exist.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::index().kind(), zilde::ErrorKind::Index);
    /// ```
    pub fn index() -> Fault {
        Fault::new(ErrorKind::Index)
    }

    /// 2: not APL.
    #[doc(hidden)]
    pub fn syntax() -> Fault {
        Fault::new(ErrorKind::Syntax)
    }

    /// 6: a name without a value.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::value().kind(), zilde::ErrorKind::Value);
    /// ```
    pub fn value() -> Fault {
        Fault::new(ErrorKind::Value)
    }

    /// 6: a function without a result where one is needed.
    #[doc(hidden)]
    pub fn no_result() -> Fault {
        Fault::value().because("No result was provided when the context expected one")
    }

    /// 10: beyond a limit of the interpreter.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::limit().kind(), zilde::ErrorKind::Limit);
    /// ```
    pub fn limit() -> Fault {
        Fault::new(ErrorKind::Limit)
    }

    /// 1: beyond the workspace budget.
    #[doc(hidden)]
    pub fn ws_full() -> Fault {
        Fault::new(ErrorKind::WsFull)
    }

    /// 16: not there yet; `what` names what is missing.
    #[doc(hidden)]
    pub fn nonce(what: impl Into<Cow<'static, str>>) -> Fault {
        Fault::new(ErrorKind::Nonce).because(what)
    }

    /// 99: a defect of zilde; `what` names the broken assumption.
    #[doc(hidden)]
    pub fn internal(what: impl Into<Cow<'static, str>>) -> Fault {
        Fault::new(ErrorKind::Internal).because(what)
    }

    /// `→line`, from within an expression: to be done by the function that is running.
    #[doc(hidden)]
    pub fn to_line(line: i64) -> Fault {
        let mut fault = Fault::new(ErrorKind::Branch);
        fault.0.line = line;
        fault
    }

    /// `→`: everything that is running ends.
    #[doc(hidden)]
    pub fn abort() -> Fault {
        Fault::new(ErrorKind::Abort)
    }

    /// The line that a branch goes to.
    #[doc(hidden)]
    pub fn branch(&self) -> Option<i64> {
        (self.0.kind == ErrorKind::Branch).then_some(self.0.line)
    }

    /// Shapes of two arguments that do not conform: RANK or LENGTH ERROR with Dyalog's message, the shapes as detail.
    #[doc(hidden)]
    pub fn mismatch(left: &[usize], right: &[usize]) -> Fault {
        let ranks = left.len() != right.len();
        let fault = if ranks { Fault::rank() } else { Fault::length() };
        let mut detail = format!("left is {}, right is {}", shape_text(left), shape_text(right));
        if ranks {
            detail += &format!(": rank {} against {}", left.len(), right.len());
        }
        let fault = match (0..left.len()).find(|&k| !ranks && left[k] != right[k]) {
            Some(axis) => fault.with_axis(": axis ", axis, format!(" is {} against {}", left[axis], right[axis])),
            None => fault,
        };
        fault
            .because(if ranks {
                "Mismatched left and right argument ranks"
            } else {
                "Mismatched left and right argument shapes"
            })
            .with_detail(detail)
    }

    /// The same error without a tail, as Dyalog reports it of some functions.
    #[doc(hidden)]
    pub fn bare(mut self) -> Fault {
        self.0.message = None;
        self
    }

    /// The same error with Dyalog's tail: `DOMAIN ERROR: Divide by zero`.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::domain().because("Not a date").message(), Some("Not a date"));
    /// ```
    pub fn because(mut self, message: impl Into<Cow<'static, str>>) -> Fault {
        self.0.message = Some(message.into());
        self
    }

    /// The same error with this text in place of its kind's name, as `text ⎕SIGNAL number` gives it.
    #[doc(hidden)]
    pub fn named(mut self, name: impl Into<String>) -> Fault {
        self.0.name = Some(name.into());
        self
    }

    /// The same error with more to tell in `⎕DMX`.
    #[doc(hidden)]
    pub fn with_particulars(mut self, particulars: Particulars) -> Fault {
        self.0.particulars = Some(Box::new(particulars));
        self
    }

    /// The same error with a line for a newcomer: shapes, axis, the offending value, the nearest name.
    ///
    /// ```
    /// assert_eq!(zilde::Fault::rank().with_detail("a matrix is wanted").detail().as_deref(), Some("a matrix is wanted"));
    /// ```
    pub fn with_detail(mut self, detail: impl Into<String>) -> Fault {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same error as `⎕SIGNAL` raises it: its place will be the call of the capsule with this number. The capsule is
    /// the outermost of the functions whose texts contain each other. 0 stands for no function, perhaps a text given to
    /// `⍎`.
    #[doc(hidden)]
    pub fn leaving(mut self, capsule: usize) -> Fault {
        self.0.leaves = Some(capsule);
        self
    }

    /// The same error with an axis, counted from 0, behind its detail.
    #[doc(hidden)]
    pub fn with_axis(mut self, before: &'static str, axis: usize, after: impl Into<String>) -> Fault {
        self.0.axis = Some(Axis { before, number: axis as i64 + 1, after: after.into() });
        self
    }

    /// Numbers the axis as `⎕IO` has it; to be told once, before anybody reads the detail.
    #[doc(hidden)]
    pub fn count_axes_from(&mut self, origin: i64) {
        if let Some(axis) = &mut self.0.axis {
            axis.number += origin - 1;
        }
    }

    /// The kind of the error.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("⍳¯1").unwrap_err().kind(), zilde::ErrorKind::Domain);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Dyalog's tail of the first line, without the colon.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("÷0").unwrap_err().message(), Some("Divide by zero"));
    /// ```
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// What helps a newcomer: both shapes, the axis, the value.
    ///
    /// ```
    /// let error = zilde::Session::new().eval("1 2+1 2 3").unwrap_err();
    /// assert_eq!(error.detail().as_deref(), Some("left is 2, right is 3: axis 1 is 2 against 3"));
    /// ```
    pub fn detail(&self) -> Option<Cow<'_, str>> {
        let detail = self.0.detail.as_deref()?;
        Some(match &self.0.axis {
            Some(Axis { before, number, after }) => Cow::Owned(format!("{detail}{before}{number}{after}")),
            None => Cow::Borrowed(detail),
        })
    }

    /// Where it arose, once the evaluator has said so.
    #[doc(hidden)]
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// Whether it has not yet left the capsule that signalled it, so that guards inside the capsule do not catch it.
    #[doc(hidden)]
    pub fn is_leaving(&self) -> bool {
        self.0.leaves.is_some_and(|capsule| capsule != 0)
    }

    /// Called when it leaves a capsule, which may be the one that signalled it.
    #[doc(hidden)]
    pub fn leave(&mut self, capsule: impl FnOnce() -> usize) {
        // To tell a capsule takes a walk through the scopes.
        if self.0.leaves.is_some_and(|left| left == capsule()) {
            self.0.leaves = None;
        }
    }

    /// Whether the evaluator that sees it is to add the place; `executed`: in a text given to `⍎`.
    #[doc(hidden)]
    pub fn wants_place(&self, executed: bool) -> bool {
        let stays = match self.0.leaves {
            None => true,
            Some(capsule) => capsule == 0 && !executed,
        };
        self.0.place.is_none() && stays
    }

    /// Adds the place.
    #[doc(hidden)]
    pub fn set_place(&mut self, place: Place) {
        self.0.place = Some(place);
    }

    /// Its place is in a text given to `⍎`.
    #[doc(hidden)]
    pub fn in_execute(&mut self) {
        self.0.executed = Executed::Unnamed;
    }

    /// Whether it has come out of `⍎`, and the evaluator that sees it is to say in which function.
    #[doc(hidden)]
    pub fn wants_heading(&self) -> bool {
        self.0.executed == Executed::Unnamed
    }

    /// Adds where the `⍎` stands: its function and its file.
    #[doc(hidden)]
    pub fn set_heading(&mut self, of: Place) {
        self.0.executed = Executed::Yes;
        if let Some(place) = &mut self.0.place {
            (place.heading, place.file) = (of.heading, of.file);
        }
    }

    /// The name of the error, or the text that it was signalled with: `⎕DMX.EM`.
    #[doc(hidden)]
    pub fn name(&self) -> Cow<'_, str> {
        match &self.0.name {
            Some(name) => Cow::Borrowed(name),
            None => self.0.kind.name(),
        }
    }

    /// What is told about it besides, if anything.
    #[doc(hidden)]
    pub fn particulars(&self) -> Option<&Particulars> {
        self.0.particulars.as_deref()
    }

    /// The first line: `DOMAIN ERROR: Divide by zero`; behind `⍎` where it arose in a text given to that.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("÷0").unwrap_err().headline(), "DOMAIN ERROR: Divide by zero");
    /// ```
    pub fn headline(&self) -> String {
        let execute = if self.0.executed == Executed::No { "" } else { "⍎" };
        match &self.0.message {
            Some(text) => format!("{execute}{}: {text}", self.name()),
            None => format!("{execute}{}", self.name()),
        }
    }

    /// The three lines of a report; only the first where no place is known.
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("÷0").unwrap_err().lines().len(), 3);
    /// ```
    pub fn lines(&self) -> Vec<String> {
        self.lines_below(self.headline())
    }

    /// The three lines that `⎕DM` holds: of the first line the error's name alone.
    #[doc(hidden)]
    pub fn diagnostic(&self) -> Vec<String> {
        let execute = if self.0.executed == Executed::No { "" } else { "⍎" };
        self.lines_below(format!("{execute}{}", self.name()))
    }

    fn lines_below(&self, first: String) -> Vec<String> {
        let mut lines = vec![first];
        if let Some(place) = &self.0.place {
            let indent = place.heading.chars().count() + place.column;
            lines.push(format!("{}{}", place.heading, place.line));
            lines.push(format!("{}∧", " ".repeat(indent)));
        }
        lines
    }

    /// Notes that it has left a function that was called from here, `f[2]`.
    #[doc(hidden)]
    pub fn called_from(&mut self, caller: impl FnOnce() -> String) {
        let Calls { told, more } = &mut self.0.calls;
        match told.len() < TOLD {
            true => told.push(caller()),
            false => *more += 1,
        }
    }

    /// The headline, and the detail in parentheses, for what is told in one line.
    pub(crate) fn in_one_line(&self) -> String {
        match self.detail() {
            Some(detail) => format!("{} ({detail})", self.headline()),
            None => self.headline(),
        }
    }

    /// Who called whom, a line for each call that the error has left, the innermost first; after ten lines the rest is
    /// counted.
    #[doc(hidden)]
    pub fn calls(&self) -> Vec<String> {
        let Calls { told, more } = &self.0.calls;
        let mut lines: Vec<String> = told.iter().map(|caller| format!("called from {caller}")).collect();
        if *more > 0 {
            lines.push(format!("and {more} more calls"));
        }
        lines
    }

    /// What is told apart from the report, a line each: the detail, the file and line, and who called whom.
    #[doc(hidden)]
    pub fn circumstances(&self) -> Vec<String> {
        let file = self.place().and_then(|place| place.file.as_ref());
        let mut lines: Vec<String> = self.detail().map(Cow::into_owned).into_iter().collect();
        lines.extend(file.map(|file| format!("at {file}")));
        lines.extend(self.calls());
        lines
    }

    /// The report as the session shows it, lines separated by line ends.
    ///
    /// ```
    /// let error = zilde::Session::new().eval("1+÷0").unwrap_err();
    /// assert_eq!(error.report(), "DOMAIN ERROR: Divide by zero\n      1+÷0\n        ∧");
    /// ```
    pub fn report(&self) -> String {
        self.lines().join("\n")
    }
}

/// The message of the INTERRUPT that is raised when the output is closed.
pub const OUTPUT_CLOSED: &str = "output closed";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report())
    }
}

impl std::error::Error for Fault {}

/// A shape as APL writes it; `scalar` for the empty one.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [] => "a scalar".to_string(),
        _ => shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" "),
    }
}
