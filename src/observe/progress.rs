//! How far the outermost loop is whose end is known: for a front end that shows it, from another thread.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many turns are done, of how many.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    /// The loop that tells: the first one that has begun. 0 for none.
    owner: AtomicUsize,
}

/// A loop that tells how far it is, until this is dropped.
pub struct Loop<'a> {
    progress: &'a Progress,
    owner: usize,
}

impl Progress {
    /// How many turns are done, of how many; `None` where no loop tells.
    pub fn get(&self) -> Option<(u64, u64)> {
        let total = self.total.load(Ordering::Relaxed);
        (self.owner.load(Ordering::Relaxed) != 0 && total > 0)
            .then(|| (self.done.load(Ordering::Relaxed).min(total), total))
    }

    /// A loop is so far, which is known by a number of its own. A loop within another one tells nothing.
    pub fn tell(&self, owner: usize, done: u64, total: u64) {
        let telling = self.owner.load(Ordering::Relaxed);
        if telling == 0 || telling == owner {
            self.total.store(total, Ordering::Relaxed);
            self.done.store(done, Ordering::Relaxed);
            self.owner.store(owner, Ordering::Relaxed);
        }
    }

    /// A loop is over.
    pub fn over(&self, owner: usize) {
        if self.owner.load(Ordering::Relaxed) == owner {
            self.owner.store(0, Ordering::Relaxed);
        }
    }

    /// A loop of so many turns begins.
    pub fn begin(&self, total: usize) -> Loop<'_> {
        // No machine has such a number.
        const BY_ITSELF: usize = 1;
        let owner = if self.owner.load(Ordering::Relaxed) == 0 { BY_ITSELF } else { 0 };
        if owner != 0 {
            self.tell(owner, 0, total as u64);
        }
        Loop { progress: self, owner }
    }
}

impl Loop<'_> {
    /// So many turns are done.
    #[inline]
    pub fn at(&self, done: usize) {
        if self.owner != 0 {
            self.progress.done.store(done as u64, Ordering::Relaxed);
        }
    }
}

impl Drop for Loop<'_> {
    fn drop(&mut self) {
        if self.owner != 0 {
            self.progress.over(self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_loop_tells() {
        let progress = Progress::default();
        assert_eq!(progress.get(), None);
        let outer = progress.begin(10);
        outer.at(3);
        {
            let inner = progress.begin(1000);
            inner.at(999);
            progress.tell(64, 7, 8);
        }
        assert_eq!(progress.get(), Some((3, 10)));
        drop(outer);
        assert_eq!(progress.get(), None);
        progress.tell(64, 7, 8);
        assert_eq!(progress.get(), Some((7, 8)));
        progress.over(64);
        assert_eq!(progress.get(), None);
    }
}
