//! APL errors: kinds and their numbers, the fault a kernel returns, and the place the evaluator adds to it.
//!
//! Knows nothing of arrays, syntax or sessions. A kernel makes a [`Fault`] without a place; the innermost evaluator
//! that sees it adds the [`Place`]; a front end prints the three lines of [`Fault::report`] and composes no message itself.

use std::borrow::Cow;
use std::fmt;

/// What every fallible step of the interpreter returns. A branch out of an expression is returned as an error, too.
pub type Result<T> = std::result::Result<T, Fault>;

/// The kinds of APL errors, with Dyalog's numbers.
///
/// ```
/// let error = zilde::Session::new().eval("1 2+1 2 3").unwrap_err();
/// assert_eq!(error.kind(), zilde::ErrorKind::Length);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 1: no room left in the workspace budget.
    WsFull,
    /// 2: the text is not APL.
    Syntax,
    /// 3: an index or axis that does not exist.
    Index,
    /// 4: arguments of ranks that do not go together.
    Rank,
    /// 5: arguments of lengths that do not go together.
    Length,
    /// 6: a name without a value, a function without a result.
    Value,
    /// 7: a text that is not a format.
    Format,
    /// 10: a limit of the interpreter, such as rank 15.
    Limit,
    /// 11: a value the function is not defined for.
    Domain,
    /// 16: not there yet.
    Nonce,
    /// 19: access refused.
    FileAccess,
    /// 22: no such file.
    FileName,
    /// 92: bytes that are not text.
    Translation,
    /// 1002-1003: stopped from outside.
    Interrupt,
    /// 1005: the input ended where a line was asked for.
    EofInterrupt,
    /// 99: a defect of zilde itself, caught at the evaluation boundary.
    Internal,
    /// Not an error: `→line` inside an expression, which is returned up to the function that has the line.
    Branch,
    /// Not an error: `→`, which is returned up to the session.
    Abort,
    /// Not an error: a name is of another class than it was bound with, so that its phrase has to be bound again.
    Rebind,
    /// Any other number, as `⎕SIGNAL` can raise it.
    Numbered(u16),
}

const NAMES: &[(ErrorKind, u16, &str)] = &[
    (ErrorKind::WsFull, 1, "WS FULL"),
    (ErrorKind::Syntax, 2, "SYNTAX ERROR"),
    (ErrorKind::Index, 3, "INDEX ERROR"),
    (ErrorKind::Rank, 4, "RANK ERROR"),
    (ErrorKind::Length, 5, "LENGTH ERROR"),
    (ErrorKind::Value, 6, "VALUE ERROR"),
    (ErrorKind::Format, 7, "FORMAT ERROR"),
    (ErrorKind::Limit, 10, "LIMIT ERROR"),
    (ErrorKind::Domain, 11, "DOMAIN ERROR"),
    (ErrorKind::Nonce, 16, "NONCE ERROR"),
    (ErrorKind::FileAccess, 19, "FILE ACCESS ERROR"),
    (ErrorKind::FileName, 22, "FILE NAME ERROR"),
    (ErrorKind::Translation, 92, "TRANSLATION ERROR"),
    (ErrorKind::Internal, 99, "INTERNAL ERROR"),
    (ErrorKind::Interrupt, 1003, "INTERRUPT"),
    (ErrorKind::EofInterrupt, 1005, "EOF INTERRUPT"),
    (ErrorKind::Numbered(12), 12, "HOLD ERROR"),
    (ErrorKind::Numbered(18), 18, "FILE TIE ERROR"),
    (ErrorKind::Numbered(20), 20, "FILE INDEX ERROR"),
    (ErrorKind::Numbered(21), 21, "FILE FULL"),
    (ErrorKind::Numbered(23), 23, "FILE DAMAGED"),
    (ErrorKind::Numbered(24), 24, "FILE TIED"),
    (ErrorKind::Numbered(25), 25, "FILE TIED REMOTELY"),
    (ErrorKind::Numbered(26), 26, "FILE SYSTEM ERROR"),
    (ErrorKind::Numbered(28), 28, "FILE SYSTEM NOT AVAILABLE"),
    (ErrorKind::Numbered(30), 30, "FILE SYSTEM TIES USED UP"),
    (ErrorKind::Numbered(31), 31, "FILE TIE QUOTA USED UP"),
    (ErrorKind::Numbered(32), 32, "FILE NAME QUOTA USED UP"),
    (ErrorKind::Numbered(34), 34, "FILE SYSTEM NO SPACE"),
    (ErrorKind::Numbered(35), 35, "FILE ACCESS ERROR - CONVERTING FILE"),
    (ErrorKind::Numbered(38), 38, "FILE COMPONENT DAMAGED"),
    (ErrorKind::Numbered(52), 52, "FIELD CONTENTS RANK ERROR"),
    (ErrorKind::Numbered(53), 53, "FIELD CONTENTS TOO MANY COLUMNS"),
    (ErrorKind::Numbered(54), 54, "FIELD POSITION ERROR"),
    (ErrorKind::Numbered(55), 55, "FIELD SIZE ERROR"),
    (ErrorKind::Numbered(56), 56, "FIELD CONTENTS/TYPE MISMATCH"),
    (ErrorKind::Numbered(57), 57, "FIELD TYPE/BEHAVIOUR UNRECOGNISED"),
    (ErrorKind::Numbered(58), 58, "FIELD ATTRIBUTES RANK ERROR"),
    (ErrorKind::Numbered(59), 59, "FIELD ATTRIBUTES LENGTH ERROR"),
    (ErrorKind::Numbered(60), 60, "FULL-SCREEN ERROR"),
    (ErrorKind::Numbered(61), 61, "KEY CODE UNRECOGNISED"),
    (ErrorKind::Numbered(62), 62, "KEY CODE RANK ERROR"),
    (ErrorKind::Numbered(63), 63, "KEY CODE TYPE ERROR"),
    (ErrorKind::Numbered(70), 70, "FORMAT FILE ACCESS ERROR"),
    (ErrorKind::Numbered(71), 71, "FORMAT FILE ERROR"),
    (ErrorKind::Numbered(72), 72, "NO PIPES"),
    (ErrorKind::Numbered(76), 76, "PROCESSOR TABLE FULL"),
    (ErrorKind::Numbered(84), 84, "TRAP ERROR"),
    (ErrorKind::Numbered(90), 90, "EXCEPTION"),
    (ErrorKind::Numbered(1000), 1000, "INTERRUPT"),
    (ErrorKind::Numbered(1001), 1001, "STOP"),
    (ErrorKind::Numbered(1002), 1002, "INTERRUPT"),
    (ErrorKind::Numbered(1004), 1004, "STOP"),
    (ErrorKind::Numbered(1006), 1006, "TIMEOUT"),
    (ErrorKind::Numbered(1007), 1007, "RESIZE"),
    (ErrorKind::Numbered(1008), 1008, "DEADLOCK"),
];

