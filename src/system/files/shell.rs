//! `⎕SH` and `⎕CMD`: commands of the shell.

use super::text::{TextFile, lines};
use crate::array::{Value, convert};
use crate::error::{Fault, Result};
use crate::system::{Call, monadic};

/// `⎕SH command`: runs a command by the shell; the lines that it writes to standard output, shy if there are none. DOMAIN
/// ERROR for an exit code other than 0. Dyalog: Execute (UNIX) Command.
pub fn execute(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let command = convert::text(context.memory(), &right)?;
    if command.trim().is_empty() || command.contains('\0') {
        return Err(Fault::domain().with_detail("a command is wanted"));
    }
    let ran = context.watched(|watch| context.host.run(&command, watch))?;
    if ran.code != 0 {
        return Err(Fault::domain().because(format!("The command failed with exit code {}", ran.code)));
    }
    let output = lines(context, &TextFile::new(context, ran.output, None)?.text)?;
    context.shy.set(output.count() == 0);
    Ok(output)
}
