//! Suspended functions: an error that nothing handles, or a stop, leaves what is running as it is, for a person to look at
//! and to let go on.
//!
//! Only a front end at which somebody sits provides a [`Desk`]; without one an error ends everything that is running.
//! The machine asks [`Suspensions::suspend`] at the innermost function that is running, and waits on its native stack.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::Fault;

/// Why a function is suspended.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
    /// An error, or an interrupt.
    Error(&'a Fault),
    /// A stop control: the function and its line, `f[2]`.
    Stop(&'a str),
}

/// How a suspended function goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// At the beginning of a line.
    Line(i64),
    /// Not at all: it ends, with those that it was called from, up to the prompt that they were called at.
    End,
}

/// Where a person looks at suspended functions.
pub trait Desk {
    /// Tells why the innermost function is suspended, and lets the person do what they want until it goes on.
    fn suspended(&self, cause: Cause) -> Resumption;
}

/// What waits for the functions that it has called and is no function of the user's itself: a primitive operator, `⍎`, `⎕`.
struct Pending {
    symbol: &'static str,
    /// How many functions are running that it was called from; of an operator not known before it calls one.
    callers: Option<usize>,
}

/// Something waits, until this is dropped.
pub struct Waiting<'a>(&'a RefCell<Vec<Pending>>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

/// What is suspended in a session.
#[derive(Default)]
pub struct Suspensions {
    desk: RefCell<Option<Rc<dyn Desk>>>,
    /// Whether `]suspend off` was given.
    off: Cell<bool>,
    /// How many functions are running at each suspension, the outermost first.
    depths: RefCell<Vec<usize>>,
    /// While suspensions end: how many are to be left.
    keep: Cell<Option<usize>>,
    /// What waits, the outermost first, while functions can be suspended.
    pending: RefCell<Vec<Pending>>,
}

/// A suspension lasts until this is dropped, by a panic too.
struct Lasting<'a>(&'a RefCell<Vec<usize>>);

impl Drop for Lasting<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

impl Suspensions {
    /// From now on this is the desk; returns the one before.
    pub fn provide(&self, desk: Option<Rc<dyn Desk>>) -> Option<Rc<dyn Desk>> {
        self.desk.replace(desk)
    }

    /// Whether functions are suspended at all.
    pub fn is_on(&self) -> bool {
        !self.off.get() && self.desk.borrow().is_some()
    }

    /// Whether somebody could be asked.
    pub fn has_desk(&self) -> bool {
        self.desk.borrow().is_some()
    }

    /// `]suspend on`, `]suspend off`.
    pub fn turn(&self, on: bool) {
        self.off.set(!on);
    }

    /// Suspends what is running, `depth` functions. `None` where nobody can be asked.
    pub fn suspend(&self, cause: Cause, depth: usize) -> Option<Resumption> {
        if self.off.get() {
            return None;
        }
        let desk = self.desk.borrow().clone()?;
        self.depths.borrow_mut().push(depth);
        let _lasting = Lasting(&self.depths);
        Some(desk.suspended(cause))
    }

    /// `symbol`, as `)si` shows it, waits for what it calls until the result is dropped. `callers`: how many functions are
    /// running, as far as that is known.
    pub fn waits(&self, symbol: &'static str, callers: Option<usize>) -> Option<Waiting<'_>> {
        if !self.is_on() || symbol.is_empty() {
            return None;
        }
        if let Some(callers) = callers {
            self.called(callers);
        }
        self.pending.borrow_mut().push(Pending { symbol, callers });
        Some(Waiting(&self.pending))
    }

    /// A function is called while so many are running: by the operators that have not called any yet, if there are such.
    pub fn called(&self, callers: usize) {
        if self.is_on() {
            let pending = &mut *self.pending.borrow_mut();
            pending.iter_mut().rev().take_while(|last| last.callers.is_none()).for_each(|last| {
                last.callers = Some(callers);
            });
        }
    }

    /// What waits, the innermost first, each with the number of functions that it was called from.
    pub fn pending(&self) -> Vec<(&'static str, usize)> {
        let pending = self.pending.borrow();
        pending.iter().rev().filter_map(|last| Some((last.symbol, last.callers?))).collect()
    }

    /// How many functions are running at each suspension, the outermost first.
    pub fn depths(&self) -> Vec<usize> {
        self.depths.borrow().clone()
    }

    /// How many suspensions there are.
    pub fn count(&self) -> usize {
        self.depths.borrow().len()
    }

    /// From now on suspensions end until so many are left.
    pub fn end(&self, keep: usize) {
        self.keep.set(Some(keep));
    }

    /// Whether more than the present suspension have to end. False, and done, where there is nothing left to end.
    pub fn is_ending(&self) -> bool {
        match self.keep.get() {
            Some(keep) if keep < self.count() => true,
            _ => {
                self.keep.set(None);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Away(Rc<Suspensions>);

    impl Desk for Away {
        fn suspended(&self, _: Cause) -> Resumption {
            let suspensions = &self.0;
            if suspensions.count() < 3 {
                return suspensions.suspend(Cause::Stop("g[1]"), 5).unwrap_or(Resumption::Line(7));
            }
            suspensions.end(1);
            assert!(suspensions.is_ending());
            Resumption::End
        }
    }

    #[test]
    fn suspensions_end_up_to_the_one_that_is_kept() {
        let suspensions = Rc::new(Suspensions::default());
        assert!(suspensions.suspend(Cause::Stop("f[1]"), 2).is_none());
        suspensions.provide(Some(Rc::new(Away(suspensions.clone()))));
        assert_eq!(suspensions.suspend(Cause::Stop("f[1]"), 2), Some(Resumption::End));
        assert!(!suspensions.is_ending() && suspensions.count() == 0);
        suspensions.turn(false);
        assert!(suspensions.suspend(Cause::Stop("f[1]"), 2).is_none() && !suspensions.is_on());
        suspensions.provide(None);
    }
}
