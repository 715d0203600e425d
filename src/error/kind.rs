//! The kinds of APL errors, their numbers and names.

use std::borrow::Cow;

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
