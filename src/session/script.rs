//! Scripts that commands run: `]trace FILE`, `]profile FILE`.

use super::{Outcome, Session, lines};
use crate::code::definition::{Origin, Source};
use crate::error::{ErrorKind, Result};
use crate::system::files;

impl Session {
    /// Runs a line, or the script that it is the name of, up to the first error.
    pub(super) fn line_or_script(&mut self, line: &str, outcome: &mut Outcome) -> Result<()> {
        let Some(script) = self.script(line)? else { return self.statements(line, outcome) };
        let outer = self.origin.take();
        let text = script.text.clone();
        // A first line that begins with `#!` is for the system.
        let mut at = if text.starts_with("#!") { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
        let failures = outcome.errors + outcome.refused;
        while at < text.len() {
            let (logical, after) = lines::logical_line(&text[at..]);
            let file = script.origin.as_ref().and_then(|origin| origin.file.clone());
            self.origin = Some(Origin { file, before: text[..at].matches('\n').count() });
            self.line(logical, outcome);
            at = text.len() - after.len();
            if outcome.errors + outcome.refused > failures || outcome.off.is_some() || outcome.output_closed {
                break;
            }
        }
        self.origin = outer;
        // What is traced again is the script.
        *self.last_input.borrow_mut() = line.to_owned();
        Ok(())
    }

    /// The script with this name; `None` where the name is that of no script, or of no file.
    fn script(&self, name: &str) -> Result<Option<Source>> {
        let name = name.trim().trim_matches('"');
        if ![".apl", ".apls"].iter().any(|ending| name.ends_with(ending)) {
            return Ok(None);
        }
        match files::text::source(&self.context, &self.context.host, name) {
            Ok(source) => Ok(Some(source)),
            Err(fault) if fault.kind() == ErrorKind::FileName => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
