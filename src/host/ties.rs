//! Tied files: files that stay open, under negative numbers, each with a position.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::event::PollFlags;
use rustix::fs::OFlags;

use super::read::{rest, wait};
use super::{IfExists, Place, Watch, failed};
use crate::error::{ErrorKind, Fault, Result};

/// What a file is tied for: the values of `open(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To be read.
    Read,
    /// To be written.
    Write,
    /// Both.
    Both,
}

/// A kind of lock on bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// None.
    Free,
    /// One that others may have as well.
    Shared,
    /// One that nobody else has.
    Exclusive,
}

/// A tied file.
pub struct Tie {
    /// Its tie number, negative.
    pub number: i32,
    /// The name that it was tied with.
    pub name: String,
    /// How the character positions of `⎕AV` are written, if that was said.
    pub translation: Option<Vec<u8>>,
    file: File,
    /// Which file it is: device and number.
    identity: (u64, u64),
    position: u64,
    /// Pipes and terminals have no positions.
    seeks: bool,
    locked: Vec<Range<i64>>,
}

/// All tied files of a session, in the order in which they were tied.
#[derive(Default)]
pub struct Ties(Vec<Tie>);

impl Ties {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tie> {
        self.0.iter()
    }

    /// The file with a number. FILE TIE ERROR.
    pub fn get(&mut self, number: i64) -> Result<&mut Tie> {
        let tie = self.0.iter_mut().find(|tie| i64::from(tie.number) == number);
        tie.ok_or_else(|| not_tied(number))
    }

    /// Ties a file that exists: with this number, or with 0 the next free one. A file that is tied already gets another
    /// mode, and another number unless that is 0.
    pub fn tie(&mut self, place: &Place, number: i64, mode: Option<Mode>) -> Result<i32> {
        let unable = |error: io::Error| failed(&place.name, "open file", error);
        let open = |mode: Mode| {
            place.open(match mode {
                Mode::Read => OFlags::RDONLY,
                Mode::Write => OFlags::WRONLY,
                Mode::Both => OFlags::RDWR,
            })
        };
        let file = match mode {
            Some(mode) => open(mode),
            None => open(Mode::Both).or_else(|_| open(Mode::Read)),
        };
        self.add(place, number, file.map_err(unable)?)
    }

    /// Makes a new file and ties it.
    pub fn create(&mut self, place: &Place, number: i64, exists: IfExists) -> Result<i32> {
        self.free(number, None)?;
        let how = if exists == IfExists::Error { OFlags::EXCL } else { OFlags::TRUNC };
        let file = place.open(OFlags::RDWR | OFlags::CREATE | how);
        self.add(place, number, file.map_err(|error| failed(&place.name, "create file", error))?)
    }

    fn add(&mut self, place: &Place, number: i64, mut file: File) -> Result<i32> {
        let unable = |error: io::Error| failed(&place.name, "open file", error);
        let about = rustix::fs::fstat(&file).map_err(|error| unable(error.into()))?;
        if rustix::fs::FileType::from_raw_mode(about.st_mode).is_dir() {
            return Err(unable(rustix::io::Errno::ISDIR.into()));
        }
        let identity = (about.st_dev, about.st_ino);
        let seeks = file.stream_position().is_ok();
        let old = self.0.iter().position(|tie| tie.identity == identity);
        let number = match (old, number) {
            (Some(old), 0) => self.0[old].number,
            _ => self.free(number, old)?,
        };
        let name = place.name.clone();
        let tie = Tie { number, name, translation: None, file, identity, position: 0, seeks, locked: Vec::new() };
        match old {
            Some(old) => self.0[old] = tie,
            None => self.0.push(tie),
        }
        Ok(number)
    }

    /// The number, which no other file than the one at `own` has; of 0, the free one nearest to 0. FILE TIE ERROR.
    fn free(&self, number: i64, own: Option<usize>) -> Result<i32> {
        let used = |number: i32| self.0.iter().enumerate().any(|(at, tie)| tie.number == number && Some(at) != own);
        let unfit = || Fault::domain().with_detail(format!("{number} is no tie number: these are negative"));
        match i32::try_from(number).map_err(|_| unfit())? {
            0 => (1..i32::MAX).map(|k| -k).find(|&number| !used(number)).ok_or_else(Fault::limit),
            number if number > 0 => Err(unfit()),
            number if used(number) => {
                Err(Fault::new(ErrorKind::from_number(18))
                    .with_detail(format!("{number} is the number of another file")))
            }
            number => Ok(number),
        }
    }

    /// Unties the file with a number, if there is one.
    pub fn untie(&mut self, number: i64) -> Option<Tie> {
        let at = self.0.iter().position(|tie| i64::from(tie.number) == number)?;
        Some(self.0.remove(at))
    }

    /// Sends what was written to the disk.
    pub fn flush(&self) {
        for tie in &self.0 {
            // A pipe has no disk, and other errors have been told when the file was written.
            let _ = tie.file.sync_all();
        }
    }
}

fn not_tied(number: i64) -> Fault {
    let detail = format!("no file is tied to {number}").replace('-', "¯");
    Fault::new(ErrorKind::from_number(18)).with_detail(detail)
}

