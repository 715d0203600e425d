//! `)cs` and `)ns`: the namespace that the session is in, and new ones.
//!
//! The system functions `⎕CS` and `⎕NS` do the work.

use super::Session;
use super::commands::{Reply, refused};
use crate::syntax::token::{TokenKind, tokens};

impl Session {
    /// `)cs name`: the session goes into a namespace, and back to the root without a name.
    pub(super) fn change_space(&mut self, name: Option<&str>) -> Reply {
        let name = name.unwrap_or("#");
        if !is_path(name) || self.eval(&format!("⎕CS '{name}'")).is_err() {
            return refused("Namespace does not exist");
        }
        self.space_name()
    }

    /// `)ns name`: a new namespace, unless there is one; without a name, that which the session is in.
    pub(super) fn create_space(&mut self, name: Option<&str>) -> Reply {
        let Some(name) = name else { return self.space_name() };
        if !is_path(name) {
            return refused("Invalid name");
        }
        let fails = |session: &mut Session, text: String| session.eval(&text).is_err();
        if self.eval(&format!("⎕NC '{name}'"))?.to_string() == "0" && fails(self, format!("'{name}'⎕NS ''")) {
            return refused("Name already exists");
        }
        // A name that stands for something else leads nowhere.
        match self.eval(&format!("⍕{name}.⎕THIS")) {
            Ok(path) => Ok(format!("{path}\n")),
            Err(_) => refused("Name already exists"),
        }
    }

    fn space_name(&mut self) -> Reply {
        Ok(format!("{}\n", self.eval("⍕⎕THIS")?))
    }
}

/// Whether a text is names with dots between them; the first ones may be `#`, `##` or `⎕SE`.
pub(super) fn is_path(text: &str) -> bool {
    let mut special = true;
    text.split('.').all(|part| {
        special &= matches!(part, "#" | "##") || part.eq_ignore_ascii_case("⎕se");
        let name = || matches!(tokens(part).as_deref(), Ok([token]) if matches!(token.kind, TokenKind::Name(_)));
        special || name()
    })
}
