//! What is known of the terminal: its size, and what it can show.

use std::io;

use crate::context::Size;

/// The size of the terminal that standard output goes to, as it is now; `None` where it does not know its size.
#[cfg(unix)]
pub fn size() -> Option<Size> {
    let window = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    let size = Size { columns: window.ws_col.into(), lines: window.ws_row.into() };
    (size.columns > 0).then_some(size)
}

/// The size is not known on other systems.
#[cfg(not(unix))]
pub fn size() -> Option<Size> {
    None
}

/// Whether the terminal does not understand escape codes, as those of editors, which set `TERM` to `dumb`.
pub fn is_dumb() -> bool {
    std::env::var("TERM").is_ok_and(|name| ["dumb", "emacs", "cons25"].contains(&name.as_str()))
}

/// Whether text on standard output may have colours.
pub fn has_colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::IsTerminal::is_terminal(&io::stdout()) && !refused && !is_dumb()
}

/// Whether somebody can be asked something: input and output are a terminal.
pub fn is_conversation() -> bool {
    io::IsTerminal::is_terminal(&io::stdin()) && io::IsTerminal::is_terminal(&io::stdout())
}
