//! What a terminal shows while an evaluation takes longer than a second: for how long it has run, and how far its loop is.
//!
//! A thread of its own writes it where the next output will begin, and it is erased before anything else is written.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::observe::progress::Progress;

/// Nothing is shown before this.
const SOON: Duration = Duration::from_secs(1);
/// How often it is shown anew.
const AGAIN: Duration = Duration::from_millis(250);

/// Clones show the same.
#[derive(Clone, Default)]
pub struct Meter(Option<Arc<Shared>>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// When the evaluation began; `None` while there is none, or it waits for input.
    began: Option<Instant>,
    shown: bool,
    /// Whether the last line of the output is unfinished.
    unfinished: bool,
    ended: bool,
}

/// While this lives, the thread writes nothing; what it had written is erased.
pub struct Quiet<'a>(MutexGuard<'a, State>);

impl Quiet<'_> {
    /// Notes what has been written.
    pub fn wrote(&mut self, text: &str) {
        if let Some(last) = text.chars().last() {
            self.0.unfinished = last != '\n';
        }
    }
}

impl Meter {
    /// Shows how far loops are that tell it.
    pub fn new(progress: Arc<Progress>) -> Meter {
        let state = State { began: None, shown: false, unfinished: false, ended: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let seen = shared.clone();
        let thread = thread::Builder::new().name("meter".into()).stack_size(128 << 10);
        match thread.spawn(move || watch(&seen, &progress)) {
            Ok(_) => Meter(Some(shared)),
            // Nothing is shown.
            Err(_) => Meter(None),
        }
    }

    /// Evaluates, while it is shown how long that takes.
    pub fn while_evaluating<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.begin(Some(Instant::now()));
        let done = work();
        self.begin(before);
        done
    }

    /// Waits for input, in the midst of an evaluation.
    pub fn while_waiting<T>(&self, wait: impl FnOnce() -> T) -> T {
        let before = self.begin(None);
        let done = wait();
        self.begin(before);
        done
    }

    fn begin(&self, began: Option<Instant>) -> Option<Instant> {
        let shared = self.0.as_ref()?;
        let mut state = lock(shared);
        erase(&mut state);
        let before = std::mem::replace(&mut state.began, began);
        if began.is_some() {
            state.unfinished = false;
        }
        shared.changed.notify_all();
        before
    }

    /// Keeps it from writing while something else is written.
    pub fn quiet(&self) -> Option<Quiet<'_>> {
        let mut state = lock(self.0.as_ref()?);
        erase(&mut state);
        Some(Quiet(state))
    }

    /// Ends the thread.
    pub fn end(&self) {
        if let Some(shared) = &self.0 {
            lock(shared).ended = true;
            shared.changed.notify_all();
        }
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    // Whoever panicked with it has left it whole.
    shared.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn erase(state: &mut State) {
    if std::mem::take(&mut state.shown) {
        write("\r\x1b[K");
    }
}

fn write(text: &str) {
    let mut output = std::io::stdout().lock();
    // If the terminal is gone, nobody looks at it.
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

fn watch(shared: &Shared, progress: &Progress) {
    let mut state = lock(shared);
    while !state.ended {
        let wait = match state.began {
            None => Duration::MAX,
            Some(began) => {
                let elapsed = began.elapsed();
                if elapsed >= SOON && !state.unfinished {
                    write(&format!("\r{}\x1b[K", line(elapsed, progress.get())));
                    state.shown = true;
                }
                if elapsed < SOON { SOON - elapsed } else { AGAIN }
            }
        };
        state = match wait {
            Duration::MAX => shared.changed.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner),
            wait => shared.changed.wait_timeout(state, wait).unwrap_or_else(std::sync::PoisonError::into_inner).0,
        };
    }
}

/// How long, and how far.
fn line(elapsed: Duration, progress: Option<(u64, u64)>) -> String {
    let seconds = elapsed.as_secs();
    let time = match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    };
    let far = progress
        .map(|(done, total)| format!(", {done} of {total} ({} %)", (done as f64 * 100.0 / total as f64) as u64));
    format!("··· {time}{}; Ctrl-C stops it", far.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_long_and_how_far() {
        assert_eq!(line(Duration::from_millis(1700), None), "··· 1 s; Ctrl-C stops it");
        assert_eq!(line(Duration::from_secs(75), Some((30, 120))), "··· 1 min 15 s, 30 of 120 (25 %); Ctrl-C stops it");
        assert_eq!(line(Duration::from_secs(3700), None), "··· 1 h 1 min; Ctrl-C stops it");
    }
}
