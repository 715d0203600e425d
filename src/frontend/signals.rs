//! Ctrl-C: stops an evaluation; what it does while nothing is evaluated is for the front end to say.
//!
//! SIGTERM and SIGHUP keep their meaning: they end the process at once.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit;
use crate::context::Interrupt;

/// What Ctrl-C does while nothing is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Ends the process, as a script that waits for input ought to.
    Leave,
    /// The session stays, and the signal handler shows this prompt again, because the front end waits for a whole line.
    Prompt(&'static str),
    /// The session stays; a front end that waits for a line may ask whether there was a Ctrl-C.
    Stay,
}

/// Whether something is being evaluated. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Busy(Arc<AtomicBool>);

impl Busy {
    /// Evaluates, which Ctrl-C can stop.
    pub fn evaluate<T>(&self, work: impl FnOnce() -> T) -> T {
        self.with(true, work)
    }

    /// Waits for input, perhaps in the midst of an evaluation.
    pub fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.with(false, wait)
    }

    fn with<T>(&self, busy: bool, work: impl FnOnce() -> T) -> T {
        let before = self.0.swap(busy, Ordering::SeqCst);
        let result = work();
        self.0.store(before, Ordering::SeqCst);
        result
    }
}

/// Lets Ctrl-C raise `interrupt`. Where the system refuses a handler, Ctrl-C ends the process.
pub fn install(busy: Busy, interrupt: Interrupt, idle: Idle) {
    // Refused only where there is a handler already or no file descriptor is left.
    let _ = ctrlc::set_handler(move || {
        let busy = busy.0.load(Ordering::SeqCst);
        let unheard = busy && interrupt.is_raised();
        if idle == Idle::Leave && (!busy || unheard) {
            std::process::exit(exit::INTERRUPT.into());
        }
        // Before the prompt: what is typed after it must not be taken for a part of what was open.
        if busy || idle != Idle::Leave {
            interrupt.raise();
        }
        if let (false, Idle::Prompt(prompt)) = (busy, idle) {
            let mut output = std::io::stdout().lock();
            // Whether it can be seen shows when the next line is typed.
            let _ = write!(output, "\n{prompt}").and_then(|()| output.flush());
        }
    });
}
