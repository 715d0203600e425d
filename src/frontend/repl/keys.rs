//! Keys that type glyphs: a backtick, then the key of the glyph; and Enter, which knows open brackets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::PROMPT;
use crate::glyphs;
use crate::session::lines::needs_more;

/// The key that announces a glyph.
const PREFIX: char = '`';

/// Whether the next key types a glyph; the prompt shows it.
pub type Armed = Arc<AtomicBool>;

/// Lets a backtick announce a glyph.
pub fn bind<I: History>(editor: &mut Editor<super::Helper, I>, armed: Armed) {
    // One handler for every key: a sequence of two keys that begins with a printable one would never be found.
    editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(PrefixKeys { armed })));
}

struct PrefixKeys {
    armed: Armed,
}

impl ConditionalEventHandler for PrefixKeys {
    fn handle(&self, event: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        let key = match event.get(0) {
            Some(KeyEvent(KeyCode::Char(key), modifiers)) if (*modifiers - Modifiers::SHIFT).is_empty() => Some(*key),
            _ => None,
        };
        if !self.armed.swap(false, Ordering::Relaxed) {
            if key != Some(PREFIX) {
                return None;
            }
            self.armed.store(true, Ordering::Relaxed);
            return Some(Cmd::Repaint);
        }
        match (key, event.get(0)) {
            (Some(key), _) => Some(Cmd::Insert(1, typed(key))),
            // Taken back.
            (None, Some(KeyEvent(KeyCode::Backspace | KeyCode::Esc, _))) => Some(Cmd::Repaint),
            _ => None,
        }
    }
}

/// What a key types behind a backtick: its glyph, or else both as they are.
fn typed(key: char) -> String {
    glyphs::by_key(key).map_or_else(|| format!("{PREFIX}{key}"), String::from)
}

/// Enter: another line, under the prompt's blanks, while a bracket is open.
pub struct Continue;

impl ConditionalEventHandler for Continue {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        needs_more(context.line()).then(|| Cmd::Insert(1, format!("\n{PROMPT}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_type_glyphs() {
        assert_eq!(typed('r'), "⍴");
        assert_eq!(typed('`'), "⋄");
        assert_eq!(typed('é'), "`é");
    }
}
