//! The state of `⎕TRAP`: the actions for errors that are in force.
//!
//! Finds the action for an error and the function that set it; the evaluator executes it. Error guards and `:Trap` are
//! recorded here too, because they take precedence over a `⎕TRAP` of an outer function.

use std::cell::RefCell;
use std::rc::Rc;

use smallvec::SmallVec;

/// An item of `⎕TRAP`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trap {
    /// The errors it is for.
    pub codes: Vec<i64>,
    /// What is done.
    pub action: Action,
    /// The expression of `E` and `C`.
    pub text: Rc<str>,
}

/// What is done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `E`: an expression is evaluated where the error arose.
    Execute,
    /// `C`: an expression is evaluated where the trap is local.
    CutBack,
    /// `N`: the next trap outwards is asked.
    Next,
    /// `S`: nothing.
    Stop,
}

/// The traps in force, the most local last.
#[derive(Debug)]
pub struct Traps {
    levels: Vec<Level>,
    /// The numbers that guards and `:Trap` are for, the innermost last.
    catchers: Vec<SmallVec<[i64; 4]>>,
    /// While an action is being done, the levels that there were: its own errors are not trapped by them.
    masked: usize,
    /// Whether any level has a trap.
    any: bool,
    /// Whether guards are recorded even where there is no trap, as somebody asks who handles an error.
    all: bool,
}

/// The traps of one function, or of the session.
#[derive(Debug)]
struct Level {
    /// `None` where the function has made `⎕TRAP` local and not set it.
    traps: Option<Vec<Trap>>,
    owner: usize,
    catchers: usize,
}

/// What is to be done about an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What.
    pub action: Action,
    /// The expression.
    pub text: Rc<str>,
    /// Who set the trap; 0 is the session.
    pub owner: usize,
}

impl Default for Traps {
    fn default() -> Traps {
        let session = Level { traps: Some(Vec::new()), owner: 0, catchers: 0 };
        Traps { levels: vec![session], catchers: Vec::new(), masked: 0, any: false, all: false }
    }
}

impl Traps {
    /// The value of `⎕TRAP`.
    pub fn current(&self) -> &[Trap] {
        self.levels.iter().rev().find_map(|level| level.traps.as_deref()).unwrap_or_default()
    }

    /// `⎕TRAP←`.
    pub fn set(&mut self, traps: Vec<Trap>) {
        if let Some(level) = self.levels.last_mut() {
            level.traps = Some(traps);
        }
        self.look();
    }

    /// `⎕TRAP` becomes local to a function; it keeps its value.
    pub fn localise(&mut self, owner: usize) {
        self.levels.push(Level { traps: None, owner, catchers: self.catchers.len() });
    }

    /// It is what it was before that.
    pub fn restore(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        self.look();
    }

    fn look(&mut self) {
        self.any = self.levels.iter().flat_map(|level| &level.traps).any(|traps| !traps.is_empty());
    }

    /// What is to be done about an error; `None` where a guard is nearer, or there is nothing. `covers` tells whether
    /// some numbers are those of the error.
    pub fn find(&self, covers: impl Fn(&[i64]) -> bool) -> Option<Found> {
        for level in self.levels.iter().skip(self.masked).rev() {
            if self.catchers.get(level.catchers..).is_some_and(|nearer| nearer.iter().any(|codes| covers(codes))) {
                return None;
            }
            match level.traps.iter().flatten().find(|trap| covers(&trap.codes)) {
                None | Some(Trap { action: Action::Next, .. }) => {}
                Some(trap) => {
                    return Some(Found { action: trap.action, text: trap.text.clone(), owner: level.owner });
                }
            }
        }
        None
    }

    /// Records all guards from now on, or those only that go before a trap.
    pub fn record_all(&mut self, all: bool) {
        self.all = all;
    }

    /// Whether a guard or a trap further out handles an error. `covers` tells whether some numbers are those of the
    /// error.
    pub fn handle(&self, covers: impl Fn(&[i64]) -> bool) -> bool {
        self.catchers.iter().any(|codes| covers(codes))
            || self.find(covers).is_some_and(|found| found.action != Action::Stop)
    }

    /// Records that an action is being executed, so that its errors are not trapped; returns the state for
    /// [`Traps::unmask`].
    pub fn mask(&mut self) -> usize {
        std::mem::replace(&mut self.masked, self.levels.len())
    }

    /// It is done.
    pub fn unmask(&mut self, before: usize) {
        self.masked = before;
    }
}

/// A guard or `:Trap` for some errors is in force while this lives.
pub struct Nearer<'a>(Option<&'a RefCell<Traps>>);

impl<'a> Nearer<'a> {
    /// In force from now on. Where there is no trap that it could go before, and nobody asks, there is nothing to note.
    pub fn new(traps: &'a RefCell<Traps>, codes: &[i64]) -> Nearer<'a> {
        let any = traps.borrow().any || traps.borrow().all;
        if any {
            traps.borrow_mut().catchers.push(SmallVec::from_slice(codes));
        }
        Nearer(any.then_some(traps))
    }
}

impl Drop for Nearer<'_> {
    fn drop(&mut self) {
        if let Some(traps) = self.0 {
            traps.borrow_mut().catchers.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap(code: i64, action: Action, text: &str) -> Trap {
        Trap { codes: vec![code], action, text: text.into() }
    }

    #[test]
    fn the_most_local_trap_goes_first() {
        let traps = RefCell::new(Traps::default());
        let found = |code: i64| {
            let found = traps.borrow().find(|codes| codes.contains(&code));
            found.map(|found| (found.text.to_string(), found.owner))
        };
        let is = |text: &str, owner: usize| Some((text.to_string(), owner));
        traps.borrow_mut().set(vec![trap(11, Action::Execute, "outer"), trap(5, Action::Execute, "length")]);
        traps.borrow_mut().localise(1);
        assert_eq!(found(11), is("outer", 0));
        traps.borrow_mut().set(vec![trap(11, Action::CutBack, "inner"), trap(5, Action::Next, "")]);
        assert_eq!(found(11), is("inner", 1));
        assert_eq!(found(5), is("length", 0));
        assert_eq!(found(4), None);
        let guard = Nearer::new(&traps, &[11]);
        assert_eq!(found(11), None);
        assert_eq!(found(5), is("length", 0));
        drop(guard);
        traps.borrow_mut().restore();
        assert_eq!(found(11), is("outer", 0));
        let before = traps.borrow_mut().mask();
        assert_eq!(found(11), None);
        traps.borrow_mut().localise(2);
        traps.borrow_mut().set(vec![trap(11, Action::Execute, "handler's")]);
        assert_eq!(found(11), is("handler's", 2));
        traps.borrow_mut().restore();
        traps.borrow_mut().unmask(before);
        assert_eq!(found(11), is("outer", 0));
    }
}