impl ErrorKind {
    /// Dyalog's number of the error, `⎕EN`.
    ///
    /// ```
    /// assert_eq!(zilde::ErrorKind::Domain.number(), 11);
    /// ```
    pub fn number(self) -> u16 {
        if let ErrorKind::Numbered(n) = self {
            return n;
        }
        NAMES.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The kind with this number.
    ///
    /// ```
    /// assert_eq!(zilde::ErrorKind::from_number(5), zilde::ErrorKind::Length);
    /// ```
    pub fn from_number(number: u16) -> ErrorKind {
        NAMES.iter().find(|row| row.1 == number).map_or(ErrorKind::Numbered(number), |row| row.0)
    }

    /// The first word of the report: `DOMAIN ERROR`; `ERROR 8` for a number without a name of its own.
    ///
    /// ```
    /// assert_eq!(zilde::ErrorKind::Rank.name(), "RANK ERROR");
    /// ```
    pub fn name(self) -> Cow<'static, str> {
        self.own_name().map_or_else(|| Cow::Owned(format!("ERROR {}", self.number())), Cow::Borrowed)
    }

    /// The name, where the number has one of its own.
    #[doc(hidden)]
    pub fn own_name(self) -> Option<&'static str> {
        NAMES.iter().find(|row| row.1 == self.number()).map(|row| row.2)
    }

    /// Whether it is an error at all; what is none is never caught or reported.
    #[doc(hidden)]
    pub fn is_error(self) -> bool {
        !matches!(self, ErrorKind::Branch | ErrorKind::Abort | ErrorKind::Rebind)
    }

    /// Whether the error says that a function is not defined for these values, whatever the circumstances and however
    /// well zilde works.
    #[doc(hidden)]
    pub fn is_about_values(self) -> bool {
        use ErrorKind::*;
        matches!(self, Domain | Rank | Length | Index | Limit)
    }

    /// Whether the error says something about files.
    pub(crate) fn is_about_files(self) -> bool {
        use ErrorKind::*;
        matches!(self, FileName | FileAccess | Numbered(18..=26 | 28..=39))
    }

    /// Whether the error is reported even where another way to the same result could be tried: it says nothing about
    /// the values, so that the other way would hide it or run into it again.
    #[doc(hidden)]
    pub fn is_final(self) -> bool {
        self.is_circumstance() || self == ErrorKind::Internal
    }

    /// Whether the error depends on circumstances and not only on the values: with more memory, or without an
    /// interrupt, there might be a result.
    #[doc(hidden)]
    pub fn is_circumstance(self) -> bool {
        self == ErrorKind::WsFull || self.is_interrupt()
    }

    /// Whether the error comes from outside the program, so that `0::` does not catch it.
    #[doc(hidden)]
    pub fn is_interrupt(self) -> bool {
        self.number() >= 1000
    }
}

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
