//! Writing whole files: the file has the old content or the new at any time, whatever happens to the process.
//!
//! The new content is written to a file beside it, which then gets its name. What is no regular file is written to as it
//! is, and so is a file whose owner could not be kept, or whose folder takes no other file.

use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::event::PollFlags;
use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Stat, Uid};

use super::read::wait;
use super::{Place, Watch, failed};
use crate::error::Result;

/// Bytes written between two looks at whether to stop.
const PIECE: usize = 1 << 20;

/// What is done if there is a file already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// An error.
    Error,
    /// It is replaced.
    Replace,
}

/// Makes `bytes` the content of a file. FILE NAME ERROR, FILE ACCESS ERROR, FILE SYSTEM NO SPACE.
pub fn replace(place: &Place, bytes: &[u8], exists: IfExists, watch: Watch) -> Result<()> {
    let mut rest = bytes;
    replace_from(place, exists, watch, |buffer| {
        let (piece, after) = rest.split_at(rest.len().min(buffer.len()));
        buffer[..piece.len()].copy_from_slice(piece);
        rest = after;
        Ok(piece.len())
    })
}

/// Makes what `source` puts into its buffer, piece by piece, the content of a file.
pub fn replace_from(
    place: &Place,
    exists: IfExists,
    watch: Watch,
    source: impl FnMut(&mut [u8]) -> Result<usize>,
) -> Result<()> {
    let creating = |error: io::Error| failed(&place.name, "create file", error);
    let old = match existing(place) {
        Ok(old) => old,
        Err(error) => return Err(failed(&place.name, "open file", error)),
    };
    match (old, exists) {
        (Some(_), IfExists::Error) => Err(creating(io::Error::from(rustix::io::Errno::EXIST))),
        (Some((file, about)), IfExists::Replace) => {
            if FileType::from_raw_mode(about.st_mode) != FileType::RegularFile {
                return copy_all(file, place, source, watch);
            }
            // A link is written through, to where it leads.
            let Some(target) = place.followed() else { return in_place(file, place, source, watch) };
            match Temporary::new(&target, Some(&about)) {
                Ok(temporary) => temporary.become_file(&target, source, false, watch),
                Err(_) => in_place(file, place, source, watch),
            }
        }
        (None, _) => {
            let target = place.followed();
            let temporary = target.as_ref().map(|target| Temporary::new(target, None));
            match (temporary, &target) {
                (Some(Ok(temporary)), Some(target)) => {
                    temporary.become_file(target, source, exists == IfExists::Error, watch)
                }
                (Some(Err(error)), _) => Err(creating(error)),
                _ => Err(creating(io::ErrorKind::NotFound.into())),
            }
        }
    }
}

/// Appends to a file, which need not exist; tells how long it was before `bytes(length)` was appended. A file that is not
/// regular has no length.
pub fn append(place: &Place, watch: Watch, bytes: impl FnOnce(u64) -> Result<Vec<u8>>) -> Result<u64> {
    let unable = |error: io::Error| failed(&place.name, "open file", error);
    let mut file = opened(place, OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE, watch)?;
    let about = rustix::fs::fstat(&file).map_err(|error| unable(error.into()))?;
    let bytes = bytes(u64::try_from(about.st_size).unwrap_or(0))?;
    write_all(&mut file, place, &bytes, watch)?;
    Ok(bytes.len() as u64)
}

/// The file that is there, opened to be written, and what is known of it.
fn existing(place: &Place) -> io::Result<Option<(Option<File>, Stat)>> {
    let about = match place.stat() {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match place.open(OFlags::WRONLY) {
        Ok(file) => Ok(Some((Some(file), about))),
        // A pipe that nobody reads yet.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => Ok(Some((None, about))),
        Err(error) => Err(error),
    }
}

/// Opens a file to be written; waits for the reader of a pipe.
fn opened(place: &Place, flags: OFlags, watch: Watch) -> Result<File> {
    loop {
        match place.open(flags) {
            Ok(file) => return Ok(file),
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                (watch.poll)()?;
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            Err(error) => return Err(failed(&place.name, "open file", error)),
        }
    }
}

/// Writes to what cannot be replaced by renaming.
fn in_place(
    file: Option<File>,
    place: &Place,
    source: impl FnMut(&mut [u8]) -> Result<usize>,
    watch: Watch,
) -> Result<()> {
    if let Some(file) = &file {
        file.set_len(0).map_err(|error| failed(&place.name, "write file", error))?;
    }
    copy_all(file, place, source, watch)
}

/// Writes all that `source` gives.
fn copy_all(
    file: Option<File>,
    place: &Place,
    mut source: impl FnMut(&mut [u8]) -> Result<usize>,
    watch: Watch,
) -> Result<()> {
    let mut file = match file {
        Some(file) => file,
        None => opened(place, OFlags::WRONLY, watch)?,
    };
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source(&mut buffer)? {
            0 => return Ok(()),
            count => write_all(&mut file, place, &buffer[..count], watch)?,
        }
    }
}

fn write_all(file: &mut File, place: &Place, bytes: &[u8], watch: Watch) -> Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        (watch.poll)()?;
        match file.write(&rest[..rest.len().min(PIECE)]) {
            Ok(0) => return Err(failed(&place.name, "write file", io::ErrorKind::WriteZero.into())),
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => drop(wait(&*file, PollFlags::OUT)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(&place.name, "write file", error)),
        }
    }
    Ok(())
}

/// A file beside the one that it will become. It is removed unless it has become that.
struct Temporary<'a> {
    target: &'a Place,
    place: Place,
    file: Option<File>,
}

impl Temporary<'_> {
    /// An empty file in the target's folder, with the mode and the owner of the target's old file.
    fn new<'a>(target: &'a Place, old: Option<&Stat>) -> io::Result<Temporary<'a>> {
        let place = target.sibling(&format!(".zilde-{}.tmp", unique_name()))?;
        let file = place.open(OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
        let temporary = Temporary { target, place, file: Some(file) };
        if let (Some(old), Some(file)) = (old, &temporary.file) {
            let new = rustix::fs::fstat(file)?;
            if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) {
                rustix::fs::fchown(file, Some(Uid::from_raw(old.st_uid)), Some(Gid::from_raw(old.st_gid)))?;
            }
            rustix::fs::fchmod(file, Mode::from_raw_mode(old.st_mode))?;
        }
        Ok(temporary)
    }

    /// Writes the content and takes the name.
    fn become_file(
        mut self,
        target: &Place,
        source: impl FnMut(&mut [u8]) -> Result<usize>,
        keep: bool,
        watch: Watch,
    ) -> Result<()> {
        copy_all(self.file.take(), self.target, source, watch)?;
        self.place.rename(target, keep).map_err(|error| failed(&target.name, "create file", error))
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        // After renaming there is none.
        let _ = rustix::fs::unlinkat(self.place.folder(), self.place.path(), AtFlags::empty());
    }
}

/// Letters and digits that no other file has, most likely.
pub fn unique_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{:x}-{number:x}-{:x}", std::process::id(), now & 0xffff_ffff)
}
