//! The steps of a recording on the screen of a terminal, one at a time, forward and back.
//!
//! Nothing runs here: every step shows what was recorded. `walk.rs` knows where keys lead, `screen.rs` what is shown.

mod keys;
mod screen;
mod walk;

use std::io;

use crate::context::Context;
use crate::observe::trace::Recording;
use keys::{Key, Raw};
use walk::Walk;

/// Shows a recording until `q` is typed.
pub fn show(context: &Context, recording: &Recording) -> io::Result<()> {
    let Some(mut walk) = Walk::new(recording) else {
        return context.screen.borrow_mut().show("nothing was evaluated\n");
    };
    let Some(raw) = Raw::begin()? else { return Ok(()) };
    let _screen = screen::Alternate::begin()?;
    loop {
        screen::draw(context, &walk)?;
        match raw.key()? {
            Key::Quit | Key::Char('q') => return Ok(()),
            Key::Char(key @ ('c' | 'C')) => {
                let back = key == 'C';
                if let Some(name) = asked(context, &mut walk, &raw, back)? {
                    walk.goes_to_change(name.trim(), back);
                }
            }
            key => walk.goes(key),
        }
    }
}

/// The name that is typed at the foot of the screen; `None` where the question is left.
fn asked(context: &Context, walk: &mut Walk, raw: &Raw, back: bool) -> io::Result<Option<String>> {
    let mut name = String::new();
    let which = if back { "back to the last" } else { "to the next" };
    loop {
        walk.says(format!("{which} change of the name (any, if none is typed): {name}"));
        screen::draw(context, walk)?;
        match raw.key()? {
            Key::Enter => return Ok(Some(name)),
            Key::Erase => drop(name.pop()),
            Key::Char(c) => name.push(c),
            Key::Quit | Key::Escape => {
                walk.says(String::new());
                return Ok(None);
            }
            _ => {}
        }
    }
}
