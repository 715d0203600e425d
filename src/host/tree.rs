//! Files and folders as a whole: what is in a folder, making, removing, renaming and copying.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Timespec, Timestamps};

use super::{IfExists, Place, Watch, failed, name_of, write};
use crate::error::Result;

/// The names in a folder, without `.` and `..`, in order.
pub fn list(place: &Place, watch: Watch) -> Result<Vec<String>> {
    let unable = |error: io::Error| failed(&place.name, "read directory", error);
    let folder = place.open(OFlags::RDONLY | OFlags::DIRECTORY).map_err(unable)?;
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::new(folder).map_err(|error| unable(error.into()))? {
        (watch.poll)()?;
        let entry = entry.map_err(|error| unable(error.into()))?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            watch.memory.check((names.len() + 1) * 256)?;
            names.push(name_of(Path::new(OsStr::from_bytes(name))));
        }
    }
    names.sort();
    Ok(names)
}

/// What kind of file is there; nothing if there is none.
pub fn kind(place: &Place) -> Result<Option<FileType>> {
    match place.stat() {
        Ok(about) => Ok(Some(FileType::from_raw_mode(about.st_mode))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(failed(&place.name, "find file", error)),
    }
}

/// The number of the user.
pub fn user() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// The name of a user; empty if there is none.
pub fn user_name(number: u32) -> String {
    nix::unistd::User::from_uid(number.into()).ok().flatten().map_or_else(String::new, |user| user.name)
}

/// Whether a name leads to a file that is in the folder with another name, or to that folder.
pub fn is_within(inner: &str, outer: &str) -> bool {
    let resolved = |name: &str| super::place::resolve(&super::path_of(name), true).ok();
    matches!((resolved(inner), resolved(outer)), (Some(inner), Some(outer)) if inner.starts_with(&outer))
}

/// Makes a folder.
pub fn make_folder(place: &Place) -> Result<()> {
    let made = rustix::fs::mkdirat(place.folder(), place.path(), Mode::from_raw_mode(0o777));
    made.map_err(|error| failed(&place.name, "create directory", error.into()))
}

/// Removes a file or an empty folder. FILE NAME ERROR, FILE ACCESS ERROR.
pub fn remove(place: &Place) -> Result<()> {
    let about = place.stat().map_err(|error| failed(&place.name, "delete file", error))?;
    let is_folder = FileType::from_raw_mode(about.st_mode).is_dir();
    let (flags, action) = match is_folder {
        true => (AtFlags::REMOVEDIR, "delete directory"),
        false => (AtFlags::empty(), "delete file"),
    };
    let removed = rustix::fs::unlinkat(place.folder(), place.path(), flags);
    removed.map_err(|error| failed(&place.name, action, error.into()))
}

/// Renames a file or folder.
pub fn rename(from: &Place, to: &Place, exists: IfExists) -> Result<()> {
    try_rename(from, to, exists).map_err(|error| failed(&from.name, "rename file", error))
}

/// As [`rename`], but with the system's error.
pub fn try_rename(from: &Place, to: &Place, exists: IfExists) -> io::Result<()> {
    from.rename(to, exists == IfExists::Error)
}

/// Copies a regular file; the copy is old or new at any time. If `alike`, it gets the times and the mode of the file.
pub fn copy(from: &Place, to: &Place, exists: IfExists, alike: bool, watch: Watch) -> Result<()> {
    let unable = |error: io::Error| failed(&from.name, "open file", error);
    let file = from.open(OFlags::RDONLY).map_err(unable)?;
    let about = rustix::fs::fstat(&file).map_err(|error| unable(error.into()))?;
    if !FileType::from_raw_mode(about.st_mode).is_file() {
        return Err(failed(&from.name, "copy file", io::ErrorKind::Unsupported.into()));
    }
    let mut source = &file;
    write::replace_from(to, exists, false, watch, |buffer| {
        source.read(buffer).map_err(|error| failed(&from.name, "read file", error))
    })?;
    if alike {
        let time = |sec, nsec| Timespec { tv_sec: sec, tv_nsec: nsec as _ };
        let times = Timestamps {
            last_access: time(about.st_atime as _, about.st_atime_nsec),
            last_modification: time(about.st_mtime as _, about.st_mtime_nsec),
        };
        // What cannot be kept is not.
        let _ = rustix::fs::utimensat(to.folder(), to.path(), &times, AtFlags::empty());
        let _ = rustix::fs::chmodat(to.folder(), to.path(), Mode::from_raw_mode(about.st_mode), AtFlags::empty());
    }
    Ok(())
}
