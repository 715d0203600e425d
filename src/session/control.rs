//! What a line may begin that is not an expression: definitions and control structures, which are not there yet.

use crate::error::Fault;

/// Whether a line begins a `∇` definition or a control structure.
pub fn is_definition(line: &str) -> bool {
    let line = line.trim_start();
    let keyword = line.strip_prefix(':').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    let header = line.strip_prefix('∇').map(str::trim_start);
    keyword || header.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic() || "_∆⍙({".contains(c)))
}

/// The error for such a line.
pub fn not_yet(line: &str) -> Fault {
    let what = if line.trim_start().starts_with('∇') { "defining functions with ∇" } else { "control structures" };
    Fault::nonce(what)
}
