//! Writing whole files, and appending to them.
//!
//! A file that is written whole is replaced ([`super::replacement`]). What is no regular file is written to as it is, and so
//! is a file whose owner could not be kept, or whose folder takes no other file.

use std::fs::File;
use std::io::{self, Write};

use rustix::event::PollFlags;
use rustix::fs::{FileType, OFlags, Stat};

use super::read::wait;
use super::replacement::Replacement;
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
    replace_from(place, exists, false, watch, pieces(bytes))
}

/// As [`replace`] a file that there may be; the new content survives a power cut.
pub fn replace_lastingly(place: &Place, bytes: &[u8], watch: Watch) -> Result<()> {
    replace_from(place, IfExists::Replace, true, watch, pieces(bytes))
}

/// Puts bytes into buffers, piece by piece.
fn pieces(mut rest: &[u8]) -> impl FnMut(&mut [u8]) -> Result<usize> {
    move |buffer| {
        let (piece, after) = rest.split_at(rest.len().min(buffer.len()));
        buffer[..piece.len()].copy_from_slice(piece);
        rest = after;
        Ok(piece.len())
    }
}

/// Makes what `source` puts into its buffer, piece by piece, the content of a file.
pub fn replace_from(
    place: &Place,
    exists: IfExists,
    lasting: bool,
    watch: Watch,
    mut source: impl FnMut(&mut [u8]) -> Result<usize>,
) -> Result<()> {
    let creating = |error: io::Error| failed(&place.name, "create file", error);
    let old = match existing(place) {
        Ok(old) => old,
        Err(error) => return Err(failed(&place.name, "open file", error)),
    };
    let keep = exists == IfExists::Error;
    let (target, begun) = match (&old, place.followed()) {
        (Some(_), _) if keep => return Err(creating(io::Error::from(rustix::io::Errno::EXIST))),
        // A link is written through, to where it leads.
        (Some((_, about)), Some(target)) if is_regular(about) => {
            let begun = Replacement::new(&target, Some(about));
            (target, begun)
        }
        (None, Some(target)) => {
            let begun = Replacement::new(&target, None);
            (target, begun)
        }
        (None, None) => return Err(creating(io::ErrorKind::NotFound.into())),
        (Some(_), _) => return in_place(old, place, &mut source, watch),
    };
    match begun {
        Ok(mut new) => {
            copy_all(&mut new.file, place, &mut source, watch)?;
            new.take_place(&target, keep, lasting).map_err(|error| failed(&target.name, "create file", error))
        }
        Err(error) if old.is_none() => Err(creating(error)),
        Err(_) => in_place(old, place, &mut source, watch),
    }
}

fn is_regular(about: &Stat) -> bool {
    FileType::from_raw_mode(about.st_mode) == FileType::RegularFile
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
    old: Option<(Option<File>, Stat)>,
    place: &Place,
    source: &mut impl FnMut(&mut [u8]) -> Result<usize>,
    watch: Watch,
) -> Result<()> {
    let mut file = match old {
        Some((Some(file), about)) => {
            if is_regular(&about) {
                file.set_len(0).map_err(|error| failed(&place.name, "write file", error))?;
            }
            file
        }
        _ => opened(place, OFlags::WRONLY, watch)?,
    };
    copy_all(&mut file, place, source, watch)
}

/// Writes all that `source` gives.
fn copy_all(
    file: &mut File,
    place: &Place,
    source: &mut impl FnMut(&mut [u8]) -> Result<usize>,
    watch: Watch,
) -> Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source(&mut buffer)? {
            0 => return Ok(()),
            count => write_all(file, place, &buffer[..count], watch)?,
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
