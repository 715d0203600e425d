//! The flag that stops an evaluation from another thread or a signal handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops an evaluation from another thread or from a signal handler. Clones stop the same session.
///
/// ```
/// let stop = zilde::Interrupt::default();
/// let thread = zilde::Session::builder().interrupt(stop.clone()).spawn(|mut session| session.eval("{∇⍵}1").is_err())?;
/// stop.raise();
/// assert!(thread.join().expect("no panic"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks the session to stop what it is evaluating: INTERRUPT at the next poll.
    ///
    /// ```
    /// let stop = zilde::Interrupt::default();
    /// stop.raise();
    /// assert!(stop.is_raised());
    /// stop.clear();
    /// assert!(!stop.is_raised());
    /// ```
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Forgets an earlier request.
    ///
    /// ```
    /// let stop = zilde::Interrupt::default();
    /// stop.raise();
    /// assert!(stop.is_raised());
    /// stop.clear();
    /// assert!(!stop.is_raised());
    /// ```
    pub fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    ///
    /// ```
    /// let stop = zilde::Interrupt::default();
    /// stop.raise();
    /// assert!(stop.is_raised());
    /// stop.clear();
    /// assert!(!stop.is_raised());
    /// ```
    #[inline]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
