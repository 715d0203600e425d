//! A session whose output the test keeps.

#![allow(dead_code)] // each test file uses what it needs

pub mod same;

use std::cell::RefCell;
use std::rc::Rc;

use zilde::Session;
use zilde::context::{Asked, Console};

/// Output kept as text; no input.
#[derive(Clone, Default)]
pub struct Kept(Rc<RefCell<String>>);

impl Console for Kept {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }
}

/// A session of 1 GiB and what it prints.
pub struct Typed {
    pub session: Session,
    kept: Kept,
}

impl Typed {
    pub fn new() -> Typed {
        let kept = Kept::default();
        let session = Session::builder().memory_limit(1 << 30).seed(Some(1)).console(Box::new(kept.clone())).build();
        Typed { session, kept }
    }

    /// What a block of lines shows.
    pub fn shows(&mut self, block: &str) -> String {
        self.session.run(block);
        self.kept.0.take()
    }

    /// The lines as a transcript: input indented by six blanks, output behind it.
    pub fn transcript(&mut self, lines: &[&str]) -> String {
        let mut text = String::new();
        for line in lines {
            text += &format!("      {line}\n");
            text += &self.shows(line);
        }
        text
    }
}