impl Tie {
    /// Where the next byte is read or written.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The bytes of the file.
    pub fn size(&self) -> Result<u64> {
        let about = rustix::fs::fstat(&self.file).map_err(|error| failed(&self.name, "read file", error.into()))?;
        Ok(u64::try_from(about.st_size).unwrap_or(0))
    }

    /// Reads `count` bytes, or all to the end, from a place or from the present position on. Fewer at the end of the file.
    pub fn read(&mut self, count: Option<usize>, from: Option<u64>, watch: Watch, each: usize) -> Result<Vec<u8>> {
        self.seek(from.unwrap_or(self.position))?;
        let left = usize::try_from(self.size()?.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let expected = count.unwrap_or(usize::MAX).min(left);
        if !self.seeks {
            self.wait_for(watch)?;
        }
        let source = Bytes { file: &self.file, left: count.map_or(u64::MAX, |count| count as u64) };
        let bytes = rest(source, &self.name, watch, each, expected)?;
        self.position += bytes.len() as u64;
        Ok(bytes)
    }

    /// Waits until a pipe has something to be read.
    fn wait_for(&self, watch: Watch) -> Result<()> {
        while !wait(&self.file, PollFlags::IN) {
            (watch.poll)()?;
        }
        Ok(())
    }

    /// Makes a place the one where the next byte is read or written.
    pub fn move_to(&mut self, place: u64) -> Result<()> {
        self.seek(place)
    }

    /// Writes at a place, at the end, or at the present position; the position is behind it then.
    pub fn write(&mut self, bytes: &[u8], at: At, watch: Watch) -> Result<u64> {
        match at {
            At::End if self.seeks => self.seek(self.size()?)?,
            At::Place(place) => self.seek(place)?,
            _ => self.seek(self.position)?,
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            (watch.poll)()?;
            match (&self.file).write(&rest[..rest.len().min(1 << 20)]) {
                Ok(written) => {
                    rest = &rest[written..];
                    self.position += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => drop(wait(&self.file, PollFlags::OUT)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&self.name, "write file", error)),
            }
        }
        Ok(self.position)
    }

    fn seek(&mut self, to: u64) -> Result<()> {
        if self.seeks {
            (&self.file).seek(SeekFrom::Start(to)).map_err(|error| failed(&self.name, "seek in file", error))?;
            self.position = to;
        }
        Ok(())
    }

    /// Cuts the file off, or fills it up with zeros.
    pub fn resize(&mut self, size: u64) -> Result<()> {
        self.file.set_len(size).map_err(|error| failed(&self.name, "resize file", error))
    }

    /// Sets or lifts a lock on bytes; waits for others to lift theirs. TIMEOUT.
    pub fn lock(&mut self, lock: Lock, region: Range<i64>, limit: Option<Duration>, watch: Watch) -> Result<()> {
        if lock == Lock::Free && !self.locked.iter().any(|held| held.start <= region.start && region.end <= held.end) {
            return Err(Fault::domain().with_detail("these bytes are not locked"));
        }
        let kind = match lock {
            Lock::Free => libc::F_UNLCK,
            Lock::Shared => libc::F_RDLCK,
            Lock::Exclusive => libc::F_WRLCK,
        };
        let asked = libc::flock {
            l_type: kind as i16,
            l_whence: libc::SEEK_SET as i16,
            l_start: region.start,
            l_len: if region.end == i64::MAX { 0 } else { region.end - region.start },
            l_pid: 0,
        };
        let began = Instant::now();
        loop {
            (watch.poll)()?;
            match fcntl(&self.file, set_lock(&asked)) {
                Ok(_) => break,
                Err(nix::Error::EAGAIN | nix::Error::EACCES) => {}
                Err(nix::Error::EINVAL | nix::Error::EBADF) => {
                    return Err(Fault::domain().with_detail("the file cannot be locked like that"));
                }
                Err(nix::Error::ENOLCK) => return Err(Fault::limit()),
                Err(error) => return Err(failed(&self.name, "lock file", io::Error::from(error))),
            }
            if limit.is_some_and(|limit| began.elapsed() >= limit) {
                return Err(Fault::new(ErrorKind::from_number(1006)));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        match lock {
            Lock::Free => {
                // What is left of a lock from which a part was taken.
                let parts = |held: &Range<i64>| {
                    let (before, after) =
                        (held.start..held.end.min(region.start), held.start.max(region.end)..held.end);
                    [before, after].into_iter().filter(|part| !part.is_empty())
                };
                self.locked = self.locked.iter().flat_map(parts).collect();
            }
            _ => self.locked.push(region),
        }
        Ok(())
    }
}

/// Locks belong to the tie, not to the process, where the system has such locks.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn set_lock(asked: &libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_SETLK(asked)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn set_lock(asked: &libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_SETLK(asked)
}

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Behind all that is there.
    End,
    /// At the present position.
    Here,
    /// At this byte.
    Place(u64),
}

/// At most so many bytes of a file.
struct Bytes<'a> {
    file: &'a File,
    left: u64,
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl std::os::fd::AsFd for Bytes<'_> {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.file.as_fd()
    }
}
