//! How the process ends: its exit codes, and the one line that says why.

use std::io::Write;

use super::output::{Broken, Output};

/// All went well.
pub const OK: u8 = 0;
/// A script ended in an APL error that nothing caught or a command that failed; a snapshot differs.
pub const ERROR: u8 = 1;
/// Wrong arguments, or files or standard output that cannot be read or written.
pub const USAGE: u8 = 2;
/// A snapshot test ran out of time or found a defect.
pub const DEFECT: u8 = 3;
/// Ctrl-C.
pub const INTERRUPT: u8 = 130;

/// Writes a message to standard error. A failure to write it is ignored.
pub fn complain(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "zilde: {text}");
}

/// The exit code of `⎕OFF n`: its lowest eight bits, as the system keeps them.
pub fn of_off(code: i32) -> u8 {
    (code & 0xff) as u8
}

/// Sends the last output; a closed pipe is a quiet end, any other failure spoils `code`.
pub fn finished(output: &Output, code: u8) -> u8 {
    // `broken` tells about a failure.
    let _ = output.flush();
    match output.broken() {
        None => code,
        Some(Broken::Closed) => OK,
        Some(Broken::Failed(message)) => {
            complain(format_args!("standard output: {message}"));
            if code == OK { USAGE } else { code }
        }
    }
}
