//! Keys that type glyphs: a backtick, then the key of the glyph; Enter, which begins another line while something is open;
//! and Ctrl-C, which drops the line.

use std::sync::{Arc, Mutex, PoisonError};

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::PROMPT;
use crate::frontend::complete::PREFIX;
use crate::glyphs;
use crate::session::lines::{depth, needs_more};

/// Columns that each open bracket or control structure moves the next line to the right.
const INDENT: usize = 2;

/// What the last key has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing that matters for the next key.
    #[default]
    Idle,
    /// The next key types a glyph.
    Armed,
    /// It stands behind a backtick and types no glyph, so it did nothing.
    Wrong,
    /// It was Ctrl-C: the line ends, and is dropped.
    Dropped,
}

/// The state, which the prompt shows.
#[derive(Clone, Default)]
pub struct Prefix(Arc<Mutex<State>>);

impl Prefix {
    /// The state now.
    pub fn state(&self) -> State {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it; gives what it was.
    pub fn set(&self, state: State) -> State {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), state)
    }
}

/// Lets a backtick announce a glyph, and Enter begin another line where something is open.
pub fn bind<I: History>(editor: &mut Editor<super::Helper, I>, prefix: Prefix) {
    // One handler for every key: a sequence of two keys that begins with a printable one would never be found.
    editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(PrefixKeys { prefix: prefix.clone() })));
    // A line end that was typed before the editor was ready arrives as Ctrl-J.
    for enter in [KeyEvent(KeyCode::Enter, Modifiers::NONE), KeyEvent::ctrl('J')] {
        let handler = Continue { prefix: prefix.clone() };
        editor.bind_sequence(enter, EventHandler::Conditional(Box::new(handler)));
    }
}

struct PrefixKeys {
    prefix: Prefix,
}

impl ConditionalEventHandler for PrefixKeys {
    fn handle(&self, event: &Event, _: RepeatCount, _: bool, _: &EventContext) -> Option<Cmd> {
        self.pressed(event.get(0)?)
    }
}

impl PrefixKeys {
    fn pressed(&self, key: &KeyEvent) -> Option<Cmd> {
        let KeyEvent(code, modifiers) = key;
        let character = match code {
            KeyCode::Char(key) if (*modifiers - Modifiers::SHIFT).is_empty() => Some(*key),
            _ => None,
        };
        let before = self.prefix.set(State::Idle);
        if *key == KeyEvent::ctrl('C') {
            // The line ends as with Enter. When it ends with the editor's own command for Ctrl-C, the editor loses the
            // keys that were typed behind Ctrl-C and are already read.
            self.prefix.set(State::Dropped);
            return Some(Cmd::AcceptLine);
        }
        if before != State::Armed {
            if character != Some(PREFIX) {
                return None;
            }
            self.prefix.set(State::Armed);
            return Some(Cmd::Repaint);
        }
        match (character, code) {
            (Some(key), _) => Some(match typed(key) {
                Some(glyph) => Cmd::Insert(1, glyph.to_string()),
                None => {
                    self.prefix.set(State::Wrong);
                    Cmd::Repaint
                }
            }),
            // What may follow is listed, and is still waited for.
            (None, KeyCode::Tab) => {
                self.prefix.set(State::Armed);
                Some(Cmd::Complete)
            }
            // Taken back.
            (None, KeyCode::Backspace | KeyCode::Esc) => Some(Cmd::Repaint),
            _ => None,
        }
    }
}

/// What a key types behind a backtick: its glyph; a blank, the backtick itself.
fn typed(key: char) -> Option<char> {
    if key == ' ' { Some(PREFIX) } else { glyphs::by_key(key) }
}

/// A line typed where single keys are not seen, with its glyphs; or the key behind a backtick that types none, which is
/// nothing at the end of the line.
pub fn translated(line: &str) -> Result<String, Option<char>> {
    let mut text = String::with_capacity(line.len());
    let mut keys = line.chars();
    while let Some(c) = keys.next() {
        if c == PREFIX {
            let key = keys.next().ok_or(None)?;
            text.push(typed(key).ok_or(Some(key))?);
        } else {
            text.push(c);
        }
    }
    Ok(text)
}

/// Enter: another line while something is open, under the prompt's blanks and indented.
struct Continue {
    prefix: Prefix,
}

impl ConditionalEventHandler for Continue {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        self.prefix.set(State::Idle);
        let before = context.line().get(..context.pos()).unwrap_or(context.line());
        needs_more(context.line()).then(|| Cmd::Insert(1, format!("\n{PROMPT}{}", indent(before))))
    }
}

/// The blanks in front of a line that goes on with a text.
fn indent(before: &str) -> String {
    " ".repeat(INDENT * depth(before).min(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(keys: &PrefixKeys, code: KeyCode) -> Option<Cmd> {
        keys.pressed(&KeyEvent(code, Modifiers::NONE))
    }

    #[test]
    fn keys_type_glyphs() {
        let keys = PrefixKeys { prefix: Prefix::default() };
        assert_eq!(press(&keys, KeyCode::Char('r')), None);
        for (key, glyph) in [('r', "⍴"), ('`', "⋄"), (' ', "`")] {
            assert_eq!(press(&keys, KeyCode::Char('`')), Some(Cmd::Repaint));
            assert_eq!(keys.prefix.state(), State::Armed);
            assert_eq!(press(&keys, KeyCode::Char(key)), Some(Cmd::Insert(1, glyph.to_owned())));
            assert_eq!(keys.prefix.state(), State::Idle);
        }
    }

    #[test]
    fn a_wrong_key_shows_that_it_did_nothing() {
        let keys = PrefixKeys { prefix: Prefix::default() };
        press(&keys, KeyCode::Char('`'));
        assert_eq!(press(&keys, KeyCode::Char('é')), Some(Cmd::Repaint));
        assert_eq!(keys.prefix.state(), State::Wrong);
        assert_eq!(press(&keys, KeyCode::Char('x')), None);
        assert_eq!(keys.prefix.state(), State::Idle);
    }

    #[test]
    fn tab_lists_what_may_follow() {
        let keys = PrefixKeys { prefix: Prefix::default() };
        press(&keys, KeyCode::Char('`'));
        assert_eq!(press(&keys, KeyCode::Tab), Some(Cmd::Complete));
        assert_eq!(press(&keys, KeyCode::Char('i')), Some(Cmd::Insert(1, "⍳".to_owned())));
        assert_eq!(press(&keys, KeyCode::Tab), None);
    }

    #[test]
    fn control_c_ends_and_drops_the_line() {
        let keys = PrefixKeys { prefix: Prefix::default() };
        assert_eq!(keys.pressed(&KeyEvent::ctrl('C')), Some(Cmd::AcceptLine));
        assert_eq!(keys.prefix.state(), State::Dropped);
        assert_eq!(press(&keys, KeyCode::Char('x')), None);
        assert_eq!(keys.prefix.state(), State::Idle);
    }

    #[test]
    fn whole_lines_are_translated() {
        assert_eq!(translated("2 3`r`i6 `` 'a` b'"), Ok("2 3⍴⍳6 ⋄ 'a`b'".to_owned()));
        assert_eq!(translated("1+`é2"), Err(Some('é')));
        assert_eq!(translated("1+`"), Err(None));
    }

    #[test]
    fn what_is_open_is_indented() {
        assert_eq!(indent("f←{"), "  ");
        assert_eq!(indent("f←{\n        :If (⍵"), "      ");
        assert_eq!(indent("∇r←f x"), "");
    }
}
