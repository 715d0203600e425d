//! The one way in which a file gets new content: the content is written to a temporary file in the same folder, which then
//! takes the file's name. So the file has the old content or the new one at any time, whatever happens to the process.
//!
//! A process that is killed leaves its temporary file behind. The next one that replaces a file in the folder removes it:
//! while a temporary file is in use, its process has it locked.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, FlockOperation, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;

use super::Place;

/// What the names of temporary files begin and end with.
const NAME: (&str, &str) = (".zilde-", ".tmp");

/// A temporary file that is to take the place of another file. It is removed unless it has done so.
pub(super) struct Replacement {
    /// Where it is.
    pub place: Place,
    /// It, opened to be written.
    pub file: File,
}

impl Replacement {
    /// An empty file in the target's folder, with the mode and the owner of the target's old file.
    pub fn new(target: &Place, old: Option<&Stat>) -> io::Result<Replacement> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        // A program may write thousands of files into a folder of thousands: it looks for leftovers ever more rarely.
        if COUNT.fetch_add(1, Ordering::Relaxed).is_power_of_two() {
            sweep(target);
        }
        loop {
            let place = target.sibling(&format!("{}{}{}", NAME.0, unique_name(), NAME.1))?;
            let file = place.open(OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
            let new = Replacement { place, file };
            // Somebody may sweep it before it is locked. Where the file system has no locks, nothing is swept.
            if lock(&new.file) == Err(Errno::WOULDBLOCK) {
                continue;
            }
            let about = rustix::fs::fstat(&new.file)?;
            if about.st_nlink == 0 {
                continue;
            }
            if let Some(old) = old {
                if (about.st_uid, about.st_gid) != (old.st_uid, old.st_gid) {
                    rustix::fs::fchown(&new.file, Some(Uid::from_raw(old.st_uid)), Some(Gid::from_raw(old.st_gid)))?;
                }
                rustix::fs::fchmod(&new.file, Mode::from_raw_mode(old.st_mode))?;
            }
            return Ok(new);
        }
    }

    /// Gives the file the target's name; if `keep`, not if there is another one. If `lasting`, the content is on the disk
    /// before, and the name afterwards, so that they survive a power cut.
    pub fn take_place(self, target: &Place, keep: bool, lasting: bool) -> io::Result<()> {
        if lasting {
            self.file.sync_all()?;
        }
        self.place.rename(target, keep)?;
        if lasting && let Ok(folder) = target.sibling(".").and_then(|folder| folder.open(OFlags::RDONLY)) {
            // Not every system can do that.
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After renaming there is none.
        let _ = rustix::fs::unlinkat(self.place.folder(), self.place.path(), AtFlags::empty());
    }
}

/// Removes the temporary files of processes that are no more from the target's folder.
fn sweep(target: &Place) {
    let Ok(folder) = target.sibling(".").and_then(|folder| folder.open(OFlags::RDONLY | OFlags::DIRECTORY)) else {
        return;
    };
    let Ok(entries) = rustix::fs::Dir::new(folder) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().to_str() else { continue };
        if !name.strip_prefix(NAME.0).is_some_and(|rest| rest.ends_with(NAME.1)) {
            continue;
        }
        let Ok(place) = target.sibling(name) else { continue };
        if place.open(OFlags::RDONLY).is_ok_and(|file| lock(&file).is_ok()) {
            // Somebody else may have been faster.
            let _ = rustix::fs::unlinkat(place.folder(), place.path(), AtFlags::empty());
        }
    }
}

/// Locks a temporary file, if nobody else has it locked; the lock ends with the file or its process.
fn lock(file: &File) -> rustix::io::Result<()> {
    rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive)
}

/// Letters and digits that no other file has, most likely.
pub fn unique_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{:x}-{number:x}-{:x}", std::process::id(), now & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::TemporaryFolder;

    fn names(folder: &TemporaryFolder) -> Vec<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn leftovers_are_swept_and_what_is_in_use_is_not() {
        let folder = TemporaryFolder::new().unwrap();
        let target = Place::unjudged("file", folder.path().join("file"), true);
        let used = Replacement::new(&target, None).unwrap();
        for name in [".zilde-left.tmp", ".zilde-other", "zilde-1.tmp", ".zilde.tmp", "plain"] {
            std::fs::write(folder.path().join(name), "half").unwrap();
        }
        sweep(&target);
        let in_use = names(&folder).into_iter().find(|name| name.starts_with(".zilde-") && name.ends_with(".tmp"));
        assert!(in_use.is_some_and(|name| name != ".zilde-left.tmp"));
        assert_eq!(names(&folder).len(), 5);
        drop(used);
        assert_eq!(names(&folder), [".zilde-other", ".zilde.tmp", "plain", "zilde-1.tmp"]);
    }

    #[test]
    fn the_name_is_taken_at_the_end() {
        let folder = TemporaryFolder::new().unwrap();
        let path = folder.path().join("file");
        let target = Place::unjudged("file", path.clone(), true);
        std::fs::write(&path, "old").unwrap();
        for lasting in [false, true] {
            let begun = |content: &str| {
                let new = Replacement::new(&target, Some(&target.stat().unwrap())).unwrap();
                rustix::io::write(&new.file, content.as_bytes()).unwrap();
                new
            };
            drop(begun("not finished"));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
            assert!(begun("kept").take_place(&target, true, lasting).is_err());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
            begun("new").take_place(&target, false, lasting).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
            assert_eq!(names(&folder), ["file"]);
            std::fs::write(&path, "old").unwrap();
        }
    }
}
